#include "daemon/serve.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <event2/event.h>

#include "daemon/serve_folder.h"
#include "daemon/serve_request.h"
#include "feed/buffer.h"
#include "feed/index_page.h"
#include "feed/memory.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define FEED "<feed>invented</feed>\n"
#define BIG_BYTES (16 << 20) /* more than the kernel takes in one go */

/* ---- a folder to show, and a server over it ---- */

static char *root, *output;
static struct event_base *base;
static struct server *server;

static void
put(const char *name, const char *bytes)
{
	char *path = xasprintf("%s/%s", root, name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, strlen(bytes), file), strlen(bytes));
	assert_int_equal(fclose(file), 0);
	free(path);
}

static void
put_folder(const char *name)
{
	char *path = xasprintf("%s/%s", root, name);
	assert_int_equal(mkdir(path, 0755), 0);
	free(path);
}

static void
put_link(const char *target, const char *name)
{
	char *path = xasprintf("%s/%s", root, name);
	assert_int_equal(symlink(target, path), 0);
	free(path);
}

static void
put_time(const char *name, int64_t at_s)
{
	struct timespec times[2] = {{.tv_sec = at_s}, {.tv_sec = at_s}};
	char *path = xasprintf("%s/%s", root, name);
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
	free(path);
}

static void
put_site(void)
{
	put_folder("out");
	put_folder("out/site");
	put("out/site/section.atom", FEED);
	put("out/site/page.html", "<p>");
	put("out/site/data.bin", "{}");
	put("out/site/section.rss", "<rss/>");
	put("out/site/section.json", "{}");
	put("out/site/empty.atom", "");
	put("out/site/.hidden.atom", "hidden");
	put("out/site/...", "three dots");
	put("out/site/a\\b.atom", "backslash");
	put("out/site/100%.atom", "per cent");
	put("out/site/%2e%2e.atom", "looks encoded");
	put("out/.metrofeed.lock", "lock");
	put_folder("out/.dot");
	put("out/.dot/section.atom", "hidden");
	put_link("section.atom", "out/site/link.atom");
	put_link("../../secret.atom", "out/site/away.atom");
	put_link("site", "out/linked");
	put_link("/", "out/slash");
	put("secret.atom", "secret");
	put_time("out/site/section.atom", 784111777);
	char *pipe_path = xasprintf("%s/out/site/pipe.atom", root);
	assert_int_equal(mkfifo(pipe_path, 0644), 0);
	free(pipe_path);
}

static int
set_up(void **state)
{
	(void)state;
	struct error err = {{0}};
	const char *tmp = getenv("TMPDIR");
	root = xasprintf("%s/serve.XXXXXX", tmp != NULL ? tmp : "/tmp");
	assert_non_null(mkdtemp(root));
	output = xasprintf("%s/out", root);
	put_site();
	base = event_base_new();
	server = server_new(base, output, "127.0.0.1", 0, &err);
	if (server == NULL)
		fail_msg("%s", err.reason);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	server_free(server);
	event_base_free(base);
	char *command = xasprintf("rm -rf '%s'", root);
	assert_int_equal(system(command), 0);
	free(command);
	free(output);
	free(root);
	return 0;
}

/* ---- a client ---- */

static int
connect_client(void)
{
	struct sockaddr_in address = {
	    .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	    .sin_port = htons((uint16_t)server_port(server)),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_not_equal(fd, -1);
	assert_int_equal(
	    connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void
send_bytes(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t put_bytes =
		    send(fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (put_bytes == -1 && errno != EAGAIN)
			return; /* refused before all was said */
		if (put_bytes > 0) {
			bytes += put_bytes;
			length -= (size_t)put_bytes;
		}
		event_base_loop(base, EVLOOP_NONBLOCK);
	}
}

#define PATIENT 20000
#define CURIOUS 50 /* where silence is expected */

/* False when the server stays silent, asked `times` times. */
static bool
receive(int fd, int times, struct buffer *got, bool *ended)
{
	char bytes[65536];
	for (int idle = 0; idle < times; idle++) {
		event_base_loop(base, EVLOOP_NONBLOCK);
		ssize_t length = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);
		if (length == 0 || (length == -1 && errno != EAGAIN)) {
			*ended = true;
			return true;
		}
		if (length > 0) {
			buffer_add(got, bytes, (size_t)length);
			return true;
		}
		struct pollfd both = {.fd = fd, .events = POLLIN};
		(void)poll(&both, 1, 1);
	}
	return false;
}

/* Everything that comes until the server ends the connection. */
static char *
receive_all(int fd, size_t *length)
{
	struct buffer got = {0};
	bool ended = false;
	while (!ended)
		if (!receive(fd, PATIENT, &got, &ended))
			fail_msg("the server is silent after '%.*s'",
			    (int)(got.length < 200 ? got.length : 200),
			    got.bytes);
	close(fd);
	event_base_loop(base, EVLOOP_NONBLOCK);
	if (length != NULL)
		*length = got.length;
	return buffer_take(&got);
}

static char *
ask_bytes(const char *bytes, size_t length)
{
	int fd = connect_client();
	send_bytes(fd, bytes, length);
	return receive_all(fd, NULL);
}

static char *
ask(const char *method, const char *path, const char *fields)
{
	char *bytes = xasprintf("%s %s HTTP/1.1\r\nHost: x\r\n"
				"Connection: close\r\n%s\r\n",
	    method, path, fields);
	char *answer = ask_bytes(bytes, strlen(bytes));
	free(bytes);
	return answer;
}

static int
status_of(const char *answer)
{
	return strncmp(answer, "HTTP/1.1 ", 9) == 0 ? atoi(answer + 9) : -1;
}

static const char *
body_of(const char *answer)
{
	const char *end = strstr(answer, "\r\n\r\n");
	return end == NULL ? "(no head)" : end + 4;
}

/* A field's value; the caller's; NULL if it is not there. */
static char *
field_of(const char *answer, const char *name)
{
	char *needle = xasprintf("\r\n%s: ", name);
	const char *at = strstr(answer, needle);
	const char *end = at == NULL ? NULL : strstr(at + 2, "\r\n");
	char *value = end == NULL || at >= body_of(answer)
			  ? NULL
			  : xstrndup(at + strlen(needle),
				(size_t)(end - at) - strlen(needle));
	free(needle);
	return value;
}

static void
assert_field(const char *answer, const char *name, const char *expected)
{
	char *value = field_of(answer, name);
	if (expected == NULL) {
		if (value != NULL)
			fail_msg("%s: %s", name, value);
	} else if (value == NULL || strcmp(value, expected) != 0)
		fail_msg("%s: %s, not %s", name,
		    value != NULL ? value : "(none)", expected);
	free(value);
}

/* ---- which files there are ---- */

static const struct {
	const char *target;
	const char *path; /* decoded; NULL where the request itself is bad */
	int status;
	const char *body;
} files[] = {
    {"/site/section.atom", "/site/section.atom", 200, FEED},
    {"/site/section.atom?x=/../..", "/site/section.atom", 200, FEED},
    {"/%73ite/section%2eatom", "/site/section.atom", 200, FEED},
    {"/site%2fsection.atom", "/site/section.atom", 200, FEED},
    {"http://other/site/section.atom", "/site/section.atom", 200, FEED},
    {"/site/page.html", "/site/page.html", 200, "<p>"},
    {"/site/empty.atom", "/site/empty.atom", 200, ""},
    {"/site/100%25.atom", "/site/100%.atom", 200, "per cent"},
    /* decoded once and no more */
    {"/site/%252e%252e.atom", "/site/%2e%2e.atom", 200, "looks encoded"},
    {"/site/..%252f..%252fsecret.atom", "/site/..%2f..%2fsecret.atom", 404,
	NULL},
    {"/site/none.atom", "/site/none.atom", 404, NULL},
    {"/site", "/site", 404, NULL},
    {"/site/", "/site/", 404, NULL},
    {"/site/section.atom/", "/site/section.atom/", 404, NULL},
    {"/site/section.atom/x", "/site/section.atom/x", 404, NULL},
    {"//site/section.atom", "//site/section.atom", 404, NULL},
    {"/site//section.atom", "/site//section.atom", 404, NULL},
    {"//", "//", 404, NULL},
    {"/../secret.atom", "/../secret.atom", 404, NULL},
    {"/site/../../secret.atom", "/site/../../secret.atom", 404, NULL},
    {"/site/../site/section.atom", "/site/../site/section.atom", 404, NULL},
    {"/%2e%2e/secret.atom", "/../secret.atom", 404, NULL},
    {"/%2E%2e%2Fsecret.atom", "/../secret.atom", 404, NULL},
    {"/..%2fsecret.atom", "/../secret.atom", 404, NULL},
    {"/site/..%2f..%2fsecret.atom", "/site/../../secret.atom", 404, NULL},
    {"/site/..%5c..%5csecret.atom", "/site/..\\..\\secret.atom", 404, NULL},
    {"/site/a%5cb.atom", "/site/a\\b.atom", 404, NULL},
    {"/site/a\\b.atom", "/site/a\\b.atom", 404, NULL},
    {"/./site/section.atom", "/./site/section.atom", 404, NULL},
    {"/site/.", "/site/.", 404, NULL},
    {"/site/..", "/site/..", 404, NULL},
    {"/site/...", "/site/...", 404, NULL},
    {"/site/.hidden.atom", "/site/.hidden.atom", 404, NULL},
    {"/site/%2ehidden.atom", "/site/.hidden.atom", 404, NULL},
    {"/.metrofeed.lock", "/.metrofeed.lock", 404, NULL},
    {"/.dot/section.atom", "/.dot/section.atom", 404, NULL},
    {"/site/link.atom", "/site/link.atom", 404, NULL},
    {"/site/away.atom", "/site/away.atom", 404, NULL},
    {"/linked/section.atom", "/linked/section.atom", 404, NULL},
    {"/slash/etc/passwd", "/slash/etc/passwd", 404, NULL},
    {"/etc/passwd", "/etc/passwd", 404, NULL},
    {"/site/pipe.atom", "/site/pipe.atom", 404, NULL},
    {"/site/section.atom%0a", "/site/section.atom\n", 404, NULL},
    {"/a/b/c/d/e/f/g/h/i/j", "/a/b/c/d/e/f/g/h/i/j", 404, NULL},
    {"/site/section.atom%00", NULL, 400, NULL},
    {"/site/section.atom%00.html", NULL, 400, NULL},
    {"/site/section.atom%", NULL, 400, NULL},
    {"/site/section.atom%2", NULL, 400, NULL},
    {"/site/section.atom%zz", NULL, 400, NULL},
    {"/site/section.atom#x", NULL, 400, NULL},
    {"site/section.atom", NULL, 400, NULL},
    {"https://other/site/section.atom", NULL, 400, NULL},
    {"*", NULL, 400, NULL},
};

static void
test_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(files); i++) {
		char *answer = ask("GET", files[i].target, "");
		if (status_of(answer) != files[i].status)
			fail_msg("%s: %.80s", files[i].target, answer);
		if (files[i].body != NULL &&
		    strcmp(body_of(answer), files[i].body) != 0)
			fail_msg("%s: '%s'", files[i].target, body_of(answer));
		assert_null(strstr(answer, "secret"));
		free(answer);
	}
}

/* Each file that may be opened, and no other, is; the row of the first that is
 * not so, or COUNT. */
static size_t
first_wrong(ino_t *inodes)
{
	size_t i = 0;
	for (bool good = true; good && i < COUNT(files); i += good) {
		struct stat status = {0};
		if (files[i].path == NULL)
			continue;
		int fd = folder_open(output, files[i].path, &status);
		good = (fd != -1) == (files[i].status == 200);
		if (fd == -1)
			continue;
		close(fd);
		if (inodes[i] == 0)
			inodes[i] = status.st_ino;
		good = good && inodes[i] == status.st_ino;
	}
	return i;
}

/* A kernel before 5.6, played by a filter; false where there are none. */
static bool
refuse_openat2(void)
{
	struct sock_filter code[] = {
	    BPF_STMT(
		BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {COUNT(code), code};
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* In one step, and where the kernel cannot, part by part. */
static void
test_openers(void **state)
{
	(void)state;
	ino_t inodes[COUNT(files)] = {0};
	size_t wrong = first_wrong(inodes);
	if (wrong != COUNT(files))
		fail_msg("%s: openat2", files[wrong].path);
	struct stat status;
	assert_int_equal(
	    folder_open("/nowhere/at/all", "/a/b.atom", &status), -1);
	assert_int_equal(folder_open(output, "", &status), -1);
	assert_int_equal(folder_open(output, "site/page.html", &status), -1);

	int ended = 0;
	pid_t child = fork();
	if (child == 0)
		_exit(refuse_openat2() ? (int)first_wrong(inodes) : 255);
	assert_int_equal(waitpid(child, &ended, 0), child);
	assert_true(WIFEXITED(ended));
	wrong = (size_t)WEXITSTATUS(ended);
	if (wrong == 255)
		print_message("# no seccomp: part by part left out\n");
	else if (wrong != COUNT(files))
		fail_msg("%s: part by part", files[wrong].path);
}

/* ---- what a request may look like ---- */

#define LINE "GET /site/section.atom HTTP/1.1\r\n"
#define END "Host: x\r\nConnection: close\r\n\r\n"

static const struct {
	const char *name;
	const char *bytes;
	int status;
} requests[] = {
    {"plain", LINE END, 200},
    {"bare newlines",
	"GET /site/section.atom HTTP/1.1\nHost: x\n"
	"Connection: close\n\n",
	200},
    {"an empty line before", "\r\n" LINE END, 200},
    {"1.0 without Host", "GET /site/section.atom HTTP/1.0\r\n\r\n", 200},
    {"a higher minor version", "GET / HTTP/1.2\r\n" END, 200},
    {"names in any case", LINE "hOsT: x\r\ncOnnection: Close\r\n\r\n", 200},
    {"close among others", LINE "Host:x\r\nConnection: TE , close\r\n\r\n",
	200},
    {"blanks around a value", LINE "Host: \t x \t\r\nConnection:close\r\n\r\n",
	200},
    {"an empty body", LINE "Content-Length: 0\r\n" END, 200},
    {"HEAD", "HEAD / HTTP/1.1\r\n" END, 200},
    {"OPTIONS", "OPTIONS * HTTP/1.1\r\n" END, 405},
    {"TRACE", "TRACE / HTTP/1.1\r\n" END, 405},
    {"DELETE", "DELETE /site/section.atom HTTP/1.1\r\n" END, 405},
    {"CONNECT", "CONNECT x:1 HTTP/1.1\r\n" END, 405},
    {"a method in lower case", "get / HTTP/1.1\r\n" END, 405},
    {"an invented method", "GETT / HTTP/1.1\r\n" END, 405},
    {"POST with a body", "POST / HTTP/1.1\r\nContent-Length: 4\r\n" END "body",
	413},
    {"GET with a body", LINE "Content-Length: 4\r\n" END "body", 413},
    {"a body in chunks", LINE "Transfer-Encoding: chunked\r\n" END "0\r\n\r\n",
	413},
    {"two lengths", LINE "Content-Length: 0\r\nContent-Length: 30\r\n" END,
	413},
    {"a length below zero", LINE "Content-Length: -1\r\n" END, 413},
    {"no Host", LINE "Connection: close\r\n\r\n", 400},
    {"two Hosts", LINE "Host: y\r\n" END, 400},
    {"a blank before the colon", LINE "X : y\r\n" END, 400},
    {"a folded line", LINE "X: y\r\n z\r\n" END, 400},
    {"no name", LINE ": y\r\n" END, 400},
    {"no colon", LINE "X\r\n" END, 400},
    {"a control character", LINE "X: \x01\r\n" END, 400},
    {"a return inside a line", LINE "X: a\rb\r\n" END, 400},
    {"HTTP/0.9", "GET /\r\n\r\n", 400},
    {"HTTP/2", "GET / HTTP/2.0\r\n" END, 505},
    {"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
    {"two blanks", "GET  / HTTP/1.1\r\n" END, 400},
    {"a blank at the end", "GET / HTTP/1.1 \r\n" END, 400},
    {"a blank in the target", "GET /site/a b HTTP/1.1\r\n" END, 400},
    {"a tab", "GET\t/\tHTTP/1.1\r\n" END, 400},
    {"another protocol", "GET / FTTP/1.1\r\n" END, 400},
    {"TLS", "\x16\x03\x01\x02\n\n", 400},
    {"nothing but a blank", " \r\n\r\n", 400},
};

static void
test_requests(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(requests); i++) {
		char *answer =
		    ask_bytes(requests[i].bytes, strlen(requests[i].bytes));
		if (status_of(answer) != requests[i].status)
			fail_msg("%s: %.80s", requests[i].name, answer);
		assert_field(answer, "Allow",
		    requests[i].status == 405 ? "GET, HEAD" : NULL);
		assert_field(answer, "X-Content-Type-Options", "nosniff");
		/* one answer and no second */
		if (strstr(body_of(answer), "HTTP/1.1") != NULL)
			fail_msg("%s: answered twice", requests[i].name);
		free(answer);
	}
}

/* A NUL byte anywhere is no request; byte by byte is one. */
static void
test_bytes(void **state)
{
	(void)state;
	static const char request[] = LINE END;
	for (size_t at = 0; at + 1 < sizeof(request); at += 3) {
		char bytes[sizeof(request)];
		memcpy(bytes, request, sizeof(request));
		bytes[at] = '\0';
		/* an end that is none would wait for more */
		if (at + 6 > sizeof(request))
			break;
		char *answer = ask_bytes(bytes, sizeof(bytes) - 1);
		if (status_of(answer) < 400)
			fail_msg("NUL at %zu: %.40s", at, answer);
		free(answer);
	}
	int fd = connect_client();
	for (size_t at = 0; at + 1 < sizeof(request); at++)
		send_bytes(fd, request + at, 1);
	char *answer = receive_all(fd, NULL);
	assert_string_equal(body_of(answer), FEED);
	free(answer);
}

static void
test_long_heads(void **state)
{
	(void)state;
	static const struct {
		size_t length, lines;
		int status;
	} rows[] = {{1000, 1, 200}, {15000, 1, 200}, {17000, 1, 431},
	    {200000, 1, 431}, {1000000, 1, 431}, {10, 90, 200}, {10, 150, 400},
	    {10, 5000, 431}};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buffer bytes = {0};
		buffer_add_string(&bytes, LINE);
		for (size_t line = 0; line < rows[i].lines; line++) {
			buffer_add_string(&bytes, "X: ");
			for (size_t j = 0; j < rows[i].length; j++)
				buffer_add_byte(&bytes, 'x');
			buffer_add_string(&bytes, "\r\n");
		}
		buffer_add_string(&bytes, END);
		char *answer = ask_bytes(bytes.bytes, bytes.length);
		if (status_of(answer) != rows[i].status)
			fail_msg("%zu x %zu: %.40s", rows[i].lines,
			    rows[i].length, answer);
		free(answer);
		buffer_clear(&bytes);
	}
}

/* ---- what an answer says ---- */

static void
test_answer(void **state)
{
	(void)state;
	static const struct {
		const char *path, *type, *length;
	} rows[] = {
	    {"/site/section.atom", "application/atom+xml; charset=utf-8", "22"},
	    {"/site/page.html", "text/html; charset=utf-8", "3"},
	    {"/site/data.bin", "application/octet-stream", "2"},
	    {"/site/section.rss", "application/rss+xml; charset=utf-8", "6"},
	    {"/site/section.json", "application/feed+json", "2"},
	    {"/site/empty.atom", "application/atom+xml; charset=utf-8", "0"},
	    {"/site/none.atom", "text/plain; charset=utf-8", "14"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *get = ask("GET", rows[i].path, "");
		char *head = ask("HEAD", rows[i].path, "");
		assert_field(get, "Content-Type", rows[i].type);
		assert_field(get, "Content-Length", rows[i].length);
		assert_field(get, "Cache-Control", "no-cache");
		assert_field(get, "Connection", "close");
		assert_int_equal(strlen(body_of(get)), atoi(rows[i].length));
		/* the same head (RFC 9110 9.3.2), and no body */
		assert_string_equal(body_of(head), "");
		assert_field(head, "Content-Type", rows[i].type);
		assert_field(head, "Content-Length", rows[i].length);
		char *tag = field_of(get, "ETag");
		assert_field(head, "ETag", tag);
		if (strstr(rows[i].path, "none") == NULL)
			assert_true(tag != NULL && tag[0] == '"');
		free(tag);
		char *date = field_of(get, "Date");
		assert_true(http_date_read(date) > 1700000000);
		free(date);
		free(get);
		free(head);
	}
	char *get = ask("GET", "/site/section.atom", "");
	assert_field(get, "Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT");
	free(get);
	/* a file ahead of the clock */
	put_time("out/site/page.html", 4000000000);
	get = ask("GET", "/site/page.html", "");
	char *date = field_of(get, "Date");
	char *modified = field_of(get, "Last-Modified");
	assert_string_equal(date, modified);
	free(date);
	free(modified);
	free(get);
}

static void
test_conditions(void **state)
{
	(void)state;
	/* @ is this file's entity tag */
	static const struct {
		const char *fields;
		int status;
	} rows[] = {
	    {"If-None-Match: @\r\n", 304},
	    {"If-None-Match: W/@\r\n", 304},
	    {"If-None-Match: *\r\n", 304},
	    {"If-None-Match: \"a\", @\r\n", 304},
	    {"If-None-Match: \"a\",W/\"b\" ,\t@ , \"c\"\r\n", 304},
	    {"If-None-Match: \"a,b\", @\r\n", 304},
	    {"If-None-Match: \"a\"\r\nIf-None-Match: @\r\n", 304},
	    {"if-none-match:@\r\n", 304},
	    {"If-None-Match: \"a\"\r\n", 200},
	    {"If-None-Match: \"\"\r\n", 200},
	    {"If-None-Match:\r\n", 200},
	    {"If-None-Match: \"a\r\n", 200},
	    {"If-None-Match: a, @\r\n", 200},
	    {"If-None-Match: \"x@\r\n", 200},
	    {"If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n", 304},
	    {"If-Modified-Since: Sunday, 06-Nov-94 08:49:37 GMT\r\n", 304},
	    {"If-Modified-Since: Sun Nov  6 08:49:37 1994\r\n", 304},
	    {"If-Modified-Since: Mon, 07 Nov 1994 08:49:37 GMT\r\n", 304},
	    {"If-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n", 200},
	    {"If-Modified-Since: yesterday\r\n", 200},
	    {"If-Modified-Since: \r\n", 200},
	    {"If-Modified-Since: Mon, 07 Nov 1994 08:49:37 GMT\r\n"
	     "If-Modified-Since: Mon, 07 Nov 1994 08:49:37 GMT\r\n",
		200},
	    /* the tag counts, the date does not (RFC 9110 13.1.3) */
	    {"If-None-Match: \"a\"\r\n"
	     "If-Modified-Since: Mon, 07 Nov 1994 08:49:37 GMT\r\n",
		200},
	    {"If-None-Match: @\r\n"
	     "If-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n",
		304},
	};
	char *first = ask("GET", "/site/section.atom", "");
	char *tag = field_of(first, "ETag");
	free(first);
	for (size_t i = 0; i < 2 * COUNT(rows); i++) {
		const char *fields = rows[i / 2].fields;
		struct buffer made = {0};
		for (const char *c = fields; *c != '\0'; c++)
			if (*c == '@')
				buffer_add_string(
				    &made, c[-1] == 'x' ? tag + 1 : tag);
			else
				buffer_add_byte(&made, *c);
		char *answer = ask(i % 2 == 0 ? "GET" : "HEAD",
		    "/site/section.atom", made.bytes);
		if (status_of(answer) != rows[i / 2].status)
			fail_msg("%s: %.40s", made.bytes, answer);
		assert_field(answer, "ETag", tag);
		if (rows[i / 2].status == 304) {
			assert_string_equal(body_of(answer), "");
			assert_field(answer, "Content-Length", NULL);
			assert_field(answer, "Content-Type", NULL);
		}
		free(answer);
		buffer_clear(&made);
	}
	free(tag);
}

/* Another file under the name is another tag, even in the same second and of
 * the same size. */
static void
test_tag_changes(void **state)
{
	(void)state;
	char *before = ask("GET", "/site/section.atom", "");
	put("out/site/new", "<feed>INVENTED</feed>\n");
	put_time("out/site/new", 784111777);
	char *from = xasprintf("%s/site/new", output);
	char *to = xasprintf("%s/site/section.atom", output);
	assert_int_equal(rename(from, to), 0);
	char *after = ask("GET", "/site/section.atom", "");
	char *one = field_of(before, "ETag"), *two = field_of(after, "ETag");
	assert_string_not_equal(one, two);
	free(from);
	free(to);
	free(before);
	free(after);
	free(one);
	free(two);
}

static void
test_dates(void **state)
{
	(void)state;
	static const struct {
		const char *date;
		int64_t at_s;
	} rows[] = {
	    {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
	    {"Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
	    {"Tue, 29 Feb 2028 23:59:59 GMT", 1835481599},
	    {"Tue, 19 Jan 2038 03:14:08 GMT", INT64_C(2147483648)},
	    {"Fri, 31 Dec 9999 23:59:59 GMT", INT64_C(253402300799)},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(http_date_read(rows[i].date), rows[i].at_s);
	}
	static const char *const bad[] = {"", ",", "Sun,", "now",
	    "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC",
	    "Sun, 06 Nov 1994 08:49:37 GMT x", "Sun, 06 Foo 1994 08:49:37 GMT",
	    "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 32 Nov 1994 08:49:37 GMT",
	    "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
	    "Sun, 06 Nov 1894 08:49:37 GMT", "Sun, 06 Nov -994 08:49:37 GMT",
	    "Sun, 06 Nov 99999999999 08:49:37 GMT",
	    "Sun Nov  6 08:49:37 1994 GMT", "1994-11-06T08:49:37Z"};
	for (size_t i = 0; i < COUNT(bad); i++)
		if (http_date_read(bad[i]) != -1)
			fail_msg("'%s' is a date", bad[i]);
}

/* ---- the index ---- */

static void
test_index(void **state)
{
	(void)state;
	put_folder("out/a&b<i>");
	put("out/a&b<i>/x\"y'.atom", FEED);
	put_folder("out/\xed\x95\x9c");
	put("out/\xed\x95\x9c/\xea\xb8\x80.atom", FEED);
	put_folder("out/bad\xff");
	put("out/bad\xff/x.atom", FEED);
	put_folder("out/site/folder.atom");
	char *answer = ask("GET", "/", "");
	assert_int_equal(status_of(answer), 200);
	assert_field(answer, "Content-Type", "text/html; charset=utf-8");
	const char *list = strstr(answer, "<ul>");
	assert_non_null(list);
	assert_string_equal(list,
	    "<ul>\n"
	    "<li><a href=\"/a%26b%3Ci%3E/x%22y%27.atom\">"
	    "a&amp;b&lt;i&gt;/x&quot;y'.atom</a></li>\n"
	    "<li><a href=\"/site/%252e%252e.atom\">"
	    "site/%2e%2e.atom</a></li>\n"
	    "<li><a href=\"/site/100%25.atom\">site/100%.atom</a></li>\n"
	    "<li><a href=\"/site/a%5Cb.atom\">site/a\\b.atom</a></li>\n"
	    "<li><a href=\"/site/empty.atom\">site/empty.atom</a></li>\n"
	    "<li><a href=\"/site/section.atom\">site/section.atom</a></li>\n"
	    "<li><a href=\"/site/section.json\">site/section.json</a></li>\n"
	    "<li><a href=\"/site/section.rss\">site/section.rss</a></li>\n"
	    "<li><a href=\"/%ED%95%9C/%EA%B8%80.atom\">"
	    "\xed\x95\x9c/\xea\xb8\x80.atom</a></li>\n"
	    "</ul>\n</body>\n</html>\n");
	char *head = ask("HEAD", "/?query", "");
	char *length = field_of(answer, "Content-Length");
	assert_field(head, "Content-Length", length);
	assert_string_equal(body_of(head), "");
	free(length);
	free(head);
	free(answer);
	/* what the links say is there */
	answer = ask("GET", "/a%26b%3Ci%3E/x%22y%27.atom", "");
	assert_string_equal(body_of(answer), FEED);
	free(answer);
}

/* Where there is a page of all feeds, it is shown, and may do what it says. */
static void
test_page_of_all(void **state)
{
	(void)state;
	static const char *const paths[] = {"/", "/index.html", "/?x"};
	put("out/index.html", "<p>all</p>");
	put("out/index.opml", "<opml/>");
	put("out/site/index.html", "<p>another</p>");
	for (size_t i = 0; i < COUNT(paths); i++) {
		char *answer = ask("GET", paths[i], "");
		char *policy = xasprintf(
		    "%s; frame-ancestors 'none'", index_page_policy());
		assert_int_equal(status_of(answer), 200);
		assert_string_equal(body_of(answer), "<p>all</p>");
		assert_field(
		    answer, "Content-Type", "text/html; charset=utf-8");
		assert_field(answer, "Content-Security-Policy", policy);
		char *tag = field_of(answer, "ETag");
		char *line = xasprintf("If-None-Match: %s" LINE, tag);
		free(answer);
		answer = ask("GET", paths[i], line);
		assert_int_equal(status_of(answer), 304);
		free(line);
		free(tag);
		free(policy);
		free(answer);
	}
	char *answer = ask("GET", "/index.opml", "");
	assert_field(answer, "Content-Type", "text/x-opml; charset=utf-8");
	free(answer);
	answer = ask("GET", "/site/index.html", "");
	assert_field(answer, "Content-Security-Policy",
	    "default-src 'none'; frame-ancestors 'none'");
	free(answer);
}

static int
on_text(void *arg, char **text, size_t *length)
{
	const int *status = arg;
	*text = xstrdup("a text\n");
	*length = strlen(*text);
	return *status;
}

/* What is answered without a file, be it there or not. */
static void
test_own_text(void **state)
{
	(void)state;
	static int good = 200, bad = 503;
	put("out/metrics", "a file");
	server_on_path(server, "/metrics", "text/plain", on_text, &good);
	server_on_path(server, "/healthz", "text/plain", on_text, &bad);
	char *answer = ask("GET", "/metrics?x", "");
	assert_int_equal(status_of(answer), 200);
	assert_string_equal(body_of(answer), "a text\n");
	assert_field(answer, "Content-Type", "text/plain");
	free(answer);
	answer = ask("HEAD", "/metrics", "");
	assert_field(answer, "Content-Length", "7");
	assert_string_equal(body_of(answer), "");
	free(answer);
	answer = ask("GET", "/healthz", "");
	assert_int_equal(status_of(answer), 503);
	assert_non_null(strstr(answer, "503 Service Unavailable"));
	assert_string_equal(body_of(answer), "a text\n");
	free(answer);
	answer = ask("GET", "/metrics/", "");
	assert_int_equal(status_of(answer), 404);
	free(answer);
}

/* The folder may go and come back, as another one. */
static void
test_output_replaced(void **state)
{
	(void)state;
	char *away = xasprintf("%s/old", root);
	assert_int_equal(rename(output, away), 0);
	char *answer = ask("GET", "/site/section.atom", "");
	assert_int_equal(status_of(answer), 404);
	free(answer);
	answer = ask("GET", "/", "");
	assert_non_null(strstr(answer, "None yet."));
	free(answer);
	put_folder("out");
	put_folder("out/site");
	put("out/site/section.atom", "other");
	answer = ask("GET", "/site/section.atom", "");
	assert_string_equal(body_of(answer), "other");
	free(answer);
	free(away);
}

/* ---- connections ---- */

static void
test_one_connection(void **state)
{
	(void)state;
	static const char requests_in_a_row[] =
	    "GET /site/section.atom HTTP/1.1\r\nHost: x\r\n\r\n"
	    "HEAD /site/section.atom HTTP/1.1\r\nHost: x\r\n\r\n"
	    "GET /site/none.atom HTTP/1.1\r\nHost: x\r\n\r\n"
	    "PUT /site/section.atom HTTP/1.1\r\nHost: x\r\n\r\n"
	    "GET /site/page.html HTTP/1.1\r\nHost: x\r\n\r\n";
	/* 0: the last one says close; 1: the client stops sending */
	for (int way = 0; way < 2; way++) {
		int fd = connect_client();
		send_bytes(fd, requests_in_a_row, strlen(requests_in_a_row));
		if (way == 0)
			send_bytes(fd, LINE END, strlen(LINE END));
		else
			assert_int_equal(shutdown(fd, SHUT_WR), 0);
		char *answers = receive_all(fd, NULL);
		static const int statuses[] = {200, 200, 404, 405, 200, 200};
		const char *at = answers;
		for (size_t i = 0; i < 6 - (size_t)way; i++) {
			at = strstr(at, "HTTP/1.1 ");
			if (at == NULL || atoi(at + 9) != statuses[i])
				fail_msg("answer %zu: %s", i,
				    at != NULL ? at : "none");
			at += 9;
		}
		assert_null(strstr(at, "HTTP/1.1 "));
		free(answers);
	}
}

static void
test_big_file(void **state)
{
	(void)state;
	struct buffer big = {0};
	for (size_t i = 0; i < BIG_BYTES / 16; i++)
		buffer_add_format(&big, "%015zu\n", i);
	put("out/site/big.atom", big.bytes);
	/* a client that reads nothing holds nobody up */
	int sleeper = connect_client();
	static const char request[] = "GET /site/big.atom HTTP/1.1\r\n" END;
	send_bytes(sleeper, request, strlen(request));
	for (int i = 0; i < 3; i++) {
		size_t length = 0;
		int fd = connect_client();
		send_bytes(fd, request, strlen(request));
		char *answer = receive_all(fd, &length);
		assert_int_equal(answer + length - body_of(answer), big.length);
		assert_memory_equal(body_of(answer), big.bytes, big.length);
		free(answer);
	}
	/* nor is it one that has nothing more to say but goes on listening */
	size_t whole = 0;
	int mute = connect_client();
	send_bytes(mute, request, strlen(request));
	assert_int_equal(shutdown(mute, SHUT_WR), 0);
	char *all = receive_all(mute, &whole);
	assert_int_equal(all + whole - body_of(all), big.length);
	free(all);
	/* the sleeper gets the file that it asked for, whatever is published
	 * meanwhile */
	put("out/site/new", FEED);
	char *from = xasprintf("%s/site/new", output);
	char *to = xasprintf("%s/site/big.atom", output);
	assert_int_equal(rename(from, to), 0);
	size_t length = 0;
	char *answer = receive_all(sleeper, &length);
	assert_int_equal(answer + length - body_of(answer), big.length);
	assert_memory_equal(body_of(answer), big.bytes, big.length);
	free(answer);
	free(from);
	free(to);
	buffer_clear(&big);
}

/* Who says nothing, or a little at a time, or does not listen, is let go. */
static void
test_slow_clients(void **state)
{
	(void)state;
	struct buffer got = {0};
	server_set_patience(server, 40, 40);
	int silent = connect_client();
	char *nothing = receive_all(silent, NULL);
	assert_string_equal(nothing, "");
	free(nothing);
	/* the head has its time as a whole: a byte now and then wins none */
	int slow = connect_client();
	bool ended = false;
	send_bytes(slow, LINE, strlen(LINE));
	for (int i = 0; i < 10000 && !ended; i++) {
		send_bytes(slow, "x", 1);
		(void)receive(slow, 1, &got, &ended);
	}
	assert_true(ended);
	close(slow);
	/* between two requests too */
	int idle = connect_client();
	static const char request[] = LINE "Host: x\r\n\r\n";
	send_bytes(idle, request, strlen(request));
	char *answer = receive_all(idle, NULL);
	assert_string_equal(body_of(answer), FEED);
	free(answer);
	/* an answer that nobody takes, and one that is taken late */
	struct buffer big = {0};
	for (size_t i = 0; i < BIG_BYTES; i++)
		buffer_add_byte(&big, 'x');
	put("out/site/big.atom", big.bytes);
	static const int patience_ms[] = {40, 60000};
	static const char ask_big[] = "GET /site/big.atom HTTP/1.1\r\n" END;
	for (int i = 0; i < 2; i++) {
		server_set_patience(server, 40, patience_ms[i]);
		int deaf = connect_client();
		send_bytes(deaf, ask_big, strlen(ask_big));
		struct timeval pause = {.tv_usec = 120000};
		event_base_loopexit(base, &pause);
		event_base_dispatch(base);
		size_t length = 0;
		answer = receive_all(deaf, &length);
		assert_true((length > big.length) == (i == 1));
		free(answer);
	}
	buffer_clear(&big);
	buffer_clear(&got);
}

static void
test_many_clients(void **state)
{
	(void)state;
	enum { MOST = 200, MORE = 210 };
	int clients[MORE];
	for (int i = 0; i < MORE; i++) {
		clients[i] = connect_client();
		event_base_loop(base, EVLOOP_NONBLOCK);
	}
	static const char request[] = LINE "Host: x\r\n\r\n";
	struct buffer got = {0};
	bool ended = false;
	/* the last of them waits ... */
	send_bytes(clients[MOST], request, strlen(request));
	assert_false(receive(clients[MOST], CURIOUS, &got, &ended));
	/* ... the others do not ... */
	send_bytes(clients[MOST - 1], request, strlen(request));
	assert_true(receive(clients[MOST - 1], PATIENT, &got, &ended));
	assert_int_equal(status_of(got.bytes), 200);
	/* ... until one goes */
	close(clients[0]);
	buffer_clear(&got);
	assert_true(receive(clients[MOST], PATIENT, &got, &ended));
	assert_int_equal(status_of(got.bytes), 200);
	assert_false(ended);
	for (int i = 1; i < MORE; i++)
		close(clients[i]);
	buffer_clear(&got);
	char *answer = ask("GET", "/site/section.atom", "");
	assert_int_equal(status_of(answer), 200);
	free(answer);
}

static void
test_listen(void **state)
{
	(void)state;
	struct error err = {{0}};
	assert_null(
	    server_new(base, output, "127.0.0.1", server_port(server), &err));
	assert_non_null(strstr(err.reason, "listen 127.0.0.1:"));
	assert_non_null(strstr(err.reason, "Address already in use"));
	assert_null(server_new(base, output, "256.0.0.1x.invalid.", 0, &err));
	assert_non_null(strstr(err.reason, "listen 256.0.0.1x.invalid."));
	struct server *other = server_new(base, output, "::1", 0, &err);
	if (other == NULL)
		print_message("# no IPv6 here: %s\n", err.reason);
	else
		assert_int_not_equal(server_port(other), 0);
	server_free(other);
	/* with connections under way */
	int fd = connect_client();
	send_bytes(fd, LINE, strlen(LINE));
	close(fd);
	server_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_files, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_openers, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_requests, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_bytes, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_long_heads, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_answer, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_conditions, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		test_tag_changes, set_up, tear_down),
	    cmocka_unit_test(test_dates),
	    cmocka_unit_test_setup_teardown(test_index, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		test_page_of_all, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_own_text, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		test_output_replaced, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		test_one_connection, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_big_file, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		test_slow_clients, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		test_many_clients, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_listen, set_up, tear_down),
	};
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
