#ifndef DAEMON_FILE_H
#define DAEMON_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "feed/error.h"

/*
 * A file's bytes, a NUL after them, for the caller to free; their number in
 * *length.  NULL and err, which names the file, if it cannot be read or holds
 * more than max_bytes.
 */
char *file_read(
    const char *path, size_t max_bytes, size_t *length, struct error *);

/* The rest of an open file; NULL with the reason in errno, EFBIG if it is more
 * than max_bytes. */
char *file_read_fd(int fd, size_t max_bytes, size_t *length);

/* Its first line alone, as a file with a password or a cookie has one; clean
 * (feed/text.h). */
char *file_read_line(const char *path, size_t max_bytes, struct error *);

/* Makes a file of these bytes, on the disk when this returns.  False and err,
 * which names the file, if it cannot be made, or if there is one already. */
bool file_write_new(
    const char *path, const char *bytes, size_t length, struct error *);

#endif
