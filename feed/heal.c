#include "feed/heal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/agreement.h"
#include "feed/buffer.h"
#include "feed/collection.h"
#include "feed/learn.h"
#include "feed/link_kind.h"
#include "feed/links.h"
#include "feed/memory.h"
#include "feed/recall.h"
#include "feed/text.h"

#define ANCHORS 4 /* that a heal needs to be adopted */
#define ALIKE 0.7
#define KIND_ANCHORS 3 /* that tell what a link is like */
#define NO_STORY -20.0 /* what a selector has found may look so poor */

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

/* ---- evidence ---- */

static bool
is_same_title(const char *a, const char *b)
{
	char *x = text_fold(a), *y = text_fold(b);
	bool same = strcmp(x, y) == 0;
	free(y);
	free(x);
	return same;
}

static bool
is_same_day(struct moment a, struct moment b)
{
	int64_t apart = a.at_s > b.at_s ? a.at_s - b.at_s : b.at_s - a.at_s;
	return apart <= 86400;
}

static bool
has_day(struct moment moment)
{
	return moment.precision >= PRECISION_DAY;
}

static void
compare_anchor(const struct article *anchor, const struct article *read,
    struct heal_evidence *evidence)
{
	evidence->covered++;
	evidence->titled +=
	    anchor->title != NULL && is_same_title(anchor->title, read->title);
	if (!has_day(anchor->published) || !has_day(read->published))
		return;
	evidence->dated++;
	evidence->days += is_same_day(anchor->published, read->published);
}

/* Marks the links of a kind that a found-again article's link has; how many. */
static uint32_t
mark_alike(const struct articles *articles, const bool *is_anchor, bool *marked)
{
	char **kinds = xcalloc(articles->count + 1, sizeof(*kinds));
	uint32_t alike = 0;
	for (size_t i = 0; i < articles->count; i++)
		kinds[i] = link_kind(articles->list[i].link);
	for (size_t i = 0; i < articles->count; i++) {
		bool found = false;
		for (size_t k = 0; !found && k < articles->count; k++)
			found = is_anchor[k] && strcmp(kinds[i], kinds[k]) == 0;
		marked[i] = found;
		alike += found;
	}
	for (size_t i = 0; i < articles->count; i++)
		free(kinds[i]);
	free(kinds);
	return alike;
}

static struct heal_evidence
weigh(const struct healing *healing, const struct extraction *read)
{
	const struct articles *anchors = &healing->anchors;
	const struct articles *articles = &read->articles;
	struct heal_evidence evidence = {
	    .anchors = (uint32_t)anchors->count,
	    .articles = (uint32_t)articles->count,
	    .rows = read->item_count,
	    .usual = healing->question->usual,
	};
	size_t *partner = xcalloc(anchors->count + 1, sizeof(*partner));
	bool *is_anchor = xcalloc(articles->count + 1, sizeof(*is_anchor));
	agreement_pair(anchors, articles, partner);
	for (size_t i = 0; i < anchors->count; i++) {
		if (partner[i] == SIZE_MAX)
			continue;
		is_anchor[partner[i]] = true;
		compare_anchor(
		    &anchors->list[i], &articles->list[partner[i]], &evidence);
	}
	bool *is_alike = xcalloc(articles->count + 1, sizeof(*is_alike));
	evidence.alike = mark_alike(articles, is_anchor, is_alike);
	free(is_alike);
	for (size_t i = 0; i < articles->count; i++)
		evidence.stories +=
		    links_score(articles->list[i].link, healing->base,
			articles->list[i].title) > NO_STORY;
	free(is_anchor);
	free(partner);
	return evidence;
}

static double
share(uint32_t part, uint32_t whole)
{
	return whole > 0 ? (double)part / whole : 0;
}

/* Between candidates: found again, and nothing besides. */
static double
worth(const struct heal_evidence *evidence)
{
	double ratio = evidence->usual > 0
			   ? share(evidence->articles, evidence->usual)
			   : 1;
	double fit = ratio > 1 ? 1 / ratio : ratio;
	return share(evidence->covered, evidence->anchors) *
		   (0.5 + 0.5 * share(evidence->titled, evidence->covered)) +
	       0.2 * fit + 0.2 * share(evidence->alike, evidence->articles) +
	       0.1 * share(evidence->days, evidence->dated);
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
	made.evidence = weigh(healing, &made.read);
	bool is_better = best->rules.items.count == 0 ||
			 worth(&made.evidence) > worth(&best->evidence);
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
		if (has_day(anchor->published))
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
	(void)mark_alike(articles, is_anchor, kept);
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

/* ---- gates ---- */

/* The links are of the kinds that the known ones are; or there are few known
 * ones to tell kinds by, and as many articles as there should be. */
static bool
is_alike(const struct heal_evidence *e, double cover, double ratio)
{
	return share(e->alike, e->articles) >= ALIKE ||
	       (cover >= 0.8 && ratio >= 0.8 && ratio <= 1.25);
}

/* Fewer articles than usual and nothing new among them: what is most read or
 * related stands so beside a list. */
static bool
is_box(const struct heal_evidence *e, double ratio)
{
	return ratio < 0.8 && e->covered >= e->articles;
}

enum heal_grade
heal_judge(const struct heal_evidence *e, bool is_confirming, char why[512])
{
	double cover = share(e->covered, e->anchors);
	double ratio = e->usual > 0 ? share(e->articles, e->usual) : 1;
	double titles = share(e->titled, e->covered);
	double days = e->dated > 0 ? share(e->days, e->dated) : 1;
	double filled = share(e->articles, e->rows);
	(void)snprintf(why, 512,
	    "%u of %u known articles found again, %u with their title, %u of "
	    "%u on their day; %u articles where %u are usual",
	    e->covered, e->anchors, e->titled, e->days, e->dated, e->articles,
	    e->usual);
	bool is_long = ratio >= 0.4 && ratio <= 2.5;
	bool is_fitting = ratio >= 0.8 && ratio <= 1.25 && titles >= 0.9;
	/* one less will do if all fits; and between two looks known articles
	 * leave the page */
	uint32_t least = ANCHORS;
	if (is_fitting && cover >= 0.95)
		least--;
	if (is_confirming)
		least -= 2;
	if (e->anchors < ANCHORS - 1 && !is_confirming)
		return e->articles >= 3 && is_long ? HEAL_PROPOSE : HEAL_REFUSE;
	if (cover < 0.5 || !is_long)
		return HEAL_REFUSE;
	if (e->anchors < least || cover < (is_fitting ? 0.75 : 0.8) ||
	    ratio < 0.5 || ratio > 1.8 || titles < 0.8 || days < 0.8 ||
	    filled < 0.25 || !is_alike(e, cover, ratio) || is_box(e, ratio))
		return HEAL_PROPOSE;
	return cover >= 0.95 && e->anchors >= 2 * ANCHORS && titles >= 0.9
		   ? HEAL_SURE
		   : HEAL_ADOPT;
}
