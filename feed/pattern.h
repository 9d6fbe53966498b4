#ifndef FEED_PATTERN_H
#define FEED_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "feed/error.h"

/*
 * Regular expressions: PCRE2 with UTF and UCP, bounded (match limit 100,000,
 * heap limit 8 MiB, no JIT).  The only file that knows PCRE2.
 */
struct pattern;

/* NULL and err ("column 5: missing closing parenthesis"). */
struct pattern *pattern_compile(const char *expression, struct error *);
void pattern_free(struct pattern *);

/* Does it match anywhere?  A match that exceeds the limits is no match. */
bool pattern_matches(const struct pattern *, const char *subject);

/* The first group that took part ("" if none did), or the whole match if the
 * pattern has no group; NULL if no match.  The caller's to free. */
char *pattern_capture(const struct pattern *, const char *subject);

/* A named group's text, or NULL. */
char *pattern_capture_named(const struct pattern *, const char *subject, const char *name);

/* Fill "{0}", "{1}".. "{name}" of a template from the match; a group that took
 * no part is empty, a name that the pattern does not have stays as it is
 * written.  NULL if no match. */
char *pattern_fill(const struct pattern *, const char *subject, const char *template);

/* Subject with every match removed (the first 1,000 of them). */
char *pattern_remove(const struct pattern *, const char *subject);

#endif
