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

enum sandbox_access {
	SANDBOX_READ,
	SANDBOX_RUN,   /* to read and to execute */
	SANDBOX_WRITE, /* to read, write, make, rename and remove */
};

struct sandbox_path {
	char *path; /* a file, or a folder and all below; absent: left out */
	enum sandbox_access access;
};

/*
 * Keeps the calling process, and all that it starts from now on, to these
 * paths, and from listening on another TCP port.  What is open stays open.  It
 * must have one thread.  The Landlock ABI in force; 0 where the kernel has
 * none, or one that would forbid renaming between folders (ABI 1), or a path could
 * not be looked at or is one too many: then nothing was given up.
 */
unsigned sandbox_keep_to(const struct sandbox_path *, size_t count);

/* "locked in: seccomp, Landlock (ABI 7), ...", "not wholly locked in: ...;
 * without ..." or "not locked in": the caller's. */
char *sandbox_words(const struct sandbox *);

#endif
