#ifndef FEED_WITNESS_H
#define FEED_WITNESS_H

#include "feed/article.h"
#include "feed/date.h"
#include "feed/extract.h"
#include "feed/page.h"
#include "feed/rules.h"

/*
 * The elements of an item that say what is known of its article: whose text is
 * the title, whose href leads there, that hold the date.  What is known may
 * come from inference or from the store: a redesign moves the values, and this
 * finds where they stand now.  Values are compared as extraction by a rule
 * would read the element.
 */
struct witness_context {
	const struct page *page;
	const char *base; /* what links are resolved against */
	const struct date_context *dates;
};

/* Adds the elements, ascending; none if the article does not have the field or
 * the item does not show it.  A date is the same if it is the same minute in
 * some zone, or the same day where either says no more; of several the most
 * precise ones. */
void witness_find(const struct witness_context *, const struct spot *,
    const struct article *, enum field, struct nodes *found);

#endif
