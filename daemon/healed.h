#ifndef DAEMON_HEALED_H
#define DAEMON_HEALED_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "daemon/store.h"
#include "daemon/wire.h"
#include "feed/error.h"

/*
 * Rules that stand in the place of a section's own, where its page has changed:
 * what a page's answer proposes, what is adopted, what is given up.  A proposal
 * is adopted if heal is `auto`, the gates say so (heal.h), and another fetch of
 * the page says the same.  The person's file is never edited: whoever reads the
 * status finds the lines to paste.
 */

/* Reads the section's row; what healed other configured rules is nothing, and
 * what is in force without `auto` is a proposal: then the record is another than
 * the row.  False and err if the store fails. */
bool healed_load(struct healed_record *, struct store *,
    const struct section_config *, int64_t section, bool *is_another,
    struct error *);

enum healed_step {
	HEALED_NOTHING,
	HEALED_PROPOSED, /* there is a proposal, a new one or as before */
	HEALED_ADOPTED,  /* it is in force from now on */
};
/* What an answer to a job that had the record's proposal brings.  *words (the
 * caller's) is what a person should know, or NULL. */
enum healed_step healed_take(struct healed_record *,
    const struct section_config *, const struct answer *, int64_t now_s,
    char **words);
/* What is in force did not hold; is_final: it is never adopted again. */
void healed_refuse(struct healed_record *, bool is_final);
/* There was a doubt, and is none any more. */
void healed_drop_proposal(struct healed_record *);
/* Neither in force nor proposed; what was refused is not forgotten. */
void healed_drop(struct healed_record *);

/* "item '.card', title 'h2'" of a remedy; the caller's. */
char *healed_words(const struct section_config *, const char *remedy);
/* Lines to paste into the configuration in place of the section's own: of what
 * is in force, else of what is proposed.  The caller's; NULL if there is none. */
char *healed_stanza(
    const struct section_config *, const struct healed_record *);

#endif
