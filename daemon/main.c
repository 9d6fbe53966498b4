#include <getopt.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "config/config.h"
#include "daemon/commands.h"
#include "daemon/daemon.h"
#include "daemon/launcher.h"
#include "daemon/log.h"
#include "daemon/worker.h"
#include "feed/memory.h"

#ifndef METROFEED_VERSION
#define METROFEED_VERSION "unknown"
#endif

struct command {
	const char *name;
	const char *usage;
	int (*run)(struct config *, const struct call *);
};

static int command_run(struct config *, const struct call *);

static const struct command commands[] = {
    {"run",
	"metrofeed run [-c FILE] [--listen HOST:PORT] [--base-url URL] "
	"[--output DIR]\n"
	"\n"
	"The daemon, in the foreground.  TERM and INT end it, HUP reads the\n"
	"configuration again, USR1 starts a round of every section that may.\n",
	command_run},
    {"once",
	"metrofeed once [-c FILE] [SECTION...]\n"
	"\n"
	"One round of each section, or of the named ones (site/section).\n"
	"Exit status: 0, or 1 if a round failed.\n",
	command_once},
    {"check",
	"metrofeed check [-c FILE] [--online | --print-config]\n"
	"metrofeed check --json-schema\n"
	"\n"
	"Checks the configuration and names all problems.  --print-config\n"
	"shows what is in force; --online asks for each section's page and\n"
	"says whether it comes and robots.txt allows it; --json-schema prints\n"
	"what editors need to complete and check the file.  Exit status: 0, 2\n"
	"with problems, 1 if a page may not or cannot be read.\n",
	command_check},
    {"preview",
	"metrofeed preview [-c FILE] [--json] SECTION|URL\n"
	"metrofeed preview --file PAGE --url URL\n"
	"\n"
	"Fetches the page now and shows its articles, which rule or inference\n"
	"gave each field, what is new, and what to paste into the\n"
	"configuration.  Writes nothing.\n",
	command_preview},
    {"sections",
	"metrofeed sections [--json] URL\n"
	"metrofeed sections [--json] --file PAGE --url URL\n"
	"\n"
	"Reads the site's menu on that page and prints its sections, ready to\n"
	"be pasted into the configuration.  Writes nothing.  Exit status: 0, "
	"or\n"
	"1 if the page could not be read or shows no menu.\n",
	command_sections},
    {"learn",
	"metrofeed learn [--json] [--write FILE] URL\n"
	"metrofeed learn [--json] [--write FILE] --file PAGE --url URL\n"
	"metrofeed learn [-c FILE] --again SECTION...\n"
	"\n"
	"Reads the listing on that page and prints rules that find its "
	"articles,\n"
	"ready to be pasted into the configuration, with a few of them, how "
	"far\n"
	"the rules may be relied on, and why.  --write puts the rules into a\n"
	"file, which must not be there yet.  Exit status: 0 ready, 1 look at\n"
	"it first, 2 no list was found.  --again forgets the rules that a\n"
	"section without `item` has learned by itself.\n",
	command_learn},
    {"status",
	"metrofeed status [-c FILE] [--json] [SECTION...]\n"
	"\n"
	"Every section: its state, last good round, next round, articles, and\n"
	"what failed, in words.  Works beside a running daemon.\n",
	command_status},
};
static const size_t command_count = sizeof(commands) / sizeof(*commands);

static void
print_usage(FILE *to)
{
	fprintf(to,
	    "metrofeed " METROFEED_VERSION
	    ": feeds for news pages that have none\n"
	    "\n"
	    "usage: metrofeed [run]      the daemon, in the foreground\n"
	    "       metrofeed once       one round, then the end\n"
	    "       metrofeed check      is the configuration good?\n"
	    "       metrofeed preview    what would come out of a page\n"
	    "       metrofeed sections   the sections of a site's menu\n"
	    "       metrofeed learn      rules for a page, to paste\n"
	    "       metrofeed status     how each section is\n"
	    "\n"
	    "metrofeed COMMAND --help says more; so do metrofeed(8) and\n"
	    "metrofeed.conf(5).\n");
}

static int
command_run(struct config *config, const struct call *call)
{
	struct error err = {{0}};
	struct daemon *daemon =
	    daemon_new(config, call->file, &call->overrides, &err);
	if (daemon == NULL) {
		log_errorx("%s", err.reason);
		return 1;
	}
	bool good = daemon_run(daemon, &err);
	if (!good)
		log_errorx("%s", err.reason);
	daemon_free(daemon);
	return good ? 0 : 1;
}

static const struct command *
find_command(const char *name)
{
	for (size_t i = 0; i < command_count; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

enum {
	OPTION_LISTEN = 256,
	OPTION_BASE_URL,
	OPTION_OUTPUT,
	OPTION_FILE,
	OPTION_URL,
	OPTION_JSON,
	OPTION_PRINT,
	OPTION_SCHEMA,
	OPTION_ONLINE,
	OPTION_WRITE,
	OPTION_AGAIN,
	OPTION_VERSION,
};

/* -1: go on; else the exit status. */
static int
read_options(
    int argc, char **argv, const struct command *command, struct call *call)
{
	static const struct option options[] = {
	    {"config", required_argument, NULL, 'c'},
	    {"help", no_argument, NULL, 'h'},
	    {"verbose", no_argument, NULL, 'v'},
	    {"version", no_argument, NULL, OPTION_VERSION},
	    {"listen", required_argument, NULL, OPTION_LISTEN},
	    {"base-url", required_argument, NULL, OPTION_BASE_URL},
	    {"output", required_argument, NULL, OPTION_OUTPUT},
	    {"file", required_argument, NULL, OPTION_FILE},
	    {"url", required_argument, NULL, OPTION_URL},
	    {"json", no_argument, NULL, OPTION_JSON},
	    {"print-config", no_argument, NULL, OPTION_PRINT},
	    {"json-schema", no_argument, NULL, OPTION_SCHEMA},
	    {"online", no_argument, NULL, OPTION_ONLINE},
	    {"again", no_argument, NULL, OPTION_AGAIN},
	    {"write", required_argument, NULL, OPTION_WRITE},
	    {NULL, 0, NULL, 0},
	};
	int option, verbosity = 0;
	while (
	    (option = getopt_long(argc, argv, "c:hv", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			call->file = optarg;
			break;
		case 'v':
			verbosity++;
			break;
		case OPTION_LISTEN:
			call->overrides.listen = optarg;
			break;
		case OPTION_BASE_URL:
			call->overrides.base_url = optarg;
			break;
		case OPTION_OUTPUT:
			call->overrides.output = optarg;
			break;
		case OPTION_FILE:
			call->page_file = optarg;
			break;
		case OPTION_URL:
			call->page_url = optarg;
			break;
		case OPTION_JSON:
			call->json = true;
			break;
		case OPTION_ONLINE:
			call->online = true;
			break;
		case OPTION_AGAIN:
			call->again = true;
			break;
		case OPTION_WRITE:
			call->write_file = optarg;
			break;
		case OPTION_PRINT:
			call->print = true;
			break;
		case OPTION_SCHEMA:
			call->schema = true;
			break;
		case OPTION_VERSION:
			printf("metrofeed %s\n", METROFEED_VERSION);
			return 0;
		case 'h':
			if (command != NULL)
				printf("%s", command->usage);
			else
				print_usage(stdout);
			return 0;
		default:
			print_usage(stderr);
			return 2;
		}
	}
	call->names = (const char *const *)argv + optind;
	call->name_count = (size_t)(argc - optind);
	log_init(verbosity, isatty(STDERR_FILENO));
	return -1;
}

/* NULL after saying all that is wrong. */
static struct config *
load(struct call *call)
{
	struct error err = {{0}};
	struct problems problems = {0};
	static char *found;
	if (call->file == NULL) {
		found = config_find(&err);
		call->file = found;
	}
	if (call->file == NULL) {
		log_errorx("%s", err.reason);
		return NULL;
	}
	struct config *config =
	    config_load(call->file, &call->overrides, &problems);
	for (size_t i = 0; i < problems.count; i++)
		fprintf(stderr, "%s\n", problems.list[i]);
	problems_clear(&problems);
	return config;
}

static bool
needs_no_config(const struct command *command, const struct call *call)
{
	if (command->run == command_learn)
		return !call->again;
	if (command->run == command_sections)
		return true;
	if (command->run == command_check)
		return call->schema;
	if (command->run != command_preview)
		return false;
	return call->page_url != NULL ||
	       (call->name_count > 0 && strstr(call->names[0], "://") != NULL);
}

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], WORKER_NAME) == 0) {
		(void)setlocale(LC_CTYPE, "C.UTF-8"); /* IDN; else refused */
		return worker_main();
	}
	if (argc > 3 && strcmp(argv[1], LAUNCHER_NAME) == 0)
		return launcher_main(argv + 2);
	const struct command *command =
	    argc > 1 && argv[1][0] != '-' ? find_command(argv[1]) : NULL;
	struct call call = {0};
	if (argc > 1 && argv[1][0] != '-') {
		if (command == NULL) {
			fprintf(
			    stderr, "metrofeed: no command '%s'\n", argv[1]);
			print_usage(stderr);
			return 2;
		}
		argc--;
		argv++;
	}
	(void)setlocale(LC_CTYPE, "C.UTF-8"); /* IDN; else refused */
	(void)signal(SIGPIPE, SIG_IGN);       /* cannot fail */
	(void)signal(SIGXFSZ, SIG_IGN);       /* EFBIG instead */
	/* an event that could not be added would be waited for without end */
	event_set_mem_functions(xmalloc, xrealloc, free);
	int status = read_options(argc, argv, command, &call);
	if (status != -1)
		return status;
	if (command == NULL)
		command = &commands[0];
	struct config *config = NULL;
	if (!needs_no_config(command, &call)) {
		config = load(&call);
		if (config == NULL)
			return 2;
	}
	return command->run(config, &call);
}
