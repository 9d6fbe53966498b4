#ifndef FEED_BUFFER_H
#define FEED_BUFFER_H

#include <stddef.h>

/* Bytes that grow.  {0} is an empty one; always followed by a NUL byte. */
struct buffer {
	char *bytes;     /* NULL until something was added */
	size_t length;   /* without the closing NUL */
	size_t capacity;
};

void buffer_add(struct buffer *, const void *bytes, size_t length);
void buffer_add_string(struct buffer *, const char *);
void buffer_add_format(struct buffer *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void buffer_add_byte(struct buffer *, char);

/* Hands the bytes over as a string for the caller to free; the buffer is
 * empty again.  Never NULL. */
char *buffer_take(struct buffer *);

/* Empties the buffer and frees its bytes. */
void buffer_clear(struct buffer *);

#endif
