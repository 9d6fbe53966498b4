#include "tests/simulate/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/judge.h"
#include "daemon/past.h"
#include "daemon/publish.h"
#include "daemon/store.h"
#include "daemon/update.h"
#include "feed/memory.h"
#include "tests/simulate/loop.h"

#define TIMES_MAX 4000 /* as the store's */

/* A section's row, and when each of its articles was first seen (0: not). */
struct row {
	struct section_state saved, written; /* path NULL: there is none */
	int64_t *seen_s;
};

struct record {
	struct robots_record saved, written; /* origin NULL: none */
	char *text;                          /* saved with the others */
	size_t length;
	bool has_text;
};

/* An article of the batch. */
struct mark {
	size_t section, number;
	bool is_news; /* not of the section's first page */
};

static struct {
	struct press *press;
	struct row *rows;
	struct record *records;
	struct mark *marks;
	size_t mark_count, mark_capacity;
	bool has_batch, is_dead;
} memory;

struct store {
	int dummy;
};
struct update {
	int dummy;
};
struct publisher {
	int dummy;
};

/* ---- rows ---- */

static struct section_state
state_copy(const struct section_state *state)
{
	struct section_state copy = *state;
	copy.path = xstrdup(state->path);
	copy.url = xstrdup_or_null(state->url);
	copy.etag = xstrdup_or_null(state->etag);
	copy.stage = xstrdup_or_null(state->stage);
	copy.reason = xstrdup_or_null(state->reason);
	copy.last_modified = copy.window = copy.site_title = copy.title = NULL;
	copy.language = copy.icon = copy.category = NULL;
	copy.window_length = 0;
	return copy;
}

void
section_state_clear(struct section_state *state)
{
	free(state->path);
	free(state->url);
	free(state->etag);
	free(state->stage);
	free(state->reason);
	*state = (struct section_state){0};
}

bool
section_state_is_refused(const struct section_state *state)
{
	return state->stage != NULL && strcmp(state->stage, "robots") == 0 &&
	       state->failures == 0;
}

static struct row *
row_of(const char *path)
{
	size_t host, section;
	if (sscanf(path, "h%zu/s%zu", &host, &section) != 2 ||
	    section >= memory.press->section_count)
		abort();
	return &memory.rows[section];
}

static struct record *
record_of(const char *origin)
{
	size_t host;
	if (sscanf(origin, "https://h%zu.example", &host) != 1 ||
	    host >= memory.press->host_count)
		abort();
	return &memory.records[host];
}

void
memory_begin(struct press *press)
{
	memory.press = press;
	memory.rows = xcalloc(press->section_count, sizeof(*memory.rows));
	memory.records = xcalloc(press->host_count, sizeof(*memory.records));
	for (size_t i = 0; i < press->section_count; i++)
		memory.rows[i].seen_s =
		    xcalloc(press->sections[i].beat.count + 1, sizeof(int64_t));
}

void
memory_end(void)
{
	memory_kill();
	for (size_t i = 0; i < memory.press->section_count; i++) {
		section_state_clear(&memory.rows[i].saved);
		free(memory.rows[i].seen_s);
	}
	for (size_t i = 0; i < memory.press->host_count; i++) {
		robots_record_clear(&memory.records[i].saved);
		free(memory.records[i].text);
	}
	free(memory.rows);
	free(memory.records);
	free(memory.marks);
	memset(&memory, 0, sizeof(memory));
}

/* What was written is forgotten, or becomes what is saved. */
static void
end_batch(bool is_saved)
{
	for (size_t i = 0; i < memory.press->section_count; i++) {
		struct row *row = &memory.rows[i];
		if (row->written.path == NULL)
			continue;
		struct section_state *gone =
		    is_saved ? &row->saved : &row->written;
		section_state_clear(gone);
		if (is_saved)
			row->saved = row->written;
		row->written = (struct section_state){0};
	}
	for (size_t i = 0; i < memory.press->host_count; i++) {
		struct record *record = &memory.records[i];
		if (record->written.origin == NULL)
			continue;
		if (is_saved && record->has_text) {
			free(record->text);
			record->text = record->written.text;
			record->length = record->written.length;
			record->written.text = NULL;
		}
		free(record->written.text);
		record->written.text = NULL;
		robots_record_clear(
		    is_saved ? &record->saved : &record->written);
		if (is_saved)
			record->saved = record->written;
		record->written = (struct robots_record){0};
		record->has_text = false;
	}
	for (size_t i = 0; i < memory.mark_count; i++) {
		struct mark *mark = &memory.marks[i];
		const struct beat *beat =
		    &memory.press->sections[mark->section].beat;
		if (!is_saved)
			memory.rows[mark->section].seen_s[mark->number] = 0;
		else if (mark->is_news)
			ledger_found(memory.press->ledger, mark->section,
			    (beat->times_s[mark->number] -
				memory.press->begin_s) *
				1000);
	}
	memory.mark_count = 0;
	memory.has_batch = false;
}

void
memory_kill(void)
{
	end_batch(false);
	memory.is_dead = true;
}

/* ---- store.h ---- */

struct store *
store_open(const char *directory, enum store_mode mode, struct error *err)
{
	(void)directory;
	(void)mode;
	(void)err;
	memory.is_dead = false;
	return xcalloc(1, sizeof(struct store));
}

void
store_close(struct store *store)
{
	free(store);
}

const char *
store_aside(const struct store *store)
{
	(void)store;
	return NULL;
}

bool
store_is_damaged(const struct store *store)
{
	(void)store;
	return false;
}

bool
store_renew(struct store *store, struct error *err)
{
	(void)store;
	(void)err;
	abort();
}

void
store_tell(struct store *store, const char *lines)
{
	(void)store;
	(void)lines;
}

bool
store_section(struct store *store, const char *path,
    struct section_state *state, struct error *err)
{
	(void)store;
	(void)err;
	const struct row *row = row_of(path);
	const struct section_state *from =
	    row->written.path != NULL ? &row->written : &row->saved;
	if (from->path != NULL)
		*state = state_copy(from);
	else
		*state = (struct section_state){.path = xstrdup(path)};
	return true;
}

bool
store_save_section(
    struct store *store, struct section_state *state, struct error *err)
{
	(void)store;
	(void)err;
	struct row *row = row_of(state->path);
	state->number = row - memory.rows + 1;
	if (memory.is_dead)
		return true;
	section_state_clear(&row->written);
	row->written = state_copy(state);
	memory.has_batch = true;
	return true;
}

bool
store_times(struct store *store, int64_t section, int64_t **times,
    size_t *count, int64_t *since_s, struct error *err)
{
	(void)store;
	(void)err;
	const struct press_section *listing =
	    &memory.press->sections[section - 1];
	const int64_t *seen_s = memory.rows[section - 1].seen_s;
	size_t list[TIMES_MAX], found = 0;
	*since_s = INT64_MAX;
	for (size_t i = listing->beat.count; i > 0 && found < TIMES_MAX; i--) {
		if (seen_s[i - 1] == 0)
			continue;
		list[found++] = i - 1;
		if (seen_s[i - 1] < *since_s)
			*since_s = seen_s[i - 1];
	}
	*times = xcalloc(found + 1, sizeof(**times));
	*count = 0;
	for (size_t i = 0; i < found; i++)
		if (listing->is_dated)
			(*times)[(*count)++] =
			    listing->beat.times_s[list[i]] / 60 * 60;
		else if (seen_s[list[i]] != *since_s)
			(*times)[(*count)++] = seen_s[list[i]];
	return true;
}

void
robots_record_clear(struct robots_record *record)
{
	free(record->origin);
	free(record->text);
	*record = (struct robots_record){0};
}

bool
store_robots(struct store *store, const char *origin,
    struct robots_record *record, struct error *err)
{
	(void)store;
	(void)err;
	const struct record *kept = record_of(origin);
	const struct robots_record *from =
	    kept->written.origin != NULL ? &kept->written : &kept->saved;
	*record = *from;
	record->origin = xstrdup(origin);
	const char *text = kept->has_text ? kept->written.text : kept->text;
	record->length = kept->has_text ? kept->written.length : kept->length;
	record->text = text != NULL ? xmemdup(text, record->length) : NULL;
	return true;
}

bool
store_save_robots(struct store *store, const struct robots_record *record,
    bool has_text, struct error *err)
{
	(void)store;
	(void)err;
	struct record *kept = record_of(record->origin);
	if (memory.is_dead)
		return true;
	char *text = kept->written.text;
	size_t length = kept->written.length;
	if (has_text) {
		free(text);
		length = record->length;
		text =
		    record->text != NULL ? xmemdup(record->text, length) : NULL;
	}
	free(kept->written.origin);
	kept->written = *record;
	kept->written.origin = xstrdup(record->origin);
	kept->written.text = text;
	kept->written.length = length;
	kept->has_text |= has_text;
	memory.has_batch = true;
	return true;
}

bool
store_drop_robots(struct store *store, int64_t before_s, struct error *err)
{
	(void)store;
	(void)before_s;
	(void)err;
	return true;
}

bool
store_has_batch(const struct store *store)
{
	(void)store;
	return memory.has_batch;
}

bool
store_commit(struct store *store, bool durable, struct error *err)
{
	(void)store;
	(void)durable;
	(void)err;
	end_batch(!memory.is_dead);
	return true;
}

bool
store_idle(struct store *store, int64_t now_s, struct error *err)
{
	(void)store;
	(void)now_s;
	(void)err;
	return true;
}

/* ---- update.h, and what is around it ---- */

void
validators_clear(struct validators *validators)
{
	free(validators->etag);
	free(validators->last_modified);
	free(validators->window);
	*validators = (struct validators){0};
}

struct update *
update_new(
    struct store *store, struct publisher *publisher, const char *base_url)
{
	(void)store;
	(void)publisher;
	(void)base_url;
	return xcalloc(1, sizeof(struct update));
}

void
update_free(struct update *update)
{
	free(update);
}

bool
update_adopt(struct update *update, const struct section_config *config,
    struct section_state *state, int64_t now_s, struct error *err)
{
	(void)update;
	(void)config;
	(void)state;
	(void)now_s;
	(void)err;
	return true;
}

bool
update_is_current(struct update *update, const struct section_config *config,
    const struct section_state *state)
{
	(void)update;
	(void)config;
	(void)state;
	return true;
}

/* "https://h3.example/article/17-204" */
static int64_t *
seen_of(const struct article *article, size_t *section, size_t *number)
{
	size_t host;
	if (sscanf(article->link, "https://h%zu.example/article/%zu-%zu", &host,
		section, number) != 3)
		abort();
	return &memory.rows[*section].seen_s[*number];
}

bool
update_compare(struct update *update, const struct section_config *config,
    const struct section_state *state, const struct articles *seen,
    uint64_t rules_hash, int64_t now_s, struct difference *difference,
    struct error *err)
{
	(void)update;
	(void)config;
	(void)state;
	(void)rules_hash;
	(void)now_s;
	(void)err;
	size_t section, number;
	for (size_t i = 0; i < seen->count; i++)
		if (*seen_of(&seen->list[i], &section, &number) == 0)
			articles_add(
			    &difference->fresh, article_copy(&seen->list[i]));
	return true;
}

static void
record(const struct article *article, bool is_first, int64_t now_s,
    struct outcome *outcome)
{
	size_t section, number;
	int64_t *seen_s = seen_of(article, &section, &number);
	if (*seen_s != 0 || memory.is_dead)
		return;
	if (memory.mark_count == memory.mark_capacity) {
		memory.mark_capacity = memory.mark_capacity * 2 + 64;
		memory.marks = xreallocarray(
		    memory.marks, memory.mark_capacity, sizeof(*memory.marks));
	}
	*seen_s = now_s;
	memory.marks[memory.mark_count++] =
	    (struct mark){section, number, !is_first};
	outcome->fresh++;
}

bool
update_unchanged(struct update *update, struct section_state *state,
    struct validators *validators, int64_t now_s, struct error *err)
{
	(void)update;
	if (validators->body_hash != 0) {
		free(state->etag);
		state->etag = validators->etag;
		state->body_hash = validators->body_hash;
		state->rules_hash = validators->rules_hash;
		validators->etag = NULL;
	}
	state->good_s = now_s;
	state->rounds_good++;
	state->failures = 0;
	free(state->stage);
	free(state->reason);
	state->stage = state->reason = NULL;
	return store_save_section(NULL, state, err);
}

bool
update_section(struct update *update, const struct section_config *config,
    struct section_state *state, const struct extraction *read,
    const struct reading *reading, struct validators *validators, int64_t now_s,
    struct outcome *outcome, struct error *err)
{
	(void)config;
	(void)reading;
	outcome->first = state->good_s == 0;
	for (size_t i = 0; read != NULL && i < read->articles.count; i++)
		record(&read->articles.list[i], outcome->first, now_s, outcome);
	if (read != NULL)
		state->validated_s = now_s;
	return update_unchanged(update, state, validators, now_s, err);
}

bool
update_save(
    struct update *update, struct section_state *state, struct error *err)
{
	(void)update;
	return store_save_section(NULL, state, err);
}

size_t
update_pending(const struct update *update)
{
	(void)update;
	return memory.mark_count > 0;
}

bool
update_flush(
    struct update *update, int64_t now_s, int64_t now_ms, struct error *err)
{
	(void)update;
	(void)now_s;
	(void)now_ms;
	return store_commit(NULL, true, err);
}

int64_t
update_wait_ms(const struct update *update, int64_t now_ms)
{
	(void)update;
	(void)now_ms;
	return -1;
}

void
update_abort(struct update *update)
{
	(void)update;
	abort(); /* nothing fails here */
}

void
update_forget(struct update *update, const struct section_state *state)
{
	(void)update;
	(void)state;
}

bool
past_adopt(struct store *store, const struct config *config, struct error *err)
{
	(void)store;
	(void)config;
	(void)err;
	return true;
}

struct publisher *
publisher_new(const char *output, bool lock, struct error *err)
{
	(void)output;
	(void)lock;
	(void)err;
	return xcalloc(1, sizeof(struct publisher));
}

void
publisher_free(struct publisher *publisher)
{
	free(publisher);
}

bool
judge_page(struct store *store, const struct section_config *config,
    const struct section_state *state, const struct arrival *arrival,
    const struct answer *answer, struct judgement *judgement, struct error *err)
{
	(void)store;
	(void)config;
	(void)state;
	(void)arrival;
	(void)answer;
	(void)err;
	*judgement = (struct judgement){.verdict = {.kind = VERDICT_GOOD}};
	return true;
}

/* ---- the page ---- */

void
memory_read(const struct job *job, struct answer *answer, void *arg)
{
	const struct press *press = arg;
	struct extraction *read = &answer->extraction;
	size_t section, published, skip;
	unsigned page;
	char *text = xstrndup(job->body, job->length);
	int found =
	    sscanf(text, "listing %zu %zu %u", &section, &published, &page);
	free(text);
	if (found != 3) {
		answer->stage = xstrdup("extract");
		answer->reason = xstrdup("no article found on the page");
		return;
	}
	const struct press_section *listing = &press->sections[section];
	skip = (size_t)(page - 1) * PRESS_ITEMS;
	for (size_t i = skip; i < skip + PRESS_ITEMS && i < published; i++) {
		size_t number = published - 1 - i;
		struct article article = {
		    .link = xasprintf("https://h%zu.example/article/%zu-%zu",
			listing->host, section, number),
		    .title = xasprintf("%zu-%zu", section, number),
		    .position = (int32_t)(i - skip),
		};
		articles_add(&read->articles, article);
	}
	read->item_count = (uint32_t)read->articles.count;
	read->list_path = xstrdup("ul");
	if (skip + PRESS_ITEMS < published)
		read->next_url = xasprintf("https://h%zu.example/s%zu?page=%u",
		    listing->host, section, page + 1);
}
