#include "feed/zone.h"

#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"

/* RFC 9636 3.2: what a UT offset should be within. */
#define MIN_OFFSET_S (-89999)
#define MAX_OFFSET_S 93599
#define MAX_TRANSITIONS 8192
#define MAX_TYPES 256
#define MAX_RULE_BYTES 256
#define HEADER_BYTES 44
#define DAY_S 86400
/* Beyond this, years no longer fit an int. */
#define MAX_UNIX INT64_C(60000000000000000)

/* One end of the summer time: "M3.2.0/2", "J60", "59" (RFC 9636 3.3). */
struct turn {
	enum { TURN_JULIAN, TURN_DAY, TURN_WEEKDAY } kind;
	int month, week, day;
	int32_t time_s; /* after local midnight; may be negative */
};

/* What holds after the last transition. */
struct rule {
	bool is_there, has_summer;
	int32_t standard_s, summer_s;
	struct turn to_summer, to_standard;
};

struct zone {
	int64_t *times; /* ascending */
	unsigned char *types;
	size_t count;
	int32_t offsets_s[MAX_TYPES];
	struct rule rule;
};

static int64_t
clamp(int64_t at_s)
{
	if (at_s > MAX_UNIX)
		return MAX_UNIX;
	return at_s < -MAX_UNIX ? -MAX_UNIX : at_s;
}

static bool
is_leap_year(int64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int
days_in_month(int64_t year, int month)
{
	static const int days[] = {
	    31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	return days[month - 1] + (month == 2 && is_leap_year(year));
}

/* Days since 1970-01-01; years begin in March, so that the leap day is last. */
static int64_t
days_from_civil(int64_t year, int month, int day)
{
	year += (month - 1) / 12;
	month = (month - 1) % 12 + 1;
	if (month < 1) {
		month += 12;
		year--;
	}
	if (month <= 2)
		year--;
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t of_era = year - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5;
	int64_t days = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
	return era * 146097 + days - 719468 + day - 1;
}

bool
civil_is_valid(const struct civil *civil)
{
	return civil->year >= 0 && civil->year <= 9999 && civil->month >= 1 &&
	       civil->month <= 12 && civil->day >= 1 &&
	       civil->day <= days_in_month(civil->year, civil->month) &&
	       civil->hour >= 0 && civil->hour <= 23 && civil->minute >= 0 &&
	       civil->minute <= 59 && civil->second >= 0 && civil->second <= 59;
}

int64_t
civil_to_unix(const struct civil *civil)
{
	return days_from_civil(civil->year, civil->month, civil->day) * DAY_S +
	       (int64_t)civil->hour * 3600 + (int64_t)civil->minute * 60 +
	       civil->second;
}

struct civil
civil_from_unix(int64_t at_s)
{
	at_s = clamp(at_s);
	int64_t days = at_s / DAY_S - (at_s % DAY_S < 0);
	int second = (int)(at_s - days * DAY_S);
	int weekday = (int)((days % 7 + 7 + 4) % 7); /* 1 January: Thursday */
	days += 719468;
	int64_t era = (days >= 0 ? days : days - 146096) / 146097;
	int64_t day = days - era * 146097;
	int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	day -= 365 * year + year / 4 - year / 100;
	int month = (int)((5 * day + 2) / 153); /* 0 is March */
	struct civil civil = {
	    .year = (int)(year + era * 400 + (month >= 10)),
	    .month = month < 10 ? month + 3 : month - 9,
	    .day = (int)(day - (153 * month + 2) / 5 + 1),
	    .hour = second / 3600,
	    .minute = second / 60 % 60,
	    .second = second % 60,
	    .weekday = weekday,
	};
	return civil;
}

/* Reading the rule (RFC 9636 3.3). */

static bool
read_number(const char **at, int max, int *value)
{
	int number = 0, digits = 0;
	for (; **at >= '0' && **at <= '9'; (*at)++) {
		number = number * 10 + (**at - '0');
		if (++digits > 4)
			return false;
	}
	*value = number;
	return digits > 0 && number <= max;
}

/* [+-]h[h[h]][:mm[:ss]] */
static bool
read_hours(const char **at, int max_hours, int32_t *seconds)
{
	bool negative = **at == '-';
	if (**at == '-' || **at == '+')
		(*at)++;
	int hours, minutes = 0, rest = 0;
	if (!read_number(at, max_hours, &hours))
		return false;
	if (**at == ':') {
		(*at)++;
		if (!read_number(at, 59, &minutes))
			return false;
		if (**at == ':') {
			(*at)++;
			if (!read_number(at, 59, &rest))
				return false;
		}
	}
	*seconds = hours * 3600 + minutes * 60 + rest;
	if (negative)
		*seconds = -*seconds;
	return true;
}

static bool
skip_name(const char **at)
{
	const char *start = *at;
	if (**at == '<') {
		*at += strcspn(*at, ">");
		if (**at == '\0')
			return false;
		(*at)++;
		return *at - start >= 5;
	}
	while ((**at >= 'A' && **at <= 'Z') || (**at >= 'a' && **at <= 'z'))
		(*at)++;
	return *at - start >= 3;
}

static bool
read_turn(const char **at, struct turn *turn)
{
	if (**at != ',')
		return false;
	(*at)++;
	if (**at == 'M') {
		(*at)++;
		turn->kind = TURN_WEEKDAY;
		if (!read_number(at, 12, &turn->month) || turn->month < 1 ||
		    *(*at)++ != '.' || !read_number(at, 5, &turn->week) ||
		    turn->week < 1 || *(*at)++ != '.' ||
		    !read_number(at, 6, &turn->day))
			return false;
	} else if (**at == 'J') {
		(*at)++;
		turn->kind = TURN_JULIAN;
		if (!read_number(at, 365, &turn->day) || turn->day < 1)
			return false;
	} else {
		turn->kind = TURN_DAY;
		if (!read_number(at, 365, &turn->day))
			return false;
	}
	turn->time_s = 2 * 3600;
	if (**at != '/')
		return true;
	(*at)++;
	return read_hours(at, 167, &turn->time_s);
}

static bool
rule_parse(const char *text, struct rule *rule)
{
	*rule = (struct rule){.is_there = true};
	if (!skip_name(&text) || !read_hours(&text, 24, &rule->standard_s))
		return false;
	rule->standard_s = -rule->standard_s; /* POSIX counts west */
	if (*text == '\0')
		return true;
	rule->has_summer = true;
	rule->summer_s = rule->standard_s + 3600;
	if (!skip_name(&text))
		return false;
	if (*text != ',') {
		if (!read_hours(&text, 24, &rule->summer_s))
			return false;
		rule->summer_s = -rule->summer_s;
	}
	return read_turn(&text, &rule->to_summer) &&
	       read_turn(&text, &rule->to_standard) && *text == '\0';
}

/* Local seconds since 1970, as if there were no zone. */
static int64_t
turn_in_year(const struct turn *turn, int64_t year)
{
	int64_t day;
	if (turn->kind == TURN_WEEKDAY) {
		day = days_from_civil(year, turn->month, 1);
		int weekday = (int)((day % 7 + 7 + 4) % 7);
		int in_month = (turn->day - weekday + 7) % 7;
		in_month += (turn->week - 1) * 7;
		while (in_month >= days_in_month(year, turn->month))
			in_month -= 7;
		day += in_month;
	} else {
		day = days_from_civil(year, 1, 1) + turn->day;
		/* J never counts 29 February */
		if (turn->kind == TURN_JULIAN &&
		    !(is_leap_year(year) && turn->day >= 60))
			day--;
	}
	return day * DAY_S + turn->time_s;
}

/* The latest turn decides.  Two years back are enough, though times of up to
 * a week may push a turn over New Year. */
static int32_t
rule_offset(const struct rule *rule, int64_t at_s)
{
	if (!rule->has_summer)
		return rule->standard_s;
	int64_t year = civil_from_unix(at_s).year;
	int64_t latest = INT64_MIN;
	int32_t offset_s = rule->standard_s;
	for (int64_t y = year - 2; y <= year + 1; y++) {
		int64_t end =
		    turn_in_year(&rule->to_standard, y) - rule->summer_s;
		int64_t start =
		    turn_in_year(&rule->to_summer, y) - rule->standard_s;
		if (end <= at_s && end > latest) {
			latest = end;
			offset_s = rule->standard_s;
		}
		/* summer that never ends: both fall together */
		if (start <= at_s && start >= latest) {
			latest = start;
			offset_s = rule->summer_s;
		}
	}
	return offset_s;
}

int32_t
zone_rule_offset_s(const char *text, int64_t at_s)
{
	struct rule rule;
	return rule_parse(text, &rule) ? rule_offset(&rule, clamp(at_s)) : 0;
}

/* Reading the file (RFC 9636 3). */

struct reader {
	const unsigned char *at;
	size_t left;
};

static uint64_t
read_big_endian(const unsigned char *bytes, size_t size)
{
	uint64_t value = 0;
	for (size_t i = 0; i < size; i++)
		value = value << 8 | bytes[i];
	return value;
}

struct header {
	int version;
	size_t utc_count, standard_count, leap_count;
	size_t time_count, type_count, name_bytes;
};

static bool
read_header(struct reader *reader, struct header *header)
{
	const unsigned char *at = reader->at;
	if (reader->left < HEADER_BYTES || memcmp(at, "TZif", 4) != 0)
		return false;
	header->version = at[4];
	size_t *const counts[] = {&header->utc_count, &header->standard_count,
	    &header->leap_count, &header->time_count, &header->type_count,
	    &header->name_bytes};
	for (size_t i = 0; i < 6; i++) {
		*counts[i] = (size_t)read_big_endian(at + 20 + 4 * i, 4);
		if (*counts[i] > MAX_TRANSITIONS)
			return false;
	}
	reader->at += HEADER_BYTES;
	reader->left -= HEADER_BYTES;
	return header->type_count >= 1 && header->type_count <= MAX_TYPES;
}

static size_t
block_bytes(const struct header *header, size_t time_size)
{
	return header->time_count * (time_size + 1) + header->type_count * 6 +
	       header->name_bytes + header->leap_count * (time_size + 4) +
	       header->standard_count + header->utc_count;
}

static bool
skip(struct reader *reader, size_t length)
{
	if (reader->left < length)
		return false;
	reader->at += length;
	reader->left -= length;
	return true;
}

static int64_t
read_time(const unsigned char *at, size_t time_size)
{
	uint64_t value = read_big_endian(at, time_size);
	if (time_size == 4)
		return (int32_t)(uint32_t)value;
	return (int64_t)value;
}

/* The data block behind a header; the reader is known to hold it. */
static bool
read_block(struct zone *zone, const struct header *header,
    const unsigned char *at, size_t time_size)
{
	size_t count = header->time_count;
	zone->count = count;
	zone->times = xcalloc(count, sizeof(*zone->times));
	zone->types = xcalloc(count, sizeof(*zone->types));
	for (size_t i = 0; i < count; i++, at += time_size) {
		zone->times[i] = read_time(at, time_size);
		if (i > 0 && zone->times[i] <= zone->times[i - 1])
			return false;
	}
	for (size_t i = 0; i < count; i++, at++) {
		zone->types[i] = *at;
		if (*at >= header->type_count)
			return false;
	}
	for (size_t i = 0; i < header->type_count; i++, at += 6) {
		uint32_t offset = (uint32_t)read_big_endian(at, 4);
		zone->offsets_s[i] = (int32_t)offset;
		if (zone->offsets_s[i] < MIN_OFFSET_S ||
		    zone->offsets_s[i] > MAX_OFFSET_S)
			return false;
	}
	return true;
}

/* "\nKST-9\n"; nothing between the newlines means that no rule is known. */
static bool
read_footer(struct zone *zone, struct reader *reader)
{
	if (reader->left < 2 || *reader->at != '\n')
		return false;
	const unsigned char *end =
	    memchr(reader->at + 1, '\n', reader->left - 1);
	if (end == NULL)
		return false;
	size_t length = (size_t)(end - reader->at) - 1;
	char text[MAX_RULE_BYTES];
	if (length >= sizeof(text) || memchr(reader->at, '\0', length + 1))
		return false;
	memcpy(text, reader->at + 1, length);
	text[length] = '\0';
	return length == 0 || rule_parse(text, &zone->rule);
}

static bool
zone_read(struct zone *zone, struct reader *reader)
{
	struct header header;
	if (!read_header(reader, &header))
		return false;
	size_t time_size = 4;
	bool has_footer = header.version >= '2';
	if (has_footer) {
		/* the first block is for readers of version 1 */
		time_size = 8;
		if (!skip(reader, block_bytes(&header, 4)) ||
		    !read_header(reader, &header) || header.version < '2')
			return false;
	}
	const unsigned char *block = reader->at;
	if (!skip(reader, block_bytes(&header, time_size)))
		return false;
	/* "right/..." zones: their seconds are not Unix seconds */
	if (header.leap_count > 0)
		return false;
	return read_block(zone, &header, block, time_size) &&
	       (!has_footer || read_footer(zone, reader));
}

struct zone *
zone_parse(const void *bytes, size_t length, struct error *err)
{
	struct zone *zone = xcalloc(1, sizeof(*zone));
	struct reader reader = {bytes, length};
	if (zone_read(zone, &reader))
		return zone;
	zone_free(zone);
	error_set(err, "no time zone data (TZif without leap seconds)");
	return NULL;
}

struct zone *
zone_fixed(int32_t offset_s)
{
	struct zone *zone = xcalloc(1, sizeof(*zone));
	zone->offsets_s[0] = offset_s;
	return zone;
}

struct zone *
zone_from_rule(const char *rule)
{
	struct zone *zone = xcalloc(1, sizeof(*zone));
	if (rule_parse(rule, &zone->rule))
		return zone;
	zone_free(zone);
	return NULL;
}

void
zone_free(struct zone *zone)
{
	if (zone == NULL)
		return;
	free(zone->types);
	free(zone->times);
	free(zone);
}

int32_t
zone_offset_s(const struct zone *zone, int64_t at_s)
{
	if (zone == NULL)
		return 0;
	at_s = clamp(at_s);
	size_t low = 0, high = zone->count; /* transitions up to at_s */
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (zone->times[middle] <= at_s)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == zone->count && zone->rule.is_there)
		return rule_offset(&zone->rule, at_s);
	/* RFC 9636 3.2: before the first transition type 0 holds */
	return zone->offsets_s[low > 0 ? zone->types[low - 1] : 0];
}

int64_t
zone_to_unix(const struct zone *zone, const struct civil *civil)
{
	int64_t local_s = civil_to_unix(civil);
	int64_t before = local_s - zone_offset_s(zone, local_s - DAY_S);
	int64_t after = local_s - zone_offset_s(zone, local_s + DAY_S);
	bool before_holds =
	    zone_offset_s(zone, before) == (int32_t)(local_s - before);
	bool after_holds =
	    zone_offset_s(zone, after) == (int32_t)(local_s - after);
	if (before_holds && after_holds)
		return before < after ? before : after;
	/* in a gap neither holds: the old offset shifts forward by it */
	return after_holds ? after : before;
}

struct civil
zone_to_civil(const struct zone *zone, int64_t at_s)
{
	at_s = clamp(at_s);
	return civil_from_unix(at_s + zone_offset_s(zone, at_s));
}
