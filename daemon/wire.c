#include "daemon/wire_private.h"

#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"
#include "feed/remedy.h"
#include "feed/text.h"
#include "feed/window.h"

void
message_add_bytes(
    struct buffer *message, uint16_t tag, const void *bytes, size_t length)
{
	uint32_t length32 = (uint32_t)length;
	buffer_add(message, &tag, sizeof(tag));
	buffer_add(message, &length32, sizeof(length32));
	buffer_add(message, bytes, length);
}

void
message_add_string(struct buffer *message, int tag, const char *string)
{
	if (string != NULL)
		message_add_bytes(
		    message, (uint16_t)tag, string, strlen(string));
}

void
message_add_number(struct buffer *message, int tag, int64_t number)
{
	message_add_bytes(message, (uint16_t)tag, &number, sizeof(number));
}

size_t
message_open(struct buffer *message)
{
	size_t start = message->length;
	uint32_t length = 0;
	buffer_add(message, &length, sizeof(length));
	return start;
}

void
message_close(struct buffer *message, size_t start)
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

bool
message_read(
    struct message *reader, const char *bytes, size_t length, struct error *err)
{
	if (length < sizeof(uint32_t) || length > WIRE_MAX_MESSAGE ||
	    wire_length(bytes, length) != length)
		return error_set(err, "a message of the wrong length");
	reader->at = bytes + sizeof(uint32_t);
	reader->end = bytes + length;
	return true;
}

bool
message_next(
    struct message *reader, struct message_field *field, struct error *err)
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

bool
field_number(const struct message_field *field, int64_t least, int64_t most,
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

bool
field_bytes(const struct message_field *field, void *to, size_t length,
    struct error *err)
{
	if (field->length != length)
		return error_set(err, "field %u: another length", field->tag);
	memcpy(to, field->bytes, length);
	return true;
}

bool
field_string(const struct message_field *field, size_t max_bytes, char **string,
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
	size_t start = message_open(message);
	message_add_number(message, TAG_PARTS, sandbox->parts);
	message_add_number(message, TAG_LANDLOCK_ABI, sandbox->landlock_abi);
	message_close(message, start);
}

bool
hello_decode(const char *bytes, size_t length, struct sandbox *sandbox,
    struct error *err)
{
	struct message reader = {0};
	struct message_field in;
	int64_t parts = 0, abi = 0;
	if (length != WIRE_HELLO_LENGTH)
		return error_set(err, "no greeting");
	if (!message_read(&reader, bytes, length, err))
		return false;
	if (!message_next(&reader, &in, err) || in.tag != TAG_PARTS ||
	    !field_number(&in, 0, SANDBOX_ALL, &parts, err) ||
	    !message_next(&reader, &in, err) || in.tag != TAG_LANDLOCK_ABI ||
	    !field_number(&in, 0, UINT16_MAX, &abi, err))
		return error_set(err, "no greeting");
	sandbox->parts = (unsigned)parts;
	sandbox->landlock_abi = (unsigned)abi;
	return true;
}

bool
field_window(const struct message_field *field, char **window, size_t *length,
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
add_learned(const struct rule_list *rules, int field, struct buffer *message)
{
	for (size_t i = 0; i < rules->count && i < LESSON_ALTERNATIVES; i++)
		if (rules->list[i].css != NULL) {
			message_add_number(message, TAG_LEARNED_FIELD, field);
			message_add_string(
			    message, TAG_LEARNED_CSS, rules->list[i].css);
		}
}

void
message_add_learned(const struct rules *rules, struct buffer *message)
{
	add_learned(&rules->items, FIELD_COUNT, message);
	for (int field = 0; field < FIELD_COUNT; field++)
		add_learned(&rules->fields[field], field, message);
}

struct rule *
rules_last(struct rules *rules, int64_t field)
{
	struct rule_list *list = field == FIELD_COUNT ? &rules->items
				 : field >= 0         ? &rules->fields[field]
						      : NULL;
	return list == NULL ? NULL : &list->list[list->count - 1];
}

bool
field_clean(const struct message_field *field, size_t max_bytes,
    bool paragraphs, char **string, struct error *err)
{
	if (!text_is_clean(field->bytes, field->length, paragraphs))
		return error_set(err, "field %u: not clean text", field->tag);
	return field_string(field, max_bytes, string, err);
}

bool
field_remedy(const struct message_field *in, char **text, struct error *err)
{
	struct remedy remedy = {0};
	if (!field_string(in, MAX_REMEDY, text, err))
		return false;
	bool good = remedy_read(*text, &remedy) && !remedy_is_none(&remedy);
	remedy_clear(&remedy);
	return good || error_set(err, "field %u: no remedy", in->tag);
}

bool
field_learned_css(const struct message_field *in, struct rules *rules,
    int64_t field, struct error *err)
{
	struct rule *rule = rules_last(rules, field);
	if (rule == NULL)
		return error_set(err, "a rule without its field");
	return field_clean(in, LESSON_CSS_BYTES, false, &rule->css, err) &&
	       rule_check(rule, (enum field)field, err);
}

bool
field_learned(const struct message_field *in, struct rules *rules,
    int64_t *field, struct error *err)
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
