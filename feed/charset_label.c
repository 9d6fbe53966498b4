#include "feed/charset_label.h"

#include <stdbool.h>
#include <string.h>

#include "feed/charset.h"

#define META_BYTES 1024            /* of the page, where browsers look first */
#define LATE_META_BYTES (64 << 10) /* and where their parser still obeys */
#define LABEL_MAX 64

/*
 * The Encoding standard's labels (4.2) and, at the end of a row, ours, seen in
 * use; each between blanks.  The labels of its `replacement' and x-user-defined
 * are left out: no page of news is in them, and some attack with them.
 * glibc's names differ where its own mean less: euc-kr is CP949, shift_jis is
 * CP932, gb2312 and gbk are GB18030.
 */
static const struct {
	const char *name; /* and glibc's converter; UTF-8 needs none */
	const char *labels;
} encodings[ENCODING_COUNT] = {
    [UTF_8] = {"UTF-8", " unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 "
			"utf8 x-unicode20utf8 "},
    [CP866] = {"CP866", " 866 cp866 csibm866 ibm866 "},
    [ISO_8859_2] = {"ISO-8859-2",
	" csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 "
	"iso_8859-2:1987 l2 latin2 "},
    [ISO_8859_3] = {"ISO-8859-3",
	" csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 "
	"iso_8859-3:1988 l3 latin3 "},
    [ISO_8859_4] = {"ISO-8859-4",
	" csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 "
	"iso_8859-4:1988 l4 latin4 "},
    [ISO_8859_5] = {"ISO-8859-5",
	" csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 "
	"iso_8859-5 iso_8859-5:1988 "},
    [ISO_8859_6] = {"ISO-8859-6",
	" arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 "
	"iso-8859-6 iso-8859-6-e iso-8859-6-i iso-ir-127 iso8859-6 iso88596 "
	"iso_8859-6 iso_8859-6:1987 "},
    [ISO_8859_7] = {"ISO-8859-7",
	" csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 "
	"iso8859-7 iso88597 iso_8859-7 iso_8859-7:1987 sun_eu_greek "},
    [ISO_8859_8] = {"ISO-8859-8",
	" csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e "
	"iso-ir-138 iso8859-8 iso88598 iso_8859-8 iso_8859-8:1988 visual "
	"csiso88598i iso-8859-8-i logical "},
    [ISO_8859_10] = {"ISO-8859-10",
	" csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 "
	"latin6 "},
    [ISO_8859_13] = {"ISO-8859-13", " iso-8859-13 iso8859-13 iso885913 "},
    [ISO_8859_14] = {"ISO-8859-14", " iso-8859-14 iso8859-14 iso885914 "},
    [ISO_8859_15] = {"ISO-8859-15",
	" csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9 "},
    [ISO_8859_16] = {"ISO-8859-16", " iso-8859-16 "},
    [KOI8_R] = {"KOI8-R", " cskoi8r koi koi8 koi8-r koi8_r "},
    [KOI8_U] = {"KOI8-U", " koi8-ru koi8-u "},
    [MACINTOSH] = {"MACINTOSH", " csmacintosh mac macintosh x-mac-roman "},
    [CP874] = {"CP874", " dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 "
			"windows-874 "},
    [CP1250] = {"CP1250", " cp1250 windows-1250 x-cp1250 "},
    [CP1251] = {"CP1251", " cp1251 windows-1251 x-cp1251 "},
    [CP1252] = {"CP1252",
	" ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 "
	"iso-ir-100 iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 "
	"us-ascii windows-1252 x-cp1252 "},
    [CP1253] = {"CP1253", " cp1253 windows-1253 x-cp1253 "},
    [CP1254] = {"CP1254",
	" cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 "
	"iso_8859-9 iso_8859-9:1989 l5 latin5 windows-1254 x-cp1254 "},
    [CP1255] = {"CP1255", " cp1255 windows-1255 x-cp1255 "},
    [CP1256] = {"CP1256", " cp1256 windows-1256 x-cp1256 "},
    [CP1257] = {"CP1257", " cp1257 windows-1257 x-cp1257 "},
    [CP1258] = {"CP1258", " cp1258 windows-1258 x-cp1258 "},
    [MAC_CYRILLIC] = {"MAC-CYRILLIC", " x-mac-cyrillic x-mac-ukrainian "},
    [GB18030] = {"GB18030",
	" chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk "
	"iso-ir-58 x-gbk gb18030 cp936 ms936 "},
    [BIG5] = {"BIG5-HKSCS", " big5 big5-hkscs cn-big5 csbig5 x-x-big5 "},
    [BIG5_SYMBOLS] = {"BIG5", ""},
    [EUC_JP] = {"EUC-JP-MS", " cseucpkdfmtjapanese euc-jp x-euc-jp "},
    [ISO_2022_JP] = {"ISO-2022-JP", " csiso2022jp iso-2022-jp "},
    [CP932] = {"CP932", " csshiftjis ms932 ms_kanji shift-jis shift_jis sjis "
			"windows-31j x-sjis cp932 "},
    [CP949] = {"CP949",
	" cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 "
	"ks_c_5601-1989 ksc5601 ksc_5601 windows-949 cp949 ms949 uhc "
	"x-windows-949 "},
    [UTF_16LE] = {"UTF-16LE", " csunicode iso-10646-ucs-2 ucs-2 unicode "
			      "unicodefeff utf-16 utf-16le "},
    [UTF_16BE] = {"UTF-16BE", " unicodefffe utf-16be "},
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 0x20) : c;
}

/* Is it this word, given in lower case, whatever its own case? */
static bool
equals(const char *bytes, size_t length, const char *word)
{
	if (length != strlen(word))
		return false;
	for (size_t i = 0; i < length; i++)
		if (lower(bytes[i]) != word[i])
			return false;
	return true;
}

static void
trim(const char **label, size_t *length)
{
	while (*length > 0 && is_blank((*label)[0])) {
		(*label)++;
		(*length)--;
	}
	while (*length > 0 && is_blank((*label)[*length - 1]))
		(*length)--;
}

int
label_find(const char *label, size_t length)
{
	trim(&label, &length);
	if (length == 0 || length > LABEL_MAX)
		return ENCODING_NONE;
	char wanted[LABEL_MAX + 3] = " ";
	for (size_t i = 0; i < length; i++) {
		if (is_blank(label[i]) || label[i] == '\0')
			return ENCODING_NONE;
		wanted[i + 1] = lower(label[i]);
	}
	wanted[length + 1] = ' ';
	for (int i = 0; i < ENCODING_COUNT; i++)
		if (strstr(encodings[i].labels, wanted) != NULL)
			return i;
	return ENCODING_NONE;
}

const char *
encoding_name(enum encoding encoding)
{
	return encodings[encoding].name;
}

const char *
charset_for_label(const char *label)
{
	int found = label_find(label, strlen(label));
	return found == ENCODING_NONE ? NULL : encodings[found].name;
}

/* In a meta, x-user-defined means windows-1252 and UTF-16 cannot be, since the
 * meta could not have been read (HTML 13.2.3.2). */
static int
find_meta_label(const char *label, size_t length)
{
	trim(&label, &length);
	if (equals(label, length, "x-user-defined"))
		return CP1252;
	int found = label_find(label, length);
	return found == UTF_16LE || found == UTF_16BE ? UTF_8 : found;
}

/* The label in "text/html; charset=euc-kr": HTML 2.5.4, extracting a character
 * encoding from a meta element, which serves for the header as well. */
static bool
extract_label(
    const char *value, size_t size, const char **label, size_t *length)
{
	static const char word[] = "charset";
	const size_t word_length = sizeof(word) - 1;
	for (size_t i = 0; i + word_length < size; i++) {
		if (!equals(value + i, word_length, word))
			continue;
		size_t at = i + word_length;
		while (at < size && is_blank(value[at]))
			at++;
		if (at == size || value[at] != '=')
			continue;
		at++;
		while (at < size && is_blank(value[at]))
			at++;
		char quote = '\0';
		if (at < size && (value[at] == '"' || value[at] == '\''))
			quote = value[at++];
		size_t end = at;
		while (end < size &&
		       (quote != '\0'
			       ? value[end] != quote
			       : value[end] != ';' && !is_blank(value[end])))
			end++;
		*label = value + at;
		*length = end - at;
		return quote == '\0' || end < size;
	}
	return false;
}

int
label_from_header(const char *content_type)
{
	const char *label;
	size_t length;
	if (content_type == NULL ||
	    !extract_label(content_type, strlen(content_type), &label, &length))
		return ENCODING_NONE;
	return label_find(label, length);
}

/* ---- the meta prescan (HTML 13.2.3.2) ---- */

struct scan {
	const char *at, *end;
};

struct attribute {
	const char *name, *value;
	size_t name_length, value_length;
};

static void
skip_blanks(struct scan *scan)
{
	while (scan->at < scan->end && is_blank(*scan->at))
		scan->at++;
}

static bool
next_attribute(struct scan *scan, struct attribute *attribute)
{
	*attribute = (struct attribute){.name = "", .value = ""};
	while (
	    scan->at < scan->end && (is_blank(*scan->at) || *scan->at == '/'))
		scan->at++;
	if (scan->at == scan->end || *scan->at == '>')
		return false;
	attribute->name = scan->at;
	while (scan->at < scan->end && !is_blank(*scan->at) &&
	       *scan->at != '/' && *scan->at != '>' &&
	       (*scan->at != '=' || scan->at == attribute->name))
		scan->at++;
	attribute->name_length = (size_t)(scan->at - attribute->name);
	skip_blanks(scan);
	if (scan->at == scan->end || *scan->at != '=')
		return true;
	scan->at++;
	skip_blanks(scan);
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

/* Of attributes with the same name the first counts. */
static bool
is_first(const struct attribute *attribute, const char *name, bool *seen)
{
	if (!equals(attribute->name, attribute->name_length, name))
		return false;
	bool first = !*seen;
	*seen = true;
	return first;
}

static int
from_meta(struct scan *scan)
{
	struct attribute attribute;
	bool seen_pragma = false, seen_content = false, seen_charset = false;
	bool pragma = false;
	int in_content = ENCODING_NONE, in_charset = ENCODING_NONE;
	while (next_attribute(scan, &attribute)) {
		const char *label;
		size_t length;
		if (is_first(&attribute, "http-equiv", &seen_pragma))
			pragma = equals(attribute.value, attribute.value_length,
			    "content-type");
		else if (is_first(&attribute, "content", &seen_content) &&
			 extract_label(attribute.value, attribute.value_length,
			     &label, &length))
			in_content = find_meta_label(label, length);
		else if (is_first(&attribute, "charset", &seen_charset))
			in_charset = find_meta_label(
			    attribute.value, attribute.value_length);
	}
	if (scan->at == scan->end) /* cut, perhaps inside the label */
		return ENCODING_NONE;
	if (seen_charset)
		return in_charset;
	return pragma ? in_content : ENCODING_NONE;
}

static bool
starts_tag(const struct scan *scan)
{
	const char *at = scan->at + 1;
	if (at < scan->end && *at == '/')
		at++;
	return at < scan->end && lower(*at) >= 'a' && lower(*at) <= 'z';
}

static void
skip_tag(struct scan *scan)
{
	struct attribute ignored;
	while (scan->at < scan->end && !is_blank(*scan->at) && *scan->at != '>')
		scan->at++;
	while (next_attribute(scan, &ignored))
		continue;
}

static void
skip_past(struct scan *scan, const char *from, const char *mark)
{
	size_t length = strlen(mark);
	const char *found =
	    memmem(from, (size_t)(scan->end - from), mark, length);
	scan->at = found != NULL ? found + length : scan->end;
}

static int
prescan(const char *bytes, size_t length)
{
	struct scan scan = {bytes, bytes + length};
	while (scan.at < scan.end) {
		scan.at = memchr(scan.at, '<', (size_t)(scan.end - scan.at));
		if (scan.at == NULL)
			break;
		size_t left = (size_t)(scan.end - scan.at);
		if (left >= 4 && memcmp(scan.at, "<!--", 4) == 0)
			skip_past(&scan, scan.at + 2, "-->");
		else if (left > 5 && equals(scan.at, 5, "<meta") &&
			 (is_blank(scan.at[5]) || scan.at[5] == '/')) {
			scan.at += 5;
			int found = from_meta(&scan);
			if (found != ENCODING_NONE)
				return found;
		} else if (starts_tag(&scan))
			skip_tag(&scan);
		else if (left > 1 && strchr("!/?", scan.at[1]) != NULL)
			skip_past(&scan, scan.at, ">");
		else
			scan.at++;
	}
	return ENCODING_NONE;
}

/* HTML's `get an XML encoding': <?xml version="1.0" encoding="euc-kr"?> */
static int
from_xml_declaration(const char *bytes, size_t length)
{
	if (length < 5 || memcmp(bytes, "<?xml", 5) != 0)
		return ENCODING_NONE;
	const char *end = memchr(bytes, '>', length);
	if (end == NULL)
		return ENCODING_NONE;
	const char *at = memmem(bytes, (size_t)(end - bytes), "encoding", 8);
	if (at == NULL)
		return ENCODING_NONE;
	struct scan scan = {at + 8, end};
	skip_blanks(&scan);
	if (scan.at == end || *scan.at != '=')
		return ENCODING_NONE;
	scan.at++;
	skip_blanks(&scan);
	if (scan.at == end || (*scan.at != '"' && *scan.at != '\''))
		return ENCODING_NONE;
	const char *label = scan.at + 1;
	const char *close = memchr(label, *scan.at, (size_t)(end - label));
	if (close == NULL)
		return ENCODING_NONE;
	return find_meta_label(label, (size_t)(close - label));
}

int
label_from_page(const char *bytes, size_t length)
{
	size_t first = length < META_BYTES ? length : META_BYTES;
	int found = prescan(bytes, first);
	if (found == ENCODING_NONE)
		found = from_xml_declaration(bytes, first);
	if (found == ENCODING_NONE && length > first)
		found = prescan(
		    bytes, length < LATE_META_BYTES ? length : LATE_META_BYTES);
	return found;
}
