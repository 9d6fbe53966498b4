#ifndef DAEMON_VISIT_H
#define DAEMON_VISIT_H

#include <stdbool.h>

#include "config/config.h"
#include "daemon/learned.h"
#include "daemon/wire.h"
#include "feed/error.h"

/*
 * One page, fetched now (robots.txt before it) or read from a file, and then
 * read by a worker, for the commands that only look.  Runs an event loop of its own until the answer is
 * there; writes nothing.
 */
struct visit {
	const struct section_config *section; /* borrowed: address and rules */
	const char *page_file; /* read this instead of the address; or NULL */
	bool allow_private;
	struct learned *learned; /* what the section has learned, or NULL */
	const char *healed;      /* remedy of its rules (remedy.h), or NULL */
	enum job_kind kind;
	/* what came of it (visit_clear) */
	struct answer answer;
	char *url;       /* of the page, after redirects */
	char *mitigated; /* header cf-mitigated, or NULL */
};

/* The answer's stage is NULL.  False and err ("fetch: the site answered 404")
 * if it could not be read. */
bool visit_page(struct visit *, struct error *);
void visit_clear(struct visit *);

/* An address typed as such is meant: "localhost", digits, or [::1].  A name
 * that leads to a private address is still refused. */
bool visit_is_typed_address(const char *url);

#endif
