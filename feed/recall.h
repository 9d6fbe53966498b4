#ifndef FEED_RECALL_H
#define FEED_RECALL_H

#include <stddef.h>

#include "feed/article.h"
#include "feed/collection.h"

/*
 * Articles that are remembered, found again among the links of a page that has
 * changed: they are labels for free.  By the same address; the same path on
 * another host; the same number of five digits or more in another address; the
 * same title, if only one has it and it is long enough; or the longer part of
 * one; or a text that is the title, in the link or beside it.
 */

/* Sets `known` (how sure, 0 to 1) and `article` (place in memory) of each story
 * that is found again; the sure ones are taken for stories, however they
 * look.  Returns how many. */
size_t recall_stories(struct collection *, const struct articles *memory);

#endif
