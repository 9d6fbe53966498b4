#ifndef CONFIG_FORMER_H
#define CONFIG_FORMER_H

#include "config/loader.h"

/*
 * The key `formerly`: names that a section or a site had before.  They are
 * kept while the sites are read, and joined when all sections are known: a
 * site's old name gives each of its sections one more past, unless another
 * section takes that one by its whole name.
 */

/* Of the last section that was added. */
void formers_of_section(struct loader *, const struct node *);

/*
 * Of a site whose sections are those from `first` on, and `all` the feed of
 * them all, or NULL.  A site without sections is its only one.
 */
void formers_of_site(struct loader *, const struct node *, const char *site,
    size_t first, struct section_config *all);

/* When every section has its path: checks them, and fills `formerly` of the
 * sections, `renamed` of the config and its by_former. */
void formers_join(struct loader *);

#endif
