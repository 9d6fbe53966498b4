#ifndef FEED_VERDICT_H
#define FEED_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/evidence.h"

/*
 * Is an answer news?  Evidence (evidence.h) is weighed with what the section's
 * good rounds measured and how many of the page's articles are known.  A list
 * of which half is known is this list, whatever it is titled; only its encoding
 * and its end are still looked at.  Pure.
 */
#define READINGS_KEPT 20 /* good rounds that are remembered */
#define CUT_ROUNDS 3     /* after so many a page without end is how it is */

/* What a good round measured on the section's own page. */
struct reading {
	uint32_t items; /* articles, filtered ones too */
	uint32_t links;
	uint32_t width;
	uint32_t broken, mojibake, foreign; /* as in struct evidence */
	enum ending ending;
	uint64_t place; /* verdict_place of where it came from */
};

struct verdict_question {
	const struct evidence *evidence;
	const struct reading *readings; /* the newest first */
	size_t reading_count;
	size_t items;      /* articles found */
	size_t filtered;   /* of them, that only or skip left out */
	size_t known;      /* of the others */
	const char *asked; /* URL */
	const char *from;  /* after redirects */
	const char *mitigated; /* header cf-mitigated, or NULL */
	bool is_later;     /* a page after the section's first: its length says
	                      nothing */
	bool empty_ok;
	uint32_t cut_rounds; /* before this one, in a row, that were CUT */
};

struct verdict {
	enum verdict_kind kind;
	char why[512]; /* "the page is titled 'Just a moment...'"; clean */
};

struct verdict verdict_of(const struct verdict_question *);

/* One word: "blocked", "down", "good". */
const char *verdict_word(enum verdict_kind);

/* For comparing: two spellings of one address are one place. */
uint64_t verdict_place(const char *url);

struct reading reading_of(
    const struct evidence *, size_t items, const char *from);

#endif
