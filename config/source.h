#ifndef CONFIG_SOURCE_H
#define CONFIG_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "config/document.h"
#include "config/value.h"
#include "feed/buffer.h"
#include "feed/error.h"

/*
 * The files that make one configuration: the main one, and those that its
 * `include` names.
 */
struct source {
	const char *name;        /* for messages: as the main one was named */
	const char *folder;      /* absolute; relative paths begin there */
	const struct node *root; /* a map, or NULL: what is wrong was told */
};

struct sources {
	struct source *list; /* the main one first, if it was added first */
	size_t count, capacity;
};

/* Files that all patterns together may name. */
#define SOURCES_MAX 10000

/* The file's bytes, at most DOCUMENT_MAX_BYTES and some more; false and err if
 * it cannot be read.  The caller clears the buffer in either case. */
bool source_read(const char *file, struct buffer *bytes, struct error *);

/* One that was read already.  NULL for name's folder: a finding. */
void sources_add(struct sources *, struct reader *, const char *name,
    const char *bytes, size_t length, struct pool *tree);

/*
 * Adds the files of the include's patterns: a text or a list of texts; the
 * last part of each may hold `*`, `?` and `[`.  Relative ones begin in the main
 * file's folder.  All of them in the order of their bytes, each once.  A
 * pattern without wildcards must name a file that is there.  The folders of the
 * patterns go to the config, absolute.
 */
void sources_include(struct sources *, struct reader *,
    const struct node *include, struct config *, struct pool *tree);

void sources_clear(struct sources *);

#endif
