#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/charset.h"
#include "feed/drift.h"
#include "feed/heal.h"
#include "feed/learn.h"
#include "feed/memory.h"
#include "feed/run.h"
#include "feed/select.h"
#include "feed/url.h"
#include "feed/verdict.h"
#include "tests/mutator.h"
#include "tests/reading.h"

/*
 * heal_tool PAGE URL NOW SEEDS [RULES]: redesigns of one page, SEEDS of each
 * level, and what drift.h and heal.h make of them.  heal_tool --later PAGE URL
 * NOW LATER URL NOW [RULES]: the same of another page, which its site really
 * showed at another time.  RULES are lines as in
 * reading.h; without them the rules are those that are learned on the page.
 * A line a case, tab-separated:
 *   redesign LEVEL SEED OLD NOTICED GRADE ALONE PHASE END KEPT ANCHORS BEST
 *   outage NAME SEED NOTICED HEALED
 *   later NOTICED PHASE HEALED, after `given URL` and `found URL`: what the
 *     old rules find on the one and on the other
 * HEALED: rules were adopted; beside a box (OUTAGE_BOX), for less than the
 * list. OLD: F1 of the old rules on the new page; NOTICED: held or drift within
 * two rounds; GRADE, ALONE: of a heal that is asked for whatever drift says,
 * and its F1, -1 for none; PHASE and END: where the section stands after four
 * rounds, and the F1 of what it then publishes; KEPT: articles of the old page
 * that are left, in the round that heals; ANCHORS: of them, those that the heal
 * has found; BEST: the F1 that is got by who is told all of the new page's
 * articles, the most that rules can reach.  HEAL_TWIN=1 takes heals without
 * their gates, and HEAL_DEAF=1 sees no drift: twins that must be caught.
 */
#define RIGHT 0.8 /* F1 of what a heal may take */
#define KNOWN 3   /* articles, by which another's list is not another's */

struct site {
	const char *url;
	int64_t now_s;
	struct rules rules;
	struct page *page;
	struct extraction first;
	struct list_of_page list;
	struct reading past[READINGS_USUAL];
	struct sketch sketch;
	bool is_twin;
};

static bool
read_rules(struct site *site, const struct rules *rules, struct page *page,
    struct extraction *read)
{
	struct error err = {{0}};
	struct compiled_rules *compiled = rules_compile(rules, &err);
	struct extract_context context = {.url = site->url,
	    .now_s = site->now_s,
	    .list_path = site->first.list_path};
	bool good = compiled != NULL &&
		    extract_articles(compiled, page, &context, read, &err);
	if (!good)
		fprintf(stderr, "%s: %s\n", site->url, err.reason);
	compiled_rules_free(compiled);
	return good;
}

static struct page *
parse(const char *html)
{
	struct error err = {{0}};
	struct page *page =
	    page_parse(html, strlen(html), PARSER_HTML5, 8 << 20, &err);
	if (page == NULL)
		fprintf(stderr, "%s\n", err.reason);
	return page;
}

/* ---- how right ---- */

static double
f1_of(const struct articles *articles, char *const *truth, size_t count)
{
	size_t hits = 0, wanted = 0;
	bool *hit = xcalloc(articles->count + 1, sizeof(*hit));
	for (size_t i = 0; i < count; i++) {
		char *key = url_key(truth[i]);
		bool found = false, again = false;
		for (size_t k = 0; k < i && !again; k++)
			again = strcmp(truth[i], truth[k]) == 0;
		for (size_t k = 0; k < articles->count && !found; k++) {
			char *other = url_key(articles->list[k].link);
			found = strcmp(key, other) == 0;
			if (found)
				hit[k] = true;
			free(other);
		}
		free(key);
		wanted += !again;
		hits += found && !again;
	}
	size_t right = 0;
	for (size_t i = 0; i < articles->count; i++)
		right += hit[i];
	free(hit);
	if (articles->count == 0 || wanted == 0)
		return 0;
	double precision = (double)right / (double)articles->count;
	double recall = (double)hits / (double)wanted;
	return precision + recall == 0
		   ? 0
		   : 2 * precision * recall / (precision + recall);
}

/* ---- rounds ---- */

struct round {
	struct evidence evidence;
	struct extraction read;
	struct verdict verdict;
	struct drift_finding finding;
	struct reading reading;
};

static void
round_clear(struct round *round)
{
	evidence_clear(&round->evidence);
	extraction_clear(&round->read);
}

static bool
is_known(const struct site *site, const struct article *article)
{
	char *key = url_key(article->link);
	bool known = false;
	for (size_t i = 0; i < site->first.articles.count && !known; i++) {
		char *other = url_key(site->first.articles.list[i].link);
		known = strcmp(key, other) == 0 ||
			strcmp(article->title,
			    site->first.articles.list[i].title) == 0;
		free(other);
	}
	free(key);
	return known;
}

static bool
read_round(const struct site *site, const struct rules *rules, const char *html,
    struct page *page, struct round *round)
{
	*round = (struct round){0};
	evidence_gather(page, html, strlen(html), site->url, &round->evidence);
	struct site *mutable_site = (struct site *)site;
	if (!read_rules(mutable_site, rules, page, &round->read))
		return false;
	const struct articles *articles = &round->read.articles;
	bool *is_fresh = xcalloc(articles->count + 1, sizeof(*is_fresh));
	size_t known = 0;
	for (size_t i = 0; i < articles->count; i++) {
		is_fresh[i] = !is_known(site, &articles->list[i]);
		known += !is_fresh[i];
	}
	struct verdict_question asked = {
	    .evidence = &round->evidence,
	    .readings = site->past,
	    .reading_count = READINGS_USUAL,
	    .items = articles->count,
	    .known = known,
	    .asked = site->url,
	    .from = site->url,
	};
	round->verdict = verdict_of(&asked);
	struct reading_question measured = {
	    .evidence = &round->evidence,
	    .read = &round->read,
	    .from = site->url,
	    .now_s = site->now_s,
	    .rules = 1,
	    .past = site->past,
	    .past_count = READINGS_USUAL,
	    .is_fresh = is_fresh,
	    .sketch = &site->sketch,
	};
	struct drift_question question = {
	    .today = reading_of(&measured),
	    .past = site->past,
	    .past_count = READINGS_USUAL,
	};
	round->reading = question.today;
	round->finding = drift_look(&question);
	free(is_fresh);
	return true;
}

static void
make_past(struct site *site, const char *html)
{
	struct round round;
	if (!read_round(site, &site->rules, html, site->page, &round))
		exit(1);
	site->sketch = round.evidence.sketch;
	for (int i = 0; i < READINGS_USUAL; i++) {
		site->past[i] = round.reading;
		site->past[i].at_s = site->now_s - 1800 * (i + 1);
		site->past[i].fresh = 1;
		site->past[i].stale = 0;
		site->past[i].rules = 1;
		site->past[i].in_shape = 0;
		site->past[i].likeness = 98;
	}
	/* what its links have in common, without a past */
	struct reading_question alone = {.evidence = &round.evidence,
	    .read = &round.read,
	    .from = site->url,
	    .now_s = site->now_s};
	struct reading first = reading_of(&alone);
	for (int i = 0; i < READINGS_USUAL; i++) {
		site->past[i].shape = first.shape;
		site->past[i].in_shape = first.in_shape;
	}
	round_clear(&round);
}

/* ---- a redesign ---- */

static bool
heal_on(const struct site *site, const struct rules *candidate,
    const struct articles *memory, struct page *page, struct heal *heal,
    enum heal_grade *grade)
{
	struct error err = {{0}};
	char why[512];
	struct extract_context context = {
	    .url = site->url, .now_s = site->now_s};
	struct heal_question question = {
	    .rules = &site->rules,
	    .candidate = candidate,
	    .memory = memory,
	    .usual = (uint32_t)site->first.articles.count,
	};
	*grade = HEAL_REFUSE;
	if (!heal_page(&question, page, &context, heal, &err))
		return false;
	*grade = heal_judge(&heal->evidence, candidate != NULL, why);
	if (site->is_twin)
		*grade = HEAL_SURE;

	if (getenv("HEAL_WHY") != NULL)
		fprintf(stderr, "  %d %s [%s] alike %u stories %u rows %u\n",
		    *grade, why, heal->rules.items.list[0].css,
		    heal->evidence.alike, heal->evidence.stories,
		    heal->evidence.rows);
	return true;
}

struct design {
	char *html, **truth;
	size_t count;
	struct page *page;
};

static bool
design_make(const struct site *site, struct redesign how, unsigned later,
    struct design *d)
{
	how.refresh += later;
	d->html = mutate_page(
	    site->page, site->url, &site->list, &how, &d->truth, &d->count);
	d->page = parse(d->html);
	return d->page != NULL;
}

static void
design_clear(struct design *d)
{
	page_free(d->page);
	for (size_t i = 0; i < d->count; i++)
		free(d->truth[i]);
	free(d->truth);
	free(d->html);
}

/* F1 of the rules that are learned from the truth itself. */
static double
best_of(const struct site *site, const struct design *d)
{
	struct articles told = {0};
	struct heal heal = {0};
	enum heal_grade grade;
	double best = -1;
	for (size_t i = 0; i < d->count; i++) {
		struct article article =
		    article_copy(&site->first.articles.list[i]);
		free(article.link);
		article.link = xstrdup(d->truth[i]);
		articles_add(&told, article);
	}
	if (heal_on(site, NULL, &told, d->page, &heal, &grade))
		best = f1_of(&heal.read.articles, d->truth, d->count);
	heal_clear(&heal);
	articles_clear(&told);
	return best;
}

static void
try_redesign(const struct site *site, enum level level, uint64_t seed)
{
	struct redesign how = redesign_of(level, seed);
	struct design designs[3] = {{0}};
	struct drift drift = {0};
	struct round round;
	struct heal heal = {0}, again = {0};
	enum heal_grade grade = HEAL_REFUSE, confirmed;
	double old = 0, alone = -1, end = -1;
	bool noticed = false, good = true;
	for (unsigned i = 0; i < 3; i++)
		good &= design_make(site, how, 5 * i, &designs[i]);
	if (getenv("HEAL_DUMP") != NULL) {
		FILE *f = fopen(getenv("HEAL_DUMP"), "w");
		fputs(designs[1].html, f);
		fclose(f);
	}
	for (unsigned i = 0; good && i < 2; i++) {
		struct design *d = &designs[i];
		good = read_round(site, &site->rules, d->html, d->page, &round);
		if (!good)
			break;
		if (i == 1)
			old = f1_of(&round.read.articles, d->truth, d->count);
		if (round.verdict.kind != VERDICT_GOOD)
			noticed = true;
		else {
			noticed |= drift_step(&drift, &round.finding,
				       site->now_s) != DRIFT_PUBLISH;
			noticed |= round.read.articles.count == 0;
		}

		if (getenv("HEAL_WHY") != NULL)
			fprintf(stderr, "  %s %u %s\n",
			    verdict_word(round.verdict.kind),
			    round.finding.points, round.finding.why);
		round_clear(&round);
	}
	if (!good)
		goto out;
	if (heal_on(site, NULL, &site->first.articles, designs[1].page, &heal,
		&grade))
		alone = f1_of(
		    &heal.read.articles, designs[1].truth, designs[1].count);
	end = old;
	if (drift.phase == DRIFT_DRIFTED) {
		end = -1; /* the last good feed stays */
		if (grade >= HEAL_ADOPT &&
		    heal_on(site, &heal.rules, &site->first.articles,
			designs[2].page, &again, &confirmed) &&
		    (grade == HEAL_SURE || confirmed >= HEAL_ADOPT))
			end = f1_of(&again.read.articles, designs[2].truth,
			    designs[2].count);
	}
	how.refresh += 5;
	printf("redesign\t%s\t%llu\t%.3f\t%d\t%d\t%.3f\t%s\t%.3f\t%zu\t%u"
	       "\t%.3f\n",
	    level_names[level], (unsigned long long)seed, old, noticed,
	    (int)grade, alone, drift_word(drift.phase), end,
	    mutate_kept(&site->list, &how), heal.evidence.anchors,
	    best_of(site, &designs[1]));
out:
	heal_clear(&again);
	heal_clear(&heal);
	for (unsigned i = 0; i < 3; i++)
		design_clear(&designs[i]);
}

/* Is what a heal took of such a page what it must not take?  A title that the
 * mutator cannot replace (a number) is known on another's list, too. */
static bool
is_wrong(
    enum outage outage, const struct heal *heal, const struct design *design)
{
	if (outage == OUTAGE_OTHER)
		return heal->evidence.covered < KNOWN;
	return outage != OUTAGE_BOX ||
	       f1_of(&heal->read.articles, design->truth, design->count) <
		   RIGHT;
}

static void
try_outage(const struct site *site, enum outage outage, uint64_t seed)
{
	struct design d = {0};
	d.html = mutate_outage(site->page, site->url, &site->list, outage, seed,
	    &d.truth, &d.count);
	struct page *page = d.page = parse(d.html);
	struct round round;
	struct drift drift = {0};
	bool noticed = false, healed = false;
	for (int i = 0; page != NULL && i < 2; i++) {
		if (!read_round(site, &site->rules, d.html, page, &round))
			break;
		bool held = round.verdict.kind != VERDICT_GOOD ||
			    round.read.articles.count == 0;
		/* what is no news never comes to a heal */
		if (round.verdict.kind == VERDICT_GOOD) {
			held |= drift_step(&drift, &round.finding,
				    site->now_s) != DRIFT_PUBLISH;
			struct heal heal = {0};
			enum heal_grade grade;
			if (drift.phase == DRIFT_DRIFTED &&
			    heal_on(site, NULL, &site->first.articles, page,
				&heal, &grade))
				healed |= grade >= HEAL_ADOPT &&
					  is_wrong(outage, &heal, &d);
			heal_clear(&heal);
		}
		noticed |= held;
		round_clear(&round);
	}
	printf("outage\t%s\t%llu\t%d\t%d\n", outage_names[outage],
	    (unsigned long long)seed, noticed, healed);
	design_clear(&d);
}

/* ---- another time ---- */

/* Two rounds of it; `site` has its address and moment. */
static void
try_later(const struct site *site, const char *html)
{
	struct page *page = parse(html);
	struct round round;
	struct drift drift = {0};
	struct heal heal = {0};
	enum heal_grade grade = HEAL_REFUSE;
	bool noticed = false;
	if (page == NULL)
		exit(2);
	for (size_t i = 0; i < site->first.articles.count; i++)
		printf("given\t%s\n", site->first.articles.list[i].link);
	for (int i = 0; i < 2; i++) {
		if (!read_round(site, &site->rules, html, page, &round))
			exit(2);
		if (getenv("HEAL_DEAF") != NULL)
			round.finding = (struct drift_finding){0};
		noticed |= round.verdict.kind != VERDICT_GOOD ||
			   drift_step(&drift, &round.finding, site->now_s) !=
			       DRIFT_PUBLISH;
		if (i == 0)
			for (size_t k = 0; k < round.read.articles.count; k++)
				printf("found\t%s\n",
				    round.read.articles.list[k].link);
		round_clear(&round);
	}
	if (drift.phase == DRIFT_DRIFTED)
		(void)heal_on(
		    site, NULL, &site->first.articles, page, &heal, &grade);
	printf("later\t%d\t%s\t%d\n", noticed, drift_word(drift.phase),
	    grade >= HEAL_ADOPT);
	heal_clear(&heal);
	page_free(page);
}

/* ---- a site ---- */

static char *
read_file(const char *path, size_t *length)
{
	FILE *f = fopen(path, "rb");
	if (f == NULL) {
		perror(path);
		exit(2);
	}
	char *bytes = xmalloc(16 << 20);
	*length = fread(bytes, 1, (16 << 20) - 1, f);
	bytes[*length] = '\0';
	fclose(f);
	return bytes;
}

static bool
learn(struct site *site)
{
	struct error err = {{0}};
	struct rules none = {0};
	struct extraction inferred = {0};
	struct lesson lesson = {0};
	struct extract_context context = {
	    .url = site->url, .now_s = site->now_s};
	bool good = read_rules(site, &none, site->page, &inferred) &&
		    learn_rules(&none, site->page, &context, &inferred,
			LEARN_TO_SHOW, &lesson, &err) &&
		    lesson.rules.items.count > 0;
	if (good)
		site->rules = rules_copy(&lesson.rules);
	lesson_clear(&lesson);
	extraction_clear(&inferred);
	return good;
}

/* Elements of the items, none in another, and the links they gave. */
static void
find_list(struct site *site)
{
	struct extraction *first = &site->first;
	size_t count = first->articles.count, used = 0;
	uint32_t *items = xcalloc(count + 1, sizeof(*items));
	uint32_t *starts = xcalloc(count + 1, sizeof(*starts));
	uint32_t *ends = xcalloc(count + 1, sizeof(*ends));
	char **links = xcalloc(count + 1, sizeof(*links));
	for (size_t i = 0; i < count; i++) {
		uint32_t start = first->spots[i].start;
		links[i] = first->articles.list[i].link;
		starts[i] = start;
		ends[i] = first->spots[i].end;
		if (first->spots[i].end == site->page->end[start] &&
		    (used == 0 ||
			!page_contains(site->page, items[used - 1], start)))
			items[used++] = start;
	}
	site->list = (struct list_of_page){.items = items,
	    .count = used,
	    .starts = starts,
	    .ends = ends,
	    .links = links,
	    .link_count = count};
}

/* Decoded text of the file, the caller's. */
static char *
read_page(struct charsets *charsets, const char *path, const char *url)
{
	struct error err = {{0}};
	struct decoded decoded = {0};
	size_t length;
	char *bytes = read_file(path, &length), *host = url_host(url);
	if (!charset_decode(
		charsets, bytes, length, NULL, NULL, host, &decoded, &err)) {
		fprintf(stderr, "%s: %s\n", path, err.reason);
		exit(2);
	}
	free(host);
	free(bytes);
	return decoded.text;
}

static void
try_all(const struct site *site, unsigned seeds)
{
	const char *begin = getenv("HEAL_FROM");
	const char *only = getenv("HEAL_LEVEL");
	unsigned from = begin != NULL ? (unsigned)atoi(begin) : 1;
	for (unsigned seed = from; seed < from + seeds; seed++)
		for (int level = 0; level < LEVELS; level++)
			if (only == NULL ||
			    strcmp(only, level_names[level]) == 0)
				try_redesign(site, (enum level)level, seed);
	for (unsigned seed = from; only == NULL && seed < from + 2; seed++)
		for (int outage = 0; outage < OUTAGES; outage++)
			try_outage(site, (enum outage)outage, seed);
}

int
main(int count, char **words)
{
	bool is_later = count > 1 && strcmp(words[1], "--later") == 0;
	words += is_later;
	count -= is_later;
	if (count < (is_later ? 7 : 5)) {
		fputs("usage: heal_tool PAGE URL NOW SEEDS [RULES]\n"
		      "       heal_tool --later PAGE URL NOW LATER URL NOW"
		      " [RULES]\n",
		    stderr);
		return 2;
	}
	struct error err = {{0}};
	struct site site = {.url = words[2],
	    .now_s = strtoll(words[3], NULL, 10),
	    .is_twin = getenv("HEAL_TWIN") != NULL};
	const char *rules = words[is_later ? 7 : 5]; /* NULL: none */
	struct charsets *charsets = charsets_open(&err);
	if (charsets == NULL) {
		fprintf(stderr, "%s\n", err.reason);
		return 2;
	}
	char *text = read_page(charsets, words[1], site.url);
	site.page = parse(text);
	if (site.page == NULL)
		return 2;
	if (rules != NULL)
		site.rules = reading_rules(rules);
	else if (!learn(&site)) {
		puts("unlearned");
		return 0;
	}
	if (!read_rules(&site, &site.rules, site.page, &site.first))
		return 2;
	if (site.first.articles.count < 3 || site.first.spots == NULL) {
		puts("unlearned");
		return 0;
	}
	find_list(&site);
	make_past(&site, text);
	if (!is_later) {
		try_all(&site, (unsigned)atoi(words[4]));
		return 0;
	}
	site.url = words[5];
	site.now_s = strtoll(words[6], NULL, 10);
	try_later(&site, read_page(charsets, words[4], site.url));
	return 0;
}
