#include "config/json_schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/schema.h"
#include "feed/format.h"
#include "feed/json_writer.h"
#include "feed/memory.h"

#define NAME "^[a-z0-9._-]+$"
#define DURATION "[0-9]{1,9}[smhd]"

/* The maps of the file: one definition for each level. */
static const struct {
	const char *name;
	enum schema_level level;
} maps[] = {
    {"defaults", LEVEL_DEFAULTS},
    {"site", LEVEL_SITE},
    {"section", LEVEL_SECTION},
    {"rules", LEVEL_RULES},
    {"fields", LEVEL_FIELDS},
    {"filter", LEVEL_FILTER},
    {"field", LEVEL_FIELD},
    {"item", LEVEL_ITEM},
    {"link", LEVEL_LINK},
    {"entries", LEVEL_ENTRIES},
    {"tls", LEVEL_TLS},
    {"header", LEVEL_HEADER},
};
#define MAP_COUNT (sizeof(maps) / sizeof(maps[0]))

static void
refer(struct json_writer *json, const char *name, const char *definition)
{
	char pointer[64];
	(void)snprintf(
	    pointer, sizeof(pointer), "#/definitions/%s", definition);
	json_writer_open(json, name, '{');
	json_writer_string(json, "$ref", pointer);
	json_writer_close(json);
}

static void
write_text(struct json_writer *json, const char *name, int64_t most)
{
	/* what YAML takes for a number or a truth is a text here */
	static const char *const types[] = {"string", "number", "boolean"};
	json_writer_open(json, name, '{');
	json_writer_open(json, "type", '[');
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		json_writer_string(json, NULL, types[i]);
	json_writer_close(json);
	if (most > 0)
		json_writer_number(json, "maxLength", most);
	json_writer_close(json);
}

static void
write_pattern(struct json_writer *json, const char *name, const char *pattern)
{
	json_writer_open(json, name, '{');
	json_writer_string(json, "type", "string");
	json_writer_string(json, "pattern", pattern);
	json_writer_close(json);
}

static void
write_integer(struct json_writer *json, const struct schema_key *key)
{
	json_writer_open(json, NULL, '{');
	json_writer_string(json, "type", "integer");
	json_writer_number(json, "minimum", key->least);
	json_writer_number(json, "maximum", key->most);
	json_writer_close(json);
	write_pattern(json, NULL, "^[0-9]{1,9}$"); /* in quotes */
}

static void
write_choices(struct json_writer *json, const char *choices)
{
	char *copy = xstrdup(choices), *rest = NULL;
	json_writer_open(json, NULL, '{');
	json_writer_open(json, "enum", '[');
	for (char *one = strtok_r(copy, "|", &rest); one != NULL;
	     one = strtok_r(NULL, "|", &rest))
		json_writer_string(json, NULL, one);
	json_writer_close(json);
	json_writer_close(json);
	free(copy);
}

static void
write_format(struct json_writer *json)
{
	json_writer_open(json, NULL, '{');
	json_writer_open(json, "enum", '[');
	for (int format = 0; format < FORMAT_COUNT; format++)
		json_writer_string(
		    json, NULL, format_name((enum format)format));
	json_writer_close(json);
	json_writer_close(json);
}

/* A map of any names, each with one of the shapes that follow it. */
static void
open_named(struct json_writer *json, bool is_ours)
{
	json_writer_open(json, NULL, '{');
	json_writer_string(json, "type", "object");
	if (is_ours)
		write_pattern(json, "propertyNames", NAME);
	json_writer_open(json, "additionalProperties", '{');
	json_writer_open(json, "anyOf", '[');
}

static void
close_named(struct json_writer *json)
{
	json_writer_close(json);
	json_writer_close(json);
	json_writer_close(json);
}

/* A list of what the two words name. */
static void
write_list(struct json_writer *json, const char *text, const char *map)
{
	json_writer_open(json, NULL, '{');
	json_writer_string(json, "type", "array");
	json_writer_number(json, "minItems", 1);
	json_writer_open(json, "items", '{');
	json_writer_open(json, "anyOf", '[');
	refer(json, NULL, text);
	if (map != NULL)
		refer(json, NULL, map);
	json_writer_close(json);
	json_writer_close(json);
	json_writer_close(json);
}

/* A text, a map of that name if there is one, or a list of those. */
static void
write_one_or_list(struct json_writer *json, const char *map)
{
	refer(json, NULL, "text");
	if (map != NULL)
		refer(json, NULL, map);
	write_list(json, "text", map);
}

/* What the table leaves to whoever knows the shape. */
static void
write_node(struct json_writer *json, enum key key, enum schema_level level)
{
	switch (key) {
	case KEY_SITES:
	case KEY_RULES:
		open_named(json, true);
		refer(json, NULL, key == KEY_SITES ? "site" : "rules");
		close_named(json);
		break;
	case KEY_SECTIONS:
		open_named(json, true);
		refer(json, NULL, "text");
		refer(json, NULL, "section");
		close_named(json);
		json_writer_open(json, NULL, '{'); /* none yet */
		json_writer_string(json, "type", "null");
		json_writer_close(json);
		break;
	case KEY_DEFAULTS:
		refer(json, NULL, "defaults");
		break;
	case KEY_FIELDS:
		refer(json, NULL, "fields");
		break;
	case KEY_ONLY:
	case KEY_SKIP:
		refer(json, NULL, "filter");
		break;
	case KEY_ITEM:
		write_one_or_list(json, "item");
		break;
	case KEY_ARTICLE_LINK:
		write_one_or_list(json, "link");
		break;
	case KEY_FIELD_LINK:
	case KEY_FIELD_TITLE:
	case KEY_FIELD_TEXT:
	case KEY_FIELD_DATE:
	case KEY_FIELD_AUTHOR:
	case KEY_FIELD_IMAGE:
	case KEY_FIELD_CATEGORY:
		write_one_or_list(json, level == LEVEL_FILTER ? NULL : "field");
		break;
	case KEY_INCLUDE:
	case KEY_FORMERLY:
		write_one_or_list(json, NULL);
		break;
	default: /* the members of {select: ...} and of {pattern: ...} */
		refer(json, NULL, "text");
		break;
	}
}

static void
write_headers(struct json_writer *json)
{
	open_named(json, false);
	refer(json, NULL, "text");
	refer(json, NULL, "header");
	close_named(json);
}

static void
write_formats(struct json_writer *json)
{
	write_format(json);
	json_writer_open(json, NULL, '{');
	json_writer_string(json, "type", "array");
	json_writer_number(json, "minItems", 1);
	json_writer_open(json, "items", '{');
	json_writer_open(json, "anyOf", '[');
	write_format(json);
	json_writer_close(json);
	json_writer_close(json);
	json_writer_close(json);
}

/* The shapes that the key's value may have. */
static void
write_shapes(struct json_writer *json, enum key key, enum schema_level level)
{
	const struct schema_key *row = schema_key(key);
	switch (row->type) {
	case TYPE_DURATION:
		write_pattern(json, NULL, "^" DURATION "$");
		break;
	case TYPE_AUTO_DURATION:
		write_pattern(json, NULL, "^(auto|" DURATION ")$");
		break;
	case TYPE_NUMBER:
		write_integer(json, row);
		break;
	case TYPE_PAGES:
		write_choices(json, "auto");
		write_integer(json, row);
		break;
	case TYPE_CHOICE:
		write_choices(json, row->choices);
		break;
	case TYPE_TRUTH:
		json_writer_open(json, NULL, '{');
		json_writer_string(json, "type", "boolean");
		json_writer_close(json);
		write_choices(json, "true|false"); /* in quotes */
		break;
	case TYPE_FORMATS:
		write_formats(json);
		break;
	case TYPE_ENTRIES:
		write_integer(json, schema_key(KEY_AT_LEAST));
		refer(json, NULL, "entries");
		break;
	case TYPE_TLS:
		refer(json, NULL, "tls");
		break;
	case TYPE_HEADERS:
		write_headers(json);
		break;
	case TYPE_COMMAND:
		write_one_or_list(json, NULL);
		break;
	case TYPE_NODE:
		write_node(json, key, level);
		break;
	case TYPE_TEXT:
	case TYPE_URL:
	case TYPE_PATH:
	case TYPE_CHARSET:
	case TYPE_LANGUAGE:
	case TYPE_TIMEZONE:
	case TYPE_AUTHORITY:
	case TYPE_PROXY:
	case TYPE_CONTACT:
	case TYPE_LISTEN:
		write_text(json, NULL, row->most);
		break;
	}
}

static void
write_key(struct json_writer *json, enum key key, enum schema_level level)
{
	const struct schema_key *row = schema_key(key);
	char *words = row->fallback == NULL ? xstrdup(row->doc)
					    : xasprintf("%s (default: %s)",
						  row->doc, row->fallback);
	json_writer_open(json, row->name, '{');
	json_writer_string(json, "description", words);
	json_writer_open(json, "anyOf", '[');
	write_shapes(json, key, level);
	json_writer_close(json);
	json_writer_close(json);
	free(words);
}

/* The keys of a level, and no others; into an object that is open. */
static void
write_map(struct json_writer *json, enum schema_level level)
{
	json_writer_string(json, "type", "object");
	json_writer_truth(json, "additionalProperties", false);
	json_writer_open(json, "properties", '{');
	for (int key = 0; key < KEY_COUNT; key++) {
		const struct schema_key *row = schema_key((enum key)key);
		if ((row->levels & level) != 0)
			write_key(json, (enum key)key, level);
	}
	json_writer_close(json);
}

char *
json_schema(size_t *length, struct error *err)
{
	struct json_writer *json = json_writer_new();
	json_writer_open(json, NULL, '{');
	json_writer_string(
	    json, "$schema", "http://json-schema.org/draft-07/schema#");
	json_writer_string(json, "title", "metrofeed.conf");
	write_map(json, LEVEL_TOP);
	json_writer_open(json, "definitions", '{');
	write_text(json, "text", 0);
	for (size_t i = 0; i < MAP_COUNT; i++) {
		json_writer_open(json, maps[i].name, '{');
		write_map(json, maps[i].level);
		json_writer_close(json);
	}
	json_writer_close(json);
	json_writer_close(json);
	char *schema = json_writer_finish(json, length, err);
	json_writer_free(json);
	return schema;
}
