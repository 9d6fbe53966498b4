#ifndef FEED_HEAL_FIELD_H
#define FEED_HEAL_FIELD_H

#include <stdbool.h>
#include <stdint.h>

#include "feed/heal.h"

/*
 * One field whose rule gives nothing any more, while the list lives: it is
 * learned anew alone, and held against the values that are remembered of the
 * articles on the page.  All else stays as it is.  Pure.
 *
 * The question's rules are those with the dead field; its memory has the values
 * that once were, whole.  Of the evidence, `anchors` are articles on the page of
 * which a value is remembered, `titled` those that have the same again, and
 * `stories` items that have any.  False, nothing set, if there is none; with err
 * set if the engine failed.
 */
bool heal_field(const struct heal_question *, enum field, struct page *,
    const struct extract_context *, struct heal *, struct error *);

/* What may become of it, and why in words (512 bytes, clean). */
enum heal_grade heal_field_judge(
    const struct heal_evidence *, enum field, char why[512]);

#endif
