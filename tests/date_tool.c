/*
 * Dates and zones, asked line by line on stdin and answered on stdout, so that
 * another implementation can be the judge.  A line has its fields split by
 * tabs; the zone is a TZif file's path, or "-" for UTC:
 *
 *	offset ZONE AT                  seconds east of Greenwich
 *	unix   ZONE Y M D H M S         what a local time is
 *	parse  ZONE NOW LANGUAGE TEXT   seconds and precision, or "-"
 *	find   ZONE NOW LANGUAGE TEXT   the same for a date inside the text
 *
 * LANGUAGE may be "-", and ends in "+" where the text stands in a date's own
 * element.  With --second-of-overlap the second of two possible times is
 * answered, which is wrong, and shows whether the judge is awake.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/date.h"
#include "feed/memory.h"
#include "feed/zone.h"

#define MAX_FIELDS 8

static struct zone *
read_zone(const char *path)
{
	struct buffer bytes = {0};
	struct error err = {.reason = ""};
	FILE *file = fopen(path, "rb");
	char part[4096];
	size_t got;
	while (file != NULL && (got = fread(part, 1, sizeof(part), file)) > 0)
		buffer_add(&bytes, part, got);
	if (file != NULL)
		fclose(file);
	struct zone *zone = zone_parse(bytes.bytes, bytes.length, &err);
	if (zone == NULL) {
		fprintf(stderr, "%s: %s\n", path, err.reason);
		exit(1);
	}
	buffer_clear(&bytes);
	return zone;
}

static void
answer_unix(const struct zone *zone, char **fields, bool takes_second)
{
	struct civil civil = {.year = atoi(fields[2]),
	    .month = atoi(fields[3]),
	    .day = atoi(fields[4]),
	    .hour = atoi(fields[5]),
	    .minute = atoi(fields[6]),
	    .second = atoi(fields[7])};
	int64_t at_s = zone_to_unix(zone, &civil);
	int32_t before_s = zone_offset_s(zone, at_s);
	int32_t after_s = zone_offset_s(zone, at_s + 3600);
	if (takes_second && after_s < before_s)
		at_s += before_s - after_s;
	printf("%" PRId64 "\n", at_s);
}

static void
answer_date(const struct zone *zone, char **fields)
{
	char *language = fields[3];
	char *mark = strchr(language, '+');
	struct date_context context = {.now_s = atoll(fields[2]),
	    .zone = zone,
	    .is_date_node = mark != NULL};
	struct moment moment;
	size_t start, length;
	if (mark != NULL)
		*mark = '\0';
	if (strcmp(language, "-") != 0)
		context.language = language;
	bool good =
	    strcmp(fields[0], "parse") == 0
		? date_parse(fields[4], &context, &moment)
		: date_find(fields[4], &context, &moment, &start, &length);
	if (good)
		printf("%" PRId64 " %d\n", moment.at_s, (int)moment.precision);
	else
		printf("-\n");
}

static size_t
split(char *line, char *fields[MAX_FIELDS])
{
	size_t count = 0;
	line[strcspn(line, "\n")] = '\0';
	for (char *field;
	     count < MAX_FIELDS && (field = strsep(&line, "\t")) != NULL;)
		fields[count++] = field;
	return count;
}

int
main(int argc, char **argv)
{
	bool takes_second =
	    argc > 1 && strcmp(argv[1], "--second-of-overlap") == 0;
	char *line = NULL, *path = NULL;
	size_t capacity = 0;
	struct zone *zone = NULL;
	while (getline(&line, &capacity, stdin) > 0) {
		char *fields[MAX_FIELDS];
		size_t count = split(line, fields);
		if (count < 3) {
			fprintf(stderr, "too few fields\n");
			return 2;
		}
		if (path == NULL || strcmp(path, fields[1]) != 0) {
			free(path);
			zone_free(zone);
			path = xstrdup(fields[1]);
			zone = strcmp(path, "-") != 0 ? read_zone(path) : NULL;
		}
		if (strcmp(fields[0], "offset") == 0)
			printf("%" PRId32 "\n",
			    zone_offset_s(zone, atoll(fields[2])));
		else if (strcmp(fields[0], "unix") == 0 && count == 8)
			answer_unix(zone, fields, takes_second);
		else if (count == 5)
			answer_date(zone, fields);
		else {
			fprintf(stderr, "cannot answer '%s'\n", fields[0]);
			return 2;
		}
	}
	zone_free(zone);
	free(path);
	free(line);
	return 0;
}
