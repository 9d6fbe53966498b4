#ifndef FEED_SETTLE_H
#define FEED_SETTLE_H

#include <stdbool.h>

#include "feed/collection.h"
#include "feed/region.h"

/*
 * The list's items, and the places of its template that its items left empty
 * (kin.h), have one story each: the heading's, else the first that is long
 * enough for a title, else the one that says most.  True if that changed what
 * is taken for a story's link, so that the list should be chosen again.
 */
bool settle_places(struct collection *, const struct region *);

#endif
