#ifndef FEED_JSON_REPAIR_H
#define FEED_JSON_REPAIR_H

#include <stddef.h>

/*
 * JSON as pages write it -> JSON that a strict parser takes (RFC 8259), with
 * bounds that keep it cheap.  Mended: what stands around it (blanks, <!-- -->,
 * CDATA marks, "window.x = "), comments, trailing and doubled commas, raw
 * newlines in strings, \' and \x27, lone surrogates, \u0000, single quotes,
 * bare names as keys, undefined and NaN, and quotes that were written as
 * entities.  Numbers become strings, so that a long id keeps its digits, none
 * overflows, and no locale has a say.  Grammar is left to the parser: what is
 * broken otherwise comes out broken.
 */
struct json_limits {
	size_t bytes;  /* that may still be read of this page */
	size_t values; /* and values, keys included */
};

#define JSON_LIMITS                                                            \
	{                                                                      \
		.bytes = 4 * 1024 * 1024, .values = 100 * 1000                 \
	}

#define JSON_MAX_DEPTH 100
/* The parser's hash tables have a seed that everybody can read, as equal bytes
 * must give equal articles.  A page may thus put all keys of an object into one
 * bucket, and reading them is quadratic: this many cost it nothing. */
#define JSON_MAX_KEYS 1000

/* The first object or list in [*at, end), for the caller to free; *at moves
 * behind it.  NULL and *at = end if there is none, if it is unbalanced, or if it
 * is beyond a limit. */
char *json_repair(const char **at, const char *end, struct json_limits *);

#endif
