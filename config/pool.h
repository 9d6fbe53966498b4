#ifndef CONFIG_POOL_H
#define CONFIG_POOL_H

#include <stddef.h>

/*
 * Memory that is freed all at once: a configuration's strings, or the tree of
 * its file.  What comes out is zeroed, aligned for any object, and never freed
 * on its own.
 */
struct pool;

struct pool *pool_new(void);
void pool_free(struct pool *);

void *pool_alloc(struct pool *, size_t size);
/* A copy with a NUL behind it. */
char *pool_string(struct pool *, const char *bytes, size_t length);
char *pool_copy(struct pool *, const char *string);
char *pool_format(struct pool *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
