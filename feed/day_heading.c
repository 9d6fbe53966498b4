#include "feed/day_heading.h"

#include <stdlib.h>
#include <string.h>

#include "feed/date_words.h"
#include "feed/memory.h"
#include "feed/text.h"

#define HEADING_NODES 12 /* of an element that says a day and nothing else */
#define HEADING_BYTES 100
#define MOST_LOOKED_AT 2000 /* elements between items */
#define OUTSIDE_LEVELS 2 /* how far above the items' own element one may be */

struct heading {
	uint32_t node;
	struct moment day; /* none: nobody knows ("Last week") */
};

struct headings {
	struct heading *list;
	size_t count, capacity;
};

static void
headings_add(struct headings *headings, struct heading heading)
{
	if (headings->count == headings->capacity) {
		headings->capacity = headings->capacity * 2 + 8;
		headings->list = xreallocarray(headings->list,
		    headings->capacity, sizeof(*headings->list));
	}
	headings->list[headings->count++] = heading;
}

/* ---- what one says ---- */

/* The text of a small part; the caller's, NULL if it has none or much. */
static char *
heading_text(const struct page *page, uint32_t node)
{
	size_t bytes = 0;
	if (page->end[node] - node > HEADING_NODES)
		return NULL;
	for (uint32_t at = node; at < page->end[node]; at++)
		bytes += page->text[at] != NULL ? strlen(page->text[at]) : 0;
	if (bytes == 0 || bytes > HEADING_BYTES)
		return NULL;
	char *raw = page_text(page, node, NULL, 0);
	char *text = text_line(raw, strlen(raw), HEADING_BYTES);
	free(raw);
	if (text[0] != '\0')
		return text;
	free(text);
	return NULL;
}

static bool
is_weekday(const char *text, int *weekday)
{
	struct tokens tokens = {0};
	size_t length = strlen(text);
	bool is = tokens_read(&tokens, text, length, 2, true) &&
		  tokens.count > 0 && tokens.list[0].end == length &&
		  token_means(&tokens.list[0], WORD_WEEKDAY, weekday);
	tokens_clear(&tokens);
	return is;
}

/* "Tuesday": the last one before the day above it, or the last one at all. */
static bool
read_weekday(const char *text, const struct headings *above,
    const struct date_context *context, struct moment *day)
{
	int weekday;
	struct moment before = {.at_s = context->now_s};
	if (above->count > 0) {
		before = above->list[above->count - 1].day;
		if (before.precision == PRECISION_NONE)
			return false;
	}
	if (!is_weekday(text, &weekday))
		return false;
	struct civil civil = zone_to_civil(context->zone, before.at_s);
	int back = (civil.weekday - weekday + 7) % 7;
	civil.day -= back == 0 && above->count > 0 ? 7 : back;
	civil.hour = civil.minute = civil.second = 0;
	day->at_s = zone_to_unix(context->zone, &civil);
	day->precision = PRECISION_DAY;
	return true;
}

/* Does a part of the page say one day, or a time on one, and nothing else? */
static bool
says_day(const struct page *page, uint32_t node, const struct headings *above,
    const struct date_context *context, struct moment *day)
{
	struct date_context dates = *context;
	struct moment moment;
	char *text = heading_text(page, node);
	dates.is_date_node = false; /* "2h" is no day */
	bool is = text != NULL && date_parse(text, &dates, &moment) &&
		  moment.precision >= PRECISION_DAY &&
		  moment.precision != PRECISION_RELATIVE;
	if (!is && text != NULL)
		is = read_weekday(text, above, context, &moment);
	if (is)
		*day = moment;
	free(text);
	return is;
}

static bool
is_same_string(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Does it look like one that says a day, and say another thing? */
static bool
is_like_heading(
    const struct page *page, uint32_t node, const struct headings *known)
{
	bool is = false;
	for (size_t i = 0; i < known->count && !is; i++) {
		/* texts are alike that are no headings */
		if (page->text[node] != NULL)
			break;
		uint32_t other = known->list[i].node;
		is = page->tag[node] == page->tag[other] &&
		     page->depth[node] == page->depth[other] &&
		     is_same_string(page_attribute(page, node, "class"),
			 page_attribute(page, other, "class"));
	}
	char *text = is ? heading_text(page, node) : NULL;
	free(text);
	return text != NULL;
}

/* ---- where they stand ---- */

/* The smallest element that holds all items. */
static uint32_t
common_element(const struct page *page, const struct listing *items)
{
	uint32_t first = items->list[0].start, last = first;
	for (size_t i = 0; i < items->count; i++) {
		if (items->list[i].start < first)
			first = items->list[i].start;
		if (items->list[i].end - 1 > last)
			last = items->list[i].end - 1;
	}
	uint32_t node = page->parent[first];
	while (node != PAGE_NONE && page->end[node] <= last)
		node = page->parent[node];
	return node != PAGE_NONE ? node : 0;
}

/* From this node on, up to the last item, in document order; also what only
 * looks like those that are known. */
static void
find_between(const struct page *page, const struct listing *items,
    uint32_t from, const struct date_context *context,
    const struct headings *known, struct headings *headings)
{
	size_t next = 0, looked = 0;
	for (uint32_t node = from; next < items->count;) {
		const struct item *item = &items->list[next];
		struct heading heading = {.node = node};
		if (node >= item->start) {
			if (node < item->end)
				node = item->end;
			next++;
		} else if (page->end[node] <= item->start &&
			   looked++ < MOST_LOOKED_AT &&
			   (says_day(
				page, node, headings, context, &heading.day) ||
			       is_like_heading(page, node, known))) {
			headings_add(headings, heading);
			node = page->end[node];
		} else
			node++;
	}
	if (looked > MOST_LOOKED_AT)
		headings->count = 0; /* rather none than half of them */
}

/* Right before the element that holds all items, or one round it. */
static bool
find_outside(const struct page *page, uint32_t root,
    const struct date_context *context, struct headings *headings)
{
	struct heading heading;
	for (int level = 0;
	     level < OUTSIDE_LEVELS && page->previous[root] == PAGE_NONE &&
	     page->parent[root] != PAGE_NONE;
	     level++)
		root = page->parent[root];
	heading.node = page->previous[root];
	if (heading.node == PAGE_NONE ||
	    !says_day(page, heading.node, headings, context, &heading.day))
		return false;
	headings_add(headings, heading);
	return true;
}

/* ---- what they say of the items ---- */

/* Do they divide the list, two days or more, one way down the page?  *none:
 * they are nothing of the kind. */
static bool
divide_list(const struct headings *headings, bool *none)
{
	const struct heading *before = NULL;
	size_t up = 0, down = 0, clocks = 0;
	for (size_t i = 0; i < headings->count; i++) {
		const struct heading *heading = &headings->list[i];
		if (heading->day.precision == PRECISION_NONE)
			continue;
		clocks += heading->day.precision > PRECISION_DAY;
		if (before != NULL) {
			up += heading->day.at_s > before->day.at_s;
			down += heading->day.at_s < before->day.at_s;
		}
		before = heading;
	}
	*none = clocks > 0 || (up > 0 && down > 0);
	return up + down > 0;
}

static bool
settle(struct dated *dated, struct moment day, bool is_of_list,
    const struct zone *zone)
{
	if (dated->text == NULL && is_of_list &&
	    dated->moment.precision == PRECISION_NONE) {
		dated->moment = day;
		return true;
	}
	if (dated->text == NULL || !dating_is_clock(dated->text) ||
	    dated->moment.precision < PRECISION_MINUTE)
		return false;
	dated->moment = day.precision == PRECISION_NONE
			    ? day
			    : dating_clock_on_day(dated->moment, day, zone);
	dated->text = NULL; /* it is no clock alone any more */
	return true;
}

/* Has nearly each item a day of its own right before it? */
static bool
is_each_dated(const struct listing *items, const struct headings *headings)
{
	size_t next = 0, dated = 0;
	for (size_t i = 0; i < items->count; i++) {
		size_t first = next;
		while (next < headings->count &&
		       headings->list[next].node < items->list[i].start)
			next++;
		dated += next == first + 1;
	}
	return dated > 1 && dated * 5 >= items->count * 4;
}

/* Nearly one for each item, and none before the first: each stands behind the
 * item that it is of, which is not said of it. */
static bool
is_behind(const struct listing *items, const struct headings *headings)
{
	return headings->count > 0 &&
	       headings->list[0].node > items->list[0].start &&
	       (headings->count + 1) * 5 >= items->count * 4;
}

static bool
settle_all(const struct listing *items, const struct headings *headings,
    struct dated *dated, const struct date_context *context)
{
	size_t next = 0;
	bool any = false, none, divides = divide_list(headings, &none);
	bool is_each = is_each_dated(items, headings);
	if (none && !is_each)
		return false;
	bool is_of_list = (is_each || divides) && !is_behind(items, headings);
	for (size_t i = 0; i < items->count; i++) {
		while (next < headings->count &&
		       headings->list[next].node < items->list[i].start)
			next++;
		if (next > 0)
			any |= settle(&dated[i], headings->list[next - 1].day,
			    is_of_list, context->zone);
	}
	return any;
}

bool
day_heading_settle(const struct page *page, const struct listing *items,
    struct dated *dated, const struct date_context *context, bool *outside)
{
	struct headings none = {0}, known = {0}, headings = {0};
	*outside = false;
	if (items->count == 0)
		return false;
	uint32_t root = common_element(page, items);
	find_between(page, items, root + 1, context, &none, &known);
	if (known.count > 0)
		find_between(page, items, root + 1, context, &known, &headings);
	else
		*outside = find_outside(page, root, context, &headings);
	bool any = settle_all(items, &headings, dated, context);
	free(known.list);
	free(headings.list);
	return any;
}
