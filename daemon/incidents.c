#include "daemon/incidents.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/health.h"
#include "daemon/log.h"
#include "feed/drift.h"
#include "feed/identity.h"
#include "feed/memory.h"
#include "feed/text.h"
#include "feed/verdict.h"

#define AGAIN_S 86400 /* what begins again within that goes on */
#define KEEP 500      /* that are over */
#define REASON_CHARACTERS 400

struct known {
	struct incident incident;
	bool is_changed; /* and not yet told */
	bool was_open;   /* when last told */
};

struct incidents {
	struct store *store;
	struct known **list; /* by path; those that last, and those changed */
	size_t count, capacity;
	bool is_changed;
	incident_callback *changed;
	void *arg;
};

/* ---- the list ---- */

static void
known_free(struct known *known)
{
	incident_clear(&known->incident);
	free(known);
}

/* Where the path is, or would be. */
static size_t
place_of(const struct incidents *incidents, const char *path)
{
	size_t low = 0, high = incidents->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(incidents->list[middle]->incident.path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct known *
find(const struct incidents *incidents, const char *path)
{
	size_t place = place_of(incidents, path);
	if (place == incidents->count ||
	    strcmp(incidents->list[place]->incident.path, path) != 0)
		return NULL;
	return incidents->list[place];
}

/* Takes the incident over. */
static struct known *
insert(struct incidents *incidents, struct incident incident)
{
	size_t place = place_of(incidents, incident.path);
	struct known *known = xcalloc(1, sizeof(*known));
	known->incident = incident;
	if (incidents->count == incidents->capacity) {
		incidents->capacity = incidents->capacity * 2 + 16;
		incidents->list = xreallocarray(incidents->list,
		    incidents->capacity, sizeof(struct known *));
	}
	memmove(incidents->list + place + 1, incidents->list + place,
	    (incidents->count - place) * sizeof(struct known *));
	incidents->list[place] = known;
	incidents->count++;
	return known;
}

/* ---- life ---- */

struct incidents *
incidents_new(struct store *store, struct error *err)
{
	struct incident *list = NULL;
	size_t count;
	if (!store_incidents(store, true, SIZE_MAX >> 1, &list, &count, err))
		return NULL;
	struct incidents *incidents = xcalloc(1, sizeof(*incidents));
	incidents->store = store;
	for (size_t i = 0; i < count; i++) {
		/* a store that was tampered with may have two */
		if (find(incidents, list[i].path) != NULL)
			incident_clear(&list[i]);
		else
			insert(incidents, list[i])->was_open = true;
	}
	free(list);
	return incidents;
}

void
incidents_free(struct incidents *incidents)
{
	if (incidents == NULL)
		return;
	for (size_t i = 0; i < incidents->count; i++)
		known_free(incidents->list[i]);
	free(incidents->list);
	free(incidents);
}

void
incidents_on_change(
    struct incidents *incidents, incident_callback *changed, void *arg)
{
	incidents->changed = changed;
	incidents->arg = arg;
}

/* ---- opening and closing ---- */

static void
note_change(struct incidents *incidents, struct known *known, int64_t now_s)
{
	struct incident *incident = &known->incident;
	const char *reason =
	    incident->broken != NULL ? incident->broken : incident->degraded;
	/* the times of a feed's entry do not go back (P7) */
	incident->changed_s =
	    now_s > incident->changed_s ? now_s : incident->changed_s + 1;
	incident->mended_s = reason == NULL ? incident->changed_s : 0;
	if (reason != NULL) {
		char *last = xstrdup(reason);
		free(incident->reason);
		incident->reason = last;
	}
	known->is_changed = incidents->is_changed = true;
}

/* The section's last one, if that was over just now, or a new one. */
static struct known *
begin(struct incidents *incidents, const struct section_config *config,
    int64_t now_s)
{
	struct incident incident = {0};
	struct error err = {{0}};
	if (!store_last_incident(
		incidents->store, config->path, &incident, &err))
		log_debug("%s: %s", config->path, err.reason);
	if (incident.number != 0 && now_s - incident.mended_s < AGAIN_S)
		return insert(incidents, incident);
	incident_clear(&incident);
	return insert(
	    incidents, (struct incident){
			   .path = xstrdup(config->path),
			   .id = identity_of_incident(
			       config->id_authority, config->path, now_s),
			   .url = xstrdup(config->url),
			   .opened_s = now_s,
		       });
}

static char **
reason_of(struct incident *incident, enum incident_kind kind)
{
	return kind == INCIDENT_BROKEN ? &incident->broken
				       : &incident->degraded;
}

void
incident_open(struct incidents *incidents, const struct section_config *config,
    enum incident_kind kind, const char *reason, int64_t now_s)
{
	struct known *known = find(incidents, config->path);
	if (known == NULL)
		known = begin(incidents, config, now_s);
	char **why = reason_of(&known->incident, kind);
	if (*why != NULL)
		return;
	*why = text_line(reason, strlen(reason), REASON_CHARACTERS);
	note_change(incidents, known, now_s);
}

static void
close_known(struct incidents *incidents, struct known *known,
    enum incident_kind kind, int64_t now_s)
{
	char **why = reason_of(&known->incident, kind);
	if (*why == NULL)
		return;
	free(*why);
	*why = NULL;
	note_change(incidents, known, now_s);
}

void
incident_close(struct incidents *incidents, const struct section_config *config,
    enum incident_kind kind, int64_t now_s)
{
	struct known *known = find(incidents, config->path);
	if (known != NULL)
		close_known(incidents, known, kind, now_s);
}

void
incident_degrade(struct incidents *incidents,
    const struct section_config *config, const char *reason, int64_t now_s)
{
	struct known *known = find(incidents, config->path);
	if (reason == NULL || known == NULL ||
	    known->incident.degraded == NULL) {
		if (reason == NULL)
			incident_close(
			    incidents, config, INCIDENT_DEGRADED, now_s);
		else
			incident_open(incidents, config, INCIDENT_DEGRADED,
			    reason, now_s);
		return;
	}
	char *line = text_line(reason, strlen(reason), REASON_CHARACTERS);
	bool same = strcmp(known->incident.degraded, line) == 0;
	free(known->incident.degraded);
	known->incident.degraded = line;
	if (!same)
		note_change(incidents, known, now_s);
}

/* ---- from a section's row ---- */

/* Does the stage's reason quote the page? */
static bool
is_quoting(const char *stage)
{
	for (int i = DRIFT_OK; i < DRIFT_PHASES; i++)
		if (strcmp(drift_word((enum drift_phase)i), stage) == 0)
			return true;
	for (int i = VERDICT_GOOD + 1; i < VERDICT_COUNT; i++)
		if (strcmp(verdict_word((enum verdict_kind)i), stage) == 0)
			return true;
	return false;
}

/* Evidence quotes the page ("is titled 'Just a moment...'"): what stands
 * between the first and the last quotation mark is left out. */
static char *
words_of(const struct section_state *state)
{
	const char *reason = state->reason != NULL ? state->reason : "";
	const char *first =
	    is_quoting(state->stage) ? strchr(reason, '\'') : NULL;
	if (first == NULL)
		return xasprintf("%s: %s", state->stage, reason);
	return xasprintf("%s: %.*s'\u2026%s", state->stage,
	    (int)(first - reason), reason, strrchr(reason, '\''));
}

void
incident_judge(struct incidents *incidents, const struct section_config *config,
    const struct section_state *state, int64_t now_s)
{
	enum index_health health = health_of(state);
	if (health == INDEX_BROKEN || health == INDEX_REFUSED) {
		char *words = words_of(state);
		incident_open(incidents, config, INCIDENT_BROKEN, words, now_s);
		free(words);
	} else if (state->stage == NULL)
		incident_close(incidents, config, INCIDENT_BROKEN, now_s);
}

void
incidents_keep(
    struct incidents *incidents, const struct config *config, int64_t now_s)
{
	for (size_t i = 0; i < incidents->count; i++) {
		struct known *known = incidents->list[i];
		if (config_section(config, known->incident.path) != NULL)
			continue;
		close_known(incidents, known, INCIDENT_BROKEN, now_s);
		close_known(incidents, known, INCIDENT_DEGRADED, now_s);
	}
}

/* ---- asking ---- */

const struct incident *
incident_of(const struct incidents *incidents, const char *path)
{
	const struct known *known = find(incidents, path);
	return known != NULL && known->incident.mended_s == 0 ? &known->incident
							      : NULL;
}

enum index_health
incident_health(const struct incidents *incidents,
    const struct section_config *config, const struct section_state *state)
{
	enum index_health health = health_of(state);
	const struct incident *incident = incident_of(incidents, config->path);
	if (health == INDEX_GOOD && incident != NULL &&
	    incident->degraded != NULL)
		return INDEX_DEGRADED;
	return health;
}

const char *
incident_word(const struct incident *incident)
{
	return incident->broken != NULL     ? "broken"
	       : incident->degraded != NULL ? "degraded"
					    : "mended";
}

/* ---- the batch ---- */

/* What came and went between two flushes is nothing. */
static bool
is_news(const struct known *known)
{
	return known->is_changed &&
	       (known->was_open || known->incident.mended_s == 0);
}

static bool
save_changed(struct incidents *incidents, struct error *err)
{
	for (size_t i = 0; i < incidents->count; i++)
		if (is_news(incidents->list[i]) &&
		    !store_save_incident(
			incidents->store, &incidents->list[i]->incident, err))
			return false;
	return store_drop_incidents(incidents->store, KEEP, err) &&
	       store_commit(incidents->store, false, err);
}

bool
incidents_flush(struct incidents *incidents, struct error *err)
{
	size_t kept = 0;
	if (!incidents->is_changed)
		return true;
	if (!save_changed(incidents, err)) {
		store_rollback(incidents->store);
		return false;
	}
	for (size_t i = 0; i < incidents->count; i++) {
		struct known *known = incidents->list[i];
		if (is_news(known) && incidents->changed != NULL)
			incidents->changed(&known->incident, incidents->arg);
		known->is_changed = false;
		known->was_open = known->incident.mended_s == 0;
		if (known->was_open)
			incidents->list[kept++] = known;
		else
			known_free(known);
	}
	incidents->count = kept;
	incidents->is_changed = false;
	return true;
}
