#include "daemon/serve.h"

#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

#include "daemon/clock.h"
#include "daemon/log.h"
#include "daemon/serve_folder.h"
#include "daemon/serve_request.h"
#include "feed/date.h"
#include "feed/format.h"
#include "feed/index_page.h"
#include "feed/memory.h"

/*
 * Straight on bufferevents: evhttp (2.1) has no limit on connections, lets a
 * client that sends a byte now and then stay for ever, and takes the body of a
 * GET for the next request.
 */
#define MAX_CLIENTS 200
#define MAX_HEAD 16384
#define ASK_MS 10000    /* for a whole head, also between two requests */
#define ANSWER_MS 60000 /* until the last byte of an answer is taken */
#define LEAVE_MS 2000   /* until a client has seen the end */
#define ACCEPT_S 1      /* after no descriptor was left */
#define INDEX_PATH "/index.html"
#define MAX_TEXTS 2 /* answered without a file */

enum { ASKING, ANSWERING, LEAVING };

struct client {
	LIST_ENTRY(client) link;
	struct server *server;
	struct bufferevent *stream;
	struct event *deadline;
	int state;
	bool last; /* after this answer it ends */
	bool mute; /* it will say no more, but it may listen */
};

struct server {
	struct event_base *base;
	char *output;
	struct evconnlistener *listener;
	struct event *again; /* accept again */
	LIST_HEAD(, client) clients;
	size_t count;
	int ask_ms, answer_ms;
	struct {
		const char *path, *type;
		server_text *text;
		void *arg;
	} texts[MAX_TEXTS];
	size_t text_count;
	bool said; /* that no descriptor is left */
};

/* What goes out after the status line. */
struct response {
	int status;
	bool head; /* no body, but its length */
	bool keep;
	int fd; /* the body, or -1: text */
	const char *text;
	int64_t length;
	const char *type; /* NULL: no body and no length (304) */
	const char *tag;
	const char *policy; /* of a page that has more than text, or NULL */
	int64_t modified_s; /* -1: unknown */
};

/* ---- clients ---- */

static void
client_free(struct client *client)
{
	struct server *server = client->server;
	LIST_REMOVE(client, link);
	server->count--;
	if (!event_pending(server->again, EV_TIMEOUT, NULL))
		evconnlistener_enable(server->listener);
	event_free(client->deadline);
	bufferevent_free(client->stream);
	free(client);
}

static void
set_deadline(struct client *client, int ms)
{
	struct timeval wait = {
	    .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
	event_add(client->deadline, &wait);
}

static const char *
status_words(int status)
{
	switch (status) {
	case 200:
		return "OK";
	case 304:
		return "Not Modified";
	case 400:
		return "Bad Request";
	case 404:
		return "Not Found";
	case 405:
		return "Method Not Allowed";
	case 413:
		return "Content Too Large";
	case 503:
		return "Service Unavailable";
	case 431:
		return "Request Header Fields Too Large";
	default:
		return "HTTP Version Not Supported"; /* 505 */
	}
}

/* Takes response->fd. */
static void
respond(struct client *client, const struct response *response)
{
	struct evbuffer *out = bufferevent_get_output(client->stream);
	char date[30];
	int64_t now_s = clock_now_s();
	date_format_rfc822(now_s, date);
	evbuffer_add_printf(out, "HTTP/1.1 %d %s\r\nDate: %s\r\n",
	    response->status, status_words(response->status), date);
	if (response->status == 405)
		/* RFC 9110 15.5.6 */
		evbuffer_add_printf(out, "Allow: GET, HEAD\r\n");
	if (response->tag != NULL)
		evbuffer_add_printf(out, "ETag: %s\r\n", response->tag);
	if (response->modified_s >= 0) {
		/* never after Date (RFC 9110 8.8.2.1): two versions in one
		 * second give a file a time ahead of the clock */
		date_format_rfc822(
		    response->modified_s < now_s ? response->modified_s : now_s,
		    date);
		evbuffer_add_printf(out, "Last-Modified: %s\r\n", date);
	}
	if (response->type != NULL)
		evbuffer_add_printf(out,
		    "Content-Type: %s\r\nContent-Length: %lld\r\n",
		    response->type, (long long)response->length);
	evbuffer_add_printf(out,
	    "Cache-Control: no-cache\r\n"
	    "X-Content-Type-Options: nosniff\r\n"
	    "Content-Security-Policy: %s; frame-ancestors 'none'\r\n%s\r\n",
	    response->policy != NULL ? response->policy : "default-src 'none'",
	    response->keep ? "" : "Connection: close\r\n");
	bool body = !response->head && response->length > 0;
	if (body && response->fd == -1)
		evbuffer_add(out, response->text, (size_t)response->length);
	else if (body && evbuffer_add_file(
			     out, response->fd, 0, response->length) == -1) {
		/* its length is promised: only the end can say that it
		 * does not come */
		close(response->fd);
		client->last = true;
	} else if (response->fd != -1 && !body)
		close(response->fd);
	client->state = ANSWERING;
	client->last |= !response->keep;
	set_deadline(client, client->server->answer_ms);
}

/* ---- what is answered ---- */

static void
refuse(struct client *client, const struct request *request, int status)
{
	char words[80];
	(void)snprintf(
	    words, sizeof(words), "%d %s\n", status, status_words(status));
	respond(client, &(struct response){
			    .status = status,
			    .head = request->head,
			    .keep = request->keep,
			    .fd = -1,
			    .text = words,
			    .length = (int64_t)strlen(words),
			    .type = "text/plain; charset=utf-8",
			    .modified_s = -1,
			});
}

static const char *
type_of(const char *path)
{
	const char *end = strrchr(path, '.');
	enum format format = format_of_file(path);
	/* JSON is UTF-8 and knows no charset (RFC 8259 11) */
	if (format == FORMAT_ATOM)
		return "application/atom+xml; charset=utf-8";
	if (format == FORMAT_RSS)
		return "application/rss+xml; charset=utf-8";
	if (format == FORMAT_JSON)
		return format_media_type(format);
	if (end != NULL && strcmp(end, ".html") == 0)
		return "text/html; charset=utf-8";
	if (end != NULL && strcmp(end, ".opml") == 0)
		return "text/x-opml; charset=utf-8";
	return "application/octet-stream";
}

/* RFC 9110 13.2.2: the date counts only where no entity tag is asked for. */
static bool
has_it(const struct request *request, const char *tag, int64_t modified_s)
{
	if (request->if_none_match != NULL)
		return request_names_tag(request->if_none_match, tag);
	if (request->if_modified_since == NULL)
		return false;
	int64_t since_s = http_date_read(request->if_modified_since);
	return since_s >= 0 && modified_s <= since_s;
}

static void
answer_file(struct client *client, const struct request *request,
    const char *path, int fd, const struct stat *status)
{
	char tag[80];
	/* strong (RFC 9110 8.8.1): a feed's file is replaced, never written
	 * to, so other bytes are another inode or another time */
	(void)snprintf(tag, sizeof(tag), "\"%llx.%lx-%llx-%llx\"",
	    (unsigned long long)status->st_mtim.tv_sec,
	    (unsigned long)status->st_mtim.tv_nsec,
	    (unsigned long long)status->st_size,
	    (unsigned long long)status->st_ino);
	struct response response = {
	    .status = 200,
	    .head = request->head,
	    .keep = request->keep,
	    .fd = fd,
	    .length = status->st_size,
	    .type = type_of(path),
	    .tag = tag,
	    .policy =
		strcmp(path, INDEX_PATH) == 0 ? index_page_policy() : NULL,
	    .modified_s = status->st_mtim.tv_sec,
	};
	if (has_it(request, tag, status->st_mtim.tv_sec)) {
		/* RFC 9110 15.4.5 */
		response.status = 304;
		response.type = NULL;
		response.length = 0;
	}
	respond(client, &response);
}

/* Where no page of all feeds is written (`index: off`). */
static void
answer_list(struct client *client, const struct request *request)
{
	char *page = folder_index(client->server->output);
	respond(client, &(struct response){
			    .status = 200,
			    .head = request->head,
			    .keep = request->keep,
			    .fd = -1,
			    .text = page,
			    .length = (int64_t)strlen(page),
			    .type = "text/html; charset=utf-8",
			    .modified_s = -1,
			});
	free(page);
}

/* Is it a path with a text of its own?  Then that is the answer. */
static bool
answer_text(struct client *client, const struct request *request)
{
	const struct server *server = client->server;
	size_t i = 0, length = 0;
	char *text = NULL;
	while (i < server->text_count &&
	       strcmp(server->texts[i].path, request->path) != 0)
		i++;
	if (i == server->text_count)
		return false;
	int status =
	    server->texts[i].text(server->texts[i].arg, &text, &length);
	respond(client, &(struct response){
			    .status = status,
			    .head = request->head,
			    .keep = request->keep,
			    .fd = -1,
			    .text = text,
			    .length = (int64_t)length,
			    .type = server->texts[i].type,
			    .modified_s = -1,
			});
	free(text);
	return true;
}

static void
answer_path(struct client *client, const struct request *request)
{
	struct stat status;
	if (answer_text(client, request))
		return;
	bool is_root = strcmp(request->path, "/") == 0;
	const char *path = is_root ? INDEX_PATH : request->path;
	int fd = folder_open(client->server->output, path, &status);
	if (fd != -1)
		answer_file(client, request, path, fd, &status);
	else if (is_root)
		answer_list(client, request);
	else
		refuse(client, request, 404);
}

/* One request, if a whole one is there; the next when its answer is out. */
static void
answer(struct client *client)
{
	struct evbuffer *in = bufferevent_get_input(client->stream);
	size_t length = evbuffer_get_length(in);
	/* no more than the read watermark lets in */
	const char *bytes = (const char *)evbuffer_pullup(in, -1);
	size_t head = length == 0 ? 0 : request_length(bytes, length);
	struct request request = {0};
	if (head == 0) {
		if (length >= MAX_HEAD)
			refuse(client, &request, 431);
		return;
	}
	int status = request_parse(bytes, head, &request);
	evbuffer_drain(in, head);
	if (status != 0)
		refuse(client, &request, status);
	else
		answer_path(client, &request);
	request_clear(&request);
}

/* ---- what happens ---- */

static void
on_bytes(struct bufferevent *stream, void *arg)
{
	struct client *client = arg;
	if (client->state == ASKING)
		answer(client);
	else if (client->state == LEAVING) {
		struct evbuffer *in = bufferevent_get_input(stream);
		evbuffer_drain(in, evbuffer_get_length(in));
	}
}

/* Closing on bytes unread would reset the connection and could take the answer
 * from the client (RFC 9112 9.6): first our side, then, when it has seen that,
 * the other. */
static void
leave(struct client *client)
{
	if (client->mute ||
	    shutdown(bufferevent_getfd(client->stream), SHUT_WR) == -1) {
		client_free(client);
		return;
	}
	client->state = LEAVING;
	set_deadline(client, LEAVE_MS);
	on_bytes(client->stream, client);
}

static void
on_written(struct bufferevent *stream, void *arg)
{
	(void)stream;
	struct client *client = arg;
	if (client->state != ANSWERING)
		return;
	if (client->last) {
		leave(client);
		return;
	}
	client->state = ASKING;
	set_deadline(client, client->server->ask_ms);
	/* what came in meanwhile raises no event any more */
	answer(client);
	if (client->state == ASKING && client->mute)
		client_free(client);
}

static void
on_end(struct bufferevent *stream, short what, void *arg)
{
	(void)stream;
	struct client *client = arg;
	if (client->state == ANSWERING && (what & BEV_EVENT_EOF) != 0 &&
	    (what & BEV_EVENT_READING) != 0)
		client->mute = true;
	else
		client_free(client);
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	client_free(arg);
}

static void
on_client(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *address, int length, void *arg)
{
	(void)address;
	(void)length;
	struct server *server = arg;
	int on = 1;
	/* a head and the file after it are two writes: the second would wait
	 * for the client to acknowledge the first (40 ms on Linux); without
	 * it we are only slower */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	struct client *client = xcalloc(1, sizeof(*client));
	client->server = server;
	server->said = false;
	client->stream =
	    bufferevent_socket_new(server->base, fd, BEV_OPT_CLOSE_ON_FREE);
	client->deadline = evtimer_new(server->base, on_deadline, client);
	LIST_INSERT_HEAD(&server->clients, client, link);
	/* the others wait in the kernel's backlog */
	if (++server->count >= MAX_CLIENTS)
		evconnlistener_disable(listener);
	bufferevent_setcb(client->stream, on_bytes, on_written, on_end, client);
	bufferevent_setwatermark(client->stream, EV_READ, 0, MAX_HEAD);
	set_deadline(client, client->server->ask_ms);
	bufferevent_enable(client->stream, EV_READ | EV_WRITE);
}

/* ---- the listener ---- */

/* Without a free descriptor the waiting connection would call again at once,
 * for ever. */
static void
on_accept_error(struct evconnlistener *listener, void *arg)
{
	struct server *server = arg;
	struct timeval wait = {.tv_sec = ACCEPT_S};
	if (!server->said)
		log_warn("server: no connection could be accepted, trying "
			 "again each second");
	server->said = true;
	evconnlistener_disable(listener);
	event_add(server->again, &wait);
}

static void
on_again(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	struct server *server = arg;
	if (server->count < MAX_CLIENTS)
		evconnlistener_enable(server->listener);
}

static bool
server_listen(
    struct server *server, const char *host, int port, struct error *err)
{
	struct addrinfo hints = {
	    .ai_flags = AI_PASSIVE | AI_NUMERICSERV,
	    .ai_socktype = SOCK_STREAM,
	};
	struct addrinfo *list = NULL;
	char service[16];
	(void)snprintf(service, sizeof(service), "%d", port);
	if (host != NULL && host[0] == '\0')
		host = NULL;
	int result = getaddrinfo(host, service, &hints, &list);
	if (result != 0)
		return error_set(
		    err, "listen %s: %s", host, gai_strerror(result));
	errno = 0;
	for (struct addrinfo *at = list; at != NULL && server->listener == NULL;
	     at = at->ai_next)
		server->listener =
		    evconnlistener_new_bind(server->base, on_client, server,
			LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC |
			    LEV_OPT_REUSEABLE,
			-1, at->ai_addr, (int)at->ai_addrlen);
	int number = errno;
	freeaddrinfo(list);
	if (server->listener == NULL)
		return error_set(err, "listen %s:%d: %s",
		    host != NULL ? host : "*", port, strerror(number));
	evconnlistener_set_error_cb(server->listener, on_accept_error);
	return true;
}

struct server *
server_new(struct event_base *base, const char *output, const char *host,
    int port, struct error *err)
{
	struct server *server = xcalloc(1, sizeof(*server));
	server->base = base;
	server->output = xstrdup(output);
	server->ask_ms = ASK_MS;
	server->answer_ms = ANSWER_MS;
	server->again = evtimer_new(base, on_again, server);
	LIST_INIT(&server->clients);
	if (server_listen(server, host, port, err))
		return server;
	server_free(server);
	return NULL;
}

void
server_free(struct server *server)
{
	if (server == NULL)
		return;
	while (!LIST_EMPTY(&server->clients))
		client_free(LIST_FIRST(&server->clients));
	if (server->listener != NULL)
		evconnlistener_free(server->listener);
	event_free(server->again);
	free(server->output);
	free(server);
}

void
server_on_path(struct server *server, const char *path, const char *type,
    server_text *text, void *arg)
{
	assert(server->text_count < MAX_TEXTS);
	server->texts[server->text_count].path = path;
	server->texts[server->text_count].type = type;
	server->texts[server->text_count].text = text;
	server->texts[server->text_count++].arg = arg;
}

int
server_port(const struct server *server)
{
	struct sockaddr_storage bound = {0};
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	socklen_t length = sizeof(bound);
	if (getsockname(evconnlistener_get_fd(server->listener),
		(struct sockaddr *)&bound, &length) == -1)
		return 0;
	if (bound.ss_family == AF_INET6) {
		memcpy(&in6, &bound, sizeof(in6));
		return ntohs(in6.sin6_port);
	}
	memcpy(&in, &bound, sizeof(in));
	return ntohs(in.sin_port);
}

void
server_set_patience(struct server *server, int ask_ms, int answer_ms)
{
	server->ask_ms = ask_ms;
	server->answer_ms = answer_ms;
}
