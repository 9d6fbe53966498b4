#include "feed/reading.h"

#include <stdlib.h>
#include <string.h>

#include "feed/hash.h"
#include "feed/language.h"
#include "feed/link_kind.h"
#include "feed/links.h"
#include "feed/memory.h"
#include "feed/text.h"
#include "feed/verdict.h"

size_t
readings_usual(const struct reading *past, size_t count, uint64_t rules,
    struct reading usual[READINGS_USUAL])
{
	size_t used = 0;
	for (size_t i = 0; i < count && used < READINGS_USUAL; i++)
		if (!past[i].is_bad && (rules == 0 || past[i].rules == rules))
			usual[used++] = past[i];
	return used;
}

static int
compare_numbers(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

uint32_t
reading_median(uint32_t *numbers, size_t count)
{
	if (count == 0)
		return 0;
	qsort(numbers, count, sizeof(*numbers), compare_numbers);
	return numbers[count / 2];
}

uint32_t
reading_fill(const struct reading *reading, enum field field)
{
	return reading->rows > 0 ? (uint32_t)((uint64_t)reading->filled[field] *
					      100 / reading->rows)
				 : 0;
}

/* ---- titles ---- */

static void
measure_titles(const struct articles *articles, struct reading *reading)
{
	size_t count = articles->count;
	uint32_t *cells = xcalloc(count + 1, sizeof(*cells));
	const char **titles = xcalloc(count + 1, sizeof(*titles));
	for (size_t i = 0; i < count; i++) {
		titles[i] = articles->list[i].title;
		cells[i] = (uint32_t)text_cells(titles[i]);
		reading->menu += language_is_menu_word(titles[i]);
	}
	reading->cells = reading_median(cells, count);
	qsort(titles, count, sizeof(*titles), text_compare);
	for (size_t i = 0; i < count; i++)
		reading->repeated +=
		    (i > 0 && strcmp(titles[i], titles[i - 1]) == 0) ||
		    (i + 1 < count && strcmp(titles[i], titles[i + 1]) == 0);
	free(titles);
	free(cells);
}

/* ---- links ---- */

static int
compare_hashes(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

/* The most frequent of the hashes, which are put in order; 0 of none. */
static uint64_t
most_frequent(uint64_t *hashes, size_t count)
{
	uint64_t most = 0;
	size_t times = 0;
	qsort(hashes, count, sizeof(*hashes), compare_hashes);
	for (size_t from = 0, to; from < count; from = to) {
		for (to = from; to < count && hashes[to] == hashes[from];)
			to++;
		if (to - from > times) {
			times = to - from;
			most = hashes[from];
		}
	}
	return most;
}

static bool
is_usual_shape(uint64_t shape, const struct reading *usual, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (usual[i].shape == shape)
			return true;
	return false;
}

static void
measure_links(const struct reading_question *question, struct reading *reading)
{
	const struct articles *articles = &question->read->articles;
	struct reading usual[READINGS_USUAL];
	size_t known = readings_usual(
	    question->past, question->past_count, question->rules, usual);
	uint64_t *shapes = xcalloc(articles->count + 1, sizeof(*shapes));
	double score = 0;
	for (size_t i = 0; i < articles->count; i++) {
		const struct article *article = &articles->list[i];
		char *shape = link_kind(article->link);
		shapes[i] = hash_bytes(shape, strlen(shape));
		score +=
		    links_score(article->link, question->from, article->title);
		free(shape);
	}
	if (articles->count > 0)
		reading->score =
		    (int32_t)(score * 10 / (double)articles->count);
	reading->shape = most_frequent(shapes, articles->count);
	for (size_t i = 0; i < articles->count; i++)
		reading->in_shape +=
		    known > 0 ? is_usual_shape(shapes[i], usual, known)
			      : shapes[i] == reading->shape;
	free(shapes);
}

/* ---- what is new ---- */

bool
reading_is_after(struct moment moment, int64_t at_s)
{
	switch (moment.precision) {
	case PRECISION_NONE:
		return false;
	case PRECISION_SECOND:
	case PRECISION_MINUTE:
		return moment.at_s >= at_s;
	case PRECISION_RELATIVE:
		return moment.at_s + 3600 >= at_s;
	case PRECISION_DAY:
		return moment.at_s + 86400 >= at_s;
	default:
		return true;
	}
}

static void
measure_fresh(const struct reading_question *question, struct reading *reading)
{
	const struct articles *articles = &question->read->articles;
	struct reading usual[READINGS_USUAL];
	size_t known = readings_usual(
	    question->past, question->past_count, question->rules, usual);
	for (size_t i = 0; i < articles->count; i++) {
		if (question->is_fresh != NULL && !question->is_fresh[i])
			continue;
		reading->fresh++;
		reading->stale +=
		    known > 0 && !reading_is_after(articles->list[i].published,
				     usual[0].at_s);
	}
}

struct reading
reading_of(const struct reading_question *question)
{
	const struct evidence *evidence = question->evidence;
	const struct extraction *read = question->read;
	struct reading reading = {
	    .at_s = question->now_s,
	    .items = (uint32_t)read->articles.count + read->filtered,
	    .links = evidence->links,
	    .width = evidence->width,
	    .broken = evidence->broken,
	    .mojibake = evidence->mojibake,
	    .foreign = evidence->foreign,
	    .ending = evidence->ending,
	    .place = verdict_place(question->from),
	    .rules = question->rules,
	    .rows = read->item_count,
	    .articles = (uint32_t)read->articles.count,
	    .likeness =
		question->sketch != NULL
		    ? sketch_likeness(question->sketch, &evidence->sketch)
		    : 100,
	    .list_place = read->list_place,
	};
	for (int field = 0; field < FIELD_COUNT; field++)
		reading.filled[field] = read->filled[field];
	measure_titles(&read->articles, &reading);
	measure_links(question, &reading);
	measure_fresh(question, &reading);
	return reading;
}
