#include <stdlib.h>
#include <string.h>

#include "feed/language.h"
#include "feed/memory.h"
#include "feed/text.h"
#include "feed/view.h"

#define TITLE_NODES 80 /* more than this is no title */
#define DATES_MAX 8    /* in one title */

static const char *const title_words[] = {
    "tit", "headline", "subject", "subj", "ttl", "heading", NULL};
static const char *const subtitle_words[] = {
    "subtit", "sub-tit", "sub_tit", "subhead", "lead", "deck", NULL};

static char *
element_text(const struct page *page, uint32_t node)
{
	char *raw = page_text(page, node, NULL, 0);
	char *text = text_line(raw, strlen(raw), 2000);
	free(raw);
	return text;
}

/* The link inside that says most; PAGE_NONE if none says anything.
 * "example.org" says where a title leads: *host_cells of that. */
static uint32_t
main_anchor(
    const struct page *page, uint32_t node, size_t *cells, size_t *host_cells)
{
	uint32_t best = PAGE_NONE;
	*cells = *host_cells = 0;
	for (uint32_t at = node; at < page->end[node]; at++) {
		if (strcmp(page_tag(page, at), "a") != 0)
			continue;
		char *words = element_text(page, at);
		bool is_host =
		    strchr(words, ' ') == NULL && strchr(words, '.') != NULL;
		size_t width = text_cells(words);
		free(words);
		if (is_host) {
			*host_cells += width - (width > 0);
			width = width > 0;
		}
		if (width > *cells) {
			best = at;
			*cells = width;
		}
	}
	return best;
}

static bool
holds_heading(const struct page *page, uint32_t node)
{
	for (uint32_t at = node + 1; at < page->end[node]; at++)
		if (page->text[at] == NULL && page_tag(page, at)[0] == 'h' &&
		    view_is_heading(page_tag(page, at)))
			return true;
	return false;
}

/* The text without the elements in it that are a date and nothing else. */
static char *
text_without_dates(const struct view *view, uint32_t node)
{
	const struct page *page = view->page;
	struct date_context dates = *view->dates;
	uint32_t skipped[DATES_MAX];
	size_t count = 0;
	dates.is_date_node = true;
	for (uint32_t at = node + 1;
	     at < page->end[node] && count < DATES_MAX;) {
		struct moment moment;
		char *words =
		    page->text[at] == NULL ? element_text(page, at) : NULL;
		bool is_date = words != NULL &&
			       strpbrk(words, "0123456789") != NULL &&
			       date_parse(words, &dates, &moment);
		free(words);
		if (is_date)
			skipped[count++] = at;
		at = is_date ? page->end[at] : at + 1;
	}
	char *raw = page_text(page, node, skipped, count);
	char *text = text_line(raw, strlen(raw), 2000);
	free(raw);
	return text;
}

/*
 * What a heading, or what is called one, says: the link in it, if that is half
 * of it or more, for beside it stand rubrics, times, hosts and counts.  NULL
 * where the element is more than a title: an item that is called "headline", a
 * dt of several blocks.
 */
static char *
title_text(const struct view *view, uint32_t node)
{
	const struct page *page = view->page;
	size_t linked, host;
	if (page->end[node] - node > TITLE_NODES)
		return element_text(page, node);
	char *whole = text_without_dates(view, node);
	uint32_t anchor = main_anchor(page, node, &linked, &host);
	bool is_h = page_tag(page, node)[0] == 'h';
	if (anchor != PAGE_NONE && anchor != node &&
	    linked * 2 + host >= text_cells(whole)) {
		free(whole);
		return text_without_dates(view, anchor);
	}
	if (!is_h && (holds_heading(page, node) ||
			 (anchor != PAGE_NONE && anchor != node &&
			     view_holds_block(page, node)))) {
		free(whole);
		return NULL;
	}
	return whole;
}

static void
offer_title(struct view *view, struct item_view *item, uint32_t node,
    double score, char sort, char *text)
{
	size_t cells = text_cells(text);
	struct moment moment;
	if (cells < 2 || language_is_menu_word(text) ||
	    language_is_teaser_word(text) ||
	    date_parse(text, view->dates, &moment)) {
		free(text);
		return;
	}
	if (cells > 200)
		score -= 60;
	else if (cells < 8)
		score -= 15;
	view_offer(&item->titles, (struct candidate){
				      .kind = view_kind(view->page, node, sort),
				      .score = score,
				      .text = text,
				      .node = node,
				      .chunk = UINT32_MAX,
				  });
}

static bool
touches_anchor(const struct page *page, uint32_t node, uint32_t start)
{
	for (uint32_t at = node; at != PAGE_NONE && at >= start;
	     at = page->parent[at])
		if (strcmp(page_tag(page, at), "a") == 0)
			return true;
	for (uint32_t at = node; at < page->end[node]; at++)
		if (strcmp(page_tag(page, at), "a") == 0)
			return true;
	return false;
}

void
infer_titles(struct view *view, struct item_view *item)
{
	const struct page *page = view->page;
	for (uint32_t node = item->item->start; node < item->item->end;
	     node++) {
		if (page->text[node] != NULL)
			continue;
		const char *tag = page_tag(page, node);
		double score = 0;
		if (view_is_heading(tag)) /* a kicker is a smaller one */
			score = tag[0] == 'h' ? 100 + 2 * ('6' - tag[1]) : 100;
		else if (strcmp(tag, "a") == 0)
			score =
			    view_is_named(page, node, title_words) ? 105 : 60;
		else if (strcmp(tag, "strong") == 0 || strcmp(tag, "b") == 0)
			score = 50;
		else if (view_is_named(page, node, title_words) &&
			 strcmp(tag, "img") != 0)
			score = 80;
		if (score == 0)
			continue;
		if (view_is_named(page, node, subtitle_words))
			score -= 45;
		if (view_is_named(page, node, view_date_words) ||
		    view_is_named(page, node, view_author_words))
			score -= 60;
		if (strcmp(tag, "a") != 0 &&
		    touches_anchor(page, node, item->item->start))
			score += 25;
		char *words = title_text(view, node);
		if (words == NULL)
			continue;
		/* a link round a picture says in its title what it is */
		double of_attribute = words[0] == '\0' ? 30 : 16;
		offer_title(view, item, node, score, 'e', words);
		const char *title = page_attribute(page, node, "title");
		if (strcmp(tag, "a") == 0 && title != NULL)
			offer_title(view, item, node, of_attribute, 't',
			    text_line(title, strlen(title), 300));
	}
	/* no heading, no text in the link: the first words of the item */
	for (size_t i = 0; i < item->count && i < 4; i++)
		offer_title(view, item, item->chunks[i].owner,
		    (item->chunks[i].in_anchor ? 40 : 24) - 2 * (double)i, 'c',
		    xstrdup(item->chunks[i].text));
	for (uint32_t node = item->item->start; node < item->item->end;
	     node++) {
		const char *alt = strcmp(page_tag(page, node), "img") == 0
				      ? page_attribute(page, node, "alt")
				      : NULL;
		const char *label = page_attribute(page, node, "aria-label");
		if (alt != NULL)
			offer_title(view, item, node, 8, 'i',
			    text_line(alt, strlen(alt), 300));
		if (label != NULL)
			offer_title(view, item, node, 10, 'l',
			    text_line(label, strlen(label), 300));
	}
}
