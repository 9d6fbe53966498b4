#ifndef DAEMON_UNIT_H
#define DAEMON_UNIT_H

#include <stddef.h>

/*
 * metrofeed.service lets the daemon write below UNIT_HOME and nowhere else.
 */
#define UNIT_HOME "/var/lib/metrofeed"

/* The unit's file, or NULL where none is installed (systemd.unit(5)). */
const char *unit_file(void);

/*
 * What the unit wants before the daemon can write to the folders (absolute; NULL
 * ones are passed over): the commands and the drop-in, line by line, ending in
 * a newline, for the caller to free.  NULL: nothing.
 */
char *unit_advice(const char *const *folders, size_t count);

#endif
