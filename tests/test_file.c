#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/file.h"

static char path[] = "/tmp/metrofeed-file.XXXXXX";

static int
make_file(void **state)
{
	(void)state;
	int fd = mkstemp(path);
	return fd == -1 ? -1 : close(fd);
}

static int
remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

static void
put(const char *bytes, size_t length)
{
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

/* Whole or not at all, up to the limit and no byte further. */
static void
test_read(void **state)
{
	(void)state;
	static const size_t lengths[] = {0, 1, 4095, 16384, 16385, 50000};
	static char bytes[60000];
	struct error err = {{0}};
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 31 >> 3);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		size_t length = 99;
		put(bytes, lengths[i]);
		char *read = file_read(path, lengths[i], &length, &err);
		assert_non_null(read);
		assert_int_equal(length, lengths[i]);
		assert_memory_equal(read, bytes, length);
		assert_int_equal(read[length], '\0');
		free(read);
		if (lengths[i] == 0)
			continue;
		assert_null(file_read(path, lengths[i] - 1, &length, &err));
		assert_non_null(strstr(err.reason, path));
		assert_non_null(strstr(err.reason, "larger than"));
	}
	assert_null(file_read("/nonexistent/file", 10, NULL, &err));
	assert_string_equal(
	    err.reason, "/nonexistent/file: No such file or directory");
	assert_null(file_read("/", 10, NULL, &err));
	assert_string_equal(err.reason, "/: Is a directory");
	assert_null(file_read("/", 10, NULL, NULL));
}

static void
test_line(void **state)
{
	(void)state;
	static const struct {
		const char *bytes, *line;
	} rows[] = {
	    {"", ""},
	    {"a=1", "a=1"},
	    {"a=1; b=2\n", "a=1; b=2"},
	    {"a=1\r\nX-Other: 2\r\n", "a=1"},
	    {"  Bearer  abc \nmore", "Bearer abc"},
	    {"\nsecond", ""},
	};
	struct error err = {{0}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		put(rows[i].bytes, strlen(rows[i].bytes));
		char *line = file_read_line(path, 100, &err);
		assert_non_null(line);
		assert_string_equal(line, rows[i].line);
		free(line);
	}
	assert_null(file_read_line("/nonexistent/file", 100, &err));
	assert_non_null(strstr(err.reason, "/nonexistent/file"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_read),
	    cmocka_unit_test(test_line),
	};
	return cmocka_run_group_tests(tests, make_file, remove_file);
}
