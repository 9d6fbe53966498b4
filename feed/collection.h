#ifndef FEED_COLLECTION_H
#define FEED_COLLECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/date.h"
#include "feed/page.h"
#include "feed/rules.h"

/*
 * The links of a page that may lead to stories, what they say, and which of
 * them are taken for a story's.  Equal stories (by captured key, else by
 * url_key) are one.
 */
#define COLLECTION_TITLE_CELLS 14 /* a shorter text is rather a rubric */

/* One place on the page where a story is linked to. */
struct occurrence {
	uint32_t node;
	uint32_t story;
	bool taken;     /* for a story's; else only a possible one's */
	bool is_silent; /* it has no text */
	bool beside;    /* empty: what it is for stands beside it */
};

struct story {
	char *link;
	char *key;    /* captured, or NULL */
	char *folded; /* what equal stories share */
	char *words;  /* the longest text of its links */
	double score;
	uint64_t shape; /* of the link: hashed */
	bool foreign;   /* leads to another owner's site */
	double known;   /* how surely it is one that is remembered (recall.h) */
	size_t article; /* which, if known > 0 */
};

struct collection {
	const struct compiled_rules *rules; /* borrowed, like page and base */
	const struct page *page;
	const char *base;
	const struct date_context *dates; /* borrowed */
	struct occurrence *occurrences;   /* document order */
	size_t count;
	struct story *stories;
	size_t story_count;
	uint32_t *slots; /* open hash of stories by folded key */
	size_t slot_count;
};

/* Reads and judges all links; base is what they are resolved against, dates
 * tells the language of what they say.
 * collection_clear frees what it holds. */
void collection_read(struct collection *, const struct compiled_rules *,
    const struct page *, const char *base, const struct date_context *);
void collection_clear(struct collection *);

/* The first occurrence at or behind a node. */
size_t collection_from(const struct collection *, uint32_t node);
/* How much an occurrence looks like the title's link of what surrounds it: its
 * words, its score; 1000 for each step from no heading to h6 to h1.  0 if it
 * says nothing. */
double collection_title_weight(
    const struct collection *, const struct occurrence *);

#endif
