#include "daemon/notify.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static void
notify(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	if (path == NULL || (path[0] != '/' && path[0] != '@') ||
	    path[1] == '\0' || strlen(path) >= sizeof(address.sun_path))
		return;
	memcpy(address.sun_path, path, strlen(path));
	if (path[0] == '@') /* abstract: no file */
		address.sun_path[0] = '\0';
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return;
	/* without the closing NUL, which would be a part of an abstract name;
	 * a manager that does not listen is its own affair */
	(void)sendto(fd, state, strlen(state), MSG_NOSIGNAL,
	    (const struct sockaddr *)&address,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path)));
	close(fd);
}

void
notify_ready(void)
{
	notify("READY=1");
}

/* Type=notify-reload wants the moment, to tell this reload from an older one
 * (sd_notify(3)). */
void
notify_reloading(void)
{
	struct timespec now;
	char state[80];
	/* CLOCK_MONOTONIC cannot fail on Linux */
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	(void)snprintf(state, sizeof(state), "RELOADING=1\nMONOTONIC_USEC=%lld",
	    (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
	notify(state);
}

void
notify_stopping(void)
{
	notify("STOPPING=1");
}

void
notify_watchdog(void)
{
	notify("WATCHDOG=1");
}

void
notify_status(const char *text)
{
	char state[512];
	(void)snprintf(state, sizeof(state), "STATUS=%s", text);
	/* a newline would begin another assignment */
	for (char *at = state; *at != '\0'; at++)
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			*at = ' ';
	notify(state);
}

/* The whole string is a number above 0. */
static bool
read_number(const char *text, long long *number)
{
	char *end;
	errno = 0;
	long long value = strtoll(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || value <= 0)
		return false;
	*number = value;
	return true;
}

int64_t
notify_watchdog_interval_ms(void)
{
	const char *interval = getenv("WATCHDOG_USEC");
	const char *pid = getenv("WATCHDOG_PID");
	long long microseconds, whose;
	if (interval == NULL || !read_number(interval, &microseconds))
		return 0;
	/* inherited from a parent: meant for that one */
	if (pid != NULL && (!read_number(pid, &whose) || whose != getpid()))
		return 0;
	return microseconds < 1000 ? 1 : microseconds / 1000;
}
