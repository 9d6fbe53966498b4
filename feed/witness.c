#include "feed/witness.h"

#include <stdlib.h>
#include <string.h>

#include "feed/image.h"
#include "feed/infer.h"
#include "feed/memory.h"
#include "feed/text.h"
#include "feed/url.h"

#define TEXT_NODES 200 /* of an element whose text is compared */
#define DATE_NODES 12  /* of one that is a date's */
#define IMAGE_NODES 8  /* of one that is a picture's */
#define DATE_BYTES 300
#define DAY_S 86400
#define ZONES_S (14 * 3600) /* how far two zones may lie apart */
#define ZONE_STEP_S 900
#define SAME_CELLS 60 /* a text that begins so is the same */

static char *
line_of(const struct page *page, uint32_t node)
{
	char *raw = page_text(page, node, NULL, 0);
	char *line = text_line(raw, strlen(raw), ARTICLE_TITLE_CHARACTERS);
	free(raw);
	return line;
}

static bool
is_link(const struct witness_context *context, uint32_t node, const char *link)
{
	const char *href = page_attribute(context->page, node, "href");
	if (href == NULL || href[0] == '\0' || href[0] == '#')
		return false;
	char *resolved = url_canonical(context->base, href, NULL);
	char *key = resolved != NULL ? url_key(resolved) : NULL;
	char *wanted = url_key(link);
	bool same = key != NULL && wanted != NULL && strcmp(key, wanted) == 0;
	free(wanted);
	free(key);
	free(resolved);
	return same;
}

static bool
is_line(const struct page *page, uint32_t node, const char *wanted)
{
	if (page->end[node] - node > TEXT_NODES)
		return false;
	char *line = line_of(page, node);
	bool same = strcmp(line, wanted) == 0;
	free(line);
	return same;
}

/* Summaries differ in their ends ("read more") and in how they are broken. */
static bool
is_text(const struct page *page, uint32_t node, const char *wanted)
{
	if (page->end[node] - node > TEXT_NODES)
		return false;
	char *raw = page_text(page, node, NULL, 0);
	char *text = text_paragraphs(raw, strlen(raw), ARTICLE_TEXT_BYTES);
	size_t bytes = strlen(text), wants = strlen(wanted);
	if (bytes * 2 < wants || bytes > wants * 2) { /* folding costs */
		free(text);
		free(raw);
		return false;
	}
	char *a = text_fold(text), *b = text_fold(wanted);
	size_t have = strlen(a), want = strlen(b);
	size_t shorter = have < want ? have : want;
	bool same =
	    strcmp(a, b) == 0 ||
	    (strncmp(a, b, shorter) == 0 && text_cells(wanted) >= SAME_CELLS &&
		have * 10 >= want * 8 && have * 8 <= want * 10);
	free(a);
	free(b);
	free(text);
	free(raw);
	return same;
}

/* What a rule would read there. */
static bool
read_date(
    const struct witness_context *context, uint32_t node, struct moment *moment)
{
	struct date_context dates = *context->dates;
	const struct page *page = context->page;
	if (page->end[node] - node > DATE_NODES)
		return false;
	const char *machine = infer_machine_date(page, node, &dates);
	char *shown =
	    machine != NULL ? xstrdup(machine) : page_text(page, node, NULL, 0);
	char *line = text_line(shown, strlen(shown), DATE_BYTES);
	size_t start, length;
	dates.is_attribute = machine != NULL;
	dates.is_date_node = true;
	bool good = date_parse(line, &dates, moment) ||
		    date_find(line, &dates, moment, &start, &length);
	free(line);
	free(shown);
	return good;
}

static bool
is_date(const struct moment *shown, const struct moment *wanted)
{
	int64_t apart = shown->at_s - wanted->at_s;
	if (apart < 0)
		apart = -apart;
	if (shown->precision < PRECISION_DAY)
		return false;
	if (shown->precision >= PRECISION_MINUTE &&
	    wanted->precision >= PRECISION_MINUTE)
		return apart <= ZONES_S &&
		       (apart % ZONE_STEP_S < 60 ||
			   apart % ZONE_STEP_S > ZONE_STEP_S - 60);
	return apart <= DAY_S + ZONES_S / 2;
}

/* The order of day and month is the list's, which one item does not know. */
static bool
says_date(const struct witness_context *context, uint32_t node,
    const struct moment *wanted, enum precision *precision)
{
	static const enum date_order orders[] = {
	    DATE_ORDER_UNKNOWN, DATE_ORDER_DMY, DATE_ORDER_MDY};
	struct date_context dates = *context->dates;
	struct witness_context each = *context;
	each.dates = &dates;
	for (size_t i = 0; i < sizeof(orders) / sizeof(*orders); i++) {
		struct moment moment;
		dates.order = orders[i];
		if (!read_date(&each, node, &moment))
			return false;
		if (is_date(&moment, wanted)) {
			*precision = moment.precision;
			return true;
		}
	}
	return false;
}

static bool
is_image(
    const struct witness_context *context, uint32_t node, const char *image)
{
	if (context->page->end[node] - node > IMAGE_NODES)
		return false;
	char *found = image_find(context->page, node, context->base);
	bool same = found != NULL && strcmp(found, image) == 0;
	free(found);
	return same;
}

static bool
says(const struct witness_context *context, uint32_t node,
    const struct article *article, enum field field, enum precision *precision)
{
	const struct page *page = context->page;
	switch (field) {
	case FIELD_LINK:
		return article->link != NULL &&
		       is_link(context, node, article->link);
	case FIELD_TITLE:
		return article->title != NULL &&
		       is_line(page, node, article->title);
	case FIELD_AUTHOR:
		return article->author != NULL &&
		       is_line(page, node, article->author);
	case FIELD_TEXT:
		return article->text != NULL &&
		       is_text(page, node, article->text);
	case FIELD_IMAGE:
		return article->image != NULL &&
		       is_image(context, node, article->image);
	case FIELD_DATE:
		return article->published.precision >= PRECISION_DAY &&
		       says_date(context, node, &article->published, precision);
	default:
		return false;
	}
}

void
witness_find(const struct witness_context *context, const struct spot *spot,
    const struct article *article, enum field field, struct nodes *found)
{
	const struct page *page = context->page;
	enum precision best = PRECISION_NONE;
	for (uint32_t node = spot->start; node < spot->end; node++) {
		enum precision precision = PRECISION_NONE;
		if (page->text[node] != NULL ||
		    !says(context, node, article, field, &precision))
			continue;
		if (precision > best) {
			found->count = 0;
			best = precision;
		}
		if (precision == best)
			nodes_add(found, node);
	}
}
