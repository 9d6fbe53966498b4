#ifndef FEED_PAGE_H
#define FEED_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/error.h"

/*
 * A page as flat arrays in document order, straight from gumbo (or libxml2's
 * own HTML parser when asked); a node is an index.  Nodes are elements and
 * text nodes (white-space-only text nodes are kept, comments are not; template content is skipped; noscript
 * content is elements).  Node 0 is the html element.
 * The page owns every string reachable from it.
 */
#define PAGE_NONE UINT32_MAX

enum page_parser { PARSER_HTML5, PARSER_LIBXML2 };

struct page_attribute {
	const char *name;  /* lower case */
	const char *value; /* "" if none */
};

struct page {
	uint32_t count;        /* nodes */
	uint32_t *parent;      /* PAGE_NONE for the root */
	uint32_t *end;         /* subtree of i is [i, end[i]) */
	uint32_t *previous;    /* element sibling before (for elements) or PAGE_NONE */
	uint16_t *depth;       /* 0 for the root */
	uint32_t *tag;         /* index into names[]; 0 for a text node */
	uint32_t *first_attribute; /* of node i: [first_attribute[i], first_attribute[i + 1]); count + 1 entries */
	struct page_attribute *attributes;
	const char **text;     /* of a text node; NULL for an element */
	const char **names;    /* interned tag names, lower case; names[0] = "" */
	uint32_t name_count;
	const char *title;     /* of the title element, or "" */
	const char *parser;    /* "html5" or "libxml2"; static. The depth guard falls back to libxml2 */
	struct page_private *private; /* arena, postings, libxml2 tree */
};

/*
 * Parse UTF-8.  Guards come first (guard.h): more than max_bytes (0: 2 MiB;
 * never above 8), more than 256 attributes or 64 KiB in one tag, many tags
 * nested deeply, a tree out of all proportion; each refusal with its own
 * message.  Estimated depth beyond 512: libxml2 instead, up to 1,024 levels.
 * A quoted attribute value of more than 32 KiB (an inline image, an
 * application's state) becomes "".  NUL bytes and a byte order mark are
 * dropped.  NULL and err on failure; free with page_free.
 */
struct page *page_parse(const char *utf8, size_t length, enum page_parser,
    size_t max_bytes, struct error *);
void page_free(struct page *);

/*
 * Where an element stands in the text that was given to page_parse, in bytes.
 * False if its opening tag is not written there (made up by the parser), or if
 * nobody knows: libxml2's tree, a text of which something was left out.
 */
struct page_place {
	size_t open, open_length; /* its opening tag */
	size_t end; /* behind its closing tag; 0 if that is not written */
};
bool page_place(const struct page *, uint32_t node, struct page_place *);

/* Tag name of an element; "" for text. */
const char *page_tag(const struct page *, uint32_t node);
/* Interned index of a lower-case name, or 0 if no element has it. */
uint32_t page_tag_index(const struct page *, const char *name);
/* Value of an attribute (name in lower case), or NULL. */
const char *page_attribute(const struct page *, uint32_t node, const char *name);
/* First element child / next element sibling, or PAGE_NONE. */
uint32_t page_first_child(const struct page *, uint32_t node);
uint32_t page_next_sibling(const struct page *, uint32_t node);
/* Is d in the subtree of a (a itself included)? */
bool page_contains(const struct page *, uint32_t a, uint32_t d);
/* Elements with that tag / class token / id, ascending; borrowed; NULL and *count 0 if none. */
const uint32_t *page_with_tag(const struct page *, uint32_t tag, size_t *count);
const uint32_t *page_with_class(const struct page *, const char *token, size_t *count);
const uint32_t *page_with_id(const struct page *, const char *id, size_t *count);
bool page_has_class(const struct page *, uint32_t node, const char *token);

/*
 * Text below a node, raw (not cleaned): script, style, noscript(head), template, textarea and select
 * are left out; block elements and br give newlines.  skip may be NULL: a sorted list
 * of nodes whose subtrees are left out.  The caller's to free; "" if none.
 */
char *page_text(const struct page *, uint32_t node, const uint32_t *skip, size_t skip_count);

/* Growing list of nodes or strings, the answer of a selector. */
struct nodes {
	uint32_t *list;
	size_t count, capacity;
};
void nodes_add(struct nodes *, uint32_t node);
void nodes_clear(struct nodes *);

/* XPath 1.0 through libxml2 (reading), with opLimit 5,000,000 a page. */
struct xpath;
/* Compiles and evaluates once on an empty document, so that unknown functions
 * and variables show here.  NULL and err with the reason. */
struct xpath *xpath_parse(const char *expression, struct error *);
void xpath_free(struct xpath *);
/* Does it look only at the context node and what is below?  A guess by its
 * letters, false in doubt. */
bool xpath_stays_inside(const char *expression);
/* Evaluate relative to a node.  Elements and text nodes go to *found (document order); an attribute
 * result gives its element in *found and its value in strings; a string/number/boolean result is one string.  strings and string_count may be NULL.
 * Strings are the caller's (each and the list). */
bool xpath_evaluate(const struct xpath *, struct page *, uint32_t context,
    struct nodes *found, char ***strings, size_t *string_count,
    struct error *);

#endif
