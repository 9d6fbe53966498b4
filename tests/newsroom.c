#include "tests/newsroom.h"

#include <errno.h>
#include <getopt.h>
#include <iconv.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/queue.h>
#include <time.h>

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/http_struct.h>
#include <event2/keyvalq_struct.h>

#include "feed/memory.h"

/*
 * newsroom: serves the paper on 127.0.0.1, goes on publishing, and does what
 * POST /control asks of it.  GET /state is the truth that tests compare with.
 */
enum charset { CHARSET_UTF8, CHARSET_EUCKR, CHARSET_NONE, CHARSET_WRONG };

enum { TICK_MS = 100, CONTROL_MAX = 1000, DRIP_MS = 200 };

struct newsroom {
	struct event_base *base;
	struct evhttp *http;
	struct paper paper;
	unsigned port;
	double pace_s; /* 0: publishes only when told */
	struct look look;
	enum charset charset;
	bool noise;
	bool validators;
	int robots_status; /* 200 or what /robots.txt answers */
	bool robots_disallow;
	unsigned look_version; /* grows with every change of the look */
	unsigned requests;     /* all of them, and the number in the noise */
	int64_t listing_ms; /* when the last listing was asked for; 0: never */
	int64_t min_gap_ms; /* least time between two of them; -1: none yet */
	iconv_t cp949;
	LIST_HEAD(, drip) drips;
};

/* A reply that comes drop by drop. */
struct drip {
	LIST_ENTRY(drip) next;
	struct evhttp_request *req;
	bool closed; /* the client has gone */
	struct event *event;
	char *bytes;
	size_t length, sent, step;
};

static int64_t
monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void
add_header(struct evhttp_request *req, const char *name, const char *value)
{
	evhttp_add_header(evhttp_request_get_output_headers(req), name, value);
}

static const char *
request_header(struct evhttp_request *req, const char *name)
{
	return evhttp_find_header(evhttp_request_get_input_headers(req), name);
}

static void
reply(struct evhttp_request *req, int status, const char *bytes, size_t length)
{
	struct evbuffer *body = evbuffer_new();

	evbuffer_add(body, bytes, length);
	evhttp_send_reply(req, status, NULL, body);
	evbuffer_free(body);
}

/* --- character sets ------------------------------------------------------ */

/* What CP949 lacks becomes a numeric reference. */
static void
to_cp949(iconv_t converter, struct buffer *page)
{
	struct buffer out = {0};
	char *at = page->bytes;
	size_t left = page->length;

	while (left > 0) {
		char piece[4096], *to = piece;
		size_t room = sizeof(piece);
		size_t done = iconv(converter, &at, &left, &to, &room);

		buffer_add(&out, piece, sizeof(piece) - room);
		if (done == (size_t)-1 && errno != E2BIG) {
			unsigned char lead = (unsigned char)*at;
			size_t size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
			unsigned long code = lead & (0xffu >> (size + 1));

			for (size_t i = 1; i < size; i++)
				code = code << 6 | ((unsigned char)at[i] & 63u);
			buffer_add_format(&out, "&#%lu;", code);
			at += size;
			left -= size;
		}
	}
	buffer_clear(page);
	*page = out;
}

static const char *
meta_charset(enum charset charset)
{
	switch (charset) {
	case CHARSET_UTF8:
		return "utf-8";
	case CHARSET_EUCKR:
	case CHARSET_WRONG:
		return "euc-kr";
	default:
		return NULL;
	}
}

static void
set_content_type(struct newsroom *room, struct evhttp_request *req)
{
	static const char *const types[] = {"text/html; charset=utf-8",
	    "text/html; charset=euc-kr", "text/html",
	    "text/html; charset=euc-kr"};

	add_header(req, "Content-Type", types[room->charset]);
}

/* --- pages --------------------------------------------------------------- */

static void
reply_page(struct newsroom *room, struct evhttp_request *req, int status,
    struct buffer *page)
{
	if (room->charset == CHARSET_EUCKR)
		to_cp949(room->cp949, page);
	set_content_type(room, req);
	reply(req, status, page->bytes, page->length);
}

static void
reply_plain(struct newsroom *room, struct evhttp_request *req, int status,
    const char *title, const char *text)
{
	struct buffer page = {0};

	page_plain(&page, &room->look, title, text);
	reply_page(room, req, status, &page);
	buffer_clear(&page);
}

static void
drip_free(struct drip *drip)
{
	LIST_REMOVE(drip, next);
	event_free(drip->event);
	free(drip->bytes);
	free(drip);
}

/* Where the client has gone nothing is sent any more: this is how evhttp takes
 * back the request of a connection that was closed. */
static void
drip_end(struct drip *drip)
{
	evhttp_send_reply_end(drip->req);
	drip_free(drip);
}

static void
on_drip_closed(struct evhttp_connection *connection, void *arg)
{
	struct drip *drip = arg;

	(void)connection;
	drip->closed = true;
}

static void
on_drip(evutil_socket_t fd, short what, void *arg)
{
	struct drip *drip = arg;
	size_t left = drip->length - drip->sent;
	size_t step = drip->step < left ? drip->step : left;
	struct timeval pause = {0, DRIP_MS * 1000};
	struct evbuffer *chunk;

	(void)fd;
	(void)what;
	if (drip->closed) {
		drip_end(drip);
		return;
	}
	chunk = evbuffer_new();
	evbuffer_add(chunk, drip->bytes + drip->sent, step);
	evhttp_send_reply_chunk(drip->req, chunk);
	evbuffer_free(chunk);
	drip->sent += step;
	if (drip->sent < drip->length) {
		event_add(drip->event, &pause);
		return;
	}
	evhttp_connection_set_closecb(
	    evhttp_request_get_connection(drip->req), NULL, NULL);
	drip_end(drip);
}

static void
reply_slowly(struct newsroom *room, struct evhttp_request *req,
    struct buffer *page, int slow_s)
{
	struct drip *drip = xcalloc(1, sizeof(*drip));
	size_t steps = (size_t)slow_s * 1000 / DRIP_MS + 1;

	drip->req = req;
	drip->length = page->length;
	drip->bytes = buffer_take(page);
	drip->step = drip->length / steps + 1;
	LIST_INSERT_HEAD(&room->drips, drip, next);
	drip->event = event_new(room->base, -1, 0, on_drip, drip);
	evhttp_connection_set_closecb(
	    evhttp_request_get_connection(req), on_drip_closed, drip);
	set_content_type(room, req);
	evhttp_send_reply_start(req, HTTP_OK, NULL);
	on_drip(-1, 0, drip);
}

/* The half of the page, under the length of the whole. */
static void
reply_cut(
    struct newsroom *room, struct evhttp_request *req, struct buffer *page)
{
	char length[24];

	snprintf(length, sizeof(length), "%zu", page->length);
	add_header(req, "Content-Length", length);
	add_header(req, "Connection", "close");
	page->length /= 2;
	set_content_type(room, req);
	reply(req, HTTP_OK, page->bytes, page->length);
}

static void
reply_failing(struct newsroom *room, struct evhttp_request *req,
    const struct desk *desk, struct buffer *page)
{
	char seconds[16];

	switch (desk->failure) {
	case FAILURE_STATUS:
		if (desk->retry_after_s > 0) {
			snprintf(seconds, sizeof(seconds), "%d",
			    desk->retry_after_s);
			add_header(req, "Retry-After", seconds);
		}
		reply_plain(room, req, desk->failure_status, "오류",
		    "잠시 뒤에 다시 찾아 주십시오.");
		break;
	case FAILURE_EMPTY:
		set_content_type(room, req);
		reply(req, HTTP_OK, "", 0);
		break;
	case FAILURE_CAPTCHA:
		reply_plain(room, req, HTTP_OK, "자동 접속 확인",
		    "사람인지 확인하고 있습니다. 아래 글자를 입력해 주십시오.");
		break;
	case FAILURE_CUT:
		reply_cut(room, req, page);
		break;
	default: /* FAILURE_SLOW */
		reply_slowly(room, req, page, desk->slow_s);
	}
}

/* Sets the validators; true if they are the ones the client has. */
static bool
is_unchanged(struct newsroom *room, struct evhttp_request *req,
    const struct desk *desk, size_t page)
{
	char etag[64], date[64];
	const char *match = request_header(req, "If-None-Match");
	const char *since = request_header(req, "If-Modified-Since");
	time_t changed = (time_t)desk->changed_s;
	struct tm tm;

	snprintf(etag, sizeof(etag), "\"%s-%zu-%u-%u\"", desk->id, page,
	    desk->version, room->look_version);
	gmtime_r(&changed, &tm);
	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	add_header(req, "ETag", etag);
	add_header(req, "Last-Modified", date);
	if (match != NULL)
		return strcmp(match, etag) == 0;
	return since != NULL && strcmp(since, date) == 0;
}

static void
count_listing(struct newsroom *room, struct desk *desk, size_t page)
{
	int64_t now_ms = monotonic_ms();
	int64_t gap_ms = now_ms - room->listing_ms;
	size_t length = strlen(desk->asked);

	snprintf(
	    desk->asked + length, sizeof(desk->asked) - length, "%zu ", page);
	desk->requests++;
	if (room->listing_ms != 0 &&
	    (room->min_gap_ms < 0 || gap_ms < room->min_gap_ms))
		room->min_gap_ms = gap_ms;
	room->listing_ms = now_ms;
}

static void
serve_listing(struct newsroom *room, struct evhttp_request *req,
    struct desk *desk, bool with_heading, size_t page_number)
{
	struct buffer page = {0};
	struct look look = room->look;
	char token[17], clock[20];
	uint64_t noise = room->requests * UINT64_C(0x9e3779b97f4a7c15);

	count_listing(room, desk, page_number);
	if (page_number > page_count(desk) && room->look.beyond == BEYOND_404) {
		reply_plain(room, req, HTTP_NOTFOUND, "찾을 수 없습니다",
		    "그런 쪽은 없습니다.");
		return;
	}
	if (page_number > page_count(desk) && room->look.beyond == BEYOND_LAST)
		page_number = page_count(desk);
	if (room->noise) {
		snprintf(
		    token, sizeof(token), "%016llx", (unsigned long long)noise);
		paper_clock(clock, sizeof(clock),
		    paper_now(&room->paper) + room->requests);
		look.token = token;
		look.clock = clock;
	}
	page_listing(
	    &page, &room->paper, desk, with_heading, page_number, &look);
	if (desk->failure != FAILURE_NONE &&
	    desk->failure != FAILURE_NOARTICLES &&
	    (desk->failure_page == 0 || desk->failure_page == page_number))
		reply_failing(room, req, desk, &page);
	else if (room->validators &&
		 is_unchanged(room, req, desk, page_number)) {
		desk->not_modified++;
		reply(req, HTTP_NOTMODIFIED, "", 0);
	} else
		reply_page(room, req, HTTP_OK, &page);
	buffer_clear(&page);
	for (unsigned i = 0; i < desk->shift; i++)
		paper_publish(&room->paper, desk);
}

/* One grey dot, with its checksums: PNG, ISO/IEC 15948. */
static void
serve_picture(struct evhttp_request *req)
{
	static const unsigned char png[] = {0x89, 'P', 'N', 'G', '\r', '\n',
	    0x1a, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R', 0, 0, 0, 1, 0, 0, 0, 1,
	    8, 0, 0, 0, 0, 0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0, 10, 'I', 'D', 'A',
	    'T', 0x78, 0x9c, 0x63, 0x68, 0x00, 0x00, 0x00, 0x82, 0x00, 0x81,
	    0x77, 0xcd, 0x72, 0xb6, 0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 0x42,
	    0x60, 0x82};

	add_header(req, "Content-Type", "image/png");
	reply(req, HTTP_OK, (const char *)png, sizeof(png));
}

static void
serve_robots(struct newsroom *room, struct evhttp_request *req)
{
	const char *text = room->robots_disallow
			       ? "User-agent: *\nDisallow: /\n"
			       : "User-agent: *\nDisallow: /login\n";

	add_header(req, "Content-Type", "text/plain");
	reply(req, room->robots_status, text, strlen(text));
}

/* --- the truth ----------------------------------------------------------- */

static void
add_news_json(struct buffer *out, const struct news *news)
{
	char clock[20];

	paper_clock(clock, sizeof(clock), news->time_s);
	clock[10] = 'T';
	buffer_add_string(out, "{\"id\":");
	add_json(out, news->number);
	buffer_add_string(out, ",\"title\":");
	add_json(out, news->title);
	buffer_add_string(out, ",\"text\":");
	add_json(out, news->text);
	buffer_add_format(out, ",\"time\":\"%s+09:00\",\"reporter\":", clock);
	add_json(out, news->reporter);
	buffer_add_string(out, ",\"image\":");
	add_json(out, news->image);
	buffer_add_byte(out, '}');
}

static void
add_desk_json(struct buffer *out, const struct desk *desk)
{
	add_json(out, desk->id);
	buffer_add_string(out, ":{\"heading\":");
	add_json(out, desk->heading);
	buffer_add_format(out,
	    ",\"requests\":%u,\"not_modified\":%u,\"asked\":\"%s\","
	    "\"articles\":[",
	    desk->requests, desk->not_modified, desk->asked);
	for (size_t i = 0; i < desk->count; i++) {
		if (i > 0)
			buffer_add_byte(out, ',');
		add_news_json(out, desk->items[i]);
	}
	buffer_add_string(out, "]}");
}

static void
serve_state(struct newsroom *room, struct evhttp_request *req, const char *only)
{
	struct buffer out = {0};
	char clock[20];
	bool first = true;

	paper_clock(clock, sizeof(clock), paper_now(&room->paper));
	clock[10] = 'T';
	buffer_add_format(&out,
	    "{\"now\":\"%s+09:00\",\"markup\":%u,\"design\":%u,"
	    "\"per_page\":%d,\"requests\":%u,\"min_gap_ms\":%lld,\"menu\":",
	    clock, room->look.markup, room->look.design, (int)ITEMS_PER_PAGE,
	    room->requests, (long long)room->min_gap_ms);
	page_menu_json(&out);
	buffer_add_string(&out, ",\"top\":");
	page_top_json(&out);
	buffer_add_string(&out, ",\"sections\":{");
	for (size_t i = 0; i < room->paper.desk_count; i++) {
		const struct desk *desk = &room->paper.desks[i];

		if (only != NULL && strcmp(only, desk->id) != 0)
			continue;
		if (!first)
			buffer_add_byte(&out, ',');
		first = false;
		add_desk_json(&out, desk);
	}
	buffer_add_string(&out, "}}\n");
	add_header(req, "Content-Type", "application/json");
	reply(req, HTTP_OK, out.bytes, out.length);
	buffer_clear(&out);
}

/* --- control ------------------------------------------------------------- */

struct wish {
	struct newsroom *room;
	struct evkeyvalq *keys;
	const char *value;    /* of value=; or NULL */
	struct desk *section; /* of section=; or NULL */
	long n;               /* of n=; 1 if not given */
	struct buffer *out;   /* members for the answer, each after a comma */
};

static long
wish_number(const struct wish *wish, const char *key, long otherwise)
{
	const char *text = evhttp_find_header(wish->keys, key);
	char *end;
	long number;

	if (text == NULL)
		return otherwise;
	number = strtol(text, &end, 10);
	return *text == '\0' || *end != '\0' ? -1 : number;
}

/* For look_version: whatever changes, the pages are new. */
static bool
look_changed(struct newsroom *room)
{
	room->look_version++;
	for (size_t i = 0; i < room->paper.desk_count; i++)
		room->paper.desks[i].changed_s = paper_now(&room->paper);
	return true;
}

static bool
read_switch(const char *value, bool *flag)
{
	if (value == NULL)
		return false;
	if (strcmp(value, "on") != 0 && strcmp(value, "off") != 0)
		return false;
	*flag = strcmp(value, "on") == 0;
	return true;
}

static bool
do_publish(struct wish *wish)
{
	if (wish->section == NULL || wish->n < 1 || wish->n > CONTROL_MAX)
		return false;
	buffer_add_string(wish->out, ",\"ids\":[");
	for (long i = 0; i < wish->n; i++) {
		struct news *news =
		    paper_publish(&wish->room->paper, wish->section);

		if (i > 0)
			buffer_add_byte(wish->out, ',');
		add_json(wish->out, news->number);
	}
	buffer_add_byte(wish->out, ']');
	return true;
}

static struct news *
wish_news(const struct wish *wish)
{
	const char *id = evhttp_find_header(wish->keys, "id");

	return id == NULL ? NULL : paper_find(&wish->room->paper, id);
}

static bool
do_edit(struct wish *wish)
{
	struct news *news = wish_news(wish);

	return news != NULL &&
	       paper_edit(&wish->room->paper, news, wish->value);
}

static bool
do_remove(struct wish *wish)
{
	struct news *news = wish_news(wish);

	if (news == NULL)
		return false;
	paper_remove(&wish->room->paper, news);
	return true;
}

static bool
do_charset(struct wish *wish)
{
	static const char *const names[] = {"utf-8", "euc-kr", "none", "wrong"};
	struct newsroom *room = wish->room;

	for (unsigned i = 0; wish->value != NULL && i < 4; i++) {
		if (strcasecmp(wish->value, names[i]) == 0) {
			room->charset = (enum charset)i;
			room->look.meta_charset = meta_charset(room->charset);
			return look_changed(room);
		}
	}
	return false;
}

static bool
do_markup(struct wish *wish)
{
	long markup = wish_number(wish, "value", -1);

	if (markup < 1 || markup > MARKUP_COUNT)
		return false;
	wish->room->look.markup = (unsigned)markup;
	return look_changed(wish->room);
}

static bool
do_redesign(struct wish *wish)
{
	struct look *look = &wish->room->look;
	long design =
	    wish_number(wish, "value", (look->design + 1) % DESIGN_COUNT);

	if (design < 0 || design >= DESIGN_COUNT)
		return false;
	look->design = (unsigned)design;
	return look_changed(wish->room);
}

static bool
read_failure(const char *value, enum failure *failure, int *status)
{
	static const struct {
		const char *name;
		enum failure failure;
	} names[] = {{"off", FAILURE_NONE}, {"empty", FAILURE_EMPTY},
	    {"noarticles", FAILURE_NOARTICLES}, {"cut", FAILURE_CUT},
	    {"slow", FAILURE_SLOW}, {"captcha", FAILURE_CAPTCHA}};
	long number;

	if (value == NULL)
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(value, names[i].name) == 0) {
			*failure = names[i].failure;
			return true;
		}
	}
	number = strtol(value, NULL, 10);
	if (number < 400 || number > 599)
		return false;
	*failure = FAILURE_STATUS;
	*status = (int)number;
	return true;
}

/* In one section, or in all. */
static bool
do_fail(struct wish *wish)
{
	struct paper *paper = &wish->room->paper;
	long retry_after_s = wish_number(wish, "retry-after", 0);
	long slow_s = wish_number(wish, "seconds", 20);
	long page = wish_number(wish, "page", 0);
	enum failure failure;
	int status = 0;

	if (!read_failure(wish->value, &failure, &status) ||
	    retry_after_s < 0 || retry_after_s > INT_MAX || slow_s < 0 ||
	    slow_s > 3600 || page < 0)
		return false;
	for (size_t i = 0; i < paper->desk_count; i++) {
		struct desk *desk = &paper->desks[i];

		if (wish->section != NULL && wish->section != desk)
			continue;
		/* the first page is what it was, validators and all */
		if (page < 2 && desk->failure_page < 2)
			desk->version++;
		desk->failure = failure;
		desk->failure_status = status;
		desk->retry_after_s = (int)retry_after_s;
		desk->slow_s = (int)slow_s;
		desk->failure_page = (unsigned)page;
	}
	return true;
}

static bool
do_noise(struct wish *wish)
{
	return read_switch(wish->value, &wish->room->noise);
}

static bool
do_validators(struct wish *wish)
{
	return read_switch(wish->value, &wish->room->validators);
}

static bool
do_sidebar(struct wish *wish)
{
	return read_switch(wish->value, &wish->room->look.sidebar) &&
	       look_changed(wish->room);
}

static int
find_name(const char *value, const char *const *names, int count)
{
	int i = 0;

	while (i < count && (value == NULL || strcmp(value, names[i]) != 0))
		i++;
	return i;
}

static bool
do_pager(struct wish *wish)
{
	static const char *const names[PAGER_COUNT] = {
	    "numbers", "offsets", "files", "words", "rel", "none"};
	int pager = find_name(wish->value, names, PAGER_COUNT);

	if (pager == PAGER_COUNT)
		return false;
	wish->room->look.pager = (enum pager)pager;
	return look_changed(wish->room);
}

static bool
do_beyond(struct wish *wish)
{
	static const char *const names[BEYOND_COUNT] = {"empty", "last", "404"};
	int beyond = find_name(wish->value, names, BEYOND_COUNT);

	if (beyond == BEYOND_COUNT)
		return false;
	wish->room->look.beyond = (enum beyond)beyond;
	return look_changed(wish->room);
}

static bool
do_shift(struct wish *wish)
{
	if (wish->section == NULL || wish->n < 0 || wish->n > ITEMS_PER_PAGE)
		return false;
	wish->section->shift = (unsigned)wish->n;
	return true;
}

/* allow, disallow, or a status such as 404 or 503 */
static bool
do_robots(struct wish *wish)
{
	struct newsroom *room = wish->room;
	long status;

	if (wish->value == NULL)
		return false;
	room->robots_status = HTTP_OK;
	room->robots_disallow = strcmp(wish->value, "disallow") == 0;
	if (room->robots_disallow || strcmp(wish->value, "allow") == 0)
		return true;
	status = wish_number(wish, "value", -1);
	if (status < 400 || status > 599)
		return false;
	room->robots_status = (int)status;
	return true;
}

static bool
do_count(struct wish *wish)
{
	struct newsroom *room = wish->room;

	room->listing_ms = 0;
	room->min_gap_ms = -1;
	for (size_t i = 0; i < room->paper.desk_count; i++) {
		room->paper.desks[i].requests = 0;
		room->paper.desks[i].not_modified = 0;
		room->paper.desks[i].asked[0] = '\0';
	}
	return true;
}

static const struct {
	const char *name;
	bool (*act)(struct wish *);
} acts[] = {
    {"publish", do_publish},   /* section= n= */
    {"edit", do_edit},         /* id= value=text|title|reporter */
    {"remove", do_remove},     /* id= */
    {"charset", do_charset},   /* value=utf-8|euc-kr|none|wrong */
    {"markup", do_markup},     /* value=1..8 */
    {"redesign", do_redesign}, /* value=0..2, else the next */
    {"fail", do_fail},         /* value=500|... section= retry-after= page= */
    {"noise", do_noise},       /* value=on|off */
    {"validators", do_validators}, /* value=on|off */
    {"sidebar", do_sidebar},       /* value=on|off */
    {"pager", do_pager},   /* value=numbers|offsets|files|words|rel|none */
    {"beyond", do_beyond}, /* value=empty|last|404 */
    {"shift", do_shift},   /* section= n= */
    {"robots", do_robots}, /* value=allow|disallow|404 */
    {"count", do_count},   /* start counting requests anew */
};

/* The keys may stand in the address or in the body. */
static void
parse_keys(struct evhttp_request *req, struct evkeyvalq *keys)
{
	const char *query =
	    evhttp_uri_get_query(evhttp_request_get_evhttp_uri(req));
	struct evbuffer *body = evhttp_request_get_input_buffer(req);
	size_t length = evbuffer_get_length(body);
	char *text;

	if (query != NULL) {
		evhttp_parse_query_str(query, keys);
		return;
	}
	text = xcalloc(length + 1, 1);
	evbuffer_copyout(body, text, length);
	evhttp_parse_query_str(text, keys);
	free(text);
}

static void
serve_control(
    struct newsroom *room, struct evhttp_request *req, struct evkeyvalq *keys)
{
	const char *name = evhttp_find_header(keys, "do");
	const char *section = evhttp_find_header(keys, "section");
	struct buffer out = {0};
	struct wish wish = {.room = room, .keys = keys, .out = &out};
	bool done = false;

	wish.value = evhttp_find_header(keys, "value");
	if (section != NULL)
		wish.section = paper_desk(&room->paper, section);
	wish.n = wish_number(&wish, "n", 1);
	buffer_add_string(&out, "{\"ok\":true");
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		if (name != NULL && strcmp(name, acts[i].name) == 0 &&
		    (section == NULL || wish.section != NULL))
			done = acts[i].act(&wish);
	}
	if (!done) {
		buffer_clear(&out);
		buffer_add_string(&out, "{\"ok\":false");
	}
	buffer_add_string(&out, "}\n");
	add_header(req, "Content-Type", "application/json");
	reply(req, done ? HTTP_OK : HTTP_BADREQUEST, out.bytes, out.length);
	buffer_clear(&out);
}

/* --- requests ------------------------------------------------------------ */

/* "/newsList/222", "/newsList/222/index2.html": the section, or NULL. */
static struct desk *
listing_desk(const struct newsroom *room, const char *path, bool *with_heading,
    long *page)
{
	size_t family = strncmp(path, "/newsList/", 10) == 0 ? 10
			: strncmp(path, "/list/", 6) == 0    ? 6
							     : 0;
	char id[16];

	*with_heading = family == 10;
	if (family == 0 || sscanf(path + family, "%15[^/]", id) != 1)
		return NULL;
	path += family + strlen(id);
	if (*path != '\0' && sscanf(path, "/index%ld.html", page) != 1)
		return NULL;
	return paper_desk(&room->paper, id);
}

static void
serve_other(struct newsroom *room, struct evhttp_request *req, const char *path)
{
	struct buffer page = {0};
	const struct news *news = NULL;

	if (strncmp(path, "/article/", 9) == 0)
		news = paper_find(&room->paper, path + 9);
	if (news != NULL)
		page_article(&page, &room->paper, news, &room->look);
	else if (strcmp(path, "/") == 0)
		page_front(&page, &room->paper, &room->look);
	if (page.length > 0)
		reply_page(room, req, HTTP_OK, &page);
	else if (page_menu_title(path) != NULL)
		reply_plain(room, req, HTTP_OK, page_menu_title(path),
		    "이 난에는 목록이 없습니다.");
	else
		reply_plain(room, req, HTTP_NOTFOUND, "찾을 수 없습니다",
		    "그런 쪽은 없습니다.");
	buffer_clear(&page);
}

static void
serve_path(struct newsroom *room, struct evhttp_request *req, const char *path,
    struct evkeyvalq *keys)
{
	const char *page = evhttp_find_header(keys, "page");
	const char *start = evhttp_find_header(keys, "start");
	long number = page != NULL ? strtol(page, NULL, 10)
		      : start != NULL
			  ? strtol(start, NULL, 10) / ITEMS_PER_PAGE + 1
			  : 1;
	bool with_heading;
	struct desk *desk = listing_desk(room, path, &with_heading, &number);

	if (strcmp(path, "/control") == 0) {
		if (evhttp_request_get_command(req) == EVHTTP_REQ_POST)
			serve_control(room, req, keys);
		else
			evhttp_send_error(req, HTTP_BADMETHOD, NULL);
	} else if (strcmp(path, "/state") == 0)
		serve_state(room, req, evhttp_find_header(keys, "section"));
	else if (desk != NULL)
		serve_listing(room, req, desk, with_heading,
		    number < 1 ? 1 : (size_t)number);
	else if (strncmp(path, "/data2/", 7) == 0 ||
		 strncmp(path, "/images/", 8) == 0)
		serve_picture(req);
	else if (strcmp(path, "/robots.txt") == 0)
		serve_robots(room, req);
	else
		serve_other(room, req, path);
}

static void
on_request(struct evhttp_request *req, void *arg)
{
	struct newsroom *room = arg;
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(req);
	const char *path = evhttp_uri_get_path(uri);
	struct evkeyvalq keys = {0};

	room->requests++;
	parse_keys(req, &keys);
	serve_path(
	    room, req, path == NULL || *path == '\0' ? "/" : path, &keys);
	evhttp_clear_headers(&keys);
}

/* Every section publishes at the pace; each seventh time it edits one of the
 * articles on its first page instead. */
static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct newsroom *room = arg;
	int64_t now_ms = monotonic_ms();

	(void)fd;
	(void)what;
	for (size_t i = 0; i < room->paper.desk_count; i++) {
		struct desk *desk = &room->paper.desks[i];

		if (now_ms < desk->due_ms)
			continue;
		desk->due_ms = now_ms + (int64_t)(room->pace_s * 1000);
		if (++desk->turn % 7 == 0 && desk->count > 3)
			paper_edit(&room->paper,
			    desk->items[1 + dice_below(&room->paper.dice, 3)],
			    desk->turn % 14 == 0 ? "title" : "text");
		else
			paper_publish(&room->paper, desk);
	}
}

static void
on_end(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	event_base_loopbreak(arg);
}

/* --- start --------------------------------------------------------------- */

struct options {
	unsigned port;
	double pace_s, seconds;
	uint64_t seed;
	int64_t now_s;
	size_t articles;
	unsigned markup;
};

static _Noreturn void
usage(void)
{
	fputs(
	    "usage: newsroom [--port N] [--pace SECONDS] [--seconds N]\n"
	    "    [--seed N] [--now UNIX-TIME] [--articles N] [--markup 1-8]\n",
	    stderr);
	exit(2);
}

static double
number_option(const char *text, double least, double most)
{
	char *end;
	double number = strtod(text, &end);

	if (*text == '\0' || *end != '\0' || !(number >= least) ||
	    number > most)
		usage();
	return number;
}

static void
read_options(struct options *options, int argc, char **argv)
{
	static const struct option names[] = {
	    {"port", required_argument, NULL, 'p'},
	    {"pace", required_argument, NULL, 'e'},
	    {"seconds", required_argument, NULL, 's'},
	    {"seed", required_argument, NULL, 'd'},
	    {"now", required_argument, NULL, 'n'},
	    {"articles", required_argument, NULL, 'a'},
	    {"markup", required_argument, NULL, 'm'}, {0}};
	int name;

	while ((name = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (name == 'p')
			options->port =
			    (unsigned)number_option(optarg, 0, 65535);
		else if (name == 'e')
			options->pace_s = number_option(optarg, 0, 1e6);
		else if (name == 's')
			options->seconds = number_option(optarg, 0, 1e9);
		else if (name == 'd')
			options->seed =
			    (uint64_t)number_option(optarg, 0, 1e15);
		else if (name == 'n')
			options->now_s =
			    (int64_t)number_option(optarg, 0, 1e11);
		else if (name == 'a')
			options->articles =
			    (size_t)number_option(optarg, 0, 1000);
		else if (name == 'm')
			options->markup =
			    (unsigned)number_option(optarg, 1, MARKUP_COUNT);
		else
			usage();
	}
	if (optind != argc)
		usage();
}

static bool
newsroom_listen(struct newsroom *room, unsigned port)
{
	struct evhttp_bound_socket *bound;
	struct sockaddr_storage address;
	socklen_t length = sizeof(address);

	room->http = evhttp_new(room->base);
	evhttp_set_allowed_methods(
	    room->http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST);
	evhttp_set_max_headers_size(room->http, 64 * 1024);
	evhttp_set_max_body_size(room->http, 64 * 1024);
	evhttp_set_gencb(room->http, on_request, room);
	bound = evhttp_bind_socket_with_handle(
	    room->http, "127.0.0.1", (ev_uint16_t)port);
	if (bound == NULL || getsockname(evhttp_bound_socket_get_fd(bound),
				 (struct sockaddr *)&address, &length) != 0) {
		fprintf(stderr, "newsroom: 127.0.0.1:%u: %s\n", port,
		    strerror(errno));
		return false;
	}
	room->port = ntohs(((struct sockaddr_in *)&address)->sin_port);
	printf("newsroom listening on http://127.0.0.1:%u\n", room->port);
	fflush(stdout);
	return true;
}

/* The sections begin one after the other, not all in the same moment. */
static void
spread_dues(struct newsroom *room)
{
	int64_t now_ms = monotonic_ms(),
		pace_ms = (int64_t)(room->pace_s * 1000);

	for (size_t i = 0; i < room->paper.desk_count; i++)
		room->paper.desks[i].due_ms =
		    now_ms + pace_ms * (int64_t)(i + 1) /
				 (int64_t)room->paper.desk_count;
}

static void
newsroom_run(struct newsroom *room, const struct options *options)
{
	struct event *term =
	    evsignal_new(room->base, SIGTERM, on_end, room->base);
	struct event *stop =
	    evsignal_new(room->base, SIGINT, on_end, room->base);
	struct event *tick =
	    event_new(room->base, -1, EV_PERSIST, on_tick, room);
	struct timeval pause = {0, TICK_MS * 1000};
	struct timeval end = {(time_t)options->seconds, 0};

	event_add(term, NULL);
	event_add(stop, NULL);
	if (room->pace_s > 0)
		event_add(tick, &pause);
	if (options->seconds > 0)
		event_base_loopexit(room->base, &end);
	event_base_dispatch(room->base);
	event_free(tick);
	event_free(stop);
	event_free(term);
}

/* Requests that clients left are ours, all others go with the server. */
static void
newsroom_hang_up(struct newsroom *room)
{
	struct drip *drip = LIST_FIRST(&room->drips);

	while (drip != NULL) {
		struct drip *next = LIST_NEXT(drip, next);

		if (drip->closed)
			drip_end(drip);
		drip = next;
	}
	evhttp_free(room->http);
	while (!LIST_EMPTY(&room->drips))
		drip_free(LIST_FIRST(&room->drips));
}

int
main(int argc, char **argv)
{
	struct options options = {.seed = 1, .articles = 24, .markup = 1};
	struct newsroom room = {
	    .look = {.meta_charset = "utf-8"},
	    .robots_status = HTTP_OK,
	    .min_gap_ms = -1,
	};
	int status = EXIT_FAILURE;

	read_options(&options, argc, argv);
	signal(SIGPIPE, SIG_IGN);
	room.look.markup = options.markup;
	room.pace_s = options.pace_s;
	room.cp949 = iconv_open("CP949", "UTF-8");
	room.base = event_base_new();
	paper_open(&room.paper, options.seed, options.now_s, options.articles);
	spread_dues(&room);
	if (newsroom_listen(&room, options.port)) {
		newsroom_run(&room, &options);
		status = EXIT_SUCCESS;
	}
	newsroom_hang_up(&room);
	event_base_free(room.base);
	if (room.cp949 != (iconv_t)-1)
		iconv_close(room.cp949);
	paper_close(&room.paper);
	return status;
}
