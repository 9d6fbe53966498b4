#include "config/place.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/config.h"
#include "feed/buffer.h"
#include "feed/memory.h"

const char *
place_absolute(struct pool *pool, const char *folder, const char *path)
{
	struct buffer all = {0};
	char *whole =
	    path[0] == '/' ? xstrdup(path) : xasprintf("%s/%s", folder, path);
	char *rest = NULL;
	for (char *part = strtok_r(whole, "/", &rest); part != NULL;
	     part = strtok_r(NULL, "/", &rest)) {
		/* ".." stays: what it means depends on symbolic links */
		if (strcmp(part, ".") == 0)
			continue;
		buffer_add_byte(&all, '/');
		buffer_add_string(&all, part);
	}
	if (all.length == 0)
		buffer_add_byte(&all, '/');
	const char *absolute = pool_string(pool, all.bytes, all.length);
	buffer_clear(&all);
	free(whole);
	return absolute;
}

const char *
place_folder(struct pool *pool, const char *file, struct error *err)
{
	const char *slash = strrchr(file, '/');
	char *folder = slash == NULL
			   ? xstrdup(".")
			   : xstrndup(file, (size_t)(slash - file + 1));
	char *here = folder[0] == '/' ? xstrdup("/") : getcwd(NULL, 0);
	const char *absolute = NULL;
	if (here == NULL)
		error_set(err, "the current folder: %s", strerror(errno));
	else
		absolute = place_absolute(pool, here, folder);
	free(here);
	free(folder);
	return absolute;
}

/* XDG Base Directory Specification: a path that is not absolute counts as
 * not given. */
static const char *
own_folder(struct pool *pool, const char *variable, const char *usual,
    const char *name, struct error *err)
{
	const char *given = getenv(variable);
	const char *home = getenv("HOME");
	if (given != NULL && given[0] == '/')
		return pool_format(pool, "%s/metrofeed%s", given, name);
	if (home != NULL && home[0] == '/')
		return pool_format(
		    pool, "%s/%s/metrofeed%s", home, usual, name);
	error_set(err, "has no default, since neither $%s nor $HOME is set",
	    variable);
	return NULL;
}

const char *
place_output(struct pool *pool, struct error *err)
{
	if (geteuid() == 0)
		return "/var/lib/metrofeed/feeds";
	return own_folder(pool, "XDG_DATA_HOME", ".local/share", "/feeds", err);
}

const char *
place_state(struct pool *pool, struct error *err)
{
	if (geteuid() == 0)
		return "/var/lib/metrofeed/state";
	return own_folder(pool, "XDG_STATE_HOME", ".local/state", "", err);
}

char *
config_find(struct error *err)
{
	const char *home = getenv("HOME"), *given = getenv("XDG_CONFIG_HOME");
	char *own = NULL;
	if (given != NULL && given[0] == '/')
		own = xasprintf("%s/metrofeed/metrofeed.conf", given);
	else if (home != NULL && home[0] == '/')
		own = xasprintf("%s/.config/metrofeed/metrofeed.conf", home);
	const char *const all[] = {
	    "./metrofeed.conf", own, "/etc/metrofeed/metrofeed.conf"};
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i] != NULL && access(all[i], F_OK) == 0) {
			char *found = xstrdup(all[i]);
			free(own);
			return found;
		}
	error_set(err, "no configuration: neither %s%s%s nor %s is there",
	    all[0], own != NULL ? ", " : "", own != NULL ? own : "", all[2]);
	free(own);
	return NULL;
}
