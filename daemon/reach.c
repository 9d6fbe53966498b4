#include "daemon/reach.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/sandbox.h"
#include "feed/memory.h"

struct reach {
	struct sandbox_path *list;
	size_t count;
};

static void
reach_add(struct reach *reach, const char *path, enum sandbox_access access)
{
	for (size_t i = 0; i < reach->count; i++)
		if (reach->list[i].access == access &&
		    strcmp(reach->list[i].path, path) == 0)
			return;
	reach->list =
	    xreallocarray(reach->list, reach->count + 1, sizeof(*reach->list));
	reach->list[reach->count++] =
	    (struct sandbox_path){xstrdup(path), access};
}

static void
reach_clear(struct reach *reach)
{
	for (size_t i = 0; i < reach->count; i++)
		free(reach->list[i].path);
	free(reach->list);
}

/* "/a" of "/a/b", "/" of "/a", "." of "a". */
static void
add_holder(struct reach *reach, const char *path, enum sandbox_access access)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash == NULL   ? xstrdup(".")
		       : slash == path ? xstrdup("/")
				       : xstrndup(path, (size_t)(slash - path));
	reach_add(reach, folder, access);
	free(folder);
}

/* The folder and not the file: editors replace files.  If the name is a link,
 * the folder where it leads, too. */
static void
add_around(struct reach *reach, const char *path, enum sandbox_access access)
{
	char real[PATH_MAX];
	add_holder(reach, path, access);
	if (realpath(path, real) != NULL)
		add_holder(reach, real, access);
}

/* The libraries where they are, and the loader: it is executed, and an upgrade
 * of the C library replaces it. */
static int
on_object(struct dl_phdr_info *info, size_t size, void *arg)
{
	struct reach *reach = arg;
	(void)size;
	if (info->dlpi_name[0] == '/')
		add_around(reach, info->dlpi_name, SANDBOX_READ);
	for (int i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_INTERP)
			add_around(reach,
			    (const char *)(info->dlpi_addr +
					   info->dlpi_phdr[i].p_vaddr),
			    SANDBOX_RUN);
	return 0;
}

/* What resolver, TLS and the C library look at, on the systems we know; what is
 * not there is left out. */
static void
add_system(struct reach *reach)
{
	static const char *const read[] = {"/etc", "/usr", "/lib", "/lib64",
	    "/run", "/var/run", "/var/lib/sss", "/nix/store", "/gnu/store",
	    "/sys/devices/system/cpu", "/dev/urandom"};
	for (size_t i = 0; i < sizeof(read) / sizeof(*read); i++)
		reach_add(reach, read[i], SANDBOX_READ);
	/* a worker begins with it */
	reach_add(reach, "/dev/null", SANDBOX_WRITE);
	reach_add(reach, "/proc/self/exe", SANDBOX_RUN);
	const char *zones = getenv("TZDIR");
	if (zones != NULL)
		reach_add(reach, zones, SANDBOX_READ);
	(void)dl_iterate_phdr(on_object, reach);
}

typedef bool visit_file(const char *path, void *arg);

/* Each file that the configuration names; false when the visitor stopped. */
static bool
visit_files(const struct config *config, visit_file *visit, void *arg)
{
	if (config->file != NULL && !visit(config->file, arg))
		return false;
	for (size_t i = 0; i < config->section_count; i++) {
		const struct section_config *section = &config->sections[i];
		const struct section_config *before =
		    i > 0 ? &config->sections[i - 1] : NULL;
		if (section->cookie_file != NULL &&
		    !visit(section->cookie_file, arg))
			return false;
		if (section->ca_file != NULL && !visit(section->ca_file, arg))
			return false;
		/* a site's sections share their headers */
		if (before != NULL && before->headers == section->headers)
			continue;
		for (size_t k = 0; k < section->header_count; k++)
			if (section->headers[k].file != NULL &&
			    !visit(section->headers[k].file, arg))
				return false;
	}
	return true;
}

static bool
add_file(const char *path, void *arg)
{
	add_around(arg, path, SANDBOX_READ);
	return true;
}

unsigned
reach_limit(const struct config *config, const char *ca_file)
{
	struct reach reach = {0};
	add_system(&reach);
	if (ca_file != NULL)
		add_around(&reach, ca_file, SANDBOX_READ);
	(void)visit_files(config, add_file, &reach); /* stops at none */
	for (size_t i = 0; i < config->include_count; i++)
		reach_add(&reach, config->include_folders[i], SANDBOX_READ);
	/* a state folder that is made again while we run is another one; but
	 * it is no reason to write wherever `/` leads */
	reach_add(&reach, config->state, SANDBOX_WRITE);
	if (strrchr(config->state, '/') != config->state)
		add_holder(&reach, config->state, SANDBOX_WRITE);
	add_around(&reach, config->output, SANDBOX_WRITE);
	if (config->status_output != NULL)
		add_around(&reach, config->status_output, SANDBOX_WRITE);
	unsigned abi = sandbox_keep_to(reach.list, reach.count);
	reach_clear(&reach);
	return abi;
}

/* access() asks the file's own rights, which Landlock does not touch. */
bool
reach_covers_file(const char *path)
{
	if (access(path, R_OK) == -1)
		return true;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1)
		return errno != EACCES;
	close(fd);
	return true;
}

static bool
check_file(const char *path, void *arg)
{
	if (reach_covers_file(path))
		return true;
	return error_set(arg,
	    "%s lies in a folder that the configuration did not name at the "
	    "start: restart for that",
	    path);
}

bool
reach_covers(const struct config *config, struct error *err)
{
	return visit_files(config, check_file, err);
}
