#include "daemon/store_db.h"

#include <sqlite3.h>

#define STUB_AGE_S (90 * 86400)
#define STUB_KEEP 1000  /* newest of a section: what a feed can hold */
#define STUB_STEP 200   /* articles in one idle call, about */
#define SECTION_STEP 50 /* sections in one idle call */
#define REST_S 3600     /* after a round of them that found nothing */

/* How many articles of the section can shrink now, at most `limit`; what it
 * takes to tell them in *edge_s. */
static bool
count_old(struct store *store, int64_t section, int64_t before_s, int64_t limit,
    int64_t *edge_s, int64_t *count)
{
	sqlite3_stmt *edge = store->statements[SQL_EDGE];
	sqlite3_stmt *old = store->statements[SQL_OLD];
	db_bind_number(edge, 1, section);
	db_bind_number(edge, 2, STUB_KEEP - 1);
	*count = 0;
	if (!db_get_number(store, SQL_EDGE, INT64_MIN, edge_s))
		return false;
	if (*edge_s == INT64_MIN)
		return true; /* all are among the newest */
	db_bind_number(old, 1, section);
	db_bind_number(old, 2, before_s);
	db_bind_number(old, 3, *edge_s);
	db_bind_number(old, 4, limit);
	return db_get_number(store, SQL_OLD, 0, count);
}

/* Articles older than the newest STUB_KEEP (equal ones count as those), the
 * longest unseen first. */
static bool
shrink(struct store *store, int64_t section, int64_t before_s, int64_t edge_s,
    int64_t limit, struct error *err)
{
	sqlite3_stmt *statement = store->statements[SQL_STUB];
	if (!db_begin(store, BATCH_NORMAL, err))
		return false;
	db_bind_number(statement, 1, section);
	db_bind_number(statement, 2, before_s);
	db_bind_number(statement, 3, edge_s);
	db_bind_number(statement, 4, limit);
	return db_run_statement(store, SQL_STUB) ||
	       db_fail_write(store, err, "shrinking old articles");
}

/* Goes round the sections, a few a call. */
static bool
shrink_some(struct store *store, int64_t now_s, struct error *err)
{
	int64_t left = STUB_STEP, before_s = now_s - STUB_AGE_S;
	if (store->idle_section == 0)
		store->has_shrunk = false;
	store->rest_s = 0;
	for (int i = 0; i < SECTION_STEP && left > 0; i++) {
		int64_t section, edge_s, count;
		db_bind_number(store->statements[SQL_NEXT_SECTION], 1,
		    store->idle_section);
		if (!db_get_number(store, SQL_NEXT_SECTION, 0, &section))
			return db_fail(store, err, "reading sections");
		store->idle_section = section;
		if (section == 0) {
			store->rest_s = store->has_shrunk ? 0 : now_s;
			break; /* from the start at the next call */
		}
		if (!count_old(store, section, before_s, left, &edge_s, &count))
			return db_fail(store, err, "reading articles");
		if (count > 0 &&
		    !shrink(store, section, before_s, edge_s, left, err))
			return false;
		store->has_shrunk |= count > 0;
		left -= count;
	}
	return true;
}

bool
store_idle(struct store *store, int64_t now_s, struct error *err)
{
	if (store->batch != BATCH_NONE)
		return true;
	if (!db_check_some(store, err))
		return false;
	/* what grows old in months needs no look twice a minute */
	bool is_rest = store->rest_s > 0 && now_s >= store->rest_s &&
		       now_s - store->rest_s < REST_S;
	if (!is_rest && !shrink_some(store, now_s, err)) {
		store_rollback(store);
		return false;
	}
	if (!store_commit(store, false, err))
		return false;
	if (store->wal_pages > 0)
		db_checkpoint(store);
	return true;
}
