#include "feed/dating.h"

#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"
#include "feed/text.h"
#include "feed/zone.h"

#define DAY_S 86400
/* A clock printed into the page is no older than the page in a cache. */
#define CLOCK_AGE_S 3600
/* Two articles of one minute prove nothing. */
#define MIN_CLOCKS 3
/* Two digits for the year in this many addresses are no chance. */
#define MIN_SHORT 4

/* ---- the machine's date and the visible one ---- */

/* "…T10:23:45Z", "…+00:00" */
static bool
says_utc(const char *text)
{
	static const char *const ends[] = {
	    "Z", "z", "+00:00", "+0000", "GMT", "UTC"};
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (text_ends_with(text, ends[i]))
			return true;
	return false;
}

static int64_t
floor_to(int64_t at_s, int64_t unit_s)
{
	return at_s - ((at_s % unit_s) + unit_s) % unit_s;
}

/* Midnight of its day, as if there were no zone. */
static int64_t
local_day(struct moment moment, const struct zone *zone)
{
	return floor_to(moment.at_s + zone_offset_s(zone, moment.at_s), DAY_S);
}

/* The clock of UTC read as a clock of the zone. */
static int64_t
as_local(int64_t at_s, const struct zone *zone)
{
	struct civil civil = civil_from_unix(at_s);
	return zone_to_unix(zone, &civil);
}

/* A pair that can tell: both have a clock, and the zone is not UTC then. */
static bool
can_tell_zone(const struct dated *dated, const struct zone *zone)
{
	return dated->is_machine && dated->text != NULL &&
	       dated->moment.precision >= PRECISION_MINUTE &&
	       dated->visible.precision >= PRECISION_MINUTE &&
	       says_utc(dated->text) &&
	       as_local(dated->moment.at_s, zone) != dated->moment.at_s;
}

static bool
has_wrong_utc(const struct dated *dated, const struct zone *zone)
{
	return floor_to(as_local(dated->moment.at_s, zone), 60) ==
	       floor_to(dated->visible.at_s, 60);
}

static bool
is_utc_wrong(const struct dated *list, size_t count, const struct zone *zone)
{
	size_t asked = 0, wrong = 0;
	for (size_t i = 0; i < count; i++)
		if (can_tell_zone(&list[i], zone)) {
			asked++;
			wrong += has_wrong_utc(&list[i], zone);
		}
	return wrong > 0 && wrong * 5 >= asked * 4;
}

/* A machine that knows no time writes 00:00:00. */
static bool
is_midnight(struct moment moment, const struct zone *zone)
{
	return moment.precision >= PRECISION_MINUTE &&
	       moment.at_s + zone_offset_s(zone, moment.at_s) ==
		   local_day(moment, zone);
}

/* Does `fine` say more of what `coarse` says? */
static bool
is_finer(struct moment fine, struct moment coarse, const struct zone *zone)
{
	if (coarse.precision == PRECISION_NONE)
		return true;
	if (is_midnight(coarse, zone) && !is_midnight(fine, zone))
		coarse.precision = PRECISION_DAY;
	if (fine.precision == PRECISION_RELATIVE ||
	    fine.precision <= coarse.precision)
		return false;
	struct civil a = zone_to_civil(zone, fine.at_s);
	struct civil b = zone_to_civil(zone, coarse.at_s);
	switch (coarse.precision) {
	case PRECISION_YEAR:
		return a.year == b.year;
	case PRECISION_MONTH:
		return a.year == b.year && a.month == b.month;
	case PRECISION_DAY:
		return local_day(fine, zone) == local_day(coarse, zone);
	case PRECISION_MINUTE:
		return floor_to(fine.at_s, 60) == floor_to(coarse.at_s, 60);
	default:
		return false;
	}
}

bool
dating_settle(
    struct dated *list, size_t count, const struct date_context *context)
{
	const struct zone *zone = context->zone;
	bool is_wrong = is_utc_wrong(list, count, zone);
	for (size_t i = 0; i < count; i++) {
		struct dated *dated = &list[i];
		if (is_wrong && dated->is_machine && dated->text != NULL &&
		    dated->moment.precision >= PRECISION_MINUTE &&
		    says_utc(dated->text))
			dated->moment.at_s = as_local(dated->moment.at_s, zone);
		if (dated->visible.precision != PRECISION_NONE &&
		    is_finer(dated->visible, dated->moment, zone))
			dated->moment = dated->visible;
	}
	return is_wrong;
}

/* ---- the list and its addresses ---- */

static bool
is_same_moment(struct moment a, struct moment b)
{
	return a.at_s == b.at_s && a.precision == b.precision;
}

/* The date that all articles which have one share; none if there is none. */
static struct moment
shared_moment(const struct article *articles, size_t count)
{
	struct moment shared = {0};
	size_t dated = 0;
	for (size_t i = 0; i < count; i++) {
		struct moment moment = articles[i].published;
		if (moment.precision == PRECISION_NONE)
			continue;
		if (dated++ == 0)
			shared = moment;
		else if (!is_same_moment(shared, moment))
			return (struct moment){0};
	}
	return dated >= MIN_CLOCKS ? shared : (struct moment){0};
}

/* Do addresses of two days or more say that most of them are not this day's? */
static bool
urls_contradict(const struct moment *urls, size_t count, struct moment shared,
    const struct zone *zone)
{
	size_t dated = 0, others = 0;
	int64_t first = 0;
	bool differ = false;
	for (size_t i = 0; i < count; i++) {
		if (urls[i].precision == PRECISION_NONE)
			continue;
		int64_t day = local_day(urls[i], zone);
		if (dated++ == 0)
			first = day;
		others += day != local_day(shared, zone);
		differ = differ || day != first;
	}
	return differ && others * 2 > dated;
}

/* A day alone may be everyone's, and midnight is a day. */
static bool
is_page_clock(const struct article *articles, const struct moment *urls,
    size_t count, const struct date_context *context)
{
	struct moment shared = shared_moment(articles, count);
	if (shared.precision < PRECISION_DAY ||
	    shared.precision == PRECISION_RELATIVE)
		return false;
	if (urls_contradict(urls, count, shared, context->zone))
		return true;
	return shared.precision >= PRECISION_MINUTE &&
	       !is_midnight(shared, context->zone) &&
	       shared.at_s > context->now_s - CLOCK_AGE_S;
}

/* A run of 12 or 14 digits, which may be a date and a time. */
static bool
has_long_number(const char *url)
{
	for (const char *at = url; *at != '\0';) {
		size_t digits = strspn(at, "0123456789");
		if (digits == 12 || digits == 14)
			return true;
		at += digits > 0 ? digits : 1;
	}
	return false;
}

/* Few times lie before five o'clock or beyond 23:59:59, most counters do. */
static bool
urls_have_clocks(
    const struct article *articles, const struct moment *urls, size_t count)
{
	size_t dated = 0, clocks = 0;
	for (size_t i = 0; i < count; i++) {
		dated += urls[i].precision != PRECISION_NONE &&
			 has_long_number(articles[i].link);
		clocks += urls[i].precision >= PRECISION_MINUTE;
	}
	return clocks * 5 >= dated * 3;
}

static struct moment
day_of(struct moment moment, const struct zone *zone)
{
	struct civil civil = zone_to_civil(zone, moment.at_s);
	civil.hour = civil.minute = civil.second = 0;
	return (struct moment){
	    .at_s = zone_to_unix(zone, &civil), .precision = PRECISION_DAY};
}

/* "10/29 23:18" was given the latest year; the address names another. */
static bool
has_other_year(struct moment page, struct moment url, const struct zone *zone)
{
	struct civil a = zone_to_civil(zone, page.at_s);
	struct civil b = zone_to_civil(zone, url.at_s);
	return page.precision >= PRECISION_DAY &&
	       page.precision != PRECISION_RELATIVE &&
	       url.precision >= PRECISION_DAY && a.year > b.year &&
	       a.month == b.month && a.day == b.day;
}

/* What the page says, refined by what the URL says (P9). */
static struct moment
refine(struct moment page, struct moment url, const struct zone *zone)
{
	if (has_other_year(page, url, zone)) {
		struct civil civil = zone_to_civil(zone, page.at_s);
		civil.year = zone_to_civil(zone, url.at_s).year;
		page.at_s = zone_to_unix(zone, &civil);
	}
	if (url.precision == PRECISION_NONE)
		return page;
	if (page.precision == PRECISION_NONE || is_finer(url, page, zone))
		return url;
	return page;
}

/* Is it the same day of a year, or the one before or after? */
static bool
is_near_day(struct moment page, struct moment url, const struct zone *zone)
{
	struct civil a = zone_to_civil(zone, page.at_s);
	struct civil b = zone_to_civil(zone, url.at_s);
	a.year = b.year;
	int64_t apart = zone_to_unix(zone, &a) - url.at_s;
	return apart > -DAY_S && apart < 2 * DAY_S;
}

/*
 * Is "/20/0704/" a date?  One address in 25 looks so by chance, so all must, on
 * two days at least; and where the page shows days, four of five are the same.
 */
static bool
are_short_dates(const struct article *articles, const struct moment *urls,
    size_t count, const struct zone *zone)
{
	size_t shown = 0, same = 0;
	bool differ = false;
	for (size_t i = 0; i < count; i++) {
		struct moment page = articles[i].published;
		if (urls[i].precision == PRECISION_NONE)
			return false;
		differ = differ || !is_same_moment(urls[i], urls[0]);
		if (page.precision < PRECISION_DAY ||
		    page.precision == PRECISION_RELATIVE)
			continue;
		shown++;
		same += is_near_day(page, urls[i], zone);
	}
	return shown >= MIN_CLOCKS ? same * 5 >= shown * 4
				   : differ && count >= MIN_SHORT;
}

static void
read_short_urls(const struct article *articles, size_t count,
    const struct date_context *context, struct moment *urls)
{
	for (size_t i = 0; i < count; i++)
		if (articles[i].link == NULL ||
		    !date_from_short_url(articles[i].link, context, &urls[i]))
			urls[i] = (struct moment){0};
	if (!are_short_dates(articles, urls, count, context->zone))
		for (size_t i = 0; i < count; i++)
			urls[i] = (struct moment){0};
}

/* What each address says; the caller's. */
static struct moment *
read_urls(const struct article *articles, size_t count,
    const struct date_context *context)
{
	struct moment *urls = xcalloc(count, sizeof(*urls));
	size_t dated = 0;
	for (size_t i = 0; i < count; i++) {
		if (articles[i].link != NULL &&
		    date_from_url(articles[i].link, context, &urls[i]))
			dated++;
		else
			urls[i] = (struct moment){0};
	}
	if (dated == 0)
		read_short_urls(articles, count, context, urls);
	return urls;
}

bool
dating_drop_clock(
    struct article *articles, size_t count, const struct date_context *context)
{
	struct moment *urls = read_urls(articles, count, context);
	bool is_clock = is_page_clock(articles, urls, count, context);
	for (size_t i = 0; is_clock && i < count; i++)
		articles[i].published = (struct moment){0};
	free(urls);
	return is_clock;
}

bool
dating_is_clock(const char *text)
{
	size_t runs = 0;
	bool has_colon = false;
	for (const char *at = text; *at != '\0';) {
		size_t digits = strspn(at, "0123456789");
		if (digits > 2)
			return false;
		runs += digits > 0;
		at += digits;
		has_colon |= digits > 0 && *at == ':';
		at += strcspn(at, "0123456789");
	}
	return has_colon && runs <= 3;
}

struct moment
dating_clock_on_day(
    struct moment clock, struct moment day, const struct zone *zone)
{
	struct civil time = zone_to_civil(zone, clock.at_s);
	struct civil civil = zone_to_civil(zone, day.at_s);
	civil.hour = time.hour;
	civil.minute = time.minute;
	civil.second = time.second;
	return (struct moment){
	    .at_s = zone_to_unix(zone, &civil), .precision = clock.precision};
}

/*
 * Clocks alone go one way down a list of today's articles.  Where they turn,
 * another day begins, or the list has no order, and nobody knows the days from
 * there on; unless other articles do show their day, so that a clock alone
 * means today.
 */
static void
doubt_clocks(struct article *articles, size_t count, const struct dated *dated)
{
	const struct article *above = NULL;
	size_t turn = count;
	int way = 0;
	for (size_t i = 0; i < count; i++) {
		if (articles[i].published.precision == PRECISION_NONE)
			continue;
		if (dated[i].text == NULL || !dating_is_clock(dated[i].text))
			return;
		int64_t at_s = articles[i].published.at_s;
		int64_t above_s = above != NULL ? above->published.at_s : at_s;
		int step = (at_s > above_s) - (at_s < above_s);
		if (turn == count && way != 0 && step == -way)
			turn = i;
		if (way == 0)
			way = step;
		above = &articles[i];
	}
	for (size_t i = turn; i < count; i++)
		articles[i].published = (struct moment){0};
}

void
dating_refine(struct article *articles, size_t count, const struct dated *dated,
    const struct date_context *context)
{
	struct moment *urls = read_urls(articles, count, context);
	bool have_clocks = urls_have_clocks(articles, urls, count);
	bool have_days = false;
	for (size_t i = 0; i < count; i++) {
		have_days |= urls[i].precision != PRECISION_NONE;
		struct moment *page = &articles[i].published;
		if (urls[i].precision >= PRECISION_MINUTE && !have_clocks)
			urls[i] = day_of(urls[i], context->zone);
		if (dated != NULL && dated[i].text != NULL &&
		    urls[i].precision == PRECISION_DAY &&
		    page->precision >= PRECISION_MINUTE &&
		    page->precision != PRECISION_RELATIVE &&
		    dating_is_clock(dated[i].text))
			*page =
			    dating_clock_on_day(*page, urls[i], context->zone);
		else
			*page = refine(*page, urls[i], context->zone);
	}
	free(urls);
	if (dated != NULL && !have_days)
		doubt_clocks(articles, count, dated);
}
