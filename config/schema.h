#ifndef CONFIG_SCHEMA_H
#define CONFIG_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Every key of the configuration: where it may stand, what it takes, its
 * default and range, and what it is for.  Defaults, messages, --print-config
 * and the list in metrofeed.conf(5) come from this table.
 */
enum schema_level {
	LEVEL_TOP = 1,
	LEVEL_DEFAULTS = 2,
	LEVEL_SITE = 4,
	LEVEL_SECTION = 8,
	LEVEL_RULES = 16,   /* a named set of rules */
	LEVEL_FIELDS = 32,  /* the map under `fields` */
	LEVEL_FILTER = 64,  /* under `only` and `skip` */
	LEVEL_FIELD = 128,  /* one field as a map */
	LEVEL_ITEM = 256,   /* one item as a map */
	LEVEL_LINK = 512,   /* article-link as a map */
	LEVEL_ENTRIES = 1024,
	LEVEL_TLS = 2048,
	LEVEL_HEADER = 4096, /* one header as a map */
	LEVEL_INCLUDED = 8192, /* the top of a file that another includes */
	LEVEL_SHARED = LEVEL_DEFAULTS | LEVEL_SITE | LEVEL_SECTION,
};

enum schema_type {
	TYPE_TEXT,
	TYPE_URL,
	TYPE_PATH,
	TYPE_DURATION,      /* seconds */
	TYPE_AUTO_DURATION, /* auto is 0 */
	TYPE_NUMBER,
	TYPE_PAGES,
	TYPE_CHOICE,        /* number: its place among the choices */
	TYPE_TRUTH,
	TYPE_FORMATS,
	TYPE_CHARSET,
	TYPE_LANGUAGE,
	TYPE_TIMEZONE,
	TYPE_AUTHORITY,
	TYPE_PROXY,
	TYPE_CONTACT,
	TYPE_LISTEN,
	TYPE_ENTRIES,
	TYPE_TLS,
	TYPE_HEADERS,
	TYPE_COMMAND,       /* a program and its arguments */
	TYPE_NODE,          /* read by whoever knows its shape */
};

enum key {
	KEY_OUTPUT, KEY_STATE, KEY_BASE_URL, KEY_LISTEN, KEY_INCLUDE, KEY_SITES,
	KEY_RULES,
	KEY_DEFAULTS, KEY_CONTACT, KEY_INDEX,
	KEY_STATUS_OUTPUT, KEY_ON_CHANGE,
	KEY_TITLE, KEY_FEED_TITLE, KEY_URL, KEY_SECTIONS, KEY_ALL,
	KEY_FORMERLY,
	KEY_INTERVAL, KEY_MIN_INTERVAL, KEY_MAX_INTERVAL, KEY_HOST_GAP,
	KEY_ENTRIES, KEY_PAGES, KEY_NEXT_URL, KEY_ARTICLE_LINK, KEY_ITEM,
	KEY_FIELDS,
	KEY_USE, KEY_HEAL, KEY_PARSER, KEY_ONLY, KEY_SKIP, KEY_CONTENT, KEY_FORMATS,
	KEY_CHARSET, KEY_LANGUAGE, KEY_TIMEZONE, KEY_HEADERS, KEY_COOKIE_FILE,
	KEY_USER_AGENT, KEY_ROBOTS, KEY_PROXY, KEY_TLS, KEY_ALLOW_PRIVATE,
	KEY_ID_AUTHORITY, KEY_EMPTY_OK,
	/* fields, in the order of enum field */
	KEY_FIELD_LINK, KEY_FIELD_TITLE, KEY_FIELD_TEXT, KEY_FIELD_DATE,
	KEY_FIELD_AUTHOR, KEY_FIELD_IMAGE, KEY_FIELD_CATEGORY,
	/* inside maps */
	KEY_SELECT, KEY_XPATH, KEY_ATTRIBUTE, KEY_PATTERN, KEY_TEMPLATE,
	KEY_FORMAT, KEY_STRIP, KEY_EXCLUDE,
	KEY_AT_LEAST, KEY_DAYS, KEY_AT_MOST, KEY_CA_FILE, KEY_VERIFY, KEY_FILE,
	KEY_COUNT
};

struct schema_key {
	const char *name;
	unsigned levels;
	enum schema_type type;
	const char *fallback;  /* the default as written, or NULL: none */
	int64_t least, most;   /* of a number (or seconds); of a text its
	                          greatest length in bytes */
	const char *choices;   /* "full|excerpt|none" */
	const char *doc;       /* one line */
};

/* One row for each enum key. */
const struct schema_key *schema_key(enum key);

/* KEY_COUNT if no such key may stand there. */
enum key schema_find(const char *name, unsigned level);

/* The key that was probably meant, or NULL. */
const char *schema_nearest(const char *name, unsigned level);

/* Where a key of this name may stand, in words, or NULL if there is none. */
const char *schema_place(const char *name);

/* May the one have been meant as the other? Distance (Damerau, Levenshtein)
 * of the two, or a large number if they are far apart. */
unsigned schema_distance(const char *, const char *);

#endif
