/*
 * A year in seconds: the daemon with its sections, timetable, rhythm, queue and
 * robots.txt as they are, on virtual time, between papers and a store that are
 * in memory.  What does `interval: auto` bring for what it costs, and does P8
 * hold in every moment, whatever befalls the machine?  Prints TAP.
 *
 *   year [--short] [--days N] [--sections N] [--seeds N] [--first SEED]
 *
 * Twins that are bad on purpose must be caught; --wrap in the Makefile lets
 * them stand before the real functions.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/clock.h"
#include "daemon/queue.h"
#include "daemon/rhythm.h"
#include "daemon/section.h"
#include "feed/memory.h"
#include "tests/simulate/hands.h"
#include "tests/simulate/loop.h"
#include "tests/simulate/memory.h"
#include "tests/simulate/press.h"
#include "tests/simulate/course.h"

#define MONDAY_S INT64_C(1799020800) /* 2027-01-04 00:00 UTC */
#define DAY_S INT64_C(86400)
#define LEARNING_DAYS 8 /* then a section without articles is known for one */
#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* What fails where it is not reached; `make simulate` shows what is. */
#define GAIN_LEAST 0.35 /* of the mean delay, in a year */
#define GAIN_LEAST_SHORT 0.28
#define DEAD_LEAST 3.6 /* rounds a day: every six hours, with jitter */
#define DEAD_MOST 4.5

static char folder[] = "/tmp/metrofeed-year.XXXXXX";
static int days = 365;
static size_t sections = 200, seeds = 3;
static uint64_t first = 1;
static bool is_short;
static unsigned cases;
static bool has_failed;

static void
tell(bool good, const char *words)
{
	printf("%sok %u - %s\n", good ? "" : "not ", ++cases, words);
	has_failed |= !good;
	fflush(stdout);
}

/* ---- the twins ---- */

static enum {
	TWIN_NONE,
	TWIN_NO_HOLD,  /* host-gap is forgotten in a restart */
	TWIN_HASTY,    /* auto asks four times as often */
	TWIN_NO_CLOCK, /* a clock that was set is not followed */
	TWIN_ASLEEP,   /* a sleep of the machine is not noticed */
	TWINS
} twin;

void __real_queue_hold(struct queue *, const char *, int64_t);
void __wrap_queue_hold(struct queue *, const char *, int64_t);
int64_t __real_rhythm_wait(const struct rhythm *, int64_t, int64_t, int64_t);
int64_t __wrap_rhythm_wait(const struct rhythm *, int64_t, int64_t, int64_t);
int64_t __real_clock_follow(int64_t *);
int64_t __wrap_clock_follow(int64_t *);
int64_t __real_clock_monotonic_ms(void);
int64_t __wrap_clock_monotonic_ms(void);

void
__wrap_queue_hold(struct queue *queue, const char *host, int64_t until_ms)
{
	if (twin != TWIN_NO_HOLD)
		__real_queue_hold(queue, host, until_ms);
}

int64_t
__wrap_rhythm_wait(
    const struct rhythm *rhythm, int64_t now_s, int64_t least_s, int64_t most_s)
{
	int64_t wait_s = __real_rhythm_wait(rhythm, now_s, least_s, most_s);
	return twin == TWIN_HASTY ? wait_s / 4 : wait_s;
}

int64_t
__wrap_clock_follow(int64_t *ahead_ms)
{
	return twin == TWIN_NO_CLOCK ? 0 : __real_clock_follow(ahead_ms);
}

int64_t
__wrap_clock_monotonic_ms(void)
{
	return twin == TWIN_ASLEEP ? loop_monotonic_ms()
				   : __real_clock_monotonic_ms();
}

/* ---- a run ---- */

/* No earlier than the program, whose clock would not believe it. */
static int64_t
begin_s(void)
{
	int64_t at_s = MONDAY_S;
	while (at_s < clock_built_s() + DAY_S)
		at_s += 7 * DAY_S;
	return at_s;
}

static struct press *
begin(uint64_t seed, bool is_troubled)
{
	struct press *press =
	    press_new(seed, begin_s(), days, sections, is_troubled);
	loop_begin(press->begin_s, seed);
	memory_begin(press);
	hands_set_reader(memory_read, press);
	return press;
}

static void
finish(struct press *press)
{
	memory_end();
	press_free(press);
}

static void
on_day(int day, void *arg)
{
	struct press *press = arg;
	if (day == LEARNING_DAYS)
		ledger_settled(press->ledger);
}

static void
run(struct press *press, double mishaps_a_day, struct course *course)
{
	*course = (struct course){
	    .folder = folder,
	    .ledger = press->ledger,
	    .seed = press->seed,
	    .days = days,
	    .mishaps_a_day = mishaps_a_day,
	    .on_kill = memory_kill,
	    .on_day = on_day,
	    .arg = press,
	};
	press_configure(press, folder);
	if (!course_run(course))
		exit(1);
}

/* ---- what a rhythm is worth ---- */

struct group {
	const struct press *press;
	int kind; /* -1: all */
};

static bool
is_wanted(size_t section, void *arg)
{
	const struct group *group = arg;
	return group->kind < 0 ||
	       (int)group->press->sections[section].beat.kind == group->kind;
}

/* A group's figures: rounds a section and day, and delays. */
struct cost {
	size_t sections;
	double rounds, settled;
	struct delays delays;
};

static struct cost
cost_of(const struct press *press, int kind)
{
	struct group group = {press, kind};
	struct cost cost = {
	    .delays = ledger_delays(press->ledger, is_wanted, &group)};
	uint64_t rounds = 0, settled = 0;
	for (size_t i = 0; i < press->section_count; i++)
		if (is_wanted(i, &group)) {
			rounds += ledger_rounds(press->ledger, i);
			settled += ledger_settled_rounds(press->ledger, i);
			cost.sections++;
		}
	if (cost.sections > 0) {
		double all = (double)cost.sections;
		cost.rounds = (double)rounds / all / days;
		cost.settled = (double)settled / all / (days - LEARNING_DAYS);
	}
	return cost;
}

static void
show(int kind, const struct cost *learned, const struct cost *fixed)
{
	printf("# %-8s %3zu sections %5.1f rounds a day (%5.1f)",
	    kind < 0 ? "all" : beat_names[kind], learned->sections,
	    learned->rounds, fixed->rounds);
	if (learned->delays.count > 0)
		printf(": mean %5.1f min (%5.1f), %2.0f %% less; p95 %5.1f "
		       "(%5.1f); %zu articles",
		    learned->delays.mean_s / 60, fixed->delays.mean_s / 60,
		    100 * (1 - learned->delays.mean_s / fixed->delays.mean_s),
		    learned->delays.p95_s / 60, fixed->delays.p95_s / 60,
		    learned->delays.count);
	printf("\n");
}

/* The same papers twice: as auto learns them, and each section with the fixed
 * interval that spends as many rounds on it. */
static void
compare_rhythm(uint64_t seed)
{
	struct course course;
	struct cost learned[BEAT_KINDS + 1], fixed[BEAT_KINDS + 1];
	int64_t *spans_s = xcalloc(sections, sizeof(*spans_s));
	char words[200];
	struct press *press = begin(seed, false);
	run(press, 0, &course);
	for (int i = 0; i <= BEAT_KINDS; i++)
		learned[i] = cost_of(press, i - 1);
	for (size_t i = 0; i < sections; i++)
		spans_s[i] =
		    days * DAY_S / (int64_t)ledger_rounds(press->ledger, i);
	size_t breaches = ledger_all_breaches(press->ledger);
	finish(press);

	press = begin(seed, false);
	for (size_t i = 0; i < sections; i++)
		press->sections[i].interval_s = spans_s[i];
	run(press, 0, &course);
	for (int i = 0; i <= BEAT_KINDS; i++)
		fixed[i] = cost_of(press, i - 1);
	breaches += ledger_all_breaches(press->ledger);
	finish(press);
	free(spans_s);

	for (int i = 0; i <= BEAT_KINDS; i++)
		if (learned[i].sections > 0)
			show(i - 1, &learned[i], &fixed[i]);
	double gain = 1 - learned[0].delays.mean_s / fixed[0].delays.mean_s;
	(void)snprintf(words, sizeof(words),
	    "seed %llu: auto, %.0f %% less delay than fixed intervals with as "
	    "many rounds",
	    (unsigned long long)seed, 100 * gain);
	tell(gain >= (is_short ? GAIN_LEAST_SHORT : GAIN_LEAST) &&
		 fixed[0].rounds >= learned[0].rounds * 0.995,
	    words);
	const struct cost *dead = &learned[1 + BEAT_DEAD];
	(void)snprintf(words, sizeof(words),
	    "seed %llu: a dead section costs %.1f rounds a day",
	    (unsigned long long)seed, dead->settled);
	tell(dead->sections == 0 ||
		 (dead->settled >= DEAD_LEAST && dead->settled <= DEAD_MOST),
	    words);
	(void)snprintf(words, sizeof(words),
	    "seed %llu: nobody is asked too often or left alone",
	    (unsigned long long)seed);
	tell(breaches == 0, words);
}

/* ---- manners ---- */

static void
keep_manners(uint64_t seed)
{
	struct course course;
	char words[200];
	struct press *press = begin(seed, true);
	size_t mishaps = 0;
	run(press, 4, &course);
	printf("#");
	for (int i = 0; i < MISHAPS; i++) {
		printf(" %s %zu%s", mishap_names[i], course.counts[i],
		    i + 1 < MISHAPS ? "," : "\n");
		mishaps += course.counts[i];
	}
	for (int i = 0; i < BREACHES; i++)
		printf("# %s: %zu\n", breach_names[i],
		    ledger_breaches(press->ledger, (enum breach)i));
	(void)snprintf(words, sizeof(words),
	    "seed %llu: manners in %d days of %zu sections, %llu requests, %zu "
	    "mishaps",
	    (unsigned long long)seed, days, sections,
	    (unsigned long long)ledger_requests(press->ledger), mishaps);
	tell(ledger_all_breaches(press->ledger) == 0, words);
	finish(press);
}

/* ---- twins must be caught ---- */

static void
catch_twin(int number, const char *name, double mishaps_a_day,
    bool (*is_caught)(const struct press *))
{
	struct course course;
	char words[200];
	twin = number;
	struct press *press = begin(77, mishaps_a_day > 0);
	ledger_hush(press->ledger);
	if (number == TWIN_NO_HOLD)
		press_set_gap(press, 60); /* that much to forget */
	run(press, mishaps_a_day, &course);
	(void)snprintf(
	    words, sizeof(words), "the twin that %s is caught", name);
	tell(is_caught(press), words);
	finish(press);
	twin = TWIN_NONE;
}

static bool
breaks_gap(const struct press *press)
{
	return ledger_breaches(press->ledger, BREACH_GAP) > 0;
}

static bool
breaks_min_interval(const struct press *press)
{
	return ledger_breaches(press->ledger, BREACH_MIN_INTERVAL) > 0;
}

static bool
stalls(const struct press *press)
{
	return ledger_breaches(press->ledger, BREACH_STALL) > 0;
}

static bool
visits_the_dead(const struct press *press)
{
	return cost_of(press, BEAT_DEAD).settled > DEAD_MOST;
}

static void
catch_twins(void)
{
	days = 30;
	sections = 60;
	catch_twin(
	    TWIN_NO_HOLD, "forgets host-gap in a restart", 150, breaks_gap);
	catch_twin(TWIN_HASTY, "looks four times as often", 0, visits_the_dead);
	catch_twin(TWIN_NO_CLOCK, "does not see that the clock was set", 8,
	    breaks_min_interval);
	catch_twin(
	    TWIN_ASLEEP, "does not see that the machine slept", 8, stalls);
}

/* ---- the command ---- */

static void
read_options(int argc, char **argv)
{
	static const struct option options[] = {
	    {"short", no_argument, NULL, 's'},
	    {"days", required_argument, NULL, 'd'},
	    {"sections", required_argument, NULL, 'n'},
	    {"seeds", required_argument, NULL, 'm'},
	    {"first", required_argument, NULL, 'f'},
	    {0},
	};
	int option;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (option) {
		case 's':
			is_short = true;
			days = 60;
			sections = 100;
			seeds = 1;
			break;
		case 'd':
			days = atoi(optarg);
			break;
		case 'n':
			sections = (size_t)atoi(optarg);
			break;
		case 'm':
			seeds = (size_t)atoi(optarg);
			break;
		case 'f':
			first = (uint64_t)atoi(optarg);
			break;
		default:
			exit(2);
		}
}

static void
clean_up(void)
{
	char *file = xasprintf("%s/metrofeed.conf", folder);
	(void)unlink(file);
	(void)rmdir(folder);
	free(file);
}

int
main(int argc, char **argv)
{
	read_options(argc, argv);
	if (mkdtemp(folder) == NULL) {
		perror(folder);
		return 1;
	}
	(void)atexit(clean_up);
	printf("# %d days of %zu sections; in brackets: fixed intervals\n",
	    days, sections);
	for (uint64_t seed = first; seed < first + seeds; seed++)
		compare_rhythm(seed);
	for (uint64_t seed = first; seed < first + seeds; seed++)
		keep_manners(seed);
	catch_twins();
	printf("1..%u\n", cases);
	return has_failed;
}
