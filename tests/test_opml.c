#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "feed/opml.h"
#include "feed/xml.h"

static void
sites_and_feeds(void **state)
{
	(void)state;
	struct error err = {{0}};
	size_t length;
	struct opml *opml = opml_new("feeds");
	opml_site(opml, "A & \"B\"");
	opml_feed(opml, "<one>", "https://f.example/a/1.atom?x&y",
	    "https://paper.example/1");
	opml_feed(opml, "두 번째", "https://f.example/a/2.atom",
	    "javascript:alert(1)");
	opml_site(opml, "C");
	opml_feed(opml, "three", "https://f.example/c/3.rss", NULL);
	char *bytes = opml_finish(opml, &length, &err);
	if (bytes == NULL)
		fail_msg("%s", err.reason);
	assert_string_equal(bytes,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<opml version=\"2.0\">\n"
	    " <head>\n"
	    "  <title>feeds</title>\n"
	    " </head>\n"
	    " <body>\n"
	    "  <outline text=\"A &amp; &quot;B&quot;\""
	    " title=\"A &amp; &quot;B&quot;\">\n"
	    "   <outline text=\"&lt;one&gt;\" title=\"&lt;one&gt;\""
	    " type=\"rss\" xmlUrl=\"https://f.example/a/1.atom?x&amp;y\""
	    " htmlUrl=\"https://paper.example/1\"/>\n"
	    "   <outline text=\"두 번째\" title=\"두 번째\" type=\"rss\""
	    " xmlUrl=\"https://f.example/a/2.atom\"/>\n"
	    "  </outline>\n"
	    "  <outline text=\"C\" title=\"C\">\n"
	    "   <outline text=\"three\" title=\"three\" type=\"rss\""
	    " xmlUrl=\"https://f.example/c/3.rss\"/>\n"
	    "  </outline>\n"
	    " </body>\n"
	    "</opml>\n");
	assert_int_equal(length, strlen(bytes));
	free(bytes);
	opml_free(opml);
}

static void
nothing_in_it(void **state)
{
	(void)state;
	struct error err = {{0}};
	size_t length;
	struct opml *opml = opml_new("feeds");
	char *bytes = opml_finish(opml, &length, &err);
	assert_non_null(bytes);
	assert_true(xml_check(bytes, length, &err));
	free(bytes);
	opml_free(opml);
	opml_free(NULL);
}

static void
unclean_text(void **state)
{
	(void)state;
	static const char *const bad[] = {"a\x01", "a\xff", "a\u202e"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct error err = {{0}};
		size_t length;
		struct opml *opml = opml_new("feeds");
		opml_site(opml, "A");
		opml_feed(opml, bad[i], "https://f.example/1.atom", NULL);
		assert_null(opml_finish(opml, &length, &err));
		assert_true(err.reason[0] != '\0');
		opml_free(opml);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sites_and_feeds),
	    cmocka_unit_test(nothing_in_it),
	    cmocka_unit_test(unclean_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
