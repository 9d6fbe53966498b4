#include "daemon/documents.h"

#include <stdlib.h>

#include "daemon/title.h"
#include "feed/hash.h"
#include "feed/identity.h"
#include "feed/memory.h"

void
documents_clear(struct documents *documents)
{
	for (int i = 0; i < FORMAT_COUNT; i++)
		free(documents->list[i].bytes);
	*documents = (struct documents){0};
}

bool
documents_wait(const struct documents *documents)
{
	bool any = false;
	for (int i = 0; i < FORMAT_COUNT; i++)
		any |= documents->list[i].bytes != NULL;
	return any;
}

size_t
documents_bytes(const struct documents *documents)
{
	size_t bytes = 0;
	for (int i = 0; i < FORMAT_COUNT; i++)
		bytes += documents->list[i].bytes != NULL
			     ? documents->list[i].length
			     : 0;
	return bytes;
}

/* "site/section.atom", below the output folder. */
static char *
file_name(const char *path, int format)
{
	return xasprintf("%s%s", path, format_extension((enum format)format));
}

/* ---- against the files ---- */

/* At every path that it is published at. */
static bool
file_is_current(const struct press *press, const struct section_config *config,
    const struct section_state *state, int format)
{
	const struct feed_file *file = &state->files[format];
	bool current = file->hash != 0;
	for (size_t i = 0; current && i <= config->formerly_count; i++) {
		char *name = file_name(section_path(config, i), format);
		current = publish_is_current(
		    press->publisher, name, file->length, file->mtime_s);
		free(name);
	}
	return current;
}

bool
documents_are_current(const struct press *press,
    const struct section_config *config, const struct section_state *state)
{
	bool current = !state->feed_dirty;
	for (int i = 0; current && i < FORMAT_COUNT; i++)
		current = !config->formats[i] ||
			  file_is_current(press, config, state, i);
	return current;
}

void
documents_compare(const struct press *press,
    const struct section_config *config, struct section_state *state)
{
	for (int i = 0; i < FORMAT_COUNT; i++) {
		for (size_t k = 0;
		     config->formats[i] && state->files[i].hash != 0 &&
		     k <= config->formerly_count;
		     k++) {
			size_t length;
			int64_t mtime_s;
			char *name = file_name(section_path(config, k), i);
			char *bytes = publish_read(press->publisher, name,
			    (size_t)state->files[i].length, &length, &mtime_s);
			if (bytes == NULL ||
			    hash_bytes(bytes, length) != state->files[i].hash)
				state->files[i].hash = 0;
			free(bytes);
			free(name);
		}
	}
}

/* ---- made of the rows ---- */

static bool
render_formats(const struct press *press, const struct section_config *config,
    struct feed_info *info, const struct articles *articles,
    struct documents *documents, struct error *err)
{
	bool good = true;
	for (int i = 0; good && i < FORMAT_COUNT; i++) {
		struct document *document = &documents->list[i];
		if (!config->formats[i])
			continue;
		char *name = file_name(config->path, i);
		char *self = press->base_url != NULL
				 ? xasprintf("%s%s", press->base_url, name)
				 : NULL;
		info->self = self;
		document->bytes = format_render(
		    (enum format)i, info, articles, &document->length, err);
		good = document->bytes != NULL;
		if (good)
			document->hash =
			    hash_bytes(document->bytes, document->length);
		free(self);
		free(name);
	}
	return good;
}

/* Is it the feed of a whole site, whether or not that is a section? */
static bool
is_of_site(const struct section_config *config)
{
	return config->all == config;
}

static bool
render(const struct press *press, const struct section_config *config,
    struct section_state *state, const struct articles *articles,
    struct documents *documents, struct error *err)
{
	const char *site = title_of_site(config, state);
	const char *section = title_of_section(config, state);
	char *title = config->feed_title != NULL ? xstrdup(config->feed_title)
		      : is_of_site(config)
			  ? xstrdup(site)
			  : xasprintf("%s · %s", site, section);
	if (state->feed_id == NULL)
		state->feed_id =
		    identity_of_feed(config->id_authority, config->path);
	struct feed_info info = {
	    .id = state->feed_id,
	    .title = title,
	    .author = site,
	    .alternate = config->url,
	    .icon = state->icon,
	    .language =
		config->language != NULL ? config->language : state->language,
	    /* each article of a site has its own section's */
	    .category = is_of_site(config) ? NULL : section,
	    .updated_s = state->feed_updated_s,
	    .content = (int)config->content,
	};
	bool good =
	    render_formats(press, config, &info, articles, documents, err);
	free(title);
	return good;
}

/* P7: the greatest moment ever, also when its article has left the feed. */
static void
raise_updated(
    struct section_state *state, const struct articles *articles, int64_t now_s)
{
	for (size_t i = 0; i < articles->count; i++)
		if (articles->list[i].changed_s > state->feed_updated_s)
			state->feed_updated_s = articles->list[i].changed_s;
	/* an empty feed (empty-ok) has its first round */
	if (state->feed_updated_s == 0)
		state->feed_updated_s = now_s;
}

static void
drop_current(const struct press *press, const struct section_config *config,
    const struct section_state *state, struct documents *documents)
{
	for (int i = 0; i < FORMAT_COUNT; i++) {
		struct document *document = &documents->list[i];
		if (document->bytes == NULL ||
		    document->hash != state->files[i].hash ||
		    (int64_t)document->length != state->files[i].length ||
		    !file_is_current(press, config, state, i))
			continue;
		free(document->bytes);
		document->bytes = NULL;
	}
}

bool
documents_make(const struct press *press, const struct section_config *config,
    struct section_state *state, struct documents *documents, int64_t now_s,
    const char **stage, struct error *err)
{
	struct articles newest = {0};
	*stage = "store";
	bool good = is_of_site(config)
			? store_newest_of_site(press->store, config->path,
			      config->entries_at_least, config->entries_at_most,
			      config->entries_days, &newest, err)
			: store_newest(press->store, state->number,
			      config->entries_at_least, config->entries_at_most,
			      config->entries_days, &newest, err);
	if (good) {
		raise_updated(state, &newest, now_s);
		*stage = "render";
		good = render(press, config, state, &newest, documents, err);
	}
	articles_clear(&newest);
	if (good)
		drop_current(press, config, state, documents);
	return good;
}

/* ---- put in the folder ---- */

/* P7 holds at a former path, too, whatever file is found there. */
static void
raise_mtime(const struct press *press, const struct section_config *config,
    int format, struct feed_file *file)
{
	for (size_t i = 1; i <= config->formerly_count; i++) {
		char *name = file_name(section_path(config, i), format);
		int64_t mtime_s = publish_mtime(press->publisher, name);
		if (mtime_s > file->mtime_s)
			file->mtime_s = mtime_s;
		free(name);
	}
}

/* At its own path, and then, with the same time, at each former one. */
static bool
publish_document(const struct press *press, const struct section_config *config,
    int format, const struct document *document, struct feed_file *file,
    int64_t now_s, struct error *err)
{
	bool good = true;
	raise_mtime(press, config, format, file);
	for (size_t i = 0; good && i <= config->formerly_count; i++) {
		char *name = file_name(section_path(config, i), format);
		if (document->hash != file->hash ||
		    !publish_is_current(press->publisher, name,
			(int64_t)document->length, file->mtime_s))
			good = publish_file(press->publisher, name,
			    document->bytes, document->length,
			    i == 0 ? now_s : file->mtime_s,
			    i == 0 ? file->mtime_s : file->mtime_s - 1,
			    &file->mtime_s, err);
		free(name);
		if (good) {
			file->hash = document->hash;
			file->length = (int64_t)document->length;
		}
	}
	return good;
}

bool
documents_publish(const struct press *press,
    const struct section_config *config, struct section_state *state,
    struct documents *documents, int64_t now_s, struct error *why)
{
	struct error err = {{0}};
	bool good = true;
	for (int i = 0; i < FORMAT_COUNT; i++) {
		struct document *document = &documents->list[i];
		if (document->bytes == NULL)
			continue;
		if (!publish_document(press, config, i, document,
			&state->files[i], now_s, &err)) {
			if (good)
				*why = err;
			good = false;
			if (publish_is_stuck(press->publisher))
				break;
			continue;
		}
		free(document->bytes);
		document->bytes = NULL;
	}
	return good;
}
