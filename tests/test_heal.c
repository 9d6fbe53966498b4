#include "feed/heal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "feed/memory.h"
#include "tests/reading.h"

#define DAY 86400

/* ---- the gates ---- */

/* Twenty articles, twelve of them known: as good as it gets. */
static struct heal_evidence
sound(void)
{
	return (struct heal_evidence){.anchors = 12,
	    .covered = 12,
	    .titled = 12,
	    .dated = 12,
	    .days = 12,
	    .articles = 20,
	    .rows = 20,
	    .alike = 20,
	    .usual = 20};
}

static const struct {
	struct heal_evidence change; /* 0: as it is; 1000: none */
	bool is_confirming;
	enum heal_grade grade;
} gates[] = {
    {{0}, false, HEAL_SURE},
    {{0}, true, HEAL_SURE},
    /* known articles */
    {{.anchors = 7, .covered = 7, .titled = 7, .dated = 7, .days = 7}, false,
	HEAL_ADOPT},
    {{.anchors = 3, .covered = 3, .titled = 3, .dated = 3, .days = 3}, false,
	HEAL_ADOPT},
    {{.anchors = 3, .covered = 3, .titled = 2, .dated = 3, .days = 3}, false,
	HEAL_PROPOSE},
    {{.anchors = 2, .covered = 2, .titled = 2, .dated = 2, .days = 2}, false,
	HEAL_PROPOSE},
    {{.anchors = 2, .covered = 2, .titled = 2, .dated = 2, .days = 2}, true,
	HEAL_ADOPT},
    {{.anchors = 1000, .covered = 1000}, false, HEAL_PROPOSE},
    /* found again */
    {{.covered = 10, .titled = 10}, false, HEAL_ADOPT},
    {{.covered = 8, .titled = 8}, false, HEAL_PROPOSE},
    {{.covered = 5, .titled = 5}, false, HEAL_REFUSE},
    /* their values */
    {{.titled = 10}, false, HEAL_ADOPT},
    {{.titled = 9}, false, HEAL_PROPOSE},
    {{.days = 9}, false, HEAL_PROPOSE},
    /* how many there are */
    {{.articles = 37, .rows = 37, .alike = 37}, false, HEAL_PROPOSE},
    {{.articles = 51, .rows = 51, .alike = 51}, false, HEAL_REFUSE},
    {{.articles = 9, .rows = 9, .alike = 9}, false, HEAL_PROPOSE},
    {{.articles = 7, .rows = 7, .alike = 7}, false, HEAL_REFUSE},
    {{.anchors = 5,
	 .covered = 5,
	 .titled = 5,
	 .dated = 5,
	 .days = 5,
	 .articles = 11,
	 .rows = 11,
	 .alike = 11},
	false, HEAL_PROPOSE},
    /* items that give nothing do no harm, if they are not nearly all */
    {{.rows = 60}, false, HEAL_SURE},
    {{.rows = 90}, false, HEAL_PROPOSE},
    /* shorter and nothing new: a box of what is most read */
    {{.articles = 12, .rows = 12, .alike = 12}, false, HEAL_PROPOSE},
    {{.articles = 12, .rows = 12, .alike = 12}, true, HEAL_PROPOSE},
    {{.articles = 13, .rows = 13, .alike = 13}, false, HEAL_SURE},
    /* links of other kinds, and more articles than usual */
    {{.articles = 30, .rows = 30, .alike = 15}, false, HEAL_PROPOSE},
    {{.alike = 10}, false, HEAL_SURE},
};

static uint32_t
changed(uint32_t was, uint32_t change)
{
	return change == 0 ? was : change == 1000 ? 0 : change;
}

static void
test_gates(void **state)
{
	(void)state;
	bool failed = false;
	for (size_t i = 0; i < sizeof(gates) / sizeof(*gates); i++) {
		struct heal_evidence e = sound();
		const struct heal_evidence *c = &gates[i].change;
		char why[512];
		e.anchors = changed(e.anchors, c->anchors);
		e.covered = changed(e.covered, c->covered);
		e.titled = changed(e.titled, c->titled);
		e.dated = changed(e.dated, c->dated);
		e.days = changed(e.days, c->days);
		e.articles = changed(e.articles, c->articles);
		e.rows = changed(e.rows, c->rows);
		e.alike = changed(e.alike, c->alike);
		enum heal_grade grade =
		    heal_judge(&e, gates[i].is_confirming, why);
		if (grade != gates[i].grade)
			printf("row %zu: %d, %s\n", i, (int)grade, why);
		failed |= grade != gates[i].grade;
	}
	assert_false(failed);
}

/* ---- a page ---- */

static char *
list_page(const char *prefix, int first, int count, const char *item,
    const char *extra)
{
	struct buffer html = {0};
	buffer_add_string(&html, "<html><body><div class=list>");
	for (int i = first; i < first + count; i++)
		buffer_add_format(&html,
		    "<%s class=card><h2><a href='%s/%d'>Story number %d: the "
		    "market has opened again</a></h2><p class=by>Ann Lee</p>"
		    "</%s>",
		    item, prefix, 2023042000 + i, i, item);
	buffer_add_format(&html, "</div>%s</body></html>", extra);
	return buffer_take(&html);
}

static void
remember(const char *html, struct articles *memory)
{
	struct extraction read;
	assert_true(reading_extract("item: .card\ntitle: h2\n", html, &read));
	for (size_t i = 0; i < read.articles.count; i++)
		articles_add(memory, article_copy(&read.articles.list[i]));
	extraction_clear(&read);
}

static bool
heal(const char *rules_text, const struct articles *memory, const char *html,
    struct heal *out)
{
	struct error err = {{0}};
	struct rules rules = reading_rules(rules_text);
	struct page *page =
	    page_parse(html, strlen(html), PARSER_HTML5, 0, &err);
	struct extract_context context = {
	    .url = READING_URL, .now_s = READING_NOW};
	struct heal_question question = {.rules = &rules,
	    .memory = memory,
	    .usual = (uint32_t)memory->count};
	bool good = heal_page(&question, page, &context, out, &err);
	assert_string_equal(err.reason, "");
	page_free(page);
	rules_clear(&rules);
	return good;
}

#define AD                                                                     \
	"<ul class=most><li><a href=/tag/one>The most read of all stories of " \
	"the year</a><li><a href=/tag/two>What everybody says about the "      \
	"weather now</a></ul>"

static void
test_page(void **state)
{
	(void)state;
	static const struct {
		const char *prefix; /* of the new page's links */
		int first;          /* story on it; 12 in all */
		uint32_t anchors;
		enum heal_grade grade;
	} rows[] = {
	    {"/article", 0, 12, HEAL_SURE},
	    {"/article", 3, 9, HEAL_SURE},
	    {"/article", 8, 4, HEAL_ADOPT},
	    /* another path, the same number */
	    {"/read/archive", 3, 9, HEAL_SURE},
	    {"/article", 40, 0, HEAL_PROPOSE},
	};
	struct articles memory = {0};
	char why[512];
	char *old = list_page("/article", 0, 12, "article", AD);
	remember(old, &memory);
	assert_int_equal(memory.count, 12);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct heal made;
		char *html =
		    list_page(rows[i].prefix, rows[i].first, 12, "section", AD);
		assert_true(heal("item: ul.gone > li\ntitle: h3\nskip author: "
				 "nobody\n",
		    &memory, html, &made));
		assert_int_equal(made.evidence.anchors, rows[i].anchors);
		assert_int_equal(made.read.articles.count, 12);
		assert_int_equal(made.rules.items.count, 1);
		/* what the rules say of other things stays */
		assert_int_equal(made.rules.filter_count, 1);
		char *words = heal_words(&made.rules);
		assert_non_null(strstr(words, "item '.card'"));
		free(words);
		assert_int_equal(
		    heal_judge(&made.evidence, false, why), rows[i].grade);
		heal_clear(&made);
		free(html);
	}
	free(old);
	articles_clear(&memory);
}

/* A field's old rule stays where it still says what is remembered. */
static void
test_fields(void **state)
{
	(void)state;
	struct articles memory = {0};
	struct heal made;
	char *old = list_page("/article", 0, 12, "article", "");
	char *new = list_page("/article", 2, 12, "section", "");
	struct extraction read;
	assert_true(reading_extract(
	    "item: .card\ntitle: h2~strip=^Story number \n", old, &read));
	for (size_t i = 0; i < read.articles.count; i++)
		articles_add(&memory, article_copy(&read.articles.list[i]));
	extraction_clear(&read);
	assert_true(heal("item: ul.gone > li\ntitle: h2~strip=^Story number \n",
	    &memory, new, &made));
	assert_non_null(made.rules.fields[FIELD_TITLE].list);
	assert_string_equal(
	    made.rules.fields[FIELD_TITLE].list[0].strip, "^Story number ");
	assert_int_equal(made.evidence.titled, made.evidence.covered);
	heal_clear(&made);
	articles_clear(&memory);
	free(new);
	free(old);
}

/* The stories in another dress: title, text and day in one link. */
static char *
linked_page(int first, int count, const char *extra)
{
	struct buffer html = {0};
	buffer_add_string(&html, "<html><body><ul class=news>");
	for (int i = first; i < first + count; i++)
		buffer_add_format(&html,
		    "<li class=row><a href='/article/%d'><p class=what>Story "
		    "number %d: the market has opened again</p><p class=more>"
		    "Number %d of many, said a trader who asked not to be "
		    "named.</p><p class=when>18 Apr 2023</p></a></li>",
		    2023042000 + i, i, i);
	buffer_add_format(&html, "%s</ul></body></html>", extra);
	return buffer_take(&html);
}

/* The title is where its remembered value stands, not the whole link. */
static void
test_values(void **state)
{
	(void)state;
	struct articles memory = {0};
	struct heal made;
	char *old = list_page("/article", 0, 12, "article", "");
	char *new = linked_page(6, 12, "");
	remember(old, &memory);
	assert_true(heal("item: .card\ntitle: h2\n", &memory, new, &made));
	assert_int_equal(made.evidence.covered, 6);
	assert_int_equal(made.evidence.titled, 6);
	assert_int_equal(made.read.articles.count, 12);
	assert_non_null(made.rules.fields[FIELD_TITLE].list);
	assert_string_equal(
	    made.rules.fields[FIELD_TITLE].list[0].css, ".what");
	heal_clear(&made);
	articles_clear(&memory);
	free(new);
	free(old);
}

/* New addresses, and a rubric before each title in one link: the title's own
 * element tells which article it is. */
static void
test_standing(void **state)
{
	(void)state;
	struct articles memory = {0};
	struct heal made;
	struct buffer html = {0};
	char *old = list_page("/article", 0, 12, "article", "");
	remember(old, &memory);
	buffer_add_string(&html, "<html><body><ul class=news>");
	for (int i = 4; i < 16; i++)
		buffer_add_format(&html,
		    "<li class=row><a href='/read/%d'><p class=kind>From the "
		    "economy desk</p><p class=what>Story number %d: the market "
		    "has opened again</p></a></li>",
		    7000000 + 37 * i, i);
	buffer_add_string(&html, "</ul></body></html>");
	char *new = buffer_take(&html);
	assert_true(heal("item: .card\ntitle: h2\n", &memory, new, &made));
	assert_int_equal(made.evidence.anchors, 8);
	assert_int_equal(made.evidence.titled, 8);
	assert_int_equal(made.read.articles.count, 12);
	heal_clear(&made);
	articles_clear(&memory);
	free(new);
	free(old);
}

/* What stands in the items' dress and leads elsewhere is left out. */
static void
test_strangers(void **state)
{
	(void)state;
	struct articles memory = {0};
	struct heal made;
	char *old = list_page("/article", 0, 12, "article", "");
	char *new = linked_page(6, 12,
	    "<li class=row><a href=/sponsored/offer-31>Our partner's offer of "
	    "the week, number one</a><li class=row><a href=/sponsored/offer-62>"
	    "Our partner's offer of the week, number two</a>");
	remember(old, &memory);
	assert_true(heal("item: .card\ntitle: h2\n", &memory, new, &made));
	assert_int_equal(made.read.articles.count, 12);
	assert_int_equal(made.evidence.alike, 12);
	heal_clear(&made);
	articles_clear(&memory);
	free(new);
	free(old);
}

static void
test_nothing(void **state)
{
	(void)state;
	struct articles memory = {0};
	struct heal made;
	char *old = list_page("/article", 0, 12, "article", "");
	remember(old, &memory);
	assert_false(heal("item: .x\n", &memory,
	    "<html><body><h1>Down for maintenance</h1></body></html>", &made));
	articles_clear(&memory);
	free(old);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_gates),
	    cmocka_unit_test(test_page),
	    cmocka_unit_test(test_fields),
	    cmocka_unit_test(test_values),
	    cmocka_unit_test(test_standing),
	    cmocka_unit_test(test_strangers),
	    cmocka_unit_test(test_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
