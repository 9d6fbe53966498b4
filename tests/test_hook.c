#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <event2/event.h>

#include "daemon/clock.h"
#include "daemon/hook.h"
#include "daemon/launcher.h"
#include "daemon/log.h"
#include "feed/buffer.h"
#include "feed/memory.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SINCE INT64_C(1800000000)
#define PATIENCE_S 60

static char *folder;
static struct event_base *base;

static const struct hook_news news = {
    .event = "broken",
    .section = "paper/world",
    .url = "https://paper.example/world",
    .reason = "fetch: the site answered 503",
    .id = "tag:paper.example,2026:feed/paper/world/x",
    .since_s = SINCE,
};

/* ---- what it writes and says ---- */

static char *
read_file(const char *name)
{
	char *path = xasprintf("%s/%s", folder, name);
	FILE *file = fopen(path, "r");
	struct buffer bytes = {0};
	char part[4096];
	size_t got;
	if (file == NULL) {
		free(path);
		return xstrdup("");
	}
	while ((got = fread(part, 1, sizeof(part), file)) > 0)
		buffer_add(&bytes, part, got);
	(void)fclose(file);
	free(path);
	return buffer_take(&bytes);
}

/* The log goes to standard error. */
static int
catch_log(void)
{
	char *path = xasprintf("%s/log", folder);
	int saved = dup(STDERR_FILENO);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
	assert_int_not_equal(fd, -1);
	(void)dup2(fd, STDERR_FILENO);
	close(fd);
	free(path);
	return saved;
}

static void
give_back_log(int saved)
{
	(void)dup2(saved, STDERR_FILENO);
	close(saved);
}

static void
on_idle(void *arg)
{
	(void)arg;
	event_base_loopbreak(base);
}

/* Until nothing is left to tell. */
static void
wait_for_hook(struct hook *hook)
{
	struct timeval patience = {.tv_sec = PATIENCE_S};
	hook_on_idle(hook, on_idle, NULL);
	if (!hook_is_busy(hook))
		return;
	event_base_loopexit(base, &patience);
	event_base_dispatch(base);
	if (hook_is_busy(hook))
		fail_msg("the command is still busy");
}

static struct hook *
start(const char *script, int timeout_ms)
{
	struct error err = {{0}};
	char *words = xasprintf("cd '%s'; %s", folder, script);
	const char *const command[] = {"sh", "-c", words, NULL};
	struct hook *hook = hook_new(base, command, timeout_ms, &err);
	if (hook == NULL)
		fail_msg("%s", err.reason);
	free(words);
	return hook;
}

static int
set_up(void **state)
{
	(void)state;
	const char *tmp = getenv("TMPDIR");
	folder = xasprintf("%s/hook.XXXXXX", tmp != NULL ? tmp : "/tmp");
	assert_non_null(mkdtemp(folder));
	base = event_base_new();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	char *command = xasprintf("rm -rf '%s'", folder);
	assert_int_equal(system(command), 0);
	free(command);
	free(folder);
	event_base_free(base);
	return 0;
}

/* ---- the tests ---- */

static void
what_it_is_told(void **state)
{
	(void)state;
	setenv("NOTIFY_SOCKET", "/nowhere", 1);
	setenv("METROFEED_REASON", "somebody's", 1);
	struct hook *hook = start("env >env; cat >read; pwd -P >where", 30000);
	unsetenv("NOTIFY_SOCKET");
	unsetenv("METROFEED_REASON");
	hook_tell(hook, &news);
	hook_run(hook);
	wait_for_hook(hook);
	static const char *const lines[] = {"METROFEED_EVENT=broken\n",
	    "METROFEED_COUNT=1\n", "METROFEED_SECTION=paper/world\n",
	    "METROFEED_URL=https://paper.example/world\n",
	    "METROFEED_REASON=fetch: the site answered 503\n",
	    "METROFEED_ID=tag:paper.example,2026:feed/paper/world/x\n",
	    "METROFEED_SINCE=2027-01-15T08:00:00Z\n", "PATH="};
	char *environment = read_file("env");
	for (size_t i = 0; i < COUNT(lines); i++)
		if (strstr(environment, lines[i]) == NULL)
			fail_msg("no %s in\n%s", lines[i], environment);
	assert_null(strstr(environment, "NOTIFY_SOCKET"));
	assert_null(strstr(environment, "somebody's"));
	char *read = read_file("read");
	assert_string_equal(read,
	    "broken: paper/world: fetch: the site answered 503 (since "
	    "2027-01-15T08:00:00Z)\n");
	free(read);
	free(environment);
	hook_free(hook);
}

/* No news is lost, and none makes two commands run beside each other. */
static void
several(void **state)
{
	(void)state;
	struct hook *hook =
	    start("mkdir busy || echo two >>twice; cat >>read; sleep 0.2;"
		  "echo $METROFEED_EVENT $METROFEED_COUNT "
		  "${METROFEED_SECTION-none} >>runs; rmdir busy",
		30000);
	for (int i = 0; i < 5; i++) {
		hook_tell(hook, &news);
		hook_run(hook);
	}
	wait_for_hook(hook);
	char *runs = read_file("runs"), *read = read_file("read");
	char *twice = read_file("twice");
	assert_string_equal(runs, "broken 1 paper/world\nseveral 4 none\n");
	assert_string_equal(twice, "");
	size_t lines = 0;
	for (const char *at = read; *at != '\0'; at++)
		lines += *at == '\n';
	assert_int_equal(lines, 5);
	free(twice);
	free(read);
	free(runs);
	hook_free(hook);
}

/* More than a packet holds is cut, and says so. */
static void
very_many(void **state)
{
	(void)state;
	struct hook *hook = start("cat >read; echo $METROFEED_COUNT >n", 30000);
	for (int i = 0; i < 2000; i++)
		hook_tell(hook, &news);
	hook_run(hook);
	wait_for_hook(hook);
	char *read = read_file("read"), *count = read_file("n");
	assert_string_equal(count, "2000\n");
	assert_non_null(strstr(read, "\nand "));
	assert_true(strlen(read) < LAUNCHER_MAX_MESSAGE);
	free(count);
	free(read);
	hook_free(hook);
}

static const struct {
	const char *script, *says;
	int timeout_ms;
} ends[] = {
    {"true", NULL, 30000},
    {"exit 3", "the command ended with 3\n", 30000},
    {"echo no such host >&2; exit 6", "ended with 6: no such host\n", 30000},
    {"kill -9 $$", "the command died of signal 9\n", 30000},
    {"exec sleep 600", "the command was ended: it took too long\n", 300},
    {"trap '' TERM; echo stubborn; while :; do sleep 1; done",
	"the command was ended: it took too long: stubborn\n", 300},
    {"exec yes", "the command died of signal 13: y y y", 30000},
    {"printf 'a\\033[31mb\\001c\\377d'; exit 1", "ended with 1: a[31mbc",
	30000},
    /* who is left behind is ended, too, and holds nobody up */
    {"sleep 600 & echo $! >left; exit 2", "the command ended with 2\n", 30000},
};

static void
how_it_ends(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(ends); i++) {
		int saved = catch_log();
		int64_t began_ms = clock_monotonic_ms();
		struct hook *hook = start(ends[i].script, ends[i].timeout_ms);
		hook_tell(hook, &news);
		hook_run(hook);
		wait_for_hook(hook);
		hook_free(hook);
		give_back_log(saved);
		char *log = read_file("log");
		if (ends[i].says == NULL ? log[0] != '\0'
					 : strstr(log, ends[i].says) == NULL)
			fail_msg("%s: %s", ends[i].script, log);
		if (clock_monotonic_ms() - began_ms > 25000)
			fail_msg("%s: took too long", ends[i].script);
		free(log);
	}
	char *left = read_file("left");
	assert_true(atoi(left) > 1);
	/* the kernel may take a moment to bury it, but it is no process more */
	for (int i = 0; kill(atoi(left), 0) == 0; i++) {
		char *stat = xasprintf(
		    "grep -q '^State:.Z' /proc/%d/status", atoi(left));
		bool is_zombie = system(stat) == 0;
		free(stat);
		if (is_zombie)
			break;
		if (i > 1000)
			fail_msg("process %s is left", left);
		(void)nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
	}
	free(left);
}

static void
no_such_program(void **state)
{
	(void)state;
	struct error err = {{0}};
	const char *const command[] = {"/nonexistent/program", NULL};
	int saved = catch_log();
	struct hook *hook = hook_new(base, command, 1000, &err);
	assert_non_null(hook);
	hook_tell(hook, &news);
	hook_run(hook);
	wait_for_hook(hook);
	hook_free(hook);
	give_back_log(saved);
	char *log = read_file("log");
	assert_non_null(
	    strstr(log, "could not be started: No such file or directory"));
	free(log);
}

/* What was told before the end is still done. */
static void
the_end(void **state)
{
	(void)state;
	struct hook *hook = start("sleep 0.3; cat >read; mv read done", 30000);
	hook_tell(hook, &news);
	hook_run(hook);
	hook_free(hook);
	char *done = read_file("done");
	for (int i = 0; done[0] == '\0' && i < 3000; i++) {
		free(done);
		(void)nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
		done = read_file("done");
	}
	assert_non_null(strstr(done, "paper/world"));
	free(done);
	hook_free(NULL);
}

int
main(int argc, char **argv)
{
	(void)signal(SIGPIPE, SIG_IGN);
	if (argc > 3 && strcmp(argv[1], LAUNCHER_NAME) == 0)
		return launcher_main(argv + 2);
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(what_it_is_told, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(several, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(very_many, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(how_it_ends, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(no_such_program, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(the_end, set_up, tear_down),
	};
	log_init(0, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
