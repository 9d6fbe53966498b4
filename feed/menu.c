#include "feed/menu.h"

#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"
#include "feed/menu_heading.h"
#include "feed/menu_map.h"
#include "feed/name.h"
#include "feed/url.h"

#define CHOICES_MAX 1000
#define WORTH_LEAST 900 /* three sections at the side of a blog */
#define SIBLINGS_MAX 60 /* looked at beside the current section */

struct choice {
	const struct menu_link *link;
	struct menu_heading heading;
	bool in_foot;
	bool heads; /* others stand under it */
};

struct search {
	const char *url; /* the page's own */
	struct menu_map map;
	size_t part_count; /* blocks that gave anything */
	struct choice *choices;
	size_t choice_count;
	struct menu_link current; /* without a link of its own */
};

static void
heading_drop(struct menu_heading *heading)
{
	free(heading->words);
	*heading = (struct menu_heading){PAGE_NONE, PAGE_NONE, NULL};
}

/*
 * "Menu" over the whole menu heads nothing, and words that are no heading by
 * their tag are one only if they have their like over another list.
 */
static bool
heads_something(const struct search *search, size_t first, size_t index)
{
	const struct page *page = search->map.page;
	const struct menu_heading *heading = &search->choices[index].heading;
	bool sure = page->text[heading->node] == NULL &&
		    (menu_heading_is_tag(page_tag(page, heading->node)) ||
			menu_map_sections(&search->map, heading->node) > 0);
	bool apart = false;
	unsigned same = 0; /* a control says the same over each list */
	for (size_t i = first; i < search->choice_count; i++) {
		uint32_t other = search->choices[i].heading.node;
		uint32_t node = search->choices[i].link->node;
		apart |= other != heading->node &&
			 !page_contains(page, heading->scope, node) &&
			 !page_contains(page, heading->node, node);
		if (other == PAGE_NONE || other == heading->node)
			continue;
		sure |= page->tag[other] == page->tag[heading->node];
		same += strcmp(search->choices[i].heading.words,
			    heading->words) == 0;
	}
	return apart && sure && same == 0;
}

static void
judge_headings(struct search *search, size_t first)
{
	size_t count = search->choice_count;
	bool *idle = xcalloc(count + 1, sizeof(*idle));
	for (size_t i = first; i < count; i++)
		idle[i] = search->choices[i].heading.node != PAGE_NONE &&
			  !heads_something(search, first, i);
	for (size_t i = first; i < count; i++)
		if (idle[i])
			heading_drop(&search->choices[i].heading);
	free(idle);
	for (size_t i = first; i < count; i++)
		for (size_t j = first; j < count; j++) {
			uint32_t node = search->choices[j].heading.node;
			search->choices[i].heads |=
			    node != PAGE_NONE &&
			    page_contains(search->map.page, node,
				search->choices[i].link->node);
		}
}

/* ---- which blocks are the menu ---- */

/* Do its links look like those that were taken?  "/word" alone says nothing. */
static bool
is_of_the_shapes(const struct search *search, const struct menu_link *link,
    const bool *shapes)
{
	const struct shape *shape = &search->map.links.shapes[link->address];
	return shape->mates >= MENU_MATES_LEAST && shape->is_telling &&
	       shapes[shape->id];
}

static void
take_block(struct search *search, const struct menu_block *block, bool *shapes,
    bool whole)
{
	size_t first = search->choice_count;
	size_t i;
	uint32_t left = menu_map_links(&search->map, block->node, &i);
	for (; left > 0 && search->choice_count < CHOICES_MAX; left--, i++) {
		const struct menu_link *link = &search->map.links.list[i];
		if (link->kind != MENU_SECTION ||
		    (!whole && !is_of_the_shapes(search, link, shapes)))
			continue;
		search->choices[search->choice_count++] = (struct choice){
		    .link = link,
		    .heading =
			menu_heading_of(&search->map, link->node, block->node),
		    .in_foot =
			search->map.places[block->node] & MENU_PLACE_FOOT,
		};
	}
	search->part_count += search->choice_count > first;
	judge_headings(search, first);
	for (i = first; whole && i < search->choice_count; i++)
		shapes[search->map.links
			   .shapes[search->choices[i].link->address]
			   .id] = true;
}

/*
 * The best part is the menu.  What else stands in the page's head is a second
 * row of it; from elsewhere (the foot, the side) come only addresses of the
 * shapes that the menu has.
 */
static void
take_blocks(struct search *search)
{
	uint32_t most = 0;
	for (size_t i = 0; i < search->map.links.address_count; i++)
		if (search->map.links.shapes[i].id > most)
			most = search->map.links.shapes[i].id;
	bool *shapes = xcalloc((size_t)most + 1, sizeof(*shapes));
	struct menu_block block;
	while (menu_map_take(&search->map, &block)) {
		bool first = search->map.block_count == 1;
		unsigned place = search->map.places[block.node];
		if (first && block.worth < WORTH_LEAST)
			break;
		bool is_row = place & MENU_PLACE_NAV &&
			      !(place & (MENU_PLACE_FOOT | MENU_PLACE_SIDE |
					    MENU_PLACE_MAIN)) &&
			      block.worth >= WORTH_LEAST &&
			      block.worth >= search->map.blocks[0].worth / 5;
		take_block(search, &block, shapes, first || is_row);
	}
	free(shapes);
}

/* ---- the section that we are in ---- */

/* Among linked siblings the one without a link. */
static bool
is_current(const struct search *search, uint32_t node)
{
	const struct page *page = search->map.page;
	uint32_t parent = page->parent[node];
	unsigned linked = 0;
	size_t first;
	uint32_t count = menu_map_links(&search->map, node, &first);
	for (size_t i = first; i < first + count; i++)
		if (search->map.links.list[i].kind != MENU_TOGGLE)
			return false;
	if (menu_heading_is_tag(page_tag(page, node)) || parent == PAGE_NONE)
		return false;
	uint32_t sibling = page_first_child(page, parent);
	for (int i = 0; i < SIBLINGS_MAX && sibling != PAGE_NONE; i++) {
		uint32_t sections = menu_map_sections(&search->map, sibling);
		if (sibling != node && sections == 0)
			return false;
		linked += sibling != node && sections == 1;
		sibling = page_next_sibling(page, sibling);
	}
	return linked >= 2;
}

/* A list says "you are here" by leaving the link out; the page's own address
 * stands for it, if that is of the shape of its neighbours'. */
static void
take_current(struct search *search)
{
	const struct page *page = search->map.page;
	const struct menu_links *links = &search->map.links;
	const struct shape *own = &links->shapes[links->address_count];
	if (links->has_own || search->choice_count == 0 ||
	    own->mates < MENU_MATES_LEAST ||
	    search->choice_count == CHOICES_MAX)
		return;
	uint32_t block = search->map.blocks[0].node;
	for (uint32_t node = block; node < page->end[block]; node++) {
		if (page->text[node] != NULL || node == block ||
		    menu_map_sections(&search->map, node) > 0 ||
		    !is_current(search, node))
			continue;
		char *words = menu_heading_words(&search->map, node);
		if (words == NULL)
			continue;
		search->current = (struct menu_link){
		    .node = node,
		    .kind = MENU_SECTION,
		    .url = (char *)search->url,
		    .words = words,
		    .address = links->address_count,
		};
		search->choices[search->choice_count++] = (struct choice){
		    .link = &search->current,
		    .heading = menu_heading_of(&search->map, node, block),
		};
		return;
	}
}

/* ---- the answer ---- */

/* Of two links to one address: not the foot's; the one that others stand
 * under; the one that stands under another; the first. */
static bool
is_better(const struct choice *a, const struct choice *b)
{
	if (a->in_foot != b->in_foot)
		return b->in_foot;
	if (a->heads != b->heads)
		return a->heads;
	return a->heading.node != PAGE_NONE && b->heading.node == PAGE_NONE;
}

static int
choice_compare(const void *a, const void *b)
{
	const struct choice *left = a, *right = b;
	if (left->in_foot != right->in_foot)
		return left->in_foot ? 1 : -1;
	return left->link->node < right->link->node ? -1 : 1;
}

static char *
name_of(const struct search *search, const struct menu_link *link,
    char *const *taken, size_t count)
{
	const struct shape *shape = &search->map.links.shapes[link->address];
	char *path = url_path(link->url);
	char *plain = NULL;
	if (path != NULL && strcmp(path, "/") == 0)
		plain = name_of_site(link->url);
	else if (shape->mates >= MENU_MATES_LEAST && !shape->is_host)
		plain = name_from_part(shape->part, strlen(shape->part));
	if (plain == NULL)
		plain = name_from_url(link->url);
	free(path);
	char *name = name_among(plain, link->url, taken, count);
	free(plain);
	return name;
}

void
menu_add(struct menu *menu, struct menu_entry entry)
{
	if ((menu->count & (menu->count - 1)) == 0)
		menu->list = xreallocarray(menu->list,
		    menu->count == 0 ? 1 : menu->count * 2, sizeof(entry));
	menu->list[menu->count++] = entry;
}

static void
make_entries(struct search *search, struct menu *menu)
{
	size_t count = search->choice_count;
	const struct choice **best =
	    xcalloc(search->map.links.address_count + 1, sizeof(*best));
	char **names = xcalloc(MENU_MAX_ENTRIES, sizeof(*names));
	qsort(search->choices, count, sizeof(*search->choices), choice_compare);
	for (size_t i = 0; i < count; i++) {
		const struct choice *choice = &search->choices[i];
		const struct choice **old = &best[choice->link->address];
		if (*old == NULL || is_better(choice, *old))
			*old = choice;
	}
	for (size_t i = 0; i < count && menu->count < MENU_MAX_ENTRIES; i++) {
		const struct choice *choice = &search->choices[i];
		const struct menu_link *link = choice->link;
		if (best[link->address] != choice)
			continue;
		names[menu->count] = name_of(search, link, names, menu->count);
		menu_add(
		    menu, (struct menu_entry){
			      .group = xstrdup_or_null(choice->heading.words),
			      .title = xstrdup(link->words),
			      .url = xstrdup(link->url),
			      .name = xstrdup(names[menu->count]),
			  });
	}
	for (size_t i = 0; i < menu->count; i++)
		free(names[i]);
	free(names);
	free(best);
}

static void
say_how(const struct search *search, struct menu *menu)
{
	if (menu->count == 0) {
		menu->how = xasprintf("no menu found: of %zu links %zu could "
				      "be sections, and no part of the page "
				      "is made of them",
		    search->map.links.count, search->map.links.address_count);
		return;
	}
	uint32_t block = search->map.blocks[0].node;
	unsigned place = search->map.places[block];
	menu->how = xasprintf("%zu sections, in %zu part%s of the page; the "
			      "first %s",
	    menu->count, search->part_count, search->part_count == 1 ? "" : "s",
	    place & MENU_PLACE_FOOT   ? "in its foot"
	    : place & MENU_PLACE_NAV  ? "in its navigation"
	    : place & MENU_PLACE_SIDE ? "at its side"
				      : "by its links alone");
}

void
menu_find(const struct page *page, const char *url, const char *base,
    struct menu *menu)
{
	struct search search = {.url = url};
	*menu = (struct menu){0};
	menu_map_make(&search.map, page, url, base);
	search.choices = xcalloc(CHOICES_MAX, sizeof(*search.choices));
	take_blocks(&search);
	take_current(&search);
	make_entries(&search, menu);
	say_how(&search, menu);
	for (size_t i = 0; i < search.choice_count; i++)
		free(search.choices[i].heading.words);
	free(search.current.words);
	free(search.choices);
	menu_map_clear(&search.map);
}

void
menu_clear(struct menu *menu)
{
	for (size_t i = 0; i < menu->count; i++) {
		free(menu->list[i].group);
		free(menu->list[i].title);
		free(menu->list[i].url);
		free(menu->list[i].name);
	}
	free(menu->list);
	free(menu->how);
	*menu = (struct menu){0};
}
