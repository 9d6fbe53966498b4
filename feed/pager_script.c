#include "feed/pager_script.h"

#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"
#include "feed/next_url.h"
#include "feed/slot.h"
#include "feed/text.h"

#define LINKS_MAX 4000 /* of a page, that are looked at */
#define CALLS_MAX 200  /* numbers of pagers */
#define CALLS_LEAST 3  /* fewer are no pager */
#define MOST_PAGE 1000
#define CALL_BYTES 300 /* of an onclick */
#define NAME_BYTES 60  /* of a function or a parameter */
#define BODY_BYTES 800 /* of a function that leads on */
#define SCRIPTS_MAX 200
#define PAGER_NODES 600 /* more than this is no pager */

/* A link that says a number and calls a function with it. */
struct call {
	char name[NAME_BYTES];
	long number;
	uint32_t node;
};

struct calls {
	struct call list[CALLS_MAX];
	size_t count;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_in_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       is_digit(c) || c == '_' || c == '$';
}

/* "2", "[2]"; -1 for anything else. */
static long
number_of(const char *label)
{
	label += strspn(label, " \t\r\n[(");
	size_t digits = strspn(label, "0123456789");
	const char *rest = label + digits;
	return digits > 0 && digits <= 4 && rest[strspn(rest, " \t\r\n])")] == 0
		   ? strtol(label, NULL, 10)
		   : -1;
}

/* Is the number one of the call's arguments, by itself or in quotes? */
static bool
has_argument(const char *arguments, long number)
{
	for (const char *at = arguments; *at != '\0' && *at != ')';) {
		size_t digits = strspn(at, "0123456789");
		if (digits == 0) {
			at++;
			continue;
		}
		bool is_whole =
		    at == arguments || strchr("(,'\" ", at[-1]) != NULL;
		if (is_whole && digits <= 4 &&
		    strchr("),'\" ", at[digits]) != NULL &&
		    strtol(at, NULL, 10) == number)
			return true;
		at += digits;
	}
	return false;
}

/* The function that the script calls with the number. */
static bool
read_call(const char *script, long number, struct call *call)
{
	char text[CALL_BYTES];
	size_t length = strnlen(script, CALL_BYTES - 1);
	memcpy(text, script, length);
	text[length] = '\0';
	for (char *open = strchr(text, '('); open != NULL;
	     open = strchr(open + 1, '(')) {
		char *name = open;
		while (name > text && is_in_name(name[-1]))
			name--;
		size_t size = (size_t)(open - name);
		if (size == 0 || size >= NAME_BYTES ||
		    !has_argument(open + 1, number))
			continue;
		memcpy(call->name, name, size);
		call->name[size] = '\0';
		call->number = number;
		return true;
	}
	return false;
}

static void
collect_calls(const struct page *page, struct calls *calls)
{
	size_t count;
	const uint32_t *anchors =
	    page_with_tag(page, page_tag_index(page, "a"), &count);
	for (size_t i = 0;
	     i < count && i < LINKS_MAX && calls->count < CALLS_MAX; i++) {
		const char *href = page_attribute(page, anchors[i], "href");
		const char *script =
		    page_attribute(page, anchors[i], "onclick");
		if (script == NULL && href != NULL &&
		    strncmp(href, "javascript:", 11) == 0)
			script = href + 11;
		if (script == NULL)
			continue;
		char *label = page_text(page, anchors[i], NULL, 0);
		long number = number_of(label);
		struct call call = {.node = anchors[i]};
		if (number > 0 && number <= MOST_PAGE &&
		    read_call(script, number, &call))
			calls->list[calls->count++] = call;
		free(label);
	}
}

/* ---- the number of the page that we are on ---- */

/* The one that stands among the numbers and is no link; else 1. */
static long
current_number(
    const struct page *page, const struct calls *calls, const char *name)
{
	uint32_t first = PAGE_NONE, last = 0;
	for (size_t i = 0; i < calls->count; i++)
		if (strcmp(calls->list[i].name, name) == 0) {
			if (first == PAGE_NONE)
				first = calls->list[i].node;
			last = calls->list[i].node;
		}
	uint32_t around = first;
	while (around != PAGE_NONE && page->end[around] <= last)
		around = page->parent[around];
	/* "<b>1</b>" may stand before the element that holds the others */
	if (around != PAGE_NONE && page->parent[around] != PAGE_NONE)
		around = page->parent[around];
	if (around == PAGE_NONE || page->end[around] - around > PAGER_NODES)
		return 1;
	for (uint32_t node = around; node < page->end[around]; node++) {
		long number =
		    page->text[node] != NULL ? number_of(page->text[node]) : -1;
		bool is_called = false;
		for (size_t i = 0; i < calls->count; i++)
			is_called |=
			    page_contains(page, calls->list[i].node, node);
		if (number > 0 && number < MOST_PAGE && !is_called)
			return number;
	}
	return 1;
}

/* ---- where it leads ---- */

/* "'...page='" + something: the address before the number, or NULL. */
static char *
literal_before_number(const char *body, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (body[i] != '\'' && body[i] != '"')
			continue;
		size_t size = 0, start = i + 1;
		while (start + size < length && body[start + size] != body[i])
			size++;
		size_t after = start + size + 1;
		if (after >= length)
			return NULL;
		size_t name = size > 0 ? size - 1 : 0;
		while (name > 0 && is_in_name(body[start + name - 1]))
			name--;
		while (after < length && body[after] == ' ')
			after++;
		if (size > 1 && body[start + size - 1] == '=' &&
		    body[after] == '+' &&
		    slot_is_page_name(body + start + name, size - 1 - name))
			return xstrndup(body + start, size);
		i = start + size;
	}
	return NULL;
}

/* Behind "function goPage" or "goPage = function", or NULL. */
static const char *
find_body(const char *script, const char *name)
{
	size_t length = strlen(name);
	for (const char *at = script; (at = strstr(at, name)) != NULL;
	     at += length) {
		const char *before = at, *after = at + length;
		if ((at > script && is_in_name(at[-1])) || is_in_name(*after))
			continue;
		while (before > script && before[-1] == ' ')
			before--;
		after += strspn(after, " =:");
		if ((before - script >= 8 &&
			strncmp(before - 8, "function", 8) == 0) ||
		    strncmp(after, "function", 8) == 0)
			return after;
	}
	return NULL;
}

static char *
template_of_function(const struct page *page, const char *name)
{
	size_t count;
	const uint32_t *scripts =
	    page_with_tag(page, page_tag_index(page, "script"), &count);
	for (size_t i = 0; i < count && i < SCRIPTS_MAX; i++) {
		uint32_t text = scripts[i] + 1;
		if (text >= page->end[scripts[i]] || page->text[text] == NULL)
			continue;
		const char *body = find_body(page->text[text], name);
		char *literal = body != NULL ? literal_before_number(body,
						   strnlen(body, BODY_BYTES))
					     : NULL;
		if (literal == NULL)
			continue;
		char *template = strpbrk(literal, "{}") == NULL
				     ? xasprintf("%s{page}", literal)
				     : NULL;
		free(literal);
		return template;
	}
	return NULL;
}

/* "&pageNo={page}" where our own address has such a parameter. */
static char *
template_of_address(const char *own)
{
	const char *at = own + strcspn(own, "?");
	while (*at != '\0') {
		const char *name = at + 1;
		size_t length = strcspn(name, "=&");
		if (slot_is_page_name(name, length))
			return xasprintf("&%.*s={page}", (int)length, name);
		at = name + strcspn(name, "&");
	}
	return NULL;
}

static bool
is_sent_by_get(const struct page *page, uint32_t node)
{
	while (node != PAGE_NONE && strcmp(page_tag(page, node), "form") != 0)
		node = page->parent[node];
	const char *method =
	    node != PAGE_NONE ? page_attribute(page, node, "method") : "post";
	return method == NULL || text_equals_ignoring_case(method, "get");
}

/* The same of a hidden field. */
static char *
template_of_form(const struct page *page)
{
	size_t count;
	const uint32_t *inputs =
	    page_with_tag(page, page_tag_index(page, "input"), &count);
	for (size_t i = 0; i < count && i < LINKS_MAX; i++) {
		const char *type = page_attribute(page, inputs[i], "type");
		const char *name = page_attribute(page, inputs[i], "name");
		if (type != NULL && name != NULL &&
		    text_equals_ignoring_case(type, "hidden") &&
		    strpbrk(name, "{}&=#?") == NULL &&
		    slot_is_page_name(name, strlen(name)) &&
		    is_sent_by_get(page, inputs[i]))
			return xasprintf("&%s={page}", name);
	}
	return NULL;
}

/* ---- together ---- */

/* The function that is called with most numbers, different ones. */
static const char *
pager_function(const struct calls *calls)
{
	const char *best = NULL;
	size_t most = CALLS_LEAST - 1;
	for (size_t i = 0; i < calls->count; i++) {
		size_t numbers = 0;
		long last = 0;
		for (size_t k = 0; k < calls->count; k++) {
			const struct call *one = &calls->list[k];
			if (strcmp(one->name, calls->list[i].name) == 0 &&
			    one->number > last) {
				numbers++;
				last = one->number;
			}
		}
		if (numbers > most) {
			most = numbers;
			best = calls->list[i].name;
		}
	}
	return best;
}

char *
pager_script_find(const struct page *page, const char *own, char **how)
{
	struct calls *calls = xcalloc(1, sizeof(*calls));
	collect_calls(page, calls);
	const char *name = pager_function(calls);
	char *template = NULL, *next = NULL;
	if (name != NULL) {
		template = template_of_function(page, name);
		if (template == NULL)
			template = template_of_address(own);
		if (template == NULL)
			template = template_of_form(page);
	}
	if (template != NULL) {
		long number = current_number(page, calls, name) + 1;
		next = next_url_fill(template, own, (unsigned)number, NULL);
	}
	if (next != NULL)
		*how = xasprintf("numbers that call %s()", name);
	free(template);
	free(calls);
	return next;
}
