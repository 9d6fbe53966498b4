#ifndef DAEMON_STATUS_RULES_H
#define DAEMON_STATUS_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "daemon/healed.h"
#include "daemon/learned.h"
#include "daemon/store.h"
#include "feed/error.h"

/*
 * How a section's rules fare, for `status`: what is unusual, what was learned,
 * what is healed or proposed, and the lines to paste.
 */
struct status_rules {
	const struct section_config *config; /* NULL: not watched any more */
	struct drift_record watch;
	struct learned learned;
	struct healed_record healed;
};

/* What the store has; status_rules_clear.  False and err if it fails. */
bool status_rules_load(struct status_rules *, struct store *,
    const struct section_config *, int64_t section, struct error *);
void status_rules_clear(struct status_rules *);

/* To standard output; reason is what the last round failed for, or NULL: what
 * stands there is not said again. */
void status_rules_print(
    const struct status_rules *, const char *reason, int64_t now_s);
void status_rules_print_json(const struct status_rules *);

#endif
