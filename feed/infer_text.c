#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/memory.h"
#include "feed/text.h"
#include "feed/view.h"

#define TEXT_CELLS 40 /* a shorter line is no text */

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
	size_t cells;
	bool heading;
	bool linked; /* nothing but links */
};

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

void
infer_texts(
    struct view *view, const struct infer_given *given, struct inferred *out)
{
	for (size_t i = 0; i < view->count; i++)
		mark_used(&view->items[i], view->page,
		    given != NULL ? &given[i] : NULL);
	struct line **lines = xcalloc(view->count, sizeof(*lines));
	size_t *counts = xcalloc(view->count, sizeof(*counts));
	size_t total = 0, kinds = 0;
	for (size_t i = 0; i < view->count; i++) {
		lines[i] = lines_of(view->page, &view->items[i], &counts[i]);
		total += counts[i];
	}
	struct vote *votes = xcalloc(total, sizeof(*votes));
	for (size_t i = 0; i < view->count; i++)
		for (size_t k = 0; k < counts[i]; k++)
			if (!lines[i][k].heading)
				votes[kinds++] = (struct vote){lines[i][k].kind,
				    (double)(lines[i][k].cells < 1000
						 ? lines[i][k].cells
						 : 1000)};
	qsort(votes, kinds, sizeof(*votes), view_vote_compare);
	uint64_t best = 0;
	double best_sum = -1;
	for (size_t i = 0; i < kinds;) {
		double sum = 0;
		size_t k = i;
		for (; k < kinds && votes[k].kind == votes[i].kind; k++)
			sum += votes[k].sum >= TEXT_CELLS ? votes[k].sum : 0;
		if (sum > best_sum) {
			best_sum = sum;
			best = votes[i].kind;
		}
		i = k;
	}
	for (size_t i = 0; i < view->count; i++) {
		struct buffer text = {0};
		bool plain = false; /* the text is no link, so links are none */
		for (size_t k = 0; k < counts[i]; k++)
			plain |=
			    lines[i][k].kind == best && !lines[i][k].linked;
		for (size_t k = 0; k < counts[i]; k++) {
			struct line *line = &lines[i][k];
			if (line->kind != best || line->heading ||
			    (line->linked && plain && line->cells < TEXT_CELLS))
				continue;
			if (text.length > 0)
				buffer_add_byte(&text, '\n');
			buffer_add_string(&text, line->text.bytes);
		}
		if (text.length > 0 && text_cells(text.bytes) >= TEXT_CELLS) {
			out[i].text = buffer_take(&text);
			strip_more(out[i].text);
		}
		buffer_clear(&text);
		lines_free(lines[i], counts[i]);
	}
	free(votes);
	free(counts);
	free(lines);
}
