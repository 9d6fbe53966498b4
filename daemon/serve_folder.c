#include "daemon/serve_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "feed/buffer.h"
#include "feed/format.h"
#include "feed/html.h"
#include "feed/memory.h"
#include "feed/text.h"

#define MAX_PATH_DEPTH 8
#define MAX_FEEDS 20000 /* on the index */

/* O_NONBLOCK: a named pipe must not hold us up before it is found out. */
#define OPEN_FILE (O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
#define OPEN_FOLDER (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

/* "/a/b": no empty, hidden, climbing or strange part. */
static bool
is_showable(const char *path)
{
	int depth = 0;
	if (path[0] != '/')
		return false;
	for (const char *c = path; *c != '\0'; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f || *c == '\\')
			return false;
		if (*c == '/' && (c[1] == '.' || c[1] == '/' || c[1] == '\0' ||
				     ++depth > MAX_PATH_DEPTH))
			return false;
	}
	return true;
}

/* Part after part, none of them a link: what openat2 does in one step. */
static int
open_parts(int folder, const char *path)
{
	int at = fcntl(folder, F_DUPFD_CLOEXEC, 0);
	char *parts = xstrdup(path), *part = parts, *slash;
	while (at != -1 && part != NULL) {
		slash = strchr(part, '/');
		if (slash != NULL)
			*slash = '\0';
		int next = openat(at, part,
		    slash != NULL ? OPEN_FOLDER | O_NOFOLLOW : OPEN_FILE);
		close(at);
		at = next;
		part = slash != NULL ? slash + 1 : NULL;
	}
	free(parts);
	return at;
}

static int
open_beneath(int folder, const char *path)
{
	struct open_how how = {
	    .flags = OPEN_FILE,
	    .resolve =
		RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	int fd = (int)syscall(SYS_openat2, folder, path, &how, sizeof(how));
	/* an old kernel; some containers' filters say EPERM */
	if (fd == -1 && (errno == ENOSYS || errno == EPERM))
		return open_parts(folder, path);
	return fd;
}

int
folder_open(const char *output, const char *path, struct stat *status)
{
	if (!is_showable(path))
		return -1;
	int folder = open(output, OPEN_FOLDER);
	if (folder == -1)
		return -1;
	int fd = open_beneath(folder, path + 1);
	close(folder);
	if (fd != -1 &&
	    (fstat(fd, status) == -1 || !S_ISREG(status->st_mode))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* ---- the index ---- */

struct names {
	char **list;
	size_t count, capacity;
};

static void
names_add(struct names *names, char *name)
{
	if (names->count == names->capacity) {
		names->capacity = names->capacity * 2 + 16;
		names->list = xreallocarray(
		    names->list, names->capacity, sizeof(*names->list));
	}
	names->list[names->count++] = name;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool
is_feed(int folder, const char *name)
{
	struct stat status;
	return name[0] != '.' && format_of_file(name) != FORMAT_COUNT &&
	       text_is_clean(name, strlen(name), false) &&
	       fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISREG(status.st_mode);
}

/* Takes the descriptor. */
static void
list_site(int site, const char *site_name, struct names *names)
{
	DIR *directory = fdopendir(site);
	const struct dirent *entry;
	if (directory == NULL) {
		close(site);
		return;
	}
	while (names->count < MAX_FEEDS && (entry = readdir(directory)) != NULL)
		if (is_feed(site, entry->d_name))
			names_add(names,
			    xasprintf("%s/%s", site_name, entry->d_name));
	closedir(directory);
}

static struct names
list_feeds(const char *output)
{
	struct names names = {0};
	DIR *directory = opendir(output);
	const struct dirent *entry;
	if (directory == NULL)
		return names;
	while (
	    names.count < MAX_FEEDS && (entry = readdir(directory)) != NULL) {
		const char *name = entry->d_name;
		if (name[0] == '.' || !text_is_clean(name, strlen(name), false))
			continue;
		int site =
		    openat(dirfd(directory), name, OPEN_FOLDER | O_NOFOLLOW);
		if (site != -1)
			list_site(site, name, &names);
	}
	closedir(directory);
	if (names.count > 0)
		qsort(names.list, names.count, sizeof(*names.list), compare);
	return names;
}

static bool
is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || strchr("-._~/", c) != NULL;
}

static void
add_link(struct buffer *page, const char *name)
{
	buffer_add_string(page, "<li><a href=\"/");
	for (const char *c = name; *c != '\0'; c++)
		if (is_plain(*c))
			buffer_add_byte(page, *c);
		else
			buffer_add_format(page, "%%%02X", (unsigned char)*c);
	buffer_add_string(page, "\">");
	html_add(page, name, strlen(name));
	buffer_add_string(page, "</a></li>\n");
}

char *
folder_index(const char *output)
{
	struct buffer page = {0};
	struct names names = list_feeds(output);
	buffer_add_string(&page,
	    "<!DOCTYPE html>\n"
	    "<html lang=\"en\">\n"
	    "<head><meta charset=\"utf-8\"><title>Feeds</title></head>\n"
	    "<body>\n"
	    "<h1>Feeds</h1>\n");
	buffer_add_string(
	    &page, names.count > 0 ? "<ul>\n" : "<p>None yet.</p>\n");
	for (size_t i = 0; i < names.count; i++) {
		add_link(&page, names.list[i]);
		free(names.list[i]);
	}
	if (names.count > 0)
		buffer_add_string(&page, "</ul>\n");
	buffer_add_string(&page, "</body>\n</html>\n");
	free(names.list);
	return buffer_take(&page);
}
