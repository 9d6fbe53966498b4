#ifndef DAEMON_RHYTHM_H
#define DAEMON_RHYTHM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * When a section publishes, learned from when its articles appeared, and when
 * to look next because of it: a pure function of that history and now.
 *
 * The history gives a rate for each hour of the week (UTC), old weeks counting
 * less, each hour leaning on its neighbours and on the same hour of other
 * working days or weekend days as long as it has little to say of its own.
 * The next round comes when the articles that are expected since now have waited
 * for a fifth of an hour in sum: the best spread of a number of rounds over a
 * rate that changes is by the square root of the rate, and this is it.
 */
#define RHYTHM_HOURS 168 /* of a week; 0 is Thursday 00:00 UTC, as in Unix time */
#define RHYTHM_WEEKS 8   /* of history that count */

struct rhythm {
	bool known;              /* false: too little history for a rhythm */
	float rate[RHYTHM_HOURS]; /* articles an hour, expected */
};

/*
 * times: when articles appeared (Unix seconds, any order); what lies in the
 * future or too far back is left out.  since_s: from when on the history is
 * whole, at the latest the oldest time.
 */
void rhythm_learn(struct rhythm *, const int64_t *times, size_t count,
    int64_t since_s, int64_t now_s);

/* Seconds from now to the next round, between the two bounds; 0 < least. */
int64_t rhythm_wait(const struct rhythm *, int64_t now_s, int64_t least_s,
    int64_t most_s);

/* "3 an hour at this time of the week"; the caller's. */
char *rhythm_words(const struct rhythm *, int64_t now_s);

#endif
