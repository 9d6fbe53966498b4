#ifndef DAEMON_CLOCK_H
#define DAEMON_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The one seam to time: wall clock for stamps, monotonic for timers.  A wall
 * clock that says a moment before this program was built (a board without a
 * battery starts in 1970) is wrong: then time is counted from the build on, so
 * that no stamp is from before it.
 */
int64_t clock_now_s(void);        /* Unix seconds */
/* Since some moment: never goes back, and goes on while the machine sleeps. */
int64_t clock_monotonic_ms(void);
/* How far the wall clock is ahead of the monotonic one: it changes when
 * somebody sets it, and by nothing else. */
int64_t clock_ahead_ms(void);
/* By how many seconds it was set since it was *ahead_ms ahead, which becomes
 * what it is now.  Parts of a second are rounded so that a stamp that is moved
 * comes to lie later, never earlier. */
int64_t clock_follow(int64_t *ahead_ms);
/* A stamp (0: none) of before that, as the clock would say it now. */
void clock_move_stamp(int64_t *stamp_s, int64_t by_s);
int64_t clock_built_s(void);      /* Unix seconds; 0: not known */
bool clock_is_behind(void);       /* is the wall clock that wrong now? */

#endif
