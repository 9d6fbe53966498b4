#ifndef FEED_LEARN_H
#define FEED_LEARN_H

#include <stdbool.h>

#include "feed/extract.h"
#include "feed/lesson.h"
#include "feed/page.h"
#include "feed/rules.h"

/*
 * From what was inferred on a page to rules that find the same: selectors for
 * the items and their fields (synthesis.h), each run by the engine on this page
 * before it is believed, and how far the lot may be relied on.  A field whose
 * rule does not give what inference gave is left to inference.
 */
enum learn_use {
	LEARN_TO_SHOW, /* a person looks: none that could not be relied on */
	LEARN_TO_KEEP, /* nobody looks: they must give the same articles to the
			  letter, in the same order, or there are none
			  (LESSON_NONE) */
	LEARN_TO_HEAL, /* gates look (heal.h): the best there are */
};

/*
 * `given` are the rules that `inferred` was read with; what they say stays.
 * False and err if the engine failed; a page without a list is a lesson of
 * LESSON_NONE, its reason in warnings.
 */
bool learn_rules(const struct rules *given, struct page *,
    const struct extract_context *, const struct extraction *inferred,
    enum learn_use, struct lesson *, struct error *);

#endif
