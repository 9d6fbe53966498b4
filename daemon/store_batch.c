#include "daemon/store_db.h"

#include <stdio.h>

#include <sqlite3.h>

#include "daemon/store_schema.h"

static bool
set_synchronous(struct store *store, enum batch kind, struct error *err)
{
	if (store->synchronous == kind)
		return true;
	if (!db_run(store,
		kind == BATCH_FULL ? "PRAGMA synchronous=FULL"
				   : "PRAGMA synchronous=NORMAL",
		err))
		return false;
	store->synchronous = kind;
	return true;
}

/* Before each write; the rule is in the header. */
bool
db_begin(struct store *store, enum batch kind, struct error *err)
{
	if (store->batch == BATCH_LOST)
		return error_set(
		    err, "an earlier write of this batch has failed");
	if (store->batch == BATCH_FULL || store->batch == kind)
		return true;
	if (store->batch == BATCH_NORMAL && !store_commit(store, false, err))
		return false;
	if (!set_synchronous(store, kind, err))
		return false;
	if (!db_run_statement(store, SQL_BEGIN))
		return db_fail(store, err, "beginning a batch");
	store->batch = kind;
	return true;
}

bool
store_has_batch(const struct store *store)
{
	return store->batch != BATCH_NONE;
}

void
store_rollback(struct store *store)
{
	/* SQLite may have done so by itself (disk full); if it cannot, the
	 * next BEGIN says so */
	if (!sqlite3_get_autocommit(store->db))
		(void)db_run_statement(store, SQL_ROLLBACK);
	store->batch = BATCH_NONE;
}

/* PASSIVE waits for nobody; what a reader holds back comes next time. */
void
db_checkpoint(struct store *store)
{
	int pages = -1, moved = -1;
	int result = sqlite3_wal_checkpoint_v2(
	    store->db, NULL, SQLITE_CHECKPOINT_PASSIVE, &pages, &moved);
	store->is_damaged |= (result & 0xff) == SQLITE_CORRUPT;
	if (result == SQLITE_OK && pages == moved) {
		store->wal_pages = 0;
		store->wal_limit = WAL_MAX_PAGES;
	} else
		store->wal_limit = store->wal_pages + WAL_MAX_PAGES;
}

/* Whatever was committed with NORMAL is on the disk when the log is synced,
 * and a FULL commit syncs it; this one changes nothing. */
static bool
sync_log(struct store *store, struct error *err)
{
	char same[64];
	(void)snprintf(
	    same, sizeof(same), "PRAGMA user_version=%d", STORE_VERSION);
	if (!db_begin(store, BATCH_FULL, err))
		return false;
	if (db_run(store, same, err) && db_run_statement(store, SQL_COMMIT)) {
		store->batch = BATCH_NONE;
		return true;
	}
	db_fail(store, err, "syncing");
	store_rollback(store);
	return false;
}

bool
store_probe(struct store *store, struct error *err)
{
	return sync_log(store, err);
}

bool
store_commit(struct store *store, bool durable, struct error *err)
{
	enum batch kind = store->batch;
	if (kind == BATCH_NONE)
		return true;
	if (kind == BATCH_LOST || sqlite3_get_autocommit(store->db)) {
		store_rollback(store);
		return error_set(
		    err, "a write of this batch has failed; it is dropped");
	}
	if (!db_run_statement(store, SQL_COMMIT)) {
		db_fail(store, err, "ending a batch");
		store_rollback(store);
		return false;
	}
	store->batch = BATCH_NONE;
	if (store->wal_pages >= store->wal_limit)
		db_checkpoint(store);
	return !durable || kind == BATCH_FULL || sync_log(store, err);
}
