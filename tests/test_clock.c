#include "daemon/clock.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <time.h>

static time_t wall;
static int64_t wall_ms; /* beyond its whole seconds */
static int64_t boot_ms = 100000;

/* In place of the C library's. */
int
clock_gettime(clockid_t id, struct timespec *at)
{
	int64_t ms = id == CLOCK_REALTIME   ? (int64_t)wall * 1000 + wall_ms
		     : id == CLOCK_BOOTTIME ? boot_ms
					    : -1;
	assert_int_not_equal(ms, -1); /* one that stands still in sleep */
	at->tv_sec = ms / 1000;
	at->tv_nsec = ms % 1000 * 1000000;
	return 0;
}

time_t
time(time_t *at)
{
	if (at != NULL)
		*at = wall;
	return wall;
}

static void
test_right(void **state)
{
	(void)state;
	int64_t built = clock_built_s();
	/* the Makefile told: after this test was written, before 2100 */
	assert_in_range(built, 1764000000, 4102444800);
	for (int64_t ahead = 0; ahead < (int64_t)1 << 32;
	     ahead = ahead * 9 + 1) {
		wall = (time_t)(built + ahead);
		assert_false(clock_is_behind());
		assert_int_equal(clock_now_s(), built + ahead);
	}
}

static void
test_behind(void **state)
{
	(void)state;
	int64_t built = clock_built_s(), last_s = 0;
	const int64_t walls[] = {0, -1, 1, built - 1, built - 86400, INT32_MIN};
	for (size_t i = 0; i < sizeof(walls) / sizeof(*walls); i++) {
		wall = (time_t)walls[i];
		assert_true(clock_is_behind());
		/* some seconds of a slow machine */
		assert_in_range(clock_now_s(), built, built + 60);
		assert_true(clock_now_s() >= last_s);
		last_s = clock_now_s();
		boot_ms += 1000;
	}
	/* and right again when it is set */
	wall = (time_t)(built + 86400);
	assert_int_equal(clock_now_s(), built + 86400);
}

/* Time passes, the machine sleeps, the clock is set: only the last counts. */
static void
test_follow(void **state)
{
	(void)state;
	static const struct {
		int64_t pass_ms, set_ms;
		int64_t by_s;
	} rows[] = {
	    {0, 0, 0},
	    {86400000, 0, 0},
	    {0, 3600000, 3600},
	    {10, -3600000, -3600},
	    /* a stamp comes to lie later, never earlier */
	    {10, 300, 1},
	    {10, -300, 0},
	    {10, 2500, 3},
	    {10, -2500, -2},
	    /* two looks at one clock are not one moment */
	    {0, 20, 0},
	    {0, -40, 0},
	};
	wall = (time_t)(clock_built_s() + 86400);
	int64_t ahead_ms = clock_ahead_ms();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t ms = (int64_t)wall * 1000 + wall_ms + rows[i].pass_ms +
			     rows[i].set_ms;
		wall = (time_t)(ms / 1000);
		wall_ms = ms % 1000;
		boot_ms += rows[i].pass_ms;
		assert_int_equal(clock_follow(&ahead_ms), rows[i].by_s);
		assert_int_equal(clock_follow(&ahead_ms), 0);
	}
	/* small steps add up, and are seen when there are enough of them */
	int64_t all_s = 0;
	for (int i = 0; i < 100; i++) {
		wall_ms += 10;
		wall += wall_ms / 1000;
		wall_ms %= 1000;
		all_s += clock_follow(&ahead_ms);
	}
	assert_true(all_s >= 1);
}

/* One that was wrong and is set right has been set, however that was told. */
static void
test_follow_behind(void **state)
{
	(void)state;
	wall = 1;
	int64_t ahead_ms = clock_ahead_ms();
	boot_ms += 5000;
	assert_int_equal(clock_follow(&ahead_ms), 0);
	int64_t stamp_s = clock_now_s(), none_s = 0, now_s;
	boot_ms += 5000;
	wall = (time_t)(clock_built_s() + 864000);
	int64_t by_s = clock_follow(&ahead_ms);
	clock_move_stamp(&stamp_s, by_s);
	clock_move_stamp(&none_s, by_s);
	now_s = clock_now_s();
	assert_in_range(stamp_s, now_s - 5, now_s - 4);
	assert_int_equal(none_s, 0);
	/* a stamp stays one */
	stamp_s = 100;
	clock_move_stamp(&stamp_s, -1000);
	assert_int_equal(stamp_s, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_right),
	    cmocka_unit_test(test_behind),
	    cmocka_unit_test(test_follow),
	    cmocka_unit_test(test_follow_behind),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
