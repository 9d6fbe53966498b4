#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <event2/event.h>

#include "daemon/clock.h"
#include "daemon/wire.h"
#include "daemon/worker.h"
#include "daemon/workers.h"
#include "feed/charset.h"
#include "feed/memory.h"
#include "tests/reading.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define DEADLINE_MS 1000
#define LIMIT_MS 60000 /* until a test gives up; none of them waits for it */

/*
 * A worker is the daemon's own program called by another name, and here that
 * is this one: the true worker, or the lying one if the name of the process
 * that started it says so.  A worker has no other way to be told: no argument,
 * no environment, no file.
 */

/* ---- the lying worker ---- */

static void
say(const void *bytes, size_t length)
{
	const char *at = bytes;
	while (length > 0) {
		ssize_t put = write(WORKER_FD, at, length);
		if (put <= 0)
			_exit(0); /* nobody listens any more */
		at += put;
		length -= (size_t)put;
	}
}

static struct buffer
greeting(void)
{
	struct buffer message = {0};
	struct sandbox sandbox = {SANDBOX_ALL, 7};
	hello_encode(&sandbox, &message);
	return message;
}

/* A good answer, as a message: what the lies are made of. */
static struct buffer
good_answer(size_t count, const char *link)
{
	struct buffer message = {0};
	struct answer answer = {0};
	answer.parser = xstrdup("liar");
	for (size_t i = 0; i < count; i++)
		articles_add(&answer.extraction.articles,
		    (struct article){
			.link = xasprintf("%s/%zu", link, i),
			.title = xasprintf("A story %zu", i),
		    });
	answer_encode(&answer, &message);
	answer_clear(&answer);
	return message;
}

#define GOOD "https://paper.example/a"

static void
say_good(void)
{
	struct buffer message = good_answer(3, GOOD);
	say(message.bytes, message.length);
	buffer_clear(&message);
}

static void
lie_noise(void)
{
	char noise[3000];
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (char)(i * i * 31 + i / 7);
	uint32_t length = sizeof(noise) - 4;
	memcpy(noise, &length, sizeof(length));
	say(noise, sizeof(noise));
}

static void
lie_half_and_end(void)
{
	struct buffer message = good_answer(3, GOOD);
	say(message.bytes, message.length / 2);
	_exit(0);
}

static void
lie_half_and_silence(void)
{
	struct buffer message = good_answer(3, GOOD);
	say(message.bytes, message.length - 1);
	for (;;)
		pause();
}

static void
lie_length(void)
{
	say("\xff\xff\xff\xff", 4);
}

static void
lie_small_length(void)
{
	say("\1\0\0\0x", 5);
}

static void
lie_endless(void)
{
	static char zeros[1 << 16];
	uint32_t length = WIRE_MAX_MESSAGE - 4;
	say(&length, sizeof(length));
	for (;;)
		say(zeros, sizeof(zeros));
}

static void
lie_twice(void)
{
	struct buffer message = good_answer(3, GOOD);
	struct buffer again = good_answer(4, GOOD);
	buffer_add(&message, again.bytes, again.length);
	say(message.bytes, message.length);
}

/* A field, named by the bytes that it holds, gets another tag. */
static void
lie_type(void)
{
	struct buffer message = good_answer(1, GOOD);
	char *at =
	    memmem(message.bytes, message.length, "A story", strlen("A story"));
	at[-6] = 71; /* a number, says that tag */
	say(message.bytes, message.length);
}

static void
lie_unknown(void)
{
	struct buffer message = good_answer(1, GOOD);
	char *at =
	    memmem(message.bytes, message.length, "A story", strlen("A story"));
	at[-5] = 0x7f;
	say(message.bytes, message.length);
}

static void
lie_unclean(void)
{
	struct buffer message = good_answer(1, GOOD);
	char *at =
	    memmem(message.bytes, message.length, "A story", strlen("A story"));
	at[1] = '\x1b';
	say(message.bytes, message.length);
}

static void
lie_file(void)
{
	struct buffer message = good_answer(2, "file:///etc/passwd");
	say(message.bytes, message.length);
}

/* Encoding would stop at what is allowed: the same article, again and again. */
static void
lie_million(void)
{
	struct buffer one = good_answer(1, GOOD), all = {0};
	char *at = memmem(one.bytes, one.length, "https", 5);
	size_t start = (size_t)(at - one.bytes) - 6 - 14;
	buffer_add(&all, one.bytes, start);
	while (all.length < WIRE_MAX_MESSAGE - 1000)
		buffer_add(&all, one.bytes + start, one.length - start);
	uint32_t length = (uint32_t)all.length - 4;
	memcpy(all.bytes, &length, sizeof(length));
	say(all.bytes, all.length);
}

static void
lie_nothing(void)
{
	for (;;)
		pause();
}

static void
lie_spin(void)
{
	volatile unsigned turns = 0;
	while (turns + 1 != 0)
		turns = turns & 1 ? 0 : 1;
}

static void
lie_end(void)
{
	_exit(0);
}

#ifndef METROFEED_NO_LOCKDOWN /* whose reports it would bring */
static void
lie_crash(void)
{
	abort();
}
#endif

static void
lie_stop(void)
{
	(void)raise(SIGSTOP);
	say_good();
}

/* The answer is good; what comes after it is not. */
static void
spin_after(void)
{
	say_good();
	lie_spin();
}

static void
end_after(void)
{
	say_good();
	_exit(0);
}

struct lie {
	const char *name; /* what the page says */
	void (*tell)(void);
	const char *reason; /* words of it; NULL: the answer is taken */
};

static const struct lie lies[] = {
    {"none", say_good, NULL},
    {"end after", end_after, NULL},
    {"noise", lie_noise, "not valid"},
    {"half and end", lie_half_and_end, "ended while"},
    {"half and silence", lie_half_and_silence, "not read within 1 s"},
    {"length", lie_length, "not valid"},
    {"small length", lie_small_length, "not valid"},
    {"endless", lie_endless, "not valid"},
    {"twice", lie_twice, "not valid"},
    {"type", lie_type, "not valid"},
    {"unknown", lie_unknown, "not valid"},
    {"unclean", lie_unclean, "not clean"},
    {"file", lie_file, "no http address"},
    {"million", lie_million, "too many articles"},
    {"nothing", lie_nothing, "not read within 1 s"},
    {"spin", lie_spin, "not read within 1 s"},
    {"stop", lie_stop, "not read within 1 s"},
    {"end", lie_end, "ended while"},
#ifndef METROFEED_NO_LOCKDOWN
    {"crash", lie_crash, "signal 6"},
#endif
};

static void
say_greeting(void)
{
	struct buffer hello = greeting();
	say(hello.bytes, hello.length);
	buffer_clear(&hello);
}

static void
greet_noise(void)
{
	say("GET / HTTP/1.1\r\nHost: paper.example\r\n\r\n", 40);
}

static void
greet_with_answer(void)
{
	say_good();
}

static void
greet_half(void)
{
	struct buffer hello = greeting();
	say(hello.bytes, hello.length - 1);
	_exit(0);
}

static void
greet_range(void)
{
	struct buffer hello = greeting();
	hello.bytes[11] = 1; /* parts that no sandbox has */
	say(hello.bytes, hello.length);
}

static void
greet_twice(void)
{
	struct buffer both = greeting(), again = greeting();
	buffer_add(&both, again.bytes, again.length);
	say(both.bytes, both.length);
	for (;;)
		pause();
}

static const struct lie greetings[] = {
    {"g noise", greet_noise, "did not begin with a greeting"},
    {"g answer", greet_with_answer, "did not begin with a greeting"},
    {"g half", greet_half, "ended while"},
    {"g range", greet_range, "did not begin with a greeting"},
    {"g nothing", lie_nothing, "not read within 1 s"},
    {"g end", lie_end, "ended while"},
    {"g twice", greet_twice, ""}, /* early or not valid: as it is read */
};

static const struct lie *
find_lie(const struct lie *list, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i].name, name) == 0)
			return &list[i];
	return NULL;
}

static char *
hear(size_t *length)
{
	uint32_t body;
	if (read(WORKER_FD, &body, sizeof(body)) != sizeof(body))
		_exit(0);
	*length = sizeof(body) + body;
	char *message = xmalloc(*length);
	memcpy(message, &body, sizeof(body));
	for (size_t have = sizeof(body); have < *length;) {
		ssize_t got = read(WORKER_FD, message + have, *length - have);
		if (got <= 0)
			_exit(0);
		have += (size_t)got;
	}
	return message;
}

static void
liar(const char *who)
{
	struct error err;
	const struct lie *early = find_lie(greetings, COUNT(greetings), who);
	if (early != NULL)
		early->tell();
	else
		say_greeting();
	for (;;) {
		struct job job;
		size_t length;
		char *message = hear(&length);
		if (!job_decode(message, length, &job, &err))
			_exit(1);
		const struct lie *lie = find_lie(lies, COUNT(lies), job.body);
		if (lie != NULL)
			lie->tell();
		else if (strcmp(job.body, "spin after") == 0)
			spin_after();
		job_clear(&job);
		free(message);
	}
}

/* The name of who started us; "" of nobody special. */
static char *
starter(void)
{
	static char name[32];
	char *path = xasprintf("/proc/%d/comm", (int)getppid());
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd == -1 ? -1 : read(fd, name, sizeof(name) - 1);
	if (fd != -1)
		close(fd);
	free(path);
	name[got > 0 ? strcspn(name, "\n") : 0] = '\0';
	return name;
}

static void
start_liars(const char *name)
{
	assert_int_equal(prctl(PR_SET_NAME, name), 0);
}

static void
start_true_ones(void)
{
	assert_int_equal(prctl(PR_SET_NAME, "test_workers"), 0);
}

/* ---- one pool and what it gives ---- */

struct pool {
	struct event_base *base;
	struct workers *workers;
	struct sandbox sandbox;
	unsigned greeted;
};

struct result {
	struct pool *pool;
	bool done;
	char *reason; /* or NULL: an answer */
	char *stage;
	char *parser;
	size_t articles;
	char *title; /* of the first */
	int64_t published_s;
};

static void
on_sandbox(const struct sandbox *sandbox, void *arg)
{
	struct pool *pool = arg;
	pool->sandbox = *sandbox;
	pool->greeted++;
}

static struct pool *
pool_new(unsigned count, int deadline_ms)
{
	struct pool *pool = xcalloc(1, sizeof(*pool));
	pool->base = event_base_new();
	pool->workers = workers_new(pool->base, count, deadline_ms);
	workers_on_sandbox(pool->workers, on_sandbox, pool);
	return pool;
}

static void
pool_free(struct pool *pool)
{
	workers_free(pool->workers);
	event_base_free(pool->base);
	free(pool);
}

static void
on_answer(struct answer *answer, const char *reason, void *arg)
{
	struct result *result = arg;
	assert_false(result->done);
	result->done = true;
	event_base_loopbreak(result->pool->base);
	if (answer == NULL) {
		assert_non_null(reason);
		result->reason = xstrdup(reason);
		return;
	}
	const struct articles *articles = &answer->extraction.articles;
	result->articles = articles->count;
	if (answer->parser != NULL)
		result->parser = xstrdup(answer->parser);
	if (answer->stage != NULL)
		result->stage =
		    xasprintf("%s: %s", answer->stage, answer->reason);
	if (articles->count > 0) {
		result->title = xstrdup(articles->list[0].title);
		result->published_s = articles->list[0].published.at_s;
	}
}

static void
result_clear(struct result *result)
{
	free(result->reason);
	free(result->stage);
	free(result->parser);
	free(result->title);
	*result = (struct result){0};
}

static void
submit(struct pool *pool, const struct job *job, struct result *result)
{
	*result = (struct result){.pool = pool};
	(void)workers_submit(pool->workers, job, on_answer, result);
}

/* The loop, for a moment or until something is done. */
static void
turn(struct pool *pool, int64_t end_ms)
{
	struct timeval tick = {.tv_usec = 50000};
	assert_true(clock_monotonic_ms() < end_ms);
	event_base_loopexit(pool->base, &tick);
	event_base_dispatch(pool->base);
}

static void
await(struct pool *pool, const bool *done)
{
	int64_t end_ms = clock_monotonic_ms() + LIMIT_MS;
	while (!*done)
		turn(pool, end_ms);
}

/* Until a worker has ended. */
static void
await_end(struct pool *pool)
{
	int64_t end_ms = clock_monotonic_ms() + LIMIT_MS;
	while (workers_restarts(pool->workers) == 0)
		turn(pool, end_ms);
}

static struct job
page_job(const char *body)
{
	return (struct job){
	    .body = (char *)body,
	    .length = strlen(body),
	    .content_type = (char *)"text/html",
	    .url = (char *)"https://paper.example/list",
	    .now_s = 1700000000,
	};
}

static void
ask(struct pool *pool, const struct job *job, struct result *result)
{
	submit(pool, job, result);
	await(pool, &result->done);
}

/* ---- lies ---- */

static void
check_lie(struct pool *pool, const struct lie *lie, const char *page)
{
	struct result result;
	struct job job = page_job(page);
	ask(pool, &job, &result);
	if ((result.reason == NULL) != (lie->reason == NULL))
		fail_msg("%s: %s", lie->name,
		    result.reason == NULL ? "taken" : result.reason);
	if (lie->reason != NULL && strstr(result.reason, lie->reason) == NULL)
		fail_msg("%s: %s", lie->name, result.reason);
	if (lie->reason == NULL)
		assert_int_equal(result.articles, 3);
	result_clear(&result);
}

/* Each costs its page and its worker; the next page is read by another. */
static void
test_lies(void **state)
{
	(void)state;
	start_liars("liar");
	for (size_t i = 0; i < COUNT(lies); i++) {
		struct pool *pool = pool_new(1, DEADLINE_MS);
		check_lie(pool, &lies[i], lies[i].name);
		if (i > 0)
			await_end(pool);
		check_lie(pool, &lies[0], "none");
		check_lie(pool, &lies[0], "none");
		assert_int_equal(workers_restarts(pool->workers), i > 0);
		assert_int_equal(workers_load(pool->workers), 0);
		pool_free(pool);
	}
	start_true_ones();
}

static void
test_bad_greetings(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(greetings); i++) {
		struct pool *pool = pool_new(1, DEADLINE_MS);
		start_liars(greetings[i].name);
		check_lie(pool, &greetings[i], "none");
		start_liars("liar");
		check_lie(pool, &lies[0], "none");
		assert_int_equal(workers_restarts(pool->workers), 1);
		pool_free(pool);
	}
	start_true_ones();
}

/* One that dies at its start is not started again and again: the waits double
 * and each costs one page at most. */
static void
test_back_off(void **state)
{
	(void)state;
	struct pool *pool = pool_new(1, DEADLINE_MS);
	int64_t start_ms = clock_monotonic_ms();
	start_liars("g end");
	for (int i = 0; i < 5; i++)
		check_lie(
		    pool, find_lie(greetings, COUNT(greetings), "g end"), "");
	assert_int_equal(workers_restarts(pool->workers), 5);
	assert_true(clock_monotonic_ms() - start_ms >= 100 + 200 + 400 + 800);
	start_true_ones();
	pool_free(pool);
}

/* A page that spins holds up its own worker alone. */
static void
test_spinning_page(void **state)
{
	(void)state;
	struct pool *pool = pool_new(2, 3 * DEADLINE_MS);
	struct result spinning, result;
	start_liars("liar");
	struct job job = page_job("spin");
	submit(pool, &job, &spinning);
	job = page_job("none");
	for (int i = 0; i < 50; i++) {
		ask(pool, &job, &result);
		assert_null(result.reason);
		result_clear(&result);
	}
	assert_false(spinning.done);
	await(pool, &spinning.done);
	assert_non_null(strstr(spinning.reason, "within 3 s"));
	result_clear(&spinning);
	assert_int_equal(workers_restarts(pool->workers), 1);
	start_true_ones();
	pool_free(pool);
}

#ifndef METROFEED_NO_LOCKDOWN

static double
seconds(const struct timeval *time)
{
	return (double)time->tv_sec + (double)time->tv_usec / 1e6;
}

/* Of the children that have ended. */
static double
children_cpu_s(void)
{
	struct rusage usage;
	assert_int_equal(getrusage(RUSAGE_CHILDREN, &usage), 0);
	return seconds(&usage.ru_utime) + seconds(&usage.ru_stime);
}

/* The answer was good, and no deadline runs: the limit on CPU time ends it. */
static void
test_spinning_idle(void **state)
{
	(void)state;
	struct pool *pool = pool_new(1, DEADLINE_MS);
	struct result result;
	double before_s = children_cpu_s();
	start_liars("liar");
	struct job job = page_job("spin after");
	ask(pool, &job, &result);
	assert_null(result.reason);
	result_clear(&result);
	await_end(pool);
	/* the kernel counts in ticks */
	assert_true(children_cpu_s() - before_s > DEADLINE_MS / 1000 + 1);
	check_lie(pool, &lies[0], "none");
	start_true_ones();
	pool_free(pool);
}

#endif

/* ---- the true worker, locked in ---- */

static struct buffer
listing(int count)
{
	struct buffer page = {0};
	buffer_add_string(&page,
	    "<!DOCTYPE html><html lang=ko><head><title>Politics - Paper"
	    "</title><link rel=icon href=/i.png></head><body><nav><a "
	    "href=/>Home</a></nav><ul class=list>");
	for (int i = 0; i < count; i++)
		buffer_add_format(&page,
		    "<li><h3><a href=\"/article/%d\">A story of some length, "
		    "number %d</a></h3><p>What happened here on that day is "
		    "told in a sentence or two, %d.</p><img src=/p/%d.jpg>"
		    "<span class=by>By Kim</span><span class=date>2023-11-%02d "
		    "09:%02d</span></li>",
		    1000 + i, i, i * 7, i, 1 + i % 14, i % 60);
	buffer_add_string(&page, "</ul></body></html>");
	return page;
}

/* Of the only child that we have. */
static double
child_cpu_s(void)
{
	char path[64];
	int pid = 0;
	clockid_t clock;
	struct timespec used;
	(void)snprintf(
	    path, sizeof(path), "/proc/self/task/%ld/children", (long)getpid());
	FILE *children = fopen(path, "r");
	assert_non_null(children);
	assert_int_equal(fscanf(children, "%d", &pid), 1);
	fclose(children);
	assert_int_equal(clock_getcpuclockid(pid, &clock), 0);
	assert_int_equal(clock_gettime(clock, &used), 0);
	return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

/* More CPU time than the limit would ever give at once: it moves on. */
static void
test_many_pages(void **state)
{
	(void)state;
	struct pool *pool = pool_new(1, 2 * DEADLINE_MS);
	struct buffer page = listing(80);
	struct job job = page_job(page.bytes);
	int pages = 0;
	do {
		struct result result;
		ask(pool, &job, &result);
		if (result.reason != NULL)
			fail_msg("page %d: %s", pages, result.reason);
		assert_int_equal(result.articles, 80);
		result_clear(&result);
	} while (++pages < 1000 || child_cpu_s() < 2 * DEADLINE_MS / 1000 + 2);
	assert_int_equal(workers_restarts(pool->workers), 0);
	assert_int_equal(pool->greeted, 1);
	pool_free(pool);
	buffer_clear(&page);
}

/* What the worker does only for some pages must not need what it gave up: each
 * of its ways, in one life. */
struct way {
	const char *name;
	const char *rules;
	const char *body;
	const char *url;
	const char *language;
	const char *stage; /* words of a failure, or NULL */
};

#define DAY(date)                                                              \
	"<li><h3><a href=/a/1>One story of the day</a></h3><b>" date           \
	"</b></li><li><h3><a href=/a/2>Another story</a></h3><b>" date "</b>"  \
	"</li>"

static const struct way ways[] = {
    {"rules", "item: li\nlink: h3 > a\ntitle: h3\ndate: b", DAY("2023-11-02"),
	NULL, NULL, NULL},
    {"xpath",
	"item: xpath=//li\ntitle: xpath=string(.//h3)\n"
	"link: xpath=.//a/@href",
	DAY("2023-11-02"), NULL, NULL, NULL},
    {"xpath without end",
	"item: xpath=//*[count(//*[count(//*[count(//*)>1])>1])>1]", NULL, NULL,
	NULL, "extract"},
    {"pattern", "item: li\ndate: b~pattern=(\\d+-\\d+-\\d+)~format=%Y-%m-%d",
	DAY("on 2023-11-02"), NULL, NULL, NULL},
    {"pattern without end", "item: li\ntitle: h3~pattern=^(a+)+$",
	DAY("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"), NULL, NULL, ""},
    {"template", "item: li\narticle-link: /a/{id}", DAY("3 hours ago"), NULL,
	NULL, NULL},
    {"exclude", "item: li\ntext: .~exclude=b", DAY("yesterday"), NULL, "en",
	NULL},
    {"wide host", "item: li", DAY("2023-11-02"),
	"https://\xec\x8b\xa0\xeb\xac\xb8.\xed\x95\x9c\xea\xb5\xad/list", "ko",
	NULL},
    {"wide host in a link", "item: li",
	"<li><a href=\"http://\xd0\xb3\xd0\xb0\xd0\xb7\xd0\xb5\xd1\x82\xd0\xb0"
	".\xd1\x80\xd1\x84/a/1\">A story abroad</a></li><li><a "
	"href=/a/2>Another story</a></li>",
	NULL, NULL, NULL},
    {"korean date", "item: li\ndate: b",
	DAY("2023\xeb\x85\x84 11\xec\x9b\x94 2\xec\x9d\xbc \xec\x98\xa4\xed\x9b"
	    "\x84 3:04"),
	NULL, "ko", NULL},
    {"relative", "item: li\ndate: b", DAY("5\xeb\xb6\x84 \xec\xa0\x84"), NULL,
	"ko", NULL},
    {"month by name", "item: li\ndate: b", DAY("2 novembre 2023 10h"), NULL,
	"fr", NULL},
    {"structured data", "item: li",
	"<script type=application/ld+json>{\"@type\":\"ItemList\",\"itemList"
	"Element\":[{\"url\":\"https://paper.example/a/1\"}]}</script>"
	"<meta property=og:site_name content=Paper>" DAY(
	    "<time datetime=2023-11-02T10:00:00+09:00>x</time>"),
	NULL, NULL, NULL},
    {"bad selector", "item: li:nonsense", DAY(""), NULL, NULL, "extract"},
    {"attributes", "", NULL, NULL, NULL, "parse"},
    {"depth", "", NULL, NULL, NULL, ""},
    {"no page", "", "", NULL, NULL, ""},
};

/* The bodies that are too long to write down. */
static char *
long_body(const char *name)
{
	struct buffer body = {0};
	if (strcmp(name, "xpath without end") == 0)
		for (int i = 0; i < 2000; i++)
			buffer_add_string(&body, "<p>x</p>");
	else if (strcmp(name, "attributes") == 0) {
		buffer_add_string(&body, "<a");
		for (int i = 0; i < 5000; i++)
			buffer_add_format(&body, " x%d=1", i);
		buffer_add_string(&body, ">");
	} else
		for (int i = 0; i < 5000; i++)
			buffer_add_string(&body, "<div><b>");
	return buffer_take(&body);
}

static void
check_way(struct pool *pool, const struct way *way, bool libxml2)
{
	struct result result;
	char *body =
	    way->body != NULL ? xstrdup(way->body) : long_body(way->name);
	struct job job = page_job(body);
	job.rules = reading_rules(way->rules);
	job.rules.libxml2 = libxml2;
	if (way->url != NULL)
		job.url = (char *)way->url;
	job.language = (char *)way->language;
	job.zone_offset_s = 9 * 3600;
	ask(pool, &job, &result);
	if (result.reason != NULL)
		fail_msg("%s: %s", way->name, result.reason);
	if (way->stage == NULL &&
	    (result.stage != NULL || result.articles == 0))
		fail_msg("%s: %s", way->name,
		    result.stage != NULL ? result.stage : "no article");
	if (way->stage != NULL && way->stage[0] != '\0' &&
	    (result.stage == NULL || strstr(result.stage, way->stage) == NULL))
		fail_msg("%s: %s", way->name,
		    result.stage != NULL ? result.stage : "read");
	result_clear(&result);
	rules_clear(&job.rules);
	free(body);
}

static void
test_ways(void **state)
{
	(void)state;
	struct pool *pool = pool_new(1, 10 * DEADLINE_MS);
	for (size_t i = 0; i < COUNT(ways); i++) {
		check_way(pool, &ways[i], false);
		check_way(pool, &ways[i], true);
	}
	assert_int_equal(workers_restarts(pool->workers), 0);
	pool_free(pool);
}

static const char *const labels[] = {"utf-8", "ibm866", "iso-8859-2",
    "iso-8859-3", "iso-8859-4", "iso-8859-5", "iso-8859-6", "iso-8859-7",
    "iso-8859-8", "iso-8859-10", "iso-8859-13", "iso-8859-14", "iso-8859-15",
    "iso-8859-16", "koi8-r", "koi8-u", "macintosh", "windows-874",
    "windows-1250", "windows-1251", "windows-1252", "windows-1253",
    "windows-1254", "windows-1255", "windows-1256", "windows-1257",
    "windows-1258", "x-mac-cyrillic", "gb18030", "gbk", "big5", "euc-jp",
    "iso-2022-jp", "shift_jis", "euc-kr", "utf-16le", "utf-16be",
    "no-such-charset", "iso-2022-cn-ext"};

/* Whatever the page calls itself: no converter is opened late. */
static void
test_charsets(void **state)
{
	(void)state;
	struct pool *pool = pool_new(1, 10 * DEADLINE_MS);
	struct buffer page = {0};
	buffer_add_string(&page, DAY("2023-11-02"));
	for (int byte = 0x80; byte <= 0xff; byte++)
		buffer_add_format(&page, "<p>%c%c%c\x1b$B%c!", byte, byte ^ 1,
		    0x21 + byte % 90, 0x21 + byte % 90);
	for (size_t i = 0; i < COUNT(labels); i++)
		for (int how = 0; how < 3; how++) {
			struct result result;
			struct job job = page_job(page.bytes);
			char *type =
			    xasprintf("text/html; charset=%s", labels[i]);
			char *meta = xasprintf(
			    "<meta charset=\"%s\">%s", labels[i], page.bytes);
			if (how == 0)
				job.charset = (char *)labels[i];
			else if (how == 1)
				job.content_type = type;
			else {
				job.body = meta;
				job.length = strlen(meta);
			}
			ask(pool, &job, &result);
			if (result.reason != NULL)
				fail_msg("%s: %s", labels[i], result.reason);
			bool known = charset_for_label(labels[i]) != NULL;
			assert_true(
			    how != 0 || known == (result.stage == NULL ||
						     strstr(result.stage,
							 "decode") == NULL));
			result_clear(&result);
			free(meta);
			free(type);
		}
	assert_int_equal(workers_restarts(pool->workers), 0);
	buffer_clear(&page);
	pool_free(pool);
}

/* The zone's bytes come with the job; no library looks for a file. */
static void
test_zone(void **state)
{
	(void)state;
	struct pool *pool = pool_new(1, 10 * DEADLINE_MS);
	static char zone[4096];
	int fd = open("/usr/share/zoneinfo/Asia/Seoul", O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		skip();
	ssize_t got = read(fd, zone, sizeof(zone));
	close(fd);
	assert_true(got > 0);
	struct result result;
	struct job job = page_job(DAY("2023-11-02 09:00"));
	job.rules = reading_rules("item: li\ndate: b");
	job.zone = zone;
	job.zone_length = (size_t)got;
	ask(pool, &job, &result);
	assert_null(result.reason);
	assert_int_equal(result.published_s, 1698883200);
	result_clear(&result);
	rules_clear(&job.rules);
	pool_free(pool);
}

/* What it says of itself is what the kernel says of it. */
static void
test_greeting(void **state)
{
	(void)state;
	struct pool *pool = pool_new(1, 10 * DEADLINE_MS);
	struct result result;
	struct job job = page_job(DAY("2023-11-02"));
	ask(pool, &job, &result);
	assert_null(result.reason);
	assert_int_equal(pool->greeted, 1);
#ifdef METROFEED_NO_LOCKDOWN
	assert_int_equal(pool->sandbox.parts, 0);
#else
	assert_true((pool->sandbox.parts | SANDBOX_LANDLOCK) == SANDBOX_ALL);
	assert_true((pool->sandbox.landlock_abi > 0) ==
		    ((pool->sandbox.parts & SANDBOX_LANDLOCK) != 0));
#endif
	result_clear(&result);
	pool_free(pool);
}

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], WORKER_NAME) == 0) {
		char *who = starter();
		if (strcmp(who, "liar") == 0 || strncmp(who, "g ", 2) == 0)
			liar(who);
		(void)setlocale(LC_CTYPE, "C.UTF-8"); /* like main() */
		return worker_main();
	}
	start_true_ones();
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_greeting),
	    cmocka_unit_test(test_ways),
	    cmocka_unit_test(test_charsets),
	    cmocka_unit_test(test_zone),
	    cmocka_unit_test(test_many_pages),
	    cmocka_unit_test(test_lies),
	    cmocka_unit_test(test_bad_greetings),
	    cmocka_unit_test(test_back_off),
	    cmocka_unit_test(test_spinning_page),
#ifndef METROFEED_NO_LOCKDOWN
	    cmocka_unit_test(test_spinning_idle),
#endif
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
