#ifndef FEED_EVIDENCE_H
#define FEED_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/ending.h"
#include "feed/page.h"
#include "feed/sketch.h"

/*
 * What a page says against itself, before anybody believes its articles: signs
 * of a challenge, of maintenance, of a login and so on, and its measures.  It
 * is gathered where the page is read; verdict.h weighs it with what is known of
 * the section.  Signs come from the title, the first heading, attributes and
 * short scripts, and, on a page of few words, from the text outside links: never
 * from a headline.
 */
enum verdict_kind {
	VERDICT_GOOD,
	VERDICT_BLOCKED, /* captcha, challenge, firewall */
	VERDICT_DOWN,    /* maintenance or a server's error at 200 */
	VERDICT_SHELL,   /* nothing without JavaScript or its frames */
	VERDICT_CONSENT, /* a wall that wants cookies accepted */
	VERDICT_LOGIN,
	VERDICT_MISSING, /* "not found" at 200, parked, an index of files */
	VERDICT_NO_PAGE, /* JSON, a feed, a picture */
	VERDICT_MOVED,   /* another page than was asked for */
	VERDICT_ENCODING,
	VERDICT_CUT,
	VERDICT_COUNT
};

enum sign_grade {
	SIGN_STRONG, /* unmistakable */
	SIGN_WEAK,   /* good pages may have it too */
	SIGN_SAID,   /* in the text alone */
	SIGN_GRADES
};

#define EVIDENCE_SIGNS 16
#define EVIDENCE_WORDS 400 /* bytes of a sign's words */

struct sign {
	enum verdict_kind kind;
	enum sign_grade grade;
	char *words; /* "is titled 'Just a moment...'", clean */
};

struct evidence {
	struct sign signs[EVIDENCE_SIGNS];
	size_t count;
	uint32_t width;    /* of the visible text, in cells */
	uint32_t links;
	uint32_t broken;   /* U+FFFD per 10,000 characters of the text */
	uint32_t mojibake; /* UTF-8 read as Latin, per 100 letters beyond ASCII */
	uint32_t foreign;  /* per 100 letters: beyond Latin */
	enum ending ending;
	struct sketch sketch; /* of its structure */
};

/* Is this no page at all, by its first bytes?  Then a sign says what it is, and
 * there is nothing to parse. */
bool evidence_of_bytes(const char *bytes, size_t length, struct evidence *);

/* utf8 is the page's source; url is where it came from. */
void evidence_gather(const struct page *, const char *utf8, size_t length,
    const char *url, struct evidence *);

/* Takes the words over and makes them a clean line of EVIDENCE_WORDS at most,
 * NULL if none is there yet; beyond EVIDENCE_SIGNS they are dropped. */
void evidence_add(
    struct evidence *, enum verdict_kind, enum sign_grade, char *words);
void evidence_clear(struct evidence *);

/* What blocked, broken and empty pages are called, per language
 * (evidence_words.c). */
enum phrase_place {
	PHRASE_NAME,   /* the title, a part of it, or the heading: all of it */
	PHRASE_STARTS, /* the title or the heading begins so */
	PHRASE_SAID,   /* in the text */
};

struct phrase {
	const char *text;
	enum verdict_kind kind;
	enum sign_grade grade;
	enum phrase_place place;
};

struct marker {
	const char *text; /* in an attribute or a script */
	enum verdict_kind kind;
	enum sign_grade grade;
};

extern const struct phrase evidence_phrases[];
extern const size_t evidence_phrase_count;
extern const struct marker evidence_markers[];
extern const size_t evidence_marker_count;

#endif
