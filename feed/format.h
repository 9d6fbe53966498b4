#ifndef FEED_FORMAT_H
#define FEED_FORMAT_H

#include <stddef.h>

#include "feed/entry.h"

/*
 * The kinds of document that a feed is written as.  The numbers are kept in
 * the store; a new one comes last.
 */
enum format { FORMAT_ATOM, FORMAT_RSS, FORMAT_JSON, FORMAT_COUNT };

const char *format_name(enum format);       /* "atom", in the configuration */
/* ".atom", ".rss", ".json": what nginx, Apache and Caddy know the types of. */
const char *format_extension(enum format);
const char *format_media_type(enum format); /* "application/atom+xml" */

/* By name, or by the extension of a file's name; FORMAT_COUNT if none. */
enum format format_by_name(const char *);
enum format format_of_file(const char *name);

/* atom_render, rss_render or jsonfeed_render: see there. */
char *format_render(enum format, const struct feed_info *,
    const struct articles *, size_t *length, struct error *);

#endif
