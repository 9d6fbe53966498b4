#include "feed/select.h"

#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/css.h"
#include "feed/memory.h"

#define MAX_STEPS 1000000

struct selector {
	struct css_list *list;
	uint32_t number_count;
};

struct selector *
selector_parse(const char *css, struct error *err)
{
	uint32_t number_count;
	struct css_list *list = css_parse(css, &number_count, err);
	if (list == NULL)
		return NULL;
	struct selector *selector = xcalloc(1, sizeof(*selector));
	selector->list = list;
	selector->number_count = number_count;
	return selector;
}

void
selector_free(struct selector *selector)
{
	if (selector == NULL)
		return;
	css_free(selector->list);
	free(selector);
}

/* What one simple or compound selector means on this page; filled when it
 * is first needed. */
struct memo {
	bool is_ready;
	uint32_t tag;         /* CSS_TAG; 0: no such element */
	const uint32_t *list; /* CSS_ID, CSS_CLASS: postings */
	size_t count;
	uint32_t *position; /* CSS_NTH: of each node, 0 while unknown */
	uint8_t *has;       /* CSS_HAS: of nodes from..to */
	uint32_t from, to;
	size_t *places; /* CSS_CONTAINS: where the text begins */
	size_t place_count;
	uint8_t *later; /* behind "~": outcome + 1 for each node, or 0 */
};

/* All text of the page in one line, and where each node's begins in it, so
 * that a node's text is a piece of it. */
struct page_line {
	struct buffer text;
	size_t *start; /* count + 1 */
};

struct match {
	const struct page *page;
	uint32_t scope;
	struct memo *memos; /* by simple->number */
	struct page_line line;
	size_t steps;
	bool is_spent;
};

/* Blink's trick (SelectorChecker): a failure says how far to the left it
 * reaches, so that no chain of combinators is tried in every combination. */
enum outcome { MATCHES, FAILS, FAILS_SIBLINGS, FAILS_ALL };

static bool match_compound(
    struct match *, const struct css_compound *, uint32_t node);
static bool match_list(struct match *, const struct css_list *, uint32_t node);

/* False when the budget is gone; whatever is said then does not count. */
static bool
spend(struct match *match, size_t steps)
{
	match->steps += steps;
	match->is_spent |= match->steps > MAX_STEPS;
	return !match->is_spent;
}

static bool
list_has(const uint32_t *list, size_t count, uint32_t node)
{
	size_t low = 0;
	while (low < count) {
		size_t middle = low + (count - low) / 2;
		if (list[middle] == node)
			return true;
		if (list[middle] < node)
			low = middle + 1;
		else
			count = middle;
	}
	return false;
}

static struct memo *
memo_of(struct match *match, const struct css_simple *simple)
{
	struct memo *memo = &match->memos[simple->number];
	if (memo->is_ready)
		return memo;
	memo->is_ready = true;
	if (simple->kind == CSS_TAG)
		memo->tag = page_tag_index(match->page, simple->name);
	else if (simple->kind == CSS_ID)
		memo->list =
		    page_with_id(match->page, simple->name, &memo->count);
	else if (simple->kind == CSS_CLASS)
		memo->list =
		    page_with_class(match->page, simple->name, &memo->count);
	return memo;
}

static char
lower(char byte)
{
	return byte >= 'A' && byte <= 'Z' ? (char)(byte + 32) : byte;
}

/* As strncmp, and ASCII alone has case. */
static bool
equals(const char *a, const char *b, size_t length, bool fold)
{
	if (!fold)
		return strncmp(a, b, length) == 0;
	for (size_t i = 0; i < length; i++) {
		if (lower(a[i]) != lower(b[i]))
			return false;
		if (a[i] == '\0')
			break;
	}
	return true;
}

static bool
has_infix(const char *value, const char *wanted, size_t length, bool fold)
{
	if (!fold)
		return strstr(value, wanted) != NULL;
	for (; *value != '\0'; value++)
		if (equals(value, wanted, length, true))
			return true;
	return false;
}

static bool
has_word(const char *value, const char *word, size_t length, bool fold)
{
	static const char blanks[] = " \t\n\f\r";
	if (length == 0 || strcspn(word, blanks) < length)
		return false;
	for (const char *at = value; *(at += strspn(at, blanks)) != '\0';) {
		size_t size = strcspn(at, blanks);
		if (size == length && equals(at, word, length, fold))
			return true;
		at += size;
	}
	return false;
}

static bool
test_value(const struct css_simple *simple, const char *value)
{
	const char *wanted = simple->value;
	size_t length = strlen(wanted), have;
	bool fold = simple->fold;
	switch (simple->operator) {
	case CSS_PRESENT:
		return true;
	case CSS_EQUALS:
		return equals(value, wanted, length + 1, fold);
	case CSS_WORD:
		return has_word(value, wanted, length, fold);
	case CSS_DASH:
		return equals(value, wanted, length, fold) &&
		       (value[length] == '\0' || value[length] == '-');
	case CSS_PREFIX:
		return length > 0 && equals(value, wanted, length, fold);
	case CSS_SUFFIX:
		have = strlen(value);
		return length > 0 && have >= length &&
		       equals(value + have - length, wanted, length, fold);
	case CSS_INFIX:
		return length > 0 && has_infix(value, wanted, length, fold);
	}
	return false;
}

static bool
match_attribute(
    struct match *match, const struct css_simple *simple, uint32_t node)
{
	const struct page *page = match->page;
	const char *value = page_attribute(page, node, simple->name);
	size_t count =
	    page->first_attribute[node + 1] - page->first_attribute[node];
	if (value == NULL || simple->operator== CSS_PRESENT)
		return spend(match, count / 16) && value != NULL;
	size_t length = simple->operator>= CSS_WORD ? strlen(value) : 0;
	return spend(match, count / 16 + length / 32) &&
	       test_value(simple, value);
}

static uint32_t
first_sibling(const struct page *page, uint32_t node)
{
	uint32_t parent = page->parent[node];
	return parent == PAGE_NONE ? node : page_first_child(page, parent);
}

/* Does a node count among its siblings? */
static bool
is_counted(struct match *match, const struct css_simple *simple, uint32_t node)
{
	return simple->list == NULL || match_list(match, simple->list, node);
}

/* Positions of all children of one parent at once, going by `step` from one
 * end; of those counted, which for a type is each tag by itself. */
static void
number_siblings(
    struct match *match, const struct css_simple *simple, uint32_t node)
{
	const struct page *page = match->page;
	struct memo *memo = memo_of(match, simple);
	size_t kinds = simple->nth.of_type ? page->name_count : 1;
	uint32_t *counts = xcalloc(kinds, sizeof(*counts));
	uint32_t first = first_sibling(page, node);
	if (simple->nth.from_end)
		for (uint32_t next = first; next != PAGE_NONE;
		     next = page_next_sibling(page, next))
			first = next;
	(void)spend(match, kinds / 16);
	while (first != PAGE_NONE && spend(match, 1)) {
		uint32_t *count =
		    &counts[simple->nth.of_type ? page->tag[first] : 0];
		bool counted = is_counted(match, simple, first);
		*count += counted;
		/* what does not count has no place; node is counted */
		memo->position[first] = counted ? *count : UINT32_MAX;
		first = simple->nth.from_end ? page->previous[first]
					     : page_next_sibling(page, first);
	}
	free(counts);
}

/* n >= 0 with a*n + b == position */
static bool
is_nth(const struct css_nth *nth, int64_t position)
{
	int64_t rest = position - nth->b;
	if (nth->a == 0)
		return rest == 0;
	return rest % nth->a == 0 && rest / nth->a >= 0;
}

/* :first-child and :last-child need no counting. */
static bool
is_at_end(const struct css_simple *simple)
{
	return simple->nth.a == 0 && simple->nth.b == 1 &&
	       !simple->nth.of_type && simple->list == NULL;
}

static bool
match_nth(struct match *match, const struct css_simple *simple, uint32_t node)
{
	const struct page *page = match->page;
	if (is_at_end(simple))
		return (simple->nth.from_end
			       ? page_next_sibling(page, node)
			       : page->previous[node]) == PAGE_NONE;
	struct memo *memo = memo_of(match, simple);
	if (memo->position == NULL) {
		memo->position = xcalloc(page->count, sizeof(uint32_t));
		(void)spend(match, page->count / 64);
	}
	if (memo->position[node] == 0)
		number_siblings(match, simple, node);
	uint32_t position = memo->position[node];
	return position != 0 && position != UINT32_MAX &&
	       is_nth(&simple->nth, position);
}

static bool
is_empty(const struct page *page, uint32_t node)
{
	for (uint32_t i = node + 1; i < page->end[node]; i++)
		if (page->text[i] == NULL || page->text[i][0] != '\0')
			return false;
	return true;
}

static bool
is_link(const struct page *page, uint32_t node)
{
	const char *tag = page_tag(page, node);
	return (strcmp(tag, "a") == 0 || strcmp(tag, "area") == 0) &&
	       page_attribute(page, node, "href") != NULL;
}

static bool
is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r' ||
	       byte == '\f';
}

/* Runs of white space are one blank, in the page as in the text sought. */
static void
add_folded(struct buffer *out, const char *text)
{
	for (const char *p = text; *p != '\0'; p++)
		if (!is_blank(*p))
			buffer_add_byte(out, *p);
		else if (out->length > 0 && out->bytes[out->length - 1] != ' ')
			buffer_add_byte(out, ' ');
}

static bool
is_code(const struct page *page, uint32_t node)
{
	const char *tag = page_tag(page, page->parent[node]);
	return strcmp(tag, "script") == 0 || strcmp(tag, "style") == 0;
}

static void
make_line(struct match *match)
{
	const struct page *page = match->page;
	struct page_line *line = &match->line;
	line->start = xcalloc((size_t)page->count + 1, sizeof(*line->start));
	for (uint32_t i = 0; i < page->count; i++) {
		line->start[i] = line->text.length;
		if (page->text[i] != NULL && !is_code(page, i))
			add_folded(&line->text, page->text[i]);
	}
	line->start[page->count] = line->text.length;
	buffer_add_byte(&line->text, '\0');
	(void)spend(match, page->count / 16 + line->text.length / 64);
}

static void
find_places(
    struct match *match, const struct css_simple *simple, struct memo *memo)
{
	if (match->line.start == NULL)
		make_line(match);
	struct buffer wanted = {0};
	add_folded(&wanted, simple->name);
	size_t capacity = 0;
	const char *text = match->line.text.bytes, *at = text;
	while (wanted.length > 0 && (at = strstr(at, wanted.bytes)) != NULL) {
		if (memo->place_count == capacity) {
			capacity = capacity * 2 + 16;
			memo->places = xreallocarray(
			    memo->places, capacity, sizeof(*memo->places));
		}
		memo->places[memo->place_count++] = (size_t)(at++ - text);
	}
	memo->count = wanted.length;
	buffer_clear(&wanted);
	if (memo->places == NULL) /* searched and not found */
		memo->places = xcalloc(1, sizeof(*memo->places));
}

static bool
match_contains(
    struct match *match, const struct css_simple *simple, uint32_t node)
{
	struct memo *memo = memo_of(match, simple);
	if (memo->places == NULL)
		find_places(match, simple, memo);
	size_t from = match->line.start[node];
	size_t to = match->line.start[match->page->end[node]];
	size_t low = 0, high = memo->place_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (memo->places[middle] < from)
			low = middle + 1;
		else
			high = middle;
	}
	return low < memo->place_count && memo->places[low] + memo->count <= to;
}

static bool match_has(struct match *, const struct css_simple *, uint32_t node);

static bool
match_simple(
    struct match *match, const struct css_simple *simple, uint32_t node)
{
	const struct memo *memo;
	if (!spend(match, 1))
		return false;
	switch (simple->kind) {
	case CSS_TAG:
		memo = memo_of(match, simple);
		return memo->tag != 0 && memo->tag == match->page->tag[node];
	case CSS_ID:
	case CSS_CLASS:
		memo = memo_of(match, simple);
		return list_has(memo->list, memo->count, node);
	case CSS_ATTRIBUTE:
		return match_attribute(match, simple, node);
	case CSS_IS:
		return match_list(match, simple->list, node);
	case CSS_NOT:
		return !match_list(match, simple->list, node);
	case CSS_HAS:
		return match_has(match, simple, node);
	case CSS_NTH:
		return match_nth(match, simple, node);
	case CSS_EMPTY:
		return is_empty(match->page, node);
	case CSS_ROOT:
		return node == 0;
	case CSS_SCOPE:
		return node == match->scope;
	case CSS_LINK:
		return is_link(match->page, node);
	case CSS_CONTAINS:
		return match_contains(match, simple, node);
	}
	return false;
}

static bool
match_compound(
    struct match *match, const struct css_compound *compound, uint32_t node)
{
	for (size_t i = 0; i < compound->count; i++)
		if (!match_simple(match, &compound->simples[i], node))
			return false;
	return true;
}

static enum outcome match_complex(
    struct match *, const struct css_complex *, size_t last, uint32_t node);

/* Compound `last` is at `node`; now what stands before its combinator, at
 * the node's parents or siblings. */
static enum outcome
match_left(struct match *match, const struct css_complex *complex, size_t last,
    uint32_t node)
{
	const struct page *page = match->page;
	enum css_combinator combinator = complex->compounds[last].combinator;
	bool up = combinator == CSS_DESCENDANT || combinator == CSS_CHILD;
	bool once = combinator == CSS_CHILD || combinator == CSS_NEXT;
	const uint32_t *left = up ? page->parent : page->previous;
	struct memo *memo = &match->memos[complex->compounds[last].number];
	for (node = left[node]; node != PAGE_NONE; node = left[node]) {
		enum outcome outcome = FAILS;
		if (last > 0)
			outcome = match_complex(match, complex, last - 1, node);
		else if (spend(match, 1) && node == match->scope)
			outcome = MATCHES; /* a relative selector */
		if (once || outcome == MATCHES || outcome == FAILS_ALL ||
		    (outcome == FAILS_SIBLINGS && !up))
			return outcome;
		if (memo->later != NULL && memo->later[node] != 0)
			return memo->later[node] - 1;
	}
	return up ? FAILS_ALL : FAILS_SIBLINGS;
}

/* Long lists: what was found out for a sibling is not looked at again. */
static enum outcome
match_later(struct match *match, const struct css_complex *complex, size_t last,
    uint32_t node)
{
	struct memo *memo = &match->memos[complex->compounds[last].number];
	if (memo->later == NULL) {
		memo->later = xcalloc(match->page->count, 1);
		(void)spend(match, match->page->count / 64);
	}
	if (memo->later[node] == 0)
		memo->later[node] =
		    (uint8_t)(match_left(match, complex, last, node) + 1);
	return memo->later[node] - 1;
}

/* Compounds 0 to last, the last one at `node`. */
static enum outcome
match_complex(struct match *match, const struct css_complex *complex,
    size_t last, uint32_t node)
{
	const struct css_compound *compound = &complex->compounds[last];
	if (!spend(match, 1))
		return FAILS_ALL;
	if (!match_compound(match, compound, node))
		return FAILS;
	if (compound->combinator == CSS_FIRST)
		return MATCHES;
	if (compound->combinator == CSS_LATER)
		return match_later(match, complex, last, node);
	return match_left(match, complex, last, node);
}

static bool
match_list(struct match *match, const struct css_list *list, uint32_t node)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct css_complex *complex = &list->complexes[i];
		if (match_complex(match, complex, complex->count - 1, node) ==
		    MATCHES)
			return true;
	}
	return false;
}

/* Nodes that a compound can match: a posting list, or all from..to. */
struct candidates {
	const uint32_t *list; /* NULL: all */
	size_t count;
};

static void
narrow(struct candidates *candidates, const uint32_t *list, size_t count)
{
	static const uint32_t none;
	if (candidates->list != NULL && candidates->count <= count)
		return;
	candidates->list = count == 0 ? &none : list;
	candidates->count = count;
}

/* The rarest of its ids, classes and tags. */
static struct candidates
candidates_of(struct match *match, const struct css_compound *compound)
{
	struct candidates candidates = {.count = match->page->count};
	for (size_t i = 0; i < compound->count; i++) {
		const struct css_simple *simple = &compound->simples[i];
		if (simple->kind != CSS_TAG && simple->kind != CSS_ID &&
		    simple->kind != CSS_CLASS)
			continue;
		const struct memo *memo = memo_of(match, simple);
		const uint32_t *list = memo->list;
		size_t count = memo->count;
		if (simple->kind == CSS_TAG)
			list = page_with_tag(match->page, memo->tag, &count);
		narrow(&candidates, list, count);
	}
	return candidates;
}

/* A walk over the candidates from..to that are elements. */
struct walk {
	const struct page *page;
	struct candidates candidates;
	size_t next;
	uint32_t to;
};

static struct walk
walk_start(struct match *match, const struct css_compound *compound,
    uint32_t from, uint32_t to)
{
	struct walk walk = {.page = match->page,
	    .candidates = candidates_of(match, compound),
	    .to = to};
	if (walk.candidates.list == NULL) {
		walk.next = from;
		return walk;
	}
	size_t high = walk.candidates.count;
	while (walk.next < high) {
		size_t middle = (walk.next + high) / 2;
		if (walk.candidates.list[middle] < from)
			walk.next = middle + 1;
		else
			high = middle;
	}
	return walk;
}

static uint32_t
walk_next(struct walk *walk)
{
	const uint32_t *list = walk->candidates.list;
	while (walk->next < walk->candidates.count) {
		uint32_t node =
		    list == NULL ? (uint32_t)walk->next : list[walk->next];
		walk->next++;
		if (node >= walk->to)
			return PAGE_NONE;
		if (list != NULL || walk->page->text[node] == NULL)
			return node;
	}
	return PAGE_NONE;
}

/*
 * :has by sets, from right to left: all nodes that the last compound matches,
 * then all that stand to their left as the combinator says, and so on; so each
 * node is looked at once for each compound.
 */
struct has_walk {
	struct match *match;
	uint32_t from, to;
	uint8_t *seen; /* of from..to: reached by this combinator */
	struct nodes now, left;
};

static bool
has_reach(struct has_walk *walk, uint32_t node)
{
	if (node == PAGE_NONE || node < walk->from || node >= walk->to ||
	    walk->seen[node - walk->from] || !spend(walk->match, 1))
		return false;
	walk->seen[node - walk->from] = 1;
	nodes_add(&walk->left, node);
	return true;
}

/* From `now` to `left`. */
static void
has_step(struct has_walk *walk, enum css_combinator combinator)
{
	const struct page *page = walk->match->page;
	bool up = combinator == CSS_DESCENDANT || combinator == CSS_CHILD;
	bool once = combinator == CSS_CHILD || combinator == CSS_NEXT;
	const uint32_t *left = up ? page->parent : page->previous;
	walk->left.count = 0;
	for (size_t i = 0; i < walk->now.count; i++) {
		uint32_t node = left[walk->now.list[i]];
		/* what was reached before has marked all to its left */
		while (has_reach(walk, node) && !once)
			node = left[node];
	}
	for (size_t i = 0; i < walk->left.count; i++)
		walk->seen[walk->left.list[i] - walk->from] = 0;
}

/* Keep those of `left` that the compound matches, in `now`. */
static void
has_filter(struct has_walk *walk, const struct css_compound *compound)
{
	walk->now.count = 0;
	for (size_t i = 0; i < walk->left.count; i++)
		if (match_compound(walk->match, compound, walk->left.list[i]))
			nodes_add(&walk->now, walk->left.list[i]);
}

static void
has_complex(
    struct has_walk *walk, const struct css_complex *complex, uint8_t *has)
{
	size_t last = complex->count - 1;
	struct walk candidates = walk_start(
	    walk->match, &complex->compounds[last], walk->from, walk->to);
	uint32_t node;
	walk->left.count = 0;
	while ((node = walk_next(&candidates)) != PAGE_NONE &&
	       spend(walk->match, 1))
		nodes_add(&walk->left, node);
	for (size_t i = last;; i--) {
		has_filter(walk, &complex->compounds[i]);
		has_step(walk, complex->compounds[i].combinator);
		if (i == 0)
			break;
	}
	for (size_t i = 0; i < walk->left.count; i++)
		has[walk->left.list[i] - walk->from] = 1;
}

/* Fills the memo for the nodes from..to, whose siblings must all be there. */
static void
has_fill(struct match *match, const struct css_simple *simple, uint32_t from,
    uint32_t to)
{
	struct memo *memo = memo_of(match, simple);
	struct has_walk walk = {.match = match, .from = from, .to = to};
	size_t size = to - from;
	(void)spend(match, size / 64);
	free(memo->has);
	memo->has = xcalloc(size, 1);
	memo->from = from;
	memo->to = to;
	walk.seen = xcalloc(size, 1);
	for (size_t i = 0; i < simple->list->count; i++)
		has_complex(&walk, &simple->list->complexes[i], memo->has);
	free(walk.seen);
	nodes_clear(&walk.now);
	nodes_clear(&walk.left);
}

static bool
match_has(struct match *match, const struct css_simple *simple, uint32_t node)
{
	const struct page *page = match->page;
	struct memo *memo = memo_of(match, simple);
	uint32_t from = match->scope + 1, to = page->end[match->scope];
	/* asked of the item's inside, look no further than the item */
	bool is_inside = from <= node && node < to;
	if (memo->has != NULL && memo->from <= node && node < memo->to)
		return memo->has[node - memo->from];
	if (is_inside)
		has_fill(match, simple, from, to);
	else
		has_fill(match, simple, 0, page->count);
	return memo->has[node - memo->from];
}

/* Is it ":scope + p" or "+ p"?  Then what is sought follows the scope. */
static bool
is_beside_scope(const struct css_complex *complex)
{
	const struct css_compound *first = &complex->compounds[0];
	enum css_combinator combinator = first->combinator;
	if (combinator == CSS_FIRST && complex->count > 1)
		for (size_t i = 0; i < first->count; i++)
			if (first->simples[i].kind == CSS_SCOPE)
				combinator = complex->compounds[1].combinator;
	return combinator == CSS_NEXT || combinator == CSS_LATER;
}

static bool
is_scope(const struct css_complex *complex)
{
	const struct css_compound *last =
	    &complex->compounds[complex->count - 1];
	for (size_t i = 0; i < last->count; i++)
		if (last->simples[i].kind == CSS_SCOPE)
			return true;
	return false;
}

static void
select_complex(struct match *match, const struct css_complex *complex,
    uint32_t run_end, struct nodes *found)
{
	const struct page *page = match->page;
	uint32_t scope = match->scope;
	uint32_t from = scope + 1, to = page->end[scope];
	bool is_run = run_end > to;
	if (scope == 0 || is_run || is_scope(complex))
		from = scope;
	if (is_run)
		to = run_end;
	else if (is_beside_scope(complex) && page->parent[scope] != PAGE_NONE)
		to = page->end[page->parent[scope]];
	size_t last = complex->count - 1;
	struct walk walk =
	    walk_start(match, &complex->compounds[last], from, to);
	uint32_t node;
	while ((node = walk_next(&walk)) != PAGE_NONE && !match->is_spent)
		if (match_complex(match, complex, last, node) == MATCHES)
			nodes_add(found, node);
}

static int
compare_nodes(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

/* Lists of several selectors come one after the other. */
static void
sort_unique(struct nodes *nodes)
{
	if (nodes->count == 0)
		return;
	qsort(nodes->list, nodes->count, sizeof(*nodes->list), compare_nodes);
	size_t kept = 1;
	for (size_t i = 1; i < nodes->count; i++)
		if (nodes->list[i] != nodes->list[kept - 1])
			nodes->list[kept++] = nodes->list[i];
	nodes->count = kept;
}

static void
match_clear(struct match *match, uint32_t number_count)
{
	for (uint32_t i = 0; i < number_count; i++) {
		free(match->memos[i].position);
		free(match->memos[i].has);
		free(match->memos[i].places);
		free(match->memos[i].later);
	}
	free(match->memos);
	buffer_clear(&match->line.text);
	free(match->line.start);
}

bool
selector_all(const struct selector *selector, const struct page *page,
    uint32_t scope, struct nodes *found, struct error *err)
{
	return selector_run(
	    selector, page, scope, page->end[scope], found, err);
}

bool
selector_run(const struct selector *selector, const struct page *page,
    uint32_t start, uint32_t end, struct nodes *found, struct error *err)
{
	struct match match = {
	    .page = page,
	    .scope = start,
	    .memos = xcalloc(selector->number_count, sizeof(*match.memos)),
	};
	struct nodes hits = {0};
	const struct css_list *list = selector->list;
	for (size_t i = 0; i < list->count && !match.is_spent; i++)
		select_complex(&match, &list->complexes[i], end, &hits);
	if (list->count > 1)
		sort_unique(&hits);
	for (size_t i = 0; i < hits.count && !match.is_spent; i++)
		nodes_add(found, hits.list[i]);
	nodes_clear(&hits);
	match_clear(&match, selector->number_count);
	if (match.is_spent)
		return error_set(err,
		    "the selector takes more than %d steps on this page",
		    MAX_STEPS);
	return true;
}
