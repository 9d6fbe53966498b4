#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "feed/buffer.h"
#include "feed/error.h"
#include "feed/memory.h"

static void
test_grows(void **state)
{
	(void)state;
	static const size_t lengths[] = {0, 1, 126, 127, 128, 129, 255, 100000};
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		struct buffer buffer = {0};
		char *piece = xcalloc(lengths[i] + 1, 1);
		memset(piece, 'x', lengths[i]);
		buffer_add_string(&buffer, "<");
		buffer_add(&buffer, piece, lengths[i]);
		buffer_add_byte(&buffer, '>');
		if (buffer.length != lengths[i] + 2 ||
		    strlen(buffer.bytes) != buffer.length ||
		    buffer.bytes[buffer.length - 1] != '>')
			fail_msg("%zu bytes", lengths[i]);
		buffer_clear(&buffer);
		free(piece);
	}
}

static void
test_formats(void **state)
{
	(void)state;
	struct buffer buffer = {0};
	for (int i = 0; i < 1000; i++)
		buffer_add_format(&buffer, "%d,", i);
	assert_int_equal(buffer.length, 10 * 2 + 90 * 3 + 900 * 4);
	assert_string_equal(buffer.bytes + buffer.length - 8, "998,999,");
	buffer_add_format(&buffer, "%s", "");
	char *taken = buffer_take(&buffer);
	assert_string_equal(taken + strlen(taken) - 4, "999,");
	assert_null(buffer.bytes);
	free(taken);
	taken = buffer_take(&buffer); /* an empty one is a string, too */
	assert_string_equal(taken, "");
	free(taken);
}

static void
test_reasons(void **state)
{
	(void)state;
	struct error err = {{0}};
	assert_false(error_set(&err, "line\n%s", "two\tend"));
	assert_string_equal(err.reason, "line two end");
	/* the old reason may be an argument */
	assert_false(error_set(&err, "more: %s", err.reason));
	assert_string_equal(err.reason, "more: line two end");
	assert_false(error_set(NULL, "nobody asks"));
	/* cut at a character's border, wherever it falls */
	for (int pad = 0; pad < 4; pad++) {
		char text[1024];
		int at = 0;
		for (; at < pad; at++)
			text[at] = 'x';
		for (; at + 3 < 1000; at += 3)
			memcpy(text + at, "가", 3);
		text[at] = '\0';
		error_set(&err, "%s", text);
		size_t length = strlen(err.reason);
		if (length < sizeof(err.reason) - 4 ||
		    (length - (size_t)pad) % 3 != 0)
			fail_msg("pad %d: %zu bytes", pad, length);
	}
}

static void
test_copies(void **state)
{
	(void)state;
	assert_null(xstrdup_or_null(NULL));
	char *copy = xstrndup("신문", 3);
	assert_string_equal(copy, "신");
	free(copy);
	copy = xstrndup("a", 10);
	assert_string_equal(copy, "a");
	free(copy);
	copy = xasprintf("%s/%d", "a", 7);
	assert_string_equal(copy, "a/7");
	free(copy);
	void *none = xcalloc(0, 0); /* never NULL: NULL would mean failure */
	assert_non_null(none);
	free(none);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_grows),
	    cmocka_unit_test(test_formats),
	    cmocka_unit_test(test_reasons),
	    cmocka_unit_test(test_copies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
