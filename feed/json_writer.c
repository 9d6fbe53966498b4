#include "feed/json_writer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "feed/buffer.h"
#include "feed/memory.h"
#include "feed/text.h"

enum { MAX_DEPTH = 16 }; /* our documents are flat */

struct json_writer {
	struct buffer bytes;
	char closing[MAX_DEPTH]; /* what ends each open value */
	size_t depth;
	bool is_first;        /* nothing stands in the open value yet */
	struct error failure; /* the first one */
	bool has_failed;
};

struct json_writer *
json_writer_new(void)
{
	struct json_writer *json = xcalloc(1, sizeof(*json));
	json->is_first = true;
	return json;
}

void
json_writer_free(struct json_writer *json)
{
	if (json == NULL)
		return;
	buffer_clear(&json->bytes);
	free(json);
}

/* RFC 8259 7: what must be escaped, and of that only what clean text holds. */
static void
write_quoted(struct json_writer *json, const char *text)
{
	struct buffer *bytes = &json->bytes;
	buffer_add_byte(bytes, '"');
	for (const char *at = text; *at != '\0'; at++) {
		size_t plain = strcspn(at, "\"\\\n");
		buffer_add(bytes, at, plain);
		at += plain;
		if (*at == '\0')
			break;
		buffer_add_byte(bytes, '\\');
		buffer_add_byte(bytes, *at == '\n' ? 'n' : *at);
	}
	buffer_add_byte(bytes, '"');
}

static void
new_line(struct json_writer *json)
{
	buffer_add_byte(&json->bytes, '\n');
	for (size_t i = 0; i < json->depth; i++)
		buffer_add_byte(&json->bytes, ' ');
}

/* Up to where the value goes. */
static void
begin_value(struct json_writer *json, const char *name)
{
	assert(json->depth == 0 ||
	       (name != NULL) == (json->closing[json->depth - 1] == '}'));
	if (!json->is_first)
		buffer_add_byte(&json->bytes, ',');
	if (json->depth > 0)
		new_line(json);
	json->is_first = false;
	if (name != NULL) {
		write_quoted(json, name);
		buffer_add_string(&json->bytes, ": ");
	}
}

void
json_writer_open(struct json_writer *json, const char *name, char bracket)
{
	assert(json->depth < MAX_DEPTH);
	begin_value(json, name);
	buffer_add_byte(&json->bytes, bracket);
	json->closing[json->depth++] = bracket == '{' ? '}' : ']';
	json->is_first = true;
}

void
json_writer_close(struct json_writer *json)
{
	assert(json->depth > 0);
	char closing = json->closing[--json->depth];
	if (!json->is_first)
		new_line(json);
	buffer_add_byte(&json->bytes, closing);
	json->is_first = false;
}

void
json_writer_string(struct json_writer *json, const char *name, const char *text)
{
	if (json->has_failed)
		return;
	if (text == NULL) {
		begin_value(json, name);
		buffer_add_string(&json->bytes, "null");
		return;
	}
	if (!text_is_clean(text, strlen(text), true)) {
		json->has_failed = true;
		(void)error_set(&json->failure, "unclean text in %s",
		    name != NULL ? name : "a list");
		return;
	}
	begin_value(json, name);
	write_quoted(json, text);
}

void
json_writer_number(struct json_writer *json, const char *name, int64_t number)
{
	begin_value(json, name);
	buffer_add_format(&json->bytes, "%lld", (long long)number);
}

void
json_writer_truth(struct json_writer *json, const char *name, bool truth)
{
	begin_value(json, name);
	buffer_add_string(&json->bytes, truth ? "true" : "false");
}

char *
json_writer_finish(struct json_writer *json, size_t *length, struct error *err)
{
	assert(json->depth == 0 || json->has_failed);
	if (json->has_failed) {
		(void)error_set(err, "%s", json->failure.reason);
		return NULL;
	}
	buffer_add_byte(&json->bytes, '\n');
	if (!json_check(json->bytes.bytes, json->bytes.length, err))
		return NULL;
	*length = json->bytes.length;
	return buffer_take(&json->bytes);
}

bool
json_check(const char *bytes, size_t length, struct error *err)
{
	json_error_t reason;
	/* a seed of its own would be asked of the kernel; the names in these
	 * bytes are ours */
	json_object_seed(1);
	json_t *value =
	    json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &reason);
	if (value == NULL)
		return error_set(err, "line %d: %s", reason.line, reason.text);
	json_decref(value);
	return true;
}
