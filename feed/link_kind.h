#ifndef FEED_LINK_KIND_H
#define FEED_LINK_KIND_H

/* What links of one kind share: host, the words of their path, where in it
 * numbers and slugs stand, whether there is a query.  The caller's. */
char *link_kind(const char *link);

#endif
