#ifndef TESTS_SIMULATE_HANDS_H
#define TESTS_SIMULATE_HANDS_H

#include "daemon/wire.h"

/*
 * hands.c defines the functions of daemon/workers.h: jobs and answers go over
 * the wire as ever, but are done in this process, some virtual milliseconds
 * later, by `reader`.
 */
typedef void hands_reader(const struct job *, struct answer *, void *arg);
void hands_set_reader(hands_reader *, void *arg);

#endif
