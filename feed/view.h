#ifndef FEED_VIEW_H
#define FEED_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/date.h"
#include "feed/infer.h"
#include "feed/links.h"
#include "feed/page.h"

/*
 * What inference sees of a list: each item as pieces of text with their owners
 * and lines, and what each piece or element is a candidate for.  Only for
 * infer*.c.
 */
#define VIEW_CANDIDATES_MAX 48 /* of one field in one item */

/* A piece of text with one owner, and the line that it stands on. */
struct chunk {
	char *text;
	size_t cells;
	uint32_t owner; /* nearest element that is no mere formatting */
	uint32_t line;
	bool in_anchor, in_heading;
	bool used; /* is a title, date or author */
};

struct candidate {
	uint64_t kind; /* what it looks like: its votes are shared */
	double score;
	char *text;
	struct moment moment;
	uint32_t node;
	uint32_t chunk;       /* or UINT32_MAX */
	size_t start, length; /* of a date inside its chunk */
};

struct candidates {
	struct candidate list[VIEW_CANDIDATES_MAX];
	size_t count;
};

struct item_view {
	const struct item *item;
	struct chunk *chunks;
	size_t count;
	struct candidates titles, dates, authors;
	const struct candidate *title, *date, *author;
};

struct view {
	const struct page *page;
	const struct date_context *dates;
	struct item_view *items;
	size_t count;
};

/* Cuts the item's text; view_clear frees that and all candidates. */
void view_cut(const struct page *, struct item_view *);
void view_clear(struct item_view *);
/* The chunk that shows the date, also where a machine's was taken; or
 * UINT32_MAX. */
uint32_t view_date_chunk(const struct page *, const struct item_view *);

/* Takes candidate.text; an empty one, or one too many, is freed. */
void view_offer(struct candidates *, struct candidate);

bool view_is_heading(const char *tag); /* h1 to h6, dt */
bool view_is_block(const char *tag);
bool view_holds_block(const struct page *, uint32_t node);
/* The nearest block that a node stands in, itself too; or PAGE_NONE. */
uint32_t view_block(const struct page *, uint32_t node);
/* Does a class (or id, itemprop, rel) hold one of the words as a part? */
bool view_is_named(
    const struct page *, uint32_t node, const char *const *words);
extern const char *const view_date_words[], *const view_author_words[];
/* What a node looks like from its item: tag and class, and its parent's.
 * Candidates of one sort and look share their votes. */
uint64_t view_kind(const struct page *, uint32_t node, char sort);

/* What a kind of candidate, or of line, has gathered. */
struct vote {
	uint64_t kind;
	double sum;
};
int view_vote_compare(const void *, const void *); /* by kind */

/* The steps of inference, in this order. */
void infer_titles(struct view *, struct item_view *);
void infer_dates(struct view *, struct item_view *);
void infer_authors(struct view *, struct item_view *);
/* Each item's candidate of the kind with the most votes over all items. */
void infer_vote(struct view *, enum field);
/* What a person reads where the machine's date stands, or none. */
struct moment infer_visible_date(const struct page *, const struct item_view *);
void infer_texts(
    struct view *, const struct infer_given *given, struct inferred *out);

#endif
