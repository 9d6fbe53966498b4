#include "daemon/unit.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "feed/buffer.h"

static bool
is_below(const char *path, const char *folder)
{
	size_t length = strlen(folder);
	return strncmp(path, folder, length) == 0 &&
	       (path[length] == '/' || path[length] == '\0');
}

static bool
is_below_any(const char *path, const char *const *folders)
{
	for (; *folders != NULL; folders++)
		if (is_below(path, *folders))
			return true;
	return false;
}

const char *
unit_file(void)
{
	static const char *const files[] = {
	    "/etc/systemd/system/metrofeed.service",
	    "/run/systemd/system/metrofeed.service",
	    "/usr/local/lib/systemd/system/metrofeed.service",
	    "/usr/lib/systemd/system/metrofeed.service",
	    "/lib/systemd/system/metrofeed.service",
	};
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (access(files[i], F_OK) == 0)
			return files[i];
	return NULL;
}

/* What ProtectHome and PrivateTmp hide, ReadWritePaths does not show again. */
char *
unit_advice(const char *const *folders, size_t count)
{
	static const char *const homes[] = {
	    "/home", "/root", "/run/user", NULL};
	static const char *const temporary[] = {"/tmp", "/var/tmp", NULL};
	struct buffer commands = {0}, lines = {0};
	bool in_home = false, in_temporary = false;
	for (size_t i = 0; i < count; i++) {
		if (folders[i] == NULL || is_below(folders[i], UNIT_HOME))
			continue;
		buffer_add_format(&commands,
		    "    install -d -o metrofeed -g metrofeed '%s'\n",
		    folders[i]);
		buffer_add_format(
		    &lines, "    ReadWritePaths=\"%s\"\n", folders[i]);
		in_home |= is_below_any(folders[i], homes);
		in_temporary |= is_below_any(folders[i], temporary);
	}
	if (commands.length == 0)
		return NULL;
	if (in_home)
		buffer_add_string(&lines, "    ProtectHome=no\n");
	if (in_temporary)
		buffer_add_string(&lines, "    PrivateTmp=no\n");
	buffer_add_format(&commands,
	    "    systemctl edit metrofeed   # with these lines:\n"
	    "    [Service]\n%s"
	    "    systemctl restart metrofeed\n",
	    lines.bytes);
	buffer_clear(&lines);
	return buffer_take(&commands);
}
