#ifndef DAEMON_WORKERS_H
#define DAEMON_WORKERS_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/wire.h"
#include "feed/error.h"

/*
 * The workers as the daemon sees them: long-lived processes, each on one job
 * at a time.  A page that is not answered by its deadline costs the worker its
 * life and the job fails; nothing else waits.
 */
struct event_base;
struct workers;
struct work; /* one job under way or waiting */

/* answer is NULL with reason set if the worker died, lied or was too slow.
 * The answer may be emptied by the callback (answer_clear follows). */
typedef void work_callback(
    struct answer *answer, const char *reason, void *arg);

/* What locks the workers in: told at the first one's start, and again if a
 * later one differs. */
typedef void sandbox_callback(const struct sandbox *, void *arg);

/* `count` processes, started when first needed; deadline_ms of wall clock a page. */
struct workers *workers_new(
    struct event_base *, unsigned count, int deadline_ms);
/* Who wants to know; one at most. */
void workers_on_sandbox(struct workers *, sandbox_callback *, void *arg);
/* Kills them all; pending callbacks are never called. */
void workers_free(struct workers *);

/* Encodes the job at once; the callback comes later, never from inside. */
struct work *workers_submit(
    struct workers *, const struct job *, work_callback *, void *arg);
/* No callback any more; a page being read is read to its end.  NULL is fine. */
void work_cancel(struct work *);

/* Jobs waiting or being read; who submits should hold back beyond a few. */
size_t workers_load(const struct workers *);
/* Times a worker had to be started again after it died. */
unsigned long workers_restarts(const struct workers *);

#endif
