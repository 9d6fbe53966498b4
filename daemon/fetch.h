#ifndef DAEMON_FETCH_H
#define DAEMON_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/error.h"

/*
 * One request and its answer: libcurl's multi_socket_action on libevent.
 * The only file that knows libcurl's transfers.  Redirects are followed here,
 * hop by hop (at most 5), so that secrets are dropped when the host changes,
 * https never falls to http, and each hop's address is checked.
 */
struct event_base;
struct fetcher;
struct fetch; /* one transfer under way */

/* Borrowed for the call of fetch_start, which copies. */
struct fetch_request {
	const char *url;
	const char *etag, *last_modified; /* echoed exactly, or NULL */
	const char *user_agent;           /* NULL: "metrofeed/VERSION" */
	const char *const *headers;       /* "Name: value" lines, NULL-terminated, or NULL; secrets */
	const char *cookie;               /* Cookie header's value, or NULL; secret */
	const char *proxy, *ca_file;      /* or NULL */
	bool tls_verify;
	bool allow_private;
	size_t max_bytes;                 /* decoded; 0: 2 MiB */
	long timeout_ms;                  /* 0: 60 s */
};

/* The answer; borrowed, gone after the callback (body may be taken with fetch_take_body). */
struct reply {
	int status;             /* HTTP status; 0: none */
	const char *body;       /* decoded from gzip etc.; NUL-terminated */
	size_t length;
	const char *url;        /* where it came from, after redirects */
	const char *moved_to;   /* target of a 301/308 from the configured URL, or NULL */
	const char *content_type, *etag, *last_modified; /* or NULL */
	int64_t retry_after_s;  /* clamped to 0..86400; -1: none */
	const char *reason;     /* NULL: an answer came. Else what failed, in words */
	int64_t elapsed_ms;
};
typedef void fetch_callback(struct fetch *, const struct reply *, void *arg);

struct fetcher *fetcher_new(struct event_base *, struct error *);
void fetcher_free(struct fetcher *); /* cancels what is under way, without callbacks */
size_t fetcher_active(const struct fetcher *);

/* Starts at once (queue.h decides when); the callback comes later, never from inside. NULL and err. */
struct fetch *fetch_start(struct fetcher *, const struct fetch_request *, fetch_callback *, void *arg, struct error *);
void fetch_cancel(struct fetch *); /* no callback any more; NULL is fine */
/* Inside the callback: the body is now the caller's. */
char *fetch_take_body(struct fetch *, size_t *length);

#endif
