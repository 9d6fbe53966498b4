#include "daemon/store_db.h"

#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "feed/memory.h"

#define MAX_DAYS 100000

static int64_t
days_before(int64_t at_s, int64_t days)
{
	days = days < 0 ? 0 : days < MAX_DAYS ? days : MAX_DAYS;
	return at_s - days * 86400;
}

bool
store_newest(struct store *store, int64_t section, unsigned at_least,
    unsigned at_most, int64_t days, struct articles *articles,
    struct error *err)
{
	sqlite3_stmt *statement = store->statements[SQL_NEWEST];
	struct articles found = {0};
	int64_t since_s = 0;
	int result;
	db_bind_number(statement, 1, section);
	db_bind_number(statement, 2, at_most);
	while ((result = db_step(statement)) == SQLITE_ROW) {
		int64_t shown_s = sqlite3_column_int64(statement, 14);
		if (found.count == 0)
			since_s = days_before(shown_s, days);
		if (found.count >= at_least && shown_s < since_s) {
			result = SQLITE_DONE;
			break;
		}
		if (!db_row_is_whole(store, statement))
			break;
		articles_add(&found, db_read_article(statement));
	}
	if (result == SQLITE_DONE)
		db_articles_append(articles, &found);
	else
		db_fail(store, err, "reading articles");
	(void)sqlite3_reset(statement);
	articles_clear(&found);
	return result == SQLITE_DONE;
}

/* ---- of a whole site ---- */

/* Where an article stands in the order of the site's feed, and where its row
 * is. */
struct place {
	int64_t shown_s, first_seen_s;
	int position;
	char *id;
	size_t member;
};

struct member {
	int64_t section;
	char *category;
};

struct site {
	struct store *store;
	struct member *members;
	size_t member_count;
	struct place *places;
	size_t count, capacity;
	size_t most;     /* places that count */
	int64_t floor_s; /* older ones cannot be among them */
};

/* NEWEST_ORDER; then the section, for rows of a store that was tampered
 * with. */
static int
compare_places(const void *left, const void *right)
{
	const struct place *a = left, *b = right;
	if (a->shown_s != b->shown_s)
		return a->shown_s > b->shown_s ? -1 : 1;
	if (a->first_seen_s != b->first_seen_s)
		return a->first_seen_s > b->first_seen_s ? -1 : 1;
	if (a->position != b->position)
		return a->position < b->position ? -1 : 1;
	int order = strcmp(a->id, b->id);
	return order != 0 ? order
			  : (a->member > b->member) - (a->member < b->member);
}

/* Sorted, and no more than those that count. */
static void
site_settle(struct site *site)
{
	if (site->count > 0)
		qsort(site->places, site->count, sizeof(*site->places),
		    compare_places);
	while (site->count > site->most)
		free(site->places[--site->count].id);
	if (site->count == site->most && site->most > 0)
		site->floor_s = site->places[site->count - 1].shown_s;
}

static void
site_add(struct site *site, struct place place)
{
	if (site->count == site->capacity) {
		if (site->count >= 2 * site->most && site->count > 0)
			site_settle(site);
		else {
			site->capacity = site->capacity * 2 + 64;
			site->places = xreallocarray(site->places,
			    site->capacity, sizeof(*site->places));
		}
	}
	site->places[site->count++] = place;
}

static bool
site_members(struct site *site, const char *path)
{
	sqlite3_stmt *statement = site->store->statements[SQL_SITE];
	char *first = xstrndup(path, strcspn(path, "/") + 1);
	char *end = xstrdup(first);
	size_t capacity = 0;
	int result;
	end[strlen(end) - 1] = '0'; /* follows '/' */
	db_bind(statement, 1, first);
	db_bind(statement, 2, end);
	while ((result = db_step(statement)) == SQLITE_ROW) {
		if (site->member_count == capacity) {
			capacity = capacity * 2 + 16;
			site->members = xreallocarray(
			    site->members, capacity, sizeof(*site->members));
		}
		site->members[site->member_count++] = (struct member){
		    .section = sqlite3_column_int64(statement, 0),
		    .category = db_column(statement, 1),
		};
	}
	(void)sqlite3_reset(statement);
	(void)sqlite3_clear_bindings(statement);
	free(first);
	free(end);
	return result == SQLITE_DONE;
}

/* A section's newest, until one is older than what the others have filled. */
static bool
site_look_at(struct site *site, size_t member)
{
	sqlite3_stmt *statement = site->store->statements[SQL_SITE_NEWEST];
	int result;
	db_bind_number(statement, 1, site->members[member].section);
	db_bind_number(statement, 2, (int64_t)site->most);
	while ((result = db_step(statement)) == SQLITE_ROW) {
		int64_t shown_s = sqlite3_column_int64(statement, 1);
		if (shown_s < site->floor_s) {
			result = SQLITE_DONE;
			break;
		}
		site_add(site,
		    (struct place){
			.shown_s = shown_s,
			.first_seen_s = sqlite3_column_int64(statement, 2),
			.position = sqlite3_column_int(statement, 3),
			.id = db_column(statement, 0),
			.member = member,
		    });
	}
	(void)sqlite3_reset(statement);
	site_settle(site);
	return result == SQLITE_DONE;
}

static bool
site_read(
    const struct site *site, const struct place *place, struct article *article)
{
	sqlite3_stmt *statement = site->store->statements[SQL_BY_ID];
	const struct member *member = &site->members[place->member];
	db_bind_number(statement, 1, member->section);
	db_bind(statement, 2, place->id);
	bool good = db_step(statement) == SQLITE_ROW &&
		    db_row_is_whole(site->store, statement);
	if (good) {
		*article = db_read_article(statement);
		free(article->category);
		article->category = xstrdup_or_null(member->category);
	}
	(void)sqlite3_reset(statement);
	(void)sqlite3_clear_bindings(statement);
	return good;
}

static void
site_clear(struct site *site)
{
	for (size_t i = 0; i < site->count; i++)
		free(site->places[i].id);
	for (size_t i = 0; i < site->member_count; i++)
		free(site->members[i].category);
	free(site->places);
	free(site->members);
}

bool
store_newest_of_site(struct store *store, const char *path, unsigned at_least,
    unsigned at_most, int64_t days, struct articles *articles,
    struct error *err)
{
	struct site site = {
	    .store = store, .most = at_most, .floor_s = INT64_MIN};
	struct articles found = {0};
	struct article article;
	bool good = site_members(&site, path);
	for (size_t i = 0; good && i < site.member_count; i++)
		good = site_look_at(&site, i);
	int64_t since_s =
	    site.count > 0 ? days_before(site.places[0].shown_s, days) : 0;
	for (size_t i = 0; good && i < site.count; i++) {
		if (i >= at_least && site.places[i].shown_s < since_s)
			break;
		good = site_read(&site, &site.places[i], &article);
		if (good)
			articles_add(&found, article);
	}
	if (good)
		db_articles_append(articles, &found);
	else
		db_fail(store, err, "reading articles");
	articles_clear(&found);
	site_clear(&site);
	return good;
}

bool
store_count_of_site(struct store *store, const char *path, uint64_t *articles,
    struct error *err)
{
	struct site site = {.store = store};
	sqlite3_stmt *statement = store->statements[SQL_SITE_COUNT];
	bool good = site_members(&site, path);
	uint64_t all = 0;
	for (size_t i = 0; good && i < site.member_count; i++) {
		db_bind_number(statement, 1, site.members[i].section);
		good = db_step(statement) == SQLITE_ROW;
		if (good)
			all += (uint64_t)sqlite3_column_int64(statement, 0);
		(void)sqlite3_reset(statement);
	}
	if (good)
		*articles = all;
	else
		db_fail(store, err, "counting articles");
	site_clear(&site);
	return good;
}
