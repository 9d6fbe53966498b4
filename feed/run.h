#ifndef FEED_RUN_H
#define FEED_RUN_H

#include "feed/links.h"
#include "feed/page.h"

/*
 * Items by rule that are not one element: where the rule finds headings (h1 to
 * h6, dt) or the first of a pair (dd, tr), an item goes on over the siblings
 * behind it up to the next item.
 *
 * That is so if text stands behind three of five items that have a next one
 * beside them.  The last of them takes only siblings like those that its
 * neighbours have (tag and class); one alone, all up to the next of its tag.
 */
void run_extend(const struct page *, struct listing *);

#endif
