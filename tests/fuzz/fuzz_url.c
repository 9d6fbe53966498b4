#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "feed/link_template.h"
#include "feed/memory.h"
#include "feed/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
demand(bool truth)
{
	if (!truth)
		abort();
}

/* Two lines: a base and an href, which is tried as a template too. */
int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const char *locale;
	if (locale == NULL)
		locale = setlocale(LC_CTYPE, "C.UTF-8");
	char *text = xcalloc(size + 1, 1);
	if (size > 0)
		memcpy(text, bytes, size);
	char *href = strchr(text, '\n');
	if (href != NULL)
		*href++ = '\0';
	char *url = url_canonical(href ? text : NULL, href ? href : text, NULL);
	if (url != NULL) {
		demand(strlen(url) <= 2048);
		for (const char *p = url; *p != '\0'; p++)
			demand(*p > 0x20 && *p < 0x7f && *p != '#');
		char *again = url_canonical(text, url, NULL);
		demand(again != NULL && strcmp(again, url) == 0);
		char *resolved = url_resolve(NULL, url, NULL);
		demand(resolved != NULL && strcmp(resolved, url) == 0);
		char *key = url_key(url), *host = url_host(url);
		char *authority = url_authority_for_id(url);
		char *path = url_path(url);
		demand(key && host && authority && path && *path == '/');
		demand(url_same_site(url, again));
		free(path);
		free(authority);
		free(host);
		free(key);
		free(resolved);
		free(again);
	}
	struct link_template *template =
	    link_template_parse(href ? href : text, false, NULL);
	if (template != NULL) {
		char *filled = link_template_fill(template, "42");
		free(link_template_match(template, text));
		if (filled != NULL) {
			char *shape = xasprintf("http://a.kr%s", filled);
			char *id = link_template_match(template, shape);
			free(id);
			free(shape);
		}
		free(filled);
		link_template_free(template);
	}
	free(url);
	free(text);
	return 0;
}
