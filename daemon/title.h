#ifndef DAEMON_TITLE_H
#define DAEMON_TITLE_H

#include "config/config.h"
#include "daemon/store.h"

/* What a site and a section are called: as configured, else as their page said
 * once, else by their names.  Borrowed. */
const char *title_of_site(
    const struct section_config *, const struct section_state *);
const char *title_of_section(
    const struct section_config *, const struct section_state *);

#endif
