#ifndef FEED_SELECT_H
#define FEED_SELECT_H

#include <stdbool.h>
#include <stdint.h>

#include "feed/error.h"
#include "feed/page.h"

/*
 * CSS selectors (Selectors Level 4, the part that extraction needs) matched on
 * the flat arrays of a page, without translation.
 */
struct selector;

/* NULL and err ("column 7: ...") on a syntax error or an unknown pseudo-class. */
struct selector *selector_parse(const char *css, struct error *);
void selector_free(struct selector *);

/*
 * Elements below `scope` (not scope itself, unless the selector is ":scope") that match, in document order, each once, added to
 * *found.  With scope = 0 this is document.querySelectorAll (html itself may match).  A relative selector
 * ("> .x", "+ p", "~ p") means ":scope > .x" etc.  False and err when the step budget (10^6) is spent.
 */
bool selector_all(const struct selector *, const struct page *, uint32_t scope,
    struct nodes *found, struct error *);

/* The same for an item that is a run of siblings, from `start` up to `end`: the
 * scope is its first node, and what stands in the run can match, `start` too. */
bool selector_run(const struct selector *, const struct page *, uint32_t start,
    uint32_t end, struct nodes *found, struct error *err);

#endif
