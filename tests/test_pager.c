#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "feed/buffer.h"
#include "feed/memory.h"
#include "feed/page.h"
#include "feed/pager.h"
#include "feed/text.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define P "https://paper.example"

/* Each pager below a menu, a list of stories and a footer. */
static const char before[] =
    "<header><ul><li><a href=/newsList/221>증권</a><li><a href=/newsList/222>"
    "정책</a><li><a href=/newsList/223>유통</a><li><a href=/2>2부</a></ul>"
    "</header><main><ul><li><a href=/article/20230418500101>해오름 마을에 새 "
    "다리가 놓인다</a><li><a href=/article/20230418500102>두 번째 다리도 곧 "
    "놓인다</a><li><a href=/article/20230418500103>세 번째 다리는 없다</a>"
    "</ul>";
static const char after[] =
    "</main><footer><a href=/about>회사소개</a><a href=https://"
    "facebook.example/share?page=2>2</a></footer>";

/* %d to %d as links, the current one plain. */
static char *
numbers(const char *pattern, int first, int last, int current, int step)
{
	struct buffer out = {0};
	buffer_add_string(&out, "<div>");
	for (int i = first; i <= last; i++) {
		if (i == current) {
			buffer_add_format(&out, "<b>%d</b> ", i);
			continue;
		}
		const char *at = strchr(pattern, '#');
		buffer_add_format(&out, "<a href='%.*s%d%s'>%d</a> ",
		    (int)(at - pattern), pattern,
		    step < 0    ? -step * (i - 1)
		    : step == 0 ? i
				: 1 + step * (i - 1),
		    at + 1, i);
	}
	buffer_add_string(&out, "</div>");
	return buffer_take(&out);
}

static char *
found(const char *url, const char *pager)
{
	struct error err = {{0}};
	char *how;
	char *html = xasprintf("%s%s%s", before, pager, after);
	struct page *page =
	    page_parse(html, strlen(html), PARSER_HTML5, 0, &err);
	assert_non_null(page);
	char *next = pager_find(page, url, url, &how);
	assert_true((next == NULL) == (how == NULL));
	if (how != NULL)
		assert_true(text_is_clean(how, strlen(how), false));
	free(how);
	page_free(page);
	free(html);
	return next;
}

static int
differs(
    const char *name, const char *url, const char *pager, const char *wanted)
{
	char *next = found(url, pager);
	bool same = wanted == NULL ? next == NULL
				   : next != NULL && strcmp(next, wanted) == 0;
	if (!same)
		printf("%s, on %s: %s, wanted %s\n", name, url,
		    next != NULL ? next : "none",
		    wanted != NULL ? wanted : "none");
	free(next);
	return !same;
}

/* ---- rows of numbers ---- */

/* step: 0 counts 1 2 3, -20 counts 0 20 40, 20 counts 1 21 41 */
static const struct {
	const char *url, *pattern;
	int first, last, current, step;
	const char *wanted;
} rows[] = {
    {P "/newsList/222", "/newsList/222?page=#", 1, 10, 1, 0,
	P "/newsList/222?page=2"},
    {P "/newsList/222?page=2", "?page=#", 1, 10, 2, 0,
	P "/newsList/222?page=3"},
    {P "/newsList/222?page=616", "?page=#", 611, 620, 616, 0,
	P "/newsList/222?page=617"},
    {P "/newsList/222?page=10", "?page=#", 1, 10, 10, 0, NULL},
    {P "/newsList/222?page=3", "?page=#", 1, 3, 3, 0, NULL},
    {P "/newsList/222", "?page=#", 1, 2, 1, 0, P "/newsList/222?page=2"},
    {P "/writerList?id=a%40b.example", "/writerList?id=a%40b.example&page=#", 1,
	5, 1, 0, P "/writerList?id=a%40b.example&page=2"},
    {P "/media/t_list.asp?Page=1&kind=", "/media/t_list.asp?Page=#&kind=", 1,
	10, 1, 0, P "/media/t_list.asp?Page=2&kind="},
    {P "/news/articleList.html?sc_section_code=S1N1&view_type=sm",
	"/news/articleList.html?page=#&total=9104&sc_section_code=S1N1&"
	"sc_sub=&view_type=sm",
	1, 10, 1, 0,
	P "/news/articleList.html?page=2&total=9104&sc_section_code=S1N1&"
	  "sc_sub=&view_type=sm"},
    {P "/bbs/list.do?menuNo=200218", "./list.do?menuNo=200218&pageIndex=#", 1,
	9, 1, 0, P "/bbs/list.do?menuNo=200218&pageIndex=2"},
    {P "/section_list_all.html?catid=4", "?catid=4&pn=#", 1, 10, 1, 0,
	P "/section_list_all.html?catid=4&pn=2"},
    /* a name that says nothing, but a row that does */
    {P "/list", "?q=#", 1, 10, 1, 0, P "/list?q=2"},
    /* offsets */
    {P "/lists/?category_cd=107", "?category_cd=107&page=#", 1, 10, 1, -20,
	P "/lists/?category_cd=107&page=20"},
    {P "/lists/?category_cd=107&page=0", "?category_cd=107&page=#", 1, 10, 1,
	-20, P "/lists/?category_cd=107&page=20"},
    {P "/lists/?category_cd=107&page=40", "?category_cd=107&page=#", 1, 10, 3,
	-20, P "/lists/?category_cd=107&page=60"},
    {P "/List/3", "/List/3?p=#", 1, 10, 1, 20, P "/List/3?p=21"},
    {P "/List/3?p=41", "/List/3?p=#", 1, 10, 3, 20, P "/List/3?p=61"},
    {P "/list?page=0", "?page=#", 1, 5, 1, -1, P "/list?page=1"},
    {P "/list", "?page=#", 1, 5, 1, -1, P "/list?page=1"},
    {P "/list?start=0", "?start=#", 1, 5, 1, -10, P "/list?start=10"},
    /* in the path */
    {P "/GB/70846/index.html", "/GB/70846/index#.html", 1, 9, 1, 0,
	P "/GB/70846/index2.html"},
    {P "/GB/70846/", "index#.html", 1, 9, 1, 0, P "/GB/70846/index2.html"},
    {P "/GB/70846/index3.html", "index#.html", 1, 9, 3, 0,
	P "/GB/70846/index4.html"},
    {P "/a/list.html", "list_#.html", 1, 9, 1, 0, P "/a/list_2.html"},
    {P "/news", "/news/page/#/", 1, 9, 1, 0, P "/news/page/2/"},
    {P "/news/", "/news/page/#", 1, 9, 1, 0, P "/news/page/2"},
    {P "/news/page/4/", "/news/page/#/", 1, 9, 4, 0, P "/news/page/5/"},
    {P "/", "/page/#/", 1, 9, 1, 0, P "/page/2/"},
    {P "/blog/", "/blog/#/", 1, 9, 1, 0, P "/blog/2/"},
    {P "/nachrichten", "/nachrichten/seite-#", 1, 9, 1, 0,
	P "/nachrichten/seite-2"},
    {P "/2024/politik", "/2024/politik/p#", 1, 5, 1, 0, P "/2024/politik/p2"},
    /* what counts something else */
    {P "/list", "?date=202603#", 1, 31, 1, 0, NULL},
    {P "/list", "?day=#", 1, 31, 1, 0, NULL},
    {P "/list", "?year=2026&month=3&day=#", 1, 31, 1, 0, NULL},
    {P "/2026/03/01/", "/2026/03/#/", 1, 31, 1, 0, NULL},
    {P "/2026/03/", "/2026/03/#/", 2, 31, 1, 0, NULL},
    {P "/archive", "?year=#", 2015, 2026, 2026, 0, NULL},
    {P "/archive/2025", "/archive/#", 2015, 2026, 2025, 0, NULL},
    {P "/series/1", "/series/#", 1, 9, 1, 0, NULL},
    {P "/list", "/article/2023041850010#", 1, 9, 1, 0, NULL},
    {P "/list", "?cmt_page=#", 1, 5, 1, 0, NULL},
    {P "/list", "/list/comment-page-#", 1, 5, 1, 0, NULL},
    {P "/list?kind=3", "/list?page=#", 1, 9, 1, 0, NULL},
    {P "/list?kind=3", "/list?kind=4&page=#", 1, 9, 1, 0, NULL},
    {P "/list", "/other?page=#", 1, 9, 1, 0, NULL},
    {P "/list", "https://elsewhere.example/list?page=#", 1, 9, 1, 0, NULL},
    {P "/list", "#p=#", 1, 9, 1, 0, NULL},
    {P "/list", "javascript:go(#)", 1, 9, 1, 0, NULL},
};

static void
rows_of_numbers(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *pager = numbers(rows[i].pattern, rows[i].first,
		    rows[i].last, rows[i].current, rows[i].step);
		failed += differs(
		    rows[i].pattern, rows[i].url, pager, rows[i].wanted);
		free(pager);
	}
	assert_int_equal(failed, 0);
}

/* ---- pagers as they are written ---- */

static const struct {
	const char *name, *url, *html, *wanted;
} pagers[] = {
    {"link rel=next", P "/list", "<link rel=next href='/list?page=2'>",
	P "/list?page=2"},
    {"rel of several words", P "/list",
	"<a rel='nofollow Next' href='/list/older'>x</a>", P "/list/older"},
    {"rel=next to elsewhere", P "/list",
	"<link rel=next href='https://elsewhere.example/list?page=2'>", NULL},
    {"rel=next to itself", P "/list", "<a rel=next href='/list'>x</a>", NULL},
    {"rel=next to a script", P "/list",
	"<a rel=next href='javascript:next()'>x</a>", NULL},
    {"rel=next of comments", P "/list",
	"<div id=comments><a rel=next href='?page=2'>x</a></div>", NULL},
    {"rel=nextish", P "/list", "<a rel=nextarticle href=/article/7>x</a>",
	NULL},
    {"http on a page of https", P "/list",
	"<a rel=next href='http://paper.example/list?page=2'>x</a>",
	P "/list?page=2"},
    {"a whole address", P "/list",
	"<a rel=next href='//paper.example/list?page=2'>x</a>",
	P "/list?page=2"},
    /* words */
    {"Korean", P "/list", "<a href='?no=2'>다음</a>", P "/list?no=2"},
    {"Korean, with its page", P "/list?page=4",
	"<a href='?page=3'>이전 페이지</a><a href='?page=5'>다음 페이지</a>",
	P "/list?page=5"},
    {"Japanese", P "/list?page=1", "<a href='?page=2'>次へ</a>",
	P "/list?page=2"},
    {"Chinese", P "/list", "<a href='/list/index_2.html'>下一页</a>",
	P "/list/index_2.html"},
    {"Taiwan", P "/list?page=2",
	"<a href='?page=1'>上一頁</a><a href='?page=3'>下一頁</a>",
	P "/list?page=3"},
    {"English, a cursor", P "/list", "<a href='?after=t3_abc'>Next &raquo;</a>",
	P "/list?after=t3_abc"},
    {"English, a cursor from a cursor", P "/list?after=t3_abc",
	"<a href='?before=t3_abd'>Previous</a><a href='?after=t3_xyz'>Next</a>",
	P "/list?after=t3_xyz"},
    {"older posts", P "/blog", "<a href='/blog/page/2'>Older posts</a>",
	P "/blog/page/2"},
    {"German", P "/list?start=0", "<a href='?start=20'>Weiter</a>",
	P "/list?start=20"},
    {"German, the whole words", P "/list",
	"<a href='?seite=2'>Nächste Seite</a>", P "/list?seite=2"},
    {"a picture's words", P "/list?page=3",
	"<a href='?page=4'><img src=n.gif alt='다음'></a>", P "/list?page=4"},
    {"for a screen reader", P "/list?page=3",
	"<a href='?page=4' aria-label='Next page'><i class=icon></i></a>",
	P "/list?page=4"},
    {"a class in a pager", P "/list",
	"<div class=paging><a class='btn next' href='?x=2'>▶</a></div>",
	P "/list?x=2"},
    {"an arrow in a pager", P "/list?page=3",
	"<nav class=pagination><a href='?page=2'>‹</a><a href='?page=4'>›</a>"
	"<a href='?page=99'>»</a></nav>",
	P "/list?page=4"},
    {"more", P "/list", "<a href='/list?page=2'>더보기</a>", P "/list?page=2"},
    /* numbers */
    {"brackets", P "/list",
	"<b>[1]</b> <a href='?page=2'>[2]</a> <a href='?page=3'>[3]</a>",
	P "/list?page=2"},
    {"words and numbers", P "/list?page=2",
	"<a href='?page=1'>1페이지</a><b>2페이지</b><a href='?page=3'>3페이지"
	"</a>",
	P "/list?page=3"},
    {"the current one is a link as well", P "/list",
	"<a class=on href='?page=1'>1</a><a href='?page=2'>2</a>"
	"<a href='?page=3'>3</a>",
	P "/list?page=2"},
    {"the end of a block of ten", P "/list?page=10",
	"<div class=paging><a href='?page=8'>8</a><a href='?page=9'>9</a>"
	"<b>10</b><a href='?page=11'><img src=next.gif></a>"
	"<a href='?page=77'>끝</a></div>",
	P "/list?page=11"},
    {"'next' of ten pages is not the next", P "/list?page=2",
	"<a href='?page=1'>1</a><b>2</b><a href='?page=3'>3</a>"
	"<a href='?page=11'>다음</a>",
	P "/list?page=3"},
    {"the last page, with a way back", P "/list?page=3",
	"<a href='?page=1'>처음</a><a href='?page=1'>1</a>"
	"<a href='?page=2'>2</a><b>3</b>",
	NULL},
    {"comments' pages before the list's", P "/list",
	"<div class=comment-nav><a href='?cp=2'>2</a><a href='?cp=3'>3</a>"
	"<a href='?cp=4'>4</a><a href='?cp=5'>5</a></div>"
	"<div class=paging><b>1</b><a href='?page=2'>2</a></div>",
	P "/list?page=2"},
    {"how many on a page", P "/list",
	"<a href='?size=10'>10</a><a href='?size=20'>20</a>"
	"<a href='?size=50'>50</a>",
	NULL},
    {"a calendar in a table beside it", P "/list",
	"<table><tr><td><a href='?n=1'>1</a><td><a href='?n=2'>2</a><td>"
	"<a href='?n=3'>3</a></table><div class=pager><b>1</b>"
	"<a href='?p=2'>2</a></div>",
	P "/list?p=2"},
    {"next month", P "/list", "<a href='?month=4'>다음</a>", NULL},
    {"next day", P "/list?date=20260301", "<a href='?date=20260302'>다음</a>",
	NULL},
    {"next week's words", P "/list", "<a href='?w=2'>다음 주</a>", NULL},
    {"the next story", P "/list", "<a href='/article/77'>다음</a>", NULL},
    {"a carousel", P "/list", "<a class=next href='#'>Next</a>", NULL},
    {"an arrow of something else", P "/list", "<a href='?slide=2'>›</a>", NULL},
    {"page 2 of the most read, at the side", P "/list",
	"<aside><a href='?page=2'>2</a><a href='?page=3'>3</a></aside>", NULL},
    {"a section with the next number", P "/newsList/222",
	"<a href='/newsList/223'>다음 소식</a>", NULL},
    {"a list that has a number of its own", P "/html/news/",
	"<ul class=pagelist><li>1<li><a href=list_7_2.html>2</a><li>"
	"<a href=list_7_3.html>3</a></ul>",
	P "/html/news/list_7_2.html"},
    {"numbers that call a script, a parameter of ours", P "/list?c=3&pageNo=1",
	"<b>1</b><a href=# onclick='goPage(2); return false'>2</a>"
	"<a href=# onclick='goPage(3)'>3</a><a href=# "
	"onclick='goPage(4)'>4</a>",
	P "/list?c=3&pageNo=2"},
    {"the same on its second page", P "/list?pageNo=2&c=3",
	"<a href='javascript:go(\"x\", 1)'>1</a><b>2</b>"
	"<a href='javascript:go(\"x\", 3)'>3</a>"
	"<a href='javascript:go(\"x\", 4)'>4</a>",
	P "/list?c=3&pageNo=3"},
    {"what the function says", P "/list?c=3",
	"<script>function other(n) { f(n); }\nfunction goPage(n) {\n"
	"location.href = '/list?c=3&cpage=' + n; }</script><b>1</b>"
	"<a onclick='goPage(2)'>2</a><a onclick='goPage(3)'>3</a>"
	"<a onclick='goPage(4)'>4</a>",
	P "/list?c=3&cpage=2"},
    {"a form's field", P "/list?c=3",
	"<form><input type=hidden name=pageIndex value=1></form><div><b>1</b>"
	"<a onclick='f(2)'>2</a><a onclick='f(3)'>3</a><a onclick='f(4)'>4</a>"
	"</div>",
	P "/list?c=3&pageIndex=2"},
    {"a form that is posted", P "/list?c=3",
	"<form method=POST><input type=hidden name=pageIndex></form><div>"
	"<a onclick='f(2)'>2</a><a onclick='f(3)'>3</a><a onclick='f(4)'>4</a>"
	"</div>",
	NULL},
    {"a script, and nothing that says where", P "/list?c=3",
	"<a onclick='f(2)'>2</a><a onclick='f(3)'>3</a><a onclick='f(4)'>4</a>",
	NULL},
    {"another host by a script", P "/list",
	"<script>goPage = function (n) { open('//b.example/?page=' + n) }"
	"</script><a onclick='goPage(2)'>2</a><a onclick='goPage(3)'>3</a>"
	"<a onclick='goPage(4)'>4</a>",
	NULL},
    {"two numbers that call a script are no pager", P "/list?page=1",
	"<a onclick='vote(1)'>1</a><a onclick='vote(2)'>2</a>", NULL},
    {"nothing", P "/list", "", NULL},
};

static void
pagers_as_they_are(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(pagers); i++)
		failed += differs(pagers[i].name, pagers[i].url, pagers[i].html,
		    pagers[i].wanted);
	assert_int_equal(failed, 0);
}

/* A month in a table, however it is linked. */
static void
a_month_is_no_pager(void **state)
{
	(void)state;
	struct buffer out = {0};
	buffer_add_string(&out, "<table class=pagination>");
	for (int day = 1; day <= 31; day++)
		buffer_add_format(&out, "%s<td><a href='?no=%d'>%d</a>",
		    day % 7 == 1 ? "<tr>" : "", day, day);
	buffer_add_string(&out, "</table>");
	assert_int_equal(differs("a month", P "/list", out.bytes, NULL), 0);
	buffer_clear(&out);
}

/* Thousands of links, each of many numbers: it ends. */
static void
a_page_full_of_numbers(void **state)
{
	(void)state;
	struct buffer out = {0};
	for (int i = 0; i < 20000; i++)
		buffer_add_format(&out,
		    "<a href='/1/2/3/4/5/6/7/%d?a=%d&b=1&c=2&d=3'>%d</a>", i,
		    i % 7, i % 50);
	free(found(P "/1/2/3/4/5/6/7/8?a=1", out.bytes));
	buffer_clear(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rows_of_numbers),
	    cmocka_unit_test(pagers_as_they_are),
	    cmocka_unit_test(a_month_is_no_pager),
	    cmocka_unit_test(a_page_full_of_numbers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
