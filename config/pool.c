#include "config/pool.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"

#define BLOCK_BYTES ((size_t)16 * 1024)

struct block {
	struct block *next;
	max_align_t bytes[];
};

struct pool {
	struct block *blocks;
	char *at;
	size_t left;
};

struct pool *
pool_new(void)
{
	return xcalloc(1, sizeof(struct pool));
}

void
pool_free(struct pool *pool)
{
	if (pool == NULL)
		return;
	for (struct block *block = pool->blocks, *next; block != NULL;
	     block = next) {
		next = block->next;
		free(block);
	}
	free(pool);
}

void *
pool_alloc(struct pool *pool, size_t size)
{
	assert(size <= SIZE_MAX / 2);
	size_t unit = sizeof(max_align_t);
	size = (size + unit - 1) / unit * unit;
	if (size > pool->left) {
		size_t room = size > BLOCK_BYTES ? size : BLOCK_BYTES;
		struct block *block = xcalloc(1, sizeof(*block) + room);
		block->next = pool->blocks;
		pool->blocks = block;
		pool->at = (char *)block->bytes;
		pool->left = room;
	}
	void *taken = pool->at;
	pool->at += size;
	pool->left -= size;
	return taken;
}

char *
pool_string(struct pool *pool, const char *bytes, size_t length)
{
	char *copy = pool_alloc(pool, length + 1);
	if (length > 0)
		memcpy(copy, bytes, length);
	return copy;
}

char *
pool_copy(struct pool *pool, const char *string)
{
	return pool_string(pool, string, strlen(string));
}

char *
pool_format(struct pool *pool, const char *format, ...)
{
	va_list values;
	va_start(values, format);
	char *text;
	if (vasprintf(&text, format, values) < 0)
		abort();
	va_end(values);
	char *copy = pool_copy(pool, text);
	free(text);
	return copy;
}
