#ifndef TESTS_SIMULATE_LEDGER_H
#define TESTS_SIMULATE_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What the papers' servers see of the daemon, and what its readers do: every
 * request is judged when it comes (DESIGN.md P8), every article's delay is
 * noted.  Times are true milliseconds, which no clock of the daemon's moves.
 */
struct ledger;

struct ledger *ledger_new(size_t hosts, size_t sections);
void ledger_free(struct ledger *);
void ledger_set_host(struct ledger *, size_t host, int64_t gap_ms);
void ledger_set_section(struct ledger *, size_t section, size_t host,
    int64_t min_interval_ms, int64_t max_interval_ms);

/* ---- manners ---- */

/* Any request; then which it was. */
void ledger_request(struct ledger *, size_t host);
void ledger_robots(struct ledger *, size_t host);
void ledger_page(struct ledger *, size_t section, bool is_first);
/* What was answered: good or not, and not before then (Retry-After; -1). */
void ledger_page_answered(
    struct ledger *, size_t section, bool is_good, int64_t retry_after_s);
/* is_known: it settles what is allowed.  delay_ms: Crawl-delay. */
void ledger_robots_answered(struct ledger *, size_t host, bool is_known,
    int64_t delay_ms, int64_t retry_after_s);
/* Its last known robots.txt keeps us from this section. */
void ledger_forbid(struct ledger *, size_t section, bool is_forbidden);

/* The daemon starts, or the machine wakes up; the clock was moved while nobody
 * ran, or under a running daemon. */
void ledger_awake(struct ledger *, bool is_clock_moved);
void ledger_clock_moved(struct ledger *);
/* Somebody asked for rounds: those that come now are no burst. */
void ledger_asked(struct ledger *);
/* The daemon was killed: what it asked in the last fifth of a second it had
 * not written down yet, and may ask again. */
void ledger_killed(struct ledger *);
/* Now and then: is any section left alone for longer than it may be? */
void ledger_look(struct ledger *);

/* "no host closer than host-gap", and so on: how often each was broken; the
 * first few are printed as they happen. */
enum breach {
	BREACH_GAP,
	BREACH_MIN_INTERVAL,
	BREACH_RETRY_AFTER,
	BREACH_CRAWL_DELAY,
	BREACH_ROBOTS,
	BREACH_STALL,
	BREACH_BURST,
	BREACHES
};
extern const char *const breach_names[BREACHES];
size_t ledger_breaches(const struct ledger *, enum breach);
size_t ledger_all_breaches(const struct ledger *);
/* What is expected to break it is not printed. */
void ledger_hush(struct ledger *);

/* ---- what it costs and what it brings ---- */

uint64_t ledger_rounds(const struct ledger *, size_t section);
/* What rhythms there are is learned: rounds are counted anew from now on. */
void ledger_settled(struct ledger *);
uint64_t ledger_settled_rounds(const struct ledger *, size_t section);
uint64_t ledger_requests(const struct ledger *);
/* An article of then reached the feed now. */
void ledger_found(struct ledger *, size_t section, int64_t published_ms);

struct delays {
	size_t count;
	double mean_s, p95_s;
};
/* Of the sections for which `wanted` says so; NULL: all. */
struct delays ledger_delays(const struct ledger *,
    bool (*wanted)(size_t section, void *), void *arg);

#endif
