#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/memory.h"
#include "feed/text.h"
#include "feed/view.h"

#define TEXT_CELLS 40  /* a shorter line makes no kind of line a text */
#define SHORT_CELLS 16 /* and one of such a kind is none if it is shorter */

static void
mark_used(struct item_view *item, const struct page *page,
    const struct infer_given *given)
{
	const struct candidate *title = item->title;
	for (size_t i = 0; i < item->count; i++) {
		struct chunk *chunk = &item->chunks[i];
		if (title != NULL &&
		    (title->chunk == i ||
			(page_contains(page, title->node, chunk->owner) &&
			    strstr(title->text, chunk->text) != NULL) ||
			strcmp(chunk->text, title->text) == 0))
			chunk->used = true;
		if (given != NULL && given->title != NULL &&
		    strstr(given->title, chunk->text) != NULL &&
		    (chunk->in_heading || chunk->in_anchor))
			chunk->used = true;
		if (given != NULL && given->date != NULL &&
		    strcmp(given->date, chunk->text) == 0)
			chunk->used = true;
		if (item->author != NULL && item->author->chunk == i &&
		    (item->date == NULL || item->date->chunk != i))
			chunk->used = true;
	}
	const struct candidate *date = item->date;
	if (date == NULL)
		return;
	if (date->chunk == UINT32_MAX) { /* a machine's, and what people see */
		for (size_t i = 0; i < item->count; i++)
			item->chunks[i].used |= page_contains(
			    page, date->node, item->chunks[i].owner);
		return;
	}
	struct chunk *chunk = &item->chunks[date->chunk];
	if (chunk->cells <= 80) {
		chunk->used = true;
		return;
	}
	/* a long line that ends in the date and the reporter */
	chunk->text[date->start] = '\0';
	char *before = text_line(chunk->text, strlen(chunk->text), 60000);
	free(chunk->text);
	chunk->text = before;
	chunk->cells = text_cells(before);
}

struct line {
	struct buffer text;
	uint64_t kind;
	size_t cells, linked_cells;
	bool heading;
	bool linked; /* nothing but links */
};

/* The line of a chunk, or UINT32_MAX. */
static uint32_t
line_of(const struct item_view *item, uint32_t chunk)
{
	return chunk < item->count ? item->chunks[chunk].line : UINT32_MAX;
}

/* What little stands beside the date or the reporter (a rubric, a label, a
 * count) is no text, though its line may look like one. */
static void
mark_beside(struct item_view *item, uint32_t line)
{
	size_t rest = 0, most = 0;
	uint32_t longest = PAGE_NONE;
	for (size_t i = 0; i < item->count; i++) {
		const struct chunk *chunk = &item->chunks[i];
		if (chunk->line != line || chunk->used)
			continue;
		rest += chunk->cells;
		if (chunk->cells > most) {
			most = chunk->cells;
			longest = chunk->owner;
		}
	}
	/* of a text on that line what has an element of its own and is short */
	for (size_t i = 0; i < item->count; i++)
		if (item->chunks[i].line == line &&
		    (rest < TEXT_CELLS ||
			(item->chunks[i].cells < SHORT_CELLS &&
			    item->chunks[i].owner != longest)))
			item->chunks[i].used = true;
}

static struct line *
lines_of(const struct page *page, const struct item_view *item, size_t *count)
{
	struct line *lines = xcalloc(item->count + 1, sizeof(*lines));
	uint32_t last = UINT32_MAX;
	*count = 0;
	for (size_t i = 0; i < item->count; i++) {
		const struct chunk *chunk = &item->chunks[i];
		if (chunk->used)
			continue;
		if (chunk->line != last) {
			last = chunk->line;
			uint32_t block = view_block(page, chunk->owner);
			lines[(*count)++] = (struct line){
			    .kind = block == PAGE_NONE
					? 0
					: view_kind(page, block, 'x'),
			    .linked = true,
			};
		}
		struct line *line = &lines[*count - 1];
		if (line->text.length > 0)
			buffer_add_byte(&line->text, ' ');
		buffer_add_string(&line->text, chunk->text);
		line->cells += chunk->cells;
		line->linked_cells += chunk->in_anchor ? chunk->cells : 0;
		line->heading |= chunk->in_heading;
		line->linked &= chunk->in_anchor;
	}
	return lines;
}

static void
lines_free(struct line *lines, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buffer_clear(&lines[i].text);
	free(lines);
}

/* "더보기", "read more" at the end of a text. */
static void
strip_more(char *text)
{
	static const char *const more[] = {"더보기", "자세히 보기", "Read more",
	    "read more", "READ MORE", "Continue reading", "続きを読む",
	    "もっと見る", "阅读全文", "[...]", "Weiterlesen", "weiterlesen",
	    "mehr…", "Lire la suite", "Leer más", "→", "»", NULL};
	for (bool again = true; again;) {
		size_t length = strlen(text);
		while (length > 0 && text[length - 1] == ' ')
			text[--length] = '\0';
		again = false;
		for (size_t i = 0; more[i] != NULL; i++)
			if (text_ends_with(text, more[i])) {
				text[length - strlen(more[i])] = '\0';
				again = true;
				break;
			}
	}
}

/* What a line says beside its links, where these are most of it: points,
 * names and counts of comments are no text. */
static size_t
line_worth(const struct line *line)
{
	return !line->linked && line->linked_cells * 2 > line->cells
		   ? line->cells - line->linked_cells
		   : line->cells;
}

/* All lines of the list, item by item. */
struct lines {
	struct line **of;
	size_t *counts;
	size_t items, total;
};

static struct lines
all_lines(const struct view *view)
{
	struct lines all = {
	    .of = xcalloc(view->count, sizeof(*all.of)),
	    .counts = xcalloc(view->count, sizeof(*all.counts)),
	    .items = view->count,
	};
	for (size_t i = 0; i < view->count; i++) {
		all.of[i] =
		    lines_of(view->page, &view->items[i], &all.counts[i]);
		all.total += all.counts[i];
	}
	return all;
}

static void
all_lines_free(struct lines *all)
{
	for (size_t i = 0; i < all->items; i++)
		lines_free(all->of[i], all->counts[i]);
	free(all->of);
	free(all->counts);
}

/* The kind of line whose long ones say most together; false if none is long. */
static bool
elect_kind(const struct lines *all, uint64_t *best)
{
	struct vote *votes = xcalloc(all->total, sizeof(*votes));
	size_t kinds = 0;
	double best_sum = 0;
	for (size_t i = 0; i < all->items; i++)
		for (size_t k = 0; k < all->counts[i]; k++) {
			const struct line *line = &all->of[i][k];
			size_t cells = line_worth(line);
			if (!line->heading)
				votes[kinds++] = (struct vote){line->kind,
				    cells < 1000 ? (double)cells : 1000};
		}
	qsort(votes, kinds, sizeof(*votes), view_vote_compare);
	for (size_t i = 0, next; i < kinds; i = next) {
		double sum = 0;
		for (next = i;
		     next < kinds && votes[next].kind == votes[i].kind; next++)
			sum +=
			    votes[next].sum >= TEXT_CELLS ? votes[next].sum : 0;
		if (sum > best_sum) {
			best_sum = sum;
			*best = votes[i].kind;
		}
	}
	free(votes);
	return best_sum > 0;
}

/* The lines of the kind, in order; NULL if there are none.  The caller's. */
static char *
join_lines(const struct line *lines, size_t count, uint64_t kind)
{
	struct buffer text = {0};
	bool plain = false; /* the text is no link, so links are none */
	for (size_t k = 0; k < count; k++)
		plain |= lines[k].kind == kind && !lines[k].linked;
	for (size_t k = 0; k < count; k++) {
		const struct line *line = &lines[k];
		if (line->kind != kind || line->heading ||
		    (line->linked && plain && line->cells < TEXT_CELLS))
			continue;
		if (!line->linked && line_worth(line) < line->cells &&
		    line_worth(line) < TEXT_CELLS)
			continue;
		if (text.length > 0)
			buffer_add_byte(&text, '\n');
		buffer_add_string(&text, line->text.bytes);
	}
	return text.length > 0 ? buffer_take(&text) : NULL;
}

void
infer_texts(
    struct view *view, const struct infer_given *given, struct inferred *out)
{
	for (size_t i = 0; i < view->count; i++) {
		struct item_view *item = &view->items[i];
		uint32_t date = view_date_chunk(view->page, item);
		mark_used(item, view->page, given != NULL ? &given[i] : NULL);
		if (line_of(item, date) != UINT32_MAX)
			mark_beside(item, line_of(item, date));
		if (item->author != NULL)
			mark_beside(item, line_of(item, item->author->chunk));
	}
	struct lines all = all_lines(view);
	uint64_t kind = 0;
	bool any = elect_kind(&all, &kind);
	size_t found = 0, whole = 0; /* with a text; with a long one */
	for (size_t i = 0; any && i < view->count; i++) {
		out[i].text = join_lines(all.of[i], all.counts[i], kind);
		found += out[i].text != NULL;
		whole += out[i].text != NULL &&
			 text_cells(out[i].text) >= TEXT_CELLS;
	}
	size_t least = whole * 2 >= found ? SHORT_CELLS : TEXT_CELLS;
	for (size_t i = 0; i < view->count; i++) {
		if (out[i].text == NULL)
			continue;
		if (text_cells(out[i].text) >= least) {
			strip_more(out[i].text);
			continue;
		}
		free(out[i].text);
		out[i].text = NULL;
	}
	all_lines_free(&all);
}
