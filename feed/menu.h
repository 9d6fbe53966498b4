#ifndef FEED_MENU_H
#define FEED_MENU_H

#include <stddef.h>

#include "feed/page.h"

/*
 * A site's own menu: page -> sections.  A menu is known by its structure, not
 * by names: the part of the page that is nearly all short links into the same
 * site, of addresses that differ in one part.  Stories, log-in and imprint,
 * pagers, archives by month and strangers' links are no entries of it.
 * Deterministic; linear in the page but for its headings.
 */
#define MENU_MAX_ENTRIES 400
#define MENU_MAX_TITLE 80 /* characters of a title or a heading */

struct menu_entry {
	char *group; /* the heading it stands under, as written; or NULL */
	char *title; /* as written */
	char *url;   /* absolute, canonical; once in the menu */
	char *name;  /* from the url; once in the menu (name.h) */
};

struct menu {
	struct menu_entry *list; /* in the order of the page */
	size_t count;
	char *how; /* in words: where it stood, or why there is none */
};

/* url is the page's own, base what links are resolved against. */
void menu_find(
    const struct page *, const char *url, const char *base, struct menu *);
void menu_add(struct menu *, struct menu_entry); /* takes the strings */
void menu_clear(struct menu *);

#endif
