#include "feed/infer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/hash.h"
#include "feed/language.h"
#include "feed/memory.h"
#include "feed/text.h"

#define CHUNKS_MAX 400    /* of one item */
#define CANDIDATES_MAX 48 /* of one field in one item */
#define AUTHOR_CELLS 40
#define TEXT_CELLS 40  /* a shorter line is no text */
#define TAIL_BYTES 110 /* where a date may end a long line */

/* A piece of text with one owner, and the line that it stands on. */
struct chunk {
	char *text;
	size_t cells;
	uint32_t owner; /* nearest element that is no mere formatting */
	uint32_t line;
	bool in_anchor, in_heading;
	bool used; /* is a title, date or author */
};

struct candidate {
	uint64_t kind; /* what it looks like: its votes are shared */
	double score;
	char *text;
	struct moment moment;
	uint32_t node;
	uint32_t chunk;       /* or UINT32_MAX */
	size_t start, length; /* of a date inside its chunk */
};

struct candidates {
	struct candidate list[CANDIDATES_MAX];
	size_t count;
};

struct item_view {
	const struct item *item;
	struct chunk *chunks;
	size_t count;
	struct candidates titles, dates, authors;
	const struct candidate *title, *date, *author;
};

struct view {
	const struct page *page;
	const struct date_context *dates;
	struct item_view *items;
	size_t count;
};

/* ---- what an element is ---- */

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
	    "small", "sup", "sub", "wbr", "q", "cite", "abbr", "bdi", "bdo",
	    NULL};
	return is_one_of(tag, tags);
}

static bool
is_block(const char *tag)
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

static bool
is_heading(const char *tag)
{
	return (tag[0] == 'h' && tag[1] >= '1' && tag[1] <= '6' &&
		   tag[2] == '\0') ||
	       strcmp(tag, "dt") == 0;
}

/* Does a class (or id, itemprop, rel) hold one of the words as a part? */
static bool
named(const struct page *page, uint32_t node, const char *const *words)
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

static const char *const title_words[] = {
    "tit", "headline", "subject", "subj", "ttl", "heading", NULL};
static const char *const subtitle_words[] = {
    "subtit", "sub-tit", "sub_tit", "subhead", "lead", "deck", NULL};
static const char *const date_words[] = {
    "date", "time", "day", "regist", "publish", "posted", "ago", "when", NULL};
static const char *const author_words[] = {"byline", "author", "writer",
    "reporter", "gija", "credit", "by-line", "journalist", "editor", NULL};

/* What a node looks like from its item: tag and class, and its parent's. */
static uint64_t
kind_of(const struct page *page, uint32_t node, char sort)
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

static uint32_t
owner_of(const struct walk *walk, uint32_t text)
{
	const struct page *page = walk->page;
	uint32_t owner = page->parent[text];
	while (owner > walk->start && is_formatting(page_tag(page, owner)))
		owner = page->parent[owner];
	return owner;
}

static uint32_t
block_of(const struct page *page, uint32_t node)
{
	while (node != PAGE_NONE && !is_block(page_tag(page, node)))
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
		chunk->in_heading |= is_heading(tag);
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
	uint32_t block = block_of(walk->page, owner);
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

static void
cut_in_chunks(const struct page *page, struct item_view *view)
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
		} else if (is_block(page_tag(page, node)))
			walk.broken = true;
		node++;
	}
	view->chunks =
	    xreallocarray(view->chunks, view->count, sizeof(*view->chunks));
}

/* ---- candidates ---- */

static void
offer(struct candidates *all, struct candidate candidate)
{
	if (candidate.text == NULL || candidate.text[0] == '\0' ||
	    all->count == CANDIDATES_MAX) {
		free(candidate.text);
		return;
	}
	all->list[all->count++] = candidate;
}

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
	offer(&item->titles, (struct candidate){
				 .kind = kind_of(view->page, node, sort),
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

static void
offer_titles(struct view *view, struct item_view *item)
{
	const struct page *page = view->page;
	for (uint32_t node = item->item->start; node < item->item->end;
	     node++) {
		if (page->text[node] != NULL)
			continue;
		const char *tag = page_tag(page, node);
		double score = 0;
		if (is_heading(tag)) /* a kicker is a smaller one */
			score = tag[0] == 'h' ? 100 + 2 * ('6' - tag[1]) : 100;
		else if (strcmp(tag, "a") == 0)
			score = 60;
		else if (strcmp(tag, "strong") == 0 || strcmp(tag, "b") == 0)
			score = 50;
		else if (named(page, node, title_words) &&
			 strcmp(tag, "img") != 0)
			score = 80;
		if (score == 0)
			continue;
		if (named(page, node, subtitle_words))
			score -= 45;
		if (named(page, node, date_words) ||
		    named(page, node, author_words))
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

static double
precision_score(enum precision precision)
{
	switch (precision) {
	case PRECISION_SECOND:
		return 6;
	case PRECISION_MINUTE:
		return 5;
	case PRECISION_DAY:
		return 3;
	case PRECISION_RELATIVE:
		return 2;
	default:
		return 0;
	}
}

static void
offer_date(struct view *view, struct item_view *item, uint32_t node,
    double score, char sort, const char *text, struct moment moment,
    uint32_t chunk, size_t start, size_t length)
{
	if (named(view->page, node, date_words))
		score += 20;
	offer(&item->dates,
	    (struct candidate){
		.kind = kind_of(view->page, node, sort),
		.score = score + precision_score(moment.precision),
		.text = xstrdup(text),
		.moment = moment,
		.node = node,
		.chunk = chunk,
		.start = start,
		.length = length,
	    });
}

static bool
has_part(const char *text, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strstr(text, *words) != NULL)
			return true;
	return false;
}

/* How much a date is worth that stands in this attribute; 0: it is not asked.
 * A bare number (an epoch) needs a name that says so. */
static double
attribute_score(const struct page *page, uint32_t node,
    const struct page_attribute *attribute, struct date_context *dates)
{
	static const char *const epochs[] = {
	    "date", "time", "publish", "created", "posted", "epoch", NULL};
	const char *name = attribute->name;
	dates->is_attribute = true;
	if (strcmp(name, "datetime") == 0)
		return 100;
	if (strcmp(name, "content") == 0)
		return named(page, node, date_words) ? 80 : 0;
	if (strncmp(name, "data-", 5) == 0) {
		dates->is_attribute =
		    has_part(name, epochs) || strcmp(name, "data-ts") == 0;
		return 80;
	}
	dates->is_attribute = false;
	/* the title of a link or a picture is the story's */
	return strcmp(name, "title") == 0 &&
		       strcmp(page_tag(page, node), "a") != 0 &&
		       strcmp(page_tag(page, node), "img") != 0
		   ? 70
		   : 0;
}

/* The date of an edit stands behind that of the article. */
static bool
is_modified_date(const struct page *page, uint32_t node, const char *name)
{
	static const char *const words[] = {
	    "modif", "updat", "edited", "lastmod", NULL};
	/* "entry-date updated": never edited, and both at once */
	static const char *const firsts[] = {
	    "publish", "create", "entry-date", "posted", NULL};
	return has_part(name, words) ||
	       (named(page, node, words) && !named(page, node, firsts));
}

/* No digits alone ("20240305" is an id), but for an epoch. */
static bool
parse_attribute(const struct page *page, uint32_t node,
    const struct page_attribute *attribute, const struct date_context *context,
    struct moment *moment, double *score)
{
	struct date_context dates = *context;
	*score = attribute_score(page, node, attribute, &dates);
	bool is_digits =
	    attribute->value[strspn(attribute->value, "0123456789")] == '\0';
	if (*score == 0 || (is_digits && !dates.is_attribute) ||
	    !date_parse(attribute->value, &dates, moment) ||
	    moment->precision < PRECISION_DAY)
		return false;
	if (is_modified_date(page, node, attribute->name))
		*score -= 50;
	return true;
}

static void
offer_machine_dates(struct view *view, struct item_view *item)
{
	const struct page *page = view->page;
	for (uint32_t node = item->item->start; node < item->item->end;
	     node++) {
		if (page->text[node] != NULL)
			continue;
		for (uint32_t i = page->first_attribute[node];
		     i < page->first_attribute[node + 1]; i++) {
			const struct page_attribute *attribute =
			    &page->attributes[i];
			struct moment moment;
			double score;
			if (!parse_attribute(page, node, attribute, view->dates,
				&moment, &score))
				continue;
			bool is_edit =
			    is_modified_date(page, node, attribute->name);
			offer_date(view, item, node, score, is_edit ? 'u' : 'm',
			    attribute->value, moment, UINT32_MAX, 0, 0);
		}
	}
}

const char *
infer_machine_date(
    const struct page *page, uint32_t node, const struct date_context *dates)
{
	const char *best = NULL;
	double best_score = 0;
	for (uint32_t at = node; at < page->end[node]; at++) {
		if (page->text[at] != NULL)
			continue;
		for (uint32_t i = page->first_attribute[at];
		     i < page->first_attribute[at + 1]; i++) {
			struct moment moment;
			double score;
			if (parse_attribute(page, at, &page->attributes[i],
				dates, &moment, &score) &&
			    score > best_score) {
				best = page->attributes[i].value;
				best_score = score;
			}
		}
	}
	return best;
}

/* Where in a long line the date ends it: "... 2023-04-18 09:37:45 홍길동 기자".
 */
static bool
find_at_the_end(const char *text, const struct date_context *dates,
    struct moment *moment, size_t *start, size_t *length)
{
	size_t total = strlen(text);
	size_t from = total > TAIL_BYTES ? total - TAIL_BYTES : 0;
	while (from > 0 && ((unsigned char)text[from] & 0xc0) == 0x80)
		from++;
	bool found = false;
	struct moment each;
	size_t at, width;
	/* the last date there: a body may name another just before */
	while (date_find(text + from, dates, &each, &at, &width) && width > 0) {
		*moment = each;
		*start = from + at;
		*length = width;
		found = true;
		from += at + width;
	}
	return found && text_cells(text + *start + *length) <= AUTHOR_CELLS;
}

static void
offer_chunk_date(struct view *view, struct item_view *item, uint32_t index)
{
	const struct chunk *chunk = &item->chunks[index];
	struct date_context dates = *view->dates;
	struct moment moment;
	size_t start, length;
	dates.is_date_node =
	    named(view->page, chunk->owner, date_words) ||
	    strcmp(page_tag(view->page, chunk->owner), "time") == 0;
	if (chunk->in_heading)
		return;
	if (chunk->cells <= 80 && date_parse(chunk->text, &dates, &moment))
		offer_date(view, item, chunk->owner, 60, 'w', chunk->text,
		    moment, index, 0, strlen(chunk->text));
	else if (chunk->cells <= 80 &&
		 date_find(chunk->text, &dates, &moment, &start, &length))
		offer_date(view, item, chunk->owner, 40, 'f', chunk->text,
		    moment, index, start, length);
	else if (chunk->cells > 80 &&
		 find_at_the_end(chunk->text, &dates, &moment, &start, &length))
		offer_date(view, item, chunk->owner, 20, 'f',
		    chunk->text + start, moment, index, start, length);
}

/* ---- votes ---- */

struct vote {
	uint64_t kind;
	double sum;
};

static int
vote_compare(const void *a, const void *b)
{
	const struct vote *x = a, *y = b;
	return (x->kind > y->kind) - (x->kind < y->kind);
}

static struct candidates *
candidates_of(struct item_view *item, enum field field)
{
	return field == FIELD_TITLE  ? &item->titles
	       : field == FIELD_DATE ? &item->dates
				     : &item->authors;
}

/* Each kind's best score in each item counts once for the kind. */
static struct vote *
count_votes(struct view *view, enum field field, size_t *count)
{
	struct vote *votes =
	    xcalloc(view->count * CANDIDATES_MAX, sizeof(*votes));
	size_t cast = 0, kinds = 0;
	for (size_t i = 0; i < view->count; i++) {
		struct candidates *all = candidates_of(&view->items[i], field);
		for (size_t k = 0; k < all->count; k++) {
			bool seen = false;
			for (size_t j = 0; j < k && !seen; j++)
				seen = all->list[j].kind == all->list[k].kind;
			if (!seen)
				votes[cast++] = (struct vote){
				    all->list[k].kind, all->list[k].score};
		}
	}
	qsort(votes, cast, sizeof(*votes), vote_compare);
	for (size_t i = 0; i < cast; i++) {
		if (kinds > 0 && votes[kinds - 1].kind == votes[i].kind)
			votes[kinds - 1].sum += votes[i].sum;
		else
			votes[kinds++] = votes[i];
	}
	*count = kinds;
	return votes;
}

static const struct candidate *
elect(const struct candidates *all, const struct vote *votes, size_t count)
{
	const struct candidate *best = NULL;
	double best_sum = 0;
	for (size_t i = 0; i < all->count; i++) {
		const struct candidate *candidate = &all->list[i];
		struct vote key = {.kind = candidate->kind};
		const struct vote *vote =
		    bsearch(&key, votes, count, sizeof(*votes), vote_compare);
		if (candidate->score <= 0 || vote == NULL)
			continue;
		if (best == NULL || vote->sum > best_sum ||
		    (vote->sum == best_sum && candidate->score > best->score)) {
			best = candidate;
			best_sum = vote->sum;
		}
	}
	return best;
}

static int
string_compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A text on over half of the items says nothing of one of them ("기사사진",
 * the page's clock). */
static void
drop_repeated(struct view *view, enum field field)
{
	size_t count = 0;
	const char **texts =
	    xcalloc(view->count * CANDIDATES_MAX, sizeof(*texts));
	if (view->count < 3) {
		free(texts);
		return;
	}
	for (size_t i = 0; i < view->count; i++) {
		struct candidates *all = candidates_of(&view->items[i], field);
		for (size_t k = 0; k < all->count; k++) {
			bool seen = false;
			for (size_t j = 0; j < k && !seen; j++)
				seen = strcmp(all->list[j].text,
					   all->list[k].text) == 0;
			if (!seen)
				texts[count++] = all->list[k].text;
		}
	}
	qsort(texts, count, sizeof(*texts), string_compare);
	for (size_t i = 0; i < view->count; i++) {
		struct candidates *all = candidates_of(&view->items[i], field);
		for (size_t k = 0; k < all->count; k++) {
			const char *key = all->list[k].text;
			const char **hit = bsearch(
			    &key, texts, count, sizeof(*texts), string_compare);
			size_t low = (size_t)(hit - texts), high = low;
			while (low > 0 && strcmp(texts[low - 1], key) == 0)
				low--;
			while (high < count && strcmp(texts[high], key) == 0)
				high++;
			if ((high - low) * 2 > view->count)
				all->list[k].score = -1;
		}
	}
	free(texts);
}

static void
vote_on(struct view *view, enum field field)
{
	size_t count;
	if (field != FIELD_DATE && field != FIELD_AUTHOR)
		drop_repeated(view, field);
	struct vote *votes = count_votes(view, field, &count);
	for (size_t i = 0; i < view->count; i++) {
		struct item_view *item = &view->items[i];
		const struct candidate *best =
		    elect(candidates_of(item, field), votes, count);
		if (field == FIELD_TITLE)
			item->title = best;
		else if (field == FIELD_DATE)
			item->date = best;
		else
			item->author = best;
	}
	free(votes);
}

/* ---- authors ---- */

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
ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), width = strlen(end);
	return length >= width && strcmp(text + length - width, end) == 0;
}

static bool
is_person_words(const char *text)
{
	static const char *const ends[] = {"기자", "특파원", "통신원",
	    "논설위원", "칼럼니스트", "기고", "記者", "记者", "특약", NULL};
	static const char *const starts[] = {"By ", "by ", "BY ", "Von ",
	    "Par ", "Por ", "Di ", "기자 ", "記者", "记者", "文/", NULL};
	for (size_t i = 0; ends[i] != NULL; i++)
		if (ends_with(text, ends[i]) && strcmp(text, ends[i]) != 0)
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
	offer(&item->authors, (struct candidate){
				  .kind = kind_of(view->page, node, sort),
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

static void
offer_authors(struct view *view, struct item_view *item)
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
			if (named(view->page, chunk->owner, author_words))
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

/* ---- text ---- */

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
			uint32_t block = block_of(page, chunk->owner);
			lines[(*count)++] = (struct line){
			    .kind = block == PAGE_NONE
					? 0
					: kind_of(page, block, 'x'),
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
			if (ends_with(text, more[i])) {
				text[length - strlen(more[i])] = '\0';
				again = true;
				break;
			}
	}
}

static void
infer_texts(struct view *view, struct inferred *out)
{
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
	qsort(votes, kinds, sizeof(*votes), vote_compare);
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

/* ---- pictures ---- */

static void
infer_images(struct view *view, const char *base, struct inferred *out)
{
	const char **images = xcalloc(view->count, sizeof(*images));
	size_t count = 0;
	for (size_t i = 0; i < view->count; i++) {
		const struct item *item = view->items[i].item;
		for (uint32_t node = item->start;
		     node < item->end && out[i].image == NULL;
		     node = view->page->end[node])
			out[i].image = infer_image(view->page, node, base);
		if (out[i].image != NULL)
			images[count++] = out[i].image;
	}
	/* one picture on over half of the items is the site's, not theirs */
	qsort(images, count, sizeof(*images), string_compare);
	const char *common = NULL;
	for (size_t i = 0, run = 0; i < count; i++) {
		run = i > 0 && strcmp(images[i], images[i - 1]) == 0 ? run + 1
								     : 1;
		if (run * 2 > view->count && run >= 3)
			common = images[i];
	}
	char *shared = xstrdup_or_null(common);
	for (size_t i = 0; shared != NULL && i < view->count; i++)
		if (out[i].image != NULL && strcmp(out[i].image, shared) == 0) {
			free(out[i].image);
			out[i].image = NULL;
		}
	free(shared);
	free(images);
}

/* ---- together ---- */

static void
say_how(const struct page *page, const struct view *view, enum field field,
    const struct inferred *out, char *how[FIELD_COUNT])
{
	size_t filled = 0;
	const struct candidate *shown = NULL;
	for (size_t i = 0; i < view->count; i++) {
		const struct item_view *item = &view->items[i];
		const struct candidate *chosen =
		    field == FIELD_TITLE    ? item->title
		    : field == FIELD_DATE   ? item->date
		    : field == FIELD_AUTHOR ? item->author
					    : NULL;
		if (chosen != NULL)
			shown = chosen;
		filled += field == FIELD_TITLE    ? out[i].title != NULL
			  : field == FIELD_DATE   ? chosen != NULL
			  : field == FIELD_AUTHOR ? out[i].author != NULL
			  : field == FIELD_TEXT   ? out[i].text != NULL
						  : out[i].image != NULL;
	}
	char where[160] = "";
	if (shown != NULL) {
		const char *class = page_attribute(page, shown->node, "class");
		(void)snprintf(where, sizeof(where), " from %s%s%.100s",
		    page_tag(page, shown->node),
		    class != NULL && class[0] != '\0' ? "." : "",
		    class != NULL ? class : "");
		where[strcspn(where + 6, " ") + 6] = '\0';
	}
	char *words =
	    xasprintf("inferred%s, %zu/%zu", where, filled, view->count);
	/* tag and class are the page's bytes, and may be cut */
	how[field] = text_line(words, strlen(words), 200);
	free(words);
}

static void
item_view_clear(struct item_view *item)
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

/* What a person reads where the machine's date stands, else on a line of its
 * own in the item; none if there is nothing. */
static struct moment
visible_date(const struct page *page, const struct item_view *item)
{
	const struct candidate *best = NULL;
	bool best_inside = false;
	for (size_t i = 0; i < item->dates.count; i++) {
		const struct candidate *shown = &item->dates.list[i];
		bool is_inside = shown->node >= item->date->node &&
				 shown->node < page->end[item->date->node];
		bool is_whole =
		    shown->start == 0 && shown->text[shown->length] == '\0';
		if (shown->chunk == UINT32_MAX || (!is_inside && !is_whole))
			continue;
		if (best == NULL || (is_inside && !best_inside) ||
		    (is_inside == best_inside && shown->score > best->score)) {
			best = shown;
			best_inside = is_inside;
		}
	}
	return best != NULL ? best->moment : (struct moment){0};
}

static void
take_date(
    const struct page *page, const struct item_view *item, struct inferred *out)
{
	out->date = xstrdup(item->date->text);
	out->published = item->date->moment;
	out->date_is_machine = item->date->chunk == UINT32_MAX;
	if (out->date_is_machine)
		out->visible = visible_date(page, item);
}

static void
take_results(
    struct view *view, const bool wanted[FIELD_COUNT], struct inferred *out)
{
	for (size_t i = 0; i < view->count; i++) {
		const struct item_view *item = &view->items[i];
		out[i].title_node = PAGE_NONE;
		if (wanted[FIELD_TITLE] && item->title != NULL) {
			out[i].title = text_line(
			    item->title->text, strlen(item->title->text), 300);
			out[i].title_node = item->title->node;
		}
		if (wanted[FIELD_AUTHOR] && item->author != NULL)
			out[i].author = xstrdup(item->author->text);
		if (wanted[FIELD_DATE] && item->date != NULL)
			take_date(view->page, item, &out[i]);
	}
}

void
infer_fields(const struct page *page, const struct listing *listing,
    const bool wanted[FIELD_COUNT], const struct infer_given *given,
    const struct date_context *dates, const char *base, struct inferred *out,
    char *how[FIELD_COUNT])
{
	struct view view = {
	    .page = page, .dates = dates, .count = listing->count};
	view.items = xcalloc(listing->count, sizeof(*view.items));
	for (size_t i = 0; i < view.count; i++) {
		struct item_view *item = &view.items[i];
		item->item = &listing->list[i];
		cut_in_chunks(page, item);
		if (wanted[FIELD_TITLE])
			offer_titles(&view, item);
		offer_machine_dates(&view, item);
		for (uint32_t k = 0; k < item->count; k++)
			offer_chunk_date(&view, item, k);
	}
	vote_on(&view, FIELD_TITLE);
	vote_on(&view, FIELD_DATE);
	for (size_t i = 0; wanted[FIELD_AUTHOR] && i < view.count; i++)
		offer_authors(&view, &view.items[i]);
	vote_on(&view, FIELD_AUTHOR);
	take_results(&view, wanted, out);
	for (size_t i = 0; i < view.count; i++)
		mark_used(
		    &view.items[i], page, given != NULL ? &given[i] : NULL);
	if (wanted[FIELD_TEXT])
		infer_texts(&view, out);
	if (wanted[FIELD_IMAGE])
		infer_images(&view, base, out);
	for (int field = 0; field < FIELD_COUNT; field++)
		if (wanted[field] && field != FIELD_LINK &&
		    field != FIELD_CATEGORY)
			say_how(page, &view, (enum field)field, out, how);
	for (size_t i = 0; i < view.count; i++)
		item_view_clear(&view.items[i]);
	free(view.items);
}
