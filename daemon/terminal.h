#ifndef DAEMON_TERMINAL_H
#define DAEMON_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

/* A person's terminal: 80 columns.  What goes elsewhere is left as it is. */
#define TERMINAL_COLUMNS 80

/* Does standard output show colours, and want them (no-color.org)? */
bool terminal_has_colours(void);

/* The text on standard output, behind so many blanks; on a terminal in lines
 * that fit, broken at blanks, those after the first two blanks further in. */
void terminal_print(size_t indent, const char *text);

#endif
