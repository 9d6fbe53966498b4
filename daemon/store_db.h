#ifndef DAEMON_STORE_DB_H
#define DAEMON_STORE_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/store.h"
#include "daemon/store_sql.h"
#include "feed/article.h"
#include "feed/error.h"

struct sqlite3;
struct sqlite3_stmt;

/*
 * What the files of the store share, and nobody else sees: the connection, and
 * small words for statements.  Each statement is reset by the function that
 * stepped it: an open read would stop the checkpoint.
 */
#define WAL_MAX_PAGES 16384 /* 64 MiB: checkpoint also when never idle */

enum batch {
	BATCH_NONE,
	BATCH_NORMAL, /* counters */
	BATCH_FULL,   /* articles */
	BATCH_LOST,   /* a write failed; only a rollback helps */
};

/* How far the reading of a large database has come. */
struct check {
	bool wanted;
	char *table; /* the last one asked */
	bool has_tables;
	int64_t section;
	char *id; /* the last article */
};

struct store {
	struct sqlite3 *db;
	struct sqlite3_stmt *statements[SQL_STATEMENTS];
	char *path;      /* of the database */
	char *aside;     /* what became of one that was damaged; or NULL */
	bool is_damaged; /* as a call has found */
	bool was_cut;    /* it was not closed before */
	int lock;        /* -1: read only */
	enum batch batch;
	enum batch synchronous; /* what the pragma stands at */
	int64_t next_number;    /* of a new section; rises only */
	int64_t idle_section;   /* the last one looked at for stubs */
	bool has_shrunk;        /* one of this round was shrunk */
	int64_t rest_s; /* since when there is nothing to do; 0: there is */
	uint64_t salt;  /* of the sets in store_known */
	int wal_pages;  /* waiting for a checkpoint */
	int wal_limit;
	struct trouble trouble;
	struct check check;
};

/* Like sqlite3_step; errno tells afterwards why the system failed, if it did.
 */
int db_step(struct sqlite3_stmt *);

/* Why the last call failed, in words; notes whether the database is damaged. */
const char *db_words(struct store *);

/* False, and "doing: why" in err. */
bool db_fail(struct store *, struct error *, const char *doing);

/* The same for a write: half of something may stand in the batch. */
bool db_fail_write(struct store *, struct error *, const char *doing);

/* SQL that gives no row. */
bool db_run(struct store *, const char *command, struct error *);

/* The bound statement, without a row; its bindings are gone then. */
bool db_run_statement(struct store *, enum statement);

/* The number in the first row; `none` without a row. */
bool db_get_number(
    struct store *, enum statement, int64_t none, int64_t *number);

/* The number in the first row of a query that has one. */
bool db_ask_number(struct store *, const char *query, int64_t *number);

/* A copy for the caller, or NULL. */
char *db_column(struct sqlite3_stmt *, int index);

/* The string is borrowed until the statement is reset. */
void db_bind(struct sqlite3_stmt *, int index, const char *string);
void db_bind_number(struct sqlite3_stmt *, int index, int64_t number);

/* A large database, read bit by bit: from the beginning, at the next calls of
 * db_check_some; what is left of one that was begun goes.  False and err if it
 * is damaged, or cannot be read. */
void db_check_later(struct store *);
bool db_check_some(struct store *, struct error *);
void db_check_clear(struct store *);

/* Gives the connection SQL's sum_of(...), a hash never 0 of its arguments, by
 * which a row of the articles knows a bit of it that was flipped. */
bool db_define_sum(struct sqlite3 *);

/* Opens store->path to write, as store_open does; db_disconnect after a
 * failure. */
bool db_connect(struct store *, struct error *);
/* Takes <directory>/metrofeed.lock; not while it has one. */
bool db_take_lock(struct store *, const char *directory, struct error *);
/* Counts from now on what waits for a checkpoint. */
void db_watch_log(struct store *);
/* A copy of the whole database, on the disk, as <to>; by way of <to>.part. */
bool db_copy(struct store *, const char *to, struct error *);
/* `as_it_is`: nothing is checkpointed, no file is touched. */
void db_disconnect(struct store *, bool as_it_is);

/* Before each write; the rule is in store.h. */
bool db_begin(struct store *, enum batch, struct error *);

/* Of WAL to database; PASSIVE waits for nobody. */
void db_checkpoint(struct store *);

/* Of a statement that selects ARTICLE (store_sql.c), as db_row_is_whole. */
struct article db_read_article(struct sqlite3_stmt *row);

/* The row has its sum, and is clean text (feed/text.h) as all that is written;
 * else the store is damaged. */
bool db_row_is_whole(struct store *, struct sqlite3_stmt *row);

/* Moves from's articles to the end of `to`. */
void db_articles_append(struct articles *to, struct articles *from);

/* Never 0, so that 0 can mean none. */
int64_t db_hash(const char *string);
int64_t db_hash_link_key(const char *link);

#endif
