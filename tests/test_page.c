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

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct page *
parse(const char *html, enum page_parser parser)
{
	struct error err = {{0}};
	struct page *page = page_parse(html, strlen(html), parser, 0, &err);
	if (page == NULL)
		print_message("%s: %s\n", html, err.reason);
	assert_non_null(page);
	return page;
}

/* The tree in short: ul(li('a') li(a[href=x]('b'))) */
static void
outline(const struct page *page, uint32_t node, struct buffer *out)
{
	if (page->text[node] != NULL) {
		buffer_add_format(out, "'%s'", page->text[node]);
		return;
	}
	buffer_add_string(out, page_tag(page, node));
	for (uint32_t i = page->first_attribute[node];
	     i < page->first_attribute[node + 1]; i++)
		buffer_add_format(out, "[%s=%s]", page->attributes[i].name,
		    page->attributes[i].value);
	if (page->end[node] == node + 1)
		return;
	buffer_add_byte(out, '(');
	for (uint32_t child = node + 1; child < page->end[node];
	     child = page->end[child]) {
		if (child > node + 1)
			buffer_add_byte(out, ' ');
		outline(page, child, out);
	}
	buffer_add_byte(out, ')');
}

/* What every page keeps, whatever went in. */
static void
check_arrays(const struct page *page)
{
	assert_true(page->count > 0);
	assert_string_equal(page_tag(page, 0), "html");
	assert_int_equal(page->end[0], page->count);
	assert_int_equal(page->parent[0], PAGE_NONE);
	for (uint32_t i = 1; i < page->count; i++) {
		uint32_t parent = page->parent[i];
		assert_true(parent < i);
		assert_true(page->end[i] > i);
		assert_true(page->end[i] <= page->end[parent]);
		assert_int_equal(page->depth[i], page->depth[parent] + 1);
		assert_true((page->tag[i] == 0) == (page->text[i] != NULL));
		uint32_t previous = page->previous[i];
		if (previous != PAGE_NONE) {
			assert_int_equal(page->parent[previous], parent);
			assert_true(page->end[previous] <= i);
			assert_true(page->text[previous] == NULL);
		}
		if (page->text[i] == NULL && previous != PAGE_NONE)
			assert_int_equal(page_next_sibling(page, previous), i);
		if (page->text[i] == NULL && previous == PAGE_NONE)
			assert_int_equal(page_first_child(page, parent), i);
	}
}

struct tree_row {
	const char *html, *tree;
};

static bool
tree_differs(const struct tree_row *row, enum page_parser parser)
{
	struct page *page = parse(row->html, parser);
	struct buffer out = {0};
	check_arrays(page);
	outline(page, 0, &out);
	bool differs = strcmp(out.bytes, row->tree) != 0;
	if (differs)
		print_message("%s\n  want %s\n  have %s\n", row->html,
		    row->tree, out.bytes);
	buffer_clear(&out);
	page_free(page);
	return differs;
}

/* Everything where HTML5 and libxml2's own parser part. */
static const struct tree_row html5_rows[] = {
    {"", "html(head body)"},
    {"  \n ", "html(head body)"},
    {"text only", "html(head body('text only'))"},
    {"<article><div>x<article>y",
	"html(head body(article(div('x' article('y')))))"},
    {"<article><div>x</article><article>y</article>",
	"html(head body(article(div('x')) article('y')))"},
    {"<ul><li><a>x<li><a>y</ul>", "html(head body(ul(li(a('x')) li(a('y')))))"},
    {"<ul><li>x<li>y</ul>", "html(head body(ul(li('x') li('y'))))"},
    {"<p>a<section>b</section>", "html(head body(p('a') section('b')))"},
    {"<p>a<article>b</article>", "html(head body(p('a') article('b')))"},
    {"<p>a<aside>b</aside>", "html(head body(p('a') aside('b')))"},
    {"<p>a<header>b</header>", "html(head body(p('a') header('b')))"},
    {"<p>a<footer>b</footer>", "html(head body(p('a') footer('b')))"},
    {"<p>a<nav>b</nav>", "html(head body(p('a') nav('b')))"},
    {"<p>a<figure>b</figure>", "html(head body(p('a') figure('b')))"},
    {"<p>a<main>b</main>", "html(head body(p('a') main('b')))"},
    {"<div/>a", "html(head body(div('a')))"},
    {"<span/>a<b>c</b>", "html(head body(span('a' b('c'))))"},
    {"<table><tr><td>x</table>", "html(head body(table(tbody(tr(td('x'))))))"},
    {"<table><div>a</div><tr><td>x</table>",
	"html(head body(div('a') table(tbody(tr(td('x'))))))"},
    {"<table><tr><form><td>x</table>",
	"html(head body(table(tbody(tr(form td('x'))))))"},
    {"<template><p>a</p></template>b", "html(head(template) body('b'))"},
    {"<body><template><p>a</template><i>b</i>",
	"html(head body(template i('b')))"},
    {"<title>a <b>c</b></title>", "html(head(title('a <b>c</b>')) body)"},
    {"<body><textarea>a <b>c</textarea>",
	"html(head body(textarea('a <b>c')))"},
    {"<picture><source srcset=a><img src=b></picture>",
	"html(head body(picture(source[srcset=a] img[src=b])))"},
    {"a &amp b &eacute c", "html(head body('a & b \xc3\xa9 c'))"},
    {"a</br>b", "html(head body('a' br 'b'))"},
    {"a</p>b", "html(head body('a' p 'b'))"},
    {"a<![if IE]>b<![endif]>c", "html(head body('a' 'b' 'c'))"},
    {"<a @click=x :href=y>z</a>", "html(head body(a[@click=x][:href=y]('z')))"},
    {"<script><!-- <script> </script> --></script>a",
	"html(head(script('<!-- <script> </script> -->')) body('a'))"},
    {"<head><noscript><img src=x></noscript></head>",
	"html(head(noscript) body(img[src=x]))"},
    {"<body><noscript><img src=x></noscript>",
	"html(head body(noscript(img[src=x])))"},
    {"<p Class=A class=b ID>x", "html(head body(p[class=A][id=]('x')))"},
    {"<P>a<!-- b -->c", "html(head body(p('a' 'c')))"},
    {"<x-card>a</x-card><X-Card>b</x-card>",
	"html(head body(x-card('a') x-card('b')))"},
    {"<svg viewBox='0 0 1 1'><linearGradient/><a xlink:href=#x>t</a></svg>",
	"html(head body(svg[viewbox=0 0 1 1](lineargradient "
	"a[xlink:href=#x]('t'))))"},
    {"<svg><title>icon</title></svg><math><mi>x</mi></math>",
	"html(head body(svg(title('icon')) math(mi('x'))))"},
    {"<svg><![CDATA[a<b]]></svg>", "html(head body(svg('a<b')))"},
    {"<style>p > a {}</style><p>x",
	"html(head(style('p > a {}')) body(p('x')))"},
    {"<b>a<p>b</b>c", "html(head body(b('a') p(b('b') 'c')))"},
    {"<html lang=ko><body class=a><body id=b>x",
	"html[lang=ko](head body[class=a][id=b]('x'))"},
    {"<dl><dt>a<dd>b<dt>c<dd>d</dl>",
	"html(head body(dl(dt('a') dd('b') dt('c') dd('d'))))"},
    {"<select><option>a<option>b</select>",
	"html(head body(select(option('a') option('b'))))"},
    {"<image src=x>", "html(head body(img[src=x]))"},
    {"\xef\xbb\xbf<title>a</title>", "html(head(title('a')) body)"},
    {"&#xd55c;&#44397;", "html(head body('\xed\x95\x9c\xea\xb5\xad'))"},
    {"<a title='x &quot;y&quot;'>", "html(head body(a[title=x \"y\"]))"},
};

static void
test_html5(void **state)
{
	(void)state;
	int differ = 0;
	for (size_t i = 0; i < COUNT(html5_rows); i++)
		differ += tree_differs(&html5_rows[i], PARSER_HTML5);
	assert_int_equal(differ, 0);
}

/* What all versions of libxml2 agree on. */
static const struct tree_row libxml2_rows[] = {
    {"", "html"},
    {" \n ", "html"},
    {"<html><body><p>a</p><p>b</p></body></html>", "html(body(p('a') p('b')))"},
    {"<html><body><div id=x class='a b'><a href=y>z</a></div></body></html>",
	"html(body(div[id=x][class=a b](a[href=y]('z'))))"},
    {"<html><body><p>a &amp; b<br>c</p></body></html>",
	"html(body(p('a & b' br 'c')))"},
    {"<html><body><p>a<!-- b -->c</p></body></html>", "html(body(p('a' 'c')))"},
    {"<html><head><title>t</title></head><body><i>x</i></body></html>",
	"html(head(title('t')) body(i('x')))"},
    {"<html><body><template><p>a</p></template><i>x</i></body></html>",
	"html(body(template i('x')))"},
    {"<html><body><p>\xed\x95\x9c</p></body></html>",
	"html(body(p('\xed\x95\x9c')))"},
};

static void
test_libxml2(void **state)
{
	(void)state;
	int differ = 0;
	for (size_t i = 0; i < COUNT(libxml2_rows); i++)
		differ += tree_differs(&libxml2_rows[i], PARSER_LIBXML2);
	assert_int_equal(differ, 0);
}

/* "%" stands for the number of the piece. */
static void
repeat(struct buffer *out, const char *piece, size_t times)
{
	size_t length = strcspn(piece, "%");
	for (size_t i = 0; i < times; i++) {
		buffer_add(out, piece, length);
		if (piece[length] == '%')
			buffer_add_format(out, "%zu%s", i, piece + length + 1);
	}
}

/* head, then `times` of piece, then tail. */
static const struct guard_row {
	const char *head, *piece;
	size_t times;
	const char *tail;
	const char *parser; /* NULL: refused */
	const char *reason;
} guard_rows[] = {
    {"<p ", "a ", 1, ">", "html5", NULL},
    {"", "x", 2 << 20, "", "html5", NULL},
    {"", "x", (2 << 20) + 1, "", NULL,
	"the page has 2097153 bytes, more than 2097152"},
    {"<p ", "a=1 ", 256, ">", "html5", NULL},
    {"<p ", "a=1 ", 257, ">", NULL,
	"a tag of the page has more than 256 attributes"},
    {"<p ", "a ", 50000, ">", NULL,
	"a tag of the page has more than 256 attributes"},
    {"<p ", "a ", 50000, "", NULL, /* the tag never ends */
	"a tag of the page has more than 256 attributes"},
    {"</p ", "a ", 50000, ">", NULL,
	"a tag of the page has more than 256 attributes"},
    {"", "<p a b c d e f g h i j k l m n o p q r s t u v w x y z>", 24000, "",
	"html5", NULL},
    {"", "<p a b c d e f g h i j k l m n o p q r s t u v w x y z>", 25000, "",
	NULL, "too many tags of the page have too many attributes"},
    {"<p a='", "b ", 5000, "'>", "html5", NULL},
    {"<p a=\"", "b>", 5000, "\">", "html5", NULL},
    {"<p a", "b", 65000, ">", "html5", NULL},
    {"<p a", "b", 66000, ">", NULL, "a tag of the page is longer than 64 KiB"},
    {"<img src='data:", "x", 100000, "'>", "html5", NULL}, /* left out */
    {"<p a='", "x", 30000, "' b='x' c>", "html5", NULL},
    {"<!-- <p ", "a ", 50000, "> -->x", "html5", NULL},
    {"<!--> <p ", "a ", 50000, "> -->x", NULL,
	"a tag of the page has more than 256 attributes"},
    {"<script>i<n ", "a ", 50000, "</script>", "html5", NULL},
    {"<script><!--<script></script><p ", "a ", 50000, "></script>", "html5",
	NULL},
    {"<script><!--</script><p ", "a ", 50000, ">", NULL,
	"a tag of the page has more than 256 attributes"},
    {"<style>p<p ", "a ", 50000, "</style>", "html5", NULL},
    {"<textarea><p ", "a ", 50000, "></textarea>", "html5", NULL},
    {"<svg><style><p ", "a ", 50000, "></style></svg>", NULL,
	"a tag of the page has more than 256 attributes"},
    {"<svg><desc><b></b></desc><style><p ", "a% ", 50000, ">", NULL,
	"a tag of the page has too many attributes"},
    {"<select><style><p ", "a% ", 50000, ">", NULL,
	"a tag of the page has too many attributes"},
    {"", "<div>", 512, "", "html5", NULL},
    {"", "<div>", 513, "", "libxml2", NULL},
    {"", "<div>", 1000, "x", "libxml2", NULL},
    {"", "<div>", 2000, "x", NULL,
	"the page is nested deeper than 1024 levels"},
    {"", "<div>", 200000, "</span>", NULL,
	"the page has too many tags nested too deeply"},
    {"", "<b>", 20000, "", NULL,
	"the page has too many tags nested too deeply"},
    {"", "<b></i>", 20000, "", NULL, /* closes that close nothing */
	"the page has too many tags nested too deeply"},
    {"", "<div></div>", 100000, "", "html5", NULL},
    {"", "<p>", 100000, "", "html5", NULL},
    {"<ul>", "<li>x", 100000, "", "html5", NULL},
    {"<table>", "<tr><td>x", 50000, "", "html5", NULL},
    {"<table>", "<i>", 500, "", "html5", NULL},
    {"", "<svg><path/></svg>", 10000, "", "html5", NULL},
    {"<svg>", "<path/>", 10000, "</svg>", "html5", NULL},
    {"<svg>", "<tr>", 5000, "</svg>", "libxml2", NULL},
    {"<script>", "'<div>'", 10000, "</script>", "html5", NULL},
    {"", "<svg><title>x</title></svg><script>'<div>'</script>", 2000, "",
	"html5", NULL},
    {"", "<input><img><br><hr>", 10000, "", "html5", NULL},
    {"<svg><title>", "<div>", 20000, "</title></svg>", NULL,
	"the page has too many tags nested too deeply"},
    {"<select><style></select>", "<div>", 20000, "", NULL,
	"the page has too many tags nested too deeply"},
};

static void
test_guards(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(guard_rows); i++) {
		const struct guard_row *row = &guard_rows[i];
		struct buffer html = {0};
		struct error err = {{0}};
		buffer_add_string(&html, row->head);
		repeat(&html, row->piece, row->times);
		buffer_add_string(&html, row->tail);
		struct page *page =
		    page_parse(html.bytes, html.length, PARSER_HTML5, 0, &err);
		const char *parser = page == NULL ? "refused" : page->parser;
		const char *wanted =
		    row->parser == NULL ? "refused" : row->parser;
		if (strcmp(parser, wanted) != 0 ||
		    strcmp(err.reason, row->reason ? row->reason : "") != 0) {
			print_message("row %zu %s%s...: %s, wanted %s; '%s'\n",
			    i, row->head, row->piece, parser, wanted,
			    err.reason);
			failed++;
		}
		if (page != NULL)
			check_arrays(page);
		page_free(page);
		buffer_clear(&html);
	}
	assert_int_equal(failed, 0);
}

/* A parser that walks up 500 levels for each of 500,000 tags. */
static void
test_guard_of_work(void **state)
{
	(void)state;
	static const char *const pieces[] = {"</x>", "</p>", "<li>", "</h1>"};
	for (size_t i = 0; i < COUNT(pieces); i++)
		for (int p = PARSER_HTML5; p <= PARSER_LIBXML2; p++) {
			struct buffer html = {0};
			struct error err = {{0}};
			repeat(&html, "<span>", 500);
			repeat(&html, pieces[i], 200000);
			assert_null(page_parse(html.bytes, html.length,
			    (enum page_parser)p, 0, &err));
			assert_string_equal(err.reason,
			    "the page has too many tags nested too deeply");
			buffer_clear(&html);
		}
}

static void
test_guards_of_libxml2(void **state)
{
	(void)state;
	static const struct guard_row rows[] = {
	    {"<script/><p ", "a ", 300, ">", NULL,
		"a tag of the page has more than 256 attributes"},
	    {"<textarea><p ", "a ", 300, ">", NULL,
		"a tag of the page has more than 256 attributes"},
	    {"<script>i<n ", "a ", 300, "</script>", "libxml2", NULL},
	    {"<div>", "<div>", 1020, "", "libxml2", NULL},
	    {"<div>", "<div>", 1030, "", NULL,
		"the page is nested deeper than 1024 levels"},
	};
	int failed = 0;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buffer html = {0};
		struct error err = {{0}};
		buffer_add_string(&html, rows[i].head);
		repeat(&html, rows[i].piece, rows[i].times);
		buffer_add_string(&html, rows[i].tail);
		struct page *page = page_parse(
		    html.bytes, html.length, PARSER_LIBXML2, 0, &err);
		const char *reason = rows[i].reason ? rows[i].reason : "";
		if ((page != NULL) != (rows[i].parser != NULL) ||
		    strcmp(err.reason, reason) != 0) {
			print_message("row %zu: '%s'\n", i, err.reason);
			failed++;
		}
		page_free(page);
		buffer_clear(&html);
	}
	assert_int_equal(failed, 0);
}

static void
test_max_bytes(void **state)
{
	(void)state;
	static const struct {
		size_t max_bytes, length;
		bool ok;
	} rows[] = {
	    {10, 10, true},
	    {10, 11, false},
	    {0, 2 << 20, true},
	    {0, (2 << 20) + 1, false},
	    {SIZE_MAX, 8 << 20, true},
	    {SIZE_MAX, (8 << 20) + 1, false},
	};
	char *bytes = xmalloc((8 << 20) + 1);
	memset(bytes, 'x', (8 << 20) + 1);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct page *page = page_parse(bytes, rows[i].length,
		    PARSER_HTML5, rows[i].max_bytes, NULL);
		if ((page != NULL) != rows[i].ok)
			fail_msg("row %zu", i);
		page_free(page);
	}
	free(bytes);
}

/* A page that makes a parser copy all open formatting elements into each of
 * its paragraphs grows out of all proportion. */
static void
test_tree_too_large(void **state)
{
	(void)state;
	struct buffer html = {0};
	for (int i = 0; i < 500; i++)
		buffer_add_format(&html, "<p><font a=%d>", i);
	repeat(&html, "<p>a", 20000);
	struct error err;
	struct page *page =
	    page_parse(html.bytes, html.length, PARSER_HTML5, 0, &err);
	assert_null(page);
	assert_string_equal(err.reason, "the page's tree is too large");
	buffer_clear(&html);
}

static void
test_nul(void **state)
{
	(void)state;
	static const char html[] = "<p cl\0ass=\"a\0b\">x\0y</p>\0";
	struct page *page =
	    page_parse(html, sizeof(html) - 1, PARSER_HTML5, 0, NULL);
	struct buffer out = {0};
	outline(page, 0, &out);
	assert_string_equal(out.bytes, "html(head body(p[class=ab]('xy')))");
	buffer_clear(&out);
	page_free(page);
	page = page_parse("\0\0", 2, PARSER_LIBXML2, 0, NULL);
	assert_int_equal(page->count, 1);
	page_free(page);
}

/* A value that is left out leaves its neighbours alone. */
static void
test_cut_value(void **state)
{
	(void)state;
	struct buffer html = {0};
	for (int i = 0; i < 3; i++) {
		buffer_add_string(&html, "<img alt=a src='data:");
		repeat(&html, "x", 40000);
		buffer_add_string(&html, "' id=b>c");
	}
	struct page *page =
	    page_parse(html.bytes, html.length, PARSER_HTML5, 0, NULL);
	struct buffer out = {0};
	outline(page, 0, &out);
	assert_string_equal(out.bytes,
	    "html(head body(img[alt=a][src=][id=b] 'c' "
	    "img[alt=a][src=][id=b] 'c' img[alt=a][src=][id=b] 'c'))");
	buffer_clear(&out);
	buffer_clear(&html);
	page_free(page);
}

static void
test_title(void **state)
{
	(void)state;
	static const struct {
		const char *html, *title;
		enum page_parser parser;
	} rows[] = {
	    {"<title>a &amp; b</title>", "a & b", PARSER_HTML5},
	    {"<title></title>", "", PARSER_HTML5},
	    {"<p>x", "", PARSER_HTML5},
	    {"<svg><title>icon</title></svg><title>a</title>", "a",
		PARSER_HTML5},
	    {"<title>a</title><title>b</title>", "a", PARSER_HTML5},
	    {"<html><head><title>a &amp; b</title></head></html>", "a & b",
		PARSER_LIBXML2},
	    {"", "", PARSER_LIBXML2},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct page *page = parse(rows[i].html, rows[i].parser);
		if (strcmp(page->title, rows[i].title) != 0)
			fail_msg("row %zu: '%s'", i, page->title);
		page_free(page);
	}
}

static void
test_text(void **state)
{
	(void)state;
	static const struct tree_row rows[] = {
	    {"<p>a<p>b", "a\nb"},
	    {"<p>a</p>b", "a\nb"},
	    {"a<div>b</div>c", "a\nb\nc"},
	    {"<b>a</b><i>b</i>", "ab"},
	    {"<b>a</b> <i>b</i>", "a b"},
	    {"<div>a</div><b>b</b>", "a\nb"},
	    {"a<br>b", "a\nb"},
	    {"a\nb", "a b"},
	    {"<pre>a\nb</pre>c\nd", "a\nb\nc d"},
	    {"a<script>x</script>b<style>y</style>c", "abc"},
	    {"a<textarea>x</textarea><select><option>y</select>b", "ab"},
	    {"a<template>x</template>b", "ab"},
	    {"<head><noscript><link></noscript></head>a", "a"},
	    {"a<noscript>b</noscript>", "ab"},
	    {"<table><tr><td>a<td>b<tr><td>c</table>", "a\nb\nc"},
	    {"<ul> <li>a</li> <li>b</li> </ul>", "a\nb"},
	    {"<dl><dt>a<dd>b</dl>", "a\nb"},
	    {"", ""},
	    {"<div></div>", ""},
	    {"<div><div><p>a</div></div><div><div>b", "a\nb"},
	    {"<a>x<span>y</span></a>", "xy"},
	    {"<h2>a</h2><p>b<!-- c -->d</p>", "a\nbd"},
	};
	int failed = 0;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct page *page = parse(rows[i].html, PARSER_HTML5);
		char *text = page_text(page, 0, NULL, 0);
		if (strcmp(text, rows[i].tree) != 0) {
			print_message("%s: '%s'\n", rows[i].html, text);
			failed++;
		}
		free(text);
		page_free(page);
	}
	assert_int_equal(failed, 0);
}

static void
test_text_without(void **state)
{
	(void)state;
	struct page *page =
	    parse("<body>a<i>b<u>c</u></i>d<p>e</p>f<b>g</b>", PARSER_HTML5);
	uint32_t skip[] = {0, 0, 0};
	size_t count;
	skip[0] = page_with_tag(page, page_tag_index(page, "i"), &count)[0];
	skip[1] = page_with_tag(page, page_tag_index(page, "u"), &count)[0];
	skip[2] = page_with_tag(page, page_tag_index(page, "p"), &count)[0];
	char *text = page_text(page, 0, skip, COUNT(skip));
	assert_string_equal(text, "ad\nfg");
	free(text);
	text = page_text(page, skip[0], NULL, 0);
	assert_string_equal(text, "bc");
	free(text);
	text = page_text(page, skip[0] + 1, NULL, 0);
	assert_string_equal(text, "b");
	free(text);
	page_free(page);
}

static void
test_postings(void **state)
{
	(void)state;
	struct page *page = parse("<body class='x y x'><p class=x id=a>1"
				  "<p class='y\tz\n\xed\x95\x9c' id=a>2<P>3",
	    PARSER_HTML5);
	static const struct {
		char kind;
		const char *word;
		size_t count;
		uint32_t first;
	} rows[] = {
	    {'t', "p", 3, 3},
	    {'t', "html", 1, 0},
	    {'t', "div", 0, 0},
	    {'t', "", 0, 0},
	    {'c', "x", 2, 2},
	    {'c', "y", 2, 2},
	    {'c', "z", 1, 5},
	    {'c', "\xed\x95\x9c", 1, 5},
	    {'c', "", 0, 0},
	    {'c', "X", 0, 0},
	    {'c', "x y", 0, 0},
	    {'i', "a", 2, 3},
	    {'i', "b", 0, 0},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t count = 99;
		const uint32_t *list;
		if (rows[i].kind == 't')
			list = page_with_tag(
			    page, page_tag_index(page, rows[i].word), &count);
		else if (rows[i].kind == 'c')
			list = page_with_class(page, rows[i].word, &count);
		else
			list = page_with_id(page, rows[i].word, &count);
		if (count != rows[i].count || (list == NULL) != (count == 0) ||
		    (count > 0 && list[0] != rows[i].first))
			fail_msg("row %zu: %zu", i, count);
	}
	assert_true(page_has_class(page, 2, "y"));
	assert_false(page_has_class(page, 2, "z"));
	assert_false(page_has_class(page, 2, ""));
	assert_false(page_has_class(page, 0, "x"));
	assert_true(page_contains(page, 2, 2));
	assert_true(page_contains(page, 2, 5));
	assert_false(page_contains(page, 3, 5));
	assert_null(page_attribute(page, 3, "href"));
	assert_string_equal(page_attribute(page, 3, "id"), "a");
	page_free(page);
}

/* Many words, so that the tables grow. */
static void
test_many_words(void **state)
{
	(void)state;
	struct buffer html = {0};
	for (int i = 0; i < 20000; i++)
		buffer_add_format(
		    &html, "<x%d class='c%d d' id=i%d></x%d>", i, i, i, i);
	struct page *page =
	    page_parse(html.bytes, html.length, PARSER_HTML5, 0, NULL);
	assert_non_null(page);
	size_t count;
	for (int i = 0; i < 20000; i += 997) {
		char *word = xasprintf("c%d", i);
		uint32_t node = (uint32_t)i + 3;
		const uint32_t *list = page_with_class(page, word, &count);
		assert_int_equal(count, 1);
		assert_int_equal(list[0], node);
		word[0] = 'i';
		assert_int_equal(page_with_id(page, word, &count)[0], node);
		word[0] = 'x';
		assert_int_equal(page_tag_index(page, word), page->tag[node]);
		free(word);
	}
	(void)page_with_class(page, "d", &count);
	assert_int_equal(count, 20000);
	buffer_clear(&html);
	page_free(page);
}

static const char xpath_page[] =
    "<title>T</title><body><div class=a id=top><h2><a href=/1>One</a></h2>"
    "<p>first<!-- x -->second</p></div><div class=a><h2><a href=/2>Two</a>"
    "</h2></div><ul><li>1<li>2<li>3</ul>";

/* Elements as tags, texts in quotes; then the strings. */
static char *
xpath_answer(const struct xpath *xpath, struct page *page, uint32_t context,
    struct error *err)
{
	struct nodes found = {0};
	char **strings = NULL;
	size_t count = 0;
	struct buffer out = {0};
	if (!xpath_evaluate(
		xpath, page, context, &found, &strings, &count, err))
		return NULL;
	for (size_t i = 0; i < found.count; i++)
		if (page->text[found.list[i]] != NULL)
			buffer_add_format(
			    &out, "'%s' ", page->text[found.list[i]]);
		else
			buffer_add_format(
			    &out, "%s ", page_tag(page, found.list[i]));
	buffer_add_byte(&out, '|');
	for (size_t i = 0; i < count; i++) {
		buffer_add_format(&out, " %s", strings[i]);
		free(strings[i]);
	}
	free(strings);
	nodes_clear(&found);
	return buffer_take(&out);
}

static const struct xpath_row {
	const char *expression, *answer;
} xpath_rows[] = {
    {"//h2", "h2 h2 |"},
    {"//h2/a/@href", "a a | /1 /2"},
    {"//a/text()", "'One' 'Two' |"},
    {"//p/text()", "'first' 'second' |"},
    {"string(//h2)", "| One"},
    {"count(//li)", "| 3"},
    {"1 = 1", "| true"},
    {"concat('a', '-', //title)", "| a-T"},
    {"//div[@class='a'][2]//a", "a |"},
    {"//li[last()]", "li |"},
    {"//li[. = '2']/preceding-sibling::*", "li |"},
    {"//li[position() > 1] | //h2", "h2 h2 li li |"},
    {"//h2/ancestor::*", "html body div div |"},
    {"//nothing", "|"},
    {"//div[contains(@class, 'a') and (@id)]", "div |"},
    {"//div[normalize-space(h2) = 'Two']/@class", "div | a"},
    {"id('top')/h2", "h2 |"},
    {"//a[starts-with(@href, '/')]/..", "h2 h2 |"},
    {"//div/@*", "div div div | a top a"},
    {"//li[1]/following-sibling::li[1]/text()", "'2' |"},
    {"10 div (2)", "| 5"},
    {"/", "html |"},
    {".//a", "a a |"},
};

static void
test_xpath(void **state)
{
	(void)state;
	int failed = 0;
	for (int p = PARSER_HTML5; p <= PARSER_LIBXML2; p++) {
		struct page *page = parse(xpath_page, (enum page_parser)p);
		for (size_t i = 0; i < COUNT(xpath_rows); i++) {
			const struct xpath_row *row = &xpath_rows[i];
			struct error err = {{0}};
			struct xpath *xpath =
			    xpath_parse(row->expression, &err);
			char *answer = xpath == NULL
					   ? NULL
					   : xpath_answer(xpath, page, 0, &err);
			if (answer == NULL ||
			    strcmp(answer, row->answer) != 0) {
				print_message("%s: %s %s\n", row->expression,
				    answer ? answer : "failed:", err.reason);
				failed++;
			}
			free(answer);
			xpath_free(xpath);
		}
		page_free(page);
	}
	assert_int_equal(failed, 0);
}

static void
test_xpath_context(void **state)
{
	(void)state;
	struct page *page = parse(xpath_page, PARSER_HTML5);
	size_t count;
	const uint32_t *divs = page_with_class(page, "a", &count);
	assert_int_equal(count, 2);
	struct xpath *xpath = xpath_parse(".//a/@href", NULL);
	for (size_t i = 0; i < count; i++) {
		char *answer = xpath_answer(xpath, page, divs[i], NULL);
		assert_string_equal(answer, i == 0 ? "a | /1" : "a | /2");
		free(answer);
	}
	struct nodes found = {0};
	assert_true(xpath_evaluate(xpath, page, 0, &found, NULL, NULL, NULL));
	assert_int_equal(found.count, 2);
	nodes_clear(&found);
	xpath_free(xpath);
	page_free(page);
}

static const struct xpath_row xpath_errors[] = {
    {"", "column 1: Invalid expression"},
    {"//", "column 3: Invalid expression"},
    {"//a[", "column 5: Invalid expression"},
    {"//a[foo()]", "column 5: there is no function 'foo'"},
    {"//\xed\x95\x9c[foo ()]", "column 5: there is no function 'foo'"},
    {"document('x')", "column 1: there is no function 'document'"},
    {"//a[$x]", "column 5: there are no variables"},
    {"//a:b", "column 3: prefix 'a': names have no namespaces here"},
    {"re:test(., 'x')", "column 1: prefix 're': names have no namespaces here"},
    {"//a['x]", "column 5: the quote is not closed"},
    {"//a)", "column 4: Invalid expression"},
    {"count(1)", "Invalid type"},
    {"count()", "Invalid number of arguments"},
    {"concat('$x', 'foo()')", NULL},
    {"//child::a[self::node()]", NULL},
    {"//a[@div or @mod]", NULL},
    {"//*[text() and (1)]", NULL},
};

static void
test_xpath_errors(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(xpath_errors); i++) {
		const struct xpath_row *row = &xpath_errors[i];
		struct error err = {{0}};
		struct xpath *xpath = xpath_parse(row->expression, &err);
		if ((xpath != NULL) != (row->answer == NULL) ||
		    strcmp(err.reason, row->answer ? row->answer : "") != 0) {
			print_message(
			    "%s: '%s'\n", row->expression, err.reason);
			failed++;
		}
		xpath_free(xpath);
	}
	assert_int_equal(failed, 0);
}

/* The budget is the page's: an expression that spends it leaves none. */
static void
test_xpath_budget(void **state)
{
	(void)state;
	struct buffer html = {0};
	repeat(&html, "<p>x", 5000);
	struct page *page =
	    page_parse(html.bytes, html.length, PARSER_HTML5, 0, NULL);
	struct xpath *costly =
	    xpath_parse("//p[count(preceding::p) > count(//p)]", NULL);
	struct xpath *cheap = xpath_parse("count(//p)", NULL);
	struct error err = {{0}};
	char *answer = xpath_answer(cheap, page, 0, &err);
	assert_string_equal(answer, "| 5000");
	free(answer);
	assert_null(xpath_answer(costly, page, 0, &err));
	assert_string_equal(
	    err.reason, "the page's 5000000 operations are spent");
	assert_null(xpath_answer(cheap, page, 0, &err));
	xpath_free(costly);
	xpath_free(cheap);
	buffer_clear(&html);
	page_free(page);
}

static void
test_free_null(void **state)
{
	(void)state;
	page_free(NULL);
	xpath_free(NULL);
	struct nodes nodes = {0};
	nodes_clear(&nodes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_html5),
	    cmocka_unit_test(test_libxml2),
	    cmocka_unit_test(test_guards),
	    cmocka_unit_test(test_guard_of_work),
	    cmocka_unit_test(test_guards_of_libxml2),
	    cmocka_unit_test(test_max_bytes),
	    cmocka_unit_test(test_tree_too_large),
	    cmocka_unit_test(test_nul),
	    cmocka_unit_test(test_cut_value),
	    cmocka_unit_test(test_title),
	    cmocka_unit_test(test_text),
	    cmocka_unit_test(test_text_without),
	    cmocka_unit_test(test_postings),
	    cmocka_unit_test(test_many_words),
	    cmocka_unit_test(test_xpath),
	    cmocka_unit_test(test_xpath_context),
	    cmocka_unit_test(test_xpath_errors),
	    cmocka_unit_test(test_xpath_budget),
	    cmocka_unit_test(test_free_null),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
