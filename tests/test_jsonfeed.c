#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "feed/json_writer.h"
#include "feed/jsonfeed.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct feed_info plain_info = {
    .id = "tag:example.com,2026:feed/a/b",
    .title = "A \xc2\xb7 B",
    .updated_s = 1709599065,
};

/* 2024-03-05T00:37:45Z is 1709599065 */
static const struct article plain_article = {
    .id = "tag:example.com,2026:1",
    .link = "https://example.com/article/1",
    .title = "One",
    .published = {1709599000, PRECISION_SECOND},
    .first_seen_s = 1709599065,
    .changed_s = 1709599065,
};

static char *
render(const struct feed_info *info, const struct article *articles,
    size_t count, struct error *err)
{
	struct articles list = {
	    .list = (struct article *)articles, .count = count};
	size_t length = 0;
	char *bytes = jsonfeed_render(info, &list, &length, err);
	if (bytes != NULL)
		assert_true(strlen(bytes) == length);
	return bytes;
}

static void
test_whole_document(void **state)
{
	(void)state;
	struct feed_info info = plain_info;
	info.author = "Site & Co";
	info.self = "https://feeds.example.net/a/b.json";
	info.alternate = "https://example.com/list";
	info.icon = "https://example.com/favicon.ico";
	info.language = "ko-KR";
	info.category = "B <1>";
	struct article articles[2] = {plain_article, plain_article};
	articles[0].title = "\"<b>R&D</b>\" \\ \xed\x95\x9c\xea\xb8\x80";
	articles[0].text = "a < b && \"c\"\n<script>x</script>";
	articles[0].author = "Kim";
	articles[0].image = "https://example.com/i.jpg?a=1&b=\"";
	articles[0].changed_s = 1709599100;
	articles[1].id = "https://example.com/2";
	articles[1].link = "http://example.com/2";
	articles[1].published = (struct moment){0, PRECISION_NONE};
	struct error err = {0};
	char *got = render(&info, articles, 2, &err);
	assert_string_equal(err.reason, "");
	assert_string_equal(got,
	    "{\n"
	    " \"version\": \"https://jsonfeed.org/version/1.1\",\n"
	    " \"title\": \"A \xc2\xb7 B\",\n"
	    " \"home_page_url\": \"https://example.com/list\",\n"
	    " \"feed_url\": \"https://feeds.example.net/a/b.json\",\n"
	    " \"favicon\": \"https://example.com/favicon.ico\",\n"
	    " \"authors\": [\n"
	    "  {\n"
	    "   \"name\": \"Site & Co\"\n"
	    "  }\n"
	    " ],\n"
	    " \"language\": \"ko-KR\",\n"
	    " \"items\": [\n"
	    "  {\n"
	    "   \"id\": \"tag:example.com,2026:1\",\n"
	    "   \"url\": \"https://example.com/article/1\",\n"
	    "   \"title\": \"\\\"<b>R&D</b>\\\" \\\\ "
	    "\xed\x95\x9c\xea\xb8\x80\",\n"
	    "   \"content_html\": \"<p><img "
	    "src=\\\"https://example.com/i.jpg?a=1&amp;b=&quot;\\\" "
	    "alt=\\\"\\\"></p>\\n<p>a &lt; b &amp;&amp; &quot;c&quot;</p>"
	    "\\n<p>&lt;script&gt;x&lt;/script&gt;</p>\",\n"
	    "   \"image\": \"https://example.com/i.jpg?a=1&b=\\\"\",\n"
	    "   \"date_published\": \"2024-03-05T00:36:40Z\",\n"
	    "   \"date_modified\": \"2024-03-05T00:38:20Z\",\n"
	    "   \"authors\": [\n"
	    "    {\n"
	    "     \"name\": \"Kim\"\n"
	    "    }\n"
	    "   ],\n"
	    "   \"tags\": [\n"
	    "    \"B <1>\"\n"
	    "   ]\n"
	    "  },\n"
	    "  {\n"
	    "   \"id\": \"https://example.com/2\",\n"
	    "   \"url\": \"http://example.com/2\",\n"
	    "   \"title\": \"One\",\n"
	    "   \"content_text\": \"\",\n"
	    "   \"date_published\": \"2024-03-05T00:37:45Z\",\n"
	    "   \"date_modified\": \"2024-03-05T00:37:45Z\",\n"
	    "   \"tags\": [\n"
	    "    \"B <1>\"\n"
	    "   ]\n"
	    "  }\n"
	    " ]\n"
	    "}\n");
	free(got);
}

static void
test_empty(void **state)
{
	(void)state;
	char *got = render(&plain_info, NULL, 0, NULL);
	assert_string_equal(got,
	    "{\n"
	    " \"version\": \"https://jsonfeed.org/version/1.1\",\n"
	    " \"title\": \"A \xc2\xb7 B\",\n"
	    " \"authors\": [\n"
	    "  {\n"
	    "   \"name\": \"A \xc2\xb7 B\"\n"
	    "  }\n"
	    " ],\n"
	    " \"items\": []\n"
	    "}\n");
	free(got);
}

static const struct {
	const char *name;
	int content;
	const char *text, *image, *author, *language, *icon;
	const char *holds, *lacks;
} parts[] = {
    {.name = "full: text",
	.text = "x",
	.holds = "\"content_html\": \"<p>x</p>\"",
	.lacks = "content_text"},
    {.name = "full: nothing to say",
	.holds = "\"content_text\": \"\"",
	.lacks = "content_html"},
    {.name = "excerpt",
	.content = ENTRY_EXCERPT,
	.text = "x <y>\nz",
	.holds = "\"content_text\": \"x <y> z\"",
	.lacks = "content_html"},
    {.name = "nothing",
	.content = ENTRY_NOTHING,
	.text = "x",
	.image = "https://example.com/i.png",
	.holds = "\"content_text\": \"\",\n   \"image\": "
		 "\"https://example.com/i.png\"",
	.lacks = "content_html"},
    {.name = "image that is no web address",
	.image = "javascript:alert(1)",
	.lacks = "image"},
    {.name = "icon that is no web address", .icon = "/i", .lacks = "icon"},
    {.name = "empty author", .author = "", .lacks = "\"\"\n"},
    {.name = "no category", .lacks = "tags"},
    {.name = "no address of the page", .lacks = "home_page_url"},
    {.name = "ko_KR", .language = "ko_KR", .lacks = "language"},
};

static void
test_parts(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(parts); i++) {
		struct feed_info info = plain_info;
		info.content = parts[i].content;
		info.language = parts[i].language;
		info.icon = parts[i].icon;
		struct article article = plain_article;
		article.text = (char *)parts[i].text;
		article.image = (char *)parts[i].image;
		article.author = (char *)parts[i].author;
		struct error err = {0};
		char *got = render(&info, &article, 1, &err);
		if (got == NULL ||
		    (parts[i].holds != NULL &&
			strstr(got, parts[i].holds) == NULL) ||
		    (parts[i].lacks != NULL &&
			strstr(got, parts[i].lacks) != NULL)) {
			print_error("%s: got %s%s\n", parts[i].name, err.reason,
			    got == NULL ? "" : got);
			failed++;
		}
		free(got);
	}
	assert_int_equal(failed, 0);
}

/* The parser that looks at what we wrote must be able to say no. */
static const struct {
	const char *bytes;
	bool good;
} checked[] = {
    {"{}", true},
    {"[]\n", true},
    {"{\"a\": \"\\u2028\xe2\x80\xa8</script>\"}", true},
    {"", false},
    {"\"a\"", false},
    {"{\"a\": 1,}", false},
    {"{\"a\": 1, \"a\": 2}", false},
    {"{\"a\": \"\n\"}", false},
    {"{\"a\": \"\x01\"}", false},
    {"{\"a\": \"\xff\"}", false},
    {"{\"a\": \"\xed\xa0\x80\"}", false}, /* a lone surrogate */
    {"{\"a\": \"\\ud800\"}", false},
    {"{\"a\": 1} x", false},
    {"{\"a\": \"", false},
};

static void
test_check(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(checked); i++) {
		struct error err = {0};
		bool good = json_check(
		    checked[i].bytes, strlen(checked[i].bytes), &err);
		if (good != checked[i].good)
			fail_msg("row %zu: %s", i, err.reason);
		if (!good)
			assert_non_null(strstr(err.reason, "line "));
	}
	assert_false(json_check("{}\0", 3, NULL));
}

static void
test_failure_is_kept(void **state)
{
	(void)state;
	struct error err = {0};
	size_t length = 7;
	struct json_writer *json = json_writer_new();
	json_writer_open(json, NULL, '{');
	json_writer_string(json, "a", "\x01");
	json_writer_string(json, "b", "\xff");
	json_writer_close(json);
	assert_null(json_writer_finish(json, &length, &err));
	assert_string_equal(err.reason, "unclean text in a");
	assert_int_equal(length, 7);
	json_writer_free(json);
	json_writer_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_whole_document),
	    cmocka_unit_test(test_empty),
	    cmocka_unit_test(test_parts),
	    cmocka_unit_test(test_check),
	    cmocka_unit_test(test_failure_is_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
