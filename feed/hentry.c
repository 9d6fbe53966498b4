#include "feed/structured_private.h"

#include <stdlib.h>
#include <string.h>

#include "feed/image.h"
#include "feed/memory.h"

/*
 * Microformats: h-entry (microformats.org/wiki/h-entry) and the hentry of old,
 * which many a theme still writes.  "updated" is a change and no publication,
 * and has no say.
 */
struct entry_view {
	struct structured *all;
	uint32_t title, summary, author; /* nodes, or PAGE_NONE */
	const char *link, *date;
	uint32_t picture, category;
	bool strong_link; /* it says that it is the entry's */
};

static bool
has_any(const struct page *page, uint32_t node, const char *const *classes)
{
	for (; *classes != NULL; classes++)
		if (page_has_class(page, node, *classes))
			return true;
	return false;
}

static bool
is_root(const struct page *page, uint32_t node)
{
	static const char *const classes[] = {"h-entry", "hentry", NULL};
	return has_any(page, node, classes);
}

/* value-class pattern in short: an attribute, else nothing. */
static const char *
machine_date(const struct page *page, uint32_t node)
{
	static const char *const names[] = {
	    "datetime", "title", "content", "data-date", NULL};
	const char *value = NULL;
	for (size_t i = 0; value == NULL && names[i] != NULL; i++)
		value = page_attribute(page, node, names[i]);
	return value;
}

static bool
has_rel(const struct page *page, uint32_t node, const char *name)
{
	const char *rel = page_attribute(page, node, "rel");
	return rel != NULL && strstr(rel, name) != NULL;
}

static void
look_at_link(struct entry_view *view, uint32_t node)
{
	static const char *const urls[] = {"u-url", "u-uid", NULL};
	const struct page *page = view->all->page;
	const char *href = page_attribute(page, node, "href");
	if (href == NULL || view->strong_link)
		return;
	if (has_any(page, node, urls) || has_rel(page, node, "bookmark")) {
		view->link = href;
		view->strong_link = true;
	} else if (view->link == NULL && view->title != PAGE_NONE &&
		   (page_contains(page, view->title, node) ||
		       page_contains(page, node, view->title)))
		view->link = href;
}

/* False if nothing below this node is the entry's own. */
static bool
look_at(struct entry_view *view, uint32_t node)
{
	static const char *const titles[] = {"p-name", "entry-title", NULL};
	static const char *const dates[] = {"dt-published", "published", NULL};
	static const char *const authors[] = {
	    "p-author", "author", "byline", "vcard", "h-card", NULL};
	static const char *const texts[] = {"p-summary", "entry-summary", NULL};
	static const char *const pictures[] = {
	    "u-photo", "u-featured", "wp-post-image", "photo", NULL};
	static const char *const bodies[] = {
	    "e-content", "entry-content", NULL};
	const struct page *page = view->all->page;
	if (view->title == PAGE_NONE && has_any(page, node, titles))
		view->title = node;
	look_at_link(view, node);
	if (view->date == NULL && has_any(page, node, dates))
		view->date = machine_date(page, node);
	if (view->picture == PAGE_NONE && has_any(page, node, pictures))
		view->picture = node;
	if (view->category == PAGE_NONE &&
	    page_has_class(page, node, "p-category"))
		view->category = node;
	if (view->summary == PAGE_NONE && has_any(page, node, texts))
		view->summary = node;
	/* a person's card has a name, a link and a photo of its own */
	if (has_any(page, node, authors)) {
		if (view->author == PAGE_NONE)
			view->author = node;
		return false;
	}
	return !has_any(page, node, bodies);
}

static char *
text_of(const struct structured *all, uint32_t node)
{
	return node != PAGE_NONE ? page_text(all->page, node, NULL, 0) : NULL;
}

/* The name in a card, else all of it. */
static uint32_t
name_in(const struct structured *all, uint32_t author)
{
	static const char *const names[] = {"p-name", "fn", NULL};
	const struct page *page = all->page;
	if (author == PAGE_NONE)
		return PAGE_NONE;
	for (uint32_t at = author; at < page->end[author]; at++)
		if (page->text[at] == NULL && has_any(page, at, names))
			return at;
	return author;
}

static void
add_entry(const struct entry_view *view)
{
	struct structured *all = view->all;
	char *title = text_of(all, view->title);
	char *text = text_of(all, view->summary);
	char *author = text_of(all, name_in(all, view->author));
	char *category = text_of(all, view->category);
	char *image = view->picture != PAGE_NONE
			  ? image_find(all->page, view->picture, all->base)
			  : NULL;
	struct draft draft = {.value = {
				  [FIELD_LINK] = view->link,
				  [FIELD_TITLE] = title,
				  [FIELD_TEXT] = text,
				  [FIELD_DATE] = view->date,
				  [FIELD_AUTHOR] = author,
				  [FIELD_IMAGE] = image,
				  [FIELD_CATEGORY] = category,
			      }};
	structured_add(all, STRUCTURED_HENTRY, &draft);
	free(image);
	free(category);
	free(author);
	free(text);
	free(title);
}

static void
read_entry(struct structured *all, uint32_t root)
{
	const struct page *page = all->page;
	struct entry_view view = {
	    .all = all,
	    .title = PAGE_NONE,
	    .summary = PAGE_NONE,
	    .author = PAGE_NONE,
	    .picture = PAGE_NONE,
	    .category = PAGE_NONE,
	};
	for (uint32_t node = root + 1; node < page->end[root];) {
		bool skip = page->text[node] == NULL &&
			    (is_root(page, node) || !look_at(&view, node));
		node = skip ? page->end[node] : node + 1;
	}
	if (view.link != NULL)
		add_entry(&view);
}

static int
node_compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

void
find_hentry(struct structured *all)
{
	static const char *const classes[] = {"h-entry", "hentry", NULL};
	const struct page *page = all->page;
	struct nodes roots = {0};
	for (size_t i = 0; classes[i] != NULL; i++) {
		size_t count;
		const uint32_t *nodes =
		    page_with_class(page, classes[i], &count);
		for (size_t k = 0; k < count; k++)
			nodes_add(&roots, nodes[k]);
	}
	if (roots.count > 1)
		qsort(
		    roots.list, roots.count, sizeof(*roots.list), node_compare);
	for (size_t i = 0; i < roots.count; i++) {
		size_t nodes = page->end[roots.list[i]] - roots.list[i];
		bool again = i > 0 && roots.list[i] == roots.list[i - 1];
		if (again || nodes > all->walk)
			continue;
		all->walk -= nodes;
		read_entry(all, roots.list[i]);
	}
	nodes_clear(&roots);
}
