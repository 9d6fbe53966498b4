#include "daemon/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "feed/buffer.h"
#include "feed/text.h"

/* The reason stays in errno, EFBIG for too many. */
char *
file_read_fd(int fd, size_t max_bytes, size_t *length)
{
	struct buffer bytes = {0};
	char part[16384];
	ssize_t got = 1;
	while (got != 0 && bytes.length <= max_bytes) {
		got = read(fd, part, sizeof(part));
		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1)
			break;
		buffer_add(&bytes, part, (size_t)got);
	}
	if (got != -1 && bytes.length > max_bytes) {
		errno = EFBIG;
		got = -1;
	}
	if (got == -1) {
		buffer_clear(&bytes);
		return NULL;
	}
	*length = bytes.length;
	return buffer_take(&bytes);
}

char *
file_read(const char *path, size_t max_bytes, size_t *length, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *bytes = fd == -1 ? NULL : file_read_fd(fd, max_bytes, length);
	if (bytes == NULL && fd != -1 && errno == EFBIG)
		error_set(err, "%s: larger than %zu bytes", path, max_bytes);
	else if (bytes == NULL)
		error_set(err, "%s: %s", path, strerror(errno));
	if (fd != -1)
		close(fd);
	return bytes;
}

char *
file_read_line(const char *path, size_t max_bytes, struct error *err)
{
	size_t length;
	char *bytes = file_read(path, max_bytes, &length, err);
	if (bytes == NULL)
		return NULL;
	const char *end = memchr(bytes, '\n', length);
	char *line = text_line(
	    bytes, end != NULL ? (size_t)(end - bytes) : length, max_bytes);
	free(bytes);
	return line;
}

bool
file_write_new(
    const char *path, const char *bytes, size_t length, struct error *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd == -1)
		return error_set(err, "%s: %s", path, strerror(errno));
	bool good = true;
	while (good && length > 0) {
		ssize_t put = write(fd, bytes, length);
		if (put == -1 && errno == EINTR)
			continue;
		good = put > 0;
		if (good) {
			bytes += put;
			length -= (size_t)put;
		}
	}
	good = good && fsync(fd) == 0;
	if (!good)
		error_set(err, "%s: %s", path, strerror(errno));
	if (close(fd) == -1 && good)
		good = error_set(err, "%s: %s", path, strerror(errno));
	if (!good)
		(void)unlink(path); /* half a file is of no use */
	return good;
}
