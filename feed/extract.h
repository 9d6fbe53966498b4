#ifndef FEED_EXTRACT_H
#define FEED_EXTRACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/article.h"
#include "feed/error.h"
#include "feed/list_place.h"
#include "feed/page.h"
#include "feed/rules.h"

/*
 * Rules + page -> articles.  Whatever the rules leave out is inferred: the
 * items (links.h), then the fields inside them (infer.h).  Deterministic: equal
 * arguments give equal answers on every machine.
 */
struct extract_context {
	const char *url;         /* of the page, after redirects */
	int64_t now_s;
	const struct zone *zone; /* NULL is UTC */
	bool zone_is_unknown;    /* then by the address or the page's language (country.h) */
	const char *language;    /* BCP 47, or NULL: the page's own */
	const char *list_path;   /* where the list stood the last time, or NULL */
	const struct articles *memory; /* articles that may stand on the page: where
	                            they do is the list; or NULL */
	const struct window_source *source; /* what the page was parsed from, or NULL: no window is wanted */
};

/* How the list was chosen, where it was inferred. */
struct choice {
	double score, second_score; /* region.h; 0: there was none */
	double share;      /* of the page's stories that the list has */
	bool is_front;     /* several blocks */
	uint32_t *second;  /* elements of the next best list's items */
	size_t second_count;
	char *second_words; /* what the first of them says */
};
void choice_clear(struct choice *);

/* Where an article stands: nodes, while the page lives. */
struct spot {
	uint32_t start, end;
};

/* What was read; extraction_clear frees all. */
struct extraction {
	struct articles articles; /* page order; link and title are set on each; position is the place */
	uint32_t item_count;      /* items matched, before any fell out */
	uint32_t dropped;         /* items without link or title, or foreign */
	uint32_t filled[FIELD_COUNT]; /* items that have the field, of item_count */
	enum list_place list_place; /* of the context's path, if there is no article */
	uint32_t filtered;        /* articles that only or skip left out */
	char *page_title;         /* <title>, one clean line, or NULL */
	char *site_title;         /* og:site_name, or NULL */
	char *heading;            /* the listing's own heading or the last part of the title, for the section's title, or NULL */
	char *language;           /* html lang, or NULL */
	char *icon;               /* link rel=icon, absolute, or NULL */
	char *item_how;           /* "rule '.news_list'" or "inferred: 8 items 'div.row > div', score 131; next 80 ..." */
	char *list_path;          /* where the list stands: "ul.news < div.main"; another page of one listing has the same */
	char *next_url;           /* of the listing's next page (pager.h), or NULL */
	char *next_how;           /* what showed it */
	char *how[FIELD_COUNT];   /* which rule or inference gave the field, with its fill: "rule 'h3 a', 8/8" */
	char *window;             /* what the next round may know the list by (window.h), or NULL */
	size_t window_length;
	const char *parser;       /* static */
	struct choice choice;
	struct spot *spots;      /* of each article; NULL if it is from structured data */
};

/* An empty list is not an error here: item_count says what was found.
 * False and err when a selector ran out of its budget. */
bool extract_articles(const struct compiled_rules *, struct page *,
    const struct extract_context *, struct extraction *, struct error *);
void extraction_clear(struct extraction *);

/* What links on the page are resolved against: its <base>, or its own address.
 * The caller's. */
char *extract_base(const struct page *, const char *url);
/* What the page says of itself, without its articles: titles, heading,
 * language, icon, parser. */
void extract_description(
    const struct page *, const char *base, struct extraction *);

#endif
