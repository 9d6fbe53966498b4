#include "feed/name.h"

#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/memory.h"
#include "feed/text.h"
#include "feed/url.h"

static bool
in_list(const char *word, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(word, *list) == 0)
			return true;
	return false;
}

static bool
is_in_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
	       c == '_' || c == '.';
}

bool
name_is_good(const char *name)
{
	size_t length = strlen(name);
	if (length == 0 || length > NAME_MAX_BYTES || name[0] == '.')
		return false;
	for (size_t i = 0; i < length; i++)
		if (!is_in_name(name[i]))
			return false;
	return true;
}

/* The endings of pages say nothing of what is on them. */
static size_t
without_ending(const char *part, size_t length)
{
	static const char *const endings[] = {"html", "htm", "shtml", "xhtml",
	    "php", "asp", "aspx", "jsp", "do", "nhn", "naver", "cgi", "ece",
	    NULL};
	size_t dot = length;
	while (dot > 0 && part[dot - 1] != '.')
		dot--;
	if (dot < 2)
		return length;
	char *ending = xstrndup(part + dot, length - dot);
	for (char *at = ending; *at != '\0'; at++)
		if (*at >= 'A' && *at <= 'Z')
			*at = (char)(*at - 'A' + 'a');
	bool known = in_list(ending, endings);
	free(ending);
	return known ? dot - 1 : length;
}

char *
name_from_part(const char *part, size_t length)
{
	struct buffer name = {0};
	bool apart = false; /* something was left out before this */
	length = without_ending(part, length);
	for (size_t i = 0; i < length && name.length < NAME_MAX_BYTES - 1;
	     i++) {
		char c = part[i];
		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (c == '%' && i + 2 < length) {
			i += 2; /* two digits of an escape */
			apart = true;
		} else if (!is_in_name(c) ||
			   (name.length == 0 && strchr("._-", c) != NULL))
			apart = true;
		else {
			if (apart && name.length > 0 &&
			    name.bytes[name.length - 1] != '-' && c != '-')
				buffer_add_byte(&name, '-');
			buffer_add_byte(&name, c);
			apart = false;
		}
	}
	while (name.length > 0 &&
	       strchr("._-", name.bytes[name.length - 1]) != NULL)
		name.bytes[--name.length] = '\0';
	if (name.length > 0)
		return buffer_take(&name);
	buffer_clear(&name);
	return NULL;
}

/* A name from path[start, end), unless it is one that every site has. */
static char *
telling_part(const char *start, const char *end)
{
	static const char *const dull[] = {"index", "default", "main", "list",
	    "lists", "newslist", "articlelist", "news_list", "list.do", "home",
	    "view", "page", "all", "section", "sections", "category", NULL};
	char *name = name_from_part(start, (size_t)(end - start));
	if (name != NULL && in_list(name, dull)) {
		free(name);
		return NULL;
	}
	return name;
}

static bool
is_paging(const char *pair, size_t length)
{
	static const char *const names[] = {
	    "page", "p", "pn", "pageindex", "view_type", "offset", NULL};
	const char *equals = memchr(pair, '=', length);
	char *name =
	    xstrndup(pair, equals != NULL ? (size_t)(equals - pair) : length);
	bool paging = false;
	for (size_t i = 0; names[i] != NULL; i++)
		paging |= text_equals_ignoring_case(name, names[i]);
	free(name);
	return paging;
}

/* Of the query the last value that tells anything. */
static char *
name_from_query(const char *query)
{
	char *found = NULL;
	while (*query != '\0') {
		size_t length = strcspn(query, "&");
		const char *equals = memchr(query, '=', length);
		if (equals != NULL && !is_paging(query, length)) {
			char *name = telling_part(equals + 1, query + length);
			if (name != NULL) {
				free(found);
				found = name;
			}
		}
		query += length + (query[length] == '&');
	}
	return found;
}

/* Of the path the last segment that tells anything. */
static char *
name_from_path(const char *path, const char *end)
{
	while (end > path) {
		const char *start = end;
		while (start > path && start[-1] != '/')
			start--;
		char *name = telling_part(start, end);
		if (name != NULL)
			return name;
		end = start > path ? start - 1 : path;
	}
	return NULL;
}

char *
name_from_url(const char *url)
{
	char *path = url_path(url);
	if (path == NULL)
		return xstrdup("news");
	size_t length = strcspn(path, "?"), last = length;
	while (last > 0 && path[last - 1] == '/')
		last--;
	size_t end = last;
	while (last > 0 && path[last - 1] != '/')
		last--;
	/* /business/?from=top is about business, list.php?sc=3050 about 3050 */
	char *name = telling_part(path + last, path + end);
	char *value =
	    path[length] == '?' ? name_from_query(path + length + 1) : NULL;
	if (value != NULL &&
	    (name == NULL || strpbrk(value, "0123456789") != NULL)) {
		free(name);
		name = value;
		value = NULL;
	}
	if (name == NULL)
		name = name_from_path(path, path + length);
	free(value);
	free(path);
	return name != NULL ? name : xstrdup("news");
}

static bool
is_taken(const char *name, char *const *taken, size_t count)
{
	static const char *const kept[] = {"all", "index", "status", NULL};
	for (size_t i = 0; i < count; i++)
		if (strcmp(taken[i], name) == 0)
			return true;
	return in_list(name, kept);
}

/* The names of an address's parts, in order; the caller's, each and the list.
 */
static char **
all_parts(const char *url, size_t *count)
{
	char *path = url_path(url);
	char **parts = NULL;
	*count = 0;
	for (const char *at = path; at != NULL && *at != '\0';) {
		bool query = *at == '?' || *at == '&';
		size_t length = strcspn(at + 1, query ? "&" : "/?");
		const char *equals = memchr(at + 1, '=', length);
		const char *start =
		    query && equals != NULL ? equals + 1 : at + 1;
		char *name =
		    name_from_part(start, (size_t)(at + 1 + length - start));
		if (name != NULL) {
			parts =
			    xreallocarray(parts, *count + 1, sizeof(*parts));
			parts[(*count)++] = name;
		}
		at += 1 + length;
	}
	free(path);
	return parts;
}

/* "economy-general" for general under economy, "politics-all" for politics
 * with all below it; NULL if nothing stands beside it. */
static char *
name_with_neighbour(const char *name, const char *url)
{
	size_t count, at = 0;
	char **parts = all_parts(url, &count);
	char *longer = NULL;
	while (at < count && strcmp(parts[at], name) != 0)
		at++;
	if (at + 1 < count)
		longer = xasprintf("%s-%s", name, parts[at + 1]);
	else if (at < count && at > 0)
		longer = xasprintf("%s-%s", parts[at - 1], name);
	for (size_t i = 0; i < count; i++)
		free(parts[i]);
	free(parts);
	return longer;
}

char *
name_among(const char *name, const char *url, char *const *taken, size_t count)
{
	if (!is_taken(name, taken, count))
		return xstrdup(name);
	char *longer = name_with_neighbour(name, url);
	if (longer != NULL && strlen(longer) <= NAME_MAX_BYTES &&
	    !is_taken(longer, taken, count))
		return longer;
	free(longer);
	/* one of count + 1 numbers is free */
	for (size_t number = 2;; number++) {
		char *numbered =
		    xasprintf("%.*s-%zu", NAME_MAX_BYTES - 8, name, number);
		if (!is_taken(numbered, taken, count))
			return numbered;
		free(numbered);
	}
}

char *
name_of_site(const char *url)
{
	char *host = url_authority_for_id(url);
	const char *at = host != NULL ? host : "";
	if ((strncmp(at, "m.", 2) == 0 || strncmp(at, "news.", 5) == 0) &&
	    strchr(strchr(at, '.') + 1, '.') != NULL)
		at = strchr(at, '.') + 1;
	char *name = name_from_part(at, strcspn(at, "."));
	free(host);
	return name != NULL ? name : xstrdup("site");
}
