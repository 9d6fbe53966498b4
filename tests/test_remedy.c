#include "feed/remedy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "feed/heal_field.h"
#include "feed/memory.h"
#include "tests/reading.h"

/* ---- remedies ---- */

static const struct {
	const char *given, *healed;
	const char *text; /* NULL: selectors alone cannot write it */
} cases[] = {
    {"item: li\ntitle: h3\n", "item: .card\ntitle: h2\n",
	"item: .card\ntitle: h2\n"},
    {"item: li\ntitle: h3\n", "item: .card\n", "item: .card\n"},
    {"item: li\ntitle: h3\n", "item: .card\ntitle: h3\n",
	"item: .card\nkeep: title\n"},
    {"item: xpath=//li\nauthor: .by\n", "item: xpath=//li\nauthor: .who\n",
	"keep: item\nauthor: .who\n"},
    {"item: li\ndate: p~pattern=(.*)\n", "item: .a\ndate: p~pattern=(.*)\n",
	"item: .a\nkeep: date\n"},
    {"", "item: .a\nitem: .b\ntitle: h2\ntitle: h3\n",
	"item: .a\nitem: .b\ntitle: h2\ntitle: h3\n"},
    {"item: li\n", "item: .a\ndate: p~pattern=(.*)\n", NULL},
    {"item: li\n", "item: xpath=//p\n", NULL},
    {"item: li\n", "title: h3\n", NULL},
};

static void
test_remedies(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct rules given = reading_rules(cases[i].given);
		struct rules healed = reading_rules(cases[i].healed);
		struct remedy remedy = {0}, read = {0};
		bool found = remedy_find(&given, &healed, &remedy);
		char *text = found ? remedy_write(&remedy) : NULL;
		bool good = found == (cases[i].text != NULL) &&
			    (!found || strcmp(text, cases[i].text) == 0);
		if (good && found) {
			assert_true(remedy_read(text, &read));
			assert_false(remedy_is_none(&read));
			struct rules made = remedy_apply(&given, &read);
			good = rules_hash(&made) == rules_hash(&healed);
			rules_clear(&made);
		}
		if (!good)
			printf("row %zu: %s\n", i, text != NULL ? text : "-");
		failed += !good;
		free(text);
		remedy_clear(&read);
		remedy_clear(&remedy);
		rules_clear(&healed);
		rules_clear(&given);
	}
	assert_int_equal(failed, 0);
}

static void
test_lies(void **state)
{
	(void)state;
	static const char *const lies[] = {"item", "item:", "item: ", "item: [",
	    "keep: ", "keep: items", "body: p", "item: .a\n\nitem: .b",
	    "item: .a\x1b[31m", "item: .a\nkeep: date\nx"};
	for (size_t i = 0; i < sizeof(lies) / sizeof(*lies); i++) {
		struct remedy remedy = {.kept = 77};
		if (remedy_read(lies[i], &remedy))
			fail_msg("taken: %s", lies[i]);
		assert_int_equal(remedy.kept, 77);
	}
	struct remedy none = {0};
	struct rules given = reading_rules("item: li\ntitle: h3\n");
	assert_true(remedy_read("", &none) && remedy_is_none(&none));
	struct rules same = remedy_apply(&given, &none);
	assert_true(rules_hash(&same) == rules_hash(&given));
	rules_clear(&same);
	rules_clear(&given);
}

/* ---- one field ---- */

static char *
list_page(const char *byline, int wrong)
{
	struct buffer html = {0};
	buffer_add_string(&html, "<html><body><ul class=news>");
	for (int i = 0; i < 12; i++)
		buffer_add_format(&html,
		    "<li><h3><a href='/a/%d'>Story number %d: the market has "
		    "opened again</a></h3><p class=%s>By %s Lee</p></li>",
		    2023042000 + i, i, byline, i < wrong ? "Bob" : "Ann");
	buffer_add_string(&html, "</ul></body></html>");
	return buffer_take(&html);
}

static const struct {
	const char *byline; /* its class today */
	int wrong;          /* articles with another author */
	enum heal_grade grade;
} fields[] = {
    {"writer", 0, HEAL_ADOPT},
    {"writer", 2, HEAL_ADOPT},
    {"writer", 3, HEAL_PROPOSE},
    {"writer", 12, HEAL_REFUSE},
};

static void
test_field(void **state)
{
	(void)state;
	static const char rules_text[] =
	    "item: .news > li\ntitle: h3\nauthor: .by\n";
	struct error err = {{0}};
	struct extraction before;
	struct rules rules = reading_rules(rules_text);
	char *html = list_page("by", 0), why[512];
	assert_true(reading_extract(rules_text, html, &before));
	free(html);
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		html = list_page(fields[i].byline, fields[i].wrong);
		struct page *page =
		    page_parse(html, strlen(html), PARSER_HTML5, 0, &err);
		struct extract_context context = {
		    .url = READING_URL, .now_s = READING_NOW};
		struct heal_question question = {
		    .rules = &rules, .memory = &before.articles};
		struct heal heal = {0}, again = {0};
		assert_true(heal_field(
		    &question, FIELD_AUTHOR, page, &context, &heal, &err));
		assert_int_equal(
		    heal_field_judge(&heal.evidence, FIELD_AUTHOR, why),
		    fields[i].grade);
		assert_string_equal(heal.rules.items.list[0].css, ".news > li");
		assert_string_equal(
		    heal.rules.fields[FIELD_TITLE].list[0].css, "h3");
		if (fields[i].grade >= HEAL_PROPOSE)
			assert_string_equal(
			    heal.rules.fields[FIELD_AUTHOR].list[0].css,
			    ".writer");
		/* the same rules, on another page */
		question.candidate = &heal.rules;
		assert_true(heal_field(
		    &question, FIELD_AUTHOR, page, &context, &again, &err));
		assert_true(
		    rules_hash(&again.rules) == rules_hash(&heal.rules));
		assert_int_equal(again.evidence.titled, heal.evidence.titled);
		heal_clear(&again);
		/* what is dead is no remedy */
		question.candidate = &rules;
		assert_false(heal_field(
		    &question, FIELD_AUTHOR, page, &context, &again, &err));
		heal_clear(&heal);
		page_free(page);
		free(html);
	}
	extraction_clear(&before);
	rules_clear(&rules);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_remedies),
	    cmocka_unit_test(test_lies),
	    cmocka_unit_test(test_field),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
