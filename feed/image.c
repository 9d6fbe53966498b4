#include "feed/infer.h"

#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"
#include "feed/text.h"
#include "feed/url.h"

#define WIDTH_MOST 1280 /* a feed reader needs no larger picture */

static bool
holds(const char *string, const char *const *words)
{
	char *lower = text_lower_ascii(string);
	bool found = false;
	for (; !found && *words != NULL; words++)
		found = strstr(lower, *words) != NULL;
	free(lower);
	return found;
}

bool
infer_is_placeholder(const char *address)
{
	static const char *const words[] = {"blank.", "spacer", "placeholder",
	    "lazy.", "/loading", "1x1", "pixel.", "transparent", "grey.gif",
	    "gray.gif", "no_image", "noimage", "no-image", NULL};
	return address[0] == '\0' || strncmp(address, "data:", 5) == 0 ||
	       strncmp(address, "about:", 6) == 0 || address[0] == '#' ||
	       holds(address, words);
}

/* The candidate with the largest width (or density) up to the limit; one
 * beyond it if there is no other. */
static char *
from_srcset(const char *srcset)
{
	const char *best = NULL;
	size_t best_length = 0;
	long best_width = -1;
	while (*srcset != '\0') {
		srcset += strspn(srcset, " \t\r\n,");
		size_t length = strcspn(srcset, " \t\r\n");
		const char *address = srcset;
		srcset += length;
		bool ended = length > 0 && address[length - 1] == ',';
		length -= ended;
		long width = 1;
		if (!ended) {
			srcset += strspn(srcset, " \t\r\n");
			size_t digits = strspn(srcset, "0123456789");
			if (digits > 0 && digits < 6)
				width = strtol(srcset, NULL, 10);
			srcset += strcspn(srcset, ",");
		}
		if (length == 0)
			continue;
		bool better = best == NULL ||
			      (width <= WIDTH_MOST ? width > best_width ||
							 best_width > WIDTH_MOST
						   : best_width > width);
		if (better) {
			best = address;
			best_length = length;
			best_width = width;
		}
	}
	return best == NULL ? NULL : xstrndup(best, best_length);
}

/* url(...) of an inline style. */
static char *
from_style(const char *style)
{
	const char *at = strstr(style, "url(");
	if (at == NULL)
		return NULL;
	at += 4;
	at += strspn(at, " \"'");
	return xstrndup(at, strcspn(at, "\"')"));
}

static bool
looks_like_image(const char *value)
{
	static const char *const endings[] = {
	    ".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif", NULL};
	return strchr(value, ' ') == NULL && value[0] != '{' &&
	       holds(value, endings);
}

/* The best address that the attributes of one element give; not resolved. */
static char *
address_of(const struct page *page, uint32_t node)
{
	static const char *const sets[] = {
	    "data-srcset", "data-lazy-srcset", "srcset", NULL};
	static const char *const lazy[] = {"data-src", "data-lazy-src",
	    "data-original", "data-lsrc", "data-img-url", "data-lazy",
	    "data-url", "data-image", "original", "data-echo", NULL};
	for (size_t i = 0; sets[i] != NULL; i++) {
		const char *set = page_attribute(page, node, sets[i]);
		char *address = set != NULL ? from_srcset(set) : NULL;
		if (address != NULL && !infer_is_placeholder(address))
			return address;
		free(address);
	}
	for (size_t i = 0; lazy[i] != NULL; i++) {
		const char *value = page_attribute(page, node, lazy[i]);
		if (value != NULL && !infer_is_placeholder(value))
			return xstrdup(value);
	}
	const char *source = page_attribute(page, node, "src");
	if (source != NULL && !infer_is_placeholder(source))
		return xstrdup(source);
	for (uint32_t i = page->first_attribute[node];
	     i < page->first_attribute[node + 1]; i++) {
		const struct page_attribute *attribute = &page->attributes[i];
		if (strncmp(attribute->name, "data-", 5) == 0 &&
		    !infer_is_placeholder(attribute->value) &&
		    looks_like_image(attribute->value))
			return xstrdup(attribute->value);
	}
	return NULL;
}

char *
infer_image(const struct page *page, uint32_t node, const char *base)
{
	for (uint32_t at = node; at < page->end[node]; at++) {
		const char *tag = page_tag(page, at);
		char *address = NULL;
		if (strcmp(tag, "img") == 0 || strcmp(tag, "source") == 0 ||
		    strcmp(tag, "amp-img") == 0)
			address = address_of(page, at);
		const char *style = page_attribute(page, at, "style");
		if (address == NULL && style != NULL) {
			address = from_style(style);
			if (address != NULL && infer_is_placeholder(address)) {
				free(address);
				address = NULL;
			}
		}
		char *image =
		    address != NULL ? url_resolve(base, address, NULL) : NULL;
		free(address);
		if (image != NULL)
			return image;
	}
	return NULL;
}
