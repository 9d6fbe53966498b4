#include "daemon/healed.h"

#include <stdlib.h>
#include <string.h>

#include "config/stanza.h"
#include "feed/heal.h"
#include "feed/heal_field.h"
#include "feed/memory.h"
#include "feed/remedy.h"

#define SEEN 2          /* fetches that must say the same */
#define REFUSALS 3      /* after which nothing is adopted any more */
#define SEEN_REFUSED 2u /* more fetches, for each time that it did not hold */

void
healed_drop_proposal(struct healed_record *record)
{
	free(record->proposal);
	free(record->why);
	record->proposal = record->why = NULL;
	record->grade = record->seen = 0;
}

static void
drop_rules(struct healed_record *record)
{
	free(record->rules);
	free(record->evidence);
	record->rules = record->evidence = NULL;
	record->adopted_s = 0;
	record->given_rounds = 0;
}

void
healed_drop(struct healed_record *record)
{
	drop_rules(record);
	healed_drop_proposal(record);
}

static void
check_rules(char **remedy_text)
{
	struct remedy remedy = {0};
	/* what the database holds is checked like all from outside */
	if (*remedy_text == NULL ||
	    (remedy_read(*remedy_text, &remedy) && !remedy_is_none(&remedy))) {
		remedy_clear(&remedy);
		return;
	}
	free(*remedy_text);
	*remedy_text = NULL;
}

bool
healed_load(struct healed_record *record, struct store *store,
    const struct section_config *config, int64_t section, bool *is_another,
    struct error *err)
{
	*record = (struct healed_record){0};
	*is_another = false;
	if (section != 0 && !store_healed(store, section, record, err))
		return false;
	uint64_t given = rules_hash(config->rules);
	enum heal_wish wish = config_heal(config);
	if (record->given != given || wish == HEAL_WISH_OFF) {
		*is_another = record->given != 0; /* there is a row */
		healed_record_clear(record);
	}
	record->given = given;
	check_rules(&record->rules);
	check_rules(&record->proposal);
	if (record->rules == NULL || wish == HEAL_WISH_AUTO)
		return true;
	*is_another = true;
	healed_drop_proposal(record);
	record->proposal = record->rules;
	record->why = record->evidence;
	record->rules = record->evidence = NULL;
	drop_rules(record);
	return true;
}

/* ---- proposals ---- */

static bool
is_same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static enum heal_grade
grade_of(const struct answer *answer, char why[512])
{
	for (int i = 0; i < FIELD_COUNT; i++)
		if ((answer->healed_lost >> i & 1) != 0)
			return heal_field_judge(
			    &answer->healed, (enum field)i, why);
	return heal_judge(&answer->healed, answer->is_candidate, why);
}

static bool
may_adopt(
    const struct healed_record *record, const struct section_config *config)
{
	uint32_t refusals =
	    is_same(record->proposal, record->refused) ? record->refusals : 0;
	return config_heal(config) == HEAL_WISH_AUTO &&
	       record->grade >= HEAL_ADOPT && refusals < REFUSALS &&
	       record->seen >= SEEN + SEEN_REFUSED * refusals;
}

static void
adopt(struct healed_record *record, int64_t now_s)
{
	drop_rules(record);
	record->rules = record->proposal;
	record->evidence = record->why;
	record->adopted_s = now_s;
	record->proposal = record->why = NULL;
	healed_drop_proposal(record);
}

enum healed_step
healed_take(struct healed_record *record, const struct section_config *config,
    const struct answer *answer, int64_t now_s, char **words)
{
	char why[512] = "";
	enum heal_grade grade =
	    answer->proposal != NULL ? grade_of(answer, why) : HEAL_REFUSE;
	*words = NULL;
	if (grade < HEAL_PROPOSE) {
		healed_drop_proposal(record);
		return HEALED_NOTHING;
	}
	uint32_t seen =
	    is_same(record->proposal, answer->proposal) ? record->seen + 1 : 1;
	healed_drop_proposal(record);
	record->proposal = xstrdup(answer->proposal);
	record->why = xstrdup(why);
	record->grade = grade;
	record->seen = seen;
	char *rules = healed_words(config, record->proposal);
	bool adopts = may_adopt(record, config);
	*words = xasprintf("%s%s: %s", rules,
	    adopts ? " is what it is read by from now on" : " would do", why);
	free(rules);
	if (adopts)
		adopt(record, now_s);
	return adopts ? HEALED_ADOPTED : HEALED_PROPOSED;
}

void
healed_refuse(struct healed_record *record, bool is_final)
{
	uint32_t before =
	    is_same(record->rules, record->refused) ? record->refusals : 0;
	free(record->refused);
	record->refused = record->rules;
	record->refusals = is_final ? REFUSALS : before + 1;
	record->rules = NULL;
	healed_drop(record);
}

/* ---- in words ---- */

static struct rules
rules_of(const struct section_config *config, const char *remedy_text)
{
	struct remedy remedy = {0};
	(void)remedy_read(remedy_text, &remedy); /* none: as configured */
	struct rules rules = remedy_apply(config->rules, &remedy);
	remedy_clear(&remedy);
	return rules;
}

char *
healed_words(const struct section_config *config, const char *remedy_text)
{
	struct rules rules = rules_of(config, remedy_text);
	char *words = heal_words(&rules);
	rules_clear(&rules);
	return words;
}

char *
healed_stanza(
    const struct section_config *config, const struct healed_record *record)
{
	const char *remedy =
	    record->rules != NULL ? record->rules : record->proposal;
	if (remedy == NULL)
		return NULL;
	struct rules rules = rules_of(config, remedy);
	char *stanza = stanza_of_section(config, &rules);
	rules_clear(&rules);
	return stanza;
}
