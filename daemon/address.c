#include "daemon/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* RFC 6890 and its registry; the rest of 192.0.0/24 and 240/4 with it. */
static bool
is_private_4(uint32_t address)
{
	static const struct {
		uint32_t network;
		int bits;
	} ranges[] = {{0x00000000, 8}, {0x0a000000, 8}, {0x64400000, 10},
	    {0x7f000000, 8}, {0xa9fe0000, 16}, {0xac100000, 12},
	    {0xc0000000, 24}, {0xc0000200, 24}, {0xc0a80000, 16},
	    {0xc6120000, 15}, {0xc6336400, 24}, {0xcb007100, 24},
	    {0xe0000000, 3}};
	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++)
		if ((address ^ ranges[i].network) >> (32 - ranges[i].bits) == 0)
			return true;
	return false;
}

static uint32_t
last_four(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
	       (uint32_t)bytes[2] << 8 | bytes[3];
}

static bool
has_prefix(const uint8_t *bytes, const uint8_t *prefix, int bits)
{
	int whole = bits / 8, rest = bits % 8;
	return memcmp(bytes, prefix, (size_t)whole) == 0 &&
	       (rest == 0 || (bytes[whole] ^ prefix[whole]) >> (8 - rest) == 0);
}

/* Only 2000::/3 is given out for the Internet (RFC 4291 2.4 and IANA's
 * registry); all else is local, multicast, or a form that hides something. */
static bool
is_private_6(const uint8_t bytes[16])
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	static const uint8_t nat64[12] = {0x00, 0x64, 0xff, 0x9b};
	static const uint8_t global[] = {0x20};
	static const struct {
		uint8_t prefix[4];
		int bits;
	} ranges[] = {
	    {{0x20, 0x01}, 23},             /* protocols, Teredo among them */
	    {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation (RFC 3849) */
	    {{0x20, 0x02}, 16},             /* 6to4 hides an IPv4 address */
	    {{0x3f, 0xff}, 20},             /* documentation (RFC 9637) */
	};
	/* the second is how a host without IPv4 sees every IPv4 site (RFC
	 * 6052) */
	if (memcmp(bytes, mapped, 12) == 0 || memcmp(bytes, nat64, 12) == 0)
		return is_private_4(last_four(bytes + 12));
	if (!has_prefix(bytes, global, 3))
		return true;
	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++)
		if (has_prefix(bytes, ranges[i].prefix, ranges[i].bits))
			return true;
	return false;
}

bool
address_is_private(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET) {
		struct sockaddr_in in;
		memcpy(&in, address, sizeof(in));
		return is_private_4(ntohl(in.sin_addr.s_addr));
	}
	if (address->sa_family == AF_INET6) {
		struct sockaddr_in6 in;
		memcpy(&in, address, sizeof(in));
		return is_private_6(in.sin6_addr.s6_addr);
	}
	return true;
}
