#include "feed/heal.h"

#include <stdlib.h>
#include <string.h>

#include "feed/agreement.h"
#include "feed/buffer.h"
#include "feed/collection.h"
#include "feed/heal_evidence.h"
#include "feed/learn.h"
#include "feed/memory.h"
#include "feed/recall.h"
#include "feed/text.h"

#define KIND_ANCHORS 3 /* that tell what a link is like */

void
heal_clear(struct heal *heal)
{
	rules_clear(&heal->rules);
	extraction_clear(&heal->read);
	*heal = (struct heal){0};
}

struct healing {
	const struct heal_question *question;
	struct page *page;
	const struct extract_context *context;
	char *base;
	struct articles anchors; /* remembered, under the page's addresses */
};

/* ---- what is on the page ---- */

/* Remembered articles with the links that the page has for them. */
static bool
find_anchors(struct healing *healing, struct error *err)
{
	struct rules open = {0};
	struct compiled_rules *compiled = rules_compile(&open, err);
	const struct articles *memory = healing->question->memory;
	struct collection all;
	if (compiled == NULL)
		return false;
	struct date_context dates = {
	    .now_s = healing->context->now_s,
	    .zone = healing->context->zone,
	    .language = healing->context->language,
	};
	collection_read(&all, compiled, healing->page, healing->base, &dates);
	(void)recall_stories(&all, memory);
	bool *taken = xcalloc(memory->count + 1, sizeof(*taken));
	for (size_t i = 0; i < all.story_count; i++) {
		const struct story *story = &all.stories[i];
		if (story->known == 0 || taken[story->article])
			continue;
		taken[story->article] = true;
		struct article anchor =
		    article_copy(&memory->list[story->article]);
		free(anchor.link);
		anchor.link = xstrdup(story->link);
		articles_add(&healing->anchors, anchor);
	}
	free(taken);
	collection_clear(&all);
	compiled_rules_free(compiled);
	return true;
}

/* ---- candidates ---- */

static bool
run(const struct healing *healing, const struct rules *rules,
    const struct articles *memory, struct extraction *read, struct error *err)
{
	struct extract_context context = *healing->context;
	struct compiled_rules *compiled = rules_compile(rules, err);
	context.memory = memory;
	context.source = NULL;
	bool good = compiled != NULL && extract_articles(compiled,
					    healing->page, &context, read, err);
	compiled_rules_free(compiled);
	return good;
}

/* Takes the rules; the better one stays. */
static bool
offer(const struct healing *healing, struct rules rules, struct heal *best,
    struct error *err)
{
	struct heal made = {.rules = rules};
	if (!run(healing, &rules, NULL, &made.read, err)) {
		heal_clear(&made);
		return false;
	}
	made.evidence = heal_weigh(&healing->anchors, &made.read, healing->base,
	    healing->question->usual);
	bool is_better =
	    best->rules.items.count == 0 ||
	    heal_worth(&made.evidence) > heal_worth(&best->evidence);
	if (made.evidence.articles > 0 && is_better) {
		heal_clear(best);
		*best = made;
	} else
		heal_clear(&made);
	return true;
}

/* What the rules say of anything but the list and its fields. */
static struct rules
bare_rules(const struct rules *rules)
{
	struct rules kept = *rules;
	kept.items = (struct rule_list){0};
	for (int field = 0; field < FIELD_COUNT; field++)
		kept.fields[field] = (struct rule_list){0};
	return rules_copy(&kept);
}

static void
put_value(char **value, const char *remembered)
{
	if (remembered == NULL)
		return;
	free(*value);
	*value = xstrdup(remembered);
}

/* What is remembered of the anchors in place of what inference takes for it;
 * of articles that nobody knows the values are not known either. */
static void
put_remembered(const struct healing *healing, struct articles *inferred)
{
	const struct articles *anchors = &healing->anchors;
	size_t *partner = xcalloc(inferred->count + 1, sizeof(*partner));
	agreement_pair(inferred, anchors, partner);
	for (size_t i = 0; i < inferred->count; i++) {
		struct article *article = &inferred->list[i];
		if (partner[i] == SIZE_MAX) {
			struct article bare = {.link = article->link};
			article->link = NULL;
			article_clear(article);
			*article = bare;
			continue;
		}
		const struct article *anchor = &anchors->list[partner[i]];
		put_value(&article->title, anchor->title);
		put_value(&article->text, anchor->text);
		put_value(&article->author, anchor->author);
		put_value(&article->image, anchor->image);
		if (anchor->published.precision >= PRECISION_DAY)
			article->published = anchor->published;
	}
	free(partner);
}

/* Advertisements and other rubrics in the items' dress: away with what is not
 * of an anchor's kind. */
static void
drop_strangers(const struct healing *healing, struct extraction *inferred)
{
	struct articles *articles = &inferred->articles;
	size_t *partner = xcalloc(articles->count + 1, sizeof(*partner));
	bool *is_anchor = xcalloc(articles->count + 1, sizeof(*is_anchor));
	bool *kept = xcalloc(articles->count + 1, sizeof(*kept));
	size_t anchors = 0, count = 0;
	agreement_pair(articles, &healing->anchors, partner);
	for (size_t i = 0; i < articles->count; i++) {
		is_anchor[i] = partner[i] != SIZE_MAX;
		anchors += is_anchor[i];
	}
	(void)heal_mark_alike(articles, is_anchor, kept);
	for (size_t i = 0; anchors >= KIND_ANCHORS && i < articles->count;
	     i++) {
		if (!kept[i]) {
			article_clear(&articles->list[i]);
			continue;
		}
		articles->list[count] = articles->list[i];
		inferred->spots[count++] = inferred->spots[i];
	}
	if (anchors >= KIND_ANCHORS)
		articles->count = count;
	free(kept);
	free(is_anchor);
	free(partner);
}

/* Where inference sees a list and its fields. */
struct view {
	const struct articles *memory; /* that it looks for, or NULL */
	bool by_kind;                  /* links of the anchors' kinds alone */
	bool by_values; /* fields where the remembered values stand */
};

static bool
learn_candidate(const struct healing *healing, struct view view,
    struct heal *best, struct error *err)
{
	struct rules bare = bare_rules(healing->question->rules);
	struct extraction inferred = {0};
	struct lesson lesson = {0};
	bool good = run(healing, &bare, view.memory, &inferred, err);
	if (good && view.by_kind && inferred.spots != NULL)
		drop_strangers(healing, &inferred);
	if (good && view.by_values)
		put_remembered(healing, &inferred.articles);
	good = good && learn_rules(&bare, healing->page, healing->context,
			   &inferred, LEARN_TO_HEAL, &lesson, err);
	if (good && lesson.rules.items.count > 0)
		good = offer(healing, rules_copy(&lesson.rules), best, err);
	lesson_clear(&lesson);
	extraction_clear(&inferred);
	rules_clear(&bare);
	return good;
}

/* The simple view first; others for what is wrong with what it gave. */
static bool
learn_candidates(
    const struct healing *healing, struct heal *best, struct error *err)
{
	const struct heal_evidence *evidence = &best->evidence;
	struct view view = {.memory = healing->question->memory};
	if (!learn_candidate(healing, view, best, err) ||
	    !learn_candidate(healing, (struct view){0}, best, err))
		return false;
	if (healing->anchors.count == 0)
		return true;
	view.by_kind = evidence->alike < evidence->articles;
	if (view.by_kind && !learn_candidate(healing, view, best, err))
		return false;
	view.by_values = evidence->titled < evidence->covered ||
			 evidence->days < evidence->dated;
	if (view.by_values && !learn_candidate(healing, view, best, err))
		return false;
	return true;
}

/* A field's rules as they were, where they still say what is remembered. */
static bool
keep_fields(const struct healing *healing, struct heal *best, struct error *err)
{
	const struct rules *old = healing->question->rules;
	for (int field = 0; field < FIELD_COUNT; field++) {
		if (old->fields[field].count == 0)
			continue;
		struct rules mixed = best->rules;
		mixed.fields[field] = old->fields[field];
		struct rules tried = rules_copy(&mixed);
		if (!offer(healing, tried, best, err))
			return false;
	}
	return true;
}

bool
heal_page(const struct heal_question *question, struct page *page,
    const struct extract_context *context, struct heal *heal, struct error *err)
{
	struct healing healing = {
	    .question = question,
	    .page = page,
	    .context = context,
	    .base = extract_base(page, context->url),
	};
	*heal = (struct heal){0};
	bool good = find_anchors(&healing, err);
	if (good && question->candidate != NULL)
		good =
		    offer(&healing, rules_copy(question->candidate), heal, err);
	else if (good)
		good = learn_candidates(&healing, heal, err) &&
		       (heal->rules.items.count == 0 ||
			   keep_fields(&healing, heal, err));
	articles_clear(&healing.anchors);
	free(healing.base);
	if (good && heal->rules.items.count > 0)
		return true;
	heal_clear(heal);
	return false;
}

static void
add_words(struct buffer *words, const char *name, const struct rule_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct rule *rule = &list->list[i];
		buffer_add_format(words, "%s%s '%s'",
		    words->length > 0 ? ", " : "", i == 0 ? name : "or",
		    rule->css != NULL ? rule->css : rule->xpath);
	}
}

char *
heal_words(const struct rules *rules)
{
	struct buffer words = {0};
	buffer_add_string(&words, "");
	add_words(&words, "item", &rules->items);
	for (int field = 0; field < FIELD_COUNT; field++)
		add_words(&words, field_name((enum field)field),
		    &rules->fields[field]);
	char *all = buffer_take(&words);
	char *line = text_line(all, strlen(all), 300);
	free(all);
	return line;
}
