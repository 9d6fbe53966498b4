#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "feed/atom.h"
#include "feed/atom_read.h"
#include "feed/buffer.h"
#include "feed/memory.h"
#include "tests/order.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define SEEN 1709599065 /* 2024-03-05T00:37:45Z */
#define TAG "tag:example.com,2026:"

enum { FULL, EXCERPT, NONE };

/* In a feed's order.  Texts and times of each kind that there can be. */
static const struct article written[] = {
    {.id = TAG "9",
	.link = "https://example.com/article/9?a=1&b=2",
	.title = "Nothing dates it, & <b>bold</b> \"it\" is",
	.text = "One & <two>.\n\"Three\" &amp; four.",
	.author = "Kim & Lee",
	.image = "https://cdn.example.com/9.jpg?a=1&b=\"2\"",
	.first_seen_s = SEEN,
	.changed_s = SEEN},
    {.id = TAG "8",
	.link = "https://example.com/article/8",
	.title = "\xeb\xb3\xb4\xed\x97\x98",
	.text = "No picture.",
	.published = {SEEN - 65, PRECISION_SECOND},
	.first_seen_s = SEEN,
	.changed_s = SEEN,
	.position = 1},
    {.id = TAG "7",
	.link = "https://example.com/article/7",
	.title = "A picture alone",
	.image = "http://cdn.example.com/7.jpg",
	.published = {SEEN - 3600 - 45, PRECISION_MINUTE},
	.first_seen_s = SEEN,
	.changed_s = SEEN,
	.position = 2},
    /* three with one stamp; the middle one was edited */
    {.id = TAG "6",
	.link = "https://example.com/article/6",
	.title = "Six",
	.published = {SEEN - 9999, PRECISION_MINUTE},
	.first_seen_s = SEEN,
	.changed_s = SEEN,
	.position = 3},
    {.id = TAG "5",
	.link = "https://example.com/article/5",
	.title = "Five",
	.published = {SEEN - 9999, PRECISION_MINUTE},
	.first_seen_s = SEEN - 60,
	.changed_s = SEEN + 500,
	.position = 3},
    {.id = "https://example.com/article/4",
	.link = "https://example.com/article/4",
	.title = "",
	.published = {SEEN - 9999, PRECISION_MINUTE},
	.first_seen_s = SEEN - 60,
	.changed_s = SEEN - 60,
	.position = 4},
    /* dated ahead: first sight counts */
    {.id = TAG "3",
	.link = "https://example.com/article/3",
	.title = "Three",
	.published = {SEEN + 86400, PRECISION_DAY},
	.first_seen_s = SEEN - 20000,
	.changed_s = SEEN - 20000,
	.position = 4},
};

static const struct feed_info info = {
    .id = TAG "feed/a/b",
    .title = "Site \xc2\xb7 Section",
    .author = "Site & Co",
    .self = "https://feeds.example.net/a/b.atom",
    .alternate = "https://example.com/list",
    .icon = "https://example.com/i.ico",
    .language = "ko-KR",
    .category = "Section & more",
    .updated_s = SEEN + 1000,
};

static char *
render(const struct articles *articles, int content, size_t *length)
{
	struct feed_info how = info;
	how.content = content;
	char *bytes = atom_render(&how, articles, length, NULL);
	assert_non_null(bytes);
	return bytes;
}

/* Read back and written again: the same bytes, whatever the content. */
static void
test_again(void **state)
{
	(void)state;
	const struct articles articles = {
	    .list = (struct article *)written, .count = COUNT(written)};
	for (int content = FULL; content <= NONE; content++) {
		size_t length, again_length;
		struct atom_feed feed;
		struct error err = {{0}};
		char *bytes = render(&articles, content, &length);
		if (!atom_read(bytes, length, &feed, &err))
			fail_msg("%s", err.reason);
		assert_string_equal(feed.id, info.id);
		assert_string_equal(feed.author, info.author);
		assert_string_equal(feed.category, info.category);
		assert_string_equal(feed.language, info.language);
		assert_string_equal(feed.icon, info.icon);
		assert_true(feed.updated_s == info.updated_s);
		assert_int_equal(feed.articles.count, COUNT(written));
		/* as the store would: sorted anew */
		qsort(feed.articles.list, feed.articles.count,
		    sizeof(struct article), article_compare);
		char *again = render(&feed.articles, content, &again_length);
		assert_string_equal(again, bytes);
		free(again);
		free(bytes);
		atom_feed_clear(&feed);
	}
}

/* What the rows hold then. */
static void
test_rows(void **state)
{
	(void)state;
	const struct articles articles = {
	    .list = (struct article *)written, .count = COUNT(written)};
	size_t length;
	struct atom_feed feed;
	char *bytes = render(&articles, FULL, &length);
	assert_true(atom_read(bytes, length, &feed, NULL));
	for (size_t i = 0; i < COUNT(written); i++) {
		const struct article *row = &feed.articles.list[i];
		const struct article *was = &written[i];
		assert_string_equal(row->id, was->id);
		assert_string_equal(row->link, was->link);
		assert_string_equal(row->title, was->title);
		assert_true(row->changed_s == was->changed_s);
		/* never edited: first sight is known to the second */
		if (was->first_seen_s == was->changed_s)
			assert_true(row->first_seen_s == was->first_seen_s);
		assert_true(
		    article_published_s(row) == article_published_s(was));
		assert_true(row->last_seen_s == 0);
		assert_true((row->text == NULL) == (was->text == NULL));
		if (was->text != NULL)
			assert_string_equal(row->text, was->text);
	}
	assert_int_equal(
	    feed.articles.list[0].published.precision, PRECISION_NONE);
	assert_int_equal(
	    feed.articles.list[1].published.precision, PRECISION_SECOND);
	assert_int_equal(
	    feed.articles.list[2].published.precision, PRECISION_MINUTE);
	free(bytes);
	atom_feed_clear(&feed);
}

#define HEAD                                                                   \
	"<feed xmlns=\"http://www.w3.org/2005/Atom\" "                         \
	"xmlns:media=\"http://search.yahoo.com/mrss/\">"                       \
	"<id>tag:a,2026:feed/a/b</id>"                                         \
	"<generator>metrofeed</generator>"
#define LINK "<link rel=\"alternate\" href=\"http://a.example/1\"/>"
#define TIMES                                                                  \
	"<updated>2024-03-05T00:37:45Z</updated>"                              \
	"<published>2024-03-05T00:37:00Z</published>"
#define ENTRY(inside) "<entry>" inside "</entry>"
#define END "</feed>"

enum { REFUSED = -1 };

static const struct {
	const char *name, *bytes;
	int count;        /* articles, or REFUSED */
	const char *text; /* of the first one */
} hostile[] = {
    {"nothing", "", REFUSED, NULL},
    {"no XML", "feed", REFUSED, NULL},
    {"no entry", HEAD END, 0, NULL},
    {"cut", HEAD ENTRY("<id>1</id>" LINK TIMES), REFUSED, NULL},
    {"another program's",
	"<feed xmlns=\"http://www.w3.org/2005/Atom\"><id>a</id>"
	"<generator>other</generator></feed>",
	REFUSED, NULL},
    {"no namespace", "<feed><id>a</id><generator>metrofeed</generator></feed>",
	REFUSED, NULL},
    {"RSS", "<rss version=\"2.0\"><channel/></rss>", REFUSED, NULL},
    {"the generator in an entry",
	"<feed xmlns=\"http://www.w3.org/2005/Atom\"><id>a</id>" ENTRY(
	    "<generator>metrofeed</generator>") "</feed>",
	REFUSED, NULL},
    {"entities",
	"<!DOCTYPE feed [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>" HEAD END,
	REFUSED, NULL},
    {"control", HEAD ENTRY("<id>\x01</id>" LINK TIMES) END, REFUSED, NULL},
    {"broken UTF-8", HEAD ENTRY("<id>\xff</id>" LINK TIMES) END, REFUSED, NULL},
    {"one", HEAD ENTRY("<id>1</id>" LINK TIMES) END, 1, NULL},
    {"two of one id",
	HEAD ENTRY("<id>1</id>" LINK TIMES) ENTRY("<id>1</id>" LINK TIMES) END,
	1, NULL},
    {"no id", HEAD ENTRY(LINK TIMES) END, 0, NULL},
    {"an empty id", HEAD ENTRY("<id/>" LINK TIMES) END, 0, NULL},
    {"an id of two lines", HEAD ENTRY("<id>a\nb</id>" LINK TIMES) END, 0, NULL},
    {"no link", HEAD ENTRY("<id>1</id>" TIMES) END, 0, NULL},
    {"javascript:",
	HEAD ENTRY("<id>1</id><link href=\"javascript:a()\"/>" TIMES) END, 0,
	NULL},
    {"userinfo",
	HEAD ENTRY("<id>1</id><link href=\"http://a@b.example/\"/>" TIMES) END,
	0, NULL},
    {"no times", HEAD ENTRY("<id>1</id>" LINK) END, 0, NULL},
    {"a time that is none",
	HEAD ENTRY("<id>1</id>" LINK "<updated>2024</updated>"
		   "<published>2024-03-05T00:37:00Z</published>") END,
	0, NULL},
    {"text: ours",
	HEAD ENTRY("<id>1</id>" LINK TIMES
		   "<content type=\"html\">&lt;p&gt;a &amp;amp; "
		   "b&lt;/p&gt;\n&lt;p&gt;c&lt;/p&gt;</content>") END,
	1, "a & b\nc"},
    {"text: a tag in it",
	HEAD ENTRY("<id>1</id>" LINK TIMES
		   "<content>&lt;p&gt;a&lt;script&gt;&lt;/p&gt;</content>") END,
	1, NULL},
    {"text: an entity of HTML",
	HEAD ENTRY("<id>1</id>" LINK TIMES
		   "<content>&lt;p&gt;&amp;nbsp;&lt;/p&gt;</content>") END,
	1, NULL},
    {"text: not closed",
	HEAD ENTRY("<id>1</id>" LINK TIMES "<content>&lt;p&gt;a</content>") END,
	1, NULL},
    {"text: a picture not closed",
	HEAD ENTRY("<id>1</id>" LINK TIMES
		   "<content>&lt;p&gt;&lt;img src=&quot;a</content>") END,
	1, NULL},
    {"text: elements",
	HEAD ENTRY("<id>1</id>" LINK TIMES
		   "<content type=\"xhtml\"><p>a</p></content>") END,
	1, NULL},
    {"summary",
	HEAD ENTRY("<id>1</id>" LINK TIMES "<summary>a b</summary>") END, 1,
	"a b"},
    {"an entry in an entry",
	HEAD ENTRY("<id>1</id>" LINK TIMES ENTRY("<id>2</id>" LINK TIMES)) END,
	1, NULL},
};

static void
test_hostile(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(hostile); i++) {
		struct atom_feed feed = {0};
		struct error err = {{0}};
		bool good = atom_read(
		    hostile[i].bytes, strlen(hostile[i].bytes), &feed, &err);
		if (good != (hostile[i].count != REFUSED))
			fail_msg("%s: %s", hostile[i].name,
			    good ? "taken" : err.reason);
		if (!good) {
			assert_true(err.reason[0] != '\0');
			continue;
		}
		if ((int)feed.articles.count != hostile[i].count)
			fail_msg("%s: %zu articles", hostile[i].name,
			    feed.articles.count);
		const char *text =
		    feed.articles.count > 0 ? feed.articles.list[0].text : NULL;
		if ((text == NULL) != (hostile[i].text == NULL) ||
		    (text != NULL && strcmp(text, hostile[i].text) != 0))
			fail_msg("%s: text '%s'", hostile[i].name,
			    text != NULL ? text : "");
		atom_feed_clear(&feed);
	}
}

/* Bounded: as many entries, as deep, as long as nobody's feed is. */
static void
test_bounds(void **state)
{
	(void)state;
	struct atom_feed feed;
	struct buffer bytes = {0};
	buffer_add_string(&bytes, HEAD);
	for (int i = 0; i < ATOM_READ_MAX_ENTRIES + 10; i++)
		buffer_add_format(&bytes, ENTRY("<id>%d</id>" LINK TIMES), i);
	buffer_add_string(&bytes, END);
	assert_true(atom_read(bytes.bytes, bytes.length, &feed, NULL));
	assert_int_equal(feed.articles.count, ATOM_READ_MAX_ENTRIES);
	atom_feed_clear(&feed);
	buffer_clear(&bytes);

	struct error err = {{0}};
	for (int i = 0; i < 100000; i++)
		buffer_add_string(&bytes, "<a>");
	assert_false(atom_read(bytes.bytes, bytes.length, &feed, &err));
	assert_non_null(strstr(err.reason, "too deep"));
	buffer_clear(&bytes);

	buffer_add_string(
	    &bytes, HEAD "<entry><id>1</id>" LINK TIMES "<title>");
	for (int i = 0; i < 1000000; i++)
		buffer_add_string(&bytes, "aa");
	buffer_add_string(&bytes, "</title></entry>" END);
	assert_true(atom_read(bytes.bytes, bytes.length, &feed, NULL));
	assert_string_equal(feed.articles.list[0].title, "");
	atom_feed_clear(&feed);
	buffer_clear(&bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_again),
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_hostile),
	    cmocka_unit_test(test_bounds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
