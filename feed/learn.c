#include "feed/learn.h"

#include <stdlib.h>
#include <string.h>

#include "feed/agreement.h"
#include "feed/country.h"
#include "feed/link_shape.h"
#include "feed/memory.h"
#include "feed/study.h"
#include "feed/synthesis.h"
#include "feed/text.h"
#include "feed/url.h"

#define ITEMS_LEAST 3    /* fewer are no list */
#define RECALL_LEAST 0.4 /* of the articles; rules that find fewer are none */
#define LOSS_MOST 0.3    /* shares of fields and articles, added up */

static bool
attempt(struct study *study, bool exact, struct agreement *agreement,
    struct error *err)
{
	if (!study_items(study, exact))
		return true;
	return study_fields_of(study, agreement, err);
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
		study_gather_others(&study);
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
