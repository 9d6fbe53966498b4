#include "daemon/wire_private.h"

#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"

static void
rules_encode(const struct rule_list *rules, int field, struct buffer *message)
{
	for (size_t i = 0; i < rules->count; i++) {
		const struct rule *rule = &rules->list[i];
		message_add_number(message, TAG_RULE_FIELD, field);
		message_add_string(message, TAG_RULE_CSS, rule->css);
		message_add_string(message, TAG_RULE_XPATH, rule->xpath);
		message_add_string(message, TAG_RULE_PATTERN, rule->pattern);
		message_add_string(message, TAG_RULE_TEMPLATE, rule->template);
		message_add_string(message, TAG_RULE_FORMAT, rule->format);
		message_add_string(message, TAG_RULE_STRIP, rule->strip);
		message_add_string(message, TAG_RULE_EXCLUDE, rule->exclude);
	}
}

static void
expected_encode(const struct expectation *expected, struct buffer *message)
{
	message_add_number(message, TAG_EXPECTED, expected->items);
	for (int field = 0; field < FIELD_COUNT; field++)
		message_add_number(
		    message, TAG_EXPECTED, expected->filled[field]);
	message_add_string(message, TAG_EXPECTED_PLACE, expected->place);
}

static void
memory_encode(
    const struct articles *memory, bool is_whole, struct buffer *message)
{
	for (size_t i = 0; i < memory->count; i++) {
		const struct article *article = &memory->list[i];
		message_add_number(message, TAG_MEMORY, 0);
		message_add_string(message, TAG_MEMORY_LINK, article->link);
		message_add_string(message, TAG_MEMORY_TITLE, article->title);
		message_add_number(
		    message, TAG_MEMORY_AT, article->published.at_s);
		message_add_number(message, TAG_MEMORY_PRECISION,
		    article->published.precision);
		if (!is_whole)
			continue;
		/* what is longer than that is no line of a listing */
		if (article->text != NULL && strlen(article->text) <= MAX_LINE)
			message_add_string(
			    message, TAG_MEMORY_TEXT, article->text);
		message_add_string(message, TAG_MEMORY_AUTHOR, article->author);
		message_add_string(message, TAG_MEMORY_IMAGE, article->image);
		message_add_string(
		    message, TAG_MEMORY_CATEGORY, article->category);
	}
}

void
job_encode(const struct job *job, struct buffer *message)
{
	size_t start = message_open(message);
	message_add_number(message, TAG_KIND, job->kind);
	message_add_string(message, TAG_CONTENT_TYPE, job->content_type);
	message_add_string(message, TAG_CHARSET, job->charset);
	message_add_string(message, TAG_URL, job->url);
	message_add_string(message, TAG_LANGUAGE, job->language);
	if (job->zone != NULL)
		message_add_bytes(
		    message, TAG_ZONE, job->zone, job->zone_length);
	message_add_number(message, TAG_ZONE_OFFSET, job->zone_offset_s);
	message_add_number(message, TAG_ZONE_UNKNOWN, job->zone_is_unknown);
	message_add_number(message, TAG_NOW, job->now_s);
	if (job->window != NULL)
		message_add_bytes(
		    message, TAG_KNOWN_WINDOW, job->window, job->window_length);
	message_add_string(message, TAG_KNOWN_PATH, job->list_path);
	memory_encode(&job->memory, job->lost != 0, message);
	message_add_string(message, TAG_REMEDY, job->healed);
	message_add_string(message, TAG_CANDIDATE, job->candidate);
	message_add_number(message, TAG_PROPOSES, job->proposes);
	message_add_number(message, TAG_LOST, job->lost);
	message_add_number(message, TAG_USUAL, job->usual);
	message_add_number(message, TAG_LIBXML2, job->rules.libxml2);
	rules_encode(&job->rules.items, FIELD_COUNT, message);
	for (int field = 0; field < FIELD_COUNT; field++)
		rules_encode(&job->rules.fields[field], field, message);
	for (size_t i = 0; i < job->rules.article_link_count; i++)
		message_add_string(message,
		    job->rules.article_links[i].is_pattern ? TAG_LINK_PATTERN
							   : TAG_LINK_TEMPLATE,
		    job->rules.article_links[i].text);
	for (size_t i = 0; i < job->rules.filter_count; i++) {
		const struct filter *filter = &job->rules.filters[i];
		message_add_number(message, TAG_FILTER_FIELD, filter->field);
		message_add_string(message, filter->skip ? TAG_SKIP : TAG_ONLY,
		    filter->pattern);
	}
	message_add_learned(&job->learned, message);
	expected_encode(&job->expected, message);
	message_add_number(message, TAG_LEARNS, job->learns);
	message_add_bytes(message, TAG_BODY, job->body, job->length);
	message_close(message, start);
}

static bool
rule_decode(const struct message_field *in, struct rules *rules, int64_t *field,
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
	struct rule *rule = rules_last(rules, *field);
	if (rule == NULL)
		return error_set(err, "a rule without its field");
	char **parts[] = {&rule->css, &rule->xpath, &rule->pattern,
	    &rule->template, &rule->format, &rule->strip, &rule->exclude};
	return field_string(in, 64 << 10, parts[in->tag - TAG_RULE_CSS], err);
}

static bool
list_decode(const struct message_field *in, struct rules *rules,
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

/* Which rule, which filter, which number the next fields are about. */
struct job_place {
	int64_t rule, filter, learned;
	int expected;
};

static bool
expected_field(const struct message_field *in, struct expectation *expected,
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
    const struct message_field *in, struct articles *memory, struct error *err)
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
	case TAG_MEMORY_TEXT:
		return field_string(in, MAX_LINE, &article->text, err);
	case TAG_MEMORY_AUTHOR:
		return field_string(in, 8192, &article->author, err);
	case TAG_MEMORY_IMAGE:
		return field_string(in, 8192, &article->image, err);
	case TAG_MEMORY_CATEGORY:
		return field_string(in, 8192, &article->category, err);
	default:
		if (!field_number(in, 0, PRECISION_SECOND, &number, err))
			return false;
		article->published.precision = (enum precision)number;
		return true;
	}
}

static bool
job_field(const struct message_field *in, struct job *job,
    struct job_place *place, struct error *err)
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
	case TAG_MEMORY_TEXT:
	case TAG_MEMORY_AUTHOR:
	case TAG_MEMORY_IMAGE:
	case TAG_MEMORY_CATEGORY:
		return memory_field(in, &job->memory, err);
	case TAG_REMEDY:
		return field_remedy(in, &job->healed, err);
	case TAG_CANDIDATE:
		return field_remedy(in, &job->candidate, err);
	case TAG_PROPOSES:
		if (!field_number(in, 0, 1, &number, err))
			return false;
		job->proposes = number != 0;
		return true;
	case TAG_LOST:
		if (!field_number(in, 0, (1 << FIELD_COUNT) - 1, &number, err))
			return false;
		job->lost = (uint32_t)number;
		return true;
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
		return field_learned(in, &job->learned, &place->learned, err);
	case TAG_LEARNED_CSS:
		return field_learned_css(
		    in, &job->learned, place->learned, err);
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
	struct message reader = {0};
	struct message_field in;
	struct error trouble = {{0}};
	struct job_place place = {.rule = -1, .learned = -1};
	struct job made = {0};
	if (!message_read(&reader, bytes, length, err))
		return false;
	while (message_next(&reader, &in, &trouble))
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
	free(job->healed);
	free(job->candidate);
	articles_clear(&job->memory);
	rules_clear(&job->rules);
	rules_clear(&job->learned);
	expectation_clear(&job->expected);
	*job = (struct job){0};
}
