#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "feed/identity.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/*
 * A contract.  THESE ROWS NEVER CHANGE: an id that changes shows every article
 * again to everyone who subscribed.  Rows may be added.
 */
static const struct {
	const char *authority, *key, *link, *id;
} frozen[] = {
    /* what article-link captured */
    {"metroseoul.co.kr", "20240305500123",
	"https://www.metroseoul.co.kr/article/20240305500123",
	"tag:metroseoul.co.kr,2026:20240305500123"},
    {"example.com", "1", "https://example.com/view?idxno=1",
	"tag:example.com,2026:1"},
    /* the key alone counts, not the link it stood in */
    {"example.com", "1", "http://m.example.com/v/1", "tag:example.com,2026:1"},
    {"example.com", "1", NULL, "tag:example.com,2026:1"},
    /* case counts in the key, not in the authority (RFC 4151 2.1) */
    {"Example.COM", "AbC-9_x", "https://example.com/AbC",
	"tag:example.com,2026:AbC-9_x"},
    /* what RFC 4151's specific allows stays */
    {"example.com", "a-._~!$&'()*+,;=:@/?z", "https://example.com/",
	"tag:example.com,2026:a-._~!$&'()*+,;=:@/?z"},
    /* what it does not is escaped */
    {"example.com", "a b\"<>#[]^`{|}\\", "https://example.com/",
	"tag:example.com,2026:a%20b%22%3C%3E%23%5B%5D%5E%60%7B%7C%7D%5C"},
    {"example.com", "\xea\xb8\xb0\xec\x82\xac", "https://example.com/",
	"tag:example.com,2026:%EA%B8%B0%EC%82%AC"},
    {"example.com", "\x01\x7f\xff", "https://example.com/",
	"tag:example.com,2026:%01%7F%FF"},
    /* an escape stays one, in upper case (RFC 3986 2.4, 6.2.2.1) */
    {"example.com", "%ea%b8%B0", "https://example.com/",
	"tag:example.com,2026:%EA%B8%B0"},
    {"example.com", "100%", "https://example.com/",
	"tag:example.com,2026:100%25"},
    {"example.com", "%4", "https://example.com/", "tag:example.com,2026:%254"},
    {"example.com", "%zz%%41", "https://example.com/",
	"tag:example.com,2026:%25zz%25%41"},
    /* feeds have their own corner */
    {"example.com", "feed/a/b", "https://example.com/",
	"tag:example.com,2026:feed%2Fa/b"},
    {"example.com", "feed", "https://example.com/",
	"tag:example.com,2026:feed"},
    {"example.com", "news/feed/1", "https://example.com/",
	"tag:example.com,2026:news/feed/1"},
    /* authorities */
    {"xn--ob0b.kr", "7", "https://xn--ob0b.kr/7", "tag:xn--ob0b.kr,2026:7"},
    {"News_Desk@Example.com", "7", "https://example.com/7",
	"tag:news_desk@example.com,2026:7"},
    {"a,b:8080/c", "7", "https://example.com/7", "tag:a%2Cb%3A8080%2Fc,2026:7"},
    {"[::1]", "7", "http://[::1]/7", "tag:%5B%3A%3A1%5D,2026:7"},
    {"\xed\x95\x9c.kr", "7", "http://example.com/7", "tag:%ED%95%9C.kr,2026:7"},
    /* no key: the canonical link as it stands */
    {"example.com", NULL, "https://www.example.com/news/1?b=2&a=1",
	"https://www.example.com/news/1?b=2&a=1"},
    {"example.com", "", "http://example.com/%EA%B8%B0",
	"http://example.com/%EA%B8%B0"},
    {"other.org", NULL, "http://example.com:8080/", "http://example.com:8080/"},
    /* neither */
    {"example.com", NULL, NULL, NULL},
};

static const struct {
	const char *authority, *path, *id;
} frozen_feeds[] = {
    {"metroseoul.co.kr", "metroseoul/policy",
	"tag:metroseoul.co.kr,2026:feed/metroseoul/policy"},
    {"EXAMPLE.com", "a.b_c-d/0", "tag:example.com,2026:feed/a.b_c-d/0"},
    {"example.com", "a b/#", "tag:example.com,2026:feed/a%20b/%23"},
};

static bool
is_expected(size_t row, const char *got, const char *want)
{
	if ((got == NULL && want == NULL) ||
	    (got != NULL && want != NULL && strcmp(got, want) == 0))
		return true;
	print_error("row %zu: got %s\n        want %s\n", row,
	    got == NULL ? "NULL" : got, want == NULL ? "NULL" : want);
	return false;
}

static void
test_articles(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(frozen); i++) {
		struct article article = {
		    .key = (char *)frozen[i].key,
		    .link = (char *)frozen[i].link,
		    /* what must not count */
		    .title = "t",
		    .first_seen_s = (int64_t)i,
		    .position = 3,
		};
		char *id = identity_of_article(&article, frozen[i].authority);
		failed += !is_expected(i, id, frozen[i].id);
		free(id);
	}
	assert_int_equal(failed, 0);
}

static void
test_feeds(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(frozen_feeds); i++) {
		char *id = identity_of_feed(
		    frozen_feeds[i].authority, frozen_feeds[i].path);
		failed += !is_expected(i, id, frozen_feeds[i].id);
		free(id);
	}
	assert_int_equal(failed, 0);
}

/* Every byte but NUL gives an id of RFC 4151's alphabet. */
static void
test_alphabet(void **state)
{
	(void)state;
	static const char allowed[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789-._~!$&'()*+,;=:@/?%";
	for (int byte = 1; byte < 256; byte++) {
		char bytes[3] = {'k', (char)byte, '\0'};
		struct article article = {.key = bytes};
		char *id = identity_of_article(&article, bytes);
		assert_int_equal(strspn(id, allowed), strlen(id));
		assert_int_equal(strncmp(id, "tag:k", 5), 0);
		free(id);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_articles),
	    cmocka_unit_test(test_feeds),
	    cmocka_unit_test(test_alphabet),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
