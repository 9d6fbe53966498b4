#ifndef CONFIG_RULEBOOK_H
#define CONFIG_RULEBOOK_H

#include <stdbool.h>
#include <stddef.h>

#include "config/value.h"
#include "feed/rules.h"

/*
 * The keys that become a struct rules: read from one map (defaults, a site, a
 * section or a named set), checked, and later laid over one another.
 */
struct rule_layer {
	struct rules rules; /* what this map gives */
	bool parser_given;
	const char *use;    /* name of the set below this layer; or NULL */
	const struct node *use_node;
};

/* From values that values_read has read.  False if there is none of these
 * keys. */
bool rule_layer_read(
    struct reader *, const struct values *, struct rule_layer *);
void rule_layer_clear(struct rule_layer *);

/*
 * The rules of a stack of layers, the nearest first: of each of item,
 * article-link, parser, only, skip and of each field the first that is given.
 * The caller's to clear.
 */
struct rules rule_layers_join(
    const struct rule_layer *const *layers, size_t count);

#endif
