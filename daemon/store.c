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

#include "feed/hash.h"
#include "feed/identity.h"
#include "feed/memory.h"

#define SCHEMA_VERSION 1
#define APPLICATION_ID 0x6d746664 /* "mtfd" */
#define STUB_AGE_S (90 * 86400)
#define STUB_KEEP 1000 /* newest of a section are never stubs */
#define SEEN_STEP_S 86400 /* last_seen is kept to the day */

/*
 * An article is one row for ever.  Off every feed and unseen for 90 days it
 * shrinks to a stub (title NULL): id, link, hash of the title, first seen.
 */
static const char schema[] =
    "CREATE TABLE section ("
    " number INTEGER PRIMARY KEY,"
    " path TEXT NOT NULL UNIQUE,"
    " url TEXT, etag TEXT, last_modified TEXT,"
    " validated INTEGER NOT NULL, body_hash INTEGER NOT NULL,"
    " rules_hash INTEGER NOT NULL, due INTEGER NOT NULL,"
    " round INTEGER NOT NULL, good INTEGER NOT NULL,"
    " news INTEGER NOT NULL, failures INTEGER NOT NULL,"
    " item_count INTEGER NOT NULL, rounds INTEGER NOT NULL,"
    " rounds_good INTEGER NOT NULL, stage TEXT, reason TEXT,"
    " site_title TEXT, title TEXT, language TEXT, icon TEXT,"
    " feed_updated INTEGER NOT NULL, feed_hash INTEGER NOT NULL,"
    " feed_length INTEGER NOT NULL, feed_mtime INTEGER NOT NULL,"
    " feed_dirty INTEGER NOT NULL);"
    "CREATE TABLE article ("
    " section INTEGER NOT NULL REFERENCES section(number),"
    " id TEXT NOT NULL, link TEXT NOT NULL, title TEXT,"
    " title_hash INTEGER NOT NULL, text TEXT, author TEXT, image TEXT,"
    " category TEXT, published INTEGER NOT NULL, precision INTEGER NOT NULL,"
    " first_seen INTEGER NOT NULL, changed INTEGER NOT NULL,"
    " last_seen INTEGER NOT NULL, position INTEGER NOT NULL,"
    /* what the feed is ordered by: published, never after first seen */
    " shown INTEGER NOT NULL,"
    " PRIMARY KEY (section, id)) WITHOUT ROWID;"
    "CREATE INDEX article_link ON article (section, link);"
    "CREATE INDEX article_title ON article (section, title_hash);"
    "CREATE INDEX article_newest ON article"
    " (section, shown DESC, first_seen DESC, position, id)"
    " WHERE title IS NOT NULL;"
    "CREATE INDEX article_unseen ON article (last_seen)"
    " WHERE title IS NOT NULL;"
    /* for people with the sqlite3 shell */
    "CREATE VIEW articles AS SELECT section.path AS section, id, link,"
    " article.title AS title, author,"
    " datetime(shown, 'unixepoch') AS published,"
    " datetime(first_seen, 'unixepoch') AS first_seen"
    " FROM article JOIN section ON section.number = article.section;";

enum statement {
	SQL_SECTION,
	SQL_SECTIONS,
	SQL_SAVE,
	SQL_BY_ID,
	SQL_BY_LINK,
	SQL_BY_TITLE,
	SQL_PUT,
	SQL_SEEN,
	SQL_NEWEST,
	SQL_COUNT,
	SQL_STUB,
	SQL_HOST,
	SQL_STATEMENTS
};

#define SECTION_COLUMNS                                                       \
	"number, path, url, etag, last_modified, validated, body_hash,"       \
	" rules_hash, due, round, good, news, failures, item_count, rounds,"  \
	" rounds_good, stage, reason, site_title, title, language, icon,"     \
	" feed_updated, feed_hash, feed_length, feed_mtime, feed_dirty"
#define ARTICLE_COLUMNS                                                       \
	"id, link, title, text, author, image, category, published,"          \
	" precision, first_seen, changed, last_seen, position"

static const char *const sql[SQL_STATEMENTS] = {
    [SQL_SECTION] = "SELECT " SECTION_COLUMNS " FROM section WHERE path = ?1",
    [SQL_SECTIONS] = "SELECT " SECTION_COLUMNS " FROM section ORDER BY path",
    [SQL_SAVE] =
	"INSERT INTO section (" SECTION_COLUMNS ") VALUES"
	" (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,"
	"?19,?20,?21,?22,?23,?24,?25,?26,?27)"
	" ON CONFLICT (path) DO UPDATE SET url=?3, etag=?4, last_modified=?5,"
	" validated=?6, body_hash=?7, rules_hash=?8, due=?9, round=?10,"
	" good=?11, news=?12, failures=?13, item_count=?14, rounds=?15,"
	" rounds_good=?16, stage=?17, reason=?18, site_title=?19, title=?20,"
	" language=?21, icon=?22, feed_updated=?23, feed_hash=?24,"
	" feed_length=?25, feed_mtime=?26, feed_dirty=?27"
	" RETURNING number",
    [SQL_BY_ID] = "SELECT " ARTICLE_COLUMNS
		  " FROM article WHERE section = ?1 AND id = ?2",
    [SQL_BY_LINK] = "SELECT " ARTICLE_COLUMNS
		    " FROM article WHERE section = ?1 AND link = ?2 LIMIT 8",
    [SQL_BY_TITLE] =
	"SELECT " ARTICLE_COLUMNS
	" FROM article WHERE section = ?1 AND title_hash = ?2 LIMIT 8",
    [SQL_PUT] =
	"INSERT OR REPLACE INTO article (section, " ARTICLE_COLUMNS
	", title_hash, shown) VALUES"
	" (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16)",
    [SQL_SEEN] = "UPDATE article SET last_seen = ?3"
		 " WHERE section = ?1 AND id = ?2",
    [SQL_NEWEST] = "SELECT " ARTICLE_COLUMNS ", shown FROM article"
		   " WHERE section = ?1 AND title IS NOT NULL"
		   " ORDER BY shown DESC, first_seen DESC, position, id"
		   " LIMIT ?2",
    [SQL_COUNT] = "SELECT count(*), count(*) - count(title)"
		  " FROM article WHERE section = ?1",
    [SQL_STUB] =
	"UPDATE article SET title = NULL, text = NULL, author = NULL,"
	" image = NULL, category = NULL WHERE (section, id) IN"
	" (SELECT a.section, a.id FROM article AS a"
	"  WHERE a.title IS NOT NULL AND a.last_seen < ?1 AND"
	"  (SELECT count(*) FROM (SELECT 1 FROM article AS b"
	"   WHERE b.section = a.section AND b.title IS NOT NULL"
	"   AND b.shown > a.shown LIMIT ?2)) = ?2"
	"  ORDER BY a.last_seen LIMIT 200)",
    [SQL_HOST] = "SELECT max(round) FROM section WHERE"
		 " url LIKE 'http://' || ?1 || '/%' OR"
		 " url LIKE 'https://' || ?1 || '/%'",
};

struct store {
	sqlite3 *db;
	sqlite3_stmt *statements[SQL_STATEMENTS];
	int lock;   /* -1: read only */
	bool batch; /* a transaction is open */
	bool full;  /* ... with synchronous=FULL */
};

static bool
fail(const struct store *store, struct error *err, const char *doing)
{
	return error_set(err, "%s: %s", doing, sqlite3_errmsg(store->db));
}

static bool
run(struct store *store, const char *command, struct error *err)
{
	if (sqlite3_exec(store->db, command, NULL, NULL, NULL) == SQLITE_OK)
		return true;
	return fail(store, err, "database");
}

/* ---- opening ---- */

static bool
make_folders(const char *directory, struct error *err)
{
	char *path = xstrdup(directory);
	bool good = true;
	for (char *at = path + 1; good; at++) {
		if (*at != '/' && *at != '\0')
			continue;
		char kept = *at;
		*at = '\0';
		if (mkdir(path, 0755) == -1 && errno != EEXIST)
			good = error_set(
			    err, "%s: %s", path, strerror(errno));
		*at = kept;
		if (kept == '\0')
			break;
	}
	free(path);
	return good;
}

static bool
take_lock(struct store *store, const char *directory, struct error *err)
{
	char *path = xasprintf("%s/metrofeed.lock", directory);
	char pid[32] = "";
	store->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (store->lock == -1)
		error_set(err, "%s: %s", path, strerror(errno));
	else if (flock(store->lock, LOCK_EX | LOCK_NB) == -1) {
		ssize_t got = pread(store->lock, pid, sizeof(pid) - 1, 0);
		pid[got > 0 ? strcspn(pid, "\n") : 0] = '\0';
		error_set(err, "another metrofeed (pid %s) uses %s",
		    pid[0] != '\0' ? pid : "unknown", directory);
		close(store->lock);
		store->lock = -1;
	} else {
		int length = snprintf(
		    pid, sizeof(pid), "%ld\n", (long)getpid());
		/* only a help for messages; the lock itself is what counts */
		if (ftruncate(store->lock, 0) == 0)
			(void)!pwrite(store->lock, pid, (size_t)length, 0);
	}
	free(path);
	return store->lock != -1;
}

static bool
get_number(struct store *store, const char *query, int64_t *number,
    struct error *err)
{
	sqlite3_stmt *statement = NULL;
	if (sqlite3_prepare_v2(store->db, query, -1, &statement, NULL) !=
		SQLITE_OK ||
	    sqlite3_step(statement) != SQLITE_ROW) {
		sqlite3_finalize(statement);
		return fail(store, err, "database");
	}
	*number = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return true;
}

/* Forward only; each version's step would stand here. */
static bool
check_schema(struct store *store, bool write, struct error *err)
{
	int64_t version = 0, application = 0, tables = 0;
	if (!get_number(store, "PRAGMA user_version", &version, err) ||
	    !get_number(store, "PRAGMA application_id", &application, err) ||
	    !get_number(
		store, "SELECT count(*) FROM sqlite_master", &tables, err))
		return false;
	if (version == 0 && tables == 0 && write) {
		char made[128];
		(void)snprintf(made, sizeof(made),
		    "PRAGMA application_id=%d; PRAGMA user_version=%d;",
		    APPLICATION_ID, SCHEMA_VERSION);
		return run(store, "BEGIN IMMEDIATE", err) &&
		    run(store, schema, err) && run(store, made, err) &&
		    run(store, "COMMIT", err);
	}
	if (application != APPLICATION_ID)
		return error_set(err,
		    "metrofeed.db is not a database of metrofeed; move it "
		    "away");
	if (version != SCHEMA_VERSION)
		return error_set(err,
		    "metrofeed.db has version %lld, this program knows %d: a "
		    "newer metrofeed wrote it",
		    (long long)version, SCHEMA_VERSION);
	return true;
}

static bool
open_database(struct store *store, const char *path, bool write,
    struct error *err)
{
	int flags = write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
			  : SQLITE_OPEN_READONLY;
	if (sqlite3_open_v2(path, &store->db,
		flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE,
		NULL) != SQLITE_OK)
		return error_set(err, "%s: %s", path,
		    store->db != NULL ? sqlite3_errmsg(store->db)
				      : "no memory");
	sqlite3_busy_timeout(store->db, 5000);
	/* a checkpoint inside COMMIT stalls: it comes from an idle timer */
	if (write &&
	    (!run(store, "PRAGMA journal_mode=WAL", err) ||
		!run(store,
		    "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;"
		    "PRAGMA foreign_keys=ON; PRAGMA cache_size=-2000",
		    err)))
		return false;
	if (!check_schema(store, write, err))
		return false;
	for (int i = 0; i < SQL_STATEMENTS; i++) {
		if (!write && (i == SQL_SAVE || i == SQL_PUT || i == SQL_SEEN ||
				  i == SQL_STUB))
			continue;
		if (sqlite3_prepare_v3(store->db, sql[i], -1,
			SQLITE_PREPARE_PERSISTENT, &store->statements[i],
			NULL) != SQLITE_OK)
			return fail(store, err, "database");
	}
	return true;
}

struct store *
store_open(const char *directory, enum store_mode mode, struct error *err)
{
	struct store *store = xcalloc(1, sizeof(*store));
	bool write = mode == STORE_WRITE;
	char *path = xasprintf("%s/metrofeed.db", directory);
	store->lock = -1;
	bool good = !write ||
	    (make_folders(directory, err) &&
		take_lock(store, directory, err));
	if (good && !write && access(path, R_OK) == -1)
		good = error_set(err, "%s: %s (nothing was ever recorded?)",
		    path, strerror(errno));
	if (good)
		good = open_database(store, path, write, err);
	free(path);
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
	if (store->batch)
		(void)store_commit(store, store->full, NULL);
	for (int i = 0; i < SQL_STATEMENTS; i++)
		sqlite3_finalize(store->statements[i]);
	/* the last one to close checkpoints */
	sqlite3_close(store->db);
	if (store->lock != -1)
		close(store->lock);
	free(store);
}

/* ---- batches ---- */

/*
 * `synchronous` counts at COMMIT and cannot be set inside a transaction.  A
 * batch of counters begins with NORMAL; the first article ends it and begins
 * one with FULL, so that acknowledged articles survive a power cut.
 */
static bool
begin(struct store *store, bool full, struct error *err)
{
	if (store->batch && (store->full || !full))
		return true;
	if (store->batch && !store_commit(store, false, err))
		return false;
	if (!run(store,
		full ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL",
		err) ||
	    !run(store, "BEGIN IMMEDIATE", err))
		return false;
	store->batch = true;
	store->full = full;
	return true;
}

bool
store_has_batch(const struct store *store)
{
	return store->batch;
}

bool
store_commit(struct store *store, bool durable, struct error *err)
{
	(void)durable; /* begin() has decided by what was written */
	if (!store->batch)
		return true;
	if (!run(store, "COMMIT", err)) {
		store_rollback(store);
		return false;
	}
	store->batch = false;
	return true;
}

void
store_rollback(struct store *store)
{
	/* SQLite may have rolled back by itself (disk full) */
	if (!sqlite3_get_autocommit(store->db))
		(void)run(store, "ROLLBACK", NULL);
	store->batch = false;
}

/* ---- columns ---- */

static char *
column(sqlite3_stmt *statement, int index)
{
	return xstrdup_or_null(
	    (const char *)sqlite3_column_text(statement, index));
}

static void
bind(sqlite3_stmt *statement, int index, const char *string)
{
	/* strings stay until the statement is reset: no copy */
	if (string != NULL)
		sqlite3_bind_text(statement, index, string, -1, SQLITE_STATIC);
	else
		sqlite3_bind_null(statement, index);
}

static struct section_state
read_section(sqlite3_stmt *row)
{
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
	    .feed_hash = (uint64_t)sqlite3_column_int64(row, 23),
	    .feed_length = sqlite3_column_int64(row, 24),
	    .feed_mtime_s = sqlite3_column_int64(row, 25),
	    .feed_dirty = sqlite3_column_int(row, 26) != 0,
	};
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
	*state = (struct section_state){0};
}

/* ---- sections ---- */

bool
store_section(struct store *store, const char *path,
    struct section_state *state, struct error *err)
{
	sqlite3_stmt *statement = store->statements[SQL_SECTION];
	bind(statement, 1, path);
	int result = sqlite3_step(statement);
	if (result == SQLITE_ROW)
		*state = read_section(statement);
	else if (result == SQLITE_DONE)
		*state = (struct section_state){.path = xstrdup(path)};
	sqlite3_reset(statement);
	if (result == SQLITE_ROW || result == SQLITE_DONE)
		return true;
	return fail(store, err, "reading a section");
}

bool
store_sections(struct store *store, struct section_state **list,
    size_t *count, struct error *err)
{
	sqlite3_stmt *statement = store->statements[SQL_SECTIONS];
	int result;
	*list = NULL;
	*count = 0;
	while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
		if ((*count & (*count - 1)) == 0)
			*list = xreallocarray(*list,
			    *count == 0 ? 1 : *count * 2, sizeof(**list));
		(*list)[(*count)++] = read_section(statement);
	}
	sqlite3_reset(statement);
	return result == SQLITE_DONE || fail(store, err, "reading sections");
}

bool
store_save_section(
    struct store *store, struct section_state *state, struct error *err)
{
	sqlite3_stmt *statement = store->statements[SQL_SAVE];
	if (!begin(store, false, err))
		return false;
	const char *strings[] = {state->path, state->url, state->etag,
	    state->last_modified};
	const int64_t numbers[] = {state->validated_s,
	    (int64_t)state->body_hash, (int64_t)state->rules_hash,
	    state->due_s, state->round_s, state->good_s, state->news_s,
	    state->failures, state->item_count, (int64_t)state->rounds,
	    (int64_t)state->rounds_good};
	const char *more[] = {state->stage, state->reason, state->site_title,
	    state->title, state->language, state->icon};
	const int64_t feed[] = {state->feed_updated_s,
	    (int64_t)state->feed_hash, state->feed_length,
	    state->feed_mtime_s, state->feed_dirty};
	if (state->number != 0)
		sqlite3_bind_int64(statement, 1, state->number);
	else
		sqlite3_bind_null(statement, 1);
	int at = 2;
	for (size_t i = 0; i < 4; i++)
		bind(statement, at++, strings[i]);
	for (size_t i = 0; i < 11; i++)
		sqlite3_bind_int64(statement, at++, numbers[i]);
	for (size_t i = 0; i < 6; i++)
		bind(statement, at++, more[i]);
	for (size_t i = 0; i < 5; i++)
		sqlite3_bind_int64(statement, at++, feed[i]);
	int result = sqlite3_step(statement);
	if (result == SQLITE_ROW) {
		state->number = sqlite3_column_int64(statement, 0);
		result = sqlite3_step(statement);
	}
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return result == SQLITE_DONE || fail(store, err, "saving a section");
}

int64_t
store_host_round(struct store *store, const char *host)
{
	sqlite3_stmt *statement = store->statements[SQL_HOST];
	int64_t round_s = 0;
	bind(statement, 1, host);
	if (sqlite3_step(statement) == SQLITE_ROW)
		round_s = sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	return round_s;
}

/* ---- articles ---- */

static struct article
read_article(sqlite3_stmt *row)
{
	return (struct article){
	    .id = column(row, 0),
	    .link = column(row, 1),
	    .title = column(row, 2),
	    .text = column(row, 3),
	    .author = column(row, 4),
	    .image = column(row, 5),
	    .category = column(row, 6),
	    .published = {.at_s = sqlite3_column_int64(row, 7),
		.precision = (enum precision)sqlite3_column_int(row, 8)},
	    .first_seen_s = sqlite3_column_int64(row, 9),
	    .changed_s = sqlite3_column_int64(row, 10),
	    .last_seen_s = sqlite3_column_int64(row, 11),
	    .position = sqlite3_column_int(row, 12),
	};
}

static bool
is_among(const struct articles *articles, const char *id)
{
	for (size_t i = 0; i < articles->count; i++)
		if (strcmp(articles->list[i].id, id) == 0)
			return true;
	return false;
}

/* Adds the rows of a bound look-up that are not there yet. */
static bool
look_up(struct store *store, sqlite3_stmt *statement,
    struct articles *known, struct error *err)
{
	int result;
	while ((result = sqlite3_step(statement)) == SQLITE_ROW)
		if (!is_among(
			known, (const char *)sqlite3_column_text(statement, 0)))
			articles_add(known, read_article(statement));
	sqlite3_reset(statement);
	return result == SQLITE_DONE || fail(store, err, "reading articles");
}

static int64_t
title_hash(const char *title)
{
	return title == NULL ? 0 : (int64_t)hash_bytes(title, strlen(title));
}

bool
store_known(struct store *store, int64_t section, const char *authority,
    const struct articles *seen, struct articles *known, struct error *err)
{
	sqlite3_stmt *by_id = store->statements[SQL_BY_ID];
	sqlite3_stmt *by_link = store->statements[SQL_BY_LINK];
	sqlite3_stmt *by_title = store->statements[SQL_BY_TITLE];
	sqlite3_bind_int64(by_id, 1, section);
	sqlite3_bind_int64(by_link, 1, section);
	sqlite3_bind_int64(by_title, 1, section);
	for (size_t i = 0; i < seen->count; i++) {
		const struct article *article = &seen->list[i];
		char *id = identity_of_article(article, authority);
		bind(by_id, 2, id);
		bind(by_link, 2, article->link);
		sqlite3_bind_int64(by_title, 2, title_hash(article->title));
		bool good = look_up(store, by_id, known, err) &&
		    look_up(store, by_link, known, err) &&
		    look_up(store, by_title, known, err);
		free(id);
		if (!good)
			return false;
	}
	return true;
}

static bool
put_article(struct store *store, int64_t section,
    const struct article *article, struct error *err)
{
	sqlite3_stmt *statement = store->statements[SQL_PUT];
	const char *strings[] = {article->id, article->link, article->title,
	    article->text, article->author, article->image,
	    article->category};
	sqlite3_bind_int64(statement, 1, section);
	for (int i = 0; i < 7; i++)
		bind(statement, i + 2, strings[i]);
	sqlite3_bind_int64(statement, 9, article->published.at_s);
	sqlite3_bind_int(statement, 10, (int)article->published.precision);
	sqlite3_bind_int64(statement, 11, article->first_seen_s);
	sqlite3_bind_int64(statement, 12, article->changed_s);
	sqlite3_bind_int64(statement, 13, article->last_seen_s);
	sqlite3_bind_int(statement, 14, article->position);
	sqlite3_bind_int64(statement, 15, title_hash(article->title));
	sqlite3_bind_int64(statement, 16, article_published_s(article));
	int result = sqlite3_step(statement);
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return result == SQLITE_DONE || fail(store, err, "saving an article");
}

static bool
touch_article(struct store *store, int64_t section, const char *id,
    int64_t now_s, struct error *err)
{
	sqlite3_stmt *statement = store->statements[SQL_SEEN];
	if (!begin(store, false, err))
		return false;
	sqlite3_bind_int64(statement, 1, section);
	bind(statement, 2, id);
	sqlite3_bind_int64(statement, 3, now_s);
	int result = sqlite3_step(statement);
	sqlite3_reset(statement);
	return result == SQLITE_DONE || fail(store, err, "saving an article");
}

bool
store_record(struct store *store, int64_t section,
    const struct difference *difference, int64_t now_s, struct error *err)
{
	const struct articles *news[] = {
	    &difference->fresh, &difference->changed};
	if (news[0]->count + news[1]->count > 0 && !begin(store, true, err))
		return false;
	for (int k = 0; k < 2; k++)
		for (size_t i = 0; i < news[k]->count; i++)
			if (!put_article(
				store, section, &news[k]->list[i], err))
				return false;
	for (size_t i = 0; i < difference->seen.count; i++) {
		const struct article *article = &difference->seen.list[i];
		/* a day is enough for 90: unchanged rounds write nothing */
		if (now_s - article->last_seen_s >= SEEN_STEP_S &&
		    !touch_article(store, section, article->id, now_s, err))
			return false;
	}
	return true;
}

bool
store_newest(struct store *store, int64_t section, unsigned at_least,
    unsigned at_most, int64_t days, struct articles *articles,
    struct error *err)
{
	sqlite3_stmt *statement = store->statements[SQL_NEWEST];
	int64_t since = INT64_MIN;
	int result;
	sqlite3_bind_int64(statement, 1, section);
	sqlite3_bind_int64(statement, 2, at_most);
	while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
		int64_t shown = sqlite3_column_int64(statement, 13);
		if (articles->count == 0)
			since = shown - days * 86400;
		if (articles->count >= at_least && shown < since) {
			result = SQLITE_DONE;
			break;
		}
		articles_add(articles, read_article(statement));
	}
	sqlite3_reset(statement);
	return result == SQLITE_DONE || fail(store, err, "reading articles");
}

bool
store_count(struct store *store, int64_t section, uint64_t *articles,
    uint64_t *stubs, struct error *err)
{
	sqlite3_stmt *statement = store->statements[SQL_COUNT];
	sqlite3_bind_int64(statement, 1, section);
	int result = sqlite3_step(statement);
	if (result == SQLITE_ROW) {
		*articles = (uint64_t)sqlite3_column_int64(statement, 0);
		*stubs = (uint64_t)sqlite3_column_int64(statement, 1);
	}
	sqlite3_reset(statement);
	return result == SQLITE_ROW || fail(store, err, "counting articles");
}

/* ---- idle ---- */

bool
store_idle(struct store *store, int64_t now_s, struct error *err)
{
	sqlite3_stmt *statement = store->statements[SQL_STUB];
	if (!begin(store, false, err))
		return false;
	sqlite3_bind_int64(statement, 1, now_s - STUB_AGE_S);
	sqlite3_bind_int64(statement, 2, STUB_KEEP);
	int result = sqlite3_step(statement);
	sqlite3_reset(statement);
	if (result != SQLITE_DONE) {
		fail(store, err, "shrinking old articles");
		store_rollback(store);
		return false;
	}
	if (!store_commit(store, false, err))
		return false;
	/* PASSIVE waits for nobody; what a reader holds back comes next time */
	(void)sqlite3_wal_checkpoint_v2(
	    store->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	return true;
}

bool
store_check(struct store *store, struct error *err)
{
	sqlite3_stmt *statement = NULL;
	bool good = false;
	if (sqlite3_prepare_v2(store->db, "PRAGMA quick_check(1)", -1,
		&statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW) {
		const char *said =
		    (const char *)sqlite3_column_text(statement, 0);
		good = said != NULL && strcmp(said, "ok") == 0;
		if (!good)
			error_set(err, "the database is damaged: %.300s",
			    said != NULL ? said : "");
	} else
		fail(store, err, "the database is damaged");
	sqlite3_finalize(statement);
	return good;
}
