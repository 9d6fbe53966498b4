#include "config/schema.h"

#include <string.h>

#define DAY ((int64_t)86400)
#define NAME_MAX_BYTES 64

/* clang-format off */
static const struct schema_key keys[KEY_COUNT] = {
    /* the whole program */
    [KEY_OUTPUT] = {"output", LEVEL_TOP, TYPE_PATH, .most = 3000,
	.doc = "folder of the feeds: <site>/<section>.atom and <site>/all.atom"},
    [KEY_STATE] = {"state", LEVEL_TOP, TYPE_PATH, .most = 3000,
	.doc = "folder of the database"},
    [KEY_BASE_URL] = {"base-url", LEVEL_TOP, TYPE_URL, .most = 2000,
	.doc = "where the web server shows output"},
    [KEY_LISTEN] = {"listen", LEVEL_TOP, TYPE_LISTEN, .most = 300,
	.doc = "host and port of the built-in server"},
    [KEY_INCLUDE] = {"include", LEVEL_TOP, TYPE_NODE,
	.doc = "more files with sites and rules"},
    [KEY_SITES] = {"sites", LEVEL_TOP | LEVEL_INCLUDED, TYPE_NODE,
	.doc = "the newspapers, by name"},
    [KEY_RULES] = {"rules", LEVEL_TOP | LEVEL_INCLUDED, TYPE_NODE,
	.doc = "named sets of rules, for use"},
    [KEY_DEFAULTS] = {"defaults", LEVEL_TOP, TYPE_NODE,
	.doc = "keys for all sites"},
    [KEY_CONTACT] = {"contact", LEVEL_TOP, TYPE_CONTACT, .most = 200,
	.doc = "whom a site may write to; goes into the user-agent"},
    [KEY_INDEX] = {"index", LEVEL_TOP, TYPE_CHOICE, "on",
	.choices = "on|off|ko|en",
	.doc = "list all feeds in index.html and index.opml"},
    [KEY_STATUS_OUTPUT] = {"status-output", LEVEL_TOP, TYPE_PATH, .most = 3000,
	.doc = "folder of status.atom and status.json, not for the public"},
    [KEY_ON_CHANGE] = {"on-change", LEVEL_TOP, TYPE_COMMAND, .most = 3000,
	.doc = "command to run when a section breaks, degrades or mends"},

    /* what a site or a section is */
    [KEY_TITLE] = {"title", LEVEL_SITE | LEVEL_SECTION, TYPE_TEXT, .most = 300,
	.doc = "name of the site or section"},
    [KEY_FEED_TITLE] = {"feed-title", LEVEL_SITE | LEVEL_SECTION, TYPE_TEXT,
	.most = 300, .doc = "the feed's whole title"},
    [KEY_URL] = {"url", LEVEL_SITE | LEVEL_SECTION, TYPE_URL, .most = 2048,
	.doc = "address of the site, or of the section's page"},
    [KEY_SECTIONS] = {"sections", LEVEL_SITE, TYPE_NODE,
	.doc = "the pages to watch, by name"},
    [KEY_ALL] = {"all", LEVEL_DEFAULTS | LEVEL_SITE, TYPE_TRUTH, "true",
	.doc = "write one feed of the whole site, too"},
    [KEY_FORMERLY] = {"formerly", LEVEL_SITE | LEVEL_SECTION, TYPE_NODE,
	.most = 2 * NAME_MAX_BYTES + 1,
	.doc = "former names of the site or section"},

    /* when */
    [KEY_INTERVAL] = {"interval", LEVEL_SHARED, TYPE_AUTO_DURATION, "auto",
	1, 30 * DAY, .doc = "time between two rounds"},
    [KEY_MIN_INTERVAL] = {"min-interval", LEVEL_SHARED, TYPE_DURATION, "5m",
	1, 30 * DAY, .doc = "no two rounds closer than this"},
    [KEY_MAX_INTERVAL] = {"max-interval", LEVEL_SHARED, TYPE_DURATION, "6h",
	1, 30 * DAY, .doc = "longest time that auto waits"},
    [KEY_HOST_GAP] = {"host-gap", LEVEL_SHARED, TYPE_DURATION, "2s",
	0, 600, .doc = "time between two requests to one host"},

    /* what the feed holds */
    [KEY_ENTRIES] = {"entries", LEVEL_SHARED, TYPE_ENTRIES,
	.doc = "how many articles the feed holds"},
    [KEY_CONTENT] = {"content", LEVEL_SHARED, TYPE_CHOICE, "full",
	.choices = "full|excerpt|none",
	.doc = "how much of an article's text an entry shows"},
    [KEY_FORMATS] = {"formats", LEVEL_SHARED, TYPE_FORMATS, "atom",
	.doc = "kinds of feed to write"},
    [KEY_ID_AUTHORITY] = {"id-authority", LEVEL_SHARED, TYPE_AUTHORITY,
	.most = 255, .doc = "host in the ids of articles"},
    [KEY_EMPTY_OK] = {"empty-ok", LEVEL_SHARED, TYPE_TRUTH, "false",
	.doc = "a page without articles is no fault"},

    /* how articles are found */
    [KEY_PAGES] = {"pages", LEVEL_SHARED, TYPE_PAGES, "auto", 1, 20,
	.doc = "pages read in a round, at most"},
    [KEY_NEXT_URL] = {"next-url", LEVEL_SHARED, TYPE_TEXT, .most = 2000,
	.doc = "address of the pages after the first, by their number"},
    [KEY_ARTICLE_LINK] = {"article-link", LEVEL_SHARED | LEVEL_RULES,
	TYPE_NODE, .doc = "what the link of an article looks like"},
    [KEY_ITEM] = {"item", LEVEL_SHARED | LEVEL_RULES, TYPE_NODE,
	.doc = "the parts of the page that show one article each"},
    [KEY_FIELDS] = {"fields", LEVEL_SHARED | LEVEL_RULES, TYPE_NODE,
	.doc = "where the parts of an article stand in its item"},
    [KEY_USE] = {"use", LEVEL_SHARED, TYPE_TEXT, .most = NAME_MAX_BYTES,
	.doc = "name of a set of rules"},
    [KEY_HEAL] = {"heal", LEVEL_SHARED, TYPE_CHOICE,
	.choices = "propose|auto|off",
	.doc = "what becomes of rules when the page changes"},
    [KEY_PARSER] = {"parser", LEVEL_SHARED | LEVEL_RULES, TYPE_CHOICE, "html5",
	.choices = "html5|libxml2", .doc = "how the page is parsed"},
    [KEY_ONLY] = {"only", LEVEL_SHARED, TYPE_NODE,
	.doc = "articles that match, and no others"},
    [KEY_SKIP] = {"skip", LEVEL_SHARED, TYPE_NODE,
	.doc = "no articles that match"},
    [KEY_CHARSET] = {"charset", LEVEL_SHARED, TYPE_CHARSET, .most = 40,
	.doc = "character set of the page, if it does not say the truth"},
    [KEY_LANGUAGE] = {"language", LEVEL_SHARED, TYPE_LANGUAGE, .most = 35,
	.doc = "language of the articles"},
    [KEY_TIMEZONE] = {"timezone", LEVEL_SHARED, TYPE_TIMEZONE,
	.most = 64, .doc = "zone of dates that name none"},

    /* how pages are fetched */
    [KEY_HEADERS] = {"headers", LEVEL_SHARED, TYPE_HEADERS,
	.doc = "more lines in the request"},
    [KEY_COOKIE_FILE] = {"cookie-file", LEVEL_SHARED, TYPE_PATH, .most = 3000,
	.doc = "file with the value of the Cookie header"},
    [KEY_USER_AGENT] = {"user-agent", LEVEL_SHARED, TYPE_TEXT, .most = 300,
	.doc = "how the program calls itself"},
    [KEY_ROBOTS] = {"robots", LEVEL_SHARED, TYPE_CHOICE, "obey",
	.choices = "obey|ignore",
	.doc = "whether the site's robots.txt is obeyed"},
    [KEY_PROXY] = {"proxy", LEVEL_SHARED, TYPE_PROXY, .most = 500,
	.doc = "address of a proxy"},
    [KEY_TLS] = {"tls", LEVEL_SHARED, TYPE_TLS,
	.doc = "which certificates are good"},
    [KEY_ALLOW_PRIVATE] = {"allow-private", LEVEL_SHARED, TYPE_TRUTH, "false",
	.doc = "private and loopback addresses may be read"},

    /* fields */
    [KEY_FIELD_LINK] = {"link", LEVEL_FIELDS | LEVEL_FILTER, TYPE_NODE,
	.doc = "address of the article"},
    [KEY_FIELD_TITLE] = {"title", LEVEL_FIELDS | LEVEL_FILTER, TYPE_NODE,
	.doc = "its headline"},
    [KEY_FIELD_TEXT] = {"text", LEVEL_FIELDS | LEVEL_FILTER, TYPE_NODE,
	.doc = "its text, or the first lines of it"},
    [KEY_FIELD_DATE] = {"date", LEVEL_FIELDS, TYPE_NODE,
	.doc = "when it was published"},
    [KEY_FIELD_AUTHOR] = {"author", LEVEL_FIELDS | LEVEL_FILTER, TYPE_NODE,
	.doc = "who wrote it"},
    [KEY_FIELD_IMAGE] = {"image", LEVEL_FIELDS, TYPE_NODE,
	.doc = "its picture"},
    [KEY_FIELD_CATEGORY] = {"category", LEVEL_FIELDS | LEVEL_FILTER, TYPE_NODE,
	.doc = "for only and skip"},

    /* inside maps */
    [KEY_SELECT] = {"select", LEVEL_FIELD | LEVEL_ITEM, TYPE_NODE,
	.doc = "CSS selector"},
    [KEY_XPATH] = {"xpath", LEVEL_FIELD | LEVEL_ITEM, TYPE_NODE,
	.doc = "XPath 1.0 expression"},
    [KEY_ATTRIBUTE] = {"attribute", LEVEL_FIELD, TYPE_NODE,
	.doc = "attribute to read instead of the text"},
    [KEY_PATTERN] = {"pattern", LEVEL_FIELD | LEVEL_LINK, TYPE_NODE,
	.doc = "PCRE2: the first group is the value"},
    [KEY_TEMPLATE] = {"template", LEVEL_FIELD, TYPE_NODE,
	.doc = "text to fill with the groups of pattern"},
    [KEY_FORMAT] = {"format", LEVEL_FIELD, TYPE_NODE,
	.doc = "how a date is written, as in strptime(3)"},
    [KEY_STRIP] = {"strip", LEVEL_FIELD, TYPE_NODE,
	.doc = "PCRE2: what matches is cut out"},
    [KEY_EXCLUDE] = {"exclude", LEVEL_FIELD, TYPE_NODE,
	.doc = "CSS selector of what is left out of the text"},
    [KEY_AT_LEAST] = {"at-least", LEVEL_ENTRIES, TYPE_NUMBER, "50", 1, 1000,
	.doc = "as many articles always"},
    [KEY_DAYS] = {"days", LEVEL_ENTRIES, TYPE_NUMBER, "3", 0, 365,
	.doc = "and those of so many days"},
    [KEY_AT_MOST] = {"at-most", LEVEL_ENTRIES, TYPE_NUMBER, "200", 1, 1000,
	.doc = "but never more than this"},
    [KEY_CA_FILE] = {"ca-file", LEVEL_TLS, TYPE_PATH, .most = 3000,
	.doc = "PEM file of the authorities to trust"},
    [KEY_VERIFY] = {"verify", LEVEL_TLS, TYPE_TRUTH, "true",
	.doc = "check the certificate"},
    [KEY_FILE] = {"file", LEVEL_HEADER, TYPE_PATH, .most = 3000,
	.doc = "file with the value"},
};
/* clang-format on */

const struct schema_key *
schema_key(enum key key)
{
	return &keys[key];
}

enum key
schema_find(const char *name, unsigned level)
{
	for (int key = 0; key < KEY_COUNT; key++)
		if ((keys[key].levels & level) != 0 &&
		    strcmp(keys[key].name, name) == 0)
			return (enum key)key;
	return KEY_COUNT;
}

static char
folded(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c - 'A' + 'a');
	return c == '_' ? '-' : c;
}

/* Optimal string alignment; names are short, so a small table does. */
unsigned
schema_distance(const char *a, const char *b)
{
	size_t rows = strlen(a), columns = strlen(b);
	if (rows > NAME_MAX_BYTES || columns > NAME_MAX_BYTES)
		return 1000;
	unsigned table[3][NAME_MAX_BYTES + 1];
	for (size_t j = 0; j <= columns; j++)
		table[0][j] = (unsigned)j;
	for (size_t i = 1; i <= rows; i++) {
		unsigned *row = table[i % 3];
		const unsigned *above = table[(i + 2) % 3];
		const unsigned *before = table[(i + 1) % 3];
		row[0] = (unsigned)i;
		for (size_t j = 1; j <= columns; j++) {
			char x = folded(a[i - 1]), y = folded(b[j - 1]);
			unsigned best = above[j - 1] + (x != y);
			if (above[j] + 1 < best)
				best = above[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			if (i > 1 && j > 1 && x == folded(b[j - 2]) &&
			    y == folded(a[i - 2]) && before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			row[j] = best;
		}
	}
	return table[rows % 3][columns];
}

const char *
schema_nearest(const char *name, unsigned level)
{
	const char *nearest = NULL;
	unsigned least = (unsigned)strlen(name) / 3 + 1;
	for (int key = 0; key < KEY_COUNT; key++) {
		if ((keys[key].levels & level) == 0)
			continue;
		unsigned distance = schema_distance(name, keys[key].name);
		if (distance < least ||
		    (distance == least && nearest == NULL)) {
			least = distance;
			nearest = keys[key].name;
		}
	}
	return nearest;
}

const char *
schema_place(const char *name)
{
	static const struct {
		unsigned levels;
		const char *words;
	} places[] = {
	    {LEVEL_TOP, "at the top of the file"},
	    {LEVEL_SHARED, "in defaults, in a site or in a section"},
	    {LEVEL_SITE | LEVEL_SECTION, "in a site or in a section"},
	    {LEVEL_DEFAULTS | LEVEL_SITE, "in defaults or in a site"},
	    {LEVEL_FIELDS, "in fields"},
	    {LEVEL_FIELD, "in a field of fields"},
	    {LEVEL_ENTRIES, "in entries"},
	    {LEVEL_TLS, "in tls"},
	};
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		for (int key = 0; key < KEY_COUNT; key++)
			if (strcmp(keys[key].name, name) == 0 &&
			    (keys[key].levels & places[i].levels) ==
				places[i].levels)
				return places[i].words;
	return strcmp(name, "sections") == 0 ? "in a site" : NULL;
}
