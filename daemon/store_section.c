#include "daemon/store_db.h"

#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "feed/memory.h"

static struct feed_file
read_file(sqlite3_stmt *row, int at)
{
	return (struct feed_file){
	    .hash = (uint64_t)sqlite3_column_int64(row, at),
	    .length = sqlite3_column_int64(row, at + 1),
	    .mtime_s = sqlite3_column_int64(row, at + 2),
	};
}

static struct section_state
read_section(sqlite3_stmt *row)
{
	const void *window = sqlite3_column_blob(row, 38);
	size_t window_length = (size_t)sqlite3_column_bytes(row, 38);
	return (struct section_state){
	    .number = sqlite3_column_int64(row, 0),
	    .path = db_column(row, 1),
	    .url = db_column(row, 2),
	    .etag = db_column(row, 3),
	    .last_modified = db_column(row, 4),
	    .validated_s = sqlite3_column_int64(row, 5),
	    .body_hash = (uint64_t)sqlite3_column_int64(row, 6),
	    .rules_hash = (uint64_t)sqlite3_column_int64(row, 7),
	    .due_s = sqlite3_column_int64(row, 8),
	    .round_s = sqlite3_column_int64(row, 9),
	    .good_s = sqlite3_column_int64(row, 10),
	    .news_s = sqlite3_column_int64(row, 11),
	    .failures = (uint32_t)sqlite3_column_int64(row, 12),
	    .item_count = (uint32_t)sqlite3_column_int64(row, 13),
	    .rounds = (uint64_t)sqlite3_column_int64(row, 14),
	    .rounds_good = (uint64_t)sqlite3_column_int64(row, 15),
	    .stage = db_column(row, 16),
	    .reason = db_column(row, 17),
	    .site_title = db_column(row, 18),
	    .title = db_column(row, 19),
	    .language = db_column(row, 20),
	    .icon = db_column(row, 21),
	    .feed_updated_s = sqlite3_column_int64(row, 22),
	    .feed_dirty = sqlite3_column_int(row, 26) != 0,
	    .hold_s = sqlite3_column_int64(row, 27),
	    .asked_s = sqlite3_column_int64(row, 28),
	    .unread = (uint32_t)sqlite3_column_int64(row, 29),
	    .unread_rounds = (uint32_t)sqlite3_column_int64(row, 30),
	    .files = {[FORMAT_ATOM] = read_file(row, 23),
		[FORMAT_RSS] = read_file(row, 31),
		[FORMAT_JSON] = read_file(row, 34)},
	    .category = db_column(row, 37),
	    .window = window != NULL ? xmemdup(window, window_length) : NULL,
	    .window_length = window != NULL ? window_length : 0,
	    .cut_rounds = (uint32_t)sqlite3_column_int64(row, 39),
	    .feed_id = db_column(row, 40),
	};
}

/* In the order of SECTION_COLUMNS. */
static void
bind_section(
    sqlite3_stmt *statement, const struct section_state *state, int64_t number)
{
	const char *strings[] = {
	    state->path, state->url, state->etag, state->last_modified};
	const int64_t numbers[] = {state->validated_s,
	    (int64_t)state->body_hash, (int64_t)state->rules_hash, state->due_s,
	    state->round_s, state->good_s, state->news_s, state->failures,
	    state->item_count, (int64_t)state->rounds,
	    (int64_t)state->rounds_good};
	const char *words[] = {state->stage, state->reason, state->site_title,
	    state->title, state->language, state->icon};
	const struct feed_file *atom = &state->files[FORMAT_ATOM];
	const struct feed_file *rss = &state->files[FORMAT_RSS];
	const struct feed_file *json = &state->files[FORMAT_JSON];
	const int64_t feed[] = {state->feed_updated_s, (int64_t)atom->hash,
	    atom->length, atom->mtime_s, state->feed_dirty, state->hold_s,
	    state->asked_s, state->unread, state->unread_rounds,
	    (int64_t)rss->hash, rss->length, rss->mtime_s, (int64_t)json->hash,
	    json->length, json->mtime_s};
	int at = 1;
	db_bind_number(statement, at++, number);
	for (size_t i = 0; i < sizeof(strings) / sizeof(*strings); i++)
		db_bind(statement, at++, strings[i]);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		db_bind_number(statement, at++, numbers[i]);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		db_bind(statement, at++, words[i]);
	for (size_t i = 0; i < sizeof(feed) / sizeof(*feed); i++)
		db_bind_number(statement, at++, feed[i]);
	db_bind(statement, at++, state->category);
	/* without a window this is NULL, as SQLite has it */
	(void)sqlite3_bind_blob64(statement, at++, state->window,
	    state->window_length, SQLITE_STATIC);
	db_bind_number(statement, at++, state->cut_rounds);
	db_bind(statement, at, state->feed_id);
}

void
section_state_clear(struct section_state *state)
{
	free(state->path);
	free(state->url);
	free(state->etag);
	free(state->last_modified);
	free(state->stage);
	free(state->reason);
	free(state->site_title);
	free(state->title);
	free(state->language);
	free(state->icon);
	free(state->feed_id);
	free(state->category);
	free(state->window);
	*state = (struct section_state){0};
}

bool
section_state_is_refused(const struct section_state *state)
{
	return state->failures == 0 && state->stage != NULL &&
	       strcmp(state->stage, "robots") == 0;
}

bool
store_section(struct store *store, const char *path,
    struct section_state *state, struct error *err)
{
	sqlite3_stmt *statement = store->statements[SQL_SECTION];
	db_bind(statement, 1, path);
	int result = db_step(statement);
	if (result == SQLITE_ROW)
		*state = read_section(statement);
	else if (result == SQLITE_DONE)
		*state = (struct section_state){.path = xstrdup(path)};
	else
		db_fail(store, err, "reading a section");
	(void)sqlite3_reset(statement);
	(void)sqlite3_clear_bindings(statement);
	return result == SQLITE_ROW || result == SQLITE_DONE;
}

bool
store_sections(struct store *store, struct section_state **list, size_t *count,
    struct error *err)
{
	sqlite3_stmt *statement = store->statements[SQL_SECTIONS];
	struct section_state *rows = NULL;
	size_t used = 0, capacity = 0;
	int result;
	while ((result = db_step(statement)) == SQLITE_ROW) {
		if (used == capacity) {
			capacity = capacity * 2 + 16;
			rows = xreallocarray(rows, capacity, sizeof(*rows));
		}
		rows[used++] = read_section(statement);
	}
	if (result != SQLITE_DONE)
		db_fail(store, err, "reading sections");
	(void)sqlite3_reset(statement);
	if (result == SQLITE_DONE) {
		*list = rows;
		*count = used;
		return true;
	}
	while (used > 0)
		section_state_clear(&rows[--used]);
	free(rows);
	return false;
}

/* 0: it has no row; -1: the database says no. */
static int64_t
put_section(struct store *store, enum statement which,
    const struct section_state *state, int64_t number)
{
	sqlite3_stmt *statement = store->statements[which];
	int64_t given = 0;
	bind_section(statement, state, number);
	int result = db_step(statement);
	if (result == SQLITE_ROW) {
		given = sqlite3_column_int64(statement, 0);
		result = db_step(statement);
	}
	(void)sqlite3_reset(statement);
	(void)sqlite3_clear_bindings(statement);
	return result == SQLITE_DONE ? given : -1;
}

/* A number that a rolled back batch gave away stays with its section: articles
 * may be recorded by it before the row is written again. */
bool
store_save_section(
    struct store *store, struct section_state *state, struct error *err)
{
	if (!db_begin(store, BATCH_NORMAL, err))
		return false;
	int64_t wanted =
	    state->number != 0 ? state->number : store->next_number;
	int64_t number = put_section(store, SQL_UPDATE_SECTION, state, wanted);
	if (number == 0)
		number = put_section(store, SQL_INSERT_SECTION, state, wanted);
	if (number < 0)
		return db_fail_write(store, err, "saving a section");
	if (number >= store->next_number)
		store->next_number = number + 1;
	state->number = number;
	return true;
}
