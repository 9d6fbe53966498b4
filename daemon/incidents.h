#ifndef DAEMON_INCIDENTS_H
#define DAEMON_INCIDENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "daemon/store.h"
#include "feed/error.h"
#include "feed/index_page.h"

/*
 * What is wrong with sections.  An incident begins when a section breaks or
 * degrades and is over when it is neither; it has one id all that time, in the
 * store, in the feed about the feeds and for the command of `on-change`.  One
 * that begins again within a day goes on: what flickers is one incident.
 */
struct incidents;

enum incident_kind {
	INCIDENT_DEGRADED, /* it is read, but not all that it once held */
	INCIDENT_BROKEN,
};

/* Borrows the store and finds there what lasts.  NULL and err. */
struct incidents *incidents_new(struct store *, struct error *);
void incidents_free(struct incidents *);

/* Called by incidents_flush for each that changed; the incident is borrowed. */
typedef void incident_callback(const struct incident *, void *arg);
void incidents_on_change(struct incidents *, incident_callback *, void *arg);

/*
 * The section is broken, or degraded: why, in words of ours, with nothing of
 * its page.  Nothing happens if that is known.  It goes into the store with
 * incidents_flush.
 */
void incident_open(struct incidents *, const struct section_config *,
    enum incident_kind, const char *reason, int64_t now_s);
/* It is so no more; nothing happens if it was not. */
void incident_close(struct incidents *, const struct section_config *,
    enum incident_kind, int64_t now_s);

/* It is degraded for this reason, which may be another than before; NULL: it is
 * not. */
void incident_degrade(struct incidents *, const struct section_config *,
    const char *reason, int64_t now_s);

/* What a section's round left in its row: opens and closes INCIDENT_BROKEN. */
void incident_judge(struct incidents *, const struct section_config *,
    const struct section_state *, int64_t now_s);
/* Those of sections that are watched no more are over. */
void incidents_keep(struct incidents *, const struct config *, int64_t now_s);

/* What is wrong with the section now, or NULL; borrowed until the next call
 * that opens or closes. */
const struct incident *incident_of(const struct incidents *, const char *path);
/* With its row: that of health.h, and degraded if the section is. */
enum index_health incident_health(const struct incidents *,
    const struct section_config *, const struct section_state *);

/* Writes what changed and commits.  False and err: it is written with the next
 * ones. */
bool incidents_flush(struct incidents *, struct error *);

/* "broken", "degraded" or "mended"; static. */
const char *incident_word(const struct incident *);

#endif
