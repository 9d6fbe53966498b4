#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/format.h"
#include "feed/json_writer.h"
#include "feed/memory.h"
#include "feed/text.h"
#include "feed/xml.h"

/*
 * Whatever text comes through the clean border, the feed that comes out
 * parses, in every format, twice the same.  Input: a byte for `content`, then
 * strings ended by NUL: four for the feed, five for each article.
 */
int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

struct input {
	const char *at, *end;
};

static const char *
next_string(struct input *input, size_t *length)
{
	const char *start = input->at;
	const char *nul = memchr(start, '\0', (size_t)(input->end - start));
	const char *end = nul == NULL ? input->end : nul;
	input->at = nul == NULL ? end : nul + 1;
	*length = (size_t)(end - start);
	return start;
}

static char *
next_line(struct input *input, const char *before)
{
	size_t length;
	const char *bytes = next_string(input, &length);
	char *line = text_line(bytes, length, 300);
	char *whole = xasprintf("%s%s", before, line);
	char *clean = text_line(whole, strlen(whole), 400);
	free(whole);
	free(line);
	return clean;
}

static char *
next_paragraphs(struct input *input)
{
	size_t length;
	const char *bytes = next_string(input, &length);
	return text_paragraphs(bytes, length, 10000);
}

static void
require(bool is_true, const char *what)
{
	if (is_true)
		return;
	(void)fprintf(stderr, "fuzz_format: %s\n", what);
	abort();
}

static struct articles
next_articles(struct input *input)
{
	struct articles articles = {0};
	while (input->at < input->end && articles.count < 50) {
		struct article article = {
		    .id = xasprintf("urn:x:%zu", articles.count),
		    .title = next_line(input, ""),
		    .text = next_paragraphs(input),
		    .author = next_line(input, ""),
		    .image = next_line(input, "http://a/"),
		    .link = next_line(input, "https://a/"),
		    .published = {(int64_t)articles.count - 2,
			PRECISION_SECOND},
		    .first_seen_s = INT64_C(4000000000),
		};
		articles_add(&articles, article);
	}
	return articles;
}

static void
check(enum format format, const struct feed_info *info,
    const struct articles *articles)
{
	static const char *const entry[FORMAT_COUNT] = {
	    "\n <entry>\n", "\n  <item>\n", "\n  {\n   \"id\": "};
	struct error err = {0};
	size_t length = 0, again_length = 0;
	char *bytes = format_render(format, info, articles, &length, &err);
	require(bytes != NULL, err.reason);
	require(strlen(bytes) == length, "a NUL inside");
	require(bytes[length - 1] == '\n', "no newline at the end");
	require(text_is_utf8(bytes, length), "not UTF-8");
	require(format == FORMAT_JSON ? json_check(bytes, length, &err)
				      : xml_check(bytes, length, &err),
	    err.reason);
	size_t entries = 0;
	for (const char *at = bytes; (at = strstr(at, entry[format])); at++)
		entries++;
	require(entries == articles->count, "an entry lost or made");
	char *again =
	    format_render(format, info, articles, &again_length, &err);
	require(again != NULL && strcmp(bytes, again) == 0, "other bytes");
	free(again);
	free(bytes);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	if (length == 0)
		return 0;
	struct input input = {
	    .at = (const char *)bytes + 1,
	    .end = (const char *)bytes + length,
	};
	char *title = next_line(&input, "t"), *author = next_line(&input, "");
	char *language = next_line(&input, "");
	char *category = next_line(&input, "");
	struct articles articles = next_articles(&input);
	const struct feed_info info = {
	    .id = "urn:feed",
	    .title = title,
	    .author = author,
	    .alternate = "https://a/",
	    .language = language,
	    .category = category,
	    .content = bytes[0] % 3,
	    .updated_s = INT64_C(4000000000),
	};
	for (int format = 0; format < FORMAT_COUNT; format++)
		check((enum format)format, &info, &articles);
	articles_clear(&articles);
	free(category);
	free(language);
	free(author);
	free(title);
	return 0;
}
