#ifndef DAEMON_SECTION_PRIVATE_H
#define DAEMON_SECTION_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/fetch.h"
#include "daemon/judge.h"
#include "daemon/learned.h"
#include "daemon/queue.h"
#include "daemon/section.h"
#include "daemon/store.h"
#include "daemon/update.h"
#include "daemon/watch.h"
#include "daemon/wire.h"
#include "feed/error.h"
#include "feed/extract.h"

/*
 * What the files of a section share, and nobody else sees: section.c asks for
 * its pages, section_page.c takes them, section_round.c ends the round, and
 * section_when.c knows when the next one is.
 */
#define DAY_S 86400

struct section {
	struct queue_entry entry; /* first: on_turn finds us by it */
	struct services *services;
	const struct section_config *config;
	struct section_state state;
	struct event *due;
	int64_t due_ms;   /* monotonic; what the event waits for */
	int64_t round_ms; /* monotonic; state.round_s to the point, or -1 */
	int64_t ahead_ms; /* of the wall clock, when the stamps were right */
	char *host;
	uint32_t count_on_host;       /* sections, itself among them */
	struct robots_wait *waiting;  /* for the host's robots.txt, or NULL */
	struct fetch *fetch;          /* asking, or NULL */
	struct work *work;            /* being read, or NULL */
	struct pages *pages;          /* of the round under way, or NULL */
	char *from;                   /* where the page being read came from */
	char *mitigated;              /* its header cf-mitigated, or NULL */
	struct reading reading;       /* what the first page measured */
	struct watch watch;           /* over its rules */
	uint64_t read_rules;          /* what its first page was read by */
	struct learned learned;       /* its rules, where it has no `item` */
	bool has_lesson;              /* to be saved with this round */
	struct validators validators; /* of its first page */
	bool compared;                /* the worker was told the known window */
	int64_t retry_after_s;        /* -1: none */
	bool gone;                    /* 410 */
	int64_t refused_until_s;      /* robots.txt, on the way; 0: no */
	struct round_cost cost;       /* of the round under way */
	int64_t began_ms, asked_ms, sent_ms; /* round, request, page */
	struct rhythm *rhythm; /* of interval: auto; NULL: not learned */
	int64_t learned_s;
};

/* ---- section.c ---- */

/* For a page: into the queue, if robots.txt allows it; else that was the round,
 * or its last page. */
void section_ask_robots(struct section *, const char *url);

/* ---- section_page.c ---- */

void section_on_page(struct fetch *, const struct reply *, void *section);
/* Does what the store has of the last page say anything of the next one? */
bool section_may_compare(const struct section *);
/* What the pages before it brought stays; the round is good. */
void section_stop(struct section *, bool is_end, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- section_round.c ---- */

/* The round came to nothing. */
void section_fail(struct section *, const char *stage, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* By robots.txt, which is no failure. */
void section_refuse(struct section *, const char *reason, int64_t until_s);
/* Do the rules still find the list?  If not, that was the round. */
bool section_trusts(
    struct section *, struct judgement *, const struct answer *);
/* False if the store fails; then that was the round. */
bool section_remember_page(struct section *, const struct answer *);
/* A good round: the corridor's call; `read` is NULL for a page that we know. */
void section_update(struct section *, const struct extraction *read);

/* ---- section_when.c ---- */

/* Makes the section's timer, which asks for the page when a round is due. */
void section_new_due(struct section *);
/* Into the batch; section_meet is for a store that fails. */
void section_save(struct section *);
void section_meet(struct section *, const struct error *);
/* The next round. */
void section_plan(struct section *);

#endif
