#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <event2/event.h>

/* The true judge of addresses under another name: the fault server's own port
 * may be declared public, so that a redirect can lead from there inside. */
#define address_is_private true_address_is_private
#include "daemon/address.c"
#undef address_is_private

#include "daemon/clock.h"
#include "daemon/fetch.h"
#include "feed/buffer.h"
#include "feed/memory.h"

#define PATIENT_MS 60000 /* never the reason of an end */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define MAX_MS 10000 /* until a test gives up; none of them waits for it */

extern char **environ;
bool address_is_private(const struct sockaddr *);

static int public_port;

bool
address_is_private(const struct sockaddr *address)
{
	struct sockaddr_in in;
	if (address->sa_family == AF_INET && public_port != 0) {
		memcpy(&in, address, sizeof(in));
		if (in.sin_addr.s_addr == htonl(INADDR_LOOPBACK) &&
		    ntohs(in.sin_port) == public_port)
			return false;
	}
	return true_address_is_private(address);
}

/* ---- the server of faults ---- */

static pid_t server;
static int server_input = -1;
static int port, second_port;
static int tls_good, tls_expired, tls_wrong, tls_cut, h2_reset, h2_goaway;
static char folder[256];

static bool
read_line(FILE *file, char *line, int size)
{
	return fgets(line, size, file) != NULL;
}

static int
server_start(void **state)
{
	(void)state;
	const char *python = getenv("PYTHON");
	const char *tmp = getenv("TMPDIR");
	char line[256] = "";
	int ends[2], input[2];
	(void)snprintf(folder, sizeof(folder), "%s/metrofeed-fetch-XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(folder) == NULL || pipe2(ends, O_CLOEXEC) != 0 ||
	    pipe2(input, O_CLOEXEC) != 0)
		return -1;
	python = python != NULL ? python : "python3";
	char *const arguments[] = {(char *)python, "tests/fault_server.py",
	    "--seconds", "120", "--until-eof", "--tls", folder, NULL};
	posix_spawn_file_actions_t actions;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, input[0], 0);
	posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
	int code =
	    posix_spawnp(&server, python, &actions, NULL, arguments, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(input[0]); /* the other end stays: it goes when we go */
	server_input = input[1];
	close(ends[1]);
	FILE *out = fdopen(ends[0], "r");
	if (code != 0)
		server = 0;
	else if (read_line(out, line, sizeof(line)))
		port = atoi(line);
	if (port != 0 && read_line(out, line, sizeof(line)))
		(void)sscanf(line, "second %d", &second_port);
	if (port != 0 && read_line(out, line, sizeof(line)) &&
	    sscanf(line, "tls %d %d %d %d %d %d", &tls_good, &tls_expired,
		&tls_wrong, &tls_cut, &h2_reset, &h2_goaway) != 6)
		tls_good = 0;
	(void)fclose(out);
	return 0;
}

static int
server_stop(void **state)
{
	(void)state;
	if (server_input != -1)
		close(server_input);
	if (server > 0) {
		(void)kill(server, SIGKILL);
		(void)waitpid(server, NULL, 0);
	}
	DIR *list = opendir(folder);
	struct dirent *file;
	while (list != NULL && (file = readdir(list)) != NULL)
		(void)unlinkat(dirfd(list), file->d_name, 0);
	if (list != NULL)
		closedir(list);
	(void)rmdir(folder);
	return 0;
}

static void
need_server(void)
{
	if (port != 0)
		return;
	print_error("SKIPPED: no python3 for tests/fault_server.py\n");
	skip();
}

static void
need_tls(void)
{
	need_server();
	if (tls_good != 0)
		return;
	print_error("SKIPPED: no openssl for the server's certificates\n");
	skip();
}

/* ---- one fetch and what came of it ---- */

struct answer {
	int calls, status;
	char *body, *url, *moved_to, *content_type, *etag, *last_modified;
	char *reason;
	size_t length;
	int64_t retry_after_s, elapsed_ms;
};

struct rig {
	struct event_base *base;
	struct fetcher *fetcher;
	struct answer answer;
	bool is_done;
};

static void
answer_clear(struct answer *answer)
{
	char *strings[] = {answer->body, answer->url, answer->moved_to,
	    answer->content_type, answer->etag, answer->last_modified,
	    answer->reason};
	for (size_t i = 0; i < COUNT(strings); i++)
		free(strings[i]);
	*answer = (struct answer){0};
}

static void
rig_open(struct rig *rig)
{
	struct error err = {{0}};
	*rig = (struct rig){.base = event_base_new()};
	rig->fetcher = fetcher_new(rig->base, &err);
	assert_non_null(rig->fetcher);
	public_port = 0;
}

static void
rig_close(struct rig *rig)
{
	answer_clear(&rig->answer);
	fetcher_free(rig->fetcher);
	event_base_free(rig->base);
}

static void
on_reply(struct fetch *fetch, const struct reply *reply, void *arg)
{
	(void)fetch;
	struct rig *rig = arg;
	struct answer *answer = &rig->answer;
	answer_clear(answer);
	*answer = (struct answer){
	    .calls = 1,
	    .status = reply->status,
	    .body = xmemdup(reply->body, reply->length + 1),
	    .length = reply->length,
	    .url = xstrdup(reply->url),
	    .moved_to = xstrdup_or_null(reply->moved_to),
	    .content_type = xstrdup_or_null(reply->content_type),
	    .etag = xstrdup_or_null(reply->etag),
	    .last_modified = xstrdup_or_null(reply->last_modified),
	    .reason = xstrdup_or_null(reply->reason),
	    .retry_after_s = reply->retry_after_s,
	    .elapsed_ms = reply->elapsed_ms,
	};
	rig->is_done = true;
}

static void
on_give_up(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	*(bool *)arg = true;
}

/* Until a callback says that it is done; false if none does. */
static bool
rig_run(struct rig *rig)
{
	bool is_over = false;
	struct timeval most = {.tv_sec = MAX_MS / 1000};
	struct event *give_up = evtimer_new(rig->base, on_give_up, &is_over);
	event_add(give_up, &most);
	for (rig->is_done = false; !is_over && !rig->is_done;)
		if (event_base_loop(rig->base, EVLOOP_ONCE) != 0)
			break;
	event_free(give_up);
	return rig->is_done;
}

/* The answer in the rig; calls is 0 if fetch_start said no or nothing came. */
static void
rig_fetch(struct rig *rig, const struct fetch_request *request)
{
	struct error err = {{0}};
	answer_clear(&rig->answer);
	struct fetch *fetch =
	    fetch_start(rig->fetcher, request, on_reply, rig, &err);
	if (fetch == NULL) {
		rig->answer.reason = xstrdup(err.reason);
		return;
	}
	/* never from inside */
	assert_int_equal(rig->answer.calls, 0);
	if (!rig_run(rig))
		fetch_cancel(fetch);
}

static char *
local(int at_port, const char *path)
{
	return xasprintf("http://127.0.0.1:%d%s", at_port, path);
}

/* %P and %S stand for the two ports of the server. */
static char *
with_ports(const char *text)
{
	struct buffer out = {0};
	for (; *text != '\0'; text++)
		if (text[0] == '%' && (text[1] == 'P' || text[1] == 'S'))
			buffer_add_format(
			    &out, "%d", *++text == 'P' ? port : second_port);
		else
			buffer_add_byte(&out, *text);
	return buffer_take(&out);
}

static void
rig_fetch_path(struct rig *rig, const char *path)
{
	char *url = local(port, path);
	struct fetch_request request = {.url = url,
	    .tls_verify = true,
	    .allow_private = true,
	    .timeout_ms = PATIENT_MS};
	rig_fetch(rig, &request);
	free(url);
}

static bool
holds(const char *text, const char *part)
{
	return text != NULL && strstr(text, part) != NULL;
}

/* part: of the reason; NULL if there should be none. */
static bool
reason_is(const struct answer *answer, const char *part)
{
	if (answer->calls != 1)
		return false;
	return part == NULL ? answer->reason == NULL
			    : holds(answer->reason, part);
}

/* Both NULL or both the same. */
static bool
is_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static int
count_descriptors(void)
{
	int count = 0;
	DIR *list = opendir("/proc/self/fd");
	while (list != NULL && readdir(list) != NULL)
		count++;
	if (list != NULL)
		closedir(list);
	return count;
}

/* ---- faults ---- */

#define PAGE 2086 /* bytes of /listing */

static const struct {
	const char *name, *path;
	const char *reason; /* part of it; NULL: an answer */
	int status;         /* -1: any */
	long length;        /* of the body; -1: any */
	size_t max_bytes;
	long timeout_ms; /* of rows that time out; else it never matters */
} faults[] = {
    {"right", "/listing", NULL, 200, PAGE, 0, PATIENT_MS},
    {"gzip", "/gzip", NULL, 200, PAGE, 0, PATIENT_MS},
    {"deflate", "/deflate", NULL, 200, PAGE, 0, PATIENT_MS},
    {"chunked", "/chunked", NULL, 200, PAGE, 0, PATIENT_MS},
    {"no length", "/close-delimited", NULL, 200, PAGE, 0, PATIENT_MS},
    {"after a 103", "/continue", NULL, 200, PAGE, 0, PATIENT_MS},
    /* slow */
    {"silent", "/silent", "timed out after 500 ms: no answer", 0, 0, 0, 500},
    {"slow headers", "/slow-headers", "timed out after", -1, 0, 0, 500},
    {"slow body", "/slow-body", "bytes had come", 200, 0, 0, 500},
    {"a slow redirect shares the time", "/redirect-slow?to=/silent",
	"timed out after 700 ms: no answer", 0, 0, 0, 700},
    {"slow redirects share it", "/redirect-slow", "timed out after 1 s", -1, 0,
	0, 1000},
    /* cut */
    {"chunks end", "/truncated-chunked", "cut: the connection closed", 200, 0,
	0, PATIENT_MS},
    {"a chunk ends", "/truncated-chunk", "cut: the connection closed", 200, 0,
	0, PATIENT_MS},
    {"length not reached", "/truncated-length",
	"cut: the connection closed with 1000 bytes to go", 200, 0, 0,
	PATIENT_MS},
    {"reset", "/reset", "cut: ", 200, 0, 0, PATIENT_MS},
    {"no answer", "/no-answer", "the connection closed without an answer", 0, 0,
	0, PATIENT_MS},
    /* libcurl calls these three whole: the caller never counts on absence
     * (facts of the page, P3) */
    {"length too short", "/short-length", NULL, 200, PAGE / 2, 0, PATIENT_MS},
    {"cut without length", "/cut-close", NULL, 200, PAGE / 2, 0, PATIENT_MS},
    {"cut gzip", "/cut-gzip", NULL, 200, -1, 0, PATIENT_MS},
    {"gzip cut in its head", "/cut-gzip?at=5", NULL, 200, 0, 0, PATIENT_MS},
    /* against the protocol */
    {"two lengths", "/two-lengths", NULL, 200, -1, 0, PATIENT_MS},
    {"negative length", "/negative-length", "not a proper HTTP answer", -1, 0,
	0, PATIENT_MS},
    {"length of 23 digits", "/huge-length", "page larger than 2 MiB", -1, 0, 0,
	PATIENT_MS},
    {"length of 9 GB", "/long-length", "page larger than 2 MiB", 200, 0, 0,
	PATIENT_MS},
    {"bad chunk", "/bad-chunk", "not a proper HTTP answer", 200, 0, 0,
	PATIENT_MS},
    {"HTTP/0.9", "/http09", "not a proper HTTP answer", -1, 0, 0, PATIENT_MS},
    {"not HTTP", "/not-http", "not a proper HTTP answer", -1, 0, 0, PATIENT_MS},
    {"garbage gzip", "/garbage-gzip", "content encoding:", 200, 0, 0,
	PATIENT_MS},
    {"50 encodings", "/encodings-50", "content encoding:", 200, 0, 0,
	PATIENT_MS},
    {"unknown encoding", "/unknown-encoding", "content encoding:", 200, 0, 0,
	PATIENT_MS},
    /* too much */
    {"exactly the cap", "/bytes?count=5000", NULL, 200, 5000, 5000, PATIENT_MS},
    {"one more", "/bytes?count=5001", "page larger than 5000 bytes", 200, 0,
	5000, PATIENT_MS},
    {"exactly, decoded", "/gzip-bytes?count=5120", NULL, 200, 5120, 5120,
	PATIENT_MS},
    {"one more, decoded", "/gzip-bytes?count=5121", "page larger than 5 KiB",
	200, 0, 5120, PATIENT_MS},
    {"default cap", "/bytes?count=2097152", NULL, 200, 2097152, 0, PATIENT_MS},
    {"endless body", "/endless-body", "page larger than 2 MiB", 200, 0, 0,
	PATIENT_MS},
    {"endless chunks", "/endless-chunked", "page larger than 1 MiB", 200, 0,
	1 << 20, PATIENT_MS},
    {"endless header", "/endless-header", "headers larger than 300 KiB", -1, 0,
	0, PATIENT_MS},
    {"endless header line", "/endless-header-line",
	"headers larger than 300 KiB", -1, 0, 0, PATIENT_MS},
    {"endless 1xx", "/endless-1xx", "headers larger than 300 KiB", -1, 0, 0,
	PATIENT_MS},
    {"gzip bomb", "/bomb-gzip", "page larger than 2 MiB", 200, 0, 0,
	PATIENT_MS},
    {"deflate bomb", "/bomb-deflate", "page larger than 2 MiB", 200, 0, 0,
	PATIENT_MS},
    {"gzip in gzip bomb", "/bomb-gzip-twice", "page larger than 2 MiB", 200, 0,
	0, PATIENT_MS},
    {"brotli bomb", "/bomb-br", "page larger than 2 MiB", 200, 0, 0,
	PATIENT_MS},
    {"zstd bomb", "/bomb-zstd", "page larger than 2 MiB", 200, 0, 0,
	PATIENT_MS},
    /* redirects */
    {"five redirects", "/hops/5", NULL, 200, PAGE, 0, PATIENT_MS},
    {"six redirects", "/hops/6", "too many redirects: more than 5", 302, 0, 0,
	PATIENT_MS},
    {"loop", "/redirect-loop", "too many redirects", 302, 0, 0, PATIENT_MS},
    {"two in a loop", "/redirect-ping", "too many redirects", 302, 0, 0,
	PATIENT_MS},
    {"to a file", "/redirect-file",
	"redirected to file:///etc/passwd: address is not http", 302, 0, 0,
	PATIENT_MS},
    {"to ftp", "/redirect-ftp", "not http", 302, 0, 0, PATIENT_MS},
    {"to gopher", "/redirect-gopher", "not http", 302, 0, 0, PATIENT_MS},
    {"to a user name", "/redirect-user", "user name", 302, 0, 0, PATIENT_MS},
    {"escapes stay out of the log", "/redirect-escape",
	"redirected to mailto:?[31mred", 302, 0, 0, PATIENT_MS},
    {"to nowhere", "/redirect-nowhere", "without saying where to", 302, 0, 0,
	PATIENT_MS},
    {"long target", "/redirect-long", NULL, 200, PAGE, 0, PATIENT_MS},
    {"too long target", "/redirect-too-long", "longer than 2048 bytes", 302, 0,
	0, PATIENT_MS},
    {"to Korean", "/redirect-korean", NULL, 200, PAGE, 0, PATIENT_MS},
    {"relative", "/redirect?to=listing", NULL, 200, PAGE, 0, PATIENT_MS},
    {"without scheme", "/redirect?to=//127.0.0.1:%P/listing", NULL, 200, PAGE,
	0, PATIENT_MS},
    {"303", "/redirect?status=303", NULL, 200, PAGE, 0, PATIENT_MS},
    {"307", "/redirect?status=307", NULL, 200, PAGE, 0, PATIENT_MS},
    {"to a failing place", "/redirect?to=/no-answer",
	"without an answer (redirected to http://127.0.0.1:", 0, 0, 0,
	PATIENT_MS},
    {"to a closed port", "/redirect?to=http://127.0.0.1:1/x",
	"connection refused by 127.0.0.1 port 1", 0, 0, 0, PATIENT_MS},
    /* replies that the caller judges */
    {"304 unasked", "/304", "304", 304, 0, 0, PATIENT_MS},
    {"empty", "/empty", NULL, 200, 0, 0, PATIENT_MS},
    {"captcha", "/captcha", NULL, 200, -1, 0, PATIENT_MS},
    {"maintenance", "/maintenance", NULL, 200, -1, 0, PATIENT_MS},
    {"login", "/login", NULL, 200, -1, 0, PATIENT_MS},
    {"JSON", "/json", NULL, 200, -1, 0, PATIENT_MS},
    {"300", "/status/300", NULL, 300, -1, 0, PATIENT_MS},
    {"401", "/401", NULL, 401, -1, 0, PATIENT_MS},
    {"403", "/403", NULL, 403, -1, 0, PATIENT_MS},
    {"404", "/404", NULL, 404, -1, 0, PATIENT_MS},
    {"410", "/410", NULL, 410, -1, 0, PATIENT_MS},
    {"429", "/429", NULL, 429, -1, 0, PATIENT_MS},
    {"500", "/500", NULL, 500, -1, 0, PATIENT_MS},
    {"503", "/503", NULL, 503, -1, 0, PATIENT_MS},
};

static bool
fault_is_right(struct rig *rig, size_t i)
{
	const struct answer *answer = &rig->answer;
	char *path = with_ports(faults[i].path), *url = local(port, path);
	struct fetch_request request = {.url = url,
	    .allow_private = true,
	    .max_bytes = faults[i].max_bytes,
	    .timeout_ms = faults[i].timeout_ms};
	rig_fetch(rig, &request);
	free(url);
	free(path);
	bool is_right =
	    reason_is(answer, faults[i].reason) &&
	    (faults[i].status == -1 || answer->status == faults[i].status) &&
	    (faults[i].length == -1 ||
		(long)answer->length == faults[i].length) &&
	    /* the time is for all hops: half a second for a busy machine */
	    (faults[i].timeout_ms > 1000 ||
		answer->elapsed_ms < faults[i].timeout_ms + 500);
	if (!is_right || getenv("SHOW") != NULL)
		print_error("%s: calls %d, status %d, %zu bytes, %lld ms, "
			    "reason %s\n",
		    faults[i].name, answer->calls, answer->status,
		    answer->length, (long long)answer->elapsed_ms,
		    answer->reason);
	return is_right;
}

static void
test_faults(void **state)
{
	(void)state;
	need_server();
	struct rig rig;
	int failed = 0;
	rig_open(&rig);
	for (size_t i = 0; i < COUNT(faults); i++)
		failed += !fault_is_right(&rig, i);
	rig_close(&rig);
	assert_int_equal(failed, 0);
}

/* ---- what a reply says ---- */

static void
test_reply(void **state)
{
	(void)state;
	need_server();
	struct rig rig;
	rig_open(&rig);
	rig_fetch_path(&rig, "/listing#here");
	assert_string_equal(
	    rig.answer.content_type, "text/html; charset=utf-8");
	assert_null(rig.answer.etag);
	assert_null(rig.answer.last_modified);
	assert_int_equal(rig.answer.retry_after_s, -1);
	assert_null(rig.answer.moved_to);
	assert_true(holds(rig.answer.body, "느티나무 신문"));
	char *url = local(port, "/listing");
	assert_string_equal(rig.answer.url, url);
	free(url);
	/* the last response's headers, not the 103's */
	rig_fetch_path(&rig, "/continue");
	assert_string_equal(rig.answer.etag, "\"right\"");
	rig_close(&rig);
}

/* path, final path, moved_to's path or NULL */
static const struct {
	const char *path, *final, *moved_to;
} moves[] = {
    {"/301", "/listing", "/listing"},
    {"/308", "/listing", "/listing"},
    {"/redirect", "/listing", NULL},
    {"/redirect?status=307", "/listing", NULL},
    {"/redirect?to=/301&status=301", "/listing", "/listing"},
    {"/301-then-302", "/listing", "/redirect?to=/listing"},
    {"/302-then-301", "/listing", NULL},
};

static void
test_moved(void **state)
{
	(void)state;
	need_server();
	struct rig rig;
	int failed = 0;
	rig_open(&rig);
	for (size_t i = 0; i < COUNT(moves); i++) {
		rig_fetch_path(&rig, moves[i].path);
		const struct answer *answer = &rig.answer;
		char *final = local(port, moves[i].final);
		char *moved_to = moves[i].moved_to != NULL
				     ? local(port, moves[i].moved_to)
				     : NULL;
		bool is_right = answer->reason == NULL &&
				is_same(answer->url, final) &&
				is_same(answer->moved_to, moved_to);
		if (!is_right) {
			print_error("%s: url %s, moved to %s, %s\n",
			    moves[i].path, answer->url, answer->moved_to,
			    answer->reason);
			failed++;
		}
		free(final);
		free(moved_to);
	}
	rig_close(&rig);
	assert_int_equal(failed, 0);
}

static const struct {
	const char *value;
	int64_t least_s, most_s;
} waits[] = {
    {"seconds", 120, 120},
    {"zero", 0, 0},
    {"date", 590, 600},
    {"past", 0, 0},
    {"far", 86400, 86400},
    {"huge", 86400, 86400},
    {"negative", -1, -1},
    {"junk", -1, -1},
    {"words", -1, -1},
    {"empty", -1, -1},
    {"none", -1, -1},
};

static void
test_retry_after(void **state)
{
	(void)state;
	need_server();
	struct rig rig;
	int failed = 0;
	rig_open(&rig);
	for (size_t i = 0; i < 2 * COUNT(waits); i++) {
		int status = i % 2 == 0 ? 429 : 503;
		char *path = xasprintf(
		    "/retry-after/%s?status=%d", waits[i / 2].value, status);
		rig_fetch_path(&rig, path);
		if (rig.answer.reason != NULL || rig.answer.status != status ||
		    rig.answer.retry_after_s < waits[i / 2].least_s ||
		    rig.answer.retry_after_s > waits[i / 2].most_s) {
			print_error("%s: %lld s, %s\n", path,
			    (long long)rig.answer.retry_after_s,
			    rig.answer.reason);
			failed++;
		}
		free(path);
	}
	rig_close(&rig);
	assert_int_equal(failed, 0);
}

/* ---- validators ---- */

#define ETAG "W/\"느티-7:a,b\""
#define MODIFIED "Mon, 23 Nov 2026 00:00:00 GMT"

static const struct {
	const char *name, *path, *etag, *last_modified;
	int status;
	const char *reason, *got_etag;
} conditions[] = {
    {"none", "/validators", NULL, NULL, 200, NULL, ETAG},
    {"both, echoed byte for byte", "/validators", ETAG, MODIFIED, 304, NULL,
	ETAG},
    {"etag alone", "/validators", ETAG, NULL, 304, NULL, ETAG},
    {"date alone", "/validators", NULL, MODIFIED, 304, NULL, ETAG},
    {"another etag", "/validators", "\"x\"", NULL, 200, NULL, ETAG},
    {"304 for ever, asked", "/304", "\"x\"", NULL, 304, NULL, "\"always\""},
    {"304 for ever, unasked", "/304", NULL, NULL, 304, "unasked", NULL},
    {"a line break sends none", "/304", "\"x\"\r\nX-Evil: 1", NULL, 304,
	"unasked", NULL},
    /* another URL's validators are neither sent nor kept */
    {"redirected", "/301-validators", ETAG, MODIFIED, 200, NULL, NULL},
    {"304 behind a redirect", "/redirect?to=/304", ETAG, NULL, 304, "unasked",
	NULL},
};

static void
test_validators(void **state)
{
	(void)state;
	need_server();
	struct rig rig;
	int failed = 0;
	rig_open(&rig);
	for (size_t i = 0; i < COUNT(conditions); i++) {
		char *url = local(port, conditions[i].path);
		struct fetch_request request = {.url = url,
		    .etag = conditions[i].etag,
		    .last_modified = conditions[i].last_modified,
		    .allow_private = true,
		    .timeout_ms = PATIENT_MS};
		rig_fetch(&rig, &request);
		free(url);
		const struct answer *answer = &rig.answer;
		bool is_right =
		    answer->status == conditions[i].status &&
		    reason_is(answer, conditions[i].reason) &&
		    (answer->reason != NULL ||
			is_same(answer->etag, conditions[i].got_etag));
		if (is_right)
			continue;
		print_error("%s: status %d, etag %s, reason %s\n",
		    conditions[i].name, answer->status, answer->etag,
		    answer->reason);
		failed++;
	}
	rig_close(&rig);
	assert_int_equal(failed, 0);
}

/* ---- a body that may be cut ---- */

static const struct {
	const char *path;
	size_t max_bytes, length;
	const char *reason;
} cuts[] = {
    {"/bytes?count=4999", 5000, 4999, NULL},
    {"/bytes?count=5000", 5000, 5000, NULL},
    {"/bytes?count=5001", 5000, 5000, NULL},
    {"/bytes?count=500000", 5000, 5000, NULL},
    {"/gzip-bytes?count=500000", 5000, 5000, NULL},
    {"/endless-body", 100000, 100000, NULL},
    {"/endless-chunked", 100000, 100000, NULL},
    {"/long-length", 100000, 100000, NULL},
    {"/redirect?to=/endless-body", 5000, 5000, NULL},
    /* what ended by itself is cut for another reason */
    {"/truncated-length", 100000, 0, "cut: "},
    {"/truncated-length", 100, 100, NULL},
    {"/garbage-gzip", 5000, 0, "content encoding:"},
};

static void
test_may_cut(void **state)
{
	(void)state;
	need_server();
	struct rig rig;
	int failed = 0;
	rig_open(&rig);
	for (size_t i = 0; i < COUNT(cuts); i++) {
		char *url = local(port, cuts[i].path);
		struct fetch_request request = {.url = url,
		    .allow_private = true,
		    .max_bytes = cuts[i].max_bytes,
		    .may_cut = true,
		    .timeout_ms = PATIENT_MS};
		rig_fetch(&rig, &request);
		if (!reason_is(&rig.answer, cuts[i].reason) ||
		    rig.answer.status != 200 ||
		    rig.answer.length != cuts[i].length) {
			print_error("%s: %d, %zu bytes, %s\n", cuts[i].path,
			    rig.answer.status, rig.answer.length,
			    rig.answer.reason);
			failed++;
		}
		free(url);
	}
	/* the next one on this host is none the worse */
	rig_fetch_path(&rig, "/listing");
	assert_int_equal(rig.answer.length, PAGE);
	rig_close(&rig);
	assert_int_equal(failed, 0);
}

/* ---- who is asked before a redirect ---- */

static char *met[8];
static size_t met_count;

static bool
on_way(const char *url, void *arg, struct error *err)
{
	assert_non_null(arg);
	assert_true(met_count < COUNT(met));
	met[met_count++] = xstrdup(url);
	return strstr(url, "stop") == NULL || error_set(err, "not there");
}

static const struct {
	const char *path;
	size_t asked;
	const char *last, *reason;
} stops[] = {
    {"/listing", 0, NULL, NULL},
    {"/redirect?to=/listing", 1, "/listing", NULL},
    {"/hops/3", 3, "/listing", NULL},
    {"/redirect?to=/echo?stop", 1, "/echo?stop",
	"redirected to http://127.0.0.1:%P/echo?stop: not there"},
    {"/302-then-301", 2, "/listing", NULL},
    /* what is refused anyway is not asked about */
    {"/redirect-file", 0, NULL, "redirected to "},
};

static void
test_may_follow(void **state)
{
	(void)state;
	need_server();
	struct rig rig;
	int failed = 0;
	rig_open(&rig);
	for (size_t i = 0; i < COUNT(stops); i++) {
		char *url = local(port, stops[i].path);
		char *last =
		    stops[i].last != NULL ? local(port, stops[i].last) : NULL;
		char *reason = stops[i].reason != NULL
				   ? with_ports(stops[i].reason)
				   : NULL;
		struct fetch_request request = {.url = url,
		    .allow_private = true,
		    .may_follow = on_way,
		    .timeout_ms = PATIENT_MS};
		rig_fetch_path(&rig, "/reset-log");
		rig_fetch(&rig, &request);
		bool is_right =
		    reason_is(&rig.answer, reason) &&
		    met_count == stops[i].asked &&
		    (last == NULL || strcmp(met[met_count - 1], last) == 0);
		rig_fetch_path(&rig, "/log");
		if (strstr(rig.answer.body, "\"path\": \"/echo") != NULL)
			is_right = false;
		if (!is_right) {
			print_error("%s: asked %zu times, %s\n", stops[i].path,
			    met_count, rig.answer.body);
			failed++;
		}
		while (met_count > 0)
			free(met[--met_count]);
		free(reason);
		free(last);
		free(url);
	}
	rig_close(&rig);
	assert_int_equal(failed, 0);
}

/* ---- secrets ---- */

static const struct {
	const char *name, *path;
	bool arrives;        /* at the last hop */
	const char *between; /* a hop of another host, or NULL */
} ways[] = {
    {"at home", "/echo", true, NULL},
    {"redirected at home", "/redirect?to=/echo", true, NULL},
    {"to another host", "/redirect?to=http://localhost:%P/echo", false, NULL},
    {"to another port", "/redirect?to=http://127.0.0.1:%S/echo", false, NULL},
    {"abroad and back",
	"/redirect?to=http://127.0.0.1:%S/redirect"
	"?to%3Dhttp://127.0.0.1:%P/echo",
	false, "127.0.0.1:%S"},
};

static void
test_secrets(void **state)
{
	(void)state;
	need_server();
	struct rig rig;
	int failed = 0;
	const char *const headers[] = {"X-Key: 열쇠 7",
	    "Authorization: Basic eA==", "X-Bad: 1\r\nX-Smuggled: 1", NULL};
	rig_open(&rig);
	for (size_t i = 0; i < COUNT(ways); i++) {
		rig_fetch_path(&rig, "/reset-log");
		char *path = with_ports(ways[i].path), *url = local(port, path);
		struct fetch_request request = {.url = url,
		    .headers = headers,
		    .cookie = "session=비밀",
		    .allow_private = true,
		    .timeout_ms = PATIENT_MS};
		rig_fetch(&rig, &request);
		free(url);
		free(path);
		const char *body = rig.answer.body;
		bool is_right =
		    rig.answer.status == 200 &&
		    holds(body, "x-key") == ways[i].arrives &&
		    holds(body, "authorization") == ways[i].arrives &&
		    holds(body, "cookie") == ways[i].arrives &&
		    !holds(body, "x-smuggled") && !holds(body, "x-bad");
		/* the server's log of the hop between */
		rig_fetch_path(&rig, "/log");
		char *host = ways[i].between != NULL
				 ? with_ports(ways[i].between)
				 : NULL;
		const char *hop =
		    host != NULL ? strstr(rig.answer.body, host) : NULL;
		/* of three requests only the first may hold them */
		const char *cookie = strstr(rig.answer.body, "session=");
		if (host != NULL && (hop == NULL || cookie == NULL ||
					holds(cookie + 1, "session=")))
			is_right = false;
		if (!is_right) {
			print_error("%s: %s\n%s\n", ways[i].name,
			    rig.answer.reason, rig.answer.body);
			failed++;
		}
		free(host);
	}
	rig_close(&rig);
	assert_int_equal(failed, 0);
}

static void
test_user_agent(void **state)
{
	(void)state;
	need_server();
	struct rig rig;
	rig_open(&rig);
	rig_fetch_path(&rig, "/echo");
	assert_true(holds(rig.answer.body, "\"user-agent\": \"metrofeed/"));
	assert_true(holds(rig.answer.body, "\"accept-encoding\": "));
	char *url = local(port, "/echo");
	struct fetch_request request = {.url = url,
	    .user_agent = "신문지기/2",
	    .allow_private = true,
	    .timeout_ms = PATIENT_MS};
	rig_fetch(&rig, &request);
	assert_false(holds(rig.answer.body, "metrofeed"));
	free(url);
	rig_close(&rig);
}

/* ---- private addresses ---- */

static const char *const private_urls[] = {"http://127.0.0.1:%P/secret",
    "http://2130706433:%P/secret", "http://0x7f.1:%P/secret",
    "http://127.1:%P/secret", "http://0177.0.0.1:%P/secret",
    "http://0:%P/secret", "http://0.0.0.0:%P/secret", "http://[::1]:%P/secret",
    "http://[::]:%P/secret", "http://[::ffff:127.0.0.1]:%P/secret",
    "http://[0:0:0:0:0:ffff:7f00:1]:%P/secret", "http://localhost:%P/secret",
    "http://10.0.0.1:%P/", "http://192.168.0.1:%P/", "http://172.31.0.1:%P/",
    "http://169.254.169.254:%P/", "http://100.64.0.1:%P/",
    "http://[fe80::1]:%P/", "http://[fc00::1]:%P/",
    "http://[64:ff9b::7f00:1]:%P/", "http://[2002:7f00:1::]:%P/"};

static void
test_private(void **state)
{
	(void)state;
	need_server();
	struct rig rig;
	int failed = 0;
	rig_open(&rig);
	rig_fetch_path(&rig, "/reset-log");
	/* a second fetcher, since the first has a connection to reuse */
	struct rig other;
	rig_open(&other);
	for (size_t i = 0; i < COUNT(private_urls); i++) {
		char *url = with_ports(private_urls[i]);
		struct fetch_request request = {.url = url, .timeout_ms = 1500};
		rig_fetch(&other, &request);
		if (other.answer.calls != 1 ||
		    !holds(other.answer.reason, "refused: ") ||
		    !holds(other.answer.reason,
			" is a private address (allow-private)")) {
			print_error("%s: %s\n", url, other.answer.reason);
			failed++;
		}
		free(url);
	}
	assert_true(holds(other.answer.reason, "refused: 2002:7f00:1::"));
	rig_close(&other);
	rig_fetch_path(&rig, "/log");
	assert_false(holds(rig.answer.body, "/secret"));
	rig_close(&rig);
	assert_int_equal(failed, 0);
}

/* The server's port counts as public, all else as it is; behind the redirects
 * an intranet listens that must see nobody. */
static void
test_private_redirects(void **state)
{
	(void)state;
	need_server();
	struct rig rig;
	int failed = 0;
	struct sockaddr_in at = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(at);
	int intranet = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(intranet, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(intranet, 8), 0);
	assert_int_equal(
	    getsockname(intranet, (struct sockaddr *)&at, &length), 0);
	rig_open(&rig);
	public_port = port;
	for (int i = 0; i < 20; i++) {
		char *path = xasprintf(
		    "/private/%d?port=%d", i, (int)ntohs(at.sin_port));
		char *url = local(port, path);
		struct fetch_request request = {.url = url, .timeout_ms = 1500};
		rig_fetch(&rig, &request);
		if (!holds(rig.answer.reason, "is a private address")) {
			print_error("%s: %s\n", path, rig.answer.reason);
			failed++;
		}
		free(path);
		free(url);
	}
	errno = 0;
	assert_int_equal(accept(intranet, NULL, NULL), -1);
	assert_int_equal(errno, EAGAIN);
	close(intranet);
	rig_close(&rig);
	assert_int_equal(failed, 0);
}

/* A connection that a section with allow-private left open is not for one
 * without. */
static void
test_private_reuse(void **state)
{
	(void)state;
	need_server();
	struct rig rig;
	rig_open(&rig);
	rig_fetch_path(&rig, "/reset-log");
	char *url = local(port, "/secret");
	struct fetch_request request = {.url = url, .timeout_ms = 1500};
	rig_fetch(&rig, &request);
	assert_true(
	    holds(rig.answer.reason, "refused: 127.0.0.1 is a private"));
	assert_int_equal(rig.answer.length, 0);
	rig_fetch_path(&rig, "/log");
	assert_false(holds(rig.answer.body, "/secret"));
	free(url);
	rig_close(&rig);
}

/* ---- proxies ---- */

static void
test_proxy(void **state)
{
	(void)state;
	need_server();
	struct rig rig;
	rig_open(&rig);
	/* the environment's is not asked */
	(void)setenv("http_proxy", "http://127.0.0.1:1", 1);
	(void)setenv("all_proxy", "http://127.0.0.1:1", 1);
	rig_fetch_path(&rig, "/listing");
	assert_null(rig.answer.reason);
	(void)unsetenv("http_proxy");
	(void)unsetenv("all_proxy");
	/* the configured one is, private as it may be, and nothing in the
	 * environment leads past it */
	(void)setenv("no_proxy", "*", 1);
	char *proxy = local(port, "");
	struct fetch_request request = {.url = "http://news.example/listing",
	    .proxy = proxy,
	    .timeout_ms = 1500};
	rig_fetch(&rig, &request);
	assert_null(rig.answer.reason);
	assert_int_equal(rig.answer.length, PAGE);
	assert_string_equal(rig.answer.url, "http://news.example/listing");
	(void)unsetenv("no_proxy");
	free(proxy);
	rig_close(&rig);
}

/* ---- failures before any answer ---- */

static const struct {
	const char *url, *reason;
} bad_urls[] = {
    {"", "absolute"},
    {"/listing", "absolute"},
    {"ftp://127.0.0.1/", "not http"},
    {"file:///etc/passwd", "not http"},
    {"http://user:word@127.0.0.1/", "user name"},
    {"http://", "host"},
    {"http://127.0.0.1:99999/", "host"},
    {"http://127.0.0.1/a\001b", "control"},
};

static void
test_bad_urls(void **state)
{
	(void)state;
	struct rig rig;
	int failed = 0;
	rig_open(&rig);
	for (size_t i = 0; i < COUNT(bad_urls); i++) {
		struct fetch_request request = {
		    .url = bad_urls[i].url, .allow_private = true};
		rig_fetch(&rig, &request);
		if (rig.answer.calls != 0 ||
		    !holds(rig.answer.reason, bad_urls[i].reason)) {
			print_error(
			    "%s: %s\n", bad_urls[i].url, rig.answer.reason);
			failed++;
		}
	}
	rig_close(&rig);
	assert_int_equal(failed, 0);
}

static void
test_refused(void **state)
{
	(void)state;
	struct rig rig;
	struct sockaddr_in at = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(at);
	rig_open(&rig);
	/* bound, so nobody else's, but nobody listens */
	int closed = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(closed, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(
	    getsockname(closed, (struct sockaddr *)&at, &length), 0);
	char *url = local(ntohs(at.sin_port), "/");
	char *reason = xasprintf(
	    "connection refused by 127.0.0.1 port %d", (int)ntohs(at.sin_port));
	struct fetch_request request = {
	    .url = url, .allow_private = true, .timeout_ms = 1500};
	rig_fetch(&rig, &request);
	assert_string_equal(rig.answer.reason, reason);
	assert_int_equal(rig.answer.status, 0);
	assert_int_equal(rig.answer.retry_after_s, -1);
	free(url);
	free(reason);
	close(closed);
	rig_close(&rig);
}

static void
test_no_descriptors(void **state)
{
	(void)state;
	need_server();
	struct rig rig;
	struct rlimit old, tight;
	rig_open(&rig);
	int next = open("/dev/null", O_RDONLY | O_CLOEXEC);
	close(next);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	tight = old;
	tight.rlim_cur = (rlim_t)next;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &tight), 0);
	rig_fetch_path(&rig, "/listing");
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_true(holds(rig.answer.reason, "Too many open files"));
	/* and again when there are some */
	rig_fetch_path(&rig, "/listing");
	assert_null(rig.answer.reason);
	rig_close(&rig);
}

/* ---- cancelling and freeing ---- */

struct pair {
	struct rig *rig;
	struct fetch *other;
	int calls;
	enum { CANCEL_OTHER, CANCEL_SELF, FREE_ALL } action;
};

static void
on_pair(struct fetch *fetch, const struct reply *reply, void *arg)
{
	struct pair *pair = arg;
	assert_non_null(reply->url);
	pair->calls++;
	if (pair->action == CANCEL_OTHER)
		fetch_cancel(pair->other);
	if (pair->action == CANCEL_SELF)
		fetch_cancel(fetch);
	if (pair->action == FREE_ALL) {
		fetcher_free(pair->rig->fetcher);
		pair->rig->fetcher = NULL;
	}
	/* still there, whatever was done */
	assert_non_null(reply->url);
	pair->rig->is_done = true;
}

static struct fetch *
start(struct rig *rig, const char *path, fetch_callback *callback, void *arg)
{
	char *url = local(port, path);
	struct fetch_request request = {
	    .url = url, .allow_private = true, .timeout_ms = PATIENT_MS};
	struct fetch *fetch =
	    fetch_start(rig->fetcher, &request, callback, arg, NULL);
	free(url);
	assert_non_null(fetch);
	return fetch;
}

static void
test_cancel(void **state)
{
	(void)state;
	need_server();
	int before = count_descriptors();
	struct rig rig;
	rig_open(&rig);
	fetch_cancel(NULL);
	/* before anything happened */
	fetch_cancel(start(&rig, "/listing", on_reply, &rig));
	/* one under way, from the callback of another; of itself; twice */
	for (int action = CANCEL_OTHER; action <= CANCEL_SELF; action++) {
		struct pair pair = {.rig = &rig, .action = action};
		pair.other = start(&rig, "/slow-body", on_pair, &pair);
		start(&rig, "/nap", on_pair, &pair);
		assert_true(rig_run(&rig));
		assert_int_equal(pair.calls, 1);
		if (action == CANCEL_SELF)
			fetch_cancel(pair.other);
	}
	/* nothing of it is heard of again */
	rig_fetch_path(&rig, "/listing");
	assert_int_equal(rig.answer.length, PAGE);
	rig_close(&rig);
	assert_int_equal(count_descriptors(), before);
}

/* Two refusals end in one turn of the loop: the first callback cancels, or
 * frees, what waits for its own. */
static void
test_cancel_waiting(void **state)
{
	(void)state;
	for (int action = CANCEL_OTHER; action <= FREE_ALL; action++) {
		struct rig rig;
		rig_open(&rig);
		struct fetch_request request = {.url = "http://127.0.0.1:1/"};
		struct pair pair = {.rig = &rig, .action = action};
		struct fetch *first =
		    fetch_start(rig.fetcher, &request, on_pair, &pair, NULL);
		assert_non_null(first);
		pair.other =
		    fetch_start(rig.fetcher, &request, on_pair, &pair, NULL);
		assert_non_null(pair.other);
		assert_true(rig_run(&rig));
		assert_int_equal(pair.calls, action == CANCEL_SELF ? 2 : 1);
		rig_close(&rig);
	}
}

static void
test_free_under_way(void **state)
{
	(void)state;
	need_server();
	static const char *const paths[] = {"/slow-body", "/slow-headers",
	    "/silent", "/endless-body", "/redirect-slow"};
	int before = count_descriptors();
	struct rig rig;
	rig_open(&rig);
	for (size_t i = 0; i < COUNT(paths); i++)
		start(&rig, paths[i], on_reply, &rig);
	rig_fetch_path(&rig, "/nap?seconds=0.2");
	rig_close(&rig);
	assert_int_equal(count_descriptors(), before);
	/* from inside a callback, with others under way */
	rig_open(&rig);
	struct pair pair = {.rig = &rig, .action = FREE_ALL};
	start(&rig, "/slow-body", on_pair, &pair);
	start(&rig, "/nap", on_pair, &pair);
	assert_true(rig_run(&rig));
	assert_int_equal(pair.calls, 1);
	rig_close(&rig);
	assert_int_equal(count_descriptors(), before);
}

/* ---- many ---- */

#define MANY 200
#define AT_ONCE 24

struct crowd {
	struct rig *rig;
	size_t started, ended, good;
	int most_descriptors;
};

static void on_one(struct fetch *, const struct reply *, void *);

static void
crowd_start(struct crowd *crowd)
{
	static const char *const paths[] = {
	    "/listing", "/gzip", "/nap?seconds=0.01", "/301", "/close-after"};
	while (crowd->started < MANY && crowd->started - crowd->ended < AT_ONCE)
		start(crowd->rig, paths[crowd->started++ % COUNT(paths)],
		    on_one, crowd);
}

static void
on_one(struct fetch *fetch, const struct reply *reply, void *arg)
{
	(void)fetch;
	struct crowd *crowd = arg;
	crowd->ended++;
	if (reply->reason == NULL && reply->length == PAGE)
		crowd->good++;
	else
		print_error("%s: %s\n", reply->url, reply->reason);
	int descriptors = count_descriptors();
	if (descriptors > crowd->most_descriptors)
		crowd->most_descriptors = descriptors;
	crowd_start(crowd);
	if (crowd->ended == MANY)
		crowd->rig->is_done = true;
}

static void
test_many(void **state)
{
	(void)state;
	need_server();
	int before = count_descriptors();
	struct rig rig;
	rig_open(&rig);
	struct crowd crowd = {.rig = &rig};
	crowd_start(&crowd);
	assert_true(rig_run(&rig));
	assert_int_equal(crowd.good, MANY);
	/* idle connections included */
	assert_true(crowd.most_descriptors < before + AT_ONCE + 32 + 16);
	rig_close(&rig);
	assert_int_equal(count_descriptors(), before);
}

/* While many hang, a healthy one is not kept waiting. */
static void
test_stalled(void **state)
{
	(void)state;
	need_server();
	struct rig rig;
	rig_open(&rig);
	for (int i = 0; i < 50; i++)
		start(&rig, "/silent", on_reply, &rig);
	rig_fetch_path(&rig, "/listing");
	assert_int_equal(rig.answer.length, PAGE);
	assert_true(rig.answer.elapsed_ms < 1500);
	rig_close(&rig);
}

/* ---- TLS ---- */

static const struct {
	const char *name;
	const int *at;
	const char *path;
	bool has_ca, tls_verify;
	const char *reason;
	size_t length;
} tls_rows[] = {
    {"good", &tls_good, "/listing", true, true, NULL, PAGE},
    {"unknown authority", &tls_good, "/listing", false, true,
	"certificate: ", 0},
    {"not verified", &tls_good, "/listing", false, false, NULL, PAGE},
    /* libcurl keeps connections apart by what they were verified with */
    {"unknown authority, after it was not verified", &tls_good, "/listing",
	false, true, "certificate: ", 0},
    {"expired", &tls_expired, "/listing", true, true, "certificate: ", 0},
    {"another name", &tls_wrong, "/listing", true, true, "certificate: ", 0},
    /* a body without length: libcurl takes the closed connection for its end,
     * TLS or not, like "cut without length" above; later ones (8.14) do not */
    {"cut without farewell", &tls_cut, "/listing", true, true, NULL, 300},
    {"to http", &tls_good, "/redirect?to=http://127.0.0.1:%P/listing", true,
	true, "redirected from https to http://127.0.0.1:", 0},
};

static void
test_tls(void **state)
{
	(void)state;
	need_tls();
	struct rig rig;
	int failed = 0;
	char *ca = xasprintf("%s/ca.pem", folder);
	rig_open(&rig);
	for (size_t i = 0; i < COUNT(tls_rows); i++) {
		char *path = with_ports(tls_rows[i].path);
		char *url =
		    xasprintf("https://127.0.0.1:%d%s", *tls_rows[i].at, path);
		struct fetch_request request = {.url = url,
		    .ca_file = tls_rows[i].has_ca ? ca : NULL,
		    .tls_verify = tls_rows[i].tls_verify,
		    .allow_private = true,
		    .timeout_ms = 3000};
		rig_fetch(&rig, &request);
		bool is_right = reason_is(&rig.answer, tls_rows[i].reason) &&
				rig.answer.length == tls_rows[i].length;
		if (tls_rows[i].at == &tls_cut)
			is_right |= rig.answer.length == 0 &&
				    reason_is(&rig.answer,
					"cut: the connection closed before");
		if (!is_right) {
			print_error("%s: %zu bytes, %s\n", tls_rows[i].name,
			    rig.answer.length, rig.answer.reason);
			failed++;
		} else if (getenv("SHOW") != NULL)
			print_error(
			    "%s: %s\n", tls_rows[i].name, rig.answer.reason);
		free(url);
		free(path);
	}
	free(ca);
	rig_close(&rig);
	assert_int_equal(failed, 0);
}

/* The authorities are read once: a new connection is verified although the
 * file is gone.  With a CAPATH, libcurl would read them for each. */
static void
test_tls_store_is_kept(void **state)
{
	(void)state;
	need_tls();
	struct rig rig;
	char *ca = xasprintf("%s/ca.pem", folder);
	char *copy = xasprintf("%s/copy.pem", folder);
	char *url = xasprintf("https://127.0.0.1:%d/close-after", tls_good);
	assert_int_equal(link(ca, copy), 0);
	struct fetch_request request = {.url = url,
	    .ca_file = copy,
	    .tls_verify = true,
	    .allow_private = true,
	    .timeout_ms = 3000};
	rig_open(&rig);
	rig_fetch(&rig, &request);
	assert_null(rig.answer.reason);
	assert_int_equal(unlink(copy), 0);
	rig_fetch(&rig, &request);
	if (rig.answer.reason != NULL)
		print_error("%s\n", rig.answer.reason);
	assert_int_equal(rig.answer.length, PAGE);
	rig_close(&rig);
	/* another fetcher has to read it, and cannot */
	rig_open(&rig);
	rig_fetch(&rig, &request);
	assert_true(holds(rig.answer.reason, "certificate: the ca-file"));
	rig_close(&rig);
	free(ca);
	free(copy);
	free(url);
}

/* A broken stream is asked for once more, on a new connection. */
static void
test_http2(void **state)
{
	(void)state;
	need_tls();
	struct rig rig;
	const int ports[] = {h2_reset, h2_goaway};
	rig_open(&rig);
	for (size_t i = 0; i < COUNT(ports); i++) {
		char *url = xasprintf("https://127.0.0.1:%d/listing", ports[i]);
		struct fetch_request request = {
		    .url = url, .allow_private = true, .timeout_ms = 3000};
		rig_fetch(&rig, &request);
		if (rig.answer.reason != NULL)
			print_error("%s\n", rig.answer.reason);
		assert_int_equal(rig.answer.length, PAGE);
		free(url);
	}
	rig_close(&rig);
}

int
main(void)
{
	(void)signal(SIGPIPE, SIG_IGN); /* as the program does */
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_faults),
	    cmocka_unit_test(test_reply),
	    cmocka_unit_test(test_moved),
	    cmocka_unit_test(test_retry_after),
	    cmocka_unit_test(test_validators),
	    cmocka_unit_test(test_may_cut),
	    cmocka_unit_test(test_may_follow),
	    cmocka_unit_test(test_secrets),
	    cmocka_unit_test(test_user_agent),
	    cmocka_unit_test(test_private),
	    cmocka_unit_test(test_private_redirects),
	    cmocka_unit_test(test_private_reuse),
	    cmocka_unit_test(test_proxy),
	    cmocka_unit_test(test_bad_urls),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_no_descriptors),
	    cmocka_unit_test(test_cancel),
	    cmocka_unit_test(test_cancel_waiting),
	    cmocka_unit_test(test_free_under_way),
	    cmocka_unit_test(test_many),
	    cmocka_unit_test(test_stalled),
	    cmocka_unit_test(test_tls),
	    cmocka_unit_test(test_tls_store_is_kept),
	    cmocka_unit_test(test_http2),
	};
	return cmocka_run_group_tests(tests, server_start, server_stop);
}
