#ifndef FEED_RULES_H
#define FEED_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/error.h"

/*
 * How articles are found on a page, as the configuration wrote it (strings
 * only, so that it can be sent to the worker) and compiled.
 * A `struct rules` borrows nothing: rules_clear frees all.
 */
enum field {
	FIELD_LINK, FIELD_TITLE, FIELD_TEXT, FIELD_DATE, FIELD_AUTHOR,
	FIELD_IMAGE, FIELD_CATEGORY, FIELD_COUNT
};
const char *field_name(enum field); /* "link" ... */

/* One way to get a value; a field is a list of them, tried in order. */
struct rule {
	char *css;       /* selector, "." for the item itself; may end in "@attr", "::attr(x)" or "::text" */
	char *xpath;     /* instead of css; may give strings or attributes */
	char *pattern;   /* PCRE2 on the value: first group, else whole match; no match: next rule. Or NULL */
	char *template;  /* with pattern: "{1}"-filled text becomes the value ("/article/{1}") */
	char *format;    /* date only: date_parse_format */
	char *strip;     /* PCRE2: matches are removed from the value */
	char *exclude;   /* CSS: subtrees left out of the text */
};

struct rule_list {
	struct rule *list;
	size_t count;
};

/* A link template (url.h). */
struct article_link {
	char *text;
	bool is_pattern;
};

/* only and skip: PCRE2 on one field. */
struct filter {
	enum field field;
	char *pattern;
	bool skip; /* else: only */
};

struct rules {
	struct rule_list items;              /* blocks; empty: inferred */
	struct rule_list fields[FIELD_COUNT]; /* empty: inferred */
	struct article_link *article_links;
	size_t article_link_count;
	struct filter *filters;
	size_t filter_count;
	bool libxml2;                        /* parser: libxml2 */
};

void rules_clear(struct rules *);
void rules_drop_filters(struct rules *); /* only and skip */
struct rules rules_copy(const struct rules *);
void rule_list_add(struct rule_list *, struct rule); /* takes the strings */

/* Does one value compile?  field is FIELD_COUNT for an `item` rule.  Selector
 * errors name the column.  Needs no page. */
bool rule_check(const struct rule *, enum field, struct error *);

/* The same, ready to run; made once, used for many pages (extract.h). */
struct selector;
struct xpath;
struct pattern;
struct link_template;

struct compiled_rule {
	struct selector *selector; /* NULL with xpath NULL: the item itself */
	struct xpath *xpath;
	char *attribute;           /* lower case, or NULL: text */
	struct pattern *pattern, *strip;
	struct selector *exclude;
	char *template, *format;
	char *source;              /* as written, for `preview` */
};

struct compiled_list {
	struct compiled_rule *list;
	size_t count;
};

struct compiled_filter {
	enum field field;
	struct pattern *pattern;
	bool skip;
};

struct compiled_rules {
	struct compiled_list items;
	struct compiled_list fields[FIELD_COUNT];
	struct link_template **link_templates;
	size_t link_template_count;
	struct compiled_filter *filters;
	size_t filter_count;
	bool libxml2;
};

/* NULL and err ("title: column 3: ..."). */
struct compiled_rules *rules_compile(const struct rules *, struct error *);
void compiled_rules_free(struct compiled_rules *);

/* A hash of everything that decides what is read; validators and the hash of
 * the last body are worthless once it changes. */
uint64_t rules_hash(const struct rules *);

#endif
