#ifndef DAEMON_SCHEDULE_H
#define DAEMON_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

struct rhythm;

/*
 * When next: pure.  Times are wall-clock Unix seconds, given by the caller.
 * No answer is before round_s + min_interval_s (DESIGN.md P8); a round_s in
 * the future, which only a clock set back leaves behind, counts as now.
 */
struct schedule_input {
	int64_t now_s;
	int64_t round_s;          /* start of the round just ended, or of the
				     last one; 0: never */
	int64_t interval_s;       /* 0: auto */
	const struct rhythm *rhythm; /* of auto; NULL or unknown: 30 minutes */
	int64_t min_interval_s, max_interval_s; /* max: of auto alone */
	uint32_t failures;        /* in a row */
	int64_t retry_after_s;    /* of the last answer; -1: none */
	int64_t hold_s;   /* the last Retry-After: not before; 0: none */
	bool gone;                /* 410: daily */
	uint32_t seed;            /* of the section's path: jitter and spread
				     are the same at every start */
};

/* After a round: the interval, doubled per failure up to a day (one that is
 * longer than a day stays), with +-10 % jitter; not before Retry-After, which
 * is clamped to a day. */
int64_t schedule_next(const struct schedule_input *);

/*
 * At the start: due_s from the store (0: none).  One further off than
 * schedule_next could have said (a backed-off interval from now, or a day from
 * a round that is past) comes from a clock that jumped: one interval from now.
 * A section that is overdue or new comes index_on_host gaps from now, at most
 * 60 s.
 */
int64_t schedule_first(const struct schedule_input *, int64_t due_s,
    uint32_t index_on_host, int64_t host_gap_ms);

/* USR1: now, or the moment from which P8 and Retry-After allow it. */
int64_t schedule_asked(const struct schedule_input *);

#endif
