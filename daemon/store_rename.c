#include "daemon/store_db.h"

#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "feed/memory.h"

/*
 * A row that gets another path.  This comes once in a section's life, so its
 * statements are prepared when it does.
 */

/* ?1 is the row that goes on; ?2 another row under the new path, begun since.
 * Of one article in both the older record stays. */
static const char *const join[] = {
    "DELETE FROM article WHERE section = ?2 AND (EXISTS"
    "  (SELECT 1 FROM article AS old WHERE old.section = ?1"
    "   AND old.id = article.id)"
    " OR EXISTS (SELECT 1 FROM article AS old INDEXED BY article_key"
    "   WHERE old.section = ?1 AND old.key_hash = article.key_hash))",
    "INSERT OR IGNORE INTO repeated SELECT ?1, id FROM repeated"
    " WHERE section = ?2 AND EXISTS (SELECT 1 FROM article"
    "  WHERE article.section = ?2 AND article.id = repeated.id)",
    "UPDATE article SET section = ?1 WHERE section = ?2",
    "DELETE FROM repeated WHERE section = ?2",
    "DELETE FROM reading WHERE section = ?2",
    "DELETE FROM drift WHERE section = ?2",
    "DELETE FROM learned WHERE section = ?2",
    "DELETE FROM healed WHERE section = ?2",
    /* P7, P8 */
    "UPDATE section SET round = max(section.round, new.round),"
    " asked = max(section.asked, new.asked),"
    " hold = max(section.hold, new.hold),"
    " good = max(section.good, new.good),"
    " feed_updated = max(section.feed_updated, new.feed_updated),"
    " title = ifnull(section.title, new.title),"
    " site_title = ifnull(section.site_title, new.site_title),"
    " language = ifnull(section.language, new.language),"
    " icon = ifnull(section.icon, new.icon)"
    " FROM section AS new WHERE section.number = ?1 AND new.number = ?2",
    "DELETE FROM section WHERE number = ?2",
};

/* What stood in for a title stays what the entries say. */
static const char rename_row[] =
    "UPDATE section SET path = ?2, feed_id = ifnull(feed_id, ?3), title ="
    "  CASE WHEN ?4 OR good = 0 THEN title ELSE ifnull(title, category) END,"
    " site_title = CASE WHEN ?5 IS NULL OR good = 0 THEN site_title"
    "  ELSE ifnull(site_title, ?5) END, feed_dirty = 1 WHERE number = ?1";

/* Another section of the site shows mine's article in the feed of the whole
 * site; '/' and '0' are neighbours. */
#define SHOWN_BY(index, same)                                                  \
	" EXISTS (SELECT 1 FROM section AS own CROSS JOIN section AS other"    \
	"  CROSS JOIN article" index " WHERE article.section = other.number"   \
	"  AND own.number = ?1 AND other.number <> ?1"                         \
	"  AND other.path > substr(own.path, 1, instr(own.path, '/'))"         \
	"  AND other.path < substr(own.path, 1, instr(own.path, '/') - 1)"     \
	"   || '0' AND " same " AND NOT EXISTS (SELECT 1 FROM repeated AS r"   \
	"   WHERE r.section = article.section AND r.id = article.id))"
#define SHOWN_BY_ANOTHER                                                                                                   \
	"(" SHOWN_BY("", "article.id = mine.id") " OR" SHOWN_BY(                                                           \
	    " INDEXED BY article_link",                                                                                    \
	    "article.link_hash = mine.link_hash AND article.link = mine.link") " OR (" SHOWN_BY(" INDEXED BY article_key", \
	    "article.key_hash = mine.key_hash") " AND NOT EXISTS (SELECT 1 "                                               \
						"FROM article AS twin"                                                     \
						"  INDEXED BY article_key "                                                \
						"WHERE twin.section = ?1"                                                  \
						"  AND twin.key_hash = "                                                   \
						"mine.key_hash AND twin.id "                                               \
						"<> mine.id)))"

static const char *const settle[] = {
    "DELETE FROM repeated WHERE section = ?1 AND id IN (SELECT mine.id"
    " FROM repeated AS mark JOIN article AS mine"
    "  ON mine.section = mark.section AND mine.id = mark.id"
    " WHERE mark.section = ?1 AND NOT " SHOWN_BY_ANOTHER ")",
    "INSERT OR IGNORE INTO repeated SELECT ?1, mine.id FROM article AS mine"
    " WHERE mine.section = ?1 AND " SHOWN_BY_ANOTHER,
};

/* In words: "carrying on a section: why". */
static bool
fail_rename(struct store *store, struct error *err)
{
	return db_fail_write(store, err, "carrying on a section");
}

static bool
run_numbers(struct store *store, const char *command, int64_t first,
    int64_t second, struct error *err)
{
	sqlite3_stmt *statement = NULL;
	bool good = sqlite3_prepare_v2(
			store->db, command, -1, &statement, NULL) == SQLITE_OK;
	if (good) {
		db_bind_number(statement, 1, first);
		/* not every statement has it */
		if (sqlite3_bind_parameter_count(statement) > 1)
			db_bind_number(statement, 2, second);
		good = db_step(statement) == SQLITE_DONE;
	}
	if (!good)
		fail_rename(store, err);
	(void)sqlite3_finalize(statement);
	return good;
}

static bool
set_path(struct store *store, int64_t number, const char *to,
    const struct store_past *past, struct error *err)
{
	sqlite3_stmt *statement = NULL;
	bool good = sqlite3_prepare_v2(store->db, rename_row, -1, &statement,
			NULL) == SQLITE_OK;
	if (good) {
		db_bind_number(statement, 1, number);
		db_bind(statement, 2, to);
		db_bind(statement, 3, past->feed_id);
		db_bind_number(statement, 4, past->has_title);
		db_bind(statement, 5, past->site_title);
		good = db_step(statement) == SQLITE_DONE;
	}
	if (!good)
		fail_rename(store, err);
	(void)sqlite3_finalize(statement);
	return good;
}

/* 0: it has no row. */
static bool
number_of(
    struct store *store, const char *path, int64_t *number, struct error *err)
{
	struct section_state state;
	if (!store_section(store, path, &state, err))
		return false;
	*number = state.number;
	section_state_clear(&state);
	return true;
}

bool
store_rename(struct store *store, const char *to, const struct store_past *past,
    int64_t *number, struct error *err)
{
	int64_t old, new;
	*number = 0;
	if (!number_of(store, past->path, &old, err) ||
	    !number_of(store, to, &new, err))
		return false;
	if (old == 0)
		return true;
	if (!db_begin(store, BATCH_FULL, err))
		return false;
	for (size_t i = 0; new != 0 && i < sizeof(join) / sizeof(*join); i++)
		if (!run_numbers(store, join[i], old, new, err))
			return false;
	if (!set_path(store, old, to, past, err))
		return false;
	*number = old;
	return true;
}

bool
store_settle_site(struct store *store, int64_t section, struct error *err)
{
	if (!db_begin(store, BATCH_FULL, err))
		return false;
	for (size_t i = 0; i < sizeof(settle) / sizeof(*settle); i++)
		if (!run_numbers(store, settle[i], section, 0, err))
			return false;
	db_bind_number(store->statements[SQL_DIRTY], 1, section);
	return db_run_statement(store, SQL_DIRTY) || fail_rename(store, err);
}
