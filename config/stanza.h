#ifndef CONFIG_STANZA_H
#define CONFIG_STANZA_H

#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"
#include "feed/rules.h"

/*
 * A site as it is pasted into the configuration: what preview and sections
 * print.  Whatever the strings are (one clean line each), it loads to the same.
 */
struct stanza_section {
	const char *name;  /* a good one, each once (feed/name.h) */
	const char *group; /* the title is "group > title"; or NULL */
	const char *title; /* or NULL */
	const char *url;   /* absolute */
};

struct stanza {
	const char *url;      /* of the page; it begins the site's */
	const char *title;    /* of the site; NULL: its host */
	const char *language; /* or NULL */
	const char *timezone; /* or NULL: one to be filled in */
	const struct rules *rules; /* selectors of items and fields, or NULL */
	const char *article_link;  /* or NULL */
	bool allow_private;
	const struct stanza_section *sections;
	size_t count;
};

/* From "sites:" on; the caller's. */
char *stanza_print(const struct stanza *);

/*
 * A section that stands in the configuration, with other rules: lines to paste
 * in its place, below `sections:`, or for a site without them into the site's.
 * Blanks at their beginning do not matter, for what shows them may fold them.
 * The caller's.
 */
char *stanza_of_section(const struct section_config *, const struct rules *);

/* "group > title", as a section is called; the caller's. */
char *stanza_title(const struct stanza_section *);

#endif
