#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "feed/select.h"
#include "tests/reading.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Does one rule compile, and with which words is it refused? */
static const struct check {
	enum field field;
	struct rule rule;
	const char *refusal; /* a part of it, or NULL */
} checks[] = {
    {FIELD_TITLE, {.css = "h3 a"}, NULL},
    {FIELD_TITLE, {.css = "."}, NULL},
    {FIELD_LINK, {.css = ".@href"}, NULL},
    {FIELD_LINK, {.css = "a::attr(href)"}, NULL},
    {FIELD_TITLE, {.css = "h3::text"}, NULL},
    {FIELD_COUNT, {.css = "ul > li"}, NULL},
    {FIELD_COUNT, {.xpath = "//li"}, NULL},
    {FIELD_TITLE, {.css = "h3[", .pattern = "x"}, "column"},
    {FIELD_LINK, {.css = "@href"}, NULL},
    {FIELD_TITLE, {.xpath = "//li["}, ""},
    {FIELD_TITLE, {.xpath = "nothing(1)"}, ""},
    {FIELD_TITLE, {.css = "b", .pattern = "("}, ""},
    {FIELD_TITLE, {.css = "b", .strip = "["}, ""},
    {FIELD_TITLE, {.css = "b", .exclude = "i["}, ""},
    {FIELD_DATE, {.css = "i", .format = "%Y-%m-%d"}, NULL},
    {FIELD_DATE, {.css = "i", .format = "%Q"}, ""},
};

static void
values_are_checked(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(checks); i++) {
		struct error err = {0};
		bool good = rule_check(&checks[i].rule, checks[i].field, &err);
		if (good != (checks[i].refusal == NULL) ||
		    (!good &&
			(err.reason[0] == '\0' ||
			    strstr(err.reason, checks[i].refusal) == NULL))) {
			printf("row %zu (%s): %s\n", i,
			    checks[i].rule.css != NULL ? checks[i].rule.css
						       : "xpath",
			    good ? "accepted" : err.reason);
			failed++;
		}
	}
	assert_int_equal(failed, 0);
}

/* Anything that changes what is read changes the hash. */
static const char *const variants[] = {
    "item: li\n",
    "item: li.x\n",
    "item: xpath=li\n",
    "item: li\nitem: li\n",
    "item: li\ntitle: b\n",
    "item: li\nlink: b\n",
    "item: li\ntitle: b\ntitle: i\n",
    "item: li\ntitle: i\ntitle: b\n",
    "item: li\ntitle: b~pattern=x\n",
    "item: li\ntitle: b~strip=x\n",
    "item: li\ntitle: b~exclude=x\n",
    "item: li\ntitle: b~pattern=x~template=x\n",
    "item: li\ndate: b\n",
    "item: li\ndate: b~format=%Y\n",
    "item: li\narticle-link: /a/{id}\n",
    "item: li\narticle-link: /b/{id}\n",
    "item: li\nonly title: x\n",
    "item: li\nskip title: x\n",
    "item: li\nskip author: x\n",
    "",
};

static void
hashes_differ(void **state)
{
	(void)state;
	uint64_t hashes[COUNT(variants)];
	int failed = 0;
	for (size_t i = 0; i < COUNT(variants); i++) {
		struct rules rules = reading_rules(variants[i]);
		struct rules copy = rules_copy(&rules);
		hashes[i] = rules_hash(&rules);
		if (rules_hash(&copy) != hashes[i]) {
			printf("the copy differs: %s", variants[i]);
			failed++;
		}
		rules_clear(&rules);
		assert_true(rules_hash(&copy) == hashes[i]);
		rules_clear(&copy);
		for (size_t k = 0; k < i; k++)
			if (hashes[k] == hashes[i]) {
				printf("equal: %s and %s", variants[k],
				    variants[i]);
				failed++;
			}
	}
	struct rules rules = reading_rules("item: li\n");
	uint64_t hash = rules_hash(&rules);
	rules.libxml2 = true;
	failed += rules_hash(&rules) == hash;
	rules_clear(&rules);
	assert_int_equal(failed, 0);
}

static void
a_refusal_names_the_field(void **state)
{
	(void)state;
	struct error err = {0};
	struct rules rules = reading_rules("item: li\ntitle: b\ntitle: b[\n");
	assert_null(rules_compile(&rules, &err));
	assert_non_null(strstr(err.reason, "title"));
	rules_clear(&rules);
	rules = reading_rules("article-link: no template at all\n");
	struct compiled_rules *compiled = rules_compile(&rules, &err);
	assert_null(compiled);
	rules_clear(&rules);
}

static void
what_is_compiled_is_what_was_written(void **state)
{
	(void)state;
	struct rules rules =
	    reading_rules("item: li\nitem: xpath=//p\nlink: A@HREF\ntitle: .\n"
			  "article-link: /a/{id}\nonly title: x\n");
	struct compiled_rules *compiled = rules_compile(&rules, NULL);
	assert_non_null(compiled);
	assert_int_equal(compiled->items.count, 2);
	assert_non_null(compiled->items.list[0].selector);
	assert_non_null(compiled->items.list[1].xpath);
	assert_string_equal(
	    compiled->fields[FIELD_LINK].list[0].attribute, "href");
	assert_string_equal(
	    compiled->fields[FIELD_LINK].list[0].source, "A@HREF");
	assert_null(compiled->fields[FIELD_TITLE].list[0].selector);
	assert_null(compiled->fields[FIELD_TITLE].list[0].xpath);
	assert_int_equal(compiled->link_template_count, 1);
	assert_int_equal(compiled->filter_count, 1);
	compiled_rules_free(compiled);
	rules_clear(&rules);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(values_are_checked),
	    cmocka_unit_test(hashes_differ),
	    cmocka_unit_test(a_refusal_names_the_field),
	    cmocka_unit_test(what_is_compiled_is_what_was_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
