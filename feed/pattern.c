#include "feed/pattern.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "feed/buffer.h"
#include "feed/memory.h"

#define MAX_EXPRESSION_BYTES 8192
#define MATCH_LIMIT 100000
#define HEAP_LIMIT_KIB 8192
/* Every match of pattern_remove may read the whole subject. */
#define MAX_REMOVALS 1000
#define MAX_NAME_BYTES 64

struct pattern {
	pcre2_code *code;
	pcre2_match_context *limits;
	uint32_t group_count;
};

static bool
error_at_column(struct error *err, const char *expression, size_t offset,
    const char *reason)
{
	size_t column = 1;
	for (size_t i = 0; i < offset && expression[i] != '\0'; i++)
		if (((unsigned char)expression[i] & 0xc0) != 0x80)
			column++;
	return error_set(err, "column %zu: %s", column, reason);
}

struct pattern *
pattern_compile(const char *expression, struct error *err)
{
	size_t length = strlen(expression);
	if (length > MAX_EXPRESSION_BYTES) {
		error_set(err, "longer than %d bytes", MAX_EXPRESSION_BYTES);
		return NULL;
	}
	/* \C could cut a character in two */
	uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C;
	int code = 0;
	PCRE2_SIZE offset = 0;
	pcre2_code *compiled = pcre2_compile(
	    (PCRE2_SPTR)expression, length, options, &code, &offset, NULL);
	if (compiled == NULL) {
		PCRE2_UCHAR reason[200] = "";
		(void)pcre2_get_error_message(
		    code, reason, sizeof(reason)); /* cut is fine */
		error_at_column(err, expression, offset, (const char *)reason);
		return NULL;
	}
	struct pattern *pattern = xcalloc(1, sizeof(*pattern));
	pattern->code = compiled;
	pattern->limits = pcre2_match_context_create(NULL);
	if (pattern->limits == NULL) {
		pattern_free(pattern);
		error_set(err, "out of memory");
		return NULL;
	}
	pcre2_set_match_limit(pattern->limits, MATCH_LIMIT);
	pcre2_set_heap_limit(pattern->limits, HEAP_LIMIT_KIB);
	pcre2_pattern_info(
	    compiled, PCRE2_INFO_CAPTURECOUNT, &pattern->group_count);
	return pattern;
}

void
pattern_free(struct pattern *pattern)
{
	if (pattern == NULL)
		return;
	pcre2_match_context_free(pattern->limits);
	pcre2_code_free(pattern->code);
	free(pattern);
}

/* NULL if there is no match, the subject is no UTF-8, or a limit was met. */
static pcre2_match_data *
pattern_run(const struct pattern *pattern, const char *subject)
{
	pcre2_match_data *match =
	    pcre2_match_data_create_from_pattern(pattern->code, NULL);
	if (match == NULL)
		return NULL;
	int count = pcre2_match(pattern->code, (PCRE2_SPTR)subject,
	    strlen(subject), 0, 0, match, pattern->limits);
	if (count < 0) {
		pcre2_match_data_free(match);
		return NULL;
	}
	return match;
}

/* A group's text; false if it took no part. */
static bool
group_text(const struct pattern *pattern, pcre2_match_data *match,
    uint32_t group, size_t *start, size_t *length)
{
	if (group > pattern->group_count)
		return false;
	const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(match);
	size_t from = ends[2 * group];
	size_t to = ends[2 * group + 1];
	if (from == PCRE2_UNSET || to == PCRE2_UNSET || from > to)
		return false;
	*start = from;
	*length = to - from;
	return true;
}

bool
pattern_matches(const struct pattern *pattern, const char *subject)
{
	pcre2_match_data *match = pattern_run(pattern, subject);
	pcre2_match_data_free(match);
	return match != NULL;
}

char *
pattern_capture(const struct pattern *pattern, const char *subject)
{
	pcre2_match_data *match = pattern_run(pattern, subject);
	if (match == NULL)
		return NULL;
	size_t start = 0, length = 0;
	bool found = false;
	if (pattern->group_count == 0)
		found = group_text(pattern, match, 0, &start, &length);
	for (uint32_t i = 1; !found && i <= pattern->group_count; i++)
		found = group_text(pattern, match, i, &start, &length);
	pcre2_match_data_free(match);
	return xstrndup(subject + start, found ? length : 0);
}

/* The group of this name that took part (names may repeat under (?J)). */
static bool
named_text(const struct pattern *pattern, pcre2_match_data *match,
    const char *name, size_t *start, size_t *length)
{
	PCRE2_SPTR first, last;
	int size = pcre2_substring_nametable_scan(
	    pattern->code, (PCRE2_SPTR)name, &first, &last);
	if (size <= 0)
		return false;
	for (PCRE2_SPTR entry = first; entry <= last; entry += size) {
		uint32_t group = (uint32_t)entry[0] << 8 | entry[1];
		if (group_text(pattern, match, group, start, length))
			return true;
	}
	return false;
}

static bool
name_is_known(const struct pattern *pattern, const char *name)
{
	PCRE2_SPTR first, last;
	return pcre2_substring_nametable_scan(
		   pattern->code, (PCRE2_SPTR)name, &first, &last) > 0;
}

char *
pattern_capture_named(
    const struct pattern *pattern, const char *subject, const char *name)
{
	pcre2_match_data *match = pattern_run(pattern, subject);
	if (match == NULL)
		return NULL;
	size_t start, length;
	char *text = NULL;
	if (named_text(pattern, match, name, &start, &length))
		text = xstrndup(subject + start, length);
	pcre2_match_data_free(match);
	return text;
}

/* Adds what "{0}" or "{name}" stands for; false if it stands for nothing that
 * the pattern knows. */
static bool
fill_part(const struct pattern *pattern, pcre2_match_data *match,
    const char *subject, const char *part, size_t part_length,
    struct buffer *out)
{
	char name[MAX_NAME_BYTES];
	if (part_length == 0 || part_length >= sizeof(name))
		return false;
	memcpy(name, part, part_length);
	name[part_length] = '\0';
	size_t start, length;
	if (strspn(name, "0123456789") == part_length) {
		unsigned long group = strtoul(name, NULL, 10);
		if (group > pattern->group_count)
			return false;
		if (group_text(
			pattern, match, (uint32_t)group, &start, &length))
			buffer_add(out, subject + start, length);
		return true;
	}
	if (!name_is_known(pattern, name))
		return false;
	if (named_text(pattern, match, name, &start, &length))
		buffer_add(out, subject + start, length);
	return true;
}

char *
pattern_fill(
    const struct pattern *pattern, const char *subject, const char *template)
{
	pcre2_match_data *match = pattern_run(pattern, subject);
	if (match == NULL)
		return NULL;
	struct buffer out = {0};
	for (const char *at = template; *at != '\0';) {
		size_t length = strcspn(at, "{}");
		buffer_add(&out, at, length);
		at += length;
		if (*at == '\0')
			break;
		length = *at == '{' ? strcspn(at + 1, "{}") : 0;
		if (*at == '{' && at[length + 1] == '}' &&
		    fill_part(pattern, match, subject, at + 1, length, &out)) {
			at += length + 2;
			continue;
		}
		buffer_add_byte(&out, *at++);
	}
	pcre2_match_data_free(match);
	return buffer_take(&out);
}

/* Step over one character after an empty match. */
static size_t
next_character(const char *subject, size_t length, size_t at)
{
	if (at < length)
		at++;
	while (at < length && ((unsigned char)subject[at] & 0xc0) == 0x80)
		at++;
	return at;
}

char *
pattern_remove(const struct pattern *pattern, const char *subject)
{
	size_t length = strlen(subject);
	struct buffer out = {0};
	pcre2_match_data *match =
	    pcre2_match_data_create_from_pattern(pattern->code, NULL);
	size_t kept = 0; /* up to here subject was copied or removed */
	uint32_t options = 0;
	size_t at = 0;
	for (int i = 0; match != NULL && i < MAX_REMOVALS && at <= length;
	     i++) {
		if (pcre2_match(pattern->code, (PCRE2_SPTR)subject, length, at,
			options, match, pattern->limits) < 0)
			break;
		/* the first call has checked all of the subject */
		options = PCRE2_NO_UTF_CHECK;
		size_t start, size;
		if (!group_text(pattern, match, 0, &start, &size))
			break;
		if (start + size <= kept || start < kept) {
			/* empty, or moved back by \K */
			size_t next = start > at ? start : at;
			at = next_character(subject, length, next);
			if (next >= length)
				break;
			continue;
		}
		buffer_add(&out, subject + kept, start - kept);
		kept = start + size;
		at = size > 0 ? kept : next_character(subject, length, kept);
		if (size == 0 && kept >= length)
			break;
	}
	buffer_add(&out, subject + kept, length - kept);
	pcre2_match_data_free(match);
	return buffer_take(&out);
}
