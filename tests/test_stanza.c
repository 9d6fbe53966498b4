#include "config/stanza.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "feed/memory.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* What YAML could misread; each is a title once, and a group once. */
static const char *const words[] = {"plain", "a: b", "a #b", "#a", "[a]",
    "{a: b}", "'", "''a''", "\"a\"", "- a", "-", "? a", "* a", "&a", "!a",
    "% a", "@a", "`a`", "| a", "> a", "null", "~", "true", "no", "12", "1e3",
    "2024-03-05", "a\\nb", "a, b", "}: #", "\xed\x95\x9c\xea\xb8\x80",
    "\xf0\x9f\x93\xb0 \xf0\x9f\x87\xb0\xf0\x9f\x87\xb7", "<<", "=", ":",
    "a:", ",", "]", "Fun&Joy > \xec\x9a\xb4\xec\x84\xb8", "\xc2\xa0x"};

/* Names that YAML would rather read as something else. */
static const char *const names[] = {"222", "0x1f", "1.5", "null", "true", "no",
    "on", "y", "-", "a.b_c-d", "2024-03-05", "1e3", "---", "s1n1", "007"};

/* On the site, on a sister of it, on a host that only begins alike. */
static char *
address(size_t number)
{
	switch (number % 3) {
	case 0:
		return xasprintf(
		    "https://www.paper.example/a?b=%%23'c%zu", number);
	case 1:
		return xasprintf(
		    "https://sport.paper.example/x:%%20y%zu", number);
	default:
		return xasprintf("https://www.paper.example.net/%zu", number);
	}
}

static struct config *
load(const char *stanza)
{
	struct problems problems = {0};
	char *yaml = xasprintf("output: /tmp/o\nstate: /tmp/s\n%s", stanza);
	struct config *config =
	    config_parse(yaml, strlen(yaml), "stanza", NULL, &problems);
	if (config == NULL)
		fail_msg("%s\n%s", problems.list[0], yaml);
	problems_clear(&problems);
	free(yaml);
	return config;
}

static void
test_round_trip(void **state)
{
	(void)state;
	struct stanza_section sections[COUNT(words) + 1] = {0};
	char *made[COUNT(words)], *urls[COUNT(words)];
	for (size_t i = 0; i < COUNT(words); i++) {
		made[i] = i < COUNT(names) ? xstrdup(names[i])
					   : xasprintf("list-%zu", i);
		urls[i] = address(i);
		sections[i] = (struct stanza_section){
		    .name = made[i],
		    .title = words[i],
		    .group = i % 2 == 0 ? NULL : words[COUNT(words) - 1 - i],
		    .url = urls[i],
		};
	}
	sections[COUNT(words)] = (struct stanza_section){
	    .name = "bare", .url = "https://www.paper.example/"};
	struct rules rules = {0};
	rule_list_add(
	    &rules.items, (struct rule){.css = xstrdup("#list > li:not(.ad)")});
	struct stanza stanza = {
	    .url = "https://www.paper.example/list?x=1",
	    .title = "The 'Paper': # 1",
	    .language = "ko-KR",
	    .rules = &rules,
	    .allow_private = true,
	    .sections = sections,
	    .count = COUNT(sections),
	};
	char *text = stanza_print(&stanza);
	struct config *config = load(text);
	assert_int_equal(config->section_count, COUNT(sections));
	for (size_t i = 0; i < COUNT(sections); i++) {
		const struct section_config *back = &config->sections[i];
		assert_string_equal(back->site_name, "paper");
		assert_string_equal(back->site_title, "The 'Paper': # 1");
		assert_string_equal(
		    back->site_url, "https://www.paper.example/");
		assert_string_equal(back->language, "ko-KR");
		assert_string_equal(back->timezone, "Asia/Seoul");
		assert_true(back->allow_private);
		assert_string_equal(
		    back->rules->items.list[0].css, "#list > li:not(.ad)");
		assert_string_equal(back->name, sections[i].name);
		assert_string_equal(back->url, sections[i].url);
		if (sections[i].title == NULL) {
			assert_null(back->title);
			continue;
		}
		char *title = stanza_title(&sections[i]);
		assert_string_equal(back->title, title);
		free(title);
	}
	for (size_t i = 0; i < COUNT(words); i++) {
		free(made[i]);
		free(urls[i]);
	}
	config_free(config);
	free(text);
	rules_clear(&rules);
}

static void
test_site(void **state)
{
	(void)state;
	static const struct {
		const char *language, *timezone, *wanted;
	} rows[] = {
	    {NULL, NULL, "    timezone: UTC # "},
	    {"de", NULL, "    timezone: Europe/Berlin # "},
	    {"es", NULL, "    timezone: UTC # "},
	    {"ja", NULL, "    timezone: Asia/Tokyo # "},
	    {"ko", NULL, "    timezone: Asia/Seoul # "},
	    {"kok", NULL, "    timezone: UTC # "},
	    {"ko", "Asia/Pyongyang", "    timezone: Asia/Pyongyang\n"},
	};
	struct stanza_section section = {
	    .name = "a", .url = "http://[2001:db8::1]:8080/a"};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct stanza stanza = {
		    .url = "http://[2001:db8::1]:8080/",
		    .language = rows[i].language,
		    .timezone = rows[i].timezone,
		    .sections = &section,
		    .count = 1,
		};
		char *text = stanza_print(&stanza);
		if (strstr(text, rows[i].wanted) == NULL)
			fail_msg("%s: %s", rows[i].wanted, text);
		/* without a title it is called by its host */
		assert_non_null(strstr(text, "title: '[2001:db8::1]:8080'\n"));
		assert_non_null(strstr(text, "      a: {url: '/a'}\n"));
		config_free(load(text));
		free(text);
	}
}

static void
test_titles(void **state)
{
	(void)state;
	char longest[600];
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	struct stanza_section section = {
	    .name = "a", .title = "b", .url = "http://a.example/a"};
	char *title = stanza_title(&section);
	assert_string_equal(title, "b");
	free(title);
	section.group = "c";
	title = stanza_title(&section);
	assert_string_equal(title, "c > b");
	free(title);
	/* never longer than the configuration takes */
	section.group = longest;
	struct stanza stanza = {
	    .url = "http://a.example/", .sections = &section, .count = 1};
	char *text = stanza_print(&stanza);
	config_free(load(text));
	free(text);
}

/* What is learned loads to the same rules, whatever a page calls its parts. */
static void
test_learned(void **state)
{
	(void)state;
	static const char *const css[] = {".story", "#list > li:not(.ad)",
	    "[class*=\"Card_it's__\"]", "*", "[data-x=\"a: b #c\"]",
	    "\xed\x95\x9c > \xea\xb8\x80"};
	struct stanza_section section = {
	    .name = "a", .url = "http://a.example/a"};
	struct rules rules = {0};
	for (size_t i = 0; i < COUNT(css); i++) {
		rule_list_add(
		    &rules.items, (struct rule){.css = xstrdup(css[i])});
		for (int field = 0; field < FIELD_CATEGORY; field++)
			if (i == 0 || field % 2 == 1)
				rule_list_add(&rules.fields[field],
				    (struct rule){.css = xstrdup(css[i])});
	}
	struct stanza stanza = {
	    .url = "http://a.example/a",
	    .rules = &rules,
	    .article_link = "/view?idxno={id}",
	    .sections = &section,
	    .count = 1,
	};
	char *text = stanza_print(&stanza);
	struct config *config = load(text);
	const struct rules *back = config->sections[0].rules;
	assert_int_equal(back->items.count, COUNT(css));
	for (size_t i = 0; i < COUNT(css); i++)
		assert_string_equal(back->items.list[i].css, css[i]);
	for (int field = 0; field < FIELD_CATEGORY; field++) {
		const struct rule_list *list = &back->fields[field];
		assert_int_equal(list->count, field % 2 == 1 ? COUNT(css) : 1);
		for (size_t i = 0; i < list->count; i++)
			assert_string_equal(list->list[i].css, css[i]);
	}
	assert_int_equal(back->article_link_count, 1);
	assert_string_equal(back->article_links[0].text, "/view?idxno={id}");
	config_free(config);
	free(text);
	rules_clear(&rules);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_site),
	    cmocka_unit_test(test_titles),
	    cmocka_unit_test(test_learned),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
