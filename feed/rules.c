#include "feed/rules.h"

#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/date.h"
#include "feed/hash.h"
#include "feed/link_template.h"
#include "feed/memory.h"
#include "feed/page.h"
#include "feed/pattern.h"
#include "feed/select.h"
#include "feed/text.h"

static const char *const field_names[FIELD_COUNT] = {
    [FIELD_LINK] = "link",
    [FIELD_TITLE] = "title",
    [FIELD_TEXT] = "text",
    [FIELD_DATE] = "date",
    [FIELD_AUTHOR] = "author",
    [FIELD_IMAGE] = "image",
    [FIELD_CATEGORY] = "category",
};

const char *
field_name(enum field field)
{
	return field < FIELD_COUNT ? field_names[field] : "item";
}

static void
rule_clear(struct rule *rule)
{
	free(rule->css);
	free(rule->xpath);
	free(rule->pattern);
	free(rule->template);
	free(rule->format);
	free(rule->strip);
	free(rule->exclude);
}

static struct rule
rule_copy(const struct rule *rule)
{
	return (struct rule){
	    .css = xstrdup_or_null(rule->css),
	    .xpath = xstrdup_or_null(rule->xpath),
	    .pattern = xstrdup_or_null(rule->pattern),
	    .template = xstrdup_or_null(rule->template),
	    .format = xstrdup_or_null(rule->format),
	    .strip = xstrdup_or_null(rule->strip),
	    .exclude = xstrdup_or_null(rule->exclude),
	};
}

void
rule_list_add(struct rule_list *rules, struct rule rule)
{
	rules->list =
	    xreallocarray(rules->list, rules->count + 1, sizeof(rule));
	rules->list[rules->count++] = rule;
}

static void
rule_list_clear(struct rule_list *rules)
{
	for (size_t i = 0; i < rules->count; i++)
		rule_clear(&rules->list[i]);
	free(rules->list);
	*rules = (struct rule_list){0};
}

static struct rule_list
rule_list_copy(const struct rule_list *rules)
{
	struct rule_list copy = {0};
	for (size_t i = 0; i < rules->count; i++)
		rule_list_add(&copy, rule_copy(&rules->list[i]));
	return copy;
}

void
rules_drop_filters(struct rules *rules)
{
	for (size_t i = 0; i < rules->filter_count; i++)
		free(rules->filters[i].pattern);
	free(rules->filters);
	rules->filters = NULL;
	rules->filter_count = 0;
}

void
rules_clear(struct rules *rules)
{
	rule_list_clear(&rules->items);
	for (int field = 0; field < FIELD_COUNT; field++)
		rule_list_clear(&rules->fields[field]);
	for (size_t i = 0; i < rules->article_link_count; i++)
		free(rules->article_links[i].text);
	free(rules->article_links);
	rules_drop_filters(rules);
	*rules = (struct rules){0};
}

struct rules
rules_copy(const struct rules *rules)
{
	struct rules copy = {
	    .items = rule_list_copy(&rules->items),
	    .article_link_count = rules->article_link_count,
	    .filter_count = rules->filter_count,
	    .libxml2 = rules->libxml2,
	};
	for (int field = 0; field < FIELD_COUNT; field++)
		copy.fields[field] = rule_list_copy(&rules->fields[field]);
	copy.article_links =
	    xcalloc(rules->article_link_count, sizeof(*copy.article_links));
	for (size_t i = 0; i < rules->article_link_count; i++) {
		copy.article_links[i] = rules->article_links[i];
		copy.article_links[i].text =
		    xstrdup(rules->article_links[i].text);
	}
	copy.filters = xcalloc(rules->filter_count, sizeof(*copy.filters));
	for (size_t i = 0; i < rules->filter_count; i++) {
		copy.filters[i] = rules->filters[i];
		copy.filters[i].pattern = xstrdup(rules->filters[i].pattern);
	}
	return copy;
}

static void
hash_string(struct buffer *all, const char *string)
{
	/* the closing NUL keeps "ab" "c" apart from "a" "bc" */
	if (string != NULL)
		buffer_add(all, string, strlen(string) + 1);
	buffer_add_byte(all, string != NULL);
}

static void
hash_list(struct buffer *all, const struct rule_list *rules)
{
	for (size_t i = 0; i < rules->count; i++) {
		const struct rule *rule = &rules->list[i];
		hash_string(all, rule->css);
		hash_string(all, rule->xpath);
		hash_string(all, rule->pattern);
		hash_string(all, rule->template);
		hash_string(all, rule->format);
		hash_string(all, rule->strip);
		hash_string(all, rule->exclude);
	}
	buffer_add_byte(all, (char)0xff);
}

uint64_t
rules_hash(const struct rules *rules)
{
	struct buffer all = {0};
	hash_list(&all, &rules->items);
	for (int field = 0; field < FIELD_COUNT; field++)
		hash_list(&all, &rules->fields[field]);
	for (size_t i = 0; i < rules->article_link_count; i++) {
		hash_string(&all, rules->article_links[i].text);
		buffer_add_byte(&all, rules->article_links[i].is_pattern);
	}
	for (size_t i = 0; i < rules->filter_count; i++) {
		hash_string(&all, rules->filters[i].pattern);
		buffer_add_byte(&all, (char)rules->filters[i].field);
		buffer_add_byte(&all, rules->filters[i].skip);
	}
	buffer_add_byte(&all, rules->libxml2);
	uint64_t hash = hash_bytes(all.bytes, all.length);
	buffer_clear(&all);
	return hash;
}

/*
 * The field syntax behind a selector: "sel@attr", "sel::attr(x)", "sel::text",
 * "@attr" and ".".  An '@' inside brackets, parentheses or quotes belongs to
 * the selector.  *selector and *attribute are the caller's; either may be NULL.
 */
static bool
split_css(const char *css, char **selector, char **attribute, struct error *err)
{
	const char *cut = NULL;
	size_t skip = 1;
	int depth = 0;
	char quote = '\0';
	for (const char *at = css; *at != '\0'; at++) {
		if (*at == '\\' && at[1] != '\0')
			at++;
		else if (quote != '\0')
			quote = *at == quote ? '\0' : quote;
		else if (*at == '"' || *at == '\'')
			quote = *at;
		else if (*at == '[' || *at == '(')
			depth++;
		else if (*at == ']' || *at == ')')
			depth--;
		else if (depth == 0 && *at == '@')
			cut = at;
		else if (depth == 0 && strncmp(at, "::", 2) == 0) {
			cut = at;
			skip = 2;
			break;
		}
	}
	char *name = NULL;
	if (cut != NULL) {
		name = text_line(cut + skip, strlen(cut + skip), 100);
		size_t length = strlen(name);
		if (skip == 2 && strcmp(name, "text") == 0) {
			free(name);
			name = NULL;
		} else if (skip == 2 && length > 6 &&
			   strncmp(name, "attr(", 5) == 0 &&
			   name[length - 1] == ')') {
			memmove(name, name + 5, length - 6);
			name[length - 6] = '\0';
		} else if (skip == 2) {
			error_set(err,
			    "column %zu: after '::' comes text or "
			    "attr(name), not '%s'",
			    (size_t)(cut - css) + 1, name);
			free(name);
			return false;
		}
		if (name != NULL &&
		    (name[0] == '\0' ||
			strpbrk(name, " \t[](){}.#:>\"'") != NULL)) {
			error_set(err,
			    "column %zu: '@' wants an attribute's "
			    "name, as in img@src",
			    (size_t)(cut - css) + 1);
			free(name);
			return false;
		}
	}
	char *rest = text_line(
	    css, cut != NULL ? (size_t)(cut - css) : strlen(css), 4096);
	if (rest[0] == '\0' || strcmp(rest, ".") == 0) {
		free(rest);
		rest = NULL;
	}
	*selector = rest;
	*attribute = NULL;
	if (name != NULL) {
		*attribute = text_lower_ascii(name);
		free(name);
	}
	return true;
}

static void
compiled_rule_clear(struct compiled_rule *rule)
{
	selector_free(rule->selector);
	xpath_free(rule->xpath);
	free(rule->attribute);
	pattern_free(rule->pattern);
	pattern_free(rule->strip);
	selector_free(rule->exclude);
	free(rule->template);
	free(rule->format);
	free(rule->source);
	*rule = (struct compiled_rule){0};
}

static bool
compile_pattern(const char *expression, const char *key,
    struct pattern **pattern, struct error *err)
{
	if (expression == NULL)
		return true;
	*pattern = pattern_compile(expression, err);
	if (*pattern == NULL && err != NULL)
		error_set(err, "%s: %s", key, err->reason);
	return *pattern != NULL;
}

static bool
compile_css(const char *css, struct compiled_rule *rule, struct error *err)
{
	char *selector;
	if (!split_css(css, &selector, &rule->attribute, err))
		return false;
	if (selector != NULL) {
		rule->selector = selector_parse(selector, err);
		free(selector);
		return rule->selector != NULL;
	}
	return true;
}

static bool
compile_parts(const struct rule *from, struct compiled_rule *rule,
    enum field field, struct error *err)
{
	if (from->xpath != NULL) {
		rule->xpath = xpath_parse(from->xpath, err);
		if (rule->xpath == NULL)
			return false;
	} else if (from->css == NULL)
		return error_set(err, "a selector is missing: select or xpath");
	else if (!compile_css(from->css, rule, err))
		return false;
	if (field == FIELD_COUNT) {
		if (rule->attribute != NULL)
			return error_set(err,
			    "an item is an element: '@%s' belongs to a field",
			    rule->attribute);
		if (rule->selector == NULL && rule->xpath == NULL)
			return error_set(err, "'.' is no item");
	}
	if (from->format != NULL) {
		if (field != FIELD_DATE)
			return error_set(err, "format: only a date has one");
		if (!date_format_is_valid(from->format, err))
			return false;
	}
	if (from->template != NULL && from->pattern == NULL)
		return error_set(err,
		    "template: fills the groups of a pattern, which is "
		    "missing");
	if (from->exclude != NULL) {
		rule->exclude = selector_parse(from->exclude, err);
		if (rule->exclude == NULL)
			return err == NULL
				   ? false
				   : error_set(err, "exclude: %s", err->reason);
	}
	rule->template = xstrdup_or_null(from->template);
	rule->format = xstrdup_or_null(from->format);
	rule->source = xstrdup(from->xpath != NULL ? from->xpath : from->css);
	return compile_pattern(from->pattern, "pattern", &rule->pattern, err) &&
	       compile_pattern(from->strip, "strip", &rule->strip, err);
}

static bool
rule_compile(const struct rule *from, enum field field,
    struct compiled_rule *rule, struct error *err)
{
	*rule = (struct compiled_rule){0};
	if (compile_parts(from, rule, field, err))
		return true;
	compiled_rule_clear(rule);
	return false;
}

bool
rule_check(const struct rule *rule, enum field field, struct error *err)
{
	struct compiled_rule compiled;
	if (!rule_compile(rule, field, &compiled, err))
		return false;
	compiled_rule_clear(&compiled);
	return true;
}

static bool
compile_list(const struct rule_list *from, enum field field,
    struct compiled_list *rules, struct error *err)
{
	rules->list = xcalloc(from->count, sizeof(*rules->list));
	for (size_t i = 0; i < from->count; i++) {
		if (!rule_compile(
			&from->list[i], field, &rules->list[i], err)) {
			if (err != NULL)
				error_set(err, "%s: %s", field_name(field),
				    err->reason);
			return false;
		}
		rules->count++;
	}
	return true;
}

static bool
compile_rest(
    const struct rules *from, struct compiled_rules *rules, struct error *err)
{
	rules->link_templates =
	    xcalloc(from->article_link_count, sizeof(*rules->link_templates));
	for (size_t i = 0; i < from->article_link_count; i++) {
		struct link_template *template =
		    link_template_parse(from->article_links[i].text,
			from->article_links[i].is_pattern, err);
		if (template == NULL)
			return false;
		rules->link_templates[rules->link_template_count++] = template;
	}
	rules->filters = xcalloc(from->filter_count, sizeof(*rules->filters));
	for (size_t i = 0; i < from->filter_count; i++) {
		struct compiled_filter *filter = &rules->filters[i];
		filter->field = from->filters[i].field;
		filter->skip = from->filters[i].skip;
		if (!compile_pattern(from->filters[i].pattern,
			filter->skip ? "skip" : "only", &filter->pattern, err))
			return false;
		rules->filter_count++;
	}
	return true;
}

struct compiled_rules *
rules_compile(const struct rules *from, struct error *err)
{
	struct compiled_rules *rules = xcalloc(1, sizeof(*rules));
	rules->libxml2 = from->libxml2;
	bool good = compile_list(&from->items, FIELD_COUNT, &rules->items, err);
	for (int field = 0; good && field < FIELD_COUNT; field++)
		good = compile_list(&from->fields[field], (enum field)field,
		    &rules->fields[field], err);
	if (!good || !compile_rest(from, rules, err)) {
		compiled_rules_free(rules);
		return NULL;
	}
	return rules;
}

static void
compiled_list_clear(struct compiled_list *rules)
{
	for (size_t i = 0; i < rules->count; i++)
		compiled_rule_clear(&rules->list[i]);
	free(rules->list);
}

void
compiled_rules_free(struct compiled_rules *rules)
{
	if (rules == NULL)
		return;
	for (size_t i = 0; i < rules->filter_count; i++)
		pattern_free(rules->filters[i].pattern);
	free(rules->filters);
	for (size_t i = 0; i < rules->link_template_count; i++)
		link_template_free(rules->link_templates[i]);
	free(rules->link_templates);
	for (int field = 0; field < FIELD_COUNT; field++)
		compiled_list_clear(&rules->fields[field]);
	compiled_list_clear(&rules->items);
	free(rules);
}
