#include "feed/atom.h"

#include <stdlib.h>

#include "feed/date.h"
#include "feed/xml.h"

#define ATOM "http://www.w3.org/2005/Atom"
#define MEDIA "http://search.yahoo.com/mrss/"

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

/* RFC 4287 4.1.3.3, the case of type "html". */
static void
write_content(struct xml *xml, const struct article *article)
{
	char *html = entry_html(article);
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
	char *excerpt = entry_excerpt(article);
	if (excerpt[0] != '\0')
		write_plain(xml, "summary", excerpt);
	free(excerpt);
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
	write_plain(xml, "title", entry_title(article));
	write_date(xml, "updated", article->changed_s);
	write_date(xml, "published", article_published_s(article));
	write_link(xml, "alternate", NULL, article->link);
	/* 4.1.2: without an author of its own the feed's counts */
	if (is_given(article->author))
		write_author(xml, article->author);
	const char *category = entry_category(info, article);
	if (category != NULL) { /* 4.2.2 */
		xml_open(xml, "category");
		xml_attribute(xml, "term", category);
		xml_close(xml);
	}
	if (info->content == ENTRY_FULL)
		write_content(xml, article);
	else if (info->content == ENTRY_EXCERPT)
		write_summary(xml, article);
	/* an extension, RFC 4287 6.4 */
	if (entry_image(article) != NULL) {
		xml_open(xml, "media:thumbnail");
		xml_attribute(xml, "url", entry_image(article));
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
	write_author(xml, feed_author(info));
	/* 4.2.4; no version, so that an upgrade changes no byte */
	xml_element(xml, "generator", "metrofeed");
	if (is_web_address(info->icon)) /* 4.2.5 */
		xml_element(xml, "icon", info->icon);
}

char *
atom_render(const struct feed_info *info, const struct articles *articles,
    size_t *length, struct error *err)
{
	if (!feed_is_complete(info, articles, err))
		return NULL;
	struct xml *xml = xml_new();
	xml_open(xml, "feed");
	xml_attribute(xml, "xmlns", ATOM);
	xml_attribute(xml, "xmlns:media", MEDIA);
	if (feed_language(info) != NULL)
		xml_attribute(xml, "xml:lang", feed_language(info));
	write_feed_info(xml, info);
	for (size_t i = 0; i < articles->count; i++)
		write_entry(xml, info, &articles->list[i]);
	xml_close(xml);
	char *bytes = xml_finish(xml, length, err);
	xml_free(xml);
	return bytes;
}
