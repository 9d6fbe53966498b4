#ifndef DAEMON_RELOAD_H
#define DAEMON_RELOAD_H

#include <stdbool.h>

#include "config/config.h"
#include "feed/error.h"

/* What another configuration changes for a daemon that runs. */

/* May it be taken without a restart?  Store, output and what was made before
 * the lock-down stay for life; false and err, which names the key. */
bool reload_may(
    const struct config *old, const struct config *new, struct error *);
/* The log gets each section that is new, has changed or has gone, and sums. */
void reload_say(const struct config *old, const struct config *new);

#endif
