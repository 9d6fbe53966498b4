#ifndef TESTS_ORDER_H
#define TESTS_ORDER_H

#include <stdint.h>
#include <string.h>

#include "feed/article.h"

/*
 * The order that a feed's articles have, said apart from the store, which sorts
 * in SQL: newest first; equal times by first seen, position, id.  A total
 * order.
 */
/* Greater first. */
static inline int
order_times(int64_t a, int64_t b)
{
	return (a < b) - (a > b);
}

static inline int
order_strings(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

/* For qsort. */
static inline int
article_compare(const void *left, const void *right)
{
	const struct article *a = left, *b = right;
	int order = order_times(article_published_s(a), article_published_s(b));
	if (order == 0)
		order = order_times(a->first_seen_s, b->first_seen_s);
	if (order == 0) /* the top of the page first */
		order =
		    (a->position > b->position) - (a->position < b->position);
	if (order == 0)
		order = order_strings(a->id, b->id);
	if (order == 0) /* not minted yet */
		order = order_strings(a->link, b->link);
	return order;
}

#endif
