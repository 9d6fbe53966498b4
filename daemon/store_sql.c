#include "daemon/store_sql.h"

#define SECTION_COLUMNS                                                        \
	"number, path, url, etag, last_modified, validated, body_hash,"        \
	" rules_hash, due, round, good, news, failures, item_count, rounds,"   \
	" rounds_good, stage, reason, site_title, title, language, icon,"      \
	" feed_updated, feed_hash, feed_length, feed_mtime, feed_dirty, hold," \
	" asked, unread, unread_rounds, rss_hash, rss_length, rss_mtime,"      \
	" json_hash, json_length, json_mtime, category, window,"               \
	" cut_rounds, feed_id"
#define ARTICLE_COLUMNS                                                        \
	"id, link, title, author, image, category, text, published,"           \
	" precision, first_seen, changed, last_seen, position"
/* Of what a feed shows; a stub shows nothing, and rows older than version 13
 * have none. */
#define IS_WHOLE                                                               \
	"sum IN (0, sum_of(id, link, title, author, image, category, text,"    \
	" published, precision, first_seen, changed, position))"
#define ARTICLE ARTICLE_COLUMNS ", " IS_WHOLE
#define LEARNED_COLUMNS                                                        \
	"given, asked, learned, items, with_text, with_date, with_author,"     \
	" with_image, place, rules, evidence"
#define HEALED_COLUMNS                                                         \
	"given, rules, evidence, adopted, given_rounds, proposal, why, grade," \
	" seen, refused, refusals, lost"
#define INCIDENT_COLUMNS                                                       \
	"number, path, id, url, opened, changed, mended, degraded, broken,"    \
	" reason"
#define READING_COLUMNS                                                        \
	"items, links, width, broken, mojibake, beyond_latin, ending, place,"  \
	" at, rules, bad, item_rows, with_link, with_title, with_text,"        \
	" with_date, with_author, with_image, with_category, articles, fresh," \
	" stale, score, cells, repeated, menu, shape, in_shape, likeness,"     \
	" list_place"
#define DRIFT_COLUMNS                                                          \
	"rules, phase, since, suspicious, remaining, unusual, list_path,"      \
	" sketch"
#define PUT_ARTICLE                                                            \
	"INSERT INTO article (section, " ARTICLE_COLUMNS                       \
	", link_hash, key_hash, title_hash, shown, sum) VALUES"                \
	" (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,"    \
	" sum_of(?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?14))"                    \
	" ON CONFLICT (section, id) DO UPDATE SET"                             \
	" last_seen = max(last_seen, excluded.last_seen)"
/*
 * Has another section of section ?1's site such an article?  It is found by
 * itself and not section by section, for a site may have hundreds.  '/' and '0'
 * are neighbours.  The planner is told the index: without statistics it scans.
 */
#define SIBLING_HAS(index, such)                                               \
	"EXISTS (SELECT 1 FROM section AS own"                                 \
	" CROSS JOIN article INDEXED BY " index " CROSS JOIN section AS other" \
	" WHERE other.number = article.section"                                \
	" AND own.number = ?1 AND other.number <> ?1"                          \
	" AND other.path > substr(own.path, 1, instr(own.path, '/'))"          \
	" AND other.path < substr(own.path, 1, instr(own.path, '/') - 1) || "  \
	"'0' AND " such ")"
#define SIBLING_HAS_ID SIBLING_HAS("article_id", "article.id = ?2")
#define SIBLING_HAS_LINK                                                       \
	SIBLING_HAS(                                                           \
	    "article_link", "article.link_hash = ?3 AND article.link = ?4")
#define SIBLING_HAS_KEY SIBLING_HAS("article_key", "article.key_hash = ?5")
#define BY_INDEX "SELECT 1 FROM article AS i INDEXED BY article_"
#define SAME " WHERE i.section = a.section AND i.id = a.id"
#define NEWEST_ORDER " ORDER BY shown DESC, first_seen DESC, position, id"

const char *const store_sql[SQL_STATEMENTS] = {
    [SQL_BEGIN] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",
    [SQL_SECTION] = "SELECT " SECTION_COLUMNS " FROM section WHERE path = ?1",
    [SQL_SECTIONS] = "SELECT " SECTION_COLUMNS " FROM section ORDER BY path",
    [SQL_UPDATE_SECTION] =
	"UPDATE section SET url=?3, etag=?4, last_modified=?5, validated=?6,"
	" body_hash=?7, rules_hash=?8, due=?9, round=?10, good=?11, news=?12,"
	" failures=?13, item_count=?14, rounds=?15, rounds_good=?16,"
	" stage=?17, reason=?18, site_title=?19, title=?20, language=?21,"
	" icon=?22, feed_updated=?23, feed_hash=?24, feed_length=?25,"
	" feed_mtime=?26, feed_dirty=?27, hold=?28, asked=?29, unread=?30,"
	" unread_rounds=?31, rss_hash=?32, rss_length=?33, rss_mtime=?34,"
	" json_hash=?35, json_length=?36, json_mtime=?37, category=?38,"
	" window=?39, cut_rounds=?40, feed_id=?41"
	" WHERE path = ?2 AND ?1 IS NOT NULL RETURNING number",
    [SQL_INSERT_SECTION] =
	"INSERT INTO section (" SECTION_COLUMNS ") VALUES"
	" (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,"
	"?19,?20,?21,?22,?23,?24,?25,?26,?27,?28,?29,?30,?31,?32,?33,?34,?35,"
	"?36,?37,?38,?39,?40,?41) RETURNING number",
    [SQL_DIRTY] =
	"UPDATE section SET feed_dirty = 1 WHERE number = ?1 OR path ="
	" (SELECT substr(path, 1, instr(path, '/')) || 'all' FROM section"
	"  WHERE number = ?1)",
    [SQL_ID_FROM] = "SELECT id FROM article WHERE section = ?1 AND id >= ?2"
		    " ORDER BY id LIMIT 1",
    [SQL_BY_ID] =
	"SELECT " ARTICLE " FROM article WHERE section = ?1 AND id = ?2",
    [SQL_BY_LINK] = "SELECT " ARTICLE " FROM article INDEXED BY article_link"
		    " WHERE section = ?1 AND link_hash = ?2 LIMIT 4",
    [SQL_BY_KEY] = "SELECT " ARTICLE " FROM article INDEXED BY article_key"
		   " WHERE section = ?1 AND key_hash = ?2"
		   " ORDER BY first_seen DESC LIMIT 4",
    [SQL_BY_TITLE] = "SELECT " ARTICLE " FROM article INDEXED BY article_title"
		     " WHERE section = ?1 AND title_hash = ?2"
		     " ORDER BY first_seen DESC LIMIT 8",
    /* known after all: never announced again (P2) */
    [SQL_FRESH] = PUT_ARTICLE,
    /* by id, by address, or by an address folded that is one article's */
    [SQL_REPEATED] =
	"INSERT OR IGNORE INTO repeated SELECT ?1, ?2 WHERE NOT EXISTS"
	" (SELECT 1 FROM article WHERE section = ?1 AND id = ?2)"
	" AND (" SIBLING_HAS_ID " OR " SIBLING_HAS_LINK
	" OR (NOT EXISTS (SELECT 1 FROM article INDEXED BY article_key"
	"  WHERE section = ?1 AND key_hash = ?5) AND " SIBLING_HAS_KEY "))",
    [SQL_CHANGED] =
	PUT_ARTICLE ", changed = max(changed, excluded.changed),"
		    " published = excluded.published,"
		    " precision = excluded.precision,"
		    " shown = min(excluded.shown, first_seen),"
		    " link = excluded.link, link_hash = excluded.link_hash,"
		    " key_hash = excluded.key_hash, title = excluded.title,"
		    " title_hash = excluded.title_hash,"
		    " author = excluded.author, image = excluded.image,"
		    " category = excluded.category, text = excluded.text,"
		    " sum = sum_of(id, excluded.link, excluded.title,"
		    "  excluded.author, excluded.image, excluded.category,"
		    "  excluded.text, excluded.published, excluded.precision,"
		    "  first_seen, max(changed, excluded.changed), position)",
    [SQL_LAST_SEEN] =
	"SELECT last_seen FROM article WHERE section = ?1 AND id = ?2",
    [SQL_SEEN] = "UPDATE article SET last_seen = ?3"
		 " WHERE section = ?1 AND id = ?2",
    [SQL_NEWEST] =
	"SELECT " ARTICLE ", shown FROM article"
	" WHERE section = ?1 AND title IS NOT NULL" NEWEST_ORDER " LIMIT ?2",
    [SQL_SITE] = "SELECT number, category FROM section"
		 " WHERE path > ?1 AND path < ?2 ORDER BY number",
    [SQL_SITE_NEWEST] =
	"SELECT id, shown, first_seen, position FROM article"
	" WHERE section = ?1 AND title IS NOT NULL AND NOT EXISTS"
	"  (SELECT 1 FROM repeated WHERE repeated.section = ?1"
	"   AND repeated.id = article.id)" NEWEST_ORDER " LIMIT ?2",
    [SQL_TIMES] =
	"SELECT shown, first_seen, precision FROM article"
	" WHERE section = ?1 AND title IS NOT NULL" NEWEST_ORDER " LIMIT ?2",
    /* each count through its smallest index */
    [SQL_COUNT] = "SELECT (SELECT count(*) FROM article INDEXED BY"
		  "  article_title WHERE section = ?1),"
		  " (SELECT count(*) FROM article INDEXED BY article_unseen"
		  "  WHERE section = ?1 AND title IS NOT NULL)",
    [SQL_SITE_COUNT] =
	"SELECT (SELECT count(*) FROM article INDEXED BY article_title"
	"  WHERE section = ?1)"
	" - (SELECT count(*) FROM repeated WHERE section = ?1)",
    [SQL_NEXT_SECTION] =
	"SELECT number FROM section WHERE number > ?1 ORDER BY number LIMIT 1",
    [SQL_NEXT_TABLE] = "SELECT name FROM sqlite_schema WHERE type = 'table'"
		       " AND name > ?1 AND name <> 'article'"
		       " AND name NOT LIKE 'sqlite%' ORDER BY name LIMIT 1",
    /* each article, and whether every index leads to it */
    [SQL_CHECK] =
	"SELECT " ARTICLE ", EXISTS (" BY_INDEX "id" SAME
	") AND EXISTS (" BY_INDEX "link" SAME " AND i.link_hash = a.link_hash"
	") AND EXISTS (" BY_INDEX "key" SAME " AND i.key_hash = a.key_hash"
	"  AND i.first_seen = a.first_seen"
	") AND EXISTS (" BY_INDEX "title" SAME
	" AND i.title_hash = a.title_hash AND i.first_seen = a.first_seen"
	") AND (a.title IS NULL OR (EXISTS (" BY_INDEX "newest" SAME
	"  AND i.title IS NOT NULL AND i.shown = a.shown"
	"  AND i.first_seen = a.first_seen AND i.position = a.position"
	" ) AND EXISTS (" BY_INDEX "unseen" SAME
	"  AND i.title IS NOT NULL AND i.last_seen = a.last_seen"
	"  AND i.shown = a.shown)))"
	" FROM article AS a WHERE section = ?1 AND id > ?2"
	" ORDER BY id LIMIT ?3",
    [SQL_EDGE] = "SELECT shown FROM article"
		 " WHERE section = ?1 AND title IS NOT NULL" NEWEST_ORDER
		 " LIMIT 1 OFFSET ?2",
    [SQL_OLD] = "SELECT count(*) FROM (SELECT 1 FROM article"
		" WHERE section = ?1 AND title IS NOT NULL"
		" AND last_seen < ?2 AND shown < ?3 LIMIT ?4)",
    [SQL_STUB] = "UPDATE article SET title = NULL, text = NULL, author = NULL,"
		 " image = NULL, category = NULL, sum = 0"
		 " WHERE section = ?1 AND id IN (SELECT id FROM article"
		 "  WHERE section = ?1 AND title IS NOT NULL"
		 "  AND last_seen < ?2 AND shown < ?3"
		 "  ORDER BY last_seen LIMIT ?4)",
    [SQL_READINGS] = "SELECT " READING_COLUMNS " FROM reading"
		     " WHERE section = ?1 ORDER BY number DESC LIMIT ?2",
    [SQL_ADD_READING] =
	"INSERT INTO reading (section, number, " READING_COLUMNS ") VALUES (?1,"
	" 1 + ifnull((SELECT max(number) FROM reading WHERE section = ?1), 0),"
	" ?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,"
	"?21,?22,?23,?24,?25,?26,?27,?28,?29,?30,?31)",
    [SQL_DROP_READINGS] =
	"DELETE FROM reading WHERE section = ?1 AND number <="
	" (SELECT max(number) FROM reading WHERE section = ?1) - ?2",
    [SQL_DRIFT] = "SELECT " DRIFT_COLUMNS " FROM drift WHERE section = ?1",
    [SQL_SAVE_DRIFT] = "INSERT OR REPLACE INTO drift (section, " DRIFT_COLUMNS
		       ") VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9)",
    [SQL_LEARNED] =
	"SELECT " LEARNED_COLUMNS " FROM learned WHERE section = ?1",
    [SQL_SAVE_LEARNED] = "REPLACE INTO learned (section, " LEARNED_COLUMNS ")"
			 " VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)",
    [SQL_FORGET_LEARNED] = "DELETE FROM learned WHERE section = ?1",
    [SQL_HEALED] = "SELECT " HEALED_COLUMNS " FROM healed WHERE section = ?1",
    [SQL_SAVE_HEALED] = "REPLACE INTO healed (section, " HEALED_COLUMNS ")"
			" VALUES"
			" (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)",
    [SQL_FORGET_HEALED] = "DELETE FROM healed WHERE section = ?1",
    [SQL_ROBOTS] = "SELECT asked, answered, failing, hold, status, text"
		   " FROM robots WHERE origin = ?1",
    [SQL_SAVE_ROBOTS] =
	"INSERT INTO robots (origin, asked, answered, failing, hold, status,"
	" text) VALUES (?1,?2,?3,?4,?5,?6,?7)"
	" ON CONFLICT (origin) DO UPDATE SET asked = excluded.asked,"
	" answered = excluded.answered, failing = excluded.failing,"
	" hold = excluded.hold, status = excluded.status,"
	" text = CASE WHEN ?8 THEN excluded.text ELSE text END",
    [SQL_DROP_ROBOTS] = "DELETE FROM robots WHERE asked < ?1",
    [SQL_INCIDENTS] = "SELECT " INCIDENT_COLUMNS " FROM incident"
		      " WHERE mended = 0 OR NOT ?1"
		      " ORDER BY changed DESC, number DESC LIMIT ?2",
    [SQL_LAST_INCIDENT] = "SELECT " INCIDENT_COLUMNS " FROM incident"
			  " WHERE path = ?1 ORDER BY number DESC LIMIT 1",
    [SQL_SAVE_INCIDENT] =
	"INSERT INTO incident (" INCIDENT_COLUMNS ") VALUES"
	" (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)"
	" ON CONFLICT (number) DO UPDATE SET url = excluded.url,"
	" changed = excluded.changed, mended = excluded.mended,"
	" degraded = excluded.degraded, broken = excluded.broken,"
	" reason = excluded.reason RETURNING number",
    [SQL_DROP_INCIDENTS] =
	"DELETE FROM incident WHERE mended > 0 AND number NOT IN"
	" (SELECT number FROM incident ORDER BY changed DESC, number DESC"
	"  LIMIT ?1)",
    [SQL_OWN] = "SELECT value, made FROM own WHERE name = ?1",
};
