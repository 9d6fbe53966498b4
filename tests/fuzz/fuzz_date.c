#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "feed/date.h"
#include "feed/language.h"
#include "feed/memory.h"
#include "feed/zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define NOW INT64_C(1709607600)
#define DAY 86400
#define EARLIEST INT64_C(788918400) /* 1995-01-01 */

static void
demand(bool truth)
{
	if (!truth)
		abort();
}

static void
check(const struct moment *moment)
{
	demand(moment->at_s >= EARLIEST - DAY);
	demand(moment->at_s <= NOW + 2 * DAY);
	demand(moment->precision > PRECISION_NONE);
	demand(moment->precision <= PRECISION_SECOND);
}

/* A byte of switches, then the text; what is before a newline is a format. */
static void
try_dates(uint8_t switches, const char *text, const struct zone *zone)
{
	static const char *const languages[] = {NULL, "ko", "ja", "zh-TW",
	    "en-US", "en", "th", "fa", "de", "fr", "hu", "ru", "uk", "vi", "ar",
	    "he"};
	struct date_context context = {.now_s = NOW,
	    .zone = zone,
	    .language = languages[(switches & 7) + (switches >> 7) * 8],
	    .order = (switches >> 3) & 3,
	    .is_attribute = (switches & 32) != 0,
	    .is_date_node = (switches & 64) != 0};
	struct moment moment;
	if (date_parse(text, &context, &moment))
		check(&moment);
	size_t start, length;
	if (date_find(text, &context, &moment, &start, &length)) {
		check(&moment);
		demand(length > 0 && start + length <= strlen(text));
	}
	if (date_from_url(text, &context, &moment))
		check(&moment);
	const char *const votes[] = {text, "03/05/2024", text};
	(void)date_vote(votes, 3, &context); /* any answer is one */
	const char *newline = strchr(text, '\n');
	if (newline != NULL) {
		char *format = xstrndup(text, (size_t)(newline - text));
		if (date_parse_format(newline + 1, format, &context, &moment))
			check(&moment);
		free(format);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	if (size == 0)
		return 0;
	char *text = xmalloc(size);
	memcpy(text, bytes + 1, size - 1);
	text[size - 1] = '\0';
	struct zone *zone = zone_fixed(9 * 3600);
	try_dates(bytes[0], text, zone);
	zone_free(zone);
	(void)language_is_menu_word(text); /* must only come back */
	int64_t at_s;
	char again[21];
	if (date_parse_rfc3339(text, &at_s))
		date_format_rfc3339(at_s, again);
	/* the same bytes as a zone file */
	zone = zone_parse(bytes, size, NULL);
	if (zone != NULL) {
		struct civil civil = zone_to_civil(zone, NOW);
		(void)zone_to_unix(zone, &civil); /* any answer is one */
		zone_free(zone);
	}
	free(text);
	return 0;
}
