#ifndef FEED_CORE_H
#define FEED_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/page.h"

/*
 * What elements that look alike have in common: class tokens.  Tokens borrow
 * from the page.
 */
#define CORE_MAX 6 /* tokens that are kept */

struct token {
	const char *at;
	size_t length;
};

struct core {
	struct token tokens[CORE_MAX];
	size_t count;
};

/* The next token of a class attribute's value; *at moves behind it. */
bool token_next(const char **at, struct token *);
/* Is it one of the node's classes? */
bool token_is_on(const struct page *, uint32_t node, const struct token *);

/* The class tokens on four of five nodes (the first 50 are asked). */
struct core core_of(const struct page *, const uint32_t *nodes, size_t count);
/* Are the class attributes equal, to the letter? */
bool core_same_class(const struct page *, uint32_t a, uint32_t b);

#endif
