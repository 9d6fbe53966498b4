#ifndef TESTS_MUTATOR_H
#define TESTS_MUTATOR_H

#include <stdint.h>

#include "feed/buffer.h"
#include "feed/page.h"

/*
 * Redesigns of a page, from a seed: what a newspaper does to its markup, its
 * addresses and its articles from one day to the next.  Operators are numbers
 * that say how much of each; they compose.  The page that comes out is told the
 * truth of in a list beside it, never in itself.
 */
struct redesign {
	uint64_t seed;
	/* names, in % of all of them */
	unsigned classes; /* renamed, each everywhere alike */
	unsigned hashed;  /* of these, to hashes; else words, BEM, utilities */
	unsigned ids;     /* renamed or dropped */
	/* structure */
	bool wrap_inside, wrap_around, unwrap, tags, split, columns, lead;
	/* content */
	unsigned refresh; /* % of the articles replaced by new ones */
	unsigned ads;     /* so many of them, in the items' dress */
	bool reorder, most_read, sticky, lazy;
	bool box; /* what was replaced stands in a small box of its own */
	/* values */
	bool prefix;      /* all articles under another path */
	bool dates, title_attribute, absolute, base;
};

enum level { LEVEL_LIGHT, LEVEL_MEDIUM, LEVEL_HEAVY, LEVEL_EXTREME, LEVELS };
extern const char *const level_names[LEVELS];

/* A redesign of that much, operators drawn by the seed. */
struct redesign redesign_of(enum level, uint64_t seed);

/* What a whole page may turn into. */
enum outage {
	OUTAGE_CAPTCHA,
	OUTAGE_MAINTENANCE,
	OUTAGE_CONSENT,
	OUTAGE_EMPTY,  /* the list without its items */
	OUTAGE_SHELL,  /* JSON alone */
	OUTAGE_CUT,
	OUTAGE_OTHER,  /* a list like it, of which nothing is known */
	OUTAGE_BOX,    /* the same, and what is known in a small box beside it */
	OUTAGES
};
extern const char *const outage_names[OUTAGES];

/* The list of a page: its items and the links (absolute, canonical) of their
 * articles. */
struct list_of_page {
	const uint32_t *items; /* elements, ascending, none in another */
	size_t count;
	/* what belongs to the articles: [start, end), one for each link */
	const uint32_t *starts, *ends;
	char *const *links;
	size_t link_count;
};

/* HTML, the caller's; *truth gets the links of the list on it, one for each of
 * list->links. */
char *mutate_page(const struct page *, const char *url,
    const struct list_of_page *, const struct redesign *, char ***truth,
    size_t *truth_count);
/* How many of list->links are left on the page by that redesign. */
size_t mutate_kept(const struct list_of_page *, const struct redesign *);

/* *truth (as above, *truth_count may be 0) is what may be taken of it. */
char *mutate_outage(const struct page *, const char *url,
    const struct list_of_page *, enum outage, uint64_t seed, char ***truth,
    size_t *truth_count);

#endif
