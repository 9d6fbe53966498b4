#include "tests/simulate/ledger.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"
#include "tests/simulate/loop.h"

#define NEVER_MS INT64_MIN
#define TOLD_MOST 5 /* breaches of a kind that are printed */
#define DAY_S INT64_C(86400)

/* Due sections come within a minute of a start, and each waits for the others
 * of its host; a machine that was asleep is noticed within half a minute. */
#define CATCH_UP_MS (150 * LOOP_SECOND_MS)
/* A failing section may be left alone for a day and a tenth; and it may be a
 * day before robots.txt is looked at again. */
#define PATIENCE_MS (2 * (LOOP_DAY_MS + LOOP_DAY_MS / 10) + LOOP_HOUR_MS)
#define SILENCE_MS LOOP_MINUTE_MS /* that a host may keep a request waiting */
#define BURST_MS LOOP_MINUTE_MS
#define UNWRITTEN_MS 205 /* a batch, and how late the loop may be */
#define SETTLED_MS (10 * LOOP_MINUTE_MS) /* after many were due at once */

const char *const breach_names[BREACHES] = {
    "requests to a host closer than host-gap",
    "rounds of a section closer than min-interval",
    "requests before Retry-After was over",
    "requests closer than Crawl-delay",
    "requests that robots.txt forbids, or before it was read",
    "sections left alone for too long",
    "bursts after the clock was set",
};

struct host_page {
	int64_t gap_ms, delay_ms;
	int64_t last_ms, robots_ms; /* requests */
	int64_t robots_hold_ms;
	int64_t known_ms;  /* last robots.txt that settles it */
	int64_t open_ms;   /* when the request began that is not answered */
	int64_t silent_ms; /* when one ended that was long in coming */
	bool robots_failed;
	size_t sections;
};

struct section_page {
	size_t host;
	int64_t min_ms, max_ms;
	int64_t round_ms, asked_ms, hold_ms;
	int64_t bad_ms; /* last moment that it was known to fail */
	bool is_bad, is_forbidden;
	uint64_t rounds, learning; /* all, and those before it settled */
	float *delays_s;
	size_t count, capacity;
};

struct ledger {
	struct host_page *hosts;
	struct section_page *sections;
	size_t host_count, section_count;
	int64_t awake_ms, moved_ms, set_ms, wanted_ms;
	size_t since_set; /* rounds */
	uint64_t requests;
	size_t breaches[BREACHES];
	bool is_hushed;
};

struct ledger *
ledger_new(size_t hosts, size_t sections)
{
	struct ledger *ledger = xcalloc(1, sizeof(*ledger));
	ledger->hosts = xcalloc(hosts, sizeof(*ledger->hosts));
	ledger->sections = xcalloc(sections, sizeof(*ledger->sections));
	ledger->host_count = hosts;
	ledger->section_count = sections;
	ledger->moved_ms = ledger->set_ms = ledger->wanted_ms = NEVER_MS;
	for (size_t i = 0; i < hosts; i++)
		ledger->hosts[i] = (struct host_page){.last_ms = NEVER_MS,
		    .robots_ms = NEVER_MS,
		    .robots_hold_ms = NEVER_MS,
		    .known_ms = NEVER_MS,
		    .open_ms = NEVER_MS,
		    .silent_ms = NEVER_MS};
	for (size_t i = 0; i < sections; i++)
		ledger->sections[i] = (struct section_page){
		    .round_ms = NEVER_MS,
		    .asked_ms = NEVER_MS,
		    .hold_ms = NEVER_MS,
		    .bad_ms = NEVER_MS,
		};
	return ledger;
}

void
ledger_free(struct ledger *ledger)
{
	if (ledger == NULL)
		return;
	for (size_t i = 0; i < ledger->section_count; i++)
		free(ledger->sections[i].delays_s);
	free(ledger->sections);
	free(ledger->hosts);
	free(ledger);
}

void
ledger_set_host(struct ledger *ledger, size_t host, int64_t gap_ms)
{
	ledger->hosts[host].gap_ms = gap_ms;
}

void
ledger_set_section(struct ledger *ledger, size_t section, size_t host,
    int64_t min_interval_ms, int64_t max_interval_ms)
{
	ledger->sections[section].host = host;
	ledger->sections[section].min_ms = min_interval_ms;
	ledger->sections[section].max_ms = max_interval_ms;
	ledger->hosts[host].sections++;
}

/* ---- manners ---- */

static void __attribute__((format(printf, 3, 4)))
breach(struct ledger *ledger, enum breach kind, const char *format, ...)
{
	va_list arguments;
	if (ledger->breaches[kind]++ >= TOLD_MOST || ledger->is_hushed)
		return;
	va_start(arguments, format);
	printf("# day %.4f: ", (double)loop_true_ms() / (double)LOOP_DAY_MS);
	vprintf(format, arguments);
	printf(" (%s)\n", breach_names[kind]);
	va_end(arguments);
}

/* Of a moment that may be never. */
static bool
is_sooner(int64_t last_ms, int64_t wait_ms)
{
	return last_ms != NEVER_MS && loop_true_ms() < last_ms + wait_ms;
}

void
ledger_request(struct ledger *ledger, size_t host)
{
	struct host_page *page = &ledger->hosts[host];
	int64_t now_ms = loop_true_ms();
	if (is_sooner(page->last_ms, page->gap_ms))
		breach(ledger, BREACH_GAP, "host %zu after %lld ms", host,
		    (long long)(now_ms - page->last_ms));
	else if (is_sooner(page->last_ms, page->delay_ms))
		breach(ledger, BREACH_CRAWL_DELAY, "host %zu after %lld ms",
		    host, (long long)(now_ms - page->last_ms));
	page->last_ms = page->open_ms = now_ms;
	ledger->requests++;
}

void
ledger_robots(struct ledger *ledger, size_t host)
{
	struct host_page *page = &ledger->hosts[host];
	if (is_sooner(page->robots_hold_ms, 0))
		breach(ledger, BREACH_RETRY_AFTER,
		    "robots.txt of host %zu, %lld ms before", host,
		    (long long)(page->robots_hold_ms - loop_true_ms()));
	page->robots_ms = loop_true_ms();
}

static void
count_burst(struct ledger *ledger)
{
	if (!is_sooner(ledger->set_ms, BURST_MS))
		return;
	if (++ledger->since_set == ledger->section_count / 5 + 10)
		breach(ledger, BREACH_BURST, "%zu rounds within a minute",
		    ledger->since_set);
}

void
ledger_page(struct ledger *ledger, size_t section, bool is_first)
{
	struct section_page *page = &ledger->sections[section];
	struct host_page *host = &ledger->hosts[page->host];
	int64_t now_ms = loop_true_ms();
	if (is_first && is_sooner(page->round_ms, page->min_ms))
		breach(ledger, BREACH_MIN_INTERVAL, "section %zu after %lld ms",
		    section, (long long)(now_ms - page->round_ms));
	if (is_sooner(page->hold_ms, 0))
		breach(ledger, BREACH_RETRY_AFTER,
		    "section %zu, %lld ms before", section,
		    (long long)(page->hold_ms - now_ms));
	if (host->known_ms == NEVER_MS)
		breach(ledger, BREACH_ROBOTS,
		    "section %zu before robots.txt was read", section);
	else if (page->is_forbidden)
		breach(
		    ledger, BREACH_ROBOTS, "section %zu is forbidden", section);
	else if (!host->robots_failed &&
		 is_sooner(host->known_ms + LOOP_DAY_MS + LOOP_MINUTE_MS, 0) ==
		     false)
		breach(ledger, BREACH_ROBOTS,
		    "section %zu by a robots.txt of %.1f hours ago", section,
		    (double)(now_ms - host->known_ms) / (double)LOOP_HOUR_MS);
	page->asked_ms = now_ms;
	if (!is_first)
		return;
	page->round_ms = now_ms;
	page->rounds++;
	count_burst(ledger);
}

static int64_t
hold_ms(int64_t retry_after_s)
{
	if (retry_after_s <= 0)
		return NEVER_MS;
	if (retry_after_s > DAY_S)
		retry_after_s = DAY_S;
	return loop_true_ms() + retry_after_s * 1000;
}

static void
set_bad(struct section_page *page, bool is_bad)
{
	if (is_bad)
		page->bad_ms = loop_true_ms();
	page->is_bad = is_bad;
}

static void
host_answered(struct host_page *host)
{
	if (host->open_ms != NEVER_MS &&
	    host->open_ms <= loop_true_ms() - SILENCE_MS / 2)
		host->silent_ms = loop_true_ms();
	host->open_ms = NEVER_MS;
}

void
ledger_page_answered(
    struct ledger *ledger, size_t section, bool is_good, int64_t retry_after_s)
{
	struct section_page *page = &ledger->sections[section];
	host_answered(&ledger->hosts[page->host]);
	set_bad(page, !is_good);
	page->hold_ms = is_good ? NEVER_MS : hold_ms(retry_after_s);
}

void
ledger_robots_answered(struct ledger *ledger, size_t host, bool is_known,
    int64_t delay_ms, int64_t retry_after_s)
{
	struct host_page *page = &ledger->hosts[host];
	host_answered(page);
	page->robots_failed = !is_known;
	page->robots_hold_ms = is_known ? NEVER_MS : hold_ms(retry_after_s);
	if (is_known) {
		page->known_ms = loop_true_ms();
		page->delay_ms = delay_ms;
	}
	/* its sections may have to wait for it */
	for (size_t i = 0; i < ledger->section_count && !is_known; i++)
		if (ledger->sections[i].host == host)
			ledger->sections[i].bad_ms = loop_true_ms();
}

void
ledger_forbid(struct ledger *ledger, size_t section, bool is_forbidden)
{
	struct section_page *page = &ledger->sections[section];
	if (is_forbidden || page->is_forbidden)
		page->bad_ms = loop_true_ms();
	page->is_forbidden = is_forbidden;
}

void
ledger_awake(struct ledger *ledger, bool is_clock_moved)
{
	ledger->awake_ms = ledger->wanted_ms = loop_true_ms();
	ledger->set_ms = NEVER_MS;
	if (!is_clock_moved)
		return;
	ledger->moved_ms = loop_true_ms();
	/* nobody can know how long ago the last requests really were */
	for (size_t i = 0; i < ledger->section_count; i++) {
		struct section_page *page = &ledger->sections[i];
		page->round_ms = page->hold_ms = NEVER_MS;
	}
	for (size_t i = 0; i < ledger->host_count; i++) {
		struct host_page *page = &ledger->hosts[i];
		page->last_ms = page->robots_hold_ms = NEVER_MS;
		if (page->known_ms != NEVER_MS)
			page->known_ms = loop_true_ms();
	}
}

void
ledger_clock_moved(struct ledger *ledger)
{
	/* but for those that wait for their turn already */
	if (!is_sooner(ledger->wanted_ms, SETTLED_MS))
		ledger->set_ms = loop_true_ms();
	ledger->since_set = 0;
}

void
ledger_asked(struct ledger *ledger)
{
	ledger->set_ms = NEVER_MS;
	ledger->wanted_ms = loop_true_ms();
}

static void
forget_last(int64_t *at_ms, int64_t unwritten_ms)
{
	if (*at_ms != NEVER_MS && *at_ms >= unwritten_ms)
		*at_ms = NEVER_MS;
}

void
ledger_killed(struct ledger *ledger)
{
	int64_t from_ms = loop_true_ms() - UNWRITTEN_MS;
	for (size_t i = 0; i < ledger->host_count; i++)
		forget_last(&ledger->hosts[i].last_ms, from_ms);
	for (size_t i = 0; i < ledger->section_count; i++)
		forget_last(&ledger->sections[i].round_ms, from_ms);
}

/* The latest moment at which a healthy section is asked again. */
static int64_t
latest_ms(const struct ledger *ledger, const struct section_page *page)
{
	const struct host_page *host = &ledger->hosts[page->host];
	int64_t bound_ms = page->max_ms + page->max_ms / 10 + LOOP_MINUTE_MS;
	int64_t last_ms = page->asked_ms != NEVER_MS ? page->asked_ms : 0;
	/* a start cannot know what the clock did while nobody ran: one interval
	 * from then on */
	if (ledger->moved_ms > last_ms)
		last_ms = ledger->moved_ms;
	int64_t until_ms = last_ms + bound_ms;
	int64_t queue_ms =
	    host->gap_ms > host->delay_ms ? host->gap_ms : host->delay_ms;
	queue_ms *= (int64_t)(3 * host->sections);
	if (until_ms < ledger->awake_ms + CATCH_UP_MS)
		until_ms = ledger->awake_ms + CATCH_UP_MS;
	/* who is silent holds up the other sections of its host */
	if (until_ms < host->open_ms + SILENCE_MS)
		until_ms = host->open_ms + SILENCE_MS;
	if (until_ms < host->silent_ms + SILENCE_MS)
		until_ms = host->silent_ms + SILENCE_MS;
	return until_ms + queue_ms;
}

void
ledger_look(struct ledger *ledger)
{
	int64_t now_ms = loop_true_ms();
	for (size_t i = 0; i < ledger->section_count; i++) {
		struct section_page *page = &ledger->sections[i];
		int64_t until_ms = latest_ms(ledger, page);
		bool failed = page->is_bad || page->is_forbidden ||
			      ledger->hosts[page->host].robots_failed;
		int64_t bad_ms = page->bad_ms;
		if (bad_ms != NEVER_MS && bad_ms < ledger->moved_ms)
			bad_ms = ledger->moved_ms;
		if ((failed || page->asked_ms <= page->bad_ms) &&
		    bad_ms != NEVER_MS && until_ms < bad_ms + PATIENCE_MS)
			until_ms = bad_ms + PATIENCE_MS;
		if (page->is_forbidden || now_ms <= until_ms)
			continue;
		breach(ledger, BREACH_STALL, "section %zu, for %.1f hours", i,
		    (double)(now_ms - (page->asked_ms != NEVER_MS
					      ? page->asked_ms
					      : 0)) /
			(double)LOOP_HOUR_MS);
		page->asked_ms = now_ms; /* once */
	}
}

size_t
ledger_breaches(const struct ledger *ledger, enum breach kind)
{
	return ledger->breaches[kind];
}

size_t
ledger_all_breaches(const struct ledger *ledger)
{
	size_t all = 0;
	for (size_t i = 0; i < BREACHES; i++)
		all += ledger->breaches[i];
	return all;
}

void
ledger_hush(struct ledger *ledger)
{
	ledger->is_hushed = true;
}

/* ---- what it costs and what it brings ---- */

uint64_t
ledger_rounds(const struct ledger *ledger, size_t section)
{
	return ledger->sections[section].rounds;
}

void
ledger_settled(struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->section_count; i++)
		ledger->sections[i].learning = ledger->sections[i].rounds;
}

uint64_t
ledger_settled_rounds(const struct ledger *ledger, size_t section)
{
	return ledger->sections[section].rounds -
	       ledger->sections[section].learning;
}

uint64_t
ledger_requests(const struct ledger *ledger)
{
	return ledger->requests;
}

void
ledger_found(struct ledger *ledger, size_t section, int64_t published_ms)
{
	struct section_page *page = &ledger->sections[section];
	if (page->count == page->capacity) {
		page->capacity = page->capacity * 2 + 64;
		page->delays_s = xreallocarray(
		    page->delays_s, page->capacity, sizeof(*page->delays_s));
	}
	page->delays_s[page->count++] =
	    (float)(loop_true_ms() - published_ms) / 1000;
}

static int
float_compare(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;
	return (x > y) - (x < y);
}

struct delays
ledger_delays(const struct ledger *ledger,
    bool (*wanted)(size_t section, void *), void *arg)
{
	struct delays delays = {0};
	float *all;
	double sum = 0;
	for (size_t i = 0; i < ledger->section_count; i++)
		if (wanted == NULL || wanted(i, arg))
			delays.count += ledger->sections[i].count;
	all = xcalloc(delays.count + 1, sizeof(*all));
	delays.count = 0;
	for (size_t i = 0; i < ledger->section_count; i++) {
		const struct section_page *page = &ledger->sections[i];
		if (page->count == 0 || (wanted != NULL && !wanted(i, arg)))
			continue;
		memcpy(all + delays.count, page->delays_s,
		    page->count * sizeof(*all));
		delays.count += page->count;
	}
	qsort(all, delays.count, sizeof(*all), float_compare);
	for (size_t i = 0; i < delays.count; i++)
		sum += (double)all[i];
	if (delays.count > 0) {
		delays.mean_s = sum / (double)delays.count;
		delays.p95_s = (double)all[delays.count * 95 / 100];
	}
	free(all);
	return delays;
}
