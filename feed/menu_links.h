#ifndef FEED_MENU_LINKS_H
#define FEED_MENU_LINKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/page.h"
#include "feed/shape.h"

/*
 * The links of a page as a menu sees them: what each says, where it leads, and
 * whether it can be a section.
 */
enum menu_kind {
	MENU_TOGGLE, /* leads nowhere: opens a submenu, or is the current one */
	MENU_SECTION,
	MENU_HOME,
	MENU_CHORE,  /* log-in, imprint, search; another language */
	MENU_NUMBER, /* of a pager; a letter of an index; a month's archive */
	MENU_STRANGER,
	MENU_STORY,
};

struct menu_link {
	uint32_t node;
	enum menu_kind kind;
	char *url;      /* canonical, or NULL */
	char *words;    /* one clean line, "" if it says nothing */
	size_t address; /* index into addresses, of a MENU_SECTION */
};

struct menu_links {
	struct menu_link *list; /* document order */
	size_t count;
	char **addresses;     /* of sections, each once; then the page's own */
	struct shape *shapes; /* of each address; of the own one if it is new */
	size_t address_count; /* without the own one */
	bool has_own;         /* the page links to itself */
};

void menu_links_find(const struct page *, const char *url, const char *base,
    struct menu_links *);
void menu_links_clear(struct menu_links *);

/* Can it be a title or a heading?  Asked first, so that no page is read again
 * for each of its parents: few nodes, little text. */
bool menu_is_short(const struct page *, uint32_t node);

/* What a short node says, as a title: without arrows and bars around it. */
char *menu_link_words(const struct page *, uint32_t node);

#endif
