#ifndef FEED_SHAPE_H
#define FEED_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Addresses of one shape differ in one part: a label of the path, the value of
 * a parameter, the host.  Sections of a site do: /newsList/207, /newsList/222;
 * ?sc_section_code=S1N1, S1N2; /politics, /world.
 */
struct shape {
	uint32_t mates;  /* addresses of this shape, itself included */
	uint32_t id;     /* equal for those */
	bool is_telling; /* another part stays the same: not just "/word" */
	bool is_host;    /* that part is the host */
	char *part;      /* where this one differs from its mates */
};

/* The shape that most others share, for each of count distinct absolute
 * addresses; out[count] is the caller's, to shapes_clear. */
void shapes_find(char *const *urls, size_t count, struct shape *out);
void shapes_clear(struct shape *, size_t count);

#endif
