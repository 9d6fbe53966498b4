#include "daemon/workroom.h"

#include <stdlib.h>
#include <string.h>

#include "feed/agreement.h"
#include "feed/charset.h"
#include "feed/heal.h"
#include "feed/heal_field.h"
#include "feed/learn.h"
#include "feed/memory.h"
#include "feed/page.h"
#include "feed/remedy.h"
#include "feed/text.h"
#include "feed/url.h"
#include "feed/window.h"
#include "feed/zone.h"

/* Sections of one site share their rules; compiling them for each page would
 * cost more than reading the page. */
#define RULES_KEPT 32

struct workroom {
	struct charsets *charsets;
	struct {
		uint64_t hash;
		struct compiled_rules *rules;
	} kept[RULES_KEPT];
	unsigned next_kept;
};

static const struct compiled_rules *
workroom_rules(
    struct workroom *room, const struct rules *rules, struct error *err)
{
	uint64_t hash = rules_hash(rules);
	for (unsigned i = 0; i < RULES_KEPT; i++)
		if (room->kept[i].rules != NULL && room->kept[i].hash == hash)
			return room->kept[i].rules;
	struct compiled_rules *compiled = rules_compile(rules, err);
	if (compiled == NULL)
		return NULL;
	unsigned slot = room->next_kept++ % RULES_KEPT;
	compiled_rules_free(room->kept[slot].rules);
	room->kept[slot].hash = hash;
	room->kept[slot].rules = compiled;
	return compiled;
}

/* Reasons may quote the page: they leave as clean as everything else. */
void
answer_fail(struct answer *answer, const char *stage, const struct error *err)
{
	free(answer->stage);
	free(answer->reason);
	answer->stage = xstrdup(stage);
	answer->reason = text_line(err->reason, strlen(err->reason), 400);
}

/* No rules, no clock: a menu is the site's own. */
static void
read_menu(
    const struct job *job, const struct decoded *decoded, struct answer *answer)
{
	struct error err = {{0}};
	struct page *page =
	    page_parse(decoded->text, decoded->length, PARSER_HTML5, 0, &err);
	if (page == NULL) {
		answer_fail(answer, "parse", &err);
		return;
	}
	char *base = extract_base(page, job->url);
	extract_description(page, base, &answer->extraction);
	menu_find(page, job->url, base, &answer->menu);
	answer->parser = xstrdup(page->parser);
	free(base);
	page_free(page);
}

/* What the rules give is what is shown of the page; without rules, what was
 * inferred. */
static void
learn_page(const struct job *job, struct page *page,
    const struct extract_context *context, struct answer *answer)
{
	struct error err = {{0}};
	struct extraction read = {0};
	char *base = extract_base(page, job->url);
	native_find(page, base, &answer->feeds);
	free(base);
	if (!learn_rules(&job->rules, page, context, &answer->extraction,
		LEARN_TO_SHOW, &answer->lesson, &err)) {
		answer_fail(answer, "learn", &err);
		return;
	}
	if (answer->lesson.rules.items.count == 0)
		return;
	struct compiled_rules *rules =
	    rules_compile(&answer->lesson.rules, &err);
	if (rules == NULL ||
	    !extract_articles(rules, page, context, &read, &err))
		answer_fail(answer, "learn", &err);
	else {
		extraction_clear(&answer->extraction);
		answer->extraction = read;
	}
	compiled_rules_free(rules);
}

/* Rules that give what was inferred, to the letter, before any filter; for the
 * next rounds.  That there are none is no failure. */
static void
learn_for_later(struct workroom *room, const struct job *job, struct page *page,
    const struct extract_context *context, struct answer *answer)
{
	struct rules bare = rules_copy(&job->rules);
	struct extraction whole = {0};
	const struct extraction *inferred = &answer->extraction;
	bool good = true;
	if (bare.filter_count > 0) {
		rules_drop_filters(&bare);
		const struct compiled_rules *rules =
		    workroom_rules(room, &bare, NULL);
		good = rules != NULL &&
		       extract_articles(rules, page, context, &whole, NULL);
		inferred = &whole;
	}
	/* what stands in blocks is another tomorrow */
	if (good && !inferred->choice.is_front &&
	    learn_rules(
		&bare, page, context, inferred, true, &answer->lesson, NULL) &&
	    answer->lesson.rules.items.count == 0)
		lesson_clear(&answer->lesson);
	extraction_clear(&whole);
	rules_clear(&bare);
}

/* Inference is right, unless the rules have all of its articles and more of
 * them, or it finds none. */
static bool
is_better(const struct extraction *by_rules, const struct extraction *inferred)
{
	struct agreement both;
	agreement_find(&inferred->articles, &by_rules->articles, false, &both);
	if (inferred->articles.count + inferred->filtered == 0)
		return false;
	return both.both < both.wanted ||
	       expectation_worth(inferred) > expectation_worth(by_rules);
}

/* Learned rules that find less than they did, or elsewhere: the page may have
 * changed, and is read as if they were not there. */
static bool
infer_again(struct workroom *room, const struct job *job, struct page *page,
    const struct extract_context *context, struct answer *answer,
    struct error *err)
{
	struct extraction *read = &answer->extraction, again = {0};
	const struct compiled_rules *rules =
	    workroom_rules(room, &job->rules, err);
	if (rules == NULL ||
	    !extract_articles(rules, page, context, &again, err))
		return false;
	answer->is_inferred = is_better(read, &again);
	if (answer->is_inferred) {
		extraction_clear(read);
		*read = again;
	} else
		extraction_clear(&again);
	return true;
}

/* One that a job brings was checked when it was decoded. */
static struct rules
rules_with(const struct rules *given, const char *remedy_text)
{
	struct remedy remedy = {0};
	if (remedy_text != NULL)
		(void)remedy_read(remedy_text, &remedy);
	struct rules rules = remedy_apply(given, &remedy);
	remedy_clear(&remedy);
	return rules;
}

static bool
read_articles(struct workroom *room, const struct job *job, struct page *page,
    const struct extract_context *context, struct answer *answer,
    struct error *err)
{
	const struct extraction *read = &answer->extraction;
	struct rules both = job->healed != NULL
				? rules_with(&job->rules, job->healed)
				: lesson_merge(&job->rules, &job->learned);
	const struct compiled_rules *rules = workroom_rules(room, &both, err);
	bool good = rules != NULL && extract_articles(rules, page, context,
					 &answer->extraction, err);
	rules_clear(&both);
	/* one that ran out of its budget found nothing, too */
	if (job->learned.items.count > 0 &&
	    !expectation_is_met(&job->expected, read))
		good = infer_again(room, job, page, context, answer, err);
	if (good && (job->learns || answer->is_inferred) &&
	    job->rules.items.count == 0)
		learn_for_later(room, job, page, context, answer);
	return good;
}

/* ---- rules that heal ---- */

/* What is asked of heal.h on this page. */
struct ward {
	const struct job *job;
	struct page *page;
	const struct extract_context *context;
	struct rules rules; /* in force: the job's, or healed ones */
};

/* What speaks for these rules today; nothing if they find no article. */
static bool
weigh_rules(
    const struct ward *ward, const struct rules *rules, struct heal *heal)
{
	struct heal_question question = {
	    .rules = &ward->job->rules,
	    .candidate = rules,
	    .memory = &ward->job->memory,
	    .usual = ward->job->usual,
	};
	return heal_page(&question, ward->page, ward->context, heal, NULL);
}

/* All that the healed ones find, and almost as much of each article: a title
 * or a date that the person's rules lack was never wanted. */
static bool
is_as_good(const struct heal *given, const struct heal_evidence *healed,
    const struct extraction *read)
{
	char why[512];
	return heal_judge(&given->evidence, true, why) >= HEAL_ADOPT &&
	       given->evidence.covered >= healed->covered &&
	       given->evidence.titled >= healed->titled &&
	       expectation_worth(&given->read) * 10 >=
		   expectation_worth(read) * 9;
}

/* Healed rules are in force: do the configured ones find the list again?  Then
 * theirs is what was read. */
static void
try_given(const struct ward *ward, struct answer *answer)
{
	struct heal healed = {0}, given = {0};
	if (weigh_rules(ward, &ward->rules, &healed))
		answer->in_force = healed.evidence;
	if (ward->job->rules.items.count > 0 &&
	    weigh_rules(ward, &ward->job->rules, &given) &&
	    is_as_good(&given, &answer->in_force, &answer->extraction)) {
		extraction_clear(&answer->extraction);
		answer->extraction = given.read;
		given.read = (struct extraction){0};
		answer->is_given = true;
	}
	heal_clear(&given);
	heal_clear(&healed);
}

/* Takes what was found; a remedy that selectors alone cannot write is none. */
static void
take_heal(const struct ward *ward, struct heal *heal, bool is_candidate,
    struct answer *answer)
{
	struct remedy remedy;
	if (remedy_find(&ward->job->rules, &heal->rules, &remedy)) {
		answer->proposal = remedy_write(&remedy);
		answer->healed = heal->evidence;
		answer->is_candidate = is_candidate;
		remedy_clear(&remedy);
	}
	heal_clear(heal);
}

/* Other rules that find what is remembered: those of an earlier page, if they
 * do so today, or new ones; that there are none is no fault. */
static void
propose(const struct ward *ward, struct answer *answer)
{
	struct heal heal = {0};
	char why[512];
	if (ward->job->candidate != NULL) {
		struct rules rules =
		    rules_with(&ward->job->rules, ward->job->candidate);
		bool holds =
		    weigh_rules(ward, &rules, &heal) &&
		    heal_judge(&heal.evidence, true, why) >= HEAL_ADOPT;
		rules_clear(&rules);
		if (holds) {
			take_heal(ward, &heal, true, answer);
			return;
		}
		heal_clear(&heal);
	}
	struct heal_question question = {
	    .rules = &ward->job->rules,
	    .memory = &ward->job->memory,
	    .usual = ward->job->usual,
	};
	if (heal_page(&question, ward->page, ward->context, &heal, NULL))
		take_heal(ward, &heal, false, answer);
}

/* The same of one field that has died alone. */
static void
propose_field(const struct ward *ward, enum field field, struct answer *answer)
{
	struct heal heal = {0};
	char why[512];
	struct heal_question question = {
	    .rules = &ward->rules,
	    .memory = &ward->job->memory,
	    .usual = ward->job->usual,
	};
	answer->healed_lost = 1u << field;
	if (ward->job->candidate != NULL) {
		struct rules rules =
		    rules_with(&ward->job->rules, ward->job->candidate);
		question.candidate = &rules;
		bool holds =
		    heal_field(&question, field, ward->page, ward->context,
			&heal, NULL) &&
		    heal_field_judge(&heal.evidence, field, why) >= HEAL_ADOPT;
		rules_clear(&rules);
		if (holds) {
			take_heal(ward, &heal, true, answer);
			return;
		}
		heal_clear(&heal);
		question.candidate = NULL;
	}
	if (heal_field(
		&question, field, ward->page, ward->context, &heal, NULL))
		take_heal(ward, &heal, false, answer);
}

/* What the memory is for. */
static void
look_after(const struct job *job, struct page *page,
    const struct extract_context *context, struct answer *answer)
{
	struct ward ward = {
	    .job = job,
	    .page = page,
	    .context = context,
	    .rules = rules_with(&job->rules, job->healed),
	};
	if (job->healed != NULL)
		try_given(&ward, answer);
	if (answer->is_given)
		; /* there is nothing to heal */
	else if (job->proposes)
		propose(&ward, answer);
	else
		for (int i = 0; job->lost >> i != 0; i++)
			if ((job->lost >> i & 1) != 0) {
				propose_field(&ward, (enum field)i, answer);
				break; /* the next one in its turn */
			}
	rules_clear(&ward.rules);
}

static void
read_page(struct workroom *room, const struct job *job,
    const struct decoded *decoded, struct answer *answer)
{
	struct error err = {{0}};
	struct page *page = NULL;
	struct zone *zone = NULL;
	struct window_source source = {
	    .text = decoded->text,
	    .length = decoded->length,
	    .url = job->url,
	    .charset = decoded->charset,
	};
	/* A page that holds the list to the byte is no error page, no captcha
	 * and no maintenance notice: nothing further need be asked of it. */
	if (job->window != NULL &&
	    window_is_same(job->window, job->window_length, &source)) {
		answer->is_same = true;
		return;
	}
	if (job->zone != NULL)
		zone = zone_parse(job->zone, job->zone_length, &err);
	else
		zone = zone_fixed((int32_t)job->zone_offset_s);
	if (zone == NULL) {
		answer_fail(answer, "extract", &err);
		goto out;
	}
	page = page_parse(decoded->text, decoded->length,
	    job->rules.libxml2 ? PARSER_LIBXML2 : PARSER_HTML5, 0, &err);
	if (page == NULL) {
		answer_fail(answer, "parse", &err);
		goto out;
	}
	struct extract_context context = {
	    .url = job->url,
	    .now_s = job->now_s,
	    .zone = zone,
	    .zone_is_unknown = job->zone_is_unknown,
	    .language = job->language,
	    .list_path = job->list_path,
	    .source = &source,
	};
	evidence_gather(
	    page, decoded->text, decoded->length, job->url, &answer->evidence);
	if (!read_articles(room, job, page, &context, answer, &err))
		answer_fail(answer, "extract", &err);
	else if (job->kind == JOB_LEARN)
		learn_page(job, page, &context, answer);
	if (answer->stage == NULL && job->memory.count > 0)
		look_after(job, page, &context, answer);
	answer->parser = xstrdup(page->parser);
out:
	page_free(page);
	zone_free(zone);
}

void
workroom_do(struct workroom *room, const struct job *job, struct answer *answer)
{
	struct error err = {{0}};
	struct decoded decoded = {0};
	if (job->kind != JOB_MENU &&
	    evidence_of_bytes(job->body, job->length, &answer->evidence))
		return; /* nothing to read */
	char *host = url_host(job->url);
	if (!charset_decode(room->charsets, job->body, job->length,
		job->charset, job->content_type, host, &decoded, &err)) {
		answer_fail(answer, "decode", &err);
	} else {
		answer->charset = xstrdup(decoded.charset);
		answer->charset_source = xstrdup(decoded.source);
		answer->replaced = (uint32_t)decoded.replaced;
		if (job->kind == JOB_MENU)
			read_menu(job, &decoded, answer);
		else
			read_page(room, job, &decoded, answer);
	}
	decoded_clear(&decoded);
	free(host);
}

struct workroom *
workroom_new(struct error *err)
{
	struct workroom *room = xcalloc(1, sizeof(*room));
	room->charsets = charsets_open(err);
	if (room->charsets != NULL)
		return room;
	free(room);
	return NULL;
}

void
workroom_free(struct workroom *room)
{
	if (room == NULL)
		return;
	for (unsigned i = 0; i < RULES_KEPT; i++)
		compiled_rules_free(room->kept[i].rules);
	charsets_free(room->charsets);
	free(room);
}
