#include "daemon/store_db.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "feed/entry.h"
#include "feed/hash.h"
#include "feed/memory.h"
#include "feed/text.h"
#include "feed/url.h"

/* errno tells afterwards why the system failed, if it did. */
int
db_step(sqlite3_stmt *statement)
{
	errno = 0;
	return sqlite3_step(statement);
}

/* ---- reasons ---- */

const char *
db_words(struct store *store)
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

bool
db_fail(struct store *store, struct error *err, const char *doing)
{
	return error_set(err, "%s: %s", doing, db_words(store));
}

/* A write that failed: half of something may stand in the batch. */
bool
db_fail_write(struct store *store, struct error *err, const char *doing)
{
	db_fail(store, err, doing);
	store->batch = BATCH_LOST;
	return false;
}

bool
db_run(struct store *store, const char *command, struct error *err)
{
	errno = 0;
	if (sqlite3_exec(store->db, command, NULL, NULL, NULL) == SQLITE_OK)
		return true;
	return db_fail(store, err, "database");
}

/* One statement that gives no row: an open read would stop the checkpoint, so
 * each is reset at once. */
bool
db_run_statement(struct store *store, enum statement which)
{
	sqlite3_stmt *statement = store->statements[which];
	int result = db_step(statement);
	(void)sqlite3_reset(statement); /* says again what step said */
	(void)sqlite3_clear_bindings(statement);
	return result == SQLITE_DONE;
}

/* The number in the first row; `none` without a row. */
bool
db_get_number(
    struct store *store, enum statement which, int64_t none, int64_t *number)
{
	sqlite3_stmt *statement = store->statements[which];
	int result = db_step(statement);
	if (result == SQLITE_ROW)
		*number = sqlite3_column_int64(statement, 0);
	else if (result == SQLITE_DONE)
		*number = none;
	(void)sqlite3_reset(statement);
	return result == SQLITE_ROW || result == SQLITE_DONE;
}

bool
db_ask_number(struct store *store, const char *query, int64_t *number)
{
	sqlite3_stmt *statement = NULL;
	bool good = sqlite3_prepare_v2(
			store->db, query, -1, &statement, NULL) == SQLITE_OK &&
		    db_step(statement) == SQLITE_ROW;
	if (good)
		*number = sqlite3_column_int64(statement, 0);
	(void)sqlite3_finalize(statement);
	return good;
}

/* ---- columns ---- */

char *
db_column(sqlite3_stmt *statement, int index)
{
	return xstrdup_or_null(
	    (const char *)sqlite3_column_text(statement, index));
}

/* Strings stay until the statement is reset: no copy. */
void
db_bind(sqlite3_stmt *statement, int index, const char *string)
{
	if (string != NULL)
		(void)sqlite3_bind_text(
		    statement, index, string, -1, SQLITE_STATIC);
	else
		(void)sqlite3_bind_null(statement, index);
}

void
db_bind_number(sqlite3_stmt *statement, int index, int64_t number)
{
	(void)sqlite3_bind_int64(statement, index, number);
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

struct article
db_read_article(sqlite3_stmt *row)
{
	return (struct article){
	    .id = db_column(row, 0),
	    .link = db_column(row, 1),
	    .title = db_column(row, 2),
	    .author = db_column(row, 3),
	    .image = db_column(row, 4),
	    .category = db_column(row, 5),
	    .text = db_column(row, 6),
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
 * text can be zeroed unnoticed): the row's sum tells.  A row without one had
 * passed the border at least (feed/text.h), and could not be published
 * otherwise.
 */
bool
db_row_is_whole(struct store *store, sqlite3_stmt *row)
{
	/* id, link, title, author, image, category; text */
	for (int i = 0; i <= 6; i++) {
		const char *text = (const char *)sqlite3_column_text(row, i);
		size_t length = (size_t)sqlite3_column_bytes(row, i);
		if (text != NULL && !text_is_clean(text, length, i == 6))
			store->is_damaged = true;
	}
	if (sqlite3_errcode(store->db) == SQLITE_NOMEM)
		return false; /* a text that is there was not to be had */
	if (!is_web_address((const char *)sqlite3_column_text(row, 1)) ||
	    sqlite3_column_int(row, 13) == 0)
		store->is_damaged = true;
	return !store->is_damaged;
}

void
db_articles_append(struct articles *to, struct articles *from)
{
	for (size_t i = 0; i < from->count; i++)
		articles_add(to, from->list[i]);
	free(from->list); /* its articles have moved */
	*from = (struct articles){0};
}

/* A number never 0, so that 0 can mean none. */
int64_t
db_hash(const char *string)
{
	uint64_t hash = hash_bytes(string, strlen(string));
	return hash != 0 ? (int64_t)hash : 1;
}

int64_t
db_hash_link_key(const char *link)
{
	char *key = url_key(link);
	int64_t hash = db_hash(key);
	free(key);
	return hash;
}
