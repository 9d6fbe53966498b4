#include "feed/pager.h"

#include <stdlib.h>
#include <string.h>

#include "feed/language.h"
#include "feed/memory.h"
#include "feed/pager_script.h"
#include "feed/slot.h"
#include "feed/text.h"
#include "feed/url.h"

#define LINKS_MAX 4000 /* of a page, that are looked at */
#define MARKS_MAX 1000 /* places in them that could number a page */
#define LINK_NODES 12  /* more than this in a link is a story */
#define LABEL_CHARACTERS 40
#define LOOK_UP 6       /* ancestors that may say what the link is part of */
#define PAGER_NODES 600 /* more than this is no pager */
#define MOST_PAGE 1000
#define SCORE_LEAST 5
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What stands around a link. */
enum place { PLACE_PLAIN, PLACE_PAGER, PLACE_FOREIGN };

/* A link that may lead to another page of the list, by one of its numbers. */
struct mark {
	struct slot slot;
	uint32_t node;
	size_t link;    /* into links */
	int64_t number; /* that labels it; -1: none */
	bool grouped;
};

struct link {
	char *url, *label;
	uint32_t node;
	enum place place;
	bool next;   /* says so in words */
	bool symbol; /* an arrow, which may lead to the last page as well */
};

struct pager {
	const struct page *page;
	char *own, *host;
	const char *base;
	unsigned char *said; /* by each node: 1 + its place, 0: not asked */
	struct link *links;
	size_t link_count;
	struct mark *marks;
	size_t mark_count;
};

/* ---- what a link says ---- */

static bool
contains_one_of(const char *text, const char *const *words, size_t count)
{
	char *low = text != NULL ? text_lower_ascii(text) : NULL;
	bool found = false;
	for (size_t i = 0; low != NULL && !found && i < count; i++)
		found = strstr(low, words[i]) != NULL;
	free(low);
	return found;
}

/* What an element says of itself. */
static enum place
place_said(const struct page *page, uint32_t node)
{
	static const char *const pagers[] = {"paging", "pagin", "pager",
	    "pagenav", "page-nav", "page_nav", "pagenum", "page-num",
	    "page_num", "pagelist", "page-list", "page_list", "pageno",
	    "nav-links", "posts-nav", "seitennav", "blaettern"};
	static const char *const foreign[] = {
	    "comment", "reply", "cmt", "calendar", "datepicker", "댓글"};
	static const char *const names[] = {"class", "id", "aria-label"};
	enum place place = PLACE_PLAIN;
	if (strcmp(page_tag(page, node), "aside") == 0)
		return PLACE_FOREIGN;
	for (size_t i = 0; i < COUNT(names); i++) {
		const char *said = page_attribute(page, node, names[i]);
		if (contains_one_of(said, foreign, COUNT(foreign)))
			return PLACE_FOREIGN;
		if (contains_one_of(said, pagers, COUNT(pagers)))
			place = PLACE_PAGER;
	}
	return place;
}

static enum place
place_of(const struct pager *pager, uint32_t node)
{
	const struct page *page = pager->page;
	enum place place = PLACE_PLAIN;
	for (int up = 0; up < LOOK_UP && node != PAGE_NONE;
	     up++, node = page->parent[node]) {
		if (strcmp(page_tag(page, node), "body") == 0)
			break;
		unsigned char *known = &pager->said[node];
		if (*known == 0)
			*known = (unsigned char)(1 + place_said(page, node));
		if (*known == 1 + PLACE_FOREIGN)
			return PLACE_FOREIGN;
		if (*known == 1 + PLACE_PAGER)
			place = PLACE_PAGER;
	}
	return place;
}

/* One clean line: its text, else what stands for its picture. */
static char *
label_of(const struct page *page, uint32_t node)
{
	static const char *const names[] = {"aria-label", "title", "alt"};
	char *raw = page_text(page, node, NULL, 0);
	char *label = text_line(raw, strlen(raw), LABEL_CHARACTERS);
	free(raw);
	for (uint32_t at = node; label[0] == '\0' && at < page->end[node]; at++)
		for (size_t i = 0; i < COUNT(names) && label[0] == '\0'; i++) {
			const char *said =
			    page->text[at] == NULL
				? page_attribute(page, at, names[i])
				: NULL;
			if (said == NULL)
				continue;
			free(label);
			label = text_line(said, strlen(said), LABEL_CHARACTERS);
		}
	return label;
}

/* "2", "[2]", "2페이지", "Page 2", "第2页"; -1 for anything else. */
static int64_t
label_number(const char *label)
{
	static const char *const words[] = {"", "page", "gotopage", "p",
	    "페이지", "페이지로이동", "쪽", "第页", "第頁", "第ページ", "页",
	    "頁", "ページ", "ページ目", "seite", "pagina", "sida", "side",
	    "strona", "sayfa", "trang", "страница"};
	char rest[4 * LABEL_CHARACTERS + 1];
	size_t length = 0;
	int64_t number = -1;
	bool after = false; /* the number's digits */
	const char *end = label + strlen(label);
	for (const char *at = label; at < end;) {
		uint32_t c = language_fold(text_decode(&at, end));
		if (c >= '0' && c <= '9') {
			if (number > MOST_PAGE || (after && number >= 0))
				return -1;
			number = (number < 0 ? 0 : number) * 10 + (c - '0');
			continue;
		}
		after = number >= 0;
		if ((language_is_letter(c) || language_is_dense(c)) &&
		    length + 4 < sizeof(rest))
			length += text_encode(c, rest + length);
		else if (c != 0 &&
			 (c >= 0x80 || strchr(" []().|-", (int)c) == NULL))
			return -1;
	}
	rest[length] = '\0';
	for (size_t i = 0; number >= 0 && i < COUNT(words); i++)
		if (strcmp(rest, words[i]) == 0)
			return number;
	return -1;
}

static bool
is_arrow(const char *label)
{
	static const char *const arrows[] = {">", ">>", "»", "›", "→", "▶", "►",
	    "▸", "≫", "❯", "⟩", "〉", "＞", "⇒", "➔", "➡"};
	for (size_t i = 0; i < COUNT(arrows); i++)
		if (strcmp(label, arrows[i]) == 0)
			return true;
	return false;
}

/* Space-separated words, as rel and class have them. */
static bool
has_token(const char *tokens, const char *token)
{
	while (tokens != NULL && *tokens != '\0') {
		size_t length = strcspn(tokens, " \t\r\n\f");
		char *one = xstrndup(tokens, length);
		bool same = text_equals_ignoring_case(one, token);
		free(one);
		if (same)
			return true;
		tokens += length;
		tokens += strspn(tokens, " \t\r\n\f");
	}
	return false;
}

/* ---- where it leads ---- */

/* Absolute, on the page's own host, no less safe than the page, and another
 * than it; else NULL. */
static char *
resolve(const struct pager *pager, const char *href)
{
	char *url = href != NULL && href[0] != '\0' && href[0] != '#'
			? url_resolve(pager->base, href, NULL)
			: NULL;
	if (url != NULL && strncmp(url, "http://", 7) == 0 &&
	    strncmp(pager->own, "https://", 8) == 0) {
		char *safe = xasprintf("https://%s", url + 7);
		free(url);
		url = safe;
	}
	char *host = url != NULL ? url_host(url) : NULL;
	if (host == NULL || strcmp(host, pager->host) != 0 ||
	    strcmp(url, pager->own) == 0) {
		free(url);
		url = NULL;
	}
	free(host);
	return url;
}

static char *
find_rel(const struct pager *pager, const char *tag)
{
	const struct page *page = pager->page;
	size_t count;
	const uint32_t *nodes =
	    page_with_tag(page, page_tag_index(page, tag), &count);
	for (size_t i = 0; i < count && i < LINKS_MAX; i++) {
		if (!has_token(page_attribute(page, nodes[i], "rel"), "next") ||
		    place_of(pager, nodes[i]) == PLACE_FOREIGN)
			continue;
		char *url =
		    resolve(pager, page_attribute(page, nodes[i], "href"));
		if (url != NULL)
			return url;
	}
	return NULL;
}

/* ---- all that could number a page ---- */

static void
add_marks(struct pager *pager, size_t link)
{
	const struct link *one = &pager->links[link];
	struct slot slots[SLOTS_MAX];
	int64_t number = label_number(one->label);
	size_t count = slots_find(pager->own, one->url, slots);
	for (size_t i = 0; i < count; i++) {
		if (pager->mark_count == MARKS_MAX ||
		    slots[i].kind == SLOT_FOREIGN) {
			slot_clear(&slots[i]);
			continue;
		}
		pager->marks[pager->mark_count++] = (struct mark){
		    .slot = slots[i],
		    .node = one->node,
		    .link = link,
		    .number = number,
		};
	}
}

static void
collect(struct pager *pager)
{
	const struct page *page = pager->page;
	size_t count;
	const uint32_t *anchors =
	    page_with_tag(page, page_tag_index(page, "a"), &count);
	if (count > LINKS_MAX)
		count = LINKS_MAX;
	pager->links = xcalloc(count, sizeof(*pager->links));
	pager->marks = xcalloc(MARKS_MAX, sizeof(*pager->marks));
	for (size_t i = 0; i < count; i++) {
		uint32_t node = anchors[i];
		if (page->end[node] - node > LINK_NODES)
			continue;
		char *url = resolve(pager, page_attribute(page, node, "href"));
		enum place place =
		    url != NULL ? place_of(pager, node) : PLACE_FOREIGN;
		if (place == PLACE_FOREIGN) {
			free(url);
			continue;
		}
		char *label = label_of(page, node);
		pager->links[pager->link_count] = (struct link){
		    .url = url,
		    .label = label,
		    .node = node,
		    .place = place,
		    .symbol = is_arrow(label),
		    .next = language_is_next_word(label) ||
			    (place == PLACE_PAGER &&
				has_token(page_attribute(page, node, "class"),
				    "next")),
		};
		add_marks(pager, pager->link_count++);
	}
}

/* ---- numbers in a row ---- */

/* Links of one shape: their value is start + step * (number - 1). */
struct row {
	int64_t start, step;
	size_t fit, numbered; /* links that have a number; that obey */
	int64_t highest;
	uint32_t first, last; /* nodes */
	bool in_pager;
};

/* A row begins at 0 or at 1: 1 2 3, 0 1 2, 0 20 40, 1 21 41. */
static void
fit_row(const struct pager *pager, const size_t *members, size_t count,
    struct row *row)
{
	for (size_t i = 0; i < count; i++) {
		const struct mark *mark = &pager->marks[members[i]];
		for (int64_t start = 1; mark->number > 1 && start >= 0;
		     start--) {
			int64_t span = mark->slot.value - start;
			int64_t step = span / (mark->number - 1);
			int64_t own = mark->slot.own;
			size_t fit = 0;
			if (step < 1 || span % (mark->number - 1) != 0 ||
			    (own >= 0 &&
				(own < start || (own - start) % step != 0)))
				continue;
			for (size_t k = 0; k < count; k++) {
				const struct mark *one =
				    &pager->marks[members[k]];
				fit += one->number > 0 &&
				       one->slot.value ==
					   start + step * (one->number - 1);
			}
			if (fit > row->fit) {
				row->start = start;
				row->step = step;
				row->fit = fit;
			}
		}
	}
}

/* Does the number of the page we are on stand among the links? */
static bool
shows_current(const struct pager *pager, const struct row *row, int64_t number)
{
	const struct page *page = pager->page;
	uint32_t around = row->first;
	while (around != PAGE_NONE && page->end[around] <= row->last)
		around = page->parent[around];
	if (around == PAGE_NONE || page->end[around] - around > PAGER_NODES)
		return false;
	for (uint32_t node = around; node < page->end[around]; node++)
		if (page->text[node] != NULL &&
		    strlen(page->text[node]) <= LABEL_CHARACTERS &&
		    label_number(page->text[node]) == number)
			return true;
	return false;
}

/* Four weeks of numbers in a table are a month. */
static bool
is_calendar(const struct pager *pager, const struct row *row)
{
	if (row->fit < 20 || row->highest < 28 || row->highest > 31)
		return false;
	uint32_t node = row->first;
	while (node != PAGE_NONE &&
	       strcmp(page_tag(pager->page, node), "table") != 0)
		node = pager->page->parent[node];
	return node != PAGE_NONE && pager->page->end[node] > row->last;
}

static size_t
gather_row(struct pager *pager, size_t first, size_t *members, struct row *row)
{
	size_t count = 0;
	for (size_t i = first; i < pager->mark_count; i++) {
		struct mark *mark = &pager->marks[i];
		if (mark->grouped || strcmp(mark->slot.shape,
					 pager->marks[first].slot.shape) != 0)
			continue;
		mark->grouped = true;
		members[count++] = i;
		row->numbered += mark->number > 0;
		if (mark->number > row->highest)
			row->highest = mark->number;
		if (pager->links[mark->link].place == PLACE_PAGER)
			row->in_pager = true;
		row->last = mark->node;
	}
	row->first = pager->marks[first].node;
	return count;
}

/* The mark that leads on, or NULL; *score says how sure that is. */
static const struct mark *
row_next(const struct pager *pager, const size_t *members, size_t count,
    struct row *row, int *score)
{
	const struct slot *slot = &pager->marks[members[0]].slot;
	fit_row(pager, members, count, row);
	if (row->fit == 0 || row->fit * 4 < row->numbered * 3 ||
	    is_calendar(pager, row))
		return NULL;
	int64_t current =
	    slot->own < 0 ? 1 : (slot->own - row->start) / row->step + 1;
	int64_t next = row->start + row->step * current;
	/* numbers of stories or sections, one after the other by chance */
	if (slot->in_path && slot->own >= 0 && slot->kind == SLOT_PLAIN &&
	    !row->in_pager)
		return NULL;
	if (current >= MOST_PAGE)
		return NULL;
	*score = (slot->kind != SLOT_PLAIN ? 4 : 0) + (row->in_pager ? 4 : 0) +
		 (row->fit < 4 ? (int)row->fit : 4) +
		 (shows_current(pager, row, current) ? 2 : 0);
	for (size_t i = 0; i < count; i++)
		if (pager->marks[members[i]].slot.value == next)
			return &pager->marks[members[i]];
	return NULL;
}

static char *
find_numbers(struct pager *pager, char **how)
{
	size_t *members = xcalloc(MARKS_MAX, sizeof(*members));
	const struct mark *best = NULL;
	int best_score = SCORE_LEAST - 1;
	for (size_t i = 0; i < pager->mark_count; i++) {
		struct row row = {0};
		int score = 0;
		if (pager->marks[i].grouped)
			continue;
		size_t count = gather_row(pager, i, members, &row);
		const struct mark *mark =
		    row_next(pager, members, count, &row, &score);
		if (mark == NULL || score <= best_score)
			continue;
		best = mark;
		best_score = score;
		free(*how);
		*how = xasprintf("%zu numbered links", row.fit);
	}
	free(members);
	return best != NULL ? xstrdup(pager->links[best->link].url) : NULL;
}

/* ---- words ---- */

static bool
mark_leads_on(const struct mark *mark, const struct link *link)
{
	const struct slot *slot = &mark->slot;
	bool is_next =
	    slot->own >= 0 ? slot->value == slot->own + 1 : slot->value == 2;
	if (link->next)
		return is_next ||
		       (slot->own >= 0 ? slot->value > slot->own &&
					     slot->kind != SLOT_PLAIN
				       : slot->value == 1 ||
					     slot->kind == SLOT_OFFSET ||
					     (slot->kind == SLOT_PAGE &&
						 slot->value >= 5));
	/* an unknown word, or an arrow, on what can be nothing else */
	return is_next && mark->number < 0 &&
	       !(slot->in_path && slot->own >= 0) &&
	       (slot->kind == SLOT_PAGE ||
		   (link->symbol && link->place == PLACE_PAGER));
}

static bool
link_leads_on(const struct pager *pager, const struct link *link)
{
	return link->next && slots_differ_in_query(pager->own, link->url);
}

static char *
find_words(const struct pager *pager, char **how)
{
	const struct link *best = NULL;
	for (size_t i = 0; i < pager->mark_count; i++) {
		const struct mark *mark = &pager->marks[i];
		const struct link *link = &pager->links[mark->link];
		if (mark_leads_on(mark, link) &&
		    (best == NULL || (link->next && !best->next)))
			best = link;
	}
	for (size_t i = 0; best == NULL && i < pager->link_count; i++)
		if (link_leads_on(pager, &pager->links[i]))
			best = &pager->links[i];
	if (best == NULL)
		return NULL;
	*how = xasprintf("the link '%s'", best->label);
	return xstrdup(best->url);
}

char *
pager_find(
    const struct page *page, const char *url, const char *base, char **how)
{
	struct pager pager = {
	    .page = page,
	    .own = url_resolve(NULL, url, NULL),
	    .base = base,
	};
	char *next = NULL;
	*how = NULL;
	pager.host = pager.own != NULL ? url_host(pager.own) : NULL;
	if (pager.host == NULL)
		goto out;
	pager.said = xcalloc(page->count, sizeof(*pager.said));
	next = find_rel(&pager, "link");
	if (next == NULL)
		next = find_rel(&pager, "a");
	if (next != NULL) {
		*how = xstrdup("rel=next");
		goto out;
	}
	collect(&pager);
	next = find_numbers(&pager, how);
	if (next == NULL)
		next = find_words(&pager, how);
	if (next == NULL)
		next = pager_script_find(page, pager.own, how);
out:
	for (size_t i = 0; i < pager.mark_count; i++)
		slot_clear(&pager.marks[i].slot);
	for (size_t i = 0; i < pager.link_count; i++) {
		free(pager.links[i].url);
		free(pager.links[i].label);
	}
	free(pager.marks);
	free(pager.links);
	free(pager.said);
	free(pager.host);
	free(pager.own);
	return next;
}
