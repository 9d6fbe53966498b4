#ifndef FEED_AGREEMENT_H
#define FEED_AGREEMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "feed/article.h"
#include "feed/rules.h"

/*
 * How far two readings of one page say the same: articles by their link's
 * url_key, then field by field.
 */
struct agreement {
	size_t wanted, read, both; /* articles of each, and of both */
	double recall, precision;  /* both / wanted, both / read; 0 if none */
	bool in_order;             /* the articles of both are in the same */
	struct {
		size_t wanted;   /* articles of both that had it */
		size_t same;     /* of these, with the same value */
		size_t invented; /* that did not have it and now do */
	} fields[FIELD_COUNT];
};

/* exactly: a feed reader would see no difference.  Else a text that begins the
 * same and a date that is more exact are the same, too. */
void agreement_find(const struct articles *wanted, const struct articles *read,
    bool exactly, struct agreement *);

/* The same articles, each with the same fields, in the same order? */
bool agreement_is_full(const struct agreement *);

/* Pairs of the two readings: partner[i] is the place of wanted's article i in
 * read, or SIZE_MAX. */
void agreement_pair(const struct articles *wanted,
    const struct articles *read, size_t *partner);

#endif
