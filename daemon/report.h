#ifndef DAEMON_REPORT_H
#define DAEMON_REPORT_H

#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "daemon/incidents.h"
#include "daemon/store.h"
#include "feed/error.h"

/*
 * The feed about the feeds: status.atom, an entry for each incident, and
 * status.json, how each section is, in the folder `status-output`, which is for
 * whoever runs the program and not for the public.  The feed is written when an
 * incident begins, changes or is over; what it says comes from the store alone.
 * The other also every five minutes, as a sign of life, and no more often than
 * it takes to cost a hundredth of the time.
 */
struct report;
struct section;

/* Opens the folder, and makes it where absent.  NULL and err. */
struct report *report_new(const char *folder, struct store *,
    const struct incidents *, struct error *);
void report_free(struct report *);

/* Reports on these from now on, all borrowed; with count 0 not on any.
 * `address` is where the feeds are found, or NULL. */
void report_watch(struct report *, const struct config *,
    struct section *const *, size_t count, const char *address);

/* An incident has changed. */
void report_touch(struct report *);

/* Milliseconds until report_step has something to do; -1: not by itself. */
int64_t report_wait_ms(const struct report *, int64_t monotonic_ms);
void report_step(struct report *, int64_t monotonic_ms, int64_t now_s);
/* Both files, now. */
void report_finish(struct report *, int64_t now_s);

#endif
