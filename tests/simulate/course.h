#ifndef TESTS_SIMULATE_COURSE_H
#define TESTS_SIMULATE_COURSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/simulate/ledger.h"

/*
 * Runs the daemon through virtual days, and what befalls it on the way: clocks
 * set back and forward and right again, sleeps, reloads, restarts, kills, USR1.
 */
enum mishap {
	MISHAP_CLOCK_BACK,
	MISHAP_CLOCK_FORWARD,
	MISHAP_CLOCK_RIGHT, /* set right again */
	MISHAP_SLEEP,
	MISHAP_RELOAD,
	MISHAP_ASK, /* USR1, some of them together */
	MISHAP_RESTART,
	MISHAP_KILL,
	MISHAPS
};
extern const char *const mishap_names[MISHAPS];

struct course {
	const char *folder; /* with metrofeed.conf */
	struct ledger *ledger;
	uint64_t seed;
	int days;
	double mishaps_a_day; /* 0: none */
	void (*on_kill)(void); /* NULL: none is killed */
	void (*on_day)(int day, void *); /* or NULL */
	void *arg;
	size_t counts[MISHAPS];
};

/* False if the daemon does not start. */
bool course_run(struct course *);

#endif
