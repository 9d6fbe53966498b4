#ifndef FEED_LINK_TEMPLATE_H
#define FEED_LINK_TEMPLATE_H

#include <stdbool.h>

#include "feed/error.h"

/*
 * Link template (article-link): what a story's link looks like.
 *
 * "/article/{id}" matches the path of a URL on any host, whole segments; {id}
 * and other {parts} match one or more characters but "/" and "?" (and "." where
 * the template goes on with ".").  A part of the query is compared by parameter
 * name in any order, other parameters are allowed: "/view?idxno={id}"; without
 * a path ("?idxno={id}") any path will do.  A trailing slash, index.html, the
 * fragment and how a character is escaped do not matter; case does.
 *
 * As a pattern (PCRE2, on the whole URL) the group "id" or else the first one
 * is the id.
 */
struct link_template;

/* NULL and err if the text is no template, or has no {part}. */
struct link_template *link_template_parse(
    const char *text, bool is_pattern, struct error *);
void link_template_free(struct link_template *);

/*
 * The captured id (all parts joined by "/" if none is called id), escaped as a
 * URL is; NULL if the URL is not of this shape.  url is absolute.  The
 * caller's to free.
 */
char *link_template_match(const struct link_template *, const char *url);

/* Is it a pattern, or has it one {part} only?  Only the latter can be filled. */
bool link_template_can_fill(const struct link_template *);

/* The path with query for this id, "/article/20230612500420", its bytes escaped
 * where a URL needs it; NULL if it cannot be filled.  The caller's to free. */
char *link_template_fill(const struct link_template *, const char *id);

#endif
