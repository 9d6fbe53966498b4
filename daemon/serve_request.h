#ifndef DAEMON_SERVE_REQUEST_H
#define DAEMON_SERVE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What a client asks: pure.  Request lines and header fields as RFC 9112 has
 * them, read strictly: what two programs could read in two ways is refused.
 */
struct request {
	bool head;           /* HEAD, else GET */
	bool keep;           /* the connection may stay */
	char *path;          /* decoded, without the query; begins with '/' */
	char *if_none_match; /* the lines joined, or NULL */
	char *if_modified_since; /* or NULL */
};

/* The length of the head that begins here, its empty line included; 0 while it
 * is not whole. */
size_t request_length(const char *bytes, size_t length);

/* Reads a whole head.  Returns 0, or the status to refuse it with (400, 405,
 * 413, 505).  The request is to be cleared in any case. */
int request_parse(const char *bytes, size_t length, struct request *);
void request_clear(struct request *);

/* Does If-None-Match name this entity tag (RFC 9110 13.1.2, weak
 * comparison)? */
bool request_names_tag(const char *if_none_match, const char *tag);

/* An HTTP date (RFC 9110 5.6.7), in all three of its forms; -1: none. */
int64_t http_date_read(const char *);

#endif
