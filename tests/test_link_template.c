#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/link_template.h"
#include "feed/memory.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static const char *
shown(const char *text)
{
	return text != NULL ? text : "(null)";
}

#define A "/article/{id}"

static const struct {
	const char *template, *url, *id; /* id NULL: not of this shape */
} matches[] = {
    {A, "https://m.example.kr/article/20230612500420?x=1", "20230612500420"},
    {A, "https://m.example.kr/article/20230612500420/", "20230612500420"},
    {A, "http://example.kr:8080/article/1/index.html#top", "1"},
    {A, "https://m.example.kr/article/1#a?b", "1"},
    {A, "https://m.example.kr/article/1/photo", NULL},
    {A, "https://m.example.kr/articles/1", NULL},
    {A, "https://m.example.kr/article/", NULL},
    {A, "https://m.example.kr/article", NULL},
    {A, "https://m.example.kr/", NULL},
    {A, "https://m.example.kr", NULL},
    {A, "https://m.example.kr/x/article/1", NULL},
    {A, "https://m.example.kr/article//1", NULL},
    {A, "https://m.example.kr/Article/1", NULL},
    {A, "https://article/1", NULL},
    {A, "https://m.example.kr/list?u=/article/1", NULL},
    {A, "https://m.example.kr/article/a%2Fb", NULL},
    {A, "https://m.example.kr/article/%ea%b8%B0", "%EA%B8%B0"},
    {A, "https://m.example.kr/article/기", "%EA%B8%B0"},
    {A, "https://m.example.kr/article/%41%2d1", "A-1"},
    {A, "https://m.example.kr/%61rticle/1", "1"},
    {A, "https://m.example.kr/article/a{b}", "a%7Bb%7D"},
    /* however it is written down */
    {"https://www.example.kr/article/{id}", "https://m.other.kr/article/1",
	"1"},
    {"//www.example.kr/article/{id}/", "https://m.other.kr/article/1", "1"},
    {"article/{id}", "https://m.other.kr/article/1", "1"},
    {"/article/{id}/index.html", "https://m.other.kr/article/1", "1"},
    {"/기사/{id}", "https://a.kr/%EA%B8%B0%EC%82%AC/7", "7"},
    {"/%ea%b8%b0%ec%82%ac/{id}", "https://a.kr/기사/7", "7"},
    /* borders inside a segment */
    {"/n/{id}.html", "https://a.kr/n/12.html", "12"},
    {"/n/{id}.html", "https://a.kr/n/1.2.html", NULL},
    {"/n/{id}.html", "https://a.kr/n/.html", NULL},
    {"/n/{id}.html", "https://a.kr/n/12.htm", NULL},
    {"/n/{id}", "https://a.kr/n/1.2.html", "1.2.html"},
    {"/n/story-{id}-view", "https://a.kr/n/story-a-b-view", "a-b"},
    {"/n/story-{id}-view", "https://a.kr/n/story--view", NULL},
    {"/n/{slug}-{id}.html", "https://a.kr/n/tax-12.html", "12"},
    {"/n/{id}x", "https://a.kr/n/xx", "x"},
    {"/n/{id}x", "https://a.kr/n/x", NULL},
    /* more parts */
    {"/{section}/{year}/{id}", "https://a.kr/eco/2024/77", "77"},
    {"/{section}/{number}", "https://a.kr/eco/77", "eco/77"},
    {"/v/{b}?a={a}", "https://a.kr/v/1?a=2", "1/2"},
    /* the query */
    {"/view?idxno={id}", "https://a.kr/view?idxno=55", "55"},
    {"/view?idxno={id}", "https://a.kr/view/?x=1&idxno=55&utm_source=y", "55"},
    {"/view?idxno={id}", "https://a.kr/view?myidxno=55", NULL},
    {"/view?idxno={id}", "https://a.kr/view?idxno=", NULL},
    {"/view?idxno={id}", "https://a.kr/view?idxno", NULL},
    {"/view?idxno={id}", "https://a.kr/view", NULL},
    {"/view?idxno={id}", "https://a.kr/view?idxno=a/b", NULL},
    {"/view?idxno={id}", "https://a.kr/view?idxno=1#idxno=2", "1"},
    {"/v?kind=1&no={id}", "https://a.kr/v?no=9&kind=1", "9"},
    {"/v?kind=1&no={id}", "https://a.kr/v?no=9&kind=12", NULL},
    {"/v?print&no={id}", "https://a.kr/v?no=9&print", "9"},
    {"/v?print&no={id}", "https://a.kr/v?no=9", NULL},
    {"/w?id={id}", "https://a.kr/w?id=news%40a.kr", "news@a.kr"},
    {"/w?m=news@a.kr&n={id}", "https://a.kr/w?n=1&m=news%40a.kr", "1"},
    {"/?p={id}", "https://a.kr/?p=3", "3"},
    {"/?p={id}", "https://a.kr?p=3", "3"},
    {"/?p={id}", "https://a.kr/x?p=3", NULL},
    {"?p={id}", "https://a.kr/any/x?p=3", "3"},
};

static void
test_match(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(matches); i++) {
		struct error err = {.reason = ""};
		struct link_template *template =
		    link_template_parse(matches[i].template, false, &err);
		char *id = template != NULL
			       ? link_template_match(template, matches[i].url)
			       : NULL;
		if (template == NULL || !same(id, matches[i].id)) {
			print_error("row %zu: %s on %s: '%s' %s\n", i,
			    matches[i].template, matches[i].url, shown(id),
			    err.reason);
			failed++;
		}
		free(id);
		link_template_free(template);
	}
	assert_int_equal(failed, 0);
}

static const struct {
	const char *pattern, *url, *id;
} patterns[] = {
    {"/article/(\\d+)", "https://a.kr/article/12", "12"},
    {"/(news|blog)/(?<id>\\d+)", "https://a.kr/blog/12", "12"},
    {"/article/\\d+", "https://a.kr/article/12", "/article/12"},
    {"/article/(\\d*)", "https://a.kr/article/", NULL},
    {"/article/(\\d+)", "https://a.kr/x", NULL},
};

static void
test_pattern(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(patterns); i++) {
		struct link_template *template =
		    link_template_parse(patterns[i].pattern, true, NULL);
		assert_non_null(template);
		char *id = link_template_match(template, patterns[i].url);
		if (!same(id, patterns[i].id))
			fail_msg("row %zu: '%s'", i, shown(id));
		assert_false(link_template_can_fill(template));
		assert_null(link_template_fill(template, "1"));
		free(id);
		link_template_free(template);
	}
}

static const struct {
	const char *template;
	bool is_pattern;
} refused[] = {
    {"", false},
    {"/article/", false},
    {"https://example.kr", false},
    {"/article/{id", false},
    {"/article/id}", false},
    {"/article/{}", false},
    {"/article/{a b}", false},
    {"/article/{{id}}", false},
    {"/article/{id}/{id}", false},
    {"/article/{a}{id}", false},
    {"/article?{id}=1", false},
    {"/article/#{id}", false},
    {"/article/(", true},
    {"/a{1}b{2}c{3}d{4}e{5}f{6}g{7}h{8}i{9}j{10}k{11}l{12}m{13}n{14}o{15}"
     "p{16}q{17}",
	false},
    {"/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20/21/22/23/24/25/26"
     "/27/28/29/30/31/32/{id}",
	false},
};

static void
test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct error err = {.reason = ""};
		struct link_template *template = link_template_parse(
		    refused[i].template, refused[i].is_pattern, &err);
		if (template != NULL || *err.reason == '\0')
			fail_msg("row %zu: %s", i, refused[i].template);
	}
	link_template_free(NULL);
}

static const struct {
	const char *template, *id, *path;
} fills[] = {
    {A, "20230612500420", "/article/20230612500420"},
    {"https://a.kr/view?no={id}&kind=1", "7", "/view?no=7&kind=1"},
    {"/n/story-{id}.html", "a/b c", "/n/story-a%2Fb%20c.html"},
    {"/?p={id}", "3", "/?p=3"},
    {"/{a}/{id}", "3", NULL},
    {"?p={id}", "3", NULL},
    {A, "", NULL},
};

static void
test_fill(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(fills); i++) {
		struct link_template *template =
		    link_template_parse(fills[i].template, false, NULL);
		assert_non_null(template);
		char *path = link_template_fill(template, fills[i].id);
		if (!same(path, fills[i].path))
			fail_msg("row %zu: '%s'", i, shown(path));
		free(path);
		link_template_free(template);
	}
}

static void
test_long(void **state)
{
	(void)state;
	struct link_template *template =
	    link_template_parse("/{a}-{b}-{c}-{d}-{e}-{f}-{g}z", false, NULL);
	char *url = xcalloc(100001, 1);
	memset(url, '-', 8000);
	memcpy(url, "https://a/", 10);
	assert_null(link_template_match(template, url));
	memset(url + 10, 'z', 100000 - 10);
	assert_null(link_template_match(template, url));
	assert_null(link_template_parse(url, false, NULL));
	free(url);
	link_template_free(template);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_match),
	    cmocka_unit_test(test_pattern),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_fill),
	    cmocka_unit_test(test_long),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
