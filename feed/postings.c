#include "feed/page_private.h"

#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"

/*
 * Which elements have a tag, a class token, an id: made on first use, since
 * a page that needs no selector needs none of them.
 */
struct pairs {
	uint32_t *word, *node;
	size_t count, capacity;
	uint32_t *last; /* of each word: its newest node + 1 */
	uint32_t last_capacity;
};

static void
pairs_add(struct pairs *pairs, uint32_t word, uint32_t node)
{
	if (word >= pairs->last_capacity) {
		uint32_t old = pairs->last_capacity;
		pairs->last_capacity = word < 512 ? 1024 : word * 2;
		pairs->last = xreallocarray(
		    pairs->last, pairs->last_capacity, sizeof(*pairs->last));
		memset(pairs->last + old, 0,
		    (pairs->last_capacity - old) * sizeof(*pairs->last));
	}
	if (pairs->last[word] == node + 1)
		return; /* class="a a" */
	pairs->last[word] = node + 1;
	if (pairs->count == pairs->capacity) {
		pairs->capacity =
		    pairs->capacity == 0 ? 1024 : pairs->capacity * 2;
		pairs->word = xreallocarray(
		    pairs->word, pairs->capacity, sizeof(*pairs->word));
		pairs->node = xreallocarray(
		    pairs->node, pairs->capacity, sizeof(*pairs->node));
	}
	pairs->word[pairs->count] = word;
	pairs->node[pairs->count++] = node;
}

/* A counting sort by word, which keeps the nodes' order.  word[i] 0 is left
 * out. */
static struct posting
posting_make(const uint32_t *word, const uint32_t *node, size_t count,
    uint32_t word_count)
{
	struct posting posting = {
	    .start = xcalloc((size_t)word_count + 2, sizeof(uint32_t)),
	    .list = xcalloc(count, sizeof(uint32_t)),
	};
	for (size_t i = 0; i < count; i++)
		if (word[i] != 0)
			posting.start[word[i] + 1]++;
	for (uint32_t i = 1; i <= word_count + 1; i++)
		posting.start[i] += posting.start[i - 1];
	for (size_t i = 0; i < count; i++)
		if (word[i] != 0)
			posting.list[posting.start[word[i]]++] =
			    node == NULL ? (uint32_t)i : node[i];
	/* each start has moved to its end, which is the next one's start */
	memmove(posting.start + 1, posting.start,
	    ((size_t)word_count + 1) * sizeof(uint32_t));
	posting.start[0] = 0;
	return posting;
}

static void
posting_clear(struct posting *posting)
{
	free(posting->start);
	free(posting->list);
	*posting = (struct posting){0};
}

void
postings_clear(struct page_private *private)
{
	posting_clear(&private->tags);
	posting_clear(&private->class_nodes);
	posting_clear(&private->id_nodes);
	intern_clear(&private->classes);
	intern_clear(&private->ids);
}

static bool
is_space(char byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r' && byte != '\v');
}

/* The next token of a class attribute, or NULL; *length is its size. */
static const char *
next_token(const char *at, size_t *length)
{
	while (is_space(*at))
		at++;
	*length = 0;
	while (at[*length] != '\0' && !is_space(at[*length]))
		++*length;
	return *length == 0 ? NULL : at;
}

static void
pairs_clear(struct pairs *pairs)
{
	free(pairs->word);
	free(pairs->node);
	free(pairs->last);
}

static void
add_word(struct intern *words, struct pairs *pairs, uint32_t node,
    const char *word, size_t length)
{
	pairs_add(pairs, intern_add(words, word, length), node);
}

static void
add_classes(
    struct intern *words, struct pairs *pairs, uint32_t node, const char *value)
{
	size_t length;
	const char *token = value;
	while ((token = next_token(token, &length)) != NULL) {
		add_word(words, pairs, node, token, length);
		token += length;
	}
}

static void
make_words(const struct page *page)
{
	struct page_private *private = page->private;
	struct pairs classes = {0}, ids = {0};
	intern_init(&private->classes, private->seed, false);
	intern_init(&private->ids, private->seed, false);
	for (uint32_t node = 0; node < page->count; node++)
		for (uint32_t i = page->first_attribute[node];
		     i < page->first_attribute[node + 1]; i++) {
			const struct page_attribute *a = &page->attributes[i];
			if (strcmp(a->name, "class") == 0)
				add_classes(&private->classes, &classes, node,
				    a->value);
			else if (strcmp(a->name, "id") == 0)
				add_word(&private->ids, &ids, node, a->value,
				    strlen(a->value));
		}
	private->class_nodes = posting_make(
	    classes.word, classes.node, classes.count, private->classes.count);
	private->id_nodes =
	    posting_make(ids.word, ids.node, ids.count, private->ids.count);
	private->has_words = true;
	pairs_clear(&classes);
	pairs_clear(&ids);
}

static const uint32_t *
posting_of(const struct posting *posting, uint32_t word, size_t *count)
{
	*count = 0;
	if (word == 0)
		return NULL;
	*count = posting->start[word + 1] - posting->start[word];
	return *count == 0 ? NULL : posting->list + posting->start[word];
}

const uint32_t *
page_with_tag(const struct page *page, uint32_t tag, size_t *count)
{
	struct page_private *private = page->private;
	if (private->tags.start == NULL)
	private->tags =
	    posting_make(page->tag, NULL, page->count, page->name_count);
	return posting_of(
	    &private->tags, tag < page->name_count ? tag : 0, count);
}

const uint32_t *
page_with_class(const struct page *page, const char *token, size_t *count)
{
	struct page_private *private = page->private;
	if (!private->has_words)
		make_words(page);
	return posting_of(&private->class_nodes,
	    intern_find(&private->classes, token, strlen(token)), count);
}

const uint32_t *
page_with_id(const struct page *page, const char *id, size_t *count)
{
	struct page_private *private = page->private;
	if (!private->has_words)
		make_words(page);
	return posting_of(&private->id_nodes,
	    intern_find(&private->ids, id, strlen(id)), count);
}

bool
page_has_class(const struct page *page, uint32_t node, const char *token)
{
	const char *at = page_attribute(page, node, "class");
	size_t wanted = strlen(token), length;
	if (at == NULL || wanted == 0)
		return false;
	while ((at = next_token(at, &length)) != NULL) {
		if (length == wanted && memcmp(at, token, length) == 0)
			return true;
		at += length;
	}
	return false;
}
