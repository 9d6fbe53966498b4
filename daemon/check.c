#include "daemon/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <event2/event.h>

#include "config/json_schema.h"
#include "daemon/asker.h"
#include "daemon/log.h"
#include "daemon/unit.h"

/* ---- online ---- */

struct check {
	struct event_base *base;
	size_t waiting, failed;
};

static void
on_page(const struct section_config *config, const char *stage,
    const char *reason, const struct reply *reply, void *arg)
{
	struct check *check = arg;
	if (stage != NULL) {
		check->failed++;
		printf("%-30s %s: %s\n", config->path, stage, reason);
	} else if (reply->moved_to != NULL)
		printf("%-30s good, but has moved for good to %s\n",
		    config->path, reply->moved_to);
	else
		printf("%-30s good: %zu bytes\n", config->path, reply->length);
	fflush(stdout);
	if (--check->waiting == 0)
		event_base_loopbreak(check->base);
}

/* How many pages may not, or cannot, be read. */
static size_t
check_online(const struct config *config)
{
	struct error err = {{0}};
	struct check check = {
	    .base = event_base_new(),
	    .waiting = config->section_count,
	    .failed = 0,
	};
	struct asker *asker = asker_new(check.base, &err);
	if (asker == NULL) {
		log_errorx("%s", err.reason);
		check.failed = config->section_count;
	} else {
		for (size_t i = 0; i < config->section_count; i++)
			asker_ask(asker, &config->sections[i], on_page, &check);
		event_base_dispatch(check.base);
	}
	asker_free(asker);
	event_base_free(check.base);
	return check.failed;
}

/* ---- the command ---- */

static int
print_schema(void)
{
	struct error err;
	size_t length;
	char *schema = json_schema(&length, &err);
	if (schema == NULL) {
		log_errorx("%s", err.reason);
		return 1;
	}
	fwrite(schema, 1, length, stdout);
	free(schema);
	return 0;
}

/* Where the daemon runs as a service that may not write there. */
static void
print_advice(const struct config *config)
{
	const char *const folders[] = {config->output, config->state};
	const char *unit = unit_file();
	char *advice = unit == NULL ? NULL
				    : unit_advice(folders,
					  sizeof(folders) / sizeof(folders[0]));
	if (advice != NULL)
		printf("%s lets metrofeed write below " UNIT_HOME
		       " alone. If it is to run as that service, as root:\n%s",
		    unit, advice);
	free(advice);
}

int
command_check(struct config *config, const struct call *call)
{
	size_t failed = 0;
	if (call->schema) {
		config_free(config);
		return print_schema();
	}
	if (call->print) {
		char *text = config_print(config);
		fputs(text, stdout);
		free(text);
	} else if (call->online)
		failed = check_online(config);
	else {
		if (isatty(STDOUT_FILENO))
			printf("%s: good, %zu sections\n", config->file,
			    config->section_count);
		print_advice(config);
	}
	config_free(config);
	return failed > 0 ? 1 : 0;
}
