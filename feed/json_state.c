#include "feed/structured_private.h"

#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"
#include "feed/text.h"

/*
 * The state that an application draws its page from: __NEXT_DATA__ and other
 * scripts of JSON, and what scripts assign to window.NAME.  There is no
 * vocabulary; any object with an address or an id and a title may be an
 * article.  Names are compared without case, "_" and "-".
 */
static const char *const links[] = {"url", "link", "href", "permalink",
    "canonicalurl", "canonical", "articleurl", "newsurl", "weburl", "fullurl",
    "shareurl", "siteurl", "linkurl", "pageurl", "path", "pathname", "uri",
    "websiteurl", "relativeurl", NULL};
static const char *const ids[] = {"id", "articleid", "newsid", "postid",
    "storyid", "contentid", "documentid", "docid", "idxno", "aid", "nid",
    "newsno", "articleno", "seq", "uuid", "no", NULL};
static const char *const titles[] = {"headline", "title", "articletitle",
    "newstitle", "subject", "posttitle", "pagetitle", "headlines", "heading",
    "shorttitle", "displaytitle", "titletext", "name", NULL};
static const char *const dates[] = {"datepublished", "publishedat",
    "publishdate", "publisheddate", "published", "pubdate", "publicationdate",
    "publicationdatetime", "publishedtime", "publishtime", "publishedon",
    "publishat", "publisheddatetime", "publishdatetime", "firstpublished",
    "firstpublishedat", "firstpublishdate", "firstpublisheddate",
    "firstpublicationdate", "displaydate", "displaydatetime", "releasedate",
    "dateposted", "postdate", "postedat", "regdate", "regdt", "regdatetime",
    "registdate", "inputdate", "inputtime", "servicedate", "servicetime",
    "newsdate", "articledate", "issuedate", "deliverydate",
    "startpublicationdate", "ctime", "date", "datetime", NULL};
static const char *const authors[] = {"author", "authors", "byline", "bylines",
    "writer", "reporter", "reportername", "reporters", "journalist",
    "authorname", "writername", "creator", "credits", NULL};
static const char *const images[] = {"image", "imageurl", "thumbnail",
    "thumbnailurl", "thumb", "thumburl", "leadimage", "featuredimage",
    "mainimage", "heroimage", "teaserimage", "coverimage", "promoimage",
    "picture", "photo", "img", "imgurl", "imagepath", "thumbnailpath", "images",
    "cover", "photourl", NULL};
static const char *const texts[] = {"description", "summary", "excerpt",
    "abstract", "teaser", "teasertext", "lead", "leadtext", "standfirst", "dek",
    "intro", "introduction", "preview", "snippet", "shortdescription",
    "subheadline", "subtitle", NULL};
static const char *const sections[] = {"articlesection", "section",
    "sectionname", "category", "categoryname", "categories", NULL};

/* By field, and the ids behind them. */
#define SORT_COUNT (FIELD_COUNT + 1)
static const char *const *const names[SORT_COUNT] = {
    [FIELD_LINK] = links,
    [FIELD_TITLE] = titles,
    [FIELD_TEXT] = texts,
    [FIELD_DATE] = dates,
    [FIELD_AUTHOR] = authors,
    [FIELD_IMAGE] = images,
    [FIELD_CATEGORY] = sections,
    [FIELD_COUNT] = ids,
};

#define NAME_MOST 24 /* longer ones are in no list */

/* "published_at" -> "publishedat"; "" if it is too long to be known. */
static void
fold_name(const char *name, char folded[NAME_MOST + 1])
{
	size_t length = 0;
	for (; *name != '\0'; name++) {
		if (*name == '_' || *name == '-')
			continue;
		if (length == NAME_MOST) {
			length = 0;
			break;
		}
		folded[length++] = *name >= 'A' && *name <= 'Z'
				       ? (char)(*name - 'A' + 'a')
				       : *name;
	}
	folded[length] = '\0';
}

/* Which list a name stands in, and where; false if in none. */
static bool
find_name(const char *name, int *sort, size_t *rank)
{
	char folded[NAME_MOST + 1];
	fold_name(name, folded);
	for (*sort = 0; *sort < SORT_COUNT; (*sort)++) {
		const char *const *list = names[*sort];
		for (*rank = 0; list[*rank] != NULL; (*rank)++)
			if (list[*rank][0] == folded[0] &&
			    strcmp(list[*rank], folded) == 0)
				return true;
	}
	return false;
}

/* ---- one object ---- */

struct object_view {
	const struct json_tree *value[SORT_COUNT];
	size_t rank[SORT_COUNT];
};

/* Would the value do for it?  Names are used for many things. */
static bool
is_usable(int sort, const struct json_tree *value)
{
	const char *text;
	switch (sort) {
	case FIELD_LINK:
		text = json_tree_string(value);
		return text != NULL && strchr(text, '/') != NULL &&
		       strpbrk(text, " <>{}") == NULL;
	case FIELD_IMAGE:
		text = value_address(value);
		return text != NULL && strpbrk(text, "/.") != NULL &&
		       strpbrk(text, " <>{}") == NULL;
	case FIELD_COUNT:
		return json_tree_string(value) != NULL;
	default:
		return value_words(value) != NULL;
	}
}

static struct object_view
view_object(const struct json_tree *object)
{
	struct object_view view = {0};
	void *place = NULL;
	const char *name;
	const struct json_tree *value;
	while (json_tree_next(object, &place, &name, &value)) {
		int sort;
		size_t rank;
		if (!find_name(name, &sort, &rank) ||
		    (view.value[sort] != NULL && view.rank[sort] <= rank) ||
		    !is_usable(sort, value))
			continue;
		view.value[sort] = value;
		view.rank[sort] = rank;
	}
	return view;
}

static void
add_object(struct structured *all, const struct object_view *view, size_t group)
{
	char *author = value_people(view->value[FIELD_AUTHOR]);
	struct draft draft = {.group = group,
	    .id = json_tree_string(view->value[FIELD_COUNT]),
	    .value = {
		[FIELD_LINK] = json_tree_string(view->value[FIELD_LINK]),
		[FIELD_TITLE] = value_words(view->value[FIELD_TITLE]),
		[FIELD_TEXT] = value_words(view->value[FIELD_TEXT]),
		[FIELD_DATE] = value_words(view->value[FIELD_DATE]),
		[FIELD_AUTHOR] = author,
		[FIELD_IMAGE] = value_address(view->value[FIELD_IMAGE]),
		[FIELD_CATEGORY] = value_words(view->value[FIELD_CATEGORY]),
	    }};
	structured_add(all, STRUCTURED_JSON_STATE, &draft);
	free(author);
}

/* ---- the way down ---- */

static void visit(
    struct structured *, const struct json_tree *value, size_t group);

static void
visit_object(
    struct structured *all, const struct json_tree *object, size_t group)
{
	struct object_view view = view_object(object);
	bool taken =
	    view.value[FIELD_TITLE] != NULL &&
	    (view.value[FIELD_LINK] != NULL || view.value[FIELD_COUNT] != NULL);
	void *place = NULL;
	const char *name;
	const struct json_tree *value;
	if (taken) {
		add_object(all, &view, group);
		/* what belongs to an article is no member of its list */
		group = structured_group(all);
	}
	while (json_tree_next(object, &place, &name, &value))
		if (!taken || (value != view.value[FIELD_IMAGE] &&
				  value != view.value[FIELD_AUTHOR] &&
				  value != view.value[FIELD_CATEGORY]))
			visit(all, value, group);
}

/* Trees are JSON_MAX_DEPTH deep at most. */
static void
visit(struct structured *all, const struct json_tree *value, size_t group)
{
	if (json_tree_is_object(value))
		visit_object(all, value, group);
	else if (json_tree_count(value) > 0) {
		size_t inside = structured_group(all);
		for (size_t i = 0; i < json_tree_count(value); i++)
			visit(all, json_tree_at(value, i), inside);
	}
}

/* ---- together ---- */

bool
state_read(struct structured *all, const char **at, const char *end)
{
	char *json = json_repair(at, end, &all->limits);
	struct json_tree *tree = json != NULL ? json_tree_read(json) : NULL;
	free(json);
	if (tree == NULL)
		return false;
	visit(all, tree, structured_group(all));
	json_tree_free(tree);
	return true;
}
