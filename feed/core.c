#include "feed/core.h"

#include <string.h>

#define ASKED 50 /* a list is alike or is not: more would only cost */

bool
token_next(const char **at, struct token *token)
{
	*at += strspn(*at, " \t\r\n\f");
	token->at = *at;
	token->length = strcspn(*at, " \t\r\n\f");
	*at += token->length;
	return token->length > 0;
}

bool
token_is_on(const struct page *page, uint32_t node, const struct token *token)
{
	const char *classes = page_attribute(page, node, "class");
	struct token each;
	while (classes != NULL && token_next(&classes, &each))
		if (each.length == token->length &&
		    memcmp(each.at, token->at, each.length) == 0)
			return true;
	return false;
}

struct core
core_of(const struct page *page, const uint32_t *nodes, size_t count)
{
	struct core core = {0};
	size_t asked = count < ASKED ? count : ASKED;
	/* the first is often a lead item, dressed up; the middle is plain */
	const char *classes = page_attribute(page, nodes[count / 2], "class");
	struct token token;
	while (classes != NULL && core.count < CORE_MAX &&
	       token_next(&classes, &token)) {
		size_t having = 0;
		for (size_t i = 0; i < asked; i++)
			having += token_is_on(page, nodes[i], &token);
		if (having * 5 >= asked * 4)
			core.tokens[core.count++] = token;
	}
	return core;
}

bool
core_same_class(const struct page *page, uint32_t a, uint32_t b)
{
	const char *x = page_attribute(page, a, "class");
	const char *y = page_attribute(page, b, "class");
	return strcmp(x != NULL ? x : "", y != NULL ? y : "") == 0;
}
