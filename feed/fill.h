#ifndef FEED_FILL_H
#define FEED_FILL_H

#include <stdbool.h>
#include <stddef.h>

#include "feed/article.h"
#include "feed/date.h"
#include "feed/rules.h"
#include "feed/structured.h"

/*
 * What the list does not show, from structured data: matched by URL or by the
 * id that article-link captures, field by field.  What the list shows stays; a
 * date alone may become more exact, inside what the list says (DESIGN.md P9).
 * One value for all (a page's clock, the site's own picture or motto) and the
 * site's name as an author say nothing of an article and are left out.
 */
struct fill {
	const struct structured *structured;
	const struct date_context *dates;
	const char *site_title;    /* or NULL */
	bool wanted[FIELD_COUNT];  /* no rule gives it */
	size_t item_count;         /* for the words in how */
};

/* Does an article lack what structured data may tell? */
bool fill_is_needed(
    const struct fill *, const struct article *, size_t count);

/* True if any article got anything.  Articles without a link are passed over.  how[field] is added to ("; json-ld,
 * 3/8") or, where the list gave nothing, replaced. */
bool fill_articles(const struct fill *, struct article *, size_t count,
    char *how[FIELD_COUNT]);

#endif
