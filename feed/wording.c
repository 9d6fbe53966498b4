#include "feed/wording.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "feed/text.h"

#define ELLIPSIS 0x2026

/* Entities that pages escape twice, or not at all in one of two places. */
static const struct {
	const char *name;
	uint32_t character;
} entities[] = {
    {"&amp;", '&'},
    {"&lt;", '<'},
    {"&gt;", '>'},
    {"&quot;", '"'},
    {"&#34;", '"'},
    {"&#034;", '"'},
    {"&apos;", '\''},
    {"&#39;", '\''},
    {"&#039;", '\''},
    {"&#x27;", '\''},
    {"&nbsp;", ' '},
    {"&#160;", ' '},
    {"&lsquo;", '\''},
    {"&rsquo;", '\''},
    {"&ldquo;", '"'},
    {"&rdquo;", '"'},
    {"&ndash;", '-'},
    {"&mdash;", '-'},
    {"&hellip;", ELLIPSIS},
};

static uint32_t
read_character(const char **at, const char *end)
{
	if (**at != '&')
		return text_decode(at, end);
	for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
		size_t length = strlen(entities[i].name);
		if ((size_t)(end - *at) >= length &&
		    memcmp(*at, entities[i].name, length) == 0) {
			*at += length;
			return entities[i].character;
		}
	}
	return text_decode(at, end);
}

/* What stands for the character when texts are compared; 0: nothing. */
static uint32_t
fold(uint32_t character)
{
	if (text_is_space(character))
		return ' ';
	switch (character) {
	case 0xad:   /* soft hyphen */
	case 0x200b: /* zero-width space, non-joiner, joiner, word joiner */
	case 0x200c:
	case 0x200d:
	case 0x2060:
	case 0xfeff:
		return 0;
	case 0x2018:
	case 0x2019:
	case 0x201a:
	case 0x201b:
	case 0x2032:
	case 0x60:
	case 0xb4:
		return '\'';
	case 0x201c:
	case 0x201d:
	case 0x201e:
	case 0x201f:
	case 0x2033:
		return '"';
	case 0x2010:
	case 0x2011:
	case 0x2012:
	case 0x2013:
	case 0x2014:
	case 0x2015:
	case 0x2212:
		return '-';
	case 0x2025:
	case 0x22ef:
		return ELLIPSIS;
	default:
		return character;
	}
}

/*
 * The next sign: a run of white space is one blank, a run of dots that is an
 * ellipsis is one.  0 at the end.
 */
static uint32_t
next_sign(const char **at, const char *end)
{
	uint32_t sign = 0;
	while (*at < end && sign == 0)
		sign = fold(read_character(at, end));
	if (sign != ' ' && sign != '.' && sign != ELLIPSIS)
		return sign;
	while (*at < end) {
		const char *after = *at;
		uint32_t next = fold(read_character(&after, end));
		bool is_dot = next == '.' || next == ELLIPSIS;
		if (next != 0 && (sign == ' ' ? next != ' ' : !is_dot))
			break;
		if (sign == '.' && is_dot)
			sign = ELLIPSIS;
		*at = after;
	}
	return sign;
}

/* The next sign that is no white space, for the beginning. */
static uint32_t
first_sign(const char **at, const char *end)
{
	uint32_t sign = next_sign(at, end);
	return sign == ' ' ? next_sign(at, end) : sign;
}

/* Nothing but white space? */
static bool
is_over(uint32_t sign, const char *at, const char *end)
{
	return sign == 0 || (sign == ' ' && next_sign(&at, end) == 0);
}

bool
wording_is_same(const char *a, const char *b)
{
	if (strcmp(a, b) == 0) /* nearly always */
		return true;
	const char *a_end = a + strlen(a), *b_end = b + strlen(b);
	uint32_t x = first_sign(&a, a_end), y = first_sign(&b, b_end);
	while (x == y && x != 0) {
		x = next_sign(&a, a_end);
		y = next_sign(&b, b_end);
	}
	return is_over(x, a, a_end) && is_over(y, b, b_end);
}

static bool
ends_in(const char *text, size_t length, const char *end)
{
	size_t size = strlen(end);
	return length >= size && memcmp(text + length - size, end, size) == 0;
}

static size_t
trim(const char *text, size_t length)
{
	while (length > 0 &&
	       (text[length - 1] == ' ' || text[length - 1] == '\n' ||
		   text[length - 1] == '\t'))
		length--;
	return length;
}

/* Length without the ellipsis that a page cuts with; the whole length if there
 * is none. */
static size_t
length_before_ellipsis(const char *text)
{
	size_t whole = strlen(text), length = trim(text, whole), dots = 0;
	char bracket = length > 0 ? text[length - 1] : '\0';
	bool is_closed = bracket == ']' || bracket == ')';
	if (is_closed)
		length--;
	for (bool goes_on = true; goes_on;) {
		goes_on = true;
		if (ends_in(text, length, "\xe2\x80\xa6") ||
		    ends_in(text, length, "\xe2\x8b\xaf")) {
			length -= 3;
			dots += 2;
		} else if (ends_in(text, length, "&hellip;")) {
			length -= strlen("&hellip;");
			dots += 2;
		} else if (ends_in(text, length, ".")) {
			length--;
			dots++;
		} else
			goes_on = false;
	}
	if (dots < 2)
		return whole;
	if (!is_closed)
		return length;
	char open = bracket == ']' ? '[' : '(';
	return length > 0 && text[length - 1] == open ? length - 1 : whole;
}

bool
wording_is_cut(const char *cut, const char *whole)
{
	size_t length = length_before_ellipsis(cut);
	if (length == strlen(cut))
		return false;
	const char *end = cut + trim(cut, length);
	const char *whole_end = whole + strlen(whole);
	uint32_t x = first_sign(&cut, end), y = first_sign(&whole, whole_end);
	while (x != 0 && x == y) {
		x = next_sign(&cut, end);
		y = next_sign(&whole, whole_end);
	}
	return is_over(x, cut, end);
}
