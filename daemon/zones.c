#include "daemon/zones.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/file.h"
#include "feed/country.h"
#include "feed/memory.h"

#define ZONE_MAX_BYTES (64 << 10) /* the largest today has 4 KiB */

struct zones {
	struct zone_bytes {
		char *name;
		char *bytes; /* NULL: no such file */
		size_t length;
	} * list;
	size_t count;
};

struct zones *
zones_new(void)
{
	return xcalloc(1, sizeof(struct zones));
}

void
zones_free(struct zones *zones)
{
	if (zones == NULL)
		return;
	for (size_t i = 0; i < zones->count; i++) {
		free(zones->list[i].name);
		free(zones->list[i].bytes);
	}
	free(zones->list);
	free(zones);
}

static void
read_file(const char *name, struct zone_bytes *zone)
{
	const char *folder = getenv("TZDIR");
	char *path = xasprintf(
	    "%s/%s", folder != NULL ? folder : "/usr/share/zoneinfo", name);
	/* without the file it stays NULL, and zones_choose says so */
	zone->bytes = file_read(path, ZONE_MAX_BYTES, &zone->length, NULL);
	free(path);
}

/* "+09:00", "-0330"; the configuration has checked it. */
static bool
fixed_offset(const char *name, int32_t *offset_s)
{
	int hours, minutes;
	if (name[0] != '+' && name[0] != '-')
		return false;
	if (sscanf(name + 1, "%2d:%2d", &hours, &minutes) != 2 &&
	    sscanf(name + 1, "%2d%2d", &hours, &minutes) != 2)
		return false;
	*offset_s = (hours * 60 + minutes) * 60;
	if (name[0] == '-')
		*offset_s = -*offset_s;
	return true;
}

static const struct zone_bytes *
find_zone(struct zones *zones, const char *name)
{
	for (size_t i = 0; i < zones->count; i++)
		if (strcmp(zones->list[i].name, name) == 0)
			return &zones->list[i];
	zones->list =
	    xreallocarray(zones->list, zones->count + 1, sizeof(*zones->list));
	struct zone_bytes *zone = &zones->list[zones->count++];
	*zone = (struct zone_bytes){.name = xstrdup(name)};
	read_file(name, zone);
	return zone;
}

bool
zones_choose(struct zones *zones, const char *name, const char *url,
    const char *language, struct zone_choice *choice)
{
	bool is_guess = name == NULL;
	*choice = (struct zone_choice){0};
	if (is_guess) {
		const struct country *country = country_of_zone(url, language);
		if (country != NULL)
			name = country->zone;
	}
	if (name == NULL) {
		choice->is_unknown = true;
		return true;
	}
	if (strcmp(name, "UTC") == 0 || fixed_offset(name, &choice->offset_s))
		return true;
	const struct zone_bytes *zone = find_zone(zones, name);
	choice->bytes = zone->bytes;
	choice->length = zone->length;
	/* a system without zone files: the worker knows today's rule */
	choice->is_unknown = is_guess && zone->bytes == NULL;
	return is_guess || zone->bytes != NULL;
}
