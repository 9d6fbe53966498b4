#include "daemon/store_db.h"

#include <stdlib.h>

#include <sqlite3.h>

#include "feed/memory.h"

void
healed_record_clear(struct healed_record *record)
{
	free(record->rules);
	free(record->evidence);
	free(record->proposal);
	free(record->why);
	free(record->refused);
	*record = (struct healed_record){0};
}

static struct healed_record
read_record(sqlite3_stmt *row)
{
	return (struct healed_record){
	    .given = (uint64_t)sqlite3_column_int64(row, 0),
	    .rules = db_column(row, 1),
	    .evidence = db_column(row, 2),
	    .adopted_s = sqlite3_column_int64(row, 3),
	    .given_rounds = (uint32_t)sqlite3_column_int64(row, 4),
	    .proposal = db_column(row, 5),
	    .why = db_column(row, 6),
	    .grade = (uint32_t)sqlite3_column_int64(row, 7),
	    .seen = (uint32_t)sqlite3_column_int64(row, 8),
	    .refused = db_column(row, 9),
	    .refusals = (uint32_t)sqlite3_column_int64(row, 10),
	    .lost = (uint32_t)sqlite3_column_int64(row, 11),
	};
}

bool
store_healed(struct store *store, int64_t section, struct healed_record *record,
    struct error *err)
{
	sqlite3_stmt *row = store->statements[SQL_HEALED];
	struct healed_record found = {0};
	db_bind_number(row, 1, section);
	int result = db_step(row);
	if (result == SQLITE_ROW)
		found = read_record(row);
	else if (result != SQLITE_DONE)
		db_fail(store, err, "reading healed rules");
	(void)sqlite3_reset(row);
	if (result != SQLITE_ROW && result != SQLITE_DONE)
		return false;
	*record = found;
	return true;
}

bool
store_save_healed(struct store *store, int64_t section,
    const struct healed_record *record, struct error *err)
{
	sqlite3_stmt *row = store->statements[SQL_SAVE_HEALED];
	int at = 1;
	if (!db_begin(store, BATCH_NORMAL, err))
		return false;
	db_bind_number(row, at++, section);
	db_bind_number(row, at++, (int64_t)record->given);
	db_bind(row, at++, record->rules);
	db_bind(row, at++, record->evidence);
	db_bind_number(row, at++, record->adopted_s);
	db_bind_number(row, at++, record->given_rounds);
	db_bind(row, at++, record->proposal);
	db_bind(row, at++, record->why);
	db_bind_number(row, at++, record->grade);
	db_bind_number(row, at++, record->seen);
	db_bind(row, at++, record->refused);
	db_bind_number(row, at++, record->refusals);
	db_bind_number(row, at, record->lost);
	return db_run_statement(store, SQL_SAVE_HEALED) ||
	       db_fail_write(store, err, "saving healed rules");
}

bool
store_forget_healed(struct store *store, int64_t section, struct error *err)
{
	if (!db_begin(store, BATCH_NORMAL, err))
		return false;
	db_bind_number(store->statements[SQL_FORGET_HEALED], 1, section);
	return db_run_statement(store, SQL_FORGET_HEALED) ||
	       db_fail_write(store, err, "forgetting healed rules");
}
