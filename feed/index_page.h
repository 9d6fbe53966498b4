#ifndef FEED_INDEX_PAGE_H
#define FEED_INDEX_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/article.h"
#include "feed/buffer.h"
#include "feed/format.h"

/*
 * The list of all feeds as one page of HTML for people: begin, then each site
 * and its feeds in their order, end.  Static, with its style and its few lines
 * of script inside; nothing on it is fetched from anywhere, and its policy
 * (Content Security Policy Level 3) lets nothing be.  Texts are cleaned and
 * escaped here; what is no web address becomes no link.  Equal arguments give
 * equal bytes.  All pointers are borrowed for the call.
 */
enum index_health {
	INDEX_WAITING,  /* not read yet */
	INDEX_GOOD,
	INDEX_DEGRADED, /* read, but not all that it once held */
	INDEX_BROKEN,
	INDEX_REFUSED,  /* by the site's robots.txt */
	INDEX_HEALTHS
};

struct index_look {
	bool is_korean;       /* else English */
	const char *base_url; /* of the feeds, ends in "/"; NULL: relative */
	bool has_opml;        /* index.opml lies beside it */
	size_t sites, feeds;
	size_t health[INDEX_HEALTHS]; /* how many feeds of each */
};

struct index_site {
	const char *title;
	const char *page;     /* or NULL */
	const char *language; /* of its titles, or NULL */
	const char *all;      /* path of the feed of the whole site, or NULL */
	const bool *formats;  /* of that one: FORMAT_COUNT of them */
};

struct index_feed {
	const char *path;     /* "site/section" */
	const char *title;
	const char *page;
	const char *language; /* of the titles, or NULL */
	const bool *formats;  /* FORMAT_COUNT of them */
	enum index_health health;
	const char *stage;    /* what failed (daemon/store.h), or NULL */
	int64_t read_s;       /* last good round; 0: never */
	const struct articles *newest;
};

void index_page_begin(struct buffer *, const struct index_look *);
void index_page_site(struct buffer *, const struct index_look *,
    const struct index_site *);
void index_page_feed(struct buffer *, const struct index_look *,
    const struct index_feed *);
void index_page_site_end(struct buffer *);
void index_page_end(struct buffer *, const struct index_look *);

/* Of all but the moments at which pages were read: two pages with the same one
 * differ in nothing else. */
uint64_t index_page_hash(const char *bytes, size_t length);

/* The policy that the page has in it, for who serves it with a header. */
const char *index_page_policy(void);

#endif
