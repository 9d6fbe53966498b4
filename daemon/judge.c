#include "daemon/judge.h"

#include <stdlib.h>
#include <string.h>

#include "feed/diff.h"
#include "feed/memory.h"

/* What the section's rounds have to say of a page. */
struct past {
	struct reading readings[READINGS_KEPT];
	size_t count;
	bool *is_fresh; /* of each article: the section does not have it */
	size_t known;   /* articles that it has */
};

/* What is fresh comes in the order in which it was seen. */
static void
mark_fresh(const struct articles *seen, const struct articles *fresh,
    struct past *past)
{
	size_t next = 0;
	past->is_fresh = xcalloc(seen->count + 1, sizeof(*past->is_fresh));
	for (size_t i = 0; i < seen->count && next < fresh->count; i++) {
		past->is_fresh[i] =
		    strcmp(seen->list[i].link, fresh->list[next].link) == 0;
		next += past->is_fresh[i];
	}
	past->known = seen->count - next;
}

static bool
ask_known(struct store *store, const struct section_config *config,
    const struct section_state *state, const struct articles *seen,
    struct past *past, struct error *err)
{
	struct articles stored = {0};
	struct difference difference = {0};
	if (!store_known(store, state->number, config->id_authority, seen,
		&stored, err)) {
		articles_clear(&stored);
		return false;
	}
	/* the moment does not change what is fresh */
	diff_articles(&stored, seen, config->id_authority, 0, &difference);
	mark_fresh(seen, &difference.fresh, past);
	difference_clear(&difference);
	articles_clear(&stored);
	return true;
}

static struct verdict
judge_verdict(const struct section_config *config,
    const struct section_state *state, const struct arrival *arrival,
    const struct answer *answer, const struct past *past)
{
	struct reading usual[READINGS_USUAL];
	const struct extraction *read = &answer->extraction;
	struct verdict_question question = {
	    .evidence = &answer->evidence,
	    .readings = usual,
	    .reading_count =
		readings_usual(past->readings, past->count, 0, usual),
	    .items = read->articles.count + read->filtered,
	    .filtered = read->filtered,
	    .known = past->known,
	    .asked = arrival->asked,
	    .from = arrival->from,
	    .mitigated = arrival->mitigated,
	    .is_later = arrival->is_later,
	    .empty_ok = config->empty_ok,
	    .cut_rounds = state->cut_rounds,
	};
	return verdict_of(&question);
}

/* An undated one, too: who knows. */
static uint32_t
count_late(
    const struct articles *articles, const bool *is_fresh, int64_t since_s)
{
	uint32_t late = 0;
	for (size_t i = 0; i < articles->count; i++)
		late += (is_fresh == NULL || is_fresh[i]) &&
			!reading_is_after(articles->list[i].published, since_s);
	return late;
}

static uint32_t
usual_items(const struct past *past)
{
	struct reading usual[READINGS_USUAL];
	uint32_t items[READINGS_USUAL];
	size_t count = readings_usual(past->readings, past->count, 0, usual);
	for (size_t i = 0; i < count; i++)
		items[i] = usual[i].items;
	return reading_median(items, count);
}

static void
judge_rules(const struct section_config *config,
    const struct section_state *state, const struct arrival *arrival,
    const struct answer *answer, const struct past *past,
    struct judgement *judgement)
{
	struct reading_question measured = {
	    .evidence = &answer->evidence,
	    .read = &answer->extraction,
	    .from = arrival->from,
	    .now_s = arrival->now_s,
	    .rules = arrival->rules,
	    .past = past->readings,
	    .past_count = past->count,
	    .is_fresh = past->is_fresh,
	    .sketch = arrival->sketch,
	};
	struct drift_question question = {
	    .today = reading_of(&measured),
	    .past = past->readings,
	    .past_count = past->count,
	    .empty_ok = config->empty_ok,
	};
	judgement->late = count_late(
	    &answer->extraction.articles, past->is_fresh, state->good_s);
	judgement->usual = usual_items(past);
	judgement->allowance =
	    drift_allowance(past->readings, past->count, arrival->now_s);
	judgement->reading = question.today;
	judgement->finding = drift_look(&question);
	judgement->reading.is_bad = judgement->finding.points >= DRIFT_BAD;
}

bool
judge_page(struct store *store, const struct section_config *config,
    const struct section_state *state, const struct arrival *arrival,
    const struct answer *answer, struct judgement *judgement, struct error *err)
{
	struct past past = {.count = 0};
	*judgement = (struct judgement){0};
	if (store != NULL && state->number != 0 &&
	    (!store_readings(
		 store, state->number, past.readings, &past.count, err) ||
		!ask_known(store, config, state, &answer->extraction.articles,
		    &past, err)))
		return false;
	judgement->verdict =
	    judge_verdict(config, state, arrival, answer, &past);
	if (judgement->verdict.kind == VERDICT_GOOD && !arrival->is_later)
		judge_rules(config, state, arrival, answer, &past, judgement);
	free(past.is_fresh);
	return true;
}
