#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "feed/diff.h"
#include "feed/memory.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define AUTHORITY "example.com"
#define TAG "tag:example.com,2026:"

enum { MINUTE = 60, HOUR = 3600, DAY = 86400 };

/* The article was first seen at noon, with the date of that morning; the round
 * is a day later. */
#define MIDNIGHT INT64_C(1709596800) /* 2024-03-05T00:00:00Z */
#define MORNING (MIDNIGHT + 9 * HOUR)
#define FIRST_SEEN (MIDNIGHT + 12 * HOUR)
#define NOW (FIRST_SEEN + DAY)

enum outcome { FRESH, CHANGED, SEEN };

/* What each row starts from; rows name what differs. */
static const struct article base = {
    .id = TAG "1",
    .key = "1",
    .link = "https://example.com/article/1",
    .title = "Parliament passes the bill",
    .text = "First paragraph of it.\nSecond paragraph.",
    .author = "Kim",
    .image = "https://cdn.example.com/2024/0640/photo-20240305.jpg",
    .category = "Politics",
    .published = {MORNING, PRECISION_MINUTE},
    .first_seen_s = FIRST_SEEN,
    .changed_s = FIRST_SEEN,
    .last_seen_s = FIRST_SEEN,
    .position = 4,
};

static char same[] = "as in base";

/* The seen article's fields, and for dates the known one's too. */
struct edit {
	const char *name;
	enum outcome outcome;
	const char *title, *text, *image, *author, *link;
	struct moment known, seen;
};

#define DATE                                                                   \
	{MORNING, PRECISION_MINUTE},                                           \
	{                                                                      \
		MORNING, PRECISION_MINUTE                                      \
	}

static const struct edit edits[] = {
    {"the same", SEEN, same, same, same, same, same, DATE},
    /* titles */
    {"title", CHANGED, "Parliament rejects the bill", same, same, same, same,
	DATE},
    {"title: white space", SEEN, " Parliament  passes the\nbill ", same, same,
	same, same, DATE},
    {"title: case", CHANGED, "Parliament Passes The Bill", same, same, same,
	same, DATE},
    {"title: gone", SEEN, NULL, same, same, same, same, DATE},
    {"title: empty", SEEN, "", same, same, same, same, DATE},
    {"title: cut", SEEN, "Parliament passes\xe2\x80\xa6", same, same, same,
	same, DATE},
    {"title: cut with dots", SEEN, "Parliament pas...", same, same, same, same,
	DATE},
    {"title: cut of another", CHANGED, "Parliament rejects\xe2\x80\xa6", same,
	same, same, same, DATE},
    {"title: shorter, not cut", CHANGED, "Parliament passes", same, same, same,
	same, DATE},
    {"title: longer", CHANGED, "Parliament passes the bill at last", same, same,
	same, same, DATE},
    {"title: a space more inside a word", CHANGED,
	"Parlia ment passes the bill", same, same, same, same, DATE},
    /* texts */
    {"text", CHANGED, same, "First paragraph.", same, same, same, DATE},
    {"text: white space", SEEN, same,
	"First  paragraph of it. Second paragraph.\n", same, same, same, DATE},
    {"text: gone", SEEN, same, NULL, same, same, same, DATE},
    {"text: cut", SEEN, same, "First paragraph of\xe2\x80\xa6", same, same,
	same, DATE},
    {"text: cut after the newline", SEEN, same,
	"First paragraph of it. Sec \xe2\x80\xa6 ", same, same, same, DATE},
    {"text: cut, another sign", SEEN, same, "First paragraph \xe2\x8b\xaf",
	same, same, same, DATE},
    {"text: nothing but an ellipsis", SEEN, same, "\xe2\x80\xa6", same, same,
	same, DATE},
    {"text: one full stop is no cut", CHANGED, same, "First paragraph.", same,
	same, same, DATE},
    {"text: more", CHANGED, same,
	"First paragraph of it.\nSecond paragraph.\nThird.", same, same, same,
	DATE},
    {"text: more, and cut", CHANGED, same,
	"First paragraph of it.\nSecond paragraph.\nThi\xe2\x80\xa6", same,
	same, same, DATE},
    {"text: quotes, dashes, entities; test_wording.c has more", SEEN, same,
	"First\xc2\xa0paragraph of it. &nbsp; Second paragraph.", same, same,
	same, DATE},
    /* pictures; test_picture.c has more */
    {"image", CHANGED, same, same,
	"https://cdn.example.com/2024/0640/photo-20240306.jpg", same, same,
	DATE},
    {"image: another size", SEEN, same, same,
	"https://cdn.example.com/2024/0480/photo-20240305.jpg", same, same,
	DATE},
    {"image: another size and host", SEEN, same, same,
	"http://img.example.org/.cache/512/photo-20240305-300x200.webp?w=3",
	same, same, DATE},
    {"image: gone", SEEN, same, same, NULL, same, same, DATE},
    /* what is not material */
    {"author", SEEN, same, same, same, "Lee", same, DATE},
    {"link", SEEN, same, same, same, same, "http://m.example.com/v/1", DATE},
    /* dates: known, then seen */
    {"date: moved", CHANGED, same, same, same, same, same,
	{MORNING, PRECISION_MINUTE}, {FIRST_SEEN + HOUR, PRECISION_MINUTE}},
    {"date: moved to now", CHANGED, same, same, same, same, same,
	{MORNING, PRECISION_MINUTE}, {NOW, PRECISION_SECOND}},
    {"date: moved, answered before", SEEN, same, same, same, same, same,
	{MORNING, PRECISION_MINUTE}, {FIRST_SEEN, PRECISION_MINUTE}},
    {"date: moved back", SEEN, same, same, same, same, same,
	{MORNING, PRECISION_MINUTE}, {MORNING - HOUR, PRECISION_MINUTE}},
    {"date: moved ahead of now", SEEN, same, same, same, same, same,
	{MORNING, PRECISION_MINUTE}, {NOW + 1, PRECISION_MINUTE}},
    {"date: far ahead", SEEN, same, same, same, same, same,
	{MORNING, PRECISION_MINUTE}, {INT64_MAX, PRECISION_SECOND}},
    {"date: far back", SEEN, same, same, same, same, same,
	{INT64_MAX, PRECISION_SECOND}, {INT64_MIN, PRECISION_SECOND}},
    {"date: relative of long ago", SEEN, same, same, same, same, same,
	{INT64_MIN, PRECISION_RELATIVE}, {INT64_MAX, PRECISION_MINUTE}},
    {"date: a month, then a minute of it", SEEN, same, same, same, same, same,
	{MIDNIGHT, PRECISION_MONTH}, {NOW, PRECISION_MINUTE}},
    {"date: a year, then a minute of the next", SEEN, same, same, same, same,
	same, {MIDNIGHT, PRECISION_YEAR},
	{MIDNIGHT + 367 * DAY, PRECISION_MINUTE}},
    {"date: gone", SEEN, same, same, same, same, same,
	{MORNING, PRECISION_MINUTE}, {0, PRECISION_NONE}},
    {"date: appeared", SEEN, same, same, same, same, same, {0, PRECISION_NONE},
	{NOW - HOUR, PRECISION_MINUTE}},
    {"date: relative", SEEN, same, same, same, same, same,
	{MORNING, PRECISION_MINUTE}, {NOW - HOUR, PRECISION_RELATIVE}},
    {"date: relative after relative", SEEN, same, same, same, same, same,
	{FIRST_SEEN - HOUR, PRECISION_RELATIVE},
	{NOW - HOUR, PRECISION_RELATIVE}},
    {"date: a day after relative", SEEN, same, same, same, same, same,
	{FIRST_SEEN - HOUR, PRECISION_RELATIVE},
	{MIDNIGHT + DAY, PRECISION_DAY}},
    {"date: worse precision", SEEN, same, same, same, same, same,
	{MORNING, PRECISION_MINUTE}, {MIDNIGHT + DAY, PRECISION_DAY}},
    {"date: better, inside the day", SEEN, same, same, same, same, same,
	{MIDNIGHT, PRECISION_DAY}, {FIRST_SEEN + HOUR, PRECISION_MINUTE}},
    {"date: better, the next day", CHANGED, same, same, same, same, same,
	{MIDNIGHT, PRECISION_DAY}, {MIDNIGHT + DAY, PRECISION_MINUTE}},
    {"date: the next day", CHANGED, same, same, same, same, same,
	{MIDNIGHT, PRECISION_DAY}, {MIDNIGHT + DAY, PRECISION_DAY}},
    {"date: the next day, an hour short", CHANGED, same, same, same, same, same,
	{MIDNIGHT, PRECISION_DAY}, {MIDNIGHT + 23 * HOUR, PRECISION_DAY}},
    {"date: the same day in another zone", SEEN, same, same, same, same, same,
	{MIDNIGHT, PRECISION_DAY}, {MIDNIGHT + 14 * HOUR, PRECISION_DAY}},
    {"date: seconds inside the minute", SEEN, same, same, same, same, same,
	{FIRST_SEEN, PRECISION_MINUTE}, {FIRST_SEEN + 59, PRECISION_SECOND}},
    {"date: seconds outside the minute", CHANGED, same, same, same, same, same,
	{FIRST_SEEN, PRECISION_MINUTE}, {FIRST_SEEN + 60, PRECISION_SECOND}},
    {"date: two seconds", CHANGED, same, same, same, same, same,
	{FIRST_SEEN, PRECISION_SECOND}, {FIRST_SEEN + 2, PRECISION_SECOND}},
};

static const char *
or_base(const char *field, const char *as_in_base)
{
	return field == same ? as_in_base : field;
}

static struct article
seen_of(const struct edit *edit)
{
	return (struct article){
	    .key = base.key,
	    .link = (char *)or_base(edit->link, base.link),
	    .title = (char *)or_base(edit->title, base.title),
	    .text = (char *)or_base(edit->text, base.text),
	    .author = (char *)or_base(edit->author, base.author),
	    .image = (char *)or_base(edit->image, base.image),
	    .category = "Economy",
	    .published = edit->seen,
	    .position = 17,
	};
}

static void
diff_lists(const struct article *known, size_t known_count,
    const struct article *seen, size_t seen_count, int64_t now_s,
    struct difference *difference)
{
	struct articles k = {
	    .list = (struct article *)known, .count = known_count};
	struct articles s = {
	    .list = (struct article *)seen, .count = seen_count};
	diff_articles(&k, &s, AUTHORITY, now_s, difference);
}

static bool
is_counted(const struct difference *difference, size_t fresh, size_t changed,
    size_t seen)
{
	return difference->fresh.count == fresh &&
	       difference->changed.count == changed &&
	       difference->seen.count == seen;
}

/* What a known article keeps, whatever happened to it. */
static bool
is_kept(const struct article *known, const struct article *now)
{
	return strcmp(now->id, known->id) == 0 &&
	       now->first_seen_s == known->first_seen_s &&
	       now->published.at_s == known->published.at_s &&
	       now->published.precision == known->published.precision &&
	       now->position == known->position && now->last_seen_s == NOW &&
	       now->title != NULL && now->text != NULL && now->image != NULL;
}

static bool
is_untouched(const struct article *a, const struct article *b)
{
	return strcmp(a->title, b->title) == 0 &&
	       strcmp(a->text, b->text) == 0 &&
	       strcmp(a->image, b->image) == 0 &&
	       strcmp(a->author, b->author) == 0 &&
	       strcmp(a->link, b->link) == 0 &&
	       strcmp(a->category, b->category) == 0 &&
	       a->changed_s == b->changed_s;
}

static bool
is_right_edit(const struct edit *edit)
{
	struct article known = base, seen = seen_of(edit);
	known.published = edit->known;
	struct difference d;
	diff_lists(&known, 1, &seen, 1, NOW, &d);
	bool is_right =
	    is_counted(&d, 0, edit->outcome == CHANGED, edit->outcome == SEEN);
	if (is_right && edit->outcome == SEEN)
		is_right = is_kept(&known, &d.seen.list[0]) &&
			   is_untouched(&known, &d.seen.list[0]);
	if (is_right && edit->outcome == CHANGED) {
		const struct article *now = &d.changed.list[0];
		is_right = is_kept(&known, now) && now->changed_s == NOW &&
			   strcmp(now->author, seen.author) == 0 &&
			   strcmp(now->category, seen.category) == 0;
		/* the same page again is no news: else `updated` would move
		 * in every round */
		struct difference again;
		diff_lists(now, 1, &seen, 1, NOW + HOUR, &again);
		is_right = is_right && is_counted(&again, 0, 0, 1);
		difference_clear(&again);
	}
	difference_clear(&d);
	return is_right;
}

static void
test_edits(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(edits); i++) {
		if (is_right_edit(&edits[i]))
			continue;
		print_error("%s\n", edits[i].name);
		failed++;
	}
	assert_int_equal(failed, 0);
}

/* All seen fields come with a material edit, but those that are absent or
 * cut. */
static void
test_edit_takes_fields(void **state)
{
	(void)state;
	struct article known = base;
	known.published = (struct moment){MIDNIGHT, PRECISION_DAY};
	struct article seen = {
	    .link = "https://www.example.com/article/1",
	    .key = "1",
	    .title = "Another",
	    .text = "First\xe2\x80\xa6",
	    .image = "https://cdn.example.com/2024/0480/photo-20240305.jpg",
	    .published = {MORNING, PRECISION_MINUTE},
	};
	struct difference d;
	diff_lists(&known, 1, &seen, 1, NOW, &d);
	assert_true(is_counted(&d, 0, 1, 0));
	const struct article *now = &d.changed.list[0];
	assert_string_equal(now->id, base.id);
	assert_string_equal(now->title, "Another");
	assert_string_equal(now->text, base.text);
	assert_string_equal(now->image, seen.image);
	assert_string_equal(now->link, seen.link);
	assert_string_equal(now->author, base.author);
	assert_string_equal(now->category, base.category);
	/* more precise, inside the day (DESIGN.md P9) */
	assert_true(now->published.at_s == MORNING);
	assert_int_equal(now->published.precision, PRECISION_MINUTE);
	assert_true(now->first_seen_s == FIRST_SEEN && now->changed_s == NOW);
	difference_clear(&d);
	/* a relative date refines nothing */
	seen.published.precision = PRECISION_RELATIVE;
	diff_lists(&known, 1, &seen, 1, NOW, &d);
	assert_true(d.changed.list[0].published.at_s == MIDNIGHT);
	difference_clear(&d);
	/* where there was none, a field appears */
	known.text = NULL;
	seen.title = base.title;
	diff_lists(&known, 1, &seen, 1, NOW, &d);
	assert_true(is_counted(&d, 0, 1, 0));
	assert_string_equal(d.changed.list[0].text, seen.text);
	difference_clear(&d);
}

/* A row read back from a feed: what the feed did not carry is no news. */
static void
test_filled(void **state)
{
	(void)state;
	static const struct {
		const char *name, *known, *seen;
		int64_t last_seen_s;
		int outcome; /* 0: filled, else enum outcome */
	} rows[] = {
	    {"no text", NULL, "All of it.", 0, 0},
	    {"a text that was cut", "All\xe2\x80\xa6", "All of it.", 0, 0},
	    {"another text", "None", "All of it.", 0, CHANGED},
	    {"another text, cut", "None\xe2\x80\xa6", "All of it.", 0, CHANGED},
	    {"the same", "All of it.", "All of it.", 0, 0},
	    {"no text, seen before", NULL, "All of it.", NOW - 1, CHANGED},
	    {"cut, seen before", "All\xe2\x80\xa6", "All of it.", NOW - 1,
		SEEN},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct article known = base, seen = base;
		known.text = (char *)rows[i].known;
		known.last_seen_s = rows[i].last_seen_s;
		known.category = NULL;
		seen.text = (char *)rows[i].seen;
		struct difference d;
		diff_lists(&known, 1, &seen, 1, NOW, &d);
		if (d.filled.count != (rows[i].outcome == 0) ||
		    d.changed.count != (rows[i].outcome == CHANGED) ||
		    d.seen.count != (rows[i].outcome == SEEN) ||
		    d.fresh.count != 0)
			fail_msg("%s", rows[i].name);
		if (rows[i].outcome == 0) {
			const struct article *now = &d.filled.list[0];
			assert_string_equal(now->text, "All of it.");
			assert_string_equal(now->category, base.category);
			assert_true(now->changed_s == known.changed_s);
			assert_true(now->last_seen_s == NOW);
		}
		difference_clear(&d);
	}
}

/* How precise a frozen relative date is depends on how old it was then. */
static void
test_relative_is_refined(void **state)
{
	(void)state;
	static const struct {
		int64_t age_s, off_s;
		bool is_refined;
	} rows[] = {
	    {3 * HOUR, 50 * MINUTE, true},
	    {3 * HOUR, 70 * MINUTE, false},
	    {5 * DAY, 20 * HOUR, true},
	    {5 * DAY, 30 * HOUR, false},
	    {20 * DAY, 6 * DAY, true},
	    {20 * DAY, 8 * DAY, false},
	    {300 * DAY, 30 * DAY, true},
	    {300 * DAY, 32 * DAY, false},
	    {1000 * DAY, 300 * DAY, true},
	    {1000 * DAY, 370 * DAY, false},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct article known = base, seen = base;
		known.published.at_s = FIRST_SEEN - rows[i].age_s;
		known.published.precision = PRECISION_RELATIVE;
		seen.published.at_s = known.published.at_s - rows[i].off_s;
		seen.title = "Another";
		struct difference d;
		diff_lists(&known, 1, &seen, 1, NOW, &d);
		assert_true(is_counted(&d, 0, 1, 0));
		bool is_refined =
		    d.changed.list[0].published.at_s == seen.published.at_s;
		if (is_refined != rows[i].is_refined)
			fail_msg("row %zu", i);
		difference_clear(&d);
	}
}

static void
test_fresh(void **state)
{
	(void)state;
	struct article seen[2] = {base, base};
	seen[0].id = "rubbish from the page"; /* never taken */
	seen[0].first_seen_s = seen[0].changed_s = 7;
	seen[1].key = NULL;
	seen[1].link = "https://example.com/other";
	seen[1].published.at_s = NOW + DAY;
	struct difference d;
	diff_lists(NULL, 0, seen, 2, NOW, &d);
	assert_true(is_counted(&d, 2, 0, 0));
	const struct article *fresh = d.fresh.list;
	assert_string_equal(fresh[0].id, TAG "1");
	assert_string_equal(fresh[1].id, "https://example.com/other");
	assert_string_equal(fresh[0].title, base.title);
	assert_string_equal(fresh[0].category, base.category);
	for (int i = 0; i < 2; i++) {
		assert_true(fresh[i].first_seen_s == NOW);
		assert_true(fresh[i].changed_s == NOW);
		assert_true(fresh[i].last_seen_s == NOW);
		assert_int_equal(fresh[i].position, base.position);
	}
	assert_true(fresh[0].published.at_s == MORNING);
	/* shown clamped (DESIGN.md P9) */
	assert_true(article_published_s(&fresh[1]) == NOW);
	difference_clear(&d);
	difference_clear(&d);
}

/* On the first import, and then alone, undated articles keep their order. */
static void
test_fresh_undated(void **state)
{
	(void)state;
	static char *const links[] = {"https://example.com/1",
	    "https://example.com/2", "https://example.com/3"};
	struct article seen[3] = {base, base, base};
	for (int i = 0; i < 3; i++) {
		seen[i].key = NULL;
		seen[i].link = links[i];
		if (i != 1)
			seen[i].published = (struct moment){0};
	}
	struct difference d;
	diff_lists(NULL, 0, seen, 3, NOW, &d);
	assert_true(is_counted(&d, 3, 0, 0));
	assert_true(d.fresh.list[0].first_seen_s == NOW);
	assert_true(d.fresh.list[1].first_seen_s == NOW);
	assert_true(d.fresh.list[2].first_seen_s == NOW - 1);
	for (int i = 0; i < 3; i++)
		assert_true(d.fresh.list[i].changed_s == NOW);
	difference_clear(&d);
	diff_lists(&base, 1, seen, 3, NOW, &d);
	assert_true(is_counted(&d, 3, 0, 0));
	for (int i = 0; i < 3; i++)
		assert_true(d.fresh.list[i].first_seen_s == NOW);
	difference_clear(&d);
}

#define UNDATED 0, PRECISION_NONE
#define LONG "철도 요금이 내년 봄부터 오른다"

/* Who is recognised, and by what.  Dates are seconds after MORNING. */
struct face {
	const char *id, *key, *link, *title;
	int at_s;
	enum precision precision;
};

static const struct {
	const char *name;
	struct face known[3], seen[4];
	/* which seen are fresh; which known changed, were seen again */
	const char *fresh, *changed, *again;
} faces[] = {
    {"by id, at another address",
	{{TAG "1", "1", "https://a.com/1", "t", UNDATED}},
	{{NULL, "1", "https://b.org/v/1", "t", UNDATED}}, "", "", "0"},
    {"by link, when the template came later",
	{{"https://a.com/v/1", NULL, "https://a.com/v/1", "t", UNDATED}},
	{{NULL, "1", "https://a.com/v/1", "t", UNDATED}}, "", "", "0"},
    {"by link, when the authority changed",
	{{"tag:old.org,2026:1", "1", "https://a.com/v/1", "t", UNDATED}},
	{{NULL, "1", "https://a.com/v/1", "t", UNDATED}}, "", "", "0"},
    {"by link, when the template went",
	{{TAG "1", "1", "https://a.com/v/1", "t", UNDATED}},
	{{NULL, NULL, "https://a.com/v/1", "t", UNDATED}}, "", "", "0"},
    {"by link key: https",
	{{"http://a.com/v/1", NULL, "http://a.com/v/1", "t", UNDATED}},
	{{NULL, NULL, "https://a.com/v/1", "t", UNDATED}}, "", "", "0"},
    {"by link key: www.",
	{{"http://a.com/v/1", NULL, "http://a.com/v/1", "t", UNDATED}},
	{{NULL, NULL, "https://www.a.com/v/1", "t", UNDATED}}, "", "", "0"},
    {"by link key: m.",
	{{"http://a.com/v/1", NULL, "http://www.a.com/v/1", "t", UNDATED}},
	{{NULL, NULL, "https://m.a.com/v/1", "t", UNDATED}}, "", "", "0"},
    {"another path",
	{{"http://a.com/v/1", NULL, "http://a.com/v/1", "t", UNDATED}},
	{{NULL, NULL, "http://a.com/v/2", "u", UNDATED}}, "0", "", ""},
    {"id before link: each finds its own",
	{{TAG "1", "1", "https://a.com/x", "t", UNDATED},
	    {TAG "2", "2", "https://a.com/y", "u", UNDATED}},
	{{NULL, "2", "https://a.com/x", "u", UNDATED},
	    {NULL, "1", "https://a.com/y", "t", UNDATED}},
	"", "", "10"},
    {"link before link key",
	{{"http://a.com/v/1", NULL, "http://a.com/v/1", "t", UNDATED},
	    {"https://a.com/v/1", NULL, "https://a.com/v/1", "t", UNDATED}},
	{{NULL, "9", "https://a.com/v/1", "t", UNDATED}}, "", "", "1"},
    /* the site has moved, or was built anew */
    {"by number, on another host with another authority",
	{{"tag:old.org,2026:1", "1", "https://old.org/v/1", "t", UNDATED}},
	{{NULL, "1", "https://a.com/w/1", "u", UNDATED}}, "", "0", ""},
    {"a number that is known under both authorities",
	{{"tag:old.org,2026:1", "1", "https://old.org/v/1", "t", UNDATED},
	    {TAG "1", "1", "https://a.com/v/1", "u", UNDATED}},
	{{NULL, "1", "https://a.com/v/1", "u", UNDATED}}, "", "", "1"},
    {"another number under another authority",
	{{"tag:old.org,2026:12", "12", "https://old.org/v/12", "t", UNDATED}},
	{{NULL, "2", "https://a.com/v/2", "u", UNDATED}}, "0", "", ""},
    {"title and path, on another host",
	{{"https://a.com/v/x?n=1", NULL, "https://a.com/v/x?n=1", "t",
	    UNDATED}},
	{{NULL, NULL, "http://pdf.b.org/v/x?n=1", "t", UNDATED}}, "", "", "0"},
    {"path alone, on another host",
	{{"https://a.com/v/x", NULL, "https://a.com/v/x", "t", UNDATED}},
	{{NULL, NULL, "https://b.org/v/x", "u", UNDATED}}, "0", "", ""},
    {"title and no path",
	{{"https://a.com/", NULL, "https://a.com/", "t", UNDATED}},
	{{NULL, NULL, "https://b.org/", "t", UNDATED}}, "0", "", ""},
    {"title and number, in another form of address",
	{{"https://a.com/news/view?cd=2016102700204", NULL,
	    "https://a.com/news/view?cd=2016102700204", "t", UNDATED}},
	{{NULL, NULL, "https://a.com/article/2016102700204", "t", UNDATED}}, "",
	"", "0"},
    {"title and number, when the template came too",
	{{"https://a.com/news/view?cd=2016102700204", NULL,
	    "https://a.com/news/view?cd=2016102700204", "t", UNDATED}},
	{{NULL, "2016102700204", "https://a.com/article/2016102700204", "t",
	    UNDATED}},
	"", "", "0"},
    {"number, another title",
	{{"https://a.com/view?cd=2016102700204", NULL,
	    "https://a.com/view?cd=2016102700204", "t", UNDATED}},
	{{NULL, NULL, "https://a.com/article/2016102700204", "u", UNDATED}},
	"0", "", ""},
    {"title and a number of four digits",
	{{"https://a.com/2024/a", NULL, "https://a.com/2024/a", "t", UNDATED}},
	{{NULL, NULL, "https://a.com/2024/b", "t", UNDATED}}, "0", "", ""},
    {"a number in the host is none",
	{{"https://a12345.com/a", NULL, "https://a12345.com/a", "t", UNDATED}},
	{{NULL, NULL, "https://a12345.com/b", "t", UNDATED}}, "0", "", ""},
    /* titles */
    {"renumbered: title and minute",
	{{TAG "1", "1", "https://a.com/1", "t", 0, PRECISION_MINUTE}},
	{{NULL, "9", "https://a.com/9", "t", 30, PRECISION_SECOND}}, "", "0",
	""},
    {"title, another minute",
	{{TAG "1", "1", "https://a.com/1", "t", 0, PRECISION_MINUTE}},
	{{NULL, "9", "https://a.com/9", "t", 60, PRECISION_MINUTE}}, "0", "",
	""},
    {"title, the minute before",
	{{TAG "1", "1", "https://a.com/1", "t", 0, PRECISION_MINUTE}},
	{{NULL, "9", "https://a.com/9", "t", -1, PRECISION_SECOND}}, "0", "",
	""},
    {"minute, another title",
	{{TAG "1", "1", "https://a.com/1", "t", 0, PRECISION_MINUTE}},
	{{NULL, "9", "https://a.com/9", "u", 0, PRECISION_MINUTE}}, "0", "",
	""},
    {"a short title and its day are not enough",
	{{TAG "1", "1", "https://a.com/1", "t", 0, PRECISION_DAY}},
	{{NULL, "9", "https://a.com/v/9", "t", 0, PRECISION_DAY}}, "0", "", ""},
    {"nor are they with a minute of that day",
	{{TAG "1", "1", "https://a.com/1", "t", 0, PRECISION_DAY}},
	{{NULL, "9", "https://a.com/v/9", "t", 0, PRECISION_MINUTE}}, "0", "",
	""},
    {"a column's heading and its day",
	{{TAG "1", "1", "https://a.com/1", "오늘의 날씨", 0, PRECISION_DAY}},
	{{NULL, "9", "https://a.com/v/9", "오늘의 날씨", 0, PRECISION_DAY}},
	"0", "", ""},
    {"title and day, at an address of another kind",
	{{TAG "1", "1", "https://a.com/1", LONG, 0, PRECISION_DAY}},
	{{NULL, "9", "https://a.com/v/9", LONG, 0, PRECISION_DAY}}, "", "0",
	""},
    {"title and day, at one of the same kind: it is there again",
	{{TAG "1", "1", "https://a.com/v/1", LONG, 0, PRECISION_DAY}},
	{{NULL, "9", "https://a.com/v/9", LONG, 0, PRECISION_DAY}}, "0", "",
	""},
    {"title and day of three at once, of whatever kind",
	{{TAG "1", "1", "https://a.com/v/1", LONG "1", 0, PRECISION_DAY},
	    {TAG "2", "2", "https://a.com/v/2", LONG "2", 0, PRECISION_DAY},
	    {TAG "3", "3", "https://a.com/v/3", LONG "3", 0, PRECISION_DAY}},
	{{NULL, "9", "https://a.com/v/9", LONG "3", 0, PRECISION_DAY},
	    {NULL, "8", "https://a.com/v/8", LONG "2", 0, PRECISION_DAY},
	    {NULL, "7", "https://a.com/v/7", LONG "1", 0, PRECISION_DAY},
	    {NULL, "6", "https://a.com/v/6", LONG "0", 0, PRECISION_DAY}},
	"3", "210", ""},
    {"title and another day",
	{{TAG "1", "1", "https://a.com/1", LONG, 0, PRECISION_DAY}},
	{{NULL, "9", "https://a.com/v/9", LONG, 86400, PRECISION_DAY}}, "0", "",
	""},
    {"title and day, in a zone that was configured anew",
	{{TAG "1", "1", "https://a.com/1", LONG, 0, PRECISION_DAY}},
	{{NULL, "9", "https://a.com/v/9", LONG, 9 * 3600, PRECISION_DAY}}, "",
	"0", ""},
    {"title and a minute of the day",
	{{TAG "1", "1", "https://a.com/1", LONG, 0, PRECISION_DAY}},
	{{NULL, "9", "https://a.com/v/9", LONG, 86399, PRECISION_MINUTE}}, "",
	"0", ""},
    {"title and the day of the minute",
	{{TAG "1", "1", "https://a.com/1", LONG, 7200, PRECISION_SECOND}},
	{{NULL, "9", "https://a.com/v/9", LONG, 0, PRECISION_DAY}}, "", "0",
	""},
    {"title and a minute of the day before",
	{{TAG "1", "1", "https://a.com/1", LONG, 0, PRECISION_DAY}},
	{{NULL, "9", "https://a.com/v/9", LONG, -60, PRECISION_MINUTE}}, "0",
	"", ""},
    {"title and day, twice among the seen",
	{{TAG "1", "1", "https://a.com/1", LONG, 0, PRECISION_DAY}},
	{{NULL, "8", "https://a.com/v/8", LONG, 0, PRECISION_DAY},
	    {NULL, "9", "https://a.com/v/9", LONG, 0, PRECISION_DAY}},
	"01", "", ""},
    {"title and month are not enough",
	{{TAG "1", "1", "https://a.com/1", LONG, 0, PRECISION_MONTH}},
	{{NULL, "9", "https://a.com/v/9", LONG, 0, PRECISION_MONTH}}, "0", "",
	""},
    {"title, a minute on each side of 1970",
	{{TAG "1", "1", "https://a.com/1", "t", -MORNING - 1,
	    PRECISION_SECOND}},
	{{NULL, "9", "https://a.com/9", "t", -MORNING + 1, PRECISION_SECOND}},
	"0", "", ""},
    {"title and relative minute are not",
	{{TAG "1", "1", "https://a.com/1", "t", 0, PRECISION_MINUTE}},
	{{NULL, "9", "https://a.com/9", "t", 0, PRECISION_RELATIVE}}, "0", "",
	""},
    {"title and no date are not",
	{{TAG "1", "1", "https://a.com/1", "t", 0, PRECISION_NONE}},
	{{NULL, "9", "https://a.com/9", "t", 0, PRECISION_NONE}}, "0", "", ""},
    {"title twice among the known",
	{{TAG "1", "1", "https://a.com/1", "t", 0, PRECISION_MINUTE},
	    {TAG "2", "2", "https://a.com/2", "t", 600, PRECISION_MINUTE}},
	{{NULL, "9", "https://a.com/9", "t", 0, PRECISION_MINUTE}}, "0", "",
	""},
    {"title twice among the seen",
	{{TAG "1", "1", "https://a.com/1", "t", 0, PRECISION_MINUTE}},
	{{NULL, "8", "https://a.com/8", "t", 0, PRECISION_MINUTE},
	    {NULL, "9", "https://a.com/9", "t", 600, PRECISION_MINUTE}},
	"01", "", ""},
    {"title of one that is on the page itself",
	{{TAG "1", "1", "https://a.com/1", "t", 0, PRECISION_MINUTE}},
	{{NULL, "9", "https://a.com/9", "t", 0, PRECISION_MINUTE},
	    {NULL, "1", "https://a.com/1", "t", 0, PRECISION_MINUTE}},
	"0", "", "0"},
    {"one title: each by its path, on another host",
	{{"https://a.com/v?1", NULL, "https://a.com/v?1", "t", UNDATED},
	    {"https://a.com/v?2", NULL, "https://a.com/v?2", "t", UNDATED}},
	{{NULL, NULL, "https://b.org/v?2", "t", UNDATED},
	    {NULL, NULL, "https://b.org/v?3", "t", UNDATED},
	    {NULL, NULL, "https://b.org/v?1", "t", UNDATED}},
	"1", "", "10"},
    {"one title: each by its number, in another form of address",
	{{"https://a.com/201610270", NULL, "https://a.com/201610270", "t",
	     UNDATED},
	    {"https://a.com/201610271", NULL, "https://a.com/201610271", "t",
		UNDATED}},
	{{NULL, NULL, "https://a.com/v/201610271", "t", UNDATED},
	    {NULL, NULL, "https://a.com/v/201610270", "t", UNDATED}},
	"", "", "10"},
    {"one title: a day is no number",
	{{"https://a.com/20161027/a", NULL, "https://a.com/20161027/a", "t",
	     UNDATED},
	    {"https://a.com/20161028/a", NULL, "https://a.com/20161028/a", "t",
		UNDATED}},
	{{NULL, NULL, "https://a.com/20161028/b", "t", UNDATED}}, "0", "", ""},
    {"one title and one number twice",
	{{"https://a.com/201610270/a", NULL, "https://a.com/201610270/a", "t",
	     UNDATED},
	    {"https://a.com/201610270/b", NULL, "https://a.com/201610270/b",
		"t", UNDATED}},
	{{NULL, NULL, "https://a.com/201610270/c", "t", UNDATED}}, "0", "", ""},
    {"no title is no sign",
	{{TAG "1", "1", "https://a.com/1", "", 0, PRECISION_MINUTE}},
	{{NULL, "9", "https://a.com/9", "", 0, PRECISION_MINUTE}}, "0", "", ""},
    /* one identity twice */
    {"one id twice: the first", {{0}},
	{{NULL, "1", "https://a.com/1", "first", UNDATED},
	    {NULL, "1", "https://a.com/1?x", "second", UNDATED}},
	"0", "", ""},
    {"one link twice: the first", {{0}},
	{{NULL, NULL, "https://a.com/1", "first", UNDATED},
	    {NULL, NULL, "https://a.com/1", "second", UNDATED}},
	"0", "", ""},
    {"one link in two ways: the first", {{0}},
	{{NULL, NULL, "https://a.com/1", "first", UNDATED},
	    {NULL, NULL, "http://www.a.com/1", "second", UNDATED}},
	"0", "", ""},
    {"one title and path on two hosts: the first", {{0}},
	{{NULL, NULL, "https://a.com/v?1", "t", UNDATED},
	    {NULL, NULL, "https://b.org/v?1", "t", UNDATED},
	    {NULL, NULL, "https://b.org/v?2", "t", UNDATED}},
	"02", "", ""},
    {"no path on two hosts", {{0}},
	{{NULL, NULL, "https://a.com/", "t", UNDATED},
	    {NULL, NULL, "https://b.org/", "t", UNDATED}},
	"01", "", ""},
    {"known on one host, seen on two",
	{{"https://a.com/v?1", NULL, "https://a.com/v?1", "t", UNDATED}},
	{{NULL, NULL, "https://b.org/v?1", "t", UNDATED},
	    {NULL, NULL, "https://a.com/v?1", "t", UNDATED}},
	"", "", "0"},
    {"known once, seen twice in two ways",
	{{TAG "1", "1", "https://a.com/1", "t", UNDATED}},
	{{NULL, NULL, "https://a.com/1", "t", UNDATED},
	    {NULL, "1", "https://b.org/1", "t", UNDATED}},
	"", "", "0"},
    {"the first of three", {{TAG "1", "1", "https://a.com/1", "t", UNDATED}},
	{{NULL, "1", "https://a.com/1", "t", UNDATED},
	    {NULL, "1", "https://a.com/2", "u", UNDATED},
	    {NULL, "1", "https://a.com/3", "v", UNDATED},
	    {NULL, "4", "https://a.com/4", "w", UNDATED}},
	"3", "", "0"},
    {"at an old address, with a number of its own",
	{{TAG "3", "3", "https://a.com/1", "t", UNDATED}},
	{{NULL, "6", "https://a.com/1", "u", UNDATED},
	    {NULL, "3", "https://a.com/2", "t", UNDATED}},
	"0", "", "0"},
    /* odd ones */
    {"no link: no article", {{0}},
	{{NULL, "1", NULL, "t", UNDATED}, {NULL, "2", "", "u", UNDATED}}, "",
	"", ""},
    {"absence means nothing", {{TAG "1", "1", "https://a.com/1", "t", UNDATED}},
	{{0}}, "", "", ""},
    {"nothing", {{0}}, {{0}}, "", "", ""},
    {"a stub is only seen again",
	{{TAG "1", NULL, "https://a.com/1", NULL, UNDATED}},
	{{NULL, "1", "https://a.com/1", "t", 0, PRECISION_MINUTE}}, "", "",
	"0"},
};

static size_t
make_articles(const struct face *from, size_t count, struct article *to)
{
	size_t made = 0;
	for (size_t i = 0; i < count; i++) {
		if (from[i].link == NULL && from[i].key == NULL)
			break;
		to[made++] = (struct article){
		    .id = (char *)from[i].id,
		    .key = (char *)from[i].key,
		    .link = (char *)from[i].link,
		    .title = (char *)from[i].title,
		    .published = {MORNING + from[i].at_s, from[i].precision},
		};
	}
	return made;
}

/* The places in `among` of the articles listed: of seen by link, of known by
 * id. */
static void
tell(const struct articles *listed, const struct article *among, size_t count,
    bool by_link, char *told)
{
	for (size_t i = 0; i < listed->count; i++)
		for (size_t j = 0; j < count; j++) {
			const struct article *a = &listed->list[i];
			const struct article *b = &among[j];
			const char *left = by_link ? a->link : a->id;
			const char *right = by_link ? b->link : b->id;
			if (right == NULL || strcmp(left, right) != 0)
				continue;
			*told++ = (char)('0' + j);
			break;
		}
	*told = '\0';
}

static void
test_faces(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(faces); i++) {
		struct article known[3], seen[4];
		size_t known_count = make_articles(faces[i].known, 3, known);
		size_t seen_count = make_articles(faces[i].seen, 4, seen);
		struct difference d;
		diff_lists(known, known_count, seen, seen_count, NOW, &d);
		char fresh[8], changed[8], again[8];
		tell(&d.fresh, seen, seen_count, true, fresh);
		tell(&d.changed, known, known_count, false, changed);
		tell(&d.seen, known, known_count, false, again);
		if (strcmp(fresh, faces[i].fresh) != 0 ||
		    strcmp(changed, faces[i].changed) != 0 ||
		    strcmp(again, faces[i].again) != 0) {
			print_error("%s: got '%s' '%s' '%s'\n", faces[i].name,
			    fresh, changed, again);
			failed++;
		}
		difference_clear(&d);
	}
	assert_int_equal(failed, 0);
}

/* A renumbered article takes its new address and is known by it from then
 * on, also when its title changes later. */
static void
test_renumbered(void **state)
{
	(void)state;
	struct article known = base, seen = base;
	seen.id = NULL;
	seen.key = "77";
	seen.link = "https://example.com/article/77";
	struct difference d, again, later;
	diff_lists(&known, 1, &seen, 1, NOW, &d);
	assert_true(is_counted(&d, 0, 1, 0));
	assert_string_equal(d.changed.list[0].id, base.id);
	assert_string_equal(d.changed.list[0].link, seen.link);
	diff_lists(d.changed.list, 1, &seen, 1, NOW + HOUR, &again);
	assert_true(is_counted(&again, 0, 0, 1));
	seen.title = "Another";
	diff_lists(again.seen.list, 1, &seen, 1, NOW + 2 * HOUR, &later);
	assert_true(is_counted(&later, 0, 1, 0));
	assert_string_equal(later.changed.list[0].id, base.id);
	difference_clear(&later);
	difference_clear(&again);
	difference_clear(&d);
}

/* An article on the page twice, once under its old address: that one stays,
 * or it would look new in the next round. */
static void
test_old_address_stays(void **state)
{
	(void)state;
	struct article seen[2] = {base, base};
	seen[0].key = NULL;
	seen[1].link = "https://example.com/moved/1";
	seen[1].title = "Another";
	struct difference d, again;
	diff_lists(&base, 1, seen, 2, NOW, &d);
	assert_true(is_counted(&d, 0, 1, 0));
	assert_string_equal(d.changed.list[0].title, "Another");
	assert_string_equal(d.changed.list[0].link, base.link);
	diff_lists(d.changed.list, 1, seen, 2, NOW + HOUR, &again);
	assert_true(is_counted(&again, 0, 0, 1));
	difference_clear(&again);
	difference_clear(&d);
}

/* DESIGN.md P7: a clock set back moves nothing back. */
static void
test_clock_set_back(void **state)
{
	(void)state;
	struct article seen = base;
	struct difference d;
	diff_lists(&base, 1, &seen, 1, FIRST_SEEN - DAY, &d);
	assert_true(is_counted(&d, 0, 0, 1));
	assert_true(d.seen.list[0].last_seen_s == FIRST_SEEN);
	difference_clear(&d);
	seen.title = "Another";
	diff_lists(&base, 1, &seen, 1, FIRST_SEEN - DAY, &d);
	assert_true(is_counted(&d, 0, 1, 0));
	assert_true(d.changed.list[0].changed_s == FIRST_SEEN);
	assert_true(d.changed.list[0].last_seen_s == FIRST_SEEN);
	difference_clear(&d);
}

/* By other rules: all that is seen comes in, and nothing of it is an edit. */
static void
test_calm(void **state)
{
	(void)state;
	struct article known[] = {base, base}, seen[] = {base, base, base};
	struct difference d;
	known[1].id = TAG "2";
	known[1].link = "https://example.com/article/2";
	known[1].changed_s = FIRST_SEEN + HOUR;
	for (int i = 0; i < 3; i++) {
		seen[i].id = NULL;
		seen[i].first_seen_s = 0;
		seen[i].title = "Another headline";
	}
	seen[1].key = "2";
	seen[1].link = known[1].link;
	seen[2].key = "3";
	seen[2].link = "https://example.com/article/3";
	diff_lists(known, 2, seen, 3, NOW, &d);
	assert_true(is_counted(&d, 1, 2, 0));
	difference_calm(&d, &(struct articles){.list = known, .count = 2});
	assert_true(is_counted(&d, 1, 0, 0));
	assert_int_equal(d.filled.count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_true(is_kept(&known[i], &d.filled.list[i]));
		assert_string_equal(d.filled.list[i].title, "Another headline");
		assert_int_equal(
		    d.filled.list[i].changed_s, known[i].changed_s);
	}
	difference_clear(&d);
}

/*
 * A hostile page: many items, long strings that differ at their end only, all
 * of one title.  Quadratic work would show: 20,000 x 20,000 comparisons of
 * 1,000 bytes take minutes.
 */
static void
test_many(void **state)
{
	(void)state;
	enum { MANY = 20000 };
	char *padding = xmalloc(1001);
	memset(padding, 'x', 1000);
	padding[1000] = '\0';
	struct articles known = {0}, seen = {0};
	for (int i = 0; i < MANY; i++) {
		struct article article = {
		    .link = xasprintf("https://a.com/%s%d", padding, i),
		    .title = xstrdup(padding),
		    .published = {MORNING, PRECISION_MINUTE},
		};
		articles_add(&seen, article_copy(&article));
		article.id = xstrdup(article.link);
		if (i % 2 == 0)
			articles_add(&known, article);
		else
			article_clear(&article);
	}
	struct difference d;
	diff_articles(&known, &seen, AUTHORITY, NOW, &d);
	assert_true(is_counted(&d, MANY / 2, 0, MANY / 2));
	difference_clear(&d);
	articles_clear(&seen);
	articles_clear(&known);
	free(padding);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_edits),
	    cmocka_unit_test(test_edit_takes_fields),
	    cmocka_unit_test(test_filled),
	    cmocka_unit_test(test_relative_is_refined),
	    cmocka_unit_test(test_fresh),
	    cmocka_unit_test(test_fresh_undated),
	    cmocka_unit_test(test_faces),
	    cmocka_unit_test(test_renumbered),
	    cmocka_unit_test(test_old_address_stays),
	    cmocka_unit_test(test_clock_set_back),
	    cmocka_unit_test(test_calm),
	    cmocka_unit_test(test_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
