#ifndef FEED_ZONE_H
#define FEED_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/error.h"

/*
 * Time zones from the bytes of a TZif file (RFC 9636, POSIX footer included);
 * no tzset, no file.  Seconds are Unix seconds.
 */
struct zone;

struct zone *zone_parse(const void *bytes, size_t length, struct error *);
struct zone *zone_fixed(int32_t offset_s); /* east of Greenwich */
/* By a rule such as "CET-1CEST,M3.5.0,M10.5.0/3" (POSIX TZ); NULL if it is
 * none. */
struct zone *zone_from_rule(const char *rule);
void zone_free(struct zone *);

/* The offset by a rule such as "EST5EDT,M3.2.0,M11.1.0" (POSIX TZ, RFC 9636
 * 3.3); 0 if it is none. */
int32_t zone_rule_offset_s(const char *rule, int64_t at_s);

/* A civil time; month 1-12, day 1-31. */
struct civil {
	int year, month, day, hour, minute, second;
	int weekday; /* 0 = Sunday; filled by civil_from_unix and
			zone_to_civil, ignored elsewhere */
};

/* NULL means UTC in the following. */
int32_t zone_offset_s(const struct zone *, int64_t at_s);
/* In a gap: shifted forward by it; in an overlap: the first. */
int64_t zone_to_unix(const struct zone *, const struct civil *);
struct civil zone_to_civil(const struct zone *, int64_t at_s);

/* Proleptic Gregorian, without a zone; false in civil_is_valid for 31 February
 * and outside of the years 0-9999.  civil_to_unix takes any numbers: the 0th of
 * March, hour 30. */
bool civil_is_valid(const struct civil *);
int64_t civil_to_unix(const struct civil *);
struct civil civil_from_unix(int64_t at_s);

#endif
