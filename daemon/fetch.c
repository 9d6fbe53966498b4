#include "daemon/fetch.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include <curl/curl.h>
#include <event2/event.h>

#include "daemon/address.h"
#include "daemon/clock.h"
#include "feed/buffer.h"
#include "feed/memory.h"
#include "feed/url.h"

#ifndef METROFEED_VERSION
#define METROFEED_VERSION "0"
#endif

#define HOPS_MAX 5
#define BYTES_MAX ((size_t)2 << 20)
#define CONNECT_MS 10000L
#define TIMEOUT_MS 60000L
#define SLOW_BYTES 50L /* a second, for SLOW_S seconds: given up */
#define SLOW_S 20L
#define IDLE_CONNECTIONS 32L
#define RETRY_AFTER_MOST_S 86400
#define SPARE_HANDLES 32

struct fetcher {
	struct event_base *base;
	CURLM *multi;
	struct event *timer;   /* libcurl has one */
	struct event *deliver; /* callbacks come from here */
	const char *ca_file;   /* the system's bundle, or NULL */
	CURL *spare[SPARE_HANDLES];
	size_t spare_count, active;
	TAILQ_HEAD(fetch_list, fetch) running, done;
};

struct fetch {
	TAILQ_ENTRY(fetch) link;
	struct fetcher *fetcher;
	CURL *easy;            /* NULL once its answer is here */
	fetch_callback *callback;
	void *arg;
	/* the request */
	char *url;             /* of this hop */
	char *first_url;
	char *etag, *last_modified, *user_agent, *cookie, *proxy, *ca_file;
	char **headers;
	bool tls_verify, allow_private, secrets;
	size_t max_bytes;
	long timeout_ms;
	int64_t started_ms;
	/* what comes */
	struct curl_slist *lines;
	struct buffer body;
	bool too_large, asked_if_changed;
	char refused[INET6_ADDRSTRLEN];
	char words[CURL_ERROR_SIZE];
	char *moved_to;
	unsigned hops;
	bool permanent; /* every hop so far was a 301 or 308 */
	struct reply reply;
	char *content_type, *reply_etag, *reply_modified, *reason;
};

/* ---- libcurl on libevent ---- */

static void on_socket(evutil_socket_t, short, void *);

/* One heap struct with an event per socket (curl_multi_assign). */
static int
socket_changed(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket)
{
	(void)easy;
	struct fetcher *fetcher = arg;
	struct event *event = socket;
	if (what == CURL_POLL_REMOVE) {
		if (event != NULL)
			event_free(event);
		curl_multi_assign(fetcher->multi, fd, NULL);
		return 0;
	}
	short wanted = (short)(((what & CURL_POLL_IN) != 0 ? EV_READ : 0) |
	    ((what & CURL_POLL_OUT) != 0 ? EV_WRITE : 0) | EV_PERSIST);
	if (event != NULL)
		event_free(event);
	event = event_new(fetcher->base, fd, wanted, on_socket, fetcher);
	event_add(event, NULL);
	curl_multi_assign(fetcher->multi, fd, event);
	return 0;
}

/* -1 deletes the one timer; everything else, 0 included, arms it.  libcurl is
 * never called from inside. */
static int
timer_changed(CURLM *multi, long wait_ms, void *arg)
{
	(void)multi;
	struct fetcher *fetcher = arg;
	struct timeval wait = {
	    .tv_sec = wait_ms / 1000, .tv_usec = wait_ms % 1000 * 1000};
	if (wait_ms < 0)
		event_del(fetcher->timer);
	else
		event_add(fetcher->timer, &wait);
	return 0;
}

static void fetch_ended(struct fetch *, CURLcode);

static void
drain(struct fetcher *fetcher)
{
	CURLMsg *message;
	int left;
	while ((message = curl_multi_info_read(fetcher->multi, &left)) !=
	    NULL) {
		if (message->msg != CURLMSG_DONE)
			continue;
		/* copied before remove_handle, which frees the message */
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
	int events = ((what & EV_READ) != 0 ? CURL_CSELECT_IN : 0) |
	    ((what & EV_WRITE) != 0 ? CURL_CSELECT_OUT : 0);
	curl_multi_socket_action(fetcher->multi, fd, events, &running);
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

/*
 * Sees every resolved address, whatever the spelling, at each hop and each
 * rebinding: the one place where a private one can be refused.
 */
static curl_socket_t
open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	(void)purpose;
	struct fetch *fetch = arg;
	/* a configured proxy is the operator's choice, and hides the target */
	if (!fetch->allow_private && fetch->proxy == NULL &&
	    address_is_private(&address->addr)) {
		const void *raw = address->family == AF_INET
		    ? (const void *)&((struct sockaddr_in *)&address->addr)
			  ->sin_addr
		    : (const void *)&((struct sockaddr_in6 *)&address->addr)
			  ->sin6_addr;
		if (inet_ntop(address->family, raw, fetch->refused,
			sizeof(fetch->refused)) == NULL)
			(void)snprintf(fetch->refused, sizeof(fetch->refused),
			    "an unknown address");
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC,
	    address->protocol);
}

/* Decoded bytes: MAXFILESIZE is no limit (it looks at Content-Length only, or
 * at encoded bytes, by version). */
static size_t
on_body(char *bytes, size_t size, size_t count, void *arg)
{
	struct fetch *fetch = arg;
	size_t length = size * count;
	if (length > fetch->max_bytes - fetch->body.length) {
		fetch->too_large = true;
		return 0;
	}
	buffer_add(&fetch->body, bytes, length);
	return length;
}

/* ---- one hop ---- */

static void
set_lines(struct fetch *fetch)
{
	struct curl_slist *lines = NULL;
	char *line;
	curl_slist_free_all(fetch->lines);
	bool first = strcmp(fetch->url, fetch->first_url) == 0;
	fetch->asked_if_changed =
	    first && (fetch->etag != NULL || fetch->last_modified != NULL);
	if (first && fetch->etag != NULL) { /* RFC 9110 13.1.2: verbatim */
		line = xasprintf("If-None-Match: %s", fetch->etag);
		lines = curl_slist_append(lines, line);
		free(line);
	}
	if (first && fetch->last_modified != NULL) {
		line = xasprintf("If-Modified-Since: %s", fetch->last_modified);
		lines = curl_slist_append(lines, line);
		free(line);
	}
	for (size_t i = 0; fetch->secrets && fetch->headers[i] != NULL; i++)
		lines = curl_slist_append(lines, fetch->headers[i]);
	fetch->lines = lines;
}

static void
set_options(struct fetch *fetch)
{
	CURL *easy = fetch->easy;
	curl_easy_setopt(easy, CURLOPT_URL, fetch->url);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, fetch);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, fetch->words);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	/* a resolver that hangs is left behind, not waited for */
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, fetch->timeout_ms);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, SLOW_S);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, fetch);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, fetch);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, fetch->user_agent);
	/* "" shuts the environment's http_proxy out */
	curl_easy_setopt(easy, CURLOPT_PROXY,
	    fetch->proxy != NULL ? fetch->proxy : "");
	/* with Debian's default CAPATH the bundle is parsed again for each
	 * connection, 18 ms: only CAINFO lets curl keep the parsed store */
	curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	if (fetch->ca_file != NULL)
		curl_easy_setopt(easy, CURLOPT_CAINFO, fetch->ca_file);
	else if (fetch->fetcher->ca_file != NULL)
		curl_easy_setopt(
		    easy, CURLOPT_CAINFO, fetch->fetcher->ca_file);
	if (!fetch->tls_verify) {
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	}
	if (fetch->secrets && fetch->cookie != NULL)
		curl_easy_setopt(easy, CURLOPT_COOKIE, fetch->cookie);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, fetch->lines);
}

static void
begin_hop(struct fetch *fetch)
{
	struct fetcher *fetcher = fetch->fetcher;
	fetch->easy = fetcher->spare_count > 0
	    ? fetcher->spare[--fetcher->spare_count]
	    : curl_easy_init();
	buffer_clear(&fetch->body);
	fetch->words[0] = '\0';
	set_lines(fetch);
	set_options(fetch);
	curl_multi_add_handle(fetcher->multi, fetch->easy);
}

/* A reset handle keeps connections, names and TLS sessions. */
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

/* ---- redirects ---- */

static bool
same_host(const char *a, const char *b)
{
	char *x = url_host(a), *y = url_host(b);
	bool same = x != NULL && y != NULL && strcmp(x, y) == 0 &&
	    strncmp(a, "https:", 6) == strncmp(b, "https:", 6);
	free(x);
	free(y);
	return same;
}

static bool
is_redirect(long status)
{
	return status == 301 || status == 302 || status == 303 ||
	    status == 307 || status == 308;
}

/* True if another hop began; else fetch->reason may say why not. */
static bool
follow(struct fetch *fetch, long status, const char *target)
{
	struct error err = {{0}};
	if (target == NULL) {
		fetch->reason = xasprintf(
		    "the site answered %ld without saying where to", status);
		return false;
	}
	if (++fetch->hops > HOPS_MAX) {
		fetch->reason = xasprintf(
		    "more than %d redirects, the last to %.200s", HOPS_MAX,
		    target);
		return false;
	}
	char *next = url_resolve(fetch->url, target, &err);
	if (next == NULL) {
		fetch->reason =
		    xasprintf("redirected to %.200s: %s", target, err.reason);
		return false;
	}
	if (strncmp(fetch->url, "https:", 6) == 0 &&
	    strncmp(next, "https:", 6) != 0) {
		fetch->reason = xasprintf(
		    "redirected from https to %.200s: refused", next);
		free(next);
		return false;
	}
	fetch->permanent = (fetch->hops == 1 || fetch->permanent) &&
	    (status == 301 || status == 308);
	free(fetch->moved_to);
	fetch->moved_to = fetch->permanent ? xstrdup(next) : NULL;
	if (!same_host(fetch->url, next))
		fetch->secrets = false; /* for good: no way back to them */
	free(fetch->url);
	fetch->url = next;
	begin_hop(fetch);
	return true;
}

/* ---- the answer ---- */

static char *
header_value(CURL *easy, const char *name)
{
	struct curl_header *header;
	if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header) !=
	    CURLHE_OK)
		return NULL;
	return header->value[0] != '\0' && strlen(header->value) < 1024
	    ? xstrdup(header->value)
	    : NULL;
}

static char *
say_size(size_t bytes)
{
	if (bytes >= 1 << 20 && bytes % (1 << 20) == 0)
		return xasprintf("%zu MiB", bytes >> 20);
	return xasprintf("%zu bytes", bytes);
}

/* For a person: what failed, where, without libcurl's names. */
static char *
say_failure(struct fetch *fetch, CURLcode result)
{
	char *host = url_host(fetch->url);
	char *said = NULL;
	const char *at = host != NULL ? host : fetch->url;
	if (fetch->refused[0] != '\0')
		said = xasprintf("refused: %s is a private address "
				 "(allow-private)",
		    fetch->refused);
	else if (fetch->too_large) {
		char *size = say_size(fetch->max_bytes);
		said = xasprintf("the page is larger than %s", size);
		free(size);
	} else
		switch (result) {
		case CURLE_COULDNT_RESOLVE_HOST:
			said = xasprintf("no such host: %s", at);
			break;
		case CURLE_COULDNT_CONNECT:
			said = xasprintf("no connection to %s: %s", at,
			    fetch->words[0] != '\0' ? fetch->words
						    : "refused");
			break;
		case CURLE_OPERATION_TIMEDOUT:
			said = xasprintf("%s took too long: %s", at,
			    fetch->words[0] != '\0' ? fetch->words
						    : "timed out");
			break;
		case CURLE_PARTIAL_FILE:
			said = xasprintf("the page was cut: %s",
			    fetch->words[0] != '\0'
				? fetch->words
				: "the connection closed early");
			break;
		case CURLE_GOT_NOTHING:
			said = xasprintf("%s closed the connection without an "
					 "answer",
			    at);
			break;
		case CURLE_PEER_FAILED_VERIFICATION:
		case CURLE_SSL_CACERT_BADFILE:
			said = xasprintf(
			    "the certificate of %s is not to be trusted: %s",
			    at, fetch->words);
			break;
		default:
			said = xasprintf("%s: %s", at,
			    fetch->words[0] != '\0'
				? fetch->words
				: curl_easy_strerror(result));
		}
	free(host);
	return said;
}

/* Clamped: libcurl gives negative numbers for dates gone by. */
static int64_t
retry_after(struct fetch *fetch)
{
	char *value = header_value(fetch->easy, "Retry-After");
	curl_off_t wait = -1;
	if (value == NULL)
		return -1;
	free(value);
	curl_easy_getinfo(fetch->easy, CURLINFO_RETRY_AFTER, &wait);
	if (wait < 0)
		return 0;
	return wait < RETRY_AFTER_MOST_S ? wait : RETRY_AFTER_MOST_S;
}

static void
take_answer(struct fetch *fetch, long status)
{
	fetch->content_type = header_value(fetch->easy, "Content-Type");
	fetch->reply_etag = header_value(fetch->easy, "ETag");
	fetch->reply_modified = header_value(fetch->easy, "Last-Modified");
	fetch->reply.retry_after_s = retry_after(fetch);
	if (status == 304 && !fetch->asked_if_changed)
		fetch->reason = xstrdup(
		    "the site answered 304 (not modified) unasked");
}

static void
deliver_soon(struct fetch *fetch)
{
	struct fetcher *fetcher = fetch->fetcher;
	TAILQ_REMOVE(&fetcher->running, fetch, link);
	TAILQ_INSERT_TAIL(&fetcher->done, fetch, link);
	event_active(fetcher->deliver, EV_TIMEOUT, 0);
}

static void
fetch_ended(struct fetch *fetch, CURLcode result)
{
	long status = 0;
	fetch->reply.retry_after_s = -1;
	curl_easy_getinfo(fetch->easy, CURLINFO_RESPONSE_CODE, &status);
	fetch->reply.status = (int)status;
	if (result != CURLE_OK)
		fetch->reason = say_failure(fetch, result);
	else if (is_redirect(status)) {
		char *target = header_value(fetch->easy, "Location");
		end_hop(fetch);
		bool goes_on = follow(fetch, status, target);
		free(target);
		if (goes_on)
			return;
	} else
		take_answer(fetch, status);
	end_hop(fetch);
	deliver_soon(fetch);
}

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
	    fetch->proxy, fetch->ca_file, fetch->moved_to,
	    fetch->content_type, fetch->reply_etag, fetch->reply_modified,
	    fetch->reason};
	for (size_t i = 0; i < sizeof(strings) / sizeof(*strings); i++)
		free(strings[i]);
	free(fetch);
}

static void
on_deliver(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	struct fetcher *fetcher = arg;
	struct fetch *fetch;
	while ((fetch = TAILQ_FIRST(&fetcher->done)) != NULL) {
		TAILQ_REMOVE(&fetcher->done, fetch, link);
		fetcher->active--;
		struct reply *reply = &fetch->reply;
		reply->body = fetch->body.bytes != NULL ? fetch->body.bytes : "";
		reply->length = fetch->body.length;
		reply->url = fetch->url;
		reply->moved_to = fetch->moved_to;
		reply->content_type = fetch->content_type;
		reply->etag = fetch->reply_etag;
		reply->last_modified = fetch->reply_modified;
		reply->reason = fetch->reason;
		reply->elapsed_ms = clock_monotonic_ms() - fetch->started_ms;
		fetch->callback(fetch, reply, fetch->arg);
		fetch_free(fetch);
	}
}

/* ---- the calls ---- */

static const char *
system_bundle(void)
{
	static const char *const places[] = {
	    "/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/cert.pem",
	    "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
	    NULL};
	for (size_t i = 0; places[i] != NULL; i++)
		if (access(places[i], R_OK) == 0)
			return places[i];
	return NULL;
}

struct fetcher *
fetcher_new(struct event_base *base, struct error *err)
{
	struct fetcher *fetcher = xcalloc(1, sizeof(*fetcher));
	TAILQ_INIT(&fetcher->running);
	TAILQ_INIT(&fetcher->done);
	fetcher->base = base;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
	    (fetcher->multi = curl_multi_init()) == NULL) {
		free(fetcher);
		error_set(err, "libcurl does not start");
		return NULL;
	}
	fetcher->ca_file = system_bundle();
	fetcher->timer = evtimer_new(base, on_timer, fetcher);
	fetcher->deliver = event_new(base, -1, 0, on_deliver, fetcher);
	CURLM *multi = fetcher->multi;
	curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, socket_changed);
	curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, fetcher);
	curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, timer_changed);
	curl_multi_setopt(multi, CURLMOPT_TIMERDATA, fetcher);
	curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, IDLE_CONNECTIONS);
	/* 7.88 stalls multiplexed streams near the end of a body; 8.14 does
	 * not.  The library that runs decides, not the header. */
	if (curl_version_info(CURLVERSION_NOW)->version_num < 0x080e00)
		curl_multi_setopt(
		    multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
	return fetcher;
}

void
fetcher_free(struct fetcher *fetcher)
{
	struct fetch *fetch;
	if (fetcher == NULL)
		return;
	while ((fetch = TAILQ_FIRST(&fetcher->running)) != NULL) {
		TAILQ_REMOVE(&fetcher->running, fetch, link);
		fetch_free(fetch);
	}
	while ((fetch = TAILQ_FIRST(&fetcher->done)) != NULL) {
		TAILQ_REMOVE(&fetcher->done, fetch, link);
		fetch_free(fetch);
	}
	while (fetcher->spare_count > 0)
		curl_easy_cleanup(fetcher->spare[--fetcher->spare_count]);
	curl_multi_cleanup(fetcher->multi); /* closes sockets: events go too */
	event_free(fetcher->timer);
	event_free(fetcher->deliver);
	curl_global_cleanup();
	free(fetcher);
}

size_t
fetcher_active(const struct fetcher *fetcher)
{
	return fetcher->active;
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

struct fetch *
fetch_start(struct fetcher *fetcher, const struct fetch_request *request,
    fetch_callback *callback, void *arg, struct error *err)
{
	char *url = url_resolve(NULL, request->url, err);
	if (url == NULL)
		return NULL;
	struct fetch *fetch = xcalloc(1, sizeof(*fetch));
	*fetch = (struct fetch){
	    .fetcher = fetcher,
	    .callback = callback,
	    .arg = arg,
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
	    .secrets = true,
	    .max_bytes =
		request->max_bytes != 0 ? request->max_bytes : BYTES_MAX,
	    .timeout_ms =
		request->timeout_ms != 0 ? request->timeout_ms : TIMEOUT_MS,
	    .started_ms = clock_monotonic_ms(),
	};
	TAILQ_INSERT_TAIL(&fetcher->running, fetch, link);
	fetcher->active++;
	begin_hop(fetch);
	return fetch;
}

void
fetch_cancel(struct fetch *fetch)
{
	if (fetch == NULL)
		return;
	struct fetcher *fetcher = fetch->fetcher;
	if (fetch->easy != NULL)
		TAILQ_REMOVE(&fetcher->running, fetch, link);
	else
		TAILQ_REMOVE(&fetcher->done, fetch, link);
	fetcher->active--;
	fetch_free(fetch);
}

char *
fetch_take_body(struct fetch *fetch, size_t *length)
{
	*length = fetch->body.length;
	return buffer_take(&fetch->body);
}
