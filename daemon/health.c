#include "daemon/health.h"

#define BROKEN_ROUNDS 3
#define BROKEN_S 86400 /* a site that is asked once a day: 410, back-off */

enum index_health
health_of(const struct section_state *state)
{
	if (state->round_s == 0)
		return INDEX_WAITING;
	if (state->stage == NULL)
		return INDEX_GOOD;
	if (section_state_is_refused(state))
		return INDEX_REFUSED;
	if (state->failures == 0 || state->failures >= BROKEN_ROUNDS)
		return INDEX_BROKEN;
	if (state->good_s == 0)
		return INDEX_WAITING;
	return state->round_s - state->good_s >= BROKEN_S ? INDEX_BROKEN
							  : INDEX_GOOD;
}

const char *
health_word(enum index_health health)
{
	static const char *const words[INDEX_HEALTHS] = {
	    [INDEX_WAITING] = "waiting",
	    [INDEX_GOOD] = "good",
	    [INDEX_DEGRADED] = "degraded",
	    [INDEX_BROKEN] = "broken",
	    [INDEX_REFUSED] = "refused",
	};
	return words[health];
}
