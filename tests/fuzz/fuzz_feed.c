#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/wire.h"
#include "feed/atom.h"
#include "feed/atom_read.h"
#include "feed/charset.h"
#include "feed/diff.h"
#include "feed/format.h"
#include "feed/json_writer.h"
#include "feed/memory.h"
#include "feed/text.h"
#include "feed/verdict.h"
#include "feed/window.h"
#include "feed/xml.h"
#include "tests/order.h"

/*
 * The whole way: a page's bytes, characters, nodes, articles, over the wire, a
 * verdict, what is new, and the feed in every format.  Whatever the bytes, the
 * feed parses; the same page again is believed and brings nothing new; the feed
 * read back says the same.  Input: pages of successive rounds, with a byte 0x1e
 * between them; the last byte chooses the rules and what the feed shows.
 */
int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

enum { MAX_ROUNDS = 4, ENTRIES = 200, FIRST_S = 1682000000, ROUND_S = 600 };

#define ROUND_END 0x1e
#define WAYS 3

static const char url[] = "https://paper.example/news/";
static const char authority[] = "paper.example";
static struct charsets *charsets;
static struct compiled_rules *ways[WAYS];

/* A section, as the store would know it. */
struct life {
	struct articles known;
	struct reading readings[READINGS_USUAL];
	size_t reading_count;
	int64_t updated_s;
	uint8_t choice;
};

/* What came of one page. */
struct sight {
	struct answer answer;
	struct decoded decoded;
};

static void
require(bool is_true, const char *what)
{
	if (is_true)
		return;
	(void)fprintf(stderr, "fuzz_feed: %s\n", what);
	abort();
}

static void
prepare(void)
{
	struct rule item = {.css = "li, p, dt, tr, h3"},
		    title = {.css = "a, b"};
	struct article_link link = {.text = "/a/{id}"};
	struct rules inferred = {0};
	struct rules linked = {.article_links = &link, .article_link_count = 1};
	struct rules ruled = {.items = {&item, 1}};
	ruled.fields[FIELD_TITLE] = (struct rule_list){&title, 1};
	charsets = charsets_open(NULL);
	ways[0] = rules_compile(&inferred, NULL);
	ways[1] = rules_compile(&linked, NULL);
	ways[2] = rules_compile(&ruled, NULL);
	require(charsets != NULL && ways[0] != NULL && ways[1] != NULL &&
		    ways[2] != NULL,
	    "nothing to begin with");
}

/* ---- the page ---- */

/* As a worker does it; false when it could not be read. */
static bool
read_page(const struct life *life, const uint8_t *bytes, size_t length,
    struct sight *sight)
{
	struct answer *answer = &sight->answer;
	struct error err = {{0}};
	bool good = false;
	*sight = (struct sight){0};
	if (evidence_of_bytes((const char *)bytes, length, &answer->evidence))
		return false;
	if (!charset_decode(charsets, (const char *)bytes, length, NULL, NULL,
		authority, &sight->decoded, &err))
		return false;
	struct page *page = page_parse(
	    sight->decoded.text, sight->decoded.length, PARSER_HTML5, 0, &err);
	struct window_source source = {.text = sight->decoded.text,
	    .length = sight->decoded.length,
	    .url = url,
	    .charset = sight->decoded.charset};
	struct extract_context context = {
	    .url = url, .now_s = FIRST_S, .source = &source};
	if (page != NULL) {
		evidence_gather(page, sight->decoded.text,
		    sight->decoded.length, url, &answer->evidence);
		good = extract_articles(ways[life->choice % WAYS], page,
		    &context, &answer->extraction, &err);
	}
	page_free(page);
	if (!good)
		return false;
	const struct extraction *read = &answer->extraction;
	require(read->window == NULL ||
		    window_is_same(read->window, read->window_length, &source),
	    "the page is not known again by its list");
	return true;
}

/* Whatever a worker of ours says, the daemon takes. */
static void
send_over(struct sight *sight)
{
	struct buffer message = {0};
	struct answer taken;
	struct error err = {{0}};
	answer_encode(&sight->answer, &message);
	require(answer_decode(message.bytes, message.length, &taken, &err),
	    err.reason);
	require(taken.extraction.articles.count ==
		    sight->answer.extraction.articles.count,
	    "articles lost on the wire");
	buffer_clear(&message);
	answer_clear(&sight->answer);
	sight->answer = taken;
}

static void
sight_clear(struct sight *sight)
{
	answer_clear(&sight->answer);
	decoded_clear(&sight->decoded);
}

/* ---- is it news? ---- */

static struct verdict
judge(const struct life *life, const struct sight *sight, size_t known)
{
	const struct extraction *read = &sight->answer.extraction;
	struct verdict_question question = {
	    .evidence = &sight->answer.evidence,
	    .readings = life->readings,
	    .reading_count = life->reading_count,
	    .items = read->articles.count + read->filtered,
	    .filtered = read->filtered,
	    .known = known,
	    .asked = url,
	    .from = url,
	};
	struct verdict verdict = verdict_of(&question);
	require(text_is_clean(verdict.why, strlen(verdict.why), false),
	    "a verdict that is not clean");
	require((verdict.kind == VERDICT_GOOD) == (verdict.why[0] == '\0'),
	    "a verdict without its reason");
	return verdict;
}

static void
remember(struct life *life, const struct sight *sight, int64_t now_s)
{
	struct reading reading = reading_of(&(struct reading_question){
	    .evidence = &sight->answer.evidence,
	    .read = &sight->answer.extraction,
	    .from = url,
	    .now_s = now_s,
	    .past = life->readings,
	    .past_count = life->reading_count,
	});
	if (life->reading_count < READINGS_USUAL)
		life->reading_count++;
	memmove(&life->readings[1], &life->readings[0],
	    (life->reading_count - 1) * sizeof(life->readings[0]));
	life->readings[0] = reading;
}

/* ---- what is new ---- */

static void
put_back(struct articles *known, const struct articles *again)
{
	for (size_t i = 0; i < again->count; i++)
		for (size_t k = 0; k < known->count; k++)
			if (strcmp(known->list[k].id, again->list[i].id) == 0) {
				article_clear(&known->list[k]);
				known->list[k] = article_copy(&again->list[i]);
			}
}

static void
record(struct life *life, const struct articles *seen, int64_t now_s)
{
	struct difference difference, again;
	diff_articles(&life->known, seen, authority, now_s, &difference);
	put_back(&life->known, &difference.changed);
	put_back(&life->known, &difference.seen);
	for (size_t i = 0; i < difference.fresh.count; i++)
		articles_add(
		    &life->known, article_copy(&difference.fresh.list[i]));
	difference_clear(&difference);
	diff_articles(&life->known, seen, authority, now_s + 1, &again);
	require(again.fresh.count == 0, "announced again");
	require(again.changed.count == 0, "edited by nobody");
	difference_clear(&again);
}

/* ---- the feed ---- */

static void
require_whole(enum format format, const char *bytes, size_t length)
{
	struct error err = {{0}};
	require(strlen(bytes) == length && text_is_utf8(bytes, length),
	    "not UTF-8");
	require(format == FORMAT_JSON ? json_check(bytes, length, &err)
				      : xml_check(bytes, length, &err),
	    err.reason);
}

static void
require_same(const struct article *a, const struct article *b)
{
	require(strcmp(a->id, b->id) == 0, "another id");
	require(strcmp(a->link, b->link) == 0, "another link");
	require(strcmp(a->title, b->title) == 0, "another title");
	require(a->changed_s == b->changed_s, "another moment");
	require(article_published_s(a) == article_published_s(b),
	    "another time of publication");
}

/* The second copy of the store (atom_read.h). */
static void
read_back(const struct feed_info *info, const struct articles *articles,
    const char *bytes, size_t length)
{
	struct error err = {{0}};
	struct atom_feed feed;
	size_t again_length = 0;
	require(atom_read(bytes, length, &feed, &err), err.reason);
	require(feed.articles.count == articles->count, "an entry was lost");
	for (size_t i = 0; i < articles->count; i++)
		require_same(&articles->list[i], &feed.articles.list[i]);
	if (info->content == ENTRY_FULL) {
		char *again =
		    atom_render(info, &feed.articles, &again_length, &err);
		require(again != NULL && strcmp(again, bytes) == 0,
		    "read back, it says something else");
		free(again);
	}
	atom_feed_clear(&feed);
}

static void
render(struct life *life, const struct extraction *read)
{
	struct articles newest = {.list = life->known.list,
	    .count = life->known.count > ENTRIES ? ENTRIES : life->known.count};
	if (life->known.count > 0)
		qsort(life->known.list, life->known.count,
		    sizeof(*life->known.list), article_compare);
	for (size_t i = 0; i < newest.count; i++)
		if (newest.list[i].changed_s > life->updated_s)
			life->updated_s = newest.list[i].changed_s;
	const struct feed_info info = {
	    .id = "tag:paper.example,2026:feed/paper/news",
	    .title = read->heading != NULL ? read->heading : "news",
	    .author = read->site_title != NULL ? read->site_title : "paper",
	    .alternate = url,
	    .icon = read->icon,
	    .language = read->language,
	    .category = read->heading,
	    .content = life->choice / WAYS % 3,
	    .updated_s = life->updated_s,
	};
	for (int format = 0; format < FORMAT_COUNT; format++) {
		struct error err = {{0}};
		size_t length = 0;
		char *bytes = format_render(
		    (enum format)format, &info, &newest, &length, &err);
		require(bytes != NULL, err.reason);
		require_whole((enum format)format, bytes, length);
		if (format == FORMAT_ATOM)
			read_back(&info, &newest, bytes, length);
		free(bytes);
	}
}

/* ---- rounds ---- */

static void
play_round(
    struct life *life, const uint8_t *bytes, size_t length, int64_t now_s)
{
	struct sight sight;
	if (read_page(life, bytes, length, &sight)) {
		send_over(&sight);
		const struct extraction *read = &sight.answer.extraction;
		/* whatever it is: what a feed shows must be whole in any case
		 */
		bool good = judge(life, &sight, 0).kind == VERDICT_GOOD;
		record(life, &read->articles, now_s);
		if (good)
			remember(life, &sight, now_s);
		if (good && read->articles.count > 0)
			require(
			    judge(life, &sight, read->articles.count).kind ==
				VERDICT_GOOD,
			    "the same page again is not believed");
		render(life, read);
	}
	sight_clear(&sight);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct life life = {.choice = size > 0 ? data[size - 1] : 0};
	if (charsets == NULL)
		prepare();
	for (int i = 0; i < MAX_ROUNDS && size > 0; i++) {
		const uint8_t *end = memchr(data, ROUND_END, size);
		size_t length = end == NULL ? size : (size_t)(end - data);
		play_round(&life, data, length, FIRST_S + i * ROUND_S);
		length += end != NULL;
		data += length;
		size -= length;
	}
	articles_clear(&life.known);
	return 0;
}
