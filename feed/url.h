#ifndef FEED_URL_H
#define FEED_URL_H

#include <stdbool.h>
#include <stddef.h>

#include "feed/error.h"

/*
 * Addresses: canonical form over libcurl's URL API, with a pre-pass that makes
 * 7.88, 8.14 and 8.23 give the same string.  Strings returned are the
 * caller's.  NULL and err when the address is not http(s), has userinfo, holds
 * controls or is longer than 2048 bytes.  A host that is not ASCII needs a
 * UTF-8 locale (the main program's LC_CTYPE), else it is refused.
 */

/* Absolute: href resolved against base (base may be NULL for an absolute
 * href), fragment dropped, host lower case and punycode, default port dropped,
 * dot segments removed, escapes upper case, blanks and non-ASCII encoded.  An
 * empty href and "#here" are base itself.  The query keeps its order. */
char *url_resolve(const char *base, const char *href, struct error *);

/* url_resolve, then without tracking parameters (utm_*, fbclid, gclid, ...).
 * This is an article's link.  Taking it twice changes nothing. */
char *url_canonical(const char *base, const char *href, struct error *);

/* For comparing: scheme, "www." "m." "amp.", tracking parameters, order of the
 * query, trailing slash and index.html folded away.  Takes a canonical URL;
 * of anything else a copy. */
char *url_key(const char *url);

/* Is a query parameter of this name there for counting alone (utm_source)? */
bool url_parameter_is_tracking(const char *name, size_t length);

/* Of an absolute http(s) URL; NULL for anything else. */
char *url_host(const char *url); /* "www.example.com", with ":8080" if not the
				    default port */
char *url_authority_for_id(const char *url); /* host without "www." and without
						port */
char *url_path(const char *url); /* "/a/b", with "?query" if any */

/* Same host but for www./m./amp., compared on label borders. */
bool url_same_site(const char *a, const char *b);

/* Do the hosts share their last two labels (three under co.kr and its like)? */
bool url_same_owner(const char *a, const char *b);

#endif
