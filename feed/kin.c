#include "feed/kin.h"

#include <stdlib.h>
#include <string.h>

#include "feed/core.h"
#include "feed/memory.h"

#define MEMBERS 3  /* fewer of one parent are no pattern of their own */
#define SAMPLED 50 /* members that are asked for a class */
#define PLACES_MAX 2000

struct head {
	uint32_t tag, parent, node;
};

struct search {
	const struct page *page;
	const struct region_item *items;
	size_t item_count;
	uint32_t *places;
	size_t count;
};

static struct core
core_of_heads(const struct page *page, const struct head *heads, size_t count)
{
	uint32_t *nodes = xcalloc(count, sizeof(*nodes));
	for (size_t i = 0; i < count; i++)
		nodes[i] = heads[i].node;
	struct core core = core_of(page, nodes, count);
	free(nodes);
	return core;
}

/* One class of five may miss: rubrics are classes, too.  Without a class in
 * common the members' own classes must do. */
static bool
is_kin(const struct page *page, uint32_t node, const struct core *core,
    const struct head *heads, size_t count)
{
	size_t missing = 0;
	for (size_t i = 0; i < core->count; i++)
		missing += !token_is_on(page, node, &core->tokens[i]);
	if (core->count > 0)
		return missing * 5 <= core->count;
	for (size_t i = 0; i < count && i < SAMPLED; i++)
		if (core_same_class(page, node, heads[i].node))
			return true;
	return false;
}

static bool
holds_item(const struct search *search, uint32_t node)
{
	size_t low = 0, high = search->item_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (search->items[middle].node < node)
			low = middle + 1;
		else
			high = middle;
	}
	return low < search->item_count &&
	       search->items[low].node < search->page->end[node];
}

/* heads[count] have one parent and one tag. */
static void
search_parent(struct search *search, const struct head *heads, size_t count,
    const struct core *core)
{
	const struct page *page = search->page;
	for (uint32_t node = page_first_child(page, heads[0].parent);
	     node != PAGE_NONE && search->count < PLACES_MAX;
	     node = page_next_sibling(page, node))
		if (page->tag[node] == heads[0].tag &&
		    is_kin(page, node, core, heads, count) &&
		    !holds_item(search, node))
			search->places[search->count++] = node;
}

static void
search_tag(struct search *search, const struct head *heads, size_t count)
{
	struct core common = core_of_heads(search->page, heads, count);
	for (size_t first = 0; first < count;) {
		size_t last = first + 1;
		while (
		    last < count && heads[last].parent == heads[first].parent)
			last++;
		size_t members = last - first;
		if (members >= MEMBERS) {
			struct core core =
			    core_of_heads(search->page, heads + first, members);
			search_parent(search, heads + first, members, &core);
		} else if (common.count > 0)
			search_parent(search, heads + first, members, &common);
		first = last;
	}
}

static int
head_compare(const void *a, const void *b)
{
	const struct head *x = a, *y = b;
	if (x->tag != y->tag)
		return x->tag < y->tag ? -1 : 1;
	if (x->parent != y->parent)
		return x->parent < y->parent ? -1 : 1;
	return (x->node > y->node) - (x->node < y->node);
}

static int
place_compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

size_t
kin_find(const struct page *page, const struct region_item *items, size_t count,
    uint32_t **places)
{
	struct search search = {
	    .page = page,
	    .items = items,
	    .item_count = count,
	    .places = xcalloc(PLACES_MAX, sizeof(*search.places)),
	};
	struct head *heads = xcalloc(count + 1, sizeof(*heads));
	for (size_t i = 0; i < count; i++)
		heads[i] = (struct head){
		    .tag = page->tag[items[i].node],
		    .parent = page->parent[items[i].node],
		    .node = items[i].node,
		};
	qsort(heads, count, sizeof(*heads), head_compare);
	for (size_t first = 0; first < count;) {
		size_t last = first + 1;
		while (last < count && heads[last].tag == heads[first].tag)
			last++;
		if (last - first >= MEMBERS && heads[first].parent != PAGE_NONE)
			search_tag(&search, heads + first, last - first);
		first = last;
	}
	qsort(
	    search.places, search.count, sizeof(*search.places), place_compare);
	free(heads);
	*places = search.places;
	return search.count;
}
