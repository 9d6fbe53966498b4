#include "daemon/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "daemon/clock.h"
#include "daemon/path.h"
#include "daemon/store_schema.h"
#include "feed/buffer.h"
#include "feed/date.h"
#include "feed/hash.h"
#include "feed/identity.h"
#include "feed/memory.h"
#include "feed/text.h"
#include "feed/url.h"

#define BUSY_MS 2000      /* somebody's sqlite3 shell; the loop waits */
#define SEEN_STEP_S 86400 /* last_seen is kept to the day */
#define STUB_AGE_S (90 * 86400)
#define STUB_KEEP 1000      /* newest of a section: what a feed can hold */
#define STUB_STEP 200       /* articles in one idle call, about */
#define SECTION_STEP 50     /* sections in one idle call */
#define WAL_MAX_PAGES 16384 /* 64 MiB: checkpoint also when never idle */
#define KNOWN_MAX_BYTES ((size_t)64 << 20) /* candidates for one page */
#define VERSION_LEAP 1000 /* no newer program is so far ahead */
/* Read whole at each opening (68 MB take 0.08 s from the kernel's cache); what
 * is larger only after an end that was none: its log is there. */
#define CHECK_MAX_BYTES ((int64_t)64 << 20)
/* "3 minutes ago" tells a time, "3 days ago" none */
#define RELATIVE_FRESH_S 7200
#define TIMES_MAX 1000
#define MAX_DAYS 100000
#define MAX_AUTHORITIES 8 /* a site does not move more often */
#define TOLD_MAX_BYTES 1024

enum statement {
	SQL_BEGIN,
	SQL_COMMIT,
	SQL_ROLLBACK,
	SQL_SECTION,
	SQL_SECTIONS,
	SQL_UPDATE_SECTION,
	SQL_INSERT_SECTION,
	SQL_DIRTY,
	SQL_HOST,
	SQL_ID_FROM,
	SQL_BY_ID,
	SQL_BY_LINK,
	SQL_BY_KEY,
	SQL_BY_TITLE,
	SQL_FRESH,
	SQL_REPEATED,
	SQL_CHANGED,
	SQL_LAST_SEEN,
	SQL_SEEN,
	SQL_NEWEST,
	SQL_SITE,
	SQL_SITE_NEWEST,
	SQL_COUNT,
	SQL_TIMES,
	SQL_NEXT_SECTION,
	SQL_EDGE,
	SQL_OLD,
	SQL_STUB,
	SQL_READINGS,
	SQL_ADD_READING,
	SQL_DROP_READINGS,
	SQL_ROBOTS,
	SQL_SAVE_ROBOTS,
	SQL_DROP_ROBOTS,
	SQL_STATEMENTS
};

#define SECTION_COLUMNS                                                        \
	"number, path, url, etag, last_modified, validated, body_hash,"        \
	" rules_hash, due, round, good, news, failures, item_count, rounds,"   \
	" rounds_good, stage, reason, site_title, title, language, icon,"      \
	" feed_updated, feed_hash, feed_length, feed_mtime, feed_dirty, hold," \
	" asked, unread, unread_rounds, rss_hash, rss_length, rss_mtime,"      \
	" json_hash, json_length, json_mtime, category, window,"               \
	" cut_rounds"
#define ARTICLE_COLUMNS                                                        \
	"id, link, title, author, image, category, text, published,"           \
	" precision, first_seen, changed, last_seen, position"
#define READING_COLUMNS                                                        \
	"items, links, width, broken, mojibake, beyond_latin, ending, place"
#define PUT_ARTICLE                                                            \
	"INSERT INTO article (section, " ARTICLE_COLUMNS                       \
	", link_hash, key_hash, title_hash, shown) VALUES"                     \
	" (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18)"    \
	" ON CONFLICT (section, id) DO UPDATE SET"                             \
	" last_seen = max(last_seen, excluded.last_seen)"
/* Of the other sections of section ?1's site; '/' and '0' are neighbours.  The
 * planner is told the index, for without statistics it scans. */
#define SIBLINGS "section AS own CROSS JOIN section AS other CROSS JOIN article"
#define IN_SITE                                                                \
	"article.section = other.number"                                       \
	" AND own.number = ?1 AND other.number <> ?1"                          \
	" AND other.path > substr(own.path, 1, instr(own.path, '/'))"          \
	" AND other.path < substr(own.path, 1, instr(own.path, '/') - 1) || "  \
	"'0'"
#define NEWEST_ORDER " ORDER BY shown DESC, first_seen DESC, position, id"

static const char *const sql[SQL_STATEMENTS] = {
    [SQL_BEGIN] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",
    [SQL_SECTION] = "SELECT " SECTION_COLUMNS " FROM section WHERE path = ?1",
    [SQL_SECTIONS] = "SELECT " SECTION_COLUMNS " FROM section ORDER BY path",
    [SQL_UPDATE_SECTION] =
	"UPDATE section SET url=?3, etag=?4, last_modified=?5, validated=?6,"
	" body_hash=?7, rules_hash=?8, due=?9, round=?10, good=?11, news=?12,"
	" failures=?13, item_count=?14, rounds=?15, rounds_good=?16,"
	" stage=?17, reason=?18, site_title=?19, title=?20, language=?21,"
	" icon=?22, feed_updated=?23, feed_hash=?24, feed_length=?25,"
	" feed_mtime=?26, feed_dirty=?27, hold=?28, asked=?29, unread=?30,"
	" unread_rounds=?31, rss_hash=?32, rss_length=?33, rss_mtime=?34,"
	" json_hash=?35, json_length=?36, json_mtime=?37, category=?38,"
	" window=?39, cut_rounds=?40"
	" WHERE path = ?2 AND ?1 IS NOT NULL RETURNING number",
    [SQL_INSERT_SECTION] =
	"INSERT INTO section (" SECTION_COLUMNS ") VALUES"
	" (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,"
	"?19,?20,?21,?22,?23,?24,?25,?26,?27,?28,?29,?30,?31,?32,?33,?34,?35,"
	"?36,?37,?38,?39,?40) RETURNING number",
    [SQL_DIRTY] =
	"UPDATE section SET feed_dirty = 1 WHERE number = ?1 OR path ="
	" (SELECT substr(path, 1, instr(path, '/')) || 'all' FROM section"
	"  WHERE number = ?1)",
    [SQL_HOST] = "SELECT max(round) FROM section WHERE"
		 " substr(url, instr(url, '://') + 3, length(?1) + 1)"
		 " IN (?1, ?1 || '/', ?1 || '?')",
    [SQL_ID_FROM] = "SELECT id FROM article WHERE section = ?1 AND id >= ?2"
		    " ORDER BY id LIMIT 1",
    [SQL_BY_ID] = "SELECT " ARTICLE_COLUMNS
		  " FROM article WHERE section = ?1 AND id = ?2",
    [SQL_BY_LINK] =
	"SELECT " ARTICLE_COLUMNS
	" FROM article WHERE section = ?1 AND link_hash = ?2 LIMIT 4",
    [SQL_BY_KEY] = "SELECT " ARTICLE_COLUMNS
		   " FROM article WHERE section = ?1 AND key_hash = ?2"
		   " ORDER BY first_seen DESC LIMIT 4",
    [SQL_BY_TITLE] = "SELECT " ARTICLE_COLUMNS
		     " FROM article WHERE section = ?1 AND title_hash = ?2"
		     " ORDER BY first_seen DESC LIMIT 8",
    /* known after all: never announced again (P2) */
    [SQL_FRESH] = PUT_ARTICLE,
    /* by id, by address, or by an address folded that is one article's */
    [SQL_REPEATED] =
	"INSERT OR IGNORE INTO repeated SELECT ?1, ?2 WHERE NOT EXISTS"
	" (SELECT 1 FROM article WHERE section = ?1 AND id = ?2)"
	" AND (EXISTS (SELECT 1 FROM " SIBLINGS " WHERE " IN_SITE
	"   AND article.id = ?2)"
	"  OR EXISTS (SELECT 1 FROM " SIBLINGS
	"   INDEXED BY article_link WHERE " IN_SITE
	"   AND article.link_hash = ?3 AND article.link = ?4)"
	"  OR (NOT EXISTS (SELECT 1 FROM article"
	"    WHERE section = ?1 AND key_hash = ?5)"
	"   AND EXISTS (SELECT 1 FROM " SIBLINGS
	"    INDEXED BY article_key WHERE " IN_SITE
	"    AND article.key_hash = ?5)))",
    [SQL_CHANGED] =
	PUT_ARTICLE ", changed = max(changed, excluded.changed),"
		    " published = excluded.published,"
		    " precision = excluded.precision,"
		    " shown = min(excluded.shown, first_seen),"
		    " link = excluded.link, link_hash = excluded.link_hash,"
		    " key_hash = excluded.key_hash, title = excluded.title,"
		    " title_hash = excluded.title_hash,"
		    " author = excluded.author, image = excluded.image,"
		    " category = excluded.category, text = excluded.text",
    [SQL_LAST_SEEN] =
	"SELECT last_seen FROM article WHERE section = ?1 AND id = ?2",
    [SQL_SEEN] = "UPDATE article SET last_seen = ?3"
		 " WHERE section = ?1 AND id = ?2",
    [SQL_NEWEST] =
	"SELECT " ARTICLE_COLUMNS ", shown FROM article"
	" WHERE section = ?1 AND title IS NOT NULL" NEWEST_ORDER " LIMIT ?2",
    [SQL_SITE] = "SELECT number, category FROM section"
		 " WHERE path > ?1 AND path < ?2 ORDER BY number",
    [SQL_SITE_NEWEST] =
	"SELECT id, shown, first_seen, position FROM article"
	" WHERE section = ?1 AND title IS NOT NULL AND NOT EXISTS"
	"  (SELECT 1 FROM repeated WHERE repeated.section = ?1"
	"   AND repeated.id = article.id)" NEWEST_ORDER " LIMIT ?2",
    [SQL_TIMES] =
	"SELECT shown, first_seen, precision FROM article"
	" WHERE section = ?1 AND title IS NOT NULL" NEWEST_ORDER " LIMIT ?2",
    /* each count through its smallest index */
    [SQL_COUNT] = "SELECT (SELECT count(*) FROM article WHERE section = ?1),"
		  " (SELECT count(*) FROM article"
		  "  WHERE section = ?1 AND title IS NOT NULL)",
    [SQL_NEXT_SECTION] =
	"SELECT number FROM section WHERE number > ?1 ORDER BY number LIMIT 1",
    [SQL_EDGE] = "SELECT shown FROM article"
		 " WHERE section = ?1 AND title IS NOT NULL" NEWEST_ORDER
		 " LIMIT 1 OFFSET ?2",
    [SQL_OLD] = "SELECT count(*) FROM (SELECT 1 FROM article"
		" WHERE section = ?1 AND title IS NOT NULL"
		" AND last_seen < ?2 AND shown < ?3 LIMIT ?4)",
    [SQL_STUB] = "UPDATE article SET title = NULL, text = NULL, author = NULL,"
		 " image = NULL, category = NULL"
		 " WHERE section = ?1 AND id IN (SELECT id FROM article"
		 "  WHERE section = ?1 AND title IS NOT NULL"
		 "  AND last_seen < ?2 AND shown < ?3"
		 "  ORDER BY last_seen LIMIT ?4)",
    [SQL_READINGS] = "SELECT " READING_COLUMNS " FROM reading"
		     " WHERE section = ?1 ORDER BY number DESC LIMIT ?2",
    [SQL_ADD_READING] =
	"INSERT INTO reading (section, number, " READING_COLUMNS ") VALUES (?1,"
	" 1 + ifnull((SELECT max(number) FROM reading WHERE section = ?1), 0),"
	" ?2,?3,?4,?5,?6,?7,?8,?9)",
    [SQL_DROP_READINGS] =
	"DELETE FROM reading WHERE section = ?1 AND number <="
	" (SELECT max(number) FROM reading WHERE section = ?1) - ?2",
    [SQL_ROBOTS] = "SELECT asked, answered, failing, hold, status, text"
		   " FROM robots WHERE origin = ?1",
    [SQL_SAVE_ROBOTS] =
	"INSERT INTO robots (origin, asked, answered, failing, hold, status,"
	" text) VALUES (?1,?2,?3,?4,?5,?6,?7)"
	" ON CONFLICT (origin) DO UPDATE SET asked = excluded.asked,"
	" answered = excluded.answered, failing = excluded.failing,"
	" hold = excluded.hold, status = excluded.status,"
	" text = CASE WHEN ?8 THEN excluded.text ELSE text END",
    [SQL_DROP_ROBOTS] = "DELETE FROM robots WHERE asked < ?1",
};

enum batch {
	BATCH_NONE,
	BATCH_NORMAL, /* counters */
	BATCH_FULL,   /* articles */
	BATCH_LOST,   /* a write failed; only a rollback helps */
};

struct store {
	sqlite3 *db;
	sqlite3_stmt *statements[SQL_STATEMENTS];
	char *path;      /* of the database */
	char *aside;     /* what became of one that was damaged; or NULL */
	bool is_damaged; /* as a call has found */
	int lock;        /* -1: read only */
	enum batch batch;
	enum batch synchronous; /* what the pragma stands at */
	int64_t next_number;    /* of a new section; rises only */
	int64_t idle_section;   /* the last one looked at for stubs */
	uint64_t salt;          /* of the sets in store_known */
	int wal_pages;          /* waiting for a checkpoint */
	int wal_limit;
};

/* errno tells afterwards why the system failed, if it did. */
static int
step(sqlite3_stmt *statement)
{
	errno = 0;
	return sqlite3_step(statement);
}

/* ---- reasons ---- */

static const char *
words_of(struct store *store)
{
	sqlite3 *db = store->db;
	int code = sqlite3_errcode(db) & 0xff;
	store->is_damaged |= code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
	/* SQLite keeps none for a COMMIT that fails */
	int number = errno != 0 ? errno : sqlite3_system_errno(db);
	const char *system = number != 0 ? strerror(number) : NULL;
	switch (code) {
	case SQLITE_FULL:
		return "the disk is full";
	case SQLITE_READONLY:
		return "the database may not be written";
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return "another program holds the database";
	case SQLITE_CORRUPT:
		return "the database is damaged";
	case SQLITE_NOTADB:
		return "this is not a database";
	case SQLITE_IOERR:
		return system != NULL
			   ? system
			   : "the database cannot be read or written";
	case SQLITE_CANTOPEN:
		return system != NULL ? system
				      : "the database cannot be opened";
	case SQLITE_ROW:
		return "the database is damaged";
	default:
		return sqlite3_errmsg(db);
	}
}

static bool
fail(struct store *store, struct error *err, const char *doing)
{
	return error_set(err, "%s: %s", doing, words_of(store));
}

/* A write that failed: half of something may stand in the batch. */
static bool
fail_write(struct store *store, struct error *err, const char *doing)
{
	fail(store, err, doing);
	store->batch = BATCH_LOST;
	return false;
}

static bool
run(struct store *store, const char *command, struct error *err)
{
	errno = 0;
	if (sqlite3_exec(store->db, command, NULL, NULL, NULL) == SQLITE_OK)
		return true;
	return fail(store, err, "database");
}

/* One statement that gives no row: an open read would stop the checkpoint, so
 * each is reset at once. */
static bool
run_statement(struct store *store, enum statement which)
{
	sqlite3_stmt *statement = store->statements[which];
	int result = step(statement);
	(void)sqlite3_reset(statement); /* says again what step said */
	(void)sqlite3_clear_bindings(statement);
	return result == SQLITE_DONE;
}

/* The number in the first row; `none` without a row. */
static bool
get_number(
    struct store *store, enum statement which, int64_t none, int64_t *number)
{
	sqlite3_stmt *statement = store->statements[which];
	int result = step(statement);
	if (result == SQLITE_ROW)
		*number = sqlite3_column_int64(statement, 0);
	else if (result == SQLITE_DONE)
		*number = none;
	(void)sqlite3_reset(statement);
	return result == SQLITE_ROW || result == SQLITE_DONE;
}

static bool
ask_number(struct store *store, const char *query, int64_t *number)
{
	sqlite3_stmt *statement = NULL;
	bool good = sqlite3_prepare_v2(
			store->db, query, -1, &statement, NULL) == SQLITE_OK &&
		    step(statement) == SQLITE_ROW;
	if (good)
		*number = sqlite3_column_int64(statement, 0);
	(void)sqlite3_finalize(statement);
	return good;
}

/* ---- opening ---- */

void
store_tell(struct store *store, const char *lines)
{
	char *text = xasprintf("%ld\n%s", (long)getpid(), lines);
	if (ftruncate(store->lock, 0) == 0)
		(void)!pwrite(store->lock, text, strlen(text), 0);
	free(text);
}

char *
store_told(const char *directory)
{
	char *path = xasprintf("%s/metrofeed.lock", directory);
	char text[TOLD_MAX_BYTES];
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	ssize_t got = fd == -1 ? -1 : pread(fd, text, sizeof(text) - 1, 0);
	if (fd != -1)
		close(fd);
	free(path);
	if (got <= 0)
		return NULL;
	text[got] = '\0';
	const char *lines = strchr(text, '\n');
	return lines != NULL && lines[1] != '\0' ? xstrdup(lines + 1) : NULL;
}

static bool
take_lock(struct store *store, const char *directory, struct error *err)
{
	char *path = xasprintf("%s/metrofeed.lock", directory);
	char pid[32] = "";
	int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd == -1) {
		error_set(err, "%s: %s", path, strerror(errno));
	} else if (flock(fd, LOCK_EX | LOCK_NB) == -1) {
		int reason = errno;
		ssize_t got = pread(fd, pid, sizeof(pid) - 1, 0);
		pid[got > 0 ? strspn(pid, "0123456789") : 0] = '\0';
		if (reason == EWOULDBLOCK)
			error_set(err, "another metrofeed (pid %s) uses %s",
			    pid[0] != '\0' ? pid : "unknown", directory);
		else
			error_set(err, "%s: %s", path, strerror(reason));
		close(fd);
	} else {
		/* a help for messages; the lock itself is what counts */
		store->lock = fd;
		store_tell(store, "");
	}
	free(path);
	return store->lock != -1;
}

static bool
sync_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool good = fd != -1 && fsync(fd) == 0;
	if (fd != -1)
		close(fd);
	return good;
}

/*
 * The way back to the older program, should this one disappoint: whole and on
 * the disk before the first byte is changed.  One that was cut short has
 * another name.
 */
static bool
keep_copy(
    struct store *store, const char *path, int64_t version, struct error *err)
{
	char *copy = xasprintf("%s.v%lld", path, (long long)version);
	char *part = xasprintf("%s.part", copy);
	sqlite3_stmt *vacuum = NULL;
	(void)unlink(part); /* of an attempt before, if any */
	errno = 0;
	bool good = sqlite3_prepare_v2(store->db, "VACUUM INTO ?1", -1, &vacuum,
			NULL) == SQLITE_OK &&
		    sqlite3_bind_text(vacuum, 1, part, -1, SQLITE_STATIC) ==
			SQLITE_OK &&
		    step(vacuum) == SQLITE_DONE;
	if (!good)
		error_set(err, "%s: copying it before an upgrade: %s", path,
		    words_of(store));
	(void)sqlite3_finalize(vacuum);
	if (good && (!sync_file(part) || rename(part, copy) == -1))
		good = error_set(err, "%s: %s", copy, strerror(errno));
	if (good)
		path_sync_parent(copy);
	else
		(void)unlink(part);
	free(part);
	free(copy);
	return good;
}

static bool
migrate(struct store *store, int64_t version, struct error *err)
{
	char made[128];
	(void)snprintf(made, sizeof(made),
	    "PRAGMA application_id=%d; PRAGMA user_version=%d;",
	    STORE_APPLICATION, STORE_VERSION);
	bool good = run(store, "BEGIN IMMEDIATE", err);
	for (; good && version < STORE_VERSION; version++)
		good = run(store, store_schema[version], err);
	good = good && run(store, made, err) && run(store, "COMMIT", err);
	if (!good && !sqlite3_get_autocommit(store->db))
		(void)run(store, "ROLLBACK", NULL); /* closed anyway */
	return good;
}

/* Not marked as ours: another program's, or ours with a damaged head. */
static bool
check_stranger(struct store *store, const char *path, struct error *err)
{
	int64_t ours = 0;
	(void)ask_number(store,
	    "SELECT count(*) FROM sqlite_schema WHERE name IN"
	    " ('article_newest', 'article_unseen', 'sections')",
	    &ours);
	store->is_damaged = ours == 3;
	if (store->is_damaged)
		return error_set(err, "%s: its head is damaged", path);
	return error_set(
	    err, "%s: is the database of another program; move it away", path);
}

/* Whose file is it?  Asked before the first byte of it is changed. */
static bool
check_owner(
    struct store *store, const char *path, int64_t *version, struct error *err)
{
	int64_t application, tables;
	if (!ask_number(store, "PRAGMA user_version", version) ||
	    !ask_number(store, "PRAGMA application_id", &application) ||
	    !ask_number(store, "SELECT count(*) FROM sqlite_schema", &tables))
		return error_set(err, "%s: %s%s", path, words_of(store),
		    sqlite3_errcode(store->db) == SQLITE_NOTADB
			? "; move it away"
			: "");
	bool empty = *version == 0 && application == 0 && tables == 0;
	if (!empty && application != STORE_APPLICATION)
		return check_stranger(store, path, err);
	if (*version < 0 || *version > STORE_VERSION + VERSION_LEAP) {
		store->is_damaged = true;
		return error_set(err, "%s: its version is damaged", path);
	}
	if (*version > STORE_VERSION)
		return error_set(err,
		    "%s: was written by a newer metrofeed (version %lld, this "
		    "one knows %d); install that one",
		    path, (long long)*version, STORE_VERSION);
	return true;
}

/* Some file systems cannot share memory; SQLite then says what it fell back
 * to and no error. */
static bool
use_wal(struct store *store, const char *path, struct error *err)
{
	sqlite3_stmt *statement = NULL;
	bool good = sqlite3_prepare_v2(store->db, "PRAGMA journal_mode=WAL", -1,
			&statement, NULL) == SQLITE_OK &&
		    step(statement) == SQLITE_ROW;
	const char *mode =
	    good ? (const char *)sqlite3_column_text(statement, 0) : NULL;
	if (!good)
		error_set(err, "%s: %s", path, words_of(store));
	else if (mode == NULL || strcmp(mode, "wal") != 0)
		good = error_set(err,
		    "%s: this file system cannot hold the database (no shared "
		    "memory for its log)",
		    path);
	(void)sqlite3_finalize(statement);
	return good;
}

static int
on_wal(void *arg, sqlite3 *db, const char *name, int pages)
{
	(void)db;
	(void)name;
	struct store *store = arg;
	store->wal_pages = pages;
	return SQLITE_OK;
}

static bool
prepare(struct store *store, bool write, const char *path, struct error *err)
{
	for (int i = 0; i < SQL_STATEMENTS; i++) {
		int result = sqlite3_prepare_v3(store->db, sql[i], -1,
		    SQLITE_PREPARE_PERSISTENT, &store->statements[i], NULL);
		if (result == SQLITE_OK)
			continue;
		/* of our version, and yet without one of its columns: what a
		 * bit that flipped inside the schema's text leaves */
		store->is_damaged |= result == SQLITE_ERROR;
		return error_set(err, "%s: %s", path, words_of(store));
	}
	if (!write)
		return true;
	if (!ask_number(store, "SELECT ifnull(max(number), 0) + 1 FROM section",
		&store->next_number))
		return error_set(err, "%s: %s", path, words_of(store));
	/* what a crash left in the log is checkpointed when idle; wal_hook
	 * takes the place of the automatic checkpoint inside COMMIT */
	store->wal_pages = 1;
	store->wal_limit = WAL_MAX_PAGES;
	(void)sqlite3_wal_hook(store->db, on_wal, store);
	sqlite3_randomness(sizeof(store->salt), &store->salt);
	return true;
}

static bool
connect_to(struct store *store, const char *path, int flags, int64_t *version,
    struct error *err)
{
	errno = 0;
	if (sqlite3_open_v2(path, &store->db,
		flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE,
		NULL) != SQLITE_OK)
		return error_set(err, "%s: %s", path,
		    store->db != NULL ? words_of(store) : "no memory");
	(void)sqlite3_busy_timeout(store->db, BUSY_MS); /* cannot fail */
	return check_owner(store, path, version, err);
}

static bool
open_to_write(struct store *store, const char *path, struct error *err)
{
	int64_t version;
	if (!connect_to(store, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
		&version, err) ||
	    !use_wal(store, path, err) ||
	    !run(store,
		"PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;"
		"PRAGMA journal_size_limit=67108864; PRAGMA foreign_keys=ON;"
		"PRAGMA cache_size=-2000; PRAGMA trusted_schema=OFF;"
		"PRAGMA temp_store=MEMORY",
		err))
		return false;
	store->synchronous = BATCH_FULL;
	if (version > 0 && version < STORE_VERSION &&
	    !keep_copy(store, path, version, err))
		return false;
	if (version < STORE_VERSION && !migrate(store, version, err))
		return false;
	return prepare(store, true, path, err);
}

/* The path as a file: URI that promises that nobody writes. */
static char *
immutable_uri(const char *path)
{
	struct buffer uri = {0};
	buffer_add_string(&uri, "file:");
	for (const char *at = path; *at != '\0'; at++) {
		if (*at == '%' || *at == '?' || *at == '#')
			buffer_add_format(&uri, "%%%02X", *at);
		else
			buffer_add_byte(&uri, *at);
	}
	buffer_add_string(&uri, "?immutable=1");
	return buffer_take(&uri);
}

/*
 * The log's index would have to be made beside a database that nobody has open;
 * who may not write there is refused by SQLite.  But without a log there is
 * nobody who writes, and the file can be read as it stands.
 */
static bool
open_resting(
    struct store *store, const char *path, int64_t *version, struct error *err)
{
	char *log = xasprintf("%s-wal", path);
	bool resting = access(log, F_OK) == -1 && errno == ENOENT;
	free(log);
	if (!resting)
		return false;
	char *uri = immutable_uri(path);
	(void)sqlite3_close(store->db);
	store->db = NULL;
	bool good = connect_to(
	    store, uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, version, err);
	free(uri);
	return good;
}

static bool
open_to_read(struct store *store, const char *path, struct error *err)
{
	int64_t version;
	if (access(path, R_OK) == -1)
		return error_set(err, "%s: %s%s", path, strerror(errno),
		    errno == ENOENT ? " (nothing was recorded yet)" : "");
	if (!connect_to(store, path, SQLITE_OPEN_READONLY, &version, err)) {
		int reason = sqlite3_errcode(store->db) & 0xff;
		if ((reason != SQLITE_CANTOPEN && reason != SQLITE_READONLY) ||
		    !open_resting(store, path, &version, err))
			return false;
	}
	if (version < STORE_VERSION)
		return error_set(err,
		    "%s: was written by an older metrofeed; run this one once",
		    path);
	return prepare(store, false, path, err);
}

/* ---- a damaged one ---- */

static void
disconnect(struct store *store, bool as_it_is)
{
	for (int i = 0; i < SQL_STATEMENTS; i++) {
		(void)sqlite3_finalize(store->statements[i]);
		store->statements[i] = NULL;
	}
	if (as_it_is && store->db != NULL)
		(void)sqlite3_db_config(
		    store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	/* else the last one to close checkpoints and takes the log away */
	(void)sqlite3_close(store->db);
	store->db = NULL;
	store->batch = BATCH_NONE;
}

static char *
free_name(const char *path)
{
	char stamp[21];
	date_format_rfc3339(clock_now_s(), stamp);
	char *name = xasprintf("%s.damaged-%s", path, stamp);
	for (int i = 2; access(name, F_OK) == 0; i++) {
		free(name);
		name = xasprintf("%s.damaged-%s-%d", path, stamp, i);
	}
	return name;
}

/* Never deleted: more may be saved from it by hand.  The database goes first:
 * what is left of it then is a log alone, which is_half() tells. */
static bool
set_aside(struct store *store, const char *why, struct error *err)
{
	static const char *const ends[] = {"", "-wal", "-shm"};
	char *aside = free_name(store->path);
	bool good = true;
	disconnect(store, true);
	for (size_t i = 0; good && i < sizeof(ends) / sizeof(*ends); i++) {
		char *from = xasprintf("%s%s", store->path, ends[i]);
		char *to = xasprintf("%s%s", aside, ends[i]);
		if (rename(from, to) == -1 && errno != ENOENT)
			good = error_set(err, "%s: %s", from, strerror(errno));
		free(to);
		free(from);
	}
	path_sync_parent(store->path);
	if (good) {
		free(store->aside);
		store->aside = xasprintf("%s; it is kept as %s", why, aside);
	}
	free(aside);
	store->is_damaged = false;
	return good;
}

static int64_t
size_of(const char *path, const char *end)
{
	struct stat status;
	char *name = xasprintf("%s%s", path, end);
	int64_t size = stat(name, &status) == 0 ? status.st_size : 0;
	free(name);
	return size;
}

/* A log whose database is gone: SQLite would delete it. */
static bool
is_half(const char *path, struct error *err)
{
	if (size_of(path, "") > 0 || size_of(path, "-wal") == 0)
		return false;
	(void)error_set(err, "%s: is gone, but its log is there", path);
	return true;
}

static bool
open_checked(struct store *store, struct error *err)
{
	const char *path = store->path;
	bool wants_check =
	    size_of(path, "") <= CHECK_MAX_BYTES || size_of(path, "-wal") > 0;
	return open_to_write(store, path, err) &&
	       (!wants_check || store_check(store, err));
}

static bool
open_or_renew(struct store *store, struct error *err)
{
	struct error why = {{0}};
	if (is_half(store->path, &why))
		store->is_damaged = true;
	else if (open_checked(store, &why))
		return true;
	if (!store->is_damaged)
		return error_set(err, "%s", why.reason);
	return set_aside(store, why.reason, err) &&
	       open_to_write(store, store->path, err);
}

bool
store_is_damaged(const struct store *store)
{
	return store->is_damaged;
}

const char *
store_aside(const struct store *store)
{
	return store->aside;
}

bool
store_renew(struct store *store, struct error *err)
{
	char *why = xasprintf("%s: was damaged", store->path);
	bool good = set_aside(store, why, err) &&
		    open_to_write(store, store->path, err);
	store->idle_section = 0;
	free(why);
	return good;
}

/* ---- life ---- */

struct store *
store_open(const char *directory, enum store_mode mode, struct error *err)
{
	struct store *store = xcalloc(1, sizeof(*store));
	bool good;
	store->path = xasprintf("%s/metrofeed.db", directory);
	store->lock = -1;
	if (mode == STORE_READ)
		good = open_to_read(store, store->path, err);
	else
		good = path_make_folders(directory, err) &&
		       take_lock(store, directory, err) &&
		       open_or_renew(store, err);
	if (good)
		return store;
	store_close(store);
	return NULL;
}

void
store_close(struct store *store)
{
	if (store == NULL)
		return;
	if (store->batch != BATCH_NONE)
		/* who wants to know commits before */
		(void)store_commit(store, false, NULL);
	disconnect(store, false);
	if (store->lock != -1)
		close(store->lock);
	free(store->aside);
	free(store->path);
	free(store);
}

/* ---- batches ---- */

static bool
set_synchronous(struct store *store, enum batch kind, struct error *err)
{
	if (store->synchronous == kind)
		return true;
	if (!run(store,
		kind == BATCH_FULL ? "PRAGMA synchronous=FULL"
				   : "PRAGMA synchronous=NORMAL",
		err))
		return false;
	store->synchronous = kind;
	return true;
}

/* Before each write; the rule is in the header. */
static bool
begin(struct store *store, enum batch kind, struct error *err)
{
	if (store->batch == BATCH_LOST)
		return error_set(
		    err, "an earlier write of this batch has failed");
	if (store->batch == BATCH_FULL || store->batch == kind)
		return true;
	if (store->batch == BATCH_NORMAL && !store_commit(store, false, err))
		return false;
	if (!set_synchronous(store, kind, err))
		return false;
	if (!run_statement(store, SQL_BEGIN))
		return fail(store, err, "beginning a batch");
	store->batch = kind;
	return true;
}

bool
store_has_batch(const struct store *store)
{
	return store->batch != BATCH_NONE;
}

void
store_rollback(struct store *store)
{
	/* SQLite may have done so by itself (disk full); if it cannot, the
	 * next BEGIN says so */
	if (!sqlite3_get_autocommit(store->db))
		(void)run_statement(store, SQL_ROLLBACK);
	store->batch = BATCH_NONE;
}

/* PASSIVE waits for nobody; what a reader holds back comes next time. */
static void
checkpoint(struct store *store)
{
	int pages = -1, moved = -1;
	int result = sqlite3_wal_checkpoint_v2(
	    store->db, NULL, SQLITE_CHECKPOINT_PASSIVE, &pages, &moved);
	store->is_damaged |= (result & 0xff) == SQLITE_CORRUPT;
	if (result == SQLITE_OK && pages == moved) {
		store->wal_pages = 0;
		store->wal_limit = WAL_MAX_PAGES;
	} else
		store->wal_limit = store->wal_pages + WAL_MAX_PAGES;
}

/* Whatever was committed with NORMAL is on the disk when the log is synced,
 * and a FULL commit syncs it; this one changes nothing. */
static bool
sync_log(struct store *store, struct error *err)
{
	char same[64];
	(void)snprintf(
	    same, sizeof(same), "PRAGMA user_version=%d", STORE_VERSION);
	if (!begin(store, BATCH_FULL, err))
		return false;
	if (run(store, same, err) && run_statement(store, SQL_COMMIT)) {
		store->batch = BATCH_NONE;
		return true;
	}
	fail(store, err, "syncing");
	store_rollback(store);
	return false;
}

bool
store_commit(struct store *store, bool durable, struct error *err)
{
	enum batch kind = store->batch;
	if (kind == BATCH_NONE)
		return true;
	if (kind == BATCH_LOST || sqlite3_get_autocommit(store->db)) {
		store_rollback(store);
		return error_set(
		    err, "a write of this batch has failed; it is dropped");
	}
	if (!run_statement(store, SQL_COMMIT)) {
		fail(store, err, "ending a batch");
		store_rollback(store);
		return false;
	}
	store->batch = BATCH_NONE;
	if (store->wal_pages >= store->wal_limit)
		checkpoint(store);
	return !durable || kind == BATCH_FULL || sync_log(store, err);
}

/* ---- columns ---- */

static char *
column(sqlite3_stmt *statement, int index)
{
	return xstrdup_or_null(
	    (const char *)sqlite3_column_text(statement, index));
}

/* Strings stay until the statement is reset: no copy. */
static void
bind(sqlite3_stmt *statement, int index, const char *string)
{
	if (string != NULL)
		(void)sqlite3_bind_text(
		    statement, index, string, -1, SQLITE_STATIC);
	else
		(void)sqlite3_bind_null(statement, index);
}

static void
bind_number(sqlite3_stmt *statement, int index, int64_t number)
{
	(void)sqlite3_bind_int64(statement, index, number);
}

/* ---- sections ---- */

static struct feed_file
read_file(sqlite3_stmt *row, int at)
{
	return (struct feed_file){
	    .hash = (uint64_t)sqlite3_column_int64(row, at),
	    .length = sqlite3_column_int64(row, at + 1),
	    .mtime_s = sqlite3_column_int64(row, at + 2),
	};
}

static struct section_state
read_section(sqlite3_stmt *row)
{
	const void *window = sqlite3_column_blob(row, 38);
	size_t window_length = (size_t)sqlite3_column_bytes(row, 38);
	return (struct section_state){
	    .number = sqlite3_column_int64(row, 0),
	    .path = column(row, 1),
	    .url = column(row, 2),
	    .etag = column(row, 3),
	    .last_modified = column(row, 4),
	    .validated_s = sqlite3_column_int64(row, 5),
	    .body_hash = (uint64_t)sqlite3_column_int64(row, 6),
	    .rules_hash = (uint64_t)sqlite3_column_int64(row, 7),
	    .due_s = sqlite3_column_int64(row, 8),
	    .round_s = sqlite3_column_int64(row, 9),
	    .good_s = sqlite3_column_int64(row, 10),
	    .news_s = sqlite3_column_int64(row, 11),
	    .failures = (uint32_t)sqlite3_column_int64(row, 12),
	    .item_count = (uint32_t)sqlite3_column_int64(row, 13),
	    .rounds = (uint64_t)sqlite3_column_int64(row, 14),
	    .rounds_good = (uint64_t)sqlite3_column_int64(row, 15),
	    .stage = column(row, 16),
	    .reason = column(row, 17),
	    .site_title = column(row, 18),
	    .title = column(row, 19),
	    .language = column(row, 20),
	    .icon = column(row, 21),
	    .feed_updated_s = sqlite3_column_int64(row, 22),
	    .feed_dirty = sqlite3_column_int(row, 26) != 0,
	    .hold_s = sqlite3_column_int64(row, 27),
	    .asked_s = sqlite3_column_int64(row, 28),
	    .unread = (uint32_t)sqlite3_column_int64(row, 29),
	    .unread_rounds = (uint32_t)sqlite3_column_int64(row, 30),
	    .files = {[FORMAT_ATOM] = read_file(row, 23),
		[FORMAT_RSS] = read_file(row, 31),
		[FORMAT_JSON] = read_file(row, 34)},
	    .category = column(row, 37),
	    .window = window != NULL ? xmemdup(window, window_length) : NULL,
	    .window_length = window != NULL ? window_length : 0,
	    .cut_rounds = (uint32_t)sqlite3_column_int64(row, 39),
	};
}

/* In the order of SECTION_COLUMNS. */
static void
bind_section(
    sqlite3_stmt *statement, const struct section_state *state, int64_t number)
{
	const char *strings[] = {
	    state->path, state->url, state->etag, state->last_modified};
	const int64_t numbers[] = {state->validated_s,
	    (int64_t)state->body_hash, (int64_t)state->rules_hash, state->due_s,
	    state->round_s, state->good_s, state->news_s, state->failures,
	    state->item_count, (int64_t)state->rounds,
	    (int64_t)state->rounds_good};
	const char *words[] = {state->stage, state->reason, state->site_title,
	    state->title, state->language, state->icon};
	const struct feed_file *atom = &state->files[FORMAT_ATOM];
	const struct feed_file *rss = &state->files[FORMAT_RSS];
	const struct feed_file *json = &state->files[FORMAT_JSON];
	const int64_t feed[] = {state->feed_updated_s, (int64_t)atom->hash,
	    atom->length, atom->mtime_s, state->feed_dirty, state->hold_s,
	    state->asked_s, state->unread, state->unread_rounds,
	    (int64_t)rss->hash, rss->length, rss->mtime_s, (int64_t)json->hash,
	    json->length, json->mtime_s};
	int at = 1;
	bind_number(statement, at++, number);
	for (size_t i = 0; i < sizeof(strings) / sizeof(*strings); i++)
		bind(statement, at++, strings[i]);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		bind_number(statement, at++, numbers[i]);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		bind(statement, at++, words[i]);
	for (size_t i = 0; i < sizeof(feed) / sizeof(*feed); i++)
		bind_number(statement, at++, feed[i]);
	bind(statement, at++, state->category);
	/* without a window this is NULL, as SQLite has it */
	(void)sqlite3_bind_blob64(statement, at++, state->window,
	    state->window_length, SQLITE_STATIC);
	bind_number(statement, at, state->cut_rounds);
}

void
section_state_clear(struct section_state *state)
{
	free(state->path);
	free(state->url);
	free(state->etag);
	free(state->last_modified);
	free(state->stage);
	free(state->reason);
	free(state->site_title);
	free(state->title);
	free(state->language);
	free(state->icon);
	free(state->category);
	free(state->window);
	*state = (struct section_state){0};
}

bool
section_state_is_refused(const struct section_state *state)
{
	return state->failures == 0 && state->stage != NULL &&
	       strcmp(state->stage, "robots") == 0;
}

bool
store_section(struct store *store, const char *path,
    struct section_state *state, struct error *err)
{
	sqlite3_stmt *statement = store->statements[SQL_SECTION];
	bind(statement, 1, path);
	int result = step(statement);
	if (result == SQLITE_ROW)
		*state = read_section(statement);
	else if (result == SQLITE_DONE)
		*state = (struct section_state){.path = xstrdup(path)};
	else
		fail(store, err, "reading a section");
	(void)sqlite3_reset(statement);
	(void)sqlite3_clear_bindings(statement);
	return result == SQLITE_ROW || result == SQLITE_DONE;
}

bool
store_sections(struct store *store, struct section_state **list, size_t *count,
    struct error *err)
{
	sqlite3_stmt *statement = store->statements[SQL_SECTIONS];
	struct section_state *rows = NULL;
	size_t used = 0, capacity = 0;
	int result;
	while ((result = step(statement)) == SQLITE_ROW) {
		if (used == capacity) {
			capacity = capacity * 2 + 16;
			rows = xreallocarray(rows, capacity, sizeof(*rows));
		}
		rows[used++] = read_section(statement);
	}
	if (result != SQLITE_DONE)
		fail(store, err, "reading sections");
	(void)sqlite3_reset(statement);
	if (result == SQLITE_DONE) {
		*list = rows;
		*count = used;
		return true;
	}
	while (used > 0)
		section_state_clear(&rows[--used]);
	free(rows);
	return false;
}

/* 0: it has no row; -1: the database says no. */
static int64_t
put_section(struct store *store, enum statement which,
    const struct section_state *state, int64_t number)
{
	sqlite3_stmt *statement = store->statements[which];
	int64_t given = 0;
	bind_section(statement, state, number);
	int result = step(statement);
	if (result == SQLITE_ROW) {
		given = sqlite3_column_int64(statement, 0);
		result = step(statement);
	}
	(void)sqlite3_reset(statement);
	(void)sqlite3_clear_bindings(statement);
	return result == SQLITE_DONE ? given : -1;
}

/* A number that a rolled back batch gave away stays with its section: articles
 * may be recorded by it before the row is written again. */
bool
store_save_section(
    struct store *store, struct section_state *state, struct error *err)
{
	if (!begin(store, BATCH_NORMAL, err))
		return false;
	int64_t wanted =
	    state->number != 0 ? state->number : store->next_number;
	int64_t number = put_section(store, SQL_UPDATE_SECTION, state, wanted);
	if (number == 0)
		number = put_section(store, SQL_INSERT_SECTION, state, wanted);
	if (number < 0)
		return fail_write(store, err, "saving a section");
	if (number >= store->next_number)
		store->next_number = number + 1;
	state->number = number;
	return true;
}

int64_t
store_host_round(struct store *store, const char *host)
{
	int64_t round_s = 0;
	bind(store->statements[SQL_HOST], 1, host);
	/* what cannot be read holds nobody up */
	(void)get_number(store, SQL_HOST, 0, &round_s);
	(void)sqlite3_clear_bindings(store->statements[SQL_HOST]);
	return round_s;
}

/* ---- articles ---- */

static enum precision
read_precision(sqlite3_stmt *row, int index)
{
	int precision = sqlite3_column_int(row, index);
	return precision >= PRECISION_NONE && precision <= PRECISION_SECOND
		   ? (enum precision)precision
		   : PRECISION_NONE;
}

/* In the order of ARTICLE_COLUMNS. */
static struct article
read_article(sqlite3_stmt *row)
{
	return (struct article){
	    .id = column(row, 0),
	    .link = column(row, 1),
	    .title = column(row, 2),
	    .author = column(row, 3),
	    .image = column(row, 4),
	    .category = column(row, 5),
	    .text = column(row, 6),
	    .published = {.at_s = sqlite3_column_int64(row, 7),
		.precision = read_precision(row, 8)},
	    .first_seen_s = sqlite3_column_int64(row, 9),
	    .changed_s = sqlite3_column_int64(row, 10),
	    .last_seen_s = sqlite3_column_int64(row, 11),
	    .position = sqlite3_column_int(row, 12),
	};
}

/*
 * Bytes of a text are in no check of SQLite's (a page that only goes on with a
 * text can be zeroed unnoticed); but what was written is valid UTF-8 without
 * NUL.
 */
static bool
row_is_whole(struct store *store, sqlite3_stmt *row)
{
	static const int columns[] = {0, 1, 2, 6}; /* id, link, title, text */
	for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++) {
		const char *text =
		    (const char *)sqlite3_column_text(row, columns[i]);
		size_t length = (size_t)sqlite3_column_bytes(row, columns[i]);
		if (text != NULL &&
		    (strlen(text) != length || !text_is_utf8(text, length)))
			store->is_damaged = true;
	}
	return !store->is_damaged;
}

static void
articles_append(struct articles *to, struct articles *from)
{
	for (size_t i = 0; i < from->count; i++)
		articles_add(to, from->list[i]);
	free(from->list); /* its articles have moved */
	*from = (struct articles){0};
}

/* A number never 0, so that 0 can mean none. */
static int64_t
hash_string(const char *string)
{
	uint64_t hash = hash_bytes(string, strlen(string));
	return hash != 0 ? (int64_t)hash : 1;
}

static int64_t
hash_link_key(const char *link)
{
	char *key = url_key(link);
	int64_t hash = hash_string(key);
	free(key);
	return hash;
}

/* ---- what could be known ---- */

/* Hashes, open addressing; the salt is ours alone, so that no page can choose
 * where its own fall. */
struct set {
	uint64_t salt;
	int64_t *slots; /* 0: free */
	size_t count, size;
};

static bool
set_add(struct set *set, int64_t hash)
{
	if (set->count * 2 >= set->size) {
		struct set larger = {.salt = set->salt,
		    .size = set->size == 0 ? 256 : set->size * 2};
		larger.slots = xcalloc(larger.size, sizeof(*larger.slots));
		for (size_t i = 0; i < set->size; i++)
			if (set->slots[i] != 0)
				(void)set_add(&larger, set->slots[i]);
		free(set->slots);
		*set = larger;
	}
	/* multiply and shift: Dietzfelbinger et al., 1997 */
	size_t at =
	    (size_t)((uint64_t)hash * (set->salt | 1) >> 32) & (set->size - 1);
	for (; set->slots[at] != 0; at = (at + 1) & (set->size - 1))
		if (set->slots[at] == hash)
			return false;
	set->slots[at] = hash;
	set->count++;
	return true;
}

struct known {
	struct store *store;
	struct articles found;
	struct set ids;   /* found */
	struct set asked; /* titles, links and keys looked for */
	size_t bytes;     /* of text found */
	char *authorities[MAX_AUTHORITIES]; /* others that minted ids here */
	size_t authority_count;
	struct error why; /* of a failure: the next bind would forget it */
};

/* Adds the rows of a bound look-up that are not there yet; how many it saw, or
 * -1. */
static int
look_up(struct known *known, enum statement which)
{
	sqlite3_stmt *statement = known->store->statements[which];
	int result, rows = 0;
	/* an id is always looked for: what is known by it must not be new */
	if (which != SQL_BY_ID && known->bytes > KNOWN_MAX_BYTES)
		return 0;
	while ((result = step(statement)) == SQLITE_ROW) {
		const char *id =
		    (const char *)sqlite3_column_text(statement, 0);
		if (!row_is_whole(known->store, statement))
			break;
		rows++;
		if (!set_add(&known->ids, hash_string(id)))
			continue;
		articles_add(&known->found, read_article(statement));
		known->bytes += (size_t)sqlite3_column_bytes(statement, 6);
	}
	if (result != SQLITE_DONE)
		fail(known->store, &known->why, "reading articles");
	(void)sqlite3_reset(statement);
	return result == SQLITE_DONE ? rows : -1;
}

/* Many articles of one page may have one title or link: each is asked once. */
static bool
look_up_hash(struct known *known, enum statement which, int64_t hash)
{
	int64_t mark = hash ^ (int64_t)which;
	if (!set_add(&known->asked, mark != 0 ? mark : 1))
		return true;
	bind_number(known->store->statements[which], 2, hash);
	return look_up(known, which) >= 0;
}

/*
 * Who else minted ids in this section: before the site moved, or id-authority
 * was set.  The ids are in order, so that each authority costs one look.
 */
static bool
find_authorities(struct known *known, int64_t section, const char *authority)
{
	sqlite3_stmt *statement = known->store->statements[SQL_ID_FROM];
	char *from = xstrdup("tag:");
	int result = SQLITE_ROW;
	for (size_t i = 0; from != NULL && i < MAX_AUTHORITIES; i++) {
		char *found = NULL;
		bind_number(statement, 1, section);
		bind(statement, 2, from);
		result = step(statement);
		if (result == SQLITE_ROW)
			found = identity_authority(
			    (const char *)sqlite3_column_text(statement, 0));
		else if (result != SQLITE_DONE)
			fail(known->store, &known->why, "reading articles");
		(void)sqlite3_reset(statement);
		(void)sqlite3_clear_bindings(statement);
		free(from);
		/* ";" follows ":", so that this is past all of its ids */
		from = found == NULL ? NULL : xasprintf("tag:%s,2026;", found);
		if (found != NULL && strcmp(found, authority) != 0)
			known->authorities[known->authority_count++] = found;
		else
			free(found);
	}
	free(from);
	return result == SQLITE_ROW || result == SQLITE_DONE;
}

/* By the number that article-link captured. */
static int
look_up_ids(
    struct known *known, const struct article *article, const char *authority)
{
	sqlite3_stmt *by_id = known->store->statements[SQL_BY_ID];
	char *id = identity_of_article(article, authority);
	int rows = 0;
	if (id != NULL) {
		bind(by_id, 2, id);
		rows = look_up(known, SQL_BY_ID);
		bind(by_id, 2, NULL);
		free(id);
	}
	if (article->key == NULL || article->key[0] == '\0')
		return rows;
	for (size_t i = 0; rows == 0 && i < known->authority_count; i++) {
		id = identity_of_article(article, known->authorities[i]);
		bind(by_id, 2, id);
		rows = look_up(known, SQL_BY_ID);
		bind(by_id, 2, NULL);
		free(id);
	}
	return rows;
}

static bool
look_up_article(
    struct known *known, const struct article *article, const char *authority)
{
	int rows = look_up_ids(known, article, authority);
	/* its own id is the surest sign: nothing else could be it */
	if (rows != 0)
		return rows > 0;
	if (article->link != NULL &&
	    (!look_up_hash(known, SQL_BY_LINK, hash_string(article->link)) ||
		!look_up_hash(known, SQL_BY_KEY, hash_link_key(article->link))))
		return false;
	return article->title == NULL || article->title[0] == '\0' ||
	       look_up_hash(known, SQL_BY_TITLE, hash_string(article->title));
}

bool
store_known(struct store *store, int64_t section, const char *authority,
    const struct articles *seen, struct articles *known, struct error *err)
{
	struct known work = {
	    .store = store,
	    .ids = {.salt = store->salt},
	    .asked = {.salt = store->salt},
	};
	bool good = find_authorities(&work, section, authority);
	for (int which = SQL_BY_ID; which <= SQL_BY_TITLE; which++)
		bind_number(store->statements[which], 1, section);
	for (size_t i = 0; good && i < seen->count; i++)
		good = look_up_article(&work, &seen->list[i], authority);
	if (good)
		articles_append(known, &work.found);
	else
		error_set(err, "%s", work.why.reason);
	articles_clear(&work.found);
	while (work.authority_count > 0)
		free(work.authorities[--work.authority_count]);
	free(work.ids.slots);
	free(work.asked.slots);
	return good;
}

/* ---- recording ---- */

static bool
put_article(struct store *store, enum statement which, int64_t section,
    const struct article *article, struct error *err)
{
	sqlite3_stmt *statement = store->statements[which];
	/* NULL would make a stub of it */
	const char *title = article->title != NULL ? article->title : "";
	const char *strings[] = {article->id, article->link, title,
	    article->author, article->image, article->category, article->text};
	const int64_t numbers[] = {article->published.at_s,
	    (int64_t)article->published.precision, article->first_seen_s,
	    article->changed_s, article->last_seen_s, article->position,
	    hash_string(article->link), hash_link_key(article->link),
	    hash_string(title), article_published_s(article)};
	int at = 1;
	bind_number(statement, at++, section);
	for (size_t i = 0; i < sizeof(strings) / sizeof(*strings); i++)
		bind(statement, at++, strings[i]);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		bind_number(statement, at++, numbers[i]);
	return run_statement(store, which) ||
	       fail_write(store, err, "saving an article");
}

/* Before the article is put: what the section has already is its own. */
static bool
note_repeated(struct store *store, int64_t section,
    const struct article *article, struct error *err)
{
	sqlite3_stmt *statement = store->statements[SQL_REPEATED];
	bind_number(statement, 1, section);
	bind(statement, 2, article->id);
	bind_number(statement, 3, hash_string(article->link));
	bind(statement, 4, article->link);
	bind_number(statement, 5, hash_link_key(article->link));
	return run_statement(store, SQL_REPEATED) ||
	       fail_write(store, err, "saving an article");
}

/* A day is enough for 90: rounds without news write nothing. */
static bool
touch_article(struct store *store, int64_t section, const char *id,
    int64_t now_s, struct error *err)
{
	int64_t last_s;
	bind_number(store->statements[SQL_LAST_SEEN], 1, section);
	bind(store->statements[SQL_LAST_SEEN], 2, id);
	bool good = get_number(store, SQL_LAST_SEEN, INT64_MAX, &last_s);
	(void)sqlite3_clear_bindings(store->statements[SQL_LAST_SEEN]);
	if (!good)
		return fail(store, err, "reading an article");
	if (last_s > now_s - SEEN_STEP_S)
		return true;
	if (!begin(store, BATCH_NORMAL, err))
		return false;
	bind_number(store->statements[SQL_SEEN], 1, section);
	bind(store->statements[SQL_SEEN], 2, id);
	bind_number(store->statements[SQL_SEEN], 3, now_s);
	return run_statement(store, SQL_SEEN) ||
	       fail_write(store, err, "saving an article");
}

static bool
record_news(struct store *store, int64_t section,
    const struct difference *difference, struct error *err)
{
	if (!begin(store, BATCH_FULL, err))
		return false;
	for (size_t i = 0; i < difference->fresh.count; i++)
		if (!note_repeated(
			store, section, &difference->fresh.list[i], err) ||
		    !put_article(store, SQL_FRESH, section,
			&difference->fresh.list[i], err))
			return false;
	for (size_t i = 0; i < difference->changed.count; i++)
		if (!put_article(store, SQL_CHANGED, section,
			&difference->changed.list[i], err))
			return false;
	/* their text alone is new to us, and not to feed readers */
	for (size_t i = 0; i < difference->filled.count; i++)
		if (!put_article(store, SQL_CHANGED, section,
			&difference->filled.list[i], err))
			return false;
	bind_number(store->statements[SQL_DIRTY], 1, section);
	return run_statement(store, SQL_DIRTY) ||
	       fail_write(store, err, "saving a section");
}

bool
store_record(struct store *store, int64_t section,
    const struct difference *difference, int64_t now_s, struct error *err)
{
	if (difference->fresh.count + difference->changed.count +
		    difference->filled.count >
		0 &&
	    !record_news(store, section, difference, err))
		return false;
	for (size_t i = 0; i < difference->seen.count; i++)
		if (!touch_article(store, section, difference->seen.list[i].id,
			now_s, err))
			return false;
	return true;
}

/* ---- reading ---- */

static int64_t
days_before(int64_t at_s, int64_t days)
{
	days = days < 0 ? 0 : days < MAX_DAYS ? days : MAX_DAYS;
	return at_s - days * 86400;
}

bool
store_newest(struct store *store, int64_t section, unsigned at_least,
    unsigned at_most, int64_t days, struct articles *articles,
    struct error *err)
{
	sqlite3_stmt *statement = store->statements[SQL_NEWEST];
	struct articles found = {0};
	int64_t since_s = 0;
	int result;
	bind_number(statement, 1, section);
	bind_number(statement, 2, at_most);
	while ((result = step(statement)) == SQLITE_ROW) {
		int64_t shown_s = sqlite3_column_int64(statement, 13);
		if (found.count == 0)
			since_s = days_before(shown_s, days);
		if (found.count >= at_least && shown_s < since_s) {
			result = SQLITE_DONE;
			break;
		}
		if (!row_is_whole(store, statement))
			break;
		articles_add(&found, read_article(statement));
	}
	if (result == SQLITE_DONE)
		articles_append(articles, &found);
	else
		fail(store, err, "reading articles");
	(void)sqlite3_reset(statement);
	articles_clear(&found);
	return result == SQLITE_DONE;
}

/* ---- reading a whole site ---- */

/* Where an article stands in the order of the site's feed, and where its row
 * is. */
struct place {
	int64_t shown_s, first_seen_s;
	int position;
	char *id;
	size_t member;
};

struct member {
	int64_t section;
	char *category;
};

struct site {
	struct store *store;
	struct member *members;
	size_t member_count;
	struct place *places;
	size_t count, capacity;
	size_t most;     /* places that count */
	int64_t floor_s; /* older ones cannot be among them */
};

/* NEWEST_ORDER; then the section, for rows of a store that was tampered
 * with. */
static int
compare_places(const void *left, const void *right)
{
	const struct place *a = left, *b = right;
	if (a->shown_s != b->shown_s)
		return a->shown_s > b->shown_s ? -1 : 1;
	if (a->first_seen_s != b->first_seen_s)
		return a->first_seen_s > b->first_seen_s ? -1 : 1;
	if (a->position != b->position)
		return a->position < b->position ? -1 : 1;
	int order = strcmp(a->id, b->id);
	return order != 0 ? order
			  : (a->member > b->member) - (a->member < b->member);
}

/* Sorted, and no more than those that count. */
static void
site_settle(struct site *site)
{
	if (site->count > 0)
		qsort(site->places, site->count, sizeof(*site->places),
		    compare_places);
	while (site->count > site->most)
		free(site->places[--site->count].id);
	if (site->count == site->most && site->most > 0)
		site->floor_s = site->places[site->count - 1].shown_s;
}

static void
site_add(struct site *site, struct place place)
{
	if (site->count == site->capacity) {
		if (site->count >= 2 * site->most && site->count > 0)
			site_settle(site);
		else {
			site->capacity = site->capacity * 2 + 64;
			site->places = xreallocarray(site->places,
			    site->capacity, sizeof(*site->places));
		}
	}
	site->places[site->count++] = place;
}

static bool
site_members(struct site *site, const char *path)
{
	sqlite3_stmt *statement = site->store->statements[SQL_SITE];
	char *first = xstrndup(path, strcspn(path, "/") + 1);
	char *end = xstrdup(first);
	size_t capacity = 0;
	int result;
	end[strlen(end) - 1] = '0'; /* follows '/' */
	bind(statement, 1, first);
	bind(statement, 2, end);
	while ((result = step(statement)) == SQLITE_ROW) {
		if (site->member_count == capacity) {
			capacity = capacity * 2 + 16;
			site->members = xreallocarray(
			    site->members, capacity, sizeof(*site->members));
		}
		site->members[site->member_count++] = (struct member){
		    .section = sqlite3_column_int64(statement, 0),
		    .category = column(statement, 1),
		};
	}
	(void)sqlite3_reset(statement);
	(void)sqlite3_clear_bindings(statement);
	free(first);
	free(end);
	return result == SQLITE_DONE;
}

/* A section's newest, until one is older than what the others have filled. */
static bool
site_look_at(struct site *site, size_t member)
{
	sqlite3_stmt *statement = site->store->statements[SQL_SITE_NEWEST];
	int result;
	bind_number(statement, 1, site->members[member].section);
	bind_number(statement, 2, (int64_t)site->most);
	while ((result = step(statement)) == SQLITE_ROW) {
		int64_t shown_s = sqlite3_column_int64(statement, 1);
		if (shown_s < site->floor_s) {
			result = SQLITE_DONE;
			break;
		}
		site_add(site,
		    (struct place){
			.shown_s = shown_s,
			.first_seen_s = sqlite3_column_int64(statement, 2),
			.position = sqlite3_column_int(statement, 3),
			.id = column(statement, 0),
			.member = member,
		    });
	}
	(void)sqlite3_reset(statement);
	site_settle(site);
	return result == SQLITE_DONE;
}

static bool
site_read(
    const struct site *site, const struct place *place, struct article *article)
{
	sqlite3_stmt *statement = site->store->statements[SQL_BY_ID];
	const struct member *member = &site->members[place->member];
	bind_number(statement, 1, member->section);
	bind(statement, 2, place->id);
	bool good = step(statement) == SQLITE_ROW;
	if (good) {
		*article = read_article(statement);
		free(article->category);
		article->category = xstrdup_or_null(member->category);
	}
	(void)sqlite3_reset(statement);
	(void)sqlite3_clear_bindings(statement);
	return good;
}

static void
site_clear(struct site *site)
{
	for (size_t i = 0; i < site->count; i++)
		free(site->places[i].id);
	for (size_t i = 0; i < site->member_count; i++)
		free(site->members[i].category);
	free(site->places);
	free(site->members);
}

bool
store_newest_of_site(struct store *store, const char *path, unsigned at_least,
    unsigned at_most, int64_t days, struct articles *articles,
    struct error *err)
{
	struct site site = {
	    .store = store, .most = at_most, .floor_s = INT64_MIN};
	struct articles found = {0};
	struct article article;
	bool good = site_members(&site, path);
	for (size_t i = 0; good && i < site.member_count; i++)
		good = site_look_at(&site, i);
	int64_t since_s =
	    site.count > 0 ? days_before(site.places[0].shown_s, days) : 0;
	for (size_t i = 0; good && i < site.count; i++) {
		if (i >= at_least && site.places[i].shown_s < since_s)
			break;
		good = site_read(&site, &site.places[i], &article);
		if (good)
			articles_add(&found, article);
	}
	if (good)
		articles_append(articles, &found);
	else
		fail(store, err, "reading articles");
	articles_clear(&found);
	site_clear(&site);
	return good;
}

struct appearance {
	int64_t shown_s, seen_s;
	int precision;
};

/* The page's time to the minute, or a fresh relative one; else when we saw it,
 * unless that was with the first page, which shows what is old. */
static size_t
times_of(const struct appearance *rows, size_t count, int64_t *times,
    int64_t *first_s)
{
	size_t told = 0;
	*first_s = INT64_MAX;
	for (size_t i = 0; i < count; i++)
		if (rows[i].seen_s < *first_s)
			*first_s = rows[i].seen_s;
	for (size_t i = 0; i < count; i++) {
		const struct appearance *row = &rows[i];
		if (row->precision > PRECISION_RELATIVE ||
		    (row->precision == PRECISION_RELATIVE &&
			row->seen_s - row->shown_s < RELATIVE_FRESH_S))
			times[told++] = row->shown_s;
		else if (row->seen_s != *first_s)
			times[told++] = row->seen_s;
	}
	return told;
}

bool
store_times(struct store *store, int64_t section, int64_t **times,
    size_t *count, int64_t *since_s, struct error *err)
{
	sqlite3_stmt *statement = store->statements[SQL_TIMES];
	struct appearance *rows = xcalloc(TIMES_MAX, sizeof(*rows));
	size_t found = 0;
	int result;
	bind_number(statement, 1, section);
	bind_number(statement, 2, TIMES_MAX);
	while ((result = step(statement)) == SQLITE_ROW && found < TIMES_MAX)
		rows[found++] = (struct appearance){
		    .shown_s = sqlite3_column_int64(statement, 0),
		    .seen_s = sqlite3_column_int64(statement, 1),
		    .precision = sqlite3_column_int(statement, 2),
		};
	if (result == SQLITE_DONE) {
		*times = xcalloc(found + 1, sizeof(**times));
		*count = times_of(rows, found, *times, since_s);
	} else
		fail(store, err, "reading the times of articles");
	(void)sqlite3_reset(statement);
	free(rows);
	return result == SQLITE_DONE;
}

bool
store_count(struct store *store, int64_t section, uint64_t *articles,
    uint64_t *stubs, struct error *err)
{
	sqlite3_stmt *statement = store->statements[SQL_COUNT];
	bind_number(statement, 1, section);
	bool good = step(statement) == SQLITE_ROW;
	if (good) {
		int64_t all = sqlite3_column_int64(statement, 0);
		*articles = (uint64_t)all;
		*stubs = (uint64_t)(all - sqlite3_column_int64(statement, 1));
	} else
		fail(store, err, "counting articles");
	(void)sqlite3_reset(statement);
	return good;
}

/* ---- readings ---- */

bool
store_readings(struct store *store, int64_t section, struct reading *readings,
    size_t *count, struct error *err)
{
	sqlite3_stmt *row = store->statements[SQL_READINGS];
	size_t used = 0;
	int result;
	bind_number(row, 1, section);
	bind_number(row, 2, READINGS_KEPT);
	while ((result = step(row)) == SQLITE_ROW && used < READINGS_KEPT)
		readings[used++] = (struct reading){
		    .items = (uint32_t)sqlite3_column_int64(row, 0),
		    .links = (uint32_t)sqlite3_column_int64(row, 1),
		    .width = (uint32_t)sqlite3_column_int64(row, 2),
		    .broken = (uint32_t)sqlite3_column_int64(row, 3),
		    .mojibake = (uint32_t)sqlite3_column_int64(row, 4),
		    .foreign = (uint32_t)sqlite3_column_int64(row, 5),
		    .ending = (enum ending)sqlite3_column_int(row, 6),
		    .place = (uint64_t)sqlite3_column_int64(row, 7),
		};
	if (result == SQLITE_DONE)
		*count = used;
	else
		fail(store, err, "reading readings");
	(void)sqlite3_reset(row);
	return result == SQLITE_DONE;
}

bool
store_add_reading(struct store *store, int64_t section,
    const struct reading *reading, struct error *err)
{
	sqlite3_stmt *row = store->statements[SQL_ADD_READING];
	const int64_t numbers[] = {section, reading->items, reading->links,
	    reading->width, reading->broken, reading->mojibake,
	    reading->foreign, reading->ending, (int64_t)reading->place};
	if (!begin(store, BATCH_NORMAL, err))
		return false;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		bind_number(row, (int)i + 1, numbers[i]);
	if (!run_statement(store, SQL_ADD_READING))
		return fail_write(store, err, "saving a reading");
	bind_number(store->statements[SQL_DROP_READINGS], 1, section);
	bind_number(store->statements[SQL_DROP_READINGS], 2, READINGS_KEPT);
	return run_statement(store, SQL_DROP_READINGS) ||
	       fail_write(store, err, "dropping readings");
}

/* ---- robots.txt ---- */

void
robots_record_clear(struct robots_record *record)
{
	free(record->origin);
	free(record->text);
	*record = (struct robots_record){0};
}

bool
store_robots(struct store *store, const char *origin,
    struct robots_record *record, struct error *err)
{
	sqlite3_stmt *row = store->statements[SQL_ROBOTS];
	struct robots_record found = {0};
	bind(row, 1, origin);
	int result = step(row);
	if (result == SQLITE_ROW) {
		found.asked_s = sqlite3_column_int64(row, 0);
		found.answered_s = sqlite3_column_int64(row, 1);
		found.failing_s = sqlite3_column_int64(row, 2);
		found.hold_s = sqlite3_column_int64(row, 3);
		found.status = sqlite3_column_int(row, 4);
		const char *text = sqlite3_column_blob(row, 5);
		found.length = (size_t)sqlite3_column_bytes(row, 5);
		/* of an empty one SQLite gives no address */
		if (sqlite3_column_type(row, 5) != SQLITE_NULL)
			found.text =
			    xmemdup(text != NULL ? text : "", found.length);
	} else if (result != SQLITE_DONE)
		fail(store, err, "reading a robots.txt");
	(void)sqlite3_reset(row);
	(void)sqlite3_clear_bindings(row);
	if (result != SQLITE_ROW && result != SQLITE_DONE)
		return false;
	found.origin = xstrdup(origin);
	*record = found;
	return true;
}

bool
store_save_robots(struct store *store, const struct robots_record *record,
    bool has_text, struct error *err)
{
	sqlite3_stmt *statement = store->statements[SQL_SAVE_ROBOTS];
	if (!begin(store, BATCH_NORMAL, err))
		return false;
	bind(statement, 1, record->origin);
	bind_number(statement, 2, record->asked_s);
	bind_number(statement, 3, record->answered_s);
	bind_number(statement, 4, record->failing_s);
	bind_number(statement, 5, record->hold_s);
	bind_number(statement, 6, record->status);
	bind_number(statement, 8, has_text);
	if (has_text && record->text != NULL)
		(void)sqlite3_bind_blob64(
		    statement, 7, record->text, record->length, SQLITE_STATIC);
	return run_statement(store, SQL_SAVE_ROBOTS) ||
	       fail_write(store, err, "saving a robots.txt");
}

bool
store_drop_robots(struct store *store, int64_t before_s, struct error *err)
{
	if (!begin(store, BATCH_NORMAL, err))
		return false;
	bind_number(store->statements[SQL_DROP_ROBOTS], 1, before_s);
	return run_statement(store, SQL_DROP_ROBOTS) ||
	       fail_write(store, err, "forgetting hosts");
}

/* ---- idle ---- */

/* How many articles of the section can shrink now, at most `limit`; what it
 * takes to tell them in *edge_s. */
static bool
count_old(struct store *store, int64_t section, int64_t before_s, int64_t limit,
    int64_t *edge_s, int64_t *count)
{
	sqlite3_stmt *edge = store->statements[SQL_EDGE];
	sqlite3_stmt *old = store->statements[SQL_OLD];
	bind_number(edge, 1, section);
	bind_number(edge, 2, STUB_KEEP - 1);
	*count = 0;
	if (!get_number(store, SQL_EDGE, INT64_MIN, edge_s))
		return false;
	if (*edge_s == INT64_MIN)
		return true; /* all are among the newest */
	bind_number(old, 1, section);
	bind_number(old, 2, before_s);
	bind_number(old, 3, *edge_s);
	bind_number(old, 4, limit);
	return get_number(store, SQL_OLD, 0, count);
}

/* Articles older than the newest STUB_KEEP (equal ones count as those), the
 * longest unseen first. */
static bool
shrink(struct store *store, int64_t section, int64_t before_s, int64_t edge_s,
    int64_t limit, struct error *err)
{
	sqlite3_stmt *statement = store->statements[SQL_STUB];
	if (!begin(store, BATCH_NORMAL, err))
		return false;
	bind_number(statement, 1, section);
	bind_number(statement, 2, before_s);
	bind_number(statement, 3, edge_s);
	bind_number(statement, 4, limit);
	return run_statement(store, SQL_STUB) ||
	       fail_write(store, err, "shrinking old articles");
}

/* Goes round the sections, a few a call. */
static bool
shrink_some(struct store *store, int64_t before_s, struct error *err)
{
	int64_t left = STUB_STEP;
	for (int i = 0; i < SECTION_STEP && left > 0; i++) {
		int64_t section, edge_s, count;
		bind_number(store->statements[SQL_NEXT_SECTION], 1,
		    store->idle_section);
		if (!get_number(store, SQL_NEXT_SECTION, 0, &section))
			return fail(store, err, "reading sections");
		store->idle_section = section;
		if (section == 0)
			break; /* from the start at the next call */
		if (!count_old(store, section, before_s, left, &edge_s, &count))
			return fail(store, err, "reading articles");
		if (count > 0 &&
		    !shrink(store, section, before_s, edge_s, left, err))
			return false;
		left -= count;
	}
	return true;
}

bool
store_idle(struct store *store, int64_t now_s, struct error *err)
{
	if (store->batch != BATCH_NONE)
		return true;
	if (!shrink_some(store, now_s - STUB_AGE_S, err)) {
		store_rollback(store);
		return false;
	}
	if (!store_commit(store, false, err))
		return false;
	if (store->wal_pages > 0)
		checkpoint(store);
	return true;
}

bool
store_check(struct store *store, struct error *err)
{
	sqlite3_stmt *statement = NULL;
	bool good = sqlite3_prepare_v2(store->db, "PRAGMA quick_check(1)", -1,
			&statement, NULL) == SQLITE_OK &&
		    step(statement) == SQLITE_ROW;
	if (!good)
		fail(store, err, "checking the database");
	else {
		const char *said =
		    (const char *)sqlite3_column_text(statement, 0);
		good = said != NULL && strcmp(said, "ok") == 0;
		store->is_damaged |= !good;
		if (!good)
			error_set(err, "the database is damaged: %.300s",
			    said != NULL ? said : "");
	}
	(void)sqlite3_finalize(statement);
	return good;
}
