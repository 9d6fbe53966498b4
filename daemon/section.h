#ifndef DAEMON_SECTION_H
#define DAEMON_SECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "daemon/queue.h"
#include "daemon/store.h"

/*
 * A section under way: when it is due, its request, its page, its round.  It
 * decides when; fetch brings the bytes, the worker reads them, update records.
 */
struct event_base;
struct fetcher;
struct lateness;
struct robots;
struct section;
struct update;
struct workers;
struct zones;

enum round_end {
	ROUND_NEWS,      /* new or edited articles */
	ROUND_UNCHANGED,
	ROUND_FAILED,    /* or refused by robots.txt */
	ROUND_TOO_EARLY, /* asked before min-interval was over: no round */
};

/* What a round took; times are of the wall, in milliseconds. */
struct round_cost {
	int64_t late_ms;  /* from when it was due */
	int64_t round_ms; /* from its beginning to its end */
	int64_t fetch_ms, read_ms; /* all its requests; all its pages in the
	                              workers */
	unsigned fetches, reads;
	uint64_t bytes; /* of pages, after decompression */
	size_t fresh, changed; /* articles */
};

/* What all sections share; borrowed. */
struct services {
	struct event_base *base;
	struct store *store;
	struct update *update;
	struct fetcher *fetcher;
	struct workers *workers;
	struct queue *queue;
	struct robots *robots;
	struct zones *zones;
	struct lateness *lateness; /* of rounds */
	/* something may start now */
	void (*wake)(void *arg);
	/* a round ended, or wrote its start: the batch wants a flush soon.
	 * `end` is only valid if ended. */
	void (*wrote)(void *arg);
	void (*ended)(struct section *, enum round_end, void *arg);
	void *arg;
};

/* Finds its row in the store; NULL and err if the store fails.  Nothing is
 * scheduled yet.  The config is borrowed. */
struct section *section_new(
    struct services *, const struct section_config *, struct error *);
/* Cancels whatever it waits for; a round under way is given up and comes
 * again at min-interval. */
void section_free(struct section *);

const struct section_config *section_configured(const struct section *);
const struct section_state *section_state(const struct section *);
/* Why its feed is less than it should be (watch_degraded); the caller's. */
char *section_degraded(const struct section *);
/* Lines to paste into the configuration (healed_stanza); likewise. */
char *section_stanza(const struct section *);
/* Of the round that ends (services.ended). */
const struct round_cost *section_cost(const struct section *);

/* At the start: due by the store, spread by its index among the sections of its
 * host, of which there are so many. */
void section_schedule(
    struct section *, uint32_t index_on_host, uint32_t count_on_host);
/* Has the wall clock been set?  Then its stamps are moved and written anew. */
void section_follow_clock(struct section *);
/* USR1, once: now, if P8 allows; else false and the moment in *from_s. */
bool section_ask(struct section *, int64_t *from_s);
/* The store is well again: a section whose last round it did not record has one
 * as soon as P8 allows; false if that is not so. */
bool section_resume(struct section *);
/* update_republish. */
bool section_republish(struct section *, bool thorough, struct error *);

#endif
