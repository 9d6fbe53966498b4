#include "feed/json_tree.h"

#include <jansson.h>

/*
 * Without a seed jansson takes one from /dev/urandom when it makes its first
 * object: a process that is locked in cannot, and equal bytes must give equal
 * answers.  A known seed lets a page choose keys that collide; JSON_MAX_KEYS
 * bounds what that costs.  Only the first call counts.
 */
#define SEED 0x6d657472u

static const json_t *
inside(const struct json_tree *tree)
{
	return (const json_t *)tree;
}

struct json_tree *
json_tree_read(const char *json)
{
	json_object_seed(SEED);
	return (struct json_tree *)json_loads(json, 0, NULL);
}

void
json_tree_free(struct json_tree *tree)
{
	json_decref((json_t *)tree);
}

bool
json_tree_is_object(const struct json_tree *tree)
{
	return json_is_object(inside(tree));
}

bool
json_tree_is_list(const struct json_tree *tree)
{
	return json_is_array(inside(tree));
}

const char *
json_tree_string(const struct json_tree *tree)
{
	return json_string_value(inside(tree));
}

size_t
json_tree_count(const struct json_tree *tree)
{
	return json_array_size(inside(tree));
}

const struct json_tree *
json_tree_at(const struct json_tree *tree, size_t index)
{
	return (const struct json_tree *)json_array_get(inside(tree), index);
}

const struct json_tree *
json_tree_get(const struct json_tree *tree, const char *name)
{
	return (const struct json_tree *)json_object_get(inside(tree), name);
}

bool
json_tree_next(const struct json_tree *tree, void **place, const char **name,
    const struct json_tree **value)
{
	json_t *object = (json_t *)tree;
	*place = *place == NULL ? json_object_iter(object)
				: json_object_iter_next(object, *place);
	if (*place == NULL)
		return false;
	*name = json_object_iter_key(*place);
	*value = (const struct json_tree *)json_object_iter_value(*place);
	return true;
}

/* ---- making one ---- */

struct json_tree *
json_tree_object(void)
{
	json_object_seed(SEED);
	return (struct json_tree *)json_object();
}

struct json_tree *
json_tree_text(const char *text)
{
	return (struct json_tree *)json_string(text);
}

void
json_tree_add(struct json_tree *tree, const char *name, struct json_tree *value,
    size_t most)
{
	json_t *object = (json_t *)tree, *added = (json_t *)value;
	json_t *list = json_object_get(object, name);
	if (list == NULL) {
		/* a text that is no UTF-8 is NULL and stays out */
		(void)json_object_set_new(object, name, added);
		return;
	}
	if (!json_is_array(list)) {
		json_t *both = json_array();
		(void)json_array_append(both, list);
		(void)json_object_set_new(object, name, both);
		list = both;
	}
	if (json_array_size(list) < most)
		(void)json_array_append_new(list, added);
	else
		json_decref(added);
}
