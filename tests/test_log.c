#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/log.h"

/* stderr goes into a pipe while a line is logged. */
static int kept_stderr, reader;

static void
catch_stderr(void)
{
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	kept_stderr = dup(STDERR_FILENO);
	assert_int_equal(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
	close(ends[1]);
	reader = ends[0];
	assert_int_equal(fcntl(reader, F_SETFL, O_NONBLOCK), 0);
}

static size_t
release_stderr(char *bytes, size_t size)
{
	size_t length = 0;
	ssize_t got;
	assert_int_equal(dup2(kept_stderr, STDERR_FILENO), STDERR_FILENO);
	close(kept_stderr);
	while (reader != -1 && length < size - 1 &&
	       (got = read(reader, bytes + length, size - 1 - length)) > 0)
		length += (size_t)got;
	bytes[length] = '\0';
	if (reader != -1)
		close(reader);
	return length;
}

static void
use_journal(bool right)
{
	struct stat status;
	char stream[64];
	assert_int_equal(fstat(STDERR_FILENO, &status), 0);
	(void)snprintf(stream, sizeof(stream), "%ju:%ju",
	    (uintmax_t)status.st_dev, (uintmax_t)status.st_ino + !right);
	assert_int_equal(setenv("JOURNAL_STREAM", stream, 1), 0);
}

typedef void log_function(const char *, ...);

enum where { TERMINAL, FILE_OR_PIPE, JOURNAL, OTHER_JOURNAL };

static void
test_lines(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		log_function *log;
		enum where where;
		int verbosity;
		const char *text;
		const char *line; /* after the time stamp */
	} rows[] = {
	    {"info", log_info, TERMINAL, 0, "a: b", "metrofeed: a: b\n"},
	    {"warning", log_warnx, TERMINAL, 0, "a", "metrofeed: warning: a\n"},
	    {"error", log_errorx, TERMINAL, 0, "a", "metrofeed: error: a\n"},
	    {"errno", log_warn, TERMINAL, 0, "a",
		"metrofeed: warning: a: No such file or directory\n"},
	    {"errno of an error", log_error, TERMINAL, 0, "a",
		"metrofeed: error: a: No such file or directory\n"},
	    {"debug is silent", log_debug, TERMINAL, 0, "a", ""},
	    {"debug with -v", log_debug, TERMINAL, 1, "a", "metrofeed: a\n"},
	    {"journal error", log_errorx, JOURNAL, 0, "a", "<3>a\n"},
	    {"journal warning", log_warnx, JOURNAL, 0, "a", "<4>a\n"},
	    {"journal info", log_info, JOURNAL, 0, "a", "<6>a\n"},
	    {"journal debug", log_debug, JOURNAL, 2, "a", "<7>a\n"},
	    {"another journal", log_warnx, OTHER_JOURNAL, 0, "a",
		"warning: a\n"},
	    {"a file", log_errorx, FILE_OR_PIPE, 0, "a", "error: a\n"},
	    {"controls", log_info, TERMINAL, 0,
		"a\nb\x1b[31m\x7f\r\t\xc2\x85\xc2\x9b.",
		"metrofeed: a?b?[31m??\?????.\n"},
	    {"no level of its own", log_info, JOURNAL, 0, "a\n<3>b",
		"<6>a?<3>b\n"},
	    {"Korean stays", log_info, TERMINAL, 0, "정책: \xc2\xa0새 기사",
		"metrofeed: 정책: \xc2\xa0새 기사\n"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char line[4096];
		catch_stderr();
		(void)unsetenv("JOURNAL_STREAM");
		if (rows[i].where == JOURNAL || rows[i].where == OTHER_JOURNAL)
			use_journal(rows[i].where == JOURNAL);
		log_init(rows[i].verbosity, rows[i].where == TERMINAL);
		errno = ENOENT;
		rows[i].log("%s", rows[i].text);
		int after = errno;
		(void)release_stderr(line, sizeof(line));
		const char *rest = line;
		unsigned year, month, day, hour, minute, second;
		if (rows[i].where == FILE_OR_PIPE ||
		    rows[i].where == OTHER_JOURNAL) {
			if (sscanf(line, "%4u-%2u-%2uT%2u:%2u:%2uZ ", &year,
				&month, &day, &hour, &minute, &second) != 6)
				fail_msg("%s: no time: %s", rows[i].name, line);
			rest = line + strlen("2026-11-24T12:00:00Z ");
		}
		if (strcmp(rest, rows[i].line) != 0 || after != ENOENT)
			fail_msg(
			    "%s: '%s', errno %d", rows[i].name, line, after);
	}
	(void)unsetenv("JOURNAL_STREAM");
}

static void
test_long_lines(void **state)
{
	(void)state;
	/* one more blank each time: the cut falls on every byte of 각 */
	for (size_t blanks = 0; blanks < 3; blanks++) {
		char text[6001], line[8192];
		memset(text, ' ', blanks);
		size_t at = blanks;
		for (; at + 3 < sizeof(text); at += 3)
			memcpy(text + at, "각", 3);
		text[at] = '\0';
		catch_stderr();
		log_init(0, true);
		errno = EIO;
		log_warn("%s", text);
		size_t length = release_stderr(line, sizeof(line));
		assert_in_range(length, 1995, 2000);
		assert_int_equal(line[length - 1], '\n');
		assert_memory_equal(line + length - 4, "각", 3);
		assert_ptr_equal(strchr(line, '\n'), line + length - 1);
	}
	char full[2100], line[8192];
	for (size_t want = 1960; want < 2040; want++) {
		memset(full, 'x', want);
		full[want] = '\0';
		catch_stderr();
		log_init(0, true);
		log_info("%s", full);
		size_t length = release_stderr(line, sizeof(line));
		size_t whole = strlen("metrofeed: ") + want + 1;
		assert_int_equal(length, whole < 2000 ? whole : 2000);
	}
}

/* A reader that stands still costs lines, not time. */
static void
test_full_pipe(void **state)
{
	(void)state;
	char line[4096];
	catch_stderr();
	log_init(0, true);
	alarm(20); /* a hang would be a failure */
	for (int i = 0; i < 3000; i++)
		log_info("%0*d", 500, i);
	alarm(0);
	assert_int_equal(release_stderr(line, sizeof(line)), sizeof(line) - 1);
	assert_memory_equal(line, "metrofeed: 000", 14);
}

static void
test_reader_gone(void **state)
{
	(void)state;
	char line[64];
	void (*before)(int) = signal(SIGPIPE, SIG_IGN);
	catch_stderr();
	close(reader);
	reader = -1;
	log_init(0, true);
	errno = EAGAIN;
	log_error("nobody reads");
	assert_int_equal(errno, EAGAIN);
	(void)release_stderr(line, sizeof(line));
	(void)signal(SIGPIPE, before);
}

static void
test_closed(void **state)
{
	(void)state;
	int kept = dup(STDERR_FILENO);
	close(STDERR_FILENO);
	log_init(1, false);
	log_debug("no stderr");
	log_info("no stderr");
	assert_int_equal(dup2(kept, STDERR_FILENO), STDERR_FILENO);
	close(kept);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_lines),
	    cmocka_unit_test(test_long_lines),
	    cmocka_unit_test(test_full_pipe),
	    cmocka_unit_test(test_reader_gone),
	    cmocka_unit_test(test_closed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
