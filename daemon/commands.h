#ifndef DAEMON_COMMANDS_H
#define DAEMON_COMMANDS_H

#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>

#include "config/config.h"
#include "feed/date.h"

/*
 * The commands beside the daemon itself; each prints for a person (or JSON)
 * and returns the exit status: 0 good, 1 something failed, 2 the call or the
 * configuration is wrong.
 */
struct call {
	const char *file; /* -c, or found */
	struct config_overrides overrides;
	const char *const *names; /* sections, or the URL */
	size_t name_count;
	bool json;
	bool print;  /* --print-config */
	bool schema; /* --json-schema */
	bool online; /* --online */
	const char *page_file; /* --file */
	const char *page_url;  /* --url */
	const char *write_file; /* --write */
	bool again;            /* --again */
};

/* config may be NULL with --json-schema. */
int command_check(struct config *, const struct call *);   /* takes the config */
int command_once(struct config *, const struct call *);    /* takes the config */
int command_status(struct config *, const struct call *);  /* takes the config */
/* config may be NULL with a bare URL. */
int command_preview(struct config *, const struct call *); /* takes the config */

/* config is not needed; NULL is fine. */
int command_sections(struct config *, const struct call *); /* takes the config */

/* Exit status 0 ready, 1 look at it, 2 not found; config is only needed with
 * --again. */
int command_learn(struct config *, const struct call *); /* takes the config */

/* A JSON string with its quotes, on stdout. */
void print_json(const char *string);
/* ,"name":"2026-03-05T00:00:00Z", or null for 0. */
void print_json_time(const char *name, int64_t at_s);
/* "3 min ago", "in 2 h", "never" for 0; into words. */
void say_when(long long at_s, long long now_s, char *words, size_t size);
/* "2024-03-05T10:23Z", as precise as it is known; "" for none. */
void say_moment(const struct moment *, char words[21]);

#endif
