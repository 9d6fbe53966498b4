#ifndef FEED_STUDY_H
#define FEED_STUDY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/agreement.h"
#include "feed/date.h"
#include "feed/extract.h"
#include "feed/lesson.h"
#include "feed/page.h"
#include "feed/rules.h"
#include "feed/witness.h"

/*
 * A page whose rules are being learned (learn.h): what was inferred on it, and
 * the lesson that comes of it, items first, then their fields.  For learn.c and
 * what it is made of; borrows all but base, language and others.
 */
struct study {
	const struct rules *given;
	struct page *page;
	const struct extract_context *context;
	const struct extraction *inferred;
	struct lesson *lesson;
	char *base, *language;
	struct date_context dates;
	uint32_t *others; /* links that are none of the articles' */
	size_t other_count;
	bool exactly; /* nothing may differ */
	bool hashed;  /* a hashed name was needed */
};

/* The fields that are learned, in the order in which people write them. */
#define STUDY_FIELDS 6
extern const enum field study_fields[STUDY_FIELDS];

/* The links that are no article's: sets others. */
void study_gather_others(struct study *);

/* Adds the items' selectors to the lesson: one, or several where the list
 * stands in blocks.  exact: for the elements that were inferred, not for what
 * they hold.  False if there is none. */
bool study_items(struct study *, bool exact);

/* Adds those of the fields, each run and held against what was inferred; how
 * far the whole agrees with it.  False and err if the engine failed. */
bool study_fields_of(struct study *, struct agreement *, struct error *);

struct witness_context study_witnesses(const struct study *);

#endif
