#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/memory.h"
#include "feed/page.h"
#include "feed/select.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Elements are told apart by their data-n. */
static const char news[] =
    "<html data-n=html><head data-n=head><title data-n=title>News</title>"
    "<link data-n=css rel='StyleSheet' type=TEXT/css href=/s.css></head>"
    "<body data-n=body class='Home wide'>"
    "<div data-n=list id=list class='list md:flex 2col' lang=ko-KR>"
    "<article data-n=a1 class='item first' id=11>"
    "<h2 data-n=t1><a data-n=l1 href=/1 title='One two three'>Rain "
    "<b data-n=b1>falls</b></a></h2>"
    "<p data-n=p1 class=lead>A  long\n lead</p><p data-n=q1></p></article>"
    "<article data-n=a2 class='item' id=Item2>"
    "<h2 data-n=t2><a data-n=l2 href='https://news.example/2.html'>Sun</a>"
    "</h2><img data-n=i2 src=x.JPG></article>"
    "<div data-n=ad class='item ad' data-kind=AD><a data-n=l3>Buy</a></div>"
    "<article data-n=a3 class='item last' lang=ko><h3 data-n=t3>"
    "<a data-n=l4 href=''>"
    "\xeb\xb9\x84</a></h3><p data-n=p3> </p></article></div>"
    "<ul data-n=ul class='\xed\x95\x9c\xea\xb8\x80'>"
    "<li data-n=u1 class=x><li data-n=u2><li data-n=u3 class=x>"
    "<li data-n=u4><li data-n=u5 class=x><li data-n=u6></ul>"
    "<dl data-n=dl><dt data-n=d1>k<dd data-n=d2>v<dt data-n=d3>k"
    "<dd data-n=d4>v<dd data-n=d5>w</dl>"
    "<form data-n=f><input data-n=n1 type=TEXT name=TEXT>"
    "<input data-n=n2 type=checkbox name='a b'></form>"
    "</body></html>";

struct row {
	const char *css, *answer;
};

static const struct row rows[] = {
    /* types */
    {"article", "a1 a2 a3"},
    {"ARTICLE", "a1 a2 a3"},
    {"html", "html"},
    {"body", "body"},
    {"title", "title"},
    {"nothing", ""},
    {"#list *", "a1 t1 l1 b1 p1 q1 a2 t2 l2 i2 ad l3 a3 t3 l4 p3"},
    {"dl *", "d1 d2 d3 d4 d5"},
    {"*#list", "list"},
    {"*.lead", "p1"},
    {"  article  ", "a1 a2 a3"},
    {"\tarticle\n", "a1 a2 a3"},
    {"/* all */ article /* of them */", "a1 a2 a3"},
    {"article/**/.first", "a1"},
    {"*|article", "a1 a2 a3"},
    {"*|*.lead", "p1"},
    {"article[|class]", "a1 a2 a3"},
    {":is()", ""},
    {":where( )", ""},
    {"article:is(.first,)", "a1"},
    {"article:is( , .first)", "a1"},
    {"article:not(:is())", "a1 a2 a3"},
    /* ids and classes */
    {"#list", "list"},
    {"#List", ""},
    {"#\\31 1", "a1"},
    {"#\\000031\\31", "a1"},
    {"#\\31\\31 ", "a1"},
    {"#Item2", "a2"},
    {"#item2", ""},
    {"div#list", "list"},
    {"p#list", ""},
    {".item", "a1 a2 ad a3"},
    {".Item", ""},
    {".item.first", "a1"},
    {".first.item", "a1"},
    {".item.nothing", ""},
    {"article.item", "a1 a2 a3"},
    {".md\\:flex", "list"},
    {".\\32 col", "list"},
    {".\\32col", ""}, /* U+2C0 o l: hexadecimal digits go on */
    {".list.md\\:flex.\\32 col", "list"},
    {".\xed\x95\x9c\xea\xb8\x80", "ul"},
    {"ul.\\d55c \\ae00", "ul"},
    {".\\D55C\\AE00", "ul"},
    {".Home", "body"},
    {".i\\74 em", "a1 a2 ad a3"},
    /* attributes */
    {"[href]", "css l1 l2 l4"},
    {"a[href]", "l1 l2 l4"},
    {"A[HREF]", "l1 l2 l4"},
    {"[ href ]", "css l1 l2 l4"},
    {"[href='/1']", "l1"},
    {"[href=\"/1\"]", "l1"},
    {"[ href = '/1' ]", "l1"},
    {"[href='']", "l4"},
    {"[data-kind=AD]", "ad"},
    {"[data-kind=ad]", ""},
    {"[data-kind=ad i]", "ad"},
    {"[data-kind='ad'i]", "ad"},
    {"[data-kind='ad' I]", "ad"},
    {"[data-kind='ad' s]", ""},
    {"[type=text]", "n1"},
    {"[type='TEXT' s]", "n1"},
    {"[type='text' s]", ""},
    {"[name=text]", ""},
    {"[rel=stylesheet]", "css"},
    {"[type='text/css']", "css"},
    {"[title~=two]", "l1"},
    {"[title~=tw]", ""},
    {"[title~='One two']", ""},
    {"[title~='']", ""},
    {"[title~=ONE i]", "l1"},
    {"[class~=item]", "a1 a2 ad a3"},
    {"[lang|=ko]", "list a3"},
    {"[lang|=KO]", "list a3"},
    {"[lang|=k]", ""},
    {"[lang|='ko-KR']", "list"},
    {"[class|=item]", "a2"},
    {"[href^='/']", "css l1"},
    {"[href^=http]", "l2"},
    {"[href^='']", ""},
    {"[href^=HTTP]", ""},
    {"[href^=HTTP i]", "l2"},
    {"[href$='.html']", "l2"},
    {"[src$='.jpg']", ""},
    {"[src$='.jpg' i]", "i2"},
    {"[src$='x.JPG']", "i2"},
    {"[src$='xx.JPG']", ""},
    {"[href$='']", ""},
    {"[href*=example]", "l2"},
    {"[href*='/']", "css l1 l2"},
    {"[href*='']", ""},
    {"[href*=EXAMPLE i]", "l2"},
    {"[title*=' two ']", "l1"},
    {"[class='item']", "a2"},
    {"[class=item]", "a2"},
    {"[id='11']", "a1"},
    {"[data-n=a1][class]", "a1"},
    {"[data-n=a1][title]", ""},
    {"[title='One\\20two three']", "l1"},
    {"[title='One \\\ntwo three']", "l1"},
    {"[name='a b']", "n2"},
    /* combinators */
    {"#list a", "l1 l2 l3 l4"},
    {"#list > article", "a1 a2 a3"},
    {"#list>article", "a1 a2 a3"},
    {"#list > a", ""},
    {"#list > * > a", "l3"},
    {"body a b", "b1"},
    {"html body #list .item h2 a b", "b1"},
    {"article + article", "a2"},
    {"article ~ article", "a2 a3"},
    {"article ~ .item", "a2 ad a3"},
    {".first + .item + .ad", "ad"},
    {".first ~ .ad ~ .last", "a3"},
    {".ad + article h3 a", "l4"},
    {"div article > h2 > a", "l1 l2"},
    {"div > article a", "l1 l2 l4"},
    {"h2 + p + p", "q1"},
    {"h2 ~ p", "p1 q1"},
    {"li + li", "u2 u3 u4 u5 u6"},
    {"li ~ li", "u2 u3 u4 u5 u6"},
    {"li ~ .x", "u3 u5"},
    {".x + :not(.x)", "u2 u4 u6"},
    {"dt + dd", "d2 d4"},
    {"dt ~ dd", "d2 d4 d5"},
    {"html > head > title", "title"},
    {"head + body", "body"},
    {"body + head", ""},
    {"article article", ""},
    {"#list #list", ""},
    {"b b", ""},
    {"div div a", "l3"},
    {"body div > a", "l3"},
    /* lists */
    {"h2, h3", "t1 t2 t3"},
    {"h3, h2", "t1 t2 t3"},
    {"h3,h2,h2", "t1 t2 t3"},
    {".first, article", "a1 a2 a3"},
    {"nothing, #list", "list"},
    {"dt, dd", "d1 d2 d3 d4 d5"},
    /* :is :where :not */
    {":is(h2, h3)", "t1 t2 t3"},
    {":where(h2, h3) a", "l1 l2 l4"},
    {".item:is(.first, .last)", "a1 a3"},
    {".item:is(.first, .last, .ad) > a", "l3"},
    {":is(article, div) > a", "l3"},
    {":is(#list > .ad) a", "l3"},
    {":is(:is(h2))", "t1 t2"},
    {"article:not(.first)", "a2 a3"},
    {"article:not(.first, .last)", "a2"},
    {"article:not(.first):not(.last)", "a2"},
    {".item:not(article)", "ad"},
    {":not(article).item", "ad"},
    {"a:not([href])", "l3"},
    {"a:not(h2 a)", "l3 l4"},
    {"a:not(h2 > a, h3 > a)", "l3"},
    {"li:not(:first-child, .x)", "u2 u4 u6"},
    {"#list > :not(:not(article))", "a1 a2 a3"},
    {":NOT(*)", ""},
    /* :has */
    {"article:has(img)", "a2"},
    {"article:has(> img)", "a2"},
    {"article:has(> a)", ""},
    {"div:has(> a)", "ad"},
    {".item:has(h2, h3)", "a1 a2 a3"},
    {".item:has(img, > a)", "a2 ad"},
    {".item:not(:has(h2))", "ad a3"},
    {"h2:has(+ p)", "t1"},
    {"h2:has(+ img)", "t2"},
    {"h2:has(~ p)", "t1"},
    {"h2:has(+ p + p)", "t1"},
    {"dt:has(+ dd + dd)", "d3"},
    {"dt:has(~ dt)", "d1"},
    {"article:has(h2 > a b)", "a1"},
    {"article:has(> h2 b)", "a1"},
    {":has(> article)", "list"},
    {"body > :has(article h3)", "list"},
    {"article:has(+ .ad)", "a2"},
    {"article:has(+ .ad a)", "a2"},
    {"article:has(~ .ad + article)", "a1 a2"},
    {"article:has(:not(*))", ""},
    {"article:has(:is(img, b))", "a1 a2"},
    {"article:has(p:empty)", "a1"},
    {"article:has(.lead) a", "l1"},
    {"html:has(.lead)", "html"},
    {":is(:has(> img), :has(> h3))", "a2 a3"},
    {"#list:has(article) li", ""},
    {"#list:has(article) ~ ul > li:first-child", "u1"},
    {":has(*):not(:has(* *))", "head l1 t2 ad t3 ul dl f"},
    /* positions */
    {"li:first-child", "u1"},
    {"li:last-child", "u6"},
    {"li:only-child", ""},
    {"h3 > :only-child", "l4"},
    {"a:only-child", "l1 l2 l3 l4"},
    {"li:nth-child(1)", "u1"},
    {"li:nth-child(3)", "u3"},
    {"li:nth-child(7)", ""},
    {"li:nth-child(0)", ""},
    {"li:nth-child(-1)", ""},
    {"li:nth-child(odd)", "u1 u3 u5"},
    {"li:nth-child(even)", "u2 u4 u6"},
    {"li:nth-child( ODD )", "u1 u3 u5"},
    {"li:nth-child(2n)", "u2 u4 u6"},
    {"li:nth-child(2n+1)", "u1 u3 u5"},
    {"li:nth-child(2n + 1)", "u1 u3 u5"},
    {"li:nth-child(2N-1)", "u1 u3 u5"},
    {"li:nth-child(3n+2)", "u2 u5"},
    {"li:nth-child(n+4)", "u4 u5 u6"},
    {"li:nth-child(-n+2)", "u1 u2"},
    {"li:nth-child(-2n+3)", "u1 u3"},
    {"li:nth-child(+3)", "u3"},
    {"li:nth-child(+n)", "u1 u2 u3 u4 u5 u6"},
    {"li:nth-child(n)", "u1 u2 u3 u4 u5 u6"},
    {"li:nth-child(0n+2)", "u2"},
    {"li:nth-child(99999999999)", ""},
    {"li:nth-last-child(1)", "u6"},
    {"li:nth-last-child(2n)", "u1 u3 u5"},
    {"li:nth-last-child(-n+2)", "u5 u6"},
    {":nth-child(2 of .x)", "u3"},
    {"li:nth-child(even of .x)", "u3"},
    {"li:nth-child(n+2 of .x, :last-child)", "u3 u5 u6"},
    {"li:nth-last-child(1 of .x)", "u5"},
    {":nth-child(2 of article)", "a2"},
    {":nth-child(3 of .item)", "ad"},
    {"article:nth-child(3 of .item)", ""},
    {"p:nth-of-type(1)", "p1 p3"},
    {"p:nth-of-type(2)", "q1"},
    {"p:nth-last-of-type(1)", "q1 p3"},
    {".item:nth-of-type(2)", "a2"},
    {"dd:nth-of-type(odd)", "d2 d5"},
    {"dd:nth-last-of-type(2)", "d4"},
    {"dd:first-of-type", "d2"},
    {"dd:last-of-type", "d5"},
    {"dl :first-of-type", "d1 d2"},
    {"#list > :only-of-type", "ad"},
    {"article > p:only-of-type", "p3"},
    {"html:first-child", "html"},
    {"html:last-child", "html"},
    {"html:nth-child(1)", "html"},
    {"html:only-of-type", "html"},
    /* the rest */
    {":root", "html"},
    {":root > body", "body"},
    {"body:root", ""},
    {":scope", "html"},
    {":scope > body", "body"},
    {"p:empty", "q1"},
    {"li:empty", "u1 u2 u3 u4 u5 u6"},
    {"img:empty", "i2"},
    {":link", "l1 l2 l4"},
    {":any-link", "l1 l2 l4"},
    {"a:not(:link)", "l3"},
    {"h2:contains('Rain')", "t1"},
    {"h2:contains(\"Rain falls\")", "t1"},
    {"h2:contains(Rain falls)", "t1"},
    {"h2:contains( Sun )", "t2"},
    {"h2:contains('rain')", ""},
    {"p:contains('A long lead')", "p1"},
    {"p:contains('A  long\\a lead')", "p1"},
    {"a:contains('\xeb\xb9\x84')", "l4"},
    {"article:contains('Rain')", "a1"},
    {":contains('leadSun')", "html body list"},
    {"b:contains('fallsA')", ""},
    {"article:not(:contains('Sun'))", "a1 a3"},
    {"article:has(a:contains('Sun'))", "a2"},
    {"li:contains('x')", ""},
    {"> body", "body"},
    {"> head, > body", "head body"},
    {"> article", ""},
    {"+ p", ""},
};

static struct page *
parse(const char *html)
{
	struct error err = {{0}};
	struct page *page =
	    page_parse(html, strlen(html), PARSER_HTML5, 0, &err);
	if (page == NULL)
		fail_msg("%s", err.reason);
	return page;
}

/* The data-n of what matches, or NULL. */
static char *
answer_of(
    const char *css, const struct page *page, uint32_t scope, struct error *err)
{
	struct selector *selector = selector_parse(css, err);
	if (selector == NULL)
		return NULL;
	struct nodes found = {0};
	struct buffer out = {0};
	bool ok = selector_all(selector, page, scope, &found, err);
	for (size_t i = 0; i < found.count; i++) {
		const char *name =
		    page_attribute(page, found.list[i], "data-n");
		buffer_add_format(
		    &out, "%s%s", i > 0 ? " " : "", name ? name : "?");
	}
	nodes_clear(&found);
	selector_free(selector);
	char *answer = buffer_take(&out);
	if (ok)
		return answer;
	free(answer);
	return NULL;
}

static uint32_t
node_named(const struct page *page, const char *name)
{
	for (uint32_t i = 0; i < page->count; i++) {
		const char *have = page_attribute(page, i, "data-n");
		if (have != NULL && strcmp(have, name) == 0)
			return i;
	}
	fail_msg("no element %s", name);
	return 0;
}

static bool
row_differs(const struct row *row, const struct page *page, uint32_t scope)
{
	struct error err = {{0}};
	char *answer = answer_of(row->css, page, scope, &err);
	bool differs = answer == NULL || strcmp(answer, row->answer) != 0;
	if (differs)
		print_message("%s\n  want %s\n  have %s %s\n", row->css,
		    row->answer, answer ? answer : "error", err.reason);
	free(answer);
	return differs;
}

static void
test_rows(void **state)
{
	(void)state;
	struct page *page = parse(news);
	int differ = 0;
	for (size_t i = 0; i < COUNT(rows); i++)
		differ += row_differs(&rows[i], page, 0);
	assert_int_equal(differ, 0);
	page_free(page);
}

static void
test_scopes(void **state)
{
	(void)state;
	static const struct {
		const char *scope;
		struct row row;
	} scopes[] = {
	    {"a1", {"a", "l1"}},
	    {"a1", {"article", ""}},
	    {"a1", {":scope", "a1"}},
	    {"a1", {":scope.item", "a1"}},
	    {"a1", {":scope.last", ""}},
	    {"a1", {":scope, h2", "a1 t1"}},
	    {"a1", {":scope > h2", "t1"}},
	    {"a1", {"> h2", "t1"}},
	    {"a1", {"> a", ""}},
	    {"a1", {"> h2 > a, > p", "l1 p1 q1"}},
	    {"a1", {"+ article", "a2"}},
	    {"a1", {"+ div", ""}},
	    {"a1", {"+ article a", "l2"}},
	    {"a1", {"~ .item", "a2 ad a3"}},
	    {"a1", {"~ div > a", "l3"}},
	    {"a1", {":scope + article", "a2"}},
	    {"a1", {":scope ~ .ad, b", "b1 ad"}},
	    {"a3", {"+ *", ""}},
	    {"a1", {"body a", "l1"}}, /* ancestors may lie outside */
	    {"a1", {".list > .item b", "b1"}},
	    {"a1", {"p:first-of-type", "p1"}},
	    {"a1", {"p:has(+ p)", "p1"}},
	    {"a1", {":has(b)", "t1 l1"}},
	    {"a1", {"#list:has(img) b", "b1"}},
	    {"a1", {"h2:has(b), #list:has(h3) b", "t1 b1"}},
	    {"a1", {".item:has(+ .item) b", "b1"}},
	    {"a1", {":is(:scope) > p", "p1 q1"}},
	    {"a1", {":not(:scope) > a", "l1"}},
	    {"a1", {":has(:scope)", ""}},
	    {"list", {":root a:not([href])", "l3"}},
	    {"html", {"> body", "body"}},
	    {"html", {":scope", "html"}},
	    {"q1", {"*", ""}},
	    {"q1", {":scope", "q1"}},
	};
	struct page *page = parse(news);
	int differ = 0;
	for (size_t i = 0; i < COUNT(scopes); i++)
		differ += row_differs(
		    &scopes[i].row, page, node_named(page, scopes[i].scope));
	assert_int_equal(differ, 0);
	page_free(page);
}

/* What cssselect 1.2.0 gets wrong by translation. */
static void
test_translation_bugs(void **state)
{
	(void)state;
	static const char html[] =
	    "<body data-n=b><div data-n=1 class='a b'><p data-n=2 class=x>"
	    "<div data-n=3 class=b><div data-n=4><p data-n=5 class=x></p>"
	    "<p data-n=6></p></div></div></div><div data-n=7 class=x></div>";
	static const struct row bugs[] = {
	    {".a:is(.b,.c)", "1"},
	    {"div:has(> .x)", "1 4"},
	    {"p:has(+ p)", "5"},
	    {"p:not(:has(.x))", "2 5 6"},
	    {"div:not(:has(.x))", "7"},
	    {"div:not(.a, .b)", "4 7"},
	    {"div:has(.x, .y)", "1 3 4"},
	    {"[class='X' i]", "2 5 7"},
	    {"p.x:nth-of-type(1)", "2 5"},
	    {".x:nth-of-type(2)", "7"},
	    {"body > :nth-child(1 of .x)", "7"},
	};
	struct page *page = parse(html);
	int differ = 0;
	for (size_t i = 0; i < COUNT(bugs); i++)
		differ += row_differs(&bugs[i], page, 0);
	assert_int_equal(differ, 0);
	page_free(page);
}

/* A failure at the nearest parent or sibling is not the last word. */
static void
test_goes_on(void **state)
{
	(void)state;
	static const char html[] =
	    "<body data-n=0><i data-n=1 class=x></i><div data-n=2 class=y>"
	    "<i data-n=3></i><div data-n=4 class=y><div data-n=5 class=y>"
	    "<b data-n=6></b><b data-n=7 class=z></b><b data-n=8></b>"
	    "</div></div></div>";
	static const struct row chains[] = {
	    {".x ~ .y b", "6 7 8"},
	    {".x + .y b", "6 7 8"},
	    {"i ~ .y > .y > b", "6 7 8"},
	    {".x ~ .y > .y b", "6 7 8"},
	    {"body > .y .y b", "6 7 8"},
	    {"body > .y > .y b + b", "7 8"},
	    {".x ~ .y .z ~ b", "8"},
	    {"i + .y .y b ~ b", "7 8"},
	    {".x ~ .x ~ .y b", ""},
	    {".x + .x ~ .y b, .z", "7"},
	};
	struct page *page = parse(html);
	int differ = 0;
	for (size_t i = 0; i < COUNT(chains); i++)
		differ += row_differs(&chains[i], page, 0);
	assert_int_equal(differ, 0);
	page_free(page);
}

static const struct row errors[] = {
    {"", "column 1: a selector is missing at the end"},
    {"   ", "column 4: a selector is missing at the end"},
    {"a,", "column 3: a selector is missing at the end"},
    {"a >", "column 4: a selector is missing at the end"},
    {"a > > b", "column 5: a selector is missing before '>'"},
    {", a", "column 1: a selector is missing before ','"},
    {"a,,b", "column 3: a selector is missing before ','"},
    {"a)", "column 2: ')' closes no bracket"},
    {"a}", "column 2: '}' is not expected here"},
    {"a!b", "column 2: '!' is not expected here"},
    {"a %", "column 3: '%' is not expected here"},
    {"a@href", "column 2: '@' stands only before an attribute's name, at the "
	       "end of a field's selector"},
    {"1a", "column 1: a name cannot begin with a digit"},
    {"#1a", "column 1: a name cannot begin with a digit: '#1a' is written "
	    "'#\\31 a'"},
    {"p .2col", "column 3: a name cannot begin with a digit: '.1a' is "
		"written '.\\31 a'"},
    {"#", "column 1: '#' wants an id"},
    {"# a", "column 1: '#' wants an id"},
    {"a..b", "column 2: '.' wants a class name"},
    {".", "column 1: '.' wants a class name"},
    {"\xed\x95\x9c.", "column 2: '.' wants a class name"},
    {"svg|a", "column 1: 'prefix|name': there are no namespaces here"},
    {"x|a", "column 1: 'prefix|name': there are no namespaces here"},
    {"*|", "column 1: 'prefix|name': there are no namespaces here"},
    {"|a", "column 1: 'prefix|name': there are no namespaces here"},
    {"[x|y]", "column 3: '[prefix|name]': there are no namespaces here"},
    {"[*|y]", "column 2: '[prefix|name]': there are no namespaces here"},
    {"[]", "column 2: '[' wants an attribute's name"},
    {"[a", "column 3: an attribute's name is followed by ']', '=', '~=', "
	   "'|=', '^=', '$=' or '*='"},
    {"[a!=b]", "column 3: an attribute's name is followed by ']', '=', "
	       "'~=', '|=', '^=', '$=' or '*='"},
    {"[a=]", "column 4: an attribute's value wants quotes"},
    {"[href=/x]", "column 7: an attribute's value wants quotes"},
    {"[a=1]", "column 4: an attribute's value wants quotes"},
    {"[a='x]", "column 4: the quote is not closed"},
    {"[a=b c]", "column 6: ']' is missing after an attribute's value"},
    {"[a=b", "column 5: ']' is missing after an attribute's value"},
    {"[a=b i", "column 7: ']' is missing after 'i' or 's'"},
    {"[a=b i s]", "column 8: ']' is missing after 'i' or 's'"},
    {":", "column 1: ':' wants a name"},
    {"a:hover", "column 2: ':hover' depends on a browser and its user"},
    {"a:Visited", "column 2: ':visited' depends on a browser and its user"},
    {"input:checked", "column 6: ':checked' depends on a browser and its user"},
    {"a:foo", "column 2: ':foo' is not known"},
    {"a:foo(b)", "column 2: ':foo' is not known"},
    {"a:matches(b)", "column 2: ':matches' is not known"},
    {"p:before",
	"column 2: ':before' is a pseudo-element: no part of the page"},
    {"p::before", "column 2: '::before': of pseudo-elements only '::text' "
		  "and '::attr(x)' (or '@x') are known, at the end of a "
		  "field's selector"},
    {"p::text b", "column 2: '::text': of pseudo-elements only '::text' and "
		  "'::attr(x)' (or '@x') are known, at the end of a field's "
		  "selector"},
    {"a:not", "column 2: ':not' wants an argument in brackets"},
    {"a:not()", "column 7: a selector is missing before ')'"},
    {"a:is(", "column 6: a selector is missing at the end"},
    {"a:is(b", "column 5: the bracket is not closed"},
    {"a:is(b,!)", "column 8: '!' is not expected here"},
    {"a:is(b,:zap)", "column 8: ':zap' is not known"},
    {"a:not(b,)", "column 9: a selector is missing before ')'"},
    {"a:has()", "column 7: a selector is missing before ')'"},
    {"a:is(> b)",
	"column 6: a combinator begins only a whole selector or :has"},
    {"a:not(b:zap)", "column 8: ':zap' is not known"},
    {"a:empty()", "column 2: ':empty' takes no argument"},
    {"a:has()", "column 7: a selector is missing before ')'"},
    {"a:has(b:has(c))", "column 8: :has cannot stand inside :has"},
    {"a:has(:not(:has(c)))", "column 12: :has cannot stand inside :has"},
    {"a:nth-child()", "column 13: a position is 'odd', 'even', a number or "
		      "'an+b'"},
    {"a:nth-child(x)", "column 13: a position is 'odd', 'even', a number or "
		       "'an+b'"},
    {"a:nth-child(2n+)", "column 16: a number is missing: 'an+b', such as "
			 "'2n+1'"},
    {"a:nth-child(2n + -1)", "column 18: a number is missing: 'an+b', such "
			     "as '2n+1'"},
    {"a:nth-child(+ 2)", "column 13: a position is 'odd', 'even', a number "
			 "or 'an+b'"},
    {"a:nth-child(2 n)", "column 15: ')' is missing here"},
    {"a:nth-child(2 of)", "column 17: a selector is missing before ')'"},
    {"a:nth-of-type(2 of b)",
	"column 17: 'of' goes with :nth-child and :nth-last-child"},
    {"a:contains()", "column 12: :contains wants a text"},
    {"a:contains('x", "column 12: the quote is not closed"},
    {"a:contains(x(y))", "column 13: ')' is missing here"},
    {"a || b", "column 3: 'prefix|name': there are no namespaces here"},
    {"a >> b", "column 4: a selector is missing before '>'"},
    {"a\\", "column 2: '\\' is not expected here"},
    {":is(:is(:is(:is(:is(:is(:is(:is(:is(:is(:is(:is(:is(:is(:is(:is(:is(a",
	"column 69: brackets are nested too deeply"},
};

static void
test_errors(void **state)
{
	(void)state;
	int differ = 0;
	for (size_t i = 0; i < COUNT(errors); i++) {
		struct error err = {{0}};
		struct selector *selector = selector_parse(errors[i].css, &err);
		if (selector != NULL ||
		    strcmp(err.reason, errors[i].answer) != 0) {
			print_message("%s\n  want %s\n  have %s\n",
			    errors[i].css, errors[i].answer, err.reason);
			differ++;
		}
		selector_free(selector);
	}
	assert_int_equal(differ, 0);
}

static void
test_too_long(void **state)
{
	(void)state;
	char *css = xmalloc(5001);
	memset(css, 'a', 5000);
	css[5000] = '\0';
	struct error err;
	assert_null(selector_parse(css, &err));
	assert_string_equal(err.reason, "a selector has more than 4096 bytes");
	free(css);
	selector_free(NULL);
}

#define TEN_TESTS                                                              \
	":not(.a):not(.b):not(.c):not(.d):not(.e):not(.f):not(.g):not(.h)"     \
	":not(.i):not(.j)"

/* What it takes must not grow faster than the page. */
static void
test_budget(void **state)
{
	(void)state;
	static const struct {
		const char *css;
		bool ok;
	} budgets[] = {
	    {"p:nth-child(2n+1)", true},
	    {"p:nth-last-of-type(3n)", true},
	    {"p:nth-child(even of .x)", true},
	    {"p:last-of-type", true},
	    {"p ~ p ~ p ~ p", true},
	    {"p:has(~ .y)", true},
	    {"body:has(p + p) p", true},
	    {"p:not(:has(b))", true},
	    {"p:contains('nothing')", true},
	    {"body > p > b", true},
	    {"i i i i i i u", true},
	    {".none i i i i i i u", true},
	    {"i i > i i > i u", true},
	    {".none ~ p", true},
	    {".x ~ .x ~ .none ~ p", true},
	    {":not(.none ~ *)", true},
	    {"*" TEN_TESTS TEN_TESTS TEN_TESTS TEN_TESTS, false},
	};
	struct buffer html = {0};
	for (int i = 0; i < 10000; i++)
		buffer_add_string(&html, "<p class=x>a<b>b</b>");
	for (int i = 0; i < 400; i++)
		buffer_add_string(&html, "<i>");
	for (int i = 0; i < 400; i++)
		buffer_add_string(&html, "<u>x</u>");
	struct page *page = parse(html.bytes);
	int differ = 0;
	for (size_t i = 0; i < COUNT(budgets); i++) {
		struct error err = {{0}};
		char *answer = answer_of(budgets[i].css, page, 0, &err);
		if ((answer != NULL) != budgets[i].ok) {
			print_message("%s: '%s'\n", budgets[i].css, err.reason);
			differ++;
		}
		if (answer == NULL)
			assert_string_equal(err.reason,
			    "the selector takes more than 1000000 steps on "
			    "this page");
		free(answer);
	}
	assert_int_equal(differ, 0);
	buffer_clear(&html);
	page_free(page);
}

/* Answers are added to what is there, and not at all on failure. */
static void
test_adds(void **state)
{
	(void)state;
	struct page *page = parse("<p>a<p>b<i>c</i>");
	struct nodes found = {0};
	struct selector *selector = selector_parse("i, p", NULL);
	assert_true(selector_all(selector, page, 0, &found, NULL));
	assert_true(selector_all(selector, page, 0, &found, NULL));
	assert_int_equal(found.count, 6);
	assert_int_equal(found.list[0], found.list[3]);
	assert_true(found.list[0] < found.list[1]);
	nodes_clear(&found);
	selector_free(selector);
	page_free(page);
}

/*
 * Saved pages whose list is known to be found by these selectors.  The
 * description is JSON; all we need of it are the strings in "selectors".
 */
static char *
read_file(const char *path, size_t *length)
{
	FILE *file = fopen(path, "rb");
	if (file == NULL)
		return NULL;
	struct buffer bytes = {0};
	char block[65536];
	size_t got;
	while ((got = fread(block, 1, sizeof(block), file)) > 0)
		buffer_add(&bytes, block, got);
	fclose(file);
	*length = bytes.length;
	return buffer_take(&bytes);
}

static bool
is_utf8(const char *bytes, size_t length)
{
	for (size_t i = 0; i < length;) {
		unsigned char c = (unsigned char)bytes[i++];
		int more = c < 0x80    ? 0
			   : c >= 0xf0 ? 3
			   : c >= 0xe0 ? 2
			   : c >= 0xc2 ? 1
				       : -1;
		if (more < 0)
			return false;
		for (; more > 0; more--)
			if (i >= length || (bytes[i++] & 0xc0) != 0x80)
				return false;
	}
	return true;
}

/* The next JSON string, unescaped, or NULL; *at moves behind it. */
static char *
next_string(const char **at)
{
	const char *p = strchr(*at, '"');
	if (p == NULL)
		return NULL;
	struct buffer out = {0};
	for (p++; *p != '"' && *p != '\0'; p++) {
		if (*p == '\\')
			p++;
		buffer_add_byte(&out, *p);
	}
	*at = *p == '\0' ? p : p + 1;
	return buffer_take(&out);
}

/* Optional fields that these pages do not show. */
static const struct row absent[] = {
    {"civfanatics-1", "span.cms_article_date"},
    {"nikkei-1", ".m-miM09_text"},
    {"rumorfix-1", ".date"},
    {"web-politik-1", "time"},
};

static bool
is_absent(const char *name, const char *css)
{
	for (size_t i = 0; i < COUNT(absent); i++)
		if (strcmp(absent[i].css, name) == 0 &&
		    strcmp(absent[i].answer, css) == 0)
			return true;
	return false;
}

/* Runs one string of "selectors" that may be CSS; returns 1 if it failed. */
static int
try_selector(
    const char *name, const char *text, const struct page *page, int *tried)
{
	char *css = xstrdup(text);
	char *suffix = strstr(css, "@@");
	if (suffix != NULL)
		*suffix = '\0';
	int failed = 0;
	if (*css != '\0' && strcmp(css, ".") != 0 &&
	    strncmp(css, "xpath:", 6) != 0) {
		struct error err = {{0}};
		char *answer = answer_of(css, page, 0, &err);
		++*tried;
		failed =
		    answer == NULL || (*answer == '\0') != is_absent(name, css);
		if (failed)
			print_message("%s: %s: %s\n", name, css,
			    answer ? "nothing matches" : err.reason);
		free(answer);
	}
	free(css);
	return failed;
}

/* A block is {"item": css, "title": css, ...}; "exclude" and "strip" are
 * regular expressions. */
static int
try_blocks(
    const char *name, const char *json, const struct page *page, int *tried)
{
	const char *at = strstr(json, "\"selectors\"");
	int failed = 0;
	if (at == NULL)
		return 0;
	at += strlen("\"selectors\"");
	int depth = 0;
	do {
		at += strcspn(at, "[]{}\"");
		if (*at == '\0')
			break;
		if (*at == '"') {
			char *key = next_string(&at);
			at += strspn(at, " \n\t");
			bool has_value = *at == ':';
			at += has_value + strspn(at + has_value, " \n\t");
			if (has_value && *at == '"') {
				char *value = next_string(&at);
				if (strcmp(key, "exclude") != 0 &&
				    strcmp(key, "strip") != 0)
					failed += try_selector(
					    name, value, page, tried);
				free(value);
			}
			free(key);
			continue;
		}
		depth += *at == '[' || *at == '{' ? 1 : -1;
		at++;
	} while (depth > 0);
	return failed;
}

static int
try_page(const char *folder, const char *name, int *tried)
{
	char *page_path = xasprintf("%s/%s/page.html", folder, name);
	char *meta_path = xasprintf("%s/%s/meta.json", folder, name);
	size_t length, meta_length;
	char *html = read_file(page_path, &length);
	char *json = read_file(meta_path, &meta_length);
	int failed = 0;
	if (html != NULL && json != NULL && is_utf8(html, length)) {
		struct page *page =
		    page_parse(html, length, PARSER_HTML5, 8 << 20, NULL);
		assert_non_null(page);
		assert_string_equal(page->parser, "html5");
		failed = try_blocks(name, json, page, tried);
		page_free(page);
	}
	free(html);
	free(json);
	free(page_path);
	free(meta_path);
	return failed;
}

static void
test_corpus(void **state)
{
	(void)state;
	const char *folder = getenv("CORPUS");
	if (folder == NULL || folder[0] == 0) {
		print_message("CORPUS is not set: its selectors are not "
			      "tried\n");
		skip();
	}
	DIR *directory = opendir(folder);
	assert_non_null(directory);
	int tried = 0, failed = 0;
	const struct dirent *entry;
	while ((entry = readdir(directory)) != NULL)
		if (entry->d_name[0] != '.')
			failed += try_page(folder, entry->d_name, &tried);
	closedir(directory);
	print_message("%d selectors of CORPUS tried\n", tried);
	assert_true(tried > 0);
	assert_int_equal(failed, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_scopes),
	    cmocka_unit_test(test_translation_bugs),
	    cmocka_unit_test(test_goes_on),
	    cmocka_unit_test(test_errors),
	    cmocka_unit_test(test_too_long),
	    cmocka_unit_test(test_budget),
	    cmocka_unit_test(test_adds),
	    cmocka_unit_test(test_corpus),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
