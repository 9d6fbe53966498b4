#include "daemon/clock.h"

#include <time.h>

int64_t
clock_now_s(void)
{
	return time(NULL);
}

int64_t
clock_monotonic_ms(void)
{
	struct timespec now;
	/* CLOCK_MONOTONIC cannot fail on Linux */
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
