#include "daemon/store_db.h"

#include <sqlite3.h>

#include "feed/buffer.h"
#include "feed/hash.h"

/* Each with its type and length, so that nothing can move from one to the
 * next.  False if SQLite has no memory for it. */
static bool
add_value(struct buffer *buffer, sqlite3_value *value)
{
	int64_t head[] = {sqlite3_value_type(value), 0};
	const void *text = NULL;
	if (head[0] == SQLITE_INTEGER)
		head[1] = sqlite3_value_int64(value);
	else {
		text = sqlite3_value_blob(value); /* wants no copy */
		head[1] = sqlite3_value_bytes(value);
	}
	buffer_add(buffer, head, sizeof(head));
	if (text != NULL)
		buffer_add(buffer, text, (size_t)head[1]);
	return text != NULL || head[0] != SQLITE_TEXT || head[1] == 0;
}

static void
on_call(sqlite3_context *context, int count, sqlite3_value **values)
{
	struct buffer buffer = {0};
	bool good = true;
	for (int i = 0; good && i < count; i++)
		good = add_value(&buffer, values[i]);
	uint64_t hash = hash_bytes(buffer.bytes, buffer.length);
	buffer_clear(&buffer);
	if (good)
		sqlite3_result_int64(context, hash != 0 ? (int64_t)hash : 1);
	else
		sqlite3_result_error_nomem(context);
}

bool
db_define_sum(struct sqlite3 *db)
{
	return sqlite3_create_function_v2(db, "sum_of", -1,
		   SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, NULL,
		   on_call, NULL, NULL, NULL) == SQLITE_OK;
}
