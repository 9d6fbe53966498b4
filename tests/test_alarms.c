#include "feed/drift.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "feed/buffer.h"
#include "feed/memory.h"

/*
 * False alarms.  Healthy sections are simulated round after round, article by
 * article, with the odd habits that lists have: days and nights, short and long
 * lists, shuffles, advertisements, fields that come and go, mornings on which
 * all is new.  Nothing ever breaks in them, so that each DRIFT is false.  A
 * judge made bad on purpose must be caught.
 *
 * ALARM_ROUNDS: rounds of each section (a few hundred, when nobody says).
 */
#define ROUNDS 400
#define ARTICLES_MAX 200
#define START INT64_C(1700000000)
#define HALF_HOUR 1800
#define DAY 86400

struct dice {
	uint64_t state;
};

static uint64_t
roll(struct dice *dice)
{
	uint64_t z = dice->state += 0x9e3779b97f4a7c15;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static uint32_t
below(struct dice *dice, uint32_t limit)
{
	return limit == 0 ? 0 : (uint32_t)(roll(dice) % limit);
}

static bool
chance(struct dice *dice, uint32_t percent)
{
	return below(dice, 100) < percent;
}

/* How a section lives. */
struct habit {
	const char *name;
	uint32_t length;   /* articles on the page */
	uint32_t jitter;   /* % by which that varies */
	uint32_t rate;     /* new articles per 100 rounds */
	uint32_t burst;    /* % of the rounds that bring many */
	uint32_t words;    /* of a title */
	uint32_t fills[4]; /* %: text, date, author, image */
	uint32_t flicker;  /* points by which those vary from round to round */
	uint32_t ads;      /* at most so many among the articles */
	uint32_t repeats;  /* % of the titles that another article has, too */
	uint32_t unlike;   /* % of the page's structure that varies */
	enum precision precision;
	bool by_day;    /* the list shows what came today */
	bool no_nights; /* nothing new between 0 and 6 o'clock */
	bool no_weekends;
	bool shuffles;
	bool slug; /* links of words, not of numbers */
};

static const struct habit habits[] = {
    {"steady", 20, 0, 40, 0, 8, {90, 100, 60, 80}, 0, 0, 0, 5, PRECISION_MINUTE,
	false, false, false, false, false},
    {"by the day", 40, 0, 90, 0, 9, {90, 100, 60, 80}, 5, 0, 0, 10,
	PRECISION_MINUTE, true, true, false, false, false},
    {"by the day, few", 12, 0, 25, 0, 9, {90, 0, 0, 80}, 5, 0, 0, 10,
	PRECISION_NONE, true, true, false, false, true},
    {"of any length", 30, 60, 40, 0, 7, {50, 80, 50, 50}, 15, 0, 2, 20,
	PRECISION_DAY, false, false, false, false, false},
    {"short", 5, 40, 10, 0, 6, {0, 100, 0, 100}, 0, 0, 0, 10, PRECISION_DAY,
	false, false, true, false, true},
    {"three", 3, 0, 4, 0, 6, {100, 0, 0, 0}, 0, 0, 0, 10, PRECISION_NONE, false,
	false, true, false, true},
    {"shuffled", 24, 10, 50, 0, 8, {80, 90, 40, 75}, 10, 0, 0, 10,
	PRECISION_MINUTE, false, false, false, true, false},
    {"with advertisements", 18, 10, 40, 0, 8, {90, 90, 50, 80}, 10, 6, 0, 25,
	PRECISION_MINUTE, false, true, false, false, false},
    {"a ticker", 15, 10, 1500, 10, 6, {0, 100, 0, 0}, 0, 1, 1, 5,
	PRECISION_MINUTE, false, false, false, false, false},
    {"an undated ticker", 15, 10, 900, 10, 6, {0, 0, 0, 0}, 0, 1, 1, 5,
	PRECISION_NONE, false, false, false, false, false},
    {"a slow blog", 10, 0, 1, 0, 7, {100, 100, 100, 60}, 0, 0, 0, 5,
	PRECISION_DAY, false, false, true, false, true},
    {"in bursts", 25, 5, 5, 2, 8, {90, 90, 60, 70}, 10, 0, 0, 15,
	PRECISION_RELATIVE, false, true, true, false, false},
    {"short titles", 30, 15, 60, 1, 1, {0, 90, 0, 20}, 10, 0, 10, 10,
	PRECISION_MINUTE, false, false, false, false, false},
    {"with repeats", 30, 15, 60, 1, 5, {50, 90, 0, 75}, 10, 2, 25, 30,
	PRECISION_DAY, false, false, false, true, false},
    {"fields that flicker", 20, 20, 50, 1, 8, {65, 75, 72, 71}, 25, 2, 3, 30,
	PRECISION_MINUTE, false, true, true, false, false},
    {"long", 120, 30, 120, 1, 8, {40, 80, 50, 60}, 10, 8, 3, 20,
	PRECISION_MINUTE, false, true, false, false, false},
};
#define HABITS (sizeof(habits) / sizeof(*habits))

struct paper {
	const struct habit *habit;
	struct dice dice;
	int64_t now_s;
	struct news {
		uint64_t number;
		int64_t at_s;
	} news[ARTICLES_MAX];
	size_t count;
	uint64_t next;
	uint64_t seen; /* numbers below are known */
};

static void
publish(struct paper *paper, uint32_t many)
{
	while (many-- > 0) {
		if (paper->count == ARTICLES_MAX)
			paper->count--;
		memmove(&paper->news[1], &paper->news[0],
		    paper->count * sizeof(paper->news[0]));
		paper->news[0] = (struct news){paper->next++,
		    paper->now_s - below(&paper->dice, HALF_HOUR)};
		paper->count++;
	}
}

static void
pass_time(struct paper *paper)
{
	const struct habit *habit = paper->habit;
	paper->now_s += HALF_HOUR;
	int64_t hour = paper->now_s % DAY / 3600;
	int64_t weekday = paper->now_s / DAY % 7;
	if ((habit->no_nights && hour < 6) ||
	    (habit->no_weekends && weekday < 2))
		return;
	publish(paper, habit->rate / 100);
	publish(paper, chance(&paper->dice, habit->rate % 100));
	if (chance(&paper->dice, habit->burst))
		publish(paper, below(&paper->dice, habit->length + 1));
}

static char *
title_of(const struct paper *paper, uint64_t number)
{
	static const char *const words[] = {"harbour", "council", "market",
	    "bridge", "museum", "winter", "election", "water", "school",
	    "railway", "theatre", "budget", "hospital", "garden", "station",
	    "festival"};
	struct dice dice = {number};
	/* as another one is called that stands beside it */
	if (chance(&dice, paper->habit->repeats))
		dice.state = number / 4 * 4 + (uint64_t)1000000;
	struct buffer title = {0};
	for (uint32_t i = 0; i < paper->habit->words; i++)
		buffer_add_format(
		    &title, "%s%s", i > 0 ? " " : "", words[below(&dice, 16)]);
	if (paper->habit->words == 1)
		title.bytes[title.length > 6 ? 6 : title.length] = '\0';
	return buffer_take(&title);
}

static bool
has_field(const struct paper *paper, uint64_t number, int which)
{
	struct dice dice = {number * 31 + (uint64_t)which * 7919};
	struct dice today = {(uint64_t)paper->now_s + (uint64_t)which};
	uint32_t fill = paper->habit->fills[which];
	uint32_t vary = below(&today, paper->habit->flicker + 1);
	fill = fill > vary ? fill - vary : 0;
	return chance(&dice, fill);
}

static struct article
article_of(struct paper *paper, const struct news *news)
{
	const struct habit *habit = paper->habit;
	char *title = title_of(paper, news->number);
	struct article article = {.title = title};
	if (habit->slug) {
		char *slug = xstrdup(title);
		for (char *at = slug; *at != '\0'; at++)
			*at = *at == ' ' ? '-' : *at;
		article.link = xasprintf("https://paper.example/news/%s-%llu",
		    slug, (unsigned long long)news->number);
		free(slug);
	} else
		article.link = xasprintf("https://paper.example/article/%llu",
		    20240000000ULL + (unsigned long long)news->number);
	if (has_field(paper, news->number, 0))
		article.text = xstrdup("text");
	if (has_field(paper, news->number, 1))
		article.published = (struct moment){
		    habit->precision == PRECISION_DAY ? news->at_s / DAY * DAY
						      : news->at_s,
		    habit->precision};
	if (has_field(paper, news->number, 2))
		article.author = xstrdup("Ann Lee");
	if (has_field(paper, news->number, 3))
		article.image = xstrdup("https://paper.example/i.jpg");
	return article;
}

static struct article
advertisement(struct paper *paper)
{
	return (struct article){
	    .link = xasprintf(
		"https://shop.example/offer?c=%u", below(&paper->dice, 1000)),
	    .title = xstrdup("The best offer of the week"),
	};
}

/* The page of this round, as rules read it. */
static void
read_page(struct paper *paper, struct extraction *read, bool *is_fresh)
{
	const struct habit *habit = paper->habit;
	uint32_t length = habit->length;
	size_t shown = 0;
	*read = (struct extraction){0};
	if (habit->jitter > 0)
		length += below(&paper->dice, length * habit->jitter / 50 + 1) -
			  length * habit->jitter / 100;
	uint64_t latest = 0;
	for (size_t i = 0; i < paper->count && shown < length; i++) {
		const struct news *news = &paper->news[i];
		if (habit->by_day && news->at_s / DAY != paper->now_s / DAY)
			continue;
		is_fresh[read->articles.count] = news->number >= paper->seen;
		latest = news->number > latest ? news->number : latest;
		articles_add(&read->articles, article_of(paper, news));
		shown++;
		if (habit->ads > 0 && chance(&paper->dice, 8) &&
		    read->articles.count < ARTICLES_MAX - 1) {
			is_fresh[read->articles.count] =
			    chance(&paper->dice, 50);
			articles_add(&read->articles, advertisement(paper));
		}
	}
	if (latest + 1 > paper->seen)
		paper->seen = latest + 1;
	struct articles *articles = &read->articles;
	for (size_t i = articles->count; habit->shuffles && i > 1; i--) {
		uint32_t k = below(&paper->dice, (uint32_t)i);
		struct article other = articles->list[k];
		bool fresh = is_fresh[k];
		articles->list[k] = articles->list[i - 1];
		articles->list[i - 1] = other;
		is_fresh[k] = is_fresh[i - 1];
		is_fresh[i - 1] = fresh;
	}
	read->item_count = (uint32_t)articles->count;
	for (size_t i = 0; i < articles->count; i++) {
		const struct article *one = &articles->list[i];
		read->filled[FIELD_LINK]++;
		read->filled[FIELD_TITLE]++;
		read->filled[FIELD_TEXT] += one->text != NULL;
		read->filled[FIELD_AUTHOR] += one->author != NULL;
		read->filled[FIELD_IMAGE] += one->image != NULL;
		read->filled[FIELD_DATE] +=
		    one->published.precision != PRECISION_NONE;
	}
	if (articles->count == 0)
		read->list_place = LIST_EMPTY;
}

/* ---- judges ---- */

typedef struct drift_finding judge(const struct drift_question *);

/* What looks reasonable, and is not: any short list is a broken one. */
static struct drift_finding
bad_judge(const struct drift_question *question)
{
	struct drift_finding finding = {0};
	struct reading usual[READINGS_USUAL];
	uint32_t items[READINGS_USUAL];
	size_t count = readings_usual(
	    question->past, question->past_count, question->today.rules, usual);
	for (size_t i = 0; i < count; i++)
		items[i] = usual[i].items;
	if (count >= 5 &&
	    question->today.items * 100 < 34 * reading_median(items, count))
		finding.points = DRIFT_BAD;
	return finding;
}

struct tally {
	unsigned rounds, held, suspicious, drifts;
	char why[512];
};

static struct tally
live(const struct habit *habit, uint64_t seed, unsigned rounds, judge *asked)
{
	struct paper paper = {.habit = habit, .dice = {seed}, .now_s = START};
	struct reading past[READINGS_KEPT];
	size_t past_count = 0;
	struct drift drift = {0};
	struct tally tally = {.rounds = rounds};
	/* the archive */
	for (uint32_t i = 0; i < habit->length; i++) {
		paper.now_s += HALF_HOUR;
		publish(&paper, 1);
	}
	for (unsigned round = 0; round < rounds; round++) {
		bool is_fresh[ARTICLES_MAX + 1] = {false};
		struct extraction read;
		struct evidence evidence = {.width = 5000, .links = 200};
		pass_time(&paper);
		read_page(&paper, &read, is_fresh);
		struct reading_question measured = {
		    .evidence = &evidence,
		    .read = &read,
		    .from = "https://paper.example/news",
		    .now_s = paper.now_s,
		    .rules = 1,
		    .past = past,
		    .past_count = past_count,
		    .is_fresh = is_fresh,
		};
		struct drift_question question = {
		    .today = reading_of(&measured),
		    .past = past,
		    .past_count = past_count,
		};
		question.today.likeness =
		    100 - below(&paper.dice, habit->unlike * 2 + 1);
		struct drift_finding finding = asked(&question);
		extraction_clear(&read);
		if (finding.is_empty)
			continue; /* a round without articles is none */
		enum drift_phase before = drift.phase;
		enum drift_call call =
		    drift_step(&drift, &finding, paper.now_s);
		tally.held += call != DRIFT_PUBLISH;
		tally.suspicious += finding.points >= DRIFT_SUSPICIOUS;
		if (drift.phase == DRIFT_DRIFTED && before != DRIFT_DRIFTED) {
			tally.drifts++;
			(void)snprintf(
			    tally.why, sizeof(tally.why), "%s", finding.why);
		}
		question.today.is_bad = call != DRIFT_PUBLISH;
		if (past_count < READINGS_KEPT)
			past_count++;
		memmove(&past[1], &past[0], (past_count - 1) * sizeof(past[0]));
		past[0] = question.today;
	}
	return tally;
}

static unsigned
rounds_wanted(void)
{
	const char *words = getenv("ALARM_ROUNDS");
	unsigned rounds = words != NULL ? (unsigned)atoi(words) : ROUNDS;
	return rounds > 0 ? rounds : ROUNDS;
}

static unsigned
live_all(judge *asked, unsigned rounds, bool shown)
{
	unsigned drifts = 0;
	for (size_t i = 0; i < HABITS; i++) {
		struct tally tally = live(&habits[i], 1 + i, rounds, asked);
		drifts += tally.drifts;
		if (shown)
			print_message("%s: %u rounds, %u held back, %u "
				      "suspicious, %u DRIFT%s%s\n",
			    habits[i].name, tally.rounds, tally.held,
			    tally.suspicious, tally.drifts,
			    tally.drifts > 0 ? ": " : "", tally.why);
	}
	return drifts;
}

/* One DRIFT at most in 10,000 rounds of all kinds of sections. */
static void
test_alarms(void **state)
{
	(void)state;
	unsigned rounds = rounds_wanted();
	unsigned drifts = live_all(drift_look, rounds, true);
	assert_true(drifts * 10000.0 <= (double)rounds * HABITS);
}

static void
test_bad_judge(void **state)
{
	(void)state;
	unsigned rounds = rounds_wanted();
	unsigned drifts = live_all(bad_judge, rounds, false);
	assert_true(drifts * 10000.0 > (double)rounds * HABITS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_alarms),
	    cmocka_unit_test(test_bad_judge),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
