#include <stdlib.h>
#include <string.h>

#include "feed/extract_private.h"
#include "feed/fill.h"
#include "feed/intern.h"
#include "feed/memory.h"
#include "feed/pattern.h"
#include "feed/script.h"
#include "feed/text.h"
#include "feed/url.h"

/* Of an item whose link no rule gave: round the title, else the best. */
static char *
choose_link(const struct reading *reading, const struct item *item,
    uint32_t title, char **key)
{
	const struct page *page = reading->page;
	char *best = NULL;
	double best_score = 0;
	*key = NULL;
	uint32_t around =
	    title != PAGE_NONE ? extract_anchor_near(page, title) : PAGE_NONE;
	for (uint32_t node = item->start; node < item->end; node++) {
		if (page->text[node] != NULL)
			continue;
		const char *href = strcmp(page_tag(page, node), "a") == 0
				       ? page_attribute(page, node, "href")
				       : NULL;
		char *link = href != NULL && href[0] != '#'
				 ? url_canonical(reading->base, href, NULL)
				 : NULL;
		if (link == NULL)
			link = script_link(
			    reading->rules, page, node, reading->base);
		char *found = NULL;
		if (link == NULL ||
		    !links_accept(reading->rules, link, &found)) {
			free(link);
			continue;
		}
		char *raw = page_text(page, node, NULL, 0);
		char *words = text_line(raw, strlen(raw), 300);
		double score = links_score(link, reading->base, words) +
			       (node == around ? 1000 : 0);
		free(raw);
		free(words);
		if (best == NULL || score > best_score) {
			free(best);
			free(*key);
			best = link;
			*key = found;
			best_score = score;
		} else {
			free(link);
			free(found);
		}
	}
	/* the item may stand inside its link */
	if (best == NULL && around != PAGE_NONE) {
		const char *href = page_attribute(page, around, "href");
		best = href != NULL ? url_canonical(reading->base, href, NULL)
				    : NULL;
		if (best != NULL && !links_accept(reading->rules, best, key)) {
			free(best);
			best = NULL;
		}
	}
	return best;
}

static void
find_link(const struct reading *reading, size_t index, struct article *article)
{
	struct item *item = &reading->items.list[index];
	struct raw *raw = &reading->raw[index];
	if (raw->value[FIELD_LINK] != NULL) {
		article->link =
		    url_canonical(reading->base, raw->value[FIELD_LINK], NULL);
		if (article->link != NULL &&
		    !links_accept(
			reading->rules, article->link, &article->key)) {
			free(article->link);
			article->link = NULL;
		}
		return;
	}
	if (item->link != NULL) {
		article->link = xstrdup(item->link);
		article->key = xstrdup_or_null(item->key);
		return;
	}
	uint32_t title = raw->node[FIELD_TITLE];
	if (title == PAGE_NONE)
		title = reading->inferred[index].title_node;
	if (title == PAGE_NONE)
		title = item->start;
	article->link = choose_link(reading, item, title, &article->key);
}

static void
take_text(char **to, enum field field, const struct raw *raw, char **inferred)
{
	const char *value = raw->value[field];
	if (value == NULL)
		value = *inferred;
	if (value == NULL)
		return;
	if (field == FIELD_TEXT)
		*to = text_paragraphs(value, strlen(value), ARTICLE_TEXT_BYTES);
	else
		*to = text_line(value, strlen(value),
		    field == FIELD_TITLE ? ARTICLE_TITLE_CHARACTERS
					 : ARTICLE_AUTHOR_CHARACTERS);
	if (*to != NULL && (*to)[0] == '\0') {
		free(*to);
		*to = NULL;
	}
}

static struct article
make_article(const struct reading *reading, size_t index)
{
	struct raw *raw = &reading->raw[index];
	struct inferred *inferred = &reading->inferred[index];
	char *none = NULL;
	struct article article = {.position = (int32_t)index};
	find_link(reading, index, &article);
	take_text(&article.title, FIELD_TITLE, raw, &inferred->title);
	take_text(&article.text, FIELD_TEXT, raw, &inferred->text);
	take_text(&article.author, FIELD_AUTHOR, raw, &inferred->author);
	take_text(&article.category, FIELD_CATEGORY, raw, &none);
	if (raw->value[FIELD_IMAGE] != NULL)
		article.image =
		    url_resolve(reading->base, raw->value[FIELD_IMAGE], NULL);
	else {
		article.image = inferred->image;
		inferred->image = NULL;
	}
	article.published = reading->dated[index].moment;
	return article;
}

static const char *
field_of(const struct article *article, enum field field)
{
	switch (field) {
	case FIELD_TITLE:
		return article->title;
	case FIELD_TEXT:
		return article->text;
	case FIELD_AUTHOR:
		return article->author;
	case FIELD_LINK:
		return article->link;
	case FIELD_CATEGORY:
		return article->category;
	default:
		return NULL;
	}
}

/* `only` must all match, no `skip` may. */
static bool
is_wanted(const struct compiled_rules *rules, const struct article *article)
{
	for (size_t i = 0; i < rules->filter_count; i++) {
		const struct compiled_filter *filter = &rules->filters[i];
		const char *value = field_of(article, filter->field);
		bool matches =
		    value != NULL && pattern_matches(filter->pattern, value);
		if (matches == filter->skip)
			return false;
	}
	return true;
}

static bool
has_filter_on(const struct compiled_rules *rules, enum field field)
{
	for (size_t i = 0; i < rules->filter_count; i++)
		if (rules->filters[i].field == field)
			return true;
	return false;
}

static void
fill(char **to, char **from)
{
	if (*to == NULL) {
		*to = *from;
		*from = NULL;
	}
}

/* The first place on the page counts; a second one fills what it lacks. */
static bool
is_repeated(
    struct intern *stories, struct articles *articles, struct article *article)
{
	const char *story = article->key != NULL ? article->key : article->link;
	uint32_t place = intern_add(stories, story, strlen(story)) - 1;
	if (place == articles->count)
		return false;
	struct article *known = &articles->list[place];
	fill(&known->text, &article->text);
	fill(&known->author, &article->author);
	fill(&known->image, &article->image);
	if (known->published.precision == PRECISION_NONE)
		known->published = article->published;
	return true;
}

/* Of an empty list: what structured data names instead.  Rules that say where
 * the items are have the last word. */
static struct article *
list_from_data(struct reading *reading, struct extraction *out, size_t *count)
{
	const struct record **records = NULL;
	*count = 0;
	if (reading->rules->items.count == 0) {
		structured_add_state(reading->structured, NULL, 0);
		*count = structured_list(reading->structured, &records);
	}
	if (*count == 0)
		return NULL;
	const char *source =
	    structured_source_name(records[0]->source[FIELD_TITLE]);
	struct article *articles = xcalloc(*count, sizeof(*articles));
	for (size_t i = 0; i < *count; i++) {
		articles[i].link = xstrdup(records[i]->value[FIELD_LINK]);
		articles[i].key = xstrdup_or_null(records[i]->key);
		articles[i].title = structured_text(records[i], FIELD_TITLE);
	}
	free(records);
	free(out->item_how);
	out->item_how =
	    xasprintf("inferred: %zu articles from %s", *count, source);
	for (int field = FIELD_LINK; field <= FIELD_TITLE; field++) {
		free(out->how[field]);
		out->how[field] =
		    xasprintf("%s, %zu/%zu", source, *count, *count);
	}
	out->item_count = (uint32_t)*count;
	return articles;
}

static void
fill_from_data(struct reading *reading, struct article *articles, size_t count,
    bool from_data, struct extraction *out)
{
	struct fill fill = {
	    .structured = reading->structured,
	    .dates = &reading->dates,
	    .site_title = out->site_title,
	    .item_count = count,
	};
	for (int field = 0; field < FIELD_COUNT; field++)
		fill.wanted[field] = from_data || reading->wanted[field];
	/* it is for filters alone */
	fill.wanted[FIELD_CATEGORY] &=
	    has_filter_on(reading->rules, FIELD_CATEGORY);
	if (!from_data && fill_is_needed(&fill, articles, count))
		structured_add_state(reading->structured, articles, count);
	reading->is_filled = fill_articles(&fill, articles, count, out->how);
}

static void
note_filled(const struct article *article, uint32_t filled[FIELD_COUNT])
{
	const char *const values[FIELD_COUNT] = {
	    [FIELD_LINK] = article->link,
	    [FIELD_TITLE] = article->title,
	    [FIELD_TEXT] = article->text,
	    [FIELD_AUTHOR] = article->author,
	    [FIELD_IMAGE] = article->image,
	    [FIELD_CATEGORY] = article->category,
	};
	for (int field = 0; field < FIELD_COUNT; field++)
		filled[field] += values[field] != NULL;
	filled[FIELD_DATE] += article->published.precision != PRECISION_NONE;
}

/* Takes the articles; items[i] is where each of them stands, or NULL. */
static void
take_articles(struct reading *reading, struct article *articles, size_t count,
    const struct item *items, struct extraction *out)
{
	struct intern stories;
	intern_init(
	    &stories, intern_seed(reading->base, strlen(reading->base)), false);
	if (items != NULL)
		out->spots = xcalloc(count, sizeof(*out->spots));
	for (size_t i = 0; i < count; i++) {
		struct article article = articles[i];
		note_filled(&article, out->filled);
		if (article.link == NULL || article.title == NULL)
			out->dropped++;
		else if (!is_wanted(reading->rules, &article))
			out->filtered++;
		else if (!is_repeated(&stories, &out->articles, &article)) {
			size_t place = out->articles.count;
			if (items != NULL)
				out->spots[place] =
				    (struct spot){items[i].start, items[i].end};
			article.position = (int32_t)place;
			articles_add(&out->articles, article);
			continue;
		}
		article_clear(&article);
	}
	intern_clear(&stories);
	free(articles);
}

void
extract_make_articles(struct reading *reading, struct extraction *out)
{
	size_t count = reading->items.count;
	bool from_data = count == 0;
	struct article *articles;
	if (from_data)
		articles = list_from_data(reading, out, &count);
	else
		articles = xcalloc(count, sizeof(*articles));
	for (size_t i = 0; !from_data && i < count; i++)
		articles[i] = make_article(reading, i);
	reading->is_page_clock =
	    dating_drop_clock(articles, count, &reading->dates);
	fill_from_data(reading, articles, count, from_data, out);
	dating_refine(articles, count, from_data ? NULL : reading->dated,
	    &reading->dates);
	take_articles(reading, articles, count,
	    from_data ? NULL : reading->items.list, out);
}
