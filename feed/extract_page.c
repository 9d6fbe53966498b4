#include "feed/extract.h"

#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"
#include "feed/text.h"
#include "feed/url.h"

static const char *
meta_content(const struct page *page, const char *property)
{
	size_t count;
	const uint32_t *metas =
	    page_with_tag(page, page_tag_index(page, "meta"), &count);
	for (size_t i = 0; i < count; i++) {
		const char *name = page_attribute(page, metas[i], "property");
		if (name == NULL)
			name = page_attribute(page, metas[i], "name");
		if (name != NULL && text_equals_ignoring_case(name, property))
			return page_attribute(page, metas[i], "content");
	}
	return NULL;
}

/* HTML 4.2.3: the first base with an address counts, wherever it stands. */
char *
extract_base(const struct page *page, const char *url)
{
	size_t count;
	const uint32_t *bases =
	    page_with_tag(page, page_tag_index(page, "base"), &count);
	for (size_t i = 0; i < count; i++) {
		const char *href = page_attribute(page, bases[i], "href");
		if (href == NULL)
			continue;
		char *base = url_resolve(url, href, NULL);
		return base != NULL ? base : xstrdup(url);
	}
	return xstrdup(url);
}

static char *
find_icon(const struct page *page, const char *base)
{
	size_t count;
	const uint32_t *links =
	    page_with_tag(page, page_tag_index(page, "link"), &count);
	for (size_t i = 0; i < count; i++) {
		const char *rel = page_attribute(page, links[i], "rel");
		const char *href = page_attribute(page, links[i], "href");
		if (rel == NULL || href == NULL)
			continue;
		if (text_equals_ignoring_case(rel, "icon") ||
		    text_equals_ignoring_case(rel, "shortcut icon"))
			return url_resolve(base, href, NULL);
	}
	return NULL;
}

/* "정책 - 메트로신문" -> "정책": the part before the first divider. */
static char *
first_part(const char *title)
{
	static const char *const dividers[] = {
	    " - ", " | ", " :: ", " – ", " — ", " · ", " : ", " < ", NULL};
	size_t length = strlen(title);
	for (size_t i = 0; dividers[i] != NULL; i++) {
		const char *at = strstr(title, dividers[i]);
		if (at != NULL && at > title && (size_t)(at - title) < length)
			length = (size_t)(at - title);
	}
	char *part = text_line(title, length, 100);
	if (part[0] != '\0')
		return part;
	free(part);
	return NULL;
}

static char *
clean_or_null(const char *text, size_t max_characters)
{
	char *line =
	    text != NULL ? text_line(text, strlen(text), max_characters) : NULL;
	if (line != NULL && line[0] != '\0')
		return line;
	free(line);
	return NULL;
}

void
extract_description(
    const struct page *page, const char *base, struct extraction *out)
{
	const char *language = page_attribute(page, 0, "lang");
	out->page_title = clean_or_null(page->title, ARTICLE_TITLE_CHARACTERS);
	out->site_title =
	    clean_or_null(meta_content(page, "og:site_name"), 100);
	out->language = clean_or_null(language, 35);
	/* RFC 5646: letters, digits and dashes; anything else is no language */
	if (out->language != NULL &&
	    strspn(out->language, "abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") !=
		strlen(out->language)) {
		free(out->language);
		out->language = NULL;
	}
	out->icon = find_icon(page, base);
	if (out->page_title != NULL)
		out->heading = first_part(out->page_title);
	out->parser = page->parser;
}
