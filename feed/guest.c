#include "feed/guest.h"

#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/hash.h"
#include "feed/memory.h"

#define STORIES_MAX 5 /* of a place; one with more is a list of its own */
#define HOSTS_LEAST 2 /* places with one story, to know a place by */
#define LEVELS 24     /* ancestors of a link that may be its place */
/* Where each place has several: */
#define HEADED_LEAST 5
#define HEADED 1000.0 /* collection_title_weight of a link in a heading */
#define DATED_NODES 400
#define DATE_BYTES 100

/* An element that stories are linked to from. */
struct place {
	uint32_t parent, tag, node;
	uint32_t stories; /* distinct, at most STORIES_MAX + 1 */
};

struct places {
	struct place *list;
	size_t count, room;
};

static int
place_compare(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	if (x->parent != y->parent)
		return x->parent < y->parent ? -1 : 1;
	if (x->tag != y->tag)
		return x->tag < y->tag ? -1 : 1;
	return (x->node > y->node) - (x->node < y->node);
}

/* Distinct stories taken from [first, last), counted up to one too many. */
static uint32_t
count_stories(const struct collection *all, size_t first, size_t last)
{
	uint32_t seen[STORIES_MAX + 1], count = 0;
	for (size_t i = first; i < last && count <= STORIES_MAX; i++) {
		bool known = !all->occurrences[i].taken;
		for (uint32_t k = 0; k < count && !known; k++)
			known = seen[k] == all->occurrences[i].story;
		if (!known)
			seen[count++] = all->occurrences[i].story;
	}
	return count;
}

static void
add_place(struct places *places, const struct collection *all, uint32_t node)
{
	const struct page *page = all->page;
	if (places->count == places->room) {
		places->room = places->room == 0 ? 256 : places->room * 2;
		places->list = xreallocarray(
		    places->list, places->room, sizeof(*places->list));
	}
	places->list[places->count++] = (struct place){
	    .parent = page->parent[node],
	    .tag = page->tag[node],
	    .node = node,
	    .stories = count_stories(all, collection_from(all, node),
		collection_from(all, page->end[node])),
	};
}

/* All elements round taken links that hold few enough stories, sorted. */
static struct places
find_places(const struct collection *all)
{
	const struct page *page = all->page;
	struct places places = {0};
	bool *seen = xcalloc(page->count, sizeof(*seen));
	for (size_t i = 0; i < all->count; i++) {
		uint32_t node = all->occurrences[i].node;
		if (!all->occurrences[i].taken)
			continue;
		for (int level = 0; level < LEVELS && node != 0 &&
				    node != PAGE_NONE && !seen[node];
		     level++, node = page->parent[node]) {
			seen[node] = true;
			add_place(&places, all, node);
			if (places.list[places.count - 1].stories > STORIES_MAX)
				break;
		}
	}
	free(seen);
	if (places.count > 0) /* of none there is no list */
		qsort(places.list, places.count, sizeof(*places.list),
		    place_compare);
	return places;
}

/* How a link stands in its place: tags and classes on the way down to it. */
static uint64_t
way_to(const struct page *page, uint32_t place, uint32_t node)
{
	struct buffer way = {0};
	for (; node != place; node = page->parent[node]) {
		const char *class = page_attribute(page, node, "class");
		buffer_add_format(&way, "%s.%s<", page_tag(page, node),
		    class != NULL ? class : "");
	}
	uint64_t hash = hash_bytes(way.bytes, way.length);
	buffer_clear(&way);
	return hash;
}

/* The way to a place's title: of its links the one that looks most like it. */
static uint64_t
way_to_title(const struct collection *all, uint32_t place)
{
	size_t first = collection_from(all, place);
	size_t last = collection_from(all, all->page->end[place]);
	uint32_t best = all->occurrences[first].node;
	double most = -1;
	for (size_t i = first; i < last; i++) {
		const struct occurrence *one = &all->occurrences[i];
		double weight =
		    one->taken ? collection_title_weight(all, one) : -1;
		if (weight > most) {
			best = one->node;
			most = weight;
		}
	}
	return way_to(all->page, place, best);
}

static int
way_compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

/* The way that most places with one story have, or false if half of them have
 * not. */
static bool
usual_way(const struct collection *all, const struct place *places,
    size_t count, uint64_t *way)
{
	uint64_t *ways = xcalloc(count, sizeof(*ways));
	size_t known = 0, most = 0;
	for (size_t i = 0; i < count; i++)
		if (places[i].stories == 1)
			ways[known++] = way_to_title(all, places[i].node);
	qsort(ways, known, sizeof(*ways), way_compare);
	for (size_t i = 0, next; i < known; i = next) {
		for (next = i; next < known && ways[next] == ways[i];)
			next++;
		if (next - i > most) {
			most = next - i;
			*way = ways[i];
		}
	}
	free(ways);
	return most >= HOSTS_LEAST && most * 2 >= known;
}

/* The one story that stands in the usual way; false if none or several do. */
static bool
find_host(const struct collection *all, const struct place *place, uint64_t way,
    uint32_t *host)
{
	size_t first = collection_from(all, place->node);
	size_t last = collection_from(all, all->page->end[place->node]);
	bool found = false;
	for (size_t i = first; i < last; i++) {
		const struct occurrence *one = &all->occurrences[i];
		if (!one->taken ||
		    way_to(all->page, place->node, one->node) != way)
			continue;
		if (found && *host != one->story)
			return false;
		*host = one->story;
		found = true;
	}
	return found;
}

/* ---- places that all have guests ---- */

/* Does a place say a date of its own, in a time element or a text of its own?
 */
static bool
is_dated(const struct collection *all, uint32_t place)
{
	const struct page *page = all->page;
	uint32_t end = page->end[place];
	if (end - place > DATED_NODES)
		end = place + DATED_NODES;
	for (uint32_t node = place; node < end; node++) {
		struct moment moment;
		if (page->text[node] == NULL) {
			if (strcmp(page_tag(page, node), "time") == 0)
				return true;
			continue;
		}
		if (strlen(page->text[node]) <= DATE_BYTES &&
		    date_parse(page->text[node], all->dates, &moment))
			return true;
	}
	return false;
}

/* The one story that stands in a heading of the place, and the way to it. */
static bool
is_headed(
    const struct collection *all, const struct place *place, uint64_t *way)
{
	size_t first = collection_from(all, place->node);
	size_t last = collection_from(all, all->page->end[place->node]);
	uint32_t host = UINT32_MAX;
	for (size_t i = first; i < last; i++) {
		const struct occurrence *one = &all->occurrences[i];
		if (!one->taken || collection_title_weight(all, one) < HEADED)
			continue;
		if (host == UINT32_MAX)
			*way = way_to(all->page, place->node, one->node);
		else if (host != one->story)
			return false;
		host = one->story;
	}
	return host != UINT32_MAX;
}

/* Where all have guests: one story in a heading, in the same way in nearly
 * every place, and a date.  Without dates they may be the boxes of a front
 * page, each with a story in large letters and others below. */
static bool
heading_way(const struct collection *all, const struct place *places,
    size_t count, uint64_t *way)
{
	size_t headed = 0, dated = 0;
	uint64_t one;
	if (count < HEADED_LEAST)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (places[i].stories > STORIES_MAX ||
		    !is_headed(all, &places[i], &one))
			continue;
		if (headed == 0)
			*way = one;
		headed += one == *way;
		dated += one == *way && is_dated(all, places[i].node);
	}
	return headed * 5 >= count * 4 && dated * 5 >= count * 4;
}

/* places[count] have one parent and one tag. */
static void
drop_in(struct collection *all, const struct place *places, size_t count)
{
	uint64_t way = 0;
	size_t single = 0, several = 0;
	for (size_t i = 0; i < count; i++) {
		single += places[i].stories == 1;
		several +=
		    places[i].stories > 1 && places[i].stories <= STORIES_MAX;
	}
	if (several == 0)
		return;
	bool found = single >= HOSTS_LEAST && single * 5 >= count
			 ? usual_way(all, places, count, &way)
			 : heading_way(all, places, count, &way);
	if (!found)
		return;
	for (size_t i = 0; i < count; i++) {
		uint32_t host;
		if (places[i].stories < 2 || places[i].stories > STORIES_MAX ||
		    !find_host(all, &places[i], way, &host))
			continue;
		size_t at = collection_from(all, places[i].node);
		size_t end =
		    collection_from(all, all->page->end[places[i].node]);
		for (; at < end; at++)
			all->occurrences[at].taken &=
			    all->occurrences[at].story == host;
	}
}

void
guests_drop(struct collection *all)
{
	struct places places = find_places(all);
	for (size_t first = 0, next; first < places.count; first = next) {
		const struct place *one = &places.list[first];
		for (next = first + 1;
		     next < places.count &&
		     places.list[next].parent == one->parent &&
		     places.list[next].tag == one->tag;)
			next++;
		if (one->parent != PAGE_NONE)
			drop_in(all, one, next - first);
	}
	free(places.list);
}
