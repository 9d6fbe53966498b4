#include "daemon/workers.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <event2/event.h>

#include "daemon/log.h"
#include "daemon/spawn.h"
#include "daemon/worker.h"
#include "feed/memory.h"

#define RESTART_FIRST_MS 100 /* doubled at each death in a row */
#define RESTART_MOST_MS 30000
#define DEATHS_TOLD 5 /* in a row: something is wrong with more than a page */

struct work {
	TAILQ_ENTRY(work) link;
	struct workers *workers;
	struct buffer message;
	work_callback *callback; /* NULL: cancelled */
	void *arg;
};

struct worker {
	struct workers *workers;
	pid_t pid; /* 0: not running */
	int fd;    /* -1: not running */
	struct event *readable, *writable, *deadline, *restart;
	struct work *work; /* being read, or NULL */
	size_t written;
	bool greeted; /* it has said what locks it in */
	struct buffer answer;
	unsigned deaths; /* in a row */
};

struct workers {
	struct event_base *base;
	struct event *start; /* gives waiting jobs to idle workers */
	unsigned count;
	int deadline_ms;
	size_t load;
	unsigned long restarts;
	bool told; /* what the first worker said of its sandbox */
	struct sandbox sandbox;
	sandbox_callback *callback;
	void *arg;
	bool cpu_refused; /* said once */
	TAILQ_HEAD(, work) waiting;
	struct worker list[];
};

static void on_readable(evutil_socket_t, short, void *);
static void on_writable(evutil_socket_t, short, void *);

static struct timeval
milliseconds(int ms)
{
	return (struct timeval){
	    .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
}

static void
workers_wake(struct workers *workers)
{
	event_active(workers->start, EV_TIMEOUT, 0);
}

static bool
worker_start(struct worker *worker)
{
	char name[] = WORKER_NAME, locale[] = "LC_CTYPE=C.UTF-8";
	char *const argv[] = {name, name, NULL};
	char *const environment[] = {locale, NULL};
	int pair[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1) {
		log_warn("worker: no socket");
		return false;
	}
	/* dup2 onto itself would keep close-on-exec */
	int theirs = fcntl(pair[1], F_DUPFD_CLOEXEC, SPAWN_FD + 1);
	close(pair[1]);
	if (theirs == -1 ||
	    !spawn_self(theirs, argv, environment, &worker->pid)) {
		log_warn("worker: cannot start");
		if (theirs != -1)
			close(theirs);
		close(pair[0]);
		worker->pid = 0;
		return false;
	}
	close(theirs);
	evutil_make_socket_nonblocking(pair[0]);
	worker->fd = pair[0];
	worker->readable = event_new(worker->workers->base, worker->fd,
	    EV_READ | EV_PERSIST, on_readable, worker);
	worker->writable = event_new(worker->workers->base, worker->fd,
	    EV_WRITE | EV_PERSIST, on_writable, worker);
	event_add(worker->readable, NULL);
	return true;
}

static int
worker_stop(struct worker *worker)
{
	int status = 0;
	if (worker->pid == 0)
		return 0;
	event_free(worker->readable);
	event_free(worker->writable);
	worker->readable = worker->writable = NULL;
	close(worker->fd);
	worker->fd = -1;
#ifdef METROFEED_NO_LOCKDOWN
	/* an idle one ends by itself, so that its leaks are reported */
	if (worker->work != NULL)
#endif
		(void)kill(worker->pid, SIGKILL); /* it may be gone already */
	while (waitpid(worker->pid, &status, 0) == -1 && errno == EINTR)
		continue;
	worker->pid = 0;
	worker->greeted = false;
	event_del(worker->deadline);
	buffer_clear(&worker->answer);
	return status;
}

static void
work_free(struct work *work)
{
	if (work == NULL)
		return;
	buffer_clear(&work->message);
	free(work);
}

static void
work_finish(struct worker *worker, struct answer *answer, const char *reason)
{
	struct work *work = worker->work;
	worker->work = NULL;
	worker->workers->load--;
	workers_wake(worker->workers);
	if (work->callback != NULL)
		work->callback(answer, reason, work->arg);
	work_free(work);
}

/* The worker is of no more use: it died, lied or hangs. */
static void
worker_lost(struct worker *worker, const char *why)
{
	struct workers *workers = worker->workers;
	int status = worker_stop(worker);
	char reason[128];
	if (why != NULL)
		(void)snprintf(reason, sizeof(reason), "%s", why);
	else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		(void)snprintf(reason, sizeof(reason),
		    "the worker called what its sandbox forbids on this page");
	else if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
		(void)snprintf(reason, sizeof(reason),
		    "the worker died of signal %d (%s) on this page",
		    WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		(void)snprintf(reason, sizeof(reason),
		    "the worker ended while it read this page");
	workers->restarts++;
	int wait_ms = RESTART_FIRST_MS;
	for (unsigned i = 0; i < worker->deaths && wait_ms < RESTART_MOST_MS;
	     i++)
		wait_ms *= 2;
	if (wait_ms > RESTART_MOST_MS)
		wait_ms = RESTART_MOST_MS;
	if (++worker->deaths == DEATHS_TOLD)
		log_warnx("worker: ended %u times in a row; the last time: %s",
		    worker->deaths, reason);
	struct timeval wait = milliseconds(wait_ms);
	event_add(worker->restart, &wait);
	log_debug("worker: lost; the next one in %d ms", wait_ms);
	if (worker->work != NULL)
		work_finish(worker, NULL, reason);
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	struct worker *worker = arg;
	char why[96];
	(void)snprintf(why, sizeof(why),
	    "the page was not read within %d s; its worker was ended",
	    worker->workers->deadline_ms / 1000);
	worker_lost(worker, why);
}

static void
worker_answer(struct worker *worker)
{
	struct answer answer = {0};
	struct error err = {{0}};
	if (worker->work == NULL || worker->work->message.length != 0) {
		worker_lost(worker, "the worker answered before it was asked");
		return;
	}
	if (!answer_decode(
		worker->answer.bytes, worker->answer.length, &answer, &err)) {
		char why[256];
		(void)snprintf(why, sizeof(why),
		    "the worker's answer is not valid: %.180s", err.reason);
		worker_lost(worker, why);
		return;
	}
	event_del(worker->deadline);
	buffer_clear(&worker->answer);
	worker->deaths = 0;
	work_finish(worker, &answer, NULL);
	answer_clear(&answer);
}

/* Said once, and again if a later worker gets something else. */
static void
say_sandbox(struct workers *workers, const struct sandbox *sandbox)
{
	if (workers->told && sandbox->parts == workers->sandbox.parts &&
	    sandbox->landlock_abi == workers->sandbox.landlock_abi)
		return;
	workers->told = true;
	workers->sandbox = *sandbox;
	char *words = sandbox_words(sandbox);
#ifdef METROFEED_NO_LOCKDOWN
	log_debug("workers: %s: this build leaves it out", words);
#else
	if (sandbox->parts == SANDBOX_ALL)
		log_debug("workers: %s", words);
	else
		log_warnx("workers: %s; pages are read all the same", words);
#endif
	free(words);
	if (workers->callback != NULL)
		workers->callback(sandbox, workers->arg);
}

static void
worker_greeting(struct worker *worker)
{
	struct sandbox sandbox;
	struct error err = {{0}};
	if (!hello_decode(
		worker->answer.bytes, worker->answer.length, &sandbox, &err)) {
		worker_lost(worker, "the worker did not begin with a greeting");
		return;
	}
	worker->greeted = true;
	buffer_clear(&worker->answer);
	say_sandbox(worker->workers, &sandbox);
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	(void)what;
	struct worker *worker = arg;
	struct buffer *answer = &worker->answer;
	static char chunk[64 << 10];
	/* an answer may follow the greeting at once */
	size_t most = worker->greeted ? sizeof(chunk)
				      : WIRE_HELLO_LENGTH - answer->length;
	ssize_t got = read(fd, chunk, most);
	if (got == -1 && (errno == EINTR || errno == EAGAIN))
		return;
	if (got <= 0) {
		worker_lost(worker, NULL);
		return;
	}
	buffer_add(answer, chunk, (size_t)got);
	if (!worker->greeted) {
		if (answer->length == WIRE_HELLO_LENGTH)
			worker_greeting(worker);
		return;
	}
	size_t length = wire_length(answer->bytes, answer->length);
	if (length > WIRE_MAX_MESSAGE ||
	    (length != 0 && answer->length > length))
		worker_lost(worker, "the worker's answer is not valid: its "
				    "length");
	else if (length != 0 && answer->length == length)
		worker_answer(worker);
}

static void
on_writable(evutil_socket_t fd, short what, void *arg)
{
	(void)what;
	struct worker *worker = arg;
	const struct buffer *message = &worker->work->message;
	ssize_t put = send(fd, message->bytes + worker->written,
	    message->length - worker->written, MSG_NOSIGNAL);
	if (put == -1 && (errno == EINTR || errno == EAGAIN))
		return;
	if (put == -1) {
		worker_lost(worker, NULL);
		return;
	}
	worker->written += (size_t)put;
	if (worker->written == message->length) {
		event_del(worker->writable);
		buffer_clear(&worker->work->message);
	}
}

/*
 * RLIMIT_CPU counts the life of a process: the limit is moved on before each
 * page.  It is for the time after us: the deadline ends a worker that spins
 * while we live, and this one that was left alone.
 */
static void
limit_cpu(struct worker *worker)
{
#ifndef METROFEED_NO_LOCKDOWN
	clockid_t clock;
	struct timespec used;
	struct rlimit limit;
	if (clock_getcpuclockid(worker->pid, &clock) != 0 ||
	    clock_gettime(clock, &used) == -1)
		return; /* it has just died: the socket tells */
	if (prlimit(worker->pid, RLIMIT_CPU, NULL, &limit) == 0) {
		rlim_t more = (rlim_t)worker->workers->deadline_ms / 1000 + 2;
		rlim_t soft = (rlim_t)used.tv_sec + more;
		limit.rlim_cur = soft < limit.rlim_max ? soft : limit.rlim_max;
		if (prlimit(worker->pid, RLIMIT_CPU, &limit, NULL) == 0)
			return;
	}
	if (!worker->workers->cpu_refused)
		log_warn("worker: no limit on its CPU time");
	worker->workers->cpu_refused = true;
#else
	(void)worker;
#endif
}

static void
worker_give(struct worker *worker, struct work *work)
{
	limit_cpu(worker);
	struct timeval deadline = milliseconds(worker->workers->deadline_ms);
	worker->work = work;
	worker->written = 0;
	event_add(worker->deadline, &deadline);
	event_add(worker->writable, NULL);
}

static void
on_start(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	struct workers *workers = arg;
	for (unsigned i = 0; i < workers->count; i++) {
		struct worker *worker = &workers->list[i];
		struct work *work = TAILQ_FIRST(&workers->waiting);
		if (work == NULL)
			return;
		if (worker->work != NULL ||
		    event_pending(worker->restart, EV_TIMEOUT, NULL))
			continue;
		if (worker->pid == 0 && !worker_start(worker)) {
			struct timeval wait = milliseconds(RESTART_MOST_MS);
			event_add(worker->restart, &wait);
			continue;
		}
		TAILQ_REMOVE(&workers->waiting, work, link);
		worker_give(worker, work);
	}
}

static void
on_restart(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	struct worker *worker = arg;
	workers_wake(worker->workers);
}

struct workers *
workers_new(struct event_base *base, unsigned count, int deadline_ms)
{
	struct workers *workers =
	    xcalloc(1, sizeof(*workers) + count * sizeof(struct worker));
	workers->base = base;
	workers->count = count;
	workers->deadline_ms = deadline_ms;
	TAILQ_INIT(&workers->waiting);
	workers->start = event_new(base, -1, 0, on_start, workers);
	for (unsigned i = 0; i < count; i++) {
		struct worker *worker = &workers->list[i];
		worker->workers = workers;
		worker->fd = -1;
		worker->deadline = evtimer_new(base, on_deadline, worker);
		worker->restart = evtimer_new(base, on_restart, worker);
	}
	return workers;
}

void
workers_on_sandbox(
    struct workers *workers, sandbox_callback *callback, void *arg)
{
	workers->callback = callback;
	workers->arg = arg;
}

void
workers_free(struct workers *workers)
{
	struct work *work;
	if (workers == NULL)
		return;
	for (unsigned i = 0; i < workers->count; i++) {
		struct worker *worker = &workers->list[i];
		(void)worker_stop(worker); /* however it ended */
		event_free(worker->deadline);
		event_free(worker->restart);
		work_free(worker->work);
	}
	while ((work = TAILQ_FIRST(&workers->waiting)) != NULL) {
		TAILQ_REMOVE(&workers->waiting, work, link);
		work_free(work);
	}
	event_free(workers->start);
	free(workers);
}

struct work *
workers_submit(struct workers *workers, const struct job *job,
    work_callback *callback, void *arg)
{
	struct work *work = xcalloc(1, sizeof(*work));
	work->workers = workers;
	work->callback = callback;
	work->arg = arg;
	job_encode(job, &work->message);
	TAILQ_INSERT_TAIL(&workers->waiting, work, link);
	workers->load++;
	workers_wake(workers);
	return work;
}

void
work_cancel(struct work *work)
{
	if (work != NULL)
		work->callback = NULL;
}

size_t
workers_load(const struct workers *workers)
{
	return workers->load;
}

unsigned long
workers_restarts(const struct workers *workers)
{
	return workers->restarts;
}
