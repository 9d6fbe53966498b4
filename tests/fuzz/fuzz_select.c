#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"
#include "feed/page.h"
#include "feed/select.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
use(const struct selector *selector, const struct page *page)
{
	for (uint32_t scope = 0; scope < page->count; scope += 5) {
		struct nodes found = {0};
		if (!selector_all(selector, page, scope, &found, NULL) &&
		    found.count > 0)
			abort();
		for (size_t i = 0; i < found.count; i++)
			if (found.list[i] >= page->count ||
			    page->text[found.list[i]] != NULL ||
			    (i > 0 && found.list[i] <= found.list[i - 1]))
				abort();
		nodes_clear(&found);
	}
}

/* A selector, a NUL byte, and a page; without one, a page of ours. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char standard[] =
	    "<body class='a b'><ul id=c><li class=a><a href=x lang=ko>x</a>"
	    "<li><b>y</b> z<li class='a c'></ul><p>x<p class=b>y<i></i>";
	const uint8_t *nul = size > 0 ? memchr(data, '\0', size) : NULL;
	size_t length = nul == NULL ? size : (size_t)(nul - data);
	char *css = xstrndup((const char *)data, length);
	struct error err = {{0}};
	struct selector *selector = selector_parse(css, &err);
	if (selector == NULL && strncmp(err.reason, "column ", 7) != 0 &&
	    length <= 4096)
		abort();
	const char *html = nul == NULL ? standard : (const char *)nul + 1;
	size_t html_length =
	    nul == NULL ? sizeof(standard) - 1 : size - length - 1;
	struct page *page = selector == NULL ? NULL
					     : page_parse(html, html_length,
						   PARSER_HTML5, 0, NULL);
	if (page != NULL)
		use(selector, page);
	page_free(page);
	selector_free(selector);
	free(css);
	return 0;
}
