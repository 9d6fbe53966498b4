#ifndef CONFIG_CONFIG_PRIVATE_H
#define CONFIG_CONFIG_PRIVATE_H

#include "config/config.h"
#include "config/pool.h"
#include "feed/buffer.h"

struct former_path {
	const char *path;
	const struct section_config *section; /* that carries it on */
};

/* Behind struct config; for the files of config/ alone. */
struct config_private {
	struct pool *pool; /* all strings and small structs */
	struct section_config *sections;
	const struct section_config **by_path; /* sorted */
	struct former_path *by_former; /* sorted */
	size_t former_count;
	struct rules **rules; /* each once, however many sections share it */
	size_t rules_count, rules_capacity;
};

/* A text in single quotes, as YAML takes it on one line; the caller's. */
char *config_quote(const char *text);

/* The rules as they stand behind "item: " and "fields: "; nothing if there are
 * none. */
void config_add_item(struct buffer *, const struct rules *);
void config_add_fields(struct buffer *, const struct rules *);

#endif
