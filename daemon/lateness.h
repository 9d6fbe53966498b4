#ifndef DAEMON_LATENESS_H
#define DAEMON_LATENESS_H

#include <stdint.h>

/*
 * How late rounds begin after they were due: counts by size, four steps to each
 * doubling, so that any number of rounds takes no memory and no time.  Pure.
 */
#define LATENESS_STEPS 128

struct lateness {
	uint32_t steps[LATENESS_STEPS];
	uint32_t count;   /* in them: the last 50,000 to 100,000 rounds */
	int64_t worst_ms; /* ever */
};

/* One more; less than 0 counts as 0. */
void lateness_add(struct lateness *, int64_t late_ms);

/* So many milliseconds or less for 99 of 100 rounds; rounded up by a quarter at
 * most.  0 without rounds. */
int64_t lateness_p99_ms(const struct lateness *);

#endif
