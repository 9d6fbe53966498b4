#include "feed/collection.h"

#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/hash.h"
#include "feed/language.h"
#include "feed/link_kind.h"
#include "feed/links.h"
#include "feed/memory.h"
#include "feed/script.h"
#include "feed/text.h"
#include "feed/url.h"

#define OCCURRENCES_MAX 4000 /* story links of one page */
#define BESIDE_NODES 60      /* of what an empty link is for */
#define BESIDE_CELLS 24      /* of a text that speaks for such a link */
#define HOPELESS (-45.0)     /* no story wherever it stands */
#define RUBRIC (-25.0)       /* a short heading of such a link is no title */
#define BESIDE 120.0         /* what an empty link beside its title has ahead */
#define DATED 30.0           /* what it costs to say a date and no more */
#define DATE_BYTES 60
#define TITLED 18.0    /* what its fellows' titles are worth to a link */
#define TITLED_WORDS 5 /* of links_score_words: a title */
#define TITLED_LEAST 5 /* links of one shape */
#define LIKELY 40.0    /* what a link has ahead that is one anywhere */

/* ---- collecting ---- */

static uint32_t
slot_of(const struct collection *all, const char *folded)
{
	uint32_t hash = 2166136261u;
	for (const char *at = folded; *at != '\0'; at++)
		hash = (hash ^ (unsigned char)*at) * 16777619u;
	uint32_t slot = hash & (uint32_t)(all->slot_count - 1);
	while (all->slots[slot] != 0 &&
	       strcmp(all->stories[all->slots[slot] - 1].folded, folded) != 0)
		slot = (slot + 1) & (uint32_t)(all->slot_count - 1);
	return slot;
}

/* Takes link and key; returns the story's index. */
static uint32_t
story_of(struct collection *all, char *link, char *key)
{
	char *folded = key != NULL ? xstrdup(key) : url_key(link);
	if (folded == NULL)
		folded = xstrdup(link);
	uint32_t slot = slot_of(all, folded);
	if (all->slots[slot] != 0) {
		free(folded);
		free(link);
		free(key);
		return all->slots[slot] - 1;
	}
	all->stories[all->story_count] = (struct story){
	    .link = link,
	    .key = key,
	    .folded = folded,
	    .words = xstrdup(""),
	};
	all->slots[slot] = (uint32_t)++all->story_count;
	return (uint32_t)all->story_count - 1;
}

static char *
text_of(const struct page *page, uint32_t node)
{
	char *raw = page_text(page, node, NULL, 0);
	char *words = text_line(raw, strlen(raw), 300);
	free(raw);
	return words;
}

/* What a link says: its text, else what stands in for it. */
static char *
words_of(const struct page *page, uint32_t node)
{
	char *words = text_of(page, node);
	static const char *const names[] = {"title", "aria-label", NULL};
	for (size_t i = 0; names[i] != NULL; i++) {
		const char *value = page_attribute(page, node, names[i]);
		if (value != NULL &&
		    (words[0] == '\0' || text_is_cut_from(words, value))) {
			free(words);
			words = text_line(value, strlen(value), 300);
		}
	}
	return words;
}

static int
heading_rank(const char *tag) /* 6 for h1 to 1 for h6, else 0 */
{
	return tag[0] == 'h' && tag[1] >= '1' && tag[1] <= '6' && tag[2] == '\0'
		   ? '7' - tag[1]
		   : 0;
}

/* The rank of the heading that a link stands in or holds; 0 if none. */
static int
heading_weight(const struct page *page, uint32_t node)
{
	int rank = 0;
	uint32_t up = node, end = page->end[node];
	for (int level = 0; level < 4 && up != PAGE_NONE && rank == 0;
	     level++) {
		rank = heading_rank(page_tag(page, up));
		up = page->parent[up];
	}
	if (end - node > BESIDE_NODES)
		end = node + BESIDE_NODES;
	for (uint32_t at = node; at < end && rank == 0; at++)
		if (page->text[at] == NULL)
			rank = heading_rank(page_tag(page, at));
	return rank;
}

/* What a part of the page says: its heading, if that stands before the first
 * link that speaks for itself and is not that link's; without such links its
 * first text; else "". */
static char *
first_words(const struct page *page, uint32_t node)
{
	uint32_t heading = PAGE_NONE, text = PAGE_NONE;
	bool speaks = false;
	for (uint32_t at = node; !speaks && at < page->end[node]; at++) {
		if (page->text[at] != NULL) {
			if (text == PAGE_NONE &&
			    text_cells(page->text[at]) >= BESIDE_CELLS)
				text = at;
			continue;
		}
		if (heading == PAGE_NONE &&
		    heading_rank(page_tag(page, at)) > 0)
			heading = at;
		if (strcmp(page_tag(page, at), "a") != 0)
			continue;
		char *words = text_of(page, at);
		speaks = words[0] != '\0';
		free(words);
		if (speaks && heading != PAGE_NONE &&
		    page_contains(page, heading, at))
			return xstrdup("");
	}
	if (heading != PAGE_NONE)
		return text_of(page, heading);
	return text != PAGE_NONE && !speaks
		   ? text_line(page->text[text], strlen(page->text[text]), 300)
		   : xstrdup("");
}

/* What a part of the page says round a link that says only "read more": its
 * heading or its first text; "" if another link in it speaks for itself. */
static char *
words_round(const struct page *page, uint32_t node)
{
	uint32_t heading = PAGE_NONE, text = PAGE_NONE;
	for (uint32_t at = node; at < page->end[node]; at++) {
		if (page->text[at] != NULL) {
			if (text == PAGE_NONE &&
			    text_cells(page->text[at]) >= BESIDE_CELLS)
				text = at;
			continue;
		}
		if (heading == PAGE_NONE &&
		    heading_rank(page_tag(page, at)) > 0)
			heading = at;
		if (strcmp(page_tag(page, at), "a") != 0)
			continue;
		char *words = text_of(page, at);
		bool speaks = text_cells(words) >= COLLECTION_TITLE_CELLS &&
			      !language_is_teaser_word(words);
		free(words);
		if (speaks)
			return xstrdup("");
	}
	if (heading != PAGE_NONE)
		return text_of(page, heading);
	return text != PAGE_NONE
		   ? text_line(page->text[text], strlen(page->text[text]), 300)
		   : xstrdup("");
}

/* An empty link over or beside what it is for, or one that says "read more" of
 * it. */
static char *
words_beside(const struct page *page, uint32_t node, bool is_empty)
{
	char *words = xstrdup("");
	for (int up = 0; up < 3 && words[0] == '\0'; up++) {
		node = page->parent[node];
		if (node == PAGE_NONE || page->end[node] - node > BESIDE_NODES)
			break;
		free(words);
		words = is_empty ? first_words(page, node)
				 : words_round(page, node);
	}
	return words;
}

/* What the picture in a link shows, in words; "" if they are none. */
static char *
words_of_picture(const struct page *page, uint32_t node)
{
	for (uint32_t at = node; at < page->end[node]; at++) {
		const char *alt = page->text[at] == NULL &&
					  strcmp(page_tag(page, at), "img") == 0
				      ? page_attribute(page, at, "alt")
				      : NULL;
		if (alt != NULL && alt[0] != '\0')
			return text_line(alt, strlen(alt), 300);
	}
	return xstrdup("");
}

static void
collect_link(struct collection *all, uint32_t node, char *link)
{
	char *key;
	if (!links_accept(all->rules, link, &key)) {
		free(link);
		return;
	}
	uint32_t story = story_of(all, link, key);
	char *words = words_of(all->page, node);
	bool is_empty = words[0] == '\0', beside = false;
	if (is_empty || language_is_teaser_word(words)) {
		char *round = words_beside(all->page, node, is_empty);
		beside = round[0] != '\0';
		if (beside || is_empty) {
			free(words);
			words = round;
		} else
			free(round);
	}
	if (words[0] == '\0') {
		free(words);
		words = words_of_picture(all->page, node);
	}
	if (strlen(words) > strlen(all->stories[story].words)) {
		free(all->stories[story].words);
		all->stories[story].words = words;
	} else
		free(words);
	all->occurrences[all->count++] = (struct occurrence){
	    .node = node,
	    .story = story,
	    .beside = beside,
	    .is_silent = is_empty,
	};
}

static char *
link_of(const struct collection *all, uint32_t node)
{
	const char *tag = page_tag(all->page, node);
	bool is_anchor = strcmp(tag, "a") == 0;
	if (is_anchor || strcmp(tag, "area") == 0) {
		const char *href = page_attribute(all->page, node, "href");
		if (href != NULL && href[0] != '\0' && href[0] != '#') {
			char *link = url_canonical(all->base, href, NULL);
			if (link != NULL)
				return link;
		}
	}
	return script_link(all->rules, all->page, node, all->base);
}

static void
collect(struct collection *all)
{
	const struct page *page = all->page;
	char *self = url_canonical(all->base, all->base, NULL);
	all->slot_count = 1 << 14; /* > 2 * OCCURRENCES_MAX */
	all->slots = xcalloc(all->slot_count, sizeof(*all->slots));
	all->occurrences = xcalloc(OCCURRENCES_MAX, sizeof(*all->occurrences));
	all->stories = xcalloc(OCCURRENCES_MAX, sizeof(*all->stories));
	for (uint32_t node = 0;
	     node < page->count && all->count < OCCURRENCES_MAX; node++) {
		if (page->text[node] != NULL ||
		    page->first_attribute[node] ==
			page->first_attribute[node + 1])
			continue;
		char *link = link_of(all, node);
		if (link == NULL)
			continue;
		if (self != NULL && strcmp(link, self) == 0)
			free(link);
		else
			collect_link(all, node, link);
	}
	free(self);
}

/* ---- which of them are stories ---- */

/* Links of one shape are of one kind and have parameters of the same names. */
static char *
shape_of(const char *link)
{
	struct buffer shape = {0};
	char *kind = link_kind(link);
	buffer_add_string(&shape, kind);
	free(kind);
	for (const char *at = link + strcspn(link, "?"); *at != '\0';) {
		buffer_add(&shape, at, 1 + strcspn(at + 1, "=&"));
		at += 1 + strcspn(at + 1, "&");
	}
	return buffer_take(&shape);
}

struct vote {
	char *shape;
	size_t members, seeds;
	size_t titled; /* members whose words are a title's */
	double sum;
};

static int
vote_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Addresses that tell nothing ("/479", "?f=12&t=7") where most links of their
 * shape say what titles say: a system's own way to write them. */
static bool
has_titles(const struct vote *vote)
{
	return vote->members >= TITLED_LEAST &&
	       vote->titled * 5 >= vote->members * 3;
}

/* A shape with three or more good links lifts its other members, one of many
 * titles those that are titles. */
static void
vote_on_shapes(struct collection *all)
{
	char **shapes = xcalloc(all->story_count, sizeof(*shapes));
	char **sorted = xcalloc(all->story_count, sizeof(*sorted));
	struct vote *votes = xcalloc(all->story_count, sizeof(*votes));
	size_t count = 0;
	for (size_t i = 0; i < all->story_count; i++) {
		sorted[i] = shapes[i] = shape_of(all->stories[i].link);
		all->stories[i].shape =
		    hash_bytes(shapes[i], strlen(shapes[i]));
	}
	qsort(sorted, all->story_count, sizeof(*sorted), vote_compare);
	for (size_t i = 0; i < all->story_count; i++)
		if (count == 0 ||
		    strcmp(votes[count - 1].shape, sorted[i]) != 0)
			votes[count++] = (struct vote){.shape = sorted[i]};
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < all->story_count; i++) {
			struct vote *vote = bsearch(&shapes[i], votes, count,
			    sizeof(*votes), vote_compare);
			struct story *story = &all->stories[i];
			bool is_titled =
			    links_score_words(story->words) >= TITLED_WORDS;
			if (pass == 0) {
				vote->members++;
				vote->titled += is_titled;
				if (story->score > 0) {
					vote->seeds++;
					vote->sum += story->score;
				}
			} else if (vote->seeds >= 3 &&
				   vote->sum / (double)vote->seeds >= 5)
				story->score += 6;
			else if (is_titled && story->score > HOPELESS &&
				 has_titles(vote))
				story->score += TITLED;
		}
	for (size_t i = 0; i < all->story_count; i++)
		free(shapes[i]);
	free(votes);
	free(sorted);
	free(shapes);
}

/* "Wednesday at 8:00 AM" leads to a last post, "4 hours ago" to a place. */
static bool
is_date(const struct collection *all, const char *words)
{
	struct moment moment;
	return words[0] != '\0' && strlen(words) <= DATE_BYTES &&
	       all->rules->link_template_count == 0 &&
	       date_parse(words, all->dates, &moment);
}

static void
judge(struct collection *all)
{
	for (size_t i = 0; i < all->story_count; i++) {
		struct story *story = &all->stories[i];
		story->foreign = !url_same_owner(story->link, all->base);
		/* a configured template decides, and replaces the scoring */
		story->score =
		    all->rules->link_template_count > 0
			? 12
			: links_score(story->link, all->base, story->words);
		if (is_date(all, story->words))
			story->score -= DATED;
	}
	if (all->rules->link_template_count == 0)
		vote_on_shapes(all);
	size_t kept = 0;
	for (size_t i = 0; i < all->count; i++) {
		struct occurrence one = all->occurrences[i];
		double score = all->stories[one.story].score;
		one.taken = score > 0;
		if (score > HOPELESS)
			all->occurrences[kept++] = one;
	}
	all->count = kept;
}

/* ---- together ---- */

void
collection_read(struct collection *all, const struct compiled_rules *rules,
    const struct page *page, const char *base, const struct date_context *dates)
{
	*all = (struct collection){
	    .rules = rules,
	    .page = page,
	    .base = base,
	    .dates = dates,
	};
	collect(all);
	judge(all);
}

void
collection_clear(struct collection *all)
{
	for (size_t i = 0; i < all->story_count; i++) {
		free(all->stories[i].link);
		free(all->stories[i].key);
		free(all->stories[i].folded);
		free(all->stories[i].words);
	}
	free(all->stories);
	free(all->occurrences);
	free(all->slots);
}

size_t
collection_from(const struct collection *all, uint32_t node)
{
	size_t low = 0, high = all->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (all->occurrences[middle].node < node)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

double
collection_title_weight(
    const struct collection *all, const struct occurrence *one)
{
	const struct story *story = &all->stories[one->story];
	size_t cells = text_cells(story->words);
	if (cells == 0)
		return 0;
	/* "example.org" behind a title says where it leads */
	if (strchr(story->words, ' ') == NULL &&
	    strchr(story->words, '.') != NULL)
		cells = 1;
	double weight = (double)cells + story->score - HOPELESS;
	if (one->taken)
		weight += LIKELY;
	if (one->beside)
		weight += BESIDE;
	if (one->is_silent)
		weight -= 1; /* of two links to a story the one in words */
	if (cells >= COLLECTION_TITLE_CELLS || story->score > RUBRIC)
		weight += 1000 * heading_weight(all->page, one->node);
	return weight;
}
