#ifndef FEED_HEAL_H
#define FEED_HEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/article.h"
#include "feed/error.h"
#include "feed/extract.h"
#include "feed/page.h"
#include "feed/rules.h"

/*
 * New rules for a page that has changed (drift.h), from the remembered articles
 * that still stand on it (recall.h): where they stand is the list, what they
 * say are the fields.  Rules are learned there and where inference alone sees
 * a list (learn.h), run by the engine, and held against what is remembered;
 * gates decide what may become of the best.  A wrong heal is worse than a late
 * one.  Pure.
 */
enum heal_grade {
	HEAL_REFUSE,
	HEAL_PROPOSE, /* a person should look */
	HEAL_ADOPT,   /* good enough by itself, once it was seen twice */
	HEAL_SURE,    /* good enough at first sight */
};

/* What speaks for rules, in numbers alone; the main process judges them. */
struct heal_evidence {
	uint32_t anchors;  /* remembered articles on the page */
	uint32_t covered;  /* of them, found by the rules */
	uint32_t titled;   /* of these, with the remembered title */
	uint32_t dated;    /* with a remembered date and one on the page */
	uint32_t days;     /* of these, of the same day */
	uint32_t articles; /* that the rules find */
	uint32_t rows;     /* items of theirs */
	uint32_t alike;    /* articles whose link is of a covered one's kind */
	uint32_t stories;  /* articles whose link looks like a story's */
	uint32_t usual;    /* articles that are usual */
};

struct heal {
	struct rules rules; /* whole: what was asked with new items and fields */
	struct heal_evidence evidence;
	struct extraction read; /* what they find */
};
void heal_clear(struct heal *);

struct heal_question {
	const struct rules *rules;     /* that find nothing any more */
	const struct rules *candidate; /* what an earlier page gave, or NULL */
	const struct articles *memory;
	uint32_t usual;                /* articles; 0: nobody knows */
};

/* The best new rules for the page.  False, nothing set, if there are none;
 * with err set if the engine failed. */
bool heal_page(const struct heal_question *, struct page *,
    const struct extract_context *, struct heal *, struct error *);

/* "item '.card', title 'h2'": what is to be written in place of the old ones;
 * a field that is left to inference is not named.  The caller's. */
char *heal_words(const struct rules *);

/* What may become of them, and why in words (512 bytes, clean).  A candidate
 * that is seen again is_confirming. */
enum heal_grade heal_judge(
    const struct heal_evidence *, bool is_confirming, char why[512]);

#endif
