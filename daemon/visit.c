#include "daemon/visit.h"

#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "daemon/asker.h"
#include "daemon/clock.h"
#include "daemon/file.h"
#include "daemon/workers.h"
#include "daemon/zones.h"
#include "feed/memory.h"
#include "feed/url.h"

#define PAGE_MAX_BYTES ((size_t)8 << 20)
#define DEADLINE_MS 10000

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
read_page(struct errand *errand, const char *body, size_t length,
    const char *url, const char *content_type)
{
	const struct section_config *section = errand->visit->section;
	struct zone_choice zone;
	struct job job = {
	    .kind = errand->visit->kind,
	    .body = (char *)body,
	    .length = length,
	    .content_type = (char *)content_type,
	    .charset = (char *)section->charset,
	    .url = (char *)url,
	    .language = (char *)section->language,
	    .now_s = clock_now_s(),
	    .rules = *section->rules,
	};
	/* checked when the configuration was loaded */
	(void)zones_choose(errand->zones, section->timezone, section->url,
	    section->language, &zone);
	job.zone = (char *)zone.bytes;
	job.zone_length = zone.length;
	job.zone_offset_s = zone.offset_s;
	job.zone_is_unknown = zone.is_unknown;
	errand->visit->url = xstrdup(url);
	job.healed = (char *)errand->visit->healed;
	if (errand->visit->learned != NULL && job.healed == NULL)
		learned_tell(
		    errand->visit->learned, section, true, job.now_s, &job);
	workers_submit(errand->workers, &job, on_answer, errand);
	rules_clear(&job.learned);
	expectation_clear(&job.expected);
}

static void
on_page(const struct section_config *config, const char *stage,
    const char *reason, const struct reply *reply, void *arg)
{
	(void)config;
	struct errand *errand = arg;
	if (stage != NULL)
		errand_fail(errand, stage, reason);
	else {
		errand->visit->mitigated = xstrdup_or_null(reply->mitigated);
		read_page(errand, reply->body, reply->length, reply->url,
		    reply->content_type);
	}
}

static bool
read_file(struct errand *errand, const char *file)
{
	size_t length;
	char *bytes = file_read(file, PAGE_MAX_BYTES, &length, errand->err);
	if (bytes == NULL)
		return false;
	read_page(errand, bytes, length, errand->visit->section->url, NULL);
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
	errand.workers = workers_new(errand.base, 1, DEADLINE_MS);
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
