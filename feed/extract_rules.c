#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/extract_private.h"
#include "feed/image.h"
#include "feed/memory.h"
#include "feed/pattern.h"
#include "feed/run.h"
#include "feed/select.h"
#include "feed/text.h"
#include "feed/url.h"

#define ITEMS_MAX 2000

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

uint32_t
extract_anchor_near(const struct page *page, uint32_t node)
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
				      : extract_anchor_near(page, node);
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

bool
extract_by_rules(struct reading *reading, size_t index, struct error *err)
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

void
extract_forget_seen(struct reading *reading)
{
	for (size_t i = 0; i < reading->seen_count; i++)
		seen_clear(&reading->seen[i]);
	free(reading->seen);
}

bool
extract_items_by_rules(
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
