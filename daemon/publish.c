#include "daemon/publish.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "feed/memory.h"

#define TEMPORARY_MARK ".metrofeed-" /* ".<name>.metrofeed-<number>.tmp" */
#define TEMPORARY_END ".tmp"

struct folder {
	char *name;  /* of the site, or "" for the output itself */
	int fd;
	bool touched; /* wants an fsync */
};

struct publisher {
	char *output;
	int fd, lock;
	unsigned long serial; /* of temporary files */
	struct folder *folders;
	size_t count;
};

static bool
fail(struct error *err, const char *name)
{
	return error_set(err, "%s: %s", name, strerror(errno));
}

/* ---- opening ---- */

static bool
make_folders(const char *output, struct error *err)
{
	char *path = xstrdup(output);
	for (char *at = path + 1;; at++) {
		if (*at != '/' && *at != '\0')
			continue;
		char kept = *at;
		*at = '\0';
		if (mkdir(path, 0755) == -1 && errno != EEXIST) {
			fail(err, path);
			free(path);
			return false;
		}
		*at = kept;
		if (kept == '\0')
			break;
	}
	free(path);
	return true;
}

static bool
is_temporary(const char *name)
{
	size_t length = strlen(name), end = strlen(TEMPORARY_END);
	return name[0] == '.' && strstr(name, TEMPORARY_MARK) != NULL &&
	    length > end && strcmp(name + length - end, TEMPORARY_END) == 0;
}

/* What a killed round left behind; only names of our own pattern. */
static void
remove_stale(int fd, bool below)
{
	int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = again == -1 ? NULL : fdopendir(again);
	const struct dirent *entry;
	if (directory == NULL) {
		if (again != -1)
			close(again);
		return;
	}
	while ((entry = readdir(directory)) != NULL) {
		if (is_temporary(entry->d_name))
			/* it may have gone; the next start tries again */
			(void)unlinkat(fd, entry->d_name, 0);
		else if (below && entry->d_name[0] != '.') {
			int site = openat(fd, entry->d_name,
			    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
			if (site != -1) {
				remove_stale(site, false);
				close(site);
			}
		}
	}
	closedir(directory);
}

static int
open_folder(int at, const char *path)
{
	return openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static bool
take_lock(struct publisher *publisher, struct error *err)
{
	publisher->lock = openat(publisher->fd, ".metrofeed.lock",
	    O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (publisher->lock == -1)
		return fail(err, publisher->output);
	if (flock(publisher->lock, LOCK_EX | LOCK_NB) == -1)
		return error_set(err, "another metrofeed publishes to %s",
		    publisher->output);
	return true;
}

struct publisher *
publisher_new(const char *output, bool may_create, struct error *err)
{
	struct publisher *publisher = xcalloc(1, sizeof(*publisher));
	publisher->output = xstrdup(output);
	publisher->fd = publisher->lock = -1;
	if (may_create && !make_folders(output, err))
		goto fail;
	publisher->fd = open_folder(AT_FDCWD, output);
	if (publisher->fd == -1) {
		fail(err, output);
		goto fail;
	}
	if (!take_lock(publisher, err))
		goto fail;
	remove_stale(publisher->fd, true);
	return publisher;
fail:
	publisher_free(publisher);
	return NULL;
}

static void
drop_folders(struct publisher *publisher)
{
	for (size_t i = 0; i < publisher->count; i++) {
		close(publisher->folders[i].fd);
		free(publisher->folders[i].name);
	}
	free(publisher->folders);
	publisher->folders = NULL;
	publisher->count = 0;
}

void
publisher_free(struct publisher *publisher)
{
	if (publisher == NULL)
		return;
	drop_folders(publisher);
	if (publisher->lock != -1)
		close(publisher->lock);
	if (publisher->fd != -1)
		close(publisher->fd);
	free(publisher->output);
	free(publisher);
}

static bool
is_same(int fd, const char *path, bool *there)
{
	struct stat ours, theirs;
	*there = stat(path, &theirs) == 0;
	return *there && fstat(fd, &ours) == 0 &&
	    ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

bool
publisher_check(struct publisher *publisher, struct error *err)
{
	bool there;
	if (is_same(publisher->fd, publisher->output, &there))
		return true;
	/* never made again by us: it would shadow a mount that comes back */
	if (!there)
		return error_set(err, "%s is gone: %s", publisher->output,
		    strerror(errno));
	int fd = open_folder(AT_FDCWD, publisher->output);
	if (fd == -1)
		return fail(err, publisher->output);
	drop_folders(publisher);
	close(publisher->lock);
	close(publisher->fd);
	publisher->fd = fd;
	return take_lock(publisher, err);
}

/* ---- one file ---- */

/* The folder of a site; made if it is not there.  A symbolic link is refused:
 * it could lead out of the output. */
static struct folder *
folder_of(struct publisher *publisher, const char *name, size_t length,
    bool may_make, struct error *err)
{
	struct stat held, there;
	char *site = xstrndup(name, length);
	for (size_t i = 0; i < publisher->count; i++) {
		struct folder *folder = &publisher->folders[i];
		if (strcmp(folder->name, site) != 0)
			continue;
		if (fstatat(publisher->fd, site, &there,
			AT_SYMLINK_NOFOLLOW) == 0 &&
		    fstat(folder->fd, &held) == 0 &&
		    held.st_ino == there.st_ino &&
		    held.st_dev == there.st_dev) {
			free(site);
			return folder;
		}
		/* moved or replaced behind our back */
		close(folder->fd);
		free(folder->name);
		*folder = publisher->folders[--publisher->count];
		break;
	}
	int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(publisher->fd, site, flags);
	if (fd == -1 && errno == ENOENT && may_make) {
		if (mkdirat(publisher->fd, site, 0755) == 0)
			(void)fsync(publisher->fd); /* tried; publish_sync
						       fsyncs it again */
		fd = openat(publisher->fd, site, flags);
	}
	if (fd == -1) {
		error_set(err, "%s/%s: %s", publisher->output, site,
		    errno == ELOOP || errno == ENOTDIR
			? "not a folder (a symbolic link is refused)"
			: strerror(errno));
		free(site);
		return NULL;
	}
	publisher->folders = xreallocarray(publisher->folders,
	    publisher->count + 1, sizeof(*publisher->folders));
	publisher->folders[publisher->count] =
	    (struct folder){.name = site, .fd = fd};
	return &publisher->folders[publisher->count++];
}

static bool
write_all(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t put = write(fd, bytes, length);
		if (put == -1 && errno == EINTR)
			continue;
		if (put == -1)
			return false;
		bytes += put;
		length -= (size_t)put;
	}
	return true;
}

static int
sync_file(int fd)
{
	int result;
	do
		result = fsync(fd);
	while (result == -1 && errno == EINTR);
	return result;
}

/* Written, on the disk, and with its time, before it gets its name. */
static bool
write_temporary(int folder, const char *temporary, const char *bytes,
    size_t length, int64_t mtime_s)
{
	struct timespec times[2] = {
	    {.tv_nsec = UTIME_NOW}, {.tv_sec = mtime_s}};
	int fd = openat(folder, temporary,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd == -1)
		return false;
	bool good = write_all(fd, bytes, length) && futimens(fd, times) == 0 &&
	    sync_file(fd) == 0;
	int saved = errno;
	if (close(fd) == -1 && good)
		good = false;
	else
		errno = saved;
	return good;
}

bool
publish_file(struct publisher *publisher, const char *name, const char *bytes,
    size_t length, int64_t now_s, int64_t last_mtime_s, int64_t *mtime_s,
    struct error *err)
{
	const char *slash = strchr(name, '/');
	if (slash == NULL)
		return error_set(err, "%s: no site in its name", name);
	struct folder *folder = folder_of(
	    publisher, name, (size_t)(slash - name), true, err);
	if (folder == NULL)
		return false;
	/* two versions of one size in one second would be one to a server
	 * whose ETag is time and size */
	int64_t mtime = now_s > last_mtime_s ? now_s : last_mtime_s + 1;
	char *temporary = xasprintf(".%s" TEMPORARY_MARK "%ld-%lu" TEMPORARY_END,
	    slash + 1, (long)getpid(), publisher->serial++);
	bool good =
	    write_temporary(folder->fd, temporary, bytes, length, mtime) &&
	    renameat(folder->fd, temporary, folder->fd, slash + 1) == 0;
	if (good) {
		folder->touched = true;
		*mtime_s = mtime;
	} else {
		error_set(err, "%s/%s: %s", publisher->output, name,
		    strerror(errno));
		/* nothing more can be done about it here */
		(void)unlinkat(folder->fd, temporary, 0);
	}
	free(temporary);
	return good;
}

bool
publish_sync(struct publisher *publisher, struct error *err)
{
	bool good = true;
	for (size_t i = 0; i < publisher->count; i++) {
		struct folder *folder = &publisher->folders[i];
		if (!folder->touched)
			continue;
		folder->touched = false;
		if (sync_file(folder->fd) == -1)
			good = error_set(err, "%s/%s: %s", publisher->output,
			    folder->name, strerror(errno));
	}
	return good;
}

bool
publish_is_current(struct publisher *publisher, const char *name,
    int64_t length, int64_t mtime_s)
{
	struct stat status;
	return fstatat(publisher->fd, name, &status, AT_SYMLINK_NOFOLLOW) ==
	    0 &&
	    S_ISREG(status.st_mode) && status.st_size == length &&
	    status.st_mtim.tv_sec == mtime_s;
}
