#include "feed/menu_map.h"

#include <stdlib.h>
#include <string.h>

#include "feed/language.h"
#include "feed/memory.h"
#include "feed/text.h"

/* ---- places ---- */

static bool
has_piece(const char *names, const char *piece)
{
	size_t length = strlen(piece);
	for (const char *at = names; *at != '\0'; at++)
		if ((at == names || strchr(" -_", at[-1]) != NULL) &&
		    strncmp(at, piece, length) == 0)
			return true;
	return false;
}

static bool
is_one_of(const char *word, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(word, *list) == 0)
			return true;
	return false;
}

static unsigned
place_by_names(const struct page *page, uint32_t node)
{
	static const char *const attributes[] = {"id", "class"};
	unsigned place = 0;
	for (size_t i = 0; i < 2; i++) {
		const char *value = page_attribute(page, node, attributes[i]);
		if (value == NULL)
			continue;
		char *names = text_lower_ascii(value);
		if (strstr(names, "nav") != NULL ||
		    strstr(names, "menu") != NULL ||
		    strstr(names, "gnb") != NULL ||
		    strstr(names, "lnb") != NULL)
			place |= MENU_PLACE_NAV;
		if (has_piece(names, "foot"))
			place |= MENU_PLACE_FOOT;
		if (has_piece(names, "side") || has_piece(names, "aside") ||
		    has_piece(names, "widget"))
			place |= MENU_PLACE_SIDE;
		free(names);
	}
	return place;
}

static unsigned
place_of(const struct page *page, uint32_t node)
{
	static const char *const navs[] = {
	    "nav", "header", "navigation", "menubar", "menu", "banner", NULL};
	static const char *const feet[] = {"footer", "contentinfo", NULL};
	static const char *const sides[] = {"aside", "complementary", NULL};
	static const char *const mains[] = {"main", "article", NULL};
	const char *tag = page_tag(page, node);
	const char *role = page_attribute(page, node, "role");
	/* a theme's names on the whole page say nothing of its parts */
	if (strcmp(tag, "html") == 0 || strcmp(tag, "body") == 0)
		return 0;
	unsigned place = place_by_names(page, node);
	for (int i = 0; i < 2; i++) {
		const char *word = i == 0 ? tag : role != NULL ? role : "";
		place |= is_one_of(word, navs) ? MENU_PLACE_NAV : 0;
		place |= is_one_of(word, feet) ? MENU_PLACE_FOOT : 0;
		place |= is_one_of(word, sides) ? MENU_PLACE_SIDE : 0;
		place |= is_one_of(word, mains) ? MENU_PLACE_MAIN : 0;
	}
	return place;
}

static void
find_places(struct menu_map *map)
{
	const struct page *page = map->page;
	map->places = xcalloc(page->count, sizeof(*map->places));
	for (uint32_t node = 1; node < page->count; node++) {
		unsigned place = map->places[page->parent[node]];
		if (page->text[node] == NULL)
			place |= place_of(page, node);
		map->places[node] = (uint8_t)place;
	}
}

/* ---- worth ---- */

static int64_t
worth_of_link(
    const struct menu_map *map, const struct menu_link *link, bool repeated)
{
	switch (link->kind) {
	case MENU_TOGGLE:
	case MENU_HOME:
		return 0;
	case MENU_NUMBER:
		return -200;
	case MENU_CHORE:
		return -300;
	case MENU_STRANGER:
		return -600;
	case MENU_STORY:
		return -1500;
	case MENU_SECTION:
		break;
	}
	int64_t worth = 300;
	unsigned place = map->places[link->node];
	if (map->links.shapes[link->address].mates >= MENU_MATES_LEAST)
		worth += 500;
	if (language_is_section_word(link->words))
		worth += 700;
	if (text_cells(link->words) > 24)
		worth -= 300;
	if (repeated)
		worth = worth * 3 / 10;
	if (place & MENU_PLACE_NAV)
		worth = worth * 13 / 10;
	if (place & MENU_PLACE_FOOT)
		worth = worth / 2;
	if (place & (MENU_PLACE_SIDE | MENU_PLACE_MAIN))
		worth = worth * 6 / 10;
	return worth;
}

/* Words that are no link's: a menu has few of them. */
static int64_t
worth_of_text(const char *text)
{
	char *line = text_line(text, strlen(text), 400);
	int64_t worth = -40 * (int64_t)text_cells(line);
	free(line);
	return worth;
}

static bool
is_unread(const char *tag)
{
	static const char *const unread[] = {"script", "style", "head",
	    "select", "textarea", "template", "button", NULL};
	return is_one_of(tag, unread);
}

static void
weigh(struct menu_map *map)
{
	const struct page *page = map->page;
	const struct menu_links *links = &map->links;
	bool *seen = xcalloc(links->address_count + 1, sizeof(*seen));
	uint32_t quiet = 0; /* up to here text counts with its link, or not */
	size_t next = 0;
	map->before = xcalloc(page->count + 1, sizeof(uint32_t));
	map->sections = xcalloc(page->count + 1, sizeof(uint32_t));
	map->worth = xcalloc(page->count + 1, sizeof(int64_t));
	for (uint32_t node = 0; node < page->count; node++) {
		const struct menu_link *link =
		    next < links->count && links->list[next].node == node
			? &links->list[next++]
			: NULL;
		int64_t worth = 0;
		bool is_section = link != NULL && link->kind == MENU_SECTION;
		if (link != NULL) {
			worth = worth_of_link(
			    map, link, is_section && seen[link->address]);
			if (is_section)
				seen[link->address] = true;
			if (link->url != NULL && page->end[node] > quiet)
				quiet = page->end[node];
		} else if (page->text[node] != NULL && node >= quiet)
			worth = worth_of_text(page->text[node]);
		else if (page->text[node] == NULL &&
			 is_unread(page_tag(page, node)) &&
			 page->end[node] > quiet)
			quiet = page->end[node];
		map->worth[node + 1] = map->worth[node] + worth;
		map->before[node + 1] = map->before[node] + (link != NULL);
		map->sections[node + 1] = map->sections[node] + is_section;
	}
	free(seen);
}

uint32_t
menu_map_sections(const struct menu_map *map, uint32_t node)
{
	return map->sections[map->page->end[node]] - map->sections[node];
}

uint32_t
menu_map_links(const struct menu_map *map, uint32_t node, size_t *link)
{
	*link = map->before[node];
	return map->before[map->page->end[node]] - map->before[node];
}

static bool
overlaps_block(const struct menu_map *map, uint32_t node)
{
	for (size_t i = 0; i < map->block_count; i++) {
		uint32_t block = map->blocks[i].node;
		if (page_contains(map->page, block, node) ||
		    page_contains(map->page, node, block))
			return true;
	}
	return false;
}

bool
menu_map_take(struct menu_map *map, struct menu_block *best)
{
	const struct page *page = map->page;
	*best = (struct menu_block){.node = PAGE_NONE};
	for (uint32_t node = 0; node < page->count; node++) {
		if (page->text[node] != NULL ||
		    menu_map_sections(map, node) < 3)
			continue;
		int64_t worth = map->worth[page->end[node]] - map->worth[node];
		bool inside = best->node != PAGE_NONE &&
			      page_contains(page, best->node, node);
		if ((worth > best->worth || (inside && worth == best->worth)) &&
		    worth > 0 && !overlaps_block(map, node))
			*best = (struct menu_block){node, worth};
	}
	if (best->node == PAGE_NONE || map->block_count == MENU_BLOCKS_MAX)
		return false;
	map->blocks[map->block_count++] = *best;
	return true;
}

void
menu_map_make(struct menu_map *map, const struct page *page, const char *url,
    const char *base)
{
	*map = (struct menu_map){.page = page};
	menu_links_find(page, url, base, &map->links);
	find_places(map);
	weigh(map);
}

void
menu_map_clear(struct menu_map *map)
{
	free(map->worth);
	free(map->sections);
	free(map->before);
	free(map->places);
	menu_links_clear(&map->links);
}
