#ifndef FEED_REMEDY_H
#define FEED_REMEDY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/rules.h"

/*
 * What heals rules (heal.h): selectors that stand in the place of theirs.  An
 * item or a field may be kept as it is written; one that is neither kept nor
 * has a selector is left to inference.  Links, filters and parser stay as they
 * are.  Pure.
 */
struct remedy {
	struct rules rules; /* selectors of items and fields; nothing else */
	uint32_t kept;      /* bit i: field i; FIELD_COUNT: the items */
};
void remedy_clear(struct remedy *);
struct remedy remedy_copy(const struct remedy *);

/* None: it heals nothing. */
bool remedy_is_none(const struct remedy *);

/* What makes `healed` of `given`.  False, and nothing set, if selectors alone
 * cannot. */
bool remedy_find(
    const struct rules *given, const struct rules *healed, struct remedy *);

/* The given rules with the remedy's; the caller's.  With none, a copy. */
struct rules remedy_apply(const struct rules *given, const struct remedy *);

/*
 * As text: a line each, "item: .card", "title: h2 a", "keep: date".  The
 * caller's; "" for none.  remedy_read takes it as it takes all from outside:
 * false, and nothing set, if a line is none.
 */
char *remedy_write(const struct remedy *);
bool remedy_read(const char *text, struct remedy *);

#endif
