#include "daemon/learned.h"

#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/lesson.h"
#include "feed/memory.h"
#include "feed/text.h"

#define WORDS 400 /* characters */

static bool
has_rules(const struct learned_record *record)
{
	return record->rules != NULL && record->rules[0] != '\0';
}

bool
learned_load(struct learned *learned, struct store *store,
    const struct section_config *config, int64_t section, struct error *err)
{
	*learned = (struct learned){0};
	if (section != 0 &&
	    !store_learned(store, section, &learned->record, err))
		return false;
	uint64_t given = rules_hash(config->rules);
	if (learned->record.given != given)
		learned_record_clear(&learned->record);
	learned->record.given = given;
	return true;
}

void
learned_clear(struct learned *learned)
{
	learned_record_clear(&learned->record);
	*learned = (struct learned){0};
}

void
learned_tell(struct learned *learned, const struct section_config *config,
    bool is_first, int64_t now_s, struct job *job)
{
	const struct learned_record *record = &learned->record;
	if (config->rules->items.count > 0)
		return;
	if (is_first) {
		bool fresh = now_s >= record->asked_s &&
			     now_s - record->asked_s < LEARNED_FOR_S;
		learned->is_asked = !fresh;
		/* what the database holds is checked like all from outside */
		learned->is_used = fresh && has_rules(record) &&
				   lesson_read(record->rules, &job->learned);
	} else if (learned->is_used)
		learned->is_used = lesson_read(record->rules, &job->learned);
	job->learns = is_first && learned->is_asked;
	if (is_first && learned->is_used)
		job->expected = expectation_copy(&record->expected);
}

/* All that an answer's lesson says of its rules. */
static char *
evidence_of(const struct answer *answer)
{
	const struct lesson *lesson = &answer->lesson;
	struct buffer words = {0};
	for (int i = -1; i < FIELD_COUNT; i++) {
		const char *why = lesson->why[i < 0 ? FIELD_COUNT : i];
		if (why != NULL)
			buffer_add_format(&words, "%s%s %s",
			    words.length > 0 ? "; " : "",
			    i < 0 ? "item" : field_name((enum field)i), why);
	}
	char *all = buffer_take(&words);
	char *line = text_line(all, strlen(all), 2 * WORDS);
	free(all);
	return line;
}

/* True if the list stands elsewhere than it did. */
static bool
note_place(struct learned_record *record, const struct extraction *read)
{
	char **place = &record->expected.place;
	const char *now = read->list_path;
	if (now == NULL || (*place != NULL && strcmp(*place, now) == 0))
		return false;
	free(*place);
	*place = xstrdup(now);
	return true;
}

bool
learned_take(struct learned *learned, const struct section_config *config,
    const struct answer *answer, int64_t now_s, char **words)
{
	struct learned_record *record = &learned->record;
	*words = NULL;
	if (learned->is_used && !answer->is_inferred)
		return note_place(record, &answer->extraction);
	if (!learned->is_asked && !answer->is_inferred)
		return false;
	char *rules = lesson_write(&answer->lesson, config->rules);
	bool any = answer->lesson.rules.items.count > 0;
	bool same = record->rules != NULL && strcmp(record->rules, rules) == 0;
	char *lost =
	    answer->is_inferred
		? xstrdup("the learned rules do not find what they did, "
			  "and the list was inferred again")
		: NULL;
	if (!same || answer->is_inferred)
		record->learned_s = now_s;
	free(record->rules);
	free(record->evidence);
	record->rules = any ? rules : xstrdup("");
	record->evidence = any ? evidence_of(answer) : NULL;
	expectation_clear(&record->expected);
	record->expected = expectation_of(&answer->extraction);
	/* by rules it may stand further in */
	free(record->expected.place);
	record->expected.place = NULL;
	record->asked_s = now_s;
	/* a later page of this round is read as the first was */
	learned->is_used = false;
	char *now = any && !same ? learned_words(record) : NULL;
	if (now != NULL || lost != NULL)
		*words = xasprintf("%s%s%s%s", lost != NULL ? lost : "",
		    lost != NULL && now != NULL ? "; " : "",
		    now != NULL ? "learned: " : "", now != NULL ? now : "");
	if (!any)
		free(rules);
	free(now);
	free(lost);
	return true;
}

bool
learned_save(const struct learned *learned, struct store *store,
    int64_t section, struct error *err)
{
	return store_save_learned(store, section, &learned->record, err);
}

char *
learned_words(const struct learned_record *record)
{
	struct buffer words = {0};
	if (!has_rules(record))
		return NULL;
	for (const char *at = record->rules; *at != '\0';) {
		size_t length = strcspn(at, "\n");
		const char *colon = memmem(at, length, ": ", 2);
		if (colon != NULL)
			buffer_add_format(&words, "%s%.*s '%.*s'",
			    words.length > 0 ? ", " : "", (int)(colon - at), at,
			    (int)(length - (size_t)(colon + 2 - at)),
			    colon + 2);
		at += length + (at[length] == '\n');
	}
	char *all = buffer_take(&words);
	char *line = text_line(all, strlen(all), WORDS);
	free(all);
	return line;
}
