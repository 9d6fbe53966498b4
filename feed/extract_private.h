#ifndef FEED_EXTRACT_PRIVATE_H
#define FEED_EXTRACT_PRIVATE_H

#include "feed/date.h"
#include "feed/dating.h"
#include "feed/extract.h"
#include "feed/infer.h"
#include "feed/links.h"
#include "feed/structured.h"

/* A page while it is read: for the parts of extract alone. */

struct raw { /* what rules gave an item, before it means anything */
	char *value[FIELD_COUNT];
	uint32_t node[FIELD_COUNT]; /* or PAGE_NONE */
	char *refused_link;         /* by article-link; or NULL */
};

struct seen; /* what a rule found for several items at once */

struct reading {
	const struct compiled_rules *rules;
	struct page *page;
	const struct extract_context *context;
	char *base; /* what links are resolved against */
	struct date_context dates;
	struct structured *structured; /* what the page says to machines */
	char *date_language;
	struct zone *guessed_zone; /* or NULL: the context's counts */
	struct listing items;
	uint32_t *starts;  /* of the items, ascending */
	struct seen *seen; /* one for each rule that was asked so */
	size_t seen_count;
	struct raw *raw;          /* of each item, like the next two */
	struct inferred *inferred;
	struct dated *dated;
	bool wanted[FIELD_COUNT]; /* infer it */
	bool is_wrong_utc, is_page_clock; /* of the dates of the whole list */
	bool has_headings, outside; /* days from above the items; of the list */
	bool is_filled; /* structured data told something of an article */
	uint32_t by_rule[FIELD_COUNT]; /* items that a rule filled */
};

/* extract_rules.c: the items that the rules match, and what the rules of the
 * fields give one of them.  False and err when a budget ran out. */
bool extract_items_by_rules(
    struct reading *, struct extraction *, struct error *);
bool extract_by_rules(struct reading *, size_t index, struct error *);
void extract_forget_seen(struct reading *);
/* The link in a node, or round it; PAGE_NONE if there is none. */
uint32_t extract_anchor_near(const struct page *, uint32_t node);

/* extract_dates.c: by which language and zone dates are read; all of them, once
 * the rest is inferred; what was wrong with the whole list's. */
void extract_set_dates(struct reading *, const char *page_language);
void extract_dates(struct reading *);
void extract_say_dates(const struct reading *, struct extraction *);

/* extract_articles.c: articles from what rules, inference and structured data
 * gave. */
void extract_make_articles(struct reading *, struct extraction *);

#endif
