#include "daemon/store_db.h"

#include <stdlib.h>

#include <sqlite3.h>

#include "feed/memory.h"

void
learned_record_clear(struct learned_record *record)
{
	expectation_clear(&record->expected);
	free(record->rules);
	free(record->evidence);
	*record = (struct learned_record){0};
}

/* The fields that an article may lack, in the order of the columns. */
static const enum field fields[] = {
    FIELD_TEXT, FIELD_DATE, FIELD_AUTHOR, FIELD_IMAGE};
#define FIELDS ((int)(sizeof(fields) / sizeof(*fields)))

static struct learned_record
read_record(sqlite3_stmt *row)
{
	struct learned_record record = {
	    .given = (uint64_t)sqlite3_column_int64(row, 0),
	    .asked_s = sqlite3_column_int64(row, 1),
	    .learned_s = sqlite3_column_int64(row, 2),
	    .expected.items = (uint32_t)sqlite3_column_int64(row, 3),
	    .expected.place = db_column(row, 4 + FIELDS),
	    .rules = db_column(row, 5 + FIELDS),
	    .evidence = db_column(row, 6 + FIELDS),
	};
	for (int i = 0; i < FIELDS; i++)
		record.expected.filled[fields[i]] =
		    (uint32_t)sqlite3_column_int64(row, 4 + i);
	return record;
}

bool
store_learned(struct store *store, int64_t section,
    struct learned_record *record, struct error *err)
{
	sqlite3_stmt *row = store->statements[SQL_LEARNED];
	struct learned_record found = {0};
	db_bind_number(row, 1, section);
	int result = db_step(row);
	if (result == SQLITE_ROW)
		found = read_record(row);
	else if (result != SQLITE_DONE)
		db_fail(store, err, "reading learned rules");
	(void)sqlite3_reset(row);
	if (result != SQLITE_ROW && result != SQLITE_DONE)
		return false;
	*record = found;
	return true;
}

bool
store_save_learned(struct store *store, int64_t section,
    const struct learned_record *record, struct error *err)
{
	sqlite3_stmt *row = store->statements[SQL_SAVE_LEARNED];
	const int64_t numbers[] = {section, (int64_t)record->given,
	    record->asked_s, record->learned_s, record->expected.items};
	int at = 1;
	if (!db_begin(store, BATCH_NORMAL, err))
		return false;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		db_bind_number(row, at++, numbers[i]);
	for (int i = 0; i < FIELDS; i++)
		db_bind_number(row, at++, record->expected.filled[fields[i]]);
	db_bind(row, at++, record->expected.place);
	db_bind(row, at++, record->rules != NULL ? record->rules : "");
	db_bind(row, at, record->evidence);
	return db_run_statement(store, SQL_SAVE_LEARNED) ||
	       db_fail_write(store, err, "saving learned rules");
}

bool
store_forget_learned(struct store *store, int64_t section, struct error *err)
{
	if (!db_begin(store, BATCH_NORMAL, err))
		return false;
	db_bind_number(store->statements[SQL_FORGET_LEARNED], 1, section);
	return db_run_statement(store, SQL_FORGET_LEARNED) ||
	       db_fail_write(store, err, "forgetting learned rules");
}
