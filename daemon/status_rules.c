#include "daemon/status_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/commands.h"
#include "daemon/terminal.h"
#include "feed/memory.h"

#define INDENT 2

bool
status_rules_load(struct status_rules *rules, struct store *store,
    const struct section_config *config, int64_t section, struct error *err)
{
	bool is_another;
	*rules = (struct status_rules){.config = config};
	return store_drift(store, section, &rules->watch, err) &&
	       (config == NULL || (learned_load(&rules->learned, store, config,
				       section, err) &&
				      healed_load(&rules->healed, store, config,
					  section, &is_another, err)));
}

void
status_rules_clear(struct status_rules *rules)
{
	drift_record_clear(&rules->watch);
	learned_clear(&rules->learned);
	healed_record_clear(&rules->healed);
	*rules = (struct status_rules){0};
}

/* What is in force, else what is proposed; or NULL. */
static const char *
remedy_of(const struct status_rules *rules)
{
	return rules->healed.rules != NULL ? rules->healed.rules
					   : rules->healed.proposal;
}

/* ---- for people ---- */

/* Takes the line. */
static void
print_line(char *line)
{
	terminal_print(INDENT, line);
	free(line);
}

static void
print_learned(const struct status_rules *rules, int64_t now_s)
{
	const struct learned_record *record = &rules->learned.record;
	char *words = learned_words(record), when[32];
	say_when(record->learned_s, now_s, when, sizeof(when));
	if (words != NULL)
		print_line(xasprintf("learned %s: %s", when, words));
	free(words);
}

/* Lines to paste are not broken elsewhere. */
static void
print_stanza(const struct status_rules *rules)
{
	char *stanza = healed_stanza(rules->config, &rules->healed);
	bool is_in_force = rules->healed.rules != NULL;
	/* where no rules are written there is nothing to mend in the file */
	if (stanza != NULL && rules->config->rules->items.count > 0) {
		print_line(xasprintf("%s; to paste in place of the section's "
				     "own lines:",
		    is_in_force ? "the file is not touched" : "to use them"));
		printf("%s", stanza);
	}
	free(stanza);
}

static void
print_healed(const struct status_rules *rules, int64_t now_s)
{
	const struct healed_record *record = &rules->healed;
	const char *remedy = remedy_of(rules);
	bool is_in_force = record->rules != NULL;
	char when[32];
	if (remedy == NULL)
		return;
	char *words = healed_words(rules->config, remedy);
	say_when(record->adopted_s, now_s, when, sizeof(when));
	if (is_in_force)
		print_line(xasprintf(
		    "healed %s: %s: %s", when, words, record->evidence));
	else
		print_line(xasprintf("proposed, seen %u times: %s: %s",
		    record->seen, words, record->why));
	free(words);
	print_stanza(rules);
}

void
status_rules_print(
    const struct status_rules *rules, const char *reason, int64_t now_s)
{
	const char *unusual = rules->watch.unusual;
	if (unusual != NULL &&
	    (reason == NULL || strncmp(reason, unusual, strlen(unusual)) != 0))
		print_line(xasprintf("unusual: %s", unusual));
	if (rules->watch.drift.phase == DRIFT_PROBATION)
		print_line(xasprintf("healed rules are watched for %u rounds "
				     "more",
		    rules->watch.drift.left));
	if (rules->healed.rules == NULL)
		print_learned(rules, now_s);
	print_healed(rules, now_s);
}

/* ---- for programs ---- */

static void
print_pair(const char *name, const char *value)
{
	printf(",\"%s\":", name);
	print_json(value);
}

static void
print_learned_json(const struct learned_record *learned)
{
	char *words = learned_words(learned);
	print_pair("learned", words);
	if (words != NULL)
		print_json_time("learned-at", learned->learned_s);
	if (words != NULL && learned->evidence != NULL)
		print_pair("evidence", learned->evidence);
	free(words);
}

static void
print_healed_json(const struct status_rules *rules)
{
	const struct healed_record *record = &rules->healed;
	const char *remedy = remedy_of(rules);
	char *words =
	    remedy != NULL ? healed_words(rules->config, remedy) : NULL;
	char *stanza =
	    remedy != NULL ? healed_stanza(rules->config, record) : NULL;
	bool is_in_force = record->rules != NULL;
	print_pair("healed", is_in_force ? words : NULL);
	print_json_time("healed-at", record->adopted_s);
	print_pair("proposed", is_in_force ? NULL : words);
	print_pair("found", is_in_force ? record->evidence : record->why);
	print_pair("stanza", stanza);
	free(stanza);
	free(words);
}

void
status_rules_print_json(const struct status_rules *rules)
{
	print_pair("rules", drift_word(rules->watch.drift.phase));
	print_json_time("rules-since", rules->watch.drift.since_s);
	print_pair("unusual", rules->watch.unusual);
	print_learned_json(&rules->learned.record);
	print_healed_json(rules);
}
