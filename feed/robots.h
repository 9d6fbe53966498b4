#ifndef FEED_ROBOTS_H
#define FEED_ROBOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * robots.txt (RFC 9309): its bytes become the rules that one crawler obeys,
 * and these judge a URL.  Any bytes are taken; what is no rule is passed over.
 * Groups that name the crawler are joined; without one the group of "*"
 * counts.  Of the rules that match the longest wins, Allow among equals.
 */
struct robots_rules;

/* What is read of it at least (RFC 9309 2.5); nothing after is. */
#define ROBOTS_MAX_BYTES ((size_t)500 << 10)
#define ROBOTS_DELAY_MAX_MS 60000

struct robots_verdict {
	bool is_allowed;
	unsigned line; /* of the rule that says so, from 1; 0: none speaks */
};

/* `token` is the crawler's product token: letters, "_" and "-"; case does not
 * count.  A file longer than ROBOTS_MAX_BYTES ends with the last whole line
 * before. */
struct robots_rules *robots_rules_parse(
    const char *bytes, size_t length, const char *token);
void robots_rules_free(struct robots_rules *);

/* Of an absolute URL; scheme and host are not looked at, nor its fragment. */
struct robots_verdict robots_rules_judge(
    const struct robots_rules *, const char *url);

/* Crawl-delay, which is not in the RFC: the longest in the rules' groups, at
 * most ROBOTS_DELAY_MAX_MS; 0 without. */
int64_t robots_rules_delay_ms(const struct robots_rules *);

#endif
