/*
 * The corridor with a real store and a real output: which files are written,
 * when, and how often; what an interruption or a fault leaves.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "daemon/log.h"
#include "daemon/update.h"
#include "feed/memory.h"

#define NOW INT64_C(1800000000)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- the last step of a publication, counted, and made to fail ---- */

static int published;           /* renames since the test last looked */
static const char *faulty = ""; /* a file that cannot be renamed to */
static int fault = EACCES;      /* why */

int
renameat(int from, const char *old, int to, const char *new)
{
	if (strcmp(new, faulty) == 0) {
		errno = fault;
		return -1;
	}
	published++;
	return (int)syscall(SYS_renameat2, from, old, to, new, 0);
}

/* ---- a daemon without its loop ---- */

enum { MOST = 64 };

static char *folder;
static struct config *config;
static struct store *store;
static struct publisher *publisher;
static struct update *update;
static struct section_state states[MOST]; /* in the order of the config */
static int64_t now_s;

static void
start(const char *sites)
{
	struct problems problems = {0};
	struct error err = {{0}};
	char *yaml = xasprintf("output: %s/out\nstate: %s/state\n"
			       "base-url: https://feeds.example/\nsites:\n%s",
	    folder, folder, sites);
	config = config_parse(yaml, strlen(yaml), "test", NULL, &problems);
	if (config == NULL)
		fail_msg("%s", problems.list[0]);
	free(yaml);
	store = store_open(config->state, STORE_WRITE, &err);
	publisher = publisher_new(config->output, true, &err);
	if (store == NULL || publisher == NULL)
		fail_msg("%s", err.reason);
	update = update_new(store, publisher, config->base_url);
	assert_in_range(config->section_count, 1, MOST);
	for (size_t i = 0; i < config->section_count; i++) {
		const struct section_config *section = &config->sections[i];
		assert_true(
		    store_section(store, section->path, &states[i], &err));
		assert_true(
		    update_adopt(update, section, &states[i], NOW, &err));
	}
	published = 0;
}

/* As if killed: what waits is gone. */
static void
stop(void)
{
	update_free(update);
	for (size_t i = 0; i < config->section_count; i++)
		section_state_clear(&states[i]);
	publisher_free(publisher);
	store_close(store);
	config_free(config);
}

static int
set_up(void **state)
{
	(void)state;
	const char *tmp = getenv("TMPDIR");
	folder = xasprintf("%s/update.XXXXXX", tmp != NULL ? tmp : "/tmp");
	now_s = NOW;
	faulty = "";
	fault = EACCES;
	return mkdtemp(folder) == NULL ? -1 : 0;
}

static int
tear_down(void **state)
{
	(void)state;
	stop();
	char *command = xasprintf("rm -rf '%s'", folder);
	int status = system(command);
	free(command);
	free(folder);
	return status;
}

static size_t
section_number(const char *path)
{
	for (size_t i = 0; i < config->section_count; i++)
		if (strcmp(config->sections[i].path, path) == 0)
			return i;
	fail_msg("no section %s", path);
	return 0;
}

static void
add_story(struct extraction *read, const char *number)
{
	struct article article = {
	    .key = xstrdup(number),
	    .link = xasprintf("https://p.example/n/%s", number),
	    .title = xasprintf("Story %s", number),
	    .text = xasprintf("Text of %s", number),
	    .position = (int32_t)read->articles.count,
	};
	articles_add(&read->articles, article);
}

/* A round of the section, up to the batch's end; numbers is "3 2 1", or NULL
 * for a page that we know. */
static void
round_of(const char *path, const char *numbers)
{
	size_t i = section_number(path);
	struct extraction read = {0};
	struct validators validators = {.body_hash = 1, .rules_hash = 1};
	struct outcome outcome;
	struct error err = {{0}};
	for (const char *at = numbers; at != NULL && *at != '\0';) {
		size_t length = strcspn(at, " ");
		char *number = xstrndup(at, length);
		add_story(&read, number);
		free(number);
		at += length + strspn(at + length, " ");
	}
	const struct section_config *section = &config->sections[i];
	bool good;
	if (numbers == NULL && update_is_current(update, section, &states[i]))
		good = update_unchanged(
		    update, &states[i], &validators, now_s, &err);
	else
		good = update_section(update, section, &states[i],
		    numbers != NULL ? &read : NULL, NULL, &validators, now_s,
		    &outcome, &err);
	if (!good)
		fail_msg("%s: %s", path, err.reason);
	extraction_clear(&read);
}

/* Returns how many files were written. */
static int
flush_at(int64_t now_ms)
{
	struct error err = {{0}};
	published = 0;
	if (!update_flush(update, now_s, now_ms, &err))
		fail_msg("%s", err.reason);
	return published;
}

static int
flush(void)
{
	return flush_at(INT64_MAX);
}

/* ---- what is there ---- */

static char *
file_path(const char *name)
{
	return xasprintf("%s/out/%s", folder, name);
}

static char *
read_feed(const char *name)
{
	char *path = file_path(name);
	char *bytes = xcalloc(1, 1 << 18);
	int fd = open(path, O_RDONLY);
	if (fd == -1)
		fail_msg("%s is not there", name);
	assert_true(read(fd, bytes, (1 << 18) - 1) > 0);
	close(fd);
	free(path);
	return bytes;
}

static int64_t
time_of(const char *name)
{
	struct stat status;
	char *path = file_path(name);
	int result = stat(path, &status);
	free(path);
	return result == 0 ? status.st_mtim.tv_sec : -1;
}

/* The numbers of its entries, in order: "3 2 1 ". */
static void
holds(const char *name, const char *numbers)
{
	char *bytes = read_feed(name);
	char *got = xcalloc(1, strlen(bytes) + 1);
	/* the id's start, with what each format writes before it */
	const char *mark = strstr(bytes, "<rss") != NULL ? "\"false\">tag:"
			   : bytes[0] == '{'             ? "\"id\": \"tag:"
							 : "<id>tag:";
	for (const char *at = bytes; (at = strstr(at, mark)) != NULL; at++) {
		const char *id = strstr(at, ",2026:") + strlen(",2026:");
		size_t length = strcspn(id, "<\"");
		if (strncmp(id, "feed/", 5) == 0)
			continue;
		strncat(got, id, length);
		strcat(got, " ");
	}
	if (strcmp(got, numbers) != 0)
		fail_msg("%s holds '%s', wanted '%s'", name, got, numbers);
	free(got);
	free(bytes);
}

/* An Atom entry, whole. */
static char *
entry_of(const char *name, const char *number)
{
	char *bytes = read_feed(name);
	char *mark = xasprintf(",2026:%s</id>", number);
	char *start = strstr(bytes, mark);
	if (start == NULL)
		fail_msg("%s has no %s", name, number);
	while (strncmp(start, " <entry>", 8) != 0)
		start--;
	char *end = strstr(start, "</entry>");
	char *entry = xstrndup(start, (size_t)(end - start));
	free(mark);
	free(bytes);
	return entry;
}

static void
has(const char *name, const char *words)
{
	char *bytes = read_feed(name);
	if (strstr(bytes, words) == NULL)
		fail_msg("%s lacks '%s':\n%s", name, words, bytes);
	free(bytes);
}

/* ---- formats ---- */

#define PAPER                                                                  \
	"  p:\n    url: https://p.example\n    title: Paper\n"                 \
	"    id-authority: p.example\n    article-link: /n/{id}\n"
#define ONE PAPER "    all: false\n    sections: {a: {url: /a, title: A}}\n"

static void
test_formats(void **state)
{
	(void)state;
	static const char *const names[] = {"p/a.atom", "p/a.rss", "p/a.json"};
	start(ONE "    formats: [atom, rss, json]\n");
	round_of("p/a", "2 1");
	assert_int_equal(flush(), 3);
	for (int i = 0; i < 3; i++) {
		holds(names[i], "2 1 ");
		assert_int_equal(time_of(names[i]), NOW);
	}
	has("p/a.atom", "href=\"https://feeds.example/p/a.atom\"");
	has("p/a.rss", "href=\"https://feeds.example/p/a.rss\"");
	has("p/a.json", "\"feed_url\": \"https://feeds.example/p/a.json\"");
	/* no change, no write */
	now_s += 100;
	round_of("p/a", "2 1");
	round_of("p/a", NULL);
	assert_int_equal(flush(), 0);
	/* two versions in one second differ in their time */
	now_s = NOW;
	round_of("p/a", "3 2 1"); /* equal in all but the id */
	assert_int_equal(flush(), 3);
	for (int i = 0; i < 3; i++) {
		holds(names[i], "2 3 1 ");
		assert_int_equal(time_of(names[i]), NOW + 1);
	}
	/* one is gone, the others stay as they are */
	char *path = file_path("p/a.rss");
	assert_int_equal(unlink(path), 0);
	free(path);
	round_of("p/a", NULL);
	assert_int_equal(flush(), 1);
	holds("p/a.rss", "2 3 1 ");
	assert_int_equal(time_of("p/a.rss"), NOW + 2);
	stop();
	/* a restart writes nothing */
	start(ONE "    formats: [atom, rss, json]\n");
	now_s += 1000;
	round_of("p/a", NULL);
	assert_int_equal(flush(), 0);
	stop();
	/* a format less: its file stays; one more: it is there again */
	start(ONE "    formats: json\n");
	round_of("p/a", "4 3 2 1");
	assert_int_equal(flush(), 1);
	holds("p/a.json", "4 2 3 1 ");
	holds("p/a.atom", "2 3 1 ");
	stop();
	start(ONE);
	round_of("p/a", NULL);
	assert_int_equal(flush(), 1);
	holds("p/a.atom", "4 2 3 1 ");
	holds("p/a.rss", "2 3 1 ");
}

/* ---- whole sites ---- */

#define TWO                                                                    \
	PAPER "    sections:\n      a: {url: /a, title: A}\n"                  \
	      "      b: {url: /b, title: B}\n"

/* A round of all sections ends many batches: the site's feed is made with the
 * first of them, and once for all that follow within half a minute. */
static void
test_site_gap(void **state)
{
	(void)state;
	start(TWO);
	round_of("p/a", "1");
	assert_int_equal(flush_at(5000), 2);
	assert_int_equal(update_wait_ms(update, 5000), -1);
	int files = 0;
	for (int i = 2; i < 10; i++) {
		char numbers[32];
		(void)snprintf(numbers, sizeof(numbers), "%d 1", i);
		round_of(i % 2 == 0 ? "p/b" : "p/a", numbers);
		files += flush_at(5000 + i * 1000);
	}
	assert_int_equal(files, 8);
	holds("p/all.atom", "1 ");
	assert_int_equal(update_wait_ms(update, 14000), 21000);
	assert_int_equal(flush_at(34999), 0);
	assert_int_equal(flush_at(35000), 1);
	holds("p/all.atom", "1 2 3 4 5 6 7 8 9 ");
	assert_int_equal(update_wait_ms(update, 35000), -1);
	/* whoever ends leaves nothing behind */
	round_of("p/a", "11 1");
	assert_int_equal(flush_at(36000), 1);
	assert_int_equal(flush(), 1);
	holds("p/all.atom", "1 11 2 3 4 5 6 7 8 9 ");
	/* or the row says so, and the next round sees to it */
	round_of("p/a", "12 1");
	assert_int_equal(flush_at(37000), 2);
	round_of("p/a", "13 1");
	assert_int_equal(flush_at(38000), 1);
	holds("p/all.atom", "1 11 12 2 3 4 5 6 7 8 9 ");
	stop();
	start(TWO);
	round_of("p/b", NULL);
	assert_true(flush_at(39000) >= 1);
	holds("p/all.atom", "1 11 12 13 2 3 4 5 6 7 8 9 ");
}

/* Thousands of sites may have waited for the same moment: what they publish is
 * not all in memory at once. */
static void
test_many_sites(void **state)
{
	(void)state;
	char *yaml = xstrdup("");
	for (int i = 0; i < 60; i++) {
		char *longer = xasprintf("%s  p%d: {url: 'https://p.example',"
					 " article-link: '/n/{id}',"
					 " sections: {a: /a%d}}\n",
		    yaml, i, i);
		free(yaml);
		yaml = longer;
	}
	start(yaml);
	for (int i = 0; i < 60; i++) {
		char path[16];
		(void)snprintf(path, sizeof(path), "p%d/a", i);
		round_of(path, "1");
	}
	assert_int_equal(flush_at(1000), 60 + 50);
	assert_int_equal(update_wait_ms(update, 1000), 0);
	assert_int_equal(flush_at(1000), 10);
	assert_int_equal(update_wait_ms(update, 1000), -1);
	free(yaml);
}

/* Once a batch, whatever the number of sections. */
static void
test_site(void **state)
{
	(void)state;
	start(TWO);
	round_of("p/a", "2 1");
	round_of("p/b", "4 3 1");
	assert_int_equal(flush(), 3);
	holds("p/a.atom", "2 1 ");
	holds("p/b.atom", "4 3 1 ");
	/* equal times: by their place on the page, then by id */
	holds("p/all.atom", "2 4 1 3 ");
	has("p/all.atom", "<id>tag:p.example,2026:feed/p/all</id>");
	has("p/all.atom", "<title type=\"text\">Paper</title>");
	has("p/all.atom", "href=\"https://feeds.example/p/all.atom\"");
	has("p/all.atom", "rel=\"alternate\" type=\"text/html\" "
			  "href=\"https://p.example/\"");
	char *one = entry_of("p/all.atom", "1");
	assert_non_null(strstr(one, "<category term=\"A\"/>"));
	/* an article that another section shows, too, keeps every byte */
	now_s += 60;
	round_of("p/b", "1 2 5 4 3");
	assert_int_equal(flush(), 2);
	char *again = entry_of("p/all.atom", "1");
	assert_string_equal(again, one);
	free(again);
	again = entry_of("p/all.atom", "2");
	assert_non_null(strstr(again, "<category term=\"A\"/>"));
	assert_non_null(strstr(again, "<updated>2027-01-15T08:00:00Z"));
	free(again);
	free(one);
	holds("p/all.atom", "5 2 4 1 3 ");
	/* nothing new, nothing written */
	round_of("p/a", NULL);
	round_of("p/b", "1 2 5 4 3");
	assert_int_equal(flush(), 0);
	/* by any section's next round, 304 or not */
	char *path = file_path("p/all.atom");
	assert_int_equal(unlink(path), 0);
	free(path);
	round_of("p/a", NULL);
	assert_int_equal(flush(), 1);
	holds("p/all.atom", "5 2 4 1 3 ");
}

/* A section that is no longer watched, or has another title. */
static void
test_site_changes(void **state)
{
	(void)state;
	start(TWO);
	round_of("p/a", "1");
	round_of("p/b", "2");
	assert_int_equal(flush(), 3);
	char *one = entry_of("p/all.atom", "1");
	stop();
	start(PAPER "    sections: {b: {url: /b, title: B}}\n");
	now_s += 60;
	round_of("p/b", "3 2");
	assert_int_equal(flush(), 2);
	holds("p/all.atom", "3 1 2 ");
	char *again = entry_of("p/all.atom", "1");
	assert_string_equal(again, one);
	free(again);
	free(one);
	stop();
	start(PAPER "    sections: {b: {url: /b, title: Bee}}\n");
	round_of("p/b", NULL);
	assert_int_equal(flush(), 2);
	has("p/all.atom", "<category term=\"Bee\"/>");
	has("p/all.atom", "<category term=\"A\"/>");
}

/* The only page of a site becomes the feed of its sections. */
static void
test_growth(void **state)
{
	(void)state;
	start(PAPER);
	round_of("p/all", "2 1");
	assert_int_equal(flush(), 1);
	holds("p/all.atom", "2 1 ");
	has("p/all.atom", "<title type=\"text\">Paper</title>");
	has("p/all.atom", "<id>tag:p.example,2026:feed/p/all</id>");
	char *one = entry_of("p/all.atom", "1");
	assert_null(strstr(one, "<category"));
	round_of("p/all", NULL);
	assert_int_equal(flush(), 0);
	stop();
	start(TWO);
	now_s += 60;
	round_of("p/a", "3 1");
	round_of("p/b", "2");
	assert_int_equal(flush(), 3);
	holds("p/all.atom", "3 2 1 ");
	holds("p/a.atom", "3 1 ");
	holds("p/b.atom", "2 ");
	char *again = entry_of("p/all.atom", "1");
	assert_string_equal(again, one);
	free(again);
	stop();
	/* ... and back */
	start(PAPER);
	now_s += 60;
	round_of("p/all", "4 3 2 1");
	assert_int_equal(flush(), 1);
	holds("p/all.atom", "4 3 2 1 ");
	again = entry_of("p/all.atom", "1");
	assert_string_equal(again, one);
	free(again);
	free(one);
}

static void
test_site_formats(void **state)
{
	(void)state;
	start(
	    PAPER "    formats: [rss, json]\n    entries: 2\n"
		  "    sections: {a: {url: /a, formats: atom, entries: 9}}\n");
	round_of("p/a", "3 2 1");
	assert_int_equal(flush(), 3);
	holds("p/a.atom", "3 2 1 ");
	holds("p/all.rss", "3 2 ");
	holds("p/all.json", "3 2 ");
	assert_int_equal(time_of("p/all.atom"), -1);
	/* what left the feed does not take its time along (P7) */
	stop();
	start(PAPER "    all: false\n    sections: {a: /a}\n");
	round_of("p/a", "4 3 2 1");
	assert_int_equal(flush(), 1);
	holds("p/all.rss", "3 2 ");
}

/* ---- faults ---- */

/* One file of several cannot be written: the others are, the old one stays,
 * and the next round of any section mends it. */
static void
test_publish_fails(void **state)
{
	(void)state;
	static const char *const files[] = {
	    "all.atom", "all.rss", "all.json", "a.rss"};
	start(TWO "    formats: [atom, rss, json]\n");
	round_of("p/a", "1");
	round_of("p/b", "1");
	assert_int_equal(flush(), 9);
	for (size_t i = 0; i < COUNT(files); i++) {
		char *numbers = xasprintf("%zu", 10 + i);
		char *name = xasprintf("p/%s", files[i]);
		struct error err = {{0}};
		struct section_state row;
		char *before = read_feed(name);
		now_s += 60;
		faulty = files[i];
		round_of("p/a", numbers);
		(void)flush();
		char *after = read_feed(name);
		assert_string_equal(after, before);
		assert_true(store_section(
		    store, files[i][1] == '.' ? "p/a" : "p/all", &row, &err));
		assert_string_equal(row.stage, "publish");
		assert_true(row.feed_dirty);
		section_state_clear(&row);
		faulty = "";
		round_of(files[i][1] == '.' ? "p/a" : "p/b", NULL);
		assert_in_range(flush(), 1, 3);
		free(after);
		after = read_feed(name);
		assert_non_null(strstr(after, numbers));
		assert_true(store_section(
		    store, files[i][1] == '.' ? "p/a" : "p/all", &row, &err));
		assert_null(row.stage);
		assert_false(row.feed_dirty);
		section_state_clear(&row);
		round_of("p/a", NULL);
		round_of("p/b", NULL);
		assert_int_equal(flush(), 0);
		free(after);
		free(before);
		free(name);
		free(numbers);
	}
}

/* Returns how many files were written. */
static int
republish(bool thorough)
{
	struct error err = {{0}};
	for (size_t i = 0; i < config->section_count; i++)
		if (!update_republish(update, &config->sections[i], &states[i],
			thorough, now_s, &err))
			fail_msg("%s", err.reason);
	return flush();
}

/* Without a round: whatever is not as it should be is made again, and nothing
 * else. */
static void
test_republish(void **state)
{
	(void)state;
	start(TWO "    formats: [atom, json]\n");
	assert_int_equal(republish(true), 0); /* nobody has seen them yet */
	round_of("p/a", "1");
	round_of("p/b", "2");
	assert_int_equal(flush(), 6);
	assert_int_equal(republish(true), 0);
	static const char *const files[] = {
	    "p/a.atom", "p/b.json", "p/all.atom"};
	for (size_t i = 0; i < COUNT(files); i++) {
		char *before = read_feed(files[i]), *path = file_path(files[i]);
		assert_int_equal(unlink(path), 0);
		assert_int_equal(republish(false), 1);
		char *after = read_feed(files[i]);
		assert_string_equal(after, before);
		free(after);
		/* in place, with length and time as they were */
		struct stat status;
		assert_int_equal(stat(path, &status), 0);
		int fd = open(path, O_WRONLY);
		assert_int_equal(pwrite(fd, "#", 1, 99), 1);
		const struct timespec times[2] = {
		    status.st_atim, status.st_mtim};
		assert_int_equal(futimens(fd, times), 0);
		close(fd);
		assert_int_equal(republish(false), 0);
		assert_int_equal(republish(true), 1);
		after = read_feed(files[i]);
		assert_string_equal(after, before);
		assert_true(time_of(files[i]) > status.st_mtim.tv_sec);
		free(after);
		free(before);
		free(path);
	}
}

/* What all files have in common is met once; then they are all made. */
static void
test_disk_full(void **state)
{
	(void)state;
	start(TWO "    formats: [atom, json]\n");
	round_of("p/a", "1");
	round_of("p/b", "2");
	assert_int_equal(flush(), 6);
	now_s += 60;
	round_of("p/a", "3 1");
	round_of("p/b", "4 2");
	const struct trouble *trouble = publisher_trouble(publisher);
	faulty = "a.atom";
	fault = ENOSPC;
	assert_int_equal(flush(), 0);
	assert_true(publish_is_stuck(publisher));
	assert_int_equal(trouble->cause_count, 1);
	for (size_t i = 0; i < config->section_count; i++) {
		assert_string_equal(states[i].stage, "publish");
		assert_true(states[i].body_hash != 0); /* no need to read on */
	}
	assert_int_equal(republish(false), 0);
	assert_int_equal(trouble->cause_count, 1);
	faulty = "";
	assert_int_equal(republish(false), 6);
	holds("p/all.atom", "3 4 1 2 ");
	for (size_t i = 0; i < config->section_count; i++)
		assert_null(states[i].stage);
	assert_int_equal(republish(true), 0);
}

/* Committed, not published, killed: the next start mends all files. */
static void
test_killed_between(void **state)
{
	(void)state;
	struct error err = {{0}};
	start(TWO "    formats: [atom, json]\n");
	round_of("p/a", "1");
	round_of("p/b", "1");
	assert_int_equal(flush(), 6);
	now_s += 60;
	round_of("p/a", "2 1");
	assert_true(store_commit(store, true, &err));
	stop();
	start(TWO "    formats: [atom, json]\n");
	struct section_state row;
	assert_true(store_section(store, "p/all", &row, &err));
	assert_true(row.feed_dirty);
	section_state_clear(&row);
	round_of("p/b", NULL);
	assert_int_equal(flush(), 2);
	holds("p/all.atom", "2 1 ");
	holds("p/all.json", "2 1 ");
	round_of("p/a", NULL);
	assert_int_equal(flush(), 2);
	holds("p/a.json", "2 1 ");
}

/* A batch that was lost: what was made of it is made again. */
static void
test_abort(void **state)
{
	(void)state;
	start(ONE);
	round_of("p/a", "1");
	assert_int_equal(flush(), 1);
	stop();
	start(PAPER "    sections: {a: {url: /a, title: Another}}\n");
	round_of("p/a", NULL);
	update_abort(update);
	round_of("p/a", NULL);
	assert_int_equal(flush(), 2);
	has("p/a.atom", "Another");
	holds("p/all.atom", "1 ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	    TEST(test_formats),
	    TEST(test_site_gap),
	    TEST(test_many_sites),
	    TEST(test_site),
	    TEST(test_site_changes),
	    TEST(test_growth),
	    TEST(test_site_formats),
	    TEST(test_publish_fails),
	    TEST(test_republish),
	    TEST(test_disk_full),
	    TEST(test_killed_between),
	    TEST(test_abort),
	};
	log_init(-1, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
