#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "feed/buffer.h"
#include "feed/charset.h"
#include "feed/extract.h"
#include "feed/memory.h"

/*
 * Pages made to cost more than they weigh, 2 MiB each, on the whole way of a
 * page: characters, guards, tree, list, fields.  Each runs in a process that
 * may use as much CPU as a worker may for one page; a guard may refuse, but
 * nothing may hang or die.
 *
 *   test_hostile --table     what each one costs, in milliseconds of CPU
 */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PAGE_BYTES ((size_t)2 << 20)
#define CPU_S 5 /* workers.c */
#define NOW_S 1709650000
#define URL "https://news.example/list"
#define HEAD "<!doctype html><meta charset=utf-8><title>t</title><body>"
#define STORY "<a href=/news/%zu>Headline number %zu of this long day</a>"

/* The page is head and then unit until it is full; %zu is the unit's number. */
struct attack {
	const char *name, *head, *unit;
	size_t count;  /* units at most; 0: as many as fit */
	size_t nested; /* "<div>" before the units */
};

static const struct attack attacks[] = {
    /* the tree */
    {"line breaks", "", "<br>", 0, 0},
    {"open divisions", "", "<div>", 0, 0},
    {"deeper than a guard lets it be", "", "<i>x</i>", 0, 480},
    {"as deep as a guard lets it be", "", "<i>x</i>", 65000, 480},
    {"paragraphs, as deep as it lets them be", "", "<p>x", 125000, 480},
    {"open bold", "", "<b>", 0, 0},
    {"20,000 open bold", "", "<b>", 20000, 0},
    {"italics in a table", "<table>", "<i>", 0, 0},
    {"20,000 italics in a table", "<table>", "<i>", 20000, 0},
    {"tables in tables", "", "<table><tr><td>", 0, 0},
    {"bold over italics", "", "<b><i></b></i>", 0, 0},
    {"bold over paragraphs", "", "<b><p></b>", 0, 0},
    {"links over divisions", "", "<a><div></a>", 0, 0},
    {"links in links", "", "<a href=x>", 0, 0},
    {"fonts in paragraphs", "", "<font size=%zu><p>", 0, 0},
    {"formatting of all kinds", "", "<font><b><i><u><s><tt><p>x", 0, 0},
    {"no breaks", "", "<nobr>", 0, 0},
    {"forms in tables", "", "<form><table><tr>", 0, 0},
    {"buttons", "", "<button><p>", 0, 0},
    {"options", "<select>", "<option>x", 0, 0},
    {"list items", "<ul>", "<li>x", 0, 0},
    {"templates", "", "<template>", 0, 0},
    {"scripts in a script", "<script><!--", "<script>", 0, 0},
    {"foreign elements", "<svg>", "<path d=M0 />", 0, 0},
    {"sections of foreign text", "<svg>", "<![CDATA[x]]>", 0, 0},
    {"names of all kinds", "", "<y%zu></y%zu>", 0, 0},
    {"comments", "", "<!---->", 0, 0},
    {"one comment", "<!--", "-", 0, 0},
    {"brackets", "", "<", 0, 0},
    {"entities", "", "&amp;&#x41;&notin;", 0, 0},
    {"entities that are none", "", "&abcdefgh", 0, 0},
    /* attributes */
    {"attributes in one tag", "<p ", "a%zu=1 ", 0, 0},
    {"a hundred attributes in each tag", "",
	"<p a b c d e f g h i j k l m n o p q r s t u v w x y z aa ab ac ad ae "
	"af ag ah ai aj ak al am an ao ap aq ar as at au av aw ax ay az ba bb "
	"bc bd be bf bg bh bi bj bk bl bm bn bo bp bq br bs bt bu bv bw bx by "
	"bz ca cb cc cd ce cf cg ch ci cj ck cl cm cn co cp cq cr cs ct cu>",
	0, 0},
    {"as many attributes as a guard lets it have", "",
	"<p a b c d e f g h i j k l m n o p q r s t u v w x y z>", 24600, 0},
    {"one value", "<p title=\"", "xxxxxxxx", 0, 0},
    {"classes", "", "<p class=\"a%zu b c d e f g h i j\">" STORY, 0, 0},
    {"identifiers", "", "<p id=i%zu>" STORY, 0, 0},
    {"base elements", "", "<base href=/x%zu/>", 0, 0},
    {"steps up", "<ul>",
	"<li><a href=/../../../../../../../%zu>Headline "
	"number %zu of this long day</a>",
	0, 0},
    /* text */
    {"one word", "<p>", "가나다라", 0, 0},
    {"blanks", "<p>", "        ", 0, 0},
    {"digits", "<p>", "12345678", 0, 0},
    {"dates", "<p>", "2024-03-05 10:23 ", 0, 0},
    {"days without an end", "<p>", "1 2 3 4 ", 0, 0},
    {"joiners", "<p>", "\xe2\x80\x8d", 0, 0},
    {"bytes that are none", "<p>", "\xff\xfe", 0, 0},
    /* lists */
    {"stories in a list", "<ul>", "<li>" STORY, 0, 0},
    {"4,000 stories", "<ul>",
	"<li>" STORY "<p class=by>Kim</p><p>Some text of them, the same on "
	"each.</p><i>2024-03-05 10:00</i>",
	4000, 0},
    {"one story again and again", "",
	"<a href=/news/1234567>Headline of this long day</a>", 0, 0},
    {"stories deep down", "", STORY, 0, 400},
    {"stories deep down in a list", "<ul>", "<li>" STORY, 0, 400},
    {"stories in names of their own", "", "<x%zu>" STORY "</x%zu>", 0, 0},
    {"stories in headings", "", "<h3>" STORY "</h3>", 0, 0},
    {"stories in terms", "<dl>", "<dt>" STORY "<dd>text<dd>2024-03-05", 0, 0},
    {"stories in rows", "<table>",
	"<tr><td>%zu<td>" STORY "<td>Kim<td>"
	"2024-03-05",
	0, 0},
    {"stories in a paragraph", "<p>", STORY " text<br>", 0, 0},
    {"stories with dates of many kinds", "<ul>",
	"<li>" STORY
	"<i>3 Mar 2024, 10:23 GMT</i><b>5 hours ago</b><u>1 1 1 1</u>",
	0, 0},
    {"stories with pictures", "<ul>",
	"<li>" STORY "<img data-a=/i.jpg><img data-b=/i.jpg><img "
	"srcset='/a.jpg 1w, /b.jpg 2w, /c.jpg 3w'>",
	0, 0},
    {"calls of scripts", "<ul>",
	"<li onclick=\"view(%zu)\"><a href=#>Headline %zu of the day</a>", 0,
	0},
    {"menus", "", "<nav class=menu><a href=/section/%zu>Menu</a></nav>", 0, 0},
    {"headings without a story", "", "<h3>x</h3><p>y", 0, 0},
    /* data */
    {"brackets of data", "<script type=application/ld+json>", "[", 0, 0},
    {"nested data", "<script type=application/ld+json>", "{\"a\":", 0, 0},
    {"articles in data", "<script type=application/ld+json>[",
	"{\"@type\":\"NewsArticle\",\"headline\":\"Story %zu\",\"url\":"
	"\"/news/%zu\"},",
	0, 0},
    {"scripts of data", "",
	"<script type=application/ld+json>{\"@type\":\"NewsArticle\","
	"\"headline\":\"Story %zu of the day\",\"url\":\"/news/%zu\"}</script>",
	0, 0},
    {"marked up articles", "",
	"<div itemscope itemtype=https://schema.org/NewsArticle><a "
	"itemprop=url "
	"href=/news/%zu><b itemprop=headline>Headline number %zu</b></a></div>",
	0, 0},
};

static void
add_unit(struct buffer *page, const char *unit, size_t number)
{
	for (const char *at = unit; *at != '\0'; at++)
		if (at[0] == '%' && strncmp(at, "%zu", 3) == 0) {
			buffer_add_format(page, "%zu", 100000 + number);
			at += 2;
		} else
			buffer_add_byte(page, *at);
}

static struct buffer
make_page(const struct attack *attack)
{
	struct buffer page = {0};
	buffer_add_string(&page, HEAD);
	for (size_t i = 0; i < attack->nested; i++)
		buffer_add_string(&page, "<div>");
	buffer_add_string(&page, attack->head);
	for (size_t i = 0; attack->count == 0 || i < attack->count; i++) {
		size_t before = page.length;
		add_unit(&page, attack->unit, i);
		if (page.length > PAGE_BYTES) {
			page.length = before;
			break;
		}
	}
	return page;
}

/* ---- the way of a page ---- */

/* Rules that make each element of a page an item, and look round for each
 * field. */
static struct rules
costly_rules(void)
{
	struct rules rules = {0};
	rule_list_add(&rules.items,
	    (struct rule){
		.css = xstrdup(
		    "li, p, dt, tr, h3:not(:has(~ h3 ~ h3 ~ u)), i, b")});
	rule_list_add(&rules.fields[FIELD_TITLE],
	    (struct rule){.css = xstrdup(":is(a, b):not(:has(+ i)), a")});
	rule_list_add(&rules.fields[FIELD_TEXT],
	    (struct rule){.xpath = xstrdup("following-sibling::dd[1]")});
	rule_list_add(&rules.fields[FIELD_DATE],
	    (struct rule){.css = xstrdup("~ i, i:nth-last-of-type(2n+1)")});
	return rules;
}

static void
read_page(const struct buffer *bytes, bool by_rules)
{
	struct error err = {.reason = ""};
	struct rules from = by_rules ? costly_rules() : (struct rules){0};
	struct compiled_rules *rules = rules_compile(&from, &err);
	struct charsets *charsets = charsets_open(&err);
	if (rules == NULL || charsets == NULL)
		_exit(2);
	struct decoded decoded;
	if (!charset_decode(charsets, bytes->bytes, bytes->length, NULL, NULL,
		NULL, &decoded, &err))
		_exit(3);
	struct page *page =
	    page_parse(decoded.text, decoded.length, PARSER_HTML5, 0, &err);
	struct extraction found;
	struct extract_context context = {.url = URL, .now_s = NOW_S};
	if (page != NULL &&
	    extract_articles(rules, page, &context, &found, &err))
		extraction_clear(&found);
	page_free(page);
	decoded_clear(&decoded);
	charsets_free(charsets);
	compiled_rules_free(rules);
	rules_clear(&from);
}

/* The deliberately bad one: what a quadratic reader does. */
static void
read_badly(const struct buffer *bytes)
{
	volatile size_t sum = 0;
	for (size_t i = 0; i < bytes->length; i++)
		for (size_t k = 0; k < i; k++)
			sum = sum + (size_t)bytes->bytes[k];
}

enum reader { READ_INFERRED, READ_BY_RULES, READ_BADLY };

/* How it ended, as wait() says; CPU in *cpu_ms. */
static int
run_limited(const struct buffer *page, enum reader reader, rlim_t limit_s,
    double *cpu_ms)
{
	struct rusage used;
	int status;
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct rlimit limit = {limit_s, limit_s + 1};
		struct rlimit none = {0, 0};
		setrlimit(RLIMIT_CORE, &none);
		if (setrlimit(RLIMIT_CPU, &limit) != 0)
			_exit(4);
		if (reader == READ_BADLY)
			read_badly(page);
		else
			read_page(page, reader == READ_BY_RULES);
		_exit(0);
	}
	assert_int_equal(wait4(pid, &status, 0, &used), pid);
	*cpu_ms = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e3 +
		  (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e3;
	return status;
}

static rlim_t
limit_s(void)
{
	const char *under = getenv("RUN_UNDER");
	/* valgrind runs thirty times slower, sanitizers five */
#ifdef METROFEED_NO_LOCKDOWN
	return under != NULL && *under != '\0' ? CPU_S * 60 : CPU_S * 5;
#else
	return under != NULL && *under != '\0' ? CPU_S * 60 : CPU_S;
#endif
}

static void
no_page_outlives_its_time(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(attacks); i++) {
		struct buffer page = make_page(&attacks[i]);
		for (int reader = READ_INFERRED; reader <= READ_BY_RULES;
		     reader++) {
			double cpu_ms;
			int status = run_limited(
			    &page, (enum reader)reader, limit_s(), &cpu_ms);
			if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
				continue;
			print_error("%s, %s: status %#x after %.0f ms\n",
			    attacks[i].name,
			    reader == READ_INFERRED ? "inferred" : "by rules",
			    (unsigned)status, cpu_ms);
			failed++;
		}
		buffer_clear(&page);
	}
	assert_int_equal(failed, 0);
}

static void
a_bad_reader_is_caught(void **state)
{
	(void)state;
	struct buffer page = make_page(&attacks[0]);
	double cpu_ms;
	int status = run_limited(&page, READ_BADLY, 1, &cpu_ms);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGXCPU);
	buffer_clear(&page);
}

static int
print_table(void)
{
	printf("inferred  by rules  (ms of CPU)\n");
	for (size_t i = 0; i < COUNT(attacks); i++) {
		struct buffer page = make_page(&attacks[i]);
		double inferred, ruled;
		int first = run_limited(&page, READ_INFERRED, 60, &inferred);
		int second = run_limited(&page, READ_BY_RULES, 60, &ruled);
		printf("%8.0f  %8.0f  %s%s\n", inferred, ruled, attacks[i].name,
		    first != 0 || second != 0 ? ": died" : "");
		fflush(stdout);
		buffer_clear(&page);
	}
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--table") == 0)
		return print_table();
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_page_outlives_its_time),
	    cmocka_unit_test(a_bad_reader_is_caught),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
