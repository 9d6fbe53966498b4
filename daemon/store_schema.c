#include "daemon/store_schema.h"

/*
 * SQLite keeps the comments: `.schema` shows them.  Times are Unix seconds, 0
 * is none.  The long text comes last, so that the columns before it are read
 * without its pages.
 */
static const char version_1[] =
    "CREATE TABLE section (\n"
    " number INTEGER PRIMARY KEY,\n"
    " path TEXT NOT NULL UNIQUE, -- site/section\n"
    " url TEXT, -- the page\n"
    " etag TEXT, -- validators of the last good answer\n"
    " last_modified TEXT,\n"
    " validated INTEGER NOT NULL, -- last full answer\n"
    " body_hash INTEGER NOT NULL, -- of its bytes\n"
    " rules_hash INTEGER NOT NULL, -- of the rules they were read by\n"
    " due INTEGER NOT NULL, -- next round\n"
    " round INTEGER NOT NULL, -- last round\n"
    " good INTEGER NOT NULL, -- last good round\n"
    " news INTEGER NOT NULL, -- last round with a new article\n"
    " failures INTEGER NOT NULL, -- in a row\n"
    " item_count INTEGER NOT NULL, -- articles on the page\n"
    " rounds INTEGER NOT NULL, -- ever\n"
    " rounds_good INTEGER NOT NULL,\n"
    " stage TEXT, -- what fails; null when good\n"
    " reason TEXT,\n"
    " site_title TEXT, -- inferred once, then frozen\n"
    " title TEXT,\n"
    " language TEXT,\n"
    " icon TEXT,\n"
    " feed_updated INTEGER NOT NULL, -- never goes back\n"
    " feed_hash INTEGER NOT NULL, -- of the published file\n"
    " feed_length INTEGER NOT NULL,\n"
    " feed_mtime INTEGER NOT NULL, -- never goes back\n"
    " feed_dirty INTEGER NOT NULL, -- the file may lag behind the articles\n"
    " hold INTEGER NOT NULL -- not asked before: the site's Retry-After\n"
    ") STRICT;\n"
    "CREATE TABLE article (\n"
    " section INTEGER NOT NULL REFERENCES section (number),\n"
    " id TEXT NOT NULL, -- minted once; never changes, is never deleted\n"
    " published INTEGER NOT NULL, -- what page or address said\n"
    " precision INTEGER NOT NULL, -- 0 none, year, month, day, relative,\n"
    "                             -- minute, 6 second\n"
    " first_seen INTEGER NOT NULL, -- frozen\n"
    " changed INTEGER NOT NULL, -- first seen or last edit\n"
    " last_seen INTEGER NOT NULL, -- on the page; to the day\n"
    " shown INTEGER NOT NULL, -- published, not after first_seen\n"
    " position INTEGER NOT NULL, -- on the page, at first sight\n"
    " link_hash INTEGER NOT NULL,\n"
    " key_hash INTEGER NOT NULL, -- of the link, folded for comparing\n"
    " title_hash INTEGER NOT NULL,\n"
    " link TEXT NOT NULL,\n"
    " title TEXT, -- null: a stub, off every feed and long unseen\n"
    " author TEXT,\n"
    " image TEXT,\n"
    " category TEXT,\n"
    " text TEXT,\n"
    " PRIMARY KEY (section, id)\n"
    ") STRICT, WITHOUT ROWID;\n"
    "CREATE INDEX article_link ON article (section, link_hash);\n"
    "CREATE INDEX article_key ON article\n"
    " (section, key_hash, first_seen DESC);\n"
    "CREATE INDEX article_title ON article\n"
    " (section, title_hash, first_seen DESC);\n"
    "CREATE INDEX article_newest ON article\n"
    " (section, shown DESC, first_seen DESC, position, id)\n"
    " WHERE title IS NOT NULL;\n"
    "CREATE INDEX article_unseen ON article (section, last_seen, shown)\n"
    " WHERE title IS NOT NULL;\n"
    "-- For people with the sqlite3 shell; times are UTC.\n"
    "CREATE VIEW articles AS\n"
    " SELECT section.path AS section, article.title AS title, link, author,\n"
    "  datetime(shown, 'unixepoch') AS published,\n"
    "  datetime(first_seen, 'unixepoch') AS first_seen,\n"
    "  nullif(datetime(changed, 'unixepoch'),\n"
    "   datetime(first_seen, 'unixepoch')) AS edited,\n"
    "  article.title IS NULL AS stub, id, text\n"
    " FROM article JOIN section ON section.number = article.section\n"
    " ORDER BY section.path, shown DESC, first_seen DESC, position, id;\n"
    "CREATE VIEW sections AS\n"
    " SELECT path AS section, url,\n"
    "  (SELECT count(*) FROM article\n"
    "   WHERE article.section = section.number) AS articles,\n"
    "  datetime(nullif(good, 0), 'unixepoch') AS last_good,\n"
    "  datetime(nullif(news, 0), 'unixepoch') AS last_news,\n"
    "  datetime(nullif(due, 0), 'unixepoch') AS next,\n"
    "  failures, stage, reason\n"
    " FROM section ORDER BY path;\n";

static const char version_2[] =
    "CREATE TABLE robots (\n"
    " origin TEXT PRIMARY KEY, -- scheme://host, with its port\n"
    " asked INTEGER NOT NULL, -- last request for its robots.txt\n"
    " answered INTEGER NOT NULL, -- last answer that settles it\n"
    " failing INTEGER NOT NULL, -- since when there is none\n"
    " hold INTEGER NOT NULL, -- not asked before: the site's Retry-After\n"
    " status INTEGER NOT NULL, -- of that answer\n"
    " text BLOB -- as it came; null: none, all is allowed\n"
    ") STRICT;\n";

static const char version_3[] =
    "ALTER TABLE section ADD COLUMN\n"
    " asked INTEGER NOT NULL DEFAULT 0; -- last request, of any page\n"
    "ALTER TABLE section ADD COLUMN\n"
    " unread INTEGER NOT NULL DEFAULT 0; -- page that a round could not read\n"
    "ALTER TABLE section ADD COLUMN\n"
    " unread_rounds INTEGER NOT NULL DEFAULT 0; -- that could not, in a row\n";

/* Another section of mine's site had it earlier; '/' and '0' are
 * neighbours. */
#define SHOWN_BEFORE(index, same)                                              \
	" EXISTS (SELECT 1 FROM section AS other\n"                            \
	"  CROSS JOIN article AS theirs" index                                 \
	" ON theirs.section = other.number\n"                                  \
	"  WHERE " same " AND other.number <> own.number\n"                    \
	"  AND other.path > substr(own.path, 1, instr(own.path, '/'))\n"       \
	"  AND other.path < substr(own.path, 1, instr(own.path, '/') - 1)"     \
	" || '0'\n"                                                            \
	"  AND (theirs.first_seen, theirs.section)"                            \
	" < (mine.first_seen, mine.section))\n"
#define SAME_LINK                                                              \
	"theirs.link_hash = mine.link_hash AND theirs.link = mine.link"

/* ALTER TABLE keeps what it is given: a comment would end the table's text. */
static const char version_4[] =
    "ALTER TABLE section ADD COLUMN rss_hash INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE section ADD COLUMN rss_length INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE section ADD COLUMN rss_mtime INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE section ADD COLUMN json_hash INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE section ADD COLUMN json_length INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE section ADD COLUMN json_mtime INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE section ADD COLUMN category TEXT;\n"
    "-- Articles that another section of the site had shown before: the\n"
    "-- site's own feed has them from there.\n"
    "CREATE TABLE repeated (\n"
    " section INTEGER NOT NULL REFERENCES section (number),\n"
    " id TEXT NOT NULL,\n"
    " PRIMARY KEY (section, id)\n"
    ") STRICT, WITHOUT ROWID;\n"
    "INSERT INTO repeated SELECT mine.section, mine.id\n"
    " FROM article AS mine JOIN section AS own ON own.number = mine.section\n"
    " WHERE" SHOWN_BEFORE("", "theirs.id = mine.id") " OR" SHOWN_BEFORE(
	" INDEXED BY article_link", SAME_LINK) ";\n";

/* window: what the list of the last full answer is known by, as a worker wrote
 * it and reads it (feed/window.h). */
static const char version_5[] = "ALTER TABLE section ADD COLUMN window BLOB;\n";

static const char version_6[] =
    "CREATE TABLE reading (\n"
    " section INTEGER NOT NULL REFERENCES section (number),\n"
    " number INTEGER NOT NULL, -- rises; the last few good rounds are kept\n"
    " items INTEGER NOT NULL, -- articles on the page\n"
    " links INTEGER NOT NULL,\n"
    " width INTEGER NOT NULL, -- of its text, in cells\n"
    " broken INTEGER NOT NULL, -- U+FFFD per 10,000 characters\n"
    " mojibake INTEGER NOT NULL, -- per 100 letters beyond ASCII\n"
    " beyond_latin INTEGER NOT NULL, -- per 100 letters\n"
    " ending INTEGER NOT NULL, -- 0 whole, 1 without an end, 2 inside a tag\n"
    " place INTEGER NOT NULL, -- hash of where it came from\n"
    " PRIMARY KEY (section, number)\n"
    ") STRICT, WITHOUT ROWID;\n"
    "ALTER TABLE section ADD COLUMN\n"
    " cut_rounds INTEGER NOT NULL DEFAULT 0; -- whose page was cut, in a "
    "row\n";

/* feed_id: of the Atom feed; minted at its first rendering, then frozen. */
static const char version_7[] =
    "ALTER TABLE section ADD COLUMN feed_id TEXT;\n";

/* By what is looked for before the section: an article is then found in all
 * sections of a site at once. */
static const char version_8[] =
    "DROP INDEX article_link;\n"
    "DROP INDEX article_key;\n"
    "CREATE INDEX article_id ON article (id, section);\n"
    "CREATE INDEX article_link ON article (link_hash, section);\n"
    "CREATE INDEX article_key ON article\n"
    " (key_hash, section, first_seen DESC);\n";

/* What rules found in a round (feed/reading.h): of rows without it, rules is
 * 0.  And where the watch over them stands (feed/drift.h). */
static const char version_9[] =
    "ALTER TABLE reading ADD COLUMN at INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE reading ADD COLUMN rules INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE reading ADD COLUMN bad INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE reading ADD COLUMN item_rows INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE reading ADD COLUMN with_link INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE reading ADD COLUMN with_title INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE reading ADD COLUMN with_text INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE reading ADD COLUMN with_date INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE reading ADD COLUMN with_author INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE reading ADD COLUMN with_image INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE reading ADD COLUMN\n"
    " with_category INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE reading ADD COLUMN articles INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE reading ADD COLUMN fresh INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE reading ADD COLUMN stale INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE reading ADD COLUMN score INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE reading ADD COLUMN cells INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE reading ADD COLUMN repeated INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE reading ADD COLUMN menu INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE reading ADD COLUMN shape INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE reading ADD COLUMN in_shape INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE reading ADD COLUMN likeness INTEGER NOT NULL DEFAULT 100;\n"
    "ALTER TABLE reading ADD COLUMN list_place INTEGER NOT NULL DEFAULT 0;\n"
    "CREATE TABLE drift (\n"
    " section INTEGER PRIMARY KEY REFERENCES section (number),\n"
    " rules INTEGER NOT NULL, -- hash of those that are watched\n"
    " phase INTEGER NOT NULL, -- 0 ok, 1 suspect, 2 drift, 3 probation\n"
    " since INTEGER NOT NULL, -- of the phase\n"
    " suspicious INTEGER NOT NULL, -- rounds in a row\n"
    " remaining INTEGER NOT NULL, -- rounds of probation\n"
    " unusual TEXT, -- what was, in the last round; null: nothing\n"
    " list_path TEXT, -- where the list stood in the last good round\n"
    " sketch BLOB -- of that page's structure, as feed/sketch.h has it\n"
    ") STRICT;\n";

static const char version_10[] =
    "CREATE TABLE learned (\n"
    " section INTEGER PRIMARY KEY REFERENCES section (number),\n"
    " given INTEGER NOT NULL, -- hash of the configured rules beside them\n"
    " asked INTEGER NOT NULL, -- when the list was last inferred for them\n"
    " learned INTEGER NOT NULL, -- when they were\n"
    " items INTEGER NOT NULL, -- articles on the page then\n"
    " with_text INTEGER NOT NULL, -- of them\n"
    " with_date INTEGER NOT NULL,\n"
    " with_author INTEGER NOT NULL,\n"
    " with_image INTEGER NOT NULL,\n"
    " place TEXT, -- where the list stood; null: not read by them yet\n"
    " rules TEXT NOT NULL, -- 'item: .story', a line each; empty: none\n"
    " evidence TEXT -- what they found, in words\n"
    ") STRICT;\n";

static const char version_11[] =
    "CREATE TABLE incident (\n"
    " number INTEGER PRIMARY KEY, -- rises\n"
    " path TEXT NOT NULL, -- site/section\n"
    " id TEXT NOT NULL, -- minted once\n"
    " url TEXT NOT NULL, -- the section's page\n"
    " opened INTEGER NOT NULL,\n"
    " changed INTEGER NOT NULL, -- opened, worse, better, mended\n"
    " mended INTEGER NOT NULL, -- 0: it lasts\n"
    " degraded TEXT, -- why; null: it is not\n"
    " broken TEXT, -- why; null: it is not\n"
    " reason TEXT NOT NULL -- the last of these\n"
    ") STRICT;\n"
    "CREATE INDEX incident_path ON incident (path, number);\n"
    "-- What this store says of itself.\n"
    "CREATE TABLE own (\n"
    " name TEXT PRIMARY KEY,\n"
    " value TEXT NOT NULL,\n"
    " made INTEGER NOT NULL\n"
    ") STRICT;\n"
    "INSERT INTO own SELECT 'status-feed', 'urn:uuid:' || substr(digits, 1, 8)"
    " || '-' || substr(digits, 9, 4) || '-4' || substr(digits, 13, 3)"
    " || '-8' || substr(digits, 16, 3) || '-' || substr(digits, 19, 12),"
    " CAST(strftime('%s', 'now') AS INTEGER)"
    " FROM (SELECT lower(hex(randomblob(15))) AS digits LIMIT 1);\n";

static const char version_12[] =
    "CREATE TABLE healed (\n"
    " section INTEGER PRIMARY KEY REFERENCES section (number),\n"
    " given INTEGER NOT NULL, -- hash of the configured rules that they heal\n"
    " rules TEXT, -- in force: 'item: .card', 'keep: date', a line each\n"
    " evidence TEXT, -- what they found, in words\n"
    " adopted INTEGER NOT NULL, -- when; 0: never\n"
    " given_rounds INTEGER NOT NULL, -- in a row that the configured ones did\n"
    " proposal TEXT, -- likewise, and not in force\n"
    " why TEXT, -- what it found, in words\n"
    " grade INTEGER NOT NULL, -- as feed/heal.h has it\n"
    " seen INTEGER NOT NULL, -- rounds that found it, one after another\n"
    " refused TEXT, -- rules that were in force and did not hold\n"
    " refusals INTEGER NOT NULL, -- how often; 3: for good\n"
    " lost INTEGER NOT NULL -- bit i: field i was dead in the last round\n"
    ") STRICT;\n";

/* Of each row that is written from now on. */
static const char version_13[] =
    "ALTER TABLE article ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;\n";

const char *const store_schema[STORE_VERSION] = {version_1, version_2,
    version_3, version_4, version_5, version_6, version_7, version_8, version_9,
    version_10, version_11, version_12, version_13};
