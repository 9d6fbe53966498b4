#include "daemon/store_db.h"

#include <sqlite3.h>

bool
store_readings(struct store *store, int64_t section, struct reading *readings,
    size_t *count, struct error *err)
{
	sqlite3_stmt *row = store->statements[SQL_READINGS];
	size_t used = 0;
	int result;
	db_bind_number(row, 1, section);
	db_bind_number(row, 2, READINGS_KEPT);
	while ((result = db_step(row)) == SQLITE_ROW && used < READINGS_KEPT)
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
		db_fail(store, err, "reading readings");
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
	if (!db_begin(store, BATCH_NORMAL, err))
		return false;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		db_bind_number(row, (int)i + 1, numbers[i]);
	if (!db_run_statement(store, SQL_ADD_READING))
		return db_fail_write(store, err, "saving a reading");
	db_bind_number(store->statements[SQL_DROP_READINGS], 1, section);
	db_bind_number(store->statements[SQL_DROP_READINGS], 2, READINGS_KEPT);
	return db_run_statement(store, SQL_DROP_READINGS) ||
	       db_fail_write(store, err, "dropping readings");
}
