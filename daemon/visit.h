#ifndef DAEMON_VISIT_H
#define DAEMON_VISIT_H

#include <stdbool.h>

#include "config/config.h"
#include "daemon/fetch.h"
#include "daemon/judge.h"
#include "daemon/healed.h"
#include "daemon/learned.h"
#include "daemon/store.h"
#include "daemon/wire.h"
#include "daemon/workers.h"
#include "daemon/zones.h"
#include "feed/error.h"

#define VISIT_DEADLINE_MS 10000 /* for a worker to read a page */

/*
 * One page, fetched now (robots.txt before it) or read from a file, then read
 * by a worker and judged, for the commands that only look.  Writes nothing.
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

/* Borrows from now on what the store (NULL: nothing) learned and healed of the
 * section; both records empty before, and the caller's to clear.  False and err
 * if the store fails. */
bool visit_recall(struct visit *, struct store *, struct learned *,
    struct healed_record *, struct error *);
/* A page is here (200): a worker reads it.  The callback comes from the
 * workers' loop and may move the answer into the visit. */
void visit_read(struct visit *, const struct reply *, struct workers *,
    struct zones *, work_callback *, void *arg);
/* Is the page that was read what was asked for, and no wall, nor an error?
 * False and err ("blocked: the title is ...") if not; the store may be NULL. */
bool visit_believes(const struct visit *, struct store *, struct judgement *,
    struct error *);
/* Would a round take the page that was read as news?  False and err if not; the store
 * may be NULL. */
bool visit_judge(const struct visit *, struct store *, struct error *);

/* All of the way, on an event loop of its own until the answer is there.
 * The answer's stage is NULL.  False and err ("fetch: the site answered 404")
 * if it could not be read. */
bool visit_page(struct visit *, struct error *);
void visit_clear(struct visit *);

/* An address typed as such is meant: "localhost", digits, or [::1].  A name
 * that leads to a private address is still refused. */
bool visit_is_typed_address(const char *url);

#endif
