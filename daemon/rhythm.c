#include "daemon/rhythm.h"

#include <string.h>

#include "feed/memory.h"

#define HOUR_S 3600
#define WEEK_S (RHYTHM_HOURS * HOUR_S)
#define DECAY 0.8        /* of a week's weight by the week after it */
#define TIMES_LEAST 5    /* fewer tell no rhythm */
#define SILENCE_S 604800 /* of a week does */
#define WAITED_HOURS 0.2 /* in sum, of all articles that wait */
#define OWN 3            /* articles that an hour needs to speak for itself */
#define STEP_S 300       /* the rate is taken as even for as long */

struct history {
	double count[RHYTHM_HOURS]; /* articles, weighted by age */
	double hours[RHYTHM_HOURS]; /* observed, weighted alike */
};

static double
weight_of(int64_t age_s)
{
	double weight = 1;
	for (int64_t week = age_s / WEEK_S; week > 0; week--)
		weight *= DECAY;
	return weight;
}

static size_t
hour_of(int64_t at_s)
{
	return (size_t)(at_s / HOUR_S % RHYTHM_HOURS);
}

static void
observe(struct history *history, int64_t from_s, int64_t now_s)
{
	for (int64_t at = from_s; at < now_s;) {
		int64_t end = (at / HOUR_S + 1) * HOUR_S;
		end = end < now_s ? end : now_s;
		history->hours[hour_of(at)] +=
		    (double)(end - at) / HOUR_S * weight_of(now_s - at);
		at = end;
	}
}

static double
clamp(double value, double low, double high)
{
	return value < low ? low : value > high ? high : value;
}

/* Unix time began on a Thursday: days 2 and 3 of its week are the weekend. */
static bool
is_weekend(size_t day)
{
	return day == 2 || day == 3;
}

/* The rate at an hour of a working or a weekend day, all such days and the
 * hours beside it taken together, leaning on the mean of all. */
static double
rate_of_day(
    const struct history *history, bool weekend, size_t hour, double mean)
{
	static const double weights[] = {0.5, 1, 0.5};
	double count = 0, hours = 0;
	for (size_t day = 0; day < 7; day++) {
		if (is_weekend(day) != weekend)
			continue;
		for (size_t i = 0; i < 3; i++) {
			size_t at = (day * 24 + hour + RHYTHM_HOURS + i - 1) %
				    RHYTHM_HOURS;
			count += weights[i] * history->count[at];
			hours += weights[i] * history->hours[at];
		}
	}
	/* as many hours of it as bring a quarter of an article */
	double lean = mean > 0 ? clamp(0.25 / mean, 1, 24) : 1;
	return (count + lean * mean) / (hours + lean);
}

static void
set_rates(struct rhythm *rhythm, const struct history *history)
{
	double count = 0, hours = 0;
	for (size_t i = 0; i < RHYTHM_HOURS; i++) {
		count += history->count[i];
		hours += history->hours[i];
	}
	double mean = count / (hours > 1 ? hours : 1);
	for (size_t i = 0; i < RHYTHM_HOURS; i++) {
		double usual =
		    rate_of_day(history, is_weekend(i / 24), i % 24, mean);
		double lean = usual > 0 ? clamp(OWN / usual, OWN, 12 * OWN) : 1;
		rhythm->rate[i] = (float)((history->count[i] + lean * usual) /
					  (history->hours[i] + lean));
	}
}

void
rhythm_learn(struct rhythm *rhythm, const int64_t *times, size_t count,
    int64_t since_s, int64_t now_s)
{
	struct history history = {0};
	int64_t from_s = now_s - RHYTHM_WEEKS * WEEK_S;
	size_t used = 0;
	*rhythm = (struct rhythm){0};
	for (size_t i = 0; i < count; i++)
		if (times[i] < since_s)
			since_s = times[i];
	from_s = since_s > from_s ? since_s : from_s;
	if (from_s < 0 || from_s >= now_s)
		return;
	observe(&history, from_s, now_s);
	for (size_t i = 0; i < count; i++) {
		if (times[i] < from_s || times[i] > now_s)
			continue;
		history.count[hour_of(times[i])] += weight_of(now_s - times[i]);
		used++;
	}
	rhythm->known = used >= TIMES_LEAST || now_s - from_s >= SILENCE_S;
	if (rhythm->known)
		set_rates(rhythm, &history);
}

int64_t
rhythm_wait(
    const struct rhythm *rhythm, int64_t now_s, int64_t least_s, int64_t most_s)
{
	double waited = 0, articles = 0;
	int64_t at = now_s;
	while (at - now_s < most_s) {
		int64_t hour_left = HOUR_S - at % HOUR_S;
		int64_t step = hour_left < STEP_S ? hour_left : STEP_S;
		double span = (double)step / HOUR_S;
		double rate = (double)rhythm->rate[hour_of(at)];
		waited += articles * span + rate * span * span / 2;
		if (waited >= WAITED_HOURS)
			break;
		articles += rate * span;
		at += step;
	}
	int64_t wait = at - now_s < most_s ? at - now_s : most_s;
	return wait > least_s ? wait : least_s;
}

char *
rhythm_words(const struct rhythm *rhythm, int64_t now_s)
{
	double rate = (double)rhythm->rate[hour_of(now_s)];
	const char *rest = "at this time of the week";
	if (rate >= 0.75)
		return xasprintf("%.0f an hour %s", rate, rest);
	if (rate * 24 >= 0.75)
		return xasprintf("%.0f a day %s", rate * 24, rest);
	return xasprintf("hardly anything %s", rest);
}
