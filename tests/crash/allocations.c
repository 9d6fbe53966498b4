/*
 * Preloaded into the program: the FAIL_AT-th allocation of one of its libraries
 * (FAIL_OF: sqlite, curl, event), or of its own code (own), fails, once.  Says
 * so on stderr, since a loop over n ends where none is hit any more.
 *
 * SQLite is told of the allocator in its own way.  libcurl and libevent get the
 * program's, which end it when memory does; what fails is the request below
 * them.  The program's own calls are those that come from its own text,
 * and from the C library's, which allocates for it (asprintf, opendir).
 */
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <curl/curl.h>
#include <event2/event.h>
#include <sqlite3.h>

/* glibc's, below the names that we take */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *old, size_t size);
void *reallocarray(void *old, size_t count, size_t size);

static long left; /* until the one that fails; 0: none of them does */
/* the program's and the C library's, if they are the ones */
static struct {
	uintptr_t start, end;
} texts[2];
static bool below; /* fail the next request, whoever makes it */
static bool of_event, of_curl;
static sqlite3_mem_methods sqlite;

static bool
fails(void)
{
	static const char line[] = "allocation failed here\n";
	if (left == 0 || --left > 0)
		return false;
	(void)!write(STDERR_FILENO, line, sizeof(line) - 1);
	errno = ENOMEM;
	return true;
}

/* Is it the program's own request, or one that a library made through it? */
static bool
fails_for(const void *caller)
{
	if (below) {
		below = false;
		errno = ENOMEM;
		return true;
	}
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if ((uintptr_t)caller >= texts[i].start &&
		    (uintptr_t)caller < texts[i].end)
			return fails();
	return false;
}

void *
malloc(size_t size)
{
	if (fails_for(__builtin_return_address(0)))
		return NULL;
	return __libc_malloc(size);
}

void *
calloc(size_t count, size_t size)
{
	if (fails_for(__builtin_return_address(0)))
		return NULL;
	return __libc_calloc(count, size);
}

void *
realloc(void *old, size_t size)
{
	if (fails_for(__builtin_return_address(0)))
		return NULL;
	return __libc_realloc(old, size);
}

void *
reallocarray(void *old, size_t count, size_t size)
{
	if (fails_for(__builtin_return_address(0)))
		return NULL;
	if (size != 0 && count > SIZE_MAX / size) {
		errno = ENOMEM;
		return NULL;
	}
	return __libc_realloc(old, count * size);
}

/* ---- what the libraries are told ---- */

static struct {
	void *(*malloc)(size_t);
	void *(*calloc)(size_t, size_t);
	void *(*realloc)(void *, size_t);
	char *(*strdup)(const char *);
} next;

static void *
library_malloc(size_t size)
{
	below = fails();
	return next.malloc(size);
}

static void *
library_calloc(size_t count, size_t size)
{
	below = fails();
	return next.calloc(count, size);
}

static void *
library_realloc(void *old, size_t size)
{
	below = fails();
	return next.realloc(old, size);
}

static char *
library_strdup(const char *text)
{
	below = fails();
	return next.strdup(text);
}

void
event_set_mem_functions(void *(*malloc_function)(size_t),
    void *(*realloc_function)(void *, size_t), void (*free_function)(void *))
{
	__typeof__(&event_set_mem_functions) set;
	*(void **)&set = dlsym(RTLD_NEXT, "event_set_mem_functions");
	if (!of_event) {
		set(malloc_function, realloc_function, free_function);
		return;
	}
	next.malloc = malloc_function;
	next.realloc = realloc_function;
	set(library_malloc, library_realloc, free_function);
}

CURLcode
curl_global_init_mem(long flags, curl_malloc_callback malloc_function,
    curl_free_callback free_function, curl_realloc_callback realloc_function,
    curl_strdup_callback strdup_function, curl_calloc_callback calloc_function)
{
	__typeof__(&curl_global_init_mem) init;
	*(void **)&init = dlsym(RTLD_NEXT, "curl_global_init_mem");
	if (!of_curl)
		return init(flags, malloc_function, free_function,
		    realloc_function, strdup_function, calloc_function);
	next.malloc = malloc_function;
	next.calloc = calloc_function;
	next.realloc = realloc_function;
	next.strdup = strdup_function;
	return init(flags, library_malloc, free_function, library_realloc,
	    library_strdup, library_calloc);
}

static void *
sqlite_malloc(int size)
{
	return fails() ? NULL : sqlite.xMalloc(size);
}

static void *
sqlite_realloc(void *old, int size)
{
	return fails() ? NULL : sqlite.xRealloc(old, size);
}

static void
take_sqlite(void)
{
	sqlite3_mem_methods ours;
	sqlite3_config(SQLITE_CONFIG_GETMALLOC, &sqlite);
	ours = sqlite;
	ours.xMalloc = sqlite_malloc;
	ours.xRealloc = sqlite_realloc;
	sqlite3_config(SQLITE_CONFIG_MALLOC, &ours);
}

/* The first object is the program. */
static int
on_object(struct dl_phdr_info *info, size_t size, void *arg)
{
	size_t *count = arg;
	size_t which = strstr(info->dlpi_name, "/libc.so") != NULL;
	(void)size;
	if ((*count)++ > 0 && which == 0)
		return 0;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &info->dlpi_phdr[i];
		if (part->p_type == PT_LOAD && (part->p_flags & PF_X) != 0) {
			texts[which].start = info->dlpi_addr + part->p_vaddr;
			texts[which].end = texts[which].start + part->p_memsz;
		}
	}
	return 0;
}

__attribute__((constructor)) static void
begin(void)
{
	const char *of = getenv("FAIL_OF"), *at = getenv("FAIL_AT");
	if (of == NULL || at == NULL)
		return;
	if (strcmp(of, "sqlite") == 0)
		take_sqlite();
	of_event = strcmp(of, "event") == 0;
	of_curl = strcmp(of, "curl") == 0;
	if (strcmp(of, "own") == 0)
		(void)dl_iterate_phdr(on_object, &(size_t){0});
	left = strtol(at, NULL, 10);
}
