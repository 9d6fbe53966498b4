#include "feed/menu_heading.h"

#include <stdlib.h>
#include <string.h>

#include "feed/language.h"
#include "feed/memory.h"
#include "feed/menu.h"
#include "feed/text.h"

#define HEADING_CELLS 30
#define SIBLINGS_MAX 60 /* looked at for a heading */
#define CLIMB_MAX 16    /* parents between a link and its heading */

static bool
is_one_of(const char *word, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(word, *list) == 0)
			return true;
	return false;
}

bool
menu_heading_is_tag(const char *tag)
{
	static const char *const tags[] = {"h1", "h2", "h3", "h4", "h5", "h6",
	    "dt", "th", "caption", "legend", "summary", NULL};
	return is_one_of(tag, tags);
}

char *
menu_heading_words(const struct menu_map *map, uint32_t node)
{
	const struct page *page = map->page;
	size_t first;
	uint32_t count =
	    page->text[node] != NULL ? 0 : menu_map_links(map, node, &first);
	if (count > 2 || !menu_is_short(page, node))
		return NULL;
	for (size_t i = 0; i < count; i++) {
		enum menu_kind kind = map->links.list[first + i].kind;
		if (kind != MENU_SECTION && kind != MENU_TOGGLE)
			return NULL;
	}
	char *words = page->text[node] != NULL
			  ? text_line(page->text[node],
				strlen(page->text[node]), MENU_MAX_TITLE)
		      : count > 0 && map->links.list[first].kind == MENU_SECTION
			  ? xstrdup(map->links.list[first].words)
			  : menu_link_words(page, node);
	bool letters = false;
	const char *end = words + strlen(words);
	for (const char *at = words; at < end && !letters;) {
		uint32_t c = language_fold(text_decode(&at, end));
		letters = language_is_dense(c) || language_is_letter(c);
	}
	if (letters && text_cells(words) <= HEADING_CELLS &&
	    (language_is_section_word(words) || !language_is_menu_word(words)))
		return words;
	free(words);
	return NULL;
}

/* The text or element before a node in its parent, white space left out. */
static uint32_t
before_in_parent(const struct page *page, uint32_t node)
{
	uint32_t element =
	    page->text[node] == NULL ? page->previous[node] : PAGE_NONE;
	uint32_t text = node - 1;
	if (page->text[text] != NULL &&
	    page->parent[text] == page->parent[node]) {
		const char *at = page->text[text];
		if (at[strspn(at, " \t\r\n\f")] != '\0')
			return text;
	}
	return element;
}

static bool
is_opener(const struct page *page, uint32_t node)
{
	return page->text[node] == NULL &&
	       (strcmp(page_tag(page, node), "button") == 0 ||
		   page_attribute(page, node, "aria-expanded") != NULL);
}

/* Over a list: whatever is short and stands right before it. */
static bool
heading_before_list(
    const struct menu_map *map, uint32_t node, struct menu_heading *heading)
{
	const struct page *page = map->page;
	uint32_t before = before_in_parent(page, node);
	/* empty decoration between the two */
	for (int i = 0;
	     i < 3 && before != PAGE_NONE && page->text[before] == NULL &&
	     menu_map_sections(map, before) == 0 && menu_is_short(page, before);
	     i++) {
		char *words = menu_link_words(page, before);
		bool empty = words[0] == '\0';
		free(words);
		if (!empty)
			break;
		before = page->previous[before];
	}
	if (before == PAGE_NONE)
		return false;
	/* what opens the list stands between it and its heading */
	if (is_opener(page, before) && page->previous[before] != PAGE_NONE &&
	    menu_map_sections(map, page->previous[before]) == 1)
		before = page->previous[before];
	/* and whatever else: in a list's item the link comes first */
	if (strcmp(page_tag(page, page->parent[node]), "li") == 0 &&
	    (page->text[before] != NULL ||
		menu_map_sections(map, before) == 0)) {
		uint32_t first = page_first_child(page, page->parent[node]);
		if (first < before && menu_map_sections(map, first) == 1)
			before = first;
	}
	bool is_element = page->text[before] == NULL;
	if (is_element && menu_map_sections(map, before) > 0 &&
	    !menu_heading_is_tag(page_tag(page, before)) &&
	    page->tag[before] == page->tag[node])
		return false; /* the list's neighbour in a list of lists */
	char *words = menu_heading_words(map, before);
	if (words == NULL)
		return false;
	*heading = (struct menu_heading){before, node, words};
	return true;
}

/* In a run of equals (dt dd dd, h4 a a a): the last heading before it. */
static bool
heading_before_run(
    const struct menu_map *map, uint32_t node, struct menu_heading *heading)
{
	const struct page *page = map->page;
	uint32_t before = page->previous[node];
	if (menu_heading_is_tag(page_tag(page, node)))
		return false;
	for (int i = 0; i < SIBLINGS_MAX && before != PAGE_NONE &&
			page->tag[before] == page->tag[node];
	     i++)
		before = page->previous[before];
	if (before == PAGE_NONE)
		return false;
	/* what opens its parent and is no link may be one by its looks */
	const char *tag = page_tag(page, before);
	bool opens = strcmp(tag, "strong") == 0 || strcmp(tag, "b") == 0 ||
		     page->previous[before] == PAGE_NONE;
	if (!menu_heading_is_tag(tag) &&
	    !(opens && menu_map_sections(map, before) == 0))
		return false;
	char *words = menu_heading_words(map, before);
	if (words == NULL)
		return false;
	*heading = (struct menu_heading){before, before, words};
	return true;
}

static bool
is_list_tag(const char *tag)
{
	static const char *const tags[] = {"ul", "ol", "menu", NULL};
	return is_one_of(tag, tags);
}

static bool
is_border(const struct page *page, uint32_t node)
{
	const char *tag = page_tag(page, node);
	const char *role = page_attribute(page, node, "role");
	return strcmp(tag, "nav") == 0 || strcmp(tag, "header") == 0 ||
	       strcmp(tag, "body") == 0 ||
	       (role != NULL && strcmp(role, "navigation") == 0);
}

struct menu_heading
menu_heading_of(const struct menu_map *map, uint32_t node, uint32_t block)
{
	const struct page *page = map->page;
	struct menu_heading heading = {PAGE_NONE, PAGE_NONE, NULL};
	uint32_t at = node;
	for (int up = 0; up < CLIMB_MAX && at != block && !is_border(page, at);
	     up++, at = page->parent[at]) {
		const char *tag = page_tag(page, at);
		bool is_list =
		    is_list_tag(tag) || menu_map_sections(map, at) > 1;
		if (strcmp(tag, "li") == 0 || strcmp(tag, "tr") == 0)
			continue;
		if (heading_before_run(map, at, &heading) ||
		    (is_list && heading_before_list(map, at, &heading)))
			break;
	}
	return heading;
}
