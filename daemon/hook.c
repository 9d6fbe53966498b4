#include "daemon/hook.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <event2/event.h>

#include "daemon/launcher.h"
#include "daemon/log.h"
#include "daemon/spawn.h"
#include "feed/buffer.h"
#include "feed/date.h"
#include "feed/memory.h"
#include "feed/text.h"

#define TEXT_MAX_BYTES (LAUNCHER_MAX_MESSAGE / 2)
#define VALUE_CHARACTERS 1000

extern char **environ;

struct hook {
	int fd; /* -1: the launcher has ended */
	pid_t pid;
	struct event *readable;
	bool running;
	/* what the next command is told */
	size_t count;
	struct buffer variables; /* of the only news */
	struct buffer text;      /* a line for each */
	size_t untold;           /* for which there was no room */
	void (*idle)(void *arg);
	void *arg;
};

/* ---- what is told ---- */

/* NUL ends it: the value is one clean line. */
static void
add_variable(struct buffer *variables, const char *name, const char *value)
{
	char *line = text_line(value, strlen(value), VALUE_CHARACTERS);
	buffer_add_format(variables, "%s=%s", name, line);
	buffer_add_byte(variables, '\0');
	free(line);
}

static void
add_news(struct hook *hook, const struct hook_news *news)
{
	char since[21];
	date_format_rfc3339(news->since_s, since);
	hook->count++;
	buffer_clear(&hook->variables);
	if (hook->count == 1) {
		add_variable(&hook->variables, "METROFEED_EVENT", news->event);
		add_variable(
		    &hook->variables, "METROFEED_SECTION", news->section);
		add_variable(&hook->variables, "METROFEED_URL", news->url);
		add_variable(
		    &hook->variables, "METROFEED_REASON", news->reason);
		add_variable(&hook->variables, "METROFEED_ID", news->id);
		add_variable(&hook->variables, "METROFEED_SINCE", since);
	} else
		add_variable(&hook->variables, "METROFEED_EVENT", "several");
	if (hook->text.length > TEXT_MAX_BYTES) {
		hook->untold++;
		return;
	}
	char *reason =
	    text_line(news->reason, strlen(news->reason), VALUE_CHARACTERS);
	buffer_add_format(&hook->text, "%s: %s: %s (since %s)\n", news->event,
	    news->section, reason, since);
	free(reason);
}

/* ---- the launcher ---- */

static void
lost(struct hook *hook)
{
	log_errorx("on-change: its launcher has ended; no command is run until "
		   "a restart");
	event_free(hook->readable);
	hook->readable = NULL;
	close(hook->fd);
	hook->fd = -1;
	hook->running = false;
	hook->count = 0;
	(void)waitpid(hook->pid, NULL, WNOHANG); /* its zombie, if it is one */
}

static void
send_news(struct hook *hook)
{
	struct buffer message = {0};
	char count[24];
	if (hook->fd == -1 || hook->running || hook->count == 0)
		return;
	buffer_add(&message, hook->variables.bytes, hook->variables.length);
	(void)snprintf(count, sizeof(count), "%zu", hook->count);
	add_variable(&message, "METROFEED_COUNT", count);
	buffer_add_byte(&message, '\0');
	buffer_add(&message, hook->text.bytes, hook->text.length);
	if (hook->untold > 0)
		buffer_add_format(&message, "and %zu more\n", hook->untold);
	ssize_t sent;
	do
		sent =
		    send(hook->fd, message.bytes, message.length, MSG_NOSIGNAL);
	while (sent == -1 && errno == EINTR);
	buffer_clear(&message);
	buffer_clear(&hook->variables);
	buffer_clear(&hook->text);
	hook->count = hook->untold = 0;
	hook->running = sent != -1;
	if (sent == -1)
		lost(hook);
}

static void
say_outcome(struct launched *done)
{
	done->said[sizeof(done->said) - 1] = '\0';
	char *said = text_line(done->said, strlen(done->said), LAUNCHER_SAID);
	const char *between = said[0] != '\0' ? ": " : "";
	if (done->how == LAUNCHED_NOT)
		log_errorx("on-change: the command could not be started: %s",
		    strerror(done->code));
	else if (done->how == LAUNCHED_LATE)
		log_warnx("on-change: the command was ended: it took too long"
			  "%s%s",
		    between, said);
	else if (done->how == LAUNCHED_KILLED)
		log_warnx("on-change: the command died of signal %d%s%s",
		    done->code, between, said);
	else if (done->code != 0)
		log_warnx("on-change: the command ended with %d%s%s",
		    done->code, between, said);
	else
		log_debug("on-change: the command has run%s%s", between, said);
	free(said);
}

static void
on_outcome(evutil_socket_t fd, short what, void *arg)
{
	(void)what;
	struct hook *hook = arg;
	struct launched done;
	ssize_t got = recv(fd, &done, sizeof(done), MSG_DONTWAIT);
	if (got == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got != sizeof(done)) {
		lost(hook);
	} else {
		hook->running = false;
		say_outcome(&done);
		send_news(hook);
	}
	if (!hook_is_busy(hook) && hook->idle != NULL)
		hook->idle(hook->arg);
}

static bool
start_launcher(struct hook *hook, const char *const *command, int timeout_ms,
    struct error *err)
{
	int pair[2];
	size_t count = 0;
	while (command[count] != NULL)
		count++;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
		return error_set(
		    err, "on-change: no socket: %s", strerror(errno));
	char **argv = xcalloc(count + 4, sizeof(*argv));
	char timeout[16], name[] = LAUNCHER_NAME;
	(void)snprintf(timeout, sizeof(timeout), "%d", timeout_ms);
	argv[0] = argv[1] = name;
	argv[2] = timeout;
	for (size_t i = 0; i < count; i++)
		argv[3 + i] = (char *)command[i]; /* only read */
	/* dup2 onto itself would keep close-on-exec */
	int theirs = fcntl(pair[1], F_DUPFD_CLOEXEC, SPAWN_FD + 1);
	bool good =
	    theirs != -1 && spawn_self(theirs, argv, environ, &hook->pid);
	if (!good)
		error_set(err, "on-change: its launcher cannot start: %s",
		    strerror(errno));
	free(argv);
	close(pair[1]);
	if (theirs != -1)
		close(theirs);
	if (good)
		hook->fd = pair[0];
	else
		close(pair[0]);
	return good;
}

/* ---- life ---- */

struct hook *
hook_new(struct event_base *base, const char *const *command, int timeout_ms,
    struct error *err)
{
	struct hook *hook = xcalloc(1, sizeof(*hook));
	hook->fd = -1;
	if (!start_launcher(hook, command, timeout_ms, err)) {
		free(hook);
		return NULL;
	}
	hook->readable =
	    event_new(base, hook->fd, EV_READ | EV_PERSIST, on_outcome, hook);
	event_add(hook->readable, NULL);
	return hook;
}

void
hook_free(struct hook *hook)
{
	if (hook == NULL)
		return;
	if (hook->fd != -1) {
		event_free(hook->readable);
		close(hook->fd);
		/* an idle one ends at that; one at work does, in its time */
		(void)waitpid(hook->pid, NULL, hook->running ? WNOHANG : 0);
	}
	buffer_clear(&hook->variables);
	buffer_clear(&hook->text);
	free(hook);
}

void
hook_tell(struct hook *hook, const struct hook_news *news)
{
	if (hook->fd != -1)
		add_news(hook, news);
}

void
hook_run(struct hook *hook)
{
	send_news(hook);
}

bool
hook_is_busy(const struct hook *hook)
{
	return hook->running || hook->count > 0;
}

void
hook_on_idle(struct hook *hook, void (*idle)(void *arg), void *arg)
{
	hook->idle = idle;
	hook->arg = arg;
}
