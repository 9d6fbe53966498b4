#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/reading.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define P "https://paper.example"

/* An item is filled with three stories; %1 number, %2 title, %3 text. */
static const struct {
	const char *title, *text;
} stories[] = {
    {"Rain falls on the whole of the town",
	"It rained for a day, and for a night, and then for one more day."},
    {"Snow falls on the other half of it",
	"It snowed until the fences were gone, and the children were glad."},
    {"Sun comes back to all of the land",
	"It shone on the roofs and on the river, and nobody went to work."},
};

/* What is wanted of each: title, text, then the rest for the first story. */
static const struct row {
	const char *name, *item, *time, *author, *image;
} rows[] = {
    {"headings, time and byline",
	"<li><h3><a href=/a/%1$d>%2$s</a></h3><p>%3$s</p>"
	"<time datetime=2023-04-18T09:0%1$d:00Z>some time ago</time>"
	"<span class=byline>By Ann Lee</span></li>",
	"2023-04-18T09:01:00Z", "Ann Lee", ""},
    {"date and reporter on one line",
	"<li><a href=/a/%1$d><b>%2$s</b></a><div>%3$s</div>"
	"<div>2023-04-18 09:37:4%1$d 홍길동 기자</div></li>",
	"2023-04-18T09:37:41Z", "홍길동 기자", ""},
    {"a whole card in a link",
	"<li><a href=/a/%1$d><img src=/p%1$d.jpg><div class=tit>%2$s</div>"
	"<div>%3$s</div><div class=date>2023.04.18. 09:0%1$d</div></a></li>",
	"2023-04-18T09:01:00Z", "", P "/p1.jpg"},
    {"a kicker in a smaller heading",
	"<li><a href=/a/%1$d><h6>The weather</h6><h5>%2$s</h5></a>"
	"<p>%3$s</p><i>2023-04-18 09:0%1$d</i></li>",
	"2023-04-18T09:01:00Z", "", ""},
    {"what people see of a machine's date is no text",
	"<li><a href=/a/%1$d>%2$s</a><br><span>%3$s</span><br>"
	"<time datetime=2023-04-18T09:0%1$d:00Z>2023-04-18 18:0%1$d</time> "
	"<span>[홍길동 기자]</span></li>",
	"2023-04-18T09:01:00Z", "홍길동 기자", ""},
    {"a picture before a heading without a link",
	"<h4><i>%2$s</i></h4><a href=/a/%1$d><img src=/p%1$d.jpg></a>"
	"<p>%3$s</p><p>2023-04-18 09:0%1$d</p>",
	"2023-04-18T09:01:00Z", "", P "/p1.jpg"},
    {"links behind the text are none of it",
	"<li><a href=/a/%1$d>%2$s</a><div>%3$s</div>"
	"<div>2023-04-18 09:0%1$d</div><div><a href=/list/3>Politics</a>"
	"</div></li>",
	"2023-04-18T09:01:00Z", "", ""},
    {"a title in an attribute",
	"<li><a href=/a/%1$d title='%2$s'><img src=/p%1$d.jpg></a>"
	"<p>%3$s</p><i>2023-04-18 09:0%1$d</i></li>",
	"2023-04-18T09:01:00Z", "", P "/p1.jpg"},
    {"a picture's words that repeat are no title",
	"<li><a href=/a/%1$d><img src=/p%1$d.jpg alt='news photo'></a>"
	"<a href=/a/%1$d>%2$s</a><p>%3$s</p></li>",
	"", "", P "/p1.jpg"},
    {"one picture on all is none",
	"<li><img src=/logo.jpg><h4><a href=/a/%1$d>%2$s</a></h4>"
	"<p>%3$s</p></li>",
	"", "", ""},
    {"a lazy picture",
	"<li><img src=data:, data-src=/p%1$d.jpg><h4><a href=/a/%1$d>%2$s</a>"
	"</h4><p>%3$s</p></li>",
	"", "", P "/p1.jpg"},
    {"a definition list",
	"<dt><a href=/a/%1$d>%2$s</a></dt><dd>%3$s</dd>"
	"<dd>2023-04-18 09:0%1$d</dd>",
	"2023-04-18T09:01:00Z", "", ""},
    {"a script and a style between",
	"<li><script>var a = '2022-01-01';</script><style>p{}</style>"
	"<h4><a href=/a/%1$d>%2$s</a></h4><p>%3$s</p></li>",
	"", "", ""},
};

static char *
make_page(const struct row *row)
{
	struct buffer html = {0};
	bool is_run = strncmp(row->item, "<dt", 3) == 0;
	buffer_add_string(&html, is_run ? "<dl>" : "<ul>");
	for (size_t i = 0; i < COUNT(stories); i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat"
		char *item = xasprintf(
		    row->item, (int)i + 1, stories[i].title, stories[i].text);
#pragma GCC diagnostic pop
		buffer_add_string(&html, item);
		free(item);
	}
	return buffer_take(&html);
}

static void
fields_are_found(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct extraction extraction;
		char *html = make_page(&rows[i]);
		char *wanted = xasprintf("%s|" P "/a/1|%s|%s|%s|%s\n",
		    stories[0].title, rows[i].time, rows[i].author,
		    stories[0].text, rows[i].image);
		assert_true(reading_extract(
		    "article-link: /a/{id}\n", html, &extraction));
		char *answer = reading_print(&extraction);
		bool same = strncmp(answer, wanted, strlen(wanted)) == 0 &&
			    extraction.articles.count == COUNT(stories);
		for (size_t k = 0; same && k < COUNT(stories); k++) {
			const struct article *a = &extraction.articles.list[k];
			same = strcmp(a->title, stories[k].title) == 0 &&
			       a->text != NULL &&
			       strcmp(a->text, stories[k].text) == 0;
		}
		if (!same) {
			printf("%s:\n%s\nwanted first\n%s\n", rows[i].name,
			    answer, wanted);
			failed++;
		}
		free(answer);
		free(wanted);
		free(html);
		extraction_clear(&extraction);
	}
	assert_int_equal(failed, 0);
}

static void
each_inference_is_explained(void **state)
{
	(void)state;
	struct extraction extraction;
	char *html = make_page(&rows[0]);
	assert_true(
	    reading_extract("article-link: /a/{id}\n", html, &extraction));
	for (int field = FIELD_LINK; field <= FIELD_IMAGE; field++)
		if (extraction.how[field] == NULL ||
		    extraction.how[field][0] == '\0')
			fail_msg("%s is not explained",
			    field_name((enum field)field));
	free(html);
	extraction_clear(&extraction);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fields_are_found),
	    cmocka_unit_test(each_inference_is_explained),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
