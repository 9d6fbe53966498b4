#include "feed/agreement.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "feed/intern.h"
#include "feed/memory.h"
#include "feed/text.h"
#include "feed/url.h"

#define SAME_CELLS 60 /* texts that begin so are the same */
#define CLOSE_S 60    /* between two readings of one time */
#define DAY_S 129600  /* and of one day, whichever zone it is in */

static char **
keys_of(const struct articles *articles)
{
	char **keys = xcalloc(articles->count + 1, sizeof(*keys));
	for (size_t i = 0; i < articles->count; i++) {
		keys[i] = url_key(articles->list[i].link);
		if (keys[i] == NULL)
			keys[i] = xstrdup(articles->list[i].link);
	}
	return keys;
}

static void
keys_free(char **keys, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(keys[i]);
	free(keys);
}

void
agreement_pair(
    const struct articles *wanted, const struct articles *read, size_t *partner)
{
	char **a = keys_of(wanted), **b = keys_of(read);
	struct intern names;
	uint64_t seed = 0;
	for (size_t i = 0; i < read->count; i++)
		seed ^= intern_seed(b[i], strlen(b[i])) + i;
	intern_init(&names, seed, false);
	/* numbers count from 1 and a link comes once */
	for (size_t i = 0; i < read->count; i++)
		(void)intern_add(&names, b[i], strlen(b[i]));
	size_t *place = xcalloc((size_t)names.count + 1, sizeof(*place));
	for (size_t i = read->count; i-- > 0;)
		place[intern_find(&names, b[i], strlen(b[i]))] = i;
	for (size_t i = 0; i < wanted->count; i++) {
		uint32_t number = intern_find(&names, a[i], strlen(a[i]));
		partner[i] = number == 0 ? SIZE_MAX : place[number];
	}
	free(place);
	intern_clear(&names);
	keys_free(a, wanted->count);
	keys_free(b, read->count);
}

static bool
is_same_text(const char *a, const char *b)
{
	char *x = text_fold(a), *y = text_fold(b);
	size_t p = strlen(x), q = strlen(y), shorter = p < q ? p : q;
	bool same = strcmp(x, y) == 0 || (strncmp(x, y, shorter) == 0 &&
					     text_cells(a) >= SAME_CELLS &&
					     text_cells(b) >= SAME_CELLS);
	free(x);
	free(y);
	return same;
}

static const char *
value_of(const struct article *article, enum field field)
{
	switch (field) {
	case FIELD_LINK:
		return article->link;
	case FIELD_TITLE:
		return article->title;
	case FIELD_TEXT:
		return article->text;
	case FIELD_AUTHOR:
		return article->author;
	case FIELD_IMAGE:
		return article->image;
	default:
		return NULL;
	}
}

static void
count_field(
    struct agreement *all, enum field field, bool wanted, bool read, bool same)
{
	all->fields[field].wanted += wanted;
	all->fields[field].same += wanted && read && same;
	all->fields[field].invented += !wanted && read;
}

static bool
is_same_date(const struct moment *a, const struct moment *b, bool exactly)
{
	int64_t apart = a->at_s - b->at_s;
	int64_t close =
	    a->precision <= PRECISION_DAY && b->precision > PRECISION_DAY
		? DAY_S
		: CLOSE_S;
	if (exactly)
		return a->precision == b->precision && apart == 0;
	return b->precision >= a->precision && apart < close && apart > -close;
}

static void
compare(struct agreement *all, const struct article *a, const struct article *b,
    bool exactly)
{
	for (int i = 0; i < FIELD_COUNT; i++) {
		enum field field = (enum field)i;
		const char *x = value_of(a, field), *y = value_of(b, field);
		if (field != FIELD_DATE && field != FIELD_CATEGORY)
			count_field(all, field, x != NULL, y != NULL,
			    x != NULL && y != NULL &&
				(field == FIELD_TEXT && !exactly
					? is_same_text(x, y)
					: strcmp(x, y) == 0));
	}
	count_field(all, FIELD_DATE, a->published.precision != PRECISION_NONE,
	    b->published.precision != PRECISION_NONE,
	    is_same_date(&a->published, &b->published, exactly));
}

void
agreement_find(const struct articles *wanted, const struct articles *read,
    bool exactly, struct agreement *out)
{
	size_t *partner = xcalloc(wanted->count + 1, sizeof(*partner));
	*out = (struct agreement){.wanted = wanted->count, .read = read->count};
	agreement_pair(wanted, read, partner);
	out->in_order = true;
	for (size_t i = 0, last = 0; i < wanted->count; i++) {
		if (partner[i] == SIZE_MAX)
			continue;
		out->in_order &= partner[i] >= last;
		last = partner[i];
		out->both++;
		compare(
		    out, &wanted->list[i], &read->list[partner[i]], exactly);
	}
	if (out->wanted > 0)
		out->recall = (double)out->both / (double)out->wanted;
	if (out->read > 0)
		out->precision = (double)out->both / (double)out->read;
	free(partner);
}

bool
agreement_is_full(const struct agreement *all)
{
	bool full =
	    all->both == all->wanted && all->both == all->read && all->in_order;
	for (int field = 0; full && field < FIELD_COUNT; field++)
		full = all->fields[field].same == all->fields[field].wanted &&
		       all->fields[field].invented == 0;
	return full;
}
