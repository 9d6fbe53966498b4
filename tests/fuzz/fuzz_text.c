#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"
#include "feed/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
demand(bool truth)
{
	if (!truth)
		abort();
}

static size_t
count_characters(const char *string)
{
	size_t count = 0;
	for (; *string != '\0'; string++)
		count += ((unsigned char)*string & 0xc0) != 0x80;
	return count;
}

/* Clean, stable, within its limit, and untouched if it was clean before. */
static void
check_line(const char *bytes, size_t size, size_t max)
{
	char *line = text_line(bytes, size, max);
	size_t length = strlen(line);
	demand(text_is_clean(line, length, false));
	demand(count_characters(line) <= max);
	char *again = text_line(line, length, max);
	demand(strcmp(line, again) == 0);
	if (max > size)
		demand(text_is_clean(bytes, size, false) ==
		       (length == size && memcmp(bytes, line, size) == 0));
	free(again);
	free(line);
}

static void
check_paragraphs(const char *bytes, size_t size, size_t max)
{
	char *text = text_paragraphs(bytes, size, max);
	size_t length = strlen(text);
	demand(length <= max);
	demand(text_is_clean(text, length, true));
	char *again = text_paragraphs(text, length, max);
	demand(strcmp(text, again) == 0);
	if (max > 3 * size)
		demand(text_is_clean(bytes, size, true) ==
		       (length == size && memcmp(bytes, text, size) == 0));
	free(again);
	free(text);
}

static void
check_widths(const char *string, size_t cells)
{
	bool valid = text_is_utf8(string, strlen(string));
	char *excerpt = text_excerpt(string, cells);
	char *padded = text_pad(string, cells);
	demand(text_cells(excerpt) <= cells);
	demand(text_cells(padded) == cells);
	demand(!valid || text_is_utf8(excerpt, strlen(excerpt)));
	demand(!valid || text_is_utf8(padded, strlen(padded)));
	free(padded);
	free(excerpt);
}

static void
check_fold(const char *string)
{
	char *folded = text_fold(string);
	demand(text_is_clean(folded, strlen(folded), false));
	demand(strchr(folded, ' ') == NULL);
	char *again = text_fold(folded);
	demand(strcmp(folded, again) == 0);
	free(again);
	free(folded);
}

static void
check_decode(const char *bytes, size_t size)
{
	const char *at = bytes, *end = bytes + size;
	while (at < end) {
		const char *start = at;
		uint32_t character = text_decode(&at, end);
		demand(at > start && at - start <= 4 && at <= end);
		char encoded[4];
		size_t width = text_encode(character, encoded);
		demand(text_is_utf8(encoded, width));
		if (text_is_utf8(start, (size_t)(at - start)))
			demand(memcmp(start, encoded, width) == 0);
	}
}

/* The first byte is the limit, the others are the text. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	size_t limit = data[0] % 64;
	char *bytes = xcalloc(size, 1);
	memcpy(bytes, data + 1, size - 1);
	check_decode(bytes, size - 1);
	check_line(bytes, size - 1, limit);
	check_line(bytes, size - 1, SIZE_MAX);
	check_paragraphs(bytes, size - 1, limit);
	check_paragraphs(bytes, size - 1, SIZE_MAX);
	check_widths(bytes, limit);
	check_fold(bytes);
	free(bytes);
	return 0;
}
