#include "daemon/publish.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/file.h"
#include "daemon/path.h"
#include "feed/memory.h"

#define LOCK_NAME ".metrofeed.lock"
/* ".<name>.metrofeed-<16 hexadecimal digits>.tmp" */
#define TEMPORARY_MARK ".metrofeed-"
#define TEMPORARY_END ".tmp"
#define TEMPORARY_DIGITS 16
#define TEMPORARY_NAME 200 /* bytes of the name: NAME_MAX is 255 */
#define MAX_FOLDERS 64     /* open at once, one descriptor each */

struct folder {
	char *site;
	int fd;
	bool touched;       /* wants an fsync */
	unsigned long used; /* when, by the publisher's counter */
};

struct publisher {
	char *output;
	int lock;
	struct folder root; /* the output itself; its site is NULL */
	bool lost;  /* a folder given up before its time was not synced */
	bool stuck; /* the last failure was none of one file alone */
	bool away;  /* at the last look */
	unsigned long uses, opened;
	struct trouble trouble;
	struct folder folders[MAX_FOLDERS];
	size_t count;
};

static bool
fail(struct error *err, const char *name)
{
	return error_set(err, "%s: %s", name, strerror(errno));
}

/* Would the next file meet the same? */
static bool
is_of_all(int reason)
{
	switch (reason) {
	case ENOSPC:
	case EDQUOT:
	case EROFS:
	case EIO:
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return true;
	default:
		return false;
	}
}

static int
sync_fd(int fd)
{
	int result;
	do
		result = fsync(fd);
	while (result == -1 && errno == EINTR);
	return result;
}

/* ---- what a killed round left ---- */

static bool
is_temporary(const char *name)
{
	const size_t end = strlen(TEMPORARY_END), mark = strlen(TEMPORARY_MARK);
	size_t length = strlen(name), tail = mark + TEMPORARY_DIGITS + end;
	if (name[0] != '.' || length <= 1 + tail)
		return false;
	const char *at = name + length - tail;
	return strncmp(at, TEMPORARY_MARK, mark) == 0 &&
	       strspn(at + mark, "0123456789abcdef") == TEMPORARY_DIGITS &&
	       strcmp(at + mark + TEMPORARY_DIGITS, TEMPORARY_END) == 0;
}

static int
open_below(int at, const char *name)
{
	return openat(
	    at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* What cannot be removed now is tried again at the next start. */
static void
remove_stale(int fd, bool below)
{
	int again = open_below(fd, ".");
	DIR *directory = again == -1 ? NULL : fdopendir(again);
	const struct dirent *entry;
	if (directory == NULL && again != -1)
		close(again);
	while (directory != NULL && (entry = readdir(directory)) != NULL) {
		if (is_temporary(entry->d_name)) {
			(void)unlinkat(fd, entry->d_name, 0);
		} else if (below && entry->d_name[0] != '.') {
			int site = open_below(fd, entry->d_name);
			if (site == -1)
				continue; /* a file, a link */
			remove_stale(site, false);
			close(site);
		}
	}
	if (directory != NULL)
		closedir(directory);
}

/* ---- the output ---- */

/* Held, never written: a file open for writing would keep its mount from going
 * read-only. */
static int
take_lock(int output, const char *path, struct error *err)
{
	int lock = openat(output, LOCK_NAME,
	    O_RDONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (lock == -1) {
		fail(err, path);
		return -1;
	}
	if (flock(lock, LOCK_EX | LOCK_NB) == 0)
		return lock;
	if (errno == EWOULDBLOCK)
		error_set(err, "another metrofeed publishes to %s", path);
	else
		fail(err, path);
	close(lock);
	return -1;
}

/* Folder and lock, or neither. */
static bool
open_output(struct publisher *publisher, struct error *err)
{
	const char *path = publisher->output;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return fail(err, path);
	int lock = take_lock(fd, path, err);
	if (lock == -1) {
		close(fd);
		return false;
	}
	publisher->root.fd = fd;
	publisher->lock = lock;
	publisher->opened++;
	remove_stale(fd, true);
	return true;
}

struct publisher *
publisher_new(const char *output, bool may_create, struct error *err)
{
	struct publisher *publisher = xcalloc(1, sizeof(*publisher));
	publisher->output = xstrdup(output);
	publisher->root.fd = publisher->lock = -1;
	publisher->trouble = (struct trouble){
	    .what = "output",
	    .consequence = "what was not published stays as it is until the "
			   "output is well",
	};
	if ((!may_create || path_make_folders(output, err)) &&
	    open_output(publisher, err))
		return publisher;
	publisher_free(publisher);
	return NULL;
}

static void
drop_folder(struct publisher *publisher, struct folder *folder)
{
	close(folder->fd);
	free(folder->site);
	*folder = publisher->folders[--publisher->count];
}

void
publisher_free(struct publisher *publisher)
{
	if (publisher == NULL)
		return;
	while (publisher->count > 0)
		drop_folder(publisher, &publisher->folders[0]);
	if (publisher->lock != -1)
		close(publisher->lock);
	if (publisher->root.fd != -1)
		close(publisher->root.fd);
	trouble_clear(&publisher->trouble);
	free(publisher->output);
	free(publisher);
}

struct trouble *
publisher_trouble(struct publisher *publisher)
{
	return &publisher->trouble;
}

unsigned long
publisher_opened(const struct publisher *publisher)
{
	return publisher->opened;
}

/* Is what we hold what the name means now? */
static bool
is_same(int fd, int at, const char *name, int flags)
{
	struct stat held, there;
	return fstatat(at, name, &there, flags) == 0 && fstat(fd, &held) == 0 &&
	       held.st_dev == there.st_dev && held.st_ino == there.st_ino;
}

static bool
is_in_place(const struct publisher *publisher)
{
	return is_same(publisher->root.fd, AT_FDCWD, publisher->output, 0);
}

/*
 * The folder that a mount had hidden: on another device than ours, the same as
 * the folder around it, and without our lock.  A link may lead anywhere.
 */
static bool
is_below_a_mount(const struct publisher *publisher)
{
	const char *path = publisher->output;
	char *above = xasprintf("%s/..", path);
	char *lock = xasprintf("%s/" LOCK_NAME, path);
	struct stat held, there, around, ours;
	bool below = fstat(publisher->root.fd, &held) == 0 &&
		     lstat(path, &there) == 0 && S_ISDIR(there.st_mode) &&
		     stat(above, &around) == 0 && held.st_dev != there.st_dev &&
		     there.st_dev == around.st_dev && lstat(lock, &ours) == -1;
	free(lock);
	free(above);
	return below;
}

/* The same folder as before, but what is held of it may belong to a mount that
 * is no more, from which Landlock finds no way up. */
static bool
open_again(struct publisher *publisher, struct error *err)
{
	int fd = open(publisher->output, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return fail(err, publisher->output);
	close(publisher->root.fd);
	publisher->root.fd = fd;
	publisher->opened++;
	return true;
}

static bool
find_output(struct publisher *publisher, struct error *err)
{
	struct publisher old = *publisher;
	if (is_in_place(publisher))
		return !publisher->away || open_again(publisher, err);
	if (is_below_a_mount(publisher))
		return error_set(
		    err, "%s: is not mounted any more", publisher->output);
	if (!open_output(publisher, err))
		return false;
	close(old.lock);
	close(old.root.fd);
	return true;
}

bool
publisher_check(struct publisher *publisher, struct error *err)
{
	unsigned long opened = publisher->opened;
	publisher->stuck = false;
	publisher->away = !find_output(publisher, err);
	if (publisher->opened != opened) {
		while (publisher->count > 0)
			drop_folder(publisher, &publisher->folders[0]);
		publisher->root.touched = false;
	}
	return !publisher->away;
}

/* ---- a site's folder ---- */

/* The least used one makes room; a descriptor for each of thousands of sites
 * would be too many. */
static void
make_room(struct publisher *publisher)
{
	struct folder *least = &publisher->folders[0];
	if (publisher->count < MAX_FOLDERS)
		return;
	for (size_t i = 1; i < publisher->count; i++)
		if (publisher->folders[i].used < least->used)
			least = &publisher->folders[i];
	if (least->touched && sync_fd(least->fd) == -1)
		publisher->lost = true;
	drop_folder(publisher, least);
}

static struct folder *
held_folder(struct publisher *publisher, const char *site)
{
	for (size_t i = 0; i < publisher->count; i++) {
		struct folder *folder = &publisher->folders[i];
		if (strcmp(folder->site, site) != 0)
			continue;
		if (is_same(folder->fd, publisher->root.fd, site,
			AT_SYMLINK_NOFOLLOW))
			return folder;
		/* moved or replaced behind our back */
		drop_folder(publisher, folder);
		break;
	}
	return NULL;
}

/* A symbolic link is refused: it could lead out of the output. */
static int
open_site(struct publisher *publisher, const char *site, bool may_make,
    struct error *err)
{
	int fd = open_below(publisher->root.fd, site);
	if (fd == -1 && errno == ENOENT && may_make) {
		if (mkdirat(publisher->root.fd, site, 0755) == 0)
			publisher->root.touched = true;
		else if (errno != EEXIST)
			goto fail;
		fd = open_below(publisher->root.fd, site);
	}
	if (fd != -1)
		return fd;
fail:
	publisher->stuck = is_of_all(errno);
	error_set(err, "%s/%s: %s", publisher->output, site,
	    errno == ELOOP || errno == ENOTDIR
		? "is not a folder (a symbolic link is refused)"
		: strerror(errno));
	return -1;
}

/* Borrowed until the next call. */
static struct folder *
folder_of(struct publisher *publisher, const char *name, bool may_make,
    struct error *err)
{
	if (strchr(name, '/') == NULL)
		return &publisher->root;
	char *site = xstrndup(name, strcspn(name, "/"));
	struct folder *folder = held_folder(publisher, site);
	if (folder == NULL) {
		make_room(publisher);
		int fd = open_site(publisher, site, may_make, err);
		if (fd != -1) {
			folder = &publisher->folders[publisher->count++];
			*folder = (struct folder){.site = site, .fd = fd};
			site = NULL;
		}
	}
	if (folder != NULL)
		folder->used = ++publisher->uses;
	free(site);
	return folder;
}

/* "site/section.atom", or "index.html" in the output itself: the configuration
 * allows no other, but a name that leads elsewhere must not get this far in any
 * case. */
static const char *
file_of(const char *name, struct error *err)
{
	const char *slash = strchr(name, '/');
	const char *file = slash != NULL ? slash + 1 : name;
	if (slash != name && name[0] != '.' && file[0] != '\0' &&
	    file[0] != '.' && strchr(file, '/') == NULL)
		return file;
	error_set(err, "%s: not a name that can be published", name);
	return NULL;
}

/* ---- one file ---- */

static bool
write_all(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t put = write(fd, bytes, length);
		if (put == -1 && errno == EINTR)
			continue;
		if (put <= 0) {
			if (put == 0)
				errno = ENOSPC;
			return false;
		}
		bytes += put;
		length -= (size_t)put;
	}
	return true;
}

/* Written, with its time, and on the disk, before it gets its name: a rename
 * that outlives a power cut must not find an empty file. */
static bool
write_file(int fd, const char *bytes, size_t length, int64_t mtime_s)
{
	const struct timespec times[2] = {
	    {.tv_nsec = UTIME_NOW},
	    {.tv_sec = mtime_s},
	};
	bool good = write_all(fd, bytes, length) && futimens(fd, times) == 0 &&
		    sync_fd(fd) == 0;
	int saved = errno;
	/* Linux closes it, whatever interrupts (close(2)) */
	if (close(fd) == -1 && errno != EINTR && good)
		return false;
	errno = saved;
	return good;
}

/* A name that nobody can guess, so that nobody stands in its way. */
static int
open_temporary(int folder, const char *file, char **name)
{
	uint64_t random;
	for (int tries = 0; tries < 8; tries++) {
		if (getrandom(&random, sizeof(random), 0) != sizeof(random))
			return -1;
		*name =
		    xasprintf(".%.*s" TEMPORARY_MARK "%016llx" TEMPORARY_END,
			TEMPORARY_NAME, file, (unsigned long long)random);
		int fd = openat(folder, *name,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
		if (fd != -1)
			return fd;
		free(*name);
		if (errno != EEXIST)
			return -1;
	}
	return -1;
}

static bool
replace_file(int folder, const char *file, const char *bytes, size_t length,
    int64_t mtime_s)
{
	char *temporary;
	int fd = open_temporary(folder, file, &temporary);
	if (fd == -1)
		return false;
	bool good = write_file(fd, bytes, length, mtime_s) &&
		    renameat(folder, temporary, folder, file) == 0;
	int saved = errno;
	if (!good)
		/* what stays is removed at the next start */
		(void)unlinkat(folder, temporary, 0);
	free(temporary);
	errno = saved;
	return good;
}

/*
 * Two versions of one size in one second would be one to a server whose ETag is
 * time and size (nginx).  The file that is there counts too: a new store does
 * not know its time.
 */
static int64_t
next_mtime(int folder, const char *file, int64_t now_s, int64_t last_s)
{
	struct stat status;
	if (fstatat(folder, file, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(status.st_mode) && status.st_mtim.tv_sec > last_s)
		last_s = status.st_mtim.tv_sec;
	return now_s > last_s ? now_s : last_s + 1;
}

bool
publish_file(struct publisher *publisher, const char *name, const char *bytes,
    size_t length, int64_t now_s, int64_t last_mtime_s, int64_t *mtime_s,
    struct error *err)
{
	const char *file = file_of(name, err);
	publisher->stuck = false;
	if (file == NULL)
		return false;
	struct folder *folder = folder_of(publisher, name, true, err);
	if (folder == NULL)
		return false;
	int64_t mtime = next_mtime(folder->fd, file, now_s, last_mtime_s);
	if (!replace_file(folder->fd, file, bytes, length, mtime)) {
		publisher->stuck = is_of_all(errno);
		return error_set(
		    err, "%s/%s: %s", publisher->output, name, strerror(errno));
	}
	folder->touched = true;
	*mtime_s = mtime;
	return true;
}

bool
publish_is_stuck(const struct publisher *publisher)
{
	return publisher->stuck;
}

bool
publish_sync(struct publisher *publisher, struct error *err)
{
	bool good = true;
	if (publisher->lost)
		good = error_set(
		    err, "%s: a folder could not be synced", publisher->output);
	publisher->lost = false;
	if (publisher->root.touched && sync_fd(publisher->root.fd) == -1)
		good = fail(err, publisher->output);
	publisher->root.touched = false;
	for (size_t i = 0; i < publisher->count;) {
		struct folder *folder = &publisher->folders[i];
		bool synced = !folder->touched || sync_fd(folder->fd) == 0;
		folder->touched = false;
		if (synced) {
			i++;
			continue;
		}
		good = error_set(err, "%s/%s: %s", publisher->output,
		    folder->site, strerror(errno));
		/* the kernel tells of a lost write once: not this descriptor
		 * again */
		drop_folder(publisher, folder);
	}
	publisher->stuck |= !good;
	return good;
}

/* False if it is no regular file. */
static bool
look_at(struct publisher *publisher, const char *name, struct stat *status)
{
	const char *file = file_of(name, NULL);
	if (file == NULL || !is_in_place(publisher))
		return false;
	const struct folder *folder = folder_of(publisher, name, false, NULL);
	return folder != NULL &&
	       fstatat(folder->fd, file, status, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISREG(status->st_mode);
}

bool
publish_is_current(struct publisher *publisher, const char *name,
    int64_t length, int64_t mtime_s)
{
	struct stat status;
	return look_at(publisher, name, &status) && status.st_size == length &&
	       status.st_mtim.tv_sec == mtime_s;
}

int64_t
publish_mtime(struct publisher *publisher, const char *name)
{
	struct stat status;
	return look_at(publisher, name, &status) ? status.st_mtim.tv_sec : 0;
}

char *
publish_read(struct publisher *publisher, const char *name, size_t max_bytes,
    size_t *length, int64_t *mtime_s)
{
	struct stat status;
	const char *file = file_of(name, NULL);
	const struct folder *folder =
	    file != NULL && is_in_place(publisher)
		? folder_of(publisher, name, false, NULL)
		: NULL;
	/* a pipe of that name must not hold us up */
	int fd = folder == NULL
		     ? -1
		     : openat(folder->fd, file,
			   O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	char *bytes = NULL;
	if (fd != -1 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
		bytes = file_read_fd(fd, max_bytes, length);
	if (bytes != NULL)
		*mtime_s = status.st_mtim.tv_sec;
	if (fd != -1)
		close(fd);
	return bytes;
}
