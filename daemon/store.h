#ifndef DAEMON_STORE_H
#define DAEMON_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/trouble.h"
#include "feed/article.h"
#include "feed/diff.h"
#include "feed/drift.h"
#include "feed/error.h"
#include "feed/expectation.h"
#include "feed/format.h"
#include "feed/verdict.h"

/*
 * What we have seen: SQLite in WAL mode, the only memory.  The only module that
 * knows SQLite.  Writes gather in a batch, begun by the first of them;
 * store_commit acknowledges them all.
 *
 * Durability.  PRAGMA synchronous counts at COMMIT but cannot be set inside a
 * transaction, so it is decided at the first write: a batch of counters begins
 * with NORMAL (no fsync; a power cut may take it), and the first article ends
 * that one and begins another with FULL (one fsync at COMMIT; it carries along
 * what was committed before).  What is in one batch comes or goes together, but
 * counters may be on the disk without the articles of their round.
 *
 * When a write fails, the batch is lost: nothing more goes into it, store_commit
 * refuses it, and store_rollback makes the store good again.
 */
struct store;

enum store_mode { STORE_WRITE, STORE_READ };

/* A published file, as it should be there. */
struct feed_file {
	uint64_t hash; /* of the published bytes; 0: never published */
	int64_t length;
	int64_t mtime_s;
};

/* One row per section, and one for the feed of each whole site ("site/all": a
 * site without sections has its only page there); strings are the struct's. */
struct section_state {
	int64_t number;          /* the row's key; 0: not yet in the store */
	char *path;              /* "site/section" */
	char *url;
	char *etag, *last_modified; /* validators, or NULL */
	int64_t validated_s;     /* when a full answer was last read */
	uint64_t body_hash;      /* of the bytes last read in full; 0: none */
	uint64_t rules_hash;     /* of url, charset and rules the validators
	                            belong to */
	char *window;            /* what its list is known by (window.h), or NULL */
	size_t window_length;
	int64_t due_s;           /* next round (wall clock) */
	int64_t round_s;         /* last round started; 0: never */
	int64_t good_s;          /* last good round; 0: never */
	int64_t news_s;          /* last round with a new article */
	uint32_t failures;       /* in a row */
	uint32_t item_count;     /* articles read in the last good round */
	uint64_t rounds, rounds_good; /* ever */
	char *stage;             /* failing stage: robots, fetch, decode, parse, a
	                            verdict's word, extract, store, publish;
	                            NULL when good */
	char *reason;            /* in words, or NULL */
	char *site_title, *title; /* inferred once, then frozen; or NULL */
	char *language, *icon;   /* likewise */
	char *feed_id;           /* of the Atom feed: minted once, or NULL */
	char *category;          /* what the site's feed calls its articles;
	                            NULL: nothing */
	int64_t feed_updated_s;  /* greatest ever */
	struct feed_file files[FORMAT_COUNT];
	int64_t hold_s;          /* Retry-After: not asked before; 0: none */
	int64_t asked_s;         /* last request for one of its pages; 0: never */
	uint32_t unread;         /* page that the last round wanted and could
	                            not read; 0: none */
	uint32_t unread_rounds;  /* in a row that had one */
	uint32_t cut_rounds;     /* in a row whose page was cut (verdict.h) */
	bool feed_dirty;         /* the files may lag behind the articles */
	bool rendered;           /* not stored: this process, with today's
	                            configuration, has made the feed once */
};
void section_state_clear(struct section_state *);
/* Refused by robots.txt, which is no failure: there is nothing to mend. */
bool section_state_is_refused(const struct section_state *);

/* Where the watch over a section's rules stands (drift.h); strings and sketch
 * are the struct's. */
struct drift_record {
	uint64_t rules_hash;   /* of the rules that are watched */
	struct drift drift;
	char *unusual;         /* what was, in the last round, in words; or NULL */
	char *list_path;       /* where the list stood in the last good round
	                          (list_place.h), or NULL */
	struct sketch *sketch; /* of that page, or NULL */
};
void drift_record_clear(struct drift_record *);

/* The rules that were learned for a section; strings are the struct's. */
struct learned_record {
	uint64_t given;    /* rules_hash of the configured rules beside them */
	int64_t asked_s;   /* when the list was last inferred for them; 0: never */
	int64_t learned_s; /* when they were */
	struct expectation expected; /* what they found then */
	char *rules;       /* as lesson_write has them; "" or NULL: none */
	char *evidence;    /* in words, or NULL */
};
void learned_record_clear(struct learned_record *);

/* Rules that stand, or might stand, in the place of a section's own (remedy.h);
 * strings are the struct's. */
#define LOST_TWICE 16
struct healed_record {
	uint64_t given;      /* rules_hash of the configured ones */
	char *rules;         /* in force, as remedy_write has them; or NULL */
	char *evidence;      /* what they found when they were adopted */
	int64_t adopted_s;
	uint32_t given_rounds; /* in a row in which the configured ones did */
	char *proposal;      /* not in force; or NULL */
	char *why;           /* what it finds, in words */
	uint32_t grade;      /* enum heal_grade */
	uint32_t seen;       /* rounds in a row that found it */
	char *refused;       /* was in force, and did not hold; or NULL */
	uint32_t refusals;   /* how often */
	uint32_t lost;       /* bit i: field i was dead in the last round; bit
				LOST_TWICE + i: in the two last */
};
void healed_record_clear(struct healed_record *);

/* Something was wrong with a section, from one moment to another; strings are
 * the struct's (daemon/incidents.h). */
struct incident {
	int64_t number; /* the row's key; 0: not yet in the store */
	char *path;     /* "site/section" */
	char *id;       /* as its entry in the feed about the feeds */
	char *url;      /* the section's page */
	int64_t opened_s;
	int64_t changed_s; /* opened, made worse or better, mended */
	int64_t mended_s;  /* 0: it lasts */
	char *degraded;    /* why, or NULL: it is not */
	char *broken;      /* likewise */
	char *reason;      /* the last of these */
};
void incident_clear(struct incident *);

/* What is known of a host's robots.txt (daemon/robots.h); strings are the
 * struct's. */
struct robots_record {
	char *origin;        /* "https://www.example.com:8443" */
	int64_t asked_s;     /* last request for it; 0: never */
	int64_t answered_s;  /* last answer that settles it; 0: never */
	int64_t failing_s;   /* since when there is none; 0: there is */
	int64_t hold_s;      /* Retry-After: not asked before; 0: none */
	int status;          /* of that answer */
	char *text;          /* its body, or NULL: none, all is allowed */
	size_t length;
};
void robots_record_clear(struct robots_record *);

/*
 * Opens <directory>/metrofeed.db.  STORE_WRITE makes both where absent, brings
 * an older schema up to date (of version N a copy is kept beside it first,
 * metrofeed.db.vN) and refuses a newer one; it takes flock on
 * <directory>/metrofeed.lock: NULL and "another metrofeed (pid N) uses
 * <directory>".  One that is damaged (it does not open, store_check says so, its
 * log is there without it) is set aside, metrofeed.db.damaged-<time>, with its
 * log, never deleted, and a new one begun: store_aside() tells.  One of 64 MiB
 * at most is checked here; what is larger store_idle reads, bit by bit.
 * Another program's database is refused and left as it is.  STORE_READ takes no
 * lock and writes nothing, beside a running daemon or without one, and refuses
 * a damaged one.
 */
struct store *store_open(
    const char *directory, enum store_mode, struct error *);
/* What was wrong with the database that was set aside at the opening or since,
 * and its name, in words; NULL if nothing was.  Borrowed. */
const char *store_aside(const struct store *);
/* Did whoever had it before this opening end without closing it?  What that one
 * wrote in its last batch is then gone. */
bool store_was_cut(const struct store *);
/* Has a call since found it damaged?  Then only store_renew helps. */
bool store_is_damaged(const struct store *);
/* Sets it aside and begins a new one; what was in no batch's commit is lost.
 * False and err: then the store can only be closed. */
bool store_renew(struct store *, struct error *);
/* What keeps it from being read and written, as its callers met it. */
struct trouble *store_trouble(struct store *);
/* Can it be written?  Costs an fsync; not while a batch is open. */
bool store_probe(struct store *, struct error *);
/* Does the path still lead to the database that is open?  What is recorded in
 * one that was moved away or deleted comes back with its folder or never. */
bool store_is_in_place(const struct store *);
/*
 * It is not.  If its folder is there again (it is not made, which would shadow
 * a file system that comes back) and holds no database, what is open is written
 * there, whole; if it holds one, that is opened, and *is_another says that what
 * is known of the store is worth nothing.  False and err: the old one stays.
 */
bool store_return(struct store *, bool *is_another, struct error *);
/* Commits what is open, checkpoints, closes. */
void store_close(struct store *);

/*
 * Beside its pid, in the lock's file: what a daemon says of itself for as long
 * as it runs, in lines.  A help for people; what cannot be written is not told.
 */
void store_tell(struct store *, const char *lines);
/* What the daemon that holds the lock, or held it last, said; the caller's,
 * NULL if nothing. */
char *store_told(const char *directory);

/* The section's row by path; a path never seen gives a fresh zeroed state with
 * path set. */
bool store_section(struct store *, const char *path, struct section_state *,
    struct error *);
/* Every row, ordered by path; *list is the caller's (clear each). */
bool store_sections(struct store *, struct section_state **list, size_t *count,
    struct error *);
/* Insert or update the row; fills number if it was 0.  A number is never given
 * to another section, also if its batch is rolled back. */
bool store_save_section(
    struct store *, struct section_state *, struct error *);

/*
 * Stored articles of the section that could be one of these: by id (as
 * identity_of_article would mint with this authority), link, url_key of the link,
 * or title; each once, added to `known`.  Stubs count (title is then NULL; they
 * are found by the hash of their title).  Of many with one title or key the
 * latest few are enough to tell that it is not unique.
 */
bool store_known(struct store *, int64_t section, const char *authority,
    const struct articles *seen, struct articles *known, struct error *);
/*
 * Writes fresh and changed articles, and last_seen_s of the seen ones (at most
 * once a day per article, so that an unchanged round writes nothing); if there
 * is news, marks the section's row dirty and that of its whole site.  A stored
 * article's first seen time and position stay, whatever the difference says.
 * Of a new one it is settled now and for ever whether another section of the
 * site has shown it before (by id, link, or a url_key that is not another
 * article's here).
 */
bool store_record(struct store *, int64_t section, const struct difference *,
    int64_t now_s, struct error *);
/* What the feed holds, newest first, equal times by first seen, position, id:
 * at_least articles, beyond that those within `days` of the newest one's time,
 * at_most in all. */
bool store_newest(struct store *, int64_t section, unsigned at_least,
    unsigned at_most, int64_t days, struct articles *, struct error *);
/* The same over all sections of the site ("site/all" is any of its rows),
 * whether they are still watched or not: each article once, from the section
 * that showed it first, so that its entry does not change when another shows
 * it too.  An article's category is here its section's.  At any number of
 * articles this reads little more than `at_most`. */
bool store_newest_of_site(struct store *, const char *path, unsigned at_least,
    unsigned at_most, int64_t days, struct articles *, struct error *);
/* When the newest of the section's articles appeared (4000 at most, stubs left
 * out): as the page told it to the minute, or else when we first saw them, if
 * not with the section's first page.  *times is the caller's; *since_s is when
 * the first of them was seen, INT64_MAX if there is none. */
bool store_times(struct store *, int64_t section, int64_t **times,
    size_t *count, int64_t *since_s, struct error *);
/* How many articles the section has, stubs included, and how many stubs. */
bool store_count(struct store *, int64_t section, uint64_t *articles,
    uint64_t *stubs, struct error *);
/* How many the sections of the site have between them ("site/all" is any of
 * its rows), each article once, stubs included. */
bool store_count_of_site(
    struct store *, const char *path, uint64_t *articles, struct error *);

/* What a section was before it had its path. */
struct store_past {
	const char *path;
	const char *feed_id;    /* if its row does not know it; or NULL */
	bool has_title;         /* by the configuration */
	const char *site_title; /* what stood in for one; or NULL */
};
/*
 * The row of the past goes on as `to`, with its articles and all that was
 * frozen; *number is the row's, 0 if there is none.  If `to` has a row of its
 * own, begun since, the two become one: of an article in both the older record
 * stays.  Then the feed of the whole site wants store_settle_site.
 */
bool store_rename(struct store *, const char *to, const struct store_past *,
    int64_t *number, struct error *);
/* The section has come to its site: what of its articles the site's feed has
 * from another section already, and what it has from no other any more. */
bool store_settle_site(struct store *, int64_t section, struct error *);

/* What the section's last rounds measured, good and bad, the newest first; room
 * for READINGS_KEPT. */
bool store_readings(struct store *, int64_t section, struct reading *readings,
    size_t *count, struct error *);
/* One more; older ones than READINGS_KEPT go. */
bool store_add_reading(struct store *, int64_t section, const struct reading *,
    struct error *);

/* The section's; one that was never watched gives a zeroed record. */
bool store_drift(struct store *, int64_t section, struct drift_record *,
    struct error *);
bool store_save_drift(struct store *, int64_t section,
    const struct drift_record *, struct error *);

/* The section's; one for which nothing was ever learned gives a zeroed record. */
bool store_learned(struct store *, int64_t section, struct learned_record *,
    struct error *);
bool store_save_learned(struct store *, int64_t section,
    const struct learned_record *, struct error *);
bool store_forget_learned(struct store *, int64_t section, struct error *);

/* Likewise the healed ones, in force or proposed. */
bool store_healed(struct store *, int64_t section, struct healed_record *,
    struct error *);
bool store_save_healed(struct store *, int64_t section,
    const struct healed_record *, struct error *);
bool store_forget_healed(struct store *, int64_t section, struct error *);

/* The origin's row; one never seen gives a zeroed record with origin set. */
bool store_robots(struct store *, const char *origin, struct robots_record *,
    struct error *);
/* Inserts or updates the row; its text only if it `has_text`, else the one
 * that is stored stays. */
bool store_save_robots(struct store *, const struct robots_record *,
    bool has_text, struct error *);
/* Forgets hosts that were not asked since then. */
bool store_drop_robots(struct store *, int64_t before_s, struct error *);

/* Those that last, or all; the newest change first, `most` of them.  *list is
 * the caller's (clear each). */
bool store_incidents(struct store *, bool open, size_t most,
    struct incident **list, size_t *count, struct error *);
/* The section's newest; its number is 0 if there was none. */
bool store_last_incident(struct store *, const char *path, struct incident *,
    struct error *);
/* Insert (number 0, filled then) or update; path, id and opened_s stay. */
bool store_save_incident(struct store *, struct incident *, struct error *);
/* Forgets those that are over, but for the newest. */
bool store_drop_incidents(struct store *, size_t keep, struct error *);

/* What the store says of itself: "status-feed" is the id of the feed about the
 * feeds, minted with the store.  NULL and err; when it was made in *made_s. */
char *store_own(
    struct store *, const char *name, int64_t *made_s, struct error *);

/* Is a batch open? */
bool store_has_batch(const struct store *);
/* Ends it.  A batch with articles is durable in any case; `durable` makes
 * another one so too, at the price of an fsync.  False and err: nothing of it
 * was written, and the store is ready for the next batch. */
bool store_commit(struct store *, bool durable, struct error *);
void store_rollback(struct store *);
/*
 * Idle work, in small steps: articles that are not among the 1000 newest of
 * their section and were unseen for 90 days become stubs (some hundred a call);
 * passive checkpoint; some 20 ms of the reading of a large database.  Does
 * nothing while a batch is open.
 */
bool store_idle(struct store *, int64_t now_s, struct error *);
/* False while such a reading is under way: store_idle is wanted soon. */
bool store_is_checked(const struct store *);
/* pragma integrity_check; false and err if damaged.  Reads the whole file. */
bool store_check(struct store *, struct error *);

#endif
