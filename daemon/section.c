#include "daemon/section_private.h"

#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "daemon/clock.h"
#include "daemon/lateness.h"
#include "daemon/log.h"
#include "daemon/page_request.h"
#include "daemon/pages.h"
#include "daemon/robots.h"
#include "daemon/workers.h"
#include "feed/hash.h"
#include "feed/memory.h"
#include "feed/url.h"

#ifndef METROFEED_VERSION
#define METROFEED_VERSION "0"
#endif

#define REUSE_S 118 /* a longer idle connection libcurl does not use */

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
	section->fetch = fetch_start(section->services->fetcher, &request.fetch,
	    section_on_page, section, err);
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

void
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
	section_new_due(section);
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
