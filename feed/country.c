#include "feed/country.h"

#include <stdlib.h>
#include <string.h>

#include "feed/language.h"
#include "feed/memory.h"
#include "feed/url.h"

/* Domains that are sold as words (.tv, .io, .co, .me, .eu) are left out.  The
 * rules are the last lines of the zones' files; tests/test_country.c compares
 * the two. */
/* clang-format off */
/* The rules are those of the zone database 2026f. */
const struct country countries[] = {
    {"kr", "ko", "Asia/Seoul", "KST-9", true},
    {"jp", "ja", "Asia/Tokyo", "JST-9", true},
    {"cn", "zh-CN", "Asia/Shanghai", "CST-8", true},
    {"tw", "zh-TW", "Asia/Taipei", "CST-8", false},
    {"hk", "zh-HK", "Asia/Hong_Kong", "HKT-8", false},
    {"mo", "zh-MO", "Asia/Macau", "CST-8", false},
    {"sg", NULL, "Asia/Singapore", "<+08>-8", false},
    {"my", NULL, "Asia/Kuala_Lumpur", "<+08>-8", false},
    {"th", "th", "Asia/Bangkok", "<+07>-7", true},
    {"vn", "vi", "Asia/Ho_Chi_Minh", "<+07>-7", true},
    {"id", "id", "Asia/Jakarta", "WIB-7", true},
    {"ph", "en", "Asia/Manila", "PST-8", false},
    {"mn", NULL, "Asia/Ulaanbaatar", "<+08>-8", false},
    {"in", "en", "Asia/Kolkata", "IST-5:30", false},
    {"", "hi", "Asia/Kolkata", "IST-5:30", true},
    {"", "bn", "Asia/Dhaka", "<+06>-6", true},
    {"bd", "bn", "Asia/Dhaka", "<+06>-6", false},
    {"pk", NULL, "Asia/Karachi", "PKT-5", false},
    {"lk", NULL, "Asia/Colombo", "<+0530>-5:30", false},
    {"np", NULL, "Asia/Kathmandu", "<+0545>-5:45", false},
    {"ir", "fa", "Asia/Tehran", "<+0330>-3:30", true},
    {"il", "he", "Asia/Jerusalem", "IST-2IDT,M3.4.4/26,M10.5.0", true},
    {"tr", "tr", "Europe/Istanbul", "<+03>-3", true},
    {"sa", "ar", "Asia/Riyadh", "<+03>-3", false},
    {"ae", "ar", "Asia/Dubai", "<+04>-4", false},
    {"qa", "ar", "Asia/Qatar", "<+03>-3", false},
    {"kw", "ar", "Asia/Kuwait", "<+03>-3", false},
    {"jo", "ar", "Asia/Amman", "<+03>-3", false},
    {"lb", NULL, "Asia/Beirut", "EET-2EEST,M3.5.0/0,M10.5.0/0", false},
    {"iq", "ar", "Asia/Baghdad", "<+03>-3", false},
    {"eg", "ar", "Africa/Cairo", "EET-2EEST,M4.5.5/0,M10.5.4/24", false},
    {"ma", NULL, "Africa/Casablanca", "<+00>0", false},
    {"dz", NULL, "Africa/Algiers", "CET-1", false},
    {"tn", NULL, "Africa/Tunis", "CET-1", false},
    {"za", "en", "Africa/Johannesburg", "SAST-2", false},
    {"ng", "en", "Africa/Lagos", "WAT-1", false},
    {"ke", "en", "Africa/Nairobi", "EAT-3", false},
    {"gh", "en", "Africa/Accra", "GMT0", false},
    {"ru", "ru", "Europe/Moscow", "MSK-3", true},
    {"xn--p1ai", "ru", "Europe/Moscow", "MSK-3", false},
    {"ua", "uk", "Europe/Kyiv", "EET-2EEST,M3.5.0/3,M10.5.0/4", true},
    {"by", "ru", "Europe/Minsk", "<+03>-3", false},
    {"kz", "ru", "Asia/Almaty", "<+05>-5", false},
    {"uz", NULL, "Asia/Tashkent", "<+05>-5", false},
    {"ge", NULL, "Asia/Tbilisi", "<+04>-4", false},
    {"am", NULL, "Asia/Yerevan", "<+04>-4", false},
    {"az", NULL, "Asia/Baku", "<+04>-4", false},
    {"de", "de", "Europe/Berlin", "CET-1CEST,M3.5.0,M10.5.0/3", true},
    {"at", "de", "Europe/Vienna", "CET-1CEST,M3.5.0,M10.5.0/3", false},
    {"ch", NULL, "Europe/Zurich", "CET-1CEST,M3.5.0,M10.5.0/3", false},
    {"li", "de", "Europe/Vaduz", "CET-1CEST,M3.5.0,M10.5.0/3", false},
    {"lu", NULL, "Europe/Luxembourg", "CET-1CEST,M3.5.0,M10.5.0/3", false},
    {"be", NULL, "Europe/Brussels", "CET-1CEST,M3.5.0,M10.5.0/3", false},
    {"nl", "nl", "Europe/Amsterdam", "CET-1CEST,M3.5.0,M10.5.0/3", true},
    {"fr", "fr", "Europe/Paris", "CET-1CEST,M3.5.0,M10.5.0/3", true},
    {"it", "it", "Europe/Rome", "CET-1CEST,M3.5.0,M10.5.0/3", true},
    {"es", "es", "Europe/Madrid", "CET-1CEST,M3.5.0,M10.5.0/3", false},
    {"pt", "pt", "Europe/Lisbon", "WET0WEST,M3.5.0/1,M10.5.0", false},
    {"uk", "en-GB", "Europe/London", "GMT0BST,M3.5.0/1,M10.5.0", false},
    {"gb", "en-GB", "Europe/London", "GMT0BST,M3.5.0/1,M10.5.0", false},
    {"ie", "en-IE", "Europe/Dublin", "IST-1GMT0,M10.5.0,M3.5.0/1", false},
    {"is", "is", "Atlantic/Reykjavik", "GMT0", true},
    {"dk", "da", "Europe/Copenhagen", "CET-1CEST,M3.5.0,M10.5.0/3", true},
    {"se", "sv", "Europe/Stockholm", "CET-1CEST,M3.5.0,M10.5.0/3", true},
    {"no", "nb", "Europe/Oslo", "CET-1CEST,M3.5.0,M10.5.0/3", true},
    {"", "nn", "Europe/Oslo", "CET-1CEST,M3.5.0,M10.5.0/3", true},
    {"", "nb", "Europe/Oslo", "CET-1CEST,M3.5.0,M10.5.0/3", true},
    {"fi", "fi", "Europe/Helsinki", "EET-2EEST,M3.5.0/3,M10.5.0/4", true},
    {"ee", "et", "Europe/Tallinn", "EET-2EEST,M3.5.0/3,M10.5.0/4", true},
    {"lv", "lv", "Europe/Riga", "EET-2EEST,M3.5.0/3,M10.5.0/4", true},
    {"lt", "lt", "Europe/Vilnius", "EET-2EEST,M3.5.0/3,M10.5.0/4", true},
    {"pl", "pl", "Europe/Warsaw", "CET-1CEST,M3.5.0,M10.5.0/3", true},
    {"cz", "cs", "Europe/Prague", "CET-1CEST,M3.5.0,M10.5.0/3", true},
    {"sk", "sk", "Europe/Bratislava", "CET-1CEST,M3.5.0,M10.5.0/3", true},
    {"hu", "hu", "Europe/Budapest", "CET-1CEST,M3.5.0,M10.5.0/3", true},
    {"ro", "ro", "Europe/Bucharest", "EET-2EEST,M3.5.0/3,M10.5.0/4", true},
    {"md", "ro", "Europe/Chisinau", "EET-2EEST,M3.5.0/3,M10.5.0/4", false},
    {"bg", "bg", "Europe/Sofia", "EET-2EEST,M3.5.0/3,M10.5.0/4", true},
    {"rs", "sr", "Europe/Belgrade", "CET-1CEST,M3.5.0,M10.5.0/3", true},
    {"hr", "hr", "Europe/Zagreb", "CET-1CEST,M3.5.0,M10.5.0/3", true},
    {"si", "sl", "Europe/Ljubljana", "CET-1CEST,M3.5.0,M10.5.0/3", true},
    {"ba", "bs", "Europe/Sarajevo", "CET-1CEST,M3.5.0,M10.5.0/3", true},
    {"gr", "el", "Europe/Athens", "EET-2EEST,M3.5.0/3,M10.5.0/4", true},
    {"cy", "el", "Asia/Nicosia", "EET-2EEST,M3.5.0/3,M10.5.0/4", false},
    {"mt", "en", "Europe/Malta", "CET-1CEST,M3.5.0,M10.5.0/3", false},
    {"br", "pt-BR", "America/Sao_Paulo", "<-03>3", false},
    {"ar", "es", "America/Argentina/Buenos_Aires", "<-03>3", false},
    {"cl", "es", "America/Santiago", "<-04>4<-03>,M9.1.6/24,M4.1.6/24", false},
    {"uy", "es", "America/Montevideo", "<-03>3", false},
    {"py", "es", "America/Asuncion", "<-03>3", false},
    {"bo", "es", "America/La_Paz", "<-04>4", false},
    {"pe", "es", "America/Lima", "<-05>5", false},
    {"ec", "es", "America/Guayaquil", "<-05>5", false},
    {"ve", "es", "America/Caracas", "<-04>4", false},
    {"mx", "es", "America/Mexico_City", "CST6", false},
    {"gt", "es", "America/Guatemala", "CST6", false},
    {"cr", "es", "America/Costa_Rica", "CST6", false},
    {"pa", "es", "America/Panama", "EST5", false},
    {"do", "es", "America/Santo_Domingo", "AST4", false},
    {"cu", "es", "America/Havana", "CST5CDT,M3.2.0/0,M11.1.0/1", false},
    {"ca", NULL, "America/Toronto", "EST5EDT,M3.2.0,M11.1.0", false},
    {"au", "en-AU", "Australia/Sydney", "AEST-10AEDT,M10.1.0,M4.1.0/3", false},
    {"nz", "en-NZ", "Pacific/Auckland", "NZST-12NZDT,M9.5.0,M4.1.0/3", false},
    {"us", "en-US", NULL, NULL, false},
};
/* clang-format on */

const size_t country_count = sizeof(countries) / sizeof(countries[0]);

/* The last label of the host, without its port; the caller's. */
static char *
top_level_domain(const char *url)
{
	char *host = url_authority_for_id(url);
	if (host == NULL)
		return NULL;
	size_t length = strlen(host);
	if (length > 0 && host[length - 1] == '.')
		host[--length] = '\0';
	const char *dot = strrchr(host, '.');
	char *domain = xstrdup(dot != NULL ? dot + 1 : "");
	free(host);
	return domain;
}

const struct country *
country_of_site(const char *url)
{
	char *domain = top_level_domain(url);
	const struct country *found = NULL;
	for (size_t i = 0;
	     domain != NULL && domain[0] != '\0' && i < country_count; i++)
		if (strcmp(countries[i].domain, domain) == 0)
			found = &countries[i];
	free(domain);
	return found;
}

/* The country that a tag names ("AT" of "de-AT", "TW" of "zh-Hant-TW"); NULL
 * if it names none. */
static const char *
region_of(const char *language)
{
	const char *at = strpbrk(language, "-_");
	while (at != NULL) {
		size_t length = strcspn(at + 1, "-_");
		if (length == 2)
			return at + 1;
		at = strpbrk(at + 1, "-_");
	}
	return NULL;
}

static bool
is_region(const struct country *country, const char *region)
{
	return strlen(country->domain) == 2 &&
	       (region[0] | 0x20) == country->domain[0] &&
	       (region[1] | 0x20) == country->domain[1];
}

/* Is "zh" of "zh-Hant-TW" that of "zh-TW"? */
static bool
is_same_language(const char *a, const char *b)
{
	size_t length = strcspn(a, "-_");
	if (strcspn(b, "-_") != length)
		return false;
	for (size_t i = 0; i < length; i++)
		if ((a[i] | 0x20) != (b[i] | 0x20))
			return false;
	return true;
}

static const struct country *
country_of_region(const char *region)
{
	for (size_t i = 0; i < country_count; i++)
		if (is_region(&countries[i], region) &&
		    countries[i].zone != NULL)
			return &countries[i];
	return NULL;
}

const struct country *
country_of_language(const char *language)
{
	if (language == NULL || language_is(language, "en"))
		return NULL;
	const char *region = region_of(language);
	if (region != NULL)
		return country_of_region(region);
	if (strncmp(language, "zh-Hant", 7) == 0)
		return country_of_region("tw");
	for (size_t i = 0; i < country_count; i++)
		if (countries[i].is_main &&
		    is_same_language(countries[i].language, language))
			return &countries[i];
	return NULL;
}

const struct country *
country_of_zone(const char *url, const char *language)
{
	const struct country *country = country_of_site(url);
	if (country == NULL || country->zone == NULL)
		country = country_of_language(language);
	return country;
}

char *
country_language(const char *url, const char *language)
{
	const struct country *country = country_of_site(url);
	const char *native = country != NULL ? country->language : NULL;
	/* English on a Korean site is a template's lang, or an English page
	 * that writes the year first all the same */
	if (language == NULL ||
	    (language_is(language, "en") && language_is_year_first(native)))
		return xstrdup_or_null(native != NULL ? native : language);
	if (country == NULL || strlen(country->domain) != 2 ||
	    strpbrk(language, "-_") != NULL)
		return xstrdup(language);
	/* BCP 47 knows the United Kingdom as GB */
	bool is_uk = strcmp(country->domain, "uk") == 0;
	return xasprintf("%s-%s", language, is_uk ? "gb" : country->domain);
}
