#include "feed/expectation.h"

#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"

static bool
has_field(const struct article *article, enum field field)
{
	switch (field) {
	case FIELD_TEXT:
		return article->text != NULL;
	case FIELD_DATE:
		return article->published.precision != PRECISION_NONE;
	case FIELD_AUTHOR:
		return article->author != NULL;
	case FIELD_IMAGE:
		return article->image != NULL;
	default:
		return true; /* an article has a link and a title */
	}
}

static uint32_t
count_filled(const struct articles *articles, enum field field)
{
	uint32_t filled = 0;
	for (size_t i = 0; i < articles->count; i++)
		filled += has_field(&articles->list[i], field);
	return filled;
}

struct expectation
expectation_of(const struct extraction *read)
{
	struct expectation made = {
	    .items = (uint32_t)(read->articles.count + read->filtered),
	    .place = xstrdup_or_null(read->list_path),
	};
	/* of those that a filter left out nothing is known */
	for (int field = 0; field < FIELD_COUNT; field++)
		made.filled[field] =
		    count_filled(&read->articles, (enum field)field);
	return made;
}

struct expectation
expectation_copy(const struct expectation *from)
{
	struct expectation copy = *from;
	copy.place = xstrdup_or_null(from->place);
	return copy;
}

void
expectation_clear(struct expectation *expectation)
{
	free(expectation->place);
	*expectation = (struct expectation){0};
}

bool
expectation_is_met(
    const struct expectation *expected, const struct extraction *read)
{
	uint64_t count = read->articles.count;
	const char *place = expected->place;
	if (expected->items == 0)
		return true;
	if ((count + read->filtered) * 5 < (uint64_t)expected->items * 4)
		return false;
	for (int field = 0; field < FIELD_COUNT; field++) {
		uint64_t filled =
		    count_filled(&read->articles, (enum field)field);
		if (filled * expected->items * 5 <
		    (uint64_t)expected->filled[field] * count * 3)
			return false;
	}
	return place == NULL ||
	       (read->list_path != NULL && strcmp(place, read->list_path) == 0);
}

uint64_t
expectation_worth(const struct extraction *read)
{
	uint64_t worth = read->filtered;
	for (int field = 0; field < FIELD_COUNT; field++)
		worth += count_filled(&read->articles, (enum field)field);
	return worth;
}
