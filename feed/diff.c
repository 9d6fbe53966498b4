#include "feed/diff.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "feed/identity.h"
#include "feed/link_kind.h"
#include "feed/memory.h"
#include "feed/picture.h"
#include "feed/text.h"
#include "feed/url.h"
#include "feed/wording.h"

#define TITLE_CELLS 20 /* of a title that is no column's, with its day */
#define MANY_DAYS 3    /* pairs at once: no accident */

/* Strings in order, found by bisection: no page of 5,000 items can aim at a
 * hash here. */
struct mark {
	const char *string;
	size_t place; /* in the list of articles */
};

struct index {
	struct mark *list;
	size_t count;
};

static struct index
index_new(size_t capacity)
{
	return (struct index){
	    .list = xcalloc(capacity, sizeof(struct mark)),
	};
}

static void
index_add(struct index *index, const char *string, size_t place)
{
	if (string != NULL && string[0] != '\0')
		index->list[index->count++] =
		    (struct mark){.string = string, .place = place};
}

static int
mark_compare(const void *left, const void *right)
{
	const struct mark *a = left, *b = right;
	int order = strcmp(a->string, b->string);
	return order != 0 ? order
			  : (a->place > b->place) - (a->place < b->place);
}

static void
index_sort(struct index *index)
{
	qsort(index->list, index->count, sizeof(struct mark), mark_compare);
}

/* How many marks from `from` on have the same string. */
static size_t
index_run(const struct index *index, size_t from)
{
	size_t end = from + 1;
	while (end < index->count &&
	       strcmp(index->list[end].string, index->list[from].string) == 0)
		end++;
	return end - from;
}

/* The first mark with this string; index->count if there is none. */
static size_t
index_find(const struct index *index, const char *string)
{
	size_t low = 0, high = index->count;
	while (string != NULL && low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(index->list[middle].string, string) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	bool is_found = string != NULL && low < index->count &&
			strcmp(index->list[low].string, string) == 0;
	return is_found ? low : index->count;
}

/* Another text, and not the same cut elsewhere. */
static bool
is_another_text(const char *known, const char *seen)
{
	if (seen == NULL || seen[0] == '\0')
		return false;
	if (known == NULL)
		return true;
	return !wording_is_same(known, seen) && !wording_is_cut(seen, known) &&
	       !wording_is_cut(known, seen);
}

static bool
is_another_picture(const char *known, const char *seen)
{
	if (seen == NULL || seen[0] == '\0')
		return false;
	if (known == NULL)
		return true;
	if (strcmp(known, seen) == 0)
		return false;
	char *known_name = picture_name(known), *seen_name = picture_name(seen);
	bool differs = strcmp(known_name, seen_name) != 0;
	free(seen_name);
	free(known_name);
	return differs;
}

static bool
is_within(int64_t a, int64_t b, int64_t bar_s)
{
	uint64_t distance =
	    a > b ? (uint64_t)a - (uint64_t)b : (uint64_t)b - (uint64_t)a;
	return distance <= (uint64_t)bar_s;
}

/* "3 hours ago", "2 weeks ago": the unit grows with the age. */
static int64_t
relative_bar_s(int64_t first_seen_s, int64_t at_s)
{
	enum { hour = 3600, day = 86400 };
	static const struct {
		int64_t age_s, bar_s;
	} units[] = {
	    {2 * day, hour},
	    {14 * day, day},
	    {60 * day, 7 * day},
	    {730 * day, 31 * day},
	};
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (is_within(first_seen_s, at_s, units[i].age_s))
			return units[i].bar_s;
	return 366 * day;
}

/* How far from at_s the true moment may be. */
static int64_t
error_bar_s(const struct article *article)
{
	enum { day = 86400 };
	switch (article->published.precision) {
	case PRECISION_SECOND:
		return 1;
	case PRECISION_MINUTE:
		return 59;
	case PRECISION_RELATIVE:
		return relative_bar_s(
		    article->first_seen_s, article->published.at_s);
	case PRECISION_DAY:
		return day - 1;
	case PRECISION_MONTH:
		return 31 * day;
	case PRECISION_YEAR:
		return 366 * day;
	case PRECISION_NONE:
		break;
	}
	return INT64_MAX;
}

static bool
is_explicit(struct moment moment)
{
	return moment.precision != PRECISION_NONE &&
	       moment.precision != PRECISION_RELATIVE;
}

/*
 * Some pages move an article's date when they edit it.  What is not after the
 * last change was answered then already (or is a correction of the past, which
 * DESIGN.md P9 leaves frozen); what is after now is no edit.
 */
static bool
is_date_moved(
    const struct article *known, const struct article *seen, int64_t now_s)
{
	struct moment old = known->published, new = seen->published;
	if (!is_explicit(new) || old.precision == PRECISION_NONE ||
	    new.precision < old.precision)
		return false;
	int64_t bar_s = error_bar_s(known);
	/* two days are two days, also in a zone that lost an hour or is
	 * configured anew */
	if (old.precision == PRECISION_DAY && new.precision == PRECISION_DAY)
		bar_s = 20 * 3600;
	return !is_within(new.at_s, old.at_s, bar_s) &&
	       new.at_s > known->changed_s &&new.at_s <= now_s;
}

static bool
is_date_refined(const struct article *known, const struct article *seen)
{
	return is_explicit(seen->published) &&
	       seen->published.precision > known->published.precision &&
	       is_within(seen->published.at_s, known->published.at_s,
		   error_bar_s(known));
}

static int64_t
minute_of(int64_t at_s)
{
	return at_s / 60 - (at_s % 60 < 0);
}

/* Equal to the minute; a relative date is none that could be compared. */
static bool
is_same_minute(struct moment a, struct moment b)
{
	return a.precision >= PRECISION_MINUTE &&
	       b.precision >= PRECISION_MINUTE &&
	       minute_of(a.at_s) == minute_of(b.at_s);
}

/*
 * One of them says the day alone, and the other is within it.  A day begins
 * where the page's zone has its midnight, and that may be configured anew, or
 * lose an hour.
 */
static bool
is_same_day(struct moment a, struct moment b)
{
	enum { hour = 3600 };
	if (a.precision > b.precision)
		return is_same_day(b, a);
	if (a.precision != PRECISION_DAY)
		return false;
	if (b.precision == PRECISION_DAY)
		return is_within(a.at_s, b.at_s, 20 * hour);
	return b.at_s >= a.at_s && b.at_s - a.at_s < 25 * hour;
}

enum { FRESH = -1, DROPPED = -2 };

struct matching {
	const struct articles *known, *seen;
	char **ids;       /* of seen, as they would be minted */
	char **seen_keys; /* url_key of the link */
	char **known_keys;
	ptrdiff_t *match;     /* of seen: place in known, FRESH or DROPPED */
	bool *is_taken;       /* of known */
	bool *is_link_needed; /* of known: another seen one was told by it */
	bool *is_renamed;     /* of seen: told by title and time alone */
	ptrdiff_t *same_day;  /* of seen: place in known, by title and day */
	size_t day_count;     /* of those */
};

/* Of articles with one string only the first stays. */
static void
drop_repeated(struct matching *m, char *const *strings)
{
	struct index index = index_new(m->seen->count);
	for (size_t i = 0; i < m->seen->count; i++)
		index_add(&index, strings[i], i);
	index_sort(&index);
	for (size_t at = 0; at < index.count;) {
		size_t run = index_run(&index, at);
		for (size_t i = 1; i < run; i++)
			m->match[index.list[at + i].place] = DROPPED;
		at += run;
	}
	free(index.list);
}

static bool
has_key(const struct article *article)
{
	return article->key != NULL && article->key[0] != '\0';
}

static void
take(struct matching *m, size_t seen, size_t known)
{
	m->match[seen] = (ptrdiff_t)known;
	m->is_taken[known] = true;
}

/*
 * The known article with this string.  If it is taken already, this one is the
 * same again under an old address, which then stays; but one with a number of
 * its own (article-link) is an article of its own.
 */
static void
match_string(struct matching *m, const struct index *index, size_t seen,
    const char *string)
{
	size_t at = index_find(index, string);
	if (m->match[seen] != FRESH || at == index->count)
		return;
	size_t known = index->list[at].place;
	if (!m->is_taken[known]) {
		take(m, seen, known);
	} else if (!has_key(&m->seen->list[seen])) {
		m->match[seen] = DROPPED;
		m->is_link_needed[known] = true;
	}
}

static void
match_ids(struct matching *m)
{
	struct index index = index_new(m->known->count);
	for (size_t i = 0; i < m->known->count; i++)
		index_add(&index, m->known->list[i].id, i);
	index_sort(&index);
	for (size_t i = 0; i < m->seen->count; i++)
		match_string(m, &index, i, m->ids[i]);
	free(index.list);
}

/* The same number under another authority: the site has moved, or id-authority
 * was set.  What was minted stays. */
static void
match_specifics(struct matching *m)
{
	struct index index = index_new(m->known->count);
	for (size_t i = 0; i < m->known->count; i++)
		if (m->known->list[i].id != NULL)
			index_add(
			    &index, identity_specific(m->known->list[i].id), i);
	index_sort(&index);
	for (size_t i = 0; i < m->seen->count; i++)
		if (m->ids[i] != NULL && has_key(&m->seen->list[i]))
			match_string(
			    m, &index, i, identity_specific(m->ids[i]));
	free(index.list);
}

static void
match_links(struct matching *m)
{
	struct index index = index_new(m->known->count);
	for (size_t i = 0; i < m->known->count; i++)
		index_add(&index, m->known->list[i].link, i);
	index_sort(&index);
	for (size_t i = 0; i < m->seen->count; i++)
		match_string(m, &index, i, m->seen->list[i].link);
	free(index.list);
}

static void
match_keys(struct matching *m)
{
	struct index index = index_new(m->known->count);
	for (size_t i = 0; i < m->known->count; i++)
		index_add(&index, m->known_keys[i], i);
	index_sort(&index);
	for (size_t i = 0; i < m->seen->count; i++)
		match_string(m, &index, i, m->seen_keys[i]);
	free(index.list);
}

/* The longest run of digits after the host, "" if it has less than five. */
static void
find_number(const char *link, const char **number, size_t *length)
{
	const char *host = strstr(link, "://");
	const char *at = host == NULL ? link : host + 3;
	*length = 4;
	for (at += strcspn(at, "/?"); *at != '\0';) {
		size_t digits = strspn(at, "0123456789");
		if (digits > *length) {
			*number = at;
			*length = digits;
		}
		at += digits > 0 ? digits : 1;
	}
	if (*length == 4)
		*length = 0;
}

/* The same place on another host, or the same number in an address of another
 * form: what a site that moves or is built anew keeps. */
static bool
is_same_place(const char *a, const char *b)
{
	const char *one = NULL, *two = NULL;
	size_t one_length, two_length;
	char *a_path = url_path(a), *b_path = url_path(b);
	bool same = a_path != NULL && b_path != NULL &&
		    strcmp(a_path, "/") != 0 && strcmp(a_path, b_path) == 0;
	free(b_path);
	free(a_path);
	find_number(a, &one, &one_length);
	find_number(b, &two, &two_length);
	return same || (one_length > 0 && one_length == two_length &&
			   memcmp(one, two, one_length) == 0);
}

/* By the title, unique on both sides, and one sign more. */
static void
match_title(struct matching *m, size_t i, size_t k)
{
	const struct article *known = &m->known->list[k];
	const struct article *seen = &m->seen->list[i];
	if (m->match[i] != FRESH || m->is_taken[k])
		return;
	bool same_place =
	    known->link != NULL && is_same_place(known->link, seen->link);
	if (!same_place && !is_same_minute(known->published, seen->published)) {
		if (is_same_day(known->published, seen->published) &&
		    text_cells(seen->title) >= TITLE_CELLS) {
			m->same_day[i] = (ptrdiff_t)k;
			m->day_count++;
		}
		return;
	}
	take(m, i, k);
	m->is_renamed[i] = !same_place;
}

static void
match_titles(struct matching *m)
{
	struct index known = index_new(m->known->count);
	struct index seen = index_new(m->seen->count);
	for (size_t i = 0; i < m->known->count; i++)
		index_add(&known, m->known->list[i].title, i);
	for (size_t i = 0; i < m->seen->count; i++)
		if (m->match[i] != DROPPED)
			index_add(&seen, m->seen->list[i].title, i);
	index_sort(&known);
	index_sort(&seen);
	for (size_t at = 0; at < seen.count;) {
		size_t run = index_run(&seen, at);
		size_t k = index_find(&known, seen.list[at].string);
		if (run == 1 && k < known.count && index_run(&known, k) == 1)
			match_title(
			    m, seen.list[at].place, known.list[k].place);
		at += run;
	}
	free(seen.list);
	free(known.list);
}

static bool
is_another_kind(const char *a, const char *b)
{
	char *one = a != NULL ? link_kind(a) : NULL, *two = link_kind(b);
	bool differs = one != NULL && strcmp(one, two) != 0;
	free(two);
	free(one);
	return differs;
}

/*
 * By a title and the day, where the site has other addresses than it had: a
 * column that comes twice a day has the same form of address both times, while
 * a paper that is built anew gives another to all that it shows.
 */
static void
match_days(struct matching *m)
{
	for (size_t i = 0; m->day_count > 0 && i < m->seen->count; i++) {
		if (m->same_day[i] == FRESH)
			continue;
		size_t k = (size_t)m->same_day[i];
		if (m->match[i] != FRESH || m->is_taken[k] ||
		    (m->day_count < MANY_DAYS &&
			!is_another_kind(
			    m->known->list[k].link, m->seen->list[i].link)))
			continue;
		take(m, i, k);
		m->is_renamed[i] = true;
	}
}

static void
strings_free(char **strings, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(strings[i]);
	free(strings);
}

/* Title and place in one string, or NULL. */
static char *
title_and_path(const struct article *article)
{
	char *path = article->link != NULL ? url_path(article->link) : NULL;
	char *both = path != NULL && strcmp(path, "/") != 0
			 ? xasprintf("%s\n%s", path, article->title)
			 : NULL;
	free(path);
	return both;
}

/* A number of eight digits may be a day, which many share. */
static char *
title_and_number(const struct article *article)
{
	const char *number = NULL;
	size_t length = 0;
	if (article->link != NULL)
		find_number(article->link, &number, &length);
	return length > 8
		   ? xasprintf("%.*s\n%s", (int)length, number, article->title)
		   : NULL;
}

/* One article that the page links on two of the paper's hosts. */
static void
drop_on_two_hosts(struct matching *m)
{
	char **signs = xcalloc(m->seen->count, sizeof(*signs));
	for (size_t i = 0; i < m->seen->count; i++)
		if (m->seen->list[i].title != NULL &&
		    m->seen->list[i].title[0] != '\0')
			signs[i] = title_and_path(&m->seen->list[i]);
	drop_repeated(m, signs);
	strings_free(signs, m->seen->count);
}

typedef char *twin_sign(const struct article *);

/* The signs of those that are not matched yet. */
static char **
twin_signs(const struct articles *articles, twin_sign *sign,
    struct index *index, const struct matching *m, bool is_known)
{
	char **signs = xcalloc(articles->count, sizeof(*signs));
	*index = index_new(articles->count);
	for (size_t i = 0; i < articles->count; i++) {
		const struct article *article = &articles->list[i];
		if ((is_known ? m->is_taken[i] : m->match[i] != FRESH) ||
		    article->title == NULL || article->title[0] == '\0')
			continue;
		signs[i] = sign(article);
		index_add(index, signs[i], i);
	}
	index_sort(index);
	return signs;
}

/* A title that many have tells nothing by itself ("Today's weather"), but with
 * its place it does, where that pair is unique on both sides. */
static void
match_twins(struct matching *m, twin_sign *sign)
{
	struct index known, seen;
	char **known_signs = twin_signs(m->known, sign, &known, m, true);
	char **seen_signs = twin_signs(m->seen, sign, &seen, m, false);
	for (size_t at = 0; at < seen.count;) {
		size_t run = index_run(&seen, at);
		size_t k = index_find(&known, seen.list[at].string);
		if (run == 1 && k < known.count && index_run(&known, k) == 1)
			take(m, seen.list[at].place, known.list[k].place);
		at += run;
	}
	free(seen.list);
	free(known.list);
	strings_free(seen_signs, m->seen->count);
	strings_free(known_signs, m->known->count);
}

static bool
has_fresh(const struct matching *m)
{
	bool any = false;
	for (size_t i = 0; i < m->seen->count; i++)
		any |= m->match[i] == FRESH;
	return any;
}

static char **
keys_of(const struct articles *articles)
{
	char **keys = xcalloc(articles->count, sizeof(*keys));
	for (size_t i = 0; i < articles->count; i++)
		if (articles->list[i].link != NULL)
			keys[i] = url_key(articles->list[i].link);
	return keys;
}

static void
matching_begin(struct matching *m, const struct articles *known,
    const struct articles *seen, const char *authority)
{
	*m = (struct matching){
	    .known = known,
	    .seen = seen,
	    .ids = xcalloc(seen->count, sizeof(*m->ids)),
	    .seen_keys = keys_of(seen),
	    .known_keys = keys_of(known),
	    .match = xcalloc(seen->count, sizeof(*m->match)),
	    .is_taken = xcalloc(known->count, sizeof(*m->is_taken)),
	    .is_link_needed = xcalloc(known->count, sizeof(bool)),
	    .is_renamed = xcalloc(seen->count, sizeof(*m->is_renamed)),
	    .same_day = xcalloc(seen->count, sizeof(*m->same_day)),
	};
	for (size_t i = 0; i < seen->count; i++) {
		const struct article *article = &seen->list[i];
		bool has_link = article->link != NULL && *article->link != '\0';
		m->match[i] = has_link ? FRESH : DROPPED;
		m->same_day[i] = FRESH;
		if (has_link)
			m->ids[i] = identity_of_article(article, authority);
	}
}

static void
matching_end(struct matching *m)
{
	free(m->same_day);
	free(m->is_renamed);
	free(m->is_link_needed);
	free(m->is_taken);
	free(m->match);
	strings_free(m->known_keys, m->known->count);
	strings_free(m->seen_keys, m->seen->count);
	strings_free(m->ids, m->seen->count);
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static struct article
article_mint(const struct article *seen, const char *id, int64_t now_s)
{
	struct article fresh = article_copy(seen);
	free(fresh.id);
	fresh.id = xstrdup(id);
	fresh.first_seen_s = fresh.changed_s = fresh.last_seen_s = now_s;
	return fresh;
}

/* known's field becomes seen's, if there is one. */
static void
replace(char **known, const char *seen)
{
	if (seen == NULL || seen[0] == '\0')
		return;
	free(*known);
	*known = xstrdup(seen);
}

/* All that was seen comes in, but the link; `edited` is a copy of known. */
static void
article_edit(struct article *edited, const struct article *known,
    const struct article *seen, int64_t now_s)
{
	replace(&edited->key, seen->key);
	if (is_another_text(known->title, seen->title))
		replace(&edited->title, seen->title);
	if (is_another_text(known->text, seen->text))
		replace(&edited->text, seen->text);
	replace(&edited->author, seen->author);
	replace(&edited->image, seen->image);
	replace(&edited->category, seen->category);
	if (is_date_refined(known, seen))
		edited->published = seen->published;
	edited->changed_s = later(known->changed_s, now_s);
}

/*
 * A row that was read back from a published feed has not been seen on a page
 * since (last_seen_s 0): what such a feed does not carry, or carries cut, is no
 * news when the page shows it.
 */
static bool
is_filled(const struct article *known, const struct article *seen)
{
	bool has_text = seen->text != NULL && seen->text[0] != '\0';
	return known->last_seen_s == 0 && known->title != NULL &&
	       ((has_text && (known->text == NULL ||
				 wording_is_cut(known->text, seen->text))) ||
		   (known->category == NULL && seen->category != NULL));
}

static void
article_fill(struct article *filled, const struct article *seen)
{
	if (filled->text == NULL ||
	    (seen->text != NULL && wording_is_cut(filled->text, seen->text)))
		replace(&filled->text, seen->text);
	replace(&filled->category, seen->category);
}

static bool
is_material(
    const struct article *known, const struct article *seen, int64_t now_s)
{
	return is_another_text(known->title, seen->title) ||
	       (is_another_text(known->text, seen->text) &&
		   (known->text != NULL || known->last_seen_s != 0)) ||
	       is_another_picture(known->image, seen->image) ||
	       is_date_moved(known, seen, now_s);
}

/* Seen article i is a known one. */
static void
difference_add(struct difference *difference, const struct matching *m,
    size_t i, int64_t now_s)
{
	size_t k = (size_t)m->match[i];
	const struct article *known = &m->known->list[k];
	const struct article *seen = &m->seen->list[i];
	/* a stub has shrunk to its id and link (DESIGN.md P2): all of it
	 * would look new, and it must not be announced again */
	bool is_changed = known->title != NULL &&
			  (m->is_renamed[i] || is_material(known, seen, now_s));
	struct articles *list =
	    is_changed ? &difference->changed : &difference->seen;
	struct article article = article_copy(known);
	if (is_changed) {
		article_edit(&article, known, seen, now_s);
		if (!m->is_link_needed[k])
			replace(&article.link, seen->link);
	} else if (is_filled(known, seen)) {
		article_fill(&article, seen);
		list = &difference->filled;
	}
	article.last_seen_s = later(known->last_seen_s, now_s);
	articles_add(list, article);
}

/*
 * A list met for the first time, without dates: all of it was first seen now,
 * and feed readers sort by time alone.  A second between each keeps its order.
 */
static void
spread_undated(struct articles *fresh)
{
	int64_t behind_s = 0;
	for (size_t i = 0; i < fresh->count; i++)
		if (fresh->list[i].published.precision == PRECISION_NONE)
			fresh->list[i].first_seen_s -= behind_s++;
}

void
diff_articles(const struct articles *known, const struct articles *seen,
    const char *id_authority, int64_t now_s, struct difference *difference)
{
	struct matching m;
	matching_begin(&m, known, seen, id_authority);
	drop_repeated(&m, m.ids);
	drop_repeated(&m, m.seen_keys);
	drop_on_two_hosts(&m);
	/* the surest sign first, for all articles, then the next */
	match_ids(&m);
	match_specifics(&m);
	match_links(&m);
	match_keys(&m);
	match_titles(&m);
	if (has_fresh(&m)) {
		match_twins(&m, title_and_path);
		match_twins(&m, title_and_number);
		match_days(&m);
	}
	*difference = (struct difference){0};
	for (size_t i = 0; i < seen->count; i++) {
		if (m.match[i] == FRESH)
			articles_add(&difference->fresh,
			    article_mint(&seen->list[i], m.ids[i], now_s));
		else if (m.match[i] != DROPPED)
			difference_add(difference, &m, i, now_s);
	}
	if (known->count == 0)
		spread_undated(&difference->fresh);
	matching_end(&m);
}

void
difference_calm(struct difference *difference, const struct articles *known)
{
	struct articles *changed = &difference->changed;
	struct index ids = index_new(known->count);
	for (size_t i = 0; i < known->count; i++)
		index_add(&ids, known->list[i].id, i);
	index_sort(&ids);
	for (size_t i = 0; i < changed->count; i++) {
		struct article *article = &changed->list[i];
		size_t at = index_find(&ids, article->id);
		if (at < ids.count)
			article->changed_s =
			    known->list[ids.list[at].place].changed_s;
		articles_add(&difference->filled, *article);
	}
	free(ids.list);
	free(changed->list); /* its articles have moved */
	*changed = (struct articles){0};
}

void
difference_clear(struct difference *difference)
{
	articles_clear(&difference->seen);
	articles_clear(&difference->changed);
	articles_clear(&difference->filled);
	articles_clear(&difference->fresh);
}
