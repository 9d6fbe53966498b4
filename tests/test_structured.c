#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/reading.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define P "https://paper.example"

/* ---- what the list does not show ---- */

/* Three bare headlines; what stands before them is the row's. */
#define ITEM(n, words)                                                         \
	"<li><a href=/news/article/20230418" n "/>" words "</a></li>"
#define ONE "Harbour bridge closes for a month of repairs"
#define TWO "Council agrees on a smaller budget for parks"
#define SIX "Second tram line opens to the public in May"
#define LIST                                                                   \
	"<ul>" ITEM("0001", ONE) ITEM("0002", TWO) ITEM("0006", SIX) "</ul>"
#define L(n) P "/news/article/20230418" n "/"
#define LD(text) "<script type=application/ld+json>" text "</script>"
#define JSON(text) "<script type=application/json>" text "</script>"
#define JS(text) "<script>" text "</script>"

/* What the list gives alone: the day is in the addresses. */
#define BARE_1 ONE "|" L("0001") "|2023-04-18|||\n"
#define BARE_2 TWO "|" L("0002") "|2023-04-18|||\n"
#define BARE_6 SIX "|" L("0006") "|2023-04-18|||\n"
#define BARE BARE_1 BARE_2 BARE_6
/* And with everything that a machine may know of the first. */
#define FULL_1                                                                 \
	ONE "|" L(                                                             \
	    "0001") "|2023-04-18T09:37:45Z|Ann Lee|It shuts on Monday|" P      \
		    "/p/1.jpg\n"
#define FULL FULL_1 BARE_2 BARE_6
#define DATED_1 ONE "|" L("0001") "|2023-04-18T09:37:45Z|||\n" BARE_2 BARE_6

#define WHOLE(link, more)                                                      \
	"{\"@type\":\"NewsArticle\",\"url\":\"" link                           \
	"\",\"headline\":\"Other words\",\"datePublished\":"                   \
	"\"2023-04-18T09:37:45Z\",\"dateModified\":\"2023-04-19T01:00:00Z\","  \
	"\"author\":{\"@type\":\"Person\",\"name\":\"Ann Lee\"},"              \
	"\"image\":\"/p/1.jpg\",\"description\":\"It shuts on Monday\"" more   \
	"}"
#define DATED(n, date)                                                         \
	"{\"@type\":\"NewsArticle\",\"url\":\"/news/article/20230418" n        \
	"/\",\"datePublished\":\"" date "\"}"
#define MORE(json)                                                             \
	LD("{\"@type\":\"NewsArticle\",\"url\":\"/news/article/202304180001/"  \
	   "\"," json "}")                                                     \
	LIST

struct row {
	const char *name, *rules, *html, *answer;
};

static const struct row fills[] = {
    {"nothing", "", LIST, BARE},
    {"an article alone", "", LD(WHOLE("/news/article/202304180001/", "")) LIST,
	FULL},
    {"in a list", "", LD("[" WHOLE("/news/article/202304180001/", "") "]") LIST,
	FULL},
    {"in a graph", "",
	LD("{\"@context\":\"https://schema.org\",\"@graph\":[{\"@type\":"
	   "\"WebPage\"}," WHOLE("/news/article/202304180001/", "") "]}") LIST,
	FULL},
    {"as an item of a list item", "",
	LD("{\"@type\":\"ItemList\",\"itemListElement\":[{\"@type\":"
	   "\"ListItem\",\"position\":1,\"item\":" WHOLE(
	       "/news/article/202304180001/", "") "}]}") LIST,
	FULL},
    {"the list item has the address", "",
	LD("{\"@type\":\"ItemList\",\"itemListElement\":[{\"@type\":"
	   "\"ListItem\",\"url\":\"" L("0001") "\",\"item\":{\"@type\":"
					       "\"Article\",\"datePublished\":"
					       "\"2023-04-18T09:37:45Z\"}}]}")
	    LIST,
	DATED_1},
    {"below a page's main entity", "",
	LD("{\"@type\":\"CollectionPage\",\"mainEntity\":{\"@type\":"
	   "\"ItemList\",\"itemListElement\":[" WHOLE(
	       "/news/article/202304180001/", "") "]}}") LIST,
	FULL},
    {"a blog's posts", "",
	LD("{\"@type\":\"Blog\",\"blogPost\":[{\"@type\":[\"BlogPosting\"],"
	   "\"mainEntityOfPage\":{\"@type\":\"WebPage\",\"@id\":\"" L(
	       "0001") "\"},\"datePublished\":\"2023-04-18T09:37:45Z\"}]}")
	    LIST,
	DATED_1},
    {"the address is the page's it is main of", "",
	LD("{\"@type\":\"Article\",\"mainEntityOfPage\":\"" L(
	    "0001") "\","
		    "\"datePublished\":\"2023-04-18T09:37:45Z\"}") LIST,
	DATED_1},
    {"the address is the node's name", "",
	LD("{\"@type\":\"Article\",\"@id\":\"" L(
	    "0001") "#article\","
		    "\"datePublished\":\"2023-04-18T09:37:45Z\"}") LIST,
	DATED_1},
    {"a type with its vocabulary", "",
	LD("{\"@type\":\"http://schema.org/NewsArticle\",\"url\":\"" L(
	    "0001") "\",\"datePublished\":\"2023-04-18T09:37:45Z\"}") LIST,
	DATED_1},
    {"tracking and www. do not part them", "",
	LD(WHOLE("http://www.paper.example/news/article/202304180001"
		 "?utm_source=ld",
	    "")) LIST,
	FULL},
    {"two documents in a script", "",
	LD(DATED("0002", "2023-04-18T08:00:00Z") "\n" DATED(
	    "0001", "2023-04-18T09:37:45Z")) LIST,
	ONE "|" L("0001") "|2023-04-18T09:37:45Z|||\n" TWO
			  "|" L("0002") "|2023-04-18T08:00:00Z|||\n" BARE_6},
    {"another page's article", "",
	LD(WHOLE("/news/article/202304180007/", "")) LIST, BARE},
    {"the page itself", "",
	LD(WHOLE("https://paper.example/news/list?page=1", "")) LIST, BARE},
    {"nor where the list leads to itself", "item: li\n",
	LD(WHOLE("https://paper.example/news/list?page=1",
	    "")) "<ul><li><a href=/news/list?page=1>All of the news</a></ul>",
	"All of the news|" P "/news/list?page=1||||\n"},
    {"several people", "",
	MORE("\"author\":[{\"name\":\"Ann Lee\"},\"Jo Poe\"]"),
	ONE "|" L("0001") "|2023-04-18|Ann Lee, Jo Poe||\n" BARE_2 BARE_6},
    {"an author that is a name", "", MORE("\"author\":\"Ann Lee\""),
	ONE "|" L("0001") "|2023-04-18|Ann Lee||\n" BARE_2 BARE_6},
    {"an author that is an address", "",
	MORE("\"author\":\"https://paper.example/people/1\""), BARE},
    {"the paper is no author", "",
	MORE("\"author\":{\"name\":\"The Paper\"},"
	     "\"publisher\":{\"name\":\"The paper\"}"),
	BARE},
    {"nor by its title", "",
	"<meta property=og:site_name content=\"The Paper\">" MORE(
	    "\"author\":\"The Paper\""),
	BARE},
    {"an author by reference", "",
	LD("{\"@graph\":[{\"@type\":\"Article\",\"url\":\"" L(
	    "0001") "\",\"author\":{\"@id\":\"#a\"}},"
		    "{\"@type\":\"Person\",\"@id\":\"#a\",\"name\":"
		    "\"Ann Lee\"}]}") LIST,
	ONE "|" L("0001") "|2023-04-18|Ann Lee||\n" BARE_2 BARE_6},
    {"images: an object", "",
	MORE("\"image\":{\"@type\":\"ImageObject\",\"url\":\"/p/2.jpg\"}"),
	ONE "|" L("0001") "|2023-04-18|||" P "/p/2.jpg\n" BARE_2 BARE_6},
    {"images: a list of objects", "",
	MORE("\"image\":[{\"contentUrl\":\"/p/2.jpg\"},\"/p/3.jpg\"]"),
	ONE "|" L("0001") "|2023-04-18|||" P "/p/2.jpg\n" BARE_2 BARE_6},
    {"images: a thumbnail", "", MORE("\"thumbnailUrl\":[\"/p/2.jpg\"]"),
	ONE "|" L("0001") "|2023-04-18|||" P "/p/2.jpg\n" BARE_2 BARE_6},
    {"images: a placeholder", "", MORE("\"image\":\"##\""), BARE},
    {"a change is no publication", "",
	MORE("\"dateModified\":\"2023-04-18T09:37:45Z\""), BARE},
    {"of another day than the list's", "item: li\n",
	"<ul><li><a href=/a/paper-boats>" ONE
	"</a> <time>2023-04-17</time><li><a href=/a/tin-soldiers>" TWO
	"</a> <time>2023-04-16</time></ul>" LD(
	    "{\"@type\":\"NewsArticle\",\"url\":\"/a/paper-boats\","
	    "\"datePublished\":\"2023-04-18T00:30:00Z\"}"),
	ONE "|" P "/a/paper-boats|2023-04-17|||\n" TWO "|" P
	    "/a/tin-soldiers|2023-04-16|||\n"},
    {"of the list's day, more exactly", "item: li\n",
	"<ul><li><a href=/a/paper-boats>" ONE
	"</a> <time>2023-04-17</time><li><a href=/a/tin-soldiers>" TWO
	"</a> <time>2023-04-16 10:00</time></ul>" LD(
	    "[{\"@type\":\"NewsArticle\",\"url\":\"/a/paper-boats\","
	    "\"datePublished\":\"2023-04-17T00:30:00Z\"},"
	    "{\"@type\":\"NewsArticle\",\"url\":\"/a/tin-soldiers\","
	    "\"datePublished\":\"2023-04-16T10:01:30Z\"}]"),
	ONE "|" P "/a/paper-boats|2023-04-17T00:30:00Z|||\n" TWO "|" P
	    "/a/tin-soldiers|2023-04-16T10:00:00Z|||\n"},
    {"of a time ago, more exactly", "item: li\n",
	"<ul><li><a href=/a/paper-boats>" ONE
	"</a> <time>3 hours ago</time><li><a href=/a/tin-soldiers>" TWO
	"</a> <time>5 hours ago</time></ul>" LD(
	    "[{\"@type\":\"NewsArticle\",\"url\":\"/a/paper-boats\","
	    "\"datePublished\":\"2023-04-20T10:40:00Z\"},"
	    "{\"@type\":\"NewsArticle\",\"url\":\"/a/tin-soldiers\","
	    "\"datePublished\":\"2023-04-20T05:00:00Z\"}]"),
	ONE "|" P "/a/paper-boats|2023-04-20T10:40:00Z|||\n" TWO "|" P
	    "/a/tin-soldiers|2023-04-20T09:13:20Z|||\n"},
    {"one time on all is a clock", "",
	LD("[" DATED("0001", "2023-04-18T09:00:00Z") "," DATED(
	    "0002", "2023-04-18T09:00:00Z") "," DATED("0006",
	    "2023-04-18T09:00:00Z") "]") LIST,
	BARE},
    {"of the future", "", LD(DATED("0001", "2024-04-18T09:00:00Z")) LIST, BARE},
    {"one picture on all is the site's", "",
	LD("[{\"@type\":\"Article\",\"url\":\"" L(
	    "0001") "\",\"image\":"
		    "\"/x.jpg\"},{\"@type\":\"Article\",\"url\":\"" L(
			"0002") "\",\"image\":\"/"
				"x.jpg\"},{\"@type\":\"Article\","
				"\"url\":\"" L(
				    "0006") "\",\"image\":\"/x.jpg\"}]") LIST,
	BARE},
    {"markup and entities", "",
	MORE("\"author\":\"Zo&euml; O&#39;Hara\",\"description\":"
	     "\"<p>It &amp; they</p><p>end<\\/p>\""),
	ONE "|" L("0001") "|2023-04-18|Zo\u00eb O'Hara|It & they\nend|\n" BARE_2
	    BARE_6},
    {"a category to filter by", "skip category: Sport",
	MORE("\"articleSection\":[\"Sport\"]"), BARE_2 BARE_6},
    {"a rule has the last word", "date: b\n",
	LD(WHOLE("/news/article/202304180001/", "")) LIST,
	ONE "|" L("0001") "|2023-04-18|Ann Lee|It shuts on Monday|" P
			  "/p/1.jpg\n" BARE_2 BARE_6},
    {"items by rule are filled too", "item: li\n",
	LD(WHOLE("/news/article/202304180001/", "")) LIST, FULL},
    {"an item without words", "item: li\n",
	"<ul><li><a href=/a/1><img src=/1.jpg></a></ul>" LD(
	    "{\"@type\":\"Article\",\"url\":\"/a/1\",\"headline\":\"Words\"}"),
	"Words|" P "/a/1||||" P "/1.jpg\n"},

    /* ---- microdata ---- */
    {"microdata", "",
	"<ul><li itemscope itemtype=https://schema.org/NewsArticle>"
	"<h3 itemprop=headline><a href=/news/article/202304180001/>" ONE
	"</a></h3><meta itemprop=datePublished content=2023-04-18T09:37:45Z>"
	"<meta itemprop=dateModified content=2023-04-19>"
	"<span itemprop=author itemscope itemtype=https://schema.org/Person>"
	"<meta itemprop=name content=\"Ann Lee\"></span>"
	"<link itemprop=image href=/p/1.jpg>"
	"<meta itemprop=description content=\"It shuts on Monday\"></li>" ITEM(
	    "0002", TWO) ITEM("0006", SIX) "</ul>",
	FULL},
    {"microdata with a picture's object", "",
	"<ul><li itemscope itemtype=https://schema.org/NewsArticle>"
	"<a itemprop=url href=/news/article/202304180001/><b "
	"itemprop=headline>" ONE "</b></a><div hidden itemprop=image itemscope "
	"itemtype=https://schema.org/ImageObject><meta itemprop=url "
	"content=/p/1.jpg></div></li>" ITEM("0002", TWO)
	    ITEM("0006", SIX) "</ul>",
	ONE "|" L("0001") "|2023-04-18|||" P "/p/1.jpg\n" BARE_2 BARE_6},
    {"microdata in a list's list", "",
	LIST "<div itemscope itemtype=https://schema.org/ItemList>"
	     "<div itemprop=itemListElement itemscope "
	     "itemtype=https://schema.org/ListItem><meta itemprop=url "
	     "content=/news/article/202304180001/><div itemprop=item itemscope "
	     "itemtype=https://schema.org/Article><meta itemprop=datePublished "
	     "content=2023-04-18T09:37:45Z></div></div></div>",
	DATED_1},

    /* ---- microformats ---- */
    {"h-entry", "item: li\n",
	LIST "<div hidden class=h-entry><h2 class=p-name><a class=u-url "
	     "href=/news/article/202304180001/>x</a></h2><time "
	     "class=dt-published datetime=2023-04-18T09:37:45Z></time>"
	     "<time class=dt-updated datetime=2023-04-19></time>"
	     "<a class='p-author h-card' href=/ann><img class=u-photo "
	     "src=/ann.jpg>Ann Lee</a><img class=u-photo src=/p/1.jpg>"
	     "<p class=p-summary>It shuts on Monday</p></div>",
	FULL},
    {"hentry", "item: li\n",
	LIST "<div hidden class=hentry><h2 class=entry-title><a "
	     "href=/news/article/202304180001/ rel=bookmark>x</a></h2><abbr "
	     "class=published title=2023-04-18T09:37:45Z></abbr>"
	     "<abbr class=updated title=2023-04-19T09:37:45Z></abbr>"
	     "<span class='author vcard'><b class=fn>Ann Lee</b> writes</span>"
	     "<p class=entry-summary>It shuts on Monday</p>"
	     "<img class=wp-post-image data-src=/p/1.jpg></div>",
	FULL},
    {"h-entry in an h-entry", "item: li\n",
	LIST "<div class=h-entry><a class='u-url p-name' "
	     "href=/news/article/202304180002/>x</a><div class=h-entry>"
	     "<a class='u-url p-name' href=/news/article/202304180001/>x</a>"
	     "<b class=p-author>Ann Lee</b></div></div>",
	ONE "|" L("0001") "|2023-04-18|Ann Lee||\n" BARE_2 BARE_6},
    {"hentry: only a change", "item: li\n",
	LIST "<div hidden class=hentry><h2 class=entry-title><a "
	     "href=/news/article/202304180001/>x</a></h2><abbr class=updated "
	     "title=2023-04-18T09:37:45Z></abbr></div>",
	BARE},

    /* ---- state ---- */
    {"state: __NEXT_DATA__", "",
	"<script id=__NEXT_DATA__ type=application/json>{\"props\":{\"list\":"
	"[{\"title\":\"x\",\"path\":\"/news/article/202304180001\","
	"\"published_at\":\"2023-04-18T09:37:45Z\",\"byline\":\"Ann Lee\","
	"\"thumbnail\":{\"src\":\"/p/1.jpg\"},\"summary\":"
	"\"It shuts on Monday\"}]}}</script>" LIST,
	FULL},
    {"state: an assignment", "",
	JS("var a=1; window.__STATE__ = {\"a\":[{\"headline\":\"x\",\"url\":"
	   "\"\\/news\\/article\\/202304180001\\/\",\"pubDate\":"
	   "\"2023-04-18T09:37:45Z\"}]}; go();") LIST,
	DATED_1},
    {"state: a string to parse", "",
	JS("window['__S__']=JSON.parse('[{\"title\":\"x\",\"link\":"
	   "\"/news/article/202304180001\",\"date\":1681810665}]')") LIST,
	DATED_1},
    {"state: a script's own words", "",
	JS("window.news = [{title: 'It\\'s x', url: "
	   "'/news/article/202304180001', publishedAt: 1681810665000, "
	   "live: !0, next: undefined,}];") LIST,
	DATED_1},
    {"state: rows, cut anywhere", "",
	JS("self.__next_f.push([0])") JS(
	    "self.__next_f.push([1,\"1:[\\\"$\\\",\\\"div\\\"]\\n2:T4,{{[[\\n"
	    "5:{\\\"a\\\":[{\\\"title\\\":\\\"x\\\",\\\"url\\\":"
	    "\\\"/news/art\"])")
	    JS("self.__next_f.push([1,\"icle/202304180001\\\",\\\"date\\\":"
	       "\\\"2023-04-18T09:37:45Z\\\"}]}\\n\"])") LIST,
	DATED_1},
    {"state: ids", "article-link: /news/article/{id}\n",
	JSON("{\"a\":[{\"id\":202304180001,\"title\":\"" ONE
	     "\",\"regDate\":\"2023-04-18 09:37:45\"}]}") LIST,
	DATED_1},
    {"state: an id of something else", "article-link: /news/article/{id}\n",
	JSON("{\"a\":[{\"id\":202304180001,\"title\":\"Menu\","
	     "\"regDate\":\"2023-04-18 09:37:45\"}]}") LIST,
	BARE},
    {"state: nobody else's", "",
	JSON("[{\"title\":\"x\",\"url\":\"/menu\",\"date\":\"2023-04-01\"}]")
	    LIST,
	BARE},
    {"JSON-LD goes before state", "",
	JSON("[{\"title\":\"x\",\"url\":\"/news/article/202304180001\","
	     "\"date\":\"2023-04-18T01:00:00Z\",\"author\":\"Jo Poe\"}]")
	    MORE("\"datePublished\":\"2023-04-18T09:37:45Z\""),
	ONE "|" L("0001") "|2023-04-18T09:37:45Z|Jo Poe||\n" BARE_2 BARE_6},

    /* ---- as pages write it ---- */
    {"a trailing comma", "", MORE("\"author\":\"Ann Lee\",,"),
	ONE "|" L("0001") "|2023-04-18|Ann Lee||\n" BARE_2 BARE_6},
    {"a comment round it", "",
	LD("<!-- \n" DATED("0001", "2023-04-18T09:37:45Z") "\n//-->") LIST,
	DATED_1},
    {"CDATA round it", "",
	LD("//<![CDATA[\n" DATED("0001", "2023-04-18T09:37:45Z") "\n//]]>")
	    LIST,
	DATED_1},
    {"a raw newline in a string", "",
	MORE("\"author\":\"Ann\nLee\", /* so */ \"x\": \"\t\""),
	ONE "|" L("0001") "|2023-04-18|Ann Lee||\n" BARE_2 BARE_6},
    {"quotes as entities", "",
	LD("{&quot;@type&quot;:&quot;Article&quot;,&quot;url&quot;:&quot;" L(
	    "0001") "&quot;,&quot;author&quot;:&quot;A &amp; B&quot;}") LIST,
	ONE "|" L("0001") "|2023-04-18|A & B||\n" BARE_2 BARE_6},
    {"a lone surrogate, and a NUL", "",
	MORE("\"author\":\"A\\ud83d B\\u0000\\udc00\\ud83d\\ude00\""),
	ONE "|" L(
	    "0001") "|2023-04-18|A\ufffd B\ufffd\U0001f600||\n" BARE_2 BARE_6},
    {"a number beyond all", "", MORE("\"x\":1e99999,\"author\":\"Ann Lee\""),
	ONE "|" L("0001") "|2023-04-18|Ann Lee||\n" BARE_2 BARE_6},
    {"cut short", "", LD("{\"@type\":\"NewsArticle\",\"url\":\"/x") LIST, BARE},
    {"code", "", LD("for (var i = 0; i < [1]; i++) { go(); }") LIST, BARE},
    {"wrong types everywhere", "",
	LD("[null,1,\"x\",[[[]]],{\"@type\":7,\"@graph\":\"x\"},{\"@type\":"
	   "[null,{},\"Article\"],\"url\":{\"url\":{\"url\":[[\"/x\"]]}},"
	   "\"headline\":[],\"author\":[[],{},{\"name\":{}},null],\"image\":"
	   "[[{}]],\"datePublished\":{\"a\":1},\"publisher\":[]},{\"@type\":"
	   "\"ItemList\",\"itemListElement\":{\"item\":[7]}}]") LIST,
	BARE},
};

/* ---- lists that the markup does not show ---- */

#define SHELL "<div id=app></div>"
#define STORY(n, words, more)                                                  \
	"{\"@type\":\"NewsArticle\",\"url\":\"/news/article/20230418" n        \
	"\",\"headline\":\"" words "\"" more "}"
#define N(n) P "/news/article/20230418" n
#define THREE                                                                  \
	ONE "|" N("0001") "|2023-04-18|||\n" TWO "|" N(                        \
	    "0002") "|2023-04-18|||\n" SIX "|" N("0006") "|2023-04-18|||\n"
#define STATE(n, words)                                                        \
	"{\"id\":\"20230418" n "\",\"title\":\"" words                         \
	"\",\"url\":\"/news/article/20230418" n "\"}"
#define MENU                                                                   \
	"[{\"title\":\"Home\",\"url\":\"/\"},{\"title\":\"Sport\",\"url\":"    \
	"\"/sport\"},{\"title\":\"World\",\"url\":\"/world\"},{\"title\":"     \
	"\"Login\",\"url\":\"/login\"}]"

static const struct row lists[] = {
    {"JSON-LD", "",
	SHELL LD(
	    "{\"@type\":\"ItemList\",\"itemListElement\":[" STORY("0001", ONE,
		"") "," STORY("0002", TWO, "") "," STORY("0006", SIX, "") "]}"),
	THREE},
    {"list items with names", "",
	SHELL LD(
	    "{\"@type\":\"ItemList\",\"itemListElement\":[{\"@type\":"
	    "\"ListItem\",\"url\":\"" N(
		"0001") "\",\"name\":\"" ONE
			"\"},{\"@type\":\"ListItem\",\"item\":\"" N(
			    "0002") "\",\"name\":\"" TWO
				    "\"},{\"item\":{\"@id\":\"" N(
					"0006") "\",\"name\":\"" SIX "\"}}]}"),
	THREE},
    {"a script for each", "",
	SHELL LD(STORY("0001", ONE, "")) LD(STORY("0002", TWO, ""))
	    LD(STORY("0006", SIX, ",\"author\":\"Ann Lee\"")),
	ONE "|" N("0001") "|2023-04-18|||\n" TWO
			  "|" N("0002") "|2023-04-18|||\n" SIX "|" N(
			      "0006") "|2023-04-18|Ann Lee||\n"},
    {"state, and a menu before it", "",
	SHELL JSON("{\"menu\":" MENU ",\"list\":[" STATE("0001", ONE) "," STATE(
	    "0002", TWO) "," STATE("0006", SIX) "]}"),
	THREE},
    {"state with edges and nodes", "",
	SHELL JS("window.__APOLLO__={\"edges\":[{\"node\":" STATE(
	    "0001", ONE) "},{\"node\":" STATE("0002",
	    TWO) "},{\"node\":" STATE("0006", SIX) "}]}"),
	THREE},
    {"ids alone, with article-link", "article-link: /news/article/{id}\n",
	SHELL JSON("[{\"id\":202304180001,\"title\":\"" ONE
		   "\"},{\"id\":202304180002,\"title\":\"" TWO
		   "\"},{\"id\":202304180006,\"title\":\"" SIX "\"}]"),
	THREE},
    {"JSON-LD before a longer state", "",
	SHELL JSON("[" STATE("0001", ONE) "," STATE("0002", TWO) "," STATE(
	    "0006", SIX) "," STATE("0007", ONE) "," STATE("0008", TWO) "]")
	    LD("[" STORY("0006", SIX, "") "," STORY("0002", TWO, "") "," STORY(
		"0001", ONE, "") "]"),
	SIX "|" N("0006") "|2023-04-18|||\n" TWO "|" N(
	    "0002") "|2023-04-18|||\n" ONE "|" N("0001") "|2023-04-18|||\n"},
    {"two are no list", "",
	SHELL LD("[" STORY("0001", ONE, "") "," STORY("0002", TWO, "") "]"),
	""},
    {"a menu is no list of articles", "", SHELL JSON(MENU), ""},
    {"people of an article are no members of its list", "",
	SHELL JSON(
	    "[{\"title\":\"" ONE "\",\"url\":\"/news/article/202304180001"
	    "\",\"likes\":[" STATE("0007",
		TWO) "]},{\"title\":\"" TWO "\",\"url\":\"/news/article/"
		     "202304180002\",\"user\":" STATE("0008", ONE) "}]"),
	""},
    {"never with items by rule", "item: li\n",
	SHELL LD("[" STORY("0001", ONE, "") "," STORY(
	    "0002", TWO, "") "," STORY("0006", SIX, "") "]"),
	""},
    {"a list that the page shows stays", "",
	LIST LD("[" STORY("0011", ONE, "") "," STORY("0012", TWO, "") "," STORY(
	    "0013", SIX, "") "," STORY("0014", SIX, "") "]"),
	BARE},
};

static void
check_rows(const struct row *rows, size_t count)
{
	size_t failed = 0;
	for (size_t i = 0; i < count; i++) {
		struct extraction extraction;
		assert_true(
		    reading_extract(rows[i].rules, rows[i].html, &extraction));
		char *answer = reading_print(&extraction);
		if (strcmp(answer, rows[i].answer) != 0) {
			failed++;
			printf("%s:\n%s\ninstead of\n%s\n", rows[i].name,
			    answer, rows[i].answer);
		}
		free(answer);
		extraction_clear(&extraction);
	}
	assert_int_equal(failed, 0);
}

static void
structured_data_fills_what_the_list_lacks(void **state)
{
	(void)state;
	check_rows(fills, COUNT(fills));
}

static void
structured_data_stands_in_for_a_list(void **state)
{
	(void)state;
	check_rows(lists, COUNT(lists));
}

/* ---- in words ---- */

static const struct {
	const char *name, *rules, *html;
	enum field field;
	const char *how;
} words[] = {
    {"nothing filled", "", LIST, FIELD_AUTHOR, "inferred, 0/3"},
    {"all from one", "", MORE("\"author\":\"Ann Lee\""), FIELD_AUTHOR,
	"json-ld, 1/3"},
    {"two sources", "",
	MORE("\"author\":\"Ann Lee\"")
	    JSON("[{\"title\":\"x\",\"url\":"
		 "\"/news/article/202304180002\",\"author\":\"Jo Poe\"}]"),
	FIELD_AUTHOR, "json-ld, 1/3; json state, 1/3"},
    {"more exactly", "item: li\n",
	"<ul><li><a href=/a/paper-boats-in-rain>" ONE
	"</a> <i class=date>2023-04-17</i><li><a "
	"href=/a/tin-soldiers-of-old>" TWO
	"</a> <i class=date>2023-04-16</i><li><a href=/a/kites-and-wind-5>" SIX
	"</a> <i class=date>2023-04-16</i></ul>" LD(
	    "{\"@type\":\"NewsArticle\",\"url\":\"/a/paper-boats-in-rain\","
	    "\"datePublished\":\"2023-04-17T00:30:00Z\"}"),
	FIELD_DATE, "inferred from li, 3/3; refined by json-ld, 1/3"},
    {"a list", "",
	SHELL LD("[" STORY("0001", ONE, "") "," STORY(
	    "0002", TWO, "") "," STORY("0006", SIX, "") "]"),
	FIELD_TITLE, "json-ld, 3/3"},
};

static void
each_source_is_said(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(words); i++) {
		struct extraction extraction;
		assert_true(reading_extract(
		    words[i].rules, words[i].html, &extraction));
		assert_string_equal(
		    extraction.how[words[i].field], words[i].how);
		extraction_clear(&extraction);
	}
}

static void
a_list_from_data_is_said(void **state)
{
	(void)state;
	struct extraction extraction;
	assert_true(
	    reading_extract("", words[COUNT(words) - 1].html, &extraction));
	assert_string_equal(
	    extraction.item_how, "inferred: 3 articles from json-ld");
	assert_int_equal(extraction.item_count, 3);
	extraction_clear(&extraction);
}

/* ---- the right list ---- */

#define ROW(n, words)                                                          \
	"<div class=row><a href=/news/article/20230418" n ">" words "</a></"   \
	"div>"
#define NAMED(n) "\"/news/article/20230418" n "\""

static void
what_json_ld_lists_is_the_list(void **state)
{
	(void)state;
	static const char page[] = "<div class=one>" ROW("0001", ONE)
	    ROW("0002", TWO) ROW("0003", SIX) ROW("0004", ONE " again")
		ROW("0005", TWO " again") "</div><section><div class=two>" ROW(
		    "0011", SIX) ROW("0012", TWO) ROW("0013", ONE)
		    ROW("0014", TWO " soon")
			ROW("0015", SIX " soon") "</div></section>";
	static const char named[] =
	    LD("{\"@type\":\"ItemList\",\"itemListElement\":[" NAMED(
		"0011") "," NAMED("0012") "," NAMED("0013") "]}");
	char *with = xasprintf("%s%s", named, page);
	struct extraction a, b;
	assert_true(reading_extract("", page, &a));
	assert_true(reading_extract("", with, &b));
	/* three of five are named: 8 more */
	char *before = strstr(a.item_how, "score ");
	char *after = strstr(b.item_how, "score ");
	assert_non_null(before);
	assert_non_null(after);
	assert_true(strtol(after + 6, NULL, 10) > strtol(before + 6, NULL, 10));
	extraction_clear(&a);
	extraction_clear(&b);
	free(with);
}

/* ---- limits ---- */

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static char *
repeated(const char *before, const char *each, size_t count, const char *after)
{
	struct buffer text = {0};
	buffer_add_string(&text, before);
	for (size_t i = 0; i < count; i++)
		buffer_add_format(&text, each, i);
	buffer_add_string(&text, after);
	return buffer_take(&text);
}
#pragma GCC diagnostic pop

/* Nested scopes, entries in entries, and lists without end are cut, and what
 * the list shows is still read. */
static const struct {
	const char *name, *before, *each, *after;
	size_t count;
} floods[] = {
    {"scopes", LIST, "<b itemscope itemprop=name>", "", 400},
    {"names in names", LIST "<div itemscope>", "<b itemprop=name>x", "", 400},
    {"one name often", LIST "<div itemscope itemtype=Article>",
	"<i itemprop=name>x</i>", "", 20000},
    {"scopes side by side", LIST, "<i itemscope itemtype=Article></i>", "",
	20000},
    {"entries in entries", LIST, "<div class=h-entry>", "", 400},
    {"entries side by side", LIST,
	"<i class=hentry><a class=entry-title href=/x%zu>x</a></i>", "", 20000},
    {"graphs in graphs", LIST "<script type=application/ld+json>",
	"{\"@graph\":[", "", 5000},
    {"articles", LIST "<script type=application/ld+json>[",
	"{\"@type\":\"Article\",\"url\":\"/x%zu\"},", "]</script>", 20000},
    {"references", LIST "<script type=application/ld+json>{\"@graph\":[",
	"{\"@type\":\"Article\",\"@id\":\"/x%zu\",\"author\":{\"@id\":\"#\"}},",
	"]}</script>", 20000},
    {"assignments", LIST "<script>", "window.a={b:c};", "</script>", 20000},
    {"unfinished assignments", LIST "<script>", "window.a={\"b\":[",
	"</script>", 20000},
    {"strings to parse", LIST "<script>", "window.a=JSON.parse(\"", "</script>",
	20000},
};

static void
floods_end(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(floods); i++) {
		struct extraction extraction;
		char *html = repeated(floods[i].before, floods[i].each,
		    floods[i].count, floods[i].after);
		if (!reading_extract("article-link: /news/article/{id}\n", html,
			&extraction))
			fail_msg("%s", floods[i].name);
		char *answer = reading_print(&extraction);
		if (strstr(answer, ONE) == NULL || strstr(answer, SIX) == NULL)
			fail_msg("%s: %s", floods[i].name, answer);
		free(answer);
		free(html);
		extraction_clear(&extraction);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(structured_data_fills_what_the_list_lacks),
	    cmocka_unit_test(structured_data_stands_in_for_a_list),
	    cmocka_unit_test(each_source_is_said),
	    cmocka_unit_test(a_list_from_data_is_said),
	    cmocka_unit_test(what_json_ld_lists_is_the_list),
	    cmocka_unit_test(floods_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
