#ifndef FEED_NATIVE_H
#define FEED_NATIVE_H

#include <stdbool.h>
#include <stddef.h>

#include "feed/page.h"

/*
 * The feeds that a site has of its own, as the page tells them: link elements
 * (rel=alternate, RSS, Atom, JSON Feed), else links that are called so.  A feed
 * of comments comes last.
 */
#define NATIVE_MOST 8

struct native_feed {
	char *url;   /* absolute */
	char *title; /* one clean line, or NULL */
};

struct native_feeds {
	struct native_feed list[NATIVE_MOST];
	size_t count;
};

/* base is what links are resolved against; native_clear frees what is held. */
void native_find(const struct page *, const char *base, struct native_feeds *);
/* Takes the url; false, and it is freed, if there are NATIVE_MOST. */
bool native_add(struct native_feeds *, char *url);
void native_clear(struct native_feeds *);

#endif
