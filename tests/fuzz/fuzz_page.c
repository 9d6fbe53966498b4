#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "feed/page.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* Whatever goes in, the arrays hang together. */
static void
check(const struct page *page)
{
	if (page->count == 0 || page->end[0] != page->count ||
	    strcmp(page_tag(page, 0), "html") != 0)
		abort();
	for (uint32_t i = 1; i < page->count; i++) {
		uint32_t parent = page->parent[i], previous = page->previous[i];
		if (parent >= i || page->end[i] <= i ||
		    page->end[i] > page->end[parent] ||
		    (previous != PAGE_NONE &&
			(page->parent[previous] != parent ||
			    page->end[previous] > i)))
			abort();
		for (uint32_t a = page->first_attribute[i];
		     a < page->first_attribute[i + 1]; a++)
			if (page->attributes[a].name == NULL ||
			    page->attributes[a].value == NULL)
				abort();
	}
}

static void
use(struct page *page)
{
	static struct xpath *xpath;
	size_t count;
	check(page);
	free(page_text(page, 0, NULL, 0));
	(void)page_with_tag(page, 1, &count);
	(void)page_with_class(page, "a", &count);
	(void)page_with_id(page, "a", &count);
	if (xpath == NULL)
		xpath = xpath_parse("//a[@href]/text() | //*/@*", NULL);
	struct nodes found = {0};
	char **strings = NULL;
	size_t string_count = 0;
	if (xpath_evaluate(
		xpath, page, 0, &found, &strings, &string_count, NULL))
		for (size_t i = 0; i < string_count; i++)
			free(strings[i]);
	free(strings);
	nodes_clear(&found);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int parser = PARSER_HTML5; parser <= PARSER_LIBXML2; parser++) {
		struct page *page = page_parse((const char *)data, size,
		    (enum page_parser)parser, 0, NULL);
		if (page != NULL)
			use(page);
		page_free(page);
	}
	return 0;
}
