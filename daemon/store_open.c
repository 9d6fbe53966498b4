#include "daemon/store_db.h"

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
#include "feed/memory.h"

#define BUSY_MS 2000      /* somebody's sqlite3 shell; the loop waits */
#define VERSION_LEAP 1000 /* no newer program is so far ahead */
/* Read whole at each opening (68 MB take 0.08 s from the kernel's cache); what
 * is larger when there is time for it (store_check.c). */
#define CHECK_MAX_BYTES ((int64_t)64 << 20)
#define TOLD_MAX_BYTES 1024

/* ---- the lock ---- */

/* Always of one length, so that a full disk, too, has room for it. */
void
store_tell(struct store *store, const char *lines)
{
	char text[TOLD_MAX_BYTES];
	memset(text, '\n', sizeof(text));
	int length =
	    snprintf(text, sizeof(text), "%ld\n%s", (long)getpid(), lines);
	if (length >= 0 && (size_t)length < sizeof(text))
		text[length] = '\n';
	(void)!pwrite(store->lock, text, sizeof(text) - 1, 0);
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
	if (lines == NULL || lines[strspn(lines, "\n")] == '\0')
		return NULL;
	while (got > 1 && text[got - 1] == '\n' && text[got - 2] == '\n')
		text[--got] = '\0';
	return xstrdup(lines + 1);
}

bool
db_take_lock(struct store *store, const char *directory, struct error *err)
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

/* One that was cut short has another name. */
bool
db_copy(struct store *store, const char *to, struct error *err)
{
	char *part = xasprintf("%s.part", to);
	sqlite3_stmt *vacuum = NULL;
	(void)unlink(part); /* of an attempt before, if any */
	errno = 0;
	bool good = sqlite3_prepare_v2(store->db, "VACUUM INTO ?1", -1, &vacuum,
			NULL) == SQLITE_OK &&
		    sqlite3_bind_text(vacuum, 1, part, -1, SQLITE_STATIC) ==
			SQLITE_OK &&
		    db_step(vacuum) == SQLITE_DONE;
	if (!good)
		error_set(err, "copying it to %s: %s", to, db_words(store));
	(void)sqlite3_finalize(vacuum);
	if (good && (!sync_file(part) || rename(part, to) == -1))
		good = error_set(err, "%s: %s", to, strerror(errno));
	if (good)
		path_sync_parent(to);
	else
		(void)unlink(part);
	free(part);
	return good;
}

/* The way back to the older program, should this one disappoint: whole and on
 * the disk before the first byte is changed. */
static bool
keep_copy(
    struct store *store, const char *path, int64_t version, struct error *err)
{
	char *copy = xasprintf("%s.v%lld", path, (long long)version);
	struct error why = {{0}};
	bool good = db_copy(store, copy, &why) ||
		    error_set(err, "before an upgrade: %s", why.reason);
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
	bool good = db_run(store, "BEGIN IMMEDIATE", err);
	for (; good && version < STORE_VERSION; version++)
		good = db_run(store, store_schema[version], err);
	good = good && db_run(store, made, err) && db_run(store, "COMMIT", err);
	if (!good && !sqlite3_get_autocommit(store->db))
		(void)db_run(store, "ROLLBACK", NULL); /* closed anyway */
	return good;
}

/* Not marked as ours: another program's, or ours with a damaged head. */
static bool
check_stranger(struct store *store, const char *path, struct error *err)
{
	int64_t ours = 0;
	(void)db_ask_number(store,
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
	if (!db_ask_number(store, "PRAGMA user_version", version) ||
	    !db_ask_number(store, "PRAGMA application_id", &application) ||
	    !db_ask_number(
		store, "SELECT count(*) FROM sqlite_schema", &tables))
		return error_set(err, "%s: %s%s", path, db_words(store),
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
		    db_step(statement) == SQLITE_ROW;
	const char *mode =
	    good ? (const char *)sqlite3_column_text(statement, 0) : NULL;
	if (!good)
		error_set(err, "%s: %s", path, db_words(store));
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

void
db_watch_log(struct store *store)
{
	/* what a crash left in the log is checkpointed when idle; wal_hook
	 * takes the place of the automatic checkpoint inside COMMIT */
	store->wal_pages = 1;
	store->wal_limit = WAL_MAX_PAGES;
	(void)sqlite3_wal_hook(store->db, on_wal, store);
}

static bool
prepare(struct store *store, bool write, const char *path, struct error *err)
{
	for (int i = 0; i < SQL_STATEMENTS; i++) {
		int result = sqlite3_prepare_v3(store->db, store_sql[i], -1,
		    SQLITE_PREPARE_PERSISTENT, &store->statements[i], NULL);
		if (result == SQLITE_OK)
			continue;
		/* of our version, and yet without one of its columns: what a
		 * bit that flipped inside the schema's text leaves */
		store->is_damaged |= result == SQLITE_ERROR;
		return error_set(err, "%s: %s", path, db_words(store));
	}
	if (!write)
		return true;
	if (!db_ask_number(store,
		"SELECT ifnull(max(number), 0) + 1 FROM section",
		&store->next_number))
		return error_set(err, "%s: %s", path, db_words(store));
	db_watch_log(store);
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
		    store->db != NULL ? db_words(store) : "no memory");
	(void)sqlite3_busy_timeout(store->db, BUSY_MS); /* cannot fail */
	if (!db_define_sum(store->db))
		return error_set(err, "%s: %s", path, db_words(store));
	return check_owner(store, path, version, err);
}

bool
db_connect(struct store *store, struct error *err)
{
	const char *path = store->path;
	int64_t version;
	if (!connect_to(store, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
		&version, err) ||
	    !use_wal(store, path, err) ||
	    !db_run(store,
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

void
db_disconnect(struct store *store, bool as_it_is)
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
	db_disconnect(store, true);
	db_check_clear(store);
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
	store->was_cut = size_of(path, "-wal") > 0;
	bool is_large =
	    size_of(path, "") + size_of(path, "-wal") > CHECK_MAX_BYTES;
	if (!db_connect(store, err))
		return false;
	if (!is_large)
		return store_check(store, err);
	db_check_later(store);
	return true;
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
	return set_aside(store, why.reason, err) && db_connect(store, err);
}

bool
store_was_cut(const struct store *store)
{
	return store->was_cut;
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
	bool good = set_aside(store, why, err) && db_connect(store, err);
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
	store->trouble = (struct trouble){
	    .what = "store",
	    .consequence = "the rounds that it did not record come again when "
			   "it is well",
	};
	if (mode == STORE_READ)
		good = open_to_read(store, store->path, err);
	else
		good = path_make_folders(directory, err) &&
		       db_take_lock(store, directory, err) &&
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
	db_disconnect(store, false);
	if (store->lock != -1)
		close(store->lock);
	trouble_clear(&store->trouble);
	db_check_clear(store);
	free(store->aside);
	free(store->path);
	free(store);
}
