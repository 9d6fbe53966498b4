#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"
#include "feed/picture.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define CDN "https://cdn.example.com"

static const struct {
	bool is_same;
	const char *a, *b;
} pairs[] = {
    {true, CDN "/i/20240305500123.jpg", CDN "/i/20240305500123.jpg"},
    /* size as a folder */
    {true, CDN "/bank/2019/03/05/0640/20190305000123.jpg",
	CDN "/bank/2019/03/05/0480/20190305000123.jpg"},
    {true, CDN "/image/2024/03/05/.cache/512/20240305500123.jpg",
	CDN "/image/2024/03/05/20240305500123.jpg"},
    {true, CDN "/w_300/photo-20240305.jpg", CDN "/w_900/photo-20240305.jpg"},
    {true, CDN "/resize/300x200/https://a.example.com/photo77.jpg",
	"https://a.example.com/photo77.jpg"},
    /* size in the name */
    {true, CDN "/photo77-300x200.jpg", CDN "/photo77.jpg"},
    {true, CDN "/photo77-300x200.jpg", CDN "/photo77-1024x683.jpg"},
    {true, CDN "/photo77_300X200.jpg", CDN "/photo77@2x.jpg"},
    {true, CDN "/photo77-scaled.jpg", CDN "/photo77_thumb.jpg"},
    {true, CDN "/photo77-scaled-300x200@2x.jpg", CDN "/photo77.jpg"},
    /* size in the query, a cache's age */
    {true, CDN "/photo77.jpg?w=300", CDN "/photo77.jpg?w=900&h=600"},
    {true, CDN "/photo77.jpg?v=1709599065", CDN "/photo77.jpg"},
    {true, CDN "/resizer?src=/a/b.jpg&w=300", CDN "/resizer?src=/a/b.jpg&w=9"},
    {true, CDN "/_next/image?url=%2Fa%2Fb.jpg&w=640&q=75",
	CDN "/_next/image?url=%2Fa%2Fb.jpg&w=1080&q=75"},
    {true, CDN "/a/photo77.jpg#x", CDN "/a/photo77.jpg"},
    /* format and host */
    {true, CDN "/photo77.jpg", CDN "/photo77.JPEG.webp"},
    {true, CDN "/photo77.jpg", "http://img2.example.org/photo77.jpg"},
    /* a common name, the folder tells */
    {true, CDN "/a/8812/0640/1.jpg", CDN "/a/8812/0480/1.jpg"},
    {true, CDN "/story-5/thumbs/main.jpg", CDN "/story-5/main.jpg"},
    /* others */
    {false, CDN "/i/20240305500123.jpg", CDN "/i/20240305500124.jpg"},
    {false, CDN "/photo77-01.jpg", CDN "/photo77-02.jpg"},
    {false, CDN "/photo77_123.jpg", CDN "/photo77_124.jpg"},
    {false, CDN "/story-5/1.jpg", CDN "/story-6/1.jpg"},
    {false, CDN "/story-5/main.jpg", CDN "/story-6/main.jpg"},
    {false, CDN "/story-5/640/thumbnail.jpg", CDN "/story-6/640/thumbnail.jpg"},
    {false, CDN "/resizer?src=/a/b.jpg&w=300", CDN "/resizer?src=/a/c.jpg"},
    {false, CDN "/get?id=1", CDN "/get?id=2"},
    {false, CDN "/1.jpg?id=1", CDN "/1.jpg?id=2"},
    {false, CDN "/photo77-30000x20000.jpg", CDN "/photo77.jpg"},
    {false, CDN "/photo77-x200.jpg", CDN "/photo77.jpg"},
    {false, CDN "/photo77.html", CDN "/photo77.jpg"},
    /* odd ones */
    {true, "", ""},
    {true, "https://", "http://"},
    {true, CDN, CDN "/"},
    {true, CDN "/.jpg", CDN "/.png"},
    {true, CDN "/300x200.jpg", CDN "/300x200.png"},
    {true, "photo77.jpg", CDN "/photo77.jpg"},
    {true, CDN "/photo77.jpg?", CDN "/photo77.jpg?&&#&a=b"},
    {true, CDN "/1.jpg?#id=1", CDN "/1.jpg?w=2&#id=2"},
};

static void
test_pairs(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(pairs); i++) {
		char *a = picture_name(pairs[i].a),
		     *b = picture_name(pairs[i].b);
		if ((strcmp(a, b) == 0) != pairs[i].is_same) {
			print_error("%s -> %s\n%s -> %s\n", pairs[i].a, a,
			    pairs[i].b, b);
			failed++;
		}
		free(b);
		free(a);
	}
	assert_int_equal(failed, 0);
}

/* A name of nothing but sizes and extensions takes no quadratic time. */
static void
test_long(void **state)
{
	(void)state;
	static const char *const parts[] = {
	    "-1x1", ".jpg", "/1", "&w=1", "?", "/", "-", "1", "_"};
	for (size_t i = 0; i < COUNT(parts); i++) {
		size_t length = strlen(parts[i]), count = 1000000;
		char *url = xmalloc(count * length + 1);
		for (size_t j = 0; j < count; j++)
			memcpy(url + j * length, parts[i], length);
		url[count * length] = '\0';
		free(picture_name(url));
		free(url);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_pairs),
	    cmocka_unit_test(test_long),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
