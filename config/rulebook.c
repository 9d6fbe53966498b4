#include "config/rulebook.h"

#include <stdlib.h>
#include <string.h>

#include "feed/link_template.h"
#include "feed/memory.h"
#include "feed/pattern.h"

#define TEXT_MAX 4096
#define LIST_MAX 100

/* --- selectors and expressions --- */

/* A text in which '#' is no rarity, so that a comment behind it is a trap. */
static const char *
expression_read(struct reader *reader, const char *key, const struct node *node)
{
	const char *text = text_read(reader, key, node, TEXT_MAX);
	if (text == NULL || !node->comment)
		return text;
	node_complain(reader, node, key,
	    "' #' begins a comment, and only '%.*s' is left; put the whole in "
	    "quotes, or the comment on a line of its own",
	    SHOWN(text));
	return NULL;
}

static const char *
selector_read(struct reader *reader, const char *key, const struct node *node)
{
	const char *text = expression_read(reader, key, node);
	if (text == NULL || strncmp(text, "xpath:", 6) != 0)
		return text;
	const char *rest = text + 6 + strspn(text + 6, " ");
	node_complain(reader, node, key,
	    "is a CSS selector; an XPath is written {xpath: '%.*s'}",
	    SHOWN(rest));
	return NULL;
}

/* item: [href] is a list to YAML, and so never what was meant. */
static bool
is_unquoted_attribute(
    struct reader *reader, const char *key, const struct node *node)
{
	if (node->kind != NODE_LIST || !node->flow || node->count != 1 ||
	    node->first->kind != NODE_TEXT || !node->first->plain)
		return false;
	const char *text = node->first->text;
	node_complain(reader, node, key,
	    "[%.*s] is a list to YAML; write '[%.*s]' in quotes if the "
	    "brackets belong to it, %.*s without them if not",
	    SHOWN(text), SHOWN(text), SHOWN(text));
	return true;
}

static void
rule_free(struct rule *rule)
{
	struct rules rules = {0};
	rule_list_add(&rules.items, *rule);
	rules_clear(&rules);
}

/* The members of {select: ..., pattern: ...}. */
static bool
rule_read_map(struct reader *reader, const char *key, const struct node *node,
    unsigned level, struct rule *rule)
{
	const char *texts[KEY_COUNT] = {NULL};
	struct values given = {0};
	size_t before = reader->findings->count;
	values_read(reader, node, level, &given);
	for (int which = KEY_SELECT; which <= KEY_EXCLUDE; which++) {
		const struct node *member = given.list[which].node;
		const char *name = schema_key((enum key)which)->name;
		if (member == NULL)
			continue;
		if (is_unquoted_attribute(reader, name, member))
			continue;
		texts[which] = which == KEY_SELECT || which == KEY_EXCLUDE
				   ? selector_read(reader, name, member)
				   : expression_read(reader, name, member);
	}
	if (reader->findings->count > before)
		return false;
	const char *select = texts[KEY_SELECT], *xpath = texts[KEY_XPATH];
	const char *attribute = texts[KEY_ATTRIBUTE];
	if ((select == NULL) == (xpath == NULL)) {
		node_complain(reader, node, key,
		    select == NULL ? "wants a select or an xpath"
				   : "has both select and xpath; one will do");
		return false;
	}
	if (attribute != NULL && xpath != NULL) {
		node_complain(reader, given.list[KEY_ATTRIBUTE].node,
		    "attribute", "goes with select; an xpath ends in /@%.*s",
		    SHOWN(attribute));
		return false;
	}
	*rule = (struct rule){
	    .css = attribute != NULL ? xasprintf("%s@%s", select, attribute)
				     : xstrdup_or_null(select),
	    .xpath = xstrdup_or_null(xpath),
	    .pattern = xstrdup_or_null(texts[KEY_PATTERN]),
	    .template = xstrdup_or_null(texts[KEY_TEMPLATE]),
	    .format = xstrdup_or_null(texts[KEY_FORMAT]),
	    .strip = xstrdup_or_null(texts[KEY_STRIP]),
	    .exclude = xstrdup_or_null(texts[KEY_EXCLUDE]),
	};
	return true;
}

static void
rule_read(struct reader *reader, const char *key, const struct node *node,
    enum field field, struct rule_list *list)
{
	struct rule rule = {0};
	if (node->kind == NODE_MAP) {
		if (!rule_read_map(reader, key, node,
			field == FIELD_COUNT ? LEVEL_ITEM : LEVEL_FIELD, &rule))
			return;
	} else {
		const char *css = selector_read(reader, key, node);
		if (css == NULL)
			return;
		rule.css = xstrdup(css);
	}
	struct error err;
	if (!rule_check(&rule, field, &err)) {
		node_complain(reader, node, key, "%s", err.reason);
		rule_free(&rule);
		return;
	}
	rule_list_add(list, rule);
}

/* One or a list of them. */
static void
rules_read(struct reader *reader, const char *key, const struct node *node,
    enum field field, struct rule_list *list)
{
	if (node->kind != NODE_LIST) {
		rule_read(reader, key, node, field, list);
		return;
	}
	if (is_unquoted_attribute(reader, key, node))
		return;
	if (node->count == 0 || node->count > LIST_MAX) {
		node_complain(reader, node, key,
		    node->count == 0 ? "is an empty list"
				     : "is a list of more than 100");
		return;
	}
	for (const struct node *one = node->first; one != NULL; one = one->next)
		rule_read(reader, key, one, field, list);
}

static void
fields_read(struct reader *reader, const struct node *node, struct rules *rules)
{
	if (node->kind != NODE_MAP) {
		node_complain(reader, node, "fields",
		    "wants a map: {title: SELECTOR, date: SELECTOR}");
		return;
	}
	struct values given = {0};
	values_read(reader, node, LEVEL_FIELDS, &given);
	for (int field = 0; field < FIELD_COUNT; field++) {
		enum key key = (enum key)(KEY_FIELD_LINK + field);
		if (given.list[key].node != NULL)
			rules_read(reader, schema_key(key)->name,
			    given.list[key].node, (enum field)field,
			    &rules->fields[field]);
	}
}

/* --- links --- */

static void
link_read(struct reader *reader, const struct node *node, struct rules *rules)
{
	static const char key[] = "article-link";
	bool is_pattern = node->kind == NODE_MAP;
	const struct node *where = node;
	if (is_pattern) {
		struct values given = {0};
		size_t before = reader->findings->count;
		values_read(reader, node, LEVEL_LINK, &given);
		where = given.list[KEY_PATTERN].node;
		if (where == NULL) {
			if (reader->findings->count == before)
				node_complain(reader, node, key,
				    "wants a template or {pattern: PCRE2}");
			return;
		}
	}
	/* a template holds no blank, so a comment behind it cuts nothing off */
	const char *text = is_pattern
			       ? expression_read(reader, "pattern", where)
			       : text_read(reader, key, where, TEXT_MAX);
	if (text == NULL)
		return;
	struct error err;
	struct link_template *template =
	    link_template_parse(text, is_pattern, &err);
	if (template == NULL) {
		node_complain(reader, where, is_pattern ? "pattern" : key, "%s",
		    err.reason);
		return;
	}
	link_template_free(template);
	rules->article_links = xreallocarray(rules->article_links,
	    rules->article_link_count + 1, sizeof(*rules->article_links));
	rules->article_links[rules->article_link_count++] =
	    (struct article_link){xstrdup(text), is_pattern};
}

static void
links_read(struct reader *reader, const struct node *node, struct rules *rules)
{
	if (node->kind != NODE_LIST) {
		link_read(reader, node, rules);
		return;
	}
	if (node->count == 0 || node->count > LIST_MAX)
		node_complain(reader, node, "article-link",
		    node->count == 0 ? "is an empty list"
				     : "is a list of more than 100");
	else
		for (const struct node *one = node->first; one != NULL;
		     one = one->next)
			link_read(reader, one, rules);
}

/* --- only and skip --- */

static void
filter_read(struct reader *reader, enum field field, bool skip,
    const struct node *node, struct rules *rules)
{
	struct error err;
	const char *key = field_name(field);
	const char *text = expression_read(reader, key, node);
	if (text == NULL)
		return;
	struct pattern *pattern = pattern_compile(text, &err);
	if (pattern == NULL) {
		node_complain(reader, node, key, "%s", err.reason);
		return;
	}
	pattern_free(pattern);
	rules->filters = xreallocarray(
	    rules->filters, rules->filter_count + 1, sizeof(*rules->filters));
	rules->filters[rules->filter_count++] =
	    (struct filter){field, xstrdup(text), skip};
}

static void
filters_read(struct reader *reader, const struct node *node, bool skip,
    struct rules *rules)
{
	if (node->kind != NODE_MAP || node->count == 0) {
		node_complain(reader, node, skip ? "skip" : "only",
		    "wants a map of fields and patterns: {title: '^PATTERN'}");
		return;
	}
	struct values given = {0};
	values_read(reader, node, LEVEL_FILTER, &given);
	for (int field = 0; field < FIELD_COUNT; field++) {
		const struct node *value =
		    given.list[KEY_FIELD_LINK + field].node;
		if (value == NULL)
			continue;
		if (value->kind != NODE_LIST) {
			filter_read(
			    reader, (enum field)field, skip, value, rules);
			continue;
		}
		if (is_unquoted_attribute(
			reader, field_name((enum field)field), value))
			continue;
		if (value->count == 0 || value->count > LIST_MAX)
			node_complain(reader, value,
			    field_name((enum field)field),
			    value->count == 0 ? "is an empty list"
					      : "is a list of more than 100");
		else
			for (const struct node *one = value->first; one != NULL;
			     one = one->next)
				filter_read(reader, (enum field)field, skip,
				    one, rules);
	}
}

/* --- layers --- */

bool
rule_layer_read(struct reader *reader, const struct values *values,
    struct rule_layer *layer)
{
	*layer = (struct rule_layer){0};
	const struct value *list = values->list;
	struct rules *rules = &layer->rules;
	if (list[KEY_ITEM].node != NULL)
		rules_read(reader, "item", list[KEY_ITEM].node, FIELD_COUNT,
		    &rules->items);
	if (list[KEY_FIELDS].node != NULL)
		fields_read(reader, list[KEY_FIELDS].node, rules);
	if (list[KEY_ARTICLE_LINK].node != NULL)
		links_read(reader, list[KEY_ARTICLE_LINK].node, rules);
	if (list[KEY_ONLY].node != NULL)
		filters_read(reader, list[KEY_ONLY].node, false, rules);
	if (list[KEY_SKIP].node != NULL)
		filters_read(reader, list[KEY_SKIP].node, true, rules);
	layer->parser_given = list[KEY_PARSER].node != NULL;
	rules->libxml2 = layer->parser_given && list[KEY_PARSER].number == 1;
	layer->use = list[KEY_USE].text;
	layer->use_node = list[KEY_USE].node;
	return list[KEY_ITEM].node != NULL || list[KEY_FIELDS].node != NULL ||
	       list[KEY_ARTICLE_LINK].node != NULL ||
	       list[KEY_ONLY].node != NULL || list[KEY_SKIP].node != NULL ||
	       layer->parser_given || layer->use != NULL;
}

void
rule_layer_clear(struct rule_layer *layer)
{
	rules_clear(&layer->rules);
	*layer = (struct rule_layer){0};
}

static bool
has_filter(const struct rules *rules, bool skip)
{
	for (size_t i = 0; i < rules->filter_count; i++)
		if (rules->filters[i].skip == skip)
			return true;
	return false;
}

/* Borrows the strings. */
static void
add_filters(struct rules *joined, const struct rules *rules, bool skip)
{
	joined->filters = xreallocarray(joined->filters,
	    joined->filter_count + rules->filter_count + 1,
	    sizeof(*joined->filters));
	for (size_t i = 0; i < rules->filter_count; i++)
		if (rules->filters[i].skip == skip)
			joined->filters[joined->filter_count++] =
			    rules->filters[i];
}

struct rules
rule_layers_join(const struct rule_layer *const *layers, size_t count)
{
	struct rules joined = {0}; /* borrows until it is copied */
	bool parser_given = false, only = false, skip = false;
	for (size_t i = 0; i < count; i++) {
		const struct rules *rules = &layers[i]->rules;
		if (joined.items.count == 0)
			joined.items = rules->items;
		for (int field = 0; field < FIELD_COUNT; field++)
			if (joined.fields[field].count == 0)
				joined.fields[field] = rules->fields[field];
		if (joined.article_link_count == 0) {
			joined.article_links = rules->article_links;
			joined.article_link_count = rules->article_link_count;
		}
		if (!parser_given && layers[i]->parser_given) {
			parser_given = true;
			joined.libxml2 = rules->libxml2;
		}
		if (!only && has_filter(rules, false)) {
			only = true;
			add_filters(&joined, rules, false);
		}
		if (!skip && has_filter(rules, true)) {
			skip = true;
			add_filters(&joined, rules, true);
		}
	}
	struct rules copy = rules_copy(&joined);
	free(joined.filters);
	return copy;
}
