#ifndef DAEMON_DAEMON_H
#define DAEMON_DAEMON_H

#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"
#include "daemon/section.h"
#include "feed/error.h"

/*
 * The event loop and all that hangs on it: sections, queue, fetcher, workers,
 * store, publisher, signals.  `run` and `once` are two ways to drive it.
 */
struct daemon;

/* What `once` is told; borrowed during the call. */
typedef void daemon_round(const struct section *, enum round_end, void *arg);

/* Opens store and output (and locks both); NULL and err.  Takes the config;
 * `file` and `overrides` are for reload and must outlive it. */
struct daemon *daemon_new(struct config *, const char *file,
    const struct config_overrides *, struct error *);
/* Ends what is under way, flushes, closes. */
void daemon_free(struct daemon *);

/* Until TERM or INT.  False and err if it could not begin (the listener). */
bool daemon_run(struct daemon *, struct error *);

/*
 * One round of each section, or of the named ones.  Those that P8 does not
 * allow yet are told as ROUND_TOO_EARLY; returns
 * how many failed.  TERM or INT ends it early.
 */
size_t daemon_once(struct daemon *, const char *const *paths, size_t count,
    daemon_round *told, void *arg);

#endif
