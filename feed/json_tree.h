#ifndef FEED_JSON_TREE_H
#define FEED_JSON_TREE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * JSON values, by jansson.  Objects keep the order of the document.  A value is
 * an object, a list, a string, or nothing that we use (true, null); numbers are
 * strings (json_repair.h).  Values borrowed from a tree live as long as it does.
 */
struct json_tree;

/* Strict JSON.  NULL if it is none.  Free with json_tree_free. */
struct json_tree *json_tree_read(const char *json);
void json_tree_free(struct json_tree *);

/* Each takes NULL. */
bool json_tree_is_object(const struct json_tree *);
bool json_tree_is_list(const struct json_tree *);
const char *json_tree_string(const struct json_tree *); /* or NULL */

/* Of a list; 0 of anything else. */
size_t json_tree_count(const struct json_tree *);
const struct json_tree *json_tree_at(const struct json_tree *, size_t);

/* Of an object: the value of a key, or NULL. */
const struct json_tree *json_tree_get(
    const struct json_tree *, const char *name);
/* One key after the other: *place is NULL before the first; false behind the
 * last. */
bool json_tree_next(const struct json_tree *, void **place, const char **name,
    const struct json_tree **value);

/* Making one: a second value of a key makes a list of both.  Takes the value;
 * at most `most` of one key, the rest is dropped. */
struct json_tree *json_tree_object(void);
struct json_tree *json_tree_text(const char *);
void json_tree_add(struct json_tree *object, const char *name,
    struct json_tree *value, size_t most);

#endif
