#include "feed/extract.h"

#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/country.h"
#include "feed/date.h"
#include "feed/dating.h"
#include "feed/fill.h"
#include "feed/image.h"
#include "feed/infer.h"
#include "feed/intern.h"
#include "feed/links.h"
#include "feed/list_place.h"
#include "feed/memory.h"
#include "feed/pager.h"
#include "feed/pattern.h"
#include "feed/run.h"
#include "feed/script.h"
#include "feed/select.h"
#include "feed/structured.h"
#include "feed/text.h"
#include "feed/url.h"
#include "feed/window.h"

#define ITEMS_MAX 2000

struct reading {
	const struct compiled_rules *rules;
	struct page *page;
	const struct extract_context *context;
	char *base; /* what links are resolved against */
	struct date_context dates;
	struct structured *structured; /* what the page says to machines */
	char *date_language;
	struct zone *guessed_zone; /* or NULL: the context's counts */
	struct listing items;
	uint32_t *starts;  /* of the items, ascending */
	struct seen *seen; /* one for each rule that was asked so */
	size_t seen_count;
	struct raw { /* what rules gave, before it means anything */
		char *value[FIELD_COUNT];
		uint32_t node[FIELD_COUNT]; /* or PAGE_NONE */
		char *refused_link;         /* by article-link; or NULL */
	} * raw;
	bool wanted[FIELD_COUNT]; /* infer it */
	struct inferred *inferred;
	struct dated *dated;
	bool is_wrong_utc, is_page_clock; /* of the dates of the whole list */
	bool is_filled; /* structured data told something of an article */
	uint32_t by_rule[FIELD_COUNT]; /* items that a rule filled */
};

/* ---- the page itself ---- */

static const char *
meta_content(const struct page *page, const char *property)
{
	size_t count;
	const uint32_t *metas =
	    page_with_tag(page, page_tag_index(page, "meta"), &count);
	for (size_t i = 0; i < count; i++) {
		const char *name = page_attribute(page, metas[i], "property");
		if (name == NULL)
			name = page_attribute(page, metas[i], "name");
		if (name != NULL && text_equals_ignoring_case(name, property))
			return page_attribute(page, metas[i], "content");
	}
	return NULL;
}

/* HTML 4.2.3: the first base with an address counts, wherever it stands. */
char *
extract_base(const struct page *page, const char *url)
{
	size_t count;
	const uint32_t *bases =
	    page_with_tag(page, page_tag_index(page, "base"), &count);
	for (size_t i = 0; i < count; i++) {
		const char *href = page_attribute(page, bases[i], "href");
		if (href == NULL)
			continue;
		char *base = url_resolve(url, href, NULL);
		return base != NULL ? base : xstrdup(url);
	}
	return xstrdup(url);
}

static char *
find_icon(const struct page *page, const char *base)
{
	size_t count;
	const uint32_t *links =
	    page_with_tag(page, page_tag_index(page, "link"), &count);
	for (size_t i = 0; i < count; i++) {
		const char *rel = page_attribute(page, links[i], "rel");
		const char *href = page_attribute(page, links[i], "href");
		if (rel == NULL || href == NULL)
			continue;
		if (text_equals_ignoring_case(rel, "icon") ||
		    text_equals_ignoring_case(rel, "shortcut icon"))
			return url_resolve(base, href, NULL);
	}
	return NULL;
}

/* "정책 - 메트로신문" -> "정책": the part before the first divider. */
static char *
first_part(const char *title)
{
	static const char *const dividers[] = {
	    " - ", " | ", " :: ", " – ", " — ", " · ", " : ", " < ", NULL};
	size_t length = strlen(title);
	for (size_t i = 0; dividers[i] != NULL; i++) {
		const char *at = strstr(title, dividers[i]);
		if (at != NULL && at > title && (size_t)(at - title) < length)
			length = (size_t)(at - title);
	}
	char *part = text_line(title, length, 100);
	if (part[0] != '\0')
		return part;
	free(part);
	return NULL;
}

static char *
clean_or_null(const char *text, size_t max_characters)
{
	char *line =
	    text != NULL ? text_line(text, strlen(text), max_characters) : NULL;
	if (line != NULL && line[0] != '\0')
		return line;
	free(line);
	return NULL;
}

void
extract_description(
    const struct page *page, const char *base, struct extraction *out)
{
	const char *language = page_attribute(page, 0, "lang");
	out->page_title = clean_or_null(page->title, ARTICLE_TITLE_CHARACTERS);
	out->site_title =
	    clean_or_null(meta_content(page, "og:site_name"), 100);
	out->language = clean_or_null(language, 35);
	/* RFC 5646: letters, digits and dashes; anything else is no language */
	if (out->language != NULL &&
	    strspn(out->language, "abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") !=
		strlen(out->language)) {
		free(out->language);
		out->language = NULL;
	}
	out->icon = find_icon(page, base);
	if (out->page_title != NULL)
		out->heading = first_part(out->page_title);
	out->parser = page->parser;
}

/* ---- rules ---- */

/* Where the next item behind `end` begins, or PAGE_NONE. */
static uint32_t
next_start(const struct reading *reading, uint32_t end)
{
	size_t low = 0, high = reading->items.count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (reading->starts[middle] < end)
			low = middle + 1;
		else
			high = middle;
	}
	return low < reading->items.count ? reading->starts[low] : PAGE_NONE;
}

/* What a rule finds from a parent of items that are several siblings each: they
 * have no node of their own to look from.  Found once for all of them. */
struct seen {
	const struct compiled_rule *rule;
	uint32_t parent;
	struct nodes found;
	char **strings;
	size_t string_count;
};

static void
seen_clear(struct seen *seen)
{
	for (size_t i = 0; i < seen->string_count; i++)
		free(seen->strings[i]);
	free(seen->strings);
	nodes_clear(&seen->found);
	*seen = (struct seen){0};
}

static struct seen *
seen_from_parent(struct reading *reading, const struct compiled_rule *rule,
    uint32_t parent, struct error *err)
{
	size_t i = 0;
	while (i < reading->seen_count && reading->seen[i].rule != rule)
		i++;
	if (i == reading->seen_count) {
		reading->seen =
		    xreallocarray(reading->seen, i + 1, sizeof(*reading->seen));
		reading->seen[reading->seen_count++] = (struct seen){0};
	}
	struct seen *seen = &reading->seen[i];
	if (seen->rule != NULL && seen->parent == parent)
		return seen;
	seen_clear(seen);
	if (!xpath_evaluate(rule->xpath, reading->page, parent, &seen->found,
		&seen->strings, &seen->string_count, err))
		return NULL;
	seen->rule = rule;
	seen->parent = parent;
	/* a text of the whole parent is none of an item's */
	if (seen->string_count > 0 && seen->string_count != seen->found.count)
		nodes_clear(&seen->found);
	return seen;
}

static bool
rule_nodes(const struct reading *reading, const struct compiled_rule *rule,
    const struct item *item, struct nodes *found, char ***strings,
    size_t *string_count, struct error *err)
{
	struct page *page = reading->page;
	*strings = NULL;
	*string_count = 0;
	if (rule->xpath != NULL)
		return xpath_evaluate(rule->xpath, page, item->start, found,
		    strings, string_count, err);
	if (rule->selector == NULL) {
		nodes_add(found, item->start);
		return true;
	}
	if (!selector_run(
		rule->selector, page, item->start, item->end, found, err))
		return false;
	/* "~ p" looks beyond the item, but not beyond the next one */
	uint32_t limit = next_start(reading, item->end);
	while (found->count > 0 && found->list[found->count - 1] >= limit)
		found->count--;
	return true;
}

static char *
text_without(const struct reading *reading, const struct compiled_rule *rule,
    uint32_t node, struct error *err)
{
	struct nodes skip = {0};
	char *text = NULL;
	if (rule->exclude == NULL ||
	    selector_all(rule->exclude, reading->page, node, &skip, err))
		text = page_text(reading->page, node, skip.list, skip.count);
	nodes_clear(&skip);
	return text;
}

static uint32_t
anchor_near(const struct page *page, uint32_t node)
{
	for (uint32_t at = node; at < page->end[node]; at++)
		if (strcmp(page_tag(page, at), "a") == 0 &&
		    page_attribute(page, at, "href") != NULL)
			return at;
	for (uint32_t at = page->parent[node]; at != PAGE_NONE;
	     at = page->parent[at])
		if (strcmp(page_tag(page, at), "a") == 0)
			return at;
	return PAGE_NONE;
}

/* A pattern is meant for the attribute as it is written. */
static char *
attribute_value(const struct page *page, uint32_t node,
    const struct compiled_rule *rule, enum field field)
{
	const char *value = page_attribute(page, node, rule->attribute);
	if (value == NULL)
		return NULL;
	return field == FIELD_IMAGE && rule->pattern == NULL
		   ? image_value(rule->attribute, value)
		   : xstrdup(value);
}

/* Asked for by name a script is text like any other. */
static char *
script_text(const struct page *page, uint32_t node)
{
	return node + 1 < page->end[node] && page->text[node + 1] != NULL
		   ? xstrdup(page->text[node + 1])
		   : NULL;
}

/* What a node is worth for a field; NULL if nothing. */
static char *
node_value(const struct reading *reading, const struct compiled_rule *rule,
    enum field field, uint32_t node, struct error *err)
{
	const struct page *page = reading->page;
	if (rule->attribute != NULL)
		return attribute_value(page, node, rule, field);
	if (strcmp(page_tag(page, node), "script") == 0)
		return script_text(page, node);
	if (field == FIELD_IMAGE)
		return image_find(page, node, reading->base);
	if (field == FIELD_LINK) {
		uint32_t anchor = page_attribute(page, node, "href") != NULL
				      ? node
				      : anchor_near(page, node);
		return anchor == PAGE_NONE ? NULL
					   : xstrdup_or_null(page_attribute(
						 page, anchor, "href"));
	}
	if (field == FIELD_DATE && rule->pattern == NULL &&
	    rule->format == NULL && rule->strip == NULL &&
	    rule->exclude == NULL && page->text[node] == NULL) {
		const char *machine =
		    infer_machine_date(page, node, &reading->dates);
		if (machine != NULL)
			return xstrdup(machine);
	}
	if (page->text[node] != NULL)
		return xstrdup(page->text[node]);
	return text_without(reading, rule, node, err);
}

/* pattern, template and strip; takes the value, NULL if it falls through. */
static char *
value_shaped(const struct compiled_rule *rule, enum field field, char *value)
{
	if (value == NULL)
		return NULL;
	char *clean =
	    field == FIELD_TEXT
		? text_paragraphs(value, strlen(value), ARTICLE_TEXT_BYTES)
		: text_line(value, strlen(value), 20000);
	free(value);
	if (rule->pattern != NULL) {
		char *part =
		    rule->template != NULL
			? pattern_fill(rule->pattern, clean, rule->template)
			: pattern_capture(rule->pattern, clean);
		free(clean);
		clean = part;
	}
	if (clean != NULL && rule->strip != NULL) {
		char *rest = pattern_remove(rule->strip, clean);
		free(clean);
		clean = field == FIELD_TEXT
			    ? text_paragraphs(
				  rest, strlen(rest), ARTICLE_TEXT_BYTES)
			    : text_line(rest, strlen(rest), 20000);
		free(rest);
	}
	if (clean != NULL && clean[0] == '\0') {
		free(clean);
		return NULL;
	}
	return clean;
}

static bool
date_is_good(const struct reading *reading, const struct compiled_rule *rule,
    const char *value)
{
	struct date_context dates = reading->dates;
	struct moment moment;
	size_t start, length;
	dates.is_attribute = rule->attribute != NULL;
	dates.is_date_node = true;
	if (rule->format != NULL)
		return date_parse_format(value, rule->format, &dates, &moment);
	return date_parse(value, &dates, &moment) ||
	       date_find(value, &dates, &moment, &start, &length);
}

/* An address of this page's own ("#", a script's call) leads to no story; one
 * that article-link refuses is kept for when there is no other. */
static bool
link_is_good(const struct reading *reading, struct raw *raw, const char *value)
{
	char *key = NULL;
	char *link =
	    value[0] != '#' ? url_canonical(reading->base, value, NULL) : NULL;
	bool good = link != NULL && links_accept(reading->rules, link, &key);
	if (link != NULL && !good && raw->refused_link == NULL)
		raw->refused_link = xstrdup(value);
	free(key);
	free(link);
	return good;
}

static bool
image_is_good(const struct reading *reading, const char *value)
{
	char *picture = image_value("src", value);
	char *url =
	    picture != NULL ? url_resolve(reading->base, picture, NULL) : NULL;
	free(picture);
	free(url);
	return url != NULL;
}

static bool
value_is_good(const struct reading *reading, const struct compiled_rule *rule,
    enum field field, struct raw *raw, const char *value)
{
	switch (field) {
	case FIELD_DATE:
		return date_is_good(reading, rule, value);
	case FIELD_LINK:
		return link_is_good(reading, raw, value);
	case FIELD_IMAGE:
		return image_is_good(reading, value);
	default:
		return true;
	}
}

/* Takes the value; true if it is the field's. */
static bool
take_value(const struct reading *reading, const struct compiled_rule *rule,
    enum field field, struct raw *raw, char *value)
{
	char *clean = value_shaped(rule, field, value);
	if (clean != NULL && !value_is_good(reading, rule, field, raw, clean)) {
		free(clean);
		clean = NULL;
	}
	raw->value[field] = clean;
	return clean != NULL;
}

static bool
take_node(const struct reading *reading, const struct compiled_rule *rule,
    enum field field, struct raw *raw, uint32_t node, struct error *err)
{
	const struct page *page = reading->page;
	bool good = take_value(reading, rule, field, raw,
	    node_value(reading, rule, field, node, err));
	/* a link whose address says nothing may say it in its script */
	if (!good && field == FIELD_LINK && rule->attribute == NULL &&
	    rule->pattern != NULL)
		good = take_value(reading, rule, field, raw,
		    xstrdup_or_null(page_attribute(page, node, "onclick")));
	if (good)
		raw->node[field] = node;
	return good;
}

/* The first good value among what the parent's XPath finds in the item. */
static bool
rule_value_over_run(struct reading *reading, const struct compiled_rule *rule,
    enum field field, const struct item *item, struct raw *raw,
    struct error *err)
{
	const struct seen *seen = seen_from_parent(
	    reading, rule, reading->page->parent[item->start], err);
	if (seen == NULL)
		return false;
	for (size_t i = 0; i < seen->found.count; i++) {
		uint32_t node = seen->found.list[i];
		if (node < item->start || node >= item->end)
			continue;
		if (seen->string_count > 0
			? take_value(reading, rule, field, raw,
			      xstrdup(seen->strings[i]))
			: take_node(reading, rule, field, raw, node, err))
			break;
	}
	return true;
}

static bool
rule_value(struct reading *reading, const struct compiled_rule *rule,
    enum field field, const struct item *item, struct raw *raw,
    struct error *err)
{
	struct nodes found = {0};
	char **strings;
	size_t string_count;
	bool good = rule_nodes(
	    reading, rule, item, &found, &strings, &string_count, err);
	bool taken = false;
	for (size_t i = 0; good && i < string_count && !taken; i++)
		taken =
		    take_value(reading, rule, field, raw, xstrdup(strings[i]));
	for (size_t i = 0; good && i < found.count && !taken; i++)
		taken = string_count == 0 && take_node(reading, rule, field,
						 raw, found.list[i], err);
	for (size_t i = 0; i < string_count; i++)
		free(strings[i]);
	free(strings);
	nodes_clear(&found);
	if (good && !taken && rule->xpath != NULL &&
	    item->end > reading->page->end[item->start])
		good =
		    rule_value_over_run(reading, rule, field, item, raw, err);
	return good;
}

static bool
read_item(struct reading *reading, size_t index, struct error *err)
{
	struct raw *raw = &reading->raw[index];
	for (int field = 0; field < FIELD_COUNT; field++) {
		const struct compiled_list *list =
		    &reading->rules->fields[field];
		raw->node[field] = PAGE_NONE;
		for (size_t i = 0; i < list->count && raw->value[field] == NULL;
		     i++)
			if (!rule_value(reading, &list->list[i],
				(enum field)field, &reading->items.list[index],
				raw, err))
				return false;
		reading->by_rule[field] += raw->value[field] != NULL;
	}
	if (raw->value[FIELD_LINK] == NULL) {
		raw->value[FIELD_LINK] = raw->refused_link;
		raw->refused_link = NULL;
	}
	return true;
}

/* ---- items ---- */

static bool
items_by_rule(
    struct reading *reading, struct extraction *out, struct error *err)
{
	struct page *page = reading->page;
	const struct compiled_list *blocks = &reading->rules->items;
	struct buffer how = {0};
	bool *taken = xcalloc(page->count, sizeof(*taken));
	bool good = true;
	for (size_t i = 0; good && i < blocks->count; i++) {
		const struct compiled_rule *rule = &blocks->list[i];
		struct nodes found = {0};
		good = rule->xpath != NULL
			   ? xpath_evaluate(
				 rule->xpath, page, 0, &found, NULL, NULL, err)
			   : selector_all(rule->selector, page, 0, &found, err);
		buffer_add_format(&how, "%s'%s' %zu", i == 0 ? "rule " : ", ",
		    rule->source, good ? found.count : 0);
		for (size_t k = 0; good && k < found.count &&
				   reading->items.count < ITEMS_MAX;
		     k++) {
			uint32_t node = found.list[k];
			if (taken[node])
				continue;
			taken[node] = true;
			listing_add(
			    &reading->items, (struct item){.start = node,
						 .end = page->end[node]});
		}
		nodes_clear(&found);
	}
	free(taken);
	run_extend(page, &reading->items);
	char *words = buffer_take(&how);
	out->item_how = text_line(words, strlen(words), 400);
	free(words);
	return good;
}

/* ---- links ---- */

/* Of an item whose link no rule gave: round the title, else the best. */
static char *
choose_link(const struct reading *reading, const struct item *item,
    uint32_t title, char **key)
{
	const struct page *page = reading->page;
	char *best = NULL;
	double best_score = 0;
	*key = NULL;
	uint32_t around =
	    title != PAGE_NONE ? anchor_near(page, title) : PAGE_NONE;
	for (uint32_t node = item->start; node < item->end; node++) {
		if (page->text[node] != NULL)
			continue;
		const char *href = strcmp(page_tag(page, node), "a") == 0
				       ? page_attribute(page, node, "href")
				       : NULL;
		char *link = href != NULL && href[0] != '#'
				 ? url_canonical(reading->base, href, NULL)
				 : NULL;
		if (link == NULL)
			link = script_link(
			    reading->rules, page, node, reading->base);
		char *found = NULL;
		if (link == NULL ||
		    !links_accept(reading->rules, link, &found)) {
			free(link);
			continue;
		}
		char *raw = page_text(page, node, NULL, 0);
		char *words = text_line(raw, strlen(raw), 300);
		double score = links_score(link, reading->base, words) +
			       (node == around ? 1000 : 0);
		free(raw);
		free(words);
		if (best == NULL || score > best_score) {
			free(best);
			free(*key);
			best = link;
			*key = found;
			best_score = score;
		} else {
			free(link);
			free(found);
		}
	}
	/* the item may stand inside its link */
	if (best == NULL && around != PAGE_NONE) {
		const char *href = page_attribute(page, around, "href");
		best = href != NULL ? url_canonical(reading->base, href, NULL)
				    : NULL;
		if (best != NULL && !links_accept(reading->rules, best, key)) {
			free(best);
			best = NULL;
		}
	}
	return best;
}

static void
find_link(const struct reading *reading, size_t index, struct article *article)
{
	struct item *item = &reading->items.list[index];
	struct raw *raw = &reading->raw[index];
	if (raw->value[FIELD_LINK] != NULL) {
		article->link =
		    url_canonical(reading->base, raw->value[FIELD_LINK], NULL);
		if (article->link != NULL &&
		    !links_accept(
			reading->rules, article->link, &article->key)) {
			free(article->link);
			article->link = NULL;
		}
		return;
	}
	if (item->link != NULL) {
		article->link = xstrdup(item->link);
		article->key = xstrdup_or_null(item->key);
		return;
	}
	uint32_t title = raw->node[FIELD_TITLE];
	if (title == PAGE_NONE)
		title = reading->inferred[index].title_node;
	if (title == PAGE_NONE)
		title = item->start;
	article->link = choose_link(reading, item, title, &article->key);
}

/* ---- dates ---- */

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

/* True if a Z was no UTC. */
static bool
date_items(struct reading *reading)
{
	vote_on_order(reading);
	for (size_t i = 0; i < reading->items.count; i++) {
		if (reading->raw[i].value[FIELD_DATE] != NULL)
			date_by_rule(reading, i, &reading->dated[i]);
		else
			date_by_inference(reading, i, &reading->dated[i]);
	}
	return dating_settle(
	    reading->dated, reading->items.count, &reading->dates);
}

/* ---- articles ---- */

static void
take_text(char **to, enum field field, const struct raw *raw, char **inferred)
{
	const char *value = raw->value[field];
	if (value == NULL)
		value = *inferred;
	if (value == NULL)
		return;
	if (field == FIELD_TEXT)
		*to = text_paragraphs(value, strlen(value), ARTICLE_TEXT_BYTES);
	else
		*to = text_line(value, strlen(value),
		    field == FIELD_TITLE ? ARTICLE_TITLE_CHARACTERS
					 : ARTICLE_AUTHOR_CHARACTERS);
	if (*to != NULL && (*to)[0] == '\0') {
		free(*to);
		*to = NULL;
	}
}

static struct article
make_article(const struct reading *reading, size_t index)
{
	struct raw *raw = &reading->raw[index];
	struct inferred *inferred = &reading->inferred[index];
	char *none = NULL;
	struct article article = {.position = (int32_t)index};
	find_link(reading, index, &article);
	take_text(&article.title, FIELD_TITLE, raw, &inferred->title);
	take_text(&article.text, FIELD_TEXT, raw, &inferred->text);
	take_text(&article.author, FIELD_AUTHOR, raw, &inferred->author);
	take_text(&article.category, FIELD_CATEGORY, raw, &none);
	if (raw->value[FIELD_IMAGE] != NULL)
		article.image =
		    url_resolve(reading->base, raw->value[FIELD_IMAGE], NULL);
	else {
		article.image = inferred->image;
		inferred->image = NULL;
	}
	article.published = reading->dated[index].moment;
	return article;
}

static const char *
field_of(const struct article *article, enum field field)
{
	switch (field) {
	case FIELD_TITLE:
		return article->title;
	case FIELD_TEXT:
		return article->text;
	case FIELD_AUTHOR:
		return article->author;
	case FIELD_LINK:
		return article->link;
	case FIELD_CATEGORY:
		return article->category;
	default:
		return NULL;
	}
}

/* `only` must all match, no `skip` may. */
static bool
is_wanted(const struct compiled_rules *rules, const struct article *article)
{
	for (size_t i = 0; i < rules->filter_count; i++) {
		const struct compiled_filter *filter = &rules->filters[i];
		const char *value = field_of(article, filter->field);
		bool matches =
		    value != NULL && pattern_matches(filter->pattern, value);
		if (matches == filter->skip)
			return false;
	}
	return true;
}

static bool
has_filter_on(const struct compiled_rules *rules, enum field field)
{
	for (size_t i = 0; i < rules->filter_count; i++)
		if (rules->filters[i].field == field)
			return true;
	return false;
}

static void
fill(char **to, char **from)
{
	if (*to == NULL) {
		*to = *from;
		*from = NULL;
	}
}

/* The first place on the page counts; a second one fills what it lacks. */
static bool
is_repeated(
    struct intern *stories, struct articles *articles, struct article *article)
{
	const char *story = article->key != NULL ? article->key : article->link;
	uint32_t place = intern_add(stories, story, strlen(story)) - 1;
	if (place == articles->count)
		return false;
	struct article *known = &articles->list[place];
	fill(&known->text, &article->text);
	fill(&known->author, &article->author);
	fill(&known->image, &article->image);
	if (known->published.precision == PRECISION_NONE)
		known->published = article->published;
	return true;
}

/* Of an empty list: what structured data names instead.  Rules that say where
 * the items are have the last word. */
static struct article *
list_from_data(struct reading *reading, struct extraction *out, size_t *count)
{
	const struct record **records = NULL;
	*count = 0;
	if (reading->rules->items.count == 0) {
		structured_add_state(reading->structured, NULL, 0);
		*count = structured_list(reading->structured, &records);
	}
	if (*count == 0)
		return NULL;
	const char *source =
	    structured_source_name(records[0]->source[FIELD_TITLE]);
	struct article *articles = xcalloc(*count, sizeof(*articles));
	for (size_t i = 0; i < *count; i++) {
		articles[i].link = xstrdup(records[i]->value[FIELD_LINK]);
		articles[i].key = xstrdup_or_null(records[i]->key);
		articles[i].title = structured_text(records[i], FIELD_TITLE);
	}
	free(records);
	free(out->item_how);
	out->item_how =
	    xasprintf("inferred: %zu articles from %s", *count, source);
	for (int field = FIELD_LINK; field <= FIELD_TITLE; field++) {
		free(out->how[field]);
		out->how[field] =
		    xasprintf("%s, %zu/%zu", source, *count, *count);
	}
	out->item_count = (uint32_t)*count;
	return articles;
}

static void
fill_from_data(struct reading *reading, struct article *articles, size_t count,
    bool from_data, struct extraction *out)
{
	struct fill fill = {
	    .structured = reading->structured,
	    .dates = &reading->dates,
	    .site_title = out->site_title,
	    .item_count = count,
	};
	for (int field = 0; field < FIELD_COUNT; field++)
		fill.wanted[field] = from_data || reading->wanted[field];
	/* it is for filters alone */
	fill.wanted[FIELD_CATEGORY] &=
	    has_filter_on(reading->rules, FIELD_CATEGORY);
	if (!from_data && fill_is_needed(&fill, articles, count))
		structured_add_state(reading->structured, articles, count);
	reading->is_filled = fill_articles(&fill, articles, count, out->how);
}

static void
note_filled(const struct article *article, uint32_t filled[FIELD_COUNT])
{
	const char *const values[FIELD_COUNT] = {
	    [FIELD_LINK] = article->link,
	    [FIELD_TITLE] = article->title,
	    [FIELD_TEXT] = article->text,
	    [FIELD_AUTHOR] = article->author,
	    [FIELD_IMAGE] = article->image,
	    [FIELD_CATEGORY] = article->category,
	};
	for (int field = 0; field < FIELD_COUNT; field++)
		filled[field] += values[field] != NULL;
	filled[FIELD_DATE] += article->published.precision != PRECISION_NONE;
}

/* Takes the articles; items[i] is where each of them stands, or NULL. */
static void
take_articles(struct reading *reading, struct article *articles, size_t count,
    const struct item *items, struct extraction *out)
{
	struct intern stories;
	intern_init(
	    &stories, intern_seed(reading->base, strlen(reading->base)), false);
	if (items != NULL)
		out->spots = xcalloc(count, sizeof(*out->spots));
	for (size_t i = 0; i < count; i++) {
		struct article article = articles[i];
		note_filled(&article, out->filled);
		if (article.link == NULL || article.title == NULL)
			out->dropped++;
		else if (!is_wanted(reading->rules, &article))
			out->filtered++;
		else if (!is_repeated(&stories, &out->articles, &article)) {
			size_t place = out->articles.count;
			if (items != NULL)
				out->spots[place] =
				    (struct spot){items[i].start, items[i].end};
			article.position = (int32_t)place;
			articles_add(&out->articles, article);
			continue;
		}
		article_clear(&article);
	}
	intern_clear(&stories);
	free(articles);
}

static void
make_articles(struct reading *reading, struct extraction *out)
{
	size_t count = reading->items.count;
	bool from_data = count == 0;
	struct article *articles;
	if (from_data)
		articles = list_from_data(reading, out, &count);
	else
		articles = xcalloc(count, sizeof(*articles));
	for (size_t i = 0; !from_data && i < count; i++)
		articles[i] = make_article(reading, i);
	reading->is_page_clock =
	    dating_drop_clock(articles, count, &reading->dates);
	fill_from_data(reading, articles, count, from_data, out);
	dating_refine(articles, count, from_data ? NULL : reading->dated,
	    &reading->dates);
	take_articles(reading, articles, count,
	    from_data ? NULL : reading->items.list, out);
}

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
	if (rules->items.count > 1 || reading->is_filled)
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
	for (size_t i = 0; i < reading->seen_count; i++)
		seen_clear(&reading->seen[i]);
	free(reading->seen);
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

/* By the language and the zone of the site. */
static void
set_dates(struct reading *reading, const char *page_language)
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

/* What was wrong with the dates of the whole list. */
static void
say_dates(const struct reading *reading, struct extraction *out)
{
	char **how = &out->how[FIELD_DATE];
	if (*how == NULL || (!reading->is_wrong_utc && !reading->is_page_clock))
		return;
	char *words = xasprintf("%s%s%s", *how,
	    reading->is_wrong_utc ? "; their UTC is local time by mistake" : "",
	    reading->is_page_clock
		? "; one time on all of them is the page's clock, refused"
		: "");
	free(*how);
	*how = words;
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
		return items_by_rule(reading, out, err);
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
	set_dates(&reading, out->language);
	reading.structured =
	    structured_find(rules, page, context->url, reading.base);
	bool good = find_items(&reading, out, err);
	size_t count = reading.items.count;
	sort_starts(&reading);
	reading.raw = xcalloc(count, sizeof(*reading.raw));
	reading.dated = xcalloc(count, sizeof(*reading.dated));
	reading.inferred = xcalloc(count, sizeof(*reading.inferred));
	for (size_t i = 0; good && i < count; i++)
		good = read_item(&reading, i, err);
	if (good) {
		out->item_count = (uint32_t)count;
		infer_rest(&reading, out);
		reading.is_wrong_utc = date_items(&reading);
		say_rules(&reading, out);
		make_articles(&reading, out);
		say_dates(&reading, out);
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
