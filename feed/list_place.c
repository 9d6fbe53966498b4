#include "feed/list_place.h"

#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/links.h"
#include "feed/memory.h"
#include "feed/text.h"
#include "feed/url.h"

#define PATH_CHARACTERS 400
#define TITLE_CELLS 14 /* a link of so many may be a story's */
#define FRAMES 3       /* places with a link that are items, not lists */
#define TITLES_FEW 2   /* such links that an empty list may have */
#define PLACES_MAX                                                             \
	50 /* elements that stand at one path and are looked into              \
	    */

/* The node and what is above it, up to the body. */
static char *
path_from(const struct page *page, uint32_t node)
{
	struct buffer path = {0};
	buffer_add_string(&path, "");
	for (; node != PAGE_NONE && strcmp(page_tag(page, node), "body") != 0;
	     node = page->parent[node]) {
		const char *classes = page_attribute(page, node, "class");
		buffer_add_format(&path, "%s%s", path.length > 0 ? " < " : "",
		    page_tag(page, node));
		if (classes != NULL)
			buffer_add_format(&path, ".%s", classes);
		if (path.length > 4 * PATH_CHARACTERS)
			break;
	}
	char *words = buffer_take(&path);
	char *line = text_line(words, strlen(words), PATH_CHARACTERS);
	free(words);
	return line;
}

char *
list_place_path(const struct page *page, uint32_t item)
{
	return path_from(page, page->parent[item]);
}

static bool
holds_story(const struct page *page, uint32_t top, const char *base)
{
	bool found = false;
	size_t titles = 0;
	for (uint32_t node = top; !found && node < page->end[top]; node++) {
		const char *href = strcmp(page_tag(page, node), "a") == 0
				       ? page_attribute(page, node, "href")
				       : NULL;
		char *link =
		    href != NULL ? url_canonical(base, href, NULL) : NULL;
		if (link == NULL)
			continue;
		char *raw = page_text(page, node, NULL, 0);
		char *words = text_line(raw, strlen(raw), 300);
		titles += text_cells(words) >= TITLE_CELLS;
		found =
		    links_score(link, base, words) > 0 || titles > TITLES_FEW;
		free(words);
		free(raw);
		free(link);
	}
	return found;
}

static bool
holds_link(const struct page *page, uint32_t top)
{
	for (uint32_t node = top; node < page->end[top]; node++)
		if (strcmp(page_tag(page, node), "a") == 0 &&
		    page_attribute(page, node, "href") != NULL)
			return true;
	return false;
}

/* The tag with which a path begins. */
static size_t
tag_length(const char *path)
{
	return strcspn(path, ". ");
}

static enum list_place
look(const struct page *page, const char *path, const char *base)
{
	enum list_place place = LIST_GONE;
	char *name = xstrndup(path, tag_length(path));
	size_t count = 0, seen = 0, linked = 0;
	uint32_t tag = page_tag_index(page, name);
	const uint32_t *nodes =
	    tag != 0 ? page_with_tag(page, tag, &count) : NULL;
	free(name);
	for (size_t i = 0; i < count && place != LIST_FULL && seen < PLACES_MAX;
	     i++) {
		char *here = path_from(page, nodes[i]);
		if (strcmp(here, path) == 0) {
			seen++;
			linked += holds_link(page, nodes[i]);
			/* a frame round each item: "read more" says little */
			place = linked >= FRAMES ||
					holds_story(page, nodes[i], base)
				    ? LIST_FULL
				    : LIST_EMPTY;
		}
		free(here);
	}
	return place;
}

/* Does a class tell this place from others that stand alike? */
static bool
is_named(const char *path)
{
	const char *outer = strstr(path, " < ");
	return path[tag_length(path)] == '.' ||
	       (outer != NULL && outer[3 + tag_length(outer + 3)] == '.');
}

enum list_place
list_place_find(const struct page *page, const char *path, const char *base)
{
	enum list_place place = look(page, path, base);
	const char *outer = strstr(path, " < ");
	/* that one table of many is empty says nothing */
	if (place == LIST_EMPTY && !is_named(path))
		return LIST_UNKNOWN;
	/* a bare tag further out is on any page */
	if (place == LIST_GONE && outer != NULL &&
	    outer[3 + tag_length(outer + 3)] == '.')
		place = look(page, outer + 3, base);
	return place;
}
