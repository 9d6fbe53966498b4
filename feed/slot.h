#ifndef FEED_SLOT_H
#define FEED_SLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The places where another page's address differs from ours in one number: the
 * value of a parameter, or a number in the path, which ours may lack where it
 * is the first page ("/news" and "/news/page/2", "index.html" and
 * "index2.html").  All other parameters of ours must be in it; it may have more.
 */
#define SLOTS_MAX 8 /* of one address */

enum slot_kind {
	SLOT_PLAIN,
	SLOT_PAGE,    /* named like a page's number: "page", "/p/" */
	SLOT_OFFSET,  /* "start", "offset" */
	SLOT_FOREIGN, /* counts something else: days, comments */
};

struct slot {
	char *shape;   /* the address with {} for the number */
	int64_t value; /* theirs */
	int64_t own;   /* ours; -1: none there */
	enum slot_kind kind;
	bool in_path;
};

/* Both are addresses as url_resolve makes them, of one host.  Returns how many
 * of the slots were filled; slot_clear each. */
size_t slots_find(
    const char *own, const char *other, struct slot slots[SLOTS_MAX]);
void slot_clear(struct slot *);

/* Do they differ in parameters alone, the other having all of ours by name,
 * and none that counts days or comments among the different ones? */
bool slots_differ_in_query(const char *own, const char *other);

/* Is a parameter of this name the number of a page: "page", "pageNo", "pn"? */
bool slot_is_page_name(const char *name, size_t length);

#endif
