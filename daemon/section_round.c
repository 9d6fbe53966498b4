#include "daemon/section_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/clock.h"
#include "daemon/log.h"
#include "daemon/pages.h"
#include "feed/memory.h"
#include "feed/text.h"

#define UNREAD_ROUNDS 3 /* that try to read a later page */

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

void
section_fail(
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
void
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
bool
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
bool
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
void
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
