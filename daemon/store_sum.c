#include "daemon/store_db.h"

#include <sqlite3.h>

#include "feed/buffer.h"
#include "feed/hash.h"

/* Each with its type and length, so that nothing can move from one to the
 * next. */
static void
add_value(struct buffer *buffer, sqlite3_value *value)
{
	int64_t head[] = {sqlite3_value_type(value), 0};
	if (head[0] == SQLITE_INTEGER)
		head[1] = sqlite3_value_int64(value);
	else
		head[1] = sqlite3_value_bytes(value);
	buffer_add(buffer, (const char *)head, sizeof(head));
	if (head[0] == SQLITE_TEXT)
		buffer_add(buffer, (const char *)sqlite3_value_text(value),
		    (size_t)head[1]);
}

static void
on_call(sqlite3_context *context, int count, sqlite3_value **values)
{
	struct buffer buffer = {0};
	for (int i = 0; i < count; i++)
		add_value(&buffer, values[i]);
	uint64_t hash = hash_bytes(buffer.bytes, buffer.length);
	buffer_clear(&buffer);
	sqlite3_result_int64(context, hash != 0 ? (int64_t)hash : 1);
}

bool
db_define_sum(struct sqlite3 *db)
{
	return sqlite3_create_function_v2(db, "sum_of", -1,
		   SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, NULL,
		   on_call, NULL, NULL, NULL) == SQLITE_OK;
}
