#include "feed/menu.h"

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
#include "feed/name.h"
#include "feed/text.h"
#include "feed/url.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define SITE "https://paper.example"
#define STORY                                                                  \
	"<li><a href='/article/2024030500123'>A harbour reopens after a "      \
	"storm that nobody in the town had seen coming</a>"
#define SENTENCE                                                               \
	"It rained on the town and on the land around it, and on the sea. "    \
	"Nobody went out, and those who had gone out did not come home. "
#define PARAGRAPH SENTENCE SENTENCE SENTENCE SENTENCE SENTENCE SENTENCE
#define ACTIONS(n)                                                             \
	"<tr><td><a href='https://far" n ".example/a-tale-of-" n "-towns'>A "  \
	"tale of towns that nobody has ever seen before, part " n "</a>"       \
	"<tr><td><a href='/item?id=" n "'>" n " hours ago</a> | "              \
	"<a href='/hide?id=" n "'>hide</a> | "                                 \
	"<a href='/item?id=" n "'>discuss</a>"
#define STORIES "<main><ul>" STORY STORY STORY "</ul></main>"

/* "name|group|title|address" a line; the site's own host is left out. */
static char *
menu_print(const struct menu *menu)
{
	struct buffer out = {0};
	buffer_add_string(&out, "");
	for (size_t i = 0; i < menu->count; i++) {
		const struct menu_entry *entry = &menu->list[i];
		const char *url = entry->url;
		if (strncmp(url, SITE "/", strlen(SITE) + 1) == 0)
			url += strlen(SITE);
		buffer_add_format(&out, "%s|%s|%s|%s\n", entry->name,
		    entry->group != NULL ? entry->group : "", entry->title,
		    url);
	}
	return buffer_take(&out);
}

static void
read_menu(const char *html, const char *path, struct menu *menu)
{
	struct error err = {{0}};
	char *url = xasprintf(SITE "%s", path);
	struct page *page =
	    page_parse(html, strlen(html), PARSER_HTML5, 0, &err);
	if (page == NULL)
		fail_msg("%s", err.reason);
	menu_find(page, url, url, menu);
	page_free(page);
	free(url);
}

static const struct {
	const char *name, *path, *html, *wanted;
} rows[] = {
    {"a row of list items", "/x",
	"<header><h1><a href='/'>The Paper</a></h1><nav><ul>"
	"<li><a href='/politics'>Politics</a><li><a href='/world/'>World</a>"
	"<li><a href='/arts'>Arts &amp; "
	"Letters</a></ul></nav></header>" STORIES,
	"politics||Politics|/politics\nworld||World|/world/\n"
	"arts||Arts & Letters|/arts\n"},
    {"numbers in the path, Korean, home and log-in left out", "/newsList/7",
	"<div id=top><a href='/login'>로그인</a><a "
	"href='/join'>회원가입</a></div>"
	"<div class=gnb><a href='/'>홈</a><a href='/newsList/7'>정치</a>"
	"<a href='/newsList/12'>경제</a><a "
	"href='/newsList/31'>사회</a></div>" STORIES,
	"7||정치|/newsList/7\n12||경제|/newsList/12\n31||사회|/newsList/31\n"},
    {"a parameter, and headings with lists under them", "/",
	"<div class='all-menu'><div><h3>정치</h3><ul>"
	"<li><a "
	"href='/news/articleList.html?sc_code=S1N1&view_type=sm'>국회</a>"
	"<li><a "
	"href='/news/articleList.html?sc_code=S1N2&view_type=sm'>외교</a>"
	"</ul></div><div><h3>경제</h3><ul>"
	"<li><a "
	"href='/news/articleList.html?sc_code=S2N1&view_type=sm'>금융</a>"
	"<li><a "
	"href='/news/articleList.html?sc_code=S2N2&view_type=sm'>증권</a>"
	"</ul></div></div>" STORIES,
	"s1n1|정치|국회|/news/articleList.html?sc_code=S1N1&view_type=sm\n"
	"s1n2|정치|외교|/news/articleList.html?sc_code=S1N2&view_type=sm\n"
	"s2n1|경제|금융|/news/articleList.html?sc_code=S2N1&view_type=sm\n"
	"s2n2|경제|증권|/news/articleList.html?sc_code=S2N2&view_type=sm\n"},
    {"lists in lists, under a heading that is a link; a button between", "/",
	"<nav><ul><li><a href='/politik'>Politik</a><button>Untermenü</button>"
	"<ul><li><a href='/politik/inland'>Inland</a>"
	"<li><a href='/politik/ausland'>Ausland</a></ul>"
	"<li><a href='/sport'>Sport</a><button>Untermenü</button>"
	"<ul><li><a href='/sport/fussball'>Fußball</a></ul>"
	"<li><a href='/reise'>Reise</a></ul></nav>" STORIES,
	"politik||Politik|/politik\n"
	"inland|Politik|Inland|/politik/inland\n"
	"ausland|Politik|Ausland|/politik/ausland\n"
	"sport||Sport|/sport\nfussball|Sport|Fußball|/sport/fussball\n"
	"reise||Reise|/reise\n"},
    {"terms and what belongs to them, Japanese", "/list/3",
	"<div id=navi><dl><dt>ニュース</dt><dd><a href='/list/1'>国内</a></dd>"
	"<dd><a href='/list/2'>海外</a></dd><dt>くらし</dt>"
	"<dd><a href='/list/3'>料理</a></dd><dd><a href='/list/4'>旅</a></dd>"
	"</dl></div>" STORIES,
	"1|ニュース|国内|/list/1\n2|ニュース|海外|/list/2\n"
	"3|くらし|料理|/list/3\n4|くらし|旅|/list/4\n"},
    {"a table of the old days, Chinese, bars between", "/GB/1/index.html",
	"<table><tr><td><a href='/GB/70801/index.html'>时政</a> | "
	"<a href='/GB/70802/index.html'>国际</a> | "
	"<a href='/GB/70803/index.html'>财经</a> | "
	"<a href='/GB/70804/index.html'>军事</a></td></tr></table>" STORIES,
	"70801||时政|/GB/70801/index.html\n70802||国际|/GB/70802/index.html\n"
	"70803||财经|/GB/70803/index.html\n70804||军事|/GB/70804/index.html\n"},
    {"a grid of boxes, headings by looks alone", "/",
	"<div class=grid><div class=box><span class=tit>Deportes</span>"
	"<a href='/s/futbol'>Fútbol</a><a href='/s/tenis'>Tenis</a></div>"
	"<div class=box><span class=tit>Cultura</span>"
	"<a href='/s/cine'>Cine</a><a "
	"href='/s/libros'>Libros</a></div></div>" STORIES,
	"futbol|Deportes|Fútbol|/s/futbol\ntenis|Deportes|Tenis|/s/tenis\n"
	"cine|Cultura|Cine|/s/cine\nlibros|Cultura|Libros|/s/libros\n"},
    {"twice, for two sizes of screen, and again in the foot", "/",
	"<nav class=mobile><a href='/a/monde'>Monde</a>"
	"<a href='/a/culture'>Culture</a><a href='/a/sport'>Sport</a></nav>"
	"<nav class=wide><ul><li><a href='/a/monde'>Monde</a>"
	"<li><a href='/a/culture'>Culture</a><li><a href='/a/sport'>Sport</a>"
	"</ul></nav>" STORIES
	"<footer><h4>Rubriques</h4><a href='/a/monde'>Monde</a>"
	"<a href='/a/sport'>Sport</a><a href='/a/idees'>Idées</a>"
	"<h4>Nous</h4><a href='/mentions-legales'>Mentions légales</a>"
	"<a href='/a-propos'>À propos</a></footer>",
	"monde||Monde|/a/monde\nculture||Culture|/a/culture\n"
	"sport||Sport|/a/sport\nidees||Idées|/a/idees\n"},
    {"the current one has no link", "/list/2",
	"<ul class=lnb><li><a href='/list/1'>Économie</a>"
	"<li class=on><span>Société</span>"
	"<li><a href='/list/3'>Sciences</a><li><a "
	"href='/list/4'>Sport</a></ul>" STORIES,
	"1||Économie|/list/1\n2||Société|/list/2\n3||Sciences|/list/3\n"
	"4||Sport|/list/4\n"},
    {"the current one is no section by its address", "/about-the-town",
	"<ul class=lnb><li><a href='/list/1'>Économie</a>"
	"<li class=on><span>Société</span>"
	"<li><a href='/list/3'>Sciences</a><li><a "
	"href='/list/4'>Sport</a></ul>" STORIES,
	"1||Économie|/list/1\n3||Sciences|/list/3\n4||Sport|/list/4\n"},
    {"links by script count if the script names an address", "/",
	"<nav><a href=\"javascript:go('/List/3')\">정치</a>"
	"<a href='#' onclick=\"location.href='/List/4';return false\">경제</a>"
	"<a href='javascript:void(0)'>전체</a>"
	"<a href=\"javascript:open('menu')\">여닫기</a>"
	"<div "
	"onclick=\"location.href=&quot;/List/5&quot;\">문화</div></"
	"nav>" STORIES,
	"3||정치|/List/3\n4||경제|/List/4\n5||문화|/List/5\n"},
    {"sister hosts, strangers, other tongues, applications", "/",
	"<nav><a href='https://sport.paper.example/'>Sport</a>"
	"<a href='https://auto.paper.example/'>Auto</a>"
	"<a href='/kultur'>Kultur</a>"
	"<a href='https://social.example.org/paper'>Social</a>"
	"<a href='https://en.paper.example/'>In English, please</a>"
	"<a href='/fr/'>Français</a><a href='/apps'>Apps</a>"
	"<a href='/paper.pdf'>Heute</a><a href='/abo'>Abo</a>"
	"<a href='/rss'>Feeds</a></nav>" STORIES,
	"sport||Sport|https://sport.paper.example/\n"
	"auto||Auto|https://auto.paper.example/\nkultur||Kultur|/kultur\n"},
    {"pictures with names, and arrows", "/",
	"<nav><a href='/c/1'><img src=a.png alt='Политика'></a>"
	"<a href='/c/2'>Экономика ▼</a><a href='/c/3'>» Спорт «</a>"
	"<a href='/c/4' title='Наука'><i></i></a></nav>" STORIES,
	"1||Политика|/c/1\n2||Экономика|/c/2\n3||Спорт|/c/3\n"
	"4||Наука|/c/4\n"},
    {"a blog: categories at the side, no months, no tags, no pager", "/",
	"<div class=top><a href='/'>Home</a><a "
	"href='/about'>About</a></div>" STORIES
	"<div class=pager><a href='/page/2'>2</a><a href='/page/3'>3</a>"
	"<a href='/page/4'>4</a></div><aside class=sidebar><h3>Categories</h3>"
	"<ul><li><a href='/category/garden'>Garden</a>"
	"<li><a href='/category/kitchen'>Kitchen</a>"
	"<li><a href='/category/shed'>The Shed</a></ul><h3>Archives</h3><ul>"
	"<li><a href='/2019/05/'>May 2019</a><li><a href='/2019/06/'>June 2019"
	"</a><li><a href='/2019/07/'>July 2019</a></ul><p>"
	"<a href='/tag/rose'>rose</a> <a href='/tag/bean'>bean</a> "
	"<a href='/tag/spade'>spade</a></p></aside>",
	"garden||Garden|/category/garden\nkitchen||Kitchen|/category/kitchen\n"
	"shed||The Shed|/category/shed\n"},
    {"a heading over the whole menu is none", "/",
	"<div class=menu><h2>Sezioni del giornale</h2><ul>"
	"<li><a href='/esteri'>Esteri</a><li><a href='/cronaca'>Cronaca</a>"
	"<li><a href='/sport'>Sport</a></ul></div>" STORIES,
	"esteri||Esteri|/esteri\ncronaca||Cronaca|/cronaca\n"
	"sport||Sport|/sport\n"},
    {"names that would be the same, or nothing, or kept", "/",
	"<nav><a href='/news/all'>All of it</a><a href='/economy/general'>"
	"General economy</a><a href='/society/general'>General society</a>"
	"<a href='/economy/%EC%A6%9D%EA%B6%8C'>증권</a>"
	"<a href='/economy/status'>Status</a></nav>" STORIES,
	"news||All of it|/news/all\n"
	"general||General economy|/economy/general\n"
	"society-general||General society|/society/general\n"
	"economy||증권|/economy/%EC%A6%9D%EA%B6%8C\n"
	"economy-status||Status|/economy/status\n"},
    {"one link more than once, under a heading the better", "/",
	"<header><ul><li><a href='/n/1'>Money</a><li><a href='/n/2'>Trade</a>"
	"</ul><div><div><h4>Money</h4><ul><li><a href='/n/3'>Banks</a>"
	"<li><a href='/n/4'>Cards</a></ul></div><div><h4>Trade</h4><ul>"
	"<li><a href='/n/2'>All trade</a><li><a href='/n/5'>Cars</a></ul></div>"
	"</div></header>" STORIES,
	"1||Money|/n/1\n3|Money|Banks|/n/3\n4|Money|Cards|/n/4\n"
	"2|Trade|All trade|/n/2\n5|Trade|Cars|/n/5\n"},
    {"words over one list that have no like", "/",
	"<div class=menu><p>Town edition</p><ul><li><a href='/n/1'>Town</a>"
	"<li><a href='/n/2'>Land</a><li><a href='/n/3'>Sea</a></ul>"
	"<div><a href='/n/4'>Air</a></div></div>" STORIES,
	"1||Town|/n/1\n2||Land|/n/2\n3||Sea|/n/3\n4||Air|/n/4\n"},
    {"words that are the same over each list", "/",
	"<div class=menu><div><span>Unfold</span><ul><li><a href='/n/1'>Town"
	"</a><li><a href='/n/2'>Land</a></ul></div><div><span>Unfold</span>"
	"<ul><li><a href='/n/3'>Sea</a><li><a href='/n/4'>Air</a></ul></div>"
	"</div>" STORIES,
	"1||Town|/n/1\n2||Land|/n/2\n3||Sea|/n/3\n4||Air|/n/4\n"},
    {"in a list the link comes before what unfolds it; all of it", "/",
	"<ul class=menu><li><a href='/n/1'>Town</a><span>Unfold</span><ul>"
	"<li><a href='/n/1'>All of it</a><li><a href='/n/2'>Streets</a></ul>"
	"<li><a href='/n/3'>Land</a><span>Unfold</span><ul>"
	"<li><a href='/n/3'>All of it</a><li><a href='/n/4'>Woods</a></ul>"
	"</ul>" STORIES,
	"1||Town|/n/1\n2|Town|Streets|/n/2\n3||Land|/n/3\n"
	"4|Land|Woods|/n/4\n"},
    {"a script on what holds the whole page", "/",
	"<div onclick=\"location.href='/n/9'\"><nav><a href='/n/1'>Town</a>"
	"<a href='/n/2'>Land</a><a href='/n/3'>Sea</a></nav>"
	"<p>" PARAGRAPH PARAGRAPH PARAGRAPH PARAGRAPH PARAGRAPH PARAGRAPH
	    PARAGRAPH PARAGRAPH "</p></div>",
	"1||Town|/n/1\n2||Land|/n/2\n3||Sea|/n/3\n"},
    {"one title over many numbers", "/",
	"<nav><a href='/n/1'>Town</a><a href='/n/2'>Land</a>"
	"<a href='/n/3'>Sea</a></nav><div class=list>"
	"<a href='/hide?id=11'>hide</a><a href='/hide?id=12'>hide</a>"
	"<a href='/hide?id=13'>hide</a><a href='/hide?id=14'>hide</a>"
	"<a href='/hide?id=15'>hide</a><a href='/hide?id=16'>hide</a>"
	"<a href='/hide?id=17'>hide</a><a href='/hide?id=18'>hide</a></div>",
	"1||Town|/n/1\n2||Land|/n/2\n3||Sea|/n/3\n"},
    {"what can be done with an article is no section", "/",
	"<nav><a href='/new'>new</a><a href='/ask'>ask</a><a href='/show'>show"
	"</a></nav><table>" ACTIONS("11") ACTIONS("12") ACTIONS("13")
	    ACTIONS("14") ACTIONS("15") ACTIONS("16") "</table>",
	"new||new|/new\nask||ask|/ask\nshow||show|/show\n"},
    {"a site whose navigation is made of tags", "/",
	"<nav><dl><dt>すべて</dt><dd><ul><li><a href='/'>トップ</a>"
	"<li><a href='/tag/cats'>ねこ</a><li><a href='/tag/dogs'>いぬ</a>"
	"<li><a href='/tag/birds'>とり</a></ul></dd></dl></nav>" STORIES,
	"cats||ねこ|/tag/cats\ndogs||いぬ|/tag/dogs\n"
	"birds||とり|/tag/birds\n"},
    {"stories are no menu, however short their list", "/", STORIES STORIES, ""},
    {"nor are three words in a text", "/",
	"<p>We wrote of <a href='/a/one'>one</a> thing and of <a href='/a/two'>"
	"another</a>, and then, after a long time in which nothing happened "
	"that anybody would have cared to read about, of <a href='/a/three'>a "
	"third</a>, which was the end of it as far as we can tell today.</p>",
	""},
    {"nothing at all", "/", "", ""},
};

static void
test_markups(void **state)
{
	(void)state;
	size_t wrong = 0;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct menu menu;
		read_menu(rows[i].html, rows[i].path, &menu);
		char *found = menu_print(&menu);
		if (strcmp(found, rows[i].wanted) != 0) {
			print_error("%s:\nwanted\n%sfound\n%s(%s)\n",
			    rows[i].name, rows[i].wanted, found, menu.how);
			wrong++;
		}
		assert_non_null(menu.how);
		if (menu.count == 0)
			assert_non_null(strstr(menu.how, "no menu found"));
		free(found);
		menu_clear(&menu);
	}
	assert_int_equal(wrong, 0);
}

/* Whatever the page: few entries, short strings, each name and address once. */
static void
assert_bounded(const struct menu *menu)
{
	assert_true(menu->count <= MENU_MAX_ENTRIES);
	for (size_t i = 0; i < menu->count; i++) {
		const struct menu_entry *entry = &menu->list[i];
		assert_true(name_is_good(entry->name));
		assert_true(strlen(entry->title) <= 4 * MENU_MAX_TITLE);
		assert_true(
		    text_is_clean(entry->title, strlen(entry->title), false));
		assert_int_not_equal(entry->title[0], '\0');
		for (size_t k = 0; k < i; k++) {
			assert_string_not_equal(
			    menu->list[k].name, entry->name);
			assert_string_not_equal(menu->list[k].url, entry->url);
		}
	}
}

static void
test_huge(void **state)
{
	(void)state;
	struct buffer html = {0};
	struct menu menu, again;
	buffer_add_string(&html, "<nav><ul>");
	for (int i = 0; i < 6000; i++)
		buffer_add_format(&html,
		    "<li><b>g%d</b><ul><li><a href='/section/%d'>Section "
		    "%d</a></ul>",
		    i / 3, i, i);
	buffer_add_string(&html, "</ul></nav>");
	read_menu(html.bytes, "/", &menu);
	assert_int_equal(menu.count, MENU_MAX_ENTRIES);
	assert_bounded(&menu);
	read_menu(html.bytes, "/", &again);
	char *one = menu_print(&menu), *two = menu_print(&again);
	assert_string_equal(one, two);
	free(one);
	free(two);
	menu_clear(&menu);
	menu_clear(&again);
	buffer_clear(&html);
}

/* Each page cut off at every place, and its tags turned about. */
static void
test_broken(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t length = 0; length < strlen(rows[i].html);
		     length += 7) {
			char *html = xstrndup(rows[i].html, length);
			struct menu menu;
			read_menu(html, rows[i].path, &menu);
			assert_bounded(&menu);
			menu_clear(&menu);
			free(html);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_markups),
	    cmocka_unit_test(test_huge),
	    cmocka_unit_test(test_broken),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
