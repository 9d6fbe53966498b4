#include "feed/jsonfeed.h"

#include <stdlib.h>

#include "feed/date.h"
#include "feed/json_writer.h"

#define VERSION "https://jsonfeed.org/version/1.1"

static void
write_date(struct json_writer *json, const char *name, int64_t at_s)
{
	char date[21];
	date_format_rfc3339(at_s, date);
	json_writer_string(json, name, date);
}

static void
write_author(struct json_writer *json, const char *name)
{
	json_writer_open(json, "authors", '[');
	json_writer_open(json, NULL, '{');
	json_writer_string(json, "name", name);
	json_writer_close(json);
	json_writer_close(json);
}

/* "One or both must be present": an item without anything to show has an
 * empty text. */
static void
write_content(struct json_writer *json, const struct feed_info *info,
    const struct article *article)
{
	char *html = info->content == ENTRY_FULL ? entry_html(article) : NULL;
	char *excerpt =
	    info->content == ENTRY_EXCERPT ? entry_excerpt(article) : NULL;
	if (is_given(html))
		json_writer_string(json, "content_html", html);
	else
		json_writer_string(
		    json, "content_text", excerpt != NULL ? excerpt : "");
	free(excerpt);
	free(html);
}

/* As in an Atom entry, nothing depends on the neighbours. */
static void
write_item(struct json_writer *json, const struct feed_info *info,
    const struct article *article)
{
	json_writer_open(json, NULL, '{');
	json_writer_string(json, "id", article->id);
	json_writer_string(json, "url", article->link);
	json_writer_string(json, "title", entry_title(article));
	write_content(json, info, article);
	if (entry_image(article) != NULL)
		json_writer_string(json, "image", entry_image(article));
	write_date(json, "date_published", article_published_s(article));
	write_date(json, "date_modified", article->changed_s);
	/* without one of its own the feed's counts */
	if (is_given(article->author))
		write_author(json, article->author);
	const char *category = entry_category(info, article);
	if (category != NULL) {
		json_writer_open(json, "tags", '[');
		json_writer_string(json, NULL, category);
		json_writer_close(json);
	}
	json_writer_close(json);
}

static void
write_feed_info(struct json_writer *json, const struct feed_info *info)
{
	json_writer_string(json, "version", VERSION);
	json_writer_string(json, "title", info->title);
	if (is_web_address(info->alternate))
		json_writer_string(json, "home_page_url", info->alternate);
	if (is_given(info->self))
		json_writer_string(json, "feed_url", info->self);
	if (is_web_address(info->icon))
		json_writer_string(json, "favicon", info->icon);
	write_author(json, feed_author(info));
	if (feed_language(info) != NULL)
		json_writer_string(json, "language", feed_language(info));
}

char *
jsonfeed_render(const struct feed_info *info, const struct articles *articles,
    size_t *length, struct error *err)
{
	if (!feed_is_complete(info, articles, err))
		return NULL;
	struct json_writer *json = json_writer_new();
	json_writer_open(json, NULL, '{');
	write_feed_info(json, info);
	json_writer_open(json, "items", '[');
	for (size_t i = 0; i < articles->count; i++)
		write_item(json, info, &articles->list[i]);
	json_writer_close(json);
	json_writer_close(json);
	char *bytes = json_writer_finish(json, length, err);
	json_writer_free(json);
	return bytes;
}
