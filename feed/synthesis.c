#include "feed/synthesis.h"

#include <stdlib.h>
#include <string.h>

#include "feed/candidates.h"
#include "feed/memory.h"
#include "feed/select.h"

#define ASKED_MOST 60  /* targets whose names are gathered */
#define LEVELS_MOST 12 /* ancestors that may be a context */
#define INNER_MOST 24  /* features of each kind that are combined */
#define PARENT_MOST 10
#define ABOVE_MOST 16
#define HAVING 0.8 /* share of the targets that have a feature */
#define TRIED_MOST 200
#define PER_LEVEL 0.25
#define LONE_TAG 15.0 /* "li" alone is nearly always too wide */
#define ITEM_LEAST 0.8
#define BLOCK_LEAST 0.75
#define ITEM_FAULT 100.0 /* one of a hundred is worth one point */
#define BLAMED_MOST 4
#define BLAMED_COST 6.0
#define INSIDE_MOST 60 /* nodes of one item that are looked at */

struct ground {
	const struct synthesis_question *question;
	const bool *mine;  /* of each target: to be found now; NULL: all */
	const bool *known; /* found by another selector; or NULL */
	size_t wanted;
	uint32_t *others_before; /* of each node: links not wanted */
	uint32_t *outers_before;
	bool *in_other; /* is the node inside such a link? */
};

static void
ground_make(struct ground *ground, const struct synthesis_question *question)
{
	const struct page *page = question->page;
	size_t places = (size_t)page->count + 1;
	*ground = (struct ground){
	    .question = question,
	    .wanted = question->count,
	    .others_before = xcalloc(places, sizeof(uint32_t)),
	    .outers_before = xcalloc(places, sizeof(uint32_t)),
	    .in_other = xcalloc(places, sizeof(bool)),
	};
	for (size_t i = 0; i < question->other_count; i++) {
		uint32_t other = question->others[i];
		ground->others_before[other + 1] = 1;
		for (uint32_t node = other; node < page->end[other]; node++)
			ground->in_other[node] = true;
	}
	for (size_t i = 0; i < question->count; i++)
		ground->outers_before[question->targets[i].outer + 1] = 1;
	for (uint32_t node = 0; node < page->count; node++) {
		ground->others_before[node + 1] += ground->others_before[node];
		ground->outers_before[node + 1] += ground->outers_before[node];
	}
}

static void
ground_clear(struct ground *ground)
{
	free(ground->others_before);
	free(ground->outers_before);
	free(ground->in_other);
}

static bool
is_mine(const struct ground *ground, size_t target)
{
	return ground->mine == NULL || ground->mine[target];
}

/* ---- what was found ---- */

enum place {
	PLACE_TARGET,  /* it is one, *target tells which */
	PLACE_WRONG,   /* another item would come of it */
	PLACE_NOTHING, /* nothing would */
};

static uint32_t
between(const uint32_t *before, const struct page *page, uint32_t node)
{
	return before[page->end[node]] - before[node];
}

static enum place
place_of(const struct ground *ground, uint32_t node, size_t *target)
{
	const struct synthesis_question *question = ground->question;
	const struct page *page = question->page;
	uint32_t outers = between(ground->outers_before, page, node);
	bool others = between(ground->others_before, page, node) > 0 ||
		      ground->in_other[node];
	/* the last target that begins here or before */
	size_t index = ground->outers_before[node + 1];
	const struct target *last =
	    index > 0 ? &question->targets[index - 1] : NULL;
	*target = index - 1;
	if (last != NULL && node <= last->inner &&
	    page_contains(page, last->outer, node) &&
	    page_contains(page, node, last->inner))
		return PLACE_TARGET;
	if (last != NULL && node != last->outer &&
	    page_contains(page, last->outer, node))
		return others ? PLACE_WRONG : PLACE_NOTHING;
	if (outers == 1 && !others) { /* a wider frame round one item */
		*target = index;
		return PLACE_TARGET;
	}
	return outers > 0 || others ? PLACE_WRONG : PLACE_NOTHING;
}

static void
judge_items(const void *arg, const struct nodes *found, struct tried *tried)
{
	const struct ground *ground = arg;
	size_t last = SIZE_MAX, elsewhere = 0;
	*tried = (struct tried){0};
	for (size_t i = 0; i < found->count; i++) {
		size_t target;
		enum place place = place_of(ground, found->list[i], &target);
		if (place == PLACE_WRONG)
			tried->wrong++;
		else if (place == PLACE_TARGET && target != last) {
			last = target;
			if (is_mine(ground, target))
				tried->found++;
			else if (ground->known == NULL ||
				 !ground->known[target])
				elsewhere++;
		}
	}
	size_t good = tried->found + elsewhere;
	if (ground->wanted > 0)
		tried->recall = (double)tried->found / (double)ground->wanted;
	if (good > 0)
		tried->precision = (double)good / (double)(good + tried->wrong);
}

/* What most of the wrong ones are called, and no target. */
static void
blame_items(const void *arg, const struct nodes *found, struct features *out)
{
	const struct ground *ground = arg;
	const struct page *page = ground->question->page;
	struct features good = {0};
	size_t wrong = 0, kept = 0;
	for (size_t i = 0; i < found->count; i++) {
		size_t target;
		enum place place = place_of(ground, found->list[i], &target);
		if (place == PLACE_WRONG && wrong < ASKED_MOST)
			features_add(out, page, found->list[i], wrong++, 0);
		else if (place == PLACE_TARGET)
			features_add(&good, page, found->list[i], i, 0);
	}
	features_keep(out, wrong - wrong / 3, SIZE_MAX);
	for (size_t i = 0; i < out->count; i++) {
		/* a state or a number comes and goes */
		bool shared = out->list[i].kind == FEATURE_TAG ||
			      out->list[i].cost > BLAMED_COST;
		for (size_t k = 0; k < good.count && !shared; k++)
			shared =
			    strcmp(good.list[k].css, out->list[i].css) == 0;
		if (shared || kept == BLAMED_MOST)
			free(out->list[i].css);
		else
			out->list[kept++] = out->list[i];
	}
	out->count = kept;
	features_clear(&good);
}

static void
add_inside(
    struct features *out, const struct page *page, uint32_t node, size_t member)
{
	uint32_t end = page->end[node] - node > INSIDE_MOST ? node + INSIDE_MOST
							    : page->end[node];
	for (uint32_t at = node + 1; at < end; at++)
		if (page->text[at] == NULL)
			features_add(out, page, at, member, 0);
}

/* What all targets hold, and no wrong one. */
static void
praise_items(const void *arg, const struct nodes *found, struct features *out)
{
	const struct ground *ground = arg;
	const struct page *page = ground->question->page;
	struct features wrong = {0};
	size_t good = 0, bad = 0, kept = 0;
	for (size_t i = 0; i < found->count; i++) {
		size_t target;
		enum place place = place_of(ground, found->list[i], &target);
		if (place == PLACE_WRONG && bad < ASKED_MOST)
			add_inside(&wrong, page, found->list[i], bad++);
		else if (place == PLACE_TARGET && good < ASKED_MOST)
			add_inside(out, page, found->list[i], good++);
	}
	features_keep(out, good - good / 20, SIZE_MAX);
	for (size_t i = 0; i < out->count; i++) {
		bool shared = kept == BLAMED_MOST;
		for (size_t k = 0; k < wrong.count && !shared; k++)
			shared =
			    strcmp(wrong.list[k].css, out->list[i].css) == 0;
		if (shared)
			free(out->list[i].css);
		else
			out->list[kept++] = out->list[i];
	}
	out->count = kept;
	features_clear(&wrong);
}

/* ---- names ---- */

/* The elements from outer down to inner, for which it stands. */
static void
add_chain(struct features *inner, const struct page *page,
    const struct target *target, size_t member)
{
	double level = 0;
	uint32_t node = target->inner;
	for (int i = 0; i < LEVELS_MOST; i++) {
		/* the outermost is what is seen to be the item */
		level = node == target->outer ? 0 : PER_LEVEL;
		features_add(inner, page, node, member, level);
		if (node == target->outer)
			break;
		node = page->parent[node];
	}
}

static void
add_surroundings(struct features *parent, struct features *above,
    const struct page *page, uint32_t outer, size_t member)
{
	uint32_t node = page->parent[outer];
	for (int level = 0; level < LEVELS_MOST && node != PAGE_NONE;
	     level++, node = page->parent[node]) {
		if (node == 0 || strcmp(page_tag(page, node), "body") == 0)
			break;
		features_add(level == 0 ? parent : above, page, node, member,
		    PER_LEVEL * level);
	}
}

static void
tell_items(
    const struct ground *ground, struct chosen *chosen, struct synthesis *out)
{
	const struct tried *tried = &chosen->tried;
	*out = (struct synthesis){
	    .css = chosen->css,
	    .why = tried->wrong == 0
		       ? xasprintf("finds %zu of %zu items, nothing else",
			     tried->found, ground->wanted)
		       : xasprintf("finds %zu of %zu items, and %zu that are "
				   "none",
			     tried->found, ground->wanted, tried->wrong),
	    .value = chosen->value,
	    .found = tried->found,
	    .wrong = tried->wrong,
	    .hashed = chosen->hashed,
	};
}

static bool
choose(const struct ground *ground, struct synthesis *out)
{
	const struct synthesis_question *question = ground->question;
	struct features inner = {0}, parent = {0}, above = {0};
	size_t step = ground->wanted / ASKED_MOST + 1, asked = 0, seen = 0;
	for (size_t i = 0; i < question->count; i++) {
		const struct target *target = &question->targets[i];
		if (!is_mine(ground, i) || seen++ % step != 0)
			continue;
		add_chain(&inner, question->page, target, asked);
		add_surroundings(
		    &parent, &above, question->page, target->outer, asked++);
	}
	size_t least = (size_t)(HAVING * (double)asked + 0.999);
	features_keep(&inner, least, INNER_MOST);
	features_keep(&parent, least, PARENT_MOST);
	features_keep(&above, least, ABOVE_MOST);
	struct candidates_question candidates = {
	    .page = question->page,
	    .inner = &inner,
	    .parent = &parent,
	    .above = &above,
	    .most = TRIED_MOST,
	    .lone_tag = LONE_TAG,
	    .least = ground->mine == NULL ? ITEM_LEAST : BLOCK_LEAST,
	    .fault = ITEM_FAULT,
	    .judge = judge_items,
	    .blame = blame_items,
	    .praise = praise_items,
	    .arg = ground,
	};
	struct chosen chosen;
	bool good = asked > 0 && candidates_try(&candidates, &chosen);
	if (good)
		tell_items(ground, &chosen, out);
	features_clear(&inner);
	features_clear(&parent);
	features_clear(&above);
	return good;
}

void
synthesis_clear(struct synthesis *synthesis)
{
	free(synthesis->css);
	free(synthesis->why);
	*synthesis = (struct synthesis){0};
}

bool
synthesis_items(
    const struct synthesis_question *question, struct synthesis *out)
{
	struct ground ground;
	ground_make(&ground, question);
	bool good = choose(&ground, out);
	ground_clear(&ground);
	return good;
}

/* ---- blocks ---- */

/* Which targets a selector finds. */
static void
mark_found(const struct ground *ground, const char *css, bool *marked)
{
	struct selector *selector = selector_parse(css, NULL);
	struct nodes found = {0};
	(void)selector_all(/* it ran before */
	    selector, ground->question->page, 0, &found, NULL);
	for (size_t i = 0; i < found.count; i++) {
		size_t target;
		if (place_of(ground, found.list[i], &target) == PLACE_TARGET)
			marked[target] = true;
	}
	nodes_clear(&found);
	selector_free(selector);
}

/* The block with most targets that nothing finds yet; false if all are tried.
 */
static bool
next_block(const uint32_t *block, size_t count, const bool *found,
    const bool *tried, uint32_t *next)
{
	uint32_t *sizes = xcalloc(count + 1, sizeof(*sizes));
	uint32_t best = 0;
	for (size_t i = 0; i < count; i++)
		if (!found[i] && !tried[block[i]] &&
		    ++sizes[block[i]] > sizes[best])
			best = block[i];
	bool any = sizes[best] > 0;
	free(sizes);
	*next = best;
	return any;
}

size_t
synthesis_blocks(const struct synthesis_question *question,
    const uint32_t *block, struct synthesis *list, size_t most)
{
	struct ground ground;
	size_t count = question->count, made = 0;
	bool *found = xcalloc(count + 1, sizeof(*found));
	bool *tried = xcalloc(count + 1, sizeof(*tried));
	bool *mine = xcalloc(count + 1, sizeof(*mine));
	uint32_t next;
	ground_make(&ground, question);
	ground.mine = mine;
	ground.known = found;
	while (made < most && next_block(block, count, found, tried, &next)) {
		ground.wanted = 0;
		for (size_t i = 0; i < count; i++) {
			mine[i] = block[i] == next && !found[i];
			ground.wanted += mine[i];
		}
		tried[next] = true;
		if (choose(&ground, &list[made]))
			mark_found(&ground, list[made++].css, found);
	}
	ground_clear(&ground);
	free(mine);
	free(tried);
	free(found);
	return made;
}
