#include "feed/atom.h"

#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/date.h"
#include "feed/text.h"
#include "feed/xml.h"

#define ATOM "http://www.w3.org/2005/Atom"
#define MEDIA "http://search.yahoo.com/mrss/"

/* Numbers of config's enum content, which feed/ does not include. */
enum { CONTENT_FULL, CONTENT_EXCERPT };

enum { EXCERPT_CELLS = 200, LINE_CHARACTERS = 4 * EXCERPT_CELLS };

static bool
is_given(const char *string)
{
	return string != NULL && string[0] != '\0';
}

/* The worker's answer was checked before; a feed reader that follows
 * javascript: is reason enough to look again. */
static bool
is_web_address(const char *url)
{
	return is_given(url) && (strncmp(url, "https://", 8) == 0 ||
				    strncmp(url, "http://", 7) == 0);
}

static bool
is_letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9');
}

/* RFC 4287 2, atomLanguageTag: parts of one to eight, the first of letters.
 * Pages also write "ko_KR" and worse; no tag is better than a wrong one. */
static bool
is_language_tag(const char *tag)
{
	size_t part = 0;
	bool is_first = true;
	for (; *tag != '\0'; tag++) {
		if (*tag == '-' && part > 0) {
			part = 0;
			is_first = false;
			continue;
		}
		bool is_digit = *tag >= '0' && *tag <= '9';
		if (!is_letter_or_digit(*tag) || (is_first && is_digit))
			return false;
		if (++part > 8)
			return false;
	}
	return part > 0;
}

/* RFC 4287 3.3: a date is an RFC 3339 date-time. */
static void
write_date(struct xml *xml, const char *element, int64_t at_s)
{
	char date[21];
	date_format_rfc3339(at_s, date);
	xml_element(xml, element, date);
}

/* RFC 4287 3.1.1.1: type="text" is shown as it stands; no markup in it lives.
 */
static void
write_plain(struct xml *xml, const char *element, const char *text)
{
	xml_open(xml, element);
	xml_attribute(xml, "type", "text");
	xml_text(xml, text);
	xml_close(xml);
}

/* RFC 4287 3.2.1: a person is a name at least. */
static void
write_author(struct xml *xml, const char *name)
{
	xml_open(xml, "author");
	xml_element(xml, "name", name);
	xml_close(xml);
}

/* RFC 4287 4.2.7 */
static void
write_link(struct xml *xml, const char *rel, const char *type, const char *href)
{
	xml_open(xml, "link");
	xml_attribute(xml, "rel", rel);
	if (type != NULL)
		xml_attribute(xml, "type", type);
	xml_attribute(xml, "href", href);
	xml_close(xml);
}

static void
add_html(struct buffer *html, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		switch (text[i]) {
		case '&':
			buffer_add_string(html, "&amp;");
			break;
		case '<':
			buffer_add_string(html, "&lt;");
			break;
		case '>':
			buffer_add_string(html, "&gt;");
			break;
		case '"':
			buffer_add_string(html, "&quot;");
			break;
		default:
			buffer_add_byte(html, text[i]);
		}
	}
}

/* HTML made by us alone: the image, then a p for each paragraph.  Whatever
 * markup the page's text holds is text. */
static char *
article_html(const struct article *article)
{
	struct buffer html = {0};
	if (is_web_address(article->image)) {
		buffer_add_string(&html, "<p><img src=\"");
		add_html(&html, article->image, strlen(article->image));
		buffer_add_string(&html, "\" alt=\"\"></p>");
	}
	const char *at = article->text == NULL ? "" : article->text;
	while (*at != '\0') {
		size_t length = strcspn(at, "\n");
		if (length > 0) {
			if (html.length > 0)
				buffer_add_byte(&html, '\n');
			buffer_add_string(&html, "<p>");
			add_html(&html, at, length);
			buffer_add_string(&html, "</p>");
		}
		at += length;
		if (*at == '\n')
			at++;
	}
	return buffer_take(&html);
}

/* RFC 4287 4.1.3.3, the case of type "html". */
static void
write_content(struct xml *xml, const struct article *article)
{
	char *html = article_html(article);
	if (html[0] != '\0') {
		xml_open(xml, "content");
		xml_attribute(xml, "type", "html");
		xml_text(xml, html);
		xml_close(xml);
	}
	free(html);
}

/* RFC 4287 4.2.13 */
static void
write_summary(struct xml *xml, const struct article *article)
{
	if (!is_given(article->text))
		return;
	char *line =
	    text_line(article->text, strlen(article->text), LINE_CHARACTERS);
	char *excerpt = text_excerpt(line, EXCERPT_CELLS);
	if (excerpt[0] != '\0')
		write_plain(xml, "summary", excerpt);
	free(excerpt);
	free(line);
}

/*
 * RFC 4287 4.1.2.  Nothing here depends on the other entries: feed readers
 * hash an entry to see whether it changed.  The link to the article makes an
 * entry without content a valid one.
 */
static void
write_entry(struct xml *xml, const struct feed_info *info,
    const struct article *article)
{
	xml_open(xml, "entry");
	xml_element(xml, "id", article->id);
	write_plain(xml, "title", article->title == NULL ? "" : article->title);
	write_date(xml, "updated", article->changed_s);
	write_date(xml, "published", article_published_s(article));
	write_link(xml, "alternate", NULL, article->link);
	/* 4.1.2: without an author of its own the feed's counts */
	if (is_given(article->author))
		write_author(xml, article->author);
	if (is_given(info->category)) { /* 4.2.2 */
		xml_open(xml, "category");
		xml_attribute(xml, "term", info->category);
		xml_close(xml);
	}
	if (info->content == CONTENT_FULL)
		write_content(xml, article);
	else if (info->content == CONTENT_EXCERPT)
		write_summary(xml, article);
	/* an extension, RFC 4287 6.4 */
	if (is_web_address(article->image)) {
		xml_open(xml, "media:thumbnail");
		xml_attribute(xml, "url", article->image);
		xml_close(xml);
	}
	xml_close(xml);
}

/* RFC 4287 4.1.1, all but the entries. */
static void
write_feed_info(struct xml *xml, const struct feed_info *info)
{
	xml_element(xml, "id", info->id);
	write_plain(xml, "title", info->title);
	write_date(xml, "updated", info->updated_s);
	if (is_given(info->self)) /* 4.1.1: SHOULD be there */
		write_link(xml, "self", "application/atom+xml", info->self);
	if (is_given(info->alternate))
		write_link(xml, "alternate", "text/html", info->alternate);
	/* 4.1.1: MUST be there unless every entry has its own */
	write_author(xml, is_given(info->author) ? info->author : info->title);
	/* 4.2.4; no version, so that an upgrade changes no byte */
	xml_element(xml, "generator", "metrofeed");
	if (is_web_address(info->icon)) /* 4.2.5 */
		xml_element(xml, "icon", info->icon);
}

static bool
is_complete(const struct feed_info *info, const struct articles *articles,
    struct error *err)
{
	if (!is_given(info->id) || !is_given(info->title))
		return error_set(err, "the feed has no id or no title");
	for (size_t i = 0; i < articles->count; i++) {
		const struct article *article = &articles->list[i];
		if (!is_given(article->id))
			return error_set(err, "article %zu has no id", i);
		if (!is_web_address(article->link))
			return error_set(err, "%s: no http link", article->id);
	}
	return true;
}

char *
atom_render(const struct feed_info *info, const struct articles *articles,
    size_t *length, struct error *err)
{
	if (!is_complete(info, articles, err))
		return NULL;
	struct xml *xml = xml_new();
	xml_open(xml, "feed");
	xml_attribute(xml, "xmlns", ATOM);
	xml_attribute(xml, "xmlns:media", MEDIA);
	if (info->language != NULL && is_language_tag(info->language))
		xml_attribute(xml, "xml:lang", info->language);
	write_feed_info(xml, info);
	for (size_t i = 0; i < articles->count; i++)
		write_entry(xml, info, &articles->list[i]);
	xml_close(xml);
	char *bytes = xml_finish(xml, length, err);
	xml_free(xml);
	return bytes;
}
