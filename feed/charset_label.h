#ifndef FEED_CHARSET_LABEL_H
#define FEED_CHARSET_LABEL_H

#include <stddef.h>

/*
 * Which encoding a page's labels name: the Encoding standard's table (4.2), the
 * HTTP header, the meta element (HTML 13.2.3.2).  Says nothing of whether the
 * bytes are so: that is charset.c's.
 */

/* Those that spend more than one byte on a character come last. */
enum encoding {
	UTF_8,
	CP866,
	ISO_8859_2,
	ISO_8859_3,
	ISO_8859_4,
	ISO_8859_5,
	ISO_8859_6,
	ISO_8859_7,
	ISO_8859_8,
	ISO_8859_10,
	ISO_8859_13,
	ISO_8859_14,
	ISO_8859_15,
	ISO_8859_16,
	KOI8_R,
	KOI8_U,
	MACINTOSH,
	CP874,
	CP1250,
	CP1251,
	CP1252,
	CP1253,
	CP1254,
	CP1255,
	CP1256,
	CP1257,
	CP1258,
	MAC_CYRILLIC,
	GB18030,
	BIG5,
	BIG5_SYMBOLS,
	EUC_JP,
	ISO_2022_JP,
	CP932,
	CP949,
	UTF_16LE,
	UTF_16BE,
	ENCODING_COUNT
};

#define ENCODING_NONE (-1)

/* "CP949": as written in messages, and glibc's converter; static. */
const char *encoding_name(enum encoding);

/* The Encoding standard's `get an encoding'; ENCODING_NONE if the label, in any
 * case and between blanks, is not listed. */
int label_find(const char *label, size_t length);

/* Of a whole Content-Type header (NULL is none) and of the page itself; an
 * encoding or ENCODING_NONE. */
int label_from_header(const char *content_type);
int label_from_page(const char *bytes, size_t length);

#endif
