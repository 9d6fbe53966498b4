#ifndef FEED_MEMORY_H
#define FEED_MEMORY_H

#include <stddef.h>

/*
 * Allocation that ends the program (one line on stderr, exit status 70,
 * EX_SOFTWARE) when memory does.  The store makes that safe: whatever was
 * acknowledged is on the disk.  Everything returned is freed with free().
 */
void *xmalloc(size_t);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *, size_t);
void *xreallocarray(void *, size_t count, size_t size);
char *xstrdup(const char *);
char *xstrndup(const char *, size_t length);
char *xstrdup_or_null(const char *); /* NULL for NULL */
void *xmemdup(const void *, size_t length);
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
