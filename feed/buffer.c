#include "feed/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"

static void
buffer_reserve(struct buffer *buffer, size_t more)
{
	if (buffer->capacity - buffer->length > more)
		return;
	size_t capacity = buffer->capacity < 128 ? 128 : buffer->capacity;
	while (capacity - buffer->length <= more)
		capacity *= 2;
	buffer->bytes = xreallocarray(buffer->bytes, capacity, 1);
	buffer->capacity = capacity;
}

void
buffer_add(struct buffer *buffer, const void *bytes, size_t length)
{
	buffer_reserve(buffer, length);
	if (length > 0)
		memcpy(buffer->bytes + buffer->length, bytes, length);
	buffer->length += length;
	buffer->bytes[buffer->length] = '\0';
}

void
buffer_add_string(struct buffer *buffer, const char *string)
{
	buffer_add(buffer, string, strlen(string));
}

void
buffer_add_format(struct buffer *buffer, const char *format, ...)
{
	va_list arguments, again;
	va_start(arguments, format);
	va_copy(again, arguments);
	int length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (length > 0) {
		buffer_reserve(buffer, (size_t)length);
		(void)vsnprintf(buffer->bytes + buffer->length,
		    (size_t)length + 1, format, again); /* measured above */
		buffer->length += (size_t)length;
	}
	va_end(again);
}

void
buffer_add_byte(struct buffer *buffer, char byte)
{
	buffer_add(buffer, &byte, 1);
}

char *
buffer_take(struct buffer *buffer)
{
	char *bytes = buffer->bytes != NULL ? buffer->bytes : xstrdup("");
	*buffer = (struct buffer){0};
	return bytes;
}

void
buffer_clear(struct buffer *buffer)
{
	free(buffer->bytes);
	*buffer = (struct buffer){0};
}
