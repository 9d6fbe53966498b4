#ifndef DAEMON_CLOCK_H
#define DAEMON_CLOCK_H

#include <stdint.h>

/* The one seam to time: wall clock for stamps, monotonic for timers. */
int64_t clock_now_s(void);        /* Unix seconds */
int64_t clock_monotonic_ms(void); /* since some moment; never goes back */

#endif
