#ifndef FEED_VERDICT_H
#define FEED_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/evidence.h"
#include "feed/reading.h"

/*
 * Is an answer news?  Evidence (evidence.h) is weighed with what the section's
 * good rounds measured and how many of the page's articles are known.  A list
 * of which half is known is this list, whatever it is titled; only its encoding
 * and its end are still looked at.  Pure.
 */
#define CUT_ROUNDS 3 /* after so many a page without end is how it is */

struct verdict_question {
	const struct evidence *evidence;
	const struct reading *readings; /* good ones, the newest first */
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

#endif
