#ifndef DAEMON_WORKER_H
#define DAEMON_WORKER_H

#include "daemon/spawn.h"

/*
 * The process that reads hostile pages: jobs in, answers out, over one socket,
 * which is the only descriptor it has.  It opens what it needs (converters),
 * locks itself in (sandbox.h), and says first what holds it.
 */
#define WORKER_NAME "metrofeed-worker" /* as its argument tells main() to be one */
#define WORKER_FD SPAWN_FD

/* Reads jobs until the socket closes; returns the exit status. */
int worker_main(void);

#endif
