#ifndef DAEMON_UPDATE_H
#define DAEMON_UPDATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "daemon/publish.h"
#include "daemon/store.h"
#include "feed/diff.h"
#include "feed/error.h"
#include "feed/extract.h"

/*
 * The corridor: what was read on a page becomes rows, and rows become the
 * feed's files, one for each of its formats.  update_section() is one round of
 * one section; update_flush() ends it for a batch, and makes the feeds of whole
 * sites, once each.  The order is the promise: articles are committed, then the
 * files are published, then the validators are recorded.
 */
struct update;

/* What the answer said of itself; recorded last, once the feed is published. */
struct validators {
	char *etag, *last_modified; /* or NULL; update_section takes them */
	char *window;               /* of the list (window.h), or NULL; likewise */
	size_t window_length;
	uint64_t body_hash;
	uint64_t rules_hash;
};
void validators_clear(struct validators *);

/* What a round came to. */
struct outcome {
	size_t fresh;      /* new articles */
	size_t changed;    /* edited ones */
	bool first;        /* the section's first good round */
	const char *stage; /* what failed: "store" or "render"; static */
};

/* Borrows the store and the publisher, which must outlive it. */
struct update *update_new(
    struct store *, struct publisher *, const char *base_url);
/* Flushes nothing: call update_flush before. */
void update_free(struct update *);

/* Before the section's first round: what its row says of the configuration is
 * brought up to date, and what it has lost is taken from the published feed
 * (restore.h).  Update_flush makes it last.  False and err if the store failed. */
bool update_adopt(struct update *, const struct section_config *,
    struct section_state *, int64_t now_s, struct error *);

/*
 * Are the files of the section's feed and of its site's as they should be?
 * Then a page that we know (304, same bytes, same list) asks for
 * update_unchanged, which only counts and takes the validators, if there are
 * any; else the feeds are made again from the store: update_section with
 * read = NULL.
 */
bool update_is_current(struct update *, const struct section_config *,
    const struct section_state *);
bool update_unchanged(struct update *, struct section_state *,
    struct validators *, int64_t now_s, struct error *);

/* What the store says of these articles before the round records anything;
 * where they were read by other rules than before (their hash), what differs is
 * no edit.  The difference is the caller's; false and err if the store fails. */
bool update_compare(struct update *, const struct section_config *,
    const struct section_state *, const struct articles *, uint64_t rules_hash,
    int64_t now_s, struct difference *, struct error *);

/*
 * One round.  `read` is what the worker found, or NULL when the page is the
 * one we know (304, same bytes).  The reading is what its
 * first page measured, kept for the next verdicts; or NULL.  `state` is the section's row in memory; it must
 * stay until update_flush, which writes to it.
 * False and err with outcome->stage: after "store" the batch is lost and
 * update_abort must follow; after "render" its rows stand.
 */
bool update_section(struct update *, const struct section_config *,
    struct section_state *state, const struct extraction *read,
    const struct reading *, struct validators *, int64_t now_s,
    struct outcome *, struct error *);

/*
 * Without a round: the feeds of the section and of its site are made again from
 * the store, for the next update_flush, if they were published and their files
 * are not as they should be; `thorough` reads the files, too.  False and err if
 * the store failed.
 */
bool update_republish(struct update *, const struct section_config *,
    struct section_state *, bool thorough, int64_t now_s, struct error *);

/* Counters of a round that ended otherwise; no feed. */
bool update_save(struct update *, struct section_state *, struct error *);

/* Feeds of sections that wait for update_flush. */
size_t update_pending(const struct update *);

/*
 * Ends the batch: make the sites' feeds, commit (FULL if there is news), publish each feed, fsync each folder once,
 * then record the validators.  A feed that could not be published is left dirty, its section's stage and reason say why, and
 * update_republish mends it; publisher_trouble() has met it.  False and err when the store failed: nothing of the batch is published.
 * A site's feed that was made less than 30 s before now_ms (monotonic) waits for a later flush;
 * with INT64_MAX none does.  Of many some wait, too: update_wait_ms is then 0.
 */
bool update_flush(struct update *, int64_t now_s, int64_t now_ms,
    struct error *);
/* How long until the first site's feed that waits can be made; -1: none. */
int64_t update_wait_ms(const struct update *, int64_t now_ms);

/* Drops the open batch and every feed that waits. */
void update_abort(struct update *);

/* The state goes away before the flush (reload): its feed is flushed first by the caller; this
 * only forgets what is left. */
void update_forget(struct update *, const struct section_state *);

#endif
