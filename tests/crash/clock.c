/*
 * Preloaded into the program: the wall clock stands at CLOCK_AT, Unix seconds.
 * So rounds an hour apart follow each other at once, and two runs of one round
 * see one time.
 */
#include <stdlib.h>
#include <time.h>

time_t
time(time_t *result)
{
	static time_t now;
	if (now == 0) {
		const char *at = getenv("CLOCK_AT");
		now = at != NULL ? (time_t)strtoll(at, NULL, 10) : 1;
	}
	if (result != NULL)
		*result = now;
	return now;
}
