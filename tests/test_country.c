#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/country.h"
#include "feed/memory.h"
#include "feed/zone.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct {
	const char *url, *language, *zone;
} zones[] = {
    {"https://www.paper.co.kr/list", NULL, "Asia/Seoul"},
    {"https://www.paper.co.kr:8443/list", "en", "Asia/Seoul"},
    {"http://paper.jp/", "en-US", "Asia/Tokyo"},
    {"https://paper.com.tw/", "zh-Hant", "Asia/Taipei"},
    {"https://paper.com.br/", "pt-BR", "America/Sao_Paulo"},
    {"https://paper.co.uk/", "en", "Europe/London"},
    {"https://paper.ch/", "de", "Europe/Zurich"},
    {"https://paper.xn--p1ai/", NULL, "Europe/Moscow"},
    {"https://paper.com./", "ko", "Asia/Seoul"},
    {"https://paper.com/", "ko", "Asia/Seoul"},
    {"https://paper.com/", "ko-KR", "Asia/Seoul"},
    {"https://paper.com/", "KO", "Asia/Seoul"},
    {"https://paper.com/", "zh", "Asia/Shanghai"},
    {"https://paper.com/", "zh-Hans", "Asia/Shanghai"},
    {"https://paper.com/", "zh-TW", "Asia/Taipei"},
    {"https://paper.com/", "zh-Hant", "Asia/Taipei"},
    {"https://paper.com/", "zh-Hant-HK", "Asia/Hong_Kong"},
    {"https://paper.com/", "de", "Europe/Berlin"},
    {"https://paper.com/", "de-AT", "Europe/Vienna"},
    {"https://paper.com/", "fr_CA", "America/Toronto"},
    {"https://paper.com/", "es-MX", "America/Mexico_City"},
    {"https://paper.com/", "pt-BR", "America/Sao_Paulo"},
    {"https://paper.com/", "hi", "Asia/Kolkata"},
    {"https://paper.us/", "ko", "Asia/Seoul"},
    /* nothing is told */
    {"https://paper.com/", NULL, NULL},
    {"https://paper.com/", "", NULL},
    {"https://paper.com/", "en", NULL},
    {"https://paper.com/", "en-GB", NULL},
    {"https://paper.com/", "es", NULL},
    {"https://paper.com/", "es-419", NULL},
    {"https://paper.com/", "ar", NULL},
    {"https://paper.com/", "pt", NULL},
    {"https://paper.com/", "ko-US", NULL},
    {"https://paper.tv/", NULL, NULL},
    {"https://paper.us/", "en", NULL},
    {"http://127.0.0.1:8080/", NULL, NULL},
    {"http://[::1]/", NULL, NULL},
    {"http://localhost/", NULL, NULL},
    {"no address", NULL, NULL},
};

static void
test_zones(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(zones); i++) {
		const struct country *country =
		    country_of_zone(zones[i].url, zones[i].language);
		const char *zone = country != NULL ? country->zone : NULL;
		if (zone == NULL)
			zone = "none";
		if (strcmp(zone, zones[i].zone ? zones[i].zone : "none") != 0)
			fail_msg("row %zu, %s: %s", i, zones[i].url, zone);
	}
}

static const struct {
	const char *url, *language, *expected;
} languages[] = {
    {"https://paper.co.kr/", NULL, "ko"},
    {"https://paper.co.kr/", "ko", "ko-kr"},
    {"https://paper.co.kr/", "en", "ko"},
    {"https://paper.jp/", "en-US", "ja"},
    {"https://paper.in/", "en", "en-in"},
    {"https://paper.co.uk/", "en", "en-gb"},
    {"https://paper.us/", "en", "en-us"},
    {"https://paper.tw/", "zh", "zh-tw"},
    {"https://paper.tw/", "zh-Hans", "zh-Hans"},
    {"https://paper.de/", "en-US", "en-US"},
    {"https://paper.de/", NULL, "de"},
    {"https://paper.com/", "de", "de"},
    {"https://paper.com/", NULL, NULL},
    {"https://paper.ch/", NULL, NULL},
};

static void
test_languages(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(languages); i++) {
		char *language =
		    country_language(languages[i].url, languages[i].language);
		if (languages[i].expected == NULL)
			assert_null(language);
		else
			assert_string_equal(language, languages[i].expected);
		free(language);
	}
}

/* NULL where the system has no zone files. */
static struct zone *
zone_of_system(const char *name)
{
	struct buffer bytes = {0};
	char *path = xasprintf("/usr/share/zoneinfo/%s", name);
	FILE *file = fopen(path, "rb");
	char part[4096];
	size_t got;
	while (file != NULL && (got = fread(part, 1, sizeof(part), file)) > 0)
		buffer_add(&bytes, part, got);
	if (file != NULL)
		fclose(file);
	struct zone *zone = zone_parse(bytes.bytes, bytes.length, NULL);
	buffer_clear(&bytes);
	free(path);
	return zone;
}

/* Countries change their clocks: the table is held to the database that it was
 * read from.  In another one some zones may have moved on, or not yet. */
#define RULES_OF "2026f"
#define MOVED_MAX 5

static bool
system_has_these_rules(void)
{
	char line[64] = "";
	FILE *file = fopen("/usr/share/zoneinfo/tzdata.zi", "r");
	if (file == NULL)
		return false;
	bool good = fgets(line, sizeof(line), file) != NULL &&
		    strcmp(line, "# version " RULES_OF "\n") == 0;
	fclose(file);
	return good;
}

/* Three years of half days from 2091 on, behind all tables. */
static bool
is_same_later(const struct zone *zone, const struct zone *rule)
{
	for (int64_t at_s = INT64_C(3818448000); at_s < INT64_C(3913056000);
	     at_s += 43200)
		if (zone_offset_s(zone, at_s) != zone_offset_s(rule, at_s))
			return false;
	return true;
}

/* Each rule is one, and what the zone's file says of the years to come. */
static void
test_rules(void **state)
{
	(void)state;
	size_t compared = 0, moved = 0;
	for (size_t i = 0; i < country_count; i++) {
		const struct country *country = &countries[i];
		assert_int_equal(country->zone == NULL, country->rule == NULL);
		if (country->zone == NULL)
			continue;
		struct zone *rule = zone_from_rule(country->rule);
		assert_non_null(rule);
		struct zone *zone = zone_of_system(country->zone);
		if (zone != NULL && !is_same_later(zone, rule)) {
			print_message("# %s: the table has %s\n", country->zone,
			    country->rule);
			moved++;
		}
		compared += zone != NULL;
		zone_free(zone);
		zone_free(rule);
	}
	assert_true(moved <= (system_has_these_rules() ? 0 : MOVED_MAX));
	if (compared < country_count / 2)
		print_message("%zu zone files found\n", compared);
	assert_null(zone_from_rule("Asia/Seoul"));
	assert_null(zone_from_rule(""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_zones),
	    cmocka_unit_test(test_languages),
	    cmocka_unit_test(test_rules),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
