#ifndef FEED_LINKS_H
#define FEED_LINKS_H

#include <stddef.h>
#include <stdint.h>

#include "feed/extract.h"
#include "feed/page.h"
#include "feed/rules.h"
#include "feed/structured.h"

/*
 * Which links are stories, and which parts of the page form the list: an
 * article's item is the largest part that holds one story's key; items that
 * look alike are a group; the best group is the list.
 */
struct item {
	uint32_t start, end; /* nodes: a subtree, or a run of siblings */
	char *link;          /* canonical, or NULL if a rule must find it */
	char *key;           /* what article-link captured, or NULL */
};

struct listing {
	struct item *list; /* document order */
	size_t count;
	struct choice choice;
	char *how;         /* in words: why this list won, what came second */
};

void listing_add(struct listing *, struct item); /* takes the strings */
void listing_clear(struct listing *);

/* The list of the page; count 0 and `how` in words if there is none.  base is
 * what links are resolved against; articles that structured data names are
 * likelier the list. */
void links_find(const struct compiled_rules *, const struct page *,
    const char *base, const struct extract_context *,
    const struct structured *, struct listing *);

/* Is this link one of the configured templates?  The key in *key (the
 * caller's) or NULL; true without templates. */
bool links_accept(
    const struct compiled_rules *, const char *link, char **key);

/* How much a link looks like a story: > 0 is one.  `words` is its text. */
double links_score(const char *link, const char *base, const char *words);

/* How much the words of a link look like a title, whatever its address: 5 or
 * more does. */
int links_score_words(const char *words);

#endif
