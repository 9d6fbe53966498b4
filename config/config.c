#include "config/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/config_private.h"
#include "config/findings.h"
#include "config/loader.h"
#include "config/place.h"
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
		findings_add(loader->reader.findings, two->line,
		    loader->columns[two - loader->sections], two->path,
		    "reads the same page as %s on line %d: %.*s", one->path,
		    one->line, SHOWN(two->url));
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
}

/* --- all of it --- */

static void
load(struct loader *loader, const struct node *root,
    const struct config_overrides *overrides)
{
	struct reader *reader = &loader->reader;
	struct values top = {0};
	static const struct config_overrides none;
	if (overrides == NULL)
		overrides = &none;
	if (root->kind != NODE_MAP) {
		node_complain(reader, root, NULL,
		    "a configuration is a map: keys, each with ': ' and a "
		    "value");
		return;
	}
	values_default(reader, LEVEL_SITE | LEVEL_SECTION, &loader->builtin);
	struct entries *usual = pool_alloc(reader->pool, sizeof(*usual));
	struct values entries = {0};
	values_default(reader, LEVEL_ENTRIES, &entries);
	*usual = (struct entries){
	    .at_least = (unsigned)entries.list[KEY_AT_LEAST].number,
	    .at_most = (unsigned)entries.list[KEY_AT_MOST].number,
	    .days = entries.list[KEY_DAYS].number,
	};
	loader->builtin.list[KEY_ENTRIES].thing = usual;

	values_read(reader, root, LEVEL_TOP, &top);
	set_folders(loader, &top, overrides);
	set_base_url(loader, &top.list[KEY_BASE_URL], overrides->base_url);
	set_listen(loader, &top.list[KEY_LISTEN], overrides->listen);
	loader->config->contact = top.list[KEY_CONTACT].text;
	if (top.list[KEY_RULES].node != NULL)
		sets_read(loader, top.list[KEY_RULES].node);
	const struct node *defaults = top.list[KEY_DEFAULTS].node;
	if (defaults != NULL && defaults->kind == NODE_MAP)
		scope_read(loader, defaults, LEVEL_DEFAULTS, &loader->defaults);
	else if (defaults != NULL)
		node_complain(reader, defaults, "defaults",
		    "wants a map of keys for all sites");
	sites_read(loader, top.list[KEY_SITES].node, root);
}

struct config *
config_parse(const char *yaml, size_t length, const char *name,
    const struct config_overrides *overrides, struct problems *problems)
{
	struct config *config = xcalloc(1, sizeof(*config));
	struct findings findings = {.file = name};
	struct pool *tree = pool_new(); /* of the file, until it is read */
	struct error err;
	config->private = xcalloc(1, sizeof(*config->private));
	config->private->pool = pool_new();
	config->file = pool_copy(config->private->pool, name);
	struct loader loader = {
	    .config = config,
	    .reader = {.findings = &findings, .pool = config->private->pool},
	};
	loader.reader.folder = place_folder(loader.reader.pool, name, &err);
	const struct node *root = NULL;
	if (loader.reader.folder == NULL)
		findings_add(&findings, 0, 0, NULL, "%s", err.reason);
	else
		root = document_read(yaml, length, tree, &findings);
	if (root != NULL)
		load(&loader, root, overrides);
	finish_sections(&loader);
	rule_layer_clear(&loader.defaults.layer);
	for (size_t i = 0; i < loader.set_count; i++)
		rule_layer_clear(&loader.sets[i].layer);
	free(loader.sets);
	free(loader.columns);
	pool_free(tree);
	bool good = findings.count == 0;
	if (!good)
		findings_report(&findings, problems);
	free(findings.list);
	if (good)
		return config;
	config_free(config);
	return NULL;
}

/* NULL and err; at most one byte more than may be parsed. */
static bool
read_file(const char *file, struct buffer *bytes, struct error *err)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return error_set(err, "%s", strerror(errno));
	char *part = xmalloc(65536);
	ssize_t got = 0;
	while (bytes->length <= DOCUMENT_MAX_BYTES) {
		got = read(fd, part, 65536);
		if (got == -1 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		buffer_add(bytes, part, (size_t)got);
	}
	if (got == -1)
		error_set(err, "%s", strerror(errno));
	free(part);
	(void)close(fd); /* only read */
	return got != -1;
}

struct config *
config_load(const char *file, const struct config_overrides *overrides,
    struct problems *problems)
{
	struct buffer bytes = {0};
	struct config *config = NULL;
	struct error err;
	if (read_file(file, &bytes, &err))
		config = config_parse(bytes.bytes != NULL ? bytes.bytes : "",
		    bytes.length, file, overrides, problems);
	else {
		struct findings findings = {.file = file};
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
