#include "daemon/title.h"

static const char *
first_of(const char *a, const char *b, const char *c)
{
	return a != NULL ? a : b != NULL ? b : c;
}

const char *
title_of_site(
    const struct section_config *config, const struct section_state *state)
{
	return first_of(
	    config->site_title, state->site_title, config->site_name);
}

const char *
title_of_section(
    const struct section_config *config, const struct section_state *state)
{
	return first_of(config->title, state->title, config->name);
}
