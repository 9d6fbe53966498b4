#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"
#include "feed/url.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static const char *
shown(const char *text)
{
	return text != NULL ? text : "(null)";
}

#define BASE "https://www.example.kr/a/b/list.html?page=2&x=%ea"
#define SAME "https://www.example.kr/a/b/list.html?page=2&x=%EA"

static const struct {
	const char *base, *href, *url; /* url NULL: refused */
} resolved[] = {
    /* RFC 3986 5.4.1 and 5.4.2, as far as it is http */
    {"http://a/b/c/d;p?q", "g", "http://a/b/c/g"},
    {"http://a/b/c/d;p?q", "./g", "http://a/b/c/g"},
    {"http://a/b/c/d;p?q", "g/", "http://a/b/c/g/"},
    {"http://a/b/c/d;p?q", "/g", "http://a/g"},
    {"http://a/b/c/d;p?q", "//g", "http://g/"},
    {"http://a/b/c/d;p?q", "?y", "http://a/b/c/d;p?y"},
    {"http://a/b/c/d;p?q", "g?y", "http://a/b/c/g?y"},
    {"http://a/b/c/d;p?q", "#s", "http://a/b/c/d;p?q"},
    {"http://a/b/c/d;p?q", "g#s", "http://a/b/c/g"},
    {"http://a/b/c/d;p?q", "g?y#s", "http://a/b/c/g?y"},
    {"http://a/b/c/d;p?q", ";x", "http://a/b/c/;x"},
    {"http://a/b/c/d;p?q", "g;x", "http://a/b/c/g;x"},
    {"http://a/b/c/d;p?q", "", "http://a/b/c/d;p?q"},
    {"http://a/b/c/d;p?q", ".", "http://a/b/c/"},
    {"http://a/b/c/d;p?q", "./", "http://a/b/c/"},
    {"http://a/b/c/d;p?q", "..", "http://a/b/"},
    {"http://a/b/c/d;p?q", "../g", "http://a/b/g"},
    {"http://a/b/c/d;p?q", "../..", "http://a/"},
    {"http://a/b/c/d;p?q", "../../g", "http://a/g"},
    {"http://a/b/c/d;p?q", "../../../g", "http://a/g"},
    {"http://a/b/c/d;p?q", "../../../../g", "http://a/g"},
    {"http://a/b/c/d;p?q", "/./g", "http://a/g"},
    {"http://a/b/c/d;p?q", "/../g", "http://a/g"},
    {"http://a/b/c/d;p?q", "g.", "http://a/b/c/g."},
    {"http://a/b/c/d;p?q", ".g", "http://a/b/c/.g"},
    {"http://a/b/c/d;p?q", "g..", "http://a/b/c/g.."},
    {"http://a/b/c/d;p?q", "..g", "http://a/b/c/..g"},
    {"http://a/b/c/d;p?q", "./../g", "http://a/b/g"},
    {"http://a/b/c/d;p?q", "./g/.", "http://a/b/c/g/"},
    {"http://a/b/c/d;p?q", "g/./h", "http://a/b/c/g/h"},
    {"http://a/b/c/d;p?q", "g/../h", "http://a/b/c/h"},
    {"http://a/b/c/d;p?q", "g;x=1/../y", "http://a/b/c/y"},
    {"http://a/b/c/d;p?q", "g?y/../x", "http://a/b/c/g?y/../x"},
    {"http://a/b/c/d;p?q", "http:g", "http://a/b/c/g"},
    {"http://a/b/c/d;p?q", "http:/g", "http://a/g"},
    {"http://a/b/c/d;p?q", "https:g", "https://g/"},
    {"http://a", "g", "http://a/g"},
    {"http://a?x", "", "http://a/?x"},
    {"http://a/b", "%2e%2E/%2e/c", "http://a/c"},
    {"http://a/b", ".//c", "http://a//c"},
    /* the base itself */
    {BASE, "", SAME},
    {BASE, "  \t\n", SAME},
    {BASE, "#", SAME},
    {BASE, " #comments", SAME},
    {BASE "#top", "#comments", SAME},
    {BASE, "?", "https://www.example.kr/a/b/list.html"},
    /* as pages write it */
    {BASE, "/article/20230612500420",
	"https://www.example.kr/article/20230612500420"},
    {BASE, "//cdn.example.kr/i/1.jpg", "https://cdn.example.kr/i/1.jpg"},
    {BASE, "\\\\cdn.example.kr\\i\\1.jpg", "https://cdn.example.kr/i/1.jpg"},
    {BASE, "\\view?a=b\\c", "https://www.example.kr/view?a=b%5Cc"},
    {BASE, "https:\\\\x.kr/1", "https://x.kr/1"},
    {BASE, "https:///x.kr/1", "https://x.kr/1"},
    {BASE, "2024:1", "https://www.example.kr/a/b/2024:1"},
    {BASE, "  /a b.html\n", "https://www.example.kr/a%20b.html"},
    {BASE, "/ar\r\nti\tcle", "https://www.example.kr/article"},
    {BASE, "/기사?q=경제 정책",
	"https://www.example.kr/%EA%B8%B0%EC%82%AC"
	"?q=%EA%B2%BD%EC%A0%9C%20%EC%A0%95%EC%B1%85"},
    {BASE, "/%ea%B8%b0?q=%c7%d1", "https://www.example.kr/%EA%B8%B0?q=%C7%D1"},
    {BASE, "/\xc7\xd1", "https://www.example.kr/%C7%D1"},
    {BASE, "/100%", "https://www.example.kr/100%25"},
    {BASE, "/100%zz%4", "https://www.example.kr/100%25zz%254"},
    {BASE, "/a%2fb", "https://www.example.kr/a%2Fb"},
    {BASE, "/\"<>^`{|}", "https://www.example.kr/%22%3C%3E%5E%60%7B%7C%7D"},
    {BASE, "/a'b[]", "https://www.example.kr/a'b[]"},
    {BASE, "/v?b=2&a=1&utm_source=x",
	"https://www.example.kr/v?b=2&a=1&utm_source=x"},
    {NULL, "HTTP://EXAMPLE.kr:80", "http://example.kr/"},
    {NULL, "https://example.kr:443/a", "https://example.kr/a"},
    {NULL, "http://example.kr:443/a", "http://example.kr:443/a"},
    {NULL, "http://example.kr:8080?x", "http://example.kr:8080/?x"},
    {NULL, "http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x"},
    {NULL, "http://[::1]:8080/x", "http://[::1]:8080/x"},
    {NULL, "http://my_host.kr/", "http://my_host.kr/"},
    {NULL, "https://한국.kr/a", "https://xn--3e0b707e.kr/a"},
    {NULL, "https://%ED%95%9C%EA%B5%AD.kr/", "https://xn--3e0b707e.kr/"},
    {NULL, "https://BÜCHER.example/", "https://xn--bcher-kva.example/"},
    {"javascript:1", "https://example.kr/", "https://example.kr/"},
    /* refused */
    {NULL, "/article/1", NULL},
    {NULL, "", NULL},
    {NULL, "//example.kr/", NULL},
    {"/relative", "a", NULL},
    {"ftp://a/", "b", NULL},
    {BASE, "javascript:view('1')", NULL},
    {BASE, "JavaScript:void(0)", NULL},
    {BASE, "java\nscript:void(0)", NULL},
    {BASE, "data:text/html,x", NULL},
    {BASE, "mailto:a@example.kr", NULL},
    {BASE, "tel:02-1234", NULL},
    {BASE, "about:blank", NULL},
    {BASE, "file:///etc/passwd", NULL},
    {BASE, "https://user@example.kr/", NULL},
    {BASE, "https://user:word@example.kr/", NULL},
    {BASE, "//example.com@example.kr/", NULL},
    {BASE, "https://example.kr%40evil.example/", NULL},
    {BASE, "https://example.kr%2fevil/", NULL},
    {BASE, "https://", NULL},
    {BASE, "https://?x", NULL},
    {BASE, "https://a b/", NULL},
    {BASE, "https://a<b/", NULL},
    {BASE, "https://.", NULL},
    {BASE, "https://a:port/", NULL},
    {BASE, "https://a:99999/", NULL},
    {BASE, "https://[::1/", NULL},
    {BASE, "https://[x]/", NULL},
    {BASE, "/a\x01/b", NULL},
    {BASE, "/a\x7f/b", NULL},
};

static void
test_resolve(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(resolved); i++) {
		struct error err = {.reason = ""};
		char *url =
		    url_resolve(resolved[i].base, resolved[i].href, &err);
		char *again = url != NULL ? url_resolve(NULL, url, NULL) : NULL;
		if (!same(url, resolved[i].url) || !same(url, again) ||
		    (url == NULL) != (*err.reason != '\0')) {
			print_error("row %zu: '%s': '%s' again '%s' (%s)\n", i,
			    resolved[i].href, shown(url), shown(again),
			    err.reason);
			failed++;
		}
		free(url);
		free(again);
	}
	assert_int_equal(failed, 0);
}

/* A host that is known to be normal is not shown to libcurl; the same host
 * with an escape in it is.  Both give the same, whatever the parts. */
static void
test_normal_hosts(void **state)
{
	(void)state;
	static const char *const pieces[] = {"a", "example", "kr", "www", "1",
	    "127", "255", "256", "01", "0", "0x7f", "9a", "xn--3e0b707e", "-",
	    "_", ".", ".", ".", "..", "b-c", "my_host", "1.2.3.", "10.0."};
	static const char *const ports[] = {"", "", "", ":80", ":443", ":8080",
	    ":0", ":1", ":65535", ":65536", ":080", ":", ":x", ":99999999"};
	uint64_t random = 20240305;
	unsigned usable = 0, failed = 0;
	for (unsigned turn = 0; turn < 40000; turn++) {
		char host[128] = "";
		random = random * 6364136223846793005u + 1442695040888963407u;
		uint64_t left = random >> 8;
		for (uint64_t count = 1 + left % 8; count > 0; count--) {
			left = left / 8 + random * count;
			strcat(host, pieces[left % COUNT(pieces)]);
		}
		strcat(host, ports[left / 1024 % COUNT(ports)]);
		if (strspn(host, "-_.") > 0)
			continue; /* no letter to escape at its start */
		const char *scheme = turn % 2 == 0 ? "http" : "https";
		char *plain = xasprintf("%s://%s/x", scheme, host);
		char *escaped =
		    xasprintf("%s://%%%02x%s/x", scheme, host[0], host + 1);
		char *url = url_resolve(NULL, plain, NULL);
		char *asked = url_resolve(NULL, escaped, NULL);
		usable += url != NULL;
		if (!same(url, asked) && failed++ < 10)
			print_error("'%s': '%s' asked '%s'\n", plain,
			    shown(url), shown(asked));
		free(url);
		free(asked);
		free(plain);
		free(escaped);
	}
	assert_int_equal(failed, 0);
	assert_true(usable > 5000);
}

static const struct {
	const char *href, *url, *key;
} canonical[] = {
    {"https://www.example.kr/a/1?utm_source=x&id=3&utm_medium=y#c",
	"https://www.example.kr/a/1?id=3", "example.kr/a/1?id=3"},
    {"http://m.example.kr/a/1/?fbclid=z", "http://m.example.kr/a/1/",
	"example.kr/a/1"},
    {"https://amp.example.kr/index.html", "https://amp.example.kr/index.html",
	"example.kr"},
    {"https://www.m.example.kr/", "https://www.m.example.kr/", "example.kr"},
    {"https://www.kr/", "https://www.kr/", "www.kr"},
    {"https://mm.example.kr/", "https://mm.example.kr/", "mm.example.kr"},
    {"https://a.kr/v?b=2&&a=1&", "https://a.kr/v?b=2&a=1", "a.kr/v?a=1&b=2"},
    {"https://a.kr/v?ref=main&from=x&no=3",
	"https://a.kr/v?ref=main&from=x&no=3", "a.kr/v?no=3"},
    {"https://a.kr/v?UTM_Source=x&GCLID=1", "https://a.kr/v", "a.kr/v"},
    {"https://a.kr/v?utm=1&utmost=2", "https://a.kr/v?utm=1&utmost=2",
	"a.kr/v?utm=1&utmost=2"},
    {"https://a.kr:8443/v?gclid", "https://a.kr:8443/v", "a.kr:8443/v"},
    {"https://a.kr/v?a=1&a=0&a", "https://a.kr/v?a=1&a=0&a",
	"a.kr/v?a&a=0&a=1"},
    {"https://a.kr/v?&", "https://a.kr/v", "a.kr/v"},
    {"https://a.kr/v?spm=1&igshid=2&_ga=3&mc_cid=4&mc_eid=5&dclid=6&id=7"
     "&msclkid=8&yclid=9",
	"https://a.kr/v?id=7", "a.kr/v?id=7"},
};

static void
test_canonical(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(canonical); i++) {
		char *url = url_canonical(NULL, canonical[i].href, NULL);
		assert_non_null(url);
		char *again = url_canonical(BASE, url, NULL);
		char *key = url_key(url);
		if (!same(url, canonical[i].url) || !same(url, again) ||
		    !same(key, canonical[i].key)) {
			print_error("row %zu: '%s' key '%s'\n", i, url, key);
			failed++;
		}
		free(url);
		free(again);
		free(key);
	}
	assert_int_equal(failed, 0);
}

static const struct {
	const char *url, *host, *authority, *path;
} parts[] = {
    {"https://www.example.kr/a?b", "www.example.kr", "example.kr", "/a?b"},
    {"https://www.example.kr:8080/", "www.example.kr:8080", "example.kr", "/"},
    {"https://m.example.kr", "m.example.kr", "m.example.kr", "/"},
    {"https://m.example.kr?x#y", "m.example.kr", "m.example.kr", "/?x"},
    {"http://[::1]:8080/x#y", "[::1]:8080", "[::1]", "/x"},
    {"http://[::1]/x", "[::1]", "[::1]", "/x"},
    {"ftp://a/", NULL, NULL, NULL},
    {"", NULL, NULL, NULL},
    {"/a", NULL, NULL, NULL},
};

static void
test_parts(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(parts); i++) {
		char *host = url_host(parts[i].url);
		char *authority = url_authority_for_id(parts[i].url);
		char *path = url_path(parts[i].url);
		if (!same(host, parts[i].host) ||
		    !same(authority, parts[i].authority) ||
		    !same(path, parts[i].path)) {
			print_error("row %zu: '%s' '%s' '%s'\n", i, shown(host),
			    shown(authority), shown(path));
			failed++;
		}
		free(host);
		free(authority);
		free(path);
	}
	assert_int_equal(failed, 0);
}

static const struct {
	const char *a, *b;
	bool same;
} sites[] = {
    {"https://www.metro.example/", "http://m.metro.example:81/x", true},
    {"https://amp.metro.example/", "https://METRO.example/x", true},
    {"https://metroseoul.example/", "https://seoul.example/", false},
    {"https://seoul.example/", "https://metro.seoul.example/", false},
    {"https://a.kr.evil.example/", "https://a.kr/", false},
    {"javascript:1", "javascript:1", false},
};

static void
test_same_site(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(sites); i++)
		if (url_same_site(sites[i].a, sites[i].b) != sites[i].same ||
		    url_same_site(sites[i].b, sites[i].a) != sites[i].same) {
			print_error("row %zu\n", i);
			failed++;
		}
	assert_int_equal(failed, 0);
}

static void
test_same_owner(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		bool same;
	} owners[] = {
	    {"https://www.paper.example/", "https://sport.paper.example/x",
		true},
	    {"https://paper.example/", "http://a.b.paper.example/", true},
	    {"https://paper.example/", "https://papers.example/", false},
	    {"https://www.paper.co.kr/", "https://m.paper.co.kr/", true},
	    {"https://paper.co.kr/", "https://other.co.kr/", false},
	    {"https://metroseoul.co.kr/", "https://seoul.co.kr/", false},
	    {"http://127.0.0.1:8080/", "http://127.0.0.1:8080/x", true},
	    {"https://localhost/", "https://localhost/x", true},
	    {"javascript:1", "javascript:1", false},
	};
	for (size_t i = 0; i < COUNT(owners); i++)
		if (url_same_owner(owners[i].a, owners[i].b) !=
			owners[i].same ||
		    url_same_owner(owners[i].b, owners[i].a) != owners[i].same)
			fail_msg("%s and %s", owners[i].a, owners[i].b);
}

/* Just at the limit, over it after escapes, far over it. */
static void
test_length(void **state)
{
	(void)state;
	static const struct {
		size_t length;
		char fill;
		bool good;
	} rows[] = {
	    {2048, 'a', true},
	    {2049, 'a', false},
	    {690, '^', true},
	    {800, '^', false},
	    {100000, 'a', false},
	    {8000, '/', false},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *href = xcalloc(rows[i].length + 1, 1);
		memset(href, rows[i].fill, rows[i].length);
		memcpy(href, "http://a.example/", 17);
		char *url = url_resolve(BASE, href, NULL);
		char *other = url_resolve(href, "x", NULL);
		char *from = url_resolve(href, "/x", NULL);
		if ((url != NULL) != rows[i].good)
			fail_msg("row %zu", i);
		free(from);
		free(other);
		free(url);
		free(href);
	}
	/* dots that fall away do not count */
	char *href = xcalloc(4001, 1);
	for (size_t i = 0; i < 4000; i += 2)
		memcpy(href + i, "./", 2);
	char *url = url_resolve("http://a/", href, NULL);
	assert_string_equal(url, "http://a/");
	free(url);
	free(href);
}

int
main(void)
{
	/* IDN: libcurl wants to know that names are UTF-8 */
	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		print_message("no C.UTF-8 locale\n");
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_resolve),
	    cmocka_unit_test(test_normal_hosts),
	    cmocka_unit_test(test_canonical),
	    cmocka_unit_test(test_parts),
	    cmocka_unit_test(test_same_site),
	    cmocka_unit_test(test_same_owner),
	    cmocka_unit_test(test_length),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
