#include "daemon/store_db.h"

#include <sqlite3.h>

static uint32_t
count_at(sqlite3_stmt *row, int column)
{
	return (uint32_t)sqlite3_column_int64(row, column);
}

static struct reading
read_reading(sqlite3_stmt *row)
{
	return (struct reading){
	    .items = count_at(row, 0),
	    .links = count_at(row, 1),
	    .width = count_at(row, 2),
	    .broken = count_at(row, 3),
	    .mojibake = count_at(row, 4),
	    .foreign = count_at(row, 5),
	    .ending = (enum ending)sqlite3_column_int(row, 6),
	    .place = (uint64_t)sqlite3_column_int64(row, 7),
	    .at_s = sqlite3_column_int64(row, 8),
	    .rules = (uint64_t)sqlite3_column_int64(row, 9),
	    .is_bad = sqlite3_column_int(row, 10) != 0,
	    .rows = count_at(row, 11),
	    .filled = {[FIELD_LINK] = count_at(row, 12),
		[FIELD_TITLE] = count_at(row, 13),
		[FIELD_TEXT] = count_at(row, 14),
		[FIELD_DATE] = count_at(row, 15),
		[FIELD_AUTHOR] = count_at(row, 16),
		[FIELD_IMAGE] = count_at(row, 17),
		[FIELD_CATEGORY] = count_at(row, 18)},
	    .articles = count_at(row, 19),
	    .fresh = count_at(row, 20),
	    .stale = count_at(row, 21),
	    .score = sqlite3_column_int(row, 22),
	    .cells = count_at(row, 23),
	    .repeated = count_at(row, 24),
	    .menu = count_at(row, 25),
	    .shape = (uint64_t)sqlite3_column_int64(row, 26),
	    .in_shape = count_at(row, 27),
	    .likeness = count_at(row, 28),
	    .list_place = (enum list_place)sqlite3_column_int(row, 29),
	};
}

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
		readings[used++] = read_reading(row);
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
	    reading->foreign, reading->ending, (int64_t)reading->place,
	    reading->at_s, (int64_t)reading->rules, reading->is_bad,
	    reading->rows, reading->filled[FIELD_LINK],
	    reading->filled[FIELD_TITLE], reading->filled[FIELD_TEXT],
	    reading->filled[FIELD_DATE], reading->filled[FIELD_AUTHOR],
	    reading->filled[FIELD_IMAGE], reading->filled[FIELD_CATEGORY],
	    reading->articles, reading->fresh, reading->stale, reading->score,
	    reading->cells, reading->repeated, reading->menu,
	    (int64_t)reading->shape, reading->in_shape, reading->likeness,
	    reading->list_place};
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
