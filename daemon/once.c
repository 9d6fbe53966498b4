#include "daemon/commands.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon/clock.h"
#include "daemon/daemon.h"
#include "daemon/log.h"

static void
on_round(const struct section *section, enum round_end end, void *arg)
{
	const bool *terminal = arg;
	const struct section_state *state = section_state(section);
	if (!*terminal)
		return;
	switch (end) {
	case ROUND_NEWS:
	case ROUND_UNCHANGED:
		printf("%-30s %s, %u articles on the page\n", state->path,
		    end == ROUND_NEWS ? "news" : "nothing new",
		    state->item_count);
		break;
	case ROUND_FAILED:
		break; /* the log has said it */
	case ROUND_TOO_EARLY: {
		char words[64];
		say_when(state->round_s, clock_now_s(), words, sizeof(words));
		printf("%-30s not asked: its last round began %s "
		       "(min-interval)\n",
		    state->path, words);
		break;
	}
	}
	fflush(stdout);
}

int
command_once(struct config *config, const struct call *call)
{
	struct error err = {{0}};
	bool terminal = isatty(STDOUT_FILENO);
	for (size_t i = 0; i < call->name_count; i++)
		if (config_section(config, call->names[i]) == NULL) {
			log_errorx("no section '%s' in %s", call->names[i],
			    config->file);
			config_free(config);
			return 2;
		}
	struct daemon *daemon =
	    daemon_new(config, call->file, &call->overrides, &err);
	if (daemon == NULL) {
		log_errorx("%s", err.reason);
		if (strstr(err.reason, "another metrofeed") != NULL)
			log_errorx("ask the running one for a round: kill "
				   "-USR1 and its pid");
		return 1;
	}
	size_t failed = daemon_once(
	    daemon, call->names, call->name_count, on_round, &terminal);
	daemon_free(daemon);
	return failed > 0 ? 1 : 0;
}
