#include "daemon/commands.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/clock.h"
#include "daemon/incidents.h"
#include "daemon/log.h"
#include "daemon/rhythm.h"
#include "daemon/status_rules.h"
#include "daemon/store.h"
#include "daemon/terminal.h"
#include "feed/date.h"
#include "feed/memory.h"
#include "feed/text.h"

#define PATH_CELLS 27

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

void
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

static void __attribute__((format(printf, 2, 3)))
print_words(size_t indent, const char *format, ...)
{
	char words[2000];
	va_list arguments;
	va_start(arguments, format);
	(void)vsnprintf(words, sizeof(words), format, arguments);
	va_end(arguments);
	terminal_print(indent, words);
}

static void
print_told(const char *told)
{
	static const char *const whats[] = {
	    "output", "store", "daemon", "workers"};
	for (size_t i = 0; i < sizeof(whats) / sizeof(*whats); i++) {
		char *words = told_of(told, whats[i]);
		if (words != NULL)
			print_words(0, "%s: %s", whats[i], words);
		free(words);
	}
	long long p99_ms, worst_ms;
	if (told_of_lateness(told, &p99_ms, &worst_ms))
		print_words(0,
		    "rounds: 99 of 100 begin within %lld ms of being due, the "
		    "worst after %lld ms",
		    p99_ms, worst_ms);
}

static void
print_section_json(const struct section_state *state,
    const struct status_rules *rules, const struct incident *incident,
    enum watched watched, bool is_unverified, uint64_t articles,
    const char *rhythm, const char *told)
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
	status_rules_print_json(rules);
	printf(",\"incident\":");
	print_json(incident != NULL ? incident->id : NULL);
	print_json_time("since", incident != NULL ? incident->opened_s : 0);
	printf(",\"verified\":%s", is_unverified ? "false" : "true");
	print_told_json(told);
	printf("}");
}

static const char *
colour_of(const struct section_state *state, const struct incident *incident)
{
	if (incident != NULL && incident->broken == NULL)
		return "\033[33m";
	return state->stage == NULL ? "\033[32m" : "\033[31m";
}

/* A path too long for its column has lines of its own. */
static void
print_path(const char *path)
{
	bool fits = text_cells(path) <= PATH_CELLS;
	if (!fits)
		terminal_print(0, path);
	char *padded = text_pad(fits ? path : "", PATH_CELLS);
	printf("%s ", padded);
	free(padded);
}

static void
print_row(const struct section_state *state, const struct incident *incident,
    enum watched watched, uint64_t articles)
{
	int64_t now_s = clock_now_s();
	char good[32], next[32];
	bool is_coloured = terminal_has_colours();
	bool is_site = watched == WATCHED_SITE;
	const char *word = state_word(state, watched);
	if (incident != NULL && incident->broken == NULL &&
	    strcmp(word, "good") == 0)
		word = "degraded";
	say_when(state->good_s, now_s, good, sizeof(good));
	if (watched == WATCHED_SECTION)
		say_when(state->due_s, now_s, next, sizeof(next));
	else
		(void)snprintf(next, sizeof(next), "%s",
		    is_site ? "with these" : "not watched");
	print_path(state->path);
	printf("%s%-10s%s %-12s %-12s %8llu\n",
	    is_coloured ? colour_of(state, incident) : "", word,
	    is_coloured ? "\033[0m" : "", is_site ? "" : good,
	    state->due_s <= now_s && watched == WATCHED_SECTION &&
		    state->due_s != 0
		? "now"
		: next,
	    (unsigned long long)articles);
}

static void
print_section(const struct section_state *state,
    const struct status_rules *rules, const struct incident *incident,
    enum watched watched, bool is_unverified, uint64_t articles,
    const char *rhythm)
{
	char when[32];
	print_row(state, incident, watched, articles);
	say_when(state->due_s, clock_now_s(), when, sizeof(when));
	if (state->stage != NULL && state->failures > 0)
		print_words(2, "%s: %s (%u in a row)", state->stage,
		    state->reason, state->failures);
	else if (state->stage != NULL)
		print_words(2, "%s: %s", state->stage, state->reason);
	else if (rhythm != NULL)
		print_words(2, "next %s: %s", when, rhythm);
	if (incident != NULL) {
		say_when(incident->opened_s, clock_now_s(), when, sizeof(when));
		print_words(2, "%s, told %s: %s", incident_word(incident), when,
		    incident->reason);
	}
	status_rules_print(rules, state->reason, clock_now_s());
	if (is_unverified)
		print_words(2, "tls: certificates are not verified");
}

static bool
count_articles(struct store *store, const struct section_state *state,
    enum watched watched, uint64_t *articles, struct error *err)
{
	uint64_t stubs;
	return watched == WATCHED_SITE
		   ? store_count_of_site(store, state->path, articles, err)
		   : store_count(store, state->number, articles, &stubs, err);
}

int
command_status(struct config *config, const struct call *call)
{
	struct error err = {{0}};
	struct section_state *list = NULL;
	size_t count = 0;
	int status = 1;
	char *told = store_told(config->state);
	struct incidents *incidents = NULL;
	struct store *store = store_open(config->state, STORE_READ, &err);
	if (store != NULL)
		incidents = incidents_new(store, &err);
	if (incidents == NULL || !store_sections(store, &list, &count, &err)) {
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
		uint64_t articles = 0;
		enum watched watched = who_watches(config, list[i].path);
		const struct section_config *section =
		    config_section(config, list[i].path);
		bool is_unverified = section != NULL && !section->tls_verify;
		bool named = call->name_count == 0;
		for (size_t k = 0; k < call->name_count; k++)
			named |= strcmp(call->names[k], list[i].path) == 0;
		if (!named)
			continue;
		if (!count_articles(store, &list[i], watched, &articles, &err))
			log_warnx("%s", err.reason);
		struct status_rules rules;
		if (!status_rules_load(
			&rules, store, section, list[i].number, &err))
			log_warnx("%s", err.reason);
		char *rhythm = told_of_rhythm(store, config, &list[i]);
		if (call->json) {
			printf("%s", shown++ > 0 ? ",\n " : "");
			print_section_json(&list[i], &rules,
			    incident_of(incidents, list[i].path), watched,
			    is_unverified, articles, rhythm, told);
		} else
			print_section(&list[i], &rules,
			    incident_of(incidents, list[i].path), watched,
			    is_unverified, articles, rhythm);
		free(rhythm);
		status_rules_clear(&rules);
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
	incidents_free(incidents);
	store_close(store);
	config_free(config);
	return status;
}
