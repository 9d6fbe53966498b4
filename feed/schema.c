#include "feed/structured_private.h"

#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/memory.h"
#include "feed/text.h"

#define PEOPLE_MOST 4

/* A document in the words of schema.org under way. */
struct schema {
	struct structured *to;
	enum structured_source source;
	const struct json_tree *graph; /* where "@id" may lead, or NULL */
};

/* ---- values ---- */

static const char *
first_string(const struct json_tree *value, const char *const *names)
{
	/* a list of objects of lists: three levels say all that is said */
	for (int level = 0; value != NULL && level < 3; level++) {
		if (json_tree_is_list(value))
			value = json_tree_at(value, 0);
		const char *string = json_tree_string(value);
		if (string != NULL)
			return string[0] != '\0' ? string : NULL;
		const struct json_tree *inner = NULL;
		for (size_t i = 0; inner == NULL && names[i] != NULL; i++)
			inner = json_tree_get(value, names[i]);
		value = inner;
	}
	return NULL;
}

const char *
value_words(const struct json_tree *value)
{
	static const char *const names[] = {"name", "rendered", "@value",
	    "value", "text", "title", "headline", "full", "main", "default",
	    NULL};
	return first_string(value, names);
}

const char *
value_address(const struct json_tree *value)
{
	static const char *const names[] = {"url", "contentUrl", "href", "src",
	    "original", "source", "@id", "file", "path", "large", "medium",
	    NULL};
	return first_string(value, names);
}

static bool
is_address(const char *text)
{
	return strncmp(text, "http://", 7) == 0 ||
	       strncmp(text, "https://", 8) == 0;
}

char *
value_people(const struct json_tree *value)
{
	struct buffer names = {0};
	size_t count = json_tree_is_list(value) ? json_tree_count(value) : 1;
	for (size_t i = 0; i < count && i < PEOPLE_MOST; i++) {
		const char *name = value_words(
		    json_tree_is_list(value) ? json_tree_at(value, i) : value);
		if (name == NULL || is_address(name))
			continue;
		if (names.length > 0)
			buffer_add_string(&names, ", ");
		buffer_add_string(&names, name);
	}
	return names.length > 0 ? buffer_take(&names) : NULL;
}

/* ---- types ---- */

/* Is it called so, with or without a vocabulary before it? */
static bool
type_ends(const char *type, const char *name)
{
	size_t length = strlen(type), width = strlen(name);
	return length >= width && strcmp(type + length - width, name) == 0;
}

static bool
has_type(const struct json_tree *object, const char *const *names)
{
	const struct json_tree *type = json_tree_get(object, "@type");
	size_t count = json_tree_is_list(type) ? json_tree_count(type) : 1;
	for (size_t i = 0; i < count; i++) {
		const char *each = json_tree_string(
		    json_tree_is_list(type) ? json_tree_at(type, i) : type);
		for (size_t k = 0; each != NULL && names[k] != NULL; k++)
			if (type_ends(each, names[k]))
				return true;
	}
	return false;
}

static bool
is_article(const struct json_tree *object)
{
	/* NewsArticle, ReportageNewsArticle, BlogPosting, LiveBlogPosting ...
	 */
	static const char *const names[] = {"Article", "BlogPosting",
	    "MediaPosting", "ForumPosting", "VideoObject", "NewsVideo",
	    "PodcastEpisode", "Report", "Review", "Recipe", "CreativeWork",
	    NULL};
	return has_type(object, names);
}

/* What is in a list and no article, with all that is in it. */
static bool
is_furniture(const struct json_tree *object)
{
	static const char *const names[] = {"BreadcrumbList",
	    "NavigationElement", "Organization", "Corporation", "Person",
	    "WebSite", "ImageObject", "SearchAction", "Offer", "Product",
	    "Place", "Question", "WPHeader", "WPFooter", "WPSideBar", NULL};
	return has_type(object, names);
}

/* ---- one article ---- */

/* {"@id": "#kim"} stands for the node of that name in the same graph. */
static const struct json_tree *
follow(const struct schema *schema, const struct json_tree *value)
{
	const struct json_tree *one =
	    json_tree_is_list(value) && json_tree_count(value) == 1
		? json_tree_at(value, 0)
		: value;
	const char *id = json_tree_string(json_tree_get(one, "@id"));
	if (id == NULL || json_tree_get(one, "name") != NULL ||
	    json_tree_get(one, "url") != NULL ||
	    json_tree_get(one, "contentUrl") != NULL)
		return value;
	for (size_t i = 0; i < json_tree_count(schema->graph); i++) {
		const struct json_tree *node = json_tree_at(schema->graph, i);
		const char *name = json_tree_string(json_tree_get(node, "@id"));
		if (name != NULL && strcmp(name, id) == 0)
			return node;
	}
	return value;
}

static const struct json_tree *
get_any(const struct json_tree *object, const char *const *names)
{
	const struct json_tree *value = NULL;
	for (size_t i = 0; value == NULL && names[i] != NULL; i++)
		value = json_tree_get(object, names[i]);
	return value;
}

static const char *
link_of(const struct json_tree *object)
{
	static const char *const names[] = {
	    "url", "mainEntityOfPage", "@id", NULL};
	for (size_t i = 0; names[i] != NULL; i++) {
		const struct json_tree *value = json_tree_get(object, names[i]);
		const char *link = value_address(value);
		/* "@id" is often a name and no address */
		if (link != NULL && (i == 0 || is_address(link)))
			return link;
	}
	return NULL;
}

static char *
author_of(const struct schema *schema, const struct json_tree *object)
{
	static const char *const names[] = {"author", "creator", NULL};
	char *author = value_people(follow(schema, get_any(object, names)));
	/* the paper itself is nobody */
	const char *publisher =
	    value_words(follow(schema, json_tree_get(object, "publisher")));
	if (author != NULL && publisher != NULL &&
	    text_equals_ignoring_case(author, publisher)) {
		free(author);
		return NULL;
	}
	return author;
}

/* `beside` is the list's element round the object (its url, name), or NULL. */
static void
add_article(struct schema *schema, const struct json_tree *object,
    const struct json_tree *beside, size_t group)
{
	static const char *const titles[] = {"headline", "name", NULL};
	/* a change is no publication: dateModified has no say */
	static const char *const dates[] = {
	    "datePublished", "uploadDate", NULL};
	static const char *const texts[] = {
	    "description", "abstract", "articleBody", NULL};
	static const char *const images[] = {
	    "image", "thumbnailUrl", "thumbnail", "primaryImageOfPage", NULL};
	static const char *const sections[] = {"articleSection", "genre", NULL};
	char *author = author_of(schema, object);
	struct draft draft = {.group = group,
	    .value = {
		[FIELD_LINK] = link_of(object),
		[FIELD_TITLE] = value_words(get_any(object, titles)),
		[FIELD_TEXT] = value_words(get_any(object, texts)),
		[FIELD_DATE] = value_words(get_any(object, dates)),
		[FIELD_AUTHOR] = author,
		[FIELD_IMAGE] =
		    value_address(follow(schema, get_any(object, images))),
		[FIELD_CATEGORY] = value_words(get_any(object, sections)),
	    }};
	if (draft.value[FIELD_LINK] == NULL)
		draft.value[FIELD_LINK] = link_of(beside);
	if (draft.value[FIELD_TITLE] == NULL)
		draft.value[FIELD_TITLE] =
		    value_words(json_tree_get(beside, "name"));
	structured_add(schema->to, schema->source, &draft);
	free(author);
}

/* ---- the way down ---- */

static void visit(struct schema *, const struct json_tree *value,
    const struct json_tree *beside, size_t group, bool in_list);

/* What a list names: an address, an article, or a ListItem round either. */
static void
visit_elements(struct schema *schema, const struct json_tree *elements)
{
	size_t group = structured_group(schema->to);
	size_t count =
	    json_tree_is_list(elements) ? json_tree_count(elements) : 1;
	for (size_t i = 0; i < count; i++)
		visit(schema,
		    json_tree_is_list(elements) ? json_tree_at(elements, i)
						: elements,
		    NULL, group, true);
}

static void
visit_object(struct schema *schema, const struct json_tree *object,
    const struct json_tree *beside, size_t group, bool in_list)
{
	static const char *const inner[] = {"@graph", "mainEntity", "hasPart",
	    "blogPost", "blogPosts", "mainContentOfPage", "dataFeedElement",
	    NULL};
	const struct json_tree *item = json_tree_get(object, "item");
	if (is_furniture(object))
		return;
	if (in_list && json_tree_is_object(item))
		visit_object(schema, item, object, group, true);
	else if (in_list && json_tree_string(item) != NULL) {
		struct draft draft = {.group = group};
		draft.value[FIELD_LINK] = json_tree_string(item);
		draft.value[FIELD_TITLE] =
		    value_words(json_tree_get(object, "name"));
		structured_add(schema->to, schema->source, &draft);
	} else if (in_list || is_article(object))
		add_article(schema, object, beside, group);
	const struct json_tree *elements =
	    json_tree_get(object, "itemListElement");
	if (elements != NULL)
		visit_elements(schema, elements);
	for (size_t i = 0; inner[i] != NULL; i++) {
		const struct json_tree *below = json_tree_get(object, inner[i]);
		if (json_tree_is_list(below))
			schema->graph = i == 0 ? below : schema->graph;
		visit(schema, below, NULL, group, false);
	}
}

/* Trees are JSON_MAX_DEPTH deep at most. */
static void
visit(struct schema *schema, const struct json_tree *value,
    const struct json_tree *beside, size_t group, bool in_list)
{
	if (json_tree_is_object(value))
		visit_object(schema, value, beside, group, in_list);
	else if (in_list && json_tree_string(value) != NULL) {
		struct draft draft = {.group = group};
		draft.value[FIELD_LINK] = json_tree_string(value);
		structured_add(schema->to, schema->source, &draft);
	} else if (json_tree_is_list(value)) {
		size_t inside = structured_group(schema->to);
		for (size_t i = 0; i < json_tree_count(value); i++)
			visit(schema, json_tree_at(value, i), NULL, inside,
			    false);
	}
}

void
schema_read(struct structured *all, enum structured_source source,
    const struct json_tree *value)
{
	struct schema schema = {.to = all, .source = source};
	visit(&schema, value, NULL, 0, false);
}
