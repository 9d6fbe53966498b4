#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "feed/wording.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define DOTS "\xe2\x80\xa6"

enum { OTHER, SAME };

static const struct {
	const char *a, *b;
	int is_same;
} pairs[] = {
    {"", "", SAME}, {"", " \n", SAME}, {"a", "", OTHER},
    {" a\n b", "a b ", SAME}, {"a b", "ab", OTHER}, {"a b", "A b", OTHER},
    {"a\xc2\xa0 b", "a b", SAME},
    {"a\xe3\x80\x80"
     "b",
	"a b", SAME},
    {"a\xe2\x80\x8b"
     "b",
	"ab", SAME},
    {"\xe2\x80\x8b a", "a\xc2\xad", SAME},
    {"\"a\"",
	"\xe2\x80\x9c"
	"a\xe2\x80\x9d",
	SAME},
    {"'a'",
	"\xe2\x80\x98"
	"a\xe2\x80\x99",
	SAME},
    {"'a'", "\"a\"", OTHER}, {"a - b", "a \xe2\x80\x93 b", SAME},
    {"a" DOTS " b", "a... b", SAME}, {"a" DOTS DOTS "b", "a......b", SAME},
    {"a.b", "a..b", OTHER}, {"a.b", "ab", OTHER}, {"a. b", "a.b", OTHER},
    {"a &amp; b", "a & b", SAME},
    {"&quot;a&quot; &#39;b&#039;", "\"a\" 'b'", SAME},
    {"a&nbsp;b", "a b", SAME}, {"&lt;b&gt;", "<b>", SAME},
    {"&ampere;", "&ere;", OTHER}, {"&am", "&am", SAME},
    {"\xeb\xb3\xb4\xed\x97\x98", "\xeb\xb3\xb4\xed\x97\x98 ", SAME},
    {"\xeb\xb3\xb4\xed\x97\x98", "\xeb\xb3\xb4", OTHER},
    {"\xff", "\xfe", SAME}, /* broken: both are U+FFFD */
};

static void
test_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i++) {
		if (wording_is_same(pairs[i].a, pairs[i].b) !=
			(pairs[i].is_same == SAME) ||
		    wording_is_same(pairs[i].b, pairs[i].a) !=
			(pairs[i].is_same == SAME))
			fail_msg("'%s' and '%s'", pairs[i].a, pairs[i].b);
	}
}

static const struct {
	const char *cut, *whole;
	bool is_cut;
} cuts[] = {
    {"One two" DOTS, "One two three", true},
    {"One two " DOTS " ", "One two three", true},
    {"One tw...", "One two three", true},
    {"One two..", "One two three", true},
    {"One two [...]", "One two three", true},
    {"One two [" DOTS "]", "One two three", true},
    {"One two (" DOTS ")", "One two three", true},
    {"One two&hellip;", "One two three", true},
    {"One  \xe2\x80\x9ctwo" DOTS, "One \"two\" three", true},
    {"One two" DOTS, "One two", true},
    {DOTS, "One", true},
    {"One two.", "One two. Three", false},
    {"One two", "One two three", false},
    {"One four" DOTS, "One two three", false},
    {"One two three" DOTS, "One two", false},
    {"One two (three)", "One two", false},
    {"One two]", "One two", false},
    {"One (two" DOTS "]", "One (two three", false},
    {"", "One", false},
};

static void
test_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cuts); i++)
		if (wording_is_cut(cuts[i].cut, cuts[i].whole) !=
		    cuts[i].is_cut)
			fail_msg("'%s' of '%s'", cuts[i].cut, cuts[i].whole);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_same),
	    cmocka_unit_test(test_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
