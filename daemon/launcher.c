#include "daemon/launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/clock.h"
#include "daemon/spawn.h"
#include "feed/memory.h"

#define GRACE_MS 2000          /* between a request to end and the end */
#define OUTPUT_MAX_BYTES 65536 /* then nobody listens any more */

extern char **environ;

struct launch {
	pid_t pid;
	int output;   /* what it says; -1: nobody listens */
	size_t heard; /* bytes */
	struct launched *done;
	size_t kept;
};

/* A file without a name: a command that does not read holds nobody up. */
static int
open_input(const char *text, size_t length)
{
	int fd = memfd_create("on-change", MFD_CLOEXEC);
	if (fd == -1)
		return -1;
	if (write(fd, text, length) == (ssize_t)length &&
	    lseek(fd, 0, SEEK_SET) == 0)
		return fd;
	close(fd);
	return -1;
}

/* Ours, with theirs behind: putenv-like libraries take the first, but none of
 * ours begins so (clean_environment). */
static char **
join_environment(char *variables, const char *end)
{
	size_t count = 0, more = 0;
	while (environ[count] != NULL)
		count++;
	for (const char *at = variables; at < end; at += strlen(at) + 1)
		more++;
	char **joined = xcalloc(count + more + 1, sizeof(*joined));
	memcpy(joined, environ, count * sizeof(*joined));
	for (char *at = variables; at < end; at += strlen(at) + 1)
		joined[count++] = at;
	return joined;
}

static int
start(
    char *const *command, char **environment, int input, int output, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	int failed = posix_spawn_file_actions_init(&actions);
	if (failed != 0)
		return failed;
	(void)posix_spawnattr_init(&attributes); /* cannot fail on glibc */
	(void)sigemptyset(&none);
	(void)sigfillset(&all);
	(void)posix_spawnattr_setsigmask(&attributes, &none);
	(void)posix_spawnattr_setsigdefault(&attributes, &all);
	/* a session of its own: what it starts can be ended with it */
	(void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK |
							POSIX_SPAWN_SETSIGDEF |
							POSIX_SPAWN_SETSID);
	failed = posix_spawn_file_actions_adddup2(&actions, input, 0);
	for (int i = 1; failed == 0 && i < 3; i++)
		failed = posix_spawn_file_actions_adddup2(&actions, output, i);
	if (failed == 0)
		failed = posix_spawn_file_actions_addclosefrom_np(&actions, 3);
	if (failed == 0)
		failed = posix_spawnp(pid, command[0], &actions, &attributes,
		    command, environment);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)posix_spawnattr_destroy(&attributes);
	return failed;
}

/* What it says now, all of it, without waiting. */
static void
listen_to(struct launch *launch)
{
	char bytes[4096];
	struct launched *done = launch->done;
	while (launch->output != -1) {
		ssize_t got = read(launch->output, bytes, sizeof(bytes));
		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1 && errno == EAGAIN)
			return;
		if (got > 0) {
			size_t room = sizeof(done->said) - 1 - launch->kept;
			size_t more = (size_t)got < room ? (size_t)got : room;
			memcpy(done->said + launch->kept, bytes, more);
			launch->kept += more;
			launch->heard += (size_t)got;
		}
		if (got <= 0 || launch->heard > OUTPUT_MAX_BYTES) {
			close(launch->output);
			launch->output = -1;
		}
	}
}

/* Has it ended?  It stays in the kernel's table, so that nobody else gets its
 * number while we still mean it. */
static bool
has_ended(pid_t pid)
{
	siginfo_t info = {.si_pid = 0};
	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) ==
		   -1 ||
	       info.si_pid != 0;
}

/* Nothing is left of it when this returns. */
static void
wait_for(struct launch *launch, int children, int timeout_ms)
{
	struct launched *done = launch->done;
	int64_t end_ms = clock_monotonic_ms() + timeout_ms;
	bool is_late = false;
	int status = 0;
	while (!has_ended(launch->pid)) {
		struct signalfd_siginfo ignored;
		struct pollfd fds[] = {
		    {.fd = children, .events = POLLIN},
		    {.fd = launch->output, .events = POLLIN},
		};
		int64_t left_ms = end_ms - clock_monotonic_ms();
		if (left_ms <= 0) {
			(void)kill(-launch->pid, is_late ? SIGKILL : SIGTERM);
			is_late = true;
			end_ms = clock_monotonic_ms() + GRACE_MS;
			continue;
		}
		(void)poll(fds, 2, (int)left_ms); /* or a signal: look again */
		/* only the news counts */
		while (read(children, &ignored, sizeof(ignored)) > 0)
			continue;
		listen_to(launch);
	}
	(void)kill(-launch->pid, SIGKILL); /* whom it left behind */
	(void)waitpid(launch->pid, &status, 0);
	listen_to(launch);
	if (launch->output != -1)
		close(launch->output);
	done->how = is_late               ? LAUNCHED_LATE
		    : WIFSIGNALED(status) ? LAUNCHED_KILLED
					  : LAUNCHED_EXITED;
	done->code =
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

static void
launch(char *message, size_t length, char *const *command, int children,
    int timeout_ms, struct launched *done)
{
	char *end = message;
	const char *stop = message + length;
	int pipes[2] = {-1, -1};
	struct launch launch = {.done = done};
	while (end < stop && *end != '\0')
		end += strlen(end) + 1;
	const char *text = end < stop ? end + 1 : stop;
	int input = open_input(text, (size_t)(stop - text));
	*done = (struct launched){.how = LAUNCHED_NOT};
	if (input == -1 || pipe2(pipes, O_CLOEXEC) == -1 ||
	    fcntl(pipes[0], F_SETFL, O_NONBLOCK) == -1) {
		done->code = errno;
	} else {
		char **environment = join_environment(message, end);
		done->code =
		    start(command, environment, input, pipes[1], &launch.pid);
		free(environment);
	}
	if (input != -1)
		close(input);
	if (pipes[1] != -1)
		close(pipes[1]);
	launch.output = pipes[0];
	if (done->code == 0)
		wait_for(&launch, children, timeout_ms);
	else if (launch.output != -1)
		close(launch.output);
}

/* What the service manager meant for the daemon alone. */
static void
clean_environment(void)
{
	static const char *const names[] = {"NOTIFY_SOCKET", "WATCHDOG_USEC",
	    "WATCHDOG_PID", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES",
	    "JOURNAL_STREAM", "INVOCATION_ID", "METROFEED_EVENT",
	    "METROFEED_COUNT", "METROFEED_SECTION", "METROFEED_URL",
	    "METROFEED_REASON", "METROFEED_ID", "METROFEED_SINCE"};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		(void)unsetenv(names[i]); /* a name without '=' */
}

int
launcher_main(char **arguments)
{
	char message[LAUNCHER_MAX_MESSAGE + 1];
	struct launched done;
	sigset_t child;
	int timeout_ms = atoi(arguments[0]);
	(void)sigemptyset(&child);
	(void)sigaddset(&child, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &child, NULL); /* cannot fail */
	int children = signalfd(-1, &child, SFD_NONBLOCK | SFD_CLOEXEC);
	if (children == -1 || chdir("/") == -1 ||
	    fcntl(SPAWN_FD, F_SETFD, FD_CLOEXEC) == -1)
		return 1;
	clean_environment();
	for (;;) {
		ssize_t got = recv(SPAWN_FD, message, sizeof(message) - 1, 0);
		if (got == -1 && errno == EINTR)
			continue;
		if (got <= 0)
			return got == 0 ? 0 : 1;
		message[got] = '\0';
		launch(message, (size_t)got, arguments + 1, children,
		    timeout_ms, &done);
		if (send(SPAWN_FD, &done, sizeof(done), MSG_NOSIGNAL) !=
		    sizeof(done))
			return 1;
	}
}
