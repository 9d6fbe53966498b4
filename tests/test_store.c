#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include "daemon/store.h"
#include "daemon/store_schema.h"
#include "feed/hash.h"
#include "feed/memory.h"
#include "tests/order.h"

#define TEXT_OF(number) TEXT_OF_(number)
#define TEXT_OF_(number) #number
#define THIS_VERSION TEXT_OF(STORE_VERSION)

#define DAY 86400
#define SMALL_BYTES (2 << 20) /* of a file that is read whole */
#define NOW INT64_C(1700000000)
#define AUTHORITY "paper.example"

/* ---- the disk, with faults in it ---- */

static unsigned syncs; /* fsync calls so far */
static struct {
	bool armed, once; /* else it stays broken until disarmed */
	bool is_sync;     /* fsync fails, else writing */
	unsigned after;   /* so many good calls before */
	int reason;
	unsigned hits;
} fault;

static bool
is_faulty(bool is_sync)
{
	if (!fault.armed || fault.is_sync != is_sync)
		return false;
	if (fault.after > 0) {
		fault.after--;
		return false;
	}
	fault.hits++;
	if (fault.once)
		fault.armed = false;
	errno = fault.reason;
	return true;
}

/* Counted only: no power is cut here, and the real ones take their time. */
int
fsync(int fd)
{
	(void)fd;
	if (is_faulty(true))
		return -1;
	syncs++;
	return 0;
}

int
fdatasync(int fd)
{
	return fsync(fd);
}

static ssize_t
write_with_faults(int fd, const void *bytes, size_t length, off_t offset)
{
	if (is_faulty(false))
		return -1;
	return syscall(SYS_pwrite64, fd, bytes, length, offset);
}

/* SQLite writes through these (sqlite3_vfs, xSetSystemCall). */
static void
break_writes(void)
{
	static const char *const names[] = {"pwrite", "pwrite64"};
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (vfs->xGetSystemCall(vfs, names[i]) != NULL)
			(void)vfs->xSetSystemCall(vfs, names[i],
			    (sqlite3_syscall_ptr)write_with_faults);
}

/* ---- a folder of its own for each test ---- */

static char folder[64], directory[80], database[100];

static int
make_folder(void **state)
{
	(void)state;
	const char *base = getenv("TMPDIR");
	(void)snprintf(folder, sizeof(folder), "%s/metrofeed-store.XXXXXX",
	    base != NULL && strlen(base) < 30 ? base : "/tmp");
	if (mkdtemp(folder) == NULL)
		return -1;
	(void)snprintf(directory, sizeof(directory), "%s/state", folder);
	(void)snprintf(
	    database, sizeof(database), "%s/metrofeed.db", directory);
	fault.armed = false;
	return 0;
}

static void
remove_below(const char *path)
{
	DIR *opened = opendir(path);
	const struct dirent *entry;
	while (opened != NULL && (entry = readdir(opened)) != NULL) {
		char *name = xasprintf("%s/%s", path, entry->d_name);
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0 && unlink(name) == -1)
			remove_below(name);
		free(name);
	}
	if (opened != NULL)
		(void)closedir(opened);
	(void)rmdir(path);
}

static int
remove_folder(void **state)
{
	(void)state;
	remove_below(folder);
	return access(folder, F_OK) == -1 ? 0 : -1;
}

static struct store *
open_store(void)
{
	struct error err = {{0}};
	struct store *store = store_open(directory, STORE_WRITE, &err);
	if (store == NULL)
		fail_msg("%s", err.reason);
	return store;
}

/* With another connection, as the sqlite3 shell would. */
static void
run_sql(const char *path, const char *command)
{
	sqlite3 *db = NULL;
	char *reason = NULL;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, command, NULL, NULL, &reason) != SQLITE_OK)
		fail_msg("%s: %s", command, reason);
	sqlite3_close(db);
}

/* The first column of the first row; the caller's. */
static char *
ask_sql(const char *query)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *statement = NULL;
	assert_int_equal(sqlite3_open(database, &db), SQLITE_OK);
	if (sqlite3_prepare_v2(db, query, -1, &statement, NULL) != SQLITE_OK)
		fail_msg("%s: %s", query, sqlite3_errmsg(db));
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	char *answer =
	    xstrdup_or_null((const char *)sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return answer;
}

#define assert_sql(query, answer)                                              \
	do {                                                                   \
		char *is = ask_sql(query);                                     \
		assert_string_equal(is, answer);                               \
		free(is);                                                      \
	} while (0)

/* ---- sections and articles ---- */

/* Another round: SQLite writes nothing for a row that is as it was. */
static int64_t
save_section(struct store *store, const char *path)
{
	struct section_state section = {0};
	struct error err = {{0}};
	bool good = store_section(store, path, &section, &err);
	section.rounds++;
	if (!good || !store_save_section(store, &section, &err))
		fail_msg("%s: %s", path, err.reason);
	int64_t number = section.number;
	section_state_clear(&section);
	return number;
}

static void
commit(struct store *store)
{
	struct error err = {{0}};
	if (!store_commit(store, true, &err))
		fail_msg("%s", err.reason);
}

/* Article n as a page shows it. */
static struct article
seen_article(unsigned n)
{
	return (struct article){
	    .key = xasprintf("%u", n),
	    .link = xasprintf("https://paper.example/article/%u", n),
	    .title = xasprintf("Title %u", n),
	    .text = xasprintf("Text %u", n),
	    .published = {NOW - 60 * (int64_t)n, PRECISION_MINUTE},
	    .position = (int32_t)n,
	};
}

/* ... and as the differ makes it a new one. */
static struct article
fresh_article(unsigned n, int64_t now_s)
{
	struct article article = seen_article(n);
	article.id = xasprintf("tag:" AUTHORITY ",2026:%u", n);
	article.first_seen_s = article.changed_s = article.last_seen_s = now_s;
	return article;
}

static bool
record(struct store *store, int64_t section, struct articles *fresh,
    struct articles *changed, struct articles *seen, int64_t now_s,
    struct error *err)
{
	struct difference difference = {0};
	if (fresh != NULL)
		difference.fresh = *fresh;
	if (changed != NULL)
		difference.changed = *changed;
	if (seen != NULL)
		difference.seen = *seen;
	bool good = store_record(store, section, &difference, now_s, err);
	difference_clear(&difference);
	return good;
}

/* Articles from to to - 1, seen first at now_s. */
static void
record_fresh(struct store *store, int64_t section, unsigned from, unsigned to,
    int64_t now_s)
{
	struct articles fresh = {0};
	struct error err = {{0}};
	for (unsigned n = from; n < to; n++)
		articles_add(&fresh, fresh_article(n, now_s));
	if (!record(store, section, &fresh, NULL, NULL, now_s, &err))
		fail_msg("%s", err.reason);
}

static struct articles
known_of(struct store *store, int64_t section, struct article one)
{
	struct articles seen = {0}, known = {0};
	struct error err = {{0}};
	articles_add(&seen, one);
	if (!store_known(store, section, AUTHORITY, &seen, &known, &err))
		fail_msg("%s", err.reason);
	articles_clear(&seen);
	return known;
}

static bool
is_known(struct store *store, int64_t section, unsigned n)
{
	struct articles known = known_of(store, section, seen_article(n));
	bool is = known.count == 1;
	articles_clear(&known);
	return is;
}

static uint64_t
count(struct store *store, int64_t section, uint64_t *stubs)
{
	uint64_t articles = 99, others;
	struct error err = {{0}};
	if (!store_count(store, section, &articles,
		stubs != NULL ? stubs : &others, &err))
		fail_msg("%s", err.reason);
	return articles;
}

/* ---- opening ---- */

static void
test_open(void **state)
{
	(void)state;
	struct stat status;
	struct error err = {{0}};
	mode_t mask = umask(022);
	(void)snprintf(directory, sizeof(directory), "%s/a/b/state", folder);
	(void)snprintf(
	    database, sizeof(database), "%s/metrofeed.db", directory);
	struct store *store = open_store();
	(void)umask(mask);
	assert_int_equal(stat(directory, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0755);
	assert_int_equal(stat(database, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0644);
	assert_true(store_check(store, &err));
	assert_false(store_has_batch(store));
	assert_true(store_commit(store, true, &err));
	store_rollback(store);
	assert_sql("PRAGMA user_version", THIS_VERSION);
	assert_sql("PRAGMA application_id", "1836344932");
	assert_sql("PRAGMA journal_mode", "wal");
	save_section(store, "s/a");
	store_close(store); /* commits */
	char *log = xasprintf("%s-wal", database);
	assert_int_equal(access(log, F_OK), -1);
	free(log);
	store = open_store();
	struct section_state section;
	assert_true(store_section(store, "s/a", &section, &err));
	assert_int_equal(section.number, 1);
	section_state_clear(&section);
	store_close(store);
	store_close(NULL);
}

static void
write_bytes(const char *path, const char *bytes, size_t length)
{
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

/* A small file, whole. */
static char *
read_bytes(const char *path, size_t *length)
{
	char *bytes = xmalloc(SMALL_BYTES);
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	*length = fread(bytes, 1, SMALL_BYTES, file);
	(void)fclose(file);
	return bytes;
}

/* What was released is never edited: an older database was made by it. */
static void
test_released_schema(void **state)
{
	(void)state;
	static const uint64_t hashes[STORE_VERSION] = {
	    UINT64_C(0x37527ceaeb8a1d05), UINT64_C(0xe6194078aa35d5d3),
	    UINT64_C(0xac0175df4870da6a), UINT64_C(0x39ad5cc197fb960c),
	    UINT64_C(0x6f4f88164abb988b), UINT64_C(0xb7acd00ed4475381),
	    UINT64_C(0xd887acdd456b7e15), UINT64_C(0x710f0265f25fcdfe),
	    UINT64_C(0xe6bbd18721577d5e), UINT64_C(0xed91b9199f2468c8),
	    UINT64_C(0x7ae983134802eae2), UINT64_C(0x6c6013e70afd529e),
	    UINT64_C(0x1003abc19d7e14d5)};
	for (int i = 0; i < STORE_VERSION; i++)
		assert_int_equal(
		    hash_bytes(store_schema[i], strlen(store_schema[i])),
		    hashes[i]);
}

/* As version 1 left it, with a section and an article. */
static void
make_version_1(void)
{
	char *sql = xasprintf(
	    "PRAGMA journal_mode = WAL; %s"
	    "INSERT INTO section VALUES (7, 's/a', 'http://a.example/l',"
	    " '\"e\"', NULL, 1, 2, 3, 4, 5, 6, 7, 0, 9, 10, 11, NULL, NULL,"
	    " NULL, 'News', 'ko', NULL, 12, 13, 14, 15, 0, 0);"
	    "INSERT INTO article VALUES (7, 'tag:a.example,2026:1', 0, 0, 20,"
	    " 20, 20, 20, 0, 1, 2, 3, 'http://a.example/1', 'Title', NULL,"
	    " NULL, NULL, 'Text');"
	    "PRAGMA application_id = 1836344932; PRAGMA user_version = 1",
	    store_schema[0]);
	run_sql(database, sql);
	free(sql);
}

/* An upgrade keeps every row, and a copy of how it was. */
static void
test_upgrade(void **state)
{
	(void)state;
	struct error err = {{0}};
	struct section_state section;
	struct robots_record record = {0};
	char *copy = xasprintf("%s.v1", database);
	char *part = xasprintf("%s.part", copy);
	assert_int_equal(mkdir(directory, 0755), 0);
	make_version_1();
	write_bytes(part, "cut short", 9);
	assert_null(store_open(directory, STORE_READ, &err));
	assert_non_null(strstr(err.reason, "older metrofeed"));
	assert_int_equal(access(copy, F_OK), -1);
	struct store *store = open_store();
	assert_sql("PRAGMA user_version", THIS_VERSION);
	assert_true(store_section(store, "s/a", &section, &err));
	assert_int_equal(section.number, 7);
	assert_string_equal(section.etag, "\"e\"");
	assert_string_equal(section.title, "News");
	assert_int_equal(section.files[FORMAT_ATOM].hash, 13);
	assert_int_equal(section.files[FORMAT_ATOM].length, 14);
	assert_int_equal(section.files[FORMAT_ATOM].mtime_s, 15);
	assert_int_equal(section.files[FORMAT_RSS].hash, 0);
	assert_int_equal(section.files[FORMAT_JSON].hash, 0);
	assert_null(section.category);
	assert_int_equal(section.unread, 0);
	section_state_clear(&section);
	assert_sql("SELECT title || text FROM article", "TitleText");
	assert_true(store_robots(store, "http://a.example", &record, &err));
	assert_int_equal(record.asked_s, 0);
	assert_sql("SELECT count(*) FROM reading", "0");
	robots_record_clear(&record);
	store_close(store);
	assert_int_equal(access(part, F_OK), -1);
	/* the older program would go on with the copy */
	(void)unlink(database);
	assert_int_equal(rename(copy, database), 0);
	assert_sql("PRAGMA user_version", "1");
	assert_sql("PRAGMA application_id", "1836344932");
	assert_sql("PRAGMA integrity_check", "ok");
	assert_sql("SELECT count(*) FROM sqlite_schema"
		   " WHERE name = 'robots'",
	    "0");
	assert_sql("SELECT title || text FROM article", "TitleText");
	/* a new database is no older one */
	(void)unlink(database);
	store_close(open_store());
	assert_int_equal(access(copy, F_OK), -1);
	free(part);
	free(copy);
}

/* No copy, no upgrade: the database stays as it is. */
static void
test_upgrade_without_copy(void **state)
{
	(void)state;
	char *copy = xasprintf("%s.v1", database);
	struct error err = {{0}};
	assert_int_equal(mkdir(directory, 0755), 0);
	make_version_1();
	for (int is_sync = 0; is_sync < 2; is_sync++) {
		fault.armed = true;
		fault.once = false;
		fault.is_sync = is_sync;
		fault.after = 0;
		fault.reason = is_sync ? EIO : ENOSPC;
		assert_null(store_open(directory, STORE_WRITE, &err));
		fault.armed = false;
		assert_non_null(strstr(err.reason, database));
		assert_int_equal(access(copy, F_OK), -1);
		assert_sql("PRAGMA user_version", "1");
		assert_sql("SELECT title || text FROM article", "TitleText");
	}
	store_close(open_store());
	assert_int_equal(access(copy, F_OK), 0);
	free(copy);
}

static void
test_robots(void **state)
{
	(void)state;
	struct error err = {{0}};
	static const struct robots_record rows[] = {
	    {(char *)"http://a.example", 10, 0, 10, 0, 0, NULL, 0},
	    {(char *)"https://a.example:8443", 20, 20, 0, 0, 404, NULL, 0},
	    {(char *)"https://b.example", 30, 29, 0, 90, 200,
		(char *)"User-agent: *\0\nDisallow: /", 27},
	    {(char *)"https://c.example", 40, 40, 0, 0, 200, (char *)"", 0},
	};
	for (int again = 0; again < 2; again++) {
		struct store *store = open_store();
		for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
			assert_true(
			    store_save_robots(store, &rows[i], true, &err));
		/* without a text the one that is there stays */
		struct robots_record times = rows[2];
		times.text = NULL;
		assert_true(store_save_robots(store, &times, false, &err));
		store_close(store);
	}
	struct store *store = open_store();
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
			const struct robots_record *row = &rows[i];
			bool is_kept = round == 0 || row->asked_s >= 30;
			struct robots_record read;
			assert_true(
			    store_robots(store, row->origin, &read, &err));
			assert_string_equal(read.origin, row->origin);
			assert_int_equal(
			    read.asked_s, is_kept ? row->asked_s : 0);
			if (is_kept) {
				assert_int_equal(
				    read.answered_s, row->answered_s);
				assert_int_equal(
				    read.failing_s, row->failing_s);
				assert_int_equal(read.hold_s, row->hold_s);
				assert_int_equal(read.status, row->status);
				assert_int_equal(
				    read.text == NULL, row->text == NULL);
				assert_int_equal(read.length, row->length);
				if (row->length > 0)
					assert_memory_equal(
					    read.text, row->text, row->length);
			}
			robots_record_clear(&read);
		}
		assert_true(store_drop_robots(store, 30, &err));
		commit(store);
	}
	store_close(store);
}

static struct reading
sample_reading(uint32_t i)
{
	struct reading one = {
	    .at_s = INT64_C(1700000000) + i,
	    .items = i,
	    .links = UINT32_MAX,
	    .width = 3,
	    .broken = 4,
	    .mojibake = 5,
	    .foreign = 6,
	    .ending = ENDING_INSIDE,
	    .place = UINT64_MAX - i,
	    .rules = UINT64_MAX - 2 * (uint64_t)i,
	    .is_bad = i % 2 == 0,
	    .rows = 7,
	    .articles = 20,
	    .fresh = 21,
	    .stale = 22,
	    .score = -23,
	    .cells = 24,
	    .repeated = 25,
	    .menu = 26,
	    .shape = UINT64_MAX - 27,
	    .in_shape = 28,
	    .likeness = 29,
	    .list_place = LIST_FULL,
	};
	for (uint32_t field = 0; field < FIELD_COUNT; field++)
		one.filled[field] = 8 + field;
	return one;
}

static void
assert_same_reading(const struct reading *a, const struct reading *b)
{
	const int64_t members[][2] = {
	    {a->at_s, b->at_s},
	    {a->items, b->items},
	    {a->links, b->links},
	    {a->width, b->width},
	    {a->broken, b->broken},
	    {a->mojibake, b->mojibake},
	    {a->foreign, b->foreign},
	    {a->ending, b->ending},
	    {(int64_t)a->place, (int64_t)b->place},
	    {(int64_t)a->rules, (int64_t)b->rules},
	    {a->is_bad, b->is_bad},
	    {a->rows, b->rows},
	    {a->articles, b->articles},
	    {a->fresh, b->fresh},
	    {a->stale, b->stale},
	    {a->score, b->score},
	    {a->cells, b->cells},
	    {a->repeated, b->repeated},
	    {a->menu, b->menu},
	    {(int64_t)a->shape, (int64_t)b->shape},
	    {a->in_shape, b->in_shape},
	    {a->likeness, b->likeness},
	    {a->list_place, b->list_place},
	};
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++)
		assert_true(members[i][0] == members[i][1]);
	assert_memory_equal(a->filled, b->filled, sizeof(a->filled));
}

/* The last few, the newest first; each section its own; they live on. */
static void
test_learned(void **state)
{
	(void)state;
	struct error err = {{0}};
	struct store *store = open_store();
	int64_t a = save_section(store, "paper/a");
	struct learned_record read = {0};
	assert_true(store_learned(store, a, &read, &err));
	assert_null(read.rules);
	assert_int_equal(read.asked_s, 0);
	struct learned_record record = {
	    .given = UINT64_MAX,
	    .asked_s = 1700000000,
	    .learned_s = 1690000000,
	    .expected = {.items = 20,
		.filled = {[FIELD_TEXT] = 19,
		    [FIELD_DATE] = 18,
		    [FIELD_AUTHOR] = 17,
		    [FIELD_IMAGE] = 16},
		.place = "ul < main"},
	    .rules = "item: .story\ntitle: h3\n",
	    .evidence = "item finds 20 of 20",
	};
	assert_true(store_save_learned(store, a, &record, &err));
	record.evidence = NULL;
	record.expected.items = 21;
	assert_true(store_save_learned(store, a, &record, &err));
	assert_true(store_commit(store, false, &err));
	assert_true(store_learned(store, a, &read, &err));
	assert_string_equal(read.rules, record.rules);
	assert_null(read.evidence);
	assert_int_equal(read.expected.items, 21);
	assert_int_equal(read.expected.filled[FIELD_TEXT], 19);
	assert_int_equal(read.expected.filled[FIELD_DATE], 18);
	assert_int_equal(read.expected.filled[FIELD_AUTHOR], 17);
	assert_int_equal(read.expected.filled[FIELD_IMAGE], 16);
	assert_string_equal(read.expected.place, "ul < main");
	assert_int_equal(read.asked_s, record.asked_s);
	assert_int_equal(read.learned_s, record.learned_s);
	assert_true(read.given == UINT64_MAX);
	learned_record_clear(&read);
	/* of a batch that is lost nothing stays */
	assert_true(store_forget_learned(store, a, &err));
	store_rollback(store);
	assert_true(store_learned(store, a, &read, &err));
	assert_non_null(read.rules);
	learned_record_clear(&read);
	assert_true(store_forget_learned(store, a, &err));
	assert_true(store_commit(store, true, &err));
	assert_sql("SELECT count(*) FROM learned", "0");
	store_close(store);
}

static void
test_healed(void **state)
{
	(void)state;
	struct error err = {{0}};
	struct store *store = open_store();
	int64_t a = save_section(store, "paper/a");
	struct healed_record read = {.seen = 9};
	assert_true(store_healed(store, a, &read, &err));
	assert_null(read.rules);
	assert_null(read.proposal);
	assert_int_equal(read.seen, 0);
	struct healed_record record = {
	    .given = UINT64_MAX,
	    .rules = "item: .card\nkeep: date\n",
	    .evidence = "12 of 12",
	    .adopted_s = 1700000000,
	    .given_rounds = 2,
	    .proposal = "item: .box\n",
	    .why = "11 of 12",
	    .grade = 3,
	    .seen = 4,
	    .refused = "item: li\n",
	    .refusals = 5,
	    .lost = 6,
	};
	assert_true(store_save_healed(store, a, &record, &err));
	record.proposal = record.why = NULL;
	assert_true(store_save_healed(store, a, &record, &err));
	assert_true(store_commit(store, false, &err));
	assert_true(store_healed(store, a, &read, &err));
	assert_true(read.given == UINT64_MAX);
	assert_string_equal(read.rules, record.rules);
	assert_string_equal(read.evidence, record.evidence);
	assert_int_equal(read.adopted_s, record.adopted_s);
	assert_int_equal(read.given_rounds, 2);
	assert_null(read.proposal);
	assert_null(read.why);
	assert_int_equal(read.grade, 3);
	assert_int_equal(read.seen, 4);
	assert_string_equal(read.refused, record.refused);
	assert_int_equal(read.refusals, 5);
	assert_int_equal(read.lost, 6);
	healed_record_clear(&read);
	assert_true(store_forget_healed(store, a, &err));
	assert_true(store_commit(store, true, &err));
	assert_sql("SELECT count(*) FROM healed", "0");
	store_close(store);
}

static void
test_readings(void **state)
{
	(void)state;
	struct error err = {{0}};
	struct store *store = open_store();
	struct reading read[READINGS_KEPT];
	size_t count = 7;
	int64_t a = save_section(store, "s/a"), b = save_section(store, "s/b");
	assert_true(store_readings(store, a, read, &count, &err));
	assert_int_equal(count, 0);
	for (uint32_t i = 1; i <= READINGS_KEPT + 5; i++) {
		struct reading one = sample_reading(i);
		assert_true(store_add_reading(store, a, &one, &err));
		if (i <= 2)
			assert_true(store_add_reading(store, b, &one, &err));
	}
	commit(store);
	store_close(store);
	store = open_store();
	assert_true(store_readings(store, a, read, &count, &err));
	assert_int_equal(count, READINGS_KEPT);
	for (uint32_t i = 0; i < READINGS_KEPT; i++) {
		struct reading one = sample_reading(READINGS_KEPT + 5 - i);
		assert_same_reading(&read[i], &one);
	}
	assert_true(store_readings(store, b, read, &count, &err));
	assert_int_equal(count, 2);
	assert_int_equal(read[0].items, 2);
	assert_sql("SELECT count(*) FROM reading", "66");
	/* a batch that is lost takes its reading along */
	assert_true(store_add_reading(store, b, read, &err));
	store_rollback(store);
	assert_true(store_readings(store, b, read, &count, &err));
	assert_int_equal(count, 2);
	store_close(store);
}

/* One a section, whole; what was never watched is nothing. */
static void
test_drift(void **state)
{
	(void)state;
	struct error err = {{0}};
	struct store *store = open_store();
	struct sketch sketch = {.least = {7, [SKETCH_LENGTH - 1] = 9}};
	struct drift_record record = {
	    .rules_hash = UINT64_MAX - 1,
	    .drift = {DRIFT_PROBATION, INT64_C(1700000000), 1, 4},
	    .unusual = "date: filled in 20 of 20 rounds, today 0 of 18",
	    .list_path = "ul.news < main",
	    .sketch = &sketch,
	};
	struct drift_record read = {.list_path = xstrdup("x")}, none = {0};
	int64_t a = save_section(store, "s/a"), b = save_section(store, "s/b");
	drift_record_clear(&read);
	assert_true(store_drift(store, a, &read, &err));
	assert_int_equal(read.drift.phase, DRIFT_OK);
	assert_null(read.sketch);
	assert_true(store_save_drift(store, a, &none, &err));
	assert_true(store_save_drift(store, a, &record, &err));
	assert_true(store_save_drift(store, b, &none, &err));
	commit(store);
	store_close(store);
	store = open_store();
	assert_true(store_drift(store, a, &read, &err));
	assert_true(read.rules_hash == record.rules_hash);
	assert_int_equal(read.drift.phase, record.drift.phase);
	assert_true(read.drift.since_s == record.drift.since_s);
	assert_int_equal(read.drift.suspicious, record.drift.suspicious);
	assert_int_equal(read.drift.left, record.drift.left);
	assert_string_equal(read.unusual, record.unusual);
	assert_string_equal(read.list_path, record.list_path);
	assert_memory_equal(read.sketch, &sketch, sizeof(sketch));
	drift_record_clear(&read);
	assert_true(store_drift(store, b, &read, &err));
	assert_null(read.unusual);
	assert_null(read.list_path);
	assert_null(read.sketch);
	assert_sql("SELECT count(*) FROM drift", "2");
	store_close(store);
}

/* Whatever is not ours is refused in words, and left as it is to the byte. */
static void
test_refused(void **state)
{
	(void)state;
	static const struct {
		const char *name, *text, *sql, *says;
	} rows[] = {
	    {"another program's", NULL, "CREATE TABLE letters (text)",
		"the database of another program; move it away"},
	    {"marked as another's", NULL,
		"CREATE TABLE a (b); PRAGMA application_id = 17",
		"the database of another program"},
	    {"with a version", NULL, "PRAGMA user_version = 1",
		"the database of another program"},
	    {"newer", NULL,
		"CREATE TABLE a (b); PRAGMA application_id = 1836344932;"
		"PRAGMA user_version = 1" THIS_VERSION,
		"was written by a newer metrofeed (version 1" THIS_VERSION
		", this one knows " THIS_VERSION ")"},
	};
	assert_int_equal(mkdir(directory, 0755), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		(void)unlink(database);
		if (rows[i].text != NULL)
			write_bytes(
			    database, rows[i].text, strlen(rows[i].text));
		else
			run_sql(database, rows[i].sql);
		size_t before_length, after_length;
		char *before = read_bytes(database, &before_length);
		for (int mode = 0; mode < 2; mode++) {
			struct error err = {{0}};
			struct store *store = store_open(directory,
			    mode == 0 ? STORE_WRITE : STORE_READ, &err);
			if (store != NULL ||
			    strstr(err.reason, rows[i].says) == NULL ||
			    strstr(err.reason, database) == NULL)
				fail_msg("%s: %s", rows[i].name, err.reason);
		}
		char *after = read_bytes(database, &after_length);
		assert_int_equal(after_length, before_length);
		assert_memory_equal(after, before, before_length);
		free(before);
		free(after);
	}
	/* what is no database at all is only read by nobody */
	write_bytes(database, "This is a letter, not a database.", 33);
	assert_null(store_open(directory, STORE_READ, &(struct error){{0}}));
	/* an empty file is a beginning */
	write_bytes(database, "", 0);
	store_close(open_store());
}

static void
test_directories(void **state)
{
	(void)state;
	struct error err = {{0}};
	char *path = xasprintf("%s/plain", folder);
	write_bytes(path, "", 0);
	assert_null(store_open(path, STORE_WRITE, &err));
	assert_non_null(strstr(err.reason, "Not a directory"));
	free(path);
	assert_null(store_open(directory, STORE_READ, &err));
	assert_non_null(strstr(err.reason, "nothing was recorded yet"));
	assert_int_equal(access(directory, F_OK), -1);
	if (geteuid() == 0)
		return;
	assert_int_equal(chmod(folder, 0555), 0);
	assert_null(store_open(directory, STORE_WRITE, &err));
	assert_int_equal(chmod(folder, 0755), 0);
	assert_non_null(strstr(err.reason, "Permission denied"));
}

/* Two programs, not two openings in one. */
static void
test_lock(void **state)
{
	(void)state;
	struct store *store = open_store();
	pid_t parent = getpid();
	pid_t child = fork();
	if (child == 0) {
		struct error err = {{0}};
		char *says = xasprintf("another metrofeed (pid %ld) uses %s",
		    (long)parent, directory);
		bool refused =
		    store_open(directory, STORE_WRITE, &err) == NULL &&
		    strcmp(err.reason, says) == 0;
		free(says);
		_exit(refused ? 0 : 1);
	}
	int status = -1;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	store_close(store);
	store_close(open_store());
}

/* Told in the lock's file, until the next daemon begins. */
static void
test_told(void **state)
{
	(void)state;
	assert_null(store_told(directory));
	struct store *store = open_store();
	assert_null(store_told(directory));
	store_tell(store, "workers: at work\ndaemon: too\n");
	store_tell(store, "workers: done\n");
	char *told = store_told(directory);
	assert_string_equal(told, "workers: done\n");
	free(told);
	store_close(store);
	told = store_told(directory);
	assert_string_equal(told, "workers: done\n");
	free(told);
	store_close(open_store());
	assert_null(store_told(directory));
}

/* Beside the daemon, and after it. */
static void
test_read(void **state)
{
	(void)state;
	/* signs that mean something in a URI */
	(void)snprintf(directory, sizeof(directory), "%s/a%%41?b#c", folder);
	(void)snprintf(
	    database, sizeof(database), "%s/metrofeed.db", directory);
	struct error err = {{0}};
	struct store *store = open_store();
	int64_t section = save_section(store, "s/a");
	record_fresh(store, section, 0, 3, NOW);
	commit(store);
	record_fresh(store, section, 3, 5, NOW); /* in an open batch */
	struct store *reader = store_open(directory, STORE_READ, &err);
	if (reader == NULL)
		fail_msg("%s", err.reason);
	assert_int_equal(count(reader, section, NULL), 3);
	commit(store);
	assert_int_equal(count(reader, section, NULL), 5);
	assert_true(is_known(reader, section, 4));
	struct section_state other = {.path = xstrdup("s/b")};
	assert_false(store_save_section(reader, &other, &err));
	section_state_clear(&other);
	store_rollback(reader);
	store_close(reader);
	store_close(store);
	/* nobody has it open, and nothing may be written: as another user,
	 * since root may write everywhere */
	assert_int_equal(chmod(folder, 0755), 0);
	assert_int_equal(chmod(directory, 0555), 0);
	pid_t child = fork();
	if (child == 0) {
		if (geteuid() == 0 &&
		    (setgroups(0, NULL) == -1 || setgid(65534) == -1 ||
			setuid(65534) == -1))
			_exit(2);
		if (access(database, R_OK) == -1) /* $TMPDIR is root's own */
			_exit(0);
		reader = store_open(directory, STORE_READ, &err);
		if (reader == NULL)
			print_message("%s\n", err.reason);
		_exit(reader != NULL && count(reader, section, NULL) == 5 ? 0
									  : 1);
	}
	int status = -1;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(chmod(directory, 0755), 0);
	assert_int_equal(status, 0);
}

/* ---- sections ---- */

static void
assert_same_string(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		assert_ptr_equal(a, b);
	else
		assert_string_equal(a, b);
}

static void
assert_same_section(
    const struct section_state *a, const struct section_state *b)
{
	assert_int_equal(a->number, b->number);
	assert_same_string(a->path, b->path);
	assert_same_string(a->url, b->url);
	assert_same_string(a->etag, b->etag);
	assert_same_string(a->last_modified, b->last_modified);
	assert_int_equal(a->validated_s, b->validated_s);
	assert_true(a->body_hash == b->body_hash);
	assert_true(a->rules_hash == b->rules_hash);
	assert_int_equal(a->due_s, b->due_s);
	assert_int_equal(a->round_s, b->round_s);
	assert_int_equal(a->good_s, b->good_s);
	assert_int_equal(a->news_s, b->news_s);
	assert_int_equal(a->failures, b->failures);
	assert_int_equal(a->item_count, b->item_count);
	assert_int_equal(a->rounds, b->rounds);
	assert_int_equal(a->rounds_good, b->rounds_good);
	assert_same_string(a->stage, b->stage);
	assert_same_string(a->reason, b->reason);
	assert_same_string(a->site_title, b->site_title);
	assert_same_string(a->title, b->title);
	assert_same_string(a->language, b->language);
	assert_same_string(a->icon, b->icon);
	assert_int_equal(a->feed_updated_s, b->feed_updated_s);
	for (int i = 0; i < FORMAT_COUNT; i++) {
		assert_true(a->files[i].hash == b->files[i].hash);
		assert_int_equal(a->files[i].length, b->files[i].length);
		assert_int_equal(a->files[i].mtime_s, b->files[i].mtime_s);
	}
	assert_same_string(a->category, b->category);
	assert_int_equal(a->feed_dirty, b->feed_dirty);
	assert_int_equal(a->hold_s, b->hold_s);
	assert_int_equal(a->asked_s, b->asked_s);
	assert_int_equal(a->unread, b->unread);
	assert_int_equal(a->unread_rounds, b->unread_rounds);
	assert_int_equal(a->window_length, b->window_length);
	if (b->window_length > 0)
		assert_memory_equal(a->window, b->window, b->window_length);
	else
		assert_null(a->window);
	assert_int_equal(a->cut_rounds, b->cut_rounds);
}

static void
test_sections(void **state)
{
	(void)state;
	struct error err = {{0}};
	struct store *store = open_store();
	struct section_state read,
	    full = {
		.path = xstrdup("paper/policy"),
		.url = xstrdup("https://paper.example/list?page=1"),
		.etag = xstrdup("W/\"a'b\""),
		.last_modified = xstrdup("Tue, 03 Mar 2026 00:00:00 GMT"),
		.validated_s = 1,
		.body_hash = UINT64_MAX,
		.rules_hash = UINT64_C(1) << 63,
		.due_s = 2,
		.round_s = 3,
		.good_s = 4,
		.news_s = 5,
		.failures = UINT32_MAX,
		.item_count = 6,
		.rounds = 7,
		.rounds_good = 8,
		.stage = xstrdup("fetch"),
		.reason = xstrdup("이유"),
		.site_title = xstrdup("메트로신문"),
		.title = xstrdup("정책"),
		.language = xstrdup("ko"),
		.icon = xstrdup("https://x.example/i"),
		.feed_updated_s = 9,
		.files = {{10, 11, 12}, {20, 21, 22}, {30, 31, 32}},
		.category = xstrdup("Economy & more"),
		.window = xmemdup("<ul>\0\xff", 6),
		.window_length = 6,
		.feed_dirty = true,
		.hold_s = 13,
		.asked_s = 14,
		.unread = 15,
		.unread_rounds = 16,
		.cut_rounds = 17,
	    };
	assert_true(store_section(store, "paper/policy", &read, &err));
	struct section_state fresh = {.path = full.path};
	assert_same_section(&read, &fresh);
	section_state_clear(&read);
	assert_true(store_save_section(store, &full, &err));
	assert_int_equal(full.number, 1);
	assert_true(store_section(store, "paper/policy", &read, &err));
	assert_same_section(&read, &full);
	section_state_clear(&read);
	/* changed, with strings that go */
	free(full.stage);
	free(full.reason);
	free(full.etag);
	full.stage = full.reason = full.etag = NULL;
	full.failures = 0;
	full.feed_dirty = false;
	assert_true(store_save_section(store, &full, &err));
	commit(store);
	assert_int_equal(save_section(store, "other/b"), 2);
	assert_int_equal(save_section(store, "other/a"), 3);
	/* who does not know its number gets the one it has */
	struct section_state again = {.path = xstrdup("other/b")};
	assert_true(store_save_section(store, &again, &err));
	assert_int_equal(again.number, 2);
	section_state_clear(&again);
	store_close(store);
	store = open_store();
	struct section_state *list = NULL;
	size_t rows = 0;
	assert_true(store_sections(store, &list, &rows, &err));
	assert_int_equal(rows, 3);
	assert_string_equal(list[0].path, "other/a");
	assert_string_equal(list[1].path, "other/b");
	assert_same_section(&list[2], &full);
	for (size_t i = 0; i < rows; i++)
		section_state_clear(&list[i]);
	free(list);
	section_state_clear(&full);
	store_close(store);
}

static void
test_many_sections(void **state)
{
	(void)state;
	struct error err = {{0}};
	struct store *store = open_store();
	struct section_state *list = NULL;
	size_t rows = 7;
	assert_true(store_sections(store, &list, &rows, &err));
	assert_int_equal(rows, 0);
	free(list);
	for (int i = 0; i < 100; i++) {
		char path[32];
		(void)snprintf(path, sizeof(path), "s/%03d", 99 - i);
		save_section(store, path);
	}
	assert_true(store_sections(store, &list, &rows, &err));
	assert_int_equal(rows, 100);
	for (size_t i = 0; i < rows; i++) {
		assert_int_equal(strtol(list[i].path + 2, NULL, 10), i);
		assert_int_equal(list[i].number, 100 - i);
		section_state_clear(&list[i]);
	}
	free(list);
	store_close(store);
}

/* A rolled back number is never another section's. */
static void
test_numbers(void **state)
{
	(void)state;
	struct error err = {{0}};
	struct store *store = open_store();
	struct section_state a = {.path = xstrdup("s/a")};
	assert_true(store_save_section(store, &a, &err));
	assert_int_equal(a.number, 1);
	store_rollback(store);
	assert_int_equal(save_section(store, "s/b"), 2);
	commit(store);
	/* a's row is not there: its articles are refused, not b's */
	struct articles fresh = {0};
	articles_add(&fresh, fresh_article(1, NOW));
	assert_false(record(store, a.number, &fresh, NULL, NULL, NOW, &err));
	assert_false(store_commit(store, true, &err));
	assert_int_equal(count(store, 2, NULL), 0);
	assert_true(store_save_section(store, &a, &err));
	assert_int_equal(a.number, 1);
	record_fresh(store, a.number, 1, 2, NOW);
	commit(store);
	assert_int_equal(count(store, 1, NULL), 1);
	section_state_clear(&a);
	store_close(store);
}

/* ---- articles ---- */

static void
test_round_trip(void **state)
{
	(void)state;
	struct store *store = open_store();
	int64_t section = save_section(store, "s/a");
	struct article full = {
	    .id = xstrdup("tag:" AUTHORITY ",2026:7"),
	    .key = xstrdup("7"),
	    .link = xstrdup("https://paper.example/article/7"),
	    .title = xstrdup("제목 'x' \"y\" \xf0\x9f\x93\xb0"),
	    .text = xstrdup("첫째\n둘째"),
	    .author = xstrdup("홍길동 기자"),
	    .image = xstrdup("https://paper.example/7.jpg"),
	    .category = xstrdup("정책"),
	    .published = {NOW - 5, PRECISION_SECOND},
	    .first_seen_s = NOW,
	    .changed_s = NOW + 1,
	    .last_seen_s = NOW + 2,
	    .position = 3,
	};
	struct articles fresh = {0};
	struct error err = {{0}};
	articles_add(&fresh, article_copy(&full));
	articles_add(&fresh, fresh_article(8, NOW));
	assert_true(record(store, section, &fresh, NULL, NULL, NOW, &err));
	store_close(store);
	store = open_store();
	struct articles known = known_of(store, section, seen_article(7));
	assert_int_equal(known.count, 1);
	const struct article *read = &known.list[0];
	assert_string_equal(read->id, full.id);
	assert_string_equal(read->link, full.link);
	assert_string_equal(read->title, full.title);
	assert_string_equal(read->text, full.text);
	assert_string_equal(read->author, full.author);
	assert_string_equal(read->image, full.image);
	assert_string_equal(read->category, full.category);
	assert_int_equal(read->published.at_s, full.published.at_s);
	assert_int_equal(read->published.precision, PRECISION_SECOND);
	assert_int_equal(read->first_seen_s, NOW);
	assert_int_equal(read->changed_s, NOW + 1);
	assert_int_equal(read->last_seen_s, NOW + 2);
	assert_int_equal(read->position, 3);
	articles_clear(&known);
	known = known_of(store, section, seen_article(8));
	assert_int_equal(known.count, 1);
	assert_null(known.list[0].author);
	assert_null(known.list[0].image);
	assert_null(known.list[0].category);
	articles_clear(&known);
	article_clear(&full);
	store_close(store);
}

/* A title that is not there is none; a stub would leave the feed. */
static void
test_no_title(void **state)
{
	(void)state;
	struct store *store = open_store();
	int64_t section = save_section(store, "s/a");
	struct articles fresh = {0};
	struct article article = fresh_article(1, NOW);
	uint64_t stubs;
	free(article.title);
	article.title = NULL;
	articles_add(&fresh, article);
	assert_true(record(store, section, &fresh, NULL, NULL, NOW, NULL));
	assert_int_equal(count(store, section, &stubs), 1);
	assert_int_equal(stubs, 0);
	store_close(store);
}

static void
test_known(void **state)
{
	(void)state;
	struct store *store = open_store();
	int64_t section = save_section(store, "s/a");
	int64_t other = save_section(store, "s/b");
	static const struct {
		const char *id, *link, *title;
	} stored[] = {
	    {"tag:paper.example,2026:1", "https://paper.example/1", "One"},
	    {"tag:paper.example,2026:2", "https://paper.example/2", "Two"},
	    {"https://paper.example/three", "https://paper.example/three",
		"Three"},
	    {"https://paper.example/four/", "https://paper.example/four/",
		"Four"},
	    {"tag:x,2026:5", "https://paper.example/5", "Same"},
	    {"tag:x,2026:6", "https://paper.example/6", "Same"},
	    {"tag:x,2026:7", "https://paper.example/7", "Same"},
	};
	static const struct {
		const char *name, *key, *link, *title;
		const char *found; /* their places in the table above */
	} rows[] = {
	    {"by id", "1", "https://paper.example/new", "New", "0"},
	    {"by id and link", "1", "https://paper.example/1", "One", "0"},
	    {"its own id is enough", "1", "https://paper.example/2", "Two",
		"0"},
	    {"by link", "99", "https://paper.example/2", "New", "1"},
	    {"by the link as id", NULL, "https://paper.example/three", "New",
		"2"},
	    {"by the key of the link", NULL,
		"http://www.paper.example/four?utm_source=x", "New", "3"},
	    {"by title", NULL, "https://paper.example/new", "One", "0"},
	    {"link and title of two", "99", "https://paper.example/2", "One",
		"01"},
	    {"a title of three", NULL, "https://paper.example/new", "Same",
		"456"},
	    {"a title of three, and one's link", NULL,
		"https://paper.example/6", "Same", "456"},
	    {"titles are compared exactly", NULL, "https://paper.example/new",
		"one", ""},
	    {"by number, under another authority", "6",
		"https://paper.example/v/6", "New", "5"},
	    {"new", "42", "https://paper.example/42", "New", ""},
	    {"no title", "42", "https://paper.example/42", NULL, ""},
	    {"no link", NULL, NULL, "One", "0"},
	    {"nothing", NULL, NULL, NULL, ""},
	};
	const size_t stored_count = sizeof(stored) / sizeof(*stored);
	struct articles fresh = {0}, elsewhere = {0};
	for (size_t i = 0; i < stored_count; i++) {
		struct article article = {
		    .id = xstrdup(stored[i].id),
		    .link = xstrdup(stored[i].link),
		    .title = xstrdup(stored[i].title),
		    .first_seen_s = NOW,
		};
		articles_add(&elsewhere, article_copy(&article));
		articles_add(&fresh, article);
	}
	assert_true(record(store, section, &fresh, NULL, NULL, NOW, NULL));
	assert_true(record(store, other, &elsewhere, NULL, NULL, NOW, NULL));
	commit(store);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct article one = {
		    .key = xstrdup_or_null(rows[i].key),
		    .link = xstrdup_or_null(rows[i].link),
		    .title = xstrdup_or_null(rows[i].title),
		};
		struct articles known = known_of(store, section, one);
		bool good = known.count == strlen(rows[i].found);
		for (const char *at = rows[i].found; *at != '\0'; at++) {
			const char *id = stored[*at - '0'].id;
			size_t times = 0;
			for (size_t k = 0; k < known.count; k++)
				times += strcmp(known.list[k].id, id) == 0;
			good = good && times == 1;
		}
		if (!good)
			fail_msg("%s: %zu found", rows[i].name, known.count);
		articles_clear(&known);
	}
	store_close(store);
}

/* A whole page: each stored article once, however many point at it. */
static void
test_known_page(void **state)
{
	(void)state;
	struct store *store = open_store();
	int64_t section = save_section(store, "s/a");
	struct articles fresh = {0}, seen = {0}, known = {0};
	struct error err = {{0}};
	for (unsigned n = 0; n < 3000; n++) {
		struct article article = fresh_article(n, NOW + n);
		free(article.title);
		article.title = xasprintf("Title %u", n % 3);
		articles_add(&fresh, article);
	}
	assert_true(record(store, section, &fresh, NULL, NULL, NOW, &err));
	for (unsigned n = 0; n < 2000; n++) {
		struct article article = seen_article(n);
		free(article.title);
		article.title = xasprintf("Title %u", n % 3);
		if (n % 2 == 0) { /* found by its link */
			free(article.key);
			article.key = NULL;
		}
		articles_add(&seen, article);
	}
	/* what was there stays */
	articles_add(&known, fresh_article(9999, NOW));
	assert_true(
	    store_known(store, section, AUTHORITY, &seen, &known, &err));
	/* 2000, and the latest eight of each title */
	assert_int_equal(known.count, 1 + 2000 + 24);
	bool *there = xcalloc(3000, sizeof(*there));
	for (size_t i = 1; i < known.count; i++) {
		long n = strtol(strrchr(known.list[i].id, ':') + 1, NULL, 10);
		assert_in_range(n, 0, 2999);
		assert_false(there[n]);
		there[n] = true;
		assert_true(n < 2000 || n >= 2976);
	}
	free(there);
	articles_clear(&known);
	articles_clear(&seen);
	store_close(store);
}

/* A paper of many hosts, each of which minted ids here once. */
static void
test_known_authorities(void **state)
{
	(void)state;
	enum { HOSTS = 20 };
	struct error err = {{0}};
	struct store *store = open_store();
	int64_t section = save_section(store, "s/a");
	struct articles fresh = {0};
	for (unsigned n = 0; n < HOSTS; n++) {
		struct article article = fresh_article(n, NOW);
		free(article.id);
		article.id = xasprintf("tag:h%02u.example,2026:%u", n, n);
		articles_add(&fresh, article);
	}
	assert_true(record(store, section, &fresh, NULL, NULL, NOW, &err));
	for (unsigned n = 0; n < HOSTS; n++) {
		struct article moved = seen_article(n);
		free(moved.link);
		free(moved.title);
		moved.link = xasprintf("https://paper.example/view?no=%u", n);
		moved.title = xstrdup("Another title");
		struct articles known = known_of(store, section, moved);
		assert_int_equal(known.count, 1);
		articles_clear(&known);
	}
	store_close(store);
}

static void
test_recorded_twice(void **state)
{
	(void)state;
	struct error err = {{0}};
	struct store *store = open_store();
	int64_t section = save_section(store, "s/a");
	struct articles list = {0};
	record_fresh(store, section, 1, 2, NOW);
	commit(store);
	/* new again, by a mistake of the caller: it stays what it is */
	struct article article = fresh_article(1, NOW + 5 * DAY);
	free(article.title);
	article.title = xstrdup("Another");
	articles_add(&list, article);
	assert_true(
	    record(store, section, &list, NULL, NULL, NOW + 5 * DAY, &err));
	struct articles known = known_of(store, section, seen_article(1));
	assert_int_equal(known.count, 1);
	assert_string_equal(known.list[0].title, "Title 1");
	assert_int_equal(known.list[0].first_seen_s, NOW);
	assert_int_equal(known.list[0].changed_s, NOW);
	assert_int_equal(known.list[0].last_seen_s, NOW + 5 * DAY);
	articles_clear(&known);
	/* changed: first seen and position stay, what it can be found by does
	 * not */
	article = fresh_article(1, NOW + 6 * DAY);
	free(article.title);
	free(article.link);
	article.title = xstrdup("Edited");
	article.link = xstrdup("https://paper.example/moved/1");
	article.position = 77;
	article.published = (struct moment){NOW + 9 * DAY, PRECISION_SECOND};
	list = (struct articles){0};
	articles_add(&list, article);
	assert_true(
	    record(store, section, NULL, &list, NULL, NOW + 6 * DAY, &err));
	commit(store);
	known = known_of(store, section, seen_article(1));
	assert_int_equal(known.count, 1);
	assert_string_equal(known.list[0].title, "Edited");
	assert_int_equal(known.list[0].first_seen_s, NOW);
	assert_int_equal(known.list[0].changed_s, NOW + 6 * DAY);
	assert_int_equal(known.list[0].position, 1);
	articles_clear(&known);
	assert_sql("SELECT shown - first_seen FROM article", "0");
	static const struct {
		const char *link, *title;
		size_t count;
	} rows[] = {
	    {"https://paper.example/article/1", "x", 0},
	    {"https://paper.example/moved/1", "x", 1},
	    {"http://m.paper.example/moved/1/", "x", 1},
	    {"https://paper.example/x", "Title 1", 0},
	    {"https://paper.example/x", "Edited", 1},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		known = known_of(store, section,
		    (struct article){.link = xstrdup(rows[i].link),
			.title = xstrdup(rows[i].title)});
		if (known.count != rows[i].count)
			fail_msg("row %zu: %zu", i, known.count);
		articles_clear(&known);
	}
	store_close(store);
}

/* As the differ hands them over: with last_seen_s = now_s. */
static void
test_last_seen(void **state)
{
	(void)state;
	static const struct {
		int64_t now_s, last_s;
		bool writes;
	} rows[] = {
	    {NOW + 60, NOW, false},
	    {NOW + DAY - 1, NOW, false},
	    {NOW + DAY, NOW + DAY, true},
	    {NOW + DAY + 60, NOW + DAY, false},
	    {NOW - 50 * DAY, NOW + DAY, false}, /* the clock went back */
	    {NOW + 30 * DAY, NOW + 30 * DAY, true},
	};
	struct error err = {{0}};
	struct store *store = open_store();
	int64_t section = save_section(store, "s/a");
	record_fresh(store, section, 1, 3, NOW);
	commit(store);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct articles seen = {0};
		articles_add(&seen, fresh_article(1, NOW));
		articles_add(&seen, fresh_article(2, NOW));
		seen.list[0].last_seen_s = rows[i].now_s;
		seen.list[1].last_seen_s = rows[i].now_s;
		assert_true(record(
		    store, section, NULL, NULL, &seen, rows[i].now_s, &err));
		bool writes = store_has_batch(store);
		commit(store);
		for (unsigned n = 1; n < 3; n++) {
			struct articles known =
			    known_of(store, section, seen_article(n));
			if (known.list[0].last_seen_s != rows[i].last_s ||
			    writes != rows[i].writes)
				fail_msg("row %zu: %lld", i,
				    (long long)known.list[0].last_seen_s);
			articles_clear(&known);
		}
	}
	store_close(store);
}

static void
test_dirty(void **state)
{
	(void)state;
	struct store *store = open_store();
	int64_t section = save_section(store, "s/a");
	commit(store);
	assert_sql("SELECT feed_dirty FROM section", "0");
	record_fresh(store, section, 1, 2, NOW);
	commit(store);
	assert_sql("SELECT feed_dirty FROM section", "1");
	store_close(store);
}

/* ---- what the feed holds ---- */

static uint32_t
random_number(void)
{
	static uint32_t seed = 7;
	seed = seed * 1664525u + 1013904223u;
	return seed >> 8;
}

/* As tests/order.h has it, to the last rule. */
static void
test_newest_order(void **state)
{
	(void)state;
	struct error err = {{0}};
	struct store *store = open_store();
	int64_t section = save_section(store, "s/a");
	struct articles fresh = {0}, all = {0}, newest = {0};
	for (unsigned n = 0; n < 400; n++) {
		struct article article = fresh_article(n, NOW);
		/* few values, so that many are equal */
		article.first_seen_s = NOW + random_number() % 4;
		article.published = (struct moment){
		    NOW - 2 + random_number() % 8, PRECISION_SECOND};
		if (random_number() % 4 == 0)
			article.published = (struct moment){0, PRECISION_NONE};
		article.position = (int32_t)(random_number() % 3);
		if (n % 5 == 0) { /* ids of other beginnings and lengths */
			free(article.id);
			article.id = xasprintf("https://메트로.example/%u", n);
		}
		articles_add(&all, article_copy(&article));
		articles_add(&fresh, article);
	}
	qsort(all.list, all.count, sizeof(*all.list), article_compare);
	assert_true(record(store, section, &fresh, NULL, NULL, NOW, &err));
	assert_true(store_newest(store, section, 1000, 1000, 3, &newest, &err));
	assert_int_equal(newest.count, all.count);
	for (size_t i = 0; i < all.count; i++)
		assert_string_equal(newest.list[i].id, all.list[i].id);
	articles_clear(&newest);
	articles_clear(&all);
	store_close(store);
}

/* ---- a whole site ---- */

static int64_t
save_category(struct store *store, const char *path, const char *category)
{
	struct error err = {{0}};
	struct section_state state;
	assert_true(store_section(store, path, &state, &err));
	free(state.category);
	state.category = xstrdup_or_null(category);
	assert_true(store_save_section(store, &state, &err));
	int64_t number = state.number;
	section_state_clear(&state);
	return number;
}

static struct articles
newest_of_site(struct store *store, const char *path, unsigned most)
{
	struct error err = {{0}};
	struct articles newest = {0};
	if (!store_newest_of_site(store, path, most, most, 0, &newest, &err))
		fail_msg("%s", err.reason);
	return newest;
}

/* Against the plain meaning: who came first stands for an article; the newest
 * of those, whatever their number. */
static void
test_site_newest(void **state)
{
	(void)state;
	static const char *const paths[] = {"s/a", "s/b", "s/c", "s/all",
	    "s/d", /* other sites, with names that are near */
	    "s-a/a", "s.a/a", "s0/a", "r/a"};
	enum { SECTIONS = 9, OURS = 5, ROUNDS = 300 };
	struct error err = {{0}};
	struct store *store = open_store();
	int64_t sections[SECTIONS];
	struct articles all = {0};
	for (int i = 0; i < SECTIONS; i++)
		sections[i] =
		    save_category(store, paths[i], i == 3 ? NULL : paths[i]);
	for (int round = 0; round < ROUNDS; round++) {
		struct articles fresh = {0};
		int at = (int)(random_number() % SECTIONS);
		int64_t now_s = NOW + round / 4 - (round % 7 == 0 ? 3 : 0);
		for (int k = 0; k < 3; k++) {
			unsigned n = random_number() % 500;
			struct article article = fresh_article(n, now_s);
			bool known = is_known(store, sections[at], n);
			for (size_t i = 0; i < fresh.count; i++)
				known |=
				    strcmp(fresh.list[i].id, article.id) == 0;
			if (known) {
				article_clear(&article);
				continue;
			}
			article.published = (struct moment){
			    NOW - 2 + random_number() % 16, PRECISION_SECOND};
			article.position = (int32_t)(random_number() % 3);
			articles_add(&fresh, article);
			bool is_first = at < OURS;
			for (size_t i = 0; i < all.count; i++)
				is_first &=
				    strcmp(all.list[i].id, article.id) != 0;
			if (!is_first)
				continue;
			struct article copy = article_copy(&article);
			free(copy.category);
			copy.category = at == 3 ? NULL : xstrdup(paths[at]);
			articles_add(&all, copy);
		}
		assert_true(record(
		    store, sections[at], &fresh, NULL, NULL, now_s, &err));
	}
	commit(store);
	qsort(all.list, all.count, sizeof(*all.list), article_compare);
	assert_in_range(all.count, 200, 500);
	const unsigned mosts[] = {0, 1, 7, 50, 200, 1000};
	for (size_t m = 0; m < sizeof(mosts) / sizeof(*mosts); m++) {
		struct articles newest =
		    newest_of_site(store, paths[m % OURS], mosts[m]);
		size_t wanted = mosts[m] < all.count ? mosts[m] : all.count;
		assert_int_equal(newest.count, wanted);
		for (size_t i = 0; i < wanted; i++) {
			const struct article *got = &newest.list[i];
			if (strcmp(got->id, all.list[i].id) != 0 ||
			    got->first_seen_s != all.list[i].first_seen_s)
				fail_msg("%u: place %zu: %s, wanted %s",
				    mosts[m], i, got->id, all.list[i].id);
			assert_same_string(got->category, all.list[i].category);
		}
		articles_clear(&newest);
	}
	uint64_t count = 0;
	assert_true(store_count_of_site(store, "s/all", &count, &err));
	assert_int_equal(count, all.count);
	assert_true(store_count_of_site(store, "none/all", &count, &err));
	assert_int_equal(count, 0);
	articles_clear(&all);
	store_close(store);
}

/* Each row: an article of s/a, then another of s/b: is it the same one? */
static void
test_site_repeated(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *id, *link, *other_id, *other_link;
		size_t count;
	} rows[] = {
	    {"id", "tag:1", "http://a.example/1", "tag:1",
		"http://a.example/x/1", 1},
	    {"address (article-link came later)", "http://a.example/2",
		"http://a.example/2", "tag:2", "http://a.example/2", 1},
	    {"https", "http://a.example/3", "http://a.example/3",
		"https://a.example/3", "https://a.example/3", 1},
	    {"another", "tag:4", "http://a.example/4", "tag:5",
		"http://a.example/5", 2},
	};
	struct error err = {{0}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct store *store = open_store();
		char *a = xasprintf("s%zu/a", i), *b = xasprintf("s%zu/b", i);
		int64_t sections[2] = {
		    save_category(store, a, "A"), save_category(store, b, "B")};
		for (int k = 0; k < 2; k++) {
			struct articles fresh = {0};
			struct article article =
			    fresh_article((unsigned)k, NOW + k);
			free(article.id);
			free(article.link);
			article.id = xstrdup(k ? rows[i].other_id : rows[i].id);
			article.link =
			    xstrdup(k ? rows[i].other_link : rows[i].link);
			articles_add(&fresh, article);
			assert_true(record(store, sections[k], &fresh, NULL,
			    NULL, NOW + k, &err));
		}
		commit(store);
		struct articles newest = newest_of_site(store, a, 10);
		if (newest.count != rows[i].count)
			fail_msg("%s: %zu", rows[i].name, newest.count);
		size_t at = strcmp(newest.list[0].id, rows[i].id) != 0;
		assert_string_equal(newest.list[at].id, rows[i].id);
		assert_string_equal(newest.list[at].category, "A");
		articles_clear(&newest);
		free(a);
		free(b);
		store_close(store);
	}
}

/* Two articles of one section whose addresses fold to one stay two in the
 * site's feed, too; but the very same address is the very same article. */
static void
test_site_one_key(void **state)
{
	(void)state;
	struct error err = {{0}};
	struct store *store = open_store();
	int64_t a = save_category(store, "s/a", "A");
	int64_t b = save_category(store, "s/b", "B");
	static const char *const links[] = {"http://a.example/1",
	    "https://a.example/1", "http://www.a.example/1/",
	    "http://a.example/1"};
	for (int i = 0; i < 4; i++) {
		struct articles fresh = {0};
		struct article article = fresh_article((unsigned)i, NOW + i);
		free(article.link);
		article.link = xstrdup(links[i]);
		articles_add(&fresh, article);
		assert_true(record(
		    store, i == 0 ? a : b, &fresh, NULL, NULL, NOW + i, &err));
	}
	struct articles newest = newest_of_site(store, "s/all", 10);
	assert_int_equal(newest.count, 2);
	articles_clear(&newest);
	store_close(store);
}

/* News of one section is news of the site: in one transaction. */
static void
test_site_dirty(void **state)
{
	(void)state;
	struct error err = {{0}};
	struct store *store = open_store();
	int64_t a = save_section(store, "s/a");
	save_section(store, "s/b");
	save_section(store, "s/all");
	save_section(store, "s.x/all");
	commit(store);
	record_fresh(store, a, 0, 1, NOW);
	commit(store);
	assert_sql("SELECT group_concat(path) FROM"
		   " (SELECT path FROM section WHERE feed_dirty = 1"
		   "  ORDER BY path)",
	    "s/a,s/all");
	struct section_state section;
	assert_true(store_section(store, "s/all", &section, &err));
	assert_true(section.feed_dirty);
	section_state_clear(&section);
	store_close(store);
}

/* What two sections had shown before the upgrade is one article after it. */
static void
test_site_upgrade(void **state)
{
	(void)state;
	char *sql = xasprintf(
	    "%s%s"
	    "INSERT INTO section (number, path, validated, body_hash,"
	    " rules_hash, due, round, good, news, failures, item_count, rounds,"
	    " rounds_good, feed_updated, feed_hash, feed_length, feed_mtime,"
	    " feed_dirty, hold) SELECT value ->> 0, value ->> 1, 0, 0, 0, 0, 0,"
	    " 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM"
	    " json_each('[[1,\"s/a\"],[2,\"s/b\"],[3,\"s/c\"],"
	    "  [4,\"s.t/a\"]]');"
	    "INSERT INTO article SELECT value ->> 0, value ->> 1, 0, 0,"
	    " value ->> 2, 5, 5, 5, 0, value ->> 3, value ->> 3, 0,"
	    " 'http://a.example/' || (value ->> 3), 'T', NULL, NULL, NULL, 'x'"
	    " FROM json_each('[[1,\"x\",20,1],[2,\"x\",10,1],"
	    "  [3,\"x\",20,1],[4,\"x\",1,1],[1,\"y\",30,2],"
	    "  [3,\"http:y\",31,2],[2,\"z\",9,3]]');"
	    "PRAGMA application_id = 1836344932; PRAGMA user_version = 2",
	    store_schema[0], store_schema[1]);
	assert_int_equal(mkdir(directory, 0755), 0);
	run_sql(database, sql);
	free(sql);
	struct store *store = open_store();
	assert_sql("SELECT group_concat(section || id) FROM"
		   " (SELECT * FROM repeated ORDER BY section, id)",
	    "1x,3http:y,3x");
	struct articles newest = newest_of_site(store, "s/all", 10);
	assert_int_equal(newest.count, 3);
	articles_clear(&newest);
	store_close(store);
}

static void
test_newest(void **state)
{
	(void)state;
	/* 100 articles, one an hour; the newest is number 0 */
	static const struct {
		unsigned at_least, at_most;
		int64_t days;
		size_t count;
	} rows[] = {
	    {10, 200, 0, 10},
	    {10, 200, 1, 25}, /* 24 h old is within a day */
	    {10, 200, 2, 49},
	    {10, 20, 2, 20},
	    {60, 200, 2, 60},
	    {60, 200, 3, 73},
	    {50, 200, 30, 100},
	    {200, 200, 0, 100},
	    {0, 200, 0, 1},
	    {0, 0, 5, 0},
	    {50, 10, 5, 10},
	    {1, 200, INT64_MAX, 100},
	    {1, 200, INT64_MIN, 1},
	};
	struct error err = {{0}};
	struct store *store = open_store();
	int64_t section = save_section(store, "s/a");
	int64_t empty = save_section(store, "s/b");
	struct articles fresh = {0};
	for (unsigned n = 0; n < 100; n++) {
		struct article article = fresh_article(n, NOW);
		article.published.at_s = NOW - 3600 * (int64_t)n;
		articles_add(&fresh, article);
	}
	assert_true(record(store, section, &fresh, NULL, NULL, NOW, &err));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct articles newest = {0};
		assert_true(store_newest(store, section, rows[i].at_least,
		    rows[i].at_most, rows[i].days, &newest, &err));
		if (newest.count != rows[i].count)
			fail_msg("row %zu: %zu", i, newest.count);
		for (size_t k = 0; k < newest.count; k++)
			assert_int_equal(newest.list[k].position, k);
		articles_clear(&newest);
		assert_true(store_newest(store, empty, rows[i].at_least,
		    rows[i].at_most, rows[i].days, &newest, &err));
		assert_int_equal(newest.count, 0);
	}
	store_close(store);
}

/* The schema is text in the database, too: a name that a flipped bit changed is
 * damage, and the store is made again. */
static void
test_damaged_schema(void **state)
{
	(void)state;
	struct error err = {{0}};
	struct store *store = open_store();
	(void)save_section(store, "s/a");
	assert_true(store_commit(store, true, &err));
	store_close(store);
	run_sql(database, "PRAGMA writable_schema=ON;"
			  "UPDATE sqlite_schema SET sql ="
			  " replace(sql, ' rounds_good ', ' rounds_gnod ')");
	store = open_store();
	struct section_state *list;
	size_t count;
	assert_true(store_sections(store, &list, &count, &err));
	assert_int_equal(count, 0);
	free(list);
	store_close(store);
}

/* When articles appeared: the page's minute, else when we saw them, but not
 * when the first page showed what was old. */
static void
test_times(void **state)
{
	(void)state;
	static const struct {
		enum precision precision;
		int64_t published_s, seen_s; /* before NOW */
		int64_t time_s;              /* before NOW; -1: tells nothing */
	} rows[] = {
	    {PRECISION_SECOND, 9000, 5000, 9000},
	    {PRECISION_MINUTE, 8000, 100, 8000},
	    {PRECISION_RELATIVE, 5600, 5000, 5600},
	    {PRECISION_RELATIVE, 300000, 5000, -1},
	    {PRECISION_RELATIVE, 300000, 90, 90},
	    {PRECISION_DAY, 40000, 5000, -1}, {PRECISION_DAY, 40000, 80, 80},
	    {PRECISION_NONE, 0, 5000, -1}, {PRECISION_NONE, 0, 70, 70},
	    {PRECISION_SECOND, 10, 60, 60}, /* ahead: clamped to first seen */
	};
	const size_t count = sizeof(rows) / sizeof(*rows);
	struct error err = {{0}};
	struct store *store = open_store();
	int64_t section = save_section(store, "s/a");
	int64_t empty = save_section(store, "s/b");
	struct articles fresh = {0};
	for (unsigned n = 0; n < count; n++) {
		struct article article = fresh_article(n, NOW - rows[n].seen_s);
		article.published = (struct moment){
		    .at_s = NOW - rows[n].published_s,
		    .precision = rows[n].precision,
		};
		articles_add(&fresh, article);
	}
	assert_true(record(store, section, &fresh, NULL, NULL, NOW, &err));
	int64_t *times, since_s;
	size_t told;
	assert_true(store_times(store, section, &times, &told, &since_s, &err));
	assert_int_equal(since_s, NOW - 5000);
	for (unsigned n = 0; n < count; n++) {
		bool found = false;
		for (size_t i = 0; i < told; i++)
			found |= times[i] == NOW - rows[n].time_s;
		if (found != (rows[n].time_s != -1))
			fail_msg("row %u", n);
	}
	assert_int_equal(told, 7);
	free(times);
	assert_true(store_times(store, empty, &times, &told, &since_s, &err));
	assert_int_equal(told, 0);
	assert_true(since_s == INT64_MAX);
	free(times);
	store_close(store);
}

/* Each look-up goes through an index; a scan would show after a year. */
static void
test_query_plans(void **state)
{
	(void)state;
	static const char *const queries[] = {
	    "SELECT * FROM article WHERE section = 1 AND id = 'x'",
	    "SELECT * FROM article WHERE section = 1 AND link_hash = 5 LIMIT 4",
	    "SELECT * FROM article WHERE section = 1 AND key_hash = 5"
	    " ORDER BY first_seen DESC LIMIT 4",
	    "SELECT * FROM article WHERE section = 1 AND title_hash = 5"
	    " ORDER BY first_seen DESC LIMIT 8",
	    "SELECT * FROM article WHERE section = 1 AND title IS NOT NULL"
	    " ORDER BY shown DESC, first_seen DESC, position, id LIMIT 50",
	    "SELECT shown FROM article"
	    " WHERE section = 1 AND title IS NOT NULL"
	    " ORDER BY shown DESC, first_seen DESC, position, id"
	    " LIMIT 1 OFFSET 999",
	    "SELECT id FROM article WHERE section = 1 AND title IS NOT NULL"
	    " AND last_seen < 5 AND shown < 5 ORDER BY last_seen LIMIT 200",
	    "SELECT count(*) FROM article"
	    " WHERE section = 1 AND title IS NOT NULL",
	};
	sqlite3 *db;
	store_close(open_store());
	assert_int_equal(sqlite3_open(database, &db), SQLITE_OK);
	for (size_t i = 0; i < sizeof(queries) / sizeof(*queries); i++) {
		sqlite3_stmt *statement;
		char *query = xasprintf("EXPLAIN QUERY PLAN %s", queries[i]);
		assert_int_equal(
		    sqlite3_prepare_v2(db, query, -1, &statement, NULL),
		    SQLITE_OK);
		while (sqlite3_step(statement) == SQLITE_ROW) {
			const char *step =
			    (const char *)sqlite3_column_text(statement, 3);
			if (strncmp(step, "SEARCH", 6) != 0)
				fail_msg("%s: %s", queries[i], step);
		}
		sqlite3_finalize(statement);
		free(query);
	}
	sqlite3_close(db);
}

static void
test_views(void **state)
{
	(void)state;
	struct store *store = open_store();
	int64_t section = save_section(store, "s/a");
	record_fresh(store, section, 0, 1, NOW);
	commit(store);
	assert_sql("SELECT section || ' ' || title || ' ' || published || ' '"
		   " || first_seen || ' ' || ifnull(edited, 'never') || ' '"
		   " || stub FROM articles",
	    "s/a Title 0 2023-11-14 22:13:20 2023-11-14 22:13:20 never 0");
	assert_sql("SELECT section || ' ' || articles || ' ' ||"
		   " ifnull(last_good, 'never') FROM sections",
	    "s/a 1 never");
	store_close(store);
}

/* ---- durability ---- */

/* FULL is one fsync of the log, NORMAL none (the first commit into a new log
 * syncs its head). */
static void
test_synchronous(void **state)
{
	(void)state;
	struct error err = {{0}};
	struct store *store = open_store();
	int64_t section = save_section(store, "s/a");
	commit(store);
	record_fresh(store, section, 0, 1, NOW);
	commit(store);
	for (unsigned round = 1; round < 4; round++) {
		syncs = 0;
		save_section(store, "s/a");
		assert_true(store_commit(store, false, &err));
		assert_int_equal(syncs, 0);
		/* articles are durable whatever is asked */
		record_fresh(store, section, round, round + 1, NOW);
		assert_true(store_commit(store, false, &err));
		assert_int_equal(syncs, 1);
		/* counters join the articles' batch */
		syncs = 0;
		record_fresh(store, section, round + 10, round + 11, NOW);
		save_section(store, "s/a");
		assert_true(store_commit(store, true, &err));
		assert_int_equal(syncs, 1);
		/* articles end a batch of counters: that costs none */
		syncs = 0;
		save_section(store, "s/a");
		record_fresh(store, section, round + 20, round + 21, NOW);
		assert_true(store_commit(store, true, &err));
		assert_int_equal(syncs, 1);
		/* counters that must stay */
		syncs = 0;
		save_section(store, "s/a");
		assert_true(store_commit(store, true, &err));
		assert_int_equal(syncs, 1);
		assert_false(store_has_batch(store));
	}
	assert_int_equal(count(store, section, NULL), 10);
	store_close(store);
}

static void
test_rollback(void **state)
{
	(void)state;
	struct error err = {{0}};
	struct store *store = open_store();
	int64_t section = save_section(store, "s/a");
	record_fresh(store, section, 0, 2, NOW);
	commit(store);
	record_fresh(store, section, 2, 4, NOW);
	assert_true(store_has_batch(store));
	assert_true(is_known(store, section, 3));
	store_rollback(store);
	assert_false(store_has_batch(store));
	assert_false(is_known(store, section, 3));
	assert_true(is_known(store, section, 1));
	/* half of a difference is none */
	struct articles fresh = {0};
	struct article bad = fresh_article(6, NOW);
	free(bad.id);
	bad.id = NULL;
	articles_add(&fresh, fresh_article(5, NOW));
	articles_add(&fresh, bad);
	assert_false(record(store, section, &fresh, NULL, NULL, NOW, &err));
	assert_non_null(strstr(err.reason, "saving an article"));
	fresh = (struct articles){0};
	articles_add(&fresh, fresh_article(7, NOW));
	assert_false(record(store, section, &fresh, NULL, NULL, NOW, &err));
	assert_false(store_commit(store, true, &err));
	assert_false(store_has_batch(store));
	assert_false(is_known(store, section, 5));
	record_fresh(store, section, 8, 9, NOW);
	commit(store);
	assert_true(is_known(store, section, 8));
	assert_int_equal(count(store, section, NULL), 3);
	store_close(store);
}

static void
test_busy(void **state)
{
	(void)state;
	struct error err = {{0}};
	struct store *store = open_store();
	struct section_state section = {.path = xstrdup("s/a")};
	sqlite3 *db;
	assert_int_equal(sqlite3_open(database, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	assert_false(store_save_section(store, &section, &err));
	assert_non_null(
	    strstr(err.reason, "another program holds the database"));
	assert_int_equal(
	    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	store_rollback(store);
	assert_true(store_save_section(store, &section, &err));
	section_state_clear(&section);
	store_close(store);
}

/* One round as the corridor makes it: true when it was acknowledged. */
static bool
try_round(struct store *store, int64_t section, unsigned n, struct error *err)
{
	struct section_state row = {0};
	struct articles fresh = {0};
	bool good = store_section(store, "s/a", &row, err);
	articles_add(&fresh, fresh_article(n, NOW));
	/* larger than a page: many writes */
	free(fresh.list[0].text);
	fresh.list[0].text = xmalloc(20001);
	memset(fresh.list[0].text, 'x', 20000);
	fresh.list[0].text[20000] = '\0';
	row.rounds++;
	good = good && store_save_section(store, &row, err);
	if (good)
		good = record(store, section, &fresh, NULL, NULL, NOW, err);
	else
		articles_clear(&fresh);
	good = good && store_save_section(store, &row, err) &&
	       store_commit(store, true, err);
	if (!good)
		store_rollback(store);
	section_state_clear(&row);
	return good;
}

/*
 * The n-th write or fsync fails, for every n that is reached: what was
 * acknowledged is there, what was not is not half there, and the store goes on.
 */
static void
fail_each_call(bool is_sync, bool once, int reason, const char *says)
{
	struct store *store = open_store();
	int64_t section = save_section(store, "s/a");
	static bool acknowledged[4000];
	unsigned n = 0, failed = 0;
	memset(acknowledged, 0, sizeof(acknowledged));
	commit(store);
	for (unsigned after = 0;; after++) {
		struct error err = {{0}};
		fault.is_sync = is_sync;
		fault.once = once;
		fault.reason = reason;
		fault.after = after;
		fault.hits = 0;
		fault.armed = true;
		assert_in_range(n, 0, 3990);
		acknowledged[n] = try_round(store, section, n, &err);
		if (!acknowledged[n]) {
			failed++;
			if (strstr(err.reason, says) == NULL)
				fail_msg("%u: %s", after, err.reason);
		}
		n++;
		/* not yet repaired, and then */
		acknowledged[n] = try_round(store, section, n, &err);
		bool reached = fault.hits > 0;
		n++;
		fault.armed = false;
		assert_false(store_has_batch(store));
		acknowledged[n] = try_round(store, section, n, &err);
		if (!acknowledged[n])
			fail_msg("after %u: %s", after, err.reason);
		n++;
		if (after % 8 == 7) /* the log begins anew */
			assert_true(store_idle(store, NOW, &err));
		if (!reached)
			break;
	}
	assert_in_range(failed, 1, 3990);
	for (int again = 0; again < 2; again++) {
		uint64_t stored = 0;
		for (unsigned i = 0; i < n; i++) {
			stored += acknowledged[i];
			if (is_known(store, section, i) != acknowledged[i])
				fail_msg("%u of %u", i, n);
		}
		assert_int_equal(count(store, section, NULL), stored);
		assert_true(store_check(store, NULL));
		store_close(store);
		store = open_store();
	}
	store_close(store);
}

static void
test_disk_full_once(void **state)
{
	(void)state;
	fail_each_call(false, true, ENOSPC, "the disk is full");
}

static void
test_disk_full(void **state)
{
	(void)state;
	fail_each_call(false, false, ENOSPC, "the disk is full");
}

static void
test_write_error(void **state)
{
	(void)state;
	fail_each_call(false, false, EIO, "Input/output error");
}

static void
test_sync_error_once(void **state)
{
	(void)state;
	fail_each_call(true, true, EIO, "Input/output error");
}

static void
test_sync_error(void **state)
{
	(void)state;
	fail_each_call(true, false, EIO, "Input/output error");
}

/* Killed in the middle of a batch: what was acknowledged is there, the rest is
 * not, and the lock is free. */
static void
test_kill(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 5; round++) {
		int ready[2];
		char byte;
		assert_int_equal(pipe(ready), 0);
		pid_t child = fork();
		if (child == 0) {
			struct store *store = open_store();
			int64_t section = save_section(store, "s/a");
			record_fresh(
			    store, section, round * 10, round * 10 + 3, NOW);
			commit(store);
			record_fresh(store, section, round * 10 + 3,
			    round * 10 + 5, NOW);
			(void)!write(ready[1], "x", 1);
			for (;;)
				pause();
		}
		close(ready[1]);
		assert_int_equal(read(ready[0], &byte, 1), 1);
		close(ready[0]);
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, NULL, 0), child);
		struct store *store = open_store();
		for (unsigned n = 0; n < round * 10 + 5; n++)
			if (is_known(store, 1, n) != (n % 10 < 3))
				fail_msg("round %u: %u", round, n);
		assert_true(store_check(store, NULL));
		store_close(store);
	}
}

/* How many files the folder holds whose name begins so; the last one's. */
static unsigned
count_files(const char *begin, char **last)
{
	DIR *opened = opendir(directory);
	const struct dirent *entry;
	unsigned found = 0;
	while (opened != NULL && (entry = readdir(opened)) != NULL) {
		if (strncmp(entry->d_name, begin, strlen(begin)) != 0 ||
		    strstr(entry->d_name, "-wal") != NULL ||
		    strstr(entry->d_name, "-shm") != NULL)
			continue;
		found++;
		if (last == NULL)
			continue;
		free(*last);
		*last = xasprintf("%s/%s", directory, entry->d_name);
	}
	if (opened != NULL)
		(void)closedir(opened);
	return found;
}

/* Opened in spite of `bytes`: as before, or set aside whole and begun anew. */
static bool
is_set_aside(const char *bytes, size_t length, const char *what)
{
	static const char name[] = "metrofeed.db.damaged-";
	struct error err = {{0}};
	char *aside = NULL;
	unsigned before = count_files(name, NULL);
	write_bytes(database, bytes, length);
	struct store *store = store_open(directory, STORE_WRITE, &err);
	if (store == NULL)
		fail_msg("%s: %s", what, err.reason);
	unsigned after = count_files(name, &aside);
	bool is_new = store_aside(store) != NULL;
	assert_int_equal(after - before, is_new);
	assert_false(store_is_damaged(store));
	if (is_new) {
		size_t kept_length;
		char *kept = read_bytes(aside, &kept_length);
		assert_int_equal(kept_length, length);
		assert_memory_equal(kept, bytes, length);
		free(kept);
		assert_int_equal(unlink(aside), 0);
		assert_non_null(strstr(store_aside(store), aside));
		/* it works */
		int64_t section = save_section(store, "s/a");
		assert_int_equal(count(store, section, NULL), 0);
	}
	store_close(store);
	free(aside);
	return is_new;
}

/* Until it was read whole; false: it is damaged. */
static bool
read_idly(struct store *store, unsigned *calls)
{
	struct error err = {{0}};
	*calls = 0;
	while (!store_is_checked(store)) {
		(*calls)++;
		if (!store_idle(store, NOW, &err)) {
			assert_true(store_is_damaged(store));
			return false;
		}
	}
	return true;
}

static void
write_at(const char *path, off_t at, const void *bytes, size_t length)
{
	int fd = open(path, O_WRONLY);
	assert_true(pwrite(fd, bytes, length, at) == (ssize_t)length);
	close(fd);
}

/* One that is too large to be read at the opening is opened however it is, and
 * read when there is time: a leaf, a text that goes on, an entry of an index.
 */
static void
test_damaged_large(void **state)
{
	(void)state;
	enum { ARTICLES = 1400, TEXT = 50000, PAGE = 4096 };
	static char noise[PAGE];
	struct error err = {{0}};
	struct articles fresh = {0};
	unsigned calls;
	struct store *store = open_store();
	int64_t section = save_section(store, "s/a");
	for (unsigned n = 0; n < ARTICLES; n++) {
		struct article article = fresh_article(n, NOW);
		free(article.text);
		article.text = xcalloc(1, TEXT + 1);
		memset(article.text, 'a' + (int)(n % 26), TEXT);
		articles_add(&fresh, article);
	}
	assert_true(record(store, section, &fresh, NULL, NULL, NOW, &err));
	commit(store);
	store_close(store);
	store = open_store();
	assert_false(store_is_checked(store));
	assert_true(read_idly(store, &calls));
	assert_true(calls > 1);
	store_close(store);
	struct stat status;
	assert_int_equal(stat(database, &status), 0);
	assert_true(status.st_size > (off_t)64 << 20);
	memset(noise, 0xa5, sizeof(noise));
	/* page by page from three places on: most are texts that go on, whose
	 * bytes only their text tells of */
	for (int part = 1; part <= 3; part++) {
		char *keep = xasprintf("%s.keep", database);
		char *command = xasprintf("cp '%s' '%s'", database, keep);
		assert_int_equal(system(command), 0);
		write_at(database, status.st_size / PAGE * part / 4 * PAGE,
		    noise, sizeof(noise));
		store = open_store();
		assert_null(store_aside(store));
		assert_false(read_idly(store, &calls));
		assert_true(store_renew(store, &err));
		assert_non_null(store_aside(store));
		assert_true(store_is_checked(store));
		store_close(store);
		assert_int_equal(rename(keep, database), 0);
		free(command);
		free(keep);
	}
	/* an index that leads to all articles but one, and does not say so */
	run_sql(database,
	    "DROP INDEX article_link; CREATE INDEX article_link ON article"
	    " (link_hash, section) WHERE title <> 'Title 77';"
	    "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql ="
	    " replace(sql, ' WHERE title <> ''Title 77''', '')"
	    " WHERE name = 'article_link'");
	store = open_store();
	assert_false(read_idly(store, &calls));
	store_close(store);
}

/* Each page in turn zeroed, spoilt, cut off: set aside each time, and what can
 * be opened is never damaged when it is used. */
static void
test_damaged(void **state)
{
	(void)state;
	struct store *store = open_store();
	int64_t section = save_section(store, "s/a");
	record_fresh(store, section, 0, 2000, NOW);
	store_close(store);
	size_t length;
	char *bytes = read_bytes(database, &length);
	assert_in_range(length, 20 * 4096, SMALL_BYTES - 1);
	unsigned pages = (unsigned)(length / 4096);
	static const unsigned char fills[] = {0, 0xa5};
	for (unsigned page = 0; page < pages; page++) {
		char what[32];
		(void)snprintf(what, sizeof(what), "page %u", page);
		for (size_t i = 0; i < sizeof(fills); i++) {
			char *broken = xmemdup(bytes, length);
			memset(broken + (size_t)page * 4096, fills[i], 4096);
			assert_true(is_set_aside(broken, length, what));
			free(broken);
		}
		if (page > 0) /* nothing at all is a beginning */
			assert_true(
			    is_set_aside(bytes, (size_t)page * 4096, what));
		assert_true(
		    is_set_aside(bytes, (size_t)page * 4096 + 2000, what));
	}
	assert_false(is_set_aside(bytes, length, "whole"));
	static const char letter[] = "This is a letter, not a database.";
	assert_true(is_set_aside(letter, sizeof(letter), "a letter"));
	/* the head: each bit of what says whose it is */
	for (unsigned bit = 0; bit < 8 * 4; bit++) {
		bytes[68 + bit / 8] ^= (char)(1 << bit % 8);
		assert_true(is_set_aside(bytes, length, "application"));
		bytes[68 + bit / 8] ^= (char)(1 << bit % 8);
	}
	free(bytes);
}

/* A log without its database is kept: SQLite alone would delete it. */
static void
test_half(void **state)
{
	(void)state;
	char *log = xasprintf("%s-wal", database), *aside = NULL;
	store_close(open_store());
	assert_int_equal(unlink(database), 0);
	write_bytes(log, "articles", 8);
	struct store *store = open_store();
	assert_non_null(strstr(store_aside(store), "its log is there"));
	store_close(store);
	assert_int_equal(count_files("metrofeed.db.damaged-", &aside), 0);
	assert_int_equal(access(log, F_OK), -1);
	free(aside);
	free(log);
}

/* Whatever a feed shows of an article: a bit of it that was flipped is damage,
 * and nothing that we write ourselves is. */
static void
test_flipped(void **state)
{
	(void)state;
	static const char *const flips[] = {
	    "title = 'Citle ' || substr(title, 7)",
	    "text = substr(text, 1, 4) || 'z'", "author = 'Ain'",
	    "category = 'cat'", "image = replace(image, 'https', 'http')",
	    "link = link || '1'", "published = published + 4",
	    "precision = precision - 1", "first_seen = first_seen - 16",
	    "changed = changed + 256", "position = position + 1",
	    "sum = sum + 1", "author = category, category = author"};
	struct error err = {{0}};
	for (size_t i = 0; i < sizeof(flips) / sizeof(*flips); i++) {
		struct articles fresh = {0}, changed = {0}, newest = {0};
		struct store *store = open_store();
		int64_t section = save_section(store, "s/a");
		struct article full = fresh_article(1, NOW);
		free(full.text);
		free(full.author);
		free(full.category);
		free(full.image);
		full.text = xstrdup("words");
		full.author = xstrdup("Kim");
		full.category = xstrdup("bat");
		full.image = xstrdup("https://a.example/i.jpg");
		full.published.precision = PRECISION_SECOND;
		articles_add(&fresh, full);
		assert_true(
		    record(store, section, &fresh, NULL, NULL, NOW, &err));
		commit(store);
		assert_true(
		    store_newest(store, section, 9, 9, 3, &newest, &err));
		assert_int_equal(newest.count, 1);
		/* what it was before its edit counts for `changed` */
		newest.list[0].changed_s -= 100;
		articles_add(&changed, newest.list[0]);
		newest.count = 0;
		articles_clear(&newest);
		assert_true(
		    record(store, section, NULL, &changed, NULL, NOW, &err));
		commit(store);
		assert_true(
		    store_newest(store, section, 9, 9, 3, &newest, &err));
		articles_clear(&newest);

		char *sql = xasprintf("UPDATE article SET %s", flips[i]);
		run_sql(database, sql);
		free(sql);
		assert_false(
		    store_newest(store, section, 9, 9, 3, &newest, &err));
		assert_non_null(strstr(err.reason, "the database is damaged"));
		assert_true(store_is_damaged(store));
		store_close(store);
		assert_int_equal(unlink(database), 0);
	}
}

/* Found while it is in use: every call fails then, until it is renewed. */
static void
test_damaged_in_use(void **state)
{
	(void)state;
	struct error err = {{0}};
	struct store *store = open_store();
	int64_t section = save_section(store, "s/a");
	record_fresh(store, section, 0, 2000, NOW);
	commit(store);
	/* out of the log, and out of our cache */
	run_sql(database,
	    "UPDATE section SET news = 1; PRAGMA wal_checkpoint(TRUNCATE)");
	int fd = open(database, O_WRONLY);
	off_t length = lseek(fd, 0, SEEK_END);
	char noise[4096];
	memset(noise, 0xa5, sizeof(noise));
	for (off_t at = 4096; at < length; at += 4096)
		assert_int_equal(pwrite(fd, noise, 4096, at), 4096);
	close(fd);
	assert_false(store_is_damaged(store));
	struct articles newest = {0};
	bool good = true;
	for (unsigned n = 0; good && n < 2000; n++) {
		struct articles seen = {0}, known = {0};
		articles_add(&seen, seen_article(n));
		good =
		    store_known(store, section, AUTHORITY, &seen, &known, &err);
		articles_clear(&known);
		articles_clear(&seen);
	}
	if (good)
		good =
		    store_newest(store, section, 1000, 1000, 3, &newest, &err);
	articles_clear(&newest);
	assert_false(good);
	assert_true(store_is_damaged(store));
	assert_true(store_renew(store, &err));
	assert_false(store_is_damaged(store));
	assert_non_null(store_aside(store));
	section = save_section(store, "s/a");
	record_fresh(store, section, 0, 20, NOW);
	commit(store);
	assert_int_equal(count(store, section, NULL), 20);
	store_close(store);
	char *aside = NULL;
	assert_int_equal(count_files("metrofeed.db.damaged-", &aside), 1);
	free(aside);
}

/* ---- idle ---- */

static void
test_stubs(void **state)
{
	(void)state;
	struct error err = {{0}};
	struct store *store = open_store();
	int64_t few = save_section(store, "s/a");
	int64_t many = save_section(store, "s/b");
	uint64_t stubs;
	/* number 0 is the newest */
	record_fresh(store, few, 0, 1000, NOW);
	record_fresh(store, many, 0, 1700, NOW);
	commit(store);
	/* 1650 to 1699 are still on the page */
	struct articles seen = {0};
	for (unsigned n = 1650; n < 1700; n++)
		articles_add(&seen, fresh_article(n, NOW));
	assert_true(
	    record(store, many, NULL, NULL, &seen, NOW + 30 * DAY, &err));
	commit(store);
	/* too early */
	for (int i = 0; i < 10; i++)
		assert_true(store_idle(store, NOW + 90 * DAY, &err));
	assert_int_equal(count(store, many, &stubs), 1700);
	assert_int_equal(stubs, 0);
	/* in small steps */
	assert_true(store_idle(store, NOW + 91 * DAY, &err));
	assert_int_equal(count(store, many, &stubs), 1700);
	assert_in_range(stubs, 1, 250);
	for (int i = 0; i < 20; i++)
		assert_true(store_idle(store, NOW + 91 * DAY, &err));
	assert_false(store_has_batch(store));
	assert_int_equal(count(store, many, &stubs), 1700);
	assert_int_equal(stubs, 650);
	assert_int_equal(count(store, few, &stubs), 1000);
	assert_int_equal(stubs, 0);
	/* off every feed, and nothing else */
	struct articles newest = {0};
	assert_true(store_newest(store, many, 5000, 5000, 9999, &newest, &err));
	assert_int_equal(newest.count, 1050);
	for (size_t i = 0; i < newest.count; i++)
		assert_int_equal(
		    newest.list[i].position, i < 1000 ? i : i + 650);
	articles_clear(&newest);
	/* a stub is known: by id, by link, by the hash of its title */
	struct article one = seen_article(1234);
	struct articles known = known_of(store, many, one);
	assert_int_equal(known.count, 1);
	assert_null(known.list[0].title);
	assert_null(known.list[0].text);
	assert_null(known.list[0].author);
	assert_int_equal(known.list[0].first_seen_s, NOW);
	assert_string_equal(
	    known.list[0].link, "https://paper.example/article/1234");
	articles_clear(&known);
	known = known_of(store, many,
	    (struct article){
		.link = xstrdup("https://paper.example/article/1234/"),
		.title = xstrdup("x")});
	assert_int_equal(known.count, 1);
	articles_clear(&known);
	known = known_of(store, many,
	    (struct article){.link = xstrdup("https://paper.example/x"),
		.title = xstrdup("Title 1234")});
	assert_int_equal(known.count, 1);
	articles_clear(&known);
	assert_sql("SELECT count(*) FROM articles WHERE stub", "650");
	/* long after, the others follow, but for a thousand */
	for (int i = 0; i < 20; i++)
		assert_true(store_idle(store, NOW + 900 * DAY, &err));
	assert_int_equal(count(store, many, &stubs), 1700);
	assert_int_equal(stubs, 700);
	assert_true(store_check(store, &err));
	store_close(store);
}

/* Equal times count as the newest: they could be on a feed. */
static void
test_stubs_of_one_time(void **state)
{
	(void)state;
	struct error err = {{0}};
	struct store *store = open_store();
	int64_t section = save_section(store, "s/a");
	struct articles fresh = {0};
	uint64_t stubs;
	for (unsigned n = 0; n < 1500; n++) {
		struct article article = fresh_article(n, NOW);
		article.published.precision = PRECISION_NONE;
		articles_add(&fresh, article);
	}
	assert_true(record(store, section, &fresh, NULL, NULL, NOW, &err));
	commit(store);
	for (int i = 0; i < 10; i++)
		assert_true(store_idle(store, NOW + 900 * DAY, &err));
	assert_int_equal(count(store, section, &stubs), 1500);
	assert_int_equal(stubs, 0);
	store_close(store);
}

/* Each section comes to its turn. */
static void
test_stubs_of_many_sections(void **state)
{
	(void)state;
	struct error err = {{0}};
	struct store *store = open_store();
	struct section_state *list = NULL;
	size_t sections = 0;
	for (int i = 0; i < 120; i++) {
		char path[32];
		(void)snprintf(path, sizeof(path), "s/%d", i);
		int64_t section = save_section(store, path);
		record_fresh(store, section, 0, i % 40 == 39 ? 1010 : 3, NOW);
	}
	commit(store);
	for (int i = 0; i < 4; i++)
		assert_true(store_idle(store, NOW + 900 * DAY, &err));
	assert_true(store_sections(store, &list, &sections, &err));
	for (size_t i = 0; i < sections; i++) {
		uint64_t stubs, all = count(store, list[i].number, &stubs);
		assert_int_equal(stubs, all > 1000 ? all - 1000 : 0);
		section_state_clear(&list[i]);
	}
	free(list);
	store_close(store);
}

static off_t
log_size(void)
{
	struct stat status;
	char *log = xasprintf("%s-wal", database);
	off_t size = stat(log, &status) == 0 ? status.st_size : 0;
	free(log);
	return size;
}

/* The log is emptied when idle, so it does not grow. */
static void
test_checkpoint(void **state)
{
	(void)state;
	struct error err = {{0}};
	struct store *store = open_store();
	int64_t section = save_section(store, "s/a");
	off_t greatest = 0;
	for (unsigned round = 0; round < 30; round++) {
		record_fresh(store, section, round * 20, round * 20 + 20, NOW);
		/* not in the midst of a batch */
		assert_true(store_idle(store, NOW, &err));
		assert_true(store_has_batch(store));
		commit(store);
		assert_true(store_idle(store, NOW, &err));
		if (round == 14)
			greatest = log_size();
	}
	assert_true(greatest > 0);
	assert_in_range(log_size(), 1, greatest * 3 / 2);
	/* nothing new: not even an fsync */
	syncs = 0;
	assert_true(store_idle(store, NOW, &err));
	assert_int_equal(syncs, 0);
	store_close(store);
}

/* A daemon that is never idle, and a reader that stays: neither makes it fail,
 * and the log has a ceiling once the reader has gone. */
static void
test_log_ceiling(void **state)
{
	(void)state;
	struct error err = {{0}};
	struct store *store = open_store();
	int64_t section = save_section(store, "s/a");
	off_t greatest = 0;
	commit(store);
	for (unsigned round = 0; round < 40; round++) {
		struct articles changed = {0};
		for (unsigned n = 0; n < 60; n++) {
			struct article article = fresh_article(n, NOW);
			free(article.text);
			article.text = xmalloc(65536);
			memset(article.text, 'a' + (int)(round % 26), 65535);
			article.text[65535] = '\0';
			articles_add(&changed, article);
		}
		assert_true(
		    record(store, section, NULL, &changed, NULL, NOW, &err));
		assert_true(store_commit(store, false, &err));
		if (log_size() > greatest)
			greatest = log_size();
	}
	/* 40 rounds wrote 160 MB */
	assert_in_range(greatest, 60 << 20, 80 << 20);
	store_close(store);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_open),
	    TEST(test_released_schema),
	    TEST(test_upgrade),
	    TEST(test_upgrade_without_copy),
	    TEST(test_robots),
	    TEST(test_readings),
	    TEST(test_drift),
	    TEST(test_learned),
	    TEST(test_healed),
	    TEST(test_refused),
	    TEST(test_directories),
	    TEST(test_lock),
	    TEST(test_told),
	    TEST(test_read),
	    TEST(test_sections),
	    TEST(test_many_sections),
	    TEST(test_numbers),
	    TEST(test_round_trip),
	    TEST(test_no_title),
	    TEST(test_known),
	    TEST(test_known_page),
	    TEST(test_known_authorities),
	    TEST(test_recorded_twice),
	    TEST(test_last_seen),
	    TEST(test_dirty),
	    TEST(test_newest_order),
	    TEST(test_newest),
	    TEST(test_times),
	    TEST(test_damaged_schema),
	    TEST(test_site_newest),
	    TEST(test_site_repeated),
	    TEST(test_site_one_key),
	    TEST(test_site_dirty),
	    TEST(test_site_upgrade),
	    TEST(test_query_plans),
	    TEST(test_views),
	    TEST(test_synchronous),
	    TEST(test_rollback),
	    TEST(test_busy),
	    TEST(test_disk_full_once),
	    TEST(test_disk_full),
	    TEST(test_write_error),
	    TEST(test_sync_error_once),
	    TEST(test_sync_error),
	    TEST(test_kill),
	    TEST(test_damaged),
	    TEST(test_damaged_large),
	    TEST(test_half),
	    TEST(test_flipped),
	    TEST(test_damaged_in_use),
	    TEST(test_stubs),
	    TEST(test_stubs_of_one_time),
	    TEST(test_stubs_of_many_sections),
	    TEST(test_checkpoint),
	    TEST(test_log_ceiling),
	};
	break_writes();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
