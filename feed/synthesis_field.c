#include "feed/synthesis.h"

#include <stdlib.h>
#include <string.h>

#include "feed/candidates.h"
#include "feed/memory.h"
#include "feed/select.h"

#define ASKED_MOST 40
#define GOOD_MOST 8 /* elements of one item that are gathered */
#define LEVELS_MOST 5
#define INNER_MOST 16
#define PARENT_MOST 6
#define ABOVE_MOST 6
#define HAVING 0.75 /* of the items that have the field */
#define TRIED_MOST 80
#define LONE_TAG 4.0 /* inside an item a tag says more */
#define LEAST HAVING
#define FAULT 60.0
#define ITSELF 12.0 /* an item may get more in it than the field */
#define PER_LEVEL 0.25

struct field_ground {
	const struct page *page;
	const struct field_target *items;
	size_t count, having; /* items; and of them, that have the field */
};

static bool
is_good(const struct field_target *item, uint32_t node)
{
	for (size_t i = 0; i < item->good_count; i++)
		if (item->good[i] == node)
			return true;
	return false;
}

/* An item that is one element does not find itself (select.h). */
static uint32_t
first_inside(const struct page *page, const struct field_target *item)
{
	return item->end == page->end[item->start] ? item->start + 1
						   : item->start;
}

static void
judge_field(const void *arg, const struct nodes *found, struct tried *tried)
{
	const struct field_ground *ground = arg;
	size_t at = 0, invented = 0, matched = 0;
	*tried = (struct tried){0};
	for (size_t i = 0; i < ground->count; i++) {
		const struct field_target *item = &ground->items[i];
		uint32_t from = first_inside(ground->page, item);
		while (at < found->count && found->list[at] < from)
			at++;
		if (at == found->count)
			break;
		if (found->list[at] >= item->end)
			continue;
		matched++;
		if (is_good(item, found->list[at]))
			tried->found++;
		else if (item->good_count > 0)
			tried->wrong++;
		else
			invented++;
	}
	/* where the item has none, extraction may well refuse the value */
	double bad = (double)tried->wrong + (double)invented / 2;
	if (ground->having > 0)
		tried->recall = (double)tried->found / (double)ground->having;
	if (tried->found > 0)
		tried->precision =
		    (double)tried->found / ((double)tried->found + bad);
}

static void
gather(const struct field_ground *ground, const struct field_target *item,
    size_t member, struct features *inner, struct features *parent,
    struct features *above)
{
	const struct page *page = ground->page;
	uint32_t from = first_inside(page, item);
	for (size_t i = 0; i < item->good_count && i < GOOD_MOST; i++) {
		uint32_t node = item->good[i];
		if (node == item->start) /* that is "." */
			continue;
		/* the outermost element that says just this is the best */
		features_add(inner, page, node, member, i == 0 ? 0 : PER_LEVEL);
		node = page->parent[node];
		for (int level = 0;
		     level < LEVELS_MOST && node != PAGE_NONE && node >= from;
		     level++, node = page->parent[node])
			features_add(level == 0 ? parent : above, page, node,
			    member, PER_LEVEL * level);
	}
}

static bool
is_item_itself(const struct field_ground *ground)
{
	size_t itself = 0;
	for (size_t i = 0; i < ground->count; i++)
		itself += is_good(&ground->items[i], ground->items[i].start);
	return itself == ground->having && itself > 0;
}

static void
tell_field(const struct field_ground *ground, const struct chosen *chosen,
    struct synthesis *out)
{
	const struct tried *tried = &chosen->tried;
	*out = (struct synthesis){
	    .css = chosen->css,
	    .why = tried->wrong == 0
		       ? xasprintf("right in %zu of %zu", tried->found,
			     ground->having)
		       : xasprintf("right in %zu of %zu, wrong in %zu",
			     tried->found, ground->having, tried->wrong),
	    .value = chosen->value,
	    .found = tried->found,
	    .wrong = tried->wrong,
	    .hashed = chosen->hashed,
	};
}

static bool
choose(const struct field_ground *ground, struct synthesis *out)
{
	struct features inner = {0}, parent = {0}, above = {0};
	size_t step = ground->having / ASKED_MOST + 1, asked = 0, seen = 0;
	for (size_t i = 0; i < ground->count; i++) {
		const struct field_target *item = &ground->items[i];
		if (item->good_count > 0 && seen++ % step == 0)
			gather(ground, item, asked++, &inner, &parent, &above);
	}
	size_t least = (size_t)(HAVING * (double)asked + 0.999);
	features_keep(&inner, least, INNER_MOST);
	features_keep(&parent, least, PARENT_MOST);
	features_keep(&above, least, ABOVE_MOST);
	struct candidates_question candidates = {
	    .page = ground->page,
	    .inner = &inner,
	    .parent = &parent,
	    .above = &above,
	    .most = TRIED_MOST,
	    .lone_tag = LONE_TAG,
	    .least = LEAST,
	    .fault = FAULT,
	    .judge = judge_field,
	    .arg = ground,
	};
	struct chosen chosen;
	bool good = candidates_try(&candidates, &chosen);
	if (good)
		tell_field(ground, &chosen, out);
	features_clear(&inner);
	features_clear(&parent);
	features_clear(&above);
	return good;
}

bool
synthesis_field(const struct page *page, const struct field_target *items,
    size_t count, struct synthesis *out)
{
	struct field_ground ground = {
	    .page = page, .items = items, .count = count};
	*out = (struct synthesis){0};
	for (size_t i = 0; i < count; i++)
		ground.having += items[i].good_count > 0;
	if (ground.having == 0)
		return false;
	bool itself = is_item_itself(&ground);
	if (choose(&ground, out) && (!itself || out->value < ITSELF))
		return true;
	if (!itself)
		return out->css != NULL;
	synthesis_clear(out);
	struct chosen whole = {
	    .css = xstrdup("."),
	    .value = ITSELF,
	    .tried = {.found = ground.having},
	};
	tell_field(&ground, &whole, out);
	return true;
}

bool
synthesis_serves(
    const struct page *page, const struct field_target *item, const char *css)
{
	if (strcmp(css, ".") == 0)
		return is_good(item, item->start);
	struct selector *selector = selector_parse(css, NULL);
	struct nodes found = {0};
	bool good = selector != NULL &&
		    selector_run(
			selector, page, item->start, item->end, &found, NULL) &&
		    found.count > 0 && is_good(item, found.list[0]);
	nodes_clear(&found);
	selector_free(selector);
	return good;
}
