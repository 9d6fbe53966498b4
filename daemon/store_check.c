#include "daemon/store_db.h"

#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "daemon/clock.h"
#include "feed/memory.h"

/*
 * Is the database whole?  One that is small is asked at once; a large one is
 * read when there is time for it, a few milliseconds a call: its small tables
 * first, then every article, and each of these by every index.
 */
#define CHECK_MS 20
#define CHECK_ROWS 100 /* between two looks at the clock */
#define NO_MEMORY "unable to get the page. error code=7"

/* What SQLite says of a page that it could not look at: its memory or the disk
 * failed, which is no damage if it comes back. */
static bool
is_unread(const char *said)
{
	return strstr(said, "unable to get the page") != NULL ||
	       strstr(said, "failed to get page") != NULL;
}

/* A PRAGMA that says "ok", or what is wrong. */
static bool
ask(struct store *store, const char *pragma, struct error *err)
{
	sqlite3_stmt *statement = NULL;
	bool good = sqlite3_prepare_v2(
			store->db, pragma, -1, &statement, NULL) == SQLITE_OK &&
		    db_step(statement) == SQLITE_ROW;
	if (!good)
		db_fail(store, err, "checking the database");
	else {
		const char *said =
		    (const char *)sqlite3_column_text(statement, 0);
		good = said != NULL && strcmp(said, "ok") == 0;
		bool unread = said != NULL && is_unread(said);
		store->is_damaged |= !good && !unread;
		if (!good)
			error_set(err, "the database %s: %.300s",
			    unread ? "cannot be read" : "is damaged",
			    said != NULL ? said : "");
	}
	(void)sqlite3_finalize(statement);
	return good;
}

bool
store_check(struct store *store, struct error *err)
{
	static const char whole[] = "PRAGMA integrity_check(1)";
	struct error why = {{0}};
	if (ask(store, whole, &why) ||
	    (!store->is_damaged && ask(store, whole, &why)))
		return true;
	store->is_damaged |=
	    is_unread(why.reason) && strstr(why.reason, NO_MEMORY) == NULL;
	return error_set(err, "%s", why.reason);
}

void
db_check_later(struct store *store)
{
	db_check_clear(store);
	store->check.wanted = true;
}

void
db_check_clear(struct store *store)
{
	free(store->check.table);
	free(store->check.id);
	store->check = (struct check){0};
}

bool
store_is_checked(const struct store *store)
{
	return !store->check.wanted;
}

/* The next table that is not the articles'; false and good: there is none. */
static bool
check_table(struct store *store, bool *good, struct error *err)
{
	sqlite3_stmt *statement = store->statements[SQL_NEXT_TABLE];
	char *name = NULL;
	db_bind(
	    statement, 1, store->check.table != NULL ? store->check.table : "");
	int result = db_step(statement);
	if (result == SQLITE_ROW)
		name = db_column(statement, 0);
	else if (result != SQLITE_DONE)
		db_fail(store, err, "checking the database");
	(void)sqlite3_reset(statement);
	(void)sqlite3_clear_bindings(statement);
	*good = result == SQLITE_ROW || result == SQLITE_DONE;
	free(store->check.table);
	store->check.table = name;
	if (name == NULL)
		return false;
	char *pragma = xasprintf("PRAGMA quick_check('%s')", name);
	*good = ask(store, pragma, err);
	free(pragma);
	return true;
}

static bool
check_row(struct store *store, sqlite3_stmt *row)
{
	const int found = sqlite3_column_count(row) - 1;
	store->is_damaged |= sqlite3_column_int(row, found) == 0;
	return db_row_is_whole(store, row);
}

/* Some articles of the section; *count 0: it has no more of them. */
static bool
check_articles(struct store *store, size_t *count, struct error *err)
{
	sqlite3_stmt *row = store->statements[SQL_CHECK];
	char *last = NULL;
	int result;
	*count = 0;
	db_bind_number(row, 1, store->check.section);
	db_bind(row, 2, store->check.id != NULL ? store->check.id : "");
	db_bind_number(row, 3, CHECK_ROWS);
	while ((result = db_step(row)) == SQLITE_ROW && check_row(store, row)) {
		(*count)++;
		free(last);
		last = db_column(row, 0);
	}
	if (result == SQLITE_ROW)
		error_set(err, "the database is damaged: an article of it");
	else if (result != SQLITE_DONE)
		db_fail(store, err, "checking the articles");
	(void)sqlite3_reset(row);
	(void)sqlite3_clear_bindings(row);
	free(store->check.id);
	store->check.id = last;
	return result == SQLITE_DONE;
}

static bool
next_section(struct store *store, struct error *err)
{
	db_bind_number(
	    store->statements[SQL_NEXT_SECTION], 1, store->check.section);
	if (!db_get_number(store, SQL_NEXT_SECTION, 0, &store->check.section))
		return db_fail(store, err, "reading sections");
	if (store->check.section == 0)
		db_check_clear(store); /* that was the last one */
	return true;
}

static bool
check_step(struct store *store, struct error *err)
{
	struct check *check = &store->check;
	bool good;
	size_t count;
	if (!check->has_tables) {
		check->has_tables = !check_table(store, &good, err);
		return good;
	}
	if (check->section == 0)
		return next_section(store, err);
	if (!check_articles(store, &count, err))
		return false;
	return count > 0 || next_section(store, err);
}

bool
db_check_some(struct store *store, struct error *err)
{
	int64_t until_ms = clock_monotonic_ms() + CHECK_MS;
	bool good = true;
	while (good && store->check.wanted && clock_monotonic_ms() < until_ms)
		good = check_step(store, err);
	if (!good)
		db_check_clear(store);
	return good;
}
