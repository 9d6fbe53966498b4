#include "feed/json_repair.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "feed/buffer.h"

struct repair {
	const char *at, *end;
	struct buffer out;
	size_t values;
	bool comma; /* one was read and none written */
	int depth;
	struct {
		char close;
		uint16_t keys;
	} open[JSON_MAX_DEPTH];
};

static bool
starts_with(const char *at, const char *end, const char *words)
{
	size_t length = strlen(words);
	return (size_t)(end - at) >= length && memcmp(at, words, length) == 0;
}

static bool
is_blank(char byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static bool
is_word_byte(char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
	       (byte >= 'A' && byte <= 'Z') || byte == '_' || byte == '$' ||
	       byte == '.' || byte == '+' || byte == '-';
}

static void
write_comma(struct repair *repair)
{
	if (repair->comma &&
	    strchr("{[:,", repair->out.bytes[repair->out.length - 1]) == NULL)
		buffer_add_byte(&repair->out, ',');
	repair->comma = false;
}

/* ---- strings ---- */

/* Four (or two) hexadecimal digits, or -1. */
static int
read_hex(const char *at, const char *end, int digits)
{
	int value = 0;
	if (end - at < digits)
		return -1;
	for (int i = 0; i < digits; i++) {
		char byte = at[i];
		int digit = byte >= '0' && byte <= '9'   ? byte - '0'
			    : byte >= 'a' && byte <= 'f' ? byte - 'a' + 10
			    : byte >= 'A' && byte <= 'F' ? byte - 'A' + 10
							 : -1;
		if (digit < 0)
			return -1;
		value = value * 16 + digit;
	}
	return value;
}

/* \uXXXX; both halves of a pair, or U+FFFD for one alone. */
static void
mend_unicode(struct repair *repair)
{
	const char *at = repair->at + 2;
	int first = read_hex(at, repair->end, 4);
	if (first < 0) { /* "C:\users" */
		buffer_add_byte(&repair->out, 'u');
		repair->at += 2;
		return;
	}
	repair->at += 6;
	if (first == 0)
		return;
	if (first < 0xd800 || first > 0xdfff) {
		buffer_add_format(&repair->out, "\\u%04x", (unsigned)first);
		return;
	}
	int second = -1;
	if (first < 0xdc00 && starts_with(repair->at, repair->end, "\\u"))
		second = read_hex(repair->at + 2, repair->end, 4);
	if (second >= 0xdc00 && second <= 0xdfff) {
		buffer_add_format(&repair->out, "\\u%04x\\u%04x",
		    (unsigned)first, (unsigned)second);
		repair->at += 6;
	} else
		buffer_add_string(&repair->out, "\\ufffd");
}

static void
mend_escape(struct repair *repair)
{
	char byte = repair->at[1];
	if (byte == 'u') {
		mend_unicode(repair);
		return;
	}
	int hex = byte == 'x' ? read_hex(repair->at + 2, repair->end, 2) : -1;
	if (hex >= 0) {
		if (hex > 0)
			buffer_add_format(
			    &repair->out, "\\u%04x", (unsigned)hex);
		repair->at += 4;
		return;
	}
	if (byte != '\0' && strchr("\"\\/bfnrt", byte) != NULL)
		buffer_add(&repair->out, repair->at, 2);
	else if (byte != '\n' && byte != '\r' && (unsigned char)byte >= ' ')
		buffer_add_byte(&repair->out, byte);
	repair->at += 2;
}

/* Up to its closing quote; false if that is missing. */
static bool
mend_string(struct repair *repair)
{
	char quote = *repair->at++;
	buffer_add_byte(&repair->out, '"');
	while (repair->at < repair->end) {
		const char *from = repair->at;
		while (repair->at < repair->end && *repair->at != quote &&
		       *repair->at != '"' && *repair->at != '\\' &&
		       (unsigned char)*repair->at >= ' ')
			repair->at++;
		buffer_add(&repair->out, from, (size_t)(repair->at - from));
		if (repair->at == repair->end)
			break;
		if (*repair->at == quote) {
			repair->at++;
			buffer_add_byte(&repair->out, '"');
			return true;
		}
		if (*repair->at == '\\') {
			if (repair->end - repair->at < 2)
				break;
			mend_escape(repair);
			continue;
		}
		buffer_add_string(
		    &repair->out, *repair->at == '"' ? "\\\"" : " ");
		repair->at++;
	}
	return false;
}

/* ---- what is no string ---- */

/* Comments and the marks that hid scripts from browsers of another age. */
static bool
skip_comment(struct repair *repair)
{
	static const char *const marks[] = {
	    "<!--", "-->", "<![CDATA[", "]]>", NULL};
	for (size_t i = 0; marks[i] != NULL; i++)
		if (starts_with(repair->at, repair->end, marks[i])) {
			repair->at += strlen(marks[i]);
			return true;
		}
	const char *close = starts_with(repair->at, repair->end, "/*")   ? "*/"
			    : starts_with(repair->at, repair->end, "//") ? "\n"
									 : NULL;
	if (close == NULL)
		return false;
	size_t left = (size_t)(repair->end - repair->at) - 2;
	const char *found = memmem(repair->at + 2, left, close, strlen(close));
	repair->at = found != NULL ? found + strlen(close) : repair->end;
	return true;
}

static bool
word_is(const char *word, size_t length, const char *name)
{
	return strlen(name) == length && memcmp(word, name, length) == 0;
}

/* A number, a constant, or a key without quotes. */
static bool
mend_word(struct repair *repair)
{
	const char *word = repair->at, *after;
	while (repair->at < repair->end && is_word_byte(*repair->at))
		repair->at++;
	size_t length = (size_t)(repair->at - word);
	for (after = repair->at; after < repair->end && is_blank(*after);)
		after++;
	bool is_key = after < repair->end && *after == ':';
	bool is_number = strchr("0123456789+-.", word[0]) != NULL;
	if (length == 0)
		return false;
	if (is_key || is_number) {
		buffer_add_byte(&repair->out, '"');
		buffer_add(&repair->out, word, length);
		buffer_add_byte(&repair->out, '"');
	} else if (word_is(word, length, "true") ||
		   word_is(word, length, "false") ||
		   word_is(word, length, "null"))
		buffer_add(&repair->out, word, length);
	else if (word_is(word, length, "undefined") ||
		 word_is(word, length, "NaN") ||
		 word_is(word, length, "Infinity"))
		buffer_add_string(&repair->out, "null");
	else
		return false;
	return true;
}

static bool
open_value(struct repair *repair, char byte)
{
	if (repair->depth == JSON_MAX_DEPTH)
		return false;
	write_comma(repair);
	buffer_add_byte(&repair->out, byte);
	repair->open[repair->depth].close = byte == '{' ? '}' : ']';
	repair->open[repair->depth].keys = 0;
	repair->depth++;
	repair->at++;
	return true;
}

static bool
close_value(struct repair *repair, char byte)
{
	if (repair->open[repair->depth - 1].close != byte)
		return false;
	repair->comma = false; /* a trailing one */
	buffer_add_byte(&repair->out, byte);
	repair->depth--;
	repair->at++;
	return true;
}

static bool
mend_token(struct repair *repair)
{
	char byte = *repair->at;
	if (is_blank(byte) || byte == '!') { /* !0 is true: no use to us */
		repair->at++;
		return true;
	}
	if (skip_comment(repair))
		return true;
	switch (byte) {
	case ',':
		repair->comma = true;
		repair->at++;
		return true;
	case ':':
		buffer_add_byte(&repair->out, ':');
		repair->at++;
		return ++repair->open[repair->depth - 1].keys <= JSON_MAX_KEYS;
	case '}':
	case ']':
		return close_value(repair, byte);
	case '{':
	case '[':
		repair->values++;
		return open_value(repair, byte);
	case '"':
	case '\'':
		repair->values++;
		write_comma(repair);
		return mend_string(repair);
	default:
		repair->values++;
		write_comma(repair);
		return mend_word(repair);
	}
}

/* ---- quotes written as entities ---- */

/* '{ &quot;a&quot;' : the page was escaped as a whole. */
static bool
is_escaped(const char *at, const char *end)
{
	while (at < end && (is_blank(*at) || *at == '{' || *at == '['))
		at++;
	return starts_with(at, end, "&quot;") ||
	       starts_with(at, end, "&#34;") || starts_with(at, end, "&#034;");
}

static struct buffer
unescape(const char *at, const char *end)
{
	static const struct {
		const char *name;
		char byte;
	} entities[] = {{"&quot;", '"'}, {"&#34;", '"'}, {"&#034;", '"'},
	    {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&#39;", '\''},
	    {"&#039;", '\''}, {"&#x27;", '\''}, {"&apos;", '\''}};
	struct buffer text = {0};
	while (at < end) {
		size_t i = 0, count = sizeof(entities) / sizeof(*entities);
		while (*at == '&' && i < count &&
		       !starts_with(at, end, entities[i].name))
			i++;
		if (*at == '&' && i < count) {
			buffer_add_byte(&text, entities[i].byte);
			at += strlen(entities[i].name);
		} else
			buffer_add_byte(&text, *at++);
	}
	return text;
}

/* ---- together ---- */

/* *at moves to where it stopped, whatever came of it. */
static char *
repair_from(const char **at, const char *end, struct json_limits *limits)
{
	struct repair repair = {.at = *at, .end = end};
	bool good = open_value(&repair, **at);
	while (good && repair.depth > 0 && repair.at < end)
		good = repair.values < limits->values && mend_token(&repair);
	limits->values -=
	    repair.values < limits->values ? repair.values : limits->values;
	*at = repair.at;
	if (good && repair.depth == 0)
		return buffer_take(&repair.out);
	buffer_clear(&repair.out);
	return NULL;
}

char *
json_repair(const char **at, const char *end, struct json_limits *limits)
{
	const char *from = *at, *start;
	while (from < end && *from != '{' && *from != '[') {
		/* "<![CDATA[" opens no list */
		bool is_mark = starts_with(from, end, "<![CDATA[");
		from += is_mark ? strlen("<![CDATA[") : 1;
	}
	*at = end;
	if (from >= end || limits->bytes == 0)
		return NULL;
	if ((size_t)(end - from) > limits->bytes)
		end = from + limits->bytes;
	start = from;
	char *mended;
	if (is_escaped(from, end)) {
		struct buffer text = unescape(from, end);
		const char *inside = text.bytes;
		mended = repair_from(&inside, text.bytes + text.length, limits);
		buffer_clear(&text);
		from = end;
	} else
		mended = repair_from(&from, end, limits);
	limits->bytes -= (size_t)(from - start);
	if (mended != NULL)
		*at = from;
	return mended;
}
