#include "daemon/watch.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/hash.h"
#include "feed/heal.h"
#include "feed/memory.h"

#define MEMORY 200 /* articles that tell where a list stands now */
#define KNOWN 4u   /* articles that make an inferred list the section's */

/* ---- life ---- */

bool
watch_open(struct watch *watch, struct store *store,
    const struct section_config *config, int64_t section, uint64_t given,
    struct error *err)
{
	*watch = (struct watch){.config = config, .given = given};
	bool is_another;
	if (!healed_load(
		&watch->healed, store, config, section, &is_another, err) ||
	    (is_another &&
		!store_save_healed(store, section, &watch->healed, err)) ||
	    !store_drift(store, section, &watch->record, err)) {
		watch_clear(watch);
		return false;
	}
	if (watch->record.rules_hash != watch_rules(watch))
		drift_record_clear(&watch->record);
	watch->record.rules_hash = watch_rules(watch);
	return true;
}

void
watch_clear(struct watch *watch)
{
	drift_record_clear(&watch->record);
	healed_record_clear(&watch->healed);
	*watch = (struct watch){0};
}

bool
watch_save(struct watch *watch, struct store *store, int64_t section,
    struct error *err)
{
	if (watch->has_healed &&
	    !store_save_healed(store, section, &watch->healed, err))
		return false;
	watch->has_healed = false;
	return store_save_drift(store, section, &watch->record, err);
}

bool
watch_is_healed(const struct watch *watch)
{
	return watch->healed.rules != NULL;
}

uint64_t
watch_rules(const struct watch *watch)
{
	const char *healed = watch->healed.rules;
	return healed == NULL
		   ? watch->given
		   : watch->given ^ hash_bytes(healed, strlen(healed));
}

uint64_t
watch_rules_of(const struct watch *watch, const struct answer *answer)
{
	return answer->is_given ? watch->given : watch_rules(watch);
}

bool
watch_may_compare(const struct watch *watch)
{
	enum drift_phase phase = watch->record.drift.phase;
	return phase != DRIFT_SUSPECT && phase != DRIFT_DRIFTED;
}

/* Others are in force from now on, or the person's again: what was remembered
 * of the page is the old ones'. */
static void
begin_anew(struct watch *watch)
{
	struct drift drift = watch->record.drift;
	drift_record_clear(&watch->record);
	watch->record.drift = drift;
	watch->record.rules_hash = watch_rules(watch);
	watch->has_healed = true;
	watch->healed.lost = 0;
}

/* Bit i: field i was dead in the last round. */
static uint32_t
lost_fields(const struct watch *watch)
{
	return watch->healed.lost & ((1u << FIELD_COUNT) - 1);
}

/* ---- what a job is told ---- */

static bool
tell_memory(const struct watch *watch, struct store *store, int64_t section,
    struct job *job, struct error *err)
{
	struct reading past[READINGS_KEPT], usual[READINGS_USUAL];
	uint32_t items[READINGS_USUAL];
	size_t count = 0;
	if (!store_newest(
		store, section, MEMORY, MEMORY, 0, &job->memory, err) ||
	    !store_readings(store, section, past, &count, err)) {
		articles_clear(&job->memory);
		return false;
	}
	size_t kept = readings_usual(past, count, watch_rules(watch), usual);
	if (kept == 0) /* healed ones have no past yet */
		kept = readings_usual(past, count, 0, usual);
	for (size_t i = 0; i < kept; i++)
		items[i] = usual[i].items;
	job->usual = reading_median(items, kept);
	return true;
}

bool
watch_tell(struct watch *watch, struct store *store, int64_t section,
    bool is_first, struct job *job, struct error *err)
{
	enum drift_phase phase = watch->record.drift.phase;
	job->healed = watch->healed.rules;
	if (!is_first || config_heal(watch->config) == HEAL_WISH_OFF)
		return true;
	job->lost = lost_fields(watch);
	job->proposes = job->lost == 0 &&
			(phase == DRIFT_SUSPECT || phase == DRIFT_DRIFTED);
	job->candidate = watch->healed.proposal;
	return (!job->proposes && job->lost == 0 && job->healed == NULL) ||
	       tell_memory(watch, store, section, job, err);
}

/* ---- is it believed? ---- */

static void __attribute__((format(printf, 2, 3)))
condemn(struct drift_finding *finding, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	(void)vsnprintf(finding->why, sizeof(finding->why), format, arguments);
	va_end(arguments);
	finding->points = DRIFT_BAD;
	finding->is_list_lost = false;
}

/* Would a round by rules that nobody wrote announce what is not new? */
static bool
is_flood(const struct judgement *judgement)
{
	return judgement->late > judgement->allowance;
}

/* The learned rules do not find what they did, and the list was inferred.  It
 * is the section's if it holds what the section has: four articles, or half as
 * many as usual; all may be new only where the whole list had time to change.
 */
static void
look_at_inferred(
    const struct judgement *judgement, struct drift_finding *finding)
{
	const struct reading *today = &judgement->reading;
	uint32_t known = today->articles - today->fresh;
	uint32_t usual = judgement->usual;
	uint32_t least = usual / 2 < KNOWN ? usual / 2 : KNOWN;
	static const char head[] =
	    "the learned rules do not find what they did, and what is inferred";
	if (finding->points >= DRIFT_BAD)
		return;
	if (is_flood(judgement))
		condemn(finding,
		    "%s would announce %u articles as new that are not", head,
		    judgement->late);
	else if (known < least && judgement->allowance < 2 * usual)
		condemn(finding, "%s has %u known articles of %u", head, known,
		    today->articles);
	else if (today->items * 5 > usual * 9 + 25)
		condemn(finding, "%s has %u articles where %u are usual", head,
		    today->items, usual);
}

/* Healed rules have no past that today could be held against: what is
 * remembered is.  True if they are no good for good. */
static bool
look_at_healed(const struct judgement *judgement, const struct answer *answer,
    struct drift_finding *finding)
{
	char why[512];
	enum heal_grade grade = heal_judge(&answer->in_force, true, why);
	if (finding->points >= DRIFT_BAD)
		return false;
	if (judgement->reading.items == 0)
		condemn(finding, "the healed rules find no article");
	else if (answer->in_force.anchors >= 2 && grade == HEAL_REFUSE)
		condemn(finding, "the healed rules do not hold: %s", why);
	else if (is_flood(judgement)) {
		condemn(finding,
		    "the healed rules would announce %u articles as new that "
		    "are not: given up, and only proposed from now on",
		    judgement->late);
		return true;
	}
	return false;
}

/* Rounds in a row in which the configured rules did what the healed ones did:
 * after some these are not needed. */
static void
count_given(struct watch *watch, const struct answer *answer, char **words)
{
	struct healed_record *healed = &watch->healed;
	uint32_t before = healed->given_rounds;
	if (healed->rules == NULL)
		return;
	healed->given_rounds = answer->is_given ? before + 1 : 0;
	watch->has_healed |= healed->given_rounds != before;
	if (healed->given_rounds < DRIFT_PROBATION_ROUNDS)
		return;
	healed_drop(healed);
	watch->record.drift = (struct drift){0};
	begin_anew(watch);
	*words = xstrdup("the configured rules find the list again; the healed "
			 "ones are given up");
}

static void
note_lost(struct watch *watch, const struct drift_finding *finding)
{
	uint32_t lost = 0, before = lost_fields(watch);
	/* else it is the list that is lost */
	for (int i = 0; finding->points < DRIFT_BAD && i < FIELD_COUNT; i++)
		lost |= (uint32_t)finding->is_field_lost[i] << i;
	lost |= (lost & before) << LOST_TWICE;
	watch->has_healed |= lost != watch->healed.lost;
	watch->healed.lost = lost;
}

/* What the page offers in their place; *words say it. */
static void
look_for_rules(struct watch *watch, const struct answer *answer, int64_t now_s,
    char **words)
{
	switch (
	    healed_take(&watch->healed, watch->config, answer, now_s, words)) {
	case HEALED_ADOPTED:
		drift_healed(&watch->record.drift, now_s);
		begin_anew(watch);
		watch->is_looking_again = true;
		break;
	case HEALED_PROPOSED:
		/* to be confirmed, or not, as soon as may be */
		watch->is_looking_again |= watch->healed.seen == 1 &&
					   watch->healed.grade >= HEAL_ADOPT;
		break;
	default:
		break;
	}
	watch->has_healed = true;
}

static void
note_unusual(struct watch *watch, const char *why)
{
	free(watch->record.unusual);
	watch->record.unusual = why[0] != '\0' ? xstrdup(why) : NULL;
}

/* A round that is published; *words say what is odd, once. */
static void
believe(struct watch *watch, const struct drift_finding *finding,
    const struct answer *answer, bool was_usual, int64_t now_s, char **words)
{
	char *offer = NULL;
	if (answer->healed_lost != 0)
		look_for_rules(watch, answer, now_s, &offer);
	else if (watch->healed.proposal != NULL &&
		 watch->record.drift.phase == DRIFT_OK &&
		 watch->healed.lost == 0) {
		healed_drop_proposal(&watch->healed);
		watch->has_healed = true;
	}
	if (watch->healed.seen > 1) { /* it was said before */
		free(offer);
		offer = NULL;
	}
	if (offer != NULL ||
	    (finding->points >= DRIFT_SUSPICIOUS && was_usual)) {
		free(*words);
		*words = xasprintf("unusual: %s; published all the same%s%s",
		    finding->why, offer != NULL ? "; " : "",
		    offer != NULL ? offer : "");
	}
	free(offer);
}

bool
watch_believes(struct watch *watch, const struct judgement *judgement,
    const struct answer *answer, int64_t now_s, char **why, char **words)
{
	struct drift *drift = &watch->record.drift;
	struct drift_finding finding = judgement->finding;
	enum drift_phase before = drift->phase;
	enum drift_call call = DRIFT_PUBLISH;
	bool was_usual = watch->record.unusual == NULL, is_final = false;
	*why = *words = NULL;
	if (watch->healed.rules != NULL && !answer->is_given &&
	    before == DRIFT_PROBATION)
		is_final = look_at_healed(judgement, answer, &finding);
	else if (answer->is_inferred)
		look_at_inferred(judgement, &finding);
	note_unusual(watch, finding.why);
	note_lost(watch, &finding);
	if (!finding.is_list_lost || finding.points >= DRIFT_BAD)
		call = drift_step(drift, &finding, now_s);
	watch->is_looking_again =
	    drift->phase == DRIFT_SUSPECT && before != DRIFT_SUSPECT;
	if (call == DRIFT_PUBLISH) {
		count_given(watch, answer, words);
		believe(watch, &finding, answer, was_usual, now_s, words);
		return true;
	}
	char *offer = NULL;
	if (call == DRIFT_ROLL_BACK && watch->healed.rules != NULL) {
		healed_refuse(&watch->healed, is_final);
		begin_anew(watch);
		note_unusual(watch, finding.why);
	} else if (drift->phase == DRIFT_DRIFTED) {
		/* where nobody wrote any, what is inferred is better than
		 * rules that find nothing */
		if (watch->healed.rules != NULL &&
		    watch->config->rules->items.count == 0) {
			healed_drop(&watch->healed);
			begin_anew(watch);
			note_unusual(watch, finding.why);
		}
		look_for_rules(watch, answer, now_s, &offer);
	}
	*why = xasprintf("%s%s%s", finding.why, offer != NULL ? "; " : "",
	    offer != NULL ? offer : "");
	free(offer);
	return false;
}

void
watch_remember(struct watch *watch, const struct answer *answer)
{
	struct drift_record *record = &watch->record;
	const char *path = answer->extraction.list_path;
	if (path != NULL) {
		free(record->list_path);
		record->list_path = xstrdup(path);
	}
	free(record->sketch);
	record->sketch =
	    xmemdup(&answer->evidence.sketch, sizeof(struct sketch));
}

/* ---- in words ---- */

/* "author, image: on the page no more, or elsewhere". */
static char *
say_lost(uint32_t lost)
{
	struct buffer names = {0};
	for (int i = 0; i < FIELD_COUNT; i++)
		if ((lost >> i & 1) != 0)
			buffer_add_format(&names, "%s%s",
			    names.length > 0 ? ", " : "",
			    field_name((enum field)i));
	buffer_add_string(&names, ": found no more where the rules look");
	return buffer_take(&names);
}

char *
watch_degraded(const struct watch *watch)
{
	bool is_given = watch->config->rules->items.count > 0;
	/* one round says nothing yet */
	uint32_t lost = watch->healed.lost >> LOST_TWICE;
	if (watch->healed.rules == NULL)
		return lost != 0 ? say_lost(lost) : NULL;
	if (is_given)
		return xasprintf("its page has changed, and it is read by "
				 "healed rules; what to paste is shown by: "
				 "metrofeed status %s",
		    watch->config->path);
	/* nothing is to be done where no rules are written */
	return watch->record.drift.phase == DRIFT_PROBATION
		   ? xstrdup("its page has changed, and it is read by healed "
			     "rules, which are watched for some rounds")
		   : NULL;
}
