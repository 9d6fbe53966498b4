#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/memory.h"
#include "feed/zone.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static bool
file_read(const char *name, struct buffer *buffer)
{
	char *path = xasprintf("/usr/share/zoneinfo/%s", name);
	FILE *file = fopen(path, "rb");
	free(path);
	if (file == NULL)
		return false;
	char bytes[4096];
	size_t length;
	while ((length = fread(bytes, 1, sizeof(bytes), file)) > 0)
		buffer_add(buffer, bytes, length);
	fclose(file);
	return buffer->length > 0;
}

/* NULL where the system has no zone files. */
static struct zone *
zone_of_system(const char *name)
{
	struct buffer buffer = {0};
	if (!file_read(name, &buffer)) {
		print_message("no zone file for %s: row skipped\n", name);
		return NULL;
	}
	struct zone *zone = zone_parse(buffer.bytes, buffer.length, NULL);
	assert_non_null(zone);
	buffer_clear(&buffer);
	return zone;
}

/* What python3's zoneinfo answers, for times that no new law changes. */
static const struct {
	const char *name;
	int64_t at_s;
	int32_t offset_s;
} offsets[] = {
    {"Asia/Seoul", INT64_C(-2208988800), 30472},
    {"Asia/Seoul", INT64_C(581126400), 36000},
    {"Asia/Seoul", INT64_C(1196467200), 32400},
    {"Asia/Seoul", INT64_C(1705320000), 32400},
    {"Asia/Seoul", INT64_C(1711846799), 32400},
    {"Asia/Seoul", INT64_C(1711846800), 32400},
    {"Asia/Seoul", INT64_C(1712415599), 32400},
    {"Asia/Seoul", INT64_C(1712415600), 32400},
    {"Asia/Seoul", INT64_C(1719792000), 32400},
    {"Asia/Seoul", INT64_C(1729990799), 32400},
    {"Asia/Seoul", INT64_C(1729990800), 32400},
    {"Asia/Seoul", INT64_C(1730613599), 32400},
    {"Asia/Seoul", INT64_C(1730613600), 32400},
    {"Europe/Berlin", INT64_C(-2208988800), 3600},
    {"Europe/Berlin", INT64_C(581126400), 7200},
    {"Europe/Berlin", INT64_C(1196467200), 3600},
    {"Europe/Berlin", INT64_C(1705320000), 3600},
    {"Europe/Berlin", INT64_C(1711846799), 3600},
    {"Europe/Berlin", INT64_C(1711846800), 7200},
    {"Europe/Berlin", INT64_C(1712415599), 7200},
    {"Europe/Berlin", INT64_C(1712415600), 7200},
    {"Europe/Berlin", INT64_C(1719792000), 7200},
    {"Europe/Berlin", INT64_C(1729990799), 7200},
    {"Europe/Berlin", INT64_C(1729990800), 3600},
    {"Europe/Berlin", INT64_C(1730613599), 3600},
    {"Europe/Berlin", INT64_C(1730613600), 3600},
    {"America/New_York", INT64_C(-2208988800), -18000},
    {"America/New_York", INT64_C(581126400), -14400},
    {"America/New_York", INT64_C(1196467200), -18000},
    {"America/New_York", INT64_C(1705320000), -18000},
    {"America/New_York", INT64_C(1711846799), -14400},
    {"America/New_York", INT64_C(1711846800), -14400},
    {"America/New_York", INT64_C(1712415599), -14400},
    {"America/New_York", INT64_C(1712415600), -14400},
    {"America/New_York", INT64_C(1719792000), -14400},
    {"America/New_York", INT64_C(1729990799), -14400},
    {"America/New_York", INT64_C(1729990800), -14400},
    {"America/New_York", INT64_C(1730613599), -14400},
    {"America/New_York", INT64_C(1730613600), -18000},
    {"Australia/Lord_Howe", INT64_C(-2208988800), 36000},
    {"Australia/Lord_Howe", INT64_C(581126400), 37800},
    {"Australia/Lord_Howe", INT64_C(1196467200), 39600},
    {"Australia/Lord_Howe", INT64_C(1705320000), 39600},
    {"Australia/Lord_Howe", INT64_C(1711846799), 39600},
    {"Australia/Lord_Howe", INT64_C(1711846800), 39600},
    {"Australia/Lord_Howe", INT64_C(1712415599), 39600},
    {"Australia/Lord_Howe", INT64_C(1712415600), 37800},
    {"Australia/Lord_Howe", INT64_C(1719792000), 37800},
    {"Australia/Lord_Howe", INT64_C(1729990799), 39600},
    {"Australia/Lord_Howe", INT64_C(1729990800), 39600},
    {"Australia/Lord_Howe", INT64_C(1730613599), 39600},
    {"Australia/Lord_Howe", INT64_C(1730613600), 39600},
    {"Africa/Casablanca", INT64_C(-2208988800), -1820},
    {"Africa/Casablanca", INT64_C(581126400), 0},
    {"Africa/Casablanca", INT64_C(1196467200), 0},
    {"Africa/Casablanca", INT64_C(1705320000), 3600},
    {"Africa/Casablanca", INT64_C(1711846799), 0},
    {"Africa/Casablanca", INT64_C(1711846800), 0},
    {"Africa/Casablanca", INT64_C(1712415599), 0},
    {"Africa/Casablanca", INT64_C(1712415600), 0},
    {"Africa/Casablanca", INT64_C(1719792000), 3600},
    {"Africa/Casablanca", INT64_C(1729990799), 3600},
    {"Africa/Casablanca", INT64_C(1729990800), 3600},
    {"Africa/Casablanca", INT64_C(1730613599), 3600},
    {"Africa/Casablanca", INT64_C(1730613600), 3600},
    {"Asia/Tehran", INT64_C(-2208988800), 12344},
    {"Asia/Tehran", INT64_C(581126400), 12600},
    {"Asia/Tehran", INT64_C(1196467200), 12600},
    {"Asia/Tehran", INT64_C(1705320000), 12600},
    {"Asia/Tehran", INT64_C(1711846799), 12600},
    {"Asia/Tehran", INT64_C(1711846800), 12600},
    {"Asia/Tehran", INT64_C(1712415599), 12600},
    {"Asia/Tehran", INT64_C(1712415600), 12600},
    {"Asia/Tehran", INT64_C(1719792000), 12600},
    {"Asia/Tehran", INT64_C(1729990799), 12600},
    {"Asia/Tehran", INT64_C(1729990800), 12600},
    {"Asia/Tehran", INT64_C(1730613599), 12600},
    {"Asia/Tehran", INT64_C(1730613600), 12600},
    {"America/Nuuk", INT64_C(-2208988800), -12416},
    {"America/Nuuk", INT64_C(581126400), -7200},
    {"America/Nuuk", INT64_C(1196467200), -10800},
    {"America/Nuuk", INT64_C(1705320000), -7200},
    {"America/Nuuk", INT64_C(1711846799), -7200},
    {"America/Nuuk", INT64_C(1711846800), -3600},
    {"America/Nuuk", INT64_C(1712415599), -3600},
    {"America/Nuuk", INT64_C(1712415600), -3600},
    {"America/Nuuk", INT64_C(1719792000), -3600},
    {"America/Nuuk", INT64_C(1729990799), -3600},
    {"America/Nuuk", INT64_C(1729990800), -7200},
    {"America/Nuuk", INT64_C(1730613599), -7200},
    {"America/Nuuk", INT64_C(1730613600), -7200},
    {"Europe/Dublin", INT64_C(-2208988800), -1521},
    {"Europe/Dublin", INT64_C(581126400), 3600},
    {"Europe/Dublin", INT64_C(1196467200), 0},
    {"Europe/Dublin", INT64_C(1705320000), 0},
    {"Europe/Dublin", INT64_C(1711846799), 0},
    {"Europe/Dublin", INT64_C(1711846800), 3600},
    {"Europe/Dublin", INT64_C(1712415599), 3600},
    {"Europe/Dublin", INT64_C(1712415600), 3600},
    {"Europe/Dublin", INT64_C(1719792000), 3600},
    {"Europe/Dublin", INT64_C(1729990799), 3600},
    {"Europe/Dublin", INT64_C(1729990800), 0},
    {"Europe/Dublin", INT64_C(1730613599), 0},
    {"Europe/Dublin", INT64_C(1730613600), 0},
};

static void
test_offsets(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(offsets); i++) {
		struct zone *zone = zone_of_system(offsets[i].name);
		if (zone == NULL)
			continue;
		int32_t offset_s = zone_offset_s(zone, offsets[i].at_s);
		if (offset_s != offsets[i].offset_s) {
			print_error("row %zu: %s %" PRId64 ": %d\n", i,
			    offsets[i].name, offsets[i].at_s, offset_s);
			failed++;
		}
		zone_free(zone);
	}
	assert_int_equal(failed, 0);
}

/* Local times, those in gaps and overlaps too (zoneinfo with fold=0). */
static const struct {
	const char *name;
	struct civil civil;
	int64_t at_s;
} local[] = {
    {"Europe/Berlin", {2024, 3, 31, 2, 30, 0, 0}, INT64_C(1711848600)},
    {"Europe/Berlin", {2024, 3, 31, 1, 59, 59, 0}, INT64_C(1711846799)},
    {"Europe/Berlin", {2024, 3, 31, 3, 0, 0, 0}, INT64_C(1711846800)},
    {"Europe/Berlin", {2024, 10, 27, 2, 30, 0, 0}, INT64_C(1729989000)},
    {"Europe/Berlin", {2024, 10, 27, 1, 59, 59, 0}, INT64_C(1729987199)},
    {"Europe/Berlin", {2024, 10, 27, 3, 0, 0, 0}, INT64_C(1729994400)},
    {"America/New_York", {2024, 3, 10, 2, 0, 0, 0}, INT64_C(1710054000)},
    {"America/New_York", {2024, 3, 10, 3, 0, 0, 0}, INT64_C(1710054000)},
    {"America/New_York", {2024, 11, 3, 1, 15, 0, 0}, INT64_C(1730610900)},
    {"Australia/Lord_Howe", {2024, 10, 6, 2, 15, 0, 0}, INT64_C(1728143100)},
    {"Australia/Lord_Howe", {2024, 4, 7, 1, 45, 0, 0}, INT64_C(1712414700)},
    {"Asia/Seoul", {2024, 2, 29, 0, 0, 0, 0}, INT64_C(1709132400)},
    {"Asia/Seoul", {1988, 5, 8, 2, 30, 0, 0}, INT64_C(579029400)},
    {"Asia/Tehran", {2022, 3, 22, 0, 30, 0, 0}, INT64_C(1647896400)},
    {"Asia/Tehran", {2024, 3, 22, 0, 30, 0, 0}, INT64_C(1711054800)},
    {"Africa/Casablanca", {2024, 3, 10, 2, 30, 0, 0}, INT64_C(1710034200)},
    {"Africa/Casablanca", {2024, 4, 14, 2, 30, 0, 0}, INT64_C(1713061800)},
};

static void
test_to_unix(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(local); i++) {
		struct zone *zone = zone_of_system(local[i].name);
		if (zone == NULL)
			continue;
		int64_t at_s = zone_to_unix(zone, &local[i].civil);
		if (at_s != local[i].at_s) {
			print_error("row %zu: %s: %" PRId64 "\n", i,
			    local[i].name, at_s);
			failed++;
		}
		zone_free(zone);
	}
	assert_int_equal(failed, 0);
}

/* A file of one type and no transition, so that the footer alone counts. */
static void
make_file(struct buffer *out, const char *footer)
{
	static const unsigned char counts[24] = {
	    [19] = 1, [23] = 4}; /* one type, four bytes of names */
	static const unsigned char reserved[15];
	for (int block = 0; block < 2; block++) {
		buffer_add(out, "TZif3", 5);
		buffer_add(out, reserved, sizeof(reserved));
		buffer_add(out, counts, sizeof(counts));
		buffer_add(out, "\0\0\0\0\0\0UTC", 10);
	}
	buffer_add_format(out, "\n%s\n", footer);
}

/* Again python3's zoneinfo. */
static const struct {
	const char *footer;
	int64_t at_s;
	int32_t offset_s;
} footers[] = {
    {"KST-9", INT64_C(1704067200), 32400},
    {"KST-9", INT64_C(1709208000), 32400},
    {"KST-9", INT64_C(1710053999), 32400},
    {"KST-9", INT64_C(1710054000), 32400},
    {"KST-9", INT64_C(1711670400), 32400},
    {"KST-9", INT64_C(1677618000), 32400},
    {"KST-9", INT64_C(1677639600), 32400},
    {"KST-9", INT64_C(1719792000), 32400},
    {"KST-9", INT64_C(1729976400), 32400},
    {"KST-9", INT64_C(1735686000), 32400},
    {"KST-9", INT64_C(13569463800), 32400},
    {"KST-9", INT64_C(221861030400), 32400},
    {"<+09>-9", INT64_C(1704067200), 32400},
    {"<+09>-9", INT64_C(1709208000), 32400},
    {"<+09>-9", INT64_C(1710053999), 32400},
    {"<+09>-9", INT64_C(1710054000), 32400},
    {"<+09>-9", INT64_C(1711670400), 32400},
    {"<+09>-9", INT64_C(1677618000), 32400},
    {"<+09>-9", INT64_C(1677639600), 32400},
    {"<+09>-9", INT64_C(1719792000), 32400},
    {"<+09>-9", INT64_C(1729976400), 32400},
    {"<+09>-9", INT64_C(1735686000), 32400},
    {"<+09>-9", INT64_C(13569463800), 32400},
    {"<+09>-9", INT64_C(221861030400), 32400},
    {"<-0330>+3:30", INT64_C(1704067200), -12600},
    {"<-0330>+3:30", INT64_C(1709208000), -12600},
    {"<-0330>+3:30", INT64_C(1710053999), -12600},
    {"<-0330>+3:30", INT64_C(1710054000), -12600},
    {"<-0330>+3:30", INT64_C(1711670400), -12600},
    {"<-0330>+3:30", INT64_C(1677618000), -12600},
    {"<-0330>+3:30", INT64_C(1677639600), -12600},
    {"<-0330>+3:30", INT64_C(1719792000), -12600},
    {"<-0330>+3:30", INT64_C(1729976400), -12600},
    {"<-0330>+3:30", INT64_C(1735686000), -12600},
    {"<-0330>+3:30", INT64_C(13569463800), -12600},
    {"<-0330>+3:30", INT64_C(221861030400), -12600},
    {"EST5EDT,M3.2.0,M11.1.0", INT64_C(1704067200), -18000},
    {"EST5EDT,M3.2.0,M11.1.0", INT64_C(1709208000), -18000},
    {"EST5EDT,M3.2.0,M11.1.0", INT64_C(1710053999), -18000},
    {"EST5EDT,M3.2.0,M11.1.0", INT64_C(1710054000), -14400},
    {"EST5EDT,M3.2.0,M11.1.0", INT64_C(1711670400), -14400},
    {"EST5EDT,M3.2.0,M11.1.0", INT64_C(1677618000), -18000},
    {"EST5EDT,M3.2.0,M11.1.0", INT64_C(1677639600), -18000},
    {"EST5EDT,M3.2.0,M11.1.0", INT64_C(1719792000), -14400},
    {"EST5EDT,M3.2.0,M11.1.0", INT64_C(1729976400), -14400},
    {"EST5EDT,M3.2.0,M11.1.0", INT64_C(1735686000), -18000},
    {"EST5EDT,M3.2.0,M11.1.0", INT64_C(13569463800), -18000},
    {"EST5EDT,M3.2.0,M11.1.0", INT64_C(221861030400), -14400},
    {"IST-1GMT0,M10.5.0,M3.5.0/1", INT64_C(1704067200), 0},
    {"IST-1GMT0,M10.5.0,M3.5.0/1", INT64_C(1709208000), 0},
    {"IST-1GMT0,M10.5.0,M3.5.0/1", INT64_C(1710053999), 0},
    {"IST-1GMT0,M10.5.0,M3.5.0/1", INT64_C(1710054000), 0},
    {"IST-1GMT0,M10.5.0,M3.5.0/1", INT64_C(1711670400), 0},
    {"IST-1GMT0,M10.5.0,M3.5.0/1", INT64_C(1677618000), 0},
    {"IST-1GMT0,M10.5.0,M3.5.0/1", INT64_C(1677639600), 0},
    {"IST-1GMT0,M10.5.0,M3.5.0/1", INT64_C(1719792000), 3600},
    {"IST-1GMT0,M10.5.0,M3.5.0/1", INT64_C(1729976400), 3600},
    {"IST-1GMT0,M10.5.0,M3.5.0/1", INT64_C(1735686000), 0},
    {"IST-1GMT0,M10.5.0,M3.5.0/1", INT64_C(13569463800), 0},
    {"IST-1GMT0,M10.5.0,M3.5.0/1", INT64_C(221861030400), 3600},
    {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", INT64_C(1704067200), -7200},
    {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", INT64_C(1709208000), -7200},
    {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", INT64_C(1710053999), -7200},
    {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", INT64_C(1710054000), -7200},
    {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", INT64_C(1711670400), -7200},
    {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", INT64_C(1677618000), -7200},
    {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", INT64_C(1677639600), -7200},
    {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", INT64_C(1719792000), -3600},
    {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", INT64_C(1729976400), -3600},
    {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", INT64_C(1735686000), -7200},
    {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", INT64_C(13569463800), -7200},
    {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", INT64_C(221861030400), -3600},
    {"IST-2IDT,M3.4.4/26,M10.5.0", INT64_C(1704067200), 7200},
    {"IST-2IDT,M3.4.4/26,M10.5.0", INT64_C(1709208000), 7200},
    {"IST-2IDT,M3.4.4/26,M10.5.0", INT64_C(1710053999), 7200},
    {"IST-2IDT,M3.4.4/26,M10.5.0", INT64_C(1710054000), 7200},
    {"IST-2IDT,M3.4.4/26,M10.5.0", INT64_C(1711670400), 10800},
    {"IST-2IDT,M3.4.4/26,M10.5.0", INT64_C(1677618000), 7200},
    {"IST-2IDT,M3.4.4/26,M10.5.0", INT64_C(1677639600), 7200},
    {"IST-2IDT,M3.4.4/26,M10.5.0", INT64_C(1719792000), 10800},
    {"IST-2IDT,M3.4.4/26,M10.5.0", INT64_C(1729976400), 10800},
    {"IST-2IDT,M3.4.4/26,M10.5.0", INT64_C(1735686000), 7200},
    {"IST-2IDT,M3.4.4/26,M10.5.0", INT64_C(13569463800), 7200},
    {"IST-2IDT,M3.4.4/26,M10.5.0", INT64_C(221861030400), 10800},
    {"AAA-3BBB,J60/0,J300/0", INT64_C(1704067200), 10800},
    {"AAA-3BBB,J60/0,J300/0", INT64_C(1709208000), 10800},
    {"AAA-3BBB,J60/0,J300/0", INT64_C(1710053999), 14400},
    {"AAA-3BBB,J60/0,J300/0", INT64_C(1710054000), 14400},
    {"AAA-3BBB,J60/0,J300/0", INT64_C(1711670400), 14400},
    {"AAA-3BBB,J60/0,J300/0", INT64_C(1677618000), 14400},
    {"AAA-3BBB,J60/0,J300/0", INT64_C(1677639600), 14400},
    {"AAA-3BBB,J60/0,J300/0", INT64_C(1719792000), 14400},
    {"AAA-3BBB,J60/0,J300/0", INT64_C(1729976400), 10800},
    {"AAA-3BBB,J60/0,J300/0", INT64_C(1735686000), 10800},
    {"AAA-3BBB,J60/0,J300/0", INT64_C(13569463800), 10800},
    {"AAA-3BBB,J60/0,J300/0", INT64_C(221861030400), 14400},
    {"AAA-3BBB,59/0,299/0", INT64_C(1704067200), 10800},
    {"AAA-3BBB,59/0,299/0", INT64_C(1709208000), 14400},
    {"AAA-3BBB,59/0,299/0", INT64_C(1710053999), 14400},
    {"AAA-3BBB,59/0,299/0", INT64_C(1710054000), 14400},
    {"AAA-3BBB,59/0,299/0", INT64_C(1711670400), 14400},
    {"AAA-3BBB,59/0,299/0", INT64_C(1677618000), 14400},
    {"AAA-3BBB,59/0,299/0", INT64_C(1677639600), 14400},
    {"AAA-3BBB,59/0,299/0", INT64_C(1719792000), 14400},
    {"AAA-3BBB,59/0,299/0", INT64_C(1729976400), 10800},
    {"AAA-3BBB,59/0,299/0", INT64_C(1735686000), 10800},
    {"AAA-3BBB,59/0,299/0", INT64_C(13569463800), 10800},
    {"AAA-3BBB,59/0,299/0", INT64_C(221861030400), 14400},
    {"AAA3BBB-1,M10.1.0/167,M3.1.0/-167", INT64_C(1704067200), 3600},
    {"AAA3BBB-1,M10.1.0/167,M3.1.0/-167", INT64_C(1709208000), -10800},
    {"AAA3BBB-1,M10.1.0/167,M3.1.0/-167", INT64_C(1710053999), -10800},
    {"AAA3BBB-1,M10.1.0/167,M3.1.0/-167", INT64_C(1710054000), -10800},
    {"AAA3BBB-1,M10.1.0/167,M3.1.0/-167", INT64_C(1711670400), -10800},
    {"AAA3BBB-1,M10.1.0/167,M3.1.0/-167", INT64_C(1677618000), -10800},
    {"AAA3BBB-1,M10.1.0/167,M3.1.0/-167", INT64_C(1677639600), -10800},
    {"AAA3BBB-1,M10.1.0/167,M3.1.0/-167", INT64_C(1719792000), -10800},
    {"AAA3BBB-1,M10.1.0/167,M3.1.0/-167", INT64_C(1729976400), 3600},
    {"AAA3BBB-1,M10.1.0/167,M3.1.0/-167", INT64_C(1735686000), 3600},
    {"AAA3BBB-1,M10.1.0/167,M3.1.0/-167", INT64_C(13569463800), 3600},
    {"AAA3BBB-1,M10.1.0/167,M3.1.0/-167", INT64_C(221861030400), -10800},
    {"EST5EDT,0/0,J365/25", INT64_C(1704067200), -14400},
    {"EST5EDT,0/0,J365/25", INT64_C(1709208000), -14400},
    {"EST5EDT,0/0,J365/25", INT64_C(1710053999), -14400},
    {"EST5EDT,0/0,J365/25", INT64_C(1710054000), -14400},
    {"EST5EDT,0/0,J365/25", INT64_C(1711670400), -14400},
    {"EST5EDT,0/0,J365/25", INT64_C(1677618000), -14400},
    {"EST5EDT,0/0,J365/25", INT64_C(1677639600), -14400},
    {"EST5EDT,0/0,J365/25", INT64_C(1719792000), -14400},
    {"EST5EDT,0/0,J365/25", INT64_C(1729976400), -14400},
    {"EST5EDT,0/0,J365/25", INT64_C(1735686000), -14400},
    {"EST5EDT,0/0,J365/25", INT64_C(13569463800), -14400},
    {"EST5EDT,0/0,J365/25", INT64_C(221861030400), -14400},
    {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", INT64_C(1704067200), 39600},
    {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", INT64_C(1709208000), 39600},
    {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", INT64_C(1710053999), 39600},
    {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", INT64_C(1710054000), 39600},
    {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", INT64_C(1711670400), 39600},
    {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", INT64_C(1677618000), 39600},
    {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", INT64_C(1677639600), 39600},
    {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", INT64_C(1719792000), 37800},
    {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", INT64_C(1729976400), 39600},
    {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", INT64_C(1735686000), 39600},
    {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", INT64_C(13569463800), 39600},
    {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", INT64_C(221861030400), 37800},
};

static void
test_footers(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(footers); i++) {
		struct buffer file = {0};
		make_file(&file, footers[i].footer);
		struct zone *zone = zone_parse(file.bytes, file.length, NULL);
		assert_non_null(zone);
		int32_t offset_s = zone_offset_s(zone, footers[i].at_s);
		if (offset_s != footers[i].offset_s ||
		    zone_rule_offset_s(footers[i].footer, footers[i].at_s) !=
			footers[i].offset_s) {
			print_error("row %zu: %s %" PRId64 ": %d\n", i,
			    footers[i].footer, footers[i].at_s, offset_s);
			failed++;
		}
		zone_free(zone);
		buffer_clear(&file);
	}
	assert_int_equal(failed, 0);
}

static const char *const bad_footers[] = {"A", "KS-9", "KST", "KST-25",
    "<+9>-9", "<+09-9", "KST-9:60", "EST5EDT", "EST5EDT,M3.2.0",
    "EST5EDT,M13.2.0,M11.1.0", "EST5EDT,M3.6.0,M11.1.0",
    "EST5EDT,M3.2.7,M11.1.0", "EST5EDT,M3.0.0,M11.1.0", "EST5EDT,J0,J1",
    "EST5EDT,J366,J1", "EST5EDT,366,1", "EST5EDT,M3.2.0/168,M11.1.0",
    "EST5EDT,M3.2.0,M11.1.0x", "EST5EDT,M3", "EST5EDT,M", "KST-99999999999",
    "EST5EDT,M3.2.0,M11.1.0/"};

static void
test_bad_footers(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad_footers); i++) {
		struct error err = {.reason = ""};
		struct buffer file = {0};
		make_file(&file, bad_footers[i]);
		struct zone *zone = zone_parse(file.bytes, file.length, &err);
		if (zone != NULL || *err.reason == '\0')
			fail_msg("row %zu: %s", i, bad_footers[i]);
		assert_int_equal(zone_rule_offset_s(bad_footers[i], 0), 0);
		buffer_clear(&file);
	}
}

/* Asked after damage of whatever kind: any answer, but one. */
static void
ask(const unsigned char *bytes, size_t length)
{
	/* its own allocation, so that a sanitizer sees a step too far */
	unsigned char *copy = xmemdup(bytes, length);
	struct zone *zone = zone_parse(copy, length, NULL);
	free(copy);
	if (zone == NULL)
		return;
	static const int64_t times[] = {
	    INT64_MIN, -1, 0, 1709602980, 99999999999, INT64_MAX};
	for (size_t i = 0; i < COUNT(times); i++) {
		struct civil civil = zone_to_civil(zone, times[i]);
		zone_to_unix(zone, &civil);
	}
	zone_free(zone);
}

static void
test_damaged(void **state)
{
	(void)state;
	static const char *const names[] = {
	    "Europe/Berlin", "Asia/Seoul", "America/New_York"};
	for (size_t n = 0; n < COUNT(names); n++) {
		struct buffer file = {0};
		if (!file_read(names[n], &file))
			continue;
		unsigned char *bytes = (unsigned char *)file.bytes;
		for (size_t i = 0; i < file.length; i++) {
			assert_null(zone_parse(bytes, i, NULL));
			ask(bytes, i);
			unsigned char was = bytes[i];
			for (int bit = 0; bit < 8; bit += i < 64 ? 1 : 7) {
				bytes[i] = was ^ (unsigned char)(1 << bit);
				ask(bytes, file.length);
			}
			bytes[i] = was;
		}
		buffer_clear(&file);
	}
}

/* Version 1 has 32 bit and no footer. */
static void
test_version_1(void **state)
{
	(void)state;
	static const unsigned char file[] = {'T', 'Z', 'i', 'f', 0, 0, 0, 0, 0,
	    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	    0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 4, 0xff, 0xff, 0xff, 0xff, 0, 0, 1,
	    0, 1, 0, 0, 0, 0x0e, 0x10, 0, 0, 0, 0, 0x1c, 0x20, 1, 0, 'A', 'B',
	    'C', 0};
	struct zone *zone = zone_parse(file, sizeof(file), NULL);
	assert_non_null(zone);
	assert_int_equal(zone_offset_s(zone, -2), 3600);
	assert_int_equal(zone_offset_s(zone, -1), 7200);
	assert_int_equal(zone_offset_s(zone, 255), 7200);
	assert_int_equal(zone_offset_s(zone, 256), 3600);
	assert_int_equal(zone_offset_s(zone, INT64_MAX), 3600);
	zone_free(zone);
	assert_null(zone_parse(file, sizeof(file) - 1, NULL));
	assert_null(zone_parse("", 0, NULL));
}

static void
test_fixed(void **state)
{
	(void)state;
	struct zone *zone = zone_fixed(9 * 3600);
	struct civil civil = zone_to_civil(zone, 1709602980);
	assert_int_equal(civil.hour, 10);
	assert_int_equal(civil.minute, 43);
	assert_int_equal(civil.weekday, 2);
	assert_int_equal(zone_to_unix(zone, &civil), 1709602980);
	zone_free(zone);
	assert_int_equal(zone_offset_s(NULL, 5), 0);
	assert_int_equal(zone_to_unix(NULL, &civil), 1709602980 + 9 * 3600);
	zone_free(NULL);
}

static const struct {
	int64_t at_s;
	struct civil civil;
} civils[] = {
    {0, {1970, 1, 1, 0, 0, 0, 4}},
    {-1, {1969, 12, 31, 23, 59, 59, 3}},
    {951782400, {2000, 2, 29, 0, 0, 0, 2}},
    {1709164800, {2024, 2, 29, 0, 0, 0, 4}},
    {-2203977600, {1900, 2, 28, 0, 0, 0, 3}},
    {-2203891200, {1900, 3, 1, 0, 0, 0, 4}},
    {INT64_C(-62167219200), {0, 1, 1, 0, 0, 0, 6}},
    {INT64_C(253402300799), {9999, 12, 31, 23, 59, 59, 5}},
};

static const struct civil invalid[] = {{2024, 2, 30, 0, 0, 0, 0},
    {2023, 2, 29, 0, 0, 0, 0}, {1900, 2, 29, 0, 0, 0, 0},
    {2024, 4, 31, 0, 0, 0, 0}, {2024, 0, 1, 0, 0, 0, 0},
    {2024, 13, 1, 0, 0, 0, 0}, {2024, 1, 0, 0, 0, 0, 0},
    {2024, 1, 1, 24, 0, 0, 0}, {2024, 1, 1, 0, 60, 0, 0},
    {2024, 1, 1, 0, 0, 60, 0}, {2024, 1, 1, -1, 0, 0, 0},
    {-1, 1, 1, 0, 0, 0, 0}, {10000, 1, 1, 0, 0, 0, 0}};

static void
test_civil(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(civils); i++) {
		struct civil civil = civil_from_unix(civils[i].at_s);
		if (memcmp(&civil, &civils[i].civil, sizeof(civil)) != 0 ||
		    civil_to_unix(&civil) != civils[i].at_s ||
		    !civil_is_valid(&civil))
			fail_msg("row %zu", i);
	}
	for (size_t i = 0; i < COUNT(invalid); i++)
		if (civil_is_valid(&invalid[i]))
			fail_msg("invalid row %zu", i);
	/* every day of 800 years, there and back */
	for (int64_t day = -146097; day < 146097; day++) {
		struct civil civil = civil_from_unix(day * 86400);
		assert_true(civil_is_valid(&civil));
		assert_int_equal(civil_to_unix(&civil), day * 86400);
	}
	struct civil odd = {2024, 14, 0, 30, -1, 0, 0};
	assert_int_equal(civil_to_unix(&odd), 1738389540);
	civil_from_unix(INT64_MIN);
	civil_from_unix(INT64_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_offsets),
	    cmocka_unit_test(test_to_unix),
	    cmocka_unit_test(test_footers),
	    cmocka_unit_test(test_bad_footers),
	    cmocka_unit_test(test_damaged),
	    cmocka_unit_test(test_version_1),
	    cmocka_unit_test(test_fixed),
	    cmocka_unit_test(test_civil),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
