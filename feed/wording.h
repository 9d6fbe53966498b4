#ifndef FEED_WORDING_H
#define FEED_WORDING_H

#include <stdbool.h>

/*
 * Whether two texts say the same words.  What a template or an editor's program
 * varies does not count: white space, invisible characters, straight and
 * typographic quotes, dashes, "..." and U+2026, a character and its entity
 * ("&quot;").  Letters, their case and all other signs do.  Pure, one pass, no
 * memory of their own; the texts are clean (text.h), never NULL.
 */
bool wording_is_same(const char *, const char *);

/* Is `cut` the beginning of `whole`, ending in an ellipsis ("…", "⋯", "..",
 * "[...]")? */
bool wording_is_cut(const char *cut, const char *whole);

#endif
