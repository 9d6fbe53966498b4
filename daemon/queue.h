#ifndef DAEMON_QUEUE_H
#define DAEMON_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Who may start now: pure.  Rounds wait per host, one request at a time,
 * host-gap apart from start to start; hosts take turns; at most max_active in
 * all, and beside them some that take long.  Times are monotonic milliseconds, given by the caller.  A call costs
 * O(log hosts).  Entries are the caller's and stay where they are while they
 * wait or are active; the hosts are the queue's, which forgets them when they
 * have nothing to do and their gap is over.
 */
struct queue;
struct queue_host;
struct queue_entry { /* embedded in what waits; zero it before first use */
	/* for whoever pops it: what is to be done now; the queue leaves it */
	void (*start)(struct queue_entry *);
	struct queue_host *host;
	struct queue_entry *next, *previous;
	int state;
};

struct queue *queue_new(size_t max_active);
/*
 * Hosts that do not answer hold up nobody: what has been active for slow_ms
 * leaves its place among max_active to another, and takes one of max_slow
 * while there are any.  So at most the sum of both is active, and while none of
 * max_slow is taken by the others, nobody waits longer than slow_ms for a place
 * that a silent one holds.  Of a new queue max_slow is 0.
 */
void queue_allow_slow(struct queue *, int64_t slow_ms, size_t max_slow);
/* Entries still in it become as new; NULL is fine. */
void queue_free(struct queue *);

/* Waits for its host ("www.example.com"), last of those that wait there; twice
 * is once.  gap_ms: this host's gap; the largest given counts, until the host
 * is forgotten. */
void queue_push(struct queue *, struct queue_entry *, const char *host,
    int64_t gap_ms);

/* The same, but the first of those that wait there: what has begun goes on. */
void queue_push_first(struct queue *, struct queue_entry *, const char *host,
    int64_t gap_ms);

/* Forbid the host until then (a start after restart, Retry-After for a whole
 * host).  An earlier moment than one already given changes nothing. */
void queue_hold(struct queue *, const char *host, int64_t until_ms);

/* The next that may start at now_ms, marked active; the caller gives it back
 * with queue_remove.  NULL if none; *wait_ms then says how long until one may
 * (-1: until something ends or is pushed). */
struct queue_entry *queue_pop(struct queue *, int64_t now_ms, int64_t *wait_ms);

/* An active one ended at now_ms (the gap counts from its start, so a long
 * request may be followed at once), or a waiting one is taken out.  Anything
 * else: nothing happens. */
void queue_remove(struct queue *, struct queue_entry *, int64_t now_ms);

bool queue_is_waiting(const struct queue_entry *);
/* Does another wait for the host of this active one? */
bool queue_has_more(const struct queue_entry *);
size_t queue_waiting(const struct queue *);

#endif
