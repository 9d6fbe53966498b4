#include "daemon/section_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/clock.h"
#include "daemon/log.h"
#include "daemon/pages.h"
#include "daemon/workers.h"
#include "daemon/zones.h"
#include "feed/hash.h"
#include "feed/memory.h"

#define FULL_READ_S DAY_S /* validators are not trusted for longer */

static void on_articles(struct answer *, const char *, void *);

/* Does what the store has of the last page say anything of the next one? */
bool
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
void
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

void
section_on_page(struct fetch *fetch, const struct reply *reply, void *arg)
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
