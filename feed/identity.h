#ifndef FEED_IDENTITY_H
#define FEED_IDENTITY_H

#include "feed/article.h"

/*
 * The id that never changes (RFC 4287 4.2.6): minted once, from the article
 * alone.  A tag URI (RFC 4151): the authority in lower case, then the key;
 * whatever a tag URI cannot hold is escaped (RFC 3986 2.1).  What is frozen
 * here, and in the table of tests/test_identity.c, must stay as it is for
 * ever.  The authority is never NULL; strings returned are the caller's.
 */

/* tag:<authority>,2026:<key> where article-link captured one, else the
 * canonical link as it stands; NULL if the article has neither. */
char *identity_of_article(const struct article *, const char *authority);

/* tag:<authority>,2026:feed/<site>/<section>; path is "site/section" */
char *identity_of_feed(const char *authority, const char *path);

/* tag:<authority>,2026:feed/<site>/<section>/<moment>, of what was wrong with
 * the section from then on */
char *identity_of_incident(
    const char *authority, const char *path, int64_t opened_s);

/* Of an id minted here with a key: what stands after the year, borrowed, and
 * the authority, the caller's.  NULL for any other id. */
const char *identity_specific(const char *id);
char *identity_authority(const char *id);

#endif
