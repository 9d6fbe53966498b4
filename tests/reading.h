#ifndef TESTS_READING_H
#define TESTS_READING_H

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/extract.h"
#include "feed/memory.h"

/*
 * Rules in short, one a line, and what a page gives by them.
 *   item: .x              one more block
 *   title: h3~strip=\[.*  one more alternative; ~name=value for the rest
 *   date: xpath=.//time
 *   article-link: /a/{id}
 *   only title: x         skip author: y
 */
#define READING_NOW 1682000000 /* 2023-04-20T14:13:20Z */
#define READING_URL "https://paper.example/news/list?page=1"

static inline void
reading_option(struct rule *rule, const char *option)
{
	static const char *const names[] = {
	    "pattern", "template", "format", "strip", "exclude"};
	char **const slots[] = {&rule->pattern, &rule->template, &rule->format,
	    &rule->strip, &rule->exclude};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t length = strlen(names[i]);
		if (strncmp(option, names[i], length) == 0 &&
		    option[length] == '=')
			*slots[i] = xstrdup(option + length + 1);
	}
}

/* Up to the next option: a "~" before a letter, which in CSS has a blank. */
static inline char *
reading_part(char **rest)
{
	char *part = *rest, *at = part;
	if (part == NULL)
		return NULL;
	while (*at != '\0' && !(*at == '~' && at[1] >= 'a' && at[1] <= 'z'))
		at++;
	*rest = *at != '\0' ? at + 1 : NULL;
	*at = '\0';
	return part;
}

static inline struct rule
reading_rule(char *words)
{
	struct rule rule = {0};
	char *rest = words;
	char *first = reading_part(&rest);
	if (strncmp(first, "xpath=", 6) == 0)
		rule.xpath = xstrdup(first + 6);
	else
		rule.css = xstrdup(first);
	for (char *at = reading_part(&rest); at != NULL;
	     at = reading_part(&rest))
		reading_option(&rule, at);
	return rule;
}

static inline enum field
reading_field(const char *name)
{
	for (int field = 0; field < FIELD_COUNT; field++)
		if (strcmp(field_name((enum field)field), name) == 0)
			return (enum field)field;
	assert(!"a field's name");
	return FIELD_COUNT;
}

static inline void
reading_line(struct rules *rules, char *line)
{
	char *value = strstr(line, ": ");
	assert(value != NULL);
	*value = '\0';
	value += 2;
	if (strcmp(line, "item") == 0)
		rule_list_add(&rules->items, reading_rule(value));
	else if (strcmp(line, "article-link") == 0) {
		rules->article_links = xreallocarray(rules->article_links,
		    rules->article_link_count + 1,
		    sizeof(*rules->article_links));
		rules->article_links[rules->article_link_count++] =
		    (struct article_link){.text = xstrdup(value)};
	} else if (strncmp(line, "only ", 5) == 0 ||
		   strncmp(line, "skip ", 5) == 0) {
		rules->filters = xreallocarray(rules->filters,
		    rules->filter_count + 1, sizeof(*rules->filters));
		rules->filters[rules->filter_count++] = (struct filter){
		    .field = reading_field(line + 5),
		    .pattern = xstrdup(value),
		    .skip = line[0] == 's',
		};
	} else
		rule_list_add(
		    &rules->fields[reading_field(line)], reading_rule(value));
}

static inline struct rules
reading_rules(const char *lines)
{
	struct rules rules = {0};
	char *copy = xstrdup(lines), *rest = NULL;
	for (char *line = strtok_r(copy, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest))
		reading_line(&rules, line);
	free(copy);
	return rules;
}

/* A page of this address; false with the reason printed. */
static inline bool
reading_extract_at(const char *url, const char *lines, const char *html,
    struct extraction *extraction)
{
	struct error err = {0};
	struct rules rules = reading_rules(lines);
	struct compiled_rules *compiled = rules_compile(&rules, &err);
	struct page *page =
	    page_parse(html, strlen(html), PARSER_HTML5, 0, &err);
	struct extract_context context = {.url = url, .now_s = READING_NOW};
	bool good =
	    compiled != NULL && page != NULL &&
	    extract_articles(compiled, page, &context, extraction, &err);
	if (!good)
		printf("no extraction: %s\n", err.reason);
	page_free(page);
	compiled_rules_free(compiled);
	rules_clear(&rules);
	return good;
}

static inline bool
reading_extract(
    const char *lines, const char *html, struct extraction *extraction)
{
	return reading_extract_at(READING_URL, lines, html, extraction);
}

/* "title|link|published|author|text|image", a line an article; absent fields
 * are empty, times are as precise as they were read. */
static inline char *
reading_print(const struct extraction *extraction)
{
	struct buffer out = {0};
	buffer_add_string(&out, "");
	for (size_t i = 0; i < extraction->articles.count; i++) {
		const struct article *a = &extraction->articles.list[i];
		char time[21] = "";
		if (a->published.precision != PRECISION_NONE)
			date_format_rfc3339(a->published.at_s, time);
		if (a->published.precision == PRECISION_DAY)
			time[10] = '\0';
		buffer_add_format(&out, "%s|%s|%s|%s|%s|%s\n", a->title,
		    a->link, time, a->author != NULL ? a->author : "",
		    a->text != NULL ? a->text : "",
		    a->image != NULL ? a->image : "");
	}
	return buffer_take(&out);
}

#endif
