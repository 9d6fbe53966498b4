#include "feed/robots.h"

#include <stdlib.h>
#include <string.h>

#include "feed/buffer.h"
#include "feed/memory.h"

struct rule {
	size_t start, length; /* of its pattern, in patterns */
	size_t octets;        /* as written, "*" and "$" included */
	unsigned line;
	bool is_allow;
	bool is_anchored; /* ended in "$" */
};

/* The rules of all groups that name somebody. */
struct group {
	struct rule *rules;
	size_t count, capacity;
	int64_t delay_ms;
	bool is_named;
};

struct robots_rules {
	struct buffer patterns;
	struct group group;
};

/* ---- one form for paths and patterns ---- */

static bool
is_unreserved(unsigned char byte)
{
	return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
	       (byte >= '0' && byte <= '9') ||
	       (byte != '\0' && strchr("-._~", byte) != NULL);
}

static bool
is_reserved(unsigned char byte)
{
	return byte != '\0' && strchr(":/?#[]@!$&'()*+,;=", byte) != NULL;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		return (c | 0x20) - 'a' + 10;
	return -1;
}

/*
 * RFC 9309 2.2.2: escapes of unreserved characters are undone, others are
 * upper case, and what is neither unreserved nor reserved is escaped.  In its
 * table an address inside a query equals the same address in escapes: what may
 * stand in a query as itself (RFC 3986 3.4) and separates nothing there is not
 * escaped either.  "*" and "$" are literal here, hence escapes: a rule's own
 * are taken out before.
 */
static void
add_octet(struct buffer *to, unsigned char byte, bool is_escaped, bool in_query)
{
	bool is_plain =
	    is_unreserved(byte) ||
	    (!is_escaped && is_reserved(byte) && byte != '*' && byte != '$') ||
	    (is_escaped && in_query && byte != '\0' &&
		strchr(":/?@", byte) != NULL);
	if (is_plain)
		buffer_add_byte(to, (char)byte);
	else
		buffer_add_format(to, "%%%02X", byte);
}

/* A pattern's "*" stay as they are. */
static void
add_path(struct buffer *to, const char *path, size_t length, bool is_pattern)
{
	bool in_query = false;
	for (size_t i = 0; i < length; i++) {
		int high = -1, low = -1;
		if (path[i] == '%' && length - i > 2) {
			high = hex_digit(path[i + 1]);
			low = hex_digit(path[i + 2]);
		}
		if (high >= 0 && low >= 0) {
			add_octet(to, (unsigned char)(high * 16 + low), true,
			    in_query);
			i += 2;
		} else if (is_pattern && path[i] == '*')
			buffer_add_byte(to, '*');
		else
			add_octet(to, (unsigned char)path[i], false, in_query);
		in_query |= path[i] == '?';
	}
}

/* ---- reading ---- */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Part of a line, without blanks at its ends. */
struct span {
	const char *start;
	size_t length;
};

static struct span
trim(const char *start, const char *end)
{
	while (start < end && is_blank(*start))
		start++;
	while (end > start && is_blank(end[-1]))
		end--;
	return (struct span){start, (size_t)(end - start)};
}

static bool
is_word(struct span span, const char *word)
{
	size_t i = 0;
	for (; i < span.length && word[i] != '\0'; i++) {
		char a = span.start[i], b = word[i];
		if (a >= 'A' && a <= 'Z')
			a = (char)(a - 'A' + 'a');
		if (b >= 'A' && b <= 'Z')
			b = (char)(b - 'A' + 'a');
		if (a != b)
			return false;
	}
	return i == span.length && word[i] == '\0';
}

/* What is left of "metrofeed/1.0" or "metrofeed (note)". */
static struct span
product_token(struct span value)
{
	size_t length = 0;
	while (length < value.length) {
		char c = value.start[length];
		if (((c | 0x20) < 'a' || (c | 0x20) > 'z') && c != '_' &&
		    c != '-')
			break;
		length++;
	}
	return (struct span){value.start, length};
}

/* "10", "0.5"; anything else is no number and counts as none. */
static int64_t
read_delay_ms(struct span value)
{
	int64_t delay_ms = 0, unit_ms = 1000;
	for (size_t i = 0; i < value.length; i++) {
		char c = value.start[i];
		if (c == '.' && unit_ms == 1000) {
			unit_ms = 100;
			continue;
		}
		if (c < '0' || c > '9')
			return 0;
		if (unit_ms < 1000) {
			delay_ms += (c - '0') * unit_ms;
			unit_ms /= 10;
		} else if (delay_ms < ROBOTS_DELAY_MAX_MS)
			delay_ms = delay_ms * 10 + (c - '0') * 1000;
	}
	return delay_ms < ROBOTS_DELAY_MAX_MS ? delay_ms : ROBOTS_DELAY_MAX_MS;
}

struct reading {
	const char *token;
	struct buffer patterns;
	struct group own, any;
	unsigned line;
	bool is_naming;          /* a group's user-agent lines */
	bool is_own, is_for_any; /* the group names us, or "*" */
};

static void
group_add(struct group *group, const struct rule *rule)
{
	if (group->count == group->capacity) {
		group->capacity = group->capacity * 2 + 8;
		group->rules = xreallocarray(
		    group->rules, group->capacity, sizeof(*group->rules));
	}
	group->rules[group->count++] = *rule;
}

/* One without a path says nothing, though it ends the names. */
static void
read_rule(struct reading *reading, struct span value, bool is_allow)
{
	reading->is_naming = false;
	if (!reading->is_own && !reading->is_for_any)
		return;
	/* 2.2: a path begins with a slash; "*" is what people write, too */
	if (value.length == 0 ||
	    (value.start[0] != '/' && value.start[0] != '*'))
		return;
	struct rule rule = {
	    .start = reading->patterns.length,
	    .line = reading->line,
	    .is_allow = is_allow,
	    .is_anchored = value.start[value.length - 1] == '$',
	};
	add_path(&reading->patterns, value.start,
	    value.length - rule.is_anchored, true);
	rule.length = reading->patterns.length - rule.start;
	rule.octets = rule.length + rule.is_anchored;
	if (reading->is_own)
		group_add(&reading->own, &rule);
	if (reading->is_for_any)
		group_add(&reading->any, &rule);
}

static void
read_agent(struct reading *reading, struct span value)
{
	if (!reading->is_naming)
		reading->is_own = reading->is_for_any = false;
	reading->is_naming = true;
	if (value.length > 0 && value.start[0] == '*' &&
	    (value.length == 1 || is_blank(value.start[1])))
		reading->is_for_any = true;
	else if (is_word(product_token(value), reading->token))
		reading->is_own = reading->own.is_named = true;
}

static void
read_delay(struct reading *reading, struct span value)
{
	int64_t delay_ms = read_delay_ms(value);
	if (reading->is_own && delay_ms > reading->own.delay_ms)
		reading->own.delay_ms = delay_ms;
	if (reading->is_for_any && delay_ms > reading->any.delay_ms)
		reading->any.delay_ms = delay_ms;
}

/* Other records must not interfere (2.2.4): they do not end a group's names
 * either. */
static void
read_line(struct reading *reading, const char *start, const char *end)
{
	const char *comment = memchr(start, '#', (size_t)(end - start));
	if (comment != NULL)
		end = comment;
	const char *colon = memchr(start, ':', (size_t)(end - start));
	if (colon == NULL)
		return;
	struct span key = trim(start, colon), value = trim(colon + 1, end);
	if (is_word(key, "user-agent"))
		read_agent(reading, value);
	else if (is_word(key, "allow"))
		read_rule(reading, value, true);
	else if (is_word(key, "disallow"))
		read_rule(reading, value, false);
	else if (is_word(key, "crawl-delay"))
		read_delay(reading, value);
}

static void
read_lines(struct reading *reading, const char *bytes, size_t length)
{
	const char *at = bytes, *end = bytes + length;
	if (length >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
		at += 3;
	while (at < end) {
		const char *stop = at;
		while (stop < end && *stop != '\n' && *stop != '\r')
			stop++;
		reading->line++;
		read_line(reading, at, stop);
		at = stop < end ? stop + 1 : end;
		if (stop < end && *stop == '\r' && at < end && *at == '\n')
			at++;
	}
}

struct robots_rules *
robots_rules_parse(const char *bytes, size_t length, const char *token)
{
	struct reading reading = {.token = token};
	if (length > ROBOTS_MAX_BYTES) {
		/* half a rule would be another one, and a wider one */
		length = ROBOTS_MAX_BYTES;
		while (length > 0 && bytes[length - 1] != '\n' &&
		       bytes[length - 1] != '\r')
			length--;
	}
	if (length > 0)
		read_lines(&reading, bytes, length);
	struct robots_rules *rules = xcalloc(1, sizeof(*rules));
	bool is_own = reading.own.is_named;
	free(is_own ? reading.any.rules : reading.own.rules);
	rules->group = is_own ? reading.own : reading.any;
	rules->patterns = reading.patterns;
	return rules;
}

void
robots_rules_free(struct robots_rules *rules)
{
	if (rules == NULL)
		return;
	buffer_clear(&rules->patterns);
	free(rules->group.rules);
	free(rules);
}

/* ---- judging ---- */

/* The part of the pattern up to the next "*". */
static struct span
next_piece(const char *at, const char *end)
{
	const char *star =
	    at < end ? memchr(at, '*', (size_t)(end - at)) : NULL;
	return (struct span){at, (size_t)((star != NULL ? star : end) - at)};
}

/* Each piece where it first fits: a later place could only leave less.  The
 * path is walked once, whatever the pattern. */
static bool
matches(const struct rule *rule, const char *pattern, const char *path,
    size_t length)
{
	const char *end = pattern + rule->length;
	struct span piece = next_piece(pattern, end);
	size_t at = piece.length;
	if (length < at || memcmp(path, piece.start, at) != 0)
		return false;
	while (piece.start + piece.length < end) {
		piece = next_piece(piece.start + piece.length + 1, end);
		if (rule->is_anchored && piece.start + piece.length == end)
			return length - at >= piece.length &&
			       memcmp(path + length - piece.length, piece.start,
				   piece.length) == 0;
		const char *found =
		    memmem(path + at, length - at, piece.start, piece.length);
		if (found == NULL)
			return false;
		at = (size_t)(found - path) + piece.length;
	}
	return !rule->is_anchored || at == length;
}

/* "/a?b" of "http://host/a?b#c", in the form that rules have. */
static char *
path_of(const char *url, size_t *length)
{
	struct buffer path = {0};
	const char *authority = strstr(url, "://");
	const char *start = authority != NULL ? authority + 3 : url;
	start += strcspn(start, "/?#");
	if (*start != '/')
		buffer_add_byte(&path, '/');
	add_path(&path, start, strcspn(start, "#"), false);
	*length = path.length;
	return buffer_take(&path);
}

struct robots_verdict
robots_rules_judge(const struct robots_rules *rules, const char *url)
{
	size_t length;
	char *path = path_of(url, &length);
	const struct rule *best = NULL;
	/* 2.2.2: /robots.txt itself may always be read */
	size_t count =
	    strcmp(path, "/robots.txt") == 0 ? 0 : rules->group.count;
	for (size_t i = 0; i < count; i++) {
		const struct rule *rule = &rules->group.rules[i];
		bool is_better = best == NULL || rule->octets > best->octets ||
				 (rule->octets == best->octets &&
				     rule->is_allow && !best->is_allow);
		if (is_better &&
		    matches(rule, rules->patterns.bytes + rule->start, path,
			length))
			best = rule;
	}
	free(path);
	if (best == NULL)
		return (struct robots_verdict){.is_allowed = true};
	return (struct robots_verdict){best->is_allow, best->line};
}

int64_t
robots_rules_delay_ms(const struct robots_rules *rules)
{
	return rules->group.delay_ms;
}
