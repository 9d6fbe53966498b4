#ifndef FEED_LINK_SHAPE_H
#define FEED_LINK_SHAPE_H

#include <stddef.h>

/*
 * The template (link_template.h) that the links of a list show by themselves,
 * where one is evident: five or more, all of one shape, with one number that no
 * two of them share.  "/article/{id}", "/{year}/{month}/{day}/{id}.html",
 * "/view?idxno={id}".  NULL if there is none or any doubt, for a template that
 * a later article does not fit would hide it.  The caller's.
 */
char *link_shape_find(const char *const *links, size_t count);

#endif
