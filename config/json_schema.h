#ifndef CONFIG_JSON_SCHEMA_H
#define CONFIG_JSON_SCHEMA_H

#include <stddef.h>

#include "feed/error.h"

/*
 * The table of keys as a JSON Schema (draft 7, which editors read), so that
 * they complete and check a configuration while it is written.  It refuses
 * nothing that the program takes; the program refuses more: what a selector or
 * an address must look like, and what two keys must be together.
 * Ends in a newline, its size in *length, for the caller to free; NULL and err
 * if jansson does not read it again.
 */
char *json_schema(size_t *length, struct error *);

#endif
