#include "feed/date_scan.h"

#include <string.h>

/* A million of them is no way to say when. */
#define MAX_SPAN_COUNT 9999

static void
span_add(struct reading *reading, int unit, int64_t count)
{
	static const int64_t seconds[] = {1, 60, 3600, 86400, 7 * 86400};
	if (unit == UNIT_MONTH)
		reading->span_months += (int)count;
	else if (unit == UNIT_YEAR)
		reading->span_months += 12 * (int)count;
	else
		reading->span_s += seconds[unit] * count;
}

/* Half of a unit; half a month is two weeks. */
static void
span_add_half(struct reading *reading, int unit)
{
	static const int64_t seconds[] = {
	    0, 30, 1800, 43200, 7 * 43200, 15 * 86400, 182 * 86400};
	reading->span_s += seconds[unit];
}

static bool
scan_unit(struct scan *scan, int *unit)
{
	/* "год" is a year in Russian and short for an hour in Ukrainian */
	if (language_is(scan->context->language, "uk") &&
	    scan_word(scan, WORD_UNIT_UK, unit))
		return true;
	return scan_word(scan, WORD_UNIT, unit) ||
	       scan_word(scan, WORD_UNIT_AGO, unit);
}

/* "하루", "час": a span that needs no number.  In a sentence it tells of
 * something else. */
static bool
scan_span_word(struct scan *scan, struct reading *reading)
{
	int value;
	if (scan->is_finding)
		return false;
	if (scan_word(scan, WORD_SPAN, &value))
		span_add(reading, UNIT_MINUTE, value);
	else if (scan_word(scan, WORD_SPAN_MONTHS, &value))
		span_add(reading, UNIT_MONTH, value);
	else
		return false;
	return true;
}

/* "3시간", "half an hour": one number with its unit. */
static bool
scan_span(struct scan *scan, struct reading *reading)
{
	size_t start = scan->at;
	int value = 0, unit = 0, more;
	if (scan_span_word(scan, reading))
		return true;
	const struct token *number = scan_peek(scan, 0);
	if (number->kind == TOKEN_NUMBER && number->digits <= 4) {
		value = (int)number->value;
		scan->at++;
	} else if (scan->is_finding || !scan_word(scan, WORD_COUNT, &value))
		return false; /* "several months ago" is a story */
	else if (value < 0)
		(void)scan_word(scan, WORD_COUNT, &more); /* "half an" */
	if (value > MAX_SPAN_COUNT || !scan_unit(scan, &unit)) {
		scan->at = start;
		return false;
	}
	if (value < 0)
		span_add_half(reading, unit);
	else
		span_add(reading, unit, value);
	scan_punctuation(scan, '.'); /* "5 min. ago" */
	return true;
}

/* "1 day, 2 hours", "1시간 30분" */
static bool
scan_spans(struct scan *scan, struct reading *reading)
{
	if (!scan_span(scan, reading))
		return false;
	for (int i = 0; i < 3; i++) {
		size_t after = scan->at;
		if (!scan_punctuation(scan, ','))
			(void)scan_word(scan, WORD_FILLER, NULL); /* "and" */
		if (!scan_span(scan, reading)) {
			scan->at = after;
			break;
		}
	}
	return true;
}

/* "방금 전", "just now"; the shortest words mean too much else. */
static bool
scan_now(struct scan *scan, struct reading *reading)
{
	size_t start = scan->at;
	const struct token *word = scan_peek(scan, 0);
	if (!scan_word(scan, WORD_NOW, NULL))
		return false;
	bool has_ago = scan_word(scan, WORD_AGO, NULL);
	if (scan->is_finding ||
	    (!has_ago && !scan->context->is_date_node &&
		(unsigned char)word->words->text[0] < 0x80 &&
		word->end - word->start <= 5)) {
		scan->at = start;
		return false;
	}
	reading->is_relative = true;
	return true;
}

/* "10h" is ten o'clock there. */
static bool
writes_hours_with_h(const char *language)
{
	return language_is(language, "fr") || language_is(language, "pt");
}

/* The spans, with or without "about" before them: "unos" is both "about" and
 * "some". */
static bool
scan_about(struct scan *scan, struct reading *reading)
{
	size_t start = scan->at;
	if (scan_word(scan, WORD_FILLER, NULL) && scan_spans(scan, reading))
		return true;
	scan->at = start;
	return scan_spans(scan, reading);
}

/* Is all that was read a number and its unit? */
static bool
is_plain_span(const struct scan *scan, size_t start)
{
	return scan->tokens[start].kind == TOKEN_NUMBER &&
	       scan->at == scan->count;
}

bool
scan_relative(struct scan *scan, struct reading *reading)
{
	size_t start = scan->at;
	if (scan_now(scan, reading))
		return true;
	bool has_before = scan_word(scan, WORD_BEFORE, NULL);
	if (!scan_about(scan, reading)) {
		scan->at = start;
		return false;
	}
	size_t spans_end = scan->at;
	bool says_ago =
	    !scan->is_finding &&
	    token_means(&scan->tokens[spans_end - 1], WORD_UNIT_AGO, NULL);
	(void)scan_word(scan, WORD_FILLER, NULL); /* "yang" */
	const struct token *ago = scan_peek(scan, 0);
	bool has_ago = scan_word(scan, WORD_AGO, NULL);
	/* "3시간 전북": the syllable is the beginning of a word */
	const struct token *next = scan_peek(scan, 0);
	if (has_ago && scan->is_finding && next->is_glued &&
	    (next->kind == TOKEN_WORD || next->kind == TOKEN_UNKNOWN))
		has_ago = ago->end - ago->start > 3;
	if (!has_ago)
		scan->at = spans_end;
	has_ago = has_ago || says_ago;
	reading->is_clear = has_ago || has_before;
	reading->is_relative = true;
	if (reading->is_clear)
		return true;
	/* "2h" elsewhere is how long a film is */
	if (scan->context->is_date_node && !scan->is_finding &&
	    !writes_hours_with_h(scan->context->language) &&
	    is_plain_span(scan, start))
		return true;
	scan->at = start;
	return false;
}
