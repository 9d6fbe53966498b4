#ifndef DAEMON_JUDGE_H
#define DAEMON_JUDGE_H

#include <stdbool.h>

#include "config/config.h"
#include "daemon/store.h"
#include "daemon/wire.h"
#include "feed/error.h"
#include "feed/verdict.h"

/*
 * Asks the store what verdict.h wants to know of a section: what its good
 * rounds measured and which of the page's articles it has.
 */
struct arrival {
	const char *asked; /* URL */
	const char *from;  /* after redirects */
	const char *mitigated; /* or NULL */
	bool is_later;     /* a page after the first */
};

/* The store may be NULL: nothing is known.  False and err if it fails. */
bool judge_page(struct store *, const struct section_config *,
    const struct section_state *, const struct arrival *,
    const struct answer *, struct verdict *, struct error *);

#endif
