#ifndef FEED_GUARD_H
#define FEED_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/error.h"

/*
 * One linear, quote-aware look over a page before a parser sees it.  Both HTML
 * parsers compare every attribute of a tag with every other, and both walk
 * their stack of open elements for every tag: pages that make them do so for
 * minutes are found here.  It follows the tokeniser (HTML 13.2.5), not the
 * tree.
 */
enum guard_reader { GUARD_HTML5, GUARD_LIBXML2 };

#define GUARD_MAX_ATTRIBUTES 256
#define GUARD_MAX_TAG (64 * 1024)
/* A longer quoted value (an inline image, an application's state) is left out.
 */
#define GUARD_MAX_VALUE (32 * 1024)
/* Open elements summed over all tags: what a parser may have to look at.  The
 * largest pages we have seen come to half a million. */
#define GUARD_MAX_WORK 64000000
/* Attributes that a parser compares with those before them, over all tags. */
#define GUARD_MAX_COMPARED 8000000

struct guard_cut {
	size_t from, to;
};

struct guard {
	uint32_t depth;         /* greatest estimate of open elements */
	struct guard_cut *cuts; /* quoted values to leave out, ascending */
	size_t cut_count;
};

/* False and err if a tag has too many attributes or bytes, if many tags have
 * many attributes, or too many tags stand too deep.  The bytes hold no NUL. */
bool guard_scan(const char *bytes, size_t length, enum guard_reader,
    struct guard *, struct error *);
void guard_clear(struct guard *);

#endif
