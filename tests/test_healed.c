#include "daemon/healed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/config.h"
#include "feed/rules.h"

#define NOW INT64_C(1700000000)
#define MOST 20 /* fetches */

static const struct rules none;
static const struct section_config automatic = {.path = "s/a",
    .rules = &none,
    .is_heal_given = true,
    .heal = HEAL_WISH_AUTO};

/* Twenty articles, twelve of them known: as good as it gets. */
static const struct heal_evidence sound = {.anchors = 12,
    .covered = 12,
    .titled = 12,
    .dated = 12,
    .days = 12,
    .articles = 20,
    .rows = 20,
    .alike = 20,
    .usual = 20};

static enum healed_step
fetch(struct healed_record *record, const struct section_config *config,
    const char *proposal, const struct heal_evidence *evidence)
{
	char *words;
	struct answer answer = {.proposal = (char *)proposal,
	    .healed = *evidence,
	    .is_candidate = record->proposal != NULL};
	enum healed_step step =
	    healed_take(record, config, &answer, NOW, &words);
	assert_int_equal(words == NULL, step == HEALED_NOTHING);
	free(words);
	return step;
}

/* Fetches until it is adopted; 0: never. */
static int
fetches(struct healed_record *record, const struct section_config *config,
    const char *proposal)
{
	for (int i = 1; i <= MOST; i++)
		if (fetch(record, config, proposal, &sound) == HEALED_ADOPTED) {
			assert_string_equal(record->rules, proposal);
			assert_int_equal(record->adopted_s, NOW);
			assert_null(record->proposal);
			return i;
		}
	assert_string_equal(record->proposal, proposal);
	return 0;
}

static void
test_seen_twice(void **state)
{
	(void)state;
	struct healed_record record = {0};
	assert_int_equal(fetches(&record, &automatic, "item: .card\n"), 2);
	assert_int_equal(fetches(&record, &automatic, "item: .row\n"), 2);
	healed_record_clear(&record);
}

/* Two that say each something else confirm neither. */
static void
test_another(void **state)
{
	(void)state;
	struct healed_record record = {0};
	for (int i = 0; i < MOST; i++)
		assert_int_equal(
		    fetch(&record, &automatic,
			i % 2 == 0 ? "item: .card\n" : "item: .row\n", &sound),
		    HEALED_PROPOSED);
	/* nor does one before a page that proposes nothing */
	assert_int_equal(
	    fetch(&record, &automatic, NULL, &sound), HEALED_NOTHING);
	assert_null(record.proposal);
	assert_int_equal(fetches(&record, &automatic, "item: .row\n"), 2);
	healed_record_clear(&record);
}

static void
test_gates(void **state)
{
	(void)state;
	struct healed_record record = {0};
	struct heal_evidence weak = sound;
	weak.titled = 6; /* a person should look */
	for (int i = 0; i < MOST; i++)
		assert_int_equal(
		    fetch(&record, &automatic, "item: .card\n", &weak),
		    HEALED_PROPOSED);
	/* what was weak at first must be good when it is confirmed */
	assert_int_equal(fetch(&record, &automatic, "item: .card\n", &sound),
	    HEALED_ADOPTED);
	weak.covered = weak.titled = 1;
	assert_int_equal(
	    fetch(&record, &automatic, "item: .card\n", &weak), HEALED_NOTHING);
	assert_string_equal(record.rules, "item: .card\n");
	healed_record_clear(&record);
}

static void
test_wish(void **state)
{
	(void)state;
	struct section_config asked = automatic;
	struct healed_record record = {0};
	asked.heal = HEAL_WISH_PROPOSE;
	assert_int_equal(fetches(&record, &asked, "item: .card\n"), 0);
	asked.heal = HEAL_WISH_OFF;
	assert_int_equal(fetches(&record, &asked, "item: .card\n"), 0);
	healed_record_clear(&record);
}

/* What did not hold must be seen longer each time, and at last for ever. */
static void
test_refused(void **state)
{
	(void)state;
	static const int after[] = {2, 4, 6, 0};
	struct healed_record record = {0};
	for (size_t i = 0; i < sizeof(after) / sizeof(*after); i++) {
		assert_int_equal(
		    fetches(&record, &automatic, "item: .card\n"), after[i]);
		if (after[i] == 0)
			break;
		healed_refuse(&record, false);
		assert_null(record.rules);
		assert_null(record.proposal);
	}
	/* others are judged by themselves */
	assert_int_equal(fetches(&record, &automatic, "item: .row\n"), 2);
	healed_refuse(&record, true);
	assert_int_equal(fetches(&record, &automatic, "item: .row\n"), 0);
	healed_record_clear(&record);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_seen_twice),
	    cmocka_unit_test(test_another),
	    cmocka_unit_test(test_gates),
	    cmocka_unit_test(test_wish),
	    cmocka_unit_test(test_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
