#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/memory.h"
#include "feed/robots.h"

#define A "http://a.example"
#define ALL "User-agent: *\n"

/* Of RFC 9309 5.1: groups for three crawlers and for everybody. */
#define GROUPS                                                                 \
	"User-Agent: *\n"                                                      \
	"Disallow: *.gif$\n"                                                   \
	"Disallow: /example/\n"                                                \
	"Allow: /publications/\n"                                              \
	"\n"                                                                   \
	"User-Agent: foobot\n"                                                 \
	"Disallow:/\n"                                                         \
	"Allow:/example/page.html\n"                                           \
	"Allow:/example/allowed.gif\n"                                         \
	"\n"                                                                   \
	"User-Agent: barbot\n"                                                 \
	"User-Agent: bazbot\n"                                                 \
	"Disallow: /example/page.html\n"                                       \
	"\n"                                                                   \
	"User-Agent: quxbot\n"

struct row {
	const char *text, *url;
	bool is_allowed;
	unsigned line;
	const char *token; /* NULL: ours */
};

static const struct row rows[] = {
    /* ---- 5.1: which group ---- */
    {GROUPS, A "/a.gif", false, 2, NULL},
    {GROUPS, A "/a.gif?x", true, 0, NULL},
    {GROUPS, A "/example/page.html", false, 3, NULL},
    {GROUPS, A "/publications/a.gif", true, 4, NULL},
    {GROUPS, A "/other", true, 0, NULL},
    {GROUPS, A "/", false, 7, "foobot"},
    {GROUPS, A "/example/page.html", true, 8, "foobot"},
    {GROUPS, A "/example/allowed.gif", true, 9, "FooBot"},
    {GROUPS, A "/example/", false, 7, "foobot"},
    {GROUPS, A "/example/page.html", false, 13, "barbot"},
    {GROUPS, A "/example/page.html", false, 13, "bazbot"},
    {GROUPS, A "/a.gif", true, 0, "bazbot"},
    /* a group without rules is a group */
    {GROUPS, A "/example/page.html", true, 0, "quxbot"},
    {GROUPS, A "/example/page.html", false, 3, "foobo"},
    {GROUPS, A "/example/page.html", false, 3, "foobots"},
    /* ---- 5.2: the longest ---- */
    {ALL "Allow: /example/page/\nDisallow: /example/page/disallowed.gif\n",
	A "/example/page/disallowed.gif", false, 3, NULL},
    {ALL "Disallow: /example/page/disallowed.gif\nAllow: /example/page/\n",
	A "/example/page/disallowed.gif", false, 2, NULL},
    {ALL "Allow: /example/page/\nDisallow: /example/page/disallowed.gif\n",
	A "/example/page/other.gif", true, 2, NULL},
    /* 2.2.2: Allow among equals, in either order */
    {ALL "Disallow: /a\nAllow: /a\n", A "/a", true, 3, NULL},
    {ALL "Allow: /a\nDisallow: /a\n", A "/a", true, 2, NULL},
    {ALL "Disallow: /a\nDisallow: /a\n", A "/a", false, 2, NULL},
    {ALL "Disallow: /page\nAllow: /*.html\n", A "/page.html", true, 3, NULL},
    {ALL "Allow: /p\nDisallow: /\n", A "/page", true, 2, NULL},
    {ALL "Allow: /a\nDisallow: /a$\n", A "/a", false, 3, NULL},
    {ALL "Disallow: /a$\n", A "/a#b", false, 2, NULL},
    {ALL "Allow: /$\nDisallow: /\n", A "/", true, 2, NULL},
    {ALL "Allow: /$\nDisallow: /\n", A "", true, 2, NULL},
    {ALL "Allow: /$\nDisallow: /\n", A "/page.htm", false, 3, NULL},
    /* ---- 2.2.2: octets and escapes ---- */
    {ALL "Disallow: /foo/bar?baz=quz", A "/foo/bar?baz=quz", false, 2, NULL},
    {ALL "Disallow: /foo/bar?baz=https://foo.bar",
	A "/foo/bar?baz=https%3A%2F%2Ffoo.bar", false, 2, NULL},
    {ALL "Disallow: /foo/bar?baz=https%3A%2F%2Ffoo.bar",
	A "/foo/bar?baz=https://foo.bar", false, 2, NULL},
    {ALL "Disallow: /foo/bar/\xe3\x83\x84", A "/foo/bar/%E3%83%84", false, 2,
	NULL},
    {ALL "Disallow: /foo/bar/%e3%83%84", A "/foo/bar/\xe3\x83\x84", false, 2,
	NULL},
    {ALL "Disallow: /foo/bar/%62%61%7A", A "/foo/bar/baz", false, 2, NULL},
    {ALL "Disallow: /foo/bar/baz", A "/foo/bar/%62%61%7A", false, 2, NULL},
    /* a slash in escapes separates nothing */
    {ALL "Disallow: /a/b", A "/a%2Fb", true, 0, NULL},
    {ALL "Disallow: /a%2fb", A "/a%2Fb", false, 2, NULL},
    {ALL "Disallow: /a%2fb", A "/a/b", true, 0, NULL},
    {ALL "Disallow: /a?b%26c", A "/a?b&c", true, 0, NULL},
    {ALL "Disallow: /%EA", A "/%ea%b2%bd", false, 2, NULL},
    {ALL "Disallow: /a b", A "/a%20b", false, 2, NULL},
    {ALL "Disallow: /100%", A "/100%25", false, 2, NULL},
    {ALL "Disallow: /a%2", A "/a%252", false, 2, NULL},
    {ALL "Disallow: /%zz", A "/%25zz", false, 2, NULL},
    {ALL "Disallow: /\xff", A "/%FF", false, 2, NULL},
    {ALL "Disallow: /~user", A "/%7Euser", false, 2, NULL},
    {ALL "Disallow: /A", A "/a", true, 0, NULL},
    /* ---- 2.2.3: special characters ---- */
    {ALL "Disallow: /path/file-with-a-%2A.html", A "/path/file-with-a-*.html",
	false, 2, NULL},
    {ALL "Disallow: /path/file-with-a-%2A.html", A "/path/file-with-a-b.html",
	true, 0, NULL},
    {ALL "Disallow: /path/foo-%24", A "/path/foo-$", false, 2, NULL},
    {ALL "Disallow: /path/foo-%24", A "/path/foo-", true, 0, NULL},
    {ALL "Disallow: /this/*/exactly", A "/this/is/exactly", false, 2, NULL},
    {ALL "Disallow: /this/*/exactly", A "/this/exactly", true, 0, NULL},
    {ALL "Disallow: /*.php$", A "/a.php", false, 2, NULL},
    {ALL "Disallow: /*.php$", A "/a.php?b", true, 0, NULL},
    {ALL "Disallow: /*.php$", A "/a.php.php", false, 2, NULL},
    {ALL "Disallow: /*.php", A "/windows.PHP", true, 0, NULL},
    {ALL "Disallow: /*.php", A "/a/b?c=d.php5", false, 2, NULL},
    {ALL "Disallow: *.gif", A "/b/a.gif", false, 2, NULL},
    {ALL "Disallow: /fish", A "/fishheads/a", false, 2, NULL},
    {ALL "Disallow: /fish*", A "/fish", false, 2, NULL},
    {ALL "Disallow: /fish/", A "/fish", true, 0, NULL},
    {ALL "Disallow: /fish$", A "/fish", false, 2, NULL},
    {ALL "Disallow: /fish$", A "/fishes", true, 0, NULL},
    {ALL "Disallow: /fish*$", A "/fish?a", false, 2, NULL},
    {ALL "Disallow: /a*b*c$", A "/abc", false, 2, NULL},
    {ALL "Disallow: /a*b*c$", A "/abcb", true, 0, NULL},
    {ALL "Disallow: /a*b*c$", A "/aXbXcXc", false, 2, NULL},
    {ALL "Disallow: /a**b", A "/ab", false, 2, NULL},
    {ALL "Disallow: /*ab$", A "/ab", false, 2, NULL},
    {ALL "Disallow: /ab*ab$", A "/ab", true, 0, NULL},
    {ALL "Disallow: /a$b", A "/a$b", false, 2, NULL},
    {ALL "Disallow: /a$$", A "/a$", false, 2, NULL},
    {ALL "Disallow: /*$", A "/", false, 2, NULL},
    {ALL "Disallow: *", A "/anything?at=all", false, 2, NULL},
    {ALL "Disallow: /*/x", A "/a?b=/x", false, 2, NULL},
    /* ---- 2.2: lines ---- */
    {"User-agent: *\r\nDisallow: /a\r\n", A "/a", false, 2, NULL},
    {"User-agent: *\rDisallow: /a\r", A "/a", false, 2, NULL},
    {"\r\n\r\nUser-agent: *\n\rDisallow: /a", A "/a", false, 5, NULL},
    {"\xef\xbb\xbfUser-agent: *\nDisallow: /a", A "/a", false, 2, NULL},
    {"\xef\xbbUser-agent: *\nDisallow: /a", A "/a", true, 0, NULL},
    {"# all\nUser-agent: * # everybody\nDisallow: /a # a\n", A "/a", false, 3,
	NULL},
    {ALL "#Disallow: /a\n", A "/a", true, 0, NULL},
    {ALL "Disallow: # /a\n", A "/a", true, 0, NULL},
    {ALL "Disallow: /a#b\n", A "/a", false, 2, NULL},
    {"  USER-AGENT :*\n\tdisALLOW\t:\t/a\t\n", A "/a", false, 2, NULL},
    {ALL "Disallow:\n", A "/a", true, 0, NULL},
    {ALL "Disallow:\nDisallow: /a\n", A "/a", false, 3, NULL},
    {ALL "Allow:\nDisallow: /\n", A "/a", false, 3, NULL},
    {ALL "Disallow /a\n", A "/a", true, 0, NULL},
    {ALL "Disallow\n: /a\n", A "/a", true, 0, NULL},
    {ALL "Disalow: /a\nNoindex: /a\n", A "/a", true, 0, NULL},
    {ALL "Disallow: a\n", A "/a", true, 0, NULL},
    {ALL "Disallow: http://a.example/a\n", A "/a", true, 0, NULL},
    {"Disallow: /a\n" ALL "Disallow: /b\n", A "/a", true, 0, NULL},
    {"Disallow: /a\n" ALL "Disallow: /b\n", A "/b", false, 3, NULL},
    {"", A "/a", true, 0, NULL},
    {"\n", A "/a", true, 0, NULL},
    {"<!DOCTYPE html>\n<html><title>404</title>\n<a href=/>x: /</a>", A "/a",
	true, 0, NULL},
    {ALL "Disallow: /\n", A "/robots.txt", true, 0, NULL},
    {ALL "Disallow: /\n", A "/robots.txt?a", false, 2, NULL},
    {ALL "Disallow: /\n", A "?a", false, 2, NULL},
    {ALL "Disallow: /?a\n", A "?a", false, 2, NULL},
    {ALL "Disallow: /a#\n", A "/b#/a", true, 0, NULL},
    {ALL "Disallow: /b\n", A "/a//b", true, 0, NULL},
    {ALL "Disallow: /b\n", "https://a.example:8443/b", false, 2, NULL},
    /* ---- 2.2.1: names ---- */
    {"User-agent: metrofeed\nDisallow: /a\n" ALL "Disallow: /\n", A "/b", true,
	0, NULL},
    {ALL "Disallow: /\nUser-agent: METROfeed\nDisallow: /a\n", A "/a", false, 4,
	NULL},
    {"User-agent: metrofeed/0.1.0\nDisallow: /a\n", A "/a", false, 2, NULL},
    {"User-agent: metrofeed (news)\nDisallow: /a\n", A "/a", false, 2, NULL},
    {"User-agent: metrofeed-image\nDisallow: /a\n", A "/a", true, 0, NULL},
    {"User-agent: metro\nDisallow: /a\n", A "/a", true, 0, NULL},
    {"User-agent: a metrofeed\nDisallow: /a\n", A "/a", true, 0, NULL},
    {"User-agent:\nDisallow: /a\n", A "/a", true, 0, NULL},
    {"User-agent: *bot\nDisallow: /a\n", A "/a", true, 0, NULL},
    {"User-agent: * all\nDisallow: /a\n", A "/a", false, 2, NULL},
    /* groups for one name are joined */
    {"User-agent: metrofeed\nDisallow: /a\n" ALL "Disallow: /b\n"
     "User-agent: metrofeed\nDisallow: /c\n",
	A "/a", false, 2, NULL},
    {"User-agent: metrofeed\nDisallow: /a\n" ALL "Disallow: /b\n"
     "User-agent: metrofeed\nDisallow: /c\n",
	A "/b", true, 0, NULL},
    {"User-agent: metrofeed\nDisallow: /a\n" ALL "Disallow: /b\n"
     "User-agent: metrofeed\nDisallow: /c\n",
	A "/c", false, 6, NULL},
    {ALL "Disallow: /a\n" ALL "Disallow: /b\n", A "/b", false, 4, NULL},
    {"User-agent: *\nUser-agent: metrofeed\nDisallow: /a\n", A "/a", false, 3,
	NULL},
    /* blank lines and other records end no group's names */
    {"User-agent: metrofeed\n\nUser-agent: other\n\nDisallow: /a\n", A "/a",
	false, 5, NULL},
    {"User-agent: metrofeed\nSitemap: http://a.example/s\n"
     "User-agent: other\nDisallow: /a\n",
	A "/a", false, 4, NULL},
    {ALL "Disallow: /a\nSitemap: http://a.example/s\nDisallow: /b\n", A "/b",
	false, 4, NULL},
    /* a rule without a path does */
    {"User-agent: metrofeed\nDisallow:\nUser-agent: other\nDisallow: /a\n",
	A "/a", true, 0, NULL},
};

static void
test_rows(void **state)
{
	(void)state;
	unsigned failed = 0;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct row *row = &rows[i];
		/* exact in size: a byte read after the end would show */
		size_t length = strlen(row->text);
		char *bytes = length > 0 ? xmemdup(row->text, length) : NULL;
		struct robots_rules *rules = robots_rules_parse(bytes, length,
		    row->token != NULL ? row->token : "metrofeed");
		struct robots_verdict verdict =
		    robots_rules_judge(rules, row->url);
		if (verdict.is_allowed != row->is_allowed ||
		    verdict.line != row->line) {
			print_error("row %zu: %s of '%s': %s by line %u\n", i,
			    row->url, row->text,
			    verdict.is_allowed ? "allowed" : "refused",
			    verdict.line);
			failed++;
		}
		robots_rules_free(rules);
		free(bytes);
	}
	assert_int_equal(failed, 0);
	robots_rules_free(NULL);
}

static void
test_nul(void **state)
{
	(void)state;
	static const char text[] = "User-agent: *\nDisallow: /a\0b\nDisallow: "
				   "/c";
	struct robots_rules *rules =
	    robots_rules_parse(text, sizeof(text) - 1, "metrofeed");
	assert_true(robots_rules_judge(rules, A "/a").is_allowed);
	assert_int_equal(robots_rules_judge(rules, A "/a%00b").line, 2);
	assert_int_equal(robots_rules_judge(rules, A "/c").line, 3);
	robots_rules_free(rules);
}

/* What fits is read; of the rule at the edge nothing. */
static void
test_cut(void **state)
{
	(void)state;
	struct buffer text = {0};
	buffer_add_string(&text, ALL "Disallow: /first\n");
	while (text.length < ROBOTS_MAX_BYTES - 40)
		buffer_add_string(&text, "# filling\n");
	while (text.length < ROBOTS_MAX_BYTES - 12)
		buffer_add_byte(&text, '\n');
	buffer_add_string(&text, "Disallow: /edge\n");
	assert_int_equal(text.length, ROBOTS_MAX_BYTES + 4);
	buffer_add_string(&text, "Disallow: /after\n");
	struct robots_rules *rules =
	    robots_rules_parse(text.bytes, text.length, "metrofeed");
	assert_int_equal(robots_rules_judge(rules, A "/first").line, 2);
	assert_true(robots_rules_judge(rules, A "/edge").is_allowed);
	assert_true(robots_rules_judge(rules, A "/e").is_allowed);
	assert_true(robots_rules_judge(rules, A "/after").is_allowed);
	robots_rules_free(rules);
	/* the same line, just inside */
	text.length = ROBOTS_MAX_BYTES - 12;
	memmove(text.bytes + 100, text.bytes + 104, text.length - 104);
	memcpy(text.bytes + text.length - 4, "Disallow: /edge\n", 16);
	assert_int_equal(text.length - 4 + 16, ROBOTS_MAX_BYTES);
	rules = robots_rules_parse(text.bytes, ROBOTS_MAX_BYTES, "metrofeed");
	assert_false(robots_rules_judge(rules, A "/edge").is_allowed);
	robots_rules_free(rules);
	/* one line that never ends is no rule */
	memset(text.bytes, 'a', ROBOTS_MAX_BYTES + 4);
	memcpy(text.bytes, "Disallow: /", 11);
	rules =
	    robots_rules_parse(text.bytes, ROBOTS_MAX_BYTES + 4, "metrofeed");
	assert_true(robots_rules_judge(rules, A "/aaa").is_allowed);
	robots_rules_free(rules);
	buffer_clear(&text);
}

static void
test_delay(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t delay_ms;
	} delays[] = {
	    {ALL "Crawl-delay: 10\n", 10000},
	    {ALL "crawl-DELAY : 0.5 # half\n", 500},
	    {ALL "Crawl-delay: 2.375\n", 2375},
	    {ALL "Crawl-delay: 2.37599999\n", 2375},
	    {ALL "Crawl-delay: 60\n", 60000},
	    {ALL "Crawl-delay: 61\n", 60000},
	    {ALL "Crawl-delay: 99999999999999999999999\n", 60000},
	    {ALL "Crawl-delay: 5\nCrawl-delay: 7\nCrawl-delay: 6\n", 7000},
	    {ALL "Crawl-delay: 0\n", 0},
	    {ALL "Crawl-delay: -5\n", 0},
	    {ALL "Crawl-delay: 5s\n", 0},
	    {ALL "Crawl-delay: 1.2.3\n", 0},
	    {ALL "Crawl-delay: .\n", 0},
	    {ALL "Crawl-delay:\n", 0},
	    {"Crawl-delay: 5\n" ALL "Disallow: /a\n", 0},
	    {"User-agent: other\nCrawl-delay: 5\n", 0},
	    {"User-agent: metrofeed\nCrawl-delay: 5\nDisallow:\n" ALL
	     "Crawl-delay: 9\n",
		5000},
	    {ALL "Crawl-delay: 9\nDisallow:\nUser-agent: metrofeed\n", 0},
	};
	for (size_t i = 0; i < sizeof(delays) / sizeof(*delays); i++) {
		struct robots_rules *rules = robots_rules_parse(
		    delays[i].text, strlen(delays[i].text), "metrofeed");
		if (robots_rules_delay_ms(rules) != delays[i].delay_ms)
			fail_msg("'%s': %lld ms", delays[i].text,
			    (long long)robots_rules_delay_ms(rules));
		robots_rules_free(rules);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_nul),
	    cmocka_unit_test(test_cut),
	    cmocka_unit_test(test_delay),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
