#include "daemon/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <unistd.h>

/*
 * The program itself, also after an upgrade has replaced its file.  Under
 * valgrind that name is valgrind's own; only the link tells ours.
 */
static const char *
own_binary(void)
{
#ifdef METROFEED_NO_LOCKDOWN
	static char path[4096];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
	if (length > 0) {
		path[length] = '\0';
		return path;
	}
#endif
	return "/proc/self/exe";
}

bool
spawn_self(int fd, char *const argv[], char *const environment[], pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	if ((errno = posix_spawn_file_actions_init(&actions)) != 0)
		return false;
	(void)posix_spawnattr_init(&attributes); /* cannot fail on glibc */
	(void)sigemptyset(&none);
	(void)sigfillset(&all);
	(void)posix_spawnattr_setsigmask(&attributes, &none);
	(void)posix_spawnattr_setsigdefault(&attributes, &all);
	/* a group of its own: Ctrl-C is for the daemon, which ends it */
	(void)posix_spawnattr_setpgroup(&attributes, 0);
	(void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK |
							POSIX_SPAWN_SETSIGDEF |
							POSIX_SPAWN_SETPGROUP);
	int failed = posix_spawn_file_actions_adddup2(&actions, fd, SPAWN_FD);
	for (int i = 0; failed == 0 && i < 3; i++) {
#ifdef METROFEED_NO_LOCKDOWN
		if (i == 2) /* where the sanitizers report */
			break;
#endif
		failed = posix_spawn_file_actions_addopen(
		    &actions, i, "/dev/null", O_RDWR, 0);
	}
	if (failed == 0)
		failed = posix_spawn_file_actions_addclosefrom_np(
		    &actions, SPAWN_FD + 1);
	if (failed == 0)
		failed = posix_spawn(pid, own_binary(), &actions, &attributes,
		    argv, environment);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)posix_spawnattr_destroy(&attributes);
	errno = failed;
	return failed == 0;
}
