#ifndef FEED_ENDING_H
#define FEED_ENDING_H

#include <stddef.h>

/*
 * How a page's source ends, since libcurl calls some cut bodies a success: a
 * close-delimited one, one longer or shorter than its Content-Length, a gzip
 * stream without its end.  One linear pass over UTF-8 that knows tags, quotes,
 * comments and the elements whose content is no markup, so that "</body>" in a
 * script is none.
 */
enum ending {
	ENDING_WHOLE,  /* </body> or </html> was met */
	ENDING_OPEN,   /* it was not: cut between tags, or a page without */
	ENDING_INSIDE, /* it stops inside a tag, a comment, a script */
};

enum ending ending_of(const char *html, size_t length);

#endif
