#ifndef TESTS_SIMULATE_BEAT_H
#define TESTS_SIMULATE_BEAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * When papers publish: rhythms as they are seen on real section pages, drawn
 * anew from each seed.  From nothing to some sixty articles a day; most appear
 * on working days between nine and six, a morning paper's the evening before
 * its days, an agency's round the clock; some wait for the full hour, some come
 * in bundles; habits drift, break off and move, there are holidays, and in two
 * of three zones clocks change twice a year.
 */
enum beat_kind {
	BEAT_OFFICE,  /* working hours */
	BEAT_EVENING, /* of the day before the paper's */
	BEAT_AGENCY,  /* day and night */
	BEAT_BUNDLES, /* several at once, in working hours */
	BEAT_COLUMN,  /* one each paper day, at its time */
	BEAT_SPARSE,  /* less than one a day */
	BEAT_DEAD,
	BEAT_KINDS
};
extern const char *const beat_names[BEAT_KINDS];

struct beat {
	enum beat_kind kind;
	double a_day;    /* as drawn; 0: dead */
	int64_t *times_s; /* Unix seconds, ascending; beat_clear */
	size_t count;
};

/* From `days_before` before begin_s (what the page shows at first) until
 * `days` after. */
void beat_draw(struct beat *, uint64_t seed, int64_t begin_s, int days_before,
    int days);
void beat_clear(struct beat *);

#endif
