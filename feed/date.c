#include "feed/date.h"

#include <stdlib.h>
#include <string.h>

#include "feed/date_scan.h"
#include "feed/memory.h"

/* No date, with all its labels, is longer; whole articles come by here. */
#define MAX_DATE_BYTES 256
#define MAX_DATE_TOKENS 64
#define MAX_FIND_BYTES 16384
#define MAX_FIND_TOKENS 4096
/* The first of January of DATE_FIRST_YEAR, anywhere on earth. */
#define EARLIEST_S (INT64_C(788918400) - 14 * 3600)
/* A time of day that lies further ahead was yesterday's. */
#define CLOCK_AHEAD_S 600
/* For telling an order by how the dates fall. */
#define MIN_VOTES 3

int64_t
date_latest_s(const struct date_context *context)
{
	return context->now_s + (context->max_ahead_s > 0 ? context->max_ahead_s
							  : DATE_MAX_AHEAD_S);
}

static int32_t
reading_offset(const struct reading *reading, const struct civil *civil)
{
	if (reading->rule == NULL)
		return reading->offset_s;
	/* in an overlap the first, which is summer's */
	int32_t summer_s = reading->offset_s + 3600;
	int64_t at_s = civil_to_unix(civil) - summer_s;
	return zone_rule_offset_s(reading->rule, at_s) == summer_s
		   ? summer_s
		   : reading->offset_s;
}

/* A day with the reading's clock, or its midnight. */
static int64_t
reading_at(const struct reading *reading, const struct date_context *context,
    struct civil civil)
{
	if (reading->has_clock) {
		civil.hour = reading->hour;
		civil.minute = reading->minute;
		civil.second = reading->second;
		civil.day += reading->days_later;
	} else
		civil.hour = civil.minute = civil.second = 0;
	if (reading->has_offset)
		return civil_to_unix(&civil) - reading_offset(reading, &civil);
	return zone_to_unix(context->zone, &civil);
}

/* Today where the text was written. */
static struct civil
reading_today(const struct reading *reading, const struct date_context *context)
{
	if (!reading->has_offset)
		return zone_to_civil(context->zone, context->now_s);
	struct civil now = civil_from_unix(context->now_s);
	return civil_from_unix(context->now_s + reading_offset(reading, &now));
}

static int64_t
resolve_relative(
    const struct reading *reading, const struct date_context *context)
{
	if (reading->span_months == 0)
		return context->now_s - reading->span_s;
	struct civil civil = zone_to_civil(context->zone, context->now_s);
	int months = civil.year * 12 + civil.month - 1 - reading->span_months;
	if (months < 0)
		return 0;
	civil.year = months / 12;
	civil.month = months % 12 + 1;
	while (!civil_is_valid(&civil) && civil.day > 28)
		civil.day--; /* a month before 31 March is 29 February */
	return zone_to_unix(context->zone, &civil) - reading->span_s;
}

/* "어제 10:23", "Monday", "10:23" */
static int64_t
resolve_day_word(
    const struct reading *reading, const struct date_context *context)
{
	struct civil day = reading_today(reading, context);
	if (reading->days_ago >= 0)
		day.day -= reading->days_ago;
	else if (reading->weekday >= 0)
		day.day -= (day.weekday - reading->weekday + 7) % 7;
	int64_t at_s = reading_at(reading, context, day);
	if (reading->days_ago < 0 && at_s > context->now_s + CLOCK_AHEAD_S) {
		day.day -= reading->weekday >= 0 ? 7 : 1;
		at_s = reading_at(reading, context, day);
	}
	return at_s;
}

/* The latest year that is not ahead; false if no year has the day. */
static bool
resolve_yearless(const struct reading *reading,
    const struct date_context *context, int64_t *at_s)
{
	struct civil day = {.month = reading->month, .day = reading->day};
	int64_t latest = context->now_s + DATE_MAX_AHEAD_S;
	int year = zone_to_civil(context->zone, latest).year;
	for (int back = 0; back <= DATE_MAX_YEARS_BACK; back++) {
		day.year = year - back;
		if (!civil_is_valid(&day))
			continue;
		*at_s = reading_at(reading, context, day);
		if (*at_s <= latest)
			return true;
	}
	return false;
}

static bool
resolve_date(const struct reading *reading, const struct date_context *context,
    int64_t *at_s)
{
	if (reading->date == PRECISION_DAY && reading->year == 0)
		return resolve_yearless(reading, context, at_s);
	struct civil day = {.year = reading->year,
	    .month = reading->date > PRECISION_YEAR ? reading->month : 1,
	    .day = reading->date == PRECISION_DAY ? reading->day : 1};
	if (!civil_is_valid(&day))
		return false;
	*at_s = reading_at(reading, context, day);
	return true;
}

bool
reading_resolve(const struct reading *reading,
    const struct date_context *context, struct moment *out)
{
	struct moment moment = {.precision = reading->date};
	if (reading->is_epoch) {
		moment.at_s = reading->epoch_s;
		moment.precision = PRECISION_SECOND;
	} else if (reading->is_relative) {
		moment.at_s = resolve_relative(reading, context);
		moment.precision = PRECISION_RELATIVE;
	} else if (reading->date != PRECISION_NONE) {
		if (!resolve_date(reading, context, &moment.at_s))
			return false;
	} else {
		moment.at_s = resolve_day_word(reading, context);
		moment.precision = PRECISION_DAY;
	}
	if (reading->has_clock)
		moment.precision =
		    reading->has_second ? PRECISION_SECOND : PRECISION_MINUTE;
	if (moment.at_s < EARLIEST_S || moment.at_s > date_latest_s(context))
		return false;
	*out = moment;
	return true;
}

static bool
is_clock_only(const struct reading *reading)
{
	return reading->has_clock && reading->date == PRECISION_NONE &&
	       reading->days_ago < 0 && reading->weekday < 0;
}

/* "-10:11" is what is left of a film. */
static bool
is_negative(const struct scan *scan, size_t start)
{
	return start > 0 && token_is(&scan->tokens[start - 1], '-') &&
	       scan->tokens[start].is_glued;
}

/* Around and between dates. */
static bool
is_ignorable(const struct token *token)
{
	if (token->kind == TOKEN_PUNCTUATION)
		return token->punctuation == 0xb7 ||
		       strchr(".,|:-()[]/<>", (int)token->punctuation) != NULL;
	return token_means(token, WORD_FILLER, NULL) ||
	       token_means(token, WORD_AT, NULL) ||
	       token_means(token, WORD_LABEL, NULL) ||
	       token_means(token, WORD_MODIFIED, NULL);
}

/*
 * "입력 2024.03.05 10:23 | 수정 2024.03.05 11:00": the first that is not
 * labelled as a change, else the first.  A second one needs a label of its own,
 * else the text is a span of days.
 */
static bool
parse_labelled(struct scan *scan, struct reading *found)
{
	int count = 0;
	bool has_label = false, is_modified = false, found_is_modified = false;
	while (scan->at < scan->count) {
		struct reading reading;
		size_t start = scan->at;
		const struct token *token = scan_peek(scan, 0);
		bool labels = token_means(token, WORD_LABEL, NULL);
		bool modifies = token_means(token, WORD_MODIFIED, NULL);
		if (!modifies && scan_moment(scan, &reading)) {
			if ((count > 0 && !has_label) ||
			    (is_clock_only(&reading) &&
				is_negative(scan, start)))
				return false;
			if (count == 0 || (found_is_modified && !is_modified)) {
				*found = reading;
				found_is_modified = is_modified;
			}
			count++;
			has_label = is_modified = false;
		} else if (is_ignorable(token)) {
			has_label = has_label || labels || modifies;
			is_modified = modifies || (is_modified && !labels);
			scan->at++;
		} else
			return false;
	}
	return count > 0;
}

/* 10 digits are seconds, 13 milliseconds. */
static bool
parse_epoch(const struct tokens *tokens, const struct date_context *context,
    struct reading *reading)
{
	if (!context->is_attribute || tokens->count != 1 ||
	    tokens->list[0].kind != TOKEN_NUMBER)
		return false;
	const struct token *token = &tokens->list[0];
	if (token->digits != 10 && token->digits != 13)
		return false;
	*reading = reading_empty();
	reading->is_epoch = true;
	reading->epoch_s =
	    token->digits == 10 ? token->value : token->value / 1000;
	return true;
}

#define EPOCH_DIGITS 10
#define ZONES_S (14 * 3600) /* how far two zones may lie apart */

/* "2024-03-05T10:23:45 1709634225": one moment, said twice, and the second
 * needs no zone. */
static bool
parse_twice(const char *text, size_t length, const struct date_context *context,
    struct moment *out)
{
	static const char digits[] = "0123456789";
	size_t first = length - EPOCH_DIGITS - 1;
	struct moment moment;
	if (length <= EPOCH_DIGITS + 1 || text[first] != ' ' ||
	    strspn(text + first + 1, digits) != EPOCH_DIGITS)
		return false;
	char *shown = xstrndup(text, first);
	bool good = date_parse(shown, context, &moment) &&
		    moment.precision >= PRECISION_MINUTE;
	free(shown);
	int64_t at_s = strtoll(text + first + 1, NULL, 10);
	if (!good || at_s - moment.at_s > ZONES_S ||
	    moment.at_s - at_s > ZONES_S)
		return false;
	*out = (struct moment){at_s, PRECISION_SECOND};
	return true;
}

bool
date_parse(
    const char *text, const struct date_context *context, struct moment *out)
{
	size_t length = strnlen(text, MAX_DATE_BYTES + 1);
	struct tokens tokens;
	if (length <= MAX_DATE_BYTES && parse_twice(text, length, context, out))
		return true;
	if (length > MAX_DATE_BYTES ||
	    !tokens_read(&tokens, text, length, MAX_DATE_TOKENS, true))
		return false;
	struct scan scan = {
	    .tokens = tokens.list, .count = tokens.count, .context = context};
	struct reading reading;
	bool good = (parse_epoch(&tokens, context, &reading) ||
			parse_labelled(&scan, &reading)) &&
		    reading_resolve(&reading, context, out);
	tokens_clear(&tokens);
	return good;
}

/* 05.03.24 or 05/03/24 is a date in a byline there. */
static bool
writes_short_dates(const char *language, uint32_t separator)
{
	static const char *const dotted[] = {"de", "fi", "no", "nb", "nn", "da",
	    "pl", "cs", "sk", "ru", "uk", "tr", "he", "ro"};
	static const char *const slashed[] = {
	    "fr", "es", "pt", "it", "el", "vi", "id", "ar", "th"};
	const char *const *list = separator == '.' ? dotted : slashed;
	size_t count = separator == '.' ? sizeof(dotted) / sizeof(dotted[0])
					: sizeof(slashed) / sizeof(slashed[0]);
	for (size_t i = 0; separator != '-' && i < count; i++)
		if (language_is(language, list[i]))
			return true;
	return false;
}

/* In a sentence "5 March" or "Monday" tells of something else. */
static bool
is_clear(const struct reading *reading, const struct token *first,
    const struct date_context *context)
{
	if (reading->is_relative)
		return reading->is_clear;
	if (reading->date != PRECISION_DAY)
		return reading->days_ago >= 0 && reading->has_clock;
	if (reading->year == 0)
		return reading->has_clock &&
		       (first->kind != TOKEN_NUMBER ||
			   language_is_year_first(context->language) ||
			   token_means(&first[1], WORD_MONTH, NULL));
	bool is_short = first->kind == TOKEN_NUMBER && first->digits < 4 &&
			first[1].kind == TOKEN_PUNCTUATION &&
			first[2].kind == TOKEN_NUMBER && first[4].digits == 2;
	/* 24.03.05 may be a version where nobody writes dates so */
	return !is_short || reading->has_clock ||
	       (first->digits == 2 && first[2].digits == 2 &&
		   (language_is_year_first(context->language) ||
		       writes_short_dates(
			   context->language, first[1].punctuation) ||
		       context->order != DATE_ORDER_UNKNOWN));
}

/* The tail of "010-2024-03-05" is no date. */
static bool
follows_number(const struct tokens *tokens, size_t at)
{
	if (at < 2 || tokens->list[at].kind != TOKEN_NUMBER ||
	    !tokens->list[at].is_glued || !tokens->list[at - 1].is_glued)
		return false;
	const struct token *before = &tokens->list[at - 1];
	return (token_is(before, '-') || token_is(before, '.') ||
		   token_is(before, '/') || token_is(before, ':')) &&
	       tokens->list[at - 2].kind == TOKEN_NUMBER;
}

/* Was "수정" or "Updated" just said? */
static bool
follows_modified(const struct tokens *tokens, size_t at)
{
	while (at > 0 && tokens->list[at - 1].kind == TOKEN_PUNCTUATION)
		at--;
	return at > 0 &&
	       token_means(&tokens->list[at - 1], WORD_MODIFIED, NULL);
}

struct place {
	struct moment moment;
	size_t start, length;
};

static bool
find_at(const struct tokens *tokens, size_t at,
    const struct date_context *context, struct place *place, size_t *next)
{
	struct scan scan = {.tokens = tokens->list,
	    .count = tokens->count,
	    .at = at,
	    .context = context,
	    .is_finding = true};
	struct reading reading;
	const struct token *first = &tokens->list[at];
	if ((first->kind != TOKEN_NUMBER && first->kind != TOKEN_WORD) ||
	    follows_number(tokens, at) || !scan_moment(&scan, &reading))
		return false;
	/* is_clear looks at up to five tokens */
	struct token window[5] = {0};
	for (size_t i = 0; i < 5 && at + i < scan.at; i++)
		window[i] = tokens->list[at + i];
	if (!is_clear(&reading, window, context) ||
	    !reading_resolve(&reading, context, &place->moment))
		return false;
	place->start = first->start;
	place->length = tokens->list[scan.at - 1].end - first->start;
	*next = scan.at;
	return true;
}

bool
date_find(const char *text, const struct date_context *context,
    struct moment *out, size_t *start, size_t *length)
{
	struct tokens tokens;
	size_t size = strnlen(text, MAX_FIND_BYTES);
	tokens_read(&tokens, text, size, MAX_FIND_TOKENS, false);
	struct place best = {.length = 0};
	for (size_t i = 0, next; i < tokens.count; i = next) {
		struct place place;
		next = i + 1;
		if (!find_at(&tokens, i, context, &place, &next))
			continue;
		bool is_modified = follows_modified(&tokens, i);
		if (best.length == 0 || !is_modified)
			best = place;
		if (!is_modified)
			break;
	}
	tokens_clear(&tokens);
	if (best.length == 0)
		return false;
	*out = best.moment;
	*start = best.start;
	*length = best.length;
	return true;
}

/* What one text's "05/03/2024" may be; a bit for each order. */
static unsigned
possible_orders(const struct tokens *tokens, size_t at,
    const struct date_context *context, int64_t days[4])
{
	const struct token *t = &tokens->list[at];
	for (size_t i = 0; i < 5; i++)
		if (i % 2 == 0 ? t[i].kind != TOKEN_NUMBER
			       : t[i].kind != TOKEN_PUNCTUATION)
			return 0;
	if (t[1].punctuation != t[3].punctuation ||
	    (!token_is(&t[1], '/') && !token_is(&t[1], '.') &&
		!token_is(&t[1], '-')))
		return 0;
	const int64_t parts[3] = {t[0].value, t[2].value, t[4].value};
	const int digits[3] = {t[0].digits, t[2].digits, t[4].digits};
	unsigned possible = 0;
	for (enum date_order order = DATE_ORDER_DMY; order <= DATE_ORDER_YMD;
	     order++) {
		struct reading reading = reading_empty();
		if (!reading_set_order(&reading, order, parts, digits, context))
			continue;
		struct civil civil = {.year = reading.year,
		    .month = reading.month,
		    .day = reading.day};
		days[order] = civil_to_unix(&civil);
		possible |= 1U << order;
	}
	return possible;
}

/* The order that one bit stands for. */
static enum date_order
only_order(unsigned possible)
{
	for (enum date_order order = DATE_ORDER_DMY; order <= DATE_ORDER_YMD;
	     order++)
		if (possible == 1U << order)
			return order;
	return DATE_ORDER_UNKNOWN;
}

enum date_order
date_vote(
    const char *const *texts, size_t count, const struct date_context *context)
{
	unsigned possible = ~0U, falling = ~0U;
	size_t dated = 0;
	int64_t last[4] = {INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX};
	for (size_t i = 0; i < count; i++) {
		struct tokens tokens;
		if (texts[i] == NULL)
			continue;
		tokens_read(&tokens, texts[i],
		    strnlen(texts[i], MAX_DATE_BYTES), MAX_DATE_TOKENS, false);
		unsigned here = 0;
		int64_t days[4] = {0};
		for (size_t at = 0; here == 0 && at + 5 <= tokens.count; at++)
			here = possible_orders(&tokens, at, context, days);
		tokens_clear(&tokens);
		if (here == 0)
			continue;
		possible &= here;
		dated++;
		for (int order = 1; order <= 3; order++) {
			if (days[order] > last[order])
				falling &= ~(1U << order);
			last[order] = days[order];
		}
	}
	enum date_order order = only_order(possible);
	/* newest first: the reading that rises is the wrong one; two dates
	 * would prove nothing */
	if (order == DATE_ORDER_UNKNOWN && dated >= MIN_VOTES)
		order = only_order(possible & falling);
	return order;
}

/* Years 0 to 9999: four digits hold no others. */
static struct civil
civil_clamped(int64_t at_s)
{
	if (at_s < INT64_C(-62167219200))
		at_s = INT64_C(-62167219200);
	if (at_s > INT64_C(253402300799))
		at_s = INT64_C(253402300799);
	return civil_from_unix(at_s);
}

static char *
put_digits(char *to, int value, int unit)
{
	for (; unit > 0; unit /= 10)
		*to++ = (char)('0' + value / unit % 10);
	return to;
}

void
date_format_rfc3339(int64_t at_s, char out[21])
{
	struct civil c = civil_clamped(at_s);
	const int parts[6] = {
	    c.year, c.month, c.day, c.hour, c.minute, c.second};
	static const char separators[] = "--T::Z";
	char *to = out;
	for (int i = 0; i < 6; i++) {
		to = put_digits(to, parts[i], i == 0 ? 1000 : 10);
		*to++ = separators[i];
	}
	*to = '\0';
}

void
date_format_rfc822(int64_t at_s, char out[30])
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct civil c = civil_clamped(at_s);
	char *to = mempcpy(out, days + (size_t)c.weekday * 3, 3);
	to = put_digits(mempcpy(to, ", ", 2), c.day, 10);
	*to++ = ' ';
	to = mempcpy(to, months + (size_t)(c.month - 1) * 3, 3);
	*to++ = ' ';
	to = put_digits(to, c.year, 1000);
	*to++ = ' ';
	to = put_digits(to, c.hour, 10);
	*to++ = ':';
	to = put_digits(to, c.minute, 10);
	*to++ = ':';
	to = put_digits(to, c.second, 10);
	memcpy(to, " GMT", 5);
}

/* Digits, exactly so many; -1 if they are not there. */
static int
read_fixed(const char **at, int digits)
{
	int value = 0;
	for (; digits > 0; digits--, (*at)++) {
		if (**at < '0' || **at > '9')
			return -1;
		value = value * 10 + (**at - '0');
	}
	return value;
}

/* RFC 3339 5.6, time-offset */
static bool
read_offset(const char **at, int64_t *offset_s)
{
	char sign = **at;
	if (sign == '\0')
		return false;
	(*at)++;
	*offset_s = 0;
	if (sign == 'Z' || sign == 'z')
		return true;
	int hours = read_fixed(at, 2);
	if ((sign != '+' && sign != '-') || hours < 0 || hours > 23 ||
	    *(*at)++ != ':')
		return false;
	int minutes = read_fixed(at, 2);
	if (minutes < 0 || minutes > 59)
		return false;
	*offset_s = (sign == '-' ? -60 : 60) * (hours * 60 + minutes);
	return true;
}

bool
date_parse_rfc3339(const char *text, int64_t *at_s)
{
	int parts[6];
	static const char separators[] = "--T::";
	for (int i = 0; i < 6; i++) {
		parts[i] = read_fixed(&text, i == 0 ? 4 : 2);
		if (parts[i] < 0)
			return false;
		if (i == 5)
			break;
		if (*text != separators[i] &&
		    !(i == 2 && (*text == 't' || *text == ' ')))
			return false;
		text++;
	}
	if (*text == '.') {
		size_t digits = strspn(++text, "0123456789");
		if (digits == 0)
			return false;
		text += digits;
	}
	struct civil civil = {.year = parts[0],
	    .month = parts[1],
	    .day = parts[2],
	    .hour = parts[3],
	    .minute = parts[4],
	    .second = parts[5] == 60 ? 59 : parts[5]};
	int64_t offset_s;
	if (!read_offset(&text, &offset_s) || *text != '\0' ||
	    !civil_is_valid(&civil))
		return false;
	*at_s = civil_to_unix(&civil) - offset_s;
	return true;
}
