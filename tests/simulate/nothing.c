/*
 * Parts of the daemon that a year in memory has no use for: nothing has to be
 * mended, no list of feeds and no report is written, no incident kept, no rules
 * are learned or drifted from.
 */
#include <stdlib.h>

#include "daemon/index.h"
#include "daemon/mend.h"
#include "daemon/publish.h"
#include "daemon/report.h"
#include "daemon/store.h"
#include "daemon/trouble.h"
#include "daemon/update.h"

static struct trouble none = {.what = "simulation", .consequence = "it ends"};

struct mend *
mend_new(const struct mend_world *world)
{
	(void)world;
	return NULL;
}

void
mend_free(struct mend *mend)
{
	(void)mend;
}

void
mend_sections(struct mend *mend, struct section *const *sections, size_t count)
{
	(void)mend;
	(void)sections;
	(void)count;
}

void
mend_start(struct mend *mend)
{
	(void)mend;
}

void
mend_now(struct mend *mend)
{
	(void)mend;
}

void
mend_look(struct mend *mend)
{
	(void)mend;
}

struct index *
index_new(struct store *store, struct publisher *publisher,
    const struct incidents *incidents)
{
	(void)store;
	(void)publisher;
	(void)incidents;
	return NULL;
}

void
index_free(struct index *index)
{
	(void)index;
}

void
index_watch(struct index *index, const struct config *config,
    struct section *const *sections, size_t count, const char *address)
{
	(void)index;
	(void)config;
	(void)sections;
	(void)count;
	(void)address;
}

void
index_touch(struct index *index)
{
	(void)index;
}

int64_t
index_wait_ms(const struct index *index, int64_t monotonic_ms)
{
	(void)index;
	(void)monotonic_ms;
	return -1;
}

void
index_step(struct index *index, int64_t monotonic_ms, int64_t now_s)
{
	(void)index;
	(void)monotonic_ms;
	(void)now_s;
}

void
index_finish(struct index *index, int64_t now_s)
{
	(void)index;
	(void)now_s;
}

struct trouble *
store_trouble(struct store *store)
{
	(void)store;
	return &none;
}

struct trouble *
publisher_trouble(struct publisher *publisher)
{
	(void)publisher;
	return &none;
}

void
drift_record_clear(struct drift_record *record)
{
	free(record->unusual);
	free(record->list_path);
	free(record->sketch);
	*record = (struct drift_record){0};
}

bool
store_drift(struct store *store, int64_t section, struct drift_record *record,
    struct error *err)
{
	(void)store;
	(void)section;
	(void)err;
	*record = (struct drift_record){0};
	return true;
}

bool
store_save_drift(struct store *store, int64_t section,
    const struct drift_record *record, struct error *err)
{
	(void)store;
	(void)section;
	(void)record;
	(void)err;
	return true;
}

bool
store_add_reading(struct store *store, int64_t section,
    const struct reading *reading, struct error *err)
{
	(void)store;
	(void)section;
	(void)reading;
	(void)err;
	return true;
}

bool
store_readings(struct store *store, int64_t section, struct reading *readings,
    size_t *count, struct error *err)
{
	(void)store;
	(void)section;
	(void)readings;
	(void)err;
	*count = 0;
	return true;
}

bool
store_newest(struct store *store, int64_t section, unsigned at_least,
    unsigned at_most, int64_t days, struct articles *newest, struct error *err)
{
	(void)store;
	(void)section;
	(void)at_least;
	(void)at_most;
	(void)days;
	(void)newest;
	(void)err;
	return true;
}

bool
update_republish(struct update *update, const struct section_config *config,
    struct section_state *state, bool thorough, int64_t now_s,
    struct error *err)
{
	(void)update;
	(void)config;
	(void)state;
	(void)thorough;
	(void)now_s;
	(void)err;
	return true;
}

bool
store_was_cut(const struct store *store)
{
	(void)store;
	return false;
}

bool
store_is_checked(const struct store *store)
{
	(void)store;
	return true;
}

void
learned_record_clear(struct learned_record *record)
{
	expectation_clear(&record->expected);
	free(record->rules);
	free(record->evidence);
	*record = (struct learned_record){0};
}

bool
store_learned(struct store *store, int64_t section,
    struct learned_record *record, struct error *err)
{
	(void)store;
	(void)section;
	(void)err;
	*record = (struct learned_record){0};
	return true;
}

bool
store_save_learned(struct store *store, int64_t section,
    const struct learned_record *record, struct error *err)
{
	(void)store;
	(void)section;
	(void)record;
	(void)err;
	return true;
}

void
healed_record_clear(struct healed_record *record)
{
	free(record->rules);
	free(record->evidence);
	free(record->proposal);
	free(record->why);
	free(record->refused);
	*record = (struct healed_record){0};
}

bool
store_healed(struct store *store, int64_t section, struct healed_record *record,
    struct error *err)
{
	(void)store;
	(void)section;
	(void)err;
	*record = (struct healed_record){0};
	return true;
}

bool
store_save_healed(struct store *store, int64_t section,
    const struct healed_record *record, struct error *err)
{
	(void)store;
	(void)section;
	(void)record;
	(void)err;
	return true;
}

bool
store_forget_healed(struct store *store, int64_t section, struct error *err)
{
	(void)store;
	(void)section;
	(void)err;
	return true;
}

bool
store_forget_learned(struct store *store, int64_t section, struct error *err)
{
	(void)store;
	(void)section;
	(void)err;
	return true;
}

struct report *
report_new(const char *folder, struct store *store,
    const struct incidents *incidents, struct error *err)
{
	(void)folder;
	(void)store;
	(void)incidents;
	(void)err;
	return NULL;
}

void
report_free(struct report *report)
{
	(void)report;
}

void
report_watch(struct report *report, const struct config *config,
    struct section *const *sections, size_t count, const char *address)
{
	(void)report;
	(void)config;
	(void)sections;
	(void)count;
	(void)address;
}

void
report_touch(struct report *report)
{
	(void)report;
}

int64_t
report_wait_ms(const struct report *report, int64_t monotonic_ms)
{
	(void)report;
	(void)monotonic_ms;
	return -1;
}

void
report_step(struct report *report, int64_t monotonic_ms, int64_t now_s)
{
	(void)report;
	(void)monotonic_ms;
	(void)now_s;
}

void
report_finish(struct report *report, int64_t now_s)
{
	(void)report;
	(void)now_s;
}

void
store_rollback(struct store *store)
{
	(void)store;
}

void
incident_clear(struct incident *incident)
{
	free(incident->path);
	free(incident->id);
	free(incident->url);
	free(incident->degraded);
	free(incident->broken);
	free(incident->reason);
	*incident = (struct incident){0};
}

bool
store_incidents(struct store *store, bool open, size_t most,
    struct incident **list, size_t *count, struct error *err)
{
	(void)store;
	(void)open;
	(void)most;
	(void)err;
	*list = NULL;
	*count = 0;
	return true;
}

bool
store_last_incident(struct store *store, const char *path,
    struct incident *incident, struct error *err)
{
	(void)store;
	(void)path;
	(void)err;
	*incident = (struct incident){0};
	return true;
}

bool
store_save_incident(
    struct store *store, struct incident *incident, struct error *err)
{
	(void)store;
	(void)err;
	if (incident->number == 0)
		incident->number = 1;
	return true;
}

bool
store_drop_incidents(struct store *store, size_t keep, struct error *err)
{
	(void)store;
	(void)keep;
	(void)err;
	return true;
}
