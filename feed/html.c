#include "feed/html.h"

#include <stddef.h>

static const char *
html_escape(char c)
{
	return c == '&'   ? "&amp;"
	       : c == '<' ? "&lt;"
	       : c == '>' ? "&gt;"
	       : c == '"' ? "&quot;"
			  : NULL;
}

void
html_add(struct buffer *html, const char *text, size_t length)
{
	size_t from = 0;
	for (size_t i = 0; i < length; i++) {
		const char *escape = html_escape(text[i]);
		if (escape == NULL)
			continue;
		buffer_add(html, text + from, i - from);
		buffer_add_string(html, escape);
		from = i + 1;
	}
	buffer_add(html, text + from, length - from);
}
