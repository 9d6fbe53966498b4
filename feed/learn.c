#include "feed/learn.h"

#include <stdlib.h>
#include <string.h>

#include "feed/agreement.h"
#include "feed/country.h"
#include "feed/hash.h"
#include "feed/intern.h"
#include "feed/link_shape.h"
#include "feed/memory.h"
#include "feed/synthesis.h"
#include "feed/text.h"
#include "feed/url.h"
#include "feed/witness.h"

#define BLOCKS_MOST 8  /* selectors of a front page */
#define ALTERNATIVES 3 /* selectors of one field, one behind the other */
#define ITEMS_LEAST 3  /* fewer are no list */
#define ONE_IS_ENOUGH                                                          \
	0.95             /* recall of one selector, before blocks are tried    \
			  */
#define BLOCK_ITEMS 3    /* a block of fewer needs a good name */
#define GOOD_VALUE 8.0   /* of a selector: synthesis.h */
#define RECALL_LEAST 0.4 /* of the articles; rules that find fewer are none */
#define LOSS_MOST 0.3    /* shares of fields and articles, added up */
#define RARE 5           /* a field of fewer than one item of so many is none */
#define FIELD_SAME 0.9   /* of the values that inference gave */
#define FIELD_INVENTED 0.2 /* of the items */

/* The fields that are learned, in the order in which people write them. */
static const enum field learned[] = {
    FIELD_LINK, FIELD_TITLE, FIELD_DATE, FIELD_AUTHOR, FIELD_TEXT, FIELD_IMAGE};
#define LEARNED_COUNT (sizeof(learned) / sizeof(*learned))

struct study {
	const struct rules *given;
	struct page *page;
	const struct extract_context *context;
	const struct extraction *inferred;
	struct lesson *lesson;
	char *base, *language;
	struct date_context dates;
	uint32_t *others; /* links that are none of the articles' */
	size_t other_count;
	bool exactly; /* nothing may differ */
	bool hashed;  /* a hashed name was needed */
};

/* ---- what is there ---- */

static void
gather_others(struct study *study)
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

static struct witness_context
witnesses(const struct study *study)
{
	return (struct witness_context){
	    .page = study->page,
	    .base = study->base,
	    .dates = &study->dates,
	};
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
	struct witness_context context = witnesses(study);
	struct nodes found[LEARNED_COUNT] = {{0}};
	uint32_t node = spot->start;
	if (spot->end != page->end[spot->start])
		return node; /* a run of siblings begins here */
	for (size_t i = 0; i < LEARNED_COUNT; i++)
		witness_find(&context, spot,
		    &study->inferred->articles.list[index], learned[i],
		    &found[i]);
	for (uint32_t child = page_first_child(page, node);
	     child != PAGE_NONE;) {
		bool all = true;
		for (size_t i = 0; all && i < LEARNED_COUNT; i++)
			all = found[i].count == 0 ||
			      has_within(&found[i], child, page->end[child]);
		if (all)
			node = child;
		child = all ? page_first_child(page, node)
			    : page_next_sibling(page, child);
	}
	for (size_t i = 0; i < LEARNED_COUNT; i++)
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

/* One selector, or several where the list stands in blocks. */
static bool
learn_items(struct study *study, bool exact)
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

/* ---- the fields ---- */

static bool
run(const struct study *study, const struct rules *rules,
    struct extraction *out, struct error *err)
{
	struct compiled_rules *compiled = rules_compile(rules, err);
	struct extract_context context = *study->context;
	context.source = NULL; /* no window is wanted */
	bool good = compiled != NULL &&
		    extract_articles(compiled, study->page, &context, out, err);
	compiled_rules_free(compiled);
	return good;
}

struct field_study {
	struct field_target *items;
	struct nodes *found;
	size_t count;
};

/* Where the known values stand in the items that the rule finds. */
static struct field_study
find_values(const struct study *study, const struct extraction *by_rule,
    enum field field)
{
	const struct articles *known = &study->inferred->articles;
	struct witness_context context = witnesses(study);
	size_t *partner =
	    xcalloc(by_rule->articles.count + 1, sizeof(*partner));
	struct field_study all = {
	    .items = xcalloc(by_rule->articles.count + 1, sizeof(*all.items)),
	    .found = xcalloc(by_rule->articles.count + 1, sizeof(*all.found)),
	};
	agreement_pair(&by_rule->articles, known, partner);
	bool some_unknown = false;
	for (size_t i = 0; i < known->count; i++)
		some_unknown |= known->list[i].title == NULL;
	for (size_t i = 0; i < by_rule->articles.count; i++) {
		const struct article *article =
		    partner[i] != SIZE_MAX ? &known->list[partner[i]] : NULL;
		struct nodes *found = &all.found[all.count];
		/* of what has no title nothing is known, nor then of what
		 * else the rule finds */
		if (article != NULL ? article->title == NULL : some_unknown)
			continue;
		if (article != NULL)
			witness_find(&context, &by_rule->spots[i], article,
			    field, found);
		all.items[all.count++] = (struct field_target){
		    .start = by_rule->spots[i].start,
		    .end = by_rule->spots[i].end,
		    .good = found->list,
		    .good_count = found->count,
		};
	}
	free(partner);
	return all;
}

static void
field_study_clear(struct field_study *all)
{
	for (size_t i = 0; i < all->count; i++)
		nodes_clear(&all->found[i]);
	free(all->found);
	free(all->items);
}

/* The items that a selector serves want no other. */
static size_t
drop_served(const struct study *study, struct field_study *all, const char *css)
{
	size_t left = 0;
	for (size_t i = 0; i < all->count; i++) {
		struct field_target *item = &all->items[i];
		if (item->good_count > 0 &&
		    synthesis_serves(study->page, item, css))
			item->good_count = 0;
		left += item->good_count > 0;
	}
	return left;
}

static void
learn_field(
    struct study *study, const struct extraction *by_rule, enum field field)
{
	struct lesson *lesson = study->lesson;
	struct field_study all = find_values(study, by_rule, field);
	size_t having = 0;
	for (size_t i = 0; i < all.count; i++)
		having += all.items[i].good_count > 0;
	bool common = having * RARE >= all.count;
	for (int i = 0; common && i < ALTERNATIVES; i++) {
		struct synthesis made;
		if (!synthesis_field(study->page, all.items, all.count, &made))
			break;
		size_t left = drop_served(study, &all, made.css);
		rule_list_add(&lesson->rules.fields[field],
		    (struct rule){.css = xstrdup(made.css)});
		char *words = lesson->why[field] == NULL
				  ? xstrdup(made.why)
				  : xasprintf("%s; then '%s' %s",
					lesson->why[field], made.css, made.why);
		free(lesson->why[field]);
		lesson->why[field] = words;
		study->hashed |= made.hashed;
		synthesis_clear(&made);
		if (left == 0 ||
		    strcmp(lesson->rules.fields[field].list[0].css, ".") == 0)
			break;
	}
	field_study_clear(&all);
}

static void
forget_field(struct lesson *lesson, enum field field)
{
	struct rule_list *list = &lesson->rules.fields[field];
	for (size_t i = 0; i < list->count; i++)
		free(list->list[i].css);
	free(list->list);
	*list = (struct rule_list){0};
	free(lesson->why[field]);
	lesson->why[field] = NULL;
}

static bool
is_learned(const struct study *study, enum field field)
{
	return study->lesson->rules.fields[field].count > 0 &&
	       study->given->fields[field].count == 0;
}

/* Does its rule give what inference gave, as well as no rule does? */
static bool
is_reliable(const struct study *study, const struct agreement *without,
    const struct agreement *with, enum field field)
{
	if (study->exactly)
		return with->fields[field].same == with->fields[field].wanted &&
		       with->fields[field].invented == 0;
	size_t wanted = without->fields[field].same;
	return (double)with->fields[field].same >=
		   FIELD_SAME * (double)wanted &&
	       (double)with->fields[field].invented <=
		   FIELD_INVENTED * (double)with->both +
		       (double)without->fields[field].invented;
}

/* Fields whose rules do harm are left to inference; true if there were any. */
static bool
drop_unreliable(struct study *study, const struct agreement *without,
    const struct agreement *with)
{
	bool any = false;
	bool lost = with->both < without->both || with->read > without->read;
	for (size_t i = 0; i < LEARNED_COUNT; i++) {
		enum field field = learned[i];
		bool essential = field == FIELD_LINK || field == FIELD_TITLE;
		if (!is_learned(study, field) ||
		    (is_reliable(study, without, with, field) &&
			!(lost && essential)))
			continue;
		forget_field(study->lesson, field);
		any = true;
	}
	return any;
}

static bool
learn_fields(
    struct study *study, struct agreement *agreement, struct error *err)
{
	struct lesson *lesson = study->lesson;
	const struct articles *known = &study->inferred->articles;
	struct extraction plain = {0}, read = {0};
	struct agreement without;
	if (!run(study, &lesson->rules, &plain, err))
		return false;
	agreement_find(known, &plain.articles, study->exactly, &without);
	*agreement = without;
	for (size_t i = 0; plain.spots != NULL && i < LEARNED_COUNT; i++)
		if (study->given->fields[learned[i]].count == 0)
			learn_field(study, &plain, learned[i]);
	bool good = true;
	for (size_t i = 0; i <= LEARNED_COUNT; i++) {
		good = run(study, &lesson->rules, &read, err);
		if (!good)
			break;
		agreement_find(
		    known, &read.articles, study->exactly, agreement);
		extraction_clear(&read);
		if (!drop_unreliable(study, &without, agreement))
			break;
	}
	extraction_clear(&plain);
	return good;
}

/* ---- together ---- */

static bool
attempt(struct study *study, bool exact, struct agreement *agreement,
    struct error *err)
{
	if (!learn_items(study, exact))
		return true;
	return learn_fields(study, agreement, err);
}

/* What was lost of the fields that the list shows. */
static double
loss(const struct agreement *agreement)
{
	double lost = 2 - agreement->recall - agreement->precision;
	for (int field = 0; field < FIELD_COUNT; field++)
		if (agreement->fields[field].wanted > 0)
			lost += 1 - (double)agreement->fields[field].same /
					(double)agreement->fields[field].wanted;
	return lost;
}

static void
restart(struct study *study)
{
	rules_clear(&study->lesson->rules);
	study->lesson->rules = rules_copy(study->given);
	for (int field = 0; field <= FIELD_COUNT; field++) {
		free(study->lesson->why[field]);
		study->lesson->why[field] = NULL;
	}
	study->hashed = false;
}

/* An element further in may have a better name, or too little in it: then the
 * item as it was seen. */
static bool
try_both(struct study *study, struct agreement *agreement, struct error *err)
{
	struct lesson *lesson = study->lesson;
	struct agreement again = {0};
	if (!attempt(study, false, agreement, err))
		return false;
	bool made = lesson->rules.items.count > 0;
	if (made && (study->exactly ? agreement_is_full(agreement)
				    : loss(agreement) < LOSS_MOST))
		return true;
	struct lesson first = *lesson;
	bool hashed = study->hashed;
	*lesson = (struct lesson){.rules = rules_copy(study->given)};
	study->hashed = false;
	bool good = attempt(study, true, &again, err);
	if (good && lesson->rules.items.count > 0 &&
	    (!made || loss(&again) < loss(agreement))) {
		*agreement = again;
		lesson_clear(&first);
	} else {
		lesson_clear(lesson);
		*lesson = first;
		study->hashed = hashed;
	}
	return good;
}

/* Rules that find but a part of what is there are worse than none. */
static void
drop_poor_rules(struct study *study, struct agreement *agreement)
{
	if (study->lesson->rules.items.count == 0 ||
	    agreement->recall >= RECALL_LEAST)
		return;
	restart(study);
	*agreement = (struct agreement){.wanted = agreement->wanted};
}

static void
find_article_link(struct study *study)
{
	const struct articles *articles = &study->inferred->articles;
	const char **links = xcalloc(articles->count + 1, sizeof(*links));
	size_t count = 0;
	for (size_t i = 0; i < articles->count; i++)
		if (url_same_owner(articles->list[i].link, study->base))
			links[count++] = articles->list[i].link;
	/* strangers among them would be lost */
	if (count == articles->count && study->given->article_link_count == 0)
		study->lesson->article_link = link_shape_find(links, count);
	free(links);
}

static void
find_runner_up(struct study *study)
{
	const struct choice *choice = &study->inferred->choice;
	if (choice->second_count < ITEMS_LEAST)
		return;
	struct target *targets =
	    xcalloc(choice->second_count, sizeof(*targets));
	struct synthesis made = {0};
	size_t count = 0;
	for (size_t i = 0; i < choice->second_count; i++)
		if (count == 0 ||
		    !page_contains(study->page, targets[count - 1].outer,
			choice->second[i]))
			targets[count++] = (struct target){
			    choice->second[i], choice->second[i]};
	struct synthesis_question question = {
	    .page = study->page, .targets = targets, .count = count};
	bool named = synthesis_items(&question, &made);
	char *words = text_excerpt(choice->second_words, 40);
	char *line = xasprintf(
	    "%s%s%s%zu links, score %.0f (the list %.0f): %s", named ? "'" : "",
	    named ? made.css : "", named ? "', " : "", choice->second_count,
	    choice->second_score, choice->score, words);
	study->lesson->runner_up = text_line(line, strlen(line), 300);
	free(line);
	free(words);
	synthesis_clear(&made);
	free(targets);
}

bool
learn_rules(const struct rules *given, struct page *page,
    const struct extract_context *context, const struct extraction *inferred,
    enum learn_use use, struct lesson *lesson, struct error *err)
{
	const char *language =
	    context->language != NULL ? context->language : inferred->language;
	struct study study = {
	    .given = given,
	    .page = page,
	    .context = context,
	    .inferred = inferred,
	    .lesson = lesson,
	    .exactly = use == LEARN_TO_KEEP,
	    .base = extract_base(page, context->url),
	    .language = country_language(context->url, language),
	};
	struct agreement agreement = {0};
	bool good = true;
	*lesson = (struct lesson){.rules = rules_copy(given)};
	study.dates = (struct date_context){
	    .now_s = context->now_s,
	    .zone = context->zone,
	    .language = study.language,
	};
	if (inferred->spots != NULL &&
	    inferred->articles.count >= ITEMS_LEAST) {
		gather_others(&study);
		good = try_both(&study, &agreement, err);
		drop_poor_rules(&study, &agreement);
		find_article_link(&study);
		find_runner_up(&study);
	}
	lesson->recall = agreement.recall;
	lesson->precision = agreement.precision;
	if (good)
		lesson_judge(
		    lesson, inferred, &agreement, study.base, study.hashed);
	else
		lesson_clear(lesson);
	bool full =
	    lesson->rules.items.count > 0 && agreement_is_full(&agreement);
	if (good && study.exactly && !full) {
		restart(&study);
		lesson->grade = LESSON_NONE;
	}
	/* a section is read without rules, too */
	if (good && use == LEARN_TO_SHOW && lesson->grade == LESSON_NONE &&
	    inferred->articles.count > 0) {
		restart(&study);
		lesson->grade = LESSON_LOOK;
		notes_add(&lesson->warnings,
		    xstrdup("no rules that could be relied on: without, its "
			    "articles are inferred at each round"));
	}
	free(study.others);
	free(study.language);
	free(study.base);
	return good;
}
