#ifndef DAEMON_WORKROOM_H
#define DAEMON_WORKROOM_H

#include "daemon/wire.h"
#include "feed/error.h"

/*
 * What a worker does with a page: bytes in, articles out.  It opens nothing
 * once it is made, and keeps what pages have in common (converters, compiled
 * rules).
 */
struct workroom;

/* Opens every charset's converter: before the lock-down.  NULL and err. */
struct workroom *workroom_new(struct error *);
void workroom_free(struct workroom *);

/* The answer is empty before; the caller's (answer_clear). */
void workroom_do(struct workroom *, const struct job *, struct answer *);

/* What failed, cleaned: reasons may quote the page. */
void answer_fail(struct answer *, const char *stage, const struct error *);

#endif
