#ifndef DAEMON_METRICS_H
#define DAEMON_METRICS_H

#include <stddef.h>
#include <stdint.h>

#include "daemon/section.h"
#include "feed/index_page.h"

/*
 * Numbers about the program itself, since its start, in Prometheus' text format
 * (prometheus.io/docs/instrumenting/exposition_formats): names and units by its
 * conventions, nothing per section, so that their number does not grow.
 */
struct metrics;

struct metrics *metrics_new(void);
void metrics_free(struct metrics *);

/* A round has ended. */
void metrics_round(
    struct metrics *, enum round_end, const struct round_cost *);

/* What is so now. */
struct metrics_now {
	size_t health[INDEX_HEALTHS]; /* sections */
	size_t waiting;               /* for their turn to ask */
	size_t reading;               /* pages before and in the workers */
	unsigned long restarts;       /* of workers */
	int64_t started_s;
	const char *version;
};

/* The caller's; its size in *length. */
char *metrics_render(
    const struct metrics *, const struct metrics_now *, size_t *length);

#endif
