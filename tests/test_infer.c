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
    {"a title that is shown cut",
	"<li><h3><a href=/a/%1$d title='%2$s'>%2$.12s...</a></h3>"
	"<p>%3$s</p><i>2023-04-18 09:0%1$d</i></li>",
	"2023-04-18T09:01:00Z", "", ""},
    {"cut, and the whole in a label",
	"<li><a href=/a/%1$d aria-label='%2$s'>%2$.12s…</a><p>%3$s</p></li>",
	"", "", ""},
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
    {"three columns that only formatting parts",
	"<li><b><a href=/a/%1$d>%2$s</a></b><div>%3$s</div><span class=byline>"
	"<em>사회</em><em>홍길동 기자</em><em>2023.04.18 09:0%1$d</em></span>"
	"</li>",
	"2023-04-18T09:01:00Z", "홍길동 기자", ""},
    {"a newspaper's name between the text and the date",
	"<li><b><a href=/a/%1$d>%2$s</a></b><div><span>%3$s</span><span "
	"class=writing>새벽신문</span><span>2023.04.18 09:0%1$d</span></div>"
	"</li>",
	"2023-04-18T09:01:00Z", "", ""},
    {"a machine's date of the last post",
	"<li><b><a href=/a/%1$d>%2$s</a></b><p>%3$s</p><time datetime="
	"2023-04-18T09:0%1$d:00Z>Apr 18</time><p class=latest><time class=x "
	"datetime=2023-04-19T09:00:00Z>Apr 19</time></p></li>",
	"2023-04-18T09:01:00Z", "", ""},
    {"an author beside a dash",
	"<li><b><a href=/a/%1$d>%2$s</a></b><p>%3$s</p><div><span "
	"class=post-author-name><a href=/u>Ann Lee</a> <span>-</span></span> "
	"<time datetime=2023-04-18T09:0%1$d:00Z>Apr 18</time></div></li>",
	"2023-04-18T09:01:00Z", "Ann Lee", ""},
    {"a heading holds more than its title",
	"<li><h3><em>2023-04-18 09:0%1$d</em> <i>Town</i> <a href=/a/%1$d>"
	"%2$s</a> <b>12</b></h3><p>%3$s</p></li>",
	"2023-04-18T09:01:00Z", "", ""},
    {"a date inside a heading's link",
	"<li><a href=/a/%1$d><h3><small>Apr 18, 2023, 09:0%1$d</small>%2$s"
	"</h3><p>%3$s</p></a></li>",
	"2023-04-18T09:01:00Z", "", ""},
    {"an item that is called a headline",
	"<li class=HEADLINE><div><a class=s_title href=/a/%1$d>%2$s</a><p>%3$s"
	"</p><span>2023-04-18 09:0%1$d</span></div></li>",
	"2023-04-18T09:01:00Z", "", ""},
    {"a title and the host it leads to",
	"<li><div class=title><a href=/a/%1$d>%2$s</a> (<a href=/from>"
	"a-very-long-name-of-a-host-that-is-longer.example.org</a>)</div>"
	"<p>%3$s</p></li>",
	"", "", ""},
    {"a dt of several blocks",
	"<dt><div><a class=topictitle href=/a/%1$d>%2$s</a><div>by <a href=/u>"
	"Ann Lee</a> &raquo; 2023-04-18 09:0%1$d</div></div></dt><dd>%3$s</dd>",
	"2023-04-18T09:01:00Z", "Ann Lee", ""},
    {"a rubric, a reporter and a date between strokes",
	"<li><b><a href=/a/%1$d>%2$s</a></b><div>%3$s</div>"
	"<div>사회 | 홍길동 기자 | 2023-04-18 09:0%1$d</div></li>",
	"2023-04-18T09:01:00Z", "홍길동 기자", ""},
    {"a rubric behind the date is no reporter",
	"<li><b><a href=/a/%1$d>%2$s</a></b><div>%3$s</div><div><time "
	"datetime=2023-04-18T09:0%1$d:00Z>18.04.</time> <span class=cat>"
	"Gardens</span></div></li>",
	"2023-04-18T09:01:00Z", "", ""},
    {"nor is a label",
	"<li><b><a href=/a/%1$d>%2$s</a></b><div>%3$s</div><div><small>日期："
	"</small>2023-04-18 09:0%1$d <small>点击：</small>7</div></li>",
	"2023-04-18T09:01:00Z", "", ""},
    {"a label, and the name behind it",
	"<li><b><a href=/a/%1$d>%2$s</a></b><div>%3$s</div><div>Posted by "
	"<a href=/u>Ann Lee</a> on 2023-04-18 09:0%1$d</div></li>",
	"2023-04-18T09:01:00Z", "Ann Lee", ""},
    {"a label in one with the name",
	"<li><b><a href=/a/%1$d>%2$s</a></b><div>%3$s</div><div><span>作者："
	"顾小满</span> <span>2023-04-18 09:0%1$d</span></div></li>",
	"2023-04-18T09:01:00Z", "顾小满", ""},
    {"the name in a cell called after it",
	"<tr><td><a href=/a/%1$d>%2$s</a><p>%3$s</p></td><td class=td_name>"
	"<span><a href=/u>홍길동</a></span></td><td>2023-04-18 09:0%1$d</td>"
	"</tr>",
	"2023-04-18T09:01:00Z", "홍길동", ""},
    {"the last post is later",
	"<li><b><a href=/a/%1$d>%2$s</a></b><p>%3$s</p><p>by Ann Lee » "
	"2023-04-18 09:0%1$d</p><p class=lastpost><span>2023-04-19 08:00</span>"
	"</p></li>",
	"2023-04-18T09:01:00Z", "Ann Lee", ""},
    {"a clock in an attribute, the day in the text",
	"<li><b><a href=/a/%1$d>%2$s</a></b><p>%3$s</p><p class=time "
	"title=09:03>2023.04.18 09:0%1$d</p></li>",
	"2023-04-18T09:01:00Z", "", ""},
    {"a date as Go prints it",
	"<li><b><a href=/a/%1$d>%2$s</a></b><p>%3$s</p><span title='2023-04-18 "
	"09:01:00 +0000 UTC'>April 18</span></li>",
	"2023-04-18T09:01:00Z", "", ""},
    {"a date before the link in its line",
	"2023-04-1%1$d <a href=/a/%1$d>%2$s</a> %3$s<br>", "2023-04-11", "",
	""},
    {"points and names are no text",
	"<tr><td><a href=/a/%1$d>%2$s</a></td></tr><tr><td><p>%3$s</p></td>"
	"</tr><tr><td class=sub>83 points by <a href=/u>somebody with a long "
	"name</a> | <a href=/h>hide this one</a> | <a href=/c>many comments</a>"
	"</td></tr>",
	"", "somebody with a long name", ""},
    {"a script and a style between",
	"<li><script>var a = '2022-01-01';</script><style>p{}</style>"
	"<h4><a href=/a/%1$d>%2$s</a></h4><p>%3$s</p></li>",
	"", "", ""},
};

static char *
make_page(const struct row *row)
{
	struct buffer html = {0};
	buffer_add_string(&html, strncmp(row->item, "<dt", 3) == 0   ? "<dl>"
				 : strncmp(row->item, "<tr", 3) == 0 ? "<table>"
								     : "<ul>");
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

/* Pages that are no template of one item. */
static const struct {
	const char *name, *html, *wanted;
} pages[] = {
    {"a short text among long ones",
	"<ul><li><h3><a href=/a/1>One is here</a></h3><p>It rained for a day, "
	"and for a night, and then for more.</p><li><h3><a href=/a/2>Two is "
	"here</a></h3><p>It snowed all morning.</p><li><h3><a href=/a/3>Three "
	"is here</a></h3><p>It shone on the roofs and on the river, and on "
	"us.</p></ul>",
	"One is here|" P "/a/1|||It rained for a day, and for a night, and "
	"then for more.|\nTwo is here|" P "/a/2|||It snowed all morning.|\n"
	"Three is here|" P "/a/3|||It shone on the roofs and on the river, "
	"and on us.|\n"},
    {"the table says who wrote",
	"<table><tr><td>번호</td><td>제목</td><td>글쓴이</td><td>조회</td></tr>"
	"<tr><td>3</td><td><a href=/a/3>셋째 이야기가 여기에</a></td><td>홍길동"
	"</td><td>7</td></tr><tr><td>2</td><td><a href=/a/2>둘째 이야기가 "
	"여기에"
	"</a></td><td>김하늘</td><td>7</td></tr><tr><td>1</td><td><a href=/a/1>"
	"첫째 이야기가 여기에</a></td><td>이바다</td><td>7</td></tr></table>",
	"셋째 이야기가 여기에|" P "/a/3||홍길동||\n둘째 이야기가 여기에|" P
	"/a/2||김하늘||\n첫째 이야기가 여기에|" P "/a/1||이바다||\n"},
};

static void
pages_are_read(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(pages); i++) {
		struct extraction extraction;
		assert_true(reading_extract(
		    "article-link: /a/{id}\n", pages[i].html, &extraction));
		char *answer = reading_print(&extraction);
		if (strcmp(answer, pages[i].wanted) != 0) {
			printf("%s:\n%s\nwanted\n%s\n", pages[i].name, answer,
			    pages[i].wanted);
			failed++;
		}
		free(answer);
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
	    cmocka_unit_test(pages_are_read),
	    cmocka_unit_test(each_inference_is_explained),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
