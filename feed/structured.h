#ifndef FEED_STRUCTURED_H
#define FEED_STRUCTURED_H

#include <stdbool.h>
#include <stddef.h>

#include "feed/article.h"
#include "feed/page.h"
#include "feed/rules.h"

/*
 * What a page says of its articles to machines: JSON-LD and microdata in the
 * words of schema.org, microformats (h-entry, hentry), and the JSON state of an
 * application.  One record an article, in document order; what several sources
 * say of one is put together, the first in the order of the enum first.  Values
 * are the page's word, unchecked: what to make of them is for fill.h.
 */
enum structured_source {
	STRUCTURED_JSON_LD,
	STRUCTURED_MICRODATA,
	STRUCTURED_HENTRY,
	STRUCTURED_JSON_STATE,
	STRUCTURED_SOURCE_COUNT
};
const char *structured_source_name(enum structured_source); /* "json-ld" */

struct record {
	char *value[FIELD_COUNT]; /* as written, or NULL; the link is canonical,
				     the image absolute */
	enum structured_source source[FIELD_COUNT]; /* of each value */
	char *key;    /* what article-link captured; of a record without a link
			 its own id; or NULL */
	char *folded; /* what equal stories share: key or url_key; NULL without a
			 link */
	bool listed;  /* JSON-LD names it */
};

struct structured;

/* All but the state.  url is the page's own, base what links are resolved
 * against; the arguments are borrowed.  Never NULL; free with structured_free,
 * which takes NULL. */
struct structured *structured_find(const struct compiled_rules *,
    const struct page *, const char *url, const char *base);

/* The state too: of these articles, as it may be large; of none, whatever is
 * there. */
void structured_add_state(
    struct structured *, const struct article *, size_t count);

void structured_free(struct structured *);

/* Does JSON-LD name this article?  key may be NULL. */
bool structured_lists(
    const struct structured *, const char *link, const char *key);

/* The records of an article, borrowed, and how many: one of the same key or
 * URL, one that has the same id alone.  For the latter the title must agree as
 * well, for other things have ids too. */
#define STRUCTURED_MATCHES 2
size_t structured_match(const struct structured *, const char *link,
    const char *key, const char *title,
    const struct record *found[STRUCTURED_MATCHES]);

/*
 * The best list of articles among the records, for a page whose markup shows
 * none: three or more with a title and a story's link, from JSON-LD before any
 * other.  *list (the caller's to free, the records borrowed) in document order;
 * 0 and NULL if there is none.
 */
size_t structured_list(struct structured *, const struct record ***list);

/* A value as text: its markup and its entities read, one clean line, or
 * paragraphs if the field is the text.  The caller's; NULL if nothing is left. */
char *structured_text(const struct record *, enum field);

#endif
