#ifndef CONFIG_PLACE_H
#define CONFIG_PLACE_H

#include "config/pool.h"
#include "feed/error.h"

/* Where things lie: folders given, and folders that go without saying. */

/* Relative to the folder, without "." parts and slashes at the end. */
const char *place_absolute(
    struct pool *, const char *folder, const char *path);

/* The folder that holds the file (its name may be relative), absolute; NULL
 * and err if the current folder has gone. */
const char *place_folder(struct pool *, const char *file, struct error *);

/* The default folders; NULL and err if there is no home. */
const char *place_output(struct pool *, struct error *);
const char *place_state(struct pool *, struct error *);

#endif
