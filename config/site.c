#include "config/former.h"
#include "config/loader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"
#include "feed/next_url.h"
#include "feed/url.h"

#define ALL "all"           /* the feed of a whole site */
#define INTERVAL_LEAST_S 60 /* of a site that is not our own */

struct site {
	const char *name;
	struct scope scope;
	const char *url;           /* absolute, or NULL */
	const char *id_authority;  /* of url, or NULL */
	const struct rules *rules; /* joined when a section first needs them */
};

/* --- sections --- */

/* A problem with a value that may come from far away: where it stands, or
 * where the section does if it is a default. */
static void
complain_at(struct loader *loader, const struct value *value,
    const struct node *section, const char *key, const char *words)
{
	bool written = value->node != NULL && value->node->line > 0;
	node_complain(
	    &loader->reader, written ? value->node : section, key, "%s", words);
}

static void
check_times(struct loader *loader, const struct site *site,
    const struct scope *scope, const struct node *where,
    const struct section_config *section)
{
	const struct value *interval =
	    scope_value(loader, scope, &site->scope, KEY_INTERVAL);
	const struct value *least =
	    scope_value(loader, scope, &site->scope, KEY_MIN_INTERVAL);
	const struct value *most =
	    scope_value(loader, scope, &site->scope, KEY_MAX_INTERVAL);
	const struct value *gap =
	    scope_value(loader, scope, &site->scope, KEY_HOST_GAP);
	char a[32], b[32], words[160];
	duration_print(section->min_interval_s, b);
	if (!section->allow_private &&
	    section->min_interval_s < INTERVAL_LEAST_S)
		complain_at(loader, least, where, "min-interval",
		    "is less than 1m, which only a site with allow-private: "
		    "true may have");
	if (section->interval_s != 0 &&
	    section->interval_s < section->min_interval_s) {
		duration_print(section->interval_s, a);
		(void)snprintf(words, sizeof(words),
		    "%s is less than min-interval (%s)", a, b);
		complain_at(loader, interval, where, "interval", words);
	}
	if (section->min_interval_s > section->max_interval_s) {
		duration_print(section->max_interval_s, a);
		(void)snprintf(words, sizeof(words),
		    "min-interval (%s) is more than max-interval (%s)", b, a);
		bool written = least->node != NULL && least->node->line > 0;
		complain_at(loader, written ? least : most, where,
		    written ? "min-interval" : "max-interval", words);
	}
	if (!section->allow_private && section->host_gap_ms == 0)
		complain_at(loader, gap, where, "host-gap",
		    "0s is for a site with allow-private: true");
}

/* The pages after the first are the section's, so only its url can tell
 * whether the template is good. */
static void
check_next_url(struct loader *loader, const struct value *template,
    const struct node *where, const struct section_config *section)
{
	struct error err = {{0}};
	if (section->next_url == NULL)
		return;
	char *url = next_url_fill(section->next_url, section->url, 2, &err);
	if (url == NULL)
		complain_at(loader, template, where, "next-url", err.reason);
	free(url);
}

static void
fill_section(struct loader *loader, const struct site *site,
    const struct scope *scope, struct section_config *section)
{
	const struct value *all[KEY_COUNT];
	for (int key = 0; key < KEY_COUNT; key++)
		all[key] =
		    scope_value(loader, scope, &site->scope, (enum key)key);
	section->site_title = site->scope.values.list[KEY_TITLE].text;
	section->title = scope->values.list[KEY_TITLE].text;
	section->feed_title = all[KEY_FEED_TITLE]->text;
	section->language = all[KEY_LANGUAGE]->text;
	section->timezone = all[KEY_TIMEZONE]->text;
	section->charset = all[KEY_CHARSET]->text;
	section->interval_s = all[KEY_INTERVAL]->number;
	section->min_interval_s = all[KEY_MIN_INTERVAL]->number;
	section->max_interval_s = all[KEY_MAX_INTERVAL]->number;
	section->host_gap_ms = all[KEY_HOST_GAP]->number * 1000;
	const struct entries *entries = all[KEY_ENTRIES]->thing;
	section->entries_at_least = entries->at_least;
	section->entries_at_most = entries->at_most;
	section->entries_days = entries->days;
	section->pages = (unsigned)all[KEY_PAGES]->number;
	section->next_url = all[KEY_NEXT_URL]->text;
	section->content = (enum content)all[KEY_CONTENT]->number;
	for (int format = 0; format < FORMAT_COUNT; format++)
		section->formats[format] =
		    (all[KEY_FORMATS]->number >> format & 1) != 0;
	section->allow_private = all[KEY_ALLOW_PRIVATE]->number != 0;
	section->empty_ok = all[KEY_EMPTY_OK]->number != 0;
	section->is_heal_given = all[KEY_HEAL]->node != NULL;
	section->heal = (enum heal_wish)all[KEY_HEAL]->number;
	const struct headers *headers = all[KEY_HEADERS]->thing;
	if (headers != NULL) {
		section->headers = headers->list;
		section->header_count = headers->count;
	}
	section->cookie_file = all[KEY_COOKIE_FILE]->text;
	section->user_agent = all[KEY_USER_AGENT]->text;
	section->contact = loader->config->contact;
	section->robots_ignored = all[KEY_ROBOTS]->number != 0;
	section->proxy = all[KEY_PROXY]->text;
	const struct tls *tls = all[KEY_TLS]->thing;
	section->ca_file = tls == NULL ? NULL : tls->ca_file;
	section->tls_verify = tls == NULL || tls->verify;
	section->id_authority = all[KEY_ID_AUTHORITY]->text;
}

/* Into the pool; frees the url. */
static const char *
keep_url(struct loader *loader, char *url)
{
	const char *kept = pool_copy(loader->reader.pool, url);
	free(url);
	return kept;
}

static const char *
section_url(struct loader *loader, const struct site *site,
    const struct node *node, const char *text)
{
	struct error err;
	char *url = url_resolve(site->url, text, &err);
	if (url != NULL)
		return keep_url(loader, url);
	/* a site's url that is wrong was reported where it stands */
	if (site->url == NULL && strstr(text, "://") == NULL) {
		if (site->scope.values.list[KEY_URL].node == NULL)
			node_complain(&loader->reader, node, "url",
			    "'%.*s' is no whole address, and the site has no "
			    "url to begin it",
			    SHOWN(text));
	} else
		node_complain(&loader->reader, node, "url", "'%.*s': %s",
		    SHOWN(text), err.reason);
	return NULL;
}

static const char *
authority_of(struct loader *loader, const char *url)
{
	char *authority = url_authority_for_id(url);
	const char *kept =
	    pool_copy(loader->reader.pool, authority != NULL ? authority : "");
	free(authority);
	return kept;
}

/* Why a section may not have the name, or NULL. */
static const char *
name_is_taken(const char *name)
{
	if (strcmp(name, ALL) == 0)
		return "is the name of the feed of the whole site; take "
		       "another one";
	if (strcmp(name, "index") == 0 || strcmp(name, "status") == 0)
		return "is a name kept for metrofeed itself; take another one";
	return NULL;
}

static void
add_section(struct loader *loader, struct section_config section, int column)
{
	if (loader->count == loader->capacity) {
		loader->capacity = loader->capacity * 2 + 16;
		loader->sections = xreallocarray(loader->sections,
		    loader->capacity, sizeof(*loader->sections));
		loader->columns = xreallocarray(loader->columns,
		    loader->capacity, sizeof(*loader->columns));
	}
	loader->columns[loader->count] = column;
	loader->sections[loader->count++] = section;
}

static struct section_config
describe_section(struct loader *loader, const struct site *site,
    const struct scope *scope, const char *name, const char *url)
{
	struct pool *pool = loader->reader.pool;
	struct section_config section = {
	    .site_name = site->name,
	    .name = pool_copy(pool, name),
	    .path = pool_format(pool, "%s/%s", site->name, name),
	    .site_url = site->url,
	    .url = url,
	};
	fill_section(loader, site, scope, &section);
	if (section.id_authority == NULL && url != NULL)
		section.id_authority = site->id_authority != NULL
					   ? site->id_authority
					   : authority_of(loader, url);
	return section;
}

/* url may be NULL, if it was wrong: then the other values are checked. */
static void
take_section(struct loader *loader, struct site *site,
    const struct scope *scope, const struct node *key, const char *name,
    const char *url)
{
	struct section_config section =
	    describe_section(loader, site, scope, name, url);
	section.file = key->file;
	section.line = key->line;
	check_times(loader, site, scope, key, &section);
	if (url == NULL)
		return;
	check_next_url(loader,
	    scope_value(loader, scope, &site->scope, KEY_NEXT_URL), key,
	    &section);
	const struct scope *scopes[] = {scope, &site->scope, &loader->defaults};
	if (scope->has_layer)
		section.rules = scopes_join(loader, scopes, 3);
	else if (site->rules == NULL)
		site->rules = scopes_join(loader, scopes + 1, 2);
	if (section.rules == NULL)
		section.rules = site->rules;
	add_section(loader, section, key->column);
	/* that of a site without sections is the site's */
	if (scope->values.list[KEY_FORMERLY].node != NULL)
		formers_of_section(
		    loader, scope->values.list[KEY_FORMERLY].node);
}

static void
read_section(struct loader *loader, struct site *site, const struct node *key,
    const struct node *body)
{
	struct reader *reader = &loader->reader;
	struct scope scope = {0};
	if (!name_check(reader, key, "section"))
		return;
	if (name_is_taken(key->text) != NULL) {
		node_complain(
		    reader, key, key->text, "%s", name_is_taken(key->text));
		return;
	}
	if (body->kind == NODE_MAP)
		scope_read(loader, body, LEVEL_SECTION, &scope);
	else {
		scope.values.list[KEY_URL] = (struct value){
		    .node = body,
		    .text = text_read(
			reader, key->text, body, schema_key(KEY_URL)->most),
		};
		if (scope.values.list[KEY_URL].text == NULL)
			return;
	}
	const struct value *given = &scope.values.list[KEY_URL];
	bool missing = given->node == NULL;
	for (const struct node *one = body->first;
	     missing && body->kind == NODE_MAP && one != NULL;
	     one = one->next->next)
		missing = strcmp(one->text, "url") != 0; /* else wrong: told */
	if (missing)
		node_complain(reader, key, key->text,
		    "has no url, which a section needs");
	const char *url = given->text != NULL ? section_url(loader, site,
						    given->node, given->text)
					      : NULL;
	take_section(loader, site, &scope, key, key->text, url);
	rule_layer_clear(&scope.layer);
}

/* --- sites --- */

/* The feed of all sections together: its page is the site's, or that of its
 * first section. */
static struct section_config *
make_all(struct loader *loader, struct site *site, const struct node *key,
    size_t first)
{
	static const struct scope nothing;
	const struct value *wanted =
	    scope_value(loader, &nothing, &site->scope, KEY_ALL);
	if (wanted->number == 0 || loader->count == first)
		return NULL;
	struct section_config *all =
	    pool_alloc(loader->reader.pool, sizeof(*all));
	*all = describe_section(loader, site, &nothing, ALL,
	    site->url != NULL ? site->url : loader->sections[first].url);
	all->all = all;
	all->file = key->file;
	all->line = key->line;
	all->number = loader->all_count++;
	for (size_t i = first; i < loader->count; i++)
		loader->sections[i].all = all;
	return all;
}

/* A site without sections is one, published where the feed of them all will
 * be once there are more.  The feed of all, if it is no section; or NULL. */
static struct section_config *
read_sections(struct loader *loader, struct site *site, const struct node *key)
{
	struct reader *reader = &loader->reader;
	static const struct scope nothing;
	const struct node *sections =
	    site->scope.values.list[KEY_SECTIONS].node;
	size_t first = loader->count;
	if (sections == NULL ||
	    (sections->kind == NODE_TEXT && sections->text[0] == '\0') ||
	    (sections->kind == NODE_MAP && sections->count == 0)) {
		if (site->scope.values.list[KEY_URL].node == NULL)
			node_complain(reader, key, key->text,
			    "has neither sections nor a url: nothing to "
			    "watch");
		take_section(loader, site, &nothing, key, ALL, site->url);
		return NULL;
	}
	if (sections->kind != NODE_MAP) {
		node_complain(reader, sections, "sections",
		    "wants a map of names and addresses: {economy: /list/7}");
		return NULL;
	}
	for (const struct node *one = sections->first; one != NULL;
	     one = one->next->next)
		if (one->kind == NODE_TEXT && one->next->kind != NODE_BROKEN)
			read_section(loader, site, one, one->next);
	return make_all(loader, site, key, first);
}

static void
read_site(
    struct loader *loader, const struct node *key, const struct node *body)
{
	struct reader *reader = &loader->reader;
	struct site site = {0};
	if (!name_check(reader, key, "site") || body->kind == NODE_BROKEN)
		return;
	if (strcmp(key->text, "index.html") == 0 ||
	    strcmp(key->text, "index.opml") == 0) {
		node_complain(reader, key, key->text,
		    "is the name of a file beside the sites' folders; take "
		    "another one");
		return;
	}
	if (body->kind != NODE_MAP) {
		node_complain(reader, body, key->text,
		    "wants a map with url and sections");
		return;
	}
	site.name = pool_copy(reader->pool, key->text);
	scope_read(loader, body, LEVEL_SITE, &site.scope);
	const struct value *url = &site.scope.values.list[KEY_URL];
	if (url->text != NULL) {
		struct error err;
		char *absolute = url_resolve(NULL, url->text, &err);
		if (absolute == NULL)
			node_complain(reader, url->node, "url", "'%.*s': %s",
			    SHOWN(url->text), err.reason);
		else {
			site.url = keep_url(loader, absolute);
			site.id_authority = authority_of(loader, site.url);
		}
	}
	size_t first = loader->count;
	struct section_config *all = read_sections(loader, &site, key);
	formers_of_site(loader, site.scope.values.list[KEY_FORMERLY].node,
	    site.name, first, all);
	rule_layer_clear(&site.scope.layer);
}

bool
sites_read(struct loader *loader, const struct node *map)
{
	if (map == NULL || (map->kind == NODE_MAP && map->count == 0) ||
	    (map->kind == NODE_TEXT && map->text[0] == '\0'))
		return false;
	if (map->kind != NODE_MAP)
		node_complain(&loader->reader, map, "sites",
		    "wants a map of names, each with url and sections");
	else
		for (const struct node *key = map->first; key != NULL;
		     key = key->next->next)
			if (key->kind == NODE_TEXT)
				read_site(loader, key, key->next);
	return true;
}
