#ifndef FEED_REGION_H
#define FEED_REGION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/extract.h"
#include "feed/page.h"

/*
 * Items that look alike form a group; groups are ranked by how much they look
 * like a list of news; the best is the region.  Widths are display cells.
 */
#define REGION_LIST 70.0 /* right lists scored 77-170, wrong ones 50-100 */

struct region_item {
	uint32_t node, end;  /* [node, end) */
	uint32_t anchor;     /* of its links the one that says most */
	uint32_t story;      /* equal numbers are one story */
	uint64_t shape;      /* equal numbers are links of one shape */
	bool foreign;        /* its link leads to another owner's site */
	double score;        /* of its link */
	double known;        /* how surely its story is remembered (recall.h) */
	bool listed;         /* the page names it to machines as an article */
	const char *words;   /* its link's text; borrowed */
};

struct region {
	struct region_item *items; /* document order */
	size_t count;
	struct region_item *second; /* the next best group's; NULL if none */
	size_t second_count;
	double score, second_score; /* 70 is a list, 100 a sure one; 0: none */
	double share;               /* of the page's stories that it has */
	bool is_front;              /* several blocks */
};
void region_clear(struct region *);

/*
 * items in document order.  `templated`: the configuration said what a story's
 * link looks like, so that the best group wins however small it is.  *how (the
 * caller's) says why this one, or why none.
 */
struct region region_choose(const struct page *, struct region_item *items,
    size_t count, bool templated, const struct extract_context *, char **how);

#endif
