#include "daemon/section.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "daemon/clock.h"
#include "daemon/fetch.h"
#include "daemon/judge.h"
#include "daemon/lateness.h"
#include "daemon/learned.h"
#include "daemon/log.h"
#include "daemon/page_request.h"
#include "daemon/pages.h"
#include "daemon/rhythm.h"
#include "daemon/robots.h"
#include "daemon/schedule.h"
#include "daemon/update.h"
#include "daemon/watch.h"
#include "daemon/workers.h"
#include "daemon/zones.h"
#include "feed/hash.h"
#include "feed/memory.h"
#include "feed/text.h"
#include "feed/url.h"

#ifndef METROFEED_VERSION
#define METROFEED_VERSION "0"
#endif

#define LEARN_S 21600 /* a rhythm is learned anew after that */
#define DAY_S 86400
#define FULL_READ_S DAY_S /* validators are not trusted for longer */
#define UNREAD_ROUNDS 3   /* that try to read a later page */
#define REUSE_S 118       /* a longer idle connection libcurl does not use */

struct section {
	struct queue_entry entry; /* first: on_turn finds us by it */
	struct services *services;
	const struct section_config *config;
	struct section_state state;
	struct event *due;
	int64_t due_ms;   /* monotonic; what the event waits for */
	int64_t round_ms; /* monotonic; state.round_s to the point, or -1 */
	int64_t ahead_ms; /* of the wall clock, when the stamps were right */
	char *host;
	uint32_t count_on_host;       /* sections, itself among them */
	struct robots_wait *waiting;  /* for the host's robots.txt, or NULL */
	struct fetch *fetch;          /* asking, or NULL */
	struct work *work;            /* being read, or NULL */
	struct pages *pages;          /* of the round under way, or NULL */
	char *from;                   /* where the page being read came from */
	char *mitigated;              /* its header cf-mitigated, or NULL */
	struct reading reading;       /* what the first page measured */
	struct watch watch;           /* over its rules */
	uint64_t read_rules;          /* what its first page was read by */
	struct learned learned;       /* its rules, where it has no `item` */
	bool has_lesson;              /* to be saved with this round */
	struct validators validators; /* of its first page */
	bool compared;                /* the worker was told the known window */
	int64_t retry_after_s;        /* -1: none */
	bool gone;                    /* 410 */
	int64_t refused_until_s;      /* robots.txt, on the way; 0: no */
	struct round_cost cost;       /* of the round under way */
	int64_t began_ms, asked_ms, sent_ms; /* round, request, page */
	struct rhythm *rhythm; /* of interval: auto; NULL: not learned */
	int64_t learned_s;
};

static void section_ask_robots(struct section *, const char *url);
static void on_turn(struct queue_entry *);
static void on_page(struct fetch *, const struct reply *, void *);
static void on_articles(struct answer *, const char *, void *);

/* ---- when ---- */

/* The batch is lost, the log has it once for all sections. */
static void
section_meet(struct section *section, const struct error *err)
{
	struct services *services = section->services;
	trouble_meet(store_trouble(services->store), err->reason);
	update_abort(services->update);
}

static void
section_save(struct section *section)
{
	struct services *services = section->services;
	struct error err = {{0}};
	if (!update_save(services->update, &section->state, &err))
		section_meet(section, &err);
	services->wrote(services->arg);
}

/* What was a minute ago still is when the clock was set since then; and so it
 * is for whoever reads the row after a restart. */
void
section_follow_clock(struct section *section)
{
	struct section_state *state = &section->state;
	int64_t by_s = clock_follow(&section->ahead_ms);
	if (by_s == 0)
		return;
	clock_move_stamp(&state->validated_s, by_s);
	clock_move_stamp(&state->due_s, by_s);
	clock_move_stamp(&state->round_s, by_s);
	clock_move_stamp(&state->good_s, by_s);
	clock_move_stamp(&state->news_s, by_s);
	clock_move_stamp(&state->hold_s, by_s);
	clock_move_stamp(&state->asked_s, by_s);
	clock_move_stamp(&section->learned_s, by_s);
	if (state->number != 0)
		section_save(section);
}

static struct schedule_input
section_times(struct section *section)
{
	const struct section_config *config = section->config;
	section_follow_clock(section);
	/* a row that another process wrote has whole seconds: one more for what
	 * they hide */
	int64_t hidden_s = section->round_ms < 0 && section->state.round_s > 0;
	return (struct schedule_input){
	    .now_s = clock_now_s(),
	    .round_s = section->state.round_s + hidden_s,
	    .interval_s = config->interval_s,
	    .rhythm = section->rhythm,
	    .min_interval_s = config->min_interval_s,
	    .max_interval_s = config->max_interval_s,
	    .failures = section->state.failures,
	    .retry_after_s = section->retry_after_s,
	    .hold_s = section->state.hold_s,
	    .gone = section->gone,
	    .seed = (uint32_t)hash_bytes(config->path, strlen(config->path)),
	};
}

static void
section_set_due(struct section *section, int64_t due_s)
{
	int64_t now_ms = clock_monotonic_ms();
	int64_t wait_s = due_s - clock_now_s();
	int64_t due_ms = now_ms + (wait_s > 0 ? wait_s * 1000 : 0);
	/* to the point, where seconds are not enough (P8) */
	if (section->round_ms >= 0 &&
	    due_ms < section->round_ms + section->config->min_interval_s * 1000)
		due_ms =
		    section->round_ms + section->config->min_interval_s * 1000;
	struct timeval wait = {.tv_sec = (due_ms - now_ms) / 1000,
	    .tv_usec = (due_ms - now_ms) % 1000 * 1000};
	section->state.due_s = due_s;
	section->due_ms = due_ms;
	event_add(section->due, &wait);
}

static bool
section_is_busy(const struct section *section)
{
	return section->waiting != NULL || section->pages != NULL ||
	       queue_is_waiting(&section->entry);
}

static void
on_due(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	struct section *section = arg;
	if (!section_is_busy(section))
		section_ask_robots(section, section->config->url);
}

/* A refusal is looked at again: url or robots may have changed with the
 * configuration, and what the site said costs no request to ask the store. */
void
section_schedule(
    struct section *section, uint32_t index_on_host, uint32_t count_on_host)
{
	section->count_on_host = count_on_host;
	struct schedule_input times = section_times(section);
	int64_t due_s = section_state_is_refused(&section->state)
			    ? 0
			    : section->state.due_s;
	int64_t first_s = schedule_first(
	    &times, due_s, index_on_host, section->config->host_gap_ms);
	section_set_due(section, first_s);
	/* one that no clock can have meant must not be put off at each start */
	if (first_s < due_s)
		section_save(section);
}

bool
section_ask(struct section *section, int64_t *from_s)
{
	struct schedule_input times = section_times(section);
	if (section_is_busy(section))
		return true;
	*from_s = schedule_asked(&times);
	if (*from_s > times.now_s)
		return false;
	section_set_due(section, times.now_s);
	return true;
}

bool
section_resume(struct section *section)
{
	struct schedule_input times = section_times(section);
	const char *stage = section->state.stage;
	if (stage == NULL || strcmp(stage, "store") != 0 ||
	    section_is_busy(section))
		return false;
	int64_t from_s = schedule_asked(&times);
	section_set_due(section, from_s > times.now_s ? from_s : times.now_s);
	return true;
}

bool
section_republish(struct section *section, bool thorough, struct error *err)
{
	return update_republish(section->services->update, section->config,
	    &section->state, thorough, clock_now_s(), err);
}

/* ---- the end of a round ---- */

static void
say_wait(int64_t wait_s, char *words, size_t size)
{
	if (wait_s < 120)
		(void)snprintf(words, size, "%lld s", (long long)wait_s);
	else if (wait_s < 2 * 3600)
		(void)snprintf(
		    words, size, "%lld min", (long long)(wait_s + 30) / 60);
	else
		(void)snprintf(
		    words, size, "%lld h", (long long)(wait_s + 1800) / 3600);
}

static void
section_end(struct section *section, enum round_end end)
{
	struct services *services = section->services;
	pages_free(section->pages);
	section->pages = NULL;
	validators_clear(&section->validators);
	section->retry_after_s = -1;
	section->gone = false;
	section->has_lesson = false;
	section->refused_until_s = 0;
	section->cost.round_ms = clock_monotonic_ms() - section->began_ms;
	services->ended(section, end, services->arg);
	services->wake(services->arg);
}

/* A rhythm changes slowly, and its history is long: seldom is enough. */
static void
section_learn(struct section *section)
{
	struct section_state *state = &section->state;
	int64_t now_s = clock_now_s(), since_s, *times;
	struct error err = {{0}};
	size_t count;
	bool fresh = section->rhythm != NULL && section->rhythm->known &&
		     now_s >= section->learned_s &&
		     now_s - section->learned_s < LEARN_S;
	if (section->config->interval_s > 0 || state->number == 0 || fresh)
		return;
	if (!store_times(section->services->store, state->number, &times,
		&count, &since_s, &err)) {
		log_warnx("%s: %s; the rhythm stays", state->path, err.reason);
		return;
	}
	if (section->rhythm == NULL)
		section->rhythm = xcalloc(1, sizeof(*section->rhythm));
	rhythm_learn(section->rhythm, times, count, since_s, now_s);
	section->learned_s = now_s;
	free(times);
}

static void
section_plan(struct section *section)
{
	section_learn(section);
	struct schedule_input times = section_times(section);
	/* what answers a doubt comes as soon as it may */
	section_set_due(section, section->watch.is_looking_again
				     ? schedule_asked(&times)
				     : schedule_next(&times));
}

/* The round came to nothing: the log, the status (P3). */
static void
section_give_up(struct section *section, const char *stage, const char *reason)
{
	struct section_state *state = &section->state;
	struct error err = {{0}};
	char wait[32];
	free(state->stage);
	free(state->reason);
	state->stage = xstrdup(stage);
	state->reason = text_line(reason, strlen(reason), 400);
	section_plan(section);
	say_wait(state->due_s - clock_now_s(), wait, sizeof(wait));
	if (strcmp(stage, "store") == 0)
		trouble_meet(
		    store_trouble(section->services->store), state->reason);
	else
		log_warnx("%s: %s: %s; the feed stays as it is; next round in "
			  "%s",
		    state->path, stage, state->reason, wait);
	if (!update_save(section->services->update, state, &err))
		section_meet(section, &err);
	section_end(section, ROUND_FAILED);
}

/* One second more for what whole ones hide. */
static int64_t
hold_until(int64_t retry_after_s)
{
	return retry_after_s > 0 ? clock_now_s() + retry_after_s + 1 : 0;
}

static void __attribute__((format(printf, 3, 4))) section_fail(
    struct section *section, const char *stage, const char *format, ...)
{
	struct section_state *state = &section->state;
	char reason[512];
	va_list arguments;
	va_start(arguments, format);
	(void)vsnprintf(reason, sizeof(reason), format, arguments);
	va_end(arguments);
	state->failures++;
	state->hold_s = hold_until(section->retry_after_s);
	section_give_up(section, stage, reason);
}

/* By robots.txt, which is no failure: nothing grows, and a round is due when
 * it is to be read again. */
static void
section_refuse(struct section *section, const char *reason, int64_t until_s)
{
	section->state.failures = 0;
	section->state.hold_s = 0;
	section->retry_after_s = until_s - clock_now_s();
	section_give_up(section, "robots", reason);
}

static void
log_outcome(const struct section *section, const struct outcome *outcome,
    uint32_t failures)
{
	const struct section_state *state = &section->state;
	if (failures > 0)
		log_info("%s: good again after %u failed round%s", state->path,
		    failures, failures == 1 ? "" : "s");
	if (outcome->first)
		log_info("%s: first round: %zu articles", state->path,
		    outcome->fresh);
	else if (outcome->fresh > 0 || outcome->changed > 0)
		log_info("%s: %zu new, %zu edited", state->path, outcome->fresh,
		    outcome->changed);
	else
		log_debug("%s: nothing new", state->path);
}

/* A page that could not be read is wanted by the next rounds, but not for
 * ever: a site may answer so beyond its last page.  Its Retry-After counts as
 * that of a failed round does. */
static void
section_note_unread(struct section *section)
{
	struct section_state *state = &section->state;
	state->unread = pages_unread(section->pages);
	state->unread_rounds = state->unread > 0 ? state->unread_rounds + 1 : 0;
	if (state->unread > 0 && section->retry_after_s > 0)
		state->hold_s = hold_until(section->retry_after_s);
	if (state->unread_rounds < UNREAD_ROUNDS)
		return;
	log_info("%s: page %u could not be read in %d rounds; given up",
	    state->path, state->unread, UNREAD_ROUNDS);
	state->unread = state->unread_rounds = 0;
}

/* ---- the rules ---- */

/* The section's row comes first. */
static bool
section_save_watch(struct section *section, struct error *err)
{
	struct section_state *state = &section->state;
	return (state->number != 0 ||
		   update_save(section->services->update, state, err)) &&
	       watch_save(&section->watch, section->services->store,
		   state->number, err);
}

/* False if the store fails; then that was the round. */
static bool
section_remember_page(struct section *section, const struct answer *answer)
{
	struct error err = {{0}};
	watch_remember(&section->watch, answer);
	if (section_save_watch(section, &err))
		return true;
	update_abort(section->services->update);
	section_fail(section, "store", "%s", err.reason);
	return false;
}

/* A round that is not believed: only its measures are kept. */
static void
section_hold(
    struct section *section, const struct judgement *judgement, const char *why)
{
	struct section_state *state = &section->state;
	enum drift_phase phase = section->watch.record.drift.phase;
	struct error err = {{0}};
	if (!section_save_watch(section, &err) ||
	    !store_add_reading(section->services->store, state->number,
		&judgement->reading, &err)) {
		update_abort(section->services->update);
		section_fail(section, "store", "%s", err.reason);
		return;
	}
	/* what is mended already needs no person */
	if (phase == DRIFT_PROBATION)
		section_give_up(section, drift_word(DRIFT_DRIFTED), why);
	else
		section_fail(section, drift_word(phase), "%s", why);
}

/* Do the rules still find the list?  If not, that was the round. */
static bool
section_trusts(struct section *section, struct judgement *judgement,
    const struct answer *answer)
{
	struct watch *watch = &section->watch;
	char *why, *words;
	/* before the round changes what is in force; and what inference reads
	 * in another way than the learned rules did is no edit, either */
	section->read_rules =
	    watch_rules_of(watch, answer) ^ answer->is_inferred;
	bool good = watch_believes(
	    watch, judgement, answer, clock_now_s(), &why, &words);
	judgement->reading.is_bad |= !good;
	if (words != NULL)
		log_warnx("%s: %s", section->state.path, words);
	if (!good)
		section_hold(section, judgement, why);
	free(words);
	free(why);
	return good;
}

/* The corridor's call; `read` is NULL for a page that we know. */
static void
section_update(struct section *section, const struct extraction *read)
{
	struct services *services = section->services;
	struct section_state *state = &section->state;
	struct outcome outcome = {0};
	struct error err = {{0}};
	uint32_t failures = state->failures;
	state->failures = 0; /* the plan is a good round's */
	state->hold_s = 0;
	if (read != NULL)
		section_note_unread(section);
	section_plan(section);
	bool good;
	if (read == NULL &&
	    update_is_current(services->update, section->config, state)) {
		outcome.stage = "store";
		good = update_unchanged(services->update, state,
		    &section->validators, clock_now_s(), &err);
	} else
		good = update_section(services->update, section->config, state,
		    read, read != NULL ? &section->reading : NULL,
		    &section->validators, clock_now_s(), &outcome, &err);
	if (good && read != NULL && section->has_lesson) {
		outcome.stage = "store";
		good = learned_save(
		    &section->learned, services->store, state->number, &err);
	}
	if (!good) {
		if (strcmp(outcome.stage, "store") == 0)
			update_abort(services->update);
		state->failures = failures;
		section_fail(section, outcome.stage, "%s", err.reason);
		return;
	}
	section->cost.fresh = outcome.fresh;
	section->cost.changed = outcome.changed;
	log_outcome(section, &outcome, failures);
	section_end(section,
	    outcome.fresh + outcome.changed > 0 ? ROUND_NEWS : ROUND_UNCHANGED);
}

/* ---- the page ---- */

/* Does what the store has of the last page say anything of the next one? */
static bool
section_may_compare(const struct section *section)
{
	const struct section_state *state = &section->state;
	return watch_may_compare(&section->watch) && state->unread == 0 &&
	       state->body_hash != 0 &&
	       state->rules_hash == watch_rules(&section->watch) &&
	       clock_now_s() - state->validated_s < FULL_READ_S;
}

static bool
section_knows(const struct section *section, uint64_t body_hash)
{
	return section_may_compare(section) &&
	       section->state.body_hash == body_hash;
}

static void
section_read(struct section *section, const struct reply *reply)
{
	const struct section_config *config = section->config;
	struct services *services = section->services;
	struct job job = {
	    .content_type = (char *)reply->content_type,
	    .charset = (char *)config->charset,
	    .url = (char *)reply->url,
	    .language =
		(char *)(config->language != NULL ? config->language
						  : section->state.language),
	    .now_s = clock_now_s(),
	    .body = (char *)reply->body,
	    .length = reply->length,
	    .rules = *config->rules,
	};
	bool is_first = pages_number(section->pages) == 1;
	struct error err = {{0}};
	struct zone_choice zone;
	if (!zones_choose(services->zones, config->timezone, config->url,
		job.language, &zone))
		log_warnx("%s: timezone %s has gone from the zone database; "
			  "its dates are read as UTC",
		    section->state.path, config->timezone);
	job.zone = (char *)zone.bytes;
	job.zone_length = zone.length;
	job.zone_offset_s = zone.offset_s;
	job.zone_is_unknown = zone.is_unknown;
	job.list_path = section->watch.record.list_path;
	section->compared = is_first && section->state.window != NULL &&
			    section_may_compare(section);
	if (section->compared) {
		job.window = section->state.window;
		job.window_length = section->state.window_length;
	}
	free(section->from);
	section->from = xstrdup(reply->url);
	free(section->mitigated);
	section->mitigated = xstrdup_or_null(reply->mitigated);
	if (!watch_is_healed(&section->watch))
		learned_tell(
		    &section->learned, config, is_first, job.now_s, &job);
	if (!watch_tell(&section->watch, services->store, section->state.number,
		is_first, &job, &err))
		log_warnx("%s: %s; no rules are looked for",
		    section->state.path, err.reason);
	section->sent_ms = clock_monotonic_ms();
	section->work =
	    workers_submit(services->workers, &job, on_articles, section);
	articles_clear(&job.memory);
	rules_clear(&job.learned);
	expectation_clear(&job.expected);
}

/* What the pages before it brought stays; the round is good. */
static void __attribute__((format(printf, 3, 4)))
section_stop(struct section *section, bool is_end, const char *format, ...)
{
	char reason[512];
	va_list arguments;
	va_start(arguments, format);
	(void)vsnprintf(reason, sizeof(reason), format, arguments);
	va_end(arguments);
	log_debug("%s: page %u: %s; %s", section->state.path,
	    pages_number(section->pages), reason,
	    is_end ? "the list ends there" : "the next round reads it");
	pages_end(section->pages, is_end);
	section_update(section, pages_read(section->pages));
}

/* A page after the first. */
static void
section_take(struct section *section, const struct reply *reply)
{
	bool is_gone = reply->status == 404 || reply->status == 410;
	if (reply->reason != NULL)
		section_stop(section, section->refused_until_s != 0, "%s",
		    reply->reason);
	else if (reply->status != 200)
		section_stop(
		    section, is_gone, "the site answered %d", reply->status);
	else if (reply->length == 0)
		section_stop(section, false, "the page is empty");
	else
		section_read(section, reply);
}

static void
on_page(struct fetch *fetch, const struct reply *reply, void *arg)
{
	(void)fetch;
	struct section *section = arg;
	struct services *services = section->services;
	section->fetch = NULL;
	section->cost.fetches++;
	section->cost.fetch_ms += clock_monotonic_ms() - section->asked_ms;
	section->cost.bytes += reply->length;
	section->retry_after_s = reply->retry_after_s;
	queue_remove(services->queue, &section->entry, clock_monotonic_ms());
	if (pages_number(section->pages) > 1) {
		section_take(section, reply);
		return;
	}
	if (reply->moved_to != NULL)
		log_info("%s: %s has moved for good to %s; change its url",
		    section->state.path, section->config->url, reply->moved_to);
	if (reply->reason != NULL && section->refused_until_s != 0) {
		section_refuse(
		    section, reply->reason, section->refused_until_s);
		return;
	}
	if (reply->reason != NULL) {
		section_fail(section, "fetch", "%s", reply->reason);
		return;
	}
	if (reply->status == 304) {
		section_update(section, NULL);
		return;
	}
	if (reply->status != 200 && reply->mitigated != NULL) {
		section_fail(section, verdict_word(VERDICT_BLOCKED),
		    "the site answered %d with cf-mitigated: %s", reply->status,
		    reply->mitigated);
		return;
	}
	if (reply->status != 200) {
		section->gone = reply->status == 410;
		section_fail(section, "fetch", "the site answered %d%s",
		    reply->status,
		    section->gone ? ": gone for good; asked daily" : "");
		return;
	}
	if (reply->length == 0) {
		section_fail(section, "fetch", "the page is empty");
		return;
	}
	uint64_t hash = hash_bytes(reply->body, reply->length);
	if (section_knows(section, hash)) {
		section_update(section, NULL);
		return;
	}
	section->validators = (struct validators){
	    .etag = xstrdup_or_null(reply->etag),
	    .last_modified = xstrdup_or_null(reply->last_modified),
	    .body_hash = hash == 0 ? 1 : hash,
	};
	section_read(section, reply);
}

/* To the next page, if the articles of the last one leave room for unknown
 * ones on it; else the round ends. */
static void
section_go_on(struct section *section)
{
	struct pages *pages = section->pages;
	struct articles last = pages_last(pages);
	struct difference difference = {0};
	struct error err = {{0}};
	bool more = false;
	if (pages_may_go_on(pages) &&
	    update_compare(section->services->update, section->config,
		&section->state, &last, section->read_rules, clock_now_s(),
		&difference, &err))
		more = pages_go_on(pages, &difference.fresh);
	difference_clear(&difference);
	if (more)
		log_debug("%s: on to page %u", section->state.path,
		    pages_number(pages));
	else {
		if (pages_fell_short(pages) && section->state.good_s > 0)
			log_info("%s: nothing known on %u pages: older "
				 "articles may be missing; see `pages`",
			    section->state.path, pages_number(pages));
		section_update(section, pages_read(pages));
		return;
	}
	section_ask_robots(section, pages_url(pages));
}

/* The page that we know but for what stands around its list.  Its validators
 * are as good as the last ones, and its list is known as before. */
static void
section_same_list(struct section *section)
{
	const struct section_state *state = &section->state;
	struct validators *validators = &section->validators;
	if (!section->compared) {
		section_fail(section, "extract", "the worker lied");
		return;
	}
	log_debug("%s: the same list", state->path);
	validators->rules_hash = state->rules_hash;
	validators->window = xmemdup(state->window, state->window_length);
	validators->window_length = state->window_length;
	section_update(section, NULL);
}

/* Rules for the next rounds. */
static void
section_take_lesson(struct section *section, const struct answer *answer)
{
	char *words;
	section->has_lesson = learned_take(
	    &section->learned, section->config, answer, clock_now_s(), &words);
	if (words != NULL)
		log_info("%s: %s", section->state.path, words);
	free(words);
}

/* Is the page news?  If not, that was the round, or its last page. */
static bool
section_believes(struct section *section, const struct answer *answer,
    struct judgement *judgement)
{
	struct section_state *state = &section->state;
	struct error err = {{0}};
	const struct verdict *verdict = &judgement->verdict;
	struct arrival arrival = {
	    .asked = pages_url(section->pages),
	    .from = section->from,
	    .mitigated = section->mitigated,
	    .is_later = pages_number(section->pages) > 1,
	    .now_s = clock_now_s(),
	    .rules = watch_rules_of(&section->watch, answer),
	    .sketch = section->watch.record.sketch,
	};
	if (!judge_page(section->services->store, section->config, state,
		&arrival, answer, judgement, &err)) {
		section_fail(section, "store", "%s", err.reason);
		return false;
	}
	bool is_cut = verdict->kind == VERDICT_CUT;
	if (!arrival.is_later)
		state->cut_rounds = is_cut ? state->cut_rounds + 1 : 0;
	if (verdict->kind == VERDICT_GOOD)
		return true;
	if (arrival.is_later)
		section_stop(section, false, "%s: %s",
		    verdict_word(verdict->kind), verdict->why);
	else
		section_fail(
		    section, verdict_word(verdict->kind), "%s", verdict->why);
	return false;
}

static void
on_articles(struct answer *answer, const char *reason, void *arg)
{
	struct section *section = arg;
	bool is_first = pages_number(section->pages) == 1;
	section->work = NULL;
	section->cost.reads++;
	section->cost.read_ms += clock_monotonic_ms() - section->sent_ms;
	if (answer == NULL || answer->stage != NULL) {
		const char *stage = answer == NULL ? "extract" : answer->stage;
		const char *why = answer == NULL ? reason : answer->reason;
		if (is_first)
			section_fail(section, stage, "%s", why);
		else
			section_stop(section, false, "%s: %s", stage, why);
		return;
	}
	struct extraction *read = &answer->extraction;
	if (answer->is_same) {
		section_same_list(section);
		return;
	}
	struct judgement judgement;
	if (!section_believes(section, answer, &judgement))
		return;
	if (!is_first) {
		if (pages_add(section->pages, section->from, read, &reason))
			section_go_on(section);
		else
			section_stop(section, false, "%s", reason);
		return;
	}
	if (!section_trusts(section, &judgement, answer))
		return;
	/* that a filter wants none of them today is no fault */
	if (read->articles.count == 0 && read->filtered == 0 &&
	    !section->config->empty_ok) {
		if (read->item_count > 0)
			section_fail(section, "extract",
			    "%u items, but none with a link and a title",
			    read->item_count);
		else
			section_fail(section, "extract",
			    "no article found on the page%s%s%s",
			    read->list_place == LIST_EMPTY
				? "; the list is there, and empty"
				: "",
			    read->item_how != NULL ? ": " : "",
			    read->item_how != NULL ? read->item_how : "");
		return;
	}
	if (!section_remember_page(section, answer))
		return;
	if (!watch_is_healed(&section->watch))
		section_take_lesson(section, answer);
	section->validators.rules_hash = section->read_rules;
	section->validators.window = read->window;
	section->validators.window_length = read->window_length;
	read->window = NULL;
	section->reading = judgement.reading;
	(void)pages_add(section->pages, section->from, read, NULL);
	section_go_on(section);
}

/* ---- the request ---- */

static bool
on_redirect(const char *url, void *arg, struct error *why)
{
	struct section *section = arg;
	struct robots_ruling ruling;
	if (robots_may_follow(
		section->services->robots, section->config, url, &ruling))
		return true;
	section->refused_until_s = ruling.until_s;
	return error_set(why, "%s", ruling.why.reason);
}

/* Will the host be asked again before an idle connection is of no more use?
 * Else it is not left lying around, here and there. */
static bool
section_comes_back_soon(const struct section *section)
{
	const struct section_config *config = section->config;
	int64_t interval_s = config->interval_s > 0 ? config->interval_s
						    : config->min_interval_s;
	return queue_has_more(&section->entry) ||
	       interval_s / (section->count_on_host + 1) <= REUSE_S;
}

static bool
section_request(struct section *section, struct error *err)
{
	const struct section_config *config = section->config;
	const struct section_state *state = &section->state;
	const char *url = pages_url(section->pages);
	bool is_first = pages_number(section->pages) == 1;
	bool trusted = is_first && section_may_compare(section);
	struct page_request request;
	if (!page_request_for_page(&request, config, url, err))
		return false;
	request.fetch.etag = trusted ? state->etag : NULL;
	request.fetch.last_modified = trusted ? state->last_modified : NULL;
	request.fetch.may_follow = on_redirect;
	request.fetch.is_last = !section_comes_back_soon(section);
	section->refused_until_s = 0;
	section->asked_ms = clock_monotonic_ms();
	section->fetch = fetch_start(
	    section->services->fetcher, &request.fetch, on_page, section, err);
	page_request_clear(&request);
	return section->fetch != NULL;
}

/* It was when it began to wait for its turn; many were before it, or the
 * machine slept. */
static bool
section_is_allowed(const struct section *section, const char *url)
{
	struct robots_ruling ruling;
	return robots_judge(
		   section->services->robots, section->config, url, &ruling) &&
	       ruling.word == ROBOTS_ALLOWS;
}

static void
section_begin(struct section *section)
{
	struct section_state *state = &section->state;
	section_follow_clock(section);
	state->round_s = clock_now_s();
	section->round_ms = clock_monotonic_ms();
	state->rounds++;
	section->cost = (struct round_cost){0};
	section->began_ms = clock_monotonic_ms();
	/* if we die in this round, the next start waits min-interval (P8) */
	state->due_s = state->round_s + section->config->min_interval_s;
	section->pages = pages_new(section->config, state->unread);
}

static void
on_turn(struct queue_entry *entry)
{
	struct section *section = (struct section *)entry;
	struct services *services = section->services;
	struct section_state *state = &section->state;
	struct error err = {{0}};
	const char *url = section->pages == NULL ? section->config->url
						 : pages_url(section->pages);
	if (!section_is_allowed(section, url)) {
		queue_remove(
		    services->queue, &section->entry, clock_monotonic_ms());
		section_ask_robots(section, url);
		return;
	}
	if (section->pages == NULL) {
		int64_t late_ms = clock_monotonic_ms() - section->due_ms;
		log_debug("%s: starts %lld ms after it was due", state->path,
		    (long long)late_ms);
		lateness_add(services->lateness, late_ms);
		section_begin(section);
		section->cost.late_ms = late_ms;
	}
	state->asked_s = clock_now_s();
	section_save(section);
	if (!section_request(section, &err)) {
		queue_remove(
		    services->queue, &section->entry, clock_monotonic_ms());
		if (pages_number(section->pages) == 1)
			section_fail(section, "fetch", "%s", err.reason);
		else
			section_stop(section, false, "%s", err.reason);
	}
}

/* ---- robots.txt ---- */

/* What was read so far is the round: the list goes on, but not for us. */
static void
section_end_list(struct section *section, const char *reason)
{
	log_info("%s: page %u: %s; the list ends there for us",
	    section->state.path, pages_number(section->pages), reason);
	pages_end(section->pages, true);
	section_update(section, pages_read(section->pages));
}

static void
section_push(struct section *section, int64_t gap_ms)
{
	struct services *services = section->services;
	if (gap_ms < section->config->host_gap_ms)
		gap_ms = section->config->host_gap_ms;
	if (section->pages == NULL)
		queue_push(
		    services->queue, &section->entry, section->host, gap_ms);
	else {
		char *host = url_host(pages_url(section->pages));
		queue_push_first(
		    services->queue, &section->entry, host, gap_ms);
		free(host);
	}
	services->wake(services->arg);
}

/* It is known: into the queue, or that was the round. */
static void
on_ruling(const struct robots_ruling *ruling, void *arg)
{
	struct section *section = arg;
	bool is_first = section->pages == NULL;
	section->waiting = NULL;
	if (ruling->word == ROBOTS_ALLOWS) {
		if (section_state_is_refused(&section->state) && is_first)
			log_info("%s: robots.txt allows it now",
			    section->state.path);
		section_push(section, ruling->gap_ms);
		return;
	}
	if (is_first)
		section_begin(section);
	if (ruling->word == ROBOTS_SILENT && ruling->until_s > 0)
		section->retry_after_s = ruling->until_s - clock_now_s();
	if (is_first && ruling->word == ROBOTS_DISALLOWS)
		section_refuse(section, ruling->why.reason, ruling->until_s);
	else if (is_first)
		section_fail(section, "robots", "%s", ruling->why.reason);
	else if (ruling->word == ROBOTS_DISALLOWS)
		section_end_list(section, ruling->why.reason);
	else
		section_stop(section, false, "%s", ruling->why.reason);
}

static void
section_ask_robots(struct section *section, const char *url)
{
	struct robots *robots = section->services->robots;
	struct robots_ruling ruling;
	if (robots_judge(robots, section->config, url, &ruling))
		on_ruling(&ruling, section);
	else
		section->waiting = robots_wait(
		    robots, section->config, url, on_ruling, section);
}

/* ---- life ---- */

/* Whatever makes another reading of the same bytes: another program, too. */
static uint64_t
reading_hash(const struct section_config *config)
{
	char *all = xasprintf(METROFEED_VERSION " %016llx %s %s %s %s",
	    (unsigned long long)rules_hash(config->rules), config->url,
	    config->charset != NULL ? config->charset : "",
	    config->timezone != NULL ? config->timezone : "",
	    config->language != NULL ? config->language : "");
	uint64_t hash = hash_bytes(all, strlen(all));
	free(all);
	return hash;
}

/* The clock was set back while nobody ran: what it calls the future was just
 * now, and stays where it is put from then on. */
static void
leave_future(struct section_state *state, int64_t now_s)
{
	if (state->round_s > now_s)
		state->round_s = now_s;
	if (state->asked_s > now_s)
		state->asked_s = now_s;
	if (state->validated_s > now_s)
		state->validated_s = 0;
	if (state->hold_s > now_s + DAY_S)
		state->hold_s = now_s + DAY_S;
}

struct section *
section_new(struct services *services, const struct section_config *config,
    struct error *err)
{
	struct section *section = xcalloc(1, sizeof(*section));
	if (!store_section(
		services->store, config->path, &section->state, err) ||
	    !update_adopt(services->update, config, &section->state,
		clock_now_s(), err) ||
	    !learned_load(&section->learned, services->store, config,
		section->state.number, err)) {
		section_state_clear(&section->state);
		free(section);
		return NULL;
	}
	leave_future(&section->state, clock_now_s());
	section->entry.start = on_turn;
	section->round_ms = -1;
	section->ahead_ms = clock_ahead_ms();
	section->services = services;
	section->config = config;
	section->retry_after_s = -1;
	if (!watch_open(&section->watch, services->store, config,
		section->state.number, reading_hash(config), err)) {
		section_state_clear(&section->state);
		free(section);
		return NULL;
	}
	section->host = url_host(config->url);
	free(section->state.url);
	section->state.url = xstrdup(config->url);
	section->due = evtimer_new(services->base, on_due, section);
	return section;
}

void
section_free(struct section *section)
{
	if (section == NULL)
		return;
	robots_wait_cancel(section->waiting);
	fetch_cancel(section->fetch);
	work_cancel(section->work);
	queue_remove(
	    section->services->queue, &section->entry, clock_monotonic_ms());
	update_forget(section->services->update, &section->state);
	event_free(section->due);
	validators_clear(&section->validators);
	pages_free(section->pages);
	free(section->from);
	free(section->rhythm);
	free(section->mitigated);
	watch_clear(&section->watch);
	learned_clear(&section->learned);
	free(section->host);
	section_state_clear(&section->state);
	free(section);
}

const struct section_config *
section_configured(const struct section *section)
{
	return section->config;
}

const struct section_state *
section_state(const struct section *section)
{
	return &section->state;
}

char *
section_degraded(const struct section *section)
{
	return watch_degraded(&section->watch);
}

char *
section_stanza(const struct section *section)
{
	return section->config->rules->items.count > 0
		   ? healed_stanza(section->config, &section->watch.healed)
		   : NULL;
}

const struct round_cost *
section_cost(const struct section *section)
{
	return &section->cost;
}
