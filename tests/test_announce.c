/*
 * Store and differ together (DESIGN.md P2): an article once recorded is never
 * lost and never announced again, whatever the pages, the clock and the
 * process do.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/store.h"
#include "feed/diff.h"
#include "feed/memory.h"

#define AUTHORITY "paper.example"
#define NOW INT64_C(1800000000)
#define HOUR 3600
#define DAY (24 * HOUR)

static char *directory;
static struct store *store;
static int64_t section;

/* ---- the store ---- */

static void
open_store(void)
{
	struct error err = {{0}};
	struct section_state state = {0};
	store = store_open(directory, STORE_WRITE, &err);
	if (store == NULL)
		fail_msg("%s", err.reason);
	assert_true(store_section(store, "paper/news", &state, &err));
	assert_true(store_save_section(store, &state, &err));
	assert_true(store_commit(store, true, &err));
	section = state.number;
	section_state_clear(&state);
}

static int
set_up(void **state)
{
	(void)state;
	const char *tmp = getenv("TMPDIR");
	directory = xasprintf("%s/announce.XXXXXX", tmp != NULL ? tmp : "/tmp");
	assert_non_null(mkdtemp(directory));
	open_store();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	char *command = xasprintf("rm -rf '%s'", directory);
	store_close(store);
	assert_int_equal(system(command), 0);
	free(command);
	free(directory);
	return 0;
}

/* ---- a newspaper ---- */

static uint32_t
next_random(uint32_t *random)
{
	*random ^= *random << 13;
	*random ^= *random >> 17;
	*random ^= *random << 5;
	return *random;
}

/* How a page tells of a story; what a redesign or a new rule changes. */
struct manner {
	bool keys;   /* article-link is configured */
	int address; /* which of the forms of one address */
	bool dates;
	bool texts;
};

static struct article
story(int number, unsigned edition, const struct manner *manner)
{
	static const struct {
		const char *before, *after;
	} forms[] = {
	    {"https://paper.example/article/", ""},
	    {"http://paper.example/article/", ""},
	    {"https://www.paper.example/article/", "/"},
	    {"https://m.paper.example/article/", ""},
	};
	struct article article = {
	    .key = manner->keys ? xasprintf("%d", number) : NULL,
	    .link = xasprintf("%s%d%s", forms[manner->address].before, number,
		forms[manner->address].after),
	    /* some titles are everybody's */
	    .title = number % 10 == 0 ? xstrdup("Weather")
		     : edition == 0
			 ? xasprintf("Story %d", number)
			 : xasprintf("Story %d, edition %u", number, edition),
	    .text =
		manner->texts ? xasprintf("Text %d.%u", number, edition) : NULL,
	};
	if (manner->dates)
		article.published = (struct moment){
		    NOW + number * INT64_C(600), PRECISION_MINUTE};
	return article;
}

static int
number_of(const struct article *article)
{
	const char *at = strstr(article->link, "/article/");
	assert_non_null(at);
	return atoi(at + strlen("/article/"));
}

static void
diff_page(struct articles *seen, int64_t now_s, struct difference *difference)
{
	struct articles known = {0};
	struct error err = {{0}};
	for (size_t i = 0; i < seen->count; i++)
		seen->list[i].position = (int32_t)i;
	if (!store_known(store, section, AUTHORITY, seen, &known, &err))
		fail_msg("%s", err.reason);
	diff_articles(&known, seen, AUTHORITY, now_s, difference);
	articles_clear(&known);
}

static void
record(const struct difference *difference, int64_t now_s)
{
	struct error err = {{0}};
	if (!store_record(store, section, difference, now_s, &err))
		fail_msg("%s", err.reason);
}

/* ---- a life of 400 rounds ---- */

enum { STORIES = 900, ROUNDS = 300 };

struct life {
	uint32_t random;
	int64_t now_s;
	int newest; /* stories up to here have been written */
	unsigned editions[STORIES];
	bool recorded[STORIES];
	struct manner manner;
};

static void
add_page(struct life *life, struct articles *seen)
{
	int from = life->newest - 30;
	for (int number = life->newest; number >= 0 && number > from; number--)
		if (next_random(&life->random) % 8 != 0)
			articles_add(seen, story(number, life->editions[number],
					       &life->manner));
	/* a box of old ones, some of them twice */
	for (int i = 0; i < 6; i++) {
		int number = (int)(next_random(&life->random) %
				   (uint32_t)(life->newest + 1));
		articles_add(
		    seen, story(number, life->editions[number], &life->manner));
	}
}

static void
time_passes(struct life *life)
{
	uint32_t what = next_random(&life->random) % 20;
	life->now_s += what == 0 ? 20 * DAY : next_random(&life->random) % HOUR;
	if (what == 1) /* the clock is set back */
		life->now_s -= 2 * DAY;
	for (int more = (int)(next_random(&life->random) % 4);
	     more > 0 && life->newest + 1 < STORIES; more--)
		life->newest++;
	if (next_random(&life->random) % 3 == 0)
		life->editions[next_random(&life->random) %
			       (uint32_t)(life->newest + 1)]++;
	/* a redesign; article-link stays, or the ids would be others */
	if (next_random(&life->random) % 30 == 0) {
		life->manner.address = (int)(next_random(&life->random) % 4);
		life->manner.dates = next_random(&life->random) % 2;
		life->manner.texts = next_random(&life->random) % 2;
	}
}

/* What becomes of the batch: kept, lost with the power, lost with an error. */
static bool
end_batch(struct life *life)
{
	struct error err = {{0}};
	switch (next_random(&life->random) % 6) {
	case 0:
		store_rollback(store);
		return false;
	case 1:
		assert_true(store_commit(store, true, &err));
		store_close(store);
		open_store();
		return true;
	case 2: /* closing commits */
		store_close(store);
		open_store();
		return true;
	default:
		assert_true(store_commit(store, true, &err));
		assert_true(store_idle(store, life->now_s, &err));
		return true;
	}
}

static void
live(struct life *life)
{
	life->now_s = NOW;
	for (int round = 0; round < ROUNDS; round++) {
		struct articles seen = {0};
		struct difference difference = {0};
		bool fresh[STORIES] = {false};
		add_page(life, &seen);
		diff_page(&seen, life->now_s, &difference);
		for (size_t i = 0; i < difference.fresh.count; i++) {
			int number = number_of(&difference.fresh.list[i]);
			if (life->recorded[number])
				fail_msg("round %d: %d is announced again",
				    round, number);
			if (fresh[number])
				fail_msg("round %d: %d is announced twice",
				    round, number);
			fresh[number] = true;
		}
		for (size_t i = 0; i < difference.changed.count; i++) {
			int number = number_of(&difference.changed.list[i]);
			if (!life->recorded[number])
				fail_msg("round %d: %d changed unseen", round,
				    number);
		}
		/* all that is on the page is one of the three */
		for (size_t i = 0; i < seen.count; i++) {
			int number = number_of(&seen.list[i]);
			if (!life->recorded[number] && !fresh[number])
				fail_msg(
				    "round %d: %d is missed", round, number);
		}
		record(&difference, life->now_s);
		if (end_batch(life))
			for (int i = 0; i < STORIES; i++)
				life->recorded[i] |= fresh[i];
		difference_clear(&difference);
		articles_clear(&seen);
		time_passes(life);
	}
}

static void
count_recorded(const struct life *life)
{
	struct error err = {{0}};
	uint64_t all, stubs, expected = 0;
	for (int i = 0; i < STORIES; i++)
		expected += life->recorded[i];
	assert_true(store_count(store, section, &all, &stubs, &err));
	assert_int_equal(all, expected);
	assert_true(expected > 300);
	assert_true(store_check(store, &err));
}

static void
test_life_with_keys(void **state)
{
	(void)state;
	struct life life = {
	    .random = 2654435761u,
	    .manner = {.keys = true, .dates = true},
	};
	live(&life);
	count_recorded(&life);
}

/* Ids are addresses then; the forms of one address are one article. */
static void
test_life_with_links(void **state)
{
	(void)state;
	struct life life = {
	    .random = 3266489917u,
	    .manner = {.texts = true},
	};
	live(&life);
	count_recorded(&life);
}

/* ---- stubs ---- */

/* Stories from, to: each on a page of 200. */
static void
show_all(int from, int to, unsigned edition, const struct manner *manner,
    int64_t now_s, struct difference *sum)
{
	for (int first = from; first < to; first += 200) {
		struct articles seen = {0};
		struct difference difference = {0};
		for (int i = first; i < to && i < first + 200; i++)
			articles_add(&seen, story(i, edition, manner));
		diff_page(&seen, now_s, &difference);
		record(&difference, now_s);
		sum->fresh.count += difference.fresh.count;
		sum->changed.count += difference.changed.count;
		sum->seen.count += difference.seen.count;
		difference_clear(&difference);
		articles_clear(&seen);
	}
	assert_true(store_commit(store, true, NULL));
}

static void
shrink_all(int64_t now_s, uint64_t expected)
{
	struct error err = {{0}};
	uint64_t all, stubs;
	for (int i = 0; i < 200; i++)
		assert_true(store_idle(store, now_s, &err));
	assert_true(store_count(store, section, &all, &stubs, &err));
	assert_int_equal(stubs, expected);
}

/* After 90 days only a stub is left of what is off the feed, and still it is
 * not news, in whatever form it comes back. */
static void
test_stubs(void **state)
{
	(void)state;
	static const struct {
		struct manner manner;
		unsigned edition;
	} returns[] = {
	    {{.keys = true, .dates = true, .texts = true}, 0},
	    {{.keys = true, .dates = true, .texts = true}, 3}, /* edited */
	    {{.keys = false, .dates = true}, 0}, /* without article-link */
	    {{.keys = false, .address = 2}, 0},  /* another form of address */
	    {{.keys = false, .address = 3}, 5},  /* and edited */
	};
	struct manner first = {.keys = true, .dates = true, .texts = true};
	struct difference sum = {0};
	struct articles before = {0}, after = {0};
	struct error err = {{0}};
	show_all(0, 1500, 0, &first, NOW + 1500 * 600, &sum);
	assert_int_equal(sum.fresh.count, 1500);
	int64_t now_s = NOW + 1500 * 600 + 91 * DAY;
	shrink_all(now_s, 500);
	assert_true(
	    store_newest(store, section, 5000, 5000, 9999, &before, &err));
	assert_int_equal(before.count, 1000);
	for (size_t i = 0; i < sizeof(returns) / sizeof(*returns); i++) {
		sum = (struct difference){0};
		/* the old ones only: an edit of a full one is a change */
		show_all(0, 500, returns[i].edition, &returns[i].manner,
		    now_s + (int64_t)i * DAY, &sum);
		if (sum.fresh.count != 0 || sum.changed.count != 0)
			fail_msg("return %zu: %zu new, %zu changed", i,
			    sum.fresh.count, sum.changed.count);
		assert_int_equal(sum.seen.count, 500);
	}
	/* and on the feed nothing has changed */
	assert_true(
	    store_newest(store, section, 5000, 5000, 9999, &after, &err));
	assert_int_equal(after.count, before.count);
	for (size_t i = 0; i < after.count; i++)
		assert_string_equal(after.list[i].id, before.list[i].id);
	articles_clear(&before);
	articles_clear(&after);
}

/* ---- a rollback, a kill ---- */

static void
test_rollback(void **state)
{
	(void)state;
	struct error err = {{0}};
	struct manner manner = {.keys = true};
	struct articles seen = {0};
	uint64_t all, stubs;
	for (int i = 0; i < 5; i++)
		articles_add(&seen, story(i, 0, &manner));
	/* as often as the batch is lost they are new, with one id */
	char *id = NULL;
	for (int attempt = 0; attempt < 4; attempt++) {
		struct difference difference = {0};
		diff_page(&seen, NOW + attempt * HOUR, &difference);
		assert_int_equal(difference.fresh.count, 5);
		if (id != NULL)
			assert_string_equal(difference.fresh.list[3].id, id);
		free(id);
		id = xstrdup(difference.fresh.list[3].id);
		record(&difference, NOW + attempt * HOUR);
		difference_clear(&difference);
		if (attempt < 3) {
			store_rollback(store);
			assert_true(
			    store_count(store, section, &all, &stubs, &err));
			assert_int_equal(all, 0);
		}
	}
	assert_true(store_commit(store, true, &err));
	struct difference difference = {0};
	diff_page(&seen, NOW + DAY, &difference);
	assert_int_equal(difference.fresh.count, 0);
	assert_int_equal(difference.seen.count, 5);
	difference_clear(&difference);
	articles_clear(&seen);
	free(id);
}

/* The child records page after page and says after each commit how far it is;
 * it is killed anywhere.  What it has said is known, and nothing is half
 * there. */
static void
run_child(int out)
{
	struct manner manner = {.keys = true, .texts = true};
	open_store();
	for (int first = 0; first < 100000; first += 7) {
		struct articles seen = {0};
		struct difference difference = {0};
		for (int i = first; i < first + 7; i++)
			articles_add(&seen, story(i, 0, &manner));
		diff_page(&seen, NOW, &difference);
		record(&difference, NOW);
		if (!store_commit(store, true, NULL))
			_exit(1);
		int far = first + 7;
		if (write(out, &far, sizeof(far)) != sizeof(far))
			_exit(1);
		difference_clear(&difference);
		articles_clear(&seen);
	}
	_exit(0);
}

static void
test_kill(void **state)
{
	(void)state;
	struct error err = {{0}};
	struct manner manner = {.keys = true, .texts = true};
	int far = 0;
	for (int attempt = 1; attempt <= 6; attempt++) {
		int ends[2], said, goal = far + attempt * 7;
		/* SQLite does not survive a fork: closed before it */
		store_close(store);
		store = NULL;
		assert_int_equal(pipe(ends), 0);
		pid_t child = fork();
		assert_int_not_equal(child, -1);
		if (child == 0) {
			close(ends[0]);
			run_child(ends[1]);
		}
		close(ends[1]);
		while (far < goal &&
		       read(ends[0], &said, sizeof(said)) == sizeof(said))
			far = said;
		assert_int_equal(kill(child, SIGKILL), 0);
		while (read(ends[0], &said, sizeof(said)) == sizeof(said))
			far = said;
		close(ends[0]);
		assert_int_equal(waitpid(child, NULL, 0), child);
		open_store();
		assert_true(store_check(store, &err));
		uint64_t all, stubs;
		assert_true(store_count(store, section, &all, &stubs, &err));
		/* whole batches: those it has told of, and at most one that
		 * it could not tell of any more */
		assert_true(all == (uint64_t)far || all == (uint64_t)far + 7);
		struct difference sum = {0};
		show_all(0, far, 0, &manner, NOW, &sum);
		assert_int_equal(sum.fresh.count, 0);
		assert_int_equal(sum.changed.count, 0);
		assert_int_equal(sum.seen.count, far);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		test_life_with_keys, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		test_life_with_links, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_stubs, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_rollback, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_kill, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
