#include "daemon/section_private.h"

#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "daemon/clock.h"
#include "daemon/log.h"
#include "daemon/rhythm.h"
#include "daemon/schedule.h"
#include "feed/hash.h"
#include "feed/memory.h"

#define LEARN_S 21600 /* a rhythm is learned anew after that */

/* The batch is lost, the log has it once for all sections. */
void
section_meet(struct section *section, const struct error *err)
{
	struct services *services = section->services;
	trouble_meet(store_trouble(services->store), err->reason);
	update_abort(services->update);
}

void
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

void
section_new_due(struct section *section)
{
	section->due = evtimer_new(section->services->base, on_due, section);
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

void
section_plan(struct section *section)
{
	section_learn(section);
	struct schedule_input times = section_times(section);
	/* what answers a doubt comes as soon as it may */
	section_set_due(section, section->watch.is_looking_again
				     ? schedule_asked(&times)
				     : schedule_next(&times));
}
