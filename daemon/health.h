#ifndef DAEMON_HEALTH_H
#define DAEMON_HEALTH_H

#include "daemon/store.h"
#include "feed/index_page.h"

/*
 * How a section is, by its row: pure.  A site that stumbles is not broken: only
 * three failed rounds in a row, or failure for a day since the last good round,
 * make it so; what this machine cannot write is broken at once.
 */
enum index_health health_of(const struct section_state *);

/* "waiting", "good", "degraded", "broken", "refused"; static. */
const char *health_word(enum index_health);

#endif
