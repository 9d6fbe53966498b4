#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/error.h"
#include "feed/format.h"
#include "feed/rules.h"

/*
 * The configuration, checked, with every default filled in and everything that
 * is inherited (defaults > site > section) resolved into each section.
 * The config owns all strings (one arena); sections share what they inherit.
 */
enum content { CONTENT_FULL, CONTENT_EXCERPT, CONTENT_NONE };

/* What becomes of rules that find nothing any more. */
enum heal_wish { HEAL_WISH_PROPOSE, HEAL_WISH_AUTO, HEAL_WISH_OFF };

/* The list of all feeds: in the language of most sections, or in that one. */
enum index_language { INDEX_ON, INDEX_OFF, INDEX_KO, INDEX_EN };

struct header_line {
	const char *name;
	const char *value; /* NULL if it comes from the file */
	const char *file;  /* read at start and reload; NULL if value is given */
};

struct section_config {
	const char *path;      /* "site/section", both [a-z0-9._-] */
	const char *site_name, *name;
	const char *site_title;  /* NULL: inferred once, then frozen in the store */
	const char *title;       /* NULL: inferred likewise */
	const char *feed_title;  /* replaces "site · section"; or NULL */
	const char *url;         /* absolute (url_resolve against the site's) */
	const char *site_url;    /* absolute, or NULL */
	const char *id_authority;
	const char *language;    /* BCP 47, or NULL: found */
	const char *timezone;    /* name in the zone database, or "+09:00", or NULL: by address and language */
	const char *charset;     /* label, or NULL: found */
	int64_t interval_s;      /* 0: auto */
	int64_t min_interval_s, max_interval_s;
	int64_t host_gap_ms;
	unsigned entries_at_least, entries_at_most;
	int64_t entries_days;
	unsigned pages;          /* 0: auto */
	const char *next_url;    /* template (next_url.h), or NULL: found */
	enum content content;
	bool formats[FORMAT_COUNT]; /* at least one */
	const struct section_config *all; /* the feed of the whole site,
	                            "site/all"; itself for a site without
	                            sections; NULL: not written */
	size_t number;           /* of an `all` that is no section (its own
	                            `all` is itself, too): its place among those
	                            of the config */
	bool allow_private, empty_ok;
	bool is_heal_given;      /* else heal is by whether there are rules */
	enum heal_wish heal;
	const struct rules *rules; /* shared */
	const struct header_line *headers;
	size_t header_count;
	const char *cookie_file;
	const char *user_agent;  /* NULL: the default one */
	const char *contact;     /* the config's, or NULL */
	bool robots_ignored;
	const char *proxy;       /* NULL: none, whatever the environment says */
	const char *ca_file;     /* NULL: the system's */
	bool tls_verify;
	const char *const *formerly; /* paths that it had before; the files
	                            there go on, too */
	size_t formerly_count;
	const char *file;        /* where it stands, for messages */
	int line;
};

/* What is configured; else propose for a section with `item`, auto for one
 * whose rules are learned. */
enum heal_wish config_heal(const struct section_config *);

/* Where its files are published: its own path at 0, then each former one, up
 * to formerly_count. */
const char *section_path(const struct section_config *, size_t);

/* A site that had another name. */
struct renamed_site {
	const char *from, *to;
};

struct config {
	const char *file;
	const char *output;    /* absolute directory */
	const char *state;     /* absolute directory */
	const char *base_url;  /* ends in "/", or NULL */
	const char *contact;   /* URL or mail, or NULL */
	const char *const *include_folders; /* absolute: of the patterns */
	size_t include_count;
	const char *listen_host; /* NULL: no built-in server */
	int listen_port;
	enum index_language index;
	const char *status_output; /* absolute directory, or NULL */
	const char *const *on_change; /* a command's words, then NULL; or NULL */
	const struct section_config *sections;
	size_t section_count;
	const struct renamed_site *renamed;
	size_t renamed_count;
	struct config_private *private;
};

/* One problem: "metrofeed.conf:12:7: interval: a number needs a unit (s, m, h, d), for example 30m". */
struct problems {
	char **list;
	size_t count;
};
void problems_clear(struct problems *);

/* What the command line overrides; NULL members override nothing. */
struct config_overrides {
	const char *listen, *base_url, *output;
};

/* Loads and checks all of it; NULL and at least one problem if anything is
 * wrong.  Touches the world only to read the files named. */
struct config *config_load(const char *file, const struct config_overrides *, struct problems *);
/* The same from memory; `name` is what messages call it. */
struct config *config_parse(const char *yaml, size_t length, const char *name, const struct config_overrides *, struct problems *);
void config_free(struct config *);

/* First of ./metrofeed.conf, $XDG_CONFIG_HOME/metrofeed/metrofeed.conf (or ~/.config), /etc/metrofeed/metrofeed.conf that exists; NULL and err listing them. */
char *config_find(struct error *);

/* By path, or NULL. */
const struct section_config *config_section(const struct config *, const char *path);

/* The feed of a whole site that is no section itself, by path, or NULL. */
const struct section_config *config_site_feed(
    const struct config *, const char *path);

/* The section, or the feed of a whole site, that had this path before; or
 * NULL. */
const struct section_config *config_successor(
    const struct config *, const char *path);

/* The effective configuration as YAML that loads again to the same (--print-config). The caller's. */
char *config_print(const struct config *);

/* A ready-made section_config for a bare URL (preview URL): site "preview", all defaults. Owned by the config returned. */
struct config *config_for_url(const char *url, struct error *);

#endif
