#include "daemon/terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "feed/memory.h"
#include "feed/text.h"

bool
terminal_has_colours(void)
{
	const char *none = getenv("NO_COLOR"), *terminal = getenv("TERM");
	return isatty(STDOUT_FILENO) && (none == NULL || none[0] == '\0') &&
	       (terminal == NULL || strcmp(terminal, "dumb") != 0);
}

/* How many bytes of the text fill a line: to a blank if there is one. */
static size_t
line_length(const char *text, size_t cells)
{
	const char *at = text, *end = text + strlen(text), *blank = NULL;
	size_t used = 0;
	while (at < end) {
		const char *next = at;
		(void)text_decode(&next, end);
		char *character = xstrndup(at, (size_t)(next - at));
		used += text_cells(character);
		free(character);
		if (used > cells && at > text)
			return (size_t)((blank != NULL ? blank : at) - text);
		if (*at == ' ' && at > text)
			blank = at;
		at = next;
	}
	return strlen(text);
}

void
terminal_print(size_t indent, const char *text)
{
	size_t further = isatty(STDOUT_FILENO) ? 2 : 0;
	while (further + indent < TERMINAL_COLUMNS && isatty(STDOUT_FILENO) &&
	       text_cells(text) > TERMINAL_COLUMNS - indent) {
		size_t length = line_length(text, TERMINAL_COLUMNS - indent);
		printf("%*s%.*s\n", (int)indent, "", (int)length, text);
		text += length;
		text += strspn(text, " ");
		indent += further;
		further = 0;
	}
	printf("%*s%s\n", (int)indent, "", text);
}
