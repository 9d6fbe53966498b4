#include "daemon/robots.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "daemon/clock.h"
#include "daemon/fetch.h"
#include "daemon/log.h"
#include "daemon/page_request.h"
#include "daemon/queue.h"
#include "daemon/store.h"
#include "feed/hash.h"
#include "feed/memory.h"
#include "feed/robots.h"
#include "feed/url.h"

#define TOKEN "metrofeed" /* in groups' User-agent lines */
#define DAY_S 86400
#define AGAIN_S 3600            /* between attempts while an older one counts */
#define GIVEN_UP_S (30 * DAY_S) /* undefined for so long: allowed (2.3.1.4) */
#define FORGOTTEN_S (60 * DAY_S)
#define TIMEOUT_MS 30000
#define GUESTS_MAX 256 /* hosts that only redirects lead to */
#define SLOTS 1024

struct robots_wait {
	TAILQ_ENTRY(robots_wait) link;
	struct host *host;
	char *url;
	robots_callback *callback;
	void *arg;
};

struct host {
	struct queue_entry entry; /* first: on_turn finds us by it */
	struct robots *robots;
	char *name;                  /* the queue's: without the scheme */
	struct robots_record record; /* but for its text, which is parsed */
	struct robots_rules *rules;  /* NULL: all is allowed */
	char *reason;                /* why it cannot be read, or NULL */
	bool is_guest;
	struct page_request request; /* while it waits for its turn */
	struct fetch *fetch;
	int64_t asked_ms; /* monotonic: when the last request began */
	TAILQ_HEAD(waits, robots_wait) waits;
	struct host *chain;
};

struct robots {
	struct queue *queue;
	struct fetcher *fetcher;
	struct store *store;
	void (*woken)(void *arg);
	void *arg;
	size_t guests;
	int64_t ahead_ms; /* of the wall clock, when the stamps were right */
	struct host *slots[SLOTS];
};

static void on_turn(struct queue_entry *);

/* ---- hosts ---- */

/* "https://www.example.com:8443" */
static char *
origin_of(const char *url)
{
	char *host = url_host(url);
	char *origin = xasprintf(
	    "%.*s://%s", (int)strcspn(url, ":"), url, host != NULL ? host : "");
	free(host);
	return origin;
}

static struct robots_rules *
parse(const struct robots_record *record)
{
	if (record->text == NULL)
		return NULL;
	return robots_rules_parse(record->text, record->length, TOKEN);
}

/* The clock was set back while nobody ran: what it calls the future was just
 * now, but for how long it counts nobody can know. */
static void
leave_future(struct robots_record *record, int64_t now_s)
{
	if (record->asked_s > now_s)
		record->asked_s = now_s;
	if (record->failing_s > now_s)
		record->failing_s = now_s;
	if (record->answered_s > now_s)
		record->answered_s = now_s - DAY_S;
}

static struct host *
host_new(struct robots *robots, const char *url, const char *origin)
{
	struct host *host = xcalloc(1, sizeof(*host));
	struct error err = {{0}};
	host->entry.start = on_turn;
	host->robots = robots;
	host->name = url_host(url);
	TAILQ_INIT(&host->waits);
	if (robots->store != NULL &&
	    !store_robots(robots->store, origin, &host->record, &err))
		trouble_meet(store_trouble(robots->store), err.reason);
	if (host->record.origin == NULL)
		host->record.origin = xstrdup(origin);
	leave_future(&host->record, clock_now_s());
	host->rules = parse(&host->record);
	free(host->record.text);
	host->record.text = NULL;
	return host;
}

static struct host **
host_slot(struct robots *robots, const char *origin)
{
	uint64_t hash = hash_bytes(origin, strlen(origin));
	struct host **at = &robots->slots[hash % SLOTS];
	while (*at != NULL && strcmp((*at)->record.origin, origin) != 0)
		at = &(*at)->chain;
	return at;
}

/* NULL if it is a guest too many. */
static struct host *
host_get(struct robots *robots, const char *url, bool is_guest)
{
	char *origin = origin_of(url);
	struct host **at = host_slot(robots, origin), *host = *at;
	if (host == NULL && !(is_guest && robots->guests == GUESTS_MAX)) {
		host = *at = host_new(robots, url, origin);
		host->is_guest = is_guest;
		robots->guests += is_guest;
	} else if (host != NULL && host->is_guest && !is_guest) {
		host->is_guest = false;
		robots->guests--;
	}
	free(origin);
	return host;
}

static void
wait_free(struct robots_wait *wait)
{
	TAILQ_REMOVE(&wait->host->waits, wait, link);
	free(wait->url);
	free(wait);
}

static void
host_free(struct host *host)
{
	struct robots_wait *wait;
	while ((wait = TAILQ_FIRST(&host->waits)) != NULL)
		wait_free(wait);
	fetch_cancel(host->fetch);
	queue_remove(host->robots->queue, &host->entry, clock_monotonic_ms());
	page_request_clear(&host->request);
	robots_rules_free(host->rules);
	robots_record_clear(&host->record);
	free(host->reason);
	free(host->name);
	free(host);
}

static void
host_save(struct host *host, bool has_text)
{
	struct error err = {{0}};
	struct store *store = host->robots->store;
	if (store != NULL &&
	    !store_save_robots(store, &host->record, has_text, &err))
		trouble_meet(store_trouble(store), err.reason);
}

void
robots_follow_clock(struct robots *robots)
{
	int64_t by_s = clock_follow(&robots->ahead_ms);
	if (by_s == 0)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		for (struct host *host = robots->slots[i]; host != NULL;
		     host = host->chain) {
			struct robots_record *record = &host->record;
			clock_move_stamp(&record->asked_s, by_s);
			clock_move_stamp(&record->answered_s, by_s);
			clock_move_stamp(&record->failing_s, by_s);
			clock_move_stamp(&record->hold_s, by_s);
			if (record->asked_s > 0)
				host_save(host, false);
		}
	robots->woken(robots->arg);
}

/* ---- what is known ---- */

static bool
was_answered(const struct host *host, int64_t now_s)
{
	const struct robots_record *record = &host->record;
	if (record->answered_s > 0)
		return true;
	return record->failing_s > 0 && now_s - record->failing_s >= GIVEN_UP_S;
}

/* A moment in the future is a clock that went back: read it anew. */
static bool
is_fresh(const struct host *host, int64_t now_s)
{
	int64_t at_s = host->record.answered_s;
	return at_s > 0 && at_s <= now_s && now_s - at_s < DAY_S;
}

/* Until when an attempt that failed is not repeated. */
static int64_t
held_until(const struct host *host, int64_t again_s, int64_t now_s)
{
	const struct robots_record *record = &host->record;
	int64_t until_s = record->asked_s + again_s;
	if (record->failing_s == 0 || record->asked_s > now_s)
		return 0;
	if (record->hold_s > until_s && record->hold_s <= now_s + DAY_S)
		until_s = record->hold_s;
	return until_s;
}

static void
rule(const struct host *host, const char *url, int64_t now_s,
    struct robots_ruling *ruling)
{
	const struct robots_record *record = &host->record;
	*ruling = (struct robots_ruling){.word = ROBOTS_ALLOWS};
	if (!was_answered(host, now_s)) {
		ruling->word = ROBOTS_SILENT;
		ruling->until_s = record->hold_s;
		error_set(&ruling->why, "robots.txt: %s",
		    host->reason != NULL ? host->reason
					 : "it could not be read");
		return;
	}
	if (host->rules == NULL)
		return;
	ruling->gap_ms = robots_rules_delay_ms(host->rules);
	struct robots_verdict verdict = robots_rules_judge(host->rules, url);
	if (verdict.is_allowed)
		return;
	char *path = url_path(url);
	ruling->word = ROBOTS_DISALLOWS;
	ruling->until_s = is_fresh(host, now_s)
			      ? record->answered_s + DAY_S
			      : held_until(host, AGAIN_S, now_s);
	error_set(&ruling->why, "robots.txt line %u disallows %s", verdict.line,
	    path);
	free(path);
}

/* ---- asking ---- */

static void
host_ask(struct host *host, const struct section_config *config)
{
	int64_t delay_ms =
	    host->rules != NULL ? robots_rules_delay_ms(host->rules) : 0;
	if (host->fetch != NULL || queue_is_waiting(&host->entry))
		return;
	char *url = xasprintf("%s/robots.txt", host->record.origin);
	page_request_clear(&host->request);
	page_request_for_url(&host->request, config, url);
	free(url);
	/* one byte more tells that it was cut */
	host->request.fetch.max_bytes = ROBOTS_MAX_BYTES + 1;
	host->request.fetch.may_cut = true;
	host->request.fetch.timeout_ms = TIMEOUT_MS;
	/* the rules that it asks for anew count for it, too */
	queue_push(host->robots->queue, &host->entry, host->name,
	    delay_ms > config->host_gap_ms ? delay_ms : config->host_gap_ms);
	host->robots->woken(host->robots->arg);
}

/* Only those who wait now: whoever comes from inside waits for the next. */
static void
host_tell(struct host *host)
{
	struct robots *robots = host->robots;
	struct robots_wait *last = TAILQ_LAST(&host->waits, waits), *wait;
	bool is_last = last == NULL;
	while (!is_last && (wait = TAILQ_FIRST(&host->waits)) != NULL) {
		struct robots_ruling ruling;
		robots_callback *callback = wait->callback;
		void *arg = wait->arg;
		is_last = wait == last;
		rule(host, wait->url, clock_now_s(), &ruling);
		wait_free(wait);
		callback(&ruling, arg);
	}
	robots->woken(robots->arg);
}

static void
host_answered(struct host *host, const struct reply *reply)
{
	struct robots_record *record = &host->record;
	bool has_text = reply->reason == NULL && reply->status / 100 == 2;
	record->answered_s = clock_now_s();
	record->failing_s = record->hold_s = 0;
	record->status = reply->status;
	record->text = has_text ? (char *)reply->body : NULL; /* borrowed */
	record->length = has_text ? reply->length : 0;
	free(host->reason);
	host->reason = NULL;
	robots_rules_free(host->rules);
	host->rules = parse(record);
	host_save(host, true);
	record->text = NULL;
	record->length = 0;
	/* a gap that was not known when this request began */
	if (host->rules != NULL && robots_rules_delay_ms(host->rules) > 0)
		queue_hold(host->robots->queue, host->name,
		    host->asked_ms + robots_rules_delay_ms(host->rules));
	log_debug("%s/robots.txt: %d, %zu bytes", record->origin, reply->status,
	    has_text ? reply->length : 0);
}

static void
host_failed(struct host *host, const char *reason, int64_t retry_after_s)
{
	struct robots_record *record = &host->record;
	int64_t now_s = clock_now_s();
	if (record->failing_s == 0 || record->failing_s > now_s)
		record->failing_s = now_s;
	/* one second more for what whole ones hide */
	record->hold_s = retry_after_s > 0 ? now_s + retry_after_s + 1 : 0;
	char *kept = xstrdup(reason);
	free(host->reason);
	host->reason = kept;
	if (was_answered(host, now_s))
		log_warnx("%s/robots.txt: %s; %s", record->origin, kept,
		    record->answered_s > 0 ? "the one read before counts"
					   : "for 30 days now: all is allowed");
	host_save(host, false);
}

/* Is there none, for good (2.3.1.2, 2.3.1.3)?  Too many requests (429) is a
 * word of the server's about itself, as its errors are. */
static bool
is_unavailable(const struct reply *reply)
{
	int class = reply->status / 100;
	if (reply->status == 304 || reply->status == 429)
		return false;
	return class == 3 || (reply->reason == NULL && class == 4);
}

static void
on_robots(struct fetch *fetch, const struct reply *reply, void *arg)
{
	(void)fetch;
	struct host *host = arg;
	char *words = NULL;
	host->fetch = NULL;
	robots_follow_clock(host->robots);
	queue_remove(host->robots->queue, &host->entry, clock_monotonic_ms());
	if (is_unavailable(reply) ||
	    (reply->reason == NULL && reply->status / 100 == 2))
		host_answered(host, reply);
	else {
		if (reply->reason == NULL)
			words =
			    xasprintf("the site answered %d", reply->status);
		host_failed(host, words != NULL ? words : reply->reason,
		    reply->retry_after_s);
	}
	free(words);
	host_tell(host);
}

static void
on_turn(struct queue_entry *entry)
{
	struct host *host = (struct host *)entry;
	struct robots *robots = host->robots;
	struct error err = {{0}};
	robots_follow_clock(robots);
	host->record.asked_s = clock_now_s();
	host->asked_ms = clock_monotonic_ms();
	host_save(host, false); /* for whoever starts after us (P8) */
	host->fetch = fetch_start(
	    robots->fetcher, &host->request.fetch, on_robots, host, &err);
	page_request_clear(&host->request);
	if (host->fetch != NULL) {
		robots->woken(robots->arg);
		return;
	}
	queue_remove(robots->queue, entry, clock_monotonic_ms());
	host_failed(host, err.reason, -1);
	host_tell(host);
}

/* ---- the calls ---- */

struct robots *
robots_new(struct queue *queue, struct fetcher *fetcher, struct store *store,
    void (*woken)(void *arg), void *arg)
{
	struct robots *robots = xcalloc(1, sizeof(*robots));
	struct error err = {{0}};
	robots->queue = queue;
	robots->fetcher = fetcher;
	robots->store = store;
	robots->woken = woken;
	robots->arg = arg;
	robots->ahead_ms = clock_ahead_ms();
	if (store != NULL &&
	    !store_drop_robots(store, clock_now_s() - FORGOTTEN_S, &err))
		trouble_meet(store_trouble(store), err.reason);
	return robots;
}

void
robots_free(struct robots *robots)
{
	if (robots == NULL)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		while (robots->slots[i] != NULL) {
			struct host *host = robots->slots[i];
			robots->slots[i] = host->chain;
			host_free(host);
		}
	free(robots);
}

bool
robots_judge(struct robots *robots, const struct section_config *config,
    const char *url, struct robots_ruling *ruling)
{
	*ruling = (struct robots_ruling){.word = ROBOTS_ALLOWS};
	if (config->robots_ignored)
		return true;
	robots_follow_clock(robots);
	int64_t now_s = clock_now_s();
	struct host *host = host_get(robots, url, false);
	/* P8 is all that holds a section back here: its own back-off grows */
	int64_t again_s =
	    was_answered(host, now_s) ? AGAIN_S : config->min_interval_s;
	if (!is_fresh(host, now_s) && now_s >= held_until(host, again_s, now_s))
		return false;
	rule(host, url, now_s, ruling);
	return true;
}

struct robots_wait *
robots_wait(struct robots *robots, const struct section_config *config,
    const char *url, robots_callback *callback, void *arg)
{
	struct host *host = host_get(robots, url, false);
	struct robots_wait *wait = xcalloc(1, sizeof(*wait));
	wait->host = host;
	wait->url = xstrdup(url);
	wait->callback = callback;
	wait->arg = arg;
	TAILQ_INSERT_TAIL(&host->waits, wait, link);
	host_ask(host, config);
	return wait;
}

/* A request that nobody waits for any more is not made. */
void
robots_wait_cancel(struct robots_wait *wait)
{
	if (wait == NULL)
		return;
	struct host *host = wait->host;
	wait_free(wait);
	if (TAILQ_EMPTY(&host->waits) && queue_is_waiting(&host->entry))
		queue_remove(
		    host->robots->queue, &host->entry, clock_monotonic_ms());
}

bool
robots_may_follow(struct robots *robots, const struct section_config *config,
    const char *url, struct robots_ruling *ruling)
{
	*ruling = (struct robots_ruling){.word = ROBOTS_ALLOWS};
	struct host *host =
	    config->robots_ignored ? NULL : host_get(robots, url, true);
	if (host == NULL)
		return true;
	robots_follow_clock(robots);
	int64_t now_s = clock_now_s();
	if (!is_fresh(host, now_s) && now_s >= held_until(host, AGAIN_S, now_s))
		host_ask(host, config);
	rule(host, url, now_s, ruling);
	return ruling->word != ROBOTS_DISALLOWS;
}

void
robots_recall(
    struct robots *robots, const char *url, int64_t *asked_s, int64_t *gap_ms)
{
	const struct host *host = host_get(robots, url, false);
	*asked_s = host->record.asked_s;
	*gap_ms = host->rules != NULL ? robots_rules_delay_ms(host->rules) : 0;
}
