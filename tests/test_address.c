#include "daemon/address.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static bool
is_private(const char *text)
{
	/* any alignment: what getaddrinfo and libcurl hand over */
	struct sockaddr_storage storage = {0};
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = 80};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = 80};
	if (inet_pton(AF_INET, text, &in.sin_addr) == 1)
		memcpy(&storage, &in, sizeof(in));
	else if (inet_pton(AF_INET6, text, &in6.sin6_addr) == 1)
		memcpy(&storage, &in6, sizeof(in6));
	else
		fail_msg("%s is no address", text);
	return address_is_private((const struct sockaddr *)&storage);
}

/* First and last address of each range, and their neighbours outside. */
static const struct {
	const char *name;
	const char *before, *first, *last, *after; /* before, after: NULL where
						      another range begins */
} ranges[] = {
    {"this network", NULL, "0.0.0.0", "0.255.255.255", "1.0.0.0"},
    {"private", "9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0"},
    {"shared", "100.63.255.255", "100.64.0.0", "100.127.255.255",
	"100.128.0.0"},
    {"loopback", "126.255.255.255", "127.0.0.0", "127.255.255.255",
	"128.0.0.0"},
    {"link-local", "169.253.255.255", "169.254.0.0", "169.254.255.255",
	"169.255.0.0"},
    {"private", "172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0"},
    {"assignments", "191.255.255.255", "192.0.0.0", "192.0.0.255", "192.0.1.0"},
    {"documentation", "192.0.1.255", "192.0.2.0", "192.0.2.255", "192.0.3.0"},
    {"private", "192.167.255.255", "192.168.0.0", "192.168.255.255",
	"192.169.0.0"},
    {"benchmarks", "198.17.255.255", "198.18.0.0", "198.19.255.255",
	"198.20.0.0"},
    {"documentation", "198.51.99.255", "198.51.100.0", "198.51.100.255",
	"198.51.101.0"},
    {"documentation", "203.0.112.255", "203.0.113.0", "203.0.113.255",
	"203.0.114.0"},
    {"multicast", "223.255.255.255", "224.0.0.0", "239.255.255.255", NULL},
    {"reserved and broadcast", NULL, "240.0.0.0", "255.255.255.255", NULL},
};

static void
test_ranges(void **state)
{
	(void)state;
	/* a mapped address (RFC 4291 2.5.5.2) is what it hides */
	for (size_t i = 0; i < COUNT(ranges); i++) {
		const struct {
			const char *address;
			bool expected;
		} points[] = {{ranges[i].before, false},
		    {ranges[i].first, true}, {ranges[i].last, true},
		    {ranges[i].after, false}};
		for (size_t j = 0; j < 2 * COUNT(points); j++) {
			char text[64];
			const char *address = points[j / 2].address;
			if (address == NULL)
				continue;
			if (j % 2 == 0)
				(void)snprintf(
				    text, sizeof(text), "%s", address);
			else
				(void)snprintf(
				    text, sizeof(text), "::ffff:%s", address);
			if (is_private(text) != points[j / 2].expected)
				fail_msg("%s: %s", ranges[i].name, text);
		}
	}
}

static const struct {
	const char *address;
	bool expected;
} rows[] = {
    {"169.254.169.254", true}, /* clouds' metadata */
    {"1.1.1.1", false},
    {"8.8.8.8", false},
    {"203.0.112.1", false},
    {"::", true},
    {"::1", true},
    {"::2", true},
    {"::127.0.0.1", true}, /* compatible, long deprecated */
    {"::8.8.8.8", true},
    {"::ffff:8.8.8.8", false},
    {"::ffff:127.0.0.1", true},
    {"::ffff:0:127.0.0.1", true}, /* translated (RFC 2765) */
    {"::fffe:8.8.8.8", true},
    {"64:ff9b::8.8.8.8", false}, /* NAT64 (RFC 6052): an IPv4 site */
    {"64:ff9b::1.0.0.0", false},
    {"64:ff9b::127.0.0.1", true},
    {"64:ff9b::10.0.0.1", true},
    {"64:ff9b::169.254.169.254", true},
    {"64:ff9b::1:8.8.8.8", true},
    {"64:ff9b:1::8.8.8.8", true}, /* the local one (RFC 8215) */
    {"100::1", true},             /* discard (RFC 6666) */
    {"1fff:ffff::1", true},
    {"2000::", false},
    {"2000::1", false},
    {"3fff:1000::1", false},
    {"3fff::1", true}, /* documentation (RFC 9637) */
    {"3fff:fff::1", true},
    {"3ffe:ffff::1", false},
    {"4000::1", true},
    {"5f00::1", true}, /* segment routing (RFC 9602) */
    {"2001::1", true}, /* Teredo (RFC 4380) */
    {"2001:0:ffff:ffff:ffff:ffff:ffff:ffff", true},
    {"2001:db8::1", true}, /* documentation (RFC 3849) */
    {"2001:db7:ffff::1", false},
    {"2001:db9::1", false},
    {"2001:1ff:ffff::1", true}, /* protocols (RFC 2928) */
    {"2001:200::1", false},
    {"2001:4860:4860::8888", false},
    {"2002::1", true}, /* 6to4 (RFC 3056) */
    {"2002:7f00:1::", true},
    {"2002:ffff:ffff::", true},
    {"2001:ffff::1", false},
    {"2003::1", false},
    {"2400:cb00::1", false},
    {"2606:4700:4700::1111", false},
    {"fbff:ffff::1", true},
    {"fc00::", true}, /* unique local (RFC 4193) */
    {"fd00::1", true},
    {"fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true},
    {"fe80::", true}, /* link-local */
    {"fe80::1", true},
    {"febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true},
    {"fec0::1", true}, /* site-local, deprecated */
    {"feff:ffff::1", true},
    {"ff00::", true}, /* multicast */
    {"ff02::1", true},
    {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true},
};

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (is_private(rows[i].address) != rows[i].expected)
			fail_msg("%s", rows[i].address);
}

static void
test_families(void **state)
{
	(void)state;
	struct sockaddr_un un = {.sun_family = AF_UNIX, .sun_path = "/x"};
	struct sockaddr_storage none = {0};
	assert_true(address_is_private((const struct sockaddr *)&un));
	assert_true(address_is_private((const struct sockaddr *)&none));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_ranges),
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_families),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
