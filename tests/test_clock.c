#include "daemon/clock.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <time.h>

static time_t wall;

/* In place of the C library's. */
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
	}
	/* and right again when it is set */
	wall = (time_t)(built + 86400);
	assert_int_equal(clock_now_s(), built + 86400);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_right),
	    cmocka_unit_test(test_behind),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
