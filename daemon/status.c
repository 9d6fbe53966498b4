#include "daemon/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/clock.h"
#include "daemon/learned.h"
#include "daemon/log.h"
#include "daemon/rhythm.h"
#include "daemon/store.h"
#include "feed/date.h"
#include "feed/memory.h"
#include "feed/text.h"

void
say_when(long long at_s, long long now_s, char *words, size_t size)
{
	long long span = at_s > now_s ? at_s - now_s : now_s - at_s;
	const char *unit = "s";
	if (at_s == 0) {
		(void)snprintf(words, size, "never");
		return;
	}
	if (span >= 2 * 86400) {
		span /= 86400;
		unit = "d";
	} else if (span >= 2 * 3600) {
		span /= 3600;
		unit = "h";
	} else if (span >= 120) {
		span /= 60;
		unit = "min";
	}
	(void)snprintf(words, size, at_s > now_s ? "in %lld %s" : "%lld %s ago",
	    span, unit);
}

void
print_json(const char *string)
{
	if (string == NULL) {
		printf("null");
		return;
	}
	putchar('"');
	for (const char *at = string; *at != '\0'; at++) {
		unsigned char byte = (unsigned char)*at;
		if (byte == '"' || byte == '\\')
			printf("\\%c", byte);
		else if (byte < 0x20)
			printf("\\u%04x", byte);
		else
			putchar(byte);
	}
	putchar('"');
}

/* What the configuration makes of a row. */
enum watched {
	WATCHED_NOT,
	WATCHED_SECTION,
	WATCHED_SITE, /* the feed of a whole site: made with its sections' */
};

static enum watched
who_watches(const struct config *config, const char *path)
{
	if (config_section(config, path) != NULL)
		return WATCHED_SECTION;
	return config_site_feed(config, path) != NULL ? WATCHED_SITE
						      : WATCHED_NOT;
}

static const char *
state_word(const struct section_state *state, enum watched watched)
{
	if (watched == WATCHED_SITE)
		return state->stage == NULL ? "good" : "failing";
	if (state->round_s == 0)
		return "waiting";
	if (state->stage == NULL)
		return "good";
	if (section_state_is_refused(state))
		return "refused";
	return state->good_s == 0 ? "never read" : "failing";
}

static void
print_json_time(const char *name, int64_t at_s)
{
	char time[21];
	if (at_s == 0) {
		printf(",\"%s\":null", name);
		return;
	}
	date_format_rfc3339(at_s, time);
	printf(",\"%s\":\"%s\"", name, time);
}

/* What the daemon says of itself ("workers", "daemon"): one clean line, or NULL
 * while it has not. */
static char *
told_of(const char *told, const char *what)
{
	size_t length = strlen(what);
	for (const char *at = told; at != NULL && *at != '\0';) {
		size_t line = strcspn(at, "\n");
		if (strncmp(at, what, length) == 0 && at[length] == ':')
			return text_line(
			    at + length + 1, line - length - 1, 400);
		at += line + (at[line] == '\n');
	}
	return NULL;
}

/* How late its rounds begin; false if it has told nothing. */
static bool
told_of_lateness(const char *told, long long *p99_ms, long long *worst_ms)
{
	char *words = told_of(told, "late");
	bool good =
	    words != NULL && sscanf(words, "%lld %lld", p99_ms, worst_ms) == 2;
	free(words);
	return good;
}

static void
print_told_json(const char *told)
{
	long long p99_ms, worst_ms;
	static const char whole[] = "locked in:";
	char *workers = told_of(told, "workers");
	char *daemon = told_of(told, "daemon");
	char *store = told_of(told, "store");
	char *output = told_of(told, "output");
	printf(",\"locked-in\":%s,\"workers\":",
	    workers == NULL                               ? "null"
	    : strncmp(workers, whole, strlen(whole)) == 0 ? "true"
							  : "false");
	print_json(workers);
	printf(",\"daemon\":");
	print_json(daemon);
	printf(",\"store\":");
	print_json(store);
	printf(",\"output\":");
	print_json(output);
	free(output);
	if (told_of_lateness(told, &p99_ms, &worst_ms))
		printf(",\"late-p99-ms\":%lld,\"late-worst-ms\":%lld", p99_ms,
		    worst_ms);
	else
		printf(",\"late-p99-ms\":null,\"late-worst-ms\":null");
	free(store);
	free(workers);
	free(daemon);
}

/* What `interval: auto` knows of the section; NULL: nothing, or not asked. */
static char *
told_of_rhythm(struct store *store, const struct config *config,
    const struct section_state *state)
{
	const struct section_config *section =
	    config_section(config, state->path);
	struct error err = {{0}};
	struct rhythm rhythm = {0};
	int64_t now_s = clock_now_s(), since_s, *times;
	size_t count;
	if (section == NULL || section->interval_s > 0 ||
	    !store_times(store, state->number, &times, &count, &since_s, &err))
		return NULL;
	rhythm_learn(&rhythm, times, count, since_s, now_s);
	free(times);
	return rhythm.known ? rhythm_words(&rhythm, now_s) : NULL;
}

static void
print_told(const char *told)
{
	static const char *const whats[] = {
	    "output", "store", "daemon", "workers"};
	for (size_t i = 0; i < sizeof(whats) / sizeof(*whats); i++) {
		char *words = told_of(told, whats[i]);
		if (words != NULL)
			printf("%s: %s\n", whats[i], words);
		free(words);
	}
	long long p99_ms, worst_ms;
	if (told_of_lateness(told, &p99_ms, &worst_ms))
		printf("rounds: 99 of 100 begin within %lld ms of being due, "
		       "the worst after %lld ms\n",
		    p99_ms, worst_ms);
}

/* How the rules fare. */
static void
print_learned_json(const struct learned_record *learned)
{
	char *words = learned_words(learned);
	printf(",\"learned\":");
	print_json(words);
	if (words != NULL)
		print_json_time("learned-at", learned->learned_s);
	if (words != NULL && learned->evidence != NULL) {
		printf(",\"evidence\":");
		print_json(learned->evidence);
	}
	free(words);
}

static void
print_watch_json(const struct drift_record *watch)
{
	printf(",\"rules\":");
	print_json(drift_word(watch->drift.phase));
	print_json_time("rules-since", watch->drift.since_s);
	printf(",\"unusual\":");
	print_json(watch->unusual);
}

static void
print_section_json(const struct section_state *state,
    const struct drift_record *watch, enum watched watched, bool is_unverified,
    uint64_t articles, const char *rhythm, const struct learned_record *learned,
    const char *told)
{
	printf("{\"section\":");
	print_json(state->path);
	printf(",\"watched\":%s,\"state\":",
	    watched != WATCHED_NOT ? "true" : "false");
	print_json(state_word(state, watched));
	print_json_time("last-round", state->round_s);
	print_json_time("last-good", state->good_s);
	print_json_time("last-news", state->news_s);
	print_json_time("next", watched == WATCHED_SECTION ? state->due_s : 0);
	printf(",\"rhythm\":");
	print_json(rhythm);
	printf(",\"articles\":%llu,\"on-page\":%u,\"failures\":%u,\"stage\":",
	    (unsigned long long)articles, state->item_count, state->failures);
	print_json(state->stage);
	printf(",\"reason\":");
	print_json(state->reason);
	print_watch_json(watch);
	print_learned_json(learned);
	printf(",\"verified\":%s", is_unverified ? "false" : "true");
	print_told_json(told);
	printf("}");
}

static void
print_learned(const struct learned_record *learned, int64_t now_s)
{
	char *words = learned_words(learned), when[32];
	say_when(learned->learned_s, now_s, when, sizeof(when));
	if (words != NULL) {
		char *line = text_excerpt(words, 56);
		printf("  learned %s: %s\n", when, line);
		free(line);
	}
	free(words);
}

static void
print_line(const struct section_state *state, const struct drift_record *watch,
    enum watched watched, bool is_unverified, uint64_t articles,
    const char *rhythm, const struct learned_record *learned)
{
	int64_t now_s = clock_now_s();
	char good[32], next[32];
	bool terminal = isatty(STDOUT_FILENO);
	const char *colour = !terminal              ? ""
			     : state->stage == NULL ? "\033[32m"
						    : "\033[31m";
	char *path = text_pad(state->path, 27);
	bool is_site = watched == WATCHED_SITE;
	say_when(state->good_s, now_s, good, sizeof(good));
	if (watched == WATCHED_SECTION)
		say_when(state->due_s, now_s, next, sizeof(next));
	else
		(void)snprintf(next, sizeof(next), "%s",
		    is_site ? "with these" : "not watched");
	printf("%s %s%-10s%s %-12s %-12s %8llu\n", path, colour,
	    state_word(state, watched), terminal ? "\033[0m" : "",
	    is_site ? "" : good,
	    state->due_s <= now_s && watched == WATCHED_SECTION &&
		    state->due_s != 0
		? "now"
		: next,
	    (unsigned long long)articles);
	if (state->stage != NULL) {
		char *reason = text_excerpt(state->reason, 60);
		printf("  %s: %s", state->stage, reason);
		if (state->failures > 0)
			printf(" (%u in a row)", state->failures);
		putchar('\n');
		free(reason);
	} else if (rhythm != NULL)
		printf("  next %s: %s\n", next, rhythm);
	/* what failed the round is its reason already */
	if (watch->unusual != NULL &&
	    (state->reason == NULL ||
		strcmp(state->reason, watch->unusual) != 0))
		printf("  unusual: %s\n", watch->unusual);
	print_learned(learned, now_s);
	if (is_unverified)
		printf("  tls: certificates are not verified\n");
	free(path);
}

int
command_status(struct config *config, const struct call *call)
{
	struct error err = {{0}};
	struct section_state *list = NULL;
	size_t count = 0;
	int status = 1;
	char *told = store_told(config->state);
	struct store *store = store_open(config->state, STORE_READ, &err);
	if (store == NULL || !store_sections(store, &list, &count, &err)) {
		log_errorx("%s", err.reason);
		goto out;
	}
	status = 0;
	if (call->json)
		printf("[");
	else
		printf("%-27s %-10s %-12s %-12s %8s\n", "section", "state",
		    "last good", "next", "articles");
	for (size_t i = 0, shown = 0; i < count; i++) {
		uint64_t articles = 0, stubs = 0;
		enum watched watched = who_watches(config, list[i].path);
		const struct section_config *section =
		    config_section(config, list[i].path);
		bool is_unverified = section != NULL && !section->tls_verify;
		bool named = call->name_count == 0;
		for (size_t k = 0; k < call->name_count; k++)
			named |= strcmp(call->names[k], list[i].path) == 0;
		if (!named)
			continue;
		if (!store_count(
			store, list[i].number, &articles, &stubs, &err))
			log_warnx("%s", err.reason);
		struct learned learned = {0};
		if (section != NULL && !learned_load(&learned, store, section,
					   list[i].number, &err))
			log_warnx("%s", err.reason);
		struct drift_record watch;
		if (!store_drift(store, list[i].number, &watch, &err)) {
			log_warnx("%s", err.reason);
			watch = (struct drift_record){0};
		}
		char *rhythm = told_of_rhythm(store, config, &list[i]);
		if (call->json) {
			printf("%s", shown++ > 0 ? ",\n " : "");
			print_section_json(&list[i], &watch, watched,
			    is_unverified, articles, rhythm, &learned.record,
			    told);
		} else
			print_line(&list[i], &watch, watched, is_unverified,
			    articles, rhythm, &learned.record);
		free(rhythm);
		drift_record_clear(&watch);
		learned_clear(&learned);
	}
	if (call->json)
		printf("]\n");
	else
		print_told(told);
out:
	free(told);
	for (size_t i = 0; i < count; i++)
		section_state_clear(&list[i]);
	free(list);
	store_close(store);
	config_free(config);
	return status;
}
