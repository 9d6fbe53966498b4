#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/config.h"
#include "feed/buffer.h"
#include "feed/memory.h"
#include "feed/pattern.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Stands in for the C library's: what goes without saying depends on it. */
static uid_t who = 1000;
uid_t geteuid(void);
uid_t
geteuid(void)
{
	return who;
}

static char *
read_all(const char *path, size_t *length)
{
	struct buffer all = {0};
	char part[4096];
	size_t got;
	FILE *file = fopen(path, "rb");
	if (file == NULL)
		return NULL;
	while ((got = fread(part, 1, sizeof(part), file)) > 0)
		buffer_add(&all, part, got);
	fclose(file);
	if (length != NULL)
		*length = all.length;
	return buffer_take(&all);
}

static char *
join(struct problems *problems)
{
	struct buffer all = {0};
	for (size_t i = 0; i < problems->count; i++)
		buffer_add_format(&all, "%s\n", problems->list[i]);
	problems_clear(problems);
	return buffer_take(&all);
}

static void
same(const char *what, const char *got, const char *wanted)
{
	if (got == NULL || wanted == NULL) {
		if (got != wanted)
			fail_msg("%s: %s, wanted %s", what,
			    got != NULL ? got : "NULL",
			    wanted != NULL ? wanted : "NULL");
		return;
	}
	if (strcmp(got, wanted) != 0)
		fail_msg("%s: got\n%s\nwanted\n%s", what, got, wanted);
}

static struct config *
parse(const char *yaml)
{
	struct problems problems = {0};
	struct config *config =
	    config_parse(yaml, strlen(yaml), "test.conf", NULL, &problems);
	if (config == NULL) {
		char *all = join(&problems);
		fail_msg("refused: %s\n%s", all, yaml);
	}
	assert_int_equal(problems.count, 0);
	return config;
}

static char *
refusal(
    const char *yaml, size_t length, const struct config_overrides *overrides)
{
	struct problems problems = {0};
	struct config *config =
	    config_parse(yaml, length, "test.conf", overrides, &problems);
	if (config != NULL) {
		config_free(config);
		return xstrdup("(none)");
	}
	return join(&problems);
}

/* --- broken files: tests/conf/NAME.conf, and NAME.txt with what is said --- */

static int
is_conf(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);
	return length > 5 && strcmp(entry->d_name + length - 5, ".conf") == 0;
}

static void
broken_files(void **state)
{
	(void)state;
	struct dirent **entries;
	int count = scandir("tests/conf", &entries, is_conf, alphasort);
	assert_true(count > 60);
	int wrong = 0;
	for (int i = 0; i < count; i++) {
		struct problems problems = {0};
		char *path = xasprintf("tests/conf/%s", entries[i]->d_name);
		char *text = xasprintf("%.*s.txt", (int)strlen(path) - 5, path);
		char *wanted = read_all(text, NULL);
		struct config *config = config_load(path, NULL, &problems);
		char *got = join(&problems);
		if (config != NULL || wanted == NULL ||
		    strcmp(got, wanted) != 0) {
			print_error("%s: got\n%s\nwanted\n%s\n", path, got,
			    wanted != NULL ? wanted : "(no file)");
			wrong++;
		}
		config_free(config);
		free(got);
		free(wanted);
		free(text);
		free(path);
		free(entries[i]);
	}
	free(entries);
	assert_int_equal(wrong, 0);
}

/* --- values: keys of a site, and what --print-config makes of them --- */

#define HEAD "output: /srv/feeds\nstate: /srv/state\n"

static const struct {
	const char *keys, *printed;
} values[] = {
    {"interval: auto", "interval: auto"},
    {"interval: 1800s", "interval: 30m"},
    {"interval: 1d", "interval: 1d"}, /* past max-interval, which is auto's */
    {"interval: \"30m\"", "interval: 30m"},
    {"interval: 1m\n    min-interval: 1m", "interval: 1m"},
    {"interval: 1s\n    min-interval: 1s\n    host-gap: 0s\n    allow-private: "
     "true",
	"interval: 1s"},
    {"min-interval: 1s\n    host-gap: 0s\n    allow-private: true",
	"host-gap: 0s"},
    {"min-interval: 6h", "min-interval: 6h"},
    {"max-interval: 30d", "max-interval: 30d"},
    {"host-gap: 10m", "host-gap: 10m"},
    {"entries: 20", "entries: {at-least: 20, days: 3, at-most: 20}"},
    {"entries: {}", "entries: {at-least: 50, days: 3, at-most: 200}"},
    {"entries: {days: 0}", "entries: {at-least: 50, days: 0, at-most: 200}"},
    {"entries: {at-least: 300}",
	"entries: {at-least: 300, days: 3, at-most: 300}"},
    {"entries: {at-most: 20}", "entries: {at-least: 20, days: 3, at-most: 20}"},
    {"entries: {at-least: 1, at-most: 1000, days: 365}",
	"entries: {at-least: 1, days: 365, at-most: 1000}"},
    {"content: excerpt", "content: excerpt"},
    {"content: none # as a title", "content: none"},
    {"formats: atom", "formats: [atom]"},
    {"formats: [atom]", "formats: [atom]"},
    {"formats: [json, rss]", "formats: [rss, json]"},
    {"formats: json", "formats: [json]"},
    {"formats: [rss, atom, json, rss]", "formats: [atom, rss, json]"},
    {"all: false", "all: false"},
    {"title: P", "all: true"},
    {"pages: 1", "pages: 1"},
    {"pages: auto", "pages: auto"},
    {"pages: 20", "pages: 20"},
    {"next-url: '?page={page}'", "next-url: '?page={page}'"},
    {"next-url: ?page={0+20}", "next-url: '?page={0+20}'"},
    {"next-url: '&page={page}'", "next-url: '&page={page}'"},
    {"next-url: index{page}.html", "next-url: 'index{page}.html'"},
    {"next-url: 'https://x.example/a/{01+1}'",
	"next-url: 'https://x.example/a/{01+1}'"},
    {"empty-ok: true", "empty-ok: true"},
    {"language: no", "language: 'no'"}, /* Norwegian */
    {"language: zh-Hant-TW", "language: 'zh-Hant-TW'"},
    {"timezone: UTC", "timezone: 'UTC'"},
    {"timezone: +09:00", "timezone: '+09:00'"},
    {"timezone: -0330", "timezone: '-0330'"},
    {"charset: EUC-KR", "charset: 'EUC-KR'"},
    {"user-agent: it's me", "user-agent: 'it''s me'"},
    {"robots: ignore", "robots: ignore"},
    {"robots: obey", "robots: obey"},
    {"proxy: socks5h://127.0.0.1:9050", "proxy: 'socks5h://127.0.0.1:9050'"},
    {"tls: {verify: false}", "tls: {verify: false}"},
    {"tls: {ca-file: config/./config.h}", "tls: {ca-file: '/"},
    {"id-authority: news@x.example", "id-authority: 'news@x.example'"},
    {"headers: {Referer: 'https://x/', X-A: {file: /dev/null}}",
	"headers: {'Referer': 'https://x/', 'X-A': {file: '/dev/null'}}"},
    {"headers: {}", "content: full"},
    {"cookie-file: /dev/null", "cookie-file: '/dev/null'"},
    {"feed-title: 'a: b'", "feed-title: 'a: b'"},
    {"parser: libxml2", "parser: libxml2"},
    {"article-link: /article/{id}", "article-link: ['/article/{id}']"},
    {"article-link: /article/{id} # the number",
	"article-link: ['/article/{id}']"},
    {"article-link: ['/a/{id}', {pattern: 'no=(\\d+)'}]",
	"article-link: ['/a/{id}', {pattern: 'no=(\\d+)'}]"},
    {"item: .row", "item: ['.row']"},
    {"item: '#list > .row'", "item: ['#list > .row']"},
    {"item: ul#list li#x", "item: ['ul#list li#x']"},
    {"item: {xpath: '//div[@class=\"row\"]'}",
	"item: [{xpath: '//div[@class=\"row\"]'}]"},
    {"item: {select: .row}", "item: ['.row']"},
    {"item: [.lead, {xpath: './/li'}, '.row']",
	"item: ['.lead', {xpath: './/li'}, '.row']"},
    {"fields: {title: h3, image: ['img@data-src', 'img@src']}",
	"fields: {title: ['h3'], image: ['img@data-src', 'img@src']}"},
    {"fields: {image: {select: img, attribute: data-src}}",
	"fields: {image: ['img@data-src']}"},
    {"fields: {link: .}", "fields: {link: ['.']}"},
    {"fields: {link: {select: a@onclick, pattern: '(\\d+)', "
     "template: '/a/{1}'}}",
	"fields: {link: [{select: 'a@onclick', pattern: '(\\d+)', "
	"template: '/a/{1}'}]}"},
    {"fields: {date: {select: .d, pattern: '\\| *(.*)$', "
     "format: '%Y년 %m월 %d일 %H:%M', strip: 'x', exclude: '.y'}}",
	"fields: {date: [{select: '.d', pattern: '\\| *(.*)$', "
	"format: '%Y년 %m월 %d일 %H:%M', strip: 'x', exclude: '.y'}]}"},
    {"only: {title: a, author: [b, '^c$']}",
	"only: {title: ['a'], author: ['b', '^c$']}"},
    {"skip: {link: '/ad/', category: 'it''s'}",
	"skip: {link: ['/ad/'], category: ['it''s']}"},
    {"only: {title: a}\n    skip: {title: b}", "skip: {title: ['b']}"},
};

static void
each_value(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(values); i++) {
		const char *keys = values[i].keys;
		char *yaml =
		    xasprintf(HEAD "sites:\n  p:\n    url: https://x.example\n"
				   "    %s\n    sections: {a: /a}\n",
			keys);
		struct config *config = parse(yaml);
		char *printed = config_print(config);
		char *line = xasprintf("    %s", values[i].printed);
		if (strstr(printed, line) == NULL)
			fail_msg("%s: not in\n%s", line, printed);
		struct config *again = parse(printed);
		char *twice = config_print(again);
		same("printed again", twice, printed);
		config_free(again);
		config_free(config);
		free(twice);
		free(line);
		free(printed);
		free(yaml);
	}
}

/* --- what comes down from where --- */

static void
inheritance(void **state)
{
	(void)state;
	static const char yaml[] = HEAD
	    "rules:\n"
	    "  board: {item: .board, fields: {title: .bt, text: .bx}}\n"
	    "  other: {item: .other, fields: {author: .oa}}\n"
	    "defaults:\n"
	    "  language: en\n"
	    "  content: none\n"
	    "  interval: 1h\n"
	    "  fields: {image: .di, title: .dt}\n"
	    "  skip: {title: ad}\n"
	    "sites:\n"
	    "  p:\n"
	    "    url: https://www.x.example:8080/home/\n"
	    "    title: Paper\n"
	    "    language: ko\n"
	    "    use: board\n"
	    "    fields: {title: .st, date: .sd}\n"
	    "    headers: {A: b, C: d}\n"
	    "    sections:\n"
	    "      a: sub\n"
	    "      b: {url: /b, language: ja, title: B, headers: {E: f}}\n"
	    "      c: {url: /c, fields: {date: [.c1, .c2]}, only: {title: x}}\n"
	    "      d: {url: /d, use: other}\n"
	    "      e: {url: 'http://other.example/', id-authority: e.example}\n"
	    "  q:\n"
	    "    sections: {a: 'https://www.q.example/x'}\n";
	struct config *config = parse(yaml);
	assert_int_equal(config->section_count, 6);
	const struct section_config *a = config_section(config, "p/a");
	const struct section_config *b = config_section(config, "p/b");
	const struct section_config *c = config_section(config, "p/c");
	const struct section_config *d = config_section(config, "p/d");
	const struct section_config *e = config_section(config, "p/e");
	const struct section_config *q = config_section(config, "q/a");
	assert_null(config_section(config, "p/x"));
	assert_null(config_section(config, ""));

	same("url", a->url, "https://www.x.example:8080/home/sub");
	same("authority", a->id_authority, "x.example");
	same("site title", a->site_title, "Paper");
	assert_null(a->title);
	assert_int_equal(a->line, 21);
	same("language", a->language, "ko");
	same("language", b->language, "ja");
	same("language", q->language, "en");
	assert_int_equal(a->content, CONTENT_NONE);
	assert_int_equal(a->interval_s, 3600);
	assert_int_equal(a->host_gap_ms, 2000);
	assert_int_equal(a->header_count, 2);
	assert_int_equal(b->header_count, 1);
	same("header", b->headers[0].name, "E");
	assert_true(a->tls_verify);

	/* the site's own > its set > defaults, field by field */
	const struct rules *rules = a->rules;
	same("item", rules->items.list[0].css, ".board");
	same("title", rules->fields[FIELD_TITLE].list[0].css, ".st");
	same("text", rules->fields[FIELD_TEXT].list[0].css, ".bx");
	same("date", rules->fields[FIELD_DATE].list[0].css, ".sd");
	same("image", rules->fields[FIELD_IMAGE].list[0].css, ".di");
	assert_int_equal(rules->filter_count, 1);
	assert_ptr_equal(a->rules, b->rules);
	assert_ptr_equal(a->rules, e->rules);
	assert_ptr_equal(a->site_title, c->site_title);

	/* a section's own; lists replace; only and skip do not touch */
	rules = c->rules;
	assert_int_equal(rules->fields[FIELD_DATE].count, 2);
	same("title", rules->fields[FIELD_TITLE].list[0].css, ".st");
	assert_int_equal(rules->filter_count, 2);

	/* a section's set takes its site's place, but not the site's fields' */
	rules = d->rules;
	same("item", rules->items.list[0].css, ".other");
	same("author", rules->fields[FIELD_AUTHOR].list[0].css, ".oa");
	same("title", rules->fields[FIELD_TITLE].list[0].css, ".st");
	assert_int_equal(rules->fields[FIELD_TEXT].count, 0);

	same("authority", e->id_authority, "e.example");
	same("authority", q->id_authority, "q.example");
	same("item", q->rules->items.count == 0 ? "none" : "some", "none");
	same("title", q->rules->fields[FIELD_TITLE].list[0].css, ".dt");
	assert_null(q->site_url);

	char *printed = config_print(config);
	struct config *again = parse(printed);
	char *twice = config_print(again);
	same("printed again", twice, printed);
	assert_int_equal(again->section_count, 6);
	for (size_t i = 0; i < 6; i++) {
		const struct section_config *x = &config->sections[i];
		const struct section_config *y = &again->sections[i];
		same("path", y->path, x->path);
		same("url", y->url, x->url);
		assert_true(rules_hash(x->rules) == rules_hash(y->rules));
	}
	config_free(again);
	config_free(config);
	free(twice);
	free(printed);
}

/* --- former names --- */

static void
same_past(const struct config *config, const char *path, const char *wanted)
{
	const struct section_config *section = config_section(config, path);
	struct buffer all = {0};
	if (section == NULL) /* the feed of a whole site */
		section = config_section(config, "new/x")->all;
	same("path", section->path, path);
	buffer_add_string(&all, "");
	for (size_t i = 0; i < section->formerly_count; i++) {
		const char *former = section->formerly[i];
		buffer_add_format(&all, "%s%s", i > 0 ? " " : "", former);
		assert_ptr_equal(config_successor(config, former), section);
	}
	same(path, all.length > 0 ? all.bytes : "", wanted);
	buffer_clear(&all);
}

static void
same_pasts(const struct config *config)
{
	same_past(config, "new/x",
	    "new/first old/first old/x older/x "
	    "older/first");
	same_past(config, "new/y", "older/y");
	same_past(config, "new/all", "old/all older/all");
	same_past(config, "other/z", "old/y old/gone");
	same_past(config, "single/all",
	    "new/second old/second older/second twin/all");
	same_past(config, "other/plain", "");
	assert_null(config_successor(config, "new/x"));
	assert_null(config_successor(config, "twin/x"));
	assert_int_equal(config->renamed_count, 3);
	same("from", config->renamed[2].from, "twin");
	same("to", config->renamed[2].to, "single");
}

/* A site's old name is one more past of each section; that which another
 * section takes by its whole name goes there. */
static void
former_names(void **state)
{
	(void)state;
	const char *yaml =
	    HEAD "sites:\n"
		 "  new:\n"
		 "    url: https://new.example\n"
		 "    formerly: [old, older]\n"
		 "    sections:\n"
		 "      x: {url: /x, formerly: [new/first, old/first]}\n"
		 "      y: /y\n"
		 "  other:\n"
		 "    url: https://other.example\n"
		 "    sections:\n"
		 "      z: {url: /z, formerly: [old/y, old/gone]}\n"
		 "      plain: /plain\n"
		 "  single:\n"
		 "    url: https://single.example\n"
		 "    formerly: [twin, new/second]\n";
	struct config *config = parse(yaml);
	char *printed = config_print(config);
	struct config *again = parse(printed);
	char *twice = config_print(again);
	same_pasts(config);
	same_pasts(again);
	same("printed again", twice, printed);
	config_free(again);
	config_free(config);
	free(twice);
	free(printed);
}

/* --- the command line, folders --- */

/* The feed of a whole site, and the site that is its own section. */
static void
whole_sites(void **state)
{
	(void)state;
	static const char yaml[] = HEAD
	    "defaults: {entries: 20, content: none}\n"
	    "sites:\n"
	    "  p:\n"
	    "    url: https://www.p.example/\n"
	    "    title: Paper\n"
	    "    formats: [rss, json]\n"
	    "    content: excerpt\n"
	    "    sections:\n"
	    "      a: {url: /a, entries: 5, formats: atom, content: full}\n"
	    "      b: /b\n"
	    "  q:\n"
	    "    id-authority: q.example\n"
	    "    sections: {a: 'https://a.example/x', b: 'https://b.example'}\n"
	    "  one:\n"
	    "    url: https://one.example/news\n"
	    "    title: One\n"
	    "    article-link: /n/{id}\n"
	    "  off: {url: 'https://off.example', all: false}\n"
	    "  none: {url: 'https://n.example', all: false, sections: {a: "
	    "a}}\n";
	struct config *config = parse(yaml);
	assert_int_equal(config->section_count, 7);
	const struct section_config *a = config_section(config, "p/a");
	const struct section_config *all = a->all;
	assert_null(config_section(config, "p/all"));
	assert_ptr_equal(config_section(config, "p/b")->all, all);
	same("path", all->path, "p/all");
	same("site", all->site_name, "p");
	same("title", all->site_title, "Paper");
	assert_null(all->title);
	same("url", all->url, "https://www.p.example/");
	same("authority", all->id_authority, "p.example");
	assert_int_equal(all->content, CONTENT_EXCERPT);
	assert_int_equal(all->entries_at_most, 20);
	assert_false(all->formats[FORMAT_ATOM]);
	assert_true(all->formats[FORMAT_RSS] && all->formats[FORMAT_JSON]);
	assert_true(a->formats[FORMAT_ATOM]);
	assert_false(a->formats[FORMAT_RSS] || a->formats[FORMAT_JSON]);
	assert_ptr_equal(all->all, all);
	assert_ptr_equal(config_site_feed(config, "p/all"), all);
	assert_null(config_site_feed(config, "one/all"));  /* a section */
	assert_null(config_site_feed(config, "none/all")); /* not wanted */

	const struct section_config *q = config_section(config, "q/b")->all;
	same("path", q->path, "q/all");
	same("url", q->url, "https://a.example/x");
	same("authority", q->id_authority, "q.example");
	assert_int_equal(q->number + all->number, 1); /* 0 and 1 */

	const struct section_config *one = config_section(config, "one/all");
	assert_non_null(one);
	assert_ptr_equal(one->all, one);
	same("url", one->url, "https://one.example/news");
	same("authority", one->id_authority, "one.example");
	assert_int_equal(one->rules->article_link_count, 1);
	assert_int_equal(one->line, 16);
	assert_null(one->title);

	const struct section_config *off = config_section(config, "off/all");
	assert_ptr_equal(off->all, off);
	assert_null(config_section(config, "none/a")->all);

	char *printed = config_print(config);
	struct config *again = parse(printed);
	char *twice = config_print(again);
	same("printed again", twice, printed);
	assert_int_equal(again->section_count, 7);
	assert_non_null(config_section(again, "one/all"));
	assert_null(config_section(again, "none/a")->all);
	config_free(again);
	config_free(config);
	free(twice);
	free(printed);
}

#define SITE "sites: {p: {sections: {a: 'https://x.example'}}}\n"

static const struct {
	const char *yaml;
	struct config_overrides overrides;
	const char *output, *base_url, *host;
	int port;
} overridden[] = {
    {HEAD SITE, {0}, "/srv/feeds", NULL, NULL, 0},
    {HEAD SITE, {.output = "/o//p/./"}, "/o/p", NULL, NULL, 0},
    {HEAD "base-url: https://F.example/x\n" SITE, {0}, "/srv/feeds",
	"https://f.example/x/", NULL, 0},
    {HEAD "base-url: https://f.example\n" SITE, {0}, "/srv/feeds",
	"https://f.example/", NULL, 0},
    {HEAD "base-url: https://f.example/\n" SITE, {.base_url = "http://g"},
	"/srv/feeds", "http://g/", NULL, 0},
    {HEAD "listen: 8080\n" SITE, {0}, "/srv/feeds", NULL, "127.0.0.1", 8080},
    {HEAD "listen: :81\n" SITE, {0}, "/srv/feeds", NULL, "0.0.0.0", 81},
    {HEAD "listen: '[::1]:0'\n" SITE, {0}, "/srv/feeds", NULL, "::1", 0},
    {HEAD "listen: 8080\n" SITE, {.listen = "[::1]:9"}, "/srv/feeds", NULL,
	"::1", 9},
};

static void
the_command_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(overridden); i++) {
		struct problems problems = {0};
		struct config *config =
		    config_parse(overridden[i].yaml, strlen(overridden[i].yaml),
			"test.conf", &overridden[i].overrides, &problems);
		if (config == NULL)
			fail_msg("row %zu: %s", i, problems.list[0]);
		same(overridden[i].yaml, config->output, overridden[i].output);
		same(overridden[i].yaml, config->base_url,
		    overridden[i].base_url);
		same(overridden[i].yaml, config->listen_host,
		    overridden[i].host);
		assert_int_equal(config->listen_port, overridden[i].port);
		char *printed = config_print(config);
		struct config *again = parse(printed);
		same("host again", again->listen_host, config->listen_host);
		assert_int_equal(again->listen_port, config->listen_port);
		config_free(again);
		config_free(config);
		free(printed);
	}
	const struct config_overrides bad = {
	    .listen = "x", .base_url = "x", .output = ""};
	char *said = refusal(HEAD SITE, strlen(HEAD SITE), &bad);
	same("bad options", said,
	    "--base-url: 'x': address is not absolute\n"
	    "--listen: 'x' is no host and port; write 127.0.0.1:8080, "
	    "[::1]:8080, :8080 or 8080\n"
	    "--output: has no value\n");
	free(said);
}

static const struct {
	const char *written, *contact; /* NULL: refused */
} contacts[] = {
    {"https://Feeds.example/about", "https://feeds.example/about"},
    {"http://a.example", "http://a.example/"},
    {"me@example.com", "me@example.com"},
    {"me.too+feeds@mail.example.com", "me.too+feeds@mail.example.com"},
    {"'@example.com'", NULL},
    {"me@", NULL},
    {"me@a@b", NULL},
    {"me", NULL},
    {"me (at) example.com", NULL},
    {"me@example.com)", NULL},
    {"mailto:me@example.com", NULL},
    {"https://a.example/(x)", NULL},
    {"https://me@a.example/", NULL},
    {"https://a.example/#x", NULL},
    {"'https://a.example/\\'", NULL},
};

static void
contacts_are_addresses(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(contacts); i++) {
		char *yaml =
		    xasprintf(HEAD "contact: %s\n" SITE, contacts[i].written);
		if (contacts[i].contact == NULL) {
			char *said = refusal(yaml, strlen(yaml), NULL);
			if (strstr(said, "is no address; write https://") ==
			    NULL)
				fail_msg("%s: %s", yaml, said);
			free(said);
			free(yaml);
			continue;
		}
		struct config *config = parse(yaml);
		char *printed = config_print(config);
		struct config *again = parse(printed);
		same(yaml, config->contact, contacts[i].contact);
		same(yaml, config->sections[0].contact, contacts[i].contact);
		same(yaml, again->contact, contacts[i].contact);
		config_free(again);
		config_free(config);
		free(printed);
		free(yaml);
	}
}

static const struct {
	uid_t who;
	const char *home, *data, *state, *wanted_output, *wanted_state;
} folders[] = {
    {0, "/root", "/x", "/y", "/var/lib/metrofeed/feeds",
	"/var/lib/metrofeed/state"},
    {1000, "/home/a", NULL, NULL, "/home/a/.local/share/metrofeed/feeds",
	"/home/a/.local/state/metrofeed"},
    {1000, "/home/a", "/x", "/y", "/x/metrofeed/feeds", "/y/metrofeed"},
    {1000, "/home/a", "x", "", "/home/a/.local/share/metrofeed/feeds",
	"/home/a/.local/state/metrofeed"},
    {1000, NULL, "/x", "/y", "/x/metrofeed/feeds", "/y/metrofeed"},
};

static void
set(const char *name, const char *value)
{
	if (value != NULL)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

static void
folders_that_go_without_saying(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(folders); i++) {
		who = folders[i].who;
		set("HOME", folders[i].home);
		set("XDG_DATA_HOME", folders[i].data);
		set("XDG_STATE_HOME", folders[i].state);
		struct config *config = parse(SITE);
		same("output", config->output, folders[i].wanted_output);
		same("state", config->state, folders[i].wanted_state);
		config_free(config);
	}
	set("HOME", NULL);
	set("XDG_DATA_HOME", NULL);
	set("XDG_STATE_HOME", NULL);
	char *said = refusal(SITE, strlen(SITE), NULL);
	same("no home", said,
	    "test.conf: output: has no default, since neither $XDG_DATA_HOME "
	    "nor $HOME is set\n"
	    "test.conf: state: has no default, since neither $XDG_STATE_HOME "
	    "nor $HOME is set\n");
	free(said);
	/* a bare address needs no folders */
	struct error err;
	struct config *config = config_for_url("https://x.example/y", &err);
	assert_non_null(config);
	config_free(config);
	set("HOME", "/home/a");
}

static char folder[64];

static int
make_folder(void **state)
{
	(void)state;
	const char *tmp = getenv("TMPDIR");
	(void)snprintf(folder, sizeof(folder), "%s/metrofeed-test-XXXXXX",
	    tmp != NULL && strlen(tmp) < 30 ? tmp : "/tmp");
	return mkdtemp(folder) == NULL;
}

static int
remove_folder(void **state)
{
	(void)state;
	char *command = xasprintf("rm -rf '%s'", folder);
	int status = system(command);
	free(command);
	return status;
}

static char *
write_file(const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", folder, name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	return path;
}

static void
paths_begin_at_the_file(void **state)
{
	(void)state;
	struct problems problems = {0};
	char *key = write_file("key", "x");
	char *path = write_file("a.conf",
	    "output: ./feeds/\nstate: ../state\ndefaults: {cookie-file: key, "
	    "headers: {X: {file: key}}, tls: {ca-file: ./key}}\n" SITE);
	struct config *config = config_load(path, NULL, &problems);
	if (config == NULL)
		fail_msg("%s", problems.list[0]);
	char *output = xasprintf("%s/feeds", folder);
	char *above = xasprintf("%s/../state", folder);
	same("file", config->file, path);
	same("output", config->output, output);
	same("state", config->state, above);
	same("cookie", config->sections[0].cookie_file, key);
	same("header", config->sections[0].headers[0].file, key);
	same("ca", config->sections[0].ca_file, key);
	config_free(config);
	free(above);
	free(output);
	free(path);
	free(key);
}

static void
more_files(void **state)
{
	(void)state;
	struct problems problems = {0};
	char *inner = xasprintf("%s/conf.d", folder);
	assert_int_equal(mkdir(inner, 0700), 0);
	char *key = write_file("conf.d/key", "x");
	char *paths[] = {
	    write_file("conf.d/b.yaml",
		"rules: {board: {item: li}}\n"
		"sites:\n  two: {url: 'https://two.example', "
		"sections: {a: {url: /a, use: board, cookie-file: key}}}\n"),
	    write_file("conf.d/a.yaml",
		"sites:\n  one: {url: 'https://one.example', "
		"use: board, sections: {a: /a}}\n"),
	    write_file("conf.d/.hidden.yaml", "not: read"),
	    write_file("conf.d/b.yaml~", "not: read"),
	    write_file("conf.d/empty.yaml", ""),
	    write_file("main.conf",
		HEAD "include: [conf.d/*.yaml, conf.d/a.yaml, ./none*]\n"),
	};
	struct config *config = config_load(paths[5], NULL, &problems);
	if (config == NULL)
		fail_msg("%s", problems.list[0]);
	assert_int_equal(config->section_count, 2);
	same("first", config->sections[0].path, "one/a");
	same("its file", config->sections[0].file, paths[1]);
	same("its item", config->sections[0].rules->items.list[0].css, "li");
	same("second", config->sections[1].path, "two/a");
	same("cookie", config->sections[1].cookie_file, key);
	assert_int_equal(config->include_count, 2);
	same("folder", config->include_folders[0], inner);
	same("folder", config->include_folders[1], folder);
	config_free(config);
	free(key);
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		free(paths[i]);
	free(inner);

	char *path = write_file("main.conf", HEAD "include: none*\n");
	assert_null(config_load(path, NULL, &problems));
	assert_int_equal(problems.count, 1);
	assert_non_null(strstr(problems.list[0],
	    ":1:1: sites: is missing or empty; there is nothing to watch"));
	free(path);
	problems_clear(&problems);
}

static void
files_that_cannot_be_read(void **state)
{
	(void)state;
	struct problems problems = {0};
	assert_null(config_load("/nonexistent/a.conf", NULL, &problems));
	assert_null(config_load("tests/conf", NULL, &problems));
	char *large = xcalloc(1, 5000001);
	memset(large, '#', 5000000);
	char *path = write_file("large", large);
	assert_null(config_load(path, NULL, &problems));
	assert_int_equal(problems.count, 3);
	same("missing", problems.list[0],
	    "/nonexistent/a.conf: cannot be read: No such file or directory");
	same("a folder", problems.list[1],
	    "tests/conf: cannot be read: Is a directory");
	char *wanted = xasprintf("%s: is larger than 4 MiB", path);
	same("large", problems.list[2], wanted);
	free(wanted);
	free(path);
	free(large);
	problems_clear(&problems);
}

static void
the_zone_database(void **state)
{
	(void)state;
	static const char yaml[] =
	    HEAD "defaults: {timezone: Here/There}\n" SITE;
	static const char fixed[] =
	    HEAD "defaults: {timezone: UTC}\n"
		 "sites: {p: {timezone: +09:00, sections: {a: "
		 "'https://x.example'}}}\n";
	char *said;
	set("TZDIR", "/nonexistent/zones");
	said = refusal(yaml, strlen(yaml), NULL);
	same("no database", said,
	    "test.conf:3:22: timezone: the zone database "
	    "(/nonexistent/zones) is missing on this machine: install tzdata, "
	    "or write an offset such as +09:00\n");
	free(said);
	config_free(parse(fixed));
	set("TZDIR", folder);
	said = refusal(yaml, strlen(yaml), NULL);
	same("not in it", said,
	    "test.conf:3:22: timezone: 'Here/There' is not in the zone "
	    "database; write Asia/Seoul, +09:00 or UTC\n");
	free(said);
	char *here = xasprintf("%s/Here", folder);
	assert_int_equal(mkdir(here, 0700), 0);
	free(here);
	free(write_file("Here/There", "TZif"));
	config_free(parse(yaml));
	set("TZDIR", NULL);
}

static void
the_search_path(void **state)
{
	(void)state;
	struct error err;
	int root = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(root != -1);
	assert_int_equal(chdir(folder), 0);
	set("XDG_CONFIG_HOME", NULL);
	set("HOME", folder);
	char *found = config_find(&err);
	if (found == NULL) {
		char *wanted =
		    xasprintf("no configuration: neither ./metrofeed.conf, "
			      "%s/.config/metrofeed/metrofeed.conf nor "
			      "/etc/metrofeed/metrofeed.conf is there",
			folder);
		same("none", err.reason, wanted);
		free(wanted);
	} else /* this machine runs it */
		same("system's", found, "/etc/metrofeed/metrofeed.conf");
	free(found);
	set("XDG_CONFIG_HOME", folder);
	assert_int_equal(mkdir("metrofeed", 0700), 0);
	char *own = write_file("metrofeed/metrofeed.conf", "");
	found = config_find(&err);
	same("own", found, own);
	free(found);
	free(own);
	free(write_file("metrofeed.conf", ""));
	found = config_find(&err);
	same("here", found, "./metrofeed.conf");
	free(found);
	assert_int_equal(fchdir(root), 0);
	close(root);
	set("XDG_CONFIG_HOME", NULL);
}

/* --- whole files --- */

static void
the_example(void **state)
{
	(void)state;
	struct problems problems = {0};
	struct config *config =
	    config_load("metrofeed.conf.example", NULL, &problems);
	if (config == NULL)
		fail_msg("%s", problems.list[0]);
	assert_int_equal(config->section_count, 19);
	const struct section_config *section =
	    config_section(config, "metroseoul/policy");
	assert_non_null(section);
	same("url", section->url, "https://www.metroseoul.co.kr/newsList/222");
	same("title", section->title, "산업 > 정책");
	same("zone", section->timezone, "Asia/Seoul");
	same("link", section->rules->article_links[0].text, "/article/{id}");
	config_free(config);

	/* what is commented out in it is right, too */
	char *text = read_all("metrofeed.conf.example", NULL);
	struct buffer all = {0};
	char *rest = NULL;
	for (char *line = strtok_r(text, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		bool of_site = strncmp(line, "  #", 3) == 0 &&
			       (line[3] != ' ' || line[4] == ' ');
		bool of_top = line[0] == '#' && line[1] != ' ';
		buffer_add_format(&all, "%s%s\n", of_site ? "  " : "",
		    line + (of_site ? 3 : of_top && line[1] != '\0'));
	}
	config = parse(all.bytes);
	assert_int_equal(config->section_count, 20);
	section = config_section(config, "boannews/security");
	assert_non_null(section);
	same("url", section->url,
	    "https://www.boannews.com/media/t_list.asp?Page=1&kind=");
	same("output", config->output, "/srv/feeds");
	config_free(config);
	buffer_clear(&all);
	free(text);
}

static const struct {
	const char *url, *wanted, *authority;
} bare[] = {
    {"https://www.x.example/a?b='c'&d", "https://www.x.example/a?b='c'&d",
	"x.example"},
    {"http://127.0.0.1:8080/", "http://127.0.0.1:8080/", "127.0.0.1"},
    {"HTTP://X.example", "http://x.example/", "x.example"},
    {"x.example", NULL, NULL},
    {"ftp://x.example", NULL, NULL},
    {"", NULL, NULL},
    {"https://x.example/ # {}: *&!", "https://x.example/", "x.example"},
};

static void
a_bare_address(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bare); i++) {
		struct error err = {""};
		struct config *config = config_for_url(bare[i].url, &err);
		if ((config == NULL) != (bare[i].wanted == NULL))
			fail_msg("%s: %s", bare[i].url, err.reason);
		if (config == NULL) {
			assert_true(err.reason[0] != '\0');
			continue;
		}
		assert_int_equal(config->section_count, 1);
		same("site", config->sections[0].site_name, "preview");
		if (strchr(bare[i].url, '#') == NULL)
			same(bare[i].url, config->sections[0].url,
			    bare[i].wanted);
		same(bare[i].url, config->sections[0].id_authority,
		    bare[i].authority);
		config_free(config);
	}
}

static char *
many_sections(unsigned count)
{
	struct buffer yaml = {0};
	buffer_add_string(&yaml, HEAD "sites:\n");
	for (unsigned i = 0; i < count; i++) {
		if (i % 100 == 0)
			buffer_add_format(&yaml,
			    "  p%u:\n    url: https://x%u.example\n    item: "
			    ".row\n    fields: {title: h3, date: .d}\n"
			    "    article-link: /a/{id}\n    sections:\n",
			    i / 100, i / 100);
		buffer_add_format(&yaml,
		    "      s%u: {url: /list/%u, title: Section %u, interval: "
		    "30m, entries: 50}\n",
		    i, i, i);
	}
	return buffer_take(&yaml);
}

static void
ten_thousand_sections(void **state)
{
	(void)state;
	char *yaml = many_sections(10000);
	struct config *config = parse(yaml);
	assert_int_equal(config->section_count, 10000);
	for (unsigned i = 0; i < 10000; i++) {
		char path[32];
		(void)snprintf(path, sizeof(path), "p%u/s%u", i / 100, i);
		assert_ptr_equal(
		    config_section(config, path), &config->sections[i]);
		assert_ptr_equal(config->sections[i].rules,
		    config->sections[i / 100 * 100].rules);
		(void)snprintf(path, sizeof(path), "p%u/all", i / 100);
		assert_ptr_equal(
		    config_site_feed(config, path), config->sections[i].all);
		assert_null(config_site_feed(config, config->sections[i].path));
	}
	assert_null(config_site_feed(config, "p/all"));
	assert_null(config_site_feed(config, "q/all"));
	config_free(config);
	free(yaml);
}

/* --- hostile files: an answer, and soon --- */

static const struct {
	const char *unit;
	unsigned times;
	const char *said;
} hostile[] = {
    {"[", 200000, "test.conf:1:17: is nested too deeply\n"},
    {"[\n", 200000, "test.conf:17:1: is nested too deeply\n"},
    {"{a: ", 100000, "test.conf:1:65: a: is nested too deeply\n"},
    {"- ", 200000, "test.conf:1:33: is nested too deeply\n"},
    {"{", 200000, "test.conf:1:2: a key must be a text, not a list or a map\n"},
    {"? ", 200000,
	"test.conf:1:3: a key must be a text, not a list or a map\n"},
    {"[],", 200000,
	"test.conf:1:3: YAML: did not find expected <document start>\n"},
    {"#", 4000000, NULL},
    {"\n", 4000000, NULL},
    {"a ", 2000000, NULL},
    {"a: ", 100000, NULL},
    {"'", 100000, NULL},
    {"\"\n", 100000, NULL},
    {"!a ", 100000, NULL},
    {"&a ", 100000, NULL},
    {"*a ", 100000, NULL},
    {"---\n", 100000, NULL},
    {"%YAML 1.1\n", 100000, NULL},
    {"|\n", 100000, NULL},
    {"\xef\xbb\xbf", 100000, NULL},
    {"\xff", 100000, NULL},
    {"\r", 4000000, NULL},
};

static void
hostile_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(hostile); i++) {
		struct buffer yaml = {0};
		for (unsigned j = 0; j < hostile[i].times; j++)
			buffer_add_string(&yaml, hostile[i].unit);
		char *said = refusal(yaml.bytes, yaml.length, NULL);
		if (hostile[i].said != NULL)
			same(hostile[i].unit, said, hostile[i].said);
		else if (strncmp(said, "test.conf:", 10) != 0)
			fail_msg("%s: %s", hostile[i].unit, said);
		free(said);
		buffer_clear(&yaml);
	}
	/* a NUL behind the bytes is not counted on, and one inside is seen */
	char *said = refusal("sites: a\0b", 10, NULL);
	same("NUL", said,
	    "test.conf:1:9: the invisible character U+0000 is not allowed\n");
	free(said);
	said = refusal("sites: [", 7, NULL);
	same("cut", said,
	    "test.conf:1:7: sites: is missing or empty; there is nothing to "
	    "watch\n");
	free(said);
}

int
main(void)
{
	set("HOME", "/home/a");
	set("XDG_DATA_HOME", NULL);
	set("XDG_STATE_HOME", NULL);
	set("TZDIR", NULL);
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(broken_files),
	    cmocka_unit_test(each_value),
	    cmocka_unit_test(inheritance),
	    cmocka_unit_test(the_command_line),
	    cmocka_unit_test(contacts_are_addresses),
	    cmocka_unit_test(folders_that_go_without_saying),
	    cmocka_unit_test(paths_begin_at_the_file),
	    cmocka_unit_test(more_files),
	    cmocka_unit_test(files_that_cannot_be_read),
	    cmocka_unit_test(the_zone_database),
	    cmocka_unit_test(the_search_path),
	    cmocka_unit_test(the_example),
	    cmocka_unit_test(a_bare_address),
	    cmocka_unit_test(whole_sites),
	    cmocka_unit_test(former_names),
	    cmocka_unit_test(ten_thousand_sections),
	    cmocka_unit_test(hostile_files),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
