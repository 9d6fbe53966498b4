#include <string.h>

#include "feed/buffer.h"
#include "feed/memory.h"
#include "feed/page_private.h"

/* A walk over the text below a node that knows when a line ends. */
struct text_walk {
	const struct page *page;
	uint32_t top;
	uint32_t last; /* node before */
	unsigned pre;  /* open elements that keep white space */
	bool new_line; /* a border was crossed since the last text */
	struct buffer text;
};

static uint8_t
flags_at(const struct page *page, uint32_t node)
{
	return page->private->name_flags[page->tag[node]];
}

/* Leave whatever closes between the last node and this one. */
static void
walk_leave(struct text_walk *walk, uint32_t parent)
{
	const struct page *page = walk->page;
	for (uint32_t node = walk->last; node != parent && node != walk->top;
	     node = page->parent[node]) {
		uint8_t flags = flags_at(page, node);
		walk->new_line |= (flags & NAME_BLOCK) != 0;
		walk->pre -= (flags & NAME_PRE) != 0;
	}
}

static bool
is_hidden(const struct page *page, uint32_t node)
{
	uint8_t flags = flags_at(page, node);
	if (flags & NAME_NOSCRIPT && page->parent[node] != PAGE_NONE)
		return flags_at(page, page->parent[node]) & NAME_HEAD;
	return flags & NAME_HIDDEN;
}

static void
walk_enter(struct text_walk *walk, uint32_t node)
{
	uint8_t flags = flags_at(walk->page, node);
	walk->new_line |= (flags & NAME_BLOCK) != 0;
	walk->pre += (flags & NAME_PRE) != 0;
	if (flags & NAME_BR)
		buffer_add_byte(&walk->text, '\n');
}

static bool
is_blank(const char *text)
{
	return text[strspn(text, " \t\r\n\f")] == '\0';
}

/* A newline in the source is a blank on the page. */
static void
walk_text(struct text_walk *walk, const char *text)
{
	struct buffer *out = &walk->text;
	if (walk->new_line && is_blank(text))
		return;
	if (walk->new_line && out->length > 0 &&
	    out->bytes[out->length - 1] != '\n')
		buffer_add_byte(out, '\n');
	walk->new_line = false;
	size_t from = out->length;
	buffer_add_string(out, text);
	for (size_t i = from; i < out->length && walk->pre == 0; i++)
		if (out->bytes[i] == '\n' || out->bytes[i] == '\r')
			out->bytes[i] = ' ';
}

char *
page_text(const struct page *page, uint32_t node, const uint32_t *skip,
    size_t skip_count)
{
	struct text_walk walk = {.page = page, .top = node, .last = node};
	if (page->text[node] != NULL)
		return xstrdup(page->text[node]);
	walk.pre = (flags_at(page, node) & NAME_PRE) != 0;
	size_t skipped = 0;
	for (uint32_t i = node + 1; i < page->end[node];) {
		walk_leave(&walk, page->parent[i]);
		walk.last = i;
		while (skipped < skip_count && skip[skipped] < i)
			skipped++;
		bool hidden = (skipped < skip_count && skip[skipped] == i) ||
			      is_hidden(page, i);
		if (page->text[i] == NULL)
			walk_enter(&walk, i);
		else if (!hidden)
			walk_text(&walk, page->text[i]);
		i = hidden ? page->end[i] : i + 1;
	}
	return buffer_take(&walk.text);
}
