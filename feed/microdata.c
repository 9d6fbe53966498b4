#include "feed/structured_private.h"

#include <stdlib.h>
#include <string.h>

#include "feed/image.h"
#include "feed/memory.h"
#include "feed/text.h"

#define SCOPES_MAX 64   /* one in the other */
#define VALUES_MOST 200 /* of one property */
#define VALUE_BYTES 60000
#define HEADLINE_NODES 40

/*
 * Microdata (HTML 5.2 of the living standard, "Microdata"): items become
 * objects as JSON-LD has them, and are read as such.  itemref is not followed.
 */
struct scope {
	uint32_t start, end;
	struct json_tree *object;
	char *name; /* the property of the scope round it, or NULL: its own */
	char *link; /* where its headline leads, or NULL */
};

struct microdata {
	struct structured *to;
	struct scope open[SCOPES_MAX];
	size_t depth;
};

/* Properties that we read; others may hold whole bodies. */
static bool
is_ours(const char *name)
{
	static const char *const names[] = {"headline", "name", "url",
	    "mainEntityOfPage", "datePublished", "author", "creator",
	    "publisher", "image", "thumbnailUrl", "thumbnail", "contentUrl",
	    "description", "abstract", "articleSection", "itemListElement",
	    "item", "blogPost", "blogPosts", "mainEntity", "hasPart", NULL};
	for (size_t i = 0; names[i] != NULL; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* The attribute that holds an element's value, by the standard; but "content"
 * is used on every element, and an image's address may come late. */
static const char *
attribute_value(const struct page *page, uint32_t node)
{
	static const struct {
		const char *tag, *attribute;
	} rows[] = {{"a", "href"}, {"area", "href"}, {"link", "href"},
	    {"img", "src"}, {"source", "src"}, {"video", "src"},
	    {"audio", "src"}, {"iframe", "src"}, {"embed", "src"},
	    {"object", "data"}, {"data", "value"}, {"meter", "value"},
	    {"time", "datetime"}, {NULL, NULL}};
	const char *value = page_attribute(page, node, "content");
	const char *tag = page_tag(page, node);
	for (size_t i = 0; value == NULL && rows[i].tag != NULL; i++)
		if (strcmp(tag, rows[i].tag) == 0)
			value = page_attribute(page, node, rows[i].attribute);
	return value;
}

static bool
names_an_address(const char *name)
{
	return strcmp(name, "url") == 0 || strcmp(name, "item") == 0 ||
	       strcmp(name, "mainEntityOfPage") == 0 ||
	       strcmp(name, "image") == 0 ||
	       strcmp(name, "thumbnailUrl") == 0 ||
	       strcmp(name, "contentUrl") == 0;
}

/* <a itemprop=headline href=...> means its text. */
static struct json_tree *
read_value(struct microdata *all, uint32_t node, const char *name)
{
	const struct page *page = all->to->page;
	const char *value = attribute_value(page, node);
	bool is_anchor = strcmp(page_tag(page, node), "a") == 0 &&
			 page_attribute(page, node, "content") == NULL;
	if (strcmp(page_tag(page, node), "img") == 0) {
		char *image = image_find(page, node, all->to->base);
		struct json_tree *tree =
		    image != NULL ? json_tree_text(image) : NULL;
		free(image);
		return tree;
	}
	if (value != NULL && (!is_anchor || names_an_address(name)))
		return json_tree_text(value);
	size_t nodes = page->end[node] - node;
	if (nodes > all->to->walk)
		return NULL;
	all->to->walk -= nodes;
	char *raw = page_text(page, node, NULL, 0);
	char *text = text_paragraphs(raw, strlen(raw), VALUE_BYTES);
	struct json_tree *tree = json_tree_text(text);
	free(text);
	free(raw);
	return tree;
}

/* ---- scopes ---- */

/* Where the headline leads: the anchor that it is, holds or stands in. */
static const char *
link_of_headline(
    const struct structured *all, const struct scope *scope, uint32_t node)
{
	const struct page *page = all->page;
	uint32_t end = page->end[node] - node > HEADLINE_NODES
			   ? node + HEADLINE_NODES
			   : page->end[node];
	for (uint32_t at = node; at < end; at++)
		if (strcmp(page_tag(page, at), "a") == 0 &&
		    page_attribute(page, at, "href") != NULL)
			return page_attribute(page, at, "href");
	for (uint32_t at = page->parent[node];
	     at != PAGE_NONE && at >= scope->start; at = page->parent[at])
		if (strcmp(page_tag(page, at), "a") == 0)
			return page_attribute(page, at, "href");
	return NULL;
}

static void
add_property(struct microdata *all, uint32_t node, const char *names)
{
	struct scope *scope = &all->open[all->depth - 1];
	while (*names != '\0') {
		names += strspn(names, " \t\r\n\f");
		size_t length = strcspn(names, " \t\r\n\f");
		char *name = xstrndup(names, length);
		names += length;
		if (is_ours(name)) {
			struct json_tree *value = read_value(all, node, name);
			if (value != NULL)
				json_tree_add(
				    scope->object, name, value, VALUES_MOST);
		}
		if (scope->link == NULL && (strcmp(name, "headline") == 0 ||
					       strcmp(name, "name") == 0))
			scope->link = xstrdup_or_null(
			    link_of_headline(all->to, scope, node));
		free(name);
	}
}

static void
open_scope(struct microdata *all, uint32_t node)
{
	const struct page *page = all->to->page;
	const char *type = page_attribute(page, node, "itemtype");
	const char *id = page_attribute(page, node, "itemid");
	const char *name = page_attribute(page, node, "itemprop");
	struct scope *scope = &all->open[all->depth++];
	*scope = (struct scope){
	    .start = node,
	    .end = page->end[node],
	    .object = json_tree_object(),
	};
	/* a property of what is round it; else an item of its own */
	if (all->depth > 1 && name != NULL && is_ours(name))
		scope->name = xstrdup(name);
	if (type != NULL)
		json_tree_add(scope->object, "@type", json_tree_text(type), 1);
	if (id != NULL)
		json_tree_add(scope->object, "@id", json_tree_text(id), 1);
}

static void
close_scope(struct microdata *all)
{
	struct scope *scope = &all->open[--all->depth];
	if (scope->link != NULL && json_tree_get(scope->object, "url") == NULL)
		json_tree_add(
		    scope->object, "url", json_tree_text(scope->link), 1);
	if (scope->name != NULL)
		json_tree_add(all->open[all->depth - 1].object, scope->name,
		    scope->object, VALUES_MOST);
	else {
		schema_read(all->to, STRUCTURED_MICRODATA, scope->object);
		json_tree_free(scope->object);
	}
	free(scope->name);
	free(scope->link);
}

void
find_microdata(struct structured *to)
{
	struct microdata all = {.to = to};
	const struct page *page = to->page;
	for (uint32_t node = 0; node < page->count; node++) {
		while (all.depth > 0 && all.open[all.depth - 1].end <= node)
			close_scope(&all);
		if (page->first_attribute[node] ==
		    page->first_attribute[node + 1])
			continue;
		if (page_attribute(page, node, "itemscope") != NULL) {
			if (all.depth < SCOPES_MAX)
				open_scope(&all, node);
			continue;
		}
		const char *names = page_attribute(page, node, "itemprop");
		if (names != NULL && all.depth > 0)
			add_property(&all, node, names);
	}
	while (all.depth > 0)
		close_scope(&all);
}
