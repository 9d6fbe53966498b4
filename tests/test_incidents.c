#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/health.h"
#include "daemon/incidents.h"
#include "feed/memory.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NOW INT64_C(1800000000)
#define DAY 86400

static char *directory;
static struct store *store;
static struct incidents *incidents;
static char *told; /* "broken paper/a" of each change, joined */

static const struct section_config a = {.path = "paper/a",
    .url = "https://paper.example/a",
    .id_authority = "paper.example"};
static const struct section_config b = {.path = "paper/b",
    .url = "https://paper.example/b",
    .id_authority = "paper.example"};

static void
on_change(const struct incident *incident, void *arg)
{
	(void)arg;
	char *more = xasprintf("%s%s%s %s", told, told[0] != '\0' ? ", " : "",
	    incident_word(incident), incident->path);
	free(told);
	told = more;
}

/* As after a restart. */
static void
begin(void)
{
	struct error err = {{0}};
	store = store_open(directory, STORE_WRITE, &err);
	if (store == NULL)
		fail_msg("%s", err.reason);
	incidents = incidents_new(store, &err);
	assert_non_null(incidents);
	incidents_on_change(incidents, on_change, NULL);
}

static void
end(void)
{
	incidents_free(incidents);
	store_close(store);
}

static int
set_up(void **state)
{
	(void)state;
	const char *tmp = getenv("TMPDIR");
	directory =
	    xasprintf("%s/incidents.XXXXXX", tmp != NULL ? tmp : "/tmp");
	assert_non_null(mkdtemp(directory));
	told = xstrdup("");
	begin();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	char *command = xasprintf("rm -rf '%s'", directory);
	end();
	assert_int_equal(system(command), 0);
	free(command);
	free(directory);
	free(told);
	return 0;
}

/* What was told since the last call. */
static void
tells(const char *wanted)
{
	struct error err = {{0}};
	if (!incidents_flush(incidents, &err))
		fail_msg("%s", err.reason);
	if (strcmp(told, wanted) != 0)
		fail_msg("told '%s', wanted '%s'", told, wanted);
	told[0] = '\0';
}

/* All of them, as the feed has them. */
static size_t
rows(struct incident *newest)
{
	struct error err = {{0}};
	struct incident *list = NULL;
	size_t count;
	assert_true(store_incidents(store, false, 1000, &list, &count, &err));
	for (size_t i = 0; i < count; i++) {
		if (i == 0 && newest != NULL) {
			*newest = list[0];
			list[0] = (struct incident){0};
		}
		incident_clear(&list[i]);
	}
	free(list);
	return count;
}

static void
one_incident_has_one_id(void **state)
{
	(void)state;
	struct incident row;
	incident_open(incidents, &a, INCIDENT_BROKEN, "fetch: 503", NOW);
	incident_open(incidents, &a, INCIDENT_BROKEN, "fetch: 404", NOW + 1);
	tells("broken paper/a");
	/* a week of failures is no news */
	for (int day = 0; day < 7; day++) {
		incident_open(incidents, &a, INCIDENT_BROKEN, "fetch: 503",
		    NOW + day * DAY);
		tells("");
	}
	assert_int_equal(rows(&row), 1);
	char *id = xstrdup(row.id);
	assert_string_equal(
	    id, "tag:paper.example,2026:feed/paper/a/2027-01-15T08:00:00Z");
	assert_string_equal(row.reason, "fetch: 503");
	assert_int_equal(row.opened_s, NOW);
	assert_int_equal(row.changed_s, NOW);
	incident_clear(&row);

	end();
	begin();
	incident_open(incidents, &a, INCIDENT_BROKEN, "fetch: 503", NOW + DAY);
	tells("");
	incident_close(incidents, &a, INCIDENT_BROKEN, NOW + 8 * DAY);
	tells("mended paper/a");
	incident_close(incidents, &a, INCIDENT_BROKEN, NOW + 8 * DAY);
	incident_close(incidents, &b, INCIDENT_BROKEN, NOW + 8 * DAY);
	tells("");
	assert_int_equal(rows(&row), 1);
	assert_string_equal(row.id, id);
	assert_int_equal(row.mended_s, NOW + 8 * DAY);
	assert_int_equal(row.changed_s, NOW + 8 * DAY);
	assert_string_equal(row.reason, "fetch: 503");
	incident_clear(&row);
	free(id);
}

static void
what_flickers_is_one(void **state)
{
	(void)state;
	struct incident row;
	int64_t now_s = NOW;
	for (int i = 0; i < 5; i++) {
		incident_open(incidents, &a, INCIDENT_BROKEN, "x", now_s);
		tells("broken paper/a");
		incident_close(incidents, &a, INCIDENT_BROKEN, now_s + 60);
		tells("mended paper/a");
		now_s += 3600;
	}
	assert_int_equal(rows(NULL), 1);
	now_s += 2 * DAY;
	incident_open(incidents, &a, INCIDENT_BROKEN, "y", now_s);
	tells("broken paper/a");
	assert_int_equal(rows(&row), 2);
	assert_int_equal(row.opened_s, now_s);
	incident_clear(&row);
	/* open and closed before anybody looked */
	incident_open(incidents, &b, INCIDENT_BROKEN, "z", now_s);
	incident_close(incidents, &b, INCIDENT_BROKEN, now_s);
	tells("");
	assert_int_equal(rows(NULL), 2);
}

static void
worse_and_better(void **state)
{
	(void)state;
	struct incident row;
	struct section_state good = {.round_s = NOW, .good_s = NOW};
	incident_open(incidents, &a, INCIDENT_DEGRADED, "no dates", NOW);
	assert_int_equal(incident_health(incidents, &a, &good), INDEX_DEGRADED);
	tells("degraded paper/a");
	incident_open(incidents, &a, INCIDENT_BROKEN, "503", NOW);
	tells("broken paper/a");
	assert_non_null(incident_of(incidents, "paper/a")->broken);
	assert_string_equal(incident_of(incidents, "paper/a")->reason, "503");
	incident_close(incidents, &a, INCIDENT_BROKEN, NOW);
	tells("degraded paper/a");
	assert_string_equal(
	    incident_of(incidents, "paper/a")->reason, "no dates");
	incident_close(incidents, &a, INCIDENT_DEGRADED, NOW);
	tells("mended paper/a");
	assert_null(incident_of(incidents, "paper/a"));
	assert_int_equal(incident_health(incidents, &a, &good), INDEX_GOOD);
	assert_int_equal(rows(&row), 1);
	/* each change is later than the one before, whatever the clock says */
	assert_int_equal(row.changed_s, NOW + 3);
	incident_clear(&row);
}

static const struct {
	const char *name;
	struct section_state state;
	enum index_health health;
	const char *told, *reason;
} rounds[] = {
    {"never", {.round_s = 0}, INDEX_WAITING, "", NULL},
    {"good", {.round_s = NOW, .good_s = NOW}, INDEX_GOOD, "", NULL},
    {"a stumble",
	{.round_s = NOW,
	    .good_s = NOW - 60,
	    .failures = 2,
	    .stage = "fetch",
	    .reason = "503"},
	INDEX_GOOD, "", NULL},
    {"three",
	{.round_s = NOW,
	    .good_s = NOW - 60,
	    .failures = 3,
	    .stage = "fetch",
	    .reason = "503"},
	INDEX_BROKEN, "broken paper/a", "fetch: 503"},
    {"a day",
	{.round_s = NOW,
	    .good_s = NOW - DAY,
	    .failures = 1,
	    .stage = "fetch",
	    .reason = "410"},
	INDEX_BROKEN, "broken paper/a", "fetch: 410"},
    {"new and failing",
	{.round_s = NOW, .failures = 1, .stage = "fetch", .reason = "503"},
	INDEX_WAITING, "", NULL},
    {"refused",
	{.round_s = NOW,
	    .stage = "robots",
	    .reason = "robots.txt line 2 disallows /"},
	INDEX_REFUSED, "broken paper/a",
	"robots: robots.txt line 2 disallows /"},
    {"our disk",
	{.round_s = NOW, .good_s = NOW, .stage = "publish", .reason = "full"},
	INDEX_BROKEN, "broken paper/a", "publish: full"},
    {"what the page says",
	{.round_s = NOW,
	    .failures = 3,
	    .stage = "blocked",
	    .reason = "the page is titled 'Isn't it: secret' and holds "
		      "challenge-platform"},
	INDEX_BROKEN, "broken paper/a",
	"blocked: the page is titled '\u2026' and holds challenge-platform"},
    {"what the page says, cut",
	{.round_s = NOW,
	    .failures = 3,
	    .stage = "down",
	    .reason = "the page says 'secret"},
	INDEX_BROKEN, "broken paper/a", "down: the page says '\u2026'secret"},
};

static void
judged_by_its_row(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rounds); i++) {
		const struct section_state *row = &rounds[i].state;
		if (health_of(row) != rounds[i].health)
			fail_msg("%s: %s", rounds[i].name,
			    health_word(health_of(row)));
		incident_judge(incidents, &a, row, NOW);
		tells(rounds[i].told);
		const struct incident *incident =
		    incident_of(incidents, "paper/a");
		if ((incident != NULL) != (rounds[i].reason != NULL) ||
		    (incident != NULL &&
			strcmp(incident->reason, rounds[i].reason) != 0))
			fail_msg("%s: %s", rounds[i].name,
			    incident != NULL ? incident->reason : "nothing");
		if (incident == NULL)
			continue;
		/* a stumble does not mend it, a good round does */
		incident_judge(incidents, &a, &rounds[2].state, NOW);
		tells("");
		incident_judge(incidents, &a, &rounds[1].state, NOW);
		tells("mended paper/a");
	}
}

static void
nobody_watches_it_any_more(void **state)
{
	(void)state;
	struct problems problems = {0};
	static const char yaml[] =
	    "output: /tmp/f\nstate: /tmp/s\nsites:\n"
	    "  paper: {url: 'https://paper.example', sections: {b: /b}}\n";
	struct config *config =
	    config_parse(yaml, strlen(yaml), "test", NULL, &problems);
	assert_non_null(config);
	incident_open(incidents, &a, INCIDENT_BROKEN, "x", NOW);
	incident_open(incidents, &a, INCIDENT_DEGRADED, "x", NOW);
	incident_open(incidents, &b, INCIDENT_BROKEN, "x", NOW);
	tells("broken paper/a, broken paper/b");
	incidents_keep(incidents, config, NOW);
	tells("mended paper/a");
	assert_non_null(incident_of(incidents, "paper/b"));
	config_free(config);
}

/* Old ones go, those that last stay. */
static void
many(void **state)
{
	(void)state;
	incident_open(incidents, &b, INCIDENT_BROKEN, "x", NOW);
	for (int i = 0; i < 620; i++) {
		char path[32];
		(void)snprintf(path, sizeof(path), "paper/s%03d", i);
		struct section_config section = a;
		section.path = path;
		incident_open(
		    incidents, &section, INCIDENT_BROKEN, "x", NOW + i);
		struct error err = {{0}};
		assert_true(incidents_flush(incidents, &err));
		incident_close(
		    incidents, &section, INCIDENT_BROKEN, NOW + i + 1);
		assert_true(incidents_flush(incidents, &err));
	}
	assert_int_equal(rows(NULL), 501);
	end();
	begin();
	assert_non_null(incident_of(incidents, "paper/b"));
	assert_non_null(incident_of(incidents, "paper/b")->broken);
}

/* Its id lasts as long as the store. */
static void
the_id_of_the_feed(void **state)
{
	(void)state;
	struct error err = {{0}};
	int64_t made_s = 0, again_s = 0;
	char *id = store_own(store, "status-feed", &made_s, &err);
	assert_non_null(id);
	assert_int_equal(strlen(id), strlen("urn:uuid:") + 36);
	assert_memory_equal(id, "urn:uuid:", 9);
	assert_int_equal(id[23], '4'); /* RFC 9562: random */
	assert_int_equal(id[28], '8');
	assert_true(made_s > NOW - 10 * 365 * DAY);
	end();
	begin();
	char *again = store_own(store, "status-feed", &again_s, &err);
	assert_string_equal(id, again);
	assert_int_equal(made_s, again_s);
	assert_null(store_own(store, "nothing", &made_s, &err));
	free(again);
	free(id);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		one_incident_has_one_id, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		what_flickers_is_one, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		worse_and_better, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		judged_by_its_row, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		nobody_watches_it_any_more, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(many, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		the_id_of_the_feed, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
