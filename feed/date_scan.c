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

bool
scan_number(struct scan *scan, int max_digits, int max, int *value)
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
	    scan_number(scan, 4, 2600, &year))
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
