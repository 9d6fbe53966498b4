#ifndef FEED_PAGER_H
#define FEED_PAGER_H

#include "feed/page.h"

/*
 * The next page of a listing, found on the page itself: <link rel=next>, a link
 * with rel=next, numbered links of the page's own address (slot.h) of which one
 * is the current number and 1, or a link that says "next", or numbers that call a script (pager_script.h).  Only on the page's
 * own host, never the page itself; on an https page, https.  Numbers that count
 * something else (the days of a calendar, comments, years) are none.
 *
 * url is the page's address, base what its links are resolved against.  The
 * address is the caller's to free, as is *how, which tells in words what
 * showed it; NULL if there is none.
 */
char *pager_find(const struct page *, const char *url, const char *base,
    char **how);

#endif
