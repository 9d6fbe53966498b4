#include "feed/structured_private.h"

#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/memory.h"

#define TRIES_MOST 16 /* assignments of one script that are looked at */

/*
 * Where an application's state stands: scripts of JSON, what other scripts
 * assign to window.NAME, and the rows that React's server components push.
 */

/* ---- assignments ---- */

static bool
is_name_byte(char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
	       (byte >= 'A' && byte <= 'Z') ||
	       (byte != '\0' && strchr("_$.[]'\"", byte) != NULL);
}

/* "window.__STATE__ =", "window['x'] =", "Fusion.globalContent =": what
 * other scripts shall see.  `equals` is where the sign stands. */
static bool
is_state_name(const char *script, const char *equals)
{
	static const char *const starts[] = {
	    "window.", "window[", "self.", "globalThis.", "Fusion.", NULL};
	const char *end = equals;
	while (end > script && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	const char *name = end;
	while (name > script && end - name < 80 && is_name_byte(name[-1]))
		name--;
	size_t length = (size_t)(end - name);
	for (size_t i = 0; starts[i] != NULL; i++)
		if (length > strlen(starts[i]) &&
		    strncmp(name, starts[i], strlen(starts[i])) == 0)
			return true;
	return memmem(name, length, "__", 2) != NULL;
}

/* JSON.parse("{\"a\": ...}"): the string's text, for the caller to free. */
static char *
parsed_string(struct structured *all, const char *at, const char *end)
{
	char quote = *at;
	const char *close = at + 1;
	while (close < end && *close != quote)
		close += *close == '\\' && close + 1 < end ? 2 : 1;
	if (close >= end)
		return NULL;
	char *list = xasprintf("[%.*s]", (int)(close + 1 - at), at);
	const char *from = list;
	char *json = json_repair(&from, list + strlen(list), &all->limits);
	struct json_tree *tree = json != NULL ? json_tree_read(json) : NULL;
	char *text = xstrdup_or_null(json_tree_string(json_tree_at(tree, 0)));
	json_tree_free(tree);
	free(json);
	free(list);
	return text;
}

/* The value behind an equals sign; *at moves behind it if it is one. */
static void
read_assigned(struct structured *all, const char **at, const char *end)
{
	static const char call[] = "JSON.parse(";
	const char *value = *at + strspn(*at, " \t\r\n");
	if (*value == '{' || *value == '[') {
		if (state_read(all, &value, end))
			*at = value;
		return;
	}
	if (strncmp(value, call, strlen(call)) != 0)
		return;
	value += strlen(call);
	char *text = *value == '"' || *value == '\''
			 ? parsed_string(all, value, end)
			 : NULL;
	const char *from = text;
	if (text != NULL)
		(void)state_read(all, &from, text + strlen(text));
	free(text);
}

static void
read_assignments(struct structured *all, const char *script)
{
	const char *end = script + strlen(script);
	int tries = 0;
	for (const char *at = strchr(script, '='); at != NULL;
	     at = strchr(at, '=')) {
		const char *sign = at++;
		if (!is_state_name(script, sign))
			continue;
		if (++tries > TRIES_MOST)
			break;
		read_assigned(all, &at, end);
	}
}

/* ---- rows ---- */

static const char push[] = "self.__next_f.push(";

static bool
is_push(const char *script)
{
	return strncmp(script, push, strlen(push)) == 0;
}

/* Rows are as long as the page: are they worth the reading? */
static bool
rows_mention(
    const struct structured *all, const uint32_t *scripts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *type;
		const char *text = script_text(all->page, scripts[i], &type);
		if (text != NULL && is_push(text) &&
		    structured_mentions(all, text))
			return true;
	}
	return false;
}

/* One call's part of the rows; they are cut anywhere. */
static void
add_rows(struct structured *all, const char *script, struct buffer *rows)
{
	const char *at = script + strlen(push);
	char *json = json_repair(&at, at + strlen(at), &all->limits);
	struct json_tree *tree = json != NULL ? json_tree_read(json) : NULL;
	const char *text = json_tree_string(json_tree_at(tree, 1));
	if (text != NULL)
		buffer_add_string(rows, text);
	json_tree_free(tree);
	free(json);
}

/* "5:{...}", a line each. */
static void
read_rows(struct structured *all, const struct buffer *rows)
{
	const char *at = rows->bytes;
	if (at == NULL)
		return;
	for (const char *end; *at != '\0'; at = end + (*end != '\0')) {
		end = at + strcspn(at, "\n");
		(void)state_read(all, &at, end);
	}
}

/* ---- together ---- */

static bool
is_json_type(const char *type)
{
	return script_type_is(type, "application/json") ||
	       script_type_is(type, "text/json");
}

static bool
is_script_type(const char *type)
{
	return type[0] == '\0' || script_type_is(type, "text/javascript") ||
	       script_type_is(type, "application/javascript") ||
	       script_type_is(type, "module");
}

void
find_json_state(struct structured *all)
{
	const struct page *page = all->page;
	size_t count;
	const uint32_t *scripts =
	    page_with_tag(page, page_tag_index(page, "script"), &count);
	struct buffer rows = {0};
	bool with_rows = rows_mention(all, scripts, count);
	for (size_t i = 0; i < count; i++) {
		const char *type;
		const char *text = script_text(page, scripts[i], &type);
		if (text != NULL && is_push(text)) {
			if (with_rows)
				add_rows(all, text, &rows);
			continue;
		}
		if (text == NULL || !structured_mentions(all, text))
			continue;
		if (is_json_type(type))
			(void)state_read(all, &text, text + strlen(text));
		else if (is_script_type(type))
			read_assignments(all, text);
	}
	read_rows(all, &rows);
	buffer_clear(&rows);
}
