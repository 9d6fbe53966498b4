#ifndef FEED_SKETCH_H
#define FEED_SKETCH_H

#include <stdint.h>

#include "feed/page.h"

/*
 * A page's structure in few bytes: of all its pairs "parent > tag.class" a
 * sample by least hash, one in each of SKETCH_LENGTH parts (Li, Owen, Zhang:
 * "One Permutation Hashing", 2012), so that the share of equal entries tells
 * how many of the pairs two pages have in common.
 */
#define SKETCH_LENGTH 64

struct sketch {
	uint32_t least[SKETCH_LENGTH]; /* 0: no pair fell into this part */
};

void sketch_page(const struct page *, struct sketch *);

/* %, 100 for two empty ones. */
uint32_t sketch_likeness(const struct sketch *, const struct sketch *);

#endif
