#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "feed/next_url.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define P "https://paper.example"

static const struct {
	const char *template, *url;
	unsigned page;
	const char *wanted; /* or a part of the reason, after "!" */
} rows[] = {
    /* a number */
    {"?page={page}", P "/newsList/7", 2, P "/newsList/7?page=2"},
    {"?page={page}", P "/newsList/7", 1, P "/newsList/7?page=1"},
    {"?page={1+1}", P "/newsList/7", 12, P "/newsList/7?page=12"},
    {"/news/page/{page}/", P "/news/", 3, P "/news/page/3/"},
    {"?page={0+1}", P "/list", 2, P "/list?page=1"},
    /* an offset */
    {"?category=107&page={0+20}", P "/lists/?category=107&page=0", 3,
	P "/lists/?category=107&page=40"},
    {"?p={1+20}", P "/List/3", 2, P "/List/3?p=21"},
    {"?p={14601+20}", P "/List/3", 1000, P "/List/3?p=34581"},
    {"?p={999999999+999999999}", P "/", 1000, P "/?p=999999999000"},
    /* in the name of a file */
    {"index{page}.html", P "/GB/70846/index.html", 2,
	P "/GB/70846/index2.html"},
    {"index_{01+1}.html", P "/a/", 9, P "/a/index_09.html"},
    {"index_{01+1}.html", P "/a/", 10, P "/a/index_10.html"},
    {"index_{000+1}.html", P "/a/", 2, P "/a/index_001.html"},
    {"{page}-{0+8}", P "/a/", 2, P "/a/2-8"},
    /* whole, and on the same host */
    {P "/x?p={page}", P "/list", 2, P "/x?p=2"},
    {"//paper.example/x?p={page}", P "/list", 2, P "/x?p=2"},
    {"https://other.example/x?p={page}", P "/list", 2, "!another host"},
    {"//other.example/{page}", P "/list", 2, "!another host"},
    {P ":8443/{page}", P "/list", 2, "!another host"},
    {"ftp://paper.example/{page}", P "/list", 2, "!"},
    {"javascript:go({page})", P "/list", 2, "!"},
    /* parameters set in the section's own address */
    {"&page={page}", P "/list?kind=3", 2, P "/list?kind=3&page=2"},
    {"&Page={page}", P "/t_list.asp?Page=1&kind=", 2,
	P "/t_list.asp?kind=&Page=2"},
    {"&page={page}", P "/list", 2, P "/list?page=2"},
    {"&page={page}&n=9", P "/list?n=1&page=1&nn=4", 2,
	P "/list?nn=4&page=2&n=9"},
    {"&page={page}", P "/list?page", 2, P "/list?page=2"},
    {"&page={page}", P "/list?", 2, P "/list?page=2"},
    {"&page={page}", P "/list?pag=1&pages=2", 2,
	P "/list?pag=1&pages=2&page=2"},
    /* no templates */
    {"?page=2", P "/list", 2, "!has no {page}"},
    {"", P "/list", 2, "!has no {page}"},
    {"?page={offset}", P "/list", 2, "!only {page} may stand"},
    {"?page={page", P "/list", 2, "!only {page} may stand"},
    {"?page=page}", P "/list", 2, "!only {page} may stand"},
    {"?page={}", P "/list", 2, "!only {page} may stand"},
    {"?page={0+0}", P "/list", 2, "!only {page} may stand"},
    {"?page={0+}", P "/list", 2, "!only {page} may stand"},
    {"?page={+1}", P "/list", 2, "!only {page} may stand"},
    {"?page={1-1}", P "/list", 2, "!only {page} may stand"},
    {"?page={1+2x}", P "/list", 2, "!only {page} may stand"},
    {"?page={1234567890+1}", P "/list", 2, "!only {page} may stand"},
};

static void
templates_count(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct error err = {{0}};
		char *url = next_url_fill(
		    rows[i].template, rows[i].url, rows[i].page, &err);
		bool good =
		    rows[i].wanted[0] == '!'
			? url == NULL && err.reason[0] != '\0' &&
			      strstr(err.reason, rows[i].wanted + 1)
			: url != NULL && strcmp(url, rows[i].wanted) == 0;
		if (!good) {
			printf("%s on %s: %s%s, wanted %s\n", rows[i].template,
			    rows[i].url, url != NULL ? url : "!", err.reason,
			    rows[i].wanted);
			failed++;
		}
		free(url);
	}
	assert_int_equal(failed, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(templates_count),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
