#ifndef DAEMON_REACH_H
#define DAEMON_REACH_H

#include <stdbool.h>

#include "config/config.h"
#include "feed/error.h"

/*
 * Which files the daemon can still reach once it is started: those that the
 * system's libraries read, the folders of what the configuration names, and, to
 * write, the state and the folders that hold the output and the status-output
 * (not they alone: one that was moved away and made again is another folder,
 * and must be published to).
 */

/* Gives up the rest for good, for this process and the workers that it starts
 * later.  Everything that listens must be open.  ca_file is the system's, or
 * NULL.  The ABI in force, or 0 where the kernel cannot (sandbox_keep_to). */
unsigned reach_limit(const struct config *, const char *ca_file);

/* Can what a new configuration names still be read?  False and err naming the
 * first file that is beyond reach. */
bool reach_covers(const struct config *, struct error *);

/* One file: may be opened, or would not be in any case. */
bool reach_covers_file(const char *path);

#endif
