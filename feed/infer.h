#ifndef FEED_INFER_H
#define FEED_INFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/article.h"
#include "feed/date.h"
#include "feed/links.h"
#include "feed/page.h"
#include "feed/rules.h"

/*
 * Fields inside items, by majority: each item offers candidates, what they
 * look like (tag and class) collects votes over all items, and each item takes
 * its candidate of the kind with the most.
 */
struct inferred {
	char *title, *text, *author, *image; /* the caller's, or NULL */
	char *date;          /* the text it came from */
	bool date_is_machine; /* of an attribute */
	struct moment published;
	struct moment visible; /* with an attribute's date: what is written there, or none */
	uint32_t title_node; /* or PAGE_NONE */
};

/*
 * wanted[field]: infer it.  given[i]: what rules found already (title, author, date
 * texts that must not become another field); may hold NULLs.  Results in
 * out[count], zeroed by the caller.  how[field] gets words (the caller's) for each wanted field.
 */
struct infer_given {
	const char *title, *date;
};
void infer_fields(const struct page *, const struct listing *,
    const bool wanted[FIELD_COUNT], const struct infer_given *given,
    const struct date_context *, const char *base, struct inferred *out,
    char *how[FIELD_COUNT]);

/* What an attribute of the element, or of one inside it, says of its date
 * (datetime, content, data-*, title); borrowed from the page, NULL if none. */
const char *infer_machine_date(
    const struct page *, uint32_t node, const struct date_context *);

#endif
