#include "feed/identity.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/date.h"
#include "feed/memory.h"

/* RFC 4151 2.1: a date when the authority held its name; frozen for all. */
#define YEAR "2026"

/* RFC 3986 2.3 and 2.2, what pchar allows as it is, and "/" "?" (RFC 4151:
 * specific). */
#define UNRESERVED                                                             \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
#define SPECIFIC UNRESERVED "!$&'()*+,;=:@/?"
/* RFC 4151 2.1: DNSname or emailAddress, here after folding to lower case. */
#define AUTHORITY "abcdefghijklmnopqrstuvwxyz0123456789-._@"

static bool
is_hex(char c)
{
	return c != '\0' && strchr("0123456789abcdefABCDEF", c) != NULL;
}

static char
upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static void
add_escaped(struct buffer *out, char c, const char *allowed)
{
	static const char digits[] = "0123456789ABCDEF";
	unsigned char byte = (unsigned char)c;
	if (strchr(allowed, c) != NULL) {
		buffer_add_byte(out, c);
		return;
	}
	buffer_add_byte(out, '%');
	buffer_add_byte(out, digits[byte >> 4]);
	buffer_add_byte(out, digits[byte & 15]);
}

static void
add_authority(struct buffer *out, const char *authority)
{
	buffer_add_string(out, "tag:");
	for (const char *at = authority; *at != '\0'; at++) {
		bool capital = *at >= 'A' && *at <= 'Z';
		add_escaped(
		    out, capital ? (char)(*at - 'A' + 'a') : *at, AUTHORITY);
	}
	buffer_add_string(out, "," YEAR ":");
}

/*
 * An escape that the URL brought along stays one (RFC 3986 2.4: never encode
 * twice) in upper case (6.2.2.1), so that "%ea" and "%EA" are one article.
 */
static void
add_specific(struct buffer *out, const char *specific)
{
	for (const char *at = specific; *at != '\0'; at++) {
		if (*at == '%' && is_hex(at[1]) && is_hex(at[2])) {
			char escape[3] = {'%', upper(at[1]), upper(at[2])};
			buffer_add(out, escape, sizeof(escape));
			at += 2;
		} else {
			add_escaped(out, *at, SPECIFIC);
		}
	}
}

char *
identity_of_article(const struct article *article, const char *authority)
{
	const char *key = article->key;
	if (key == NULL || key[0] == '\0')
		return xstrdup_or_null(article->link);
	struct buffer id = {0};
	add_authority(&id, authority);
	/* "feed/" is where the ids of feeds live: RFC 4287 4.2.6 wants ids
	 * apart from each other, whatever a pattern captures */
	if (strncmp(key, "feed/", 5) == 0) {
		buffer_add_string(&id, "feed%2F");
		key += 5;
	}
	add_specific(&id, key);
	return buffer_take(&id);
}

char *
identity_of_feed(const char *authority, const char *path)
{
	struct buffer id = {0};
	add_authority(&id, authority);
	buffer_add_string(&id, "feed/");
	add_specific(&id, path);
	return buffer_take(&id);
}

char *
identity_of_incident(const char *authority, const char *path, int64_t opened_s)
{
	char moment[21];
	date_format_rfc3339(opened_s, moment);
	char *specific = xasprintf("%s/%s", path, moment);
	char *id = identity_of_feed(authority, specific);
	free(specific);
	return id;
}

const char *
identity_specific(const char *id)
{
	static const char year[] = "," YEAR ":";
	const char *at = strncmp(id, "tag:", 4) == 0 ? strstr(id, year) : NULL;
	return at != NULL ? at + strlen(year) : NULL;
}

char *
identity_authority(const char *id)
{
	const char *specific = identity_specific(id);
	if (specific == NULL)
		return NULL;
	size_t around = strlen("tag:"
			       "," YEAR ":");
	return xstrndup(id + 4, (size_t)(specific - id) - around);
}
