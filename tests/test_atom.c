#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "feed/atom.h"
#include "feed/memory.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define HEAD                                                                   \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"                         \
	"<feed xmlns=\"http://www.w3.org/2005/Atom\" "                         \
	"xmlns:media=\"http://search.yahoo.com/mrss/\""

enum { FULL, EXCERPT, NONE };

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
	char *bytes = atom_render(info, &list, &length, err);
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
	info.self = "https://feeds.example.net/a/b.atom?x=1&y=2";
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
	assert_string_equal(got,
	    HEAD " xml:lang=\"ko-KR\">\n"
		 " <id>tag:example.com,2026:feed/a/b</id>\n"
		 " <title type=\"text\">A \xc2\xb7 B</title>\n"
		 " <updated>2024-03-05T00:37:45Z</updated>\n"
		 " <link rel=\"self\" type=\"application/atom+xml\""
		 " href=\"https://feeds.example.net/a/b.atom?x=1&amp;y=2\"/>\n"
		 " <link rel=\"alternate\" type=\"text/html\""
		 " href=\"https://example.com/list\"/>\n"
		 " <author>\n"
		 "  <name>Site &amp; Co</name>\n"
		 " </author>\n"
		 " <generator>metrofeed</generator>\n"
		 " <icon>https://example.com/favicon.ico</icon>\n"
		 " <entry>\n"
		 "  <id>tag:example.com,2026:1</id>\n"
		 "  <title type=\"text\">&quot;&lt;b&gt;R&amp;D&lt;/b&gt;&quot;"
		 " \xed\x95\x9c\xea\xb8\x80</title>\n"
		 "  <updated>2024-03-05T00:38:20Z</updated>\n"
		 "  <published>2024-03-05T00:36:40Z</published>\n"
		 "  <link rel=\"alternate\""
		 " href=\"https://example.com/article/1\"/>\n"
		 "  <author>\n"
		 "   <name>Kim</name>\n"
		 "  </author>\n"
		 "  <category term=\"B &lt;1&gt;\"/>\n"
		 "  <content type=\"html\">"
		 "&lt;p&gt;&lt;img src=&quot;https://example.com/i.jpg?a=1"
		 "&amp;amp;b=&amp;quot;&quot; alt=&quot;&quot;&gt;"
		 "&lt;/p&gt;\n"
		 "&lt;p&gt;a &amp;lt; b &amp;amp;&amp;amp; "
		 "&amp;quot;c&amp;quot;&lt;/p&gt;\n"
		 "&lt;p&gt;&amp;lt;script&amp;gt;x&amp;lt;/script&amp;gt;"
		 "&lt;/p&gt;</content>\n"
		 "  <media:thumbnail"
		 " url=\"https://example.com/i.jpg?a=1&amp;b=&quot;\"/>\n"
		 " </entry>\n"
		 " <entry>\n"
		 "  <id>https://example.com/2</id>\n"
		 "  <title type=\"text\">One</title>\n"
		 "  <updated>2024-03-05T00:37:45Z</updated>\n"
		 "  <published>2024-03-05T00:37:45Z</published>\n"
		 "  <link rel=\"alternate\" href=\"http://example.com/2\"/>\n"
		 "  <category term=\"B &lt;1&gt;\"/>\n"
		 " </entry>\n"
		 "</feed>\n");
	free(got);
}

static void
test_empty(void **state)
{
	(void)state;
	char *got = render(&plain_info, NULL, 0, NULL);
	assert_string_equal(got,
	    HEAD ">\n"
		 " <id>tag:example.com,2026:feed/a/b</id>\n"
		 " <title type=\"text\">A \xc2\xb7 B</title>\n"
		 " <updated>2024-03-05T00:37:45Z</updated>\n"
		 " <link rel=\"alternate\" type=\"text/html\""
		 " href=\"https://example.com/list\"/>\n"
		 " <author>\n"
		 "  <name>A \xc2\xb7 B</name>\n" /* 4.1.1 wants one */
		 " </author>\n"
		 " <generator>metrofeed</generator>\n"
		 "</feed>\n");
	free(got);
}

/* Each row: the plain article and feed with one thing changed; the document
 * must hold, or not hold, a string. */
static const struct {
	const char *name;
	int content;
	const char *text, *image, *author, *language, *icon, *category;
	const char *holds, *lacks;
} parts[] = {
    {.name = "full: text",
	.text = "x",
	.holds = "<content type=\"html\">&lt;p&gt;x&lt;/p&gt;</content>",
	.lacks = "<summary"},
    {.name = "full: nothing to say", .lacks = "<content"},
    {.name = "full: empty text", .text = "", .lacks = "<content"},
    {.name = "full: image alone",
	.image = "http://example.com/i.png",
	.holds = "<content type=\"html\">&lt;p&gt;&lt;img "
		 "src=&quot;http://example.com/i.png&quot; "
		 "alt=&quot;&quot;&gt;&lt;/p&gt;</content>",
	.lacks = "\n&lt;p"},
    {.name = "full: newlines at the ends",
	.text = "\nx\n\ny\n",
	.holds = ">&lt;p&gt;x&lt;/p&gt;\n&lt;p&gt;y&lt;/p&gt;</content>",
	.lacks = "&lt;p&gt;&lt;/p&gt;"},
    {.name = "excerpt: text",
	.content = EXCERPT,
	.text = "x <y>\nz",
	.holds = "<summary type=\"text\">x &lt;y&gt; z</summary>",
	.lacks = "<content"},
    {.name = "excerpt: no text",
	.content = EXCERPT,
	.image = "https://example.com/i.png",
	.holds = "<media:thumbnail url=\"https://example.com/i.png\"/>",
	.lacks = "<summary"},
    {.name = "none",
	.content = NONE,
	.text = "x",
	.image = "https://example.com/i.png",
	.holds = "<media:thumbnail",
	.lacks = "<summary"},
    {.name = "none: no content",
	.content = NONE,
	.text = "x",
	.lacks = "<content"},
    {.name = "image that is no web address",
	.image = "javascript:alert(1)",
	.lacks = "javascript"},
    {.name = "image as data", .image = "data:image/png;x", .lacks = "data:"},
    {.name = "icon that is no web address",
	.icon = "/favicon.ico",
	.lacks = "<icon"},
    {.name = "author",
	.author = "K",
	.holds = "  <author>\n   <name>K</name>\n  </author>"},
    {.name = "empty author", .author = "", .lacks = "<name></name>"},
    {.name = "empty author, closed", .author = "", .lacks = "<name/>"},
    {.name = "no category", .lacks = "<category"},
    {.name = "category", .category = "C", .holds = "<category term=\"C\"/>"},
    {.name = "ko", .language = "ko", .holds = " xml:lang=\"ko\">"},
    {.name = "zh-Hant-TW",
	.language = "zh-Hant-TW",
	.holds = " xml:lang=\"zh-Hant-TW\">"},
    {.name = "de-1996", .language = "de-1996", .holds = "\"de-1996\""},
    {.name = "no language", .lacks = "xml:lang"},
    {.name = "empty language", .language = "", .lacks = "xml:lang"},
    {.name = "ko_KR", .language = "ko_KR", .lacks = "xml:lang"},
    {.name = "-ko", .language = "-ko", .lacks = "xml:lang"},
    {.name = "ko-", .language = "ko-", .lacks = "xml:lang"},
    {.name = "k--o", .language = "k--o", .lacks = "xml:lang"},
    {.name = "a long part", .language = "abcdefghi", .lacks = "xml:lang"},
    {.name = "8859", .language = "8859", .lacks = "xml:lang"},
    {.name = "not ASCII", .language = "\xed\x95\x9c", .lacks = "xml:lang"},
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

/* What must not get into a document makes none. */
static const struct {
	const char *feed_id, *feed_title, *id, *link, *title, *text, *reason;
} refused[] = {
    {"", "t", "i", "http://a/", "t", "x", "the feed has no id or no title"},
    {"i", NULL, "i", "http://a/", "t", "x", "the feed has no id or no title"},
    {"i", "t", NULL, "http://a/", "t", "x", "article 0 has no id"},
    {"i", "t", "i", NULL, "t", "x", "i: no http link"},
    {"i", "t", "i", "javascript:0", "t", "x", "i: no http link"},
    {"i", "t", "i", "//a/", "t", "x", "i: no http link"},
    {"i", "t", "i", "http://a/", "\x01", "x", "unclean text in an element"},
    {"i", "t", "i", "http://a/", "t", "\xff", "unclean text in an element"},
    {"i", "t", "i", "http://a/\xff", "t", "x", "unclean text in href"},
    {"\x1f", "t", "i", "http://a/", "t", "x", "unclean text in an element"},
};

static void
test_refused(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct feed_info info = plain_info;
		info.id = refused[i].feed_id;
		info.title = refused[i].feed_title;
		struct article article = plain_article;
		article.id = (char *)refused[i].id;
		article.link = (char *)refused[i].link;
		article.title = (char *)refused[i].title;
		article.text = (char *)refused[i].text;
		struct error err = {0};
		char *got = render(&info, &article, 1, &err);
		if (got != NULL || strcmp(err.reason, refused[i].reason) != 0) {
			print_error("row %zu: got '%s'\n", i, err.reason);
			failed++;
		}
		free(got);
	}
	assert_int_equal(failed, 0);
}

static void
test_excerpt_is_short(void **state)
{
	(void)state;
	char text[4001];
	memset(text, 'x', 4000);
	text[4000] = '\0';
	struct feed_info info = plain_info;
	info.content = EXCERPT;
	struct article article = plain_article;
	article.text = text;
	char *got = render(&info, &article, 1, NULL);
	const char *start = strstr(got, "<summary type=\"text\">");
	assert_non_null(start);
	start += strlen("<summary type=\"text\">");
	size_t cells = strspn(start, "x");
	assert_in_range(cells, 150, 200);
	assert_int_equal(
	    strncmp(start + cells, "\xe2\x80\xa6</summary>", 13), 0);
	free(got);
}

/* An entry's bytes are its own: feed readers hash them (DESIGN.md P7). */
static void
test_neighbours(void **state)
{
	(void)state;
	struct article three[3] = {plain_article, plain_article, plain_article};
	three[0].id = "a", three[1].id = "b", three[2].id = "c";
	three[1].text = "x\ny";
	char *alone = render(&plain_info, &three[1], 1, NULL);
	char *again = render(&plain_info, &three[1], 1, NULL);
	char *among = render(&plain_info, three, 3, NULL);
	assert_string_equal(alone, again);
	char *entry = strstr(alone, " <entry>");
	char *end = strstr(entry, "</feed>");
	*end = '\0';
	assert_non_null(strstr(among, entry));
	free(among);
	free(again);
	free(alone);
}

/* Order of the list is kept: the store sorts. */
static void
test_many(void **state)
{
	(void)state;
	struct articles articles = {0};
	for (int i = 0; i < 1000; i++) {
		struct article article = article_copy(&plain_article);
		free(article.id);
		article.id = xasprintf("urn:x:%d", i);
		articles_add(&articles, article);
	}
	size_t length;
	char *got = atom_render(&plain_info, &articles, &length, NULL);
	assert_non_null(got);
	char *at = got;
	for (int i = 0; i < 1000; i++) {
		char *id = xasprintf("<id>urn:x:%d</id>", i);
		at = strstr(at, id);
		assert_non_null(at);
		free(id);
	}
	free(got);
	articles_clear(&articles);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_whole_document),
	    cmocka_unit_test(test_empty),
	    cmocka_unit_test(test_parts),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_excerpt_is_short),
	    cmocka_unit_test(test_neighbours),
	    cmocka_unit_test(test_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
