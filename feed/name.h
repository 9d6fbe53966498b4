#ifndef FEED_NAME_H
#define FEED_NAME_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Names for sections and sites, made from addresses: a-z 0-9 . _ - and no '.'
 * first, as the configuration wants them (metrofeed.conf(5)).  What is not
 * ASCII gives nothing: a name is never a transliteration.
 */
#define NAME_MAX_BYTES 40

bool name_is_good(const char *name);

/* From one part of an address ("S1N1", "%EC%A0%95", "index.html"), without the
 * ending of a page; the caller's, NULL if nothing of it can stand in a name. */
char *name_from_part(const char *part, size_t length);

/* From the last part of the address that tells anything: "/newsList/222" is
 * 222, "/politics/index.html" politics, "/list.php?sc=3050&page=2" 3050; "news"
 * if there is none.  The caller's, never NULL. */
char *name_from_url(const char *url);

/*
 * The name or, where one of these has it or it is kept for metrofeed itself
 * (all, index, status), the same with the part beside it in the address, or
 * with a number.  The caller's.
 */
char *name_among(
    const char *name, const char *url, char *const *taken, size_t count);

/* For a site: its host's first label that is not www or m.  Never NULL. */
char *name_of_site(const char *url);

#endif
