#ifndef FEED_HEAL_EVIDENCE_H
#define FEED_HEAL_EVIDENCE_H

#include <stdbool.h>

#include "feed/heal.h"

/*
 * What speaks for new rules: the remembered articles that stand on the page
 * (anchors, under the page's addresses) against what the rules read there.
 * heal_judge (heal.h) says what may become of it.  Pure.
 */
struct heal_evidence heal_weigh(const struct articles *anchors,
    const struct extraction *, const char *base, uint32_t usual);

/* Between candidates, up to 1.5: found again, and nothing besides. */
double heal_worth(const struct heal_evidence *);

/* Marks the links of a kind (link_kind.h) that a found-again article's link
 * has; returns how many. */
uint32_t heal_mark_alike(
    const struct articles *, const bool *is_anchor, bool *marked);

#endif
