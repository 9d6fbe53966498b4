#ifndef DAEMON_STORE_H
#define DAEMON_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/article.h"
#include "feed/diff.h"
#include "feed/error.h"

/*
 * What we have seen: SQLite in WAL mode, the only memory.  The only file that
 * knows SQLite.  Writes gather in a batch; store_commit acknowledges them.
 */
struct store;

enum store_mode { STORE_WRITE, STORE_READ };

/* One row per section; strings are the struct's. */
struct section_state {
	int64_t number;          /* the row's key; 0: not yet in the store */
	char *path;              /* "site/section" */
	char *url;
	char *etag, *last_modified; /* validators, or NULL */
	int64_t validated_s;     /* when a full answer was last read */
	uint64_t body_hash;      /* of the bytes last read in full; 0: none */
	uint64_t rules_hash;     /* of url, charset and rules the validators belong to */
	int64_t due_s;           /* next round (wall clock) */
	int64_t round_s;         /* last round started; 0: never */
	int64_t good_s;          /* last good round; 0: never */
	int64_t news_s;          /* last round with a new article */
	uint32_t failures;       /* in a row */
	uint32_t item_count;     /* articles on the page at the last good round */
	uint64_t rounds, rounds_good; /* ever */
	char *stage;             /* failing stage: fetch, decode, parse, extract, store, publish; NULL when good */
	char *reason;            /* in words, or NULL */
	char *site_title, *title; /* inferred once, then frozen; or NULL */
	char *language, *icon;   /* likewise */
	int64_t feed_updated_s;  /* greatest ever */
	uint64_t feed_hash;      /* of the published bytes; 0: never published */
	int64_t feed_length;
	int64_t feed_mtime_s;    /* of the published file */
	bool feed_dirty;         /* the file may lag behind the articles */
	bool rendered;           /* not stored: this process, with today's
	                            configuration, has made the feed once */
};
void section_state_clear(struct section_state *);

/* Opens <directory>/metrofeed.db, creating it in STORE_WRITE (schema version in user_version; a newer one is refused).
 * STORE_WRITE takes flock on <directory>/metrofeed.lock: NULL and "another metrofeed (pid N) uses <directory>". STORE_READ is mode=ro, without the lock, beside a running daemon. */
struct store *store_open(const char *directory, enum store_mode, struct error *);
/* Commits what is open, checkpoints, closes. */
void store_close(struct store *);

/* The section's row by path; a path never seen gives a fresh zeroed state with path set. */
bool store_section(struct store *, const char *path, struct section_state *, struct error *);
/* Every row, ordered by path; *list is the caller's (clear each). */
bool store_sections(struct store *, struct section_state **list, size_t *count, struct error *);
/* Insert or update the row; fills number if it was 0. Opens a batch if none is open. */
bool store_save_section(struct store *, struct section_state *, struct error *);

/* Stored articles of the section that could be one of these: by id (as identity_of_article would mint with this authority), link or title. Stubs count (title is then NULL, title hash compared). */
bool store_known(struct store *, int64_t section, const char *authority, const struct articles *seen, struct articles *known, struct error *);
/* Writes fresh and changed articles and last_seen_s of the seen ones (that one at most once a day per article, so that an unchanged round writes nothing), and marks the section dirty if there is news. */
bool store_record(struct store *, int64_t section, const struct difference *, int64_t now_s, struct error *);
/* What the feed holds: article_compare order, at least/most, days back from the newest article's time. */
bool store_newest(struct store *, int64_t section, unsigned at_least, unsigned at_most, int64_t days, struct articles *, struct error *);
/* All ids of the section, for tests and tools: count of all and of stubs. */
bool store_count(struct store *, int64_t section, uint64_t *articles, uint64_t *stubs, struct error *);
/* Other hosts' last requests: greatest round_s over sections whose url has this host; 0 if none. */
int64_t store_host_round(struct store *, const char *host);

/* Is a batch open? Ends it: durable = synchronous FULL (articles), else NORMAL (counters only). */
bool store_has_batch(const struct store *);
bool store_commit(struct store *, bool durable, struct error *);
void store_rollback(struct store *);
/* Idle work: passive checkpoint; stubs for articles off every feed and unseen for 90 days (at most `limit` rows a call). */
bool store_idle(struct store *, int64_t now_s, struct error *);
/* pragma quick_check; false and err if damaged. */
bool store_check(struct store *, struct error *);

#endif
