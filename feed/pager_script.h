#ifndef FEED_PAGER_SCRIPT_H
#define FEED_PAGER_SCRIPT_H

#include "feed/page.h"

/*
 * The next page of a listing whose pager calls a script: three links or more
 * that say a number and call one function with it, goPage(2), goPage(3) ...
 * Where that leads the function says ("?page=" + n), or the page's own address
 * that has such a parameter, or a hidden one of a form that is sent by GET.
 * Nothing is run; another guess is not made.
 *
 * own is the page's absolute address.  The address, on the same host, is the
 * caller's to free, as is *how; NULL if there is none.
 */
char *pager_script_find(const struct page *, const char *own, char **how);

#endif
