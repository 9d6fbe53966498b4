#include "feed/shape.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static const struct {
	const char *url;
	unsigned mates;
	bool telling;
	const char *part;
} rows[] = {
    {"https://a.example/newsList/207", 3, true, "207"},
    {"https://a.example/newsList/222", 3, true, "222"},
    {"https://a.example/newsList/13", 3, true, "13"},
    {"https://a.example/politics", 2, false, "politics"},
    {"https://a.example/world/", 2, false, "world"},
    {"https://a.example/l.html?sc=S1N1&v=sm", 3, true, "S1N1"},
    {"https://a.example/l.html?sc=S1N2&v=sm", 3, true, "S1N2"},
    {"https://a.example/l.html?sc=S1N3&v=sm", 3, true, "S1N3"},
    /* another parameter is another shape */
    {"https://a.example/l.html?sub=S1N1&v=sm", 1, true, "sm"},
    /* the part that most differ in, not the last */
    {"https://a.example/x/economy/list", 3, true, "economy"},
    {"https://a.example/x/sports/list", 3, true, "sports"},
    {"https://a.example/x/arts/list", 3, true, "arts"},
    {"https://cars.b.example/", 2, false, "cars.b.example"},
    {"https://food.b.example/", 2, false, "food.b.example"},
    {"https://a.example/1/2/3/4/5/6/7/8/9/10/11/12/13/14", 1, true, "7"},
    {"no address", 0, false, ""},
};

static void
test_shapes(void **state)
{
	(void)state;
	char *urls[COUNT(rows)];
	struct shape shapes[COUNT(rows)];
	for (size_t i = 0; i < COUNT(rows); i++)
		urls[i] = xstrdup(rows[i].url);
	shapes_find(urls, COUNT(rows), shapes);
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (shapes[i].mates != rows[i].mates ||
		    shapes[i].is_telling != rows[i].telling ||
		    strcmp(shapes[i].part, rows[i].part) != 0)
			fail_msg("%s: %u mates, %stelling, '%s'", rows[i].url,
			    shapes[i].mates, shapes[i].is_telling ? "" : "not ",
			    shapes[i].part);
		free(urls[i]);
	}
	assert_int_equal(shapes[0].id, shapes[2].id);
	assert_int_not_equal(shapes[0].id, shapes[3].id);
	assert_true(shapes[12].is_host);
	assert_false(shapes[0].is_host);
	shapes_clear(shapes, COUNT(rows));
	shapes_find(NULL, 0, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_shapes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
