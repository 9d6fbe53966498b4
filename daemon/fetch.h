#ifndef DAEMON_FETCH_H
#define DAEMON_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/error.h"

/*
 * One request and its answer: libcurl's multi_socket_action on libevent.
 * The only file that knows libcurl's transfers.  Redirects are followed here,
 * hop by hop (at most 5), so that secrets are dropped when host or port
 * changes, https never falls to http, and each hop's address is checked.
 * A proxy hides the target: behind one only the proxy can refuse private
 * addresses.  The program ignores SIGPIPE; libcurl leaves that to us.
 */
struct event_base;
struct fetcher;
struct fetch; /* one transfer under way */

/* Borrowed for the call of fetch_start, which copies. */
struct fetch_request {
	const char *url;
	/* echoed exactly, and to this url alone, no redirect's; or NULL */
	const char *etag, *last_modified;
	const char *user_agent; /* NULL: "metrofeed/VERSION" */
	/* "Name: value" lines, NULL-terminated, or NULL; secrets */
	const char *const *headers;
	const char *cookie; /* Cookie header's value, or NULL; secret */
	const char *proxy, *ca_file; /* or NULL; no proxy from the environment */
	bool tls_verify;
	bool allow_private;
	size_t max_bytes; /* decoded; 0: 2 MiB */
	bool is_last;     /* its connection is closed behind the answer */
	bool may_cut;     /* a longer body is cut there; else it is refused */
	long timeout_ms;  /* for all hops together; 0: 60 s */
	/* Asked before each redirect is followed, with the callback's arg;
	 * false and err end the way there.  NULL: wherever it leads. */
	bool (*may_follow)(const char *url, void *arg, struct error *);
};

/* The answer; borrowed, gone after the callback. */
struct reply {
	int status;       /* HTTP status; 0: none */
	const char *body; /* decoded from gzip etc.; NUL-terminated; empty where
			     there is a reason */
	size_t length;
	const char *url;  /* where it came from, after redirects */
	const char *moved_to; /* target of a 301/308 from the configured URL,
				 or NULL */
	const char *content_type; /* or NULL */
	/* validators for the url asked; NULL if absent or redirected, since
	 * they would be another page's */
	const char *etag, *last_modified;
	const char *mitigated; /* cf-mitigated: a firewall answers, or NULL */
	int64_t retry_after_s; /* clamped to 0..86400; -1: none */
	const char *reason;    /* NULL: an answer came, of whatever status.
				  Else what failed, in words */
	int64_t elapsed_ms;
};
typedef void fetch_callback(struct fetch *, const struct reply *, void *arg);

/* NULL and err if libcurl does not start. */
struct fetcher *fetcher_new(struct event_base *, struct error *);
/* Cancels what is under way, without callbacks; before the base is freed. */
void fetcher_free(struct fetcher *);
/* The system's bundle of authorities, borrowed; NULL without one. */
const char *fetcher_ca_file(const struct fetcher *);

/* Starts at once (queue.h decides when); the callback comes later, once, from
 * the loop and never from inside.  NULL and err if the request is none. */
struct fetch *fetch_start(struct fetcher *, const struct fetch_request *,
    fetch_callback *, void *arg, struct error *);
/* No callback any more; NULL is fine, and so is the one called back now. */
void fetch_cancel(struct fetch *);

#endif
