#include "tests/simulate/course.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "daemon/daemon.h"
#include "daemon/log.h"
#include "feed/memory.h"
#include "tests/newsroom.h"
#include "tests/simulate/loop.h"

const char *const mishap_names[MISHAPS] = {"clock set back",
    "clock set forward", "clock set right", "sleep", "reload", "USR1",
    "restart", "kill"};

static struct {
	struct course *course;
	struct dice dice;
	bool is_over, is_killed, is_clock_moved;
	int64_t down_ms, set_ms;
	int day;
} now;

static double
lot(void)
{
	return (double)(1 + dice_below(&now.dice, 1000000)) / 1000000;
}

/* As often short as long. */
static int64_t
span_ms(int64_t least_ms, int64_t most_ms)
{
	return (int64_t)((double)least_ms *
			 pow((double)most_ms / (double)least_ms, lot()));
}

static void
set_clock(int64_t ahead_ms, bool is_seen)
{
	loop_set_clock(ahead_ms);
	now.set_ms = loop_true_ms();
	if (is_seen)
		ledger_clock_moved(now.course->ledger);
	else
		now.is_clock_moved = true;
}

static void
go_down(bool is_killed)
{
	now.is_killed = is_killed;
	now.down_ms = dice_chance(&now.dice, 50)
			  ? span_ms(50, LOOP_MINUTE_MS)
			  : span_ms(LOOP_SECOND_MS, 2 * LOOP_DAY_MS);
	if (is_killed) {
		now.course->on_kill();
		ledger_killed(now.course->ledger);
	}
	/* it looks at the clock twice a minute, and writes down what it saw */
	if (is_killed && loop_true_ms() < now.set_ms + 31 * LOOP_SECOND_MS)
		now.is_clock_moved = true;
	loop_break();
}

static void
befall(enum mishap mishap)
{
	int64_t clock_ms = loop_clock();
	switch (mishap) {
	case MISHAP_CLOCK_BACK:
		set_clock(clock_ms - span_ms(300, 20 * LOOP_DAY_MS), true);
		break;
	case MISHAP_CLOCK_FORWARD:
		set_clock(clock_ms + span_ms(300, 20 * LOOP_DAY_MS), true);
		break;
	case MISHAP_CLOCK_RIGHT:
		set_clock(0, true);
		break;
	case MISHAP_SLEEP: {
		int64_t slept_ms = span_ms(LOOP_SECOND_MS, 3 * LOOP_DAY_MS);
		loop_sleep(slept_ms);
		now.set_ms += slept_ms; /* nor does it look while it sleeps */
		ledger_awake(now.course->ledger, false);
		break;
	}
	case MISHAP_RELOAD:
		loop_raise(SIGHUP);
		break;
	case MISHAP_ASK:
		for (size_t i = 1 + dice_below(&now.dice, 3); i > 0; i--)
			loop_raise(SIGUSR1);
		ledger_asked(now.course->ledger);
		break;
	default:
		go_down(mishap == MISHAP_KILL);
	}
}

static void on_mishap(void *);

static void
await_mishap(void)
{
	double days = -log(lot()) / now.course->mishaps_a_day;
	int64_t wait_ms = (int64_t)(days * (double)LOOP_DAY_MS);
	/* while the last one is not yet over */
	if (dice_chance(&now.dice, 25))
		wait_ms = span_ms(100, LOOP_MINUTE_MS);
	loop_at(loop_true_ms() + wait_ms, on_mishap, NULL);
}

/* Some come in a row: a clock that is set, and a reload at once. */
static void
on_mishap(void *arg)
{
	(void)arg;
	do {
		enum mishap mishap =
		    (enum mishap)dice_below(&now.dice, MISHAPS);
		if (mishap == MISHAP_KILL && now.course->on_kill == NULL)
			mishap = MISHAP_RESTART;
		now.course->counts[mishap]++;
		log_info("simulation: %s, clock %.3f days ahead",
		    mishap_names[mishap],
		    (double)loop_clock() / (double)LOOP_DAY_MS);
		befall(mishap);
	} while (now.down_ms == 0 && dice_chance(&now.dice, 30));
	await_mishap();
}

static void
on_look(void *arg)
{
	(void)arg;
	ledger_look(now.course->ledger);
	loop_at(loop_true_ms() + 10 * LOOP_MINUTE_MS, on_look, NULL);
}

static void
on_day(void *arg)
{
	(void)arg;
	now.course->on_day(++now.day, now.course->arg);
	loop_at((now.day + 1) * LOOP_DAY_MS, on_day, NULL);
}

static void
on_end(void *arg)
{
	(void)arg;
	now.is_over = true;
	loop_break();
}

/* The daemon's signals are blocked when it ends, for ever: it is a process. */
static void
unblock_signals(void)
{
	sigset_t none;
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static bool
run_once(void)
{
	struct config_overrides overrides = {0};
	struct problems problems = {0};
	struct error err = {{0}};
	char *file = xasprintf("%s/metrofeed.conf", now.course->folder);
	struct config *config = config_load(file, &overrides, &problems);
	struct daemon *daemon = NULL;
	bool good = false;
	for (size_t i = 0; i < problems.count; i++)
		fprintf(stderr, "%s\n", problems.list[i]);
	problems_clear(&problems);
	if (config != NULL)
		daemon = daemon_new(config, file, &overrides, &err);
	if (daemon != NULL)
		good = daemon_run(daemon, &err);
	if (!good)
		fprintf(stderr, "%s\n", err.reason);
	daemon_free(daemon);
	unblock_signals();
	free(file);
	return good;
}

/* While nobody runs, time passes, and the clock may be set. */
static void
stay_down(void)
{
	loop_pass(now.down_ms);
	if (dice_chance(&now.dice, 20)) {
		int64_t by_ms = span_ms(LOOP_SECOND_MS, 20 * LOOP_DAY_MS);
		set_clock(dice_chance(&now.dice, 50)   ? 0
			  : dice_chance(&now.dice, 50) ? loop_clock() + by_ms
						       : loop_clock() - by_ms,
		    false);
	}
	ledger_awake(now.course->ledger, now.is_clock_moved);
	now.is_clock_moved = false;
	now.down_ms = 0;
}

bool
course_run(struct course *course)
{
	bool good = true;
	memset(&now, 0, sizeof(now));
	now.course = course;
	now.dice = (struct dice){course->seed};
	now.set_ms = INT64_MIN / 2;
	loop_at(course->days * LOOP_DAY_MS, on_end, NULL);
	loop_at(0, on_look, NULL);
	if (course->on_day != NULL)
		loop_at(LOOP_DAY_MS, on_day, NULL);
	if (course->mishaps_a_day > 0)
		await_mishap();
	while (good && !now.is_over) {
		good = run_once();
		if (!now.is_over)
			stay_down();
	}
	loop_end();
	return good;
}
