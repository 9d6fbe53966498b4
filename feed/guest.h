#ifndef FEED_GUEST_H
#define FEED_GUEST_H

#include "feed/collection.h"

/*
 * A guest is a story that is linked to from inside another one's place: related
 * stories under a teaser, the next part of a series, an earlier report.  Where
 * siblings of one tag hold one story each, and some of them a few more, the
 * story whose link stands where the others' titles stand is the place's own;
 * where all of them hold several, the one that stands in a heading of a place
 * with a date.  The links of the rest are taken for a story's no longer, there.
 */
void guests_drop(struct collection *);

#endif
