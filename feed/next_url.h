#ifndef FEED_NEXT_URL_H
#define FEED_NEXT_URL_H

#include "feed/error.h"

/*
 * Template (next-url): the address of a section's page by its number, 1 being
 * the section's own.  {page} counts 1, 2, 3; {START+STEP} counts as written:
 * {0+1} 0, 1, 2; {0+20} 0, 20, 40; {1+20} 1, 21, 41; {01+1} 01, 02, 03.  It is
 * resolved against the section's address ("?page={page}", "index{page}.html");
 * one that begins with "&" sets these parameters in it and leaves the others.
 */
#define NEXT_URL_MOST_PAGE 1000

/* The address of the page (1 to NEXT_URL_MOST_PAGE), the caller's.  NULL and
 * err if the template is none, or leads to another host than `url`. */
char *next_url_fill(const char *template, const char *url, unsigned page,
    struct error *);

#endif
