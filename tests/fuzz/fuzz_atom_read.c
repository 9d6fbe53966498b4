#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "feed/atom.h"
#include "feed/atom_read.h"
#include "feed/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
demand(bool truth)
{
	if (!truth)
		abort();
}

static void
check(const struct article *article)
{
	demand(article->id != NULL && article->link != NULL);
	demand(article->title != NULL);
	demand(text_is_clean(article->title, strlen(article->title), false));
	demand(article->text == NULL ||
	       text_is_clean(article->text, strlen(article->text), true));
	demand(article_published_s(article) <= article->first_seen_s);
	demand(article->first_seen_s <= article->changed_s);
	demand(article->last_seen_s == 0);
}

/* Whatever was read can be published, and says the same when read again. */
int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct atom_feed feed, again;
	size_t length = 0;
	if (!atom_read((const char *)bytes, size, &feed, NULL))
		return 0;
	for (size_t i = 0; i < feed.articles.count; i++)
		check(&feed.articles.list[i]);
	struct feed_info info = {
	    .id = feed.id,
	    .title = "A",
	    .author = feed.author,
	    .language = feed.language,
	    .icon = feed.icon,
	    .category = feed.category,
	    .updated_s = feed.updated_s,
	};
	char *written = atom_render(&info, &feed.articles, &length, NULL);
	demand(written != NULL);
	demand(atom_read(written, length, &again, NULL));
	demand(again.articles.count == feed.articles.count);
	for (size_t i = 0; i < again.articles.count; i++) {
		const struct article *a = &feed.articles.list[i];
		const struct article *b = &again.articles.list[i];
		demand(strcmp(a->id, b->id) == 0);
		demand(strcmp(a->link, b->link) == 0);
		demand(a->changed_s == b->changed_s);
		demand(article_published_s(a) == article_published_s(b));
	}
	free(written);
	atom_feed_clear(&again);
	atom_feed_clear(&feed);
	return 0;
}
