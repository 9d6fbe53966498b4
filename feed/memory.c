#include "feed/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static _Noreturn void
out_of_memory(void)
{
	static const char line[] = "metrofeed: out of memory\n";
	/* nothing is left to do if stderr fails too */
	(void)!write(STDERR_FILENO, line, sizeof(line) - 1);
	_exit(70);
}

void *
xmalloc(size_t size)
{
	void *memory = malloc(size == 0 ? 1 : size);
	if (memory == NULL)
		out_of_memory();
	return memory;
}

void *
xcalloc(size_t count, size_t size)
{
	void *memory = calloc(count == 0 ? 1 : count, size == 0 ? 1 : size);
	if (memory == NULL)
		out_of_memory();
	return memory;
}

void *
xrealloc(void *old, size_t size)
{
	return xreallocarray(old, 1, size);
}

void *
xreallocarray(void *old, size_t count, size_t size)
{
	void *memory =
	    reallocarray(old, count == 0 ? 1 : count, size == 0 ? 1 : size);
	if (memory == NULL)
		out_of_memory();
	return memory;
}

char *
xstrdup(const char *string)
{
	return xmemdup(string, strlen(string) + 1);
}

char *
xstrndup(const char *string, size_t length)
{
	length = strnlen(string, length);
	char *copy = xmalloc(length + 1);
	memcpy(copy, string, length);
	copy[length] = '\0';
	return copy;
}

char *
xstrdup_or_null(const char *string)
{
	return string == NULL ? NULL : xstrdup(string);
}

void *
xmemdup(const void *bytes, size_t length)
{
	void *copy = xmalloc(length);
	if (length > 0)
		memcpy(copy, bytes, length);
	return copy;
}

char *
xasprintf(const char *format, ...)
{
	char *string;
	va_list arguments;
	va_start(arguments, format);
	int length = vasprintf(&string, format, arguments);
	va_end(arguments);
	if (length < 0)
		out_of_memory();
	return string;
}
