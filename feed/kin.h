#ifndef FEED_KIN_H
#define FEED_KIN_H

#include <stddef.h>
#include <stdint.h>

#include "feed/page.h"
#include "feed/region.h"

/*
 * The places of a list that its items left empty: elements that stand beside
 * chosen items, of their tag and class, and hold none of them.  A list is one
 * template filled again and again, so that a link which looked too poor for a
 * story (a short title, a foreign host) is one when it stands in such a place.
 */

/* items in document order; *places (the caller's to free) ascends. */
size_t kin_find(const struct page *, const struct region_item *items,
    size_t count, uint32_t **places);

#endif
