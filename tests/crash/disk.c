/*
 * Preloaded into the program: a disk that fails and is well again while the
 * program runs.  As long as the file DISK_FAULTS is there, a call of the kinds
 * that its lines name, on a file below the folder named, fails:
 *
 *   /folder open,write,sync,rename 28
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The function that this one stands before. */
#define NEXT(function)                                                         \
	static __typeof__(&function) next;                                     \
	if (next == NULL)                                                      \
	*(void **)&next = dlsym(RTLD_NEXT, #function)

/* Without the calls that stand here. */
static size_t
read_faults(char *text, size_t size)
{
	const char *path = getenv("DISK_FAULTS");
	long fd = path == NULL ? -1
			       : syscall(SYS_openat, AT_FDCWD, path,
				     O_RDONLY | O_CLOEXEC, 0);
	long got = fd < 0 ? -1 : syscall(SYS_read, fd, text, size - 1);
	if (fd >= 0)
		(void)syscall(SYS_close, fd);
	text[got > 0 ? got : 0] = '\0';
	return got > 0 ? (size_t)got : 0;
}

static bool
names(const char *kinds, const char *kind)
{
	size_t length = strlen(kind);
	for (; *kinds != '\0'; kinds += *kinds == ',') {
		size_t one = strcspn(kinds, ",");
		if (one == length && strncmp(kinds, kind, length) == 0)
			return true;
		kinds += one;
	}
	return false;
}

/* errno is set then. */
static bool
fails(const char *path, const char *kind)
{
	char text[2048], folder[1024], kinds[64];
	int reason, used;
	if (read_faults(text, sizeof(text)) == 0)
		return false;
	for (const char *at = text;
	     sscanf(at, "%1023s %63s %d%n", folder, kinds, &reason, &used) == 3;
	     at += used)
		if (strncmp(path, folder, strlen(folder)) == 0 &&
		    names(kinds, kind)) {
			errno = reason;
			return true;
		}
	return false;
}

static bool
fd_fails(int fd, const char *kind)
{
	char link[64], path[PATH_MAX];
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t length = readlink(link, path, sizeof(path) - 1);
	int saved = errno;
	if (length > 0) {
		path[length] = '\0';
		if (fails(path, kind))
			return true;
	}
	errno = saved;
	return false;
}

static bool
at_fails(int folder, const char *name, const char *kind)
{
	char link[64], path[PATH_MAX], whole[2 * PATH_MAX];
	if (name[0] == '/')
		return fails(name, kind);
	(void)snprintf(link, sizeof(link),
	    folder == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", folder);
	ssize_t length = readlink(link, path, sizeof(path) - 1);
	if (length <= 0)
		return false;
	path[length] = '\0';
	(void)snprintf(whole, sizeof(whole), "%s/%s", path, name);
	return fails(whole, kind);
}

#define MODE(flags)                                                            \
	va_list list;                                                          \
	va_start(list, flags);                                                 \
	mode_t mode = ((flags) & (O_CREAT | O_TMPFILE)) != 0                   \
			  ? (mode_t)va_arg(list, unsigned)                     \
			  : 0;                                                 \
	va_end(list)

int
openat(int folder, const char *path, int flags, ...)
{
	NEXT(openat);
	MODE(flags);
	/* what is opened to be read or as a folder is there already */
	if ((flags & O_CREAT) != 0 && at_fails(folder, path, "open"))
		return -1;
	return next(folder, path, flags, mode);
}

int
open64(const char *path, int flags, ...)
{
	NEXT(open64);
	MODE(flags);
	if ((flags & O_CREAT) != 0 && at_fails(AT_FDCWD, path, "open"))
		return -1;
	return next(path, flags, mode);
}

ssize_t
write(int fd, const void *bytes, size_t length)
{
	NEXT(write);
	return fd_fails(fd, "write") ? -1 : next(fd, bytes, length);
}

ssize_t
pwrite(int fd, const void *bytes, size_t length, off_t at)
{
	NEXT(pwrite);
	return fd_fails(fd, "write") ? -1 : next(fd, bytes, length, at);
}

ssize_t
pwrite64(int fd, const void *bytes, size_t length, off64_t at)
{
	NEXT(pwrite64);
	return fd_fails(fd, "write") ? -1 : next(fd, bytes, length, at);
}

int
fsync(int fd)
{
	NEXT(fsync);
	return fd_fails(fd, "sync") ? -1 : next(fd);
}

int
fdatasync(int fd)
{
	NEXT(fdatasync);
	return fd_fails(fd, "sync") ? -1 : next(fd);
}

int
renameat(int from_folder, const char *from, int to_folder, const char *to)
{
	NEXT(renameat);
	if (at_fails(to_folder, to, "rename"))
		return -1;
	return next(from_folder, from, to_folder, to);
}

int
mkdirat(int folder, const char *path, mode_t mode)
{
	NEXT(mkdirat);
	if (at_fails(folder, path, "open"))
		return -1;
	return next(folder, path, mode);
}
