#include "feed/settle.h"

#include <stdlib.h>
#include <string.h>

#include "feed/kin.h"
#include "feed/text.h"

#define FIRST 60.0 /* what the first of several links has ahead */

/* A story's link that is long enough for a title. */
static bool
is_full(const struct collection *all, const struct occurrence *one)
{
	return one->taken && text_cells(all->stories[one->story].words) >=
				 COLLECTION_TITLE_CELLS;
}

/* Of the occurrences [first, last), all in one place, the link that says most:
 * beside a title stand votes, hosts, rubrics and names, and in a summary links
 * to older stories.  True if that changes what is taken. */
static bool
take_best(struct collection *all, size_t first, size_t last)
{
	size_t best = first;
	double most = 0;
	bool changed = false;
	bool led = false;
	for (size_t i = first; i < last; i++) {
		double weight =
		    collection_title_weight(all, &all->occurrences[i]);
		if (!led && is_full(all, &all->occurrences[i])) {
			weight += FIRST; /* related stories stand behind */
			led = true;
		}
		if (weight > most) {
			best = i;
			most = weight;
		}
	}
	for (size_t i = first; i < last && most > 0; i++) {
		bool taken =
		    all->occurrences[i].story == all->occurrences[best].story;
		changed |= taken != all->occurrences[i].taken;
		all->occurrences[i].taken = taken;
	}
	return changed;
}

/* Does a larger heading say another story than the one that is taken? */
static bool
is_mistaken(const struct collection *all, size_t first, size_t last)
{
	int largest = 0, taken = 0;
	for (size_t i = first; i < last; i++) {
		const struct occurrence *one = &all->occurrences[i];
		int heading = (int)(collection_title_weight(all, one) / 1000);
		largest = heading > largest ? heading : largest;
		if (one->taken && heading > taken)
			taken = heading;
	}
	return largest > taken;
}

bool
settle_places(struct collection *all, const struct region *region)
{
	uint32_t *empty;
	size_t count =
	    kin_find(all->page, region->items, region->count, &empty);
	bool any = false;
	for (size_t i = 0; i < count; i++) {
		size_t first = collection_from(all, empty[i]);
		size_t last = collection_from(all, all->page->end[empty[i]]);
		any |= first < last && take_best(all, first, last);
	}
	for (size_t i = 0; i < region->count; i++) {
		const struct region_item *item = &region->items[i];
		size_t first = collection_from(all, item->node);
		size_t last = collection_from(all, item->end);
		any |= is_mistaken(all, first, last) &&
		       take_best(all, first, last);
	}
	free(empty);
	return any;
}
