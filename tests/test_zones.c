#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "daemon/zones.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define COM "https://paper.example/"

static const struct {
	const char *name, *url, *language;
	const char *same_as; /* whose file is sent, or NULL */
	int32_t offset_s;
	bool is_unknown;
} rows[] = {
    {"Asia/Seoul", COM, NULL, "Asia/Seoul", 0, false},
    {"UTC", "https://paper.co.kr/", "ko", NULL, 0, false},
    {"+09:00", COM, NULL, NULL, 32400, false},
    {"-0330", COM, NULL, NULL, -12600, false},
    {NULL, "https://paper.co.kr/", NULL, "Asia/Seoul", 0, false},
    {NULL, "https://paper.co.kr/", "en", "Asia/Seoul", 0, false},
    {NULL, COM, "ja", "Asia/Tokyo", 0, false},
    {NULL, COM, "en", NULL, 0, true},
    {NULL, COM, NULL, NULL, 0, true},
};

static void
test_choice(void **state)
{
	(void)state;
	struct zones *zones = zones_new();
	struct zone_choice choice, same;
	if (!zones_choose(zones, "Asia/Tokyo", COM, NULL, &same))
		skip(); /* a system without zone files */
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (!zones_choose(zones, rows[i].name, rows[i].url,
			rows[i].language, &choice) ||
		    choice.offset_s != rows[i].offset_s ||
		    choice.is_unknown != rows[i].is_unknown ||
		    (choice.bytes != NULL) != (rows[i].same_as != NULL))
			fail_msg("row %zu", i);
		if (rows[i].same_as == NULL)
			continue;
		assert_true(
		    zones_choose(zones, rows[i].same_as, COM, NULL, &same));
		assert_int_equal(choice.length, same.length);
		assert_memory_equal(choice.bytes, same.bytes, same.length);
	}
	zones_free(zones);
}

/* Without the files a guess is left to the worker; a name is missed. */
static void
test_no_files(void **state)
{
	(void)state;
	assert_int_equal(setenv("TZDIR", "/nonexistent", 1), 0);
	struct zones *zones = zones_new();
	struct zone_choice choice;
	assert_true(
	    zones_choose(zones, NULL, "https://paper.co.kr/", NULL, &choice));
	assert_true(choice.is_unknown);
	assert_null(choice.bytes);
	assert_false(zones_choose(zones, "Asia/Seoul", COM, NULL, &choice));
	assert_false(choice.is_unknown);
	assert_null(choice.bytes);
	assert_true(zones_choose(zones, "UTC", COM, NULL, &choice));
	assert_false(choice.is_unknown);
	zones_free(zones);
	assert_int_equal(unsetenv("TZDIR"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_choice),
	    cmocka_unit_test(test_no_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
