#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "feed/charset.h"
#include "feed/memory.h"
#include "feed/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
demand(bool truth)
{
	if (!truth)
		abort();
}

/* Empty lines stand for what is not known. */
static const char *
given(const char *line)
{
	return *line != '\0' ? line : NULL;
}

static void
check(const struct decoded *decoded)
{
	demand(strlen(decoded->text) == decoded->length);
	demand(text_is_utf8(decoded->text, decoded->length));
	for (const char *at = decoded->text; *at != '\0'; at++)
		demand((unsigned char)*at >= 0x20 || strchr("\t\n\r", *at));
	char *line = text_line(decoded->text, decoded->length, SIZE_MAX);
	demand(text_is_clean(line, strlen(line), false));
	free(line);
}

/* What a stray byte may cost: not the ASCII around it that HTML is made of. */
static void
check_markup(const struct decoded *decoded, const char *bytes, size_t size)
{
	if (strncmp(decoded->charset, "UTF-16", 6) == 0 ||
	    strcmp(decoded->charset, "ISO-2022-JP") == 0)
		return;
	size_t before = 0, after = 0;
	for (size_t i = 0; i < size; i++)
		before += bytes[i] == '<' || bytes[i] == '"';
	for (size_t i = 0; i < decoded->length; i++)
		after += decoded->text[i] == '<' || decoded->text[i] == '"';
	demand(before == after);
}

/* Three lines: configured label, Content-Type, host; then the body. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct charsets *charsets;
	if (charsets == NULL)
		charsets = charsets_open(NULL);
	char *input = xcalloc(size + 1, 1);
	if (size > 0)
		memcpy(input, data, size);
	const char *lines[3] = {"", "", ""};
	char *at = input;
	for (int i = 0; i < 3; i++) {
		char *end = memchr(at, '\n', size - (size_t)(at - input));
		if (end == NULL)
			break;
		*end = '\0';
		lines[i] = at;
		at = end + 1;
	}
	size_t length = size - (size_t)(at - input);
	/* on its own, so that a sanitizer sees a byte too far */
	char *body = xmemdup(at, length);
	struct decoded decoded = {0};
	if (charset_decode(charsets, body, length, given(lines[0]),
		given(lines[1]), given(lines[2]), &decoded, NULL)) {
		check(&decoded);
		check_markup(&decoded, body, length);
	} else
		demand(charset_for_label(lines[0]) == NULL);
	decoded_clear(&decoded);
	free(body);
	free(input);
	return 0;
}
