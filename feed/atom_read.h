#ifndef FEED_ATOM_READ_H
#define FEED_ATOM_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/article.h"
#include "feed/error.h"

/*
 * A published feed read back: the second copy of the store (DESIGN.md P4).
 * The inverse of atom_render as far as the document goes: an article that was
 * never edited gets its first-seen time back to the second; of an edited one the
 * feed holds only the edit's.  What a feed does not say (category, the text of
 * `content: none`) is absent, last_seen_s is 0: no page has shown it since.
 * Rendered again the articles give the same entries in the same order.
 *
 * The bytes may be anybody's: only a feed that says it is metrofeed's is taken,
 * entries without id, title, link or times are left out, as is every one whose
 * id was there before; texts pass text.h, links url.h; content counts only in
 * the shape that atom.c gives it.
 */
struct atom_feed {
	char *id;
	char *author;   /* the site's title */
	char *category; /* the section's, or NULL */
	char *language, *icon; /* or NULL */
	int64_t updated_s;
	struct articles articles;
};

#define ATOM_READ_MAX_BYTES ((size_t)64 << 20)
#define ATOM_READ_MAX_ENTRIES 2000 /* a feed holds at most 1000 */

/* The feed is the caller's, for atom_feed_clear; false and err if it is none
 * of ours. */
bool atom_read(
    const char *bytes, size_t length, struct atom_feed *, struct error *);
void atom_feed_clear(struct atom_feed *);

#endif
