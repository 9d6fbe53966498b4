#include "config/former.h"

#include <stdlib.h>
#include <string.h>

#include "config/config_private.h"
#include "feed/memory.h"

#define FORMERS_MOST 50 /* names that one section or site had */

/* One former name, as it stands in the file. */
struct former {
	const struct node *node;
	const char *name; /* "site/section", or the "site" of a whole one */
	const char *site; /* whose key it is */
	size_t first;     /* the section; the first one of the site */
	size_t count;     /* of the site's sections; 0: a section's key */
	struct section_config *all; /* the site's, if it is no section */
};

/* --- reading --- */

static bool
is_path(const char *text)
{
	const char *slash = strchr(text, '/');
	return slash != NULL && name_is_allowed(text, (size_t)(slash - text)) &&
	       name_is_allowed(slash + 1, strlen(slash + 1));
}

static void
add_former(struct loader *loader, struct former former)
{
	if (loader->former_count == loader->former_capacity) {
		loader->former_capacity = loader->former_capacity * 2 + 16;
		loader->formers = xreallocarray(loader->formers,
		    loader->former_capacity, sizeof(*loader->formers));
	}
	loader->formers[loader->former_count++] = former;
}

/* What the name must look like depends on whose it is. */
static void
read_former(
    struct loader *loader, const struct node *node, struct former former)
{
	struct reader *reader = &loader->reader;
	const char *text =
	    text_read(reader, "formerly", node, schema_key(KEY_FORMERLY)->most);
	bool is_section = former.count == 0;
	/* a site without sections */
	bool is_only = strcmp(loader->sections[former.first].name, "all") == 0;
	if (text == NULL)
		return;
	bool path = is_path(text);
	former.node = node;
	former.name = text;
	if (path && !is_section && !is_only)
		node_complain(reader, node, "formerly",
		    "'%.*s' was a section; write it at the one that carries "
		    "it on",
		    SHOWN(text));
	else if (!path && (is_section || !name_is_allowed(text, strlen(text))))
		node_complain(reader, node, "formerly",
		    "'%.*s' is no former name: %s", SHOWN(text),
		    is_section ? "write site/section, such as paper/politics"
			       : "write that of a site, such as paper");
	else {
		if (path)
			former.count = 0;
		add_former(loader, former);
	}
}

static void
read_formers(
    struct loader *loader, const struct node *node, struct former former)
{
	if (node == NULL || node->kind == NODE_BROKEN)
		return;
	if (node->kind == NODE_TEXT) {
		read_former(loader, node, former);
		return;
	}
	if (node->kind != NODE_LIST || node->count == 0 ||
	    node->count > FORMERS_MOST) {
		node_complain(&loader->reader, node, "formerly",
		    "wants a former name or a list of them, at most %d",
		    FORMERS_MOST);
		return;
	}
	for (const struct node *one = node->first; one != NULL; one = one->next)
		if (one->kind != NODE_BROKEN)
			read_former(loader, one, former);
}

void
formers_of_section(struct loader *loader, const struct node *node)
{
	struct former former = {.first = loader->count - 1};
	former.site = loader->sections[former.first].site_name;
	read_formers(loader, node, former);
}

void
formers_of_site(struct loader *loader, const struct node *node,
    const char *site, size_t first, struct section_config *all)
{
	if (loader->count > first)
		read_formers(loader, node,
		    (struct former){
			.site = site,
			.first = first,
			.count = loader->count - first,
			.all = all,
		    });
}

/* --- checks --- */

/* A site without sections that is one itself is told by its path. */
static bool
is_of_section(const struct former *former)
{
	return former->count == 0;
}

static int
compare_names(const void *a, const void *b)
{
	const struct former *one = *(struct former *const *)a;
	const struct former *two = *(struct former *const *)b;
	int order = strcmp(one->name, two->name);
	return order != 0 ? order : one < two ? -1 : one > two;
}

/* The first section by path that is not before this one. */
static const struct section_config *
section_from(const struct loader *loader, const char *path)
{
	size_t low = 0, high = loader->count;
	const struct section_config **all = loader->config->private->by_path;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(all[middle]->path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < loader->count ? all[low] : NULL;
}

/* Some section of the site, or NULL if there is no such site. */
static const struct section_config *
section_of_site(const struct loader *loader, const char *site, size_t length)
{
	char *from = xasprintf("%.*s/", (int)length, site);
	const struct section_config *found = section_from(loader, from);
	if (found != NULL && strncmp(found->path, from, length + 1) != 0)
		found = NULL;
	free(from);
	return found;
}

/* The section or feed that has the name now, or NULL. */
static const struct section_config *
who_has(const struct loader *loader, const struct former *former)
{
	const char *name = former->name;
	const struct section_config *found =
	    section_of_site(loader, name, strcspn(name, "/"));
	if (!is_of_section(former) || found == NULL)
		return found;
	if (found->all != NULL && strcmp(found->all->path, name) == 0)
		return found->all;
	found = section_from(loader, name);
	return found != NULL && strcmp(found->path, name) == 0 ? found : NULL;
}

/* The owner's name, for messages. */
static const char *
owner_of(const struct loader *loader, const struct former *former)
{
	return is_of_section(former) ? loader->sections[former->first].path
				     : former->site;
}

/* What else has the name, and where that stands. */
static void
complain_of_two(struct loader *loader, const struct former *former,
    const char *words, const char *other, const char *file, int line)
{
	bool same_file = strcmp(file, former->node->file) == 0;
	node_complain(&loader->reader, former->node, "formerly",
	    "'%.*s' %s%.*s (line %d%s%s)", SHOWN(former->name), words,
	    SHOWN(other), line, same_file ? "" : " of ", same_file ? "" : file);
}

static void
check_former(struct loader *loader, const struct former *former)
{
	const struct section_config *there = who_has(loader, former);
	if (there == NULL)
		return;
	bool own = strcmp(owner_of(loader, former), former->name) == 0;
	if (own)
		node_complain(&loader->reader, former->node, "formerly",
		    "'%.*s' is its own name", SHOWN(former->name));
	else
		complain_of_two(loader, former,
		    "cannot be carried on while it is there", "", there->file,
		    there->line);
}

/* By name; of two with one name the later is told. */
static void
check_formers(struct loader *loader, struct former **sorted)
{
	for (size_t i = 0; i < loader->former_count; i++)
		sorted[i] = &loader->formers[i];
	qsort(sorted, loader->former_count, sizeof(struct former *),
	    compare_names);
	for (size_t i = 0, first = 0; i < loader->former_count; i++) {
		check_former(loader, sorted[i]);
		if (strcmp(sorted[i]->name, sorted[first]->name) != 0)
			first = i;
		if (i > first)
			complain_of_two(loader, sorted[i],
			    "is carried on already by ",
			    owner_of(loader, sorted[first]),
			    sorted[first]->node->file,
			    sorted[first]->node->line);
	}
}

/* --- joining --- */

struct past {
	struct section_config *section; /* or feed of a whole site */
	const char *path;
	size_t order; /* as found */
};

struct pasts {
	struct loader *loader;
	struct past *list;
	size_t count, capacity;
};

static void
add_past(struct pasts *pasts, struct section_config *section, const char *path)
{
	if (pasts->count == pasts->capacity) {
		pasts->capacity = pasts->capacity * 2 + 64;
		pasts->list = xreallocarray(
		    pasts->list, pasts->capacity, sizeof(*pasts->list));
	}
	pasts->list[pasts->count] = (struct past){
	    .section = section, .path = path, .order = pasts->count};
	pasts->count++;
}

static int
compare_only_names(const void *a, const void *b)
{
	const struct former *one = *(struct former *const *)a;
	const struct former *two = *(struct former *const *)b;
	return strcmp(one->name, two->name);
}

static bool
is_claimed(
    const struct loader *loader, struct former *const *sorted, const char *name)
{
	const struct former wanted = {.name = name};
	const struct former *key = &wanted;
	return loader->former_count > 0 &&
	       bsearch(&key, sorted, loader->former_count, sizeof(key),
		   compare_only_names) != NULL;
}

/* What was `name` in the site was the same in the site's former self. */
static void
add_past_of_site(struct pasts *pasts, struct former *const *sorted,
    const struct former *former, struct section_config *section,
    const char *name)
{
	const char *path = pool_format(
	    pasts->loader->reader.pool, "%s/%s", former->name, name);
	if (!is_claimed(pasts->loader, sorted, path))
		add_past(pasts, section, path);
}

/* Of every section under its own name; and what was in this site was in its
 * former self before. */
static void
add_pasts_of_site(struct pasts *pasts, struct former *const *sorted,
    const struct former *former)
{
	struct loader *loader = pasts->loader;
	size_t length = strlen(former->site);
	for (size_t i = 0; i < former->count; i++) {
		struct section_config *section =
		    &loader->sections[former->first + i];
		add_past_of_site(pasts, sorted, former, section, section->name);
	}
	for (size_t i = 0; i < loader->former_count; i++) {
		const struct former *other = &loader->formers[i];
		if (is_of_section(other) &&
		    strncmp(other->name, former->site, length) == 0 &&
		    other->name[length] == '/')
			add_past_of_site(pasts, sorted, former,
			    &loader->sections[other->first],
			    other->name + length + 1);
	}
	if (former->all != NULL)
		add_past_of_site(
		    pasts, sorted, former, former->all, former->all->name);
}

static int
compare_owners(const void *a, const void *b)
{
	const struct past *one = a, *two = b;
	int order = strcmp(one->section->path, two->section->path);
	return order != 0
		   ? order
		   : (one->order > two->order) - (one->order < two->order);
}

static int
compare_pasts(const void *a, const void *b)
{
	const struct former_path *one = a, *two = b;
	return strcmp(one->path, two->path);
}

/* Each section gets its own, in the order of the file. */
static void
deal_out(struct pasts *pasts)
{
	struct loader *loader = pasts->loader;
	struct config_private *private = loader->config->private;
	if (pasts->count == 0)
		return;
	qsort(pasts->list, pasts->count, sizeof(*pasts->list), compare_owners);
	const char **paths = pool_alloc(
	    loader->reader.pool, pasts->count * sizeof(const char *));
	private->by_former = xcalloc(pasts->count, sizeof(*private->by_former));
	private->former_count = pasts->count;
	for (size_t i = 0; i < pasts->count; i++) {
		struct section_config *section = pasts->list[i].section;
		paths[i] = pasts->list[i].path;
		if (section->formerly_count++ == 0)
			section->formerly = &paths[i];
		private->by_former[i] = (struct former_path){paths[i], section};
	}
	qsort(private->by_former, pasts->count, sizeof(*private->by_former),
	    compare_pasts);
}

void
formers_join(struct loader *loader)
{
	struct config *config = loader->config;
	struct former **sorted = xcalloc(loader->former_count, sizeof(*sorted));
	struct pasts pasts = {.loader = loader};
	struct renamed_site *renamed = pool_alloc(
	    loader->reader.pool, (loader->former_count + 1) * sizeof(*renamed));
	check_formers(loader, sorted);
	config->renamed = renamed;
	for (size_t i = 0; i < loader->former_count; i++) {
		const struct former *former = &loader->formers[i];
		if (is_of_section(former))
			add_past(&pasts, &loader->sections[former->first],
			    former->name);
	}
	for (size_t i = 0; i < loader->former_count; i++) {
		const struct former *former = &loader->formers[i];
		if (is_of_section(former))
			continue;
		renamed[config->renamed_count++] =
		    (struct renamed_site){former->name, former->site};
		add_pasts_of_site(&pasts, sorted, former);
	}
	deal_out(&pasts);
	free(pasts.list);
	free(sorted);
}
