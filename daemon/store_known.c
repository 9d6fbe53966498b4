#include "daemon/store_db.h"

#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "feed/identity.h"
#include "feed/memory.h"

#define KNOWN_MAX_BYTES ((size_t)64 << 20) /* candidates for one page */
/* A paper may have eight hosts; each that minted ids costs one look a page. */
#define MAX_AUTHORITIES 32

/* Hashes, open addressing; the salt is ours alone, so that no page can choose
 * where its own fall. */
struct set {
	uint64_t salt;
	int64_t *slots; /* 0: free */
	size_t count, size;
};

static bool
set_add(struct set *set, int64_t hash)
{
	if (set->count * 2 >= set->size) {
		struct set larger = {.salt = set->salt,
		    .size = set->size == 0 ? 256 : set->size * 2};
		larger.slots = xcalloc(larger.size, sizeof(*larger.slots));
		for (size_t i = 0; i < set->size; i++)
			if (set->slots[i] != 0)
				(void)set_add(&larger, set->slots[i]);
		free(set->slots);
		*set = larger;
	}
	/* multiply and shift: Dietzfelbinger et al., 1997 */
	size_t at =
	    (size_t)((uint64_t)hash * (set->salt | 1) >> 32) & (set->size - 1);
	for (; set->slots[at] != 0; at = (at + 1) & (set->size - 1))
		if (set->slots[at] == hash)
			return false;
	set->slots[at] = hash;
	set->count++;
	return true;
}

struct known {
	struct store *store;
	struct articles found;
	struct set ids;   /* found */
	struct set asked; /* titles, links and keys looked for */
	size_t bytes;     /* of text found */
	char *authorities[MAX_AUTHORITIES]; /* others that minted ids here */
	size_t authority_count;
	struct error why; /* of a failure: the next bind would forget it */
};

/* Adds the rows of a bound look-up that are not there yet; how many it saw, or
 * -1. */
static int
look_up(struct known *known, enum statement which)
{
	sqlite3_stmt *statement = known->store->statements[which];
	int result, rows = 0;
	/* an id is always looked for: what is known by it must not be new */
	if (which != SQL_BY_ID && known->bytes > KNOWN_MAX_BYTES)
		return 0;
	while ((result = db_step(statement)) == SQLITE_ROW) {
		const char *id =
		    (const char *)sqlite3_column_text(statement, 0);
		if (!db_row_is_whole(known->store, statement))
			break;
		rows++;
		if (!set_add(&known->ids, db_hash(id)))
			continue;
		articles_add(&known->found, db_read_article(statement));
		known->bytes += (size_t)sqlite3_column_bytes(statement, 6);
	}
	if (result != SQLITE_DONE)
		db_fail(known->store, &known->why, "reading articles");
	(void)sqlite3_reset(statement);
	return result == SQLITE_DONE ? rows : -1;
}

/* Many articles of one page may have one title or link: each is asked once. */
static bool
look_up_hash(struct known *known, enum statement which, int64_t hash)
{
	int64_t mark = hash ^ (int64_t)which;
	if (!set_add(&known->asked, mark != 0 ? mark : 1))
		return true;
	db_bind_number(known->store->statements[which], 2, hash);
	return look_up(known, which) >= 0;
}

/*
 * Who else minted ids in this section: before the site moved, or id-authority
 * was set.  The ids are in order, so that each authority costs one look.
 */
static bool
find_authorities(struct known *known, int64_t section, const char *authority)
{
	sqlite3_stmt *statement = known->store->statements[SQL_ID_FROM];
	char *from = xstrdup("tag:");
	int result = SQLITE_ROW;
	for (size_t i = 0; from != NULL && i < MAX_AUTHORITIES; i++) {
		char *found = NULL;
		db_bind_number(statement, 1, section);
		db_bind(statement, 2, from);
		result = db_step(statement);
		if (result == SQLITE_ROW)
			found = identity_authority(
			    (const char *)sqlite3_column_text(statement, 0));
		else if (result != SQLITE_DONE)
			db_fail(known->store, &known->why, "reading articles");
		(void)sqlite3_reset(statement);
		(void)sqlite3_clear_bindings(statement);
		free(from);
		/* ";" follows ":", so that this is past all of its ids */
		from = found == NULL ? NULL : xasprintf("tag:%s,2026;", found);
		if (found != NULL && strcmp(found, authority) != 0)
			known->authorities[known->authority_count++] = found;
		else
			free(found);
	}
	free(from);
	return result == SQLITE_ROW || result == SQLITE_DONE;
}

/* By the number that article-link captured. */
static int
look_up_ids(
    struct known *known, const struct article *article, const char *authority)
{
	sqlite3_stmt *by_id = known->store->statements[SQL_BY_ID];
	char *id = identity_of_article(article, authority);
	int rows = 0;
	if (id != NULL) {
		db_bind(by_id, 2, id);
		rows = look_up(known, SQL_BY_ID);
		db_bind(by_id, 2, NULL);
		free(id);
	}
	if (article->key == NULL || article->key[0] == '\0')
		return rows;
	for (size_t i = 0; rows == 0 && i < known->authority_count; i++) {
		id = identity_of_article(article, known->authorities[i]);
		db_bind(by_id, 2, id);
		rows = look_up(known, SQL_BY_ID);
		db_bind(by_id, 2, NULL);
		free(id);
	}
	return rows;
}

static bool
look_up_article(
    struct known *known, const struct article *article, const char *authority)
{
	int rows = look_up_ids(known, article, authority);
	/* its own id is the surest sign: nothing else could be it */
	if (rows != 0)
		return rows > 0;
	if (article->link != NULL &&
	    (!look_up_hash(known, SQL_BY_LINK, db_hash(article->link)) ||
		!look_up_hash(
		    known, SQL_BY_KEY, db_hash_link_key(article->link))))
		return false;
	return article->title == NULL || article->title[0] == '\0' ||
	       look_up_hash(known, SQL_BY_TITLE, db_hash(article->title));
}

bool
store_known(struct store *store, int64_t section, const char *authority,
    const struct articles *seen, struct articles *known, struct error *err)
{
	struct known work = {
	    .store = store,
	    .ids = {.salt = store->salt},
	    .asked = {.salt = store->salt},
	};
	bool good = find_authorities(&work, section, authority);
	for (int which = SQL_BY_ID; which <= SQL_BY_TITLE; which++)
		db_bind_number(store->statements[which], 1, section);
	for (size_t i = 0; good && i < seen->count; i++)
		good = look_up_article(&work, &seen->list[i], authority);
	if (good)
		db_articles_append(known, &work.found);
	else
		error_set(err, "%s", work.why.reason);
	articles_clear(&work.found);
	while (work.authority_count > 0)
		free(work.authorities[--work.authority_count]);
	free(work.ids.slots);
	free(work.asked.slots);
	return good;
}
