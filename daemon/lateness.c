#include "daemon/lateness.h"

#include <stddef.h>

#define COUNT_MOST 100000 /* then all are halved: what is long past fades */

/* 0, 1, 2, 3; then four to an octave. */
static size_t
step_of(int64_t late_ms)
{
	size_t octave = 0;
	while (late_ms >> octave > 7)
		octave++;
	size_t step = 4 * octave + (size_t)(late_ms >> octave);
	return step < LATENESS_STEPS ? step : LATENESS_STEPS - 1;
}

/* The most that is counted there. */
static int64_t
step_end(size_t step)
{
	if (step < 8)
		return (int64_t)step;
	size_t octave = step / 4 - 1;
	return ((int64_t)(step % 4 + 5) << octave) - 1;
}

void
lateness_add(struct lateness *lateness, int64_t late_ms)
{
	if (late_ms < 0)
		late_ms = 0;
	if (late_ms > lateness->worst_ms)
		lateness->worst_ms = late_ms;
	lateness->steps[step_of(late_ms)]++;
	if (++lateness->count < COUNT_MOST)
		return;
	lateness->count = 0;
	for (size_t i = 0; i < LATENESS_STEPS; i++)
		lateness->count += lateness->steps[i] /= 2;
}

int64_t
lateness_p99_ms(const struct lateness *lateness)
{
	uint32_t above = lateness->count / 100, seen = 0;
	for (size_t i = LATENESS_STEPS; i-- > 0;) {
		seen += lateness->steps[i];
		if (seen > above) {
			int64_t end_ms = step_end(i);
			return end_ms < lateness->worst_ms ? end_ms
							   : lateness->worst_ms;
		}
	}
	return 0;
}
