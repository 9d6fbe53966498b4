#include "daemon/past.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/log.h"
#include "feed/identity.h"
#include "feed/memory.h"

struct moved {
	int64_t *list; /* rows */
	size_t count, capacity;
};

static bool
move_row(struct store *store, struct moved *moved, const char *to,
    const struct store_past *past, struct error *err)
{
	int64_t number;
	if (!store_rename(store, to, past, &number, err))
		return false;
	if (number == 0)
		return true;
	log_info("%s: carries on %s", to, past->path);
	if (moved->count == moved->capacity) {
		moved->capacity = moved->capacity * 2 + 16;
		moved->list = xreallocarray(
		    moved->list, moved->capacity, sizeof(*moved->list));
	}
	moved->list[moved->count++] = number;
	return true;
}

static bool
move_section(struct store *store, struct moved *moved,
    const struct section_config *section, struct error *err)
{
	bool good = true;
	for (size_t i = 1; good && i <= section->formerly_count; i++) {
		const char *from = section_path(section, i);
		char *feed_id = identity_of_feed(section->id_authority, from);
		char *site = xstrndup(from, strcspn(from, "/"));
		struct store_past past = {
		    .path = from,
		    .feed_id = feed_id,
		    .has_title = section->title != NULL,
		    .site_title = section->site_title == NULL ? site : NULL,
		};
		good = move_row(store, moved, section->path, &past, err);
		free(site);
		free(feed_id);
	}
	return good;
}

static bool
move_sections(struct store *store, struct moved *moved,
    const struct config *config, struct error *err)
{
	const struct section_config *all = NULL;
	for (size_t i = 0; i < config->section_count; i++) {
		const struct section_config *section = &config->sections[i];
		/* those of a site stand together */
		if (section->all != all && section->all != section &&
		    section->all != NULL &&
		    !move_section(store, moved, section->all, err))
			return false;
		all = section->all;
		if (!move_section(store, moved, section, err))
			return false;
	}
	return true;
}

/* What is left of a site under its former name. */
static bool
move_rest(struct store *store, struct moved *moved,
    const struct renamed_site *site, const struct section_state *rows,
    size_t count, struct error *err)
{
	size_t length = strlen(site->from);
	bool good = true;
	for (size_t i = 0; good && i < count; i++) {
		const char *from = rows[i].path;
		if (strncmp(from, site->from, length) != 0 ||
		    from[length] != '/')
			continue;
		char *to = xasprintf("%s%s", site->to, from + length);
		struct store_past past = {.path = from, .has_title = true};
		good = move_row(store, moved, to, &past, err);
		free(to);
	}
	return good;
}

static bool
move_sites(struct store *store, struct moved *moved,
    const struct config *config, struct error *err)
{
	struct section_state *rows = NULL;
	size_t count = 0;
	if (config->renamed_count == 0)
		return true;
	if (!store_sections(store, &rows, &count, err))
		return false;
	bool good = true;
	for (size_t i = 0; good && i < config->renamed_count; i++)
		good = move_rest(
		    store, moved, &config->renamed[i], rows, count, err);
	while (count > 0)
		section_state_clear(&rows[--count]);
	free(rows);
	return good;
}

bool
past_adopt(struct store *store, const struct config *config, struct error *err)
{
	struct moved moved = {0};
	bool good = move_sections(store, &moved, config, err) &&
		    move_sites(store, &moved, config, err);
	/* when all have their paths: only then it shows who is whose */
	for (size_t i = 0; good && i < moved.count; i++)
		good = store_settle_site(store, moved.list[i], err);
	free(moved.list);
	return good;
}
