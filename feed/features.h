#ifndef FEED_FEATURES_H
#define FEED_FEATURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/page.h"

/*
 * What elements that somebody chose have in common and a selector can say:
 * tags, classes, ids, attributes.  Each is counted once for each member
 * (an item, a place in it), whichever of its elements has it.
 */
enum feature_kind {
	FEATURE_TAG,
	FEATURE_CLASS,
	FEATURE_ID,
	FEATURE_ATTRIBUTE,
	FEATURE_STEM, /* the part of a hashed class that stays */
};

struct feature {
	char *css; /* "li", ".news", "#list", "[itemprop=\"name\"]" */
	enum feature_kind kind;
	double cost;   /* 1 an id, 2 a good class, 18 a hashed one; and its
			  length, and the distance it was met at first */
	bool hashed;
	size_t count;  /* members that have it */
	size_t last;   /* the member counted last */
};

struct features {
	struct feature *list;
	size_t count, capacity;
	uint32_t *slots; /* by css, open hash */
};

/* All that this element has; `distance` is added to the cost of each. */
void features_add(struct features *, const struct page *, uint32_t node,
    size_t member, double distance);
/* Those that `least` members have, the cheapest first, `most` of them. */
void features_keep(struct features *, size_t least, size_t most);
void features_clear(struct features *);

#endif
