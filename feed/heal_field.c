#include "feed/heal_field.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/agreement.h"
#include "feed/learn.h"
#include "feed/memory.h"
#include "feed/synthesis.h"
#include "feed/text.h"

#define VALUES 4 /* that a field needs to be adopted */

static bool
run(const struct rules *rules, struct page *page,
    const struct extract_context *context, struct extraction *read,
    struct error *err)
{
	struct extract_context bare = *context;
	struct compiled_rules *compiled = rules_compile(rules, err);
	bare.memory = NULL;
	bare.source = NULL;
	bool good = compiled != NULL &&
		    extract_articles(compiled, page, &bare, read, err);
	compiled_rules_free(compiled);
	return good;
}

/* ---- by its values ---- */

/* Of fields that stand on the page as they are remembered. */
static const char *
value_of(const struct article *article, enum field field)
{
	return field == FIELD_AUTHOR ? article->author
	       : field == FIELD_TEXT ? article->text
				     : NULL;
}

/* The elements in an item that say the value, and nothing else. */
static void
find_value(const struct page *page, const struct spot *spot, const char *value,
    struct nodes *found)
{
	char *wanted = text_fold(value);
	for (uint32_t node = spot->start; node < spot->end; node++) {
		if (page->text[node] != NULL)
			continue;
		char *text = page_text(page, node, NULL, 0);
		char *folded = text_fold(text);
		if (strcmp(folded, wanted) == 0)
			nodes_add(found, node);
		free(folded);
		free(text);
	}
	free(wanted);
}

/* A selector of the values that are remembered of the articles on the page;
 * the caller's, NULL if there is none. */
static char *
find_selector(const struct page *page, enum field field,
    const struct extraction *read, const struct articles *memory)
{
	struct synthesis found = {0};
	char *css = NULL;
	size_t count = 0;
	if (read->spots == NULL)
		return NULL;
	size_t *partner = xcalloc(memory->count + 1, sizeof(*partner));
	struct field_target *items = xcalloc(memory->count + 1, sizeof(*items));
	struct nodes *good = xcalloc(memory->count + 1, sizeof(*good));
	agreement_pair(memory, &read->articles, partner);
	for (size_t i = 0; i < memory->count; i++) {
		const char *value = value_of(&memory->list[i], field);
		if (partner[i] == SIZE_MAX || value == NULL)
			continue;
		const struct spot *spot = &read->spots[partner[i]];
		find_value(page, spot, value, &good[count]);
		items[count] = (struct field_target){
		    .start = spot->start,
		    .end = spot->end,
		    .good = good[count].list,
		    .good_count = good[count].count,
		};
		count++;
	}
	if (count > 0 && synthesis_field(page, items, count, &found))
		css = xstrdup(found.css);
	synthesis_clear(&found);
	for (size_t i = 0; i < count; i++)
		nodes_clear(&good[i]);
	free(good);
	free(items);
	free(partner);
	return css;
}

/* ---- together ---- */

static struct heal_evidence
weigh(const struct heal_question *question, enum field field,
    const struct extraction *read)
{
	struct agreement agreement;
	agreement_find(question->memory, &read->articles, false, &agreement);
	return (struct heal_evidence){
	    .anchors = (uint32_t)agreement.fields[field].wanted,
	    .titled = (uint32_t)agreement.fields[field].same,
	    .articles = (uint32_t)read->articles.count,
	    .rows = read->item_count,
	    .stories = read->filled[field],
	    .usual = question->usual,
	};
}

/* Takes the rules; the better ones stay. */
static bool
offer(const struct heal_question *question, enum field field, struct page *page,
    const struct extract_context *context, struct rules rules,
    struct heal *best, struct error *err)
{
	struct heal made = {.rules = rules};
	bool good = run(&made.rules, page, context, &made.read, err);
	if (good)
		made.evidence = weigh(question, field, &made.read);
	if (!good || made.evidence.stories == 0 ||
	    (best->rules.items.count > 0 &&
		made.evidence.titled <= best->evidence.titled)) {
		heal_clear(&made);
		return good;
	}
	heal_clear(best);
	*best = made;
	return true;
}

/* Without the field's rule it is inferred in each item; where a selector gives
 * the same, that is the rule.  Where one gives what is remembered, that is a
 * better one. */
static bool
learn(const struct heal_question *question, enum field field, struct page *page,
    const struct extract_context *context, struct heal *best, struct error *err)
{
	struct rules bare = *question->rules;
	struct extraction inferred = {0};
	struct lesson lesson = {0};
	bare.fields[field] = (struct rule_list){0};
	bool good =
	    run(&bare, page, context, &inferred, err) &&
	    learn_rules(&bare, page, context, &inferred, false, &lesson, err);
	char *css =
	    good ? find_selector(page, field, &inferred, question->memory)
		 : NULL;
	if (css != NULL) {
		struct rule rule = {.css = css};
		bare.fields[field] = (struct rule_list){&rule, 1};
		good = offer(question, field, page, context, rules_copy(&bare),
		    best, err);
	}
	if (good) {
		bare.fields[field] = lesson.rules.fields[field];
		good = offer(question, field, page, context, rules_copy(&bare),
		    best, err);
	}
	free(css);
	lesson_clear(&lesson);
	extraction_clear(&inferred);
	return good;
}

bool
heal_field(const struct heal_question *question, enum field field,
    struct page *page, const struct extract_context *context, struct heal *heal,
    struct error *err)
{
	struct heal best = {0};
	bool good = question->candidate != NULL
			? offer(question, field, page, context,
			      rules_copy(question->candidate), &best, err)
			: learn(question, field, page, context, &best, err);
	if (!good || best.rules.items.count == 0) {
		heal_clear(&best);
		return false;
	}
	*heal = best;
	return true;
}

enum heal_grade
heal_field_judge(const struct heal_evidence *e, enum field field, char why[512])
{
	(void)snprintf(why, 512,
	    "%s: on %u of %u items, and of %u remembered ones %u are the same",
	    field_name(field), e->stories, e->rows, e->anchors, e->titled);
	bool is_filled = e->stories * 2 >= e->rows;
	if (e->titled >= VALUES && is_filled &&
	    (uint64_t)e->titled * 10 >= (uint64_t)e->anchors * 8)
		return HEAL_ADOPT;
	return e->titled * 2 >= e->anchors && e->titled > 0 ? HEAL_PROPOSE
							    : HEAL_REFUSE;
}
