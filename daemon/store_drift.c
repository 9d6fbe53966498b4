#include "daemon/store_db.h"

#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "feed/memory.h"

void
drift_record_clear(struct drift_record *record)
{
	free(record->unusual);
	free(record->list_path);
	free(record->sketch);
	*record = (struct drift_record){0};
}

static struct drift_record
read_drift(sqlite3_stmt *row)
{
	const void *sketch = sqlite3_column_blob(row, 7);
	size_t length = (size_t)sqlite3_column_bytes(row, 7);
	int phase = sqlite3_column_int(row, 1);
	return (struct drift_record){
	    .rules_hash = (uint64_t)sqlite3_column_int64(row, 0),
	    .drift =
		{
		    .phase = phase >= 0 && phase < DRIFT_PHASES
				 ? (enum drift_phase)phase
				 : DRIFT_OK,
		    .since_s = sqlite3_column_int64(row, 2),
		    .suspicious = (uint32_t)sqlite3_column_int64(row, 3),
		    .left = (uint32_t)sqlite3_column_int64(row, 4),
		},
	    .unusual = db_column(row, 5),
	    .list_path = db_column(row, 6),
	    .sketch = sketch != NULL && length == sizeof(struct sketch)
			  ? xmemdup(sketch, length)
			  : NULL,
	};
}

bool
store_drift(struct store *store, int64_t section, struct drift_record *record,
    struct error *err)
{
	sqlite3_stmt *row = store->statements[SQL_DRIFT];
	db_bind_number(row, 1, section);
	int result = db_step(row);
	if (result == SQLITE_ROW)
		*record = read_drift(row);
	else if (result == SQLITE_DONE)
		*record = (struct drift_record){0};
	else
		db_fail(store, err, "reading what is watched");
	(void)sqlite3_reset(row);
	return result == SQLITE_ROW || result == SQLITE_DONE;
}

bool
store_save_drift(struct store *store, int64_t section,
    const struct drift_record *record, struct error *err)
{
	sqlite3_stmt *row = store->statements[SQL_SAVE_DRIFT];
	const int64_t numbers[] = {section, (int64_t)record->rules_hash,
	    record->drift.phase, record->drift.since_s,
	    record->drift.suspicious, record->drift.left};
	if (!db_begin(store, BATCH_NORMAL, err))
		return false;
	int at = 1;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		db_bind_number(row, at++, numbers[i]);
	db_bind(row, at++, record->unusual);
	db_bind(row, at++, record->list_path);
	/* without a sketch this is NULL, as SQLite has it */
	(void)sqlite3_bind_blob64(row, at, record->sketch,
	    record->sketch != NULL ? sizeof(*record->sketch) : 0,
	    SQLITE_STATIC);
	bool good = db_run_statement(store, SQL_SAVE_DRIFT);
	(void)sqlite3_clear_bindings(row);
	return good || db_fail_write(store, err, "saving what is watched");
}
