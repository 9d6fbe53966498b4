#ifndef FEED_STRUCTURED_PRIVATE_H
#define FEED_STRUCTURED_PRIVATE_H

#include "feed/json_repair.h"
#include "feed/json_tree.h"
#include "feed/structured.h"

/* Behind struct structured: for the sources alone. */

#define WALK_NODES 400000 /* looked at for microdata and microformats */

struct member { /* a record in a list of the page */
	size_t group, record;
};

struct structured {
	const struct compiled_rules *rules;
	const struct page *page;
	const char *base;
	char *self; /* the page's own address, folded */
	struct json_limits limits;
	size_t walk; /* nodes that may still be looked at */
	struct record *list; /* document order */
	size_t count;
	struct member *members; /* while they are found, one for each record */
	size_t member_count;
	size_t group_count;
	struct entry *index; /* of the records, by what they are matched by */
	char **sought; /* marks of articles, while their state is looked for */
	size_t sought_count;
};

/* A record under way: strings are borrowed and may be relative.  What has no
 * link and no id, or is the page itself, is left out. */
struct draft {
	const char *value[FIELD_COUNT];
	const char *id;
	size_t group; /* by structured_group, or 0: it stands alone */
};
size_t structured_group(struct structured *);
void structured_add(
    struct structured *, enum structured_source, const struct draft *);

/* Is a script worth reading for the articles whose state is looked for? */
bool structured_mentions(const struct structured *, const char *script);

void find_json_ld(struct structured *);
void find_microdata(struct structured *);
void find_hentry(struct structured *);
void find_json_state(struct structured *);

/* A value in the words of schema.org, with everything below it. */
void schema_read(
    struct structured *, enum structured_source, const struct json_tree *);

/* JSON in no vocabulary, the first in [*at, end); *at moves behind it.  False if
 * there is none. */
bool state_read(struct structured *, const char **at, const char *end);

/* The text of a script, or NULL: its type in *type, "" if it has none. */
const char *script_text(
    const struct page *, uint32_t script, const char **type);
bool script_type_is(const char *type, const char *name);

/* A value as words: a string, the first of a list, what an object calls its
 * name.  Borrowed, or NULL. */
const char *value_words(const struct json_tree *);
/* An address: a string, the first of a list, an object's url.  Borrowed. */
const char *value_address(const struct json_tree *);
/* "Kim, Lee": everybody whom a list names.  The caller's, or NULL. */
char *value_people(const struct json_tree *);

#endif
