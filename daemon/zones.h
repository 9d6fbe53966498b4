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

/*
 * `name` as in the configuration: a zone's name or "+09:00", or NULL for UTC.
 * *bytes is borrowed and NULL for a fixed zone, which is in *offset_s.  A name
 * without a file (checked at load; it may have gone since) counts as UTC: false.
 */
bool zones_get(struct zones *, const char *name, const char **bytes,
    size_t *length, int32_t *offset_s);

#endif
