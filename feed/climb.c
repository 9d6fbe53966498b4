#include "feed/climb.h"

#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"
#include "feed/text.h"

static uint32_t
common_ancestor(const struct page *page, uint32_t a, uint32_t b)
{
	while (!page_contains(page, a, b))
		a = page->parent[a];
	return a;
}

static uint32_t
child_towards(const struct page *page, uint32_t ancestor, uint32_t node)
{
	while (page->parent[node] != ancestor)
		node = page->parent[node];
	return node;
}

/* A story alone on the page: as much as can be one item, and no more. */
static uint32_t
climb_alone(const struct page *page, uint32_t node)
{
	static const char *const wraps[] = {
	    "li", "article", "tr", "dl", "section", "div", NULL};
	for (uint32_t at = node; at != PAGE_NONE && at != 0;
	     at = page->parent[at])
		for (size_t i = 0; wraps[i] != NULL; i++)
			if (strcmp(page_tag(page, at), wraps[i]) == 0) {
				char *raw = page_text(page, at, NULL, 0);
				char *words = text_line(raw, strlen(raw), 300);
				bool enough = text_cells(words) >= 40;
				free(words);
				free(raw);
				if (enough)
					return at;
			}
	return node;
}

/* The largest part that holds only this run of links to one story. */
static void
climb(const struct collection *all, size_t first, size_t last,
    struct region_item *item)
{
	const struct page *page = all->page;
	uint32_t a = all->occurrences[first].node;
	uint32_t z = all->occurrences[last].node;
	uint32_t limit = PAGE_NONE;
	if (first > 0)
		limit =
		    common_ancestor(page, a, all->occurrences[first - 1].node);
	if (last + 1 < all->count) {
		uint32_t next =
		    common_ancestor(page, z, all->occurrences[last + 1].node);
		if (limit == PAGE_NONE ||
		    page->depth[next] > page->depth[limit])
			limit = next;
	}
	uint32_t meet = common_ancestor(page, a, z);
	item->story = all->occurrences[first].story;
	if (limit == PAGE_NONE) {
		item->node = climb_alone(page, meet);
		item->end = page->end[item->node];
		return;
	}
	if (meet != limit && page_contains(page, limit, meet)) {
		item->node = child_towards(page, limit, meet);
		item->end = page->end[item->node];
		return;
	}
	/* the story's links are children of one parent among others' */
	if (meet == a) { /* a link inside a link's element */
		item->node = a;
		item->end = page->end[a];
		return;
	}
	item->node = child_towards(page, meet, a);
	item->end = page->end[child_towards(page, meet, z)];
}

static uint32_t
title_anchor(const struct collection *all, size_t first, size_t last)
{
	uint32_t best = all->occurrences[first].node;
	double most = 0;
	for (size_t i = first; i <= last; i++) {
		double weight =
		    collection_title_weight(all, &all->occurrences[i]);
		if (weight > most) {
			best = all->occurrences[i].node;
			most = weight;
		}
	}
	return best;
}

struct region_item *
climb_items(const struct collection *all, const struct structured *structured,
    size_t *count)
{
	struct region_item *items = xcalloc(all->count, sizeof(*items));
	*count = 0;
	for (size_t first = 0; first < all->count;) {
		size_t last = first;
		while (
		    last + 1 < all->count && all->occurrences[last + 1].story ==
						 all->occurrences[first].story)
			last++;
		climb(all, first, last, &items[*count]);
		const struct story *story =
		    &all->stories[all->occurrences[first].story];
		items[*count].anchor = title_anchor(all, first, last);
		items[*count].score = story->score;
		items[*count].shape = story->shape;
		items[*count].words = story->words;
		items[*count].listed =
		    structured_lists(structured, story->link, story->key);
		items[*count].foreign = story->foreign;
		items[*count].known = story->known;
		(*count)++;
		first = last + 1;
	}
	return items;
}
