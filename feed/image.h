#ifndef FEED_IMAGE_H
#define FEED_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "feed/page.h"

/*
 * Which picture a part of the page shows.  Never a placeholder: what a script
 * puts there later counts before it; a picture of two pixels counts readers.
 * Strings returned are the caller's, NULL if there is no picture.
 */

/* Of the first element in the subtree that has one: srcset (the largest up to
 * 1280 wide), the lazy attributes, src, an inline style; absolute. */
char *image_find(const struct page *, uint32_t node, const char *base);

/* What one attribute says: the best of a srcset, the url() of a style, else the
 * value; not resolved.  The attribute's name is in lower case. */
char *image_value(const char *attribute, const char *value);

/* Does the address show nothing ("blank.gif", data:), whatever page it is on? */
bool image_is_placeholder(const char *address);

#endif
