#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/publish.h"
#include "feed/memory.h"

/*
 * The system's calls with a fault in them: the n-th from now on fails, once.
 */
enum call { CALL_NONE, CALL_WRITE, CALL_FSYNC, CALL_RENAME };

static struct {
	enum call call;
	int after; /* so many good ones before */
	int reason;
} fault;
static unsigned syncs;    /* fsync calls that were good */
static bool short_writes; /* each writes a part, every other is interrupted */

static bool
is_faulty(enum call call)
{
	if (fault.call != call || fault.after-- > 0)
		return false;
	fault.call = CALL_NONE;
	errno = fault.reason;
	return true;
}

ssize_t
write(int fd, const void *bytes, size_t length)
{
	static unsigned turn;
	if (is_faulty(CALL_WRITE))
		return -1;
	if (short_writes && fd > STDERR_FILENO) {
		if (turn++ % 2 == 0) {
			errno = EINTR;
			return -1;
		}
		length = length > 7 ? 7 : length;
	}
	return syscall(SYS_write, fd, bytes, length);
}

/* Counted only: no power is cut here. */
int
fsync(int fd)
{
	(void)fd;
	if (is_faulty(CALL_FSYNC))
		return -1;
	syncs++;
	return 0;
}

int
renameat(int from, const char *old, int to, const char *new)
{
	if (is_faulty(CALL_RENAME))
		return -1;
	return (int)syscall(SYS_renameat2, from, old, to, new, 0);
}

/* ---- a folder of its own for each test ---- */

static char folder[64], output[80];

static int
make_folder(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "%s/metrofeed-publish.XXXXXX",
	    getenv("TMPDIR") != NULL && strlen(getenv("TMPDIR")) < 30
		? getenv("TMPDIR")
		: "/tmp");
	if (mkdtemp(folder) == NULL)
		return -1;
	(void)snprintf(output, sizeof(output), "%s/out", folder);
	fault.call = CALL_NONE;
	short_writes = false;
	return 0;
}

static void
remove_below(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	DIR *directory = fd == -1 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	while (directory != NULL && (entry = readdir(directory)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			remove_below(fd, entry->d_name);
	if (directory != NULL)
		(void)closedir(directory);
	if (unlinkat(at, name, 0) == -1)
		(void)unlinkat(at, name, AT_REMOVEDIR);
}

static int
remove_folder(void **state)
{
	(void)state;
	(void)umount2(output, MNT_DETACH); /* left by a test that failed */
	remove_below(AT_FDCWD, folder);
	return access(folder, F_OK) == -1 ? 0 : -1;
}

/* The test's own; good until the next call. */
static const char *
below(const char *name)
{
	static char paths[4][700];
	static unsigned turn;
	char *path = paths[turn++ % 4];
	(void)snprintf(path, sizeof(paths[0]), "%s/%s", output, name);
	return path;
}

static char *
read_file(const char *path)
{
	char bytes[4096];
	int fd = open(path, O_RDONLY);
	ssize_t length = fd == -1 ? -1 : read(fd, bytes, sizeof(bytes) - 1);
	if (fd != -1)
		close(fd);
	return length < 0 ? xstrdup("(none)") : xstrndup(bytes, (size_t)length);
}

static void
write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

#define assert_file(name, text)                                                \
	do {                                                                   \
		char *is_there = read_file(below(name));                       \
		assert_string_equal(is_there, text);                           \
		free(is_there);                                                \
	} while (0)

static unsigned
count_files(const char *path)
{
	unsigned count = 0;
	DIR *directory = opendir(path);
	while (directory != NULL && readdir(directory) != NULL)
		count++;
	if (directory != NULL)
		(void)closedir(directory);
	return count < 2 ? 0 : count - 2; /* . and .. */
}

static unsigned
count_descriptors(void)
{
	return count_files("/proc/self/fd");
}

static struct publisher *
open_publisher(void)
{
	struct error err = {{0}};
	struct publisher *publisher = publisher_new(output, true, &err);
	if (publisher == NULL)
		fail_msg("%s", err.reason);
	return publisher;
}

static int64_t
publish(struct publisher *publisher, const char *name, const char *text,
    int64_t now_s, int64_t last_s)
{
	struct error err = {{0}};
	int64_t mtime_s = -1;
	if (!publish_file(publisher, name, text, strlen(text), now_s, last_s,
		&mtime_s, &err))
		fail_msg("%s: %s", name, err.reason);
	return mtime_s;
}

/* Returns the reason, in a static buffer. */
static const char *
refuse(struct publisher *publisher, const char *name)
{
	static struct error err;
	int64_t mtime_s = -7;
	if (publish_file(publisher, name, "new", 3, 9000, 0, &mtime_s, &err))
		fail_msg("%s was published", name);
	assert_int_equal(mtime_s, -7);
	return err.reason;
}

/* ---- tests ---- */

static void
test_publish(void **state)
{
	(void)state;
	struct error err = {{0}};
	struct stat status;
	mode_t mask = umask(0);
	(void)umask(027);
	struct publisher *publisher = open_publisher();
	assert_int_equal(publish(publisher, "s/a.atom", "one", 1000, 0), 1000);
	assert_file("s/a.atom", "one");
	assert_int_equal(stat(below("s/a.atom"), &status), 0);
	assert_int_equal(status.st_mode & 07777, 0640);
	assert_int_equal(status.st_mtim.tv_sec, 1000);
	assert_int_equal(status.st_mtim.tv_nsec, 0);
	assert_int_equal(stat(below("s"), &status), 0);
	assert_int_equal(status.st_mode & 07777, 0750);
	publish(publisher, "s/a.atom", "another", 1001, 1000);
	publish(publisher, "s/b.atom", "b", 1001, 0);
	publish(publisher, "t/a.atom", "", 1001, 0);
	assert_file("s/a.atom", "another");
	assert_file("s/b.atom", "b");
	assert_file("t/a.atom", "");
	assert_int_equal(count_files(below("s")), 2);
	assert_true(publish_sync(publisher, &err));
	publisher_free(publisher);
	(void)umask(mask);
	publisher_free(NULL);
}

static void
test_large_file(void **state)
{
	(void)state;
	size_t length = (size_t)3 << 20;
	char *bytes = xmalloc(length);
	struct stat status;
	int64_t mtime_s;
	memset(bytes, 'x', length);
	struct publisher *publisher = open_publisher();
	assert_true(publish_file(
	    publisher, "s/a.atom", bytes, length, 5, 0, &mtime_s, NULL));
	assert_int_equal(stat(below("s/a.atom"), &status), 0);
	assert_int_equal(status.st_size, length);
	publisher_free(publisher);
	free(bytes);
}

/* P7: whatever the clock does. */
static void
test_mtime(void **state)
{
	(void)state;
	static const struct {
		int64_t now_s, last_s, mtime_s;
	} rows[] = {
	    {1000, 0, 1000},
	    {1000, 1000, 1001}, /* twice in one second */
	    {500, 1001, 1002},  /* the clock went back */
	    {500, 1002, 1003},
	    {5000, 1003, 5000},
	    {5000, 5000, 5001},
	    {600, 0, 5002}, /* a lost store does not know the file */
	    {4102444800, 5002, 4102444800},
	    {1800000000, 4102444800, 4102444801},
	};
	struct publisher *publisher = open_publisher();
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct stat status;
		int64_t mtime_s = publish(
		    publisher, "s/a.atom", "x", rows[i].now_s, rows[i].last_s);
		assert_int_equal(stat(below("s/a.atom"), &status), 0);
		if (mtime_s != rows[i].mtime_s ||
		    status.st_mtim.tv_sec != mtime_s)
			fail_msg("row %zu: %lld, file %lld", i,
			    (long long)mtime_s,
			    (long long)status.st_mtim.tv_sec);
	}
	publisher_free(publisher);
}

static void
test_names(void **state)
{
	(void)state;
	static const char *const names[] = {"", ".a.atom", "/a.atom", "s/",
	    "../a.atom", "s/../a.atom", "./a.atom", "s/.a.atom", "s/..",
	    ".s/a.atom", "s/t/a.atom", "s//a.atom"};
	struct publisher *publisher = open_publisher();
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		assert_non_null(strstr(refuse(publisher, names[i]),
		    "not a name that can be published"));
		assert_false(publish_is_current(publisher, names[i], 3, 9000));
	}
	assert_int_equal(count_files(output), 1); /* the lock */
	/* as long as a name can be: the temporary one is shorter */
	char name[300] = "s/";
	memset(name + 2, 'a', 255);
	assert_int_equal(publish(publisher, name, "x", 1, 0), 1);
	name[257] = 'a';
	assert_non_null(strstr(refuse(publisher, name), "too long"));
	publisher_free(publisher);
}

/* Beside the sites' folders. */
static void
test_root(void **state)
{
	(void)state;
	struct error err = {{0}};
	struct publisher *publisher = open_publisher();
	assert_int_equal(
	    publish(publisher, "index.html", "one", 9000, 0), 9000);
	assert_file("index.html", "one");
	unsigned before = syncs;
	assert_true(publish_sync(publisher, &err));
	assert_int_equal(syncs, before + 1);
	assert_true(publish_is_current(publisher, "index.html", 3, 9000));
	assert_int_equal(
	    publish(publisher, "index.html", "two", 9000, 0), 9001);
	size_t length;
	int64_t mtime_s;
	char *bytes =
	    publish_read(publisher, "index.html", 100, &length, &mtime_s);
	assert_string_equal(bytes, "two");
	assert_int_equal(mtime_s, 9001);
	free(bytes);
	/* a site may not be in its way */
	assert_non_null(
	    strstr(refuse(publisher, "index.html/a.atom"), "is not a folder"));
	publisher_free(publisher);
}

static void
test_short_writes(void **state)
{
	(void)state;
	struct publisher *publisher = open_publisher();
	short_writes = true;
	publish(publisher, "s/a.atom", "a text that takes some writes", 1, 0);
	short_writes = false;
	assert_file("s/a.atom", "a text that takes some writes");
	publisher_free(publisher);
}

/* Whatever fails, the old file stays, no other does, and it works again. */
static void
test_faults(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		enum call call;
		int after, reason;
		const char *says;
	} rows[] = {
	    {"disk full", CALL_WRITE, 0, ENOSPC, "No space left"},
	    {"quota", CALL_WRITE, 0, EDQUOT, "quota exceeded"},
	    {"file too large", CALL_WRITE, 0, EFBIG, "too large"},
	    {"write error", CALL_WRITE, 0, EIO, "Input/output error"},
	    {"fsync fails", CALL_FSYNC, 0, EIO, "Input/output error"},
	    {"rename on a full disk", CALL_RENAME, 0, ENOSPC, "No space left"},
	    {"rename on a read-only disk", CALL_RENAME, 0, EROFS,
		"Read-only file system"},
	    {"no right to rename", CALL_RENAME, 0, EACCES, "Permission denied"},
	};
	struct publisher *publisher = open_publisher();
	int64_t last_s = publish(publisher, "s/a.atom", "old", 1000, 0);
	unsigned descriptors = count_descriptors();
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		fault.after = rows[i].after;
		fault.reason = rows[i].reason;
		fault.call = rows[i].call;
		const char *said = refuse(publisher, "s/a.atom");
		if (fault.call != CALL_NONE ||
		    strstr(said, rows[i].says) == NULL ||
		    strstr(said, below("s/a.atom")) == NULL)
			fail_msg("%s: %s", rows[i].name, said);
		assert_file("s/a.atom", "old");
		assert_true(
		    publish_is_current(publisher, "s/a.atom", 3, last_s));
		assert_int_equal(count_files(below("s")), 1);
	}
	assert_int_equal(count_descriptors(), descriptors);
	publish(publisher, "s/a.atom", "new", 2000, last_s);
	assert_file("s/a.atom", "new");
	publisher_free(publisher);
}

static void
test_sync(void **state)
{
	(void)state;
	struct error err = {{0}};
	struct publisher *publisher = open_publisher();
	publish(publisher, "s/a.atom", "1", 1, 0);
	publish(publisher, "s/b.atom", "1", 1, 0);
	publish(publisher, "t/a.atom", "1", 1, 0);
	syncs = 0;
	assert_true(publish_sync(publisher, &err));
	assert_int_equal(syncs, 3); /* s, t, and the output that got them */
	assert_true(publish_sync(publisher, &err));
	assert_int_equal(syncs, 3);
	publish(publisher, "s/a.atom", "2", 1, 1);
	publish(publisher, "t/a.atom", "2", 1, 1);
	fault.after = 0;
	fault.reason = EIO;
	fault.call = CALL_FSYNC;
	assert_false(publish_sync(publisher, &err));
	assert_non_null(strstr(err.reason, below("s")));
	assert_non_null(strstr(err.reason, "Input/output error"));
	assert_true(publish_sync(publisher, &err));
	publish(publisher, "s/a.atom", "3", 1, 2);
	assert_true(publish_sync(publisher, &err));
	assert_file("s/a.atom", "3");
	publisher_free(publisher);
}

/* Descriptors are flat, and a folder given up early is synced before. */
static void
test_many_sites(void **state)
{
	(void)state;
	struct error err = {{0}};
	struct publisher *publisher = open_publisher();
	char name[64];
	enum { SITES = 150, LEAST = 86 };
	for (int round = 0; round < 2; round++) {
		syncs = 0;
		for (int i = 0; i < SITES; i++) {
			(void)snprintf(name, sizeof(name), "s%d/a.atom", i);
			publish(publisher, name, "x", 1000 + round, 0);
		}
		/* each file, and each folder that had to go */
		assert_in_range(syncs, SITES + LEAST, 3 * SITES);
		assert_true(publish_sync(publisher, &err));
		assert_in_range(syncs, 2 * SITES, 3 * SITES + 1);
	}
	assert_in_range(count_descriptors(), 3, 90);
	publisher_free(publisher);
}

static void
test_lost_sync(void **state)
{
	(void)state;
	struct error err = {{0}};
	struct publisher *publisher = open_publisher();
	char name[64];
	for (int i = 0; i < 64; i++) {
		(void)snprintf(name, sizeof(name), "s%d/a.atom", i);
		publish(publisher, name, "x", 1000, 0);
	}
	fault.after = 0; /* the folder that makes room for the next */
	fault.reason = EIO;
	fault.call = CALL_FSYNC;
	publish(publisher, "more/a.atom", "x", 1000, 0);
	assert_int_equal(fault.call, CALL_NONE);
	assert_false(publish_sync(publisher, &err));
	assert_non_null(strstr(err.reason, "could not be synced"));
	assert_true(publish_sync(publisher, &err));
	publisher_free(publisher);
}

static void
test_links(void **state)
{
	(void)state;
	char elsewhere[100];
	struct publisher *publisher = open_publisher();
	(void)snprintf(elsewhere, sizeof(elsewhere), "%s/elsewhere", folder);
	assert_int_equal(mkdir(elsewhere, 0755), 0);
	assert_int_equal(symlink(elsewhere, below("s")), 0);
	assert_non_null(
	    strstr(refuse(publisher, "s/a.atom"), "a symbolic link"));
	assert_int_equal(unlink(below("s")), 0);
	/* ... also one that takes the place of a folder we hold */
	int64_t mtime_s = publish(publisher, "s/a.atom", "one", 1000, 0);
	assert_true(publish_is_current(publisher, "s/a.atom", 3, mtime_s));
	assert_int_equal(rename(below("s"), below("moved")), 0);
	assert_false(publish_is_current(publisher, "s/a.atom", 3, mtime_s));
	assert_int_equal(symlink(elsewhere, below("s")), 0);
	assert_false(publish_is_current(publisher, "s/a.atom", 3, mtime_s));
	assert_non_null(
	    strstr(refuse(publisher, "s/a.atom"), "a symbolic link"));
	assert_int_equal(count_files(elsewhere), 0);
	assert_int_equal(unlink(below("s")), 0);
	/* gone: made again; the folder moved away is left alone */
	publish(publisher, "s/a.atom", "two", 1000, mtime_s);
	assert_file("s/a.atom", "two");
	assert_file("moved/a.atom", "one");
	/* a file in the place of a folder */
	write_file(below("plain"), "");
	assert_non_null(
	    strstr(refuse(publisher, "plain/a.atom"), "not a folder"));
	/* a link in the place of the file is replaced, not followed */
	write_file(below("victim"), "mine");
	assert_int_equal(symlink("../victim", below("s/b.atom")), 0);
	publish(publisher, "s/b.atom", "two", 1000, 0);
	assert_file("victim", "mine");
	assert_file("s/b.atom", "two");
	/* a folder in the place of the file */
	assert_int_equal(mkdir(below("s/c.atom"), 0755), 0);
	assert_non_null(
	    strstr(refuse(publisher, "s/c.atom"), "Is a directory"));
	assert_int_equal(count_files(below("s")), 3);
	publisher_free(publisher);
}

static void
test_is_current(void **state)
{
	(void)state;
	struct publisher *publisher = open_publisher();
	assert_false(publish_is_current(publisher, "s/a.atom", 3, 1000));
	assert_int_equal(access(below("s"), F_OK), -1); /* not made by asking */
	publish(publisher, "s/a.atom", "one", 1000, 0);
	assert_true(publish_is_current(publisher, "s/a.atom", 3, 1000));
	assert_false(publish_is_current(publisher, "s/a.atom", 4, 1000));
	assert_false(publish_is_current(publisher, "s/a.atom", 3, 1001));
	assert_int_equal(symlink("a.atom", below("s/b.atom")), 0);
	assert_false(publish_is_current(publisher, "s/b.atom", 3, 1000));
	assert_int_equal(unlink(below("s/a.atom")), 0);
	assert_false(publish_is_current(publisher, "s/a.atom", 3, 1000));
	publisher_free(publisher);
}

static void
test_output_gone(void **state)
{
	(void)state;
	struct error err = {{0}};
	char away[100];
	(void)snprintf(away, sizeof(away), "%s/away", folder);
	struct publisher *publisher = open_publisher();
	publish(publisher, "s/a.atom", "one", 1000, 0);
	assert_true(publisher_check(publisher, &err));
	assert_int_equal(rename(output, away), 0);
	for (int i = 0; i < 2; i++) {
		assert_false(publisher_check(publisher, &err));
		assert_non_null(strstr(err.reason, output));
		assert_non_null(strstr(err.reason, "No such file"));
		assert_int_equal(access(output, F_OK), -1);
	}
	assert_false(publish_is_current(publisher, "s/a.atom", 3, 1000));
	assert_int_equal(rename(away, output), 0);
	assert_true(publisher_check(publisher, &err));
	assert_true(publish_is_current(publisher, "s/a.atom", 3, 1000));
	/* another folder in its place: the files go there */
	assert_int_equal(rename(output, away), 0);
	assert_int_equal(mkdir(output, 0755), 0);
	assert_false(publish_is_current(publisher, "s/a.atom", 3, 1000));
	assert_true(publisher_check(publisher, &err));
	unsigned descriptors = count_descriptors();
	publish(publisher, "s/a.atom", "two", 2000, 1000);
	assert_file("s/a.atom", "two");
	/* ... and the lock was taken there */
	assert_null(publisher_new(output, false, &err));
	assert_non_null(strstr(err.reason, "another metrofeed publishes to"));
	assert_int_equal(count_descriptors(), descriptors + 1);
	/* the old one is free again */
	struct publisher *second = publisher_new(away, false, &err);
	assert_non_null(second);
	/* a folder that another one has is not ours, now or later */
	char third[100];
	(void)snprintf(third, sizeof(third), "%s/third", folder);
	assert_int_equal(rename(output, third), 0);
	assert_int_equal(rename(away, output), 0);
	for (int i = 0; i < 2; i++) {
		assert_false(publisher_check(publisher, &err));
		assert_non_null(strstr(err.reason, "another metrofeed"));
	}
	publisher_free(second);
	assert_true(publisher_check(publisher, &err));
	publisher_free(publisher);
}

static void
test_new(void **state)
{
	(void)state;
	struct error err = {{0}};
	char deep[200];
	assert_null(publisher_new(output, false, &err));
	assert_non_null(strstr(err.reason, "No such file"));
	(void)snprintf(deep, sizeof(deep), "%s/a/b//c/", output);
	struct publisher *publisher = publisher_new(deep, true, &err);
	assert_non_null(publisher);
	assert_int_equal(publish(publisher, "s/a.atom", "x", 1, 0), 1);
	assert_file("a/b/c/s/a.atom", "x");
	publisher_free(publisher);
	write_file(below("plain"), "");
	static const char *const bad[] = {"plain", "plain/deeper"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_null(publisher_new(below(bad[i]), true, &err));
		assert_non_null(strstr(err.reason, "Not a directory"));
	}
	assert_null(publisher_new("", true, &err));
}

/* Two programs, not two openings in one. */
static void
test_two_publishers(void **state)
{
	(void)state;
	struct publisher *publisher = open_publisher();
	pid_t child = fork();
	if (child == 0) {
		struct error err = {{0}};
		_exit(publisher_new(output, true, &err) == NULL &&
			      strstr(err.reason, "another metrofeed") != NULL
			  ? 0
			  : 1);
	}
	int status = -1;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	publisher_free(publisher);
	publisher_free(open_publisher());
}

static void
test_stale_files(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		bool stays;
	} rows[] = {
	    {"s/.a.atom.metrofeed-0123456789abcdef.tmp", false},
	    {".a.atom.metrofeed-0123456789abcdef.tmp", false},
	    {"s/..metrofeed-0123456789abcdef.tmp", true}, /* no name in it */
	    {"s/.a.atom.metrofeed-0123456789abcdeg.tmp", true},
	    {"s/.a.atom.metrofeed-0123456789ABCDEF.tmp", true},
	    {"s/.a.atom.metrofeed-0123.tmp", true},
	    {"s/.a.atom.metrofeed-0123456789abcdef.tmp~", true},
	    {"s/a.atom.metrofeed-0123456789abcdef.tmp", true},
	    {"s/.a.atom.other-0123456789abcdef.tmp", true},
	    {".other/.a.atom.metrofeed-0123456789abcdef.tmp", true},
	    {"s/t/.a.atom.metrofeed-0123456789abcdef.tmp", true},
	    {"s/a.atom", true},
	};
	const size_t count = sizeof(rows) / sizeof(*rows);
	char elsewhere[100], outside[200];
	assert_int_equal(mkdir(output, 0755), 0);
	assert_int_equal(mkdir(below("s"), 0755), 0);
	assert_int_equal(mkdir(below("s/t"), 0755), 0);
	assert_int_equal(mkdir(below(".other"), 0755), 0);
	for (size_t i = 0; i < count; i++)
		write_file(below(rows[i].name), "");
	(void)snprintf(elsewhere, sizeof(elsewhere), "%s/elsewhere", folder);
	assert_int_equal(mkdir(elsewhere, 0755), 0);
	(void)snprintf(outside, sizeof(outside),
	    "%s/.a.atom.metrofeed-0123456789abcdef.tmp", elsewhere);
	write_file(outside, "");
	assert_int_equal(symlink(elsewhere, below("link")), 0);
	publisher_free(open_publisher());
	for (size_t i = 0; i < count; i++)
		if ((access(below(rows[i].name), F_OK) == 0) != rows[i].stays)
			fail_msg("%s", rows[i].name);
	assert_int_equal(access(outside, F_OK), 0);
}

/* Killed at any moment: the path holds one whole version. */
static void
test_kill(void **state)
{
	(void)state;
	char text[60000];
	publisher_free(open_publisher());
	for (int round = 0; round < 20; round++) {
		int ready[2];
		assert_int_equal(pipe(ready), 0);
		pid_t child = fork();
		if (child == 0) {
			struct publisher *publisher =
			    publisher_new(output, false, NULL);
			int64_t mtime_s = 0;
			for (unsigned i = 0;; i++) {
				memset(text, 'a' + (int)(i % 26), sizeof(text));
				if (publisher == NULL ||
				    !publish_file(publisher, "s/a.atom", text,
					sizeof(text), 1, mtime_s, &mtime_s,
					NULL))
					_exit(1);
				if (i == 0)
					(void)!write(ready[1], "x", 1);
			}
		}
		char byte;
		close(ready[1]);
		assert_int_equal(read(ready[0], &byte, 1), 1);
		close(ready[0]);
		/* some work, so that it is killed at various places */
		for (volatile int spin = 0; spin < round * 20000; spin++)
			;
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, NULL, 0), child);
		int fd = open(below("s/a.atom"), O_RDONLY);
		assert_int_equal(read(fd, text, sizeof(text)), sizeof(text));
		close(fd);
		for (size_t i = 1; i < sizeof(text); i++)
			assert_int_equal(text[i], text[0]);
		publisher_free(open_publisher());
		assert_int_equal(count_files(below("s")), 1);
	}
}

/* A real disk that is full, and one that is read-only. */
static void
test_tiny_disk(void **state)
{
	(void)state;
	struct error err = {{0}};
	assert_int_equal(mkdir(output, 0755), 0);
	if (mount("none", output, "tmpfs", 0, "size=64k") == -1) {
		print_message("no right to mount a tmpfs here: skipped\n");
		skip();
	}
	struct publisher *publisher = open_publisher();
	static char large[256 * 1024];
	int64_t mtime_s = 0;
	publish(publisher, "s/a.atom", "old", 1000, 0);
	bool was_full = !publish_file(publisher, "s/a.atom", large,
	    sizeof(large), 2000, 1000, &mtime_s, &err);
	char *full = xstrdup(err.reason);
	unsigned files = count_files(below("s"));
	int64_t after_s = publish(publisher, "s/a.atom", "new", 2000, 1000);
	bool remounted =
	    mount(NULL, output, NULL, MS_REMOUNT | MS_RDONLY, NULL) == 0;
	bool was_read_only =
	    remounted && !publish_file(publisher, "s/a.atom", "newer", 5, 3000,
			     after_s, &mtime_s, &err);
	bool current = publish_is_current(publisher, "s/a.atom", 3, after_s);
	publisher_free(publisher);
	/* no assertion before the disk is gone */
	assert_int_equal(umount2(output, MNT_DETACH), 0);
	assert_true(was_full);
	assert_non_null(strstr(full, "No space left"));
	free(full);
	assert_int_equal(files, 1);
	assert_int_equal(after_s, 2000);
	assert_true(remounted);
	assert_true(was_read_only);
	assert_non_null(strstr(err.reason, "Read-only file system"));
	assert_true(current);
}

static void
test_no_right(void **state)
{
	(void)state;
	struct error err = {{0}};
	if (geteuid() == 0) {
		print_message("root may write everywhere: skipped\n");
		skip();
	}
	struct publisher *publisher = open_publisher();
	publish(publisher, "s/a.atom", "old", 1000, 0);
	assert_int_equal(chmod(below("s"), 0555), 0);
	assert_non_null(
	    strstr(refuse(publisher, "s/a.atom"), "Permission denied"));
	assert_int_equal(chmod(below("s"), 0755), 0);
	assert_int_equal(chmod(output, 0555), 0);
	assert_non_null(
	    strstr(refuse(publisher, "t/a.atom"), "Permission denied"));
	assert_null(publisher_new(below("deeper"), true, &err));
	assert_non_null(strstr(err.reason, "Permission denied"));
	assert_int_equal(chmod(output, 0755), 0);
	assert_file("s/a.atom", "old");
	publisher_free(publisher);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_publish),
	    TEST(test_large_file),
	    TEST(test_mtime),
	    TEST(test_names),
	    TEST(test_root),
	    TEST(test_short_writes),
	    TEST(test_faults),
	    TEST(test_sync),
	    TEST(test_many_sites),
	    TEST(test_lost_sync),
	    TEST(test_links),
	    TEST(test_is_current),
	    TEST(test_output_gone),
	    TEST(test_new),
	    TEST(test_two_publishers),
	    TEST(test_stale_files),
	    TEST(test_kill),
	    TEST(test_tiny_disk),
	    TEST(test_no_right),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
