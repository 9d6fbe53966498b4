#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "feed/hash.h"
#include "feed/index_assets.h"
#include "feed/index_page.h"
#include "feed/index_words.h"
#include "feed/memory.h"
#include "feed/text.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NOW INT64_C(1800000000)

static const bool atom_only[FORMAT_COUNT] = {true, false, false};
static const bool json_only[FORMAT_COUNT] = {false, false, true};
static const bool every[FORMAT_COUNT] = {true, true, true};

static struct articles
stories(const char *title, const char *link)
{
	struct articles articles = {0};
	articles_add(&articles, (struct article){
				    .id = xstrdup("tag:paper.example,2026:1"),
				    .title = xstrdup(title),
				    .link = xstrdup(link),
				    .first_seen_s = NOW,
				});
	return articles;
}

static struct index_feed
feed_of(const struct articles *newest)
{
	return (struct index_feed){
	    .path = "paper/world",
	    .title = "World",
	    .page = "https://paper.example/world",
	    .language = "ko",
	    .formats = every,
	    .health = INDEX_GOOD,
	    .read_s = NOW,
	    .newest = newest,
	};
}

static char *
page_of(const struct index_look *look, const struct index_site *site,
    const struct index_feed *feed)
{
	struct buffer html = {0};
	index_page_begin(&html, look);
	index_page_site(&html, look, site);
	index_page_feed(&html, look, feed);
	index_page_site_end(&html);
	index_page_end(&html, look);
	return buffer_take(&html);
}

static const struct index_look english = {
    .base_url = "https://feeds.example/",
    .has_opml = true,
    .sites = 1,
    .feeds = 1,
    .health = {[INDEX_GOOD] = 1},
};
static const struct index_site site = {
    .title = "The Paper",
    .page = "https://paper.example/",
    .all = "paper/all",
    .formats = atom_only,
};

/* What the page of this one feed holds, and what not. */
static const struct {
	const char *name;
	const char *title, *link; /* of its article */
	const char *has, *has_not;
} texts[] = {
    {"a headline", "News", "https://paper.example/1",
	"<li><a href=\"https://paper.example/1\">News</a><time "
	"datetime=\"2027-01-15T08:00:00Z\">2027-01-15 08:00 UTC</time></li>",
	NULL},
    {"markup", "<script>alert('1')</script>", "https://paper.example/1",
	">&lt;script&gt;alert('1')&lt;/script&gt;</a>", "<script>alert"},
    {"the end of a value", "News", "https://paper.example/\"onclick=\"x",
	"href=\"https://paper.example/&quot;onclick=&quot;x\"", "\"onclick"},
    {"a reference", "A &lt; B", "https://paper.example/?a=1&b=2",
	"?a=1&amp;b=2\">A &amp;lt; B</a>", NULL},
    {"script for a link", "News", "javascript:alert(1)", "<li>News<time",
	"javascript:"},
    {"data for a link", "News", "data:text/html,x", "<li>News<time",
	"data:text"},
    {"text turned round", "a\u202eb\u2066c", "https://paper.example/1",
	">abc</a>", "\u202e"},
    {"a control", "a\x1b[31mb\x01", "https://paper.example/1", ">a[31mb</a>",
	"\x1b"},
    {"broken bytes",
	"a\xff"
	"b",
	"https://paper.example/1", ">a\ufffdb</a>", "\xff"},
    {"two lines", "a\nb", "https://paper.example/1", ">a b</a>", NULL},
};

static void
texts_of_others(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct articles newest = stories(texts[i].title, texts[i].link);
		struct index_feed feed = feed_of(&newest);
		char *page = page_of(&english, &site, &feed);
		if (strstr(page, texts[i].has) == NULL)
			fail_msg("%s: the page lacks %s:\n%s", texts[i].name,
			    texts[i].has, strstr(page, "<main>"));
		if (texts[i].has_not != NULL &&
		    strstr(page, texts[i].has_not) != NULL)
			fail_msg("%s: the page has %s", texts[i].name,
			    texts[i].has_not);
		assert_true(text_is_utf8(page, strlen(page)));
		free(page);
		articles_clear(&newest);
	}
}

/* The same in whatever stands in the other places. */
static void
hostile_everywhere(void **state)
{
	(void)state;
	static const char bad[] = "\"><img src=x onerror=y>";
	struct articles newest = stories(bad, bad);
	struct index_feed feed = {
	    .path = "paper/world",
	    .title = bad,
	    .page = bad,
	    .language = bad,
	    .formats = every,
	    .health = INDEX_BROKEN,
	    .stage = bad,
	    .newest = &newest,
	};
	struct index_site hostile = {.title = bad,
	    .page = bad,
	    .language = bad,
	    .all = "paper/all",
	    .formats = every};
	char *page = page_of(&english, &hostile, &feed);
	assert_null(strstr(page, "<img"));
	assert_null(strstr(page, "\">&"));
	assert_non_null(strstr(page, "&quot;&gt;&lt;img src=x"));
	free(page);
	articles_clear(&newest);
}

static void
the_head(void **state)
{
	(void)state;
	struct articles none = {0};
	struct index_feed feed = feed_of(&none);
	char *page = page_of(&english, &site, &feed);
	const char *const lines[] = {
	    "<!DOCTYPE html>\n<html lang=\"en\">",
	    "<meta charset=\"utf-8\">",
	    "<meta name=\"robots\" content=\"noindex\">",
	    "<meta http-equiv=\"Content-Security-Policy\" "
	    "content=\"default-src 'none'; ",
	    index_page_policy(),
	    INDEX_STYLE_HASH,
	    INDEX_SCRIPT_HASH,
	    "<a href=\"index.opml\"",
	    "No articles yet.",
	    "Up to date: 1</li>",
	};
	for (size_t i = 0; i < COUNT(lines); i++)
		if (strstr(page, lines[i]) == NULL)
			fail_msg("the page lacks %s", lines[i]);
	const char *const nowhere[] = {" src=", "@import", "url(", "fetch(",
	    "XMLHttp", "localStorage", " style=", " onclick="};
	for (size_t i = 0; i < COUNT(nowhere); i++)
		if (strstr(page, nowhere[i]) != NULL)
			fail_msg("the page has %s", nowhere[i]);
	assert_true(text_ends_with(page, "</html>\n"));
	free(page);
	articles_clear(&none);
}

static const struct {
	const char *base_url;
	const bool *formats;
	const char *address, *open;
} addresses[] = {
    {"https://feeds.example/", every,
	"type=\"application/atom+xml\" "
	"href=\"https://feeds.example/paper/world.atom\">"
	"https://feeds.example/paper/world.atom</a>",
	"href=\"feed:https://feeds.example/paper/world.atom\""},
    {"https://feeds.example/a&b/", json_only,
	"type=\"application/feed+json\" "
	"href=\"https://feeds.example/a&amp;b/paper/world.json\">",
	"href=\"feed:https://feeds.example/a&amp;b/paper/world.json\""},
    /* the script knows where it is */
    {NULL, every, "href=\"paper/world.atom\">paper/world.atom</a>",
	"<a class=\"open\" hidden aria-label=\"Open in reader: World\">"},
};

static void
the_address(void **state)
{
	(void)state;
	struct articles none = {0};
	for (size_t i = 0; i < COUNT(addresses); i++) {
		struct index_look look = english;
		struct index_feed feed = feed_of(&none);
		look.base_url = addresses[i].base_url;
		feed.formats = addresses[i].formats;
		char *page = page_of(&look, &site, &feed);
		if (strstr(page, addresses[i].address) == NULL)
			fail_msg("no %s", addresses[i].address);
		if (strstr(page, addresses[i].open) == NULL)
			fail_msg("no %s", addresses[i].open);
		bool has_rss = strstr(page, "paper/world.rss\"") != NULL;
		assert_int_equal(has_rss, addresses[i].formats == every);
		free(page);
	}
}

/* A tag of its own only where the page's does not hold. */
static void
languages(void **state)
{
	(void)state;
	static const struct {
		const char *language;
		bool is_korean;
		const char *heading;
	} rows[] = {
	    {"ko", false, "<h3 lang=\"ko\">"},
	    {"ko", true, "<h3>"},
	    {"en", false, "<h3>"},
	    {"zh-Hant", true, "<h3 lang=\"zh-Hant\">"},
	    {"ko_KR", false, "<h3>"},
	    {NULL, false, "<h3>"},
	};
	struct articles none = {0};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct index_look look = english;
		struct index_feed feed = feed_of(&none);
		look.is_korean = rows[i].is_korean;
		feed.language = rows[i].language;
		char *page = page_of(&look, &site, &feed);
		if (strstr(page, rows[i].heading) == NULL)
			fail_msg(
			    "%s: no %s", rows[i].language, rows[i].heading);
		free(page);
	}
}

static void
every_health_has_its_words(void **state)
{
	(void)state;
	static const char *const stages[] = {
	    NULL, "fetch", "robots", "something new"};
	for (int korean = 0; korean < 2; korean++) {
		for (int i = 0; i < PHRASES; i++)
			assert_non_null(
			    index_phrase((enum phrase)i, korean != 0));
		for (int i = 0; i < INDEX_HEALTHS; i++) {
			enum index_health health = (enum index_health)i;
			assert_non_null(
			    index_health_words(health, korean != 0));
			for (size_t k = 0; k < COUNT(stages); k++) {
				const char *why = index_reason(
				    health, stages[k], korean != 0);
				assert_true(
				    text_is_clean(why, strlen(why), false));
			}
		}
	}
	assert_string_not_equal(index_reason(INDEX_BROKEN, "fetch", false),
	    index_reason(INDEX_BROKEN, "extract", false));
	assert_string_equal(index_reason(INDEX_BROKEN, NULL, false),
	    index_reason(INDEX_BROKEN, "something new", false));
}

/* What makes another page, and what only another time of reading. */
static void
what_is_a_change(void **state)
{
	(void)state;
	struct articles newest = stories("News", "https://paper.example/1");
	struct articles other = stories(
	    "<time class=\"read\">News</time>", "https://paper.example/1");
	struct index_feed feed = feed_of(&newest);
	char *page = page_of(&english, &site, &feed);
	char *same = page_of(&english, &site, &feed);
	assert_string_equal(page, same);
	uint64_t hash = index_page_hash(page, strlen(page));
	free(same);

	feed.read_s += 1;
	char *later = page_of(&english, &site, &feed);
	assert_string_not_equal(page, later);
	assert_true(hash == index_page_hash(later, strlen(later)));
	free(later);

	struct index_feed changed[5];
	for (size_t i = 0; i < COUNT(changed); i++)
		changed[i] = feed_of(&newest);
	changed[0].newest = &other;
	changed[1].health = INDEX_BROKEN;
	changed[2].title = "Worlds";
	changed[3].formats = atom_only;
	changed[4].read_s = 0;
	for (size_t i = 0; i < COUNT(changed); i++) {
		char *now = page_of(&english, &site, &changed[i]);
		if (hash == index_page_hash(now, strlen(now)))
			fail_msg("change %zu is none", i);
		free(now);
	}
	/* one title that looks like a moment is not passed over */
	struct articles third = stories(
	    "<time class=\"read\">Views</time>", "https://paper.example/1");
	changed[1] = feed_of(&third);
	char *a = page_of(&english, &site, &changed[0]);
	char *b = page_of(&english, &site, &changed[1]);
	assert_true(
	    index_page_hash(a, strlen(a)) != index_page_hash(b, strlen(b)));
	free(a);
	free(b);
	free(page);
	/* cut short */
	static const char half[] = "x<time class=\"read\" datetime=";
	assert_true(index_page_hash(half, strlen(half)) != 0);
	assert_true(index_page_hash("", 0) == 0);
	articles_clear(&newest);
	articles_clear(&other);
	articles_clear(&third);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(texts_of_others),
	    cmocka_unit_test(hostile_everywhere),
	    cmocka_unit_test(the_head),
	    cmocka_unit_test(the_address),
	    cmocka_unit_test(languages),
	    cmocka_unit_test(every_health_has_its_words),
	    cmocka_unit_test(what_is_a_change),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
