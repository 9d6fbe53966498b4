#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "feed/links.h"
#include "tests/reading.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define BASE "https://www.paper.example/news/"
#define P "https://www.paper.example"

/* ---- does a link look like a story? ---- */

static const struct {
	const char *link, *words;
	bool is_story;
} links[] = {
    {P "/2023/04/18/rain-falls-on-the-town", "Rain falls on the town", true},
    {P "/2023/0418/106.html", "The market has a good week, they say", true},
    {P "/article/20230418500101", "바닷길 새 등대, 열두 해 만에 불 밝혀", true},
    {P "/view.php?idxno=44120", "강변 자전거길 마지막 구간 이어져", true},
    {P "/article.cfm?id=why-cats-dream-of-fish",
	"Why cats dream of fish, and dogs do not", true},
    {P "/politics/a-very-long-title-made-into-an-address",
	"A very long title made into an address", true},
    {P "/", "The Paper, a newspaper for everyone in town", false},
    {P "/politics", "Politics", false},
    {P "/login", "Log in", false},
    {P "/tag/rain", "rain", false},
    {P "/author/kim-12345", "Kim", false},
    {P "/2023/04/18/photo.jpg", "x", false},
    {P "/article/20230418500101", "더보기", false},
    {P "/list?page=2", "2", false},
    {"https://shop.example/", "Buy", false},
    {P "/about-us", "About us", false},
};

static void
links_are_scored(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(links); i++) {
		double score = links_score(links[i].link, BASE, links[i].words);
		if ((score > 0) != links[i].is_story) {
			printf("%s '%s': %.0f\n", links[i].link, links[i].words,
			    score);
			failed++;
		}
	}
	/* a stranger's host and a menu word weigh against it */
	assert_true(links_score(P "/a/12345", BASE, "Rain falls on us all") >
		    links_score("https://b.example/a/12345", BASE,
			"Rain falls on us all"));
	assert_true(links_score(P "/a/12345", BASE, "눈 내려") >
		    links_score(P "/a/12345", BASE, "더보기"));
	assert_int_equal(failed, 0);
}

/* ---- which links make the list ---- */

#define BODY                                                                   \
	"<p>Enough of a text to fill two lines of a list, and it is one "      \
	"that goes on for a while.</p>"
#define ITEM(n, title)                                                         \
	"<li class=item><h3><a href=/a/2023041850" n ">" title                 \
	"</a></h3>" BODY "</li>"
#define LINE(n, title) "<li><a href=/a/2023041750" n ">" title "</a></li>"
#define FIVE                                                                   \
	ITEM("0001", "Rain falls on the whole of the town")                    \
	ITEM("0002", "Snow falls on the other half of it")                     \
	ITEM("0003", "Wind blows through every street here")                   \
	ITEM("0004", "Sun comes back to all of the land")                      \
	ITEM("0005", "Ice melts, and the rivers run again")
#define POST(n, rubric, title)                                                 \
	"<div class='a b c d " rubric "'><h3><a href=/a/2023041850" n          \
	">" title "</a></h3>" BODY "</div>"
#define CALL(n, title)                                                         \
	"<li class=item onclick=\"location.href='/a/2023041850" n              \
	"'\"><h3>" title "</h3>" BODY "</li>"
#define CARD(n, title)                                                         \
	"<div class=card><h3>" title "</h3>" BODY "<a class=over "             \
	"href=/a/2023041850" n "></a></div>"
#define LEAD                                                                   \
	"<div class=lead><h1><a href=/a/20230418500020>Storm warning for the " \
	"whole of the coast</a></h1>" BODY "</div>"
#define SIDE                                                                   \
	"<div class=sidebar><ol>" LINE(                                        \
	    "1001", "What everybody read last week")                           \
	    LINE("1002", "What nobody read at all last week")                  \
		LINE("1003", "What somebody read on a Sunday") LINE(           \
		    "1004", "What I read when I was on a train") "</ol></div>"

/* Related stories under it; and the same in a run of siblings. */
#define WITH(n, title, m, other)                                               \
	"<li class=item><h3><a href=/a/2023041850" n ">" title                 \
	"</a></h3>" BODY "<ul><li><a href=/a/2023041750" m ">" other           \
	"</a></ul></li>"
#define RUN(n, title, rest)                                                    \
	"<h3><a href=/a/2023041850" n ">" title "</a></h3>" BODY rest          \
	"<p>2023-04-18 09:00</p>"
#define DATED(n, title, m, o)                                                  \
	"<li class=item><h3><a href=/a/2023041850" n ">" title                 \
	"</a></h3>" BODY "<ul><li><a href=/a/2023041750" m                     \
	">What everybody read in the week " m                                  \
	"</a><li><a href=/a/2023041750" o ">What nobody read in the week " o   \
	"</a></ul><time>2023-04-18</time></li>"
#define RELATED                                                                \
	"<ul><li><a href=/a/20230417501001>What everybody read last week</a>"  \
	"<li><a href=/a/20230417501002>What nobody read at all</a></ul>"
#define TOPIC(n, title)                                                        \
	"<li><a href=/thread?f=12&t=" n ">" title                              \
	"</a> <a href=/thread?f=12&p=" n ">last</a> <i>2023-04-18</i></li>"
#define TOPIC_AND_LAST(n, title)                                               \
	"<li class=t><div class=c><a href=/threads/" n ">" title               \
	"</a></div><div class=c><a href=/threads/" n                           \
	"/latest>Wednesday at 8:00 AM</a></div></li>"
#define PLATE(n, title)                                                        \
	"<li><a href=/gallery/view?item=" n "><img src=/i/" n                  \
	".jpg alt='" title "'></a></li>"
#define TEASER(n, title)                                                       \
	"<div class=card><img src=/i/" n ".jpg><p class=name>" title           \
	"</p><a href=/a/2023041850" n ">Read more</a></div>"
#define DAYS(n, title)                                                         \
	"<li><a href=/a/2023041850" n ">" title "</a> <i>2023-04-18</i></li>"
#define FRAMED(n, title)                                                       \
	"<div class=post><div class=head><a href=/a/2023041850" n ">" title    \
	"</a></div>" BODY "<i>2023-04-18</i></div>"

/* clang-format off */
/* The last words of each link, in order. */
static const struct {
	const char *name, *rules, *html, *keys;
} lists[] = {
    {"a list", "",
	"<ul>"
	FIVE
	"</ul>",
	"0001 0002 0003 0004 0005 "},
    {"a list beside a sidebar", "",
	"<ul>"
	FIVE
	"</ul>"
	SIDE,
	"0001 0002 0003 0004 0005 "},
    {"the sidebar first", "",
	SIDE
	"<ul>"
	FIVE
	"</ul>",
	"0001 0002 0003 0004 0005 "},
    {"with article-link too", "article-link: /a/{id}\n",
	SIDE
	"<ul>"
	FIVE
	"</ul>",
	"0001 0002 0003 0004 0005 "},
    {"two columns", "",
	"<div class=cols><ul class=col>"
	FIVE
	"</ul><ul class=col>"
	ITEM("0006", "Fog hides the harbour for a whole day")
	ITEM("0007", "Hail breaks windows all over the town")
	"</ul></div>",
	"0001 0002 0003 0004 0005 0006 0007 "},
    {"another dress in the smaller column", "",
	"<div class=cols><ul class=col>"
	FIVE
	"</ul><ul class=col>"
	ITEM("0006", "Fog hides the harbour for a whole day")
	ITEM("0007", "Hail breaks windows all over the town")
	"<li class=wide><h3><a href=/a/0008>Storm takes the roof of the old "
	"school</a></h3>"
	BODY
	"</li></ul></div>",
	"0001 0002 0003 0004 0005 0006 0007 0008 "},
    {"a poor link in a place of the list", "",
	"<ul>"
	FIVE
	"<li class=item><h3><a href=/brief/0008>Frost</a></h3>"
	BODY
	"</li></ul>",
	"0001 0002 0003 0004 0005 0008 "},
    {"of a place's links the heading's", "",
	"<ul>"
	FIVE
	"<li class=item><a href=/c/9999>A rubric with a long name</a><h3><a "
	"href=/brief/0008>Frost</a></h3>"
	BODY
	"</li></ul>",
	"0001 0002 0003 0004 0005 0008 "},
    {"of a place's links not a host's name", "",
	"<ul>"
	FIVE
	"<li class=item><a href=/brief/0008>Frost it is</a> <a "
	"href=/from/9999>weather.example</a>"
	BODY
	"</li></ul>",
	"0001 0002 0003 0004 0005 0008 "},
    {"a summary that links to an older story", "",
	"<ul>"
	FIVE
	"<li class=item><h3><a href=/a/20230418500008>Frost comes early to "
	"the hills</a></h3><p>As <a href=/a/20230417500999>we said a week ago "
	"already</a>, it does.</p></li></ul>",
	"0001 0002 0003 0004 0005 0008 "},
    {"a heading with a poor link and a good one in its summary", "",
	"<ul>"
	FIVE
	"<li class=item><h3><a href=/brief/0008>Frost comes early "
	"</a></h3><p>As <a href=/a/20230417500999>we said a week ago "
	"already</a>, it does.</p></li></ul>",
	"0001 0002 0003 0004 0005 0008 "},
    {"a rubric among the classes", "",
	"<div>"
	POST("0001", "rain", "Rain falls on the whole of the town")
	POST("0002", "rain", "Snow falls on the other half of it")
	POST("0003", "rain", "Wind blows through every street here")
	POST("0004", "rain", "Sun comes back to all of the land")
	"<div class='a b c d frost'><h3><a href=/brief/0008>Frost</a></h3>"
	BODY
	"</div></div>",
	"0001 0002 0003 0004 0008 "},
    {"a lead in a dress of its own", "",
	"<main>"
	LEAD
	"<ul>"
	FIVE
	"</ul></main>"
	SIDE,
	"0020 0001 0002 0003 0004 0005 "},
    {"a lead without a heading is none", "",
	"<main><p><a href=/a/20230418500020>Storm warning for the whole of "
	"the coast</a></p><ul>"
	FIVE
	"</ul></main>",
	"0001 0002 0003 0004 0005 "},
    {"nor one of another shape", "",
	"<main><div class=lead><h1><a "
	"href=/series/the-whole-coast-in-storms>Storm warning for the whole "
	"of the coast</a></h1>"
	BODY
	"</div><ul>"
	FIVE
	"</ul></main>",
	"0001 0002 0003 0004 0005 "},
    {"nor one in a sidebar", "",
	"<main><aside>"
	LEAD
	"</aside><ul>"
	FIVE
	"</ul></main>",
	"0001 0002 0003 0004 0005 "},
    {"nor one behind the list", "",
	"<main><ul>"
	FIVE
	"</ul>"
	LEAD
	"</main>",
	"0001 0002 0003 0004 0005 "},
    {"not of another class", "",
	"<ul>"
	FIVE
	"<li class=more><a href=/brief/0008>Frost</a></li></ul>",
	"0001 0002 0003 0004 0005 "},
    {"the list goes on at another depth", "",
	"<main><ul>"
	FIVE
	"</ul><div><div><ul>"
	ITEM("0006", "Fog hides the harbour for a whole day")
	ITEM("0007", "Hail breaks windows all over the town")
	ITEM("0008", "Frost comes early to the hills this year")
	ITEM("0009", "Dew is all that the desert can hope for")
	"</ul></div></div></main>",
	"0001 0002 0003 0004 0005 0006 0007 0008 0009 "},
    {"two stories alone, named by article-link", "article-link: /a/{id}\n",
	"<ul>"
	ITEM("0001", "Rain falls on the whole of the town")
	ITEM("0002", "Snow falls on the other half of it")
	"</ul>",
	"0001 0002 "},
    {"one story alone", "article-link: /a/{id}\n",
	"<ul>"
	ITEM("0001", "Rain falls on the whole of the town")
	"</ul>",
	"0001 "},
    {"one story alone with a heading and a date", "",
	"<main><article><h2><a href=/a/20230418500001>Rain falls on the whole "
	"of the town</a></h2><p>2023-04-18</p>"
	BODY
	"</article></main>",
	"0001 "},
    {"one alone without a date is no list", "",
	"<main><article><h2><a href=/a/20230418500001>Rain falls on the whole "
	"of the town</a></h2>"
	BODY
	"</article></main>",
	""},
    {"related stories under some", "",
	"<ul>"
	ITEM("0001", "Rain falls on the whole of the town")
	WITH("0002", "Snow falls on the other half of it", "1001",
	    "What everybody read last week")
	ITEM("0003", "Wind blows through every street here")
	WITH("0004", "Sun comes back to all of the land", "1002",
	    "What nobody read at all last week")
	WITH("0005", "Ice melts, and the rivers run", "1003",
	    "What somebody read on a Sunday")
	"</ul>",
	"0001 0002 0003 0004 0005 "},
    {"the next one of a series under some", "",
	"<ul>"
	ITEM("0001", "Rain falls on the whole of the town")
	"<li class=item><h3><a href=/a/20230418500002>Snow falls on the other "
	"half of it</a></h3>"
	BODY
	"<p>Next: <a href=/a/20230418500003>Wind blows through every street "
	"here</a></p></li>"
	ITEM("0003", "Wind blows through every street here")
	ITEM("0004", "Sun comes back to all of the land")
	"</ul>",
	"0001 0002 0003 0004 "},
    {"related stories under each, and a date", "",
	"<ul>"
	DATED("0001", "Rain falls on the whole of the town", "1001", "1002")
	DATED("0002", "Snow falls on the other half of it", "1003", "1004")
	DATED("0003", "Wind blows through every street here", "1005", "1006")
	DATED("0004", "Sun comes back to all of the land", "1007", "1008")
	DATED("0005", "Ice melts, and the rivers run again", "1009", "1010")
	"</ul>",
	"0001 0002 0003 0004 0005 "},
    {"related stories among the siblings of a run", "",
	"<div>"
	RUN("0001", "Rain falls on the whole of the town", "")
	RUN("0002", "Snow falls on the other half of it", RELATED)
	RUN("0003", "Wind blows through every street here", "")
	RUN("0004", "Sun comes back to all of the land", "")
	RUN("0005", "Ice melts, and the rivers run", "")
	"</div>",
	"0001 0002 0003 0004 0005 "},
    {"addresses that tell nothing, titles that do", "",
	"<ul>"
	TOPIC("0001", "Rain falls on the whole of the town")
	TOPIC("0002", "Snow falls on the other half of it")
	TOPIC("0003", "Wind blows through every street here")
	TOPIC("0004", "Sun comes back to all of the land")
	TOPIC("0005", "Ice melts, and the rivers run again")
	"</ul>",
	"0001 0002 0003 0004 0005 "},
    {"a last post's time is no title", "",
	"<ul>"
	TOPIC_AND_LAST("11111", "Rain falls on the whole of the town")
	TOPIC_AND_LAST("22222", "Snow falls on the other half of it")
	TOPIC_AND_LAST("33333", "Wind blows through every street here")
	TOPIC_AND_LAST("44444", "Sun comes back to all of the land")
	TOPIC_AND_LAST("55555", "Ice melts, and the rivers run again")
	"</ul>",
	"1111 2222 3333 4444 5555 "},
    {"titles in the words of pictures", "",
	"<ul>"
	PLATE("0001", "Rain falls on the whole of the town")
	PLATE("0002", "Snow falls on the other half of it")
	PLATE("0003", "Wind blows through every street here")
	PLATE("0004", "Sun comes back to all of the land")
	PLATE("0005", "Ice melts, and the rivers run again")
	"</ul>",
	"0001 0002 0003 0004 0005 "},
    {"links that say only to read more", "",
	"<div>"
	TEASER("0001", "Rain falls on the whole of the town")
	TEASER("0002", "Snow falls on the other half of it")
	TEASER("0003", "Wind blows through every street here")
	TEASER("0004", "Sun comes back to all of the land")
	TEASER("0005", "Ice melts, and the rivers run")
	"</div>"
	SIDE,
	"0001 0002 0003 0004 0005 "},
    {"a twin list of the most read", "",
	"<div><div><h2>News</h2><ul class=l>"
	DAYS("0001", "Rain falls on the whole of the town")
	DAYS("0002", "Snow falls on the other half of it")
	DAYS("0003", "Wind blows through every street here")
	"</ul></div><div><h2>Most read</h2><ul class=l>"
	LINE("1001", "What everybody read last week")
	LINE("1002", "What nobody read at all last week")
	LINE("1003", "What somebody read on a Sunday")
	"</ul></div></div>",
	"0001 0002 0003 "},
    {"rows of two, a lead and a last one in frames of their own", "",
	"<div><div class=lead><div>"
	FRAMED("0001", "Rain falls on the whole of the town")
	"</div></div><div class=row><div class=half>"
	FRAMED("0002", "Snow falls on the other half of it")
	"</div><div class=half>"
	FRAMED("0003", "Wind blows through every street here")
	"</div></div><div class=row><div class=half>"
	FRAMED("0004", "Sun comes back to all of the land")
	"</div><div class=half>"
	FRAMED("0005", "Ice melts, and the rivers run")
	"</div></div><div class=row><div class=half>"
	FRAMED("0006", "Fog hides the harbour for a whole day")
	"</div></div></div>",
	"0001 0002 0003 0004 0005 0006 "},
    {"a menu is no list", "",
	"<ul><li><a href=/politics>Politics</a><li><a "
	"href=/sports>Sports</a><li><a href=/culture>Culture</a><li><a "
	"href=/about>About</a></ul>",
	""},
    {"no link at all", "",
	"<p>Nothing.</p>",
	""},
    {"no link of the template", "article-link: /b/{id}\n",
	"<ul>"
	FIVE
	"</ul>",
	""},
    {"a script's addresses", "",
	"<ul>"
	CALL("0001", "Rain falls on the whole of the town")
	CALL("0002", "Snow falls on the other half of it")
	CALL("0003", "Wind blows through every street here")
	CALL("0004", "Sun comes back to all of the land")
	"</ul>",
	"0001 0002 0003 0004 "},
    {"overlay links, empty", "",
	"<div>"
	CARD("0001", "Rain falls on the whole of the town")
	CARD("0002", "Snow falls on the other half of it")
	CARD("0003", "Wind blows through every street here")
	CARD("0004", "Sun comes back to all of the land")
	"</div>"
	SIDE,
	"0001 0002 0003 0004 "},
    {"an advertisement among them", "",
	"<ul>"
	FIVE
	"<li class=item><h3><a href=https://shop.test/a/48812345>A very good "
	"mattress for very little money</a></h3>"
	BODY
	"</li></ul>",
	"0001 0002 0003 0004 0005 "},
    {"a script's calls", "article-link: /a/{id}\n",
	"<ul><li onclick=\"go('2023041850' , 1)\">x</li><li><a "
	"href=\"javascript:go('20230418500011')\">A first one</a></li><li><a "
	"href=# onclick='go(20230418500012)'>A second one</a></li></ul>",
	"0011 0012 "},
};
/* clang-format on */

static void
the_right_links_are_listed(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(lists); i++) {
		struct extraction extraction;
		struct buffer keys = {0};
		buffer_add_string(&keys, "");
		assert_true(reading_extract(
		    lists[i].rules, lists[i].html, &extraction));
		for (size_t k = 0; k < extraction.articles.count; k++) {
			const char *link = extraction.articles.list[k].link;
			buffer_add_format(
			    &keys, "%s ", link + strlen(link) - 4);
		}
		if (strcmp(keys.bytes, lists[i].keys) != 0) {
			printf("%s: '%s', not '%s' (%s)\n", lists[i].name,
			    keys.bytes, lists[i].keys, extraction.item_how);
			failed++;
		}
		buffer_clear(&keys);
		extraction_clear(&extraction);
	}
	assert_int_equal(failed, 0);
}

/* A block of its own; the letter makes its classes and links. */
#define BLOCK_LINK(block, n, title)                                            \
	"<div class=" block "-item><h3><a href=/a/2023041850" n ">" title      \
	"</a></h3></div>"
#define BLOCK(block, n)                                                        \
	"<section><div class=" block                                           \
	">" BLOCK_LINK(block, n "1", "Rain falls on the whole of the town")    \
	    BLOCK_LINK(block, n "2", "Snow falls on the other half of it")     \
		BLOCK_LINK(block, n "3", "Wind blows through every street")    \
		    BLOCK_LINK(block, n "4",                                   \
			"Sun comes back to all the land") "</div></section>"

/* The same blocks are a whole site's front page, or a section and what else is
 * on: the address tells. */
static void
the_address_tells_a_section(void **state)
{
	(void)state;
	static const char page[] = "<main>" BLOCK(
	    "x", "101") "<ul>" FIVE "</ul>" BLOCK("y", "102") "</main>";
	static const struct {
		const char *url;
		size_t count;
	} rows[] = {
	    {"https://paper.example/", 13},
	    {"https://paper.example", 13},
	    {"https://paper.example/index.php", 13},
	    {"https://paper.example/en/", 13},
	    {"https://paper.example/zh-tw", 13},
	    {"https://paper.example/news", 5},
	    {"https://paper.example/en/news/", 5},
	    {"https://paper.example/list.php?id=3", 5},
	    {"https://paper.example/?cat=3", 5},
	    {"https://paper.example/enews", 5},
	};
	int failed = 0;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct extraction extraction;
		assert_true(
		    reading_extract_at(rows[i].url, "", page, &extraction));
		if (extraction.articles.count != rows[i].count) {
			printf("%s: %zu articles, not %zu (%s)\n", rows[i].url,
			    extraction.articles.count, rows[i].count,
			    extraction.item_how);
			failed++;
		}
		extraction_clear(&extraction);
	}
	assert_int_equal(failed, 0);
}

/* Hostile: as many links as fit, and no list at all; it must end soon. */
static void
many_links_end(void **state)
{
	(void)state;
	struct buffer html = {0};
	struct extraction extraction;
	for (int i = 0; i < 20000; i++)
		buffer_add_format(&html,
		    "<div class=c%d><a href=/a/%d>A title which is long enough "
		    "%d</a></div>",
		    i, 100000 + i, i);
	for (int way = 0; way < 2; way++)
		if (reading_extract(way == 0 ? "" : "article-link: /a/{id}\n",
			html.bytes, &extraction))
			extraction_clear(&extraction);
	buffer_clear(&html);
	for (int i = 0; i < 20000; i++)
		buffer_add_format(&html,
		    "<div><p><a href=/a/%d>A title which is long enough %d</a>"
		    "</div>",
		    100000 + i, i);
	assert_true(reading_extract("", html.bytes, &extraction));
	assert_true(extraction.articles.count <= 4000);
	extraction_clear(&extraction);
	buffer_clear(&html);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(links_are_scored),
	    cmocka_unit_test(the_right_links_are_listed),
	    cmocka_unit_test(the_address_tells_a_section),
	    cmocka_unit_test(many_links_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
