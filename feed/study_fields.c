#include "feed/study.h"

#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"
#include "feed/synthesis.h"

#define ALTERNATIVES 3 /* selectors of one field, one behind the other */
#define RARE 5         /* a field of fewer than one item of so many is none */
#define FIELD_SAME 0.9 /* of the values that inference gave */
#define FIELD_INVENTED 0.2 /* of the items */

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

/* ---- where they stand ---- */

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
	struct witness_context context = study_witnesses(study);
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
	for (size_t i = 0; i < STUDY_FIELDS; i++) {
		enum field field = study_fields[i];
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

bool
study_fields_of(
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
	for (size_t i = 0; plain.spots != NULL && i < STUDY_FIELDS; i++)
		if (study->given->fields[study_fields[i]].count == 0)
			learn_field(study, &plain, study_fields[i]);
	bool good = true;
	for (size_t i = 0; i <= STUDY_FIELDS; i++) {
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
