#ifndef FEED_JSON_WRITER_H
#define FEED_JSON_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/error.h"

/*
 * Writing JSON (RFC 8259) by ourselves, so that neither the order of members
 * nor a byte changes with a library's release, and reading it again with
 * jansson.  Only text that text_is_clean is taken.  The first failure is kept,
 * whatever follows it does nothing, json_writer_finish tells.
 */
struct json_writer;

struct json_writer *json_writer_new(void);
void json_writer_free(struct json_writer *);

/* '{' or '['.  name is that of the member, our own literal; NULL in an array
 * and for the whole document. */
void json_writer_open(struct json_writer *, const char *name, char bracket);
void json_writer_close(struct json_writer *);
/* Clean, newlines allowed; NULL is written as null. */
void json_writer_string(
    struct json_writer *, const char *name, const char *text);
void json_writer_number(struct json_writer *, const char *name, int64_t);
void json_writer_truth(struct json_writer *, const char *name, bool);

/*
 * Hands over the document, ending in a newline, its size in *length, for the
 * caller to free.  NULL and err after any failure, or if json_check refuses
 * the bytes.  Then only json_writer_free is left.
 */
char *json_writer_finish(struct json_writer *, size_t *length, struct error *);

/* Are these bytes one JSON object or array in UTF-8, no name in it twice?
 * False and err ("line 3: ...") if not. */
bool json_check(const char *bytes, size_t length, struct error *);

#endif
