#include "daemon/clock.h"

#include <time.h>

#define STEADY_MS 50 /* between two looks at clocks that nobody sets */

#ifndef METROFEED_BUILT
#define METROFEED_BUILT 0 /* Unix seconds; the Makefile knows */
#endif

int64_t
clock_built_s(void)
{
	return METROFEED_BUILT;
}

bool
clock_is_behind(void)
{
	return (int64_t)time(NULL) < METROFEED_BUILT;
}

/* Since when, by the monotonic clock, time is counted from the build on: the
 * first call comes soon after the start, so that this is never ahead of the
 * truth. */
static int64_t
behind_since_ms(void)
{
	static int64_t since_ms = -1;
	if (since_ms == -1)
		since_ms = clock_monotonic_ms();
	return since_ms;
}

int64_t
clock_now_s(void)
{
	int64_t now_s = time(NULL);
	if (now_s >= METROFEED_BUILT)
		return now_s;
	/* it is later than that, and goes on */
	return METROFEED_BUILT +
	       (clock_monotonic_ms() - behind_since_ms()) / 1000;
}

static int64_t
read_ms(clockid_t id)
{
	struct timespec now;
	/* neither clock can fail on Linux */
	(void)clock_gettime(id, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t
clock_monotonic_ms(void)
{
	return read_ms(CLOCK_BOOTTIME);
}

int64_t
clock_ahead_ms(void)
{
	int64_t wall_ms, before_ms, after_ms;
	if (clock_is_behind())
		return (int64_t)METROFEED_BUILT * 1000 - behind_since_ms();
	/* who is kept waiting between the two must not take it for a jump */
	int tries = 10;
	do {
		before_ms = clock_monotonic_ms();
		wall_ms = read_ms(CLOCK_REALTIME);
		after_ms = clock_monotonic_ms();
	} while (after_ms - before_ms > 1 && --tries > 0);
	return wall_ms - before_ms;
}

int64_t
clock_follow(int64_t *ahead_ms)
{
	int64_t now_ms = clock_ahead_ms(), moved_ms = now_ms - *ahead_ms;
	if (moved_ms > -STEADY_MS && moved_ms < STEADY_MS)
		return 0;
	*ahead_ms = now_ms;
	return (moved_ms > 0 ? moved_ms + 999 : moved_ms) / 1000;
}

void
clock_move_stamp(int64_t *stamp_s, int64_t by_s)
{
	if (*stamp_s > 0)
		*stamp_s = *stamp_s + by_s > 1 ? *stamp_s + by_s : 1;
}
