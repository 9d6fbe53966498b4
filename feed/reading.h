#ifndef FEED_READING_H
#define FEED_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/evidence.h"
#include "feed/extract.h"
#include "feed/list_place.h"
#include "feed/rules.h"

/*
 * What a round measured on the section's own page: numbers alone, so that many
 * rounds can be kept and the next page be compared with what is usual.
 * verdict.h asks them whether the page is news at all, drift.h whether the
 * rules still find its list.  Pure.
 */
#define READINGS_KEPT 64  /* rounds that are remembered, good and bad */
#define READINGS_USUAL 20 /* of them, the good ones that say what is usual */

struct reading {
	int64_t at_s;
	uint32_t items; /* articles, filtered ones too */
	uint32_t links;
	uint32_t width;
	uint32_t broken, mojibake, foreign; /* as in struct evidence */
	enum ending ending;
	uint64_t place; /* verdict_place of where it came from */
	uint64_t rules; /* hash of what found the articles; 0: nobody knows */
	bool is_bad;    /* drift.h said so: it says nothing of what is usual */
	uint32_t rows;  /* items, before any fell out */
	uint32_t filled[FIELD_COUNT]; /* of the rows, that had the field */
	uint32_t articles;            /* without the filtered ones */
	uint32_t fresh; /* of them, that the section did not have */
	uint32_t stale; /* of the fresh, not dated after the last good round */
	int32_t score;  /* mean of what links_score says, in tenths */
	uint32_t cells; /* median width of a title */
	uint32_t repeated;  /* articles whose title another one has */
	uint32_t menu;      /* articles whose title is a menu's word */
	uint64_t shape;     /* of most of their links (link_kind.h), hashed */
	uint32_t in_shape;  /* articles whose link has a usual shape */
	uint32_t likeness;  /* % of the structure, with the last good page's */
	enum list_place list_place; /* if there are no articles */
};

struct reading_question {
	const struct evidence *evidence;
	const struct extraction *read;
	const char *from;              /* URL of the page, after redirects */
	int64_t now_s;
	uint64_t rules;
	const struct reading *past;    /* the newest first */
	size_t past_count;
	const bool *is_fresh;          /* of each article; NULL: all are */
	const struct sketch *sketch;   /* of the last good page, or NULL */
};

struct reading reading_of(const struct reading_question *);

/* May something of this date have come after that moment?  A day counts as its
 * end; without a date nobody knows: false. */
bool reading_is_after(struct moment, int64_t at_s);

/* The newest good ones, by these rules (0: by any), READINGS_USUAL at most;
 * returns how many. */
size_t readings_usual(const struct reading *past, size_t count, uint64_t rules,
    struct reading usual[READINGS_USUAL]);

/* The median of these numbers, which are put in order; 0 if there is none. */
uint32_t reading_median(uint32_t *numbers, size_t count);

/* % of the rows in which the field was filled; 0 of no rows. */
uint32_t reading_fill(const struct reading *, enum field);

#endif
