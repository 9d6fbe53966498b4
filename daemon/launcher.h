#ifndef DAEMON_LAUNCHER_H
#define DAEMON_LAUNCHER_H

#include <stdint.h>

/*
 * The process that starts the command of `on-change`.  It is started before the
 * daemon gives up its reach (reach.h), knows the command from then on, and is
 * told over its socket only what happened: whoever took the daemon over could
 * start nothing else.  One command at a time.
 *
 * A message is one packet: variables for the command's environment,
 * "NAME=value", each with a NUL behind it, then a NUL, then what the command
 * reads.  The answer is a struct launched.
 */
#define LAUNCHER_NAME "metrofeed-launcher" /* as its argument tells main() */
#define LAUNCHER_MAX_MESSAGE 65536
#define LAUNCHER_SAID 400

enum launched_how {
	LAUNCHED_EXITED, /* with the status `code` */
	LAUNCHED_KILLED, /* by the signal `code` */
	LAUNCHED_LATE,   /* ended by us: its time was over */
	LAUNCHED_NOT,    /* could not be started: errno `code` */
};

struct launched {
	int32_t how; /* enum launched_how */
	int32_t code;
	char said[LAUNCHER_SAID]; /* the beginning of its output, with a NUL */
};

/* Milliseconds, then the command and its arguments, then NULL.  Works until the
 * socket closes; returns the exit status. */
int launcher_main(char **arguments);

#endif
