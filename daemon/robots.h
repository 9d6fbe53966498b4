#ifndef DAEMON_ROBOTS_H
#define DAEMON_ROBOTS_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "feed/error.h"

/*
 * Each host's robots.txt (RFC 9309; host means scheme, name and port), asked
 * for before its pages: one request for all its sections, through the queue,
 * so that host-gap holds and no other host waits.  An answer counts for a day,
 * also across a restart (the store).
 *
 * 2xx: as it is written (feed/robots.h).  Other 4xx, and redirects that lead
 * nowhere: all is allowed (2.3.1.2, 2.3.1.3).  5xx, 429, no answer: an older
 * one goes on to count; without one nothing may be asked (2.3.1.4), until
 * there was none for 30 days.  One that names nobody but errs is asked again
 * when a section's round is due.
 */
struct fetcher;
struct queue;
struct robots;
struct robots_wait;
struct store;

struct robots_ruling {
	enum {
		ROBOTS_ALLOWS,
		ROBOTS_DISALLOWS,
		ROBOTS_SILENT, /* it cannot be read, and so: not now */
	} word;
	struct error why;   /* "robots.txt line 2 disallows /x" */
	int64_t until_s;    /* not before: read anew, or Retry-After; 0: none */
	int64_t gap_ms;     /* Crawl-delay; 0: none */
};
typedef void robots_callback(const struct robots_ruling *, void *arg);

/* Borrows queue, fetcher and store (NULL: nothing is kept).  `woken` is called
 * when something may start now or was written to the store. */
struct robots *robots_new(struct queue *, struct fetcher *, struct store *,
    void (*woken)(void *arg), void *arg);
/* Before the queue and the fetcher; drops whoever still waits. */
void robots_free(struct robots *);

/* Has the wall clock been set?  Then its stamps are moved and written anew. */
void robots_follow_clock(struct robots *);

/* May this URL be asked for in the section's name?  False: not known yet, and
 * robots_wait is the way to know. */
bool robots_judge(struct robots *, const struct section_config *,
    const char *url, struct robots_ruling *);
/* Once robots_judge knows, from the loop.  Nothing is borrowed. */
struct robots_wait *robots_wait(struct robots *, const struct section_config *,
    const char *url, robots_callback *, void *arg);
/* No callback any more; NULL is fine. */
void robots_wait_cancel(struct robots_wait *);

/* For a redirect on its way, which cannot wait: false if the URL is known to be
 * disallowed.  What is not known is found out for the next time. */
bool robots_may_follow(struct robots *, const struct section_config *,
    const char *url, struct robots_ruling *);

/* When the host's robots.txt was asked for (0: never), and its Crawl-delay. */
void robots_recall(struct robots *, const char *url, int64_t *asked_s,
    int64_t *gap_ms);

#endif
