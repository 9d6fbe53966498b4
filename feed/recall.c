#include "feed/recall.h"

#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"
#include "feed/text.h"
#include "feed/url.h"

#define SAME_URL 1.0
#define SAME_PLACE 0.95
#define SAME_TITLE 0.9
#define SAME_HEAD 0.7
#define TITLE_CELLS 10    /* a shorter one may be anybody's */
#define HEAD_CELLS 20     /* of a title that goes on, or was cut */
#define DIGITS 5          /* of a number that is an article's */
#define STANDING_NODES 40 /* of an element that is but a title */
#define STANDING_LEVELS 6 /* from it up to where its link is */
#define RECALLED 12.0     /* what a known story's link is worth */

/* Strings in order, and whose they are. */
struct mark {
	char *string;
	size_t owner;
};

struct marks {
	struct mark *list;
	size_t count;
};

static int
compare_marks(const void *a, const void *b)
{
	return strcmp(
	    ((const struct mark *)a)->string, ((const struct mark *)b)->string);
}

/* Takes the string; NULL and "" are none. */
static void
marks_add(struct marks *marks, char *string, size_t owner)
{
	if (string == NULL || string[0] == '\0')
		free(string);
	else
		marks->list[marks->count++] = (struct mark){string, owner};
}

static void
marks_clear(struct marks *marks)
{
	for (size_t i = 0; i < marks->count; i++)
		free(marks->list[i].string);
	free(marks->list);
}

/* The only owner of the string, or SIZE_MAX. */
static size_t
marks_find(const struct marks *marks, const char *string)
{
	size_t low = 0, high = marks->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(marks->list[middle].string, string) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == marks->count ||
	    strcmp(marks->list[low].string, string) != 0 ||
	    (low + 1 < marks->count &&
		strcmp(marks->list[low + 1].string, string) == 0))
		return SIZE_MAX;
	return marks->list[low].owner;
}

/* ---- signs ---- */

static char *
sign_url(const char *link)
{
	return url_key(link);
}

/* The path and its query, if there is more to it than a name. */
static char *
sign_path(const char *link)
{
	char *key = url_key(link), *path = url_path(key);
	free(key);
	if (path != NULL && strlen(path) >= 12)
		return path;
	free(path);
	return NULL;
}

/* The longest run of digits behind the host. */
static char *
sign_number(const char *link)
{
	char *path = url_path(link), *number = NULL;
	const char *longest = NULL;
	size_t most = DIGITS - 1;
	for (const char *at = path != NULL ? path : ""; *at != '\0';) {
		size_t digits = strspn(at, "0123456789");
		if (digits > most) {
			longest = at;
			most = digits;
		}
		at += digits > 0 ? digits : 1;
	}
	if (longest != NULL)
		number = xstrndup(longest, most);
	free(path);
	return number;
}

static char *
sign_title(const char *title)
{
	char *folded = title != NULL && text_cells(title) >= TITLE_CELLS
			   ? text_fold(title)
			   : NULL;
	return folded;
}

typedef char *sign_of(const char *);

static void
recall_by(struct collection *all, const struct articles *memory, sign_of *sign,
    bool of_title, double sure)
{
	struct marks marks = {
	    .list = xcalloc(memory->count + 1, sizeof(struct mark))};
	for (size_t i = 0; i < memory->count; i++) {
		const struct article *article = &memory->list[i];
		const char *of = of_title ? article->title : article->link;
		marks_add(&marks, of != NULL ? sign(of) : NULL, i);
	}
	qsort(marks.list, marks.count, sizeof(*marks.list), compare_marks);
	for (size_t i = 0; i < all->story_count; i++) {
		struct story *story = &all->stories[i];
		if (story->known > 0)
			continue;
		char *own = sign(of_title ? story->words : story->link);
		size_t owner = own != NULL ? marks_find(&marks, own) : SIZE_MAX;
		if (owner != SIZE_MAX) {
			story->known = sure;
			story->article = owner;
		}
		free(own);
	}
	marks_clear(&marks);
}

/* A link's text may hold more than the title (a summary, a date), or less. */
static void
recall_by_head(struct collection *all, const struct articles *memory)
{
	for (size_t i = 0; i < all->story_count; i++) {
		struct story *story = &all->stories[i];
		char *own = text_fold(story->words);
		size_t length = strlen(own), found = SIZE_MAX, times = 0;
		for (size_t k = 0; story->known == 0 && k < memory->count &&
				   text_cells(own) >= HEAD_CELLS;
		     k++) {
			const char *title = memory->list[k].title;
			char *folded = title != NULL ? text_fold(title) : NULL;
			size_t other = folded != NULL ? strlen(folded) : 0;
			size_t less = length < other ? length : other;
			bool is_long =
			    folded != NULL && text_cells(folded) >= HEAD_CELLS;
			if (is_long && strncmp(own, folded, less) == 0 &&
			    (other <= length || less * 10 >= other * 8)) {
				found = k;
				times++;
			}
			free(folded);
		}
		if (times == 1) {
			story->known = SAME_HEAD;
			story->article = found;
		}
		free(own);
	}
}

/* The only story that is linked to round the element, or SIZE_MAX. */
static size_t
story_round(const struct collection *all, uint32_t node)
{
	const struct page *page = all->page;
	for (int level = 0; level < STANDING_LEVELS && node != PAGE_NONE;
	     level++, node = page->parent[node]) {
		size_t found = SIZE_MAX;
		for (size_t i = collection_from(all, node);
		     i < all->count &&
		     all->occurrences[i].node < page->end[node];
		     i++) {
			if (found != SIZE_MAX &&
			    all->occurrences[i].story != found)
				return SIZE_MAX;
			found = all->occurrences[i].story;
		}
		if (found != SIZE_MAX)
			return found;
	}
	return SIZE_MAX;
}

/* Whose title a text is, or the element that begins with it; or SIZE_MAX. */
static size_t
title_at(const struct page *page, const struct marks *marks, uint32_t node)
{
	uint32_t element = page->parent[node];
	char *own = sign_title(page->text[node]);
	size_t owner = own != NULL ? marks_find(marks, own) : SIZE_MAX;
	free(own);
	if (owner != SIZE_MAX || element + 1 != node ||
	    page->end[element] - element > STANDING_NODES)
		return owner;
	char *text = page_text(page, element, NULL, 0);
	own = sign_title(text);
	owner = own != NULL ? marks_find(marks, own) : SIZE_MAX;
	free(own);
	free(text);
	return owner;
}

/* The title may stand by itself: in a link round a whole card, or beside a link
 * that says nothing. */
static void
recall_by_standing(struct collection *all, const struct articles *memory)
{
	const struct page *page = all->page;
	struct marks marks = {
	    .list = xcalloc(memory->count + 1, sizeof(struct mark))};
	bool *found = xcalloc(memory->count + 1, sizeof(*found));
	for (size_t i = 0; i < memory->count; i++)
		marks_add(&marks, sign_title(memory->list[i].title), i);
	qsort(marks.list, marks.count, sizeof(*marks.list), compare_marks);
	for (size_t i = 0; i < all->story_count; i++)
		if (all->stories[i].known > 0)
			found[all->stories[i].article] = true;
	for (uint32_t node = 1; marks.count > 0 && node < page->count; node++) {
		if (page->text[node] == NULL)
			continue;
		size_t owner = title_at(page, &marks, node);
		size_t story = owner != SIZE_MAX && !found[owner]
				   ? story_round(all, page->parent[node])
				   : SIZE_MAX;
		if (story == SIZE_MAX || all->stories[story].known > 0)
			continue;
		all->stories[story].known = SAME_TITLE;
		all->stories[story].article = owner;
		found[owner] = true;
	}
	free(found);
	marks_clear(&marks);
}

size_t
recall_stories(struct collection *all, const struct articles *memory)
{
	size_t count = 0;
	recall_by(all, memory, sign_url, false, SAME_URL);
	recall_by(all, memory, sign_path, false, SAME_PLACE);
	recall_by(all, memory, sign_number, false, SAME_PLACE);
	recall_by(all, memory, sign_title, true, SAME_TITLE);
	recall_by_head(all, memory);
	recall_by_standing(all, memory);
	for (size_t i = 0; i < all->story_count; i++) {
		struct story *story = &all->stories[i];
		count += story->known > 0;
		if (story->known > 0 && story->score < RECALLED)
			story->score = RECALLED;
	}
	for (size_t i = 0; i < all->count; i++)
		if (all->stories[all->occurrences[i].story].known > 0)
			all->occurrences[i].taken = true;
	return count;
}
