#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/reading.h"

#include "feed/dating.h"
#include "feed/zone.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/*
 * Lists whose dates only the whole list explains.  Each item is its own
 * address and what stands behind the title; the answer is one date an item, as
 * precise as it was read, "-" for none; then a part of the words about it.
 */
struct row {
	const char *name, *language, *zone, *rule;
	const char *items[8][2];
	const char *dates, *words;
};

#define ABOVE "above" /* in place of an address: no item, but this */
#define BETWEEN "between"
#define TIME(machine, shown) "<time datetime=" machine ">" shown "</time>"
#define DAY(text) "<span class=date>" text "</span>"

/* 2023-04-20T14:13:20Z, 23:13 in Seoul */
static const struct row rows[] = {
    {"a Z that is none", "ko", "KST-9", NULL,
	{{"/1", TIME("2023-04-18T09:37:45Z", "2023.04.18 09:37")},
	    {"/2", TIME("2023-04-18T08:12:00Z", "2023.04.18 08:12")},
	    {"/3", TIME("2023-04-17T23:05:10Z", "2023.04.17 23:05")},
	    {"/4", TIME("2023-04-17T10:00:00Z", "2023.04.17 10:00")}},
	"2023-04-18T00:37:45Z 2023-04-17T23:12:00Z 2023-04-17T14:05:10Z "
	"2023-04-17T01:00:00Z",
	"UTC is local time by mistake"},
    {"the same by a rule", "ko", "KST-9", "date: time\n",
	{{"/1", TIME("2023-04-18T09:37:45Z", "2023.04.18 09:37")},
	    {"/2", TIME("2023-04-18T08:12:00Z", "2023.04.18 08:12")}},
	"2023-04-18T00:37:45Z 2023-04-17T23:12:00Z",
	"UTC is local time by mistake"},
    {"the same by a rule with the attribute", "ko", "KST-9",
	"date: time@datetime\n",
	{{"/1", TIME("2023-04-18T09:37:45+00:00", "2023.04.18 09:37")},
	    {"/2", TIME("2023-04-18T08:12:00+00:00", "2023.04.18 08:12")}},
	"2023-04-18T00:37:45Z 2023-04-17T23:12:00Z",
	"UTC is local time by mistake"},
    {"in summer by two hours, in winter by one", "de",
	"CET-1CEST,M3.5.0,M10.5.0/3", NULL,
	{{"/1", TIME("2023-04-18T09:37:45Z", "18.04.2023, 09:37 Uhr")},
	    {"/2", TIME("2023-03-01T08:12:00Z", "01.03.2023, 08:12 Uhr")},
	    {"/3", TIME("2023-02-01T08:12:00Z", "01.02.2023, 08:12 Uhr")}},
	"2023-04-18T07:37:45Z 2023-03-01T07:12:00Z 2023-02-01T07:12:00Z",
	"UTC is local time by mistake"},
    {"a clock, and the day in the address", "en", "UTC0", NULL,
	{{"/2023/04/10/a", DAY("09:37")}, {"/2023/04/10/b", DAY("08:12")},
	    {"/2023/04/09/c", DAY("23:05")}},
	"2023-04-10T09:37Z 2023-04-10T08:12Z 2023-04-09T23:05Z", NULL},
    {"clocks of today and of yesterday", "en", "UTC0", NULL,
	{{"/1", DAY("14:05")}, {"/2", DAY("09:30")}, {"/3", DAY("22:10")},
	    {"/4", DAY("20:00")}},
	"2023-04-20T14:05Z 2023-04-20T09:30Z 2023-04-19T22:10Z "
	"2023-04-19T20:00Z",
	NULL},
    {"clocks of days that nobody knows", "en", "UTC0", NULL,
	{{"/1", DAY("12:05")}, {"/2", DAY("09:30")}, {"/3", DAY("11:10")},
	    {"/4", DAY("08:00")}},
	"2023-04-20T12:05Z 2023-04-20T09:30Z - -", NULL},
    {"upwards", "en", "UTC0", NULL,
	{{"/1", DAY("09:30")}, {"/2", DAY("11:10")}, {"/3", DAY("12:05")},
	    {"/4", DAY("10:00")}},
	"2023-04-20T09:30Z 2023-04-20T11:10Z 2023-04-20T12:05Z -", NULL},
    {"a clock is today's where others show days", "ko", "UTC0", NULL,
	{{"/1", DAY("09:30")}, {"/2", DAY("12:05")}, {"/3", DAY("2023-04-19")},
	    {"/4", DAY("10:00")}},
	"2023-04-20T09:30Z 2023-04-20T12:05Z 2023-04-19 2023-04-20T10:00Z",
	NULL},
    {"clocks below days", "en", "UTC0", NULL,
	{{BETWEEN, "<h3>Today</h3>"}, {"/1", DAY("09:30")},
	    {BETWEEN, "<h3>Wednesday, 19 April 2023</h3>"},
	    {"/2", DAY("11:10")}, {"/3", DAY("08:00")},
	    {BETWEEN, "<h3>Apr 17</h3>"}, {"/4", DAY("10:00")}},
	"2023-04-20T09:30Z 2023-04-19T11:10Z 2023-04-19T08:00Z "
	"2023-04-17T10:00Z",
	"headings"},
    {"by a rule", "ko", "UTC0", "date: .date\n",
	{{BETWEEN, "<h3>4월 19일 (수)</h3>"}, {"/1", DAY("09:30")},
	    {BETWEEN, "<h3>4월 18일 (화)</h3>"}, {"/2", DAY("오후 1:10")}},
	"2023-04-19T09:30Z 2023-04-18T13:10Z", "headings"},
    {"days of the week", "en", "UTC0", NULL,
	{{BETWEEN, "<h3>Thursday</h3>"}, {"/1", DAY("09:30")},
	    {BETWEEN, "<h3>Tuesday</h3>"}, {"/2", DAY("11:10")},
	    {BETWEEN, "<h3>Thursday</h3>"}, {"/3", DAY("11:10")}},
	"2023-04-20T09:30Z 2023-04-18T11:10Z 2023-04-13T11:10Z", "headings"},
    {"no dates but the days'", "fr", "UTC0", NULL,
	{{BETWEEN, "<h3>mercredi 19 avril 2023</h3>"}, {"/1", ""}, {"/2", ""},
	    {BETWEEN, "<h3>mardi 18 avril 2023</h3>"}, {"/3", ""}},
	"2023-04-19 2023-04-19 2023-04-18", "headings"},
    {"a heading that says no day", "en", "UTC0", NULL,
	{{BETWEEN, "<h3>19 April</h3>"}, {"/1", DAY("09:30")},
	    {BETWEEN, "<h3>18 April</h3>"}, {"/2", DAY("11:10")},
	    {BETWEEN, "<h3>Earlier this month</h3>"}, {"/3", DAY("10:10")}},
	"2023-04-19T09:30Z 2023-04-18T11:10Z -", "headings"},
    {"days that go down and up are others'", "en", "UTC0", NULL,
	{{BETWEEN, "<h3>19 April 2023</h3>"}, {"/1", ""}, {"/2", ""},
	    {BETWEEN, "<h3>18 April 2023</h3>"}, {"/3", ""},
	    {BETWEEN, "<h3>19 April 2023</h3>"}, {"/4", ""}},
	"- - - -", NULL},
    {"but each article's own", "en", "UTC0", NULL,
	{{BETWEEN, "<h3>19 April 2023</h3>"}, {"/1", ""},
	    {BETWEEN, "<h3>18 April 2023</h3>"}, {"/2", ""},
	    {BETWEEN, "<h3>19 April 2023</h3>"}, {"/3", ""}},
	"2023-04-19 2023-04-18 2023-04-19", "headings"},
    {"each article's own behind it", "en", "UTC0", NULL,
	{{"/1", ""}, {BETWEEN, "<p>19 April 2023</p>"}, {"/2", ""},
	    {BETWEEN, "<p>18 April 2023</p>"}, {"/3", ""},
	    {BETWEEN, "<p>17 April 2023</p>"}, {"/4", ""}},
	"- - - -", NULL},
    {"to the minute", "en", "UTC0", NULL,
	{{BETWEEN, "2023-04-19 16:30 "}, {"/1", ""},
	    {BETWEEN, "2023-04-19 11:05 "}, {"/2", ""},
	    {BETWEEN, "2023-04-20 01:00 "}, {"/3", ""}},
	"2023-04-19T16:30Z 2023-04-19T11:05Z 2023-04-20T01:00Z", "headings"},
    {"one day above the list", "en", "UTC0", NULL,
	{{ABOVE, "<h2>Monday 17 April 2023</h2>"}, {"/1", DAY("16:30")},
	    {"/2", DAY("11:10")}},
	"2023-04-17T16:30Z 2023-04-17T11:10Z", "headings"},
    {"one day may be the page's own", "en", "UTC0", NULL,
	{{ABOVE, "<h2>Monday 17 April 2023</h2>"}, {"/1", ""}, {"/2", ""}},
	"- -", NULL},
    {"articles have dates of their own", "en", "UTC0", NULL,
	{{BETWEEN, "<h3>19 April 2023</h3>"}, {"/1", DAY("2 April 2023")},
	    {BETWEEN, "<h3>18 April 2023</h3>"}, {"/2", DAY("1 April 2023")}},
	"2023-04-02 2023-04-01", NULL},
    {"two digits of the year in every address", "ja", "UTC0", NULL,
	{{"/20/0704/a", ""}, {"/20/0703/b", ""}, {"/20/0703/c", ""},
	    {"/20/0701/d", ""}},
	"2020-07-04 2020-07-03 2020-07-03 2020-07-01", NULL},
    {"and the month behind it", "ja", "UTC0", NULL,
	{{"/n/2207/04/a", ""}, {"/n/2207/03/b", ""}, {"/n/2206/30/c", ""},
	    {"/n/2206/30/d", ""}},
	"2022-07-04 2022-07-03 2022-06-30 2022-06-30", NULL},
    {"in one it is a number", "ja", "UTC0", NULL,
	{{"/20/0704/a", ""}, {"/20/0703/b", ""}, {"/20/0703/c", ""},
	    {"/20/9901/d", ""}},
	"- - - -", NULL},
    {"on one day it may be a section", "ja", "UTC0", NULL,
	{{"/20/0704/a", ""}, {"/20/0704/b", ""}, {"/20/0704/c", ""},
	    {"/20/0704/d", ""}},
	"- - - -", NULL},
    {"the page says other days", "ja", "UTC0", NULL,
	{{"/20/0704/a", DAY("2023-04-18")}, {"/20/0703/b", DAY("2023-04-17")},
	    {"/20/0702/c", DAY("2023-04-16")},
	    {"/20/0701/d", DAY("2023-04-15")}},
	"2023-04-18 2023-04-17 2023-04-16 2023-04-15", NULL},
    {"the page leaves out the year", "ja", "UTC0", NULL,
	{{"/20/0704/a", DAY("7月4日")}, {"/20/0703/b", DAY("7月3日")},
	    {"/20/0702/c", DAY("7月2日")}, {"/20/0701/d", DAY("7月1日")}},
	"2020-07-04 2020-07-03 2020-07-02 2020-07-01", NULL},
    {"a Z that is one", "ko", "KST-9", NULL,
	{{"/1", TIME("2023-04-18T00:37:45Z", "2023.04.18 09:37")},
	    {"/2", TIME("2023-04-17T23:12:00Z", "2023.04.18 08:12")}},
	"2023-04-18T00:37:45Z 2023-04-17T23:12:00Z", NULL},
    {"three of five are too few", "ko", "KST-9", NULL,
	{{"/1", TIME("2023-04-18T09:37:00Z", "2023.04.18 09:37")},
	    {"/2", TIME("2023-04-18T08:12:00Z", "2023.04.18 08:12")},
	    {"/3", TIME("2023-04-17T23:05:00Z", "2023.04.17 23:05")},
	    {"/4", TIME("2023-04-17T10:00:00Z", "2023.04.17 19:00")},
	    {"/5", TIME("2023-04-17T09:00:00Z", "2023.04.17 18:00")}},
	"2023-04-18T09:37:00Z 2023-04-18T08:12:00Z 2023-04-17T23:05:00Z "
	"2023-04-17T10:00:00Z 2023-04-17T09:00:00Z",
	NULL},
    {"off by another span", "ko", "KST-9", NULL,
	{{"/1", TIME("2023-04-18T09:37:00Z", "2023.04.18 09:38")},
	    {"/2", TIME("2023-04-18T08:12:00Z", "2023.04.18 08:13")}},
	"2023-04-18T09:37:00Z 2023-04-18T08:12:00Z", NULL},
    {"no zone at the machine's date: the feed's", "ko", "KST-9", NULL,
	{{"/1", TIME("2023-04-18T09:37:45", "조금 전")},
	    {"/2", TIME("2023-04-18T08:12:00", "2시간 전")}},
	"2023-04-18T00:37:45Z 2023-04-17T23:12:00Z", NULL},
    {"the machine knows the day, the text the minute", "ko", "KST-9", NULL,
	{{"/1", TIME("2023-04-18", "04.18 09:37")},
	    {"/2", TIME("2023-04-17", "04.17 23:12")}},
	"2023-04-18T00:37Z 2023-04-17T14:12Z", NULL},
    {"midnight is a day too", "ko", "KST-9", "date: time\n",
	{{"/1", TIME("2023-04-18T00:00:00+09:00", "04.18 09:37")},
	    {"/2", TIME("2023-04-17T00:00:00+09:00", "04.17 23:12")}},
	"2023-04-18T00:37Z 2023-04-17T14:12Z", NULL},
    {"another day's minute is none of this day", "ko", "KST-9", NULL,
	{{"/1", TIME("2023-04-18", "04.17 09:37")},
	    {"/2", TIME("2023-04-17", "04.16 23:12")}},
	"2023-04-18 2023-04-17", NULL},
    {"the title of what is shown as an age", "ko", "KST-9", NULL,
	{{"/1", "<abbr title='2023-04-18 09:37'>이틀 전</abbr>"},
	    {"/2", "<abbr title='2023-04-17 23:12'>3일 전</abbr>"}},
	"2023-04-18T00:37Z 2023-04-17T14:12Z", NULL},
    {"any data attribute that is a date", "ko", "KST-9", NULL,
	{{"/1", "<span data-regdt='2023-04-18 09:37:45'>이틀 전</span>"},
	    {"/2", "<span data-regdt='2023-04-17 23:12:00'>3일 전</span>"}},
	"2023-04-18T00:37:45Z 2023-04-17T14:12:00Z", NULL},
    {"an epoch by its name, no id", "ko", "KST-9", NULL,
	{{"/1", "<span data-id=1681234567 data-published=1681778265>x</span>"},
	    {"/2",
		"<span data-id=1681234568 data-published=1681740720>x</span>"}},
	"2023-04-18T00:37:45Z 2023-04-17T14:12:00Z", NULL},
    {"numbers of eight digits are ids", "ko", "KST-9", NULL,
	{{"/1", "<span data-id=20230418>x</span>"},
	    {"/2", "<span data-id=20230417>x</span>"}},
	"- -", NULL},
    {"published, not modified", "en", "UTC0", NULL,
	{{"/1", "<meta itemprop=dateModified content=2023-04-19T10:00:00Z>"
		"<meta itemprop=datePublished content=2023-04-18T09:00:00Z>"},
	    {"/2",
		"<meta itemprop=dateModified content=2023-04-19T11:00:00Z>"
		"<meta itemprop=datePublished content=2023-04-17T09:00:00Z>"}},
	"2023-04-18T09:00:00Z 2023-04-17T09:00:00Z", NULL},
    {"an entry's date that was updated as well", "en", "UTC0", NULL,
	{{"/1", "<time class='entry-date published updated' "
		"datetime=2023-04-18T09:00:05Z>April 18, 2023</time>"},
	    {"/2", "<time class='entry-date published' "
		   "datetime=2023-04-17T09:00:05Z>April 17, 2023</time>"
		   "<time class=updated datetime=2023-04-18T10:00:00Z>"
		   "April 18, 2023</time>"}},
	"2023-04-18T09:00:05Z 2023-04-17T09:00:05Z", NULL},
    {"the year stands in the address", "ko", "KST-9", NULL,
	{{"/20171029-77523", DAY("10/29(일) 23:18")},
	    {"/20230418-77524", DAY("4/18(화) 09:37")},
	    {"/20171029-77525", DAY("10/28(토) 09:37")}},
	"2017-10-29T14:18Z 2023-04-18T00:37Z 2022-10-28T00:37Z", NULL},
    {"modified is better than nothing", "en", "UTC0", NULL,
	{{"/1", "<meta itemprop=dateModified content=2023-04-19T10:00:00Z>"},
	    {"/2",
		"<meta itemprop=dateModified content=2023-04-19T11:00:00Z>"}},
	"2023-04-19T10:00:00Z 2023-04-19T11:00:00Z", NULL},
    {"a rule names the element round the time", "en", "UTC0", "date: .date\n",
	{{"/1", DAY(TIME("2023-04-18T09:37:45Z", "2 days ago"))},
	    {"/2", DAY(TIME("2023-04-17T09:37:45Z", "3 days ago"))}},
	"2023-04-18T09:37:45Z 2023-04-17T09:37:45Z", NULL},
    {"a machine's date that is broken", "en", "UTC0", "date: time\n",
	{{"/1", TIME("{{date}}", "18 April 2023")},
	    {"/2", TIME("0000-00-00", "17 April 2023")}},
	"2023-04-18 2023-04-17", NULL},
    {"the order of numbers, by inference", "en", "UTC0", NULL,
	{{"/1", DAY("04/18/2023")}, {"/2", DAY("04/05/2023")},
	    {"/3", DAY("03/04/2023")}},
	"2023-04-18 2023-04-05 2023-03-04", NULL},
    {"the order, by a rule", "en", "UTC0", "date: .date\n",
	{{"/1", DAY("04/18/2023")}, {"/2", DAY("04/05/2023")},
	    {"/3", DAY("03/04/2023")}},
	"2023-04-18 2023-04-05 2023-03-04", NULL},
    {"two digits of the year, last", "en", "UTC0", NULL,
	{{"/1", DAY("18.04.23")}, {"/2", DAY("05.04.23")},
	    {"/3", DAY("03.04.23")}},
	"2023-04-18 2023-04-05 2023-04-03", NULL},
    {"two digits of the year, first", "en", "UTC0", NULL,
	{{"/1", DAY("23.04.18")}, {"/2", DAY("23.04.05")},
	    {"/3", DAY("22.12.31")}},
	"2023-04-18 2023-04-05 2022-12-31", NULL},
    {"the page's clock", "ko", "KST-9", NULL,
	{{"/1", DAY("2023-04-20 23:13:19")}, {"/2", DAY("2023-04-20 23:13:19")},
	    {"/3", DAY("2023-04-20 23:13:19")}},
	"- - -", "page's clock"},
    {"the page's clock, where the address knows better", "ko", "KST-9", NULL,
	{{"/2023/04/18/1", DAY("2023-04-20 23:13:19")},
	    {"/2023/04/17/2", DAY("2023-04-20 23:13:19")},
	    {"/3", DAY("2023-04-20 23:13:19")}},
	"2023-04-18 2023-04-17 -", "page's clock"},
    {"a date of the page on every item", "ko", "KST-9", NULL,
	{{"/2023/04/18/1", DAY("2023-04-20")},
	    {"/2023/04/17/2", DAY("2023-04-20")},
	    {"/2023/04/16/3", DAY("2023-04-20")}},
	"2023-04-18 2023-04-17 2023-04-16", "page's clock"},
    {"two of a minute are two of a minute", "ko", "KST-9", NULL,
	{{"/1", DAY("2023-04-20 23:13")}, {"/2", DAY("2023-04-20 23:13")}},
	"2023-04-20T14:13Z 2023-04-20T14:13Z", NULL},
    {"all of today", "ko", "KST-9", NULL,
	{{"/1", DAY("2023-04-20")}, {"/2", DAY("2023-04-20")},
	    {"/3", DAY("2023-04-20")}},
	"2023-04-20 2023-04-20 2023-04-20", NULL},
    {"let go at one time, yesterday", "ko", "KST-9", NULL,
	{{"/1", DAY("2023-04-19 06:00:00")}, {"/2", DAY("2023-04-19 06:00:00")},
	    {"/3", DAY("2023-04-19 06:00:00")}},
	"2023-04-18T21:00:00Z 2023-04-18T21:00:00Z 2023-04-18T21:00:00Z", NULL},
    {"all a minute old", "ko", "KST-9", NULL,
	{{"/1", DAY("1분 전")}, {"/2", DAY("1분 전")}, {"/3", DAY("1분 전")}},
	"~2023-04-20T14:12:20Z ~2023-04-20T14:12:20Z ~2023-04-20T14:12:20Z",
	NULL},
    {"counters behind the day", "ko", "KST-9", "date: .none\n",
	{{"/a/20230418500420", ""}, {"/a/20230418500421", ""},
	    {"/a/20230418000123", ""}},
	"2023-04-18 2023-04-18 2023-04-18", NULL},
    {"a counter that looks like a time once", "ko", "KST-9", "date: .none\n",
	{{"/a/20230418101112", ""}, {"/a/20230418108112", ""},
	    {"/a/20230418107312", ""}},
	"2023-04-18 2023-04-18 2023-04-18", NULL},
    {"times behind the day", "ko", "KST-9", "date: .none\n",
	{{"/a/20230418101112", ""}, {"/a/20230418093011", ""},
	    {"/a/20230418030000", ""}},
	"2023-04-18T01:11:12Z 2023-04-18T00:30:11Z 2023-04-18", NULL},
};

static char *
print_dates(const struct extraction *extraction)
{
	static const size_t lengths[] = {0, 4, 7, 10, 19, 16, 19};
	struct buffer out = {0};
	for (size_t i = 0; i < extraction->articles.count; i++) {
		struct moment moment = extraction->articles.list[i].published;
		struct zone *seoul = zone_from_rule("KST-9");
		char text[21];
		/* a day is shown where it is one */
		bool is_day = moment.precision <= PRECISION_DAY;
		int64_t day_s = moment.at_s % 86400 != 0
				    ? moment.at_s + zone_offset_s(seoul, 0)
				    : moment.at_s;
		date_format_rfc3339(is_day ? day_s : moment.at_s, text);
		text[lengths[moment.precision]] = '\0';
		buffer_add_format(&out, "%s%s%s%s", i > 0 ? " " : "",
		    moment.precision == PRECISION_RELATIVE ? "~" : "",
		    moment.precision == PRECISION_NONE ? "-" : text,
		    is_day ? "" : "Z");
		zone_free(seoul);
	}
	return buffer_take(&out);
}

static char *
make_page(const struct row *row)
{
	struct buffer html = {0};
	buffer_add_format(&html, "<html lang=%s><body>", row->language);
	for (size_t i = 0; i < 8 && row->items[i][0] != NULL; i++)
		if (strcmp(row->items[i][0], ABOVE) == 0)
			buffer_add_string(&html, row->items[i][1]);
	buffer_add_string(&html, "<ul>");
	for (size_t i = 0; i < 8 && row->items[i][0] != NULL; i++)
		if (strcmp(row->items[i][0], BETWEEN) == 0)
			buffer_add_string(&html, row->items[i][1]);
		else if (strcmp(row->items[i][0], ABOVE) != 0)
			buffer_add_format(&html,
			    "<li><a href=%s>A story of some length, number "
			    "%zu</a>%s</li>",
			    row->items[i][0], i, row->items[i][1]);
	buffer_add_string(&html, "</ul>");
	return buffer_take(&html);
}

static void
extract_row(const struct row *row, const char *url, const struct zone *zone,
    bool zone_is_unknown, struct extraction *extraction)
{
	char *lines = xasprintf("item: li\ntitle: a\nlink: a\n%s",
	    row->rule != NULL ? row->rule : "");
	char *html = make_page(row);
	struct error err = {0};
	struct rules rules = reading_rules(lines);
	struct compiled_rules *compiled = rules_compile(&rules, &err);
	struct page *page =
	    page_parse(html, strlen(html), PARSER_HTML5, 0, &err);
	struct extract_context context = {.url = url,
	    .now_s = READING_NOW,
	    .zone = zone,
	    .zone_is_unknown = zone_is_unknown};
	assert_non_null(compiled);
	assert_non_null(page);
	assert_true(
	    extract_articles(compiled, page, &context, extraction, &err));
	page_free(page);
	compiled_rules_free(compiled);
	rules_clear(&rules);
	free(html);
	free(lines);
}

static bool
check_row(const struct row *row, const char *url, const struct zone *zone,
    bool zone_is_unknown)
{
	struct extraction extraction;
	extract_row(row, url, zone, zone_is_unknown, &extraction);
	char *dates = print_dates(&extraction);
	const char *how = extraction.how[FIELD_DATE];
	bool good = strcmp(dates, row->dates) == 0 &&
		    (row->words != NULL ? strstr(how, row->words) != NULL
					: strchr(how, ';') == NULL);
	if (!good)
		print_error(
		    "%s: %s (%s), not %s\n", row->name, dates, how, row->dates);
	free(dates);
	extraction_clear(&extraction);
	return good;
}

static void
test_lists(void **state)
{
	(void)state;
	size_t failed = 0;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct zone *zone = zone_from_rule(rows[i].zone);
		failed += !check_row(&rows[i], READING_URL, zone, false);
		zone_free(zone);
	}
	assert_int_equal(failed, 0);
}

/* No zone is configured: the address tells, or the language, or nothing. */
static const struct {
	const char *url, *language, *shown, *date;
} guesses[] = {
    {"https://paper.co.kr/", "ko", "2023.04.18 09:37", "2023-04-18T00:37Z"},
    {"https://paper.co.kr/", "en", "23.04.18 09:37", "2023-04-18T00:37Z"},
    {"https://paper.com/", "ko", "2023.04.18 09:37", "2023-04-18T00:37Z"},
    {"https://paper.com/", "de", "18.04.2023 09:37", "2023-04-18T07:37Z"},
    {"https://paper.com/", "de", "18.01.2023 09:37", "2023-01-18T08:37Z"},
    {"https://paper.com/", "en", "18 April 2023 09:37", "2023-04-18T09:37Z"},
    {"https://paper.in/", "en", "18 April 2023 09:37 IST", "2023-04-18T04:07Z"},
    {"https://paper.ie/", "en", "18 April 2023 09:37 IST", "2023-04-18T08:37Z"},
    {"https://paper.tw/", "zh", "112/04/18 09:37", "2023-04-18T01:37Z"},
};

static void
test_guesses(void **state)
{
	(void)state;
	size_t failed = 0;
	for (size_t i = 0; i < COUNT(guesses); i++) {
		char *shown =
		    xasprintf("<span class=date>%s</span>", guesses[i].shown);
		struct row row = {.name = guesses[i].url,
		    .language = guesses[i].language,
		    .items = {{"/1", shown}},
		    .dates = guesses[i].date};
		failed += !check_row(&row, guesses[i].url, NULL, true);
		free(shown);
	}
	assert_int_equal(failed, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_lists),
	    cmocka_unit_test(test_guesses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
