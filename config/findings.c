#include "config/findings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/memory.h"

#define REPORTED_MAX 100
#define SHOWN_BYTES 60

void
findings_add(struct findings *findings, int line, int column, const char *key,
    const char *format, ...)
{
	if (findings->count >= FINDINGS_MAX) {
		findings->count++;
		return;
	}
	struct buffer text = {0};
	if (line > 0)
		buffer_add_format(
		    &text, "%s:%d:%d: ", findings->file, line, column);
	else if (key == NULL || strncmp(key, "--", 2) != 0)
		buffer_add_format(&text, "%s: ", findings->file);
	if (key != NULL)
		buffer_add_format(&text, "%.*s: ", SHOWN(key));
	va_list values;
	va_start(values, format);
	char *what;
	if (vasprintf(&what, format, values) < 0)
		abort();
	va_end(values);
	buffer_add_string(&text, what);
	free(what);

	if (findings->count == findings->capacity) {
		findings->capacity = findings->capacity * 2 + 16;
		findings->list = xreallocarray(findings->list,
		    findings->capacity, sizeof(*findings->list));
	}
	findings->list[findings->count] = (struct finding){
	    .file = findings->file,
	    .included = strcmp(findings->file, findings->main) != 0,
	    .line = line,
	    .column = column,
	    .text = buffer_take(&text),
	};
	findings->count++;
}

static int
compare(const void *a, const void *b)
{
	const struct finding *one = a, *two = b;
	if (one->included != two->included)
		return one->included ? 1 : -1;
	int order = strcmp(one->file, two->file);
	if (order != 0)
		return order;
	if (one->line != two->line)
		return one->line < two->line ? -1 : 1;
	if (one->column != two->column)
		return one->column < two->column ? -1 : 1;
	/* so that what was found twice stands together */
	return strcmp(one->text, two->text);
}

void
findings_report(struct findings *findings, struct problems *problems)
{
	size_t kept =
	    findings->count < FINDINGS_MAX ? findings->count : FINDINGS_MAX;
	size_t untold = findings->count - kept;
	if (kept > 0)
		qsort(findings->list, kept, sizeof(*findings->list), compare);
	problems->list = xreallocarray(problems->list,
	    problems->count + REPORTED_MAX + 1, sizeof(*problems->list));
	size_t told = 0;
	const char *last = "";
	for (size_t i = 0; i < kept; i++) {
		struct finding *finding = &findings->list[i];
		/* a value that many sections inherit is wrong only once */
		if (strcmp(finding->text, last) == 0) {
			free(finding->text);
			continue;
		}
		if (told == REPORTED_MAX) {
			untold++;
			free(finding->text);
			continue;
		}
		told++;
		last = finding->text;
		problems->list[problems->count++] = finding->text;
	}
	if (untold > 0)
		problems->list[problems->count++] = xasprintf(
		    "%s: and %zu more problems", findings->main, untold);
	free(findings->list);
	*findings = (struct findings){
	    .main = findings->main,
	    .file = findings->main,
	};
}

void
problems_clear(struct problems *problems)
{
	for (size_t i = 0; i < problems->count; i++)
		free(problems->list[i]);
	free(problems->list);
	*problems = (struct problems){0};
}

int
shown_length(const char *text)
{
	size_t length = strnlen(text, SHOWN_BYTES + 1);
	if (length <= SHOWN_BYTES)
		return (int)length;
	length = SHOWN_BYTES;
	while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
		length--;
	return (int)length;
}
