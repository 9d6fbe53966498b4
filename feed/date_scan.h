#ifndef FEED_DATE_SCAN_H
#define FEED_DATE_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/date.h"
#include "feed/date_words.h"

/*
 * The grammar of dates: what stands written, before anyone asks what it means
 * today.  Scanners move `at` over what they took, or leave it and return
 * false; each looks at a bounded number of tokens and never goes back further
 * than its own start.
 */
struct scan {
	const struct token *tokens;
	size_t count, at;
	const struct date_context *context;
	bool is_finding; /* inside a sentence: only what can be nothing else */
};

struct reading {
	enum precision date; /* NONE, YEAR, MONTH or DAY */
	int year;            /* 0: not written */
	int month, day;
	int days_ago; /* "yesterday" is 1; -1: not written */
	int weekday;  /* alone, without a date; -1: not written */
	bool has_clock, has_second;
	bool is_bare_hour; /* "10h", which may be a span of time */
	int hour, minute, second;
	int days_later; /* 24:00 */
	bool has_offset;
	int32_t offset_s;
	const char *rule; /* US zone: offset_s is that of the winter */
	bool is_relative;
	int64_t span_s;
	int span_months;
	bool is_clear; /* a relative one with a number and an "ago" */
	bool is_epoch;
	int64_t epoch_s;
};

struct reading reading_empty(void);

/* The longest date, time or span at `at`. */
bool scan_moment(struct scan *, struct reading *);

/* Parts of it, which date_clock.c, date_day.c and date_relative.c share. */
const struct token *scan_peek(const struct scan *, size_t ahead);
bool scan_word(struct scan *, enum word_kind, int *value);
bool scan_punctuation(struct scan *, char);
/* A number of so many digits at most, not above max. */
bool scan_number(struct scan *, int max_digits, int max, int *value);
bool scan_clock(struct scan *, struct reading *, bool is_dotted);
bool scan_packed_clock(struct scan *, struct reading *);
bool scan_zone(struct scan *, struct reading *);
bool scan_date(struct scan *, struct reading *);
bool scan_relative(struct scan *, struct reading *);

/* Set the offset that a zone's word stands for. */
void reading_set_zone(struct reading *, const struct token *,
    const char *language);

/* 24 -> 2024, 97 -> 1997 */
int year_of_two_digits(int year, int64_t now_s);

/*
 * d/m/y in the order that the context, the language or the numbers tell.
 * digits are the numbers' lengths.
 */
bool reading_set_triple(struct reading *, const int64_t parts[3],
    const int digits[3], char separator, const struct date_context *);

/* The same in one order, if the calendar and now allow it. */
bool reading_set_order(struct reading *, enum date_order,
    const int64_t parts[3], const int digits[3], const struct date_context *);

/* What the reading is now; false if it is no day of the calendar or lies
 * outside of what is plausible. */
bool reading_resolve(const struct reading *, const struct date_context *,
    struct moment *);

/* No news page is older, none dates further ahead. */
#define DATE_FIRST_YEAR 1995
#define DATE_MAX_AHEAD_S (2 * 86400)
/* 29 February may be that far back. */
#define DATE_MAX_YEARS_BACK 8
int64_t date_latest_s(const struct date_context *);

#endif
