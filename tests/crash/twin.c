/*
 * Preloaded into the program: each TWIN breaks one link of the chain that keeps
 * feeds and articles, so that a loop that hunts for faults can show that it
 * finds one.
 *
 *   in-place    the feed is written over the old one, without a temporary file
 *   early       the feed is published before its articles are committed
 *   no-fsync    neither feed nor folder is synced
 *   normal      articles are committed with synchronous=NORMAL
 *   careless    a write that fails counts as done
 *   uncommitted a COMMIT that fails counts as done
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#define MARK ".metrofeed-"
#define NAME_BYTES 256

static bool
is_twin(const char *name)
{
	const char *twin = getenv("TWIN");
	return twin != NULL && strcmp(twin, name) == 0;
}

/* The function that this one stands before. */
#define NEXT(function)                                                         \
	static __typeof__(&function) next;                                     \
	if (next == NULL)                                                      \
	*(void **)&next = dlsym(RTLD_NEXT, #function)

/* ".politics.atom.metrofeed-0123456789abcdef.tmp" is politics.atom's. */
static bool
feed_of(const char *temporary, char name[NAME_BYTES])
{
	const char *mark = strstr(temporary, MARK);
	if (temporary[0] != '.' || mark == NULL || mark == temporary)
		return false;
	(void)snprintf(name, NAME_BYTES, "%.*s", (int)(mark - temporary - 1),
	    temporary + 1);
	return true;
}

int
openat(int folder, const char *path, int flags, ...)
{
	NEXT(openat);
	char name[NAME_BYTES];
	va_list list;
	va_start(list, flags);
	mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0
			  ? (mode_t)va_arg(list, unsigned)
			  : 0;
	va_end(list);
	if (is_twin("in-place") && (flags & O_EXCL) != 0 && feed_of(path, name))
		return next(folder, name, (flags & ~O_EXCL) | O_TRUNC, mode);
	return next(folder, path, flags, mode);
}

int
renameat(int from_folder, const char *from, int to_folder, const char *to)
{
	NEXT(renameat);
	char name[NAME_BYTES];
	if (is_twin("in-place") && feed_of(from, name))
		return 0;
	return next(from_folder, from, to_folder, to);
}

/* SQLite uses fdatasync for its own files. */
int
fsync(int fd)
{
	NEXT(fsync);
	return is_twin("no-fsync") ? 0 : next(fd);
}

ssize_t
write(int fd, const void *bytes, size_t length)
{
	NEXT(write);
	ssize_t put = next(fd, bytes, length);
	return put == -1 && is_twin("careless") ? (ssize_t)length : put;
}

/* A COMMIT waits until the program next wants something of the store, which
 * is when the feeds are published. */
static sqlite3_stmt *waiting;

static void
commit_waiting(void)
{
	NEXT(sqlite3_step);
	sqlite3_stmt *commit = waiting;
	waiting = NULL;
	if (commit != NULL) {
		(void)next(commit);
		(void)sqlite3_reset(commit);
	}
}

int
sqlite3_exec(sqlite3 *db, const char *sql,
    int (*row)(void *, int, char **, char **), void *arg, char **reason)
{
	NEXT(sqlite3_exec);
	commit_waiting();
	if (is_twin("normal") && strcmp(sql, "PRAGMA synchronous=FULL") == 0)
		sql = "PRAGMA synchronous=NORMAL";
	if (is_twin("normal") &&
	    strncmp(sql, "PRAGMA synchronous=FULL;", 24) == 0)
		sql = "PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=0;";
	return next(db, sql, row, arg, reason);
}

int
sqlite3_step(sqlite3_stmt *statement)
{
	NEXT(sqlite3_step);
	const char *sql = sqlite3_sql(statement);
	bool commits = sql != NULL && strcmp(sql, "COMMIT") == 0;
	commit_waiting();
	if (commits && is_twin("early")) {
		waiting = statement;
		return SQLITE_DONE;
	}
	int result = next(statement);
	return commits && is_twin("uncommitted") ? SQLITE_DONE : result;
}

int
sqlite3_reset(sqlite3_stmt *statement)
{
	NEXT(sqlite3_reset);
	const char *sql = sqlite3_sql(statement);
	int result = next(statement);
	if (is_twin("uncommitted") && sql != NULL && strcmp(sql, "COMMIT") == 0)
		return SQLITE_OK;
	return result;
}
