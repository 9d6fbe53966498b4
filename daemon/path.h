#ifndef DAEMON_PATH_H
#define DAEMON_PATH_H

#include <stdbool.h>

#include "feed/error.h"

/* Makes the folder and its parents (0755 minus umask) where they are absent, on
 * the disk when it returns.  False and err, naming the one that failed. */
bool path_make_folders(const char *path, struct error *);

/* Puts the name of what was made or renamed on the disk: the folder that holds
 * it.  Not every file system can; then it is left to the next write. */
void path_sync_parent(const char *path);

#endif
