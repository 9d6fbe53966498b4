#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"

/*
 * Whatever the file holds: a configuration or at least one problem; and what
 * is printed of a configuration loads again to the same.
 */
int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static struct config *
load(const char *yaml, size_t length)
{
	struct problems problems = {0};
	struct config *config =
	    config_parse(yaml, length, "fuzz.conf", NULL, &problems);
	if ((config == NULL) != (problems.count > 0))
		abort();
	problems_clear(&problems);
	return config;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	if (length == 0)
		return 0;
	struct config *config = load((const char *)bytes, length);
	if (config == NULL)
		return 0;
	char *printed = config_print(config);
	struct config *again = load(printed, strlen(printed));
	if (again == NULL) {
		fprintf(stderr, "does not load again:\n%s", printed);
		abort();
	}
	char *twice = config_print(again);
	if (strcmp(printed, twice) != 0 ||
	    config->section_count != again->section_count) {
		fprintf(stderr, "%s\nis not\n%s", printed, twice);
		abort();
	}
	for (size_t i = 0; i < config->section_count; i++)
		if (rules_hash(config->sections[i].rules) !=
		    rules_hash(again->sections[i].rules))
			abort();
	free(twice);
	free(printed);
	config_free(again);
	config_free(config);
	return 0;
}
