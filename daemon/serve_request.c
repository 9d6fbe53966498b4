#include "daemon/serve_request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "feed/buffer.h"
#include "feed/memory.h"
#include "feed/text.h"

#define MAX_PATH_BYTES 1024
#define MAX_FIELDS 100

static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/* ---- lines ---- */

/* One line without its end; NULL while it is not whole.  A lone LF ends it
 * too (RFC 9112 2.2). */
static const char *
line_end(const char *at, const char *end, const char **next)
{
	const char *newline = memchr(at, '\n', (size_t)(end - at));
	if (newline == NULL)
		return NULL;
	*next = newline + 1;
	return newline > at && newline[-1] == '\r' ? newline - 1 : newline;
}

/* Empty lines before a request are skipped (RFC 9112 2.2). */
static const char *
skip_empty(const char *at, const char *end)
{
	while (at < end && (*at == '\r' || *at == '\n'))
		at++;
	return at;
}

size_t
request_length(const char *bytes, size_t length)
{
	const char *end = bytes + length;
	const char *at = skip_empty(bytes, end), *next;
	for (;; at = next) {
		const char *stop = line_end(at, end, &next);
		if (stop == NULL)
			return 0;
		if (stop == at)
			return (size_t)(next - bytes);
	}
}

/* RFC 9110 5.6.2 */
static bool
is_token(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static size_t
token_length(const char *at, const char *end)
{
	size_t length = 0;
	while (at + length < end && is_token(at[length]))
		length++;
	return length;
}

/* ---- the request line ---- */

static int
hex_digit(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

/* Decoded once, so that what is checked is what is opened. */
static char *
decode_path(const char *at, const char *end)
{
	struct buffer path = {0};
	for (; at < end && *at != '?'; at++) {
		if (*at != '%') {
			buffer_add_byte(&path, *at);
			continue;
		}
		int high = end - at > 2 ? hex_digit(at[1]) : -1;
		int low = end - at > 2 ? hex_digit(at[2]) : -1;
		/* a NUL would end the path for the kernel, not for us */
		if (high < 0 || low < 0 || (high == 0 && low == 0)) {
			buffer_clear(&path);
			return NULL;
		}
		buffer_add_byte(&path, (char)(high << 4 | low));
		at += 2;
	}
	return buffer_take(&path);
}

static bool
starts(const char *at, const char *end, const char *word)
{
	size_t length = strlen(word);
	return (size_t)(end - at) >= length && memcmp(at, word, length) == 0;
}

/* origin-form, and absolute-form, which a server must accept too (RFC 9112
 * 3.2.1, 3.2.2). */
static bool
read_target(const char *at, const char *end, struct request *request)
{
	if (starts(at, end, "http://")) {
		at += strlen("http://");
		while (at < end && *at != '/' && *at != '?')
			at++;
		if (at == end || *at == '?') {
			request->path = xstrdup("/");
			return true;
		}
	}
	if (at == end || *at != '/' || end - at > MAX_PATH_BYTES)
		return false;
	for (const char *c = at; c < end; c++)
		if ((unsigned char)*c <= ' ' || *c == 0x7f || *c == '#')
			return false;
	request->path = decode_path(at, end);
	return request->path != NULL;
}

static int
read_request_line(const char *at, const char *end, struct request *request)
{
	size_t method = token_length(at, end);
	const char *target = at + method + 1;
	if (method == 0 || target >= end || at[method] != ' ')
		return 400;
	const char *version = memchr(target, ' ', (size_t)(end - target));
	if (version == NULL || !starts(++version, end, "HTTP/"))
		return 400;
	version += strlen("HTTP/");
	if (end - version != 3 || version[1] != '.' || version[0] < '0' ||
	    version[0] > '9' || version[2] < '0' || version[2] > '9')
		return 400;
	if (version[0] != '1')
		return 505;
	request->keep = version[2] != '0';
	request->head = method == 4 && memcmp(at, "HEAD", 4) == 0;
	if (!request->head && (method != 3 || memcmp(at, "GET", 3) != 0))
		return 405;
	return read_target(target, version - strlen(" HTTP/"), request) ? 0
									: 400;
}

/* ---- header fields ---- */

static bool
is_named(const char *at, size_t length, const char *name)
{
	if (strlen(name) != length)
		return false;
	for (size_t i = 0; i < length; i++) {
		char c =
		    at[i] >= 'A' && at[i] <= 'Z' ? (char)(at[i] | 0x20) : at[i];
		if (c != name[i])
			return false;
	}
	return true;
}

/* A list of tokens has this one (RFC 9110 7.6.1). */
static bool
lists_token(const char *at, size_t length, const char *token)
{
	const char *end = at + length;
	while (at < end) {
		size_t word = token_length(at, end);
		if (is_named(at, word, token))
			return true;
		at += word > 0 ? word : 1;
	}
	return false;
}

static void
join(char **list, const char *value, size_t length)
{
	char *more = xstrndup(value, length);
	char *joined = *list == NULL ? more : xasprintf("%s, %s", *list, more);
	if (joined != more)
		free(more);
	free(*list);
	*list = joined;
}

struct heads {
	size_t fields, hosts;
	bool since_twice;
	bool old; /* HTTP/1.0 */
};

static int
use_field(const char *name, size_t name_length, const char *value,
    size_t length, struct heads *seen, struct request *request)
{
	if (is_named(name, name_length, "host"))
		seen->hosts++;
	else if (is_named(name, name_length, "connection")) {
		if (lists_token(value, length, "close"))
			request->keep = false;
	} else if (is_named(name, name_length, "if-none-match"))
		join(&request->if_none_match, value, length);
	else if (is_named(name, name_length, "if-modified-since")) {
		seen->since_twice = request->if_modified_since != NULL;
		join(&request->if_modified_since, value, length);
	} else if (is_named(name, name_length, "transfer-encoding") ||
		   (is_named(name, name_length, "content-length") &&
		       !(length == 1 && *value == '0')))
		/* a body nobody reads would pass for the next request (RFC
		 * 9112 6.3, 11.2) */
		return 413;
	return 0;
}

static int
read_field(const char *at, const char *end, struct heads *seen,
    struct request *request)
{
	size_t name = token_length(at, end);
	/* a blank before the colon, or a line folded into the one above, is
	 * read in two ways by two programs (RFC 9112 5.1, 5.2) */
	if (name == 0 || at + name == end || at[name] != ':' ||
	    ++seen->fields > MAX_FIELDS)
		return 400;
	const char *value = at + name + 1;
	while (value < end && (*value == ' ' || *value == '\t'))
		value++;
	while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	for (const char *c = value; c < end; c++)
		if (((unsigned char)*c < ' ' && *c != '\t') || *c == 0x7f)
			return 400; /* RFC 9110 5.5 */
	return use_field(at, name, value, (size_t)(end - value), seen, request);
}

int
request_parse(const char *bytes, size_t length, struct request *request)
{
	const char *end = bytes + length, *next = NULL, *stop;
	const char *at = skip_empty(bytes, end);
	struct heads seen = {0};
	*request = (struct request){0};
	stop = line_end(at, end, &next);
	if (stop == NULL)
		return 400;
	int status = read_request_line(at, stop, request);
	seen.old = status == 0 && !request->keep;
	for (at = next; (stop = line_end(at, end, &next)) != NULL && stop > at;
	     at = next) {
		int trouble = read_field(at, stop, &seen, request);
		if (trouble != 0 && (status == 0 || status == 405))
			status = trouble;
	}
	/* RFC 9112 3.2 */
	if (status == 0 && (seen.hosts > 1 || (seen.hosts == 0 && !seen.old)))
		status = 400;
	/* RFC 9110 13.1.3: more than one member is no date */
	if (seen.since_twice) {
		free(request->if_modified_since);
		request->if_modified_since = NULL;
	}
	/* after a mistake the next request's beginning is not sure */
	if (status != 0 && status != 405)
		request->keep = false;
	return status;
}

void
request_clear(struct request *request)
{
	free(request->path);
	free(request->if_none_match);
	free(request->if_modified_since);
	*request = (struct request){0};
}

bool
request_names_tag(const char *list, const char *tag)
{
	size_t length = strlen(tag);
	while (*list != '\0') {
		list += strspn(list, ", \t");
		if (*list == '*')
			return true;
		if (list[0] == 'W' && list[1] == '/')
			list += 2;
		if (*list != '"')
			return false;
		if (strncmp(list, tag, length) == 0)
			return true;
		const char *close = strchr(list + 1, '"');
		if (close == NULL)
			return false;
		list = close + 1;
	}
	return false;
}

/* ---- dates ---- */

static int
month_of(const char *name)
{
	for (int i = 0; i < 12; i++)
		if (strncmp(name, months[i], 3) == 0)
			return i;
	return -1;
}

int64_t
http_date_read(const char *date)
{
	char name[4] = "";
	int day, year, hour, minute, second, end = -1;
	const char *comma = strchr(date, ',');
	/* Sun, 06 Nov 1994 08:49:37 GMT */
	if (comma != NULL)
		(void)sscanf(comma, ", %2d %3s %4d %2d:%2d:%2d GMT%n", &day,
		    name, &year, &hour, &minute, &second, &end);
	/* Sunday, 06-Nov-94 08:49:37 GMT */
	if (comma != NULL && end == -1 &&
	    sscanf(comma, ", %2d-%3[A-Za-z]-%2d %2d:%2d:%2d GMT%n", &day, name,
		&year, &hour, &minute, &second, &end) == 6 &&
	    end != -1)
		year += year < 70 ? 2000 : 1900;
	/* Sun Nov  6 08:49:37 1994 */
	if (comma == NULL)
		(void)sscanf(date, "%*3s %3s %2d %2d:%2d:%2d %4d%n", name, &day,
		    &hour, &minute, &second, &year, &end);
	int month = month_of(name);
	const char *start = comma != NULL ? comma : date;
	if (end == -1 || start[end] != '\0' || month == -1 || day < 1 ||
	    day > 31 || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
	    second < 0 || second > 60 || year < 1970)
		return -1;
	struct tm utc = {.tm_mday = day,
	    .tm_mon = month,
	    .tm_year = year - 1900,
	    .tm_hour = hour,
	    .tm_min = minute,
	    .tm_sec = second};
	return timegm(&utc);
}
