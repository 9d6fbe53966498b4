#ifndef DAEMON_ADDRESS_H
#define DAEMON_ADDRESS_H

#include <stdbool.h>

struct sockaddr;

/* Is this an address that only allow-private may reach: private, loopback,
 * link-local, shared, multicast, reserved; mapped and translated forms are
 * unwrapped?  Anything but IPv4 and IPv6 is. */
bool address_is_private(const struct sockaddr *);

#endif
