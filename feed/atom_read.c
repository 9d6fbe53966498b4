#include "feed/atom_read.h"

#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/date.h"
#include "feed/entry.h"
#include "feed/memory.h"
#include "feed/text.h"
#include "feed/url.h"
#include "feed/xml.h"

#define ATOM "http://www.w3.org/2005/Atom\n"
#define MEDIA "http://search.yahoo.com/mrss/\n"

enum {
	DEPTH_FEED = 1,
	DEPTH_OF_FEED, /* the feed's own elements */
	DEPTH_OF_ENTRY,
	DEPTH_OF_AUTHOR,
};

enum {
	ID_BYTES = 4096,
	TITLE_BYTES = ARTICLE_TITLE_CHARACTERS * 4,
	/* each byte of a text is at most "&quot;", and there is an image */
	CONTENT_BYTES = ARTICLE_TEXT_BYTES * 8,
};

/* One entry as it stands. */
struct entry {
	char *id, *title, *link, *author, *image, *text;
	int64_t updated_s, published_s;
	bool has_updated, has_published;
};

struct reading {
	struct atom_feed *feed;
	struct entry entry;
	struct buffer text; /* of the element that is open */
	unsigned depth;
	bool is_feed, is_entry, is_author, is_ours;
	char *name; /* of the innermost element */
};

static bool
is_named(const char *name, const char *space, const char *local)
{
	size_t length = strlen(space);
	return name != NULL && strncmp(name, space, length) == 0 &&
	       strcmp(name + length, local) == 0;
}

static const char *
attribute_of(const char *const *attributes, const char *name)
{
	for (; attributes[0] != NULL; attributes += 2)
		if (strcmp(attributes[0], name) == 0)
			return attributes[1];
	return NULL;
}

/* The first one counts. */
static void
keep(char **field, char *value)
{
	if (*field == NULL && value != NULL && value[0] != '\0')
		*field = value;
	else
		free(value);
}

/* One line as it was written, or NULL: what would have to be cleaned is not
 * ours. */
static char *
line_of(const char *text, size_t length, size_t most)
{
	return length > 0 && length <= most &&
		       text_is_clean(text, length, false)
		   ? xstrndup(text, length)
		   : NULL;
}

static char *
link_of(const char *url)
{
	char *kept = url == NULL ? NULL : url_resolve(NULL, url, NULL);
	/* ours are canonical: another one was changed behind us */
	if (kept == NULL || strcmp(kept, url) == 0)
		return kept;
	free(kept);
	return NULL;
}

/* An image is copied as the page had it. */
static char *
image_of(const char *url)
{
	return is_web_address(url) ? line_of(url, strlen(url), ID_BYTES) : NULL;
}

/* ---- content ---- */

static const char *
skip(const char *at, const char *word)
{
	size_t length = strlen(word);
	return at != NULL && strncmp(at, word, length) == 0 ? at + length
							    : NULL;
}

/* Text up to the next tag, its escapes undone; NULL for others than ours. */
static const char *
add_unescaped(struct buffer *text, const char *at)
{
	static const struct {
		const char *name;
		char byte;
	} escapes[] = {
	    {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}};
	while (*at != '\0' && *at != '<') {
		const char *after = NULL;
		if (*at != '&') {
			buffer_add_byte(text, *at++);
			continue;
		}
		for (size_t i = 0; after == NULL && i < 4; i++) {
			after = skip(at, escapes[i].name);
			if (after != NULL)
				buffer_add_byte(text, escapes[i].byte);
		}
		if (after == NULL)
			return NULL;
		at = after;
	}
	return at;
}

/* The paragraphs that atom.c wrote; NULL if it is any other HTML, or none. */
static char *
text_of_html(const char *html)
{
	struct buffer text = {0};
	const char *at = html;
	if (skip(at, "<p><img src=\"") != NULL) {
		at = strstr(at, "\" alt=\"\"></p>");
		at = skip(at, "\" alt=\"\"></p>");
		if (at != NULL && *at == '\n')
			at++;
	}
	while (at != NULL && *at != '\0') {
		at = skip(at, "<p>");
		if (at != NULL && text.length > 0)
			buffer_add_byte(&text, '\n');
		if (at != NULL)
			at = add_unescaped(&text, at);
		at = skip(at, "</p>");
		if (at != NULL && *at == '\n')
			at++;
	}
	bool good = at != NULL && text.length > 0 &&
		    text.length <= ARTICLE_TEXT_BYTES &&
		    text_is_clean(text.bytes, text.length, true);
	if (good)
		return buffer_take(&text);
	buffer_clear(&text);
	return NULL;
}

/* ---- entries ---- */

static void
entry_clear(struct entry *entry)
{
	free(entry->id);
	free(entry->title);
	free(entry->link);
	free(entry->author);
	free(entry->image);
	free(entry->text);
	*entry = (struct entry){0};
}

/*
 * `published` is the page's date, or the moment of first sight if that had
 * none; `updated` is first sight, or the last edit.  Two equal ones therefore
 * say that the page gave no date that we used.
 */
static void
set_times(struct article *article, const struct entry *entry)
{
	int64_t updated_s = entry->updated_s, shown_s = entry->published_s;
	if (shown_s > updated_s)
		shown_s = updated_s; /* P9: never ahead of first sight */
	article->first_seen_s = article->changed_s = updated_s;
	if (shown_s < updated_s)
		article->published = (struct moment){
		    .at_s = shown_s,
		    .precision =
			shown_s % 60 == 0 ? PRECISION_MINUTE : PRECISION_SECOND,
		};
}

/* What an edit did to the first-seen time must not turn equal stamps round:
 * among those the document's order is first seen, newest first. */
static void
keep_order(const struct articles *before, struct article *article)
{
	if (before->count == 0)
		return;
	const struct article *last = &before->list[before->count - 1];
	if (article_published_s(last) == article_published_s(article) &&
	    article->first_seen_s > last->first_seen_s)
		article->first_seen_s = last->first_seen_s;
}

static void
take_entry(struct reading *reading)
{
	struct entry *entry = &reading->entry;
	struct articles *articles = &reading->feed->articles;
	if (entry->id != NULL && entry->link != NULL && entry->has_updated &&
	    entry->has_published && articles->count < ATOM_READ_MAX_ENTRIES) {
		struct article article = {
		    .id = entry->id,
		    /* "" is what atom.c writes for none */
		    .title = entry->title != NULL ? entry->title : xstrdup(""),
		    .link = entry->link,
		    .author = entry->author,
		    .image = entry->image,
		    .text = entry->text,
		    .position = (int32_t)articles->count,
		};
		set_times(&article, entry);
		keep_order(articles, &article);
		articles_add(articles, article);
		*entry = (struct entry){0};
	}
	entry_clear(entry);
}

static int
compare_places(const void *left, const void *right)
{
	const struct article *a = *(struct article *const *)left;
	const struct article *b = *(struct article *const *)right;
	int order = strcmp(a->id, b->id);
	return order != 0 ? order : (a > b) - (a < b);
}

/* Of entries with one id the first stays. */
static void
drop_repeated(struct articles *articles)
{
	size_t count = articles->count, kept = 0;
	struct article **sorted = xcalloc(count + 1, sizeof(*sorted));
	for (size_t i = 0; i < count; i++)
		sorted[i] = &articles->list[i];
	qsort(sorted, count, sizeof(*sorted), compare_places);
	bool *repeated = xcalloc(count + 1, sizeof(*repeated));
	for (size_t i = 1; i < count; i++)
		repeated[sorted[i] - articles->list] =
		    strcmp(sorted[i - 1]->id, sorted[i]->id) == 0;
	for (size_t i = 0; i < count; i++) {
		if (repeated[i])
			article_clear(&articles->list[i]);
		else
			articles->list[kept++] = articles->list[i];
	}
	articles->count = kept;
	free(repeated);
	free(sorted);
}

/* ---- what the parser says ---- */

static void
open_in_entry(
    struct reading *reading, const char *name, const char *const *attributes)
{
	struct entry *entry = &reading->entry;
	if (is_named(name, ATOM, "link")) {
		const char *rel = attribute_of(attributes, "rel");
		if (rel == NULL || strcmp(rel, "alternate") == 0)
			keep(&entry->link,
			    link_of(attribute_of(attributes, "href")));
	} else if (is_named(name, MEDIA, "thumbnail"))
		keep(&entry->image, image_of(attribute_of(attributes, "url")));
	else if (is_named(name, ATOM, "category")) {
		const char *term = attribute_of(attributes, "term");
		if (term != NULL)
			keep(&reading->feed->category,
			    line_of(term, strlen(term), TITLE_BYTES));
	}
}

static void
on_open(void *arg, const char *name, const char *const *attributes)
{
	struct reading *reading = arg;
	struct atom_feed *feed = reading->feed;
	reading->depth++;
	buffer_clear(&reading->text);
	free(reading->name);
	reading->name = xstrdup(name);
	if (reading->depth == DEPTH_FEED) {
		static const char lang[] =
		    "http://www.w3.org/XML/1998/namespace\nlang";
		const char *language = attribute_of(attributes, lang);
		reading->is_feed = is_named(name, ATOM, "feed");
		if (language != NULL)
			keep(&feed->language,
			    line_of(language, strlen(language), 100));
	} else if (reading->depth == DEPTH_OF_FEED) {
		reading->is_entry = is_named(name, ATOM, "entry");
		reading->is_author = is_named(name, ATOM, "author");
	} else if (reading->depth == DEPTH_OF_ENTRY && reading->is_entry) {
		reading->is_author = is_named(name, ATOM, "author");
		open_in_entry(reading, name, attributes);
	}
}

static void
on_text(void *arg, const char *bytes, size_t length)
{
	struct reading *reading = arg;
	if (reading->text.length + length <= CONTENT_BYTES)
		buffer_add(&reading->text, bytes, length);
}

static void
close_in_entry(struct entry *entry, const char *name, const struct buffer *text)
{
	const char *bytes = text->bytes;
	int64_t at_s;
	if (is_named(name, ATOM, "id"))
		keep(&entry->id, line_of(bytes, text->length, ID_BYTES));
	else if (is_named(name, ATOM, "title"))
		keep(&entry->title, line_of(bytes, text->length, TITLE_BYTES));
	else if (is_named(name, ATOM, "content"))
		keep(&entry->text, text_of_html(bytes));
	else if (is_named(name, ATOM, "summary"))
		keep(&entry->text,
		    line_of(bytes, text->length, ARTICLE_TEXT_BYTES));
	else if (is_named(name, ATOM, "updated") &&
		 date_parse_rfc3339(bytes, &at_s)) {
		entry->updated_s = at_s;
		entry->has_updated = true;
	} else if (is_named(name, ATOM, "published") &&
		   date_parse_rfc3339(bytes, &at_s)) {
		entry->published_s = at_s;
		entry->has_published = true;
	}
}

static void
close_in_feed(
    struct reading *reading, const char *name, const struct buffer *text)
{
	struct atom_feed *feed = reading->feed;
	const char *bytes = text->bytes;
	int64_t at_s;
	if (is_named(name, ATOM, "id"))
		keep(&feed->id, line_of(bytes, text->length, ID_BYTES));
	else if (is_named(name, ATOM, "icon"))
		keep(&feed->icon, image_of(bytes));
	else if (is_named(name, ATOM, "generator"))
		reading->is_ours = strcmp(bytes, "metrofeed") == 0;
	else if (is_named(name, ATOM, "updated") &&
		 date_parse_rfc3339(bytes, &at_s))
		feed->updated_s = at_s;
}

static void
on_close(void *arg)
{
	struct reading *reading = arg;
	struct buffer *text = &reading->text;
	const char *name = reading->name;
	buffer_add(text, "", 0); /* never NULL */
	if (name != NULL && is_named(name, ATOM, "name") &&
	    reading->is_author) {
		if (reading->is_entry && reading->depth == DEPTH_OF_AUTHOR)
			keep(&reading->entry.author,
			    line_of(text->bytes, text->length, TITLE_BYTES));
		else if (!reading->is_entry && reading->depth == DEPTH_OF_ENTRY)
			keep(&reading->feed->author,
			    line_of(text->bytes, text->length, TITLE_BYTES));
	} else if (name != NULL && reading->is_entry &&
		   reading->depth == DEPTH_OF_ENTRY)
		close_in_entry(&reading->entry, name, text);
	else if (name != NULL && !reading->is_entry &&
		 reading->depth == DEPTH_OF_FEED)
		close_in_feed(reading, name, text);
	if (reading->is_entry && reading->depth == DEPTH_OF_FEED)
		take_entry(reading);
	reading->depth--;
	/* what follows is text of the outer one, which has no meaning */
	free(reading->name);
	reading->name = NULL;
	buffer_clear(text);
}

bool
atom_read(
    const char *bytes, size_t length, struct atom_feed *feed, struct error *err)
{
	static const struct xml_reader reader = {
	    .open = on_open, .text = on_text, .close = on_close};
	struct atom_feed read = {0};
	struct reading reading = {.feed = &read};
	bool good = length <= ATOM_READ_MAX_BYTES
			? xml_read(bytes, length, &reader, &reading, err)
			: error_set(err, "too large");
	if (good && (!reading.is_feed || !reading.is_ours || read.id == NULL))
		good = error_set(err, "not a feed of metrofeed's");
	entry_clear(&reading.entry);
	buffer_clear(&reading.text);
	free(reading.name);
	if (!good) {
		atom_feed_clear(&read);
		return false;
	}
	drop_repeated(&read.articles);
	*feed = read;
	return true;
}

void
atom_feed_clear(struct atom_feed *feed)
{
	free(feed->id);
	free(feed->author);
	free(feed->category);
	free(feed->language);
	free(feed->icon);
	articles_clear(&feed->articles);
	*feed = (struct atom_feed){0};
}
