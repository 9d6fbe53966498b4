#include "config/config.h"

#include <stdlib.h>
#include <string.h>

#include "config/config_private.h"
#include "config/findings.h"
#include "config/former.h"
#include "config/loader.h"
#include "config/place.h"
#include "config/source.h"
#include "feed/buffer.h"
#include "feed/memory.h"
#include "feed/url.h"

/* --- the top --- */

static bool
is_inside(const char *path, const char *folder)
{
	size_t length = strlen(folder);
	return strncmp(path, folder, length) == 0 &&
	       (path[length] == '/' || path[length] == '\0');
}

static void
set_folders(struct loader *loader, const struct values *top,
    const struct config_overrides *overrides)
{
	struct config *config = loader->config;
	struct reader *reader = &loader->reader;
	const struct value *output = &top->list[KEY_OUTPUT];
	const struct value *state = &top->list[KEY_STATE];
	struct error err;
	config->output = output->text;
	if (overrides != NULL && overrides->output != NULL) {
		/* on the command line the current folder is meant */
		const char *here = place_folder(reader->pool, "./", &err);
		if (here == NULL || overrides->output[0] == '\0')
			findings_add(reader->findings, 0, 0, "--output", "%s",
			    here == NULL ? err.reason : "has no value");
		else
			config->output = place_absolute(
			    reader->pool, here, overrides->output);
	} else if (output->node == NULL) {
		config->output = place_output(reader->pool, &err);
		if (config->output == NULL)
			findings_add(
			    reader->findings, 0, 0, "output", "%s", err.reason);
	}
	config->state =
	    state->node != NULL ? state->text : place_state(reader->pool, &err);
	if (config->state == NULL && state->node == NULL)
		findings_add(reader->findings, 0, 0, "state", "%s", err.reason);
	if (config->output != NULL && config->state != NULL &&
	    is_inside(config->state, config->output)) {
		const struct node *at =
		    state->node != NULL ? state->node : output->node;
		findings_add(reader->findings, at != NULL ? at->line : 0,
		    at != NULL ? at->column : 0, "state",
		    "lies in output (%.*s), which a web server shows; the "
		    "database must lie elsewhere",
		    SHOWN(config->output));
	}
}

/* Neither in what a web server shows, nor with it or the database inside. */
static void
set_status(struct loader *loader, const struct values *top)
{
	struct config *config = loader->config;
	const struct value *given = &top->list[KEY_STATUS_OUTPUT];
	const char *path = given->text, *what = NULL, *where = config->output;
	config->on_change = top->list[KEY_ON_CHANGE].thing;
	config->status_output = path;
	if (path == NULL || config->output == NULL || config->state == NULL)
		return;
	if (is_inside(path, config->output))
		what = "lies in output";
	else if (is_inside(config->output, path))
		what = "holds output";
	else if (is_inside(config->state, path)) {
		what = "holds state";
		where = config->state;
	}
	if (what != NULL)
		node_complain(&loader->reader, given->node, "status-output",
		    "%s (%.*s); take a folder of its own", what, SHOWN(where));
}

static void
set_base_url(
    struct loader *loader, const struct value *given, const char *override)
{
	struct reader *reader = &loader->reader;
	struct error err;
	if (given->text != NULL) {
		loader->config->base_url =
		    base_url_parse(reader->pool, given->text, &err);
		if (loader->config->base_url == NULL)
			node_complain(reader, given->node, "base-url",
			    "'%.*s': %s", SHOWN(given->text), err.reason);
	}
	if (override == NULL)
		return;
	loader->config->base_url = base_url_parse(reader->pool, override, &err);
	if (loader->config->base_url == NULL)
		findings_add(reader->findings, 0, 0, "--base-url", "'%.*s': %s",
		    SHOWN(override), err.reason);
}

static void
set_listen(
    struct loader *loader, const struct value *given, const char *override)
{
	struct config *config = loader->config;
	const char *text = override != NULL ? override : given->text;
	if (text != NULL && !listen_parse(loader->reader.pool, text,
				&config->listen_host, &config->listen_port))
		findings_add(loader->reader.findings, 0, 0, "--listen",
		    "'%.*s' is no host and port; write 127.0.0.1:8080, "
		    "[::1]:8080, :8080 or 8080",
		    SHOWN(text));
}

/* --- checks over all sections --- */

static int
compare_urls(const void *a, const void *b)
{
	const struct section_config *one = *(struct section_config *const *)a;
	const struct section_config *two = *(struct section_config *const *)b;
	int order = strcmp(one->url, two->url);
	return order != 0 ? order : one < two ? -1 : one > two;
}

static int
compare_paths(const void *a, const void *b)
{
	const struct section_config *one = *(struct section_config *const *)a;
	const struct section_config *two = *(struct section_config *const *)b;
	return strcmp(one->path, two->path);
}

static void
check_urls(struct loader *loader)
{
	const struct section_config **all = loader->config->private->by_path;
	if (loader->count == 0)
		return;
	qsort(all, loader->count, sizeof(const struct section_config *),
	    compare_urls);
	const struct section_config *one = all[0];
	for (size_t i = 1; i < loader->count; i++) {
		const struct section_config *two = all[i];
		if (strcmp(one->url, two->url) != 0) {
			one = two;
			continue;
		}
		bool same_file = strcmp(one->file, two->file) == 0;
		loader->reader.findings->file = two->file;
		findings_add(loader->reader.findings, two->line,
		    loader->columns[two - loader->sections], two->path,
		    "reads the same page as %s on line %d%s%s: %.*s", one->path,
		    one->line, same_file ? "" : " of ",
		    same_file ? "" : one->file, SHOWN(two->url));
	}
}

static void
finish_sections(struct loader *loader)
{
	struct config_private *private = loader->config->private;
	private->sections = loader->sections;
	private->by_path =
	    xcalloc(loader->count + 1, sizeof(const struct section_config *));
	for (size_t i = 0; i < loader->count; i++) {
		struct section_config *section = &loader->sections[i];
		private->by_path[i] = section;
		/* no section of a site with others has this name */
		if (strcmp(section->name, "all") == 0)
			section->all = section;
	}
	check_urls(loader);
	if (loader->count > 0)
		qsort(private->by_path, loader->count,
		    sizeof(const struct section_config *), compare_paths);
	loader->config->sections = loader->sections;
	loader->config->section_count = loader->count;
	formers_join(loader);
}

/* --- all of it --- */

struct name {
	const struct node *key;
	size_t file; /* its place among them */
};

static int
compare_names(const void *a, const void *b)
{
	const struct name *one = a, *two = b;
	int order = strcmp(one->key->text, two->key->text);
	return order != 0 ? order
			  : (one->file > two->file) - (one->file < two->file);
}

/* A name that two files give; in one file YAML's reader has found it. */
static void
check_names(struct loader *loader, const struct values *tops, size_t count,
    enum key which)
{
	size_t total = 0, used = 0;
	for (size_t i = 0; i < count; i++)
		if (tops[i].list[which].node != NULL)
			total += tops[i].list[which].node->count / 2;
	struct name *names = xcalloc(total + 1, sizeof(*names));
	for (size_t i = 0; i < count; i++) {
		const struct node *map = tops[i].list[which].node;
		if (map == NULL || map->kind != NODE_MAP)
			continue;
		for (const struct node *key = map->first; key != NULL;
		     key = key->next->next)
			if (key->kind == NODE_TEXT)
				names[used++] = (struct name){key, i};
	}
	if (used > 1)
		qsort(names, used, sizeof(*names), compare_names);
	for (size_t i = 1; i < used; i++) {
		const struct node *one = names[i - 1].key, *two = names[i].key;
		if (strcmp(one->text, two->text) == 0 &&
		    names[i - 1].file != names[i].file)
			node_complain(&loader->reader, two, two->text,
			    "stands already on line %d of %s", one->line,
			    one->file);
	}
	free(names);
}

static void
load_top(struct loader *loader, const struct values *top,
    const struct config_overrides *overrides)
{
	static const struct config_overrides none;
	if (overrides == NULL)
		overrides = &none;
	set_folders(loader, top, overrides);
	set_base_url(loader, &top->list[KEY_BASE_URL], overrides->base_url);
	set_listen(loader, &top->list[KEY_LISTEN], overrides->listen);
	set_status(loader, top);
	loader->config->index =
	    (enum index_language)top->list[KEY_INDEX].number;
	loader->config->contact = top->list[KEY_CONTACT].text;
}

static void
load_builtin(struct loader *loader)
{
	struct reader *reader = &loader->reader;
	struct entries *usual = pool_alloc(reader->pool, sizeof(*usual));
	struct values entries = {0};
	values_default(reader, LEVEL_SITE | LEVEL_SECTION, &loader->builtin);
	values_default(reader, LEVEL_ENTRIES, &entries);
	*usual = (struct entries){
	    .at_least = (unsigned)entries.list[KEY_AT_LEAST].number,
	    .at_most = (unsigned)entries.list[KEY_AT_MOST].number,
	    .days = entries.list[KEY_DAYS].number,
	};
	loader->builtin.list[KEY_ENTRIES].thing = usual;
}

static void
load_defaults(struct loader *loader, const struct node *defaults)
{
	if (defaults == NULL)
		return;
	if (defaults->kind == NODE_MAP)
		scope_read(loader, defaults, LEVEL_DEFAULTS, &loader->defaults);
	else
		node_complain(&loader->reader, defaults, "defaults",
		    "wants a map of keys for all sites");
}

/* The rules of all files first: a site may use those of another file. */
static void
load_files(struct loader *loader, const struct source *files,
    const struct values *tops, size_t count)
{
	struct reader *reader = &loader->reader;
	bool has_sites = false;
	check_names(loader, tops, count, KEY_RULES);
	check_names(loader, tops, count, KEY_SITES);
	for (size_t i = 0; i < count; i++)
		if (tops[i].list[KEY_RULES].node != NULL)
			sets_read(loader, tops[i].list[KEY_RULES].node);
	load_defaults(loader, tops[0].list[KEY_DEFAULTS].node);
	for (size_t i = 0; i < count; i++) {
		reader->folder = files[i].folder;
		has_sites |= sites_read(loader, tops[i].list[KEY_SITES].node);
	}
	const struct node *sites = tops[0].list[KEY_SITES].node;
	if (!has_sites)
		node_complain(reader, sites != NULL ? sites : files[0].root,
		    "sites", "is missing or empty; there is nothing to watch");
}

static void
load(struct loader *loader, struct sources *sources, struct pool *tree,
    const struct config_overrides *overrides)
{
	struct reader *reader = &loader->reader;
	struct values top = {0};
	const struct node *root = sources->list[0].root;
	reader->folder = sources->list[0].folder;
	load_builtin(loader);
	values_default(reader, LEVEL_TOP, &top);
	values_read(reader, root, LEVEL_TOP, &top);
	load_top(loader, &top, overrides);
	if (top.list[KEY_INCLUDE].node != NULL)
		sources_include(sources, reader, top.list[KEY_INCLUDE].node,
		    loader->config, tree);
	struct values *tops = xcalloc(sources->count, sizeof(*tops));
	size_t used = 0;
	for (size_t i = 0; i < sources->count; i++) {
		if (sources->list[i].root == NULL)
			continue;
		sources->list[used] = sources->list[i];
		if (i == 0)
			tops[used] = top;
		else
			values_read(reader, sources->list[i].root,
			    LEVEL_INCLUDED, &tops[used]);
		used++;
	}
	load_files(loader, sources->list, tops, used);
	free(tops);
}

struct config *
config_parse(const char *yaml, size_t length, const char *name,
    const struct config_overrides *overrides, struct problems *problems)
{
	struct config *config = xcalloc(1, sizeof(*config));
	struct pool *tree = pool_new(); /* of the files, until they are read */
	struct sources sources = {0};
	config->private = xcalloc(1, sizeof(*config->private));
	config->private->pool = pool_new();
	config->file = pool_copy(config->private->pool, name);
	struct findings findings = {.main = config->file, .file = config->file};
	struct loader loader = {
	    .config = config,
	    .reader = {.findings = &findings, .pool = config->private->pool},
	};
	sources_add(&sources, &loader.reader, config->file, yaml, length, tree);
	if (sources.list[0].root != NULL)
		load(&loader, &sources, tree, overrides);
	finish_sections(&loader);
	rule_layer_clear(&loader.defaults.layer);
	for (size_t i = 0; i < loader.set_count; i++)
		rule_layer_clear(&loader.sets[i].layer);
	free(loader.sets);
	free(loader.columns);
	free(loader.formers);
	sources_clear(&sources);
	bool good = findings.count == 0;
	if (!good)
		findings_report(&findings, problems);
	free(findings.list);
	pool_free(tree);
	if (good)
		return config;
	config_free(config);
	return NULL;
}

struct config *
config_load(const char *file, const struct config_overrides *overrides,
    struct problems *problems)
{
	struct buffer bytes = {0};
	struct config *config = NULL;
	struct error err;
	if (source_read(file, &bytes, &err))
		config = config_parse(bytes.bytes != NULL ? bytes.bytes : "",
		    bytes.length, file, overrides, problems);
	else {
		struct findings findings = {.main = file, .file = file};
		findings_add(
		    &findings, 0, 0, NULL, "cannot be read: %s", err.reason);
		findings_report(&findings, problems);
	}
	buffer_clear(&bytes);
	return config;
}

void
config_free(struct config *config)
{
	if (config == NULL)
		return;
	struct config_private *private = config->private;
	for (size_t i = 0; i < private->rules_count; i++) {
		rules_clear(private->rules[i]);
		free(private->rules[i]);
	}
	free(private->rules);
	free(private->by_former);
	free(private->by_path);
	free(private->sections);
	pool_free(private->pool);
	free(private);
	free(config);
}

const struct section_config *
config_section(const struct config *config, const char *path)
{
	const struct section_config wanted = {.path = path};
	const struct section_config *key = &wanted, **found = NULL;
	if (config->section_count > 0)
		found = bsearch(&key, config->private->by_path,
		    config->section_count, sizeof(key), compare_paths);
	return found == NULL ? NULL : *found;
}

/* Sections of one site follow one another in the list by path, and each knows
 * the site's feed. */
const struct section_config *
config_site_feed(const struct config *config, const char *path)
{
	size_t site = strcspn(path, "/") + 1;
	size_t low = 0, high = config->section_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *there = config->private->by_path[middle]->path;
		if (strncmp(there, path, site) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == config->section_count)
		return NULL;
	const struct section_config *first = config->private->by_path[low];
	return first->all != NULL && first->all != first &&
		       strcmp(first->all->path, path) == 0
		   ? first->all
		   : NULL;
}

enum heal_wish
config_heal(const struct section_config *section)
{
	if (section->is_heal_given)
		return section->heal;
	return section->rules->items.count > 0 ? HEAL_WISH_PROPOSE
					       : HEAL_WISH_AUTO;
}

const char *
section_path(const struct section_config *section, size_t i)
{
	return i == 0 ? section->path : section->formerly[i - 1];
}

static int
compare_former(const void *path, const void *former)
{
	return strcmp(path, ((const struct former_path *)former)->path);
}

const struct section_config *
config_successor(const struct config *config, const char *path)
{
	const struct config_private *private = config->private;
	const struct former_path *found = NULL;
	if (private->former_count > 0)
		found = bsearch(path, private->by_former, private->former_count,
		    sizeof(*found), compare_former);
	return found == NULL ? NULL : found->section;
}

struct config *
config_for_url(const char *url, struct error *err)
{
	/* what is no address must not become YAML */
	char *absolute = url_resolve(NULL, url, err);
	if (absolute == NULL)
		return NULL;
	char *quoted = config_quote(absolute);
	/* a folder of its own: none is ever opened, and HOME may be unset */
	char *yaml = xasprintf("output: /nonexistent/feeds\n"
			       "state: /nonexistent/state\n"
			       "sites: {preview: {sections: {page: %s}}}\n",
	    quoted);
	struct problems problems = {0};
	struct config *config =
	    config_parse(yaml, strlen(yaml), "preview", NULL, &problems);
	if (config == NULL)
		error_set(err, "%s", problems.list[0]);
	problems_clear(&problems);
	free(yaml);
	free(quoted);
	free(absolute);
	return config;
}
