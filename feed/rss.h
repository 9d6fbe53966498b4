#ifndef FEED_RSS_H
#define FEED_RSS_H

#include <stddef.h>

#include "feed/entry.h"

/*
 * Render the feed as RSS 2.0 (rssboard.org/rss-specification, 2.0.11) with the
 * extensions that feed readers know: content:encoded, dc:creator, atom:link and
 * media:thumbnail.  What atom.h says of texts, bytes, owner and errors holds
 * here too; the feed's page (info->alternate) must be an http(s) address.
 *
 * RSS does not say whether a title is text or HTML, and half of the feed
 * readers take it for HTML.  So that both show the same words and no markup
 * lives, a "<" that would begin a tag is written in full width (U+FF1C).
 */
char *rss_render(const struct feed_info *, const struct articles *,
    size_t *length, struct error *);

#endif
