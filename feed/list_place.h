#ifndef FEED_LIST_PLACE_H
#define FEED_LIST_PLACE_H

#include "feed/page.h"

/*
 * Where a list stands on its page: the tags and classes above its items, "ul.news
 * < div.main".  A page without articles is told by it: the list is empty today,
 * or it is no longer what the rules know.
 */
enum list_place {
	LIST_UNKNOWN, /* not asked, or nobody knows where it stood */
	LIST_GONE,    /* nothing on the page stands there */
	LIST_EMPTY,   /* it is there, and no story's link is in it */
	LIST_FULL,    /* there are stories in it */
};

/* Of the item that begins with this node; at most 400 characters, the
 * caller's. */
char *list_place_path(const struct page *, uint32_t item);

/* What became of the list that stood at `path`.  Items may have stood in rows
 * of their own, so that the place without its innermost level is good, too.
 * base is what links are resolved against. */
enum list_place list_place_find(
    const struct page *, const char *path, const char *base);

#endif
