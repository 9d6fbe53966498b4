#include "daemon/restore.h"

#include <stdlib.h>
#include <string.h>

#include "feed/atom_read.h"
#include "feed/hash.h"
#include "feed/identity.h"
#include "feed/memory.h"

/* Its id is the row's, or that of a path which the section has or had. */
static bool
is_of(const struct atom_feed *feed, const struct section_config *config,
    const struct section_state *state)
{
	const char *specific = identity_specific(feed->id);
	if (state->feed_id != NULL && strcmp(state->feed_id, feed->id) == 0)
		return true;
	if (specific == NULL || strncmp(specific, "feed/", 5) != 0)
		return false;
	for (size_t i = 0; i <= config->formerly_count; i++)
		if (strcmp(specific + 5, section_path(config, i)) == 0)
			return true;
	return false;
}

/* A name that stood in for a title is none. */
static void
restore_title(char **title, const char *configured, const char *stand_in,
    const char *found)
{
	if (*title == NULL && configured == NULL && found != NULL &&
	    strcmp(found, stand_in) != 0)
		*title = xstrdup(found);
}

static void
restore_row(struct section_state *state, const struct section_config *config,
    const struct atom_feed *feed, const struct feed_file *file)
{
	restore_title(&state->site_title, config->site_title, config->site_name,
	    feed->author);
	restore_title(
	    &state->title, config->title, config->name, feed->category);
	restore_title(&state->language, config->language, "", feed->language);
	restore_title(&state->icon, NULL, "", feed->icon);
	if (state->feed_id == NULL)
		state->feed_id = xstrdup(feed->id);
	if (feed->updated_s > state->feed_updated_s)
		state->feed_updated_s = feed->updated_s;
	if (state->good_s == 0)
		state->good_s = file->mtime_s; /* a round then was good */
	state->files[FORMAT_ATOM] = *file;
}

static bool
restore_articles(struct store *store, struct section_state *state,
    struct atom_feed *feed, int64_t now_s, uint64_t *count, struct error *err)
{
	struct difference difference = {.fresh = feed->articles};
	uint64_t before = 0, after = 0, stubs;
	if ((state->number == 0 && !store_save_section(store, state, err)) ||
	    !store_count(store, state->number, &before, &stubs, err) ||
	    !store_record(store, state->number, &difference, now_s, err) ||
	    !store_count(store, state->number, &after, &stubs, err))
		return false;
	*count = after - before;
	return true;
}

/* The first of the section's files that is one of ours, if none is as the row
 * says; false if there is nothing to take. */
static bool
read_published(struct publisher *publisher, const struct section_config *config,
    const struct section_state *state, struct feed_file *file,
    struct atom_feed *feed)
{
	const struct feed_file *known = &state->files[FORMAT_ATOM];
	bool found = false, current = false;
	for (size_t i = 0; !current && i <= config->formerly_count; i++) {
		char *name = xasprintf("%s%s", section_path(config, i),
		    format_extension(FORMAT_ATOM));
		size_t length = 0;
		char *bytes = NULL;
		current =
		    known->hash != 0 && publish_is_current(publisher, name,
					    known->length, known->mtime_s);
		if (!current && !found)
			bytes = publish_read(publisher, name,
			    ATOM_READ_MAX_BYTES, &length, &file->mtime_s);
		if (bytes != NULL && atom_read(bytes, length, feed, NULL) &&
		    is_of(feed, config, state)) {
			file->hash = hash_bytes(bytes, length);
			file->length = (int64_t)length;
			found = true;
		} else if (bytes != NULL)
			atom_feed_clear(feed);
		free(bytes);
		free(name);
	}
	return found && !current;
}

bool
restore_section(struct store *store, struct publisher *publisher,
    const struct section_config *config, struct section_state *state,
    bool has_articles, int64_t now_s, uint64_t *count, struct error *err)
{
	struct feed_file file = {0};
	struct atom_feed feed = {0};
	bool good = true;
	*count = 0;
	if (read_published(publisher, config, state, &file, &feed)) {
		restore_row(state, config, &feed, &file);
		good = (!has_articles || restore_articles(store, state, &feed,
					     now_s, count, err)) &&
		       store_save_section(store, state, err);
	}
	atom_feed_clear(&feed);
	return good;
}
