#include "feed/structured_private.h"

#include <stdlib.h>
#include <string.h>

#include "feed/article.h"
#include "feed/image.h"
#include "feed/link_template.h"
#include "feed/links.h"
#include "feed/memory.h"
#include "feed/text.h"
#include "feed/url.h"

#define RECORDS_MAX 3000
#define LIST_LEAST 3
#define MARKUP_BYTES 60000
#define SOUGHT_MAX 5 /* articles that a script is searched for */
#define MARK_BYTES 4

/* What a record is found by: its folded link, or its id alone. */
struct entry {
	const char *text;
	bool by_id;
	size_t record;
};

const char *
structured_source_name(enum structured_source source)
{
	static const char *const names[STRUCTURED_SOURCE_COUNT] = {
	    "json-ld", "microdata", "hentry", "json state"};
	return names[source];
}

/* ---- adding ---- */

size_t
structured_group(struct structured *all)
{
	return ++all->group_count;
}

static void
record_clear(struct record *record)
{
	for (int field = 0; field < FIELD_COUNT; field++)
		free(record->value[field]);
	free(record->key);
	free(record->folded);
	*record = (struct record){0};
}

static char *
take_image(const struct structured *all, const char *address)
{
	if (address == NULL || image_is_placeholder(address))
		return NULL;
	return url_resolve(all->base, address, NULL);
}

/* Link, key and fold; false if it is no article of another page. */
static bool
take_identity(const struct structured *all, const struct draft *draft,
    struct record *record)
{
	const char *href = draft->value[FIELD_LINK];
	if (href == NULL) {
		if (draft->id == NULL || all->rules->link_template_count == 0)
			return false;
		record->key = text_line(draft->id, strlen(draft->id), 200);
		return record->key[0] != '\0';
	}
	char *link = href[0] != '\0' && href[0] != '#'
			 ? url_canonical(all->base, href, NULL)
			 : NULL;
	record->value[FIELD_LINK] = link;
	if (link == NULL || !links_accept(all->rules, link, &record->key))
		return false;
	char *folded = url_key(link);
	bool is_other = strcmp(folded, all->self) != 0;
	if (record->key != NULL) {
		free(folded);
		folded = xstrdup(record->key);
	}
	record->folded = folded;
	return is_other;
}

/* Room for one more. */
static void *
grow(void *list, size_t count, size_t size)
{
	if ((count & (count - 1)) != 0)
		return list;
	return xreallocarray(list, count == 0 ? 1 : count * 2, size);
}

void
structured_add(struct structured *all, enum structured_source source,
    const struct draft *draft)
{
	struct record record = {.listed = source == STRUCTURED_JSON_LD};
	if (all->member_count == RECORDS_MAX)
		return;
	if (!take_identity(all, draft, &record)) {
		record_clear(&record);
		return;
	}
	for (int field = 0; field < FIELD_COUNT; field++) {
		record.source[field] = source;
		if (field != FIELD_LINK && field != FIELD_IMAGE)
			record.value[field] =
			    xstrdup_or_null(draft->value[field]);
	}
	record.value[FIELD_IMAGE] = take_image(all, draft->value[FIELD_IMAGE]);
	all->list = grow(all->list, all->count, sizeof(*all->list));
	all->members =
	    grow(all->members, all->member_count, sizeof(*all->members));
	all->members[all->member_count++] =
	    (struct member){.group = draft->group, .record = all->count};
	all->list[all->count++] = record;
}

/* ---- one record for one article ---- */

static int
name_compare(const struct entry *a, const struct entry *b)
{
	if (a->by_id != b->by_id)
		return a->by_id ? 1 : -1;
	return strcmp(a->text, b->text);
}

static int
entry_compare(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = name_compare(x, y);
	return order != 0 ? order
			  : (x->record > y->record) - (x->record < y->record);
}

static void
make_index(struct structured *all)
{
	free(all->index);
	all->index = xcalloc(all->count, sizeof(*all->index));
	for (size_t i = 0; i < all->count; i++) {
		const struct record *record = &all->list[i];
		bool by_id = record->folded == NULL;
		all->index[i] = (struct entry){
		    .text = by_id ? record->key : record->folded,
		    .by_id = by_id,
		    .record = i,
		};
	}
	qsort(all->index, all->count, sizeof(*all->index), entry_compare);
}

static void
merge_record(struct record *into, struct record *from)
{
	for (int field = 0; field < FIELD_COUNT; field++)
		if (into->value[field] == NULL) {
			into->value[field] = from->value[field];
			into->source[field] = from->source[field];
			from->value[field] = NULL;
		}
	into->listed |= from->listed;
	record_clear(from);
}

static int
member_compare(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	return (x->record > y->record) - (x->record < y->record);
}

/* The first of equal records stays, in its place, with what all of them say. */
static void
merge_equals(struct structured *all)
{
	size_t *first = xcalloc(all->count, sizeof(*first)), kept = 0;
	if (all->count == 0) {
		free(first);
		return;
	}
	make_index(all);
	for (size_t i = 0, start = 0; i < all->count; i++) {
		if (name_compare(&all->index[start], &all->index[i]) != 0)
			start = i;
		first[all->index[i].record] = all->index[start].record;
	}
	for (size_t i = 0; i < all->count; i++)
		if (first[i] != i)
			merge_record(&all->list[first[i]], &all->list[i]);
	/* close the gaps: first[i] becomes the new place */
	for (size_t i = 0; i < all->count; i++) {
		if (first[i] != i) {
			first[i] = first[first[i]];
			continue;
		}
		all->list[kept] = all->list[i];
		first[i] = kept++;
	}
	for (size_t i = 0; i < all->member_count; i++)
		all->members[i].record = first[all->members[i].record];
	free(first);
	all->count = kept;
	qsort(all->members, all->member_count, sizeof(*all->members),
	    member_compare);
	make_index(all);
}

struct structured *
structured_find(const struct compiled_rules *rules, const struct page *page,
    const char *url, const char *base)
{
	struct structured *all = xcalloc(1, sizeof(*all));
	char *self = url_canonical(NULL, url, NULL);
	*all = (struct structured){
	    .rules = rules,
	    .page = page,
	    .base = base,
	    .self = url_key(self != NULL ? self : url),
	    .limits = JSON_LIMITS,
	    .walk = WALK_NODES,
	};
	free(self);
	find_json_ld(all);
	find_microdata(all);
	find_hentry(all);
	merge_equals(all);
	return all;
}

/* Does the script name one of the articles?  Addresses are escaped in more than
 * one way: the last part of the path is enough. */
bool
structured_mentions(const struct structured *all, const char *script)
{
	bool mentioned = all->sought_count == 0;
	for (size_t i = 0; !mentioned && i < all->sought_count; i++)
		mentioned = strstr(script, all->sought[i]) != NULL;
	return mentioned;
}

/* What a script must hold to name this article, or NULL if that is unsure. */
static char *
mark_of(const char *link, const char *key)
{
	char *path = url_path(link), *mark = NULL;
	if (key != NULL && strpbrk(key, "%/") == NULL)
		mark = xstrdup(key);
	else if (path != NULL) {
		size_t length = strcspn(path, "?");
		while (length > 0 && path[length - 1] == '/')
			length--;
		size_t start = length;
		while (start > 0 && path[start - 1] != '/')
			start--;
		if (length - start >= MARK_BYTES &&
		    memchr(path + start, '%', length - start) == NULL)
			mark = xstrndup(path + start, length - start);
	}
	free(path);
	return mark;
}

void
structured_add_state(
    struct structured *all, const struct article *articles, size_t count)
{
	bool sure = true;
	all->sought = xcalloc(SOUGHT_MAX, sizeof(*all->sought));
	for (size_t i = 0; i < count && all->sought_count < SOUGHT_MAX; i++) {
		char *mark = articles[i].link != NULL
				 ? mark_of(articles[i].link, articles[i].key)
				 : NULL;
		if (mark != NULL)
			all->sought[all->sought_count++] = mark;
		sure = sure && (mark != NULL || articles[i].link == NULL);
	}
	size_t sought = all->sought_count;
	if (!sure) /* look at every script */
		all->sought_count = 0;
	find_json_state(all);
	merge_equals(all);
	for (size_t i = 0; i < sought; i++)
		free(all->sought[i]);
	free(all->sought);
	all->sought = NULL;
	all->sought_count = 0;
}

void
structured_free(struct structured *all)
{
	if (all == NULL)
		return;
	for (size_t i = 0; i < all->count; i++)
		record_clear(&all->list[i]);
	free(all->index);
	free(all->members);
	free(all->list);
	free(all->self);
	free(all);
}

/* ---- finding ---- */

static const struct record *
look_up(const struct structured *all, const char *text, bool by_id)
{
	struct entry key = {.text = text, .by_id = by_id};
	size_t low = 0, high = all->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (name_compare(&all->index[middle], &key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == all->count || name_compare(&all->index[low], &key) != 0)
		return NULL;
	return &all->list[all->index[low].record];
}

static const struct record *
look_up_link(const struct structured *all, const char *link, const char *key)
{
	if (key != NULL)
		return look_up(all, key, false);
	char *folded = url_key(link);
	const struct record *record = look_up(all, folded, false);
	free(folded);
	return record;
}

bool
structured_lists(
    const struct structured *all, const char *link, const char *key)
{
	const struct record *record = look_up_link(all, link, key);
	return record != NULL && record->listed;
}

/* One holds the other: lists cut titles and put a word before them. */
static bool
titles_agree(const struct record *record, const char *title)
{
	char *theirs = structured_text(record, FIELD_TITLE);
	if (theirs == NULL || title == NULL) {
		free(theirs);
		return false;
	}
	char *a = text_fold(theirs), *b = text_fold(title);
	bool agree = a[0] != '\0' && b[0] != '\0' &&
		     (strstr(a, b) != NULL || strstr(b, a) != NULL);
	free(b);
	free(a);
	free(theirs);
	return agree;
}

size_t
structured_match(const struct structured *all, const char *link,
    const char *key, const char *title,
    const struct record *found[STRUCTURED_MATCHES])
{
	size_t count = 0;
	const struct record *record = look_up_link(all, link, key);
	if (record != NULL)
		found[count++] = record;
	record = key != NULL ? look_up(all, key, true) : NULL;
	if (record != NULL && titles_agree(record, title))
		found[count++] = record;
	return count;
}

/* ---- a list of them ---- */

/* What a record adds to its list; 0 if it is no article. */
static unsigned
worth_of(const struct structured *all, const struct record *record)
{
	const char *title = record->value[FIELD_TITLE];
	const char *link = record->value[FIELD_LINK];
	if (title == NULL || link == NULL)
		return 0;
	if (record->key == NULL && links_score(link, all->base, title) <= 0)
		return 0;
	return 4 + 2 * (record->value[FIELD_DATE] != NULL) +
	       (record->value[FIELD_IMAGE] != NULL) +
	       (record->value[FIELD_TEXT] != NULL);
}

struct candidate {
	size_t from, to; /* of the members */
	size_t count;
	unsigned worth;
	bool listed; /* all of it */
};

static bool
is_better(const struct candidate *a, const struct candidate *b)
{
	if (a->count < LIST_LEAST || b->count < LIST_LEAST)
		return a->count >= LIST_LEAST;
	if (a->listed != b->listed)
		return a->listed;
	return a->worth > b->worth;
}

/* The members of one group from there on. */
static struct candidate
judge_group(const struct structured *all, const unsigned *worth, size_t from)
{
	struct candidate group = {.from = from, .to = from, .listed = true};
	for (; group.to < all->member_count &&
	       all->members[group.to].group == all->members[from].group;
	     group.to++) {
		size_t record = all->members[group.to].record;
		if (group.to > from &&
		    record == all->members[group.to - 1].record)
			continue;
		group.count += worth[record] > 0;
		group.worth += worth[record];
		group.listed &= worth[record] == 0 || all->list[record].listed;
	}
	return group;
}

/* With article-link an id alone is as good as a link. */
static void
fill_links(struct structured *all)
{
	for (size_t i = 0; i < all->count; i++) {
		struct record *record = &all->list[i];
		for (size_t k = 0; k < all->rules->link_template_count &&
				   record->value[FIELD_LINK] == NULL;
		     k++) {
			char *href = link_template_fill(
			    all->rules->link_templates[k], record->key);
			if (href != NULL)
				record->value[FIELD_LINK] =
				    url_canonical(all->base, href, NULL);
			free(href);
		}
	}
}

size_t
structured_list(struct structured *all, const struct record ***list)
{
	unsigned *worth = xcalloc(all->count, sizeof(*worth));
	struct candidate best = {0};
	size_t count = 0;
	fill_links(all);
	for (size_t i = 0; i < all->count; i++)
		worth[i] = worth_of(all, &all->list[i]);
	for (size_t i = 0; i < all->member_count;) {
		struct candidate group = judge_group(all, worth, i);
		if (is_better(&group, &best))
			best = group;
		i = group.to;
	}
	*list = NULL;
	if (best.count >= LIST_LEAST)
		*list = xcalloc(best.count, sizeof(**list));
	for (size_t i = best.from; *list != NULL && i < best.to; i++) {
		size_t record = all->members[i].record;
		if (worth[record] > 0 &&
		    (i == best.from || record != all->members[i - 1].record))
			(*list)[count++] = &all->list[record];
	}
	free(worth);
	return count;
}

/* ---- values ---- */

/* Titles are written as text, as text with entities, and as markup. */
static char *
read_markup(const char *value)
{
	if (strpbrk(value, "&<") == NULL)
		return xstrdup(value);
	struct page *page = page_parse(
	    value, strnlen(value, MARKUP_BYTES), PARSER_HTML5, 0, NULL);
	char *text = page != NULL ? page_text(page, 0, NULL, 0) : NULL;
	page_free(page);
	return text != NULL ? text : xstrdup("");
}

char *
structured_text(const struct record *record, enum field field)
{
	if (record->value[field] == NULL)
		return NULL;
	char *raw = read_markup(record->value[field]);
	char *text =
	    field == FIELD_TEXT
		? text_paragraphs(raw, strlen(raw), ARTICLE_TEXT_BYTES)
		: text_line(raw, strlen(raw),
		      field == FIELD_TITLE ? ARTICLE_TITLE_CHARACTERS
					   : ARTICLE_AUTHOR_CHARACTERS);
	free(raw);
	if (text[0] != '\0')
		return text;
	free(text);
	return NULL;
}
