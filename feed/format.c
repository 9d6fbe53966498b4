#include "feed/format.h"

#include <string.h>

#include "feed/atom.h"
#include "feed/jsonfeed.h"
#include "feed/rss.h"

static const struct {
	const char *name, *extension, *media_type;
	char *(*render)(const struct feed_info *, const struct articles *,
	    size_t *, struct error *);
} formats[FORMAT_COUNT] = {
    [FORMAT_ATOM] = {"atom", ".atom", "application/atom+xml", atom_render},
    [FORMAT_RSS] = {"rss", ".rss", "application/rss+xml", rss_render},
    [FORMAT_JSON] = {"json", ".json", "application/feed+json", jsonfeed_render},
};

const char *
format_name(enum format format)
{
	return formats[format].name;
}

const char *
format_extension(enum format format)
{
	return formats[format].extension;
}

const char *
format_media_type(enum format format)
{
	return formats[format].media_type;
}

enum format
format_by_name(const char *name)
{
	int format = 0;
	while (format < FORMAT_COUNT && strcmp(formats[format].name, name) != 0)
		format++;
	return (enum format)format;
}

enum format
format_of_file(const char *name)
{
	const char *end = strrchr(name, '.');
	int format = 0;
	if (end == NULL)
		return FORMAT_COUNT;
	while (format < FORMAT_COUNT &&
	       strcmp(formats[format].extension, end) != 0)
		format++;
	return (enum format)format;
}

char *
format_render(enum format format, const struct feed_info *info,
    const struct articles *articles, size_t *length, struct error *err)
{
	return formats[format].render(info, articles, length, err);
}
