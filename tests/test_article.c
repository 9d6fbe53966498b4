#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "feed/article.h"
#include "feed/memory.h"
#include "tests/order.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* DESIGN.md P9 */
static const struct {
	const char *name;
	struct moment published;
	int64_t first_seen_s;
	int64_t expected_s;
} times[] = {
    {"no date: first seen", {0, PRECISION_NONE}, 5000, 5000},
    {"no date: whatever stands there", {7, PRECISION_NONE}, 5000, 5000},
    {"the page's date", {4000, PRECISION_MINUTE}, 5000, 4000},
    {"the same moment", {5000, PRECISION_SECOND}, 5000, 5000},
    {"ahead: clamped", {5001, PRECISION_SECOND}, 5000, 5000},
    {"far ahead: clamped", {INT64_MAX, PRECISION_YEAR}, 5000, 5000},
    {"a month, first seen in it", {86400, PRECISION_MONTH}, 2505599, 2505599},
    {"a month, first seen later", {86400, PRECISION_MONTH}, 2505600, 86400},
    {"a year, first seen in it", {86400, PRECISION_YEAR}, 31622399, 31622399},
    {"a year, first seen later", {86400, PRECISION_YEAR}, 31622400, 86400},
    {"a day, first seen in it", {86400, PRECISION_DAY}, 90000, 86400},
    {"a month, not in the store", {86400, PRECISION_MONTH}, 0, 86400},
    {"before 1970", {-86400, PRECISION_DAY}, 5000, -86400},
    {"1970 itself is a date", {0, PRECISION_DAY}, 5000, 0},
    {"not yet in the store: as dated", {9000, PRECISION_DAY}, 0, 9000},
    {"nothing at all", {0, PRECISION_NONE}, 0, 0},
};

static void
test_published(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(times); i++) {
		struct article article = {
		    .published = times[i].published,
		    .first_seen_s = times[i].first_seen_s,
		};
		int64_t at_s = article_published_s(&article);
		if (at_s == times[i].expected_s)
			continue;
		print_error("%s: got %lld, want %lld\n", times[i].name,
		    (long long)at_s, (long long)times[i].expected_s);
		failed++;
	}
	assert_int_equal(failed, 0);
}

/* In the order that they must have: newest first. */
static const struct article ordered[] = {
    {.id = "a", .published = {900, PRECISION_MINUTE}, .first_seen_s = 1000},
    {.id = "b", .published = {0, PRECISION_NONE}, .first_seen_s = 800},
    {.id = "c",
	.published = {700, PRECISION_DAY},
	.first_seen_s = 950,
	.position = 9},
    {.id = "d",
	.published = {700, PRECISION_DAY},
	.first_seen_s = 900,
	.position = 0},
    {.id = "c1",
	.published = {700, PRECISION_DAY},
	.first_seen_s = 900,
	.position = 1},
    {.published = {700, PRECISION_DAY},
	.first_seen_s = 900,
	.position = 2,
	.link = "l"},
    {.id = "e",
	.published = {700, PRECISION_DAY},
	.first_seen_s = 900,
	.position = 2},
    {.id = "f",
	.published = {700, PRECISION_DAY},
	.first_seen_s = 900,
	.position = 2},
    {.published = {-5, PRECISION_DAY}, .first_seen_s = 900},
};

static void
test_order(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(ordered); i++)
		for (size_t j = 0; j < COUNT(ordered); j++) {
			int order = article_compare(&ordered[i], &ordered[j]);
			int expected = (i > j) - (i < j);
			if ((order > 0) - (order < 0) == expected)
				continue;
			print_error("rows %zu and %zu: got %d\n", i, j, order);
			failed++;
		}
	assert_int_equal(failed, 0);
}

static void
test_copy_is_deep(void **state)
{
	(void)state;
	struct article article = {
	    .id = xstrdup("i"),
	    .key = xstrdup("k"),
	    .link = xstrdup("l"),
	    .title = xstrdup("t"),
	    .text = xstrdup("x"),
	    .author = xstrdup("a"),
	    .image = xstrdup("p"),
	    .category = xstrdup("c"),
	    .published = {12, PRECISION_MINUTE},
	    .first_seen_s = 13,
	    .changed_s = 14,
	    .last_seen_s = 15,
	    .position = 16,
	};
	struct article copy = article_copy(&article);
	article_clear(&article);
	assert_null(article.id);
	assert_null(article.category);
	assert_true(article.last_seen_s == 0);
	assert_string_equal(copy.id, "i");
	assert_string_equal(copy.key, "k");
	assert_string_equal(copy.link, "l");
	assert_string_equal(copy.title, "t");
	assert_string_equal(copy.text, "x");
	assert_string_equal(copy.author, "a");
	assert_string_equal(copy.image, "p");
	assert_string_equal(copy.category, "c");
	assert_true(copy.published.at_s == 12);
	assert_int_equal(copy.published.precision, PRECISION_MINUTE);
	assert_true(copy.first_seen_s == 13 && copy.changed_s == 14);
	assert_true(copy.last_seen_s == 15 && copy.position == 16);
	article_clear(&copy);
	article_clear(&copy); /* twice does no harm */
	struct article none = {0};
	copy = article_copy(&none);
	assert_null(copy.title);
}

static void
test_list(void **state)
{
	(void)state;
	struct articles articles = {0};
	for (int i = 0; i < 1000; i++)
		articles_add(&articles,
		    (struct article){.id = xasprintf("%d", i), .position = i});
	assert_true(articles.count == 1000);
	assert_string_equal(articles.list[0].id, "0");
	assert_string_equal(articles.list[999].id, "999");
	qsort(articles.list, articles.count, sizeof(*articles.list),
	    article_compare);
	assert_int_equal(articles.list[500].position, 500);
	articles_clear(&articles);
	assert_null(articles.list);
	assert_true(articles.count == 0);
	articles_clear(&articles);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_published),
	    cmocka_unit_test(test_order),
	    cmocka_unit_test(test_copy_is_deep),
	    cmocka_unit_test(test_list),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
