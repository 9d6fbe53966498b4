#include "tests/newsroom.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "feed/memory.h"

/* What one section keeps; the oldest go. */
enum { DESK_MAX = 2000, KOREA_S = 9 * 3600 };

/* Ids under 300 and their headings are the ones seen in the wild; from 301 on
 * they are this paper's own, so that its whole menu leads somewhere. */
static const struct {
	const char *id, *heading;
} headings[] = {
    {"13", "사회"},
    {"16", "문화"},
    {"22", "스포츠"},
    {"23", "금융"},
    {"25", "건설/부동산"},
    {"26", "유통"},
    {"207", "금융>보험"},
    {"208", "금융>카드"},
    {"212", "산업>전기/전자"},
    {"222", "산업>정책"},
    {"223", "유통"},
    {"224", "사회>지역"},
    {"227", "사회>사회일반"},
    {"228", "경제>창업/취업"},
    {"230", "Fun&Joy>운세"},
    {"301", "금융>증권"},
    {"302", "금융>은행"},
    {"303", "부동산"},
    {"304", "경제>경제일반"},
    {"305", "산업>재계"},
    {"306", "산업>자동차"},
    {"307", "산업>물류/항공"},
    {"308", "산업>산업일반"},
    {"309", "IT/과학>인터넷"},
    {"310", "IT/과학>게임"},
    {"311", "IT/과학>방송통신"},
    {"312", "IT/과학>IT/과학일반"},
    {"313", "사회>국제"},
    {"314", "한줄뉴스"},
};
#define DESK_COUNT (sizeof(headings) / sizeof(headings[0]))

int64_t
paper_now(const struct paper *paper)
{
	return paper->stepped ? paper->now_s : (int64_t)time(NULL);
}

static void
korean_time(struct tm *tm, int64_t time_s)
{
	time_t shifted = (time_t)(time_s + KOREA_S);

	gmtime_r(&shifted, tm);
}

void
paper_clock(char *text, size_t size, int64_t time_s)
{
	struct tm tm;

	korean_time(&tm, time_s);
	strftime(text, size, "%Y-%m-%d %H:%M:%S", &tm);
}

static void
news_free(struct news *news)
{
	if (news == NULL)
		return;
	free(news->title);
	free(news->text);
	free(news->reporter);
	free(news->image);
	free(news);
}

/* Articles and pictures draw their numbers from one count per day. */
static unsigned
next_number(struct paper *paper, const struct tm *tm)
{
	char day[sizeof(paper->day)];

	strftime(day, sizeof(day), "%Y%m%d", tm);
	if (strcmp(day, paper->day) != 0) {
		memcpy(paper->day, day, sizeof(day));
		paper->day_count = 0;
	}
	return ++paper->day_count;
}

static bool
title_is_taken(const struct desk *desk, const char *title)
{
	for (size_t i = 0; i < desk->count; i++) {
		if (strcmp(desk->items[i]->title, title) == 0)
			return true;
	}
	return false;
}

static struct news *
news_new(struct paper *paper, struct desk *desk, int64_t time_s)
{
	struct news *news = xcalloc(1, sizeof(*news));
	struct tm tm;
	unsigned count;

	news->desk = desk;
	news->time_s = time_s;
	words_story(&paper->dice, &news->title, &news->text);
	while (title_is_taken(desk, news->title)) {
		free(news->title);
		free(news->text);
		words_story(&paper->dice, &news->title, &news->text);
	}
	news->reporter = words_reporter(&paper->dice);
	korean_time(&tm, time_s);
	count = next_number(paper, &tm);
	snprintf(news->number, sizeof(news->number), "%s5%05u", paper->day,
	    count % 100000);
	if (!dice_chance(&paper->dice, 20))
		news->image = xasprintf("/data2/content/image/%04d/%02d/%02d/"
					".cache/512/%s5%05u.png",
		    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, paper->day,
		    next_number(paper, &tm) % 100000);
	return news;
}

/* Puts an article on top of its section. */
static void
desk_add(struct desk *desk, struct news *news)
{
	if (desk->count == DESK_MAX)
		news_free(desk->items[--desk->count]);
	desk->items =
	    xreallocarray(desk->items, desk->count + 1, sizeof(struct news *));
	memmove(
	    desk->items + 1, desk->items, desk->count * sizeof(struct news *));
	desk->items[0] = news;
	desk->count++;
}

static void
desk_changed(struct paper *paper, struct desk *desk)
{
	desk->version++;
	desk->changed_s = paper_now(paper);
}

struct slot {
	int64_t time_s;
	struct desk *desk;
};

static int
slot_compare(const void *a, const void *b)
{
	const struct slot *left = a, *right = b;

	if (left->time_s != right->time_s)
		return left->time_s < right->time_s ? -1 : 1;
	return left->desk < right->desk ? -1 : left->desk > right->desk;
}

/* The days before the start: each section at its own pace, all of them in the
 * order of time, because their numbers come from one count. */
static void
paper_fill(struct paper *paper, int64_t now_s, size_t articles)
{
	size_t total = paper->desk_count * articles, filled = 0;
	struct slot *slots = xcalloc(total + 1, sizeof(*slots));

	for (size_t i = 0; i < paper->desk_count; i++) {
		size_t gap_s = 600 + dice_below(&paper->dice, 7000);
		int64_t at = now_s - 30;

		for (size_t j = 0; j < articles; j++) {
			slots[filled++] = (struct slot){at, &paper->desks[i]};
			/* Two of them in the same second are not rare. */
			if (!dice_chance(&paper->dice, 8))
				at -= 60 +
				      (int64_t)dice_below(&paper->dice, gap_s);
		}
	}
	qsort(slots, filled, sizeof(*slots), slot_compare);
	for (size_t i = 0; i < filled; i++)
		desk_add(slots[i].desk,
		    news_new(paper, slots[i].desk, slots[i].time_s));
	free(slots);
}

void
paper_open(struct paper *paper, uint64_t seed, int64_t now_s, size_t articles)
{
	*paper = (struct paper){
	    .dice = {seed},
	    .stepped = now_s != 0,
	    .now_s = now_s,
	    .desks = xcalloc(DESK_COUNT, sizeof(struct desk)),
	    .desk_count = DESK_COUNT,
	};
	for (size_t i = 0; i < DESK_COUNT; i++) {
		paper->desks[i].id = headings[i].id;
		paper->desks[i].heading = headings[i].heading;
		desk_changed(paper, &paper->desks[i]);
	}
	paper_fill(paper, paper_now(paper), articles);
}

void
paper_close(struct paper *paper)
{
	for (size_t i = 0; i < paper->desk_count; i++) {
		struct desk *desk = &paper->desks[i];

		for (size_t j = 0; j < desk->count; j++)
			news_free(desk->items[j]);
		free(desk->items);
	}
	free(paper->desks);
}

struct desk *
paper_desk(const struct paper *paper, const char *id)
{
	for (size_t i = 0; i < paper->desk_count; i++) {
		if (strcmp(paper->desks[i].id, id) == 0)
			return &paper->desks[i];
	}
	return NULL;
}

struct news *
paper_find(const struct paper *paper, const char *number)
{
	for (size_t i = 0; i < paper->desk_count; i++) {
		const struct desk *desk = &paper->desks[i];

		for (size_t j = 0; j < desk->count; j++) {
			if (strcmp(desk->items[j]->number, number) == 0)
				return desk->items[j];
		}
	}
	return NULL;
}

struct news *
paper_publish(struct paper *paper, struct desk *desk)
{
	struct news *news;

	if (paper->stepped && !dice_chance(&paper->dice, 10))
		paper->now_s += 30 + (int64_t)dice_below(&paper->dice, 900);
	news = news_new(paper, desk, paper_now(paper));
	desk_add(desk, news);
	desk_changed(paper, desk);
	return news;
}

bool
paper_edit(struct paper *paper, struct news *news, const char *what)
{
	char *old;

	if (what == NULL || strcmp(what, "text") == 0) {
		char *more = words_sentence(&paper->dice);

		old = news->text;
		news->text = xasprintf("%s %s", old, more);
		free(more);
	} else if (strcmp(what, "title") == 0) {
		old = news->title;
		news->title = xasprintf("[종합] %s", old);
	} else if (strcmp(what, "reporter") == 0) {
		old = news->reporter;
		news->reporter =
		    xstrdup(old == NULL ? "홍길동 기자" : "성춘향·임꺽정 기자");
	} else
		return false;
	free(old);
	desk_changed(paper, news->desk);
	return true;
}

void
paper_remove(struct paper *paper, struct news *news)
{
	struct desk *desk = news->desk;
	size_t i = 0;

	while (desk->items[i] != news)
		i++;
	desk->count--;
	memmove(desk->items + i, desk->items + i + 1,
	    (desk->count - i) * sizeof(struct news *));
	news_free(news);
	desk_changed(paper, desk);
}
