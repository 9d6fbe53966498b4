#ifndef TESTS_SIMULATE_PRESS_H
#define TESTS_SIMULATE_PRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/buffer.h"
#include "tests/simulate/beat.h"
#include "tests/simulate/ledger.h"

/*
 * The papers and the network to them: press.c defines the functions of
 * daemon/fetch.h, so that a request is answered, after a while of virtual time,
 * by what its host says at that moment.  In trouble hosts are down, silent,
 * overrun (503 and 429 with Retry-After), answer nonsense, and change their
 * robots.txt.  There is one press at a time.
 */
#define PRESS_ITEMS 8 /* on a page */

struct press_section {
	size_t host;
	struct beat beat;
	bool is_dated;  /* the page tells when its articles appeared */
	bool has_etag;
	bool has_token; /* no two pages are the same to the byte */
	int64_t min_interval_s, max_interval_s;
	int64_t interval_s; /* 0: auto */
};

/* What a listing looks like. */
typedef void press_listing(struct buffer *body, size_t section, unsigned page,
    size_t published, void *arg);

struct press {
	uint64_t seed;
	int64_t begin_s;
	struct press_section *sections;
	size_t section_count, host_count;
	struct press_host *hosts;
	struct ledger *ledger;
	press_listing *listing;
	void *arg;
	const char *const *paths; /* of the sections; NULL: "s17" */
	uint64_t tokens;
};

/* The one press; hosts are a quarter of the sections. */
struct press *press_new(uint64_t seed, int64_t begin_s, int days,
    size_t sections, bool is_troubled);
void press_free(struct press *);
/* All hosts get this host-gap. */
void press_set_gap(struct press *, int64_t gap_s);
/* Whoever writes listings otherwise than as "listing SECTION PUBLISHED PAGE", and
 * has them elsewhere; borrowed. */
void press_set_listing(
    struct press *, press_listing *, void *arg, const char *const *paths);

/* The configuration that watches all of it, with `state` and `output` below the
 * folder, into folder/metrofeed.conf. */
void press_configure(const struct press *, const char *folder);

/* How many of the section's articles there are now; the first are the oldest. */
size_t press_published(const struct press *, size_t section);

/* "https://h3.example/s17?page=2", "https://h3.example/robots.txt" and
 * "https://h3.example/article/17-204"; false: something else. */
bool press_section_of(const char *url, size_t *section, unsigned *page);

#endif
