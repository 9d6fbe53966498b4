#include "feed/image.h"

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

static bool
is_word(const char *at, size_t length, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strlen(*words) == length &&
		    strncmp(*words, at, length) == 0)
			return true;
	return false;
}

/*
 * A file's name without its extension, in lower case: nothing but words for
 * what is no picture ("blank", "img_loading2", "1x1"); "pixel-phone-test" and
 * "121x150" are others.
 */
static bool
is_empty_name(const char *name)
{
	static const char *const empty[] = {"blank", "spacer", "lazy",
	    "lazyload", "loading", "loader", "spinner", "pixel", "transparent",
	    "trans", "grey", "gray", "dummy", "clear", "shim", NULL};
	static const char *const fillers[] = {"img", "image", "images", "bg",
	    "icon", "ico", "common", "gif", "thumb", "x", "px", "bar", "load",
	    NULL};
	bool found = strcmp(name, "1x1") == 0;
	for (const char *at = name; *at != '\0';) {
		size_t length = strspn(at, "abcdefghijklmnopqrstuvwxyz");
		if (length == 0) {
			at++;
			continue;
		}
		if (is_word(at, length, empty))
			found = true;
		else if (!is_word(at, length, fillers))
			return false;
		at += length;
	}
	return found;
}

bool
image_is_placeholder(const char *address)
{
	static const char *const words[] = {"placeholder", "no_image",
	    "noimage", "no-image", "no_img", "noimg", NULL};
	if (address[0] == '\0' || address[0] == '#' ||
	    strncmp(address, "data:", 5) == 0 ||
	    strncmp(address, "about:", 6) == 0 || holds(address, words))
		return true;
	size_t length = strcspn(address, "?#"), start = length;
	while (start > 0 && address[start - 1] != '/')
		start--;
	const char *dot = memchr(address + start, '.', length - start);
	if (dot != NULL)
		length = (size_t)(dot - address);
	char *part = xstrndup(address + start, length - start);
	char *name = text_lower_ascii(part);
	bool empty = is_empty_name(name);
	free(name);
	free(part);
	return empty;
}

/* "2x" and "1.5x" in hundredths, "640w" as it is; 1x without one. */
static long
descriptor_size(const char *at)
{
	size_t digits = strspn(at, "0123456789"), decimals = 0;
	if (digits == 0 || digits > 5)
		return 1;
	long size = strtol(at, NULL, 10);
	const char *rest = at + digits;
	if (*rest == '.')
		decimals = strspn(++rest, "0123456789");
	if (rest[decimals] != 'x')
		return size;
	if (digits > 2)
		return 1;
	size *= 100;
	if (decimals > 0)
		size += (rest[0] - '0') * 10;
	return size;
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
			width = descriptor_size(srcset);
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

/* The first url(...) of an inline style that is a picture. */
static char *
from_style(const char *style)
{
	char *lower = text_lower_ascii(style), *image = NULL;
	const char *at = lower;
	while (image == NULL && (at = strstr(at, "url(")) != NULL) {
		at += 4;
		at += strspn(at, " \t\r\n");
		bool quoted = *at == '"' || *at == '\'';
		const char ends[] = {quoted ? *at : ')', '\0'};
		at += quoted;
		size_t length = strcspn(at, ends);
		while (!quoted && length > 0 && at[length - 1] == ' ')
			length--;
		/* the page's own letters */
		image = xstrndup(style + (at - lower), length);
		if (image_is_placeholder(image)) {
			free(image);
			image = NULL;
		}
	}
	free(lower);
	return image;
}

static bool
looks_like_image(const char *value)
{
	static const char *const endings[] = {
	    ".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif", NULL};
	return strchr(value, ' ') == NULL && value[0] != '{' &&
	       holds(value, endings);
}

/* A picture of at most two pixels counts readers. */
static bool
is_pixel(const struct page *page, uint32_t node)
{
	const char *width = page_attribute(page, node, "width");
	const char *height = page_attribute(page, node, "height");
	return width != NULL && height != NULL && width[0] >= '0' &&
	       width[0] <= '2' && height[0] >= '0' && height[0] <= '2' &&
	       strspn(width + 1, "px") == strlen(width + 1) &&
	       strspn(height + 1, "px") == strlen(height + 1);
}

char *
image_value(const char *attribute, const char *value)
{
	size_t length = strlen(attribute);
	char *address;
	if (length >= 6 && strcmp(attribute + length - 6, "srcset") == 0)
		address = from_srcset(value);
	else if (strcmp(attribute, "style") == 0 ||
		 strncmp(value, "url(", 4) == 0)
		return from_style(value);
	else
		address = xstrdup(value);
	if (address != NULL && image_is_placeholder(address)) {
		free(address);
		return NULL;
	}
	return address;
}

/* What the style of an element shows, or the script that sets it late. */
static char *
background_of(const struct page *page, uint32_t node)
{
	static const char *const names[] = {"style", "data-bg",
	    "data-background", "data-background-image", "data-bg-url", "poster",
	    NULL};
	for (size_t i = 0; names[i] != NULL; i++) {
		const char *value = page_attribute(page, node, names[i]);
		char *address =
		    value != NULL ? image_value(names[i], value) : NULL;
		if (address != NULL)
			return address;
	}
	return NULL;
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
		char *address = set != NULL ? image_value(sets[i], set) : NULL;
		if (address != NULL)
			return address;
	}
	for (size_t i = 0; lazy[i] != NULL; i++) {
		const char *value = page_attribute(page, node, lazy[i]);
		if (value != NULL && !image_is_placeholder(value))
			return xstrdup(value);
	}
	const char *source = page_attribute(page, node, "src");
	if (source != NULL && !image_is_placeholder(source) &&
	    !is_pixel(page, node))
		return xstrdup(source);
	for (uint32_t i = page->first_attribute[node];
	     i < page->first_attribute[node + 1]; i++) {
		const struct page_attribute *attribute = &page->attributes[i];
		if (strncmp(attribute->name, "data-", 5) == 0 &&
		    !image_is_placeholder(attribute->value) &&
		    looks_like_image(attribute->value))
			return xstrdup(attribute->value);
	}
	return NULL;
}

char *
image_find(const struct page *page, uint32_t node, const char *base)
{
	for (uint32_t at = node; at < page->end[node]; at++) {
		const char *tag = page_tag(page, at);
		char *address = NULL;
		if (strcmp(tag, "img") == 0 || strcmp(tag, "source") == 0 ||
		    strcmp(tag, "amp-img") == 0)
			address = address_of(page, at);
		if (address == NULL)
			address = background_of(page, at);
		char *image =
		    address != NULL ? url_resolve(base, address, NULL) : NULL;
		free(address);
		if (image != NULL)
			return image;
	}
	return NULL;
}
