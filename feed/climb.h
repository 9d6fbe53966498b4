#ifndef FEED_CLIMB_H
#define FEED_CLIMB_H

#include <stddef.h>

#include "feed/collection.h"
#include "feed/region.h"
#include "feed/structured.h"

/*
 * From a story's links to its item: the largest part of the page that holds no
 * other story's.  All occurrences of the collection count here.  One item for
 * each run of occurrences of one story, in document order; the caller's to
 * free.
 */
struct region_item *climb_items(const struct collection *,
    const struct structured *, size_t *count);

#endif
