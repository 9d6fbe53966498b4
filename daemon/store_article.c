#include "daemon/store_db.h"

#include <stdlib.h>

#include <sqlite3.h>

#include "feed/memory.h"

#define SEEN_STEP_S 86400 /* last_seen is kept to the day */
/* "3 minutes ago" tells a time, "3 days ago" none */
#define RELATIVE_FRESH_S 7200
#define TIMES_MAX 4000

static bool
put_article(struct store *store, enum statement which, int64_t section,
    const struct article *article, struct error *err)
{
	sqlite3_stmt *statement = store->statements[which];
	/* NULL would make a stub of it */
	const char *title = article->title != NULL ? article->title : "";
	const char *strings[] = {article->id, article->link, title,
	    article->author, article->image, article->category, article->text};
	const int64_t numbers[] = {article->published.at_s,
	    (int64_t)article->published.precision, article->first_seen_s,
	    article->changed_s, article->last_seen_s, article->position,
	    db_hash(article->link), db_hash_link_key(article->link),
	    db_hash(title), article_published_s(article)};
	int at = 1;
	db_bind_number(statement, at++, section);
	for (size_t i = 0; i < sizeof(strings) / sizeof(*strings); i++)
		db_bind(statement, at++, strings[i]);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		db_bind_number(statement, at++, numbers[i]);
	return db_run_statement(store, which) ||
	       db_fail_write(store, err, "saving an article");
}

/* Before the article is put: what the section has already is its own. */
static bool
note_repeated(struct store *store, int64_t section,
    const struct article *article, struct error *err)
{
	sqlite3_stmt *statement = store->statements[SQL_REPEATED];
	db_bind_number(statement, 1, section);
	db_bind(statement, 2, article->id);
	db_bind_number(statement, 3, db_hash(article->link));
	db_bind(statement, 4, article->link);
	db_bind_number(statement, 5, db_hash_link_key(article->link));
	return db_run_statement(store, SQL_REPEATED) ||
	       db_fail_write(store, err, "saving an article");
}

/* A day is enough for 90: rounds without news write nothing. */
static bool
touch_article(struct store *store, int64_t section, const char *id,
    int64_t now_s, struct error *err)
{
	int64_t last_s;
	db_bind_number(store->statements[SQL_LAST_SEEN], 1, section);
	db_bind(store->statements[SQL_LAST_SEEN], 2, id);
	bool good = db_get_number(store, SQL_LAST_SEEN, INT64_MAX, &last_s);
	(void)sqlite3_clear_bindings(store->statements[SQL_LAST_SEEN]);
	if (!good)
		return db_fail(store, err, "reading an article");
	if (last_s > now_s - SEEN_STEP_S)
		return true;
	if (!db_begin(store, BATCH_NORMAL, err))
		return false;
	db_bind_number(store->statements[SQL_SEEN], 1, section);
	db_bind(store->statements[SQL_SEEN], 2, id);
	db_bind_number(store->statements[SQL_SEEN], 3, now_s);
	return db_run_statement(store, SQL_SEEN) ||
	       db_fail_write(store, err, "saving an article");
}

static bool
record_news(struct store *store, int64_t section,
    const struct difference *difference, struct error *err)
{
	if (!db_begin(store, BATCH_FULL, err))
		return false;
	for (size_t i = 0; i < difference->fresh.count; i++)
		if (!note_repeated(
			store, section, &difference->fresh.list[i], err) ||
		    !put_article(store, SQL_FRESH, section,
			&difference->fresh.list[i], err))
			return false;
	for (size_t i = 0; i < difference->changed.count; i++)
		if (!put_article(store, SQL_CHANGED, section,
			&difference->changed.list[i], err))
			return false;
	/* their text alone is new to us, and not to feed readers */
	for (size_t i = 0; i < difference->filled.count; i++)
		if (!put_article(store, SQL_CHANGED, section,
			&difference->filled.list[i], err))
			return false;
	db_bind_number(store->statements[SQL_DIRTY], 1, section);
	return db_run_statement(store, SQL_DIRTY) ||
	       db_fail_write(store, err, "saving a section");
}

bool
store_record(struct store *store, int64_t section,
    const struct difference *difference, int64_t now_s, struct error *err)
{
	if (difference->fresh.count + difference->changed.count +
		    difference->filled.count >
		0 &&
	    !record_news(store, section, difference, err))
		return false;
	for (size_t i = 0; i < difference->seen.count; i++)
		if (!touch_article(store, section, difference->seen.list[i].id,
			now_s, err))
			return false;
	return true;
}

/* ---- times and counts ---- */

struct appearance {
	int64_t shown_s, seen_s;
	int precision;
};

/* The page's time to the minute, or a fresh relative one; else when we saw it,
 * unless that was with the first page, which shows what is old. */
static size_t
times_of(const struct appearance *rows, size_t count, int64_t *times,
    int64_t *first_s)
{
	size_t told = 0;
	*first_s = INT64_MAX;
	for (size_t i = 0; i < count; i++)
		if (rows[i].seen_s < *first_s)
			*first_s = rows[i].seen_s;
	for (size_t i = 0; i < count; i++) {
		const struct appearance *row = &rows[i];
		if (row->precision > PRECISION_RELATIVE ||
		    (row->precision == PRECISION_RELATIVE &&
			row->seen_s - row->shown_s < RELATIVE_FRESH_S))
			times[told++] = row->shown_s;
		else if (row->seen_s != *first_s)
			times[told++] = row->seen_s;
	}
	return told;
}

bool
store_times(struct store *store, int64_t section, int64_t **times,
    size_t *count, int64_t *since_s, struct error *err)
{
	sqlite3_stmt *statement = store->statements[SQL_TIMES];
	struct appearance *rows = xcalloc(TIMES_MAX, sizeof(*rows));
	size_t found = 0;
	int result;
	db_bind_number(statement, 1, section);
	db_bind_number(statement, 2, TIMES_MAX);
	while ((result = db_step(statement)) == SQLITE_ROW && found < TIMES_MAX)
		rows[found++] = (struct appearance){
		    .shown_s = sqlite3_column_int64(statement, 0),
		    .seen_s = sqlite3_column_int64(statement, 1),
		    .precision = sqlite3_column_int(statement, 2),
		};
	if (result == SQLITE_DONE) {
		*times = xcalloc(found + 1, sizeof(**times));
		*count = times_of(rows, found, *times, since_s);
	} else
		db_fail(store, err, "reading the times of articles");
	(void)sqlite3_reset(statement);
	free(rows);
	return result == SQLITE_DONE;
}

bool
store_count(struct store *store, int64_t section, uint64_t *articles,
    uint64_t *stubs, struct error *err)
{
	sqlite3_stmt *statement = store->statements[SQL_COUNT];
	db_bind_number(statement, 1, section);
	bool good = db_step(statement) == SQLITE_ROW;
	if (good) {
		int64_t all = sqlite3_column_int64(statement, 0);
		*articles = (uint64_t)all;
		*stubs = (uint64_t)(all - sqlite3_column_int64(statement, 1));
	} else
		db_fail(store, err, "counting articles");
	(void)sqlite3_reset(statement);
	return good;
}
