#ifndef DAEMON_RESTORE_H
#define DAEMON_RESTORE_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "daemon/publish.h"
#include "daemon/store.h"
#include "feed/error.h"

/*
 * The published feed as the second copy of the store (DESIGN.md P4): a section
 * whose row is gone, or whose file is another than the row says, takes back
 * from the file (feed/atom_read.h) the articles that it does not know, the
 * frozen titles, and the moment that must not go back.  What it knows stays as
 * it is.
 */

/*
 * Before the section's first round.  Nothing happens if the file is as the row
 * says, is none of ours or another section's.  Of a feed that is no section's
 * own (site/all) the articles are left to their sections.  *count says how many
 * articles came back; they are in the store's batch.  False and err if the store
 * failed.
 */
bool restore_section(struct store *, struct publisher *,
    const struct section_config *, struct section_state *, bool has_articles,
    int64_t now_s, uint64_t *count, struct error *);

#endif
