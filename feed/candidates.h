#ifndef FEED_CANDIDATES_H
#define FEED_CANDIDATES_H

#include <stdbool.h>
#include <stddef.h>

#include "feed/features.h"
#include "feed/page.h"

/*
 * Selectors put together from features, tried on the page from the cheapest
 * on, until no other can be better than the best.  Who asks says what a
 * selector's matches are worth.
 */
struct tried {
	double recall, precision; /* 0 to 1 */
	size_t found, wrong;
};

struct candidates_question {
	const struct page *page;
	const struct features *inner;  /* what the elements themselves have */
	const struct features *parent; /* what stands right above them */
	const struct features *above;  /* and higher */
	size_t most;     /* selectors that are run at most */
	double lone_tag; /* what a tag without anything costs beyond its own */
	double least;    /* recall and precision that are asked for */
	double fault;    /* what a recall or precision of 0 would cost */
	void (*judge)(const void *arg, const struct nodes *found, struct tried *);
	/* Words that may be left out ("`:not(.ad)`") because only wrong ones
	 * have them, gathered for what was found; or NULL. */
	void (*blame)(const void *arg, const struct nodes *found,
	    struct features *);
	/* What all good ones hold and no wrong one (".card:has(h3)"); or NULL.
	 */
	void (*praise)(const void *arg, const struct nodes *found,
	    struct features *);
	const void *arg;
};

struct chosen {
	char *css; /* the caller's */
	double value;
	struct tried tried;
	bool hashed;
};

/* False, and nothing set, if no selector is good enough. */
bool candidates_try(const struct candidates_question *, struct chosen *);

#endif
