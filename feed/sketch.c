#include "feed/sketch.h"

#include <string.h>

#include "feed/core.h"
#include "feed/hash.h"

#define PAIR_BYTES 200 /* longer names are cut */

static void
put(struct sketch *sketch, const char *parent, const char *tag,
    const char *token, size_t length)
{
	char pair[PAIR_BYTES];
	size_t used = 0;
	const char *const parts[] = {parent, ">", tag, "."};
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		for (const char *at = parts[i];
		     *at != '\0' && used < sizeof(pair); at++)
			pair[used++] = *at;
	for (size_t i = 0; i < length && used < sizeof(pair); i++)
		pair[used++] = token[i];
	uint64_t hash = hash_bytes(pair, used);
	uint32_t *least = &sketch->least[hash % SKETCH_LENGTH];
	uint32_t value = (uint32_t)(hash >> 32);
	value += value == 0;
	if (*least == 0 || value < *least)
		*least = value;
}

void
sketch_page(const struct page *page, struct sketch *sketch)
{
	*sketch = (struct sketch){{0}};
	for (uint32_t node = 1; node < page->count; node++) {
		if (page->text[node] != NULL)
			continue;
		const char *parent = page_tag(page, page->parent[node]);
		const char *tag = page_tag(page, node);
		const char *classes = page_attribute(page, node, "class");
		struct token token;
		put(sketch, parent, tag, "", 0);
		while (classes != NULL && token_next(&classes, &token))
			put(sketch, parent, tag, token.at, token.length);
	}
}

uint32_t
sketch_likeness(const struct sketch *a, const struct sketch *b)
{
	uint32_t filled = 0, same = 0;
	for (size_t i = 0; i < SKETCH_LENGTH; i++) {
		filled += a->least[i] != 0 || b->least[i] != 0;
		same += a->least[i] != 0 && a->least[i] == b->least[i];
	}
	return filled == 0 ? 100 : same * 100 / filled;
}
