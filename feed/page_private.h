#ifndef FEED_PAGE_PRIVATE_H
#define FEED_PAGE_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/intern.h"
#include "feed/page.h"

/* Behind struct page: for page.c, page_text.c, postings.c and xpath.c alone. */

enum name_flags {
	NAME_BLOCK = 1,  /* a line of its own */
	NAME_HIDDEN = 2, /* left out of page_text */
	NAME_PRE = 4,    /* keeps its white space */
	NAME_HEAD = 8,
	NAME_NOSCRIPT = 16,
	NAME_BR = 32,
};

/* Node lists by number: list[start[n]] to list[start[n + 1]]. */
struct posting {
	uint32_t *start, *list;
};

struct arena_chunk;
struct arena {
	struct arena_chunk *chunks;
	char *at, *end; /* free bytes of the newest chunk */
	char *last;     /* newest block */
	size_t total;   /* bytes of all chunks */
};

struct page_private {
	uint64_t seed;         /* of tables of the page's own words */
	struct arena arena;    /* gumbo's tree; every string */
	void *block;           /* the arrays */
	const void **sources;  /* gumbo's node of each, or NULL */
	const char *text;      /* that gumbo read; only to be measured from */
	size_t text_skipped;   /* bytes of the caller's before it */
	struct intern names;
	uint8_t *name_flags;
	struct posting tags;   /* made on first use */
	struct intern classes, ids;
	struct posting class_nodes, id_nodes;
	bool has_words;        /* classes and ids were made */
	void *document;        /* libxml2's HTML tree, if it parsed */
	struct xpath_tree *tree;
};

void postings_clear(struct page_private *);
void xpath_tree_free(struct xpath_tree *);

#endif
