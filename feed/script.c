#include "feed/script.h"

#include <stdlib.h>
#include <string.h>

#include "feed/link_template.h"
#include "feed/links.h"
#include "feed/memory.h"
#include "feed/url.h"

#define SCRIPT_MAX 2000 /* bytes of an onclick that are looked at */

/* Six or more digits between quotes, as in view('20230418500123'). */
static char *
quoted_number(const char *script)
{
	const char *end = script + strnlen(script, SCRIPT_MAX);
	for (const char *at = script; at < end; at++) {
		if (*at != '\'' && *at != '"' && *at != '(' && *at != ',')
			continue;
		size_t length = strspn(at + 1, "0123456789");
		char after = at[1 + length];
		if (length >= 6 && length <= 24 &&
		    (after == '\'' || after == '"' || after == ')' ||
			after == ','))
			return xstrndup(at + 1, length);
	}
	return NULL;
}

/* An address between quotes, as in location.href='/article/2023': absolute or
 * from the root, for "a/b" may be anything. */
static char *
quoted_address(const char *script)
{
	const char *end = script + strnlen(script, SCRIPT_MAX);
	for (const char *at = script; at < end; at++) {
		if (*at != '\'' && *at != '"')
			continue;
		const char quotes[] = {*at, '\0'};
		size_t length = strcspn(at + 1, quotes);
		if (at[1 + length] == '\0')
			return NULL;
		char *address = xstrndup(at + 1, length);
		if (strpbrk(address, " \t\r\n<>") == NULL &&
		    ((address[0] == '/' && address[1] != '\0') ||
			strncmp(address, "https://", 8) == 0 ||
			strncmp(address, "http://", 7) == 0))
			return address;
		free(address);
		at += 1 + length;
	}
	return NULL;
}

/* The template filled with a number of the script's. */
static char *
link_from_number(
    const struct compiled_rules *rules, const char *script, const char *base)
{
	char *number = quoted_number(script);
	char *link = NULL;
	for (size_t i = 0;
	     number != NULL && link == NULL && i < rules->link_template_count;
	     i++) {
		char *href =
		    link_template_fill(rules->link_templates[i], number);
		if (href != NULL)
			link = url_canonical(base, href, NULL);
		free(href);
	}
	free(number);
	return link;
}

char *
script_link(const struct compiled_rules *rules, const struct page *page,
    uint32_t node, const char *base)
{
	const char *script = page_attribute(page, node, "onclick");
	if (script == NULL) {
		script = page_attribute(page, node, "href");
		if (script == NULL || strncmp(script, "javascript:", 11) != 0)
			return NULL;
	}
	char *address = quoted_address(script);
	char *link =
	    address != NULL ? url_canonical(base, address, NULL) : NULL;
	free(address);
	char *key = NULL;
	if (link != NULL && !links_accept(rules, link, &key)) {
		free(link);
		link = NULL;
	}
	free(key);
	return link != NULL ? link : link_from_number(rules, script, base);
}
