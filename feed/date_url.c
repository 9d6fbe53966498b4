#include <string.h>

#include "feed/date.h"
#include "feed/date_scan.h"

#define MAX_URL_BYTES 4096
/* A number with a date in front is no longer. */
#define MAX_NUMBER_DIGITS 20

/* A run of digits in the address. */
struct run {
	const char *at;
	size_t length;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int
digits_value(const char *at, size_t length)
{
	int value = 0;
	for (size_t i = 0; i < length; i++)
		value = value * 10 + (at[i] - '0');
	return value;
}

/* The next run at or after *at, before end. */
static bool
next_run(const char **at, const char *end, struct run *run)
{
	while (*at < end && !is_digit(**at))
		(*at)++;
	run->at = *at;
	while (*at < end && is_digit(**at))
		(*at)++;
	run->length = (size_t)(*at - run->at);
	return run->length > 0;
}

static bool
day_resolves(int year, int month, int day, const struct date_context *context,
    struct moment *out)
{
	struct reading reading = reading_empty();
	reading.date = PRECISION_DAY;
	reading.year = year;
	reading.month = month;
	reading.day = day;
	return year >= DATE_FIRST_YEAR &&
	       reading_resolve(&reading, context, out);
}

static bool
is_separator(char c)
{
	return c == '/' || c == '-' || c == '_' || c == '.';
}

/* "2024/03/05", "2024-03-05", "2024/0305", "202403/05" from this run on */
static bool
parse_split(const char *text, const char *end, struct run year,
    const struct date_context *context, struct moment *out)
{
	const char *at = year.at + year.length;
	struct run month, day;
	if ((year.length != 4 && year.length != 6) || at >= end ||
	    !is_separator(*at) || (year.at > text && year.at[-1] == '.') ||
	    !next_run(&at, end, &month) ||
	    month.at[-1] != *(year.at + year.length) ||
	    month.at != year.at + year.length + 1)
		return false;
	int y = digits_value(year.at, 4);
	if (year.length == 6)
		return month.length == 2 &&
		       day_resolves(y, digits_value(year.at + 4, 2),
			   digits_value(month.at, 2), context, out);
	if (month.length == 4)
		return day_resolves(y, digits_value(month.at, 2),
		    digits_value(month.at + 2, 2), context, out);
	if (month.length > 2 || at >= end || !is_separator(*at) ||
	    !next_run(&at, end, &day) || day.length > 2 ||
	    day.at != month.at + month.length + 1)
		return false;
	return day_resolves(y, digits_value(month.at, month.length),
	    digits_value(day.at, day.length), context, out);
}

/*
 * "20240305", or a longer number that begins so.  12 and 14 digits may go on
 * with a time; but counters begin with zeros, so before five o'clock it is
 * taken for a counter, and the day alone is sure.  A counter of four digits
 * passes 0500 on a busy day, so a time of 12 digits begins at ten.
 */
static bool
parse_number(
    struct run run, const struct date_context *context, struct moment *out)
{
	if (run.length < 8 || run.length > MAX_NUMBER_DIGITS)
		return false;
	struct reading reading = reading_empty();
	reading.date = PRECISION_DAY;
	reading.year = digits_value(run.at, 4);
	reading.month = digits_value(run.at + 4, 2);
	reading.day = digits_value(run.at + 6, 2);
	if (run.length == 12 || run.length == 14) {
		reading.hour = digits_value(run.at + 8, 2);
		reading.minute = digits_value(run.at + 10, 2);
		bool has_second = run.length == 14;
		if (has_second)
			reading.second = digits_value(run.at + 12, 2);
		int first_hour = has_second ? 5 : 10;
		reading.has_clock = reading.hour >= first_hour &&
				    reading.hour < 24 && reading.minute < 60 &&
				    reading.second < 60;
		if (!reading.has_clock)
			reading.second = 0;
		reading.has_second = has_second && reading.has_clock;
	}
	struct moment day;
	if (!day_resolves(
		reading.year, reading.month, reading.day, context, &day))
		return false;
	/* a time ahead of now is no time */
	if (!reading.has_clock || !reading_resolve(&reading, context, out))
		*out = day;
	return true;
}

static bool
find_in_path(const char *path, const char *end,
    const struct date_context *context, struct moment *out)
{
	struct run run;
	for (const char *at = path; next_run(&at, end, &run);)
		if (parse_split(path, end, run, context, out))
			return true;
	for (const char *at = path; next_run(&at, end, &run);)
		if (parse_number(run, context, out))
			return true;
	return false;
}

/* Does a parameter's name promise a date? */
static bool
names_date(const char *name, size_t length)
{
	static const char *const words[] = {"date", "day", "ymd", "dt"};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t size = strlen(words[i]);
		for (size_t at = 0; at + size <= length; at++)
			if (memcmp(name + at, words[i], size) == 0)
				return true;
	}
	return false;
}

/* Of 8 digits only by that name: an idxno is a counter.  A longer number
 * that begins with a date is one by itself. */
static bool
find_in_query(const char *query, const char *end,
    const struct date_context *context, struct moment *out)
{
	for (const char *at = query; at < end;) {
		const char *stop = memchr(at, '&', (size_t)(end - at));
		if (stop == NULL)
			stop = end;
		const char *value = memchr(at, '=', (size_t)(stop - at));
		struct run run;
		if (value != NULL) {
			size_t name = (size_t)(value - at);
			bool is_date = names_date(at, name);
			bool is_counter =
			    name == 5 && memcmp(at, "idxno", 5) == 0;
			if (is_date && find_in_path(value, stop, context, out))
				return true;
			if (!is_counter && next_run(&value, stop, &run) &&
			    run.length >= 12 && parse_number(run, context, out))
				return true;
		}
		at = stop + 1;
	}
	return false;
}

/* The path of an address, up to its query or fragment: [*path, *end). */
static void
find_path(const char *url, const char **path, const char **end)
{
	*end = url + strnlen(url, MAX_URL_BYTES);
	const char *stop = memchr(url, '#', (size_t)(*end - url));
	if (stop != NULL)
		*end = stop;
	*path = strstr(url, "://");
	if (*path != NULL && *path < *end) {
		*path += 3;
		while (*path < *end && **path != '/' && **path != '?')
			(*path)++; /* a host is no date */
	} else
		*path = url;
}

/* A whole segment of digits that begins here, "/0704/"; 0 if it is none. */
static size_t
digit_segment(const char *at, const char *end)
{
	size_t length = 0;
	while (at + length < end && is_digit(at[length]))
		length++;
	return at + length < end && at[length] == '/' ? length : 0;
}

/* "20/0704/", "2007/04/", "20/07/04/" from here on, in whole segments. */
static bool
parse_short(const char *at, const char *end, const struct date_context *context,
    struct moment *out)
{
	size_t first = digit_segment(at, end);
	const char *next = at + first + 1;
	size_t second = first > 0 ? digit_segment(next, end) : 0;
	if (first == 2 && second == 4)
		return day_resolves(2000 + digits_value(at, 2),
		    digits_value(next, 2), digits_value(next + 2, 2), context,
		    out);
	if (second != 2)
		return false;
	if (first == 4)
		return day_resolves(2000 + digits_value(at, 2),
		    digits_value(at + 2, 2), digits_value(next, 2), context,
		    out);
	const char *last = next + second + 1;
	return first == 2 && digit_segment(last, end) == 2 &&
	       day_resolves(2000 + digits_value(at, 2), digits_value(next, 2),
		   digits_value(last, 2), context, out);
}

bool
date_from_short_url(
    const char *url, const struct date_context *context, struct moment *out)
{
	const char *path, *end;
	find_path(url, &path, &end);
	const char *query = memchr(path, '?', (size_t)(end - path));
	if (query != NULL)
		end = query;
	for (; path < end; path++)
		if (*path == '/' && parse_short(path + 1, end, context, out))
			return true;
	return false;
}

bool
date_from_url(
    const char *url, const struct date_context *context, struct moment *out)
{
	const char *path, *end;
	find_path(url, &path, &end);
	const char *query = memchr(path, '?', (size_t)(end - path));
	if (find_in_path(path, query != NULL ? query : end, context, out))
		return true;
	return query != NULL && find_in_query(query + 1, end, context, out);
}
