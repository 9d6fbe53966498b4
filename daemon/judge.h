#ifndef DAEMON_JUDGE_H
#define DAEMON_JUDGE_H

#include <stdbool.h>

#include "config/config.h"
#include "daemon/store.h"
#include "daemon/wire.h"
#include "feed/drift.h"
#include "feed/error.h"
#include "feed/verdict.h"

/*
 * Asks the store what verdict.h and drift.h want to know of a section: what its
 * rounds measured and which of the page's articles it has.
 */
struct arrival {
	const char *asked; /* URL */
	const char *from;  /* after redirects */
	const char *mitigated; /* or NULL */
	bool is_later;     /* a page after the first: its rules are not judged */
	int64_t now_s;
	uint64_t rules;    /* hash of what found the articles */
	const struct sketch *sketch; /* of the last good page, or NULL */
};

struct judgement {
	struct verdict verdict;
	/* if that is good, of a first page */
	struct reading reading;
	struct drift_finding finding;
	uint32_t late;      /* fresh articles not dated since the last good round */
	uint32_t usual;     /* articles, by whatever rules */
	uint32_t allowance; /* new ones that a round may well bring now */
};

/* The store may be NULL: nothing is known.  False and err if it fails. */
bool judge_page(struct store *, const struct section_config *,
    const struct section_state *, const struct arrival *,
    const struct answer *, struct judgement *, struct error *);

#endif
