#include "feed/group.h"

#include <stdlib.h>
#include <string.h>

#include "feed/language.h"
#include "feed/memory.h"
#include "feed/text.h"

#define SAMPLE_ITEMS 12 /* of a group, for what costs */
#define SAMPLE_NODES 400
#define LIST_LEAST 3     /* items that make a list, and are asked for dates */
#define HEADING_LEVELS 2 /* how far up a box's name may stand */
#define HEADING_NODES 12
#define LINE_BYTES 5  /* "11.26": what may stand before a link in its line */
#define GAPS_ASKED 8  /* between items, for what stands there */
#define NEAR_LEVELS 3 /* how far apart the parents of one list may be */

/* ---- likeness ---- */

static void
find_core(const struct page *page, const struct region_item *items,
    struct group *group)
{
	uint32_t *nodes = xcalloc(group->count, sizeof(*nodes));
	for (size_t i = 0; i < group->count; i++)
		nodes[i] = items[group->members[i]].node;
	group->core = core_of(page, nodes, group->count);
	free(nodes);
}

static size_t
shared_tokens(const struct page *page, uint32_t node, const struct core *core)
{
	size_t shared = 0;
	for (size_t i = 0; i < core->count; i++)
		shared += token_is_on(page, node, &core->tokens[i]);
	return shared;
}

/* Advertisements among the items leave them nothing that all have. */
static bool
most_have(const struct page *page, const struct region_item *items,
    const struct group *group, const struct core *core)
{
	size_t having = 0;
	for (size_t i = 0; i < group->count; i++)
		having += shared_tokens(page, items[group->members[i]].node,
			      core) == core->count;
	return group->count >= LIST_LEAST && having * 5 >= group->count * 3;
}

bool
group_is_like(const struct page *page, const struct region_item *items,
    const struct group *a, const struct group *b)
{
	if (a->core.count > 0 && b->core.count == 0)
		return most_have(page, items, b, &a->core);
	if (b->core.count > 0 && a->core.count == 0)
		return most_have(page, items, a, &b->core);
	if (a->core.count == 0)
		return page->tag[a->parent] == page->tag[b->parent] &&
		       core_same_class(page, a->parent, b->parent);
	size_t shared =
	    shared_tokens(page, items[b->members[0]].node, &a->core);
	size_t fewer =
	    a->core.count < b->core.count ? a->core.count : b->core.count;
	return shared * 5 >= fewer * 4;
}

bool
group_is_near(
    const struct page *page, const struct group *x, const struct group *y)
{
	uint32_t a = x->parent, b = y->parent;
	for (int level = 0; level < NEAR_LEVELS && a != PAGE_NONE; level++) {
		if (page_contains(page, a, b))
			return a != 0;
		a = page->parent[a];
	}
	return a != PAGE_NONE && a != 0 && page_contains(page, a, b);
}

/* ---- grouping ---- */

struct place {
	uint32_t parent, tag;
	size_t item;
};

static int
place_compare(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	if (x->parent != y->parent)
		return x->parent < y->parent ? -1 : 1;
	if (x->tag != y->tag)
		return x->tag < y->tag ? -1 : 1;
	return (x->item > y->item) - (x->item < y->item);
}

static int
index_compare(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	return (x > y) - (x < y);
}

static void
add_members(struct group *group, const size_t *members, size_t count)
{
	group->members = xreallocarray(
	    group->members, group->count + count, sizeof(*group->members));
	memcpy(
	    group->members + group->count, members, count * sizeof(*members));
	group->count += count;
}

/* Same parent, same tag. */
static struct group *
base_groups(const struct page *page, const struct region_item *items,
    size_t count, size_t *group_count)
{
	struct place *places = xcalloc(count, sizeof(*places));
	struct group *groups = xcalloc(count, sizeof(*groups));
	*group_count = 0;
	for (size_t i = 0; i < count; i++)
		places[i] = (struct place){
		    .parent = page->parent[items[i].node],
		    .tag = page->tag[items[i].node],
		    .item = i,
		};
	qsort(places, count, sizeof(*places), place_compare);
	for (size_t i = 0; i < count; i++) {
		struct group *group = &groups[*group_count];
		if (i == 0 || places[i].parent != places[i - 1].parent ||
		    places[i].tag != places[i - 1].tag) {
			group = &groups[(*group_count)++];
			group->parent = places[i].parent;
			group->tag = places[i].tag;
			group->depth = page->depth[items[places[i].item].node];
		} else
			group = &groups[*group_count - 1];
		add_members(group, &places[i].item, 1);
	}
	free(places);
	for (size_t i = 0; i < *group_count; i++)
		find_core(page, items, &groups[i]);
	return groups;
}

/* ---- items that are not one element ---- */

static size_t
text_between(const struct page *page, uint32_t from, uint32_t to)
{
	size_t bytes = 0;
	for (uint32_t node = from; node < to && bytes < 200; node++) {
		if (page->text[node] == NULL)
			continue;
		const char *text = page->text[node];
		bytes += strlen(text + strspn(text, " \t\r\n\f"));
	}
	return bytes;
}

static uint32_t
siblings_between(const struct page *page, uint32_t from, uint32_t to)
{
	uint32_t count = 0;
	for (uint32_t node = from; node < to; node = page->end[node])
		count++;
	return count;
}

/* The sibling before a node of this parent, at or behind `from`; or PAGE_NONE.
 */
static uint32_t
sibling_before(
    const struct page *page, uint32_t parent, uint32_t from, uint32_t node)
{
	uint32_t before = PAGE_NONE;
	for (uint32_t at = from == 0 ? parent + 1 : from; at < node;
	     at = page->end[at])
		if (page->text[at] == NULL)
			before = at;
	return before;
}

static bool
is_heading(const char *tag)
{
	return (tag[0] == 'h' && tag[1] >= '1' && tag[1] <= '6' &&
		   tag[2] == '\0') ||
	       strcmp(tag, "dt") == 0;
}

/* A heading, or a picture that says nothing. */
static bool
leads_in(const struct page *page, uint32_t node)
{
	if (is_heading(page_tag(page, node)))
		return true;
	bool pictured = false;
	for (uint32_t at = node; at < page->end[node]; at++) {
		pictured |= strcmp(page_tag(page, at), "img") == 0;
		if (page->text[at] != NULL &&
		    page->text[at][strspn(page->text[at], " \t\r\n\f")] != '\0')
			return false;
	}
	return pictured;
}

/* The heading or picture before an item's first element; or PAGE_NONE. */
static uint32_t
lead_of(const struct page *page, const struct region_item *items,
    const struct group *group, size_t member)
{
	uint32_t from = member == 0 ? 0 : items[group->members[member - 1]].end;
	uint32_t before = sibling_before(
	    page, group->parent, from, items[group->members[member]].node);
	return before != PAGE_NONE && leads_in(page, before) ? before
							     : PAGE_NONE;
}

/*
 * A run may begin before the story's link, with a heading or a picture that is
 * no link.  Where the first item has such a thing before it, which can be
 * nobody else's, and half of the others do, each has the one before its own.
 */
static void
lead_items(const struct page *page, struct region_item *items,
    const struct group *group)
{
	size_t led = 0;
	for (size_t i = 0; i < group->count; i++)
		led += lead_of(page, items, group, i) != PAGE_NONE;
	if (lead_of(page, items, group, 0) == PAGE_NONE ||
	    led * 2 < group->count)
		return;
	/* from the last: an item's end is asked for by the next one */
	for (size_t i = group->count; i-- > 0;) {
		uint32_t lead = lead_of(page, items, group, i);
		if (lead != PAGE_NONE)
			items[group->members[i]].node = lead;
	}
}

/* Where the line of an item begins ("2026.11.26 <a>"): behind the last line
 * break before it.  PAGE_NONE if there is none, or nothing in the line before
 * the item. */
static uint32_t
line_of(const struct page *page, const struct region_item *items,
    const struct group *group, size_t member)
{
	uint32_t node = items[group->members[member]].node, start = PAGE_NONE;
	uint32_t from = member == 0 ? group->parent + 1
				    : items[group->members[member - 1]].end;
	if (member == 0)
		start = from;
	for (uint32_t at = from; at < node; at = page->end[at])
		if (page->text[at] == NULL &&
		    (strcmp(page_tag(page, at), "br") == 0 ||
			strcmp(page_tag(page, at), "hr") == 0))
			start = page->end[at];
	return start != PAGE_NONE &&
		       text_between(page, start, node) >= LINE_BYTES
		   ? start
		   : PAGE_NONE;
}

/* Does what stands before a link in its line belong to it, and not to the link
 * before? */
static bool
have_lines(const struct page *page, const struct region_item *items,
    const struct group *group)
{
	size_t lines = 0;
	for (size_t i = 0; i < group->count; i++)
		lines += line_of(page, items, group, i) != PAGE_NONE;
	return line_of(page, items, group, 0) != PAGE_NONE &&
	       lines * 5 >= group->count * 4;
}

/* Has a sibling the tag and the class of one that stands between two of the
 * first items? */
static bool
is_in_gaps(const struct page *page, const struct region_item *items,
    const struct group *group, uint32_t node)
{
	for (size_t i = 0; i + 1 < group->count && i < GAPS_ASKED; i++) {
		uint32_t at = items[group->members[i]].node;
		uint32_t next = items[group->members[i + 1]].node;
		for (at = page->end[at]; at < next; at = page->end[at])
			if (page->tag[at] == page->tag[node] &&
			    (page->text[at] != NULL ||
				core_same_class(page, at, node)))
				return true;
	}
	return false;
}

/*
 * dt and dd, h3 and p, pairs of table rows, runs in one paragraph: if what
 * stands between the items carries text on three of five gaps and belongs to
 * no other item, each item goes on to the next.
 */
static void
extend_items(const struct page *page, struct region_item *items,
    size_t item_count, const struct group *group)
{
	size_t gaps = group->count - 1, filled = 0, guests = 0;
	uint32_t most = 0;
	if (group->count < 2)
		return;
	for (size_t i = 0; i < gaps; i++) {
		size_t at = group->members[i], next = group->members[i + 1];
		/* items of another group in the gap: links to related stories,
		 * or, in most gaps, a list that is not ours */
		guests += next != at + 1 &&
			  items[at + 1].node < items[next].node &&
			  items[at + 1].node >= items[at].end;
		filled +=
		    text_between(page, items[at].end, items[next].node) > 8;
		uint32_t siblings =
		    siblings_between(page, items[at].end, items[next].node);
		most = siblings > most ? siblings : most;
	}
	if (filled * 5 < gaps * 3 || guests * 2 > gaps)
		return;
	bool in_lines = have_lines(page, items, group);
	if (!in_lines)
		lead_items(page, items, group);
	for (size_t i = 0; i < gaps; i++) {
		uint32_t line =
		    in_lines ? line_of(page, items, group, i + 1) : PAGE_NONE;
		items[group->members[i]].end =
		    line != PAGE_NONE ? line
				      : items[group->members[i + 1]].node;
	}
	size_t last = group->members[gaps];
	uint32_t end = items[last].end, limit = page->end[group->parent];
	if (last + 1 < item_count && items[last + 1].node < limit &&
	    items[last + 1].node >= end &&
	    page->parent[items[last + 1].node] == group->parent)
		limit = items[last + 1].node;
	for (uint32_t k = 0;
	     k < most && end < limit && is_in_gaps(page, items, group, end);
	     k++)
		end = page->end[end];
	items[last].end = end < limit ? end : limit;
}

/* ---- what a box is called ---- */

/* What stands over a group: the heading before its parent, or before one of the
 * parents round that.  "" if there is none.  The caller's. */
static char *
heading_over(const struct page *page, const struct group *group)
{
	uint32_t node = group->parent;
	for (int level = 0;
	     level < HEADING_LEVELS && node != 0 && node != PAGE_NONE;
	     level++, node = page->parent[node]) {
		uint32_t before =
		    sibling_before(page, page->parent[node], 0, node);
		if (before == PAGE_NONE)
			continue;
		if (page->end[before] - before > HEADING_NODES)
			break;
		char *raw = page_text(page, before, NULL, 0);
		char *words = text_line(raw, strlen(raw), 60);
		free(raw);
		return words;
	}
	return xstrdup("");
}

static bool
is_box(const struct page *page, const struct group *group)
{
	char *words = heading_over(page, group);
	bool is = language_is_box_word(words);
	free(words);
	return is;
}

/* ---- score ---- */

static bool
text_is_date(const char *text, const struct date_context *dates)
{
	struct moment moment;
	size_t start, length;
	if (strpbrk(text, "0123456789") == NULL || strlen(text) > 160)
		return false;
	char *line = text_line(text, strlen(text), 160);
	bool found = date_parse(line, dates, &moment) ||
		     date_find(line, dates, &moment, &start, &length);
	free(line);
	return found;
}

struct looks {
	bool date, heading, image;
	size_t cells;
};

static struct looks
item_looks(const struct page *page, const struct region_item *item,
    const struct date_context *dates)
{
	struct looks looks = {0};
	uint32_t end = item->end - item->node > SAMPLE_NODES
			   ? item->node + SAMPLE_NODES
			   : item->end;
	for (uint32_t node = item->node; node < end; node++) {
		const char *tag = page_tag(page, node);
		if (page->text[node] != NULL) {
			const char *parent = page_tag(page, page->parent[node]);
			if (strcmp(parent, "script") == 0 ||
			    strcmp(parent, "style") == 0)
				continue;
			looks.cells +=
			    text_cells(page->text[node] +
				       strspn(page->text[node], " \t\r\n"));
			if (!looks.date)
				looks.date =
				    text_is_date(page->text[node], dates);
		} else if (strcmp(tag, "time") == 0)
			looks.date = true;
		else if (strcmp(tag, "img") == 0)
			looks.image = true;
		else if (is_heading(tag))
			looks.heading = true;
	}
	return looks;
}

static bool
holds_word(const char *names, const char *const *words)
{
	struct token token;
	while (names != NULL && token_next(&names, &token))
		for (size_t i = 0; words[i] != NULL; i++) {
			/* as a part between dashes, case or digits: "nav" in
			 * "main-nav" but not in "navy" */
			size_t length = strlen(words[i]);
			for (size_t at = 0; at + length <= token.length; at++) {
				char before = at > 0 ? token.at[at - 1] : '-';
				char after = at + length < token.length
						 ? token.at[at + length]
						 : '-';
				bool starts = before == '-' || before == '_';
				bool ends = after == '-' || after == '_' ||
					    (after >= '0' && after <= '9') ||
					    (after >= 'A' && after <= 'Z');
				char *part = xstrndup(token.at + at, length);
				bool same =
				    starts && ends &&
				    text_equals_ignoring_case(part, words[i]);
				free(part);
				if (same)
					return true;
			}
		}
	return false;
}

/* What the ancestors say: navigation, sidebar, main. */
double
group_chrome(const struct page *page, uint32_t node)
{
	static const struct {
		const char *tag;
		double score;
	} tags[] = {{"nav", -25}, {"footer", -25}, {"aside", -12},
	    {"header", -8}, {"main", 10}, {"article", 6}};
	static const char *const words[] = {"nav", "menu", "gnb", "lnb", "snb",
	    "aside", "side", "sidebar", "rank", "ranking", "popular", "most",
	    "hot", "best", "related", "relation", "recommend", "share",
	    "banner", "ad", "sponsor", "widget", "sns", "tag", "tags", "footer",
	    "trending", NULL};
	double score = 0;
	for (; node != PAGE_NONE && node != 0; node = page->parent[node]) {
		for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++)
			if (strcmp(page_tag(page, node), tags[i].tag) == 0)
				score += tags[i].score;
		if (strcmp(page_tag(page, node), "body") == 0)
			continue;
		if (holds_word(page_attribute(page, node, "id"), words) ||
		    holds_word(page_attribute(page, node, "class"), words))
			score -= 8;
	}
	return score < -60 ? -60 : score > 20 ? 20 : score;
}

static int
size_compare(const void *a, const void *b)
{
	return index_compare(a, b);
}

static size_t
median(size_t *values, size_t count)
{
	qsort(values, count, sizeof(*values), size_compare);
	return count == 0 ? 0 : values[count / 2];
}

static double
log2_of(size_t n)
{
	/* whole and a linear rest: enough for a rank, the same everywhere */
	double result = 0, power = 1;
	while (power * 2 <= (double)n) {
		power *= 2;
		result++;
	}
	return result + ((double)n - power) / power;
}

static size_t
count_stories(const struct region_item *items, const struct group *group)
{
	size_t *stories = xcalloc(group->count, sizeof(*stories));
	size_t distinct = 0;
	for (size_t i = 0; i < group->count; i++)
		stories[i] = items[group->members[i]].story;
	qsort(stories, group->count, sizeof(*stories), size_compare);
	for (size_t i = 0; i < group->count; i++)
		distinct += i == 0 || stories[i] != stories[i - 1];
	free(stories);
	return distinct;
}

static void
score_group(const struct page *page, const struct region_item *items,
    struct group *group, const struct date_context *dates)
{
	size_t widths[SAMPLE_ITEMS], titles[SAMPLE_ITEMS], sampled = 0;
	double dated = 0, headed = 0, pictured = 0, links = 0;
	size_t listed = 0;
	group->stories = count_stories(items, group);
	for (size_t i = 0; i < group->count; i++) {
		links += items[group->members[i]].score;
		listed += items[group->members[i]].listed;
	}
	size_t step = group->count / SAMPLE_ITEMS + 1;
	for (size_t i = 0; i < group->count && sampled < SAMPLE_ITEMS;
	     i += step, sampled++) {
		const struct region_item *item = &items[group->members[i]];
		struct looks looks = item_looks(page, item, dates);
		dated += looks.date;
		headed += looks.heading;
		pictured += looks.image;
		widths[sampled] = looks.cells;
		titles[sampled] = text_cells(item->words);
	}
	double title = (double)median(titles, sampled);
	double rest = ((double)median(widths, sampled) - title) / 10;
	size_t n = group->stories < 40 ? group->stories : 40;
	double of = (double)sampled;
	group->dates = dated / of;
	group->headings = headed / of;
	group->chrome = group_chrome(page, group->parent);
	group->score = 12 * log2_of(1 + n) +
		       1.2 * links / (double)group->count +
		       0.5 * (title < 60 ? title : 60) + 15 * group->dates +
		       8 * group->headings + 6 * pictured / of +
		       (rest > 12     ? 12
			   : rest < 0 ? 0
				      : rest) +
		       group->chrome;
	if (title < 14 && title > 0)
		group->score -= 25;
	if (n < 5)
		group->score -= 10;
	if (is_box(page, group))
		group->score -= 8;
	if (listed * 5 >= group->count * 3)
		group->score += 8;
}

/* ---- one list over several parents ---- */

/* The share of a group's items, of those sampled, that show a date. */
static double
share_dated(const struct page *page, const struct region_item *items,
    const struct group *group, const struct date_context *dates)
{
	size_t step = group->count / LIST_LEAST, dated = 0, asked = 0;
	for (size_t i = 0; i < group->count && asked < LIST_LEAST;
	     i += step, asked++)
		dated +=
		    item_looks(page, &items[group->members[i]], dates).date;
	return (double)dated / (double)asked;
}

/* Two lists under one roof: one of boxes, or one with dates and one without. */
static bool
are_apart(const struct page *page, const struct region_item *items,
    const struct group *a, const struct group *b,
    const struct date_context *dates)
{
	if (is_box(page, a) != is_box(page, b))
		return true;
	if (a->count < LIST_LEAST || b->count < LIST_LEAST)
		return false;
	double x = share_dated(page, items, a, dates);
	double y = share_dated(page, items, b, dates);
	return (x >= 0.8 && y <= 0.2) || (y >= 0.8 && x <= 0.2);
}

/* Columns, rows, months: one list over several parents. */
static void
merge_groups(const struct page *page, const struct region_item *items,
    struct group *groups, size_t count, bool is_front,
    const struct date_context *dates)
{
	for (size_t i = 0; i < count; i++) {
		struct group *a = &groups[i];
		for (size_t j = i + 1; a->count > 0 && j < count; j++) {
			struct group *b = &groups[j];
			if (b->count == 0 || a->tag != b->tag ||
			    a->depth != b->depth || a->parent == b->parent ||
			    !group_is_near(page, a, b) ||
			    !group_is_like(page, items, a, b) ||
			    (!is_front && are_apart(page, items, a, b, dates)))
				continue;
			add_members(a, b->members, b->count);
			b->count = 0;
		}
		qsort(a->members, a->count, sizeof(*a->members), index_compare);
	}
}

/* ---- together ---- */

void
group_join(
    const struct region_item *items, struct group *to, struct group *from)
{
	add_members(to, from->members, from->count);
	from->count = 0;
	qsort(to->members, to->count, sizeof(*to->members), index_compare);
	to->stories = count_stories(items, to);
}

struct group *
groups_find(const struct page *page, struct region_item *items, size_t count,
    bool is_front, const struct date_context *dates, size_t *group_count)
{
	struct group *groups = base_groups(page, items, count, group_count);
	for (size_t i = 0; i < *group_count; i++)
		extend_items(page, items, count, &groups[i]);
	merge_groups(page, items, groups, *group_count, is_front, dates);
	for (size_t i = 0; i < *group_count; i++)
		if (groups[i].count > 0)
			score_group(page, items, &groups[i], dates);
	return groups;
}

void
groups_free(struct group *groups, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(groups[i].members);
	free(groups);
}
