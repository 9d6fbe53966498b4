#include "daemon/index.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/clock.h"
#include "daemon/incidents.h"
#include "daemon/log.h"
#include "daemon/section.h"
#include "daemon/title.h"
#include "feed/hash.h"
#include "feed/index_page.h"
#include "feed/language.h"
#include "feed/memory.h"
#include "feed/opml.h"
#include "feed/text.h"

#define PAGE_NAME "index.html"
#define OPML_NAME "index.opml"
#define ARTICLES 3     /* of a section */
#define STEP_MS 5      /* of work at a time */
#define PAUSE_MS 20    /* for others, between two steps */
#define GATHER_MS 1000 /* for more of the same batch, before the first */
#define SHARE 100      /* it works one in so many milliseconds at most */
#define REST_MS 2000   /* and not sooner again than after that */
#define AGAIN_MS 60000 /* after a failure */
#define TIMES_S 3600   /* then times of reading are news */
#define TITLE_CHARACTERS 300
#define MAX_BYTES ((size_t)256 << 20) /* of a page read back */

/* A published file, as we know it to be there. */
struct listed {
	const char *name;
	uint64_t hash;  /* of what is news at once; 0: not known */
	uint64_t whole; /* of all its bytes */
	int64_t length, mtime_s;
};

struct index {
	struct store *store;
	struct publisher *publisher;
	const struct incidents *incidents;
	const struct config *config;
	struct section *const *sections;
	size_t count;
	char *address;
	bool is_touched;
	int64_t next_ms;  /* no step before */
	int64_t times_ms; /* then the times of reading are looked at */
	/* the page under way: begun while html.length > 0 */
	struct buffer html;
	struct opml *opml; /* NULL: no address to write into it */
	struct index_look look;
	size_t at;
	int64_t work_ms; /* spent on it */
	struct listed page, list;
	bool has_failed; /* and said so */
};

/* ---- life ---- */

struct index *
index_new(struct store *store, struct publisher *publisher,
    const struct incidents *incidents)
{
	struct index *index = xcalloc(1, sizeof(*index));
	index->incidents = incidents;
	index->store = store;
	index->publisher = publisher;
	index->page.name = PAGE_NAME;
	index->list.name = OPML_NAME;
	return index;
}

static void
index_drop(struct index *index)
{
	buffer_clear(&index->html);
	opml_free(index->opml);
	index->opml = NULL;
	index->at = 0;
	index->work_ms = 0;
}

void
index_free(struct index *index)
{
	if (index == NULL)
		return;
	index_drop(index);
	free(index->address);
	free(index);
}

void
index_watch(struct index *index, const struct config *config,
    struct section *const *sections, size_t count, const char *address)
{
	index_drop(index);
	free(index->address);
	index->address = NULL;
	index->config = config;
	index->sections = sections;
	index->count = count;
	if (count == 0 || config->index == INDEX_OFF) {
		index->count = 0;
		return;
	}
	index->address = xstrdup_or_null(
	    config->base_url != NULL ? config->base_url : address);
	index->is_touched = false;
	index->next_ms = 0;
	index_touch(index);
}

void
index_touch(struct index *index)
{
	int64_t soon_ms = clock_monotonic_ms() + GATHER_MS;
	if (index->count == 0 || index->is_touched)
		return;
	index->is_touched = true;
	if (index->html.length == 0 && index->next_ms < soon_ms)
		index->next_ms = soon_ms;
}

int64_t
index_wait_ms(const struct index *index, int64_t monotonic_ms)
{
	int64_t until_ms = index->next_ms;
	if (index->count == 0)
		return -1;
	if (index->html.length == 0 && !index->is_touched &&
	    until_ms < index->times_ms)
		until_ms = index->times_ms;
	return until_ms > monotonic_ms ? until_ms - monotonic_ms : 0;
}

/* ---- what it says ---- */

static const char *
language_of(
    const struct section_config *config, const struct section_state *state)
{
	return config->language != NULL ? config->language : state->language;
}

/* `on` speaks what most of its papers do. */
static bool
speaks_korean(const struct index *index)
{
	size_t korean = 0;
	if (index->config->index != INDEX_ON)
		return index->config->index == INDEX_KO;
	for (size_t i = 0; i < index->count; i++)
		korean += language_is(
		    language_of(section_configured(index->sections[i]),
			section_state(index->sections[i])),
		    "ko");
	return 2 * korean > index->count;
}

static bool
begins_site(const struct index *index, size_t at)
{
	return at == 0 ||
	       strcmp(section_configured(index->sections[at])->site_name,
		   section_configured(index->sections[at - 1])->site_name) != 0;
}

static void
index_begin(struct index *index)
{
	index->is_touched = false;
	index->look = (struct index_look){
	    .is_korean = speaks_korean(index),
	    .base_url = index->config->base_url,
	    .has_opml = index->address != NULL,
	    .feeds = index->count,
	};
	for (size_t i = 0; i < index->count; i++) {
		index->look.health[incident_health(index->incidents,
		    section_configured(index->sections[i]),
		    section_state(index->sections[i]))]++;
		index->look.sites += begins_site(index, i);
	}
	index_page_begin(&index->html, &index->look);
	if (index->address != NULL)
		index->opml = opml_new("metrofeed");
}

static void
list_feed(struct index *index, const char *title, const char *path,
    const bool *formats, const char *page)
{
	int format = 0;
	if (index->opml == NULL)
		return;
	while (format < FORMAT_COUNT - 1 && !formats[format])
		format++;
	char *line = text_line(title, strlen(title), TITLE_CHARACTERS);
	char *url = xasprintf("%s%s%s", index->address, path,
	    format_extension((enum format)format));
	opml_feed(index->opml, line, url, page);
	free(url);
	free(line);
}

static void
add_site(struct index *index, const struct section_config *config,
    const struct section_state *state)
{
	const struct section_config *all =
	    config->all != config ? config->all : NULL;
	struct index_site site = {
	    .title = title_of_site(config, state),
	    .page = config->site_url,
	    .language = language_of(config, state),
	    .all = all != NULL ? all->path : NULL,
	    .formats = all != NULL ? all->formats : NULL,
	};
	if (index->at > 0)
		index_page_site_end(&index->html);
	index_page_site(&index->html, &index->look, &site);
	if (index->opml == NULL)
		return;
	char *line =
	    text_line(site.title, strlen(site.title), TITLE_CHARACTERS);
	opml_site(index->opml, line);
	free(line);
	if (all != NULL)
		list_feed(
		    index, site.title, all->path, all->formats, site.page);
}

static bool
add_section(struct index *index, struct error *err)
{
	const struct section *section = index->sections[index->at];
	const struct section_config *config = section_configured(section);
	const struct section_state *state = section_state(section);
	struct articles newest = {0};
	if (state->number != 0 && !store_newest(index->store, state->number,
				      ARTICLES, ARTICLES, 0, &newest, err))
		return false;
	if (begins_site(index, index->at))
		add_site(index, config, state);
	struct index_feed feed = {
	    .path = config->path,
	    .title = config->all == config ? title_of_site(config, state)
					   : title_of_section(config, state),
	    .page = config->url,
	    .language = language_of(config, state),
	    .formats = config->formats,
	    .health = incident_health(index->incidents, config, state),
	    .stage = state->stage,
	    .read_s = state->good_s,
	    .newest = &newest,
	};
	index_page_feed(&index->html, &index->look, &feed);
	list_feed(index, feed.title, feed.path, feed.formats, feed.page);
	articles_clear(&newest);
	index->at++;
	return true;
}

/* ---- publishing ---- */

static void
listed_set(struct listed *file, const char *bytes, size_t length)
{
	file->whole = hash_bytes(bytes, length);
	file->hash = strcmp(file->name, PAGE_NAME) == 0
			 ? index_page_hash(bytes, length)
			 : file->whole;
	file->length = (int64_t)length;
}

/* What lies there, be it of another run of the program. */
static void
look_at_file(struct index *index, struct listed *file)
{
	size_t length;
	if (file->hash != 0 && publish_is_current(index->publisher, file->name,
				   file->length, file->mtime_s))
		return;
	file->hash = 0;
	char *bytes = publish_read(
	    index->publisher, file->name, MAX_BYTES, &length, &file->mtime_s);
	if (bytes != NULL)
		listed_set(file, bytes, length);
	free(bytes);
}

static bool
publish_listed(struct index *index, struct listed *file, const char *bytes,
    size_t length, int64_t now_s, struct error *err)
{
	look_at_file(index, file);
	struct listed made = *file;
	listed_set(&made, bytes, length);
	/* a clock that went back makes it old, too */
	bool is_old = now_s - file->mtime_s >= TIMES_S ||
		      file->mtime_s - now_s >= TIMES_S;
	if (made.hash == file->hash && (made.whole == file->whole || !is_old))
		return true;
	if (!publish_file(index->publisher, file->name, bytes, length, now_s,
		file->mtime_s, &made.mtime_s, err))
		return false;
	*file = made;
	return true;
}

static bool
publish_both(struct index *index, int64_t now_s, struct error *err)
{
	size_t length;
	if (!publisher_check(index->publisher, err) ||
	    !publish_listed(index, &index->page, index->html.bytes,
		index->html.length, now_s, err))
		return false;
	char *bytes = NULL;
	bool good = true;
	if (index->opml != NULL) {
		bytes = opml_finish(index->opml, &length, err);
		good = bytes != NULL && publish_listed(index, &index->list,
					    bytes, length, now_s, err);
	}
	free(bytes);
	return publish_sync(index->publisher, good ? err : NULL) && good;
}

/* ---- when ---- */

/* What is left to do, but not after until_ms; false if that was too soon. */
static bool
index_work(struct index *index, int64_t until_ms, int64_t now_s)
{
	struct error err = {{0}};
	bool good = true;
	if (index->html.length == 0)
		index_begin(index);
	while (good && index->at < index->count) {
		good = add_section(index, &err);
		if (good && clock_monotonic_ms() >= until_ms)
			return false;
	}
	if (good) {
		index_page_site_end(&index->html);
		index_page_end(&index->html, &index->look);
		good = publish_both(index, now_s, &err);
	}
	/* what keeps the feeds from the output has been said */
	if (!good && !index->has_failed &&
	    publisher_trouble(index->publisher)->reason == NULL)
		log_errorx("index: %s; tried again", err.reason);
	index->has_failed = !good;
	index->is_touched |= !good;
	return true;
}

/* When the file is old enough for times of reading to be news. */
static int64_t
until_times_ms(const struct index *index, int64_t now_s)
{
	int64_t left_s = index->page.mtime_s + TIMES_S - now_s;
	return (left_s < 0 || left_s > TIMES_S ? TIMES_S : left_s) * 1000;
}

void
index_step(struct index *index, int64_t monotonic_ms, int64_t now_s)
{
	bool done = index_work(index, monotonic_ms + STEP_MS, now_s);
	int64_t end_ms = clock_monotonic_ms();
	index->work_ms += end_ms - monotonic_ms;
	if (!done) {
		index->next_ms = end_ms + PAUSE_MS;
		return;
	}
	int64_t least_ms = index->has_failed ? AGAIN_MS : REST_MS;
	int64_t rest_ms = index->work_ms * SHARE;
	index->next_ms = end_ms + (rest_ms > least_ms ? rest_ms : least_ms);
	index->times_ms = end_ms + until_times_ms(index, now_s) + 1000;
	index_drop(index);
}

void
index_finish(struct index *index, int64_t now_s)
{
	if (index->count == 0)
		return;
	(void)index_work(index, INT64_MAX, now_s);
	index_drop(index);
}
