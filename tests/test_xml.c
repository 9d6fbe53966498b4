#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/memory.h"
#include "feed/xml.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

/* Text in an attribute and in an element, and what is written; NULL: refused,
 * for the reason given. */
static const struct {
	const char *attribute, *text, *written, *reason;
} texts[] = {
    {"a", "b", "<r at=\"a\">b</r>\n", NULL},
    {"", "", "<r at=\"\"/>\n", NULL},
    {"&<>\"'", "&<>\"']]>",
	"<r at=\"&amp;&lt;&gt;&quot;'\">&amp;&lt;&gt;&quot;']]&gt;</r>\n",
	NULL},
    {"\xed\x95\x9c", "\xea\xb8\x80\xf0\x9f\x98\x80",
	"<r at=\"\xed\x95\x9c\">\xea\xb8\x80\xf0\x9f\x98\x80</r>\n", NULL},
    {"&amp;#1;", "&#0;", "<r at=\"&amp;amp;#1;\">&amp;#0;</r>\n", NULL},
    {"x", "one\ntwo", "<r at=\"x\">one\ntwo</r>\n", NULL},
    {"\xef\xbf\xbd", "\xef\xbf\xbd",
	"<r at=\"\xef\xbf\xbd\">\xef\xbf\xbd</r>\n", NULL},
    /* what libxml2 writes without a word (facts: 7 of 12 do not parse) */
    {"x", "\x01", NULL, "unclean text in an element"},
    {"x", "a\x0b", NULL, "unclean text in an element"},
    {"x", "a\x0c", NULL, "unclean text in an element"},
    {"x", "a\x1f", NULL, "unclean text in an element"},
    {"x", "a\x7f", NULL, "unclean text in an element"},
    {"x", "a\rb", NULL, "unclean text in an element"},
    {"x", "\xc2\x85", NULL, "unclean text in an element"},
    {"x", "\xff", NULL, "unclean text in an element"},
    {"x", "cut \xed\x95", NULL, "unclean text in an element"},
    {"x", "surrogate \xed\xa0\x80", NULL, "unclean text in an element"},
    {"x", "\xef\xbf\xbe", NULL, "unclean text in an element"},
    {"x", "\xef\xbf\xbf", NULL, "unclean text in an element"},
    {"x", "\xf4\x90\x80\x80", NULL, "unclean text in an element"},
    {"x", "overlong \xc0\xbc", NULL, "unclean text in an element"},
    {"x", "bidi \xe2\x80\xae", NULL, "unclean text in an element"},
    {"\x01", "x", NULL, "unclean text in at"},
    {"a\nb", "x", NULL, "unclean text in at"},
    {"\xed\x95", "x", NULL, "unclean text in at"},
};

static void
test_texts(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct xml *xml = xml_new();
		xml_open(xml, "r");
		xml_attribute(xml, "at", texts[i].attribute);
		xml_text(xml, texts[i].text);
		xml_close(xml);
		struct error err = {0};
		size_t length = 12345;
		char *got = xml_finish(xml, &length, &err);
		xml_free(xml);
		char *want = texts[i].written == NULL
				 ? NULL
				 : xasprintf("%s%s", HEAD, texts[i].written);
		bool is_right =
		    want == NULL ? got == NULL && length == 12345 &&
				       strcmp(err.reason, texts[i].reason) == 0
				 : got != NULL && strcmp(got, want) == 0 &&
				       length == strlen(want);
		if (!is_right) {
			print_error("row %zu: got %s (%s)\n", i,
			    got == NULL ? "NULL" : got, err.reason);
			failed++;
		}
		free(want);
		free(got);
	}
	assert_int_equal(failed, 0);
}

/* Documents for xml_check, and what is said of the bad ones. */
static const struct {
	const char *name, *bytes, *reason;
} documents[] = {
    {"plain", "<a/>", NULL},
    {"declared", HEAD "<a><b c='d'/></a>\n", NULL},
    {"namespaces", "<a xmlns='u' xmlns:m='v'><m:b/></a>", NULL},
    {"empty", "", "line 1: no element found"},
    {"cut", "<a><b></b>", "line 1: no element found"},
    {"cut in a tag", "<a>\n<b", "line 2: unclosed token"},
    {"crossed", "<a><b></a></b>", "line 1: mismatched tag"},
    {"two roots", "<a/><b/>", "line 1: junk after document element"},
    {"control", "<a>\x01</a>", "line 1: not well-formed (invalid token)"},
    {"bad UTF-8", "<a>\xff</a>", "line 1: not well-formed (invalid token)"},
    {"surrogate", "<a>\xed\xa0\x80</a>",
	"line 1: not well-formed (invalid token)"},
    {"noncharacter", "<a>\xef\xbf\xbf</a>",
	"line 1: not well-formed (invalid token)"},
    {"character 1", "<a>&#1;</a>",
	"line 1: reference to invalid character number"},
    {"latin1 says so", "<?xml version='1.0' encoding='latin1'?><a>\xe9</a>",
	"line 1: not well-formed (invalid token)"},
    {"prefix from nowhere", "<a><m:b/></a>", "line 1: unbound prefix"},
    {"attribute twice", "<a b='1' b='2'/>", "line 1: duplicate attribute"},
    {"entity", "<a>&nbsp;</a>", "line 1: undefined entity"},
    {"doctype", "<!DOCTYPE a><a/>", "line 1: a DOCTYPE"},
    {"doctype with entities", "\n<!DOCTYPE a [<!ENTITY b \"ccc\">]><a>&b;</a>",
	"line 2: a DOCTYPE"},
};

static void
test_check(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(documents); i++) {
		struct error err = {0};
		bool ok = xml_check(
		    documents[i].bytes, strlen(documents[i].bytes), &err);
		const char *want = documents[i].reason;
		if (ok == (want == NULL) &&
		    strcmp(err.reason, want == NULL ? "" : want) == 0)
			continue;
		print_error("%s: got '%s'\n", documents[i].name, err.reason);
		failed++;
	}
	assert_int_equal(failed, 0);
	assert_false(xml_check("<a>\0</a>", 8, NULL)); /* no reason wanted */
	/* the length counts, not a NUL */
	assert_true(xml_check("<a/>b", 4, NULL));
}

/* Read in pieces: characters and tags lie across their borders. */
static void
test_check_large(void **state)
{
	(void)state;
	struct buffer bytes = {0};
	buffer_add_string(&bytes, "<aa>");
	while (bytes.length < (5u << 20) / 2)
		buffer_add_string(&bytes, "<b>\xed\x95\x9c\xea\xb8\x80</b>");
	size_t open = bytes.length;
	assert_false(xml_check(bytes.bytes, open, NULL));
	buffer_add_string(&bytes, "</aa>\n");
	assert_true(xml_check(bytes.bytes, bytes.length, NULL));
	bytes.bytes[open - 3] = '\x02';
	assert_false(xml_check(bytes.bytes, bytes.length, NULL));
	buffer_clear(&bytes);
}

static void
test_indentation(void **state)
{
	(void)state;
	struct xml *xml = xml_new();
	xml_open(xml, "feed");
	xml_attribute(xml, "xmlns", "u");
	xml_attribute(xml, "xmlns:m", "v");
	xml_element(xml, "id", "1");
	xml_open(xml, "entry");
	xml_open(xml, "m:thumbnail");
	xml_attribute(xml, "url", "w");
	xml_close(xml);
	/* what is left open, xml_finish closes */
	size_t length;
	char *got = xml_finish(xml, &length, NULL);
	assert_string_equal(got, HEAD "<feed xmlns=\"u\" xmlns:m=\"v\">\n"
				      " <id>1</id>\n"
				      " <entry>\n"
				      "  <m:thumbnail url=\"w\"/>\n"
				      " </entry>\n"
				      "</feed>\n");
	free(got);
	xml_free(xml);
}

/* After a failure everything is refused, and the first reason stays. */
static void
test_first_failure_stays(void **state)
{
	(void)state;
	struct xml *xml = xml_new();
	xml_open(xml, "a");
	xml_attribute(xml, "b", "\x02");
	xml_text(xml, "\x03");
	xml_element(xml, "c", "d");
	xml_close(xml);
	xml_close(xml);
	xml_close(xml);
	struct error err;
	size_t length;
	assert_null(xml_finish(xml, &length, &err));
	assert_string_equal(err.reason, "unclean text in b");
	assert_null(xml_finish(xml, &length, NULL));
	xml_free(xml);
	xml_free(NULL);
	/* one close too many, an attribute too late */
	xml = xml_new();
	xml_element(xml, "a", "b");
	xml_close(xml);
	assert_null(xml_finish(xml, &length, &err));
	xml_free(xml);
	xml = xml_new();
	xml_open(xml, "a");
	xml_text(xml, "b");
	xml_attribute(xml, "c", "d");
	assert_null(xml_finish(xml, &length, &err));
	assert_string_equal(err.reason, "libxml2 cannot write in c");
	xml_free(xml);
	/* nothing written */
	xml = xml_new();
	assert_null(xml_finish(xml, &length, &err));
	xml_free(xml);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_texts),
	    cmocka_unit_test(test_check),
	    cmocka_unit_test(test_check_large),
	    cmocka_unit_test(test_indentation),
	    cmocka_unit_test(test_first_failure_stays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
