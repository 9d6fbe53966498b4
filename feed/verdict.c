#include "feed/verdict.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/hash.h"
#include "feed/memory.h"
#include "feed/text.h"
#include "feed/url.h"

#define FEW_CELLS 1500 /* without a baseline: a page that shows little */
#define FEW_LINKS 15
#define FEW_ITEMS 5
#define BROKEN 100      /* 1 % of U+FFFD */
#define BROKEN_ALL 1000 /* nobody wants to read that */
#define COLUMNS 6
#define FOREIGN 30  /* % of letters beyond Latin that cannot go to 0 */
#define MOJIBAKE 50 /* % of the letters beyond ASCII */
#define SETTLED 5   /* rounds before a list's length says something */

struct baseline {
	size_t count; /* of rounds; 0: none of what follows */
	uint32_t items_least, items_median, links_median, width_median,
	    broken_median, mojibake_median, foreign_median;
	enum ending ending; /* of the last one */
};

const char *
verdict_word(enum verdict_kind kind)
{
	static const char *const words[VERDICT_COUNT] = {"good", "blocked",
	    "down", "shell", "consent", "login", "missing", "no-page", "moved",
	    "encoding", "cut"};
	return words[kind];
}

uint64_t
verdict_place(const char *url)
{
	char *key = url_key(url);
	uint64_t place = hash_bytes(key, strlen(key));
	free(key);
	return place;
}

/* ---- what is usual ---- */

static struct baseline
baseline_of(const struct verdict_question *question)
{
	uint32_t columns[COLUMNS][READINGS_USUAL];
	size_t count = question->reading_count;
	if (count > READINGS_USUAL)
		count = READINGS_USUAL;
	if (count == 0)
		return (struct baseline){0};
	for (size_t i = 0; i < count; i++) {
		const struct reading *reading = &question->readings[i];
		const uint32_t row[] = {reading->items, reading->links,
		    reading->width, reading->broken, reading->mojibake,
		    reading->foreign};
		for (size_t column = 0; column < COLUMNS; column++)
			columns[column][i] = row[column];
	}
	struct baseline baseline = {
	    .count = count,
	    .items_median = reading_median(columns[0], count),
	    .links_median = reading_median(columns[1], count),
	    .width_median = reading_median(columns[2], count),
	    .broken_median = reading_median(columns[3], count),
	    .mojibake_median = reading_median(columns[4], count),
	    .foreign_median = reading_median(columns[5], count),
	    .ending = question->readings[0].ending,
	};
	baseline.items_least = columns[0][0]; /* sorted by now */
	return baseline;
}

static bool
is_all_new(const struct verdict_question *question)
{
	return question->known == 0 && question->items > question->filtered;
}

/* Does the page show as little as those do that stand in a list's place? */
static bool
is_bare(const struct verdict_question *question, const struct baseline *usual)
{
	const struct evidence *evidence = question->evidence;
	bool is_small =
	    evidence->width < FEW_CELLS && evidence->links < FEW_LINKS;
	if (usual->count == 0 || question->is_later)
		return is_small && question->items < FEW_ITEMS;
	return question->known == 0 &&
	       ((uint64_t)evidence->width * 5 < usual->width_median ||
		   (uint64_t)evidence->links * 5 < usual->links_median ||
		   (is_small && question->items * 2 < usual->items_least));
}

/* ---- signs ---- */

static void __attribute__((format(printf, 3, 4)))
say(struct verdict *verdict, enum verdict_kind kind, const char *format, ...)
{
	char words[4 * EVIDENCE_WORDS];
	va_list arguments;
	va_start(arguments, format);
	(void)vsnprintf(words, sizeof(words), format, arguments);
	va_end(arguments);
	char *whole =
	    text_line(words, strlen(words), (sizeof(verdict->why) - 1) / 4);
	verdict->kind = kind;
	(void)snprintf(verdict->why, sizeof(verdict->why), "%s", whole);
	free(whole);
}

static void
say_signs(struct verdict *verdict, const struct verdict_question *question,
    enum verdict_kind kind)
{
	const struct evidence *evidence = question->evidence;
	const char *words[3];
	size_t count = 0;
	if (kind == VERDICT_BLOCKED && question->mitigated != NULL)
		words[count++] = "came with cf-mitigated";
	for (size_t i = 0; i < evidence->count && count < 3; i++)
		if (evidence->signs[i].kind == kind)
			words[count++] = evidence->signs[i].words;
	struct buffer all = {0};
	buffer_add_string(&all, "the page ");
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buffer_add_string(
			    &all, i + 1 == count ? " and " : ", ");
		buffer_add_string(&all, words[i]);
	}
	say(verdict, kind, "%s", all.bytes);
	buffer_clear(&all);
}

/* How much speaks for that kind; 0 if it does not suffice. */
static unsigned
weigh(const struct verdict_question *question, const struct baseline *usual,
    bool bare, enum verdict_kind kind)
{
	const struct evidence *evidence = question->evidence;
	unsigned counts[SIGN_GRADES] = {0};
	bool is_empty = question->items == 0 && !question->empty_ok;
	for (size_t i = 0; i < evidence->count; i++)
		if (evidence->signs[i].kind == kind)
			counts[evidence->signs[i].grade]++;
	if (kind == VERDICT_BLOCKED && question->mitigated != NULL)
		counts[SIGN_STRONG]++;
	unsigned weak = counts[SIGN_WEAK];
	if (question->items == 0 || (usual->count > 0 && !question->is_later))
		weak += counts[SIGN_SAID];
	unsigned points = counts[SIGN_STRONG] * 4 + weak;
	if (counts[SIGN_STRONG] > 0)
		return points;
	if (!bare || weak == 0)
		return 0;
	if (is_empty || weak > 1)
		return points;
	return usual->count > 0 && !question->is_later ? points : 0;
}

static void
judge_signs(const struct verdict_question *question,
    const struct baseline *usual, struct verdict *verdict)
{
	bool bare = is_bare(question, usual);
	unsigned most = 0;
	enum verdict_kind found = VERDICT_GOOD;
	for (int kind = VERDICT_BLOCKED; kind <= VERDICT_MOVED; kind++) {
		unsigned points =
		    weigh(question, usual, bare, (enum verdict_kind)kind);
		if (points > most) {
			most = points;
			found = (enum verdict_kind)kind;
		}
	}
	if (found != VERDICT_GOOD)
		say_signs(verdict, question, found);
	else if (!question->is_later && usual->count >= SETTLED &&
		 is_all_new(question) &&
		 (uint64_t)question->evidence->width * 5 < usual->width_median)
		say(verdict, VERDICT_DOWN,
		    "the page shows %u cells of text where %u are usual, and "
		    "nothing known",
		    question->evidence->width, usual->width_median);
}

/* ---- where it came from ---- */

static bool
has_segment(const char *path, const char *const names[])
{
	for (; *path != '\0' && *path != '?'; path++) {
		if (*path != '/')
			continue;
		size_t length = strcspn(path + 1, "/?.");
		for (size_t i = 0; names[i] != NULL; i++)
			if (length == strlen(names[i]) &&
			    text_begins_ignoring_case(
				path + 1, names[i], length))
				return true;
	}
	return false;
}

static bool
is_login_path(const char *path)
{
	static const char *const names[] = {"login", "log-in", "signin",
	    "sign-in", "sign_in", "sso", "auth", "authorize", "loginform",
	    "memberlogin", NULL};
	return has_segment(path, names);
}

static bool
is_consent_host(const char *host)
{
	static const char *const starts[] = {
	    "consent.", "guce.", "cmp.", "privacy.", "cookies."};
	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
		if (strncmp(host, starts[i], strlen(starts[i])) == 0)
			return true;
	return false;
}

static bool
place_is_usual(const struct verdict_question *question, uint64_t place)
{
	if (place == verdict_place(question->asked))
		return true;
	for (size_t i = 0; i < question->reading_count; i++)
		if (question->readings[i].place == place)
			return true;
	return false;
}

static bool
is_front(const char *path)
{
	return strcmp(path, "/") == 0 || strncmp(path, "/index.", 7) == 0;
}

/* Another page of the same site or of another: the front page is no section,
 * and elsewhere something known must be listed. */
static void
judge_place(const struct verdict_question *question, struct verdict *verdict)
{
	if (place_is_usual(question, verdict_place(question->from)))
		return;
	char *path = url_path(question->from), *host = url_host(question->from);
	char *asked_path = url_path(question->asked);
	char *asked_host = url_host(question->asked);
	if (path == NULL || host == NULL || asked_path == NULL ||
	    asked_host == NULL)
		goto out;
	if (is_login_path(path) && !is_login_path(asked_path))
		say(verdict, VERDICT_LOGIN, "the site led to a login, %s",
		    question->from);
	else if (is_consent_host(host) && !is_consent_host(asked_host))
		say(verdict, VERDICT_CONSENT, "the site led to a wall, %s",
		    question->from);
	else if (is_front(path) && !is_front(asked_path))
		say(verdict, VERDICT_MOVED, "the site led to a front page, %s",
		    question->from);
	else if (question->items == 0 ||
		 (is_all_new(question) && question->reading_count > 0))
		say(verdict, VERDICT_MOVED,
		    "the site led to %s, where nothing known is listed",
		    question->from);
out:
	free(asked_host);
	free(asked_path);
	free(host);
	free(path);
}

/* ---- encoding, end ---- */

static void
judge_encoding(const struct verdict_question *question,
    const struct baseline *usual, struct verdict *verdict)
{
	const struct evidence *evidence = question->evidence;
	if (evidence->broken > BROKEN &&
	    (usual->count == 0 ? evidence->broken > BROKEN_ALL
			       : evidence->broken > 4 * usual->broken_median))
		say(verdict, VERDICT_ENCODING,
		    "%u.%u %% of the page's characters are broken; see "
		    "`charset`",
		    evidence->broken / 100, evidence->broken % 100 / 10);
	else if (usual->count > 0 && evidence->mojibake >= MOJIBAKE &&
		 usual->mojibake_median < MOJIBAKE / 2)
		say(verdict, VERDICT_ENCODING,
		    "%u %% of the page's letters beyond ASCII are UTF-8 read "
		    "as Latin",
		    evidence->mojibake);
	else if (usual->count > 0 && usual->foreign_median >= FOREIGN &&
		 evidence->foreign == 0 && question->items > 0)
		say(verdict, VERDICT_ENCODING,
		    "no letter beyond Latin where %u %% are usual",
		    usual->foreign_median);
}

/* A body that a connection's end cut is a success to libcurl.  A half read
 * list may lack its last title's half, so nothing of it is believed. */
static void
judge_end(const struct verdict_question *question, const struct baseline *usual,
    struct verdict *verdict)
{
	enum ending ending = question->evidence->ending;
	enum ending before = usual->count > 0 ? usual->ending : ENDING_OPEN;
	bool stops = ending > before;
	bool is_short =
	    ending != ENDING_WHOLE && !question->is_later &&
	    usual->count >= SETTLED &&
	    question->items * 5 < (uint64_t)usual->items_least * 3 &&
	    question->items * 2 < usual->items_median;
	if (!stops && !is_short)
		return;
	/* the page itself may have become one without end */
	if (question->cut_rounds >= CUT_ROUNDS &&
	    (!stops || question->is_later ||
		question->items >= usual->items_least))
		return;
	const char *how = ending == ENDING_INSIDE
			      ? "stops inside a tag"
			      : "has no end (</body>, </html>)";
	if (usual->count > 0 && !question->is_later)
		say(verdict, VERDICT_CUT,
		    "the page %s and shows %zu articles; %u are usual", how,
		    question->items, usual->items_median);
	else
		say(verdict, VERDICT_CUT, "the page %s", how);
}

struct verdict
verdict_of(const struct verdict_question *question)
{
	struct verdict verdict = {.kind = VERDICT_GOOD};
	struct baseline usual = baseline_of(question);
	bool is_ours =
	    question->known > 0 &&
	    question->known * 2 >= question->items - question->filtered;
	if (!is_ours)
		judge_signs(question, &usual, &verdict);
	if (verdict.kind == VERDICT_GOOD ||
	    (verdict.kind == VERDICT_MOVED && question->items == 0))
		judge_place(question, &verdict);
	if (verdict.kind == VERDICT_GOOD)
		judge_encoding(question, &usual, &verdict);
	if (verdict.kind == VERDICT_GOOD)
		judge_end(question, &usual, &verdict);
	return verdict;
}
