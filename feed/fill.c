#include "feed/fill.h"

#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/memory.h"
#include "feed/text.h"

#define REPEATED_LEAST 3 /* fewer may be alike by chance */

struct match {
	const struct record *found[STRUCTURED_MATCHES];
	size_t count;
	struct moment date; /* what they say of it */
	enum structured_source date_source;
};

struct filling {
	const struct fill *fill;
	struct article *articles;
	struct match *matches;
	size_t count;
	struct date_context dates;
	size_t shown[FIELD_COUNT]; /* articles that had it */
	size_t filled[FIELD_COUNT][STRUCTURED_SOURCE_COUNT];
	size_t refined[STRUCTURED_SOURCE_COUNT];
};

/* The first record that has the field, or NULL. */
static const struct record *
record_with(const struct match *match, enum field field)
{
	for (size_t i = 0; i < match->count; i++)
		if (match->found[i]->value[field] != NULL)
			return match->found[i];
	return NULL;
}

static bool
has_field(const struct article *article, enum field field)
{
	switch (field) {
	case FIELD_TITLE:
		return article->title != NULL;
	case FIELD_TEXT:
		return article->text != NULL;
	case FIELD_DATE:
		return article->published.precision != PRECISION_NONE;
	case FIELD_AUTHOR:
		return article->author != NULL;
	case FIELD_IMAGE:
		return article->image != NULL;
	case FIELD_CATEGORY:
		return article->category != NULL;
	default:
		return true;
	}
}

bool
fill_is_needed(
    const struct fill *fill, const struct article *articles, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (int field = 0; field < FIELD_COUNT; field++)
			if (fill->wanted[field] && articles[i].link != NULL &&
			    !has_field(&articles[i], (enum field)field))
				return true;
	return false;
}

/* ---- what says nothing ---- */

/* The value on over half of the articles that have one, or NULL; borrowed. */
static const char *
repeated_value(const struct filling *filling, enum field field)
{
	const char **values = xcalloc(filling->count, sizeof(*values));
	const char *repeated = NULL;
	size_t count = 0;
	for (size_t i = 0; i < filling->count; i++) {
		const struct record *record =
		    record_with(&filling->matches[i], field);
		if (record != NULL)
			values[count++] = record->value[field];
	}
	qsort(values, count, sizeof(*values), text_compare);
	for (size_t i = 0, run = 0; i < count; i++) {
		bool same = i > 0 && strcmp(values[i], values[i - 1]) == 0;
		run = same ? run + 1 : 1;
		if (run >= REPEATED_LEAST && run * 2 > count)
			repeated = values[i];
	}
	free(values);
	return repeated;
}

/* One time on all articles is when the page was made. */
static bool
dates_are_a_clock(const struct filling *filling)
{
	size_t count = 0;
	const struct moment *first = NULL;
	for (size_t i = 0; i < filling->count; i++) {
		const struct moment *date = &filling->matches[i].date;
		if (date->precision == PRECISION_NONE)
			continue;
		if (date->precision < PRECISION_MINUTE)
			return false;
		if (first == NULL)
			first = date;
		if (date->at_s != first->at_s)
			return false;
		count++;
	}
	return count >= REPEATED_LEAST;
}

/* ---- dates ---- */

static void
vote_on_order(struct filling *filling)
{
	const char **texts = xcalloc(filling->count, sizeof(*texts));
	size_t count = 0;
	for (size_t i = 0; i < filling->count; i++) {
		const struct record *record =
		    record_with(&filling->matches[i], FIELD_DATE);
		if (record != NULL)
			texts[count++] = record->value[FIELD_DATE];
	}
	filling->dates.order = date_vote(texts, count, &filling->dates);
	free(texts);
}

static void
read_dates(struct filling *filling)
{
	filling->dates = *filling->fill->dates;
	filling->dates.is_attribute = true;
	filling->dates.is_date_node = true;
	vote_on_order(filling);
	for (size_t i = 0; i < filling->count; i++) {
		struct match *match = &filling->matches[i];
		for (size_t k = 0; k < match->count &&
				   match->date.precision == PRECISION_NONE;
		     k++) {
			const struct record *record = match->found[k];
			const char *text = record->value[FIELD_DATE];
			match->date_source = record->source[FIELD_DATE];
			if (text != NULL)
				(void)date_parse(text, &filling->dates,
				    &match->date); /* none: none */
		}
	}
	if (!dates_are_a_clock(filling))
		return;
	for (size_t i = 0; i < filling->count; i++)
		filling->matches[i].date = (struct moment){0};
}

/* How far off a relative time may be: its unit, by its size, and a page kept
 * in a cache for a quarter of an hour. */
static int64_t
relative_slack_s(int64_t age_s)
{
	const int64_t hour = 3600, day = 24 * hour, cache = 900;
	int64_t unit = age_s < hour        ? 60
		       : age_s < day       ? hour
		       : age_s < 7 * day   ? day
		       : age_s < 35 * day  ? 7 * day
		       : age_s < 366 * day ? 31 * day
					   : 366 * day;
	return unit + cache;
}

/* Is it the list's date, said more exactly? */
static bool
refines(const struct moment *exact, const struct moment *shown, int64_t now_s)
{
	const int64_t day = 86400;
	int64_t ahead = exact->at_s - shown->at_s;
	if (exact->precision <= shown->precision ||
	    exact->precision == PRECISION_RELATIVE)
		return false;
	switch (shown->precision) {
	case PRECISION_YEAR:
		return ahead >= 0 && ahead < 366 * day;
	case PRECISION_MONTH:
		return ahead >= 0 && ahead < 31 * day;
	case PRECISION_DAY:
		return ahead >= 0 && ahead < day;
	case PRECISION_MINUTE:
		return ahead >= 0 && ahead < 60;
	case PRECISION_RELATIVE: {
		int64_t slack = relative_slack_s(now_s - shown->at_s);
		return ahead >= -slack && ahead <= slack;
	}
	default:
		return false;
	}
}

static void
fill_date(struct filling *filling, size_t index)
{
	const struct match *match = &filling->matches[index];
	struct moment *published = &filling->articles[index].published;
	if (match->date.precision == PRECISION_NONE)
		return;
	if (published->precision == PRECISION_NONE)
		filling->filled[FIELD_DATE][match->date_source]++;
	else if (refines(&match->date, published, filling->dates.now_s))
		filling->refined[match->date_source]++;
	else
		return;
	*published = match->date;
}

/* ---- the other fields ---- */

static char **
slot_of(struct article *article, enum field field)
{
	switch (field) {
	case FIELD_TITLE:
		return &article->title;
	case FIELD_TEXT:
		return &article->text;
	case FIELD_AUTHOR:
		return &article->author;
	case FIELD_CATEGORY:
		return &article->category;
	default:
		return &article->image;
	}
}

static bool
says_nothing(const struct filling *filling, const struct article *article,
    enum field field, const char *value)
{
	const char *known = field == FIELD_AUTHOR ? filling->fill->site_title
			    : field == FIELD_TEXT ? article->title
						  : NULL;
	return known != NULL && text_equals_ignoring_case(value, known);
}

static void
fill_field(struct filling *filling, enum field field)
{
	/* a list by one author, or of one rubric, is nothing odd */
	const char *repeated = field == FIELD_AUTHOR || field == FIELD_CATEGORY
				   ? NULL
				   : repeated_value(filling, field);
	for (size_t i = 0; i < filling->count; i++) {
		struct article *article = &filling->articles[i];
		char **slot = slot_of(article, field);
		const struct record *record =
		    record_with(&filling->matches[i], field);
		if (*slot != NULL || record == NULL ||
		    (repeated != NULL &&
			strcmp(record->value[field], repeated) == 0))
			continue;
		char *value = field == FIELD_IMAGE
				  ? xstrdup(record->value[field])
				  : structured_text(record, field);
		if (value == NULL ||
		    says_nothing(filling, article, field, value)) {
			free(value);
			continue;
		}
		*slot = value;
		filling->filled[field][record->source[field]]++;
	}
}

/* ---- in words ---- */

static void
say_counts(const struct filling *filling, const size_t *counts,
    const char *before, struct buffer *words)
{
	for (int source = 0; source < STRUCTURED_SOURCE_COUNT; source++) {
		if (counts[source] == 0)
			continue;
		buffer_add_format(words, "%s%s%s, %zu/%zu",
		    words->length > 0 ? "; " : "", before,
		    structured_source_name((enum structured_source)source),
		    counts[source], filling->fill->item_count);
	}
}

static void
say_field(const struct filling *filling, enum field field, char **how)
{
	struct buffer words = {0};
	if (*how != NULL && filling->shown[field] > 0)
		buffer_add_string(&words, *how);
	size_t before = words.length;
	say_counts(filling, filling->filled[field], "", &words);
	if (field == FIELD_DATE)
		say_counts(filling, filling->refined, "refined by ", &words);
	if (words.length == before) {
		buffer_clear(&words);
		return;
	}
	free(*how);
	*how = buffer_take(&words);
}

static bool
has_given(const size_t counts[STRUCTURED_SOURCE_COUNT])
{
	size_t sum = 0;
	for (int source = 0; source < STRUCTURED_SOURCE_COUNT; source++)
		sum += counts[source];
	return sum > 0;
}

bool
fill_articles(const struct fill *fill, struct article *articles, size_t count,
    char *how[FIELD_COUNT])
{
	struct filling filling = {
	    .fill = fill,
	    .articles = articles,
	    .matches = xcalloc(count, sizeof(*filling.matches)),
	    .count = count,
	};
	for (size_t i = 0; i < count; i++) {
		struct match *match = &filling.matches[i];
		if (articles[i].link != NULL)
			match->count = structured_match(fill->structured,
			    articles[i].link, articles[i].key,
			    articles[i].title, match->found);
		for (int field = 0; field < FIELD_COUNT; field++)
			filling.shown[field] +=
			    has_field(&articles[i], (enum field)field);
	}
	read_dates(&filling);
	for (size_t i = 0; fill->wanted[FIELD_DATE] && i < count; i++)
		fill_date(&filling, i);
	for (int field = 0; field < FIELD_COUNT; field++) {
		if (!fill->wanted[field] || field == FIELD_LINK)
			continue;
		if (field != FIELD_DATE)
			fill_field(&filling, (enum field)field);
		say_field(&filling, (enum field)field, &how[field]);
	}
	bool any = has_given(filling.refined);
	for (int field = 0; field < FIELD_COUNT; field++)
		any |= has_given(filling.filled[field]);
	free(filling.matches);
	return any;
}
