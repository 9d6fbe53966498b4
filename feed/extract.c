#include "feed/extract.h"

#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/extract_private.h"
#include "feed/memory.h"
#include "feed/pager.h"
#include "feed/select.h"
#include "feed/text.h"
#include "feed/window.h"

/* ---- the listing as one of several pages ---- */

/* Above the one in the middle, since the first may be a lead story in a frame
 * of its own. */
static void
describe_list(const struct reading *reading, struct extraction *out)
{
	size_t count = reading->items.count;
	const char *path = reading->context->list_path;
	if (count > 0)
		out->list_path = list_place_path(
		    reading->page, reading->items.list[count / 2].start);
	if (out->articles.count == 0 && out->filtered == 0 && path != NULL)
		out->list_place =
		    list_place_find(reading->page, path, reading->base);
}

static void
find_next_page(const struct reading *reading, struct extraction *out)
{
	out->next_url = pager_find(reading->page, reading->context->url,
	    reading->base, &out->next_how);
	for (size_t i = 0; out->next_url != NULL && i < out->articles.count;
	     i++)
		if (strcmp(out->articles.list[i].link, out->next_url) == 0) {
			free(out->next_url);
			free(out->next_how);
			out->next_url = out->next_how = NULL;
		}
}

/* ---- the listing in the next round ---- */

/*
 * Do all articles come from one list and say nothing that stands outside it?
 * What is inferred never leaves the item.
 */
static bool
is_self_contained(const struct reading *reading)
{
	const struct compiled_rules *rules = reading->rules;
	if (rules->items.count > 1 || reading->is_filled ||
	    (reading->has_headings && reading->outside))
		return false;
	for (int field = 0; field < FIELD_COUNT; field++)
		for (size_t i = 0; i < rules->fields[field].count; i++) {
			const struct compiled_rule *rule =
			    &rules->fields[field].list[i];
			if (rule->xpath != NULL &&
			    !xpath_stays_inside(rule->source))
				return false;
		}
	return true;
}

static void
remember_window(const struct reading *reading, struct extraction *out)
{
	struct buffer window = {0};
	const struct window_source *source = reading->context->source;
	if (source == NULL || out->articles.count == 0 ||
	    !is_self_contained(reading) ||
	    !window_remember(reading->page, &reading->items, source, &window))
		return;
	out->window_length = window.length;
	out->window = buffer_take(&window);
}

/* ---- together ---- */

static void
say_rules(const struct reading *reading, struct extraction *out)
{
	for (int field = 0; field < FIELD_COUNT; field++) {
		const struct compiled_list *list =
		    &reading->rules->fields[field];
		if (list->count == 0)
			continue;
		free(out->how[field]);
		char *words =
		    xasprintf("rule '%s'%s, %u/%zu", list->list[0].source,
			list->count > 1 ? " and its fallbacks" : "",
			reading->by_rule[field], reading->items.count);
		out->how[field] = text_line(words, strlen(words), 400);
		free(words);
	}
	if (out->how[FIELD_LINK] == NULL)
		out->how[FIELD_LINK] = xstrdup(
		    reading->rules->link_template_count > 0 ? "article-link"
							    : "inferred");
}

static void
infer_rest(struct reading *reading, struct extraction *out)
{
	size_t count = reading->items.count;
	struct infer_given *given = xcalloc(count, sizeof(*given));
	for (size_t i = 0; i < count; i++)
		given[i] = (struct infer_given){
		    .title = reading->raw[i].value[FIELD_TITLE],
		    .date = reading->raw[i].value[FIELD_DATE],
		};
	for (int field = 0; field < FIELD_COUNT; field++)
		reading->wanted[field] =
		    reading->rules->fields[field].count == 0;
	infer_fields(reading->page, &reading->items, reading->wanted, given,
	    &reading->dates, reading->base, reading->inferred, out->how);
	free(given);
}

static void
reading_clear(struct reading *reading)
{
	for (size_t i = 0; i < reading->items.count; i++) {
		for (int field = 0; field < FIELD_COUNT; field++)
			free(reading->raw[i].value[field]);
		free(reading->raw[i].refused_link);
		free(reading->inferred[i].title);
		free(reading->inferred[i].text);
		free(reading->inferred[i].author);
		free(reading->inferred[i].image);
		free(reading->inferred[i].date);
	}
	extract_forget_seen(reading);
	free(reading->starts);
	free(reading->raw);
	free(reading->inferred);
	structured_free(reading->structured);
	free(reading->dated);
	free(reading->date_language);
	zone_free(reading->guessed_zone);
	listing_clear(&reading->items);
	free(reading->base);
}

static int
compare_starts(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

static void
sort_starts(struct reading *reading)
{
	size_t count = reading->items.count;
	reading->starts = xcalloc(count, sizeof(*reading->starts));
	for (size_t i = 0; i < count; i++)
		reading->starts[i] = reading->items.list[i].start;
	qsort(reading->starts, count, sizeof(*reading->starts), compare_starts);
}

static bool
find_items(struct reading *reading, struct extraction *out, struct error *err)
{
	if (reading->rules->items.count > 0)
		return extract_items_by_rules(reading, out, err);
	links_find(reading->rules, reading->page, reading->base,
	    reading->context, reading->structured, &reading->items);
	out->item_how = xasprintf("inferred: %s",
	    reading->items.how != NULL ? reading->items.how : "");
	out->choice = reading->items.choice;
	reading->items.choice = (struct choice){0};
	return true;
}

bool
extract_articles(const struct compiled_rules *rules, struct page *page,
    const struct extract_context *context, struct extraction *out,
    struct error *err)
{
	struct reading reading = {
	    .rules = rules,
	    .page = page,
	    .context = context,
	    .base = extract_base(page, context->url),
	};
	*out = (struct extraction){0};
	extract_description(page, reading.base, out);
	extract_set_dates(&reading, out->language);
	reading.structured =
	    structured_find(rules, page, context->url, reading.base);
	bool good = find_items(&reading, out, err);
	size_t count = reading.items.count;
	sort_starts(&reading);
	reading.raw = xcalloc(count, sizeof(*reading.raw));
	reading.dated = xcalloc(count, sizeof(*reading.dated));
	reading.inferred = xcalloc(count, sizeof(*reading.inferred));
	for (size_t i = 0; good && i < count; i++)
		good = extract_by_rules(&reading, i, err);
	if (good) {
		out->item_count = (uint32_t)count;
		infer_rest(&reading, out);
		extract_dates(&reading);
		say_rules(&reading, out);
		extract_make_articles(&reading, out);
		extract_say_dates(&reading, out);
		describe_list(&reading, out);
		find_next_page(&reading, out);
		remember_window(&reading, out);
	}
	reading_clear(&reading);
	if (!good)
		extraction_clear(out);
	return good;
}

void
choice_clear(struct choice *choice)
{
	free(choice->second);
	free(choice->second_words);
	*choice = (struct choice){0};
}

void
extraction_clear(struct extraction *extraction)
{
	articles_clear(&extraction->articles);
	free(extraction->page_title);
	free(extraction->site_title);
	free(extraction->heading);
	free(extraction->language);
	free(extraction->icon);
	free(extraction->item_how);
	free(extraction->list_path);
	free(extraction->next_url);
	free(extraction->next_how);
	free(extraction->window);
	free(extraction->spots);
	choice_clear(&extraction->choice);
	for (int field = 0; field < FIELD_COUNT; field++)
		free(extraction->how[field]);
	*extraction = (struct extraction){0};
}
