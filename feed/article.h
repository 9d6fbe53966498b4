#ifndef FEED_ARTICLE_H
#define FEED_ARTICLE_H

#include <stddef.h>
#include <stdint.h>

#include "feed/date.h"

/* What a page may say of one article. */
#define ARTICLE_TITLE_CHARACTERS 300
#define ARTICLE_AUTHOR_CHARACTERS 120
#define ARTICLE_TEXT_BYTES 60000

/*
 * One article, as seen on a page (id NULL, first_seen_s 0) or as the store
 * knows it.  The struct owns its strings; absent ones are NULL.
 */
struct article {
	char *id;       /* atom:id, minted once (identity.h) */
	char *key;      /* what article-link captured, or NULL */
	char *link;     /* absolute, canonical (url_canonical) */
	char *title;    /* one clean line, at most 300 characters */
	char *text;     /* plain text, paragraphs split by newlines */
	char *author;   /* one clean line */
	char *image;    /* absolute URL */
	char *category; /* one clean line; for filters only */
	struct moment published; /* what page or URL said, or none */
	int64_t first_seen_s;    /* frozen */
	int64_t changed_s;       /* first seen or last material edit */
	int64_t last_seen_s;
	int32_t position;        /* at first sight: place on the page, 0 is the
	                            top; orders equal times */
};

struct articles {
	struct article *list;
	size_t count, capacity;
};

void article_clear(struct article *);
struct article article_copy(const struct article *);
/* Takes the strings over. */
void articles_add(struct articles *, struct article);
void articles_clear(struct articles *);

/* The time an article is sorted by and shows as published: what the page said,
 * clamped to first seen (DESIGN.md P9); first seen if it said nothing, or no
 * more than the month or year that this was in. */
int64_t article_published_s(const struct article *);

#endif
