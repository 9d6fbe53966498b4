#include "feed/date_scan.h"

#include <string.h>

/* The part of the grammar that finds a time of day, and the zone behind it. */

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
	    !scan_number(scan, 2, 60, &second) ||
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
bool
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
		/* "+0000 UTC", as Go prints it: the number has said it */
		if (is_zone(scan_peek(scan, 0)))
			scan->at++;
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
