#include "feed/view.h"

#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/hash.h"
#include "feed/memory.h"
#include "feed/text.h"

#define CHUNKS_MAX 400 /* of one item */

const char *const view_date_words[] = {
    "date", "time", "day", "regist", "publish", "posted", "ago", "when", NULL};
const char *const view_author_words[] = {"byline", "author", "writer",
    "reporter", "gija", "credit", "by-line", "journalist", "editor", NULL};

static bool
is_one_of(const char *tag, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(tag, *list) == 0)
			return true;
	return false;
}

static bool
is_formatting(const char *tag)
{
	static const char *const tags[] = {"b", "i", "em", "font", "mark", "u",
	    "sup", "sub", "wbr", "q", "cite", "abbr", "bdi", "bdo", NULL};
	return is_one_of(tag, tags);
}

bool
view_is_block(const char *tag)
{
	static const char *const tags[] = {"div", "p", "li", "ul", "ol", "dl",
	    "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "article",
	    "section", "header", "footer", "aside", "main", "nav", "table",
	    "tbody", "thead", "tr", "td", "th", "figure", "figcaption",
	    "blockquote", "pre", "address", "form", "fieldset", "hr", "br",
	    "summary", "details", NULL};
	return is_one_of(tag, tags);
}

static bool
is_silent(const char *tag)
{
	static const char *const tags[] = {"script", "style", "noscript",
	    "template", "select", "textarea", "button", "svg", "iframe",
	    "object", "video", "audio", NULL};
	return is_one_of(tag, tags);
}

bool
view_is_heading(const char *tag)
{
	return (tag[0] == 'h' && tag[1] >= '1' && tag[1] <= '6' &&
		   tag[2] == '\0') ||
	       strcmp(tag, "dt") == 0;
}

bool
view_holds_block(const struct page *page, uint32_t node)
{
	for (uint32_t at = node + 1; at < page->end[node]; at++)
		if (page->text[at] == NULL && view_is_block(page_tag(page, at)))
			return true;
	return false;
}

/* Does a class (or id, itemprop, rel) hold one of the words as a part? */
bool
view_is_named(const struct page *page, uint32_t node, const char *const *words)
{
	static const char *const attributes[] = {
	    "class", "itemprop", "rel", "id", NULL};
	for (size_t i = 0; attributes[i] != NULL; i++) {
		const char *value = page_attribute(page, node, attributes[i]);
		if (value == NULL)
			continue;
		char *lower = text_lower_ascii(value);
		bool found = false;
		for (size_t k = 0; !found && words[k] != NULL; k++)
			found = strstr(lower, words[k]) != NULL;
		free(lower);
		if (found)
			return true;
	}
	return false;
}

/* What a node looks like from its item: tag and class, and its parent's. */
uint64_t
view_kind(const struct page *page, uint32_t node, char sort)
{
	struct buffer look = {0};
	uint32_t up = page->parent[node];
	const char *class = page_attribute(page, node, "class");
	const char *above =
	    up != PAGE_NONE ? page_attribute(page, up, "class") : NULL;
	buffer_add_format(&look, "%c %s.%s %s.%s", sort, page_tag(page, node),
	    class != NULL ? class : "",
	    up != PAGE_NONE ? page_tag(page, up) : "",
	    above != NULL ? above : "");
	uint64_t kind = hash_bytes(look.bytes, look.length);
	buffer_clear(&look);
	return kind;
}

/* ---- chunks ---- */

struct walk {
	const struct page *page;
	uint32_t line, block;
	bool broken;
	uint32_t start;
};

static bool
is_blank_between(const struct page *page, uint32_t from, uint32_t to)
{
	for (uint32_t at = from; at < to; at++)
		if (page->text[at] == NULL ||
		    page->text[at][strspn(page->text[at], " \t\r\n\f")] != '\0')
			return false;
	return true;
}

/* "<em>Politics</em><em>Ann Lee</em>": side by side they are columns, and no
 * formatting of one text. */
static bool
is_column(const struct page *page, uint32_t node)
{
	uint32_t before = page->previous[node];
	uint32_t after = page_next_sibling(page, node);
	return (before != PAGE_NONE && page->tag[before] == page->tag[node] &&
		   is_blank_between(page, page->end[before], node)) ||
	       (after != PAGE_NONE && page->tag[after] == page->tag[node] &&
		   is_blank_between(page, page->end[node], after));
}

static uint32_t
owner_of(const struct walk *walk, uint32_t text)
{
	const struct page *page = walk->page;
	uint32_t owner = page->parent[text];
	/* but in a heading it parts a date or a rubric from the title */
	while (owner > walk->start && is_formatting(page_tag(page, owner)) &&
	       !is_column(page, owner) &&
	       !view_is_heading(page_tag(page, page->parent[owner])))
		owner = page->parent[owner];
	return owner;
}

uint32_t
view_block(const struct page *page, uint32_t node)
{
	while (node != PAGE_NONE && !view_is_block(page_tag(page, node)))
		node = page->parent[node];
	return node;
}

static void
mark_surroundings(const struct page *page, uint32_t start, struct chunk *chunk)
{
	uint32_t stop = page->parent[start];
	for (uint32_t at = chunk->owner; at != stop && at != PAGE_NONE;
	     at = page->parent[at]) {
		const char *tag = page_tag(page, at);
		chunk->in_anchor |= strcmp(tag, "a") == 0;
		/* a dt of several blocks is rather an item */
		chunk->in_heading |=
		    view_is_heading(tag) &&
		    (tag[0] == 'h' || !view_holds_block(page, at));
	}
}

static void
add_text(struct item_view *view, struct walk *walk, uint32_t node)
{
	const char *raw = walk->page->text[node];
	char *text = text_line(raw, strlen(raw), 60000);
	if (text[0] == '\0') {
		free(text);
		return;
	}
	uint32_t owner = owner_of(walk, node);
	uint32_t block = view_block(walk->page, owner);
	if (walk->broken || block != walk->block)
		walk->line++;
	walk->broken = false;
	walk->block = block;
	struct chunk *last =
	    view->count > 0 ? &view->chunks[view->count - 1] : NULL;
	if (last != NULL && last->owner == owner && last->line == walk->line) {
		/* formatting inside a word joins; a blank parts */
		bool blank = text_is_space((unsigned char)raw[0]);
		char *joined =
		    xasprintf("%s%s%s", last->text, blank ? " " : "", text);
		free(last->text);
		free(text);
		last->text = joined;
		last->cells = text_cells(joined);
		return;
	}
	if (view->count == CHUNKS_MAX) {
		free(text);
		return;
	}
	struct chunk *chunk = &view->chunks[view->count++];
	*chunk = (struct chunk){
	    .text = text,
	    .cells = text_cells(text),
	    .owner = owner,
	    .line = walk->line,
	};
	mark_surroundings(walk->page, walk->start, chunk);
}

void
view_cut(const struct page *page, struct item_view *view)
{
	struct walk walk = {
	    .page = page, .block = PAGE_NONE, .start = view->item->start};
	view->chunks = xcalloc(CHUNKS_MAX, sizeof(*view->chunks));
	for (uint32_t node = view->item->start; node < view->item->end;) {
		if (page->text[node] != NULL)
			add_text(view, &walk, node);
		else if (is_silent(page_tag(page, node))) {
			node = page->end[node];
			continue;
		} else if (view_is_block(page_tag(page, node)))
			walk.broken = true;
		node++;
	}
	view->chunks =
	    xreallocarray(view->chunks, view->count, sizeof(*view->chunks));
}

uint32_t
view_date_chunk(const struct page *page, const struct item_view *item)
{
	if (item->date == NULL || item->date->chunk != UINT32_MAX)
		return item->date == NULL ? UINT32_MAX : item->date->chunk;
	for (uint32_t i = 0; i < item->count; i++)
		if (page_contains(
			page, item->date->node, item->chunks[i].owner))
			return i;
	return UINT32_MAX;
}

/* ---- candidates ---- */

void
view_offer(struct candidates *all, struct candidate candidate)
{
	if (candidate.text == NULL || candidate.text[0] == '\0' ||
	    all->count == VIEW_CANDIDATES_MAX) {
		free(candidate.text);
		return;
	}
	all->list[all->count++] = candidate;
}

void
view_clear(struct item_view *item)
{
	for (size_t i = 0; i < item->count; i++)
		free(item->chunks[i].text);
	free(item->chunks);
	struct candidates *all[] = {
	    &item->titles, &item->dates, &item->authors};
	for (size_t k = 0; k < 3; k++)
		for (size_t i = 0; i < all[k]->count; i++)
			free(all[k]->list[i].text);
}
