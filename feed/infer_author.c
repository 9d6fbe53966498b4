#include <stdlib.h>
#include <string.h>

#include "feed/language.h"
#include "feed/memory.h"
#include "feed/text.h"
#include "feed/view.h"

#define AUTHOR_CELLS 40

/* What is left when dividers and brackets round it are gone. */
static char *
strip_dividers(const char *text)
{
	static const char *const dividers[] = {"|", "ㅣ", "·", "/", ",", "-",
	    "–", "—", "(", ")", "[", "]", ":", "•", "ㆍ", " ", NULL};
	const char *end = text + strlen(text);
	for (bool again = true; again;) {
		again = false;
		for (size_t i = 0; dividers[i] != NULL; i++) {
			size_t length = strlen(dividers[i]);
			size_t left = (size_t)(end - text);
			if (left >= length &&
			    memcmp(text, dividers[i], length) == 0) {
				text += length;
				again = true;
			} else if (left >= length &&
				   memcmp(end - length, dividers[i], length) ==
				       0) {
				end -= length;
				again = true;
			}
		}
	}
	return xstrndup(text, (size_t)(end - text));
}

static bool
is_person_words(const char *text)
{
	static const char *const ends[] = {"기자", "특파원", "통신원",
	    "논설위원", "칼럼니스트", "기고", "記者", "记者", "특약", NULL};
	static const char *const starts[] = {"By ", "by ", "BY ", "Von ",
	    "Par ", "Por ", "Di ", "기자 ", "記者", "记者", "文/", NULL};
	for (size_t i = 0; ends[i] != NULL; i++)
		if (text_ends_with(text, ends[i]) && strcmp(text, ends[i]) != 0)
			return true;
	for (size_t i = 0; starts[i] != NULL; i++)
		if (strncmp(text, starts[i], strlen(starts[i])) == 0)
			return true;
	return false;
}

/* "By Ann Lee" names Ann Lee; takes the name. */
static char *
strip_by(char *name)
{
	static const char *const words[] = {
	    "By ", "by ", "BY ", "Von ", "Par ", "Por ", "Di ", NULL};
	for (size_t i = 0; words[i] != NULL; i++) {
		size_t length = strlen(words[i]);
		if (strncmp(name, words[i], length) != 0)
			continue;
		char *rest = xstrdup(name + length);
		free(name);
		return rest;
	}
	return name;
}

static bool
may_be_author(const char *text)
{
	size_t cells = text_cells(text);
	if (cells < 2 || cells > AUTHOR_CELLS)
		return false;
	for (const char *at = text; *at != '\0'; at++)
		if (*at >= '0' && *at <= '9')
			return false;
	return !language_is_menu_word(text);
}

/* The same in brackets or between dividers. */
static bool
is_person(const char *text)
{
	char *name = strip_dividers(text);
	bool is = is_person_words(name);
	free(name);
	return is;
}

static void
offer_author(struct view *view, struct item_view *item, uint32_t node,
    double score, char sort, const char *text, uint32_t chunk)
{
	char *name = strip_dividers(text);
	if (is_person_words(name))
		score += 25;
	name = strip_by(name);
	const struct candidate *title = item->title;
	if (!may_be_author(name) ||
	    (title != NULL && strstr(title->text, name) != NULL)) {
		free(name);
		return;
	}
	view_offer(
	    &item->authors, (struct candidate){
				.kind = view_kind(view->page, node, sort),
				.score = score,
				.text = name,
				.node = node,
				.chunk = chunk,
			    });
}

/* The chunk that shows the date, also where a machine's was taken. */
static uint32_t
chunk_of_date(const struct page *page, const struct item_view *item)
{
	if (item->date == NULL || item->date->chunk != UINT32_MAX)
		return item->date == NULL ? UINT32_MAX : item->date->chunk;
	for (uint32_t i = 0; i < item->count; i++)
		if (page_contains(
			page, item->date->node, item->chunks[i].owner))
			return i;
	return UINT32_MAX;
}

void
infer_authors(struct view *view, struct item_view *item)
{
	uint32_t date_chunk = chunk_of_date(view->page, item);
	uint32_t date_line = date_chunk != UINT32_MAX
				 ? item->chunks[date_chunk].line
				 : UINT32_MAX;
	for (uint32_t i = 0; i < item->count; i++) {
		struct chunk *chunk = &item->chunks[i];
		const char *text = chunk->text;
		if (i == date_chunk && item->date->chunk == UINT32_MAX)
			continue;
		if (i == date_chunk) {
			size_t end = item->date->start + item->date->length;
			offer_author(
			    view, item, chunk->owner, 50, 'r', text + end, i);
			if (chunk->cells <= 80) {
				char *before =
				    xstrndup(text, item->date->start);
				offer_author(view, item, chunk->owner, 42, 'b',
				    before, i);
				free(before);
			}
		} else if (!chunk->in_heading &&
			   chunk->cells <= AUTHOR_CELLS + 10) {
			if (view_is_named(
				view->page, chunk->owner, view_author_words))
				offer_author(
				    view, item, chunk->owner, 80, 'a', text, i);
			else if (is_person(text))
				offer_author(
				    view, item, chunk->owner, 50, 'p', text, i);
			else if (chunk->line == date_line && i > date_chunk &&
				 !chunk->in_anchor)
				offer_author(
				    view, item, chunk->owner, 36, 'l', text, i);
		}
	}
}
