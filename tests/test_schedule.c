#include "daemon/schedule.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "daemon/rhythm.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

#define MINUTE 60
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define NOW INT64_C(1800000000)

/* What the configuration gives by default, after a good round just now. */
static struct schedule_input
input(void)
{
	return (struct schedule_input){
	    .now_s = NOW,
	    .round_s = NOW,
	    .interval_s = 10 * MINUTE,
	    .min_interval_s = 5 * MINUTE,
	    .max_interval_s = 6 * HOUR,
	    .retry_after_s = -1,
	    .seed = 42,
	};
}

/* ---- after a round ---- */

/* `span` is what lies between: with jitter from 90 to 110 per cent of it. */
static const struct {
	const char *name;
	int64_t interval_s, min_s, max_s;
	uint32_t failures;
	bool gone;
	int64_t span;
} spans[] = {
    {"as configured", 600, 300, 21600, 0, false, 600},
    {"auto", 0, 300, 21600, 0, false, 30 * MINUTE},
    {"auto, at least the shortest", 0, 7200, 21600, 0, false, 7200},
    {"auto, at most the longest", 0, 300, 900, 0, false, 900},
    {"the longest is of auto alone", 10 * HOUR, 300, 21600, 0, false,
	10 * HOUR},
    {"one failure", 600, 300, 21600, 1, false, 1200},
    {"two failures", 600, 300, 21600, 2, false, 2400},
    {"five failures", 600, 300, 21600, 5, false, 19200},
    {"seven failures", 600, 300, 21600, 7, false, 76800},
    {"up to a day", 600, 300, 21600, 8, false, DAY},
    {"a hundred failures", 600, 300, 21600, 100, false, DAY},
    {"failures without end", 600, 300, 21600, UINT32_MAX, false, DAY},
    {"auto and failures", 0, 300, 21600, 3, false, 4 * HOUR},
    {"a day", DAY, 300, 21600, 5, false, DAY},
    {"a week stays a week", 7 * DAY, 300, 21600, 5, false, 7 * DAY},
    {"gone", 600, 300, 21600, 0, true, DAY},
    {"gone and failing", 600, 300, 21600, 3, true, DAY},
    {"gone, a week", 7 * DAY, 300, 21600, 0, true, 7 * DAY},
    {"a second", 1, 1, 21600, 0, false, 1},
    {"a second, failing", 1, 1, 21600, 40, false, DAY},
};

static void
test_spans(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(spans); i++) {
		int64_t least = INT64_MAX, most = INT64_MIN;
		for (uint32_t seed = 0; seed < 3000; seed++) {
			struct schedule_input in = input();
			in.interval_s = spans[i].interval_s;
			in.min_interval_s = spans[i].min_s;
			in.max_interval_s = spans[i].max_s;
			in.failures = spans[i].failures;
			in.gone = spans[i].gone;
			in.seed = seed * 2654435761u;
			int64_t span = schedule_next(&in) - NOW;
			if (span < least)
				least = span;
			if (span > most)
				most = span;
		}
		int64_t tenth = spans[i].span / 10;
		int64_t low = spans[i].span - tenth;
		if (low < spans[i].min_s)
			low = spans[i].min_s;
		if (least < low || most > spans[i].span + tenth)
			fail_msg("%s: %lld to %lld, not around %lld",
			    spans[i].name, (long long)least, (long long)most,
			    (long long)spans[i].span);
		/* and the jitter uses the room that it has */
		if (least > low + tenth / 20 ||
		    most < spans[i].span + tenth - tenth / 20)
			fail_msg("%s: only %lld to %lld", spans[i].name,
			    (long long)least, (long long)most);
	}
}

/* The same at every start, another for each section and round. */
static void
test_jitter(void **state)
{
	(void)state;
	struct schedule_input in = input();
	in.interval_s = HOUR;
	int64_t once = schedule_next(&in);
	assert_int_equal(schedule_next(&in), once);
	size_t same = 0, sum = 0;
	for (uint32_t i = 1; i <= 1000; i++) {
		struct schedule_input other = in;
		other.seed = in.seed + i;
		same += schedule_next(&other) == once;
		other = in;
		other.round_s = other.now_s = NOW + i;
		int64_t span = schedule_next(&other) - other.now_s;
		same += span == once - NOW;
		sum += (size_t)span;
	}
	assert_true(same < 20);
	/* on the average nothing is lost */
	assert_in_range(sum / 1000, HOUR - 60, HOUR + 60);
}

/* What else holds the next round back. */
static const struct {
	const char *name;
	int64_t round_ago_s; /* the round started that long before now */
	int64_t interval_s, min_s;
	int64_t retry_after_s;
	int64_t least, most; /* from now */
} holds[] = {
    {"a long round", 200, 600, 300, -1, 540, 660},
    {"min-interval above the interval", 0, 60, 900, -1, 900, 990},
    {"min-interval counts from the round's start", 800, 60, 900, -1, 100, 990},
    {"min-interval that is over", 1000, 900, 900, -1, 810, 990},
    {"the jitter stays above min-interval", 0, 300, 300, -1, 300, 330},
    {"Retry-After 0", 0, 600, 300, 0, 540, 660},
    {"Retry-After below the interval", 0, 600, 300, 120, 540, 660},
    {"Retry-After", 0, 600, 300, 7200, 7200, 7200},
    {"Retry-After of a day", 0, 600, 300, DAY, DAY, DAY},
    {"Retry-After of a year", 0, 600, 300, 365 * DAY, DAY, DAY},
    {"Retry-After without end", 0, 600, 300, INT64_MAX, DAY, DAY},
    {"Retry-After below zero", 0, 600, 300, INT64_MIN, 540, 660},
    {"no round ever", NOW, 600, 300, -1, 540, 660},
    /* the clock went back by an hour while the round was under way */
    {"a round in the future", -3600, 600, 300, -1, 540, 660},
    {"a round in a far future", -10 * 365 * (int64_t)DAY, 600, 300, -1, 540,
	660},
    {"a round long past", 10 * 365 * (int64_t)DAY, 600, 300, -1, 540, 660},
};

static void
test_holds(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(holds); i++)
		for (uint32_t seed = 0; seed < 500; seed++) {
			struct schedule_input in = input();
			in.round_s = NOW - holds[i].round_ago_s;
			in.interval_s = holds[i].interval_s;
			in.min_interval_s = holds[i].min_s;
			in.retry_after_s = holds[i].retry_after_s;
			in.seed = seed;
			int64_t span = schedule_next(&in) - NOW;
			if (span < holds[i].least || span > holds[i].most)
				fail_msg(
				    "%s: %lld", holds[i].name, (long long)span);
		}
}

/* ---- at the start ---- */

static const struct {
	const char *name;
	int64_t round_ago_s; /* NOW: never */
	int64_t due_in_s;    /* from now; -NOW: none */
	int64_t interval_s, min_s;
	uint32_t failures, index;
	int64_t gap_ms;
	int64_t expected; /* from now */
} firsts[] = {
    {"new", NOW, -NOW, 600, 300, 0, 0, 2000, 0},
    {"new, the third on its host", NOW, -NOW, 600, 300, 0, 3, 2000, 6},
    {"new, many on the host", NOW, -NOW, 600, 300, 0, 500, 2000, 60},
    {"new, a host-gap of hours", NOW, -NOW, 600, 300, 0, 5, 7200000, 60},
    {"new, no host-gap", NOW, -NOW, 600, 300, 0, 500, 0, 0},
    {"new, the last there can be", NOW, -NOW, 600, 300, 0, UINT32_MAX,
	INT64_MAX, 60},
    {"due now", 600, 0, 600, 300, 0, 0, 2000, 0},
    {"overdue", 9000, -5000, 600, 300, 0, 2, 2000, 4},
    {"overdue for years", 100000000, -99999999, 600, 300, 0, 1, 2000, 2},
    {"due soon", 300, 300, 600, 300, 0, 7, 2000, 300},
    {"due in a second", 600, 1, 600, 300, 0, 7, 2000, 1},
    /* restarted at once, with a shorter interval than it was planned for */
    {"overdue, but read just now", 10, -5, 600, 300, 0, 0, 2000, 290},
    {"due, but read just now", 10, 20, 600, 300, 0, 0, 2000, 290},
    {"min-interval has grown", 400, 200, 3600, 3600, 0, 0, 2000, 3200},
    {"back-off stays", 100, 4000, 600, 300, 3, 0, 2000, 4000},
    {"back-off of a day stays", 100, DAY - 100, 600, 300, 9, 0, 2000,
	DAY - 100},
    {"with its jitter", 0, DAY + DAY / 10, 600, 300, 9, 0, 2000,
	DAY + DAY / 10},
    {"Retry-After of a day stays", 100, DAY - 100, 600, 300, 1, 0, 2000,
	DAY - 100},
    /* the clock went back: what is further off than any plan is nonsense */
    {"due in a year", 100, 365 * DAY, 600, 300, 0, 0, 2000, 600},
    {"due in two days", 100, 2 * DAY, 600, 300, 0, 0, 2000, 600},
    {"a round in the future", -365 * DAY, 365 * DAY + 600, 600, 300, 0, 0, 2000,
	600},
    {"a round an hour ahead", -3600, 4200, 600, 300, 0, 0, 2000, 600},
    {"a round an hour ahead, due", -3600, -1, 600, 300, 0, 0, 2000, 300},
    {"a clock back by a little", -60, 540, 600, 300, 0, 0, 2000, 540},
    {"a weekly one", 100, 6 * DAY, 7 * DAY, 300, 0, 0, 2000, 6 * DAY},
};

static void
test_firsts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(firsts); i++) {
		struct schedule_input in = input();
		in.round_s = NOW - firsts[i].round_ago_s;
		in.interval_s = firsts[i].interval_s;
		in.min_interval_s = firsts[i].min_s;
		in.failures = firsts[i].failures;
		int64_t span = schedule_first(&in, NOW + firsts[i].due_in_s,
				   firsts[i].index, firsts[i].gap_ms) -
			       NOW;
		if (span != firsts[i].expected)
			fail_msg("%s: %lld, not %lld", firsts[i].name,
			    (long long)span, (long long)firsts[i].expected);
	}
}

/* ---- USR1 ---- */

static void
test_asked(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		int64_t round_ago_s, min_s, expected;
	} rows[] = {
	    {"never read", NOW, 300, 0},
	    {"read long ago", 4000, 300, 0},
	    {"read at min-interval", 300, 300, 0},
	    {"read a second later", 299, 300, 1},
	    {"read just now", 0, 300, 300},
	    {"read in the future", -5000, 300, 300},
	    {"no min-interval", 0, 0, 0},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct schedule_input in = input();
		in.round_s = NOW - rows[i].round_ago_s;
		in.min_interval_s = rows[i].min_s;
		/* USR1 passes over back-off, not over P8 */
		in.failures = 5;
		in.gone = true;
		int64_t span = schedule_asked(&in) - NOW;
		if (span != rows[i].expected)
			fail_msg("%s: %lld", rows[i].name, (long long)span);
	}
	/* nor over Retry-After, which counts from the answer */
	struct schedule_input in = input();
	in.round_s = NOW - 1000;
	in.retry_after_s = 1500;
	assert_int_equal(schedule_asked(&in) - NOW, 500);
	in.retry_after_s = 900;
	assert_int_equal(schedule_asked(&in) - NOW, 0);
	in.retry_after_s = INT64_MAX;
	assert_int_equal(schedule_asked(&in) - NOW, DAY - 1000);
	/* Retry-After holds whoever asks, but never for more than a day */
	in.hold_s = NOW + 2 * DAY;
	assert_int_equal(schedule_asked(&in) - NOW, DAY);
}

/* ---- whatever happens ---- */

static uint32_t
next_random(uint32_t *random)
{
	*random ^= *random << 13;
	*random ^= *random >> 17;
	*random ^= *random << 5;
	return *random;
}

/*
 * Two months with restarts, signals, failures and a clock that jumps both
 * ways: by real time (which the schedule never sees) no two rounds come closer
 * than min-interval unless the clock itself was set forward, and none is more
 * than a day and its jitter late.
 */
static void
test_two_months(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= 40; seed++) {
		struct schedule_input in = input();
		uint32_t random = seed * 2654435761u;
		int64_t real = 0, last_real = -DAY, off = NOW;
		bool forward = false;
		in.seed = seed;
		in.round_s = 0;
		int64_t due_s = 0;
		for (int step = 0; step < 3000 && real < 60 * DAY; step++) {
			uint32_t what = next_random(&random) % 20;
			/* stopped, set right, or merely on */
			int64_t passed = next_random(&random) % 400;
			real += passed;
			if (what == 0) {
				int64_t jump = (int64_t)(next_random(&random) %
							 (20 * DAY)) -
					       10 * DAY;
				forward |= jump > 0;
				off += jump;
			}
			in.now_s = real + off;
			if (what < 2)
				due_s = schedule_first(&in, due_s,
				    next_random(&random) % 20, 2000);
			else if (what == 2)
				due_s = schedule_asked(&in);
			/* a sleeping timer is monotonic: it does not see the
			 * jump before the next start */
			int64_t left = due_s - in.now_s;
			if (what != 0 && left > DAY + DAY / 10 + 10 * DAY)
				fail_msg("seed %u: due in %lld s", seed,
				    (long long)left);
			if (left > 0)
				continue;
			if (!forward && real - last_real < in.min_interval_s)
				fail_msg("seed %u: %lld s after the last", seed,
				    (long long)(real - last_real));
			last_real = real;
			forward = false;
			in.round_s = in.now_s;
			in.failures =
			    next_random(&random) % 3 == 0 ? in.failures + 1 : 0;
			in.retry_after_s =
			    next_random(&random) % 10 == 0
				? (int64_t)(next_random(&random) % (2 * DAY))
				: -1;
			due_s = schedule_next(&in);
			assert_true(due_s >= in.round_s + in.min_interval_s);
			assert_true(due_s <= in.now_s + DAY + DAY / 10);
		}
	}
}

/* A rhythm that is known decides for auto, and for nothing else. */
static void
test_rhythm(void **state)
{
	(void)state;
	struct rhythm busy = {.known = true}, unknown = {0};
	for (size_t i = 0; i < RHYTHM_HOURS; i++)
		busy.rate[i] = 40;
	struct schedule_input in = input();
	in.interval_s = 0;
	in.rhythm = &unknown;
	assert_in_range(schedule_next(&in) - NOW, 27 * MINUTE, 33 * MINUTE);
	in.rhythm = &busy;
	assert_in_range(schedule_next(&in) - NOW, 5 * MINUTE, 8 * MINUTE);
	in.failures = 3;
	assert_in_range(schedule_next(&in) - NOW, 36 * MINUTE, 64 * MINUTE);
	in.failures = 0;
	in.interval_s = 3 * HOUR;
	assert_in_range(schedule_next(&in) - NOW, 162 * MINUTE, 198 * MINUTE);
	/* at the next start the rhythm is not learned yet: what it said stays
	 */
	in.interval_s = 0;
	in.rhythm = NULL;
	in.round_s = NOW - 60;
	assert_int_equal(
	    schedule_first(&in, NOW + 6 * HOUR, 0, 0), NOW + 6 * HOUR);
	/* but not a day, nor the longest wait where no rhythm asks for it */
	in.round_s = 0;
	assert_int_equal(
	    schedule_first(&in, NOW + DAY, 0, 0) - NOW, 30 * MINUTE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rhythm),
	    cmocka_unit_test(test_spans),
	    cmocka_unit_test(test_jitter),
	    cmocka_unit_test(test_holds),
	    cmocka_unit_test(test_firsts),
	    cmocka_unit_test(test_asked),
	    cmocka_unit_test(test_two_months),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
