#ifndef TESTS_SIMULATE_MEMORY_H
#define TESTS_SIMULATE_MEMORY_H

#include "daemon/wire.h"
#include "tests/simulate/press.h"

/*
 * memory.c defines the functions of daemon/store.h and daemon/update.h that a
 * round needs, and of what lies behind them, so that a year takes seconds: rows
 * in memory, which are committed and lost as the database's are.  What it hands
 * on of an article is its number.
 */
void memory_begin(struct press *);
void memory_end(void);
/* The process was killed: what was not committed is gone, and nothing comes
 * any more until the store is opened again. */
void memory_kill(void);

/* For hands.h: reads a listing as press.h writes it. */
void memory_read(const struct job *, struct answer *, void *press);

#endif
