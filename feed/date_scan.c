#include "feed/date_scan.h"

#include <string.h>

static const struct token no_token = {.kind = TOKEN_END};

struct reading
reading_empty(void)
{
	return (struct reading){.days_ago = -1, .weekday = -1};
}

const struct token *
scan_peek(const struct scan *scan, size_t ahead)
{
	size_t at = scan->at + ahead;
	return at < scan->count ? &scan->tokens[at] : &no_token;
}

bool
scan_word(struct scan *scan, enum word_kind kind, int *value)
{
	if (!token_means(scan_peek(scan, 0), kind, value))
		return false;
	scan->at++;
	return true;
}

bool
scan_punctuation(struct scan *scan, char c)
{
	if (!token_is(scan_peek(scan, 0), c))
		return false;
	scan->at++;
	return true;
}

static bool
number_within(struct scan *scan, int max_digits, int max, int *value)
{
	const struct token *token = scan_peek(scan, 0);
	if (!token_is_number(token, 1, max_digits) || token->value > max)
		return false;
	*value = (int)token->value;
	scan->at++;
	return true;
}

/* "(二)" is Tuesday, in Taiwan. */
static bool
scan_numeral_weekday(struct scan *scan, int *weekday)
{
	const struct token *numeral = scan_peek(scan, 1);
	if (!language_is(scan->context->language, "zh") ||
	    !token_is(scan_peek(scan, 0), '(') ||
	    !token_is(scan_peek(scan, 2), ')') ||
	    !token_is_number(numeral, 1, 1) ||
	    numeral->end - numeral->start != strlen("二") ||
	    numeral->value < 1 || numeral->value > 6)
		return false;
	*weekday = (int)numeral->value;
	scan->at += 3;
	return true;
}

/* "(화)", "火曜日", "Tue.," */
static bool
scan_weekday(struct scan *scan, int *weekday)
{
	size_t start = scan->at;
	if (scan_numeral_weekday(scan, weekday))
		return true;
	bool has_paren =
	    scan_punctuation(scan, '(') || scan_punctuation(scan, '[');
	if (scan_word(scan, WORD_WEEKDAY, weekday)) {
		const struct token *word = &scan->tokens[scan->at - 1];
		/* 일, 月: one syllable alone is a unit, or a part of a word */
		bool is_single = word->end - word->start == 3 &&
				 (unsigned char)word->words->text[0] >= 0xe0;
		bool closed =
		    scan_punctuation(scan, ')') || scan_punctuation(scan, ']');
		if (has_paren == closed && (has_paren || !is_single)) {
			if (!has_paren)
				scan_punctuation(scan, '.');
			return true;
		}
	}
	scan->at = start;
	return false;
}

/* The clock. */

static void
set_half(struct reading *reading, int half)
{
	int hour = reading->hour;
	if (half == HALF_AM && hour == 12)
		hour = 0;
	else if (half == HALF_PM && hour < 12)
		hour += 12;
	else if (half == HALF_NOON && hour <= 6)
		hour += 12;
	else if (half == HALF_NIGHT && hour >= 5 && hour <= 12)
		hour += 12;
	if (hour == 24 && (half == HALF_NIGHT || reading->minute == 0)) {
		hour = 0;
		reading->days_later = 1;
	}
	reading->hour = hour;
}

/* ":45", ".123" behind it, "45초" */
static void
scan_second(struct scan *scan, struct reading *reading)
{
	size_t start = scan->at;
	int second = 0;
	bool is_marked = !scan_punctuation(scan, ':');
	if (!token_is_number(scan_peek(scan, 0), is_marked ? 1 : 2, 2) ||
	    !number_within(scan, 2, 60, &second) ||
	    (is_marked && !scan_word(scan, WORD_SECOND_MARK, NULL))) {
		scan->at = start;
		return;
	}
	reading->has_second = true;
	reading->second = second < 60 ? second : 59; /* a leap second */
	const struct token *dot = scan_peek(scan, 0);
	const struct token *fraction = scan_peek(scan, 1);
	if ((token_is(dot, '.') || token_is(dot, ',')) && dot->is_glued &&
	    fraction->is_glued && fraction->kind == TOKEN_NUMBER)
		scan->at += 2;
}

/* "10:23" */
static bool
scan_colon_clock(struct scan *scan, struct reading *reading)
{
	if (!token_is_number(scan_peek(scan, 0), 1, 2) ||
	    !token_is(scan_peek(scan, 1), ':') ||
	    !token_is_number(scan_peek(scan, 2), 2, 2) ||
	    scan_peek(scan, 2)->value > 59)
		return false;
	reading->hour = (int)scan_peek(scan, 0)->value;
	reading->minute = (int)scan_peek(scan, 2)->value;
	scan->at += 3;
	if (token_is(scan_peek(scan, 0), ':'))
		scan_second(scan, reading);
	return true;
}

static bool
is_zone(const struct token *token)
{
	return token_means(token, WORD_ZONE, NULL) ||
	       token_means(token, WORD_ZONE_US, NULL) ||
	       token_means(token, WORD_ZONE_VAGUE, NULL);
}

/* "10.23", where the language or a word before or behind says so */
static bool
scan_dot_clock(struct scan *scan, struct reading *reading, bool is_dotted)
{
	const struct token *minute = scan_peek(scan, 2);
	if (!token_is_number(scan_peek(scan, 0), 1, 2) ||
	    !token_is(scan_peek(scan, 1), '.') ||
	    !scan_peek(scan, 1)->is_glued || !token_is_number(minute, 2, 2) ||
	    !minute->is_glued || minute->value > 59)
		return false;
	const struct token *next = scan_peek(scan, 3);
	if (!is_dotted && !token_means(next, WORD_OCLOCK, NULL) &&
	    !token_means(next, WORD_HALF, NULL) && !is_zone(next))
		return false;
	reading->hour = (int)scan_peek(scan, 0)->value;
	reading->minute = (int)minute->value;
	scan->at += 3;
	if (token_is(next, '.') && next->is_glued &&
	    token_is_number(scan_peek(scan, 1), 2, 2) &&
	    scan_peek(scan, 1)->is_glued && scan_peek(scan, 1)->value < 60) {
		reading->second = (int)scan_peek(scan, 1)->value;
		reading->has_second = true;
		scan->at += 2;
	}
	return true;
}

/* "10시 23분 45초", "3시 반", "10h23", "10 h", "10 Uhr 23" */
static bool
scan_marked_clock(struct scan *scan, struct reading *reading)
{
	const struct token *mark = scan_peek(scan, 1);
	if (!token_is_number(scan_peek(scan, 0), 1, 2) ||
	    (!token_means(mark, WORD_HOUR_MARK, NULL) &&
		!token_means(mark, WORD_OCLOCK, NULL)))
		return false;
	reading->hour = (int)scan_peek(scan, 0)->value;
	scan->at += 2;
	const struct token *minute = scan_peek(scan, 0);
	bool is_letter = (unsigned char)mark->words->text[0] < 0x80;
	if (scan_word(scan, WORD_HALF_PAST, NULL))
		reading->minute = 30;
	else if (token_is_number(minute, 1, 2) && minute->value < 60 &&
		 token_means(scan_peek(scan, 1), WORD_MINUTE_MARK, NULL)) {
		reading->minute = (int)minute->value;
		scan->at += 2;
		scan_second(scan, reading);
	} else if (token_is_number(minute, 2, 2) && minute->value < 60 &&
		   (minute->is_glued || !mark->is_glued) &&
		   !token_is(scan_peek(scan, 1), ':')) {
		reading->minute = (int)minute->value;
		scan->at++;
	} else
		reading->is_bare_hour = is_letter;
	return true;
}

/* "3pm", "10 a.m." */
static bool
scan_half_clock(struct scan *scan, struct reading *reading)
{
	const struct token *hour = scan_peek(scan, 0);
	int half;
	if (!token_is_number(hour, 1, 2) || hour->value < 1 ||
	    hour->value > 12 ||
	    !token_means(scan_peek(scan, 1), WORD_HALF, &half))
		return false;
	reading->hour = (int)hour->value;
	scan->at++;
	return true;
}

/* "T10:23:45" is a clock behind a letter; "T1023", "T102345" are digits. */
static bool
scan_packed_clock(struct scan *scan, struct reading *reading)
{
	const struct token *digits = scan_peek(scan, 0);
	if (!digits->is_glued ||
	    (!token_is_number(digits, 4, 4) && !token_is_number(digits, 6, 6)))
		return false;
	int64_t value = digits->value;
	if (digits->digits == 6) {
		reading->second = (int)(value % 100);
		reading->has_second = true;
		value /= 100;
	}
	reading->hour = (int)(value / 100);
	reading->minute = (int)(value % 100);
	scan->at++;
	const struct token *dot = scan_peek(scan, 0);
	if ((token_is(dot, '.') || token_is(dot, ',')) && dot->is_glued &&
	    scan_peek(scan, 1)->is_glued &&
	    scan_peek(scan, 1)->kind == TOKEN_NUMBER)
		scan->at += 2;
	return reading->minute < 60 && reading->second < 60;
}

static bool
scan_clock_number(struct scan *scan, struct reading *reading, bool is_dotted)
{
	return scan_colon_clock(scan, reading) ||
	       scan_marked_clock(scan, reading) ||
	       scan_half_clock(scan, reading) ||
	       scan_dot_clock(scan, reading, is_dotted);
}

/* What may follow: "pm", "Uhr", "h". */
static void
scan_clock_end(struct scan *scan, struct reading *reading, int *half)
{
	int after;
	if (*half < 0 && token_means(scan_peek(scan, 0), WORD_HALF, &after) &&
	    !(after == HALF_AM && reading->hour > 12)) {
		*half = after;
		scan->at++;
	}
	/* "10:23-kor" */
	if (token_is(scan_peek(scan, 0), '-') && scan_peek(scan, 1)->is_glued &&
	    token_means(scan_peek(scan, 1), WORD_OCLOCK, NULL))
		scan->at++;
	const struct token *token = scan_peek(scan, 0);
	if (scan_word(scan, WORD_OCLOCK, NULL))
		return;
	if (!reading->is_bare_hour &&
	    token_means(token, WORD_HOUR_MARK, NULL) &&
	    (unsigned char)token->words->text[0] < 0x80)
		scan->at++;
}

bool
scan_clock(struct scan *scan, struct reading *reading, bool is_dotted)
{
	size_t start = scan->at;
	struct reading clock = *reading;
	int half = -1, hour;
	clock.hour = clock.minute = clock.second = 0;
	while (scan->at < start + 2 && scan_word(scan, WORD_AT, NULL))
		is_dotted = true;
	bool has_at = scan->at > start;
	if (has_at)
		scan_punctuation(scan, ':');
	if (scan_word(scan, WORD_CLOCK, &hour)) {
		clock.hour = hour;
		clock.has_clock = true;
		*reading = clock;
		return true;
	}
	(void)scan_word(scan, WORD_HALF, &half); /* or none */
	if (!scan_clock_number(scan, &clock, is_dotted || half >= 0)) {
		scan->at = start;
		return false;
	}
	scan_clock_end(scan, &clock, &half);
	if (half >= 0 || (has_at && !scan->is_finding))
		clock.is_bare_hour = false;
	if (clock.hour == 24 && clock.minute == 0) {
		clock.hour = 0;
		clock.days_later = 1;
	} else
		set_half(&clock, half);
	clock.has_clock = clock.hour < 24;
	if (!clock.has_clock) {
		scan->at = start;
		return false;
	}
	*reading = clock;
	return true;
}

/* The zone behind a clock. */

/* Summer time by the law of 2007, for "ET" which is either. */
static const char *
us_rule(int minutes)
{
	switch (minutes) {
	case -300:
		return "EST5EDT,M3.2.0,M11.1.0";
	case -360:
		return "CST6CDT,M3.2.0,M11.1.0";
	case -420:
		return "MST7MDT,M3.2.0,M11.1.0";
	default:
		return "PST8PDT,M3.2.0,M11.1.0";
	}
}

/* What a vague abbreviation means where the language tells the country; else
 * the feed's zone stands. */
static const struct {
	enum word_zone zone;
	const char *language, *country; /* "" for any */
	int minutes;
} vague_zones[] = {
    {ZONE_CST, "zh", "", 480},
    {ZONE_CST, "en", "us", -360},
    {ZONE_IST, "en", "in", 330},
    {ZONE_IST, "hi", "", 330},
    {ZONE_IST, "he", "", 120},
    {ZONE_IST, "en", "ie", 60},
    {ZONE_BST, "en", "gb", 60},
    {ZONE_BST, "bn", "", 360},
    {ZONE_AST, "ar", "", 180},
    {ZONE_AST, "en", "ca", -240},
};

static bool
country_is(const char *tag, const char *country)
{
	const char *dash = strpbrk(tag, "-_");
	return *country == '\0' ||
	       (dash != NULL && (dash[1] | 0x20) == country[0] &&
		   (dash[2] | 0x20) == country[1]);
}

void
reading_set_zone(
    struct reading *reading, const struct token *token, const char *language)
{
	int value;
	if (token_means(token, WORD_ZONE, &value)) {
		reading->has_offset = true;
		reading->offset_s = value * 60;
	} else if (token_means(token, WORD_ZONE_US, &value)) {
		reading->has_offset = true;
		reading->offset_s = value * 60;
		reading->rule = us_rule(value);
	} else if (token_means(token, WORD_ZONE_VAGUE, &value)) {
		for (size_t i = 0;
		     i < sizeof(vague_zones) / sizeof(vague_zones[0]); i++)
			if ((int)vague_zones[i].zone == value &&
			    language_is(language, vague_zones[i].language) &&
			    country_is(language, vague_zones[i].country)) {
				reading->has_offset = true;
				reading->offset_s = vague_zones[i].minutes * 60;
				return;
			}
	}
}

/* "+09:00", "+0900", "+09", "-5" */
static bool
scan_offset(struct scan *scan, int32_t *offset_s)
{
	const struct token *sign = scan_peek(scan, 0);
	const struct token *hours = scan_peek(scan, 1);
	bool is_minus = token_is(sign, '-');
	if ((!is_minus && !token_is(sign, '+')) || !hours->is_glued)
		return false;
	size_t length = 2;
	int64_t minutes = hours->value * 60;
	if (token_is_number(hours, 4, 4))
		minutes = hours->value / 100 * 60 + hours->value % 100;
	else if (!token_is_number(hours, 1, 2))
		return false;
	else if (token_is(scan_peek(scan, 2), ':') &&
		 token_is_number(scan_peek(scan, 3), 2, 2)) {
		minutes += scan_peek(scan, 3)->value;
		length = 4;
	} else if (is_minus && !sign->is_glued)
		return false; /* "10:23 -5 comments" */
	if (minutes > 15 * 60)
		return false;
	*offset_s = (int32_t)(is_minus ? -minutes : minutes) * 60;
	scan->at += length;
	return true;
}

bool
scan_zone(struct scan *scan, struct reading *reading)
{
	size_t start = scan->at;
	int32_t offset_s = 0;
	struct reading zoned = *reading;
	bool has_paren = scan_punctuation(scan, '(');
	if (is_zone(scan_peek(scan, 0))) {
		reading_set_zone(
		    &zoned, scan_peek(scan, 0), scan->context->language);
		scan->at++;
		/* "GMT+9"; but not "KST -" */
		if (zoned.has_offset && zoned.offset_s == 0 &&
		    scan_peek(scan, 0)->is_glued &&
		    scan_offset(scan, &offset_s))
			zoned.offset_s = offset_s;
	} else if (scan_offset(scan, &offset_s)) {
		zoned.has_offset = true;
		zoned.offset_s = offset_s;
	} else {
		scan->at = start;
		return false;
	}
	if (has_paren && !scan_punctuation(scan, ')')) {
		scan->at = start;
		return false;
	}
	/* "+0000 (UTC)": the number has said it */
	if (zoned.has_offset && token_is(scan_peek(scan, 0), '(') &&
	    is_zone(scan_peek(scan, 1)) && token_is(scan_peek(scan, 2), ')'))
		scan->at += 3;
	*reading = zoned;
	return true;
}

/* All of it. */

/* Languages that write 10.23 for a time, where a date stands before. */
static bool
writes_dotted_clocks(const char *language)
{
	static const char *const languages[] = {
	    "fi", "da", "it", "id", "nb", "no", "nn", "sv", "et"};
	for (size_t i = 0; i < sizeof(languages) / sizeof(languages[0]); i++)
		if (language_is(language, languages[i]))
			return true;
	return false;
}

static void
skip_separators(struct scan *scan)
{
	for (int i = 0; i < 4; i++) {
		const struct token *token = scan_peek(scan, 0);
		bool is_separator =
		    token->kind == TOKEN_PUNCTUATION &&
		    (token->punctuation == 0xb7 ||
			strchr(",-|/.", (int)token->punctuation) != NULL);
		if (!is_separator && (!token_means(token, WORD_FILLER, NULL) ||
					 token_means(token, WORD_HALF, NULL)))
			return;
		scan->at++;
	}
}

/* What may follow a day: weekday, clock, zone, and asctime's year. */
static void
scan_tail(struct scan *scan, struct reading *reading)
{
	int weekday, year;
	size_t start = scan->at;
	scan_punctuation(scan, ',');
	if (!scan_weekday(scan, &weekday))
		scan->at = start;
	start = scan->at;
	bool is_dotted = writes_dotted_clocks(scan->context->language);
	bool has_clock;
	if (scan_word(scan, WORD_LETTER_T, NULL))
		has_clock = scan_packed_clock(scan, reading) ||
			    scan_clock(scan, reading, false);
	else {
		skip_separators(scan);
		bool has_paren = scan_punctuation(scan, '(');
		has_clock = scan_clock(scan, reading, is_dotted) &&
			    (!has_paren || scan_punctuation(scan, ')'));
	}
	if (!has_clock) {
		scan->at = start;
		return;
	}
	reading->has_clock = true;
	reading->is_bare_hour = false;
	scan_zone(scan, reading);
	if (reading->date == PRECISION_DAY && reading->year == 0 &&
	    token_is_number(scan_peek(scan, 0), 4, 4) &&
	    number_within(scan, 4, 2600, &year))
		reading->year = year;
}

/* Alone, "hier" is German for here, and "MA" is a state. */
static bool
may_mean_day(const struct scan *scan, const struct token *word)
{
	return !(language_is(scan->context->language, "de") &&
		   strcmp(word->words->text, "hier") == 0) &&
	       (word->end - word->start > 2 || scan->context->is_date_node);
}

/* A date or a word for a day, and what follows. */
static bool
scan_dated(struct scan *scan, struct reading *reading)
{
	struct reading day = *reading;
	if (!scan_word(scan, WORD_DAYS_AGO, &day.days_ago) &&
	    !scan_date(scan, &day))
		return false;
	size_t after = scan->at;
	/* "昨晚" is a day and the half of it */
	if (day.days_ago >= 0 &&
	    token_means(&scan->tokens[after - 1], WORD_HALF, NULL))
		scan->at--;
	if (day.days_ago >= 0 || day.date == PRECISION_DAY)
		scan_tail(scan, &day);
	if (scan->at < after)
		scan->at = after;
	if (day.days_ago >= 0 && !day.has_clock &&
	    !may_mean_day(scan, &scan->tokens[after - 1]))
		return false;
	*reading = day;
	return true;
}

/* "Tue, 5 Mar", "Monday", "Mon 10:23" */
static bool
scan_weekday_first(struct scan *scan, struct reading *reading)
{
	struct reading day = reading_empty();
	if (!scan_weekday(scan, &day.weekday))
		return false;
	size_t after = scan->at;
	skip_separators(scan);
	struct reading dated = reading_empty();
	if (scan_dated(scan, &dated)) {
		*reading = dated;
		return true;
	}
	scan->at = after;
	skip_separators(scan);
	if (scan_clock(scan, &day, false))
		scan_zone(scan, &day);
	else
		scan->at = after;
	/* "Sunday" is a part of the paper too */
	if (!day.has_clock && !scan->context->is_date_node)
		return false;
	*reading = day;
	return true;
}

/* "1:37" is how long a film is, where a clock would say "am". */
static bool
may_be_length(const struct scan *scan, size_t start)
{
	return language_is(scan->context->language, "en") &&
	       !scan->context->is_date_node &&
	       scan->tokens[start].kind == TOKEN_NUMBER &&
	       scan->tokens[start].digits == 1 &&
	       scan->tokens[scan->at - 1].kind == TOKEN_NUMBER;
}

/* The day behind a clock, its weekday before it; "Mar 5" is no Tuesday. */
static bool
scan_day_behind(struct scan *scan, struct reading *reading)
{
	size_t start = scan->at;
	int weekday;
	for (int i = 0; i < 2; i++) {
		struct reading day = *reading;
		scan->at = start;
		if (i == 1 && !scan_weekday(scan, &weekday))
			return false;
		skip_separators(scan);
		if (scan_word(scan, WORD_DAYS_AGO, &day.days_ago) ||
		    (scan_date(scan, &day) && day.date == PRECISION_DAY)) {
			*reading = day;
			return true;
		}
	}
	return false;
}

/* "10:23, 5 March 2024", "10:23" */
static bool
scan_clock_first(struct scan *scan, struct reading *reading)
{
	size_t start = scan->at;
	struct reading clock = reading_empty();
	if (!scan_clock(scan, &clock, false))
		return false;
	scan_zone(scan, &clock);
	size_t after = scan->at;
	struct reading dated = clock;
	skip_separators(scan);
	if (scan_day_behind(scan, &dated)) {
		*reading = dated;
		return true;
	}
	scan->at = after;
	*reading = clock;
	return !clock.is_bare_hour && !may_be_length(scan, start);
}

bool
scan_moment(struct scan *scan, struct reading *reading)
{
	static bool (*const ways[])(struct scan *, struct reading *) = {
	    scan_relative, scan_dated, scan_weekday_first, scan_clock_first};
	size_t start = scan->at, best = start;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct reading attempt = reading_empty();
		scan->at = start;
		if (ways[i](scan, &attempt) && scan->at > best) {
			best = scan->at;
			*reading = attempt;
		}
	}
	scan->at = best;
	return best > start;
}
