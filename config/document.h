#ifndef CONFIG_DOCUMENT_H
#define CONFIG_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "config/findings.h"
#include "config/pool.h"

/*
 * A configuration file's bytes -> a tree of texts, lists and maps, each with
 * its place.  The only file that knows libyaml.  Of YAML only what a
 * configuration needs is taken: one document, no anchors, aliases, merge keys
 * or tags; every scalar is a text until the schema reads it.
 */
enum node_kind {
	NODE_BROKEN, /* was complained about already: pass over it */
	NODE_TEXT,
	NODE_LIST,
	NODE_MAP,
};

struct node {
	enum node_kind kind;
	bool plain;   /* a text without quotes */
	bool flow;    /* [list] or {map} */
	bool comment; /* plain, and a comment follows on the same line */
	const char *file;
	int line, column; /* from 1, in characters */
	const char *text; /* of a text: UTF-8 without control characters but
			     newline and tab; NUL-terminated */
	struct node *first, *next; /* children; a map's are key, value, ... */
	size_t count;              /* of children */
};

/*
 * The tree, in the pool; NULL if there is none.  What is wrong is added to the
 * findings, whose file it is that is read.  Keys of a map are texts (or
 * broken), and none stands twice.  An empty file is an empty map.
 */
struct node *document_read(
    const char *bytes, size_t length, struct pool *, struct findings *);

#define DOCUMENT_MAX_BYTES ((size_t)4 * 1024 * 1024)

#endif
