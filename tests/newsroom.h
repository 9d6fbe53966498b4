#ifndef TESTS_NEWSROOM_H
#define TESTS_NEWSROOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/buffer.h"

/*
 * The living test site: a small newspaper that never was.  newsroom.c serves
 * it, newsroom_paper.c holds its articles, newsroom_words.c invents them and
 * newsroom_pages.c lays them out.  Everything follows from one seed.
 */

/* Numbers that follow from a seed (splitmix64). */
struct dice {
	uint64_t state;
};
uint64_t dice_roll(struct dice *);
size_t dice_below(struct dice *, size_t limit);
bool dice_chance(struct dice *, unsigned percent);

/* newsroom_words.c: all strings are the caller's. */
void words_story(struct dice *, char **title, char **text);
char *words_sentence(struct dice *);
char *words_reporter(struct dice *); /* "홍길동 기자"; NULL: an unsigned one */

/* newsroom_paper.c */
struct news {
	char number[16]; /* 14 digits: day, a 5, the day's count */
	char *title;
	char *text;     /* the whole article on one line */
	char *reporter; /* or NULL */
	char *image;    /* path on this server, or NULL */
	int64_t time_s; /* Unix time */
	struct desk *desk;
};

/* How a listing misbehaves. */
enum failure {
	FAILURE_NONE,
	FAILURE_STATUS,     /* the given HTTP status */
	FAILURE_EMPTY,      /* 200 and not one byte */
	FAILURE_NOARTICLES, /* 200, the whole page, no article */
	FAILURE_CUT,        /* half of what Content-Length says, then the end */
	FAILURE_SLOW,       /* drop by drop */
	FAILURE_CAPTCHA,    /* 200, 'are you a robot' */
};

/* A section of the paper. */
struct desk {
	const char *id;
	const char *heading;
	struct news **items; /* newest first */
	size_t count;
	unsigned version;    /* grows with every change on its pages */
	int64_t changed_s;   /* when that was */
	int64_t due_ms;      /* next article, by the monotonic clock */
	unsigned turn;       /* articles and edits since the start */
	enum failure failure;
	int failure_status;
	int retry_after_s;   /* 0: not said */
	int slow_s;
	unsigned failure_page; /* that alone fails; 0: all */
	unsigned shift;        /* articles published behind each page served */
	char asked[120];       /* page numbers, in order: "1 2 1 " */
	unsigned requests, not_modified;
};

struct paper {
	struct dice dice;
	bool stepped;      /* the clock moves with each article, not by itself */
	int64_t now_s;     /* if stepped */
	char day[9];       /* of the last number given */
	unsigned day_count;
	struct desk *desks;
	size_t desk_count;
};

/* Opens a paper with `articles` in each section; now_s 0: the real time. */
void paper_open(struct paper *, uint64_t seed, int64_t now_s, size_t articles);
void paper_close(struct paper *);
int64_t paper_now(const struct paper *);
struct desk *paper_desk(const struct paper *, const char *id); /* or NULL */
struct news *paper_find(const struct paper *, const char *number);
struct news *paper_publish(struct paper *, struct desk *);
/* what: "text" (the default, NULL), "title" or "reporter"; false: no such */
bool paper_edit(struct paper *, struct news *, const char *what);
void paper_remove(struct paper *, struct news *);

/* "2023-04-18 09:37:45", Korean time, into 20 bytes. */
void paper_clock(char *text, size_t size, int64_t time_s);

/* newsroom_pages.c */
enum { MARKUP_COUNT = 8, DESIGN_COUNT = 3, ITEMS_PER_PAGE = 8 };

/* How a listing's pages are numbered, and what is beyond the last. */
enum pager {
	PAGER_NUMBERS, /* 1 2 3 as ?page=N */
	PAGER_OFFSETS, /* 1 2 3 as ?start=0, 8, 16 */
	PAGER_FILES,   /* 1 2 3 as index2.html */
	PAGER_WORDS,   /* before and next */
	PAGER_REL,     /* link rel=next */
	PAGER_NONE,
	PAGER_COUNT
};
enum beyond { BEYOND_EMPTY, BEYOND_LAST, BEYOND_404, BEYOND_COUNT };

struct look {
	enum pager pager;
	enum beyond beyond;
	unsigned markup; /* 1 to MARKUP_COUNT */
	unsigned design; /* which set of class names, below DESIGN_COUNT */
	bool sidebar;    /* most read and related links beside the list */
	const char *meta_charset; /* "utf-8", "euc-kr"; NULL: no label */
	const char *token;        /* changes per request; or NULL */
	const char *clock;        /* likewise */
};

/* How many pages the section has; at least 1. */
size_t page_count(const struct desk *);
void page_listing(struct buffer *, const struct paper *, const struct desk *,
    bool with_heading, size_t page, const struct look *);
void page_article(struct buffer *, const struct paper *, const struct news *,
    const struct look *);
void page_front(struct buffer *, const struct paper *, const struct look *);
void page_plain(struct buffer *, const struct look *, const char *title,
    const char *text);
/* The menu's groups as JSON, as `metrofeed sections` should find them. */
void page_menu_json(struct buffer *);
/* Its first row likewise; one entry leads nowhere. */
void page_top_json(struct buffer *);
/* What the menu calls the page of this path, or NULL. */
const char *page_menu_title(const char *path);

void add_html(struct buffer *, const char *);
void add_json(struct buffer *, const char *); /* with its quotes; or null */

#endif
