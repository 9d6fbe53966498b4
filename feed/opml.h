#ifndef FEED_OPML_H
#define FEED_OPML_H

#include <stddef.h>

#include "feed/error.h"

/*
 * The list of all feeds as OPML 2.0 (opml.org/spec2.opml), which feed readers
 * import: an outline for each site, in it one for each of its feeds.  Feeds
 * alone, no moment: it changes when the list does.  Texts must be clean.
 */
struct opml;

struct opml *opml_new(const char *title);
void opml_free(struct opml *);

/* Begins a site; those before it have ended. */
void opml_site(struct opml *, const char *title);
/* url is the feed's, page the address that it was made of; a page that is no
 * web address is left out. */
void opml_feed(struct opml *, const char *title, const char *url,
    const char *page);

/* The document for the caller to free, its size in *length; NULL and err if a
 * text was unclean or the bytes do not parse again.  Then only opml_free is
 * left. */
char *opml_finish(struct opml *, size_t *length, struct error *);

#endif
