#ifndef DAEMON_PAGE_REQUEST_H
#define DAEMON_PAGE_REQUEST_H

#include "config/config.h"
#include "daemon/fetch.h"
#include "feed/error.h"

/*
 * What a section asks with, wherever a page is asked for: by a round, by
 * preview, by check.  Validators are the round's own and are set by it.  The
 * strings are the struct's, so that it may outlive the configuration.
 */
struct page_request {
	struct fetch_request fetch;
	char **lines; /* the headers */
	char *strings[5];
};

/* For the section's page, secrets included.  False and err if a file with one
 * cannot be read: a request without it would be another one. */
bool page_request_make(
    struct page_request *, const struct section_config *, struct error *);
/* The same for another page of its listing; its secrets go only to the host of
 * the section's url. */
bool page_request_for_page(struct page_request *, const struct section_config *,
    const char *url, struct error *);
/* For a URL that is not the section's own (robots.txt): in its name and on its
 * way, but without headers and cookie. */
void page_request_for_url(
    struct page_request *, const struct section_config *, const char *url);
void page_request_clear(struct page_request *);

#endif
