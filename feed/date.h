#ifndef FEED_DATE_H
#define FEED_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/error.h"
#include "feed/zone.h"

/*
 * Dates as pages write them.  No clock: now_s is an argument.  A date is never
 * invented: false means that the text is not wholly a date.
 */
enum precision {
	PRECISION_NONE,     /* no date at all */
	PRECISION_YEAR,
	PRECISION_MONTH,
	PRECISION_DAY,
	PRECISION_RELATIVE, /* "3 hours ago": good to its unit, frozen at first sight */
	PRECISION_MINUTE,
	PRECISION_SECOND,
};

struct moment {
	int64_t at_s; /* Unix seconds; 0 with PRECISION_NONE. A day is its midnight in the zone */
	enum precision precision;
};

/* Order of day and month in 03/05/2024. */
enum date_order { DATE_ORDER_UNKNOWN, DATE_ORDER_DMY, DATE_ORDER_MDY, DATE_ORDER_YMD };

struct date_context {
	int64_t now_s;
	const struct zone *zone; /* NULL is UTC */
	const char *language;    /* BCP 47, or NULL */
	enum date_order order;   /* by date_vote, or UNKNOWN */
	bool is_attribute;       /* datetime, data-*: epochs and bare digits count */
	bool is_date_node;       /* tag or class says date: "2h" is a time ago */
	int64_t max_ahead_s;     /* plausible up to now + this; 0 means 2 days */
};

/* The whole text is a date (labels such as 입력, Published, dividers and a weekday allowed). */
bool date_parse(const char *text, const struct date_context *, struct moment *);

/* The first date inside a longer text ("2024-03-05 09:37:45 홍길동 기자"):
 * *start and *length say where in bytes; what stands around it must not be a
 * digit.  Only absolute forms of at least day precision and clear relative
 * ones; without a year ("3월 5일") only with a clock.  One that is called a
 * change (수정) counts only if there is no other.  Looks at the first 16 KiB. */
bool date_find(const char *text, const struct date_context *, struct moment *,
    size_t *start, size_t *length);

/* By a strptime-like format: %Y %y %m %d %e %H %I %M %S %p (오전/오후, AM/PM,
 * 午前/午後, 上午/下午) %b %B %a %A %z %Z %s %%, also %f %T %R %F %D; blanks
 * match any white space, letters in either case.  Text after the match is an
 * error. */
bool date_parse_format(const char *text, const char *format,
    const struct date_context *, struct moment *);
/* Checks the format itself, for the configuration. */
bool date_format_is_valid(const char *format, struct error *);

/* What the URL says: /2024/03/05/, /2024-03-05-, 20240305 or a longer number
 * that begins with a plausible date; a time from 12 or 14 digits only, and only
 * from ten or five o'clock on, for before that it is rather a counter. */
bool date_from_url(
    const char *url, const struct date_context *, struct moment *);

/* The same of two digits for the year: /20/0704/, /2007/04/, /20/07/04/, in
 * whole segments.  Of one address this proves nothing (dating.h asks all). */
bool date_from_short_url(
    const char *url, const struct date_context *, struct moment *);

/* Order of day and month that all texts agree on. */
enum date_order date_vote(const char *const *texts, size_t count, const struct date_context *);

/* RFC 3339 in UTC, "2024-03-05T00:37:45Z"; 21 bytes with the NUL; years 0-9999, clamped. */
void date_format_rfc3339(int64_t at_s, char out[21]);
/* RFC 822 5 with RFC 1123 5.2.14's four digits of the year, always GMT, "Tue, 05
 * Mar 2024 00:37:45 GMT"; 30 bytes with the NUL; clamped likewise.  It is what
 * RSS 2.0 and HTTP (RFC 9110 5.6.7, IMF-fixdate) write. */
void date_format_rfc822(int64_t at_s, char out[30]);
/* RFC 3339 -> Unix seconds. */
bool date_parse_rfc3339(const char *, int64_t *at_s);

#endif
