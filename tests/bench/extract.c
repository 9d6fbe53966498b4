/*
 * What reading costs beside gumbo's parse of the same page, in this run.
 *
 *   extract            an invented section page of 300 KB, and one of 300 items
 *   extract FILE URL   any page, without rules
 *
 * Each figure is the least of several passes: CPU time, this thread alone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <gumbo.h>

#include "feed/buffer.h"
#include "feed/extract.h"
#include "feed/learn.h"
#include "feed/memory.h"
#include "feed/page.h"
#include "feed/rules.h"

#define PASSES 15
#define SECTION_BYTES (300 << 10)
#define SECTION_ITEMS 40
#define LONG_ITEMS 300
#define PAGE_BYTES ((size_t)8 << 20)
#define NOW_S 1709650000 /* the evening of the pages' day */

static double
cpu_us(void)
{
	struct timespec spent;
	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent) != 0)
		exit(1);
	return (double)spent.tv_sec * 1e6 + (double)spent.tv_nsec / 1e3;
}

/* ---- pages ---- */

static void
add_item(struct buffer *page, int number)
{
	buffer_add_format(page,
	    "<li class=\"item\"><a class=\"thumb\" "
	    "href=\"/article/2024030550%04d"
	    "\"><img src=\"/blank.gif\" data-src=\"/photo/%d.jpg\" "
	    "alt=\"\"></a>"
	    "<div class=\"body\"><h3 class=\"title\"><a href=\"/article/"
	    "2024030550%04d\">%d번째 골목에 새 책방이 문을 열고 이웃을 "
	    "부른다</a></h3><p class=\"lead\">좁은 길 끝의 낡은 창고를 고쳐 "
	    "책 삼천 권을 들였다. 저녁이면 동네 사람이 모여 소리 내어 "
	    "읽는다.</p><p class=\"by\"><span class=\"writer\">한가람 "
	    "기자</span><span class=\"date\">2024-03-05 %02d:%02d:00</span></p>"
	    "</div></li>\n",
	    number, number, number, number, 8 + number / 60 % 12, number % 60);
}

static void
add_menu(struct buffer *page, int links)
{
	buffer_add_string(page, "<nav id=\"gnb\"><ul>");
	for (int i = 0; i < links; i++)
		buffer_add_format(page,
		    "<li class=\"m\"><a href=\"/newsList/%d\"><span>갈래 "
		    "%d</span></a></li>",
		    200 + i, i);
	buffer_add_string(page, "</ul></nav>\n");
}

/* Beside the list: most read, banners, the script that pages carry. */
static void
add_box(struct buffer *page, int number)
{
	buffer_add_format(page,
	    "<aside class=\"box b%d\"><h4>많이 본 "
	    "글</h4><ol>",
	    number % 7);
	for (int i = 0; i < 8; i++)
		buffer_add_format(page,
		    "<li><em>%d</em><a "
		    "href=\"/article/20240304500%03d%d\">어제 "
		    "장터에서 만난 %d번째 사람</a></li>",
		    i + 1, number % 1000, i, i);
	buffer_add_format(page,
	    "</ol></aside><div class=\"banner\"><a href=\"https://shop.example/"
	    "%d\"><img src=\"/banner/%d.png\" width=\"300\"></a></div>"
	    "<script>var box%d = {slot: %d, size: [300, 250], lazy: true};"
	    "</script>\n",
	    number, number, number, number);
}

static struct buffer
make_page(int items, size_t bytes)
{
	struct buffer page = {0};
	buffer_add_string(&page,
	    "<!DOCTYPE html><html lang=\"ko\"><head><meta charset=\"utf-8\">"
	    "<title>동네 - 골목신문</title></head><body><div id=\"wrap\">\n");
	add_menu(&page, 120);
	buffer_add_string(&page, "<div id=\"main\"><ul class=\"list\">\n");
	for (int i = items; i > 0; i--)
		add_item(&page, i);
	buffer_add_string(&page, "</ul></div><div id=\"side\">\n");
	for (int i = 0; page.length < bytes; i++)
		add_box(&page, i);
	buffer_add_string(&page, "</div></div></body></html>\n");
	return page;
}

/* ---- measures ---- */

static double
parse_us(const struct buffer *html)
{
	GumboOptions options = kGumboDefaultOptions;
	options.max_errors = 0;
	double least = 1e12;
	for (int pass = 0; pass < PASSES; pass++) {
		double start = cpu_us();
		GumboOutput *output = gumbo_parse_with_options(
		    &options, html->bytes, html->length);
		double spent = cpu_us() - start;
		gumbo_destroy_output(&options, output);
		least = spent < least ? spent : least;
	}
	return least;
}

static void
die(const char *reason)
{
	fprintf(stderr, "extract: %s\n", reason);
	exit(1);
}

struct measure {
	double page_us, extract_us;
	size_t articles;
	uint32_t items;
};

/* The guards and the tree, then the articles. */
static struct measure
measure(const struct buffer *html, const struct rules *from, const char *url)
{
	struct error err = {.reason = ""};
	struct compiled_rules *rules = rules_compile(from, &err);
	if (rules == NULL)
		die(err.reason);
	struct extract_context context = {.url = url, .now_s = NOW_S};
	struct measure best = {.page_us = 1e12, .extract_us = 1e12};
	for (int pass = 0; pass < PASSES; pass++) {
		double start = cpu_us();
		struct page *page = page_parse(
		    html->bytes, html->length, PARSER_HTML5, PAGE_BYTES, &err);
		double parsed = cpu_us();
		struct extraction found;
		if (page == NULL ||
		    !extract_articles(rules, page, &context, &found, &err))
			die(err.reason);
		double spent = cpu_us() - parsed;
		best.page_us = parsed - start < best.page_us ? parsed - start
							     : best.page_us;
		best.extract_us =
		    spent < best.extract_us ? spent : best.extract_us;
		best.articles = found.articles.count;
		best.items = found.item_count;
		extraction_clear(&found);
		page_free(page);
	}
	compiled_rules_free(rules);
	return best;
}

static void
print_row(const char *what, double us, double gumbo_us)
{
	printf("  %-34s %8.2f ms  %5.2f of the parse\n", what, us / 1e3,
	    us / gumbo_us);
}

/* Rules from what was inferred; *rules is the caller's. */
static double
learn_us(const struct buffer *html, const char *url, struct rules *rules)
{
	struct error err = {.reason = ""};
	struct rules none = {0};
	struct compiled_rules *compiled = rules_compile(&none, &err);
	struct page *page = page_parse(
	    html->bytes, html->length, PARSER_HTML5, PAGE_BYTES, &err);
	struct extract_context context = {.url = url, .now_s = NOW_S};
	struct extraction inferred = {0};
	double least = 1e12;
	if (page == NULL ||
	    !extract_articles(compiled, page, &context, &inferred, &err))
		die(err.reason);
	for (int pass = 0; pass < PASSES; pass++) {
		struct lesson lesson;
		double start = cpu_us();
		if (!learn_rules(&none, page, &context, &inferred,
			LEARN_TO_SHOW, &lesson, &err))
			die(err.reason);
		double spent = cpu_us() - start;
		least = spent < least ? spent : least;
		if (pass == 0)
			*rules = rules_copy(&lesson.rules);
		lesson_clear(&lesson);
	}
	extraction_clear(&inferred);
	page_free(page);
	compiled_rules_free(compiled);
	return least;
}

static void
measure_inferred(const char *name, const struct buffer *html, const char *url)
{
	struct rules none = {0};
	double gumbo_us = parse_us(html);
	struct measure got = measure(html, &none, url);
	printf("%s, %zu KB, %zu articles found\n", name, html->length >> 10,
	    got.articles);
	print_row("gumbo's parse", gumbo_us, gumbo_us);
	print_row("guards, parse and flat arrays", got.page_us, gumbo_us);
	print_row("list and fields, all inferred", got.extract_us, gumbo_us);
	struct rules rules;
	print_row("their rules learned", learn_us(html, url, &rules), gumbo_us);
	got = measure(html, &rules, url);
	print_row("list and fields by these rules", got.extract_us, gumbo_us);
	rules_clear(&rules);
}

static void
add_rule(struct rule_list *list, const char *css)
{
	rule_list_add(list, (struct rule){.css = xstrdup(css)});
}

/* 300 items by five fields. */
static void
measure_rules(const char *url)
{
	static const struct {
		enum field field;
		const char *css;
	} fields[] = {
	    {FIELD_LINK, "h3 > a"},
	    {FIELD_TITLE, ".title a"},
	    {FIELD_TEXT, "p.lead"},
	    {FIELD_DATE, ".by .date"},
	    {FIELD_IMAGE, "img@data-src"},
	};
	const size_t count = sizeof(fields) / sizeof(fields[0]);
	struct buffer html = make_page(LONG_ITEMS, 0);
	struct rules rules = {0};
	add_rule(&rules.items, "ul.list > li.item");
	double gumbo_us = parse_us(&html);
	struct measure items = measure(&html, &rules, url);
	for (size_t i = 0; i < count; i++)
		add_rule(&rules.fields[fields[i].field], fields[i].css);
	struct measure all = measure(&html, &rules, url);
	if (all.items != LONG_ITEMS || all.articles != LONG_ITEMS)
		die("the rules do not find their items");
	printf("a page of %d items, %zu KB\n", LONG_ITEMS, html.length >> 10);
	print_row("gumbo's parse", gumbo_us, gumbo_us);
	print_row("items by rule, fields inferred", items.extract_us, gumbo_us);
	char what[64];
	snprintf(what, sizeof(what), "items and %zu fields by rule",
	    count * LONG_ITEMS);
	print_row(what, all.extract_us, gumbo_us);
	rules_clear(&rules);
	buffer_clear(&html);
}

static struct buffer
read_page(const char *name)
{
	struct buffer page = {0};
	char block[65536];
	size_t got;
	FILE *file = fopen(name, "rb");
	if (file == NULL)
		die("no such file");
	while ((got = fread(block, 1, sizeof(block), file)) > 0)
		buffer_add(&page, block, got);
	fclose(file);
	return page;
}

int
main(int argc, char **argv)
{
	if (argc != 1 && argc != 3) {
		fprintf(stderr, "usage: extract [FILE URL]\n");
		return 2;
	}
	const char *url =
	    argc == 3 ? argv[2] : "https://news.example.kr/newsList/200";
	struct buffer page = argc == 3
				 ? read_page(argv[1])
				 : make_page(SECTION_ITEMS, SECTION_BYTES);
	measure_inferred(argc == 3 ? argv[1] : "a section page", &page, url);
	buffer_clear(&page);
	if (argc == 1)
		measure_rules(url);
	return 0;
}
