#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "feed/rss.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define HEAD                                                                   \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"                         \
	"<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\""      \
	" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\""          \
	" xmlns:dc=\"http://purl.org/dc/elements/1.1/\""                       \
	" xmlns:media=\"http://search.yahoo.com/mrss/\">\n"                    \
	" <channel>\n"

static const struct feed_info plain_info = {
    .id = "tag:example.com,2026:feed/a/b",
    .title = "A \xc2\xb7 B",
    .alternate = "https://example.com/list",
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
	char *bytes = rss_render(info, &list, &length, err);
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
	info.self = "https://feeds.example.net/a/b.rss?x=1&y=2";
	info.icon = "https://example.com/favicon.ico";
	info.language = "ko-KR";
	info.category = "B <1>";
	struct article articles[2] = {plain_article, plain_article};
	articles[0].title = "\"<b>R&D</b>\" \xed\x95\x9c\xea\xb8\x80";
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
	assert_string_equal(got, HEAD
	    "  <title>A \xc2\xb7 B</title>\n"
	    "  <link>https://example.com/list</link>\n"
	    "  <description>A \xc2\xb7 B</description>\n"
	    "  <atom:link rel=\"self\" type=\"application/rss+xml\""
	    " href=\"https://feeds.example.net/a/b.rss?x=1&amp;y=2\"/>\n"
	    "  <language>ko-KR</language>\n"
	    "  <lastBuildDate>Tue, 05 Mar 2024 00:37:45 GMT</lastBuildDate>\n"
	    "  <generator>metrofeed</generator>\n"
	    "  <item>\n"
	    "   <title>&quot;\xef\xbc\x9c"
	    "b&gt;R&amp;D\xef\xbc\x9c/b&gt;&quot; "
	    "\xed\x95\x9c\xea\xb8\x80</title>\n"
	    "   <link>https://example.com/article/1</link>\n"
	    "   <guid isPermaLink=\"false\">tag:example.com,2026:1</guid>\n"
	    "   <pubDate>Tue, 05 Mar 2024 00:36:40 GMT</pubDate>\n"
	    "   <dc:creator>Kim</dc:creator>\n"
	    "   <category>B &lt;1&gt;</category>\n"
	    "   <description>a &amp;lt; b &amp;amp;&amp;amp; &amp;quot;c"
	    "&amp;quot; &amp;lt;script&amp;gt;x&amp;lt;/script&amp;gt;"
	    "</description>\n"
	    "   <content:encoded>"
	    "&lt;p&gt;&lt;img src=&quot;https://example.com/i.jpg?a=1"
	    "&amp;amp;b=&amp;quot;&quot; alt=&quot;&quot;&gt;&lt;/p&gt;\n"
	    "&lt;p&gt;a &amp;lt; b &amp;amp;&amp;amp; "
	    "&amp;quot;c&amp;quot;&lt;/p&gt;\n"
	    "&lt;p&gt;&amp;lt;script&amp;gt;x&amp;lt;/script&amp;gt;"
	    "&lt;/p&gt;</content:encoded>\n"
	    "   <media:thumbnail"
	    " url=\"https://example.com/i.jpg?a=1&amp;b=&quot;\"/>\n"
	    "  </item>\n"
	    "  <item>\n"
	    "   <title>One</title>\n"
	    "   <link>http://example.com/2</link>\n"
	    "   <guid isPermaLink=\"false\">https://example.com/2</guid>\n"
	    "   <pubDate>Tue, 05 Mar 2024 00:37:45 GMT</pubDate>\n"
	    "   <category>B &lt;1&gt;</category>\n"
	    "  </item>\n"
	    " </channel>\n"
	    "</rss>\n");
	free(got);
}

/* Titles that a feed reader may take for HTML: a tag never begins. */
static const struct {
	const char *title, *shown;
} titles[] = {
    {"One", "One"},
    {"<script>x", "\xef\xbc\x9cscript&gt;x"},
    {"</title>", "\xef\xbc\x9c/title&gt;"},
    {"<!--", "\xef\xbc\x9c!--"},
    {"<?php", "\xef\xbc\x9c?php"},
    {"<<B", "&lt;\xef\xbc\x9c"
	    "B"},
    /* no tag in HTML either: 13.2.5.6 wants a letter */
    {"<\xec\x86\x8d\xeb\xb3\xb4> 1 < 2", "&lt;\xec\x86\x8d\xeb\xb3\xb4&gt; "
					 "1 &lt; 2"},
    {"a <", "a &lt;"},
    {"<3", "&lt;3"},
};

static void
test_titles(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(titles); i++) {
		struct article article = plain_article;
		char want[100] = "<title>";
		article.title = (char *)titles[i].title;
		strcat(want, titles[i].shown);
		strcat(want, "</title>\n   <link>");
		char *got = render(&plain_info, &article, 1, NULL);
		if (strstr(got, want) == NULL)
			fail_msg("'%s' became %s", titles[i].title, got);
		free(got);
	}
}

/* Each row: the plain article and feed with one thing changed; the document
 * must hold, or not hold, a string. */
static const struct {
	const char *name;
	int content;
	const char *text, *image, *author, *language, *category;
	const char *holds, *lacks;
} parts[] = {
    {.name = "full: text",
	.text = "x\ny",
	.holds = "<description>x y</description>\n   <content:encoded>"
		 "&lt;p&gt;x&lt;/p&gt;\n&lt;p&gt;y&lt;/p&gt;<"},
    {.name = "full: nothing to say", .lacks = "<content"},
    {.name = "full: nothing to say either", .lacks = "   <description"},
    {.name = "full: image alone",
	.image = "http://example.com/i.png",
	.holds = "<content:encoded>&lt;p&gt;&lt;img ",
	.lacks = "   <description"},
    {.name = "excerpt",
	.content = ENTRY_EXCERPT,
	.text = "x",
	.holds = "<description>x</description>",
	.lacks = "content:encoded>"},
    {.name = "nothing",
	.content = ENTRY_NOTHING,
	.text = "x",
	.image = "http://example.com/i.png",
	.holds = "<media:thumbnail url=\"http://example.com/i.png\"/>",
	.lacks = "   <description"},
    {.name = "nothing at all",
	.content = ENTRY_NOTHING,
	.text = "x",
	.lacks = "<content"},
    {.name = "image that is no web address",
	.image = "javascript:alert(1)",
	.lacks = "javascript"},
    {.name = "author that is markup",
	.author = "<img src=x>",
	.holds = "<dc:creator>\xef\xbc\x9cimg src=x&gt;</dc:creator>"},
    {.name = "empty author", .author = "", .lacks = "dc:creator>"},
    {.name = "no category", .lacks = "<category"},
    {.name = "ko", .language = "ko", .holds = "<language>ko</language>"},
    {.name = "ko_KR", .language = "ko_KR", .lacks = "<language"},
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
		info.category = parts[i].category;
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

/* A channel without a link would be none. */
static void
test_refused(void **state)
{
	(void)state;
	static const char *const pages[] = {NULL, "", "/list", "ftp://a/"};
	for (size_t i = 0; i < COUNT(pages); i++) {
		struct feed_info info = plain_info;
		struct error err = {0};
		info.alternate = pages[i];
		assert_null(render(&info, &plain_article, 1, &err));
		assert_string_equal(
		    err.reason, "the feed's page has no http address");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_whole_document),
	    cmocka_unit_test(test_titles),
	    cmocka_unit_test(test_parts),
	    cmocka_unit_test(test_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
