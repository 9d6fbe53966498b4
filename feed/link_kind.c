#include "feed/link_kind.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/url.h"

char *
link_kind(const char *link)
{
	char *host = url_host(link), *path = url_path(link);
	struct buffer shape = {0};
	buffer_add_string(&shape, host != NULL ? host : "");
	const char *at = path != NULL ? path : "/";
	while (*at != '\0' && *at != '?') {
		size_t length = strcspn(at + 1, "/?");
		size_t digits = 0, apart = 0;
		for (size_t i = 1; i <= length; i++) {
			digits += at[i] >= '0' && at[i] <= '9';
			apart += at[i] == '-' || at[i] == '_';
		}
		bool last = at[1 + length] == '\0' || at[1 + length] == '?';
		if (digits >= 4 || (digits > 0 && digits == length))
			buffer_add_string(&shape, "/9");
		else if (apart >= 2)
			buffer_add_string(&shape, "/s");
		else if (last)
			buffer_add_string(&shape, "/w");
		else {
			buffer_add(&shape, at, length + 1);
		}
		at += length + 1;
	}
	if (*at == '?')
		buffer_add_string(&shape, "?");
	free(host);
	free(path);
	return buffer_take(&shape);
}
