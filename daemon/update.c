#include "daemon/update.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/log.h"
#include "feed/atom.h"
#include "feed/hash.h"
#include "feed/identity.h"
#include "feed/memory.h"

/* A feed that waits for the batch's commit. */
struct pending {
	struct section_state *state;
	char *name;  /* below the output folder */
	char *bytes; /* NULL: the file is as it should be */
	size_t length;
	uint64_t hash;
	struct validators validators;
};

struct update {
	struct store *store;
	struct publisher *publisher;
	const char *base_url;
	struct pending *pending;
	size_t count, capacity;
	bool news; /* the open batch holds articles: commit FULL */
};

struct update *
update_new(
    struct store *store, struct publisher *publisher, const char *base_url)
{
	struct update *update = xcalloc(1, sizeof(*update));
	update->store = store;
	update->publisher = publisher;
	update->base_url = base_url;
	return update;
}

static void
pending_clear(struct pending *pending)
{
	free(pending->name);
	free(pending->bytes);
	free(pending->validators.etag);
	free(pending->validators.last_modified);
	*pending = (struct pending){0};
}

static void
update_clear(struct update *update)
{
	for (size_t i = 0; i < update->count; i++)
		pending_clear(&update->pending[i]);
	update->count = 0;
	update->news = false;
}

void
update_free(struct update *update)
{
	if (update == NULL)
		return;
	update_clear(update);
	free(update->pending);
	free(update);
}

size_t
update_pending(const struct update *update)
{
	return update->count;
}

void
update_forget(struct update *update, const struct section_state *state)
{
	for (size_t i = 0; i < update->count; i++)
		if (update->pending[i].state == state)
			update->pending[i].state = NULL;
}

char *
update_feed_name(const char *path)
{
	return xasprintf("%s.atom", path);
}

/* What the page says of itself is taken once and stays: a feed's title does
 * not change because a page's did. */
static void
infer_once(char **frozen, const char *configured, const char *found)
{
	if (*frozen == NULL && configured == NULL && found != NULL &&
	    found[0] != '\0')
		*frozen = xstrdup(found);
}

static void
infer_titles(const struct section_config *config, struct section_state *state,
    const struct extraction *read)
{
	infer_once(&state->site_title, config->site_title, read->site_title);
	infer_once(&state->title, config->title, read->heading);
	infer_once(&state->language, config->language, read->language);
	infer_once(&state->icon, NULL, read->icon);
}

static const char *
first_of(const char *a, const char *b, const char *c)
{
	return a != NULL ? a : b != NULL ? b : c;
}

static char *
render_feed(const struct update *update, const struct section_config *config,
    const struct section_state *state, const struct articles *articles,
    size_t *length, struct error *err)
{
	const char *site =
	    first_of(config->site_title, state->site_title, config->site_name);
	const char *section =
	    first_of(config->title, state->title, config->name);
	char *id = identity_of_feed(config->id_authority, config->path);
	char *title = config->feed_title != NULL
			  ? xstrdup(config->feed_title)
			  : xasprintf("%s · %s", site, section);
	char *name = update_feed_name(config->path);
	char *self = update->base_url != NULL
			 ? xasprintf("%s%s", update->base_url, name)
			 : NULL;
	struct feed_info info = {
	    .id = id,
	    .title = title,
	    .author = site,
	    .self = self,
	    .alternate = config->url,
	    .icon = state->icon,
	    .language = first_of(config->language, state->language, NULL),
	    .category = section,
	    .updated_s = state->feed_updated_s,
	    .content = (int)config->content,
	};
	char *bytes = atom_render(&info, articles, length, err);
	free(self);
	free(name);
	free(title);
	free(id);
	return bytes;
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
add_pending(struct update *update, struct pending pending)
{
	if (update->count == update->capacity) {
		update->capacity = update->capacity * 2 + 16;
		update->pending = xreallocarray(update->pending,
		    update->capacity, sizeof(*update->pending));
	}
	update->pending[update->count++] = pending;
}

bool
update_is_current(const struct update *update,
    const struct section_config *config, const struct section_state *state)
{
	if (state->feed_dirty || !state->rendered || state->feed_hash == 0)
		return false;
	char *name = update_feed_name(config->path);
	bool current = publish_is_current(
	    update->publisher, name, state->feed_length, state->feed_mtime_s);
	free(name);
	return current;
}

/* A pure function of the rows and the configuration.  Makes the feed's bytes
 * and keeps them for the flush, if the file has others. */
static bool
make_feed(struct update *update, const struct section_config *config,
    struct section_state *state, struct pending *pending, int64_t now_s,
    struct outcome *outcome, struct error *err)
{
	struct articles newest = {0};
	char *bytes = NULL;
	if (store_newest(update->store, state->number, config->entries_at_least,
		config->entries_at_most, config->entries_days, &newest, err)) {
		raise_updated(state, &newest, now_s);
		outcome->stage = "atom";
		bytes = render_feed(
		    update, config, state, &newest, &pending->length, err);
	}
	articles_clear(&newest);
	if (bytes == NULL)
		return false;
	pending->hash = hash_bytes(bytes, pending->length);
	state->rendered = true;
	if (pending->hash == state->feed_hash &&
	    publish_is_current(update->publisher, pending->name,
		(int64_t)pending->length, state->feed_mtime_s))
		free(bytes);
	else
		pending->bytes = bytes;
	return true;
}

static void
round_was_good(struct section_state *state, const struct extraction *read,
    const struct outcome *outcome, int64_t now_s)
{
	state->good_s = now_s;
	state->rounds_good++;
	state->failures = 0;
	free(state->stage);
	free(state->reason);
	state->stage = state->reason = NULL;
	if (read != NULL) {
		state->validated_s = now_s;
		state->item_count = (uint32_t)read->articles.count;
	}
	if (outcome->fresh > 0)
		state->news_s = now_s;
}

bool
update_compare(struct update *update, const struct section_config *config,
    const struct section_state *state, const struct articles *seen,
    int64_t now_s, struct difference *difference, struct error *err)
{
	struct articles known = {0};
	bool good = store_known(update->store, state->number,
	    config->id_authority, seen, &known, err);
	if (good)
		diff_articles(
		    &known, seen, config->id_authority, now_s, difference);
	articles_clear(&known);
	return good;
}

/* What the pages brought: known articles, what differs, rows. */
static bool
record_articles(struct update *update, const struct section_config *config,
    struct section_state *state, const struct extraction *read, int64_t now_s,
    struct outcome *outcome, struct error *err)
{
	struct difference difference = {0};
	if (!update_compare(update, config, state, &read->articles, now_s,
		&difference, err))
		return false;
	bool good =
	    store_record(update->store, state->number, &difference, now_s, err);
	if (good) {
		outcome->fresh = difference.fresh.count;
		outcome->changed = difference.changed.count;
	}
	difference_clear(&difference);
	return good;
}

bool
update_section(struct update *update, const struct section_config *config,
    struct section_state *state, const struct extraction *read,
    struct validators *validators, int64_t now_s, struct outcome *outcome,
    struct error *err)
{
	struct pending pending = {
	    .state = state,
	    .name = update_feed_name(config->path),
	};
	*outcome = (struct outcome){
	    .first = state->good_s == 0,
	    .stage = "store",
	};
	/* the row comes first: articles point to it */
	if (state->number == 0 &&
	    !store_save_section(update->store, state, err))
		goto out;
	if (read != NULL) {
		infer_titles(config, state, read);
		if (!record_articles(
			update, config, state, read, now_s, outcome, err))
			goto out;
	}
	if (outcome->fresh + outcome->changed > 0)
		state->feed_dirty = update->news = true;
	if (!update_is_current(update, config, state) &&
	    !make_feed(update, config, state, &pending, now_s, outcome, err))
		goto out;
	round_was_good(state, read, outcome, now_s);
	outcome->stage = "store";
	if (!store_save_section(update->store, state, err))
		goto out;
	outcome->stage = NULL;
	pending.validators = *validators;
	*validators = (struct validators){0};
	add_pending(update, pending);
	return true;
out:
	pending_clear(&pending);
	return false;
}

bool
update_unchanged(struct update *update, struct section_state *state,
    int64_t now_s, struct error *err)
{
	struct outcome nothing = {0};
	round_was_good(state, NULL, &nothing, now_s);
	return store_save_section(update->store, state, err);
}

bool
update_save(
    struct update *update, struct section_state *state, struct error *err)
{
	return store_save_section(update->store, state, err);
}

static void
take_validators(struct section_state *state, struct validators *validators)
{
	if (validators->body_hash == 0)
		return; /* what we have stays */
	free(state->etag);
	free(state->last_modified);
	state->etag = validators->etag;
	state->last_modified = validators->last_modified;
	validators->etag = validators->last_modified = NULL;
	state->body_hash = validators->body_hash;
	state->rules_hash = validators->rules_hash;
}

static void
publish_failed(struct section_state *state, const struct error *err)
{
	state->feed_dirty = true;
	state->body_hash = 0; /* the next round reads in full and mends it */
	free(state->etag);
	free(state->last_modified);
	state->etag = state->last_modified = NULL;
	if (state->stage == NULL || strcmp(state->stage, "publish") != 0)
		log_errorx("%s: the feed was not published: %s; the old one "
			   "stays and each round tries again",
		    state->path, err->reason);
	free(state->stage);
	free(state->reason);
	state->stage = xstrdup("publish");
	state->reason = xstrdup(err->reason);
}

static void
publish_pending(struct update *update, struct pending *pending, int64_t now_s)
{
	struct error err = {{0}};
	struct section_state *state = pending->state;
	int64_t mtime_s;
	if (publish_file(update->publisher, pending->name, pending->bytes,
		pending->length, now_s, state->feed_mtime_s, &mtime_s, &err)) {
		state->feed_hash = pending->hash;
		state->feed_length = (int64_t)pending->length;
		state->feed_mtime_s = mtime_s;
		free(pending->bytes);
		pending->bytes = NULL;
	} else
		publish_failed(state, &err);
}

/* Last of all: what lets the next round stop early. */
static bool
record_published(struct update *update, bool synced, struct error *err)
{
	for (size_t i = 0; i < update->count; i++) {
		struct pending *pending = &update->pending[i];
		struct section_state *state = pending->state;
		if (state == NULL)
			continue;
		if (pending->bytes == NULL && synced) { /* a 304 brings none */
			state->feed_dirty = false;
			take_validators(state, &pending->validators);
		} else if (!synced)
			state->feed_hash = 0; /* not on the disk for sure */
		if (!store_save_section(update->store, state, err))
			return false;
	}
	return store_commit(update->store, false, err);
}

void
update_abort(struct update *update)
{
	store_rollback(update->store);
	update_clear(update);
}

/* The folder that the path names, not one that was moved away. */
static void
publish_all(struct update *update, int64_t now_s)
{
	struct error err = {{0}};
	bool there = publisher_check(update->publisher, &err);
	for (size_t i = 0; i < update->count; i++) {
		struct pending *pending = &update->pending[i];
		if (pending->state == NULL || pending->bytes == NULL)
			continue;
		if (there)
			publish_pending(update, pending, now_s);
		else
			publish_failed(pending->state, &err);
	}
}

bool
update_flush(struct update *update, int64_t now_s, struct error *err)
{
	struct error sync = {{0}};
	if (!store_commit(update->store, update->news, err)) {
		update_abort(update);
		return false;
	}
	publish_all(update, now_s);
	bool synced = publish_sync(update->publisher, &sync);
	if (!synced)
		log_errorx(
		    "output: %s; its feeds are written again", sync.reason);
	bool good = record_published(update, synced, err);
	if (!good)
		store_rollback(update->store);
	update_clear(update);
	return good;
}
