/*
 * What of the daemon reaches out of it and says nothing of time: its limits to
 * its folders, which would be the simulation's too, its log, of which an error
 * ends the simulation, and the built-in server, which no configuration here
 * asks for.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "daemon/log.h"
#include "daemon/reach.h"
#include "daemon/serve.h"
#include "tests/simulate/loop.h"

unsigned
reach_limit(const struct config *config, const char *ca_file)
{
	(void)config;
	(void)ca_file;
	return 1;
}

bool
reach_covers(const struct config *config, struct error *err)
{
	(void)config;
	(void)err;
	return true;
}

bool
reach_covers_file(const char *path)
{
	(void)path;
	return true;
}

struct server *
server_new(struct event_base *base, const char *output, const char *host,
    int port, struct error *err)
{
	(void)base;
	(void)output;
	(void)host;
	(void)port;
	(void)err;
	abort();
}

void
server_free(struct server *server)
{
	(void)server;
	abort();
}

void
server_on_path(struct server *server, const char *path, const char *type,
    server_text *text, void *arg)
{
	(void)server;
	(void)path;
	(void)type;
	(void)text;
	(void)arg;
	abort();
}

int
server_port(const struct server *server)
{
	(void)server;
	abort();
}

/* With SIMULATE_LOG in the environment all is shown, else what needs a person,
 * for nothing here does. */
static void __attribute__((format(printf, 2, 0)))
show(bool is_error, const char *format, va_list arguments)
{
	if (!is_error && getenv("SIMULATE_LOG") == NULL)
		return;
	char line[2000];
	(void)vsnprintf(line, sizeof(line), format, arguments);
	fprintf(stderr, "day %.5f: %s\n",
	    (double)loop_true_ms() / (double)LOOP_DAY_MS, line);
	if (is_error)
		abort();
}

#define LOG(name, is_error)                                                    \
	void name(const char *format, ...)                                     \
	{                                                                      \
		va_list arguments;                                             \
		va_start(arguments, format);                                   \
		show(is_error, format, arguments);                             \
		va_end(arguments);                                             \
	}
LOG(log_error, true)
LOG(log_errorx, true)
LOG(log_warn, false)
LOG(log_warnx, false)
LOG(log_info, false)
LOG(log_debug, false)
