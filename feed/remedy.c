#include "feed/remedy.h"

#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/memory.h"
#include "feed/text.h"

void
remedy_clear(struct remedy *remedy)
{
	rules_clear(&remedy->rules);
	*remedy = (struct remedy){0};
}

struct remedy
remedy_copy(const struct remedy *from)
{
	return (struct remedy){
	    .rules = rules_copy(&from->rules),
	    .kept = from->kept,
	};
}

/* FIELD_COUNT: the items'. */
static struct rule_list *
list_at(struct rules *rules, int field)
{
	return field == FIELD_COUNT ? &rules->items : &rules->fields[field];
}

static const struct rule_list *
const_list_at(const struct rules *rules, int field)
{
	return field == FIELD_COUNT ? &rules->items : &rules->fields[field];
}

static bool
is_kept(const struct remedy *remedy, int field)
{
	return (remedy->kept >> field & 1) != 0;
}

bool
remedy_is_none(const struct remedy *remedy)
{
	return remedy->rules.items.count == 0 && !is_kept(remedy, FIELD_COUNT);
}

static bool
is_same_string(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool
is_same_rule(const struct rule *a, const struct rule *b)
{
	return is_same_string(a->css, b->css) &&
	       is_same_string(a->xpath, b->xpath) &&
	       is_same_string(a->pattern, b->pattern) &&
	       is_same_string(a->template, b->template) &&
	       is_same_string(a->format, b->format) &&
	       is_same_string(a->strip, b->strip) &&
	       is_same_string(a->exclude, b->exclude);
}

static bool
is_same_list(const struct rule_list *a, const struct rule_list *b)
{
	bool same = a->count == b->count;
	for (size_t i = 0; same && i < a->count; i++)
		same = is_same_rule(&a->list[i], &b->list[i]);
	return same;
}

static bool
is_selector(const struct rule *rule)
{
	struct rule bare = {.css = rule->css};
	return rule->css != NULL && is_same_rule(rule, &bare);
}

/* Copies selectors; false if there is anything else. */
static bool
add_selectors(struct rule_list *to, const struct rule_list *from)
{
	for (size_t i = 0; i < from->count; i++) {
		if (!is_selector(&from->list[i]))
			return false;
		rule_list_add(
		    to, (struct rule){.css = xstrdup(from->list[i].css)});
	}
	return true;
}

bool
remedy_find(const struct rules *given, const struct rules *healed,
    struct remedy *remedy)
{
	struct remedy found = {0};
	bool good = healed->items.count > 0;
	for (int field = 0; good && field <= FIELD_COUNT; field++) {
		const struct rule_list *before = const_list_at(given, field);
		const struct rule_list *now = const_list_at(healed, field);
		if (before->count > 0 && is_same_list(before, now))
			found.kept |= 1u << field;
		else
			good = add_selectors(list_at(&found.rules, field), now);
	}
	if (good)
		*remedy = found;
	else
		remedy_clear(&found);
	return good;
}

struct rules
remedy_apply(const struct rules *given, const struct remedy *remedy)
{
	struct rules bare = *given;
	if (remedy_is_none(remedy))
		return rules_copy(given);
	for (int field = 0; field <= FIELD_COUNT; field++)
		if (!is_kept(remedy, field))
			*list_at(&bare, field) =
			    *const_list_at(&remedy->rules, field);
	return rules_copy(&bare);
}

/* ---- as text ---- */

static const char *
name_at(int field)
{
	return field == FIELD_COUNT ? "item" : field_name((enum field)field);
}

char *
remedy_write(const struct remedy *remedy)
{
	struct buffer out = {0};
	buffer_add_string(&out, "");
	for (int field = FIELD_COUNT; field >= 0; field--) {
		const struct rule_list *list =
		    const_list_at(&remedy->rules, field);
		for (size_t i = 0; i < list->count; i++)
			buffer_add_format(&out, "%s: %s\n", name_at(field),
			    list->list[i].css);
		if (is_kept(remedy, field))
			buffer_add_format(&out, "keep: %s\n", name_at(field));
	}
	return buffer_take(&out);
}

/* -1: no field, nor the items. */
static int
field_of(const char *name, size_t length)
{
	for (int field = 0; field <= FIELD_COUNT; field++)
		if (strlen(name_at(field)) == length &&
		    memcmp(name_at(field), name, length) == 0)
			return field;
	return -1;
}

static bool
read_line(const char *line, size_t length, struct remedy *remedy)
{
	const char *colon = memmem(line, length, ": ", 2);
	if (colon == NULL || !text_is_clean(line, length, false))
		return false;
	const char *value = colon + 2;
	size_t value_length = length - (size_t)(value - line);
	size_t name_length = (size_t)(colon - line);
	if (name_length == 4 && memcmp(line, "keep", 4) == 0) {
		int kept = field_of(value, value_length);
		if (kept >= 0)
			remedy->kept |= 1u << kept;
		return kept >= 0;
	}
	int field = field_of(line, name_length);
	struct rule rule = {.css = xstrndup(value, value_length)};
	if (field < 0 || !rule_check(&rule, (enum field)field, NULL)) {
		free(rule.css);
		return false;
	}
	rule_list_add(list_at(&remedy->rules, field), rule);
	return true;
}

bool
remedy_read(const char *text, struct remedy *remedy)
{
	struct remedy read = {0};
	bool good = true;
	while (good && *text != '\0') {
		size_t length = strcspn(text, "\n");
		good = read_line(text, length, &read);
		text += length + (text[length] == '\n');
	}
	if (good)
		*remedy = read;
	else
		remedy_clear(&read);
	return good;
}
