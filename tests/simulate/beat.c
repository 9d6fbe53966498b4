#include "tests/simulate/beat.h"

#include <math.h>
#include <stdlib.h>

#include "feed/memory.h"
#include "tests/newsroom.h"

#define HOUR_S 3600
#define DAY_S 86400
#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define HOLIDAYS 14
#define SLUMP_DAYS 21

const char *const beat_names[BEAT_KINDS] = {
    "office", "evening", "agency", "bundles", "column", "sparse", "dead"};

/* Sections of one paper, its slow and dead ones among them: articles a day at
 * the beginning and after a year. */
static const struct {
	double from, to;
	enum beat_kind kind; /* OFFICE: or another of its pace */
} paces[] = {
    {60, 60, BEAT_OFFICE},
    {50, 50, BEAT_OFFICE},
    {45, 45, BEAT_OFFICE},
    {36, 60, BEAT_OFFICE},
    {31, 31, BEAT_OFFICE},
    {25, 10, BEAT_OFFICE},
    {12, 12, BEAT_OFFICE},
    {10, 10, BEAT_OFFICE},
    {10, 2, BEAT_OFFICE},
    {8, 8, BEAT_OFFICE},
    {5, 5, BEAT_OFFICE},
    {2.4, 2.4, BEAT_OFFICE},
    {2, 2, BEAT_OFFICE},
    {0.7, 0.7, BEAT_COLUMN},
    {0.7, 0.4, BEAT_SPARSE},
    {0, 0, BEAT_DEAD},
};

enum zone { SEOUL, BERLIN, NEW_YORK, ZONES };

/* All that is drawn of a section before its articles are. */
struct habit {
	struct dice dice;
	enum beat_kind kind;
	enum zone zone;
	int64_t begin_s;
	double from, to;            /* articles a day */
	double hours[24];           /* weight of a working day's hours, local */
	double weekend;             /* of a working day's weight */
	double unit;                /* sum of the week's weights / 7 */
	double embargo;             /* share that waits for the full hour */
	int64_t column_s;           /* local time of day */
	int64_t holidays[HOLIDAYS]; /* local days */
	int64_t slump_day;
	int64_t break_day; /* habits move then; INT64_MAX: never */
	int break_hours;   /* by so many; 0: it falls silent */
};

static double
lot(struct dice *dice)
{
	return (double)(dice_roll(dice) >> 11) / 9007199254740992.0;
}

static double
between(struct dice *dice, double low, double high)
{
	return low + (high - low) * lot(dice);
}

static double
bell(struct dice *dice)
{
	double sum = -6;
	for (int i = 0; i < 12; i++)
		sum += lot(dice);
	return sum;
}

static unsigned
poisson(struct dice *dice, double mean)
{
	double limit = exp(-mean), product = lot(dice);
	unsigned count = 0;
	while (product > limit) {
		product *= lot(dice);
		count++;
	}
	return count;
}

/* ---- local time ---- */

static int64_t
weekday_of(int64_t day)
{
	return (day + 3) % 7; /* 0: Monday; day 0 was a Thursday */
}

/* The n-th Sunday of a month, or the last one (n = 0), as a day. */
static int64_t
sunday(int64_t year, unsigned month, int n)
{
	/* days from civil, H. Hinnant; only for months 3, 10 and 11 */
	int64_t y = year, era = y / 400, of_era = y - era * 400;
	int64_t of_year = (153 * ((int64_t)month - 3) + 2) / 5;
	int64_t first = era * 146097 + of_era * 365 + of_era / 4 -
			of_era / 100 + of_year - 719468;
	int64_t day = first + (6 - weekday_of(first) + 7) % 7;
	if (n > 0)
		return day + 7 * (n - 1);
	return day + (day + 28 < first + 31 ? 28 : 21);
}

static int64_t
offset_s(enum zone zone, int64_t at_s)
{
	int64_t year = 1970 + (int64_t)((double)at_s / 31556952);
	if (zone == SEOUL)
		return 9 * HOUR_S;
	if (zone == BERLIN) {
		bool is_summer = at_s >= sunday(year, 3, 0) * DAY_S + HOUR_S &&
				 at_s < sunday(year, 10, 0) * DAY_S + HOUR_S;
		return is_summer ? 2 * HOUR_S : HOUR_S;
	}
	bool is_summer = at_s >= sunday(year, 3, 2) * DAY_S + 7 * HOUR_S &&
			 at_s < sunday(year, 11, 1) * DAY_S + 6 * HOUR_S;
	return is_summer ? -4 * HOUR_S : -5 * HOUR_S;
}

/* ---- what is drawn of a section ---- */

static void
draw_hours(struct habit *habit)
{
	struct dice *dice = &habit->dice;
	double opens = between(dice, 8, 10), closes = between(dice, 17, 19);
	double shoulder = between(dice, 0.05, 0.3);
	double night = between(dice, 0.002, 0.02);
	if (habit->kind == BEAT_EVENING) {
		opens = between(dice, 15, 18);
		closes = between(dice, 21, 24);
	}
	if (habit->kind == BEAT_AGENCY) {
		shoulder = between(dice, 0.6, 0.9);
		night = between(dice, 0.15, 0.5);
	}
	for (int hour = 0; hour < 24; hour++) {
		double middle = hour + 0.5;
		double weight = middle >= opens && middle < closes ? 1
				: middle >= opens - 2 && middle < closes + 3
				    ? shoulder
				    : night;
		if (hour == 12 && habit->kind != BEAT_EVENING)
			weight *= between(dice, 0.4, 1);
		habit->hours[hour] = weight * between(dice, 0.7, 1.3);
	}
	habit->weekend = habit->kind == BEAT_AGENCY ? between(dice, 0.4, 0.9)
						    : between(dice, 0.02, 0.3);
}

static enum beat_kind
draw_kind(struct dice *dice, enum beat_kind kind)
{
	if (kind != BEAT_OFFICE)
		return kind;
	double place = lot(dice);
	return place < 0.65   ? BEAT_OFFICE
	       : place < 0.77 ? BEAT_EVENING
	       : place < 0.90 ? BEAT_AGENCY
			      : BEAT_BUNDLES;
}

static void
habit_draw(struct habit *habit, uint64_t seed, int64_t begin_s, int days)
{
	struct dice *dice = &habit->dice;
	int64_t begin_day = begin_s / DAY_S;
	*habit = (struct habit){.dice = {seed}, .begin_s = begin_s};
	size_t row = dice_below(dice, COUNT(paces));
	double place = lot(dice), factor = exp(0.35 * bell(dice));
	habit->zone = place < 0.6 ? SEOUL : place < 0.85 ? BERLIN : NEW_YORK;
	habit->kind = draw_kind(dice, paces[row].kind);
	habit->from = paces[row].from * factor;
	habit->to = paces[row].to * factor;
	draw_hours(habit);
	double sum = 0;
	for (int hour = 0; hour < 24; hour++)
		sum += habit->hours[hour];
	habit->unit = sum * (5 + 2 * habit->weekend) / 7;
	habit->embargo = lot(dice) < 0.5 ? between(dice, 0, 0.25) : 0;
	habit->column_s =
	    (int64_t)between(dice, 5 * HOUR_S, 19 * HOUR_S) / 1800 * 1800;
	for (size_t i = 0; i < HOLIDAYS; i++)
		habit->holidays[i] = begin_day + (int64_t)dice_below(dice, 365);
	habit->slump_day = begin_day + 150 + (int64_t)dice_below(dice, 60);
	habit->break_day = INT64_MAX;
	if (lot(dice) < 0.12) {
		habit->break_day =
		    begin_day + (int64_t)dice_below(dice, (size_t)days + 1);
		habit->break_hours = (int)dice_below(dice, 9) - 4;
	}
}

/* ---- its articles ---- */

static void
add(struct beat *beat, size_t *capacity, int64_t at_s)
{
	if (beat->count == *capacity) {
		*capacity = *capacity * 2 + 256;
		beat->times_s = xreallocarray(
		    beat->times_s, *capacity, sizeof(*beat->times_s));
	}
	beat->times_s[beat->count++] = at_s;
}

static bool
is_off(const struct habit *habit, int64_t day)
{
	/* a morning paper's evenings are Sunday to Thursday */
	int64_t shifted = habit->kind == BEAT_EVENING ? day + 1 : day;
	if (weekday_of(shifted) >= 5)
		return true;
	for (size_t i = 0; i < HOLIDAYS; i++)
		if (habit->holidays[i] == day)
			return true;
	return false;
}

/* Articles an hour. */
static double
rate_at(const struct habit *habit, int64_t local_s)
{
	int64_t day = local_s / DAY_S;
	double progress = (double)(local_s - habit->begin_s) / (365.0 * DAY_S);
	double rate = habit->from +
		      (habit->to - habit->from) * (progress > 0 ? progress : 0);
	if (day >= habit->break_day) {
		if (habit->break_hours == 0)
			return 0;
		local_s += habit->break_hours * HOUR_S;
	}
	if (day >= habit->slump_day && day < habit->slump_day + SLUMP_DAYS)
		rate *= 0.7;
	rate *= habit->hours[local_s / HOUR_S % 24] / habit->unit;
	return is_off(habit, local_s / DAY_S) ? rate * habit->weekend : rate;
}

static void
draw_hour(struct beat *beat, size_t *capacity, struct habit *habit,
    int64_t hour_s, double rate)
{
	struct dice *dice = &habit->dice;
	double bundle = habit->kind == BEAT_BUNDLES ? 4 : 1;
	for (unsigned n = poisson(dice, rate / bundle); n > 0; n--) {
		int64_t at_s = hour_s + (int64_t)dice_below(dice, HOUR_S);
		unsigned more = bundle > 1 ? (unsigned)dice_below(dice, 7) : 0;
		if (bundle > 1)
			for (unsigned i = 0; i < more; i++)
				add(beat, capacity,
				    at_s + (int64_t)dice_below(dice, 600));
		/* what waits for the hour is let go a second after it */
		if (lot(dice) < habit->embargo)
			at_s = hour_s + 1;
		add(beat, capacity, at_s);
	}
}

static void
draw_column(
    struct beat *beat, size_t *capacity, struct habit *habit, int64_t day)
{
	struct dice *dice = &habit->dice;
	int64_t at_s =
	    day * DAY_S + habit->column_s + (int64_t)(240 * bell(dice));
	if (is_off(habit, day) || lot(dice) < 0.05)
		return;
	add(beat, capacity, at_s - offset_s(habit->zone, at_s));
}

static int
time_compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

void
beat_draw(struct beat *beat, uint64_t seed, int64_t begin_s, int days_before,
    int days)
{
	struct habit habit;
	size_t capacity = 0;
	int64_t from_s = begin_s - (int64_t)days_before * DAY_S;
	int64_t until_s = begin_s + (int64_t)days * DAY_S;
	habit_draw(&habit, seed, begin_s, days);
	*beat = (struct beat){.kind = habit.kind, .a_day = habit.from};
	for (int64_t at_s = from_s / HOUR_S * HOUR_S; at_s < until_s;
	     at_s += HOUR_S) {
		int64_t local_s = at_s + offset_s(habit.zone, at_s);
		if (habit.kind != BEAT_COLUMN)
			draw_hour(beat, &capacity, &habit, at_s,
			    rate_at(&habit, local_s));
		else if (local_s / HOUR_S % 24 == 0 &&
			 local_s / DAY_S < habit.break_day)
			draw_column(beat, &capacity, &habit, local_s / DAY_S);
	}
	if (beat->count > 0)
		qsort(beat->times_s, beat->count, sizeof(*beat->times_s),
		    time_compare);
	/* a dead section's page has its old ones */
	if (beat->count == 0)
		for (int64_t i = 20; i > 0; i--)
			add(beat, &capacity, from_s - i * 30 * DAY_S);
}

void
beat_clear(struct beat *beat)
{
	free(beat->times_s);
	*beat = (struct beat){0};
}
