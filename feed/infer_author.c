#include <stdlib.h>
#include <string.h>

#include "feed/byline.h"
#include "feed/memory.h"
#include "feed/text.h"
#include "feed/view.h"

#define LEVELS 3         /* how far up a name's element may be called one */
#define PARTED_CELLS 80  /* of a line of names and rubrics */
#define HEADER_NODES 400 /* of a table up to its first row, and of that */

/* Takes the name; how a name is worth is `score`, more if words say so. */
static void
offer_name(struct view *view, struct item_view *item, uint32_t node,
    double score, char sort, char *name, bool is_said, uint32_t chunk)
{
	const struct candidate *title = item->title;
	if (title != NULL && strstr(title->text, name) != NULL) {
		free(name);
		return;
	}
	view_offer(
	    &item->authors, (struct candidate){
				.kind = view_kind(view->page, node, sort),
				.score = score + (is_said ? 25 : 0),
				.text = name,
				.node = node,
				.chunk = chunk,
			    });
}

/*
 * The parts of a line between its dividers: those that are said to be a person,
 * else the only one there is, since of a rubric and a name nothing tells which
 * is which.
 */
static void
offer_parts(struct view *view, struct item_view *item, uint32_t index,
    double score, char sort, const char *text)
{
	uint32_t owner = item->chunks[index].owner;
	const char *at = text;
	char *part, *only = NULL;
	size_t names = 0;
	bool any_said = false;
	while ((part = byline_next_part(&at)) != NULL) {
		bool is_said;
		char *name = byline_name(part, &is_said);
		free(part);
		if (name == NULL)
			continue;
		if (is_said) {
			any_said = true;
			offer_name(
			    view, item, owner, score, sort, name, true, index);
			continue;
		}
		names++;
		free(only);
		only = name;
	}
	if (names == 1 && !any_said)
		offer_name(view, item, owner, score, sort, xstrdup(only), false,
		    index);
	free(only);
}

static void
offer_author(struct view *view, struct item_view *item, uint32_t index,
    double score, char sort)
{
	bool is_said;
	const struct chunk *chunk = &item->chunks[index];
	char *name = byline_name(chunk->text, &is_said);
	if (name != NULL)
		offer_name(view, item, chunk->owner, score, sort, name, is_said,
		    index);
}

static bool
has_said_part(const char *text)
{
	bool any = false;
	char *part;
	while (!any && (part = byline_next_part(&text)) != NULL) {
		bool is_said;
		char *name = byline_name(part, &is_said);
		any = name != NULL && is_said;
		free(name);
		free(part);
	}
	return any;
}

/* ---- what the elements round a chunk are called ---- */

/* Does the element hold nothing but this chunk, labels and the date?  Chunks
 * stand in document order, so that its own are those round this one. */
static bool
is_alone(const struct page *page, const struct item_view *item, uint32_t node,
    uint32_t index, uint32_t date_chunk)
{
	for (int way = -1; way <= 1; way += 2)
		for (uint32_t i = index + (uint32_t)way; i < item->count;
		     i += (uint32_t)way) {
			if (!page_contains(page, node, item->chunks[i].owner))
				break;
			if (i != date_chunk &&
			    !byline_is_ornament(item->chunks[i].text) &&
			    !byline_is_label(item->chunks[i].text))
				return false;
		}
	return true;
}

/* The word as a whole class, or as a part of one between dashes: "td_name",
 * "sv_member", "by". */
static bool
has_class_part(const struct page *page, uint32_t node, const char *const *words)
{
	const char *at = page_attribute(page, node, "class");
	while (at != NULL && *at != '\0') {
		size_t length = strcspn(at, " \t\r\n\f-_");
		for (size_t i = 0; words[i] != NULL; i++)
			if (strlen(words[i]) == length &&
			    text_begins_ignoring_case(at, words[i], length))
				return true;
		at += length;
		at += strspn(at, " \t\r\n\f-_");
	}
	return false;
}

static const char *const person_words[] = {"by", "member", "nick", "nickname",
    "username", "user", "poster", "staff", "name", "profile", NULL};
static const char *const rubric_words[] = {"cat", "cate", "category",
    "categories", "rubric", "section", "tag", "tags", "topic", "genre",
    "kategorie", "label", "channel", "kicker", "site", "source", "press",
    "media", "company", "dept", NULL};

enum called { CALLED_NOTHING, CALLED_PERSON, CALLED_AUTHOR, CALLED_RUBRIC };

/* What a chunk's element, or one round it that holds nothing else, is called.
 */
static enum called
what_is_called(const struct page *page, const struct item_view *item,
    uint32_t index, uint32_t date_chunk)
{
	uint32_t node = item->chunks[index].owner;
	for (int level = 0; level < LEVELS && node > item->item->start;
	     level++, node = page->parent[node]) {
		if (level > 0 && !is_alone(page, item, node, index, date_chunk))
			break;
		if (has_class_part(page, node, rubric_words))
			return CALLED_RUBRIC;
		if (view_is_named(page, node, view_author_words))
			return CALLED_AUTHOR;
		if (has_class_part(page, node, person_words))
			return CALLED_PERSON;
	}
	return CALLED_NOTHING;
}

/* ---- tables that say what their columns are ---- */

static bool
is_cell(const struct page *page, uint32_t node)
{
	const char *tag = page_tag(page, node);
	return strcmp(tag, "td") == 0 || strcmp(tag, "th") == 0;
}

static uint32_t
ancestor_with_tag(const struct page *page, uint32_t node, const char *tag)
{
	while (node != PAGE_NONE && strcmp(page_tag(page, node), tag) != 0)
		node = page->parent[node];
	return node;
}

/* The cell of the table's first row that stands over this one, or PAGE_NONE. */
static uint32_t
cell_above(const struct page *page, uint32_t cell)
{
	uint32_t table = ancestor_with_tag(page, cell, "table");
	size_t column = 0;
	for (uint32_t at = page_first_child(page, page->parent[cell]);
	     at != PAGE_NONE && at != cell; at = page_next_sibling(page, at))
		column += is_cell(page, at);
	if (table == PAGE_NONE)
		return PAGE_NONE;
	uint32_t row = table + 1;
	uint32_t limit = page->end[table] - table > HEADER_NODES
			     ? table + HEADER_NODES
			     : page->end[table];
	while (row < limit && (page->text[row] != NULL ||
				  strcmp(page_tag(page, row), "tr") != 0))
		row++;
	if (row >= limit || page->end[row] - row > HEADER_NODES)
		return PAGE_NONE;
	for (uint32_t at = page_first_child(page, row); at != PAGE_NONE;
	     at = page_next_sibling(page, at))
		if (is_cell(page, at) && column-- == 0)
			return at;
	return PAGE_NONE;
}

/* Does the table say that the chunk's column holds authors? */
static bool
is_in_author_column(const struct page *page, uint32_t node)
{
	uint32_t cell = ancestor_with_tag(page, node, "td");
	uint32_t head = cell != PAGE_NONE ? cell_above(page, cell) : PAGE_NONE;
	if (head == PAGE_NONE || head == cell)
		return false;
	char *raw = page_text(page, head, NULL, 0);
	char *words = text_line(raw, strlen(raw), BYLINE_CELLS);
	bool is = byline_is_label(words);
	free(words);
	free(raw);
	return is;
}

/* ---- together ---- */

/* The chunk that is the date's, too: what stands behind and before it. */
static void
offer_round_date(struct view *view, struct item_view *item, uint32_t index)
{
	const struct chunk *chunk = &item->chunks[index];
	const struct candidate *date = item->date;
	offer_parts(view, item, index, 50, 'r',
	    chunk->text + date->start + date->length);
	if (chunk->cells <= PARTED_CELLS) {
		char *before = xstrndup(chunk->text, date->start);
		offer_parts(view, item, index, 42, 'b', before);
		free(before);
	}
}

static void
offer_chunk(struct view *view, struct item_view *item, uint32_t index,
    uint32_t date_chunk)
{
	const struct chunk *chunk = &item->chunks[index];
	const struct chunk *before = index > 0 ? chunk - 1 : NULL;
	if (chunk->in_heading || chunk->cells > PARTED_CELLS)
		return;
	enum called called =
	    what_is_called(view->page, item, index, date_chunk);
	if (before != NULL && before->line == chunk->line &&
	    byline_is_label(before->text))
		offer_author(view, item, index, 75, 'n');
	if (called == CALLED_AUTHOR && chunk->cells <= BYLINE_CELLS + 10)
		offer_author(view, item, index, 80, 'a');
	else if (is_in_author_column(view->page, chunk->owner))
		offer_author(view, item, index, 70, 'c');
	else if (has_said_part(chunk->text))
		offer_parts(view, item, index, 50, 'p', chunk->text);
	else if (called == CALLED_PERSON)
		offer_author(view, item, index, 45, 'm');
	else if (date_chunk != UINT32_MAX && called == CALLED_NOTHING &&
		 chunk->line == item->chunks[date_chunk].line &&
		 index > date_chunk && !chunk->in_anchor)
		offer_author(view, item, index, 36, 'l');
}

void
infer_authors(struct view *view, struct item_view *item)
{
	uint32_t date_chunk = view_date_chunk(view->page, item);
	for (uint32_t i = 0; i < item->count; i++) {
		if (i != date_chunk)
			offer_chunk(view, item, i, date_chunk);
		else if (item->date->chunk != UINT32_MAX)
			offer_round_date(view, item, i);
	}
}
