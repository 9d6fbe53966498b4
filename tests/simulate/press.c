#include "tests/simulate/press.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <event2/event.h>

#include "daemon/fetch.h"
#include "feed/memory.h"
#include "tests/newsroom.h"
#include "tests/simulate/loop.h"

#define DAY_S 86400
#define SHOWN_DAYS 45 /* before the beginning: what the pages show then */
#define WINDOWS 64    /* of trouble, a host */
#define TIMEOUT_MS (60 * LOOP_SECOND_MS)

enum fault {
	FAULT_NONE,
	FAULT_REFUSED,
	FAULT_SILENT,
	FAULT_503,
	FAULT_503_LATER, /* Retry-After */
	FAULT_429_LATER,
	FAULT_EMPTY,
	FAULT_NONSENSE,
	FAULT_KINDS
};

struct window {
	int64_t from_ms, to_ms;
	enum fault fault;
};

struct press_host {
	struct window faults[WINDOWS], bans[WINDOWS];
	size_t fault_count, ban_count;
	bool has_robots;
	int64_t delay_s; /* Crawl-delay; 0: none */
	int64_t gap_s;
};

static struct press *press;

/* ---- what is drawn ---- */

static void
draw_windows(struct dice *dice, struct window *windows, size_t *count, int days,
    double every_days, double least_s, double most_s)
{
	double at_s = 0;
	while (*count < WINDOWS) {
		double lot = (double)(1 + dice_below(dice, 1000)) / 1000;
		at_s += -log(lot) * every_days * DAY_S;
		double stretch = (double)dice_below(dice, 1000) / 1000;
		double span_s = least_s * pow(most_s / least_s, stretch);
		if (at_s > (double)days * DAY_S)
			return;
		windows[(*count)++] = (struct window){
		    .from_ms = (int64_t)(at_s * 1000),
		    .to_ms = (int64_t)((at_s + span_s) * 1000),
		    .fault = 1 + (enum fault)dice_below(dice, FAULT_KINDS - 1),
		};
		at_s += span_s;
	}
}

static void
draw_host(struct press_host *host, struct dice *dice, int days, bool troubled)
{
	host->gap_s = dice_chance(dice, 10) ? 10 : 2;
	host->has_robots = dice_chance(dice, 60);
	if (host->has_robots && dice_chance(dice, 25))
		host->delay_s = 5 + (int64_t)dice_below(dice, 16);
	if (!troubled)
		return;
	draw_windows(
	    dice, host->faults, &host->fault_count, days, 12, 60, 2 * DAY_S);
	if (host->has_robots && dice_chance(dice, 40))
		draw_windows(dice, host->bans, &host->ban_count, days, 30,
		    DAY_S / 4, 5 * DAY_S);
}

static void
draw_section(struct press_section *section, struct dice *dice, size_t hosts,
    bool troubled)
{
	/* some papers have many sections, most have few */
	size_t host = dice_below(dice, hosts);
	section->host = dice_chance(dice, 20) ? host / 8 : host;
	section->is_dated = dice_chance(dice, 80);
	section->has_etag = dice_chance(dice, 40);
	section->has_token = dice_chance(dice, 40);
	section->min_interval_s = 300;
	section->max_interval_s = 6 * 3600;
	if (!troubled)
		return;
	if (dice_chance(dice, 15))
		section->interval_s = 60 * (5 + (int64_t)dice_below(dice, 60));
	else if (dice_chance(dice, 15)) {
		section->min_interval_s = 900;
		section->max_interval_s = 3 * 3600;
	}
}

struct press *
press_new(
    uint64_t seed, int64_t begin_s, int days, size_t sections, bool is_troubled)
{
	struct dice dice = {seed};
	press = xcalloc(1, sizeof(*press));
	press->seed = seed;
	press->begin_s = begin_s;
	press->section_count = sections;
	press->host_count = sections / 4 + 1;
	press->sections = xcalloc(sections, sizeof(*press->sections));
	press->hosts = xcalloc(press->host_count, sizeof(*press->hosts));
	press->ledger = ledger_new(press->host_count, sections);
	for (size_t i = 0; i < press->host_count; i++) {
		draw_host(&press->hosts[i], &dice, days, is_troubled);
		ledger_set_host(press->ledger, i, press->hosts[i].gap_s * 1000);
	}
	for (size_t i = 0; i < sections; i++) {
		struct press_section *section = &press->sections[i];
		draw_section(section, &dice, press->host_count, is_troubled);
		beat_draw(&section->beat, dice_roll(&dice), begin_s, SHOWN_DAYS,
		    days);
	}
	return press;
}

void
press_free(struct press *old)
{
	for (size_t i = 0; i < old->section_count; i++)
		beat_clear(&old->sections[i].beat);
	ledger_free(old->ledger);
	free(old->sections);
	free(old->hosts);
	free(old);
	press = NULL;
}

void
press_set_gap(struct press *of, int64_t gap_s)
{
	for (size_t i = 0; i < of->host_count; i++) {
		of->hosts[i].gap_s = gap_s;
		ledger_set_host(of->ledger, i, gap_s * 1000);
	}
}

void
press_set_listing(struct press *of, press_listing *listing, void *arg,
    const char *const *paths)
{
	of->listing = listing;
	of->arg = arg;
	of->paths = paths;
}

static void
configure_section(FILE *file, const struct press *of, size_t number)
{
	const struct press_section *section = &of->sections[number];
	fprintf(file, "      s%zu: {url: /", number);
	if (of->paths != NULL)
		fprintf(file, "%s", of->paths[number]);
	else
		fprintf(file, "s%zu", number);
	if (section->interval_s > 0)
		fprintf(
		    file, ", interval: %llds", (long long)section->interval_s);
	fprintf(file, ", min-interval: %llds, max-interval: %llds}\n",
	    (long long)section->min_interval_s,
	    (long long)section->max_interval_s);
	ledger_set_section(of->ledger, number, section->host,
	    section->min_interval_s * 1000,
	    section->interval_s > 0 ? section->interval_s * 1000
				    : section->max_interval_s * 1000);
}

void
press_configure(const struct press *of, const char *folder)
{
	char *path = xasprintf("%s/metrofeed.conf", folder);
	FILE *file = fopen(path, "w");
	if (file == NULL) {
		perror(path);
		exit(1);
	}
	fprintf(file, "output: %s/feeds\nstate: %s/state\nsites:\n", folder,
	    folder);
	for (size_t i = 0; i < of->host_count; i++) {
		size_t count = 0;
		for (size_t j = 0; j < of->section_count; j++)
			if (of->sections[j].host == i) {
				if (count++ == 0)
					fprintf(file,
					    "  h%zu:\n"
					    "    url: https://h%zu.example\n"
					    "    timezone: Asia/Seoul\n"
					    "    article-link: /article/{id}\n"
					    "    host-gap: %llds\n"
					    "    sections:\n",
					    i, i,
					    (long long)of->hosts[i].gap_s);
				configure_section(file, of, j);
			}
	}
	if (fclose(file) != 0) {
		perror(path);
		exit(1);
	}
	free(path);
}

size_t
press_published(const struct press *of, size_t section)
{
	const struct beat *beat = &of->sections[section].beat;
	int64_t now_s = loop_right_s();
	size_t low = 0, high = beat->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (beat->times_s[middle] <= now_s)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
host_of(const char *url, size_t *host)
{
	return sscanf(url, "https://h%zu.example/", host) == 1 &&
	       *host < press->host_count;
}

/* "newsList/13", and no longer one. */
static bool
is_path(const char *at, const char *path)
{
	size_t length = strlen(path);
	return strncmp(at, path, length) == 0 &&
	       (at[length] == '\0' || at[length] == '?');
}

bool
press_section_of(const char *url, size_t *section, unsigned *page)
{
	size_t host;
	int length = 0;
	*page = 1;
	const char *query = strstr(url, "?page=");
	if (query != NULL)
		*page = (unsigned)atoi(query + strlen("?page="));
	if (press->paths == NULL)
		return sscanf(url, "https://h%zu.example/s%zu", &host,
			   section) == 2 &&
		       *section < press->section_count;
	if (sscanf(url, "https://h%zu.example/%n", &host, &length) != 1)
		return false;
	for (*section = 0; *section < press->section_count; ++*section)
		if (press->sections[*section].host == host &&
		    is_path(url + length, press->paths[*section]))
			return true;
	return false;
}

/* ---- the network ---- */

struct fetcher {
	struct event_base *base;
};

struct fetch {
	struct event *event;
	fetch_callback *callback;
	void *arg;
	char *url, *etag;
	struct buffer body;
	size_t host, section;
	bool is_robots, is_good, is_banned;
	unsigned page;
	int status;
	int64_t retry_after_s, start_ms, wait_ms;
	const char *reason;
};

static enum fault
fault_now(const struct window *windows, size_t count)
{
	int64_t now_ms = loop_true_ms();
	for (size_t i = 0; i < count; i++)
		if (windows[i].from_ms <= now_ms && now_ms < windows[i].to_ms)
			return windows[i].fault;
	return FAULT_NONE;
}

static void
answer_fault(struct fetch *fetch, enum fault fault, struct dice *dice)
{
	static const int64_t later_s[] = {30, 120, 900, 3600, 20000, 86400};
	fetch->is_good = false;
	switch (fault) {
	case FAULT_REFUSED:
		fetch->reason = "connection refused";
		return;
	case FAULT_SILENT:
		fetch->reason = "nothing came for 60 s";
		fetch->wait_ms = TIMEOUT_MS;
		return;
	case FAULT_503_LATER:
	case FAULT_429_LATER:
		fetch->status = fault == FAULT_503_LATER ? 503 : 429;
		fetch->retry_after_s = later_s[dice_below(
		    dice, sizeof(later_s) / sizeof(later_s[0]))];
		return;
	case FAULT_EMPTY:
		fetch->status = fetch->is_robots ? 500 : 200;
		return;
	case FAULT_NONSENSE:
		fetch->status = fetch->is_robots ? 502 : 200;
		buffer_add_string(&fetch->body, "<p>nonsense</p>");
		return;
	default:
		fetch->status = 503;
	}
}

static void
answer_robots(struct fetch *fetch)
{
	const struct press_host *host = &press->hosts[fetch->host];
	fetch->status = host->has_robots ? 200 : 404;
	if (!host->has_robots)
		return;
	buffer_add_string(&fetch->body, "User-agent: *\nDisallow: /search\n");
	if (host->delay_s > 0)
		buffer_add_format(&fetch->body, "Crawl-delay: %lld\n",
		    (long long)host->delay_s);
	fetch->is_banned = fault_now(host->bans, host->ban_count) != FAULT_NONE;
	if (fetch->is_banned)
		for (size_t i = 1; i < press->section_count; i += 2)
			if (press->sections[i].host == fetch->host)
				buffer_add_format(&fetch->body,
				    "Disallow: /s%zu$\n"
				    "Disallow: /s%zu?page=\n",
				    i, i);
}

static void
answer_page(struct fetch *fetch, const char *etag)
{
	const struct press_section *section = &press->sections[fetch->section];
	size_t published = press_published(press, fetch->section);
	fetch->status = 200;
	if (section->has_etag) {
		fetch->etag = xasprintf("\"%zu\"", published);
		if (etag != NULL && strcmp(etag, fetch->etag) == 0) {
			fetch->status = 304;
			return;
		}
	}
	if (press->listing != NULL)
		press->listing(&fetch->body, fetch->section, fetch->page,
		    published, press->arg);
	else
		buffer_add_format(&fetch->body, "listing %zu %zu %u",
		    fetch->section, published, fetch->page);
	if (section->has_token)
		buffer_add_format(&fetch->body, "<!-- %llu -->",
		    (unsigned long long)++press->tokens);
}

static void
deliver(struct fetch *fetch)
{
	struct reply reply = {
	    .status = fetch->status,
	    .body = fetch->body.bytes != NULL ? fetch->body.bytes : "",
	    .length = fetch->body.length,
	    .url = fetch->url,
	    .content_type = "text/html; charset=utf-8",
	    .etag = fetch->etag,
	    .retry_after_s = fetch->retry_after_s,
	    .reason = fetch->reason,
	    .elapsed_ms = loop_true_ms() - fetch->start_ms,
	};
	if (reply.reason != NULL) {
		reply.status = 0;
		reply.body = "";
		reply.length = 0;
	}
	fetch->callback(fetch, &reply, fetch->arg);
}

static void
note_answer(const struct fetch *fetch)
{
	const struct press_host *host = &press->hosts[fetch->host];
	int64_t retry_s = fetch->reason != NULL ? -1 : fetch->retry_after_s;
	if (!fetch->is_robots) {
		ledger_page_answered(
		    press->ledger, fetch->section, fetch->is_good, retry_s);
		return;
	}
	ledger_robots_answered(press->ledger, fetch->host, fetch->is_good,
	    host->delay_s * 1000, retry_s);
	if (!fetch->is_good)
		return;
	for (size_t i = 0; i < press->section_count; i++)
		if (press->sections[i].host == fetch->host)
			ledger_forbid(
			    press->ledger, i, fetch->is_banned && i % 2 == 1);
}

static void
fetch_free(struct fetch *fetch)
{
	event_free(fetch->event);
	buffer_clear(&fetch->body);
	free(fetch->url);
	free(fetch->etag);
	free(fetch);
}

static void
on_answer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	struct fetch *fetch = arg;
	/* the machine slept, and nobody held the connection open */
	if (loop_true_ms() - fetch->start_ms >
	    fetch->wait_ms + 10 * LOOP_SECOND_MS) {
		fetch->reason = "the connection was cut";
		fetch->is_good = false;
	}
	note_answer(fetch);
	deliver(fetch);
	fetch_free(fetch);
}

struct fetcher *
fetcher_new(struct event_base *base, struct error *err)
{
	(void)err;
	struct fetcher *fetcher = xcalloc(1, sizeof(*fetcher));
	fetcher->base = base;
	return fetcher;
}

void
fetcher_free(struct fetcher *fetcher)
{
	free(fetcher); /* sections and robots have cancelled theirs */
}

const char *
fetcher_ca_file(const struct fetcher *fetcher)
{
	(void)fetcher;
	return NULL;
}

static void
note_request(const struct fetch *fetch)
{
	ledger_request(press->ledger, fetch->host);
	if (fetch->is_robots)
		ledger_robots(press->ledger, fetch->host);
	else
		ledger_page(press->ledger, fetch->section, fetch->page == 1);
}

struct fetch *
fetch_start(struct fetcher *fetcher, const struct fetch_request *request,
    fetch_callback *callback, void *arg, struct error *err)
{
	struct fetch *fetch = xcalloc(1, sizeof(*fetch));
	struct dice dice = {press->seed ^ (uint64_t)loop_true_ms()};
	if (!host_of(request->url, &fetch->host)) {
		free(fetch);
		error_set(err, "no such host: %s", request->url);
		return NULL;
	}
	const struct press_host *host = &press->hosts[fetch->host];
	enum fault fault = fault_now(host->faults, host->fault_count);
	fetch->is_robots =
	    !press_section_of(request->url, &fetch->section, &fetch->page);
	fetch->url = xstrdup(request->url);
	fetch->callback = callback;
	fetch->arg = arg;
	fetch->is_good = true;
	fetch->retry_after_s = -1;
	fetch->start_ms = loop_true_ms();
	fetch->wait_ms = 60 + (int64_t)dice_below(&dice, 600);
	if (dice_chance(&dice, 2))
		fetch->wait_ms += (int64_t)dice_below(&dice, 20000);
	if (fault != FAULT_NONE)
		answer_fault(fetch, fault, &dice);
	else if (fetch->is_robots)
		answer_robots(fetch);
	else
		answer_page(fetch, request->etag);
	note_request(fetch);
	fetch->event = evtimer_new(fetcher->base, on_answer, fetch);
	struct timeval wait = {.tv_sec = fetch->wait_ms / 1000,
	    .tv_usec = fetch->wait_ms % 1000 * 1000};
	event_add(fetch->event, &wait);
	return fetch;
}

void
fetch_cancel(struct fetch *fetch)
{
	if (fetch != NULL)
		fetch_free(fetch);
}
