#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "feed/charset.h"
#include "feed/extract.h"
#include "feed/menu.h"
#include "feed/name.h"
#include "feed/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* The way of a page: bytes, characters, nodes, articles; and its menu. */
static struct charsets *charsets;
static struct compiled_rules *ways[3];

static void
prepare(void)
{
	struct rule item = {.css = "li, p, dt, tr, h3"},
		    title = {.css = "a, b"};
	struct article_link link = {.text = "/a/{id}"};
	struct rules inferred = {0};
	struct rules linked = {.article_links = &link, .article_link_count = 1};
	struct rules ruled = {.items = {&item, 1}};
	ruled.fields[FIELD_TITLE] = (struct rule_list){&title, 1};
	charsets = charsets_open(NULL);
	ways[0] = rules_compile(&inferred, NULL);
	ways[1] = rules_compile(&linked, NULL);
	ways[2] = rules_compile(&ruled, NULL);
	if (charsets == NULL || ways[0] == NULL || ways[1] == NULL ||
	    ways[2] == NULL)
		abort();
}

static void
demand_clean(const char *text, bool paragraphs)
{
	if (text != NULL && !text_is_clean(text, strlen(text), paragraphs))
		abort();
}

static void
demand_address(const char *link)
{
	if (strncmp(link, "http://", 7) != 0 &&
	    strncmp(link, "https://", 8) != 0)
		abort();
	demand_clean(link, false);
}

static void
check(const struct extraction *extraction)
{
	for (size_t i = 0; i < extraction->articles.count; i++) {
		const struct article *a = &extraction->articles.list[i];
		if (a->link == NULL || a->title == NULL || a->title[0] == '\0')
			abort();
		demand_address(a->link);
		if (a->image != NULL)
			demand_address(a->image);
		demand_clean(a->title, false);
		demand_clean(a->author, false);
		demand_clean(a->key, false);
		demand_clean(a->category, false);
		demand_clean(a->text, true);
	}
	demand_clean(extraction->page_title, false);
	demand_clean(extraction->site_title, false);
	demand_clean(extraction->heading, false);
	demand_clean(extraction->language, false);
	demand_clean(extraction->item_how, false);
	demand_clean(extraction->list_path, false);
	demand_clean(extraction->next_how, false);
	if (extraction->next_url != NULL)
		demand_address(extraction->next_url);
	for (int field = 0; field < FIELD_COUNT; field++)
		demand_clean(extraction->how[field], false);
}

static void
check_menu(const struct page *page, const char *url)
{
	struct menu menu;
	char *base = extract_base(page, url);
	menu_find(page, url, base, &menu);
	demand_clean(menu.how, false);
	if (menu.count > MENU_MAX_ENTRIES)
		abort();
	for (size_t i = 0; i < menu.count; i++) {
		const struct menu_entry *entry = &menu.list[i];
		demand_address(entry->url);
		demand_clean(entry->title, false);
		demand_clean(entry->group, false);
		if (!name_is_good(entry->name) || entry->title[0] == '\0')
			abort();
		for (size_t k = 0; k < i; k++)
			if (strcmp(menu.list[k].name, entry->name) == 0)
				abort();
	}
	menu_clear(&menu);
	free(base);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct extract_context context = {
	    .url = "https://paper.example/news/", .now_s = 1682000000};
	struct decoded decoded;
	if (charsets == NULL)
		prepare();
	if (!charset_decode(charsets, (const char *)data, size, NULL, NULL,
		"paper.example", &decoded, NULL))
		return 0;
	struct page *page =
	    page_parse(decoded.text, decoded.length, PARSER_HTML5, 0, NULL);
	for (size_t i = 0; page != NULL && i < 3; i++) {
		struct extraction extraction;
		if (!extract_articles(
			ways[i], page, &context, &extraction, NULL))
			continue;
		check(&extraction);
		extraction_clear(&extraction);
	}
	if (page != NULL)
		check_menu(page, context.url);
	page_free(page);
	decoded_clear(&decoded);
	return 0;
}
