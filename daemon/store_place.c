#include "daemon/store_db.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "feed/memory.h"

/*
 * The store's folder may be moved, deleted, mounted over while we run. Whatever
 * fails here, what is open stays open.
 */

struct trouble *
store_trouble(struct store *store)
{
	return &store->trouble;
}

bool
store_is_in_place(const struct store *store)
{
	int moved = 0;
	return sqlite3_file_control(store->db, "main", SQLITE_FCNTL_HAS_MOVED,
		   &moved) != SQLITE_OK ||
	       moved == 0;
}

/* Takes the connection over; the old one is left as it is, its files may be
 * another's by now. */
static void
take_over(struct store *store, struct store *fresh)
{
	db_disconnect(store, true);
	store->db = fresh->db;
	memcpy(store->statements, fresh->statements, sizeof(store->statements));
	store->synchronous = fresh->synchronous;
	store->next_number = fresh->next_number;
	store->salt = fresh->salt;
	store->idle_section = 0;
	db_check_later(store);
	db_watch_log(store);
}

/* Another lock: the old one's file went with the folder. */
static bool
move_in(
    struct store *store, const char *folder, bool is_another, struct error *err)
{
	struct store fresh = {.path = store->path, .lock = -1};
	bool good = db_take_lock(&fresh, folder, err) &&
		    (is_another || db_copy(store, store->path, err)) &&
		    db_connect(&fresh, err);
	if (!good) {
		db_disconnect(&fresh, true);
		if (fresh.lock != -1)
			close(fresh.lock);
		return false;
	}
	take_over(store, &fresh);
	close(store->lock);
	store->lock = fresh.lock;
	return true;
}

bool
store_return(struct store *store, bool *is_another, struct error *err)
{
	char *folder = xstrndup(
	    store->path, strlen(store->path) - strlen("/metrofeed.db"));
	*is_another = access(store->path, F_OK) == 0;
	bool good = access(folder, F_OK) == 0
			? move_in(store, folder, *is_another, err)
			: error_set(err, "%s: %s", folder, strerror(errno));
	free(folder);
	return good;
}
