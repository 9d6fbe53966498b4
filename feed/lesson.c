#include "feed/lesson.h"

#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/links.h"
#include "feed/memory.h"
#include "feed/region.h"
#include "feed/text.h"
#include "feed/url.h"

#define READY 75u /* points of 100 */
#define LOOK 50u
#define LINE 300 /* characters of a note */
#define FEW 5
#define MOST_STORIES 0.5 /* share of a page's that its list has */
#define ROOT_STORIES 0.9 /* the same where the address is a whole site's */
#define MARGIN 20.0      /* to the next best list: more says no more */

void
notes_add(struct notes *notes, char *line)
{
	notes->list =
	    xreallocarray(notes->list, notes->count + 1, sizeof(*notes->list));
	notes->list[notes->count++] = text_line(line, strlen(line), LINE);
	free(line);
}

void
notes_clear(struct notes *notes)
{
	for (size_t i = 0; i < notes->count; i++)
		free(notes->list[i]);
	free(notes->list);
	*notes = (struct notes){0};
}

void
lesson_clear(struct lesson *lesson)
{
	rules_clear(&lesson->rules);
	for (int field = 0; field <= FIELD_COUNT; field++)
		free(lesson->why[field]);
	free(lesson->article_link);
	free(lesson->runner_up);
	notes_clear(&lesson->reasons);
	notes_clear(&lesson->warnings);
	*lesson = (struct lesson){0};
}

const char *
lesson_word(enum lesson_grade grade)
{
	return grade == LESSON_READY  ? "ready"
	       : grade == LESSON_LOOK ? "look"
				      : "none";
}

/* ---- as text ---- */

static void
write_list(struct buffer *out, const char *name, const struct rule_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->list[i].css != NULL)
			buffer_add_format(
			    out, "%s: %s\n", name, list->list[i].css);
}

char *
lesson_write(const struct lesson *lesson, const struct rules *given)
{
	struct buffer out = {0};
	if (given->items.count == 0)
		write_list(&out, "item", &lesson->rules.items);
	for (int field = 0; field < FIELD_COUNT; field++)
		if (given->fields[field].count == 0)
			write_list(&out, field_name((enum field)field),
			    &lesson->rules.fields[field]);
	return buffer_take(&out);
}

/* FIELD_COUNT for an item. */
static bool
field_named(const char *name, size_t length, enum field *field)
{
	for (int i = 0; i <= FIELD_COUNT; i++) {
		const char *each =
		    i < FIELD_COUNT ? field_name((enum field)i) : "item";
		if (strlen(each) == length && memcmp(each, name, length) == 0) {
			*field = (enum field)i;
			return true;
		}
	}
	return false;
}

static struct rule_list *
list_of(struct rules *rules, enum field field)
{
	return field == FIELD_COUNT ? &rules->items : &rules->fields[field];
}

static bool
read_line(const char *line, size_t length, struct rules *rules)
{
	const char *colon = memmem(line, length, ": ", 2);
	enum field field;
	if (colon == NULL || !field_named(line, (size_t)(colon - line), &field))
		return false;
	struct rule rule = {
	    .css = xstrndup(colon + 2, length - (size_t)(colon + 2 - line))};
	if (!rule_check(&rule, field, NULL)) {
		free(rule.css);
		return false;
	}
	rule_list_add(list_of(rules, field), rule);
	return true;
}

bool
lesson_read(const char *text, struct rules *rules)
{
	struct rules learned = {0};
	bool good = true;
	while (good && *text != '\0') {
		size_t length = strcspn(text, "\n");
		good = read_line(text, length, &learned);
		text += length + (text[length] == '\n');
	}
	if (good) {
		struct rules both = lesson_merge(rules, &learned);
		rules_clear(rules);
		*rules = both;
	}
	rules_clear(&learned);
	return good;
}

struct rules
lesson_merge(const struct rules *given, const struct rules *learned)
{
	struct rules both = rules_copy(given);
	for (int i = 0; i <= FIELD_COUNT; i++) {
		enum field field = (enum field)i;
		const struct rule_list *from =
		    i < FIELD_COUNT ? &learned->fields[i] : &learned->items;
		struct rule_list *to = list_of(&both, field);
		if (to->count > 0)
			continue;
		for (size_t k = 0; k < from->count; k++)
			rule_list_add(to,
			    (struct rule){.css = xstrdup(from->list[k].css)});
	}
	return both;
}

/* ---- how good it is ---- */

static double
clip(double value)
{
	return value < 0 ? 0 : value > 1 ? 1 : value;
}

static double
mean_link(const struct articles *articles, const char *base)
{
	double sum = 0;
	size_t titled = 0;
	/* of what is remembered not every title is known */
	for (size_t i = 0; i < articles->count; i++) {
		const char *title = articles->list[i].title;
		titled += title != NULL;
		if (title != NULL)
			sum += links_score(articles->list[i].link, base, title);
	}
	return titled > 0 ? sum / (double)titled : 0;
}

static size_t
dated(const struct articles *articles)
{
	size_t count = 0;
	for (size_t i = 0; i < articles->count; i++)
		count +=
		    articles->list[i].published.precision != PRECISION_NONE;
	return count;
}

static bool
is_root(const char *url)
{
	char *path = url_path(url);
	bool root = path != NULL && strcmp(path, "/") == 0;
	free(path);
	return root;
}

static void
warn_of_fields(struct lesson *lesson, const struct agreement *agreement)
{
	for (int i = 0; i < FIELD_COUNT; i++) {
		size_t wanted = agreement->fields[i].wanted;
		size_t same = agreement->fields[i].same;
		const char *name = field_name((enum field)i);
		if (i == FIELD_LINK || wanted == 0)
			continue;
		if (lesson->rules.fields[i].count == 0)
			notes_add(&lesson->reasons,
			    xasprintf("%s: no selector gives it; it is "
				      "inferred in each item",
				name));
		if (same * 10 < wanted * 9)
			notes_add(&lesson->warnings,
			    xasprintf("%s: the rules give it on %zu of %zu "
				      "articles that have it",
				name, same, wanted));
	}
}

/* What each of them says of the whole. */
struct view {
	struct lesson *lesson;
	const struct extraction *inferred;
	const struct agreement *agreement;
	const char *base;
	size_t count, dates;
};

static void
tell(const struct view *view)
{
	const struct choice *choice = &view->inferred->choice;
	struct notes *reasons = &view->lesson->reasons;
	notes_add(reasons,
	    xasprintf("%zu articles, score %.0f (from %.0f on a list, from "
		      "100 a sure one)",
		view->count, choice->score, REGION_LIST));
	if (choice->second_score > 0)
		notes_add(reasons, xasprintf("the next best list scores %.0f",
				       choice->second_score));
	if (view->lesson->rules.items.count > 0)
		notes_add(reasons,
		    xasprintf("the rules give %zu of %zu articles that were "
			      "inferred, and %zu others",
			view->agreement->both, view->agreement->wanted,
			view->agreement->read - view->agreement->both));
	notes_add(reasons, xasprintf("the list has %.0f %% of the page's "
				     "stories",
			       100 * choice->share));
	notes_add(reasons, xasprintf("%zu of %zu articles have a date",
			       view->dates, view->count));
}

/* What speaks for it, up to 100. */
static double
merits(const struct view *view)
{
	const struct choice *choice = &view->inferred->choice;
	double margin = choice->score - choice->second_score;
	return 30 * clip((choice->score - REGION_LIST) / 60) +
	       20 * clip((double)view->count / 10) +
	       15 * clip(margin / MARGIN) +
	       15 * view->agreement->recall * view->agreement->precision + 10 +
	       10 * (double)view->dates / (double)view->count;
}

static double
take_off(const struct view *view, double points, const char *warning)
{
	notes_add(&view->lesson->warnings, xstrdup(warning));
	return points;
}

/* What speaks against it. */
static double
faults(const struct view *view, bool hashed)
{
	double points = 0;
	if (view->inferred->choice.is_front)
		points += take_off(view, 20,
		    "a front page of several blocks: a section's page is "
		    "cleaner");
	if (hashed)
		points += take_off(view, 15,
		    "a class that a build made is needed; the next build may "
		    "rename it");
	if (mean_link(&view->inferred->articles, view->base) < 0)
		points +=
		    take_off(view, 25, "the links do not look like stories'");
	return points;
}

/* A list among others is not the page's list for sure. */
static bool
is_partial(const struct view *view)
{
	const struct choice *choice = &view->inferred->choice;
	double least = is_root(view->base) ? ROOT_STORIES : MOST_STORIES;
	if (choice->is_front || choice->share >= least)
		return false;
	notes_add(&view->lesson->warnings,
	    xasprintf("%.0f %% of the page's stories are not in the list",
		100 * (1 - choice->share)));
	return true;
}

/* Articles without rules; true if nothing more is to be said. */
static bool
judge_without(const struct view *view)
{
	struct notes *warnings = &view->lesson->warnings;
	const struct extraction *inferred = view->inferred;
	if (view->count == 0)
		notes_add(warnings,
		    xstrdup(inferred->item_how != NULL ? inferred->item_how
						       : "no list"));
	else if (inferred->spots == NULL) {
		view->lesson->confidence = LOOK;
		view->lesson->grade = LESSON_LOOK;
		notes_add(warnings,
		    xasprintf("%zu articles, from what the page says to "
			      "machines: no rules are needed",
			view->count));
	}
	return view->count == 0 || inferred->spots == NULL;
}

void
lesson_judge(struct lesson *lesson, const struct extraction *inferred,
    const struct agreement *agreement, const char *base, bool hashed)
{
	struct view view = {
	    .lesson = lesson,
	    .inferred = inferred,
	    .agreement = agreement,
	    .base = base,
	    .count = inferred->articles.count,
	    .dates = dated(&inferred->articles),
	};
	if (judge_without(&view))
		return;
	tell(&view);
	double points = merits(&view) - faults(&view, hashed);
	if (is_partial(&view) && points >= READY)
		points = READY - 1;
	if (view.count < FEW)
		notes_add(&lesson->warnings,
		    xasprintf("only %zu articles", view.count));
	warn_of_fields(lesson, agreement);
	lesson->confidence = (unsigned)(100 * clip(points / 100) + 0.5);
	if (lesson->rules.items.count == 0 || lesson->confidence < LOOK)
		lesson->grade = LESSON_NONE;
	else
		lesson->grade =
		    lesson->confidence >= READY ? LESSON_READY : LESSON_LOOK;
}
