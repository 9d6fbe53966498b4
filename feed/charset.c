#include "feed/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/memory.h"
#include "feed/text.h"

#define META_BYTES 1024 /* of the page, where a charset is looked for */
#define LABEL_MAX 64

/*
 * WHATWG's encodings by their glibc converter.  The names differ where glibc's
 * own is another thing: euc-kr means CP949 (windows-949), shift_jis CP932,
 * gb2312 and gbk GB18030.
 */
enum encoding {
	UTF_8, CP866, ISO_8859_2, ISO_8859_3, ISO_8859_4, ISO_8859_5,
	ISO_8859_6, ISO_8859_7, ISO_8859_8, ISO_8859_10, ISO_8859_13,
	ISO_8859_14, ISO_8859_15, ISO_8859_16, KOI8_R, KOI8_U, MACINTOSH,
	CP874, CP1250, CP1251, CP1252, CP1253, CP1254, CP1255, CP1256, CP1257,
	CP1258, MACCYRILLIC, GB18030, BIG5, EUC_JP, ISO_2022_JP, CP932, CP949,
	UTF_16LE, UTF_16BE, ENCODING_COUNT
};

static const char *const names[ENCODING_COUNT] = {"UTF-8", "CP866",
    "ISO-8859-2", "ISO-8859-3", "ISO-8859-4", "ISO-8859-5", "ISO-8859-6",
    "ISO-8859-7", "ISO-8859-8", "ISO-8859-10", "ISO-8859-13", "ISO-8859-14",
    "ISO-8859-15", "ISO-8859-16", "KOI8-R", "KOI8-U", "MACINTOSH", "CP874",
    "CP1250", "CP1251", "CP1252", "CP1253", "CP1254", "CP1255", "CP1256",
    "CP1257", "CP1258", "MAC-CYRILLIC", "GB18030", "BIG5-HKSCS", "EUC-JP-MS",
    "ISO-2022-JP", "CP932", "CP949", "UTF-16LE", "UTF-16BE"};

/* The labels of the Encoding standard (4.2), sorted in no order; those marked
 * are ours, seen in use. */
static const struct {
	enum encoding encoding;
	const char *labels; /* between blanks */
} table[] = {
    {UTF_8, " unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 "
	    "x-unicode20utf8 "},
    {CP866, " 866 cp866 csibm866 ibm866 "},
    {ISO_8859_2, " csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 "
		 "iso_8859-2 iso_8859-2:1987 l2 latin2 "},
    {ISO_8859_3, " csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 "
		 "iso_8859-3 iso_8859-3:1988 l3 latin3 "},
    {ISO_8859_4, " csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 "
		 "iso_8859-4 iso_8859-4:1988 l4 latin4 "},
    {ISO_8859_5, " csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 "
		 "iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988 "},
    {ISO_8859_6, " arabic asmo-708 csiso88596e csiso88596i csisolatinarabic "
		 "ecma-114 iso-8859-6 iso-8859-6-e iso-8859-6-i iso-ir-127 "
		 "iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987 "},
    {ISO_8859_7, " csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 "
		 "iso-ir-126 iso8859-7 iso88597 iso_8859-7 iso_8859-7:1987 "
		 "sun_eu_greek "},
    {ISO_8859_8, " csiso88598e csisolatinhebrew hebrew iso-8859-8 "
		 "iso-8859-8-e iso-ir-138 iso8859-8 iso88598 iso_8859-8 "
		 "iso_8859-8:1988 visual csiso88598i iso-8859-8-i logical "},
    {ISO_8859_10, " csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 "
		  "l6 latin6 "},
    {ISO_8859_13, " iso-8859-13 iso8859-13 iso885913 "},
    {ISO_8859_14, " iso-8859-14 iso8859-14 iso885914 "},
    {ISO_8859_15, " csisolatin9 iso-8859-15 iso8859-15 iso885915 "
		  "iso_8859-15 l9 "},
    {ISO_8859_16, " iso-8859-16 "},
    {KOI8_R, " cskoi8r koi koi8 koi8-r koi8_r "},
    {KOI8_U, " koi8-ru koi8-u "},
    {MACINTOSH, " csmacintosh mac macintosh x-mac-roman "},
    {CP874, " dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 "
	    "windows-874 "},
    {CP1250, " cp1250 windows-1250 x-cp1250 "},
    {CP1251, " cp1251 windows-1251 x-cp1251 "},
    {CP1252, " ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 "
	     "iso-8859-1 iso-ir-100 iso8859-1 iso88591 iso_8859-1 "
	     "iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252 "},
    {CP1253, " cp1253 windows-1253 x-cp1253 "},
    {CP1254, " cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 "
	     "iso_8859-9 iso_8859-9:1989 l5 latin5 windows-1254 x-cp1254 "},
    {CP1255, " cp1255 windows-1255 x-cp1255 "},
    {CP1256, " cp1256 windows-1256 x-cp1256 "},
    {CP1257, " cp1257 windows-1257 x-cp1257 "},
    {CP1258, " cp1258 windows-1258 x-cp1258 "},
    {MACCYRILLIC, " x-mac-cyrillic x-mac-ukrainian "},
    {GB18030, " chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 "
	      "gbk iso-ir-58 x-gbk gb18030 "
	      /* ours */ "cp936 ms936 "},
    {BIG5, " big5 big5-hkscs cn-big5 csbig5 x-x-big5 "},
    {EUC_JP, " cseucpkdfmtjapanese euc-jp x-euc-jp "},
    {ISO_2022_JP, " csiso2022jp iso-2022-jp "},
    {CP932, " csshiftjis ms932 ms_kanji shift-jis shift_jis sjis "
	    "windows-31j x-sjis " /* ours */ "cp932 "},
    {CP949, " cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 "
	    "ks_c_5601-1989 ksc5601 ksc_5601 windows-949 "
	    /* ours */ "cp949 ms949 x-windows-949 uhc "},
    {UTF_16BE, " unicodefffe utf-16be "},
    {UTF_16LE, " csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 "
	       "utf-16le "},
};

struct charsets {
	iconv_t converters[ENCODING_COUNT]; /* (iconv_t)-1 for UTF-8 */
};

struct charsets *
charsets_open(struct error *err)
{
	struct charsets *charsets = xcalloc(1, sizeof(*charsets));
	for (int i = 0; i < ENCODING_COUNT; i++)
		charsets->converters[i] = (iconv_t)-1;
	for (int i = UTF_8 + 1; i < ENCODING_COUNT; i++) {
		charsets->converters[i] = iconv_open("UTF-8", names[i]);
		if (charsets->converters[i] == (iconv_t)-1) {
			error_set(err, "the C library has no converter for %s",
			    names[i]);
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
		if (charsets->converters[i] != (iconv_t)-1)
			iconv_close(charsets->converters[i]);
	free(charsets);
}

/* ---- labels ---- */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

/* A label between blanks and any case; -1 if it is not in the table. */
static int
find_label(const char *label, size_t length)
{
	char wanted[LABEL_MAX + 3];
	while (length > 0 && is_blank(label[0])) {
		label++;
		length--;
	}
	while (length > 0 && is_blank(label[length - 1]))
		length--;
	if (length == 0 || length > LABEL_MAX)
		return -1;
	wanted[0] = ' ';
	for (size_t i = 0; i < length; i++) {
		char c = label[i];
		if (is_blank(c) || c == '\0')
			return -1;
		wanted[i + 1] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	}
	wanted[length + 1] = ' ';
	wanted[length + 2] = '\0';
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (strstr(table[i].labels, wanted) != NULL)
			return (int)table[i].encoding;
	return -1;
}

const char *
charset_for_label(const char *label)
{
	int encoding = find_label(label, strlen(label));
	return encoding == -1 ? NULL : names[encoding];
}

/* "text/html; charset=\"euc-kr\"" */
static int
from_content_type(const char *value, size_t length)
{
	for (size_t i = 0; i + 8 <= length; i++) {
		static const char word[] = "charset";
		size_t k = 0;
		while (k < 7 && (value[i + k] | 0x20) == word[k])
			k++;
		if (k < 7)
			continue;
		size_t at = i + 7;
		while (at < length && is_blank(value[at]))
			at++;
		if (at == length || value[at] != '=')
			continue;
		at++;
		while (at < length && is_blank(value[at]))
			at++;
		char quote = '\0';
		if (at < length && (value[at] == '"' || value[at] == '\''))
			quote = value[at++];
		size_t end = at;
		while (end < length &&
		    (quote != '\0' ? value[end] != quote
				   : value[end] != ';' &&
				    !is_blank(value[end])))
			end++;
		return find_label(value + at, end - at);
	}
	return -1;
}

/* ---- the meta prescan (HTML 13.2.3.2) ---- */

struct scan {
	const char *at, *end;
};

struct attribute {
	const char *name, *value;
	size_t name_length, value_length;
};

static bool
next_attribute(struct scan *scan, struct attribute *attribute)
{
	*attribute = (struct attribute){0};
	while (scan->at < scan->end &&
	    (is_blank(*scan->at) || *scan->at == '/'))
		scan->at++;
	if (scan->at == scan->end || *scan->at == '>')
		return false;
	attribute->name = scan->at;
	while (scan->at < scan->end && !is_blank(*scan->at) &&
	    *scan->at != '/' && *scan->at != '>' &&
	    (*scan->at != '=' || scan->at == attribute->name))
		scan->at++;
	attribute->name_length = (size_t)(scan->at - attribute->name);
	while (scan->at < scan->end && is_blank(*scan->at))
		scan->at++;
	if (scan->at == scan->end || *scan->at != '=')
		return true;
	scan->at++;
	while (scan->at < scan->end && is_blank(*scan->at))
		scan->at++;
	if (scan->at == scan->end)
		return true;
	char quote = *scan->at == '"' || *scan->at == '\'' ? *scan->at++ : '\0';
	attribute->value = scan->at;
	while (scan->at < scan->end &&
	    (quote != '\0' ? *scan->at != quote
			   : !is_blank(*scan->at) && *scan->at != '>'))
		scan->at++;
	attribute->value_length = (size_t)(scan->at - attribute->value);
	if (quote != '\0' && scan->at < scan->end)
		scan->at++;
	return true;
}

static bool
equals(const char *bytes, size_t length, const char *word)
{
	if (length != strlen(word))
		return false;
	for (size_t i = 0; i < length; i++) {
		char c = bytes[i];
		if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != word[i])
			return false;
	}
	return true;
}

static int
from_meta(struct scan *scan)
{
	struct attribute attribute;
	bool pragma = false, needs_pragma = false;
	int found = -1;
	while (next_attribute(scan, &attribute)) {
		if (equals(attribute.name, attribute.name_length, "http-equiv"))
			pragma |= equals(attribute.value,
			    attribute.value_length, "content-type");
		else if (equals(attribute.name, attribute.name_length,
			     "content") && found == -1) {
			found = from_content_type(
			    attribute.value, attribute.value_length);
			needs_pragma = true;
		} else if (equals(attribute.name, attribute.name_length,
			       "charset")) {
			found = equals(attribute.value, attribute.value_length,
				    "x-user-defined")
			    ? CP1252
			    : find_label(attribute.value,
				  attribute.value_length);
			needs_pragma = false;
		}
	}
	if (needs_pragma && !pragma)
		return -1;
	return found == UTF_16LE || found == UTF_16BE ? UTF_8 : found;
}

static int
prescan(const char *bytes, size_t length)
{
	struct scan scan = {
	    bytes, bytes + (length < META_BYTES ? length : META_BYTES)};
	struct attribute ignored;
	while (scan.at < scan.end) {
		size_t left = (size_t)(scan.end - scan.at);
		if (left >= 4 && memcmp(scan.at, "<!--", 4) == 0) {
			const char *close =
			    memmem(scan.at + 2, left - 2, "-->", 3);
			scan.at = close != NULL ? close + 3 : scan.end;
		} else if (left > 6 && scan.at[0] == '<' &&
		    equals(scan.at + 1, 4, "meta") &&
		    (is_blank(scan.at[5]) || scan.at[5] == '/')) {
			scan.at += 5;
			int found = from_meta(&scan);
			if (found != -1)
				return found;
		} else if (left > 1 && scan.at[0] == '<' &&
		    ((scan.at[1] | 0x20) >= 'a' &&
			(scan.at[1] | 0x20) <= 'z')) {
			while (scan.at < scan.end && !is_blank(*scan.at) &&
			    *scan.at != '>')
				scan.at++;
			while (next_attribute(&scan, &ignored))
				continue;
		} else
			scan.at++;
	}
	return -1;
}

/* ---- decoding ---- */

/* NUL goes, other C0 but TAB LF CR become blanks: neither belongs in HTML. */
static void
scrub(struct buffer *out)
{
	size_t kept = 0;
	for (size_t i = 0; i < out->length; i++) {
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
		const char *plain = at;
		while (at < end && (unsigned char)*at < 0x80)
			at++;
		buffer_add(out, plain, (size_t)(at - plain));
		if (at == end)
			break;
		const char *start = at;
		uint32_t character = text_decode(&at, end);
		bool broken = character == 0xfffd &&
		    !(at - start == 3 && memcmp(start, "\xef\xbf\xbd", 3) == 0);
		char encoded[4];
		buffer_add(out, encoded, text_encode(character, encoded));
		replaced += broken;
	}
	return replaced;
}

static bool
is_multibyte(enum encoding encoding)
{
	return encoding >= GB18030;
}

/* One broken sequence: U+FFFD for it, and nothing lost behind. */
static size_t
skip_broken(enum encoding encoding, const char *at, size_t left)
{
	unsigned char first = (unsigned char)at[0];
	if (encoding == UTF_16LE || encoding == UTF_16BE)
		return left < 2 ? left : 2;
	if (!is_multibyte(encoding) || left < 2 || first < 0x80)
		return 1;
	/* a trail byte goes along only if it is no ASCII character */
	return (unsigned char)at[1] >= 0x80 ? 2 : 1;
}

static size_t
decode_iconv(iconv_t converter, enum encoding encoding, const char *bytes,
    size_t length, struct buffer *out)
{
	char *at = (char *)bytes;
	size_t left = length, replaced = 0;
	char chunk[16 << 10];
	(void)iconv(converter, NULL, NULL, NULL, NULL); /* fresh state */
	while (left > 0) {
		char *to = chunk;
		size_t room = sizeof(chunk);
		size_t done = iconv(converter, &at, &left, &to, &room);
		int failed = done == (size_t)-1 ? errno : 0;
		buffer_add(out, chunk, (size_t)(to - chunk));
		if (failed == 0 || failed == E2BIG)
			continue;
		if (encoding == GB18030 && (unsigned char)at[0] == 0x80) {
			buffer_add_string(out, "\xe2\x82\xac"); /* the euro */
			at++;
			left--;
			continue;
		}
		size_t skip =
		    failed == EINVAL ? left : skip_broken(encoding, at, left);
		/* an unfinished sequence at the end may still hold ASCII */
		if (failed == EINVAL && left > 1)
			skip = skip_broken(encoding, at, left);
		buffer_add_string(out, "\xef\xbf\xbd");
		replaced++;
		at += skip;
		left -= skip;
		(void)iconv(converter, NULL, NULL, NULL, NULL);
	}
	return replaced;
}

static size_t
decode(const struct charsets *charsets, enum encoding encoding,
    const char *bytes, size_t length, struct buffer *out)
{
	if (encoding == UTF_8)
		return decode_utf8(bytes, length, out);
	return decode_iconv(
	    charsets->converters[encoding], encoding, bytes, length, out);
}

/* ---- the decision ---- */

static int
from_mark(const char *bytes, size_t length, size_t *skip)
{
	*skip = 0;
	if (length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
		*skip = 3;
		return UTF_8;
	}
	if (length >= 2 && memcmp(bytes, "\xff\xfe", 2) == 0) {
		*skip = 2;
		return UTF_16LE;
	}
	if (length >= 2 && memcmp(bytes, "\xfe\xff", 2) == 0) {
		*skip = 2;
		return UTF_16BE;
	}
	return -1;
}

enum shape { SHAPE_ASCII, SHAPE_UTF8, SHAPE_OTHER };

/* A page cut in the middle of its last character is still UTF-8. */
static enum shape
shape_of(const char *bytes, size_t length)
{
	const char *at = bytes, *end = bytes + length;
	enum shape shape = SHAPE_ASCII;
	while (at < end) {
		if ((unsigned char)*at < 0x80) {
			at++;
			continue;
		}
		const char *start = at;
		uint32_t character = text_decode(&at, end);
		if (character == 0xfffd &&
		    !(at - start == 3 && memcmp(start, "\xef\xbf\xbd", 3) == 0)) {
			bool cut = at == end && shape == SHAPE_UTF8 &&
			    (unsigned char)*start >= 0xc2;
			return cut ? SHAPE_UTF8 : SHAPE_OTHER;
		}
		shape = SHAPE_UTF8;
	}
	return shape;
}

static bool
host_ends(const char *host, const char *domain)
{
	size_t length = strcspn(host, ":"), width = strlen(domain);
	return length > width &&
	    strncmp(host + length - width, domain, width) == 0;
}

/* What an unlabelled page of that country has; -1 if nothing is known. */
static int
from_host(const struct charsets *charsets, const char *host,
    const char *bytes, size_t length)
{
	if (host == NULL)
		return -1;
	if (host_ends(host, ".kr"))
		return CP949;
	if (host_ends(host, ".cn"))
		return GB18030;
	if (host_ends(host, ".tw") || host_ends(host, ".hk"))
		return BIG5;
	if (host_ends(host, ".ru") || host_ends(host, ".ua"))
		return CP1251;
	if (!host_ends(host, ".jp"))
		return -1;
	struct buffer shift = {0}, euc = {0};
	size_t shift_broken = decode(charsets, CP932, bytes, length, &shift);
	size_t euc_broken = decode(charsets, EUC_JP, bytes, length, &euc);
	buffer_clear(&shift);
	buffer_clear(&euc);
	return euc_broken < shift_broken ? EUC_JP : CP932;
}

static enum encoding
decide(const struct charsets *charsets, const char *bytes, size_t length,
    const char *content_type, const char *host, const char **source)
{
	enum shape shape = shape_of(bytes, length);
	int found;
	/* the one deviation from browsers: mislabelled UTF-8 is common, and
	 * text of another charset that is valid UTF-8 throughout is not */
	*source = "valid UTF-8";
	if (shape == SHAPE_UTF8)
		return UTF_8;
	*source = "header";
	if (content_type != NULL &&
	    (found = from_content_type(content_type, strlen(content_type))) !=
		-1)
		return (enum encoding)found;
	*source = "meta";
	if ((found = prescan(bytes, length)) != -1)
		return (enum encoding)found;
	*source = "valid UTF-8";
	if (shape == SHAPE_ASCII)
		return UTF_8;
	*source = "address";
	if ((found = from_host(charsets, host, bytes, length)) != -1)
		return (enum encoding)found;
	*source = "default";
	return CP1252;
}

bool
charset_decode(struct charsets *charsets, const char *bytes, size_t length,
    const char *configured, const char *content_type, const char *host,
    struct decoded *decoded, struct error *err)
{
	size_t skip;
	int encoding = from_mark(bytes, length, &skip);
	const char *source = "byte order mark";
	if (configured != NULL) {
		int wanted = find_label(configured, strlen(configured));
		if (wanted == -1)
			return error_set(err,
			    "charset '%.60s' is not one that browsers know",
			    configured);
		if (wanted != encoding)
			skip = 0;
		encoding = wanted;
		source = "configuration";
	}
	if (encoding == -1)
		encoding = (int)decide(
		    charsets, bytes, length, content_type, host, &source);
	struct buffer out = {0};
	size_t replaced = decode(charsets, (enum encoding)encoding,
	    bytes + skip, length - skip, &out);
	scrub(&out);
	decoded->length = out.length;
	decoded->text = buffer_take(&out);
	decoded->charset = names[encoding];
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
