#include "tests/simulate/hands.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/queue.h>

#include <event2/event.h>

#include "daemon/workers.h"
#include "feed/memory.h"

#define READ_MS 4

struct work {
	TAILQ_ENTRY(work) link;
	struct workers *workers;
	struct event *event;
	struct buffer job;
	work_callback *callback; /* NULL: cancelled */
	void *arg;
};

struct workers {
	struct event_base *base;
	TAILQ_HEAD(works, work) works;
	size_t count;
};

static struct {
	hands_reader *reader;
	void *arg;
} hands;

void
hands_set_reader(hands_reader *reader, void *arg)
{
	hands.reader = reader;
	hands.arg = arg;
}

static void
work_free(struct work *work)
{
	TAILQ_REMOVE(&work->workers->works, work, link);
	work->workers->count--;
	event_free(work->event);
	buffer_clear(&work->job);
	free(work);
}

static void
on_read(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	struct work *work = arg;
	struct job job = {0};
	struct answer made = {0}, answer = {0};
	struct buffer message = {0};
	struct error err = {{0}};
	work_callback *callback = work->callback;
	void *callback_arg = work->arg;
	bool good = job_decode(work->job.bytes, work->job.length, &job, &err);
	assert(good);
	hands.reader(&job, &made, hands.arg);
	answer_encode(&made, &message);
	good = answer_decode(message.bytes, message.length, &answer, &err);
	work_free(work);
	if (callback != NULL)
		callback(good ? &answer : NULL, err.reason, callback_arg);
	answer_clear(&made);
	answer_clear(&answer);
	job_clear(&job);
	buffer_clear(&message);
}

struct workers *
workers_new(struct event_base *base, unsigned count, int deadline_ms)
{
	(void)count;
	(void)deadline_ms;
	struct workers *workers = xcalloc(1, sizeof(*workers));
	workers->base = base;
	TAILQ_INIT(&workers->works);
	return workers;
}

void
workers_on_sandbox(
    struct workers *workers, sandbox_callback *callback, void *arg)
{
	(void)workers;
	(void)callback;
	(void)arg;
}

void
workers_free(struct workers *workers)
{
	struct work *work;
	if (workers == NULL)
		return;
	while ((work = TAILQ_FIRST(&workers->works)) != NULL)
		work_free(work);
	free(workers);
}

struct work *
workers_submit(struct workers *workers, const struct job *job,
    work_callback *callback, void *arg)
{
	struct work *work = xcalloc(1, sizeof(*work));
	struct timeval wait = {.tv_usec = READ_MS * 1000};
	work->workers = workers;
	work->callback = callback;
	work->arg = arg;
	job_encode(job, &work->job);
	work->event = evtimer_new(workers->base, on_read, work);
	event_add(work->event, &wait);
	TAILQ_INSERT_TAIL(&workers->works, work, link);
	workers->count++;
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
	return workers->count;
}

unsigned long
workers_restarts(const struct workers *workers)
{
	(void)workers;
	return 0;
}
