#ifndef FEED_GROUP_H
#define FEED_GROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/core.h"
#include "feed/date.h"
#include "feed/page.h"
#include "feed/region.h"

/*
 * Items that look alike and stand together: same parent and tag, merged over
 * the parents of one list (columns, rows, months), and how much each looks like
 * a list of news.  Groups borrow the items they index.
 */
struct group {
	size_t *members; /* indices of items, ascending */
	size_t count;    /* 0: joined to another */
	uint32_t parent, tag;
	uint16_t depth;
	struct core core;
	size_t stories; /* distinct */
	double score;
	double dates, headings; /* shares of the items that have one */
	double chrome; /* what its ancestors are called, -60 to 20 */
};

/* All groups of the items, scored; groups_free frees them.  An item that is
 * only a heading is extended to the next one of its group.  On a front page
 * (is_front) boxes of all kinds are one with the lists that they look like; on
 * a section's the most read stories are another list than the newest. */
struct group *groups_find(const struct page *, struct region_item *items,
    size_t count, bool is_front, const struct date_context *,
    size_t *group_count);
void groups_free(struct group *, size_t count);

/* The members of `from` are `to`'s from now on; its score stays. */
void group_join(
    const struct region_item *items, struct group *to, struct group *from);

/* Do the items of two groups share most of their classes, a's on b's? */
bool group_is_like(const struct page *, const struct region_item *items,
    const struct group *a, const struct group *b);
/* Do two groups' parents stand close to each other, below the root? */
bool group_is_near(
    const struct page *, const struct group *a, const struct group *b);

/* What a node and its ancestors are called: navigation, sidebar, main ... */
double group_chrome(const struct page *, uint32_t node);

#endif
