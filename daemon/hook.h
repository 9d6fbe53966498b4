#ifndef DAEMON_HOOK_H
#define DAEMON_HOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "feed/error.h"

/*
 * `on-change`: a command is told what became of a section.  It is run by the
 * launcher (launcher.h), one at a time; what happens meanwhile is told together
 * by the next one.  What a run came to is logged, and it is not repeated.
 */
struct event_base;
struct hook;

/* What happened to one section; borrowed. */
struct hook_news {
	const char *event;   /* "broken", "degraded" or "mended" */
	const char *section; /* "site/section" */
	const char *url;     /* its page */
	const char *reason;  /* in words */
	const char *id;      /* of the incident */
	int64_t since_s;     /* when it began */
};

/* Starts the launcher.  The command is NULL-terminated and copied; it has
 * timeout_ms.  NULL and err. */
struct hook *hook_new(struct event_base *, const char *const *command,
    int timeout_ms, struct error *);
/* A command under way goes on, within its time; NULL is fine. */
void hook_free(struct hook *);

/* One of several that are told together: hook_run, or the end of the command
 * under way, starts the command for them. */
void hook_tell(struct hook *, const struct hook_news *);
void hook_run(struct hook *);

/* Is a command under way, or something left to tell?  Then `idle` is called
 * once there is neither. */
bool hook_is_busy(const struct hook *);
void hook_on_idle(struct hook *, void (*idle)(void *arg), void *arg);

#endif
