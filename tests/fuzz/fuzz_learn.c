#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "feed/agreement.h"
#include "feed/extract.h"
#include "feed/learn.h"
#include "feed/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static const struct extract_context context = {
    .url = "https://paper.example/news/", .now_s = 1682000000};

static bool
read_by(const struct rules *rules, struct page *page, struct extraction *read)
{
	struct compiled_rules *compiled = rules_compile(rules, NULL);
	if (compiled == NULL)
		abort(); /* what was learned can be run */
	bool good = extract_articles(compiled, page, &context, read, NULL);
	compiled_rules_free(compiled);
	return good;
}

/* What the store keeps of it gives the same rules again. */
static void
check_written(const struct lesson *lesson)
{
	struct rules again = {0};
	const struct rules none = {0};
	char *text = lesson_write(lesson, &none);
	if (!lesson_read(text, &again) ||
	    again.items.count != lesson->rules.items.count)
		abort();
	for (int field = 0; field < FIELD_COUNT; field++)
		if (again.fields[field].count !=
		    lesson->rules.fields[field].count)
			abort();
	rules_clear(&again);
	free(text);
}

static void
check_notes(const struct notes *notes)
{
	for (size_t i = 0; i < notes->count; i++)
		if (!text_is_clean(
			notes->list[i], strlen(notes->list[i]), false))
			abort();
}

static void
check(const struct lesson *lesson, enum learn_use use, struct page *page,
    const struct extraction *inferred)
{
	struct extraction read = {0};
	struct agreement agreement;
	if (lesson->confidence > 100)
		abort();
	check_notes(&lesson->reasons);
	check_notes(&lesson->warnings);
	check_written(lesson);
	if (lesson->rules.items.count == 0)
		return;
	if (read_by(&lesson->rules, page, &read)) {
		agreement_find(&inferred->articles, &read.articles,
		    use == LEARN_TO_KEEP, &agreement);
		if (use == LEARN_TO_KEEP && !agreement_is_full(&agreement))
			abort();
		if (agreement.both == 0)
			abort();
	}
	extraction_clear(&read);
}

/* Rules are learned on any page that has a list, and hold what they promise. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum learn_use uses[] = {
	    LEARN_TO_SHOW, LEARN_TO_KEEP, LEARN_TO_HEAL};
	const struct rules none = {0};
	struct extraction inferred = {0};
	struct page *page =
	    page_parse((const char *)data, size, PARSER_HTML5, 0, NULL);
	if (page == NULL)
		return 0;
	if (read_by(&none, page, &inferred))
		for (size_t i = 0; i < sizeof(uses) / sizeof(*uses); i++) {
			struct lesson lesson;
			if (!learn_rules(&none, page, &context, &inferred,
				uses[i], &lesson, NULL))
				continue;
			check(&lesson, uses[i], page, &inferred);
			lesson_clear(&lesson);
		}
	extraction_clear(&inferred);
	page_free(page);
	return 0;
}
