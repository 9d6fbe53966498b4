#ifndef FEED_ERROR_H
#define FEED_ERROR_H

#include <stdbool.h>

/*
 * One line of reason, written once, where it is known.  The caller holds the
 * struct; a NULL error is allowed everywhere and drops the reason.
 */
struct error {
	char reason[512]; /* UTF-8, no newline; cut at a character border */
};

/* Writes the reason and returns false, so that `return error_set(...)`. */
bool error_set(struct error *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
