#include "feed/heal_evidence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/agreement.h"
#include "feed/link_kind.h"
#include "feed/links.h"
#include "feed/memory.h"
#include "feed/text.h"

#define ANCHORS 4 /* that a heal needs to be adopted */
#define ALIKE 0.7
#define NO_STORY -20.0 /* what a selector has found may look so poor */

/* ---- counted ---- */

static bool
is_same_title(const char *a, const char *b)
{
	char *x = text_fold(a), *y = text_fold(b);
	bool same = strcmp(x, y) == 0;
	free(y);
	free(x);
	return same;
}

static bool
is_same_day(struct moment a, struct moment b)
{
	int64_t apart = a.at_s > b.at_s ? a.at_s - b.at_s : b.at_s - a.at_s;
	return apart <= 86400;
}

static bool
has_day(struct moment moment)
{
	return moment.precision >= PRECISION_DAY;
}

static void
compare_anchor(const struct article *anchor, const struct article *read,
    struct heal_evidence *evidence)
{
	evidence->covered++;
	evidence->titled +=
	    anchor->title != NULL && is_same_title(anchor->title, read->title);
	if (!has_day(anchor->published) || !has_day(read->published))
		return;
	evidence->dated++;
	evidence->days += is_same_day(anchor->published, read->published);
}

uint32_t
heal_mark_alike(
    const struct articles *articles, const bool *is_anchor, bool *marked)
{
	char **kinds = xcalloc(articles->count + 1, sizeof(*kinds));
	uint32_t alike = 0;
	for (size_t i = 0; i < articles->count; i++)
		kinds[i] = link_kind(articles->list[i].link);
	for (size_t i = 0; i < articles->count; i++) {
		bool found = false;
		for (size_t k = 0; !found && k < articles->count; k++)
			found = is_anchor[k] && strcmp(kinds[i], kinds[k]) == 0;
		marked[i] = found;
		alike += found;
	}
	for (size_t i = 0; i < articles->count; i++)
		free(kinds[i]);
	free(kinds);
	return alike;
}

struct heal_evidence
heal_weigh(const struct articles *anchors, const struct extraction *read,
    const char *base, uint32_t usual)
{
	const struct articles *articles = &read->articles;
	struct heal_evidence evidence = {
	    .anchors = (uint32_t)anchors->count,
	    .articles = (uint32_t)articles->count,
	    .rows = read->item_count,
	    .usual = usual,
	};
	size_t *partner = xcalloc(anchors->count + 1, sizeof(*partner));
	bool *is_anchor = xcalloc(articles->count + 1, sizeof(*is_anchor));
	agreement_pair(anchors, articles, partner);
	for (size_t i = 0; i < anchors->count; i++) {
		if (partner[i] == SIZE_MAX)
			continue;
		is_anchor[partner[i]] = true;
		compare_anchor(
		    &anchors->list[i], &articles->list[partner[i]], &evidence);
	}
	bool *marked = xcalloc(articles->count + 1, sizeof(*marked));
	evidence.alike = heal_mark_alike(articles, is_anchor, marked);
	free(marked);
	for (size_t i = 0; i < articles->count; i++)
		evidence.stories += links_score(articles->list[i].link, base,
					articles->list[i].title) > NO_STORY;
	free(is_anchor);
	free(partner);
	return evidence;
}

static double
share(uint32_t part, uint32_t whole)
{
	return whole > 0 ? (double)part / whole : 0;
}

double
heal_worth(const struct heal_evidence *evidence)
{
	double ratio = evidence->usual > 0
			   ? share(evidence->articles, evidence->usual)
			   : 1;
	double fit = ratio > 1 ? 1 / ratio : ratio;
	return share(evidence->covered, evidence->anchors) *
		   (0.5 + 0.5 * share(evidence->titled, evidence->covered)) +
	       0.2 * fit + 0.2 * share(evidence->alike, evidence->articles) +
	       0.1 * share(evidence->days, evidence->dated);
}

/* ---- gates ---- */

/* The links are of the kinds that the known ones are; or there are few known
 * ones to tell kinds by, and as many articles as there should be. */
static bool
is_alike(const struct heal_evidence *e, double cover, double ratio)
{
	return share(e->alike, e->articles) >= ALIKE ||
	       (cover >= 0.8 && ratio >= 0.8 && ratio <= 1.25);
}

/* Fewer articles than usual and nothing new among them: what is most read or
 * related stands so beside a list. */
static bool
is_box(const struct heal_evidence *e, double ratio)
{
	return ratio < 0.8 && e->covered >= e->articles;
}

enum heal_grade
heal_judge(const struct heal_evidence *e, bool is_confirming, char why[512])
{
	double cover = share(e->covered, e->anchors);
	double ratio = e->usual > 0 ? share(e->articles, e->usual) : 1;
	double titles = share(e->titled, e->covered);
	double days = e->dated > 0 ? share(e->days, e->dated) : 1;
	double filled = share(e->articles, e->rows);
	(void)snprintf(why, 512,
	    "%u of %u known articles found again, %u with their title, %u of "
	    "%u on their day; %u articles where %u are usual",
	    e->covered, e->anchors, e->titled, e->days, e->dated, e->articles,
	    e->usual);
	bool is_long = ratio >= 0.4 && ratio <= 2.5;
	bool is_fitting = ratio >= 0.8 && ratio <= 1.25 && titles >= 0.9;
	/* one less will do if all fits; and between two looks known articles
	 * leave the page */
	uint32_t least = ANCHORS;
	if (is_fitting && cover >= 0.95)
		least--;
	if (is_confirming)
		least -= 2;
	if (e->anchors < ANCHORS - 1 && !is_confirming)
		return e->articles >= 3 && is_long ? HEAL_PROPOSE : HEAL_REFUSE;
	if (cover < 0.5 || !is_long)
		return HEAL_REFUSE;
	if (e->anchors < least || cover < (is_fitting ? 0.75 : 0.8) ||
	    ratio < 0.6 || ratio > 1.8 || titles < 0.8 || days < 0.8 ||
	    filled < 0.25 || !is_alike(e, cover, ratio) || is_box(e, ratio))
		return HEAL_PROPOSE;
	return cover >= 0.95 && e->anchors >= 2 * ANCHORS && titles >= 0.9
		   ? HEAL_SURE
		   : HEAL_ADOPT;
}
