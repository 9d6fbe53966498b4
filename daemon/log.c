#include "daemon/log.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MAX_LINE 2000 /* bytes, with head and newline */

enum level { LEVEL_ERROR = 3, LEVEL_WARNING, LEVEL_INFO = 6, LEVEL_DEBUG };

static bool journal, terminal, verbose;

/* JOURNAL_STREAM is "device:inode" of the journal's socket (systemd.exec(5));
 * a redirected stderr inherits the variable and is none. */
static bool
is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	struct stat status;
	char ours[64];
	if (stream == NULL || fstat(STDERR_FILENO, &status) == -1)
		return false;
	(void)snprintf(ours, sizeof(ours), "%ju:%ju", (uintmax_t)status.st_dev,
	    (uintmax_t)status.st_ino);
	return strcmp(stream, ours) == 0;
}

void
log_init(int verbosity, bool is_terminal)
{
	journal = is_journal();
	terminal = is_terminal;
	verbose = verbosity > 0;
}

static size_t
add_head(char *line, size_t size, enum level level)
{
	static const char *const names[] = {
	    [LEVEL_ERROR] = "error: ",
	    [LEVEL_WARNING] = "warning: ",
	    [LEVEL_INFO] = "",
	    [LEVEL_DEBUG] = "",
	};
	if (journal)
		return (size_t)snprintf(line, size, "<%d>", level);
	if (terminal)
		return (size_t)snprintf(
		    line, size, "metrofeed: %s", names[level]);
	time_t now = time(NULL);
	struct tm utc;
	size_t length = 0;
	if (gmtime_r(&now, &utc) != NULL)
		length = strftime(line, size, "%Y-%m-%dT%H:%M:%SZ ", &utc);
	return length + (size_t)snprintf(
			    line + length, size - length, "%s", names[level]);
}

/* What snprintf wrote, when it was told `room` and says that it wants
 * `length`. */
static size_t
written(int length, size_t room)
{
	if (length < 0 || room == 0)
		return 0;
	return (size_t)length < room ? (size_t)length : room - 1;
}

/* A line from a page or a server must not move a terminal's cursor or begin
 * another line: C0, DEL and C1 (which UTF-8 writes as C2 80 to C2 9F). */
static void
mask_controls(char *line, size_t length)
{
	unsigned char *bytes = (unsigned char *)line;
	for (size_t i = 0; i < length; i++) {
		if (bytes[i] < 0x20 || bytes[i] == 0x7f)
			bytes[i] = '?';
		else if (bytes[i] == 0xc2 && i + 1 < length &&
			 bytes[i + 1] >= 0x80 && bytes[i + 1] < 0xa0)
			bytes[i] = bytes[i + 1] = '?';
	}
}

/* `end` or before it, so that no character is cut in two. */
static size_t
character_end(const char *line, size_t start, size_t end)
{
	size_t first = end;
	while (first > start && end - first < 3 &&
	       ((unsigned char)line[first - 1] & 0xc0) == 0x80)
		first--;
	if (first == start || (unsigned char)line[first - 1] < 0xc0)
		return end; /* ASCII, or no UTF-8 anyway */
	unsigned char lead = (unsigned char)line[first - 1];
	size_t wanted = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
	return end - first < wanted ? first - 1 : end;
}

/*
 * One write, so that lines do not mix.  A reader that went away (EPIPE) or
 * stands still (a full pipe: poll says that a line does not fit) costs the
 * line and nothing else.
 */
static void
put_line(const char *line, size_t length)
{
	struct pollfd stream = {.fd = STDERR_FILENO, .events = POLLOUT};
	if (poll(&stream, 1, 0) == 1 && (stream.revents & POLLOUT) != 0)
		(void)!write(STDERR_FILENO, line, length);
}

static void __attribute__((format(printf, 3, 0)))
write_line(enum level level, int number, const char *format, va_list arguments)
{
	char line[MAX_LINE + 1]; /* one more: snprintf's NUL */
	size_t start = add_head(line, sizeof(line), level);
	size_t room = MAX_LINE - start; /* the last byte is the newline's */
	size_t end =
	    start +
	    written(vsnprintf(line + start, room, format, arguments), room);
	if (number != 0) {
		room = MAX_LINE - end;
		end += written(
		    snprintf(line + end, room, ": %s", strerror(number)), room);
	}
	end = character_end(line, start, end);
	mask_controls(line + start, end - start);
	line[end++] = '\n';
	put_line(line, end);
}

#define LOG_FUNCTION(name, level, number)                                      \
	void name(const char *format, ...)                                     \
	{                                                                      \
		int saved = errno;                                             \
		va_list arguments;                                             \
		if ((level) == LEVEL_DEBUG && !verbose)                        \
			return;                                                \
		va_start(arguments, format);                                   \
		write_line(level, number, format, arguments);                  \
		va_end(arguments);                                             \
		errno = saved;                                                 \
	}

LOG_FUNCTION(log_error, LEVEL_ERROR, saved)
LOG_FUNCTION(log_warn, LEVEL_WARNING, saved)
LOG_FUNCTION(log_errorx, LEVEL_ERROR, 0)
LOG_FUNCTION(log_warnx, LEVEL_WARNING, 0)
LOG_FUNCTION(log_info, LEVEL_INFO, 0)
LOG_FUNCTION(log_debug, LEVEL_DEBUG, 0)
