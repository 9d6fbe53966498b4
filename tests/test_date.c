#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/date.h"
#include "feed/language.h"
#include "feed/memory.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Tuesday, 2024-03-05 12:00:00 in Seoul */
#define NOW INT64_C(1709607600)

enum {
	ATTRIBUTE = 1,
	DATE_NODE = 2,
};

/* A zone of one rule; "KST-9" and the like. */
static struct zone *
make_zone(const char *rule)
{
	static const unsigned char header[44] = {
	    'T', 'Z', 'i', 'f', '3', [39] = 1, [43] = 4};
	struct buffer file = {0};
	for (int block = 0; block < 2; block++) {
		buffer_add(&file, header, sizeof(header));
		buffer_add(&file, "\0\0\0\0\0\0UTC", 10);
	}
	buffer_add_format(&file, "\n%s\n", rule);
	struct zone *zone = zone_parse(file.bytes, file.length, NULL);
	assert_non_null(zone);
	buffer_clear(&file);
	return zone;
}

/*
 * Local time as far as the precision goes: "2024", "2024-03", "2024-03-05",
 * "2024-03-05 10:23", "2024-03-05 10:23:45", a relative one "~2024-03-05
 * 10:23:45".
 */
static void
show(const struct moment *moment, const struct zone *zone, char out[64])
{
	static const size_t lengths[] = {0, 4, 7, 10, 19, 16, 19};
	char text[21];
	date_format_rfc3339(
	    moment->at_s + zone_offset_s(zone, moment->at_s), text);
	text[10] = ' ';
	bool is_relative = moment->precision == PRECISION_RELATIVE;
	snprintf(out, 64, "%s%.*s", is_relative ? "~" : "",
	    (int)lengths[moment->precision], text);
	/* what is left out is zero, but for relative ones */
	static const char rest[] = "0000-01-01 00:00:00";
	if (strncmp(text + lengths[moment->precision],
		rest + lengths[moment->precision],
		19 - lengths[moment->precision]) != 0)
		strcat(out, " and more");
}

struct row {
	const char *language, *text;
	const char *expected; /* NULL: no date */
	int flags;
};

static int
check_rows(const char *name, const struct row *rows, size_t count,
    const struct zone *zone, int64_t now_s)
{
	int failed = 0;
	for (size_t i = 0; i < count; i++) {
		struct date_context context = {.now_s = now_s,
		    .zone = zone,
		    .language = rows[i].language,
		    .is_attribute = (rows[i].flags & ATTRIBUTE) != 0,
		    .is_date_node = (rows[i].flags & DATE_NODE) != 0};
		struct moment moment = {.at_s = -7};
		char shown[64] = "no date";
		bool good = date_parse(rows[i].text, &context, &moment);
		if (good)
			show(&moment, zone, shown);
		const char *expected =
		    rows[i].expected ? rows[i].expected : "no date";
		if (strcmp(shown, expected) != 0 ||
		    (!good && moment.at_s != -7)) {
			print_error("%s row %zu: '%s' (%s): %s, not %s\n", name,
			    i, rows[i].text,
			    rows[i].language ? rows[i].language : "-", shown,
			    expected);
			failed++;
		}
	}
	return failed;
}

#define S "2024-03-05 10:23:45"
#define M "2024-03-05 10:23"
#define D "2024-03-05"

/* By the rows of the table of dates; the zone is Seoul. */
static const struct row absolute[] = {
    /* 1: ISO 8601, RFC 3339 */
    {NULL, "2024-03-05T10:23:45+09:00", S, 0},
    {NULL, "2024-03-05T01:23:45Z", S, 0},
    {NULL, "2024-03-05t01:23:45z", S, 0},
    {NULL, "2024-03-05T01:23:45.123Z", S, 0},
    {NULL, "2024-03-05T01:23:45.123456789Z", S, 0},
    {NULL, "2024-03-05T01:23:45,5Z", S, 0},
    {NULL, "2024-03-05T10:23:45+0900", S, 0},
    {NULL, "2024-03-05T10:23:45 +0900", S, 0},
    {NULL, "2024-03-05T10:23:45+09", S, 0},
    {NULL, "2024-03-04T20:23:45-05:00", S, 0},
    {NULL, "2024-03-05T10:23+09:00", M, 0},
    {NULL, "2024-03-05T10:23:45", S, 0},
    {NULL, "20240305T102345", S, 0},
    {NULL, "20240305T012345Z", S, 0},
    {NULL, "20240305T1023", M, 0},
    {NULL, "2024-03-05T10", NULL, 0},
    {NULL, "2024-03-05 01:23:45 UTC", S, 0},
    {NULL, "2024-03-05 01:23:45 +00:00", S, 0},
    {NULL, "2016-08-22T18:00:00+09:00", "2016-08-22 18:00:00", 0},
    /* 2: year, month, day */
    {"ko", "2024-03-05 10:23", M, 0},
    {"ko", "2024-03-05 10:23:45", S, 0},
    {"ko", "2024/03/05 10:23", M, 0},
    {"ko", "2024.03.05. 10:23", M, 0},
    {"ko", "2024. 3. 5. 10:23", M, 0},
    {"ko", "2024.03.05 10:23:45", S, 0},
    {"ko", "2024-3-5", D, 0},
    {"ko", "2024 03 05", D, 0},
    {"ko", "2024-03-05(화) 10:23", M, 0},
    {"ko", "2024.03.05.(화)", D, 0},
    {"ko", "2024-03-05 (화요일) 10:23", M, 0},
    {"ko", "2024-03-05 24:00", "2024-03-06 00:00", 0},
    {"ko", "2024-03-05 00:00", "2024-03-05 00:00", 0},
    {"ko", "2024-03-05 25:00", NULL, 0},
    {"ko", "2024-03-05 10:60", NULL, 0},
    {"ko", "2024-02-30", NULL, 0},
    {"ko", "2023-02-29", NULL, 0},
    {"ko", "2024-02-29", "2024-02-29", 0},
    {"ko", "2024-13-05", NULL, 0},
    {"ko", "2024-00-05", NULL, 0},
    {"ko", "2024-03-05-10", NULL, 0},
    /* 3: two digits of the year */
    {"ko", "2024.03.05.", D, 0},
    {"ko", "24.03.05", D, 0},
    {"ko", "24-03-05", D, 0},
    {"ko", "24/03/05 10:23", M, 0},
    {"ko", "'24.3.5", D, 0},
    {"ko", "’24.3.5", D, 0},
    {"ko", "24. 3. 5", D, 0},
    {"ja", "24.03.05", D, 0},
    {"zh", "24-03-05 10:23:45", S, 0},
    {"hu", "24.03.05", D, 0},
    {"ko", "99.03.05", "1999-03-05", 0},
    {"en", "97/03/05", "1997-03-05", 0},
    {"en", "22.12.31", "2022-12-31", 0},
    {"zh-Hans", "113/03/05", NULL, 0},
    /* 4: no year */
    {"ko", "03.05", D, 0},
    {"ko", "03-05 10:23", M, 0},
    {"ko", "3/5", D, 0},
    {"ja", "3/5 10:23", M, 0},
    {"zh", "03-05", D, 0},
    {"ko", "03.07", "2024-03-07", 0},
    {"ko", "03.08", "2023-03-08", 0},
    {"ko", "12.31", "2023-12-31", 0},
    {"ko", "02-29", "2024-02-29", 0},
    {"ko", "02-30", NULL, 0},
    {"de", "05.03.", D, 0},
    {"de", "05.03. 10:23", M, 0},
    {"en-US", "03/05", D, 0},
    {"en", "05/03", D, 0},
    {"en", "3/5", NULL, 0},
    {"en", "3.5", NULL, 0},
    {"en", "3/5", "2023-05-03", DATE_NODE},
    /* 5: no day */
    {"ko", "10:23", M, 0},
    {"ko", "10:23:45", S, 0},
    {"ko", "오전 10:23", M, 0},
    {"ko", "오후 3:05", "2024-03-04 15:05", 0},
    {"ko", "12:10", "2024-03-05 12:10", 0},
    {"ko", "12:11", "2024-03-04 12:11", 0},
    {"ko", "23:59", "2024-03-04 23:59", 0},
    {"ko", "00:00", "2024-03-05 00:00", 0},
    {"en", "10:23 AM", M, 0},
    {"en", "9:23am", "2024-03-05 09:23", 0},
    {"en", "1:37", NULL, 0},
    {"en", "1:37", "2024-03-05 01:37", DATE_NODE},
    {"ja", "1:37", "2024-03-05 01:37", 0},
    {"de", "-00:10:11", NULL, 0},
    {"de", "- 10:23", M, 0},
    {"de", "seit 2005", NULL, 0},
    {"en", "10.23", NULL, 0},
    {"en", "10h", NULL, 0},
    /* 6: Korean */
    {"ko", "2024년 3월 5일 (화) 오전 10시 23분", M, 0},
    {"ko", "2024년 3월 5일 화요일 오전 10시 23분 45초", S, 0},
    {"ko", "2024년 3월 5일 10:23", M, 0},
    {"ko", "3월 5일", D, 0},
    {"ko", "3월 5일 10:23", M, 0},
    {"ko", "3월 5일(화)", D, 0},
    {"ko", "2024년3월5일", D, 0},
    {"ko", "2024년 03월 05일", D, 0},
    {"ko", "24년 3월 5일", D, 0},
    {"ko", "2024년 3월 5일 오전 12시", "2024-03-05 00:00", 0},
    {"ko", "2024년 3월 5일 오전 12:05", "2024-03-05 00:05", 0},
    {"ko", "2024년 3월 4일 오후 12시 30분", "2024-03-04 12:30", 0},
    {"ko", "2024년 3월 4일 오후 3시 반", "2024-03-04 15:30", 0},
    {"ko", "2024년 3월 4일 낮 12시", "2024-03-04 12:00", 0},
    {"ko", "2024년 3월 4일 낮 1시", "2024-03-04 13:00", 0},
    {"ko", "2024년 3월 4일 밤 11시", "2024-03-04 23:00", 0},
    {"ko", "2024년 3월 4일 밤 12시", "2024-03-05 00:00", 0},
    {"ko", "2024년 3월 4일 새벽 2시", "2024-03-04 02:00", 0},
    {"ko", "2024년 3월 4일 저녁 7시", "2024-03-04 19:00", 0},
    {"ko", "2024년 3월 4일 정오", "2024-03-04 12:00", 0},
    {"ko", "2024년 3월", "2024-03", 0},
    {"ko", "2024년", "2024", 0},
    {"ko", "3월", NULL, 0},
    {"ko", "5일", NULL, 0},
    {"ko", "2024년 13월 5일", NULL, 0},
    {"ko", "3월 5일부터", NULL, 0},
    /* 7 */
    {"ko", "2024. 3. 5 오전 10:23", M, 0},
    {"ko", "2024.03.04 오후 2:03:11", "2024-03-04 14:03:11", 0},
    {"ko", "2024.03.04. 오후 2:03", "2024-03-04 14:03", 0},
    {"ko", "2024.03.04 오후2:03", "2024-03-04 14:03", 0},
    {"ko", "2024.03.04 PM 2:03", "2024-03-04 14:03", 0},
    {"ko", "2024.03.04 2:03 PM", "2024-03-04 14:03", 0},
    {"ko", "2024.03.04 오후 14:03", "2024-03-04 14:03", 0},
    /* labels and dividers */
    {"ko", "입력 2024-03-05 10:23:45", S, 0},
    {"ko", "입력2024-03-05 10:23:45", S, 0},
    {"ko", "기사입력 : 2024-03-05 10:23:45", S, 0},
    {"ko", "최종수정 : 2024-03-05 10:23:45", S, 0},
    {"ko", "ㅣ2024-03-05 10:23:45", S, 0},
    {"ko", "| 2024-03-05 10:23:45 |", S, 0},
    {"ko", "· 2024.03.05", D, 0},
    {"ko", "[2024.03.05]", D, 0},
    {"ko", "(2024.03.05.)", D, 0},
    {"ko", "입력 2024.03.05 10:23 | 수정 2024.03.05 11:00", M, 0},
    {"ko", "수정 2024.03.05 11:00 | 입력 2024.03.05 10:23", M, 0},
    {"ko", "승인 2024.03.05 10:23", M, 0},
    {"ko", "2024.03.05 10:23 송고", M, 0},
    {"ko", "등록일 2024년 3월 5일 10시 23분", M, 0},
    {"ko",
	"2024-03-05\xc2\xa0"
	"10:23:45",
	S, 0},
    {"ko", "２０２４．０３．０５　１０：２３", M, 0},
    {"ko", "\xef\xbb\xbf 2024-03-05 \xe2\x80\x8b", D, 0},
    {"ko", "2024-03-05 ~ 2024-03-07", NULL, 0},
    {"ko", "2024-03-04 - 2024-03-05", NULL, 0},
    {"ko", "2024-03-05 10:23:45 홍길동 기자", NULL, 0},
    {"ko", "입력", NULL, 0},
    {"en", "Published: March 5, 2024", D, 0},
    {"en", "Posted on March 5, 2024", D, 0},
    {"en", "Published Mar 5, 2024 Updated Mar 6, 2024", D, 0},
    {"en", "Last updated: 5 March 2024, 10:23", M, 0},
    {"ja", "公開日：2024年3月5日", D, 0},
    {"ja", "更新日時：2024/03/05 10:23", M, 0},
    {"zh", "发布时间：2024-03-05 10:23:45", S, 0},
    {"zh", "发表于 2024-03-05", D, 0},
    {"de", "Veröffentlicht am 5. März 2024", D, 0},
    {"de", "Stand: 05.03.2024, 10:23 Uhr", M, 0},
    {"fr", "Publié le 5 mars 2024 à 10h23", M, 0},
    {"fr", "Publié le 5 mars 2024, mis à jour le 6 mars 2024", D, 0},
    /* 11: Japanese */
    {"ja", "2024年3月5日(火) 10時23分", M, 0},
    {"ja", "2024年3月5日（火）10時23分45秒", S, 0},
    {"ja", "2024年3月5日 10:23", M, 0},
    {"ja", "2024年3月5日火曜日", D, 0},
    {"ja", "3月5日", D, 0},
    {"ja", "3月5日 10時23分", M, 0},
    {"ja", "２０２４年３月５日", D, 0},
    {"ja", "2024年3月4日 午後3時", "2024-03-04 15:00", 0},
    {"ja", "2024年3月4日午前0時5分", "2024-03-04 00:05", 0},
    {"ja", "2024年3月4日 正午", "2024-03-04 12:00", 0},
    {"ja", "2024/3/5 10:23", M, 0},
    {"ja", "2024年3月", "2024-03", 0},
    /* 12: eras */
    {"ja", "令和6年3月5日", D, 0},
    {"ja", "令和６年３月５日", D, 0},
    {"ja", "R6.3.5", D, 0},
    {"ja", "R6.03.05 10:23", M, 0},
    {"ja", "平成31年4月30日", "2019-04-30", 0},
    {"ja", "令和元年5月1日", "2019-05-01", 0},
    {"ja", "平成31年", "2019", 0},
    {"ja", "昭和63年1月1日", NULL, 0},
    {"en", "R6.3.5", NULL, 0},
    {"ja", "R6/3/5", D, 0},
    {"ja", "R6年3月5日", D, 0},
    {"ja", "R6年3/5", NULL, 0},
    /* 14: Chinese */
    {"zh", "2024年03月05日 10:23", M, 0},
    {"zh", "2024年3月5日10时23分45秒", S, 0},
    {"zh", "二〇二四年三月五日", D, 0},
    {"zh", "二零二三年十二月二十五日", "2023-12-25", 0},
    {"zh", "二〇二三年十一月廿九日", "2023-11-29", 0},
    {"zh", "3月5日 10:23", M, 0},
    {"zh", "2024年3月5号", D, 0},
    {"zh", "2024年3月4日 下午3点30分", "2024-03-04 15:30", 0},
    {"zh", "2024年3月4日 晚上8点", "2024-03-04 20:00", 0},
    {"zh", "2024年3月4日 凌晨2点", "2024-03-04 02:00", 0},
    {"zh", "2024年3月5日 上午10:23", M, 0},
    {"zh", "2024年3月4日 中午12点", "2024-03-04 12:00", 0},
    {"zh", "2024年3月5日 星期二", D, 0},
    {"zh", "2024-03-05 周二 10:23", M, 0},
    /* 16: Taiwan */
    {"zh-TW", "民國113年3月5日", D, 0},
    {"zh-TW", "113/03/05", D, 0},
    {"zh-Hant", "113.03.05", D, 0},
    {"zh-CN", "113/03/05", NULL, 0},
    {"zh-TW", "113年3月5日", D, 0},
    {"zh-CN", "113年3月5日", NULL, 0},
    {"zh-TW", "2024/03/05 (二) 10:23", M, 0},
    {"zh-TW", "2024/03/05 (2)", NULL, 0},
    {"ko", "2024/03/05 (二)", NULL, 0},
    {"zh-TW", "2024/03/05 上午 10:23", M, 0},
    /* 17: English, month first */
    {"en", "Mar 5, 2024", D, 0},
    {"en", "March 5th, 2024", D, 0},
    {"en-US", "March 5th, 2024 at 10:23 a.m. ET", "2024-03-06 00:23", 0},
    {"en-US", "March 4th, 2024 at 10:23 a.m. ET", "2024-03-05 00:23", 0},
    {"en-US", "July 4, 2023 10:23 am ET", "2023-07-04 23:23", 0},
    {"en-US", "March 4, 2024, 8:23 p.m. EST", M, 0},
    {"en", "Mar. 5 2024", D, 0},
    {"en", "Tuesday, March 5, 2024 10:23AM", M, 0},
    {"en", "Tue Mar 5 2024 10:23:45 GMT+0900", S, 0},
    {"en", "Sept. 5, 2023", "2023-09-05", 0},
    {"en", "Mar 5", D, 0},
    {"en", "Mar 5, 10:23", M, 0},
    {"en", "March 5, '24", D, 0},
    {"en", "MARCH 5, 2024", D, 0},
    {"en", "March 4, 2024 3pm", "2024-03-04 15:00", 0},
    {"en", "March 32, 2024", NULL, 0},
    {"en", "Mar 4, 2024 noon", "2024-03-04 12:00", 0},
    {"en", "Marches 5, 2024", NULL, 0},
    {"en", "10:23 AM, Mar 05, 2024", M, 0},
    {"en", "Mar/05/2024", D, 0},
    {"en-US", "3/5, 10:23 AM", M, 0},
    {"en", "5 March 2024 10.23am", M, 0},
    {"en", "5 March 2024 01.23 GMT", M, 0},
    {"en", "5 March 2024 10.23 points", NULL, 0},
    /* 18: English, day first; RFC 822, RFC 850, asctime */
    {"en", "5 March 2024", D, 0},
    {"en", "5 Mar 2024, 01:23 GMT", M, 0},
    {NULL, "Tue, 05 Mar 2024 01:23:45 +0000", S, 0},
    {NULL, "Tue, 05 Mar 2024 01:23:45 GMT", S, 0},
    {NULL, "Tuesday, 05-Mar-24 01:23:45 GMT", S, 0},
    {NULL, "Tue Mar  5 10:23:45 2024", S, 0},
    {NULL, "Tue, 05 Mar 2024 10:23:45 +0900 (KST)", S, 0},
    {NULL, "Tue Mar 05 2024 10:23:45 GMT+0900 (Korean Standard Time)", S, 0},
    {NULL, "Tue, 05 Mar 2024 01:23:45 UT", S, 0},
    {NULL, "05 Mar 04 10:23", "2004-03-05 10:23", 0},
    {"en", "5th of March 2024", D, 0},
    {"en", "10:23, 5 March 2024", M, 0},
    {"en", "10:23 | Tuesday, 5 March 2024", M, 0},
    {"en", "05/Mar/2024", D, 0},
    /* 19: the rest of the world */
    {"de", "5. März 2024, 10:23 Uhr", M, 0},
    {"de", "Di., 5. März 2024 um 10.23 Uhr", M, 0},
    {"de", "05.03.2024 – 10:23", M, 0},
    {"de", "5. Maerz 2024", D, 0},
    {"de-AT", "5. Jänner 2024", "2024-01-05", 0},
    {"fr", "5 mars 2024 à 10h23", M, 0},
    {"fr", "mar. 5 mars 2024", D, 0},
    {"fr", "1er février 2024", "2024-02-01", 0},
    {"fr", "5 août 2023", "2023-08-05", 0},
    {"fr", "5 mars 2024, 10 h 23", M, 0},
    {"fr", "à 10 h", "2024-03-05 10:00", 0},
    {"es", "5 de marzo de 2024", D, 0},
    {"es", "martes, 5 de marzo de 2024, 10:23 h", M, 0},
    {"es", "5 marzo, 2024", D, 0},
    {"it", "5 marzo 2024", D, 0},
    {"it", "5 marzo 2024 alle 10:23", M, 0},
    {"it", "5 marzo 2024, ore 10.23", M, 0},
    {"pt", "5 de março de 2024 às 10h23", M, 0},
    {"pt-BR", "05/03/2024 10h23", M, 0},
    {"nl", "5 maart 2024", D, 0},
    {"nl", "dinsdag 5 maart 2024 om 10:23", M, 0},
    {"sv", "5 mars kl. 10.23", M, 0},
    {"sv", "5 mars 2024 kl 10:23", M, 0},
    {"da", "5. marts 2024 kl. 10:23", M, 0},
    {"nb", "5. mars 2024 10.23", M, 0},
    {"fi", "5.3.2024 klo 10.23", M, 0},
    {"fi", "5. maaliskuuta 2024", D, 0},
    {"pl", "5 marca 2024", D, 0},
    {"pl", "5 marca 2024 r., godz. 10:23", M, 0},
    {"cs", "5. března 2024", D, 0},
    {"cs", "5. 3. 2024 10:23", M, 0},
    {"hu", "2024. március 5.", D, 0},
    {"hu", "2024. 03. 05. 10:23", M, 0},
    {"ro", "5 martie 2024", D, 0},
    {"ru", "5 марта 2024", D, 0},
    {"ru", "5 марта 2024 г.", D, 0},
    {"ru", "5 марта 2024 года, 10:23", M, 0},
    {"ru", "5 марта, 10:23", M, 0},
    {"uk", "5 березня", D, 0},
    {"uk", "5 березня 2024, 10:23", M, 0},
    {"tr", "5 Mart 2024", D, 0},
    {"tr", "5 Mart 2024 Salı 10:23", M, 0},
    {"tr", "5 ŞUBAT 2024", "2024-02-05", 0},
    {"el", "5 Μαρτίου 2024", D, 0},
    {"el", "5 ΜΑΡΤΊΟΥ 2024, 10:23", M, 0},
    {"vi", "ngày 5 tháng 3", D, 0},
    {"vi", "ngày 5 tháng 3 năm 2024", D, 0},
    {"vi", "5 tháng 3, 2024", D, 0},
    {"vi", "10:23, 05/03/2024", M, 0},
    {"id", "5 Maret 2024", D, 0},
    {"id", "Selasa, 5 Maret 2024 10.23", M, 0},
    {"id", "05 Mar 2024 08:23 WIB", M, 0},
    {"ar", "٥ مارس ٢٠٢٤", D, 0},
    {"ar", "5 مارس، 2024", D, 0},
    {"ar", "5 آذار/مارس 2024", D, 0},
    {"ar", "5 آذار/أبريل 2024", NULL, 0},
    {"he", "5 במרץ 2024", D, 0},
    {"th", "5 มีนาคม 2567", D, 0},
    {"th", "5 มี.ค. 2567", D, 0},
    {"th", "5 มี.ค. 67 10:23 น.", M, 0},
    {"hi", "5 मार्च 2024", D, 0},
    {"hi", "५ मार्च २०२४", D, 0},
    /* 20: order of numbers */
    {"en-US", "03/05/2024", D, 0},
    {"en", "05/03/2024", D, 0},
    {"en-GB", "05/03/2024", D, 0},
    {NULL, "05/03/2024", D, 0},
    {"en-US", "3/5/24 10:23 AM", M, 0},
    {"en", "05-03-2024", D, 0},
    {"en-US", "05.03.24", D, 0},
    {"en", "03/25/2023", "2023-03-25", 0},
    {"en-US", "25/03/2023", "2023-03-25", 0},
    {"en", "03/04/2024", "2024-03-04", 0},
    {"en", "45/13/2024", NULL, 0},
    {"en", "10.0.0.1", NULL, 0},
    {"en", "1.2.3", NULL, 0},
    /* 23: epochs */
    {NULL, "1709602980", "2024-03-05 10:43:00", ATTRIBUTE},
    {NULL, "1709602980000", "2024-03-05 10:43:00", ATTRIBUTE},
    {NULL, "1709602980", NULL, 0},
    {NULL, "170960298", NULL, ATTRIBUTE},
    /* 24, in text */
    {NULL, "20240305", D, 0},
    {NULL, "202403051023", M, 0},
    {NULL, "20240305102345", S, 0},
    {NULL, "20241305", NULL, 0},
    {NULL, "20240305250000", NULL, 0},
    /* 25, 26: other calendars */
    {"th", "Buddhist 2567", "2024", 0},
    {"th", "5/3/2567", D, 0},
    {"fa", "1402/12/15", D, 0},
    {"fa", "۱۴۰۲/۱۲/۱۵", D, 0},
    {"fa", "۱۵ اسفند ۱۴۰۲", D, 0},
    {"fa", "1402/01/01", "2023-03-21", 0},
    {"en", "1402/12/15", NULL, 0},
    {"fa", "۱۴ اسفند", "2024-03-04", 0},
    {"fa", "۲۰ اسفند", "2023-03-11", 0},
    {"fa", "۳۰ اسفند ۱۳۹۹", "2021-03-20", 0},
    {"fa", "۳۰ اسفند ۱۴۰۲", NULL, 0},
    /* 27: weeks, ordinal days, less than a day */
    {NULL, "2024-W10", "2024-03-04", 0},
    {NULL, "2024-W10-2", D, 0},
    {NULL, "2024-065", D, 0},
    {NULL, "2023-366", NULL, 0},
    {"en", "Q1 2024", "2024-01", 0},
    {"en", "March 2024", "2024-03", 0},
    {"en", "2024", "2024", 0},
    {NULL, "2024-03", "2024-03", 0},
    {"en", "03/2024", "2024-03", 0},
    /* 28: none at all */
    {"ko", "0000-00-00", NULL, 0},
    {"ko", "1970-01-01", NULL, 0},
    {"ko", "1994-12-30", NULL, 0},
    {"ko", "1995-01-02", "1995-01-02", 0},
    {"ko", "-", NULL, 0},
    {"ko", "", NULL, 0},
    {"ko", "   ", NULL, 0},
    {"ko", "NEW", NULL, 0},
    {"ko", "LIVE", NULL, 0},
    {"ko", "C", NULL, 0},
    {"ko", "2024-03-07 11:59", "2024-03-07 11:59", 0},
    {"ko", "2024-03-07 12:01", NULL, 0},
    {"ko", "2025-03-05", NULL, 0},
    {"ko", "99999-03-05", NULL, 0},
    {"ko", "99999999999999999999", NULL, 0},
    {"ko", "산업 5 정책", NULL, 0},
    {"en", "May", NULL, 0},
    {"en", "5", NULL, 0},
    {"en", "12345", NULL, 0},
    {"en", "Sun", NULL, 0},
    {"ko", "\xff\xfe", NULL, 0},
    /* zones that say less */
    {"zh", "Tue Mar 5 09:23:45 CST 2024", S, 0},
    {"en-US", "March 4, 2024 7:23 PM CST", M, 0},
    {"ko", "2024-03-05 10:23 IST", M, 0},
    {"en-IN", "05 Mar 2024, 06:53 AM IST", M, 0},
    {"ja", "2024-03-05 10:23 JST", M, 0},
    {"ja", "2024-03-05 10:23 (JST)", M, 0},
};

static void
test_absolute(void **state)
{
	(void)state;
	struct zone *zone = zone_fixed(9 * 3600);
	int failed =
	    check_rows("absolute", absolute, COUNT(absolute), zone, NOW);
	zone_free(zone);
	assert_int_equal(failed, 0);
}

static const struct row relative[] = {
    /* 8 */
    {"ko", "방금", "~2024-03-05 12:00:00", 0},
    {"ko", "방금 전", "~2024-03-05 12:00:00", 0},
    {"ko", "방금전", "~2024-03-05 12:00:00", 0},
    {"ko", "지금", "~2024-03-05 12:00:00", 0},
    {"ko", "몇 초 전", "~2024-03-05 12:00:00", 0},
    /* 9 */
    {"ko", "3분 전", "~2024-03-05 11:57:00", 0},
    {"ko", "3분전", "~2024-03-05 11:57:00", 0},
    {"ko", "30초 전", "~2024-03-05 11:59:30", 0},
    {"ko", "1시간 전", "~2024-03-05 11:00:00", 0},
    {"ko", "1시간 30분 전", "~2024-03-05 10:30:00", 0},
    {"ko", "2일 전", "~2024-03-03 12:00:00", 0},
    {"ko", "3주 전", "~2024-02-13 12:00:00", 0},
    {"ko", "2개월 전", "~2024-01-05 12:00:00", 0},
    {"ko", "1년 전", "~2023-03-05 12:00:00", 0},
    {"ko", "한 시간 전", "~2024-03-05 11:00:00", 0},
    {"ko", "두달 전", "~2024-01-05 12:00:00", 0},
    {"ko", "하루 전", "~2024-03-04 12:00:00", 0},
    {"ko", "이틀 전", "~2024-03-03 12:00:00", 0},
    {"ko", "보름 전", "~2024-02-19 12:00:00", 0},
    {"ko", "반나절 전", "~2024-03-05 06:00:00", 0},
    {"ko", "업데이트 3분 전", "~2024-03-05 11:57:00", 0},
    {"ko", "3분 전 업데이트", "~2024-03-05 11:57:00", 0},
    {"ko", "3분", NULL, 0},
    {"ko", "3시간 전북", NULL, 0},
    {"ko", "99999일 전", NULL, 0},
    {"ko", "9999년 전", NULL, 0},
    {"ko", "9999일 전", "~1996-10-19 12:00:00", 0},
    /* 10 */
    {"ko", "오늘 10:23", M, 0},
    {"ko", "어제", "2024-03-04", 0},
    {"ko", "그제", "2024-03-03", 0},
    {"ko", "그저께", "2024-03-03", 0},
    {"ko", "금일", D, 0},
    {"ko", "작일 10:23", "2024-03-04 10:23", 0},
    {"ko", "어제 오후 3시", "2024-03-04 15:00", 0},
    {"ko", "어제 | 15:05:10", "2024-03-04 15:05:10", 0},
    /* 13 */
    {"ja", "3分前", "~2024-03-05 11:57:00", 0},
    {"ja", "1時間前", "~2024-03-05 11:00:00", 0},
    {"ja", "2日前", "~2024-03-03 12:00:00", 0},
    {"ja", "1か月前", "~2024-02-05 12:00:00", 0},
    {"ja", "1ヶ月前", "~2024-02-05 12:00:00", 0},
    {"ja", "昨日 10:23", "2024-03-04 10:23", 0},
    {"ja", "一昨日", "2024-03-03", 0},
    {"ja", "今日", D, 0},
    {"ja", "本日 10:23", M, 0},
    {"ja", "たった今", "~2024-03-05 12:00:00", 0},
    {"ja", "午後3時", "2024-03-04 15:00", 0},
    {"ja", "正午", "2024-03-05 12:00", 0},
    /* 15 */
    {"zh", "5分钟前", "~2024-03-05 11:55:00", 0},
    {"zh-TW", "5分鐘前", "~2024-03-05 11:55:00", 0},
    {"zh", "1小时前", "~2024-03-05 11:00:00", 0},
    {"zh-TW", "1小時前", "~2024-03-05 11:00:00", 0},
    {"zh", "3天前", "~2024-03-02 12:00:00", 0},
    {"zh", "三天前", "~2024-03-02 12:00:00", 0},
    {"zh", "十分钟前", "~2024-03-05 11:50:00", 0},
    {"zh", "两天前", "~2024-03-03 12:00:00", 0},
    {"zh", "刚刚", "~2024-03-05 12:00:00", 0},
    {"zh-TW", "剛剛", "~2024-03-05 12:00:00", 0},
    {"zh", "昨天 10:23", "2024-03-04 10:23", 0},
    {"zh", "前天", "2024-03-03", 0},
    {"zh", "半小时前", "~2024-03-05 11:30:00", 0},
    {"zh", "1个月前", "~2024-02-05 12:00:00", 0},
    /* 21 */
    {"en", "3 hours ago", "~2024-03-05 09:00:00", 0},
    {"en", "3 Hours Ago", "~2024-03-05 09:00:00", 0},
    {"en", "1h ago", "~2024-03-05 11:00:00", 0},
    {"en", "2h", NULL, 0},
    {"en", "2h", "~2024-03-05 10:00:00", DATE_NODE},
    {"en", "15m", "~2024-03-05 11:45:00", DATE_NODE},
    {"en", "3d", "~2024-03-02 12:00:00", DATE_NODE},
    {"fr", "10h", NULL, DATE_NODE},
    {"en", "an hour ago", "~2024-03-05 11:00:00", 0},
    {"en", "half an hour ago", "~2024-03-05 11:30:00", 0},
    {"en", "about 2 hours ago", "~2024-03-05 10:00:00", 0},
    {"en", "1 day, 2 hours ago", "~2024-03-04 10:00:00", 0},
    {"en", "1 hour and 5 minutes ago", "~2024-03-05 10:55:00", 0},
    {"en", "5 mins. ago", "~2024-03-05 11:55:00", 0},
    {"en", "a few seconds ago", "~2024-03-05 12:00:00", 0},
    {"en", "just now", "~2024-03-05 12:00:00", 0},
    {"en", "Now", NULL, 0},
    {"en", "Updated 3 hours ago", "~2024-03-05 09:00:00", 0},
    {"en", "3 minutes", NULL, 0},
    {"en", "3 min read", NULL, 0},
    {"en", "for 3 hours", NULL, 0},
    {"de", "vor 3 Stunden", "~2024-03-05 09:00:00", 0},
    {"de", "vor einer Stunde", "~2024-03-05 11:00:00", 0},
    {"de", "vor 2 Tagen", "~2024-03-03 12:00:00", 0},
    {"fr", "il y a 2 heures", "~2024-03-05 10:00:00", 0},
    {"fr", "Il y a une heure", "~2024-03-05 11:00:00", 0},
    {"es", "hace 3 horas", "~2024-03-05 09:00:00", 0},
    {"pt", "há 2 horas", "~2024-03-05 10:00:00", 0},
    {"it", "3 ore fa", "~2024-03-05 09:00:00", 0},
    {"nl", "3 uur geleden", "~2024-03-05 09:00:00", 0},
    {"sv", "för 3 timmar sedan", "~2024-03-05 09:00:00", 0},
    {"da", "for 3 timer siden", "~2024-03-05 09:00:00", 0},
    {"fi", "3 tuntia sitten", "~2024-03-05 09:00:00", 0},
    {"pl", "3 godziny temu", "~2024-03-05 09:00:00", 0},
    {"cs", "před 3 hodinami", "~2024-03-05 09:00:00", 0},
    {"ru", "3 часа назад", "~2024-03-05 09:00:00", 0},
    {"ru", "час назад", "~2024-03-05 11:00:00", 0},
    {"ru", "месяц назад", "~2024-02-05 12:00:00", 0},
    {"ru", "2 год назад", "~2022-03-05 12:00:00", 0},
    {"uk", "2 год тому", "~2024-03-05 10:00:00", 0},
    {"ru", "час", NULL, DATE_NODE},
    {"ko", "하루", NULL, DATE_NODE},
    {"hu", "5 perce", "~2024-03-05 11:55:00", 0},
    {"hu", "5 perc", NULL, 0},
    {"th", "1 วันที่แล้ว", "~2024-03-04 12:00:00", 0},
    {"es", "hace unos minutos", "~2024-03-05 11:57:00", 0},
    {"es", "hace unas 3 horas", "~2024-03-05 09:00:00", 0},
    {"uk", "3 години тому", "~2024-03-05 09:00:00", 0},
    {"tr", "3 saat önce", "~2024-03-05 09:00:00", 0},
    {"el", "πριν 3 ώρες", "~2024-03-05 09:00:00", 0},
    {"el", "πριν από 3 ώρες", "~2024-03-05 09:00:00", 0},
    {"vi", "3 giờ trước", "~2024-03-05 09:00:00", 0},
    {"id", "3 jam lalu", "~2024-03-05 09:00:00", 0},
    {"id", "3 jam yang lalu", "~2024-03-05 09:00:00", 0},
    {"ar", "منذ 3 ساعات", "~2024-03-05 09:00:00", 0},
    {"he", "לפני 3 שעות", "~2024-03-05 09:00:00", 0},
    {"th", "3 ชั่วโมงที่แล้ว", "~2024-03-05 09:00:00", 0},
    {"hi", "3 घंटे पहले", "~2024-03-05 09:00:00", 0},
    {"fa", "۳ ساعت پیش", "~2024-03-05 09:00:00", 0},
    /* 22 */
    {"en", "Yesterday 10:23", "2024-03-04 10:23", 0},
    {"en", "Yesterday at 10:23 AM", "2024-03-04 10:23", 0},
    {"en", "yesterday", "2024-03-04", 0},
    {"en", "today", D, 0},
    {"en", "10:23 today", M, 0},
    {"de", "gestern", "2024-03-04", 0},
    {"de", "Heute, 10:23 Uhr", M, 0},
    {"fr", "hier à 10h", "2024-03-04 10:00", 0},
    {"fr", "aujourd’hui à 10:23", M, 0},
    {"es", "ayer", "2024-03-04", 0},
    {"it", "ieri", "2024-03-04", 0},
    {"zh", "昨晚8点", "2024-03-04 20:00", 0},
    {"zh", "昨晚", "2024-03-04", 0},
    {"fr", "Hier", "2024-03-04", 0},
    {"de", "Hier", NULL, 0},
    {"hu", "ma", NULL, 0},
    {"hu", "ma 10:23", M, 0},
    {"hu", "ma", D, DATE_NODE},
    {"ru", "вчера в 10:23", "2024-03-04 10:23", 0},
    {"ru", "Сегодня, 10:23", M, 0},
    {"tr", "dün", "2024-03-04", 0},
    {"vi", "hôm qua", "2024-03-04", 0},
    {"en", "Monday", "2024-03-04", DATE_NODE},
    {"en", "Tuesday", D, DATE_NODE},
    {"en", "Wednesday", "2024-02-28", DATE_NODE},
    {"en", "Monday", NULL, 0},
    {"it", "Il Venerdì", NULL, 0},
    {"en", "Mon 10:23", "2024-03-04 10:23", 0},
    {"en", "Tue 10:23", M, 0},
    {"en", "Tue 13:00", "2024-02-27 13:00", 0},
};

static void
test_relative(void **state)
{
	(void)state;
	struct zone *zone = zone_fixed(9 * 3600);
	int failed =
	    check_rows("relative", relative, COUNT(relative), zone, NOW);
	zone_free(zone);
	assert_int_equal(failed, 0);
}

/* The same texts at other times and places. */
static const struct {
	const char *zone,
	    *now; /* local time in that zone, its offset written */
	struct row row;
} moments[] = {
    /* five past midnight */
    {"KST-9", "2024-03-05T00:05:00+09:00", {"ko", "어제", "2024-03-04", 0}},
    {"KST-9", "2024-03-05T00:05:00+09:00", {"ko", "오늘", D, 0}},
    {"KST-9", "2024-03-05T00:05:00+09:00",
	{"ko", "23:50", "2024-03-04 23:50", 0}},
    {"KST-9", "2024-03-05T00:05:00+09:00",
	{"ko", "00:15", "2024-03-05 00:15", 0}},
    {"KST-9", "2024-03-05T00:05:00+09:00",
	{"ko", "00:16", "2024-03-04 00:16", 0}},
    {"KST-9", "2024-03-05T00:05:00+09:00",
	{"ko", "10분 전", "~2024-03-04 23:55:00", 0}},
    {"KST-9", "2024-03-05T00:05:00+09:00", {"ko", "03-05", D, 0}},
    {"KST-9", "2024-03-05T23:58:00+09:00",
	{"ko", "00:03", "2024-03-05 00:03", 0}},
    /* the turn of the year */
    {"KST-9", "2024-01-01T00:05:00+09:00", {"ko", "12.31", "2023-12-31", 0}},
    {"KST-9", "2024-01-01T00:05:00+09:00", {"ko", "01.01", "2024-01-01", 0}},
    {"KST-9", "2024-01-01T00:05:00+09:00",
	{"ko", "12월 31일 23:50", "2023-12-31 23:50", 0}},
    {"KST-9", "2024-01-01T00:05:00+09:00", {"ko", "어제", "2023-12-31", 0}},
    {"KST-9", "2023-12-31T23:50:00+09:00", {"ko", "01.01", "2024-01-01", 0}},
    {"KST-9", "2023-12-31T23:50:00+09:00", {"ko", "01-02", "2024-01-02", 0}},
    {"KST-9", "2023-12-31T23:50:00+09:00", {"ko", "01-03", "2023-01-03", 0}},
    {"KST-9", "2024-01-01T08:00:00+09:00",
	{"ko", "2개월 전", "~2023-11-01 08:00:00", 0}},
    {"KST-9", "2024-01-01T00:05:00+09:00", {"ko", "24.01.01", "2024-01-01", 0}},
    {"KST-9", "2023-12-31T23:50:00+09:00", {"ko", "24.01.01", "2024-01-01", 0}},
    /* leap years */
    {"KST-9", "2024-02-29T12:00:00+09:00",
	{"ko", "1년 전", "~2023-02-28 12:00:00", 0}},
    {"KST-9", "2024-02-29T12:00:00+09:00", {"ko", "2.29", "2024-02-29", 0}},
    {"KST-9", "2023-03-05T12:00:00+09:00", {"ko", "2.29", "2020-02-29", 0}},
    {"KST-9", "2024-03-01T12:00:00+09:00", {"ko", "어제", "2024-02-29", 0}},
    {"KST-9", "2024-03-31T12:00:00+09:00",
	{"ko", "1개월 전", "~2024-02-29 12:00:00", 0}},
    /* days with a change of the clock */
    {"CET-1CEST,M3.5.0,M10.5.0/3", "2024-03-31T12:00:00+02:00",
	{"de", "heute", "2024-03-31", 0}},
    {"CET-1CEST,M3.5.0,M10.5.0/3", "2024-03-31T12:00:00+02:00",
	{"de", "heute, 02:30 Uhr", "2024-03-31 03:30", 0}},
    {"CET-1CEST,M3.5.0,M10.5.0/3", "2024-04-01T12:00:00+02:00",
	{"de", "gestern, 01:30 Uhr", "2024-03-31 01:30", 0}},
    {"CET-1CEST,M3.5.0,M10.5.0/3", "2024-10-27T12:00:00+01:00",
	{"de", "02:30", "2024-10-27 02:30", 0}},
    {"CET-1CEST,M3.5.0,M10.5.0/3", "2024-10-27T12:00:00+01:00",
	{"de", "vor 12 Stunden", "~2024-10-27 01:00:00", 0}},
    {"CET-1CEST,M3.5.0,M10.5.0/3", "2024-10-28T12:00:00+01:00",
	{"de", "gestern", "2024-10-27", 0}},
    {"EST5EDT,M3.2.0,M11.1.0", "2024-03-10T12:00:00-04:00",
	{"en-US", "03/10/2024 2:30 AM", "2024-03-10 03:30", 0}},
    {"EST5EDT,M3.2.0,M11.1.0", "2024-03-10T12:00:00-04:00",
	{"en-US", "Mar 10, 2024, 1:59 AM ET", "2024-03-10 01:59", 0}},
    {"EST5EDT,M3.2.0,M11.1.0", "2024-03-10T12:00:00-04:00",
	{"en-US", "Mar 10, 2024, 3:00 AM ET", "2024-03-10 03:00", 0}},
    {"EST5EDT,M3.2.0,M11.1.0", "2024-03-10T12:00:00-04:00",
	{"en-US", "yesterday 11:30 PM", "2024-03-09 23:30", 0}},
    /* east and west */
    {"EST5EDT,M3.2.0,M11.1.0", "2024-01-05T22:00:00-05:00",
	{"en", "2024-01-06T02:00:00Z", "2024-01-05 21:00:00", 0}},
    {"<+14>-14", "2024-01-05T00:05:00+14:00",
	{"en", "yesterday", "2024-01-04", 0}},
    {"UTC0", "2024-03-05T03:00:00Z",
	{"ko", "2024-03-05 10:23 KST", "2024-03-05 01:23", 0}},
};

static void
test_moments(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(moments); i++) {
		int64_t now_s;
		char name[32];
		snprintf(name, sizeof(name), "moments %zu", i);
		assert_true(date_parse_rfc3339(moments[i].now, &now_s));
		struct zone *zone = make_zone(moments[i].zone);
		failed += check_rows(name, &moments[i].row, 1, zone, now_s);
		zone_free(zone);
	}
	assert_int_equal(failed, 0);
}

static const struct {
	const char *language, *text, *expected, *found;
} finds[] = {
    {"ko", "2023-04-18 09:37:45 김승호 기자", "2023-04-18 09:37:45",
	"2023-04-18 09:37:45"},
    {"ko", "산업부 | 홍길동 기자 | 2024-03-05 09:37", "2024-03-05 09:37",
	"2024-03-05 09:37"},
    {"ko", "기자 | 2024년 03월 05일 09:37", "2024-03-05 09:37",
	"2024년 03월 05일 09:37"},
    {"zh", "关于做好工作的通知2024-02-17", "2024-02-17", "2024-02-17"},
    {"ko", "제목2 제목2024-02-17", "2024-02-17", "2024-02-17"},
    {"ko", "밝혔다..2018/12/17 00:04 이어", "2018-12-17 00:04",
	"2018/12/17 00:04"},
    {"ko", "2021.09.24 [황종택 기자]", "2021-09-24", "2021.09.24"},
    {"ko", "20170301 2017년 02월 27일", "2017-02-27", "2017년 02월 27일"},
    {"ko", "홍길동 기자 3시간 전", "~2024-03-05 09:00:00", "3시간 전"},
    {"ko", "3시간 전북 전주", NULL, NULL},
    {"ko", "홍길동 03-05 10:23", M, "03-05 10:23"},
    {"ko", "어제 10:23 홍길동", "2024-03-04 10:23", "어제 10:23"},
    {"ko", "어제 밝혔다", NULL, NULL},
    {"ko", "3월 5일 개막한다", NULL, NULL},
    {"ko", "수정 2024.03.05 11:00 등록 2024.03.05 10:23", M,
	"2024.03.05 10:23"},
    {"ko", "홍길동 기자 입력 2024.03.05 10:23 수정 2024.03.05 11:00", M,
	"2024.03.05 10:23"},
    {"ko", "수정 2024.03.05 10:23 홍길동", M, "2024.03.05 10:23"},
    {"ko", "문의 010-2024-0305 또는 02-2024-03-05", NULL, NULL},
    {"ko", "12024-03-05", NULL, NULL},
    {"ko", "2024-03-055", NULL, NULL},
    {"ko", "20240305 발행", NULL, NULL},
    {"ko", "2024년 전망", NULL, NULL},
    {"ko", "값은 3.5 또는 24.03.05 판", D, "24.03.05"},
    {"en", "version 24.03.05 is out", NULL, NULL},
    {"de", "Von Max Muster | 05.03.24", D, "05.03.24"},
    {"de", "Version 2.03.24 von heute", NULL, NULL},
    {"fr", "Par Jean Roe, 05/03/24", D, "05/03/24"},
    {"fr", "la version 05.03.24", NULL, NULL},
    {"en", "By Jane Roe | March 5, 2024 10:23 am | News", "2024-03-05 10:23",
	"March 5, 2024 10:23 am"},
    {"en", "Jane Roe, 5 March 2024", D, "5 March 2024"},
    {"en", "On Monday he said", NULL, NULL},
    {"en", "It opens on 5 March in Rome", NULL, NULL},
    {"en", "Jane Roe - 3 hours ago", "~2024-03-05 09:00:00", "3 hours ago"},
    {"en", "It took 3 hours", NULL, NULL},
    {"ru", "жил там несколько месяцев назад", NULL, NULL},
    {"ru", "жил там год назад", NULL, NULL},
    {"ko", "하루 전 발표했다", NULL, NULL},
    {"en", "for 3 hours", NULL, NULL},
    {"en", "now", NULL, NULL},
    {"de", "Von Max Muster, 05.03.2024, 10:23 Uhr", M, "05.03.2024, 10:23 Uhr"},
    {"ja", "山田太郎 2024年3月5日 10時23分 社会", M, "2024年3月5日 10時23分"},
    {"ko", "", NULL, NULL},
    {"ko", "no\xff bytes \xed\xa0\x80 2024-03-05", D, "2024-03-05"},
};

static void
test_find(void **state)
{
	(void)state;
	struct zone *zone = zone_fixed(9 * 3600);
	int failed = 0;
	for (size_t i = 0; i < COUNT(finds); i++) {
		struct date_context context = {
		    .now_s = NOW, .zone = zone, .language = finds[i].language};
		struct moment moment;
		size_t start = 0, length = 0;
		char shown[64] = "no date";
		if (date_find(
			finds[i].text, &context, &moment, &start, &length))
			show(&moment, zone, shown);
		const char *expected =
		    finds[i].expected ? finds[i].expected : "no date";
		const char *found = finds[i].found ? finds[i].found : "";
		if (strcmp(shown, expected) != 0 || strlen(found) != length ||
		    strncmp(finds[i].text + start, found, length) != 0) {
			print_error("find row %zu: '%s': %s '%.*s'\n", i,
			    finds[i].text, shown, (int)length,
			    finds[i].text + start);
			failed++;
		}
	}
	zone_free(zone);
	assert_int_equal(failed, 0);
}

static const struct {
	const char *format, *text, *expected;
} formats[] = {
    {"%Y년 %m월 %d일 %H:%M", "2024년 03월 05일 10:23", M},
    {"%Y년 %m월 %d일 %H:%M", "2024년03월05일 10:23", M},
    {"%Y-%m-%d %H:%M:%S", "2024-03-05 10:23:45", S},
    {"%Y-%m-%d %H:%M:%S", " 2024-3-5\n10:23:45 ", S},
    {"%Y.%m.%d. %p %I:%M", "2024.03.04. 오후 2:03", "2024-03-04 14:03"},
    {"%Y.%m.%d %p %I:%M", "2024.03.04 오전 12:03", "2024-03-04 00:03"},
    {"%Y-%m-%d %I:%M %p", "2024-03-04 2:03 PM", "2024-03-04 14:03"},
    {"%Y/%m/%d %p%I時", "2024/03/04 午後3時", "2024-03-04 15:00"},
    {"%Y-%m-%d %p %I:%M", "2024-03-04 下午 3:00", "2024-03-04 15:00"},
    {"%d %b %Y", "5 Mar 2024", D},
    {"%A, %d. %B %Y", "Dienstag, 5. März 2024", D},
    {"%a %b %e %T %Y", "Tue Mar  5 10:23:45 2024", S},
    {"%y%m%d", "240305", D},
    {"%d/%m/%Y", "05/03/2024", D},
    {"%m/%d/%Y", "03/05/2024", D},
    {"%D %R", "03/05/24 10:23", M},
    {"%FT%T%z", "2024-03-05T01:23:45Z", S},
    {"%FT%T%z", "2024-03-05T10:23:45+09:00", S},
    {"%FT%T%z", "2024-03-05T10:23:45+0900", S},
    {"%FT%T.%f%z", "2024-03-05T10:23:45.123+09", S},
    {"%F %H:%M %Z", "2024-03-05 01:23 GMT", M},
    {"%F %H:%M %Z", "2024-03-05 10:23 KST", M},
    {"%s", "1709602980", "2024-03-05 10:43:00"},
    {"%m.%d %H:%M", "03.05 10:23", M},
    {"%m.%d", "12.31", "2023-12-31"},
    {"%H:%M", "10:23", M},
    {"%H:%M", "13:00", "2024-03-04 13:00"},
    {"%Y-%m", "2024-03", "2024-03"},
    {"%Y", "2024", "2024"},
    {"100%% %F", "100% 2024-03-05", D},
    {"Stand: %d.%m.%Y", "STAND: 05.03.2024", D},
    {"%Y-%m-%d", "２０２４－０３－０５", D},
    /* no match */
    {"%Y-%m-%d", "2024-03-05 10:23", NULL},
    {"%Y-%m-%d", "2024-02-31", NULL},
    {"%Y-%m-%d", "2024/03/05", NULL},
    {"%Y-%m-%d", "2024-13-05", NULL},
    {"%Y-%m-%d", "", NULL},
    {"%Y-%m-%d", "2025-03-05", NULL},
    {"%Y-%m-%d", "0000-00-00", NULL},
    {"%s", "99999999999999999999", NULL},
    {"%b %d %Y", "Marz 5 2024", D},
    {"%b %d %Y", "Xxx 5 2024", NULL},
};

static const struct {
	const char *format;
	bool good;
} format_checks[] = {
    {"%Y-%m-%d", true},
    {"%s", true},
    {"%T", true},
    {"%Y", true},
    {"%m.%d", true},
    {"%e. %B %Y", true},
    {"", false},
    {"Y-m-d", false},
    {"%Y-%m-%d %", false},
    {"%Q", false},
    {"%Y-%m-%d %k", false},
    {"%d", false},
    {"%Y %d", false},
    {"%M", false},
    {"%F %\xea", false},
};

static void
test_format(void **state)
{
	(void)state;
	struct zone *zone = zone_fixed(9 * 3600);
	int failed = 0;
	for (size_t i = 0; i < COUNT(formats); i++) {
		struct date_context context = {
		    .now_s = NOW, .zone = zone, .language = "ko"};
		struct moment moment;
		char shown[64] = "no date";
		if (date_parse_format(
			formats[i].text, formats[i].format, &context, &moment))
			show(&moment, zone, shown);
		const char *expected =
		    formats[i].expected ? formats[i].expected : "no date";
		if (strcmp(shown, expected) != 0) {
			print_error("format row %zu: '%s' by '%s': %s\n", i,
			    formats[i].text, formats[i].format, shown);
			failed++;
		}
	}
	for (size_t i = 0; i < COUNT(format_checks); i++) {
		struct error err = {.reason = ""};
		bool good = date_format_is_valid(format_checks[i].format, &err);
		if (good != format_checks[i].good ||
		    good != (*err.reason == '\0')) {
			print_error("format check %zu: %s\n", i, err.reason);
			failed++;
		}
	}
	zone_free(zone);
	assert_int_equal(failed, 0);
}

static const struct {
	const char *url, *expected;
} urls[] = {
    {"https://a.kr/2024/03/05/title", D},
    {"https://a.kr/news/2024/3/5/title.html", D},
    {"https://a.kr/2024-03-05-title", D},
    {"https://a.kr/posts/2024_03_05.html", D},
    {"https://a.cn/n1/2024/0305/c1004-40189.html", D},
    {"https://a.cn/politics/2024-03/05/c_1131.htm", D},
    {"https://a.cn/202403/05/t123.html", D},
    {"https://a.kr/article/20240305500420", D},
    {"https://a.kr/article/2024030500420", D},
    {"https://a.kr/news/newsview?newscd=2024030500420", D},
    {"https://a.kr/view/AKR20240305102300001", D},
    {"https://a.kr/20240305", D},
    {"https://a.kr/202403051023", M},
    {"https://a.kr/202403050012", D},
    {"https://a.kr/202403050563", D},
    {"https://a.kr/202403050559", D},
    {"https://a.kr/article/20230612500420", "2023-06-12"},
    {"https://a.kr/20240305055912", "2024-03-05 05:59:12"},
    {"https://a.kr/20240305102345", S},
    {"https://a.kr/20240305000123", D},
    {"https://a.kr/202403071300", "2024-03-07"},
    {"https://a.kr/view?date=20240305", D},
    {"https://a.kr/view?regdt=2024-03-05&no=1", D},
    {"https://a.kr/view?idxno=20240305", NULL},
    {"https://a.kr/view?idxno=20240305102345", NULL},
    {"https://a.kr/view?no=20240305", NULL},
    {"https://a.kr/article/12345678", NULL},
    {"https://a.kr/article/20241305", NULL},
    {"https://a.kr/article/20240230", NULL},
    {"https://a.kr/article/20250305", NULL},
    {"https://a.kr/article/19700101", NULL},
    {"https://a.kr/article/202403051234567890123", NULL},
    {"https://20240305.kr/", NULL},
    {"https://a.kr/list#2024/03/05", NULL},
    {"https://a.kr/2024/03/title", NULL},
    {"https://a.kr/2024/title", NULL},
    {"https://a.kr/v1.2024.03.05", NULL},
    {"", NULL},
};

static void
test_url(void **state)
{
	(void)state;
	struct zone *zone = zone_fixed(9 * 3600);
	struct date_context context = {.now_s = NOW, .zone = zone};
	int failed = 0;
	for (size_t i = 0; i < COUNT(urls); i++) {
		struct moment moment;
		char shown[64] = "no date";
		if (date_from_url(urls[i].url, &context, &moment))
			show(&moment, zone, shown);
		const char *expected =
		    urls[i].expected ? urls[i].expected : "no date";
		if (strcmp(shown, expected) != 0) {
			print_error(
			    "url row %zu: '%s': %s\n", i, urls[i].url, shown);
			failed++;
		}
	}
	zone_free(zone);
	assert_int_equal(failed, 0);
}

static const struct {
	const char *texts[5];
	enum date_order order;
} votes[] = {
    {{"13/02/2024", "03/02/2024"}, DATE_ORDER_DMY},
    {{"02/13/2024", "02/03/2024 10:23"}, DATE_ORDER_MDY},
    {{"03/02/2024", "02/03/2024"}, DATE_ORDER_UNKNOWN},
    {{"02/03/2024"}, DATE_ORDER_UNKNOWN},
    /* months ahead of now */
    {{"03/12/2023", "03/04/2024", "02/11/2024"}, DATE_ORDER_MDY},
    {{"05/03/2024", "04/03/2024", "10/02/2024"}, DATE_ORDER_DMY},
    /* falling down the list in one reading only */
    {{"05/02/2024", "04/02/2024", "11/01/2024", "02/01/2024"}, DATE_ORDER_DMY},
    {{"24.01.31", "23.12.30"}, DATE_ORDER_YMD},
    {{"Tuesday", "", "x", "31.01.24"}, DATE_ORDER_DMY},
    {{"nothing"}, DATE_ORDER_UNKNOWN},
    {{NULL}, DATE_ORDER_UNKNOWN},
};

static void
test_vote(void **state)
{
	(void)state;
	struct date_context context = {.now_s = NOW, .language = "en"};
	for (size_t i = 0; i < COUNT(votes); i++) {
		size_t count = 0;
		while (count < 5 && votes[i].texts[count] != NULL)
			count++;
		enum date_order order =
		    date_vote(votes[i].texts, count, &context);
		if (order != votes[i].order)
			fail_msg("row %zu: %d", i, order);
	}
	/* and what it is for */
	struct moment moment;
	char shown[64];
	context.order = DATE_ORDER_MDY;
	assert_true(date_parse("02/03/2024", &context, &moment));
	show(&moment, NULL, shown);
	assert_string_equal(shown, "2024-02-03");
}

static const struct {
	const char *text;
	int64_t at_s; /* -1: refused */
} rfc3339[] = {
    {"2024-03-05T00:37:45Z", 1709599065},
    {"2024-03-05t09:37:45.999+09:00", 1709599065},
    {"2024-03-04T19:37:45-05:00", 1709599065},
    {"2016-12-31T23:59:60Z", 1483228799},
    {"2024-03-05T00:37:45", -1},
    {"2024-03-05T00:37:45+0900", -1},
    {"2024-03-05T00:37Z", -1},
    {"2024-02-30T00:37:45Z", -1},
    {"2024-03-05T24:00:00Z", -1},
    {"2024-03-05T00:37:45.Z", -1},
    {"2024-03-05T00:37:45Z ", -1},
    {"2024-03-05T00:37:45+24:00", -1},
    {"24-03-05T00:37:45Z", -1},
    {"", -1},
};

static void
test_rfc3339(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rfc3339); i++) {
		int64_t at_s = -1;
		date_parse_rfc3339(rfc3339[i].text, &at_s);
		if (at_s != rfc3339[i].at_s)
			fail_msg("row %zu: %s", i, rfc3339[i].text);
	}
	char text[21];
	date_format_rfc3339(1709599065, text);
	assert_string_equal(text, "2024-03-05T00:37:45Z");
	date_format_rfc3339(INT64_MIN, text);
	assert_string_equal(text, "0000-01-01T00:00:00Z");
	date_format_rfc3339(INT64_MAX, text);
	assert_string_equal(text, "9999-12-31T23:59:59Z");
}

static void
test_rfc822(void **state)
{
	(void)state;
	static const struct {
		int64_t at_s;
		const char *text;
	} rows[] = {
	    {0, "Thu, 01 Jan 1970 00:00:00 GMT"},
	    {784111777, "Sun, 06 Nov 1994 08:49:37 GMT"},
	    {1709599065, "Tue, 05 Mar 2024 00:37:45 GMT"},
	    {1835481599, "Tue, 29 Feb 2028 23:59:59 GMT"},
	    {INT64_C(2147483648), "Tue, 19 Jan 2038 03:14:08 GMT"},
	    {INT64_C(253402300799), "Fri, 31 Dec 9999 23:59:59 GMT"},
	    {INT64_MAX, "Fri, 31 Dec 9999 23:59:59 GMT"},
	    {-1, "Wed, 31 Dec 1969 23:59:59 GMT"},
	    {INT64_MIN, "Sat, 01 Jan 0000 00:00:00 GMT"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[30];
		date_format_rfc822(rows[i].at_s, text);
		assert_string_equal(text, rows[i].text);
	}
}

/* The search needs the order; folding must leave the words alone. */
static void
test_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < language_word_count; i++) {
		const char *word = language_words[i].text;
		if (i > 0 && strcmp(language_words[i - 1].text, word) > 0)
			fail_msg("'%s' is out of order", word);
		assert_true(strlen(word) <= 64);
	}
	static const char *const menu[] = {"더보기", "Home", " MORE » ",
	    "로그인", "もっと見る", "更多>>", "weiterlesen", "Voir tout",
	    "[전체보기]", "전체  보기", "Подробнее", "Read more…", "一覧"};
	for (size_t i = 0; i < COUNT(menu); i++)
		if (!language_is_menu_word(menu[i]))
			fail_msg("'%s' is no menu word", menu[i]);
	static const char *const titles[] = {"", "  ", ">", "더보기 좋은 날",
	    "Home prices rise again", "수출 늘어", "2024",
	    "a title that is a good deal longer than any word of a menu could "
	    "ever be, whatever the language, even in Finnish or in German, "
	    "where words grow"};
	for (size_t i = 0; i < COUNT(titles); i++)
		if (language_is_menu_word(titles[i]))
			fail_msg("'%s' is a menu word", titles[i]);
	static const char *const sections[] = {"Politics", "정치", "경제 ",
	    "스포츠", "IT", "国際", "经济", "經濟", "Wirtschaft", "Économie",
	    "Économie ›", "Cronaca", "Deportes", "Политика", "Ciência",
	    "Thể thao", "World", "운세"};
	for (size_t i = 0; i < COUNT(sections); i++)
		if (!language_is_section_word(sections[i]))
			fail_msg("'%s' is no section", sections[i]);
	static const char *const none[] = {"", "로그인", "Login", "Home", "홈",
	    "정치인이 말하다", "Impressum", "2"};
	for (size_t i = 0; i < COUNT(none); i++)
		if (language_is_section_word(none[i]))
			fail_msg("'%s' is a section", none[i]);
	static const char *const next[] = {"다음", "다음 페이지 >", "Next »",
	    "NEXT PAGE", "次へ", "次のページ", "下一页", "下一頁>", "Weiter",
	    "Nächste Seite", "Page suivante", "Następna", "Næste", "Далее",
	    "Следующая", "الصفحة التالية", "ถัดไป", "« Older posts"};
	for (size_t i = 0; i < COUNT(next); i++)
		if (!language_is_next_word(next[i]))
			fail_msg("'%s' leads nowhere", next[i]);
	static const char *const others[] = {"", ">", "이전", "다음글",
	    "다음 주", "Next week", "Previous", "前へ", "上一页", "2"};
	for (size_t i = 0; i < COUNT(others); i++)
		if (language_is_next_word(others[i]))
			fail_msg("'%s' leads on", others[i]);
}

/* However long, it ends soon. */
static void
test_long(void **state)
{
	(void)state;
	static const char *const pieces[] = {"1", "1 ", "1-", "2024-", "3시간 ",
	    "한 ", "오전 ", "Mar ", "| ", "입력 ", "the day before ",
	    "2024-03-05 ", "〇", "a. ", "전", "1 day, "};
	struct date_context context = {.now_s = NOW, .language = "ko"};
	for (size_t i = 0; i < COUNT(pieces); i++) {
		struct buffer text = {0};
		while (text.length < 200000)
			buffer_add_string(&text, pieces[i]);
		struct moment moment;
		size_t start, length;
		assert_false(date_parse(text.bytes, &context, &moment));
		date_find(text.bytes, &context, &moment, &start, &length);
		date_parse_format(text.bytes, "%F", &context, &moment);
		date_from_url(text.bytes, &context, &moment);
		buffer_clear(&text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_words),
	    cmocka_unit_test(test_absolute),
	    cmocka_unit_test(test_relative),
	    cmocka_unit_test(test_moments),
	    cmocka_unit_test(test_find),
	    cmocka_unit_test(test_format),
	    cmocka_unit_test(test_url),
	    cmocka_unit_test(test_vote),
	    cmocka_unit_test(test_rfc3339),
	    cmocka_unit_test(test_rfc822),
	    cmocka_unit_test(test_long),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
