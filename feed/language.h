#ifndef FEED_LANGUAGE_H
#define FEED_LANGUAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Words per language as constant tables: what dates are written with, and what
 * menus say.  Nothing is owned, nothing fails.
 */
enum word_kind {
	WORD_MONTH,        /* 1-12 */
	WORD_JALALI_MONTH, /* 1-12 */
	WORD_MONTH_WORD,   /* stands before the month's number: "tháng 3" */
	WORD_WEEKDAY,      /* 0 = Sunday */
	WORD_UNIT,         /* enum word_unit */
	WORD_UNIT_UK,      /* the same, but in Ukrainian only */
	WORD_UNIT_AGO,     /* a unit that says "ago" itself: "5 perce" */
	WORD_SPAN,         /* that many minutes: "час" is 60, 하루 1440 */
	WORD_SPAN_MONTHS,  /* that many months */
	WORD_COUNT,        /* "three" is 3, "few" is 3, "half" is -1 */
	WORD_AGO,          /* after the span */
	WORD_BEFORE,       /* before the span: "vor", "il y a" */
	WORD_NOW,
	WORD_DAYS_AGO, /* 0 = today */
	WORD_HALF,     /* enum word_half */
	WORD_CLOCK,    /* an hour by itself: noon is 12 */
	WORD_OCLOCK,   /* after a clock: "Uhr" */
	WORD_AT,       /* before a clock */
	WORD_YEAR_MARK,
	WORD_MONTH_MARK,
	WORD_DAY_MARK,
	WORD_HOUR_MARK,
	WORD_MINUTE_MARK,
	WORD_SECOND_MARK,
	WORD_HALF_PAST,  /* 반: half an hour after the hour */
	WORD_ERA,        /* to add to the year of the era */
	WORD_ERA_LETTER, /* the same, "R6.3.5" */
	WORD_FIRST_YEAR, /* 元 */
	WORD_ORDINAL,    /* "th" */
	WORD_ZONE,       /* minutes east of Greenwich */
	WORD_ZONE_US,    /* the same, without the summer time it has */
	WORD_ZONE_VAGUE, /* enum word_zone: says another zone elsewhere */
	WORD_LETTER_T,
	WORD_LETTER_W,
	WORD_LETTER_Q,
	WORD_LABEL,    /* 입력, "Published" */
	WORD_MODIFIED, /* 수정, "Updated" */
	WORD_FILLER,   /* may stand anywhere: "of", "le" */
};

enum word_unit {
	UNIT_SECOND,
	UNIT_MINUTE,
	UNIT_HOUR,
	UNIT_DAY,
	UNIT_WEEK,
	UNIT_MONTH,
	UNIT_YEAR
};

enum word_half { HALF_AM, HALF_PM, HALF_NOON, HALF_NIGHT };

enum word_zone { ZONE_CST, ZONE_IST, ZONE_BST, ZONE_AST, ZONE_SST };

struct word {
	const char *text;
	enum word_kind kind;
	int value;
};

/* Sorted by bytes; one row per meaning. */
extern const struct word language_words[];
extern const size_t language_word_count;

/* Lower case, without accent, full-width forms and any digits as ASCII, dashes
 * and bars of all kinds as '-' and '|', white space and pictures as ' '; 0 for
 * what has no width. */
uint32_t language_fold(uint32_t character);

/* Letters of a script that puts blanks between words, or of one that does not
 * (Hangul, Han, Kana, Thai).  Takes folded characters. */
bool language_is_letter(uint32_t folded);
bool language_is_dense(uint32_t folded);

/* The main part of a language tag: "zh" is that of "zh-TW". tag may be NULL. */
bool language_is(const char *tag, const char *language);

/* Languages that write the year first, if they write two digits of it. */
bool language_is_year_first(const char *tag);

/* Is the whole text what a menu says: "more", 더보기, "weiterlesen"? */
bool language_is_menu_word(const char *text);

/* Is it what leads from a teaser into its story: "read more", 자세히 보기? */
bool language_is_teaser_word(const char *text);

/* Is it what leads on from page to page: "next", 다음, "older posts"? */
bool language_is_next_word(const char *text);

/* Is it what a box beside a list is called: "most read", 관련기사? */
bool language_is_box_word(const char *text);

/* Is it what newspapers call a section: "politics", 경제, "Sport"? */
bool language_is_section_word(const char *text);

#endif
