#ifndef FEED_WINDOW_H
#define FEED_WINDOW_H

#include <stdbool.h>
#include <stddef.h>

#include "feed/buffer.h"
#include "feed/links.h"
#include "feed/page.h"

/*
 * The window of a page: the bytes of the element that holds all items of its
 * list, from its opening tag to its closing tag.  Most pages differ at every
 * visit in a token, a clock or an advertisement; where the window is the same
 * to the byte, so is the list, and the page need not be parsed.
 *
 * What is remembered of it are bytes to be kept and handed back, at most
 * WINDOW_MAX_BYTES of them; whoever keeps them need not know what they mean.
 * A window that is not quite sure is none: the page is then read.
 */
#define WINDOW_MAX_BYTES 2048

/* The text that a page was parsed from, and what else makes links of it. */
struct window_source {
	const char *text; /* UTF-8, as page_parse had it */
	size_t length;
	const char *url;     /* of the page, after redirects */
	const char *charset; /* that the text was decoded from, or NULL */
};

/*
 * Remember the window of these items.  False, and nothing added, if there is
 * none: fewer than two items, a container whose tags are not both written in
 * the text or that is the body itself, parts of it written elsewhere, an
 * opening tag that the text has twice.  That the articles say nothing from
 * outside their items is for the caller to know.
 */
bool window_remember(const struct page *, const struct listing *,
    const struct window_source *, struct buffer *window);

/*
 * Does this text hold the window that was remembered, and nothing outside it
 * that looks like another item or would make other links of it?  Bytes that
 * are no window's are never the same.
 */
bool window_is_same(
    const char *window, size_t window_length, const struct window_source *);

#endif
