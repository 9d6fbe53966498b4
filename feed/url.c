#include "feed/url.h"

#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "feed/buffer.h"
#include "feed/memory.h"

#define MAX_URL_BYTES 2048
/* Before escapes are added and dot segments taken away. */
#define MAX_HREF_BYTES 8192
#define MAX_HOST_BYTES 512
#define MAX_NAME_BYTES 253 /* of a host: RFC 1035 2.3.4 */

/* A reference in its five parts (RFC 3986 3), pointing into its string; the
 * fragment is cut off before. */
struct span {
	const char *bytes; /* NULL: absent, which is not the same as empty */
	size_t length;
};

struct reference {
	struct span scheme, authority, path, query;
};

static bool
is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static int
hex_value(char c)
{
	if (is_digit(c))
		return c - '0';
	c = lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
span_equals(struct span span, const char *text)
{
	size_t length = strlen(text);
	if (span.length != length)
		return false;
	for (size_t i = 0; i < length; i++)
		if (lower(span.bytes[i]) != text[i])
			return false;
	return true;
}

/*
 * The string without outer blanks, TAB, CR, LF (as browsers do it, WHATWG URL
 * 4.4) and fragment, and with slashes for the backslashes before the query.
 * NULL if it is too long or holds other controls.
 */
static char *
clean(const char *text, struct error *err)
{
	if (strnlen(text, MAX_HREF_BYTES + 1) > MAX_HREF_BYTES) {
		error_set(err, "address longer than %d bytes", MAX_URL_BYTES);
		return NULL;
	}
	while (*text != '\0' && (unsigned char)*text <= 0x20)
		text++;
	size_t length = strlen(text);
	while (length > 0 && (unsigned char)text[length - 1] <= 0x20)
		length--;
	char *out = xmalloc(length + 1);
	size_t count = 0;
	bool in_query = false;
	for (size_t i = 0; i < length && text[i] != '#'; i++) {
		char c = text[i];
		if (c == '\t' || c == '\r' || c == '\n')
			continue;
		if ((unsigned char)c < 0x20 || c == 0x7f) {
			free(out);
			error_set(err, "address holds a control character");
			return NULL;
		}
		in_query = in_query || c == '?';
		out[count++] = c == '\\' && !in_query ? '/' : c;
	}
	out[count] = '\0';
	return out;
}

static size_t
scheme_length(const char *text)
{
	if (!is_alpha(*text))
		return 0;
	size_t i = 1;
	while (is_alpha(text[i]) || is_digit(text[i]) || text[i] == '+' ||
	       text[i] == '-' || text[i] == '.')
		i++;
	return text[i] == ':' ? i : 0;
}

/*
 * Cut a cleaned string in its parts.  A scheme of its own, equal to that of
 * the base and with no slashes behind, counts for nothing ("https:page.html",
 * WHATWG URL 4.4, "special relative").
 */
static struct reference
split(const char *text, const char *base_scheme)
{
	struct reference reference = {0};
	size_t length = scheme_length(text);
	if (length > 0) {
		reference.scheme = (struct span){text, length};
		text += length + 1;
		if (base_scheme != NULL && strncmp(text, "//", 2) != 0 &&
		    span_equals(reference.scheme, base_scheme))
			reference.scheme = (struct span){0};
	}
	if (reference.scheme.bytes != NULL || strncmp(text, "//", 2) == 0) {
		text += strspn(text, "/");
		reference.authority = (struct span){text, strcspn(text, "/?#")};
		text += reference.authority.length;
	}
	reference.path = (struct span){text, strcspn(text, "?#")};
	text += reference.path.length;
	if (*text == '?')
		reference.query =
		    (struct span){text + 1, strcspn(text + 1, "#")};
	return reference;
}

/* "http" or "https", else NULL. */
static const char *
known_scheme(struct span scheme)
{
	if (span_equals(scheme, "https"))
		return "https";
	return span_equals(scheme, "http") ? "http" : NULL;
}

/* Letters, digits, '.', '-', '_', or an address in brackets: what every
 * version of libcurl lets through alike. */
static bool
host_is_plain(const char *host)
{
	if (*host == '[')
		return true; /* libcurl has read it as IPv6 */
	for (const char *p = host; *p != '\0'; p++)
		if (!is_alpha(*p) && !is_digit(*p) && *p != '.' && *p != '-' &&
		    *p != '_')
			return false;
	return *host != '\0' && strcmp(host, ".") != 0;
}

/* "host" or "host:port" for the address, from libcurl's parser. */
static char *
authority_from_curl(const char *scheme, const char *authority)
{
	char *url = xasprintf("%s://%s/", scheme, authority);
	char *host = NULL, *port = NULL, *result = NULL;
	CURLU *curl = curl_url();
	if (curl == NULL ||
	    curl_url_set(curl, CURLUPART_URL, url, 0) != CURLUE_OK ||
	    curl_url_get(curl, CURLUPART_HOST, &host, CURLU_PUNYCODE) !=
		CURLUE_OK)
		goto out;
	for (char *p = host; *p != '\0'; p++)
		*p = lower(*p);
	CURLUcode code =
	    curl_url_get(curl, CURLUPART_PORT, &port, CURLU_NO_DEFAULT_PORT);
	if (!host_is_plain(host) ||
	    (code != CURLUE_OK && code != CURLUE_NO_PORT))
		goto out;
	result = port == NULL ? xstrdup(host) : xasprintf("%s:%s", host, port);
out:
	curl_free(port);
	curl_free(host);
	curl_url_cleanup(curl);
	free(url);
	return result;
}

/* Four decimal numbers as libcurl writes them. */
static bool
is_normal_ipv4(struct span host)
{
	const char *at = host.bytes, *end = at + host.length;
	for (int part = 0; part < 4; part++) {
		int number = 0, digits = 0;
		for (; at < end && is_digit(*at) && digits < 4; digits++)
			number = number * 10 + *at++ - '0';
		if (digits == 0 || digits == 4 || number > 255 ||
		    (digits > 1 && at[-digits] == '0'))
			return false;
		if (part < 3 && (at == end || *at++ != '.'))
			return false;
	}
	return at == end;
}

/* Names of small letters, digits, '-' and '_', the last of which begins with a
 * letter: a number could be an address in another spelling. */
static bool
is_normal_name(struct span host)
{
	size_t start = 0;
	if (host.length == 0 || host.length > MAX_NAME_BYTES)
		return false;
	for (size_t i = 0; i < host.length; i++) {
		char c = host.bytes[i];
		if (c == '.' && i == start)
			return false;
		if (c == '.')
			start = i + 1;
		else if (!(c >= 'a' && c <= 'z') && !is_digit(c) && c != '-' &&
			 c != '_')
			return false;
	}
	return start < host.length && is_alpha(host.bytes[start]);
}

static bool
is_normal_port(struct span port)
{
	long number = 0;
	if (port.length == 0 || port.length > 5 || port.bytes[0] == '0')
		return false;
	for (size_t i = 0; i < port.length; i++) {
		if (!is_digit(port.bytes[i]))
			return false;
		number = number * 10 + port.bytes[i] - '0';
	}
	return number <= 65535 && number != 80 && number != 443;
}

/*
 * What libcurl gives back as it stands, told without asking it: a page has
 * hundreds of links to its own host, and asking costs half of each.
 */
static bool
is_normal_authority(struct span authority)
{
	const char *colon = memchr(authority.bytes, ':', authority.length);
	struct span host = authority;
	if (colon != NULL) {
		host.length = (size_t)(colon - authority.bytes);
		if (!is_normal_port((struct span){
			colon + 1, authority.length - host.length - 1}))
			return false;
	}
	return is_normal_name(host) || is_normal_ipv4(host);
}

/* Host and port, checked; NULL and err if they are none. */
static char *
normal_authority(const char *scheme, struct span span, struct error *err)
{
	char text[MAX_HOST_BYTES];
	size_t length = 0;
	if (span.length > 0 && is_normal_authority(span))
		return xstrndup(span.bytes, span.length);
	if (span.length == 0 || span.length >= sizeof(text)) {
		error_set(err, "address has no usable host");
		return NULL;
	}
	for (size_t i = 0; i < span.length; i++) {
		char c = span.bytes[i];
		if (c == '@') {
			error_set(err, "address holds a user name");
			return NULL;
		}
		if (c == '%' && i + 2 < span.length &&
		    hex_value(span.bytes[i + 1]) >= 0 &&
		    hex_value(span.bytes[i + 2]) >= 0) {
			c = (char)(hex_value(span.bytes[i + 1]) * 16 +
				   hex_value(span.bytes[i + 2]));
			i += 2;
			/* only letters may hide behind an escape */
			if ((c & 0x80) == 0 && !is_alpha(c) && !is_digit(c) &&
			    c != '-' && c != '.')
				c = '%';
		}
		text[length++] = lower(c);
	}
	text[length] = '\0';
	char *authority = NULL;
	/* libcurl would read what follows these as something else */
	if (strpbrk(text, " %\"<>\\^`{|}") == NULL)
		authority = authority_from_curl(scheme, text);
	if (authority == NULL)
		error_set(err, "address has no usable host");
	return authority;
}

/* Length of the segment if it is "." or "..", escaped or not; else 0. */
static size_t
dots(const char *segment, size_t length)
{
	size_t count = 0;
	for (size_t i = 0; i < length; count++) {
		if (segment[i] == '.')
			i++;
		else if (length - i >= 3 && segment[i] == '%' &&
			 segment[i + 1] == '2' && lower(segment[i + 2]) == 'e')
			i += 3;
		else
			return 0;
	}
	return count <= 2 ? count : 0;
}

/* RFC 3986 5.2.4 on a path that begins with '/', in place. */
static void
remove_dot_segments(char *path)
{
	size_t out = 0;
	for (size_t at = 0; path[at] == '/';) {
		size_t length = strcspn(path + at + 1, "/");
		size_t count = dots(path + at + 1, length);
		bool is_last = path[at + 1 + length] == '\0';
		if (count == 0) {
			memmove(path + out, path + at, length + 1);
			out += length + 1;
		}
		while (count == 2 && out > 0 && path[--out] != '/')
			continue;
		if (count > 0 && is_last)
			path[out++] = '/';
		at += length + 1;
	}
	if (out == 0)
		path[out++] = '/';
	path[out] = '\0';
}

static void
add_escape(struct buffer *out, unsigned char byte)
{
	static const char hex[] = "0123456789ABCDEF";
	const char escape[3] = {'%', hex[byte >> 4], hex[byte & 0xf]};
	buffer_add(out, escape, sizeof(escape));
}

/* May it stand in a URL as it is (RFC 3986 2)? */
static bool
is_plain(unsigned char c)
{
	return c > 0x20 && c < 0x7f && c != '%' && c != '"' && c != '<' &&
	       c != '>' && c != '\\' && c != '^' && c != '`' && c != '{' &&
	       c != '|' && c != '}';
}

/* Escapes upper case; what may not stand in a URL escaped, a lone '%' too. */
static void
add_encoded(struct buffer *out, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length;) {
		size_t from = i;
		while (i < length && is_plain((unsigned char)bytes[i]))
			i++;
		buffer_add(out, bytes + from, i - from);
		if (i == length)
			break;
		int high = i + 2 < length ? hex_value(bytes[i + 1]) : -1;
		int low = i + 2 < length ? hex_value(bytes[i + 2]) : -1;
		if (bytes[i] == '%' && high >= 0 && low >= 0) {
			add_escape(out, (unsigned char)(high * 16 + low));
			i += 3;
		} else
			add_escape(out, (unsigned char)bytes[i++]);
	}
}

/* The reference's path set against the base's (RFC 3986 5.2.2 and 5.2.3). */
static char *
resolved_path(const struct reference *base, const struct reference *href)
{
	struct buffer path = {0};
	bool is_rooted = href->path.length > 0 && *href->path.bytes == '/';
	if (href->authority.bytes == NULL && !is_rooted) {
		size_t keep = base->path.length;
		while (href->path.length > 0 && keep > 0 &&
		       base->path.bytes[keep - 1] != '/')
			keep--;
		buffer_add(&path, base->path.bytes, keep);
	}
	if (path.length == 0 && !is_rooted)
		buffer_add_byte(&path, '/');
	buffer_add(&path, href->path.bytes, href->path.length);
	char *string = buffer_take(&path);
	remove_dot_segments(string);
	return string;
}

/* Put together what split and resolved_path have found. */
static char *
assemble(const struct reference *base, const struct reference *href,
    struct error *err)
{
	const struct reference *host = href->authority.bytes ? href : base;
	const char *scheme =
	    known_scheme((href->scheme.bytes ? href : base)->scheme);
	if (scheme == NULL) {
		error_set(err, "address is not http or https");
		return NULL;
	}
	char *authority = normal_authority(scheme, host->authority, err);
	if (authority == NULL)
		return NULL;
	struct buffer url = {0};
	buffer_add_string(&url, scheme);
	buffer_add_string(&url, "://");
	buffer_add_string(&url, authority);
	free(authority);
	char *path = resolved_path(base, href);
	add_encoded(&url, path, strlen(path));
	free(path);
	struct span query = href->query;
	if (query.bytes == NULL && href->authority.bytes == NULL &&
	    href->path.length == 0)
		query = base->query;
	if (query.length > 0) {
		buffer_add_byte(&url, '?');
		add_encoded(&url, query.bytes, query.length);
	}
	if (url.length > MAX_URL_BYTES) {
		buffer_clear(&url);
		error_set(err, "address longer than %d bytes", MAX_URL_BYTES);
		return NULL;
	}
	return buffer_take(&url);
}

char *
url_resolve(const char *base, const char *href, struct error *err)
{
	char *clean_base = NULL, *clean_href = NULL, *url = NULL;
	struct reference base_parts = {0};
	if (base != NULL) {
		clean_base = clean(base, err);
		if (clean_base == NULL)
			goto out;
		base_parts = split(clean_base, NULL);
	}
	clean_href = clean(href, err);
	if (clean_href == NULL)
		goto out;
	struct reference parts =
	    split(clean_href, known_scheme(base_parts.scheme));
	if (parts.scheme.bytes == NULL && base_parts.scheme.bytes == NULL)
		error_set(err, "address is not absolute");
	else
		url = assemble(&base_parts, &parts, err);
out:
	free(clean_href);
	free(clean_base);
	return url;
}

/* Parameters that count visits and name no content.  Not "ref", "from", "id":
 * some sites give them a meaning. */
static const char *const tracking[] = {"__twitter_impression", "_ga", "_gl",
    "_hsenc", "_hsmi", "at_campaign", "at_medium", "dclid", "fb_action_ids",
    "fb_action_types", "fb_ref", "fb_source", "fbclid", "gbraid", "gclid",
    "gclsrc", "hsctatracking", "igsh", "igshid", "li_fat_id", "mc_cid",
    "mc_eid", "mkt_tok", "msclkid", "oly_anon_id", "oly_enc_id", "spm",
    "srsltid", "ttclid", "twclid", "vero_id", "wbraid", "wickedid", "yclid",
    "ysclid"};

/* Dropped for comparing only. */
static const char *const key_tracking[] = {"cmpid", "from", "ito", "ref"};

static bool
is_listed(const char *const *names, size_t count, struct span name)
{
	for (size_t i = 0; i < count; i++)
		if (span_equals(name, names[i]))
			return true;
	return false;
}

bool
url_parameter_is_tracking(const char *name, size_t length)
{
	if (length >= 4 && span_equals((struct span){name, 4}, "utm_"))
		return true;
	return is_listed(tracking, sizeof(tracking) / sizeof(tracking[0]),
	    (struct span){name, length});
}

/* The next "name=value" of a query, cut at '&'; false at its end.  Empty ones
 * are passed over. */
static bool
next_parameter(const char **at, struct span *parameter)
{
	*at += strspn(*at, "&");
	if (**at == '\0')
		return false;
	*parameter = (struct span){*at, strcspn(*at, "&")};
	*at += parameter->length;
	return true;
}

static size_t
name_length(struct span parameter)
{
	const char *equals = memchr(parameter.bytes, '=', parameter.length);
	return equals ? (size_t)(equals - parameter.bytes) : parameter.length;
}

char *
url_canonical(const char *base, const char *href, struct error *err)
{
	char *url = url_resolve(base, href, err);
	if (url == NULL)
		return NULL;
	char *query = strchr(url, '?');
	if (query == NULL)
		return url;
	struct buffer kept = {0};
	buffer_add(&kept, url, (size_t)(query - url));
	const char *at = query + 1;
	char before = '?';
	for (struct span parameter; next_parameter(&at, &parameter);) {
		if (url_parameter_is_tracking(
			parameter.bytes, name_length(parameter)))
			continue;
		buffer_add_byte(&kept, before);
		buffer_add(&kept, parameter.bytes, parameter.length);
		before = '&';
	}
	free(url);
	return buffer_take(&kept);
}

/* The parts of an absolute http(s) URL; false for anything else. */
static bool
split_absolute(const char *url, struct reference *parts)
{
	*parts = split(url, NULL);
	return known_scheme(parts->scheme) != NULL &&
	       parts->authority.length > 0;
}

/* Without "www.", "m." and "amp.", as long as a dot is left. */
static struct span
bare_host(struct span host)
{
	static const char *const prefixes[] = {"www.", "m.", "amp."};
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]);) {
		size_t length = strlen(prefixes[i]);
		if (host.length > length &&
		    span_equals(
			(struct span){host.bytes, length}, prefixes[i]) &&
		    memchr(host.bytes + length, '.', host.length - length)) {
			host.bytes += length;
			host.length -= length;
			i = 0;
		} else
			i++;
	}
	return host;
}

/* Host alone; the port begins at the last colon outside of brackets. */
static struct span
without_port(struct span authority)
{
	for (size_t i = authority.length; i > 0; i--) {
		if (authority.bytes[i - 1] == ']')
			break;
		if (authority.bytes[i - 1] == ':')
			return (struct span){authority.bytes, i - 1};
	}
	return authority;
}

static int
compare_spans(const void *a, const void *b)
{
	const struct span *left = a, *right = b;
	size_t shorter =
	    left->length < right->length ? left->length : right->length;
	int order = memcmp(left->bytes, right->bytes, shorter);
	if (order != 0)
		return order;
	return (left->length > right->length) - (left->length < right->length);
}

/* The query's parameters that tell articles apart, sorted. */
static void
add_key_query(struct buffer *key, struct span whole)
{
	char *copy = xstrndup(whole.bytes, whole.length);
	const char *query = copy;
	size_t capacity = whole.length / 2 + 1, count = 0;
	struct span *sorted = xcalloc(capacity, sizeof(*sorted));
	for (struct span parameter; next_parameter(&query, &parameter);) {
		struct span name = {parameter.bytes, name_length(parameter)};
		if (!url_parameter_is_tracking(name.bytes, name.length) &&
		    !is_listed(key_tracking,
			sizeof(key_tracking) / sizeof(key_tracking[0]), name))
			sorted[count++] = parameter;
	}
	qsort(sorted, count, sizeof(*sorted), compare_spans);
	for (size_t i = 0; i < count; i++) {
		buffer_add_byte(key, i == 0 ? '?' : '&');
		buffer_add(key, sorted[i].bytes, sorted[i].length);
	}
	free(sorted);
	free(copy);
}

char *
url_key(const char *url)
{
	struct reference parts;
	if (!split_absolute(url, &parts))
		return xstrdup(url);
	struct buffer key = {0};
	struct span host = bare_host(parts.authority);
	buffer_add(&key, host.bytes, host.length);
	struct span path = parts.path;
	static const char *const indexes[] = {"/index.html", "/index.htm"};
	for (size_t i = 0; i < sizeof(indexes) / sizeof(indexes[0]); i++) {
		size_t length = strlen(indexes[i]);
		if (path.length >= length &&
		    memcmp(path.bytes + path.length - length, indexes[i],
			length) == 0)
			path.length -= length;
	}
	while (path.length > 0 && path.bytes[path.length - 1] == '/')
		path.length--;
	buffer_add(&key, path.bytes, path.length);
	if (parts.query.bytes != NULL)
		add_key_query(&key, parts.query);
	return buffer_take(&key);
}

char *
url_host(const char *url)
{
	struct reference parts;
	if (!split_absolute(url, &parts))
		return NULL;
	return xstrndup(parts.authority.bytes, parts.authority.length);
}

char *
url_authority_for_id(const char *url)
{
	struct reference parts;
	if (!split_absolute(url, &parts))
		return NULL;
	struct span host = without_port(parts.authority);
	if (host.length > 4 &&
	    span_equals((struct span){host.bytes, 4}, "www.")) {
		host.bytes += 4;
		host.length -= 4;
	}
	return xstrndup(host.bytes, host.length);
}

char *
url_path(const char *url)
{
	struct reference parts;
	if (!split_absolute(url, &parts))
		return NULL;
	struct buffer path = {0};
	if (parts.path.length == 0)
		buffer_add_byte(&path, '/');
	buffer_add(&path, parts.path.bytes, parts.path.length);
	if (parts.query.bytes != NULL) {
		buffer_add_byte(&path, '?');
		buffer_add(&path, parts.query.bytes, parts.query.length);
	}
	return buffer_take(&path);
}

bool
url_same_site(const char *a, const char *b)
{
	struct reference left, right;
	if (!split_absolute(a, &left) || !split_absolute(b, &right))
		return false;
	struct span one = bare_host(without_port(left.authority));
	struct span other = bare_host(without_port(right.authority));
	if (one.length != other.length)
		return false;
	for (size_t i = 0; i < one.length; i++)
		if (lower(one.bytes[i]) != lower(other.bytes[i]))
			return false;
	return true;
}

/* The last two labels, or three under co.kr and its like; close enough to
 * tell a sister host from a stranger. */
static const char *
registrable(const char *host)
{
	const char *at = host + strlen(host);
	int labels = 0, wanted = 2;
	while (at > host) {
		at--;
		if (*at != '.')
			continue;
		labels++;
		if (labels == 1 && strlen(at + 1) != 2)
			wanted = 2;
		if (labels == 2 && strlen(strrchr(host, '.') + 1) == 2 &&
		    strcspn(at + 1, ".") <= 3)
			wanted = 3;
		if (labels == wanted)
			return at + 1;
	}
	return host;
}

bool
url_same_owner(const char *a, const char *b)
{
	char *x = url_host(a), *y = url_host(b);
	bool same = x != NULL && y != NULL &&
		    strcmp(registrable(x), registrable(y)) == 0;
	free(x);
	free(y);
	return same;
}
