#ifndef DAEMON_SANDBOX_H
#define DAEMON_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What a process gives up for good before it meets what others wrote.  Needs no
 * privileges.  A piece that this kernel lacks is left out and told, the others
 * hold: who calls says so to the person.  Builds for sanitizers and valgrind
 * (METROFEED_NO_LOCKDOWN), whose system calls it would forbid, have none of it;
 * nothing switches it off at run time.
 * Sources: seccomp(2), landlock(7), prctl(2), setrlimit(2).
 */
enum sandbox_part {
	SANDBOX_PRIVILEGES = 1, /* no_new_privs, no capability */
	SANDBOX_LANDLOCK = 2,   /* no file, no TCP, no signal to others */
	SANDBOX_LIMITS = 4,     /* memory, files, descriptors, processes */
	SANDBOX_SECCOMP = 8,    /* only the system calls of reading a page */
	SANDBOX_ALL = 15,
};

struct sandbox {
	unsigned parts;        /* in force */
	unsigned landlock_abi; /* 0: without Landlock */
};

/*
 * Locks in the calling process, which must have one thread and be done with
 * opening: from here on it can read and write `fd`, compute and end, and
 * nothing else.  Every other descriptor is closed, 0 to 2 as well.  What would
 * only serve a break-in (open, socket, exec, fork, kill ...) ends the process;
 * what a C library may merely try (its newer calls) answers ENOSYS.
 * The worker asks for SANDBOX_ALL, the tests for one part at a time.
 */
struct sandbox sandbox_enter(int fd, unsigned parts);

/* "locked in: seccomp, Landlock (ABI 7), ...", "not wholly locked in: ...;
 * without ..." or "not locked in": the caller's. */
char *sandbox_words(const struct sandbox *);

#endif
