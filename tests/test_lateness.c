#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "daemon/lateness.h"

#define MOST 5000

static int
compare(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

/* Never below what sorting gives, and no more than a quarter above. */
static void
test_sorted(void **state)
{
	(void)state;
	static int64_t times[MOST];
	uint64_t random = 7;
	for (int shape = 0; shape < 40; shape++) {
		struct lateness lateness = {.count = 0};
		size_t count = (size_t)1 + (size_t)shape * shape * 3;
		for (size_t i = 0; i < count; i++) {
			random = random * 6364136223846793005u + 1;
			times[i] = (int64_t)(random >> (24 + shape));
			lateness_add(&lateness, times[i]);
		}
		qsort(times, count, sizeof(*times), compare);
		int64_t exact = times[count - 1 - count / 100];
		int64_t told = lateness_p99_ms(&lateness);
		if (exact > INT64_C(1) << 32)
			continue; /* beyond the last step: months */
		if (told < exact || told > exact + exact / 4)
			fail_msg("%zu times: %lld, sorted %lld", count,
			    (long long)told, (long long)exact);
		assert_int_equal(lateness.worst_ms, times[count - 1]);
	}
}

/* Bad days are forgotten, but for the worst of them. */
static void
test_fades(void **state)
{
	(void)state;
	struct lateness lateness = {.count = 0};
	assert_int_equal(lateness_p99_ms(&lateness), 0);
	lateness_add(&lateness, -5);
	assert_int_equal(lateness_p99_ms(&lateness), 0);
	for (int i = 0; i < 90000; i++)
		lateness_add(&lateness, 60000);
	assert_int_equal(lateness_p99_ms(&lateness), 60000);
	for (int i = 0; i < 1000000; i++)
		lateness_add(&lateness, i % 3);
	assert_int_equal(lateness_p99_ms(&lateness), 2);
	assert_int_equal(lateness.worst_ms, 60000);
	lateness_add(&lateness, INT64_MAX);
	assert_int_equal(lateness.worst_ms, INT64_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sorted),
	    cmocka_unit_test(test_fades),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
