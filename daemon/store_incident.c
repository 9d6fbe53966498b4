#include "daemon/store_db.h"

#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "feed/memory.h"
#include "feed/text.h"

#define TEXT_CHARACTERS 2000

void
incident_clear(struct incident *incident)
{
	free(incident->path);
	free(incident->id);
	free(incident->url);
	free(incident->degraded);
	free(incident->broken);
	free(incident->reason);
	*incident = (struct incident){0};
}

/* Bytes of a text are in no check of SQLite's. */
static char *
clean_column(sqlite3_stmt *row, int index)
{
	const char *text = (const char *)sqlite3_column_text(row, index);
	return text == NULL ? NULL
			    : text_line(text, strlen(text), TEXT_CHARACTERS);
}

static struct incident
read_incident(sqlite3_stmt *row)
{
	return (struct incident){
	    .number = sqlite3_column_int64(row, 0),
	    .path = clean_column(row, 1),
	    .id = clean_column(row, 2),
	    .url = clean_column(row, 3),
	    .opened_s = sqlite3_column_int64(row, 4),
	    .changed_s = sqlite3_column_int64(row, 5),
	    .mended_s = sqlite3_column_int64(row, 6),
	    .degraded = clean_column(row, 7),
	    .broken = clean_column(row, 8),
	    .reason = clean_column(row, 9),
	};
}

static void
clear_list(struct incident *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		incident_clear(&list[i]);
	free(list);
}

bool
store_incidents(struct store *store, bool open, size_t most,
    struct incident **list, size_t *count, struct error *err)
{
	sqlite3_stmt *row = store->statements[SQL_INCIDENTS];
	struct incident *found = NULL;
	size_t used = 0, capacity = 0;
	int result;
	db_bind_number(row, 1, open);
	db_bind_number(row, 2, (int64_t)most);
	while ((result = db_step(row)) == SQLITE_ROW) {
		if (used == capacity) {
			capacity = capacity * 2 + 16;
			found = xreallocarray(found, capacity, sizeof(*found));
		}
		found[used++] = read_incident(row);
	}
	if (result == SQLITE_DONE) {
		*list = found;
		*count = used;
	} else {
		db_fail(store, err, "reading incidents");
		clear_list(found, used);
	}
	(void)sqlite3_reset(row);
	return result == SQLITE_DONE;
}

bool
store_last_incident(struct store *store, const char *path,
    struct incident *incident, struct error *err)
{
	sqlite3_stmt *row = store->statements[SQL_LAST_INCIDENT];
	db_bind(row, 1, path);
	int result = db_step(row);
	bool good = result == SQLITE_DONE || result == SQLITE_ROW;
	if (!good)
		db_fail(store, err, "reading an incident");
	else
		*incident = result == SQLITE_ROW ? read_incident(row)
						 : (struct incident){0};
	(void)sqlite3_reset(row);
	(void)sqlite3_clear_bindings(row);
	return good;
}

bool
store_save_incident(
    struct store *store, struct incident *incident, struct error *err)
{
	sqlite3_stmt *row = store->statements[SQL_SAVE_INCIDENT];
	if (!db_begin(store, BATCH_NORMAL, err))
		return false;
	if (incident->number != 0)
		db_bind_number(row, 1, incident->number);
	db_bind(row, 2, incident->path);
	db_bind(row, 3, incident->id);
	db_bind(row, 4, incident->url);
	db_bind_number(row, 5, incident->opened_s);
	db_bind_number(row, 6, incident->changed_s);
	db_bind_number(row, 7, incident->mended_s);
	db_bind(row, 8, incident->degraded);
	db_bind(row, 9, incident->broken);
	db_bind(row, 10, incident->reason);
	bool good = db_step(row) == SQLITE_ROW;
	if (good)
		incident->number = sqlite3_column_int64(row, 0);
	else
		db_fail_write(store, err, "saving an incident");
	(void)sqlite3_reset(row);
	(void)sqlite3_clear_bindings(row);
	return good;
}

bool
store_drop_incidents(struct store *store, size_t keep, struct error *err)
{
	if (!db_begin(store, BATCH_NORMAL, err))
		return false;
	db_bind_number(store->statements[SQL_DROP_INCIDENTS], 1, (int64_t)keep);
	return db_run_statement(store, SQL_DROP_INCIDENTS) ||
	       db_fail_write(store, err, "forgetting incidents");
}

char *
store_own(
    struct store *store, const char *name, int64_t *made_s, struct error *err)
{
	sqlite3_stmt *row = store->statements[SQL_OWN];
	char *value = NULL;
	db_bind(row, 1, name);
	if (db_step(row) == SQLITE_ROW) {
		value = clean_column(row, 0);
		*made_s = sqlite3_column_int64(row, 1);
	}
	if (value == NULL)
		db_fail(store, err, "reading what the store says of itself");
	(void)sqlite3_reset(row);
	(void)sqlite3_clear_bindings(row);
	return value;
}
