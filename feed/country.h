#ifndef FEED_COUNTRY_H
#define FEED_COUNTRY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What the top-level domain or the language of a site tells of its country:
 * in which zone its dates are, in which language they are written.  Constant
 * tables; nothing is owned but by country_language's caller, nothing fails.
 */
struct country {
	const char *domain;   /* top-level domain, "" for none of its own */
	const char *language; /* BCP 47, or NULL where there are several */
	const char *zone;     /* in the zone database; NULL where there are several */
	const char *rule;     /* the same today, as zone_from_rule takes it */
	bool is_main;         /* the language alone means this country */
};

extern const struct country countries[];
extern const size_t country_count;

/* By the top-level domain; NULL for .com and whatever tells nothing. */
const struct country *country_of_site(const char *url);

/* By the language: "ko", "pt-BR"; NULL for those of many countries (es, ar,
 * pt) and for all English, whose tag is more often a template's than the
 * paper's.  language may be NULL. */
const struct country *country_of_language(const char *language);

/* One that has a zone: the site's, else the language's, else NULL. */
const struct country *country_of_zone(const char *url, const char *language);

/*
 * The language that dates are read in: the page's own, with the country of the
 * domain if the tag names none ("en" at .in is "en-IN", "zh" at .tw "zh-TW"),
 * else the country's; NULL if neither is known.  The caller's string.
 */
char *country_language(const char *url, const char *language);

#endif
