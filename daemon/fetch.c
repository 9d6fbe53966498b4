#include "daemon/fetch.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include <curl/curl.h>
#include <event2/event.h>
#include <event2/event_struct.h>

#include "daemon/address.h"
#include "daemon/clock.h"
#include "feed/buffer.h"
#include "feed/memory.h"
#include "feed/url.h"

#ifndef METROFEED_VERSION
#define METROFEED_VERSION "0"
#endif

#define HOPS_MAX 5
#define TOO_LARGE ((CURLcode)100) /* CURLE_TOO_LARGE, from libcurl 8.6 on */
#define BYTES_MAX ((size_t)2 << 20)
#define CONNECT_MS 10000L
#define TIMEOUT_MS 60000L
#define SLOW_BYTES 50L /* a second, for SLOW_S seconds: given up */
#define SLOW_S 20L
#define IDLE_CONNECTIONS 32L /* nobody watches them; more only lie around */
#define LIFETIME_S 600L      /* of a connection, however busy */
#define SPARE_HANDLES 32
#define RETRY_AFTER_MAX_S 86400
#define VALUE_MAX_BYTES 1023 /* a longer validator counts as none */
#define TARGET_MAX_BYTES 8191

/* One socket of libcurl's, as libevent watches it. */
struct watch {
	LIST_ENTRY(watch) link;
	struct event event;
};

struct fetcher {
	struct event_base *base;
	CURLM *multi;          /* one for ever: it holds the parsed CA bundle */
	struct event *timer;   /* libcurl has one */
	struct event *deliver; /* callbacks come from here */
	char *ca_file;         /* the system's bundle, or NULL */
	CURL *spare[SPARE_HANDLES];
	size_t spare_count;
	bool delivering, freed; /* freed from inside a callback */
	LIST_HEAD(watches, watch) watches;
	TAILQ_HEAD(fetch_list, fetch) running, done;
};

struct fetch {
	TAILQ_ENTRY(fetch) link;
	struct fetcher *fetcher;
	enum { RUNNING, DONE, DELIVERED } state;
	fetch_callback *callback;
	void *arg;
	/* the request */
	char *first_url;
	char *etag, *last_modified, *user_agent, *cookie, *proxy, *ca_file;
	char **headers;
	bool tls_verify, allow_private;
	size_t max_bytes;
	bool is_last, may_cut;
	long timeout_ms;
	bool (*may_follow)(const char *url, void *arg, struct error *);
	/* its way */
	int64_t started_ms;
	char *url; /* of this hop */
	unsigned hops;
	bool has_secrets;  /* no other host was met */
	bool is_permanent; /* every hop so far was a 301 or 308 */
	bool is_retry;
	/* this hop */
	CURL *easy; /* NULL between hops and after the last */
	struct curl_slist *lines;
	bool is_conditional;
	bool is_too_large, is_cut;
	int socket_errno;
	unsigned sockets;               /* opened */
	char address[INET6_ADDRSTRLEN]; /* the last one tried */
	int port;
	char refused[INET6_ADDRSTRLEN]; /* private, or "" */
	char words[CURL_ERROR_SIZE];    /* libcurl's */
	/* what came */
	struct buffer body;
	struct reply reply;
	char *moved_to, *content_type, *reply_etag, *reply_modified, *mitigated,
	    *reason;
};

/* ---- libcurl on libevent ---- */

static void on_socket(evutil_socket_t, short, void *);
static void fetch_ended(struct fetch *, CURLcode);

static void
watch_free(struct watch *watch)
{
	/* libcurl may have closed the socket already; epoll's EBADF for that is
	 * harmless (curl #14976) */
	(void)event_del(&watch->event);
	LIST_REMOVE(watch, link);
	free(watch);
}

static int
on_interest(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket)
{
	(void)easy;
	struct fetcher *fetcher = arg;
	struct watch *watch = socket;
	if (what == CURL_POLL_REMOVE) {
		if (watch != NULL)
			watch_free(watch);
		curl_multi_assign(fetcher->multi, fd, NULL);
		return 0;
	}
	if (watch == NULL) {
		watch = xcalloc(1, sizeof(*watch));
		LIST_INSERT_HEAD(&fetcher->watches, watch, link);
		curl_multi_assign(fetcher->multi, fd, watch);
	} else
		(void)event_del(&watch->event); /* may be re-assigned then */
	short wanted = EV_PERSIST;
	if ((what & CURL_POLL_IN) != 0)
		wanted |= EV_READ;
	if ((what & CURL_POLL_OUT) != 0)
		wanted |= EV_WRITE;
	if (event_assign(&watch->event, fetcher->base, fd, wanted, on_socket,
		fetcher) != 0)
		return -1;
	return event_add(&watch->event, NULL) != 0 ? -1 : 0;
}

/* -1 deletes the one timer; everything else, 0 included, arms it.  libcurl is
 * never called from inside (curl #3537). */
static int
on_wait(CURLM *multi, long wait_ms, void *arg)
{
	(void)multi;
	struct fetcher *fetcher = arg;
	struct timeval wait = {
	    .tv_sec = wait_ms / 1000, .tv_usec = wait_ms % 1000 * 1000};
	int code = wait_ms < 0 ? event_del(fetcher->timer)
			       : event_add(fetcher->timer, &wait);
	return code != 0 ? -1 : 0;
}

static void
drain(struct fetcher *fetcher)
{
	CURLMsg *message;
	int left;
	while (
	    (message = curl_multi_info_read(fetcher->multi, &left)) != NULL) {
		if (message->msg != CURLMSG_DONE)
			continue;
		/* copied before curl_multi_remove_handle frees the message */
		CURL *easy = message->easy_handle;
		CURLcode result = message->data.result;
		struct fetch *fetch = NULL;
		curl_easy_getinfo(easy, CURLINFO_PRIVATE, &fetch);
		fetch_ended(fetch, result);
	}
}

static void
on_socket(evutil_socket_t fd, short what, void *arg)
{
	struct fetcher *fetcher = arg;
	int running;
	int ready = 0;
	if ((what & EV_READ) != 0)
		ready |= CURL_CSELECT_IN;
	if ((what & EV_WRITE) != 0)
		ready |= CURL_CSELECT_OUT;
	curl_multi_socket_action(fetcher->multi, fd, ready, &running);
	drain(fetcher);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	struct fetcher *fetcher = arg;
	int running;
	curl_multi_socket_action(
	    fetcher->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	drain(fetcher);
}

/* ---- what libcurl asks during a transfer ---- */

static void
note_address(struct fetch *fetch, const struct sockaddr *address)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	const char *text = NULL;
	if (address->sa_family == AF_INET) {
		memcpy(&in, address, sizeof(in));
		text = inet_ntop(AF_INET, &in.sin_addr, fetch->address,
		    sizeof(fetch->address));
		fetch->port = ntohs(in.sin_port);
	} else if (address->sa_family == AF_INET6) {
		memcpy(&in6, address, sizeof(in6));
		text = inet_ntop(AF_INET6, &in6.sin6_addr, fetch->address,
		    sizeof(fetch->address));
		fetch->port = ntohs(in6.sin6_port);
	}
	if (text == NULL)
		(void)snprintf(fetch->address, sizeof(fetch->address),
		    "an unknown address"); /* fits */
}

/*
 * Sees every resolved address, whatever its spelling, at each hop and each
 * rebinding.  libcurl then reports a plain failure to connect, so the refusal
 * is noted here.  With a proxy all sockets go to the proxy, which the operator
 * chose.
 */
static curl_socket_t
on_open(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
	(void)purpose;
	struct fetch *fetch = arg;
	note_address(fetch, &to->addr);
	if (!fetch->allow_private && fetch->proxy == NULL &&
	    address_is_private(&to->addr)) {
		memcpy(fetch->refused, fetch->address, sizeof(fetch->refused));
		return CURL_SOCKET_BAD;
	}
	int fd = socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
	if (fd == -1) {
		fetch->socket_errno = errno;
		return CURL_SOCKET_BAD;
	}
	fetch->sockets++;
	return fd;
}

static bool
text_is_private(const char *text, int port)
{
	struct sockaddr_in in = {
	    .sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	struct sockaddr_in6 in6 = {
	    .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
	if (inet_pton(AF_INET, text, &in.sin_addr) == 1)
		return address_is_private((const struct sockaddr *)&in);
	if (inet_pton(AF_INET6, text, &in6.sin6_addr) == 1)
		return address_is_private((const struct sockaddr *)&in6);
	return true;
}

/*
 * Before the request goes out, on a reused connection too: one that a section
 * with allow-private has opened opens nothing for a section without.  Too late
 * to be the only check, since here the connection stands already.
 */
static int
on_connected(void *arg, char *to, char *from, int to_port, int from_port)
{
	(void)from;
	(void)from_port;
	struct fetch *fetch = arg;
	if (fetch->allow_private || fetch->proxy != NULL ||
	    !text_is_private(to, to_port))
		return CURL_PREREQFUNC_OK;
	fetch->sockets = 0;
	(void)snprintf(fetch->refused, sizeof(fetch->refused), "%s",
	    to); /* an address in text: fits */
	return CURL_PREREQFUNC_ABORT;
}

/* Counts decoded bytes: CURLOPT_MAXFILESIZE looks at Content-Length alone
 * before libcurl 8.4, and at decoded bytes from 8.20 only. */
static size_t
on_bytes(char *bytes, size_t size, size_t count, void *arg)
{
	struct fetch *fetch = arg;
	size_t length = size * count;
	size_t room = fetch->max_bytes - fetch->body.length;
	if (length > room) {
		fetch->is_cut = fetch->may_cut;
		fetch->is_too_large = !fetch->may_cut;
		if (fetch->is_cut)
			buffer_add(&fetch->body, bytes, room);
		return 0;
	}
	buffer_add(&fetch->body, bytes, length);
	return length;
}

/* ---- one hop ---- */

/* A line break in what we send would begin a header of someone else's. */
static bool
is_one_line(const char *text)
{
	return text != NULL && text[strcspn(text, "\r\n")] == '\0';
}

static void
add_line(struct fetch *fetch, const char *name, const char *value)
{
	if (!is_one_line(value))
		return;
	char *line =
	    name == NULL ? xstrdup(value) : xasprintf("%s: %s", name, value);
	struct curl_slist *lines = curl_slist_append(fetch->lines, line);
	free(line);
	if (lines != NULL)
		fetch->lines = lines;
}

/* Validators are echoed byte for byte (RFC 9110 8.8), to their own URL. */
static void
set_lines(struct fetch *fetch)
{
	curl_slist_free_all(fetch->lines);
	fetch->lines = NULL;
	fetch->is_conditional =
	    strcmp(fetch->url, fetch->first_url) == 0 &&
	    (is_one_line(fetch->etag) || is_one_line(fetch->last_modified));
	if (fetch->is_conditional) {
		add_line(fetch, "If-None-Match", fetch->etag);
		add_line(fetch, "If-Modified-Since", fetch->last_modified);
	}
	for (size_t i = 0; fetch->has_secrets && fetch->headers[i] != NULL; i++)
		add_line(fetch, NULL, fetch->headers[i]);
	curl_easy_setopt(fetch->easy, CURLOPT_HTTPHEADER, fetch->lines);
	if (fetch->has_secrets && is_one_line(fetch->cookie))
		curl_easy_setopt(fetch->easy, CURLOPT_COOKIE, fetch->cookie);
	if (is_one_line(fetch->user_agent))
		curl_easy_setopt(
		    fetch->easy, CURLOPT_USERAGENT, fetch->user_agent);
}

static void
set_limits(struct fetch *fetch, long left_ms)
{
	CURL *easy = fetch->easy;
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, left_ms);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, SLOW_S);
	curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE,
	    (curl_off_t)(fetch->may_cut ? 0 : fetch->max_bytes)); /* 0: none */
	curl_easy_setopt(easy, CURLOPT_MAXLIFETIME_CONN, LIFETIME_S);
	curl_easy_setopt(
	    easy, CURLOPT_FRESH_CONNECT, fetch->is_retry ? 1L : 0L);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, fetch->is_last ? 1L : 0L);
	/* a resolver thread that hangs is left behind: joining it stopped the
	 * loop for 5 s */
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
}

static void
set_connection(struct fetch *fetch)
{
	CURL *easy = fetch->easy;
	const char *ca_file = fetch->ca_file;
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, fetch);
	curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_connected);
	curl_easy_setopt(easy, CURLOPT_PREREQDATA, fetch);
	/* "" keeps the environment's http_proxy out, which would lead round
	 * the addresses' check; so would its no_proxy */
	curl_easy_setopt(
	    easy, CURLOPT_PROXY, fetch->proxy != NULL ? fetch->proxy : "");
	curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
	if (ca_file == NULL)
		ca_file = fetch->fetcher->ca_file;
	if (ca_file != NULL) {
		/* With a CAPATH, and Debian's libcurl has one by default, the
		 * bundle is parsed again for each connection, 18 ms. */
		curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file);
		curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	}
	if (!fetch->tls_verify) {
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	}
}

/* No netrc, cookie engine, HSTS, alt-svc or share: off unless asked for. */
static void
set_options(struct fetch *fetch, long left_ms)
{
	CURL *easy = fetch->easy;
	curl_easy_setopt(easy, CURLOPT_URL, fetch->url);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, fetch);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, fetch->words);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, fetch);
	set_limits(fetch, left_ms);
	set_connection(fetch);
	set_lines(fetch);
}

static char *
say_time(int64_t ms)
{
	if (ms < 1000)
		return xasprintf("%lld ms", (long long)ms);
	return xasprintf("%lld s", (long long)(ms + 500) / 1000);
}

/* False and the reason if there is no time, or no handle, for it. */
static bool
begin_hop(struct fetch *fetch)
{
	struct fetcher *fetcher = fetch->fetcher;
	int64_t spent_ms = clock_monotonic_ms() - fetch->started_ms;
	if (spent_ms >= fetch->timeout_ms) {
		char *time = say_time(fetch->timeout_ms);
		fetch->reason = xasprintf("timed out after %s", time);
		free(time);
		return false;
	}
	CURL *easy = fetcher->spare_count > 0
			 ? fetcher->spare[--fetcher->spare_count]
			 : curl_easy_init();
	if (easy == NULL) {
		fetch->reason = xstrdup("libcurl gives no handle");
		return false;
	}
	fetch->easy = easy;
	buffer_clear(&fetch->body);
	fetch->is_too_large = fetch->is_cut = false;
	fetch->sockets = 0;
	fetch->socket_errno = fetch->port = 0;
	fetch->words[0] = fetch->refused[0] = fetch->address[0] = '\0';
	set_options(fetch, fetch->timeout_ms - (long)spent_ms);
	CURLMcode code = curl_multi_add_handle(fetcher->multi, easy);
	if (code == CURLM_OK)
		return true;
	fetch->reason = xasprintf("libcurl: %s", curl_multi_strerror(code));
	return false;
}

/* curl_easy_reset keeps connections, names and TLS sessions, and nothing of
 * the request. */
static void
end_hop(struct fetch *fetch)
{
	struct fetcher *fetcher = fetch->fetcher;
	if (fetch->easy == NULL)
		return;
	curl_multi_remove_handle(fetcher->multi, fetch->easy);
	curl_easy_reset(fetch->easy);
	if (fetcher->spare_count < SPARE_HANDLES)
		fetcher->spare[fetcher->spare_count++] = fetch->easy;
	else
		curl_easy_cleanup(fetch->easy);
	fetch->easy = NULL;
}

/* ---- reasons, for people ---- */

/* What a server wrote, fit for a log. */
static char *
printable(const char *text)
{
	char *copy = xstrndup(text, 200);
	for (char *p = copy; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || (unsigned char)*p >= 0x7f)
			*p = '?';
	return copy;
}

static char *
say_too_large(size_t max_bytes)
{
	if (max_bytes >= 1 << 20 && max_bytes % (1 << 20) == 0)
		return xasprintf("page larger than %zu MiB", max_bytes >> 20);
	if (max_bytes >= 1 << 10 && max_bytes % (1 << 10) == 0)
		return xasprintf("page larger than %zu KiB", max_bytes >> 10);
	return xasprintf("page larger than %zu bytes", max_bytes);
}

static char *
say_no_connection(const struct fetch *fetch)
{
	long os_errno = 0;
	curl_easy_getinfo(fetch->easy, CURLINFO_OS_ERRNO, &os_errno);
	if (fetch->sockets == 0 && fetch->socket_errno != 0)
		return xasprintf(
		    "no socket: %s", strerror(fetch->socket_errno));
	if (fetch->sockets == 0)
		return xstrdup(fetch->words);
	if (os_errno == ECONNREFUSED)
		return xasprintf("connection refused by %s port %d",
		    fetch->address, fetch->port);
	return xasprintf("no connection to %s port %d: %s", fetch->address,
	    fetch->port, os_errno != 0 ? strerror((int)os_errno) : "failed");
}

static char *
say_timeout(const struct fetch *fetch)
{
	curl_off_t connected_us = 0;
	long status = 0;
	/* libcurl has one code for both */
	if (strncmp(fetch->words, "Operation too slow", 18) == 0)
		return xasprintf("too slow: less than %ld bytes a second for "
				 "%ld s",
		    SLOW_BYTES, SLOW_S);
	curl_easy_getinfo(
	    fetch->easy, CURLINFO_PRETRANSFER_TIME_T, &connected_us);
	curl_easy_getinfo(fetch->easy, CURLINFO_RESPONSE_CODE, &status);
	/* the limit, where that was it, and not the millisecond after */
	int64_t spent_ms = clock_monotonic_ms() - fetch->started_ms;
	char *time = say_time(
	    spent_ms < fetch->timeout_ms ? spent_ms : fetch->timeout_ms);
	char *said = connected_us == 0
			 ? xasprintf("timed out after %s: no connection", time)
		     : status == 0
			 ? xasprintf("timed out after %s: no answer", time)
			 : xasprintf("timed out after %s: %zu bytes had come",
			       time, fetch->body.length);
	free(time);
	return said;
}

static char *
say_cut(const struct fetch *fetch)
{
	curl_off_t promised = -1, came = 0;
	curl_easy_getinfo(
	    fetch->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &promised);
	curl_easy_getinfo(fetch->easy, CURLINFO_SIZE_DOWNLOAD_T, &came);
	if (promised > came)
		return xasprintf("cut: the connection closed with %lld bytes "
				 "to go",
		    (long long)(promised - came));
	return xstrdup("cut: the connection closed before the end");
}

static char *
say_certificate(const struct fetch *fetch)
{
	static const char *const prefixes[] = {
	    "SSL certificate problem: ", "SSL: "};
	const char *words = fetch->words;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
		if (strncmp(words, prefixes[i], strlen(prefixes[i])) == 0)
			words += strlen(prefixes[i]);
	return xasprintf(
	    "certificate: %s", *words != '\0' ? words : "not to be trusted");
}

static char *
say_result(const struct fetch *fetch, CURLcode result)
{
	const char *words =
	    fetch->words[0] != '\0' ? fetch->words : curl_easy_strerror(result);
	char *host, *said;
	/* a single header line without end runs into the same limit, under a
	 * name that would send people looking for memory; later releases have
	 * limits of their own, on a line and on the number of lines */
	if (result == CURLE_OUT_OF_MEMORY || result == TOO_LARGE ||
	    strncmp(words, "Too large response headers", 26) == 0)
		return xstrdup("headers larger than 300 KiB");
	switch (result) {
	case CURLE_COULDNT_RESOLVE_HOST:
		/* libcurl does not tell the two apart */
		host = url_host(fetch->url);
		said = xasprintf("no such host: %s, or no name server answers",
		    host != NULL ? host : fetch->url);
		free(host);
		return said;
	case CURLE_COULDNT_RESOLVE_PROXY:
		return xstrdup("no such host: the proxy's");
	case CURLE_COULDNT_CONNECT:
		return say_no_connection(fetch);
	case CURLE_OPERATION_TIMEDOUT:
		return say_timeout(fetch);
	case CURLE_PARTIAL_FILE:
		return say_cut(fetch);
	case CURLE_GOT_NOTHING:
		return xstrdup("the connection closed without an answer");
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
		/* OpenSSL's for a peer that leaves without a farewell */
		if (strstr(words, "unexpected eof") != NULL)
			return say_cut(fetch);
		return xasprintf(strstr(words, "chunk") != NULL
				     ? "not a proper HTTP answer: %s"
				     : "cut: %s",
		    words);
	case CURLE_PEER_FAILED_VERIFICATION:
		return say_certificate(fetch);
	case CURLE_SSL_CACERT_BADFILE:
		return xasprintf(
		    "certificate: the ca-file is not usable: %s", words);
	case CURLE_SSL_CONNECT_ERROR:
		return xasprintf("TLS: %s", words);
	case CURLE_WRITE_ERROR: /* more encodings than libcurl unwraps */
	case CURLE_BAD_CONTENT_ENCODING:
		return xasprintf("content encoding: %s", words);
	case CURLE_UNSUPPORTED_PROTOCOL: /* HTTP/0.9 */
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM:
		return xasprintf("not a proper HTTP answer: %s", words);
	default:
		return xstrdup(words);
	}
}

static char *
say_failure(const struct fetch *fetch, CURLcode result)
{
	char *said;
	if (fetch->is_too_large || result == CURLE_FILESIZE_EXCEEDED)
		said = say_too_large(fetch->max_bytes);
	else if (fetch->refused[0] != '\0' && fetch->sockets == 0)
		said = xasprintf("refused: %s is a private address "
				 "(allow-private)",
		    fetch->refused);
	else
		said = say_result(fetch, result);
	if (fetch->hops == 0)
		return said;
	char *longer = xasprintf("%s (redirected to %s)", said, fetch->url);
	free(said);
	return longer;
}

/* ---- redirects ---- */

static bool
is_same_host(const char *a, const char *b)
{
	char *host_a = url_host(a), *host_b = url_host(b);
	/* another scheme is another port */
	bool is_same = host_a != NULL && host_b != NULL &&
		       strcmp(host_a, host_b) == 0 &&
		       strcspn(a, ":") == strcspn(b, ":");
	free(host_a);
	free(host_b);
	return is_same;
}

static bool
is_redirect(long status)
{
	return status == 301 || status == 302 || status == 303 ||
	       status == 307 || status == 308;
}

/* The URL of the next hop; NULL and the reason if there may be none. */
static char *
next_url(struct fetch *fetch, long status, const char *target)
{
	struct error err = {{0}};
	if (target == NULL) {
		fetch->reason = xasprintf(
		    "the site answered %ld without saying where to", status);
		return NULL;
	}
	/* one parser decides what is checked, sent and reported */
	char *next = url_resolve(fetch->url, target, &err);
	char *shown = printable(next != NULL ? next : target);
	if (next == NULL)
		fetch->reason =
		    xasprintf("redirected to %s: %s", shown, err.reason);
	else if (fetch->hops == HOPS_MAX)
		fetch->reason = xasprintf(
		    "too many redirects: more than %d, the last to %s",
		    HOPS_MAX, shown);
	else if (strncmp(fetch->url, "https:", 6) == 0 &&
		 strncmp(next, "https:", 6) != 0)
		fetch->reason =
		    xasprintf("redirected from https to %s: refused", shown);
	else if (fetch->may_follow != NULL &&
		 !fetch->may_follow(next, fetch->arg, &err))
		fetch->reason =
		    xasprintf("redirected to %s: %s", shown, err.reason);
	free(shown);
	if (fetch->reason == NULL)
		return next;
	free(next);
	return NULL;
}

/* True if another hop has begun; else the reason says why not. */
static bool
follow(struct fetch *fetch, long status, const char *target)
{
	char *next = next_url(fetch, status, target);
	if (next == NULL)
		return false;
	fetch->is_permanent = (fetch->hops == 0 || fetch->is_permanent) &&
			      (status == 301 || status == 308);
	if (fetch->is_permanent) {
		free(fetch->moved_to);
		fetch->moved_to = xstrdup(next);
	}
	if (!is_same_host(fetch->url, next))
		fetch->has_secrets = false; /* and no way back to them */
	fetch->hops++;
	fetch->is_retry = false;
	free(fetch->url);
	fetch->url = next;
	return begin_hop(fetch);
}

/* ---- the answer ---- */

/* Of the last response (-1): 1xx and a proxy's come before it. */
static char *
header_value(CURL *easy, const char *name, size_t max_bytes)
{
	struct curl_header *header;
	if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header) !=
	    CURLHE_OK)
		return NULL;
	size_t length = strnlen(header->value, max_bytes + 1);
	return length > 0 && length <= max_bytes ? xstrdup(header->value)
						 : NULL;
}

/*
 * Seconds or a date (RFC 9110 10.2.3), read here: CURLINFO_RETRY_AFTER is
 * negative for a date gone by, and 0 for a number of 20 digits.
 */
static int64_t
retry_after(const char *value)
{
	if (value == NULL)
		return -1;
	size_t digits = strspn(value, "0123456789");
	if (digits > 0 && value[digits] == '\0') {
		int64_t wait_s = 0;
		for (size_t i = 0; i < digits && wait_s < RETRY_AFTER_MAX_S;
		     i++)
			wait_s = wait_s * 10 + (value[i] - '0');
		return wait_s < RETRY_AFTER_MAX_S ? wait_s : RETRY_AFTER_MAX_S;
	}
	/* a date begins with its day; curl_getdate reads more into junk */
	if ((value[0] | 0x20) < 'a' || (value[0] | 0x20) > 'z')
		return -1;
	time_t until = curl_getdate(value, NULL);
	if (until == -1)
		return -1;
	int64_t wait_s = (int64_t)until - clock_now_s();
	if (wait_s < 0)
		return 0;
	return wait_s < RETRY_AFTER_MAX_S ? wait_s : RETRY_AFTER_MAX_S;
}

static void
take_headers(struct fetch *fetch)
{
	CURL *easy = fetch->easy;
	char *wait = header_value(easy, "Retry-After", VALUE_MAX_BYTES);
	fetch->reply.retry_after_s = retry_after(wait);
	free(wait);
	fetch->content_type =
	    header_value(easy, "Content-Type", VALUE_MAX_BYTES);
	fetch->mitigated = header_value(easy, "cf-mitigated", VALUE_MAX_BYTES);
	if (strcmp(fetch->url, fetch->first_url) != 0)
		return;
	fetch->reply_etag = header_value(easy, "ETag", VALUE_MAX_BYTES);
	fetch->reply_modified =
	    header_value(easy, "Last-Modified", VALUE_MAX_BYTES);
}

static void
deliver_soon(struct fetch *fetch)
{
	struct fetcher *fetcher = fetch->fetcher;
	if (fetch->reason != NULL)
		buffer_clear(&fetch->body); /* half a page is none */
	fetch->state = DONE;
	TAILQ_REMOVE(&fetcher->running, fetch, link);
	TAILQ_INSERT_TAIL(&fetcher->done, fetch, link);
	event_active(fetcher->deliver, EV_TIMEOUT, 0);
}

/* A server that ends its HTTP/2 connection while we ask is asked once more, on
 * a new one; libcurl does so by itself for HTTP/1. */
static bool
deserves_retry(const struct fetch *fetch, CURLcode result)
{
	return (result == CURLE_HTTP2 || result == CURLE_HTTP2_STREAM) &&
	       !fetch->is_retry && !fetch->is_too_large;
}

static void
fetch_ended(struct fetch *fetch, CURLcode result)
{
	long status = 0;
	curl_easy_getinfo(fetch->easy, CURLINFO_RESPONSE_CODE, &status);
	fetch->reply.status = (int)status;
	if (fetch->is_cut && result == CURLE_WRITE_ERROR)
		result = CURLE_OK;
	if (deserves_retry(fetch, result)) {
		end_hop(fetch);
		fetch->is_retry = true;
		if (begin_hop(fetch))
			return;
	} else if (result != CURLE_OK)
		fetch->reason = say_failure(fetch, result);
	else if (is_redirect(status)) {
		char *target =
		    header_value(fetch->easy, "Location", TARGET_MAX_BYTES);
		end_hop(fetch);
		bool goes_on = follow(fetch, status, target);
		free(target);
		if (goes_on)
			return;
	} else {
		take_headers(fetch);
		if (status == 304 && !fetch->is_conditional)
			fetch->reason = xstrdup("the site answered 304 (not "
						"modified) unasked");
	}
	end_hop(fetch);
	deliver_soon(fetch);
}

/* ---- the callback ---- */

static void
fetch_free(struct fetch *fetch)
{
	end_hop(fetch);
	curl_slist_free_all(fetch->lines);
	buffer_clear(&fetch->body);
	for (size_t i = 0; fetch->headers[i] != NULL; i++)
		free(fetch->headers[i]);
	free(fetch->headers);
	char *strings[] = {fetch->url, fetch->first_url, fetch->etag,
	    fetch->last_modified, fetch->user_agent, fetch->cookie,
	    fetch->proxy, fetch->ca_file, fetch->moved_to, fetch->content_type,
	    fetch->reply_etag, fetch->reply_modified, fetch->mitigated,
	    fetch->reason};
	for (size_t i = 0; i < sizeof(strings) / sizeof(*strings); i++)
		free(strings[i]);
	free(fetch);
}

static void
deliver(struct fetch *fetch)
{
	struct reply *reply = &fetch->reply;
	reply->body = fetch->body.bytes != NULL ? fetch->body.bytes : "";
	reply->length = fetch->body.length;
	reply->url = fetch->url;
	reply->moved_to = fetch->moved_to;
	reply->content_type = fetch->content_type;
	reply->mitigated = fetch->mitigated;
	reply->etag = fetch->reply_etag;
	reply->last_modified = fetch->reply_modified;
	reply->reason = fetch->reason;
	reply->elapsed_ms = clock_monotonic_ms() - fetch->started_ms;
	fetch->callback(fetch, reply, fetch->arg);
}

static void
on_deliver(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	struct fetcher *fetcher = arg;
	struct fetch *fetch;
	fetcher->delivering = true;
	while (
	    !fetcher->freed && (fetch = TAILQ_FIRST(&fetcher->done)) != NULL) {
		TAILQ_REMOVE(&fetcher->done, fetch, link);
		fetch->state = DELIVERED;
		deliver(fetch);
		fetch_free(fetch);
	}
	fetcher->delivering = false;
	if (fetcher->freed)
		fetcher_free(fetcher);
}

/* ---- the calls ---- */

/* Where libcurl was built to look, else where systems keep it. */
static char *
system_bundle(void)
{
	static const char *const places[] = {
	    "/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/cert.pem",
	    "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem"};
	CURL *easy = curl_easy_init();
	const char *built_in = NULL;
	char *bundle = NULL;
	if (easy != NULL &&
	    curl_easy_getinfo(easy, CURLINFO_CAINFO, &built_in) == CURLE_OK &&
	    built_in != NULL && access(built_in, R_OK) == 0)
		bundle = xstrdup(built_in);
	curl_easy_cleanup(easy);
	for (size_t i = 0;
	     bundle == NULL && i < sizeof(places) / sizeof(*places); i++)
		if (access(places[i], R_OK) == 0)
			bundle = xstrdup(places[i]);
	return bundle;
}

static void
set_multi(struct fetcher *fetcher)
{
	CURLM *multi = fetcher->multi;
	curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_interest);
	curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, fetcher);
	curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_wait);
	curl_multi_setopt(multi, CURLMOPT_TIMERDATA, fetcher);
	curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, IDLE_CONNECTIONS);
	/* 7.88 stalls multiplexed streams near the end of a body, 8.14 does
	 * not.  The library that runs decides, not the header. */
	if (curl_version_info(CURLVERSION_NOW)->version_num < 0x080e00)
		curl_multi_setopt(
		    multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
}

struct fetcher *
fetcher_new(struct event_base *base, struct error *err)
{
	/* a transfer that lost an allocation may never end */
	if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, xmalloc, free, xrealloc,
		xstrdup, xcalloc) != CURLE_OK) {
		error_set(err, "libcurl does not start");
		return NULL;
	}
	struct fetcher *fetcher = xcalloc(1, sizeof(*fetcher));
	LIST_INIT(&fetcher->watches);
	TAILQ_INIT(&fetcher->running);
	TAILQ_INIT(&fetcher->done);
	fetcher->base = base;
	fetcher->timer = evtimer_new(base, on_timer, fetcher);
	fetcher->deliver = event_new(base, -1, 0, on_deliver, fetcher);
	fetcher->multi = curl_multi_init();
	if (fetcher->multi == NULL || fetcher->timer == NULL ||
	    fetcher->deliver == NULL) {
		error_set(err, "libcurl or libevent does not start");
		fetcher_free(fetcher);
		return NULL;
	}
	fetcher->ca_file = system_bundle();
	set_multi(fetcher);
	return fetcher;
}

static void
free_list(struct fetch_list *list)
{
	struct fetch *fetch;
	while ((fetch = TAILQ_FIRST(list)) != NULL) {
		TAILQ_REMOVE(list, fetch, link);
		fetch_free(fetch);
	}
}

const char *
fetcher_ca_file(const struct fetcher *fetcher)
{
	return fetcher->ca_file;
}

void
fetcher_free(struct fetcher *fetcher)
{
	if (fetcher == NULL)
		return;
	free_list(&fetcher->running);
	free_list(&fetcher->done);
	fetcher->freed = true;
	if (fetcher->delivering)
		return; /* on_deliver does the rest */
	while (fetcher->spare_count > 0)
		curl_easy_cleanup(fetcher->spare[--fetcher->spare_count]);
	curl_multi_cleanup(fetcher->multi);
	while (!LIST_EMPTY(&fetcher->watches))
		watch_free(LIST_FIRST(&fetcher->watches));
	if (fetcher->timer != NULL)
		event_free(fetcher->timer);
	if (fetcher->deliver != NULL)
		event_free(fetcher->deliver);
	curl_global_cleanup();
	free(fetcher->ca_file);
	free(fetcher);
}

static char **
copy_lines(const char *const *lines)
{
	size_t count = 0;
	while (lines != NULL && lines[count] != NULL)
		count++;
	char **copy = xcalloc(count + 1, sizeof(*copy));
	for (size_t i = 0; i < count; i++)
		copy[i] = xstrdup(lines[i]);
	return copy;
}

static struct fetch *
fetch_new(const struct fetch_request *request, char *url)
{
	struct fetch *fetch = xcalloc(1, sizeof(*fetch));
	*fetch = (struct fetch){
	    .url = url,
	    .first_url = xstrdup(url),
	    .etag = xstrdup_or_null(request->etag),
	    .last_modified = xstrdup_or_null(request->last_modified),
	    .user_agent = xstrdup(request->user_agent != NULL
				      ? request->user_agent
				      : "metrofeed/" METROFEED_VERSION),
	    .headers = copy_lines(request->headers),
	    .cookie = xstrdup_or_null(request->cookie),
	    .proxy = xstrdup_or_null(request->proxy),
	    .ca_file = xstrdup_or_null(request->ca_file),
	    .tls_verify = request->tls_verify,
	    .allow_private = request->allow_private,
	    .has_secrets = true,
	    .max_bytes =
		request->max_bytes != 0 ? request->max_bytes : BYTES_MAX,
	    .is_last = request->is_last,
	    .may_cut = request->may_cut,
	    .may_follow = request->may_follow,
	    .timeout_ms =
		request->timeout_ms > 0 ? request->timeout_ms : TIMEOUT_MS,
	    .started_ms = clock_monotonic_ms(),
	    .reply.retry_after_s = -1,
	};
	return fetch;
}

struct fetch *
fetch_start(struct fetcher *fetcher, const struct fetch_request *request,
    fetch_callback *callback, void *arg, struct error *err)
{
	char *url = url_resolve(NULL, request->url, err);
	if (url == NULL)
		return NULL;
	struct fetch *fetch = fetch_new(request, url);
	fetch->fetcher = fetcher;
	fetch->callback = callback;
	fetch->arg = arg;
	if (!begin_hop(fetch)) {
		error_set(err, "%s", fetch->reason);
		fetch_free(fetch);
		return NULL;
	}
	TAILQ_INSERT_TAIL(&fetcher->running, fetch, link);
	return fetch;
}

void
fetch_cancel(struct fetch *fetch)
{
	if (fetch == NULL || fetch->state == DELIVERED)
		return;
	struct fetcher *fetcher = fetch->fetcher;
	TAILQ_REMOVE(
	    fetch->state == RUNNING ? &fetcher->running : &fetcher->done, fetch,
	    link);
	fetch_free(fetch);
}
