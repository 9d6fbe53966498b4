#ifndef DAEMON_ZONES_H
#define DAEMON_ZONES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The bytes of zone files, read once each; feed/zone makes sense of them in
 * the worker, which can open no file.
 */
struct zones;

struct zones *zones_new(void);
void zones_free(struct zones *);

struct zone_choice {
	const char *bytes; /* borrowed; NULL for a fixed zone */
	size_t length;
	int32_t offset_s;
	bool is_unknown; /* and UTC until the page tells its language */
};

/*
 * The zone of a section's dates.  `name` as in the configuration: a zone's name
 * or "+09:00"; NULL is the zone of the address's country, else that of the
 * language (country.h), which may be NULL.  A name without a file (checked at
 * load; it may have gone since) counts as UTC: false.
 */
bool zones_choose(struct zones *, const char *name, const char *url,
    const char *language, struct zone_choice *);

#endif
