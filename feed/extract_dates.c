#include <stdlib.h>
#include <string.h>

#include "feed/country.h"
#include "feed/day_heading.h"
#include "feed/extract_private.h"
#include "feed/memory.h"
#include "feed/text.h"

/* By the language and the zone of the site. */
void
extract_set_dates(struct reading *reading, const char *page_language)
{
	const struct extract_context *context = reading->context;
	const char *language =
	    context->language != NULL ? context->language : page_language;
	const struct country *country =
	    context->zone_is_unknown ? country_of_zone(context->url, language)
				     : NULL;
	if (country != NULL)
		reading->guessed_zone = zone_from_rule(country->rule);
	reading->date_language = country_language(context->url, language);
	reading->dates = (struct date_context){
	    .now_s = context->now_s,
	    .zone = country != NULL ? reading->guessed_zone : context->zone,
	    .language = reading->date_language,
	};
}

/* The rule that gave the text decides how it is read. */
static struct moment
read_date(const struct reading *reading, const char *text)
{
	const struct compiled_list *list = &reading->rules->fields[FIELD_DATE];
	struct date_context dates = reading->dates;
	struct moment moment = {0};
	size_t start, length;
	dates.is_attribute = true;
	dates.is_date_node = true;
	for (size_t i = 0; i < list->count; i++)
		if (list->list[i].format != NULL &&
		    date_parse_format(
			text, list->list[i].format, &dates, &moment))
			return moment;
	if (date_parse(text, &dates, &moment) ||
	    date_find(text, &dates, &moment, &start, &length))
		return moment;
	return (struct moment){0};
}

/* What a person reads at the node whose attribute gave the date. */
static struct moment
read_visible_date(const struct reading *reading, uint32_t node)
{
	struct date_context dates = reading->dates;
	struct moment moment = {0};
	size_t start, length;
	dates.is_date_node = true;
	char *raw = page_text(reading->page, node, NULL, 0);
	char *text = text_line(raw, strlen(raw), 300);
	if (!date_parse(text, &dates, &moment) &&
	    !date_find(text, &dates, &moment, &start, &length))
		moment = (struct moment){0};
	free(text);
	free(raw);
	return moment;
}

/* An attribute's date by a rule: the node's text says another thing. */
static void
date_by_rule(const struct reading *reading, size_t index, struct dated *dated)
{
	const struct raw *raw = &reading->raw[index];
	uint32_t node = raw->node[FIELD_DATE];
	dated->text = raw->value[FIELD_DATE];
	dated->moment = read_date(reading, dated->text);
	if (node == PAGE_NONE || reading->page->text[node] != NULL)
		return;
	dated->visible = read_visible_date(reading, node);
	char *shown = page_text(reading->page, node, NULL, 0);
	dated->is_machine = strstr(shown, dated->text) == NULL;
	free(shown);
}

/* Read when the order of the numbers was not known yet. */
static void
date_by_inference(
    const struct reading *reading, size_t index, struct dated *dated)
{
	const struct inferred *inferred = &reading->inferred[index];
	dated->text = inferred->date;
	dated->is_machine = inferred->date_is_machine;
	dated->moment = inferred->published;
	dated->visible = inferred->visible;
	if (dated->text == NULL || dated->is_machine ||
	    reading->dates.order == DATE_ORDER_UNKNOWN)
		return;
	struct moment again = read_date(reading, dated->text);
	if (again.precision == dated->moment.precision)
		dated->moment = again;
}

/* The order of 03/05/2024 is one for the whole list. */
static void
vote_on_order(struct reading *reading)
{
	const char **texts = xcalloc(reading->items.count, sizeof(*texts));
	for (size_t i = 0; i < reading->items.count; i++) {
		texts[i] = reading->raw[i].value[FIELD_DATE];
		if (texts[i] == NULL)
			texts[i] = reading->inferred[i].date;
	}
	reading->dates.order =
	    date_vote(texts, reading->items.count, &reading->dates);
	free(texts);
}

void
extract_dates(struct reading *reading)
{
	vote_on_order(reading);
	for (size_t i = 0; i < reading->items.count; i++) {
		if (reading->raw[i].value[FIELD_DATE] != NULL)
			date_by_rule(reading, i, &reading->dated[i]);
		else
			date_by_inference(reading, i, &reading->dated[i]);
	}
	reading->is_wrong_utc = dating_settle(
	    reading->dated, reading->items.count, &reading->dates);
	reading->has_headings =
	    day_heading_settle(reading->page, &reading->items, reading->dated,
		&reading->dates, &reading->outside);
}

/* What the dates of the whole list had in common. */
void
extract_say_dates(const struct reading *reading, struct extraction *out)
{
	char **how = &out->how[FIELD_DATE];
	if (*how == NULL ||
	    (!reading->is_wrong_utc && !reading->is_page_clock &&
		!reading->has_headings))
		return;
	char *words = xasprintf("%s%s%s%s", *how,
	    reading->has_headings ? "; days from the headings above" : "",
	    reading->is_wrong_utc ? "; their UTC is local time by mistake" : "",
	    reading->is_page_clock
		? "; one time on all of them is the page's clock, refused"
		: "");
	free(*how);
	*how = words;
}
