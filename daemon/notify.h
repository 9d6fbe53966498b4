#ifndef DAEMON_NOTIFY_H
#define DAEMON_NOTIFY_H

#include <stdint.h>

/*
 * The service manager's notify protocol (sd_notify(3)): datagrams to
 * $NOTIFY_SOCKET, a path or an abstract name ('@').  Nothing happens where it
 * is not set, and nothing waits for a manager that does not read.
 */
void notify_ready(void);
void notify_reloading(void); /* notify_ready() ends it */
void notify_stopping(void);
void notify_watchdog(void);
/* One line for `systemctl status`. */
void notify_status(const char *text);

/* Milliseconds between signs of life that the service manager expects of this
 * process; 0: none. */
int64_t notify_watchdog_interval_ms(void);

#endif
