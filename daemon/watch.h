#ifndef DAEMON_WATCH_H
#define DAEMON_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "daemon/healed.h"
#include "daemon/judge.h"
#include "daemon/store.h"
#include "daemon/wire.h"
#include "feed/error.h"

/*
 * The watch over a section's rules: whether a round is believed (drift.h), what
 * a job is told so that other rules can be found, and which rules stand in for
 * those that find nothing any more (healed.h).
 */
struct watch {
	const struct section_config *config;
	struct drift_record record;
	struct healed_record healed;
	uint64_t given;        /* hash of all that reads the page, but for the
				  healed rules */
	bool is_looking_again; /* the next round should come soon: a doubt */
	bool has_healed;       /* to be saved */
};

/* Reads the section's rows; what was watched, or healed, of other rules begins
 * anew, which update_flush makes last. */
bool watch_open(struct watch *, struct store *, const struct section_config *,
    int64_t section, uint64_t given, struct error *);
void watch_clear(struct watch *);
/* The row goes with its batch. */
bool watch_save(struct watch *, struct store *, int64_t section,
    struct error *);

/* Hash of all that reads the page: for validators and readings. */
uint64_t watch_rules(const struct watch *);
/* The same of an answer: healed rules may not have been asked in the end. */
uint64_t watch_rules_of(const struct watch *, const struct answer *);

/* Does what the store has of the last page say anything of the next one? */
bool watch_may_compare(const struct watch *);

/* Are its articles read by healed rules?  Then none are learned beside them. */
bool watch_is_healed(const struct watch *);

/*
 * Tells a job on the section's page, once what is configured and what was
 * learned is in it.  Clear the job's memory; the rest is borrowed.  False and
 * err if the store fails: the page can be read all the same.
 */
bool watch_tell(struct watch *, struct store *, int64_t section, bool is_first,
    struct job *, struct error *);

/*
 * Is the round believed?  If not, *why (the caller's) says what is unusual, and
 * what would help.  *words (likewise, or NULL) is what a person should know in
 * any case.
 */
bool watch_believes(struct watch *, const struct judgement *,
    const struct answer *, int64_t now_s, char **why, char **words);

/* The round is good: where its list stands, for the next one. */
void watch_remember(struct watch *, const struct answer *);

/* Why what the section publishes is less than it should be, or by other rules
 * than the person's; the caller's, NULL if all is well. */
char *watch_degraded(const struct watch *);

#endif
