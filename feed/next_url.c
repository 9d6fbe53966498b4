#include "feed/next_url.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/memory.h"
#include "feed/url.h"

#define DIGITS "0123456789"
#define MOST_DIGITS 9 /* of START and STEP */

/* What stands between the braces; *width is START's, for its leading zeros. */
static bool
read_counter(const char *part, size_t length, uint64_t *start, uint64_t *step,
    int *width)
{
	*start = *step = 1;
	*width = 1;
	if (length == 4 && memcmp(part, "page", 4) == 0)
		return true;
	size_t first = strspn(part, DIGITS);
	if (first == 0 || first > MOST_DIGITS || part[first] != '+')
		return false;
	size_t second = strspn(part + first + 1, DIGITS);
	if (second == 0 || second > MOST_DIGITS || first + 1 + second != length)
		return false;
	*start = strtoull(part, NULL, 10);
	*step = strtoull(part + first + 1, NULL, 10);
	*width = (int)first;
	return *step > 0;
}

/* The template with its numbers in place. */
static char *
count_to(const char *template, unsigned page, struct error *err)
{
	struct buffer out = {0};
	bool counts = false;
	while (*template != '\0') {
		size_t length = strcspn(template, "{}");
		buffer_add(&out, template, length);
		template += length;
		if (*template == '\0')
			break;
		length = *template == '{' ? strcspn(template, "}") : 0;
		uint64_t start, step;
		int width;
		if (length == 0 || template[length] == '\0' ||
		    !read_counter(
			template + 1, length - 1, &start, &step, &width)) {
			error_set(err,
			    "'%.60s': in braces only {page} may stand, or what "
			    "it counts as {START+STEP}, as in {0+20}",
			    template);
			goto out;
		}
		buffer_add_format(&out, "%0*llu", width,
		    (unsigned long long)(start + step * (page - 1)));
		template += length + 1;
		counts = true;
	}
	if (counts)
		return buffer_take(&out);
	error_set(err, "it has no {page}, so all pages would be one");
out:
	buffer_clear(&out);
	return NULL;
}

/* Is a parameter of this name set in "&a=1&b=2"? */
static bool
sets_parameter(const char *settings, const char *name, size_t length)
{
	for (const char *at = settings; (at = strchr(at, '&')) != NULL;) {
		at++;
		if (strncmp(at, name, length) == 0 &&
		    strchr("=&", at[length]) != NULL)
			return true;
	}
	return false;
}

/* "?query" of the address with "&a=1&b=2" set in it. */
static char *
set_parameters(const char *url, const char *settings)
{
	struct buffer query = {0};
	const char *at = url + strcspn(url, "?");
	while (*at != '\0') {
		const char *name = at + 1;
		size_t length = strcspn(name, "&");
		if (length > 0 &&
		    !sets_parameter(settings, name, strcspn(name, "=&"))) {
			buffer_add_byte(&query, '&');
			buffer_add(&query, name, length);
		}
		at = name + length;
	}
	buffer_add_string(&query, settings);
	query.bytes[0] = '?';
	return buffer_take(&query);
}

static bool
same_host(const char *a, const char *b)
{
	char *x = url_host(a), *y = url_host(b);
	bool same = x != NULL && y != NULL && strcmp(x, y) == 0;
	free(x);
	free(y);
	return same;
}

char *
next_url_fill(
    const char *template, const char *url, unsigned page, struct error *err)
{
	char *href = count_to(template, page, err);
	if (href != NULL && href[0] == '&') {
		char *query = set_parameters(url, href);
		free(href);
		href = query;
	}
	char *next = href != NULL ? url_resolve(url, href, err) : NULL;
	free(href);
	if (next == NULL || same_host(next, url))
		return next;
	error_set(err, "it leads to another host than the section's url");
	free(next);
	return NULL;
}
