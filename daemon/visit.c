#include "daemon/visit.h"

#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "daemon/asker.h"
#include "daemon/clock.h"
#include "daemon/file.h"
#include "feed/memory.h"
#include "feed/url.h"

#define PAGE_MAX_BYTES ((size_t)8 << 20)

/* ---- one page, on whose loop whatever ---- */

bool
visit_recall(struct visit *visit, struct store *store, struct learned *learned,
    struct healed_record *healed, struct error *err)
{
	bool is_another;
	struct section_state state = {0};
	visit->learned = learned;
	if (store == NULL)
		return true;
	bool good =
	    store_section(store, visit->section->path, &state, err) &&
	    learned_load(learned, store, visit->section, state.number, err) &&
	    healed_load(
		healed, store, visit->section, state.number, &is_another, err);
	section_state_clear(&state);
	visit->healed = healed->rules;
	return good;
}

void
visit_read(struct visit *visit, const struct reply *reply,
    struct workers *workers, struct zones *zones, work_callback *callback,
    void *arg)
{
	const struct section_config *section = visit->section;
	struct zone_choice zone;
	struct job job = {
	    .kind = visit->kind,
	    .body = (char *)reply->body,
	    .length = reply->length,
	    .content_type = (char *)reply->content_type,
	    .charset = (char *)section->charset,
	    .url = (char *)reply->url,
	    .language = (char *)section->language,
	    .now_s = clock_now_s(),
	    .rules = *section->rules,
	};
	/* checked when the configuration was loaded */
	(void)zones_choose(
	    zones, section->timezone, section->url, section->language, &zone);
	job.zone = (char *)zone.bytes;
	job.zone_length = zone.length;
	job.zone_offset_s = zone.offset_s;
	job.zone_is_unknown = zone.is_unknown;
	visit->url = xstrdup(reply->url);
	visit->mitigated = xstrdup_or_null(reply->mitigated);
	job.healed = (char *)visit->healed;
	if (visit->learned != NULL && job.healed == NULL)
		learned_tell(visit->learned, section, true, job.now_s, &job);
	workers_submit(workers, &job, callback, arg);
	rules_clear(&job.learned);
	expectation_clear(&job.expected);
}

bool
visit_believes(const struct visit *visit, struct store *store,
    struct judgement *judgement, struct error *err)
{
	struct section_state state = {0};
	struct arrival arrival = {
	    .asked = visit->section->url,
	    .from = visit->url,
	    .mitigated = visit->mitigated,
	    .now_s = clock_now_s(),
	};
	bool good = (store == NULL || store_section(store, visit->section->path,
					  &state, err)) &&
		    judge_page(store, visit->section, &state, &arrival,
			&visit->answer, judgement, err);
	section_state_clear(&state);
	const struct verdict *verdict = &judgement->verdict;
	return good && (verdict->kind == VERDICT_GOOD ||
			   error_set(err, "%s: %s", verdict_word(verdict->kind),
			       verdict->why));
}

bool
visit_judge(const struct visit *visit, struct store *store, struct error *err)
{
	struct judgement judgement;
	if (!visit_believes(visit, store, &judgement, err))
		return false;
	if (judgement.reading.is_bad)
		return error_set(err, "drift: %s", judgement.finding.why);
	if (visit->answer.extraction.articles.count == 0 &&
	    visit->answer.extraction.filtered == 0 && !visit->section->empty_ok)
		return error_set(err, "extract: no article found");
	return true;
}

/* ---- on a loop of its own ---- */

/* What the callbacks need, as long as the loop runs. */
struct errand {
	struct visit *visit;
	struct error *err;
	struct event_base *base;
	struct workers *workers;
	struct zones *zones;
	bool good;
};

static void
errand_fail(struct errand *errand, const char *stage, const char *reason)
{
	(void)error_set(errand->err, "%s: %s", stage, reason); /* false */
	event_base_loopbreak(errand->base);
}

static void
on_answer(struct answer *answer, const char *reason, void *arg)
{
	struct errand *errand = arg;
	if (answer == NULL)
		errand_fail(errand, "extract", reason);
	else if (answer->stage != NULL)
		errand_fail(errand, answer->stage, answer->reason);
	else {
		errand->visit->answer = *answer;
		*answer = (struct answer){0};
		errand->good = true;
		event_base_loopbreak(errand->base);
	}
}

static void
read_page(struct errand *errand, const struct reply *reply)
{
	visit_read(errand->visit, reply, errand->workers, errand->zones,
	    on_answer, errand);
}

static void
on_page(const struct section_config *config, const char *stage,
    const char *reason, const struct reply *reply, void *arg)
{
	(void)config;
	struct errand *errand = arg;
	if (stage != NULL)
		errand_fail(errand, stage, reason);
	else
		read_page(errand, reply);
}

static bool
read_file(struct errand *errand, const char *file)
{
	size_t length;
	char *bytes = file_read(file, PAGE_MAX_BYTES, &length, errand->err);
	if (bytes == NULL)
		return false;
	struct reply reply = {
	    .body = bytes,
	    .length = length,
	    .url = errand->visit->section->url,
	};
	read_page(errand, &reply);
	free(bytes);
	return true;
}

bool
visit_page(struct visit *visit, struct error *err)
{
	struct errand errand = {.visit = visit, .err = err};
	struct section_config config = *visit->section;
	config.allow_private = visit->allow_private;
	visit->answer = (struct answer){0};
	visit->url = visit->mitigated = NULL;
	errand.base = event_base_new();
	errand.zones = zones_new();
	errand.workers = workers_new(errand.base, 1, VISIT_DEADLINE_MS);
	struct asker *asker = asker_new(errand.base, err);
	bool is_begun = asker != NULL;
	if (is_begun && visit->page_file != NULL)
		is_begun = read_file(&errand, visit->page_file);
	else if (is_begun)
		asker_ask(asker, &config, on_page, &errand);
	if (is_begun)
		event_base_dispatch(errand.base);
	asker_free(asker);
	workers_free(errand.workers);
	zones_free(errand.zones);
	event_base_free(errand.base);
	return errand.good;
}

void
visit_clear(struct visit *visit)
{
	answer_clear(&visit->answer);
	free(visit->url);
	free(visit->mitigated);
	visit->url = visit->mitigated = NULL;
}

bool
visit_is_typed_address(const char *url)
{
	char *host = url_host(url);
	size_t name = host != NULL ? strcspn(host, ":") : 0;
	bool typed = host != NULL &&
		     (host[0] == '[' || strspn(host, "0123456789.") == name ||
			 strncmp(host, "localhost", name) == 0);
	free(host);
	return typed;
}
