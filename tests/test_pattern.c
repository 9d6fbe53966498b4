#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"
#include "feed/pattern.h"

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

static const struct {
	const char *expression;
	const char *reason; /* NULL if it compiles */
} compiled[] = {
    {"", NULL},
    {"(\\d+)", NULL},
    {"기자 (", "column 5: missing closing parenthesis"},
    {"가[나", "column 4: missing terminating ] for character class"},
    {"a\\Cb", "column 4: using \\C is disabled by the application"},
    {"\xff", "column 1: UTF-8 error: illegal byte (0xfe or 0xff)"},
};

static void
test_compile(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(compiled); i++) {
		struct error err = {.reason = ""};
		struct pattern *pattern =
		    pattern_compile(compiled[i].expression, &err);
		if ((pattern != NULL) != (compiled[i].reason == NULL) ||
		    (pattern == NULL &&
			!same(err.reason, compiled[i].reason))) {
			print_error("row %zu: '%s': %s\n", i,
			    compiled[i].expression, err.reason);
			failed++;
		}
		pattern_free(pattern);
	}
	assert_int_equal(failed, 0);
}

static const struct {
	const char *expression;
	const char *subject;
	const char *capture; /* NULL: no match */
	const char *id;      /* the group named id */
	const char *removed;
} matched[] = {
    {"\\d+", "a12b345", "12", NULL, "ab"},
    {"(\\d)(\\d)", "a12b34", "1", NULL, "ab"},
    {"(x)|(\\d+)", "a12", "12", NULL, "a"},
    {"(x)?a", "ba", "", NULL, "b"},
    {"(?<id>\\d+)\\.html", "/n/42.html", "42", "42", "/n/"},
    {"(a)(?<id>b)?", "ac", "a", NULL, "c"},
    {"(?J)(?<id>x)|(?<id>y)", "y", "y", "y", ""},
    {"no", "yes", NULL, NULL, "yes"},
    {"", "가나", "", NULL, "가나"},
    {"x*", "axxb", "", NULL, "ab"},
    {"^a", "aab", "a", NULL, "ab"},
    {"(?m)^", "a\nb", "", NULL, "a\nb"},
    {"\\[단독\\]\\s*", "[단독] 수출 늘어", "[단독] ", NULL, "수출 늘어"},
    {"^\\w+$", "한글", "한글", NULL, ""},
    {".", "é가", "é", NULL, ""},
    {"a\\Kb", "abab", "b", NULL, "aa"},
    /* no UTF-8: no match */
    {"a", "a\xff", NULL, NULL, "a\xff"},
};

static void
test_match(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(matched); i++) {
		struct pattern *pattern =
		    pattern_compile(matched[i].expression, NULL);
		assert_non_null(pattern);
		const char *subject = matched[i].subject;
		char *capture = pattern_capture(pattern, subject);
		char *id = pattern_capture_named(pattern, subject, "id");
		char *removed = pattern_remove(pattern, subject);
		bool matches = pattern_matches(pattern, subject);
		if (!same(capture, matched[i].capture) ||
		    !same(id, matched[i].id) ||
		    !same(removed, matched[i].removed) ||
		    matches != (matched[i].capture != NULL)) {
			print_error("row %zu: '%s': capture '%s', id '%s', "
				    "removed '%s'\n",
			    i, matched[i].expression, shown(capture), shown(id),
			    removed);
			failed++;
		}
		free(capture);
		free(id);
		free(removed);
		pattern_free(pattern);
	}
	assert_int_equal(failed, 0);
}

static const struct {
	const char *expression, *subject, *template, *filled;
} fills[] = {
    {"view\\('(\\d+)'\\)", "javascript:view('20230612500420')", "/article/{1}",
	"/article/20230612500420"},
    {"(?<y>\\d{4})-(?<m>\\d\\d)", "on 2024-03", "{m}/{y}{0}", "03/20242024-03"},
    {"(a)(b)?", "a", "<{1}{2}>", "<a>"},
    {"a", "a", "{1}{x}{}{{0}}{", "{1}{x}{}{a}{"},
    {"a", "b", "{0}", NULL},
    {"a", "a", "{99999999999999999999}", "{99999999999999999999}"},
};

static void
test_fill(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(fills); i++) {
		struct pattern *pattern =
		    pattern_compile(fills[i].expression, NULL);
		assert_non_null(pattern);
		char *filled =
		    pattern_fill(pattern, fills[i].subject, fills[i].template);
		if (!same(filled, fills[i].filled)) {
			print_error("row %zu: '%s'\n", i, shown(filled));
			failed++;
		}
		free(filled);
		pattern_free(pattern);
	}
	assert_int_equal(failed, 0);
}

/* What takes for ever elsewhere is no match here. */
static void
test_limits(void **state)
{
	(void)state;
	char *subject = xcalloc(50001, 1);
	memset(subject, 'a', 50000);
	static const char *const slow[] = {
	    "(a+)+$b", "(a|aa)+$b", "^(a?){40}a{40}b", "(?:(?:a*)*)*x"};
	for (size_t i = 0; i < COUNT(slow); i++) {
		struct pattern *pattern = pattern_compile(slow[i], NULL);
		assert_non_null(pattern);
		assert_false(pattern_matches(pattern, subject));
		assert_null(pattern_capture(pattern, subject));
		char *left = pattern_remove(pattern, subject);
		assert_string_equal(left, subject);
		free(left);
		pattern_free(pattern);
	}
	/* a match that is there, but takes a million steps */
	struct pattern *far = pattern_compile("^(a?){22}a{22}$", NULL);
	assert_false(pattern_matches(far, "aaaaaaaaaaaaaaaaaaaaaa"));
	pattern_free(far);
	struct pattern *each = pattern_compile("a", NULL);
	char *left = pattern_remove(each, subject);
	assert_int_equal(strlen(left), 49000);
	free(left);
	pattern_free(each);
	memset(subject, '(', 50000);
	assert_null(pattern_compile(subject, NULL));
	free(subject);
	pattern_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_compile),
	    cmocka_unit_test(test_match),
	    cmocka_unit_test(test_fill),
	    cmocka_unit_test(test_limits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
