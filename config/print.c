#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config_private.h"
#include "config/schema.h"
#include "config/value.h"
#include "feed/buffer.h"

/*
 * --print-config.  What all sections of a site have alike is printed once, at
 * the site; the rest at each section.  Every key that has a default is shown.
 */

char *
config_quote(const char *text)
{
	struct buffer quoted = {0};
	buffer_add_byte(&quoted, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			buffer_add_byte(&quoted, '\'');
		buffer_add_byte(&quoted, *text);
	}
	buffer_add_byte(&quoted, '\'');
	return buffer_take(&quoted);
}

static void
add_quoted(struct buffer *out, const char *text)
{
	char *quoted = config_quote(text);
	buffer_add_string(out, quoted);
	free(quoted);
}

static void
add_pair(
    struct buffer *out, const char *before, const char *key, const char *text)
{
	if (text == NULL)
		return;
	buffer_add_format(out, "%s%s: ", before, key);
	add_quoted(out, text);
}

/* --- rules --- */

static void
print_rule(struct buffer *out, const struct rule *rule)
{
	if (rule->css != NULL && rule->pattern == NULL &&
	    rule->template == NULL && rule->format == NULL &&
	    rule->strip == NULL && rule->exclude == NULL) {
		add_quoted(out, rule->css);
		return;
	}
	buffer_add_string(out, "{");
	if (rule->css != NULL)
		add_pair(out, "", "select", rule->css);
	else
		add_pair(out, "", "xpath", rule->xpath);
	add_pair(out, ", ", "pattern", rule->pattern);
	add_pair(out, ", ", "template", rule->template);
	add_pair(out, ", ", "format", rule->format);
	add_pair(out, ", ", "strip", rule->strip);
	add_pair(out, ", ", "exclude", rule->exclude);
	buffer_add_string(out, "}");
}

static void
print_rules(struct buffer *out, const struct rule_list *rules)
{
	for (size_t i = 0; i < rules->count; i++) {
		buffer_add_string(out, i == 0 ? "[" : ", ");
		print_rule(out, &rules->list[i]);
	}
	buffer_add_string(out, "]");
}

void
config_add_item(struct buffer *out, const struct rules *rules)
{
	if (rules->items.count > 0)
		print_rules(out, &rules->items);
}

void
config_add_fields(struct buffer *out, const struct rules *rules)
{
	bool first = true;
	for (int field = 0; field < FIELD_COUNT; field++) {
		if (rules->fields[field].count == 0)
			continue;
		buffer_add_format(out, "%s%s: ", first ? "{" : ", ",
		    field_name((enum field)field));
		print_rules(out, &rules->fields[field]);
		first = false;
	}
	if (!first)
		buffer_add_string(out, "}");
}

static void
print_links(struct buffer *out, const struct rules *rules)
{
	for (size_t i = 0; i < rules->article_link_count; i++) {
		const struct article_link *link = &rules->article_links[i];
		buffer_add_string(out, i == 0 ? "[" : ", ");
		if (link->is_pattern) {
			add_pair(out, "{", "pattern", link->text);
			buffer_add_string(out, "}");
		} else
			add_quoted(out, link->text);
	}
	if (rules->article_link_count > 0)
		buffer_add_string(out, "]");
}

static void
print_filters(struct buffer *out, const struct rules *rules, bool skip)
{
	bool first_field = true;
	for (int field = 0; field < FIELD_COUNT; field++) {
		bool first = true;
		for (size_t i = 0; i < rules->filter_count; i++) {
			const struct filter *filter = &rules->filters[i];
			if (filter->skip != skip ||
			    filter->field != (enum field)field)
				continue;
			if (first)
				buffer_add_format(out, "%s%s: [",
				    first_field ? "{" : ", ",
				    field_name((enum field)field));
			else
				buffer_add_string(out, ", ");
			add_quoted(out, filter->pattern);
			first = first_field = false;
		}
		if (!first)
			buffer_add_string(out, "]");
	}
	if (!first_field)
		buffer_add_string(out, "}");
}

/* --- one key --- */

static void
print_duration(struct buffer *out, int64_t seconds)
{
	char text[32];
	duration_print(seconds, text);
	buffer_add_string(out, text);
}

static void
print_choice(struct buffer *out, enum key key, int place)
{
	const char *choice = schema_key(key)->choices;
	for (; place > 0; place--)
		choice += strcspn(choice, "|") + 1;
	buffer_add(out, choice, strcspn(choice, "|"));
}

static void
print_headers(struct buffer *out, const struct section_config *section)
{
	for (size_t i = 0; i < section->header_count; i++) {
		const struct header_line *line = &section->headers[i];
		buffer_add_string(out, i == 0 ? "{" : ", ");
		add_quoted(out, line->name);
		buffer_add_string(out, ": ");
		if (line->file != NULL) {
			add_pair(out, "{", "file", line->file);
			buffer_add_string(out, "}");
		} else
			add_quoted(out, line->value);
	}
	if (section->header_count > 0)
		buffer_add_string(out, "}");
}

static void
print_text(struct buffer *out, const char *text)
{
	if (text != NULL)
		add_quoted(out, text);
}

static void
print_formats(struct buffer *out, const struct section_config *section)
{
	const char *between = "[";
	for (int format = 0; format < FORMAT_COUNT; format++)
		if (section->formats[format]) {
			buffer_add_format(out, "%s%s", between,
			    format_name((enum format)format));
			between = ", ";
		}
	buffer_add_string(out, "]");
}

/* The value as it stands behind "key: "; nothing if there is none. */
static void
print_value(
    struct buffer *out, enum key key, const struct section_config *section)
{
	switch (key) {
	case KEY_FEED_TITLE:
		print_text(out, section->feed_title);
		break;
	case KEY_INTERVAL:
		if (section->interval_s == 0)
			buffer_add_string(out, "auto");
		else
			print_duration(out, section->interval_s);
		break;
	case KEY_MIN_INTERVAL:
		print_duration(out, section->min_interval_s);
		break;
	case KEY_MAX_INTERVAL:
		print_duration(out, section->max_interval_s);
		break;
	case KEY_HOST_GAP:
		print_duration(out, section->host_gap_ms / 1000);
		break;
	case KEY_ENTRIES:
		buffer_add_format(out,
		    "{at-least: %u, days: %lld, at-most: %u}",
		    section->entries_at_least, (long long)section->entries_days,
		    section->entries_at_most);
		break;
	case KEY_CONTENT:
		print_choice(out, key, (int)section->content);
		break;
	case KEY_FORMATS:
		print_formats(out, section);
		break;
	case KEY_ALL:
		buffer_add_string(out, section->all != NULL ? "true" : "false");
		break;
	case KEY_ID_AUTHORITY:
		print_text(out, section->id_authority);
		break;
	case KEY_EMPTY_OK:
		buffer_add_string(out, section->empty_ok ? "true" : "false");
		break;
	case KEY_PAGES:
		if (section->pages == 0)
			buffer_add_string(out, "auto");
		else
			buffer_add_format(out, "%u", section->pages);
		break;
	case KEY_NEXT_URL:
		print_text(out, section->next_url);
		break;
	case KEY_ARTICLE_LINK:
		print_links(out, section->rules);
		break;
	case KEY_ITEM:
		config_add_item(out, section->rules);
		break;
	case KEY_FIELDS:
		config_add_fields(out, section->rules);
		break;
	case KEY_HEAL:
		print_choice(out, key, (int)config_heal(section));
		break;
	case KEY_PARSER:
		print_choice(out, key, section->rules->libxml2);
		break;
	case KEY_ONLY:
		print_filters(out, section->rules, false);
		break;
	case KEY_SKIP:
		print_filters(out, section->rules, true);
		break;
	case KEY_CHARSET:
		print_text(out, section->charset);
		break;
	case KEY_LANGUAGE:
		print_text(out, section->language);
		break;
	case KEY_TIMEZONE:
		print_text(out, section->timezone);
		break;
	case KEY_HEADERS:
		print_headers(out, section);
		break;
	case KEY_COOKIE_FILE:
		print_text(out, section->cookie_file);
		break;
	case KEY_USER_AGENT:
		print_text(out, section->user_agent);
		break;
	case KEY_ROBOTS:
		print_choice(out, key, section->robots_ignored);
		break;
	case KEY_PROXY:
		print_text(out, section->proxy);
		break;
	case KEY_TLS:
		buffer_add_string(out, "{");
		if (section->ca_file != NULL) {
			add_pair(out, "", "ca-file", section->ca_file);
			buffer_add_string(out, ", ");
		}
		buffer_add_format(
		    out, "verify: %s}", section->tls_verify ? "true" : "false");
		break;
	case KEY_ALLOW_PRIVATE:
		buffer_add_string(
		    out, section->allow_private ? "true" : "false");
		break;
	default:
		break; /* title, url, sections: printed by the site; `use` is
			  resolved; the others stand elsewhere */
	}
}

/* --- former names --- */

static void
print_former(
    struct buffer *out, size_t count, const char *before, const char *name)
{
	if (count == 0)
		buffer_add_format(out, "%sformerly: [", before);
	else
		buffer_add_string(out, ", ");
	add_quoted(out, name);
}

static void
print_formers(struct buffer *out, const struct section_config *section,
    const char *before)
{
	for (size_t i = 0; i < section->formerly_count; i++)
		print_former(out, i, before, section->formerly[i]);
	if (section->formerly_count > 0)
		buffer_add_string(out, "]\n");
}

/* A site without sections is told its past as one, too. */
static void
print_formers_of_site(struct buffer *out, const struct config *config,
    const struct section_config *first)
{
	size_t count = 0;
	for (size_t i = 0; i < config->renamed_count; i++)
		if (strcmp(config->renamed[i].to, first->site_name) == 0)
			print_former(
			    out, count++, "    ", config->renamed[i].from);
	for (size_t i = 0; first->all == first && i < first->formerly_count;
	     i++)
		print_former(out, count++, "    ", first->formerly[i]);
	if (count > 0)
		buffer_add_string(out, "]\n");
}

/* --- a site --- */

static bool
is_shared(enum key key, const struct section_config *sections, size_t count,
    struct buffer *value)
{
	struct buffer other = {0};
	bool same = true;
	print_value(value, key, &sections[0]);
	for (size_t i = 1; same && i < count; i++) {
		other.length = 0;
		print_value(&other, key, &sections[i]);
		same = other.length == value->length &&
		       (other.length == 0 || memcmp(other.bytes, value->bytes,
						 other.length) == 0);
	}
	buffer_clear(&other);
	return same;
}

static void
print_section(struct buffer *out, const struct section_config *section,
    const bool shared[KEY_COUNT])
{
	buffer_add_format(out, "      %s:\n", section->name);
	add_pair(out, "        ", "url", section->url);
	buffer_add_byte(out, '\n');
	if (section->title != NULL) {
		add_pair(out, "        ", "title", section->title);
		buffer_add_byte(out, '\n');
	}
	print_formers(out, section, "        ");
	for (int key = 0; key < KEY_COUNT; key++) {
		struct buffer value = {0};
		if (!shared[key])
			print_value(&value, (enum key)key, section);
		if (value.length > 0)
			buffer_add_format(out, "        %s: %s\n",
			    schema_key((enum key)key)->name, value.bytes);
		buffer_clear(&value);
	}
}

static void
print_site(struct buffer *out, const struct config *config,
    const struct section_config *sections, size_t count)
{
	bool shared[KEY_COUNT];
	buffer_add_format(out, "  %s:\n", sections[0].site_name);
	if (sections[0].site_title != NULL) {
		add_pair(out, "    ", "title", sections[0].site_title);
		buffer_add_byte(out, '\n');
	}
	if (sections[0].site_url != NULL) {
		add_pair(out, "    ", "url", sections[0].site_url);
		buffer_add_byte(out, '\n');
	}
	print_formers_of_site(out, config, &sections[0]);
	for (int key = 0; key < KEY_COUNT; key++) {
		struct buffer value = {0};
		shared[key] = is_shared((enum key)key, sections, count, &value);
		if (shared[key] && value.length > 0)
			buffer_add_format(out, "    %s: %s\n",
			    schema_key((enum key)key)->name, value.bytes);
		buffer_clear(&value);
	}
	if (sections[0].all == &sections[0])
		return; /* a site without any */
	buffer_add_string(out, "    sections:\n");
	for (size_t i = 0; i < count; i++)
		print_section(out, &sections[i], shared);
}

static void
print_command(struct buffer *out, const char *const *words)
{
	if (words == NULL)
		return;
	buffer_add_string(out, "\non-change: [");
	for (size_t i = 0; words[i] != NULL; i++) {
		if (i > 0)
			buffer_add_string(out, ", ");
		add_quoted(out, words[i]);
	}
	buffer_add_byte(out, ']');
}

char *
config_print(const struct config *config)
{
	struct buffer out = {0};
	add_pair(&out, "", "output", config->output);
	add_pair(&out, "\n", "state", config->state);
	add_pair(&out, "\n", "base-url", config->base_url);
	if (config->listen_host != NULL) {
		const char *host = config->listen_host;
		bool is_v6 = strchr(host, ':') != NULL;
		buffer_add_format(&out, "\nlisten: '%s%s%s:%d'",
		    is_v6 ? "[" : "", host, is_v6 ? "]" : "",
		    config->listen_port);
	}
	if (config->contact != NULL)
		add_pair(&out, "\n", "contact", config->contact);
	add_pair(&out, "\n", "status-output", config->status_output);
	print_command(&out, config->on_change);
	buffer_add_string(&out, "\nindex: ");
	print_choice(&out, KEY_INDEX, (int)config->index);
	buffer_add_string(&out, "\nsites:\n");
	for (size_t i = 0, count; i < config->section_count; i += count) {
		const struct section_config *first = &config->sections[i];
		for (count = 1; i + count < config->section_count; count++)
			if (strcmp(config->sections[i + count].site_name,
				first->site_name) != 0)
				break;
		print_site(&out, config, first, count);
	}
	return buffer_take(&out);
}
