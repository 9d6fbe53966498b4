#include "daemon/rhythm.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "feed/memory.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define HOUR INT64_C(3600)
#define DAY (24 * HOUR)
#define WEEK (7 * DAY)
/* a Monday, 00:00 UTC */
#define MONDAY INT64_C(1800230400)
#define TIMES_MAX 20000

struct history {
	int64_t times[TIMES_MAX];
	size_t count;
};

static void
add(struct history *history, int64_t at_s)
{
	assert_true(history->count < TIMES_MAX);
	history->times[history->count++] = at_s;
}

/* ---- what is learned ---- */

static void
too_little_is_no_rhythm(void **state)
{
	(void)state;
	struct rhythm rhythm;
	int64_t times[4] = {
	    MONDAY - HOUR, MONDAY - 2 * HOUR, MONDAY - 3 * HOUR, MONDAY - 60};
	rhythm_learn(&rhythm, times, 0, INT64_MAX, MONDAY);
	assert_false(rhythm.known);
	rhythm_learn(&rhythm, times, 4, MONDAY - DAY, MONDAY);
	assert_false(rhythm.known);
	rhythm_learn(&rhythm, times, 0, MONDAY - DAY, MONDAY);
	assert_false(rhythm.known);
	/* nor is what a clock that was set back calls the future */
	int64_t ahead[5] = {
	    MONDAY + 1, MONDAY + 2, MONDAY + 3, MONDAY + 4, MONDAY + 5};
	rhythm_learn(&rhythm, ahead, 5, INT64_MAX, MONDAY);
	assert_false(rhythm.known);
}

static void
silence_is_one(void **state)
{
	(void)state;
	struct rhythm rhythm;
	int64_t old[6];
	for (size_t i = 0; i < 6; i++)
		old[i] = MONDAY - 300 * DAY - (int64_t)i * HOUR;
	rhythm_learn(&rhythm, old, 6, INT64_MAX, MONDAY);
	assert_true(rhythm.known);
	/* a dead section costs four rounds a day */
	assert_int_equal(rhythm_wait(&rhythm, MONDAY, 300, 6 * HOUR), 6 * HOUR);
	char *words = rhythm_words(&rhythm, MONDAY);
	assert_string_equal(words, "hardly anything at this time of the week");
	free(words);
}

/* One article on the hour, on working days from 9 to 17 UTC, for `weeks`. */
static void
office(struct history *history, int64_t weeks)
{
	history->count = 0;
	for (int64_t day = 7 * weeks; day > 0; day--)
		for (int64_t hour = 9; hour < 18; hour++)
			if ((7 * weeks - day) % 7 < 5)
				add(history,
				    MONDAY - day * DAY + hour * HOUR + 1200);
}

static void
hours_and_days_differ(void **state)
{
	(void)state;
	static struct history history;
	struct rhythm rhythm;
	office(&history, 8);
	rhythm_learn(&rhythm, history.times, history.count, INT64_MAX, MONDAY);
	assert_true(rhythm.known);
	static const struct {
		int64_t from_s, least_s, most_s;
	} rows[] = {
	    {MONDAY + 10 * HOUR, 20 * 60, 50 * 60},   /* an hour's rate 1 */
	    {MONDAY + 20 * HOUR, 5 * HOUR, 6 * HOUR}, /* the evening */
	    {MONDAY + 5 * DAY + 10 * HOUR, 5 * HOUR, 6 * HOUR}, /* Saturday */
	    /* a long wait ends soon after the office opens */
	    {MONDAY + 5 * HOUR, 3 * HOUR, 5 * HOUR},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t wait =
		    rhythm_wait(&rhythm, rows[i].from_s, 300, 6 * HOUR);
		if (wait < rows[i].least_s || wait > rows[i].most_s)
			fail_msg("row %zu: %lld s", i, (long long)wait);
	}
	char *words = rhythm_words(&rhythm, MONDAY + 10 * HOUR);
	assert_string_equal(words, "1 an hour at this time of the week");
	free(words);
}

static void
the_bounds_hold(void **state)
{
	(void)state;
	static struct history history;
	struct rhythm rhythm;
	history.count = 0;
	for (int64_t at = MONDAY - WEEK; at < MONDAY; at += 90)
		add(&history, at);
	rhythm_learn(&rhythm, history.times, history.count, INT64_MAX, MONDAY);
	for (int64_t at = MONDAY; at < MONDAY + WEEK; at += 977) {
		assert_int_equal(rhythm_wait(&rhythm, at, 600, HOUR), 600);
		assert_int_equal(rhythm_wait(&rhythm, at, 600, 60), 600);
	}
}

static void
habits_change(void **state)
{
	(void)state;
	static struct history history;
	struct rhythm rhythm;
	history.count = 0;
	/* mornings for five weeks, then evenings for three */
	for (int64_t day = 56; day > 0; day--)
		for (int64_t i = 0; i < 4; i++)
			add(&history, MONDAY - day * DAY +
					  (day > 21 ? 6 : 18) * HOUR + i * 600);
	rhythm_learn(&rhythm, history.times, history.count, INT64_MAX, MONDAY);
	assert_true(rhythm.rate[(MONDAY + 18 * HOUR) / HOUR % RHYTHM_HOURS] >
		    rhythm.rate[(MONDAY + 6 * HOUR) / HOUR % RHYTHM_HOURS]);
}

static void
the_order_of_times_does_not_matter(void **state)
{
	(void)state;
	static struct history history;
	struct rhythm a, b;
	office(&history, 3);
	rhythm_learn(&a, history.times, history.count, INT64_MAX, MONDAY);
	for (size_t i = 0; i < history.count / 2; i++) {
		int64_t keep = history.times[i];
		size_t other = history.count - 1 - i;
		history.times[i] = history.times[other];
		history.times[other] = keep;
	}
	rhythm_learn(&b, history.times, history.count, INT64_MAX, MONDAY);
	for (size_t i = 0; i < RHYTHM_HOURS; i++)
		assert_true(a.rate[i] - b.rate[i] < 1e-5f &&
			    b.rate[i] - a.rate[i] < 1e-5f);
}

/* ---- what it is worth ---- */

static uint64_t seed;

static double
lot(void)
{
	seed = seed * UINT64_C(6364136223846793005) +
	       UINT64_C(1442695040888963407);
	return (double)(seed >> 11) / 9007199254740992.0;
}

/* Working hours of Seoul (09-18) and little else, `a_day` articles a day. */
static void
publish(struct history *history, double a_day, int64_t days)
{
	history->count = 0;
	for (int64_t hour = 0; hour < days * 24; hour++) {
		int64_t local = hour + 9, day = local / 24 % 7;
		int64_t clock = local % 24;
		double weight = day >= 5                   ? 0.01
				: clock >= 9 && clock < 18 ? 1.0
				: clock >= 7 && clock < 21 ? 0.15
							   : 0.01;
		double rate = a_day * 7 / 51.0 * weight;
		for (int i = 0; i < 60; i++)
			if (lot() < rate / 60)
				add(history, MONDAY + hour * HOUR + i * 60);
	}
}

/* The mean wait of an article for the round that finds it, in seconds. */
static double
delay_of(const struct history *history, int64_t fixed_s, int64_t days,
    size_t *rounds)
{
	struct rhythm rhythm = {0};
	int64_t warm_s = MONDAY + 14 * DAY, learned_s = 0;
	double sum = 0;
	size_t found = 0, next = 0;
	*rounds = 0;
	while (history->times[next] < warm_s)
		next++;
	for (int64_t at = warm_s; at < MONDAY + days * DAY;) {
		for (; next < history->count && history->times[next] <= at;
		     next++, found++)
			sum += (double)(at - history->times[next]);
		++*rounds;
		if (at - learned_s > 6 * HOUR) {
			size_t first = next > 1000 ? next - 1000 : 0;
			rhythm_learn(&rhythm, history->times + first,
			    next - first, INT64_MAX, at);
			learned_s = at;
		}
		at += fixed_s > 0 ? fixed_s
				  : rhythm_wait(&rhythm, at, 300, 6 * HOUR);
	}
	return sum / (double)found;
}

/* With as many rounds as a fixed interval, 40 % less delay. */
static void
it_beats_a_fixed_interval(void **state)
{
	(void)state;
	static const double rates[] = {2, 5, 10, 40, 60};
	static struct history history;
	const int64_t days = 90;
	for (size_t i = 0; i < COUNT(rates); i++) {
		size_t rounds, as_many;
		seed = i + 1;
		publish(&history, rates[i], days);
		double learned = delay_of(&history, 0, days, &rounds);
		int64_t span = (days - 14) * DAY / (int64_t)rounds;
		double fixed = delay_of(&history, span, days, &as_many);
		print_message("%2.0f articles a day: %.1f rounds a day, "
			      "%.0f min instead of %.0f\n",
		    rates[i], (double)rounds / (double)(days - 14),
		    learned / 60, fixed / 60);
		assert_true(as_many >= rounds);
		assert_true(learned < 0.6 * fixed);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(too_little_is_no_rhythm),
	    cmocka_unit_test(silence_is_one),
	    cmocka_unit_test(hours_and_days_differ),
	    cmocka_unit_test(the_bounds_hold),
	    cmocka_unit_test(habits_change),
	    cmocka_unit_test(the_order_of_times_does_not_matter),
	    cmocka_unit_test(it_beats_a_fixed_interval),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
