#include "daemon/queue.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "feed/memory.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* Repeats itself at every run (Marsaglia's xorshift). */
static uint32_t
next_random(uint32_t *random)
{
	*random ^= *random << 13;
	*random ^= *random >> 17;
	*random ^= *random << 5;
	return *random;
}

/* ---- small stories ---- */

/*
 * What is done, and what must come of it:
 *   pN h g   push entry N to host h with gap g
 *   fN h g   the same, but before all that wait there
 *   hH t     hold host H until t
 *   rN       remove entry N
 *   sN       N beside max_active may take longer than 250
 *   tT       the time is T
 *   =N       pop gives entry N
 *   -W       pop gives nothing, and says to wait W (-1 for ever)
 */
static const struct {
	const char *name;
	size_t max_active;
	const char *story;
} stories[] = {
    {"nothing", 4, "--1"},
    {"one", 4, "p0a2000 =0 --1 r0 --1"},
    {"gap from the start", 4,
	"t100 p0a2000 p1a2000 =0 --1 t600 r0 -1500 t2099 -1 t2100 =1"},
    {"gap over before the end", 4, "p0a2000 p1a2000 =0 t9000 --1 r0 =1"},
    {"no gap", 4, "p0a0 p1a0 p2a0 =0 --1 r0 =1 r1 =2 r2 --1"},
    {"first come, first served", 4, "p2a0 p0a0 p1a0 =2 r2 =0 r0 =1 r1 --1"},
    {"one at a time on a host", 4, "p0a0 p1a0 p2b0 =0 =2 --1 r2 --1 r0 =1"},
    {"at most so many", 2, "p0a0 p1b0 p2c0 =0 =1 --1 r1 =2 --1"},
    {"at most none", 0, "p0a0 --1"},
    {"pushed twice", 4, "p0a0 p0a0 =0 --1 r0 --1"},
    {"pushed while active", 4, "p0a0 =0 p0a0 r0 --1"},
    {"pushed again after its end", 4, "p0a50 =0 r0 p0a50 -50 t50 =0"},
    {"another host the second time", 4, "p0a50 =0 r0 p0b50 =0"},
    {"never pushed", 4, "r0 --1 p0a0 =0 r0 r0 --1"},
    {"the first is taken out", 4, "p0a0 p1a0 p2a0 r0 =1 r1 =2"},
    {"the middle is taken out", 4, "p0a0 p1a0 p2a0 r1 =0 r0 =2 r2 --1"},
    {"the last is taken out", 4, "p0a0 p1a0 p2a0 r2 =0 r0 =1 r1 --1"},
    {"the only one is taken out", 4, "p0a0 r0 --1 p1a0 =1"},
    {"taken out while another is active", 4, "p0a0 p1a0 =0 r1 --1 r0 --1"},
    {"taken out and pushed again goes last", 4, "p0a0 p1a0 r0 p0a0 =1 r1 =0"},
    {"taken out of the middle of the hosts", 4,
	"p0a0 p1b0 p2c0 p3d0 r1 =0 =2 =3 --1"},
    {"the gap stays although nothing waits", 4,
	"p0a2000 =0 t100 r0 --1 p1a2000 -1900"},
    {"the gap stays although all is taken out", 4,
	"p0a2000 p1a2000 =0 t100 r1 r0 p2a2000 -1900 r2 p3a2000 -1900"},
    {"the gap is over", 4, "p0a2000 =0 t100 r0 t2000 p1a2000 =1"},
    {"the largest gap counts", 4,
	"p0a100 p1a5000 p2a100 =0 r0 -5000 t5000 =1 r1 -5000"},
    {"a larger gap counts from the last start", 4,
	"p0a100 =0 t50 r0 p1a5000 -4950 t4999 -1 t5000 =1"},
    {"a larger gap counts from a start under way", 4,
	"p0a100 =0 t50 p1a5000 t200 r0 -4800"},
    {"what has begun goes first", 4,
	"p0a0 p1a0 p2a0 =0 r0 f0a0 =0 r0 =1 r1 =2 r2 --1"},
    {"the first of none", 4, "f0a50 p1a50 =0 r0 -50 t50 =1"},
    {"the first keeps the gap", 4,
	"p0a2000 p1a2000 =0 t100 r0 f0a2000 -1900 t2000 =0 r0 -2000"},
    {"the first is taken out", 4, "p1a0 f0a0 r0 =1 r1 --1"},
    {"pushed first twice", 4, "p1a0 f1a0 f0a0 f0a0 =0 r0 =1 r1 --1"},
    {"held before anything came", 4, "ha500 p0a0 -500 t500 =0"},
    {"held while it waits", 4, "p0a0 p1b0 ha500 =1 -500 t499 -1 t500 =0"},
    {"held while one is active", 4, "p0a0 p1a0 =0 ha500 r0 -500 t500 =1"},
    {"the longer hold counts", 4, "ha500 ha200 p0a0 -500 ha700 -700"},
    {"a hold does not shorten the gap", 4, "p0a2000 p1a0 =0 ha10 r0 -2000"},
    {"a hold in the past", 4, "t900 ha500 p0a0 =0"},
    {"a hold outlives what is taken out", 4, "ha500 p0a0 r0 p1a0 -500"},
    {"the nearest host is waited for", 4,
	"ha500 hb300 hc400 p0a0 p1b0 p2c0 -300 t300 =1 -100"},
    {"nothing to wait for while all is full", 1, "p0a0 p1b0 =0 --1 r0 =1"},
    {"the clock goes back", 4,
	"t10000 p0a2000 p1a2000 =0 r0 t9000 -3000 t12000 =1"},
    /* hosts take turns, however long one's list is */
    {"turns", 1, "p0a0 p1a0 p2a0 p3b0 p4b0 =0 r0 =3 r3 =1 r1 =4 r4 =2 r2 --1"},
    {"a late host's turn comes next", 1,
	"p0a0 p1a0 p2a0 =0 t5 p3b0 r0 =3 r3 =1"},
    {"who waits longest goes first", 4,
	"ha300 hb200 hc100 p0a0 p1b0 p2c0 t900 =2 =1 =0"},
    /* the slow make room: here two of them, after 250 */
    {"nobody waits behind a slow one", 1,
	"s2 p0a0 p1b0 =0 -250 t249 -1 t250 =1 --1"},
    {"the slow have an end too", 1,
	"s2 p0a0 p1b0 p2c0 p3d0 =0 t250 =1 t500 =2 t900 --1 r0 =3"},
    {"a slow one's end does not free a place twice", 1,
	"s2 p0a0 p1b0 p2c0 =0 t250 =1 r0 -250 t500 =2"},
    {"a quick one's end frees its place", 2,
	"s2 p0a0 p1b0 p2c0 p3d0 =0 t100 =1 r0 =2 -250"},
    {"the first that becomes slow is waited for", 2,
	"s2 p0a0 p1b0 p2c0 p3d0 =0 t100 =1 -150 t250 =2 -100"},
    {"nobody to make room for", 1, "s2 p0a0 =0 --1 t900 --1 r0 --1"},
    {"a slow host has one at a time", 4, "s2 p0a0 p1a0 =0 t900 --1 r0 =1"},
    {"none may be slow", 1, "s0 p0a0 p1b0 =0 t900 --1 r0 =1"},
};

static void
test_stories(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(stories); i++) {
		struct queue *queue = queue_new(stories[i].max_active);
		struct queue_entry entries[8];
		memset(entries, 0, sizeof(entries));
		int64_t now_ms = 0;
		const char *at = stories[i].story;
		while (*at != '\0') {
			char what = *at, host[2] = "";
			int n = 0, used = 0;
			long number = 0;
			int64_t wait_ms = -7;
			const char *step = at;
			if (what == 'p') {
				assert_int_equal(sscanf(at, "p%1d%1[a-z]%ld%n",
						     &n, host, &number, &used),
				    3);
				queue_push(queue, &entries[n], host, number);
			} else if (what == 'f') {
				assert_int_equal(sscanf(at, "f%1d%1[a-z]%ld%n",
						     &n, host, &number, &used),
				    3);
				queue_push_first(
				    queue, &entries[n], host, number);
			} else if (what == 'h') {
				assert_int_equal(sscanf(at, "h%1[a-z]%ld%n",
						     host, &number, &used),
				    2);
				queue_hold(queue, host, number);
			} else if (what == 'r') {
				assert_int_equal(
				    sscanf(at, "r%d%n", &n, &used), 1);
				queue_remove(queue, &entries[n], now_ms);
				assert_false(queue_is_waiting(&entries[n]));
			} else if (what == 's') {
				assert_int_equal(
				    sscanf(at, "s%d%n", &n, &used), 1);
				queue_allow_slow(queue, 250, (size_t)n);
			} else if (what == 't') {
				assert_int_equal(
				    sscanf(at, "t%ld%n", &number, &used), 1);
				now_ms = number;
			} else {
				struct queue_entry *got =
				    queue_pop(queue, now_ms, &wait_ms);
				assert_int_equal(
				    sscanf(at,
					what == '=' ? "=%ld%n" : "-%ld%n",
					&number, &used),
				    1);
				if (what == '='
					? got != &entries[number]
					: got != NULL || wait_ms != number)
					fail_msg("%s: at '%s': entry %td, "
						 "wait %lld",
					    stories[i].name, step,
					    got == NULL ? -1 : got - entries,
					    (long long)wait_ms);
				if (got != NULL)
					assert_false(queue_is_waiting(got));
			}
			at += used;
			at += strspn(at, " ");
		}
		queue_free(queue);
	}
	queue_free(NULL);
}

/* ---- against a slow and simple model ---- */

enum { HOSTS = 12, ENTRIES = 60 };

struct model {
	struct {
		int state; /* 0 idle, 1 waiting, 2 active */
		int host;
		uint64_t since;
	} entries[ENTRIES];
	int64_t ready_ms[HOSTS], started_ms[HOSTS], gap_ms[HOSTS];
	size_t active;
	uint64_t pushes;
};

static bool
model_is_busy(const struct model *model, int host)
{
	for (int i = 0; i < ENTRIES; i++)
		if (model->entries[i].state == 2 &&
		    model->entries[i].host == host)
			return true;
	return false;
}

/* Which of its host's entries came first; -1: none waits. */
static int
model_first(const struct model *model, int host)
{
	int first = -1;
	for (int i = 0; i < ENTRIES; i++)
		if (model->entries[i].state == 1 &&
		    model->entries[i].host == host &&
		    (first == -1 ||
			model->entries[i].since < model->entries[first].since))
			first = i;
	return first;
}

/* How long until something may start; 0: now; -1: something must end. */
static int64_t
model_wait(const struct model *model, size_t max_active, int64_t now_ms)
{
	int64_t wait_ms = -1;
	if (model->active >= max_active)
		return -1;
	for (int host = 0; host < HOSTS; host++) {
		if (model_first(model, host) == -1 ||
		    model_is_busy(model, host))
			continue;
		int64_t left = model->ready_ms[host] > now_ms
				   ? model->ready_ms[host] - now_ms
				   : 0;
		if (wait_ms == -1 || left < wait_ms)
			wait_ms = left;
	}
	return wait_ms;
}

static void
test_model(void **state)
{
	(void)state;
	enum { MOST = 5, STEPS = 60000 };
	struct queue *queue = queue_new(MOST);
	struct queue_entry entries[ENTRIES];
	struct model model = {0};
	int64_t now_ms = 0;
	uint32_t random = 2463534242u;
	size_t popped = 0;
	memset(entries, 0, sizeof(entries));
	for (int host = 0; host < HOSTS; host++)
		model.gap_ms[host] = host * 40;
	for (int step = 0; step < STEPS; step++) {
		int n = (int)(next_random(&random) % ENTRIES);
		int host = (int)(next_random(&random) % HOSTS);
		char name[8];
		int64_t wait_ms, expected;
		(void)snprintf(name, sizeof(name), "h%d", host);
		switch (next_random(&random) % 8) {
		case 0:
		case 1:
		case 2:
			queue_push(
			    queue, &entries[n], name, model.gap_ms[host]);
			if (model.entries[n].state == 0) {
				model.entries[n].state = 1;
				model.entries[n].host = host;
				model.entries[n].since = ++model.pushes;
			}
			break;
		case 3:
			if (next_random(&random) % 20 == 0) {
				int64_t until =
				    now_ms + next_random(&random) % 300;
				queue_hold(queue, name, until);
				if (until > model.ready_ms[host])
					model.ready_ms[host] = until;
			}
			break;
		case 4:
			queue_remove(queue, &entries[n], now_ms);
			model.active -= model.entries[n].state == 2;
			model.entries[n].state = 0;
			break;
		case 5:
			now_ms += next_random(&random) % 200;
			break;
		default:
			expected = model_wait(&model, MOST, now_ms);
			struct queue_entry *got =
			    queue_pop(queue, now_ms, &wait_ms);
			if (got == NULL) {
				assert_int_equal(wait_ms, expected);
				assert_int_not_equal(expected, 0);
				break;
			}
			popped++;
			assert_int_equal(expected, 0);
			n = (int)(got - entries);
			host = model.entries[n].host;
			assert_int_equal(model.entries[n].state, 1);
			assert_int_equal(n, model_first(&model, host));
			assert_false(model_is_busy(&model, host));
			assert_true(model.ready_ms[host] <= now_ms);
			model.entries[n].state = 2;
			model.ready_ms[host] = now_ms + model.gap_ms[host];
			model.active++;
		}
		size_t waiting = 0;
		for (int i = 0; i < ENTRIES; i++) {
			waiting += model.entries[i].state == 1;
			assert_int_equal(queue_is_waiting(&entries[i]),
			    model.entries[i].state == 1);
		}
		assert_int_equal(queue_waiting(queue), waiting);
	}
	assert_true(popped > 500); /* it did test something */
	queue_free(queue);
}

/* ---- a newsstand: 10,000 sections on 2,000 hosts, in virtual time ---- */

enum { SECTIONS = 10000, SITES = 2000, ACTIVE = 24, GAP_MS = 2000 };

struct section_run {
	struct queue_entry entry;
	int site;
	int64_t ends_ms;
	bool done;
};

static struct section_run runs[SECTIONS];

/* The earliest end among the active; -1: none is. */
static int
first_to_end(struct section_run *const *active, size_t count)
{
	int first = -1;
	for (size_t i = 0; i < count; i++)
		if (first == -1 || active[i]->ends_ms < active[first]->ends_ms)
			first = (int)i;
	return first;
}

static void
push_sections(struct queue *queue, uint32_t *random)
{
	for (int i = 0; i < SECTIONS; i++) {
		char name[32];
		/* half of them on a tenth of the hosts */
		runs[i].site = (int)(next_random(random) %
				     (i % 2 == 0 ? SITES : SITES / 10));
		(void)snprintf(
		    name, sizeof(name), "www%d.example", runs[i].site);
		queue_push(queue, &runs[i].entry, name, GAP_MS);
	}
}

static void
test_newsstand(void **state)
{
	(void)state;
	struct queue *queue = queue_new(ACTIVE);
	static int64_t started_ms[SITES];
	static bool busy[SITES];
	int served_on[SITES] = {0}, longest = 0, on_site[SITES] = {0};
	struct section_run *active[ACTIVE];
	size_t active_count = 0, done = 0, rounds = 0;
	int64_t now_ms = 1000000, wait_ms, work_ms = 0;
	uint32_t random = 88172645;
	memset(runs, 0, sizeof(runs));
	for (int i = 0; i < SITES; i++)
		started_ms[i] = INT64_MIN / 2;
	push_sections(queue, &random);
	for (int i = 0; i < SECTIONS; i++)
		if (++on_site[runs[i].site] > longest)
			longest = on_site[runs[i].site];
	int64_t begin_ms = now_ms;
	while (done < SECTIONS) {
		struct queue_entry *entry;
		assert_true(++rounds < 20 * SECTIONS);
		while ((entry = queue_pop(queue, now_ms, &wait_ms)) != NULL) {
			struct section_run *run = (struct section_run *)entry;
			assert_true(active_count < ACTIVE);
			assert_false(busy[run->site]);
			assert_true(now_ms - started_ms[run->site] >= GAP_MS);
			/* fairness: nobody's second round before each host
			 * that could had its first, up to those in flight */
			served_on[run->site]++;
			busy[run->site] = true;
			started_ms[run->site] = now_ms;
			int64_t took = 20 + next_random(&random) % 1500;
			work_ms += took;
			run->ends_ms = now_ms + took;
			active[active_count++] = run;
		}
		int first = first_to_end(active, active_count);
		if (first == -1) {
			assert_true(wait_ms > 0);
			now_ms += wait_ms;
			continue;
		}
		/* whichever comes first: an end, or a host's gap */
		if (wait_ms > 0 && now_ms + wait_ms < active[first]->ends_ms) {
			now_ms += wait_ms;
			continue;
		}
		struct section_run *run = active[first];
		active[first] = active[--active_count];
		now_ms = run->ends_ms;
		busy[run->site] = false;
		assert_false(run->done);
		run->done = true;
		done++;
		queue_remove(queue, &run->entry, now_ms);
	}
	assert_int_equal(queue_waiting(queue), 0);
	for (int i = 0; i < SITES; i++)
		assert_int_equal(served_on[i], on_site[i]);
	/* neither the slots nor the hosts were left idle: within a tenth of
	 * what the longest host and the work itself cost */
	int64_t least_ms = work_ms / ACTIVE > (int64_t)longest * GAP_MS
			       ? work_ms / ACTIVE
			       : (int64_t)longest * GAP_MS;
	int64_t took_ms = now_ms - begin_ms;
	if (took_ms > least_ms + least_ms / 10)
		fail_msg("took %lld ms, %lld would do", (long long)took_ms,
		    (long long)least_ms);
	assert_null(queue_pop(queue, now_ms + GAP_MS, &wait_ms));
	queue_free(queue);
}

/* ---- many hosts that say nothing, beside others that do ---- */

enum { SILENT = 50, HEALTHY = 200, SILENT_MS = 20000, ANSWER_MS = 80 };

/* The healthy are pushed 5 ms after one another, the silent before them.  The
 * longest that one of the healthy waited for its start. */
static int64_t
lateness_beside_silent(struct queue *queue)
{
	static struct queue_entry entries[SILENT + HEALTHY];
	static int64_t ends_ms[SILENT + HEALTHY];
	const int count = SILENT + HEALTHY;
	int64_t wait_ms, worst_ms = 0;
	int pushed = 0, started = 0;
	memset(entries, 0, sizeof(entries));
	memset(ends_ms, 0, sizeof(ends_ms));
	for (int64_t now_ms = 0; started < count && now_ms < 200000; now_ms++) {
		for (int i = 0; i < pushed; i++)
			if (ends_ms[i] > 0 && ends_ms[i] <= now_ms) {
				queue_remove(queue, &entries[i], now_ms);
				ends_ms[i] = 0;
			}
		while (pushed < count && (pushed - SILENT) * 5 <= now_ms) {
			char name[16];
			(void)snprintf(name, sizeof(name), "h%d", pushed);
			queue_push(queue, &entries[pushed++], name, 2000);
		}
		struct queue_entry *entry;
		while ((entry = queue_pop(queue, now_ms, &wait_ms)) != NULL) {
			int i = (int)(entry - entries);
			int64_t late_ms = now_ms - (i - SILENT) * 5;
			ends_ms[i] =
			    now_ms + (i < SILENT ? SILENT_MS : ANSWER_MS);
			started++;
			if (i >= SILENT && late_ms > worst_ms)
				worst_ms = late_ms;
		}
	}
	assert_int_equal(started, count);
	queue_free(queue);
	return worst_ms;
}

static void
test_silent(void **state)
{
	(void)state;
	struct queue *queue = queue_new(ACTIVE);
	queue_allow_slow(queue, 250, 128);
	assert_in_range(lateness_beside_silent(queue), 0, 600);
	/* not so if the slow keep their places */
	assert_true(lateness_beside_silent(queue_new(ACTIVE)) > SILENT_MS / 2);
}

/* A host with a thousand sections does not hold up those with one. */
static void
test_fairness(void **state)
{
	(void)state;
	enum { CROWD = 1000, OTHERS = 50 };
	struct queue *queue = queue_new(1);
	static struct queue_entry crowd[CROWD], others[OTHERS];
	int64_t wait_ms;
	size_t turn = 0, last_other = 0, served = 0;
	memset(crowd, 0, sizeof(crowd));
	memset(others, 0, sizeof(others));
	for (int i = 0; i < CROWD; i++)
		queue_push(queue, &crowd[i], "crowd", 0);
	for (int i = 0; i < OTHERS; i++) {
		char name[32];
		(void)snprintf(name, sizeof(name), "other%d", i);
		queue_push(queue, &others[i], name, 0);
	}
	struct queue_entry *entry;
	while ((entry = queue_pop(queue, 0, &wait_ms)) != NULL) {
		turn++;
		if (entry >= others && entry < others + OTHERS) {
			last_other = turn;
			served++;
		}
		queue_remove(queue, entry, 0);
	}
	assert_int_equal(turn, CROWD + OTHERS);
	assert_int_equal(served, OTHERS);
	assert_true(last_other <= OTHERS + 1);
	queue_free(queue);
}

#define STRANGERS 20000

/* A host that is asked once, as those that redirects lead to, is forgotten when
 * its gap is over. */
static void
test_forgotten(void **state)
{
	(void)state;
	struct queue_entry entry = {0};
	int64_t wait_ms, now_ms = 0;
	char name[32];
	if (mallinfo2().uordblks == 0)
		skip(); /* a sanitizer's allocator counts nothing */
	struct queue *queue = queue_new(4);
	size_t before = mallinfo2().uordblks;
	for (int i = 0; i < STRANGERS; i++) {
		(void)snprintf(name, sizeof(name), "stranger%d.example", i);
		queue_push(queue, &entry, name, 2000);
		assert_ptr_equal(queue_pop(queue, now_ms, &wait_ms), &entry);
		now_ms += 1000;
		queue_remove(queue, &entry, now_ms);
	}
	assert_null(queue_pop(queue, now_ms + 2000, &wait_ms));
	/* a few dozen bytes each would be more */
	assert_true(mallinfo2().uordblks - before < STRANGERS * (size_t)10);
	queue_free(queue);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_stories),
	    cmocka_unit_test(test_model),
	    cmocka_unit_test(test_newsstand),
	    cmocka_unit_test(test_silent),
	    cmocka_unit_test(test_fairness),
	    cmocka_unit_test(test_forgotten),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
