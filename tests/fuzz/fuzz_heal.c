#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "feed/extract.h"
#include "feed/heal.h"
#include "feed/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static const char now[] = "<!--now-->"; /* between the old page and the new */

static const struct extract_context context = {
    .url = "https://paper.example/news/", .now_s = 1682000000};

static bool
read_page(const char *html, size_t length, struct extraction *read)
{
	const struct rules none = {0};
	struct compiled_rules *compiled = rules_compile(&none, NULL);
	struct page *page = page_parse(html, length, PARSER_HTML5, 0, NULL);
	bool good = page != NULL &&
		    extract_articles(compiled, page, &context, read, NULL);
	page_free(page);
	compiled_rules_free(compiled);
	return good;
}

static void
check(const struct heal *heal)
{
	const struct heal_evidence *e = &heal->evidence;
	char why[512];
	if (heal->rules.items.count == 0 || heal->read.articles.count == 0 ||
	    e->articles != heal->read.articles.count ||
	    e->covered > e->anchors || e->titled > e->covered ||
	    e->days > e->dated || e->dated > e->covered ||
	    e->alike > e->articles || e->stories > e->articles)
		abort();
	enum heal_grade grade = heal_judge(e, false, why);
	if (grade >= HEAL_ADOPT && e->covered == 0)
		abort();
	if (!text_is_clean(why, strlen(why), false))
		abort();
	char *words = heal_words(&heal->rules);
	if (!text_is_clean(words, strlen(words), false))
		abort();
	free(words);
}

/* The old page's articles are remembered, and rules are sought on the new one;
 * then what was found is looked for once more. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *html = (const char *)data;
	const char *mark = memmem(html, size, now, sizeof(now) - 1);
	size_t old = mark != NULL ? (size_t)(mark - html) : size;
	const char *new = mark != NULL ? mark + sizeof(now) - 1 : html;
	struct rule item = {.css = ".gone"};
	struct rules rules = {.items = {&item, 1}};
	struct extraction before = {0};
	struct page *page =
	    page_parse(new, size - (size_t)(new - html), PARSER_HTML5, 0, NULL);
	if (page == NULL)
		return 0;
	if (read_page(html, old, &before)) {
		struct heal first, second;
		struct heal_question question = {
		    .rules = &rules,
		    .memory = &before.articles,
		    .usual = (uint32_t)before.articles.count,
		};
		if (heal_page(&question, page, &context, &first, NULL)) {
			check(&first);
			question.candidate = &first.rules;
			/* on the same page it stands */
			if (!heal_page(
				&question, page, &context, &second, NULL) ||
			    second.evidence.covered != first.evidence.covered)
				abort();
			check(&second);
			heal_clear(&second);
			heal_clear(&first);
		}
	}
	extraction_clear(&before);
	page_free(page);
	return 0;
}
