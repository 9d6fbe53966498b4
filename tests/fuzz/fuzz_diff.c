#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/diff.h"
#include "feed/memory.h"

/*
 * Rounds of pages against what was known before.  Input: articles, each of
 * six bytes (key, link, title, text, image, date), the last two bits of the
 * first also ending a round.  Few values, so that articles meet.
 */
int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

enum { FIRST_S = 1000000, ARTICLE_BYTES = 6 };

static void
require(bool is_true, const char *what)
{
	if (is_true)
		return;
	(void)fprintf(stderr, "fuzz_diff: %s\n", what);
	abort();
}

static char *
make_link(uint8_t byte)
{
	static const char *const before[] = {"http://a.com/", "https://a.com/",
	    "https://www.a.com/", "https://m.a.com/"};
	static const char *const after[] = {"", "/", "?x=1&y=2", "?y=2&x=1"};
	return xasprintf(
	    "%s%u%s", before[byte % 4], byte / 4 % 8u, after[byte / 32 % 4]);
}

static char *
make_text(uint8_t byte)
{
	static const char *const texts[] = {"", "one two three", "one two",
	    "one\xe2\x80\xa6", "one  two\nthree ", "four", "...", " ",
	    "one two..", "\xe2\x80\xa6", "fo\xe2\x80", "."};
	size_t count = sizeof(texts) / sizeof(texts[0]);
	return byte % (count + 1) == count ? NULL
					   : xstrdup(texts[byte % (count + 1)]);
}

static char *
make_image(uint8_t byte)
{
	static const char *const images[] = {"", "http://a/0640/1.jpg",
	    "http://a/0480/1.jpg", "http://a/x/picture-300x200.jpg",
	    "http://b/picture.webp?w=3", "///", "?", "http://a/get?id=1&w=2"};
	size_t count = sizeof(images) / sizeof(images[0]);
	return byte % (count + 1) == count
		   ? NULL
		   : xstrdup(images[byte % (count + 1)]);
}

static struct article
make_article(const uint8_t *bytes, int32_t position)
{
	char *title = make_text(bytes[2]);
	return (struct article){
	    .key = bytes[0] % 8 < 3 ? NULL : xasprintf("%u", bytes[0] % 8u),
	    .link = make_link(bytes[1]),
	    .title = title != NULL ? title : xstrdup("untitled"),
	    .text = make_text(bytes[3]),
	    .image = make_image(bytes[4]),
	    .published = {FIRST_S + (bytes[5] / 8 - 16) * 40,
		bytes[5] % (PRECISION_SECOND + 1)},
	    .position = position,
	};
}

static struct article *
find(const struct articles *articles, const char *id)
{
	for (size_t i = 0; i < articles->count; i++)
		if (strcmp(articles->list[i].id, id) == 0)
			return &articles->list[i];
	return NULL;
}

/* The known ones in `again` take their places; no one twice. */
static void
put_back(struct articles *known, const struct articles *again, int64_t now_s)
{
	for (size_t i = 0; i < again->count; i++) {
		const struct article *now = &again->list[i];
		struct article *old = find(known, now->id);
		require(old != NULL, "an article known to nobody");
		require(old->last_seen_s != now_s, "a known article twice");
		require(now->last_seen_s == now_s, "not seen now");
		require(
		    now->first_seen_s == old->first_seen_s, "first seen moved");
		require(now->changed_s >= old->changed_s, "changed went back");
		article_clear(old);
		*old = article_copy(now);
	}
}

/* Undated ones of a first import were first seen a second apart. */
static void
require_first_seen(
    const struct article *now, bool first, size_t count, int64_t now_s)
{
	bool is_apart = first && now->first_seen_s < now_s &&
			now->first_seen_s > now_s - (int64_t)count;
	require(now->first_seen_s == now_s || is_apart, "not first seen now");
	require(now->changed_s == now_s, "not changed now");
}

static void
add_fresh(struct articles *known, const struct articles *fresh, int64_t now_s)
{
	bool first = known->count == 0;
	for (size_t i = 0; i < fresh->count; i++) {
		const struct article *now = &fresh->list[i];
		require(find(known, now->id) == NULL, "a fresh id is known");
		require_first_seen(now, first, fresh->count, now_s);
		articles_add(known, article_copy(now));
	}
}

static void
play_round(struct articles *known, const struct articles *seen, int64_t now_s)
{
	struct difference d, again;
	diff_articles(known, seen, "a.com", now_s, &d);
	require(d.fresh.count + d.changed.count + d.seen.count <= seen->count,
	    "more than was seen");
	require(seen->count == 0 ||
		    d.fresh.count + d.changed.count + d.seen.count > 0,
	    "nothing left of a page");
	put_back(known, &d.changed, now_s);
	put_back(known, &d.seen, now_s);
	add_fresh(known, &d.fresh, now_s);
	/* the same page again is no news */
	diff_articles(known, seen, "a.com", now_s + 1, &again);
	require(again.fresh.count == 0, "fresh again");
	require(again.changed.count == 0, "changed again");
	difference_clear(&again);
	difference_clear(&d);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct articles known = {0}, seen = {0};
	int64_t now_s = FIRST_S;
	for (; length >= ARTICLE_BYTES && known.count < 200;
	     bytes += ARTICLE_BYTES, length -= ARTICLE_BYTES) {
		articles_add(&seen, make_article(bytes, (int32_t)seen.count));
		if (bytes[0] / 64 != 3 && length >= 2 * ARTICLE_BYTES)
			continue;
		play_round(&known, &seen, now_s += 100);
		articles_clear(&seen);
	}
	articles_clear(&seen);
	articles_clear(&known);
	return 0;
}
