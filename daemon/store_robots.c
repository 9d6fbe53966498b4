#include "daemon/store_db.h"

#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "feed/memory.h"

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
	db_bind(row, 1, origin);
	int result = db_step(row);
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
		db_fail(store, err, "reading a robots.txt");
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
	if (!db_begin(store, BATCH_NORMAL, err))
		return false;
	db_bind(statement, 1, record->origin);
	db_bind_number(statement, 2, record->asked_s);
	db_bind_number(statement, 3, record->answered_s);
	db_bind_number(statement, 4, record->failing_s);
	db_bind_number(statement, 5, record->hold_s);
	db_bind_number(statement, 6, record->status);
	db_bind_number(statement, 8, has_text);
	if (has_text && record->text != NULL)
		(void)sqlite3_bind_blob64(
		    statement, 7, record->text, record->length, SQLITE_STATIC);
	return db_run_statement(store, SQL_SAVE_ROBOTS) ||
	       db_fail_write(store, err, "saving a robots.txt");
}

bool
store_drop_robots(struct store *store, int64_t before_s, struct error *err)
{
	if (!db_begin(store, BATCH_NORMAL, err))
		return false;
	db_bind_number(store->statements[SQL_DROP_ROBOTS], 1, before_s);
	return db_run_statement(store, SQL_DROP_ROBOTS) ||
	       db_fail_write(store, err, "forgetting hosts");
}
