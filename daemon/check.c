#include "daemon/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <event2/event.h>

#include "config/json_schema.h"
#include "daemon/asker.h"
#include "daemon/log.h"
#include "daemon/unit.h"
#include "daemon/visit.h"
#include "feed/memory.h"

/* ---- online ---- */

#define READERS 2

struct check {
	struct event_base *base;
	struct workers *workers;
	struct zones *zones;
	struct store *store; /* or NULL: never run yet */
	size_t waiting, failed;
};

/* A page that came, while a worker reads it. */
struct checked {
	struct check *check;
	struct visit visit;
	struct learned learned;
	struct healed_record healed;
	char *moved_to; /* or NULL */
	size_t length;  /* bytes */
};

static void
checked_free(struct checked *page)
{
	visit_clear(&page->visit);
	learned_clear(&page->learned);
	healed_record_clear(&page->healed);
	free(page->moved_to);
	free(page);
}

static void
check_end(struct check *check)
{
	fflush(stdout);
	if (--check->waiting == 0)
		event_base_loopbreak(check->base);
}

static void
say_bad(struct check *check, const struct section_config *config,
    const char *stage, const char *reason)
{
	check->failed++;
	printf("%-30s %s%s%s\n", config->path, stage,
	    stage[0] != '\0' ? ": " : "", reason);
}

static void
say_good(const struct checked *page)
{
	const char *path = page->visit.section->path;
	if (page->moved_to != NULL)
		printf("%-30s good, but has moved for good to %s\n", path,
		    page->moved_to);
	else
		printf("%-30s good: %zu bytes, %zu articles\n", path,
		    page->length, page->visit.answer.extraction.articles.count);
}

static void
on_answer(struct answer *answer, const char *reason, void *arg)
{
	struct checked *page = arg;
	struct check *check = page->check;
	const struct section_config *config = page->visit.section;
	struct error err = {{0}};
	if (answer == NULL)
		say_bad(check, config, "extract", reason);
	else if (answer->stage != NULL)
		say_bad(check, config, answer->stage, answer->reason);
	else {
		page->visit.answer = *answer;
		*answer = (struct answer){0};
		if (visit_judge(&page->visit, check->store, &err))
			say_good(page);
		else
			say_bad(check, config, "", err.reason);
	}
	checked_free(page);
	check_end(check);
}

static void
on_page(const struct section_config *config, const char *stage,
    const char *reason, const struct reply *reply, void *arg)
{
	struct check *check = arg;
	struct error err = {{0}};
	if (stage != NULL) {
		say_bad(check, config, stage, reason);
		check_end(check);
		return;
	}
	struct checked *page = xcalloc(1, sizeof(*page));
	page->check = check;
	page->visit.section = config;
	page->moved_to = xstrdup_or_null(reply->moved_to);
	page->length = reply->length;
	if (!visit_recall(&page->visit, check->store, &page->learned,
		&page->healed, &err)) {
		say_bad(check, config, "store", err.reason);
		checked_free(page);
		check_end(check);
		return;
	}
	visit_read(
	    &page->visit, reply, check->workers, check->zones, on_answer, page);
}

/* How many pages may not, or cannot, be read, or are no news. */
static size_t
check_online(const struct config *config)
{
	struct error err = {{0}};
	struct check check = {
	    .base = event_base_new(),
	    .zones = zones_new(),
	    .waiting = config->section_count,
	};
	check.workers = workers_new(check.base, READERS, VISIT_DEADLINE_MS);
	if (config->state != NULL)
		check.store = store_open(config->state, STORE_READ, NULL);
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
	workers_free(check.workers);
	store_close(check.store);
	zones_free(check.zones);
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
