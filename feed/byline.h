#ifndef FEED_BYLINE_H
#define FEED_BYLINE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The words that bylines are written with: "By Ann Lee", "홍길동 기자",
 * "作者：顾小满", "Posted by", "Politics | Ann Lee".  Pure; results are the
 * caller's to free.
 */
#define BYLINE_CELLS 40 /* a wider text is no name */

/* Does the text announce a name and not say it: "By", "작성자:", "7 points by"?
 */
bool byline_is_label(const char *text);

/* Is it nothing but dividers, dashes and brackets? */
bool byline_is_ornament(const char *text);

/*
 * The name that a text consists of, without the dividers, brackets and label
 * round it; NULL if it can be none (a digit, too wide, what menus and sections
 * are called).  *is_said: a label or a title of office says that it is one.
 */
char *byline_name(const char *text, bool *is_said);

/* Cut at the next divider ("|", "·", "ㅣ" ...): the part before it, or NULL at
 * the end; *at moves behind it. */
char *byline_next_part(const char **at);

#endif
