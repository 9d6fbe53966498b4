#include "daemon/judge.h"

#include "feed/diff.h"

/* How many of these articles the section has. */
static bool
count_known(struct store *store, const struct section_config *config,
    const struct section_state *state, const struct articles *seen,
    size_t *known, struct error *err)
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
	*known = difference.fresh.count < seen->count
		     ? seen->count - difference.fresh.count
		     : 0;
	difference_clear(&difference);
	articles_clear(&stored);
	return true;
}

bool
judge_page(struct store *store, const struct section_config *config,
    const struct section_state *state, const struct arrival *arrival,
    const struct answer *answer, struct verdict *verdict, struct error *err)
{
	struct reading readings[READINGS_KEPT];
	const struct articles *articles = &answer->extraction.articles;
	struct verdict_question question = {
	    .evidence = &answer->evidence,
	    .readings = readings,
	    .items = articles->count + answer->extraction.filtered,
	    .filtered = answer->extraction.filtered,
	    .asked = arrival->asked,
	    .from = arrival->from,
	    .mitigated = arrival->mitigated,
	    .is_later = arrival->is_later,
	    .empty_ok = config->empty_ok,
	    .cut_rounds = state->cut_rounds,
	};
	if (store != NULL && state->number != 0 &&
	    (!store_readings(store, state->number, readings,
		 &question.reading_count, err) ||
		!count_known(
		    store, config, state, articles, &question.known, err)))
		return false;
	*verdict = verdict_of(&question);
	return true;
}
