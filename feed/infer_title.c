#include <stdlib.h>
#include <string.h>

#include "feed/language.h"
#include "feed/memory.h"
#include "feed/text.h"
#include "feed/view.h"

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

static void
offer_title(struct view *view, struct item_view *item, uint32_t node,
    double score, char sort, char *text)
{
	size_t cells = text_cells(text);
	struct moment moment;
	if (cells < 2 || language_is_menu_word(text) ||
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
			score = 60;
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
		char *words = element_text(page, node);
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
