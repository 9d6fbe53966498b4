#include "daemon/update.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/documents.h"
#include "daemon/log.h"
#include "daemon/restore.h"
#include "daemon/title.h"
#include "feed/memory.h"

/* A round of all sections ends many batches, and each could hold one article of
 * every site. */
#define SITE_GAP_MS 30000
/* In one flush: what is made waits for its commit. */
#define SITES_MOST 50
#define SITES_BYTES (1024 * 1024)

/* A feed that waits for the batch's commit. */
struct pending {
	struct section_state *state;
	const struct section_config *config;
	struct documents documents;
	struct validators validators;
};

/* The feed of a whole site that is no section, and its row. */
struct site {
	const struct section_config *config;
	struct section_state state;
	bool wanted;
	int64_t next_ms; /* monotonic; not made before; INT64_MIN: at once */
};

struct update {
	struct press press;
	struct pending *pending;
	size_t count, capacity;
	size_t held;         /* bytes of those that wait */
	struct site **sites; /* by number; NULL: not met yet */
	size_t site_count;
	bool news; /* the open batch holds articles: commit FULL */
};

struct update *
update_new(
    struct store *store, struct publisher *publisher, const char *base_url)
{
	struct update *update = xcalloc(1, sizeof(*update));
	update->press = (struct press){
	    .store = store,
	    .publisher = publisher,
	    .base_url = base_url,
	};
	return update;
}

void
validators_clear(struct validators *validators)
{
	free(validators->etag);
	free(validators->last_modified);
	free(validators->window);
	*validators = (struct validators){0};
}

static void
pending_clear(struct pending *pending)
{
	documents_clear(&pending->documents);
	validators_clear(&pending->validators);
	*pending = (struct pending){0};
}

static void
update_clear(struct update *update)
{
	for (size_t i = 0; i < update->count; i++)
		pending_clear(&update->pending[i]);
	update->count = update->held = 0;
	update->news = false;
}

void
update_free(struct update *update)
{
	if (update == NULL)
		return;
	update_clear(update);
	for (size_t i = 0; i < update->site_count; i++) {
		if (update->sites[i] == NULL)
			continue;
		section_state_clear(&update->sites[i]->state);
		free(update->sites[i]);
	}
	free(update->sites);
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

static bool
make_feed(struct update *update, struct pending *pending, int64_t now_s,
    const char **stage, struct error *err)
{
	pending->state->rendered =
	    documents_make(&update->press, pending->config, pending->state,
		&pending->documents, now_s, stage, err);
	return pending->state->rendered;
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
	update->held += documents_bytes(&pending.documents);
}

static bool
feed_is_current(const struct update *update,
    const struct section_config *config, const struct section_state *state)
{
	return state->rendered &&
	       documents_are_current(&update->press, config, state);
}

/* The row of the feed of the whole site, if that is not the section itself;
 * NULL and good, or NULL and err. */
static struct site *
find_site(struct update *update, const struct section_config *config,
    bool *good, struct error *err)
{
	const struct section_config *all = config->all;
	*good = true;
	if (all == NULL || all == config)
		return NULL;
	while (update->site_count <= all->number) {
		update->sites = xreallocarray(update->sites,
		    update->site_count + 1, sizeof(*update->sites));
		update->sites[update->site_count++] = NULL;
	}
	struct site *site = update->sites[all->number];
	if (site != NULL)
		return site;
	site = xcalloc(1, sizeof(*site));
	site->config = all;
	site->next_ms = INT64_MIN;
	uint64_t none;
	*good =
	    store_section(update->press.store, all->path, &site->state, err) &&
	    restore_section(update->press.store, update->press.publisher, all,
		&site->state, false, 0, &none, err);
	if (*good) {
		free(site->state.url);
		site->state.url = NULL; /* no page is asked for it */
		update->sites[all->number] = site;
		return site;
	}
	free(site);
	return NULL;
}

bool
update_is_current(struct update *update, const struct section_config *config,
    const struct section_state *state)
{
	bool good;
	const struct site *site = find_site(update, config, &good, NULL);
	return good && feed_is_current(update, config, state) &&
	       (site == NULL ||
		   feed_is_current(update, site->config, &site->state));
}

/* What the site's feed says of the section's articles; kept in the row, for
 * it outlives the section.  True if it is another than before. */
static bool
set_category(const struct section_config *config, struct section_state *state)
{
	/* before there were sections nobody knew to which they belong */
	const char *category =
	    config->all == config ? NULL : title_of_section(config, state);
	if (category == state->category ||
	    (category != NULL && state->category != NULL &&
		strcmp(category, state->category) == 0))
		return false;
	free(state->category);
	state->category = xstrdup_or_null(category);
	return true;
}

bool
update_adopt(struct update *update, const struct section_config *config,
    struct section_state *state, int64_t now_s, struct error *err)
{
	uint64_t restored;
	if (!restore_section(update->press.store, update->press.publisher,
		config, state, true, now_s, &restored, err))
		return false;
	if (restored > 0) {
		log_warnx("%s: %llu articles that the store did not know "
			  "were taken back from the published feed",
		    state->path, (unsigned long long)restored);
		update->news = true;
	}
	/* a section that was never read has no articles to name */
	return !set_category(config, state) || state->number == 0 ||
	       store_save_section(update->press.store, state, err);
}

static void
clear_fault(struct section_state *state)
{
	free(state->stage);
	free(state->reason);
	state->stage = state->reason = NULL;
}

static bool
is_unpublished(const struct section_state *state)
{
	return state->stage != NULL && strcmp(state->stage, "publish") == 0;
}

static void
round_was_good(struct section_state *state, const struct extraction *read,
    const struct outcome *outcome, int64_t now_s)
{
	state->good_s = now_s;
	state->rounds_good++;
	state->failures = 0;
	if (!is_unpublished(state)) /* that ends with the files */
		clear_fault(state);
	if (read != NULL) {
		state->validated_s = now_s;
		state->item_count = (uint32_t)read->articles.count;
	}
	if (outcome->fresh > 0)
		state->news_s = now_s;
}

/* Has the page been read before, but by other rules or another program? */
static bool
is_read_anew(const struct section_state *state, uint64_t rules_hash)
{
	return state->rules_hash != 0 && state->rules_hash != rules_hash;
}

bool
update_compare(struct update *update, const struct section_config *config,
    const struct section_state *state, const struct articles *seen,
    uint64_t rules_hash, int64_t now_s, struct difference *difference,
    struct error *err)
{
	struct articles known = {0};
	bool good = store_known(update->press.store, state->number,
	    config->id_authority, seen, &known, err);
	if (good)
		diff_articles(
		    &known, seen, config->id_authority, now_s, difference);
	if (good && is_read_anew(state, rules_hash))
		difference_calm(difference, &known);
	articles_clear(&known);
	return good;
}

/* What the pages brought: known articles, what differs, rows. */
static bool
record_articles(struct update *update, const struct section_config *config,
    struct section_state *state, const struct extraction *read,
    uint64_t rules_hash, int64_t now_s, struct outcome *outcome,
    struct error *err)
{
	struct difference difference = {0};
	if (!update_compare(update, config, state, &read->articles, rules_hash,
		now_s, &difference, err))
		return false;
	bool good = store_record(
	    update->press.store, state->number, &difference, now_s, err);
	if (good) {
		outcome->fresh = difference.fresh.count;
		outcome->changed = difference.changed.count;
	}
	difference_clear(&difference);
	return good;
}

/* The site's feed has the batch's news as well; it is made once, when the
 * batch ends or its time has come. */
static void
want_site(struct update *update, struct site *site,
    const struct extraction *read, bool news)
{
	if (site == NULL)
		return;
	if (read != NULL)
		infer_titles(site->config, &site->state, read);
	if (news)
		site->state.feed_dirty = true;
	site->wanted |= !feed_is_current(update, site->config, &site->state);
}

bool
update_section(struct update *update, const struct section_config *config,
    struct section_state *state, const struct extraction *read,
    const struct reading *reading, struct validators *validators, int64_t now_s,
    struct outcome *outcome, struct error *err)
{
	struct pending pending = {.state = state, .config = config};
	bool good, renamed = false;
	*outcome = (struct outcome){
	    .first = state->good_s == 0,
	    .stage = "store",
	};
	struct site *site = find_site(update, config, &good, err);
	/* the row comes first: articles point to it */
	if (!good || (state->number == 0 &&
			 !store_save_section(update->press.store, state, err)))
		goto out;
	if (read != NULL) {
		infer_titles(config, state, read);
		renamed = set_category(config, state);
		if (!record_articles(update, config, state, read,
			validators->rules_hash, now_s, outcome, err))
			goto out;
	}
	bool news = outcome->fresh + outcome->changed > 0;
	if (news)
		state->feed_dirty = update->news = true;
	want_site(update, site, read, news || renamed);
	if (!feed_is_current(update, config, state) &&
	    !make_feed(update, &pending, now_s, &outcome->stage, err))
		goto out;
	round_was_good(state, read, outcome, now_s);
	outcome->stage = "store";
	if (!store_save_section(update->press.store, state, err) ||
	    (reading != NULL && !store_add_reading(update->press.store,
				    state->number, reading, err)))
		goto out;
	outcome->stage = NULL;
	pending.validators = *validators;
	*validators = (struct validators){0};
	add_pending(update, pending);
	return true;
out:
	state->rendered = false;
	pending_clear(&pending);
	return false;
}

/* ---- without a round ---- */

static bool
was_published(const struct section_state *state)
{
	bool was = state->feed_dirty;
	for (int i = 0; i < FORMAT_COUNT; i++)
		was |= state->files[i].hash != 0;
	return was && state->number != 0;
}

static bool
wants_files(const struct update *update, const struct section_config *config,
    struct section_state *state, bool thorough)
{
	if (!was_published(state))
		return false;
	if (thorough && documents_are_current(&update->press, config, state))
		documents_compare(&update->press, config, state);
	return !documents_are_current(&update->press, config, state);
}

static bool
is_pending(const struct update *update, const struct section_state *state)
{
	for (size_t i = 0; i < update->count; i++)
		if (update->pending[i].state == state)
			return true;
	return false;
}

bool
update_republish(struct update *update, const struct section_config *config,
    struct section_state *state, bool thorough, int64_t now_s,
    struct error *err)
{
	struct pending pending = {.state = state, .config = config};
	const char *stage;
	bool good;
	struct site *site = find_site(update, config, &good, err);
	if (!good)
		return false;
	if (site != NULL && !site->wanted)
		site->wanted =
		    wants_files(update, site->config, &site->state, thorough);
	if (is_pending(update, state) ||
	    !wants_files(update, config, state, thorough))
		return true;
	if (make_feed(update, &pending, now_s, &stage, err)) {
		add_pending(update, pending);
		return true;
	}
	pending_clear(&pending);
	/* a feed that cannot be made is its rounds' affair */
	return strcmp(stage, "store") != 0;
}

/* ---- rounds ---- */

static void
take_validators(struct section_state *state, struct validators *validators)
{
	if (validators->body_hash == 0)
		return; /* what we have stays */
	free(state->etag);
	free(state->last_modified);
	free(state->window);
	state->etag = validators->etag;
	state->last_modified = validators->last_modified;
	state->window = validators->window;
	state->window_length = validators->window_length;
	validators->etag = validators->last_modified = NULL;
	validators->window = NULL;
	state->body_hash = validators->body_hash;
	state->rules_hash = validators->rules_hash;
}

bool
update_unchanged(struct update *update, struct section_state *state,
    struct validators *validators, int64_t now_s, struct error *err)
{
	struct outcome nothing = {0};
	take_validators(state, validators);
	round_was_good(state, NULL, &nothing, now_s);
	return store_save_section(update->press.store, state, err);
}

bool
update_save(
    struct update *update, struct section_state *state, struct error *err)
{
	return store_save_section(update->press.store, state, err);
}

/* The row says so, and why; the log has it once for all feeds.  The feed can be
 * made from the store at any time, so the validators count all the same. */
static void
publish_failed(
    struct update *update, struct section_state *state, const struct error *err)
{
	trouble_meet(publisher_trouble(update->press.publisher), err->reason);
	state->feed_dirty = true;
	if (state->stage != NULL && !is_unpublished(state))
		return; /* what the last round failed for */
	clear_fault(state);
	state->stage = xstrdup("publish");
	state->reason = xstrdup(err->reason);
}

/* Nothing is on the disk for sure. */
static void
forget_files(struct section_state *state)
{
	for (int i = 0; i < FORMAT_COUNT; i++)
		state->files[i].hash = 0;
	state->feed_dirty = true;
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
		take_validators(state, &pending->validators);
		if (!synced)
			forget_files(state);
		else if (!documents_wait(
			     &pending->documents)) { /* a 304 brings none */
			state->feed_dirty = false;
			if (is_unpublished(state))
				clear_fault(state);
		}
		if (!store_save_section(update->press.store, state, err))
			return false;
	}
	return store_commit(update->press.store, false, err);
}

/* What was made of these rows was not published, and the rounds wait for the
 * store. */
void
update_abort(struct update *update)
{
	store_rollback(update->press.store);
	for (size_t i = 0; i < update->count; i++) {
		struct section_state *state = update->pending[i].state;
		if (state == NULL)
			continue;
		clear_fault(state);
		state->stage = xstrdup("store");
		state->reason = xstrdup("the round was not recorded");
		state->rendered = false;
	}
	update_clear(update);
}

/* The folder that the path names, not one that was moved away. */
static void
publish_all(struct update *update, int64_t now_s)
{
	struct error err = {{0}};
	bool there = publisher_check(update->press.publisher, &err);
	for (size_t i = 0; i < update->count; i++) {
		struct pending *pending = &update->pending[i];
		if (pending->state == NULL ||
		    !documents_wait(&pending->documents))
			continue;
		if (!there) {
			publish_failed(update, pending->state, &err);
			continue;
		}
		if (!documents_publish(&update->press, pending->config,
			pending->state, &pending->documents, now_s, &err))
			publish_failed(update, pending->state, &err);
		there = !publish_is_stuck(update->press.publisher);
	}
}

/* A feed that cannot be made stays as it is; the batch goes on. */
static void
make_site(struct update *update, struct site *site, int64_t now_s)
{
	struct section_state *state = &site->state;
	struct pending pending = {.state = state, .config = site->config};
	struct error err = {{0}};
	const char *stage;
	bool was_good = state->stage == NULL;
	if (!is_unpublished(state))
		clear_fault(state);
	if (make_feed(update, &pending, now_s, &stage, &err)) {
		add_pending(update, pending);
	} else {
		if (was_good)
			log_errorx("%s: %s: %s; the feed stays as it is",
			    state->path, stage, err.reason);
		state->feed_dirty = true;
		clear_fault(state);
		state->stage = xstrdup(stage);
		state->reason = xstrdup(err.reason);
		pending_clear(&pending);
	}
	/* if the store fails, the commit says so */
	(void)store_save_section(update->press.store, state, NULL);
}

static void
make_sites(struct update *update, int64_t now_s, int64_t now_ms)
{
	size_t made = 0;
	for (size_t i = 0; i < update->site_count && made < SITES_MOST; i++) {
		struct site *site = update->sites[i];
		if (made > 0 && update->held >= SITES_BYTES)
			return;
		if (site == NULL || !site->wanted || site->next_ms > now_ms)
			continue;
		made++;
		site->wanted = false;
		site->next_ms = now_ms < INT64_MAX - SITE_GAP_MS
				    ? now_ms + SITE_GAP_MS
				    : INT64_MIN;
		make_site(update, site, now_s);
	}
}

int64_t
update_wait_ms(const struct update *update, int64_t now_ms)
{
	int64_t wait_ms = -1;
	for (size_t i = 0; i < update->site_count; i++) {
		const struct site *site = update->sites[i];
		if (site == NULL || !site->wanted)
			continue;
		int64_t left_ms =
		    site->next_ms > now_ms ? site->next_ms - now_ms : 0;
		if (wait_ms == -1 || left_ms < wait_ms)
			wait_ms = left_ms;
	}
	return wait_ms;
}

bool
update_flush(
    struct update *update, int64_t now_s, int64_t now_ms, struct error *err)
{
	struct error sync = {{0}};
	make_sites(update, now_s, now_ms);
	if (!store_commit(update->press.store, update->news, err)) {
		update_abort(update);
		return false;
	}
	publish_all(update, now_s);
	bool synced = publish_sync(update->press.publisher, &sync);
	if (!synced)
		trouble_meet(
		    publisher_trouble(update->press.publisher), sync.reason);
	bool good = record_published(update, synced, err);
	if (!good)
		store_rollback(update->press.store);
	update_clear(update);
	return good;
}
