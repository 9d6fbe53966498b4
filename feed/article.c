#include "feed/article.h"

#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"

void
article_clear(struct article *article)
{
	free(article->category);
	free(article->image);
	free(article->author);
	free(article->text);
	free(article->title);
	free(article->link);
	free(article->key);
	free(article->id);
	*article = (struct article){0};
}

struct article
article_copy(const struct article *article)
{
	struct article copy = *article;
	copy.id = xstrdup_or_null(article->id);
	copy.key = xstrdup_or_null(article->key);
	copy.link = xstrdup_or_null(article->link);
	copy.title = xstrdup_or_null(article->title);
	copy.text = xstrdup_or_null(article->text);
	copy.author = xstrdup_or_null(article->author);
	copy.image = xstrdup_or_null(article->image);
	copy.category = xstrdup_or_null(article->category);
	return copy;
}

void
articles_add(struct articles *articles, struct article article)
{
	if (articles->count == articles->capacity) {
		size_t capacity =
		    articles->capacity == 0 ? 16 : articles->capacity * 2;
		articles->list = xreallocarray(
		    articles->list, capacity, sizeof(*articles->list));
		articles->capacity = capacity;
	}
	articles->list[articles->count++] = article;
}

void
articles_clear(struct articles *articles)
{
	for (size_t i = 0; i < articles->count; i++)
		article_clear(&articles->list[i]);
	free(articles->list);
	*articles = (struct articles){0};
}

/* "March 2024" has no day: an article first seen in that month or year was
 * published by then, and no nearer moment is known. */
static int64_t
least_length_s(enum precision precision)
{
	enum { day = 86400 };
	switch (precision) {
	case PRECISION_YEAR:
		return 365 * day;
	case PRECISION_MONTH:
		return 28 * day;
	default:
		return 0;
	}
}

/*
 * A page dates ahead by mistake or to stay on top; DESIGN.md P9 clamps that to
 * first seen.  An article fresh from a page has no first_seen_s yet and is
 * shown (`preview`) as the page dates it.
 */
int64_t
article_published_s(const struct article *article)
{
	struct moment published = article->published;
	if (published.precision == PRECISION_NONE)
		return article->first_seen_s;
	if (article->first_seen_s != 0 &&
	    (published.at_s > article->first_seen_s ||
		article->first_seen_s - published.at_s <
		    least_length_s(published.precision)))
		return article->first_seen_s;
	return published.at_s;
}
