#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/notify.h"

static char folder[] = "/tmp/metrofeed-notify.XXXXXX";

/* A service manager's end; `name` as NOTIFY_SOCKET has it. */
static int
listen_on(const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	memcpy(address.sun_path, name, strlen(name));
	if (name[0] == '@')
		address.sun_path[0] = '\0';
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	assert_int_not_equal(fd, -1);
	assert_int_equal(
	    bind(fd, (struct sockaddr *)&address,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) +
			    strlen(name))),
	    0);
	return fd;
}

static void
say_status(void)
{
	notify_status("12 sections\nREADY=1\x7f");
}

static void
say_long_status(void)
{
	char text[2000];
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	notify_status(text);
}

static const struct {
	const char *name;
	void (*say)(void);
	const char *said; /* its beginning, if it ends in '*' */
} rows[] = {
    {"ready", notify_ready, "READY=1"},
    {"reloading", notify_reloading, "RELOADING=1\nMONOTONIC_USEC=*"},
    {"stopping", notify_stopping, "STOPPING=1"},
    {"watchdog", notify_watchdog, "WATCHDOG=1"},
    {"status", say_status, "STATUS=12 sections READY=1 "},
    {"long status", say_long_status, "STATUS=xxxx*"},
};

static void
hear_all(const char *name)
{
	int fd = listen_on(name);
	assert_int_equal(setenv("NOTIFY_SOCKET", name, 1), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char said[4096];
		rows[i].say();
		ssize_t got = recv(fd, said, sizeof(said) - 1, 0);
		said[got > 0 ? got : 0] = '\0';
		size_t length = strlen(rows[i].said);
		bool begins = rows[i].said[length - 1] == '*';
		if (begins ? strncmp(said, rows[i].said, length - 1) != 0
			   : strcmp(said, rows[i].said) != 0)
			fail_msg("%s: '%s'", rows[i].name, said);
		if (recv(fd, said, sizeof(said), 0) != -1)
			fail_msg("%s: said twice", rows[i].name);
	}
	close(fd);
	assert_int_equal(unsetenv("NOTIFY_SOCKET"), 0);
}

static void
test_path(void **state)
{
	(void)state;
	char name[100];
	(void)snprintf(name, sizeof(name), "%s/socket", folder);
	hear_all(name);
	(void)unlink(name);
}

static void
test_abstract(void **state)
{
	(void)state;
	char name[100];
	(void)snprintf(name, sizeof(name), "@metrofeed-%ld", (long)getpid());
	hear_all(name);
}

/* Nobody there, or no sense in it: silence, and no wait. */
static void
test_silence(void **state)
{
	(void)state;
	char long_name[300];
	memset(long_name, 'x', sizeof(long_name) - 1);
	long_name[0] = '/';
	long_name[sizeof(long_name) - 1] = '\0';
	const char *const names[] = {NULL, "", "@", "/", "relative",
	    "/nonexistent/socket", "vsock:2:1234", long_name};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (names[i] == NULL)
			(void)unsetenv("NOTIFY_SOCKET");
		else
			assert_int_equal(
			    setenv("NOTIFY_SOCKET", names[i], 1), 0);
		for (size_t k = 0; k < sizeof(rows) / sizeof(*rows); k++)
			rows[k].say();
	}
	(void)unsetenv("NOTIFY_SOCKET");
}

/* A manager that stands still fills its queue; we go on. */
static void
test_manager_stands_still(void **state)
{
	(void)state;
	char name[100];
	(void)snprintf(name, sizeof(name), "@metrofeed-%ld-s", (long)getpid());
	int fd = listen_on(name);
	assert_int_equal(setenv("NOTIFY_SOCKET", name, 1), 0);
	alarm(20); /* a hang would be a failure */
	for (int i = 0; i < 5000; i++)
		notify_watchdog();
	alarm(0);
	(void)unsetenv("NOTIFY_SOCKET");
	close(fd);
}

static void
test_watchdog(void **state)
{
	(void)state;
	char own[32], other[32];
	(void)snprintf(own, sizeof(own), "%ld", (long)getpid());
	(void)snprintf(other, sizeof(other), "%ld", (long)getpid() + 1);
	const struct {
		const char *interval, *pid;
		int64_t interval_ms;
	} cases[] = {
	    {NULL, NULL, 0},
	    {NULL, own, 0},
	    {"30000000", NULL, 30000},
	    {"30000000", own, 30000},
	    {"30000000", other, 0},
	    {"30000000", "", 0},
	    {"30000000", "x", 0},
	    {"1", own, 1},
	    {"0", own, 0},
	    {"-5", own, 0},
	    {"", own, 0},
	    {"12x", own, 0},
	    {"99999999999999999999999", own, 0},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		(void)unsetenv("WATCHDOG_USEC");
		(void)unsetenv("WATCHDOG_PID");
		if (cases[i].interval != NULL)
			(void)setenv("WATCHDOG_USEC", cases[i].interval, 1);
		if (cases[i].pid != NULL)
			(void)setenv("WATCHDOG_PID", cases[i].pid, 1);
		int64_t got = notify_watchdog_interval_ms();
		if (got != cases[i].interval_ms)
			fail_msg("row %zu: %lld", i, (long long)got);
	}
	(void)unsetenv("WATCHDOG_USEC");
	(void)unsetenv("WATCHDOG_PID");
}

static int
make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL ? -1 : 0;
}

static int
remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_path),
	    cmocka_unit_test(test_abstract),
	    cmocka_unit_test(test_silence),
	    cmocka_unit_test(test_manager_stands_still),
	    cmocka_unit_test(test_watchdog),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
