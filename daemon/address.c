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
is_private_6(const uint8_t bytes[16])
{
	static const uint8_t zeros[16];
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	static const uint8_t nat64[12] = {0x00, 0x64, 0xff, 0x9b};
	if (memcmp(bytes, mapped, 12) == 0)
		return is_private_4(last_four(bytes + 12));
	/* ::, ::1 and the old IPv4-compatible form */
	if (memcmp(bytes, zeros, 12) == 0)
		return true;
	/* translated (RFC 6052, also the local prefix) and 6to4 hide an IPv4
	 * address: no site needs them */
	if (memcmp(bytes, nat64, 4) == 0 || (bytes[0] == 0x20 && bytes[1] == 2))
		return true;
	if (bytes[0] == 0x20 && bytes[1] == 1 && bytes[2] == 0 && bytes[3] == 0)
		return true; /* Teredo */
	return (bytes[0] & 0xfe) == 0xfc || bytes[0] == 0xff ||
	    (bytes[0] == 0xfe && (bytes[1] & 0x80) != 0);
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
