#include "feed/link_shape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/link_template.h"
#include "feed/memory.h"
#include "feed/text.h"
#include "feed/url.h"

#define LINKS_LEAST 5
#define PIECES_MOST 12
#define ID_DIGITS 4 /* fewer may be a day, a page, a category */

struct piece {
	const char *at;
	size_t length;
};

/* One address: segments of its path, then parameters of its query. */
struct split {
	char *path;
	struct piece segments[PIECES_MOST], parameters[PIECES_MOST];
	size_t segment_count, parameter_count;
};

struct shape {
	struct split *links;
	size_t count;
	struct buffer template;
	size_t ids;   /* numbers that no two links share */
	size_t words; /* other parts that differ */
};

static bool
split_url(const char *url, struct split *out)
{
	*out = (struct split){.path = url_path(url)};
	if (out->path == NULL)
		return false;
	const char *at = out->path;
	while (*at == '/') {
		size_t length = strcspn(++at, "/?");
		if (out->segment_count == PIECES_MOST)
			return false;
		if (length > 0 || at[0] == '/')
			out->segments[out->segment_count++] =
			    (struct piece){at, length};
		at += length;
	}
	while (*at == '?' || *at == '&') {
		size_t length = strcspn(++at, "&");
		if (out->parameter_count == PIECES_MOST)
			return false;
		if (length > 0)
			out->parameters[out->parameter_count++] =
			    (struct piece){at, length};
		at += length;
	}
	return true;
}

static bool
is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool
is_letter(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static size_t
common_head(const struct piece *pieces, size_t count)
{
	size_t head = pieces[0].length;
	for (size_t i = 1; i < count; i++) {
		size_t same = 0;
		while (same < head && same < pieces[i].length &&
		       pieces[i].at[same] == pieces[0].at[same])
			same++;
		head = same;
	}
	while (head > 0 && is_digit(pieces[0].at[head - 1]))
		head--;
	return head;
}

static size_t
common_tail(const struct piece *pieces, size_t count)
{
	size_t tail = pieces[0].length;
	for (size_t i = 1; i < count; i++) {
		size_t same = 0;
		while (same < tail && same < pieces[i].length &&
		       pieces[i].at[pieces[i].length - 1 - same] ==
			   pieces[0].at[pieces[0].length - 1 - same])
			same++;
		tail = same;
	}
	while (tail > 0 && is_digit(pieces[0].at[pieces[0].length - tail]))
		tail--;
	return tail;
}

static int
compare_pieces(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;
	size_t shorter = x->length < y->length ? x->length : y->length;
	int order = memcmp(x->at, y->at, shorter);
	return order != 0 ? order
			  : (x->length > y->length) - (x->length < y->length);
}

enum kind {
	KIND_SAME,
	KIND_ID,     /* a number, each once */
	KIND_NUMBER, /* a number */
	KIND_WORDS,
};

/* What stands between the head and the tail that all have. */
static enum kind
kind_of(const struct piece *pieces, size_t count, size_t *head, size_t *tail,
    size_t *least)
{
	struct piece *middles = xcalloc(count, sizeof(*middles));
	bool digits = true, same = true;
	*head = common_head(pieces, count);
	*tail = common_tail(pieces, count);
	*least = SIZE_MAX;
	for (size_t i = 0; i < count; i++) {
		same &=
		    pieces[i].length == pieces[0].length &&
		    memcmp(pieces[i].at, pieces[0].at, pieces[0].length) == 0;
		if (pieces[i].length < *head + *tail)
			*tail = pieces[i].length - *head;
	}
	for (size_t i = 0; i < count; i++) {
		middles[i] = (struct piece){
		    pieces[i].at + *head, pieces[i].length - *head - *tail};
		digits &= middles[i].length > 0;
		for (size_t k = 0; k < middles[i].length; k++)
			digits &= is_digit(middles[i].at[k]);
		*least =
		    middles[i].length < *least ? middles[i].length : *least;
	}
	bool distinct = true;
	qsort(middles, count, sizeof(*middles), compare_pieces);
	for (size_t i = 1; i < count; i++)
		distinct &= compare_pieces(&middles[i], &middles[i - 1]) != 0;
	free(middles);
	return same                              ? KIND_SAME
	       : !digits                         ? KIND_WORDS
	       : distinct && *least >= ID_DIGITS ? KIND_ID
						 : KIND_NUMBER;
}

/* A part with what all have around it; the name says what it may be. */
static void
add_part(struct shape *shape, const struct piece *piece, size_t head,
    size_t tail, const char *name)
{
	buffer_add(&shape->template, piece->at, head);
	buffer_add_format(&shape->template, "{%s}", name);
	buffer_add(&shape->template, piece->at + piece->length - tail, tail);
}

static bool
add_segment(struct shape *shape, size_t index)
{
	struct piece *pieces = xcalloc(shape->count, sizeof(*pieces));
	size_t head, tail, least;
	char name[32];
	for (size_t i = 0; i < shape->count; i++)
		pieces[i] = shape->links[i].segments[index];
	enum kind kind = kind_of(pieces, shape->count, &head, &tail, &least);
	struct piece first = pieces[0];
	free(pieces);
	buffer_add_byte(&shape->template, '/');
	if (kind == KIND_SAME) {
		buffer_add(&shape->template, first.at, first.length);
		return memchr(first.at, '{', first.length) == NULL;
	}
	/* "AKR2024...": the letters may be a desk's, and others have theirs */
	if (kind == KIND_ID && head > 0 && is_letter(first.at[head - 1]))
		return false;
	if (kind == KIND_ID && shape->ids++ == 0) {
		add_part(shape, &first, head, tail, "id");
		return true;
	}
	shape->words += kind == KIND_WORDS;
	(void)snprintf(name, sizeof(name), "part%zu", index + 1);
	add_part(shape, &first, kind == KIND_NUMBER ? head : 0,
	    kind == KIND_NUMBER ? tail : 0, name);
	return true;
}

/* A parameter that all have, by its name. */
static bool
parameter_of(
    const struct split *link, const struct piece *like, struct piece *value)
{
	const char *equals = memchr(like->at, '=', like->length);
	if (equals == NULL)
		return false;
	size_t name = (size_t)(equals - like->at) + 1;
	for (size_t i = 0; i < link->parameter_count; i++)
		if (link->parameters[i].length > name &&
		    memcmp(link->parameters[i].at, like->at, name) == 0) {
			*value = (struct piece){link->parameters[i].at + name,
			    link->parameters[i].length - name};
			return true;
		}
	return false;
}

static bool
add_parameter(struct shape *shape, const struct piece *like)
{
	struct piece *values = xcalloc(shape->count, sizeof(*values));
	size_t head, tail, least;
	bool all = true;
	for (size_t i = 0; all && i < shape->count; i++)
		all = parameter_of(&shape->links[i], like, &values[i]);
	enum kind kind =
	    all ? kind_of(values, shape->count, &head, &tail, &least)
		: KIND_SAME;
	free(values);
	if (!all || kind == KIND_SAME)
		return true; /* others are allowed */
	/* what else differs may be a part of what tells articles apart */
	if (kind != KIND_ID || head + tail > 0 || shape->ids++ > 0)
		return false;
	const char *equals = memchr(like->at, '=', like->length);
	buffer_add_byte(&shape->template, '?');
	buffer_add(&shape->template, like->at, (size_t)(equals - like->at));
	buffer_add_string(&shape->template, "={id}");
	return true;
}

static bool
build(struct shape *shape)
{
	const struct split *first = &shape->links[0];
	for (size_t i = 1; i < shape->count; i++)
		if (shape->links[i].segment_count != first->segment_count)
			return false;
	for (size_t i = 0; i < first->segment_count; i++)
		if (!add_segment(shape, i))
			return false;
	for (size_t i = 0; i < first->parameter_count; i++)
		if (!add_parameter(shape, &first->parameters[i]))
			return false;
	return shape->ids == 1 && shape->words <= 1;
}

/* The template itself has the last word: each link, and no two the same id. */
static bool
holds(const char *template, const char *const *links, size_t count)
{
	struct link_template *parsed =
	    link_template_parse(template, false, NULL);
	char **ids = xcalloc(count, sizeof(*ids));
	bool good = parsed != NULL;
	for (size_t i = 0; good && i < count; i++) {
		ids[i] = link_template_match(parsed, links[i]);
		good = ids[i] != NULL;
	}
	if (good)
		qsort(ids, count, sizeof(*ids), text_compare);
	for (size_t i = 1; good && i < count; i++)
		good = strcmp(ids[i], ids[i - 1]) != 0;
	for (size_t i = 0; i < count; i++)
		free(ids[i]);
	free(ids);
	link_template_free(parsed);
	return good;
}

char *
link_shape_find(const char *const *links, size_t count)
{
	struct shape shape = {.count = count};
	bool good = count >= LINKS_LEAST;
	shape.links = xcalloc(count + 1, sizeof(*shape.links));
	for (size_t i = 0; i < count; i++)
		good &= split_url(links[i], &shape.links[i]);
	good = good && build(&shape);
	char *template = buffer_take(&shape.template);
	for (size_t i = 0; i < count; i++)
		free(shape.links[i].path);
	free(shape.links);
	if (good && holds(template, links, count))
		return template;
	free(template);
	return NULL;
}
