#ifndef TESTS_SIMULATE_LOOP_H
#define TESTS_SIMULATE_LOOP_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Virtual time: loop.c defines the functions of libevent that the daemon calls
 * and those of the C library that clock.c asks, so that the program waits for
 * nothing.  Three clocks, as on a machine:
 *
 *   true        goes on whatever happens; here it counts from the beginning
 *   monotonic   stands still while the machine sleeps (libevent's timers)
 *   wall        true, and as far ahead or behind as somebody has set it
 */
#define LOOP_SECOND_MS INT64_C(1000)
#define LOOP_MINUTE_MS (60 * LOOP_SECOND_MS)
#define LOOP_HOUR_MS (60 * LOOP_MINUTE_MS)
#define LOOP_DAY_MS (24 * LOOP_HOUR_MS)

/* The beginning: wall_s is the right time then; seed: how late events come. */
void loop_begin(int64_t wall_s, uint64_t seed);
/* Forgets what the world still waits for. */
void loop_end(void);

int64_t loop_true_ms(void);
int64_t loop_monotonic_ms(void);
int64_t loop_right_s(void); /* the right time of day, whatever the wall says */

/* Nobody runs (the daemon is down), or the machine sleeps. */
void loop_pass(int64_t ms);
void loop_sleep(int64_t ms);
/* How far the wall clock is ahead of the right time. */
void loop_set_clock(int64_t ahead_ms);
int64_t loop_clock(void);

/* The world's own alarms: by true time, after a sleep if they fell into it. */
void loop_at(int64_t true_ms, void (*call)(void *), void *arg);
/* What the daemon's event for this signal does. */
void loop_raise(int number);
/* Ends the daemon's event_base_dispatch, as a kill would. */
void loop_break(void);

/* Events the loop has called since the beginning. */
uint64_t loop_calls(void);

#endif
