#include "feed/ending.h"

#include <stdbool.h>
#include <string.h>

#include "feed/text.h"

struct tag {
	const char *name;
	size_t length;
	bool is_end;
};

static bool
is_letter(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool
tag_is(const struct tag *tag, const char *name)
{
	return tag->length == strlen(name) &&
	       text_begins_ignoring_case(tag->name, name, tag->length);
}

/* After `needle`; NULL if it does not come. */
static const char *
find_after(const char *at, const char *end, const char *needle)
{
	size_t length = strlen(needle);
	for (; (size_t)(end - at) >= length; at++) {
		at = memchr(at, needle[0], (size_t)(end - at) - length + 1);
		if (at == NULL)
			return NULL;
		if (memcmp(at, needle, length) == 0)
			return at + length;
	}
	return NULL;
}

/* After the tag's '>'; a quote counts where a value begins. */
static const char *
skip_tag(const char *at, const char *end)
{
	bool is_value = false;
	for (; at < end; at++) {
		if (*at == '>')
			return at + 1;
		if (is_value && (*at == '"' || *at == '\'')) {
			at = memchr(at + 1, *at, (size_t)(end - at) - 1);
			if (at == NULL)
				return NULL;
			is_value = false;
		} else if (!is_blank(*at))
			is_value = *at == '=';
	}
	return NULL;
}

/* Of the elements whose content is text: where their end tag begins. */
static const char *
skip_raw(const char *at, const char *end, const struct tag *tag)
{
	while ((at = find_after(at, end, "</")) != NULL)
		if ((size_t)(end - at) > tag->length &&
		    text_begins_ignoring_case(at, tag->name, tag->length) &&
		    !is_letter(at[tag->length]))
			return at - 2;
	return NULL;
}

static bool
tag_is_raw(const struct tag *tag)
{
	static const char *const names[] = {
	    "script", "style", "title", "textarea", "xmp", "iframe"};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!tag->is_end && tag_is(tag, names[i]))
			return true;
	return false;
}

/* Past the markup that begins at '<'; NULL if the source ends in it. */
static const char *
skip_markup(const char *at, const char *end, struct tag *tag)
{
	size_t left = (size_t)(end - at);
	*tag = (struct tag){0};
	if (left >= 4 && memcmp(at, "<!--", 4) == 0)
		return find_after(at + 2, end, "-->");
	tag->is_end = left > 1 && at[1] == '/';
	const char *name = at + 1 + tag->is_end;
	if (name == end)
		return NULL;
	if (*name == '!' || *name == '?')
		return find_after(name, end, ">");
	if (!is_letter(*name))
		return at + 1; /* text */
	tag->name = name;
	while (name < end && !is_blank(*name) && *name != '>' && *name != '/')
		name++;
	tag->length = (size_t)(name - tag->name);
	/* "</html" and no more is an end all the same */
	if (name == end && tag->is_end && tag_is(tag, "html"))
		return end;
	at = skip_tag(name, end);
	return at != NULL && tag_is_raw(tag) ? skip_raw(at, end, tag) : at;
}

enum ending
ending_of(const char *html, size_t length)
{
	const char *end = html + length;
	bool is_whole = false;
	struct tag tag;
	for (const char *at = html; at < end;) {
		at = memchr(at, '<', (size_t)(end - at));
		if (at == NULL)
			break;
		at = skip_markup(at, end, &tag);
		if (at == NULL)
			return is_whole ? ENDING_WHOLE : ENDING_INSIDE;
		if (tag.is_end &&
		    (tag_is(&tag, "body") || tag_is(&tag, "html")))
			is_whole = true;
	}
	return is_whole ? ENDING_WHOLE : ENDING_OPEN;
}
