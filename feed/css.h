#ifndef FEED_CSS_H
#define FEED_CSS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/error.h"

/*
 * A selector as text becomes this tree (Selectors Level 4; CSS Syntax Level 3
 * for names, strings and escapes).  Matching is select.c's.  A list is what
 * commas part, a complex selector what combinators part, a compound what
 * stands together.
 */
enum css_kind {
	CSS_TAG,
	CSS_ID,
	CSS_CLASS,
	CSS_ATTRIBUTE,
	CSS_IS, /* and :where */
	CSS_NOT,
	CSS_HAS,
	CSS_NTH,
	CSS_EMPTY,
	CSS_ROOT,
	CSS_SCOPE,
	CSS_LINK,
	CSS_CONTAINS,
};

enum css_operator {
	CSS_PRESENT,
	CSS_EQUALS,
	CSS_WORD,   /* ~= */
	CSS_DASH,   /* |= */
	CSS_PREFIX, /* ^= */
	CSS_SUFFIX, /* $= */
	CSS_INFIX,  /* *= */
};

/* What stands before a compound. */
enum css_combinator {
	CSS_FIRST, /* nothing */
	CSS_DESCENDANT,
	CSS_CHILD,
	CSS_NEXT,  /* + */
	CSS_LATER, /* ~ */
};

struct css_list;

/* Position a*n + b, n >= 0, counted from 1. */
struct css_nth {
	int32_t a, b;
	bool from_end, of_type;
};

struct css_simple {
	enum css_kind kind;
	uint32_t number; /* its place in the whole selector, for memos */
	char *name;      /* tag, attribute (lower case), class, id, text */
	char *value;     /* of an attribute test */
	enum css_operator operator;
	bool fold;       /* the value's ASCII case does not matter */
	struct css_nth nth;
	struct css_list *list; /* argument; NULL if none */
};

struct css_compound {
	enum css_combinator combinator;
	uint32_t number;            /* as a simple selector's */
	struct css_simple *simples; /* none: "*" */
	size_t count;
};

/* The first compound's combinator is CSS_FIRST but in a relative selector. */
struct css_complex {
	struct css_compound *compounds;
	size_t count;
};

struct css_list {
	struct css_complex *complexes;
	size_t count;
};

/* *number_count tells how many numbers were given.  NULL and err
 * ("column 7: ...") on what is no selector; freed with css_free. */
struct css_list *css_parse(const char *, uint32_t *number_count,
    struct error *);
void css_free(struct css_list *);

#endif
