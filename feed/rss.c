#include "feed/rss.h"

#include <stdlib.h>

#include "feed/buffer.h"
#include "feed/date.h"
#include "feed/xml.h"

#define ATOM "http://www.w3.org/2005/Atom"
#define CONTENT "http://purl.org/rss/1.0/modules/content/"
#define DC "http://purl.org/dc/elements/1.1/"
#define MEDIA "http://search.yahoo.com/mrss/"

/* HTML 13.2.5.6, tag open state. */
static bool
begins_tag(const char *at)
{
	char next = at[1];
	return at[0] == '<' &&
	       ((next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z') ||
		   next == '/' || next == '!' || next == '?');
}

/* Text that somebody may read as HTML. */
static void
write_words(struct xml *xml, const char *element, const char *text)
{
	struct buffer words = {0};
	for (const char *at = text; *at != '\0'; at++)
		if (begins_tag(at))
			buffer_add_string(&words, "\xef\xbc\x9c");
		else
			buffer_add_byte(&words, *at);
	char *string = buffer_take(&words);
	xml_element(xml, element, string);
	free(string);
}

static void
write_date(struct xml *xml, const char *element, int64_t at_s)
{
	char date[30];
	date_format_rfc822(at_s, date);
	xml_element(xml, element, date);
}

/* The specification calls a description HTML, escaped; feed readers that know
 * content:encoded show that instead. */
static void
write_content(struct xml *xml, const struct feed_info *info,
    const struct article *article)
{
	char *excerpt = entry_excerpt(article);
	if (excerpt[0] != '\0') {
		char *html = entry_escape(excerpt);
		xml_element(xml, "description", html);
		free(html);
	}
	free(excerpt);
	if (info->content != ENTRY_FULL)
		return;
	char *html = entry_html(article);
	if (html[0] != '\0')
		xml_element(xml, "content:encoded", html);
	free(html);
}

/* As in an Atom entry, nothing depends on the neighbours. */
static void
write_item(struct xml *xml, const struct feed_info *info,
    const struct article *article)
{
	xml_open(xml, "item");
	write_words(xml, "title", entry_title(article));
	xml_element(xml, "link", article->link);
	xml_open(xml, "guid");
	xml_attribute(xml, "isPermaLink", "false");
	xml_text(xml, article->id);
	xml_close(xml);
	write_date(xml, "pubDate", article_published_s(article));
	/* author wants an e-mail address, which nobody has */
	if (is_given(article->author))
		write_words(xml, "dc:creator", article->author);
	if (entry_category(info, article) != NULL)
		write_words(xml, "category", entry_category(info, article));
	if (info->content != ENTRY_NOTHING)
		write_content(xml, info, article);
	/* an enclosure wants the picture's size in bytes, which we never ask */
	if (entry_image(article) != NULL) {
		xml_open(xml, "media:thumbnail");
		xml_attribute(xml, "url", entry_image(article));
		xml_close(xml);
	}
	xml_close(xml);
}

/* Title, link and description are required. */
static void
write_channel_info(struct xml *xml, const struct feed_info *info)
{
	write_words(xml, "title", info->title);
	xml_element(xml, "link", info->alternate);
	write_words(xml, "description", info->title);
	if (is_given(info->self)) {
		xml_open(xml, "atom:link");
		xml_attribute(xml, "rel", "self");
		xml_attribute(xml, "type", "application/rss+xml");
		xml_attribute(xml, "href", info->self);
		xml_close(xml);
	}
	if (feed_language(info) != NULL)
		xml_element(xml, "language", feed_language(info));
	write_date(xml, "lastBuildDate", info->updated_s);
	/* no version, so that an upgrade changes no byte */
	xml_element(xml, "generator", "metrofeed");
}

char *
rss_render(const struct feed_info *info, const struct articles *articles,
    size_t *length, struct error *err)
{
	if (!feed_is_complete(info, articles, err))
		return NULL;
	if (!is_web_address(info->alternate)) {
		error_set(err, "the feed's page has no http address");
		return NULL;
	}
	struct xml *xml = xml_new();
	xml_open(xml, "rss");
	xml_attribute(xml, "version", "2.0");
	xml_attribute(xml, "xmlns:atom", ATOM);
	xml_attribute(xml, "xmlns:content", CONTENT);
	xml_attribute(xml, "xmlns:dc", DC);
	xml_attribute(xml, "xmlns:media", MEDIA);
	xml_open(xml, "channel");
	write_channel_info(xml, info);
	for (size_t i = 0; i < articles->count; i++)
		write_item(xml, info, &articles->list[i]);
	xml_close(xml);
	xml_close(xml);
	char *bytes = xml_finish(xml, length, err);
	xml_free(xml);
	return bytes;
}
