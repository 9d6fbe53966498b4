#ifndef DAEMON_TROUBLE_H
#define DAEMON_TROUBLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Something outside of us that does not work: the output, the store's disk.  A
 * thousand sections may meet it, again and again: the log has it once for each
 * cause, and once that it is over; status shows it meanwhile.
 */
#define TROUBLE_CAUSES 8 /* told apart; what comes then is not told */

struct trouble {
	const char *what;        /* begins the log's lines: "output"; static */
	const char *consequence; /* "the old feeds stay"; static */
	char *reason;            /* the first one; NULL: all is well */
	int64_t since_ms;        /* monotonic */
	uint64_t causes[TROUBLE_CAUSES]; /* hashes of those told */
	size_t cause_count;
	unsigned long count;     /* how often it was met, ever */
};

/*
 * It was met.  The cause is what follows the reason's last ": ", as in
 * "paper/policy.atom: No space left on device".
 */
void trouble_meet(struct trouble *, const char *reason);

/* All is well; says so if it was not. */
void trouble_end(struct trouble *);

/* Forgets it without a word. */
void trouble_clear(struct trouble *);

#endif
