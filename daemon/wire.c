#include "daemon/wire.h"

#include <stdlib.h>
#include <string.h>

#include "feed/link_template.h"
#include "feed/memory.h"
#include "feed/name.h"
#include "feed/text.h"
#include "feed/window.h"

enum tag {
	/* job */
	TAG_BODY = 1,
	TAG_CONTENT_TYPE,
	TAG_CHARSET,
	TAG_URL,
	TAG_LANGUAGE,
	TAG_ZONE,
	TAG_ZONE_OFFSET,
	TAG_ZONE_UNKNOWN,
	TAG_NOW,
	TAG_LIBXML2,
	TAG_RULE_FIELD, /* begins a rule: its field, FIELD_COUNT for item */
	TAG_RULE_CSS,
	TAG_RULE_XPATH,
	TAG_RULE_PATTERN,
	TAG_RULE_TEMPLATE,
	TAG_RULE_FORMAT,
	TAG_RULE_STRIP,
	TAG_RULE_EXCLUDE,
	TAG_LINK_TEMPLATE,
	TAG_LINK_PATTERN,
	TAG_FILTER_FIELD, /* before the pattern of only or skip */
	TAG_ONLY,
	TAG_SKIP,
	TAG_KIND,
	TAG_KNOWN_WINDOW,
	TAG_KNOWN_PATH,
	TAG_MEMORY, /* begins an article that is remembered */
	TAG_MEMORY_LINK,
	TAG_MEMORY_TITLE,
	TAG_MEMORY_AT,
	TAG_MEMORY_PRECISION,
	TAG_USUAL,
	TAG_EXPECTED, /* articles, then each field's, in their order */
	TAG_EXPECTED_PLACE,
	TAG_LEARNS,
	/* answer */
	TAG_STAGE = 64,
	TAG_REASON,
	TAG_CHARSET_FOUND,
	TAG_CHARSET_SOURCE,
	TAG_PARSER,
	TAG_REPLACED,
	TAG_ITEM_COUNT,
	TAG_DROPPED,
	TAG_FILTERED,
	TAG_PAGE_TITLE,
	TAG_SITE_TITLE,
	TAG_HEADING,
	TAG_PAGE_LANGUAGE,
	TAG_ICON,
	TAG_ITEM_HOW,
	TAG_LIST_PATH,
	TAG_NEXT_URL,
	TAG_NEXT_HOW,
	TAG_HOW,                             /* + field */
	TAG_ARTICLE = TAG_HOW + FIELD_COUNT, /* begins one; its position */
	TAG_KEY,
	TAG_LINK,
	TAG_TITLE,
	TAG_TEXT,
	TAG_AUTHOR,
	TAG_IMAGE,
	TAG_CATEGORY,
	TAG_PUBLISHED,
	TAG_PRECISION,
	TAG_MENU_HOW,
	TAG_ENTRY, /* begins one of the menu's: its name */
	TAG_ENTRY_GROUP,
	TAG_ENTRY_TITLE,
	TAG_ENTRY_URL,
	TAG_SAME,
	TAG_WINDOW,
	TAG_SIGN, /* begins one: its kind, its grade, its words */
	TAG_SIGN_GRADE,
	TAG_SIGN_WORDS,
	TAG_WIDTH,
	TAG_LINKS,
	TAG_BROKEN,
	TAG_MOJIBAKE,
	TAG_FOREIGN,
	TAG_ENDING,
	TAG_SKETCH,
	TAG_PROPOSAL,
	TAG_HEALED,
	TAG_FILLED, /* one number for each field, in their order */
	TAG_LIST_PLACE,
	TAG_FEED, /* begins one of the site's own: its address */
	TAG_FEED_TITLE,
	TAG_GRADE,
	TAG_CONFIDENCE,
	TAG_LEARNED_FIELD, /* begins a rule: its field, FIELD_COUNT for item */
	TAG_LEARNED_CSS,
	TAG_WHY_FIELD, /* before the words about its rules */
	TAG_WHY,
	TAG_ARTICLE_LINK,
	TAG_RUNNER_UP,
	TAG_LESSON_REASON,
	TAG_WARNING,
	TAG_INFERRED,
	/* hello */
	TAG_PARTS = 192,
	TAG_LANDLOCK_ABI,
};

#define MAX_LINE 2048 /* bytes of a link, or of what is said of a page */

struct field_in {
	uint16_t tag;
	const char *bytes;
	size_t length;
};

struct reader {
	const char *at, *end;
};

static void
add_bytes(
    struct buffer *message, uint16_t tag, const void *bytes, size_t length)
{
	uint32_t length32 = (uint32_t)length;
	buffer_add(message, &tag, sizeof(tag));
	buffer_add(message, &length32, sizeof(length32));
	buffer_add(message, bytes, length);
}

static void
add_string(struct buffer *message, int tag, const char *string)
{
	if (string != NULL)
		add_bytes(message, (uint16_t)tag, string, strlen(string));
}

/* What is merely said of a page may quote it (its class names): better unsaid
 * than a reason to refuse the answer. */
static void
add_remark(struct buffer *message, int tag, const char *string)
{
	if (string == NULL)
		return;
	size_t length = strlen(string);
	if (length <= MAX_LINE && text_is_clean(string, length, false))
		add_bytes(message, (uint16_t)tag, string, length);
}

static void
add_number(struct buffer *message, int tag, int64_t number)
{
	add_bytes(message, (uint16_t)tag, &number, sizeof(number));
}

static size_t
message_begin(struct buffer *message)
{
	size_t start = message->length;
	uint32_t length = 0;
	buffer_add(message, &length, sizeof(length));
	return start;
}

static void
message_end(struct buffer *message, size_t start)
{
	uint32_t length =
	    (uint32_t)(message->length - start - sizeof(uint32_t));
	memcpy(message->bytes + start, &length, sizeof(length));
}

size_t
wire_length(const char *bytes, size_t length)
{
	uint32_t body;
	if (length < sizeof(body))
		return 0;
	memcpy(&body, bytes, sizeof(body));
	if (body > WIRE_MAX_MESSAGE) /* the sum could wrap round */
		return WIRE_MAX_MESSAGE + 1;
	return sizeof(body) + body;
}

static bool
reader_begin(
    struct reader *reader, const char *bytes, size_t length, struct error *err)
{
	if (length < sizeof(uint32_t) || length > WIRE_MAX_MESSAGE ||
	    wire_length(bytes, length) != length)
		return error_set(err, "a message of the wrong length");
	reader->at = bytes + sizeof(uint32_t);
	reader->end = bytes + length;
	return true;
}

/* False at the end, and with err set on a field that does not fit. */
static bool
reader_next(struct reader *reader, struct field_in *field, struct error *err)
{
	uint32_t length;
	if (reader->at == reader->end)
		return false;
	if ((size_t)(reader->end - reader->at) <
	    sizeof(field->tag) + sizeof(length))
		return error_set(err, "half a field");
	memcpy(&field->tag, reader->at, sizeof(field->tag));
	memcpy(&length, reader->at + sizeof(field->tag), sizeof(length));
	reader->at += sizeof(field->tag) + sizeof(length);
	if ((size_t)(reader->end - reader->at) < length)
		return error_set(err, "a field longer than its message");
	field->bytes = reader->at;
	field->length = length;
	reader->at += length;
	return true;
}

static bool
field_number(const struct field_in *field, int64_t least, int64_t most,
    int64_t *number, struct error *err)
{
	int64_t value;
	if (field->length != sizeof(value))
		return error_set(err, "field %u: no number", field->tag);
	memcpy(&value, field->bytes, sizeof(value));
	if (value < least || value > most)
		return error_set(err, "field %u: out of range", field->tag);
	*number = value;
	return true;
}

/* Numbers without a rule, so many bytes of them. */
static bool
field_bytes(
    const struct field_in *field, void *to, size_t length, struct error *err)
{
	if (field->length != length)
		return error_set(err, "field %u: another length", field->tag);
	memcpy(to, field->bytes, length);
	return true;
}

/* A string without NUL; the first of its kind. */
static bool
field_string(const struct field_in *field, size_t max_bytes, char **string,
    struct error *err)
{
	if (field->length > max_bytes ||
	    memchr(field->bytes, '\0', field->length) != NULL)
		return error_set(err, "field %u: too long", field->tag);
	if (*string != NULL)
		return error_set(err, "field %u: twice", field->tag);
	*string = xstrndup(field->bytes, field->length);
	return true;
}

void
hello_encode(const struct sandbox *sandbox, struct buffer *message)
{
	size_t start = message_begin(message);
	add_number(message, TAG_PARTS, sandbox->parts);
	add_number(message, TAG_LANDLOCK_ABI, sandbox->landlock_abi);
	message_end(message, start);
}

bool
hello_decode(const char *bytes, size_t length, struct sandbox *sandbox,
    struct error *err)
{
	struct reader reader = {0};
	struct field_in in;
	int64_t parts = 0, abi = 0;
	if (length != WIRE_HELLO_LENGTH)
		return error_set(err, "no greeting");
	if (!reader_begin(&reader, bytes, length, err))
		return false;
	if (!reader_next(&reader, &in, err) || in.tag != TAG_PARTS ||
	    !field_number(&in, 0, SANDBOX_ALL, &parts, err) ||
	    !reader_next(&reader, &in, err) || in.tag != TAG_LANDLOCK_ABI ||
	    !field_number(&in, 0, UINT16_MAX, &abi, err))
		return error_set(err, "no greeting");
	sandbox->parts = (unsigned)parts;
	sandbox->landlock_abi = (unsigned)abi;
	return true;
}

/* Bytes that only a worker knows how to read. */
static bool
field_window(const struct field_in *field, char **window, size_t *length,
    struct error *err)
{
	if (field->length == 0 || field->length > WINDOW_MAX_BYTES)
		return error_set(err, "field %u: too long", field->tag);
	if (*window != NULL)
		return error_set(err, "field %u: twice", field->tag);
	*window = xmemdup(field->bytes, field->length);
	*length = field->length;
	return true;
}

static void
rules_encode(const struct rule_list *rules, int field, struct buffer *message)
{
	for (size_t i = 0; i < rules->count; i++) {
		const struct rule *rule = &rules->list[i];
		add_number(message, TAG_RULE_FIELD, field);
		add_string(message, TAG_RULE_CSS, rule->css);
		add_string(message, TAG_RULE_XPATH, rule->xpath);
		add_string(message, TAG_RULE_PATTERN, rule->pattern);
		add_string(message, TAG_RULE_TEMPLATE, rule->template);
		add_string(message, TAG_RULE_FORMAT, rule->format);
		add_string(message, TAG_RULE_STRIP, rule->strip);
		add_string(message, TAG_RULE_EXCLUDE, rule->exclude);
	}
}

static void
learned_encode(const struct rule_list *rules, int field, struct buffer *message)
{
	for (size_t i = 0; i < rules->count && i < LESSON_ALTERNATIVES; i++)
		if (rules->list[i].css != NULL) {
			add_number(message, TAG_LEARNED_FIELD, field);
			add_string(
			    message, TAG_LEARNED_CSS, rules->list[i].css);
		}
}

static void
expected_encode(const struct expectation *expected, struct buffer *message)
{
	add_number(message, TAG_EXPECTED, expected->items);
	for (int field = 0; field < FIELD_COUNT; field++)
		add_number(message, TAG_EXPECTED, expected->filled[field]);
	add_string(message, TAG_EXPECTED_PLACE, expected->place);
}

/* Selectors of items and fields. */
static void
selectors_encode(const struct rules *rules, struct buffer *message)
{
	learned_encode(&rules->items, FIELD_COUNT, message);
	for (int field = 0; field < FIELD_COUNT; field++)
		learned_encode(&rules->fields[field], field, message);
}

static void
memory_encode(const struct articles *memory, struct buffer *message)
{
	for (size_t i = 0; i < memory->count; i++) {
		const struct article *article = &memory->list[i];
		add_number(message, TAG_MEMORY, 0);
		add_string(message, TAG_MEMORY_LINK, article->link);
		add_string(message, TAG_MEMORY_TITLE, article->title);
		add_number(message, TAG_MEMORY_AT, article->published.at_s);
		add_number(message, TAG_MEMORY_PRECISION,
		    article->published.precision);
	}
}

void
job_encode(const struct job *job, struct buffer *message)
{
	size_t start = message_begin(message);
	add_number(message, TAG_KIND, job->kind);
	add_string(message, TAG_CONTENT_TYPE, job->content_type);
	add_string(message, TAG_CHARSET, job->charset);
	add_string(message, TAG_URL, job->url);
	add_string(message, TAG_LANGUAGE, job->language);
	if (job->zone != NULL)
		add_bytes(message, TAG_ZONE, job->zone, job->zone_length);
	add_number(message, TAG_ZONE_OFFSET, job->zone_offset_s);
	add_number(message, TAG_ZONE_UNKNOWN, job->zone_is_unknown);
	add_number(message, TAG_NOW, job->now_s);
	if (job->window != NULL)
		add_bytes(
		    message, TAG_KNOWN_WINDOW, job->window, job->window_length);
	add_string(message, TAG_KNOWN_PATH, job->list_path);
	memory_encode(&job->memory, message);
	add_number(message, TAG_USUAL, job->usual);
	add_number(message, TAG_LIBXML2, job->rules.libxml2);
	rules_encode(&job->rules.items, FIELD_COUNT, message);
	for (int field = 0; field < FIELD_COUNT; field++)
		rules_encode(&job->rules.fields[field], field, message);
	for (size_t i = 0; i < job->rules.article_link_count; i++)
		add_string(message,
		    job->rules.article_links[i].is_pattern ? TAG_LINK_PATTERN
							   : TAG_LINK_TEMPLATE,
		    job->rules.article_links[i].text);
	for (size_t i = 0; i < job->rules.filter_count; i++) {
		const struct filter *filter = &job->rules.filters[i];
		add_number(message, TAG_FILTER_FIELD, filter->field);
		add_string(message, filter->skip ? TAG_SKIP : TAG_ONLY,
		    filter->pattern);
	}
	selectors_encode(&job->learned, message);
	expected_encode(&job->expected, message);
	add_number(message, TAG_LEARNS, job->learns);
	add_bytes(message, TAG_BODY, job->body, job->length);
	message_end(message, start);
}

static struct rule *
last_rule(struct rules *rules, int64_t field)
{
	struct rule_list *list = field == FIELD_COUNT ? &rules->items
				 : field >= 0         ? &rules->fields[field]
						      : NULL;
	return list == NULL ? NULL : &list->list[list->count - 1];
}

static bool
rule_decode(const struct field_in *in, struct rules *rules, int64_t *field,
    struct error *err)
{
	if (in->tag == TAG_RULE_FIELD) {
		if (!field_number(in, 0, FIELD_COUNT, field, err))
			return false;
		rule_list_add(*field == FIELD_COUNT ? &rules->items
						    : &rules->fields[*field],
		    (struct rule){0});
		return true;
	}
	struct rule *rule = last_rule(rules, *field);
	if (rule == NULL)
		return error_set(err, "a rule without its field");
	char **parts[] = {&rule->css, &rule->xpath, &rule->pattern,
	    &rule->template, &rule->format, &rule->strip, &rule->exclude};
	return field_string(in, 64 << 10, parts[in->tag - TAG_RULE_CSS], err);
}

static bool
list_decode(const struct field_in *in, struct rules *rules,
    int64_t filter_field, struct error *err)
{
	char *text = NULL;
	if (!field_string(in, 64 << 10, &text, err))
		return false;
	if (in->tag == TAG_LINK_TEMPLATE || in->tag == TAG_LINK_PATTERN) {
		rules->article_links = xreallocarray(rules->article_links,
		    rules->article_link_count + 1,
		    sizeof(*rules->article_links));
		rules->article_links[rules->article_link_count++] =
		    (struct article_link){
			.text = text,
			.is_pattern = in->tag == TAG_LINK_PATTERN,
		    };
		return true;
	}
	rules->filters = xreallocarray(
	    rules->filters, rules->filter_count + 1, sizeof(*rules->filters));
	rules->filters[rules->filter_count++] = (struct filter){
	    .field = (enum field)filter_field,
	    .pattern = text,
	    .skip = in->tag == TAG_SKIP,
	};
	return true;
}

/* A string that may go into a feed, a log line or a terminal. */
static bool
field_clean(const struct field_in *field, size_t max_bytes, bool paragraphs,
    char **string, struct error *err)
{
	if (!text_is_clean(field->bytes, field->length, paragraphs))
		return error_set(err, "field %u: not clean text", field->tag);
	return field_string(field, max_bytes, string, err);
}

/* A rule that another job is to run: it must be one. */
static bool
learned_css(const struct field_in *in, struct rules *rules, int64_t field,
    struct error *err)
{
	struct rule *rule = last_rule(rules, field);
	if (rule == NULL)
		return error_set(err, "a rule without its field");
	return field_clean(in, LESSON_CSS_BYTES, false, &rule->css, err) &&
	       rule_check(rule, (enum field)field, err);
}

static bool
learned_begin(const struct field_in *in, struct rules *rules, int64_t *field,
    struct error *err)
{
	if (!field_number(in, 0, FIELD_COUNT, field, err))
		return false;
	struct rule_list *list =
	    *field == FIELD_COUNT ? &rules->items : &rules->fields[*field];
	if (list->count == LESSON_ALTERNATIVES)
		return error_set(err, "too many rules of one field");
	rule_list_add(list, (struct rule){0});
	return true;
}

/* Which rule, which filter, which number the next fields are about. */
struct job_place {
	int64_t rule, filter, learned;
	int expected;
};

static bool
expected_field(const struct field_in *in, struct expectation *expected,
    struct job_place *place, struct error *err)
{
	int64_t number = 0;
	if (place->expected > FIELD_COUNT)
		return error_set(err, "field %u: too many", in->tag);
	if (!field_number(in, 0, UINT32_MAX, &number, err))
		return false;
	*(place->expected == 0 ? &expected->items
			       : &expected->filled[place->expected - 1]) =
	    (uint32_t)number;
	place->expected++;
	return true;
}

static bool
memory_field(
    const struct field_in *in, struct articles *memory, struct error *err)
{
	int64_t number = 0;
	if (in->tag == TAG_MEMORY) {
		if (memory->count == WIRE_MAX_ARTICLES)
			return error_set(err, "too much is remembered");
		articles_add(memory, (struct article){0});
		return true;
	}
	if (memory->count == 0)
		return error_set(err, "field %u: outside an article", in->tag);
	struct article *article = &memory->list[memory->count - 1];
	switch (in->tag) {
	case TAG_MEMORY_LINK:
		return field_string(in, MAX_LINE, &article->link, err);
	case TAG_MEMORY_TITLE:
		return field_string(in, 8192, &article->title, err);
	case TAG_MEMORY_AT:
		return field_number(
		    in, INT64_MIN, INT64_MAX, &article->published.at_s, err);
	default:
		if (!field_number(in, 0, PRECISION_SECOND, &number, err))
			return false;
		article->published.precision = (enum precision)number;
		return true;
	}
}

static bool
job_field(const struct field_in *in, struct job *job, struct job_place *place,
    struct error *err)
{
	int64_t number = 0;
	switch (in->tag) {
	case TAG_BODY:
		free(job->body);
		job->body = xmalloc(in->length + 1);
		memcpy(job->body, in->bytes, in->length);
		job->body[in->length] = '\0';
		job->length = in->length;
		return true;
	case TAG_ZONE:
		free(job->zone);
		job->zone = xmemdup(in->bytes, in->length);
		job->zone_length = in->length;
		return true;
	case TAG_CONTENT_TYPE:
		return field_string(in, 4096, &job->content_type, err);
	case TAG_CHARSET:
		return field_string(in, 256, &job->charset, err);
	case TAG_URL:
		return field_string(in, 8192, &job->url, err);
	case TAG_LANGUAGE:
		return field_string(in, 256, &job->language, err);
	case TAG_ZONE_OFFSET:
		return field_number(
		    in, -86400, 86400, &job->zone_offset_s, err);
	case TAG_ZONE_UNKNOWN:
		if (!field_number(in, 0, 1, &number, err))
			return false;
		job->zone_is_unknown = number != 0;
		return true;
	case TAG_NOW:
		return field_number(in, INT64_MIN, INT64_MAX, &job->now_s, err);
	case TAG_KIND:
		if (!field_number(in, 0, JOB_KIND_COUNT - 1, &number, err))
			return false;
		job->kind = (enum job_kind)number;
		return true;
	case TAG_KNOWN_WINDOW:
		return field_window(in, &job->window, &job->window_length, err);
	case TAG_MEMORY:
	case TAG_MEMORY_LINK:
	case TAG_MEMORY_TITLE:
	case TAG_MEMORY_AT:
	case TAG_MEMORY_PRECISION:
		return memory_field(in, &job->memory, err);
	case TAG_USUAL:
		if (!field_number(in, 0, UINT32_MAX, &number, err))
			return false;
		job->usual = (uint32_t)number;
		return true;
	case TAG_KNOWN_PATH:
		return field_string(in, MAX_LINE, &job->list_path, err);
	case TAG_LIBXML2:
		if (!field_number(in, 0, 1, &number, err))
			return false;
		job->rules.libxml2 = number != 0;
		return true;
	case TAG_EXPECTED:
		return expected_field(in, &job->expected, place, err);
	case TAG_EXPECTED_PLACE:
		return field_string(in, MAX_LINE, &job->expected.place, err);
	case TAG_LEARNS:
		if (!field_number(in, 0, 1, &number, err))
			return false;
		job->learns = number != 0;
		return true;
	case TAG_LEARNED_FIELD:
		return learned_begin(in, &job->learned, &place->learned, err);
	case TAG_LEARNED_CSS:
		return learned_css(in, &job->learned, place->learned, err);
	case TAG_FILTER_FIELD:
		return field_number(
		    in, 0, FIELD_COUNT - 1, &place->filter, err);
	case TAG_LINK_TEMPLATE:
	case TAG_LINK_PATTERN:
	case TAG_ONLY:
	case TAG_SKIP:
		return list_decode(in, &job->rules, place->filter, err);
	default:
		if (in->tag >= TAG_RULE_FIELD && in->tag <= TAG_RULE_EXCLUDE)
			return rule_decode(in, &job->rules, &place->rule, err);
		return error_set(err, "unknown field %u", in->tag);
	}
}

bool
job_decode(const char *bytes, size_t length, struct job *job, struct error *err)
{
	struct reader reader = {0};
	struct field_in in;
	struct error trouble = {{0}};
	struct job_place place = {.rule = -1, .learned = -1};
	struct job made = {0};
	if (!reader_begin(&reader, bytes, length, err))
		return false;
	while (reader_next(&reader, &in, &trouble))
		if (!job_field(&in, &made, &place, &trouble))
			break;
	if (trouble.reason[0] == '\0' &&
	    (made.body == NULL || made.url == NULL))
		error_set(&trouble, "a job without body or url");
	if (trouble.reason[0] != '\0') {
		job_clear(&made);
		return error_set(err, "%s", trouble.reason);
	}
	*job = made;
	return true;
}

void
job_clear(struct job *job)
{
	free(job->body);
	free(job->content_type);
	free(job->charset);
	free(job->url);
	free(job->language);
	free(job->zone);
	free(job->window);
	free(job->list_path);
	articles_clear(&job->memory);
	rules_clear(&job->rules);
	rules_clear(&job->learned);
	expectation_clear(&job->expected);
	*job = (struct job){0};
}

static void
menu_encode(const struct menu *menu, struct buffer *message)
{
	add_remark(message, TAG_MENU_HOW, menu->how);
	for (size_t i = 0; i < menu->count && i < MENU_MAX_ENTRIES; i++) {
		const struct menu_entry *entry = &menu->list[i];
		add_string(message, TAG_ENTRY, entry->name);
		add_string(message, TAG_ENTRY_GROUP, entry->group);
		add_string(message, TAG_ENTRY_TITLE, entry->title);
		add_string(message, TAG_ENTRY_URL, entry->url);
	}
}

static void
evidence_encode(const struct evidence *evidence, struct buffer *message)
{
	for (size_t i = 0; i < evidence->count; i++) {
		add_number(message, TAG_SIGN, evidence->signs[i].kind);
		add_number(message, TAG_SIGN_GRADE, evidence->signs[i].grade);
		add_string(message, TAG_SIGN_WORDS, evidence->signs[i].words);
	}
	add_number(message, TAG_WIDTH, evidence->width);
	add_number(message, TAG_LINKS, evidence->links);
	add_number(message, TAG_BROKEN, evidence->broken);
	add_number(message, TAG_MOJIBAKE, evidence->mojibake);
	add_number(message, TAG_FOREIGN, evidence->foreign);
	add_number(message, TAG_ENDING, evidence->ending);
	add_bytes(
	    message, TAG_SKETCH, &evidence->sketch, sizeof(evidence->sketch));
}

static void
lesson_encode(const struct lesson *lesson, struct buffer *message)
{
	add_number(message, TAG_GRADE, lesson->grade);
	add_number(message, TAG_CONFIDENCE, lesson->confidence);
	selectors_encode(&lesson->rules, message);
	for (int field = 0; field <= FIELD_COUNT; field++) {
		add_number(message, TAG_WHY_FIELD, field);
		add_remark(message, TAG_WHY, lesson->why[field]);
	}
	add_string(message, TAG_ARTICLE_LINK, lesson->article_link);
	add_remark(message, TAG_RUNNER_UP, lesson->runner_up);
	for (size_t i = 0; i < lesson->reasons.count; i++)
		add_remark(message, TAG_LESSON_REASON, lesson->reasons.list[i]);
	for (size_t i = 0; i < lesson->warnings.count; i++)
		add_remark(message, TAG_WARNING, lesson->warnings.list[i]);
}

static void
feeds_encode(const struct native_feeds *feeds, struct buffer *message)
{
	for (size_t i = 0; i < feeds->count; i++) {
		add_string(message, TAG_FEED, feeds->list[i].url);
		add_remark(message, TAG_FEED_TITLE, feeds->list[i].title);
	}
}

void
answer_encode(const struct answer *answer, struct buffer *message)
{
	const struct extraction *read = &answer->extraction;
	size_t start = message_begin(message);
	add_string(message, TAG_STAGE, answer->stage);
	add_string(message, TAG_REASON, answer->reason);
	add_remark(message, TAG_CHARSET_FOUND, answer->charset);
	add_remark(message, TAG_CHARSET_SOURCE, answer->charset_source);
	add_remark(message, TAG_PARSER, answer->parser);
	add_number(message, TAG_REPLACED, answer->replaced);
	add_number(message, TAG_ITEM_COUNT, read->item_count);
	add_number(message, TAG_DROPPED, read->dropped);
	add_number(message, TAG_FILTERED, read->filtered);
	add_bytes(message, TAG_FILLED, read->filled, sizeof(read->filled));
	add_number(message, TAG_LIST_PLACE, read->list_place);
	add_string(message, TAG_PROPOSAL, answer->proposal);
	add_bytes(message, TAG_HEALED, &answer->healed, sizeof(answer->healed));
	add_remark(message, TAG_PAGE_TITLE, read->page_title);
	add_remark(message, TAG_SITE_TITLE, read->site_title);
	add_remark(message, TAG_HEADING, read->heading);
	add_remark(message, TAG_PAGE_LANGUAGE, read->language);
	add_string(message, TAG_ICON, read->icon);
	add_remark(message, TAG_ITEM_HOW, read->item_how);
	add_remark(message, TAG_LIST_PATH, read->list_path);
	add_string(message, TAG_NEXT_URL, read->next_url);
	add_remark(message, TAG_NEXT_HOW, read->next_how);
	for (int field = 0; field < FIELD_COUNT; field++)
		add_remark(message, TAG_HOW + field, read->how[field]);
	if (answer->is_same)
		add_number(message, TAG_SAME, 1);
	if (answer->is_inferred)
		add_number(message, TAG_INFERRED, 1);
	if (read->window != NULL)
		add_bytes(
		    message, TAG_WINDOW, read->window, read->window_length);
	evidence_encode(&answer->evidence, message);
	size_t count = read->articles.count;
	if (count > WIRE_MAX_ARTICLES)
		count = WIRE_MAX_ARTICLES;
	for (size_t i = 0; i < count; i++) {
		const struct article *article = &read->articles.list[i];
		add_number(message, TAG_ARTICLE, article->position);
		add_string(message, TAG_KEY, article->key);
		add_string(message, TAG_LINK, article->link);
		add_string(message, TAG_TITLE, article->title);
		add_string(message, TAG_TEXT, article->text);
		add_string(message, TAG_AUTHOR, article->author);
		add_string(message, TAG_IMAGE, article->image);
		add_string(message, TAG_CATEGORY, article->category);
		add_number(message, TAG_PUBLISHED, article->published.at_s);
		add_number(
		    message, TAG_PRECISION, article->published.precision);
	}
	menu_encode(&answer->menu, message);
	lesson_encode(&answer->lesson, message);
	feeds_encode(&answer->feeds, message);
	message_end(message, start);
}

static bool
field_link(const struct field_in *field, char **string, struct error *err)
{
	if (!field_clean(field, MAX_LINE, false, string, err))
		return false;
	const char *host = strncmp(*string, "https://", 8) == 0  ? *string + 8
			   : strncmp(*string, "http://", 7) == 0 ? *string + 7
								 : "";
	size_t length = strcspn(host, "/?#");
	/* a user name before the host only deceives */
	if (length == 0 || memchr(host, '@', length) != NULL ||
	    strpbrk(*string, " \"<>\\^`{|}") != NULL)
		return error_set(err, "field %u: no http address", field->tag);
	return true;
}

static bool
article_field(
    const struct field_in *in, struct articles *articles, struct error *err)
{
	int64_t number = 0;
	if (in->tag == TAG_ARTICLE) {
		if (articles->count == WIRE_MAX_ARTICLES)
			return error_set(err, "too many articles");
		if (!field_number(in, 0, INT32_MAX, &number, err))
			return false;
		articles_add(
		    articles, (struct article){.position = (int32_t)number});
		return true;
	}
	if (articles->count == 0)
		return error_set(err, "field %u: outside an article", in->tag);
	struct article *article = &articles->list[articles->count - 1];
	switch (in->tag) {
	case TAG_KEY:
		/* a part of the link */
		return field_clean(in, MAX_LINE, false, &article->key, err);
	case TAG_LINK:
		return field_link(in, &article->link, err);
	case TAG_TITLE:
		return field_clean(in, 1204, false, &article->title, err);
	case TAG_TEXT:
		return field_clean(
		    in, WIRE_MAX_TEXT, true, &article->text, err);
	case TAG_AUTHOR:
		return field_clean(in, 1024, false, &article->author, err);
	case TAG_IMAGE:
		return field_link(in, &article->image, err);
	case TAG_CATEGORY:
		return field_clean(in, 1024, false, &article->category, err);
	case TAG_PUBLISHED:
		return field_number(in, -((int64_t)1 << 40), (int64_t)1 << 40,
		    &article->published.at_s, err);
	default: /* TAG_PRECISION */
		if (!field_number(in, 0, PRECISION_SECOND, &number, err))
			return false;
		article->published.precision = (enum precision)number;
		return true;
	}
}

/* A name becomes a key of the configuration and a part of a path. */
static bool
entry_begin(const struct field_in *in, struct menu *menu, struct error *err)
{
	char *name = NULL;
	if (menu->count == MENU_MAX_ENTRIES)
		return error_set(err, "too many entries of a menu");
	if (!field_string(in, NAME_MAX_BYTES, &name, err))
		return false;
	bool good = name_is_good(name);
	for (size_t i = 0; i < menu->count && good; i++)
		good = strcmp(menu->list[i].name, name) != 0;
	if (!good) {
		free(name);
		return error_set(err, "field %u: no new name", in->tag);
	}
	menu_add(menu, (struct menu_entry){.name = name});
	return true;
}

static bool
menu_field(const struct field_in *in, struct menu *menu, struct error *err)
{
	const size_t most = (size_t)4 * MENU_MAX_TITLE;
	if (in->tag == TAG_MENU_HOW)
		return field_clean(in, MAX_LINE, false, &menu->how, err);
	if (in->tag == TAG_ENTRY)
		return entry_begin(in, menu, err);
	if (menu->count == 0)
		return error_set(err, "field %u: outside a menu", in->tag);
	struct menu_entry *entry = &menu->list[menu->count - 1];
	if (in->tag == TAG_ENTRY_URL)
		return field_link(in, &entry->url, err);
	return field_clean(in, most, false,
	    in->tag == TAG_ENTRY_GROUP ? &entry->group : &entry->title, err);
}

static bool
answer_number(const struct field_in *in, uint32_t *to, struct error *err)
{
	int64_t number = 0;
	if (!field_number(in, 0, UINT32_MAX, &number, err))
		return false;
	*to = (uint32_t)number;
	return true;
}

static bool
sign_field(
    const struct field_in *in, struct evidence *evidence, struct error *err)
{
	int64_t number = 0;
	if (in->tag == TAG_SIGN) {
		if (evidence->count == EVIDENCE_SIGNS)
			return error_set(err, "too many signs");
		if (!field_number(
			in, VERDICT_GOOD + 1, VERDICT_COUNT - 1, &number, err))
			return false;
		evidence_add(
		    evidence, (enum verdict_kind)number, SIGN_SAID, NULL);
		return true;
	}
	if (evidence->count == 0)
		return error_set(err, "field %u: outside a sign", in->tag);
	struct sign *sign = &evidence->signs[evidence->count - 1];
	if (in->tag == TAG_SIGN_WORDS)
		return field_clean(
		    in, EVIDENCE_WORDS, false, &sign->words, err);
	if (!field_number(in, 0, SIGN_GRADES - 1, &number, err))
		return false;
	sign->grade = (enum sign_grade)number;
	return true;
}

static bool
evidence_field(
    const struct field_in *in, struct evidence *evidence, struct error *err)
{
	int64_t number = 0;
	switch (in->tag) {
	case TAG_WIDTH:
		return answer_number(in, &evidence->width, err);
	case TAG_LINKS:
		return answer_number(in, &evidence->links, err);
	case TAG_BROKEN:
		return answer_number(in, &evidence->broken, err);
	case TAG_MOJIBAKE:
		return answer_number(in, &evidence->mojibake, err);
	case TAG_FOREIGN:
		return answer_number(in, &evidence->foreign, err);
	case TAG_ENDING:
		if (!field_number(in, 0, ENDING_INSIDE, &number, err))
			return false;
		evidence->ending = (enum ending)number;
		return true;
	case TAG_SKETCH:
		return field_bytes(
		    in, &evidence->sketch, sizeof(evidence->sketch), err);
	default:
		return sign_field(in, evidence, err);
	}
}

static bool
note_field(const struct field_in *in, struct notes *notes, struct error *err)
{
	char *line = NULL;
	if (notes->count == LESSON_NOTES)
		return error_set(err, "too many notes");
	if (!field_clean(in, MAX_LINE, false, &line, err)) {
		free(line);
		return false;
	}
	notes_add(notes, line);
	return true;
}

static bool
template_field(const struct field_in *in, char **template, struct error *err)
{
	struct link_template *parsed =
	    field_clean(in, MAX_LINE, false, template, err)
		? link_template_parse(*template, false, err)
		: NULL;
	link_template_free(parsed);
	return parsed != NULL;
}

/* Which rule, which field the next fields are about. */
struct answer_place {
	int64_t learned, why;
};

static bool
lesson_field(const struct field_in *in, struct lesson *lesson,
    struct answer_place *place, struct error *err)
{
	int64_t number = 0;
	switch (in->tag) {
	case TAG_GRADE:
		if (!field_number(in, 0, LESSON_READY, &number, err))
			return false;
		lesson->grade = (enum lesson_grade)number;
		return true;
	case TAG_CONFIDENCE:
		if (!field_number(in, 0, 100, &number, err))
			return false;
		lesson->confidence = (unsigned)number;
		return true;
	case TAG_LEARNED_FIELD:
		return learned_begin(in, &lesson->rules, &place->learned, err);
	case TAG_LEARNED_CSS:
		return learned_css(in, &lesson->rules, place->learned, err);
	case TAG_WHY_FIELD:
		return field_number(in, 0, FIELD_COUNT, &place->why, err);
	case TAG_WHY:
		return field_clean(
		    in, MAX_LINE, false, &lesson->why[place->why], err);
	case TAG_ARTICLE_LINK:
		return template_field(in, &lesson->article_link, err);
	case TAG_RUNNER_UP:
		return field_clean(
		    in, MAX_LINE, false, &lesson->runner_up, err);
	case TAG_LESSON_REASON:
		return note_field(in, &lesson->reasons, err);
	default: /* TAG_WARNING */
		return note_field(in, &lesson->warnings, err);
	}
}

static bool
feed_field(
    const struct field_in *in, struct native_feeds *feeds, struct error *err)
{
	if (in->tag == TAG_FEED) {
		char *url = NULL;
		if (!field_link(in, &url, err)) {
			free(url);
			return false;
		}
		return native_add(feeds, url) ||
		       error_set(err, "too many feeds, or one twice");
	}
	if (feeds->count == 0)
		return error_set(err, "field %u: outside a feed", in->tag);
	return field_clean(
	    in, MAX_LINE, false, &feeds->list[feeds->count - 1].title, err);
}

static bool
answer_field(const struct field_in *in, struct answer *answer,
    struct answer_place *place, struct error *err)
{
	struct extraction *read = &answer->extraction;
	char **string = NULL;
	int64_t number = 0;
	switch (in->tag) {
	case TAG_REPLACED:
		return answer_number(in, &answer->replaced, err);
	case TAG_ITEM_COUNT:
		return answer_number(in, &read->item_count, err);
	case TAG_DROPPED:
		return answer_number(in, &read->dropped, err);
	case TAG_FILTERED:
		return answer_number(in, &read->filtered, err);
	case TAG_PROPOSAL:
		string = &answer->proposal;
		break;
	case TAG_HEALED:
		return field_bytes(
		    in, &answer->healed, sizeof(answer->healed), err);
	case TAG_FILLED:
		return field_bytes(in, read->filled, sizeof(read->filled), err);
	case TAG_LIST_PLACE:
		if (!field_number(in, 0, LIST_FULL, &number, err))
			return false;
		read->list_place = (enum list_place)number;
		return true;
	case TAG_SAME:
		if (!field_number(in, 1, 1, &number, err))
			return false;
		answer->is_same = true;
		return true;
	case TAG_INFERRED:
		if (!field_number(in, 1, 1, &number, err))
			return false;
		answer->is_inferred = true;
		return true;
	case TAG_WINDOW:
		return field_window(
		    in, &read->window, &read->window_length, err);
	case TAG_ICON:
		return field_link(in, &read->icon, err);
	case TAG_NEXT_URL:
		return field_link(in, &read->next_url, err);
	case TAG_STAGE:
		string = &answer->stage;
		break;
	case TAG_REASON:
		string = &answer->reason;
		break;
	case TAG_CHARSET_FOUND:
		string = &answer->charset;
		break;
	case TAG_CHARSET_SOURCE:
		string = &answer->charset_source;
		break;
	case TAG_PARSER:
		string = &answer->parser;
		break;
	case TAG_PAGE_TITLE:
		string = &read->page_title;
		break;
	case TAG_SITE_TITLE:
		string = &read->site_title;
		break;
	case TAG_HEADING:
		string = &read->heading;
		break;
	case TAG_PAGE_LANGUAGE:
		string = &read->language;
		break;
	case TAG_ITEM_HOW:
		string = &read->item_how;
		break;
	case TAG_LIST_PATH:
		string = &read->list_path;
		break;
	case TAG_NEXT_HOW:
		string = &read->next_how;
		break;
	default:
		if (in->tag >= TAG_HOW && in->tag < TAG_HOW + FIELD_COUNT)
			string = &read->how[in->tag - TAG_HOW];
		else if (in->tag >= TAG_ARTICLE && in->tag <= TAG_PRECISION)
			return article_field(in, &read->articles, err);
		else if (in->tag >= TAG_MENU_HOW && in->tag <= TAG_ENTRY_URL)
			return menu_field(in, &answer->menu, err);
		else if (in->tag >= TAG_SIGN && in->tag <= TAG_SKETCH)
			return evidence_field(in, &answer->evidence, err);
		else if (in->tag >= TAG_FEED && in->tag <= TAG_FEED_TITLE)
			return feed_field(in, &answer->feeds, err);
		else if (in->tag >= TAG_GRADE && in->tag <= TAG_WARNING)
			return lesson_field(in, &answer->lesson, place, err);
		else
			return error_set(err, "unknown field %u", in->tag);
	}
	return field_clean(in, MAX_LINE, false, string, err);
}

static bool
has_empty_rule(const struct rule_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->list[i].css == NULL)
			return true;
	return false;
}

static bool
lesson_check(const struct lesson *lesson, struct error *err)
{
	bool empty = has_empty_rule(&lesson->rules.items);
	for (int field = 0; field < FIELD_COUNT; field++)
		empty |= has_empty_rule(&lesson->rules.fields[field]);
	return !empty || error_set(err, "a rule without its selector");
}

static bool
answer_check(const struct answer *answer, struct error *err)
{
	const struct articles *articles = &answer->extraction.articles;
	if ((answer->stage == NULL) != (answer->reason == NULL))
		return error_set(err, "a stage without its reason");
	if (!lesson_check(&answer->lesson, err))
		return false;
	if (answer->is_same &&
	    (answer->stage != NULL || articles->count > 0 ||
		answer->menu.count > 0 || answer->extraction.window != NULL))
		return error_set(err, "the same list, and yet another");
	for (size_t i = 0; i < answer->evidence.count; i++)
		if (answer->evidence.signs[i].words == NULL)
			return error_set(err, "a sign without words");
	for (int field = 0; field < FIELD_COUNT; field++)
		if (answer->extraction.filled[field] >
		    answer->extraction.item_count)
			return error_set(err, "more values than items");
	for (size_t i = 0; i < articles->count; i++) {
		const struct article *article = &articles->list[i];
		if (article->link == NULL || article->title == NULL ||
		    article->title[0] == '\0')
			return error_set(
			    err, "an article without link or title");
	}
	for (size_t i = 0; i < answer->menu.count; i++) {
		const struct menu_entry *entry = &answer->menu.list[i];
		if (entry->url == NULL || entry->title == NULL ||
		    entry->title[0] == '\0')
			return error_set(
			    err, "an entry without address or title");
	}
	return true;
}

bool
answer_decode(
    const char *bytes, size_t length, struct answer *answer, struct error *err)
{
	struct reader reader = {0};
	struct field_in in;
	struct error trouble = {{0}};
	struct answer made = {0};
	struct answer_place place = {.learned = -1};
	if (!reader_begin(&reader, bytes, length, err))
		return false;
	while (reader_next(&reader, &in, &trouble))
		if (!answer_field(&in, &made, &place, &trouble))
			break;
	if (trouble.reason[0] == '\0')
		(void)answer_check(&made, &trouble); /* says so in trouble */
	if (trouble.reason[0] != '\0') {
		answer_clear(&made);
		return error_set(err, "%s", trouble.reason);
	}
	*answer = made;
	return true;
}

void
answer_clear(struct answer *answer)
{
	free(answer->stage);
	free(answer->reason);
	free(answer->charset);
	free(answer->charset_source);
	free(answer->parser);
	free(answer->proposal);
	evidence_clear(&answer->evidence);
	extraction_clear(&answer->extraction);
	menu_clear(&answer->menu);
	lesson_clear(&answer->lesson);
	native_clear(&answer->feeds);
	*answer = (struct answer){0};
}
