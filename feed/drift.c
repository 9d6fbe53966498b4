#include "feed/drift.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "feed/text.h"

#define SETTLED 5   /* good rounds before most of it is judged */
#define ALIVE 70    /* % of the items: a field that a page usually shows */
#define REQUIRED 60 /* % of the items that need a link and a title */
#define SHAPED 80   /* % of the links, for a list of one shape */
#define MISSHAPED 30
#define NO_STORIES -30 /* mean score of links, in tenths */
#define NARROW 10      /* cells of a title */
#define REPEATED 40    /* % of the titles */
#define UNLIKE 50      /* % of the structure */
#define FEW 5          /* articles that say something of the whole list */

struct usual {
	struct reading rounds[READINGS_USUAL];
	size_t count;
	uint32_t median, least, most; /* articles, filtered ones too */
};

static struct usual
what_is_usual(const struct drift_question *question)
{
	struct usual usual = {0};
	uint32_t items[READINGS_USUAL];
	usual.count = readings_usual(question->past, question->past_count,
	    question->today.rules, usual.rounds);
	for (size_t i = 0; i < usual.count; i++)
		items[i] = usual.rounds[i].items;
	usual.median = reading_median(items, usual.count);
	if (usual.count > 0) {
		usual.least = items[0];
		usual.most = items[usual.count - 1];
	}
	return usual;
}

/* Most of the points come with the first words. */
static void __attribute__((format(printf, 3, 4)))
find(struct drift_finding *finding, uint32_t points, const char *format, ...)
{
	char words[sizeof(finding->why)];
	size_t used = strlen(finding->why);
	va_list arguments;
	va_start(arguments, format);
	(void)vsnprintf(words, sizeof(words), format, arguments);
	va_end(arguments);
	finding->points += points;
	if (used + strlen(words) + 3 < sizeof(finding->why))
		(void)snprintf(finding->why + used, sizeof(finding->why) - used,
		    "%s%s", used > 0 ? "; " : "", words);
}

static uint32_t
percent(uint32_t part, uint32_t whole)
{
	return whole > 0 ? (uint32_t)((uint64_t)part * 100 / whole) : 0;
}

/* ---- the list ---- */

static void
look_for_list(const struct drift_question *question, const struct usual *usual,
    struct drift_finding *finding)
{
	const struct reading *today = &question->today;
	static const char *const places[] = {
	    [LIST_UNKNOWN] = "",
	    [LIST_GONE] = ", and the place of the list is gone",
	    [LIST_EMPTY] = ", and the place of the list is empty",
	    [LIST_FULL] = ", and stories stand where the list was",
	};
	finding->is_list_lost = true;
	finding->is_empty =
	    question->empty_ok || today->list_place == LIST_EMPTY;
	/* that there are none is a fault of its own, said elsewhere */
	if (finding->is_empty || usual->median == 0)
		return;
	if (today->rows > 0)
		return; /* its fields are what is wrong, or its items */
	find(finding, 100, "no article where %u are usual%s", usual->median,
	    places[today->list_place]);
}

static void
look_at_length(const struct drift_question *question, const struct usual *usual,
    struct drift_finding *finding)
{
	uint32_t items = question->today.items;
	if (usual->count < SETTLED)
		return;
	if ((uint64_t)items * 10 < (uint64_t)usual->least * 6 &&
	    (uint64_t)items * 2 < usual->median)
		/* a list that begins anew, as at midnight, begins with news */
		find(finding,
		    question->today.fresh == 0 &&
			    (uint64_t)items * 3 < usual->least
			? DRIFT_BAD
			: 35,
		    "%u articles where %u are usual, and never less than %u",
		    items, usual->median, usual->least);
	if (items > 3 * (uint64_t)usual->median + 5 &&
	    (uint64_t)items * 2 > 3 * (uint64_t)usual->most)
		find(finding, 35,
		    "%u articles where %u are usual, and never "
		    "more than %u",
		    items, usual->median, usual->most);
}

/* ---- fields ---- */

static size_t
rounds_alive(const struct usual *usual, enum field field)
{
	size_t rounds = 0;
	for (size_t i = 0; i < usual->count; i++)
		rounds += reading_fill(&usual->rounds[i], field) >= ALIVE;
	return rounds;
}

static uint32_t
usual_fill(const struct usual *usual, enum field field)
{
	uint32_t fills[READINGS_USUAL];
	for (size_t i = 0; i < usual->count; i++)
		fills[i] = reading_fill(&usual->rounds[i], field);
	return reading_median(fills, usual->count);
}

static void
say_field(const struct drift_question *question, const struct usual *usual,
    enum field field, uint32_t points, struct drift_finding *finding)
{
	find(finding, points, "%s: filled in %zu of %zu rounds, today %u of %u",
	    field_name(field), rounds_alive(usual, field), usual->count,
	    question->today.filled[field], question->today.rows);
}

static void
look_at_fields(const struct drift_question *question, const struct usual *usual,
    struct drift_finding *finding)
{
	const struct reading *today = &question->today;
	if (today->rows == 0)
		return;
	for (int i = FIELD_LINK; i <= FIELD_TITLE; i++) {
		enum field field = (enum field)i;
		if (reading_fill(today, field) < REQUIRED &&
		    usual_fill(usual, field) >= REQUIRED)
			say_field(question, usual, field,
			    reading_fill(today, field) == 0 ? DRIFT_BAD : 50,
			    finding);
	}
	bool lost = false;
	for (int i = FIELD_TEXT; i <= FIELD_IMAGE; i++) {
		enum field field = (enum field)i;
		uint32_t fill = usual_fill(usual, field);
		if (usual->count < SETTLED || fill < ALIVE ||
		    today->rows < FEW ||
		    (uint64_t)reading_fill(today, field) * 10 >=
			(uint64_t)fill * 4)
			continue;
		finding->is_field_lost[field] = true;
		/* several fields that die at once are one change */
		say_field(question, usual, field, lost ? 0 : 30, finding);
		lost = true;
	}
}

/* ---- links and titles ---- */

static int32_t
usual_score(const struct usual *usual)
{
	int64_t sum = 0;
	for (size_t i = 0; i < usual->count; i++)
		sum += usual->rounds[i].score;
	return usual->count > 0 ? (int32_t)(sum / (int64_t)usual->count) : 0;
}

/* The median over the good rounds of some share of each. */
static uint32_t
usual_share(const struct usual *usual, size_t part_at)
{
	uint32_t shares[READINGS_USUAL];
	for (size_t i = 0; i < usual->count; i++) {
		const struct reading *one = &usual->rounds[i];
		uint32_t part;
		memcpy(&part, (const char *)one + part_at, sizeof(part));
		shares[i] = percent(part, one->articles);
	}
	return reading_median(shares, usual->count);
}
#define USUAL_SHARE(usual, member)                                             \
	usual_share((usual), offsetof(struct reading, member))

static uint32_t
usual_cells(const struct usual *usual)
{
	uint32_t cells[READINGS_USUAL];
	for (size_t i = 0; i < usual->count; i++)
		cells[i] = usual->rounds[i].cells;
	return reading_median(cells, usual->count);
}

/* Items that have what they usually have, and yet none makes an article: the
 * links lead elsewhere, or the title stands in one and the link in another. */
static void
look_at_items(const struct drift_question *question, const struct usual *usual,
    struct drift_finding *finding)
{
	if (question->today.items == 0 && question->today.rows > 0 &&
	    usual->median > 0 && finding->points < DRIFT_BAD)
		find(finding, 100, "no article where %u are usual, in %u items",
		    usual->median, question->today.rows);
}

static void
look_at_stories(const struct drift_question *question,
    const struct usual *usual, struct drift_finding *finding)
{
	const struct reading *today = &question->today;
	uint32_t menu = percent(today->menu, today->articles);
	uint32_t repeated = percent(today->repeated, today->articles);
	uint32_t shaped = percent(today->in_shape, today->articles);
	if (today->articles == 0)
		return;
	if (menu >= 50 && USUAL_SHARE(usual, menu) < 25)
		find(finding, 60, "%u of %u titles are words of a menu",
		    today->menu, today->articles);
	else if (today->score < NO_STORIES && usual_score(usual) >= 0)
		find(finding, 60,
		    "links that lead to no articles (score %d, "
		    "usually %d)",
		    today->score / 10, usual_score(usual) / 10);
	if (usual->count >= SETTLED && shaped < MISSHAPED &&
	    USUAL_SHARE(usual, in_shape) >= SHAPED)
		find(finding, 40, "%u of %u links have the usual form",
		    today->in_shape, today->articles);
	if (repeated > REPEATED && today->articles >= FEW &&
	    USUAL_SHARE(usual, repeated) < REPEATED / 2)
		find(finding, 40, "%u of %u titles are there twice",
		    today->repeated, today->articles);
	else if (today->cells < NARROW && usual_cells(usual) >= 2 * NARROW)
		find(finding, 40, "titles of %u cells where %u are usual",
		    today->cells, usual_cells(usual));
}

/* ---- time ---- */

/* How long the list takes to change as a whole, by what was new in the rounds
 * that are remembered; INT64_MAX if nothing ever was. */
static int64_t
turnover_s(const struct usual *usual)
{
	uint64_t fresh = 0;
	for (size_t i = 0; i + 1 < usual->count; i++)
		fresh += usual->rounds[i].fresh;
	int64_t span_s =
	    usual->count > 0
		? usual->rounds[0].at_s - usual->rounds[usual->count - 1].at_s
		: 0;
	if (fresh == 0 || span_s <= 0)
		return INT64_MAX;
	return (int64_t)((double)span_s * usual->median / (double)fresh);
}

static void
look_at_time(const struct drift_question *question, const struct usual *usual,
    struct drift_finding *finding)
{
	const struct reading *today = &question->today;
	int64_t turnover = turnover_s(usual);
	int64_t since_s =
	    usual->count > 0 ? today->at_s - usual->rounds[0].at_s : 0;
	if (usual->count < SETTLED || today->articles < FEW ||
	    today->fresh < today->articles || since_s < 0 ||
	    since_s >= turnover / 4 || today->stale * 2 < today->fresh)
		return;
	find(finding, 40,
	    "nothing known among %u articles, %lld min after the "
	    "last good round",
	    today->articles, (long long)since_s / 60);
}

/* ---- together ---- */

struct drift_finding
drift_look(const struct drift_question *question)
{
	struct drift_finding finding = {0};
	struct usual usual = what_is_usual(question);
	if (usual.count == 0)
		return finding;
	if (question->today.items == 0)
		look_for_list(question, &usual, &finding);
	else
		look_at_length(question, &usual, &finding);
	if (finding.is_empty)
		return finding;
	look_at_fields(question, &usual, &finding);
	look_at_items(question, &usual, &finding);
	look_at_stories(question, &usual, &finding);
	look_at_time(question, &usual, &finding);
	if (finding.points > 0 && question->today.likeness < UNLIKE)
		find(&finding, 15, "%u %% of the page's structure is as it was",
		    question->today.likeness);
	return finding;
}

uint32_t
drift_allowance(const struct reading *past, size_t count, int64_t now_s)
{
	struct reading good[READINGS_USUAL];
	uint64_t fresh = 0;
	size_t rounds = readings_usual(past, count, 0, good);
	/* the oldest one's news may be the whole list */
	for (size_t i = 0; i + 1 < rounds; i++)
		fresh += good[i].fresh;
	int64_t span_s = rounds > 1 ? good[0].at_s - good[rounds - 1].at_s : 0;
	int64_t since_s = rounds > 0 ? now_s - good[0].at_s : 0;
	double most =
	    span_s > 0 && since_s > 0
		? 2.0 * (double)fresh * (double)since_s / (double)span_s
		: 0;
	return most > UINT32_MAX ? UINT32_MAX
	       : most > FEW      ? (uint32_t)most
				 : FEW;
}

static void
enter(struct drift *drift, enum drift_phase phase, int64_t now_s)
{
	if (drift->phase != phase)
		drift->since_s = now_s;
	drift->phase = phase;
	drift->suspicious = 0;
	drift->left = 0;
}

void
drift_healed(struct drift *drift, int64_t now_s)
{
	enter(drift, DRIFT_PROBATION, now_s);
	drift->since_s = now_s;
	drift->left = DRIFT_PROBATION_ROUNDS;
}

static enum drift_call
step_bad(struct drift *drift, int64_t now_s)
{
	switch (drift->phase) {
	case DRIFT_OK:
		enter(drift, DRIFT_SUSPECT, now_s);
		return DRIFT_HOLD;
	case DRIFT_PROBATION:
		enter(drift, DRIFT_DRIFTED, now_s);
		return DRIFT_ROLL_BACK;
	default:
		enter(drift, DRIFT_DRIFTED, now_s);
		return DRIFT_HOLD;
	}
}

enum drift_call
drift_step(
    struct drift *drift, const struct drift_finding *finding, int64_t now_s)
{
	if (finding->points >= DRIFT_BAD)
		return step_bad(drift, now_s);
	if (drift->phase == DRIFT_PROBATION) {
		if (--drift->left == 0)
			enter(drift, DRIFT_OK, now_s);
		return DRIFT_PUBLISH;
	}
	bool is_suspicious = finding->points >= DRIFT_SUSPICIOUS;
	uint32_t before = drift->suspicious;
	if (drift->phase != DRIFT_OK || !is_suspicious) {
		/* seen again and still not bad: that is how it is now */
		enter(drift, DRIFT_OK, now_s);
		return DRIFT_PUBLISH;
	}
	drift->suspicious = before + 1;
	if (drift->suspicious >= 2)
		enter(drift, DRIFT_SUSPECT, now_s);
	return DRIFT_PUBLISH;
}

const char *
drift_word(enum drift_phase phase)
{
	static const char *const words[DRIFT_PHASES] = {
	    "ok", "suspect", "drift", "probation"};
	return words[phase];
}
