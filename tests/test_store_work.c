#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "daemon/store_db.h"
#include "feed/memory.h"

/*
 * How much SQLite works at one call, in instructions of its own machine, in a
 * store and in one four times as large: whatever a round asks must cost about
 * the same.  Counted, not timed: the same on a busy machine.
 */
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define NOW INT64_C(1700000000)
#define AUTHORITY "paper.example"
#define PAGE 20 /* articles on a page, one of them new */

/* No power is cut here. */
int
fsync(int fd)
{
	(void)fd;
	return 0;
}

int
fdatasync(int fd)
{
	return fsync(fd);
}

static char directory[64];
static unsigned long steps;

static int
on_step(void *arg)
{
	(void)arg;
	steps++;
	return 0;
}

/* A store with so many sections of one site, and as many of others, each with
 * so many articles; what is looked for is in section 1. */
static struct store *
make_store(int sections, int articles)
{
	struct error err = {{0}};
	(void)snprintf(directory, sizeof(directory), "/tmp/store-work.XXXXXX");
	assert_non_null(mkdtemp(directory));
	struct store *store = store_open(directory, STORE_WRITE, &err);
	if (store == NULL)
		fail_msg("%s", err.reason);
	for (int i = 0; i < 2 * sections; i++) {
		struct section_state state = {
		    .path = xasprintf("%s%d/s%d", i < sections ? "a" : "b",
			i < sections ? 0 : i, i)};
		assert_true(store_save_section(store, &state, &err));
		section_state_clear(&state);
	}
	char *sql = xasprintf(
	    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n"
	    " WHERE i < %d - 1) INSERT INTO article SELECT number,"
	    " 'tag:" AUTHORITY ",2026:' || (number * 1000000 + i), 0, 0,"
	    " %lld - i, %lld - i, %lld, %lld - i, i %% 20,"
	    " number * 1000000 + i, number * 1000000 + i, i,"
	    " 'https://paper.example/' || i, 'Title', NULL, NULL, NULL,"
	    " printf('%%.*c', 500, 'x'), 0 FROM section, n",
	    articles, (long long)NOW, (long long)NOW, (long long)NOW,
	    (long long)NOW);
	assert_true(db_run(store, sql, &err));
	free(sql);
	assert_true(store_commit(store, false, &err));
	sqlite3_progress_handler(store->db, 1, on_step, NULL);
	return store;
}

static void
drop_store(struct store *store)
{
	store_close(store);
	char *command = xasprintf("rm -rf '%s'", directory);
	assert_int_equal(system(command), 0);
	free(command);
}

static struct articles
page_of(void)
{
	struct articles page = {0};
	for (int i = 0; i < PAGE; i++)
		articles_add(&page,
		    (struct article){
			.key = xasprintf("%d", i == 0 ? 999999 : 1000000 + i),
			.link = xasprintf("https://paper.example/n/%d", i),
			.title = xasprintf("Title %d", i),
			.text = xstrdup("Text"),
			.position = i,
		    });
	return page;
}

/* ---- what a round asks ---- */

static void
round_known(struct store *store)
{
	struct articles page = page_of(), known = {0};
	assert_true(store_known(store, 1, AUTHORITY, &page, &known, NULL));
	assert_int_equal(known.count, PAGE - 1);
	articles_clear(&known);
	articles_clear(&page);
}

static void
round_record(struct store *store)
{
	struct articles page = page_of(), known = {0};
	struct difference difference = {0};
	assert_true(store_known(store, 1, AUTHORITY, &page, &known, NULL));
	diff_articles(&known, &page, AUTHORITY, NOW, &difference);
	assert_int_equal(difference.fresh.count, 1);
	steps = 0;
	assert_true(store_record(store, 1, &difference, NOW, NULL));
	difference_clear(&difference);
	articles_clear(&known);
	articles_clear(&page);
}

static void
round_newest(struct store *store)
{
	struct articles newest = {0};
	assert_true(store_newest(store, 1, 50, 200, 3, &newest, NULL));
	assert_int_equal(newest.count, 200);
	articles_clear(&newest);
}

static void
round_newest_of_site(struct store *store)
{
	struct articles newest = {0};
	assert_true(
	    store_newest_of_site(store, "a0/all", 50, 200, 3, &newest, NULL));
	assert_int_equal(newest.count, 200);
	articles_clear(&newest);
}

static void
round_times(struct store *store)
{
	int64_t *times, since_s;
	size_t count;
	assert_true(store_times(store, 1, &times, &count, &since_s, NULL));
	free(times);
}

static void
round_save(struct store *store)
{
	struct section_state state;
	assert_true(store_section(store, "a0/s0", &state, NULL));
	state.rounds++;
	assert_true(store_save_section(store, &state, NULL));
	section_state_clear(&state);
}

static void
round_idle(struct store *store)
{
	assert_true(store_idle(store, NOW + 100 * 86400, NULL));
}

/* ---- the twins: as somebody might write it ---- */

static void
ask(struct store *store, const char *query)
{
	sqlite3_stmt *statement;
	assert_int_equal(
	    sqlite3_prepare_v2(store->db, query, -1, &statement, NULL),
	    SQLITE_OK);
	steps = 0;
	while (sqlite3_step(statement) == SQLITE_ROW)
		continue;
	(void)sqlite3_finalize(statement);
}

static void
twin_link(struct store *store)
{
	ask(store, "SELECT * FROM article NOT INDEXED WHERE section = 1"
		   " AND link_hash = 17 LIMIT 4");
}

static void
twin_siblings(struct store *store)
{
	ask(store, "SELECT 1 FROM section CROSS JOIN article"
		   " WHERE article.section = number AND path GLOB 'a0/*'"
		   " AND article.id = 'tag:none'");
}

static const struct {
	const char *name;
	void (*round)(struct store *);
	double articles; /* at most so many times the work, with four times */
	double sections; /* the articles, or the sections of the site */
} rounds[] = {
    {"known", round_known, 1.2, 1.2},
    {"record", round_record, 1.2, 1.2},
    {"newest", round_newest, 1.2, 1.2},
    /* a look at each section, seldom */
    {"newest of the site", round_newest_of_site, 1.2, 4.2},
    {"times", round_times, 1.2, 1.2},
    {"save", round_save, 1.2, 1.2},
    {"idle", round_idle, 1.3, 1.2},
};

static unsigned long
work_of(struct store *store, void (*round)(struct store *))
{
	steps = 0;
	round(store);
	unsigned long work = steps;
	store_rollback(store);
	return work;
}

static bool
is_within(const char *name, unsigned long small, unsigned long large,
    double most, const char *of)
{
	bool good = small > 0 && (double)large <= most * (double)small + 20;
	if (!good)
		print_error(
		    "%s: %lu instructions, with four times the %s %lu\n", name,
		    small, of, large);
	return good;
}

static void
test_articles(void **state)
{
	(void)state;
	unsigned long small[COUNT(rounds)], twin;
	bool good = true;
	struct store *store = make_store(1, 5000);
	for (size_t i = 0; i < COUNT(rounds); i++)
		small[i] = work_of(store, rounds[i].round);
	twin = work_of(store, twin_link);
	drop_store(store);
	store = make_store(1, 20000);
	for (size_t i = 0; i < COUNT(rounds); i++)
		good &= is_within(rounds[i].name, small[i],
		    work_of(store, rounds[i].round), rounds[i].articles,
		    "articles");
	assert_true(work_of(store, twin_link) > 3 * twin);
	drop_store(store);
	assert_true(good);
}

static void
test_sections(void **state)
{
	(void)state;
	unsigned long small[COUNT(rounds)], twin;
	bool good = true;
	struct store *store = make_store(25, 200);
	for (size_t i = 0; i < COUNT(rounds); i++)
		small[i] = work_of(store, rounds[i].round);
	twin = work_of(store, twin_siblings);
	drop_store(store);
	store = make_store(100, 200);
	for (size_t i = 0; i < COUNT(rounds); i++)
		good &= is_within(rounds[i].name, small[i],
		    work_of(store, rounds[i].round), rounds[i].sections,
		    "sections");
	assert_true(work_of(store, twin_siblings) > 3 * twin);
	drop_store(store);
	assert_true(good);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_articles),
	    cmocka_unit_test(test_sections),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
