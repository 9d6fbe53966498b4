#ifndef FEED_TEXT_H
#define FEED_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The clean border: whatever leaves here is valid UTF-8 and holds only
 * characters that XML 1.0 can hold (section 2.2), without C0 (but newline where
 * said), C1, DEL, non-characters, interlinear and object controls
 * (U+FFF9-FFFC), bidi and deprecated format controls (U+061C, U+200E/F,
 * U+202A-202E, U+2066-206F) and tags (U+E0000-E007F): these are dropped, and
 * U+200B and U+2060 at either end or behind a blank.
 * Pure; results are the caller's to free; broken bytes become U+FFFD.
 * Bytes may be NULL where their length is 0.
 */

/* Decode one character at *at (< end) and move on; a broken sequence gives
 * U+FFFD and moves by its maximal subpart (WHATWG decoding, Unicode 3.9). */
uint32_t text_decode(const char **at, const char *end);

/* Encode: writes 1-4 bytes, returns how many. */
size_t text_encode(uint32_t character, char bytes[4]);

/* How many bytes from the start are valid UTF-8. */
size_t text_utf8_prefix(const char *bytes, size_t length);

/* Is every byte valid UTF-8 (no surrogates, no overlong, <= U+10FFFF)? */
bool text_is_utf8(const char *bytes, size_t length);

/* Would text_line (or text_paragraphs, if paragraphs) return it unchanged in
 * its characters?  The main process asks this of what the worker answers. */
bool text_is_clean(const char *bytes, size_t length, bool paragraphs);

/* One line: every run of white space (Unicode White_Space, NBSP, U+3000,
 * U+FEFF) folds to one blank, ends trimmed; at most max_characters, cut at a
 * character border with U+2026 in place of the last. "" if nothing is left. */
char *text_line(const char *bytes, size_t length, size_t max_characters);

/* Paragraphs: a run of white space with a newline in it (LF, CR, U+2029) folds
 * to one newline, any other as in text_line.  At most max_bytes, cut at a
 * character border. */
char *text_paragraphs(const char *bytes, size_t length, size_t max_bytes);

/* Width in terminal cells: 2 for East Asian Wide and Fullwidth (UAX 11), 0
 * for combining marks and other zero-width characters, else 1. */
size_t text_cells(const char *);
bool text_has_wide(const char *);

/* The first `cells` cells, with U+2026 if anything was cut, at a blank if the
 * last fifth has one. */
char *text_excerpt(const char *, size_t cells);

/* Exactly `cells` wide: cut with U+2026 or padded with blanks; for tables. */
char *text_pad(const char *, size_t cells);

/* For comparing titles: lower case (Latin, Greek, Cyrillic), full width forms
 * to ASCII, only letters, digits and their marks kept. */
char *text_fold(const char *);

/* ASCII helpers that know no locale. */
bool text_is_space(uint32_t character);
bool text_equals_ignoring_case(const char *, const char *);
/* The first `length` bytes of both; less where both end there. */
bool text_begins_ignoring_case(const char *, const char *, size_t length);
char *text_lower_ascii(const char *);
bool text_ends_with(const char *, const char *end);
/* "Rain on the whole..." of "Rain on the whole of the town": does it end with
 * "..", "..." or U+2026, and does the other say the same, and more? */
bool text_is_cut_from(const char *cut, const char *whole);
/* Bytes of two `const char *`, for qsort and bsearch. */
int text_compare(const void *, const void *);

#endif
