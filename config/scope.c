#include "config/loader.h"

#include <stdlib.h>
#include <string.h>

#include "config/config_private.h"
#include "feed/memory.h"

/* --- sets of rules --- */

static int
compare_sets(const void *a, const void *b)
{
	const struct named_layer *one = a, *two = b;
	return strcmp(one->name, two->name);
}

static const struct named_layer *
find_set(const struct loader *loader, const char *name)
{
	const struct named_layer wanted = {.name = name};
	return loader->set_count == 0
		   ? NULL
		   : bsearch(&wanted, loader->sets, loader->set_count,
			 sizeof(*loader->sets), compare_sets);
}

void
sets_read(struct loader *loader, const struct node *map)
{
	struct reader *reader = &loader->reader;
	if (map->kind != NODE_MAP) {
		node_complain(reader, map, "rules",
		    "wants a map of names, each with item and fields");
		return;
	}
	loader->sets = xreallocarray(loader->sets,
	    loader->set_count + map->count / 2 + 1, sizeof(*loader->sets));
	for (const struct node *key = map->first; key != NULL;
	     key = key->next->next) {
		const struct node *body = key->next;
		if (key->kind != NODE_TEXT ||
		    !name_check(reader, key, "set of rules") ||
		    body->kind == NODE_BROKEN)
			continue;
		if (body->kind != NODE_MAP) {
			node_complain(reader, body, key->text,
			    "wants a map with item, fields, article-link or "
			    "parser");
			continue;
		}
		struct values values = {0};
		values_read(reader, body, LEVEL_RULES, &values);
		struct named_layer *set = &loader->sets[loader->set_count++];
		*set = (struct named_layer){.name = key->text};
		(void)rule_layer_read(reader, &values, &set->layer);
	}
	if (loader->set_count > 0)
		qsort(loader->sets, loader->set_count, sizeof(*loader->sets),
		    compare_sets);
}

static const char *
nearest_set(const struct loader *loader, const char *name)
{
	const char *nearest = NULL;
	unsigned least = (unsigned)strlen(name) / 3 + 2;
	if (loader->reader.findings->count > 20)
		return NULL; /* thousands of names would cost time */
	for (size_t i = 0; i < loader->set_count; i++) {
		unsigned distance = schema_distance(name, loader->sets[i].name);
		if (distance < least) {
			least = distance;
			nearest = loader->sets[i].name;
		}
	}
	return nearest;
}

/* --- scopes --- */

void
scope_read(struct loader *loader, const struct node *map, unsigned level,
    struct scope *scope)
{
	struct reader *reader = &loader->reader;
	memset(scope, 0, sizeof(*scope));
	values_read(reader, map, level, &scope->values);
	scope->has_layer =
	    rule_layer_read(reader, &scope->values, &scope->layer);
	const char *use = scope->layer.use;
	if (use == NULL || find_set(loader, use) != NULL)
		return;
	scope->layer.use = NULL;
	const char *near = nearest_set(loader, use);
	node_complain(reader, scope->layer.use_node, "use",
	    "there is no '%.*s' under rules%s%s%s", SHOWN(use),
	    near != NULL ? "; did you mean " : "", near != NULL ? near : "",
	    near != NULL ? "?" : "");
}

const struct rules *
scopes_join(
    struct loader *loader, const struct scope *const *scopes, size_t count)
{
	const struct rule_layer *layers[6];
	size_t layer_count = 0;
	bool used = false;
	for (size_t i = 0; i < count; i++) {
		if (!scopes[i]->has_layer)
			continue;
		layers[layer_count++] = &scopes[i]->layer;
		const char *use = scopes[i]->layer.use;
		if (use == NULL || used)
			continue;
		used = true;
		layers[layer_count++] = &find_set(loader, use)->layer;
	}
	struct config_private *private = loader->config->private;
	if (private->rules_count == private->rules_capacity) {
		private->rules_capacity = private->rules_capacity * 2 + 16;
		private->rules = xreallocarray(private->rules,
		    private->rules_capacity, sizeof(*private->rules));
	}
	struct rules *rules = xcalloc(1, sizeof(*rules));
	*rules = rule_layers_join(layers, layer_count);
	private->rules[private->rules_count++] = rules;
	return rules;
}

const struct value *
scope_value(const struct loader *loader, const struct scope *section,
    const struct scope *site, enum key key)
{
	const struct scope *scopes[] = {section, site, &loader->defaults};
	for (size_t i = 0; i < 3; i++)
		if (scopes[i]->values.list[key].node != NULL)
			return &scopes[i]->values.list[key];
	return &loader->builtin.list[key];
}
