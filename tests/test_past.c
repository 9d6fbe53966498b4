#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/config.h"
#include "daemon/past.h"
#include "daemon/store.h"
#include "feed/buffer.h"
#include "feed/memory.h"

#define NOW INT64_C(1700000000)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static char folder[64];

static int
make_folder(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/metrofeed-past.XXXXXX");
	return mkdtemp(folder) == NULL ? -1 : 0;
}

static int
remove_folder(void **state)
{
	(void)state;
	DIR *opened = opendir(folder);
	const struct dirent *entry;
	while (opened != NULL && (entry = readdir(opened)) != NULL) {
		char *name = xasprintf("%s/%s", folder, entry->d_name);
		(void)unlink(name);
		free(name);
	}
	if (opened != NULL)
		(void)closedir(opened);
	return rmdir(folder);
}

static struct store *
open_store(void)
{
	struct error err = {{0}};
	struct store *store = store_open(folder, STORE_WRITE, &err);
	if (store == NULL)
		fail_msg("%s", err.reason);
	return store;
}

static struct config *
parse(const char *sites)
{
	struct problems problems = {0};
	char *yaml =
	    xasprintf("output: /tmp/f\nstate: /tmp/s\nsites:\n%s", sites);
	struct config *config =
	    config_parse(yaml, strlen(yaml), "test.conf", NULL, &problems);
	if (config == NULL)
		fail_msg("%s\n%s", problems.list[0], yaml);
	free(yaml);
	return config;
}

/* ---- rows in words: "site/section=1,2b,3 ..." ---- */

/* Article 2b is article 2 under an id of its own. */
static struct article
article_of(const char *word, int64_t now_s)
{
	return (struct article){
	    .id = xasprintf("tag:paper.example,2026:%s", word),
	    .link = xasprintf("https://paper.example/article/%d", atoi(word)),
	    .title = xasprintf("Title %d, %lld", atoi(word), (long long)now_s),
	    .first_seen_s = now_s,
	    .changed_s = now_s,
	    .last_seen_s = now_s,
	};
}

static void
put_section(struct store *store, char *words, int64_t now_s)
{
	struct section_state state = {0};
	struct difference difference = {0};
	struct error err = {{0}};
	char *rest = NULL, *path = strtok_r(words, "=", &rest);
	assert_true(store_section(store, path, &state, &err));
	state.good_s = state.round_s = state.feed_updated_s = now_s;
	state.category = xstrdup(path);
	assert_true(store_save_section(store, &state, &err));
	for (char *one = strtok_r(NULL, ",", &rest); one != NULL;
	     one = strtok_r(NULL, ",", &rest))
		articles_add(&difference.fresh, article_of(one, now_s));
	assert_true(
	    store_record(store, state.number, &difference, now_s, &err));
	difference_clear(&difference);
	section_state_clear(&state);
}

/* In this order, a second after each other. */
static void
put(struct store *store, const char *rows)
{
	struct error err = {{0}};
	char *all = xstrdup(rows), *rest = NULL;
	int64_t now_s = NOW;
	for (char *one = strtok_r(all, " ", &rest); one != NULL;
	     one = strtok_r(NULL, " ", &rest))
		put_section(store, one, now_s++);
	assert_true(store_commit(store, true, &err));
	free(all);
}

static int
compare_words(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* " path=1,2"; of a whole site with its category behind each. */
static void
add_words(struct buffer *out, const char *path, struct articles *articles,
    bool is_site)
{
	char *words[64];
	for (size_t i = 0; i < articles->count; i++) {
		const struct article *one = &articles->list[i];
		words[i] = xasprintf("%s%s%s", strrchr(one->id, ':') + 1,
		    is_site ? "@" : "", is_site ? one->category : "");
	}
	qsort(words, articles->count, sizeof(*words), compare_words);
	buffer_add_format(out, "%s%s=", out->length > 0 ? " " : "", path);
	for (size_t i = 0; i < articles->count; i++) {
		buffer_add_format(out, "%s%s", i > 0 ? "," : "", words[i]);
		free(words[i]);
	}
	articles_clear(articles);
}

static char *
look(struct store *store, const char *const *sites)
{
	struct section_state *rows = NULL;
	struct error err = {{0}};
	struct buffer out = {0};
	struct articles articles = {0};
	size_t count = 0;
	assert_true(store_sections(store, &rows, &count, &err));
	for (size_t i = 0; i < count; i++) {
		assert_true(store_newest(
		    store, rows[i].number, 64, 64, 9999, &articles, &err));
		add_words(&out, rows[i].path, &articles, false);
		section_state_clear(&rows[i]);
	}
	free(rows);
	for (; *sites != NULL; sites++) {
		assert_true(store_newest_of_site(
		    store, *sites, 64, 64, 9999, &articles, &err));
		add_words(&out, *sites, &articles, true);
	}
	return buffer_take(&out);
}

/* ---- what becomes of them ---- */

#define NEW "  new:\n    url: https://new.example\n"
#define OLD "  old:\n    url: https://old.example\n"

static const struct {
	const char *name, *rows, *sites, *wanted;
} cases[] = {
    {"a section", "old/x=1,2 old/y=2,3",
	OLD "    sections:\n      z: {url: /x, formerly: old/x}\n      y: /y\n",
	"old/y=2,3 old/z=1,2 old/=1@old/x,2@old/x,3@old/y new/="},
    {"never seen", "old/y=2,3",
	OLD "    sections:\n      z: {url: /x, formerly: old/x}\n      y: /y\n",
	"old/y=2,3 old/=2@old/y,3@old/y new/="},
    {"to another site, which has some of it", "old/x=1,2 old/y=2,3 new/a=1,5",
	OLD "    sections: {y: /y}\n" NEW "    sections:\n      a: /a\n"
	    "      x: {url: /x, formerly: old/x}\n",
	/* y's 2 was x's in old's feed, and is announced by no one again */
	"new/a=1,5 new/x=1,2 old/y=2,3 old/=3@old/y "
	"new/=1@new/a,2@old/x,5@new/a"},
    {"what was another's in the old site", "old/y=2,3 old/x=1,2",
	OLD "    sections: {y: /y}\n" NEW
	    "    sections:\n      x: {url: /x, formerly: old/x}\n",
	"new/x=1,2 old/y=2,3 old/=2@old/y,3@old/y new/=1@old/x,2@old/x"},
    {"a whole site, with what nobody watches",
	"old/y=2,3 old/x=1,2 old/gone=7 old/all=",
	NEW "    formerly: old\n    sections: {x: /x, y: /y, z: /z}\n",
	"new/all= new/gone=7 new/x=1,2 new/y=2,3 old/= "
	"new/=1@old/x,2@old/y,3@old/y,7@old/gone"},
    {"a site, and one of its sections elsewhere", "old/y=2,3 old/x=1,2",
	NEW "    formerly: old\n    sections: {x: /x, y: /y}\n"
	    "  other:\n    url: https://other.example\n    sections:\n"
	    "      y: {url: /other, formerly: old/y}\n",
	"new/x=1,2 other/y=2,3 old/= new/=1@old/x,2@old/x"},
    {"two sites into one", "old/x=1,2 older/x=2,3",
	NEW "    sections:\n      a: {url: /a, formerly: old/x}\n"
	    "      b: {url: /b, formerly: older/x}\n",
	"new/a=1,2 new/b=2,3 old/= new/=1@old/x,2@older/x,3@older/x"},
    {"one that was begun anew meanwhile", "old/x=1,2 old/y=1 old/z=1,2b,3",
	OLD "    sections:\n      z: {url: /x, formerly: old/x}\n      y: /y\n",
	"old/y=1 old/z=1,2,3 old/=1@old/x,2@old/x,3@old/x new/="},
    {"two pasts", "old/a=1,2 old/b=2,3 old/c=3,4",
	OLD "    sections:\n      z: {url: /x, formerly: [old/c, old/b, "
	    "old/a]}\n",
	"old/z=1,2,3,4 old/=1@old/a,2@old/a,3@old/a,4@old/a new/="},
    {"a site without sections", "old/all=1,2", NEW "    formerly: old\n",
	"new/all=1,2 old/= new/=1@old/all,2@old/all"},
    {"a site without sections that gets some", "old/all=1,2",
	NEW "    sections:\n      x: {url: /x, formerly: old/all}\n",
	"new/x=1,2 old/= new/=1@old/all,2@old/all"},
};

static void
what_becomes_of_rows(void **state)
{
	(void)state;
	static const char *const sites[] = {"old/", "new/", NULL};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct error err = {{0}};
		struct store *store = open_store();
		struct config *config = parse(cases[i].sites);
		put(store, cases[i].rows);
		/* the second time there is nothing left to do */
		for (int times = 0; times < 2; times++) {
			if (!past_adopt(store, config, &err) ||
			    !store_commit(store, true, &err))
				fail_msg("%s: %s", cases[i].name, err.reason);
			char *got = look(store, sites);
			if (strcmp(got, cases[i].wanted) != 0)
				fail_msg("%s: got\n%s\nwanted\n%s",
				    cases[i].name, got, cases[i].wanted);
			free(got);
			assert_true(store_check(store, &err));
		}
		store_close(store);
		config_free(config);
		char *path = xasprintf("%s/metrofeed.db", folder);
		assert_int_equal(unlink(path), 0);
		free(path);
	}
}

/* There and back again. */
static void
a_name_that_returns(void **state)
{
	(void)state;
	static const char *const sites[] = {"old/", "new/", NULL};
	struct error err = {{0}};
	struct store *store = open_store();
	struct config *there = parse(NEW "    formerly: old\n"
					 "    sections: {x: /x, y: /y}\n");
	struct config *back = parse(OLD "    formerly: new\n"
					"    sections: {x: /x, y: /y}\n");
	put(store, "old/x=1,2 old/y=2,3 old/gone=4");
	char *before = look(store, sites);
	for (int times = 0; times < 3; times++) {
		assert_true(past_adopt(store, there, &err));
		assert_true(past_adopt(store, back, &err));
		char *after = look(store, sites);
		assert_string_equal(after, before);
		free(after);
	}
	free(before);
	config_free(back);
	config_free(there);
	store_close(store);
}

/* What stood in for a title is what the entries go on saying, and the feed's
 * id is the old path's; times do not go back. */
static void
what_is_frozen(void **state)
{
	(void)state;
	struct error err = {{0}};
	struct store *store = open_store();
	struct section_state row;
	struct config *config =
	    parse(NEW "    sections:\n      z: {url: /x, formerly: old/x}\n"
		      "      t: {url: /t, title: Tee, formerly: old/t}\n");
	put(store, "old/x=1 old/t=2 new/z=1,5");
	assert_true(past_adopt(store, config, &err));
	assert_true(store_section(store, "new/z", &row, &err));
	assert_string_equal(row.title, "old/x"); /* its category here */
	assert_string_equal(row.site_title, "old");
	assert_string_equal(row.feed_id, "tag:new.example,2026:feed/old/x");
	assert_int_equal(row.feed_updated_s, NOW + 2);
	assert_int_equal(row.round_s, NOW + 2);
	assert_true(row.feed_dirty);
	section_state_clear(&row);
	assert_true(store_section(store, "new/t", &row, &err));
	assert_null(row.title);
	assert_string_equal(row.feed_id, "tag:new.example,2026:feed/old/t");
	section_state_clear(&row);
	/* of two records the older one */
	struct articles articles = {0};
	assert_true(store_section(store, "new/z", &row, &err));
	assert_true(
	    store_newest(store, row.number, 9, 9, 9999, &articles, &err));
	assert_int_equal(articles.count, 2);
	assert_int_equal(articles.list[1].first_seen_s, NOW);
	articles_clear(&articles);
	section_state_clear(&row);
	config_free(config);
	store_close(store);
}

int
main(void)
{
#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
	const struct CMUnitTest tests[] = {
	    TEST(what_becomes_of_rows),
	    TEST(a_name_that_returns),
	    TEST(what_is_frozen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
