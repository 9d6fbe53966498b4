#include "feed/date_words.h"

#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"
#include "feed/text.h"

#define MAX_DIGITS 18
/* Longer than any row of the table. */
#define MAX_WORD_BYTES 64

void
glyphs_read(struct glyphs *glyphs, const char *text, size_t length)
{
	glyphs->list = xcalloc(length + 1, sizeof(*glyphs->list));
	size_t count = 0;
	const char *end = text + length;
	for (const char *at = text; at < end;) {
		uint32_t offset = (uint32_t)(at - text);
		uint32_t c = language_fold(text_decode(&at, end));
		if (c == 0 ||
		    (c == ' ' && (count == 0 ||
				     glyphs->list[count - 1].character == ' ')))
			continue;
		glyphs->list[count++] = (struct glyph){c, offset};
	}
	glyphs->list[count] = (struct glyph){0, (uint32_t)length};
	if (count > 0 && glyphs->list[count - 1].character == ' ')
		glyphs->list[--count].character = 0;
	glyphs->count = count;
}

void
glyphs_clear(struct glyphs *glyphs)
{
	free(glyphs->list);
	*glyphs = (struct glyphs){0};
}

/* The rows of the table that begin with a prefix. */
struct rows {
	size_t first, end;
};

/* Keep those whose bytes at `offset` are these; each step halves the rest. */
static void
rows_narrow(struct rows *rows, size_t offset, const char *bytes, size_t length)
{
	size_t low = rows->first, high = rows->end;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *text = language_words[middle].text + offset;
		if (strncmp(text, bytes, length) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	rows->first = low;
	high = rows->end;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *text = language_words[middle].text + offset;
		if (strncmp(text, bytes, length) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	rows->end = low;
}

static bool
is_digit(uint32_t c)
{
	return c >= '0' && c <= '9';
}

/* A word of a script with blanks ends where its letters end. */
static bool
may_end_between(uint32_t last, uint32_t next)
{
	if (language_is_letter(last))
		return !language_is_letter(next);
	return !is_digit(last) || !is_digit(next);
}

size_t
glyphs_match(const struct glyphs *glyphs, size_t from,
    const struct word **words, size_t *word_count)
{
	struct rows rows = {0, language_word_count};
	size_t length = 0, best = 0;
	for (size_t i = from; i < glyphs->count; i++) {
		char bytes[4];
		uint32_t c = glyphs->list[i].character;
		size_t size = text_encode(c, bytes);
		if (length + size > MAX_WORD_BYTES)
			break;
		rows_narrow(&rows, length, bytes, size);
		length += size;
		if (rows.first == rows.end)
			break;
		/* the shortest row sorts first */
		size_t row = rows.first;
		if (language_words[row].text[length] != '\0' ||
		    !may_end_between(c, glyphs->list[i + 1].character))
			continue;
		best = i + 1 - from;
		*words = &language_words[row];
		while (
		    row < rows.end && language_words[row].text[length] == '\0')
			row++;
		*word_count = (size_t)(&language_words[row] - *words);
	}
	return best;
}

/* 〇-九 as 0-9, 十 as 10, 廿 as 20, 卅 as 30, else -1. */
static int
numeral_value(uint32_t c)
{
	static const uint32_t numerals[] = {0x3007, 0x4e00, 0x4e8c, 0x4e09,
	    0x56db, 0x4e94, 0x516d, 0x4e03, 0x516b, 0x4e5d};
	for (int i = 0; i < 10; i++)
		if (numerals[i] == c)
			return i;
	if (c == 0x96f6) /* 零 */
		return 0;
	if (c == 0x5341)
		return 10;
	return c == 0x5eff ? 20 : c == 0x5345 ? 30 : -1;
}

/* 二〇二四 digit by digit, 二十五 by tens; how many glyphs, 0 if none. */
static size_t
read_numerals(const struct glyphs *glyphs, size_t from, struct token *token)
{
	int64_t value = 0;
	size_t length = 0;
	bool has_ten = false;
	for (; from + length < glyphs->count && length < 6; length++) {
		int numeral =
		    numeral_value(glyphs->list[from + length].character);
		if (numeral < 0)
			break;
		if (numeral >= 10) {
			int64_t tens = numeral / 10;
			value = value > 0 ? value * 10 : tens * 10;
			has_ten = true;
		} else if (has_ten)
			value += numeral;
		else
			value = value * 10 + numeral;
	}
	token->kind = TOKEN_NUMBER;
	token->value = value;
	token->digits = has_ten ? 2 : (int)length;
	return length;
}

static size_t
read_digits(const struct glyphs *glyphs, size_t from, struct token *token)
{
	size_t length = 0;
	token->kind = TOKEN_NUMBER;
	while (is_digit(glyphs->list[from + length].character)) {
		if (length < MAX_DIGITS)
			token->value =
			    token->value * 10 +
			    (glyphs->list[from + length].character - '0');
		length++;
	}
	token->digits = length > MAX_DIGITS ? 99 : (int)length;
	return length;
}

/* Letters up to the next that belong to no known word. */
static size_t
read_unknown(const struct glyphs *glyphs, size_t from, struct token *token)
{
	token->kind = TOKEN_UNKNOWN;
	size_t length = 1;
	if (language_is_letter(glyphs->list[from].character))
		while (
		    language_is_letter(glyphs->list[from + length].character))
			length++;
	return length;
}

static size_t
read_letters(const struct glyphs *glyphs, size_t from, struct token *token)
{
	size_t words =
	    glyphs_match(glyphs, from, &token->words, &token->word_count);
	size_t numerals = read_numerals(glyphs, from, token);
	if (numerals > 0 && numerals >= words)
		return numerals;
	*token = (struct token){.is_glued = token->is_glued,
	    .words = token->words,
	    .word_count = token->word_count,
	    .kind = TOKEN_WORD};
	return words > 0 ? words : read_unknown(glyphs, from, token);
}

static size_t
read_token(const struct glyphs *glyphs, size_t from, struct token *token)
{
	uint32_t c = glyphs->list[from].character;
	if (is_digit(c))
		return read_digits(glyphs, from, token);
	if (language_is_letter(c) || language_is_dense(c))
		return read_letters(glyphs, from, token);
	if (c < 0x80 || c == 0xb7) {
		token->kind = TOKEN_PUNCTUATION;
		token->punctuation = c;
	} else
		token->kind = TOKEN_UNKNOWN;
	return 1;
}

/* Past the glyph before `next`, without what has no width behind it. */
static size_t
end_of(const struct glyphs *glyphs, size_t next, const char *text)
{
	const char *at = text + glyphs->list[next - 1].at;
	const char *end = text + glyphs->list[glyphs->count].at;
	if (glyphs->list[next].at > glyphs->list[next - 1].at)
		end = text + glyphs->list[next].at;
	text_decode(&at, end);
	return (size_t)(at - text);
}

bool
tokens_read(struct tokens *tokens, const char *text, size_t length,
    size_t max_tokens, bool all)
{
	struct glyphs glyphs;
	glyphs_read(&glyphs, text, length);
	size_t capacity = glyphs.count < max_tokens ? glyphs.count : max_tokens;
	tokens->list = xcalloc(capacity, sizeof(*tokens->list));
	tokens->count = 0;
	bool good = true, blank = true;
	for (size_t i = 0; good && i < glyphs.count;) {
		if (glyphs.list[i].character == ' ') {
			blank = true;
			i++;
			continue;
		}
		if (tokens->count == capacity) {
			good = !all;
			break;
		}
		struct token token = {.is_glued = !blank};
		blank = false;
		size_t size = read_token(&glyphs, i, &token);
		token.start = glyphs.list[i].at;
		token.end = end_of(&glyphs, i + size, text);
		good = !all || token.kind != TOKEN_UNKNOWN;
		tokens->list[tokens->count++] = token;
		i += size;
	}
	glyphs_clear(&glyphs);
	if (!good)
		tokens_clear(tokens);
	return good;
}

void
tokens_clear(struct tokens *tokens)
{
	free(tokens->list);
	*tokens = (struct tokens){0};
}

bool
token_is(const struct token *token, char c)
{
	return token->kind == TOKEN_PUNCTUATION &&
	       token->punctuation == (uint32_t)c;
}

bool
token_is_number(const struct token *token, int min_digits, int max_digits)
{
	return token->kind == TOKEN_NUMBER && token->digits >= min_digits &&
	       token->digits <= max_digits;
}

bool
token_means(const struct token *token, enum word_kind kind, int *value)
{
	if (token->kind != TOKEN_WORD)
		return false;
	for (size_t i = 0; i < token->word_count; i++)
		if (token->words[i].kind == kind) {
			if (value != NULL)
				*value = token->words[i].value;
			return true;
		}
	return false;
}
