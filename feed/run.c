#include "feed/run.h"

#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"

#define SHAPES_MAX 16 /* kinds of siblings that a list's items have */

/* A sibling behind an item, as the template makes it. */
struct shape {
	uint32_t tag;
	const char *classes; /* borrowed from the page; "" if none */
};

struct search {
	const struct page *page;
	uint32_t *starts_before; /* of each node: items that start before it */
	struct shape shapes[SHAPES_MAX];
	size_t shape_count;
	uint32_t most; /* elements between two items */
	size_t gaps, filled;
};

static bool
is_heading(const char *tag)
{
	return tag[0] == 'h' && tag[1] >= '1' && tag[1] <= '6' &&
	       tag[2] == '\0';
}

static bool
goes_on(const char *tag)
{
	return is_heading(tag) || strcmp(tag, "dt") == 0 ||
	       strcmp(tag, "dd") == 0 || strcmp(tag, "tr") == 0;
}

static uint32_t *
count_starts(const struct page *page, const struct listing *items)
{
	uint32_t *before = xcalloc((size_t)page->count + 1, sizeof(*before));
	for (size_t i = 0; i < items->count; i++)
		before[items->list[i].start + 1] = 1;
	for (uint32_t node = 0; node < page->count; node++)
		before[node + 1] += before[node];
	return before;
}

static bool
holds_item(const struct search *search, uint32_t node)
{
	return search->starts_before[search->page->end[node]] >
	       search->starts_before[node];
}

/* The sibling that holds the next item, or the parent's end. */
static uint32_t
find_next(const struct search *search, uint32_t start)
{
	const struct page *page = search->page;
	uint32_t node = page->end[start], end = page->end[page->parent[start]];
	while (node < end && !holds_item(search, node))
		node = page->end[node];
	return node;
}

static bool
is_blank(const char *text)
{
	return text[strspn(text, " \t\r\n\f")] == '\0';
}

static bool
has_text(const struct page *page, uint32_t from, uint32_t to)
{
	for (uint32_t node = from; node < to; node++)
		if (page->text[node] != NULL && !is_blank(page->text[node]))
			return true;
	return false;
}

static struct shape
shape_of(const struct page *page, uint32_t node)
{
	const char *classes = page_attribute(page, node, "class");
	return (struct shape){
	    .tag = page->tag[node],
	    .classes = classes != NULL ? classes : "",
	};
}

static bool
is_known(const struct search *search, struct shape shape)
{
	for (size_t i = 0; i < search->shape_count; i++)
		if (search->shapes[i].tag == shape.tag &&
		    strcmp(search->shapes[i].classes, shape.classes) == 0)
			return true;
	return false;
}

static void
learn_gap(struct search *search, uint32_t from, uint32_t to)
{
	const struct page *page = search->page;
	uint32_t elements = 0;
	search->gaps++;
	if (!has_text(page, from, to))
		return;
	search->filled++;
	for (uint32_t node = from; node < to; node = page->end[node]) {
		struct shape shape = shape_of(page, node);
		elements += page->text[node] == NULL;
		if (!is_known(search, shape) &&
		    search->shape_count < SHAPES_MAX)
			search->shapes[search->shape_count++] = shape;
	}
	if (elements > search->most)
		search->most = elements;
}

/* How far the last item of its parent reaches. */
static uint32_t
find_end(const struct search *search, uint32_t start, uint32_t limit)
{
	const struct page *page = search->page;
	const char *tag = page_tag(page, start);
	uint32_t node = page->end[start], elements = 0;
	for (; node < limit; node = page->end[node]) {
		const char *next = page_tag(page, node);
		bool another = page->tag[node] == page->tag[start] ||
			       (is_heading(tag) && is_heading(next));
		elements += page->text[node] == NULL;
		if (search->gaps == 0
			? another
			: elements > search->most ||
			      !is_known(search, shape_of(page, node)))
			break;
	}
	return node;
}

void
run_extend(const struct page *page, struct listing *items)
{
	struct search search = {
	    .page = page,
	    .starts_before = count_starts(page, items),
	};
	uint32_t *next = xcalloc(items->count, sizeof(*next));
	for (size_t i = 0; i < items->count; i++) {
		uint32_t start = items->list[i].start;
		if (page->text[start] != NULL || start == 0 ||
		    !goes_on(page_tag(page, start)))
			continue;
		next[i] = find_next(&search, start);
		if (next[i] < page->end[page->parent[start]])
			learn_gap(&search, page->end[start], next[i]);
	}
	bool runs = search.filled * 5 >= search.gaps * 3;
	for (size_t i = 0; runs && i < items->count; i++) {
		uint32_t start = items->list[i].start;
		if (next[i] == 0)
			continue;
		items->list[i].end = next[i] < page->end[page->parent[start]]
					 ? next[i]
					 : find_end(&search, start, next[i]);
	}
	free(next);
	free(search.starts_before);
}
