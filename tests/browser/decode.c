#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/charset.h"

#define BYTES_MAX 4096

/*
 * decode < LINES: each line is a label, a blank and bytes in hexadecimal; the
 * answer is a line with their UTF-8 in hexadecimal.  For charsets.py.
 */
static size_t
read_hex(const char *hex, char bytes[BYTES_MAX])
{
	size_t length = 0;
	unsigned value;
	while (length < BYTES_MAX && sscanf(hex, "%2x", &value) == 1) {
		bytes[length++] = (char)value;
		hex += 2;
	}
	return length;
}

static void
print_decoded(struct charsets *charsets, const char *label, const char *hex)
{
	char bytes[BYTES_MAX];
	size_t length = read_hex(hex, bytes);
	struct decoded decoded = {0};
	struct error err = {{0}};
	if (!charset_decode(
		charsets, bytes, length, label, NULL, NULL, &decoded, &err)) {
		printf("error: %s\n", err.reason);
		return;
	}
	for (size_t i = 0; i < decoded.length; i++)
		printf("%02x", (unsigned char)decoded.text[i]);
	putchar('\n');
	decoded_clear(&decoded);
}

int
main(void)
{
	struct error err = {{0}};
	struct charsets *charsets = charsets_open(&err);
	if (charsets == NULL) {
		fprintf(stderr, "%s\n", err.reason);
		return 1;
	}
	char line[2 * BYTES_MAX + 64];
	while (fgets(line, sizeof(line), stdin) != NULL) {
		char *hex = strchr(line, ' ');
		if (hex == NULL)
			continue;
		*hex++ = '\0';
		print_decoded(charsets, line, hex);
	}
	charsets_free(charsets);
	return 0;
}
