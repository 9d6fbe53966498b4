#ifndef FEED_DRIFT_H
#define FEED_DRIFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/reading.h"
#include "feed/rules.h"

/*
 * Do the rules still find the section's list?  A page that is news (verdict.h)
 * is compared with what was usual; what is unusual earns points, and points
 * decide whether the round is believed.  What counts is told in words: "title:
 * filled in 20 of 20 rounds, today 0 of 18".  Pure.
 *
 * Nothing is judged before the section's first good round, and most of it not
 * before the fifth: what a person's rules find at first is what was meant.
 */
#define DRIFT_BAD 60
#define DRIFT_SUSPICIOUS 30

struct drift_question {
	struct reading today;
	const struct reading *past; /* the newest first; bad ones and those by
				       other rules are skipped */
	size_t past_count;
	bool empty_ok;
};

struct drift_finding {
	uint32_t points;
	bool is_list_lost;         /* there are no articles at all */
	bool is_empty;             /* but the list stands there: no drift */
	bool is_field_lost[FIELD_COUNT]; /* dead while the list lives */
	char why[512];             /* "" if nothing is unusual; clean */
};

struct drift_finding drift_look(const struct drift_question *);

/* How many new articles a round at that moment may well bring, by what the good
 * ones brought: twice as many as usual in the time since the last, 5 at least. */
uint32_t drift_allowance(
    const struct reading *past, size_t count, int64_t now_s);

/* One round of suspicion costs nothing: what is found is only believed, or
 * given up, after a second look. */
enum drift_phase {
	DRIFT_OK,
	DRIFT_SUSPECT,   /* look again soon, without validators */
	DRIFT_DRIFTED,   /* the rules find something else, or nothing */
	DRIFT_PROBATION, /* healed rules, watched */
	DRIFT_PHASES
};
#define DRIFT_PROBATION_ROUNDS 5

struct drift {
	enum drift_phase phase;
	int64_t since_s;     /* of the phase */
	uint32_t suspicious; /* rounds in a row */
	uint32_t left;       /* rounds of probation */
};

enum drift_call {
	DRIFT_PUBLISH,   /* the round is good */
	DRIFT_HOLD,      /* nothing of it is published; the feed stays */
	DRIFT_ROLL_BACK, /* likewise, and the healed rules are no good */
};

/* One round's points; the phase moves.  now_s is the round's time. */
enum drift_call drift_step(
    struct drift *, const struct drift_finding *, int64_t now_s);

/* Healed rules are in force from now on. */
void drift_healed(struct drift *, int64_t now_s);

/* One word: "ok", "suspect", "drift", "probation". */
const char *drift_word(enum drift_phase);

#endif
