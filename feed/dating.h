#ifndef FEED_DATING_H
#define FEED_DATING_H

#include <stdbool.h>
#include <stddef.h>

#include "feed/article.h"
#include "feed/date.h"

/*
 * The dates of a whole list, judged together: what a single date cannot tell
 * (a machine's zone that is wrong on every item, the page's clock printed into
 * each of them) the list does.  DESIGN.md P9: nothing is invented.
 */

/* What one item says of its date. */
struct dated {
	const char *text; /* what `moment` was read from, or NULL; borrowed */
	bool is_machine;  /* an attribute said it */
	struct moment moment;
	struct moment visible; /* what a person reads there, or none */
};

/*
 * Settle `moment` of each item.  A machine's date in UTC that is off what a
 * person reads by exactly the zone's offset, on four of five items or more, is
 * local time with a wrong Z: it is taken as that, and true is returned.
 * Otherwise the finer of the two counts, if both mean the same day.
 */
bool dating_settle(struct dated *, size_t count, const struct date_context *);

/* "10:23", "오전 10:23", "10:23:45": no number but those of a clock. */
bool dating_is_clock(const char *text);
/* Its time of day, to its precision, on that day. */
struct moment dating_clock_on_day(
    struct moment clock, struct moment day, const struct zone *);

/*
 * One time on all of at least three articles that is about now, or that their
 * addresses contradict, is the page's clock and no date: it goes, and true is
 * returned.  A link may be NULL here and below.
 */
bool dating_drop_clock(
    struct article *, size_t count, const struct date_context *);

/*
 * Refine the dates by the addresses.  A clock alone ("10:23"; dated[i] says
 * what was read, or dated is NULL) is of the address's day; without one it is
 * today's, down to where the clocks of a list that shows no day go up.  Times in them
 * count only where most have one, else the digits are a counter.  Two digits
 * for the year
 * ("/20/0704/") count only where all addresses have them, and agree with what
 * the page shows.
 */
void dating_refine(struct article *, size_t count, const struct dated *,
    const struct date_context *);

#endif
