#ifndef DAEMON_LOG_H
#define DAEMON_LOG_H

#include <stdbool.h>

/*
 * One line per event on stderr: section, fact, consequence.  Under systemd's
 * journal with its level (<3> to <7>, sd-daemon(3)), on a terminal after the
 * program's name, else after the time (UTC).  Control characters become '?', a
 * line has at most 2000 bytes.  A closed or full stderr is no reason to wait or
 * to die: the line is lost (SIGPIPE must be ignored).
 *
 * error: needs a person.  warning: this round failed, we go on.  info: start,
 * stop, reload, new articles.  debug: the rest, with -v.  errno is kept.
 */
void log_init(int verbosity, bool terminal);

/* With errno's words behind a colon. */
void log_error(const char *, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *, ...) __attribute__((format(printf, 1, 2)));
/* Without. */
void log_errorx(const char *, ...) __attribute__((format(printf, 1, 2)));
void log_warnx(const char *, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *, ...) __attribute__((format(printf, 1, 2)));

#endif
