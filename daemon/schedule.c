#include "daemon/schedule.h"

#include <stddef.h>

#include "daemon/rhythm.h"

#define DAY_S 86400
#define AUTO_S 1800 /* until a section's rhythm is known */
#define SPREAD_S                                                               \
	60 /* one host's overdue sections, at most; the rest waits             \
	      in the queue */

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t
clamp(int64_t value, int64_t low, int64_t high)
{
	return value < low ? low : value > high ? high : value;
}

/* Section and round, well mixed (the finisher of MurmurHash3): a jitter that
 * comes out the same wherever it is asked for again. */
static uint32_t
mix(uint32_t seed, int64_t round_s)
{
	uint64_t bits = (uint64_t)round_s;
	uint32_t h = seed ^ (uint32_t)bits ^ (uint32_t)(bits >> 32);
	h ^= h >> 16;
	h *= 0x85ebca6bu;
	h ^= h >> 13;
	h *= 0xc2b2ae35u;
	return h ^ (h >> 16);
}

static int64_t
auto_interval(const struct schedule_input *in)
{
	if (in->rhythm != NULL && in->rhythm->known)
		return rhythm_wait(in->rhythm, in->now_s, in->min_interval_s,
		    in->max_interval_s);
	return clamp(AUTO_S, in->min_interval_s, in->max_interval_s);
}

/* The interval in force: doubled per failure, up to a day; one that is longer
 * than a day stays as it is. */
static int64_t
interval(const struct schedule_input *in)
{
	int64_t span = in->interval_s > 0 ? in->interval_s : auto_interval(in);
	/* at least 1: nothing times two never gets to a day */
	span = later(span, later(in->min_interval_s, 1));
	int64_t most = later(span, DAY_S);
	for (uint32_t i = 0; i < in->failures && span < most; i++)
		span *= 2;
	span = span < most ? span : most;
	return in->gone ? later(span, DAY_S) : span;
}

/* DESIGN.md P8: no round sooner than this, whatever asks for it.  A round in
 * the future means that the clock went back: then it was just now. */
static int64_t
not_before(const struct schedule_input *in)
{
	/* a day at the most, as when it was given, whatever the clock did */
	int64_t hold_s =
	    in->hold_s < in->now_s + DAY_S ? in->hold_s : in->now_s + DAY_S;
	if (in->hold_s <= 0)
		hold_s = INT64_MIN;
	if (in->round_s <= 0)
		return hold_s;
	int64_t round_s = in->round_s > in->now_s ? in->now_s : in->round_s;
	return later(round_s + in->min_interval_s, hold_s);
}

int64_t
schedule_next(const struct schedule_input *in)
{
	int64_t span = interval(in), tenth = span / 10;
	uint64_t width = 2 * (uint64_t)tenth + 1; /* 90 to 110 % */
	span += (int64_t)(mix(in->seed, in->round_s) % width) - tenth;
	int64_t next = in->now_s + span;
	if (in->retry_after_s > 0)
		next =
		    later(next, in->now_s + clamp(in->retry_after_s, 0, DAY_S));
	return later(next, not_before(in));
}

int64_t
schedule_first(const struct schedule_input *in, int64_t due_s,
    uint32_t index_on_host, int64_t host_gap_ms)
{
	int64_t span = interval(in), longest = span;
	if (due_s <= in->now_s) {
		int64_t gap_ms = clamp(host_gap_ms, 0, SPREAD_S * 1000);
		int64_t apart_s =
		    clamp((int64_t)index_on_host * gap_ms / 1000, 0, SPREAD_S);
		return later(in->now_s + apart_s, not_before(in));
	}
	/* What schedule_next can have said: an interval with its jitter, as
	 * long as auto's may be, or a day (Retry-After, 410) from a round that
	 * this clock has seen. */
	if (in->interval_s == 0)
		longest = later(span, in->max_interval_s);
	int64_t latest = in->now_s + longest + longest / 10;
	if (in->round_s > 0 && in->round_s <= in->now_s)
		latest = later(latest, in->round_s + DAY_S + DAY_S / 10);
	if (due_s > latest)
		due_s = in->now_s + span;
	return later(due_s, not_before(in));
}

int64_t
schedule_asked(const struct schedule_input *in)
{
	int64_t from = later(in->now_s, not_before(in));
	if (in->retry_after_s > 0 && in->round_s > 0 &&
	    in->round_s <= in->now_s)
		from = later(
		    from, in->round_s + clamp(in->retry_after_s, 0, DAY_S));
	return from;
}
