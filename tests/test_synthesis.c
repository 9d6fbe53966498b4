#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/memory.h"
#include "feed/page.h"
#include "feed/quality.h"
#include "feed/synthesis.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NODES_MAX 400

/* ---- names ---- */

enum worth { MACHINE, LOOK, POOR, WORD, NEWS };

static const struct {
	const char *name;
	enum worth worth;
} names[] = {
    {"headline", NEWS},
    {"newsList", NEWS},
    {"news_list02", NEWS},
    {"article-item", NEWS},
    {"txtTit", NEWS},
    {"sidebar", WORD},
    {"gnbArea", WORD},
    {"c-box__inner", WORD},
    {"boxR", WORD},
    {"m-miM32_item", LOOK},
    {"x-miM32", WORD},
    {"\xea\xb8\xb0\xec\x82\xac", WORD},
    {"b", POOR},
    {"t2", POOR},
    {"nnrtlk", POOR},
    {"box-2", POOR},
    {"mt-4", LOOK},
    {"md:flex", LOOK},
    {"col-sm-6", LOOK},
    {"active", LOOK},
    {"has-image", LOOK},
    {"clearfix", LOOK},
    {"css-1x9dz3", MACHINE},
    {"sc-bdvvtL", MACHINE},
    {"svelte-1ab2cd", MACHINE},
    {"hLHDWh", MACHINE},
    {"FyrdD", MACHINE},
    {"a1b2c3", MACHINE},
    {"Card_title__3xK9", MACHINE},
    {"_title_zx76t_44", MACHINE},
    {"post-31234", MACHINE},
    {"area-of-the-list-that-nobody-would-ever-type-in", MACHINE},
};

static void
test_quality(void **state)
{
	(void)state;
	static const double worths[] = {0, 0.15, 0.3, 0.7, 1};
	for (size_t i = 0; i < COUNT(names); i++) {
		double quality =
		    quality_of(names[i].name, strlen(names[i].name));
		if (quality != worths[names[i].worth])
			fail_msg("%s: %.2f, not %.2f", names[i].name, quality,
			    worths[names[i].worth]);
	}
}

static void
test_stem(void **state)
{
	(void)state;
	static const char *const rows[][2] = {
	    {"Card_title__3xK9", "Card_title__"},
	    {"_title_zx76t_44", "_title_"},
	    {"teaser-a1b2c3", "teaser-"},
	    {"hLHDWh", ""},
	    {"x_a1b2c3", ""},
	    {"headline", ""},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t offset;
		size_t length =
		    quality_stem(rows[i][0], strlen(rows[i][0]), &offset);
		char *stem = xstrndup(rows[i][0] + offset, length);
		assert_string_equal(stem, rows[i][1]);
		free(stem);
	}
}

/* ---- pages: t=i is an item, t=n its inmost element, t=x a link that must
 * not come along, t=f a field's element ---- */

#define HEAD                                                                   \
	"<body><nav class=menu><ul><li><a t=x href=/a>A</a><li>"               \
	"<a t=x href=/b>B</a></ul></nav>"
#define SIDE                                                                   \
	"<div class=side><ul class=hot><li><a t=x href=/9>S</a>"               \
	"<li><a t=x href=/8>T</a></ul></div>"

static const struct {
	const char *what, *html, *css; /* css NULL: none is good enough */
	size_t found, wrong;
} items[] = {
    {"a class that means something",
	HEAD "<div><div class='story mt-4' t=i>1</div><div class='story mt-4' "
	     "t=i>2</div><div class='story mt-4 last' t=i>3</div></div>" SIDE,
	".story", 3, 0},
    {"no class: a child of what is named",
	HEAD "<ul class=newsList><li t=i>1<li t=i>2<li t=i>3</ul>" SIDE,
	".newsList > li", 3, 0},
    {"an id on the list",
	HEAD "<div id=latest><p t=i>1</p><p t=i>2</p><p t=i>3</p></div>" SIDE,
	"#latest > p", 3, 0},
    {"an article's own ids and classes are none",
	HEAD "<div class=board><div id=post-12345 class='post-12345 a1b2c3' "
	     "t=i>1</div><div id=post-12346 class='post-12346 x9y8z7' t=i>2"
	     "</div><div id=post-12347 class='post-12347 k3j2h1' t=i>3</div>"
	     "</div>" SIDE,
	".board > div", 3, 0},
    {"a hashed class where another will do",
	HEAD "<div class=css-9x8y7z><div class='css-1a2b3c' t=i><article "
	     "class=entry t=n>1</article></div><div class='css-4d5e6f' t=i>"
	     "<article class=entry t=n>2</article></div><div class='css-7g8h9i'"
	     " t=i><article class=entry t=n>3</article></div></div>" SIDE,
	".entry", 3, 0},
    {"a hashed class where nothing else will do",
	HEAD "<div><div class=css-1a2b3c t=i>1</div><div class=css-1a2b3c "
	     "t=i>2</div><div class=css-1a2b3c t=i>3</div><div class=css-0z9y8x"
	     "><a t=x href=/7>7</a></div></div>" SIDE,
	".css-1a2b3c", 3, 0},
    {"the part of a hashed class that stays",
	HEAD "<div><div class=Card_box__3xK9 t=i>1</div><div "
	     "class=Card_box__3xK9 t=i>2</div><div class=Card_box__3xK9 t=i>3"
	     "</div><div class=Advert__9Zq1><a t=x href=/7>7</a></div></div>",
	"[class*=\"Card_box__\"]", 3, 0},
    {"a class that advertisements have too",
	HEAD "<div><div class=card t=i>1</div><div class='card promo'><a t=x "
	     "href=/7>7</a></div><div class=card t=i>2</div><div class=card "
	     "t=i>3</div></div>" SIDE,
	".card:not(.promo)", 3, 0},
    {"advertisements in the same dress with less in them",
	HEAD "<div class=wall><div class=card t=i><h3>1</h3></div><div "
	     "class=card><a t=x href=/7>7</a></div><div class=card t=i><h3>2"
	     "</h3></div><div class=card t=i><h3>3</h3></div></div>" SIDE,
	".card:has(h3)", 3, 0},
    {"what makes no article does not matter",
	HEAD "<div class=wall><div class=card t=i>1</div><div class=card t=i>2"
	     "</div><div class=card>no link</div><div class=card t=i>3</div>"
	     "</div>" SIDE,
	".card", 3, 0},
    {"the same class in the sidebar",
	HEAD "<div id=content><div class=card t=i>1</div><div class=card t=i>2"
	     "</div><div class=card t=i>3</div></div><div class=side><div "
	     "class=card><a t=x href=/7>7</a></div><div class=card><a t=x "
	     "href=/8>8</a></div></div>",
	"#content .card", 3, 0},
    {"a name that means nothing to a machine: microdata",
	HEAD "<div><div itemprop=blogPost class=zz t=i>1</div><div "
	     "itemprop=blogPost class=yy t=i>2</div><div itemprop=blogPost t=i>"
	     "3</div></div>" SIDE,
	"[itemprop=\"blogPost\"]", 3, 0},
    {"nothing in common",
	"<body><div><p t=i>1</p><h2 t=i>2</h2><section t=i>3</section><a t=x "
	"href=/7>7</a></div>",
	NULL, 0, 0},
    {"nothing that parts them from the rest",
	"<body><div><p t=i>1</p><p><a t=x href=/7>7</a></p><p t=i>2</p><p><a "
	"t=x href=/8>8</a></p></div>",
	NULL, 0, 0},
    {"a container is no item",
	"<body><div class=item><div class=item t=i>1</div><div class=item t=i>2"
	"</div></div><div class=item t=i>3</div><div class=item t=i>4</div>"
	"<div class=item t=i>5</div><div class=item t=i>6</div>",
	".item", 6, 1},
};

static const struct {
	const char *what, *html, *css;
	size_t found;
} fields[] = {
    {"a class",
	"<body><div t=i><b>x</b><span class=date t=f>1</span></div><div t=i>"
	"<span class=date t=f>2</span></div>",
	".date", 2},
    {"a tag of its own",
	"<body><div t=i><p>x</p><h3 t=f>1</h3></div><div t=i><h3 t=f>2</h3><p>"
	"y</p></div>",
	"h3", 2},
    {"the item itself", "<body><p t=i><a href=/1>x</a></p>", NULL, 0},
    {"the second link, by what it stands in",
	"<body><div t=i><a class=pic href=/1></a><div class=body><a t=f "
	"href=/1>1</a></div></div><div t=i><a class=pic href=/2></a><div "
	"class=body><a t=f href=/2>2</a></div></div>",
	".body > a", 2},
    {"nothing but its place",
	"<body><div t=i><p>x</p><p t=f>1</p></div><div t=i><p>x</p><p t=f>2"
	"</p></div>",
	NULL, 0},
    {"right in three of four is enough",
	"<body><div t=i><em t=f>1</em></div><div t=i><em t=f>2</em></div><div "
	"t=i><em t=f>3</em></div><div t=i><p t=f>4</p></div>",
	"em", 3},
};

struct marks {
	struct page *page;
	struct target targets[NODES_MAX];
	struct field_target fields[NODES_MAX];
	uint32_t others[NODES_MAX], good[NODES_MAX];
	size_t count, other_count, good_count;
};

static void
read_marks(const char *html, struct marks *into)
{
	*into = (struct marks){
	    .page = page_parse(html, strlen(html), PARSER_HTML5, 0, NULL)};
	assert_non_null(into->page);
	for (uint32_t node = 0; node < into->page->count; node++) {
		const char *mark = page_attribute(into->page, node, "t");
		switch (mark != NULL ? mark[0] : '\0') {
		case 'i':
			into->fields[into->count] = (struct field_target){
			    .start = node, .end = into->page->end[node]};
			into->targets[into->count++] =
			    (struct target){node, node};
			break;
		case 'n':
			into->targets[into->count - 1].inner = node;
			break;
		case 'x':
			into->others[into->other_count++] = node;
			break;
		case 'f':
			into->good[into->good_count] = node;
			into->fields[into->count - 1].good =
			    &into->good[into->good_count++];
			into->fields[into->count - 1].good_count = 1;
			break;
		default:
			break;
		}
	}
}

static struct synthesis_question
question_of(const struct marks *marks)
{
	return (struct synthesis_question){
	    .page = marks->page,
	    .targets = marks->targets,
	    .count = marks->count,
	    .others = marks->others,
	    .other_count = marks->other_count,
	};
}

static void
test_items(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(items); i++) {
		struct marks marks;
		read_marks(items[i].html, &marks);
		struct synthesis_question question = question_of(&marks);
		struct synthesis made = {0};
		bool good = synthesis_items(&question, &made);
		if (good != (items[i].css != NULL) ||
		    (good && (strcmp(made.css, items[i].css) != 0 ||
				 made.found != items[i].found ||
				 made.wrong != items[i].wrong)))
			fail_msg("%s: %s (%s)", items[i].what,
			    good ? made.css : "none", good ? made.why : "");
		if (good)
			assert_int_equal(
			    made.hashed, strstr(items[i].css, ".css-") != NULL);
		synthesis_clear(&made);
		page_free(marks.page);
	}
}

static void
test_fields(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(fields); i++) {
		struct marks marks;
		read_marks(fields[i].html, &marks);
		struct synthesis made = {0};
		bool good = synthesis_field(
		    marks.page, marks.fields, marks.count, &made);
		if (good != (fields[i].css != NULL) ||
		    (good && (strcmp(made.css, fields[i].css) != 0 ||
				 made.found != fields[i].found)))
			fail_msg("%s: %s (%s)", fields[i].what,
			    good ? made.css : "none", good ? made.why : "");
		synthesis_clear(&made);
		page_free(marks.page);
	}
}

static void
test_field_is_the_item(void **state)
{
	(void)state;
	const char html[] = "<body><a t=i href=/1>1</a><a t=i href=/2>2</a>";
	struct marks marks;
	read_marks(html, &marks);
	struct synthesis made = {0};
	for (size_t i = 0; i < marks.count; i++) {
		marks.fields[i].good = &marks.targets[i].outer;
		marks.fields[i].good_count = 1;
	}
	assert_true(
	    synthesis_field(marks.page, marks.fields, marks.count, &made));
	assert_string_equal(made.css, ".");
	synthesis_clear(&made);
	page_free(marks.page);
}

static void
test_blocks(void **state)
{
	(void)state;
	const char html[] =
	    "<body><div class=lead><article class=big t=i>1</article></div>"
	    "<ul class=latest><li t=i>2<li t=i>3<li t=i>4</ul>"
	    "<ul class=sport><li t=i>5<li t=i>6</ul>"
	    "<ul class=menu><li><a t=x href=/a>A</a><li><a t=x href=/b>B</a>"
	    "</ul>";
	static const uint32_t blocks[] = {0, 1, 1, 1, 2, 2};
	struct marks marks;
	read_marks(html, &marks);
	struct synthesis_question question = question_of(&marks);
	struct synthesis made[4] = {{0}};
	assert_int_equal(marks.count, COUNT(blocks));
	assert_int_equal(synthesis_blocks(&question, blocks, made, 4), 3);
	assert_string_equal(made[0].css, ".latest > li");
	assert_string_equal(made[1].css, ".sport > li");
	assert_string_equal(made[2].css, ".big");
	for (size_t i = 0; i < 3; i++)
		synthesis_clear(&made[i]);
	assert_int_equal(synthesis_blocks(&question, blocks, made, 1), 1);
	assert_string_equal(made[0].css, ".latest > li");
	synthesis_clear(&made[0]);
	page_free(marks.page);
}

/* A page of any size: what is tried has a bound. */
static void
test_large(void **state)
{
	(void)state;
	struct buffer html = {0};
	uint32_t count = 0;
	static struct target targets[3000];
	buffer_add_string(&html, "<body>");
	for (int i = 0; i < 3000; i++) {
		buffer_add_string(&html, "<div class='");
		for (int k = 0; k < 30; k++)
			buffer_add_format(&html, "c%c%d ", 'a' + k % 26, i);
		buffer_add_string(&html, "row'>x</div>");
	}
	struct page *page =
	    page_parse(html.bytes, html.length, PARSER_HTML5, 0, NULL);
	assert_non_null(page);
	for (uint32_t node = 0; node < page->count; node++)
		if (strcmp(page_tag(page, node), "div") == 0)
			targets[count++] = (struct target){node, node};
	struct synthesis_question question = {
	    .page = page, .targets = targets, .count = count};
	struct synthesis made = {0};
	assert_true(synthesis_items(&question, &made));
	assert_int_equal(made.found, 3000);
	assert_int_equal(made.wrong, 0);
	synthesis_clear(&made);
	page_free(page);
	buffer_clear(&html);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_quality),
	    cmocka_unit_test(test_stem),
	    cmocka_unit_test(test_items),
	    cmocka_unit_test(test_fields),
	    cmocka_unit_test(test_field_is_the_item),
	    cmocka_unit_test(test_blocks),
	    cmocka_unit_test(test_large),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
