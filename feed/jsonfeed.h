#ifndef FEED_JSONFEED_H
#define FEED_JSONFEED_H

#include <stddef.h>

#include "feed/entry.h"

/*
 * Render the feed as JSON Feed 1.1 (jsonfeed.org/version/1.1).  What atom.h
 * says of texts, bytes, owner and errors holds here too.
 */
char *jsonfeed_render(const struct feed_info *, const struct articles *,
    size_t *length, struct error *);

#endif
