#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"
#include "feed/robots.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
demand(bool truth)
{
	if (!truth)
		abort();
}

static unsigned
count_lines(const char *bytes, size_t length)
{
	unsigned lines = length > 0;
	for (size_t i = 0; i < length; i++)
		lines += bytes[i] == '\n' || bytes[i] == '\r';
	return lines;
}

/* As the RFC says it, one character after the other. */
static bool
matches_slowly(const char *pattern, const char *path)
{
	if (pattern[0] == '\0')
		return true;
	if (pattern[0] == '$' && pattern[1] == '\0')
		return *path == '\0';
	if (pattern[0] == '*')
		return matches_slowly(pattern + 1, path) ||
		       (*path != '\0' && matches_slowly(pattern, path + 1));
	return *path == pattern[0] && matches_slowly(pattern + 1, path + 1);
}

/* Two short words of a small alphabet, judged by both. */
static void
compare(const uint8_t *bytes, size_t size)
{
	char pattern[12] = "/", path[20] = "/";
	size_t i = 1, k = 1;
	for (; i < 10 && i <= size; i++)
		pattern[i] = "ab/**$"[bytes[i - 1] % 6];
	for (; k < 18 && i + k - 1 <= size; k++)
		path[k] = "ab/$"[bytes[i + k - 2] % 4];
	char *text = xasprintf("User-agent: *\nDisallow: %s\n", pattern);
	char *url = xasprintf("http://a%s", path);
	struct robots_rules *rules =
	    robots_rules_parse(text, strlen(text), "metrofeed");
	demand(robots_rules_judge(rules, url).is_allowed ==
	       !matches_slowly(pattern, path));
	robots_rules_free(rules);
	free(url);
	free(text);
}

/* A URL on the first line, a robots.txt after it. */
int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const uint8_t *end = size > 0 ? memchr(bytes, '\n', size) : NULL;
	size_t url_length = end != NULL ? (size_t)(end - bytes) : size;
	char *url = xstrndup((const char *)bytes, url_length);
	size_t length = end != NULL ? size - url_length - 1 : 0;
	char *text = length > 0 ? xmemdup(end + 1, length) : NULL;
	struct robots_rules *rules =
	    robots_rules_parse(text, length, "metrofeed");
	struct robots_verdict verdict = robots_rules_judge(rules, url);
	int64_t delay_ms = robots_rules_delay_ms(rules);
	demand(verdict.line <= count_lines(text, length));
	demand(verdict.is_allowed || verdict.line > 0);
	demand(delay_ms >= 0 && delay_ms <= ROBOTS_DELAY_MAX_MS);
	robots_rules_free(rules);
	if (size > 0)
		compare(bytes, size);
	free(text);
	free(url);
	return 0;
}
