#ifndef FEED_SYNTHESIS_H
#define FEED_SYNTHESIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/page.h"

/*
 * Short selectors that will hold: for the items of a list, and for a field
 * inside them.  What enters are nodes that somebody chose (inference, or values
 * that were remembered); what leaves is CSS that was run on the page by the
 * real engine (select.h), with what it found.  Classes, ids and attributes are
 * weighed by quality.h; a position (nth-child) is never used; a hashed or a
 * utility class only where nothing else will do.  Pure and deterministic;
 * nothing is said that the engine did not find.
 */

/* An item: any element from `outer` down to `inner` that holds `inner` will do
 * for it (outer == inner: that one).  inner must hold all that is wanted of the
 * item. */
struct target {
	uint32_t outer, inner;
};

struct synthesis_question {
	const struct page *page;
	const struct target *targets; /* document order, none in another */
	size_t count;
	/* Links that must not come along, ascending: an element with one of
	 * them that is found beside the targets is a wrong item.  What else is
	 * found does not matter: it makes no article. */
	const uint32_t *others;
	size_t other_count;
};

struct synthesis {
	char *css;    /* the caller's */
	char *why;    /* "class 'news_list' on 20 of 20, 2 others"; the caller's */
	double value; /* what it costs: 3 a good class, 10 so-so, 30 bad; its
			 faults are in it */
	size_t found; /* targets; of a field, items whose value it gives */
	size_t wrong; /* wrong items; of a field, items that it gives another */
	bool hashed;  /* a hashed class was needed */
};
void synthesis_clear(struct synthesis *);

/* One selector for all targets.  False, and nothing set, if none finds four of
 * five with one wrong of five at most. */
bool synthesis_items(const struct synthesis_question *, struct synthesis *);

/*
 * Several, for a list in blocks that no one selector finds: `block[i]` is the
 * number of target i's block, ascending from 0; targets of one block look
 * alike.  The best for each block that has one, a selector that serves several
 * blocks once; `list` has room for `most`, the largest blocks first.  Returns how
 * many; synthesis_clear each.
 */
size_t synthesis_blocks(const struct synthesis_question *,
    const uint32_t *block, struct synthesis *list, size_t most);

/* What a field is in one item, [start, end): the elements of it whose value is
 * right, ascending; none if the item does not have the field. */
struct field_target {
	uint32_t start, end;
	const uint32_t *good;
	size_t good_count;
};

/* Relative to the item; "." if the item itself is right.  The first match in
 * an item counts, as extraction takes it.  False if none is right in three of
 * four items that have the field. */
bool synthesis_field(const struct page *, const struct field_target *,
    size_t count, struct synthesis *);

/* Is the selector's first match in this item right? */
bool synthesis_serves(
    const struct page *, const struct field_target *, const char *css);

#endif
