#ifndef FEED_DIFF_H
#define FEED_DIFF_H

#include "feed/article.h"

/*
 * known x seen -> what is new, what changed, what was merely seen again.
 * Pure and near-linear (sorted indexes), whatever the page holds.  Each list
 * is in the order of `seen`.  Absence from `seen` means nothing.
 */
struct difference {
	struct articles fresh;   /* new: id minted, first_seen_s = changed_s =
	                            now_s; undated ones of a first import were
	                            first seen a second apart, to keep their
	                            order in feed readers */
	struct articles changed; /* known ones with the seen content, changed_s
	                            = now_s; id, first seen, position as known,
	                            published as known or more precise */
	struct articles filled;  /* known ones, read back from a feed (last_seen_s
	                            0): text and category come in, changed_s
	                            stays: no news (or see difference_calm) */
	struct articles seen;    /* known ones, unchanged but for last_seen_s */
};

/*
 * `known` must hold every stored article that could be one of `seen` (by id,
 * number, link or title).  A known article is recognised by id, by its number
 * under another authority, by link (exactly, then by url_key), or by a title
 * unique on both sides together with one sign more: the same place on another
 * host, the same number of five digits or more in another address, or a
 * published time equal to the minute; one that is not, by that place or a number
 * of nine digits or more, where title and sign together are.  Where a date says
 * the day alone the same day will do, for a title of 20 cells or more, if the
 * address is of another kind (link_kind.h) than the known one, or three such
 * pairs are on the page.  Only what is not recognised gets a new id.  Two
 * seen articles with one identity, or with one title and place on two hosts:
 * the first counts.  One without a link is
 * none.
 *
 * Material is
 * - another title or text; another setting of the same words is not
 *   (wording.h), nor one that is merely cut elsewhere with an ellipsis;
 * - another picture, not another size of it (picture.h);
 * - another address, if the article was recognised by title and time alone;
 * - a date that the page moved forward: explicit, at least as precise as the
 *   stored one, outside its error bar, after the last change and not after
 *   now.  It tells of an edit: changed_s moves, published stays.
 * On a material change every seen field is taken but a text that is cut; a
 * published date only becomes more precise, within its error bar.  A field
 * that the page no longer shows is kept.  A stub (title NULL) is only seen
 * again.  changed_s and last_seen_s never go back, whatever the clock does.
 *
 * The difference is the caller's, for difference_clear.
 */
void diff_articles(const struct articles *known, const struct articles *seen,
    const char *id_authority, int64_t now_s, struct difference *);
/*
 * The page was read by other rules than before, or by another program: what
 * differs is theirs, and no edit.  `changed` moves to `filled`, with changed_s as
 * known.
 */
void difference_calm(struct difference *, const struct articles *known);
void difference_clear(struct difference *);

#endif
