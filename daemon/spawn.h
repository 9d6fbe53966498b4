#ifndef DAEMON_SPAWN_H
#define DAEMON_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

#define SPAWN_FD 3 /* where the new process finds its socket */

/*
 * Starts our own program anew as another process: not a fork, which could take
 * over a resolver thread's lock, or the database handle.  Of the descriptors
 * `fd` alone goes along, as SPAWN_FD (it must be above that); 0 to 2 are
 * /dev/null; signals are as at a program's start; its process group is its own.
 * False and errno.
 */
bool spawn_self(
    int fd, char *const argv[], char *const environment[], pid_t *pid);

#endif
