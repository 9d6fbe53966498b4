#include "feed/index_page.h"

#include <stdlib.h>
#include <string.h>

#include "feed/date.h"
#include "feed/entry.h"
#include "feed/hash.h"
#include "feed/html.h"
#include "feed/index_assets.h"
#include "feed/index_words.h"
#include "feed/memory.h"
#include "feed/text.h"

#define TEXT_CHARACTERS 300
#define POLICY                                                                 \
	"default-src 'none'; style-src '" INDEX_STYLE_HASH                     \
	"'; script-src '" INDEX_SCRIPT_HASH                                    \
	"'; img-src data:; base-uri 'none'; form-action 'none'"
/* A picture of our own, so that no browser asks for /favicon.ico. */
#define ICON                                                                   \
	"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' "        \
	"viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='3' "         \
	"fill='%239a3d06'/%3E%3Cg fill='none' stroke='%23fff' "                \
	"stroke-width='1.8'%3E%3Cpath d='M4 4a8 8 0 0 1 8 8M4 7.5A4.5 4.5 0 "  \
	"0 1 8.5 12'/%3E%3C/g%3E%3Ccircle cx='4.6' cy='11.4' r='1.3' "         \
	"fill='%23fff'/%3E%3C/svg%3E"
/* What index_page_hash passes over; no text of others can hold it. */
#define READ_BEGIN "<time class=\"read\""
#define READ_END "</time>"

/* Of the healths, in the style. */
static const char *const classes[INDEX_HEALTHS] = {
    [INDEX_WAITING] = "waiting",
    [INDEX_GOOD] = "good",
    [INDEX_DEGRADED] = "degraded",
    [INDEX_BROKEN] = "broken",
    [INDEX_REFUSED] = "refused",
};

static const char *
say(const struct index_look *look, enum phrase phrase)
{
	return index_phrase(phrase, look->is_korean);
}

const char *
index_page_policy(void)
{
	return POLICY;
}

/* ---- pieces ---- */

static void
add(struct buffer *html, const char *ours)
{
	buffer_add_string(html, ours);
}

/* One line of others, clean and escaped. */
static void
add_text(struct buffer *html, const char *text)
{
	size_t length = strlen(text);
	if (text_is_clean(text, length, false)) {
		html_add(html, text, length);
		return;
	}
	char *line = text_line(text, length, TEXT_CHARACTERS);
	html_add(html, line, strlen(line));
	free(line);
}

/* " lang=..." if it is a tag, and another than the page's. */
static void
add_language(
    struct buffer *html, const struct index_look *look, const char *language)
{
	const char *tag =
	    feed_language(&(struct feed_info){.language = language});
	if (tag == NULL || strcmp(tag, look->is_korean ? "ko" : "en") == 0)
		return;
	buffer_add_format(html, " lang=\"%s\"", tag);
}

/* The title, as a link if it leads anywhere. */
static void
add_title(struct buffer *html, const char *title, const char *page)
{
	if (is_web_address(page)) {
		add(html, "<a href=\"");
		add_text(html, page);
		add(html, "\">");
		add_text(html, title);
		add(html, "</a>");
	} else
		add_text(html, title);
}

/* Without the script it stands there in UTC. */
static void
add_moment(struct buffer *html, const char *begin, int64_t at_s)
{
	char date[21];
	date_format_rfc3339(at_s, date);
	add(html, begin);
	buffer_add_format(html, " datetime=\"%s\">%.10s %.5s UTC" READ_END,
	    date, date, date + 11);
}

/* ---- the beginning ---- */

static void
add_head(struct buffer *html, const struct index_look *look)
{
	add(html, "<!DOCTYPE html>\n<html lang=\"");
	add(html, look->is_korean ? "ko" : "en");
	add(html,
	    "\">\n<head>\n<meta charset=\"utf-8\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" content=\"" POLICY
	    "\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, "
	    "initial-scale=1\">\n"
	    "<meta name=\"robots\" content=\"noindex\">\n"
	    "<meta name=\"referrer\" content=\"no-referrer\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n"
	    "<meta name=\"generator\" content=\"metrofeed\">\n<title>");
	add(html, say(look, PHRASE_FEEDS));
	add(html, "</title>\n<link rel=\"icon\" href=\"" ICON "\">\n<style>");
	add(html, index_style);
	add(html, "</style>\n</head>\n");
}

/* What the script says stands here, in the page's language. */
static void
add_body(struct buffer *html, const struct index_look *look)
{
	static const struct {
		const char *name;
		enum phrase phrase;
	} said[] = {{"found", PHRASE_FOUND}, {"nothing", PHRASE_NOTHING},
	    {"copied", PHRASE_COPIED}, {"marked", PHRASE_MARKED}};
	add(html, "<body");
	for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++)
		buffer_add_format(html, " data-%s=\"%s\"", said[i].name,
		    say(look, said[i].phrase));
	add(html, ">\n");
}

static void
add_sums(struct buffer *html, const struct index_look *look)
{
	add(html, "<ul class=\"sum\">\n");
	for (int i = INDEX_HEALTHS - 1; i >= 0; i--)
		if (look->health[i] > 0)
			buffer_add_format(html,
			    "<li class=\"health %s\">%s: %zu</li>\n",
			    classes[i],
			    index_health_words(
				(enum index_health)i, look->is_korean),
			    look->health[i]);
	add(html, "</ul>\n");
}

void
index_page_begin(struct buffer *html, const struct index_look *look)
{
	add_head(html, look);
	add_body(html, look);
	add(html, "<header>\n<h1>");
	add(html, say(look, PHRASE_FEEDS));
	add(html, "</h1>\n<p>");
	add(html, say(look, PHRASE_LEAD));
	if (look->has_opml) {
		add(html, "\n<a href=\"index.opml\" download>");
		add(html, say(look, PHRASE_OPML));
		add(html, "</a>");
		add(html, say(look, PHRASE_OPML_AFTER));
	}
	add(html, "</p>\n");
	add_sums(html, look);
	add(html, "</header>\n"
		  "<div class=\"find\" role=\"search\" hidden>"
		  "<label for=\"find\">");
	add(html, say(look, PHRASE_FIND));
	add(html, "</label><input type=\"search\" id=\"find\" "
		  "autocomplete=\"off\" spellcheck=\"false\">"
		  "<p id=\"count\" role=\"status\"></p></div>\n<main>\n");
}

/* ---- sites and feeds ---- */

static void
add_address(struct buffer *html, const struct index_look *look,
    const char *path, enum format format)
{
	if (look->base_url != NULL)
		add_text(html, look->base_url);
	add_text(html, path);
	add(html, format_extension(format));
}

static void
add_actions(struct buffer *html, const struct index_look *look,
    const char *path, const char *title, enum format format)
{
	add(html, "<div class=\"acts\"><button type=\"button\" hidden "
		  "aria-label=\"");
	add(html, say(look, PHRASE_COPY_OF));
	add_text(html, title);
	add(html, "\">");
	add(html, say(look, PHRASE_COPY));
	add(html, "</button><a class=\"open\"");
	if (look->base_url != NULL) {
		add(html, " href=\"feed:");
		add_address(html, look, path, format);
		add(html, "\"");
	} else
		add(html, " hidden");
	add(html, " aria-label=\"");
	add(html, say(look, PHRASE_OPEN));
	add(html, ": ");
	add_text(html, title);
	add(html, "\">");
	add(html, say(look, PHRASE_OPEN));
	add(html, "</a>");
}

/* The address of its first format, and what to do with it. */
static void
add_take(struct buffer *html, const struct index_look *look, const char *path,
    const char *title, const bool *formats, bool is_whole)
{
	static const char *const names[FORMAT_COUNT] = {"Atom", "RSS", "JSON"};
	int first = 0;
	while (first < FORMAT_COUNT - 1 && !formats[first])
		first++;
	add(html, "<div class=\"take\">");
	if (is_whole) {
		add(html, "<span class=\"whole\">");
		add(html, say(look, PHRASE_ALL));
		add(html, "</span>");
	}
	buffer_add_format(html, "<a class=\"address\" type=\"%s\" href=\"",
	    format_media_type((enum format)first));
	add_address(html, look, path, (enum format)first);
	add(html, "\">");
	add_address(html, look, path, (enum format)first);
	add(html, "</a>\n");
	add_actions(html, look, path, title, (enum format)first);
	for (int i = first + 1; i < FORMAT_COUNT; i++) {
		if (!formats[i])
			continue;
		buffer_add_format(html, "<a class=\"more\" type=\"%s\" href=\"",
		    format_media_type((enum format)i));
		add_address(html, look, path, (enum format)i);
		buffer_add_format(html, "\">%s", names[i]);
		add(html, "<span class=\"said\">: ");
		add_text(html, title);
		add(html, "</span></a>");
	}
	add(html, "</div></div>\n");
}

void
index_page_site(struct buffer *html, const struct index_look *look,
    const struct index_site *site)
{
	add(html, "<section class=\"site\">\n<div class=\"name\"><h2");
	add_language(html, look, site->language);
	add(html, ">");
	add_title(html, site->title, site->page);
	add(html, "</h2>\n");
	if (site->all != NULL) {
		struct buffer title = {0};
		buffer_add_format(
		    &title, "%s (%s)", site->title, say(look, PHRASE_ALL));
		add_take(
		    html, look, site->all, title.bytes, site->formats, true);
		buffer_clear(&title);
	}
	add(html, "</div>\n<ul class=\"feeds\">\n");
}

static void
add_newest(struct buffer *html, const struct index_look *look,
    const struct index_feed *feed)
{
	if (feed->newest->count == 0 && feed->read_s > 0) {
		add(html, "<p class=\"none\">");
		add(html, say(look, PHRASE_NONE));
		add(html, "</p>\n");
		return;
	}
	if (feed->newest->count == 0)
		return;
	add(html, "<ul class=\"new\"");
	add_language(html, look, feed->language);
	add(html, ">\n");
	for (size_t i = 0; i < feed->newest->count; i++) {
		const struct article *article = &feed->newest->list[i];
		add(html, "<li>");
		add_title(html, entry_title(article), article->link);
		add_moment(html, "<time", article_published_s(article));
		add(html, "</li>\n");
	}
	add(html, "</ul>\n");
}

void
index_page_feed(struct buffer *html, const struct index_look *look,
    const struct index_feed *feed)
{
	add(html, "<li class=\"feed\">\n<div class=\"head\"><h3");
	add_language(html, look, feed->language);
	add(html, ">");
	add_title(html, feed->title, feed->page);
	buffer_add_format(html,
	    "</h3><span class=\"health %s\">%s</span></div>\n",
	    classes[feed->health],
	    index_health_words(feed->health, look->is_korean));
	if (feed->health > INDEX_GOOD) {
		add(html, "<p class=\"why\">");
		add(html,
		    index_reason(feed->health, feed->stage, look->is_korean));
		add(html, "</p>\n");
	}
	add(html, "<p class=\"read\">");
	if (feed->read_s > 0) {
		add(html, say(look, PHRASE_READ));
		add(html, " ");
		add_moment(html, READ_BEGIN, feed->read_s);
	} else
		add(html, say(look, PHRASE_NEVER));
	add(html, "</p>\n");
	add_newest(html, look, feed);
	add_take(html, look, feed->path, feed->title, feed->formats, false);
	add(html, "</li>\n");
}

void
index_page_site_end(struct buffer *html)
{
	add(html, "</ul>\n</section>\n");
}

void
index_page_end(struct buffer *html, const struct index_look *look)
{
	add(html, "</main>\n<footer><p>");
	add(html, say(look, PHRASE_FOOT));
	add(html, "</p></footer>\n"
		  "<p class=\"said\" role=\"status\"></p>\n<script>");
	add(html, index_script);
	add(html, "</script>\n</body>\n</html>\n");
}

/* ---- has it changed? ---- */

static uint64_t
hash_on(uint64_t hash, const char *bytes, size_t length)
{
	uint64_t both[2] = {hash, hash_bytes(bytes, length)};
	return hash_bytes(both, sizeof(both));
}

uint64_t
index_page_hash(const char *bytes, size_t length)
{
	const char *end = bytes + length;
	uint64_t hash = 0;
	while (bytes < end) {
		const char *stop = memmem(bytes, (size_t)(end - bytes),
		    READ_BEGIN, strlen(READ_BEGIN));
		if (stop == NULL)
			return hash_on(hash, bytes, (size_t)(end - bytes));
		hash = hash_on(hash, bytes, (size_t)(stop - bytes));
		bytes = memmem(
		    stop, (size_t)(end - stop), READ_END, strlen(READ_END));
		if (bytes == NULL)
			return hash;
	}
	return hash;
}
