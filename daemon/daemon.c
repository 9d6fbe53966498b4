#include "daemon/daemon.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "daemon/clock.h"
#include "daemon/fetch.h"
#include "daemon/health.h"
#include "daemon/hook.h"
#include "daemon/incidents.h"
#include "daemon/index.h"
#include "daemon/lateness.h"
#include "daemon/log.h"
#include "daemon/metrics.h"
#include "daemon/mend.h"
#include "daemon/notify.h"
#include "daemon/past.h"
#include "daemon/publish.h"
#include "daemon/queue.h"
#include "daemon/reach.h"
#include "daemon/reload.h"
#include "daemon/report.h"
#include "daemon/robots.h"
#include "daemon/serve.h"
#include "daemon/store.h"
#include "daemon/update.h"
#include "daemon/workers.h"
#include "daemon/zones.h"
#include "feed/buffer.h"
#include "feed/hash.h"
#include "feed/memory.h"
#include "feed/url.h"

#ifndef METROFEED_VERSION
#define METROFEED_VERSION "unknown"
#endif

#define MAX_FETCHES 24 /* memory follows requests in flight */
#define SLOW_MS 250    /* then a request is slow, and another may start */
#define MAX_SLOW 128   /* a silent one costs little: nothing of it came */
#define MAX_WAITING 6  /* pages before the workers */
#define WORKERS 2
#define DEADLINE_MS 5000 /* of wall clock a page */
#define BATCH_FEEDS 50
#define BATCH_MS 200
#define IDLE_S 30
#define CHECK_S 1        /* while a large database is read */
#define COMMAND_MS 30000 /* that on-change may take */
#define SLEPT_MS 10000   /* so late is nobody who was awake */

struct daemon {
	struct config *config;
	const char *file;
	const struct config_overrides *overrides;
	struct services services;
	struct publisher *publisher;
	struct mend *mend;
	struct server *server;
	struct section **sections;
	size_t count;
	struct index *index;
	struct incidents *incidents;
	struct report *report; /* NULL: no status-output */
	struct hook *hook;     /* NULL: no on-change */
	struct metrics *metrics;
	int64_t started_s;
	struct section **ended; /* rounds since the last flush */
	size_t ended_count, ended_capacity;
	struct event *pump, *flush, *late, *idle, *watchdog, *listing;
	int64_t idle_ms; /* when the last idle work was done */
	struct event *on_term, *on_int, *on_hup, *on_usr1;
	bool stopping;
	/* of `once` */
	daemon_round *told;
	void *told_arg;
	size_t waiting, failed;
	/* what `status` reads beside us */
	char *workers_words, *reach_words;
	struct lateness lateness;
};

/* ---- who may start ---- */

static void
pump_in(struct daemon *daemon, int64_t wait_ms)
{
	struct timeval wait = {
	    .tv_sec = wait_ms / 1000, .tv_usec = wait_ms % 1000 * 1000};
	event_add(daemon->pump, &wait);
}

static void
on_pump(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	struct daemon *daemon = arg;
	struct services *services = &daemon->services;
	int64_t wait_ms = -1;
	/* pages that nobody reads yet would only fill the memory; when one is
	 * done, wake() brings us back */
	while (!daemon->stopping &&
	       workers_load(services->workers) < MAX_WAITING) {
		struct queue_entry *entry =
		    queue_pop(services->queue, clock_monotonic_ms(), &wait_ms);
		if (entry == NULL)
			break;
		entry->start(entry);
	}
	if (wait_ms >= 0)
		pump_in(daemon, wait_ms);
}

static void
wake(void *arg)
{
	pump_in(arg, 0);
}

/* ---- the batch ---- */

static void drop_sections(struct daemon *);
static bool make_sections(
    struct daemon *, const struct config *, struct error *);
static void schedule_sections(struct daemon *);
static void tell(struct daemon *);
static void judge_ended(struct daemon *);

static void
end(struct daemon *daemon)
{
	daemon->stopping = true;
	event_base_loopbreak(daemon->services.base);
}

static void
say_aside(struct daemon *daemon)
{
	const char *aside = store_aside(daemon->services.store);
	if (aside == NULL)
		return;
	log_errorx(
	    "store: %s; a new one is made from the published feeds", aside);
	tell(daemon);
}

/* True if it was good and left something that could be made now. */
static bool
flush_until(struct daemon *daemon, int64_t now_ms)
{
	struct services *services = &daemon->services;
	struct update *update = services->update;
	struct error err = {{0}};
	event_del(daemon->flush);
	event_del(daemon->late);
	bool good = update_flush(update, clock_now_s(), now_ms, &err);
	if (!good)
		trouble_meet(store_trouble(services->store), err.reason);
	mend_look(daemon->mend);
	judge_ended(daemon);
	int64_t wait_ms = update_wait_ms(update, now_ms);
	if (wait_ms < 0)
		return false;
	struct timeval wait = {
	    .tv_sec = wait_ms / 1000, .tv_usec = wait_ms % 1000 * 1000};
	event_add(daemon->late, &wait);
	return good && wait_ms == 0;
}

static void
flush(struct daemon *daemon)
{
	(void)flush_until(daemon, clock_monotonic_ms()); /* comes back */
}

/* What else would wait for its time is made now. */
static void
flush_all(struct daemon *daemon)
{
	while (flush_until(daemon, INT64_MAX))
		continue;
}

/*
 * Another database is to take the place of one that is damaged, or has.  Rounds
 * under way are given up; the sections find in it and in their feeds what they
 * need.
 */
static void
renew_store(struct daemon *daemon, bool has_come)
{
	struct error err = {{0}};
	update_abort(daemon->services.update);
	drop_sections(daemon);
	update_free(daemon->services.update);
	daemon->services.update = NULL;
	bool good = has_come || store_renew(daemon->services.store, &err);
	if (good) {
		daemon->services.update = update_new(daemon->services.store,
		    daemon->publisher, daemon->config->base_url);
		say_aside(daemon);
		good = make_sections(daemon, daemon->config, &err);
	}
	if (good && daemon->told == NULL) {
		schedule_sections(daemon);
		return;
	}
	if (!good)
		log_errorx("store: %s; ending", err.reason);
	end(daemon); /* the rounds that `once` waits for are gone */
}

/* Not from inside a section's round: the sections are made anew. */
static void
look_after_store(struct daemon *daemon)
{
	if (store_is_damaged(daemon->services.store) && !daemon->stopping)
		renew_store(daemon, false);
}

static void
on_flush(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	flush(arg);
	look_after_store(arg);
}

static void
wrote(void *arg)
{
	struct daemon *daemon = arg;
	if (update_pending(daemon->services.update) >= BATCH_FEEDS) {
		flush(daemon);
		return;
	}
	if (!event_pending(daemon->flush, EV_TIMEOUT, NULL)) {
		struct timeval wait = {.tv_usec = BATCH_MS * 1000};
		event_add(daemon->flush, &wait);
	}
}

/* A robots.txt waits for its turn, or has come. */
static void
woken(void *arg)
{
	wrote(arg);
	wake(arg);
}

/* ---- the list of all feeds ---- */

static void
list_when_due(struct daemon *daemon)
{
	int64_t now_ms = clock_monotonic_ms();
	int64_t wait_ms = index_wait_ms(daemon->index, now_ms);
	int64_t other_ms = daemon->report != NULL
			       ? report_wait_ms(daemon->report, now_ms)
			       : -1;
	if (wait_ms < 0 || (other_ms >= 0 && other_ms < wait_ms))
		wait_ms = other_ms;
	struct timeval wait = {
	    .tv_sec = wait_ms / 1000, .tv_usec = wait_ms % 1000 * 1000};
	if (wait_ms >= 0 && daemon->told == NULL)
		event_add(daemon->listing, &wait);
}

static void
on_listing(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	struct daemon *daemon = arg;
	int64_t now_ms = clock_monotonic_ms();
	if (index_wait_ms(daemon->index, now_ms) == 0)
		index_step(daemon->index, now_ms, clock_now_s());
	now_ms = clock_monotonic_ms();
	if (daemon->report != NULL &&
	    report_wait_ms(daemon->report, now_ms) == 0)
		report_step(daemon->report, now_ms, clock_now_s());
	list_when_due(daemon);
}

/* ---- what is wrong ---- */

/* After the flush, which can fail for a feed: then its row says so. */
static void
judge_ended(struct daemon *daemon)
{
	struct error err = {{0}};
	for (size_t i = 0; i < daemon->ended_count; i++) {
		const struct section *section = daemon->ended[i];
		char *degraded = section_degraded(section);
		incident_degrade(daemon->incidents, section_configured(section),
		    degraded, clock_now_s());
		incident_judge(daemon->incidents, section_configured(section),
		    section_state(section), clock_now_s());
		free(degraded);
	}
	daemon->ended_count = 0;
	if (!incidents_flush(daemon->incidents, &err))
		trouble_meet(store_trouble(daemon->services.store), err.reason);
	if (daemon->hook != NULL)
		hook_run(daemon->hook);
}

static void
on_incident(const struct incident *incident, void *arg)
{
	struct daemon *daemon = arg;
	const struct hook_news news = {
	    .event = incident_word(incident),
	    .section = incident->path,
	    .url = incident->url,
	    .reason = incident->reason,
	    .id = incident->id,
	    .since_s = incident->opened_s,
	};
	log_info("%s: %s: %s", incident->path, news.event, incident->reason);
	if (daemon->hook != NULL)
		hook_tell(daemon->hook, &news);
	if (daemon->report != NULL)
		report_touch(daemon->report);
	index_touch(daemon->index);
	list_when_due(daemon);
}

static void
add_ended(struct daemon *daemon, struct section *section)
{
	if (daemon->ended_count == daemon->ended_capacity) {
		daemon->ended_capacity = daemon->ended_capacity * 2 + 64;
		daemon->ended = xreallocarray(daemon->ended,
		    daemon->ended_capacity, sizeof(struct section *));
	}
	daemon->ended[daemon->ended_count++] = section;
}

static void
ended(struct section *section, enum round_end end, void *arg)
{
	struct daemon *daemon = arg;
	add_ended(daemon, section);
	metrics_round(daemon->metrics, end, section_cost(section));
	wrote(daemon);
	if (end == ROUND_NEWS || section_state(section)->rounds == 1) {
		index_touch(daemon->index);
		list_when_due(daemon);
	}
	if (daemon->told == NULL)
		return;
	daemon->told(section, end, daemon->told_arg);
	if (end == ROUND_FAILED)
		daemon->failed++;
	if (--daemon->waiting == 0)
		event_base_loopbreak(daemon->services.base);
}

static void notify_health(const struct daemon *);

/* The wall clock was set: what it stamped moves with it, and rounds keep their
 * distance and their place in the timetable (P8). */
static void
follow_clock(struct daemon *daemon)
{
	for (size_t i = 0; i < daemon->count; i++)
		section_follow_clock(daemon->sections[i]);
	robots_follow_clock(daemon->services.robots);
}

/* Timers stand still while the machine sleeps: what is overdue comes now, as
 * after a start. */
static void
look_after_sleep(struct daemon *daemon)
{
	int64_t now_ms = clock_monotonic_ms();
	int64_t late_ms = now_ms - daemon->idle_ms - IDLE_S * 1000;
	daemon->idle_ms = now_ms;
	if (late_ms < SLEPT_MS)
		return;
	log_info("the machine or the daemon slept for %lld s",
	    (long long)late_ms / 1000);
	schedule_sections(daemon);
}

static void
on_idle(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	struct daemon *daemon = arg;
	struct error err = {{0}};
	follow_clock(daemon);
	look_after_sleep(daemon);
	if (store_has_batch(daemon->services.store))
		flush(daemon);
	struct trouble *trouble = store_trouble(daemon->services.store);
	if (trouble->reason == NULL &&
	    !store_idle(daemon->services.store, clock_now_s(), &err) &&
	    !store_is_damaged(daemon->services.store))
		trouble_meet(trouble, err.reason);
	mend_look(daemon->mend);
	look_after_store(daemon);
	tell(daemon); /* how late the rounds are */
	struct timeval next = {.tv_sec = IDLE_S};
	if (!store_is_checked(daemon->services.store))
		next.tv_sec = CHECK_S;
	event_add(daemon->idle, &next);
	notify_health(daemon);
}

static void
on_watchdog(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	notify_watchdog();
}

static void
tell(struct daemon *daemon)
{
	struct buffer lines = {0};
	struct store *store = daemon->services.store;
	const char *output = publisher_trouble(daemon->publisher)->reason;
	const char *trouble = store_trouble(store)->reason;
	if (trouble == NULL)
		trouble = store_aside(store);
	if (output != NULL)
		buffer_add_format(&lines, "output: %s\n", output);
	if (trouble != NULL)
		buffer_add_format(&lines, "store: %s\n", trouble);
	if (daemon->reach_words != NULL)
		buffer_add_format(&lines, "daemon: %s\n", daemon->reach_words);
	if (daemon->workers_words != NULL)
		buffer_add_format(
		    &lines, "workers: %s\n", daemon->workers_words);
	if (daemon->lateness.count > 0)
		buffer_add_format(&lines, "late: %lld %lld\n",
		    (long long)lateness_p99_ms(&daemon->lateness),
		    (long long)daemon->lateness.worst_ms);
	store_tell(
	    daemon->services.store, lines.bytes != NULL ? lines.bytes : "");
	buffer_clear(&lines);
}

static void
on_sandbox(const struct sandbox *sandbox, void *arg)
{
	struct daemon *daemon = arg;
	free(daemon->workers_words);
	daemon->workers_words = sandbox_words(sandbox);
	tell(daemon);
}

/*
 * When all is open that lies elsewhere.  What is to be started by us and to
 * reach more must be started before, or by a process that was.
 */
static void
limit_reach(struct daemon *daemon)
{
	unsigned abi = reach_limit(
	    daemon->config, fetcher_ca_file(daemon->services.fetcher));
	if (abi > 0)
		daemon->reach_words =
		    xasprintf("kept to its folders by Landlock (ABI %u)", abi);
	else
		daemon->reach_words = xstrdup("not kept to its folders");
#ifdef METROFEED_NO_LOCKDOWN
	log_debug("daemon: %s: this build leaves it out", daemon->reach_words);
#else
	if (abi > 0)
		log_debug("daemon: %s", daemon->reach_words);
	else
		log_warnx("daemon: %s: this kernel's Landlock is missing or "
			  "too old",
		    daemon->reach_words);
#endif
	tell(daemon);
}

/* ---- sections ---- */

static void
drop_sections(struct daemon *daemon)
{
	if (daemon->index != NULL)
		index_watch(daemon->index, NULL, NULL, 0, NULL);
	if (daemon->report != NULL)
		report_watch(daemon->report, NULL, NULL, 0, NULL);
	daemon->ended_count = 0;
	for (size_t i = 0; i < daemon->count; i++)
		section_free(daemon->sections[i]);
	free(daemon->sections);
	daemon->sections = NULL;
	daemon->count = 0;
	mend_sections(daemon->mend, NULL, 0);
}

/* Where feed readers on this machine find the feeds; NULL: nowhere. */
static char *
own_address(const struct daemon *daemon)
{
	const char *host = daemon->config->listen_host;
	int port = daemon->server != NULL ? server_port(daemon->server)
					  : daemon->config->listen_port;
	if (host == NULL || port == 0)
		return NULL;
	if (strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0)
		host = "127.0.0.1";
	bool is_v6 = strchr(host, ':') != NULL;
	return xasprintf("http://%s%s%s:%d/", is_v6 ? "[" : "", host,
	    is_v6 ? "]" : "", port);
}

static void
list_sections(struct daemon *daemon)
{
	char *address = own_address(daemon);
	index_watch(daemon->index, daemon->config, daemon->sections,
	    daemon->count, address);
	if (daemon->report != NULL)
		report_watch(daemon->report, daemon->config, daemon->sections,
		    daemon->count, address);
	free(address);
	list_when_due(daemon);
}

static bool
make_sections(
    struct daemon *daemon, const struct config *config, struct error *err)
{
	if (!past_adopt(daemon->services.store, config, err))
		return false;
	daemon->sections =
	    xcalloc(config->section_count, sizeof(*daemon->sections));
	for (size_t i = 0; i < config->section_count; i++) {
		daemon->sections[i] =
		    section_new(&daemon->services, &config->sections[i], err);
		if (daemon->sections[i] == NULL) {
			drop_sections(daemon);
			return false;
		}
		daemon->count++;
	}
	incidents_keep(daemon->incidents, config, clock_now_s());
	list_sections(daemon);
	mend_sections(daemon->mend, daemon->sections, daemon->count);
	/* what was carried on, and taken back from the feeds */
	return store_commit(daemon->services.store, true, err);
}

/* How many sections of its host come before each: that spreads the start. */
struct host_place {
	char *host;
	uint32_t section;
};

static int
host_place_compare(const void *a, const void *b)
{
	const struct host_place *x = a, *y = b;
	int order = strcmp(x->host, y->host);
	return order != 0
		   ? order
		   : (x->section > y->section) - (x->section < y->section);
}

static void
schedule_sections(struct daemon *daemon)
{
	struct host_place *places = xcalloc(daemon->count, sizeof(*places));
	for (size_t i = 0; i < daemon->count; i++) {
		places[i].host =
		    url_host(section_configured(daemon->sections[i])->url);
		places[i].section = (uint32_t)i;
	}
	qsort(places, daemon->count, sizeof(*places), host_place_compare);
	for (size_t i = 0, end; i < daemon->count; i = end) {
		for (end = i + 1; end < daemon->count; end++)
			if (strcmp(places[i].host, places[end].host) != 0)
				break;
		for (size_t k = i; k < end; k++)
			section_schedule(daemon->sections[places[k].section],
			    (uint32_t)(k - i), (uint32_t)(end - i));
	}
	for (size_t i = 0; i < daemon->count; i++)
		free(places[i].host);
	free(places);
}

/* P8 across a restart: a host asked just now is left alone for its gap. */
static void
hold_hosts(struct daemon *daemon)
{
	int64_t now_s = clock_now_s(), now_ms = clock_monotonic_ms();
	bool was_cut = store_was_cut(daemon->services.store);
	for (size_t i = 0; i < daemon->count; i++) {
		const struct section_config *config =
		    section_configured(daemon->sections[i]);
		const struct section_state *state =
		    section_state(daemon->sections[i]);
		int64_t asked_s = 0, gap_ms = 0;
		if (!config->robots_ignored)
			robots_recall(daemon->services.robots, config->url,
			    &asked_s, &gap_ms);
		if (gap_ms < config->host_gap_ms)
			gap_ms = config->host_gap_ms;
		if (asked_s < state->round_s)
			asked_s = state->round_s;
		/* a round's later pages were asked for after it began */
		if (asked_s < state->asked_s)
			asked_s = state->asked_s;
		/* the row has whole seconds: one more for what they hide */
		int64_t left_ms =
		    gap_ms == 0 ? 0 : (asked_s + 1 - now_s) * 1000 + gap_ms;
		if (left_ms > gap_ms + 1000)
			left_ms = gap_ms; /* the clock went back */
		/* who was killed may have asked without a trace */
		if (was_cut && left_ms < gap_ms)
			left_ms = gap_ms;
		if (left_ms <= 0)
			continue;
		char *host = url_host(config->url);
		queue_hold(daemon->services.queue, host, now_ms + left_ms);
		free(host);
	}
}

static void
say_clock(void)
{
	if (clock_is_behind())
		log_warnx("the clock is wrong: before this program was built; "
			  "stamps are counted from then on until it is set");
}

/* At each start and reload: whoever switched it off may have forgotten. */
static void
say_unverified(const struct config *config)
{
	const char *first = NULL;
	size_t count = 0;
	for (size_t i = 0; i < config->section_count; i++) {
		const struct section_config *section = &config->sections[i];
		if (section->tls_verify)
			continue;
		if (count++ == 0)
			first = section->path;
	}
	if (count == 1)
		log_warnx(
		    "%s: certificates are not verified (tls: verify)", first);
	else if (count > 1)
		log_warnx("%s and %zu more: certificates are not verified "
			  "(tls: verify)",
		    first, count - 1);
}

/* ---- signals ---- */

static void
on_stop(evutil_socket_t number, short what, void *arg)
{
	(void)what;
	struct daemon *daemon = arg;
	log_info("%s: ending", number == SIGINT ? "interrupted" : "terminated");
	notify_stopping();
	daemon->stopping = true;
	event_base_loopbreak(daemon->services.base);
}

static void
on_sigusr1(evutil_socket_t number, short what, void *arg)
{
	(void)number;
	(void)what;
	struct daemon *daemon = arg;
	size_t asked = 0;
	int64_t from_s;
	for (size_t i = 0; i < daemon->count; i++)
		asked += section_ask(daemon->sections[i], &from_s);
	log_info("asked for a round: %zu of %zu sections start, the others "
		 "were read less than min-interval ago",
	    asked, daemon->count);
}

static bool
start_server(struct daemon *daemon, const struct config *config,
    struct server **server, struct error *err)
{
	*server = NULL;
	if (config->listen_host == NULL)
		return true;
	*server = server_new(daemon->services.base, config->output,
	    config->listen_host, config->listen_port, err);
	if (*server != NULL)
		log_info("serving the feeds on http://%s:%d/",
		    config->listen_host, server_port(*server));
	return *server != NULL;
}

/* All of the new file, or none of it. */
static void
on_sighup(evutil_socket_t number, short what, void *arg)
{
	(void)number;
	(void)what;
	struct daemon *daemon = arg;
	struct problems problems = {0};
	struct error err = {{0}};
	notify_reloading();
	if (!reach_covers_file(daemon->file))
		log_errorx("reload: %s is now a link out of the folders that "
			   "the daemon may read: restart for that",
		    daemon->file);
	struct config *config =
	    config_load(daemon->file, daemon->overrides, &problems);
	for (size_t i = 0; i < problems.count; i++)
		log_errorx("%s", problems.list[i]);
	problems_clear(&problems);
	if (config == NULL)
		log_errorx("reload: nothing was changed");
	else if (!reload_may(daemon->config, config, &err)) {
		log_errorx("reload: %s; nothing was changed", err.reason);
		config_free(config);
	} else {
		reload_say(daemon->config, config);
		follow_clock(daemon);
		flush_all(daemon);
		drop_sections(daemon);
		config_free(daemon->config);
		daemon->config = config;
		say_unverified(config);
		update_free(daemon->services.update);
		daemon->services.update = update_new(daemon->services.store,
		    daemon->publisher, config->base_url);
		if (make_sections(daemon, config, &err))
			schedule_sections(daemon);
		else {
			log_errorx("store: %s; ending", err.reason);
			daemon->stopping = true;
			event_base_loopbreak(daemon->services.base);
		}
	}
	notify_ready();
}

/* ---- life ---- */

static void
flush_again(void *arg)
{
	flush_all(arg);
}

static void
tell_again(void *arg)
{
	struct daemon *daemon = arg;
	tell(daemon);
	index_touch(daemon->index);
	list_when_due(daemon);
}

static void
store_replaced(void *arg)
{
	renew_store(arg, true);
}

static bool
open_status(struct daemon *daemon, struct error *err)
{
	const struct config *config = daemon->config;
	struct services *services = &daemon->services;
	daemon->incidents = incidents_new(services->store, err);
	if (daemon->incidents == NULL)
		return false;
	incidents_on_change(daemon->incidents, on_incident, daemon);
	if (config->status_output != NULL) {
		daemon->report = report_new(config->status_output,
		    services->store, daemon->incidents, err);
		if (daemon->report == NULL)
			return false;
	}
	if (config->on_change != NULL)
		daemon->hook = hook_new(
		    services->base, config->on_change, COMMAND_MS, err);
	return config->on_change == NULL || daemon->hook != NULL;
}

static bool
open_folders(struct daemon *daemon, struct error *err)
{
	const struct config *config = daemon->config;
	struct services *services = &daemon->services;
	services->store = store_open(config->state, STORE_WRITE, err);
	if (services->store == NULL)
		return false;
	daemon->publisher = publisher_new(config->output, true, err);
	if (daemon->publisher == NULL)
		return false;
	say_aside(daemon);
	if (!open_status(daemon, err))
		return false;
	daemon->index =
	    index_new(services->store, daemon->publisher, daemon->incidents);
	services->update =
	    update_new(services->store, daemon->publisher, config->base_url);
	daemon->mend = mend_new(&(struct mend_world){
	    .services = services,
	    .publisher = daemon->publisher,
	    .flush = flush_again,
	    .changed = tell_again,
	    .replaced = store_replaced,
	    .arg = daemon,
	});
	services->fetcher = fetcher_new(services->base, err);
	if (services->fetcher == NULL)
		return false;
	services->robots = robots_new(
	    services->queue, services->fetcher, services->store, woken, daemon);
	return true;
}

/* ---- numbers and life, on the built-in server ---- */

static void
count_health(const struct daemon *daemon, size_t health[INDEX_HEALTHS])
{
	for (size_t i = 0; i < daemon->count; i++)
		health[incident_health(daemon->incidents,
		    section_configured(daemon->sections[i]),
		    section_state(daemon->sections[i]))]++;
}

static int
on_metrics(void *arg, char **text, size_t *length)
{
	struct daemon *daemon = arg;
	struct metrics_now now = {
	    .waiting = queue_waiting(daemon->services.queue),
	    .reading = workers_load(daemon->services.workers),
	    .restarts = workers_restarts(daemon->services.workers),
	    .started_s = daemon->started_s,
	    .version = METROFEED_VERSION,
	};
	count_health(daemon, now.health);
	*text = metrics_render(daemon->metrics, &now, length);
	return 200;
}

/* Who asks has an answer: the loop turns.  What else must be: rounds can be
 * recorded and feeds published.  The reasons name paths: they are for the
 * log. */
static int
on_healthz(void *arg, char **text, size_t *length)
{
	struct daemon *daemon = arg;
	const char *words = "ok\n";
	int status = 503;
	if (store_trouble(daemon->services.store)->reason != NULL)
		words = "the store cannot be written\n";
	else if (publisher_trouble(daemon->publisher)->reason != NULL)
		words = "the feeds cannot be published\n";
	else
		status = 200;
	*text = xstrdup(words);
	*length = strlen(words);
	return status;
}

static void
serve_numbers(struct daemon *daemon)
{
	static const char type[] = "text/plain; version=0.0.4; charset=utf-8";
	if (daemon->server == NULL)
		return;
	server_on_path(daemon->server, "/metrics", type, on_metrics, daemon);
	server_on_path(daemon->server, "/healthz", "text/plain; charset=utf-8",
	    on_healthz, daemon);
}

/* For `systemctl status`. */
static void
notify_health(const struct daemon *daemon)
{
	size_t health[INDEX_HEALTHS] = {0};
	struct buffer words = {0};
	count_health(daemon, health);
	buffer_add_format(&words, "%zu sections", daemon->count);
	for (int i = 0; i < INDEX_HEALTHS; i++)
		if (health[i] > 0)
			buffer_add_format(&words, ", %zu %s", health[i],
			    health_word((enum index_health)i));
	notify_status(words.bytes);
	buffer_clear(&words);
}

static struct event *
signal_event(struct daemon *daemon, int number, event_callback_fn callback)
{
	struct event *event =
	    evsignal_new(daemon->services.base, number, callback, daemon);
	event_add(event, NULL);
	return event;
}

struct daemon *
daemon_new(struct config *config, const char *file,
    const struct config_overrides *overrides, struct error *err)
{
	struct daemon *daemon = xcalloc(1, sizeof(*daemon));
	struct services *services = &daemon->services;
	daemon->config = config;
	daemon->file = file;
	daemon->overrides = overrides;
	daemon->metrics = metrics_new();
	daemon->started_s = clock_now_s();
	services->base = event_base_new();
	if (services->base == NULL) {
		error_set(err, "no event loop");
		goto fail;
	}
	services->arg = daemon;
	services->wake = wake;
	services->wrote = wrote;
	services->ended = ended;
	services->zones = zones_new();
	services->lateness = &daemon->lateness;
	services->queue = queue_new(MAX_FETCHES);
	queue_allow_slow(services->queue, SLOW_MS, MAX_SLOW);
	services->workers = workers_new(services->base, WORKERS, DEADLINE_MS);
	workers_on_sandbox(services->workers, on_sandbox, daemon);
	daemon->pump = evtimer_new(services->base, on_pump, daemon);
	daemon->flush = evtimer_new(services->base, on_flush, daemon);
	daemon->late = evtimer_new(services->base, on_flush, daemon);
	daemon->listing = evtimer_new(services->base, on_listing, daemon);
	daemon->idle =
	    event_new(services->base, -1, EV_PERSIST, on_idle, daemon);
	daemon->watchdog =
	    event_new(services->base, -1, EV_PERSIST, on_watchdog, daemon);
	if (!open_folders(daemon, err) || !make_sections(daemon, config, err))
		goto fail;
	hold_hosts(daemon);
	daemon->on_term = signal_event(daemon, SIGTERM, on_stop);
	daemon->on_int = signal_event(daemon, SIGINT, on_stop);
	return daemon;
fail:
	daemon_free(daemon);
	return NULL;
}

/* All is written, and without our events a signal would kill. */
static void
block_signals(void)
{
	sigset_t ours;
	sigemptyset(&ours);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGHUP);
	sigaddset(&ours, SIGUSR1);
	(void)sigprocmask(SIG_BLOCK, &ours, NULL); /* cannot fail */
}

static void
free_event(struct event *event)
{
	if (event != NULL)
		event_free(event);
}

void
daemon_free(struct daemon *daemon)
{
	if (daemon == NULL)
		return;
	struct services *services = &daemon->services;
	if (services->update != NULL) {
		if (services->robots != NULL)
			follow_clock(daemon);
		flush_all(daemon);
	}
	drop_sections(daemon);
	if (daemon->server != NULL)
		server_free(daemon->server);
	workers_free(services->workers);
	robots_free(services->robots);
	mend_free(daemon->mend);
	fetcher_free(services->fetcher);
	queue_free(services->queue);
	zones_free(services->zones);
	update_free(services->update);
	index_free(daemon->index);
	report_free(daemon->report);
	metrics_free(daemon->metrics);
	hook_free(daemon->hook);
	incidents_free(daemon->incidents);
	free(daemon->ended);
	publisher_free(daemon->publisher);
	store_close(services->store);
	block_signals();
	free_event(daemon->pump);
	free_event(daemon->flush);
	free_event(daemon->late);
	free_event(daemon->idle);
	free_event(daemon->listing);
	free_event(daemon->watchdog);
	free_event(daemon->on_term);
	free_event(daemon->on_int);
	free_event(daemon->on_hup);
	free_event(daemon->on_usr1);
	if (services->base != NULL)
		event_base_free(services->base);
	config_free(daemon->config);
	free(daemon->workers_words);
	free(daemon->reach_words);
	free(daemon);
}

bool
daemon_run(struct daemon *daemon, struct error *err)
{
	struct timeval idle = {.tv_sec = IDLE_S};
	if (!start_server(daemon, daemon->config, &daemon->server, err))
		return false;
	serve_numbers(daemon);
	list_sections(daemon);
	daemon->on_hup = signal_event(daemon, SIGHUP, on_sighup);
	daemon->on_usr1 = signal_event(daemon, SIGUSR1, on_sigusr1);
	daemon->idle_ms = clock_monotonic_ms();
	event_add(daemon->idle, &idle);
	int64_t watchdog_ms = notify_watchdog_interval_ms();
	if (watchdog_ms > 0) {
		struct timeval half = {.tv_sec = watchdog_ms / 2000,
		    .tv_usec = watchdog_ms / 2 % 1000 * 1000};
		event_add(daemon->watchdog, &half);
	}
	limit_reach(daemon);
	say_clock();
	say_unverified(daemon->config);
	schedule_sections(daemon);
	mend_start(daemon->mend);
	log_info("watching %zu sections; feeds go to %s", daemon->count,
	    daemon->config->output);
	notify_health(daemon);
	notify_ready();
	event_base_dispatch(daemon->services.base);
	return true;
}

static bool
is_named(const char *path, const char *const *paths, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(path, paths[i]) == 0)
			return true;
	return count == 0;
}

static void
on_command_idle(void *arg)
{
	struct daemon *daemon = arg;
	event_base_loopbreak(daemon->services.base);
}

/* `once` ends with what it started. */
static void
wait_for_command(struct daemon *daemon)
{
	if (daemon->hook == NULL || !hook_is_busy(daemon->hook))
		return;
	hook_on_idle(daemon->hook, on_command_idle, daemon);
	event_base_dispatch(daemon->services.base);
}

size_t
daemon_once(struct daemon *daemon, const char *const *paths, size_t count,
    daemon_round *told, void *arg)
{
	int64_t from_s;
	daemon->told = told;
	daemon->told_arg = arg;
	limit_reach(daemon);
	say_clock();
	say_unverified(daemon->config);
	mend_now(daemon->mend);
	for (size_t i = 0; i < daemon->count; i++) {
		struct section *section = daemon->sections[i];
		if (!is_named(section_configured(section)->path, paths, count))
			continue;
		if (section_ask(section, &from_s))
			daemon->waiting++;
		else
			told(section, ROUND_TOO_EARLY, arg);
	}
	if (daemon->waiting > 0)
		event_base_dispatch(daemon->services.base);
	look_after_store(daemon); /* so that the next one finds a good one */
	if (!daemon->stopping) {
		flush_all(daemon);
		index_finish(daemon->index, clock_now_s());
		if (daemon->report != NULL)
			report_finish(daemon->report, clock_now_s());
		wait_for_command(daemon);
	}
	struct trouble *store = store_trouble(daemon->services.store);
	struct trouble *output = publisher_trouble(daemon->publisher);
	size_t troubles = (store->reason != NULL) + (output->reason != NULL);
	return daemon->failed + troubles +
	       (daemon->stopping ? daemon->waiting : 0);
}
