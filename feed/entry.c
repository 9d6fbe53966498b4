#include "feed/entry.h"

#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/html.h"
#include "feed/memory.h"
#include "feed/text.h"

enum { EXCERPT_CELLS = 200, LINE_CHARACTERS = 4 * EXCERPT_CELLS };

bool
is_given(const char *string)
{
	return string != NULL && string[0] != '\0';
}

bool
is_web_address(const char *url)
{
	return is_given(url) && (strncmp(url, "https://", 8) == 0 ||
				    strncmp(url, "http://", 7) == 0);
}

bool
feed_is_complete(const struct feed_info *info, const struct articles *articles,
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

static bool
is_letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9');
}

/* Parts of one to eight, the first of letters. */
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

const char *
feed_language(const struct feed_info *info)
{
	return info->language != NULL && is_language_tag(info->language)
		   ? info->language
		   : NULL;
}

const char *
feed_author(const struct feed_info *info)
{
	return is_given(info->author) ? info->author : info->title;
}

const char *
entry_title(const struct article *article)
{
	return article->title == NULL ? "" : article->title;
}

const char *
entry_image(const struct article *article)
{
	return is_web_address(article->image) ? article->image : NULL;
}

const char *
entry_category(const struct feed_info *info, const struct article *article)
{
	const char *category =
	    info->category != NULL ? info->category : article->category;
	return is_given(category) ? category : NULL;
}

char *
entry_escape(const char *text)
{
	struct buffer html = {0};
	html_add(&html, text, strlen(text));
	return buffer_take(&html);
}

char *
entry_html(const struct article *article)
{
	struct buffer html = {0};
	const char *image = entry_image(article);
	if (image != NULL) {
		buffer_add_string(&html, "<p><img src=\"");
		html_add(&html, image, strlen(image));
		buffer_add_string(&html, "\" alt=\"\"></p>");
	}
	const char *at = article->text == NULL ? "" : article->text;
	while (*at != '\0') {
		size_t length = strcspn(at, "\n");
		if (length > 0) {
			if (html.length > 0)
				buffer_add_byte(&html, '\n');
			buffer_add_string(&html, "<p>");
			html_add(&html, at, length);
			buffer_add_string(&html, "</p>");
		}
		at += length;
		if (*at == '\n')
			at++;
	}
	return buffer_take(&html);
}

char *
entry_excerpt(const struct article *article)
{
	if (!is_given(article->text))
		return xstrdup("");
	char *line =
	    text_line(article->text, strlen(article->text), LINE_CHARACTERS);
	char *excerpt = text_excerpt(line, EXCERPT_CELLS);
	free(line);
	return excerpt;
}
