#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"
#include "feed/text.h"
#include "feed/view.h"

int
view_vote_compare(const void *a, const void *b)
{
	const struct vote *x = a, *y = b;
	return (x->kind > y->kind) - (x->kind < y->kind);
}

static struct candidates *
candidates_of(struct item_view *item, enum field field)
{
	return field == FIELD_TITLE  ? &item->titles
	       : field == FIELD_DATE ? &item->dates
				     : &item->authors;
}

/* Each kind's best score in each item counts once for the kind. */
static struct vote *
count_votes(struct view *view, enum field field, size_t *count)
{
	struct vote *votes =
	    xcalloc(view->count * VIEW_CANDIDATES_MAX, sizeof(*votes));
	size_t cast = 0, kinds = 0;
	for (size_t i = 0; i < view->count; i++) {
		struct candidates *all = candidates_of(&view->items[i], field);
		for (size_t k = 0; k < all->count; k++) {
			bool seen = false;
			for (size_t j = 0; j < k && !seen; j++)
				seen = all->list[j].kind == all->list[k].kind;
			if (!seen)
				votes[cast++] = (struct vote){
				    all->list[k].kind, all->list[k].score};
		}
	}
	qsort(votes, cast, sizeof(*votes), view_vote_compare);
	for (size_t i = 0; i < cast; i++) {
		if (kinds > 0 && votes[kinds - 1].kind == votes[i].kind)
			votes[kinds - 1].sum += votes[i].sum;
		else
			votes[kinds++] = votes[i];
	}
	*count = kinds;
	return votes;
}

static const struct candidate *
elect(const struct candidates *all, const struct vote *votes, size_t count)
{
	const struct candidate *best = NULL;
	double best_sum = 0;
	for (size_t i = 0; i < all->count; i++) {
		const struct candidate *candidate = &all->list[i];
		struct vote key = {.kind = candidate->kind};
		const struct vote *vote = bsearch(
		    &key, votes, count, sizeof(*votes), view_vote_compare);
		if (candidate->score <= 0 || vote == NULL)
			continue;
		if (best == NULL || vote->sum > best_sum ||
		    (vote->sum == best_sum && candidate->score > best->score)) {
			best = candidate;
			best_sum = vote->sum;
		}
	}
	return best;
}

/* Of sorted texts one of each that is there more than `most` times. */
static size_t
keep_frequent(const char **texts, size_t count, size_t most)
{
	size_t kept = 0;
	for (size_t first = 0, next; first < count; first = next) {
		for (next = first + 1; next < count; next++)
			if (strcmp(texts[next], texts[first]) != 0)
				break;
		if (next - first > most)
			texts[kept++] = texts[first];
	}
	return kept;
}

/* A text on over half of the items says nothing of one of them ("기사사진",
 * the page's clock). */
static void
drop_repeated(struct view *view, enum field field)
{
	size_t count = 0;
	const char **texts =
	    xcalloc(view->count * VIEW_CANDIDATES_MAX, sizeof(*texts));
	if (view->count < 3) {
		free(texts);
		return;
	}
	for (size_t i = 0; i < view->count; i++) {
		struct candidates *all = candidates_of(&view->items[i], field);
		for (size_t k = 0; k < all->count; k++) {
			bool seen = false;
			for (size_t j = 0; j < k && !seen; j++)
				seen = strcmp(all->list[j].text,
					   all->list[k].text) == 0;
			if (!seen)
				texts[count++] = all->list[k].text;
		}
	}
	qsort(texts, count, sizeof(*texts), text_compare);
	count = keep_frequent(texts, count, view->count / 2);
	for (size_t i = 0; i < view->count; i++) {
		struct candidates *all = candidates_of(&view->items[i], field);
		for (size_t k = 0; k < all->count; k++) {
			const char *key = all->list[k].text;
			if (bsearch(&key, texts, count, sizeof(*texts),
				text_compare) != NULL)
				all->list[k].score = -1;
		}
	}
	free(texts);
}

void
infer_vote(struct view *view, enum field field)
{
	size_t count;
	if (field != FIELD_DATE && field != FIELD_AUTHOR)
		drop_repeated(view, field);
	struct vote *votes = count_votes(view, field, &count);
	for (size_t i = 0; i < view->count; i++) {
		struct item_view *item = &view->items[i];
		const struct candidate *best =
		    elect(candidates_of(item, field), votes, count);
		if (field == FIELD_TITLE)
			item->title = best;
		else if (field == FIELD_DATE)
			item->date = best;
		else
			item->author = best;
	}
	free(votes);
}
