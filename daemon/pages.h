#ifndef DAEMON_PAGES_H
#define DAEMON_PAGES_H

#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"
#include "feed/extract.h"

/*
 * The pages of one round: what they brought together, and which comes next.
 * Pure.  Nothing of it is recorded before the last one is read: a round that
 * dies between two pages comes again as if it had not been, else its first
 * page would be known to the next round, which would look no further.
 *
 * A round reads on as long as older articles may be unknown.  `pages: auto`
 * stops where it meets what is known: at a page whose last article is known
 * and at least half of all (what is pinned to the top or the end of each page
 * is known without saying anything of the rest).  A number stops at the first
 * page that brings nothing unknown.  Both end where a page brings nothing that
 * the round has not had.
 */
#define PAGES_AUTO 3

struct pages;

/* unread: the page that the last round could not read, or 0.  Up to it this
 * round reads whatever it knows, and up to twice as many pages in all, since
 * what is new has pushed the others down.  Borrows the configuration. */
struct pages *pages_new(const struct section_config *, unsigned unread);
void pages_free(struct pages *);

/* The page that is wanted now: 1 is the section's own. */
unsigned pages_number(const struct pages *);
const char *pages_url(const struct pages *);

/*
 * The wanted page was read, from `url`; its articles go over.  One that the
 * round has already had is left out.  False with the reason in words if a page
 * after the first is none of this list: the caller then calls pages_end.
 */
bool pages_add(struct pages *, const char *url, struct extraction *read,
    const char **reason);

/* Could there be another page?  Then the store is asked which of the articles
 * that came last (borrowed) are unknown, and pages_go_on told. */
bool pages_may_go_on(const struct pages *);
struct articles pages_last(const struct pages *);

/* Is another page wanted (pages_url)?  `fresh` are the unknown ones among
 * pages_last, in their order. */
bool pages_go_on(struct pages *, const struct articles *fresh);

/* The wanted page will not come; is_end: because the list has no such page
 * (404), else it is to be read in the next round. */
void pages_end(struct pages *, bool is_end);

/* All that was read, the first page's words and every page's articles. */
const struct extraction *pages_read(const struct pages *);
/* For the next round's pages_new. */
unsigned pages_unread(const struct pages *);
/* Did the round stop at its greatest number of pages, nothing known met? */
bool pages_fell_short(const struct pages *);

#endif
