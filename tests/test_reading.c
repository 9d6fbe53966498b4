#include "feed/reading.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "feed/hash.h"
#include "feed/link_kind.h"
#include "feed/list_place.h"
#include "feed/memory.h"
#include "feed/sketch.h"
#include "tests/reading.h"

#define URL "https://paper.example/news"

static struct page *
parse(const char *html)
{
	struct error err = {{0}};
	struct page *page =
	    page_parse(html, strlen(html), PARSER_HTML5, 0, &err);
	assert_non_null(page);
	return page;
}

/* ---- link_kind ---- */

static void
test_shapes(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		bool same;
	} rows[] = {
	    {"https://a.example/article/20240305500001",
		"https://a.example/article/20240305500002", true},
	    {"https://a.example/2024/03/05/one-two-three",
		"https://a.example/2023/11/30/four-five-six-seven", true},
	    {"https://a.example/article/20240305500001",
		"https://a.example/sponsored/20240305500001", false},
	    {"https://a.example/article/20240305500001",
		"https://b.example/article/20240305500001", false},
	    {"https://a.example/v?no=1", "https://a.example/v", false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *a = link_kind(rows[i].a), *b = link_kind(rows[i].b);
		assert_int_equal(strcmp(a, b) == 0, rows[i].same);
		free(b);
		free(a);
	}
}

/* ---- list_place ---- */

#define STORY                                                                  \
	"<li><a href=/article/20240305500001>The market is open again, "       \
	"traders say</a></li>"

static void
test_places(void **state)
{
	(void)state;
	static const struct {
		const char *path, *body;
		enum list_place place;
	} rows[] = {
	    {"ul.news < div.main", "<div class=main><ul class=news></ul></div>",
		LIST_EMPTY},
	    {"ul.news < div.main",
		"<div class=main><ul class=news><li>none today <a href=/>home"
		"</a></li></ul></div>",
		LIST_EMPTY},
	    {"ul.news < div.main",
		"<div class=main><ul class=news>" STORY "</ul></div>",
		LIST_FULL},
	    {"ul.news < div.main",
		"<div class=main><ul class=news></ul><ul class=news>" STORY
		"</ul></div>",
		LIST_FULL},
	    {"ul.news < div.main", "<div class=page><ul class=news></ul></div>",
		LIST_GONE},
	    {"ul.news < div.main", "", LIST_GONE},
	    /* the items stood in rows of their own */
	    {"ul.row < div.main", "<div class=main></div>", LIST_EMPTY},
	    {"ul.row < div.main", "<div class=main>" STORY "</div>", LIST_FULL},
	    /* a frame round each item, in which only "more" is a link */
	    {"div.cell",
		"<div class=cell><a href=/b/one>More</a></div><div class=cell>"
		"<a href=/b/two>More</a></div><div class=cell><a href=/b/three>"
		"More</a></div>",
		LIST_FULL},
	    {"div.cell", "<div class=cell><a href=/list/2>Next</a></div>",
		LIST_EMPTY},
	    {"ul.row < div", "<div></div>", LIST_GONE},
	    {"div < div.main", "<div class=main><div></div></div>", LIST_EMPTY},
	    /* any table of a page that lays itself out by them */
	    {"tbody < table < td < tr < tbody < table",
		"<table><tr><td><table><tr><td><a href=/new>new</a></table>"
		"<td><table class=list><tr><td>" STORY "</table></table>",
		LIST_UNKNOWN},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct page *page = parse(rows[i].body);
		assert_int_equal(
		    list_place_find(page, rows[i].path, URL), rows[i].place);
		page_free(page);
	}
}

/* What a page says of its place is what finds it again. */
static void
test_path(void **state)
{
	(void)state;
	struct page *page = parse("<div id=x class='a  b'><ul class=news><li "
				  "class=i>x</ul></div>");
	size_t count;
	const uint32_t *items = page_with_class(page, "i", &count);
	char *path = list_place_path(page, items[0]);
	assert_string_equal(path, "ul.news < div.a b");
	assert_int_equal(list_place_find(page, path, URL), LIST_EMPTY);
	free(path);
	page_free(page);
}

/* ---- sketch ---- */

static uint32_t
likeness(const char *a, const char *b)
{
	struct page *one = parse(a), *two = parse(b);
	struct sketch x, y;
	sketch_page(one, &x);
	sketch_page(two, &y);
	page_free(two);
	page_free(one);
	return sketch_likeness(&x, &y);
}

/* count items of class `name<i % kinds>`. */
static char *
make_body(const char *name, int count, int kinds)
{
	struct buffer out = {0};
	for (int i = 0; i < count; i++)
		buffer_add_format(&out,
		    "<div class='%s%d'><p class='t%s%d'>x</p></div>", name,
		    i % kinds, name, i % kinds);
	return buffer_take(&out);
}

static void
test_sketches(void **state)
{
	(void)state;
	char *a = make_body("a", 60, 60), *more = make_body("a", 600, 60);
	char *b = make_body("b", 60, 60), *half = make_body("a", 60, 30);
	char *both = xasprintf("%s%s", half, b);
	assert_int_equal(likeness(a, a), 100);
	assert_int_equal(likeness(a, more), 100);
	assert_in_range(likeness(a, b), 0, 15);
	assert_in_range(likeness(a, half), 35, 65);
	assert_in_range(likeness(a, both), 15, 45);
	assert_int_equal(likeness("", ""), 100);
	free(both);
	free(half);
	free(b);
	free(more);
	free(a);
}

/* ---- what a round measures ---- */

#define RULES "item: li\nlink: a\ntitle: a\nauthor: .by\n"

static void
test_measures(void **state)
{
	(void)state;
	struct extraction read;
	struct evidence evidence = {.width = 900, .links = 9};
	const bool is_fresh[] = {true, false, true, false};
	struct reading past[2] = {
	    {.at_s = READING_NOW - 100, .is_bad = true, .rules = 3},
	    {.at_s = READING_NOW - 200, .rules = 3},
	};
	char *shape = link_kind("https://paper.example/article/20230420500001");
	past[1].shape = hash_bytes(shape, strlen(shape));
	free(shape);
	assert_true(reading_extract(RULES,
	    "<ul><li><a href=/article/20230420500001>The market is open again, "
	    "traders say</a><b class=by>Ann Lee</b>"
	    "<li><a href=/article/20230420500002>The market is open again, "
	    "traders say</a>"
	    "<li><a href=/article/20230420500003>What the harbour does with "
	    "its "
	    "old cranes now</a>"
	    "<li><a href=/tag/x>more</a>"
	    "<li><a>Nothing leads from here</a></ul>",
	    &read));
	struct reading_question question = {
	    .evidence = &evidence,
	    .read = &read,
	    .from = READING_URL,
	    .now_s = READING_NOW,
	    .rules = 3,
	    .past = past,
	    .past_count = 2,
	    .is_fresh = is_fresh,
	};
	struct reading reading = reading_of(&question);
	assert_int_equal(reading.rows, 5);
	assert_int_equal(reading.items, 4);
	assert_int_equal(reading.articles, 4);
	assert_int_equal(reading.filled[FIELD_LINK], 4);
	assert_int_equal(reading.filled[FIELD_TITLE], 5);
	assert_int_equal(reading.filled[FIELD_AUTHOR], 1);
	assert_int_equal(reading.repeated, 2);
	assert_int_equal(reading.menu, 1);
	assert_int_equal(reading.fresh, 2);
	assert_int_equal(reading.in_shape, 3);
	assert_true(reading.score > 0);
	assert_int_equal(reading.width, 900);
	assert_int_equal(reading_fill(&reading, FIELD_AUTHOR), 20);
	/* without a past the page's own shape is the usual one */
	question.past_count = 0;
	question.is_fresh = NULL;
	reading = reading_of(&question);
	assert_int_equal(reading.in_shape, 3);
	assert_int_equal(reading.fresh, 4);
	extraction_clear(&read);
}

static void
test_usual(void **state)
{
	(void)state;
	struct reading past[READINGS_KEPT] = {0}, usual[READINGS_USUAL];
	for (size_t i = 0; i < READINGS_KEPT; i++)
		past[i] = (struct reading){
		    .items = (uint32_t)i, .rules = i % 2, .is_bad = i < 4};
	assert_int_equal(readings_usual(past, READINGS_KEPT, 0, usual), 20);
	assert_int_equal(usual[0].items, 4);
	assert_int_equal(readings_usual(past, READINGS_KEPT, 1, usual), 20);
	assert_int_equal(usual[1].items, 7);
	assert_int_equal(readings_usual(past, 4, 0, usual), 0);
	uint32_t numbers[] = {9, 1, 5};
	assert_int_equal(reading_median(numbers, 3), 5);
	assert_int_equal(reading_median(numbers, 0), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_shapes),
	    cmocka_unit_test(test_places),
	    cmocka_unit_test(test_path),
	    cmocka_unit_test(test_sketches),
	    cmocka_unit_test(test_measures),
	    cmocka_unit_test(test_usual),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
