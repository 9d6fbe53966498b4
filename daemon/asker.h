#ifndef DAEMON_ASKER_H
#define DAEMON_ASKER_H

#include <stdbool.h>

#include "config/config.h"
#include "daemon/fetch.h"
#include "feed/error.h"

/*
 * Pages asked for as the daemon asks, for commands that only look: robots.txt
 * first, host-gap apart, one request at a time to a host.  On the caller's
 * event loop; nothing is kept.
 */
struct asker;
struct event_base;

/* stage NULL: `reply` is a page (200).  Else what failed ("robots", "fetch",
 * "blocked") and why; reply is then NULL. */
typedef void asker_callback(const struct section_config *, const char *stage,
    const char *reason, const struct reply *, void *arg);

/* NULL and err if libcurl does not start. */
struct asker *asker_new(struct event_base *, struct error *);
/* Drops what it still waits for, without callbacks; before the base. */
void asker_free(struct asker *);

/* The section's page; the config is borrowed until the callback, which comes
 * once, from the loop. */
void asker_ask(struct asker *, const struct section_config *,
    asker_callback *, void *arg);

#endif
