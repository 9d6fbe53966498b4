#ifndef FEED_INTERN_H
#define FEED_INTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Strings to small numbers, 1 and up in the order of their first appearance.
 * The strings are borrowed and must outlive the table.  The seed should depend
 * on the whole input, so that a page cannot prepare names that collide.
 */
struct intern_entry {
	const char *string; /* not NUL-terminated */
	uint32_t length;
	uint32_t hash;
};

struct intern {
	uint64_t seed;
	bool fold;                    /* ASCII case is ignored */
	uint32_t *slots;              /* entry number or 0; a power of two */
	uint32_t slot_count;
	struct intern_entry *entries; /* [0] is unused */
	uint32_t count, capacity;     /* [0] included; 0 while empty */
};

void intern_init(struct intern *, uint64_t seed, bool fold);
void intern_clear(struct intern *);

/* The string's number, or 0 if it was never added. */
uint32_t intern_find(const struct intern *, const char *, size_t length);
/* The same, adding it if it is new. */
uint32_t intern_add(struct intern *, const char *, size_t length);

/* A seed from all the bytes. */
uint64_t intern_seed(const char *bytes, size_t length);

#endif
