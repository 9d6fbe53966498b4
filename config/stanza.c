#include "config/stanza.h"

#include <stdlib.h>
#include <string.h>

#include "config/config_private.h"
#include "feed/buffer.h"
#include "feed/country.h"
#include "feed/memory.h"
#include "feed/name.h"
#include "feed/text.h"
#include "feed/url.h"

#define TITLE_CHARACTERS 300 /* as much as the configuration takes */

static void
add_quoted(
    struct buffer *out, const char *before, const char *key, const char *text)
{
	char *quoted = config_quote(text);
	buffer_add_format(out, "%s%s: %s", before, key, quoted);
	free(quoted);
}

/* "https://host", where the path of an absolute address begins. */
static size_t
origin_length(const char *url)
{
	const char *host = strstr(url, "://");
	return host == NULL
		   ? 0
		   : (size_t)(host - url) + 3 + strcspn(host + 3, "/?#");
}

char *
stanza_title(const struct stanza_section *section)
{
	if (section->group == NULL)
		return xstrdup(section->title);
	char *both = xasprintf("%s > %s", section->group, section->title);
	char *title = text_line(both, strlen(both), TITLE_CHARACTERS / 4);
	free(both);
	return title;
}

static void
add_section(struct buffer *out, const struct stanza *site,
    const struct stanza_section *section)
{
	size_t origin = origin_length(site->url);
	const char *url = section->url;
	/* what stands on the site itself needs no host */
	if (strncmp(url, site->url, origin) == 0 && url[origin] == '/')
		url += origin;
	buffer_add_format(out, "      %s: {", section->name);
	if (section->title != NULL) {
		char *title = stanza_title(section);
		add_quoted(out, "", "title", title);
		buffer_add_string(out, ", ");
		free(title);
	}
	add_quoted(out, "", "url", url);
	buffer_add_string(out, "}\n");
}

/* The zone given, or the one that dates without a zone would be read in; it
 * says that it is a guess. */
static void
add_timezone(struct buffer *out, const struct stanza *site)
{
	const struct country *country =
	    country_of_zone(site->url, site->language);
	if (site->timezone != NULL)
		buffer_add_format(out, "    timezone: %s\n", site->timezone);
	else if (country != NULL)
		buffer_add_format(out,
		    "    timezone: %s # by its country or language\n",
		    country->zone);
	else
		buffer_add_string(out, "    timezone: UTC # where its dates "
				       "are written\n");
}

/* "key: '.a'", or "key: ['.a', '.b']". */
static void
add_rules(struct buffer *out, const char *before, const char *key,
    const struct rule_list *rules)
{
	if (rules->count == 0)
		return;
	buffer_add_format(
	    out, "%s%s: %s", before, key, rules->count > 1 ? "[" : "");
	for (size_t i = 0; i < rules->count; i++) {
		char *quoted = config_quote(rules->list[i].css);
		buffer_add_format(out, "%s%s", i > 0 ? ", " : "", quoted);
		free(quoted);
	}
	buffer_add_string(out, rules->count > 1 ? "]\n" : "\n");
}

static void
add_learned(struct buffer *out, const struct stanza *site)
{
	if (site->article_link != NULL) {
		add_quoted(out, "    ", "article-link", site->article_link);
		buffer_add_byte(out, '\n');
	}
	if (site->rules == NULL)
		return;
	bool any = false;
	add_rules(out, "    ", "item", &site->rules->items);
	for (int field = 0; field < FIELD_COUNT; field++) {
		const struct rule_list *rules = &site->rules->fields[field];
		if (rules->count > 0 && !any)
			buffer_add_string(out, "    fields:\n");
		any |= rules->count > 0;
		add_rules(out, "      ", field_name((enum field)field), rules);
	}
}

/* "key: value" of the rules, each on its line. */
static void
add_section_rules(
    struct buffer *out, const char *between, const struct rules *rules)
{
	struct buffer fields = {0};
	config_add_fields(&fields, rules);
	buffer_add_string(out, "item: ");
	config_add_item(out, rules);
	if (fields.length > 0) {
		buffer_add_format(out, "%sfields: ", between);
		buffer_add(out, fields.bytes, fields.length);
	}
	buffer_clear(&fields);
}

char *
stanza_of_section(
    const struct section_config *section, const struct rules *rules)
{
	struct buffer out = {0};
	const char *url = section->url, *site = section->site_url;
	size_t origin = site != NULL ? origin_length(site) : 0;
	if (section->all == section) { /* the site itself is read */
		buffer_add_string(&out, "    ");
		add_section_rules(&out, "\n    ", rules);
		buffer_add_byte(&out, '\n');
		return buffer_take(&out);
	}
	if (origin > 0 && strncmp(url, site, origin) == 0 && url[origin] == '/')
		url += origin;
	buffer_add_format(&out, "      %s: {", section->name);
	if (section->title != NULL) {
		add_quoted(&out, "", "title", section->title);
		buffer_add_string(&out, ",\n        ");
	}
	add_quoted(&out, "", "url", url);
	buffer_add_string(&out, ",\n        ");
	add_section_rules(&out, ",\n        ", rules);
	buffer_add_string(&out, "}\n");
	return buffer_take(&out);
}

char *
stanza_print(const struct stanza *site)
{
	struct buffer out = {0};
	char *name = name_of_site(site->url), *host = url_host(site->url);
	const char *title = site->title != NULL ? site->title
			    : host != NULL      ? host
						: name;
	buffer_add_format(&out, "sites:\n  %s:\n", name);
	add_quoted(&out, "    ", "title", title);
	buffer_add_format(&out, "\n    url: %.*s\n",
	    (int)origin_length(site->url), site->url);
	if (site->language != NULL) {
		add_quoted(&out, "    ", "language", site->language);
		buffer_add_byte(&out, '\n');
	}
	add_timezone(&out, site);
	if (site->allow_private)
		buffer_add_string(&out, "    allow-private: true\n");
	add_learned(&out, site);
	buffer_add_string(&out, "    sections:\n");
	for (size_t i = 0; i < site->count; i++)
		add_section(&out, site, &site->sections[i]);
	free(name);
	free(host);
	return buffer_take(&out);
}
