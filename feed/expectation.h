#ifndef FEED_EXPECTATION_H
#define FEED_EXPECTATION_H

#include <stdbool.h>
#include <stdint.h>

#include "feed/extract.h"
#include "feed/rules.h"

/*
 * What rules found when they were learned, and what they must still find; where
 * they do not, the page may be another, and somebody should look again.
 */
struct expectation {
	uint32_t items;               /* articles; 0: nothing is expected */
	uint32_t filled[FIELD_COUNT]; /* of them, that had the field */
	char *place;                  /* where the list stood (list_path), or NULL */
};

/* Of what was read; expectation_clear frees it. */
struct expectation expectation_of(const struct extraction *);
struct expectation expectation_copy(const struct expectation *);
void expectation_clear(struct expectation *);

/* Is there enough of it: four of five articles, of each field three of five of
 * its share, and the list where it stood? */
bool expectation_is_met(const struct expectation *, const struct extraction *);

/* How much was read: articles, and what is known of them. */
uint64_t expectation_worth(const struct extraction *);

#endif
