#ifndef FEED_ATOM_H
#define FEED_ATOM_H

#include <stddef.h>

#include "feed/entry.h"

/*
 * Render the feed as an Atom document (RFC 4287): UTF-8, ending in a newline.
 * Articles in the order given, each with id and an http(s) link; an entry's
 * bytes depend on the article and the info alone, not on its neighbours.
 * Equal arguments give equal bytes.  Texts must be clean (text_is_clean);
 * a language that is no tag, an icon or an image that is no web address is
 * left out.  Returns a string for the caller to free, its size in *length;
 * NULL and err if something is missing or unclean, if libxml2 fails, or if the
 * finished bytes do not parse again.
 */
char *atom_render(const struct feed_info *, const struct articles *,
    size_t *length, struct error *);

#endif
