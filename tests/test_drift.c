#include "feed/drift.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "feed/memory.h"

#define NOW 1700000000
#define HALF_HOUR 1800

/* ---- what is found ---- */

/* A healthy round of 18 articles, two of them new, `ago` rounds before now. */
static struct reading
healthy(int ago)
{
	struct reading reading = {
	    .at_s = NOW - (int64_t)ago * HALF_HOUR,
	    .items = 18,
	    .rows = 18,
	    .articles = 18,
	    .fresh = 1,
	    .score = 250,
	    .cells = 50,
	    .shape = 7,
	    .in_shape = 18,
	    .likeness = 96,
	};
	reading.filled[FIELD_LINK] = reading.filled[FIELD_TITLE] = 18;
	reading.filled[FIELD_DATE] = 18;
	reading.filled[FIELD_IMAGE] = 15;
	reading.filled[FIELD_AUTHOR] = 4;
	return reading;
}

static void
lose_articles(struct reading *today)
{
	*today = (struct reading){.at_s = NOW, .likeness = 20};
}

static void
lose_all_but(struct reading *today, uint32_t left)
{
	today->items = today->rows = today->articles = left;
	today->fresh = 0;
	for (int field = 0; field < FIELD_COUNT; field++)
		if (today->filled[field] > left)
			today->filled[field] = left;
	today->in_shape = left;
}

static void
gone(struct reading *today)
{
	lose_articles(today);
	today->list_place = LIST_GONE;
}

static void
full(struct reading *today)
{
	lose_articles(today);
	today->list_place = LIST_FULL;
}

static void
empty(struct reading *today)
{
	lose_articles(today);
	today->list_place = LIST_EMPTY;
}

static void
no_titles(struct reading *today)
{
	today->items = today->articles = 0;
	today->filled[FIELD_TITLE] = 0;
}

/* The fields are there, and yet no item makes an article. */
static void
none_whole(struct reading *today)
{
	today->items = today->articles = 0;
}

static void
half_the_titles(struct reading *today)
{
	today->items = today->articles = 9;
	today->filled[FIELD_TITLE] = 9;
}

static void
few(struct reading *today)
{
	lose_all_but(today, 5);
}

static void
few_new(struct reading *today)
{
	few(today);
	today->fresh = 1;
}

static void
many(struct reading *today)
{
	today->items = today->rows = today->articles = 90;
	today->fresh = 5;
	for (int field = 0; field < FIELD_COUNT; field++)
		today->filled[field] *= 5;
	today->in_shape = 90;
}

static void
no_dates(struct reading *today)
{
	today->filled[FIELD_DATE] = 0;
}

static void
no_dates_no_images(struct reading *today)
{
	today->filled[FIELD_DATE] = today->filled[FIELD_IMAGE] = 0;
}

static void
no_authors(struct reading *today)
{
	today->filled[FIELD_AUTHOR] = 0;
}

static void
menu(struct reading *today)
{
	today->menu = 12;
	today->score = -150;
}

static void
no_stories(struct reading *today)
{
	today->score = -90;
}

static void
other_shapes(struct reading *today)
{
	today->in_shape = 2;
}

static void
all_new(struct reading *today)
{
	today->fresh = today->stale = 18;
}

static void
all_new_and_dated(struct reading *today)
{
	today->fresh = 18;
	today->stale = 0;
}

static void
other_list(struct reading *today)
{
	all_new(today);
	other_shapes(today);
	today->likeness = 30;
}

static void
twice(struct reading *today)
{
	today->repeated = 10;
}

static void
narrow(struct reading *today)
{
	today->cells = 5;
}

static void
unlike(struct reading *today)
{
	today->likeness = 10;
}

static void
nothing(struct reading *today)
{
	(void)today;
}

static const struct {
	void (*change)(struct reading *);
	int rounds; /* good ones before */
	bool empty_ok;
	uint32_t points;
	const char *why;
} looks[] = {
    {nothing, 20, false, 0, ""},
    {nothing, 0, false, 0, ""},
    {gone, 20, false, 115,
	"no article where 18 are usual, and the place of the list is gone; 20 "
	"% of the page's structure is as it was"},
    {gone, 1, false, 115, "no article where 18 are usual"},
    {gone, 0, false, 0, ""},
    {gone, 20, true, 0, ""},
    {full, 20, false, 115, "stories stand where the list was"},
    {empty, 20, false, 0, ""},
    {lose_articles, 20, false, 115, "no article where 18 are usual; 20 %"},
    {no_titles, 20, false, 60,
	"title: filled in 20 of 20 rounds, today 0 of 18"},
    {no_titles, 1, false, 60, "title: filled in 1 of 1 rounds, today 0 of 18"},
    {none_whole, 20, false, 100, "no article where 18 are usual, in 18 items"},
    {half_the_titles, 20, false, 50,
	"title: filled in 20 of 20 rounds, today 9 of 18"},
    {half_the_titles, 1, false, 50, "title"},
    {few, 20, false, 60, "5 articles where 18 are usual"},
    {few_new, 20, false, 35, "5 articles where 18 are usual"},
    {few, 4, false, 0, ""},
    {many, 20, false, 35, "90 articles where 18 are usual"},
    {no_dates, 20, false, 30, "date: filled in 20 of 20 rounds, today 0 of 18"},
    {no_dates_no_images, 20, false, 30,
	"date: filled in 20 of 20 rounds, today 0 of 18; image: filled in 20 "
	"of 20 rounds, today 0 of 18"},
    {no_authors, 20, false, 0, ""},
    {menu, 20, false, 60, "12 of 18 titles are words of a menu"},
    {menu, 1, false, 60, "menu"},
    {no_stories, 20, false, 60, "score -9, usually 25"},
    {other_shapes, 20, false, 40, "2 of 18 links have the usual form"},
    {other_shapes, 3, false, 0, ""},
    {all_new, 20, false, 40,
	"nothing known among 18 articles, 30 min after the last good round"},
    {all_new_and_dated, 20, false, 0, ""},
    {other_list, 20, false, 95, "have the usual form; nothing known among"},
    {twice, 20, false, 40, "10 of 18 titles are there twice"},
    {narrow, 20, false, 40, "titles of 5 cells where 50 are usual"},
    {unlike, 20, false, 0, ""},
};

static struct drift_finding
look(void (*change)(struct reading *), int rounds, bool empty_ok)
{
	struct reading past[READINGS_USUAL];
	struct drift_question question = {
	    .today = healthy(0),
	    .past = past,
	    .past_count = (size_t)rounds,
	    .empty_ok = empty_ok,
	};
	for (int i = 0; i < rounds; i++)
		past[i] = healthy(i + 1);
	change(&question.today);
	return drift_look(&question);
}

static void
test_looks(void **state)
{
	(void)state;
	bool failed = false;
	for (size_t i = 0; i < sizeof(looks) / sizeof(*looks); i++) {
		struct drift_finding finding =
		    look(looks[i].change, looks[i].rounds, looks[i].empty_ok);
		bool good =
		    finding.points == looks[i].points &&
		    (looks[i].why[0] == '\0'
			    ? finding.why[0] == '\0'
			    : strstr(finding.why, looks[i].why) != NULL);
		if (!good)
			printf("row %zu: %u points, %s\n", i, finding.points,
			    finding.why);
		failed |= !good;
	}
	assert_false(failed);
}

/* A field that dies is told from a list that dies. */
static void
test_fields(void **state)
{
	(void)state;
	struct drift_finding finding = look(no_dates_no_images, 20, false);
	assert_true(finding.is_field_lost[FIELD_DATE]);
	assert_true(finding.is_field_lost[FIELD_IMAGE]);
	assert_false(finding.is_field_lost[FIELD_AUTHOR]);
	assert_false(finding.is_list_lost);
	finding = look(gone, 20, false);
	assert_true(finding.is_list_lost);
	assert_false(finding.is_field_lost[FIELD_DATE]);
	finding = look(empty, 20, false);
	assert_true(finding.is_empty);
}

/* What rounds that were bad measured says nothing of what is usual. */
static void
test_bad_rounds(void **state)
{
	(void)state;
	struct reading past[READINGS_KEPT];
	for (int i = 0; i < READINGS_KEPT; i++) {
		past[i] = healthy(i + 1);
		if (i < 40) {
			gone(&past[i]);
			past[i].is_bad = true;
		}
	}
	struct drift_question question = {
	    .today = healthy(0), .past = past, .past_count = READINGS_KEPT};
	struct drift_finding finding = drift_look(&question);
	assert_int_equal(finding.points, 0);
	gone(&question.today);
	finding = drift_look(&question);
	assert_non_null(strstr(finding.why, "where 18 are usual"));
}

/* ---- the phases ---- */

/* Points as letters: g 0, s 40, b 100; then the calls and the last phase. */
static const struct {
	const char *rounds, *calls;
	enum drift_phase phase;
} steps[] = {
    {"gggg", "pppp", DRIFT_OK},
    {"gb", "ph", DRIFT_SUSPECT},
    {"gbg", "php", DRIFT_OK},
    {"gbb", "phh", DRIFT_DRIFTED},
    {"gbs", "php", DRIFT_OK},
    {"gbbb", "phhh", DRIFT_DRIFTED},
    {"gbbg", "phhp", DRIFT_OK},
    {"s", "p", DRIFT_OK},
    {"ss", "pp", DRIFT_SUSPECT},
    {"sgs", "ppp", DRIFT_OK},
    {"ssb", "pph", DRIFT_DRIFTED},
    {"sss", "ppp", DRIFT_OK},
    {"sssss", "ppppp", DRIFT_SUSPECT},
    {"bbHggggg", "hh.ppppp", DRIFT_OK},
    {"bbHgggg", "hh.pppp", DRIFT_PROBATION},
    {"bbHssss", "hh.pppp", DRIFT_PROBATION},
    {"bbHggb", "hh.ppr", DRIFT_DRIFTED},
    {"bbHggbg", "hh.pprp", DRIFT_OK},
    {"bbHgggggb", "hh.ppppph", DRIFT_SUSPECT},
};

static void
test_steps(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		struct drift drift = {0};
		char calls[32] = "";
		for (size_t k = 0; steps[i].rounds[k] != '\0'; k++) {
			char what = steps[i].rounds[k];
			struct drift_finding finding = {
			    .points = what == 'b'   ? 100
				      : what == 's' ? 40
						    : 0};
			if (what == 'H') {
				drift_healed(&drift, NOW);
				calls[k] = '.';
				continue;
			}
			calls[k] = "phr"[drift_step(
			    &drift, &finding, NOW + (int64_t)k)];
		}
		assert_string_equal(calls, steps[i].calls);
		assert_int_equal(drift.phase, steps[i].phase);
	}
}

/* When a phase began, not when it was seen last. */
static void
test_since(void **state)
{
	(void)state;
	struct drift drift = {0};
	struct drift_finding bad = {.points = 100}, good = {0};
	(void)drift_step(&drift, &bad, 10);
	(void)drift_step(&drift, &bad, 20);
	(void)drift_step(&drift, &bad, 30);
	assert_int_equal(drift.since_s, 20);
	(void)drift_step(&drift, &good, 40);
	assert_int_equal(drift.since_s, 40);
	assert_string_equal(drift_word(drift.phase), "ok");
}

/* ---- what may be new ---- */

static void
test_allowance(void **state)
{
	(void)state;
	struct reading past[11] = {{0}};
	/* nothing is known: a few */
	assert_int_equal(drift_allowance(past, 0, NOW), 5);
	past[0] = healthy(1);
	assert_int_equal(drift_allowance(past, 1, NOW), 5);
	/* one in half an hour: twice as many in ten hours, the first round's
	 * whole list apart */
	for (int i = 0; i < 11; i++)
		past[i] = healthy(i);
	past[10].fresh = 18;
	assert_int_equal(drift_allowance(past, 11, NOW), 5);
	assert_int_equal(drift_allowance(past, 11, NOW + 20 * HALF_HOUR), 40);
	/* bad rounds say nothing */
	past[0].is_bad = true;
	past[0].fresh = 1000;
	assert_int_equal(drift_allowance(past, 11, NOW + 19 * HALF_HOUR), 40);
	/* nor does a clock that was set back */
	assert_int_equal(drift_allowance(past, 11, 0), 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_looks),
	    cmocka_unit_test(test_fields),
	    cmocka_unit_test(test_bad_rounds),
	    cmocka_unit_test(test_steps),
	    cmocka_unit_test(test_allowance),
	    cmocka_unit_test(test_since),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
