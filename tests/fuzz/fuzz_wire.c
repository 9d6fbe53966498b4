#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/wire.h"
#include "feed/memory.h"
#include "feed/text.h"

/*
 * What a worker answers, as the daemon reads it: whatever the bytes, an answer
 * that is taken holds clean text and http addresses alone, within the limits,
 * and says the same when it is sent on.  Input: a byte that chooses, then the
 * fields as they stand on the wire, or in short: tag, length, bytes.
 */
int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
require(bool is_true, const char *what)
{
	if (is_true)
		return;
	(void)fprintf(stderr, "fuzz_wire: %s\n", what);
	abort();
}

static void
frame(struct buffer *message)
{
	uint32_t length = (uint32_t)(message->length - sizeof(length));
	memcpy(message->bytes, &length, sizeof(length));
}

/* Numbers are eight bytes long: a length of 255 stands for one of them. */
static void
add_short_fields(struct buffer *message, const uint8_t *data, size_t size)
{
	while (size >= 2) {
		uint16_t tag = data[0];
		bool is_number = data[1] == 255;
		uint32_t length = is_number ? 1 : data[1];
		data += 2;
		size -= 2;
		if (length > size)
			length = (uint32_t)size;
		int64_t number = length > 0 ? data[0] : 0;
		uint32_t said = is_number ? sizeof(number) : length;
		buffer_add(message, &tag, sizeof(tag));
		buffer_add(message, &said, sizeof(said));
		buffer_add(
		    message, is_number ? (const void *)&number : data, said);
		data += length;
		size -= length;
	}
}

static void
require_clean(const char *string, bool paragraphs, const char *what)
{
	if (string != NULL)
		require(
		    text_is_clean(string, strlen(string), paragraphs), what);
}

static void
require_address(const char *link, const char *what)
{
	require_clean(link, false, what);
	if (link != NULL)
		require(strncmp(link, "http://", 7) == 0 ||
			    strncmp(link, "https://", 8) == 0,
		    what);
}

static void
require_good(const struct answer *answer)
{
	const struct extraction *read = &answer->extraction;
	require(read->articles.count <= WIRE_MAX_ARTICLES, "count");
	require_clean(answer->reason, false, "reason");
	require_clean(read->page_title, false, "page title");
	require_clean(read->heading, false, "heading");
	require_address(read->icon, "icon");
	for (size_t i = 0; i < read->articles.count; i++) {
		const struct article *article = &read->articles.list[i];
		require(article->link != NULL && article->title != NULL,
		    "half an article");
		require_address(article->link, "link");
		require_address(article->image, "image");
		require_clean(article->title, false, "title");
		require_clean(article->author, false, "author");
		require_clean(article->category, false, "category");
		require_clean(article->text, true, "text");
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error err = {{0}};
	struct answer answer, again;
	struct sandbox sandbox;
	struct buffer message = {0}, sent = {0}, sent_again = {0};
	if (size < 1 || size > WIRE_MAX_MESSAGE / 64)
		return 0;
	buffer_add(&message, "\0\0\0\0", 4);
	if (data[0] % 2 == 0)
		buffer_add(&message, data + 1, size - 1);
	else
		add_short_fields(&message, data + 1, size - 1);
	frame(&message);
	if (hello_decode(message.bytes, message.length, &sandbox, &err))
		require(sandbox.parts <= SANDBOX_ALL, "parts");
	if (answer_decode(message.bytes, message.length, &answer, &err)) {
		require_good(&answer);
		answer_encode(&answer, &sent);
		require(answer_decode(sent.bytes, sent.length, &again, &err),
		    err.reason);
		answer_encode(&again, &sent_again);
		require(
		    sent.length == sent_again.length &&
			memcmp(sent.bytes, sent_again.bytes, sent.length) == 0,
		    "not the same when sent on");
		answer_clear(&answer);
		answer_clear(&again);
	}
	buffer_clear(&message);
	buffer_clear(&sent);
	buffer_clear(&sent_again);
	return 0;
}
