#include "feed/study.h"

#include <stdlib.h>
#include <string.h>

#include "feed/hash.h"
#include "feed/intern.h"
#include "feed/memory.h"
#include "feed/synthesis.h"
#include "feed/url.h"

#define BLOCKS_MOST 8 /* selectors of a front page */
/* recall of one selector, before blocks are tried */
#define ONE_IS_ENOUGH 0.95
#define BLOCK_ITEMS 3  /* a block of fewer needs a good name */
#define GOOD_VALUE 8.0 /* of a selector: synthesis.h */

const enum field study_fields[STUDY_FIELDS] = {
    FIELD_LINK, FIELD_TITLE, FIELD_DATE, FIELD_AUTHOR, FIELD_TEXT, FIELD_IMAGE};

struct witness_context
study_witnesses(const struct study *study)
{
	return (struct witness_context){
	    .page = study->page,
	    .base = study->base,
	    .dates = &study->dates,
	};
}

/* ---- what is there ---- */

void
study_gather_others(struct study *study)
{
	const struct page *page = study->page;
	const struct articles *articles = &study->inferred->articles;
	size_t count;
	const uint32_t *anchors =
	    page_with_tag(page, page_tag_index(page, "a"), &count);
	struct intern keys;
	char **kept = xcalloc(articles->count + 1, sizeof(*kept));
	intern_init(
	    &keys, intern_seed(study->base, strlen(study->base)), false);
	for (size_t i = 0; i < articles->count; i++) {
		kept[i] = url_key(articles->list[i].link);
		(void)intern_add(&keys, kept[i], strlen(kept[i]));
	}
	study->others = xcalloc(count + 1, sizeof(*study->others));
	for (size_t i = 0; i < count; i++) {
		const char *href = page_attribute(page, anchors[i], "href");
		if (href == NULL || href[0] == '\0' || href[0] == '#')
			continue;
		char *link = url_canonical(study->base, href, NULL);
		char *key = link != NULL ? url_key(link) : NULL;
		if (key != NULL && intern_find(&keys, key, strlen(key)) == 0)
			study->others[study->other_count++] = anchors[i];
		free(key);
		free(link);
	}
	intern_clear(&keys);
	for (size_t i = 0; i < articles->count; i++)
		free(kept[i]);
	free(kept);
}

static bool
has_within(const struct nodes *nodes, uint32_t start, uint32_t end)
{
	for (size_t i = 0; i < nodes->count; i++)
		if (nodes->list[i] >= start && nodes->list[i] < end)
			return true;
	return false;
}

/* The inmost element that still holds a witness of each field. */
static uint32_t
inmost(const struct study *study, size_t index)
{
	const struct page *page = study->page;
	const struct spot *spot = &study->inferred->spots[index];
	struct witness_context context = study_witnesses(study);
	struct nodes found[STUDY_FIELDS] = {{0}};
	uint32_t node = spot->start;
	if (spot->end != page->end[spot->start])
		return node; /* a run of siblings begins here */
	for (size_t i = 0; i < STUDY_FIELDS; i++)
		witness_find(&context, spot,
		    &study->inferred->articles.list[index], study_fields[i],
		    &found[i]);
	for (uint32_t child = page_first_child(page, node);
	     child != PAGE_NONE;) {
		bool all = true;
		for (size_t i = 0; all && i < STUDY_FIELDS; i++)
			all = found[i].count == 0 ||
			      has_within(&found[i], child, page->end[child]);
		if (all)
			node = child;
		child = all ? page_first_child(page, node)
			    : page_next_sibling(page, child);
	}
	for (size_t i = 0; i < STUDY_FIELDS; i++)
		nodes_clear(&found[i]);
	return node;
}

/* Items of one tag, class and kind of parent are of one block. */
static uint64_t
look_of(const struct page *page, uint32_t node)
{
	uint32_t up = page->parent[node];
	const char *own = page_attribute(page, node, "class");
	const char *above =
	    up != PAGE_NONE ? page_attribute(page, up, "class") : NULL;
	char *look = xasprintf("%s.%s %s.%s", page_tag(page, node),
	    own != NULL ? own : "", up != PAGE_NONE ? page_tag(page, up) : "",
	    above != NULL ? above : "");
	uint64_t hash = hash_bytes(look, strlen(look));
	free(look);
	return hash;
}

struct targets {
	struct target *list;
	uint32_t *block;
	size_t count;
};

static int
compare_targets(const void *a, const void *b)
{
	const struct target *x = a, *y = b;
	return (x->outer > y->outer) - (x->outer < y->outer);
}

static struct targets
make_targets(const struct study *study, bool exact)
{
	const struct extraction *read = study->inferred;
	struct targets all = {
	    .list = xcalloc(read->articles.count + 1, sizeof(*all.list)),
	    .block = xcalloc(read->articles.count + 1, sizeof(*all.block)),
	};
	uint64_t *looks = xcalloc(read->articles.count + 1, sizeof(*looks));
	uint32_t block_count = 0;
	for (size_t i = 0; i < read->articles.count; i++) {
		uint32_t outer = read->spots[i].start;
		all.list[i] =
		    (struct target){outer, exact ? outer : inmost(study, i)};
	}
	qsort(
	    all.list, read->articles.count, sizeof(*all.list), compare_targets);
	for (size_t i = 0; i < read->articles.count; i++) {
		/* none in another: articles from several blocks may be */
		const struct target *last =
		    all.count > 0 ? &all.list[all.count - 1] : NULL;
		if (last != NULL &&
		    page_contains(study->page, last->outer, all.list[i].outer))
			continue;
		uint64_t look = look_of(study->page, all.list[i].outer);
		uint32_t block = 0;
		while (block < block_count && looks[block] != look)
			block++;
		if (block == block_count)
			looks[block_count++] = look;
		all.block[all.count] = block;
		all.list[all.count++] = all.list[i];
	}
	free(looks);
	return all;
}

/* ---- the items ---- */

static void
take_item(struct study *study, struct synthesis *made)
{
	struct lesson *lesson = study->lesson;
	char **why = &lesson->why[FIELD_COUNT];
	char *words =
	    *why == NULL ? xstrdup(made->why)
			 : xasprintf("%s; '%s' %s", *why, made->css, made->why);
	free(*why);
	*why = words;
	rule_list_add(
	    &lesson->rules.items, (struct rule){.css = xstrdup(made->css)});
	study->hashed |= made->hashed;
	synthesis_clear(made);
}

static bool
is_better(const struct synthesis *one, size_t count)
{
	return one->wrong * 10 <= count &&
	       (double)one->found >= ONE_IS_ENOUGH * (double)count;
}

static double
f1(size_t found, size_t wrong, size_t count)
{
	return 2 * (double)found / (double)(found + wrong + count);
}

bool
study_items(struct study *study, bool exact)
{
	struct targets targets = make_targets(study, exact);
	struct synthesis one = {0}, blocks[BLOCKS_MOST] = {{0}};
	struct synthesis_question question = {
	    .page = study->page,
	    .targets = targets.list,
	    .count = targets.count,
	    .others = study->others,
	    .other_count = study->other_count,
	};
	bool single = synthesis_items(&question, &one);
	size_t made = 0, found = 0, wrong = 0;
	if (!single || !is_better(&one, targets.count))
		made = synthesis_blocks(
		    &question, targets.block, blocks, BLOCKS_MOST);
	for (size_t i = 0; i < made; i++) {
		if (blocks[i].found < BLOCK_ITEMS &&
		    (blocks[i].value > GOOD_VALUE || blocks[i].wrong > 0))
			synthesis_clear(&blocks[i]);
		found += blocks[i].found;
		wrong += blocks[i].wrong;
	}
	if (single && f1(one.found, one.wrong, targets.count) >=
			  f1(found, wrong, targets.count))
		take_item(study, &one);
	else
		for (size_t i = 0; i < made; i++)
			if (blocks[i].css != NULL)
				take_item(study, &blocks[i]);
	synthesis_clear(&one);
	for (size_t i = 0; i < made; i++)
		synthesis_clear(&blocks[i]);
	free(targets.list);
	free(targets.block);
	return study->lesson->rules.items.count > 0;
}
