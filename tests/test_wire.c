#include "daemon/wire.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"
#include "feed/name.h"
#include "feed/text.h"
#include "feed/window.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define HEAD sizeof(uint32_t) /* the length before a message */
#define FIELD_HEAD 6          /* tag and length */

/* ---- messages, as bytes ---- */

static void
set_length(struct buffer *message)
{
	uint32_t length = (uint32_t)(message->length - HEAD);
	memcpy(message->bytes, &length, sizeof(length));
}

/* Where the field at `at` ends. */
static size_t
field_end(const struct buffer *message, size_t at)
{
	uint32_t length;
	memcpy(&length, message->bytes + at + 2, sizeof(length));
	return at + FIELD_HEAD + length;
}

static void
add_field(
    struct buffer *message, uint16_t tag, const void *bytes, uint32_t length)
{
	buffer_add(message, &tag, sizeof(tag));
	buffer_add(message, &length, sizeof(length));
	buffer_add(message, bytes, length);
	set_length(message);
}

/* In memory of its own, so that a sanitizer sees a byte read too far. */
static bool
decode_answer(const char *bytes, size_t length, struct answer *answer)
{
	struct error err = {{0}};
	char *copy = xmalloc(length > 0 ? length : 1);
	memcpy(copy, bytes, length);
	memset(answer, 0x5a, sizeof(*answer));
	bool good = answer_decode(copy, length, answer, &err);
	free(copy);
	if (!good) {
		/* changed only on success, and the reason is said */
		assert_int_equal(*(unsigned char *)answer, 0x5a);
		assert_int_not_equal(err.reason[0], '\0');
	}
	return good;
}

static bool
decode_job(const char *bytes, size_t length, struct job *job)
{
	struct error err = {{0}};
	char *copy = xmalloc(length > 0 ? length : 1);
	memcpy(copy, bytes, length);
	memset(job, 0x5a, sizeof(*job));
	bool good = job_decode(copy, length, job, &err);
	free(copy);
	if (!good) {
		assert_int_equal(*(unsigned char *)job, 0x5a);
		assert_int_not_equal(err.reason[0], '\0');
	}
	return good;
}

/* ---- samples ---- */

static struct rule sample_rule = {.css = "h3 > a",
    .xpath = "//h3/a",
    .pattern = "(\\d+)",
    .template = "/article/{1}",
    .format = "%Y\xeb\x85\x84 %m\xec\x9b\x94",
    .strip = "^\\[.*?\\]",
    .exclude = ".ad"};
static struct rule sample_short = {.css = "."};
static struct rule sample_learned = {.css = "ul > li"};
static struct rule sample_empty = {0};

static struct job
sample_job(void)
{
	static char body[] = "<html>\0 not the end \xff\xfe</html>";
	static char zone[] = "TZif2\0\0\1";
	static char window[] = "<ul>\0\1\xff";
	static struct article_link links[] = {
	    {"/article/{id}", false}, {"/news/(\\d+)", true}};
	static struct filter filters[] = {{FIELD_TITLE, "\\[ad\\]", true},
	    {FIELD_CATEGORY, "economy", false}};
	static struct article memory[] = {
	    {.link = "https://www.example.net/article/1",
		.title = "one",
		.published = {INT64_C(1799990000), PRECISION_DAY}},
	    {.link = "https://www.example.net/article/2"}};
	struct job job = {
	    .kind = JOB_MENU,
	    .body = body,
	    .length = sizeof(body) - 1,
	    .content_type = "text/html; charset=euc-kr",
	    .charset = "euc-kr",
	    .url = "https://www.example.net/list?page=1",
	    .language = "ko",
	    .zone = zone,
	    .zone_length = sizeof(zone) - 1,
	    .zone_offset_s = 32400,
	    .zone_is_unknown = true,
	    .now_s = INT64_C(1800000000),
	    .window = window,
	    .window_length = sizeof(window) - 1,
	    .list_path = "div.list < main",
	    .memory = {.list = memory, .count = COUNT(memory)},
	    .usual = 20,
	    .rules = {.article_links = links,
		.article_link_count = COUNT(links),
		.filters = filters,
		.filter_count = COUNT(filters),
		.libxml2 = true},
	};
	rule_list_add(&job.learned.items, sample_learned);
	rule_list_add(&job.learned.fields[FIELD_TITLE], sample_learned);
	job.expected = (struct expectation){.items = 20,
	    .filled = {20, 20, 18, 0, 3, 7, 1},
	    .place = "ul < div.main"};
	job.learns = true;
	rule_list_add(&job.rules.items, sample_rule);
	rule_list_add(&job.rules.items, sample_short);
	for (int field = 0; field < FIELD_COUNT; field++)
		for (int i = 0; i < field; i++)
			rule_list_add(
			    &job.rules.fields[field], i == 0   ? sample_rule
						      : i == 1 ? sample_empty
							       : sample_short);
	return job;
}

/* Only the lists are its own. */
static void
sample_job_clear(struct job *job)
{
	free(job->rules.items.list);
	free(job->learned.items.list);
	free(job->learned.fields[FIELD_TITLE].list);
	for (int field = 0; field < FIELD_COUNT; field++)
		free(job->rules.fields[field].list);
}

static struct article
sample_article(int position)
{
	struct article article = {
	    .key = xasprintf("key-%d", position),
	    .link = xasprintf("https://www.example.net/article/%d", position),
	    .title = xasprintf("\xec\xa0\x9c\xeb\xaa\xa9 %d", position),
	    .text = xstrdup("first\nsecond \xf0\x9f\x93\xb0"),
	    .author = xstrdup("\xea\xb8\xb0\xec\x9e\x90"),
	    .image = xstrdup("http://img.example.net/x.jpg?w=1&h=2"),
	    .category = xstrdup("economy"),
	    .published = {INT64_C(1799990000) - position, PRECISION_MINUTE},
	    .position = position,
	};
	return article;
}

static struct menu_entry
sample_entry(int number)
{
	return (struct menu_entry){
	    .group = xasprintf("\xec\x82\xb0\xec\x97\x85 %d", number),
	    .title = xasprintf("entry %d", number),
	    .url = xasprintf("https://www.example.net/list/%d?a=b", number),
	    .name = xasprintf("list-%d", number),
	};
}

static void
add_sample_lesson(struct answer *answer)
{
	struct lesson *lesson = &answer->lesson;
	lesson->grade = LESSON_READY;
	lesson->confidence = 93;
	rule_list_add(
	    &lesson->rules.items, (struct rule){.css = xstrdup("ul > li")});
	rule_list_add(
	    &lesson->rules.items, (struct rule){.css = xstrdup(".lead")});
	rule_list_add(&lesson->rules.fields[FIELD_TITLE],
	    (struct rule){.css = xstrdup("h3 a")});
	for (int field = 0; field <= FIELD_COUNT; field++)
		lesson->why[field] = xasprintf("right in %d of 20", field);
	lesson->article_link = xstrdup("/article/{id}");
	lesson->runner_up = xstrdup("'.rank > li', 10 links");
	for (int i = 0; i < LESSON_NOTES; i++) {
		notes_add(&lesson->reasons, xasprintf("reason %d", i));
		notes_add(&lesson->warnings, xasprintf("warning %d", i));
	}
	native_add(&answer->feeds, xstrdup("https://www.example.net/feed.xml"));
	answer->feeds.list[0].title = xstrdup("news");
}

static struct answer
sample_answer(size_t count)
{
	struct answer answer = {
	    .charset = xstrdup("EUC-KR"),
	    .charset_source = xstrdup("header"),
	    .parser = xstrdup("html5"),
	    .replaced = 3,
	    .proposal = xstrdup("item: .card\nkeep: date\n"),
	    .healed_lost = 1u << FIELD_DATE,
	    .is_candidate = true,
	    .is_given = true,
	    .in_force = {.anchors = 3, .covered = 2},
	    .healed = {.anchors = 12, .covered = 11, .usual = 20},
	    .extraction = {.item_count = (uint32_t)count + 2,
		.dropped = 2,
		.filtered = 3,
		.page_title = xstrdup("page"),
		.site_title = xstrdup("site"),
		.heading = xstrdup("heading"),
		.language = xstrdup("ko"),
		.icon = xstrdup("https://www.example.net/favicon.ico"),
		.item_how = xstrdup("inferred: 8 items 'div > div'"),
		.list_path = xstrdup("div.list < main"),
		.next_url = xstrdup("https://www.example.net/list?page=2"),
		.next_how = xstrdup("9 numbered links"),
		.window = xmemdup("<ul>\0\xff", 6),
		.window_length = 6,
		.filled = {[FIELD_TITLE] = (uint32_t)count, [FIELD_IMAGE] = 1},
		.list_place = LIST_EMPTY},
	};
	answer.evidence = (struct evidence){.width = 3000,
	    .links = 40,
	    .broken = 2,
	    .mojibake = 1,
	    .foreign = 90,
	    .ending = ENDING_OPEN,
	    .sketch = {.least = {1, [SKETCH_LENGTH - 1] = UINT32_MAX}}};
	evidence_add(&answer.evidence, VERDICT_BLOCKED, SIGN_STRONG,
	    xstrdup("is titled 'Wait'"));
	evidence_add(
	    &answer.evidence, VERDICT_CUT, SIGN_SAID, xstrdup("says 'x'"));
	for (int field = 0; field < FIELD_COUNT; field++)
		answer.extraction.how[field] = xasprintf("rule %d", field);
	for (size_t i = 0; i < count; i++)
		articles_add(
		    &answer.extraction.articles, sample_article((int)i));
	answer.menu.how = xstrdup("2 sections");
	for (int i = 0; i < 2; i++)
		menu_add(&answer.menu, sample_entry(i));
	add_sample_lesson(&answer);
	return answer;
}

static struct buffer
encoded(const struct answer *answer)
{
	struct buffer message = {0};
	answer_encode(answer, &message);
	return message;
}

static struct buffer
sample_message(size_t count)
{
	struct answer answer = sample_answer(count);
	struct buffer message = encoded(&answer);
	answer_clear(&answer);
	return message;
}

/* ---- what may never come through ---- */

static void
assert_string_clean(const char *string, size_t most, bool paragraphs)
{
	if (string == NULL)
		return;
	assert_true(strlen(string) <= most);
	assert_true(text_is_clean(string, strlen(string), paragraphs));
}

static void
assert_link_clean(const char *link)
{
	if (link == NULL)
		return;
	assert_string_clean(link, 2048, false);
	assert_true(strncmp(link, "http://", 7) == 0 ||
		    strncmp(link, "https://", 8) == 0);
	assert_null(strpbrk(link, " <>\""));
}

static void
assert_menu_clean(const struct menu *menu)
{
	assert_string_clean(menu->how, 2048, false);
	assert_true(menu->count <= MENU_MAX_ENTRIES);
	for (size_t i = 0; i < menu->count; i++) {
		const struct menu_entry *entry = &menu->list[i];
		assert_non_null(entry->url);
		assert_link_clean(entry->url);
		assert_non_null(entry->title);
		assert_int_not_equal(entry->title[0], '\0');
		assert_string_clean(entry->title, 320, false);
		assert_string_clean(entry->group, 320, false);
		assert_true(name_is_good(entry->name));
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(
			    menu->list[k].name, entry->name);
	}
}

static void
assert_rules_clean(const struct rule_list *rules, enum field field)
{
	assert_true(rules->count <= LESSON_ALTERNATIVES);
	for (size_t i = 0; i < rules->count; i++) {
		const struct rule *rule = &rules->list[i];
		assert_non_null(rule->css);
		assert_string_clean(rule->css, LESSON_CSS_BYTES, false);
		assert_true(rule_check(rule, field, NULL));
		assert_null(rule->xpath);
		assert_null(rule->pattern);
	}
}

static void
assert_lesson_clean(const struct answer *answer)
{
	const struct lesson *lesson = &answer->lesson;
	assert_in_range(lesson->grade, LESSON_NONE, LESSON_READY);
	assert_true(lesson->confidence <= 100);
	assert_rules_clean(&lesson->rules.items, FIELD_COUNT);
	for (int field = 0; field < FIELD_COUNT; field++)
		assert_rules_clean(
		    &lesson->rules.fields[field], (enum field)field);
	for (int field = 0; field <= FIELD_COUNT; field++)
		assert_string_clean(lesson->why[field], 2048, false);
	assert_string_clean(lesson->article_link, 2048, false);
	assert_string_clean(lesson->runner_up, 2048, false);
	assert_true(lesson->reasons.count <= LESSON_NOTES);
	assert_true(lesson->warnings.count <= LESSON_NOTES);
	for (size_t i = 0; i < lesson->warnings.count; i++)
		assert_string_clean(lesson->warnings.list[i], 2048, false);
	for (size_t i = 0; i < answer->feeds.count; i++) {
		assert_link_clean(answer->feeds.list[i].url);
		assert_string_clean(answer->feeds.list[i].title, 2048, false);
	}
}

static void
assert_answer_clean(const struct answer *answer)
{
	const struct extraction *read = &answer->extraction;
	const char *const lines[] = {answer->stage, answer->reason,
	    answer->charset, answer->charset_source, answer->parser,
	    read->page_title, read->site_title, read->heading, read->language,
	    read->item_how, read->list_path, read->next_how};
	for (size_t i = 0; i < COUNT(lines); i++)
		assert_string_clean(lines[i], 2048, false);
	for (int field = 0; field < FIELD_COUNT; field++)
		assert_string_clean(read->how[field], 2048, false);
	assert_true(read->window_length <= WINDOW_MAX_BYTES);
	assert_int_equal(read->window == NULL, read->window_length == 0);
	if (answer->is_same) {
		assert_null(answer->stage);
		assert_null(read->window);
		assert_int_equal(read->articles.count, 0);
		assert_int_equal(answer->menu.count, 0);
	}
	assert_lesson_clean(answer);
	const struct evidence *evidence = &answer->evidence;
	assert_true(evidence->count <= EVIDENCE_SIGNS);
	for (size_t i = 0; i < evidence->count; i++) {
		const struct sign *sign = &evidence->signs[i];
		assert_non_null(sign->words);
		assert_string_clean(sign->words, EVIDENCE_WORDS, false);
		assert_in_range(sign->kind, VERDICT_BLOCKED, VERDICT_CUT);
		assert_in_range(sign->grade, SIGN_STRONG, SIGN_SAID);
	}
	assert_in_range(evidence->ending, ENDING_WHOLE, ENDING_INSIDE);
	assert_in_range(read->list_place, LIST_UNKNOWN, LIST_FULL);
	for (int field = 0; field < FIELD_COUNT; field++)
		assert_true(read->filled[field] <= read->item_count);
	assert_link_clean(read->icon);
	assert_link_clean(read->next_url);
	assert_true(read->articles.count <= WIRE_MAX_ARTICLES);
	for (size_t i = 0; i < read->articles.count; i++) {
		const struct article *article = &read->articles.list[i];
		assert_null(article->id);
		assert_non_null(article->link);
		assert_non_null(article->title);
		assert_int_not_equal(article->title[0], '\0');
		assert_link_clean(article->link);
		assert_link_clean(article->image);
		assert_string_clean(article->key, 2048, false);
		assert_string_clean(article->title, 1204, false);
		assert_string_clean(article->text, WIRE_MAX_TEXT, true);
		assert_string_clean(article->author, 1024, false);
		assert_string_clean(article->category, 1024, false);
		assert_in_range(article->published.precision, PRECISION_NONE,
		    PRECISION_SECOND);
		assert_true(article->position >= 0);
		assert_int_equal(article->first_seen_s, 0);
		assert_int_equal(article->changed_s, 0);
	}
	assert_menu_clean(&answer->menu);
}

/* Whatever these bytes are: nothing unclean comes of them. */
static bool
survive(const char *bytes, size_t length)
{
	struct answer answer;
	struct job job;
	bool good = decode_answer(bytes, length, &answer);
	if (good) {
		assert_answer_clean(&answer);
		answer_clear(&answer);
	}
	if (decode_job(bytes, length, &job)) {
		assert_non_null(job.body);
		assert_non_null(job.url);
		job_clear(&job);
	}
	return good;
}

/* ---- there and back ---- */

static void
test_job(void **state)
{
	(void)state;
	struct job job = sample_job(), back;
	struct buffer message = {0}, again = {0};
	job_encode(&job, &message);
	assert_int_equal(
	    wire_length(message.bytes, message.length), message.length);
	assert_true(decode_job(message.bytes, message.length, &back));
	assert_int_equal(back.kind, JOB_MENU);
	assert_int_equal(back.length, job.length);
	assert_memory_equal(back.body, job.body, job.length);
	assert_int_equal(back.body[back.length], '\0');
	assert_string_equal(back.content_type, job.content_type);
	assert_string_equal(back.charset, job.charset);
	assert_string_equal(back.url, job.url);
	assert_string_equal(back.language, job.language);
	assert_int_equal(back.zone_length, job.zone_length);
	assert_memory_equal(back.zone, job.zone, job.zone_length);
	assert_int_equal(back.zone_offset_s, job.zone_offset_s);
	assert_true(back.zone_is_unknown);
	assert_int_equal(back.now_s, job.now_s);
	assert_int_equal(back.window_length, job.window_length);
	assert_memory_equal(back.window, job.window, job.window_length);
	assert_string_equal(back.list_path, job.list_path);
	assert_int_equal(back.memory.count, 2);
	assert_string_equal(back.memory.list[1].link, job.memory.list[1].link);
	assert_string_equal(back.memory.list[0].title, "one");
	assert_int_equal(
	    back.memory.list[0].published.precision, PRECISION_DAY);
	assert_int_equal(back.usual, 20);
	assert_int_equal(rules_hash(&back.rules), rules_hash(&job.rules));
	assert_int_equal(back.rules.items.count, 2);
	assert_string_equal(back.rules.items.list[0].exclude, ".ad");
	for (int field = 0; field < FIELD_COUNT; field++)
		assert_int_equal(back.rules.fields[field].count, field);
	assert_string_equal(back.rules.article_links[1].text, "/news/(\\d+)");
	assert_true(back.rules.article_links[1].is_pattern);
	assert_int_equal(back.rules.filters[1].field, FIELD_CATEGORY);
	assert_false(back.rules.filters[1].skip);
	assert_true(back.rules.filters[0].skip);
	/* nothing was left out */
	job_encode(&back, &again);
	assert_int_equal(again.length, message.length);
	assert_memory_equal(again.bytes, message.bytes, message.length);
	job_clear(&back);
	sample_job_clear(&job);
	buffer_clear(&again);
	buffer_clear(&message);
}

/* The least there is, and an empty page. */
static void
test_small_job(void **state)
{
	(void)state;
	struct job job = {.body = "", .url = "http://a.example/"}, back;
	struct buffer message = {0};
	job_encode(&job, &message);
	assert_true(decode_job(message.bytes, message.length, &back));
	assert_int_equal(back.length, 0);
	assert_string_equal(back.body, "");
	assert_null(back.zone);
	assert_null(back.charset);
	assert_int_equal(back.rules.items.count, 0);
	job_clear(&back);
	buffer_clear(&message);
}

static void
test_answer(void **state)
{
	(void)state;
	static const size_t counts[] = {
	    0, 1, 2, 40, WIRE_MAX_ARTICLES, WIRE_MAX_ARTICLES + 7};
	for (size_t i = 0; i < COUNT(counts); i++) {
		struct answer answer = sample_answer(counts[i]), back;
		struct buffer message = encoded(&answer);
		assert_int_equal(
		    wire_length(message.bytes, message.length), message.length);
		assert_true(
		    decode_answer(message.bytes, message.length, &back));
		assert_answer_clean(&back);
		/* who reads more sends what may be sent */
		assert_int_equal(back.extraction.articles.count,
		    counts[i] < WIRE_MAX_ARTICLES ? counts[i]
						  : WIRE_MAX_ARTICLES);
		struct buffer again = encoded(&back);
		assert_int_equal(again.length, message.length);
		assert_memory_equal(again.bytes, message.bytes, again.length);
		if (counts[i] > 1) {
			const struct article *one =
			    &back.extraction.articles.list[1];
			assert_string_equal(
			    one->link, "https://www.example.net/article/1");
			assert_string_equal(one->key, "key-1");
			assert_int_equal(one->published.at_s, 1799989999);
			assert_int_equal(
			    one->published.precision, PRECISION_MINUTE);
			assert_int_equal(one->position, 1);
		}
		assert_int_equal(back.menu.count, 2);
		assert_string_equal(back.menu.list[1].title, "entry 1");
		buffer_clear(&again);
		buffer_clear(&message);
		answer_clear(&back);
		answer_clear(&answer);
	}
}

static void
test_failed_answer(void **state)
{
	(void)state;
	static const struct {
		char *stage, *reason;
		bool good;
	} rows[] = {{"parse", "the page is too deep", true},
	    {"decode", "", true}, {"extract", NULL, false},
	    {NULL, "no stage", false}, {NULL, NULL, true}};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct answer back;
		struct buffer message = encoded(&(struct answer){
		    .stage = rows[i].stage, .reason = rows[i].reason});
		bool good = decode_answer(message.bytes, message.length, &back);
		if (good != rows[i].good)
			fail_msg("row %zu", i);
		if (good)
			answer_clear(&back);
		buffer_clear(&message);
	}
}

static void
test_length(void **state)
{
	(void)state;
	static const char bytes[] = "\x05\0\0\0abcde\xff\xff\xff\xff";
	assert_int_equal(wire_length(bytes, 0), 0);
	assert_int_equal(wire_length(bytes, 3), 0);
	assert_int_equal(wire_length(bytes, 4), 9);
	assert_int_equal(wire_length(bytes, 9), 9);
	/* no wrap-around to something small */
	assert_int_equal(wire_length(bytes + 9, 4), WIRE_MAX_MESSAGE + 1);
}

/* ---- liars ---- */

enum place {
	KEY,
	LINK,
	TITLE,
	TEXT,
	AUTHOR,
	IMAGE,
	CATEGORY,
	ICON,
	NEXT,
	HEADING,
	HOW,
	ENTRY_NAME,
	ENTRY_GROUP,
	ENTRY_TITLE,
	ENTRY_URL,
	MENU_HOW,
	REASON,
	SIGN,
	LEARNED,
	ARTICLE_LINK,
	FEED
};

/* What a worker that somebody took over could write. */
static const struct {
	const char *name;
	enum place place;
	const char *value;
	bool good;
} lies[] = {
    {"plain", TITLE, "title", true},
    {"Hangul", TITLE, "\xed\x95\x9c\xea\xb8\x80", true},
    {"markup is text", TITLE, "<b>&amp;</b>", true},
    {"broken UTF-8", TITLE, "a\xff", false},
    {"half a character", TITLE, "a\xed\x95", false},
    {"too long a form", TITLE, "a\xc0\xaf", false},
    {"a surrogate", TITLE, "a\xed\xa0\x80", false},
    {"beyond Unicode", TITLE, "a\xf4\x90\x80\x80", false},
    {"a non-character", TITLE, "a\xef\xbf\xbe", false},
    {"C0", TITLE, "a\x01", false},
    {"an escape sequence", TITLE, "a\x1b[31m", false},
    {"DEL", TITLE, "a\x7f", false},
    {"C1", TITLE, "a\xc2\x9b", false},
    {"bidi", TITLE, "a\xe2\x80\xae z", false},
    {"two lines", TITLE, "a\nb", false},
    {"a tab", TITLE, "a\tb", false},
    {"no title", TITLE, NULL, false},
    {"an empty title", TITLE, "", false},
    {"two paragraphs", TEXT, "a\nb", true},
    {"control in the text", TEXT, "a\x02", false},
    {"return in the text", TEXT, "a\r\nb", false},
    {"broken text", TEXT, "\xea\xb0", false},
    {"two lines", AUTHOR, "a\nb", false},
    {"control", AUTHOR, "\x1b", false},
    {"control", KEY, "\x1b", false},
    {"control", CATEGORY, "\x1b", false},
    {"control", REASON, "\x1b", false},
    {"words of a sign", SIGN, "holds \xed\x95\x9c", true},
    {"a sign without words", SIGN, NULL, false},
    {"control", SIGN, "\x1b", false},
    {"two lines", SIGN, "a\nb", false},
    {"broken", SIGN, "a\xff", false},
    {"https", LINK, "https://a.example/", true},
    {"http", LINK, "http://a.example/?q=%20#x", true},
    {"an address", LINK, "http://192.0.2.1:8080/x", true},
    {"IPv6", LINK, "http://[2001:db8::1]/x", true},
    {"no link", LINK, NULL, false},
    {"an empty link", LINK, "", false},
    {"javascript", LINK, "javascript:alert(1)", false},
    {"javascript, capital", LINK, "JavaScript:alert(1)", false},
    {"data", LINK, "data:text/html,<script>", false},
    {"file", LINK, "file:///etc/passwd", false},
    {"ftp", LINK, "ftp://a.example/", false},
    {"relative", LINK, "/article/1", false},
    {"of the same scheme", LINK, "//a.example/", false},
    {"in capitals", LINK, "HTTP://a.example/", false},
    {"nothing but a scheme", LINK, "http://", false},
    {"one slash", LINK, "http:/a.example/", false},
    {"no host", LINK, "http:///etc", false},
    {"no host but a query", LINK, "http://?x", false},
    {"no host but a fragment", LINK, "http://#x", false},
    {"a user", LINK, "http://user@a.example/", false},
    {"a user and a password", LINK, "https://u:p@a.example/", false},
    {"an at sign in the path", LINK, "https://a.example/@u/1", true},
    {"an at sign in the query", LINK, "https://a.example?q=@", true},
    {"a blank", LINK, "http://a.example/a b", false},
    {"a quote", LINK, "http://a.example/\"x", false},
    {"a tag", LINK, "http://a.example/<x>", false},
    {"a backslash", LINK, "http://a.example\\x", false},
    {"a newline", LINK, "http://a.example/\nx", false},
    {"a control", LINK, "http://a.example/\x01", false},
    {"javascript", ICON, "javascript:alert(1)", false},
    {"broken UTF-8", LINK, "http://a.example/\xff", false},
    {"no next page", NEXT, NULL, true},
    {"javascript", NEXT, "javascript:next()", false},
    {"a path alone", NEXT, "/list?page=2", false},
    {"a user", NEXT, "https://u@www.example.net/list?page=2", false},
    {"a newline", NEXT, "https://www.example.net/\nHost: a", false},
    {"javascript", IMAGE, "javascript:alert(1)", false},
    {"data", IMAGE, "data:image/png;base64,AAAA", false},
    {"a name", ENTRY_NAME, "s1n1.a_b-c", true},
    {"the other's name", ENTRY_NAME, "list-0", false},
    {"no name", ENTRY_NAME, NULL, false},
    {"an empty name", ENTRY_NAME, "", false},
    {"a name in capitals", ENTRY_NAME, "List", false},
    {"a folder above", ENTRY_NAME, "..", false},
    {"a path", ENTRY_NAME, "a/b", false},
    {"a name with a colon", ENTRY_NAME, "a:", false},
    {"a name in Hangul", ENTRY_NAME, "\xed\x95\x9c", false},
    {"a name of two lines", ENTRY_NAME, "a\nb", false},
    {"no group", ENTRY_GROUP, NULL, true},
    {"two lines", ENTRY_GROUP, "a\nb", false},
    {"control", ENTRY_GROUP, "\x1b", false},
    {"yaml", ENTRY_TITLE, "'}: # [a]", true},
    {"no title", ENTRY_TITLE, NULL, false},
    {"an empty title", ENTRY_TITLE, "", false},
    {"two lines", ENTRY_TITLE, "a\nsites:", false},
    {"broken UTF-8", ENTRY_TITLE, "a\xff", false},
    {"no selector", LEARNED, NULL, true}, /* it is left out */
    {"no CSS", LEARNED, "h3 >", false},
    {"a pseudo-class that nobody knows", LEARNED, ":visited", false},
    {"an empty selector", LEARNED, "", false},
    {"two lines", LEARNED, "h3\n    item: p", false},
    {"an attribute's test", LEARNED, "a[title=\"x\"]", true},
    {"an attribute, which is no item", LEARNED, "a@title", false},
    {"no template", ARTICLE_LINK, "/article/", false},
    {"no template at all", ARTICLE_LINK, NULL, true},
    {"two lines", ARTICLE_LINK, "/a/{id}\n    item: p", false},
    {"javascript", FEED, "javascript:alert(1)", false},
    {"a path alone", FEED, "/feed", false},
    {"no address", ENTRY_URL, NULL, false},
    {"javascript", ENTRY_URL, "javascript:alert(1)", false},
    {"a path alone", ENTRY_URL, "/list/1", false},
    {"a newline", ENTRY_URL, "https://www.example.net/\nx", false},
};

static void
put_lie(struct answer *answer, enum place place, const char *value)
{
	struct article *article = &answer->extraction.articles.list[1];
	char **to[] = {[KEY] = &article->key,
	    [LINK] = &article->link,
	    [TITLE] = &article->title,
	    [TEXT] = &article->text,
	    [AUTHOR] = &article->author,
	    [IMAGE] = &article->image,
	    [CATEGORY] = &article->category,
	    [ICON] = &answer->extraction.icon,
	    [NEXT] = &answer->extraction.next_url,
	    [HEADING] = &answer->extraction.heading,
	    [HOW] = &answer->extraction.how[2],
	    [ENTRY_NAME] = &answer->menu.list[1].name,
	    [ENTRY_GROUP] = &answer->menu.list[1].group,
	    [ENTRY_TITLE] = &answer->menu.list[1].title,
	    [ENTRY_URL] = &answer->menu.list[1].url,
	    [MENU_HOW] = &answer->menu.how,
	    [REASON] = &answer->reason,
	    [SIGN] = &answer->evidence.signs[1].words,
	    [LEARNED] = &answer->lesson.rules.items.list[1].css,
	    [ARTICLE_LINK] = &answer->lesson.article_link,
	    [FEED] = &answer->feeds.list[0].url};
	free(*to[place]);
	*to[place] = xstrdup_or_null(value);
	if (place == REASON)
		answer->stage = xstrdup("parse");
}

static void
test_lies(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(lies); i++) {
		struct answer answer = sample_answer(3), back;
		put_lie(&answer, lies[i].place, lies[i].value);
		struct buffer message = encoded(&answer);
		bool good = decode_answer(message.bytes, message.length, &back);
		if (good != lies[i].good)
			fail_msg("%s, place %d: %s", lies[i].name,
			    (int)lies[i].place, good ? "taken" : "refused");
		if (good) {
			assert_answer_clean(&back);
			answer_clear(&back);
		}
		buffer_clear(&message);
		answer_clear(&answer);
	}
}

/* What is said of a page: our side leaves out what it cannot say, a liar's is
 * refused. */
static void
test_remarks(void **state)
{
	(void)state;
	static const char *const unclean[] = {"\x1b[2J", "a\xff", "a\nb"};
	static const enum place places[] = {HEADING, HOW};
	for (size_t i = 0; i < COUNT(unclean) * COUNT(places); i++) {
		struct answer answer = sample_answer(2), back;
		put_lie(&answer, places[i % 2], unclean[i / 2]);
		struct buffer message = encoded(&answer);
		assert_true(
		    decode_answer(message.bytes, message.length, &back));
		assert_answer_clean(&back);
		assert_null(places[i % 2] == HOW ? back.extraction.how[2]
						 : back.extraction.heading);
		assert_int_equal(back.extraction.articles.count, 2);
		answer_clear(&back);
		buffer_clear(&message);
		answer_clear(&answer);
	}
	static const char *const said[] = {"EUC-KR", "header", "html5", "page",
	    "site", "heading", "inferred: 8", "rule 2", "div > div", "div.list",
	    "9 numbered", "2 sections"};
	for (size_t i = 0; i < COUNT(said); i++) {
		struct buffer message = sample_message(2);
		char *at = memmem(
		    message.bytes, message.length, said[i], strlen(said[i]));
		assert_non_null(at);
		*at = '\x1b';
		if (survive(message.bytes, message.length))
			fail_msg("%s", said[i]);
		buffer_clear(&message);
	}
}

/* "The same list" is said alone. */
static void
test_same_list(void **state)
{
	(void)state;
	for (int lie = 0; lie < 5; lie++) {
		struct answer answer = {.is_same = true}, back;
		if (lie == 1)
			articles_add(
			    &answer.extraction.articles, sample_article(0));
		if (lie == 2)
			menu_add(&answer.menu, sample_entry(0));
		if (lie == 3) {
			answer.stage = xstrdup("parse");
			answer.reason = xstrdup("why");
		}
		if (lie == 4) {
			answer.extraction.window = xstrdup("<ul>");
			answer.extraction.window_length = 4;
		}
		struct buffer message = encoded(&answer);
		bool good = decode_answer(message.bytes, message.length, &back);
		if (good != (lie == 0))
			fail_msg("lie %d", lie);
		if (good) {
			assert_true(back.is_same);
			answer_clear(&back);
		}
		buffer_clear(&message);
		answer_clear(&answer);
	}
}

/* Of a window only the length is known. */
static void
test_long_window(void **state)
{
	(void)state;
	static const size_t lengths[] = {
	    0, 1, WINDOW_MAX_BYTES, WINDOW_MAX_BYTES + 1};
	for (size_t i = 0; i < COUNT(lengths); i++) {
		struct answer answer = sample_answer(1), back;
		struct job job = sample_job(), read;
		bool fits = lengths[i] > 0 && lengths[i] <= WINDOW_MAX_BYTES;
		char *window = xcalloc(1, lengths[i] + 1);
		free(answer.extraction.window);
		answer.extraction.window = window;
		answer.extraction.window_length = lengths[i];
		job.window = window;
		job.window_length = lengths[i];
		struct buffer message = encoded(&answer), asked = {0};
		job_encode(&job, &asked);
		bool good = decode_answer(message.bytes, message.length, &back);
		assert_int_equal(good, fits);
		if (good)
			answer_clear(&back);
		good = decode_job(asked.bytes, asked.length, &read);
		assert_int_equal(good, fits);
		if (good)
			job_clear(&read);
		buffer_clear(&asked);
		buffer_clear(&message);
		sample_job_clear(&job);
		answer_clear(&answer);
	}
}

/* As long as it may be, and one byte longer. */
static void
test_long_strings(void **state)
{
	(void)state;
	static const struct {
		enum place place;
		size_t most;
	} rows[] = {{KEY, 2048}, {LINK, 2048}, {TITLE, 1204},
	    {TEXT, WIRE_MAX_TEXT}, {AUTHOR, 1024}, {IMAGE, 2048}, {ICON, 2048},
	    {NEXT, 2048}, {CATEGORY, 1024}, {ENTRY_NAME, NAME_MAX_BYTES},
	    {ENTRY_GROUP, 320}, {ENTRY_TITLE, 320}, {ENTRY_URL, 2048},
	    {REASON, 2048}, {SIGN, EVIDENCE_WORDS}};
	for (size_t i = 0; i < 2 * COUNT(rows); i++) {
		struct answer answer = sample_answer(2), back;
		size_t length = rows[i / 2].most + i % 2;
		char *value = xmalloc(length + 1);
		memset(value, 'x', length);
		value[length] = '\0';
		if (rows[i / 2].place == LINK || rows[i / 2].place == IMAGE ||
		    rows[i / 2].place == ICON || rows[i / 2].place == NEXT ||
		    rows[i / 2].place == ENTRY_URL)
			memcpy(value, "http://", 7);
		put_lie(&answer, rows[i / 2].place, value);
		struct buffer message = encoded(&answer);
		bool good = decode_answer(message.bytes, message.length, &back);
		if (good != (i % 2 == 0))
			fail_msg("place %d, %zu bytes", (int)rows[i / 2].place,
			    length);
		if (good)
			answer_clear(&back);
		free(value);
		buffer_clear(&message);
		answer_clear(&answer);
	}
}

/* Numbers that name nothing, and more signs than there is room for. */
static void
test_lying_evidence(void **state)
{
	(void)state;
	for (int i = 0; i < 8; i++) {
		struct answer answer = sample_answer(1), back;
		struct evidence *evidence = &answer.evidence;
		size_t more = i == 6   ? EVIDENCE_SIGNS - 2
			      : i == 7 ? EVIDENCE_SIGNS
				       : 0;
		if (i == 1)
			evidence->signs[1].kind = VERDICT_GOOD;
		if (i == 2)
			evidence->signs[0].kind = VERDICT_COUNT;
		if (i == 3)
			evidence->signs[0].grade = SIGN_GRADES;
		if (i == 4)
			evidence->ending = (enum ending)(ENDING_INSIDE + 1);
		struct buffer message = encoded(&answer);
		/* the fields of the first sign, in front of all others */
		size_t at = HEAD, begin = 0, end = 0;
		while (at < message.length && end == 0) {
			size_t next = field_end(&message, at);
			if (memmem(message.bytes + at, next - at, "'Wait'", 6))
				end = next;
			else if (next - at == FIELD_HEAD + sizeof(int64_t))
				begin = at - FIELD_HEAD - sizeof(int64_t);
			at = next;
		}
		assert_int_not_equal(end, 0);
		char *sign = xmemdup(message.bytes + begin, end - begin);
		for (size_t n = 0; n < more; n++)
			buffer_add(&message, sign, end - begin);
		set_length(&message);
		bool good = decode_answer(message.bytes, message.length, &back);
		if (good != (i == 0 || i == 5 || i == 6))
			fail_msg("row %d", i);
		if (good) {
			assert_answer_clean(&back);
			assert_int_equal(back.evidence.count, 2 + more);
			answer_clear(&back);
		}
		free(sign);
		buffer_clear(&message);
		answer_clear(&answer);
	}
}

static void
test_too_many_articles(void **state)
{
	(void)state;
	struct buffer message = sample_message(WIRE_MAX_ARTICLES);
	struct buffer more = sample_message(1);
	assert_true(survive(message.bytes, message.length));
	/* the fields of a last article, as often as one likes */
	size_t at = HEAD, begin = 0;
	while (at < more.length) {
		size_t end = field_end(&more, at);
		if (begin == 0 &&
		    memmem(more.bytes + at, end - at, "key-0", 5) != NULL)
			begin = at - FIELD_HEAD - sizeof(int64_t);
		at = end;
	}
	assert_int_not_equal(begin, 0);
	buffer_add(&message, more.bytes + begin, more.length - begin);
	set_length(&message);
	assert_false(survive(message.bytes, message.length));
	buffer_clear(&more);
	buffer_clear(&message);
}

static void
test_too_many_entries(void **state)
{
	(void)state;
	struct answer answer = sample_answer(1);
	for (int i = 2; i < MENU_MAX_ENTRIES + 5; i++)
		menu_add(&answer.menu, sample_entry(i));
	/* who found more sends what may be sent */
	struct buffer message = encoded(&answer);
	assert_true(survive(message.bytes, message.length));
	/* one more, of the same kinds as the last */
	size_t at = HEAD, kinds[4] = {0};
	while (at < message.length) {
		memmove(kinds, kinds + 1, 3 * sizeof(kinds[0]));
		kinds[3] = at;
		at = field_end(&message, at);
	}
	for (int i = 0; i < 4; i++) {
		static const char *const values[] = {
		    "one-more", "group", "title", "https://a.example/"};
		uint16_t tag;
		memcpy(&tag, message.bytes + kinds[i], sizeof(tag));
		add_field(
		    &message, tag, values[i], (uint32_t)strlen(values[i]));
	}
	assert_false(survive(message.bytes, message.length));
	buffer_clear(&message);
	answer_clear(&answer);
}

/* Fields that do not belong there. */
static void
test_strange_fields(void **state)
{
	(void)state;
	for (unsigned tag = 0; tag < 300; tag++) {
		struct buffer message = sample_message(1);
		add_field(&message, (uint16_t)tag, "xxxxxxxx", 8);
		/* all strings are there already, and no number is that big */
		bool good = survive(message.bytes, message.length);
		if (good)
			fail_msg("tag %u", tag);
		buffer_clear(&message);
	}
	static const uint16_t far[] = {1000, 0x4041, 0x7fff, 0x8000, 0xffff};
	for (size_t i = 0; i < COUNT(far); i++) {
		struct buffer message = sample_message(1);
		add_field(&message, far[i], "", 0);
		assert_false(survive(message.bytes, message.length));
		buffer_clear(&message);
	}
}

/* The worker's side trusts nobody either. */
static void
test_bad_jobs(void **state)
{
	(void)state;
	/* what is looked for, and what stands there instead */
	static const struct {
		const char *name, *there;
		size_t length;
		const char *instead;
	} rows[] = {
	    {"NUL in the address", "www.example.net", 3, "\0ww"},
	    {"NUL in a rule", "h3 > a", 1, "\0"},
	    {"NUL in a filter", "economy", 1, "\0"},
	    {"NUL in a template", "/article/{id}", 1, "\0"},
	    {"a number out of range", "\x90\x7e\0\0", 4, "\xff\xff\xff\xff"},
	};
	struct job job = sample_job(), back;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buffer message = {0};
		job_encode(&job, &message);
		char *at = memmem(message.bytes, message.length, rows[i].there,
		    i == 4 ? 4 : strlen(rows[i].there));
		assert_non_null(at);
		memcpy(at, rows[i].instead, rows[i].length);
		if (decode_job(message.bytes, message.length, &back))
			fail_msg("%s", rows[i].name);
		buffer_clear(&message);
	}
	sample_job_clear(&job);
	struct job bare = {.body = "", .url = "http://a.example/"};
	/* TAG_RULE_CSS is the first of a rule's fields after its beginning */
	for (uint16_t tag = 11; tag <= 17; tag++) {
		struct buffer message = {0};
		job_encode(&bare, &message);
		add_field(&message, tag, "x", 1);
		assert_false(decode_job(message.bytes, message.length, &back));
		buffer_clear(&message);
	}
	struct buffer message = {0};
	uint32_t none = 0;
	buffer_add(&message, &none, sizeof(none));
	assert_false(decode_job(message.bytes, message.length, &back));
	buffer_clear(&message);
}

/* Each field left out, doubled, moved to the end, cut by a byte, made longer.
 */
static void
test_field_surgery(void **state)
{
	(void)state;
	struct buffer whole = sample_message(2);
	size_t fields = 0;
	for (size_t at = HEAD; at < whole.length; fields++) {
		size_t end = field_end(&whole, at);
		for (int way = 0; way < 5; way++) {
			struct buffer message = {0};
			buffer_add(&message, whole.bytes, at);
			size_t cut = message.length;
			if (way == 1 || way == 3 || way == 4)
				buffer_add(
				    &message, whole.bytes + at, end - at);
			uint32_t length = (uint32_t)(end - at - FIELD_HEAD);
			if (way == 3) {
				/* a byte less */
				if (length > 0)
					message.length--;
				length -= length > 0;
				memcpy(message.bytes + cut + 2, &length, 4);
			} else if (way == 4) {
				/* more than there is */
				length = (uint32_t)(whole.length - at);
				memcpy(message.bytes + cut + 2, &length, 4);
			}
			if (way == 1)
				buffer_add(
				    &message, whole.bytes + at, end - at);
			buffer_add(
			    &message, whole.bytes + end, whole.length - end);
			if (way == 2)
				buffer_add(
				    &message, whole.bytes + at, end - at);
			set_length(&message);
			bool good = survive(message.bytes, message.length);
			if (way == 4 && good)
				fail_msg("field %zu is too long", fields);
			buffer_clear(&message);
		}
		at = end;
	}
	assert_true(fields > 30);
	buffer_clear(&whole);
}

static void
test_truncated(void **state)
{
	(void)state;
	struct buffer messages[2] = {sample_message(2), {0}};
	struct job job = sample_job();
	job_encode(&job, &messages[1]);
	for (int which = 0; which < 2; which++) {
		struct buffer *message = &messages[which];
		size_t whole = message->length;
		for (size_t length = 0; length < whole; length++) {
			/* its head still says how long it was */
			uint32_t said = (uint32_t)(whole - HEAD);
			if (length >= HEAD)
				memcpy(message->bytes, &said, sizeof(said));
			assert_false(survive(message->bytes, length));
			/* a liar's says that it is whole */
			message->length = length;
			if (length < HEAD)
				continue;
			set_length(message);
			(void)survive(message->bytes, length);
		}
		/* and one byte more than said */
		message->length = whole;
		set_length(message);
		buffer_add_byte(message, 'x');
		assert_false(survive(message->bytes, message->length));
		buffer_clear(message);
	}
	sample_job_clear(&job);
}

static void
test_flipped(void **state)
{
	(void)state;
	struct buffer messages[2] = {sample_message(2), {0}};
	struct job job = sample_job();
	job_encode(&job, &messages[1]);
	static const unsigned char flips[] = {0x01, 0x08, 0x20, 0x80, 0xff};
	for (int which = 0; which < 2; which++) {
		struct buffer *message = &messages[which];
		for (size_t at = 0; at < message->length; at++)
			for (size_t i = 0; i < COUNT(flips); i++) {
				message->bytes[at] ^= (char)flips[i];
				(void)survive(message->bytes, message->length);
				message->bytes[at] ^= (char)flips[i];
			}
		buffer_clear(message);
	}
	sample_job_clear(&job);
}

static void
test_noise(void **state)
{
	(void)state;
	uint32_t random = 2463534242u;
	for (int round = 0; round < 3000; round++) {
		struct buffer message = {0};
		buffer_add(&message, "\0\0\0\0", HEAD);
		int fields = round % 40;
		for (int i = 0; i <= fields; i++) {
			char bytes[16];
			for (size_t j = 0; j < sizeof(bytes); j++) {
				random ^= random << 13;
				random ^= random >> 17;
				random ^= random << 5;
				bytes[j] = (char)random;
			}
			if (round % 3 == 0)
				buffer_add(&message, bytes, sizeof(bytes));
			else
				add_field(&message, (uint16_t)(random % 110),
				    bytes, round % 3 == 1 ? 8 : random % 16);
		}
		set_length(&message);
		(void)survive(message.bytes, message.length);
		buffer_clear(&message);
	}
}

/* A message longer than any of ours is not even looked at. */
static void
test_huge(void **state)
{
	(void)state;
	struct error err = {{0}};
	struct answer answer;
	struct buffer message = sample_message(1);
	size_t length = WIRE_MAX_MESSAGE + 1;
	char *bytes = xcalloc(1, length);
	memcpy(bytes, message.bytes, message.length);
	uint32_t said = (uint32_t)(length - HEAD);
	memcpy(bytes, &said, sizeof(said));
	assert_false(answer_decode(bytes, length, &answer, &err));
	assert_non_null(strstr(err.reason, "length"));
	free(bytes);
	buffer_clear(&message);
}

/* A greeting is of one form; each byte of it is either right or refused. */
static void
test_hello(void **state)
{
	(void)state;
	struct error err = {{0}};
	struct sandbox sandbox = {SANDBOX_ALL & ~SANDBOX_LANDLOCK, 7}, back;
	struct buffer message = {0};
	hello_encode(&sandbox, &message);
	assert_int_equal(message.length, WIRE_HELLO_LENGTH);
	assert_true(hello_decode(message.bytes, message.length, &back, &err));
	assert_int_equal(back.parts, sandbox.parts);
	assert_int_equal(back.landlock_abi, sandbox.landlock_abi);
	for (size_t length = 0; length < message.length; length++)
		assert_false(hello_decode(message.bytes, length, &back, &err));
	size_t taken = 0;
	for (size_t bit = 0; bit < message.length * 8; bit++) {
		message.bytes[bit / 8] ^= (char)(1 << bit % 8);
		if (hello_decode(message.bytes, message.length, &back, &err)) {
			assert_true(back.parts <= SANDBOX_ALL);
			assert_true(back.landlock_abi <= UINT16_MAX);
			taken++;
		}
		message.bytes[bit / 8] ^= (char)(1 << bit % 8);
	}
	/* another set of parts (4 bits), another ABI (16) */
	assert_int_equal(taken, 4 + 16);
	buffer_clear(&message);
	message = sample_message(1);
	assert_false(hello_decode(message.bytes, message.length, &back, &err));
	buffer_clear(&message);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_job),
	    cmocka_unit_test(test_small_job),
	    cmocka_unit_test(test_answer),
	    cmocka_unit_test(test_failed_answer),
	    cmocka_unit_test(test_length),
	    cmocka_unit_test(test_lies),
	    cmocka_unit_test(test_remarks),
	    cmocka_unit_test(test_same_list),
	    cmocka_unit_test(test_long_window),
	    cmocka_unit_test(test_long_strings),
	    cmocka_unit_test(test_lying_evidence),
	    cmocka_unit_test(test_too_many_articles),
	    cmocka_unit_test(test_too_many_entries),
	    cmocka_unit_test(test_strange_fields),
	    cmocka_unit_test(test_bad_jobs),
	    cmocka_unit_test(test_field_surgery),
	    cmocka_unit_test(test_truncated),
	    cmocka_unit_test(test_flipped),
	    cmocka_unit_test(test_noise),
	    cmocka_unit_test(test_huge),
	    cmocka_unit_test(test_hello),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
