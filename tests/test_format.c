#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "feed/format.h"
#include "feed/json_writer.h"
#include "feed/memory.h"
#include "feed/text.h"
#include "feed/xml.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct feed_info plain_info = {
    .id = "tag:example.com,2026:feed/a/b",
    .title = "A",
    .author = "A",
    .alternate = "https://example.com/list",
    .updated_s = 1709599065,
};

static const struct article plain_article = {
    .id = "tag:example.com,2026:1",
    .link = "https://example.com/article/1",
    .title = "One",
    .published = {1709599000, PRECISION_SECOND},
    .first_seen_s = 1709599065,
    .changed_s = 1709599065,
};

static char *
render(enum format format, const struct feed_info *info,
    const struct article *articles, size_t count, struct error *err)
{
	struct articles list = {
	    .list = (struct article *)articles, .count = count};
	size_t length = 0;
	char *bytes = format_render(format, info, &list, &length, err);
	if (bytes != NULL)
		assert_true(strlen(bytes) == length);
	return bytes;
}

static void
test_names(void **state)
{
	(void)state;
	static const struct {
		const char *name, *file, *type;
	} rows[FORMAT_COUNT] = {
	    {"atom", "s/a.atom", "application/atom+xml"},
	    {"rss", "s/a.atom.rss", "application/rss+xml"},
	    {"json", "a.json", "application/feed+json"},
	};
	for (int i = 0; i < FORMAT_COUNT; i++) {
		enum format format = (enum format)i;
		assert_string_equal(format_name(format), rows[i].name);
		assert_string_equal(format_media_type(format), rows[i].type);
		assert_int_equal(format_by_name(rows[i].name), i);
		assert_int_equal(format_of_file(rows[i].file), i);
		assert_int_equal(format_of_file(format_extension(format)), i);
	}
	static const char *const others[] = {
	    "", "Atom", "rss2", "x.xml", "atom.", "json"};
	for (size_t i = 0; i < COUNT(others); i++)
		assert_int_equal(format_of_file(others[i]), FORMAT_COUNT);
	assert_int_equal(format_by_name("xml"), FORMAT_COUNT);
	assert_int_equal(format_by_name(""), FORMAT_COUNT);
}

/* ---- hostile words, in every field of every format ---- */

static const struct {
	const char *name, *bytes;
} hostile[] = {
    {"control characters", "a\x01\x08\x0b\x0c\x1f\x7f z"},
    {"C1", "a\xc2\x80\xc2\x85\xc2\x9f z"},
    {"bidi", "a\xe2\x80\xae\xe2\x81\xa6\xd8\x9c z"},
    {"bidi never closed", "\xe2\x80\xad<b>"},
    {"end of CDATA", "]]>]]&gt;<![CDATA[x]]>"},
    {"script", "</script><script>alert(1)</script>"},
    {"title", "</title><img src=x onerror=alert(1)>"},
    {"comment", "--><!-- x --!>"},
    {"processing instruction", "<?xml version=\"1.0\"?>"},
    {"DOCTYPE", "<!DOCTYPE x [<!ENTITY a \"b\">]>&a;"},
    {"entities", "&amp;&#0;&#x1;&#xD800;&nbsp;&lt;"},
    {"quotes", "\"'\\\"\\u0000\\"},
    {"lone surrogate", "a\xed\xa0\x80\xed\xbf\xbf z"},
    {"pair of surrogates", "a\xed\xa0\xbd\xed\xb8\x80 z"},
    {"U+FFFE, U+FFFF", "a\xef\xbf\xbe\xef\xbf\xbf z"},
    {"U+1FFFE", "a\xf0\x9f\xbf\xbe z"},
    {"above U+10FFFF", "a\xf4\x90\x80\x80 z"},
    {"overlong", "a\xc0\xbc\xe0\x80\xbc z"},
    {"cut", "a\xed\x95"},
    {"not UTF-8", "\xb8\xde\xc6\xae\xb7\xce"},
    {"object and interlinear", "a\xef\xbf\xbc\xef\xbf\xb9 z"},
    {"tags", "a\xf3\xa0\x80\x81\xf3\xa0\x81\xbf z"},
    {"line separators", "a\xe2\x80\xa8 b\xe2\x80\xa9 c\r\nd"},
    {"BOM", "\xef\xbb\xbf\xef\xbb\xbf z"},
};

enum place {
	IN_FEED_TITLE,
	IN_FEED_AUTHOR,
	IN_CATEGORY,
	IN_LANGUAGE,
	IN_SELF,
	IN_PAGE,
	IN_ICON,
	IN_ID,
	IN_LINK,
	IN_TITLE,
	IN_TEXT,
	IN_AUTHOR,
	IN_IMAGE,
	IN_OWN_CATEGORY,
	PLACES
};

static void
put(enum place place, struct feed_info *info, struct article *article,
    char *words, char *address)
{
	const char **of_feed[] = {[IN_FEED_TITLE] = &info->title,
	    [IN_FEED_AUTHOR] = &info->author,
	    [IN_CATEGORY] = &info->category,
	    [IN_LANGUAGE] = &info->language,
	    [IN_SELF] = &info->self,
	    [IN_PAGE] = &info->alternate,
	    [IN_ICON] = &info->icon};
	char **of_article[] = {[IN_ID] = &article->id,
	    [IN_LINK] = &article->link,
	    [IN_TITLE] = &article->title,
	    [IN_TEXT] = &article->text,
	    [IN_AUTHOR] = &article->author,
	    [IN_IMAGE] = &article->image,
	    [IN_OWN_CATEGORY] = &article->category};
	bool is_address = place == IN_SELF || place == IN_PAGE ||
			  place == IN_ICON || place == IN_LINK ||
			  place == IN_IMAGE;
	char *value = is_address ? address : words;
	if (place < IN_ID)
		*of_feed[place] = value;
	else
		*of_article[place] = value;
}

/* Nothing of it lives, whatever reads it: no tag but our own in the tree, no
 * character that may not leave. */
static void
check_document(enum format format, const char *bytes, const char *name)
{
	struct error err = {0};
	size_t length = strlen(bytes);
	bool good = format == FORMAT_JSON ? json_check(bytes, length, &err)
					  : xml_check(bytes, length, &err);
	if (!good)
		fail_msg("%s: %s: %s", name, format_name(format), err.reason);
	for (const char *at = bytes, *end = bytes + length; at < end;) {
		const char *start = at;
		uint32_t character = text_decode(&at, end);
		if (character != ' ' && character != '\n' &&
		    !text_is_clean(start, (size_t)(at - start), false))
			fail_msg("%s: %s: U+%04X got out", name,
			    format_name(format), (unsigned)character);
	}
	if (format != FORMAT_JSON &&
	    (strstr(bytes, "<script") != NULL || strstr(bytes, "<img") ||
		strstr(bytes, "<!") != NULL || strstr(bytes, "]]>") != NULL ||
		strstr(bytes + 2, "<?") != NULL))
		fail_msg(
		    "%s: %s: markup:\n%s", name, format_name(format), bytes);
}

/* Through the border, as the daemon does it. */
static void
test_cleaned(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(hostile); i++) {
		const char *bytes = hostile[i].bytes;
		char *line = text_line(bytes, strlen(bytes), 300);
		char *joined = xasprintf("https://example.com/%s", line);
		char *address = text_line(joined, strlen(joined), 400);
		for (int at = 0; at < PLACES * 3 * FORMAT_COUNT; at++) {
			struct feed_info info = plain_info;
			struct article article = plain_article;
			info.content = at / PLACES % 3;
			put(at % PLACES, &info, &article, line, address);
			enum format format = at / (PLACES * 3);
			struct error err = {0};
			char *got = render(format, &info, &article, 1, &err);
			if (got == NULL)
				fail_msg("%s in %d: %s: %s", hostile[i].name,
				    at % PLACES, format_name(format),
				    err.reason);
			check_document(format, got, hostile[i].name);
			free(got);
		}
		free(address);
		free(joined);
		free(line);
	}
}

/* Round the border: what is unclean makes no document, whatever the field. */
static void
test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(hostile); i++) {
		const char *bytes = hostile[i].bytes;
		if (text_is_clean(bytes, strlen(bytes), true))
			continue;
		char *address = xasprintf("https://example.com/%s", bytes);
		for (int at = 0; at < PLACES * FORMAT_COUNT; at++) {
			enum place place = at % PLACES;
			enum format format = at / PLACES;
			struct feed_info info = plain_info;
			struct article article = plain_article;
			info.self = "https://example.net/a";
			if (place == IN_LANGUAGE) /* no tag: left out */
				continue;
			if (place == IN_ICON && format == FORMAT_RSS)
				continue; /* it has no place for one */
			if (place == IN_FEED_AUTHOR && format == FORMAT_RSS)
				continue;
			put(place, &info, &article, (char *)bytes, address);
			struct error err = {0};
			char *got = render(format, &info, &article, 1, &err);
			if (got != NULL)
				fail_msg("%s in %d: %s: not refused:\n%s",
				    hostile[i].name, place, format_name(format),
				    got);
			assert_non_null(strstr(err.reason, "unclean text in"));
		}
		free(address);
	}
}

static void
test_long_title(void **state)
{
	(void)state;
	struct article article = plain_article;
	char *bytes = xmalloc(30001);
	for (int i = 0; i < 10000; i++)
		memcpy(bytes + 3 * i, "\xed\x95\x9c", 3);
	bytes[30000] = '\0';
	article.title = text_line(bytes, 30000, 300);
	article.text = bytes;
	for (int i = 0; i < FORMAT_COUNT; i++) {
		char *got =
		    render((enum format)i, &plain_info, &article, 1, NULL);
		check_document((enum format)i, got, "long title");
		assert_non_null(strstr(got, article.title));
		assert_non_null(strstr(got, bytes)); /* the text is whole */
		free(got);
	}
	assert_int_equal(strlen(article.title), 900);
	free(article.title);
	free(bytes);
}

/* An entry's bytes are its own: feed readers hash them (DESIGN.md P7). */
static void
test_neighbours(void **state)
{
	(void)state;
	struct article three[3] = {plain_article, plain_article, plain_article};
	three[0].id = "a", three[1].id = "urn:b", three[2].id = "c";
	three[1].text = "x\ny";
	static const char *const starts[] = {" <entry>", "  <item>", "  {\n"},
				 *const ends[] = {
				     "</entry>", "</item>", "\n  }"};
	for (int i = 0; i < FORMAT_COUNT; i++) {
		enum format format = (enum format)i;
		char *alone = render(format, &plain_info, &three[1], 1, NULL);
		char *again = render(format, &plain_info, &three[1], 1, NULL);
		char *among = render(format, &plain_info, three, 3, NULL);
		assert_string_equal(alone, again);
		char *entry = strstr(alone, "urn:b");
		while (strncmp(entry, starts[i], strlen(starts[i])) != 0)
			entry--;
		strstr(entry, ends[i])[strlen(ends[i])] = '\0';
		assert_non_null(strstr(among, entry));
		assert_non_null(strstr(entry, "urn:b"));
		free(among);
		free(again);
		free(alone);
	}
}

/* The feed's category, or the article's own where the feed has none. */
static void
test_categories(void **state)
{
	(void)state;
	struct article article = plain_article;
	article.category = "own";
	for (int i = 0; i < FORMAT_COUNT; i++) {
		struct feed_info info = plain_info;
		char *got = render((enum format)i, &info, &article, 1, NULL);
		assert_non_null(strstr(got, "own"));
		free(got);
		info.category = "given";
		got = render((enum format)i, &info, &article, 1, NULL);
		assert_non_null(strstr(got, "given"));
		assert_null(strstr(got, "own"));
		free(got);
		info.category = "";
		got = render((enum format)i, &info, &article, 1, NULL);
		assert_null(strstr(got, "own"));
		assert_null(strstr(got, "category"));
		assert_null(strstr(got, "tags"));
		free(got);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_cleaned),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_long_title),
	    cmocka_unit_test(test_neighbours),
	    cmocka_unit_test(test_categories),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
