#include "daemon/trouble.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/clock.h"
#include "daemon/log.h"
#include "feed/hash.h"
#include "feed/memory.h"

static uint64_t
cause_of(const char *reason)
{
	const char *cause = reason;
	for (const char *at = reason; (at = strstr(at, ": ")) != NULL; at++)
		cause = at + 2;
	return hash_bytes(cause, strlen(cause));
}

static bool
is_told(const struct trouble *trouble, uint64_t cause)
{
	for (size_t i = 0; i < trouble->cause_count; i++)
		if (trouble->causes[i] == cause)
			return true;
	return trouble->cause_count == TROUBLE_CAUSES;
}

void
trouble_meet(struct trouble *trouble, const char *reason)
{
	uint64_t cause = cause_of(reason);
	trouble->count++;
	if (is_told(trouble, cause)) {
		log_debug("%s: %s", trouble->what, reason);
		return;
	}
	trouble->causes[trouble->cause_count++] = cause;
	if (trouble->reason == NULL) {
		trouble->reason = xstrdup(reason);
		trouble->since_ms = clock_monotonic_ms();
	}
	log_errorx("%s: %s; %s", trouble->what, reason, trouble->consequence);
}

void
trouble_end(struct trouble *trouble)
{
	if (trouble->reason == NULL)
		return;
	int64_t lasted_ms = clock_monotonic_ms() - trouble->since_ms;
	log_info("%s: well again after %lld s", trouble->what,
	    (long long)(lasted_ms + 999) / 1000);
	trouble_clear(trouble);
}

void
trouble_clear(struct trouble *trouble)
{
	free(trouble->reason);
	trouble->reason = NULL;
	trouble->cause_count = 0;
}
