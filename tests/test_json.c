#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "feed/buffer.h"
#include "feed/json_repair.h"
#include "feed/json_tree.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

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

static char *
repair_all(const char *text, struct json_limits *limits)
{
	const char *at = text;
	return json_repair(&at, text + strlen(text), limits);
}

/* ---- what is mended ---- */

static const struct {
	const char *text, *json; /* NULL: hopeless */
} mended[] = {
    {"{\"a\":\"b\"}", "{\"a\":\"b\"}"},
    {" \n[ true , false,null ] ", "[true,false,null]"},
    {"[1,-2.50,1e999,12345678901234567890]",
	"[\"1\",\"-2.50\",\"1e999\",\"12345678901234567890\"]"},
    {"{\"a\":[1,2,],}", "{\"a\":[\"1\",\"2\"]}"},
    {"[,1,,2]", "[\"1\",\"2\"]"},
    {"<!-- [1] -->", "[\"1\"]"},
    {"//<![CDATA[\n[1]\n//]]>", "[\"1\"]"},
    {"[/* [ */1//]\n]", "[\"1\"]"},
    {"window.a = {b: 'c\"d', 'e_1': $f};", NULL},
    {"window.a = {b: 'c\"d', 'e_1': undefined, g: NaN};",
	"{\"b\":\"c\\\"d\",\"e_1\":null,\"g\":null}"},
    {"[!0,!1]", "[\"0\",\"1\"]"},
    {"{true:1}", "{\"true\":\"1\"}"},
    {"[\"a\nb\tc\"]", "[\"a b c\"]"},
    {"[\"it\\'s \\x41\\q \\/ \\n\"]", "[\"it's \\u0041q \\/ \\n\"]"},
    {"[\"\\u0000\\u0041\\x00\"]", "[\"\\u0041\"]"},
    {"[\"\\ud83d\\ude00\\ud83d\\udc\"]", "[\"\\ud83d\\ude00\\ufffdudc\"]"},
    {"[\"\\udc00\\ud800\\ud800\\udc00\"]",
	"[\"\\ufffd\\ufffd\\ud800\\udc00\"]"},
    {"[\"c:\\users\"]", "[\"c:users\"]"},
    {"[&quot;a &amp; &lt;b&gt; &#39;c&#39; &eacute;&quot;]",
	"[\"a & <b> 'c' &eacute;\"]"},
    {"[\"&quot;\"]", "[\"&quot;\"]"},
    {"[1]]]", "[\"1\"]"},
    {"[1}", NULL},
    {"[1", NULL},
    {"[\"a]", NULL},
    {"[\"a\\", NULL},
    {"[/*", NULL},
    {"[f()]", NULL},
    {"", NULL},
    {"none", NULL},
};

static void
json_is_mended(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(mended); i++) {
		struct json_limits limits = JSON_LIMITS;
		char *json = repair_all(mended[i].text, &limits);
		if (mended[i].json == NULL)
			assert_null(json);
		else {
			assert_non_null(json);
			assert_string_equal(json, mended[i].json);
			struct json_tree *tree = json_tree_read(json);
			assert_non_null(tree);
			json_tree_free(tree);
		}
		free(json);
	}
}

/* One value after the other; what is broken ends it. */
static void
json_is_read_in_turn(void **state)
{
	(void)state;
	static const char text[] = "[1];{\"a\":2}, [3}[4]";
	const char *at = text, *end = text + strlen(text);
	struct json_limits limits = JSON_LIMITS;
	char *one = json_repair(&at, end, &limits);
	char *two = json_repair(&at, end, &limits);
	assert_string_equal(one, "[\"1\"]");
	assert_string_equal(two, "{\"a\":\"2\"}");
	assert_null(json_repair(&at, end, &limits));
	assert_ptr_equal(at, end);
	free(one);
	free(two);
}

/* ---- limits ---- */

static const struct {
	const char *name, *before, *each, *after;
	size_t count;
	bool good;
} sizes[] = {
    {"deep enough", "", "[", "", JSON_MAX_DEPTH, false},
    {"too deep", "[", "{\"a\":", "", 100000, false},
    {"many keys", "{", "\"k%zu\":1,", "}", JSON_MAX_KEYS, true},
    {"too many keys", "{", "\"k%zu\":1,", "}", JSON_MAX_KEYS + 1, false},
    {"a hundred thousand keys", "{", "\"k%zu\":1,", "}", 100000, false},
    {"many values", "[", "%zu,", "]", 90000, true},
    {"too many values", "[", "%zu,", "]", 110000, false},
    {"a long number", "[", "9", "]", 100000, true},
    {"a long string", "[\"", "x", "\"]", 1000000, true},
    {"too many bytes", "[\"", "xxxxxxxx", "\"]", 700000, false},
    {"a long comment", "[/*", "x", "*/]", 100000, true},
    {"commas", "[", ",", "]", 100000, true},
};

static void
json_has_bounds(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct json_limits limits = JSON_LIMITS;
		char *text = repeated(sizes[i].before, sizes[i].each,
		    sizes[i].count, sizes[i].after);
		char *json = repair_all(text, &limits);
		if ((json != NULL) != sizes[i].good)
			fail_msg("%s", sizes[i].name);
		struct json_tree *tree =
		    json != NULL ? json_tree_read(json) : NULL;
		if ((tree != NULL) != sizes[i].good)
			fail_msg("%s: the parser", sizes[i].name);
		json_tree_free(tree);
		free(json);
		free(text);
	}
}

/* What one script uses is gone for the next. */
static void
json_limits_are_the_pages(void **state)
{
	(void)state;
	struct json_limits limits = {.bytes = 20, .values = 5};
	char *json = repair_all("[1,2,3]", &limits);
	assert_string_equal(json, "[\"1\",\"2\",\"3\"]");
	free(json);
	assert_int_equal(limits.bytes, 13);
	assert_int_equal(limits.values, 2);
	assert_null(repair_all("[1,2,3]", &limits));
	limits = (struct json_limits){.bytes = 6, .values = 9};
	assert_null(repair_all("[1,2,3]", &limits));
}

static void
objects_keep_their_order(void **state)
{
	(void)state;
	struct json_tree *tree = json_tree_read(
	    "{\"z\":\"1\",\"a\":\"2\",\"m\":\"3\",\"b\":\"4\",\"y\":\"5\"}");
	void *place = NULL;
	const char *name;
	const struct json_tree *value;
	char order[8] = "";
	for (size_t i = 0; json_tree_next(tree, &place, &name, &value); i++)
		order[i] = name[0];
	assert_string_equal(order, "zamby");
	json_tree_free(tree);
}

/* ---- trees ---- */

static void
trees_are_made(void **state)
{
	(void)state;
	struct json_tree *tree = json_tree_object();
	json_tree_add(tree, "a", json_tree_text("1"), 2);
	assert_string_equal(json_tree_string(json_tree_get(tree, "a")), "1");
	json_tree_add(tree, "a", json_tree_text("2"), 2);
	json_tree_add(tree, "a", json_tree_text("3"), 2);
	json_tree_add(tree, "b", json_tree_text("\xff"), 2);
	const struct json_tree *list = json_tree_get(tree, "a");
	assert_int_equal(json_tree_count(list), 2);
	assert_string_equal(json_tree_string(json_tree_at(list, 1)), "2");
	assert_null(json_tree_get(tree, "b"));
	json_tree_free(tree);
}

static void
nothing_is_nothing(void **state)
{
	(void)state;
	void *place = NULL;
	const char *name;
	const struct json_tree *value;
	assert_false(json_tree_is_object(NULL));
	assert_false(json_tree_is_list(NULL));
	assert_null(json_tree_string(NULL));
	assert_int_equal(json_tree_count(NULL), 0);
	assert_null(json_tree_at(NULL, 0));
	assert_null(json_tree_get(NULL, "a"));
	assert_false(json_tree_next(NULL, &place, &name, &value));
	json_tree_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(json_is_mended),
	    cmocka_unit_test(json_is_read_in_turn),
	    cmocka_unit_test(json_has_bounds),
	    cmocka_unit_test(json_limits_are_the_pages),
	    cmocka_unit_test(objects_keep_their_order),
	    cmocka_unit_test(trees_are_made),
	    cmocka_unit_test(nothing_is_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
