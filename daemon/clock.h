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
int64_t clock_monotonic_ms(void); /* since some moment; never goes back */
int64_t clock_built_s(void);      /* Unix seconds; 0: not known */
bool clock_is_behind(void);       /* is the wall clock that wrong now? */

#endif
