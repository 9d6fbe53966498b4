#ifndef FEED_CHARSET_H
#define FEED_CHARSET_H

#include <stdbool.h>
#include <stddef.h>

#include "feed/error.h"

/*
 * Bytes of a page -> UTF-8.  Converters are opened once, before the worker is
 * locked in, and handed in.  The only file that knows iconv.
 */
struct charsets;

/* Opens every converter of the label table; NULL and err if one is missing. */
struct charsets *charsets_open(struct error *);
void charsets_free(struct charsets *);

/* The canonical name (as written in messages: "CP949", "UTF-8") for a label by
 * WHATWG's Encoding table with our additions, or NULL if it is not listed. */
const char *charset_for_label(const char *label);

struct decoded {
	char *text;          /* UTF-8, NUL-terminated; the caller's */
	size_t length;
	const char *charset; /* canonical name; static */
	const char *source;  /* "configuration", "byte order mark", "header",
	                        "meta", "valid UTF-8", "address", "default" */
	size_t replaced;     /* broken sequences that became U+FFFD */
};

/*
 * Order: configured label, byte order mark, valid multi-byte UTF-8 throughout,
 * HTTP header, meta prescan of 1024 bytes, valid UTF-8, the host's country,
 * windows-1252.  A body cut in its last character is still valid UTF-8.
 *
 * Like a browser's parser, which obeys a late meta, the prescan goes on to
 * 64 KiB if the first 1024 bytes have no label (HTML 13.2.3.5).  Labels that
 * the bytes contradict are passed over while anything else is known: UTF-8
 * where more sequences are broken than whole, UTF-16 where no byte is NUL.
 *
 * A broken sequence becomes one U+FFFD; no ASCII character and nothing behind
 * it is lost.  NUL is dropped, other C0 but TAB LF CR become blanks.
 * configured, content_type (the whole Content-Type header) and host may be
 * NULL.  False and err for a configured label that is not in the table.
 */
bool charset_decode(struct charsets *, const char *bytes, size_t length,
    const char *configured, const char *content_type, const char *host,
    struct decoded *, struct error *);
void decoded_clear(struct decoded *);

#endif
