#include "feed/name.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static void
test_from_url(void **state)
{
	(void)state;
	static const struct {
		const char *url, *name;
	} rows[] = {
	    {"https://a.example/newsList/222", "222"},
	    {"https://a.example/politics/", "politics"},
	    {"https://a.example/politics/index.html", "politics"},
	    {"https://a.example/GB/70801/index.html", "70801"},
	    {"https://a.example/News/World.aspx", "world"},
	    {"https://a.example/list.php?sc=30500165&page=5", "30500165"},
	    {"https://a.example/news/"
	     "articleList.html?sc_code=S1N1&view_type=sm",
		"s1n1"},
	    {"https://a.example/business/?from=top", "business"},
	    {"https://a.example/economy/%EC%A6%9D%EA%B6%8C", "economy"},
	    {"https://a.example/caf%C3%A9-bar", "caf-bar"},
	    {"https://a.example/Heim%20und%20Garten", "heim-und-garten"},
	    {"https://a.example/a--b__/.hidden-", "hidden"},
	    {"https://a.example/", "news"},
	    {"https://a.example/?page=2", "news"},
	    {"https://a.example/%E4%B8%AD/%E5%9B%BD", "news"},
	    {"https://a.example/this-is-a-name-that-is-much-too-long-for-a-"
	     "section",
		"this-is-a-name-that-is-much-too-long-fo"},
	    {"not an address", "news"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *name = name_from_url(rows[i].url);
		if (strcmp(name, rows[i].name) != 0)
			fail_msg(
			    "%s: %s, not %s", rows[i].url, name, rows[i].name);
		assert_true(name_is_good(name));
		free(name);
	}
}

static void
test_among(void **state)
{
	(void)state;
	char *taken[] = {"politics", "5", "list-5", "a-general", "general",
	    "general-2", "1234567890123456789012345678901234567890"};
	static const struct {
		const char *name, *url, *wanted;
	} rows[] = {
	    {"world", "https://a.example/world", "world"},
	    {"politics", "https://a.example/politics/all", "politics-all"},
	    {"all", "https://a.example/economy/all", "economy-all"},
	    {"status", "https://a.example/status", "status-2"},
	    {"5", "https://a.example/cards.php?id=5", "cards-5"},
	    {"5", "https://a.example/list?id=5", "5-2"},
	    {"general", "https://a.example/a/general", "general-3"},
	    {"1234567890123456789012345678901234567890",
		"https://a.example/x/1234567890123456789012345678901234567890",
		"12345678901234567890123456789012-2"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *name =
		    name_among(rows[i].name, rows[i].url, taken, COUNT(taken));
		if (strcmp(name, rows[i].wanted) != 0)
			fail_msg("%s of %s: %s, not %s", rows[i].name,
			    rows[i].url, name, rows[i].wanted);
		assert_true(name_is_good(name));
		free(name);
	}
}

static void
test_of_site(void **state)
{
	(void)state;
	static const struct {
		const char *url, *name;
	} rows[] = {
	    {"https://www.paper.example/x", "paper"},
	    {"https://m.paper.co.example/", "paper"},
	    {"https://news.paper.example/", "paper"},
	    {"https://news.example/", "news"},
	    {"http://127.0.0.1:8080/", "127"},
	    {"http://[::1]/", "1"},
	    {"nothing", "site"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *name = name_of_site(rows[i].url);
		if (strcmp(name, rows[i].name) != 0)
			fail_msg(
			    "%s: %s, not %s", rows[i].url, name, rows[i].name);
		assert_true(name_is_good(name));
		free(name);
	}
}

static void
test_good(void **state)
{
	(void)state;
	static const char *const good[] = {"a", "222", "a.b_c-d", "-"};
	static const char *const bad[] = {"", ".", "..", ".a", "A", "a b",
	    "a/b", "a:", "\xed\x95\x9c", "a\n",
	    "12345678901234567890123456789012345678901"};
	for (size_t i = 0; i < COUNT(good); i++)
		assert_true(name_is_good(good[i]));
	for (size_t i = 0; i < COUNT(bad); i++)
		if (name_is_good(bad[i]))
			fail_msg("'%s' is good", bad[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_from_url),
	    cmocka_unit_test(test_among),
	    cmocka_unit_test(test_of_site),
	    cmocka_unit_test(test_good),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
