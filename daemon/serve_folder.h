#ifndef DAEMON_SERVE_FOLDER_H
#define DAEMON_SERVE_FOLDER_H

#include <stdbool.h>
#include <sys/stat.h>

/*
 * The output folder as a web server may show it: regular files below it and
 * nothing else.  No link is followed, no name that begins with a dot exists.
 */

/*
 * Opens what a decoded path ("/site/section.atom") names, for reading; its
 * status in *status.  The folder is opened by its path each time, since it may
 * have been replaced.  -1: no such file, or none that may be shown.
 */
int folder_open(const char *output, const char *path, struct stat *status);

/* The page at "/": a link to each feed, in the order of their paths.  The
 * caller's; never NULL. */
char *folder_index(const char *output);

#endif
