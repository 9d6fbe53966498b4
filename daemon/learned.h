#ifndef DAEMON_LEARNED_H
#define DAEMON_LEARNED_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "daemon/store.h"
#include "daemon/wire.h"
#include "feed/error.h"

/*
 * The rules that a section without `item` learns from its own pages, so that
 * its rounds run fast: what a job is told of them, what becomes of its answer.
 * They give what inference gave when they were learned, to the letter.  Once a
 * day the list is inferred and they are learned anew; where they find less than
 * then, or at another place (expectation.h), a worker infers in the same
 * round.
 */
#define LEARNED_FOR_S 86400

struct learned {
	struct learned_record record;
	bool is_asked; /* the job under way was told to learn */
	bool is_used;  /* it was told these rules */
};

/* Reads the section's row; what was learned beside other configured rules is
 * nothing.  False and err if the store fails. */
bool learned_load(struct learned *, struct store *,
    const struct section_config *, int64_t section, struct error *);
void learned_clear(struct learned *);

/* Tells a job on the section's page: the rules, if they are fresh, or that it
 * should learn some; a later page of the round gets what the first one had.
 * Clear learned and expected of the job. */
void learned_tell(struct learned *, const struct section_config *,
    bool is_first, int64_t now_s, struct job *);

/*
 * What the answer to the job on the first page brought; it was believed.  True
 * if there is something to save, learned_save, once the section has its row.
 * *words (the caller's) says what a person should know, or NULL.
 */
bool learned_take(struct learned *, const struct section_config *,
    const struct answer *, int64_t now_s, char **words);
bool learned_save(const struct learned *, struct store *, int64_t section,
    struct error *);

/* The rules in one line, "item '.story', title 'h3'"; the caller's, NULL if
 * there are none. */
char *learned_words(const struct learned_record *);

#endif
