#ifndef CONFIG_LOADER_H
#define CONFIG_LOADER_H

#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"
#include "config/document.h"
#include "config/rulebook.h"
#include "config/value.h"

/*
 * Loading a configuration: what config.c, scope.c, site.c and former.c share
 * while the tree of the file becomes sections.
 */

/* The values and rules of defaults, of a site, of a section. */
struct scope {
	struct values values;
	struct rule_layer layer; /* rule_layer_clear frees it */
	bool has_layer;
};

struct named_layer {
	const char *name;
	struct rule_layer layer;
};

struct loader {
	struct config *config;
	struct reader reader;
	struct values builtin;    /* the table's defaults */
	struct scope defaults;
	struct named_layer *sets; /* sorted by name */
	size_t set_count;
	struct section_config *sections;
	size_t count, capacity;
	size_t all_count; /* feeds of whole sites that are no sections */
	struct former *formers; /* what `formerly` says (former.h) */
	size_t former_count, former_capacity;
	int *columns; /* beside sections: where they stand, for messages */
};

/* --- scope.c --- */

/* The map under `rules` of one file; before any scope is read. */
void sets_read(struct loader *, const struct node *map);

void scope_read(struct loader *, const struct node *map, unsigned level,
    struct scope *);

/* The nearest that is given; else the table's default or a value whose node
 * is NULL. */
const struct value *scope_value(const struct loader *,
    const struct scope *section, const struct scope *site, enum key);

/*
 * The rules of the scopes, the nearest first.  A layer's set stands right
 * below it; a set named further away takes no part once a nearer layer names
 * one, or else the fields of two sites' markups would mix.  The config's.
 */
const struct rules *scopes_join(
    struct loader *, const struct scope *const *, size_t count);

/* --- site.c --- */

/* The map under `sites`, or NULL; adds all sections.  False if there is none,
 * which is not complained about. */
bool sites_read(struct loader *, const struct node *map);

#endif
