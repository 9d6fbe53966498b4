#include "feed/window.h"

#include <stdint.h>
#include <string.h>

#include "feed/hash.h"
#include "feed/text.h"

/*
 * The window ends at a tag, not at the last item: from the first item to the
 * last, an article put before the first one would go unseen.
 *
 * New items may also come in a container of their own beside the one that is
 * remembered (a list for each day).  So what all items begin with, the mark, is
 * counted outside the window: with another count the page is read.
 */
#define WINDOW_FORMAT 1
#define MAX_OPEN 1024
#define MAX_MARK 128

/* What is kept, followed by the bytes of the opening tag and of the mark. */
struct window {
	uint64_t hash;   /* of the window's bytes */
	uint64_t around; /* of what outside it decides how they are read */
	uint32_t length;
	uint32_t marks; /* outside the window */
	uint16_t open_length, mark_length;
	uint32_t format;
};

/* The bytes [from, to) of a text. */
struct span {
	size_t from, to;
};

/* ---- the source, without a parser ---- */

static const char *
find_bytes(const char *text, size_t length, const char *bytes, size_t count)
{
	return memmem(text, length, bytes, count);
}

static bool
find_only(const struct window_source *source, const char *bytes, size_t length,
    size_t *at)
{
	const char *end = source->text + source->length;
	const char *first =
	    find_bytes(source->text, source->length, bytes, length);
	if (first == NULL || find_bytes(first + 1, (size_t)(end - first - 1),
				 bytes, length) != NULL)
		return false;
	*at = (size_t)(first - source->text);
	return true;
}

/* Is this the tag's name, in any case, at its end? */
static bool
begins_name(const char *at, const char *end, const char *name)
{
	size_t length = strlen(name);
	if ((size_t)(end - at) <= length)
		return false;
	for (size_t i = 0; i < length; i++)
		if ((at[i] | 0x20) != name[i])
			return false;
	return strchr(" \t\r\n\f/>", at[length]) != NULL;
}

/* What stands between these tags is no markup, or none of the page's. */
static const char *const raw_names[] = {"script", "style", "textarea", "title",
    "template", "xmp", "iframe", "noembed", "noframes", NULL};

static const char *
raw_name(const char *at, const char *end)
{
	for (size_t i = 0; raw_names[i] != NULL; i++)
		if (begins_name(at, end, raw_names[i]))
			return raw_names[i];
	return NULL;
}

/* Behind the "</name" that ends it, or the end. */
static const char *
skip_raw(const char *at, const char *end, const char *name)
{
	while ((at = find_bytes(at, (size_t)(end - at), "</", 2)) != NULL) {
		at += 2;
		if (begins_name(at, end, name))
			return at;
	}
	return end;
}

static const char *
skip_comment(const char *at, const char *end)
{
	const char *close = find_bytes(at, (size_t)(end - at), "-->", 3);
	return close == NULL ? end : close + 3;
}

/* Of a comment, or of one of the few tags that matter; most do not. */
static bool
is_initial(const char *at, const char *end)
{
	if (at == end)
		return false;
	switch (*at | 0x20) {
	case '!':
	case 'b':
	case 'h':
	case 's':
	case 't':
	case 'x':
	case 'i':
	case 'n':
		return true;
	default:
		return false;
	}
}

/*
 * Over the markup from `at` to `to`, adding the tags that tell what an address
 * or a date means (base, html).  Coarser than a tokeniser, which it may be as
 * long as it does not take for markup what is none: false if it ends inside
 * something.
 */
static bool
scan_markup(
    const char *at, const char *to, const char *end, struct buffer *tags)
{
	while (at < to && (at = memchr(at, '<', (size_t)(to - at))) != NULL) {
		at++;
		if (!is_initial(at, end))
			continue;
		const char *name;
		if (end - at >= 3 && memcmp(at, "!--", 3) == 0)
			at = skip_comment(at, end);
		else if ((name = raw_name(at, end)) != NULL)
			at = skip_raw(at, end, name);
		else if (begins_name(at, end, "base") ||
			 begins_name(at, end, "html")) {
			const char *close = memchr(at, '>', (size_t)(end - at));
			if (close == NULL)
				close = end;
			buffer_add(tags, at, (size_t)(close - at));
			buffer_add_byte(tags, '\n');
		}
	}
	return at == NULL || at <= to;
}

/* A hash of what outside the window makes other articles of it; false if the
 * window is no markup. */
static bool
hash_around(
    const struct window_source *source, struct span window, uint64_t *hash)
{
	const char *text = source->text, *end = text + source->length;
	struct buffer around = {0};
	buffer_add_format(&around, "%s\n%s\n", source->url,
	    source->charset != NULL ? source->charset : "");
	bool good = scan_markup(text, text + window.from, end, &around);
	/* what is open at the end of the page is no matter */
	(void)scan_markup(text + window.to, end, end, &around);
	*hash = hash_bytes(around.bytes, around.length);
	buffer_clear(&around);
	return good;
}

static uint32_t
count_bytes(const char *at, size_t length, const char *bytes, size_t count)
{
	const char *end = at + length;
	uint32_t found = 0;
	while (
	    (at = find_bytes(at, (size_t)(end - at), bytes, count)) != NULL) {
		found++;
		at += count;
	}
	return found;
}

static uint32_t
count_outside(const struct window_source *source, struct span window,
    const char *mark, size_t length)
{
	return count_bytes(source->text, window.from, mark, length) +
	       count_bytes(source->text + window.to, source->length - window.to,
		   mark, length);
}

/* ---- the window of a list ---- */

/* An item may be a run of siblings that begins with text. */
static bool
item_place(
    const struct page *page, const struct item *item, struct page_place *place)
{
	uint32_t node = item->start;
	while (node < item->end && page->text[node] != NULL)
		node++;
	return node < item->end && page_place(page, node, place);
}

/* Do all elements below the node stand between its tags? HTML has ways to move
 * them there from elsewhere. */
static bool
is_all_inside(const struct page *page, uint32_t node, struct span window)
{
	for (uint32_t i = node + 1; i < page->end[node]; i++) {
		struct page_place place;
		if (page->text[i] == NULL && page_place(page, i, &place) &&
		    (place.open < window.from || place.open >= window.to))
			return false;
	}
	return true;
}

static bool
is_window(const struct page *page, uint32_t node,
    const struct window_source *source, struct page_place *place)
{
	size_t at;
	return page_place(page, node, place) && place->end > place->open &&
	       place->end <= source->length && place->open_length <= MAX_OPEN &&
	       find_only(source, source->text + place->open, place->open_length,
		   &at) &&
	       is_all_inside(
		   page, node, (struct span){place->open, place->end});
}

/* The nearest element round all items that can be found again. */
static bool
find_window(const struct page *page, const struct listing *items,
    const struct window_source *source, struct page_place *place)
{
	uint32_t start = items->list[0].start, end = 0;
	for (size_t i = 0; i < items->count; i++) {
		if (items->list[i].start < start)
			start = items->list[i].start;
		if (items->list[i].end > end)
			end = items->list[i].end;
	}
	uint32_t node = page->parent[start];
	for (; node != PAGE_NONE; node = page->parent[node]) {
		/* the body goes on behind its closing tag */
		if (strcmp(page_tag(page, node), "body") == 0)
			return false;
		if (page->end[node] >= end &&
		    is_window(page, node, source, place))
			return true;
	}
	return false;
}

/* How many bytes two places of the text have in common. */
static size_t
common_length(
    const struct window_source *source, size_t a, size_t b, size_t most)
{
	size_t last = a > b ? a : b, length = 0;
	while (length < most && last + length < source->length &&
	       source->text[a + length] == source->text[b + length])
		length++;
	return length;
}

static bool
is_blank(char byte)
{
	return byte != '\0' && strchr(" \t\r\n\f", byte) != NULL;
}

/*
 * Of what all items begin with, that which the next one will begin with, too:
 * the tag without an attribute of which only a part is common, and without the
 * end of the last, which may be followed by more ("news" by " first").  A tag
 * without attributes says little: then the next tag's name with it.
 */
static size_t
mark_length(const char *mark, size_t length)
{
	const char *close = memchr(mark, '>', length);
	size_t tag = close != NULL ? (size_t)(close - mark) : length;
	size_t blank = 0;
	while (blank < tag && !is_blank(mark[blank]))
		blank++;
	if (blank == tag) {
		const char *next =
		    close != NULL ? memchr(close, '<', length - tag) : NULL;
		if (next == NULL)
			return tag;
		tag++;
		size_t name = (size_t)(next - mark) + 1;
		while (name < length && strchr(" \t\r\n/>", mark[name]) == NULL)
			name++;
		return name < length ? name : tag;
	}
	size_t whole = tag;
	if (close == NULL) { /* back to where the last attribute began */
		bool quoted = false;
		whole = blank;
		for (size_t i = blank; i < tag; i++) {
			quoted ^= mark[i] == '"';
			if (is_blank(mark[i]) && !quoted)
				whole = i;
		}
	}
	while (whole > 1 && (is_blank(mark[whole - 1]) ||
				strchr("\"'/", mark[whole - 1]) != NULL))
		whole--;
	return whole;
}

static bool
find_mark(const struct page *page, const struct listing *items,
    const struct window_source *source, struct span *mark)
{
	size_t length = MAX_MARK;
	struct page_place first, place;
	if (!item_place(page, &items->list[0], &first))
		return false;
	for (size_t i = 1; i < items->count; i++) {
		if (!item_place(page, &items->list[i], &place))
			return false;
		length = common_length(source, first.open, place.open, length);
	}
	length = mark_length(source->text + first.open, length);
	*mark = (struct span){first.open, first.open + length};
	return length >= 2;
}

bool
window_remember(const struct page *page, const struct listing *items,
    const struct window_source *source, struct buffer *out)
{
	struct window window = {.format = WINDOW_FORMAT};
	struct page_place place;
	struct span mark;
	if (items->count < 2 || !find_window(page, items, source, &place) ||
	    !find_mark(page, items, source, &mark))
		return false;
	struct span span = {place.open, place.end};
	if (!hash_around(source, span, &window.around))
		return false;
	window.length = (uint32_t)(span.to - span.from);
	window.hash = hash_bytes(source->text + span.from, window.length);
	window.open_length = (uint16_t)place.open_length;
	window.mark_length = (uint16_t)(mark.to - mark.from);
	window.marks = count_outside(
	    source, span, source->text + mark.from, window.mark_length);
	buffer_add(out, &window, sizeof(window));
	buffer_add(out, source->text + place.open, place.open_length);
	buffer_add(out, source->text + mark.from, window.mark_length);
	return true;
}

/* ---- again ---- */

/* Borrows; false if the bytes are no window. */
static bool
window_read(const char *bytes, size_t length, struct window *window,
    const char **open, const char **mark)
{
	if (length < sizeof(*window) || length > WINDOW_MAX_BYTES)
		return false;
	memcpy(window, bytes, sizeof(*window));
	*open = bytes + sizeof(*window);
	*mark = *open + window->open_length;
	return window->format == WINDOW_FORMAT && window->open_length > 0 &&
	       window->mark_length > 0 &&
	       sizeof(*window) + window->open_length + window->mark_length ==
		   length;
}

bool
window_is_same(
    const char *bytes, size_t length, const struct window_source *source)
{
	struct window window;
	const char *open, *mark;
	size_t at;
	uint64_t around;
	if (!window_read(bytes, length, &window, &open, &mark) ||
	    !find_only(source, open, window.open_length, &at) ||
	    source->length - at < window.length ||
	    hash_bytes(source->text + at, window.length) != window.hash)
		return false;
	struct span span = {at, at + window.length};
	return hash_around(source, span, &around) && around == window.around &&
	       count_outside(source, span, mark, window.mark_length) ==
		   window.marks;
}
