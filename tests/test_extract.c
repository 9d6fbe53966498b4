#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/reading.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define P "https://paper.example"

struct row {
	const char *name, *rules, *html, *answer;
};

/* ---- rules, feature by feature ---- */

#define NAMED "item: li\ntitle: b\nlink: a\n"
#define EMPTY "date: i\nauthor: u\ntext: p\nimage: img\n"

static const struct row rows[] = {
    {"one of each",
	"item: li\ntitle: h3\nlink: a\ndate: time\nauthor: i\ntext: p\n"
	"image: img\n",
	"<ul><li><a href=/1><h3> Rain \n falls </h3></a>"
	"<time datetime=2023-04-18T09:00:00Z>long ago</time><i>Kim</i>"
	"<p>Much<br>of it</p><img src=/p.jpg></ul>",
	"Rain falls|" P "/1|2023-04-18T09:00:00Z|Kim|Much\nof it|" P
	"/p.jpg\n"},
    {"attributes", "item: li\ntitle: a@title\nlink: a@data-to\n" EMPTY,
	"<ul><li><a data-to=/7 title=Whole href=/8>Wh..</a></ul>",
	"Whole|" P "/7||||\n"},
    {"the item itself", "item: li > a\ntitle: .\nlink: .@href\n" EMPTY,
	"<ul><li><a href=/1>One</a><li><a href=/2>Two</a></ul>",
	"One|" P "/1||||\nTwo|" P "/2||||\n"},
    {"link round the item", "item: a > div\ntitle: b\nlink: b\n" EMPTY,
	"<a href=/1><div><b>One</b></div></a>", "One|" P "/1||||\n"},
    {"the second alternative", "item: li\ntitle: h3\ntitle: b\nlink: a\n" EMPTY,
	"<ul><li><h3> </h3><b>B</b><a href=/1>x</a>"
	"<li><h3>H</h3><b>no</b><a href=/2>x</a></ul>",
	"B|" P "/1||||\nH|" P "/2||||\n"},
    {"the first node that is not empty", NAMED EMPTY,
	"<ul><li><b></b><b>B</b><a href=/1>x</a></ul>", "B|" P "/1||||\n"},
    {"pattern and fallback",
	"item: li\ntitle: b~pattern=No (\\d+)\ntitle: i\nlink: a\n" EMPTY,
	"<ul><li><b>No 12 of</b><i>I</i><a href=/1>x</a>"
	"<li><b>none</b><i>J</i><a href=/2>x</a></ul>",
	"12|" P "/1||||\nJ|" P "/2||||\n"},
    {"template",
	"item: li\ntitle: b\n"
	"link: b@onclick~pattern=view\\('(\\d+)'~template=/a/{1}\n" EMPTY,
	"<ul><li><b onclick=\"view('123456')\">B</b></ul>",
	"B|" P "/a/123456||||\n"},
    {"strip", "item: li\ntitle: b~strip=^\\[.*?\\]\nlink: a\n" EMPTY,
	"<ul><li><b>[Only here] B</b><a href=/1>x</a></ul>", "B|" P "/1||||\n"},
    {"exclude", "item: li\ntitle: b~exclude=i, s\nlink: a\n" EMPTY,
	"<ul><li><b><s>Old</s>B <i>new</i></b><a href=/1>x</a></ul>",
	"B|" P "/1||||\n"},
    {"format",
	NAMED "date: i~format=%d/%m/%Y %H.%M\n"
	      "author: u\ntext: p\nimage: img\n",
	"<ul><li><b>B</b><a href=/1>x</a><i>04/03/2023 07.05</i></ul>",
	"B|" P "/1|2023-03-04T07:05:00Z|||\n"},
    {"a date that is none is passed over",
	NAMED "date: s\ndate: i\nauthor: u\ntext: p\nimage: img\n",
	"<ul><li><b>B</b><a href=/1>x</a><s>soon</s>"
	"<i>2023-04-18 09:37</i></ul>",
	"B|" P "/1|2023-04-18T09:37:00Z|||\n"},
    {"xpath: nodes and strings",
	"item: xpath=//li\ntitle: xpath=string(b)\nlink: xpath=a/@href\n" EMPTY,
	"<ul><li><b>B</b><a href=/1>x</a><li><b>C</b><a href=/2>x</a></ul>",
	"B|" P "/1||||\nC|" P "/2||||\n"},
    {"blocks in their order, a node once",
	"item: .top\nitem: li\ntitle: b\nlink: a\n" EMPTY,
	"<ul><li><b>1</b><a href=/1>x</a>"
	"<li class=top><b>2</b><a href=/2>x</a></ul>",
	"2|" P "/2||||\n1|" P "/1||||\n"},
    {"xpath to what follows: dt and dd",
	"item: dt\ntitle: a\nlink: a\n"
	"text: xpath=following-sibling::dd[1]\n"
	"date: i\nauthor: u\nimage: img\n",
	"<dl><dt><a href=/1>One</a><dd>of one<dt><a href=/2>Two</a>"
	"<dd>of two</dl>",
	"One|" P "/1|||of one|\nTwo|" P "/2|||of two|\n"},
    {"xpath in items of several siblings",
	"item: h3\ntitle: xpath=.//a\nlink: xpath=.//a/@href\n"
	"text: xpath=.//p[@class='t']\ndate: xpath=.//i/@title\n"
	"image: xpath=div/img\nauthor: xpath=./u\n",
	"<div><h3><a href=/1>One</a></h3><p>no</p><p class=t>of one</p>"
	"<p><i title=2023-04-18>x</i></p><u>A</u>"
	"<h3><a href=/2>Two</a></h3><p class=t>of two</p><div><img "
	"src=/2.jpg></div><h3><a href=/3>Three</a></h3><p><b>x</b></p></div>",
	"One|" P "/1|2023-04-18|A|of one|\nTwo|" P "/2|||of two|" P
	"/2.jpg\nThree|" P "/3||||\n"},
    {"dt and dd are one item", "item: dt\ntitle: a\nlink: a\ntext: dd\n" EMPTY,
	"<dl><dt><a href=/1>One</a><dd>of one<dt><a href=/2>Two</a>"
	"<dd>of two</dl><p>Foot</p>",
	"One|" P "/1|||of one|\nTwo|" P "/2|||of two|\n"},
    {"a heading and what follows it",
	"item: h3\ntitle: h3\nlink: a\ntext: p\ndate: .d\nimage: img\nauthor: "
	"u\n",
	"<div><h2>News</h2><h3><a href=/1>One</a></h3><p>of one</p>"
	"<div class=x><img src=/1.jpg><span class=d>2023-04-18</span></div>"
	"<h3><a href=/2>Two</a></h3><p>of two</p>"
	"<h3><a href=/3>Three</a></h3><p>of three</p><div class=x><img "
	"src=/3.jpg></div><div class=pager><p>1 2 3</p><img src=/no.jpg></div>"
	"</div>",
	"One|" P "/1|2023-04-18||of one|" P "/1.jpg\nTwo|" P
	"/2|||of two|\nThree|" P "/3|||of three|" P "/3.jpg\n"},
    {"pairs of rows",
	"item: tr.t\ntitle: a\nlink: a\ntext: .s td\ndate: i\nauthor: "
	"u\nimage: img\n",
	"<table><tr class=t><td><a href=/1>One</a><tr class=s><td>of one"
	"<tr class=t><td><a href=/2>Two</a><tr class=s><td>of two"
	"<tr class=more><td>more</table>",
	"One|" P "/1|||of one|\nTwo|" P "/2|||of two|\n"},
    {"pairs of dd",
	"item: dd.subject\ntitle: a\nlink: a\ntext: .summary\n" EMPTY,
	"<dl><dd class=subject><a href=/1>One</a><dd class=summary>of one"
	"<dd class=subject><a href=/2>Two</a><dd class=summary>of two</dl>",
	"One|" P "/1|||of one|\nTwo|" P "/2|||of two|\n"},
    {"one heading in each box", "item: h3\ntitle: a\nlink: a\ntext: p\n" EMPTY,
	"<section><h3><a href=/1>One</a></h3><p>of one</p></section>"
	"<section><h3><a href=/2>Two</a></h3><p>of two</p><h4>x</h4><p>y</p>"
	"</section>",
	"One|" P "/1|||of one|\nTwo|" P "/2|||of two|\n"},
    {"rows without a second take none",
	"item: tr\ntitle: a\nlink: a\ntext: p\n" EMPTY,
	"<table><tr><td><a href=/1>One</a><tr><td><a href=/2>Two</a></table>"
	"<p>Foot</p>",
	"One|" P "/1||||\nTwo|" P "/2||||\n"},
    {"what stands beside an item, not beyond the next",
	"item: .t\ntitle: a\nlink: a\ntext: ~ .s\n" EMPTY,
	"<div class=t><a href=/1>One</a></div><div class=t><a href=/2>Two</a>"
	"</div><i>x</i><div class=s>of two</div>",
	"One|" P "/1||||\nTwo|" P "/2|||of two|\n"},
    {"the next sibling", "item: .t\ntitle: a\nlink: a\ntext: + .s\n" EMPTY,
	"<div class=t><a href=/1>One</a></div><div class=s>of one</div>"
	"<div class=t><a href=/2>Two</a></div><div class=s>of two</div>",
	"One|" P "/1|||of one|\nTwo|" P "/2|||of two|\n"},
    {"a link that is none falls through", "item: li\ntitle: b\nlink: a\n" EMPTY,
	"<ul><li><b>B</b><a href=#>x</a><a href=javascript:y()>y</a>"
	"<a href=/1>z</a></ul>",
	"B|" P "/1||||\n"},
    {"a link that article-link refuses falls through",
	"item: li\ntitle: b\nlink: a\narticle-link: /a/{id}\n" EMPTY,
	"<ul><li><b>B</b><a href=/tag/x>x</a><a href=/a/9>y</a>"
	"<li><b>C</b><a href=/tag/x>x</a></ul>",
	"B|" P "/a/9||||\n"},
    {"a link in a script's call behind '#'",
	"item: li\ntitle: b\nlink: "
	"a~pattern=go\\((\\d+)\\)~template=/a/{1}\n" EMPTY,
	"<ul><li><b>B</b><a href=# onclick=\"go(77)\">x</a>"
	"<li><b>C</b><a href=\"javascript:go(78)\">x</a></ul>",
	"B|" P "/a/77||||\nC|" P "/a/78||||\n"},
    {"a link in a script",
	"item: li\ntitle: b\nlink: script~pattern=id: "
	"'(\\d+)'~template=/a/{1}\n" EMPTY,
	"<ul><li><b>B</b><script>show({id: '77'})</script></ul>",
	"B|" P "/a/77||||\n"},
    {"an image that is none falls through",
	NAMED
	"image: img@src\nimage: img@data-src\ndate: i\nauthor: u\ntext: p\n",
	"<ul><li><b>B</b><a href=/1>x</a><img src=/blank.gif data-src=/r.jpg>"
	"<li><b>C</b><a href=/2>x</a><img src='data:image/gif;base64,R0'"
	" data-src=/s.jpg></ul>",
	"B|" P "/1||||" P "/r.jpg\nC|" P "/2||||" P "/s.jpg\n"},
    {"a srcset and a style by attribute",
	NAMED
	"image: img@srcset\nimage: s@style\ndate: i\nauthor: u\ntext: p\n",
	"<ul><li><b>B</b><a href=/1>x</a><img srcset='/a.jpg 320w, /b.jpg "
	"640w'>"
	"<li><b>C</b><a href=/2>x</a><s style=\"background: "
	"url('/c.jpg')\"></s>"
	"</ul>",
	"B|" P "/1||||" P "/b.jpg\nC|" P "/2||||" P "/c.jpg\n"},
    {"a style by pattern",
	NAMED "image: s@style~pattern=url\\('(.*?)'\\)\ndate: i\nauthor: "
	      "u\ntext: p\n",
	"<ul><li><b>B</b><a href=/1>x</a>"
	"<s style=\"background: url('/c.jpg')\"></s></ul>",
	"B|" P "/1||||" P "/c.jpg\n"},
    {"a heading of marks alone is none",
	"item: li\ntitle: h3\ntitle: b\nlink: a\n" EMPTY,
	"<ul><li><h3>&#x200b;&nbsp;&#x2060;</h3><b>B</b><a href=/1>x</a></ul>",
	"B|" P "/1||||\n"},
    {"white space of every kind folds, paragraphs stay", NAMED EMPTY,
	"<ul><li><b>&nbsp;A&#x3000;&#x200b;title&nbsp;&nbsp;here\n</b>"
	"<a href=/1>x</a><p>One&nbsp;\ntwo<br><br>three<span>four</span></p>"
	"</ul>",
	"A title here|" P "/1|||One two\nthreefour|\n"},
    {"blocks are paragraphs, scripts are no text",
	"item: li\ntitle: b\nlink: a\ntext: div\n" EMPTY,
	"<ul><li><b>B</b><a href=/1>x</a><div><p>One</p><style>p{}</style>"
	"<p>two</p><script>x()</script><template><p>no</p></template>"
	"<blockquote>three</blockquote>four</div></ul>",
	"B|" P "/1|||One\ntwo\nthree\nfour|\n"},
    {"xpath: concat, substring-after, a union, a number",
	"item: xpath=//li[@class='n'] | //ol/li\n"
	"title: xpath=concat(b, ' - ', u)\n"
	"link: xpath=concat('/a/', substring-after(a/@href, 'no='))\n"
	"text: xpath=count(a)\ndate: i\nauthor: s\nimage: img\n",
	"<ul><li class=n><b>B</b><u>U</u><a href=?no=5>x</a></ul>"
	"<ol><li><b>C</b><u>V</u><a href=?no=6>x</a></ol>",
	"B - U|" P "/a/5|||1|\nC - V|" P "/a/6|||1|\n"},
    {"xpath: an empty string falls through",
	"item: li\ntitle: xpath=string(h3)\ntitle: b\nlink: a\n" EMPTY,
	"<ul><li><b>B</b><a href=/1>x</a></ul>", "B|" P "/1||||\n"},
    {"category by rule filters",
	NAMED EMPTY "category: em\nskip category: ^Ad$\n",
	"<ul><li><b>B</b><a href=/1>x</a><em>Ad</em>"
	"<li><b>C</b><a href=/2>x</a><em>City</em></ul>",
	"C|" P "/2||||\n"},
    {"link and text filter", NAMED EMPTY "only link: /a/\nskip text: ad\n",
	"<ul><li><b>B</b><a href=/b/1>x</a><li><b>C</b><a href=/a/2>x</a>"
	"<li><b>D</b><a href=/a/3>x</a><p>an ad</p></ul>",
	"C|" P "/a/2||||\n"},
    {"base: relative", NAMED EMPTY,
	"<base href=../x/><ul><li><b>B</b><a href=1>x</a></ul>",
	"B|" P "/x/1||||\n"},
    {"base: a target alone, then the address, then another", NAMED EMPTY,
	"<base target=_blank><ul><li><b>B</b><a href=1>x</a></ul>"
	"<base href=/y/><base href=/z/>",
	"B|" P "/y/1||||\n"},
    {"base: the first is broken", NAMED EMPTY,
	"<base href=javascript:x><base href=/y/>"
	"<ul><li><b>B</b><a href=1>x</a></ul>",
	"B|" P "/news/1||||\n"},
    {"base href", NAMED EMPTY,
	"<base href=//cdn.example/x/><ul><li><b>B</b><a href=1>x</a></ul>",
	"B|https://cdn.example/x/1||||\n"},
    {"only", NAMED EMPTY "only title: ^B\n",
	"<ul><li><b>B</b><a href=/1>x</a><li><b>C</b><a href=/2>x</a></ul>",
	"B|" P "/1||||\n"},
    {"skip", NAMED EMPTY "skip author: Ad\n",
	"<ul><li><b>B</b><a href=/1>x</a><u>Ad</u>"
	"<li><b>C</b><a href=/2>x</a></ul>",
	"C|" P "/2||||\n"},
    {"links that are none", NAMED EMPTY,
	"<ul><li><b>B</b><a href=javascript:x()>x</a>"
	"<li><b>C</b><a href=mailto:a@b.example>x</a>"
	"<li><b>D</b><a href=/4>x</a><li><b></b><a href=/5>x</a></ul>",
	"D|" P "/4||||\n"},
    {"the second place fills the first", NAMED EMPTY,
	"<ul><li><b>B</b><a href=/1>x</a><li><b>Other</b>"
	"<a href=/1#more>x</a><p>Text</p><u>Kim</u><i>2023-04-18</i></ul>",
	"B|" P "/1|2023-04-18|Kim|Text|\n"},
    {"the address refines the day", NAMED EMPTY,
	"<ul><li><b>B</b><a href=/20230418093745>x</a><i>2023-04-18</i>"
	"<li><b>C</b><a href=/20230417093745>x</a><i>2023-04-18</i>"
	"<li><b>D</b><a href=/2023/04/16/d>x</a>"
	"<li><b>E</b><a href=/20230418500420>x</a></ul>",
	"B|" P "/20230418093745|2023-04-18T09:37:45Z|||\n"
	"C|" P "/20230417093745|2023-04-18|||\n"
	"D|" P "/2023/04/16/d|2023-04-16|||\n"
	"E|" P "/20230418500420|2023-04-18|||\n"},
    {"article-link chooses among the item's links",
	"item: li\ntitle: b\narticle-link: /a/{id}\n" EMPTY,
	"<ul><li><a href=/tag/x>A tag of some length</a><b>B</b>"
	"<a href=/a/9>x</a><li><b>C</b><a href=/tag/y>y</a></ul>",
	"B|" P "/a/9||||\n"},
    {"nothing there", NAMED EMPTY, "<p>Nothing.</p>", ""},
};

static void
rules_are_obeyed(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct extraction extraction;
		assert_true(
		    reading_extract(rows[i].rules, rows[i].html, &extraction));
		char *answer = reading_print(&extraction);
		if (strcmp(answer, rows[i].answer) != 0) {
			printf("%s:\n%s\nwanted\n%s\n", rows[i].name, answer,
			    rows[i].answer);
			failed++;
		}
		free(answer);
		extraction_clear(&extraction);
	}
	assert_int_equal(failed, 0);
}

/* ---- the same eight articles in eight markups ---- */

struct story {
	const char *id, *title, *text, *time, *reporter;
};

static const struct story stories[] = {
    {"20230418500101", "바닷길 새 등대, 열두 해 만에 불 밝혀",
	"남쪽 바다 작은 섬에 세운 등대가 어젯밤 처음 불을 밝혔다. 섬 사람들은 "
	"배가 밤에도 안심하고 드나들 수 있게 됐다고 반겼다.",
	"2023-04-18 09:37:45", "강바다 기자"},
    {"20230418500102", "\"기차 늦으면 값 돌려준다\"… 철도청, 새 규정 내놔",
	"다음 달부터 기차가 스무 분 넘게 늦으면 표값의 절반을 돌려받는다. "
	"신청하지 않아도 카드로 저절로 들어온다는 설명이다.",
	"2023-04-18 09:21:03", "윤철길 기자"},
    {"20230418500103", "산골 학교에 찾아온 이동 도서관",
	"책 이천 권을 실은 버스가 산골 학교 다섯 곳을 돈다. 아이들은 한 번에 "
	"열 권까지 빌릴 수 있고 두 주 뒤에 돌려주면 된다.",
	"2023-04-18 08:59:59", "도서연 기자"},
    {"20230418500104", "쌀값 3% 내려… 농민 단체 \"창고부터 비워야\"",
	"햇곡식을 앞두고 쌀값이 석 달째 내렸다. 농민 단체는 정부가 묵은 쌀을 "
	"먼저 사들여야 한다고 주장했다. 정부는 검토하겠다고 답했다.",
	"2023-04-18 08:12:30", "나락희 기자"},
    {"20230417500105", "야구 새 구장 지붕 닫힌다… 비 와도 경기",
	"새 구장은 지붕을 십이 분 만에 여닫는다. 비가 잦은 여름에도 경기를 "
	"미루지 않게 되었다. 첫 경기는 다음 봄에 열릴 예정이다.",
	"2023-04-17 22:05:11", "구장일 기자"},
    {"20230417500106", "강변 자전거길 마지막 구간 이어져",
	"강을 따라 백이십 킬로미터를 쉬지 않고 달릴 수 있다. 끊겨 있던 다리 밑 "
	"구간이 어제 열리면서 두 도시가 하나로 이어졌다.",
	"2023-04-17 18:44:00", "한강물 기자"},
    {"20230417500107", "동네 병원 야간 진료, 내년부터 전국으로",
	"밤 열한 시까지 문을 여는 동네 병원이 전국으로 늘어난다. 시범 "
	"지역에서는 "
	"응급실을 찾는 가벼운 환자가 셋 가운데 하나 줄었다.",
	"2023-04-17 15:30:20", "오진료 기자"},
    {"20230417500108", "옛 우체국 건물, 그림책 미술관으로",
	"백 년 된 우체국이 그림책 미술관으로 다시 문을 연다. 우편함과 저울은 "
	"그대로 두고 방마다 다른 작가의 그림을 걸었다.",
	"2023-04-17 11:00:01", "그림옥 기자"},
};

enum {
	WITH_PICTURES = 1,
	WITH_REPORTERS = 2,
	WITH_MOST_READ = 4,
	WITH_RELATED = 8,
	OPTIONS = 16
};

static bool
has_picture(size_t i, int options)
{
	return (options & WITH_PICTURES) != 0 && i % 3 != 2;
}

static char *
picture_of(size_t i, int options)
{
	return has_picture(i, options)
		   ? xasprintf("<img src=/photo/%s.jpg alt=''>", stories[i].id)
		   : xstrdup("");
}

static char *
day_line(size_t i, int options)
{
	return (options & WITH_REPORTERS) != 0
		   ? xasprintf("%s %s", stories[i].time, stories[i].reporter)
		   : xstrdup(stories[i].time);
}

#define HREF "/view/%1$s"

/* %1 number, %2 title, %3 text, %4 time and reporter, %5 picture */
static const struct markup {
	const char *name, *before, *item, *after;
	bool no_address; /* a script alone knows where the story is */
} markups[] = {
    {"rows of columns", "<div class=container>",
	"<div class=row><div class=col-3><a href=" HREF ">%5$s</a></div>"
	"<div class=col-9><h4><a href=" HREF ">%2$s</a></h4><p>%3$s</p>"
	"<small class=when>%4$s</small></div></div>",
	"</div>", false},
    {"list", "<ul class=news>",
	"<li>%5$s<a href=" HREF "><strong>%2$s</strong></a>"
	"<span class=lead>%3$s</span><em>%4$s</em></li>",
	"</ul>", false},
    {"definitions", "<dl>",
	"<dt><a href=" HREF ">%2$s</a></dt><dd>%5$s %3$s"
	"<span class=info>%4$s</span></dd>",
	"</dl>", false},
    {"table", "<table class=board>",
	"<tr><td>%5$s</td><td><a href=" HREF ">%2$s</a><div>%3$s</div></td>"
	"<td class=date>%4$s</td></tr>",
	"</table>", false},
    {"cards under a link", "<section class=cards>",
	"<div class=card>%5$s<div class=body><div class=title>%2$s</div>"
	"<div class=sum>%3$s</div><div class=by>%4$s</div></div>"
	"<a class=cover href=" HREF " aria-label='%2$s'></a></div>",
	"</section>", false},
    {"the whole card a link", "<div class=grid>",
	"<a class=tile href=" HREF ">%5$s<h3>%2$s</h3><p>%3$s</p>"
	"<p class=meta>%4$s</p></a>",
	"</div>", false},
    {"a script's call", "<div class=rows>",
	"<div class=line onclick=\"view('%1$s')\">%5$s<b class=tit>%2$s</b>"
	"<div class=txt>%3$s</div><i>%4$s</i></div>",
	"</div>", true},
    {"all in one paragraph", "<div class=text>",
	"<p>%5$s<a href=" HREF ">%2$s</a><br>%3$s<br>%4$s</p>", "</div>",
	false},
};

/* Titles that are on no list, in boxes whose links have the same shape. */
static void
add_box(struct buffer *html, const char *name, int first)
{
	buffer_add_format(html, "<div class=%s><h5>%s</h5><ol>", name, name);
	for (int i = 0; i < 5; i++)
		buffer_add_format(html,
		    "<li><a href=/view/2023041550%04d>지난 이야기 %d번째 "
		    "소식을 다시 읽는다</a></li>",
		    first + i, i + 1);
	buffer_add_string(html, "</ol></div>");
}

static char *
make_page(const struct markup *markup, int options)
{
	struct buffer html = {0};
	buffer_add_string(&html, "<html lang=ko><title>소식 - 하루신문</title>"
				 "<ul class=menu><li><a href=/news/1>정치</a>"
				 "<li><a href=/news/2>경제</a></ul>"
				 "<div id=wrap><div id=main>");
	buffer_add_string(&html, markup->before);
	for (size_t i = 0; i < COUNT(stories); i++) {
		char *picture = picture_of(i, options);
		char *day = day_line(i, options);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat"
		char *item = xasprintf(markup->item, stories[i].id,
		    stories[i].title, stories[i].text, day, picture);
#pragma GCC diagnostic pop
		buffer_add_string(&html, item);
		free(item);
		free(day);
		free(picture);
	}
	buffer_add_format(&html, "%s</div>", markup->after);
	if (options & WITH_MOST_READ)
		add_box(&html, "ranking", 1000);
	if (options & WITH_RELATED)
		add_box(&html, "related", 2000);
	buffer_add_string(
	    &html, "</div><div id=foot>하루신문 등록번호 서울 가00000</div>");
	return buffer_take(&html);
}

static char *
make_answer(int options)
{
	struct buffer out = {0};
	for (size_t i = 0; i < COUNT(stories); i++) {
		const struct story *story = &stories[i];
		buffer_add_format(&out, "%s|" P "/view/%s|%.10sT%sZ|%s|%s|",
		    story->title, story->id, story->time, story->time + 11,
		    options & WITH_REPORTERS ? story->reporter : "",
		    story->text);
		if (has_picture(i, options))
			buffer_add_format(&out, P "/photo/%s.jpg", story->id);
		buffer_add_string(&out, "\n");
	}
	return buffer_take(&out);
}

static bool
gives_the_eight(const struct markup *markup, int options, const char *rules)
{
	struct extraction extraction;
	char *html = make_page(markup, options);
	char *wanted = make_answer(options);
	assert_true(reading_extract(rules, html, &extraction));
	char *answer = reading_print(&extraction);
	bool same = strcmp(answer, wanted) == 0;
	if (!same)
		printf("%s, options %d, '%s': %s\n%s\n", markup->name, options,
		    rules, extraction.item_how, answer);
	extraction_clear(&extraction);
	free(answer);
	free(wanted);
	free(html);
	return same;
}

static void
every_markup_by_article_link(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(markups); i++)
		for (int options = 0; options < OPTIONS; options++)
			failed += !gives_the_eight(
			    &markups[i], options, "article-link: /view/{id}");
	assert_int_equal(failed, 0);
}

static void
every_markup_by_url_alone(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(markups); i++)
		for (int options = 0;
		     !markups[i].no_address && options < OPTIONS; options++)
			failed += !gives_the_eight(&markups[i], options, "");
	assert_int_equal(failed, 0);
}

/* ---- what is said beside the articles ---- */

static void
the_page_is_described(void **state)
{
	(void)state;
	struct extraction extraction;
	assert_true(reading_extract("item: li\n",
	    "<html lang=ko><title>정책 - 하루신문</title>"
	    "<meta property=og:site_name content=하루신문>"
	    "<link rel=icon href=/i.png><ul><li>"
	    "<a href=/a/123456>A title that is long enough here</a></ul>",
	    &extraction));
	assert_string_equal(extraction.heading, "정책");
	assert_string_equal(extraction.site_title, "하루신문");
	assert_string_equal(extraction.icon, P "/i.png");
	assert_string_equal(extraction.language, "ko");
	assert_string_equal(extraction.item_how, "rule 'li' 1");
	assert_int_equal(extraction.articles.count, 1);
	extraction_clear(&extraction);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rules_are_obeyed),
	    cmocka_unit_test(every_markup_by_article_link),
	    cmocka_unit_test(every_markup_by_url_alone),
	    cmocka_unit_test(the_page_is_described),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
