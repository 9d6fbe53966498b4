#ifndef DAEMON_INDEX_H
#define DAEMON_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "daemon/publish.h"
#include "daemon/store.h"

/*
 * The list of all feeds: index.html for people (feed/index_page.h), index.opml
 * for feed readers (feed/opml.h).  It is made in steps of a few milliseconds
 * between other things, however many sections there are, and costs a hundredth
 * of the time at most.  A page in which nothing changed but the times of
 * reading is written once an hour, another one at once; what was written before
 * is told by the file itself.
 */
struct incidents;
struct index;
struct section;

/* Borrows them. */
struct index *index_new(
    struct store *, struct publisher *, const struct incidents *);
void index_free(struct index *);

/*
 * Lists these from now on, all borrowed; with count 0 nothing.  `address` is where
 * feed readers find the output if no base-url says so, or NULL: without either
 * there is no index.opml.
 */
void index_watch(struct index *, const struct config *,
    struct section *const *, size_t count, const char *address);

/* Something that it shows has changed. */
void index_touch(struct index *);

/* Milliseconds until index_step has something to do; -1: not by itself. */
int64_t index_wait_ms(const struct index *, int64_t monotonic_ms);
void index_step(struct index *, int64_t monotonic_ms, int64_t now_s);
/* All that is to do, now. */
void index_finish(struct index *, int64_t now_s);

#endif
