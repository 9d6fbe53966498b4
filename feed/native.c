#include "feed/native.h"

#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"
#include "feed/text.h"
#include "feed/url.h"

#define TITLE_CHARACTERS 100

static bool
has_word(const char *list, const char *word)
{
	size_t length = strlen(word);
	while (*list != '\0') {
		list += strspn(list, " \t\r\n\f");
		size_t each = strcspn(list, " \t\r\n\f");
		if (each == length &&
		    text_begins_ignoring_case(list, word, length))
			return true;
		list += each;
	}
	return false;
}

static bool
is_feed_type(const char *type)
{
	static const char *const types[] = {"application/rss+xml",
	    "application/atom+xml", "application/feed+json",
	    "application/rdf+xml", NULL};
	for (size_t i = 0; types[i] != NULL; i++)
		if (text_begins_ignoring_case(type, types[i], strlen(types[i])))
			return true;
	return false;
}

/* A link that people click: its address says that it is one. */
static bool
is_feed_path(const char *url)
{
	static const char *const ends[] = {"/rss", "/rss.xml", "/feed",
	    "/feed.xml", "/atom.xml", ".rss", ".atom", "/index.xml", "/rss.php",
	    "/feed.json", "/rss2", "allArticle.xml", NULL};
	char *path = url_path(url);
	if (path == NULL)
		return false;
	size_t length = strcspn(path, "?");
	while (length > 1 && path[length - 1] == '/')
		length--;
	path[length] = '\0';
	bool found = false;
	for (size_t i = 0; !found && ends[i] != NULL; i++)
		found = text_ends_with(path, ends[i]);
	free(path);
	return found;
}

bool
native_add(struct native_feeds *feeds, char *url)
{
	bool known = feeds->count == NATIVE_MOST;
	for (size_t i = 0; !known && i < feeds->count; i++)
		known = strcmp(feeds->list[i].url, url) == 0;
	if (known) {
		free(url);
		return false;
	}
	feeds->list[feeds->count++] = (struct native_feed){.url = url};
	return true;
}

static void
add(struct native_feeds *feeds, const char *base, const char *href,
    const char *title)
{
	char *url = url_resolve(base, href, NULL);
	if (url == NULL || !native_add(feeds, url))
		return;
	char *line = title != NULL
			 ? text_line(title, strlen(title), TITLE_CHARACTERS)
			 : NULL;
	if (line != NULL && line[0] != '\0')
		feeds->list[feeds->count - 1].title = line;
	else
		free(line);
}

static bool
is_of_comments(const struct native_feed *feed)
{
	char *title = text_lower_ascii(feed->title != NULL ? feed->title : "");
	bool found = strstr(title, "comment") != NULL ||
		     strstr(feed->url, "/comments/") != NULL;
	free(title);
	return found;
}

static void
put_comments_last(struct native_feeds *feeds)
{
	struct native_feeds sorted = {.count = feeds->count};
	size_t at = 0;
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < feeds->count; i++)
			if (is_of_comments(&feeds->list[i]) == (pass == 1))
				sorted.list[at++] = feeds->list[i];
	*feeds = sorted;
}

void
native_find(
    const struct page *page, const char *base, struct native_feeds *feeds)
{
	size_t count;
	const uint32_t *nodes =
	    page_with_tag(page, page_tag_index(page, "link"), &count);
	*feeds = (struct native_feeds){0};
	for (size_t i = 0; i < count; i++) {
		const char *rel = page_attribute(page, nodes[i], "rel");
		const char *type = page_attribute(page, nodes[i], "type");
		const char *href = page_attribute(page, nodes[i], "href");
		if (rel != NULL && type != NULL && href != NULL &&
		    has_word(rel, "alternate") && is_feed_type(type))
			add(feeds, base, href,
			    page_attribute(page, nodes[i], "title"));
	}
	bool declared = feeds->count > 0;
	nodes = page_with_tag(page, page_tag_index(page, "a"), &count);
	for (size_t i = 0; !declared && i < count; i++) {
		const char *href = page_attribute(page, nodes[i], "href");
		char *url = href != NULL ? url_resolve(base, href, NULL) : NULL;
		if (url != NULL && url_same_owner(url, base) &&
		    is_feed_path(url))
			add(feeds, base, href, NULL);
		free(url);
	}
	put_comments_last(feeds);
}

void
native_clear(struct native_feeds *feeds)
{
	for (size_t i = 0; i < feeds->count; i++) {
		free(feeds->list[i].url);
		free(feeds->list[i].title);
	}
	*feeds = (struct native_feeds){0};
}
