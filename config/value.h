#ifndef CONFIG_VALUE_H
#define CONFIG_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "config/document.h"
#include "config/findings.h"
#include "config/pool.h"
#include "config/schema.h"

/*
 * Nodes of the file -> values of the type that the schema's table gives the
 * key.  What is wrong goes to the findings, and the value stays not given.
 */
struct reader {
	struct findings *findings;
	struct pool *pool;  /* of the configuration: what a value keeps */
	const char *folder; /* absolute; relative paths begin there */
};

struct entries {
	unsigned at_least, at_most;
	int64_t days;
};

struct tls {
	const char *ca_file; /* or NULL */
	bool verify;
};

struct headers {
	struct header_line *list;
	size_t count;
};

struct value {
	const struct node *node; /* where it stands; NULL: not given */
	const char *text;
	int64_t number; /* also seconds, a choice's place, a truth */
	const void *thing; /* struct entries, tls, headers; a command's words,
	                      then NULL */
};

/* The values of one map, by key. */
struct values {
	struct value list[KEY_COUNT];
};

/* Reads what the level's keys have in the map; unknown keys are found here. */
void values_read(struct reader *, const struct node *map, unsigned level,
    struct values *);

/* The defaults of the table, for the keys of the level. */
void values_default(struct reader *, unsigned level, struct values *);

/* A text on one line, in the pool, or NULL if it is none; most is in bytes. */
const char *text_read(
    struct reader *, const char *key, const struct node *, int64_t most);

/* May a site, a section or a set of rules be called so? */
bool name_is_allowed(const char *name, size_t length);
bool name_check(struct reader *, const struct node *, const char *what);

/* For messages about a node. */
void node_complain(struct reader *, const struct node *, const char *key,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* "90s", "30m", "3h", "2d" -> seconds; -1 if it is no duration. */
int64_t duration_parse(const char *);
/* The reverse; at least 24 bytes. */
void duration_print(int64_t seconds, char out[32]);

/* "HOST:PORT", "[::1]:8080", ":8080", "8080"; *host goes to the pool. */
bool listen_parse(
    struct pool *, const char *text, const char **host, int *port);

/* http(s), ends in "/"; NULL and err. In the pool. */
const char *base_url_parse(struct pool *, const char *text, struct error *);

#endif
