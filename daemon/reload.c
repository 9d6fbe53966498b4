#include "daemon/reload.h"

#include <string.h>

#include "daemon/log.h"
#include "daemon/reach.h"

static bool
same_string(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool
same_words(const char *const *a, const char *const *b)
{
	size_t i = 0;
	if (a == NULL || b == NULL)
		return a == b;
	while (a[i] != NULL && same_string(a[i], b[i]))
		i++;
	return same_string(a[i], b[i]);
}

bool
reload_may(
    const struct config *old, const struct config *new, struct error *err)
{
	if (!same_string(old->state, new->state))
		return error_set(err, "`state` has changed: restart for that");
	if (!same_string(old->output, new->output))
		return error_set(err, "`output` has changed: restart for that");
	if (!same_string(old->listen_host, new->listen_host) ||
	    old->listen_port != new->listen_port)
		return error_set(err, "`listen` has changed: restart for that");
	if (!same_string(old->status_output, new->status_output))
		return error_set(
		    err, "`status-output` has changed: restart for that");
	if (!same_words(old->on_change, new->on_change))
		return error_set(
		    err, "`on-change` has changed: restart for that");
	return reach_covers(new, err);
}

static bool
same_section(const struct section_config *a, const struct section_config *b)
{
	return strcmp(a->url, b->url) == 0 &&
	       rules_hash(a->rules) == rules_hash(b->rules) &&
	       a->interval_s == b->interval_s &&
	       a->min_interval_s == b->min_interval_s &&
	       a->max_interval_s == b->max_interval_s &&
	       a->entries_at_least == b->entries_at_least &&
	       a->entries_at_most == b->entries_at_most &&
	       a->entries_days == b->entries_days && a->content == b->content &&
	       a->host_gap_ms == b->host_gap_ms && a->pages == b->pages &&
	       same_string(a->next_url, b->next_url) &&
	       a->robots_ignored == b->robots_ignored;
}

void
reload_say(const struct config *old, const struct config *new)
{
	size_t added = 0, gone = 0, changed = 0;
	for (size_t i = 0; i < new->section_count; i++) {
		const struct section_config *section = &new->sections[i];
		const struct section_config *before =
		    config_section(old, section->path);
		for (size_t k = 1;
		     before == NULL && k <= section->formerly_count; k++)
			before = config_section(old, section_path(section, k));
		if (before == NULL) {
			added++;
			log_info("reload: %s is new", section->path);
		} else if (!same_section(before, section)) {
			changed++;
			log_info("reload: %s has changed", section->path);
		}
	}
	for (size_t i = 0; i < old->section_count; i++)
		if (config_section(new, old->sections[i].path) == NULL &&
		    config_successor(new, old->sections[i].path) == NULL) {
			gone++;
			log_info("reload: %s has gone; its feed stays as it is",
			    old->sections[i].path);
		}
	log_info("reload: %zu sections: %zu new, %zu changed, %zu gone",
	    new->section_count, added, changed, gone);
}
