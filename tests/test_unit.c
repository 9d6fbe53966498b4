#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "daemon/unit.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define MAKE(folder) "    install -d -o metrofeed -g metrofeed '" folder "'\n"
#define EDIT                                                                   \
	"    systemctl edit metrofeed   # with these lines:\n"                 \
	"    [Service]\n"
#define MAY(folder) "    ReadWritePaths=\"" folder "\"\n"
#define AGAIN "    systemctl restart metrofeed\n"

static const struct {
	const char *folders[3];
	const char *advice;
} rows[] = {
    {{UNIT_HOME "/feeds", UNIT_HOME "/state"}, NULL},
    {{UNIT_HOME, NULL, UNIT_HOME "/x"}, NULL},
    {{"/srv/feeds", UNIT_HOME "/state"},
	MAKE("/srv/feeds") EDIT MAY("/srv/feeds") AGAIN},
    {{UNIT_HOME "s/feeds"}, MAKE("/var/lib/metrofeeds/feeds")
				EDIT MAY("/var/lib/metrofeeds/feeds") AGAIN},
    {{"/home/a/feeds", "/srv/a b"},
	MAKE("/home/a/feeds") MAKE("/srv/a b") EDIT MAY("/home/a/feeds")
	    MAY("/srv/a b") "    ProtectHome=no\n" AGAIN},
    {{"/tmp/f", NULL, "/root/s"},
	MAKE("/tmp/f") MAKE("/root/s") EDIT MAY("/tmp/f")
	    MAY("/root/s") "    ProtectHome=no\n    PrivateTmp=no\n" AGAIN},
    {{"/homes/a"}, MAKE("/homes/a") EDIT MAY("/homes/a") AGAIN},
};

static void
what_the_unit_wants(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *advice = unit_advice(rows[i].folders, 3);
		if ((advice == NULL) != (rows[i].advice == NULL) ||
		    (advice != NULL && strcmp(advice, rows[i].advice) != 0))
			fail_msg("%s: got\n%s", rows[i].folders[0],
			    advice != NULL ? advice : "nothing");
		free(advice);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_the_unit_wants),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
