#include "feed/date_scan.h"

#include <string.h>

/* The part of the grammar that finds a day, a month or a year. */

static bool
set_day(struct reading *reading, int64_t year, int64_t month, int64_t day)
{
	if (month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	reading->year = (int)year;
	reading->month = (int)month;
	reading->day = (int)day;
	reading->date = PRECISION_DAY;
	return true;
}

/* Days before the Persian year: 33-year cycles of eight leap years, good for
 * 1178-1633. */
static int64_t
days_before_jalali(int64_t year)
{
	int64_t y = year - 979;
	return 365 * y + y / 33 * 8 + (y % 33 + 3) / 4;
}

static bool
jalali_to_gregorian(
    int64_t year, int64_t month, int64_t day, struct reading *reading)
{
	if (month < 1 || month > 12 || day < 1 || day > 31 - (month > 6))
		return false;
	int64_t days = days_before_jalali(year);
	for (int i = 1; i < month; i++)
		days += i <= 6 ? 31 : 30;
	days += day - 1;
	if (days >= days_before_jalali(year + 1))
		return false; /* 30 Esfand is in leap years only */
	days += 79;           /* since 1600-01-01 */
	struct civil epoch = {.year = 1600, .month = 1, .day = 1};
	struct civil civil =
	    civil_from_unix(civil_to_unix(&epoch) + days * 86400);
	return set_day(reading, civil.year, civil.month, civil.day);
}

/* 543 years ahead, in Thailand; a year of 1300-1500 is Persian. */
static bool
set_day_of_calendar(const struct date_context *context, struct reading *reading,
    int64_t year, int64_t month, int64_t day)
{
	if (year > 1300 && year < 1500 && language_is(context->language, "fa"))
		return jalali_to_gregorian(year, month, day, reading);
	if (year > 2400 && year < 2700)
		year -= 543;
	return set_day(reading, year, month, day);
}

int
year_of_two_digits(int year, int64_t now_s)
{
	int now = civil_from_unix(now_s).year;
	int century = now - now % 100;
	return century + year > now + 1 ? century + year - 100 : century + year;
}

/* An order's places of year, month and day. */
struct order {
	int year, month, day;
};

static const struct order orders[] = {
    [DATE_ORDER_DMY] = {2, 1, 0},
    [DATE_ORDER_MDY] = {2, 0, 1},
    [DATE_ORDER_YMD] = {0, 1, 2},
};

bool
reading_set_order(struct reading *reading, enum date_order order,
    const int64_t parts[3], const int digits[3],
    const struct date_context *context)
{
	struct order places = orders[order];
	int64_t year = parts[places.year];
	int64_t month = parts[places.month], day = parts[places.day];
	int year_digits = digits[places.year];
	if (year_digits != 2 && year_digits != 4)
		return false;
	if (digits[places.month] > 2 || digits[places.day] > 2)
		return false;
	/* พ.ศ. 67 is 2567 */
	if (year_digits == 2 && language_is(context->language, "th") &&
	    year > 50)
		year += 2500;
	else if (year_digits == 2)
		year = year_of_two_digits((int)year, context->now_s);
	struct reading attempt = *reading;
	if (!set_day_of_calendar(context, &attempt, year, month, day))
		return false;
	struct civil civil = {
	    .year = attempt.year, .month = attempt.month, .day = attempt.day};
	/* a day for time zones */
	if (!civil_is_valid(&civil) || civil.year < DATE_FIRST_YEAR ||
	    civil_to_unix(&civil) > date_latest_s(context) + 86400)
		return false;
	*reading = attempt;
	return true;
}

static bool
is_american(const char *language)
{
	return language != NULL && language_is(language, "en") &&
	       strlen(language) >= 5 && (language[3] | 0x20) == 'u' &&
	       (language[4] | 0x20) == 's';
}

bool
reading_set_triple(struct reading *reading, const int64_t parts[3],
    const int digits[3], char separator, const struct date_context *context)
{
	enum date_order tries[5];
	size_t count = 0;
	if (context->order != DATE_ORDER_UNKNOWN)
		tries[count++] = context->order;
	if (digits[0] == 2 && digits[2] <= 2 &&
	    (language_is_year_first(context->language) || parts[0] > 31))
		tries[count++] = DATE_ORDER_YMD;
	bool month_first = separator != '.' && is_american(context->language);
	tries[count++] = month_first ? DATE_ORDER_MDY : DATE_ORDER_DMY;
	tries[count++] = month_first ? DATE_ORDER_DMY : DATE_ORDER_MDY;
	tries[count++] = DATE_ORDER_YMD; /* "22.12.31" can be nothing else */
	for (size_t i = 0; i < count; i++)
		if (reading_set_order(
			reading, tries[i], parts, digits, context))
			return true;
	return false;
}

/* Years of the Republic, which began in 1912. */
static bool
counts_from_republic(const char *language, int64_t year)
{
	if (!language_is(language, "zh") || year <= 90 || year >= 150)
		return false;
	const char *rest = language + strlen("zh");
	return (*rest != '\0' && language_is(rest + 1, "tw")) ||
	       (*rest != '\0' && language_is(rest + 1, "hant"));
}

static char
separator_at(const struct scan *scan, size_t ahead)
{
	const struct token *token = scan_peek(scan, ahead);
	if (token->kind == TOKEN_PUNCTUATION &&
	    (token->punctuation == '-' || token->punctuation == '/' ||
		token->punctuation == '.'))
		return (char)token->punctuation;
	return '\0';
}

/* "2024년 3월 5일", "令和6年3月5日", "3月5日" */

static bool
scan_marked_year(struct scan *scan, struct reading *reading)
{
	size_t start = scan->at;
	int era = 0;
	int64_t year;
	bool has_era = scan_word(scan, WORD_ERA, &era);
	const struct token *number = scan_peek(scan, 0);
	if (token_is_number(number, 1, 4)) {
		year = number->value;
		scan->at++;
	} else if (has_era && scan_word(scan, WORD_FIRST_YEAR, NULL))
		year = 1;
	else {
		scan->at = start;
		return false;
	}
	if (!has_era && number->digits == 3 &&
	    counts_from_republic(scan->context->language, year))
		era = 1911;
	else if (!has_era && number->digits == 2)
		year = year_of_two_digits((int)year, scan->context->now_s);
	else if (!has_era && number->digits != 4)
		year = 0;
	if (!scan_word(scan, WORD_YEAR_MARK, NULL) || year == 0) {
		scan->at = start;
		return false;
	}
	reading->year = (int)(year + era);
	reading->date = PRECISION_YEAR;
	return has_era || number->digits == 4 ||
	       token_is_number(scan_peek(scan, 0), 1, 2);
}

static bool
scan_marked(struct scan *scan, struct reading *reading)
{
	size_t start = scan->at;
	bool has_year = scan_marked_year(scan, reading);
	if (!has_year)
		scan->at = start;
	const struct token *month = scan_peek(scan, 0);
	if (token_is_number(month, 1, 2) &&
	    token_means(scan_peek(scan, 1), WORD_MONTH_MARK, NULL)) {
		const struct token *day = scan_peek(scan, 2);
		int64_t year = has_year ? reading->year : 0;
		if (token_is_number(day, 1, 2) &&
		    token_means(scan_peek(scan, 3), WORD_DAY_MARK, NULL) &&
		    set_day(reading, year, month->value, day->value)) {
			scan->at += 4;
			return true;
		}
		if (has_year && month->value >= 1 && month->value <= 12) {
			reading->month = (int)month->value;
			reading->date = PRECISION_MONTH;
			scan->at += 2;
			return true;
		}
		has_year = false;
	}
	if (!has_year)
		scan->at = start;
	return has_year;
}

/* "R6.3.5", "R6/3/5", "R6年3月5日" */
static bool
scan_era_letter(struct scan *scan, struct reading *reading)
{
	int era;
	if (!language_is(scan->context->language, "ja") ||
	    !token_means(scan_peek(scan, 0), WORD_ERA_LETTER, &era))
		return false;
	char separator = separator_at(scan, 2);
	bool is_marked = token_means(scan_peek(scan, 2), WORD_YEAR_MARK, NULL);
	for (size_t i = 1; i <= 5; i += 2)
		if (!scan_peek(scan, i)->is_glued ||
		    !token_is_number(scan_peek(scan, i), 1, 2))
			return false;
	if (is_marked
		? !token_means(scan_peek(scan, 4), WORD_MONTH_MARK, NULL) ||
		      !token_means(scan_peek(scan, 6), WORD_DAY_MARK, NULL)
		: separator == '\0' || separator_at(scan, 4) != separator)
		return false;
	if (!set_day(reading, scan_peek(scan, 1)->value + era,
		scan_peek(scan, 3)->value, scan_peek(scan, 5)->value))
		return false;
	scan->at += is_marked ? 7 : 6;
	return true;
}

/* "20240305", "202403051023", "20240305102345" */
static bool
scan_packed(struct scan *scan, struct reading *reading)
{
	const struct token *token = scan_peek(scan, 0);
	int64_t value = token->value;
	if (scan->is_finding)
		return false; /* a number as good as any */
	if (token->digits == 14) {
		reading->second = (int)(value % 100);
		reading->has_second = true;
		value /= 100;
	}
	if (token->digits >= 12) {
		reading->minute = (int)(value % 100);
		reading->hour = (int)(value / 100 % 100);
		reading->has_clock = true;
		value /= 10000;
	}
	if (reading->hour > 23 || reading->minute > 59 ||
	    reading->second > 59 ||
	    !set_day(reading, value / 10000, value / 100 % 100, value % 100))
		return false;
	scan->at++;
	return true;
}

/* "2024-W10", "2024-W10-2": Monday, if no day is given (ISO 8601 5.2.3) */
static bool
scan_week(struct scan *scan, struct reading *reading)
{
	const struct token *week = scan_peek(scan, 3);
	if (!token_is_number(scan_peek(scan, 0), 4, 4) ||
	    separator_at(scan, 1) != '-' ||
	    !token_means(scan_peek(scan, 2), WORD_LETTER_W, NULL) ||
	    !token_is_number(week, 2, 2) || !week->is_glued ||
	    week->value < 1 || week->value > 53)
		return false;
	struct civil january = {.year = (int)scan_peek(scan, 0)->value,
	    .month = 1,
	    .day = 4}; /* always in the first week */
	scan->at += 4;
	int64_t day = 1;
	if (separator_at(scan, 0) == '-' &&
	    token_is_number(scan_peek(scan, 1), 1, 1)) {
		day = scan_peek(scan, 1)->value;
		scan->at += 2;
	}
	if (day < 1 || day > 7)
		return false;
	int64_t at_s = civil_to_unix(&january);
	int monday = (civil_from_unix(at_s).weekday + 6) % 7;
	at_s += ((week->value - 1) * 7 - monday + day - 1) * 86400;
	struct civil civil = civil_from_unix(at_s);
	return set_day(reading, civil.year, civil.month, civil.day);
}

/* "2024-065" */
static bool
scan_ordinal(struct scan *scan, struct reading *reading)
{
	const struct token *day = scan_peek(scan, 2);
	if (scan->is_finding || !token_is_number(scan_peek(scan, 0), 4, 4) ||
	    separator_at(scan, 1) != '-' || !token_is_number(day, 3, 3) ||
	    !day->is_glued || day->value < 1 || day->value > 366)
		return false;
	struct civil first = {
	    .year = (int)scan_peek(scan, 0)->value, .month = 1, .day = 1};
	struct civil civil =
	    civil_from_unix(civil_to_unix(&first) + (day->value - 1) * 86400);
	if (civil.year != first.year)
		return false;
	scan->at += 3;
	return set_day(reading, civil.year, civil.month, civil.day);
}

/* A dot behind the last number, unless it begins a fraction. */
static void
skip_closing_dot(struct scan *scan)
{
	const struct token *dot = scan_peek(scan, 0);
	const struct token *next = scan_peek(scan, 1);
	if (token_is(dot, '.') && dot->is_glued &&
	    !(next->kind == TOKEN_NUMBER && next->is_glued))
		scan->at++;
}

/* "2024-Mar-05", "2024. március 5.", "2024 March 5" */
static bool
scan_year_name(struct scan *scan, struct reading *reading)
{
	int month;
	int64_t year = scan_peek(scan, 0)->value;
	if (!token_is_number(scan_peek(scan, 0), 4, 4))
		return false;
	scan->at++;
	if (separator_at(scan, 0) != '\0')
		scan->at++;
	if (scan_word(scan, WORD_MONTH, &month)) {
		if (separator_at(scan, 0) != '\0')
			scan->at++;
		const struct token *day = scan_peek(scan, 0);
		if (token_is_number(day, 1, 2) &&
		    set_day_of_calendar(
			scan->context, reading, year, month, day->value)) {
			scan->at++;
			(void)scan_word(scan, WORD_ORDINAL, NULL);
			skip_closing_dot(scan);
			return true;
		}
	}
	return false;
}

/* "2024-03-05", "2024. 3. 5.", "2024/03", "2024 03 05", "2024" */
static bool
scan_year_first(struct scan *scan, struct reading *reading)
{
	int64_t year = scan_peek(scan, 0)->value;
	char separator = separator_at(scan, 1);
	size_t step = separator != '\0'; /* or blanks alone */
	const struct token *month = scan_peek(scan, 1 + step);
	const struct token *day = scan_peek(scan, 2 + 2 * step);
	bool has_month = token_is_number(month, 1 + !separator, 2) &&
			 month->value >= 1 && month->value <= 12;
	if (has_month &&
	    (separator == '\0' || separator_at(scan, 3) == separator) &&
	    token_is_number(day, 1 + !separator, 2) &&
	    set_day_of_calendar(
		scan->context, reading, year, month->value, day->value)) {
		scan->at += 3 + 2 * step;
		if (separator == '.')
			skip_closing_dot(scan);
		return true;
	}
	if (year > 2400 && language_is(scan->context->language, "th"))
		year -= 543;
	if (year < DATE_FIRST_YEAR || year > 2100)
		return false;
	reading->year = (int)year;
	reading->date = PRECISION_YEAR;
	if (has_month && separator != '\0' && month->is_glued) {
		reading->month = (int)month->value;
		reading->date = PRECISION_MONTH;
		scan->at += 2;
	}
	scan->at++;
	skip_closing_dot(scan);
	return true;
}

/* "113/03/05", Taiwan's year */
static bool
scan_republic(struct scan *scan, struct reading *reading)
{
	const struct token *year = scan_peek(scan, 0);
	char separator = separator_at(scan, 1);
	if (!counts_from_republic(scan->context->language, year->value) ||
	    separator == '\0' || separator_at(scan, 3) != separator ||
	    !token_is_number(scan_peek(scan, 2), 1, 2) ||
	    !token_is_number(scan_peek(scan, 4), 1, 2) ||
	    !set_day(reading, year->value + 1911, scan_peek(scan, 2)->value,
		scan_peek(scan, 4)->value))
		return false;
	scan->at += 5;
	return true;
}

/* "03.05", "03-05 10:23", "3/5": no year */
static bool
scan_pair(struct scan *scan, struct reading *reading)
{
	const struct date_context *context = scan->context;
	const struct token *first = scan_peek(scan, 0);
	const struct token *second = scan_peek(scan, 2);
	bool month_first = language_is_year_first(context->language) ||
			   context->order == DATE_ORDER_MDY ||
			   (context->order == DATE_ORDER_UNKNOWN &&
			       is_american(context->language));
	int64_t month = month_first ? first->value : second->value;
	int64_t day = month_first ? second->value : first->value;
	if (!set_day(reading, 0, month, day) &&
	    !set_day(reading, 0, day, month))
		return false;
	/* "3.5" is a number, "3-5" a result, "3/5" a page */
	bool is_narrow = first->digits == 1 || second->digits == 1 ||
			 separator_at(scan, 1) == '.';
	const struct token *next = scan_peek(scan, 3);
	bool has_more =
	    next->kind == TOKEN_NUMBER ||
	    (token_is(next, ',') && token_is(scan_peek(scan, 5), ':')) ||
	    (token_is(next, '.') && next->is_glued) ||
	    token_means(next, WORD_HALF, NULL) || token_is(next, '(');
	if (is_narrow && !has_more && !context->is_date_node &&
	    !language_is_year_first(context->language))
		return false;
	scan->at += 3;
	if (separator_at(scan, 0) == '.')
		skip_closing_dot(scan);
	return true;
}

/* "03/05/2024", "24.03.05", "5. 3. 2024", "03/2024" */
static bool
scan_numbers(struct scan *scan, struct reading *reading)
{
	char separator = separator_at(scan, 1);
	const struct token *second = scan_peek(scan, 2);
	if (separator == '\0' || !scan_peek(scan, 1)->is_glued ||
	    second->kind != TOKEN_NUMBER ||
	    (!second->is_glued && separator != '.'))
		return false;
	if (token_is_number(scan_peek(scan, 0), 3, 3))
		return scan_republic(scan, reading);
	if (!token_is_number(scan_peek(scan, 0), 1, 2))
		return false;
	const struct token *third = scan_peek(scan, 4);
	if (token_is_number(second, 1, 2) &&
	    separator_at(scan, 3) == separator &&
	    scan_peek(scan, 3)->is_glued && third->kind == TOKEN_NUMBER &&
	    (third->is_glued || separator == '.') &&
	    !token_is(scan_peek(scan, 5), ':')) {
		const int64_t parts[3] = {
		    scan_peek(scan, 0)->value, second->value, third->value};
		const int digits[3] = {
		    scan_peek(scan, 0)->digits, second->digits, third->digits};
		if (!reading_set_triple(
			reading, parts, digits, separator, scan->context))
			return false;
		scan->at += 5;
		if (separator == '.' && token_is(scan_peek(scan, 0), '.') &&
		    scan_peek(scan, 1)->kind == TOKEN_NUMBER &&
		    scan_peek(scan, 1)->is_glued)
			return false; /* 10.0.0.1 */
		if (separator == '.')
			skip_closing_dot(scan);
		return true;
	}
	if (token_is_number(second, 4, 4) && second->is_glued &&
	    separator != '-' && second->value >= DATE_FIRST_YEAR &&
	    second->value <= 2100 && scan_peek(scan, 0)->value >= 1 &&
	    scan_peek(scan, 0)->value <= 12) {
		reading->year = (int)second->value;
		reading->month = (int)scan_peek(scan, 0)->value;
		reading->date = PRECISION_MONTH;
		scan->at += 3;
		return true;
	}
	return token_is_number(second, 1, 2) && scan_pair(scan, reading);
}

/* The year behind a month's name; false and nothing taken if there is none. */
static bool
scan_named_year(struct scan *scan, bool is_joined, int *year)
{
	size_t start = scan->at;
	scan_punctuation(scan, ',');
	for (int i = 0; i < 2 && scan_word(scan, WORD_FILLER, NULL); i++)
		continue;
	bool has_mark = scan_punctuation(scan, '\'');
	if (is_joined && separator_at(scan, 0) != '\0')
		scan->at++;
	const struct token *token = scan_peek(scan, 0);
	const struct token *next = scan_peek(scan, 1);
	bool is_clock = token_is(next, ':') ||
			token_means(next, WORD_HALF, NULL) ||
			token_means(next, WORD_HOUR_MARK, NULL) ||
			token_means(next, WORD_OCLOCK, NULL) ||
			(token_is(next, '.') && scan_peek(scan, 2)->is_glued &&
			    scan_peek(scan, 2)->kind == TOKEN_NUMBER);
	/* "05 Mar 04 10:23", RFC 822 */
	bool clock_follows =
	    next->kind == TOKEN_NUMBER && token_is(scan_peek(scan, 2), ':');
	if (token_is_number(token, 4, 4) && token->value >= 1300 &&
	    token->value <= 2700 && !token_is(next, ':'))
		*year = (int)token->value;
	else if (token_is_number(token, 2, 2) && !scan->is_finding &&
		 (has_mark || is_joined ||
		     (!is_clock && (token->value >= 10 || clock_follows)))) {
		*year = (int)token->value;
		if (language_is(scan->context->language, "th"))
			*year += 2500;
		else
			*year = year_of_two_digits(*year, scan->context->now_s);
	} else {
		scan->at = start;
		return false;
	}
	scan->at++;
	for (int i = 0; i < 2 && scan_word(scan, WORD_FILLER, NULL); i++)
		scan_punctuation(scan, '.'); /* "г." */
	return true;
}

/* The latest Persian year in which that day is not ahead. */
static bool
set_jalali_yearless(const struct date_context *context, struct reading *reading,
    int64_t month, int64_t day)
{
	int64_t latest = context->now_s + DATE_MAX_AHEAD_S;
	int year = civil_from_unix(latest).year - 621;
	for (int back = 0; back <= DATE_MAX_YEARS_BACK; back++) {
		if (!jalali_to_gregorian(year - back, month, day, reading))
			continue;
		struct civil civil = {.year = reading->year,
		    .month = reading->month,
		    .day = reading->day};
		if (zone_to_unix(context->zone, &civil) <= latest)
			return true;
	}
	return false;
}

static bool
set_named(const struct scan *scan, struct reading *reading, bool is_jalali,
    int year, int month, int64_t day)
{
	if (is_jalali && year == 0)
		return set_jalali_yearless(scan->context, reading, month, day);
	if (is_jalali && year > 1300 && year < 1500)
		return jalali_to_gregorian(year, month, day, reading);
	return !is_jalali &&
	       set_day_of_calendar(scan->context, reading, year, month, day);
}

/* "5 March 2024", "1er mars", "5. März", "5-Mar-24", "5 tháng 3, 2024" */
static bool
scan_day_name(struct scan *scan, struct reading *reading)
{
	int64_t day = scan_peek(scan, 0)->value;
	int month = 0, other = 0, year = 0;
	if (!token_is_number(scan_peek(scan, 0), 1, 2))
		return false;
	scan->at++;
	(void)scan_word(scan, WORD_ORDINAL, NULL);
	scan_punctuation(scan, '.');
	for (int i = 0; i < 2 && scan_word(scan, WORD_FILLER, NULL); i++)
		continue;
	bool is_joined = separator_at(scan, 0) != '\0';
	scan->at += is_joined;
	bool is_jalali = scan_word(scan, WORD_JALALI_MONTH, &month);
	if (!is_jalali && scan_word(scan, WORD_MONTH_WORD, NULL) &&
	    token_is_number(scan_peek(scan, 0), 1, 2)) {
		month = (int)scan_peek(scan, 0)->value;
		scan->at++;
	} else if (!is_jalali && !scan_word(scan, WORD_MONTH, &month))
		return false;
	/* "آذار/مارس": both names of the month */
	if (token_is(scan_peek(scan, 0), '/') &&
	    token_means(scan_peek(scan, 1), WORD_MONTH, &other) &&
	    other == month)
		scan->at += 2;
	if (token_is(scan_peek(scan, 0), '.'))
		scan->at++;
	is_joined = is_joined || separator_at(scan, 0) == '/' ||
		    separator_at(scan, 0) == '-';
	(void)scan_named_year(scan, is_joined, &year);
	return set_named(scan, reading, is_jalali, year, month, day);
}

/* "March 5, 2024", "Mar. 5 2024", "March 2024" */
static bool
scan_name_day(struct scan *scan, struct reading *reading)
{
	int month, year = 0;
	if (!scan_word(scan, WORD_MONTH, &month))
		return false;
	scan_punctuation(scan, '.');
	size_t after = scan->at;
	(void)scan_word(scan, WORD_FILLER, NULL);
	char separator = separator_at(scan, 0);
	if (separator == '-' || separator == '/')
		scan->at++;
	const struct token *day = scan_peek(scan, 0);
	if (token_is_number(day, 1, 2) && !token_is(scan_peek(scan, 1), ':') &&
	    set_day(reading, 0, month, day->value)) {
		scan->at++;
		if (!scan_word(scan, WORD_ORDINAL, NULL))
			skip_closing_dot(scan);
		bool is_joined =
		    separator != '\0' && separator_at(scan, 0) == separator;
		if (scan_named_year(scan, is_joined, &year))
			return set_day_of_calendar(
			    scan->context, reading, year, month, day->value);
		return true;
	}
	scan->at = after;
	if (separator_at(scan, 0) != '\0')
		scan->at++;
	if (token_is_number(scan_peek(scan, 0), 4, 4) &&
	    scan_named_year(scan, false, &year) && year >= DATE_FIRST_YEAR &&
	    year <= 2100) {
		reading->year = year;
		reading->month = month;
		reading->date = PRECISION_MONTH;
		return true;
	}
	return false;
}

/* "Q1 2024", "2024 Q1": its first month */
static bool
scan_quarter(struct scan *scan, struct reading *reading)
{
	size_t q = token_means(scan_peek(scan, 0), WORD_LETTER_Q, NULL) ? 0 : 1;
	const struct token *year = scan_peek(scan, q == 0 ? 2 : 0);
	const struct token *quarter = scan_peek(scan, q + 1);
	if (!token_means(scan_peek(scan, q), WORD_LETTER_Q, NULL) ||
	    !token_is_number(quarter, 1, 1) || !quarter->is_glued ||
	    quarter->value < 1 || quarter->value > 4 ||
	    !token_is_number(year, 4, 4) || year->value < DATE_FIRST_YEAR ||
	    year->value > 2100)
		return false;
	reading->year = (int)year->value;
	reading->month = (int)quarter->value * 3 - 2;
	reading->date = PRECISION_MONTH;
	scan->at += 3;
	return true;
}

/* "'24.3.5": the mark says which is the year. */
static bool
scan_marked_two_digits(struct scan *scan, struct reading *reading)
{
	char separator = separator_at(scan, 2);
	if (!token_is(scan_peek(scan, 0), '\'') ||
	    !token_is_number(scan_peek(scan, 1), 2, 2) || separator == '\0' ||
	    separator_at(scan, 4) != separator ||
	    !token_is_number(scan_peek(scan, 3), 1, 2) ||
	    !token_is_number(scan_peek(scan, 5), 1, 2))
		return false;
	int year = year_of_two_digits(
	    (int)scan_peek(scan, 1)->value, scan->context->now_s);
	if (!set_day(reading, year, scan_peek(scan, 3)->value,
		scan_peek(scan, 5)->value))
		return false;
	scan->at += 6;
	if (separator == '.')
		skip_closing_dot(scan);
	return true;
}

/* By the number of digits, so that few of them are tried. */
static bool
scan_number_first(struct scan *scan, struct reading *reading)
{
	int digits = scan_peek(scan, 0)->digits;
	if (digits == 8 || digits == 12 || digits == 14)
		return scan_packed(scan, reading);
	return digits == 4 && scan_year_first(scan, reading);
}

bool
scan_date(struct scan *scan, struct reading *reading)
{
	static bool (*const ways[])(struct scan *, struct reading *) = {
	    scan_marked, scan_era_letter, scan_week, scan_ordinal,
	    scan_year_name, scan_quarter, scan_number_first, scan_day_name,
	    scan_numbers, scan_name_day, scan_marked_two_digits};
	size_t start = scan->at;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct reading day = *reading;
		scan->at = start;
		if (ways[i](scan, &day) &&
		    (!scan->is_finding || day.date == PRECISION_DAY)) {
			*reading = day;
			return true;
		}
	}
	scan->at = start;
	return false;
}
