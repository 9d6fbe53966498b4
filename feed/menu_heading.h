#ifndef FEED_MENU_HEADING_H
#define FEED_MENU_HEADING_H

#include <stdbool.h>
#include <stdint.h>

#include "feed/menu_map.h"

/*
 * What stands over a link of a menu: a heading before its list, the link that
 * its list hangs under, the term that it belongs to.  Only the nearest counts.
 */
struct menu_heading {
	uint32_t node;  /* or PAGE_NONE */
	uint32_t scope; /* the element that it heads; itself if a run does */
	char *words;    /* the caller's, or NULL */
};

/* Over a node, not looking outside the block. */
struct menu_heading menu_heading_of(
    const struct menu_map *, uint32_t node, uint32_t block);

/* What the node says, if that can be the heading of a list; the caller's, or
 * NULL. */
char *menu_heading_words(const struct menu_map *, uint32_t node);

/* A heading by its tag: h1-h6, dt, th and the like. */
bool menu_heading_is_tag(const char *tag);

#endif
