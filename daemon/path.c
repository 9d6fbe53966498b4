#include "daemon/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "feed/memory.h"

void
path_sync_parent(const char *path)
{
	const char *name = strrchr(path, '/');
	char *parent = name == NULL   ? xstrdup(".")
		       : name == path ? xstrdup("/")
				      : xstrndup(path, (size_t)(name - path));
	int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd != -1) {
		(void)fsync(fd); /* the header says why */
		close(fd);
	}
	free(parent);
}

static bool
make_one(const char *path, struct error *err)
{
	struct stat status;
	if (mkdir(path, 0755) == 0) {
		path_sync_parent(path);
		return true;
	}
	int reason = errno;
	/* some file systems say EROFS or EACCES before EEXIST */
	if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
		return true;
	return error_set(
	    err, "%s: %s", path, strerror(reason == EEXIST ? ENOTDIR : reason));
}

bool
path_make_folders(const char *path, struct error *err)
{
	char *part = xstrdup(path);
	bool good = path[0] != '\0' || error_set(err, "a folder has no name");
	for (char *at = part; good && *at != '\0'; at++) {
		if (at == part || *at != '/')
			continue;
		*at = '\0';
		good = make_one(part, err);
		*at = '/';
	}
	good = good && make_one(part, err);
	free(part);
	return good;
}
