#ifndef DAEMON_STORE_SQL_H
#define DAEMON_STORE_SQL_H

/*
 * What the store says to SQLite: one prepared statement each.  The order of the
 * columns that a statement gives is that of the functions that read them.
 */
enum statement {
	SQL_BEGIN,
	SQL_COMMIT,
	SQL_ROLLBACK,
	SQL_SECTION,
	SQL_SECTIONS,
	SQL_UPDATE_SECTION,
	SQL_INSERT_SECTION,
	SQL_DIRTY,
	SQL_HOST,
	SQL_ID_FROM,
	SQL_BY_ID,
	SQL_BY_LINK,
	SQL_BY_KEY,
	SQL_BY_TITLE,
	SQL_FRESH,
	SQL_REPEATED,
	SQL_CHANGED,
	SQL_LAST_SEEN,
	SQL_SEEN,
	SQL_NEWEST,
	SQL_SITE,
	SQL_SITE_NEWEST,
	SQL_COUNT,
	SQL_TIMES,
	SQL_NEXT_SECTION,
	SQL_EDGE,
	SQL_OLD,
	SQL_STUB,
	SQL_READINGS,
	SQL_ADD_READING,
	SQL_DROP_READINGS,
	SQL_ROBOTS,
	SQL_SAVE_ROBOTS,
	SQL_DROP_ROBOTS,
	SQL_STATEMENTS
};

extern const char *const store_sql[SQL_STATEMENTS];

#endif
