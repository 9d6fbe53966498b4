#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/schema.h"
#include "config/value.h"
#include "feed/memory.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void
same(const char *what, const char *got, const char *wanted)
{
	if (got == NULL)
		got = "(none)";
	if (strcmp(got, wanted) != 0)
		fail_msg("%s: '%s', wanted '%s'", what, got, wanted);
}

static void
every_row_is_whole(void **state)
{
	(void)state;
	for (int i = 0; i < KEY_COUNT; i++) {
		const struct schema_key *key = schema_key((enum key)i);
		if (key->name == NULL || key->levels == 0 || key->doc == NULL ||
		    key->least > key->most)
			fail_msg("row %d (%s) lacks something", i,
			    key->name != NULL ? key->name : "?");
		if ((key->type == TYPE_TEXT || key->type == TYPE_URL ||
			key->type == TYPE_PATH) &&
		    key->most == 0)
			fail_msg("%s has no greatest length", key->name);
		if ((key->type == TYPE_CHOICE) != (key->choices != NULL))
			fail_msg("%s: choices go with their type", key->name);
		for (int j = 0; j < i; j++) {
			const struct schema_key *other =
			    schema_key((enum key)j);
			if (strcmp(key->name, other->name) == 0 &&
			    (key->levels & other->levels) != 0)
				fail_msg("%s has two rows", key->name);
		}
		for (unsigned level = 1; level <= LEVEL_HEADER; level *= 2)
			if ((key->levels & level) != 0 &&
			    schema_find(key->name, level) != (enum key)i)
				fail_msg("%s is not found", key->name);
	}
	assert_int_equal(schema_find("interval", LEVEL_TOP), KEY_COUNT);
	assert_int_equal(schema_find("", LEVEL_SITE), KEY_COUNT);
}

static void
every_default_can_be_read(void **state)
{
	(void)state;
	struct findings findings = {.main = "defaults", .file = "defaults"};
	struct pool *pool = pool_new();
	struct reader reader = {
	    .findings = &findings, .pool = pool, .folder = "/"};
	struct values values = {0};
	values_default(&reader, ~0u, &values);
	assert_int_equal(findings.count, 0);
	for (int i = 0; i < KEY_COUNT; i++)
		if ((schema_key((enum key)i)->fallback != NULL) !=
		    (values.list[i].node != NULL))
			fail_msg("%s: its default is lost",
			    schema_key((enum key)i)->name);
	assert_int_equal(values.list[KEY_INTERVAL].number, 0);
	assert_int_equal(values.list[KEY_MIN_INTERVAL].number, 300);
	assert_int_equal(values.list[KEY_MAX_INTERVAL].number, 21600);
	assert_int_equal(values.list[KEY_VERIFY].number, 1);
	pool_free(pool);
}

/* The paragraph of the key in the manual, or NULL. */
static char *
manual_paragraph(const char *manual, const char *name)
{
	char *head = xasprintf("\n.It Ic %s\n", name);
	const char *start = strstr(manual, head);
	size_t length = strlen(head);
	free(head);
	if (start == NULL)
		return NULL;
	start += length;
	const char *end = strstr(start, "\n.It ");
	return end == NULL ? xstrdup(start)
			   : xstrndup(start, (size_t)(end - start));
}

static void
the_manual_has_every_key(void **state)
{
	(void)state;
	static char manual[200000];
	FILE *file = fopen("config/metrofeed.conf.5", "r");
	assert_non_null(file);
	size_t length = fread(manual, 1, sizeof(manual) - 1, file);
	fclose(file);
	manual[length] = '\0';
	for (int i = 0; i < KEY_COUNT; i++) {
		const struct schema_key *key = schema_key((enum key)i);
		char *words = manual_paragraph(manual, key->name);
		if (words == NULL)
			fail_msg("the manual lacks .It Ic %s", key->name);
		if (strstr(words, ".Dl ") == NULL)
			fail_msg(
			    "the manual lacks an example of %s", key->name);
		if (key->fallback != NULL) {
			char *shown = xasprintf(".Cm %s ", key->fallback);
			if (strstr(words, "Default:") == NULL ||
			    strstr(words, shown) == NULL)
				fail_msg("the manual lacks the default of %s",
				    key->name);
			free(shown);
		}
		free(words);
	}
}

static const struct {
	const char *name;
	unsigned level;
	const char *nearest;
} nearest[] = {
    {"intervall", LEVEL_SITE, "interval"},
    {"intreval", LEVEL_SECTION, "interval"},
    {"Interval", LEVEL_SITE, "interval"},
    {"min_interval", LEVEL_SITE, "min-interval"},
    {"mininterval", LEVEL_DEFAULTS, "min-interval"},
    {"time-zone", LEVEL_SITE, "timezone"},
    {"tilte", LEVEL_FIELDS, "title"},
    {"ouput", LEVEL_TOP, "output"},
    {"ouput", LEVEL_SECTION, "(none)"},
    {"titles", LEVEL_SECTION, "title"},
    {"article_links", LEVEL_RULES, "article-link"},
    {"x", LEVEL_SITE, "(none)"},
    {"", LEVEL_SITE, "(none)"},
    {"completely-other", LEVEL_SITE, "(none)"},
    {"interval-interval-interval-interval-interval-interval-interval-long",
	LEVEL_SITE, "(none)"},
};

static void
the_nearest_key(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(nearest); i++)
		same(nearest[i].name,
		    schema_nearest(nearest[i].name, nearest[i].level),
		    nearest[i].nearest);
}

static const struct {
	const char *a, *b;
	unsigned distance;
} distances[] = {
    {"", "", 0},
    {"a", "", 1},
    {"", "abc", 3},
    {"abc", "abc", 0},
    {"abc", "acb", 1},
    {"abcd", "acbd", 1},
    {"kitten", "sitting", 3},
    {"A_b", "a-B", 0},
    {"ca", "abc", 3},
};

static void
distance(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(distances); i++)
		if (schema_distance(distances[i].a, distances[i].b) !=
		    distances[i].distance)
			fail_msg("%s, %s: %u", distances[i].a, distances[i].b,
			    schema_distance(distances[i].a, distances[i].b));
}

static const struct {
	const char *text;
	int64_t seconds;
	const char *printed;
} durations[] = {
    {"90s", 90, "90s"},
    {"60s", 60, "1m"},
    {"30m", 1800, "30m"},
    {"3h", 10800, "3h"},
    {"48h", 172800, "2d"},
    {"2d", 172800, "2d"},
    {"0s", 0, "0s"},
    {"007m", 420, "7m"},
    {"999999999d", 86399999913600, "999999999d"},
    {"9999999999d", -1, NULL},
    {"", -1, NULL},
    {"s", -1, NULL},
    {"30", -1, NULL},
    {"-1s", -1, NULL},
    {"+1s", -1, NULL},
    {"1.5h", -1, NULL},
    {" 1s", -1, NULL},
    {"1 s", -1, NULL},
    {"1S", -1, NULL},
    {"1w", -1, NULL},
    {"1h30m", -1, NULL},
};

static void
a_duration(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(durations); i++) {
		char printed[32];
		int64_t seconds = duration_parse(durations[i].text);
		if (seconds != durations[i].seconds)
			fail_msg("%s: %lld s", durations[i].text,
			    (long long)seconds);
		if (seconds < 0)
			continue;
		duration_print(seconds, printed);
		same(durations[i].text, printed, durations[i].printed);
	}
}

static const struct {
	const char *text, *host;
	int port;
} listens[] = {
    {"127.0.0.1:8080", "127.0.0.1", 8080},
    {"8080", "127.0.0.1", 8080},
    {":8080", "0.0.0.0", 8080},
    {"0", "127.0.0.1", 0},
    {"localhost:80", "localhost", 80},
    {"[::1]:8080", "::1", 8080},
    {"[::]:65535", "::", 65535},
    {"[fe80::1]:1", "fe80::1", 1},
    {"", NULL, 0},
    {":", NULL, 0},
    {"localhost", NULL, 0},
    {"localhost:", NULL, 0},
    {"localhost:65536", NULL, 0},
    {"localhost:-1", NULL, 0},
    {"localhost:http", NULL, 0},
    {"::1:8080", NULL, 0},
    {"[::1]", NULL, 0},
    {"[]:80", NULL, 0},
    {"[::1:80", NULL, 0},
    {"[x]:80", NULL, 0},
    {"a b:80", NULL, 0},
    {"http://x:80", NULL, 0},
};

static void
where_to_listen(void **state)
{
	(void)state;
	struct pool *pool = pool_new();
	for (size_t i = 0; i < COUNT(listens); i++) {
		const char *host = NULL;
		int port = -1;
		bool good = listen_parse(pool, listens[i].text, &host, &port);
		if (good != (listens[i].host != NULL))
			fail_msg("'%s' is %s", listens[i].text,
			    good ? "taken" : "refused");
		if (!good)
			continue;
		same(listens[i].text, host, listens[i].host);
		if (port != listens[i].port)
			fail_msg("%s: port %d", listens[i].text, port);
	}
	pool_free(pool);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_row_is_whole),
	    cmocka_unit_test(every_default_can_be_read),
	    cmocka_unit_test(the_manual_has_every_key),
	    cmocka_unit_test(the_nearest_key),
	    cmocka_unit_test(distance),
	    cmocka_unit_test(a_duration),
	    cmocka_unit_test(where_to_listen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
