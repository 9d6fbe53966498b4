#include "daemon/report.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/clock.h"
#include "daemon/health.h"
#include "daemon/log.h"
#include "daemon/publish.h"
#include "daemon/section.h"
#include "feed/atom.h"
#include "feed/date.h"
#include "feed/json_writer.h"
#include "feed/memory.h"
#include "feed/text.h"

#define FEED_NAME "status.atom"
#define JSON_NAME "status.json"
#define FEED_ID "status-feed" /* in the store */
#define ENTRIES 100
#define LIFE_MS 300000 /* a sign of life in status.json */
#define GATHER_MS 500  /* for more of the same */
#define REST_MS 1000
#define SHARE 100 /* it works one in so many milliseconds at most */
#define MAX_BYTES ((size_t)64 << 20)
#define STANZA_MAX_BYTES 8192

struct report {
	struct publisher *publisher;
	struct store *store;
	const struct incidents *incidents;
	const struct config *config;
	struct section *const *sections;
	size_t count;
	char *address;
	int64_t next_ms;
	bool is_touched;
	bool has_failed; /* and said so */
};

/* ---- life ---- */

struct report *
report_new(const char *folder, struct store *store,
    const struct incidents *incidents, struct error *err)
{
	struct report *report = xcalloc(1, sizeof(*report));
	report->store = store;
	report->incidents = incidents;
	report->publisher = publisher_new(folder, true, err);
	if (report->publisher != NULL)
		return report;
	free(report);
	return NULL;
}

void
report_free(struct report *report)
{
	if (report == NULL)
		return;
	publisher_free(report->publisher);
	free(report->address);
	free(report);
}

void
report_watch(struct report *report, const struct config *config,
    struct section *const *sections, size_t count, const char *address)
{
	free(report->address);
	report->address = NULL;
	report->config = config;
	report->sections = sections;
	report->count = count;
	if (count == 0)
		return;
	/* a feed wants a page to lead to */
	report->address = xstrdup(config->base_url != NULL ? config->base_url
				  : address != NULL        ? address
				  : config->sections[0].site_url != NULL
				      ? config->sections[0].site_url
				      : config->sections[0].url);
	report_touch(report);
}

/* ---- when ---- */

void
report_touch(struct report *report)
{
	int64_t soon_ms = clock_monotonic_ms() + GATHER_MS;
	if (report->is_touched)
		return;
	report->is_touched = true;
	if (report->next_ms < soon_ms)
		report->next_ms = soon_ms;
}

int64_t
report_wait_ms(const struct report *report, int64_t monotonic_ms)
{
	int64_t until_ms = report->next_ms + (report->is_touched ? 0 : LIFE_MS);
	if (report->count == 0)
		return -1;
	return until_ms > monotonic_ms ? until_ms - monotonic_ms : 0;
}

/* ---- status.atom ---- */

static char *
title_of(const struct incident *incident)
{
	if (incident->broken != NULL)
		return xasprintf("%s does not update", incident->path);
	if (incident->degraded != NULL)
		return xasprintf("%s is incomplete", incident->path);
	return xasprintf("%s is well again", incident->path);
}

/* Without blanks at the beginning of its lines, which do not matter there; the
 * caller's, or NULL. */
static char *
clean_stanza(const struct section *section)
{
	char *stanza = section_stanza(section), *clean = NULL;
	if (stanza != NULL)
		clean =
		    text_paragraphs(stanza, strlen(stanza), STANZA_MAX_BYTES);
	free(stanza);
	return clean;
}

/* What a person may paste, while it is wrong; likewise. */
static char *
stanza_for(const struct report *report, const struct incident *incident)
{
	for (size_t i = 0; i < report->count; i++)
		if (incident->mended_s == 0 &&
		    strcmp(section_configured(report->sections[i])->path,
			incident->path) == 0)
			return clean_stanza(report->sections[i]);
	return NULL;
}

static char *
text_of(const struct incident *incident, const char *stanza)
{
	char since[21], until[21];
	date_format_rfc3339(incident->opened_s, since);
	date_format_rfc3339(incident->mended_s, until);
	if (incident->mended_s != 0)
		return xasprintf("From %s to %s it was not: %s", since, until,
		    incident->reason);
	return xasprintf("Since %s: %s\n%sWhat its page shows now: metrofeed "
			 "preview %s%s%s",
	    since, incident->reason,
	    incident->broken != NULL ? "Its feed stays as it is. " : "",
	    incident->path,
	    stanza != NULL ? "\nTo paste in place of its lines in the "
			     "configuration:\n"
			   : "",
	    stanza != NULL ? stanza : "");
}

static struct article
entry_of(const struct report *report, const struct incident *incident)
{
	char *stanza = stanza_for(report, incident);
	struct article entry = {
	    .id = xstrdup(incident->id),
	    .title = title_of(incident),
	    .link = xstrdup(incident->url),
	    .text = text_of(incident, stanza),
	    .category = xstrdup(incident_word(incident)),
	    .first_seen_s = incident->opened_s,
	    .changed_s = incident->changed_s,
	};
	free(stanza);
	return entry;
}

static char *
render_feed(struct report *report, size_t *length, struct error *err)
{
	struct incident *list = NULL;
	struct articles articles = {0};
	size_t count = 0;
	int64_t updated_s = 0;
	char *bytes = NULL;
	char *id = store_own(report->store, FEED_ID, &updated_s, err);
	if (id == NULL ||
	    !store_incidents(report->store, false, ENTRIES, &list, &count, err))
		goto out;
	for (size_t i = 0; i < count; i++) {
		articles_add(&articles, entry_of(report, &list[i]));
		if (list[i].changed_s > updated_s)
			updated_s = list[i].changed_s;
	}
	struct feed_info info = {
	    .id = id,
	    .title = "metrofeed: what is wrong",
	    .author = "metrofeed",
	    .alternate = report->address,
	    .language = "en",
	    .updated_s = updated_s,
	};
	bytes = atom_render(&info, &articles, length, err);
out:
	articles_clear(&articles);
	for (size_t i = 0; i < count; i++)
		incident_clear(&list[i]);
	free(list);
	free(id);
	return bytes;
}

/* ---- status.json ---- */

static void
write_moment(struct json_writer *json, const char *name, int64_t at_s)
{
	char date[21];
	date_format_rfc3339(at_s, date);
	json_writer_string(json, name, at_s != 0 ? date : NULL);
}

/* The page's own words may stand in a reason: the incident's have none. */
static void
write_section(struct json_writer *json, const struct report *report,
    const struct section *section)
{
	const struct section_config *config = section_configured(section);
	const struct section_state *state = section_state(section);
	const struct incident *incident =
	    incident_of(report->incidents, config->path);
	enum index_health health =
	    incident_health(report->incidents, config, state);
	json_writer_open(json, NULL, '{');
	json_writer_string(json, "section", config->path);
	json_writer_string(json, "state", health_word(health));
	write_moment(json, "last-round", state->round_s);
	write_moment(json, "last-good", state->good_s);
	write_moment(json, "last-news", state->news_s);
	write_moment(json, "next", state->due_s);
	json_writer_number(json, "on-page", state->item_count);
	json_writer_number(json, "failures", state->failures);
	json_writer_string(json, "stage", state->stage);
	json_writer_string(
	    json, "incident", incident != NULL ? incident->id : NULL);
	json_writer_string(
	    json, "reason", incident != NULL ? incident->reason : NULL);
	write_moment(json, "since", incident != NULL ? incident->opened_s : 0);
	char *stanza = clean_stanza(section);
	json_writer_string(json, "stanza", stanza);
	free(stanza);
	json_writer_close(json);
}

static char *
render_json(
    struct report *report, int64_t now_s, size_t *length, struct error *err)
{
	struct json_writer *json = json_writer_new();
	size_t health[INDEX_HEALTHS] = {0};
	for (size_t i = 0; i < report->count; i++)
		health[incident_health(report->incidents,
		    section_configured(report->sections[i]),
		    section_state(report->sections[i]))]++;
	json_writer_open(json, NULL, '{');
	write_moment(json, "written", now_s);
	json_writer_open(json, "count", '{');
	for (int i = 0; i < INDEX_HEALTHS; i++)
		json_writer_number(json, health_word((enum index_health)i),
		    (int64_t)health[i]);
	json_writer_close(json);
	json_writer_open(json, "sections", '[');
	for (size_t i = 0; i < report->count; i++)
		write_section(json, report, report->sections[i]);
	json_writer_close(json);
	json_writer_close(json);
	char *bytes = json_writer_finish(json, length, err);
	json_writer_free(json);
	return bytes;
}

/* ---- publishing ---- */

/* Equal bytes are not written again (P7). */
static bool
publish_bytes(struct report *report, const char *name, const char *bytes,
    size_t length, int64_t now_s, struct error *err)
{
	size_t before;
	int64_t mtime_s = 0;
	char *old =
	    publish_read(report->publisher, name, MAX_BYTES, &before, &mtime_s);
	bool good = (old != NULL && before == length &&
			memcmp(old, bytes, length) == 0) ||
		    publish_file(report->publisher, name, bytes, length, now_s,
			mtime_s, &mtime_s, err);
	free(old);
	return good;
}

static bool
publish_all(struct report *report, int64_t now_s, struct error *err)
{
	size_t length;
	bool good = publisher_check(report->publisher, err);
	char *bytes = NULL;
	if (good && report->is_touched) {
		bytes = render_feed(report, &length, err);
		good = bytes != NULL && publish_bytes(report, FEED_NAME, bytes,
					    length, now_s, err);
		free(bytes);
	}
	if (!good)
		return false;
	bytes = render_json(report, now_s, &length, err);
	good = bytes != NULL &&
	       publish_bytes(report, JSON_NAME, bytes, length, now_s, err);
	free(bytes);
	return good && publish_sync(report->publisher, err);
}

void
report_finish(struct report *report, int64_t now_s)
{
	struct error err = {{0}};
	bool good = report->count == 0 || publish_all(report, now_s, &err);
	if (!good && !report->has_failed)
		log_errorx("status-output: %s; tried again", err.reason);
	report->has_failed = !good;
	report->is_touched &= !good;
}

void
report_step(struct report *report, int64_t monotonic_ms, int64_t now_s)
{
	report_finish(report, now_s);
	int64_t end_ms = clock_monotonic_ms();
	int64_t rest_ms = (end_ms - monotonic_ms) * SHARE;
	int64_t least_ms = report->has_failed ? LIFE_MS / 5 : REST_MS;
	report->next_ms = end_ms + (rest_ms > least_ms ? rest_ms : least_ms);
}
