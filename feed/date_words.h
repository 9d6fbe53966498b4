#ifndef FEED_DATE_WORDS_H
#define FEED_DATE_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/language.h"

/*
 * A text as dates see it: numbers, known words, punctuation.  The caller holds
 * the struct; what it points to is freed by _clear.
 */

/* A folded character and where it stood. */
struct glyph {
	uint32_t character;
	uint32_t at; /* byte offset */
};

struct glyphs {
	struct glyph *list; /* one more than count, with the end's offset */
	size_t count;
};

/* Never fails; characters without width are gone, so is white space at both
 * ends, and runs of it are one ' '. */
void glyphs_read(struct glyphs *, const char *text, size_t length);
void glyphs_clear(struct glyphs *);

/* The longest known word or phrase that begins here: its rows and how many
 * glyphs it takes; 0 if there is none. */
size_t glyphs_match(const struct glyphs *, size_t from,
    const struct word **words, size_t *word_count);

enum token_kind {
	TOKEN_END,
	TOKEN_NUMBER,
	TOKEN_WORD,
	TOKEN_PUNCTUATION,
	TOKEN_UNKNOWN
};

struct token {
	enum token_kind kind;
	bool is_glued;        /* no blank before it */
	uint32_t punctuation; /* ASCII, or U+00B7 */
	int64_t value;        /* of a number of up to 18 digits */
	int digits;           /* 2 for "05"; 99 for more than 18 */
	const struct word *words; /* borrows from language_words */
	size_t word_count;
	size_t start, end; /* bytes of the text */
};

struct tokens {
	struct token *list;
	size_t count;
};

/*
 * At most max_tokens; what comes behind is ignored, or false if `all`, which
 * also makes an unknown word false at once (a headline is no date).
 */
bool tokens_read(struct tokens *, const char *text, size_t length,
    size_t max_tokens, bool all);
void tokens_clear(struct tokens *);

/* Is it this character of ASCII? */
bool token_is(const struct token *, char);

/* Is it a number written with so many digits? */
bool token_is_number(const struct token *, int min_digits, int max_digits);

/* Can the token mean this?  value may be NULL. */
bool token_means(const struct token *, enum word_kind, int *value);

#endif
