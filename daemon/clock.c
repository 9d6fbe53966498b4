#include "daemon/clock.h"

#include <time.h>

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

int64_t
clock_now_s(void)
{
	static int64_t behind_since_ms = -1;
	int64_t now_s = time(NULL);
	if (now_s >= METROFEED_BUILT)
		return now_s;
	/* It is later than that, and goes on; the first call comes soon after
	 * the start, so that this is never ahead of the truth. */
	if (behind_since_ms == -1)
		behind_since_ms = clock_monotonic_ms();
	return METROFEED_BUILT +
	       (clock_monotonic_ms() - behind_since_ms) / 1000;
}

int64_t
clock_monotonic_ms(void)
{
	struct timespec now;
	/* CLOCK_MONOTONIC cannot fail on Linux */
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
