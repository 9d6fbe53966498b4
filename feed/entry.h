#ifndef FEED_ENTRY_H
#define FEED_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/article.h"
#include "feed/error.h"

/*
 * What a feed says of itself and of an article, whatever its format: the
 * formats differ in how they write it.  Strings returned are the caller's.
 */

/* How much of an article's text an entry shows; the numbers of config's enum
 * content, which feed/ does not include. */
enum entry_content { ENTRY_FULL, ENTRY_EXCERPT, ENTRY_NOTHING };

/* All borrowed. */
struct feed_info {
	const char *id;
	const char *title;
	const char *author;    /* the site's title */
	const char *self;      /* address of the document, or NULL */
	const char *alternate; /* the page */
	const char *icon;      /* or NULL */
	const char *language;  /* or NULL */
	const char *category;  /* each entry's one category; NULL: the
	                          article's own, if it has one */
	int64_t updated_s;     /* P7: never goes back */
	int content;           /* enum entry_content */
};

/* Has the feed id and title, each article an id and an http(s) link?  False
 * and err if not: such a document would be none. */
bool feed_is_complete(
    const struct feed_info *, const struct articles *, struct error *);

bool is_given(const char *);
/* http(s) and nothing else: a feed reader that follows javascript: is reason
 * enough to look again at what was checked before. */
bool is_web_address(const char *url);
/* The feed's language if it is a tag (RFC 5646 2.1, in the form of RFC 4287 2),
 * else NULL: pages also write "ko_KR" and worse, and no tag is better than a
 * wrong one. */
const char *feed_language(const struct feed_info *);
/* Who made the feed: never NULL. */
const char *feed_author(const struct feed_info *);

const char *entry_title(const struct article *); /* never NULL */
/* NULL: the article has none. */
const char *entry_image(const struct article *);
const char *entry_category(const struct feed_info *, const struct article *);

/* HTML made by us alone: the image, then a p for each paragraph.  Whatever
 * markup the page's text holds is text.  "" if there is nothing to show. */
char *entry_html(const struct article *);
/* The text's beginning on one line, 200 cells; "" if there is none. */
char *entry_excerpt(const struct article *);
/* The same text as HTML shows it. */
char *entry_escape(const char *text);

#endif
