#include <string.h>

#include "feed/date.h"
#include "feed/date_scan.h"

#define MAX_TEXT_BYTES 1024
#define MAX_FORMAT_BYTES 256

static const char conversions[] = "YymdeHIMSpbBhaAzZsfTRFDnt%";

/* What has been read, beyond a reading. */
struct progress {
	const struct glyphs *text;
	size_t at;
	struct reading reading;
	bool has_month, has_day, has_year;
	int half; /* enum word_half, or -1 */
	const struct date_context *context;
};

static uint32_t
current(const struct progress *progress)
{
	return progress->text->list[progress->at].character;
}

static void
skip_blank(struct progress *progress)
{
	while (current(progress) == ' ')
		progress->at++;
}

/* Up to so many digits, within bounds; as strptime, blanks before are fine. */
static bool
read_number(
    struct progress *progress, int max_digits, int min, int max, int *value)
{
	skip_blank(progress);
	int number = 0, digits = 0;
	for (; digits < max_digits; digits++, progress->at++) {
		uint32_t c = current(progress);
		if (c < '0' || c > '9')
			break;
		number = number * 10 + (int)(c - '0');
	}
	if (digits == 0 || number < min || number > max)
		return false;
	*value = number;
	return true;
}

static bool
read_word(struct progress *progress, enum word_kind kind, struct token *token)
{
	skip_blank(progress);
	*token = (struct token){.kind = TOKEN_WORD};
	size_t length = glyphs_match(
	    progress->text, progress->at, &token->words, &token->word_count);
	if (length == 0 || !token_means(token, kind, NULL))
		return false;
	progress->at += length;
	return true;
}

static bool
read_named(struct progress *progress, enum word_kind kind, int *value)
{
	struct token token;
	return read_word(progress, kind, &token) &&
	       token_means(&token, kind, value);
}

/* +09:00, +0900, +09, Z */
static bool
read_offset(struct progress *progress)
{
	skip_blank(progress);
	uint32_t sign = current(progress);
	int hours, minutes = 0;
	progress->reading.has_offset = true;
	if (sign == 'z') {
		progress->at++;
		return true;
	}
	if (sign != '+' && sign != '-')
		return false;
	progress->at++;
	if (current(progress) == ' ' ||
	    !read_number(progress, 2, 0, 15, &hours))
		return false;
	bool has_colon = current(progress) == ':';
	progress->at += has_colon;
	uint32_t next = current(progress);
	if ((has_colon || (next >= '0' && next <= '9')) &&
	    !read_number(progress, 2, 0, 59, &minutes))
		return false;
	int32_t offset_s = (hours * 60 + minutes) * 60;
	progress->reading.offset_s = sign == '-' ? -offset_s : offset_s;
	return true;
}

static bool
read_zone(struct progress *progress)
{
	struct token token;
	if (!read_word(progress, WORD_ZONE, &token) &&
	    !read_word(progress, WORD_ZONE_US, &token) &&
	    !read_word(progress, WORD_ZONE_VAGUE, &token))
		return false;
	reading_set_zone(
	    &progress->reading, &token, progress->context->language);
	return true;
}

static bool
read_epoch(struct progress *progress)
{
	skip_blank(progress);
	int64_t value = 0;
	int digits = 0;
	for (; current(progress) >= '0' && current(progress) <= '9';
	     digits++, progress->at++) {
		if (digits == 13)
			return false;
		value = value * 10 + (int64_t)(current(progress) - '0');
	}
	progress->reading.is_epoch = true;
	progress->reading.epoch_s = value;
	return digits > 0;
}

static bool read_format(struct progress *progress, const char *format);

static bool
read_date_field(struct progress *progress, char conversion)
{
	struct reading *reading = &progress->reading;
	int weekday;
	switch (conversion) {
	case 'Y':
		progress->has_year = true;
		return read_number(progress, 4, 1, 9999, &reading->year);
	case 'y':
		progress->has_year = true;
		if (!read_number(progress, 2, 0, 99, &reading->year))
			return false;
		reading->year =
		    year_of_two_digits(reading->year, progress->context->now_s);
		return true;
	case 'm':
		progress->has_month = true;
		return read_number(progress, 2, 1, 12, &reading->month);
	case 'b':
	case 'B':
	case 'h':
		progress->has_month = true;
		return read_named(progress, WORD_MONTH, &reading->month);
	case 'd':
	case 'e':
		progress->has_day = true;
		return read_number(progress, 2, 1, 31, &reading->day);
	default: /* a, A */
		return read_named(progress, WORD_WEEKDAY, &weekday);
	}
}

static bool
read_clock_field(struct progress *progress, char conversion)
{
	struct reading *reading = &progress->reading;
	int fraction;
	switch (conversion) {
	case 'H':
		reading->has_clock = true;
		return read_number(progress, 2, 0, 24, &reading->hour);
	case 'I':
		reading->has_clock = true;
		return read_number(progress, 2, 0, 12, &reading->hour);
	case 'M':
		return read_number(progress, 2, 0, 59, &reading->minute);
	case 'S':
		reading->has_second = true;
		if (!read_number(progress, 2, 0, 60, &reading->second))
			return false;
		reading->second -= reading->second == 60;
		return true;
	case 'f':
		return read_number(progress, 9, 0, 999999999, &fraction);
	default: /* p */
		return read_named(progress, WORD_HALF, &progress->half);
	}
}

static bool
read_field(struct progress *progress, char conversion)
{
	switch (conversion) {
	case 'T':
		return read_format(progress, "%H:%M:%S");
	case 'R':
		return read_format(progress, "%H:%M");
	case 'F':
		return read_format(progress, "%Y-%m-%d");
	case 'D':
		return read_format(progress, "%m/%d/%y");
	case 'z':
		return read_offset(progress);
	case 'Z':
		return read_zone(progress);
	case 's':
		return read_epoch(progress);
	case 'n':
	case 't':
		skip_blank(progress);
		return true;
	default:
		return strchr("YymbBhdeaA", conversion) != NULL
			   ? read_date_field(progress, conversion)
			   : read_clock_field(progress, conversion);
	}
}

/* A literal character, folded as the text is. */
static bool
read_literal(struct progress *progress, uint32_t character)
{
	uint32_t folded = language_fold(character);
	if (folded == ' ') {
		skip_blank(progress);
		return true;
	}
	if (folded != 0 && current(progress) != folded)
		return false;
	progress->at += folded != 0;
	return true;
}

/* The format of the caller, or one that stands for a field (%T). */
static bool
read_format(struct progress *progress, const char *format)
{
	struct glyphs literals;
	glyphs_read(&literals, format, strlen(format));
	bool good = true;
	for (size_t i = 0; good && i < literals.count; i++) {
		uint32_t c = literals.list[i].character;
		if (c != '%') {
			good = read_literal(progress, c);
			continue;
		}
		/* case counts here, and folding has taken it */
		const char *at = format + literals.list[i].at + 1;
		if (*at == 'E' || *at == 'O' || *at == '-') {
			at++;
			i++;
		}
		i++;
		if (*at == '%')
			good = read_literal(progress, '%');
		else
			good = *at != '\0' && strchr(conversions, *at) &&
			       read_field(progress, *at);
	}
	glyphs_clear(&literals);
	return good;
}

/* 오후 10시, which strptime does not take. */
static void
finish_clock(struct progress *progress)
{
	struct reading *reading = &progress->reading;
	if (progress->half == HALF_AM && reading->hour == 12)
		reading->hour = 0;
	else if (reading->hour < 12 &&
		 (progress->half == HALF_PM ||
		     (progress->half == HALF_NOON && reading->hour <= 6) ||
		     (progress->half == HALF_NIGHT && reading->hour >= 5)))
		reading->hour += 12;
	else if (progress->half == HALF_NIGHT && reading->hour == 12)
		reading->hour = 24;
	if (reading->hour == 24) {
		reading->hour = 0;
		reading->days_later = 1;
	}
}

static void
finish_date(struct progress *progress)
{
	struct reading *reading = &progress->reading;
	if (progress->has_month && progress->has_day)
		reading->date = PRECISION_DAY;
	else if (progress->has_month && progress->has_year)
		reading->date = PRECISION_MONTH;
	else if (progress->has_year)
		reading->date = PRECISION_YEAR;
	if (progress->has_year && reading->year > 2400)
		reading->year -= 543; /* as date_parse takes it */
	if (reading->date != PRECISION_DAY && reading->date != PRECISION_NONE)
		reading->has_clock = false;
}

bool
date_parse_format(const char *text, const char *format,
    const struct date_context *context, struct moment *out)
{
	size_t length = strnlen(text, MAX_TEXT_BYTES + 1);
	if (length > MAX_TEXT_BYTES || !date_format_is_valid(format, NULL))
		return false;
	struct glyphs glyphs;
	glyphs_read(&glyphs, text, length);
	struct progress progress = {.text = &glyphs,
	    .reading = reading_empty(),
	    .half = -1,
	    .context = context};
	bool good = read_format(&progress, format);
	skip_blank(&progress);
	good = good && progress.at == glyphs.count;
	glyphs_clear(&glyphs);
	if (!good)
		return false;
	finish_clock(&progress);
	finish_date(&progress);
	return reading_resolve(&progress.reading, context, out);
}

bool
date_format_is_valid(const char *format, struct error *err)
{
	bool has[256] = {false};
	if (strnlen(format, MAX_FORMAT_BYTES + 1) > MAX_FORMAT_BYTES)
		return error_set(err, "longer than %d bytes", MAX_FORMAT_BYTES);
	for (const char *at = format; *at != '\0'; at++) {
		if (*at != '%')
			continue;
		at++;
		if (*at == 'E' || *at == 'O' || *at == '-')
			at++;
		if (*at == '\0')
			return error_set(err, "a lone '%%' at the end");
		if ((unsigned char)*at >= 0x80 ||
		    strchr(conversions, *at) == NULL)
			return error_set(err,
			    "unknown '%%%c', allowed: %%Y %%y %%m %%d %%e %%H "
			    "%%I %%M %%S %%p %%b %%B %%a %%A %%z %%Z %%s %%%%",
			    (unsigned char)*at < 0x80 ? *at : '?');
		has[(unsigned char)*at] = true;
	}
	bool has_month = has['m'] || has['b'] || has['B'] || has['h'];
	bool has_day = has['d'] || has['e'];
	bool has_year = has['Y'] || has['y'];
	bool has_clock = has['H'] || has['I'] || has['T'] || has['R'];
	if (has['s'] || has['F'] || has['D'] || (has_month && has_day) ||
	    (has_year && !has_day) || (has_clock && !has_day && !has_month))
		return true;
	return error_set(
	    err, "says no day: a format needs %%m and %%d, or %%s");
}
