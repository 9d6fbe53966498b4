#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/memory.h"
#include "feed/page.h"
#include "feed/select.h"

/*
 * nodes PAGE < SELECTORS: a line for each selector, with the places of what it
 * matches among all elements of the page in document order.  For check.py.
 */
static char *
read_all(FILE *file, size_t *length)
{
	struct buffer bytes = {0};
	char block[65536];
	size_t got;
	while ((got = fread(block, 1, sizeof(block), file)) > 0)
		buffer_add(&bytes, block, got);
	*length = bytes.length;
	return buffer_take(&bytes);
}

static uint32_t *
places_of(const struct page *page)
{
	uint32_t *places = xcalloc(page->count, sizeof(*places)), next = 0;
	for (uint32_t i = 0; i < page->count; i++)
		if (page->text[i] == NULL)
			places[i] = next++;
	return places;
}

static void
print_answer(const char *css, const struct page *page, const uint32_t *places)
{
	struct error err = {{0}};
	struct nodes found = {0};
	struct selector *selector = selector_parse(css, &err);
	if (selector == NULL || !selector_all(selector, page, 0, &found, &err))
		printf("error: %s", err.reason);
	for (size_t i = 0; i < found.count; i++)
		printf("%s%u", i > 0 ? "," : "", places[found.list[i]]);
	putchar('\n');
	selector_free(selector);
	nodes_clear(&found);
}

int
main(int argc, char **argv)
{
	FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
	if (file == NULL) {
		fprintf(stderr, "usage: nodes PAGE < SELECTORS\n");
		return 2;
	}
	size_t length, lines_length;
	char *html = read_all(file, &length);
	char *lines = read_all(stdin, &lines_length);
	fclose(file);
	struct error err = {{0}};
	struct page *page =
	    page_parse(html, length, PARSER_HTML5, (size_t)8 << 20, &err);
	if (page == NULL) {
		fprintf(stderr, "%s: %s\n", argv[1], err.reason);
		return 1;
	}
	uint32_t *places = places_of(page);
	char *rest = lines, *line;
	while ((line = strsep(&rest, "\n")) != NULL)
		if (*line != '\0')
			print_answer(line, page, places);
	free(places);
	page_free(page);
	free(lines);
	free(html);
	return 0;
}
