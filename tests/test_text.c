#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"
#include "feed/text.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define BYTES(literal) (literal), sizeof(literal) - 1
#define FFFD "\xef\xbf\xbd"
#define DOTS "\xe2\x80\xa6"

/* What one step of text_decode makes of the bytes, and how far it goes. */
static const struct {
	const char *bytes;
	size_t length;
	uint32_t character;
	size_t moved;
} decoded[] = {
    {BYTES("A"), 'A', 1},
    {BYTES("\0"), 0, 1},
    {BYTES("\x7f"), 0x7f, 1},
    {BYTES("\xc2\x80"), 0x80, 2},
    {BYTES("\xdf\xbf"), 0x7ff, 2},
    {BYTES("\xe0\xa0\x80"), 0x800, 3},
    {BYTES("\xeb\xb7\x81"), 0xbdc1, 3},
    {BYTES("\xed\x9f\xbf"), 0xd7ff, 3},
    {BYTES("\xee\x80\x80"), 0xe000, 3},
    {BYTES("\xef\xbf\xbd"), 0xfffd, 3},
    {BYTES("\xf0\x90\x80\x80"), 0x10000, 4},
    {BYTES("\xf4\x8f\xbf\xbf"), 0x10ffff, 4},
    /* overlong: the lead byte is a maximal subpart by itself */
    {BYTES("\xc0\x80"), 0xfffd, 1},
    {BYTES("\xc1\xbf"), 0xfffd, 1},
    {BYTES("\xe0\x80\x80"), 0xfffd, 1},
    {BYTES("\xe0\x9f\xbf"), 0xfffd, 1},
    {BYTES("\xf0\x8f\xbf\xbf"), 0xfffd, 1},
    /* surrogates, beyond the end, bytes that never are */
    {BYTES("\xed\xa0\x80"), 0xfffd, 1},
    {BYTES("\xed\xbf\xbf"), 0xfffd, 1},
    {BYTES("\xf4\x90\x80\x80"), 0xfffd, 1},
    {BYTES("\xf5\x80\x80\x80"), 0xfffd, 1},
    {BYTES("\xff"), 0xfffd, 1},
    {BYTES("\x80"), 0xfffd, 1},
    {BYTES("\xbf\x80"), 0xfffd, 1},
    /* cut, at the end and in the middle: the maximal subpart goes */
    {BYTES("\xc2"), 0xfffd, 1},
    {BYTES("\xe0"), 0xfffd, 1},
    {BYTES("\xeb\xb7"), 0xfffd, 2},
    {BYTES("\xeb\xb7<"), 0xfffd, 2},
    {BYTES("\xeb<a"), 0xfffd, 1},
    {BYTES("\xf0\x9f\x98"), 0xfffd, 3},
    {BYTES("\xf0\x9f\x98x"), 0xfffd, 3},
    {BYTES("\xf0\x9f\xc2\x80"), 0xfffd, 2},
};

static void
test_decode(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(decoded); i++) {
		/* on the heap, so that a sanitizer sees a byte too far */
		char *copy = xmemdup(decoded[i].bytes, decoded[i].length);
		const char *at = copy;
		uint32_t character = text_decode(&at, copy + decoded[i].length);
		size_t moved = (size_t)(at - copy);
		/* valid are those that end as one character, and U+FFFD
		 * only as itself */
		bool valid =
		    moved == decoded[i].length &&
		    (character != 0xfffd || memcmp(copy, FFFD, moved) == 0);
		if (character != decoded[i].character ||
		    moved != decoded[i].moved ||
		    valid != text_is_utf8(copy, decoded[i].length)) {
			print_error("row %zu: U+%04X after %zu bytes\n", i,
			    (unsigned)character, moved);
			failed++;
		}
		free(copy);
	}
	assert_int_equal(failed, 0);
}

static const struct {
	const char *cut, *whole;
	bool is;
} cuts[] = {
    {"Rain on the wh...", "Rain on the whole of the town", true},
    {"Rain on the wh…", "Rain  on the whole of the town", true},
    {"비가 온다 비가..", "비가 온다, 비가 많이 온다", true},
    {"Rain on the whole", "Rain on the whole of the town", false},
    {"Snow on the wh...", "Rain on the whole of the town", false},
    {"And then...", "And then", false},
    {"...", "Rain", false},
    {"", "Rain", false},
};

static void
test_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cuts); i++)
		if (text_is_cut_from(cuts[i].cut, cuts[i].whole) != cuts[i].is)
			fail_msg(
			    "\"%s\" of \"%s\"", cuts[i].cut, cuts[i].whole);
}

static void
test_encode(void **state)
{
	(void)state;
	for (uint32_t c = 0; c <= 0x110000; c++) {
		char bytes[4];
		size_t length = text_encode(c, bytes);
		const char *at = bytes;
		uint32_t back = text_decode(&at, bytes + length);
		bool holds = c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
		if (back != (holds ? c : 0xfffd) || at != bytes + length)
			fail_msg("U+%04X came back as U+%04X", (unsigned)c,
			    (unsigned)back);
	}
}

static const struct {
	const char *bytes;
	size_t length, prefix;
} prefixes[] = {
    {BYTES(""), 0},
    {BYTES("plain text of many bytes"), 24},
    {BYTES("plain \xeb\xb7\x81 text"), 14},
    {BYTES("12345678\xff"
	   "9"),
	8},
    {BYTES("1234567\xff"), 7},
    {BYTES("123456789\xeb\xb7"), 9},
    {BYTES("\xeb\xb7\x81\xed\xa0\x80"), 3},
    {BYTES("a\0b"), 3},
    {BYTES(FFFD), 3},
};

static void
test_prefix(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(prefixes); i++) {
		size_t found =
		    text_utf8_prefix(prefixes[i].bytes, prefixes[i].length);
		if (found != prefixes[i].prefix ||
		    text_is_utf8(prefixes[i].bytes, prefixes[i].length) !=
			(found == prefixes[i].length)) {
			print_error("row %zu: %zu\n", i, found);
			failed++;
		}
	}
	assert_int_equal(failed, 0);
	assert_true(text_is_utf8(NULL, 0));
}

/* What the border lets through, by the ends of each class. */
static const struct {
	uint32_t character;
	char fate; /* k: kept, d: dropped, b: becomes a blank */
} border[] = {
    {0x00, 'd'},
    {0x01, 'd'},
    {0x08, 'd'},
    {0x09, 'b'},
    {0x0a, 'b'},
    {0x0b, 'b'},
    {0x0c, 'b'},
    {0x0d, 'b'},
    {0x0e, 'd'},
    {0x1b, 'd'},
    {0x1f, 'd'},
    {0x20, 'b'},
    {0x21, 'k'},
    {0x7e, 'k'},
    {0x7f, 'd'},
    {0x80, 'd'},
    {0x84, 'd'},
    {0x85, 'b'},
    {0x86, 'd'},
    {0x9f, 'd'},
    {0xa0, 'b'},
    {0xa1, 'k'},
    {0xad, 'k'},
    {0x61b, 'k'},
    {0x61c, 'd'},
    {0x1680, 'b'},
    {0x180e, 'k'},
    {0x1fff, 'k'},
    {0x2000, 'b'},
    {0x200a, 'b'},
    {0x200b, 'k'},
    {0x200c, 'k'},
    {0x200d, 'k'},
    {0x200e, 'd'},
    {0x200f, 'd'},
    {0x2010, 'k'},
    {0x2028, 'b'},
    {0x2029, 'b'},
    {0x202a, 'd'},
    {0x202e, 'd'},
    {0x202f, 'b'},
    {0x2030, 'k'},
    {0x205f, 'b'},
    {0x2060, 'k'},
    {0x2065, 'k'},
    {0x2066, 'd'},
    {0x2069, 'd'},
    {0x206a, 'd'},
    {0x206f, 'd'},
    {0x2070, 'k'},
    {0x3000, 'b'},
    {0x3001, 'k'},
    {0xd7ff, 'k'},
    {0xe000, 'k'},
    {0xf8ff, 'k'},
    {0xfdcf, 'k'},
    {0xfdd0, 'd'},
    {0xfdef, 'd'},
    {0xfdf0, 'k'},
    {0xfe0f, 'k'},
    {0xfeff, 'b'},
    {0xfff8, 'k'},
    {0xfff9, 'd'},
    {0xfffb, 'd'},
    {0xfffc, 'd'},
    {0xfffd, 'k'},
    {0xfffe, 'd'},
    {0xffff, 'd'},
    {0x10000, 'k'},
    {0x1f600, 'k'},
    {0x1fffd, 'k'},
    {0x1fffe, 'd'},
    {0x1ffff, 'd'},
    {0xe0000, 'd'},
    {0xe0041, 'd'},
    {0xe007f, 'd'},
    {0xe0100, 'k'},
    {0x10fffd, 'k'},
    {0x10fffe, 'd'},
    {0x10ffff, 'd'},
};

static void
test_border(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(border); i++) {
		char bytes[8] = "a", wanted[8] = "a";
		size_t width = text_encode(border[i].character, bytes + 1);
		bytes[width + 1] = 'b';
		size_t kept = 0;
		if (border[i].fate == 'k')
			kept = text_encode(border[i].character, wanted + 1);
		else if (border[i].fate == 'b')
			wanted[++kept] = ' ';
		wanted[kept + 1] = 'b';
		char *line = text_line(bytes, width + 2, 10);
		bool clean = text_is_clean(bytes, width + 2, false);
		if (strcmp(line, wanted) != 0 ||
		    clean != (strcmp(line, bytes) == 0 && bytes[1] != 0)) {
			print_error("U+%04X: '%s'\n",
			    (unsigned)border[i].character, line);
			failed++;
		}
		free(line);
	}
	assert_int_equal(failed, 0);
}

static const struct {
	const char *bytes;
	size_t length, max;
	const char *line;
} lines[] = {
    {BYTES("\xe2\x80\x8b"), 9, ""},
    {BYTES("\xe2\x80\x8b a\xe2\x80\x8b"
	   "b \xe2\x81\xa0\xe2\x80\x8b"),
	9,
	"a\xe2\x80\x8b"
	"b"},
    {BYTES("a\xe2\x80\x8b b"), 9, "a\xe2\x80\x8b b"},
    {BYTES(""), 10, ""},
    {BYTES(" \t\r\n\xe3\x80\x80\xc2\xa0\xef\xbb\xbf"), 10, ""},
    {BYTES("\x01\x02"), 10, ""},
    {BYTES("  two \n\t words  "), 10, "two words"},
    {BYTES("메트로\xe3\x80\x80\xe3\x80\x80신문\xc2\xa0"), 10, "메트로 신문"},
    {BYTES("a \x01 b"), 10, "a b"},
    {BYTES("a\0b"), 10, "ab"},
    {BYTES("\xff가\xeb\xb7"), 10, FFFD "가" FFFD},
    {BYTES("\xe2\x80\xae"
	   "moc.live"),
	20, "moc.live"},
    /* cutting: whole if it fits, else U+2026 is the last character */
    {BYTES("abcde"), 5, "abcde"},
    {BYTES("abcde "), 5, "abcde"},
    {BYTES("abcdef"), 5, "abcd" DOTS},
    {BYTES("abcde f"), 5, "abcd" DOTS},
    {BYTES("abcd e"), 5, "abcd" DOTS},
    {BYTES("abc de"), 5, "abc" DOTS},
    {BYTES("ab cde"), 5, "ab c" DOTS},
    {BYTES("ab  cd"), 5, "ab cd"},
    {BYTES("a bc"), 2, "a" DOTS},
    {BYTES("a b"), 2, "a" DOTS},
    {BYTES("ab"), 1, DOTS},
    {BYTES("a"), 1, "a"},
    {BYTES("ab"), 0, ""},
    {BYTES("가나다라"), 4, "가나다라"},
    {BYTES("가나다라마"), 4, "가나다" DOTS},
    {BYTES("가나다\xff\xff"), 4, "가나다" DOTS},
    {BYTES("\xf0\x9f\x98\x80\xf0\x9f\x98\x81\xf0\x9f\x98\x82"), 2,
	"\xf0\x9f\x98\x80" DOTS},
};

static void
test_line(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(lines); i++) {
		char *line =
		    text_line(lines[i].bytes, lines[i].length, lines[i].max);
		if (strcmp(line, lines[i].line) != 0 ||
		    !text_is_clean(line, strlen(line), false)) {
			print_error("row %zu: '%s'\n", i, line);
			failed++;
		}
		free(line);
	}
	assert_int_equal(failed, 0);
	char *nothing = text_line(NULL, 0, 10);
	assert_string_equal(nothing, "");
	free(nothing);
}

static const struct {
	const char *bytes;
	size_t length, max;
	const char *paragraphs;
} paragraphs[] = {
    {BYTES(""), 100, ""},
    {BYTES("\n \n"), 100, ""},
    {BYTES("one\ntwo"), 100, "one\ntwo"},
    {BYTES("\n\none \t\n \n two\n"), 100, "one\ntwo"},
    {BYTES("one\r\n\r\ntwo\rthree"), 100, "one\ntwo\nthree"},
    {BYTES("one\xe2\x80\xa9two\xe2\x80\xa8three"), 100, "one\ntwo three"},
    {BYTES("a  b\xc2\xa0 c"), 100, "a b c"},
    {BYTES("a\n\x01\n\xe2\x80\xae\nb"), 100, "a\nb"},
    {BYTES("\xef\xbf\xbe"), 100, ""},
    /* cutting, with no mark */
    {BYTES("abc"), 3, "abc"},
    {BYTES("abcd"), 3, "abc"},
    {BYTES("abc"), 0, ""},
    {BYTES("ab\nc"), 3, "ab"},
    {BYTES("ab\nc"), 4, "ab\nc"},
    {BYTES("가나"), 6, "가나"},
    {BYTES("가나"), 5, "가"},
    {BYTES("가나"), 2, ""},
    {BYTES("가 나"), 6, "가"},
};

static void
test_paragraphs(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(paragraphs); i++) {
		char *text = text_paragraphs(paragraphs[i].bytes,
		    paragraphs[i].length, paragraphs[i].max);
		if (strcmp(text, paragraphs[i].paragraphs) != 0 ||
		    !text_is_clean(text, strlen(text), true)) {
			print_error("row %zu: '%s'\n", i, text);
			failed++;
		}
		free(text);
	}
	assert_int_equal(failed, 0);
}

static const struct {
	const char *bytes;
	size_t length;
	bool line, paragraphs;
} clean[] = {
    {BYTES(""), true, true},
    {BYTES("two words"), true, true},
    {BYTES("가\n나"), false, true},
    {BYTES("가\n\n나"), false, false},
    {BYTES("가 \n나"), false, false},
    {BYTES("가\n 나"), false, false},
    {BYTES("a  b"), false, false},
    {BYTES(" a"), false, false},
    {BYTES("a "), false, false},
    {BYTES("\na"), false, false},
    {BYTES("a\n"), false, false},
    {BYTES(" "), false, false},
    {BYTES("a\tb"), false, false},
    {BYTES("a\rb"), false, false},
    {BYTES("a\0b"), false, false},
    {BYTES("a\xc2\xa0"
	   "b"),
	false, false},
    {BYTES("a" FFFD), true, true},
    {BYTES("a\xff"), false, false},
    {BYTES("a\xeb\xb7"), false, false},
    {BYTES("\xed\xa0\x80"), false, false},
    {BYTES("a\xe2\x80\xae"), false, false},
    {BYTES("\xef\xbf\xbf"), false, false},
};

static void
test_clean(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(clean); i++)
		if (text_is_clean(clean[i].bytes, clean[i].length, false) !=
			clean[i].line ||
		    text_is_clean(clean[i].bytes, clean[i].length, true) !=
			clean[i].paragraphs) {
			print_error("row %zu\n", i);
			failed++;
		}
	assert_int_equal(failed, 0);
	assert_true(text_is_clean(NULL, 0, false));
}

static const struct {
	const char *text;
	size_t cells;
	bool wide;
} widths[] = {
    {"", 0, false},
    {"plain", 5, false},
    {"\t\n", 0, false},
    {"메트로신문", 10, true},
    {"a가b", 4, true},
    {"\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", 2, true}, /* han, conjoining */
    {"\xe3\x84\xb1", 2, true},                         /* a lone consonant */
    {"カナ", 4, true},
    {"ｶﾅ", 2, false},            /* half width */
    {"か\xe3\x82\x99", 2, true}, /* with a combining voice mark */
    {"漢字", 4, true},
    {"\xf0\xa0\x80\x80", 2, true}, /* U+20000 */
    {"\xf0\xb1\x8d\x90", 2, true}, /* U+31350, Unicode 15 */
    {"ＡＢ", 4, true},
    {"\xe3\x80\x80", 2, true},
    {"é", 1, false},
    {"e\xcc\x81", 1, false},
    {"…·—", 3, false}, /* ambiguous ones are narrow */
    {"\xc2\xad", 0, false},
    {"\xe2\x80\x8b\xe2\x80\x8d", 0, false},
    {"\xf0\x9f\x98\x80", 2, true},
    {"\xf0\x9f\xab\xa8", 2, true}, /* U+1FAE8, Unicode 15 */
    {"\xe2\x98\xba", 1, false},
    {"\xe2\x9d\xa4\xef\xb8\x8f", 1, false},         /* variation selector */
    {"\xf0\x9f\x87\xb0\xf0\x9f\x87\xb7", 2, false}, /* a flag */
    {"\xe0\xa6\x95\xe0\xa7\x81", 1, false},         /* Bengali, mark below */
    {"\xe0\xb8\x97\xe0\xb8\xb5\xe0\xb9\x88", 1, false}, /* Thai, two marks */
    {"\xd9\x85\xd9\x8e", 1, false},                     /* Arabic, vowel */
    {"\xd8\x80", 1, false}, /* a sign that stands before a number */
    {"\xff", 1, false},
};

static void
test_cells(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(widths); i++)
		if (text_cells(widths[i].text) != widths[i].cells ||
		    text_has_wide(widths[i].text) != widths[i].wide) {
			print_error("row %zu: %zu cells\n", i,
			    text_cells(widths[i].text));
			failed++;
		}
	assert_int_equal(failed, 0);
}

static const struct {
	const char *text;
	size_t cells;
	const char *excerpt, *padded;
} fitted[] = {
    {"", 0, "", ""},
    {"", 3, "", "   "},
    {"abc", 0, "", ""},
    {"abc", 1, DOTS, DOTS},
    {"abc", 3, "abc", "abc"},
    {"abc", 5, "abc", "abc  "},
    {"abcdef", 5, "abcd" DOTS, "abcd" DOTS},
    {"가나다", 6, "가나다", "가나다"},
    {"가나다", 5, "가나" DOTS, "가나" DOTS},
    {"가나다", 4, "가" DOTS, "가" DOTS " "},
    {"가나다", 2, DOTS, DOTS " "},
    {"가", 1, DOTS, DOTS},
    {"e\xcc\x81"
     "e\xcc\x81"
     "e\xcc\x81",
	3,
	"e\xcc\x81"
	"e\xcc\x81"
	"e\xcc\x81",
	"e\xcc\x81"
	"e\xcc\x81"
	"e\xcc\x81"},
    {"e\xcc\x81"
     "e\xcc\x81"
     "e\xcc\x81",
	2, "e\xcc\x81" DOTS, "e\xcc\x81" DOTS},
    /* a blank in the last fifth, none there, one right behind */
    {"one two three four", 15, "one two three" DOTS, "one two three " DOTS},
    {"one two threefourfive", 15, "one two threef" DOTS, "one two threef" DOTS},
    {"one two three four", 14, "one two three" DOTS, "one two three" DOTS},
    {"한 두 세 네 다섯", 12, "한 두 세 네" DOTS, "한 두 세 네" DOTS},
    {"한 두 세 네 다섯", 14, "한 두 세 네" DOTS, "한 두 세 네 " DOTS " "},
    {"first\nsecond", 6, "first" DOTS, "first\n" DOTS},
};

static void
test_fit(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(fitted); i++) {
		char *excerpt = text_excerpt(fitted[i].text, fitted[i].cells);
		char *padded = text_pad(fitted[i].text, fitted[i].cells);
		if (strcmp(excerpt, fitted[i].excerpt) != 0 ||
		    strcmp(padded, fitted[i].padded) != 0 ||
		    text_cells(padded) != fitted[i].cells) {
			print_error(
			    "row %zu: '%s', '%s'\n", i, excerpt, padded);
			failed++;
		}
		free(padded);
		free(excerpt);
	}
	assert_int_equal(failed, 0);
}

static const struct {
	const char *text, *folded;
} folds[] = {
    {"", ""},
    {"Hello, World! 2026", "helloworld2026"},
    {"[단독] 메트로 '신문'… 100%", "단독메트로신문100"},
    {"ＡＢＣ　１２３！", "abc123"},
    {"ÀÉÎÕÜ ×÷ Þß", "àéîõüþß"},
    {"ŁÓDŹ Ŷ Ÿ Ĺ ĺ", "łódźŷÿĺĺ"},
    {"İSTANBUL ısı", "istanbulısı"},
    {"ẖ ẗ Ế ẞ", "ẖẗếß"},
    {"ΑΘΗΝΑ Άνοιξη ΌΛΟΣ", "αθηναάνοιξηόλοσ"},
    {"Москва ЁЖ Їжак ӀӁ", "москваёжїжакӏӂ"},
    {"か゛カｶ々ー、。「漢字」", "かカｶ々ー漢字"},
    {"\xe1\x84\x92\xe1\x85\xa1", "\xe1\x84\x92\xe1\x85\xa1"},
    {"বাংলা, খবর।", "বাংলাখবর"},
    {"ข่าว วันนี้", "ข่าววันนี้"},
    {"أَخْبَار، ٣", "أَخْبَار٣"},
    {"हिन्दी समाचार।", "हिन्दीसमाचार"},
    {"①½Ⅳ", "①½Ⅳ"},
    {"葛\xf3\xa0\x84\x80飾 \xe2\x9d\xa4\xef\xb8\x8f \xf0\x9f\x98\x80", "葛飾"},
    {"a\xff" FFFD "b\xeb\xb7", "ab"},
    {"a\xf0\x9f\xbf\xbf", "a"},   /* a non-character */
    {"\xc8\xba", "\xe2\xb1\xa5"}, /* two bytes become three */
    {"\xc8\xba\xc8\xba\xc8\xba\xc8\xba\xc8\xba",
	"\xe2\xb1\xa5\xe2\xb1\xa5\xe2\xb1\xa5\xe2\xb1\xa5\xe2\xb1\xa5"},
};

static void
test_fold(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(folds); i++) {
		char *folded = text_fold(folds[i].text);
		char *again = text_fold(folded);
		if (strcmp(folded, folds[i].folded) != 0 ||
		    strcmp(folded, again) != 0) {
			print_error("row %zu: '%s'\n", i, folded);
			failed++;
		}
		free(again);
		free(folded);
	}
	assert_int_equal(failed, 0);
}

static const struct {
	const char *a, *b;
	bool equal;
} pairs[] = {
    {"", "", true},
    {"Content-Type", "content-TYPE", true},
    {"a", "ab", false},
    {"ab", "a", false},
    {"[", "{", false},
    {"@", "`", false},
    {"É", "é", false}, /* ASCII alone */
    {"I", "ı", false},
};

static void
test_begins_ignoring_case(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		size_t length;
		bool is_same;
	} rows[] = {{"BODY>", "body ", 4, true}, {"BODY>", "body ", 5, false},
	    {"bod", "body", 4, false}, {"body", "bod", 4, false},
	    {"a", "A", 9, true}, {"", "", 3, true}, {"x", "y", 0, true},
	    {"\xc3\x89", "\xc3\xa9", 2, false}, {"[", "{", 1, false}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(text_begins_ignoring_case(
				     rows[i].a, rows[i].b, rows[i].length),
		    rows[i].is_same);
}

static void
test_ascii(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(pairs); i++)
		if (text_equals_ignoring_case(pairs[i].a, pairs[i].b) !=
		    pairs[i].equal) {
			print_error("row %zu\n", i);
			failed++;
		}
	assert_int_equal(failed, 0);
	char *lower = text_lower_ascii("AZ[@É 가");
	assert_string_equal(lower, "az[@É 가");
	free(lower);
}

/* A megabyte of what costs most must not cost more than its length. */
static void
test_long(void **state)
{
	(void)state;
	static const char *const units[] = {"\xff", " ", "\n ", "a ",
	    "\xe2\x80\xae", "가", "\xcc\x81", "\xc8\xba"};
	for (size_t i = 0; i < COUNT(units); i++) {
		size_t width = strlen(units[i]), count = (1 << 20) / width;
		char *bytes = xcalloc(count * width + 1, 1);
		for (size_t k = 0; k < count; k++)
			memcpy(bytes + k * width, units[i], width);
		char *line = text_line(bytes, count * width, SIZE_MAX);
		char *short_line = text_line(bytes, count * width, 300);
		char *text = text_paragraphs(bytes, count * width, 1000);
		char *excerpt = text_excerpt(bytes, 500000);
		char *folded = text_fold(bytes);
		assert_true(text_is_clean(line, strlen(line), false));
		assert_true(strlen(short_line) <= 1200);
		assert_true(strlen(text) <= 1000);
		assert_true(text_cells(excerpt) <= 500000);
		free(folded);
		free(excerpt);
		free(text);
		free(short_line);
		free(line);
		free(bytes);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_decode),
	    cmocka_unit_test(test_encode),
	    cmocka_unit_test(test_cut),
	    cmocka_unit_test(test_prefix),
	    cmocka_unit_test(test_border),
	    cmocka_unit_test(test_line),
	    cmocka_unit_test(test_paragraphs),
	    cmocka_unit_test(test_clean),
	    cmocka_unit_test(test_cells),
	    cmocka_unit_test(test_fit),
	    cmocka_unit_test(test_fold),
	    cmocka_unit_test(test_ascii),
	    cmocka_unit_test(test_begins_ignoring_case),
	    cmocka_unit_test(test_long),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
