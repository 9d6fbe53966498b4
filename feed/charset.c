#include "feed/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/charset_label.h"
#include "feed/memory.h"
#include "feed/text.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define LIE_BYTES 4 /* broken sequences that may be an accident */
#define REPLACEMENT_BYTES "\xef\xbf\xbd"
#define NO_CONVERTER ((iconv_t)-1)

struct charsets {
	iconv_t converters[ENCODING_COUNT];
};

struct charsets *
charsets_open(struct error *err)
{
	struct charsets *charsets = xcalloc(1, sizeof(*charsets));
	for (int i = 0; i < ENCODING_COUNT; i++)
		charsets->converters[i] = NO_CONVERTER;
	for (int i = UTF_8 + 1; i < ENCODING_COUNT; i++) {
		const char *name = encoding_name((enum encoding)i);
		charsets->converters[i] = iconv_open("UTF-8", name);
		if (charsets->converters[i] == NO_CONVERTER) {
			error_set(
			    err, "the C library has no converter for %s", name);
			charsets_free(charsets);
			return NULL;
		}
	}
	return charsets;
}

void
charsets_free(struct charsets *charsets)
{
	if (charsets == NULL)
		return;
	for (int i = 0; i < ENCODING_COUNT; i++)
		if (charsets->converters[i] != NO_CONVERTER)
			iconv_close(charsets->converters[i]);
	free(charsets);
}

/* ---- decoding ---- */

/* Up to the first control character that may not stay, eight bytes at a time:
 * nearly always all of it. */
static size_t
clean_length(const struct buffer *out)
{
	size_t i = 0;
	while (i < out->length) {
		uint64_t word;
		if (out->length - i >= 8) {
			memcpy(&word, out->bytes + i, 8);
			/* a byte below 0x20 borrows from its highest bit */
			if (((word - 0x2020202020202020u) & ~word &
				0x8080808080808080u) == 0) {
				i += 8;
				continue;
			}
		}
		size_t end = out->length - i < 8 ? out->length : i + 8;
		for (; i < end; i++) {
			char c = out->bytes[i];
			if ((unsigned char)c < 0x20 && c != '\t' && c != '\n' &&
			    c != '\r')
				return i;
		}
	}
	return i;
}

/* NUL goes, other C0 but TAB LF CR become blanks: neither belongs in HTML. */
static void
scrub(struct buffer *out)
{
	size_t kept = clean_length(out);
	for (size_t i = kept; i < out->length; i++) {
		char c = out->bytes[i];
		if (c == '\0')
			continue;
		if ((unsigned char)c < 0x20 && c != '\t' && c != '\n' &&
		    c != '\r')
			c = ' ';
		out->bytes[kept++] = c;
	}
	out->length = kept;
	if (out->bytes != NULL)
		out->bytes[kept] = '\0';
}

static size_t
decode_utf8(const char *bytes, size_t length, struct buffer *out)
{
	const char *at = bytes, *end = bytes + length;
	size_t replaced = 0;
	while (at < end) {
		size_t valid = text_utf8_prefix(at, (size_t)(end - at));
		buffer_add(out, at, valid);
		at += valid;
		if (at == end)
			break;
		(void)text_decode(&at, end); /* moves over what is broken */
		buffer_add_string(out, REPLACEMENT_BYTES);
		replaced++;
	}
	return replaced;
}

static bool
is_lead(enum encoding encoding, unsigned char byte)
{
	if (encoding == EUC_JP)
		return byte == 0x8e || byte == 0x8f ||
		       (byte >= 0xa1 && byte <= 0xfe);
	if (encoding == CP932)
		return (byte >= 0x81 && byte <= 0x9f) ||
		       (byte >= 0xe0 && byte <= 0xfc);
	return encoding >= GB18030 && byte >= 0x81 && byte <= 0xfe;
}

static bool
is_four_bytes(const unsigned char *at, size_t left)
{
	return left >= 4 && at[1] >= '0' && at[1] <= '9' &&
	       is_lead(GB18030, at[2]) && at[3] >= '0' && at[3] <= '9';
}

/*
 * How many bytes one U+FFFD stands for.  As in the Encoding standard a trail
 * byte goes along only if it is no ASCII character, and only behind a byte that
 * can lead: else a stray byte would shift all pairs behind it.
 */
static size_t
broken_length(enum encoding encoding, const char *bytes, size_t left)
{
	const unsigned char *at = (const unsigned char *)bytes;
	if (encoding == UTF_16LE || encoding == UTF_16BE)
		return left < 2 ? left : 2;
	if (left < 2 || !is_lead(encoding, at[0]))
		return 1;
	if (encoding == GB18030 && is_four_bytes(at, left))
		return 4;
	if (at[1] < 0x80)
		return 1;
	if (encoding == EUC_JP && at[0] == 0x8f && left > 2 && at[2] >= 0xa1)
		return 3;
	return 2;
}

/* glibc takes lone bytes 0x80-0x9f for C1 controls in EUC-JP, and 0x80 in Big5;
 * the standard has none there.  Returns the first, or the end. */
static const char *
find_stray(enum encoding encoding, const char *at, const char *end)
{
	if (encoding != EUC_JP && encoding != BIG5)
		return end;
	unsigned char last = encoding == BIG5 ? 0x80 : 0x9f;
	for (; at < end; at++) {
		unsigned char byte = (unsigned char)*at;
		if (byte >= 0x80 && byte <= last && !is_lead(encoding, byte))
			return at;
	}
	return end;
}

/* glibc's CP949 has moved past A2 E8 when it refuses it, unlike all others. */
static bool
is_passed(enum encoding encoding, const char *before, const char *at)
{
	return encoding == CP949 && at - before >= 2 &&
	       memcmp(at - 2, "\xa2\xe8", 2) == 0;
}

/* Places of Big5 that Hong Kong emptied in 2004, when their characters had got
 * others; the standard reads the old ones still. */
static const struct {
	uint16_t pair, character;
} old_places[] = {
    {0x8e69, 0x7bb8},
    {0x8e6f, 0x7c06},
    {0x8e7e, 0x7cce},
    {0x8eab, 0x7dd2},
    {0x8eb4, 0x7e1d},
    {0x8ecd, 0x8005},
    {0x8ed0, 0x8028},
    {0x8f57, 0x83c1},
    {0x8f69, 0x84a8},
    {0x8f6e, 0x840f},
    {0x8fcb, 0x89a6},
    {0x8fcc, 0x89a9},
    {0x8ffe, 0x8d77},
    {0x906d, 0x90fd},
    {0x907a, 0x92b9},
    {0x90dc, 0x975c},
    {0x90f1, 0x97ff},
    {0x91bf, 0x9f16},
    {0x9244, 0x8503},
    {0x92af, 0x5159},
    {0x92b0, 0x515b},
    {0x92b1, 0x515d},
    {0x92b2, 0x515e},
    {0x92c8, 0x936e},
    {0x92d1, 0x7479},
    {0x9447, 0x6d67},
    {0x94ca, 0x799b},
    {0x95d9, 0x9097},
    {0x9644, 0x975d},
    {0x96ed, 0x701e},
    {0x96fc, 0x5b28},
    {0x9b76, 0x7201},
    {0x9b78, 0x77d7},
    {0x9b7b, 0x7e87},
    {0x9bc6, 0x99d6},
    {0x9bde, 0x91d4},
    {0x9bec, 0x60de},
    {0x9bf6, 0x6fb6},
    {0x9c42, 0x8f36},
    {0x9c53, 0x4fbb},
    {0x9c62, 0x71df},
    {0x9c68, 0x9104},
    {0x9c6b, 0x9df0},
    {0x9c77, 0x83cf},
    {0x9cbc, 0x5c10},
    {0x9cbd, 0x79e3},
    {0x9cd0, 0x5a67},
    {0x9d57, 0x8f0b},
    {0x9d5a, 0x7b51},
    {0x9dc4, 0x62d0},
    {0x9ea9, 0x6062},
    {0x9eef, 0x75f9},
    {0x9efd, 0x6c4a},
    {0x9f60, 0x9b2e},
    {0x9f66, 0x9f17},
    {0x9fcb, 0x50ed},
    {0x9fd8, 0x5f0c},
    {0xa063, 0x880f},
    {0xa077, 0x62ce},
    {0xa0d5, 0x7468},
    {0xa0df, 0x7162},
    {0xa0e4, 0x7250},
    {0xc6cf, 0x5ef4},
    {0xc6d3, 0x65e0},
    {0xc6d5, 0x7676},
    {0xc6d7, 0x96b6},
    {0xc6de, 0x3003},
    {0xc6df, 0x4edd},
    {0xfa5f, 0x5029},
    {0xfa66, 0x507d},
    {0xfabd, 0x5305},
    {0xfac5, 0x5344},
    {0xfad5, 0x537f},
    {0xfb48, 0x5605},
    {0xfbb8, 0x5a77},
    {0xfbf3, 0x5e75},
    {0xfbf9, 0x5ed0},
    {0xfc4f, 0x5f58},
    {0xfc6c, 0x60a4},
    {0xfcb9, 0x6490},
    {0xfce2, 0x6674},
    {0xfcf1, 0x675e},
    {0xfdb7, 0x6c9c},
    {0xfdb8, 0x6e1d},
    {0xfdbb, 0x6e2f},
    {0xfdf1, 0x716e},
    {0xfe52, 0x732a},
    {0xfe6f, 0x745c},
    {0xfeaa, 0x74e9},
    {0xfedd, 0x7809},
};

static uint32_t
old_big5(unsigned pair)
{
	if (pair >= 0xa3c0 && pair <= 0xa3e0) /* pictures of controls */
		return pair == 0xa3e0 ? 0x2421 : 0x2400 + pair - 0xa3c0;
	for (size_t i = 0; i < COUNT(old_places); i++)
		if (old_places[i].pair == pair)
			return old_places[i].character;
	return 0;
}

/* What glibc refuses and the standard has: the character and, in *length, its
 * bytes; 0 if they are just broken. */
static uint32_t
missing_character(
    enum encoding encoding, const char *bytes, size_t left, size_t *length)
{
	const unsigned char *at = (const unsigned char *)bytes;
	*length = 1;
	if (encoding == GB18030 && at[0] == 0x80)
		return 0x20ac;
	if (encoding == CP1255 && at[0] == 0xca)
		return 0x05ba;
	*length = 2;
	if (encoding == BIG5 && left > 1)
		return old_big5((unsigned)at[0] << 8 | at[1]);
	return 0;
}

/* CP1255, CP1258 and BIG5-HKSCS hold a letter back to see if a mark follows. */
static void
flush(iconv_t converter, struct buffer *out)
{
	char chunk[64];
	char *to = chunk;
	size_t room = sizeof(chunk);
	/* nothing to fail: at most one letter is held */
	(void)iconv(converter, NULL, NULL, &to, &room);
	buffer_add(out, chunk, (size_t)(to - chunk));
}

static size_t
decode_iconv(iconv_t converter, enum encoding encoding, const char *bytes,
    size_t length, struct buffer *out)
{
	const char *at = bytes, *end = bytes + length;
	const char *stray = find_stray(encoding, at, end);
	size_t replaced = 0;
	char chunk[16 << 10];
	(void)iconv(converter, NULL, NULL, NULL, NULL); /* fresh state */
	while (at < end) {
		char *from = (char *)at, *to = chunk;
		size_t left = (size_t)(stray - at), room = sizeof(chunk);
		bool whole =
		    iconv(converter, &from, &left, &to, &room) != (size_t)-1;
		bool full = !whole && errno == E2BIG;
		bool passed = !whole && is_passed(encoding, at, from);
		at = from;
		buffer_add(out, chunk, (size_t)(to - chunk));
		if (full || (whole && at == end))
			continue;
		flush(converter, out);
		size_t used;
		uint32_t missing =
		    missing_character(encoding, at, (size_t)(end - at), &used);
		if (missing != 0) {
			char bytes_of[4];
			buffer_add(
			    out, bytes_of, text_encode(missing, bytes_of));
			at += used;
			continue;
		}
		buffer_add_string(out, REPLACEMENT_BYTES);
		replaced++;
		if (!passed)
			at += broken_length(encoding, at, (size_t)(end - at));
		if (at > stray)
			stray = find_stray(encoding, at, end);
	}
	flush(converter, out);
	return replaced;
}

/* How many bytes the character takes, whether Big5 knows it or not. */
static size_t
big5_length(const unsigned char *at, const unsigned char *end)
{
	return is_lead(BIG5, at[0]) && end - at > 1 && at[1] >= 0x40 ? 2 : 1;
}

/* Rows A1-A3. */
static bool
is_big5_symbol(const unsigned char *at, const unsigned char *end)
{
	return end - at > 1 && at[1] >= 0x40 && at[0] >= 0xa1 && at[0] <= 0xa3;
}

/*
 * glibc's BIG5-HKSCS has other signs in the rows of symbols than the standard
 * (223C for FF5E, the wave in half of Taiwan's headlines) and no euro; its BIG5
 * has the right ones, but not the characters of Hong Kong.
 */
static size_t
decode_big5(const struct charsets *charsets, const char *bytes, size_t length,
    struct buffer *out)
{
	const unsigned char *at = (const unsigned char *)bytes;
	const unsigned char *end = at + length;
	size_t replaced = 0;
	while (at < end) {
		const unsigned char *start = at;
		bool symbols = is_big5_symbol(at, end);
		do
			at += big5_length(at, end);
		while (at < end &&
		       (*at < 0x80 || is_big5_symbol(at, end) == symbols));
		replaced += decode_iconv(
		    charsets->converters[symbols ? BIG5_SYMBOLS : BIG5], BIG5,
		    (const char *)start, (size_t)(at - start), out);
	}
	return replaced;
}

/* The bytes of an ISO-2022-JP escape sequence and what it switches to. */
static const struct {
	const char *bytes;
	enum japanese { ASCII, KATAKANA, KANJI } set;
} escapes[] = {
    {"\x1b(B", ASCII},
    {"\x1b(J", ASCII},
    {"\x1b(I", KATAKANA},
    {"\x1b$@", KANJI},
    {"\x1b$B", KANJI},
};

static bool
is_escape(const char *at, const char *end, enum japanese *set)
{
	for (size_t i = 0; end - at >= 3 && i < COUNT(escapes); i++)
		if (memcmp(at, escapes[i].bytes, 3) == 0) {
			*set = escapes[i].set;
			return true;
		}
	return false;
}

static bool
is_graphic(char c)
{
	return c >= 0x21 && c <= 0x7e;
}

/*
 * ISO-2022-JP as EUC-JP: the same characters with the eighth bit set and no
 * state to lose behind a broken byte; glibc's own knows no katakana of half
 * width.  0xff stands for what is broken.
 */
static size_t
decode_iso_2022_jp(const struct charsets *charsets, const char *bytes,
    size_t length, struct buffer *out)
{
	const char *at = bytes, *end = bytes + length;
	enum japanese set = ASCII;
	struct buffer euc = {0};
	while (at < end) {
		char c = *at;
		if (is_escape(at, end, &set)) {
			at += 3;
			continue;
		}
		at++;
		if (c == '\n') /* RFC 1468: lines end in ASCII */
			set = ASCII;
		if ((unsigned char)c >= 0x80 || c == 0x1b)
			buffer_add_byte(&euc, (char)0xff);
		else if (set == ASCII || !is_graphic(c))
			buffer_add_byte(&euc, c);
		else if (set == KATAKANA) {
			buffer_add_byte(&euc, (char)0x8e);
			buffer_add_byte(&euc, (char)(c | 0x80));
		} else if (at < end && is_graphic(*at)) {
			buffer_add_byte(&euc, (char)(c | 0x80));
			buffer_add_byte(&euc, (char)(*at++ | 0x80));
		} else
			buffer_add_byte(&euc, (char)0xff);
	}
	size_t replaced = decode_iconv(
	    charsets->converters[EUC_JP], EUC_JP, euc.bytes, euc.length, out);
	buffer_clear(&euc);
	return replaced;
}

/* Where glibc has another character than the standard; A3 A0 is the blank of
 * full width that Chinese headlines are indented with. */
static const struct {
	enum encoding encoding;
	uint32_t glibc, standard;
} amendments[] = {
    {KOI8_U, 0x255d, 0x045e},
    {KOI8_U, 0x256c, 0x040e},
    {MACINTOSH, 0x0394, 0x2206},
    {MACINTOSH, 0xe01e, 0xf8ff},
    {MAC_CYRILLIC, 0x00a4, 0x20ac},
    {GB18030, 0xe5e5, 0x3000},
};

/*
 * EUC-JP-MS reads rows 85 to 94 as private characters.  The standard has IBM's
 * kanji in four of them (names of people and places), where CP932 has them as
 * well, and nothing in the rest.
 */
static size_t
decode_japanese_row(
    const struct charsets *charsets, uint32_t private, struct buffer *out)
{
	uint32_t row = 85 + (private - 0xe000) / 94;
	uint32_t cell = (private - 0xe000) % 94 + 1;
	if (row < 89 || row > 92) {
		buffer_add_string(out, REPLACEMENT_BYTES);
		return 1;
	}
	/* JIS X 0208 to Shift_JIS: two rows share a lead byte */
	uint32_t trail = row % 2 == 0 ? cell + 0x9e : cell + 0x3f + (cell > 63);
	char pair[2] = {(char)((row - 1) / 2 + 0xc1), (char)trail};
	return decode_iconv(
	    charsets->converters[CP932], CP932, pair, sizeof(pair), out);
}

static bool
is_amended(enum encoding encoding)
{
	for (size_t i = 0; i < COUNT(amendments); i++)
		if (amendments[i].encoding == encoding)
			return true;
	return encoding == EUC_JP || encoding == ISO_2022_JP;
}

/* What glibc decoded, as the standard has it. */
static size_t
amend(const struct charsets *charsets, enum encoding encoding,
    struct buffer *text)
{
	struct buffer out = {0};
	const char *at = text->bytes, *end = at + text->length;
	bool japanese = encoding == EUC_JP || encoding == ISO_2022_JP;
	size_t replaced = 0;
	while (at < end) {
		const char *start = at;
		uint32_t character = text_decode(&at, end), better = character;
		if (japanese && character >= 0xe000 && character <= 0xf8ff) {
			replaced +=
			    decode_japanese_row(charsets, character, &out);
			continue;
		}
		for (size_t i = 0; i < COUNT(amendments); i++)
			if (amendments[i].encoding == encoding &&
			    amendments[i].glibc == character)
				better = amendments[i].standard;
		char bytes[4];
		if (better == character)
			buffer_add(&out, start, (size_t)(at - start));
		else
			buffer_add(&out, bytes, text_encode(better, bytes));
	}
	buffer_clear(text);
	*text = out;
	return replaced;
}

static size_t
decode(const struct charsets *charsets, enum encoding encoding,
    const char *bytes, size_t length, struct buffer *out)
{
	size_t replaced;
	if (length == 0)
		return 0;
	if (encoding == UTF_8)
		return decode_utf8(bytes, length, out);
	if (encoding == BIG5)
		replaced = decode_big5(charsets, bytes, length, out);
	else if (encoding == ISO_2022_JP)
		replaced = decode_iso_2022_jp(charsets, bytes, length, out);
	else
		replaced = decode_iconv(charsets->converters[encoding],
		    encoding, bytes, length, out);
	if (is_amended(encoding))
		replaced += amend(charsets, encoding, out);
	return replaced;
}

/* ---- the decision ---- */

static const struct mark {
	enum encoding encoding;
	size_t length;
	const char *bytes;
} marks[] = {
    {UTF_8, 3, "\xef\xbb\xbf"},
    {UTF_16LE, 2, "\xff\xfe"},
    {UTF_16BE, 2, "\xfe\xff"},
};

static const struct mark *
find_mark(const char *bytes, size_t length)
{
	for (size_t i = 0; i < COUNT(marks); i++)
		if (length >= marks[i].length &&
		    memcmp(bytes, marks[i].bytes, marks[i].length) == 0)
			return &marks[i];
	return NULL;
}

/* A body, and how it reads as UTF-8. */
struct body {
	const char *bytes;
	size_t length;
	size_t valid;  /* characters of two bytes and more */
	size_t broken; /* sequences */
	bool cut;      /* the last of them is a beginning at the body's end */
};

/* Bytes that begin a character of several: those of 0xc0 and above. */
static size_t
count_leads(const char *at, size_t length)
{
	size_t count = 0, i = 0;
	for (; length - i >= 8; i += 8) {
		uint64_t word;
		memcpy(&word, at + i, 8);
		word &= word << 1 & 0x8080808080808080u;
		count += (word >> 7) * 0x0101010101010101u >> 56;
	}
	for (; i < length; i++)
		count += (unsigned char)at[i] >= 0xc0;
	return count;
}

static struct body
read_body(const char *bytes, size_t length)
{
	struct body body = {.bytes = bytes, .length = length};
	const char *at = bytes, *end = bytes + length;
	while (at < end) {
		size_t valid = text_utf8_prefix(at, (size_t)(end - at));
		body.valid += count_leads(at, valid);
		at += valid;
		if (at == end)
			break;
		unsigned char first = (unsigned char)*at;
		(void)text_decode(&at, end); /* moves over what is broken */
		body.broken++;
		body.cut = at == end && first >= 0xc2 && first <= 0xf4;
	}
	return body;
}

/* A page that was cut in its last character is still UTF-8. */
static bool
is_plainly_utf8(const struct body *body)
{
	return body->valid > 0 && body->broken == (body->cut ? 1 : 0);
}

/*
 * Labels that the bytes contradict: UTF-8 where most of what is not ASCII
 * breaks its rules (a server's default over an old page), and UTF-16 without a
 * single NUL, which no markup can be.
 */
static bool
is_believable(const struct body *body, int label)
{
	if (label == UTF_16LE || label == UTF_16BE)
		return memchr(body->bytes, '\0', body->length) != NULL;
	if (label == UTF_8)
		return body->broken < LIE_BYTES || body->broken <= body->valid;
	return label != ENCODING_NONE;
}

static bool
host_ends(const char *host, const char *domain)
{
	size_t length = strcspn(host, ":"), width = strlen(domain);
	if (length > 0 && host[length - 1] == '.')
		length--;
	if (length <= width)
		return false;
	char *end = xstrndup(host + length - width, width);
	bool same = text_equals_ignoring_case(end, domain);
	free(end);
	return same;
}

/* EUC-JP leaves no byte of the other unbroken for long; the other takes EUC-JP
 * for katakana of half width, which settles a draw. */
static enum encoding
guess_japanese(const struct charsets *charsets, const struct body *body)
{
	struct buffer shift = {0}, euc = {0};
	size_t shift_broken =
	    decode(charsets, CP932, body->bytes, body->length, &shift);
	size_t euc_broken =
	    decode(charsets, EUC_JP, body->bytes, body->length, &euc);
	buffer_clear(&euc);
	buffer_clear(&shift);
	return euc_broken <= shift_broken ? EUC_JP : CP932;
}

/* What pages without a label are in, by country; .jp has two. */
static const struct {
	const char *domain;
	enum encoding encoding;
} countries[] = {
    {".kr", CP949},
    {".xn--3e0b707e", CP949}, /* .han-guk */
    {".cn", GB18030},
    {".xn--fiqs8s", GB18030}, /* .zhong-guo */
    {".tw", BIG5},
    {".hk", BIG5},
    {".mo", BIG5},
    {".ru", CP1251},
    {".su", CP1251},
    {".xn--p1ai", CP1251}, /* .rf */
    {".by", CP1251},
    {".ua", CP1251},
    {".bg", CP1251},
};

static int
from_host(
    const struct charsets *charsets, const char *host, const struct body *body)
{
	if (host == NULL)
		return ENCODING_NONE;
	if (host_ends(host, ".jp"))
		return (int)guess_japanese(charsets, body);
	for (size_t i = 0; i < COUNT(countries); i++)
		if (host_ends(host, countries[i].domain))
			return (int)countries[i].encoding;
	return ENCODING_NONE;
}

static enum encoding
decide(const struct charsets *charsets, const struct body *body,
    const char *content_type, const char *host, const char **source)
{
	/* the one deviation from browsers: mislabelled UTF-8 is common, and
	 * text of another charset that is valid UTF-8 throughout is not */
	*source = "valid UTF-8";
	if (is_plainly_utf8(body))
		return UTF_8;
	int header = label_from_header(content_type);
	*source = "header";
	if (is_believable(body, header))
		return (enum encoding)header;
	int meta = label_from_page(body->bytes, body->length);
	*source = "meta";
	if (is_believable(body, meta))
		return (enum encoding)meta;
	*source = "valid UTF-8";
	if (body->broken == 0)
		return UTF_8;
	int country = from_host(charsets, host, body);
	*source = "address";
	if (country != ENCODING_NONE)
		return (enum encoding)country;
	/* nobody knows better than a label that cannot be believed */
	*source = header == UTF_8 ? "header" : "meta";
	if (header == UTF_8 || meta == UTF_8)
		return UTF_8;
	*source = "default";
	return CP1252;
}

/* The configured label beats all.  A mark of UTF-8 is dropped even so: in no
 * other charset is it text; one of UTF-16 tells "utf-16" its byte order. */
static enum encoding
obey_configuration(enum encoding wanted, const struct mark **mark)
{
	if (*mark == NULL || (*mark)->encoding == UTF_8)
		return wanted;
	if (wanted == UTF_16LE || wanted == UTF_16BE)
		return (*mark)->encoding;
	*mark = NULL;
	return wanted;
}

bool
charset_decode(struct charsets *charsets, const char *bytes, size_t length,
    const char *configured, const char *content_type, const char *host,
    struct decoded *decoded, struct error *err)
{
	if (length == 0)
		bytes = "";
	const struct mark *mark = find_mark(bytes, length);
	const char *source = "byte order mark";
	enum encoding encoding;
	bool is_utf8 = false; /* all of it */
	if (configured != NULL) {
		int wanted = label_find(configured, strlen(configured));
		if (wanted == ENCODING_NONE)
			return error_set(err,
			    "charset '%.60s' is not one that browsers know",
			    configured);
		encoding = obey_configuration((enum encoding)wanted, &mark);
		source = "configuration";
	} else if (mark != NULL)
		encoding = mark->encoding;
	else {
		struct body body = read_body(bytes, length);
		encoding = decide(charsets, &body, content_type, host, &source);
		is_utf8 = encoding == UTF_8 && body.broken == 0;
	}
	size_t skip = mark != NULL ? mark->length : 0;
	size_t replaced = 0;
	struct buffer out = {0};
	if (is_utf8)
		buffer_add(&out, bytes, length);
	else
		replaced = decode(
		    charsets, encoding, bytes + skip, length - skip, &out);
	scrub(&out);
	decoded->length = out.length;
	decoded->text = buffer_take(&out);
	decoded->charset = encoding_name(encoding);
	decoded->source = source;
	decoded->replaced = replaced;
	return true;
}

void
decoded_clear(struct decoded *decoded)
{
	free(decoded->text);
	*decoded = (struct decoded){0};
}
