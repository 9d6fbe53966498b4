#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/charset.h"
#include "feed/memory.h"
#include "feed/text.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define BYTES(literal) (literal), sizeof(literal) - 1
#define FFFD "\xef\xbf\xbd"

static struct charsets *charsets;

static int
open_charsets(void **state)
{
	(void)state;
	struct error err = {.reason = ""};
	charsets = charsets_open(&err);
	if (charsets == NULL)
		print_error("%s\n", err.reason);
	return charsets == NULL;
}

static int
close_charsets(void **state)
{
	(void)state;
	charsets_free(charsets);
	charsets_free(NULL);
	return 0;
}

/* The table of the Encoding standard (4.2), then our own additions. */
static const struct {
	const char *charset, *labels;
} labels[] = {
    {"UTF-8", "unicode-1-1-utf-8 utf-8 utf8 unicode11utf8 unicode20utf8 "
	      "x-unicode20utf8"},
    {"CP866", "866 cp866 csibm866 ibm866"},
    {"ISO-8859-2", "csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 "
		   "iso_8859-2 iso_8859-2:1987 l2 latin2"},
    {"ISO-8859-3", "csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 "
		   "iso_8859-3 iso_8859-3:1988 l3 latin3"},
    {"ISO-8859-4", "csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 "
		   "iso_8859-4 iso_8859-4:1988 l4 latin4"},
    {"ISO-8859-5", "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 "
		   "iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988"},
    {"ISO-8859-6", "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic "
		   "ecma-114 iso-8859-6 iso-8859-6-e iso-8859-6-i iso-ir-127 "
		   "iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987"},
    {"ISO-8859-7", "csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 "
		   "iso-ir-126 iso8859-7 iso88597 iso_8859-7 iso_8859-7:1987 "
		   "sun_eu_greek"},
    {"ISO-8859-8", "csiso88598e csisolatinhebrew hebrew iso-8859-8 "
		   "iso-8859-8-e iso-ir-138 iso8859-8 iso88598 iso_8859-8 "
		   "iso_8859-8:1988 visual csiso88598i iso-8859-8-i logical"},
    {"ISO-8859-10", "csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 "
		    "l6 latin6"},
    {"ISO-8859-13", "iso-8859-13 iso8859-13 iso885913"},
    {"ISO-8859-14", "iso-8859-14 iso8859-14 iso885914"},
    {"ISO-8859-15", "csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 "
		    "l9"},
    {"ISO-8859-16", "iso-8859-16"},
    {"KOI8-R", "cskoi8r koi koi8 koi8-r koi8_r"},
    {"KOI8-U", "koi8-u koi8-ru"},
    {"MACINTOSH", "csmacintosh mac macintosh x-mac-roman"},
    {"CP874", "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 "
	      "windows-874"},
    {"CP1250", "cp1250 windows-1250 x-cp1250"},
    {"CP1251", "cp1251 windows-1251 x-cp1251"},
    {"CP1252", "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 "
	       "iso-8859-1 iso-ir-100 iso8859-1 iso88591 iso_8859-1 "
	       "iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252"},
    {"CP1253", "cp1253 windows-1253 x-cp1253"},
    {"CP1254", "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 "
	       "iso88599 iso_8859-9 iso_8859-9:1989 l5 latin5 "
	       "windows-1254 x-cp1254"},
    {"CP1255", "cp1255 windows-1255 x-cp1255"},
    {"CP1256", "cp1256 windows-1256 x-cp1256"},
    {"CP1257", "cp1257 windows-1257 x-cp1257"},
    {"CP1258", "cp1258 windows-1258 x-cp1258"},
    {"MAC-CYRILLIC", "x-mac-cyrillic x-mac-ukrainian"},
    {"GB18030", "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 "
		"gb_2312-80 gbk iso-ir-58 x-gbk gb18030"},
    {"BIG5-HKSCS", "big5 big5-hkscs cn-big5 csbig5 x-x-big5"},
    {"EUC-JP-MS", "cseucpkdfmtjapanese euc-jp x-euc-jp"},
    {"ISO-2022-JP", "csiso2022jp iso-2022-jp"},
    {"CP932", "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis "
	      "windows-31j x-sjis"},
    {"CP949", "cseuckr csksc56011987 euc-kr iso-ir-149 korean "
	      "ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 "
	      "windows-949"},
    {"UTF-16BE", "utf-16be unicodefffe"},
    {"UTF-16LE", "utf-16 utf-16le csunicode iso-10646-ucs-2 ucs-2 unicode "
		 "unicodefeff"},
    /* ours */
    {"CP949", "ms949 x-windows-949 cp949 uhc"},
    {"CP932", "cp932"},
    {"GB18030", "cp936 ms936"},
};

#define STANDARD_LABELS 221

/* The label resolves, in any case and between blanks, to a converter that
 * converts; returns how many labels were tried. */
static int
check_label(const char *label, const char *charset)
{
	char *shout = xasprintf("\t %s\n", label);
	for (char *at = shout; *at != '\0'; at++)
		if (*at >= 'a' && *at <= 'z')
			*at = (char)(*at - 0x20);
	const char *found = charset_for_label(label);
	const char *shouted = charset_for_label(shout);
	bool wide = strncmp(charset, "UTF-16", 6) == 0;
	bool little = strcmp(charset, "UTF-16LE") == 0;
	struct decoded decoded = {0};
	bool good =
	    charset_decode(charsets, wide ? (little ? "a\0b" : "\0a\0b") : "ab",
		wide ? 4 : 2, shout, NULL, NULL, &decoded, NULL);
	good = good && found != NULL && shouted == found &&
	       strcmp(found, charset) == 0 && decoded.charset == found &&
	       strcmp(decoded.text, "ab") == 0 && decoded.replaced == 0 &&
	       strcmp(decoded.source, "configuration") == 0;
	if (!good)
		print_error("%s: %s\n", label, found != NULL ? found : "none");
	decoded_clear(&decoded);
	free(shout);
	return good;
}

static void
test_labels(void **state)
{
	(void)state;
	int failed = 0, count = 0;
	for (size_t i = 0; i < COUNT(labels); i++) {
		char *copy = xstrdup(labels[i].labels), *rest = NULL;
		for (char *label = strtok_r(copy, " ", &rest); label != NULL;
		     label = strtok_r(NULL, " ", &rest)) {
			failed += !check_label(label, labels[i].charset);
			count++;
		}
		free(copy);
	}
	assert_int_equal(failed, 0);
	assert_int_equal(count, STANDARD_LABELS + 7);
}

/* The last seven are the standard's own, which it decodes to nothing useful. */
static const char *const refused[] = {"", " ", "\t\n", "utf", "utf-8 utf8",
    "utf-8\xc2\xa0", "utf-8;", "utf-32", "utf-7", "cesu-8", "iso-2022-cn-x",
    "euc-tw", "johab", "tcvn", "BIG5//TRANSLIT", "UTF-8//IGNORE", "char", "C",
    "../../x", "euc-kr euc-kr", "EUC-JP-MS", "koi8-t", "iso-8859-12",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "x-user-defined", "replacement", "csiso2022kr", "hz-gb-2312", "iso-2022-cn",
    "iso-2022-cn-ext", "iso-2022-kr"};

static void
test_refused(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct decoded decoded = {.replaced = 77};
		struct error err = {.reason = ""};
		if (charset_for_label(refused[i]) != NULL ||
		    charset_decode(charsets, "a", 1, refused[i], NULL, NULL,
			&decoded, &err) ||
		    decoded.replaced != 77 || decoded.text != NULL ||
		    strncmp(err.reason, "charset '", 9) != 0) {
			print_error("'%s': %s\n", refused[i], err.reason);
			failed++;
		}
	}
	assert_int_equal(failed, 0);
}

static const struct {
	const char *about;
	const char *bytes;
	size_t length;
	const char *configured, *content_type, *host;
	const char *text, *charset, *source;
	size_t replaced;
} cases[] = {
    {"nothing at all", BYTES(""), NULL, NULL, NULL, "", "UTF-8", "valid UTF-8",
	0},
    {"ASCII", BYTES("<p>a</p>"), NULL, NULL, NULL, "<p>a</p>", "UTF-8",
	"valid UTF-8", 0},
    {"ASCII, header", BYTES("<p>a</p>"), NULL, "text/html; charset=EUC-KR",
	NULL, "<p>a</p>", "CP949", "header", 0},
    {"EUC-KR means CP949",
	BYTES("<p>\x8c"
	      "c\xb9\xe6 \x94\xee \xbb\xf5 \xbc\xd2\xbd\xc4</p>"),
	NULL, "text/html; charset=euc-kr", NULL, "<p>똠방 뷁 새 소식</p>",
	"CP949", "header", 0},
    {"from a meta",
	BYTES("<meta charset=euc-kr><p>\x8c"
	      "c\xb9\xe6 \x94\xee \xbb\xf5 \xbc\xd2\xbd\xc4</p>"),
	NULL, NULL, NULL, "<meta charset=euc-kr><p>똠방 뷁 새 소식</p>",
	"CP949", "meta", 0},
    {"header beats meta",
	BYTES("<meta charset=big5><p>\x8c"
	      "c\xb9\xe6 \x94\xee \xbb\xf5 \xbc\xd2\xbd\xc4</p>"),
	NULL, "text/html; charset=\"KS_C_5601-1987\"", NULL,
	"<meta charset=big5><p>똠방 뷁 새 소식</p>", "CP949", "header", 0},
    {"configured beats header",
	BYTES("<p>\x8c"
	      "c\xb9\xe6 \x94\xee \xbb\xf5 \xbc\xd2\xbd\xc4</p>"),
	" MS949 ", "text/html; charset=big5", NULL, "<p>똠방 뷁 새 소식</p>",
	"CP949", "configuration", 0},
    {"configured beats valid UTF-8", BYTES("\xea\xb0\x80"), "latin1", NULL,
	NULL, "ê°€", "CP1252", "configuration", 0},
    {"configured beats the mark",
	BYTES("\xef\xbb\xbf<p>\x8c"
	      "c\xb9\xe6 \x94\xee \xbb\xf5 \xbc\xd2\xbd\xc4</p>"),
	"euc-kr", NULL, NULL, "<p>똠방 뷁 새 소식</p>", "CP949",
	"configuration", 0},
    {"mark beats header", BYTES("\xef\xbb\xbf\xec\x83\x88"), NULL,
	"text/html; charset=euc-kr", NULL, "새", "UTF-8", "byte order mark", 0},
    {"mark beats all evidence", BYTES("\xef\xbb\xbf\xb0\xa1<"), NULL,
	"text/html; charset=euc-kr", "a.kr", FFFD FFFD "<", "UTF-8",
	"byte order mark", 2},
    {"UTF-16LE mark", BYTES("\xff\xfe<\x00p\x00>\x00\xc8\xc0"), NULL,
	"text/html; charset=utf-8", NULL, "<p>새", "UTF-16LE",
	"byte order mark", 0},
    {"UTF-16BE mark", BYTES("\xfe\xff\x00<\x00p\x00>\xc0\xc8\xd8=\xde\x00"),
	NULL, NULL, NULL, "<p>새😀", "UTF-16BE", "byte order mark", 0},
    {"UTF-16 header, no mark", BYTES("<\x00p\x00>\x00\xc8\xc0"), NULL,
	"text/html; charset=utf-16", NULL, "<p>새", "UTF-16LE", "header", 0},
    {"UTF-16BE header", BYTES("\x00<\x00p\x00>\xc0\xc8"), NULL,
	"text/html; charset=utf-16be", NULL, "<p>새", "UTF-16BE", "header", 0},
    {"UTF-16 header over ASCII is a lie", BYTES("<p>a</p>"), NULL,
	"text/html; charset=utf-16", NULL, "<p>a</p>", "UTF-8", "valid UTF-8",
	0},
    {"UTF-16 configured, the other mark",
	BYTES("\xfe\xff\x00<\x00p\x00>\xc0\xc8"), "utf-16", NULL, NULL, "<p>새",
	"UTF-16BE", "configuration", 0},
    {"mark of UTF-16 is no mark when CP949 is configured",
	BYTES("\xff\xfe<p>\x8c"
	      "c\xb9\xe6 \x94\xee \xbb\xf5 \xbc\xd2\xbd\xc4</p>"),
	"euc-kr", NULL, NULL, FFFD FFFD "<p>똠방 뷁 새 소식</p>", "CP949",
	"configuration", 2},
    {"UTF-8 labelled EUC-KR",
	BYTES("<meta charset=euc-kr><p>\xeb\x98\xa0\xeb\xb0\xa9 \xeb\xb7\x81 "
	      "\xec\x83\x88 \xec\x86\x8c\xec\x8b\x9d</p>"),
	NULL, "text/html; charset=euc-kr", "a.kr",
	"<meta charset=euc-kr><p>똠방 뷁 새 소식</p>", "UTF-8", "valid UTF-8",
	0},
    {"EUC-KR labelled UTF-8, meta knows",
	BYTES("<meta charset=euc-kr><p>\x8c"
	      "c\xb9\xe6 \x94\xee \xbb\xf5 \xbc\xd2\xbd\xc4</p>"),
	NULL, "text/html; charset=utf-8", NULL,
	"<meta charset=euc-kr><p>똠방 뷁 새 소식</p>", "CP949", "meta", 0},
    {"EUC-KR labelled UTF-8 twice, address knows",
	BYTES("<meta charset=utf-8><p>\x8c"
	      "c\xb9\xe6 \x94\xee \xbb\xf5 \xbc\xd2\xbd\xc4</p>"),
	NULL, "text/html; charset=utf-8", "www.example.co.kr",
	"<meta charset=utf-8><p>똠방 뷁 새 소식</p>", "CP949", "address", 0},
    {"EUC-KR labelled UTF-8, nobody knows", BYTES("\xb0\xa1\xb0\xa1<"), NULL,
	"text/html; charset=utf-8", NULL, FFFD FFFD FFFD FFFD "<", "UTF-8",
	"header", 4},
    {"the same in the meta", BYTES("<meta charset=utf-8>\xb0\xa1\xb0\xa1<"),
	NULL, NULL, NULL, "<meta charset=utf-8>" FFFD FFFD FFFD FFFD "<",
	"UTF-8", "meta", 4},
    {"UTF-8 with broken bytes stays",
	BYTES("\xec\x83\x88 \xec\x86\x8c\xec\x8b\x9d "
	      "\xec\x97\xac\xeb\x9f\xbf\xb0 \xeb\xb7< \xff \xb0\xa1."),
	NULL, "text/html; charset=utf-8", "a.kr",
	"새 소식 여럿" FFFD " " FFFD "< " FFFD " " FFFD FFFD ".", "UTF-8",
	"header", 5},
    {"a few broken bytes are no lie",
	BYTES("a\x96"
	      "b"),
	NULL, "text/html; charset=utf-8", "a.kr", "a" FFFD "b", "UTF-8",
	"header", 1},
    {"UTF-8 cut in its last character",
	BYTES("<p>\xeb\x98\xa0\xeb\xb0\xa9 \xeb\xb7\x81 \xec\x83\x88 "
	      "\xec\x86\x8c\xec\x8b\x9d</p>\xeb\xb7"),
	NULL, "text/html; charset=euc-kr", NULL, "<p>똠방 뷁 새 소식</p>" FFFD,
	"UTF-8", "valid UTF-8", 1},
    {"one byte of it left",
	BYTES("<p>\xeb\x98\xa0\xeb\xb0\xa9 \xeb\xb7\x81 \xec\x83\x88 "
	      "\xec\x86\x8c\xec\x8b\x9d</p>\xf0"),
	NULL, NULL, NULL, "<p>똠방 뷁 새 소식</p>" FFFD, "UTF-8", "valid UTF-8",
	1},
    {"UTF-8 whose last byte begins nothing", BYTES("\xc3\xa9\xff"), NULL, NULL,
	NULL, "Ã©ÿ", "CP1252", "default", 0},
    {"unknown label passed over",
	BYTES("<p>\x8c"
	      "c\xb9\xe6 \x94\xee \xbb\xf5 \xbc\xd2\xbd\xc4</p>"),
	NULL, "text/html; charset=x-unheard-of", "a.kr",
	"<p>똠방 뷁 새 소식</p>", "CP949", "address", 0},
    {"replacement label passed over",
	BYTES("<p>\x8c"
	      "c\xb9\xe6 \x94\xee \xbb\xf5 \xbc\xd2\xbd\xc4</p>"),
	NULL, "text/html; charset=iso-2022-kr", "A.KR.",
	"<p>똠방 뷁 새 소식</p>", "CP949", "address", 0},
    {"header without a charset",
	BYTES("<p>\x8c"
	      "c\xb9\xe6 \x94\xee \xbb\xf5 \xbc\xd2\xbd\xc4</p>"),
	NULL, "text/html", "a.kr:8080", "<p>똠방 뷁 새 소식</p>", "CP949",
	"address", 0},
    {"header, odd spelling",
	BYTES("<p>\x8c"
	      "c\xb9\xe6 \x94\xee \xbb\xf5 \xbc\xd2\xbd\xc4</p>"),
	NULL, "text/html;CharSet = 'EUC-KR' ; x=y", NULL,
	"<p>똠방 뷁 새 소식</p>", "CP949", "header", 0},
    {"header, unclosed quote",
	BYTES("<p>\x8c"
	      "c\xb9\xe6 \x94\xee \xbb\xf5 \xbc\xd2\xbd\xc4</p>"),
	NULL, "text/html; charset=\"big5", "a.kr", "<p>똠방 뷁 새 소식</p>",
	"CP949", "address", 0},
    {"header, charset later",
	BYTES("<p>\x8c"
	      "c\xb9\xe6 \x94\xee \xbb\xf5 \xbc\xd2\xbd\xc4</p>"),
	NULL, "text/html; charset; charset=euc-kr", NULL,
	"<p>똠방 뷁 새 소식</p>", "CP949", "header", 0},
    {"unlabelled .kr",
	BYTES("<p>\x8c"
	      "c\xb9\xe6 \x94\xee \xbb\xf5 \xbc\xd2\xbd\xc4</p>"),
	NULL, NULL, "www.example.kr", "<p>똠방 뷁 새 소식</p>", "CP949",
	"address", 0},
    {"unlabelled .cn",
	BYTES("\xd0\xc2\xce\xc5\xe9"
	      "F"),
	NULL, NULL, "a.com.cn", "新闻镕", "GB18030", "address", 0},
    {"unlabelled .tw",
	BYTES("\xb7s\xbb"
	      "D\xa1\xe3"),
	NULL, NULL, "a.com.tw", "新聞～", "BIG5-HKSCS", "address", 0},
    {"unlabelled .hk",
	BYTES("\xb7s\xbb"
	      "D\x88"
	      "f"),
	NULL, NULL, "a.hk", "新聞Ê", "BIG5-HKSCS", "address", 0},
    {"unlabelled .ru", BYTES("\xcd\xee\xe2\xee\xf1\xf2\xe8 \xe4\xed\xff"), NULL,
	NULL, "a.ru", "Новости дня", "CP1251", "address", 0},
    {"unlabelled .jp, Shift_JIS",
	BYTES("<p>\x90V\x82\xb5\x82\xa2\x8bL\x8e\x96\x81"
	      "A\x83J\x83^\x83J\x83i</p>"),
	NULL, NULL, "a.co.jp", "<p>新しい記事、カタカナ</p>", "CP932",
	"address", 0},
    {"unlabelled .jp, EUC-JP",
	BYTES("<p>"
	      "\xbf\xb7\xa4\xb7\xa4\xa4\xb5\xad\xbb\xf6\xa1\xa2\xa5\xab\xa5\xbf"
	      "\xa5\xab\xa5\xca</p>"),
	NULL, NULL, "a.co.jp", "<p>新しい記事、カタカナ</p>", "EUC-JP-MS",
	"address", 0},
    {"unlabelled .jp, short EUC-JP", BYTES("\xc2\xae\xca\xf3"), NULL, NULL,
	"a.jp", "速報", "EUC-JP-MS", "address", 0},
    {"unlabelled elsewhere", BYTES("caf\xe9 \x80 \x93x\x94"), NULL, NULL,
	"a.fr", "café € “x”", "CP1252", "default", 0},
    {"akr is not .kr", BYTES("\xe9"), NULL, NULL, "akr", "é", "CP1252",
	"default", 0},
    {"CP949 backslash and tilde", BYTES("\\~"), "euc-kr", NULL, NULL, "\\~",
	"CP949", "configuration", 0},
    {"Shift_JIS: half width, 0x5c alone and as a trail byte",
	BYTES("\xc6\xad\xb0\xbd \x95\\\x8e\xa6\x83\\\\~\x87@"), "shift_jis",
	NULL, NULL, "ﾆｭｰｽ 表示ソ\\~①", "CP932", "configuration", 0},
    {"EUC-JP: three bytes, half width",
	BYTES("\xbf\xb7\x8f\xb0\xa1\x8e\xb1\xad\xa1"), "euc-jp", NULL, NULL,
	"新丂ｱ①", "EUC-JP-MS", "configuration", 0},
    {"ISO-2022-JP", BYTES("<p>\x1b$B?7$7$$5-;v!\"%+%?%+%J\x1b(B</p>"), NULL,
	"text/html; charset=iso-2022-jp", NULL, "<p>新しい記事、カタカナ</p>",
	"ISO-2022-JP", "header", 0},
    {"ISO-2022-JP: half width, old JIS", BYTES("\x1b(I1\x1b$@?7\x1b(Ja\x1b(Bb"),
	"csISO2022JP", NULL, NULL, "ｱ新ab", "ISO-2022-JP", "configuration", 0},
    {"ISO-2022-JP: broken, resumed at the newline",
	BYTES("\x1b$B?7?\x1b(B<b>\xff\x1bx \x1b$B?7\n<i>"), "iso-2022-jp", NULL,
	NULL, "新" FFFD "<b>" FFFD FFFD "x 新\n<i>", "ISO-2022-JP",
	"configuration", 3},
    {"GBK: euro by hand", BYTES("\xd0\xc2\xce\xc5\x80<"), "gbk", NULL, NULL,
	"新闻€<", "GB18030", "configuration", 0},
    {"GB18030: four bytes",
	BYTES("\x81"
	      "9\xef"
	      "0\x94"
	      "9\xda"
	      "3"),
	"gb2312", NULL, NULL, "㐁💩", "GB18030", "configuration", 0},
    {"Big5: symbols, euro, the last one",
	BYTES("\xb7s\xbb"
	      "D\xa1\xe3\xa1"
	      "E\xa1_\xa2X%\xa3\xe1\xf9\xfe"),
	"big5", NULL, NULL, "新聞～‧︵°%€￭", "BIG5-HKSCS", "configuration", 0},
    {"GBK: the blank of full width", BYTES("\xa3\xa0\xd0\xc2\xce\xc5\xa3\xa0"),
	"gbk", NULL, NULL, "　新闻　", "GB18030", "configuration", 0},
    {"KOI8-U: the short u of Belarus", BYTES("\xae\xbe"), "koi8-u", NULL, NULL,
	"ўЎ", "KOI8-U", "configuration", 0},
    {"macintosh: increment, apple", BYTES("\xc6\xf0"), "macintosh", NULL, NULL,
	"∆\xef\xa3\xbf", "MACINTOSH", "configuration", 0},
    {"x-mac-cyrillic: euro", BYTES("\xff\xe0"), "x-mac-cyrillic", NULL, NULL,
	"€а", "MAC-CYRILLIC", "configuration", 0},
    {"windows-1255: a point that glibc lacks", BYTES("\xe5\xca<"),
	"windows-1255", NULL, NULL, "ו\xd6\xba<", "CP1255", "configuration", 0},
    {"EUC-JP: IBM's kanji", BYTES("\xb9\xe2\xf9\xa1\xfc\xe2\xb6\xb6"), "euc-jp",
	NULL, NULL, "高纊髙橋", "EUC-JP-MS", "configuration", 0},
    {"EUC-JP: private rows are empty", BYTES("\xf5\xa1<\xfd\xa1<\x8f\xf5\xa1<"),
	"euc-jp", NULL, NULL, FFFD "<" FFFD "<" FFFD "<", "EUC-JP-MS",
	"configuration", 3},
    {"ISO-2022-JP: IBM's kanji", BYTES("\x1b$B|b\x1b(B"), "iso-2022-jp", NULL,
	NULL, "髙", "ISO-2022-JP", "configuration", 0},
    {"Big5: places that Hong Kong emptied, control pictures",
	BYTES("\x8e\x69\xfe\xdd\xa3\xc0\xa3\xe0\xb7s"), "big5", NULL, NULL,
	"箸砉␀␡新", "BIG5-HKSCS", "configuration", 0},
    {"Big5: Hong Kong, letters held back",
	BYTES("\x88"
	      "f<\x88"
	      "f\xa1"
	      "A\x88"
	      "b"),
	"big5-hkscs", NULL, NULL,
	"Ê<Ê，Ê"
	"\xcc\x84",
	"BIG5-HKSCS", "configuration", 0},
    {"windows-1252 undefined bytes",
	BYTES("a\x81"
	      "b\x8d\x8f\x90\x9d"
	      "c"),
	"ascii", NULL, NULL, "a" FFFD "b" FFFD FFFD FFFD FFFD "c", "CP1252",
	"configuration", 5},
    {"windows-1251",
	BYTES("\xcd\xee\xe2\xee\xf1\xf2\xe8 \xb9\x98"
	      "5"),
	"windows-1251", NULL, NULL, "Новости №" FFFD "5", "CP1251",
	"configuration", 1},
    {"windows-1255: the last letter is held back",
	BYTES("<b>\xf9\xec\xe5\xed\xe9"), "windows-1255", NULL, NULL,
	"<b>שלוםי", "CP1255", "configuration", 0},
    {"windows-1258: a letter and its mark",
	BYTES("a\xd2\xd2"
	      "e"),
	"windows-1258", NULL, NULL,
	"ả"
	"\xcc\x89"
	"e",
	"CP1258", "configuration", 0},
    {"windows-1258: held back before a broken byte",
	BYTES("a\x8a"
	      "b"),
	"windows-1258", NULL, NULL, "a" FFFD "b", "CP1258", "configuration", 1},
    {"Big5: held back before a broken byte", BYTES("\x88\x66\x80<"), "big5",
	NULL, NULL, "Ê" FFFD "<", "BIG5-HKSCS", "configuration", 1},
    {"windows-874", BYTES("\xa2\xe8\xd2\xc7\xff"), "tis-620", NULL, NULL,
	"ข"
	"\xe0\xb9\x88"
	"าว" FFFD,
	"CP874", "configuration", 1},
    {"KOI8-R", BYTES("\xee\xcf\xd7\xcf\xd3\xd4\xc9"), "koi8-r", NULL, NULL,
	"Новости", "KOI8-R", "configuration", 0},
    {"ISO-8859-9 is windows-1254", BYTES("\xdd\xfe\x80"), "iso-8859-9", NULL,
	NULL, "İş€", "CP1254", "configuration", 0},
    {"ISO-8859-2", BYTES("\xb1\xb6"), "latin2", NULL, NULL, "ąś", "ISO-8859-2",
	"configuration", 0},
    {"CP949: lead before markup",
	BYTES("\xb0<b><p>\x8c"
	      "c\xb9\xe6 \x94\xee \xbb\xf5 \xbc\xd2\xbd\xc4</p>"),
	"euc-kr", NULL, NULL, FFFD "<b><p>똠방 뷁 새 소식</p>", "CP949",
	"configuration", 1},
    {"CP949: stray byte shifts nothing",
	BYTES("\xbc\xd2\xff<p>\x8c"
	      "c\xb9\xe6 \x94\xee \xbb\xf5 \xbc\xd2\xbd\xc4</p>"),
	"euc-kr", NULL, NULL, "소" FFFD "<p>똠방 뷁 새 소식</p>", "CP949",
	"configuration", 1},
    {"CP949: the pair that glibc steps over", BYTES("\xa2\xe8<\xa2\xe8"),
	"euc-kr", NULL, NULL, FFFD "<" FFFD, "CP949", "configuration", 2},
    {"CP949: 0x80",
	BYTES("\x80<p>\x8c"
	      "c\xb9\xe6 \x94\xee \xbb\xf5 \xbc\xd2\xbd\xc4</p>"),
	"euc-kr", NULL, NULL, FFFD "<p>똠방 뷁 새 소식</p>", "CP949",
	"configuration", 1},
    {"CP949: pair that is none",
	BYTES("\xc9\xa1<p>\x8c"
	      "c\xb9\xe6 \x94\xee \xbb\xf5 \xbc\xd2\xbd\xc4</p>"),
	"euc-kr", NULL, NULL, FFFD "<p>똠방 뷁 새 소식</p>", "CP949",
	"configuration", 1},
    {"CP949: cut at the end",
	BYTES("<p>\x8c"
	      "c\xb9\xe6 \x94\xee \xbb\xf5 \xbc\xd2\xbd\xc4</p>\xb0"),
	"euc-kr", NULL, NULL, "<p>똠방 뷁 새 소식</p>" FFFD, "CP949",
	"configuration", 1},
    {"CP932: lead before markup",
	BYTES("\x81<b><p>\x90V\x82\xb5\x82\xa2\x8bL\x8e\x96\x81"
	      "A\x83J\x83^\x83J\x83i</p>"),
	"sjis", NULL, NULL, FFFD "<b><p>新しい記事、カタカナ</p>", "CP932",
	"configuration", 1},
    {"CP932: stray bytes",
	BYTES("\xfd\xa0\xff<p>\x90V\x82\xb5\x82\xa2\x8bL\x8e\x96\x81"
	      "A\x83J\x83^\x83J\x83i</p>"),
	"sjis", NULL, NULL, FFFD FFFD FFFD "<p>新しい記事、カタカナ</p>",
	"CP932", "configuration", 3},
    {"CP932: pair that is none",
	BYTES("\x85\xa1<p>\x90V\x82\xb5\x82\xa2\x8bL\x8e\x96\x81"
	      "A\x83J\x83^\x83J\x83i</p>"),
	"sjis", NULL, NULL, FFFD "<p>新しい記事、カタカナ</p>", "CP932",
	"configuration", 1},
    {"CP932: cut at the end", BYTES("\x90V\x81"), "sjis", NULL, NULL, "新" FFFD,
	"CP932", "configuration", 1},
    {"EUC-JP: lead before markup",
	BYTES("\xb0<b><p>"
	      "\xbf\xb7\xa4\xb7\xa4\xa4\xb5\xad\xbb\xf6\xa1\xa2\xa5\xab\xa5\xbf"
	      "\xa5\xab\xa5\xca</p>"),
	"euc-jp", NULL, NULL, FFFD "<b><p>新しい記事、カタカナ</p>",
	"EUC-JP-MS", "configuration", 1},
    {"EUC-JP: stray bytes are no C1 controls",
	BYTES("\x82\xff\xbf\xb7\x9f<\xb0\x85<"), "euc-jp", NULL, NULL,
	FFFD FFFD "新" FFFD "<" FFFD "<", "EUC-JP-MS", "configuration", 4},
    {"EUC-JP: three bytes that are none",
	BYTES("\x8f\xa1\xa1<p>"
	      "\xbf\xb7\xa4\xb7\xa4\xa4\xb5\xad\xbb\xf6\xa1\xa2\xa5\xab\xa5\xbf"
	      "\xa5\xab\xa5\xca</p>"),
	"euc-jp", NULL, NULL, FFFD "<p>新しい記事、カタカナ</p>", "EUC-JP-MS",
	"configuration", 1},
    {"EUC-JP: cut at the end", BYTES("\xbf\xb7\x8f\xb0"), "euc-jp", NULL, NULL,
	"新" FFFD, "EUC-JP-MS", "configuration", 1},
    {"GB18030: lead before markup", BYTES("\xb0<b>\xd0\xc2\xce\xc5"), "gbk",
	NULL, NULL, FFFD "<b>新闻", "GB18030", "configuration", 1},
    {"GB18030: stray byte", BYTES("\xff\xd0\xc2\xce\xc5"), "gbk", NULL, NULL,
	FFFD "新闻", "GB18030", "configuration", 1},
    {"GB18030: four bytes that are none",
	BYTES("\x81"
	      "0<b>\xd0\xc2\xce\xc5"),
	"gbk", NULL, NULL, FFFD "0<b>新闻", "GB18030", "configuration", 1},
    {"GB18030: four bytes without a character",
	BYTES("\xf0\x39\xd3\x37\xd0\xc2"), "gbk", NULL, NULL, FFFD "新",
	"GB18030", "configuration", 1},
    {"GB18030: cut at the end",
	BYTES("\xd0\xc2\x81"
	      "0"),
	"gbk", NULL, NULL, "新" FFFD "0", "GB18030", "configuration", 1},
    {"Big5: lead before markup",
	BYTES("\xa4<b>\xb7s\xbb"
	      "D\xa1\xe3"),
	"big5", NULL, NULL, FFFD "<b>新聞～", "BIG5-HKSCS", "configuration", 1},
    {"Big5: stray bytes",
	BYTES("\x80\xff\xb7s\xbb"
	      "D"),
	"big5", NULL, NULL, FFFD FFFD "新聞", "BIG5-HKSCS", "configuration", 2},
    {"Big5: cut at the end", BYTES("\xb7s\xa4"), "big5", NULL, NULL, "新" FFFD,
	"BIG5-HKSCS", "configuration", 1},
    {"UTF-16: lone surrogates, cut",
	BYTES("<\x00\x00\xd8"
	      "a\x00\x00\xdc"
	      "b\x00>"),
	"utf-16le", NULL, NULL, "<" FFFD "a" FFFD "b" FFFD, "UTF-16LE",
	"configuration", 3},
    {"UTF-16: a pair cut", BYTES("<\x00=\xd8"), "utf-16", NULL, NULL, "<" FFFD,
	"UTF-16LE", "configuration", 1},
    {"UTF-8: overlong, surrogate, cut",
	BYTES("\xea\xb0\x80\xc0\xaf\xed\xa0\x80\xeb\xb7<\xf0\x9f\x98"), "utf8",
	NULL, NULL, "가" FFFD FFFD FFFD FFFD FFFD FFFD "<" FFFD, "UTF-8",
	"configuration", 7},
    {"NUL goes, C0 becomes a blank",
	BYTES("a\x00"
	      "b\x01"
	      "c\x09"
	      "d\x0d"
	      "e\nf\x1bg\x7f\x0c"),
	NULL, NULL, NULL,
	"ab c"
	"\x09"
	"d"
	"\x0d"
	"e\nf g ",
	"UTF-8", "valid UTF-8", 0},
    {"meta, double quotes", BYTES("<meta charset=\"euc-kr\">"), NULL, NULL,
	NULL, "<meta charset=\"euc-kr\">", "CP949", "meta", 0},
    {"meta, single quotes", BYTES("<META  CHARSET = 'EUC-KR' />"), NULL, NULL,
	NULL, "<META  CHARSET = 'EUC-KR' />", "CP949", "meta", 0},
    {"meta, slash", BYTES("<meta/charset=euc-kr>"), NULL, NULL, NULL,
	"<meta/charset=euc-kr>", "CP949", "meta", 0},
    {"meta, http-equiv first",
	BYTES("<meta http-equiv=\"Content-Type\" content=\"text/html; "
	      "charset=euc-kr\">"),
	NULL, NULL, NULL,
	"<meta http-equiv=\"Content-Type\" content=\"text/html; "
	"charset=euc-kr\">",
	"CP949", "meta", 0},
    {"meta, content first",
	BYTES("<meta content='text/html;charset=euc-kr' "
	      "http-equiv=content-type>"),
	NULL, NULL, NULL,
	"<meta content='text/html;charset=euc-kr' http-equiv=content-type>",
	"CP949", "meta", 0},
    {"meta, unquoted content",
	BYTES(
	    "<meta http-equiv=content-type content=text/html;charset=euc-kr>"),
	NULL, NULL, NULL,
	"<meta http-equiv=content-type content=text/html;charset=euc-kr>",
	"CP949", "meta", 0},
    {"meta, quoted in quotes",
	BYTES("<meta http-equiv=content-type content=\"text/html; "
	      "charset='euc-kr'\">"),
	NULL, NULL, NULL,
	"<meta http-equiv=content-type content=\"text/html; "
	"charset='euc-kr'\">",
	"CP949", "meta", 0},
    {"meta, unmatched quote within",
	BYTES("<meta http-equiv=content-type content=\"text/html; "
	      "charset='euc-kr\">"),
	NULL, NULL, NULL,
	"<meta http-equiv=content-type content=\"text/html; charset='euc-kr\">",
	"UTF-8", "valid UTF-8", 0},
    {"meta, no pragma", BYTES("<meta content=\"text/html; charset=euc-kr\">"),
	NULL, NULL, NULL, "<meta content=\"text/html; charset=euc-kr\">",
	"UTF-8", "valid UTF-8", 0},
    {"meta, another pragma",
	BYTES(
	    "<meta http-equiv=refresh content=\"text/html; charset=euc-kr\">"),
	NULL, NULL, NULL,
	"<meta http-equiv=refresh content=\"text/html; charset=euc-kr\">",
	"UTF-8", "valid UTF-8", 0},
    {"meta, charset needs no pragma",
	BYTES("<meta charset=euc-kr content=\"text/html; charset=big5\">"),
	NULL, NULL, NULL,
	"<meta charset=euc-kr content=\"text/html; charset=big5\">", "CP949",
	"meta", 0},
    {"meta, first of two charsets", BYTES("<meta charset=euc-kr charset=big5>"),
	NULL, NULL, NULL, "<meta charset=euc-kr charset=big5>", "CP949", "meta",
	0},
    {"meta, first of two contents",
	BYTES("<meta http-equiv=content-type content=\"charset=euc-kr\" "
	      "content=\"charset=big5\">"),
	NULL, NULL, NULL,
	"<meta http-equiv=content-type content=\"charset=euc-kr\" "
	"content=\"charset=big5\">",
	"CP949", "meta", 0},
    {"meta, unknown then known",
	BYTES("<meta charset=nonsense><meta charset=euc-kr>"), NULL, NULL, NULL,
	"<meta charset=nonsense><meta charset=euc-kr>", "CP949", "meta", 0},
    {"meta, first of two metas",
	BYTES("<meta charset=euc-kr><meta charset=big5>"), NULL, NULL, NULL,
	"<meta charset=euc-kr><meta charset=big5>", "CP949", "meta", 0},
    {"meta, in a comment",
	BYTES("<!-- <meta charset=big5> --><meta charset=euc-kr>"), NULL, NULL,
	NULL, "<!-- <meta charset=big5> --><meta charset=euc-kr>", "CP949",
	"meta", 0},
    {"meta, shortest comment", BYTES("<!--><meta charset=euc-kr>-->"), NULL,
	NULL, NULL, "<!--><meta charset=euc-kr>-->", "CP949", "meta", 0},
    {"meta, unclosed comment", BYTES("<!-- <meta charset=euc-kr>"), NULL, NULL,
	NULL, "<!-- <meta charset=euc-kr>", "UTF-8", "valid UTF-8", 0},
    {"meta, in an attribute",
	BYTES("<p title=\"<meta charset=big5>\"><meta charset=euc-kr>"), NULL,
	NULL, NULL, "<p title=\"<meta charset=big5>\"><meta charset=euc-kr>",
	"CP949", "meta", 0},
    {"meta, in an attribute of an end tag",
	BYTES("</p title='<meta charset=big5>'><meta charset=euc-kr>"), NULL,
	NULL, NULL, "</p title='<meta charset=big5>'><meta charset=euc-kr>",
	"CP949", "meta", 0},
    {"meta, in a declaration",
	BYTES("<!doctype <meta charset=big5>><meta charset=euc-kr>"), NULL,
	NULL, NULL, "<!doctype <meta charset=big5>><meta charset=euc-kr>",
	"CP949", "meta", 0},
    {"meta, in an instruction",
	BYTES("<?x <meta charset=big5>><meta charset=euc-kr>"), NULL, NULL,
	NULL, "<?x <meta charset=big5>><meta charset=euc-kr>", "CP949", "meta",
	0},
    {"meta, after lone <", BYTES("< 1 << <3 <meta charset=euc-kr>"), NULL, NULL,
	NULL, "< 1 << <3 <meta charset=euc-kr>", "CP949", "meta", 0},
    {"meta, another element", BYTES("<metadata charset=euc-kr>"), NULL, NULL,
	NULL, "<metadata charset=euc-kr>", "UTF-8", "valid UTF-8", 0},
    {"meta, cut in its label", BYTES("<meta charset=euc-kr"), NULL, NULL, NULL,
	"<meta charset=euc-kr", "UTF-8", "valid UTF-8", 0},
    {"meta, cut behind its label", BYTES("<meta charset=\"euc-kr\" "), NULL,
	NULL, NULL, "<meta charset=\"euc-kr\" ", "UTF-8", "valid UTF-8", 0},
    {"meta, UTF-16 means UTF-8", BYTES("<meta charset=utf-16le>"), NULL, NULL,
	NULL, "<meta charset=utf-16le>", "UTF-8", "meta", 0},
    {"meta, x-user-defined", BYTES("<meta charset=x-user-defined>"), NULL, NULL,
	NULL, "<meta charset=x-user-defined>", "CP1252", "meta", 0},
    {"meta, x-user-defined in content",
	BYTES("<meta http-equiv=content-type "
	      "content=\"a;charset=X-USER-DEFINED\">"),
	NULL, NULL, NULL,
	"<meta http-equiv=content-type content=\"a;charset=X-USER-DEFINED\">",
	"CP1252", "meta", 0},
    {"meta, replacement", BYTES("<meta charset=hz-gb-2312>"), NULL, NULL, NULL,
	"<meta charset=hz-gb-2312>", "UTF-8", "valid UTF-8", 0},
    {"meta, XML declaration",
	BYTES("<?xml version=\"1.0\" encoding='euc-kr'?><html>"), NULL, NULL,
	NULL, "<?xml version=\"1.0\" encoding='euc-kr'?><html>", "CP949",
	"meta", 0},
    {"meta beats the XML declaration",
	BYTES("<?xml version=\"1.0\" encoding=\"big5\"?><meta charset=euc-kr>"),
	NULL, NULL, NULL,
	"<?xml version=\"1.0\" encoding=\"big5\"?><meta charset=euc-kr>",
	"CP949", "meta", 0},
    {"XML declaration, no quotes",
	BYTES("<?xml version=\"1.0\" encoding=euc-kr?><html>"), NULL, NULL,
	NULL, "<?xml version=\"1.0\" encoding=euc-kr?><html>", "UTF-8",
	"valid UTF-8", 0},
    {"XML declaration, UTF-16", BYTES("<?xml encoding = \"utf-16\"?>"), NULL,
	NULL, NULL, "<?xml encoding = \"utf-16\"?>", "UTF-8", "meta", 0},
};

static void
test_decode(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(cases); i++) {
		/* on the heap, so that a sanitizer sees a byte too far */
		char *body = xmemdup(cases[i].bytes, cases[i].length);
		struct decoded decoded = {0};
		bool done = charset_decode(charsets, body, cases[i].length,
		    cases[i].configured, cases[i].content_type, cases[i].host,
		    &decoded, NULL);
		if (!done || strcmp(decoded.text, cases[i].text) != 0 ||
		    strlen(decoded.text) != decoded.length ||
		    strcmp(decoded.charset, cases[i].charset) != 0 ||
		    strcmp(decoded.source, cases[i].source) != 0 ||
		    decoded.replaced != cases[i].replaced) {
			print_error("%s: '%s' %s by %s, %zu replaced\n",
			    cases[i].about, decoded.text, decoded.charset,
			    decoded.source, decoded.replaced);
			failed++;
		}
		decoded_clear(&decoded);
		assert_null(decoded.text);
		free(body);
	}
	assert_int_equal(failed, 0);
}

/* One state must not leak into the next page's. */
static void
test_again(void **state)
{
	(void)state;
	static const char *const bodies[][2] = {
	    {"iso-2022-jp", "\x1b$B?7"},
	    {"big5", "\x88\x66"},
	    {"windows-1258", "a"},
	    {"windows-1255", "\xe9"},
	};
	for (size_t i = 0; i < 2 * COUNT(bodies); i++) {
		struct decoded decoded;
		const char *const *body = bodies[i % COUNT(bodies)];
		assert_true(charset_decode(charsets, body[1], strlen(body[1]),
		    body[0], NULL, NULL, &decoded, NULL));
		decoded_clear(&decoded);
		assert_true(charset_decode(charsets, "?7\xcc", 2, body[0], NULL,
		    NULL, &decoded, NULL));
		assert_string_equal(decoded.text, "?7");
		decoded_clear(&decoded);
	}
}

/* A meta behind so many bytes of script, and whether it is still obeyed. */
static const struct {
	size_t before;
	const char *source;
} distances[] = {
    {0, "meta"},
    {1000, "meta"},
    {1010, "meta"}, /* begins within 1024 bytes, ends beyond */
    {20000, "meta"},
    {65000, "meta"},
    {65530, "default"},
    {100000, "default"},
};

static void
test_late_meta(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(distances); i++) {
		struct buffer page = {0};
		while (page.length < distances[i].before)
			buffer_add_byte(&page, ' ');
		buffer_add_string(&page,
		    "<meta charset=\"euc-kr\">\xbb\xf5 \xbc\xd2\xbd\xc4");
		struct decoded decoded = {0};
		assert_true(charset_decode(charsets, page.bytes, page.length,
		    NULL, NULL, "example.com", &decoded, NULL));
		bool late = strcmp(distances[i].source, "default") == 0;
		if (strcmp(decoded.source, distances[i].source) != 0 ||
		    (strstr(decoded.text, "새 소식") != NULL) == late) {
			print_error("after %zu bytes: %s by %s\n",
			    distances[i].before, decoded.charset,
			    decoded.source);
			failed++;
		}
		decoded_clear(&decoded);
		buffer_clear(&page);
	}
	assert_int_equal(failed, 0);
}

/* Characters of two to four bytes across every border of the converter's
 * pieces of output, and nothing lost. */
static void
test_long(void **state)
{
	(void)state;
	static const struct {
		const char *label, *unit, *text;
	} units[] = {
	    {"euc-kr", "\x8c\x63x", "똠x"},
	    {"big5", "\xa1\xe3\xb7\x73x", "～新x"},
	    {"euc-jp", "\x8f\xb0\xa1\x82", "丂" FFFD},
	    {"gb18030", "\x94\x39\xda\x33", "\xf0\x9f\x92\xa9"},
	    {"shift_jis", "\x81<", FFFD "<"},
	    {"iso-2022-jp", "\x1b$B?7\x1b(B.", "新."},
	    {"windows-1255", "\xf9\xd1", "\xef\xac\xaa"},
	    {"windows-1252", "\x81", FFFD},
	    {"utf-8", "\xff", FFFD},
	};
	for (size_t i = 0; i < COUNT(units); i++) {
		struct buffer body = {0}, wanted = {0};
		for (size_t k = 0; k < 100000; k++) {
			buffer_add_string(&body, units[i].unit);
			buffer_add_string(&wanted, units[i].text);
		}
		struct decoded decoded;
		assert_true(charset_decode(charsets, body.bytes, body.length,
		    units[i].label, NULL, NULL, &decoded, NULL));
		if (decoded.length != wanted.length ||
		    memcmp(decoded.text, wanted.bytes, wanted.length) != 0)
			fail_msg("%s", units[i].label);
		decoded_clear(&decoded);
		buffer_clear(&wanted);
		buffer_clear(&body);
	}
}

/* Markup that a careless prescan would read again and again. */
static void
test_hostile_meta(void **state)
{
	(void)state;
	static const char *const units[] = {"<", "<!--", "<meta ", "<a =", "<!",
	    "<meta http-equiv content=charset ", "charset ", "<?xml encoding",
	    "<meta charset='"};
	for (size_t i = 0; i < COUNT(units); i++) {
		struct buffer page = {0};
		while (page.length < 1 << 20)
			buffer_add_string(&page, units[i]);
		buffer_add_byte(&page, '\xff');
		struct decoded decoded;
		assert_true(charset_decode(charsets, page.bytes, page.length,
		    NULL, page.bytes, "a.jp", &decoded, NULL));
		decoded_clear(&decoded);
		buffer_clear(&page);
	}
}

/* Every pair of bytes in every encoding gives clean UTF-8, and what is above
 * the pair in ASCII is still there. */
static void
test_pairs(void **state)
{
	(void)state;
	struct buffer body = {0};
	for (unsigned high = 0x80; high < 0x100; high++)
		for (unsigned low = 0; low < 0x100; low++) {
			char line[] = {'\n', (char)high, (char)low, '<', '>'};
			buffer_add(&body, line, sizeof(line));
		}
	for (size_t i = 0; i < COUNT(labels); i++) {
		if (strncmp(labels[i].charset, "UTF-16", 6) == 0)
			continue;
		char *label =
		    xstrndup(labels[i].labels, strcspn(labels[i].labels, " "));
		struct decoded decoded;
		assert_true(charset_decode(charsets, body.bytes, body.length,
		    label, NULL, NULL, &decoded, NULL));
		size_t closed = 0;
		for (size_t k = 0; k < decoded.length; k++)
			closed += decoded.text[k] == '>' &&
				  decoded.text[k - 1] == '<';
		if (closed != 128 * 256 ||
		    !text_is_utf8(decoded.text, decoded.length))
			fail_msg("%s: %zu of %d", label, closed, 128 * 256);
		decoded_clear(&decoded);
		free(label);
	}
	buffer_clear(&body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_labels),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_decode),
	    cmocka_unit_test(test_again),
	    cmocka_unit_test(test_late_meta),
	    cmocka_unit_test(test_long),
	    cmocka_unit_test(test_hostile_meta),
	    cmocka_unit_test(test_pairs),
	};
	return cmocka_run_group_tests(tests, open_charsets, close_charsets);
}
