#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/json_repair.h"
#include "feed/json_tree.h"
#include "feed/page.h"
#include "feed/rules.h"
#include "feed/structured.h"
#include "feed/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define URL "https://paper.example/news/"

static struct compiled_rules *ways[2];

static void
prepare(void)
{
	struct article_link link = {.text = "/a/{id}"};
	struct rules inferred = {0};
	struct rules linked = {.article_links = &link, .article_link_count = 1};
	ways[0] = rules_compile(&inferred, NULL);
	ways[1] = rules_compile(&linked, NULL);
	if (ways[0] == NULL || ways[1] == NULL)
		abort();
}

static void
demand(bool good)
{
	if (!good)
		abort();
}

static void
check_record(const struct record *record)
{
	const char *link = record->value[FIELD_LINK];
	demand(link != NULL || record->key != NULL);
	demand((link == NULL) == (record->folded == NULL));
	demand(link == NULL || strncmp(link, "http", 4) == 0);
	const char *image = record->value[FIELD_IMAGE];
	demand(image == NULL || strncmp(image, "http", 4) == 0);
	for (int field = FIELD_TITLE; field < FIELD_COUNT; field++) {
		char *text = structured_text(record, (enum field)field);
		demand(text == NULL ||
		       text_is_clean(text, strlen(text), field == FIELD_TEXT));
		free(text);
	}
}

/* What was found is found again, and its list holds articles alone. */
static void
check(struct structured *all)
{
	const struct record **list;
	size_t count = structured_list(all, &list);
	demand((count == 0) == (list == NULL) && count != 1 && count != 2);
	for (size_t i = 0; i < count; i++) {
		const struct record *found[STRUCTURED_MATCHES];
		demand(list[i]->value[FIELD_LINK] != NULL);
		demand(list[i]->value[FIELD_TITLE] != NULL);
		if (list[i]->folded == NULL)
			continue;
		check_record(list[i]);
		demand(structured_match(all, list[i]->value[FIELD_LINK],
			   list[i]->key, NULL, found) > 0);
		demand(found[0] == list[i]);
	}
	free(list);
}

static void
read_page(const char *html, size_t length)
{
	struct page *page = page_parse(html, length, PARSER_HTML5, 0, NULL);
	for (size_t i = 0; page != NULL && i < 2; i++) {
		struct article article = {
		    .link = "https://paper.example/a/1", .key = "1"};
		struct structured *all =
		    structured_find(ways[i], page, URL, URL);
		structured_add_state(all, NULL, 0);
		check(all);
		structured_add_state(all, &article, 1);
		structured_free(all);
	}
	page_free(page);
}

/* Bytes as JSON, then as the script of a page, then as a page.  What is mended
 * once needs no mending. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_limits limits = JSON_LIMITS;
	struct buffer html = {0};
	const char *at = (const char *)data, *end = at + size;
	if (ways[0] == NULL)
		prepare();
	while (at < end) {
		char *json = json_repair(&at, end, &limits);
		struct json_tree *tree =
		    json != NULL ? json_tree_read(json) : NULL;
		const char *again = json;
		char *same = tree != NULL ? json_repair(&again,
						json + strlen(json), &limits)
					  : NULL;
		demand(same == NULL || strcmp(same, json) == 0);
		free(same);
		json_tree_free(tree);
		free(json);
	}
	buffer_add_string(&html, "<script type=application/ld+json>");
	buffer_add(&html, data, size);
	buffer_add_string(&html, "</script><script>window.a=");
	buffer_add(&html, data, size);
	if (text_is_utf8((const char *)data, size)) {
		read_page(html.bytes, html.length);
		read_page((const char *)data, size);
	}
	buffer_clear(&html);
	return 0;
}
