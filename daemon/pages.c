#include "daemon/pages.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/wire.h"
#include "feed/memory.h"
#include "feed/next_url.h"
#include "feed/url.h"

#define ARTICLES_MAX WIRE_MAX_ARTICLES /* of all pages of a round */
#define TEXT_MAX WIRE_MAX_MESSAGE      /* bytes, likewise */

struct pages {
	const struct section_config *config;
	unsigned number; /* of the page wanted */
	unsigned most;
	unsigned forced; /* pages read whatever is known */
	unsigned unread; /* for the next round */
	char *url;       /* of the page wanted */
	char *next;      /* of the one after it, or NULL */
	char **asked;    /* the addresses wanted and answered so far */
	size_t asked_count;
	struct extraction read;
	size_t last_from; /* where the last page's articles begin */
	size_t first_count, fresh_count, text_bytes;
	bool met_known, fell_short;
};

struct pages *
pages_new(const struct section_config *config, unsigned unread)
{
	struct pages *pages = xcalloc(1, sizeof(*pages));
	pages->config = config;
	pages->number = 1;
	pages->most = config->pages > 0 ? config->pages : PAGES_AUTO;
	if (pages->most > 1 && unread > 0) {
		pages->forced = unread;
		pages->most *= 2;
	}
	pages->url = xstrdup(config->url);
	return pages;
}

void
pages_free(struct pages *pages)
{
	if (pages == NULL)
		return;
	for (size_t i = 0; i < pages->asked_count; i++)
		free(pages->asked[i]);
	free(pages->asked);
	free(pages->next);
	free(pages->url);
	extraction_clear(&pages->read);
	free(pages);
}

unsigned
pages_number(const struct pages *pages)
{
	return pages->number;
}

const char *
pages_url(const struct pages *pages)
{
	return pages->url;
}

/* ---- where it goes on ---- */

static bool
was_asked(const struct pages *pages, const char *url)
{
	for (size_t i = 0; i < pages->asked_count; i++)
		if (strcmp(pages->asked[i], url) == 0)
			return true;
	return false;
}

static void
remember(struct pages *pages, const char *url)
{
	if (was_asked(pages, url))
		return;
	pages->asked = xreallocarray(
	    pages->asked, pages->asked_count + 1, sizeof(*pages->asked));
	pages->asked[pages->asked_count++] = xstrdup(url);
}

static bool
same_host(const char *a, const char *b)
{
	char *x = url_host(a), *y = url_host(b);
	bool same = x != NULL && y != NULL && strcmp(x, y) == 0;
	free(x);
	free(y);
	return same;
}

/* The worker read a hostile page: what it names must be on the page's own
 * host, as safe as the page, and new. */
static bool
may_follow(const struct pages *pages, const char *url, const char *next)
{
	bool as_safe = strncmp(url, "https://", 8) != 0 ||
		       strncmp(next, "https://", 8) == 0;
	return as_safe && same_host(url, next) && !was_asked(pages, next);
}

static void
find_next(struct pages *pages, const char *url, const char *found)
{
	const struct section_config *config = pages->config;
	free(pages->next);
	pages->next = NULL;
	if (config->next_url != NULL)
		pages->next = next_url_fill(
		    config->next_url, config->url, pages->number + 1, NULL);
	else if (found != NULL && may_follow(pages, url, found))
		pages->next = xstrdup(found);
}

/* ---- what a page brought ---- */

static bool
same_story(const struct article *a, const struct article *b)
{
	if (a->key != NULL && b->key != NULL)
		return strcmp(a->key, b->key) == 0;
	return strcmp(a->link, b->link) == 0;
}

static bool
has_story(const struct pages *pages, const struct article *article)
{
	const struct articles *articles = &pages->read.articles;
	for (size_t i = 0; i < articles->count; i++)
		if (same_story(&articles->list[i], article))
			return true;
	return false;
}

static void
add_articles(struct pages *pages, struct articles *from)
{
	struct articles *articles = &pages->read.articles;
	pages->last_from = articles->count;
	for (size_t i = 0; i < from->count; i++) {
		struct article *article = &from->list[i];
		size_t length =
		    article->text != NULL ? strlen(article->text) : 0;
		if (articles->count >= ARTICLES_MAX ||
		    pages->text_bytes + length > TEXT_MAX ||
		    has_story(pages, article))
			continue;
		article->position = (int32_t)articles->count;
		pages->text_bytes += length;
		articles_add(articles, *article);
		*article = (struct article){0};
	}
}

/* Rules find their list or nothing; what is inferred on a page without a list
 * may be the most read ones beside it. */
static const char *
why_not(
    const struct pages *pages, const char *url, const struct extraction *read)
{
	const struct rules *rules = pages->config->rules;
	const char *path = pages->read.list_path;
	if (!same_host(pages->asked[0], url))
		return "it comes from another host than the first page";
	/* a page of articles that the filters drop is one of the list */
	if (read->articles.count == 0 &&
	    (rules->filter_count == 0 || read->item_count == 0))
		return "no article found on it";
	if (rules->items.count == 0 &&
	    (path == NULL || read->list_path == NULL ||
		strcmp(path, read->list_path) != 0))
		return "its list stands elsewhere than the first page's";
	return NULL;
}

bool
pages_add(struct pages *pages, const char *url, struct extraction *read,
    const char **reason)
{
	if (pages->number == 1) {
		remember(pages, url); /* first: whose host counts */
		pages->read = *read;
		*read = (struct extraction){0};
		pages->first_count = pages->read.articles.count;
		for (size_t i = 0; i < pages->first_count; i++) {
			const char *text = pages->read.articles.list[i].text;
			pages->text_bytes += text != NULL ? strlen(text) : 0;
		}
		remember(pages, pages->url);
		find_next(pages, url, pages->read.next_url);
		return true;
	}
	*reason = why_not(pages, url, read);
	if (*reason != NULL)
		return false;
	/* a pager that leads back to a page we had ends by its articles */
	remember(pages, pages->url);
	remember(pages, url);
	add_articles(pages, &read->articles);
	find_next(pages, url, read->next_url);
	return true;
}

struct articles
pages_last(const struct pages *pages)
{
	const struct articles *all = &pages->read.articles;
	return (struct articles){
	    .list = all->list == NULL ? NULL : all->list + pages->last_from,
	    .count = all->count - pages->last_from,
	};
}

/* ---- whether to go on ---- */

bool
pages_may_go_on(const struct pages *pages)
{
	return pages->next != NULL && pages->most > 1 &&
	       pages->first_count > 0 && pages->text_bytes < TEXT_MAX &&
	       pages->read.articles.count < ARTICLES_MAX;
}

/* New articles push the page that was not read further down. */
static bool
is_forced(const struct pages *pages)
{
	size_t pushed =
	    (pages->fresh_count + pages->first_count - 1) / pages->first_count;
	return pages->forced > 0 && pages->number < pages->forced + pushed;
}

/* May older articles be unknown? */
static bool
may_hide_more(const struct pages *pages, const struct articles *fresh)
{
	struct articles last = pages_last(pages);
	if (pages->config->pages > 0)
		return fresh->count > 0;
	return fresh->count * 2 > last.count ||
	       (fresh->count > 0 && strcmp(fresh->list[fresh->count - 1].link,
					last.list[last.count - 1].link) == 0);
}

bool
pages_go_on(struct pages *pages, const struct articles *fresh)
{
	struct articles last = pages_last(pages);
	bool is_filtered = last.count == 0 && pages->number > 1 &&
			   pages->config->rules->filter_count > 0;
	pages->fresh_count += fresh->count;
	if (fresh->count < last.count)
		pages->met_known = true;
	if (!is_filtered && last.count == 0)
		return false; /* nothing that this round has not had */
	if (!is_filtered && !is_forced(pages) && !may_hide_more(pages, fresh))
		return false;
	if (pages->number >= pages->most) {
		pages->fell_short = !pages->met_known;
		return false;
	}
	free(pages->url);
	pages->url = pages->next;
	pages->next = NULL;
	pages->number++;
	return true;
}

void
pages_end(struct pages *pages, bool is_end)
{
	pages->unread = is_end ? 0 : pages->number;
}

const struct extraction *
pages_read(const struct pages *pages)
{
	return &pages->read;
}

unsigned
pages_unread(const struct pages *pages)
{
	return pages->unread;
}

bool
pages_fell_short(const struct pages *pages)
{
	return pages->fell_short;
}
