#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"
#include "feed/text.h"
#include "feed/verdict.h"

/*
 * Any evidence, any history.  A verdict other than good has a reason, clean and
 * whole; the same question has the same answer; a list of which half is known,
 * from where it was asked for, is doubted for its encoding or its end alone;
 * and what was believed is believed again.  Input: sixteen bytes of numbers,
 * then signs (a byte, words up to a newline), then readings of eight bytes; the
 * parts are divided by NUL.
 */
int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

enum { NUMBERS = 16, READING_BYTES = 8 };

struct input {
	const uint8_t *at, *end;
};

static void
require(bool is_true, const char *what)
{
	if (is_true)
		return;
	(void)fprintf(stderr, "fuzz_verdict: %s\n", what);
	abort();
}

static uint8_t
next_byte(struct input *input)
{
	return input->at < input->end ? *input->at++ : 0;
}

/* Small ones and large ones. */
static uint32_t
next_number(struct input *input)
{
	uint8_t byte = next_byte(input);
	return byte < 128 ? byte : UINT32_C(1) << (byte % 32);
}

static const char *
next_place(struct input *input)
{
	static const char *const places[] = {"https://a.example/news/1",
	    "https://a.example/", "https://www.a.example/news/1?page=1",
	    "https://a.example/member/login.asp?to=%2Fnews",
	    "https://consent.b.example/w", "https://b.example/index.html", "",
	    "not an address", "http://[::1]:8/x/sso"};
	return places[next_byte(input) % (sizeof(places) / sizeof(*places))];
}

static void
take_signs(struct input *input, struct evidence *evidence)
{
	while (input->at < input->end && *input->at != '\0') {
		uint8_t kind = next_byte(input);
		const uint8_t *start = input->at;
		const uint8_t *line =
		    memchr(start, '\n', (size_t)(input->end - start));
		const uint8_t *end = line == NULL ? input->end : line;
		evidence_add(evidence,
		    (enum verdict_kind)(1 + kind % (VERDICT_COUNT - 1)),
		    (enum sign_grade)(kind / 16 % SIGN_GRADES),
		    xstrndup((const char *)start, (size_t)(end - start)));
		input->at = line == NULL ? end : line + 1;
	}
	(void)next_byte(input);
}

static size_t
take_readings(struct input *input, struct reading *readings)
{
	size_t count = 0;
	for (;
	     count < READINGS_USUAL && input->end - input->at >= READING_BYTES;
	     count++)
		readings[count] = (struct reading){
		    .items = next_number(input),
		    .links = next_number(input),
		    .width = next_number(input),
		    .broken = next_number(input),
		    .mojibake = next_number(input) % 101,
		    .foreign = next_number(input) % 101,
		    .ending = (enum ending)(next_byte(input) % 3),
		    .place = verdict_place(next_place(input)),
		};
	return count;
}

static struct verdict
ask(const struct verdict_question *question)
{
	struct verdict verdict = verdict_of(question);
	struct verdict again = verdict_of(question);
	require(
	    verdict.kind == again.kind && strcmp(verdict.why, again.why) == 0,
	    "another answer to the same question");
	require(verdict_word(verdict.kind) != NULL, "no word for it");
	require((verdict.kind == VERDICT_GOOD) == (verdict.why[0] == '\0'),
	    "a verdict without its reason");
	require(text_is_utf8(verdict.why, strlen(verdict.why)) &&
		    text_is_clean(verdict.why, strlen(verdict.why), false),
	    "a reason that is not clean");
	return verdict;
}

static bool
is_of_bytes(enum verdict_kind kind)
{
	return kind == VERDICT_GOOD || kind == VERDICT_ENCODING ||
	       kind == VERDICT_CUT;
}

/* Believed, and its measures kept: when nothing else has happened, the page is
 * believed at the next round, too. */
static void
ask_again(struct verdict_question question, struct reading *readings)
{
	size_t kept = question.reading_count < READINGS_USUAL
			  ? question.reading_count
			  : READINGS_USUAL - 1;
	memmove(&readings[1], readings, kept * sizeof(*readings));
	readings[0] = (struct reading){
	    .items = (uint32_t)question.items,
	    .links = question.evidence->links,
	    .width = question.evidence->width,
	    .broken = question.evidence->broken,
	    .mojibake = question.evidence->mojibake,
	    .foreign = question.evidence->foreign,
	    .ending = question.evidence->ending,
	    .place = verdict_place(question.from),
	};
	question.reading_count = kept + 1;
	question.known = question.items - question.filtered;
	require(question.known == 0 || ask(&question).kind == VERDICT_GOOD,
	    "believed once, doubted now");
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct input input = {bytes, bytes + length};
	struct reading readings[READINGS_USUAL];
	struct evidence evidence = {0};
	struct verdict_question question = {
	    .evidence = &evidence, .readings = readings};
	if (length < NUMBERS)
		return 0;
	evidence.width = next_number(&input);
	evidence.links = next_number(&input);
	evidence.broken = next_number(&input);
	evidence.mojibake = next_number(&input) % 101;
	evidence.foreign = next_number(&input) % 101;
	evidence.ending = (enum ending)(next_byte(&input) % 3);
	question.items = next_number(&input);
	question.filtered = next_number(&input) % (question.items + 1);
	question.known =
	    next_number(&input) % (question.items - question.filtered + 1);
	question.asked = next_place(&input);
	question.from = next_place(&input);
	uint8_t flags = next_byte(&input);
	question.mitigated = flags % 2 == 1 ? "challenge" : NULL;
	question.is_later = flags / 2 % 2 == 1;
	question.empty_ok = flags / 4 % 2 == 1;
	question.cut_rounds = next_byte(&input) % (2 * CUT_ROUNDS);
	input.at = bytes + NUMBERS;
	take_signs(&input, &evidence);
	question.reading_count = take_readings(&input, readings);
	struct verdict verdict = ask(&question);
	bool is_ours = question.known > 0 &&
		       question.known * 2 >= question.items - question.filtered;
	require(!is_ours || question.asked != question.from ||
		    is_of_bytes(verdict.kind),
	    "a known list is doubted for what it says");
	if (verdict.kind == VERDICT_GOOD && !question.is_later)
		ask_again(question, readings);
	evidence_clear(&evidence);
	return 0;
}
