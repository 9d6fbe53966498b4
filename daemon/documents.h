#ifndef DAEMON_DOCUMENTS_H
#define DAEMON_DOCUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "daemon/publish.h"
#include "daemon/store.h"
#include "feed/error.h"
#include "feed/format.h"

/*
 * The documents of a feed, one in each of its formats: made of the store's
 * rows, held against the files in the output folder, and put at each of the
 * feed's paths, its own and its former ones.
 */

/* What all feeds are made of, and where they go; borrowed. */
struct press {
	struct store *store;
	struct publisher *publisher;
	const char *base_url; /* ends in "/"; or NULL */
};

/* Bytes NULL: not wanted, or the file is as it should be. */
struct document {
	char *bytes;
	size_t length;
	uint64_t hash;
};

struct documents {
	struct document list[FORMAT_COUNT]; /* by enum format */
};
void documents_clear(struct documents *);
/* Is there any whose file is not as it should be? */
bool documents_wait(const struct documents *);
size_t documents_bytes(const struct documents *); /* of those that wait */

/* A pure function of the rows and the configuration; *documents (empty before)
 * gets what the files have not.  Raises the row's feed_updated_s (P7).  False
 * and err with *stage, static: "store" or "render"; what was made is still to
 * be cleared. */
bool documents_make(const struct press *, const struct section_config *,
    struct section_state *, struct documents *, int64_t now_s,
    const char **stage, struct error *);

/* Are the files there, by length and time, as the row says? */
bool documents_are_current(const struct press *, const struct section_config *,
    const struct section_state *);
/* Reads the files, too: one that was changed in place may keep length and time.
 * The row forgets those that are not as it says. */
void documents_compare(const struct press *, const struct section_config *,
    struct section_state *);

/* Puts those that wait, and frees what is put; the row knows it then.  One path
 * that cannot be written keeps no other format from its own.  False and the
 * first err. */
bool documents_publish(const struct press *, const struct section_config *,
    struct section_state *, struct documents *, int64_t now_s, struct error *);

#endif
