#ifndef FEED_QUALITY_H
#define FEED_QUALITY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What a class or an id is worth in a selector: will it be there after the
 * site's next build, and does it say what the element is?  Judged by its
 * letters alone.
 */

/* 1: a word of news ("headline"); 0.7: some word; 0.3: too short or no word;
 * 0.15: it says how something looks or what state it is in ("mt-4", "active");
 * 0: made by a machine ("css-1x9dz3"), or an article's own ("post-12345"). */
double quality_of(const char *token, size_t length);

/* How many bytes of a token whose end was made by a machine stay through its
 * builds: "Card_title__3xK9" has "Card_title__"; 0 if none do.  *offset is
 * where they begin. */
size_t quality_stem(const char *token, size_t length, size_t *offset);

/* Is it a name that a selector can say without escapes? */
bool quality_is_plain(const char *token, size_t length);

#endif
