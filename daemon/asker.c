#include "daemon/asker.h"

#include <stdlib.h>
#include <sys/queue.h>

#include <event2/event.h>

#include "daemon/clock.h"
#include "daemon/page_request.h"
#include "daemon/queue.h"
#include "daemon/robots.h"
#include "feed/memory.h"
#include "feed/url.h"

#define MAX_ACTIVE 24

struct ask {
	struct queue_entry entry; /* first: on_turn finds us by it */
	LIST_ENTRY(ask) link;
	struct asker *asker;
	const struct section_config *config;
	asker_callback *callback;
	void *arg;
	struct event *begin;         /* the callback comes from the loop */
	struct robots_wait *waiting; /* or NULL */
	struct fetch *fetch;         /* or NULL */
	bool is_refused;             /* by robots.txt, on the way */
};

struct asker {
	struct event_base *base;
	struct event *pump;
	struct queue *queue;
	struct fetcher *fetcher;
	struct robots *robots;
	LIST_HEAD(asks, ask) asks;
};

static void
wake(void *arg)
{
	struct asker *asker = arg;
	struct timeval now = {0};
	event_add(asker->pump, &now);
}

static void
on_pump(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	struct asker *asker = arg;
	struct queue_entry *entry;
	int64_t wait_ms;
	while ((entry = queue_pop(
		    asker->queue, clock_monotonic_ms(), &wait_ms)) != NULL)
		entry->start(entry);
	struct timeval wait = {
	    .tv_sec = wait_ms / 1000, .tv_usec = wait_ms % 1000 * 1000};
	if (wait_ms >= 0)
		event_add(asker->pump, &wait);
}

static void
ask_free(struct ask *ask)
{
	LIST_REMOVE(ask, link);
	robots_wait_cancel(ask->waiting);
	fetch_cancel(ask->fetch);
	queue_remove(ask->asker->queue, &ask->entry, clock_monotonic_ms());
	event_free(ask->begin);
	free(ask);
}

static void
ask_end(struct ask *ask, const char *stage, const char *reason,
    const struct reply *reply)
{
	struct asker *asker = ask->asker;
	ask->callback(ask->config, stage, reason, reply, ask->arg);
	ask_free(ask);
	wake(asker);
}

static void
on_reply(struct fetch *fetch, const struct reply *reply, void *arg)
{
	(void)fetch;
	struct ask *ask = arg;
	ask->fetch = NULL;
	if (reply->reason != NULL)
		ask_end(ask, ask->is_refused ? "robots" : "fetch",
		    reply->reason, NULL);
	else if (reply->status == 200)
		ask_end(ask, NULL, NULL, reply);
	else {
		bool is_blocked = reply->mitigated != NULL;
		char *words = xasprintf("the site answered %d%s%s",
		    reply->status, is_blocked ? " with cf-mitigated: " : "",
		    is_blocked ? reply->mitigated : "");
		ask_end(ask, is_blocked ? "blocked" : "fetch", words, NULL);
		free(words);
	}
}

static bool
on_redirect(const char *url, void *arg, struct error *why)
{
	struct ask *ask = arg;
	struct robots_ruling ruling;
	if (robots_may_follow(ask->asker->robots, ask->config, url, &ruling))
		return true;
	ask->is_refused = true;
	return error_set(why, "%s", ruling.why.reason);
}

static void
on_turn(struct queue_entry *entry)
{
	struct ask *ask = (struct ask *)entry;
	struct page_request request;
	struct error err = {{0}};
	if (page_request_make(&request, ask->config, &err)) {
		request.fetch.may_follow = on_redirect;
		ask->fetch = fetch_start(
		    ask->asker->fetcher, &request.fetch, on_reply, ask, &err);
		page_request_clear(&request);
	}
	if (ask->fetch == NULL)
		ask_end(ask, "fetch", err.reason, NULL);
}

static void
on_ruling(const struct robots_ruling *ruling, void *arg)
{
	struct ask *ask = arg;
	const struct section_config *config = ask->config;
	ask->waiting = NULL;
	if (ruling->word != ROBOTS_ALLOWS) {
		ask_end(ask, "robots", ruling->why.reason, NULL);
		return;
	}
	char *host = url_host(config->url);
	queue_push(ask->asker->queue, &ask->entry, host,
	    ruling->gap_ms > config->host_gap_ms ? ruling->gap_ms
						 : config->host_gap_ms);
	free(host);
	wake(ask->asker);
}

static void
on_begin(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	struct ask *ask = arg;
	struct robots *robots = ask->asker->robots;
	struct robots_ruling ruling;
	if (robots_judge(robots, ask->config, ask->config->url, &ruling))
		on_ruling(&ruling, ask);
	else
		ask->waiting = robots_wait(
		    robots, ask->config, ask->config->url, on_ruling, ask);
}

/* ---- the calls ---- */

struct asker *
asker_new(struct event_base *base, struct error *err)
{
	struct fetcher *fetcher = fetcher_new(base, err);
	if (fetcher == NULL)
		return NULL;
	struct asker *asker = xcalloc(1, sizeof(*asker));
	asker->base = base;
	asker->fetcher = fetcher;
	asker->pump = evtimer_new(base, on_pump, asker);
	asker->queue = queue_new(MAX_ACTIVE);
	asker->robots = robots_new(asker->queue, fetcher, NULL, wake, asker);
	return asker;
}

void
asker_free(struct asker *asker)
{
	if (asker == NULL)
		return;
	while (!LIST_EMPTY(&asker->asks))
		ask_free(LIST_FIRST(&asker->asks));
	robots_free(asker->robots);
	fetcher_free(asker->fetcher);
	queue_free(asker->queue);
	event_free(asker->pump);
	free(asker);
}

void
asker_ask(struct asker *asker, const struct section_config *config,
    asker_callback *callback, void *arg)
{
	struct ask *ask = xcalloc(1, sizeof(*ask));
	struct timeval now = {0};
	ask->entry.start = on_turn;
	ask->asker = asker;
	ask->config = config;
	ask->callback = callback;
	ask->arg = arg;
	ask->begin = evtimer_new(asker->base, on_begin, ask);
	LIST_INSERT_HEAD(&asker->asks, ask, link);
	event_add(ask->begin, &now);
}
