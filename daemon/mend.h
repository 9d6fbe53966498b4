#ifndef DAEMON_MEND_H
#define DAEMON_MEND_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/publish.h"
#include "daemon/section.h"

/*
 * Beside the rounds: are store and output where they were, and do they work?
 * What is in trouble (trouble.h) is tried again, ever more seldom, until it is
 * well; then all feeds whose files are not as they should be are published at
 * once from the store, and the rounds that it did not record come again.  So
 * are the feeds at the start, and when another folder has taken the output's
 * place; some time after the start each file's bytes are compared, too.
 */
struct mend;

struct mend_world {
	struct services *services;
	struct publisher *publisher;
	/* writes the batch, if one is open */
	void (*flush)(void *arg);
	/* a trouble began or ended, the output is another one: `status` and
	 * the list of feeds want to know */
	void (*changed)(void *arg);
	/* another database lies in the store's place, and is open now */
	void (*replaced)(void *arg);
	void *arg;
};

struct mend *mend_new(const struct mend_world *);
void mend_free(struct mend *);

/* The sections from now on; borrowed.  There may be no mend yet. */
void mend_sections(struct mend *, struct section *const *, size_t count);

/* Begins: the feeds are looked at, and then the clock decides. */
void mend_start(struct mend *);

/* The same feeds, before it returns (once). */
void mend_now(struct mend *);

/* After each flush: did it meet trouble?  There may be no mend yet. */
void mend_look(struct mend *);

#endif
