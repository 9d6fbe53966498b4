#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/expectation.h"
#include "feed/agreement.h"
#include "feed/learn.h"
#include "feed/link_shape.h"
#include "feed/memory.h"
#include "feed/native.h"
#include "feed/text.h"
#include "feed/witness.h"
#include "tests/reading.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- the shape of links ---- */

static const struct {
	const char *template, *links[8];
} shapes[] = {
    {"/article/{id}",
	{"https://a.example/article/20230612500420",
	    "https://a.example/article/20230612500421",
	    "https://a.example/article/20230612500422",
	    "https://a.example/article/20230612500423",
	    "https://www.a.example/article/20230611500001?utm_source=x"}},
    {"?idxno={id}", {"https://a.example/view?idxno=12345",
			"https://a.example/view?idxno=12346",
			"https://a.example/view?page=2&idxno=12347",
			"https://a.example/view?idxno=12348",
			"https://a.example/view?idxno=12349"}},
    {"/{part1}/{part2}/{id}.html", {"https://a.example/2024/03/12345.html",
				       "https://a.example/2024/03/12346.html",
				       "https://a.example/2024/02/12347.html",
				       "https://a.example/2023/12/12348.html",
				       "https://a.example/2024/03/12349.html"}},
    {"/{part1}/{id}",
	{"https://a.example/sport/12345", "https://a.example/world/12346",
	    "https://a.example/sport/12347", "https://a.example/world/12348",
	    "https://a.example/sport/12349"}},
    /* no number */
    {NULL, {"https://a.example/rain-falls", "https://a.example/sun-shines",
	       "https://a.example/wind-blows", "https://a.example/snow-lies",
	       "https://a.example/fog-sits"}},
    /* the letters before it may be a desk's */
    {NULL,
	{"https://a.example/view/AKR12345", "https://a.example/view/AKR12346",
	    "https://a.example/view/AKR12347",
	    "https://a.example/view/AKR12348",
	    "https://a.example/view/AKR12349"}},
    /* the same number twice, in another desk */
    {NULL, {"https://a.example/view?oid=1000&aid=12345",
	       "https://a.example/view?oid=1001&aid=12345",
	       "https://a.example/view?oid=1002&aid=12347",
	       "https://a.example/view?oid=1003&aid=12348",
	       "https://a.example/view?oid=1004&aid=12349"}},
    /* one is of another shape */
    {NULL,
	{"https://a.example/article/12345", "https://a.example/article/12346",
	    "https://a.example/article/12347",
	    "https://a.example/article/12348",
	    "https://a.example/gallery/x/12349"}},
    /* days are no ids */
    {NULL, {"https://a.example/list/01", "https://a.example/list/02",
	       "https://a.example/list/03", "https://a.example/list/04",
	       "https://a.example/list/05"}},
    {NULL, {"https://a.example/1234567", "https://a.example/1234568"}},
};

static void
test_link_shape(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(shapes); i++) {
		size_t count = 0;
		while (count < 8 && shapes[i].links[count] != NULL)
			count++;
		char *template = link_shape_find(shapes[i].links, count);
		const char *wanted = shapes[i].template;
		/* the path of a query's template is told, too */
		bool same = template == NULL || wanted == NULL
				? template == wanted
				: text_ends_with(template, wanted);
		if (!same)
			fail_msg("row %zu: %s, not %s", i,
			    template != NULL ? template : "none",
			    wanted != NULL ? wanted : "none");
		free(template);
	}
}

/* ---- a site's own feeds ---- */

static const struct {
	const char *html, *feeds;
} natives[] = {
    {"<head><link rel=alternate type=application/rss+xml href=/feed/ "
     "title=News></head>",
	"https://paper.example/feed/ News\n"},
    {"<head><link rel=alternate type=application/rss+xml "
     "href=/comments/feed/ title='Comments Feed'><link rel='ALTERNATE home' "
     "type='application/atom+xml; charset=utf-8' href=atom.xml></head>",
	"https://paper.example/news/atom.xml -\n"
	"https://paper.example/comments/feed/ Comments Feed\n"},
    {"<head><link rel=alternate hreflang=en href=/en/><link rel=stylesheet "
     "type=text/css href=/s.css></head>",
	""},
    {"<body><a href=/rss.xml>RSS</a><a href=/rss.xml>again</a><a "
     "href=https://other.example/rss.xml>theirs</a><a href=/feedback>x</a>",
	"https://paper.example/rss.xml -\n"},
    {"<head><link rel=alternate type=application/feed+json href=/feed.json>"
     "</head><body><a href=/rss.xml>RSS</a>",
	"https://paper.example/feed.json -\n"},
    {"<head><link rel=alternate type=application/rss+xml "
     "href='javascript:x'></head>",
	""},
};

static void
test_native(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(natives); i++) {
		struct page *page = page_parse(natives[i].html,
		    strlen(natives[i].html), PARSER_HTML5, 0, NULL);
		struct native_feeds feeds;
		struct buffer out = {0};
		native_find(page, READING_URL, &feeds);
		buffer_add_string(&out, "");
		for (size_t k = 0; k < feeds.count; k++)
			buffer_add_format(&out, "%s %s\n", feeds.list[k].url,
			    feeds.list[k].title != NULL ? feeds.list[k].title
							: "-");
		if (strcmp(out.bytes, natives[i].feeds) != 0)
			fail_msg("row %zu: %s", i, out.bytes);
		buffer_clear(&out);
		native_clear(&feeds);
		page_free(page);
	}
}

/* ---- values ---- */

static void
test_witness(void **state)
{
	(void)state;
	const char html[] =
	    "<body><div n=item><a n=pic href=/a/1><img n=img "
	    "src=/blank.gif data-src=/p/1.jpg></a><h3 n=h><a n=link "
	    "href='/a/1?utm_source=x'>Rain falls</a></h3><p n=lead>It rained "
	    "all "
	    "day long.</p><span n=by>Ann Lee</span><span n=when>2023-04-19 "
	    "10:05</span><time n=time datetime=2023-04-19T10:05:00Z>yesterday"
	    "</time><em n=other>2023-01-01</em></div>";
	static const struct {
		enum field field;
		const char *names;
	} rows[] = {
	    {FIELD_LINK, "pic link "}, {FIELD_TITLE, "h link "},
	    {FIELD_AUTHOR, "by "}, {FIELD_TEXT, "lead "},
	    {FIELD_IMAGE, "pic img "},
	    {FIELD_DATE, "time "}, /* to the second: the most precise */
	};
	struct page *page =
	    page_parse(html, strlen(html), PARSER_HTML5, 0, NULL);
	struct article article = {
	    .link = "https://paper.example/a/1",
	    .title = "Rain falls",
	    .author = "Ann Lee",
	    .text = "It rained all day long.",
	    .image = "https://paper.example/p/1.jpg",
	    .published = {1681898700, PRECISION_MINUTE},
	};
	struct date_context dates = {.now_s = READING_NOW};
	struct witness_context context = {
	    .page = page, .base = READING_URL, .dates = &dates};
	struct spot spot = {0};
	for (uint32_t node = 0; node < page->count; node++)
		if (strcmp(page_tag(page, node), "div") == 0)
			spot = (struct spot){node, page->end[node]};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct nodes found = {0};
		struct buffer names = {0};
		witness_find(&context, &spot, &article, rows[i].field, &found);
		buffer_add_string(&names, "");
		for (size_t k = 0; k < found.count; k++)
			buffer_add_format(&names, "%s ",
			    page_attribute(page, found.list[k], "n"));
		assert_string_equal(names.bytes, rows[i].names);
		buffer_clear(&names);
		nodes_clear(&found);
	}
	page_free(page);
}

/* ---- lessons ---- */

#define NAV                                                                    \
	"<nav id=gnb><ul><li><a href=/s/1>World</a><li><a href=/s/2>"          \
	"Sport</a><li><a href=/s/3>Money</a></ul></nav>"

/* %1$d: a number; each page repeats it. */
static const char item_plain[] =
    "<li class='story mt-4'><a class=thumb href=/article/2023041900%1$02d><img "
    "src=/p/%1$d.jpg></a><h3 class=headline><a href=/article/2023041900%1$02d>"
    "The %1$d. bakery of the old town opens its doors</a></h3><p class=lead>"
    "All night long the ovens of house number %1$d were lit, and in the "
    "morning there was a queue.</p><span class=writer>Ann Lee %1$d</span>"
    "<span class=date>2023-04-19 10:%1$02d</span></li>";
static const char item_hashed[] =
    "<div class='css-1x9dz3 e1a2b3c0'><a class='css-8k2lm1' "
    "href=/news/bakery-number-%1$d-opens-its-doors><span class='css-p0q9r8'>"
    "The %1$d. bakery of the old town opens its doors</span></a><div "
    "class='css-77aa88'>2023-04-19 10:%1$02d</div></div>";
static const char item_rows[] =
    "<tr class=athing><td><a href=/item/91234%1$02d>The %1$d. bakery of the "
    "old "
    "town opens its doors</a></td></tr><tr><td><span class=age>2023-04-19 "
    "10:%1$02d</span> by <b class=user>ann%1$d</b></td></tr>";

static const struct {
	const char *what, *before, *item, *after;
	int items;
	enum lesson_grade grade;
	const char *item_css, *title, *date, *link; /* NULL: any, or none */
	bool hashed;
} lessons[] = {
    {"a plain list", NAV "<ul class=newsList>", item_plain, "</ul>", 20,
	LESSON_READY, ".story", ".headline", ".date", "/article/{id}", false},
    {"the same class in a sidebar", "<div id=content><ul>", item_plain,
	"</ul></div><aside><div class=rank><ul><li class=story><a "
	"href=/article/2023040100001>"
	"Most read: the oldest bakery of the town</a><li class=story><a "
	"href=/article/2023040100002>Most read: the newest bakery of the town"
	"</a></ul></div></aside>",
	20, LESSON_READY, "#content .story", ".headline", ".date",
	"/article/{id}", false},
    {"a build's names", NAV "<main>", item_hashed, "</main>", 15, LESSON_READY,
	"main > div", "a", NULL, NULL, false},
    {"pairs of rows", "<table id=board>", item_rows, "</table>", 12,
	LESSON_READY, ".athing", "a", ".age", NULL, false},
    {"nothing", "<p>Nothing to be seen here.", "", "", 1, LESSON_NONE, NULL,
	NULL, NULL, NULL, false},
};

static char *
make_page(const char *before, const char *item, const char *after, int items)
{
	struct buffer html = {0};
	buffer_add_format(&html, "<html lang=en><body>%s", before);
	for (int i = 1; i <= items; i++) {
/* the formats are the tables' above */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		buffer_add_format(&html, item, i);
#pragma GCC diagnostic pop
	}
	buffer_add_string(&html, after);
	return buffer_take(&html);
}

static void
learn(const char *lines, const char *html, struct extraction *read,
    struct lesson *lesson)
{
	struct error err = {0};
	struct rules rules = reading_rules(lines);
	struct compiled_rules *compiled = rules_compile(&rules, &err);
	struct page *page =
	    page_parse(html, strlen(html), PARSER_HTML5, 0, &err);
	struct extract_context context = {
	    .url = READING_URL, .now_s = READING_NOW};
	assert_true(extract_articles(compiled, page, &context, read, &err));
	assert_true(learn_rules(
	    &rules, page, &context, read, LEARN_TO_SHOW, lesson, &err));
	page_free(page);
	compiled_rules_free(compiled);
	rules_clear(&rules);
}

/* The articles of a page by the rules that were learned. */
static char *
read_by(const struct rules *rules, const char *html)
{
	struct error err = {0};
	struct compiled_rules *compiled = rules_compile(rules, &err);
	struct page *page =
	    page_parse(html, strlen(html), PARSER_HTML5, 0, &err);
	struct extract_context context = {
	    .url = READING_URL, .now_s = READING_NOW};
	struct extraction read = {0};
	assert_true(extract_articles(compiled, page, &context, &read, &err));
	char *out = reading_print(&read);
	extraction_clear(&read);
	page_free(page);
	compiled_rules_free(compiled);
	return out;
}

static const char *
first_css(const struct rule_list *list)
{
	return list->count > 0 ? list->list[0].css : NULL;
}

static void
expect(const char *what, const char *part, const char *wanted, const char *got)
{
	if (wanted != NULL && (got == NULL || strcmp(wanted, got) != 0))
		fail_msg("%s: %s: %s, not %s", what, part,
		    got != NULL ? got : "none", wanted);
}

static void
test_lessons(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(lessons); i++) {
		const char *what = lessons[i].what;
		char *html = make_page(lessons[i].before, lessons[i].item,
		    lessons[i].after, lessons[i].items);
		struct extraction read = {0};
		struct lesson lesson;
		learn("", html, &read, &lesson);
		if (lesson.grade != lessons[i].grade)
			fail_msg("%s: %s, confidence %u", what,
			    lesson_word(lesson.grade), lesson.confidence);
		const struct rules *rules = &lesson.rules;
		expect(what, "item", lessons[i].item_css,
		    first_css(&rules->items));
		expect(what, "title", lessons[i].title,
		    first_css(&rules->fields[FIELD_TITLE]));
		expect(what, "date", lessons[i].date,
		    first_css(&rules->fields[FIELD_DATE]));
		expect(
		    what, "article-link", lessons[i].link, lesson.article_link);
		if (lessons[i].item_css != NULL) {
			char *inferred = reading_print(&read);
			char *by_rules = read_by(rules, html);
			assert_string_equal(inferred, by_rules);
			free(inferred);
			free(by_rules);
		} else
			assert_true(lesson.warnings.count > 0);
		lesson_clear(&lesson);
		extraction_clear(&read);
		free(html);
	}
}

/* What a person gave stays, and only the rest is learned. */
static void
test_given(void **state)
{
	(void)state;
	char *html = make_page(NAV "<ul>", item_plain, "</ul>", 20);
	struct extraction read = {0};
	struct lesson lesson;
	learn(
	    "title: h3 a\narticle-link: /article/{id}\n", html, &read, &lesson);
	assert_int_equal(lesson.rules.fields[FIELD_TITLE].count, 1);
	assert_string_equal(
	    first_css(&lesson.rules.fields[FIELD_TITLE]), "h3 a");
	assert_string_equal(first_css(&lesson.rules.items), ".story");
	assert_null(lesson.article_link);
	lesson_clear(&lesson);
	extraction_clear(&read);
	free(html);
}

/* ---- to the letter ---- */

static void
learn_exactly(const char *lines, const char *html, struct extraction *read,
    struct lesson *lesson)
{
	struct error err = {0};
	struct rules rules = reading_rules(lines);
	struct compiled_rules *compiled = rules_compile(&rules, &err);
	struct page *page =
	    page_parse(html, strlen(html), PARSER_HTML5, 0, &err);
	struct extract_context context = {
	    .url = READING_URL, .now_s = READING_NOW};
	assert_true(extract_articles(compiled, page, &context, read, &err));
	assert_true(learn_rules(
	    &rules, page, &context, read, LEARN_TO_KEEP, lesson, &err));
	page_free(page);
	compiled_rules_free(compiled);
	rules_clear(&rules);
}

/* What nobody looks at gives the same to the letter, or is nothing. */
static void
test_exactly(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(lessons); i++) {
		char *html = make_page(lessons[i].before, lessons[i].item,
		    lessons[i].after, lessons[i].items);
		struct extraction read = {0};
		struct lesson lesson;
		learn_exactly("", html, &read, &lesson);
		char *inferred = reading_print(&read);
		char *by_rules = read_by(&lesson.rules, html);
		assert_int_equal(
		    lesson.rules.items.count > 0, lessons[i].item_css != NULL);
		assert_string_equal(inferred, by_rules);
		free(inferred);
		free(by_rules);
		lesson_clear(&lesson);
		extraction_clear(&read);
		free(html);
	}
}

static void
test_agreement(void **state)
{
	(void)state;
	struct article a[] = {
	    {.link = "https://a.example/1",
		.title = "One",
		.text =
		    "What happened there last night, as it was told to us, is "
		    "a long story."},
	    {.link = "https://a.example/2",
		.title = "Two",
		.published = {1681898700, PRECISION_MINUTE}}};
	struct article b[] = {
	    {.link = "http://www.a.example/1?utm_source=x",
		.title = "One",
		.text =
		    "What happened there last night, as it was told to us, is "
		    "a long story. Read more"},
	    {.link = "https://a.example/2",
		.title = "Two",
		.published = {1681898740, PRECISION_SECOND}},
	    {.link = "https://a.example/3", .title = "Three"}};
	struct articles wanted = {a, 2, 2}, read = {b, 2, 2};
	struct agreement found;
	agreement_find(&wanted, &wanted, true, &found);
	assert_true(agreement_is_full(&found));
	agreement_find(&wanted, &read, false, &found);
	assert_int_equal(found.both, 2);
	assert_int_equal(found.fields[FIELD_TEXT].same, 1);
	assert_int_equal(found.fields[FIELD_DATE].same, 1);
	/* to the letter neither text, date nor link is the same */
	agreement_find(&wanted, &read, true, &found);
	assert_false(agreement_is_full(&found));
	assert_int_equal(found.fields[FIELD_TEXT].same, 0);
	assert_int_equal(found.fields[FIELD_DATE].same, 0);
	/* one more is no full agreement, nor is another order */
	read.count = 3;
	agreement_find(&wanted, &read, false, &found);
	assert_false(agreement_is_full(&found));
	struct article turned[] = {a[1], a[0]};
	struct articles backwards = {turned, 2, 2};
	agreement_find(&wanted, &backwards, true, &found);
	assert_false(agreement_is_full(&found));
	assert_int_equal(found.both, 2);
}

static void
test_expectation(void **state)
{
	(void)state;
	struct article full = {.text = "x",
	    .image = "y",
	    .published = {1681898700, PRECISION_DAY}};
	struct article bare = {.text = "x"};
	struct article list[20];
	static const struct {
		size_t count, bare, filtered;
		const char *place;
		bool met;
	} rows[] = {
	    {20, 0, 0, "ul < main", true},
	    {16, 0, 0, "ul < main", true},
	    {15, 0, 0, "ul < main", false},
	    {10, 0, 6, "ul < main", true}, /* a filter left some out */
	    {20, 8, 0, "ul < main", true},
	    {20, 9, 0, "ul < main", false}, /* dates and pictures are lost */
	    {20, 0, 0, "ol < main", false},
	    {20, 0, 0, NULL, false},
	    {0, 0, 0, NULL, false},
	};
	for (size_t k = 0; k < COUNT(list); k++)
		list[k] = full;
	struct extraction read = {.articles = {list, 20, 20}};
	read.list_path = (char *)"ul < main";
	struct expectation expected = expectation_of(&read), none = {0};
	assert_int_equal(expected.filled[FIELD_DATE], 20);
	assert_int_equal(expected.filled[FIELD_AUTHOR], 0);
	uint64_t worth = expectation_worth(&read);
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (size_t k = 0; k < COUNT(list); k++)
			list[k] = k < rows[i].bare ? bare : full;
		read.articles.count = rows[i].count;
		read.filtered = (uint32_t)rows[i].filtered;
		read.list_path = (char *)rows[i].place;
		if (expectation_is_met(&expected, &read) != rows[i].met)
			fail_msg("row %zu", i);
		assert_true(expectation_is_met(&none, &read));
		assert_true(expectation_worth(&read) <= worth);
	}
	expectation_clear(&expected);
}

static void
test_text(void **state)
{
	(void)state;
	static const char text[] =
	    "item: .story\nitem: [class*=\"Lead_\"]\ntitle: h3: x\n";
	static const char good[] =
	    "item: .story\nitem: .lead\nlink: a\n"
	    "title: h3\ntitle: .tit\ndate: time@datetime\n";
	static const char *const bad[] = {"item .story\n", "headline: h3\n",
	    "item: \n", "item: h3 >\n", "title: h3\nitem", "item: a@href\n"};
	struct rules rules = {0}, given = {0};
	assert_false(lesson_read(text, &rules)); /* h3: x is none */
	assert_true(lesson_read(good, &rules));
	assert_int_equal(rules.items.count, 2);
	assert_int_equal(rules.fields[FIELD_TITLE].count, 2);
	struct lesson lesson = {.rules = rules};
	char *back = lesson_write(&lesson, &given);
	assert_string_equal(back, good);
	free(back);
	/* what is given is not said, and stays */
	rule_list_add(&given.fields[FIELD_TITLE],
	    (struct rule){.xpath = xstrdup("//h1")});
	back = lesson_write(&lesson, &given);
	assert_null(strstr(back, "title"));
	assert_true(lesson_read(good, &given));
	assert_int_equal(given.fields[FIELD_TITLE].count, 1);
	assert_string_equal(given.fields[FIELD_TITLE].list[0].xpath, "//h1");
	assert_int_equal(given.items.count, 2);
	free(back);
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct rules none = {0};
		if (lesson_read(bad[i], &none))
			fail_msg("row %zu", i);
		assert_int_equal(none.items.count, 0);
	}
	rules_clear(&rules);
	rules_clear(&given);
}

/* Tomorrow's page, with other articles, is read by today's rules. */
static void
test_tomorrow(void **state)
{
	(void)state;
	char *today = make_page(NAV "<ul>", item_plain, "</ul>", 20);
	char *tomorrow = make_page(NAV "<ul>", item_plain, "</ul>", 31);
	struct extraction read = {0}, again = {0};
	struct lesson lesson;
	learn("", today, &read, &lesson);
	assert_true(reading_extract("", tomorrow, &again));
	char *inferred = reading_print(&again);
	char *by_rules = read_by(&lesson.rules, tomorrow);
	assert_string_equal(inferred, by_rules);
	free(inferred);
	free(by_rules);
	lesson_clear(&lesson);
	extraction_clear(&read);
	extraction_clear(&again);
	free(today);
	free(tomorrow);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_link_shape),
	    cmocka_unit_test(test_native),
	    cmocka_unit_test(test_witness),
	    cmocka_unit_test(test_lessons),
	    cmocka_unit_test(test_given),
	    cmocka_unit_test(test_tomorrow),
	    cmocka_unit_test(test_exactly),
	    cmocka_unit_test(test_agreement),
	    cmocka_unit_test(test_text),
	    cmocka_unit_test(test_expectation),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
