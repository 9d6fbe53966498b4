#ifndef DAEMON_SERVE_H
#define DAEMON_SERVE_H

#include <stddef.h>

#include "feed/error.h"

/*
 * The built-in web server: shows the output folder to those who have no nginx
 * or Caddy beside us.  HTTP/1.1 (RFC 9112), GET and HEAD, conditional
 * requests; "/" is index.html, or lists the feeds where there is none.  What a client can cost is bounded: 16 KiB of
 * head, no body, 10 s to ask, 60 s to listen, 200 connections.  SIGPIPE must
 * be ignored.
 */
struct event_base;
struct server;

/* Listens at once; `host` is an address or a name, NULL or "" every address;
 * port 0: any that is free.  NULL and err. */
struct server *server_new(struct event_base *, const char *output,
    const char *host, int port, struct error *);
/* Ends every connection as it is. */
void server_free(struct server *);

/*
 * Answers this path with a text of its own instead of a file: two of them at
 * most.  The callback makes the text, which the server frees, and returns the
 * status, 200 or 503.
 */
typedef int server_text(void *arg, char **text, size_t *length);
void server_on_path(struct server *, const char *path, const char *type,
    server_text *, void *arg);

/* The port it listens on. */
int server_port(const struct server *);

/* For the tests: how long a client may take to ask and to listen. */
void server_set_patience(struct server *, int ask_ms, int answer_ms);

#endif
