#ifndef FEED_SCRIPT_H
#define FEED_SCRIPT_H

#include <stdint.h>

#include "feed/page.h"
#include "feed/rules.h"

/*
 * The link that an element's onclick, or javascript: in its href, stands for: an
 * address between quotes (location.href='/article/2023'), else the template of
 * one {part} filled with a number of six or more digits (view('2023...')).
 * Canonical and one that the rules accept; NULL if there is none.  The caller's
 * to free.
 */
char *script_link(const struct compiled_rules *, const struct page *,
    uint32_t node, const char *base);

#endif
