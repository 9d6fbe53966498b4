#ifndef CONFIG_FINDINGS_H
#define CONFIG_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"

/*
 * What is wrong with a configuration, gathered while it is read and told at
 * once: in the order of the files, each once, "FILE:LINE:COLUMN: KEY: WHAT".
 */
struct finding {
	const char *file;
	bool included;    /* not the main file */
	int line, column; /* from 1; 0: nowhere in the file */
	char *text;
};

struct findings {
	const char *main; /* borrowed, as all names: its findings come first */
	const char *file; /* the one that is read now */
	struct finding *list;
	size_t count, capacity;
};

/* Past this many, what is found is only counted. */
#define FINDINGS_MAX 1000

/* key may be NULL.  Line 0 with a key that begins with "--" (an option of the
 * command line) stands without the file's name. */
void findings_add(struct findings *, int line, int column, const char *key,
    const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Hands them over, sorted, the first hundred of them; empties the findings. */
void findings_report(struct findings *, struct problems *);

/* For "'%.*s'": how much of a text a message shows, and the text. */
int shown_length(const char *text);
#define SHOWN(text) shown_length(text), (text)

#endif
