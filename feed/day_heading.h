#ifndef FEED_DAY_HEADING_H
#define FEED_DAY_HEADING_H

#include <stdbool.h>
#include <stddef.h>

#include "feed/dating.h"
#include "feed/links.h"
#include "feed/page.h"

/*
 * The days of a list that is divided by day: "Thursday, 26 November", and
 * below it articles with a clock alone, or without a date of their own.  An
 * element or a text counts that says one day and no more, and that stands
 * beside the items, in none of them.
 *
 * A clock alone ("10:23") is of the day above it.  An item without a date is of
 * that day only where the list names two days or more, one way down the page
 * (a single one may be the page's own), or where each item has one right before
 * it.  DESIGN.md P9: nothing is invented.
 *
 * Settles `moment` of such items, in document order, and takes their `text`
 * away; true if there is any.
 * *outside: the day stood outside the element that holds all items.
 */
bool day_heading_settle(const struct page *, const struct listing *,
    struct dated *, const struct date_context *, bool *outside);

#endif
