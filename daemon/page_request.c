#include "daemon/page_request.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/file.h"
#include "feed/memory.h"
#include "feed/url.h"

#ifndef METROFEED_VERSION
#define METROFEED_VERSION "0"
#endif

#define SECRET_MAX_BYTES 8192

/* "Name: value" lines, NULL-terminated. */
static char **
header_lines(const struct section_config *config, struct error *err)
{
	char **lines = xcalloc(config->header_count + 1, sizeof(*lines));
	for (size_t i = 0; i < config->header_count; i++) {
		const struct header_line *header = &config->headers[i];
		char *secret = NULL;
		if (header->value == NULL) {
			secret =
			    file_read_line(header->file, SECRET_MAX_BYTES, err);
			if (secret == NULL) {
				for (size_t k = 0; k < i; k++)
					free(lines[k]);
				free(lines);
				return NULL;
			}
		}
		lines[i] = xasprintf("%s: %s", header->name,
		    secret != NULL ? secret : header->value);
		free(secret);
	}
	return lines;
}

/* NULL: fetch's own, which is honest but gives no address. */
static char *
user_agent(const struct section_config *config)
{
	if (config->user_agent != NULL || config->contact == NULL)
		return xstrdup_or_null(config->user_agent);
	/* as crawlers write it: a plus before an address to look at */
	return xasprintf("metrofeed/" METROFEED_VERSION " (%s%s)",
	    strstr(config->contact, "://") != NULL ? "+" : "", config->contact);
}

void
page_request_for_url(struct page_request *request,
    const struct section_config *config, const char *url)
{
	*request = (struct page_request){
	    .strings = {xstrdup(url), user_agent(config),
		xstrdup_or_null(config->proxy),
		xstrdup_or_null(config->ca_file)},
	    .fetch.tls_verify = config->tls_verify,
	    .fetch.allow_private = config->allow_private,
	};
	request->fetch.url = request->strings[0];
	request->fetch.user_agent = request->strings[1];
	request->fetch.proxy = request->strings[2];
	request->fetch.ca_file = request->strings[3];
}

/* Is it the host that the secrets were written for, and no less safe? */
static bool
is_own_host(const struct section_config *config, const char *url)
{
	char *own = url_host(config->url), *other = url_host(url);
	bool same = own != NULL && other != NULL && strcmp(own, other) == 0 &&
		    (strncmp(config->url, "https:", 6) != 0 ||
			strncmp(url, "https:", 6) == 0);
	free(own);
	free(other);
	return same;
}

bool
page_request_make(struct page_request *request,
    const struct section_config *config, struct error *err)
{
	return page_request_for_page(request, config, config->url, err);
}

bool
page_request_for_page(struct page_request *request,
    const struct section_config *config, const char *url, struct error *err)
{
	struct page_request made;
	page_request_for_url(&made, config, url);
	if (!is_own_host(config, url)) {
		*request = made;
		return true;
	}
	made.lines = header_lines(config, err);
	if (made.lines == NULL)
		goto fail;
	if (config->cookie_file != NULL) {
		made.strings[4] =
		    file_read_line(config->cookie_file, SECRET_MAX_BYTES, err);
		if (made.strings[4] == NULL)
			goto fail;
	}
	made.fetch.headers = (const char *const *)made.lines;
	made.fetch.cookie = made.strings[4];
	*request = made;
	return true;
fail:
	page_request_clear(&made);
	return false;
}

void
page_request_clear(struct page_request *request)
{
	for (size_t i = 0; request->lines != NULL && request->lines[i] != NULL;
	     i++)
		free(request->lines[i]);
	free(request->lines);
	for (size_t i = 0;
	     i < sizeof(request->strings) / sizeof(*request->strings); i++)
		free(request->strings[i]);
	*request = (struct page_request){0};
}
