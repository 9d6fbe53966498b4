#include "feed/window.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "feed/hash.h"
#include "tests/reading.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ITEMS 6
#define NEW 90 /* an article that was not there */

/* ---- pages ---- */

/* {n} in an item is the article's number; {k} outside is another thing at each
 * visit, {ad} an advertisement that is sometimes there. */
struct markup {
	const char *name, *rules, *before, *item, *after;
};

#define HEAD                                                                   \
	"<!DOCTYPE html><html lang=ko><head><meta charset=utf-8>"              \
	"<title>Paper {k}</title><meta name=csrf content=\"{k}\">"             \
	"<script>var t = '{k} <ul class=\"news\">'.length;</script></head>"    \
	"<body class=v{k}><!-- made in {k} ms --><p id=clock>12:{k}</p>{ad}"
#define SIDE                                                                   \
	"{ad}<aside><h4>Most read</h4><ol><li><a "                             \
	"href=/story/2023040170{k}>Read by "                                   \
	"{k} people</a></li></ol></aside><form><input name=t value={k}>"       \
	"</form><script>track({k})</script><!-- {k} --></body></html>\n"
#define TITLE "Rain fell on town {n} for the whole night"

static const struct markup markups[] = {
    {"ul with a class", "", HEAD "<div id=main><ul class=\"news\">\n",
	"<li><h3><a href=\"/story/20230401{n}\">" TITLE "</a></h3>"
	"<p>It went on until morning.</p></li>\n",
	"</ul></div>" SIDE},
    {"li not closed", "item: ol.stories > li\ntitle: a\n",
	HEAD "<main><ol class=stories>",
	"<li class=story><a href=/story/20230401{n}>" TITLE "</a> <i>Kim</i>",
	"</ol></main>" SIDE},
    {"table without tbody", "item: table.board tr\ntitle: a\n",
	HEAD "<div><table class=board border=0>",
	"<tr><td>{n}<td><a href='/bbs/view?no={n}'>" TITLE
	"</a><td>2023-04-{n}</tr>",
	"</table></div>" SIDE},
    {"capitals", "item: .row\ntitle: a\n", HEAD "<DIV ID=LIST>",
	"<DIV CLASS=row><A HREF=\"/story/20230401{n}\">" TITLE "</A></DIV>\n",
	"</DIV>" SIDE},
    {"articles in a section", "",
	HEAD "<section data-page=\"1\" class='list wide'>\n  ",
	"<article data-id=\"{n}\"><h2><a href=\"/story/20230401{n}\">" TITLE
	"</a></h2><time datetime=\"2023-04-{n}T09:00:00Z\">x</time>"
	"</article>\n  ",
	"</section>" SIDE},
    {"anchors as items", "item: xpath=//a[@class='card']\ntitle: xpath=.//b\n",
	HEAD "<div class=\"cards\n two-lines\">",
	"<a class='card' href=/story/20230401{n}><b>" TITLE
	"</b><span>more</span></a>",
	"</div>" SIDE},
    {"dt and dd", "item: dl > dt\ntitle: a\n",
	HEAD "<div class=box><dl class=news>",
	"<dt><a href=/story/20230401{n}>" TITLE "</a><dd>What of {n}.",
	"</dl></div>" SIDE},
    {"groups in one container", "item: .cell\ntitle: a\n",
	HEAD "<div class=grid><div class=half>",
	"<div class=\"cell c{n}\"><a href=/story/20230401{n}>" TITLE
	"</a></div></div><div class=half>",
	"</div></div>" SIDE},
    {"a container known by the one round it",
	"item: "
	"#news > ul > li\ntitle: a\n",
	HEAD "<ul><li class=m>menu</ul><div id=news><ul>",
	"<li><a href=/story/20230401{n}>" TITLE "</a><ul></ul>",
	"</ul></div>" SIDE},
    {"Korean, divs all the way down", "",
	HEAD "<div class=\"목록\"><div class=\"속\">",
	"<div><div><a href=\"/story/20230401{n}\"><strong>시장에 불이 켜지고 "
	"{n}번째 "
	"손님이 든다</strong></a></div><div>가게마다</div></div>",
	"</div></div>" SIDE},
};

static void
add_part(struct buffer *page, const char *part, int number, int visit)
{
	for (const char *at = part; *at != '\0'; at++) {
		if (strncmp(at, "{n}", 3) == 0) {
			buffer_add_format(page, "%d", number);
			at += 2;
		} else if (strncmp(at, "{k}", 3) == 0) {
			buffer_add_format(page, "%02d", visit * 7 % 100);
			at += 2;
		} else if (strncmp(at, "{ad}", 4) == 0) {
			if (visit % 3 == 1)
				buffer_add_format(page,
				    "<p class=ad><a href=//ads.example/%d>"
				    "Shoes</a></p>",
				    visit);
			at += 3;
		} else
			buffer_add_byte(page, *at);
	}
}

/* A page with these articles; an edited one has its number and a half. */
struct list {
	int numbers[ITEMS + 1];
	size_t count;
	int edited; /* number, or 0 */
};

struct made {
	struct buffer text;
	size_t first, last; /* where the first item begins and the last ends */
};

static struct made
make_page(const struct markup *markup, const struct list *list, int visit)
{
	struct made made = {0};
	add_part(&made.text, markup->before, 0, visit);
	made.first = made.text.length;
	for (size_t i = 0; i < list->count; i++) {
		struct buffer item = {0};
		add_part(&item, markup->item, list->numbers[i], 0);
		if (list->numbers[i] == list->edited) {
			char *old = buffer_take(&item);
			char *at = strstr(old, "</a>");
			if (at == NULL)
				at = strstr(old, "</");
			buffer_add(&item, old, (size_t)(at - old));
			buffer_add_string(&item, "!");
			buffer_add_string(&item, at);
			free(old);
		}
		buffer_add(&made.text, item.bytes, item.length);
		buffer_clear(&item);
	}
	made.last = made.text.length;
	add_part(&made.text, markup->after, 0, visit);
	return made;
}

static struct list
first_list(void)
{
	struct list list = {.count = ITEMS};
	for (int i = 0; i < ITEMS; i++)
		list.numbers[i] = 10 + ITEMS - i;
	return list;
}

/* ---- reading ---- */

struct place {
	const char *url, *charset;
};
static const struct place here = {READING_URL, "UTF-8"};

static struct window_source
source_of(const char *text, size_t length, const struct place *place)
{
	return (struct window_source){text, length, place->url, place->charset};
}

/* The window of a page that is read in full; the articles must be so many. */
static struct buffer
remember(const char *rules_text, const char *text, size_t length, size_t count)
{
	struct error err = {0};
	struct rules rules = reading_rules(rules_text);
	struct compiled_rules *compiled = rules_compile(&rules, &err);
	struct page *page = page_parse(text, length, PARSER_HTML5, 0, &err);
	assert_non_null(compiled);
	assert_non_null(page);
	struct window_source source = source_of(text, length, &here);
	struct extract_context context = {
	    .url = READING_URL, .now_s = READING_NOW, .source = &source};
	struct extraction read;
	assert_true(extract_articles(compiled, page, &context, &read, &err));
	if (read.articles.count != count)
		fail_msg("%zu articles and not %zu: %s", read.articles.count,
		    count, text);
	struct buffer window = {0};
	if (read.window != NULL)
		buffer_add(&window, read.window, read.window_length);
	assert_true(window.length <= WINDOW_MAX_BYTES);
	extraction_clear(&read);
	page_free(page);
	compiled_rules_free(compiled);
	rules_clear(&rules);
	return window;
}

/* ---- the real one, and one that takes the items without their container ----
 */

struct finder {
	struct buffer (*remember)(const struct markup *, const struct made *);
	bool (*is_same)(const struct buffer *, const struct made *);
};

static struct buffer
real_remember(const struct markup *markup, const struct made *made)
{
	return remember(
	    markup->rules, made->text.bytes, made->text.length, ITEMS);
}

static bool
real_is_same(const struct buffer *window, const struct made *made)
{
	struct window_source source =
	    source_of(made->text.bytes, made->text.length, &here);
	return window_is_same(window->bytes, window->length, &source);
}

/* From the first item to the last, found again by how the first one begins. */
#define TWIN_BEGIN 48
struct twin {
	size_t length;
	uint64_t hash;
	char begin[TWIN_BEGIN];
};

static struct buffer
twin_remember(const struct markup *markup, const struct made *made)
{
	(void)markup;
	const char *first = made->text.bytes + made->first;
	struct twin twin = {.length = made->last - made->first};
	struct buffer window = {0};
	memcpy(twin.begin, first, TWIN_BEGIN);
	twin.hash = hash_bytes(first, twin.length);
	buffer_add(&window, &twin, sizeof(twin));
	return window;
}

static bool
twin_is_same(const struct buffer *window, const struct made *made)
{
	struct twin twin;
	memcpy(&twin, window->bytes, sizeof(twin));
	const char *end = made->text.bytes + made->text.length;
	const char *at =
	    memmem(made->text.bytes, made->text.length, twin.begin, TWIN_BEGIN);
	return at != NULL && (size_t)(end - at) >= twin.length &&
	       hash_bytes(at, twin.length) == twin.hash;
}

static const struct finder real = {real_remember, real_is_same};
static const struct finder twin = {twin_remember, twin_is_same};

/* ---- each change of the list at each place ---- */

enum change { INSERT, REMOVE, EDIT, REORDER, CHANGES };
static const char *const change_names[] = {
    "inserted", "removed", "edited", "reordered"};

/* False if there is no such place. */
static bool
change_list(struct list *list, enum change change, size_t at)
{
	if (at > list->count || (change != INSERT && at == list->count) ||
	    (change == REORDER && at + 1 == list->count))
		return false;
	int *place = &list->numbers[at];
	size_t behind = list->count - at;
	int number = *place;
	switch (change) {
	case INSERT:
		memmove(place + 1, place, behind * sizeof(*place));
		*place = NEW;
		list->count++;
		return true;
	case REMOVE:
		memmove(place, place + 1, (behind - 1) * sizeof(*place));
		list->count--;
		return true;
	case EDIT:
		list->edited = number;
		return true;
	default:
		place[0] = place[1];
		place[1] = number;
		return true;
	}
}

/* Changes that went unseen, at any visit. */
static int
count_unseen(
    const struct finder *finder, const struct markup *markup, bool is_expected)
{
	int unseen = 0;
	struct list list = first_list();
	struct made made = make_page(markup, &list, 0);
	struct buffer window = finder->remember(markup, &made);
	assert_true(window.length > 0);
	for (int change = 0; change < CHANGES; change++)
		for (size_t at = 0; at <= ITEMS; at++) {
			struct list other = list;
			if (!change_list(&other, (enum change)change, at))
				continue;
			struct made next =
			    make_page(markup, &other, (int)at % 2);
			bool same = finder->is_same(&window, &next);
			if (same && !is_expected)
				print_error("%s: unseen: %s at %zu\n",
				    markup->name, change_names[change], at);
			unseen += same;
			buffer_clear(&next.text);
		}
	buffer_clear(&made.text);
	buffer_clear(&window);
	return unseen;
}

static void
test_changed_lists(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(markups); i++)
		assert_int_equal(count_unseen(&real, &markups[i], false), 0);
}

/* What the changes are for: they find the window that ends at its items. */
static void
test_bad_twin(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(markups); i++)
		assert_true(count_unseen(&twin, &markups[i], true) > 0);
}

/* Token, clock, advertisement, comment, what is read most, scripts. */
static void
test_same_lists(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(markups); i++) {
		struct list list = first_list();
		struct made made = make_page(&markups[i], &list, 0);
		struct buffer window = real_remember(&markups[i], &made);
		if (window.length == 0)
			fail_msg("%s: no window", markups[i].name);
		for (int visit = 0; visit < 10; visit++) {
			struct made next = make_page(&markups[i], &list, visit);
			if (!real_is_same(&window, &next))
				fail_msg("%s: not the same at visit %d",
				    markups[i].name, visit);
			buffer_clear(&next.text);
		}
		buffer_clear(&made.text);
		buffer_clear(&window);
	}
}

/* ---- what is no window ---- */

#define TWO                                                                    \
	"<li class=x><a href=/story/11>Rain fell on the town</a></li>"         \
	"<li class=x><a href=/story/12>Snow fell on the hill</a></li>"
#define RULES "item: .x\ntitle: a\n"

static const struct {
	const char *name, *rules, *html;
	size_t count;
} without[] = {
    {"one article", RULES,
	"<ul id=n><li class=x><a href=/story/11>Rain fell</a></li></ul>", 1},
    {"several blocks", RULES "item: .y\n",
	"<ul id=n>" TWO "<li class=y><a href=/story/13>Hail fell</a></ul>", 3},
    {"the body holds them", RULES, "<body>" TWO "</body>", 2},
    {"in two places of the body", RULES,
	"<body id=b><ul id=n><li class=x><a href=/story/11>Rain</a></ul><ul>"
	"<li class=x><a href=/story/12>Snow</a></ul></body>",
	2},
    {"the closing tag is not written", RULES, "<div id=n>" TWO, 2},
    {"another one's closes it", RULES, "<body><h1 id=n>" TWO "</h2><p>x", 2},
    {"the opening tag stands twice", RULES,
	"<ul class=n><li>menu</ul><ul class=n>" TWO "</ul>", 2},
    {"the opening tag stands in a script, too", RULES,
	"<script>x = '<ul id=n>'</script><ul id=n>" TWO "</ul>", 2},
    {"a field from outside, by its steps",
	"item: .x\ntitle: a\nauthor: xpath=../preceding-sibling::p\n",
	"<p>Kim</p><ul id=n>" TWO "</ul>", 2},
    {"a field from outside, from the root",
	"item: .x\ntitle: a\nauthor: xpath=//p\n",
	"<p>Kim</p><ul id=n>" TWO "</ul>", 2},
    {"dates from structured data", RULES,
	"<script type=application/ld+json>[{\"@type\":\"NewsArticle\","
	"\"url\":\"/story/11\",\"headline\":\"Rain fell on the town\","
	"\"datePublished\":\"2023-04-18T09:00:00Z\"}]</script>"
	"<ul id=n>" TWO "</ul>",
	2},
    {"moved there from elsewhere", RULES, "<p><b>x</p><div id=n>" TWO "</div>",
	2},
};

static void
test_without_window(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(without); i++) {
		struct buffer window = remember(without[i].rules,
		    without[i].html, strlen(without[i].html), without[i].count);
		if (window.length > 0)
			fail_msg("a window: %s", without[i].name);
	}
}

/* ---- the window is there, and yet not the list ---- */

#define LIST "<ul id=n>" TWO "</ul>"
#define ONE_MORE "<li class=x><a href=/story/13>Hail fell</a></li>"
#define PAGE(html) "<html lang=ko><body><div>" html "</div><p>{k}</p></body>"

static const struct {
	const char *name, *html;
	struct place place;
	bool is_same;
} again[] = {
    {"nothing", PAGE(LIST), {READING_URL, "UTF-8"}, true},
    {"something", PAGE("<i>9</i>" LIST), {READING_URL, "UTF-8"}, true},
    {"a new list before it", PAGE("<ul id=m>" ONE_MORE "</ul>" LIST),
	{READING_URL, "UTF-8"}, false},
    {"a new list behind it", PAGE(LIST "<ul id=m>" ONE_MORE "</ul>"),
	{READING_URL, "UTF-8"}, false},
    {"twice", PAGE(LIST LIST), {READING_URL, "UTF-8"}, false},
    {"once, and its tag again", PAGE("<ul id=n></ul>" LIST),
	{READING_URL, "UTF-8"}, false},
    {"in a comment", PAGE("<!-- " LIST " -->Sorry"), {READING_URL, "UTF-8"},
	false},
    {"in a comment without end", PAGE("<!-- " LIST), {READING_URL, "UTF-8"},
	false},
    {"in a script", PAGE("<script>'" LIST "'</script>"), {READING_URL, "UTF-8"},
	false},
    {"in a template", PAGE("<TEMPLATE a=b>" LIST "</template>"),
	{READING_URL, "UTF-8"}, false},
    {"in a text area", PAGE("<textarea>" LIST "</textarea>"),
	{READING_URL, "UTF-8"}, false},
    {"behind a script", PAGE("<script>'<!--'</script>" LIST),
	{READING_URL, "UTF-8"}, true},
    {"behind a comment", PAGE("<!-- <script> -->" LIST), {READING_URL, "UTF-8"},
	true},
    {"cut short", "<html lang=ko><body><div><ul id=n>" TWO "</ul",
	{READING_URL, "UTF-8"}, false},
    {"the closing tag elsewhere", PAGE("<ul id=n>" TWO "<p></ul>"),
	{READING_URL, "UTF-8"}, false},
    {"another base", PAGE("<base href=/x/>" LIST), {READING_URL, "UTF-8"},
	false},
    {"another base, behind it", PAGE(LIST "<BASE href=/x/>"),
	{READING_URL, "UTF-8"}, false},
    {"another language", "<html lang=en><body><div>" LIST "</div></body>",
	{READING_URL, "UTF-8"}, false},
    {"another address", PAGE(LIST), {"https://www.paper.example/x/", "UTF-8"},
	false},
    {"another charset", PAGE(LIST), {READING_URL, "CP949"}, false},
    {"empty", "", {READING_URL, "UTF-8"}, false},
};

static void
test_again(void **state)
{
	(void)state;
	const char *first = PAGE(LIST);
	struct buffer window = remember(RULES, first, strlen(first), 2);
	assert_true(window.length > 0);
	for (size_t i = 0; i < COUNT(again); i++) {
		struct window_source source = source_of(
		    again[i].html, strlen(again[i].html), &again[i].place);
		if (window_is_same(window.bytes, window.length, &source) !=
		    again[i].is_same)
			fail_msg("%s", again[i].name);
	}
	buffer_clear(&window);
}

/* A byte order mark is no part of what is parsed, but of the text. */
static void
test_byte_order_mark(void **state)
{
	(void)state;
	const char *first = "\xef\xbb\xbf" PAGE(LIST), *next = PAGE(LIST);
	struct buffer window = remember(RULES, first, strlen(first), 2);
	struct window_source source = source_of(next, strlen(next), &here);
	assert_true(window_is_same(window.bytes, window.length, &source));
	buffer_clear(&window);
}

/* What the store kept may have been written by a worker that lied. */
static void
test_damaged(void **state)
{
	(void)state;
	const char *text = PAGE(LIST);
	struct window_source source = source_of(text, strlen(text), &here);
	struct buffer window = remember(RULES, text, strlen(text), 2);
	assert_true(window_is_same(window.bytes, window.length, &source));
	for (size_t length = 0; length < window.length; length++) {
		char *copy = xmalloc(length + 1);
		memcpy(copy, window.bytes, length);
		assert_false(window_is_same(copy, length, &source));
		free(copy);
	}
	for (size_t bit = 0; bit < window.length * 8; bit++) {
		char *copy = xmemdup(window.bytes, window.length);
		copy[bit / 8] ^= (char)(1 << bit % 8);
		/* the mark alone may become another that is not there either */
		(void)window_is_same(copy, window.length, &source);
		if (bit < (size_t)8 * 16)
			assert_false(
			    window_is_same(copy, window.length, &source));
		free(copy);
	}
	buffer_clear(&window);
}

/* ---- XPath that stays in the item ---- */

static const struct {
	const char *expression;
	bool stays;
} expressions[] = {
    {".//h3/a", true},
    {"h3//a/@href", true},
    {".", true},
    {"self::a | .//div/b[1]/text()", true},
    {"string(.//a[contains(@href, '/story/')])", true},
    {"substring-after(normalize-space(p), '|')", true},
    {"(.//a)[last()]//b", true},
    {"*[2]/b", true},
    {"/html/head/title", false},
    {"//p", false},
    {"string(//p)", false},
    {".//a | //p", false},
    {".//a |//p", false},
    {"a or//p", false},
    {"a div /p", false},
    {"../p", false},
    {"ancestor::div/p", false},
    {"parent::node()/@id", false},
    {"preceding-sibling::p[1]", false},
    {"following::p", false},
    {"id('clock')", false},
    {"a[@x = 'never closed]", false},
};

static void
test_expressions(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(expressions); i++)
		if (xpath_stays_inside(expressions[i].expression) !=
		    expressions[i].stays)
			fail_msg("%s", expressions[i].expression);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_changed_lists),
	    cmocka_unit_test(test_bad_twin),
	    cmocka_unit_test(test_same_lists),
	    cmocka_unit_test(test_without_window),
	    cmocka_unit_test(test_again),
	    cmocka_unit_test(test_byte_order_mark),
	    cmocka_unit_test(test_damaged),
	    cmocka_unit_test(test_expressions),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
