#include "feed/link_template.h"

#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/memory.h"
#include "feed/pattern.h"

#define MAX_TEMPLATE_BYTES 2048
#define MAX_URL_BYTES 8192
#define MAX_PIECES 32 /* segments of the path and parameters, each */
#define MAX_PARTS 16

/* "photo-{id}.html": literals[0], part 0, literals[1], part 1, ... ; a path's
 * segment or, with a name, a parameter of the query. */
struct piece {
	char *name;                    /* NULL for a segment */
	char *literals[MAX_PARTS + 1]; /* normal form; part_count + 1 of them */
	int part_count;
	bool has_value; /* "?print" against "?print=" */
};

struct link_template {
	struct pattern *pattern; /* NULL for a template in braces */
	struct piece segments[MAX_PIECES];
	int segment_count; /* -1: any path */
	struct piece parameters[MAX_PIECES];
	int parameter_count;
	char *parts[MAX_PARTS]; /* names in the order of the template */
	int part_count;
	int id; /* the part called id, or -1 */
};

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Stands for itself, escaped or not, in a path as in a query. */
static bool
is_free(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') ||
	       (c != '\0' && strchr("-._~!$'()*,:;@", c) != NULL);
}

/* One way to write each character, so that bytes can be compared. */
static void
add_normal(struct buffer *out, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)bytes[i];
		bool is_escape = c == '%' && i + 2 < length &&
				 hex_value(bytes[i + 1]) >= 0 &&
				 hex_value(bytes[i + 2]) >= 0;
		if (is_escape) {
			c = (unsigned char)(hex_value(bytes[i + 1]) * 16 +
					    hex_value(bytes[i + 2]));
			i += 2;
		}
		if (is_free(c) || (!is_escape && strchr("&+=[]", c) != NULL))
			buffer_add_byte(out, (char)c);
		else
			buffer_add_format(out, "%%%02X", c);
	}
}

static char *
normal(const char *bytes, size_t length)
{
	struct buffer out = {0};
	add_normal(&out, bytes, length);
	return buffer_take(&out);
}

static void
piece_clear(struct piece *piece)
{
	free(piece->name);
	for (int i = 0; i <= MAX_PARTS; i++)
		free(piece->literals[i]);
}

void
link_template_free(struct link_template *template)
{
	if (template == NULL)
		return;
	pattern_free(template->pattern);
	for (int i = 0; i < MAX_PIECES; i++) {
		piece_clear(&template->segments[i]);
		piece_clear(&template->parameters[i]);
	}
	for (int i = 0; i < template->part_count; i++)
		free(template->parts[i]);
	free(template);
}

static bool
part_add(struct link_template *template, const char *name, size_t length,
    struct error *err)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_-";
	if (length == 0 || strspn(name, allowed) < length)
		return error_set(
		    err, "'{%.*s}' is no name of a part", (int)length, name);
	for (int i = 0; i < template->part_count; i++)
		if (strlen(template->parts[i]) == length &&
		    memcmp(template->parts[i], name, length) == 0)
			return error_set(
			    err, "'{%.*s}' stands twice", (int)length, name);
	if (template->part_count == MAX_PARTS)
		return error_set(err, "more than %d parts", MAX_PARTS);
	if (length == 2 && memcmp(name, "id", 2) == 0)
		template->id = template->part_count;
	template->parts[template->part_count++] = xstrndup(name, length);
	return true;
}

static bool
piece_parse(struct link_template *template, struct piece *piece,
    const char *text, size_t length, struct error *err)
{
	const char *end = text + length;
	for (;;) {
		const char *brace = text;
		while (brace < end && *brace != '{' && *brace != '}')
			brace++;
		piece->literals[piece->part_count] =
		    normal(text, (size_t)(brace - text));
		if (brace == end)
			return true;
		const char *close = memchr(brace, '}', (size_t)(end - brace));
		if (*brace == '}' || close == NULL)
			return error_set(err, "braces do not match");
		if (brace == text && piece->part_count > 0)
			return error_set(
			    err, "two parts with nothing between them");
		if (!part_add(
			template, brace + 1, (size_t)(close - brace - 1), err))
			return false;
		piece->part_count++;
		text = close + 1;
	}
}

static bool
parse_query(
    struct link_template *template, const char *query, struct error *err)
{
	while (*query != '\0') {
		size_t length = strcspn(query, "&");
		if (length > 0) {
			if (template->parameter_count == MAX_PIECES)
				return error_set(err, "too many parameters");
			struct piece *piece =
			    &template->parameters[template->parameter_count++];
			size_t name = strcspn(query, "&=");
			piece->name = normal(query, name);
			piece->has_value = name < length;
			if (memchr(query, '{', name) != NULL)
				return error_set(
				    err, "a part may not stand for a name");
			name += piece->has_value;
			if (!piece_parse(template, piece, query + name,
				length - name, err))
				return false;
		}
		query += length + (query[length] == '&');
	}
	return true;
}

/* Without the slashes and the index.html at its end. */
static size_t
path_length(const char *path, size_t length)
{
	static const char *const indexes[] = {"/index.html", "/index.htm"};
	for (int i = 0; i < 2; i++) {
		size_t index = strlen(indexes[i]);
		if (length >= index &&
		    memcmp(path + length - index, indexes[i], index) == 0)
			length -= index;
	}
	while (length > 0 && path[length - 1] == '/')
		length--;
	return length;
}

static bool
parse_path(struct link_template *template, const char *path, size_t length,
    struct error *err)
{
	const char *end = path + path_length(path, length);
	while (path < end) {
		path += *path == '/';
		const char *slash = memchr(path, '/', (size_t)(end - path));
		if (slash == NULL)
			slash = end;
		if (template->segment_count == MAX_PIECES)
			return error_set(err, "too many segments");
		struct piece *piece =
		    &template->segments[template->segment_count++];
		if (!piece_parse(
			template, piece, path, (size_t)(slash - path), err))
			return false;
		path = slash;
	}
	return true;
}

/* From the path on: a template may be given as a whole URL. */
static const char *
skip_host(const char *text)
{
	if (strncmp(text, "//", 2) != 0) {
		const char *colon = strstr(text, "://");
		if (colon == NULL ||
		    (size_t)(colon - text) > strcspn(text, "/?#{"))
			return text;
		text = colon + 1;
	}
	text += 2;
	return text + strcspn(text, "/?#");
}

static bool
parse_braces(
    struct link_template *template, const char *text, struct error *err)
{
	text = skip_host(text);
	if (*text == '?')
		template->segment_count = -1;
	else if (!parse_path(template, text, strcspn(text, "?"), err))
		return false;
	const char *query = strchr(text, '?');
	if (query != NULL && !parse_query(template, query + 1, err))
		return false;
	if (template->part_count == 0)
		return error_set(err, "no {id} in it");
	return true;
}

struct link_template *
link_template_parse(const char *text, bool is_pattern, struct error *err)
{
	struct link_template *template = xcalloc(1, sizeof(*template));
	template->id = -1;
	if (is_pattern) {
		template->pattern = pattern_compile(text, err);
		if (template->pattern != NULL)
			return template;
	} else if (strnlen(text, MAX_TEMPLATE_BYTES + 1) > MAX_TEMPLATE_BYTES) {
		error_set(err, "longer than %d bytes", MAX_TEMPLATE_BYTES);
	} else {
		char *copy = xstrndup(text, strcspn(text, "#"));
		bool good = parse_braces(template, copy, err);
		free(copy);
		if (good)
			return template;
	}
	link_template_free(template);
	return NULL;
}

/* What the parts of one template stand for in one URL. */
struct captures {
	char *texts[MAX_PARTS];
	int count;
};

/*
 * Match "a{x}b{y}c" as a glob with stars of one or more: each part ends at the
 * first place where the next literal stands, the last literal stands at the
 * end.  Leftmost is enough for a glob, so nothing is ever tried twice.
 */
static bool
piece_match(
    const struct piece *piece, const char *text, struct captures *captures)
{
	size_t first = strlen(piece->literals[0]);
	if (strncmp(text, piece->literals[0], first) != 0)
		return false;
	text += first;
	if (piece->part_count == 0)
		return *text == '\0';
	for (int i = 1; i <= piece->part_count; i++) {
		const char *literal = piece->literals[i];
		size_t length = strlen(literal), rest = strlen(text);
		if (rest < length + 1)
			return false;
		const char *end = text + rest - length;
		if (*literal == '.')
			end = text + strcspn(text, ".");
		else if (i < piece->part_count)
			end = strstr(text + 1, literal);
		if (end == NULL || end == text ||
		    strncmp(end, literal, length) != 0)
			return false;
		char *part = xstrndup(text, (size_t)(end - text));
		captures->texts[captures->count++] = part;
		if (strstr(part, "%2F") != NULL) /* a slash */
			return false;
		text = end + length;
	}
	return *text == '\0';
}

static bool
match_path(const struct link_template *template, const char *path,
    size_t length, struct captures *captures)
{
	if (template->segment_count < 0)
		return true;
	const char *end = path + path_length(path, length);
	int count = 0;
	while (path < end) {
		path += *path == '/';
		const char *slash = memchr(path, '/', (size_t)(end - path));
		if (slash == NULL)
			slash = end;
		if (count == template->segment_count)
			return false;
		char *segment = normal(path, (size_t)(slash - path));
		bool same = piece_match(
		    &template->segments[count++], segment, captures);
		free(segment);
		if (!same)
			return false;
		path = slash;
	}
	return count == template->segment_count;
}

/* The first parameter of that name decides. */
static bool
match_parameter(
    const struct piece *piece, const char *query, struct captures *captures)
{
	while (*query != '\0') {
		size_t length = strcspn(query, "&");
		size_t name_length = strcspn(query, "&=");
		char *name = normal(query, name_length);
		bool found = strcmp(name, piece->name) == 0;
		free(name);
		if (found) {
			if (!piece->has_value)
				return true;
			name_length += name_length < length;
			char *value =
			    normal(query + name_length, length - name_length);
			bool same = piece_match(piece, value, captures);
			free(value);
			return same;
		}
		query += length + (query[length] == '&');
	}
	return false;
}

static bool
match_url(const struct link_template *template, const char *url,
    struct captures *captures)
{
	const char *path = skip_host(url);
	if (!match_path(template, path, strcspn(path, "?"), captures))
		return false;
	const char *query = path + strcspn(path, "?");
	query += *query == '?';
	for (int i = 0; i < template->parameter_count; i++)
		if (!match_parameter(&template->parameters[i], query, captures))
			return false;
	return true;
}

static char *
match_braces(const struct link_template *template, const char *url)
{
	struct captures captures = {.count = 0};
	struct buffer id = {0};
	char *copy = xstrndup(url, strcspn(url, "#"));
	bool matches = match_url(template, copy, &captures);
	free(copy);
	for (int i = 0; i < captures.count; i++) {
		if (template->id < 0 || template->id == i) {
			if (id.length > 0)
				buffer_add_byte(&id, '/');
			buffer_add_string(&id, captures.texts[i]);
		}
		free(captures.texts[i]);
	}
	if (matches)
		return buffer_take(&id);
	buffer_clear(&id);
	return NULL;
}

char *
link_template_match(const struct link_template *template, const char *url)
{
	if (strnlen(url, MAX_URL_BYTES + 1) > MAX_URL_BYTES)
		return NULL;
	if (template->pattern == NULL)
		return match_braces(template, url);
	char *id = pattern_capture_named(template->pattern, url, "id");
	if (id == NULL)
		id = pattern_capture(template->pattern, url);
	if (id != NULL && *id == '\0') {
		free(id);
		return NULL;
	}
	return id;
}

bool
link_template_can_fill(const struct link_template *template)
{
	return template->pattern == NULL && template->part_count == 1 &&
	       template->segment_count >= 0;
}

static void
piece_fill(struct buffer *out, const struct piece *piece, const char *id)
{
	for (int i = 0; i <= piece->part_count; i++) {
		if (i > 0)
			add_normal(out, id, strlen(id));
		buffer_add_string(out, piece->literals[i]);
	}
}

char *
link_template_fill(const struct link_template *template, const char *id)
{
	if (!link_template_can_fill(template) || *id == '\0')
		return NULL;
	struct buffer out = {0};
	for (int i = 0; i < template->segment_count; i++) {
		buffer_add_byte(&out, '/');
		piece_fill(&out, &template->segments[i], id);
	}
	if (out.length == 0)
		buffer_add_byte(&out, '/');
	for (int i = 0; i < template->parameter_count; i++) {
		const struct piece *piece = &template->parameters[i];
		buffer_add_byte(&out, i == 0 ? '?' : '&');
		buffer_add_string(&out, piece->name);
		if (piece->has_value)
			buffer_add_byte(&out, '=');
		piece_fill(&out, piece, id);
	}
	return buffer_take(&out);
}
