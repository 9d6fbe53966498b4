#include "feed/links.h"

#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/hash.h"
#include "feed/kin.h"
#include "feed/link_template.h"
#include "feed/memory.h"
#include "feed/region.h"
#include "feed/select.h"
#include "feed/text.h"
#include "feed/url.h"

#define OCCURRENCES_MAX 4000 /* story links of one page */
#define BESIDE_NODES 60      /* of what an empty link is for */
#define BESIDE_CELLS 24
#define SCRIPT_MAX 2000  /* bytes of an onclick that are looked at */
#define HOPELESS (-45.0) /* no story wherever it stands */
#define TITLE_CELLS 14   /* a shorter heading may be a rubric, */
#define RUBRIC (-25.0)   /* if its link is as poor as this */
#define FIRST 60.0       /* what the first of several has ahead */
#define LIKELY 40.0      /* what a link has ahead that is one anywhere */

/* One place on the page where a story is linked to. */
struct occurrence {
	uint32_t node;
	uint32_t story;
	bool taken;  /* for a story's; else only a possible one's */
	bool beside; /* empty: what it is for stands beside it */
};

struct story {
	char *link;
	char *key;    /* captured, or NULL */
	char *folded; /* what equal stories share */
	char *words;  /* the longest text of its links */
	double score;
	uint64_t shape; /* of the link: hashed */
	bool foreign;   /* leads to another owner's site */
};

struct collection {
	const struct compiled_rules *rules;
	const struct page *page;
	const char *base;
	const struct structured *structured;
	struct occurrence *occurrences;
	size_t count;
	struct story *stories;
	size_t story_count;
	uint32_t *slots; /* open hash of stories by folded key */
	size_t slot_count;
};

void
listing_add(struct listing *listing, struct item item)
{
	if ((listing->count & (listing->count - 1)) == 0)
		listing->list = xreallocarray(listing->list,
		    listing->count == 0 ? 1 : listing->count * 2, sizeof(item));
	listing->list[listing->count++] = item;
}

void
listing_clear(struct listing *listing)
{
	for (size_t i = 0; i < listing->count; i++) {
		free(listing->list[i].link);
		free(listing->list[i].key);
	}
	free(listing->list);
	free(listing->how);
	free(listing->selector);
	*listing = (struct listing){0};
}

bool
links_accept(const struct compiled_rules *rules, const char *link, char **key)
{
	*key = NULL;
	for (size_t i = 0; i < rules->link_template_count; i++) {
		*key = link_template_match(rules->link_templates[i], link);
		if (*key != NULL)
			return true;
	}
	return rules->link_template_count == 0;
}

/* Six or more digits between quotes, as in view('20230418500123'). */
static char *
quoted_number(const char *script)
{
	const char *end = script + strnlen(script, SCRIPT_MAX);
	for (const char *at = script; at < end; at++) {
		if (*at != '\'' && *at != '"' && *at != '(' && *at != ',')
			continue;
		size_t length = strspn(at + 1, "0123456789");
		char after = at[1 + length];
		if (length >= 6 && length <= 24 &&
		    (after == '\'' || after == '"' || after == ')' ||
			after == ','))
			return xstrndup(at + 1, length);
	}
	return NULL;
}

/* An address between quotes, as in location.href='/article/2023': absolute or
 * from the root, for "a/b" may be anything. */
static char *
quoted_address(const char *script)
{
	const char *end = script + strnlen(script, SCRIPT_MAX);
	for (const char *at = script; at < end; at++) {
		if (*at != '\'' && *at != '"')
			continue;
		const char quotes[] = {*at, '\0'};
		size_t length = strcspn(at + 1, quotes);
		if (at[1 + length] == '\0')
			return NULL;
		char *address = xstrndup(at + 1, length);
		if (strpbrk(address, " \t\r\n<>") == NULL &&
		    ((address[0] == '/' && address[1] != '\0') ||
			strncmp(address, "https://", 8) == 0 ||
			strncmp(address, "http://", 7) == 0))
			return address;
		free(address);
		at += 1 + length;
	}
	return NULL;
}

/* The template filled with a number of the script's. */
static char *
link_from_number(
    const struct compiled_rules *rules, const char *script, const char *base)
{
	char *number = quoted_number(script);
	char *link = NULL;
	for (size_t i = 0;
	     number != NULL && link == NULL && i < rules->link_template_count;
	     i++) {
		char *href =
		    link_template_fill(rules->link_templates[i], number);
		if (href != NULL)
			link = url_canonical(base, href, NULL);
		free(href);
	}
	free(number);
	return link;
}

char *
links_from_script(const struct compiled_rules *rules, const struct page *page,
    uint32_t node, const char *base)
{
	const char *script = page_attribute(page, node, "onclick");
	if (script == NULL) {
		script = page_attribute(page, node, "href");
		if (script == NULL || strncmp(script, "javascript:", 11) != 0)
			return NULL;
	}
	char *address = quoted_address(script);
	char *link =
	    address != NULL ? url_canonical(base, address, NULL) : NULL;
	free(address);
	char *key = NULL;
	if (link != NULL && !links_accept(rules, link, &key)) {
		free(link);
		link = NULL;
	}
	free(key);
	return link != NULL ? link : link_from_number(rules, script, base);
}

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
	for (size_t i = 0; words[0] == '\0' && names[i] != NULL; i++) {
		const char *value = page_attribute(page, node, names[i]);
		if (value != NULL) {
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

/* An empty link over or beside what it is for. */
static char *
words_beside(const struct page *page, uint32_t node)
{
	char *words = xstrdup("");
	for (int up = 0; up < 3 && words[0] == '\0'; up++) {
		node = page->parent[node];
		if (node == PAGE_NONE || page->end[node] - node > BESIDE_NODES)
			break;
		free(words);
		words = first_words(page, node);
	}
	return words;
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
	bool beside = words[0] == '\0';
	if (beside) {
		free(words);
		words = words_beside(all->page, node);
		beside = words[0] != '\0';
	}
	if (strlen(words) > strlen(all->stories[story].words)) {
		free(all->stories[story].words);
		all->stories[story].words = words;
	} else
		free(words);
	all->occurrences[all->count++] =
	    (struct occurrence){.node = node, .story = story, .beside = beside};
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
	return links_from_script(all->rules, all->page, node, all->base);
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

/* Links of one shape are of one kind: digits and words of the path, names of
 * numeric parameters. */
static char *
shape_of(const char *link)
{
	char *host = url_host(link), *path = url_path(link);
	struct buffer shape = {0};
	buffer_add_string(&shape, host != NULL ? host : "");
	const char *at = path != NULL ? path : "/";
	while (*at != '\0' && *at != '?') {
		size_t length = strcspn(at + 1, "/?");
		size_t digits = 0, apart = 0;
		for (size_t i = 1; i <= length; i++) {
			digits += at[i] >= '0' && at[i] <= '9';
			apart += at[i] == '-' || at[i] == '_';
		}
		bool last = at[1 + length] == '\0' || at[1 + length] == '?';
		if (digits >= 4 || (digits > 0 && digits == length))
			buffer_add_string(&shape, "/9");
		else if (apart >= 2)
			buffer_add_string(&shape, "/s");
		else if (last)
			buffer_add_string(&shape, "/w");
		else {
			buffer_add(&shape, at, length + 1);
		}
		at += length + 1;
	}
	if (*at == '?')
		buffer_add_string(&shape, "?");
	free(host);
	free(path);
	return buffer_take(&shape);
}

struct vote {
	char *shape;
	size_t members, seeds;
	double sum;
};

static int
vote_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A shape with three or more good links lifts its other members. */
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
			if (pass == 1) {
				if (vote->seeds >= 3 &&
				    vote->sum / (double)vote->seeds >= 5)
					story->score += 6;
			} else if (story->score > 0) {
				vote->seeds++;
				vote->sum += story->score;
			}
		}
	for (size_t i = 0; i < all->story_count; i++)
		free(shapes[i]);
	free(votes);
	free(sorted);
	free(shapes);
}

static void
judge(struct collection *all)
{
	for (size_t i = 0; i < all->story_count; i++) {
		struct story *story = &all->stories[i];
		story->foreign = !links_same_owner(story->link, all->base);
		/* a configured template decides, and replaces the scoring */
		story->score =
		    all->rules->link_template_count > 0
			? 12
			: links_score(story->link, all->base, story->words);
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

/* ---- the climb ---- */

static uint32_t
common_ancestor(const struct page *page, uint32_t a, uint32_t b)
{
	while (!page_contains(page, a, b))
		a = page->parent[a];
	return a;
}

static uint32_t
child_towards(const struct page *page, uint32_t ancestor, uint32_t node)
{
	while (page->parent[node] != ancestor)
		node = page->parent[node];
	return node;
}

/* A story alone on the page: as much as can be one item, and no more. */
static uint32_t
climb_alone(const struct page *page, uint32_t node)
{
	static const char *const wraps[] = {
	    "li", "article", "tr", "dl", "section", "div", NULL};
	for (uint32_t at = node; at != PAGE_NONE && at != 0;
	     at = page->parent[at])
		for (size_t i = 0; wraps[i] != NULL; i++)
			if (strcmp(page_tag(page, at), wraps[i]) == 0) {
				char *words = words_of(page, at);
				bool enough = text_cells(words) >= 40;
				free(words);
				if (enough)
					return at;
			}
	return node;
}

/* The largest part that holds only this run of links to one story. */
static void
climb(const struct collection *all, size_t first, size_t last,
    struct region_item *item)
{
	const struct page *page = all->page;
	uint32_t a = all->occurrences[first].node;
	uint32_t z = all->occurrences[last].node;
	uint32_t limit = PAGE_NONE;
	if (first > 0)
		limit =
		    common_ancestor(page, a, all->occurrences[first - 1].node);
	if (last + 1 < all->count) {
		uint32_t next =
		    common_ancestor(page, z, all->occurrences[last + 1].node);
		if (limit == PAGE_NONE ||
		    page->depth[next] > page->depth[limit])
			limit = next;
	}
	uint32_t meet = common_ancestor(page, a, z);
	item->story = all->occurrences[first].story;
	if (limit == PAGE_NONE) {
		item->node = climb_alone(page, meet);
		item->end = page->end[item->node];
		return;
	}
	if (meet != limit && page_contains(page, limit, meet)) {
		item->node = child_towards(page, limit, meet);
		item->end = page->end[item->node];
		return;
	}
	/* the story's links are children of one parent among others' */
	if (meet == a) { /* a link inside a link's element */
		item->node = a;
		item->end = page->end[a];
		return;
	}
	item->node = child_towards(page, meet, a);
	item->end = page->end[child_towards(page, meet, z)];
}

static struct region_item *
climb_all(const struct collection *all, size_t *count)
{
	struct region_item *items = xcalloc(all->count, sizeof(*items));
	*count = 0;
	for (size_t first = 0; first < all->count;) {
		size_t last = first;
		while (
		    last + 1 < all->count && all->occurrences[last + 1].story ==
						 all->occurrences[first].story)
			last++;
		climb(all, first, last, &items[*count]);
		const struct story *story =
		    &all->stories[all->occurrences[first].story];
		items[*count].score = story->score;
		items[*count].shape = story->shape;
		items[*count].words = story->words;
		items[*count].listed =
		    structured_lists(all->structured, story->link, story->key);
		items[*count].foreign = story->foreign;
		(*count)++;
		first = last + 1;
	}
	return items;
}

/* ---- the answer ---- */

/* A selector is only said if it finds exactly these items again. */
static bool
finds_exactly(const struct page *page, const char *css,
    const struct region_item *items, size_t count)
{
	struct selector *selector = selector_parse(css, NULL);
	struct nodes found = {0};
	bool same = false;
	if (selector != NULL && selector_all(selector, page, 0, &found, NULL) &&
	    found.count == count) {
		same = true;
		for (size_t i = 0; same && i < count; i++)
			same = found.list[i] == items[i].node &&
			       items[i].end == page->end[items[i].node];
	}
	nodes_clear(&found);
	selector_free(selector);
	return same;
}

static bool
is_plain_name(const char *name)
{
	for (const char *at = name; *at != '\0'; at++)
		if (!((*at >= 'a' && *at <= 'z') ||
			(*at >= 'A' && *at <= 'Z') || *at == '-' ||
			*at == '_' || (at > name && *at >= '0' && *at <= '9')))
			return false;
	return name[0] != '\0' && !(name[0] == '-' && name[1] == '\0');
}

/* "tag.class" for the first class that has a plain name, "tag#id", "tag". */
static void
name_node(
    const struct page *page, uint32_t node, bool with_id, struct buffer *css)
{
	const char *id = page_attribute(page, node, "id");
	const char *classes = page_attribute(page, node, "class");
	if (with_id && id != NULL && is_plain_name(id)) {
		buffer_add_format(css, "#%s", id);
		return;
	}
	buffer_add_string(css, page_tag(page, node));
	while (classes != NULL && *classes != '\0') {
		size_t length = strcspn(classes, " \t\r\n\f");
		char *token = xstrndup(classes, length);
		bool plain = length > 0 && is_plain_name(token);
		if (plain)
			buffer_add_format(css, ".%s", token);
		free(token);
		if (plain)
			break;
		classes += length;
		classes += strspn(classes, " \t\r\n\f");
	}
}

static char *
say_selector(
    const struct page *page, const struct region_item *items, size_t count)
{
	struct buffer css = {0};
	/* a tag may be any bytes that the page came up with */
	if (count == 0 || !is_plain_name(page_tag(page, items[0].node)))
		return NULL;
	name_node(page, items[0].node, false, &css);
	if (finds_exactly(page, css.bytes, items, count))
		return buffer_take(&css);
	char *inner = buffer_take(&css);
	uint32_t parent = page->parent[items[0].node];
	for (int up = 0; up < 3 && parent != PAGE_NONE && parent != 0 &&
			 is_plain_name(page_tag(page, parent));
	     up++, parent = page->parent[parent]) {
		name_node(page, parent, true, &css);
		buffer_add_format(&css, "%s%s", up == 0 ? " > " : " ", inner);
		if (finds_exactly(page, css.bytes, items, count)) {
			free(inner);
			return buffer_take(&css);
		}
		buffer_clear(&css);
	}
	free(inner);
	return NULL;
}

static void
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

/* How much an occurrence looks like the title's of what surrounds it; 0 if it
 * says nothing. */
static double
title_weight(const struct collection *all, const struct occurrence *one)
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
		weight += 2 * FIRST;
	if (cells >= TITLE_CELLS || story->score > RUBRIC)
		weight += 1000 * heading_weight(all->page, one->node);
	return weight;
}

/* A story's link that is long enough for a title. */
static bool
is_full(const struct collection *all, const struct occurrence *one)
{
	return one->taken &&
	       text_cells(all->stories[one->story].words) >= TITLE_CELLS;
}

/* Of the occurrences [first, last), all in one place, the link that says most:
 * beside a title stand votes, hosts, rubrics and names, and in a summary links
 * to older stories.  True if that changes what is taken. */
static bool
take_best(struct collection *all, size_t first, size_t last)
{
	size_t best = first;
	double most = 0;
	bool changed = false;
	bool led = false;
	for (size_t i = first; i < last; i++) {
		double weight = title_weight(all, &all->occurrences[i]);
		if (!led && is_full(all, &all->occurrences[i])) {
			weight += FIRST; /* related stories stand behind */
			led = true;
		}
		if (weight > most) {
			best = i;
			most = weight;
		}
	}
	for (size_t i = first; i < last && most > 0; i++) {
		bool taken =
		    all->occurrences[i].story == all->occurrences[best].story;
		changed |= taken != all->occurrences[i].taken;
		all->occurrences[i].taken = taken;
	}
	return changed;
}

/* Does a larger heading say another story than the one that is taken? */
static bool
is_mistaken(const struct collection *all, size_t first, size_t last)
{
	int largest = 0, taken = 0;
	for (size_t i = first; i < last; i++) {
		const struct occurrence *one = &all->occurrences[i];
		int heading = (int)(title_weight(all, one) / 1000);
		largest = heading > largest ? heading : largest;
		if (one->taken && heading > taken)
			taken = heading;
	}
	return largest > taken;
}

/* The first occurrence at or behind a node. */
static size_t
occurrence_from(const struct collection *all, uint32_t node)
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

/* The list's items, and the places that its items left empty, have one story
 * each; true if that changed what is taken for one. */
static bool
settle_places(struct collection *all, const struct region *region)
{
	uint32_t *empty;
	size_t count =
	    kin_find(all->page, region->items, region->count, &empty);
	bool any = false;
	for (size_t i = 0; i < count; i++) {
		size_t first = occurrence_from(all, empty[i]);
		size_t last = occurrence_from(all, all->page->end[empty[i]]);
		any |= first < last && take_best(all, first, last);
	}
	for (size_t i = 0; i < region->count; i++) {
		const struct region_item *item = &region->items[i];
		size_t first = occurrence_from(all, item->node);
		size_t last = occurrence_from(all, item->end);
		any |= is_mistaken(all, first, last) &&
		       take_best(all, first, last);
	}
	free(empty);
	return any;
}

/* The list among the links that are taken for stories. */
static struct region
choose_list(const struct collection *all, const struct extract_context *context,
    char **how)
{
	struct collection taken = *all;
	size_t count = 0;
	taken.count = 0;
	taken.occurrences = xcalloc(all->count + 1, sizeof(struct occurrence));
	for (size_t i = 0; i < all->count; i++)
		if (all->occurrences[i].taken)
			taken.occurrences[taken.count++] = all->occurrences[i];
	struct region_item *items = climb_all(&taken, &count);
	struct region region = region_choose(all->page, items, count,
	    all->rules->link_template_count > 0, context, how);
	free(items);
	free(taken.occurrences);
	return region;
}

void
links_find(const struct compiled_rules *rules, const struct page *page,
    const char *base, const struct extract_context *context,
    const struct structured *structured, struct listing *listing)
{
	struct collection all = {
	    .rules = rules,
	    .page = page,
	    .base = base,
	    .structured = structured,
	};
	*listing = (struct listing){0};
	collect(&all);
	judge(&all);
	struct region best = choose_list(&all, context, &listing->how);
	if (best.count > 0 && settle_places(&all, &best)) {
		free(best.items);
		free(listing->how);
		best = choose_list(&all, context, &listing->how);
	}
	for (size_t i = 0; i < best.count; i++) {
		const struct story *story = &all.stories[best.items[i].story];
		listing_add(listing, (struct item){
					 .start = best.items[i].node,
					 .end = best.items[i].end,
					 .link = xstrdup(story->link),
					 .key = xstrdup_or_null(story->key),
				     });
	}
	listing->selector = say_selector(page, best.items, best.count);
	free(best.items);
	collection_clear(&all);
}
