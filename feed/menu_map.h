#ifndef FEED_MENU_MAP_H
#define FEED_MENU_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/menu_links.h"
#include "feed/page.h"

/*
 * Which parts of a page are made of sections.  Each link and each word has a
 * worth, good or bad; the part with the greatest sum is the menu's, since what
 * is no menu around it only takes from it.
 */
#define MENU_BLOCKS_MAX 12
#define MENU_MATES_LEAST 3 /* addresses that make a shape */

/* Where an element stands, by its own tag, role or class and its parents'. */
enum menu_place {
	MENU_PLACE_NAV = 1,
	MENU_PLACE_FOOT = 2,
	MENU_PLACE_SIDE = 4,
	MENU_PLACE_MAIN = 8,
};

struct menu_block {
	uint32_t node;
	int64_t worth;
};

struct menu_map {
	const struct page *page; /* borrowed */
	struct menu_links links;
	uint8_t *places;    /* enum menu_place of each node, added up */
	uint32_t *before;   /* links before node i; count + 1 entries */
	uint32_t *sections; /* those that can be sections */
	int64_t *worth;     /* of all that stands before node i */
	struct menu_block blocks[MENU_BLOCKS_MAX]; /* taken */
	size_t block_count;
};

void menu_map_make(struct menu_map *, const struct page *, const char *url,
    const char *base);
void menu_map_clear(struct menu_map *);

/* Links to sections in a node; all links in it, the first one's index in
 * *first. */
uint32_t menu_map_sections(const struct menu_map *, uint32_t node);
uint32_t menu_map_links(const struct menu_map *, uint32_t node, size_t *first);

/* Takes the part that is worth most, touches none that was taken before, and
 * holds three sections; of equals the smallest.  False if there is none. */
bool menu_map_take(struct menu_map *, struct menu_block *);

#endif
