#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"
#include "feed/text.h"
#include "feed/view.h"

#define AUTHOR_CELLS 40 /* what may stand behind a date that ends a line */
#define LATER_LEVELS 3  /* how far up a date may be called the last one */
#define LATER 35.0      /* what that costs it */
#define TAIL_BYTES 110  /* where a date may end a long line */

static double
precision_score(enum precision precision)
{
	switch (precision) {
	case PRECISION_SECOND:
		return 6;
	case PRECISION_MINUTE:
		return 5;
	case PRECISION_DAY:
		return 3;
	case PRECISION_RELATIVE:
		return 2;
	default:
		return 0;
	}
}

static void
offer_date(struct view *view, struct item_view *item, uint32_t node,
    double score, char sort, const char *text, struct moment moment,
    uint32_t chunk, size_t start, size_t length)
{
	if (view_is_named(view->page, node, view_date_words))
		score += 20;
	view_offer(&item->dates,
	    (struct candidate){
		.kind = view_kind(view->page, node, sort),
		.score = score + precision_score(moment.precision),
		.text = xstrdup(text),
		.moment = moment,
		.node = node,
		.chunk = chunk,
		.start = start,
		.length = length,
	    });
}

static bool
has_part(const char *text, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strstr(text, *words) != NULL)
			return true;
	return false;
}

/* How much a date is worth that stands in this attribute; 0: it is not asked.
 * A bare number (an epoch) needs a name that says so. */
static double
attribute_score(const struct page *page, uint32_t node,
    const struct page_attribute *attribute, struct date_context *dates)
{
	static const char *const epochs[] = {
	    "date", "time", "publish", "created", "posted", "epoch", NULL};
	const char *name = attribute->name;
	dates->is_attribute = true;
	if (strcmp(name, "datetime") == 0)
		return 100;
	if (strcmp(name, "content") == 0)
		return view_is_named(page, node, view_date_words) ? 80 : 0;
	if (strncmp(name, "data-", 5) == 0) {
		dates->is_attribute =
		    has_part(name, epochs) || strcmp(name, "data-ts") == 0;
		return 80;
	}
	dates->is_attribute = false;
	/* the title of a link or a picture is the story's */
	return strcmp(name, "title") == 0 &&
		       strcmp(page_tag(page, node), "a") != 0 &&
		       strcmp(page_tag(page, node), "img") != 0
		   ? 70
		   : 0;
}

/* The date of an edit stands behind that of the article. */
static bool
is_modified_date(const struct page *page, uint32_t node, const char *name)
{
	static const char *const words[] = {
	    "modif", "updat", "edited", "lastmod", NULL};
	/* "entry-date updated": never edited, and both at once */
	static const char *const firsts[] = {
	    "publish", "create", "entry-date", "posted", NULL};
	return has_part(name, words) || (view_is_named(page, node, words) &&
					    !view_is_named(page, node, firsts));
}

/* "10:23", "10:23:45": a time of a day that only the text beside it names. */
static bool
is_clock(const char *value)
{
	size_t runs = 0, first = strspn(value, "0123456789");
	for (const char *at = value; *at != '\0'; runs++) {
		at += strcspn(at, "0123456789");
		if (*at == '\0')
			break;
		at += strspn(at, "0123456789");
	}
	return first > 0 && first <= 2 && value[first] == ':' && runs <= 3;
}

/* No digits alone ("20240305" is an id), but for an epoch. */
static bool
parse_attribute(const struct page *page, uint32_t node,
    const struct page_attribute *attribute, const struct date_context *context,
    struct moment *moment, double *score)
{
	struct date_context dates = *context;
	*score = attribute_score(page, node, attribute, &dates);
	bool is_digits =
	    attribute->value[strspn(attribute->value, "0123456789")] == '\0';
	if (*score == 0 || (is_digits && !dates.is_attribute) ||
	    is_clock(attribute->value) ||
	    !date_parse(attribute->value, &dates, moment) ||
	    moment->precision < PRECISION_DAY)
		return false;
	if (is_modified_date(page, node, attribute->name))
		*score -= 50;
	return true;
}

/* The last post of a thread stands in a column of its own. */
static bool
is_later_date(
    const struct page *page, const struct item_view *item, uint32_t owner)
{
	static const char *const words[] = {"lastpost", "last-post",
	    "last_post", "latest", "lastactivity", NULL};
	for (int level = 0; level < LATER_LEVELS && owner > item->item->start;
	     level++, owner = page->parent[owner])
		if (view_is_named(page, owner, words))
			return true;
	return false;
}

static void
offer_machine_dates(struct view *view, struct item_view *item)
{
	const struct page *page = view->page;
	for (uint32_t node = item->item->start; node < item->item->end;
	     node++) {
		if (page->text[node] != NULL)
			continue;
		for (uint32_t i = page->first_attribute[node];
		     i < page->first_attribute[node + 1]; i++) {
			const struct page_attribute *attribute =
			    &page->attributes[i];
			struct moment moment;
			double score;
			if (!parse_attribute(page, node, attribute, view->dates,
				&moment, &score))
				continue;
			bool is_edit =
			    is_modified_date(page, node, attribute->name);
			if (is_later_date(page, item, node))
				score -= 2 * LATER;
			offer_date(view, item, node, score, is_edit ? 'u' : 'm',
			    attribute->value, moment, UINT32_MAX, 0, 0);
		}
	}
}

const char *
infer_machine_date(
    const struct page *page, uint32_t node, const struct date_context *dates)
{
	const char *best = NULL;
	double best_score = 0;
	for (uint32_t at = node; at < page->end[node]; at++) {
		if (page->text[at] != NULL)
			continue;
		for (uint32_t i = page->first_attribute[at];
		     i < page->first_attribute[at + 1]; i++) {
			struct moment moment;
			double score;
			if (parse_attribute(page, at, &page->attributes[i],
				dates, &moment, &score) &&
			    score > best_score) {
				best = page->attributes[i].value;
				best_score = score;
			}
		}
	}
	return best;
}

/* Where in a long line the date ends it: "... 2023-04-18 09:37:45 홍길동 기자".
 */
static bool
find_at_the_end(const char *text, const struct date_context *dates,
    struct moment *moment, size_t *start, size_t *length)
{
	size_t total = strlen(text);
	size_t from = total > TAIL_BYTES ? total - TAIL_BYTES : 0;
	while (from > 0 && ((unsigned char)text[from] & 0xc0) == 0x80)
		from++;
	bool found = false;
	struct moment each;
	size_t at, width;
	/* the last date there: a body may name another just before */
	while (date_find(text + from, dates, &each, &at, &width) && width > 0) {
		*moment = each;
		*start = from + at;
		*length = width;
		found = true;
		from += at + width;
	}
	return found && text_cells(text + *start + *length) <= AUTHOR_CELLS;
}

/* In a heading only what is no part of the title: an element that is a date. */
static bool
is_beside_title(const struct page *page, const struct chunk *chunk)
{
	const char *tag = page_tag(page, chunk->owner);
	return !chunk->in_heading ||
	       (strcmp(tag, "a") != 0 && !view_is_heading(tag));
}

static void
offer_chunk_date(struct view *view, struct item_view *item, uint32_t index)
{
	const struct chunk *chunk = &item->chunks[index];
	struct date_context dates = *view->dates;
	struct moment moment;
	size_t start, length;
	dates.is_date_node =
	    view_is_named(view->page, chunk->owner, view_date_words) ||
	    strcmp(page_tag(view->page, chunk->owner), "time") == 0;
	if (!is_beside_title(view->page, chunk))
		return;
	double later =
	    is_later_date(view->page, item, chunk->owner) ? LATER : 0;
	if (chunk->cells <= 80 && date_parse(chunk->text, &dates, &moment))
		offer_date(view, item, chunk->owner, 60 - later, 'w',
		    chunk->text, moment, index, 0, strlen(chunk->text));
	else if (chunk->in_heading)
		return;
	else if (chunk->cells <= 80 &&
		 date_find(chunk->text, &dates, &moment, &start, &length))
		offer_date(view, item, chunk->owner, 40 - later, 'f',
		    chunk->text, moment, index, start, length);
	else if (chunk->cells > 80 &&
		 find_at_the_end(chunk->text, &dates, &moment, &start, &length))
		offer_date(view, item, chunk->owner, 20, 'f',
		    chunk->text + start, moment, index, start, length);
}

void
infer_dates(struct view *view, struct item_view *item)
{
	offer_machine_dates(view, item);
	for (uint32_t i = 0; i < item->count; i++)
		offer_chunk_date(view, item, i);
}

/* What a person reads where the machine's date stands, else on a line of its
 * own in the item; none if there is nothing. */
struct moment
infer_visible_date(const struct page *page, const struct item_view *item)
{
	const struct candidate *best = NULL;
	bool best_inside = false;
	for (size_t i = 0; i < item->dates.count; i++) {
		const struct candidate *shown = &item->dates.list[i];
		bool is_inside = shown->node >= item->date->node &&
				 shown->node < page->end[item->date->node];
		bool is_whole =
		    shown->start == 0 && shown->text[shown->length] == '\0';
		if (shown->chunk == UINT32_MAX || (!is_inside && !is_whole))
			continue;
		if (best == NULL || (is_inside && !best_inside) ||
		    (is_inside == best_inside && shown->score > best->score)) {
			best = shown;
			best_inside = is_inside;
		}
	}
	return best != NULL ? best->moment : (struct moment){0};
}
