#include "config/source.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/place.h"
#include "feed/memory.h"

#define PART_BYTES 65536

bool
source_read(const char *file, struct buffer *bytes, struct error *err)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return error_set(err, "%s", strerror(errno));
	char *part = xmalloc(PART_BYTES);
	ssize_t got = 0;
	while (bytes->length <= DOCUMENT_MAX_BYTES) {
		got = read(fd, part, PART_BYTES);
		if (got == -1 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		buffer_add(bytes, part, (size_t)got);
	}
	if (got == -1)
		error_set(err, "%s", strerror(errno));
	free(part);
	(void)close(fd); /* only read */
	return got != -1;
}

void
sources_add(struct sources *sources, struct reader *reader, const char *name,
    const char *bytes, size_t length, struct pool *tree)
{
	struct error err;
	struct source source = {.name = name};
	reader->findings->file = name;
	source.folder = place_folder(reader->pool, name, &err);
	if (source.folder == NULL)
		findings_add(reader->findings, 0, 0, NULL, "%s", err.reason);
	else
		source.root =
		    document_read(bytes, length, tree, reader->findings);
	if (source.root != NULL && source.root->kind != NODE_MAP) {
		node_complain(reader, source.root, NULL,
		    "a configuration is a map: keys, each with ': ' and a "
		    "value");
		source.root = NULL;
	}
	if (sources->count == sources->capacity) {
		sources->capacity = sources->capacity * 2 + 4;
		sources->list = xreallocarray(
		    sources->list, sources->capacity, sizeof(*sources->list));
	}
	sources->list[sources->count++] = source;
}

static void
add_file(struct sources *sources, struct reader *reader, const char *name,
    struct pool *tree)
{
	struct buffer bytes = {0};
	struct error err;
	name = pool_copy(reader->pool, name);
	if (source_read(name, &bytes, &err))
		sources_add(sources, reader, name,
		    bytes.bytes != NULL ? bytes.bytes : "", bytes.length, tree);
	else {
		reader->findings->file = name;
		findings_add(reader->findings, 0, 0, NULL, "cannot be read: %s",
		    err.reason);
	}
	buffer_clear(&bytes);
}

/* --- patterns --- */

static bool
has_wildcard(const char *text)
{
	return strpbrk(text, "*?[") != NULL;
}

/* As the main file is named: "conf.d/a" beside "etc/main" is "etc/conf.d/a". */
static char *
beside(const char *main_name, const char *pattern)
{
	const char *slash = strrchr(main_name, '/');
	if (pattern[0] == '/' || slash == NULL)
		return xstrdup(pattern);
	return xasprintf(
	    "%.*s%s", (int)(slash - main_name + 1), main_name, pattern);
}

static void
note_folder(struct config *config, struct pool *pool, const char *folder)
{
	for (size_t i = 0; i < config->include_count; i++)
		if (strcmp(config->include_folders[i], folder) == 0)
			return;
	const char **more =
	    pool_alloc(pool, (config->include_count + 1) * sizeof(*more));
	for (size_t i = 0; i < config->include_count; i++)
		more[i] = config->include_folders[i];
	more[config->include_count++] = folder;
	config->include_folders = more;
}

/* Adds what the pattern names to *found. */
static void
look_for(struct reader *reader, const struct node *node, const char *main_name,
    struct config *config, glob_t *found)
{
	const char *pattern =
	    text_read(reader, "include", node, schema_key(KEY_OUTPUT)->most);
	if (pattern == NULL)
		return;
	const char *last = strrchr(pattern, '/');
	struct error err;
	char *whole = beside(main_name, pattern);
	const char *folder = place_folder(reader->pool, whole, &err);
	size_t before = found->gl_pathc;
	int result = 0;
	if (folder == NULL)
		node_complain(reader, node, "include", "%s", err.reason);
	else if (pattern[0] == '\0' || (last != NULL && last[1] == '\0'))
		node_complain(reader, node, "include",
		    "'%.*s' names no file; write %.*s*.conf", SHOWN(pattern),
		    SHOWN(pattern));
	else if (last != NULL && strpbrk(pattern, "*?[") < last &&
		 has_wildcard(pattern))
		node_complain(reader, node, "include",
		    "'%.*s': only the last part may hold *, ? and [",
		    SHOWN(pattern));
	else {
		note_folder(config, reader->pool, folder);
		result = glob(whole,
		    GLOB_NOSORT | GLOB_ERR |
			(found->gl_pathv != NULL ? GLOB_APPEND : 0),
		    NULL, found);
		if (result == GLOB_NOSPACE || result == GLOB_ABORTED)
			node_complain(reader, node, "include", "'%.*s': %s",
			    SHOWN(pattern), strerror(errno));
		else if (found->gl_pathc == before && !has_wildcard(pattern))
			node_complain(reader, node, "include",
			    "'%.*s': there is no such file", SHOWN(pattern));
	}
	free(whole);
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void
sources_include(struct sources *sources, struct reader *reader,
    const struct node *include, struct config *config, struct pool *tree)
{
	const char *main_name = reader->findings->file;
	glob_t found = {0};
	if (include->kind == NODE_LIST)
		for (const struct node *one = include->first; one != NULL;
		     one = one->next)
			look_for(reader, one, main_name, config, &found);
	else
		look_for(reader, include, main_name, config, &found);
	if (found.gl_pathc > SOURCES_MAX)
		node_complain(reader, include, "include",
		    "names %zu files, more than %d", (size_t)found.gl_pathc,
		    SOURCES_MAX);
	else if (found.gl_pathc > 0)
		qsort(found.gl_pathv, found.gl_pathc, sizeof(*found.gl_pathv),
		    compare_names);
	for (size_t i = 0; i < found.gl_pathc && found.gl_pathc <= SOURCES_MAX;
	     i++)
		if (i == 0 ||
		    strcmp(found.gl_pathv[i], found.gl_pathv[i - 1]) != 0)
			add_file(sources, reader, found.gl_pathv[i], tree);
	if (found.gl_pathv != NULL)
		globfree(&found);
	reader->findings->file = main_name;
}

void
sources_clear(struct sources *sources)
{
	free(sources->list);
	*sources = (struct sources){0};
}
