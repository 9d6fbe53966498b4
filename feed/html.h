#ifndef FEED_HTML_H
#define FEED_HTML_H

#include <stddef.h>

#include "feed/buffer.h"

/* Text as HTML shows it, in an element or in a value with double quotes. */
void html_add(struct buffer *, const char *text, size_t length);

#endif
